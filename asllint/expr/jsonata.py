"""JSONata: the text of an expression as a tree with exact spans, and what Step Functions makes of it.

The parser accepts and refuses what the reference implementation does (npm jsonata, compared with 2.2.2), each refusal with
the reference's code. AWS documents JSONata 2.0.6 (developer guide, "Transforming data with JSONata"), which differs for a
parser in two operators alone, ``?:`` and ``??``: `newer` names them.

All offsets are code points, 0-based, in the text that was given; ends are exclusive.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from asllint.expr import Fault
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

    from asllint.expr.jsonata_meaning import Found
    from asllint.source.node import Span

MAX_DEPTH: Final = 200
"""Levels of nesting that are read. AWS evaluates at most 100 (measured by others), so nothing that runs is deeper."""
MAX_PARENTS: Final = 200
"""How many parent operators ``%`` an expression may have: each is followed back through the path that it stands in."""

# Kinds of nodes, and what their children are, in the order of the text.
PATH: Final = "path"
"""A base and what is done to it, one segment after the other: steps (any other kind), FILTER, KEEP, FOCUS, INDEX, SORT,
GROUP. The base is evaluated in the context that the path stands in, each segment in that of what is before it."""
NAME: Final = "name"
"""A field name; value: the name; style: "", "`" or, for a string that is a step, '"'."""
VARIABLE: Final = "variable"
"""value: the name without its ``$``; "" is ``$``, the context, and "$" is ``$$``, the root."""
STRING: Final = "string"
"""value: the string; None where a placeholder fills in a part of it."""
NUMBER: Final = "number"
BOOLEAN: Final = "boolean"
NULL: Final = "null"
REGEX: Final = "regex"
"""value: the pattern; style: its flags."""
WILDCARD: Final = "wildcard"
DESCENDANT: Final = "descendant"
PARENT: Final = "parent"
ARRAY: Final = "array"
RANGE: Final = "range"
"""First and last, inside an ARRAY."""
OBJECT: Final = "object"
"""Key, value, key, value …"""
NEGATION: Final = "negation"
BINARY: Final = "binary"
"""Left and right; value: the operator, one of + - * / % & = != < <= > >= in and or."""
CALL: Final = "call"
"""What is called, then the arguments."""
PARTIAL: Final = "partial"
"""A call with a PLACE among its arguments: a function of those."""
PLACE: Final = "place"
LAMBDA: Final = "lambda"
"""The parameters (VARIABLE), then the body; value: the signature with its angle brackets, or None."""
CONDITION: Final = "condition"
"""Condition, then, and else where there is one."""
DEFAULT: Final = "default"
"""Left and right of ``?:`` or ``??`` (value)."""
BLOCK: Final = "block"
BIND: Final = "bind"
"""VARIABLE and value."""
APPLY: Final = "apply"
"""Left and right of ``~>``."""
TRANSFORM: Final = "transform"
"""Pattern, update, and deletion where there is one."""
UNKNOWN: Final = "unknown"
"""What a placeholder fills in."""
FILTER: Final = "filter"
KEEP: Final = "keep"
"""The segment ``[]``: keep an array of one item."""
FOCUS: Final = "focus"
"""The segment ``@$v``: a VARIABLE."""
INDEX: Final = "index"
"""The segment ``#$v``: a VARIABLE."""
SORT: Final = "sort"
"""The segment ``^( )``: its TERM nodes."""
TERM: Final = "term"
"""An expression to sort by; value: "<", ">" or ""."""
GROUP: Final = "group"
"""The segment ``{ }``: key, value, key, value …"""

UNSUPPORTED: Final = "UNSUPPORTED_JSONATA_EXPRESSION"
INVALID: Final = "INVALID_JSONATA_EXPRESSION"
SCHEMA: Final = "SCHEMA_VALIDATION_FAILED"
"""Codes of AWS's diagnostics."""


