"""ASL322."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.features import CALLBACK
from asllint.model.timing import UNBOUNDED, analyse
from asllint.rule import WARNING, Example, Finding, Rule


class MissingTimeout(Rule):
    """A task waits for an answer from outside, and nothing ends the wait.

    A Task that waits for its token (`.waitForTaskToken`) or for an activity worker goes on when somebody answers. The default
    of `TimeoutSeconds` is 99,999,999 seconds, over three years; so a message that is lost, or a worker that dies, leaves the
    execution waiting until the year is over that it may last (developer guide, "Using timeouts to avoid stuck Step Functions
    workflow executions"). The rule is silent where `TimeoutSeconds` or `HeartbeatSeconds` (or their `Path`) is there, where
    the state machine has a `TimeoutSeconds`, and where a branch beside the task waits, and then fails.

    ## Why it matters

    A stuck execution looks like one that runs: no error, no alarm, no Catch. It holds one of the open executions of the
    account, and whatever it has locked or started.

    ## What to do

    Set `TimeoutSeconds` to the longest time that the answer may take, and catch `States.Timeout`. Where the worker can send
    heartbeats, `HeartbeatSeconds` finds a dead one sooner.
    """

    code = "ASL322"
    name = "missing-timeout"
    severity = WARNING
    concerns = (UNBOUNDED,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::sqs:sendMessage.waitForTaskToken"»,
  "Parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
    "MessageBody": {"token.$": "$$.Task.Token"}}}}}""",
            title="an approval that nobody may ever give",
        ),
        Example(
            """StartAt: Inspect
States:
  Inspect:
    Type: Task
    Resource: «arn:aws:states:eu-west-1:123456789012:activity:inspect»
    End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true, "TimeoutSeconds": 86400,
  "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  "Parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/approvals",
    "MessageBody": {"token.$": "$$.Task.Token"}}}}}""",
        ),
        Example(
            """{"StartAt": "Inspect", "TimeoutSeconds": 3600, "States": {"Inspect": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:eu-west-1:123456789012:activity:inspect"}}}""",
            title="the whole execution is bounded",
        ),
        Example(
            """{"StartAt": "Either", "States": {"Either": {"Type": "Parallel", "End": true, "Branches": [
  {"StartAt": "Inspect", "States": {"Inspect": {"Type": "Task", "End": true,
    "Resource": "arn:aws:states:eu-west-1:123456789012:activity:inspect"}}},
  {"StartAt": "Hour", "States": {"Hour": {"Type": "Wait", "Seconds": 3600, "Next": "Late"}, "Late": {"Type": "Fail"}}}
]}}}""",
            title="the branch beside it is its timeout",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the tasks that nothing ends."""
        for state in analyse(machine).unbounded:
            resource = state.field("Resource")
            assert resource is not None
            token = (resource.text or "").endswith(CALLBACK)
            whom, lost = ("its task token", "token") if token else ("an activity worker", "worker")
            yield Finding(
                resource,
                f"`{state.name}` waits for {whom} without a `TimeoutSeconds`: if the {lost} is lost, the execution is stuck "
                "for up to a year.",
                cure="Add `TimeoutSeconds` with the longest time that the answer may take.",
            )
