"""ASL108."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.shape import OUT_OF_RANGE
from asllint.rule import ERROR, Example, Finding, Rule


class OutOfRange(Rule):
    """A number is smaller or larger than AWS takes it.

    AWS answers "Minimum value is 1" or "Maximum value is 99999999" at the field. The ranges are those that its validator
    keeps, which are wider in places than the specification: `TimeoutSeconds` and `HeartbeatSeconds` 1 to 99,999,999,
    `Seconds` and `MaxAttempts` 0 to 99,999,999, `IntervalSeconds` 0 to 99,999,999, `BackoffRate` from 1, `MaxDelaySeconds` 1
    to 31,622,400, `MaxConcurrency`, `ToleratedFailureCount`, `MaxItemsPerBatch` and `MaxInputBytesPerBatch` from 0,
    `MaxItems` 0 to 100,000,000, `ToleratedFailurePercentage` 0 to 100, and `TimeoutSeconds` of the state machine from 0. The
    developer guide asks more of `MaxItemsPerBatch` (1 or more) and `MaxInputBytesPerBatch` (1 to 262,144); what AWS does
    past that is not recorded, and it is a warning.

    Only numbers are judged, not what an expression gives.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Take a value in the range. To have no timeout, leave `TimeoutSeconds` out; a `MaxConcurrency` of 0 is no limit.
    """

    code = "ASL108"
    name = "out-of-range"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:out-of-range",)

    invalid = (
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": «0», "End": true,
  "Retry": [{"ErrorEquals": ["States.ALL"], "BackoffRate": «0.5», "MaxDelaySeconds": «40000000»}]}"""
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 99999999, "End": true,
  "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 0, "BackoffRate": 1.0}]}""",
            title="the bounds belong to the range",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the numbers out of their range."""
        for mismatch in machine.mismatches:
            spec = mismatch.spec
            if mismatch.kind != OUT_OF_RANGE or spec is None or isinstance(mismatch.at, tuple):
                continue
            number = mismatch.at.value
            low, high = (spec.minimum, spec.maximum) if mismatch.sure else spec.advised
            below = low is not None and isinstance(number, (int, float)) and number < low
            bound = f"at least {low:,}" if below else f"at most {high:,}"
            said = "AWS refuses the definition." if mismatch.sure else "the developer guide allows no other."
            yield Finding(
                mismatch.at,
                f"`{mismatch.name}` is {_shown(number)}, and must be {bound}: {said}",
                cure=_cure(mismatch.name, below),
                severity=None if mismatch.sure else "warning",
                rejected_by_aws=mismatch.sure,
            )


def _shown(number: object) -> str:
    text = str(number)
    return text if len(text) <= 30 else f"{text[:30]}…"


def _cure(name: str, below: bool) -> str:
    if name in ("TimeoutSeconds", "HeartbeatSeconds") and below:
        return f"Leave `{name}` out where there is to be none."
    if name == "BackoffRate":
        return "The wait is multiplied by it at each retry: 1 keeps it, 2 doubles it."
    return ""
