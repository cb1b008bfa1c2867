"""ASL505."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.unread import DROPPED, unread
from asllint.rule import WARNING, Example, Finding, Related, Rule


class DroppedResult(Rule):
    """A state makes data and drops it itself.

    `"ResultPath": null` discards the result of a state, and `"OutputPath": null` all of its output (specification, "Input and
    Output Processing"). What `ResultSelector` selects, or a Pass state writes in `Result` or `Parameters`, is lost then, and
    the field has no effect. The same holds for the `Parameters` of a Pass state with a `Result`, which takes their place.

    Nothing is said of a state with an `Assign`, which reads the data before it is dropped.

    ## Why it matters

    Somebody meant the data to be there: a later state reads nothing, or an old value.

    ## What to do

    Give `ResultPath` a place in the input, such as `$.result`; or take the field away.
    """

    code = "ASL505"
    name = "dropped-result"
    severity = WARNING
    concerns = ("payload:dropped",)

    invalid = (
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load",
    «"ResultSelector"»: {"id.$": "$.Id"}, "ResultPath": null, "End": true}
}}"""
        ),
        Example(
            """StartAt: Defaults
States:
  Defaults:
    Type: Pass
    «Result»: {limit: 10}
    ResultPath: null
    End: true
""",
            language="yaml",
        ),
        Example(
            """{"StartAt": "Defaults", "States": {
  "Defaults": {"Type": "Pass", "Result": {"limit": 10}, «"Parameters"»: {"id.$": "$.id"}, "End": true}
}}""",
            title="the Result takes the place of the Parameters",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Defaults", "States": {
  "Defaults": {"Type": "Pass", "Result": {"limit": 10}, "ResultPath": "$.defaults", "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load",
    "ResultSelector": {"id.$": "$.Id"}, "Assign": {"id.$": "$.id"}, "ResultPath": null, "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "Defaults", "States": {
  "Defaults": {"Type": "Pass", "Result": {"limit": 10}, "ResultPath": "${Place}", "End": true}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        for fact in unread(machine):
            if fact.kind != DROPPED or fact.by is None:
                continue
            by = str(fact.by.value)
            if by.endswith("Path"):
                message = f"`{by}` is null: what `{fact.key.value}` makes is dropped."
                cure = f"Write where it belongs, such as `$.result`, or take `{fact.key.value}` away."
                if by == "OutputPath":
                    cure = f"Take one of the two away: without `OutputPath`, `{fact.key.value}` makes the output."
            else:
                message = f"`{by}` takes the place of what `{fact.key.value}` makes, which is dropped."
                cure = "Take one of the two away."
            yield Finding(fact.key, message, cure=cure, related=[Related(fact.by, "this drops it")])
