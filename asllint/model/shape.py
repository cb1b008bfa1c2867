"""The fields of every object of a definition, in one table, and what in a definition does not fit it.

The table follows what AWS's validator does, not only what the specification says: the two differ. Sources, by letter:

A  recorded answers of AWS's API
B  people who measured AWS's validator and published it (cdk-preflight, 8 state types by 50 fields, 2026-09-05; floci)
G  the Step Functions developer guide and API reference
S  the Amazon States Language specification, states-language.net
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from asllint.model.machine import JSONATA, JSONPATH, ChoiceState, MapState, Scope, State, StateMachine
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Node, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

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
STATES_ALL: Final = "states-all"

KINDS: Final = (
    UNSUPPORTED, OTHER_LANGUAGE, DOWNGRADE, WRONG_TYPE, OUT_OF_RANGE, BAD_VALUE, EMPTY, MISSING, MISSING_ONE_OF, EXCLUSIVE,
    STATES_ALL,
)  # fmt: skip

MAX_SECONDS: Final = 99_999_999

_LOOKUPS: Final = 500
"""For how many unknown names of one definition a near one is looked up: what bounds the time of a broken large one."""


class FieldSpec:
    """What one field of one object takes.

    kinds       the node kinds, or "integer"; empty: any JSON
    language    the query language that it belongs to; None: both
    minimum, maximum  of a number, inclusive: what AWS's validator keeps
    advised     (minimum, maximum) that the guide gives where the validator is wider, or is not known to keep them
    values      the strings that are allowed
    items       of an array: the kind of its items; empty: any
    jsonata     whether a JSONata state may give a ``{% … %}`` string instead
    not_empty   an array or object that must have something in it
    sure        whether AWS is known, or by the clear words of its guide bound, to refuse what does not fit
    """

    __slots__ = (
        "advised", "items", "jsonata", "kinds", "language", "maximum", "minimum", "not_empty", "sure", "values",
    )  # fmt: skip

    def __init__(
        self,
        *kinds: str,
        language: str | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        advised: tuple[float | None, float | None] = (None, None),
        values: tuple[str, ...] = (),
        items: str = "",
        jsonata: bool = False,
        not_empty: bool = False,
        sure: bool = True,
    ) -> None:
        self.kinds = kinds
        self.language = language
        self.minimum = minimum
        self.maximum = maximum
        self.advised = advised
        self.values = values
        self.items = items
        self.jsonata = jsonata
        self.not_empty = not_empty
        self.sure = sure


class Group:
    """Fields of which one must be there (`required`), and at most one may be (unless `several`).

    when  the group counts only in an object that has this field
    sure  whether AWS is known to refuse an object that breaks it
    """

    __slots__ = ("known", "names", "required", "several", "sure", "when")

    def __init__(
        self, *names: str, required: bool = False, several: bool = False, when: str = "", sure: bool = True
    ) -> None:
        self.names = names
        self.known = frozenset(names)
        self.required = required
        self.several = several
        self.when = when
        self.sure = sure


class Shape:
    """What one kind of object takes.

    title     how a message calls it, with its article: "a Task state"
    source    where the rows come from (see the module)
    sure      whether AWS is known to refuse a field that is not in the table (recorded for this kind of object)
    refused   fields that it is known to refuse in an object whose other unknown fields are not recorded
    """

    __slots__ = ("fields", "groups", "needed", "refused", "required", "source", "sure", "title")

    def __init__(
        self,
        title: str,
        source: str,
        fields: Mapping[str, FieldSpec],
        required: tuple[str, ...] = (),
        groups: tuple[Group, ...] = (),
        *,
        sure: bool = False,
        refused: tuple[str, ...] = (),
    ) -> None:
        self.title = title
        self.source = source
        self.fields = fields
        self.required = required
        self.needed = frozenset(required)
        self.groups = groups
        self.sure = sure
        self.refused = refused


def _fields(*rows: tuple[str, FieldSpec]) -> dict[str, FieldSpec]:
    return dict(rows)


_TEXT = FieldSpec(STRING)
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
_RETRY_CATCH = (("Retry", FieldSpec(ARRAY, items=OBJECT)), ("Catch", FieldSpec(ARRAY, items=OBJECT)))
_ERROR_EQUALS = ("ErrorEquals", FieldSpec(ARRAY, items=STRING, not_empty=True))
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
                ("Assign", _ASSIGN), *_RETRY_CATCH, ("Branches", FieldSpec(ARRAY, items=OBJECT, not_empty=True)),
                *_NEXT_END),
        required=("Branches",), groups=(_TERMINATION,), sure=True,
    ),
    "Map": Shape(
        "a Map state", "B S",
        _fields(*_COMMON, *_IN_OUT, *_RESULT, ("Parameters", _TEMPLATE), ("Assign", _ASSIGN), *_RETRY_CATCH,
                ("ItemProcessor", _OBJECT), ("Iterator", _OBJECT), ("ItemsPath", _PATH), ("Items", _JSONATA_ANY),
                ("ItemSelector", _ANY), ("ItemReader", _OBJECT), ("ItemBatcher", _OBJECT), ("ResultWriter", _OBJECT),
                ("MaxConcurrency", _COUNT), ("MaxConcurrencyPath", _PATH),
                ("ToleratedFailurePercentage", FieldSpec(NUMBER, minimum=0, maximum=100, jsonata=True)),
                ("ToleratedFailurePercentagePath", _PATH), ("ToleratedFailureCount", _COUNT),
                ("ToleratedFailureCountPath", _PATH), ("Label", _TEXT), *_NEXT_END),
        groups=(_TERMINATION, Group("ItemProcessor", "Iterator", required=True),
                Group("MaxConcurrency", "MaxConcurrencyPath"),
                Group("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
                Group("ToleratedFailureCount", "ToleratedFailureCountPath")), sure=True,
    ),
    "Choice": Shape(
        "a Choice state", "B S",
        _fields(*_COMMON, *_IN_OUT, ("Assign", _ASSIGN),
                ("Choices", FieldSpec(ARRAY, items=OBJECT, not_empty=True)), ("Default", _TEXT)),
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

# An empty States is not recorded; but StartAt must name a state, so no definition with one is accepted.
_STATES = ("States", FieldSpec(OBJECT, items=OBJECT, not_empty=True))
MACHINE: Final = Shape(
    "a state machine", "A B S",
    # 0 seconds are accepted (B); an upper bound is not recorded
    _fields(_COMMENT, _QUERY_LANGUAGE, ("StartAt", _TEXT), _STATES, ("TimeoutSeconds", FieldSpec(INTEGER, minimum=0)),
            ("Version", FieldSpec(STRING, values=("1.0",)))),
    required=("States", "StartAt"), sure=True,
)  # fmt: skip

_SCOPE_FIELDS = (_COMMENT, ("StartAt", _TEXT), _STATES)
BRANCH: Final = Shape(
    "a branch", "B S", _fields(*_SCOPE_FIELDS), required=("States", "StartAt"), refused=("QueryLanguage",)
)
ITEM_PROCESSOR: Final = Shape(
    "an item processor", "B S", _fields(*_SCOPE_FIELDS, ("ProcessorConfig", _OBJECT)),
    required=("States", "StartAt"), refused=("QueryLanguage",),
)  # fmt: skip

PROCESSOR_CONFIG: Final = Shape(
    "`ProcessorConfig`", "B G",
    _fields(("Mode", FieldSpec(STRING, values=("INLINE", "DISTRIBUTED"))),
            ("ExecutionType", FieldSpec(STRING, values=("STANDARD", "EXPRESS")))),
    sure=True,
)  # fmt: skip

RETRIER: Final = Shape(
    "a Retrier", "A B G",
    _fields(_COMMENT, _ERROR_EQUALS,
            ("IntervalSeconds", FieldSpec(INTEGER, minimum=0, maximum=MAX_SECONDS)),
            ("MaxAttempts", FieldSpec(INTEGER, minimum=0, maximum=MAX_SECONDS)),
            ("BackoffRate", FieldSpec(NUMBER, minimum=1)),
            ("MaxDelaySeconds", FieldSpec(INTEGER, minimum=1, maximum=31_622_400)),
            ("JitterStrategy", FieldSpec(STRING, values=("NONE", "FULL")))),
    required=("ErrorEquals",),
)  # fmt: skip

CATCHER: Final = Shape(
    "a Catcher", "A B S",
    _fields(_COMMENT, _ERROR_EQUALS, ("Next", _TEXT),
            ("ResultPath", _PATH_OR_NULL), ("Output", _JSONATA_ANY), ("Assign", _ASSIGN)),
    required=("ErrorEquals", "Next"), sure=True,
)  # fmt: skip

# An unknown field beside the missing RoleArn got no diagnostic of its own (A): it is no error here either. In JSONata
# nothing reads `RoleArn.$`, so that RoleArn is missing, which AWS refuses (A).
CREDENTIALS: Final = Shape(
    "`Credentials`", "A G", _fields(("RoleArn", _EXPRESSION_TEXT), ("RoleArn.$", _PATH)),
    groups=(Group("RoleArn", "RoleArn.$", required=True, several=True),),
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
    # An empty And or Or: not recorded, but refused for each array that must hold something and was tried (A: Branches,
    # B: Choices, ErrorEquals), and the specification asks for a non-empty one.
    # In JSONata: not recorded; but each operand needs Variable, which AWS refuses there (B).
    ("And", FieldSpec(ARRAY, language=JSONPATH, items=OBJECT, not_empty=True)),
    ("Or", FieldSpec(ARRAY, language=JSONPATH, items=OBJECT, not_empty=True)),
    ("Not", FieldSpec(OBJECT, language=JSONPATH)),
    ("Variable", _PATH),
    *((name, FieldSpec(kind, language=JSONPATH)) for name, kind in OPERATORS.items()),
)
COMPARISON: Final = Group(*OPERATORS, required=True, when="Variable")
CHOICE_RULE: Final = Shape(
    "a Choice rule", "A B S",
    _fields(_COMMENT, *_RULE_FIELDS, ("Condition", FieldSpec(STRING, BOOLEAN, language=JSONATA)), ("Next", _TEXT),
            ("Assign", _ASSIGN), ("Output", _JSONATA_ANY)),
    required=("Next",),
    groups=(Group("And", "Or", "Not", "Variable", "Condition", required=True), COMPARISON),
)  # fmt: skip
NESTED_CHOICE_RULE: Final = Shape(
    "a nested Choice rule", "B S", _fields(_COMMENT, *_RULE_FIELDS), refused=("Next",),
    groups=(Group("And", "Or", "Not", "Variable", required=True), COMPARISON),
)  # fmt: skip

# ItemReader without Resource: not recorded. AWS checks its value against a list (B), the specification asks for it, and
# without it there is nothing to read with: such a state cannot run.
# Fields of the other language: recorded for ReaderConfig, ItemBatcher and ResultWriter (B), so taken as sure here.
ITEM_READER: Final = Shape(
    "`ItemReader`", "A B G",
    _fields(("Resource", _TEXT), ("Parameters", _TEMPLATE), ("Arguments", _JSONATA_ANY), ("ReaderConfig", _OBJECT)),
    required=("Resource",),
)  # fmt: skip
READER_CONFIG: Final = Shape(
    "`ReaderConfig`", "A B G (input-output-itemreader)",
    # another InputType is refused (B: floci's author tried it at AWS, and gives the message); CSVHeaderLocation: not
    # recorded, but AWS tells its two values apart when it asks for CSVHeaders (B)
    _fields(("InputType", FieldSpec(STRING, values=("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"))),
            ("Transformation", FieldSpec(STRING, values=("NONE", "LOAD_AND_FLATTEN"), sure=False)),
            ("ManifestType", FieldSpec(STRING, values=("ATHENA_DATA", "S3_INVENTORY"), sure=False)),
            ("CSVDelimiter", FieldSpec(STRING, values=("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"), sure=False)),
            ("CSVHeaderLocation", FieldSpec(STRING, values=("FIRST_ROW", "GIVEN"))),
            ("CSVHeaders", FieldSpec(ARRAY, items=STRING, not_empty=True, sure=False)),
            ("ItemsPointer", FieldSpec(STRING, sure=False)),
            # both bounds are the validator's (B, and A for 0); the guide says positive
            ("MaxItems", FieldSpec(INTEGER, minimum=0, maximum=100_000_000, jsonata=True)),
            ("MaxItemsPath", _PATH)),
    groups=(Group("MaxItems", "MaxItemsPath"),),
)  # fmt: skip
# The lower bound, the pairs and the language of the ...Path fields: B (floci, us-east-1, 2026-09-16). The guide says
# positive, and at most 256 KiB; neither is recorded.
ITEM_BATCHER: Final = Shape(
    "`ItemBatcher`", "A B G (input-output-itembatcher)",
    _fields(("BatchInput", _ANY),
            ("MaxItemsPerBatch", FieldSpec(INTEGER, minimum=0, advised=(1, None), jsonata=True)),
            ("MaxItemsPerBatchPath", _PATH),
            ("MaxInputBytesPerBatch", FieldSpec(INTEGER, minimum=0, advised=(1, 262_144), jsonata=True)),
            ("MaxInputBytesPerBatchPath", _PATH)),
    groups=(Group("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
            Group("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),
            Group("MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath",
                  required=True, several=True, sure=False)),
)  # fmt: skip
# Resource without Arguments is refused in JSONata (B: aws-cdk issue 33396); Parameters in JSONPath is taken to be the same,
# as it is for a Task (B): without it there is no bucket to write to. An empty ResultWriter is accepted, and fails when it
# runs (B: aws-cdk pull request 33831).
RESULT_WRITER: Final = Shape(
    "`ResultWriter`", "B G (input-output-resultwriter)",
    _fields(("Resource", _TEXT), ("Parameters", _TEMPLATE), ("Arguments", _JSONATA_ANY), ("WriterConfig", _OBJECT)),
    groups=(Group("Parameters", "Arguments", required=True, when="Resource"),
            Group("Resource", "WriterConfig", required=True, several=True, sure=False)),
)  # fmt: skip
WRITER_CONFIG: Final = Shape(
    "`WriterConfig`", "G (input-output-resultwriter)",
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
    name    the field; "" where a group is concerned
    names   the fields concerned: those missing, those of the group, those that exclude each other; UNSUPPORTED: those
            that are missing because this one stands in their place
    near    UNSUPPORTED: the field that was probably meant, or ""
    spec    the row of the table, or None
    expected  WRONG_TYPE: the kinds that would fit; `at` is the value of the field, or an item of it
    others  the keys of the other parties (EXCLUSIVE)
    language  the query language that counts there, or None
    sure    whether AWS is known to refuse a definition with it
    """

    __slots__ = (
        "at", "expected", "kind", "language", "name", "names", "near", "others", "owner", "shape", "spec", "sure",
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        at: Node | Span,
        owner: Node,
        shape: Shape,
        name: str = "",
        *,
        names: tuple[str, ...] = (),
        near: str = "",
        spec: FieldSpec | None = None,
        expected: tuple[str, ...] = (),
        others: tuple[Node, ...] = (),
        language: str | None = None,
        sure: bool = True,
    ) -> None:
        self.kind = kind
        self.at = at
        self.owner = owner
        self.shape = shape
        self.name = name
        self.names = names
        self.near = near
        self.spec = spec
        self.expected = expected
        self.others = others
        self.language = language
        self.sure = sure

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name or self.names} in {self.shape.title}>"


