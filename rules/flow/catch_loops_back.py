"""ASL215."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.loops import bound, listed, loops
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule


class CatchLoopsBack(Rule):
    """A Catcher leads back to the state that failed: a retry without a bound.

    The Catcher leads to the state itself, or to Pass, Task, Map or Parallel states that lead back to it, and nothing on the
    way waits, counts, or decides. While the error lasts, the execution goes round without a pause. Where a Wait state, a
    Choice state, or a person (a task token, an activity) stands in between, nothing is said; nor where a state in between writes
    to DynamoDB with a `ConditionExpression`, as one does that makes what is not there yet.

    It is a note where a state in between may mend what was wrong, such as one that makes the table that was missing: then
    the way back is meant, but still has no bound.

    ## Why it matters

    Errors that last are common: a missing permission, a wrong parameter, a service that is down. The rounds are billed one by
    one, nobody hears of the error, and the execution fails with a full history instead of with the error that it had.

    ## What to do

    Count the rounds and leave with a Choice state. A `Retry` does not bound the way back: its attempts begin anew in each
    round. Where nothing is to be done in between, retry with a `Retry` alone, which has `MaxAttempts`, `BackoffRate` and
    `MaxDelaySeconds`, and catch what is left in a state that ends the execution or tells somebody.
    """

    code = "ASL215"
    name = "catch-loops-back"
    severity = WARNING
    concerns = ("loop:caught",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true,
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": «"Load"»}]}
}}""",
        ),
        Example(
            """StartAt: Load
States:
  Load:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:load
    Catch:
      - ErrorEquals: [States.TaskFailed]
        ResultPath: $.error
        Next: «Tell»
    End: true
  Tell:
    Type: Task
    Resource: arn:aws:states:::sns:publish
    Parameters:
      TopicArn: arn:aws:sns:eu-west-1:123456789012:trouble
      Message.$: $.error.Cause
    ResultPath: null
    Next: Load
""",
            language="yaml",
            title="a message for each of thousands of rounds",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true,
    "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 5, "MaxDelaySeconds": 60, "JitterStrategy": "FULL"}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]},
  "Failed": {"Type": "Fail"}
}}""",
        ),
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "End": true,
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "Ask"}]},
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "ResultPath": null,
    "Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token"}}, "Next": "Load"}
}}""",
            title="somebody is asked first",
        ),
        Example(
            """{"StartAt": "Lock", "States": {
  "Lock": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem", "End": true,
    "Parameters": {"TableName": "locks", "Key": {"id": {"S": "a"}}, "UpdateExpression": "SET holders.#me = :now",
      "ConditionExpression": "attribute_exists(holders)"},
    "Catch": [{"ErrorEquals": ["DynamoDB.AmazonDynamoDBException"], "ResultPath": null, "Next": "Make"}]},
  "Make": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "ResultPath": null, "Next": "Lock",
    "Parameters": {"TableName": "locks", "Item": {"id": {"S": "a"}, "holders": {"M": {}}},
      "ConditionExpression": "attribute_not_exists(id)"}}
}}""",
            title="what was missing is made, once",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each at the `Next` of the Catcher."""
        for fact in loops(machine).caught:
            catcher = fact.catcher
            transition = catcher.transition
            assert transition is not None
            state = catcher.state.name
            through = f" by way of {listed(fact.way)}" if fact.way else ""
            lasts = f"unless {listed(fact.mends)} mends the error" if fact.mends else "while the error lasts"
            cure = "Count the rounds, and leave with a Choice state."
            if all(between.type == "Pass" for between in fact.way):  # which do nothing about the error
                cure = "Retry it with a `Retry`, which `MaxAttempts` bounds, and catch what is left in another state."
            related = [Related(catcher.state.head, "fails, and is run again")]
            if fact.way:
                related.append(Related(fact.closing.node, "goes back"))
            yield Finding(
                transition.node,
                f"The Catcher leads back to `{state}`{through}: a retry without a bound. {lasts[0].upper()}{lasts[1:]}, it "
                f"goes round until {bound(machine)}.",
                cure=cure,
                related=related,
                severity=NOTE if fact.mends else None,
            )
