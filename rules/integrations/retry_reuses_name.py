"""ASL620."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.sagemaker import RETRIED, Fact, of_kind
from asllint.model.sagemaker_words import proposal, thing
from asllint.rule import WARNING, Example, Finding, Related, Rule


class RetryReusesName(Rule):
    """A job that has failed is retried under the name that it had: the name is taken.

    The names of SageMaker's jobs are unique within an account and a region, also among jobs that have ended (SageMaker API
    reference, "CreateTrainingJob" and its like), and so are those of the executions of a Standard workflow for 90 days after
    they end (API reference of Step Functions, "StartExecution"). A Retrier on `States.ALL`, `States.TaskFailed` or
    `States.Timeout` of a Task that waits for a job (`.sync`) also takes the failure of a job that has run. The next attempt
    evaluates the parameters anew, but from the same input: a name that is made of `$`, of variables or of
    `$$.Execution.Name` is the same again. So is one that counts `$$.State.RetryCount` when a Parallel or Map state around the
    Task is retried: the count begins with 0.

    A Retrier on an error with which creating the job is refused, such as `SageMaker.ResourceLimitExceededException`, is fine:
    there is no job yet. A `States.Timeout` counts only where the Task has a timeout.

    ## Why it matters

    Every retry fails at once: SageMaker answers that a job with this name already exists, Step Functions that the execution
    does. The error that is reported in the end is that one, not the one that made the job fail.

    ## What to do

    Put something into the name that differs between attempts: `$$.State.RetryCount` behind `$$.Execution.Name`, or
    `States.UUID()`; in JSONata `$states.context.State.RetryCount` or `$uuid()`. Names of SageMaker take letters, digits and
    hyphens, 63 of them, those of tuning jobs 32. Leave the `Name` of a nested execution out: Step Functions makes one up.
    """

    code = "ASL620"
    name = "retry-reuses-name"
    severity = WARNING
    concerns = (RETRIED,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName.$": "$$.Execution.Name"},
  "Retry": [{"ErrorEquals": ["SageMaker.ResourceLimitExceededException"]}, {"ErrorEquals": [«"States.ALL"»]}]}}}"""
        ),
        Example(
            """StartAt: Child
QueryLanguage: JSONata
States:
  Child:
    Type: Task
    Resource: arn:aws:states:::states:startExecution.sync:2
    Arguments:
      StateMachineArn: "{% $states.input.child %}"
      Name: "{% 'load-' & $states.input.day %}"
    Retry:
      - ErrorEquals: [«States.TaskFailed»]
        MaxAttempts: 2
    End: true
""",
            language="yaml",
            title="a nested execution",
        ),
        Example(
            """{"StartAt": "All", "States": {"All": {"Type": "Parallel", "End": true,
  "Retry": [{"ErrorEquals": [«"States.ALL"»]}],
  "Branches": [{"StartAt": "Score", "States": {"Score": {"Type": "Task", "End": true,
    "Resource": "arn:aws:states:::sagemaker:createTransformJob.sync", "Parameters": {
      "TransformJobName.$": "States.Format('{}-{}', $$.Execution.Name, $$.State.RetryCount)"}}}}]}}}""",
            title="the state around the Task is retried, and the count begins with 0 again",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {
    "TrainingJobName.$": "States.Format('{}-{}', $$.Execution.Name, $$.State.RetryCount)"},
  "Retry": [{"ErrorEquals": ["States.ALL"]}]}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName.$": "$$.Execution.Name"},
  "Retry": [{"ErrorEquals": ["SageMaker.ResourceLimitExceededException", "States.Timeout"]}]}}}""",
            title="refused before there is a job; and nothing times out here",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Arguments": {"TrainingJobName": "{% 'train-' & $uuid() %}"}, "Retry": [{"ErrorEquals": ["States.ALL"]}]}}}"""
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
  "Parameters": {"TrainingJobName.$": "${NamePath}"}, "Retry": [{"ErrorEquals": ["States.ALL"]}]}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the Retriers that ask for a name again."""
        for fact in of_kind(machine, RETRIED):
            assert fact.name is not None and fact.other is not None
            name, what = fact.name, thing(fact)
            state = fact.request.state.name
            if fact.holder is not None:
                message = (
                    f"When `{fact.holder.name}` is retried on `{fact.at.value}`, `{state}` asks for the {what} "
                    f"`{name.text}` again, and the name is taken."
                )
            else:
                message = (
                    f"`{fact.at.value}` also takes the failure of the {what}, and the next attempt asks for the name "
                    f"`{name.text}` again, which is taken: it fails too."
                )
            yield Finding(
                fact.at, message, cure=_cure(fact), related=(Related(fact.other, "the same in each attempt"),)
            )


def _cure(fact: Fact) -> str:
    assert fact.name is not None
    if fact.request.nested:
        return "Leave `Name` out: Step Functions makes up a name for each attempt."
    return f"For example {proposal(fact.name, retried=True)}."
