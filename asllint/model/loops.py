"""The loops of a state machine: what leaves them, what goes round in them, and what polls.

A loop is a strongly connected component of a scope that goes round (two states or more, or a state that leads to itself) and
that StartAt leads to. Facts are made of scopes alone of which every transition can be read. Time is linear in states and
transitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from asllint.model.machine import (
    CATCH,
    CHOICE,
    DEFAULT,
    JSONATA,
    Catcher,
    ChoiceState,
    Scope,
    State,
    StateMachine,
    TaskState,
    Transition,
    is_root,
)
from asllint.source.node import ARRAY, NULL, NUMBER, OBJECT, STRING, UNKNOWN, Node
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_EVENTS: Final = 25_000
"""Events of its history at which a Standard execution fails (developer guide, "Service quotas")."""

MAX_WAY: Final = 20
"""States that a way is followed over."""
MAX_STEPS: Final = 16
"""Steps of a path that are compared."""

ENDLESS: Final = "loop:endless"
UNCHANGED: Final = "loop:exit-unchanged"
BUSY: Final = "loop:busy"
CAUGHT: Final = "loop:caught"
POLLED: Final = "loop:polled"
"""The feature words, one for each kind of fact."""


class Loop:
    """States that go round.

    states   in the order of the text
    entry    the first of them that is entered from outside
    closing  the transition that closes the loop: the first that leads back to the entry
    exits    the transitions that leave it, or may: one whose target cannot be known is among them
    ends     whether the scope can end in one of the states
    """

    __slots__ = ("closing", "ends", "entry", "exits", "inside", "scope", "states")

    def __init__(self, scope: Scope, states: Sequence[State]) -> None:
        self.scope = scope
        self.states = states
        self.inside = inside = frozenset(states)
        incoming = scope.graph.incoming
        entered = (s for s in states if any(t.source is None or t.source not in inside for t in incoming[s]))
        self.entry = next(entered, states[0])
        self.closing = next(t for s in states for t in s.transitions if self.entry in t.targets)
        self.ends = any(state.terminal for state in states)
        self.exits = [t for s in states for t in s.transitions if not self.holds(t)]

    def holds(self, transition: Transition) -> bool:
        """Whether a transition certainly stays in the loop."""
        return not transition.node.holes and len(transition.targets) == 1 and transition.targets[0] in self.inside

    @property
    def names(self) -> str:
        """The names, for a message: "`Wait`", "`Wait` and `Poll`", "`Wait`, `Poll` and 3 more states"."""
        return listed(self.states)


class Endless:
    """A loop that nothing leaves.

    catcher  a Catcher of the nearest state around it that has one: it may take an error of the loop; else None
    """

    __slots__ = ("catcher", "loop")

    def __init__(self, loop: Loop, catcher: Catcher | None) -> None:
        self.loop = loop
        self.catcher = catcher


class Unchanged:
    """A loop that Choice states alone leave, and nothing in it changes what they read.

    choices  those Choice states
    reads    the strings in which they read data, in their order
    results  of states of the loop that give a result: the ResultPath, which leads it elsewhere
    catcher  as of `Endless`
    """

    __slots__ = ("catcher", "choices", "loop", "reads", "results")

    def __init__(
        self,
        loop: Loop,
        choices: Sequence[ChoiceState],
        reads: Sequence[Node],
        results: Sequence[tuple[State, Node]],
        catcher: Catcher | None,
    ) -> None:
        self.loop = loop
        self.choices = choices
        self.reads = reads
        self.results = results
        self.catcher = catcher


class Busy:
    """States that go round without a wait, to ask a service for something, or to look at the time.

    task     the first that asks; None where the time alone is waited for
    back     the transition that goes back to the task, or closes the circle
    started  what starts the work that is asked for, where that is known
    """

    __slots__ = ("back", "started", "states", "task")

    def __init__(
        self, states: Sequence[State], task: TaskState | None, back: Transition, started: Started | None
    ) -> None:
        self.states = states
        self.task = task
        self.back = back
        self.started = started


class Caught:
    """A Catcher that leads back to the state whose errors it takes, and nothing on the way decides or waits.

    way      the states between
    mends    those of them that may do something about the error: Tasks that do not only tell of it, Maps and Parallels
    closing  the transition that goes back to the state: the Catcher's own where there is no way between
    """

    __slots__ = ("catcher", "closing", "mends", "way")

    def __init__(self, catcher: Catcher, way: Sequence[State], mends: Sequence[State], closing: Transition) -> None:
        self.catcher = catcher
        self.way = way
        self.mends = mends
        self.closing = closing


class Started:
    """What starts the work that a Task asks for.

    task      the Task that starts it
    resource  the Resource that starts it and waits for its end
    """

    __slots__ = ("resource", "task")

    def __init__(self, task: TaskState, resource: str) -> None:
        self.task = task
        self.resource = resource


class Polled:
    """A loop of Wait and Choice states and one Task that asks how far the work is that a Task before the loop started."""

    __slots__ = ("loop", "started", "task")

    def __init__(self, loop: Loop, task: TaskState, started: Started) -> None:
        self.loop = loop
        self.task = task
        self.started = started


class Loops:
    """The facts of a machine, in the order of its scopes; of one defect there is one fact."""

    __slots__ = ("_assigned", "_failing", "_requests", "_waiting", "_ways", "busy", "caught", "endless", "machine",
                 "polled", "unchanged")  # fmt: skip

    def __init__(self, machine: StateMachine) -> None:
        self.machine = machine
        self.endless: list[Endless] = []
        self.unchanged: list[Unchanged] = []
        self.busy: list[Busy] = []
        self.caught: list[Caught] = []
        self.polled: list[Polled] = []
        self._waiting: dict[State, bool] | None = None
        self._failing: dict[State, frozenset[Scope]] = {}
        self._assigned: frozenset[str] | None = None
        self._requests: dict[State, list[_Read] | None] = {}
        self._ways: dict[State, Transition | None] = {}
        for scope in (machine, *machine.scopes):
            found = [Loop(scope, states) for states in scope.graph.components() if _goes_round(scope, states)]
            if found and scope.graph.complete:
                self._scope(scope, found)

    def features(self) -> Iterator[str]:
        """Yield the word of each kind of fact that there is."""
        facts = (self.endless, self.unchanged, self.busy, self.caught, self.polled)
        for word, found in zip((ENDLESS, UNCHANGED, BUSY, CAUGHT, POLLED), facts, strict=True):
            if found:
                yield word

    def _scope(self, scope: Scope, found: Sequence[Loop]) -> None:
        reachable = scope.graph.reachable
        # Without a terminal state the machine is refused as a whole (no-terminal-state). One that nothing leads to is
        # reported there, and the way that the loop lacks may be the one to it.
        ends = [state for state in scope.states if state.terminal]
        judged = (bool(ends) or scope.owner is not None) and all(state in reachable for state in ends)
        loop_of: dict[State, Loop] = {}
        fast: set[State] = set()
        for loop in found:
            if not loop.exits and not loop.ends:
                if judged and not self._stopped(scope):
                    self.endless.append(Endless(loop, _catcher_around(scope)))
                continue
            self._catchers(loop)
            if self._never_changes(loop):
                continue
            if any(state.TYPE == "Wait" for state in loop.states):
                self._polls(loop)
                continue
            for state in loop.states:
                loop_of[state] = loop
                if state.TYPE in ("Choice", "Pass") or (isinstance(state, TaskState) and _asks(state)):
                    fast.add(state)
        if any(state.TYPE == "Choice" for state in fast):
            for component in scope.graph.components(fast):
                if _goes_round(scope, component):
                    self._circles(loop_of[component[0]], component)

    def _stopped(self, scope: Scope) -> bool:
        """Whether a Fail state of another branch may end the scope, and the error is caught: that is a way out, too."""
        here = scope
        while here.owner is not None:
            owner = here.owner
            if owner.catchers and len(owner.scopes) > 1:
                failing = self._failing.get(owner)
                if failing is None:
                    failing = frozenset(s for s in owner.scopes if any(state.TYPE == "Fail" for state in s.states))
                    self._failing[owner] = failing
                if failing - {here}:
                    return True
            here = owner.scope
        return False

    # -- a way out by what never changes

    def _never_changes(self, loop: Loop) -> bool:
        if loop.ends or any(t.kind not in (CHOICE, DEFAULT) or len(t.targets) != 1 for t in loop.exits):
            return False
        choices = [s for s in dict.fromkeys(t.source for t in loop.exits) if isinstance(s, ChoiceState)]
        writes = _Writes(loop.states, loop)
        reads: list[_Read] = []
        for choice in choices:
            found = _reads_of_choice(choice)
            if not found or any(writes.change(read) for read in found):
                return False
            reads += found
        if any(read.root == VARIABLE and not self._is_assigned(read.name) for read in reads):
            return False  # that is another defect
        if not self._stopped(loop.scope):
            nodes = list(dict.fromkeys(read.node for read in reads))
            results = [
                (state, path)
                for state in loop.states
                if state.TYPE in ("Task", "Parallel", "Map") and (path := state.node.get("ResultPath")) is not None
            ]
            self.unchanged.append(Unchanged(loop, choices, nodes, results, _catcher_around(loop.scope)))
        return True

    def _is_assigned(self, name: str) -> bool:
        if self._assigned is None:
            from asllint.model.variables import keys

            self._assigned = frozenset(name for state in self.machine.all_states() for _, name in keys(state))
        return name in self._assigned

    # -- without a wait

    def _circles(self, loop: Loop, states: Sequence[State]) -> None:
        """Note states that go round without a wait, if it is clear what they go round for."""
        choices = [state for state in states if isinstance(state, ChoiceState)]
        if not choices or any(_counts(state) for state in states):
            return
        tasks = [state for state in states if isinstance(state, TaskState)]
        if not tasks:
            changing = _Writes(states, loop)
            if changing.whole or changing.paths or changing.names or not any(map(_looks_at_time, choices)):
                return
            self.busy.append(Busy(states, None, _back(states, states[0]), None))
            return
        by_others = _Writes([state for state in states if not isinstance(state, TaskState)], loop)
        by_all = _Writes(states, loop)
        tests_status = any(map(_tests_status, choices))
        for task in tasks:
            request = self._request(task)
            if request is None or any(by_others.change(read) for read in request):
                return
            if any(by_all.change(read) for read in request) and not tests_status:
                return
        task = tasks[0]
        self.busy.append(Busy(states, task, _back(states, task), self._started(loop, task)))

    def _request(self, task: State) -> list[_Read] | None:
        """Return what the request of a Task reads; None where it asks for one page after the other, or is not known."""
        if task not in self._requests:
            self._requests[task] = _reads_of_request(task)
        return self._requests[task]

    # -- Catchers

    def _catchers(self, loop: Loop) -> None:
        for state in loop.states:
            for catcher in state.catchers:
                transition = catcher.transition
                if transition is not None and loop.holds(transition):
                    self._caught(loop, state, catcher, transition)

    def _caught(self, loop: Loop, state: State, catcher: Catcher, transition: Transition) -> None:
        """Follow a Catcher's way as long as there is but one, and note where it leads back to the state."""
        if self._waits(state):
            return
        way: list[State] = []
        here, closing = transition.targets[0], transition
        while here is not state:
            following = self._onward(loop, here)
            if following is None or len(way) == MAX_WAY or here in way:
                return
            way.append(here)
            here, closing = following.targets[0], following
        if _counts_in(catcher.node) or _counts(state) or self._goes_round_anyway(loop, state):
            return
        if any(map(_writes_with_condition, way)):
            return
        mends = [s for s in way if s.scopes or (s.TYPE == "Task" and not _tells(s))]
        self.caught.append(Caught(catcher, way, mends, closing))

    def _onward(self, loop: Loop, state: State) -> Transition | None:
        """Return the transition that a state goes on by, if there is but one, and it neither waits nor counts."""
        if state not in self._ways:
            way = _only_way(loop, state)
            self._ways[state] = None if way is None or self._waits(state) or _counts(state) else way
        return self._ways[state]

    def _goes_round_anyway(self, loop: Loop, state: State) -> bool:
        """Whether the state is in a circle without its Catcher, too: then that is no retry, but the next round."""
        here = state
        for _ in range(MAX_WAY):
            following = _only_way(loop, here)
            if following is None:
                return False
            here = following.targets[0]
            if here is state:
                return True
        return True

    def _waits(self, state: State) -> bool:
        """Whether a state waits for time to pass or for somebody, or one inside it does."""
        if self._waiting is None:
            waiting: dict[State, bool] = {}
            self._waiting = waiting
            for each in reversed(list(self.machine.all_states())):
                inner = any(waiting[s] for scope in each.scopes for s in scope.states)
                waiting[each] = inner or each.TYPE == "Wait" or (each.TYPE == "Task" and _waits_for_somebody(each))
        return self._waiting[state]

    # -- polling

    def _polls(self, loop: Loop) -> None:
        tasks = [state for state in loop.states if state.TYPE not in ("Wait", "Choice", "Pass")]
        if self.machine.workflow_type == "express" or len(tasks) != 1 or not isinstance(tasks[0], TaskState):
            return
        task = tasks[0]
        if any(state.TYPE == "Choice" for state in loop.states) and _asks(task):
            started = self._started(loop, task)
            if started is not None:
                self.polled.append(Polled(loop, task, started))

    def _started(self, loop: Loop, task: TaskState) -> Started | None:
        """Return what starts the work that a Task asks for; None where that is not certain, or nothing waits for its end."""
        asking = _call(task)
        kinds = _STARTED_BY.get((asking.service, asking.action)) if asking is not None else None
        if kinds is None:
            return None
        member, ways = kinds
        between: list[State] = []
        seen = set(loop.inside)
        stack = [t.source for s in loop.states for t in loop.scope.graph.incoming[s] if t.source not in seen]
        while stack and len(between) < MAX_WAY:
            state = stack.pop()
            if state is None or state in seen:
                continue
            seen.add(state)
            if state.TYPE == "Task":
                found = _starts(state, ways)
                if found is not None:
                    suffix, names = found
                    if _same_work(state, task, member, names, (*between, *loop.states)):
                        assert isinstance(state, TaskState)
                        return Started(state, suffix)
            elif state.TYPE in ("Pass", "Wait", "Choice"):
                between.append(state)
                stack += [t.source for t in loop.scope.graph.incoming[state][:MAX_WAY]]
        return None