def fits(node: Node, kinds: Iterable[str]) -> bool:
    """Whether a value has one of the kinds; one that cannot be known fits any."""
    if node.kind in kinds or node.whole_placeholder:
        return True
    if INTEGER in kinds and node.kind == NUMBER:
        return isinstance(node.value, int) or (isinstance(node.value, float) and node.value.is_integer())
    return False


KIND_TITLES: Final[dict[str, str]] = {
    OBJECT: "an object",
    ARRAY: "an array",
    STRING: "a string",
    NUMBER: "a number",
    INTEGER: "a whole number",
    BOOLEAN: "`true` or `false`",
    NULL: "`null`",
}
"""How a message calls a kind."""


def shown(node: Node) -> str:
    """Say what a value is, as a message does: "an array", "the string `x`", "`5`"."""
    if node.kind in (OBJECT, ARRAY):
        return KIND_TITLES[node.kind]
    if node.text is not None:
        from asllint.source.json import quoted

        raw = quoted(node.text)
    else:
        raw = node.origin.content[node.start : node.end]
    text = raw if len(raw) <= 40 and "\n" not in raw and "`" not in raw else ""
    if node.kind == STRING:
        return f"the string `{text}`" if text else "a string"
    return f"`{text}`" if text else KIND_TITLES[node.kind]


