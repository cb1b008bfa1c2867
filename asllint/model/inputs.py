"""What the user says of the input of an execution: an example of it, or a JSON Schema.

An example tells which fields there are and of which kind; its texts and numbers are taken for examples, and so are null, [] and
an empty object inside of it, which say nothing. A schema tells what holds for every input. Of JSON Schema, draft-07 and
2020-12, these keywords count: type, properties, required, additionalProperties, items, prefixItems, additionalItems, minItems,
enum, const, allOf, anyOf, oneOf, and $ref to a place in the same file. What else is there narrows the inputs further, and is
left out: then less is known, and nothing that is wrong. So are parts that are recursive, deep or large.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from asllint.model.payload import ANYTHING, Origin, Shape, array, join, opened, scalar
from asllint.source import read
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, UNKNOWN, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_DEPTH: Final = 12
"""Levels of the input that are known; there are more in a shape, for what the states add."""
MAX_SIZE: Final = 200
"""Fields and items of the input that are known, the largest parts being left out first; a shape holds more."""
MAX_ITEMS: Final = 500
"""Items of an array beyond which nothing is known of them."""
MAX_NESTING: Final = 60
"""Subschemas in each other, through $ref too, beyond which nothing is known."""
MAX_WORK: Final = 20_000
"""How many subschemas are combined with others at most."""

KINDS: Final = frozenset((STRING, NUMBER, BOOLEAN, NULL, OBJECT, ARRAY))

_TYPES: Final = {kind: kind for kind in KINDS} | {"integer": NUMBER}

_PLAIN: Final = frozenset(
    ("id", "title", "description", "items", "default", "examples", "if", "then", "else", "format")
)
_KEYWORDS: Final = frozenset(
    (
        "$schema", "$id", "$ref", "$dynamicRef", "$defs", "definitions", "$comment", "type", "properties", "required",
        "additionalProperties", "patternProperties", "prefixItems", "enum", "const", "allOf", "anyOf", "oneOf", "not",
    )
)  # fmt: skip
"""Keywords of JSON Schema: those that can as well be fields of an example, and others."""


class InputError(Exception):
    """A file with an example, or a schema, that cannot be used: a sentence, and the 1-based line where it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Input:
    """The input of an execution as far as it is known.

    file     where that stands, as it is shown
    shape    what it can be
    certain  whether every input is so (a schema), or this one is (an example)
    evidence what all this was made from, as plain values; None: not known
    """

    __slots__ = ("certain", "evidence", "file", "shape")

    def __init__(self, file: str, shape: Shape, *, certain: bool) -> None:
        self.file = file
        self.shape = shape
        self.certain = certain
        self.evidence: tuple[object, ...] | None = None

    @property
    def words(self) -> str:
        """How a message calls it."""
        return f"an input that `{self.file}` allows" if self.certain else f"the input of `{self.file}`"


def read_input(file: str, data: bytes, *, schema: bool) -> Input:
    """Return what the bytes of a file, JSON or YAML, tell of the input. Raises InputError."""
    document = read(file, data)
    for problem in document.problems:
        line = document.text.position(problem.start)[0]
        raise InputError(f"cannot be read: {problem.message}", line)
    root = document.root
    if root is None:
        raise InputError("is empty")
    if not schema:
        return Input(file, _example(root, MAX_DEPTH, root), certain=False)
    if root.kind not in (OBJECT, BOOLEAN):
        raise InputError("is no JSON Schema: that is an object, or true or false")
    names = {str(key.value) for key, _ in root.members}
    if _KEYWORDS.isdisjoint(names) and not names <= _PLAIN:
        raise InputError("has no keyword of JSON Schema; an example of the input is given with `--input`")
    reader = _Schema(root)
    shape = reader.shape(reader.facts(root, 0, False), MAX_DEPTH)
    return Input(file, shape or ANYTHING, certain=True)