@lru_cache(maxsize=1)
def loops(machine: StateMachine) -> Loops:
    """Return the facts of a machine; made once for the features and all rules."""
    return Loops(machine)


def listed(states: Sequence[State]) -> str:
    """Return the names of states for a message: "`A`", "`A` and `B`", "`A`, `B` and 3 more states"."""
    names = [f"`{state.name}`" for state in states]
    if len(names) > 3:
        return f"{names[0]}, {names[1]} and {len(names) - 2} more states"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def time_limit(machine: StateMachine) -> int | None:
    """Return the TimeoutSeconds of the machine; None where it has none."""
    node = machine.timeout_seconds
    return int(node.value) if node is not None and node.kind == NUMBER and isinstance(node.value, int | float) else None


def bound(machine: StateMachine) -> str:
    """Say what ends an execution that goes round and round, to follow "until" in a message."""
    seconds = time_limit(machine)
    if seconds is not None:
        from asllint.model.retries import duration

        return f"the `TimeoutSeconds` of the state machine are over ({duration(seconds)})"
    if machine.workflow_type == "express":
        return "the five minutes of an Express workflow are over"
    return f"its history has {MAX_EVENTS:,} events"


def _goes_round(scope: Scope, states: Sequence[State]) -> bool:
    """Whether a component that StartAt leads to goes round: of one state, whether it leads to itself."""
    if states[0] not in scope.graph.reachable:
        return False
    return len(states) > 1 or any(states[0] in transition.targets for transition in states[0].transitions)


