"""Data that a state makes and that nothing uses: dropped by the state itself, or never read by those that follow.

Which fields are read is followed backwards, from where they are read to where they are made, scope by scope (specification,
"Input and Output Processing"). What leaves a scope as its output, goes whole to a task, or is looked at by a state that is
not understood, is read. Time is linear in the number of transitions: each of a bounded number of paths passes each
transition once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from asllint.model.machine import CATCH, JSONPATH, Catcher, ChoiceState, Scope, State, StateMachine, Transition, is_root
from asllint.source.node import ARRAY, NULL, OBJECT, STRING, Node
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    Steps = tuple[str, ...]
    """Names from the root on; all that is below is meant too: the empty one is the whole."""

DROPPED: Final = "dropped"
UNREAD: Final = "unread"

MAX_PATHS: Final = 40
"""Paths that are told apart at one state; of more the whole counts as read."""
MAX_STEPS: Final = 4

_STEPS: Final = r"(?:\.[\w\-]+|\['[^'\\]+'\])*+"
_PATH: Final = late(rf"\$(\$|[^\W\d]\w*)?({_STEPS})")
"""A root, what makes it the context object or a variable, and the names behind it, as far as there are only names."""
_NAME: Final = late(r"\.([\w\-]+)|\['([^'\\]+)'\]")

_PATHS: Final = {
    "Task": ("TimeoutSecondsPath", "HeartbeatSecondsPath"),
    "Wait": ("SecondsPath", "TimestampPath"),
    "Map": ("ItemsPath", "MaxConcurrencyPath", "ToleratedFailurePercentagePath", "ToleratedFailureCountPath"),
}
_TAKES_WHOLE: Final = {"Task": "Parameters", "Parallel": "Parameters", "Map": "ItemsPath"}
"""Without this field a state takes the whole of what it is given."""
_WHOLE: Final = ("ItemReader", "ItemBatcher", "ResultWriter", "Credentials")
"""Fields that are not looked into: whatever is there may be read."""


class Fact:
    """Data that nothing uses.

    kind   DROPPED: the state itself drops what it makes; UNREAD: no state reads it
    state  the state that makes it
    key    the key of the field that makes it: of the state, or of its template
    by     DROPPED: the key of the field that drops it
    path   UNREAD: where it would be read, as a path
    """

    __slots__ = ("by", "key", "kind", "path", "state")

    def __init__(self, kind: str, state: State, key: Node, by: Node | None = None, path: str = "") -> None:
        self.kind = kind
        self.state = state
        self.key = key
        self.by = by
        self.path = path


@lru_cache(maxsize=1)
def unread(machine: StateMachine) -> Sequence[Fact]:
    """Return what nothing uses, in the order of the text; nothing of a text with a fault. Looked for once a machine."""
    if machine.document.problems:
        return []
    misshapen = {id(mismatch.owner) for mismatch in machine.mismatches}
    out: list[Fact] = []
    for scope in (machine, *machine.scopes):
        out += [fact for state in scope.states if id(state.node) not in misshapen for fact in _dropped(state)]
        if scope.graph.complete and any(_made(state) for state in scope.states):
            out += _Reads(scope, misshapen).facts()
    out.sort(key=lambda fact: fact.key.start)
    return out


def _dropped(state: State) -> Iterator[Fact]:
    node = state.node
    if state.query_language != JSONPATH or state.TYPE not in ("Pass", "Task", "Parallel", "Map"):
        return
    makers = ("Result", "Parameters") if state.TYPE == "Pass" else ("ResultSelector",)
    made = [key for name in makers if (key := node.key(name)) is not None]
    if not made or node.get("Assign") is not None:
        return
    for name in ("ResultPath", "OutputPath"):
        value, by = node.get(name), node.key(name)
        if value is not None and value.kind == NULL:
            yield from (Fact(DROPPED, state, key, by) for key in made)
            return
    if len(made) == 2:
        yield Fact(DROPPED, state, made[1], made[0])


def _made(state: State) -> Node | None:
    """Return the object whose fields a state makes and passes on; None where it makes none that is known."""
    if state.TYPE == "Pass":
        node = state.node.get("Result") or state.node.get("Parameters")
    elif state.TYPE in ("Task", "Parallel", "Map"):
        node = state.node.get("ResultSelector")
    else:
        return None
    return node if node is not None and node.kind == OBJECT and node.members and not node.open else None


class _Reads:
    """Which paths are read at the input of each state of a scope, and of what it makes."""

    def __init__(self, scope: Scope, misshapen: set[int]) -> None:
        self.scope = scope
        self._misshapen = misshapen
        self._at: dict[State, set[Steps]] = {state: set() for state in scope.states}
        self._made: dict[State, set[Steps]] = {state: set() for state in scope.states}
        self._waiting: list[tuple[State, Steps]] = []
        for state in scope.states:
            for steps in self._own(state):
                self._add(state, steps)
            if state.terminal or not any(t.kind != CATCH and t.targets for t in state.transitions):
                self._back(state, None, ())
        incoming = scope.graph.incoming
        while self._waiting:
            state, steps = self._waiting.pop()
            for transition in incoming[state]:
                if transition.source is not None:
                    self._back(transition.source, transition, steps)

    def facts(self) -> Iterator[Fact]:
        reachable = self.scope.graph.reachable
        for state in self.scope.states:
            made = _made(state)
            output = state.node.get("OutputPath")
            if made is None or state not in reachable or self._unclear(state) or not is_root(output):
                continue
            at = _result_path(state.node.get("ResultPath"))
            if at is None or len(at) >= MAX_STEPS or state.node.get("Assign") is not None:
                continue
            read = self._made[state]
            fields = [(key, (*at, str(key.value).removesuffix(".$"))) for key, _ in made.members]
            left = [field for field in fields if not any(_meet(steps, field[1]) for steps in read)]
            if len(left) == len(fields) and (at or len(left) > 1):
                # of a task it may be no more than a way to keep the result off the input
                key = next(k for k, value in state.node.members if value is made)
                if not at or state.TYPE == "Pass":
                    yield Fact(UNREAD, state, key, path=_written(at))
                continue
            for key, steps in left:
                yield Fact(UNREAD, state, key, path=_written(steps))

    def _unclear(self, state: State) -> bool:
        return not state.TYPE or state.query_language != JSONPATH or id(state.node) in self._misshapen

    def _add(self, state: State, steps: Steps) -> None:
        at = self._at[state]
        steps = steps[:MAX_STEPS] if len(at) < MAX_PATHS else ()
        if steps not in at and () not in at:
            at.add(steps)
            self._waiting.append((state, steps))

    def _back(self, state: State, transition: Transition | None, steps: Steps) -> None:
        """Follow what is read behind a state back to its input."""
        if self._unclear(state):
            self._add(state, ())
            return
        if transition is not None and isinstance(transition.via, Catcher):
            self._place(state, transition.via.node.get("ResultPath"), steps, None)
            return
        output = state.node.get("OutputPath")
        if output is not None:
            if output.kind == NULL:
                return
            prefix = _steps(output)
            steps = () if prefix is None else (*prefix, *steps)
        if state.TYPE in ("Choice", "Wait", "Succeed", "Fail"):
            self._add(state, steps if is_root(state.node.get("InputPath")) else ())
            return
        self._made[state].add(steps[:MAX_STEPS] if len(self._made[state]) < MAX_PATHS else ())
        passes = state.TYPE == "Pass" and state.node.get("Result") is None and state.node.get("Parameters") is None
        self._place(state, state.node.get("ResultPath"), steps, _given(state) if passes else None)

    def _place(self, state: State, node: Node | None, steps: Steps, passed: Sequence[Steps] | None) -> None:
        """Follow what is read behind a ResultPath; `passed`: what it places, if that is part of the input."""
        at = _result_path(node)
        if at is None:
            self._add(state, steps if node is not None and node.kind == NULL else ())
            return
        if steps[: len(at)] != at:
            self._add(state, steps)
            if at[: len(steps)] != steps:
                return
        for prefix in passed or ():
            self._add(state, (*prefix, *steps[len(at) :]))

    def _own(self, state: State) -> Iterator[Steps]:
        """Yield what a state itself reads of its input."""
        node = state.node
        if self._unclear(state) or state.TYPE in ("Succeed", "Fail") or not node.names.isdisjoint(_WHOLE):
            yield ()
            return
        given = _given(state)
        found: list[Steps] = []
        for name in _PATHS.get(state.TYPE, ()):
            value = node.get(name)
            if value is not None:
                found += _read(value)
        for name in ("Parameters", "ItemSelector", "Assign"):
            value = node.get(name)
            if value is not None:
                found += _template(value)
        if isinstance(state, ChoiceState):
            for rule in (rule for top in state.choices for rule in top.walk()):
                for key, value in rule.node.members:
                    if key.value == "Assign":
                        found += _template(value)
                    elif key.value == "Variable" or str(key.value).endswith("Path"):
                        found += _read(value)
        elif state.TYPE in _TAKES_WHOLE and node.get(_TAKES_WHOLE[state.TYPE]) is None:
            found.append(())
        for steps in found:
            for prefix in given:
                yield (*prefix, *steps)
                yield steps


def _given(state: State) -> list[Steps]:
    """Return where what a state is given lies in its input: one place, or none."""
    node = state.node.get("InputPath")
    if node is None:
        return [()]
    if node.kind == NULL:
        return []
    steps = _steps(node)
    return [()] if steps is None else [steps]


def _result_path(node: Node | None) -> Steps | None:
    """Return where a result is placed; None where that is not a matter of names, or nowhere."""
    return () if node is None else _steps(node)


def _meet(a: Steps, b: Steps) -> bool:
    """Whether one is the other, or holds it."""
    least = min(len(a), len(b))
    return a[:least] == b[:least]


def _written(steps: Steps) -> str:
    return "$" + "".join(f".{step}" if step.isidentifier() else f"['{step}']" for step in steps)


def _steps(node: Node) -> Steps | None:
    """Return the names of a path; None where it is not known, or has other steps."""
    match = _PATH.fullmatch(node.literal or "")
    return _names(match[2]) if match is not None and not match[1] else None


def _names(text: str) -> Steps:
    return tuple(match[1] or match[2] for match in _NAME.finditer(text))


def _read(node: Node) -> list[Steps]:
    """Return what the paths in a string read of the data, at least; texts in quotes may look like paths as well."""
    if node.literal is None:
        return [()]
    return [_names(match[2]) for match in _PATH.finditer(node.literal) if not match[1]]


def _template(node: Node) -> list[Steps]:
    """Return what a payload template reads of the data."""
    out: list[Steps] = []
    stack = [node]
    if node.kind != OBJECT:
        return [()]
    while stack:
        part = stack.pop()
        if part.kind == ARRAY:
            stack += part.items
        elif part.kind == OBJECT:
            if part.open:
                out.append(())
            for key, value in part.members:
                if not str(key.value).endswith(".$"):
                    stack.append(value)
                else:
                    out += _read(value) if value.kind == STRING else [()]
        elif not part.known:
            out.append(())
    return out
