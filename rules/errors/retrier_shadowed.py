"""ASL303."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Retrier, StateMachine
from asllint.model.error_words import shadowed
from asllint.model.errors import REPEATED, SHADOWED, facts
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule


class RetrierShadowed(Rule):
    """An earlier Retrier takes the error that a later one names.

    Retriers are scanned in the order of the text, and the first that names the error counts; when its attempts are used up, the
    error goes on to Catch, and no further Retrier is tried (specification, "Retrying after error"; developer guide, "Handling
    errors", "Complex retry scenario"). `States.TaskFailed` "acts as a wildcard that matches any known error name except for
    `States.Timeout`", so it takes the other errors that are named behind it: all but `States.QueryEvaluationError`, which it was
    measured to let through (September 2026).

    It is a warning where nothing is left that the later Retrier can match, and a note where other names of it count, or a name
    stands twice in one `ErrorEquals`.

    ## Why it matters

    The interval and the number of attempts that were chosen for this error are never used: those of the wildcard are. A Retrier
    with `"MaxAttempts": 0` takes its errors, too: they are not retried at all.

    ## What to do

    Put the particular errors before the wildcard, or remove what is said twice.
    """

    code = "ASL303"
    name = "retrier-shadowed"
    severity = WARNING
    concerns = ("retry:shadowed",)

    invalid = (
        Example(
            """{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true, "Retry": [
  {"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2},
  {"ErrorEquals": [«"Lambda.TooManyRequestsException"»], "IntervalSeconds": 10, "MaxAttempts": 6}]}""",
            title="the wildcard stands first",
        ),
        Example(
            """{"Type": "Task", "Resource": "${Function}", "End": true, "Retry": [
  {"ErrorEquals": ["Busy", "Locked"], "IntervalSeconds": 5},
  {"ErrorEquals": [«"Busy"», "Slow"], "IntervalSeconds": 60}]}""",
            title="a note: `Slow` still counts",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true,
  "TimeoutSeconds": 60, "Retry": [
  {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 10, "MaxAttempts": 6},
  {"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2},
  {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0}]}""",
            title="`States.TaskFailed` does not match `States.Timeout`",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what an earlier item takes."""
        for fact in facts(machine):
            if fact.kind in (SHADOWED, REPEATED) and isinstance(fact.handler, Retrier) and fact.other is not None:
                message, cure, there = shadowed(fact)
                yield Finding(
                    fact.at,
                    message,
                    cure=cure,
                    related=[Related(fact.other, there)],
                    severity=None if fact.dead and fact.kind == SHADOWED else NOTE,
                )
