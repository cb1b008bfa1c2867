"""ASL213."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.loops import loops
from asllint.rule import WARNING, Example, Finding, Related, Rule


class BusyLoop(Rule):
    """A loop asks a service for a status again and again without a Wait state in between.

    The loop consists of Choice and Pass states and of calls that only ask (`describe…`, `get…`, `list…`, `head…`), has no
    Wait state, and asks the same each time, or tests a status. Or it has no task at all and looks at the time. Whatever
    may take its time, or makes progress, is left alone: Lambda functions, jobs that are waited for, counters, lists that
    become shorter, pages that follow each other (`NextToken`).

    ## Why it matters

    A round takes a fraction of a second, and each of its transitions is billed: a job of an hour costs many thousands of
    them. The service throttles the calls, and the execution fails when its history has 25,000 events (developer guide,
    "Service quotas"), long before the job is done.

    ## What to do

    Put a Wait state on the way back. Where the service has an integration that waits for the end of its job (`.sync`), use
    that instead of the loop.
    """

    code = "ASL213"
    name = "busy-loop"
    severity = WARNING
    concerns = ("loop:busy",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:describeDBInstances",
    "Parameters": {"DbInstanceIdentifier": "db"}, "Next": "Ready?"},
  "Ready?": {"Type": "Choice", "Default": «"Ask"»,
    "Choices": [{"Variable": "$.DbInstances[0].DbInstanceStatus", "StringEquals": "available", "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
        ),
        Example(
            """QueryLanguage: JSONata
StartAt: Look
States:
  Look:
    Type: Choice
    Default: Again
    Choices:
      - Condition: "{% $states.context.State.EnteredTime > $states.input.until %}"
        Next: Done
  Again:
    Type: Pass
    Next: «Look»
  Done:
    Type: Succeed
""",
            language="yaml",
            title="what a Wait state with a `Timestamp` is for",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:describeDBInstances",
    "Parameters": {"DbInstanceIdentifier": "db"}, "Next": "Ready?"},
  "Ready?": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": "$.DbInstances[0].DbInstanceStatus", "StringEquals": "available", "Next": "Done"}]},
  "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Ask"},
  "Done": {"Type": "Succeed"}
}}""",
        ),
        Example(
            """{"StartAt": "List", "States": {
  "List": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2",
    "Parameters": {"Bucket": "b", "ContinuationToken.$": "$.NextContinuationToken"}, "Next": "More?"},
  "More?": {"Type": "Choice", "Default": "Done",
    "Choices": [{"Variable": "$.NextContinuationToken", "IsPresent": true, "Next": "List"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="one page after the other",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each at the transition that goes back to the question."""
        for fact in loops(machine).busy:
            related = []
            if fact.task is None:
                message = "The loop looks at the time again and again without a Wait state"
                cure = "Use a Wait state with `Timestamp` or `Seconds` instead."
            else:
                message = f"`{fact.task.name}` asks again and again without a Wait state in between"
                cure = "Lead to a Wait state that leads back to it."
                related.append(Related(fact.task.head, "asks"))
            if fact.started is not None:
                resource, task = fact.started.resource, fact.started.task
                if machine.workflow_type != "express":
                    cure = (
                        f"`{resource}` in `{task.name}` waits for the end by itself. Else lead to a Wait state first."
                    )
                related.append(Related(task.head, "starts what is asked for"))
            yield Finding(
                fact.back.node,
                f"{message}: each of its transitions is billed, and 25,000 events of history are soon used up.",
                cure=cure,
                related=related,
            )
