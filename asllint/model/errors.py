"""Which errors a state can raise, and what becomes of the names in Retry and Catch.

The first Retrier whose `ErrorEquals` names an error counts, in the order of the text; it has one counter of attempts, and when
they are used up no other Retrier is tried, but the Catchers are, again the first that names the error (specification, "Errors";
developer guide, "Handling errors"). States.ALL matches all but States.DataLimitExceeded and States.Runtime, States.TaskFailed all
but States.Timeout; neither is ever said to match nothing here. Where the name of an error may come from elsewhere (a worker, a
function, a child, a placeholder), every name may come.

Time is linear in the number of states; scopes are looked into only where a Parallel or Map state names an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from asllint.aws.errors import ANY, ANYTHING, LAMBDA, STATES, matches, meant, raised
from asllint.model.machine import JSONATA, JSONPATH, Catcher, MapState, Retrier, Scope, State, StateMachine
from asllint.source.node import ARRAY, STRING, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    Forms = frozenset[str]
    Handler = Retrier | Catcher
else:
    Handler = (Retrier, Catcher)

ALL: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
HEARTBEAT: Final = "States.HeartbeatTimeout"
RUNTIME: Final = "States.Runtime"
DATA_LIMIT: Final = "States.DataLimitExceeded"

KNOWN: Final = frozenset(
    # specification, appendix A; developer guide, "Handling errors", "Error names"
    f"States.{name}"
    for name in (
        "ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold", "HeartbeatTimeout", "Http.Socket",
        "IntrinsicFailure", "ItemReaderFailed", "NoChoiceMatched", "ParameterPathFailure", "Permissions",
        "QueryEvaluationError", "ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout",
    )
)  # fmt: skip

_LOWER: Final = {name.lower(): name for name in KNOWN}
TAILS: Final = {name.lower().partition(".")[2]: name for name in sorted(KNOWN)}
_HTTP_STATUS = "States.Http.StatusCode."
SANDBOX: Final = "Sandbox.Timedout"
SOCKET: Final = "States.Http.Socket"
"""What an HTTP Task raises that lasts 60 seconds, which is all that it gets (developer guide, "Error names")."""
_WILDCARDS = (ALL, TASK_FAILED)
QUERY: Final = "States.QueryEvaluationError"
_NOT_BY_TASK_FAILED: Final = frozenset(
    # The developer guide leaves out the timeout alone; measured on AWS, what fails in an expression passes this wildcard, too.
    (ALL, TASK_FAILED, TIMEOUT, HEARTBEAT, RUNTIME, DATA_LIMIT, QUERY)
)

NEVER: Final = "never-matches"
"""The state cannot raise an error of this name."""
SHADOWED: Final = "shadowed"
"""An earlier item takes every error of this name."""
REPEATED: Final = "repeated"
"""The name stands twice in one ErrorEquals."""
UNKNOWN_NAME: Final = "unknown-name"
"""Nothing raises an error of this name, or only something that breaks the rules."""
TIMEOUT_MISSED: Final = "timeout-missed"
"""States.TaskFailed is meant to catch all errors of a state that has a timeout, and nothing catches the timeout."""

NO_TIMEOUT: Final = "no-timeout"
NO_HEARTBEAT: Final = "no-heartbeat"
UNCATCHABLE: Final = "uncatchable"
FOREIGN: Final = "foreign"
OTHER_STATE: Final = "other-state"
THRESHOLD: Final = "threshold"
NOTHING_INSIDE: Final = "nothing-inside"
OF_THE_JOB: Final = "of-the-job"
"""Why a name never matches: there is no timeout, or heartbeat; States.Runtime is never handed to Retry and Catch; the service
raises names with another prefix; Step Functions raises it in states of another kind or language; a distributed Map raises
nothing of what its child executions do; no state inside a Parallel or Map raises it; it is made up for the failure of a job,
which raises States.TaskFailed."""


class Fact:
    """Something about names of one ErrorEquals.

    kind     NEVER, SHADOWED, REPEATED, UNKNOWN_NAME or TIMEOUT_MISSED
    handler  the Retrier or Catcher
    nodes    the STRINGs that it is about: one, or all of the ErrorEquals where the same holds of all
    reason   of NEVER: one of the constants above; else ""
    other    the second party: the name that shadows, the timeout that is missed; None where there is none
    dead     whether nothing that the ErrorEquals names can ever match
    forms    what the state can raise (`asllint.aws.errors`)
    """

    __slots__ = ("dead", "forms", "handler", "kind", "nodes", "other", "reason")

    def __init__(self, kind: str, handler: Handler, node: Node, reason: str, other: Node | None, forms: Forms) -> None:
        self.kind = kind
        self.handler = handler
        self.nodes: Sequence[Node] = (node,)
        self.reason = reason
        self.other = other
        self.forms = forms
        self.dead = False

    @property
    def name(self) -> str:
        """The first of the names."""
        return str(self.nodes[0].value)

    @property
    def at(self) -> Node:
        """What shows it: its one name, or the whole ErrorEquals."""
        whole = self.handler.field("ErrorEquals") if len(self.nodes) > 1 else None
        return whole or self.nodes[0]

    @property
    def word(self) -> str:
        """The feature that the fact makes."""
        if self.kind == UNKNOWN_NAME:
            return "error:unknown-name"
        field = "retry" if isinstance(self.handler, Retrier) else "catch"
        return f"{field}:{SHADOWED if self.kind == REPEATED else self.kind}"


@lru_cache(maxsize=1)
def facts(machine: StateMachine) -> Sequence[Fact]:
    """Return what is to be said of the Retry and Catch fields of a machine, in the order of its states."""
    return _Reader(machine).read()


class _Reader:
    def __init__(self, machine: StateMachine) -> None:
        self.machine = machine
        self.facts: list[Fact] = []
        self.tasks: dict[tuple[object, ...], Forms] = {}
        self.scopes: dict[Scope, Forms] | None = None

    def read(self) -> list[Fact]:
        for scope in (self.machine, *self.machine.scopes):
            for state in scope.states:
                if state.retriers:
                    self.handlers(state, state.retriers)
                if state.catchers:
                    self.handlers(state, state.catchers)
                    self.missed(state)
        return self.facts

    def handlers(self, state: State, handlers: Sequence[Handler]) -> None:
        """Judge the names of one Retry or Catch."""
        if state.type not in ("Task", "Parallel", "Map") or state.node.open:
            return
        seen: dict[str, Node] = {}
        forms: Forms | None = None
        for handler in handlers:
            nodes = handler.error_equals
            before = len(self.facts)
            here: dict[str, Node] = {}
            for node in nodes:
                name = str(node.value)
                if name == ALL or node.holes:
                    continue
                if forms is None:
                    forms = self.state(state)
                found = self.name(handler, node, name, forms, seen, here)
                if found is not None:
                    self.facts.append(found)
                here.setdefault(name, node)
            for name, node in here.items():
                seen.setdefault(name, node)
            if len(self.facts) > before:
                self.settle(handler, nodes, before)

    def settle(self, handler: Handler, nodes: Sequence[Node], before: int) -> None:
        """See whether nothing is left that the handler can match; make one fact of those that say the same of all."""
        found = self.facts[before:]
        value = handler.field("ErrorEquals")
        if value is None or not value.closed or not len(value.items) == len(nodes) == len(found):
            return
        for fact in found:
            fact.dead = True
        first = found[0]
        if first.kind in (NEVER, SHADOWED) and all(
            (f.kind, f.reason, f.other) == (first.kind, first.reason, first.other) for f in found
        ):
            first.nodes = tuple(nodes)
            del self.facts[before + 1 :]

    def name(
        self, handler: Handler, node: Node, name: str, forms: Forms, seen: dict[str, Node], here: dict[str, Node]
    ) -> Fact | None:
        if name in here:
            return Fact(REPEATED, handler, node, "", here[name], forms)
        if _doubtful(name) and name not in forms and (matches(forms, name) or not name.startswith("Lambda.")):
            return Fact(UNKNOWN_NAME, handler, node, "", None, forms)
        if handler.state.type == "Task" and "." in name and not name.startswith((STATES, "Lambda.")):
            resource = handler.state.field("Resource")
            called = resource.literal if resource is not None else None
            if called is not None and meant(called, name) is not None and not _answered(handler.state, called):
                return Fact(UNKNOWN_NAME, handler, node, "", None, forms)
        reason = "" if name in _WILDCARDS else self.never(handler.state, name, forms)
        if reason:
            return Fact(NEVER, handler, node, reason, None, forms)
        by = seen.get(name)
        if by is None and name not in _NOT_BY_TASK_FAILED:
            by = seen.get(TASK_FAILED)
        return None if by is None else Fact(SHADOWED, handler, node, "", by, forms)

    def never(self, state: State, name: str, forms: Forms) -> str:
        """Say why a state never raises an error of this name; "" where it can."""
        if name == RUNTIME:
            return UNCATCHABLE
        if name.partition(".")[0] == "States" and name not in KNOWN and not name.startswith(_HTTP_STATUS):
            return ""
        if matches(forms, name):
            return OF_THE_JOB if name.endswith(_FAILURES) and _waits_for_job(state, name) else ""
        if isinstance(state, MapState) and state.distributed:
            return THRESHOLD
        if name == TIMEOUT:
            return NO_TIMEOUT
        if name == HEARTBEAT:
            return NO_HEARTBEAT
        if name.startswith(STATES):
            return OTHER_STATE
        return FOREIGN if state.type == "Task" else NOTHING_INSIDE

    def missed(self, state: State) -> None:
        """See whether a Catch leaves a timeout to nobody that States.TaskFailed was meant for."""
        found: Node | None = None
        for catcher in state.catchers:
            names = catcher.node.get("ErrorEquals")
            if names is None or names.kind != ARRAY:
                return
            for node in names.items:
                if node.kind != STRING or node.holes or node.value in (ALL, TIMEOUT):
                    return
                if node.value == TASK_FAILED and found is None:
                    found = node
                    by = catcher
        if found is None or state.type != "Task":
            return
        catch = state.field("Catch")
        key = state.key("TimeoutSeconds") or state.key("TimeoutSecondsPath")
        whole = catch is not None and catch.closed and len(catch.items) == len(state.catchers)
        if whole and key is not None and not _caught_around(state):
            self.facts.append(Fact(TIMEOUT_MISSED, by, found, "", key, ANYTHING))

    # What is raised

    def state(self, state: State) -> Forms:
        """Return what the names of the errors look like that a state raises."""
        if state.node.open:
            return ANYTHING
        kind = state.type
        if kind == "Task":
            return self.task(state)
        out: set[str] = {DATA_LIMIT}
        out.update(_by_language(state))
        if isinstance(state, MapState) and state.distributed:
            out.update(_DISTRIBUTED)
        elif kind in ("Parallel", "Map"):
            out.update(self.inside(state))
            out.add("States.BranchFailed")
            if kind == "Map" and _keyed(state, _MAP_FIELDS):
                out.update(_DISTRIBUTED)
        elif kind == "Choice":
            if state.field("Default") is None:
                out.add("States.NoChoiceMatched")
        elif kind == "Fail":
            return _of_fail(state)
        elif kind not in ("Pass", "Wait", "Succeed"):
            return ANYTHING
        return frozenset(out)

    def task(self, state: State) -> Forms:
        resource = state.field("Resource")
        if resource is None or resource.kind != STRING or resource.holes:
            return ANYTHING
        beats = _keyed(state, ("HeartbeatSeconds", "HeartbeatSecondsPath"))
        timed = beats or _keyed(state, ("TimeoutSeconds", "TimeoutSecondsPath"))
        answered = _answered(state, str(resource.value))
        key = (resource.value, state.query_language, beats, timed, answered)
        forms = self.tasks.get(key)
        if forms is None:
            own = [DATA_LIMIT, TASK_FAILED, "States.Permissions", *_by_language(state)]
            named = ANYTHING if answered else raised(str(resource.value))
            forms = named.union(own, [HEARTBEAT] * beats, [TIMEOUT] * timed)
            self.tasks[key] = forms
        return forms

    def inside(self, state: State) -> Forms:
        """Return what comes out of the scopes of a Parallel or Map state."""
        items = state.field("Branches") if state.type == "Parallel" else None
        if not state.scopes or (items is not None and (not items.closed or len(items.items) != len(state.scopes))):
            return ANYTHING
        if isinstance(state, MapState) and state.distributed is None:
            return ANYTHING
        if self.scopes is None:
            self.scopes = {}
            for scope in reversed(self.machine.scopes):
                self.scopes[scope] = self.scope(scope)
        found = [self.scopes.get(scope, ANYTHING) for scope in state.scopes]
        return found[0] if len(found) == 1 else frozenset().union(*found)

    def scope(self, scope: Scope) -> Forms:
        """Return what comes out of a scope: what its states raise and do not catch themselves."""
        if not scope.graph.complete:
            return ANYTHING
        out: set[str] = set()
        for state in scope.graph.reachable:
            forms = self.state(state)
            out.update(_escaping(state, forms) if state.catchers else forms)
        return frozenset(out)


_FAILURES: Final = ("Failed", "Failure", "TimedOut", "Timeout")
"""How names end that are made up for a job that fails. Those of the exceptions of a service end in "Exception"."""


def _waits_for_job(state: State, name: str) -> bool:
    """Whether a Task waits by itself for the end of a job, whose failure is called States.TaskFailed then, and a name has the
    prefix of the service (developer guide, "Handling errors", "Error names", and the pages on services with `.sync`)."""
    resource = state.field("Resource") if state.type == "Task" else None
    called = resource.literal if resource is not None else None
    if called is None or not called.endswith((".sync", ".sync:2")) or _answered(state, called):
        return False
    prefix, dot, _ = name.partition(".")
    return prefix + dot in raised(called)


_MAP_FIELDS: Final = (
    "ItemReader", "ResultWriter", "ItemBatcher", "ToleratedFailurePercentage", "ToleratedFailurePercentagePath",
    "ToleratedFailureCount", "ToleratedFailureCountPath",
)  # fmt: skip

_DISTRIBUTED: Final = frozenset(
    # States.Timeout: it is said nowhere whether a Map Run passes on that of its child executions.
    (
        "States.ExceedToleratedFailureThreshold", "States.ItemReaderFailed", "States.ResultWriterFailed",
        "States.Permissions", TASK_FAILED, TIMEOUT,
    )
)  # fmt: skip

_PATHS: Final = ("States.ParameterPathFailure", "States.ResultPathMatchFailure", "States.IntrinsicFailure")
_QUERIES: Final = (QUERY,)


def _by_language(state: State) -> Sequence[str]:
    if state.query_language == JSONPATH:
        return _PATHS
    return _QUERIES if state.query_language == JSONATA else (*_PATHS, *_QUERIES)


def _of_fail(state: State) -> Forms:
    error = state.field("Error")
    if error is None:
        return ANYTHING if state.key("ErrorPath") is not None else frozenset((ANY,))
    name = error.literal
    if name is None or state.query_language is None or (state.query_language == JSONATA and "{%" in name):
        return ANYTHING
    return frozenset((name,))


def _answered(state: State, called: str) -> bool:
    """Whether whoever is given the token of a Task that waits for a job may name its error."""
    if not called.endswith((".sync", ".sync:2")):
        return False
    from asllint.model.context import hands_on_token

    return hands_on_token(state)


def _keyed(state: State, names: Sequence[str]) -> bool:
    return any(state.key(name) is not None for name in names)


def _caught_around(state: State) -> bool:
    """Whether a Catch of a Parallel or Map state around takes the timeout, or may."""
    owner = state.scope.owner
    while owner is not None:
        for catcher in owner.catchers:
            if any(node.holes or node.value in (ALL, TIMEOUT) for node in catcher.error_equals):
                return True
        owner = owner.scope.owner
    return state.machine.fragment == "state"


def _escaping(state: State, forms: Forms) -> Forms:
    """Return what is left of the errors of a state when its Catchers have taken theirs."""
    taken = {str(node.value) for catcher in state.catchers for node in catcher.error_equals if not node.holes}
    if ALL in taken:
        return frozenset((DATA_LIMIT,)) - taken
    if TASK_FAILED in taken:
        forms = forms & {TIMEOUT, HEARTBEAT, DATA_LIMIT, QUERY, STATES}
    return forms - taken


def _doubtful(name: str) -> bool:
    """Whether nothing known is called so, though the name looks as if it were meant for something known."""
    if name in KNOWN:
        return False
    if name.startswith(STATES):
        return not name.startswith(_HTTP_STATUS)
    if name.startswith("Lambda."):
        return name not in LAMBDA
    if "*" in name:
        return True
    lower = name.strip().lower()
    if lower in _LOWER or lower == SANDBOX.lower():
        return name != SANDBOX
    return lower.startswith("state.") and lower[6:] in TAILS
