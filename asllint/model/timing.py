"""Time: how long retries, waits and whole executions certainly last, and what bounds them. Seconds everywhere.

What a placeholder, a path or an expression gives is unknown, and nothing is concluded from it: a sum is of what is certain,
a bound one that certainly holds. Sources: developer guide, "Step Functions service quotas" (five minutes of an Express and a
year of a Standard execution; a task, a wait and a queue are bound by them), "Task workflow state" (TimeoutSeconds,
HeartbeatSeconds), "Wait workflow state"; specification, "Retrying after error".

Time is linear in states times nesting, but for the shortest way through a scope (n log n).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from asllint.model.features import CALLBACK
from asllint.model.machine import CATCH, JSONATA, Catcher, MapState, Retrier, Scope, State, StateMachine, WaitState
from asllint.model.retries import attempts, retry_seconds
from asllint.source.node import ARRAY, NUMBER, Node
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

EXPRESS_SECONDS: Final = 300
DAY: Final = 86400
YEAR: Final = 366 * DAY
"""What a Standard execution may last. The guide says one year; 366 days are what AWS takes at most for MaxDelaySeconds, so
that more than that is certainly more than a year."""

# Features that a definition has where there is a fact of a kind.
LATE: Final = "time:wait-too-long"
PAST: Final = "time:past"
SHORT_TIMEOUT: Final = "time:timeout-too-short"
EXPRESS: Final = "time:express-too-long"
OUTLIVED: Final = "time:retry-outlives-timeout"
NESTED: Final = "time:nested-retries"
UNBOUNDED: Final = "time:no-timeout"
HEARTBEAT: Final = "time:heartbeat"

ALL: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
_NOT_BY_TASK_FAILED: Final = frozenset((TIMEOUT, "States.QueryEvaluationError"))
THRESHOLD: Final = "States.ExceedToleratedFailureThreshold"

_BOUNDS: Final = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")
_LITERAL: Final = late(r"\{%\s*([0-9]{1,12})\s*%\}")
_RANGE: Final = late(r"\{%\s*\[\s*([0-9]{1,9})\s*\.\.\s*([0-9]{1,9})\s*\]\s*%\}")
_MOMENT: Final = late(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


# -- numbers


def number(node: Node | None, language: str | None = None) -> float | None:
    """Return the number that a value certainly is: a NUMBER, or in a JSONata state ``{% 60 %}``; else None."""
    if node is None:
        return None
    value = node.value
    if node.kind == NUMBER and isinstance(value, int | float):
        return value
    if language == JSONATA and node.literal is not None:
        found = _LITERAL.fullmatch(node.literal.strip())
        return int(found[1]) if found else None
    return None


def item_count(state: MapState) -> int | None:
    """Return how many items a Map state works on, where its Items is an array as it stands, or a range of numbers."""
    node = state.items
    if node is None or state.query_language != JSONATA or state.item_reader is not None:
        return None
    if node.kind == ARRAY:
        return len(node.items) if node.closed else None
    text = (node.literal or "").strip()
    found = _RANGE.fullmatch(text) if ".." in text else None
    return max(int(found[2]) - int(found[1]) + 1, 0) if found else None


def now() -> float:
    """Return the time to judge timestamps by, in seconds since 1970: SOURCE_DATE_EPOCH where it is set, else the clock's.

    The variable is that of reproducible-builds.org: with it the same text has the same findings on any day.
    """
    import os
    import time

    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 12 else time.time()


def moment(text: str) -> float | None:
    """Return a timestamp (RFC 3339) in seconds since 1970; None for what is no timestamp."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    from datetime import UTC, datetime

    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp()
    except ValueError:
        return None
    offset = int(found[8]) * 3600 + int(found[9]) * 60 if found[7] else 0
    return at - offset if found[7] == "+" else at + offset


# -- bounds


class Limit:
    """What bounds an execution: the machine's, or that of a child of a Distributed Map.

    seconds  how long it may last at most
    node     the TimeoutSeconds that says so; None for a quota
    root     the scope that such an execution runs
    express  whether it is the five minutes of an Express execution
    """

    __slots__ = ("express", "node", "root", "seconds")

    def __init__(self, seconds: float, node: Node | None, root: Scope, express: bool) -> None:
        self.seconds = seconds
        self.node = node
        self.root = root
        self.express = express

    @property
    def title(self) -> str:
        """How a message calls it."""
        from asllint.model.retries import duration

        if self.node is not None:
            return f"the `TimeoutSeconds` of the state machine ({duration(self.seconds)})"
        if not self.express:
            return "the year that an execution may last"
        if self.root.owner is not None:
            return f"the 5 minutes of an Express execution, as which `{self.root.owner.name}` runs its items"
        return "the 5 minutes of an Express execution"