def _back(states: Sequence[State], target: State) -> Transition:
    """Return the first transition of one of the states to a target, which one of them has."""
    ways = (t for s in states for t in s.transitions if target in t.targets and t.kind != CATCH)
    caught = (t for s in states for t in s.transitions if target in t.targets)
    return next(ways, None) or next(caught)


def _only_way(loop: Loop, state: State) -> Transition | None:
    """Return the transition that a state goes on by, if there is but one and it stays in the loop."""
    if state.TYPE == "Choice":
        return None
    ways = [transition for transition in state.transitions if transition.kind != CATCH]
    return ways[0] if len(ways) == 1 and loop.holds(ways[0]) else None


def _catcher_around(scope: Scope) -> Catcher | None:
    here: Scope | None = scope
    while here is not None and here.owner is not None:
        if here.owner.catchers:
            return here.owner.catchers[0]
        here = here.owner.scope
    return None


# -- what reads and what writes

INPUT: Final = "input"
VARIABLE: Final = "variable"
CONSTANT: Final = "constant"


class _Read:
    """Data that is read: the input (at `steps`), a variable, or a part of the context object that stays the same."""

    __slots__ = ("name", "node", "root", "steps")

    def __init__(self, root: str, node: Node, name: str = "", steps: tuple[str | int, ...] = ()) -> None:
        self.root = root
        self.node = node
        self.name = name
        self.steps = steps


