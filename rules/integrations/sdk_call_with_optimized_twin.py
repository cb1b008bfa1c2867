"""ASL613."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import AWS_SDK, SYNC, parse
from asllint.aws.shapes import find
from asllint.model import State
from asllint.model.calls import TWIN, twin
from asllint.model.loops import asked_for, loops
from asllint.rule import NOTE, Example, Finding, Rule


class SdkCallWithOptimizedTwin(Rule):
    """A Task calls by `aws-sdk:` what an optimized integration does more for.

    The optimized integration of a job has `.sync`, which waits for its end; that of a Lambda function reads the JSON which
    the function returns, where `aws-sdk:` gives a text. The two differ in the names of some parameters, in the prefixes of
    errors (`Lambda.` is the same, `ECS.` and `Ecs.` are not), and in what they return, so that a state is not changed by its
    Resource alone (developer guide, "Integrating services"). Where the optimized integration does no more, nothing is said; nor
    where no loop behind a job asks how it is: then it is not to be waited for.

    ## Why it matters

    A job that nobody waits for is often polled by hand, in a loop of states that each cost a transition.

    ## What to do

    Use the optimized integration where its way of calling is wanted, and suppress the finding where it is not.
    """

    code = "ASL613"
    name = "sdk-call-with-optimized-twin"
    severity = NOTE
    concerns = (TWIN,)

    invalid = (
        Example(
            """{"StartAt": "Run", "States": {
  "Run": {"Type": "Task", "Resource": «"arn:aws:states:::aws-sdk:glue:startJobRun"», "Next": "Wait", "ResultPath": "$.run",
    "Parameters": {"JobName": "load"}},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Tell"},
  "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Look", "ResultPath": null,
    "Parameters": {"TopicArn": "${Topic}", "Message": "still running"}},
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getJobRun", "Next": "Done?", "ResultPath": "$.job",
    "Parameters": {"JobName": "load", "RunId.$": "$.run.JobRunId"}},
  "Done?": {"Type": "Choice", "Default": "Wait", "Choices": [
    {"Variable": "$.job.JobRun.JobRunState", "StringEquals": "SUCCEEDED", "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": «"arn:aws:states:::aws-sdk:lambda:invoke"»,
  "End": true, "Parameters": {"FunctionName": "${Function}"}}""",
            title="the result is a text",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
  "End": true, "Parameters": {"TableName": "orders", "Key": {"id": {"S.$": "$.id"}}}}""",
            title="the optimized integration does the same",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution",
  "End": true, "Parameters": {"StateMachineArn": "${Other}"}}""",
            title="started, and not waited for",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::aws-sdk:sfn:describeExecution",
  "End": true, "Parameters": {"ExecutionArn.$": "$.arn"}}"""
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look for the twin."""
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        if resource is None or resource.kind != AWS_SDK or resource.service is None or resource.action is None:
            return
        if resource.pattern is not None or resource.hidden:
            return  # it is waited for, as the author wants it
        operation = find(resource.service.text, resource.action.text, sdk=True)
        service = twin(operation) if operation is not None else None
        if operation is None or service is None:
            return
        called = f"arn:aws:states:::{service}:{operation.name}"
        if SYNC in catalog.patterns(service, operation.name):
            if not asked_for(state) or any(polled.started.task is state for polled in loops(state.machine).polled):
                return  # it is not waited for, or `polling-loop` says so
            message = f"The optimized integration `{service}:{operation.name}` has `.sync`, which waits for the end of the job."
            yield Finding(resource.node, message, cure=f"Call `{called}.sync` to wait.")
        else:
            message = f"The optimized integration `{service}:{operation.name}` reads the JSON of the result; here it is a text."
            yield Finding(resource.node, message, cure=f"Call `{called}` to use the result.")