def runs_alone(scope: Scope) -> bool:
    """Whether a scope is run by executions of its own: the machine, the item processor of a Distributed Map."""
    return scope.owner is None or (isinstance(scope.owner, MapState) and scope.owner.distributed is True)


def execution_type(scope: Scope) -> str | None:
    """Return "standard" or "express" of a scope that is run by executions of its own; None where it is not known."""
    if scope.owner is None:
        return scope.machine.workflow_type
    config = scope.owner.processor_config if isinstance(scope.owner, MapState) else None
    node = config.get("ExecutionType") if config is not None else None
    return {"EXPRESS": "express", "STANDARD": "standard"}.get(node.literal or "") if node is not None else None


def machine_timeout(machine: StateMachine) -> Node | None:
    """Return the TimeoutSeconds of a machine, of whatever kind; None too where the text is a state, or a set of states."""
    return None if machine.fragment in ("states", "state") else machine.node.get("TimeoutSeconds")


def _limits(machine: StateMachine) -> dict[Scope, Limit]:
    node = machine_timeout(machine)
    seconds = number(node)
    express = machine.workflow_type == "express"
    limit = Limit(EXPRESS_SECONDS if express else YEAR, None, machine, express)
    if seconds is not None and 0 < seconds < limit.seconds:
        limit = Limit(seconds, node, machine, False)
    out: dict[Scope, Limit] = {machine: limit}
    for scope in machine.scopes:
        assert scope.owner is not None
        limit = out[scope.owner.scope]
        if runs_alone(scope) and execution_type(scope) == "express" and limit.seconds >= EXPRESS_SECONDS:
            limit = Limit(EXPRESS_SECONDS, None, scope, True)
        out[scope] = limit
    return out


# -- the shortest way


def shortest(scope: Scope, cost: Callable[[State], float], caught: float) -> tuple[float, list[State]] | None:
    """Return the least cost of a way from StartAt to an end of a scope, and its states (Dijkstra's algorithm).

    cost    of a state that is left by anything but a Catcher
    caught  the cost of one that is left by a Catcher, or fails

    None where a state or a transition may be hidden. A state that leads nowhere ends a way, too.
    """
    from heapq import heappop, heappush

    start = scope.start
    if start is None or not start.targets or not scope.graph.complete:
        return None
    best: dict[State, float] = dict.fromkeys(start.targets, 0.0)
    before: dict[State, State] = {}
    queue = [(0.0, i, state) for i, state in enumerate(start.targets)]
    count = len(queue)
    end: tuple[float, State] | None = None
    while queue:
        so_far, _, state = heappop(queue)
        if so_far > best[state]:
            continue
        if end is not None and so_far >= end[0]:
            break
        own = cost(state)
        if state.terminal or not state.transitions:
            end = min(end or (so_far + own, state), (so_far + own, state), key=lambda pair: pair[0])
        for transition in state.transitions:
            total = so_far + (caught if transition.kind == CATCH else own)
            if not transition.targets and (end is None or total < end[0]):
                end = total, state
            for target in transition.targets:
                if total < best.get(target, total + 1):
                    best[target] = total
                    before[target] = state
                    count += 1
                    heappush(queue, (total, count, target))
    if end is None:
        return None
    way = [end[1]]
    while way[-1] in before:
        way.append(before[way[-1]])
    way.reverse()
    return end[0], way


# -- what retries match


def _names(nodes: Sequence[Node]) -> frozenset[str]:
    """Return the error names that are certain."""
    return frozenset(node.literal for node in nodes if node.literal is not None)


def both(errors: frozenset[str], names: frozenset[str]) -> frozenset[str]:
    """Return the errors that both sets of ErrorEquals match, as names; an empty set where that is none for certain."""
    if ALL in names:
        return errors
    if ALL in errors:
        return names
    out = errors & names
    if TASK_FAILED in names:
        out |= errors - _NOT_BY_TASK_FAILED
    if TASK_FAILED in errors:
        out |= names - _NOT_BY_TASK_FAILED
    return out


