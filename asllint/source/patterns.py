"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class _Late:
    """A pattern not compiled yet; the first use of a method compiles it and puts the compiled one's in its place."""

    __slots__ = ("_arguments", "finditer", "fullmatch", "match", "search", "sub")

    def __init__(self, pattern: str, flags: int, of_tags: bool = False) -> None:
        self._arguments = (pattern, flags, of_tags)

    def __getattr__(self, name: str) -> Callable[..., object]:
        # only for a slot that is not set yet, or a name that is no slot
        pattern, flags, of_tags = self._arguments
        if of_tags:
            from asllint.source import tags

            pattern = getattr(tags, pattern)
        compiled = re.compile(pattern, flags)
        for method in self.__slots__[1:]:
            setattr(self, method, getattr(compiled, method))
        method_found: Callable[..., object] = getattr(compiled, name)
        return method_found


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled at its first use: finditer, fullmatch, match, search or sub.

    Compiling costs up to a millisecond, a tenth of the start of the interpreter; most runs need few of the patterns.
    """
    return _Late(pattern, flags)  # type: ignore[return-value]


def of_tags(name: str, flags: int = 0) -> re.Pattern[str]:
    """Return the pattern of this name in `asllint.source.tags`, which is imported at its first use: few texts have tags."""
    return _Late(name, flags, of_tags=True)  # type: ignore[return-value]
