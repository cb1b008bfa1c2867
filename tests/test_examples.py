"""The examples: the good ones have nothing graver than a note, the broken ones what their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from asllint.engine import lint
from asllint.registry import builtin
from asllint.settings import Settings

EXAMPLES = Path(__file__).resolve().parent / "examples"
BROKEN = {
    "cut-off.asl.json": ["syntax-error"],
    "dangling-next.asl.json": ["missing-transition-target", "no-incoming-transition"],
    "misspelt-field.asl.json": ["unsupported-field"],
    "orphan-fail.asl.yaml": ["unreachable-fail-state"],
    "retry-for-days.asl.json": ["infinite-retry-risk"],
    "trailing-comma.asl.json": ["syntax-error"],
    "unknown-action.asl.yaml": ["unknown-resource"],
}


def found(path: Path) -> list[str]:
    """Return the names of the rules that have more than a note to say."""
    report = lint(path.name, path.read_bytes(), Settings(), builtin())
    assert not report.failed
    assert not report.skipped
    return [d.name for d in report.shown if d.severity != "note"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_one_is_broken_as_it_says(name: str) -> None:
    assert found(EXAMPLES / "broken" / name) == BROKEN[name]


GOOD = sorted(path for path in EXAMPLES.rglob("*.asl.*") if path.parent.name != "broken")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_good_one_is_good(path: Path) -> None:
    assert found(path) == []


@pytest.mark.parametrize("call", ["Labeling", "Processing", "Training", "Transform"])
def test_each_job_of_sagemaker_is_there(call: str) -> None:
    assert any(f"sagemaker:create{call}Job.sync" in path.read_text(encoding="utf-8") for path in GOOD)


def test_every_broken_one_is_known() -> None:
    assert {path.name for path in (EXAMPLES / "broken").iterdir()} == set(BROKEN)
