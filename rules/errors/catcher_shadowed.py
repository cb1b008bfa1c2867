"""ASL305."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Catcher, StateMachine
from asllint.model.error_words import shadowed
from asllint.model.errors import REPEATED, SHADOWED, facts
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule


class CatcherShadowed(Rule):
    """An earlier Catcher takes the error that a later one names.

    Catchers are scanned in the order of the text, and the first that names the error counts (specification, "Fallback states").
    `States.TaskFailed` "acts as a wildcard that matches any known error name except for `States.Timeout`" (developer guide,
    "Handling errors"), so it takes the other errors that are named behind it: all but `States.QueryEvaluationError`, which it was
    measured to let through (September 2026).

    It is a warning where nothing is left that the later Catcher can match, and a note where other names of it count, or a name
    stands twice in one `ErrorEquals`.

    ## Why it matters

    The error path that was written for this error is never taken: the other one is.

    ## What to do

    Put the particular errors before the wildcard, or remove what is said twice.
    """

    code = "ASL305"
    name = "catcher-shadowed"
    severity = WARNING
    concerns = ("catch:shadowed",)

    invalid = (
        Example(
            """{"StartAt": "Pay", "States": {
  "Pay": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:pay", "End": true, "Catch": [
    {"ErrorEquals": ["States.TaskFailed"], "Next": "Failed"},
    {"ErrorEquals": [«"CardDeclined"»], "Next": "Ask again"}]},
  "Ask again": {"Type": "Succeed"},
  "Failed": {"Type": "Fail", "Error": "PaymentFailed"}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Pay", "States": {
  "Pay": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:pay", "End": true, "Catch": [
    {"ErrorEquals": ["CardDeclined"], "Next": "Ask again"},
    {"ErrorEquals": ["States.ALL"], "Next": "Failed"}]},
  "Ask again": {"Type": "Succeed"},
  "Failed": {"Type": "Fail", "Error": "PaymentFailed"}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what an earlier item takes."""
        for fact in facts(machine):
            if fact.kind in (SHADOWED, REPEATED) and isinstance(fact.handler, Catcher) and fact.other is not None:
                message, cure, there = shadowed(fact)
                yield Finding(
                    fact.at,
                    message,
                    cure=cure,
                    related=[Related(fact.other, there)],
                    severity=None if fact.dead and fact.kind == SHADOWED else NOTE,
                )
