"""ASL623."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import SPOT, of_kind
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule


class SagemakerSpotTraining(Rule):
    """Managed spot training and the time that it may wait do not fit together.

    With `EnableManagedSpotTraining` the `StoppingCondition` needs a `MaxWaitTimeInSeconds`: the time for the spot capacity
    and for the training together, so at least `MaxRuntimeInSeconds` (SageMaker API reference, "StoppingCondition"). Without
    it SageMaker refuses a `MaxWaitTimeInSeconds`, unless the job has a `RetryStrategy`. The same holds of the training jobs
    that a tuning job defines. Values that are computed, or filled in later, are not compared.

    ## Why it matters

    SageMaker refuses the job, in every execution: *Invalid MaxWaitTimeInSeconds. It is only supported when
    EnableManagedSpotTraining is set to true.*

    ## What to do

    Set `MaxWaitTimeInSeconds` to the time after which you give up, `MaxRuntimeInSeconds` included; or leave it out with the
    spot training. A spot job can be interrupted: give it a `CheckpointConfig`, or it begins anew each time.
    """

    code = "ASL623"
    name = "sagemaker-spot-training"
    severity = ERROR
    concerns = (SPOT,)

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name", "EnableManagedSpotTraining": true,
    "StoppingCondition": {"MaxRuntimeInSeconds": 7200, "MaxWaitTimeInSeconds": «3600»}}}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name", «"EnableManagedSpotTraining"»: true,
    "StoppingCondition": {"MaxRuntimeInSeconds": 7200}}}}}""",
            title="no time to wait: a warning",
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name",
    "StoppingCondition": {"MaxRuntimeInSeconds": 7200, «"MaxWaitTimeInSeconds"»: 9000}}}}}""",
            title="no spot training",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name", "EnableManagedSpotTraining": true,
    "StoppingCondition": {"MaxRuntimeInSeconds": 7200, "MaxWaitTimeInSeconds": 7200}}}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name", "EnableManagedSpotTraining": "${Spot}",
    "StoppingCondition": {"MaxRuntimeInSeconds": 7200, "MaxWaitTimeInSeconds.$": "$.wait"}}}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what does not fit."""
        for fact in of_kind(machine, SPOT):
            other = fact.other
            if fact.what == "missing":
                yield Finding(
                    fact.at,
                    "Spot training needs a `MaxWaitTimeInSeconds` in `StoppingCondition`, and there is none: SageMaker "
                    "refuses the job.",
                    cure="Set it to `MaxRuntimeInSeconds` or more.",
                    severity=WARNING,
                )
            elif fact.what == "short":
                wait, longest = fact.texts
                yield Finding(
                    fact.at,
                    f"The `MaxWaitTimeInSeconds` of {wait} is less than the `MaxRuntimeInSeconds` of {longest}, which is a "
                    "part of it: SageMaker refuses the job.",
                    cure=f"Set it to {longest} or more.",
                    related=() if other is None else (Related(other, "the training alone may take longer"),),
                )
            else:
                yield Finding(
                    fact.at,
                    "`MaxWaitTimeInSeconds` is for spot training, which is not enabled: SageMaker refuses the job.",
                    cure='Remove it, or set `"EnableManagedSpotTraining": true`.',
                    related=() if other is None else (Related(other, "not enabled"),),
                )
