"""ASL304."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Catcher, StateMachine
from asllint.model.error_words import never
from asllint.model.errors import NEVER, facts
from asllint.rule import NOTE, WARNING, Example, Finding, Rule


class CatcherNeverMatches(Rule):
    """A Catcher names an error that its state cannot raise.

    Error names are compared letter by letter (developer guide, "Handling errors", "Error names"). What a state raises follows
    from what it is: its timeouts, the prefix of the service that it calls, the states inside it and what they catch themselves;
    a distributed Map raises `States.ExceedToleratedFailureThreshold`, whatever has failed in its child executions; and
    `States.Runtime` will "always cause the execution to fail". The page of `retrier-never-matches` says more.

    Nothing is said where others name the error: a Lambda function, a worker, a callback, a child execution, a placeholder. It is
    a warning where nothing is left that the Catcher can match, and a note where other names of it count.

    ## Why it matters

    The error path that someone wrote is never taken: the execution fails instead, or a later Catcher takes the error.

    ## What to do

    Correct the name, or give the state what makes the error possible; remove the Catcher if it is not needed.
    """

    code = "ASL304"
    name = "catcher-never-matches"
    severity = WARNING
    concerns = ("catch:never-matches",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Put", "States": {
  "Put": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem", "Parameters": {"TableName": "t", "Item": {}},
    "Catch": [{"ErrorEquals": [«"ConditionalCheckFailedException"»], "Next": "Done"}], "Next": "Done"},
  "Done": {"Type": "Succeed"}
}}""",
            title="the prefix is missing",
        ),
        Example(
            """StartAt: Both
States:
  Both:
    Type: Parallel
    Branches:
      - StartAt: Check
        States:
          Check:
            Type: Choice
            Choices: [{Variable: $.ok, BooleanEquals: true, Next: Fine}]
            Default: Bad
          Fine: {Type: Pass, End: true}
          Bad: {Type: Fail, Error: BadInput}
    Catch:
      - {ErrorEquals: [«BadOrder»], Next: Refuse}
    End: true
  Refuse: {Type: Succeed}
""",
            language="yaml",
            title="the Fail state inside has another name for it",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Put", "States": {
  "Put": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem", "Parameters": {"TableName": "t", "Item": {}},
    "Catch": [{"ErrorEquals": ["DynamoDb.ConditionalCheckFailedException"], "Next": "Done"}], "Next": "Done"},
  "Done": {"Type": "Succeed"}
}}"""
        ),
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 86400,
    "Parameters": {"QueueUrl": "${Queue}", "MessageBody": {"token.$": "$$.Task.Token"}}, "Next": "Done",
    "Catch": [{"ErrorEquals": ["Rejected"], "Next": "Done"}, {"ErrorEquals": ["States.Timeout"], "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="whoever has the token names the error",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what never matches."""
        for fact in facts(machine):
            if fact.kind == NEVER and isinstance(fact.handler, Catcher):
                message, cure = never(fact)
                yield Finding(fact.at, message, cure=cure, severity=None if fact.dead else NOTE)
