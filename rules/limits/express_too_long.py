"""ASL803."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.retries import duration
from asllint.model.timing import EXPRESS, analyse, number
from asllint.rule import ERROR, NOTE, Example, Finding, Related, Rule

_SHOWN = 5


class ExpressTooLong(Rule):
    """An Express execution is made to last longer than its five minutes.

    An Express execution ends with `States.Timeout` after five minutes (developer guide, "Step Functions service quotas").
    The rule speaks of machines that are said to be express (`--workflow-type express`, or `workflow-type` in the
    configuration), and of the children of a Distributed Map with an `ExecutionType` of `EXPRESS`. It is an error where the
    waits along every way come to more; a note for a `TimeoutSeconds`, of the machine or of a task, that is longer than five
    minutes and so never comes to count.

    ## Why it matters

    An execution that times out fails as a whole: no Catch runs. A timeout that cannot be reached promises an error that
    somebody may have meant to catch.

    ## What to do

    Make the workflow Standard (the children of a Map: `"ExecutionType": "STANDARD"`), whose executions may last a year, or move
    the waiting to a Standard workflow around it. Set timeouts of less than 300 seconds.
    """

    code = "ASL803"
    name = "express-too-long"
    severity = ERROR
    concerns = (EXPRESS,)

    invalid = (
        Example(
            """{"StartAt": «"First"», "States": {
  "First": {"Type": "Wait", "Seconds": 200, "Next": "Second"},
  "Second": {"Type": "Wait", "Seconds": 200, "End": true}}}""",
            workflow_type="express",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "TimeoutSeconds": «900»,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello"}}}""",
            workflow_type="express",
            title="a timeout that never comes to count",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "First", "States": {
  "First": {"Type": "Wait", "Seconds": 100, "Next": "Second"},
  "Second": {"Type": "Wait", "Seconds": 100, "End": true}}}""",
            workflow_type="express",
        ),
        Example(
            """{"StartAt": "First", "States": {
  "First": {"Type": "Wait", "Seconds": 200, "Next": "Second"},
  "Second": {"Type": "Wait", "Seconds": 200, "End": true}}}""",
            title="the workflow type is not known",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what takes more than five minutes."""
        timing = analyse(machine)
        for slow in timing.slow:
            start = slow.scope.start
            if not slow.limit.express or start is None:
                continue
            yield Finding(
                start.node,
                f"Every way through {slow.scope.title} waits {duration(slow.seconds)} or more, longer than {slow.limit.title}.",
                cure="Make the workflow Standard, or shorten the waits."
                if slow.limit.root.owner is None
                else "Set `ExecutionType` to `STANDARD`, or shorten the waits.",
                related=[Related(state.head, f"`{state.name}` waits") for state in slow.waits[:_SHOWN]],
            )
        for node in timing.beyond:
            yield Finding(
                node,
                f"A timeout of {duration(number(node) or 0)} never comes to count: an Express execution ends after 5 min.",
                cure="Set it to less than 300.",
                severity=NOTE,
            )
