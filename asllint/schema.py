"""The JSON Schema (draft-07) of Amazon States Language, for editors: made from the tables that asllint itself lints with.

It refuses what AWS refuses, as far as a schema can know: fields, their kinds, ranges and values, which of them go together,
and the form of an expression. What it cannot know: whether a target exists, what an expression means, and how a definition
reads once its placeholders are filled in, so that a placeholder fits everywhere. ``x-asllint-expression`` says of a field
what it takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from asllint.model import expressions
from asllint.model.expressions import WHERE
from asllint.model.machine import JSONATA, JSONPATH
from asllint.model.shape import (
    ANY_STATE,
    BRANCH,
    CATCHER,
    CHOICE_RULE,
    CREDENTIALS,
    ITEM_BATCHER,
    ITEM_PROCESSOR,
    ITEM_READER,
    MACHINE,
    NESTED_CHOICE_RULE,
    OPERATORS,
    PROCESSOR_CONFIG,
    READER_CONFIG,
    RESULT_WRITER,
    RETRIER,
    STATES,
    WRITER_CONFIG,
    FieldSpec,
    Group,
    Shape,
)
from asllint.source.node import ARRAY, OBJECT, STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    Schema = dict[str, Any]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
EXPRESSION: Final = "x-asllint-expression"
EXPRESSIONS: Final = "x-asllint-expressions"
JSONATA_VALUE: Final = "jsonata"

# Patterns are read by editors, in JavaScript with its flag u: no escape that is not needed, no possessive repeat
_PLACEHOLDERS: Final = r'\$\{[\s\S]+\}|\{\{[\s\S]+\}\}|#\{[\s\S]+\}|<[^<>"=\r\n]+>'
_JSONATA: Final = r"^\s*\{%[\s\S]*%\}\s*$"

# `$` alone begins a path, and a `${…}` or another placeholder what is not known
_ANY_PATH: Final = rf"^\s*(\$|{_PLACEHOLDERS})"
_STEP: Final = r"""\[(?![*?])('([^'\\]|\\.)*'|"([^"\\]|\\.)*"|[^\]'"])*\]"""
_ONE_NODE: Final = rf"^\s*(\$([^.\[]|\.(?![.*])|{_STEP})*$|({_PLACEHOLDERS}))"
_PATH_OR_CALL: Final = rf"^\s*(\$|States\.|{_PLACEHOLDERS})"

# RFC 3339, section 5.6, as AWS keeps it, in `Timestamp`, TimestampEquals and its kin; a placeholder may be any part of it
_TIMESTAMP: Final = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    rf"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$|{_PLACEHOLDERS}"
)

_TAKES: Final[dict[str, tuple[str, str]]] = {
    # what a field takes in JSONPath: how that is described, and the pattern of its strings
    expressions.PATH: ("a path, such as `$.order.items`; it may select several nodes", _ANY_PATH),
    expressions.REFERENCE_PATH: ("a reference path, which names one node, such as `$.order.id`", _ONE_NODE),
    expressions.NODE_PATH: ("a reference path, which names one node, such as `$.order.id`", _ANY_PATH),
    expressions.PATH_OR_INTRINSIC: ("a path, or an intrinsic function that gives a string", _PATH_OR_CALL),
    expressions.TEMPLATE: (
        "a payload template: any JSON, in which the value of a key that ends in `.$` is a path or an intrinsic function",
        "",
    ),
    expressions.LITERAL: ("a literal value: nothing in it is evaluated", ""),
}

_CHILDREN: Final = {
    "Retry": RETRIER,
    "Catch": CATCHER,
    "Choices": CHOICE_RULE,
    "And": NESTED_CHOICE_RULE,
    "Or": NESTED_CHOICE_RULE,
    "Not": NESTED_CHOICE_RULE,
    "Branches": BRANCH,
    "ItemProcessor": ITEM_PROCESSOR,
    "Iterator": ITEM_PROCESSOR,
    "ProcessorConfig": PROCESSOR_CONFIG,
    "Credentials": CREDENTIALS,
    "ItemReader": ITEM_READER,
    "ReaderConfig": READER_CONFIG,
    "ItemBatcher": ITEM_BATCHER,
    "ResultWriter": RESULT_WRITER,
    "WriterConfig": WRITER_CONFIG,
    "States": ANY_STATE,
}
"""Which object, or list or map of objects, a field holds."""

_NAMES: Final = {
    **{id(shape): name for name, shape in STATES.items()},
    id(MACHINE): "StateMachine",
    id(BRANCH): "Branch",
    id(ITEM_PROCESSOR): "ItemProcessor",
    id(PROCESSOR_CONFIG): "ProcessorConfig",
    id(RETRIER): "Retrier",
    id(CATCHER): "Catcher",
    id(CREDENTIALS): "Credentials",
    id(CHOICE_RULE): "ChoiceRule",
    id(NESTED_CHOICE_RULE): "NestedChoiceRule",
    id(ITEM_READER): "ItemReader",
    id(READER_CONFIG): "ReaderConfig",
    id(ITEM_BATCHER): "ItemBatcher",
    id(RESULT_WRITER): "ResultWriter",
    id(WRITER_CONFIG): "WriterConfig",
    id(ANY_STATE): "State",
}
"""How the definitions are called."""

