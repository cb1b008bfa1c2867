"""ASL506."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.unread import UNREAD, unread
from asllint.rule import NOTE, Example, Finding, Rule


class UnreadField(Rule):
    """A state makes a field of its output that no state reads.

    The fields that a Pass state writes in `Parameters` or `Result`, or that `ResultSelector` selects, are followed from state to
    state. Here each way comes to where the data is replaced, and no path has selected the field until then.

    Where no field of several is read, one finding stands at the whole. Data that goes whole to a task, to a branch or
    to an iteration, that is the output of the execution, or that comes to a Fail state, counts as read; so does
    whatever a state in JSONata is given.

    ## Why it matters

    The field is left over, or the path that should read it has another name. What a state passes on is limited to 256 KiB.

    ## What to do

    Take the field away, or correct the path that was meant to read it.
    """

    code = "ASL506"
    name = "unread-field"
    severity = NOTE
    concerns = ("payload:unread",)

    invalid = (
        Example(
            """{"StartAt": "Prepare", "States": {
  "Prepare": {"Type": "Pass", "Parameters": {"key.$": "$.key", «"bucket"»: "in"}, "Next": "Load"},
  "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "load", "Payload": {"key.$": "$.key"}}, "End": true}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Prepare", "States": {
  "Prepare": {"Type": "Pass", "Parameters": {"key.$": "$.key", "bucket": "in"}, "Next": "Load"},
  "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "load", "Payload.$": "$"}, "End": true}
}}""",
            title="the data goes whole to the task",
        ),
        Example(
            """{"StartAt": "Prepare", "States": {
  "Prepare": {"Type": "Pass", "Parameters": {"key.$": "$.key", "bucket": "in"}, "Next": "Load"},
  "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": "$.loaded",
    "Parameters": {"FunctionName": "load", "Payload": {"key.$": "$.key"}}, "End": true}
}}""",
            title="it is still in the output of the execution",
        ),
        Example(
            """{"StartAt": "Prepare", "States": {
  "Prepare": {"Type": "Pass", "Parameters": {"key.$": "$.key", "bucket": "in"}, "Next": "Load"},
  "Load": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "load", "Payload": {"key.$": "$.${Field}"}}, "End": true}
}}""",
            title="what a placeholder brings may read it",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        for fact in unread(machine):
            if fact.kind == UNREAD:
                what = f"`{fact.path}`, which is made here"
                if fact.path == "$":
                    what = f"any field that `{fact.key.value}` makes"
                yield Finding(
                    fact.key,
                    f"No state reads {what}, until the data is replaced.",
                    cure="Take it away, or correct the path that was meant to read it.",
                )