def _example(node: Node, depth: int, root: Node) -> Shape:
    """Return what an example tells of a value."""
    if node.whole_placeholder or node.kind == NULL:
        return ANYTHING
    origin = Origin(node, "the example of the input")
    if node.kind == OBJECT:
        if depth == 0 or not (node.members or node is root):
            return opened({}, origin)
        fields = {str(key.value): _example(value, depth - 1, root) for key, value in node.members}
        return _object(fields, (), node.open, origin)
    if node.kind == ARRAY:
        items = node.items if depth and len(node.items) <= MAX_ITEMS else ()
        return array(None, _joined(_example(item, depth - 1, root) for item in items), origin)
    return scalar(node.kind, None, origin)


def _joined(shapes: Iterable[Shape]) -> Shape:
    out: Shape | None = None
    for shape in shapes:
        out = shape if out is None else join(out, shape)
        if out.kind == UNKNOWN:
            break
    return out or ANYTHING


def _object(fields: dict[str, Shape], optional: Iterable[str], is_open: bool, origin: Origin | None) -> Shape:
    """Return the shape of an object; where it grows too large its largest parts are forgotten."""
    size = 1 + sum(shape.size for shape in fields.values())
    if size > MAX_SIZE:
        for name in sorted(fields, key=lambda name: -fields[name].size):
            if size <= MAX_SIZE or fields[name].size == 1:
                break
            size -= fields[name].size - 1
            fields[name] = _hollow(fields[name])
    return Shape(OBJECT, None, origin, fields=fields, optional=frozenset(optional), is_open=is_open)


def _hollow(shape: Shape) -> Shape:
    """Return an object or array of which nothing else is known."""
    return opened({}, shape.origin) if shape.kind == OBJECT else array(None, ANYTHING, shape.origin)


# -- JSON Schema


class _Facts:
    """What a schema says of a value: what it is if it is of a certain kind, for each of its kinds.

    kinds     those that it can have
    value     STRING, NUMBER, BOOLEAN: the one that it is; else None
    fields    OBJECT: those that are named
    required  OBJECT: names of fields that are there
    closed    OBJECT: whether no other fields are there
    items     ARRAY: all its items, where they are known one by one; else None
    item      ARRAY: what each item is; None for anything
    node      where it stands
    """

    __slots__ = ("closed", "fields", "item", "items", "kinds", "node", "required", "value")

    def __init__(self, kinds: frozenset[str] = KINDS, value: str | int | float | bool | None = None) -> None:
        self.kinds = kinds
        self.value = value
        self.fields: Mapping[str, _Facts] = {}
        self.required: frozenset[str] = frozenset()
        self.closed = False
        self.items: Sequence[_Facts] | None = None
        self.item: _Facts | None = None
        self.node: Node | None = None


_ANY: Final = _Facts()
_NEVER: Final = _Facts(frozenset())
"""What the schema false allows: nothing."""


