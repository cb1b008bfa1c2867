"""ASL618."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws.shapes import date
from asllint.model import StateMachine
from asllint.model.names import listed, nearest
from asllint.model.results import KEPT_BACK, NEVER_EQUAL, Fact, facts, succeeds
from asllint.rule import NOTE, WARNING, Example, Finding, Fix, Related, Rule

_SHOWN = 12


class StatusNeverEqual(Rule):
    """A status is compared with a value that the service never returns.

    What an API returns as a status is one of a few words, which are compared letter by letter: a training job of SageMaker is
    `Completed`, a job run of Glue `SUCCEEDED` (the API reference of each service). The value is followed from the Task to the
    comparison, in both query languages.

    With `.sync` not even all of those get there: while the job runs, the Task does; when it fails, the Task raises
    `States.TaskFailed` (developer guide, "Run a Job"), so that a Choice rule for `Failed` behind it never holds. That is a note
    where a Catcher of the Task takes the error.

    Services come to return other values: the message names the day of the descriptions that this rests on.

    ## Why it matters

    The rule never holds: the execution goes another way than was meant, or polls for ever.

    ## What to do

    Write the value as the service does. Handle the failure of a `.sync` Task in its `Catch`.
    """

    code = "ASL618"
    name = "status-never-equal"
    severity = WARNING
    concerns = (NEVER_EQUAL, KEPT_BACK)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {
  "Train": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {}, "Next": "Good?"},
  "Good?": {"Type": "Choice", "Default": "Bad", "Choices": [
    {"Variable": "$.TrainingJobStatus", "StringEquals": «"COMPLETED"», "Next": "Good"}]},
  "Good": {"Type": "Succeed"},
  "Bad": {"Type": "Fail", "Error": "NotTrained"}
}}"""
        ),
        Example(
            """{"StartAt": "Look", "QueryLanguage": "JSONata", "States": {
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getJobRun", "Arguments": {"JobName": "j", "RunId": "r"},
    "Output": {"state": "{% $states.result.JobRun.JobRunState %}"}, "Next": "Good?"},
  "Good?": {"Type": "Choice", "Default": "Wait", "Choices": [
    {"Condition": "{% $states.input.state = «'COMPLETED'» %}", "Next": "Good"}]},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
  "Good": {"Type": "Succeed"}
}}""",
            title="in JSONata",
        ),
        Example(
            """{"StartAt": "Run", "States": {
  "Run": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "j"}, "Next": "Bad?"},
  "Bad?": {"Type": "Choice", "Default": "Good", "Choices": [
    {"Variable": "$.JobRunState", "StringEquals": «"FAILED"», "Next": "Bad"}]},
  "Good": {"Type": "Succeed"},
  "Bad": {"Type": "Fail", "Error": "JobFailed"}
}}""",
            title="the Task has failed before",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {
  "Train": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {}, "Next": "Good?"},
  "Good?": {"Type": "Choice", "Default": "Bad", "Choices": [
    {"Variable": "$.TrainingJobStatus", "StringEquals": "Completed", "Next": "Good"}]},
  "Good": {"Type": "Succeed"},
  "Bad": {"Type": "Fail", "Error": "NotTrained"}
}}"""
        ),
        Example(
            """{"StartAt": "Look", "States": {
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:describeDBInstances", "Parameters": {}, "Next": "Good?"},
  "Good?": {"Type": "Choice", "Default": "Bad", "Choices": [
    {"Variable": "$.DbInstances[0].DbInstanceStatus", "StringEquals": "${Status}", "Next": "Good"}]},
  "Good": {"Type": "Succeed"},
  "Bad": {"Type": "Fail", "Error": "NotThere"}
}}""",
            title="the value is filled in later",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what is never equal."""
        for fact in facts(machine):
            if fact.kind == NEVER_EQUAL:
                yield _never(fact)
            elif fact.kind == KEPT_BACK:
                yield _kept_back(fact)


def _never(fact: Fact) -> Finding:
    problem, described = fact.problem, fact.described
    value, values = str(problem.step), described.values
    near = nearest(value, values) or succeeds(value, values)
    some = (
        listed(values[:_SHOWN], "or") if len(values) <= _SHOWN else ", ".join(f"`{v}`" for v in values[:_SHOWN]) + " …"
    )
    return Finding(
        problem.span,
        f"`{problem.path}` is never `{value}`: in the result of `{described.called}` it is {some} (API of {date()}).",
        cure=f"Did you mean `{near}`?" if near is not None else "",
        anchor=problem.node,
        related=[Related(described.node, "the result that is read")],
        severity=None if near is not None or len(values) <= _SHOWN else NOTE,
        fix=_fix(fact, near) if near is not None else None,
    )


def _fix(fact: Fact, near: str) -> Fix | None:
    start, end = fact.problem.span
    step = str(fact.problem.step)
    written = fact.problem.state.machine.document.text.content[start:end]
    title = f"Write `{near}`"
    if written.strip("\\'\"") != step:  # the quotes of JSONata can be escaped, or doubled in YAML
        return None
    start += written.index(step)
    return Fix(title, [(start, start + len(step), near)], safe=False)


def _kept_back(fact: Fact) -> Finding:
    problem, task = fact.problem, fact.described.task
    cure = (
        "Remove the rule."
        if fact.caught
        else f"Handle the failure in a `Catch` of `{task.name}`, for `States.TaskFailed`."
    )
    return Finding(
        problem.span,
        f"`{problem.path}` is never `{problem.step}` here: `{task.name}` waits for the end of the job (`.sync`), and raises "
        "`States.TaskFailed` where it fails.",
        cure=cure,
        anchor=problem.node,
        related=[Related(fact.described.node, "the result that is read")],
        severity=NOTE if fact.caught else None,
    )
