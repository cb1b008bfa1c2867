"""The abstract syntax tree of a state machine: scopes, states, transitions, retriers, catchers and choice rules.

Built tolerantly: what has a wrong kind is absent here (`asllint.model.shape` says what is wrong with it), and nothing
raises. Nothing is changed after `build` has returned. Names are those of the Amazon States Language specification.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asllint.source.node import ARRAY, BOOLEAN, NUMBER, OBJECT, STRING, UNKNOWN, Document, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Literal, overload

    from asllint.aws.policy import Policies
    from asllint.model.expressions import Expression
    from asllint.model.features import Features
    from asllint.model.graph import Graph
    from asllint.model.inputs import Input
    from asllint.model.shape import Mismatch

JSONPATH: Final = "JSONPath"
JSONATA: Final = "JSONata"

STATE_TYPES: Final = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")

if TYPE_CHECKING:
    WorkflowType = Literal["standard", "express"]
else:
    WorkflowType = str

START_AT: Final = "StartAt"
NEXT: Final = "Next"
DEFAULT: Final = "Default"
CHOICE: Final = "Choice"
CATCH: Final = "Catch"


class Field:
    """A field of an object, by name: its value where the kind fits or cannot be known, else None."""

    __slots__ = ("kinds", "name")

    def __init__(self, name: str, *kinds: str) -> None:
        self.name = name
        self.kinds = kinds

    if TYPE_CHECKING:

        @overload
        def __get__(self, owner: None, of: type) -> Field: ...
        @overload
        def __get__(self, owner: Element, of: type) -> Node | None: ...

    def __get__(self, owner: Element | None, of: type) -> Field | Node | None:
        if owner is None:
            return self
        node = owner.node.get(self.name)
        if node is None or not self.kinds or node.kind in self.kinds or node.kind == UNKNOWN or node.holes:
            return node
        return None


class Element:
    """Anything that an object of the definition stands for."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    comment = Field("Comment", STRING)

    def field(self, name: str) -> Node | None:
        """Return the value of a field, of whatever kind."""
        return self.node.get(name)

    def key(self, name: str) -> Node | None:
        """Return the key of a field."""
        return self.node.key(name)


class Transition:
    """An edge of a scope: from a state (or from the scope itself, for StartAt) to the name of another.

    kind     "StartAt", "Next", "Default", "Choice" (the Next of a Choice rule) or "Catch"
    node     the STRING that names the target
    source   the state that it leaves; None for StartAt
    targets  the states of the scope that it can lead to: one, none, or several where a placeholder stands in a name
    via      the Choice rule or Catcher that it belongs to; None for every other kind
    """

    __slots__ = ("kind", "node", "source", "targets", "via")

    def __init__(self, kind: str, node: Node, source: State | None, via: ChoiceRule | Catcher | None = None) -> None:
        self.kind = kind
        self.node = node
        self.source = source
        self.via = via
        self.targets: tuple[State, ...] = ()

    @property
    def name(self) -> str:
        """The name of the target as it is written."""
        return self.node.text or ""

    @property
    def title(self) -> str:
        """How a message begins: "`StartAt`", "The `Next` of `Load`", "The `Next` of Catcher 2 of `Load`"."""
        if self.source is None:
            return "`StartAt`"
        if self.kind == CATCH and isinstance(self.via, Catcher):
            return f"The `Next` of Catcher {self.via.index + 1} of `{self.source.name}`"
        if self.kind == CHOICE:
            return f"The `Next` of a Choice rule of `{self.source.name}`"
        return f"The `{self.kind}` of `{self.source.name}`"


class Retrier(Element):
    """An item of a Retry."""

    __slots__ = ("index", "state")

    def __init__(self, node: Node, state: State, index: int) -> None:
        super().__init__(node)
        self.state = state
        self.index = index

    interval_seconds = Field("IntervalSeconds", NUMBER)
    max_attempts = Field("MaxAttempts", NUMBER)
    backoff_rate = Field("BackoffRate", NUMBER)
    max_delay_seconds = Field("MaxDelaySeconds", NUMBER)
    jitter_strategy = Field("JitterStrategy", STRING)

    @property
    def error_equals(self) -> Sequence[Node]:
        """The error names: the STRING items of ErrorEquals."""
        return _strings(self.node.get("ErrorEquals"))