class _Writes:
    """What states change of the data that goes through them. What cannot be known may be changed.

    whole      the input of the next state may be another altogether
    paths      where a result is put into it
    names      of variables
    any_names  any variable
    """

    __slots__ = ("_above", "any_names", "names", "paths", "whole")

    def __init__(self, states: Iterable[State], loop: Loop) -> None:
        self.whole = self.any_names = False
        self.paths: set[tuple[str | int, ...]] = set()
        self.names: set[str] = set()
        for state in states:
            self._state(state, loop)
        self._above = {path[:i] for path in self.paths for i in range(len(path) + 1)}

    def change(self, read: _Read) -> bool:
        """Whether they may change what is read."""
        if read.root == CONSTANT:
            return False
        if read.root == VARIABLE:
            return self.any_names or read.name in self.names
        steps = read.steps
        return self.whole or steps in self._above or any(steps[:i] in self.paths for i in range(len(steps)))

    def _state(self, state: State, loop: Loop) -> None:
        if state.query_language is None or not state.TYPE or state.node.open:
            self.whole = self.any_names = True
            return
        catchers = [c for c in state.catchers if c.transition is not None and loop.holds(c.transition)]
        rules = state.choices if isinstance(state, ChoiceState) else ()
        for holder in (state, *catchers, *rules):
            self._assign(state, holder.node.get("Assign"))
        if state.query_language == JSONATA:
            has_result = state.TYPE in ("Task", "Parallel", "Map")
            self._output(state.node, has_result)
            for catcher in catchers:
                self._output(catcher.node, True)
            for rule in rules:
                self._output(rule.node, False)
            return
        for catcher in catchers:
            self._put(catcher.node.get("ResultPath"))
        path = state.node.get("ResultPath")
        made = state.node.get("Result") is not None or state.node.get("Parameters") is not None
        if state.TYPE in ("Task", "Parallel", "Map") or (state.TYPE == "Pass" and (made or not is_root(path))):
            self._put(path)
        elif not is_root(state.node.get("InputPath")):
            self.whole = True
        if not is_root(state.node.get("OutputPath")):
            self.whole = True

    def _assign(self, state: State, node: Node | None) -> None:
        from asllint.model.variables import name_of

        if node is None:
            return
        if node.kind != OBJECT or node.open:
            self.any_names = True
            return
        for key, _ in node.members:
            name = name_of(key, state)
            if name is None:
                self.any_names = True
            else:
                self.names.add(name)

    def _output(self, holder: Node, default: bool) -> None:
        output = holder.get("Output")
        if output is None:
            self.whole = self.whole or default
        elif output.literal is None or not _PASSED_ON.fullmatch(output.literal):
            self.whole = True

    def _put(self, path: Node | None) -> None:
        """Note where a ResultPath puts a result."""
        if path is not None and path.kind == NULL:
            return
        steps = None if path is None else _steps(path.literal or "")
        if not steps:
            self.whole = True
        else:
            self.paths.add(steps)


