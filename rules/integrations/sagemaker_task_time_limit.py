"""ASL625."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.retries import duration
from asllint.model.sagemaker import TIME_LIMIT, of_kind
from asllint.rule import WARNING, Example, Finding, Related, Rule


class SagemakerTaskTimeLimit(Rule):
    """A worker of a labeling job may take longer for one item than the state waits for the whole job.

    `TaskTimeLimitInSeconds` is the time that a worker has for one task (SageMaker API reference, "HumanTaskConfig"). The
    state that waits for the job (`.sync`) gives up after its `TimeoutSeconds`, and all states after that of the state
    machine. Where that is less than what one task may take, the job cannot be meant to end in time.

    ## Why it matters

    The state ends with `States.Timeout` and the job is stopped while people are at work on it; at the timeout of the state
    machine the execution ends and no Catch runs. The work is paid for all the same.

    ## What to do

    Give the state as much time as the whole job may take, hours or days, or the workers less for a task.
    """

    code = "ASL625"
    name = "sagemaker-task-time-limit"
    severity = WARNING
    concerns = (TIME_LIMIT,)

    invalid = (
        Example(
            """{"StartAt": "Label", "States": {"Label": {"Type": "Task", "End": true, "TimeoutSeconds": 600,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Parameters": {
    "LabelingJobName.$": "$$.Execution.Name", "HumanTaskConfig": {"TaskTimeLimitInSeconds": «1800»}}}}}"""
        ),
        Example(
            """{"StartAt": "Label", "TimeoutSeconds": 3600, "States": {"Label": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Parameters": {
    "LabelingJobName.$": "$$.Execution.Name", "HumanTaskConfig": {"TaskTimeLimitInSeconds": «28800»}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Label", "TimeoutSeconds": 3600, "States": {"Label": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Parameters": {
    "LabelingJobName.$": "$$.Execution.Name", "HumanTaskConfig": {"TaskTimeLimitInSeconds": 300}}}}}"""
        ),
        Example(
            """{"StartAt": "Label", "TimeoutSeconds": 3600, "States": {"Label": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob", "Parameters": {
    "LabelingJobName.$": "$$.Execution.Name", "HumanTaskConfig": {"TaskTimeLimitInSeconds": 28800}}}}}""",
            title="the state does not wait",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the limits that are longer than the wait."""
        for fact in of_kind(machine, TIME_LIMIT):
            limit, seconds = (duration(float(text)) for text in fact.texts)
            who = f"`{fact.request.state.name}`" if fact.what == "state" else "the execution"
            yield Finding(
                fact.at,
                f"A worker may take {limit} for one item, but {who} gives up after {seconds}, and the job is lost.",
                cure="Raise `TimeoutSeconds` to what the whole job may take, or lower the limit.",
                related=() if fact.other is None else (Related(fact.other, f"{who} gives up"),),
            )
