"""ASL307."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.errors import TIMEOUT_MISSED, facts
from asllint.rule import WARNING, Example, Finding, Related, Rule


class StatesAllMisses(Rule):
    """A Catch for any error leaves out the timeout that its Task has: States.TaskFailed does not match it.

    `States.TaskFailed` "acts as a wildcard that matches any known error name except for `States.Timeout`" (developer guide,
    "Handling errors"). The rule reports a Catch that ends in this wildcard on a Task with `TimeoutSeconds`, where neither it nor
    a Catch of a state around it takes `States.Timeout`.

    Nor does it match `States.QueryEvaluationError`, which an expression of the state may raise (measured in September 2026). And
    `States.ALL` does not match everything either: not `States.Runtime`, which ends the execution whatever Catch says, nor, by the
    developer guide, `States.DataLimitExceeded`, which a Catch can take by its own name (of the result of an SDK call that was too
    large both wildcards were seen to take it). Any state can raise these, so they are not reported.

    ## Why it matters

    The timeout was set so that a task which hangs comes to an end; when it does, the execution fails, and the error path, with
    its message or its clean-up, is not taken.

    ## What to do

    Catch `States.ALL`, or name `States.Timeout` beside `States.TaskFailed`.
    """

    code = "ASL307"
    name = "states-all-misses"
    severity = WARNING
    concerns = ("catch:timeout-missed",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 3600,
    "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}, "End": true,
    "Catch": [{"ErrorEquals": [«"States.TaskFailed"»], "Next": "Nobody answered"}]},
  "Nobody answered": {"Type": "Fail", "Error": "NoAnswer"}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 3600,
    "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}, "End": true,
    "Catch": [{"ErrorEquals": ["States.TaskFailed", "States.Timeout"], "Next": "Nobody answered"}]},
  "Nobody answered": {"Type": "Fail", "Error": "NoAnswer"}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the timeouts that nothing catches."""
        for fact in facts(machine):
            if fact.kind == TIMEOUT_MISSED and fact.other is not None:
                name = fact.handler.state.name
                message = (
                    f"`States.TaskFailed` does not match `States.Timeout`: when `{name}` times out, nothing catches it."
                )
                related = [Related(fact.other, "the timeout")]
                cure = 'Write `"ErrorEquals": ["States.ALL"]`, or name `States.Timeout` as well.'
                yield Finding(fact.nodes[0], message, cure=cure, related=related)