class Catcher(Element):
    """An item of a Catch."""

    __slots__ = ("index", "state", "transition")

    def __init__(self, node: Node, state: State, index: int) -> None:
        super().__init__(node)
        self.state = state
        self.index = index
        self.transition: Transition | None = None

    next = Field("Next", STRING)
    result_path = Field("ResultPath")
    assign = Field("Assign", OBJECT)
    output = Field("Output")

    @property
    def error_equals(self) -> Sequence[Node]:
        """The error names: the STRING items of ErrorEquals."""
        return _strings(self.node.get("ErrorEquals"))


class ChoiceRule(Element):
    """A rule of a Choice state, or one inside And, Or and Not.

    parent    the rule that it stands in; None at the top
    operands  the rules inside its And, Or or Not
    """

    __slots__ = ("operands", "parent", "state", "transition")

    def __init__(self, node: Node, state: ChoiceState, parent: ChoiceRule | None) -> None:
        super().__init__(node)
        self.state = state
        self.parent = parent
        self.operands: Sequence[ChoiceRule] = ()
        self.transition: Transition | None = None

    next = Field("Next", STRING)
    variable = Field("Variable", STRING)
    condition = Field("Condition", STRING, BOOLEAN)
    assign = Field("Assign", OBJECT)
    output = Field("Output")

    def walk(self) -> Iterator[ChoiceRule]:
        """Yield this rule and those inside it."""
        stack = [self]
        while stack:
            rule = stack.pop()
            yield rule
            stack.extend(reversed(rule.operands))


class State(Element):
    """A state of any type; the fields that most types have.

    name            as written (placeholders and all)
    type            the Type as written; "" where there is none
    key_node        the key in States; None for a state that stands alone
    scope           the one that it is a state of
    query_language  as AWS resolves it: the state's own, else the machine's (a Map's or Parallel's own does not pass to the
                    states inside it); None where it cannot be known
    transitions     those that leave it, in the order of the text
    retriers, catchers  the objects of Retry and Catch
    scopes          the scopes inside it: branches of a Parallel, the item processor of a Map
    """

    __slots__ = ("catchers", "key_node", "name", "query_language", "retriers", "scope", "scopes", "transitions", "type")

    TYPE = ""

    def __init__(self, node: Node, key: Node | None, name: str, scope: Scope, query_language: str | None) -> None:
        super().__init__(node)
        self.key_node = key
        self.name = name
        kind = node.get("Type")
        self.type = (kind.text or "") if kind is not None else ""
        self.scope = scope
        self.query_language = query_language
        self.transitions: Sequence[Transition] = ()
        self.retriers: Sequence[Retrier] = ()
        self.catchers: Sequence[Catcher] = ()
        self.scopes: Sequence[Scope] = ()

    next = Field("Next", STRING)
    end = Field("End", BOOLEAN)
    input_path = Field("InputPath")
    output_path = Field("OutputPath")
    result_path = Field("ResultPath")
    parameters = Field("Parameters")
    arguments = Field("Arguments")
    result_selector = Field("ResultSelector")
    assign = Field("Assign", OBJECT)
    output = Field("Output")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    @property
    def machine(self) -> StateMachine:
        """The definition that it is part of."""
        return self.scope.machine

    @property
    def head(self) -> Node:
        """What stands for the whole state where a finding is shown: its name, or the state itself."""
        return self.key_node or self.node

    @property
    def terminal(self) -> bool:
        """Whether an execution of its scope can end here: Succeed, Fail, or End: true."""
        end = self.node.get("End")
        return self.type in ("Succeed", "Fail") or (
            end is not None and (end.value is True or end.kind == UNKNOWN or bool(end.holes))
        )