_PASSED_ON: Final = late(r"\s*\{%\s*\$states\.input\s*%\}\s*")
_PLAIN: Final = late(r"\$(?:\.[A-Za-z_]\w*)*")


def _steps(text: str) -> tuple[str | int, ...] | None:
    """Return the steps of a path from the input, up to the first that is no name or index; None for another path."""
    if _PLAIN.fullmatch(text):
        return tuple(text.split(".")[1 : MAX_STEPS + 1])
    from asllint.expr import jsonpath

    path = jsonpath.parse(text).root if text.startswith("$") else None
    if path is None or path.root != jsonpath.INPUT:
        return None
    return _literal(jsonpath.literal_steps(path))


def _literal(steps: Sequence[str | int]) -> tuple[str | int, ...]:
    # an index from the end is another for each length
    cut = next((i for i, step in enumerate(steps) if isinstance(step, int) and step < 0), len(steps))
    return tuple(steps[: min(cut, MAX_STEPS)])


_STAYS: Final = ("Execution", "StateMachine")
"""The fields of the context object that are the same as long as an execution runs."""

_NAMED: Final = late(r"\$\$?(?:[^\W\d]\w*)?(?:\s*\.\s*\w+)*")
_BY_ITSELF: Final = frozenset(("now", "millis", "random", "uuid", "eval", ""))
"""JSONata functions that give another value each time, and what is not read here."""


def _reads(node: Node, in_jsonata: bool) -> list[_Read] | None:
    """Return what an expression reads; None where that changes by itself, or cannot be known."""
    text = node.literal
    if text is None:
        return None
    if in_jsonata:
        return _jsonata_reads(node, text)
    if _PLAIN.fullmatch(text):
        return [_Read(INPUT, node, "", _steps(text) or ())]
    from asllint.expr import intrinsics, jsonpath

    if text.startswith("$"):
        root = jsonpath.parse(text).root
        found = None if root is None else list(jsonpath.paths(root))
    else:
        call = intrinsics.parse(text).root
        same = call is not None and all(c.name not in _ANOTHER_EACH_TIME for c, _ in intrinsics.calls(call))
        found = list(intrinsics.paths(call)) if call is not None and same else None
    if found is None:
        return None
    out = []
    for path in found:
        steps = _literal(jsonpath.literal_steps(path))
        if path.root == jsonpath.INPUT:
            out.append(_Read(INPUT, node, "", steps))
        elif path.root == jsonpath.VARIABLE and path.variable is not None:
            out.append(_Read(VARIABLE, node, path.variable))
        elif path.root == jsonpath.CONTEXT and steps and steps[0] in _STAYS:
            out.append(_Read(CONSTANT, node))
        elif path.root != jsonpath.CURRENT:
            return None
    return out


