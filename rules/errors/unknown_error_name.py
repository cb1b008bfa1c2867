"""ASL316."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.error_words import unknown
from asllint.model.errors import UNKNOWN_NAME, facts
from asllint.model.names import respelt
from asllint.rule import WARNING, Example, Finding, Fix, Rule


class UnknownErrorName(Rule):
    """An error name in ErrorEquals is misspelt, or is no name that anything raises.

    Error names are compared letter by letter, capitals and all, and those of Step Functions itself are the ones that the
    specification (appendix A) and the developer guide ("Handling errors", "Error names") list; names of one's own cannot begin
    with `States.`. AWS accepts a name that does not exist: a Catch for `State.ALL` was recorded as accepted. No part of a name
    is a wildcard; only `States.ALL` and `States.TaskFailed` match more than themselves.

    Of the names that AWS services raise the documented ones are known, and a name that is nearly one of them is reported:
    `Lambda.TooManyRequestException`, `S3.NoSuchKey` without `Exception`. Services raise others, too; they and names of one's own
    are left alone.

    ## Why it matters

    The item never matches: no retry happens, or the execution fails and the error path is not taken.

    ## What to do

    Write the name as it is raised: `States.ALL` for any error, `Sandbox.Timedout` for a function out of time.
    """

    code = "ASL316"
    name = "unknown-error-name"
    severity = WARNING
    concerns = ("error:unknown-name",)
    precision = "high"

    invalid = (
        Example(
            """{"Type": "Task", "Resource": "${Function}", "End": true,
  "Retry": [{"ErrorEquals": [«"States.taskFailed"»]}, {"ErrorEquals": [«"Lambda.*"»]}],
  "Catch": [{"ErrorEquals": [«"State.ALL"»], "Next": "Failed"}]}"""
        ),
        Example(
            """Work:
  Type: Task
  Resource: arn:aws:lambda:eu-west-1:123456789012:function:work
  Retry:
    - ErrorEquals: [Lambda.ServiceException, «Lambda.TooManyRequestException»]
  End: true
""",
            language="yaml",
            title="the error is called `Lambda.TooManyRequestsException`",
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Retry": [{"ErrorEquals": [«"SageMaker.ResourceLimitExceeded"»], "IntervalSeconds": 300, "MaxDelaySeconds": 3600}]}}}""",
            title="the names of errors end in `Exception` here, whatever the API reference says",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "Resource": "${Function}", "End": true,
  "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException", "Sandbox.Timedout", "TaskFailed"]}],
  "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]}"""
        ),
        Example(
            """{"Type": "Task", "Resource": "${Function}", "End": true, "Catch": [{"ErrorEquals": ["States.${Name}"], "Next": "A"}]}""",
            title="the name is filled in later",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the names that nothing raises."""
        for fact in facts(machine):
            words = unknown(fact) if fact.kind == UNKNOWN_NAME else None
            if words is not None:
                node, (message, cure, meant) = fact.nodes[0], words
                edit = respelt(node, meant) if meant else None
                fix = Fix(f"Change it to `{meant}`", [edit], safe=False) if edit else None
                yield Finding(node, message, cure=cure, fix=fix)