class TaskState(State):
    """A Task state."""

    __slots__ = ()
    TYPE = "Task"

    resource = Field("Resource", STRING)
    credentials = Field("Credentials", OBJECT)
    timeout_seconds = Field("TimeoutSeconds", NUMBER, STRING)
    timeout_seconds_path = Field("TimeoutSecondsPath", STRING)
    heartbeat_seconds = Field("HeartbeatSeconds", NUMBER, STRING)
    heartbeat_seconds_path = Field("HeartbeatSecondsPath", STRING)


class PassState(State):
    """A Pass state."""

    __slots__ = ()
    TYPE = "Pass"

    result = Field("Result")


class WaitState(State):
    """A Wait state."""

    __slots__ = ()
    TYPE = "Wait"

    seconds = Field("Seconds", NUMBER, STRING)
    seconds_path = Field("SecondsPath", STRING)
    timestamp = Field("Timestamp", STRING)
    timestamp_path = Field("TimestampPath", STRING)


class ChoiceState(State):
    """A Choice state; `choices` are the rules at the top, each with its operands."""

    __slots__ = ("choices",)
    TYPE = "Choice"

    def __init__(self, node: Node, key: Node | None, name: str, scope: Scope, query_language: str | None) -> None:
        super().__init__(node, key, name, scope, query_language)
        self.choices: Sequence[ChoiceRule] = ()

    default = Field("Default", STRING)


class SucceedState(State):
    """A Succeed state."""

    __slots__ = ()
    TYPE = "Succeed"


class FailState(State):
    """A Fail state."""

    __slots__ = ()
    TYPE = "Fail"

    error = Field("Error", STRING)
    error_path = Field("ErrorPath", STRING)
    cause = Field("Cause", STRING)
    cause_path = Field("CausePath", STRING)


class ParallelState(State):
    """A Parallel state; its branches are its `scopes`."""

    __slots__ = ()
    TYPE = "Parallel"


class MapState(State):
    """A Map state; its item processor (ItemProcessor, or the older Iterator) is its one scope."""

    __slots__ = ()
    TYPE = "Map"

    items_path = Field("ItemsPath", STRING)
    items = Field("Items")
    item_selector = Field("ItemSelector")
    item_reader = Field("ItemReader", OBJECT)
    item_batcher = Field("ItemBatcher", OBJECT)
    result_writer = Field("ResultWriter", OBJECT)
    max_concurrency = Field("MaxConcurrency", NUMBER, STRING)
    max_concurrency_path = Field("MaxConcurrencyPath", STRING)
    tolerated_failure_percentage = Field("ToleratedFailurePercentage", NUMBER, STRING)
    tolerated_failure_percentage_path = Field("ToleratedFailurePercentagePath", STRING)
    tolerated_failure_count = Field("ToleratedFailureCount", NUMBER, STRING)
    tolerated_failure_count_path = Field("ToleratedFailureCountPath", STRING)
    label = Field("Label", STRING)

    @property
    def processor_config(self) -> Node | None:
        """The ProcessorConfig of the item processor."""
        processor = self.node.get("ItemProcessor") or self.node.get("Iterator")
        config = processor.get("ProcessorConfig") if processor is not None and processor.kind == OBJECT else None
        return config if config is not None and config.kind == OBJECT else None

    @property
    def distributed(self) -> bool | None:
        """Whether Mode is DISTRIBUTED; None where that cannot be known."""
        config = self.processor_config
        mode = config.get("Mode") if config is not None else None
        if mode is None:
            processor = self.node.get("ItemProcessor") or self.node.get("Iterator")
            unknown = self.node.open if processor is None else processor.kind == UNKNOWN or processor.open
            if config is None and processor is not None and processor.kind == OBJECT:
                unknown = unknown or processor.get("ProcessorConfig") is not None  # a placeholder, or no object
            return None if unknown or (config is not None and config.open) else False
        return mode.value == "DISTRIBUTED" if mode.known else None


