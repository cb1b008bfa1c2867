"""ASL808."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.expressions import TEXT, Expression
from asllint.model.limits import TOLERANT, analyse
from asllint.model.machine import CATCH, JSONATA, MapState, State
from asllint.rule import NOTE, Example, Finding, Rule
from asllint.source.node import NULL


class ToleratesEveryFailure(Rule):
    """A Distributed Map succeeds though every one of its items may have failed.

    With a `ToleratedFailurePercentage` of 100 the Map Run does not fail even if all child executions do (developer guide,
    "Setting failure thresholds for Distributed Map states"). Where a `ToleratedFailureCount` stands beside it, the stricter of
    the two counts, and nothing is reported; nor where a state behind it reads the results, or what the Map Run tells of itself.

    ## Why it matters

    A wrong permission or a broken function fails every item, and the execution is green. Only who reads the results learns
    of it.

    ## What to do

    Tolerate what is normal, say 5 percent. Where each failure is dealt with later, look at the results behind the Map state:
    at `ResultWriterDetails`, or at the `FAILED` file that `ResultWriter` writes.
    """

    code = "ASL808"
    name = "tolerates-every-failure"
    severity = NOTE
    concerns = (TOLERANT,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ToleratedFailurePercentage": «100», "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ToleratedFailurePercentage": 5, "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "ToleratedFailurePercentage": 100, "ResultPath": "$.run", "Next": "Look",
    "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "${Bucket}"}},
    "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
      "States": {"One": {"Type": "Pass", "End": true}}}},
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:describeMapRun", "End": true,
    "Parameters": {"MapRunArn.$": "$.run.MapRunArn"}}}}""",
            title="a state behind it asks how many have failed",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the Map states that never fail."""
        for state in analyse(machine).tolerant:
            if _is_read(state):
                continue
            value = state.tolerated_failure_percentage
            assert value is not None
            yield Finding(
                value,
                f"`{state.name}` succeeds even when all of its items fail, and no state behind it reads its results: an error "
                "that hits every item does not show in the execution.",
                cure="Tolerate a part of the items, or check the results behind it.",
            )


def _is_read(state: MapState) -> bool:
    """Whether a state behind a Map state may read its results."""
    if state.scope.owner is not None:
        return True  # they go on from there, to wherever
    behind: set[State] = set()
    stack = [t for t in state.transitions if t.kind != CATCH]  # where it leads, the Map Run has failed
    while stack:
        for target in stack.pop().targets:
            if target not in behind:
                behind.add(target)
                stack.extend(target.transitions)
    for other in [other for other in behind if other.type == "Parallel"]:
        behind.update(inner for scope in other.scopes for inner in scope.states)
    path = state.node.get("ResultPath")
    lost = path is not None and path.kind == NULL
    root = "$" if path is None else path.literal
    for expression in state.machine.expressions:
        if expression.state in behind and not lost and _reads(expression, root):
            return True
        if expression.state is state and expression.field == "Assign" and "$states.result" in expression.text:
            return True
    return not lost and any(_is_given_all(other) for other in behind)


def _reads(expression: Expression, root: str | None) -> bool:
    """Whether an expression reads the input of its state where the results are, or may."""
    text = expression.text
    if expression.kind == TEXT or expression.field == "ResultPath":
        return False
    if expression.state.query_language == JSONATA:
        return "$states.input" in text
    if root is None or not text.startswith("$"):
        return True  # functions of the input, mostly
    return not text.startswith("$$") and (text == "$" or text.startswith(root))


def _is_given_all(state: State) -> bool:
    """Whether a Task is given the input as it is."""
    return state.type == "Task" and state.key("Parameters") is None and state.key("Arguments") is None
