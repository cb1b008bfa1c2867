"""ASL302."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Retrier, StateMachine
from asllint.model.error_words import never
from asllint.model.errors import NEVER, facts
from asllint.rule import NOTE, WARNING, Example, Finding, Rule


class RetrierNeverMatches(Rule):
    """A Retrier names an error that its state cannot raise.

    Error names are compared letter by letter (developer guide, "Handling errors", "Error names"). What a state raises
    follows from what it is: `States.Timeout` needs a `TimeoutSeconds` or `HeartbeatSeconds` of the Task itself, for the
    timeout of an execution ends it, whatever Retry says; an integrated service puts its own prefix before each name
    (`DynamoDB.` in an optimized integration, `DynamoDb.` behind `aws-sdk:`); a Parallel or Map state raises what the
    states inside do not catch; a distributed Map raises `States.ExceedToleratedFailureThreshold`, whatever has failed
    in its child executions; the failure of a job that a Task waits for with `.sync` is called `States.TaskFailed`, and not
    `Glue.JobRunFailed` or the like; `States.Runtime` "isn't retriable".

    Nothing is said where others name the error: a Lambda function, a worker, a callback, a child execution, a placeholder. It is
    a warning where nothing is left that the Retrier can match, and a note where other names of it count.

    ## Why it matters

    The retries that someone planned for do not happen: the first such failure goes straight to Catch, or ends the execution.

    ## What to do

    Correct the name, or give the state what makes the error possible; remove the Retrier if it is not needed.
    """

    code = "ASL302"
    name = "retrier-never-matches"
    severity = WARNING
    concerns = ("retry:never-matches",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Retry": [{"ErrorEquals": [«"States.Timeout"»], "MaxAttempts": 5}]}}}""",
            title="no timeout, and so never a timeout error",
        ),
        Example(
            """{"StartAt": "Lock", "States": {"Lock": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::dynamodb:updateItem", "Parameters": {"TableName": "locks", "Key": {}},
  "Retry": [{"ErrorEquals": [«"DynamoDb.ConditionalCheckFailedException"», "States.TaskFailed"]}]}}}""",
            title="the prefix of the other integration; a note, for the second name counts",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "Call", "States": {
    "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true}}},
  "Retry": [{"ErrorEquals": «["Lambda.ServiceException", "Lambda.TooManyRequestsException"]»}]}}}""",
            title="child executions keep their errors to themselves",
        ),
        Example(
            """StartAt: Load
States:
  Load:
    Type: Task
    Resource: arn:aws:states:::glue:startJobRun.sync
    Parameters: {JobName: load}
    Retry:
      - ErrorEquals: [«Glue.JobRunFailed»]
      - ErrorEquals: [Glue.ConcurrentRunsExceededException]
    End: true
""",
            language="yaml",
            title="a job that has failed is called `States.TaskFailed`",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {}, "TimeoutSeconds": 7200,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 5}, {"ErrorEquals": ["SageMaker.ResourceLimitExceededException"]}]
  }}}"""
        ),
        Example(
            """{"StartAt": "Work", "States": {"Work": {"Type": "Task", "End": true, "Resource": "${Worker}",
  "Retry": [{"ErrorEquals": ["States.Timeout", "Busy"]}]}}}""",
            title="a worker names its errors",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what never matches."""
        for fact in facts(machine):
            if fact.kind == NEVER and isinstance(fact.handler, Retrier):
                message, cure = never(fact)
                yield Finding(fact.at, message, cure=cure, severity=None if fact.dead else NOTE)
