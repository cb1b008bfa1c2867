"""ASL306."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import State
from asllint.rule import NOTE, Example, Finding, Rule


class UnhandledErrors(Rule):
    """Nothing retries or catches the errors of a Task: any of them ends the execution.

    The rule reports a Task without `Retry` and without `Catch`, in no Parallel or Map state that has one. Off by default: in a
    short state machine it is often right that an error ends the execution.

    ## Why it matters

    Every call fails at times, for reasons that are gone a second later: a throttled request, a lost connection. Without a Retry
    the whole execution fails; without a Catch nothing is undone and nobody is told.

    ## What to do

    Add a `Retry` for what goes away by itself, and a `Catch` where something is to be cleaned up or told. Of a Lambda function
    the developer guide ("Handle transient Lambda service exceptions") retries `Lambda.ClientExecutionTimeoutException`,
    `Lambda.ServiceException`, `Lambda.AWSLambdaException` and `Lambda.SdkClientException`; a function that is throttled raises
    `Lambda.TooManyRequestsException`.
    """

    code = "ASL306"
    name = "unhandled-errors"
    severity = NOTE
    concerns = ("Task",)
    default = False
    precision = "medium"

    invalid = (
        Example(
            """{"StartAt": "Load", "States": {
  «"Load"»: {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true,
    "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}]}
}}"""
        ),
        Example(
            """{"StartAt": "Both", "States": {
  "Both": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "Load", "States": {
      "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true}}}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Undo"}]},
  "Undo": {"Type": "Task", "Resource": "${Undo}", "Retry": ${Retriers}, "End": true}
}}""",
            title="the state around it catches",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look for a Retry or Catch of the Task, and of what is around it."""
        if state.type != "Task":
            return
        here: State | None = state
        while here is not None:
            if here.node.open or _has(here, "Retry") or _has(here, "Catch"):
                return
            here = here.scope.owner
        yield Finding(
            state.head,
            f"Nothing retries or catches the errors of `{state.name}`: any of them ends the execution.",
            cure="Add a `Retry` for errors that go away, or a `Catch`.",
            anchor=state.node,
        )


def _has(state: State, name: str) -> bool:
    """Whether a state has a Retry or Catch that is not empty, as far as can be seen."""
    value = state.field(name)
    return value is not None and (value.kind != "array" or bool(value.items))
