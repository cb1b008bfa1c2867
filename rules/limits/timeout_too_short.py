"""ASL802."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.retries import duration
from asllint.model.timing import SHORT_TIMEOUT, analyse
from asllint.rule import ERROR, Example, Finding, Related, Rule

_SHOWN = 5


class TimeoutTooShort(Rule):
    """The state machine times out before any way through it can end.

    An execution ends with `States.Timeout` when the `TimeoutSeconds` of its state machine are over. The rule adds up the
    `Seconds` of the Wait states along each way from `StartAt` to an end, takes a loop once, the slowest branch of a Parallel
    state, and nothing for tasks and for waits whose length is not known; a way through a Catch costs nothing either. It
    reports a machine whose shortest way waits longer than that.

    A single Wait that is too long is reported there (wait-too-long).

    ## Why it matters

    No execution of such a machine can succeed.

    ## What to do

    Raise `TimeoutSeconds` above the sum, with what the tasks take on top, or shorten the waits.
    """

    code = "ASL802"
    name = "timeout-too-short"
    severity = ERROR
    concerns = (SHORT_TIMEOUT,)

    invalid = (
        Example(
            """{"StartAt": "First", "TimeoutSeconds": «60», "States": {
  "First": {"Type": "Wait", "Seconds": 45, "Next": "Call"},
  "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Next": "Second"},
  "Second": {"Type": "Wait", "Seconds": 45, "Next": "Done"},
  "Done": {"Type": "Succeed"}}}""",
            title="90 seconds in an execution of 60",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "First", "TimeoutSeconds": 60, "States": {
  "First": {"Type": "Wait", "Seconds": 45, "Next": "Call"},
  "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Next": "Second",
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]},
  "Second": {"Type": "Wait", "Seconds": 45, "Next": "Done"},
  "Done": {"Type": "Succeed"}}}""",
            title="one way is short enough",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the timeout that is too short."""
        for slow in analyse(machine).slow:
            node = slow.limit.node
            if node is None:
                continue
            yield Finding(
                node,
                f"Every execution times out after {duration(slow.limit.seconds)}: the shortest way through waits "
                f"{duration(slow.seconds)}.",
                cure=f"Set `TimeoutSeconds` to more than {int(slow.seconds)}, or shorten the waits.",
                related=[Related(state.head, f"`{state.name}` waits") for state in slow.waits[:_SHOWN]],
            )
