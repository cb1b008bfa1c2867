"""The fields of every object of a definition, in one table, and what in a definition does not fit it.

The table follows what AWS's validator does, not only what the specification says: the two differ. Sources, by letter:

A  recorded answers of AWS's API
B  people who measured AWS's validator and published it (cdk-preflight, 8 state types by 50 fields, 2026-09-05; floci)
G  the Step Functions developer guide and API reference
S  the Amazon States Language specification, states-language.net
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from asllint.model.machine import JSONATA, JSONPATH, ChoiceRule, ChoiceState, MapState, Scope, State, StateMachine
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, UNKNOWN, Node, Span

INTEGER: Final = "integer"
"""A NUMBER without a fraction."""

# What a mismatch is: see `Mismatch.kind`.
UNSUPPORTED: Final = "unsupported-field"
OTHER_LANGUAGE: Final = "other-language-field"
DOWNGRADE: Final = "query-language-downgrade"
WRONG_TYPE: Final = "wrong-type"
OUT_OF_RANGE: Final = "out-of-range"
BAD_VALUE: Final = "bad-value"
EMPTY: Final = "empty"
MISSING: Final = "missing-field"
MISSING_ONE_OF: Final = "missing-one-of"
EXCLUSIVE: Final = "exclusive-fields"

KINDS: Final = (
    UNSUPPORTED, OTHER_LANGUAGE, DOWNGRADE, WRONG_TYPE, OUT_OF_RANGE, BAD_VALUE, EMPTY, MISSING, MISSING_ONE_OF, EXCLUSIVE,
)  # fmt: skip

MAX_SECONDS: Final = 99_999_999


class FieldSpec:
    """What one field of one object takes.

    kinds       the node kinds, or "integer"; empty: any JSON
    language    the query language that it belongs to; None: both
    minimum, maximum  of a number, inclusive
    values      the strings that are allowed
    jsonata     whether a JSONata state may give a ``{% … %}`` string instead
    not_empty   an array or object that must have something in it
    sure        whether AWS is known to refuse what does not fit; else only the specification says so
    """

    __slots__ = ("jsonata", "kinds", "language", "maximum", "minimum", "not_empty", "sure", "values")

    def __init__(
        self,
        *kinds: str,
        language: str | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        values: tuple[str, ...] = (),
        jsonata: bool = False,
        not_empty: bool = False,
        sure: bool = True,
    ) -> None:
        self.kinds = kinds
        self.language = language
        self.minimum = minimum
        self.maximum = maximum
        self.values = values
        self.jsonata = jsonata
        self.not_empty = not_empty
        self.sure = sure


class Group:
    """Fields of which at most one may be there, and, where `required`, one must."""

    __slots__ = ("names", "required")

    def __init__(self, *names: str, required: bool = False) -> None:
        self.names = names
        self.required = required


class Shape:
    """What one kind of object takes.

    title     how a message calls it, with its article: "a Task state"
    sure      whether AWS is known to refuse a field that is not in the table (recorded for this kind of object)
    source    where the rows come from (see the module)
    """

    __slots__ = ("fields", "groups", "required", "source", "sure", "title")

    def __init__(
        self,
        title: str,
        source: str,
        fields: Mapping[str, FieldSpec],
        required: tuple[str, ...] = (),
        groups: tuple[Group, ...] = (),
        *,
        sure: bool = False,
    ) -> None:
        self.title = title
        self.source = source
        self.fields = fields
        self.required = required
        self.groups = groups
        self.sure = sure


def _fields(*rows: tuple[str, FieldSpec]) -> dict[str, FieldSpec]:
    return dict(rows)


_TEXT = FieldSpec(STRING)
_TEXT_ONLY_SPEC = FieldSpec(STRING, sure=False)
_EXPRESSION_TEXT = FieldSpec(STRING, jsonata=True)
_ANY = FieldSpec()
_OBJECT = FieldSpec(OBJECT)
_PATH = FieldSpec(STRING, language=JSONPATH)
_PATH_OR_NULL = FieldSpec(STRING, NULL, language=JSONPATH)
_TEMPLATE = FieldSpec(language=JSONPATH)
_ASSIGN = FieldSpec(OBJECT)
_JSONATA_ANY = FieldSpec(language=JSONATA)
_SECONDS = FieldSpec(INTEGER, minimum=1, maximum=MAX_SECONDS, jsonata=True)
_COUNT = FieldSpec(INTEGER, minimum=0, jsonata=True)
_COMMENT = ("Comment", FieldSpec(STRING, sure=False))
_QUERY_LANGUAGE = ("QueryLanguage", FieldSpec(STRING, values=(JSONPATH, JSONATA)))
_COMMON = (_COMMENT, _QUERY_LANGUAGE, ("Type", FieldSpec(STRING)))
_NEXT_END = (("Next", _TEXT), ("End", FieldSpec(BOOLEAN)))
_IN_OUT = (("InputPath", _PATH_OR_NULL), ("OutputPath", _PATH_OR_NULL), ("Output", _JSONATA_ANY))
_RETRY_CATCH = (("Retry", FieldSpec(ARRAY)), ("Catch", FieldSpec(ARRAY)))
_RESULT = (("ResultPath", _PATH_OR_NULL), ("ResultSelector", _TEMPLATE))
_TERMINATION = Group("Next", "End", required=True)

STATES: Final[dict[str, Shape]] = {
    # Allowed fields: B (8 x 50 measured); the languages: B and S; ranges: B.
    "Pass": Shape(
        "a Pass state", "B S",
        _fields(*_COMMON, *_IN_OUT, ("Result", _TEMPLATE), ("ResultPath", _PATH_OR_NULL), ("Parameters", _TEMPLATE),
                ("Assign", _ASSIGN), *_NEXT_END),
        groups=(_TERMINATION,), sure=True,
    ),
    "Task": Shape(
        "a Task state", "B S",
        _fields(*_COMMON, *_IN_OUT, *_RESULT, ("Parameters", _TEMPLATE), ("Arguments", _JSONATA_ANY),
                ("Assign", _ASSIGN), ("Resource", _TEXT), ("Credentials", _OBJECT), *_RETRY_CATCH,
                ("TimeoutSeconds", _SECONDS), ("TimeoutSecondsPath", _PATH), ("HeartbeatSeconds", _SECONDS),
                ("HeartbeatSecondsPath", _PATH), *_NEXT_END),
        required=("Resource",),
        groups=(_TERMINATION, Group("TimeoutSeconds", "TimeoutSecondsPath"),
                Group("HeartbeatSeconds", "HeartbeatSecondsPath")), sure=True,
    ),
    "Wait": Shape(
        "a Wait state", "B S",
        _fields(*_COMMON, *_IN_OUT, ("Assign", _ASSIGN),
                ("Seconds", FieldSpec(INTEGER, minimum=0, maximum=MAX_SECONDS, jsonata=True)),
                ("Timestamp", _EXPRESSION_TEXT), ("SecondsPath", _PATH), ("TimestampPath", _PATH), *_NEXT_END),
        groups=(_TERMINATION, Group("Seconds", "Timestamp", "SecondsPath", "TimestampPath", required=True)), sure=True,
    ),
    "Parallel": Shape(
        "a Parallel state", "B S",
        _fields(*_COMMON, *_IN_OUT, *_RESULT, ("Parameters", _TEMPLATE), ("Arguments", _JSONATA_ANY),
                ("Assign", _ASSIGN), *_RETRY_CATCH, ("Branches", FieldSpec(ARRAY, not_empty=True)), *_NEXT_END),
        required=("Branches",), groups=(_TERMINATION,), sure=True,
    ),
    "Map": Shape(
        "a Map state", "B S",
        _fields(*_COMMON, *_IN_OUT, *_RESULT, ("Parameters", _TEMPLATE), ("Assign", _ASSIGN), *_RETRY_CATCH,
                ("ItemProcessor", _OBJECT), ("Iterator", _OBJECT), ("ItemsPath", _PATH), ("Items", _JSONATA_ANY),
                ("ItemSelector", _ANY), ("ItemReader", _OBJECT), ("ItemBatcher", _OBJECT), ("ResultWriter", _OBJECT),
                ("MaxConcurrency", _COUNT), ("MaxConcurrencyPath", _PATH),
                ("ToleratedFailurePercentage", FieldSpec(NUMBER, maximum=100, jsonata=True)),
                ("ToleratedFailurePercentagePath", _PATH), ("ToleratedFailureCount", _COUNT),
                ("ToleratedFailureCountPath", _PATH), ("Label", _TEXT), *_NEXT_END),
        groups=(_TERMINATION, Group("ItemProcessor", "Iterator", required=True),
                Group("MaxConcurrency", "MaxConcurrencyPath"),
                Group("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
                Group("ToleratedFailureCount", "ToleratedFailureCountPath")), sure=True,
    ),
    "Choice": Shape(
        "a Choice state", "B S",
        _fields(*_COMMON, *_IN_OUT, ("Assign", _ASSIGN), ("Choices", FieldSpec(ARRAY, not_empty=True)),
                ("Default", _TEXT)),
        required=("Choices",), sure=True,
    ),
    "Succeed": Shape("a Succeed state", "B S", _fields(*_COMMON, *_IN_OUT), sure=True),
    "Fail": Shape(
        "a Fail state", "B S",
        _fields(*_COMMON, ("Error", _EXPRESSION_TEXT), ("Cause", _EXPRESSION_TEXT), ("ErrorPath", _PATH),
                ("CausePath", _PATH)),
        groups=(Group("Error", "ErrorPath"), Group("Cause", "CausePath")), sure=True,
    ),
}  # fmt: skip

MACHINE: Final = Shape(
    "a state machine", "A B S",
    _fields(_COMMENT, _QUERY_LANGUAGE, ("StartAt", _TEXT), ("States", FieldSpec(OBJECT, not_empty=True)),
            ("TimeoutSeconds", FieldSpec(INTEGER, minimum=0, maximum=MAX_SECONDS)),
            ("Version", FieldSpec(STRING, values=("1.0",)))),
    required=("States", "StartAt"), sure=True,
)  # fmt: skip

_SCOPE_FIELDS = (_COMMENT, ("StartAt", _TEXT), ("States", FieldSpec(OBJECT, not_empty=True)))
BRANCH: Final = Shape("a branch", "B S", _fields(*_SCOPE_FIELDS), required=("States", "StartAt"))
ITEM_PROCESSOR: Final = Shape(
    "an item processor", "B S", _fields(*_SCOPE_FIELDS, ("ProcessorConfig", _OBJECT)), required=("States", "StartAt")
)
REFUSED_IN_SCOPES: Final = frozenset({"QueryLanguage"})
"""Fields that AWS is recorded to refuse in a branch or an item processor (B); other unknown ones there are not recorded."""

PROCESSOR_CONFIG: Final = Shape(
    "ProcessorConfig", "B G",
    _fields(("Mode", FieldSpec(STRING, values=("INLINE", "DISTRIBUTED"))),
            ("ExecutionType", FieldSpec(STRING, values=("STANDARD", "EXPRESS")))),
)  # fmt: skip

RETRIER: Final = Shape(
    "a Retrier", "A B G",
    _fields(_COMMENT, ("ErrorEquals", FieldSpec(ARRAY, not_empty=True)),
            ("IntervalSeconds", FieldSpec(INTEGER, minimum=0, maximum=MAX_SECONDS)),
            ("MaxAttempts", FieldSpec(INTEGER, minimum=0, maximum=MAX_SECONDS)),
            ("BackoffRate", FieldSpec(NUMBER, minimum=1)),
            ("MaxDelaySeconds", FieldSpec(INTEGER, minimum=1, maximum=31_622_400)),
            ("JitterStrategy", FieldSpec(STRING, values=("NONE", "FULL")))),
    required=("ErrorEquals",),
)  # fmt: skip

CATCHER: Final = Shape(
    "a Catcher", "A B S",
    _fields(_COMMENT, ("ErrorEquals", FieldSpec(ARRAY, not_empty=True)), ("Next", _TEXT),
            ("ResultPath", _PATH_OR_NULL), ("Output", _JSONATA_ANY), ("Assign", _ASSIGN)),
    required=("ErrorEquals", "Next"), sure=True,
)  # fmt: skip

CREDENTIALS: Final = Shape(
    "Credentials", "A G", _fields(("RoleArn", _EXPRESSION_TEXT), ("RoleArn.$", _PATH)),
    groups=(Group("RoleArn", "RoleArn.$", required=True),),
)  # fmt: skip

_FAMILY = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
OPERATORS: Final[dict[str, str]] = {
    # The 39 comparison operators and the kind of value that each takes (S "Data-test expression", B).
    **{f"String{op}": STRING for op in _FAMILY},
    **{f"Numeric{op}": NUMBER for op in _FAMILY},
    **{f"Timestamp{op}": STRING for op in _FAMILY},
    "BooleanEquals": BOOLEAN,
    "StringMatches": STRING,
    **{f"Is{what}": BOOLEAN for what in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")},
    **{f"{family}{op}Path": STRING for family in ("String", "Numeric", "Timestamp") for op in _FAMILY},
    "BooleanEqualsPath": STRING,
}

_RULE_FIELDS = (
    ("And", FieldSpec(ARRAY, language=JSONPATH, not_empty=True)),
    ("Or", FieldSpec(ARRAY, language=JSONPATH, not_empty=True)),
    ("Not", FieldSpec(OBJECT, language=JSONPATH)),
    ("Variable", _PATH),
    *((name, FieldSpec(kind, language=JSONPATH)) for name, kind in OPERATORS.items()),
)
_RULE_GROUP = Group("And", "Or", "Not", "Variable", "Condition", required=True)
CHOICE_RULE: Final = Shape(
    "a Choice rule", "A B S",
    _fields(_COMMENT, *_RULE_FIELDS, ("Condition", FieldSpec(STRING, BOOLEAN, language=JSONATA)), ("Next", _TEXT),
            ("Assign", _ASSIGN), ("Output", _JSONATA_ANY)),
    required=("Next",), groups=(_RULE_GROUP,),
)  # fmt: skip
NESTED_CHOICE_RULE: Final = Shape(
    "a nested Choice rule", "B S", _fields(_COMMENT, *_RULE_FIELDS),
    groups=(Group("And", "Or", "Not", "Variable", required=True),),
)  # fmt: skip
REFUSED_IN_NESTED_RULES: Final = frozenset({"Next"})
COMPARISON: Final = Group(*OPERATORS, required=True)
"""A rule with Variable takes exactly one comparison operator (B)."""

ITEM_READER: Final = Shape(
    "ItemReader", "A B G",
    _fields(("Resource", _TEXT), ("Parameters", FieldSpec(language=JSONPATH)), ("Arguments", _JSONATA_ANY),
            ("ReaderConfig", _OBJECT)),
    required=("Resource",),
)  # fmt: skip
READER_CONFIG: Final = Shape(
    "ReaderConfig", "A B G (input-output-itemreader)",
    _fields(("InputType", FieldSpec(STRING, values=("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"))),
            ("Transformation", FieldSpec(STRING, values=("NONE", "LOAD_AND_FLATTEN"), sure=False)),
            ("ManifestType", FieldSpec(STRING, values=("ATHENA_DATA", "S3_INVENTORY"), sure=False)),
            ("CSVDelimiter", FieldSpec(STRING, values=("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"), sure=False)),
            ("CSVHeaderLocation", FieldSpec(STRING, values=("FIRST_ROW", "GIVEN"))),
            ("CSVHeaders", FieldSpec(ARRAY, not_empty=True)),
            ("ItemsPointer", FieldSpec(STRING)),
            # the guide says positive and at most 100,000,000; AWS accepts 0 (A)
            ("MaxItems", FieldSpec(INTEGER, minimum=0, maximum=100_000_000, jsonata=True)), ("MaxItemsPath", _PATH)),
    groups=(Group("MaxItems", "MaxItemsPath"),),
)  # fmt: skip
ITEM_BATCHER: Final = Shape(
    "ItemBatcher", "A G (input-output-itembatcher)",
    _fields(("BatchInput", _ANY),
            ("MaxItemsPerBatch", FieldSpec(INTEGER, minimum=1, jsonata=True, sure=False)),
            ("MaxItemsPerBatchPath", _PATH),
            ("MaxInputBytesPerBatch", FieldSpec(INTEGER, minimum=1, maximum=262_144, jsonata=True, sure=False)),
            ("MaxInputBytesPerBatchPath", _PATH)),
    groups=(Group("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
            Group("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")),
)  # fmt: skip
RESULT_WRITER: Final = Shape(
    "ResultWriter", "B G (input-output-resultwriter)",
    _fields(("Resource", _TEXT), ("Parameters", FieldSpec(language=JSONPATH)), ("Arguments", _JSONATA_ANY),
            ("WriterConfig", _OBJECT)),
)  # fmt: skip
WRITER_CONFIG: Final = Shape(
    "WriterConfig", "G (input-output-resultwriter)",
    _fields(("Transformation", FieldSpec(STRING, values=("NONE", "COMPACT", "FLATTEN"), sure=False)),
            ("OutputType", FieldSpec(STRING, values=("JSON", "JSONL"), sure=False))),
)  # fmt: skip

ALL_SHAPES: Final = (
    *STATES.values(), MACHINE, BRANCH, ITEM_PROCESSOR, PROCESSOR_CONFIG, RETRIER, CATCHER, CREDENTIALS, CHOICE_RULE,
    NESTED_CHOICE_RULE, ITEM_READER, READER_CONFIG, ITEM_BATCHER, RESULT_WRITER, WRITER_CONFIG,
)  # fmt: skip


class Mismatch:
    """One thing that does not fit the table.

    kind    one of KINDS
    at      the key or value that is wrong; for something missing what stands for the whole object (its key, or its
            opening bracket)
    owner   the object
    shape   what the object should be
    name    the field; "" where a group or several are concerned
    names   the fields concerned: those missing, those of the group, those that exclude each other
    spec    the row of the table, or None
    others  the keys of the other parties (EXCLUSIVE)
    language  the query language that counts there, or None
    """

    __slots__ = ("at", "kind", "language", "name", "names", "others", "owner", "shape", "spec")

    def __init__(
        self,
        kind: str,
        at: Node | Span,
        owner: Node,
        shape: Shape,
        name: str = "",
        names: tuple[str, ...] = (),
        spec: FieldSpec | None = None,
        others: tuple[Node, ...] = (),
        language: str | None = None,
    ) -> None:
        self.kind = kind
        self.at = at
        self.owner = owner
        self.shape = shape
        self.name = name
        self.names = names
        self.spec = spec
        self.others = others
        self.language = language

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name or self.names} in {self.shape.title}>"


def fits(node: Node, kinds: Iterable[str]) -> bool:
    """Whether a value has one of the kinds; one that cannot be known fits any."""
    if node.kind in kinds or node.whole_placeholder:
        return True
    if INTEGER in kinds and node.kind == NUMBER:
        return isinstance(node.value, int) or (isinstance(node.value, float) and node.value.is_integer())
    return False


def is_jsonata(node: Node) -> bool:
    """Whether a value is a string that is meant as a JSONata expression."""
    return node.kind == STRING and str(node.value).lstrip().startswith("{%")


def opening(node: Node) -> Span:
    """What stands for an object that has no key: its opening bracket, or its first key in a YAML block."""
    if node.origin.content.startswith("{", node.start) or not node.members:
        return node.start, min(node.start + 1, node.end)
    key = node.members[0][0]
    return key.start, key.end


def check(machine: StateMachine, seen: set[str]) -> list[Mismatch]:
    """List what does not fit, and add the names of all fields that are there to `seen`."""
    return _Walk(seen).run(machine)


class _Walk:
    def __init__(self, seen: set[str]) -> None:
        self.seen = seen
        self.out: list[Mismatch] = []

    def run(self, machine: StateMachine) -> list[Mismatch]:
        if machine.fragment == "state":
            for state in machine.states:
                self.state(state, machine)
        elif machine.fragment == "states":
            self.states(machine, machine.node)
        else:
            self.object(machine.node, MACHINE, None, None)
            self.states(machine, machine.states_node)
        for scope in machine.scopes:
            shape = BRANCH if scope.kind == "branch" else ITEM_PROCESSOR
            self.object(scope.node, shape, scope.key_node, None)
            self.states(scope, scope.states_node)
            config = scope.node.member("ProcessorConfig")
            if config is not None and config[1].kind == OBJECT:
                self.object(config[1], PROCESSOR_CONFIG, config[0], None)
                self.processor_mode(config[1], config[0])
        return self.out

    def add(self, kind: str, at: Node | Span, owner: Node, shape: Shape, **more: object) -> None:
        self.out.append(Mismatch(kind, at, owner, shape, **more))  # type: ignore[arg-type]

    def states(self, scope: Scope, node: Node | None) -> None:
        if node is None:
            return
        for _, value in node.members:
            if value.kind not in (OBJECT, UNKNOWN) and not value.whole_placeholder:
                spec = FieldSpec(OBJECT)
                self.add(WRONG_TYPE, value, node, MACHINE, name="States", spec=spec)
        for state in scope.states:
            self.state(state, scope.machine)

    def state(self, state: State, machine: StateMachine) -> None:
        node, language = state.node, state.query_language
        head: Node | None = state.key_node
        kind = node.get("Type")
        if kind is None:
            if not node.open:
                self.add(MISSING, head or opening(node), node, _ANY_STATE, names=("Type",))
            return
        own = node.get("QueryLanguage")
        if own is not None and own.literal == JSONPATH and machine.query_language == JSONATA:
            self.add(DOWNGRADE, own, node, _ANY_STATE, name="QueryLanguage")
        shape = STATES.get(str(kind.value)) if kind.kind == STRING else None
        if shape is None:
            self.seen.update(str(key.value) for key, _ in node.members)
            if not kind.whole_placeholder and not kind.holes:
                if kind.kind == STRING:
                    self.add(BAD_VALUE, kind, node, _ANY_STATE, name="Type", spec=_ANY_STATE.fields["Type"])
                else:
                    self.add(WRONG_TYPE, kind, node, _ANY_STATE, name="Type", spec=_ANY_STATE.fields["Type"])
            return
        self.object(node, shape, head, language)
        for field, inner in (("Retry", RETRIER), ("Catch", CATCHER)):
            items = node.get(field)
            if items is not None and items.kind == ARRAY:
                for item in items.items:
                    self.item(item, inner, node, field, language)
        credentials = node.member("Credentials")
        if credentials is not None and credentials[1].kind == OBJECT and "Credentials" in shape.fields:
            self.object(credentials[1], CREDENTIALS, credentials[0], language)
        if isinstance(state, ChoiceState):
            choices = node.get("Choices")
            if choices is not None and choices.kind == ARRAY:
                self.only_objects(choices, CHOICE_RULE, node, "Choices")
            for top in state.choices:
                for rule in top.walk():
                    self.rule(rule, language)
        elif isinstance(state, MapState):
            for field, inner, config, inner_config in (
                ("ItemReader", ITEM_READER, "ReaderConfig", READER_CONFIG),
                ("ItemBatcher", ITEM_BATCHER, "", None),
                ("ResultWriter", RESULT_WRITER, "WriterConfig", WRITER_CONFIG),
            ):
                found = node.member(field)
                if found is None or found[1].kind != OBJECT:
                    continue
                self.object(found[1], inner, found[0], language)
                below = found[1].member(config) if inner_config is not None else None
                if below is not None and below[1].kind == OBJECT and inner_config is not None:
                    self.object(below[1], inner_config, below[0], language)
                    if inner_config is READER_CONFIG:
                        self.csv(below[1], below[0])
        elif node.get("Branches") is not None and shape is STATES["Parallel"]:
            branches = node.get("Branches")
            if branches is not None and branches.kind == ARRAY:
                self.only_objects(branches, BRANCH, node, "Branches")

    def processor_mode(self, node: Node, head: Node) -> None:
        """Check that ExecutionType is there with Mode DISTRIBUTED, and only then (B)."""
        mode, found = node.get("Mode"), node.member("ExecutionType")
        if node.open or (mode is not None and not mode.known):
            return
        distributed = mode is not None and mode.value == "DISTRIBUTED"
        if distributed and found is None:
            self.add(MISSING, head, node, PROCESSOR_CONFIG, names=("ExecutionType",))
        elif not distributed and found is not None and (mode is None or mode.value == "INLINE"):
            self.add(UNSUPPORTED, found[0], node, PROCESSOR_CONFIG, name="ExecutionType")

    def csv(self, node: Node, head: Node) -> None:
        """Check the fields that go with InputType CSV (B)."""
        kind, location = node.get("InputType"), node.member("CSVHeaderLocation")
        if kind is None or not kind.known or node.open:
            return
        if kind.value == "CSV":
            if location is None and node.get("ManifestType") is None:
                self.add(MISSING, head, node, READER_CONFIG, names=("CSVHeaderLocation",))
        elif kind.value in ("JSON", "JSONL", "PARQUET") and location is not None:
            self.add(UNSUPPORTED, location[0], node, READER_CONFIG, name="CSVHeaderLocation")
        if location is not None and location[1].value == "GIVEN" and node.get("CSVHeaders") is None:
            self.add(MISSING, head, node, READER_CONFIG, names=("CSVHeaders",))

    def rule(self, rule: ChoiceRule, language: str | None) -> None:
        nested = rule.parent is not None
        shape = NESTED_CHOICE_RULE if nested else CHOICE_RULE
        node = rule.node
        self.object(node, shape, None, language)
        for field in ("And", "Or"):
            items = node.get(field)
            if items is not None and items.kind == ARRAY:
                self.only_objects(items, NESTED_CHOICE_RULE, node, field)
        operators = [key for key, _ in node.members if key.value in OPERATORS]
        if language == JSONATA or node.open:
            return
        if node.get("Variable") is not None:
            if not operators:
                self.add(MISSING_ONE_OF, opening(node), node, shape, names=COMPARISON.names)
            elif len({str(key.value) for key in operators}) > 1:
                names = tuple(str(key.value) for key in operators)
                self.add(EXCLUSIVE, operators[1], node, shape, names=names, others=(operators[0],))

    def item(self, item: Node, shape: Shape, owner: Node, field: str, language: str | None) -> None:
        if item.kind != OBJECT:
            self.wrong_item(item, owner, shape, field, OBJECT)
            return
        self.object(item, shape, None, language)
        names = item.get("ErrorEquals")
        if names is not None and names.kind == ARRAY:
            for name in names.items:
                if not fits(name, (STRING,)):
                    self.wrong_item(name, item, shape, "ErrorEquals", STRING)

    def only_objects(self, array: Node, shape: Shape, owner: Node, field: str) -> None:
        for item in array.items:
            if item.kind != OBJECT:
                self.wrong_item(item, owner, shape, field, OBJECT)

    def wrong_item(self, item: Node, owner: Node, shape: Shape, field: str, kind: str) -> None:
        if not item.whole_placeholder:
            self.add(WRONG_TYPE, item, owner, shape, name=field, spec=FieldSpec(kind))

    def object(self, node: Node, shape: Shape, head: Node | None, language: str | None) -> None:
        """Check the fields of one object; `head` is its key, if it has one."""
        fields, seen = shape.fields, self.seen
        for key, value in node.members:
            name = str(key.value)
            seen.add(name)
            spec = fields.get(name)
            if spec is None:
                if not key.holes and node.closed:
                    self.add(UNSUPPORTED, key, node, shape, name=name, language=language)
                continue
            if spec.language is not None and language is not None and spec.language != language:
                self.add(OTHER_LANGUAGE, key, node, shape, name=name, spec=spec, language=language)
                continue
            if spec.kinds:
                self.value(value, spec, name, node, shape, language)
        if node.open:
            return
        missing = tuple(name for name in shape.required if node.get(name) is None)
        if missing:
            self.add(MISSING, head or opening(node), node, shape, names=missing, language=language)
        for group in shape.groups:
            self.group(group, node, shape, head, language)

    def group(self, group: Group, node: Node, shape: Shape, head: Node | None, language: str | None) -> None:
        present = [key for key in map(node.key, group.names) if key is not None]
        if group is _TERMINATION and len(present) == 2:
            end = node.get("End")
            if end is not None and end.value is False:
                return  # not measured: AWS may take "End": false beside Next for what it says
        if len(present) > 1:
            first, second, *_ = sorted(present, key=lambda key: key.start)
            self.add(EXCLUSIVE, second, node, shape, names=group.names, others=(first,), language=language)
        elif not present and group.required:
            names = tuple(
                name for name in group.names
                if name not in shape.fields or language is None or shape.fields[name].language in (None, language)
            )  # fmt: skip
            self.add(MISSING_ONE_OF, head or opening(node), node, shape, names=names, language=language)
        elif group is _TERMINATION and present[0].value == "End":
            end = node.get("End")
            if end is not None and end.value is False:
                self.add(MISSING_ONE_OF, end, node, shape, names=group.names, language=language)

    def value(self, value: Node, spec: FieldSpec, name: str, node: Node, shape: Shape, language: str | None) -> None:
        if spec.jsonata and language != JSONPATH and is_jsonata(value):
            return
        if not fits(value, spec.kinds):
            self.add(WRONG_TYPE, value, node, shape, name=name, spec=spec, language=language)
            return
        if not value.known:
            return
        number = value.value
        if value.kind == NUMBER and isinstance(number, (int, float)):
            low, high = spec.minimum, spec.maximum
            if (low is not None and number < low) or (high is not None and number > high):
                self.add(OUT_OF_RANGE, value, node, shape, name=name, spec=spec, language=language)
        elif spec.values and value.kind == STRING and value.value not in spec.values:
            self.add(BAD_VALUE, value, node, shape, name=name, spec=spec, language=language)
        elif (
            spec.not_empty and value.closed and not value.items and not value.members and value.kind in (ARRAY, OBJECT)
        ):
            self.add(EMPTY, value, node, shape, name=name, spec=spec, language=language)


_ANY_STATE: Final = Shape(
    "a state",
    "A S",
    _fields(*_COMMON[:2], ("Type", FieldSpec(STRING, values=tuple(STATES)))),
    required=("Type",),
    sure=True,
)


def explain(name: str) -> Iterator[str]:
    """Yield the titles of the shapes that do have a field of this name."""
    for shape in ALL_SHAPES:
        if name in shape.fields:
            yield shape.title
