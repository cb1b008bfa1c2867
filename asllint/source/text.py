"""The decoded text of a file, and where its lines begin."""

from __future__ import annotations

import re
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_LINE_END = re.compile(r"\r\n|\n|\r")

TEMPLATES: Final = (".j2", ".jinja", ".jinja2", ".tftpl", ".tmpl", ".tpl")
"""Ends of the names of files that Jinja, Terraform or Go makes a file of, whose name is what stands before."""


def filled_in(name: str) -> str:
    """Return the name, in lower case, of what is made of a file: without the ending of a template."""
    lower = name.lower()
    stem, dot, ending = lower.rpartition(".")
    return stem if dot + ending in TEMPLATES else lower


class Text:
    """A decoded text without its byte order mark, with positions in it.

    Offsets are 0-based and count code points; CR and LF count one each. Lines and columns are 1-based; columns count
    code points. A line ends at ``\\n``, ``\\r\\n`` or a lone ``\\r`` (not at U+0085 or U+2028: editors and SARIF viewers
    do not break there).
    """

    __slots__ = ("_starts", "bom", "content", "name")

    def __init__(self, name: str, content: str, *, bom: bool = False) -> None:
        self.name = name
        self.content = content
        self.bom = bom
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """The offsets at which lines begin; the first is 0."""
        if self._starts is None:
            if "\r" in self.content:
                self._starts = [0, *(m.end() for m in _LINE_END.finditer(self.content))]
            else:  # the same, three times as fast
                at = 0
                self._starts = [0]
                for line in self.content.split("\n")[:-1]:
                    at += len(line) + 1
                    self._starts.append(at)
        return self._starts

    @property
    def line_count(self) -> int:
        """How many lines there are; a text that ends in a line end has a last, empty one."""
        return len(self.starts)

    @property
    def is_template(self) -> bool:
        """Whether the name says that a template engine makes the file that AWS gets."""
        return filled_in(self.name) != self.name.lower()

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of an offset; an offset past the end is the end."""
        offset = max(0, min(offset, len(self.content)))
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return the 1-based line without its line end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.content)
        return self.content[start:end].rstrip("\r\n")