class Scope(Element):
    """A set of states that transitions stay in: the machine, a branch, an item processor.

    kind         "machine", "branch", "item processor" or "iterator"
    owner        the Parallel or Map that it belongs to; None for the machine
    key_node     the key that it is the value of ("ItemProcessor"); None for a branch and the machine
    index        of a branch: which one it is, from 0
    machine      the definition that it is part of
    graph        what its transitions make of it
    states       in the order of the text, duplicates and all
    start        the StartAt transition, or None
    complete     whether all states that can be in it are here: in a fragment, behind a syntax error or beside a key that is
                 a placeholder others may be, and what leads to them is not judged
    """

    __slots__ = ("complete", "graph", "index", "key_node", "kind", "machine", "owner", "start", "states")

    def __init__(self, node: Node, kind: str, owner: State | None, key: Node | None, index: int = 0) -> None:
        super().__init__(node)
        self.kind = kind
        self.owner = owner
        self.key_node = key
        self.index = index
        self.states: Sequence[State] = ()
        self.start: Transition | None = None
        self.complete = True
        self.machine: StateMachine
        self.graph: Graph

    start_at = Field("StartAt", STRING)

    @property
    def states_node(self) -> Node | None:
        """The value of States where it is an object."""
        node = self.node.get("States")
        return node if node is not None and node.kind == OBJECT else None

    @property
    def transitions(self) -> Iterator[Transition]:
        """StartAt and every transition of its own states, not of the scopes inside them."""
        if self.start is not None:
            yield self.start
        for state in self.states:
            yield from state.transitions

    @property
    def title(self) -> str:
        """How a message calls it: "the state machine", "branch 2 of `Fan out`", "the item processor of `Each`"."""
        if self.owner is None:
            return "the state machine"
        if self.kind == "branch":
            return f"branch {self.index + 1} of `{self.owner.name}`"
        return f"the {self.kind} of `{self.owner.name}`"


class StateMachine(Scope):
    """A definition, or a fragment of one.

    fragment        None for a whole definition; "states" (a bare States map), "state" (a state alone) or "cut" (a text that
                    ends in the middle): what it leads to may stand elsewhere
    query_language  of the machine; None where it cannot be known
    workflow_type   "standard" or "express" where the user says so, else None
    input           what the user says of the input of an execution, else None
    policies        those of the role that it is executed with, where the user says them, else None
    scopes          those inside states, an outer one before its inner ones
    mismatches      what does not fit the table of fields
    expressions     the strings that are expressions, or could be meant as such (`asllint.model.expressions`)
    features        what the definition has and which rules it can concern (`asllint.model.features`)
    """

    __slots__ = (
        "document", "expressions", "features", "fragment", "input", "mismatches", "policies", "query_language",
        "scopes", "workflow_type",
    )  # fmt: skip

    def __init__(
        self, node: Node, document: Document, fragment: str | None, workflow_type: WorkflowType | None
    ) -> None:
        super().__init__(node, "machine", None, None)
        self.document = document
        self.fragment = fragment
        self.workflow_type = workflow_type
        self.input: Input | None = None
        self.policies: Policies | None = None
        self.query_language: str | None = None
        self.scopes: Sequence[Scope] = ()
        self.mismatches: Sequence[Mismatch] = ()
        self.expressions: Sequence[Expression] = ()
        self.features: Features
        self.machine = self

    timeout_seconds = Field("TimeoutSeconds", NUMBER)
    version = Field("Version", STRING)

    @property
    def states_node(self) -> Node | None:
        """The object that holds the states at the top."""
        if self.fragment == "states":
            return self.node
        return None if self.fragment == "state" else super().states_node

    def all_states(self) -> Iterator[State]:
        """Yield every state of every scope, a state before those inside it, in the order of the text."""
        stack: list[Iterator[State]] = [iter(self.states)]
        while stack:
            for state in stack[-1]:
                yield state
                if state.scopes:
                    stack.append(s for scope in state.scopes for s in scope.states)
                    break
            else:
                stack.pop()


def is_root(path: Node | None) -> bool:
    """Whether an `InputPath`, `OutputPath` or `ResultPath` does nothing: it is not there, or it is the `$` that counts then."""
    return path is None or path.literal == "$"


def _strings(node: Node | None) -> Sequence[Node]:
    if node is None or node.kind != ARRAY:
        return ()
    return [item for item in node.items if item.kind == STRING]