_HOLD_STATES: Final = {
    id(shape) for shape in (MACHINE, BRANCH, ITEM_PROCESSOR, ANY_STATE, STATES["Map"], STATES["Parallel"])
}
"""Shapes that depend on the query language of the machine as well: the states inside take theirs from it."""


def schema() -> Schema:
    """Return the schema of a definition."""
    maker = _Maker()
    return {
        "$schema": DRAFT,
        "title": "Amazon States Language",
        "description": "A state machine of AWS Step Functions.",
        "type": "object",
        **_if(
            _is("QueryLanguage", JSONATA),
            maker.reference(MACHINE, JSONATA, JSONATA),
            maker.reference(MACHINE, JSONPATH, JSONPATH),
        ),
        EXPRESSIONS: {field: _taken(field) for field in sorted(WHERE)},
        "definitions": maker.finish(),
    }


def _taken(field: str) -> dict[str, str | None]:
    """Return what a field takes in each query language; None: it is not evaluated there, or has no place there."""
    takes, evaluated = WHERE[field]
    return {JSONPATH: takes or None, JSONATA: JSONATA_VALUE if evaluated else None}


def _if(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    return {"if": condition, "then": then, **({"else": otherwise} if otherwise is not None else {})}


def _is(field: str, value: object) -> Schema:
    return {"required": [field], "properties": {field: {"const": value}}}


def _has(*names: str) -> Schema:
    return {"required": list(names)}


class _Maker:
    """Makes a definition for each shape, query language of its state and query language of its machine."""

    def __init__(self) -> None:
        self.made: dict[str, Schema] = {}

    def finish(self) -> dict[str, Schema]:
        return dict(sorted((self.made | _FIXED).items()))

    def reference(self, shape: Shape, language: str, machine: str) -> Schema:
        name = f"{_NAMES[id(shape)]}-{language}"
        if id(shape) in _HOLD_STATES and language != machine:
            name += f"-in-{machine}"
        if name not in self.made:
            self.made[name] = {}  # shapes hold one another
            make = self.state if shape is ANY_STATE else self.object
            self.made[name] = make(shape, language, machine)
        return {"$ref": f"#/definitions/{name}"}

    def state(self, shape: Shape, _: str, machine: str) -> Schema:
        """Return the schema of a state of any type, in a machine of a query language."""
        own = {"const": JSONATA} if machine == JSONATA else {"enum": [JSONPATH, JSONATA]}
        out: Schema = {
            "type": "object",
            "required": list(shape.required),
            "properties": {
                "Type": _or_placeholder({"enum": list(STATES)}),
                "QueryLanguage": _or_placeholder(own),
            },
        }
        if machine == JSONATA:
            return out | self.types(JSONATA, machine)
        return out | _if(_is("QueryLanguage", JSONATA), self.types(JSONATA, machine), self.types(JSONPATH, machine))

    def types(self, language: str, machine: str) -> Schema:
        return {
            "allOf": [
                _if(_is("Type", name), self.reference(shape, language, machine)) for name, shape in STATES.items()
            ]
        }

    def object(self, shape: Shape, language: str, machine: str) -> Schema:
        """Return the schema of an object with a shape."""
        properties: dict[str, Any] = {}
        for name, spec in shape.fields.items():
            if spec.language in (None, language):
                properties[name] = self.field(name, spec, shape, language, machine)
            elif not shape.sure:
                properties[name] = False
        properties |= dict.fromkeys(shape.refused, False)
        out: Schema = {
            "description": _sentence(shape.title.replace("`", "")),
            "type": "object",
            "properties": properties,
        }
        if shape.required:
            out["required"] = list(shape.required)
        if shape.sure:
            out["patternProperties"] = {_PLACEHOLDERS: True}
            out["additionalProperties"] = False
        rules = [rule for group in shape.groups if group.sure for rule in _group(group, shape, language)]
        rules += _CONDITIONS.get(id(shape), ())
        if rules:
            out["allOf"] = rules
        return out

    def field(self, name: str, spec: FieldSpec, shape: Shape, language: str, machine: str) -> Schema:
        takes, evaluated = WHERE.get(name, ("", False))
        if name.endswith("Path") and name in OPERATORS and not takes:
            takes = expressions.NODE_PATH
        out: Schema = {}
        said, pattern = "", ""
        if language == JSONATA:
            if evaluated:
                said, out[EXPRESSION] = "evaluated: strings of the form `{% … %}` are JSONata", JSONATA_VALUE
        elif takes:
            said, pattern = _TAKES[takes]
            out[EXPRESSION] = takes
        if said:
            out["description"] = _sentence(said)
        if takes == expressions.TEMPLATE and language == JSONPATH and name != "Credentials":
            out["allOf"] = [{"$ref": "#/definitions/payload-template"}]
        if not spec.sure:
            if spec.values:
                out["examples"] = list(spec.values)
            return out
        value = self.value(name, spec, language, machine)
        if name.startswith("Timestamp") and not name.endswith("Path"):
            value["pattern"] = _TIMESTAMP
        elif pattern:
            value["pattern"] = pattern
        if language == JSONATA and spec.jsonata:
            value = {"anyOf": [value, {"$ref": "#/definitions/jsonata"}]}
        if spec.kinds and (spec.kinds != (STRING,) or spec.values):
            value = _or_placeholder(value)
        return out | value

    def value(self, name: str, spec: FieldSpec, language: str, machine: str) -> Schema:
        """Return the schema of a value by its row of the table alone."""
        out: Schema = {}
        if spec.kinds:
            out["type"] = spec.kinds[0] if len(spec.kinds) == 1 else list(spec.kinds)
        if spec.values:
            out["enum"] = list(spec.values)
        if spec.minimum is not None:
            out["minimum"] = spec.minimum
        if spec.maximum is not None:
            out["maximum"] = spec.maximum
        child = _CHILDREN.get(name)
        inner = self.reference(child, machine if id(child) in _HOLD_STATES else language, machine) if child else None
        if ARRAY in spec.kinds:
            if inner or spec.items:
                out["items"] = _or_placeholder(inner or {"type": spec.items})
            if name == "ErrorEquals":
                # States.ALL stands alone (AWS refuses it beside others); that it comes last a schema cannot say
                out |= _if({"contains": {"const": "States.ALL"}}, {"maxItems": 1})
            if spec.not_empty:
                out["minItems"] = 1
        elif OBJECT in spec.kinds:
            if inner and name == "States":
                out["additionalProperties"] = _or_placeholder(inner)
            elif inner:
                out = inner
            if spec.not_empty:
                out["minProperties"] = 1
        return out


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _or_placeholder(value: Schema) -> Schema:
    return {"anyOf": [value, {"$ref": "#/definitions/placeholder"}]}


def _foreign(name: str, shape: Shape, language: str) -> bool:
    spec = shape.fields.get(name)
    return spec is not None and spec.language not in (None, language)


def _group(group: Group, shape: Shape, language: str) -> Iterable[Schema]:
    """Yield what an object must keep so that a group of its fields is right."""
    names = [name for name in group.names if not _foreign(name, shape, language)]
    if group.when and _foreign(group.when, shape, language):
        return
    if set(names) == {"Next", "End"}:
        # `"End": false` is as good as none; both together are refused only where it is true
        yield {"anyOf": [_has("Next"), {"required": ["End"], "properties": {"End": {"not": {"const": False}}}}]}
        yield {"not": {"required": names, "properties": {"End": {"const": True}}}}
        return
    rules: list[Schema] = []
    if group.required and not group.several:
        rules.append({"oneOf": [_has(name) for name in names]} if len(names) > 1 else _has(*names))
    elif group.required:
        rules.append({"anyOf": [_has(name) for name in names]})
    elif not group.several:
        rules += [{"not": _has(*pair)} for pair in combinations(names, 2)]
    if group.when:
        rules = [_if(_has(group.when), rule) for rule in rules]
    yield from rules


_CONDITIONS: Final[dict[int, tuple[Schema, ...]]] = {
    # what one field says of others: the conditions of `asllint.model.shape` for these objects, which its tables do not hold
    id(PROCESSOR_CONFIG): (
        _if(_is("Mode", "DISTRIBUTED"), _has("ExecutionType")),
        _if(_is("Mode", "INLINE"), {"properties": {"ExecutionType": False}}),
    ),
    id(READER_CONFIG): (
        _if(
            {**_is("InputType", "CSV"), "not": _has("ManifestType")},
            _has("CSVHeaderLocation"),
        ),
        _if(_is("InputType", "JSON"), {"properties": {"CSVHeaderLocation": False}}),
        _if(
            {
                **_is("CSVHeaderLocation", "GIVEN"),
                "not": {"required": ["InputType"], "properties": {"InputType": {"enum": ["JSON", "JSONL", "PARQUET"]}}},
            },
            _has("CSVHeaders"),
        ),
    ),
}

_FIXED: Final[dict[str, Schema]] = {
    "placeholder": {
        "description": "What is filled in before AWS sees it: ${Name}, {{ name }}, or a function of CloudFormation.",
        "anyOf": [
            {"type": "string", "pattern": _PLACEHOLDERS},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "patternProperties": {"^(Fn::[A-Za-z]+|Ref)$": True},
                "additionalProperties": False,
            },
        ],
    },
    "jsonata": {"description": "A JSONata expression: `{% … %}`.", "type": "string", "pattern": _JSONATA},
    "payload-template": {
        "if": {"type": "object"},
        "then": {
            "patternProperties": {
                r"\.\$$": {
                    "description": "A path, or an intrinsic function.",
                    **_or_placeholder({"type": "string", "pattern": _PATH_OR_CALL}),
                }
            },
            "additionalProperties": {"$ref": "#/definitions/payload-template"},
        },
        "else": {"if": {"type": "array"}, "then": {"items": {"$ref": "#/definitions/payload-template"}}},
    },
}