_ANOTHER_EACH_TIME: Final = frozenset(("States.MathRandom", "States.UUID", None))


def _jsonata_reads(node: Node, text: str) -> list[_Read] | None:
    """Read names alone: one that the expression binds itself, or that stands in a text, is taken for a variable."""
    out = []
    for match in _NAMED.finditer(text):
        name, *steps = (part.strip() for part in match.group().split("."))
        if name != "$states":
            if name[1:] in _BY_ITSELF or name.startswith("$$"):
                return None
            if not text[match.end() :].lstrip().startswith("("):
                out.append(_Read(VARIABLE, node, name[1:]))
        elif steps[:1] == ["input"]:
            out.append(_Read(INPUT, node, "", tuple(steps[1 : MAX_STEPS + 1])))
        elif steps[:1] == ["context"] and steps[1:2] and steps[1] in _STAYS:
            out.append(_Read(CONSTANT, node))
        else:
            return None
    return out


def _reads_of_choice(choice: ChoiceState) -> list[_Read] | None:
    """Return what the rules of a Choice state read; None where that changes by itself, or cannot be known."""
    out: list[_Read] = []
    if choice.query_language is None or not is_root(choice.node.get("InputPath")):
        return None
    in_jsonata = choice.query_language == JSONATA
    for node in _tested(choice):
        found = _reads(node, in_jsonata)
        if found is None:
            return None
        out += found
    return out


def _tested(choice: ChoiceState) -> Iterator[Node]:
    """Yield the strings of a Choice state that are evaluated to decide."""
    for top in choice.choices:
        for rule in top.walk():
            for key, value in rule.node.members:
                name = str(key.value)
                if value.kind == STRING and (name in ("Variable", "Condition") or name.endswith("Path")):
                    yield value


def _looks_at_time(choice: ChoiceState) -> bool:
    return any(_TIME.search(node.text or "") for node in _tested(choice))


def _tests_status(choice: ChoiceState) -> bool:
    """Whether a rule compares something that is called a status or a state."""
    return any(_STATUS.search(node.text or "") for node in _tested(choice))


_TIME: Final = late(r"\$\$\.State\.EnteredTime|\$states\.context\.State\.EnteredTime|\$(?:now|millis)\s*\(")
_STATUS: Final = late(r"\.\w*(?:[sS]tatus|[sS]tate|STATUS|STATE)\b")


# -- what a Task does

_QUESTION: Final = late(r"(?:batch)?(?:describe|get|list|head)(?:[A-Z]\w*)?")
_TELLING: Final = late(r"publish|sendMessage(?:Batch)?|putEvents|putMetricData|sendEmail|putLogEvents")
_PAGED: Final = late(r"(?i)token|marker|cursor|iterator|offset|exclusivestart|lastevaluated|page(?!size)")
_LONG: Final = frozenset(("getActivityTask",))
"""Calls that wait for an answer by themselves."""


class _Call:
    """What a Task calls.

    service   as `aws-sdk:` names it
    pattern   what stands behind the dot of the action; "" where nothing does
    """

    __slots__ = ("action", "partition", "pattern", "service")

    def __init__(self, partition: str, service: str, action: str, pattern: str) -> None:
        self.partition = partition
        self.service = service
        self.action = action
        self.pattern = pattern


_ARN: Final = late(r"arn:(.*?):states:::(?:aws-sdk:)?([\w-]+):(\w+)(?:\.(.+))?")


def _call(task: State) -> _Call | None:
    """Return what a Task calls of a service; None where it calls none, or which is not known."""
    node = task.node.get("Resource")
    text = node.text if node is not None else None
    match = _ARN.fullmatch(text) if node is not None and text is not None else None
    if node is None or match is None or any(end > match.start(2) for _, end in node.holes):
        return None
    partition, service, action, pattern = match.groups("")
    return _Call(partition, _sdk_name(service), action, pattern)


def _sdk_name(service: str) -> str:
    from asllint.aws.data.sdk import NAMES

    return NAMES.get(service, service)


def _asks(task: State) -> bool:
    """Whether a Task only asks a service for something, and does not wait for anything."""
    call = _call(task)
    if call is None or call.pattern:
        return False
    return _QUESTION.fullmatch(call.action) is not None and call.action not in _LONG


