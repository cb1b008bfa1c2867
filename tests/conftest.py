"""Shared by all tests: the rules of a plain checkout, and where the corpus lies."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from asllint.registry import mount

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

mount()
# The scripts there import each other, as they do when one is run.
sys.path.append(str(ROOT / "tools"))

# A distribution with tests of its own: tests/test_plugins.py installs it and runs them.
collect_ignore = ["plugin_example"]

# Tests that read any text set no number of examples of their own: --hypothesis-profile long gives each 10,000.
# In CI the examples are the same each time, so that what fails there is of the change, and not of chance.
settings.register_profile("short", max_examples=100, deadline=None, derandomize="CI" in os.environ)
settings.register_profile("long", max_examples=10_000, deadline=None)
settings.load_profile("short")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of other people's definitions beside the project; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no corpus beside the project")
    return SHARED


SLACK = 3
"""How many times longer than in proportion work may take: sorting, caches of the processor, memory."""


@pytest.fixture
def linear() -> Callable[[Callable[[int], Callable[[], object]], int, int], None]:
    """A check that work takes time in proportion to its size.

    It gets what prepares the work of a size, a small size and one at least eight times as large: work that is quadratic takes
    eight times longer than in proportion then. The processor's time counts, and the least of several runs, since
    whatever else the machine does only ever adds to it.
    """

    def check(prepare: Callable[[int], Callable[[], object]], small: int, large: int) -> None:
        assert large >= 8 * small, "quadratic work could not be told from what the slack allows"
        prepare(small)()
        low = min(_seconds(prepare(small)) for _ in range(3))
        high = _seconds(prepare(large))
        for _ in range(6):
            if high <= SLACK * large / small * low:
                return
            low = min(low, _seconds(prepare(small)))
            high = min(high, _seconds(prepare(large)))
        raise AssertionError(
            f"{large / small:g} times as much takes {high / low:.0f} times as long ({low:.4f} s, {high:.4f} s)"
        )

    return check


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()  # a collection walks the objects of every test before this one
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()