def outside(number: float, low: float | None, high: float | None) -> bool:
    """Whether a number is below or above a range, inclusive; None: no bound on that side."""
    return (low is not None and number < low) or (high is not None and number > high)


def is_jsonata(node: Node) -> bool:
    """Whether a value is a string that is meant as a JSONata expression."""
    return node.kind == STRING and str(node.value).lstrip().startswith("{%")


def opening(node: Node) -> Span:
    """What stands for an object that has no key: its opening bracket, or its first key in a YAML block."""
    if node.origin.content.startswith("{", node.start) or not node.members:
        return node.start, min(node.start + 1, node.end)
    key = node.members[0][0]
    return key.start, key.end


def owners_of(name: str) -> tuple[str, ...]:
    """Return the titles of the objects that do have a field of this name."""
    return tuple(shape.title for shape in ALL_SHAPES if name in shape.fields)


def check(machine: StateMachine, seen: set[str]) -> list[Mismatch]:
    """List what does not fit, and add the names of all fields that are there to `seen`."""
    return _Walk(seen).run(machine)


_NONE: Final[Mapping[str, bool]] = {}


class _Walk:
    def __init__(self, seen: set[str]) -> None:
        self.seen = seen
        self.out: list[Mismatch] = []
        self.near: dict[tuple[str, int, str | None], str] = {}

    def run(self, machine: StateMachine) -> list[Mismatch]:
        if machine.fragment == "states":
            self.items(machine.node, machine.node, MACHINE, "States", _STATES[1])
        elif machine.fragment != "state":
            self.object(machine.node, MACHINE, None, None)
        self.states(machine)
        for scope in machine.scopes:
            shape = BRANCH if scope.kind == "branch" else ITEM_PROCESSOR
            self.object(scope.node, shape, scope.key_node, None)
            self.states(scope)
            config = scope.node.member("ProcessorConfig")
            if config is not None and config[1].kind == OBJECT and shape is ITEM_PROCESSOR:
                self.processor_config(config[1], config[0])
        return self.out

    def states(self, scope: Scope) -> None:
        for state in scope.states:
            self.state(state, scope.machine)

    def state(self, state: State, machine: StateMachine) -> None:
        node, language = state.node, state.query_language
        head: Node | None = state.key_node
        own = node.get("QueryLanguage")
        if own is not None and own.literal == JSONPATH and machine.query_language == JSONATA:
            self.out.append(Mismatch(DOWNGRADE, own, node, ANY_STATE, "QueryLanguage"))
        kind = node.get("Type")
        shape = STATES.get(str(kind.value)) if kind is not None and kind.kind == STRING else None
        if shape is None:
            self.unknown(node, head)
        else:
            self.object(node, shape, head, language)
        for field, inner in (("Retry", RETRIER), ("Catch", CATCHER)):
            items = node.get(field)
            if items is not None and items.kind == ARRAY and (shape is None or field in shape.fields):
                for item in items.items:
                    if item.kind == OBJECT:
                        self.object(item, inner, None, language)
                        self.states_all(item, items, inner)
        if isinstance(state, ChoiceState):
            for top in state.choices:
                self.object(top.node, CHOICE_RULE, None, language)
                # And, Or and Not of a JSONata state are a mismatch of their own: what is in them is not judged
                if language != JSONATA and top.operands:
                    for rule in top.walk():
                        if rule is not top:
                            self.object(rule.node, NESTED_CHOICE_RULE, None, language)
        elif isinstance(state, MapState):
            for field, inner, config, inner_config in _MAP_OBJECTS:
                found = node.member(field)
                if found is None or found[1].kind != OBJECT:
                    continue
                self.object(found[1], inner, found[0], language)
                below = found[1].member(config)
                if below is None or below[1].kind != OBJECT or inner_config is None:
                    continue
                if inner_config is READER_CONFIG:
                    self.reader_config(below[1], below[0], language)
                else:
                    self.object(below[1], inner_config, below[0], language)
        elif shape is STATES["Task"]:
            found = node.member("Credentials")
            if found is not None and found[1].kind == OBJECT:
                self.object(found[1], CREDENTIALS, found[0], language)

    def unknown(self, node: Node, head: Node | None) -> None:
        """Check a state whose Type is not there, or is none: nothing more is known of its fields."""
        self.seen.update(str(key.value) for key, _ in node.members)
        spec = ANY_STATE.fields["Type"]
        kind = node.get("Type")
        if kind is not None:
            self.value(kind, spec, "Type", node, ANY_STATE, None)
        elif not node.open:
            for key, _ in node.members:
                name = str(key.value)
                if name.lower() == "type":
                    self.out.append(Mismatch(UNSUPPORTED, key, node, ANY_STATE, name, names=("Type",), near="Type"))
                    return
            self.out.append(Mismatch(MISSING, head or opening(node), node, ANY_STATE, names=("Type",)))

    def processor_config(self, node: Node, head: Node) -> None:
        """Check ProcessorConfig: ExecutionType is there with Mode DISTRIBUTED, and only then (B)."""
        mode = node.get("Mode")
        if mode is None:
            self.object(node, PROCESSOR_CONFIG, head, None, barred={"ExecutionType": False})  # not measured
        elif mode.value == "DISTRIBUTED":
            self.object(node, PROCESSOR_CONFIG, head, None, required=("ExecutionType",))
        else:
            self.object(
                node, PROCESSOR_CONFIG, head, None, barred={"ExecutionType": True} if mode.value == "INLINE" else _NONE
            )

    def reader_config(self, node: Node, head: Node, language: str | None) -> None:
        """Check ReaderConfig: the header fields go with InputType CSV (B) or MANIFEST (G)."""
        kind, location = node.get("InputType"), node.get("CSVHeaderLocation")
        required: tuple[str, ...] = ()
        barred = _NONE
        if kind is not None and kind.value == "CSV" and node.get("ManifestType") is None:
            required = ("CSVHeaderLocation",)  # beside ATHENA_DATA not measured
        elif kind is not None and kind.value in ("JSON", "JSONL", "PARQUET"):
            barred = {"CSVHeaderLocation": kind.value == "JSON"}
        if location is not None and location.value == "GIVEN" and not barred:
            required = (*required, "CSVHeaders")
        self.object(node, READER_CONFIG, head, language, required, barred)

    def states_all(self, item: Node, array: Node, shape: Shape) -> None:
        """Check that States.ALL stands alone, and in the last item of a Retry or Catch (B)."""
        names = item.get("ErrorEquals")
        if names is None or names.kind != ARRAY or not names.closed:
            return
        last = array.items[-1] is item or not array.closed or array.items[-1].kind != OBJECT
        if last and len(names.items) == 1:
            return
        for name in names.items:
            if name.value == "States.ALL":
                others = () if last else (array.items[-1],)
                self.out.append(Mismatch(STATES_ALL, name, item, shape, "ErrorEquals", others=others))

    def object(
        self,
        node: Node,
        shape: Shape,
        head: Node | None,
        language: str | None,
        required: tuple[str, ...] = (),
        barred: Mapping[str, bool] = _NONE,
    ) -> None:
        """Check the fields of one object.

        head      its key, if it has one
        required  fields that must be there because of what others say
        barred    fields that may not be there because of what others say, and whether AWS is known to refuse them
        """
        fields, seen = shape.fields, self.seen
        unsupported: list[Mismatch] = []
        for key, value in node.members:
            name = str(key.value)
            seen.add(name)
            spec = fields.get(name)
            if spec is None or name in barred:
                if not key.holes and node.closed:
                    sure = barred.get(name, shape.sure or name in shape.refused)
                    wrong = Mismatch(UNSUPPORTED, key, node, shape, name, spec=spec, language=language, sure=sure)
                    if spec is None:
                        wrong.near = self.nearest(name, shape, node, language)
                    unsupported.append(wrong)
                continue
            if spec.language is not None and language is not None and spec.language != language:
                # operators of another language are part of the Variable that they stand beside
                if name not in OPERATORS or node.get("Variable") is None:
                    self.out.append(Mismatch(OTHER_LANGUAGE, key, node, shape, name, spec=spec, language=language))
                continue
            if spec.kinds:
                self.value(value, spec, name, node, shape, language)
        self.out += unsupported
        if not node.closed:
            return
        names = node.names
        if not (names >= shape.needed and names >= set(required)) and not node.open:
            missing = tuple(name for name in (*shape.required, *required) if name not in names)
            missing = tuple(name for name in missing if not _stands_for(name, unsupported))
            if missing:
                at = head or opening(node)
                self.out.append(Mismatch(MISSING, at, node, shape, names=missing, language=language))
        for group in shape.groups:
            if group.required or not group.known.isdisjoint(names):
                self.group(group, node, shape, head, language, unsupported)

    def group(
        self,
        group: Group,
        node: Node,
        shape: Shape,
        head: Node | None,
        language: str | None,
        unsupported: list[Mismatch],
    ) -> None:
        if group.when and (node.get(group.when) is None or self.foreign(group.when, shape, language)):
            return
        present = node.names & group.known
        if not present:
            if group.required and not node.open:
                self.missing_one_of(group, node, shape, head, language, unsupported)
            return
        end = node.get("End") if group is _TERMINATION else None
        if len(present) == 1:
            if end is not None and end.value is False:
                self.out.append(Mismatch(MISSING_ONE_OF, end, node, shape, names=group.names, language=language))
            return
        if group.several or (end is not None and (end.value is False or not end.known)):
            return  # "End": false beside Next is not measured: AWS may take it for what it says
        # a field of the other language is a mismatch of its own
        keys = [key for key in map(node.key, group.names) if key is not None]
        parties = [key for key in keys if not self.foreign(str(key.value), shape, language)]
        if len(parties) > 1:
            first, second, *more = sorted(parties, key=lambda key: key.start)
            if any(first.start < tag < (second, *more)[-1].start for tag in node.tags()):
                return
            names = group.names if group is not COMPARISON else tuple(str(key.value) for key in parties)
            both = Mismatch(EXCLUSIVE, second, node, shape, names=names, language=language, sure=group.sure)
            both.others = (first, *more)
            self.out.append(both)

    def missing_one_of(
        self,
        group: Group,
        node: Node,
        shape: Shape,
        head: Node | None,
        language: str | None,
        unsupported: list[Mismatch],
    ) -> None:
        names = tuple(name for name in group.names if not self.foreign(name, shape, language))
        for wrong in unsupported:
            # an unknown name beside Variable can only be meant as an operator
            if wrong.near in names or (group is COMPARISON and not wrong.near and str(wrong.name)[:1].isupper()):
                wrong.names += names if group is COMPARISON else (wrong.near,)
                wrong.sure = wrong.sure or group.sure
                return
        at = head or opening(node)
        self.out.append(Mismatch(MISSING_ONE_OF, at, node, shape, names=names, language=language, sure=group.sure))

    @staticmethod
    def foreign(name: str, shape: Shape, language: str | None) -> bool:
        """Whether a field belongs to the other query language."""
        spec = shape.fields.get(name)
        return spec is not None and spec.language is not None and language is not None and spec.language != language

    def nearest(self, name: str, shape: Shape, node: Node, language: str | None) -> str:
        """Return the field that was probably meant: one that is not there yet, and that no other object has."""
        key = (name, id(shape), language)
        found = self.near.get(key)
        if found is None:
            from asllint.model.names import meant

            found = ""
            if name == "Default" and _TERMINATION in shape.groups:
                found = "Next"  # what a state goes on with that does not choose
            elif len(self.near) < _LOOKUPS and not owners_of(name):
                fields = [field for field in shape.fields if not self.foreign(field, shape, language)]
                found = meant(name, fields) or ""
            self.near[key] = found
        there = node.get(found) is not None or (found == "Next" and node.get("End") is not None)
        return "" if there else found

    def value(self, value: Node, spec: FieldSpec, name: str, node: Node, shape: Shape, language: str | None) -> None:
        jsonata = language != JSONPATH and is_jsonata(value)
        if jsonata and spec.jsonata:
            return
        if not fits(value, spec.kinds):
            # expressions in other fields of a JSONata state are not measured
            sure = spec.sure and not jsonata
            wrong = Mismatch(WRONG_TYPE, value, node, shape, name, spec=spec, language=language, sure=sure)
            wrong.expected = spec.kinds
            self.out.append(wrong)
            return
        kind, sure = "", spec.sure
        content = value.value
        if value.kind == NUMBER and isinstance(content, (int, float)):
            if outside(content, spec.minimum, spec.maximum):
                kind = OUT_OF_RANGE
            elif outside(content, *spec.advised):
                kind, sure = OUT_OF_RANGE, False
        elif spec.values and value.kind == STRING:
            if not any(map(value.may_equal, spec.values)):
                kind = BAD_VALUE
        elif value.kind in (ARRAY, OBJECT):
            if spec.items:
                self.items(value, node, shape, name, spec)
            if spec.not_empty and value.closed and not value.items and not value.members:
                kind = EMPTY
        if kind:
            self.out.append(Mismatch(kind, value, node, shape, name, spec=spec, language=language, sure=sure))

    def items(self, value: Node, node: Node, shape: Shape, name: str, spec: FieldSpec) -> None:
        expected = (spec.items,)
        for item in value.items or [member for _, member in value.members]:
            if not fits(item, expected):
                self.out.append(
                    Mismatch(WRONG_TYPE, item, node, shape, name, spec=spec, expected=expected, sure=spec.sure)
                )


def _stands_for(name: str, unsupported: list[Mismatch]) -> bool:
    """Whether a field that is missing is there under a wrong name; that mismatch then says both."""
    for wrong in unsupported:
        if wrong.near == name:
            wrong.names += (name,)
            wrong.sure = True
            return True
    return False


_MAP_OBJECTS: Final[tuple[tuple[str, Shape, str, Shape | None], ...]] = (
    ("ItemReader", ITEM_READER, "ReaderConfig", READER_CONFIG),
    ("ItemBatcher", ITEM_BATCHER, "", None),
    ("ResultWriter", RESULT_WRITER, "WriterConfig", WRITER_CONFIG),
)

ANY_STATE: Final = Shape(
    "a state",
    "A S",
    _fields(*_COMMON[:2], ("Type", FieldSpec(STRING, values=tuple(STATES)))),
    required=("Type",),
    sure=True,
)
"""A state whose Type is not known."""