class _Schema:
    """Reads one schema; each subschema once."""

    def __init__(self, root: Node) -> None:
        self.root = root
        version = root.get("$schema") if root.kind == OBJECT else None
        name = version.literal or "" if version is not None else ""
        # what stands beside a $ref counts from 2019-09 on; up to then, items can be an array, and prefixItems means nothing
        self.modern = "/draft/20" in name
        self.old = "/draft-0" in name
        self._facts: dict[tuple[int, bool], _Facts] = {}
        self._shapes: dict[tuple[int, int], Shape | None] = {}
        self._work = 0

    # -- from the text

    def facts(self, node: Node, level: int, foreign: bool) -> _Facts:
        """Return what a subschema says; `foreign`: a $ref in it is not relative to this file."""
        if node.kind == BOOLEAN:
            return _ANY if node.value else _NEVER
        if node.kind != OBJECT or node.open or level > MAX_NESTING:
            return _ANY
        if node is not self.root and any(_own(node.get(name)) for name in ("$id", "id")):
            foreign = True
        key = (id(node), foreign)
        found = self._facts.get(key)
        if found is None:
            self._facts[key] = _ANY  # what leads back to itself
            found = self._facts[key] = self._read(node, level + 1, foreign)
        return found

    def _read(self, node: Node, level: int, foreign: bool) -> _Facts:
        out = _ANY
        reference = node.get("$ref")
        if reference is not None:
            target = None if foreign else self._target(reference)
            out = _ANY if target is None else self.facts(target, level, False)
            if not self.modern:
                return out
        out = self._meet(self._own(node, level, foreign), out)
        for part in _parts(node, "allOf"):
            out = self._meet(out, self.facts(part, level, foreign))
        for name in ("anyOf", "oneOf"):
            parts = [self.facts(part, level, foreign) for part in _parts(node, name)]
            possible = [part for part in parts if part is not _NEVER]
            if possible:
                out = self._meet(out, self._either(possible))
        return out

    def _target(self, reference: Node) -> Node | None:
        """Return the place in the file that a $ref leads to; None where it leads out of it, or is no JSON Pointer."""
        text = reference.literal
        if text is None or not (text == "#" or text.startswith("#/")):
            return None
        if "%" in text:
            from urllib.parse import unquote

            text = unquote(text)
        at: Node | None = self.root
        for step in text.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if at is not None and at.kind == ARRAY:
                at = at.items[int(step)] if step.isdecimal() and int(step) < len(at.items) else None
            elif at is not None:
                if not at.known or at.open:
                    return None
                at = at.get(step)
        if at is None:
            line = reference.origin.position(reference.start)[0]
            raise InputError(f"`$ref` names `{text}`, and there is no such place in it", line)
        return at

    def _own(self, node: Node, level: int, foreign: bool) -> _Facts:
        """Return what the keywords say that look at the value itself."""
        out = _Facts(_kinds(node.get("type")))
        out.node = node
        nullable = node.get("nullable")
        if nullable is not None and nullable.value is True:
            out.kinds |= {NULL}  # OpenAPI's; in JSON Schema it means nothing, and to take it in is never wrong
        values = node.get("enum")
        constant = node.get("const")
        listed = [constant] if constant is not None else values.items if values is not None and values.closed else ()
        if listed and all(value.known for value in listed):
            out.kinds = out.kinds & {value.kind for value in listed} or out.kinds
            if len(listed) == 1 and listed[0].kind in (STRING, NUMBER, BOOLEAN):
                out.value = listed[0].value
        properties = node.get("properties")
        whole = properties is None or (properties.kind == OBJECT and not properties.open)
        if properties is not None and properties.kind == OBJECT:
            out.fields = {str(key.value): self.facts(value, level, foreign) for key, value in properties.members}
        required = node.get("required")
        if required is not None and required.kind == ARRAY:
            out.required = frozenset(str(item.value) for item in required.items if item.literal is not None)
        others = node.get("additionalProperties")
        out.closed = whole and others is not None and others.value is False and node.get("patternProperties") is None
        self._items(node, out, level, foreign)
        return out

    def _items(self, node: Node, out: _Facts, level: int, foreign: bool) -> None:
        rest = node.get("items")
        first = node.get("prefixItems") if not self.old else None
        if rest is not None and rest.kind == ARRAY:
            first, rest = rest, node.get("additionalItems")
        if first is not None and (first.kind != ARRAY or not first.closed):
            return
        parts = [self.facts(part, level, foreign) for part in first.items] if first is not None else []
        others = self.facts(rest, level, foreign) if rest is not None else _ANY
        least = node.get("minItems")
        number = least.value if least is not None and least.kind == NUMBER else 0
        if others is _NEVER:
            if parts and isinstance(number, int | float) and number >= len(parts):
                out.items = parts
        else:
            parts = [*parts, others]
        if parts:
            out.item = self._either(parts)

    # -- combining

    def _meet(self, a: _Facts, b: _Facts) -> _Facts:
        """Return what holds where both do, or less."""
        if a is b or b is _ANY or a is _NEVER:
            return a
        if a is _ANY or b is _NEVER:
            return b
        self._work += 1
        kinds = a.kinds & b.kinds
        if self._work > MAX_WORK or not kinds or None not in (a.value, b.value):
            return a
        out = _Facts(kinds, a.value if a.value is not None else b.value)
        out.node = a.node or b.node
        out.required = a.required | b.required
        out.closed = a.closed or b.closed
        fields: dict[str, _Facts] = {}
        for name in dict.fromkeys((*a.fields, *b.fields)):
            x, y = a.fields.get(name), b.fields.get(name)
            if (x is None and a.closed) or (y is None and b.closed):
                continue
            fields[name] = self._meet(x or _ANY, y or _ANY)
        out.fields = fields
        out.items = a.items if a.items is not None else b.items
        out.item = self._meet(a.item or _ANY, b.item or _ANY)
        return out

    def _either(self, parts: Sequence[_Facts]) -> _Facts:
        out = parts[0]
        for part in parts[1:]:
            out = self._join(out, part)
        return out

    def _join(self, a: _Facts, b: _Facts) -> _Facts:
        """Return what holds where one of them does."""
        if a is b or b is _NEVER:
            return a
        if a is _NEVER:
            return b
        self._work += 1
        if a is _ANY or b is _ANY or self._work > MAX_WORK:
            return _ANY
        out = _Facts(a.kinds | b.kinds)
        out.node = a.node or b.node
        out.value = a.value if a.value == b.value and a.kinds == b.kinds and len(a.kinds) == 1 else None
        x, y = (a if OBJECT in a.kinds else b), (b if OBJECT in b.kinds else a)
        out.required = x.required & y.required
        out.closed = x.closed and y.closed
        fields: dict[str, _Facts] = {}
        for name in dict.fromkeys((*x.fields, *y.fields)):
            one, other = x.fields.get(name), y.fields.get(name)
            if one is not None and other is not None:
                fields[name] = self._join(one, other)
            elif (x if one is None else y).closed:
                fields[name] = one or other or _ANY
        out.fields = fields
        x, y = (a if ARRAY in a.kinds else b), (b if ARRAY in b.kinds else a)
        if x.items is not None and y.items is not None and len(x.items) == len(y.items):
            out.items = [self._join(one, other) for one, other in zip(x.items, y.items, strict=True)]
        out.item = self._join(x.item, y.item) if x.item is not None and y.item is not None else None
        return out

    # -- the shape

    def shape(self, facts: _Facts, depth: int) -> Shape | None:
        """Return the shape of what a subschema allows; None for nothing at all."""
        if facts is _NEVER:
            return None
        if len(facts.kinds) != 1:
            return ANYTHING
        key = (id(facts), depth)
        if key not in self._shapes:
            self._shapes[key] = self._shape(facts, depth)
        return self._shapes[key]

    def _shape(self, facts: _Facts, depth: int) -> Shape:
        (kind,) = facts.kinds
        origin = Origin(facts.node, "the schema of the input") if facts.node is not None else None
        if kind == ARRAY:
            if not depth:
                return array(None, ANYTHING, origin)
            items = None
            if facts.items is not None and len(facts.items) <= MAX_ITEMS:
                items = [self.shape(item, depth - 1) or ANYTHING for item in facts.items]
            out = array(items, self.shape(facts.item or _ANY, depth - 1) or ANYTHING, origin)
            return out if out.size <= MAX_SIZE else _hollow(out)
        if kind != OBJECT:
            return scalar(kind, facts.value, origin)
        if not depth:
            return opened({}, origin)
        fields: dict[str, Shape] = {}
        for name, found in facts.fields.items():
            shape = self.shape(found, depth - 1)
            if shape is not None:
                fields[name] = shape
        if not facts.closed:
            fields.update({name: ANYTHING for name in facts.required if name not in facts.fields})
        return _object(fields, [name for name in fields if name not in facts.required], not facts.closed, origin)


def _own(node: Node | None) -> bool:
    """Whether an $id makes a subschema a document of its own."""
    return node is not None and node.kind == STRING and not str(node.value).startswith("#")


def _parts(node: Node, name: str) -> Sequence[Node]:
    """Return the subschemas of an allOf, anyOf or oneOf; of one that is not read as a whole none."""
    found = node.get(name)
    return found.items if found is not None and found.kind == ARRAY and found.closed else ()


def _kinds(node: Node | None) -> frozenset[str]:
    """Return what `type` allows; every kind where it says something else than the names of types."""
    if node is None:
        return KINDS
    names = [item.literal for item in node.items] if node.kind == ARRAY else [node.literal]
    kinds = [_TYPES.get(name or "") for name in names]
    return frozenset(kind for kind in kinds if kind is not None) if kinds and None not in kinds else KINDS
