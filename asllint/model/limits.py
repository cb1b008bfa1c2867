"""Quotas: the events of an execution, the size of data, what a Map state may ask for.

Sources: developer guide, "Step Functions service quotas" (25,000 events in the history of a Standard execution, 256 KiB of
data as UTF-8, 10,000 child executions of a Map Run at a time), "Using Map state in Inline mode" (40 iterations at a time),
"Using Map state in Distributed mode", "ItemBatcher". Each bound is a lower one: what is not known counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from asllint.model.features import CALLBACK, LARGE_DATA, may_repeat
from asllint.model.machine import JSONATA, JSONPATH, MapState, Scope, State, StateMachine
from asllint.model.timing import execution_type, item_count, number, runs_alone, shortest
from asllint.source.node import ARRAY, NUMBER, OBJECT, STRING, UNKNOWN, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_EVENTS: Final = 25_000
MAX_BYTES: Final = 262_144
INLINE_CONCURRENCY: Final = 40
RUN_CONCURRENCY: Final = 10_000

# Features that a definition has where there is a fact of a kind.
HISTORY: Final = "limits:history"
DATA: Final = "limits:data"
CONCURRENCY: Final = "limits:concurrency"
TOLERANT: Final = "limits:tolerates-every-failure"
BATCH: Final = "limits:batch"
UNLIMITED: Final = "limits:unlimited-concurrency"
EXPRESS_CHILD: Final = "limits:express-child-waits"

MANY_STATES: Final = 3_000
"""States below which they make no 25,000 events, unless a Map state runs them over and over."""

_TASK_EVENTS: Final = 5  # TaskStateEntered, TaskScheduled, TaskStarted, TaskSucceeded, TaskStateExited
_HOLDER_EVENTS: Final = 4  # MapStateEntered, MapStateStarted, MapStateSucceeded, MapStateExited; a Parallel state alike
_ITERATION_EVENTS: Final = 2  # MapIterationStarted, MapIterationSucceeded
_EXECUTION_EVENTS: Final = 2  # ExecutionStarted, ExecutionSucceeded
_PLAIN_EVENTS: Final = 2  # PassStateEntered, PassStateExited; a state that fails has no fewer, but for a Fail state
_FAIL_EVENTS: Final = 1

_DATA_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    # What is given to a task, or becomes the data of a state or a variable.
    JSONPATH: ("Parameters", "ItemSelector", "ResultSelector", "Assign"),
    JSONATA: ("Arguments", "ItemSelector", "Output", "Assign"),
}


class History:
    """An execution of which every way makes more events than its history may have: `events` at least.

    state  a Map state that makes more than all others together, or None
    items  how many items it works on
    """

    __slots__ = ("events", "items", "scope", "state")

    def __init__(self, scope: Scope, events: float, state: MapState | None, items: int) -> None:
        self.scope = scope
        self.events = events
        self.state = state
        self.items = items


class Data:
    """A value of a field that has at least so many bytes as compact JSON in UTF-8."""

    __slots__ = ("field", "size", "state", "value")

    def __init__(self, state: State, field: str, value: Node, size: int) -> None:
        self.state = state
        self.field = field
        self.value = value
        self.size = size


class Limits:
    """Where a machine comes to a quota: facts, each list in the order of the text."""

    __slots__ = (
        "aliases", "batches", "concurrency", "data", "express_children", "histories", "machine", "tolerant", "unlimited",
    )  # fmt: skip

    def __init__(self, machine: StateMachine) -> None:
        self.machine = machine
        self.histories: list[History] = []
        self.data: list[Data] = []
        self.concurrency: list[MapState] = []
        self.tolerant: list[MapState] = []
        self.batches: list[MapState] = []
        self.unlimited: list[MapState] = []
        self.express_children: list[State] = []
        self.aliases = may_repeat(machine.document)
        large = self.aliases or len(machine.document.text.content) >= LARGE_DATA
        count = 0
        repeated = False
        for state in machine.all_states():
            count += 1
            if isinstance(state, MapState):
                self._map(state)
                repeated = repeated or (item_count(state) or 0) > 1
            elif state.type == "Task":
                self._task(state)
            if large:
                self._data(state)
        if repeated or count >= MANY_STATES:
            self._histories()

    @property
    def words(self) -> Iterator[str]:
        """The features that the facts are."""
        for word, facts in (
            (HISTORY, self.histories),
            (DATA, self.data),
            (CONCURRENCY, self.concurrency),
            (TOLERANT, self.tolerant),
            (BATCH, self.batches),
            (UNLIMITED, self.unlimited),
            (EXPRESS_CHILD, self.express_children),
        ):
            if facts:
                yield word

    def _map(self, state: MapState) -> None:
        distributed, language = state.distributed, state.query_language
        width = number(state.max_concurrency, language)
        most = RUN_CONCURRENCY if distributed else INLINE_CONCURRENCY
        if distributed is not None and width is not None and width > most:
            self.concurrency.append(state)
        if not distributed:
            return
        node = state.node
        if number(state.tolerated_failure_percentage, language) == 100 and not (
            node.get("ToleratedFailureCount") or node.get("ToleratedFailureCountPath") or node.open
        ):
            self.tolerant.append(state)
        batcher = state.item_batcher
        if batcher is not None and (batch_of_one(state) or batch_input(state) is not None):
            self.batches.append(state)
        given = node.get("MaxConcurrency") or node.get("MaxConcurrencyPath")
        free = width == 0 or (given is None and not node.open)
        if free and any(inner.type == "Task" for scope in state.scopes for inner in scope.states):
            self.unlimited.append(state)

    def _task(self, state: State) -> None:
        """Find a task that waits, in an Express child of a Distributed Map."""
        if self.machine.workflow_type == "express":
            return  # the whole machine is, and other rules say so
        scope = state.scope
        while not runs_alone(scope):
            assert scope.owner is not None
            scope = scope.owner.scope
        if scope.owner is None or execution_type(scope) != "express":
            return
        resource = state.node.get("Resource")
        text = (resource.text if resource is not None else None) or ""
        if ":activity:" in text or text.endswith((".sync", ".sync:2", CALLBACK)):
            self.express_children.append(state)

    def _data(self, state: State) -> None:
        language = state.query_language
        if language is None:
            return
        path, output = state.field("ResultPath"), state.field("OutputPath")
        kept = (path is None or path.literal is not None) and (output is None or output.value == "$")
        for field in _DATA_FIELDS[language]:
            # what is cut away again may be as large as it likes
            if kept or (field != "ResultSelector" and (field != "Parameters" or state.type != "Pass")):
                self._size(state, field, language)
        if state.type == "Pass" and language == JSONPATH and kept:
            self._size(state, "Result", "")

    def _size(self, state: State, field: str, language: str) -> None:
        value = state.node.get(field)
        if value is not None and (self.aliases or value.end - value.start >= LARGE_DATA):
            size = least_bytes(value, language)
            if size > MAX_BYTES:
                self.data.append(Data(state, field, value, size))

    def _histories(self) -> None:
        """Find the executions of which every way makes too many events."""
        least: dict[Scope, float] = {}

        def cost(state: State) -> float:
            if isinstance(state, MapState):
                return _HOLDER_EVENTS + _iterations(state, least)
            if state.scopes:
                return _HOLDER_EVENTS + sum(least.get(scope, 0.0) for scope in state.scopes)
            if state.type == "Task":
                return _TASK_EVENTS
            return _FAIL_EVENTS if state.type == "Fail" else _PLAIN_EVENTS

        # all states of a scope once each, more than any way through it: mostly that is little enough
        scopes = (self.machine, *self.machine.scopes)
        for scope in reversed(scopes):
            least[scope] = sum(map(cost, scope.states))
        if all(least[scope] + _EXECUTION_EVENTS <= MAX_EVENTS for scope in scopes if runs_alone(scope)):
            return
        for scope in reversed(scopes):
            found = shortest(scope, cost, _PLAIN_EVENTS)
            if found is None:
                least[scope] = 0
                continue
            least[scope] = found[0]
            events = found[0] + _EXECUTION_EVENTS
            if events > MAX_EVENTS and runs_alone(scope) and execution_type(scope) != "express":
                maps = [state for state in found[1] if isinstance(state, MapState)]
                most = max(maps, key=cost, default=None)
                if most is not None and cost(most) * 2 < events:
                    most = None
                self.histories.append(History(scope, events, most, (item_count(most) if most else 0) or 0))
        self.histories.reverse()


def _iterations(state: MapState, least: dict[Scope, float]) -> float:
    """Return the events of the iterations of a Map state that are certain in the history of its own execution."""
    count = item_count(state)
    if not count or state.distributed is not False:
        return 0
    return count * (_ITERATION_EVENTS + sum(least.get(scope, 0.0) for scope in state.scopes))


def batch_of_one(state: MapState) -> Node | None:
    """Return the MaxItemsPerBatch of 1 of a batch that has nothing beside its one item."""
    batcher = state.item_batcher
    if batcher is None or batcher.open or batcher.get("BatchInput") is not None:
        return None
    value = batcher.get("MaxItemsPerBatch")
    return value if number(value, state.query_language) == 1 else None


def batch_input(state: MapState) -> tuple[Node, int, int] | None:
    """Return a BatchInput that leaves no room for an item, how large it is at least, and how large the batch may be."""
    batcher, language = state.item_batcher, state.query_language
    value = batcher.get("BatchInput") if batcher is not None else None
    if batcher is None or value is None or language is None:
        return None
    given = number(batcher.get("MaxInputBytesPerBatch"), language)
    limit = int(given) if given is not None and 0 < given < MAX_BYTES else MAX_BYTES
    size = least_bytes(value, language)
    return (value, size, limit) if size >= limit else None


def least_bytes(value: Node, language: str) -> int:
    """Return how many bytes a template has at least once it is filled in, as compact JSON in UTF-8.

    language  "JSONPath" (a key that ends in ``.$`` is evaluated), "JSONata" (``{% … %}`` is), "" for plain data
    """
    total = 0
    stack = [value]
    while stack:
        node = stack.pop()
        if node.kind == OBJECT:
            names = {}
            for key, child in node.members:
                names[key.value] = (key, child)  # of duplicates the last counts
            total += 2 + 2 * len(names) - bool(names)  # brackets, colons, commas
            for key, child in names.values():
                text = str(key.value)
                if language == JSONPATH and text.endswith(".$"):
                    total += _string_bytes(key) - 2 + 1
                else:
                    total += _string_bytes(key)
                    stack.append(child)
        elif node.kind == ARRAY:
            total += 2 + len(node.items) - bool(node.items)
            stack.extend(node.items)
        elif node.kind == STRING:
            dynamic = node.whole_placeholder or (language == JSONATA and str(node.value).lstrip().startswith("{%"))
            total += 1 if dynamic else _string_bytes(node)
        elif node.kind == NUMBER or node.kind == UNKNOWN:
            total += 1
        else:
            total += 4
    return total


def _string_bytes(node: Node) -> int:
    text = str(node.value)
    known = len(text.encode("utf-8", "replace")) + text.count('"') + text.count("\\") + 2
    return known - sum(len(text[start:end].encode("utf-8", "replace")) for start, end in node.holes)


@lru_cache(maxsize=1)
def analyse(machine: StateMachine) -> Limits:
    """Return where a machine comes to a quota; made once for all rules."""
    return Limits(machine)
