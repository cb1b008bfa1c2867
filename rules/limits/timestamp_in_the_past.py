"""ASL804."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.retries import duration
from asllint.model.timing import PAST, YEAR, analyse
from asllint.rule import NOTE, WARNING, Example, Finding, Rule


class TimestampInThePast(Rule):
    """A Wait state waits for a moment that is over: it does not wait.

    A Wait with a `Timestamp` that has passed goes on at once. The moment is compared with the time of the run; where the
    environment variable `SOURCE_DATE_EPOCH` is set (seconds since 1970, as of reproducible-builds.org), with that, so that
    the same text has the same findings on any day.

    In the first year after the moment it is a note: an execution that started before it may have waited for it. After that no
    execution can have, as none lasts longer than a year, and it is a warning.

    ## Why it matters

    The state looks as if it held the workflow back, and does nothing.

    ## What to do

    Remove the state, or take the moment from the input with `TimestampPath`, or with a JSONata expression.
    """

    code = "ASL804"
    name = "timestamp-in-the-past"
    severity = WARNING
    concerns = (PAST,)

    invalid = (
        Example(
            """{"StartAt": "Launch", "States": {
  "Launch": {"Type": "Wait", "Timestamp": «"2016-03-14T01:59:00Z"», "Next": "Go"}, "Go": {"Type": "Succeed"}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Launch", "States": {
  "Launch": {"Type": "Wait", "TimestampPath": "$.launch", "Next": "Go"}, "Go": {"Type": "Succeed"}}}"""
        ),
        Example(
            """{"StartAt": "Launch", "States": {
  "Launch": {"Type": "Wait", "Timestamp": "${LaunchDate}", "Next": "Go"}, "Go": {"Type": "Succeed"}}}""",
            title="the date is filled in later",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the moments that are over."""
        for past in analyse(machine).past:
            yield Finding(
                past.node,
                f"`{past.state.name}` waits for a moment that has been over for {duration(past.seconds)}: it does not wait.",
                cure="Remove the state, or take the moment from its input.",
                severity=NOTE if past.seconds < YEAR else WARNING,
            )
