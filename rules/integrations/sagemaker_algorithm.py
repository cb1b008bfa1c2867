"""ASL624."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import ALGORITHM, of_kind
from asllint.rule import WARNING, Example, Finding, Related, Rule


class SagemakerAlgorithm(Rule):
    """The algorithm of a training job is given twice, or not at all.

    An `AlgorithmSpecification` names either an image (`TrainingImage`) or an algorithm resource (`AlgorithmName`): with both
    the training job may break, with neither it ends in an error (SageMaker API reference, "AlgorithmSpecification",
    "HyperParameterAlgorithmSpecification").

    ## Why it matters

    The model of the API requires neither, so nothing else notices before an execution gets there and the job fails.

    ## What to do

    Keep `TrainingImage` for an image in a registry, those of the built-in algorithms included, and `AlgorithmName` for an
    algorithm that you created in SageMaker or subscribed to on AWS Marketplace.
    """

    code = "ASL624"
    name = "sagemaker-algorithm"
    severity = WARNING
    concerns = (ALGORITHM,)

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name", "AlgorithmSpecification": {"TrainingInputMode": "File",
      "TrainingImage.$": "$.image", «"AlgorithmName"»: "churn"}}}}}"""
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Arguments": {
    "TrainingJobName": "{% $states.context.Execution.Name %}",
    «"AlgorithmSpecification"»: {"TrainingInputMode": "File"}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name", "AlgorithmSpecification": {"TrainingInputMode": "File",
      "TrainingImage.$": "$.image"}}}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "$$.Execution.Name", "AlgorithmSpecification.$": "$.algorithm"}}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the specifications that do not name one algorithm."""
        for fact in of_kind(machine, ALGORITHM):
            if fact.what == "both":
                yield Finding(
                    fact.at,
                    "`AlgorithmName` and `TrainingImage` exclude each other: with both the training job may break.",
                    cure="Keep one of them.",
                    related=() if fact.other is None else (Related(fact.other, "the algorithm is given here too"),),
                )
            else:
                yield Finding(
                    fact.at,
                    "The `AlgorithmSpecification` names no algorithm: the training job fails.",
                    cure="Add `TrainingImage`, or `AlgorithmName` for an algorithm resource.",
                )