class Node:
    """A part of an expression: kind, span, children, and the value and style that its kind says."""

    __slots__ = ("children", "end", "kind", "start", "style", "value")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        value: str | float | bool | None = None,
        children: Sequence[Node] = (),
        style: str = "",
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.value = value
        self.children = children
        self.style = style

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}-{self.end} {self.value!r} {len(self.children)}>"

    def walk(self) -> Iterator[Node]:
        """Yield this node and every one below it, in the order of the text."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


class Complaint(Fault):
    """A fault of an expression that parses, or of its delimiters, or of its syntax.

    aws_code  the code of AWS's diagnostic where `refused` is True, and where AWS is likely to refuse; else ""
    code      the reference implementation's code, such as "S0201" or "T0410"; "" where it has none
    name      what it is about: a field, a function, a variable; "" where nothing has a name
    certain   whether evaluating the expression at all runs into it: it stands in no branch, function body or later step
    """

    __slots__ = ("aws_code", "certain", "code", "name")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        message: str,
        cure: str = "",
        refused: bool | None = False,
        *,
        aws_code: str = "",
        code: str = "",
        name: str = "",
        certain: bool = True,
        instead: str | None = None,
    ) -> None:
        super().__init__(kind, start, end, message, cure, refused, instead)
        self.aws_code = aws_code
        self.code = code
        self.name = name
        self.certain = certain


class Parsed:
    """What a text was read as: a tree, or the first error in it; neither where a placeholder stands where the error is.

    text   as it was given, without the delimiters
    holes  the spans in it that placeholders fill in
    found  what `asllint.expr.jsonata_meaning` found in the tree, once it has looked
    """

    __slots__ = ("error", "found", "holes", "root", "text")

    def __init__(self, text: str, root: Node | None, error: Complaint | None, holes: Sequence[Span] = ()) -> None:
        self.text = text
        self.root = root
        self.error = error
        self.holes = holes
        self.found: Found | None = None


# -- delimiters


def jsonata_text(value: str) -> tuple[str, int] | Complaint | None:
    """Return the expression in a string and the offset at which it begins; None for a string that is plain text.

    A string is an expression where it begins with ``{%`` and ends with ``%}``, without white space around (developer
    guide, "Writing JSONata expressions in JSON strings"). A Complaint (its span in `value`) where one delimiter is there
    without the other, or both with white space around. AWS refuses what begins with ``{%`` and does not end with ``%}``
    (measured by others) and takes for text what has a blank before it (recorded); without the first it is not known.
    """
    opens, closes = value.startswith("{%"), value.endswith("%}")
    if opens and closes and len(value) >= 4:
        return value[2:-2], 2
    bare = value.strip()
    if len(bare) >= 4 and bare.startswith("{%") and bare.endswith("%}"):
        at = value.index("{%")
        span = (at + len(bare), len(value)) if opens else (0, at)
        message = "White space before `{%` makes the whole string plain text: nothing in it is evaluated."
        if opens:
            message = "White space stands behind the `%}` that must end the string, so AWS refuses it."
        return Complaint("jsonata-white-space", *span, message, "Remove it.", opens, aws_code=SCHEMA if opens else "")
    if opens:
        message = "The string begins with `{%` and does not end with `%}`, so AWS refuses it."
        cure = "Write `%}` at its very end, or something other than `{%` at its beginning if it is text."
        return Complaint("jsonata-not-closed", 0, 2, message, cure, True, aws_code=SCHEMA)
    if closes:
        message = "The string ends with `%}` and does not begin with `{%`, so it is no JSONata expression."
        cure = "Write `{%` at its very beginning, or something other than `%}` at its end if it is text."
        return Complaint("jsonata-not-opened", len(value) - 2, len(value), message, cure, None, aws_code=SCHEMA)
    return None


# -- the parser

_SKIP: Final = re.compile(r"(?:[ \t\n\r\v]++|/\*.*?\*/)*+", re.DOTALL)
_TOKEN: Final = re.compile(
    r"(?:[ \t\n\r\v]++|/\*(?s:.*?)\*/)*+"
    r"(?:(?P<operator>\.\.|:=|!=|>=|<=|\*\*|~>|\?[:?]|[.\[\]{}(),@#;:?+\-*/%|=<>^&!~])"
    r"|(?P<number>(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[Ee][-+]?[0-9]++)?)"
    r"|(?P<quote>[\"'])"
    r"|(?P<backquote>`)"
    r"|(?P<name>[^ \t\n\r\v.\[\]{}(),@#;:?+\-*/%|=<>^&!~]++))"
)
"""The next token, and white space and comments before it."""
_PLAIN: Final = {'"': re.compile(r'[^"\\]*+'), "'": re.compile(r"[^'\\]*+")}
_HEX: Final = late(r"[0-9a-fA-F]{0,4}+")
_ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_IN_REGEX: Final = late(r"[/()\[\]{}]")
_FLAGS: Final = late(r"[im]*+")
_DIGITS_BEFORE: Final = late(r"(?<![\w$.`])[0-9][0-9.]*\Z")

_POWER: Final = {
    "(": 80, "[": 80, "@": 80, "#": 80, ".": 75, "{": 70, "*": 60, "/": 60, "%": 60, "+": 50, "-": 50, "&": 50,
    "=": 40, "!=": 40, "<": 40, "<=": 40, ">": 40, ">=": 40, "in": 40, "^": 40, "~>": 40, "?:": 40, "??": 40,
    "and": 30, "or": 25, "?": 20, ":=": 10,
}  # fmt: skip
"""How strongly each operator binds to what is left of it."""

_FOREIGN: Final = {
    "==": "Write a single `=`.",
    "!==": "Write `!=`.",
    "&&": "Write `and`, or a single `&` to join strings.",
    "=>": "JSONata has no arrows: write `function($x) { … }`.",
    "%}": "One string is one expression: take the `%}` and the `{%` behind it away, and join texts with `&`.",
}
"""What operators of other languages are in JSONata, by the characters up to where it stops."""
_IF: Final = late(r"\s*if\s*\(")

# What tokens are besides operators, which are called by their text.
_END: Final = "(end)"
_WORD: Final = "(name)"
_LITERAL: Final = "(literal)"
_EXPRESSION: Final = "(regex)"


def skipped(text: str, at: int) -> int:
    """Return the offset behind white space and comments that begin at `at`."""
    match = _SKIP.match(text, at)
    return match.end() if match else at


class _Stop(Exception):  # noqa: N818 (the error is the Complaint in it)
    """The first error of the syntax; None in it where a placeholder may stand for what is missing."""

    def __init__(self, error: Complaint | None) -> None:
        self.error = error


class _Slot:
    """A parent operator that looks for the step whose parent it is: how many steps back, and where it stands."""

    __slots__ = ("level", "node")

    def __init__(self, node: Node) -> None:
        self.level = 1
        self.node = node


class _Part:
    """A node while the tree is built, with what decides whether further segments, and parent operators, are allowed.

    type      what the part is for those rules: "path" (a NAME is one), "name" (as a step), a kind of node, or "folded" for
              the negation of a number, which counts as one
    raw       the token that it is alone, before any ``[]``: NAME or VARIABLE; else ""
    steps     of a path
    last      of a block: its last expression
    slots     parent operators in it that are not resolved inside it; None differs from none left
    """

    __slots__ = ("checked", "filtered", "focus", "grouped", "last", "node", "raw", "slot", "slots", "steps", "type")

    def __init__(self, node: Node, type_: str, raw: str = "", steps: Sequence[_Part] = ()) -> None:
        self.node = node
        self.type = type_
        self.raw = raw
        self.steps = steps
        self.checked = 0
        self.filtered = False
        self.focus = False
        self.grouped = False
        self.last: _Part | None = None
        self.slot: _Slot | None = None
        self.slots: list[_Slot] | None = None

    def take(self, other: _Part) -> None:
        """Take over the parent operators that `other` could not resolve."""
        if other.slots is None and other.slot is None:
            return
        slots = other.slots if other.slots is not None else []
        if other.slot:
            slots.append(other.slot)
        if self.slots is None:
            self.slots = slots
        else:
            self.slots.extend(slots)

    def add(self, segment: Node) -> None:
        """Append a segment to what the tree has for this part."""
        self.extend([segment])

    def extend(self, segments: Sequence[Node]) -> None:
        """Append several; the part is no bare token any more."""
        self.raw = ""
        node = self.node
        if node.kind != PATH:
            self.node = node = Node(PATH, node.start, node.end, None, [node])
        assert isinstance(node.children, list)
        node.children.extend(segments)
        node.end = segments[-1].end

    def path(self) -> _Part:
        """Return the part as a path: itself, or a path of it alone."""
        if self.type == "path":
            return self
        return _Part(self.node, "path", "", [self])

    @property
    def step(self) -> _Part:
        """The last step of a path; another part itself."""
        return self.steps[-1] if self.type == "path" else self


def parse(text: str, holes: Sequence[Span] = ()) -> Parsed:
    """Return what the text of an expression, without its delimiters, is read as.

    holes  spans of placeholders in `text`: each stands for an operand, or a part of a name or string, that is not known
    """
    if not holes:
        return _Parser(text, text, ()).parsed()
    masked = []
    spans = []
    at = 0
    for start, end in holes:
        # digits that a placeholder goes on belong to what it fills in: a number is not known by its beginning
        digits = _DIGITS_BEFORE.search(text, at, start)
        begin = digits.start() if digits else start
        masked += [text[at:begin], "_" * (end - begin)]
        spans.append((begin, end))
        at = end
    masked.append(text[at:])
    return _Parser(text, "".join(masked), spans).parsed()


def _end(span: Span) -> int:
    return span[1]


class _Parser:
    """Top-down operator precedence over one text: the current token, and what reads on from it."""

    __slots__ = (
        "at", "before", "depth", "end", "flagged", "holes", "id", "late", "parents", "source", "start", "text", "unknown",
        "value",
    )  # fmt: skip

    def __init__(self, source: str, text: str, holes: Sequence[Span]) -> None:
        self.source = source  # for messages
        self.text = text  # the same with letters where placeholders are
        self.holes = holes
        self.at = 0  # behind the current token
        self.id = ""
        self.start = self.end = 0
        self.value: Node | None = None  # of a token that is an operand
        self.unknown = False  # whether a placeholder is in the current token
        self.before = False  # or was in the one before it
        self.depth = 0
        self.flagged = -1  # behind the last regular expression with its flags
        self.parents = 0
        self.late: Complaint | None = None  # the first error of the kind that the reference finds in the finished tree

    def parsed(self) -> Parsed:
        error: Complaint | None = None
        root: Node | None = None
        try:
            self.advance()
            part = self.expression(0)
            if self.id != _END:
                self.unexpected()
            if self.late is None and (part.slot is not None or part.slots is not None):
                self.no_parent(part.slot or next((slot for slot in part.slots or () if slot.level), None), part)
            root, error = part.node, self.late
        except _Stop as stop:
            error = stop.error
        return Parsed(self.source, None if error else root, error, self.holes)

    # -- errors

    def fault(self, code: str, start: int, end: int, message: str, cure: str = "", kind: str = "syntax") -> Complaint:
        return Complaint(kind, start, end, message, cure, True, aws_code=INVALID, code=code)

    def put_late(self, code: str, node: Node, message: str, cure: str = "") -> None:
        if self.late is None:
            self.late = self.fault(code, node.start, node.end, message, cure)

    def unexpected(self) -> NoReturn:
        if self.unknown or self.before:
            raise _Stop(None)
        shown = self.shown(self.start, self.end)
        if self.id in (")", "]", "}"):
            message, cure = f"`{shown}` closes nothing that is open.", "Remove it, or open what it closes."
        elif self.text.startswith("||", self.start):
            message, cure = "`||` is no operator of JSONata.", "Write `or`."
        elif self.id == ";":
            message, cure = (
                "`;` separates expressions in parentheses alone.",
                "Put all of them in one pair of parentheses.",
            )
        elif self.start == self.flagged and shown[0].isalpha():
            message, cure = self.flag(shown)
        else:
            message = f"The expression is complete before `{shown}`, and no operator connects what follows."
            cure = f"Write an operator before `{shown}`."
            if _IF.match(self.text):
                cure = "JSONata has no `if`: write `condition ? value : other`."
        raise _Stop(self.fault("S0201", self.start, self.end, message, cure))

    @staticmethod
    def flag(shown: str) -> tuple[str, str]:
        """Say what is wrong with the letters right behind a regular expression, and its cure."""
        cure = (
            "Remove it: functions such as `$replace` and `$match` take every match." if shown == "g" else "Remove it."
        )
        return f"`{shown}` is no flag of a regular expression of JSONata, which has `i` and `m`.", cure

    def shown(self, start: int, end: int) -> str:
        return self.source[start:end] if end - start <= 40 else self.source[start : start + 39] + "…"

    def no_parent(self, slot: _Slot | None, part: _Part) -> None:
        node = slot.node if slot else part.node
        if slot:
            slot.level = 0
        message = "The parent operator `%` stands where no step is before it whose parent it could be."
        self.put_late("S0217", node, message, "Use it in a path, behind steps that are field names.")

    # -- tokens

    def advance(self, infix: bool = False) -> None:
        """Read the next token. `infix`: an operand has just ended, so that ``/`` divides; else it begins a regex."""
        text = self.text
        self.before = self.unknown
        self.unknown = False
        token = _TOKEN.match(text, self.at)
        if token is None:
            self.id = _END
            self.start = self.end = self.at = len(text)
            return
        what = token.lastgroup or ""
        start, end = token.span(what)
        self.start = start
        if what == "operator":
            self.id = text[start:end]
            if self.id == "/":
                if text.startswith("*", end):
                    message = "The comment that begins with `/*` has no `*/`."
                    raise _Stop(self.fault("S0106", start, end + 1, message, "Close it."))
                if not infix:
                    end = self.regex(start)
            elif self.id in "!~":
                message = f"`{self.id}` is no operator of JSONata."
                cure = (
                    "Write `!=` for unequal, `$not( )` to negate."
                    if self.id == "!"
                    else "Write `~>` to chain functions."
                )
                raise _Stop(self.fault("S0204", start, end, message, cure))
        elif what == "name":
            self.id = _WORD
            name = text[start:end]
            if self.holes and self.masked(start, end):
                self.value = Node(UNKNOWN, start, end)
            elif name[0] == "$":
                self.value = Node(VARIABLE, start, end, name[1:])
            elif name in ("and", "or", "in"):
                self.id = name
            elif name in ("true", "false"):
                self.id = _LITERAL
                self.value = Node(BOOLEAN, start, end, name == "true")
            elif name == "null":
                self.id = _LITERAL
                self.value = Node(NULL, start, end)
            else:
                self.value = Node(NAME, start, end, name)
        elif what == "number":
            self.id = _LITERAL
            number = float(text[start:end])
            if number == float("inf"):
                message = f"The number `{self.shown(start, end)}` is out of range: the largest is about 1.8e308."
                raise _Stop(self.fault("S0102", start, end, message))
            self.value = Node(NUMBER, start, end, number)
        elif what == "quote":
            self.id = _LITERAL
            end = self.string(start)
        else:
            self.id = _WORD
            close = text.find("`", end)
            if close < 0:
                message = "The field name that begins with a backquote has none at its end."
                raise _Stop(self.fault("S0105", start, len(text), message, "Close it."))
            known = not (self.holes and self.masked(start, close))
            self.value = Node(NAME if known else UNKNOWN, start, close + 1, text[end:close] if known else None, (), "`")
            end = close + 1
        self.end = self.at = end

    def masked(self, start: int, end: int) -> bool:
        """Whether a placeholder is in the span; the current token then counts as one that is not known."""
        after = bisect_right(self.holes, start, key=_end)
        found = after < len(self.holes) and self.holes[after][0] < end
        self.unknown = self.unknown or found
        return found

    def string(self, start: int) -> int:
        """Read the string whose quote is at `start`; return the offset behind it."""
        text = self.text
        quote = text[start]
        plain = _PLAIN[quote]
        pieces: list[str] = []
        halves = False  # of a character that JavaScript writes as two
        at = start + 1
        while True:
            match = plain.match(text, at)
            assert match is not None
            pieces.append(match[0])
            at = match.end()
            if at >= len(text):
                message = f"The string that begins with `{quote}` has no `{quote}` at its end."
                raise _Stop(self.fault("S0101", start, len(text), message, "Close it."))
            if text[at] == quote:
                break
            escaped = text[at + 1 : at + 2]
            if escaped in _ESCAPES and escaped:
                pieces.append(_ESCAPES[escaped])
                at += 2
            elif escaped == "u":
                digits = _HEX.match(text, at + 2)
                if digits is None or digits.end() < at + 6:
                    end = digits.end() if digits else at + 2
                    message = "`\\u` in a string is not followed by four hexadecimal digits."
                    raise _Stop(self.fault("S0104", at, end, message))
                code = int(digits[0], 16)
                halves = halves or 0xD800 <= code <= 0xDFFF
                pieces.append(chr(code))
                at += 6
            elif not escaped:
                at += 1  # the end of the text, which the next round reports
            else:
                message = f"`\\{escaped}` is no escape of JSONata's strings, which have those of JSON alone."
                cure = (
                    'Put the string in double quotes: `"…\'…"`.'
                    if escaped == "'"
                    else f"Write `\\\\{escaped}` for a backslash."
                )
                raise _Stop(self.fault("S0103", at, at + 2, message, cure))
        value = "".join(pieces)
        if halves:
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        known = not (self.holes and self.masked(start, at))
        self.value = Node(STRING, start, at + 1, value if known else None)
        return at + 1

    def regex(self, start: int) -> int:
        """Read the regular expression whose slash is at `start`; return the offset behind its flags."""
        text = self.text
        depth = 0
        for match in _IN_REGEX.finditer(text, start + 1):
            at = match.start()
            char = match[0]
            if char == "/":
                if depth == 0:
                    back = at
                    while text[back - 1] == "\\":
                        back -= 1
                    if (at - back) % 2 == 0:
                        break
            elif text[at - 1] != "\\":
                depth += 1 if char in "([{" else -1
        else:
            message = "The regular expression that begins with `/` has no `/` at its end, outside brackets."
            raise _Stop(
                self.fault("S0302", start, len(text), message, "Close it, and escape brackets that are meant as text.")
            )
        if at == start + 1:
            message = "A regular expression cannot be empty."
            raise _Stop(self.fault("S0301", start, at + 1, message, "Write `/(?:)/` for one that matches everywhere."))
        flags = _FLAGS.match(text, at + 1)
        assert flags is not None
        pattern = text[start + 1 : at]
        if not (self.holes and self.masked(start, at)):
            from asllint.expr.jsonata_regex import regex_fault

            if why := regex_fault(pattern, flags[0]):
                message = f"`{self.shown(start, flags.end())}` is no regular expression: {why}."
                raise _Stop(self.fault("", start, flags.end(), message))
        self.id = _EXPRESSION
        self.value = Node(REGEX, start, flags.end(), pattern, (), flags[0])
        self.flagged = flags.end()
        return flags.end()

    def expect(self, what: str, infix: bool = False) -> int:
        """Step over the token `what`; return the offset behind it."""
        if self.id != what:
            if self.id == _END:
                message = f"The expression ends where `{what}` is missing."
                raise _Stop(self.fault("S0203", self.start, self.end, message, f"Write `{what}`."))
            if self.unknown or self.before:
                raise _Stop(None)
            message, cure = f"`{what}` is missing before `{self.shown(self.start, self.end)}`.", ""
            if what == "]" and self.id == "..":
                cure = "To select the items of a range write it in brackets of its own, as in `[[0..2]]`."
            if self.start == self.flagged and self.text[self.start].isalpha():
                message, cure = self.flag(self.shown(self.start, self.end))
            raise _Stop(self.fault("S0202", self.start, self.end, message, cure))
        end = self.end
        self.advance(infix)
        return end

    # -- operands

    def expression(self, power: int) -> _Part:
        """Read an expression up to an operator that binds no stronger than `power`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = (
                f"The expression is nested more than {MAX_DEPTH} levels deep; Step Functions evaluates at most 100."
            )
            raise _Stop(Complaint("too-deep", self.start, self.end, message, "Split it over several states.", None))
        prefix = _PREFIX.get(self.id)
        if prefix is None:
            message = f"`{self.shown(self.start, self.end)}` stands where a value must begin."
            before = self.text[: self.start]
            cure = _FOREIGN.get(before[-2:] + self.text[self.start : self.end], "")
            cure = cure or _FOREIGN.get(before[-1:] + self.text[self.start : self.end], "")
            if self.id in ("]", "}", ")") and before.rstrip()[-1:] == ",":
                cure = "Take the comma before it away."
            raise _Stop(self.fault("S0211", self.start, self.end, message, cure))
        left = prefix(self)
        if _POWER.get(self.id, 0) > power:
            left = self.operators(left, power)
        self.depth -= 1
        return left

    def operators(self, left: _Part, power: int) -> _Part:
        """Read on from an operand over the operators that bind stronger than `power`."""
        power_of = _POWER.get
        while power_of(self.id, 0) > power:
            left = _INFIX[self.id](self, left)
        return left

    def operand(self) -> _Part:
        node = self.value
        assert node is not None
        self.advance(True)
        kind = node.kind
        if kind == NAME:
            return _Part(node, "path", NAME, [_Part(node, NAME)])
        return _Part(node, kind, kind if kind in (VARIABLE, UNKNOWN) else "")

    def word(self) -> _Part:
        """Read ``and``, ``or`` or ``in`` as a field name."""
        self.value = Node(NAME, self.start, self.end, self.id)
        part = self.operand()
        part.raw = ""
        return part

    def nothing(self) -> _Part:
        node = Node(NULL, self.start, self.end)
        cure = "Write what is missing." if self.text.strip() else "Write an expression between `{%` and `%}`."
        self.put_late("S0207", node, "The expression ends where a value must stand.", cure)
        return _Part(node, UNKNOWN)

    def symbol(self) -> _Part:
        kind = WILDCARD if self.id == "*" else DESCENDANT if self.id == "**" else PARENT
        node = Node(kind, self.start, self.end)
        part = _Part(node, kind)
        if kind == PARENT:
            self.parents += 1
            if self.parents > MAX_PARENTS:
                message = f"The expression has more than {MAX_PARENTS} parent operators `%`."
                raise _Stop(Complaint("too-deep", self.start, self.end, message, "Split it over several states.", None))
            part.slot = _Slot(node)
        self.advance(True)
        return part

    def negation(self) -> _Part:
        start = self.start
        self.advance(True)
        operand = self.expression(70)
        folded = operand.type in (NUMBER, "folded")
        part = _Part(Node(NEGATION, start, operand.node.end, None, [operand.node]), "folded" if folded else NEGATION)
        if not folded:
            part.take(operand)
        return part

    def block(self) -> _Part:
        node = Node(BLOCK, self.start, self.end)
        part = _Part(node, BLOCK)
        children: list[Node] = []
        self.advance(True)
        while self.id != ")":
            part.last = item = self.expression(0)
            part.take(item)
            children.append(item.node)
            if self.id != ";":
                break
            self.advance()
        node.children = children
        node.end = self.expect(")", True)
        return part

    def array(self) -> _Part:
        node = Node(ARRAY, self.start, self.end)
        part = _Part(node, ARRAY)
        children: list[Node] = []
        self.advance(True)
        if self.id != "]":
            while True:
                item = self.expression(0)
                part.take(item)
                child = item.node
                if self.id == "..":
                    self.advance()
                    item = self.expression(0)
                    part.take(item)
                    child = Node(RANGE, child.start, item.node.end, None, [child, item.node])
                children.append(child)
                if self.id != ",":
                    break
                self.advance()
        node.children = children
        node.end = self.expect("]", True)
        return part

    def object(self) -> _Part:
        node = Node(OBJECT, self.start, self.end)
        part = _Part(node, OBJECT)
        self.advance(True)
        self.pairs(node, part)
        return part

    def pairs(self, node: Node, part: _Part | None) -> None:
        """Read the members of an object and its closing brace into `node`."""
        children: list[Node] = []
        if self.id != "}":
            while True:
                key = self.expression(0)
                self.expect(":")
                value = self.expression(0)
                children += [key.node, value.node]
                if part:
                    part.take(key)
                    part.take(value)
                if self.id != ",":
                    break
                self.advance()
        node.children = children
        node.end = self.expect("}", True)

    def transform(self) -> _Part:
        start = self.start
        self.advance(True)
        children = [self.expression(0).node]
        self.expect("|")
        children.append(self.expression(0).node)
        if self.id == ",":
            self.advance()
            children.append(self.expression(0).node)
        return _Part(Node(TRANSFORM, start, self.expect("|"), None, children), TRANSFORM)

    # -- operators

    def binary(self, left: _Part) -> _Part:
        operator = self.id
        self.advance()
        right = self.expression(_POWER[operator])
        part = _Part(Node(BINARY, left.node.start, right.node.end, operator, [left.node, right.node]), BINARY)
        part.take(left)
        part.take(right)
        return part

    def apply(self, left: _Part) -> _Part:
        self.advance()
        right = self.expression(40)
        return _Part(Node(APPLY, left.node.start, right.node.end, "~>", [left.node, right.node]), APPLY)

    def bind(self, left: _Part) -> _Part:
        if left.raw not in (VARIABLE, UNKNOWN):
            message = "Left of `:=` stands something other than a variable."
            raise _Stop(
                self.fault("S0212", left.node.start, left.node.end, message, "Write a name that begins with `$`.")
            )
        self.advance()
        right = self.expression(9)
        part = _Part(Node(BIND, left.node.start, right.node.end, ":=", [left.node, right.node]), BIND)
        part.take(right)
        return part

    def condition(self, left: _Part) -> _Part:
        self.advance()
        parts = [left, self.expression(0)]
        if self.id == ":":
            self.advance()
            parts.append(self.expression(0))
        return self.joined(CONDITION, None, parts)

    def default(self, left: _Part) -> _Part:
        operator = self.id
        self.advance()
        return self.joined(DEFAULT, operator, [left, self.expression(0)])

    def joined(self, kind: str, value: str | None, parts: Sequence[_Part]) -> _Part:
        nodes = [part.node for part in parts]
        joined = _Part(Node(kind, nodes[0].start, nodes[-1].end, value, nodes), kind)
        for part in parts:
            joined.take(part)
        return joined

    def dot(self, left: _Part) -> _Part:
        self.advance()
        name = self.value if self.id == _WORD else None
        if name is not None and name.kind == NAME:  # nearly always, so that it has a way of its own
            self.advance(True)
            right = _Part(name, NAME)
            if _POWER.get(self.id, 0) > 75:
                right = self.operators(_Part(name, "path", NAME, [right]), 75)
        else:
            right = self.expression(75)
        path = left.path()
        if left is not path and left.slot:
            path.slots = [left.slot]
        steps = path.steps
        assert isinstance(steps, list)
        steps += right.steps if right.type == "path" else [right]
        for step in path.steps[path.checked :]:
            node = step.node
            if step.type in (NUMBER, BOOLEAN, NULL, "folded"):
                message = f"`{self.shown(node.start, node.end)}` is a value, which cannot be a step of a path."
                self.put_late("S0213", node, message, "Put a field name that looks like one in backquotes.")
            elif step.type == STRING:
                step.type = NAME
                while node.kind == PATH:
                    node = node.children[0]
                node.kind, node.style = NAME, '"'
        path.checked = len(path.steps)
        path.extend(right.node.children if right.node.kind == PATH else [right.node])
        self.resolve(path)
        return path

    def bracket(self, left: _Part) -> _Part:
        start = self.start
        self.advance()
        if self.id == "]":
            raw = left.raw
            left.add(Node(KEEP, start, self.expect("]")))
            left.raw = raw  # for the reference it is still the bare token
            return left
        predicate = self.expression(0)
        segment = Node(FILTER, start, self.expect("]", True), None, [predicate.node])
        step = left.step
        if step.grouped:
            message = "A predicate follows the grouping `{ }` of a step, which must come last."
            self.put_late("S0209", segment, message, "Put what is before it in parentheses.")
        step.filtered = True
        for slot in predicate.slots or ():
            if slot.level == 1:
                self.seek(step, slot)
            else:
                slot.level -= 1
        if predicate.slots is not None:
            step.take(predicate)
        left.add(segment)
        return left

    def group(self, left: _Part) -> _Part:
        node = Node(GROUP, self.start, self.end)
        self.advance()
        self.pairs(node, None)
        if left.grouped:
            message = "The step has two groupings `{ }`; it can have one."
            self.put_late("S0210", node, message, "Put what is before the second in parentheses.")
        left.grouped = True
        left.add(node)
        return left

    def sort(self, left: _Part) -> _Part:
        node = Node(SORT, self.start, self.end)
        self.advance()
        self.expect("(")
        terms: list[Node] = []
        step = _Part(node, SORT)
        while True:
            start = self.start
            order = self.id if self.id in ("<", ">") else ""
            if order:
                self.advance()
            term = self.expression(0)
            step.take(term)
            terms.append(Node(TERM, start, term.node.end, order, [term.node]))
            if self.id != ",":
                break
            self.advance()
        node.children = terms
        node.end = self.expect(")")
        path = left.path()
        path.steps = [*path.steps, step]
        path.add(node)
        self.resolve(path)
        return path

    def focus(self, left: _Part) -> _Part:
        node = self.bound(FOCUS, "@")
        step = left.step
        if step.filtered:
            message = "The binding `@` comes behind a predicate `[ ]` of its step, and must come before it."
            self.put_late("S0215", node, message, "Write it directly behind the step.")
        elif step.type == SORT:
            message = "The binding `@` comes behind the sorting `^( )` of its step, and must come before it."
            self.put_late("S0216", node, message, "Write it directly behind the step.")
        step.focus = True
        left.add(node)
        return left

    def position(self, left: _Part) -> _Part:
        path = left.path()
        path.add(self.bound(INDEX, "#"))
        return path

    def bound(self, kind: str, sign: str) -> Node:
        """Read the sign of a binding and its variable."""
        start = self.start
        self.advance()
        right = self.expression(80)
        if right.raw not in (VARIABLE, UNKNOWN):
            message = f"Right of `{sign}` stands something other than a variable."
            raise _Stop(
                self.fault("S0214", right.node.start, right.node.end, message, "Write a name that begins with `$`.")
            )
        return Node(kind, start, right.node.end, sign, [right.node])

    def call(self, left: _Part) -> _Part:
        self.advance()
        node = Node(CALL, left.node.start, self.end)
        part = _Part(node, CALL)
        arguments: list[_Part] = []
        if self.id != ")":
            while True:
                if self.id == "?":
                    arguments.append(_Part(Node(PLACE, self.start, self.end), PLACE))
                    node.kind = PARTIAL
                    self.advance()
                else:
                    argument = self.expression(0)
                    part.take(argument)
                    arguments.append(argument)
                if self.id != ",":
                    break
                self.advance()
        node.end = self.expect(")", True)
        node.children = [left.node, *(argument.node for argument in arguments)]
        if left.raw == NAME and _base(left.node).value in ("function", "λ"):
            return self.function(node, arguments)
        return part

    def function(self, node: Node, parameters: Sequence[_Part]) -> _Part:
        """Read a function from behind its parameters."""
        for at, parameter in enumerate(parameters, 1):
            if parameter.raw not in (VARIABLE, UNKNOWN):
                where = parameter.node
                message = f"Parameter {at} of the function is not a variable."
                raise _Stop(self.fault("S0208", where.start, where.end, message, "Write a name that begins with `$`."))
        node.kind = LAMBDA
        if self.id == "<":
            node.value = self.signature()
        self.expect("{")
        body = self.expression(0)
        node.end = self.expect("}")
        node.children = [*(_base(parameter.node) for parameter in parameters), body.node]
        return _Part(node, LAMBDA)

    def signature(self) -> str:
        """Read the signature of a function, whose ``<`` is the current token."""
        start = self.start
        pieces = ["<"]
        places = [start]
        depth = 1
        while depth > 0 and self.id not in ("{", _END):
            self.advance()
            piece = self.text[self.start : self.end] if self.id != _END else ""
            if self.value is not None and self.id == _WORD and self.value.kind == VARIABLE:
                piece = piece[1:]  # what counts is the token's value, without its sign or quotes
            elif self.value is not None and self.id == _LITERAL and self.value.kind == STRING:
                piece = str(self.value.value)
            depth += (self.id == "<") - (self.id == ">")
            pieces.append(piece)
            places += range(self.start, self.start + len(piece))
        end = self.expect(">")
        signature = "".join(pieces)
        from asllint.expr.jsonata_functions import signature_fault

        if fault := signature_fault(signature):
            code, at, why = fault
            place = min(places[at], end - 1) if at >= 0 else start
            message = f"`{self.shown(start, end)}` is no signature of a function: {why}."
            raise _Stop(self.fault(code, place, place + 1 if at >= 0 else end, message))
        return signature

    # -- parent operators

    def resolve(self, path: _Part) -> None:
        """Find the steps that the parent operators of a path's last step refer to; those it has none for are the path's."""
        steps = path.steps
        last = steps[-1]
        if last.slots is None and last.slot is None:
            return
        slots = last.slots if last.slots is not None else []
        if last.slot:
            slots.append(last.slot)
        for slot in slots:
            at = len(steps) - 2
            while slot.level > 0:
                if at < 0:
                    if path.slots is None:
                        path.slots = []
                    path.slots.append(slot)
                    break
                step = steps[at]
                at -= 1
                while at >= 0 and step.focus and steps[at].focus:  # steps that bind share one context
                    step = steps[at]
                    at -= 1
                self.seek(step, slot)

    def seek(self, part: _Part, slot: _Slot) -> None:
        """Step back over one part of a path on the way to a parent."""
        if part.type in (NAME, WILDCARD, UNKNOWN):
            slot.level -= 1
        elif part.type == PARENT:
            slot.level += 1
        elif part.type == BLOCK:
            if part.last:
                self.seek(part.last, slot)
        elif part.type == "path":
            at = len(part.steps) - 1
            self.seek(part.steps[at], slot)
            while slot.level > 0 and at > 0:
                at -= 1
                self.seek(part.steps[at], slot)
        else:
            self.no_parent(slot, part)


