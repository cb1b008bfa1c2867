"""ASL204."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asllint.model import ChoiceState, Scope, State, Transition
from asllint.model.machine import DEFAULT
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asllint.model.predicates import Dead

_NAMED = 3
"""How many states that could lead to the Fail state are named."""


class UnreachableFailState(Rule):
    """No running state leads to a Fail state: the error path that it was written for is not wired.

    AWS refuses a state that no transition of its scope names, Fail states too: "State "X" is not reachable."
    (MISSING_TRANSITION_TARGET). Where transitions do name it, but only from states that `StartAt` does not lead to, AWS
    accepts the definition, and this is a warning. So it is where only Choice states lead to it, by rules that are never
    taken: conditions that cannot hold, or a test for the empty string on the ARN that a service has just returned, with
    the `Default` behind it. Any other `Default` that leads to a Fail state is a guard, and nothing is said of it.
    (Where the task fails, it raises an error and returns nothing; where the field is missing, the Choice state itself
    fails.)

    ## Why it matters

    Someone meant the execution to end in this state with a name and a cause for the error, and forgot the `Catch` or the
    `Default` that leads there. Without it, an error ends the execution where it happens, and what is not expected takes
    another way.

    ## What to do

    Add a `Catch` with `"Next"` to the Task, Parallel or Map states whose errors it is for, or lead to it from a Choice
    state. If no error path is wanted, delete the state.
    """

    code = "ASL204"
    name = "unreachable-fail-state"
    severity = ERROR
    aws_code = "MISSING_TRANSITION_TARGET"
    rejected_by_aws = True
    concerns = ("flow:no-incoming", "flow:unreachable", "choice:never-taken")

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {
  "Train": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
    "Parameters": {}, "End": true},
  «"Training failed"»: {"Type": "Fail", "Error": "TrainingFailed", "Cause": "The training job failed."}
}}""",
            title="the `Catch` was forgotten",
        ),
        Example(
            """StartAt: Check
States:
  Check:
    Type: Choice
    Choices:
      - {Variable: $.ok, BooleanEquals: true, Next: Done}
  Done: {Type: Succeed}
  Retry: {Type: Wait, Seconds: 5, Next: Again}
  Again: {Type: Choice, Choices: [{Variable: $.ok, BooleanEquals: true, Next: Retry}], Default: Bad}
  «Bad»: {Type: Fail, Error: BadInput}
""",
            language="yaml",
            title="only states that never run lead to it: a warning",
        ),
        Example(
            """{"StartAt": "Label", "States": {
  "Label": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Parameters": {},
    "Next": "Check"},
  "Check": {"Type": "Choice", "Default": "Bad",
    "Choices": [{"Not": {"Variable": "$.LabelingJobArn", "StringEquals": ""}, "Next": "Done"}]},
  "Done": {"Type": "Succeed"},
  «"Bad"»: {"Type": "Fail", "Error": "InvalidOutput"}
}}""",
            title="an ARN is never empty: a warning",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {
  "Train": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
    "Parameters": {}, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}], "End": true},
  "Failed": {"Type": "Fail", "Error": "TrainingFailed"}
}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {
  "Train": {"Type": "Task", "Resource": "${TrainingArn}", "Catch": ${Catchers}, "End": true},
  "Failed": {"Type": "Fail", "Error": "TrainingFailed"}
}}""",
            title="a placeholder may lead there",
        ),
    )

    def check_scope(self, scope: Scope) -> Iterable[Finding]:
        """Look for Fail states that nothing which runs leads to."""
        graph = scope.graph
        fails = [state for state in scope.states if state.type == "Fail"]
        failing = [state for state in fails if state not in graph.reachable or not graph.incoming[state]]
        led = [state for state in fails if state not in failing]
        dead = _dead(scope) if led else {}
        if not (failing or dead) or not graph.complete:
            return
        running = [state for state in scope.states if state in graph.reachable]
        catchless = [s for s in running if s.type in ("Task", "Parallel", "Map") and not s.catchers]
        choices: list[State] = [s for s in running if isinstance(s, ChoiceState) and s.default is None]
        cure = _cure(scope, catchless, choices)
        error = "the error path that it was written for is not wired"
        for state in failing:
            sources = list(dict.fromkeys(t.source for t in graph.incoming[state] if t.source is not None))
            if not graph.incoming[state]:
                message = (
                    f"No transition leads to the Fail state `{state.name}`: {error}, and AWS refuses the definition."
                )
                related = [Related(other.head, "has no `Catch`") for other in catchless[:_NAMED]]
                yield Finding(state.head, message, cure=cure, related=related)
                continue
            if len(sources) == 1:
                message = (
                    f"Only `{sources[0].name}`, which is never reached itself, leads to the Fail state `{state.name}`"
                )
            else:
                message = f"Only states that are never reached themselves lead to the Fail state `{state.name}`"
            related = [Related(source.head, "never reached") for source in sources[:_NAMED]]
            yield Finding(
                state.head,
                f"{message}: {error}.",
                cure=f"Lead to {_listed(sources)} from a state that runs, or delete what never runs.",
                related=related,
                severity=WARNING,
                rejected_by_aws=False,
            )
        for state, ways in _cut_off(scope, led, dead):
            yield Finding(
                state.head,
                f"The Fail state `{state.name}` is never reached: only {_never(ways[0])}: {error}.",
                cure=cure,
                related=[Related(way.transition.node, "never taken") for way in ways[:_NAMED]],
                severity=WARNING,
                rejected_by_aws=False,
            )


def _dead(scope: Scope) -> dict[Transition, Dead]:
    """Return the transitions of Choice states that are never taken."""
    if "choice:never-taken" not in scope.machine.features:
        return {}
    from asllint.model.predicates import analyse

    return {transition: dead for transition, dead in analyse(scope.machine).dead.items() if _of(scope, transition)}


def _of(scope: Scope, transition: Transition) -> bool:
    return transition.source is not None and transition.source.scope is scope


def _cut_off(scope: Scope, fails: list[State], dead: dict[Transition, Dead]) -> Iterator[tuple[State, list[Dead]]]:
    """Yield the Fail states that nothing leads to but these transitions, with those that do."""
    start = scope.start
    seen = set(start.targets) if start is not None else set()
    stack = list(seen)
    while stack:
        for transition in stack.pop().transitions:
            for target in transition.targets:
                if target not in seen and transition not in dead:
                    seen.add(target)
                    stack.append(target)
    for state in fails:
        ways = [dead[transition] for transition in scope.graph.incoming[state] if transition in dead]
        if state not in seen and any(way.transition.kind != DEFAULT or way.task is not None for way in ways):
            yield state, ways


def _never(way: Dead) -> str:
    """Say why a transition is never taken."""
    title = f"{way.transition.title[0].lower()}{way.transition.title[1:]}"
    if way.task is None:
        return f"{title} leads to it, which is never taken whatever the data is"
    return f"{title} leads to it, for an empty `{way.path}`, and an ARN that `{way.task.name}` returns is never empty"


def _cure(scope: Scope, catchless: list[State], choices: list[State]) -> str:
    ways = []
    if catchless:
        have = "have" if len(catchless) > 1 else "has"
        ways.append(f"a `Catch` of {_listed(catchless)}, which {have} none")
    if choices:
        ways.append(f"a `Default` of {_listed(choices)}")
    if not ways:
        return f"Lead to it from a `Catch` or a Choice state of {scope.title}, or delete it."
    return f"Lead to it from {', or from '.join(ways)}; or delete it."


def _listed(states: list[State]) -> str:
    names = [f"`{state.name}`" for state in states[:_NAMED]]
    if len(states) > _NAMED:
        return f"{', '.join(names)} or one of {len(states) - _NAMED} others"
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
