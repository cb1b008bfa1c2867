"""ASL621."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import STATIC, of_kind
from asllint.model.sagemaker_words import proposal, thing
from asllint.rule import WARNING, Example, Finding, Related, Rule


class SagemakerStaticJobName(Rule):
    """A SageMaker job has the same name in every execution, or for every item of a Map state.

    The name of a training, transform, processing, tuning or labeling job is unique within an account and a region
    (SageMaker API reference, "CreateTrainingJob" and its like), also among jobs that have ended: they stay. The names of
    models, endpoint configurations and endpoints are unique too; of these the rule speaks only where the Task has no Catch
    and the definition deletes none. The items of an inline Map state share the name of the execution.

    ## Why it matters

    The first execution succeeds, every later one fails: *Training job names must be unique within an AWS account and
    region, and a training job with this name already exists.* Tests with one execution do not show it.

    ## What to do

    Make the name of something that differs: `$$.Execution.Name`, which is unique within the state machine, or
    `States.UUID()`; in JSONata `$states.context.Execution.Name` or `$uuid()`. Names of SageMaker take letters, digits and
    hyphens, 63 of them, those of tuning jobs 32. Later states find the name in the result of the Task, as in
    `$.TrainingJobName` behind `.sync`.
    """

    code = "ASL621"
    name = "sagemaker-static-job-name"
    severity = WARNING
    concerns = (STATIC,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName": «"churn"», "RoleArn.$": "$.role"}}}}"""
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Tune", "States": {"Tune": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
  "Arguments": {"HyperParameterTuningJobName": «"churn-tuning"»}, "Retry": [{"ErrorEquals": ["States.ALL"]}]}}}""",
            title="and the retry fails too",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "StartAt": "Prepare", "States": {"Prepare": {"Type": "Task", "End": true,
    "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
    "Parameters": {"ProcessingJobName.$": «"$$.Execution.Name"»}}}}}}}""",
            title="the second item asks for the name of the first",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName.$": "States.Format('churn-{}', $$.Execution.Name)"}}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName": "${JobName}"}}}}""",
            title="filled in later",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
  "StartAt": "Prepare", "States": {"Prepare": {"Type": "Task", "End": true,
    "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
    "Parameters": {"ProcessingJobName.$": "$$.Execution.Name"}}}}}}}""",
            title="each child execution of a distributed Map state has a name of its own",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the names that do not differ."""
        for fact in of_kind(machine, STATIC):
            assert fact.name is not None
            name, what = fact.name, thing(fact)
            related: tuple[Related, ...] = ()
            if fact.what == "items":
                assert fact.holder is not None
                message = (
                    f"Every item of `{fact.holder.name}` asks for the {what} `{name.text}`, and names are unique: "
                    "the second one fails."
                )
                cure = proposal(name, retried=False)
            else:
                message = (
                    f"Every execution asks for the {what} `{name.text}`, and names are unique within an account and a "
                    "region: the second one fails."
                )
                if fact.retrier is not None:
                    message = f"{message[:-1]}, and so does a retry."
                    related = (Related(fact.retrier, "asks for the name again"),)
                cure = proposal(name, retried=fact.retrier is not None)
            yield Finding(fact.at, message, cure=f"For example {cure}.", related=related)