_PREFIX: Final[dict[str, Callable[[_Parser], _Part]]] = {
    _WORD: _Parser.operand,
    _LITERAL: _Parser.operand,
    _EXPRESSION: _Parser.operand,
    _END: _Parser.nothing,
    "and": _Parser.word,
    "or": _Parser.word,
    "in": _Parser.word,
    "*": _Parser.symbol,
    "**": _Parser.symbol,
    "%": _Parser.symbol,
    "-": _Parser.negation,
    "(": _Parser.block,
    "[": _Parser.array,
    "{": _Parser.object,
    "|": _Parser.transform,
}

_INFIX: Final[dict[str, Callable[[_Parser, _Part], _Part]]] = {
    **dict.fromkeys(("*", "/", "%", "+", "-", "&", "=", "!=", "<", "<=", ">", ">=", "in", "and", "or"), _Parser.binary),
    ".": _Parser.dot,
    "(": _Parser.call,
    "[": _Parser.bracket,
    "{": _Parser.group,
    "@": _Parser.focus,
    "#": _Parser.position,
    "^": _Parser.sort,
    "~>": _Parser.apply,
    "?": _Parser.condition,
    "?:": _Parser.default,
    "??": _Parser.default,
    ":=": _Parser.bind,
}


def _base(node: Node) -> Node:
    """Return the base of a path, another node itself."""
    return node.children[0] if node.kind == PATH else node
