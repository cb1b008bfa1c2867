"""The name that was probably meant."""

from __future__ import annotations

from difflib import get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from asllint.model.names import MAX_EFFORT, effort, nearest

WORDS = st.text("abcd12", min_size=1, max_size=9)


@given(WORDS, st.lists(WORDS, max_size=9, unique=True))
def test_it_is_the_closest_by_difflib(name: str, known: list[str]) -> None:
    known = [other for other in known if other != name]
    best = get_close_matches(name, known, n=1, cutoff=0.75)
    assert nearest(name, known) == (best[0] if best else None)


def test_too_many_are_not_compared() -> None:
    many = [f"{'x' * 190}{i:06}" for i in range(200)]
    assert effort(many[0] + "y", many) > MAX_EFFORT
    assert nearest(many[0] + "y", many) is None
    assert nearest(many[7].upper(), many) == many[7], "one that differs in letter case alone is found all the same"
