"""ASL612."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws.resource import parse
from asllint.model import StateMachine
from asllint.model.calls import DEPRECATED, calls
from asllint.rule import NOTE, Example, Finding, Rule


class DeprecatedApi(Rule):
    """A Task calls an action, or uses a parameter, that the API's own model marks as deprecated.

    ## Why it matters

    It works for now. New features come to what has taken its place, and some day the service may end it; a state machine
    that has run for years is then the last to notice.

    ## What to do

    Look up in the API reference of the service what has taken its place.
    """

    code = "ASL612"
    name = "deprecated-api"
    severity = NOTE
    concerns = (DEPRECATED,)

    invalid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": true,
  "Parameters": {"JobName": "load", «"AllocatedCapacity"»: 10}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::aws-sdk:cloudwatchlogs:«tagLogGroup»",
  "End": true, "Arguments": {"LogGroupName": "{% $states.input.group %}", "Tags": {"stage": "test"}}}"""
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": true,
  "Parameters": {"JobName": "load", "MaxCapacity": 10}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Name what is deprecated."""
        for fact in calls(machine).facts:
            if fact.kind == DEPRECATED:
                what = f"The parameter `{fact.name}` of {fact.call.title}" if fact.name else fact.call.title
                read = None if fact.name else parse(fact.node)
                yield Finding(
                    fact.node if read is None or read.action is None else read.span(read.action),
                    f"{what} is deprecated.",
                    cure="The API reference says what has taken its place.",
                    anchor=fact.node,
                )
