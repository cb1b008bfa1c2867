"""ASL805."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.limits import HISTORY, MAX_EVENTS, analyse
from asllint.model.timing import execution_type
from asllint.rule import ERROR, WARNING, Example, Finding, Rule


class HistoryLimit(Rule):
    """An execution makes more than the 25,000 events that its history may have.

    "If the execution history reaches this quota, the execution will fail" (developer guide, "Step Functions service quotas"):
    25,000 events for a Standard execution, no limit for an Express one. Every state makes at least two events (entered,
    exited), a Task five, a Map or Parallel state four and those of what it runs; each iteration of an inline Map two more. The
    children of a Distributed Map have histories of their own.

    The rule counts what is certain: the shortest way, and inline Map states whose `Items` are written out or a range of
    numbers. It is a warning where the workflow type is not known.

    ## Why it matters

    The execution fails in the middle, whatever was caught, and what it has done stays done.

    ## What to do

    Give the Map state `"Mode": "DISTRIBUTED"`, so that each child has its own history, or let the execution start the next one
    and end (the guide, "Starting new executions to avoid reaching the history quota").
    """

    code = "ASL805"
    name = "history-limit"
    severity = ERROR
    concerns = (HISTORY,)

    invalid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "Items": «"{% [1..5000] %}"», "ItemProcessor": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello"}}}}}}""",
            title="5,000 times 7 events",
        ),
    )
    valid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "Items": "{% [1..500] %}", "ItemProcessor": {"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello"}}}}}}""",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "Items": "{% [1..5000] %}", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello"}}}}}}""",
            title="each child has its own history",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the histories that are too long."""
        for history in analyse(machine).histories:
            start, state = history.scope.start, history.state
            items = state.field("Items") if state is not None else None
            at = items or (start.node if start is not None else None)
            if at is None:
                continue
            what = (
                f"`{state.name}` works on {history.items:,} items: " if items is not None and state is not None else ""
            )
            yield Finding(
                at,
                f"{what}{'an' if what else 'An'} execution makes {int(history.events):,} events or more, and fails at "
                f"{MAX_EVENTS:,}.",
                cure="Run the items in Distributed mode, or in fewer, nested executions."
                if what
                else "Move a part of the states to a workflow that this one starts.",
                severity=ERROR if execution_type(history.scope) == "standard" else WARNING,
            )