def uncaught(errors: frozenset[str], catchers: Sequence[Catcher]) -> frozenset[str]:
    """Return the errors that no Catcher takes."""
    for catcher in catchers:
        names = _names(catcher.error_equals)
        if len(names) < len(catcher.error_equals) or ALL in names:
            return frozenset()
        if TASK_FAILED in names:
            errors = frozenset((TIMEOUT,)) if ALL in errors else errors & _NOT_BY_TASK_FAILED
        errors -= names
    return errors


# -- facts


class Late:
    """A Wait that is longer than what bounds it.

    seconds  that it waits (until a timestamp: from now)
    sure     whether an execution that comes to it certainly fails
    """

    __slots__ = ("limit", "node", "seconds", "state", "sure")

    def __init__(self, state: State, node: Node, seconds: float, limit: Limit, sure: bool) -> None:
        self.state = state
        self.node = node
        self.seconds = seconds
        self.limit = limit
        self.sure = sure


class Past:
    """A Wait until a moment that is over; `seconds` ago."""

    __slots__ = ("node", "seconds", "state")

    def __init__(self, state: State, node: Node, seconds: float) -> None:
        self.state = state
        self.node = node
        self.seconds = seconds


class Slow:
    """Every way through an execution waits longer than it may last: `seconds` at least, in the states `waits`."""

    __slots__ = ("limit", "scope", "seconds", "waits")

    def __init__(self, scope: Scope, seconds: float, limit: Limit, waits: Sequence[State]) -> None:
        self.scope = scope
        self.seconds = seconds
        self.limit = limit
        self.waits = waits


class Outlived:
    """A Retrier that would go on when the execution has timed out.

    count    its retries
    seconds  what they last: the waits (on average, where jitter makes them shorter), and the attempts where each certainly
             lasts until its own timeout
    fitting  how many of them there is time for
    jitter   whether `seconds` is an average
    """

    __slots__ = ("count", "fitting", "jitter", "limit", "retrier", "seconds")

    def __init__(self, retrier: Retrier, count: int, seconds: float, fitting: int, jitter: bool, limit: Limit) -> None:
        self.retrier = retrier
        self.count = count
        self.seconds = seconds
        self.fitting = fitting
        self.jitter = jitter
        self.limit = limit


class Nested:
    """Retriers around each other that retry the same error: the innermost first.

    tries    how many times the innermost state can be tried while the outermost is run once with its retries
    seconds  what all waits between the tries come to at most; None where that is not known
    """

    __slots__ = ("retriers", "seconds", "tries")

    def __init__(self, retriers: Sequence[Retrier], tries: int, seconds: float | None) -> None:
        self.retriers = retriers
        self.tries = tries
        self.seconds = seconds


