"""ASL301."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Retrier
from asllint.model.retries import (
    DEFAULT_BACKOFF_RATE,
    DEFAULT_INTERVAL_SECONDS,
    DEFAULT_MAX_ATTEMPTS,
    duration,
    waits,
)
from asllint.rule import WARNING, Example, Finding, Option, Rule
from asllint.source.node import NUMBER

PROPOSED_ATTEMPTS = 10
PROPOSED_DELAY = 3600


class InfiniteRetryRisk(Rule):
    """A Retrier may keep an error from everyone for days: too many retries, or too long waits.

    The waits of a Retrier add up: `IntervalSeconds` (1 if absent) before the first retry, `BackoffRate` (2) times the last
    before each further one, none longer than `MaxDelaySeconds`, and `MaxAttempts` (3) of them. The rule reports a Retrier
    with more attempts than `max-attempts`, or whose waits come to more than `max-wait` seconds. What the attempts
    themselves take comes on top. A value that a placeholder stands in for is not judged.

    ## Why it matters

    Until the last retry has failed nobody hears of the error: no Catch runs, no alarm on failed executions goes off. Each
    retry costs a state transition and, where the task starts a job, a job. An error that goes away goes away in minutes; one
    that does not is a mistake that more retries do not mend.

    ## What to do

    Allow few attempts, let the waits grow, and bound them: `MaxDelaySeconds` caps one wait, `JitterStrategy` of `FULL`
    spreads the retries of many executions. For a quota that is free again in hours, wait for it outside of the Retry, with a
    Wait state and a Choice state that counts, or start the execution later. A `TimeoutSeconds` of the state does not help: it
    counts anew for each attempt.
    """

    code = "ASL301"
    name = "infinite-retry-risk"
    severity = WARNING
    concerns = ("Retry",)
    precision = "high"
    options = {
        "max-attempts": Option(50, "attempts of one Retrier that are still fine", 0),
        "max-wait": Option(86400, "seconds that the waits of one Retrier may come to", 0),
    }

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Retry": [
    {"ErrorEquals": ["SageMaker.ResourceLimitExceededException"],
     "IntervalSeconds": 60, "MaxAttempts": «5000», "BackoffRate": 1}]}}}""",
            title="3 days of waiting",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], «"IntervalSeconds"»: 43200}]}}}""",
            title="three retries, but 12, 24 and 48 hours apart",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], "MaxAttempts": «6»}]}}}""",
            options={"max-attempts": 5},
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 20, "BackoffRate": 2, "MaxDelaySeconds": 300}]}}}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello", "Retry": [
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": "${Interval}", "MaxAttempts": 20}]}}}""",
            title="the interval is filled in later",
        ),
    )

    def check_retrier(self, retrier: Retrier) -> Iterable[Finding]:
        """Sum the waits."""
        attempts = _number(retrier, "MaxAttempts", DEFAULT_MAX_ATTEMPTS)
        if attempts is None:
            return
        total = _total(retrier, int(attempts))
        max_attempts, max_wait = self.option("max-attempts"), self.option("max-wait")
        assert isinstance(max_attempts, int | float) and isinstance(max_wait, int | float)
        too_long = total is not None and total > max_wait
        if attempts <= max_attempts and not too_long:
            return
        count = f"{int(attempts):,} {'retry' if attempts == 1 else 'retries'}"
        over = "" if total is None else f" over {duration(total)}"
        message = f"Up to {count}{over}: until the last has failed, nobody hears of the error, and each attempt costs."
        at = (
            retrier.field("MaxAttempts") or retrier.key("IntervalSeconds") or retrier.key("BackoffRate") or retrier.node
        )
        yield Finding(at, message, cure=_cure(retrier, max_attempts, max_wait))


def _number(retrier: Retrier, field: str, default: float) -> float | None:
    """Return the value of a field, `default` where it is absent, None where it cannot be known."""
    node = retrier.field(field)
    if node is None:
        return None if retrier.node.open else default
    value = node.value
    return value if node.kind == NUMBER and isinstance(value, int | float) else None


def _total(retrier: Retrier, attempts: int) -> float | None:
    """Return the seconds that all waits come to, or None where that cannot be known."""
    interval = _number(retrier, "IntervalSeconds", DEFAULT_INTERVAL_SECONDS)
    rate = _number(retrier, "BackoffRate", DEFAULT_BACKOFF_RATE)
    max_delay = _number(retrier, "MaxDelaySeconds", 0)
    if interval is None or rate is None or max_delay is None:
        return None
    return waits(interval, rate, attempts, max_delay if max_delay > 0 else None)


def _cure(retrier: Retrier, max_attempts: float, max_wait: float) -> str:
    """Propose fields that stay within the options, with what they come to; less concrete where none do."""
    interval = _number(retrier, "IntervalSeconds", DEFAULT_INTERVAL_SECONDS) or DEFAULT_INTERVAL_SECONDS
    rate = _number(retrier, "BackoffRate", DEFAULT_BACKOFF_RATE) or DEFAULT_BACKOFF_RATE
    rate = max(rate, DEFAULT_BACKOFF_RATE)
    most = min(PROPOSED_ATTEMPTS, max_attempts, _number(retrier, "MaxAttempts", DEFAULT_MAX_ATTEMPTS) or 0)
    for attempts in range(int(most), 0, -1):
        total = waits(interval, rate, attempts, PROPOSED_DELAY)
        if interval < PROPOSED_DELAY and total <= max_wait:
            fields = f'"MaxAttempts": {attempts}, "BackoffRate": {rate:g}, "MaxDelaySeconds": {PROPOSED_DELAY}'
            return f'For example `{fields}, "JitterStrategy": "FULL"`: at most {duration(total)}.'
    return "Lower `IntervalSeconds` and `MaxAttempts`, and bound each wait with `MaxDelaySeconds`."
