"""The arithmetic of a Retrier."""

from __future__ import annotations

from math import inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.model.retries import duration, waits


def loop(interval: float, rate: float, attempts: int, max_delay: float | None) -> float:
    total, wait = 0.0, interval
    for _ in range(attempts):
        total += wait if max_delay is None else min(wait, max_delay)
        wait *= rate
    return total


@given(
    st.floats(0.001, 1000) | st.integers(0, 1000),
    st.floats(0.1, 10) | st.integers(1, 10),
    st.integers(0, 60),
    st.none() | st.integers(1, 5000),
)
def test_equals_the_loop(interval: float, rate: float, attempts: int, max_delay: float | None) -> None:
    got, wanted = waits(interval, rate, attempts, max_delay), loop(interval, rate, attempts, max_delay)
    assert isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-9)


@given(st.integers(), st.integers(), st.integers(), st.none() | st.integers())
def test_any_numbers_end(interval: int, rate: int, attempts: int, max_delay: int | None) -> None:
    assert waits(interval, rate, attempts, max_delay) >= 0


@pytest.mark.parametrize("number", [10**400, 1e308, inf])
def test_huge_numbers(number: float) -> None:
    assert waits(number, 2, 3) > 10**14
    assert waits(1, number, 3) > 10**14
    assert waits(number, number, 99_999_999) == inf
    assert waits(1, 2, 99_999_999, number) > 0


@pytest.mark.parametrize(
    ("interval", "rate", "attempts", "max_delay", "seconds"),
    [
        (60, 1, 5000, None, 300_000),
        (1, 2.0, 3, None, 7),
        (1, 2.0, 0, None, 0),
        (0, 2.0, 10, None, 0),
        (1, 10, 1000, None, inf),
        (1, 10, 1000, 3600, 1 + 10 + 100 + 1000 + 996 * 3600),
        (1, 1, 99_999_999, None, 99_999_999),
        (1, 2, 99_999_999, 31_622_400, None),
        (5, 2, 3, 5, 15),
        (10, 0.5, 3, 4, 4 + 4 + 2.5),
        (float("nan"), 2, 3, None, 0),
        (-1, 2, 3, None, 0),
        (1, 0, 3, None, 0),
    ],
)
def test_examples(interval: float, rate: float, attempts: int, max_delay: float | None, seconds: float | None) -> None:
    got = waits(interval, rate, attempts, max_delay)
    if seconds is None:
        assert 3e15 < got < 3.2e15
    else:
        assert got == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (61, "1 min 1 s"),
        (300_000, "3 d 11 h 20 min"),
        (86400 + 1, "1 d 1 s"),
        (3 * 86400 + 11 * 3600 + 20 * 60 + 5, "3 d 11 h 20 min"),
        (400 * 86400, "400 d"),
        (730 * 86400, "2 years"),
        (10_000 * 86400, "27 years"),
        (1e12, "more than 1,000 years"),
        (inf, "more than 1,000 years"),
    ],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words
