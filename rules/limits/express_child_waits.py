"""ASL811."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws.resource import parse
from asllint.model import StateMachine
from asllint.model.limits import EXPRESS_CHILD, analyse
from asllint.rule import WARNING, Example, Finding, Rule


class ExpressChildWaits(Rule):
    """A child of a Distributed Map is an Express workflow, and waits for a job, a token or an activity.

    With an `ExecutionType` of `EXPRESS` each child execution of the Map is an Express one; these call services in one way
    only, request and response (developer guide, "Choosing workflow type"), and AWS refuses an Express state machine with
    `.sync`, `.waitForTaskToken` or an activity. What it answers to one inside of a Distributed Map is not recorded, so this is a
    warning.

    ## Why it matters

    At the latest when the child runs, it cannot do what the state asks for.

    ## What to do

    Set `ExecutionType` to `STANDARD`, or leave the suffix out where nobody needs the end of the job.
    """

    code = "ASL811"
    name = "express-child-waits"
    severity = WARNING
    concerns = (EXPRESS_CHILD,)

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "Run", "States": {
    "Run": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.«sync»", "End": true,
      "Parameters": {"JobName": "convert"}}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Run", "States": {
    "Run": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": true,
      "Parameters": {"JobName": "convert"}}}}}}}"""
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "Run", "States": {
    "Run": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "End": true,
      "Parameters": {"JobName": "convert"}}}}}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the tasks that an Express child cannot do."""
        for state in analyse(machine).express_children:
            resource = state.field("Resource")
            assert resource is not None
            read = parse(resource)
            suffix = read.pattern if read is not None else None
            what = "its task to end" if suffix is None else f"what it calls, with `.{suffix.text}`"
            yield Finding(
                resource if read is None or suffix is None else read.span(suffix),
                f"`{state.name}` waits for {what}, and runs in an Express child execution, which cannot.",
                cure="Set `ExecutionType` to `STANDARD`, or call the service without waiting.",
                anchor=resource,
            )
