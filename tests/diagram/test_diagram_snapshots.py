"""Each format on two small machines."""

from __future__ import annotations

from typing import Any

import pytest
from diagram_sample import BROKEN, ORDER, drawn

from asllint import __version__
from asllint.diagram import FORMATS, render


@pytest.mark.parametrize("format", FORMATS)
def test_order(format: str, snapshot: Any) -> None:
    assert render(drawn(ORDER), format).replace(f'"{__version__}"', '"VERSION"') == snapshot


@pytest.mark.parametrize("format", FORMATS)
def test_broken_without_findings(format: str, snapshot: Any) -> None:
    # what rules find, and say of it, is theirs to change
    assert render(drawn(BROKEN), format).replace(f'"{__version__}"', '"VERSION"') == snapshot


@pytest.mark.parametrize("format", FORMATS)
def test_twice_is_the_same(format: str) -> None:
    assert render(drawn(ORDER, findings=True), format) == render(drawn(ORDER, findings=True), format)


def test_another_format() -> None:
    with pytest.raises(ValueError, match="png"):
        render(drawn(ORDER), "png")
