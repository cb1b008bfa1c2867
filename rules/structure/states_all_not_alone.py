"""ASL121."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.shape import RETRIER, STATES_ALL
from asllint.rule import ERROR, Example, Finding, Related, Rule


class StatesAllNotAlone(Rule):
    """States.ALL stands beside other error names, or not in the last Retrier or Catcher.

    `States.ALL` matches any error, so it stands alone in its `ErrorEquals`, and in the last item of the `Retry` or `Catch`
    (specification, "Errors"; developer guide, "Handling errors"). AWS answers "States.ALL must appear alone and at end of
    list" at the name.

    ## Why it matters

    AWS refuses the definition: what stands beside or behind `States.ALL` could never match.

    ## What to do

    Beside other names, keep `States.ALL` alone. Before other items, move its item to the end: the first that matches counts.
    """

    code = "ASL121"
    name = "states-all-not-alone"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:states-all",)

    invalid = (
        Example(
            """{"Type": "Task", "Resource": "${Function}", "End": true,
  "Retry": [{"ErrorEquals": [«"States.ALL"», "Lambda.Unknown"]}],
  "Catch": [{"ErrorEquals": [«"States.ALL"»], "Next": "A"}, {"ErrorEquals": ["States.Timeout"], "Next": "B"}]}"""
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "Resource": "${Function}", "End": true,
  "Retry": [{"ErrorEquals": ["States.ALL"]}],
  "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "B"}, {"ErrorEquals": ["States.ALL"], "Next": "A"}]}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the misplaced wildcards."""
        for mismatch in machine.mismatches:
            if mismatch.kind != STATES_ALL:
                continue
            kind, field = ("Retrier", "Retry") if mismatch.shape is RETRIER else ("Catcher", "Catch")
            names = mismatch.owner.get("ErrorEquals")
            if names is not None and len(names.items) > 1:
                message = "`States.ALL` matches any error and must stand alone in `ErrorEquals`"
                cure = "Remove the other names, or give them an item of their own before this one."
                if mismatch.others:
                    message += f", in the last {kind}"
                    cure = f"Keep it alone in an item at the end of `{field}`, and the other names in one before it."
            else:
                message = f"`States.ALL` matches any error and must stand in the last {kind}"
                cure = f"Move this {kind} to the end of `{field}`."
            yield Finding(
                mismatch.at,
                f"{message}: AWS refuses the definition.",
                cure=cure,
                related=[Related(_start(node), f"the last {kind}") for node in mismatch.others],
            )


def _start(node: object) -> tuple[int, int]:
    start = int(getattr(node, "start", 0))
    return start, start + 1
