"""ASL603."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import ACTIVITY, CALLBACK, INTEGRATIONS, SYNC, SYNC_2, parse
from asllint.model import State
from asllint.model.calls import ON_EXPRESS
from asllint.rule import ERROR, Example, Finding, Rule


class UnsupportedOnExpress(Rule):
    """A Task of an Express workflow waits for a job, a task token or an activity.

    Express workflows call services in one way only: request and response. `.sync`, `.sync:2`, `.waitForTaskToken` and
    activities need a Standard workflow, whose executions can wait up to a year. The rule speaks only where the workflow
    type is said to be express (`--workflow-type express`, or `workflow-type` in the configuration).

    ## Why it matters

    AWS refuses the definition: *Express state machine does not support '.sync' service integration.*

    ## What to do

    Make the workflow Standard, move the waiting part to a Standard workflow that the Express one starts, or leave the
    suffix out where nobody needs the end of the job.
    """

    code = "ASL603"
    name = "unsupported-on-express"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (ON_EXPRESS, "resource:activity")

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.«sync»"}}}""",
            workflow_type="express",
        ),
        Example(
            """{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sqs:sendMessage.«waitForTaskToken»"}}}""",
            workflow_type="express",
        ),
        Example(
            """{"StartAt": "Do", "States": {"Do": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:eu-west-1:123456789012:activity:by-hand"»}}}""",
            workflow_type="express",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync"}}}""",
            title="the workflow type is not known",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::lambda:invoke"}}}""",
            workflow_type="express",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "Call", "States": {
    "Call": {"Type": "Task", "End": true, "Parameters": {}, "Resource": "arn:aws:states:::lambda:invoke"}}}}}}""",
            workflow_type="standard",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the pattern of each Task."""
        if state.machine.workflow_type != "express" or state.type != "Task":
            return
        node = state.field("Resource")
        resource = parse(node) if node is not None else None
        if resource is None or node is None:
            return
        if resource.kind == ACTIVITY:
            yield Finding(
                node,
                "An Express workflow cannot run an activity: AWS refuses the definition.",
                cure="Make the workflow Standard, or call a Lambda function.",
            )
        pattern = resource.pattern_name
        if resource.kind not in INTEGRATIONS or pattern not in (SYNC, SYNC_2, CALLBACK) or resource.pattern is None:
            return
        if catalog.support(resource, pattern) != catalog.SUPPORTED:
            return  # another rule's finding: no workflow can do this
        yield Finding(
            resource.span(resource.pattern),
            f"An Express workflow does not support `.{pattern}`: AWS refuses the definition.",
            cure="Make the workflow Standard, or leave the suffix out and do not wait.",
            anchor=node,
        )
