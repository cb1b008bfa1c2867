"""Shared by all tests: the rules of a plain checkout, and where the corpus lies."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from asllint.registry import mount

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

mount()

# A distribution with tests of its own: tests/test_plugins.py installs it and runs them.
collect_ignore = ["plugin_example"]

# Tests that read any text set no number of examples of their own: --hypothesis-profile long gives each 10,000.
settings.register_profile("short", max_examples=100, deadline=None)
settings.register_profile("long", max_examples=10_000, deadline=None)
settings.load_profile("short")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of other people's definitions beside the project; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no corpus beside the project")
    return SHARED
