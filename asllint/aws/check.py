"""A request as it is written in a definition, compared with what the API takes.

The request is a payload template (Parameters: names that end in ``.$`` hold a path or an intrinsic function) or a JSONata
template (Arguments: strings in ``{% %}``). What is computed, a placeholder, and null are unknown, and match anything.

Which types Step Functions converts is not documented. Seen: behind `aws-sdk:` it makes a string of an object or array where
the API takes text (that a state machine's Input or an SQS MessageBody need not be converted: localstack issue 9872 and pull
request 10174), in an optimized integration it does not ("The value for the field 'S' must be a STRING": aws-cdk issue 9181), nor
of a number (the same of a Lambda function's Payload of 1: Stack Overflow, answer 76373088).
Definitions in use give booleans as text behind `aws-sdk:`, and text for an attribute value of the optimized DynamoDB integration.
Of numbers in strings, of booleans for strings, and of numbers for them behind `aws-sdk:`, nothing was seen; such a mismatch is
not `sure`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from asllint.aws import shapes
from asllint.aws.shapes import Shape
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Node, pieces
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    Path = tuple[str | int, ...]

JSONPATH: Final = "JSONPath"
JSONATA: Final = "JSONata"

UNKNOWN_MEMBER: Final = "unknown-member"
WRONG_CASE: Final = "wrong-case"
FORBIDDEN_MEMBER: Final = "forbidden-member"
MISSING_MEMBER: Final = "missing-member"
WRONG_TYPE: Final = "wrong-type"
NOT_IN_ENUM: Final = "not-in-enum"
OUT_OF_RANGE: Final = "out-of-range"
LENGTH: Final = "length"
PATTERN: Final = "pattern"
UNION: Final = "union-not-one"
"""The kinds of a mismatch."""

MAX_MATCHED: Final = 256
"""Longer values, in code points, are not compared with a pattern: it may take time in the square or cube of the length."""

_WANTED: Final = {
    shapes.STRUCTURE: (OBJECT,),
    shapes.MAP: (OBJECT,),
    shapes.LIST: (ARRAY,),
    shapes.STRING: (STRING,),
    shapes.INTEGER: (NUMBER,),
    shapes.LONG: (NUMBER,),
    shapes.FLOAT: (NUMBER,),
    shapes.BOOLEAN: (BOOLEAN,),
    shapes.TIMESTAMP: (STRING, NUMBER),
}
_NUMBERS: Final = (shapes.INTEGER, shapes.LONG, shapes.FLOAT)

# What intrinsic functions return (StringToJson, ArrayGetItem: anything), and the fields of the context object.
_FUNCTIONS: Final = {
    "Format": STRING,
    "JsonToString": STRING,
    "Base64Encode": STRING,
    "Base64Decode": STRING,
    "Hash": STRING,
    "UUID": STRING,
    "Array": ARRAY,
    "ArrayPartition": ARRAY,
    "ArrayRange": ARRAY,
    "ArrayUnique": ARRAY,
    "StringSplit": ARRAY,
    "ArrayContains": BOOLEAN,
    "ArrayLength": NUMBER,
    "MathRandom": NUMBER,
    "MathAdd": NUMBER,
    "JsonMerge": OBJECT,
}
_CONTEXT: Final = {
    "$$.Execution.Id": STRING,
    "$$.Execution.Name": STRING,
    "$$.Execution.RoleArn": STRING,
    "$$.Execution.StartTime": STRING,
    "$$.State.Name": STRING,
    "$$.State.EnteredTime": STRING,
    "$$.State.RetryCount": NUMBER,
    "$$.StateMachine.Id": STRING,
    "$$.StateMachine.Name": STRING,
    "$$.Task.Token": STRING,
    "$$.Map.Item.Index": NUMBER,
}


class Mismatch:
    """Where a request differs from what the API takes.

    kind    one of the constants above
    node    the smallest thing that is wrong: the name of an unknown, mis-cased or forbidden member; the object that misses one
            or has not exactly one; else the value
    owner   the object or array that `node` stands in; `node` itself where that is the request, or misses a member
    path    names and indexes from the request to the value, `.$` left out; of a missing member its name is the last
    name    the member: as it is written, or as it would have to be for a missing one; "" for an item or the whole
    shape   what the value should be; for an unknown member the structure that has none such
    known   unknown member: all names that there are; wrong case: the right name; union: the members that are given
    found   wrong type: the kind of JSON value that is there, or that an intrinsic function returns; pattern: "part" where it is
            found within the value, which some services take, else ""
    sure    whether AWS is certain to refuse it, at creation or when the state runs. Not sure: a member or value that a newer
            API may know, a type that may be converted, and all constraints
    """

    __slots__ = ("found", "kind", "known", "name", "node", "owner", "path", "shape", "sure")

    def __init__(
        self,
        kind: str,
        node: Node,
        owner: Node,
        path: Path,
        shape: Shape,
        *,
        known: Sequence[str] = (),
        found: str = "",
        sure: bool = False,
    ) -> None:
        self.kind = kind
        self.node = node
        self.owner = owner
        self.path = path
        self.name = next((step for step in path[::-1] if isinstance(step, str)), "") if path else ""
        self.shape = shape
        self.known = known
        self.found = found
        self.sure = sure

    def __repr__(self) -> str:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"<{self.kind} {where}{'' if self.sure else ' ?'}>"


def check(node: Node, shape: Shape, *, language: str, deprecated: list[Node] | None = None) -> Iterator[Mismatch]:
    """Yield where a request differs from its shape, an object before what is in it, in the order of the text.

    `language` is "JSONPath" or "JSONata". The keys of members that the API's model marks as deprecated are added to
    `deprecated`. Takes no recursion; time is linear in the size of the request, but for patterns.
    """
    stack: list[tuple[Node, Node, Shape, Path]] = [(node, node, shape, ())]
    while stack:
        value, owner, wanted, path = stack.pop()
        if wanted.kind in (shapes.ANY, shapes.BLOB) or value.kind == NULL or _unknown(value, language):
            continue
        if value.kind not in _WANTED[wanted.kind]:
            mismatch = _type(value, owner, wanted, path, value.kind)
            if mismatch is not None:
                yield mismatch
            continue
        if value.kind == OBJECT:
            inside: list[tuple[Node, Node, Shape, Path]] = []
            if wanted.kind == shapes.MAP:
                yield from _map(value, owner, wanted, path, language, inside)
            else:
                yield from _structure(value, owner, wanted, path, language, inside, deprecated)
            stack.extend(reversed(inside))
        elif value.kind == ARRAY:
            if value.closed:
                yield from _size(len(value.items), value, owner, wanted, path)
            item = wanted.item
            assert item is not None
            stack.extend((child, value, item, (*path, i)) for i, child in reversed(list(enumerate(value.items))))
        else:
            yield from _scalar(value, owner, wanted, path)


def _unknown(node: Node, language: str) -> bool:
    """Whether a value can be of any kind when the state runs."""
    if node.kind != STRING:
        return node.whole_placeholder
    text = node.text
    assert text is not None
    return node.whole_placeholder or (language == JSONATA and text.lstrip().startswith("{%"))


def _dynamic(key: str, language: str) -> bool:
    return language == JSONPATH and key.endswith(".$")


def _structure(
    node: Node,
    owner: Node,
    shape: Shape,
    path: Path,
    language: str,
    inside: list[tuple[Node, Node, Shape, Path]],
    deprecated: list[Node] | None,
) -> Iterator[Mismatch]:
    """Yield what is wrong with the members of an object; add their values to `inside`."""
    given: dict[str, Node] = {}
    for key, value in node.members:
        if key.holes or (not node.closed and key is node.members[-1][0]):  # its name may go on where the text was cut
            continue
        text = str(key.value)
        name = text[:-2] if _dynamic(text, language) else text
        member = shape.find(name)
        if member is None:
            folded = name.casefold()
            right = next((other for other in shape.members if other.casefold() == folded), None)
            if right is None:
                yield Mismatch(UNKNOWN_MEMBER, key, node, (*path, name), shape, known=tuple(shape.members))
                continue
            yield Mismatch(WRONG_CASE, key, node, (*path, name), shape, known=(right,), sure=True)
            member = shape.members[right]
        if member.forbidden:
            yield Mismatch(FORBIDDEN_MEMBER, key, node, (*path, name), shape, sure=True)
            continue
        if member.deprecated and deprecated is not None:
            deprecated.append(key)
        if value.kind != NULL or not shape.union:
            given[member.name] = key
        if name != text:
            kind = _returned(value)
            mismatch = kind and _type(value, node, member.shape, (*path, name), kind, computed=True)
            if mismatch:
                yield mismatch
        else:
            inside.append((value, node, member.shape, (*path, name)))
    if node.open:
        return
    if shape.union and len(given) != 1 and (given or not node.members):
        yield Mismatch(UNION, node, owner, path, shape, known=tuple(given), sure=True)
    for name, member in shape.members.items():
        if member.required and name not in given and not shape.union:
            yield Mismatch(MISSING_MEMBER, node, node, (*path, name), member.shape, sure=True)


def _map(
    node: Node, owner: Node, shape: Shape, path: Path, language: str, inside: list[tuple[Node, Node, Shape, Path]]
) -> Iterator[Mismatch]:
    """Yield what is wrong with the keys of a map; add its values to `inside`."""
    names, item = shape.key, shape.item
    assert names is not None and item is not None
    if not node.open:
        yield from _size(len(node.members), node, owner, shape, path)
    for key, value in node.members:
        text = str(key.value)
        dynamic = _dynamic(text, language)
        name = text[:-2] if dynamic else text
        if not key.holes:
            yield from _text(name, key, node, names, (*path, name))
        if dynamic:
            kind = _returned(value)
            wrong = kind and _type(value, node, item, (*path, name), kind, computed=True)
            if wrong:
                yield wrong
        else:
            inside.append((value, node, item, (*path, name)))


def _returned(node: Node) -> str | None:
    """Return the kind of JSON value that a path or an intrinsic function gives; None where that is not known."""
    text = node.literal
    if text is None:
        return None
    if text.startswith("States."):
        return _FUNCTIONS.get(text[7:].partition("(")[0].strip())
    return _CONTEXT.get(text)


def _type(node: Node, owner: Node, shape: Shape, path: Path, kind: str, *, computed: bool = False) -> Mismatch | None:
    """Return the mismatch of a value of this kind with its shape, None where it fits or is converted.

    `computed`: the value is what the node's path or intrinsic function gives, not the node itself.
    """
    wanted = _WANTED.get(shape.kind)
    if wanted is None or kind in wanted or (shape.text and kind in (STRING, ARRAY)):
        return None
    container = kind in (OBJECT, ARRAY)
    if shape.kind == shapes.STRING and container and shape.sdk:
        return None
    sure = container or shape.kind in (shapes.STRUCTURE, shapes.MAP, shapes.LIST)
    sure = sure or (kind == NUMBER and shape.kind == shapes.STRING and not shape.sdk)
    text = node.literal.strip() if kind == STRING and node.literal is not None and not computed else None
    if shape.kind == shapes.BOOLEAN and kind == STRING:
        may_be = text is None or text.lower() in ("true", "false")
        if may_be and shape.sdk:
            return None
        sure = not may_be
    elif shape.kind in _NUMBERS and text is not None:
        sure = _NUMBER.fullmatch(text) is None
    return Mismatch(WRONG_TYPE, node, owner, path, shape, found=kind, sure=sure)


_NUMBER: Final = late(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# A date of ISO 8601, seconds since 1970, or a date of HTTP.
_DATE: Final = late(r"[+-]?\d{4,}-?\d\d-?\d\d.*|\d+(\.\d+)?|[A-Za-z]{3}, .*\d\d:\d\d:\d\d.*", re.ASCII | re.DOTALL)


def _scalar(node: Node, owner: Node, shape: Shape, path: Path) -> Iterator[Mismatch]:
    """Yield what is wrong with a value of the right type."""
    if node.kind == NUMBER:
        value = node.value
        assert isinstance(value, int | float)
        if shape.kind in (shapes.INTEGER, shapes.LONG) and value != value // 1:
            yield Mismatch(WRONG_TYPE, node, owner, path, shape, found=NUMBER)
        elif shape.kind in _NUMBERS and (
            (shape.min is not None and value < shape.min) or (shape.max is not None and value > shape.max)
        ):
            yield Mismatch(OUT_OF_RANGE, node, owner, path, shape)
        return
    if node.kind != STRING:
        return
    text = node.text
    assert text is not None
    if shape.kind == shapes.TIMESTAMP:
        if not node.holes and _DATE.fullmatch(text) is None:
            yield Mismatch(WRONG_TYPE, node, owner, path, shape, found=STRING)
    elif not node.holes:
        yield from _text(text, node, owner, shape, path)
    elif shape.values and not any(node.may_equal(value) for value in shape.values):
        yield Mismatch(NOT_IN_ENUM, node, owner, path, shape)
    elif shape.max is not None and sum(map(len, pieces(node))) > shape.max:
        yield Mismatch(LENGTH, node, owner, path, shape)


def _text(text: str, node: Node, owner: Node, shape: Shape, path: Path) -> Iterator[Mismatch]:
    """Yield what is wrong with a string that is known."""
    if shape.kind != shapes.STRING:
        return
    if shape.values:
        if text not in shape.values:
            yield Mismatch(NOT_IN_ENUM, node, owner, path, shape)
        return
    long = list(_size(len(text), node, owner, shape, path))
    yield from long
    if shape.pattern and not long and len(text) <= MAX_MATCHED and (text.isascii() or not shape.ascii):
        found = _compiled(shape.pattern, text.isascii())
        if found.fullmatch(text) is None:
            yield Mismatch(PATTERN, node, owner, path, shape, found="" if found.search(text) is None else "part")


@lru_cache(maxsize=256)
def _compiled(pattern: str, narrow: bool) -> re.Pattern[str]:
    """Compile a pattern of the archive, which holds only what compiles; `narrow`: for text of ASCII alone."""
    if narrow and r" -\uD7FF" in pattern:
        # the characters that XML allows: a set of all planes takes ten times as long to compile
        pattern = pattern.replace(r" -\uD7FF", r" -\x7F").replace(r"\uE000-\uFFFD", "")
    return re.compile(pattern, re.ASCII)


def _size(size: int, node: Node, owner: Node, shape: Shape, path: Path) -> Iterator[Mismatch]:
    """Yield a mismatch where there are too few, or too many, characters, items or members."""
    if (shape.min is not None and size < shape.min) or (shape.max is not None and size > shape.max):
        yield Mismatch(LENGTH, node, owner, path, shape)
