"""ASL308."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import MapState, Retrier, Scope
from asllint.rule import NOTE, Example, Finding, Fix, Related, Rule
from asllint.source.edits import add_member


class RetryWithoutJitter(Rule):
    """A Retrier of a Task in a Map state has no JitterStrategy: all items retry at the same moments.

    Items that run at once and are refused at once wait equally long, and come back at once. `"JitterStrategy": "FULL"` makes
    each wait any time between nothing and the computed interval (developer guide, "Handling errors"). The rule looks at Retriers
    inside Map states that run more than one item at a time, with at least one retry.

    ## Why it matters

    Against a service that throttles, retries in step are refused in step, until the attempts are used up.

    ## What to do

    Add `"JitterStrategy": "FULL"`, and a `MaxDelaySeconds` where the interval grows.
    """

    code = "ASL308"
    name = "retry-without-jitter"
    severity = NOTE
    concerns = ("Retry",)
    default = False
    precision = "medium"

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Call", "States": {
  "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true,
    "Retry": [{«"ErrorEquals"»: ["Lambda.TooManyRequestsException"], "MaxAttempts": 6}]}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Call", "States": {
  "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true,
    "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 6, "JitterStrategy": "FULL"}]}}}}}}"""
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 1, "End": true,
  "ItemProcessor": {"StartAt": "Call", "States": {
  "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true,
    "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 6}]}}}}}}""",
            title="one item at a time",
        ),
    )

    def check_retrier(self, retrier: Retrier) -> Iterable[Finding]:
        """Look for a Map state around."""
        if retrier.field("JitterStrategy") is not None or retrier.node.open or retrier.state.type != "Task":
            return
        attempts = retrier.field("MaxAttempts")
        key = retrier.key("ErrorEquals")
        around = _map_around(retrier.state.scope)
        if key is None or around is None or (attempts is not None and attempts.value == 0):
            return
        edits = add_member(retrier.node, "JitterStrategy", '"FULL"')
        yield Finding(
            key,
            f"The items of `{around.name}` that fail together retry together: this Retrier has no `JitterStrategy`.",
            cure='Add `"JitterStrategy": "FULL"`.',
            anchor=retrier.node,
            fix=Fix("Add `JitterStrategy`", edits, safe=False) if edits else None,
            related=[Related(around.head, "runs its items at the same time")],
        )


def _map_around(scope: Scope) -> MapState | None:
    """Return the innermost Map state around a scope that runs several items at a time."""
    owner = scope.owner
    while owner is not None:
        limit = owner.field("MaxConcurrency")
        if isinstance(owner, MapState) and (limit is None or limit.value != 1):
            return owner
        owner = owner.scope.owner
    return None
