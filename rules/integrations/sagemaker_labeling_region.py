"""ASL626."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import REGION, of_kind
from asllint.rule import WARNING, Example, Finding, Related, Rule


class SagemakerLabelingRegion(Rule):
    """The ARNs of one labeling job are of different regions.

    A labeling job runs in one region: its work team is of that region, and so are the functions that prepare its tasks and
    consolidate its annotations. The built-in ones (`PRE-…`, `ACS-…`) belong to accounts of AWS, another one in each region
    (SageMaker API reference, "HumanTaskConfig", "AnnotationConsolidationConfig"): another *account* is no mistake. Only
    regions that are written out are compared.

    ## Why it matters

    SageMaker refuses the job, or the job fails when it calls the function.

    ## What to do

    Use the ARNs of the region that the state machine is in; for a built-in function the page named above lists them.
    """

    code = "ASL626"
    name = "sagemaker-labeling-region"
    severity = WARNING
    concerns = (REGION,)

    invalid = (
        Example(
            """{"StartAt": "Label", "States": {"Label": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Parameters": {
    "LabelingJobName.$": "$$.Execution.Name", "HumanTaskConfig": {
      "WorkteamArn": "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/team",
      "PreHumanTaskLambdaArn": «"arn:aws:lambda:us-west-2:081040173940:function:PRE-BoundingBox"»,
      "AnnotationConsolidationConfig": {
        "AnnotationConsolidationLambdaArn": "arn:aws:lambda:eu-west-1:568282634449:function:ACS-BoundingBox"}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Label", "States": {"Label": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Parameters": {
    "LabelingJobName.$": "$$.Execution.Name", "HumanTaskConfig": {
      "WorkteamArn": "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/team",
      "PreHumanTaskLambdaArn": "arn:aws:lambda:eu-west-1:568282634449:function:PRE-BoundingBox",
      "AnnotationConsolidationConfig": {
        "AnnotationConsolidationLambdaArn": "arn:aws:lambda:${AWS::Region}:568282634449:function:ACS-BoundingBox"}}}}}}""",
            title="the account of AWS is not the work team's",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the ARNs of another region."""
        for fact in of_kind(machine, REGION):
            region, right, first = fact.texts
            yield Finding(
                fact.at,
                f"The `{fact.what}` is of `{region}`, and the `{first}` of `{right}`: a labeling job cannot use both.",
                cure=f"Use the one of `{right}`, or another `{first}`.",
                related=() if fact.other is None else (Related(fact.other, f"of `{right}`"),),
            )