class Timing:
    """What is known of the time of a machine: facts, each list in the order of the text."""

    __slots__ = (
        "_timers", "beyond", "heartbeats", "late", "limits", "machine", "nested", "outlived", "past", "slow", "unbounded",
    )  # fmt: skip

    def __init__(self, machine: StateMachine) -> None:
        self.machine = machine
        self.limits = _limits(machine)
        self.late: list[Late] = []
        self.past: list[Past] = []
        self.slow: list[Slow] = []
        self.outlived: list[Outlived] = []
        self.nested: list[Nested] = []
        self.unbounded: list[State] = []
        self.heartbeats: list[State] = []
        self.beyond: list[Node] = []
        """Each TimeoutSeconds that is longer than the five minutes of the Express execution it is in."""
        waiting = False
        outermost: dict[State, Nested] = {}
        outwards = _Outwards()
        self._timers: dict[State, list[Scope]] = {}
        timeout = machine_timeout(machine)
        if timeout is not None and machine.workflow_type == "express" and (number(timeout) or 0) > EXPRESS_SECONDS:
            self.beyond.append(timeout)
        for state in machine.all_states():
            limit = self.limits[state.scope]
            if isinstance(state, WaitState):
                waiting = self._wait(state, limit) or waiting
            elif state.type == "Task":
                self._task(state, limit)
            for retrier in state.retriers:
                self._retrier(retrier, limit)
                if state.scope.owner is not None:
                    _nest(retrier, outwards, outermost)
        self.nested = list(outermost.values())
        if waiting:
            self._ways()

    @property
    def words(self) -> Iterator[str]:
        """The features that the facts are."""
        if self.late or any(slow.limit.node is None and not slow.limit.express for slow in self.slow):
            yield LATE
        if self.past:
            yield PAST
        if any(slow.limit.node is not None for slow in self.slow):
            yield SHORT_TIMEOUT
        if self.beyond or any(slow.limit.express for slow in self.slow):
            yield EXPRESS
        if self.outlived:
            yield OUTLIVED
        if self.nested:
            yield NESTED
        if self.unbounded:
            yield UNBOUNDED
        if self.heartbeats:
            yield HEARTBEAT

    def _wait(self, state: WaitState, limit: Limit) -> bool:
        """Judge one Wait; return whether it certainly waits for a number of seconds."""
        seconds = wait_seconds(state)
        timestamp = state.timestamp
        if seconds is not None and state.seconds is not None:
            if seconds >= limit.seconds and state in state.scope.graph.reachable:
                sure = state.scope is limit.root and seconds > limit.seconds
                self.late.append(Late(state, state.seconds, seconds, limit, sure))
            return seconds > 0
        if timestamp is not None and timestamp.literal is not None:
            at = moment(timestamp.literal)
            if at is not None:
                ahead = at - now()
                if ahead < 0:
                    self.past.append(Past(state, timestamp, -ahead))
                elif ahead > YEAR + DAY:
                    self.late.append(Late(state, timestamp, ahead, Limit(YEAR, None, self.machine, False), False))
        return False

    def _task(self, state: State, limit: Limit) -> None:
        node = state.node
        value = node.get("TimeoutSeconds")
        timeout = number(value, state.query_language)
        if timeout is not None and value is not None:
            heartbeat = number(node.get("HeartbeatSeconds"), state.query_language)
            if heartbeat is not None and heartbeat >= timeout:
                self.heartbeats.append(state)
            if limit.express and timeout > EXPRESS_SECONDS:
                self.beyond.append(value)
        resource = node.get("Resource")
        text = (resource.text if resource is not None else None) or ""
        if (text.endswith(CALLBACK) or ":activity:" in text) and not self._bounded(state, limit):
            self.unbounded.append(state)

    def _bounded(self, state: State, limit: Limit) -> bool:
        """Whether something ends a task that nobody answers, or may do so: a field that is not seen, too."""
        machine, node = self.machine, state.node
        if machine.fragment is not None or machine.node.open or node.open or limit.express:
            return True
        if machine_timeout(machine) is not None or any(node.get(name) is not None for name in _BOUNDS):
            return True
        scope = state.scope
        while scope.owner is not None:
            timers = self._timers.get(scope.owner)
            if timers is None:
                timers = self._timers[scope.owner] = [inner for inner in scope.owner.scopes if _is_timer(inner)]
            if timers and timers != [scope]:
                return True
            scope = scope.owner.scope
        return False

    def _retrier(self, retrier: Retrier, limit: Limit) -> None:
        count = attempts(retrier)
        if not count or (limit.node is None and not limit.express):
            return
        jitter = retrier.field("JitterStrategy")
        shorter = jitter is not None and jitter.value != "NONE"
        each = _each_try(retrier)

        def lasts(retries: int) -> float | None:
            waited = retry_seconds(retrier, retries)
            return None if waited is None else (waited / 2 if shorter else waited) + retries * each

        seconds = lasts(count)
        if seconds is None or seconds <= limit.seconds:
            return
        low, high = 0, count  # so many retries fit, so many do not
        while high - low > 1:
            middle = (low + high) // 2
            if (lasts(middle) or 0) <= limit.seconds:
                low = middle
            else:
                high = middle
        self.outlived.append(Outlived(retrier, count, seconds, low, shorter, limit))

    def _ways(self) -> None:
        """Find the executions of which every way waits too long."""
        least: dict[Scope, float] = {}
        ways: dict[Scope, list[State]] = {}
        scopes = (self.machine, *self.machine.scopes)

        def cost(state: State) -> float:
            if isinstance(state, WaitState):
                return wait_seconds(state) or 0
            inner = [least.get(scope, 0.0) for scope in state.scopes]
            if not inner or not any(inner):
                return 0
            if isinstance(state, MapState):
                return inner[0] * _rounds(state)
            return max(inner)

        # all waits of a scope together, whatever the way: mostly that is little enough
        for scope in reversed(scopes):
            least[scope] = sum(map(cost, scope.states))
        if all(least[scope] <= self.limits[scope].seconds for scope in scopes if scope is self.limits[scope].root):
            return
        for scope in reversed(scopes):
            found = shortest(scope, cost, 0) if least[scope] else None
            least[scope], ways[scope] = found or (0, [])
        told: dict[State, list[Late]] = {}
        for one in self.late:
            state, owner = one.state, one.state.scope.owner
            told.setdefault(state, []).append(one)
            while owner is not None:
                told.setdefault(owner, []).append(one)
                owner = owner.scope.owner
        for scope in scopes:
            limit = self.limits[scope]
            if scope is not limit.root or least.get(scope, 0) <= limit.seconds:
                continue
            waited = [state for state in ways[scope] if cost(state)]
            alone = [one for state in waited for one in told.get(state, ()) if one.limit is limit]
            for one in alone:  # on every way, whatever stands around it
                one.sure = one.sure or one.seconds > limit.seconds
            if not alone:
                self.slow.append(Slow(scope, least[scope], limit, waited))


