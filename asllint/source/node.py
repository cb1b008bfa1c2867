"""One tree for JSON and YAML: every key and value with its span, duplicate keys kept."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, KeysView, Sequence

from asllint.source.patterns import of_tags
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

OBJECT: Final = "object"
ARRAY: Final = "array"
STRING: Final = "string"
NUMBER: Final = "number"
BOOLEAN: Final = "boolean"
NULL: Final = "null"
UNKNOWN: Final = "unknown"
"""The kind of a value that cannot be known: a bare placeholder, a CloudFormation tag, a YAML scalar that readers of
YAML 1.1 and 1.2 take for different things, a value that the text ends in the middle of."""

_DIVIDES = of_tags("DIVIDES")

Span = tuple[int, int]
"""Start and end offset in code points, end exclusive."""


LARGEST: Final = 1.7976931348623157e308
"""The largest number that a float holds."""

EXACT_DIGITS: Final = 100
"""Digits of a whole number that is kept as an int: what is computed with it then never is past what a float can hold."""


def number_of(text: str) -> int | float:
    """Return the decimal number that a text is, one that everybody can compute with: never infinite.

    Past what a float holds it is the largest one; a whole number of many digits is a float.
    """
    if len(text) <= EXACT_DIGITS and (text.isdecimal() or (text[0] in "+-" and text[1:].isdecimal())):
        return int(text)
    return max(-LARGEST, min(float(text), LARGEST))


class Node:
    """A value, or the key of a member, in the text that it was read from.

    kind     one of the constants above
    value    STRING: the decoded str; NUMBER: int or float, finite; BOOLEAN: bool; UNKNOWN: the raw text; else None
    start, end  the span, quotes and brackets included
    members  OBJECT: (key, value) in the order of the text, duplicates kept; a key is a STRING node
    items    ARRAY: its values
    holes    STRING: the spans *in value* (0-based, end exclusive) that a placeholder fills in later
    style    how a STRING is written: "json" (double-quoted JSON), "plain", "single", "double", "literal", "folded"
             (the five of YAML); UNKNOWN: "placeholder", "tag", "ambiguous", or "cut" for one that the text ends in; ""
             for every other kind
    closed   OBJECT, ARRAY: False where the text ends, or a bracket of another kind follows, before it is closed: what
             stands in it may be less, or more, than its author meant
    origin   the text that the spans are in
    """

    __slots__ = ("_index", "closed", "end", "holes", "items", "kind", "members", "origin", "start", "style", "value")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        origin: Text,
        value: str | int | float | bool | None = None,
        style: str = "",
        holes: tuple[Span, ...] = (),
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.origin = origin
        self.value = value
        self.style = style
        self.holes = holes
        self.members: Sequence[tuple[Node, Node]] = ()
        self.items: Sequence[Node] = ()
        self.closed = True
        self._index: dict[str, tuple[Node, Node]] | None = None  # the last member of each name

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}-{self.end} {self.value!r}>"

    # -- objects

    def member(self, name: str) -> tuple[Node, Node] | None:
        """Return the key and value of a member; of duplicates the last, as JSON readers take it."""
        return (self._index or self._indexed()).get(name)

    def get(self, name: str) -> Node | None:
        """Return the value of a member, or None."""
        found = (self._index or self._indexed()).get(name)
        return found[1] if found else None

    def key(self, name: str) -> Node | None:
        """Return the key of a member, or None."""
        found = (self._index or self._indexed()).get(name)
        return found[0] if found else None

    @property
    def names(self) -> KeysView[str]:
        """The names of all members: which of several are there is asked of a set, at once."""
        return (self._index or self._indexed()).keys()

    def _indexed(self) -> dict[str, tuple[Node, Node]]:
        self._index = {str(member[0].value): member for member in self.members}
        return self._index

    @property
    def open(self) -> bool:
        """Whether members may be there that cannot be seen: a key with a placeholder in it, or no closing bracket."""
        if not self.closed:
            return True
        for key, _ in self.members:  # noqa: SIM110 - asked of every object, more than once: a generator costs more than this
            if key.holes:
                return True
        return False

    def tags(self) -> list[int]:
        """Return where the tags of a template, such as ``{% else %}``, stand among the keys, in order.

        Of two keys with one between them perhaps only one is there.
        """
        return [key.start for key, _ in self.members if key.holes and _DIVIDES.match(str(key.value))]

    # -- values

    @property
    def known(self) -> bool:
        """Whether the value is what the text says: no placeholder in it, and not UNKNOWN (members are not looked at)."""
        return self.kind != UNKNOWN and not self.holes

    @property
    def whole_placeholder(self) -> bool:
        """Whether the value may be of any kind once it is filled in: UNKNOWN, or a string that is one placeholder."""
        if self.kind != STRING:
            return self.kind == UNKNOWN
        return len(self.holes) == 1 and self.holes[0] == (0, len(str(self.value)))

    @property
    def text(self) -> str | None:
        """The decoded string of a STRING, placeholders and all; None for every other kind."""
        return self.value if self.kind == STRING and isinstance(self.value, str) else None

    @property
    def literal(self) -> str | None:
        """The decoded string of a STRING without placeholders; None for anything else."""
        return self.text if not self.holes else None

    def may_equal(self, text: str) -> bool:
        """Whether the string can be `text` once its placeholders are filled in; an UNKNOWN value can be any."""
        if self.kind != STRING:
            return self.kind == UNKNOWN
        assert isinstance(self.value, str)
        if not self.holes:
            return self.value == text
        return glob(pieces(self), text)

    def offset_in(self, i: int) -> int:
        """Return the offset in the text of character `i` of the decoded string (0-based; its length: the end of it).

        Through JSON escapes and the quoting and block styles of YAML.
        """
        if self.kind != STRING:
            return min(self.start + i, self.end)
        if self.style == "json":
            from asllint.source.json import string_offset
        else:
            from asllint.source.yaml import string_offset
        return string_offset(self, i)

    def span_in(self, start: int, end: int) -> Span:
        """Return the span in the text of the characters `start` to `end` (exclusive) of the decoded string."""
        if end <= start:
            at = self.offset_in(start)
            return at, at
        # the end of the last character, not the start of the next: an escape or a fold may stand between
        return self.offset_in(start), max(self.offset_in(end - 1) + 1, self.offset_in(end))

    def text_in(self, start: int, end: int) -> str:
        """Return the characters of the decoded string that stand in a span of the text, quotes and line ends left out."""
        assert isinstance(self.value, str)
        offsets = range(len(self.value) + 1)
        first = bisect_left(offsets, start, key=self.offset_in)
        return self.value[first : bisect_left(offsets, end, first, key=self.offset_in)]

    def walk(self) -> Iterator[Node]:
        """Yield this node and every value below it, in the order of the text."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            if node.kind == OBJECT:
                stack.extend(value for _, value in reversed(node.members))
            elif node.kind == ARRAY:
                stack.extend(reversed(node.items))