def asked_for(task: State) -> bool:
    """Whether a loop behind a Task asks the service that it calls how something is."""
    call = _call(task)
    return call is not None and task in _before_asking(task.scope, call.service)


@lru_cache(maxsize=64)
def _before_asking(scope: Scope, service: str) -> frozenset[State]:
    """Return the states that lead to a loop in which a Task asks a service for something."""
    before: set[State] = set()
    for states in scope.graph.components():
        asking = [_call(state) for state in states if state.TYPE == "Task" and _asks(state)]
        if any(call is not None and call.service == service for call in asking) and _goes_round(scope, states):
            before.update(states)
    stack = list(before)
    while stack:
        for transition in scope.graph.incoming.get(stack.pop(), ()):
            source = transition.source
            if source is not None and source not in before:
                before.add(source)
                stack.append(source)
    return frozenset(before)


def _tells(task: State) -> bool:
    """Whether a Task only tells somebody of something."""
    call = _call(task)
    return call is not None and not call.pattern and _TELLING.fullmatch(call.action) is not None


def _writes_with_condition(state: State) -> bool:
    """Whether a Task writes to a table if a condition holds: that fails when it is done a second time."""
    request = _members(state) if state.TYPE == "Task" else None
    return request is not None and any(str(key.value).startswith("ConditionExpression") for key, _ in request.members)


def _waits_for_somebody(task: State) -> bool:
    """Whether a Task waits for its token or for a worker of an activity, or may."""
    node = task.node.get("Resource")
    text = node.text if node is not None else None
    if node is None or text is None or text.endswith(".waitForTaskToken") or ":activity:" in text:
        return True
    # a placeholder may hide the end of the ARN of an integration
    return ":states:" in text and any(end == len(text) for _, end in node.holes)


def _members(state: State) -> Node | None:
    """Return the request of a Task."""
    node = state.node.get("Arguments" if state.query_language == JSONATA else "Parameters")
    return node if node is not None and node.kind == OBJECT and not node.open else None


def _reads_of_request(task: State) -> list[_Read] | None:
    request = _members(task)
    if request is None or task.query_language is None or not is_root(task.node.get("InputPath")):
        return None
    out: list[_Read] = []
    for key, node in _pairs(request):
        if _PAGED.search(key):
            return None
        if node.kind != STRING:
            continue
        evaluated = (
            (node.text or "").lstrip().startswith("{%") if task.query_language == JSONATA else key.endswith(".$")
        )
        if evaluated:
            found = _reads(node, task.query_language == JSONATA)
            if found is None:
                return None
            out += found
    return out


