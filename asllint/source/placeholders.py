"""Placeholders: the parts of a text that a template engine fills in before AWS sees it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asllint.source.node import STRING, Node, Span
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BARE_LIMIT: Final = 4_000
"""How many code points an unquoted ``${…}`` may be long: what bounds the search for its closing brace."""

# The simple form, without braces or quotes inside, and what matters inside any other: escapes and quoted strings are
# stepped over, braces are counted. Possessive repeats: an unclosed quote costs one pass, not one at each character.
_SIMPLE = late(r"\$\{[^{}\"']++\}")
_INSIDE = late(r"""\\.|"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'|\$?\{|\}""", re.DOTALL)

# In JSONata `${` can only be a template's, but for `$` with a group-by behind it, `${"key": value}`, which has a single
# colon in it. So: a name, dots, `::` as in AWS::Region, and an index.
_IN_JSONATA = late(r"\$\{\s*[^\W\d][\w-]*+(?:(?:\.|::)[\w-]++)*+(?:\[[^\[\]{}]*+\])*+\s*\}")

# {{ name }}, {{ a.b['c'] | filter('x') }}, {{ i + 1 }}, {{ "," if more }} of Jinja and its kin, {{ .Name }}, {{ $.Name }},
# {{ printf "%s:%s" .A .B }} of Go, {{resolve:ssm:…}} of CloudFormation. A text with a colon behind it is a name of JSON, behind a
# brace too many.
_TEXT = r""""[^"{}\r\n]*+"|'[^'{}\r\n]*+'"""
_DOUBLE = late(
    rf"""\{{\{{[-+~]?\s*(?:resolve:[^{{}}]++|(?:[^\W\d]|\.\w|\$\.?\w|\(|(?:{_TEXT})\s*(?:[|~+%]|\.\w|if\b))"""
    rf"""(?:[\w .\[\]|(),$+*/%<>=!~-]++|{_TEXT})*+)\}}\}}"""
)

# #{AWS::AccountId}, #{Table.Arn} of the Serverless Framework's plug-ins.
_HASH = late(r"#\{[A-Za-z][\w.:]*+\}")

# <NAME>, <your bucket>: no "=", which makes it an HTML tag with an attribute.
_ANGLE = late(r"<[^\W\d][^<>\"=\r\n]*+>")


class Placeholders:
    """What counts as a placeholder.

    ``${…}`` with balanced braces; ``{{ name }}``; ``{% if … %}…{% endif %}`` and its like in other template languages;
    ``#{AWS::Region}``; ``<NAME>`` as a whole string or a whole segment of an ARN. In a string that is a JSONata
    expression, ``{% … %}``, only ``${Name}``: ``{{`` and ``<`` are its own there.

    patterns  further regular expressions, from the configuration; they count everywhere, in JSONata too

    Raises ValueError for a pattern that is no regular expression, or that matches the empty text.
    """

    __slots__ = ("_own", "patterns")

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        self.patterns = tuple(patterns)
        self._own = tuple(_compiled(pattern) for pattern in self.patterns)

    def none_in(self, content: str) -> bool:
        """Whether a text has no mark of a placeholder, so that no string without escapes in it has one."""
        dollar, double, block = "${" in content, "{{" in content, "endif" in content or "endfor" in content
        return not (self._own or dollar or double or block or "#{" in content or "<" in content)

    def holes(self, value: str) -> tuple[Span, ...]:
        """Return the spans in a decoded string that placeholders take: in order, not overlapping; () for none."""
        dollar = "${" in value
        block = "endif" in value or "endfor" in value
        if not dollar and not block and "{{" not in value and "<" not in value and "#{" not in value:
            return _merged([m.span() for own in self._own for m in own.finditer(value)]) if self._own else ()
        spans = [m.span() for own in self._own for m in own.finditer(value)]
        if is_jsonata(value):
            if dollar:
                spans += (m.span() for m in _IN_JSONATA.finditer(value))
        else:
            if dollar:
                spans += _dollar(value)
            if "{{" in value:
                spans += (m.span() for m in _DOUBLE.finditer(value))
                block = block or "end" in value
            if "#{" in value:
                spans += (m.span() for m in _HASH.finditer(value))
            if "<" in value:
                spans += _angle(value)
            if block:
                spans += _blocks(value)
        return _merged(spans)

    def bare(self, text: str, offset: int) -> int:
        """Return the end of a placeholder that stands without quotes at `offset` of a text; -1 where there is none."""
        for own in self._own:
            if match := own.match(text, offset):
                return match.end()
        match = None
        if text.startswith("${", offset):
            match = _SIMPLE.match(text, offset, offset + BARE_LIMIT)
            if match is None:
                spans = _dollar(text[offset : offset + BARE_LIMIT], first=True)
                return offset + spans[0][1] if spans and spans[0][0] == 0 else -1
        elif text.startswith("{{", offset):
            match = _DOUBLE.match(text, offset)
        elif text.startswith("<", offset):
            match = _ANGLE.match(text, offset)
        return match.end() if match else -1


