"""ASL321."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Retrier, StateMachine
from asllint.model.retries import attempts, duration
from asllint.model.shape import opening
from asllint.model.timing import NESTED, analyse
from asllint.rule import WARNING, Example, Finding, Option, Related, Rule
from asllint.source.node import Node, Span


class RetryAmplification(Rule):
    """Retriers around each other retry the same error: their attempts multiply.

    A Map or Parallel state that fails is run again as a whole by its Retry, and each state inside it starts with all of its
    own retries again. So a task with 5 retries in a Parallel state with 5 is tried up to 36 times: 6 times 6. The rule
    multiplies what is certain: the inner and the outer Retrier match the same error (by its name, `States.ALL`, or
    `States.TaskFailed`, which is every error but `States.Timeout`), and no Catch in between takes it. A Map Run, of a Map in
    Distributed mode, fails with `States.ExceedToleratedFailureThreshold`, whatever its children fail of: a Retrier outside of
    it counts where it matches that. It reports a state that can be tried more than `max-attempts` times.

    ## Why it matters

    An error that stays is tried again and again, for the product of the attempts and the product of the waits. Branches and
    items that had worked are run again too, and what is not idempotent happens again. A service that is overloaded gets
    the more calls the worse it is.

    ## What to do

    Retry in one place: at the task, where the error is known. Let the Retry of the Map or Parallel state match only what is
    not retried inside, or leave it out.
    """

    code = "ASL321"
    name = "retry-amplification"
    severity = WARNING
    concerns = (NESTED,)
    precision = "high"
    options = {"max-attempts": Option(100, "tries of one state that are still fine", 1)}

    invalid = (
        Example(
            """{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true,
  "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": «10»}],
  "Branches": [{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello",
    "Retry": [{"ErrorEquals": ["Lambda.ServiceException", "States.TaskFailed"], "MaxAttempts": 10}]}}}]}}}""",
            title="121 tries",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "Retry": [«{»"ErrorEquals": ["States.TaskFailed"]}],
  "ItemProcessor": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello",
    "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 5}]}}}}}}""",
            options={"max-attempts": 20},
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "Retry": [{"ErrorEquals": ["States.ALL"]}],
  "ItemProcessor": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello",
    "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 5}]}}}}}}""",
            title="24 tries",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 20}],
  "ItemProcessor": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello",
    "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 20}]}}}}}}""",
            title="the two retry different errors",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the products above the threshold."""
        most = self.option("max-attempts")
        assert isinstance(most, int | float)
        for fact in analyse(machine).nested:
            if fact.tries <= most:
                continue
            inner, *around = fact.retriers
            over = "" if fact.seconds is None else f" over {duration(fact.seconds)}"
            product = " × ".join(f"{1 + (attempts(retrier) or 0):,}" for retrier in fact.retriers)
            yield Finding(
                _place(around[-1]),
                f"`{inner.state.name}` can be tried {fact.tries:,} times ({product}){over}: each retry of `{around[-1].state.name}` "
                "starts what is in it, with its own retries, from the beginning.",
                cure="Retry the error in one place, best at the task.",
                anchor=around[-1].node,
                related=[
                    Related(_place(retrier), f"`{retrier.state.name}` retries the error {attempts(retrier):,} times")
                    for retrier in fact.retriers[:-1]
                ],
            )


def _place(retrier: Retrier) -> Node | Span:
    return retrier.field("MaxAttempts") or opening(retrier.node)
