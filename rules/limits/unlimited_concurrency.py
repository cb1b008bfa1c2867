"""ASL810."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.limits import UNLIMITED, analyse
from asllint.rule import NOTE, Example, Finding, Rule


class UnlimitedConcurrency(Rule):
    """A Distributed Map calls a service without a limit on how many items run at a time.

    Without `MaxConcurrency`, or with 0, up to 10,000 child executions run at a time (developer guide, "Using Map state in
    Distributed mode", which recommends not to exceed what a service behind it can take). Off unless selected: a service
    that scales needs no limit.

    ## Why it matters

    A thousand concurrent calls use up the concurrency of Lambda in a new account, for all functions in it; other services
    throttle sooner.

    ## What to do

    Set `MaxConcurrency` to what the service can take, with retries for its throttling error.
    """

    code = "ASL810"
    name = "unlimited-concurrency"
    severity = NOTE
    concerns = (UNLIMITED,)
    default = False

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {«"Each"»: {"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Call", "States": {
    "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "End": true}}}}}}"""
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": «0», "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Call", "States": {
    "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "End": true}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 50, "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Call", "States": {
    "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "End": true}}}}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the Map states without a limit."""
        for state in analyse(machine).unlimited:
            yield Finding(
                state.field("MaxConcurrency") or state.head,
                f"`{state.name}` runs up to 10,000 items at a time, each calling a service.",
                cure="Set `MaxConcurrency` to what the service can take.",
                anchor=state.node,
            )
