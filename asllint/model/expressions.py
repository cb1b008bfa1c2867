"""Where expressions stand in a definition: one table, and the walk that finds them.

What a field takes depends on the query language of its state (specification, "Using JSONPath" and "Using JSONata"; for what
AWS's validator looks into and what it leaves alone, the recorded verdicts: not into Comment, ErrorEquals or CSVHeaders, but
into every string of a template, whatever its key is called).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from asllint.model.machine import JSONATA, JSONPATH, Catcher, ChoiceRule, ChoiceState, MapState, State, StateMachine
from asllint.source.node import ARRAY, OBJECT, STRING, UNKNOWN, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.expr.jsonata import Complaint, Parsed

# What a JSONPath state's field takes.
PATH: Final = "path"
"""A JSONPath; it may select several nodes."""
REFERENCE_PATH: Final = "reference path"
"""A JSONPath that can name one node only; AWS refuses another."""
NODE_PATH: Final = "node path"
"""By the specification a reference path as well; AWS is not recorded to refuse another."""
PATH_OR_INTRINSIC: Final = "path or intrinsic"
TEMPLATE: Final = "template"
"""A payload template: any JSON, in which the value of a key that ends in ``.$`` is a path or an intrinsic function."""
LITERAL: Final = "literal"
"""Any JSON, in which nothing is evaluated."""

# What is found, beside PATH, REFERENCE_PATH, NODE_PATH and PATH_OR_INTRINSIC, which are their fields' own values.
TEMPLATE_PATH: Final = "template path"
"""The value of a key that ends in ``.$``."""
JSONATA_EXPRESSION: Final = "jsonata"
"""A string that begins with ``{%`` or ends with ``%}`` where a JSONata state evaluates such."""
TEXT: Final = "text"
"""A string in a template or a JSONata value that is taken as it stands."""

WHERE: Final[dict[str, tuple[str, bool]]] = {
    # field: what it takes in a JSONPath state ("": not looked into), and whether a JSONata state evaluates it
    "InputPath": (PATH, False),
    "OutputPath": (PATH, False),
    "ResultPath": (REFERENCE_PATH, False),
    "ItemsPath": (REFERENCE_PATH, False),
    "Variable": (REFERENCE_PATH, False),
    "TimeoutSecondsPath": (NODE_PATH, False),
    "HeartbeatSecondsPath": (NODE_PATH, False),
    "SecondsPath": (NODE_PATH, False),
    "TimestampPath": (NODE_PATH, False),
    "MaxConcurrencyPath": (NODE_PATH, False),
    "ToleratedFailurePercentagePath": (NODE_PATH, False),
    "ToleratedFailureCountPath": (NODE_PATH, False),
    "MaxItemsPath": (NODE_PATH, False),
    "MaxItemsPerBatchPath": (NODE_PATH, False),
    "MaxInputBytesPerBatchPath": (NODE_PATH, False),
    "ErrorPath": (PATH_OR_INTRINSIC, False),
    "CausePath": (PATH_OR_INTRINSIC, False),
    "Parameters": (TEMPLATE, False),
    "ResultSelector": (TEMPLATE, False),
    "ItemSelector": (TEMPLATE, True),
    "Assign": (TEMPLATE, True),
    "BatchInput": (TEMPLATE, True),
    "Credentials": (TEMPLATE, True),
    "Result": (LITERAL, False),
    "Arguments": ("", True),
    "Output": ("", True),
    "Items": ("", True),
    "Condition": ("", True),
    "Seconds": ("", True),
    "Timestamp": (LITERAL, True),
    "TimeoutSeconds": ("", True),
    "HeartbeatSeconds": ("", True),
    "MaxConcurrency": ("", True),
    "ToleratedFailurePercentage": ("", True),
    "ToleratedFailureCount": ("", True),
    "MaxItems": ("", True),
    "MaxItemsPerBatch": ("", True),
    "MaxInputBytesPerBatch": ("", True),
    "Error": (LITERAL, True),
    "Cause": (LITERAL, True),
}

_TEMPLATES: Final = frozenset(name for name, (takes, _) in WHERE.items() if takes == TEMPLATE)

_HOLDERS: Final = {"ItemReader": "ReaderConfig", "ItemBatcher": "", "ResultWriter": ""}
"""Objects of a Map state whose fields are looked at as if they were its own, and the object inside each."""

_PLAIN: Final = re.compile(
    r"\$\$?(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]+\]|\['[^'\\*?,]+'\])*"
    r"|\$[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
)
"""Paths that are right whatever takes them; `asllint.expr.jsonpath` reads the others."""


_LOOKS_EVALUATED: Final = re.compile(r"\$\$?[.\[]|States\.[A-Za-z0-9]+\(|\{%")

_VARIABLE: Final = re.compile(r"\$(?!states\b)[^\W\d]\w*+(?!\s*\()")
"""A variable, or at least a name that is called by no parenthesis behind it."""


def looks_evaluated(text: str) -> bool:
    """Whether a text begins as a path, an intrinsic function or JSONata does; a bare ``$`` and ``$name`` may be anything."""
    return _LOOKS_EVALUATED.match(text) is not None


class Expression:
    """A string of a definition that is an expression, or could be meant as one.

    kind      PATH, REFERENCE_PATH, NODE_PATH, PATH_OR_INTRINSIC, TEMPLATE_PATH, JSONATA_EXPRESSION or TEXT
    node      the STRING
    state     the state that it is in
    field     the field of the state, Catcher, Choice rule, ItemReader … that it is the value of, or is in
    value     the value of that field: the whole template
    key       the key that it is the value of; None for an array's item
    holder    the Catcher or Choice rule that the field belongs to, or None
    """

    __slots__ = ("_read", "field", "holder", "key", "kind", "node", "state", "value")

    def __init__(
        self,
        kind: str,
        node: Node,
        state: State,
        field: str,
        value: Node,
        key: Node | None,
        holder: Catcher | ChoiceRule | None,
    ) -> None:
        self.kind = kind
        self.node = node
        self.state = state
        self.field = field
        self.value = value
        self.key = key
        self.holder = holder
        self._read: tuple[tuple[Parsed, int] | Complaint | None] | None = None  # what `jsonata` returned

    def __repr__(self) -> str:
        return f"<{self.kind} {self.node.value!r} in {self.field} of {self.state.name}>"

    @property
    def text(self) -> str:
        """The string."""
        return str(self.node.value)


def collect(machine: StateMachine) -> list[Expression]:
    """Return the expressions of a machine, in the order of its states."""
    out: list[Expression] = []
    for state in machine.all_states():
        if state.query_language is not None:
            _state(state, out)
    return out


def features(found: Iterable[Expression]) -> Iterator[str]:
    """Yield ``expression:KIND`` for each kind that occurs: of paths and template paths only where one is not plain."""
    for expression in found:
        kind, text = expression.kind, expression.text
        if kind == TEXT:
            if looks_evaluated(text):
                yield "expression:text"
            if (expression.field == "Condition" or "$states" in text) and language_of(expression) == JSONATA:
                yield "expression:undelimited"
        elif kind == JSONATA_EXPRESSION or not _PLAIN.fullmatch(text):
            yield f"expression:{kind}"
        if "$$" in text or "$states.context" in text:
            yield "expression:context"
        if kind != TEXT and _VARIABLE.search(text):
            yield "expression:variable"


def _state(state: State, out: list[Expression]) -> None:
    for node, holder in _objects(state):
        _object(node, state, holder, out)


def _objects(state: State) -> Iterator[tuple[Node, Catcher | ChoiceRule | None]]:
    """Yield the objects whose fields are looked at: that of the state, and those inside it, with whose they are."""
    yield state.node, None
    for catcher in state.catchers:
        yield catcher.node, catcher
    if isinstance(state, ChoiceState):
        for top in state.choices:
            for rule in top.walk():
                yield rule.node, rule
    elif isinstance(state, MapState):
        for name, config in _HOLDERS.items():
            holder = state.node.get(name)
            if holder is not None and holder.kind == OBJECT:
                yield holder, None
                inner = holder.get(config) if config else None
                if inner is not None and inner.kind == OBJECT:
                    yield inner, None


@lru_cache(maxsize=1)
def no_strings(machine: StateMachine) -> Mapping[State, Sequence[tuple[Node, Node]]]:
    """Return, of each JSONPath state that has such, the keys in its payload templates that end in ``.$`` and have a value that
    is no string."""  # fmt: skip
    return {state: found for state in machine.all_states() if (found := list(_no_strings(state)))}


def _no_strings(state: State) -> Iterator[tuple[Node, Node]]:
    if state.query_language != JSONPATH:
        return
    for node, _ in _objects(state):
        for key, value in node.members:
            if key.value not in _TEMPLATES or value.kind not in (OBJECT, ARRAY):
                continue
            todo = [value]
            while todo:
                part = todo.pop()
                if part.kind == ARRAY:
                    todo += reversed(part.items)
                    continue
                inside = []
                for inner, of in part.members:
                    if of.kind in (STRING, UNKNOWN):
                        continue
                    if str(inner.value).endswith(".$"):
                        yield inner, of
                    if of.kind in (OBJECT, ARRAY):
                        inside.append(of)
                todo += reversed(inside)


def _object(node: Node, state: State, holder: Catcher | ChoiceRule | None, out: list[Expression]) -> None:
    in_jsonata = state.query_language == JSONATA
    for key, value in node.members:
        field = str(key.value)
        takes, evaluated = WHERE.get(field, ("", False))
        if isinstance(holder, ChoiceRule) and field.endswith("Path") and not takes:
            takes = NODE_PATH  # the comparison operators with a path
        if in_jsonata:
            if not evaluated:
                continue
        elif not takes:
            continue
        elif takes not in (TEMPLATE, LITERAL):
            if value.kind == STRING:
                out.append(Expression(takes, value, state, field, value, key, holder))
            continue
        for node_found, name in _strings(value, key):
            kind = TEXT
            if in_jsonata:
                text = str(node_found.value)
                if text.lstrip().startswith("{%") or text.rstrip().endswith("%}"):
                    kind = JSONATA_EXPRESSION
            elif takes == TEMPLATE and node_found is not value and name is not None and str(name.value).endswith(".$"):
                kind = TEMPLATE_PATH
            out.append(Expression(kind, node_found, state, field, value, name, holder))


def _strings(value: Node, key: Node | None) -> Iterator[tuple[Node, Node | None]]:
    """Yield the strings in a value, each with the key that it is the value of, in the order of the text."""
    stack = [(value, key)]
    while stack:
        here, name = stack.pop()
        if here.kind == OBJECT:
            stack.extend((child, child_key) for child_key, child in reversed(here.members))
        elif here.kind == ARRAY:
            stack.extend((item, None) for item in reversed(here.items))
        elif here.kind == STRING:
            yield here, name


def language_of(expression: Expression) -> str:
    """Return the query language that an expression is read in."""
    return JSONATA if expression.state.query_language == JSONATA else JSONPATH


@lru_cache(maxsize=4096)
def _parsed(text: str, holes: tuple[tuple[int, int], ...]) -> Parsed:
    from asllint.expr.jsonata import parse

    return parse(text, holes)


def jsonata(expression: Expression) -> tuple[Parsed, int] | Complaint | None:
    """Return the expression between the delimiters of a string, and the index in the string at which it begins.

    A Complaint where the delimiters are wrong; None for a text without any. The same text is parsed once.
    """
    if expression._read is None:
        from asllint.expr.jsonata import jsonata_text

        between = jsonata_text(expression.text)
        if isinstance(between, tuple):
            text, start = between
            holes = tuple((max(a - start, 0), min(b - start, len(text))) for a, b in expression.node.holes)
            expression._read = ((_parsed(text, holes), start),)
        else:
            expression._read = (between,)
    return expression._read[0]


def array_of(expression: Expression) -> tuple[Node | None, Node]:
    """Return the array that an expression without a key is an item of, and the key that the array is the value of; None
    for that of an array in an array, or of a field that is one."""  # fmt: skip
    return _arrays(expression.value)[id(expression.node)]


@lru_cache(maxsize=1)
def _arrays(template: Node) -> dict[int, tuple[Node | None, Node]]:
    """Return the array of each item in a template, by the item's identity, with the key of the array."""
    out: dict[int, tuple[Node | None, Node]] = {}
    stack: list[tuple[Node | None, Node]] = [(None, template)]
    while stack:
        key, here = stack.pop()
        if here.kind == OBJECT:
            stack.extend(here.members)
        for item in here.items:
            out[id(item)] = key, here
            stack.append((None, item))
    return out


def object_of(expression: Expression) -> Node | None:
    """Return the object in a template that an expression with a key is in; None for an item of an array, or a whole field."""
    return _owners(expression.value).get(id(expression.node))


@lru_cache(maxsize=1)
def _owners(template: Node) -> dict[int, Node]:
    """Return the object of each value in a template, by the identity of the value."""
    out: dict[int, Node] = {}
    stack = [template]
    while stack:
        here = stack.pop()
        for _, value in here.members:
            out[id(value)] = here
            stack.append(value)
        stack.extend(here.items)
    return out


def has_result(expression: Expression) -> bool:
    """Whether ``$states.result`` is there: in Assign and Output of a Task, Parallel or Map state (developer guide)."""
    fields = expression.field in ("Assign", "Output") and expression.holder is None
    return fields and expression.state.type not in (
        "Pass",
        "Wait",
        "Choice",
        "Succeed",
        "Fail",
    )  # of a wrong Type: perhaps


def has_error_output(expression: Expression) -> bool:
    """Whether ``$states.errorOutput`` is there: in Assign and Output of a Catcher (developer guide)."""
    return isinstance(expression.holder, Catcher) and expression.field in ("Assign", "Output")
