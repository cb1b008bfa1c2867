"""ASL628."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import URI, of_kind
from asllint.rule import WARNING, Example, Finding, Rule


class SagemakerS3Uri(Rule):
    """A place in S3 that is computed for SageMaker does not begin as a URI of S3 does.

    `S3OutputPath`, `S3Uri`, `ManifestS3Uri` and their like are URIs: `s3://bucket/key` or, less often, `https://…`
    (SageMaker API reference, "OutputDataConfig", "S3DataSource"). The rule looks at what is computed and begins with a text
    that is known, as in `States.Format('{}/output', …)` it does not and in `States.Format('models/{}', …)` it does; URIs that
    are literal are compared with the pattern of the API elsewhere.

    ## Why it matters

    SageMaker refuses the request: *failed to satisfy constraint: Member must satisfy regular expression pattern*. The state
    fails in every execution.

    ## What to do

    Begin with `s3://` and the bucket.
    """

    code = "ASL628"
    name = "sagemaker-s3-uri"
    severity = WARNING
    concerns = (URI,)

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name",
    "OutputDataConfig": {"S3OutputPath.$": «"States.Format('models-bucket/{}', $.day)"»}}}}}"""
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Arguments": {
    "TrainingJobName": "{% $states.context.Execution.Name %}",
    "OutputDataConfig": {"S3OutputPath": «"{% 's3:/models/' & $states.input.day %}"»}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name",
    "OutputDataConfig": {"S3OutputPath.$": "States.Format('s3://models-bucket/{}', $.day)"}}}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name",
    "OutputDataConfig": {"S3OutputPath.$": "States.Format('{}/models', $.prefix)"}}}}}""",
            title="the first part is not known",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the URIs that are none."""
        for fact in of_kind(machine, URI):
            yield Finding(
                fact.at,
                f"The `{fact.what}` begins with `{fact.texts[0]}`, and not with `s3://`: SageMaker refuses the request.",
                cure="Begin with `s3://` and the bucket.",
            )
