"""The arithmetic of Retriers: how long they wait in all, in closed form, and how long a state may last with them."""

from __future__ import annotations

from math import expm1, inf, log

from asllint.source.node import NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.model.machine import Retrier, State

DEFAULT_INTERVAL_SECONDS: Final = 1
DEFAULT_MAX_ATTEMPTS: Final = 3
DEFAULT_BACKOFF_RATE: Final = 2.0
"""What holds where a field is absent (Amazon States Language specification, "Retrying after error")."""

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_YEAR = 365 * 86400
_HTTP_SECONDS = 60
_HUGE = 10**15  # it and its reciprocal are far past every limit of AWS, and safe to compute with


def waits(interval: float, rate: float, attempts: int, max_delay: float | None = None) -> float:
    """Return the seconds that all retries together wait at most, the time that the attempts take not counted.

    The wait before retry k (1-based) is interval * rate ** (k - 1), and never more than max_delay. Nothing is summed one
    by one, so any number of attempts costs the same; a sum past what a float holds is inf.

    interval, max_delay  seconds; no limit where max_delay is None, nor where it is 0 or less. What else AWS would refuse
    (a negative interval, a rate of 0) waits 0 seconds.
    """
    if attempts <= 0 or not (interval > 0 and rate > 0):
        return 0.0
    attempts, interval, rate = min(attempts, _HUGE), _bounded(interval), _bounded(rate)
    if max_delay is None or max_delay <= 0:
        return _geometric(interval, rate, attempts)
    max_delay = _bounded(max_delay)
    if rate == 1 or (interval >= max_delay and rate > 1):
        return float(attempts * min(interval, max_delay))
    if rate > 1:
        growing = _steps(max_delay / interval, rate, attempts)
        return _geometric(interval, rate, growing) + (attempts - growing) * max_delay
    capped = _steps(interval / max_delay, 1 / rate, attempts)
    return capped * max_delay + _geometric(interval * rate**capped, rate, attempts - capped)


def _steps(ratio: float, rate: float, limit: int) -> int:
    """Return how many waits there are until `rate` (more than 1) has multiplied up to `ratio`, at most `limit`."""
    return min(limit, int(log(ratio) / log(rate)) + 1) if ratio >= 1 else 0


def _bounded(number: float) -> float:
    return max(1 / _HUGE, min(number, _HUGE))


def _geometric(first: float, rate: float, count: int) -> float:
    """Return the sum of first * rate ** k for k below count."""
    if rate == 1:
        return float(first * count)
    try:
        # (rate ** count - 1) / (rate - 1), exact for rates near 1 too
        return first * expm1(count * log(rate)) / (rate - 1)
    except OverflowError:
        return inf


def retry_number(retrier: Retrier, field: str, default: float) -> float | None:
    """Return the value of a field of a Retrier, `default` where it is absent, None where it cannot be known."""
    node = retrier.field(field)
    if node is None:
        return None if retrier.node.open else default
    value = node.value
    return value if node.kind == NUMBER and isinstance(value, int | float) else None


def attempts(retrier: Retrier) -> int | None:
    """Return how many retries a Retrier makes at most."""
    count = retry_number(retrier, "MaxAttempts", DEFAULT_MAX_ATTEMPTS)
    return None if count is None else max(int(min(count, 10**9)), 0)


def retry_seconds(retrier: Retrier, count: int) -> float | None:
    """Return what the waits before the first `count` retries come to, without jitter; None where it cannot be known."""
    interval = retry_number(retrier, "IntervalSeconds", DEFAULT_INTERVAL_SECONDS)
    rate = retry_number(retrier, "BackoffRate", DEFAULT_BACKOFF_RATE)
    max_delay = retry_number(retrier, "MaxDelaySeconds", 0)
    if interval is None or rate is None or max_delay is None:
        return None
    return round(waits(interval, rate, count, max_delay), 3)  # the closed form is off by a last digit


def longest(state: State) -> float | None:
    """Return the seconds that a Task may last at most, all retries of all its Retriers made.

    Each attempt takes its TimeoutSeconds, which count anew for it. None where they are not set, or something is not known,
    and where an attempt ends before: an HTTP Task gets 60 seconds (developer guide, "Quotas related to HTTP Task").
    """
    timeout = state.field("TimeoutSeconds")
    if timeout is None or timeout.kind != NUMBER or not isinstance(timeout.value, int | float):
        return None
    resource = state.field("Resource")
    if (
        timeout.value > _HTTP_SECONDS
        and resource is not None
        and (resource.text or "").endswith(":states:::http:invoke")
    ):
        return None
    seconds = float(timeout.value)
    for retrier in state.retriers:
        count = attempts(retrier)
        waited = None if count is None else retry_seconds(retrier, count)
        if count is None or waited is None:
            return None
        seconds += waited + count * timeout.value
    return seconds


def duration(seconds: float) -> str:
    """Return a duration as people say it: ``45 s``, ``3 d 11 h 20 min``; from two years on, years alone."""
    if seconds >= 1000 * _YEAR:
        return "more than 1,000 years"
    if seconds >= 2 * _YEAR:
        return f"{int(seconds // _YEAR)} years"
    rest = int(seconds + 0.5)
    parts = []
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:3]) if parts else "0 s"