def pieces(node: Node) -> list[str]:
    """Return the literal pieces of a string around its placeholders: one more than there are placeholders."""
    assert isinstance(node.value, str)
    out: list[str] = []
    at = 0
    for start, end in node.holes:
        out.append(node.value[at:start])
        at = end
    out.append(node.value[at:])
    return out


def glob(literal: Sequence[str], text: str) -> bool:
    """Whether `text` is the literal pieces, two or more, in their order with anything between them."""
    first, *middle, last = literal
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


class Problem:
    """What a reader could not read as it stands: kept as a value, with its place and cure.

    kind     a slug, such as "trailing-comma"
    related  further places: (start, end, message)
    edits    what would mend it: (start, end, text); the text did not parse before, so such a fix changes no meaning
    fatal    nothing behind this place was read
    """

    __slots__ = ("cure", "edits", "end", "fatal", "kind", "message", "related", "start")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        message: str,
        cure: str = "",
        related: tuple[tuple[int, int, str], ...] = (),
        edits: tuple[tuple[int, int, str], ...] = (),
        fatal: bool = False,
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.message = message
        self.cure = cure
        self.related = related
        self.edits = edits
        self.fatal = fatal

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}-{self.end} {self.message!r}>"


class Comment:
    """A comment of a YAML text: its span from ``#`` to the end of the line, and whether it stands alone on its line."""

    __slots__ = ("alone", "end", "start", "text")

    def __init__(self, start: int, end: int, text: str, alone: bool) -> None:
        self.start = start
        self.end = end
        self.text = text
        self.alone = alone


class Document:
    """What a reader made of a text.

    language  "json" or "yaml"
    root      the tree, or None where the text holds no value at all
    cut       the text ends, or could not be read further, before the root value was closed: what is not here may stand
              in the part that was not read
    """

    __slots__ = ("comments", "cut", "language", "problems", "root", "text")

    def __init__(
        self,
        text: Text,
        language: str,
        root: Node | None,
        problems: list[Problem],
        comments: list[Comment],
        cut: bool = False,
    ) -> None:
        self.text = text
        self.language = language
        self.root = root
        self.problems = problems
        self.comments = comments
        self.cut = cut
