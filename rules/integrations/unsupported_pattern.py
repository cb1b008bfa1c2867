"""ASL602."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import AWS_SDK, CALLBACK, INTEGRATIONS, PATTERNS, SYNC_2, Resource, parse
from asllint.model import State
from asllint.model.calls import PATTERN
from asllint.model.names import nearest
from asllint.rule import ERROR, WARNING, Example, Finding, Rule


class UnsupportedPattern(Rule):
    """A Task asks for an integration pattern that the integration does not have.

    The suffix of a Resource says how Step Functions calls: `.sync` waits until the job has ended, `.sync:2` does so and
    gives the output of a nested execution as JSON (for `states:startExecution` alone), `.waitForTaskToken` waits until
    someone returns the task token, and without a suffix the task is done when the service has answered. Which suffixes
    there are depends on the action. AWS SDK integrations have no `.sync`. `.waitForTaskToken` on EKS and Bedrock, on which
    AWS's own pages differ, is not reported.

    The finding is an error where AWS has been seen to refuse the pattern or it is merely misspelt, and else a warning.

    ## Why it matters

    AWS refuses the definition: *The resource provided … is not recognized.*

    ## What to do

    Leave the suffix out, or use one that the integration has. A Lambda function is waited for without a suffix. To wait for
    what has no `.sync`, poll it: a Wait state and a Choice state around a call that describes the job.
    """

    code = "ASL602"
    name = "unsupported-pattern"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (PATTERN,)
    precision = "very-high"

    invalid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::lambda:invoke.«sync»"}}}""",
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.«waitForTaskToken»"}}}""",
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob.«sync»"}}}""",
            title="the optimized integration has `.sync`, the AWS SDK integration has not",
        ),
        Example(
            """{"StartAt": "Run", "States": {"Run": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::ecs:runTask.«sync:2»"}}}""",
        ),
        Example(
            """{"StartAt": "Send", "States": {"Send": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sqs:sendMessage.«waitForTasktoken»"}}}""",
        ),
        Example(
            """{"StartAt": "Deploy", "States": {"Deploy": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:createEndpoint.«sync»"}}}""",
            title="not in AWS's list: a warning",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Run", "States": {"Run": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::states:startExecution.sync:2"}}}""",
        ),
        Example(
            """{"StartAt": "Start", "States": {"Start": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution.waitForTaskToken"}}}""",
        ),
        Example(
            """{"StartAt": "Job", "States": {"Job": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::eks:runJob.waitForTaskToken"}}}""",
            title="AWS's pages differ on it",
        ),
        Example(
            """{"StartAt": "Job", "States": {"Job": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::lambda:invoke.${Pattern}"}}}""",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Compare the suffix with those of the action."""
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        if (
            resource is None
            or resource.kind not in INTEGRATIONS
            or resource.pattern is None
            or not resource.pattern.known
        ):
            return
        part, pattern = resource.pattern, resource.pattern.text
        if pattern not in PATTERNS:
            near = nearest(pattern, PATTERNS)
            yield Finding(
                resource.span(part),
                f"`.{pattern}` is no integration pattern: Step Functions knows `.sync`, `.sync:2` and `.waitForTaskToken`.",
                cure=f"Write `.{near}`."
                if near and catalog.support(resource, near) == catalog.SUPPORTED
                else _cure(resource, near or ""),
                anchor=node,
                severity=None if near else WARNING,
                rejected_by_aws=None if near else False,
            )
            return
        support = catalog.support(resource, pattern)
        if support == catalog.SUPPORTED:
            return
        service = resource.service.text if resource.service is not None else ""
        action = resource.action.text if resource.action is not None else ""
        called = f"aws-sdk:{service}:{action}" if resource.kind == AWS_SDK else f"{service}:{action}"
        others = catalog.suffixes(resource)
        cure = _cure(resource, pattern)
        if resource.kind == AWS_SDK and pattern in catalog.patterns(service, action):
            cure = f"The optimized integration has it: `arn:aws:states:::{service}:{action}.{pattern}`."
        message = f"`{called}` does not support `.{pattern}`"
        if pattern == SYNC_2 and others:
            message = f"`.sync:2` exists for `states:startExecution` alone, not for `{called}`"
        if support == catalog.REFUSED:
            yield Finding(
                resource.span(part), f"{message}: AWS does not recognize the resource.", cure=cure, anchor=node
            )
            return
        yield Finding(
            resource.span(part),
            f"{message} in AWS's list (as of {catalog.DATE}): if that still holds, AWS refuses the definition.",
            cure=cure,
            anchor=node,
            severity=WARNING,
            rejected_by_aws=False,
        )


def _cure(resource: Resource, pattern: str) -> str:
    """Return what to do instead of a suffix that the integration does not have."""
    others = catalog.suffixes(resource)
    if others and (pattern == CALLBACK or others != (f".{CALLBACK}",)):
        return f"It has {' and '.join(f'`{suffix}`' for suffix in others)}."
    if pattern == CALLBACK:
        return "Leave the suffix out."
    if resource.kind != AWS_SDK and resource.service is not None and resource.service.text == "lambda":
        return "Leave the suffix out: a function is waited for without one."
    return "Leave the suffix out. To wait for an end, ask for it in a loop with a Wait and a Choice state."
