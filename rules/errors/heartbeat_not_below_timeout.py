"""ASL323."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.retries import duration
from asllint.model.timing import HEARTBEAT, analyse, number
from asllint.rule import WARNING, Example, Finding, Related, Rule


class HeartbeatNotBelowTimeout(Rule):
    """The heartbeat of a task is not shorter than its timeout: it never comes to count.

    `HeartbeatSeconds` must be less than `TimeoutSeconds` (specification, "Timeouts and heartbeats"; developer guide, "Task
    workflow state"). What AWS answers when it is not is not recorded, so this is a warning.

    ## Why it matters

    The timeout ends the task before the first missing heartbeat can. A dead worker is found no sooner than without a
    heartbeat at all.

    ## What to do

    Let the worker send several heartbeats in the time that the task may take, and set `HeartbeatSeconds` to a little more than
    the time between two.
    """

    code = "ASL323"
    name = "heartbeat-not-below-timeout"
    severity = WARNING
    concerns = (HEARTBEAT,)

    invalid = (
        Example(
            """{"StartAt": "Inspect", "States": {"Inspect": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:eu-west-1:123456789012:activity:inspect",
  "TimeoutSeconds": 300, "HeartbeatSeconds": «300»}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Inspect", "States": {"Inspect": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:eu-west-1:123456789012:activity:inspect",
  "TimeoutSeconds": 300, "HeartbeatSeconds": 60}}}"""
        ),
        Example(
            """{"StartAt": "Inspect", "States": {"Inspect": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:eu-west-1:123456789012:activity:inspect",
  "TimeoutSeconds": "${Timeout}", "HeartbeatSeconds": 60}}}""",
            title="the timeout is filled in later",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the heartbeats that come too late."""
        for state in analyse(machine).heartbeats:
            heartbeat, timeout = state.field("HeartbeatSeconds"), state.field("TimeoutSeconds")
            assert heartbeat is not None and timeout is not None
            every, end = (duration(number(node, state.query_language) or 0) for node in (heartbeat, timeout))
            yield Finding(
                heartbeat,
                f"The heartbeat of `{state.name}` ({every}) is not shorter than its timeout ({end}): it never comes to count.",
                cure="Set `HeartbeatSeconds` to a part of `TimeoutSeconds`.",
                related=[Related(timeout, "the timeout")],
            )
