"""A sample of the planted defects: every kind found at its place, and nothing else said; the full run is run.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from mutators import MUTATORS
from run import Tally, run


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    return run(per=1, seed=20261122, limit=60)


@pytest.mark.parametrize("kind", [one.name for one in MUTATORS])
def test_every_planted_defect_is_found_at_its_place_and_nothing_else(kind: str, tallies: dict[str, Tally]) -> None:
    assert tallies[kind].cases == []


def test_every_kind_was_planted(tallies: dict[str, Tally]) -> None:
    assert [name for name, tally in tallies.items() if not tally.planted] == []