def is_jsonata(value: str) -> bool:
    """Whether a decoded string is a JSONata expression between ``{%`` and ``%}``; white space around is allowed."""
    text = value.strip()
    return (
        len(text) >= 4
        and text.startswith("{%")
        and text.endswith("%}")
        and not (("endif" in text or "endfor" in text) and (0, len(text)) in _blocks(text))
    )


def _blocks(value: str) -> list[Span]:
    """Return for each template language the span from where the first block begins to where the last one ends."""
    from asllint.source.tags import BLOCKS

    out = []
    for begin, end in BLOCKS:
        first = begin.search(value)
        ends = [found.end() for found in end.finditer(value, first.end())] if first else ()
        if first and ends:
            out.append((first.start(), ends[-1]))
    return out


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        own = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"The placeholder pattern `{pattern}` is not a regular expression: {error}.") from None
    if own.match(""):
        raise ValueError(f"The placeholder pattern `{pattern}` matches the empty text, so it would match everywhere.")
    return own


def _dollar(value: str, *, first: bool = False) -> list[Span]:
    """Return the outermost ``${…}`` whose braces balance, in one pass; with `first` only the first of them."""
    spans: list[Span] = []
    opened: list[int] = []  # offsets of `${`, and -1 for a plain brace
    at = value.find("${")
    while at >= 0:
        if not opened:
            if simple := _SIMPLE.match(value, at):
                spans.append(simple.span())
                if first:
                    break
                at = value.find("${", simple.end())
                continue
            opened.append(at)
            at += 2
        token = _INSIDE.search(value, at)
        if token is None:
            break
        at = token.end()
        start = token.start()
        if value.startswith("${", start):
            opened.append(start)
        elif value[start] == "{":
            opened.append(-1)
        elif value[start] == "}":
            begin = opened.pop()
            if begin >= 0 and start > begin + 2:
                while spans and spans[-1][0] > begin:
                    spans.pop()
                spans.append((begin, at))
            if not opened:
                if first:
                    break
                at = value.find("${", at)
    return spans


def _angle(value: str) -> list[Span]:
    if value.startswith("<"):
        return [(0, len(value))] if _ANGLE.fullmatch(value) else []
    spans: list[Span] = []
    if value.startswith("arn:"):
        at = 0
        for segment in value.split(":"):
            if _ANGLE.fullmatch(segment):
                spans.append((at, at + len(segment)))
            at += len(segment) + 1
    return spans


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    if len(spans) < 2:
        return tuple(spans)
    spans.sort()
    merged = [spans[0]]
    for start, end in spans[1:]:
        if start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


DEFAULT: Final = Placeholders()
"""The placeholders that count without a configuration."""


def placeholders_with(patterns: Sequence[str]) -> Placeholders:
    """Return the placeholders that count with the patterns of a configuration beside them. Raises ValueError."""
    return Placeholders(patterns) if patterns else DEFAULT


def is_template_intrinsic(members: Sequence[tuple[Node, Node]]) -> bool:
    """Whether the members of an object make it a long-form CloudFormation intrinsic: ``Ref`` or ``Fn::…``, alone."""
    if len(members) != 1:
        return False
    key, value = members[0]
    name = key.value
    if name == "Ref":
        return value.kind == STRING
    return isinstance(name, str) and name.startswith("Fn::")
