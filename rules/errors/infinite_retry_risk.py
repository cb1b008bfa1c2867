"""ASL301."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Retrier
from asllint.model.retries import (
    DEFAULT_BACKOFF_RATE,
    DEFAULT_INTERVAL_SECONDS,
    DEFAULT_MAX_ATTEMPTS,
    attempts,
    duration,
    longest,
    retry_number,
    retry_seconds,
    waits,
)
from asllint.rule import WARNING, Example, Finding, Option, Rule

PROPOSED_ATTEMPTS = 10
PROPOSED_DELAY = 3600


class InfiniteRetryRisk(Rule):
    """A Retrier may keep an error from everyone for days: too many retries, or too long waits.

    The waits of a Retrier add up: `IntervalSeconds` (1 if absent) before the first retry, `BackoffRate` (2) times the last
    before each further one, none longer than `MaxDelaySeconds`, and `MaxAttempts` (3) of them. The rule reports a Retrier
    with more attempts than `max-attempts`, or whose waits come to more than `max-wait` seconds. What the attempts
    themselves take comes on top: where the state has `TimeoutSeconds`, the message says how long it may last with all its
    Retriers. A value that a placeholder stands in for is not judged.

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
    {"ErrorEquals": ["States.ALL"], «"IntervalSeconds"»: 90000, "MaxAttempts": 1}]}}}""",
            title="one retry, a day later",
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
        most = attempts(retrier)
        if most is None:
            return
        total = retry_seconds(retrier, most)
        max_attempts, max_wait = self.option("max-attempts"), self.option("max-wait")
        assert isinstance(max_attempts, int | float) and isinstance(max_wait, int | float)
        too_long = total is not None and total > max_wait
        if most <= max_attempts and not too_long:
            return
        count = f"{most:,} {'retry' if most == 1 else 'retries'}"
        over = "" if total is None else f" over {duration(total)}"
        message = f"Up to {count}{over}: until the last has failed, nobody hears of the error, and each attempt costs."
        in_all = longest(retrier.state)
        ends = retrier.state.machine.timeout_seconds
        if in_all is not None and (ends is None or (isinstance(ends.value, int | float) and ends.value >= in_all)):
            timeout = retrier.state.field("TimeoutSeconds")
            assert timeout is not None
            message += f" With `TimeoutSeconds` of `{timeout.value}` for each, the state may last {duration(in_all)}."
        # few attempts are not what makes the waits long
        few = retrier.key("IntervalSeconds") if most <= DEFAULT_MAX_ATTEMPTS and most <= max_attempts else None
        at = (
            few
            or retrier.field("MaxAttempts")
            or retrier.key("IntervalSeconds")
            or retrier.key("BackoffRate")
            or retrier.node
        )
        yield Finding(at, message, cure=_cure(retrier, max_attempts, max_wait))


def _cure(retrier: Retrier, max_attempts: float, max_wait: float) -> str:
    """Propose fields that stay within the options, with what they come to; less concrete where none do."""
    given = retry_number(retrier, "IntervalSeconds", DEFAULT_INTERVAL_SECONDS)
    interval = given or DEFAULT_INTERVAL_SECONDS
    rate = retry_number(retrier, "BackoffRate", DEFAULT_BACKOFF_RATE) or DEFAULT_BACKOFF_RATE
    rate = max(rate, DEFAULT_BACKOFF_RATE)
    most = min(PROPOSED_ATTEMPTS, max_attempts, retry_number(retrier, "MaxAttempts", DEFAULT_MAX_ATTEMPTS) or 0)
    for count in range(int(most), 0, -1):
        total = waits(interval, rate, count, PROPOSED_DELAY)
        if interval < PROPOSED_DELAY and total <= max_wait:
            fields = f'"IntervalSeconds": {interval:g}, ' if given == 0 else ""
            fields += f'"MaxAttempts": {count}, "BackoffRate": {rate:g}, "MaxDelaySeconds": {PROPOSED_DELAY}'
            return f'For example `{fields}, "JitterStrategy": "FULL"`: at most {duration(total)}.'
    return "Lower `IntervalSeconds` and `MaxAttempts`, and bound each wait with `MaxDelaySeconds`."
