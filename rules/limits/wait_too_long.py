"""ASL801."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.retries import duration
from asllint.model.timing import LATE, analyse
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule


class WaitTooLong(Rule):
    """A Wait state waits longer than its execution may last.

    `Seconds` takes up to 99,999,999; but an execution ends with `States.Timeout` after the `TimeoutSeconds` of the state
    machine, a Standard one at the latest after a year and an Express one after five minutes, waiting or not (developer guide,
    "Step Functions service quotas" and "Wait workflow state"). The children of a Distributed Map with an `ExecutionType` of
    `EXPRESS` have five minutes each. The five minutes of the machine itself count where the workflow type is said to be
    express (`--workflow-type express`, or `workflow-type` in the configuration).

    It is an error where an execution that comes to the Wait certainly times out; a warning inside of a Map or Parallel state,
    which something else may end first, where the two times are the same, and for a `Timestamp` more than a year ahead, for
    which an execution may start later. A `Timestamp` is judged by the day of the run (see timestamp-in-the-past).

    ## Why it matters

    What comes behind the Wait never runs, and no Catch can take the timeout of an execution.

    ## What to do

    Shorten the wait or raise the timeout. To wait longer than an execution lasts, end it and let a schedule (EventBridge
    Scheduler) start the next one.
    """

    code = "ASL801"
    name = "wait-too-long"
    severity = ERROR
    concerns = (LATE,)

    invalid = (
        Example(
            """{"StartAt": "Hour", "TimeoutSeconds": 1800, "States": {
  "Hour": {"Type": "Wait", "Seconds": «3600», "Next": "Done"}, "Done": {"Type": "Succeed"}}}""",
            title="an hour in an execution of 30 minutes",
        ),
        Example(
            """{"StartAt": "Forever", "States": {
  "Forever": {"Type": "Wait", "Seconds": «99999999», "Next": "Done"}, "Done": {"Type": "Succeed"}}}""",
            title="more than three years",
        ),
        Example(
            """StartAt: Later
States:
  Later:
    Type: Wait
    Seconds: «600»
    End: true
""",
            language="yaml",
            workflow_type="express",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "Later", "States": {
    "Later": {"Type": "Wait", "Seconds": «600», "End": true}}}}}}""",
            title="a child execution has five minutes",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Minute", "TimeoutSeconds": 1800, "States": {
  "Minute": {"Type": "Wait", "Seconds": 60, "Next": "Done"}, "Done": {"Type": "Succeed"}}}""",
        ),
        Example(
            """{"StartAt": "Later", "TimeoutSeconds": 1800, "States": {
  "Later": {"Type": "Wait", "Seconds": "${Delay}", "Next": "Done"}, "Done": {"Type": "Succeed"}}}""",
            title="the time is filled in later",
        ),
        Example(
            """{"StartAt": "Later", "States": {
  "Later": {"Type": "Wait", "Seconds": 600, "Next": "Done"}, "Done": {"Type": "Succeed"}}}""",
            title="the workflow type is not known",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the waits, alone and together, that are too long."""
        timing = analyse(machine)
        for late in timing.late:
            limit = late.limit
            same = late.seconds == limit.seconds
            yield Finding(
                late.node,
                f"`{late.state.name}` waits {duration(late.seconds)}, {'as long as' if same else 'longer than'} {limit.title}: "
                "the execution times out in it.",
                cure="Shorten the wait, or let the execution end and start another one.",
                related=() if limit.node is None else (Related(limit.node, "this ends the execution"),),
                severity=ERROR if late.sure else WARNING,
            )
        for slow in timing.slow:
            if slow.limit.node is not None or slow.limit.express:
                continue
            *before, last = slow.waits
            yield Finding(
                last.field("Seconds") or last.head,
                f"Every way through {slow.scope.title} waits {duration(slow.seconds)} or more, longer than {slow.limit.title}.",
                cure="Shorten the waits, or let the execution end and start another one.",
                anchor=last.node,
                related=[Related(state.head, f"`{state.name}` waits too") for state in before],
            )
