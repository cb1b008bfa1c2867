"""ASL216."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.loops import loops
from asllint.rule import NOTE, Example, Finding, Related, Rule


class PollingLoop(Rule):
    """A loop of Wait, status call and Choice waits for a job that Step Functions can wait for itself.

    A task starts a job or an execution, and a loop asks for its status until it is done. Of such services Step Functions has
    an integration that starts the work and goes on when it has ended (developer guide, "Run a Job (.sync)"). The rule
    reports a loop of one task that asks for the very work that the task before it has started: its name comes from the
    answer of that task, or is the same in both. A loop that does something else in each round, and one behind other tasks,
    may have reasons of its own and is left alone.

    Express workflows do not have `.sync` (developer guide, "Choosing workflow type"): with `--workflow-type express` nothing
    is said.

    ## Why it matters

    Each round is billed as three or more transitions and fills the history. A job that fails has to be recognised by its
    status; one that stops in a status that nobody thought of is waited for without end.

    ## What to do

    Write the resource with `.sync` in the task that starts the work, and delete the loop. A job that fails then raises an
    error, which Retry and Catch take, and the result of the task is the description of the job that has ended. Set
    `TimeoutSeconds` for the longest that it may take. The execution role needs further permissions for it.
    """

    code = "ASL216"
    name = "polling-loop"
    severity = NOTE
    concerns = ("loop:polled",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Start", "States": {
  "Start": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun",
    "Parameters": {"JobName": "nightly"}, "Next": "Wait"},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Ask"},
  "Ask": {"Type": "Task", "Resource": «"arn:aws:states:::aws-sdk:glue:getJobRun"»,
    "Parameters": {"JobName": "nightly", "RunId.$": "$.JobRunId"}, "ResultPath": "$.run", "Next": "Ready?"},
  "Ready?": {"Type": "Choice", "Default": "Wait", "Choices": [
    {"Variable": "$.run.JobRun.JobRunState", "StringEquals": "FAILED", "Next": "Failed"},
    {"Variable": "$.run.JobRun.JobRunState", "StringEquals": "SUCCEEDED", "Next": "Done"}]},
  "Failed": {"Type": "Fail"},
  "Done": {"Type": "Succeed"}
}}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Run", "States": {
  "Run": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "TimeoutSeconds": 7200,
    "Parameters": {"JobName": "nightly"}, "End": true}
}}""",
        ),
        Example(
            """{"StartAt": "Start", "States": {
  "Start": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:transcribe:startTranscriptionJob",
    "Parameters": {"TranscriptionJobName": "t", "Media": {}}, "Next": "Wait"},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Ask"},
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:transcribe:getTranscriptionJob",
    "Parameters": {"TranscriptionJobName": "t"}, "Next": "Ready?"},
  "Ready?": {"Type": "Choice", "Default": "Done", "Choices": [
    {"Variable": "$.TranscriptionJob.TranscriptionJobStatus", "StringEquals": "IN_PROGRESS", "Next": "Wait"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="a service that has no `.sync`",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each at the Resource that asks."""
        for fact in loops(machine).polled:
            at = fact.task.resource
            if at is None:
                continue
            start, resource = fact.started.task, fact.started.resource
            known = machine.workflow_type is not None
            yield Finding(
                at,
                f"The loop waits for what `{start.name}` starts: Step Functions can do that itself, and raises an error "
                "where it fails.",
                cure=f"Write `{resource}` as the Resource of `{start.name}` instead of the loop"
                f"{'' if known else ' (not on an Express workflow)'}.",
                related=[
                    Related(start.resource or start.head, "starts it"),
                    Related(fact.loop.closing.node, "goes back"),
                ],
            )