def _pairs(node: Node, key: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every value below a node that is neither object nor array, with the last key above it."""
    stack = [(key, node)]
    while stack:
        name, here = stack.pop()
        if here.kind == OBJECT:
            stack += [(str(k.value), value) for k, value in reversed(here.members)]
        elif here.kind == ARRAY:
            stack += [(name, item) for item in reversed(here.items)]
        else:
            yield name, here


_MADE_IN: Final = ("Assign", "Output", "Parameters", "Result", "ResultSelector")
_COUNTING: Final = late(
    r"States\.Math|States\.Array(?!Contains)|\[-?\d*:-?\d*\]"
    r"|\{%(?s:.)*(?:[-+*/]\s*\d|\d\s*[-+*/]|\$(?:append|count|sum|filter)\b|\[\[|\.\.)"
)
"""What counts, or takes one item after the other from a list."""


def _counts(state: State) -> bool:
    """Whether a state counts its rounds, or may."""
    if isinstance(state, ChoiceState) and any(_counts_in(rule.node) for rule in state.choices):
        return True
    return _counts_in(state.node)


def _counts_in(holder: Node) -> bool:
    for name in _MADE_IN:
        node = holder.get(name)
        if node is not None and (
            node.kind == UNKNOWN
            or any(value.kind == STRING and _COUNTING.search(value.text or "") for _, value in _pairs(node))
        ):
            return True
    return False


# -- what is started and asked for

_SAGEMAKER: Final = ("TrainingJob", "TransformJob", "ProcessingJob", "HyperParameterTuningJob", "LabelingJob")
_EKS: Final = (("Cluster", "Name"), ("Nodegroup", "NodegroupName"), ("FargateProfile", "FargateProfileName"))

_STARTED_BY: Final[dict[tuple[str, str], tuple[str, tuple[tuple[str, str, str], ...]]]] = {
    # (service, action that asks): what names the work in its request, and what starts such: the action, how the optimized
    # integration calls it that waits for the end, and what names the work in its answer ("" where the request does)
    ("athena", "getQueryExecution"): (
        "QueryExecutionId",
        (("startQueryExecution", "athena:startQueryExecution.sync", "QueryExecutionId"),),
    ),
    ("batch", "describeJobs"): ("Jobs", (("submitJob", "batch:submitJob.sync", "JobId"),)),
    ("bedrock", "getModelCustomizationJob"): (
        "JobIdentifier",
        (("createModelCustomizationJob", "bedrock:createModelCustomizationJob.sync", "JobArn"),),
    ),
    ("codebuild", "batchGetBuilds"): ("Ids", (("startBuild", "codebuild:startBuild.sync", "Id"),)),
    ("codebuild", "batchGetBuildBatches"): ("Ids", (("startBuildBatch", "codebuild:startBuildBatch.sync", "Id"),)),
    ("databrew", "describeJobRun"): ("RunId", (("startJobRun", "databrew:startJobRun.sync", "RunId"),)),
    ("ecs", "describeTasks"): ("Tasks", (("runTask", "ecs:runTask.sync", "TaskArn"),)),
    ("emr", "describeCluster"): (
        "ClusterId",
        (
            ("createCluster", "elasticmapreduce:createCluster.sync", "ClusterId"),
            ("runJobFlow", "elasticmapreduce:createCluster.sync", "JobFlowId"),
            ("terminateCluster", "elasticmapreduce:terminateCluster.sync", ""),
        ),
    ),
    ("emr", "describeStep"): (
        "StepId",
        (
            ("addStep", "elasticmapreduce:addStep.sync", "StepId"),
            ("addJobFlowSteps", "elasticmapreduce:addStep.sync", "StepIds"),
        ),
    ),
    ("emrcontainers", "describeJobRun"): ("Id", (("startJobRun", "emr-containers:startJobRun.sync", "Id"),)),
    ("emrserverless", "getJobRun"): ("JobRunId", (("startJobRun", "emr-serverless:startJobRun.sync", "JobRunId"),)),
    ("emrserverless", "getApplication"): (
        "ApplicationId",
        (
            ("createApplication", "emr-serverless:createApplication.sync", "ApplicationId"),
            ("startApplication", "emr-serverless:startApplication.sync", ""),
            ("stopApplication", "emr-serverless:stopApplication.sync", ""),
        ),
    ),
    ("glue", "getJobRun"): ("RunId", (("startJobRun", "glue:startJobRun.sync", "JobRunId"),)),
    ("mediaconvert", "getJob"): ("Id", (("createJob", "mediaconvert:createJob.sync", "Id"),)),
    ("sfn", "describeExecution"): (
        "ExecutionArn",
        (("startExecution", "states:startExecution.sync:2", "ExecutionArn"),),
    ),
    **{
        ("sagemaker", f"describe{job}"): (f"{job}Name", ((f"create{job}", f"sagemaker:create{job}.sync", ""),))
        for job in _SAGEMAKER
    },
    **{
        ("eks", f"describe{what}"): (
            name,
            ((f"create{what}", f"eks:create{what}.sync", ""), (f"delete{what}", f"eks:delete{what}.sync", "")),
        )
        for what, name in _EKS
    },
}

_WORD: Final = late(r"\w+")


def _starts(state: State, ways: Sequence[tuple[str, str, str]]) -> tuple[str, str] | None:
    """Return the Resource that waits for what a Task starts, and what names it in the answer; None for another Task."""
    call = _call(state)
    if call is None or call.pattern:
        return None
    for action, instead, name in ways:
        if action == call.action and _sdk_name(instead.split(":")[0]) == call.service:
            return f"arn:{call.partition}:states:::{instead}", name
    return None


def _same_work(start: State, ask: State, member: str, name: str, between: Sequence[State]) -> bool:
    """Whether a Task asks for the very work that another started: it is named by the answer, or both name it alike."""
    started, asked = _members(start), _members(ask)
    if started is None or asked is None:
        return False
    named = asked.get(member) or asked.get(f"{member}.$")
    if named is None:
        return False
    alike = started.get(member) or started.get(f"{member}.$")
    if alike is not None and alike.kind == STRING and alike.text == named.text:
        return True
    if not name:
        return False
    names = {name}
    for state in (start, *between):
        for field in _MADE_IN:
            node = state.node.get(field)
            for key, value in _pairs(node) if node is not None else ():
                if value.kind == STRING and _last_word(value) in names:
                    names.add(key.removesuffix(".$"))
    return any(value.kind == STRING and _last_word(value) in names for _, value in _pairs(named))


def _last_word(node: Node) -> str:
    words = _WORD.findall(node.text or "")
    return words[-1] if words else ""