def _is_timer(branch: Scope) -> bool:
    """Whether a branch waits, and may fail then: that ends the branches beside it."""
    types = {state.type for state in branch.states}
    return "Wait" in types and "Fail" in types


def wait_seconds(state: WaitState) -> float | None:
    """Return how long a Wait certainly waits."""
    return number(state.seconds, state.query_language)


def _rounds(state: MapState) -> int:
    """Return how many items a Map state certainly works on one after the other."""
    count = item_count(state)
    if not count or state.item_batcher is not None:
        return 0
    width = number(state.max_concurrency, state.query_language)
    return -(-count // int(width)) if width is not None and width >= 1 else 1


def _each_try(retrier: Retrier) -> float:
    """Return what a try that the Retrier retries certainly lasts: the timeout of the state, where it retries nothing else."""
    state = retrier.state
    names = _names(retrier.error_equals)
    bounds = [name for name in _BOUNDS if state.node.get(name) is not None]
    if names != {TIMEOUT} or bounds != ["TimeoutSeconds"] or state.type != "Task":
        return 0
    return number(state.node.get("TimeoutSeconds"), state.query_language) or 0


class _Met:
    """The Retriers that an error meets on its way outwards, the innermost first.

    tries    their tries multiplied
    seconds  the waits of all of them, each as often as the ones around it try again; None where that is not known
    """

    __slots__ = ("retriers", "seconds", "tries")

    def __init__(self, retriers: tuple[Retrier, ...], tries: int, seconds: float | None) -> None:
        self.retriers = retriers
        self.tries = tries
        self.seconds = seconds

    def within(self, retrier: Retrier) -> _Met:
        """Return these with one inside of them."""
        count = attempts(retrier) or 0
        waited = retry_seconds(retrier, count)
        seconds = None if waited is None or self.seconds is None else waited * self.tries + self.seconds
        return _Met((retrier, *self.retriers), (1 + count) * self.tries, seconds)


class _Outwards:
    """Follows errors outwards, from a scope through the Retriers around it; the same errors of the same scope once."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: dict[tuple[Scope, frozenset[str]], _Met] = {}

    def follow(self, scope: Scope, errors: frozenset[str]) -> _Met:
        """Return the Retriers that errors of a state of the scope meet."""
        steps: list[tuple[tuple[Scope, frozenset[str]], Retrier | None]] = []
        result = _Met((), 1, 0)
        while errors and scope.owner is not None:
            key = (scope, errors)
            known = self.found.get(key)
            if known is not None:
                result = known
                break
            owner = scope.owner
            if runs_alone(scope):
                errors = frozenset((THRESHOLD,))  # how a Map Run fails, whatever its children fail of
            met = None
            for retrier in owner.retriers:
                common = both(errors, _names(retrier.error_equals))
                if common and attempts(retrier):
                    met, errors = retrier, common
                    break
            steps.append((key, met))
            errors = uncaught(errors, owner.catchers) if owner.catchers else errors
            scope = owner.scope
        for key, met in reversed(steps):
            if met is not None:
                result = result.within(met)
            self.found[key] = result
        return result


def _nest(inner: Retrier, outwards: _Outwards, outermost: dict[State, Nested]) -> None:
    """Find the Retriers around a Retrier that retry its errors too, and keep the most tries."""
    errors = uncaught(_names(inner.error_equals), inner.state.catchers)
    count = attempts(inner) if errors else None
    if not count:
        return
    around = outwards.follow(inner.state.scope, errors)
    if around.retriers:
        outer = around.retriers[-1].state
        found = outermost.get(outer)
        if found is None or (1 + count) * around.tries > found.tries:
            met = around.within(inner)
            outermost[outer] = Nested(met.retriers, met.tries, met.seconds)


@lru_cache(maxsize=1)
def analyse(machine: StateMachine) -> Timing:
    """Return what is known of the time of a machine; made once for all rules."""
    return Timing(machine)
