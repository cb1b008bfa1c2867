"""Fields of the data that Catchers make, and ways to the states that read them on which none has made them.

A Catcher with a `ResultPath` adds the Error Output to the input of its state (specification, "Errors"). The error handler that it
leads to reads that; a Choice state that leads there too has no error to hand on. The data is followed along the ways on which it
stays the input of the execution, with fields that are added to it: what a task gives may have any field. So only the states of
the machine itself are looked at, not those of branches and item processors. Nor is it followed through a Choice state that errors
come to as well: what it asks for may be what tells them apart, such as a status that is written behind the Catcher. Time is
linear in the number of transitions, for each of a bounded number of fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from asllint.expr import intrinsics, jsonpath
from asllint.model.expressions import TEXT
from asllint.model.machine import CATCH, JSONPATH, Catcher, ChoiceState, State, StateMachine, Transition, is_root
from asllint.source.node import NULL, STRING, Node, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_FIELDS: Final = 20
"""Fields that Catchers make; further ones are not looked at."""

_OF_THE_INPUT: Final = frozenset(
    ("CausePath", "ErrorPath", "HeartbeatSecondsPath", "InputPath", "ItemSelector", "ItemsPath", "MaxConcurrencyPath",
     "Parameters", "SecondsPath", "TimeoutSecondsPath", "TimestampPath")
)  # fmt: skip
"""Fields that are evaluated with the input of a state, whatever it does then."""
_WITHIN: Final = frozenset(("InputPath", "ItemSelector"))
"""Those of them that are given the whole input also where there is an `InputPath`."""


class Unmade:
    """A state that reads what a Catcher makes, and a way to it on which none has.

    state    the state
    node     the STRING that it is read in
    span     the name of the field in it
    field    the name
    way      the transition to the state that comes without it
    catcher  one that makes it on another way
    """

    __slots__ = ("catcher", "field", "node", "span", "state", "way")

    def __init__(self, state: State, node: Node, span: Span, field: str, way: Transition, catcher: Catcher) -> None:
        self.state = state
        self.node = node
        self.span = span
        self.field = field
        self.way = way
        self.catcher = catcher


def unmade(machine: StateMachine) -> Iterator[Unmade]:
    """Yield where a field that Catchers make is read on ways on which none has made it; nothing of a text that has faults."""
    if machine.document.problems or not machine.graph.complete or machine.input is not None:
        return
    makers: dict[str, list[Catcher]] = {}
    there: set[str] = set()
    for state in machine.states:
        if state.query_language == JSONPATH:
            for catcher in state.catchers:
                steps = _steps(catcher.result_path)
                name = _first(catcher.result_path)
                if len(steps) > 1:
                    there.add(name)  # what it writes into is there before
                elif name:
                    makers.setdefault(name, []).append(catcher)
    makers = {name: makers[name] for name in sorted(makers)[:MAX_FIELDS] if name not in there}
    reads = _reads(machine, makers) if makers else {}
    for name in makers:
        if name in reads and not _given(machine, name):
            yield from _of_field(machine, name, makers[name], reads[name])


Read = tuple[Node, Span]


def _of_field(
    machine: StateMachine, name: str, makers: Sequence[Catcher], reads: Mapping[State, Read]
) -> Iterator[Unmade]:
    caught = [t for catcher in makers if (t := catcher.transition) is not None]
    made = _reached(caught, name, ())
    without = _reached((t for t in machine.transitions if t.source is None), name, [*reads, *_choices_behind(caught)])
    if any(state in without and state not in made for state in reads):
        return  # it seems to be a field of the input, too
    for state, (node, span) in reads.items():
        if state in without:
            source = made[state]
            catcher = source.via if isinstance(source.via, Catcher) else makers[0]
            yield Unmade(state, node, span, name, without[state], catcher)


def _choices_behind(start: Iterable[Transition]) -> Iterator[State]:
    """Yield the Choice states that the ways lead to which begin with some transitions, whatever becomes of the data."""
    seen: set[State] = set()
    waiting = list(start)
    while waiting:
        for state in waiting.pop().targets:
            if state not in seen:
                seen.add(state)
                waiting += state.transitions
                if isinstance(state, ChoiceState):
                    yield state


def _reached(start: Iterable[Transition], name: str, stop: Iterable[State]) -> dict[State, Transition]:
    """Return the states to which the data comes with nothing done to a field, each with the last transition to it.

    stop  where it is not followed further
    """
    ends = frozenset(stop)
    out: dict[State, Transition] = {}
    waiting = list(start)
    while waiting:
        transition = waiting.pop()
        for state in transition.targets:
            if state not in out:
                out[state] = transition
                if state not in ends:
                    waiting += [t for t in state.transitions if _keeps(state, t, name)]
    return out


def _keeps(state: State, transition: Transition, name: str) -> bool:
    """Whether a transition hands on the input of its state, but for other fields."""
    node = state.node
    if state.query_language != JSONPATH:
        return False
    if transition.kind == CATCH:
        path = transition.via.result_path if isinstance(transition.via, Catcher) else None
        return path is not None and (path.kind == NULL or _first(path) not in ("", name))
    if not is_root(node.get("OutputPath")):
        return False
    if isinstance(state, ChoiceState):
        return is_root(node.get("InputPath")) and not _asks_for(state, name)
    path = node.get("ResultPath")
    if path is not None and not is_root(path):
        return state.type in ("Task", "Parallel", "Map", "Pass") and (
            path.kind == NULL or _first(path) not in ("", name)
        )
    made = node.get("Parameters") is not None or node.get("Result") is not None
    return state.type in ("Wait", "Pass") and is_root(node.get("InputPath")) and not made


def _asks_for(state: ChoiceState, name: str) -> bool:
    """Whether a Choice state reads a field, and may lead to where it is not there."""
    return any(
        value.kind == STRING and _first(value) == name
        for top in state.choices
        for rule in top.walk()
        for _, value in rule.node.members
    )


def _first(node: Node | None) -> str:
    """Return the first name of a path; "" where there is none, or it is not known."""
    steps = _steps(node)
    return steps[0] if steps and isinstance(steps[0], str) else ""


def _steps(node: Node | None) -> Sequence[str | int]:
    """Return the names and indexes that a path into the input begins with; () where there is none, or it is not known."""
    if node is None or node.kind != STRING or node.holes or not (node.text or "").startswith("$"):
        return ()
    path = jsonpath.parse(node.text or "").root
    return jsonpath.literal_steps(path) if path is not None and path.root == jsonpath.INPUT else ()


def _reads(machine: StateMachine, makers: Mapping[str, object]) -> dict[str, dict[State, Read]]:
    """Return for each field the states that read it of their input, and where."""
    out: dict[str, dict[State, Read]] = {}
    for expression in machine.expressions:
        state = expression.state
        if (
            state.scope is not machine
            or state.query_language != JSONPATH
            or expression.kind == TEXT
            or expression.holder is not None
            or expression.field not in _OF_THE_INPUT
            or (expression.field not in _WITHIN and not is_root(state.node.get("InputPath")))
            or not any(name in expression.text for name in makers)
        ):
            continue
        for path in intrinsics.paths_in(expression.text, expression.node.holes) or ():
            steps = jsonpath.literal_steps(path) if path.root == jsonpath.INPUT else []
            if steps and isinstance(steps[0], str) and steps[0] in makers:
                span = expression.node.span_in(*path.steps[0].inner)
                out.setdefault(steps[0], {}).setdefault(state, (expression.node, span))
    return out


def _given(machine: StateMachine, name: str) -> bool:
    """Whether a definition says that the input of the execution has a field."""
    return any(f"$$.Execution.Input.{name}" in expression.text for expression in machine.expressions)
