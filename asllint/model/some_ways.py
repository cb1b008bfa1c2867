"""Whether data that is there on some of the ways to a state is certainly missing on one that an execution can go.

Alternatives that meet at a state, and are told apart again by a Choice state behind it, may belong to ways that no execution
goes: what the Choice state asks for may be what has told them apart before. So the ways are followed backwards from a state;
where a Choice state has both kinds of data, nothing is known, nor behind a state that makes its output anew of one or the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from asllint.expr import jsonpath
from asllint.model.machine import JSONATA, ChoiceState, State, is_root
from asllint.model.payload import Analysis, Problem, Shape

MAX_STATES = 200
"""States that are looked at behind one problem; behind more of them nothing is known."""

_INPUT = "$states.input"


def is_gone(analysis: Analysis, problem: Problem) -> bool:
    """Whether an execution can go a way on which the result that a state reads has no such field."""
    steps = _steps(problem)
    step = problem.step
    if steps is None or step is None or not problem.sure or not _differs(analysis, problem.state, steps, step):
        return False  # what is read may be no part of the input, but of what an InputPath selects, or of a result
    seen = {problem.state}
    waiting = [problem.state]
    while waiting:
        state = waiting.pop()
        for transition in state.scope.graph.incoming[state]:
            source = transition.source
            if source is None:
                if state.scope.owner is not None:
                    return False  # the ways to the state around it would have to be followed
            elif source not in seen and _differs(analysis, source, steps, step):
                if isinstance(source, ChoiceState) or len(seen) >= MAX_STATES:
                    return False
                seen.add(source)
                waiting.append(source)
            elif source not in seen and len(analysis.input(source)) > 1 and not _hands_on(source):
                return False  # both kinds of data may come to it, in another place
    return True


def _hands_on(state: State) -> bool:
    """Whether nothing in the output of a state is an input in another place; what a Task adds is its own."""
    node = state.node
    anew = node.get("Output") is not None or not is_root(node.get("OutputPath"))
    if state.type == "Task":
        return not anew
    anew = anew or not is_root(node.get("InputPath")) or node.get("Parameters") is not None
    return not anew and state.type in ("Choice", "Pass", "Wait")


def _differs(analysis: Analysis, state: State, steps: Sequence[str | int], step: str | int) -> bool:
    """Whether the data at a state has the field on some ways alone."""
    without = 0
    cases = analysis.input(state)
    for case in cases:
        shape: Shape = case.shape
        for part in steps:
            shape = shape.get(part)
        without += shape.lacks(step)
    return 0 < without < len(cases)


def _steps(problem: Problem) -> Sequence[str | int] | None:
    """Return how the value that lacks the field is reached from the input of the state; None where it is no part of that."""
    text = problem.path
    if problem.state.query_language == JSONATA:
        if text != _INPUT and not text.startswith((f"{_INPUT}.", f"{_INPUT}[")):
            return None
        text = f"${text.removeprefix(_INPUT)}"
    path = jsonpath.parse(text).root
    if path is None or path.root != jsonpath.INPUT:
        return None
    steps = jsonpath.literal_steps(path)
    return steps if len(steps) == len(path.steps) else None
