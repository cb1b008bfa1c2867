"""ASL320."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import MapState, Retrier, State, StateMachine
from asllint.model.retries import duration
from asllint.model.shape import opening
from asllint.model.timing import OUTLIVED, analyse
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule
from asllint.source.node import ARRAY, Node, Span


class RetryOutlivesTimeout(Rule):
    """A Retrier would still be waiting when the execution has timed out.

    The waits of a Retrier add up: `IntervalSeconds` (1 if absent) before the first retry, `BackoffRate` (2) times the last
    before each further one, none longer than `MaxDelaySeconds`, and `MaxAttempts` (3) of them. Where they come to more than
    an execution may last (the `TimeoutSeconds` of the state machine, or five minutes of an Express workflow: developer guide,
    "Step Functions service quotas"), the last retries never happen. With a `JitterStrategy` of `FULL` each wait is a random
    part of the full one, and half of the sum is counted. What the attempts themselves take comes on top; it is counted only
    where it is certain: a Retrier of `States.Timeout` alone retries attempts that each took the whole `TimeoutSeconds` of the
    state.

    ## Why it matters

    An execution that times out ends at once, with `States.Timeout`: no Catch of any state runs, and nothing is cleaned up.
    The Retrier promises attempts that it does not make, and the Catch behind it is never reached while the error lasts. Where
    there is no Catch that would take the error, it is a note: the execution fails either way, with another error.

    ## What to do

    Let the retries fit into the time with room for the rest of the workflow: fewer attempts, shorter waits, a
    `MaxDelaySeconds`. Or raise the `TimeoutSeconds` of the state machine.
    """

    code = "ASL320"
    name = "retry-outlives-timeout"
    severity = WARNING
    concerns = (OUTLIVED,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Call", "TimeoutSeconds": 600, "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": «6»}]}}}""",
            title="63 minutes of waiting in an execution of 10",
        ),
        Example(
            """{"StartAt": "Call", "TimeoutSeconds": 1800, "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "TimeoutSeconds": 840, "Retry": [
    {"ErrorEquals": ["States.Timeout"], «"IntervalSeconds"»: 5}]}}}""",
            title="each attempt that times out takes 14 minutes",
        ),
        Example(
            """StartAt: Call
States:
  Call:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:hello
    Retry:
      - ErrorEquals: [Lambda.TooManyRequestsException]
        IntervalSeconds: 30
        MaxAttempts: «5»
    End: true
""",
            language="yaml",
            workflow_type="express",
            title="15 minutes of waiting in an Express workflow",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Call", "TimeoutSeconds": 600, "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 6}]}}}""",
        ),
        Example(
            """{"StartAt": "Call", "TimeoutSeconds": 600, "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": "${Interval}", "MaxAttempts": 6}]}}}""",
            title="the interval is filled in later",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 6}]}}}""",
            title="the execution may last a year",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the Retriers that there is no time for."""
        for fact in analyse(machine).outlived:
            retries, last = ("1 retry", "lasts") if fact.count == 1 else (f"{fact.count:,} retries", "last")
            average = " on average" if fact.jitter else ""
            more = "allow the execution more time"
            if fact.limit.node is None:  # a quota
                more = "run it as a Standard workflow" if fact.limit.express else "wait outside of the Retry"
                if fact.limit.express and fact.limit.root.owner is not None:
                    more = f"set the `ExecutionType` of `{fact.limit.root.owner.name}` to `STANDARD`"
            if fact.fitting:
                there_is = f"there is time for {fact.fitting:,}"
                cure = f"Lower `MaxAttempts` to {fact.fitting:,} or less, or {more}."
            else:
                there_is = "there is no time for one"
                cure = f"Shorten the waits, or {more}."
            waited = _caught(fact.retrier.state)
            related = () if fact.limit.node is None else (Related(fact.limit.node, "this ends the execution"),)
            yield Finding(
                _place(fact.retrier),
                f"{retries} of `{fact.retrier.state.name}` {last} {duration(fact.seconds)}{average}, longer than "
                f"{fact.limit.title}: {there_is}, then the execution ends{' and no Catch runs' if waited else ''}.",
                cure=cure,
                severity=None if waited else NOTE,
                anchor=fact.retrier.node,
                related=related,
            )


def _caught(state: State) -> bool:
    """Whether the state has a Catch, or one around it, or may have one around it."""
    here: State | None = state
    while here is not None:
        catch = here.field("Catch")
        if (catch is not None and (catch.kind != ARRAY or catch.items or not catch.closed)) or here.node.open:
            return True
        here = here.scope.owner
        if isinstance(here, MapState) and here.distributed:
            return False  # its Catch is of another execution
    return state.machine.fragment == "state"


def _place(retrier: Retrier) -> Node | Span:
    """Return what makes the waits long."""
    keys = (retrier.key("IntervalSeconds"), retrier.key("BackoffRate"))
    return retrier.field("MaxAttempts") or next(filter(None, keys), None) or opening(retrier.node)
