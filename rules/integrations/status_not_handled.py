"""ASL619."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.names import listed
from asllint.model.results import NOT_HANDLED, Fact, facts, is_failure
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule

_SHOWN = 6


class StatusNotHandled(Rule):
    """A Choice state asks for the status of a service, and leads nowhere with a status that it can have.

    The values that a status can have are known (the API reference of each service). Three cases are reported: the state has no
    `Default`, and no rule for some of them, so that it fails with `States.NoChoiceMatched`; a job that has ended without
    success, or an instance that is gone, leads back to the Task that asks how it is, whose answer does not change any more; or
    a rule waits while a job runs, and `Default` goes on with another status of one that is not done as if it were (`QUEUED`,
    where the rule waits with `RUNNING`). Nothing is said of the last where a Choice state behind it asks for the status again.

    It is a note where only what somebody has stopped or terminated goes round for ever, and where no rule holds for failures alone, which
    fail the execution in any case.

    ## Why it matters

    The loop goes on until the `TimeoutSeconds` of the state machine are over, or its history has 25,000 events: hours or months
    after the job has failed, and with a cause that says nothing of it.

    ## What to do

    Ask for the status that means "still running" to wait, and let `Default` lead to a Fail state; or, for what has one, use the
    optimized integration with `.sync`, which waits by itself and fails where the job does.
    """

    code = "ASL619"
    name = "status-not-handled"
    severity = WARNING
    concerns = (NOT_HANDLED,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Look", "States": {
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:transcribe:getTranscriptionJob", "Next": "Done?",
    "Parameters": {"TranscriptionJobName.$": "$.job"}, "ResultPath": "$.look"},
  «"Done?"»: {"Type": "Choice", "Default": "Wait", "Choices": [
    {"Variable": "$.look.TranscriptionJob.TranscriptionJobStatus", "StringEquals": "COMPLETED", "Next": "Done"}]},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
  "Done": {"Type": "Succeed"}
}}""",
            title="a job that has failed is asked for until the execution is out of time",
        ),
        Example(
            """{"StartAt": "Look", "QueryLanguage": "JSONata", "States": {
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:redshiftdata:describeStatement", "Next": "Done?",
    "Arguments": {"Id": "{% $id %}"}, "Assign": {"id": "{% $states.result.Id %}"}},
  «"Done?"»: {"Type": "Choice", "Choices": [
    {"Condition": "{% $states.input.Status = 'FINISHED' %}", "Next": "Done"},
    {"Condition": "{% $states.input.Status in ['FAILED', 'ABORTED'] %}", "Next": "Failed"}]},
  "Done": {"Type": "Succeed"},
  "Failed": {"Type": "Fail", "Error": "StatementFailed"}
}}""",
            title="while it runs no rule holds",
        ),
        Example(
            """StartAt: Look
States:
  Look:
    Type: Task
    Resource: arn:aws:states:::aws-sdk:athena:getQueryExecution
    Parameters: {QueryExecutionId.$: $.query}
    ResultPath: $.look
    Next: Running?
  «Running?»:
    Type: Choice
    Choices:
      - {Variable: $.look.QueryExecution.Status.State, StringEquals: RUNNING, Next: Wait}
      - {Variable: $.look.QueryExecution.Status.State, StringEquals: FAILED, Next: Failed}
    Default: Done
  Wait: {Type: Wait, Seconds: 10, Next: Look}
  Done: {Type: Succeed}
  Failed: {Type: Fail, Error: NotFound}
""",
            language="yaml",
            title="a query that is still `QUEUED` is taken for a result",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Look", "States": {
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:transcribe:getTranscriptionJob", "Next": "Done?",
    "Parameters": {"TranscriptionJobName.$": "$.job"}, "ResultPath": "$.look"},
  "Done?": {"Type": "Choice", "Default": "Failed", "Choices": [
    {"Variable": "$.look.TranscriptionJob.TranscriptionJobStatus", "StringEquals": "COMPLETED", "Next": "Done"},
    {"Variable": "$.look.TranscriptionJob.TranscriptionJobStatus", "StringEquals": "IN_PROGRESS", "Next": "Wait"},
    {"Variable": "$.look.TranscriptionJob.TranscriptionJobStatus", "StringEquals": "QUEUED", "Next": "Wait"}]},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
  "Done": {"Type": "Succeed"},
  "Failed": {"Type": "Fail", "Error": "NotTranscribed"}
}}"""
        ),
        Example(
            """{"StartAt": "Look", "States": {
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:${Service}:getJob", "Next": "Done?", "Parameters": {}},
  "Done?": {"Type": "Choice", "Default": "Look", "Choices": [
    {"Variable": "$.Status", "StringEquals": "COMPLETED", "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="the service is filled in later",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what is not handled."""
        for fact in facts(machine):
            if fact.kind == NOT_HANDLED:
                yield _back(fact) if fact.back else _early(fact) if fact.ended else _nowhere(fact)


def _values(fact: Fact) -> str:
    shown = [*fact.values] if len(fact.values) <= _SHOWN else [*fact.values[: _SHOWN - 1]]
    more = len(fact.values) - len(shown)
    return listed(shown, "or") if not more else ", ".join(f"`{value}`" for value in shown) + f" or {more} others"


def _back(fact: Fact) -> Finding:
    state, path = fact.problem.state, fact.problem.path
    return Finding(
        state.head,
        f"Where `{path}` is {_values(fact)}, `{state.name}` leads back to `{fact.back}`, and that does not change any more: "
        "the execution asks again and again, until its time or its history is at an end.",
        cure="Wait only while the job is running, and let `Default` lead to a Fail state.",
        anchor=state.node,
        related=[Related(fact.described.node, "gives the status")],
        severity=None if any(map(is_failure, fact.values)) else NOTE,
    )


def _early(fact: Fact) -> Finding:
    state, path = fact.problem.state, fact.problem.path
    return Finding(
        state.head,
        f"Where `{path}` is {_values(fact)}, `{state.name}` goes on as it does with `{fact.ended}`: the work is not done then.",
        cure=f"Go on with `{fact.ended}` alone, and let `Default` wait; or wait with {_values(fact)}, too.",
        anchor=state.node,
        related=[Related(fact.described.node, "gives the status")],
    )


def _nowhere(fact: Fact) -> Finding:
    state, path = fact.problem.state, fact.problem.path
    return Finding(
        state.head,
        f"No rule of `{state.name}` holds where `{path}` is {_values(fact)}, and there is no `Default`: the execution fails there "
        "with `States.NoChoiceMatched`.",
        cure="Add a rule for each status that is no failure, and a `Default` that leads to a Fail state.",
        anchor=state.node,
        related=[Related(fact.described.node, "gives the status")],
        severity=None if fact.severe else NOTE,
    )
