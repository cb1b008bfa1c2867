"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `name` most likely misspells, or None: first one that differs only in letter case,
    hyphens, underscores or blanks, else the closest by difflib's ratio of at least 0.75."""  # fmt: skip
    known = list(candidates)
    plain = _plain(name)
    for candidate in known:
        if candidate != name and _plain(candidate) == plain:
            return candidate
    from difflib import get_close_matches

    found = get_close_matches(name.lower()[:200], {c.lower()[:200]: c for c in known}, n=1, cutoff=0.75)
    if not found:
        return None
    return next((c for c in known if c.lower()[:200] == found[0] and c != name), None)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")
