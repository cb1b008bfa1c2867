"""What stands inside the strings of a definition: JSONPath, intrinsic functions, JSONata. Nothing here knows states."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

HASHES: Final = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")
"""What ``States.Hash`` and ``$hash`` take for their algorithm."""


class Fault:
    """What is wrong with an expression, as a value.

    kind        a slug, such as "unclosed-bracket"
    start, end  the span in the text of the expression: code points, 0-based, end exclusive
    message     what is wrong, and why, in a sentence
    cure        what to write instead, as a sentence; "" where the message says it
    refused     what AWS makes of it when a state machine is created: True where it refuses, as recorded or as its
                specification demands; False where it accepts and the execution fails; None where nobody has measured
    instead     what is to stand in place of the span, where that mends it; else None
    """

    __slots__ = ("cure", "end", "instead", "kind", "message", "refused", "start")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        message: str,
        cure: str = "",
        refused: bool | None = True,
        instead: str | None = None,
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.message = message
        self.cure = cure
        self.refused = refused
        self.instead = instead

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}-{self.end} {self.message!r}>"


def near(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` most likely misspells: first one in other letter case; None where none is near."""
    return _near(name, tuple(known))


@lru_cache(maxsize=256)
def _near(name: str, names: tuple[str, ...]) -> str | None:
    lower = name.lower()
    for candidate in names:
        if candidate.lower() == lower:
            return candidate
    from difflib import get_close_matches

    found = get_close_matches(lower[:100], [candidate.lower() for candidate in names], n=1, cutoff=0.75)
    return next((candidate for candidate in names if candidate.lower() == found[0]), None) if found else None
