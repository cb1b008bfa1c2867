"""ASL115."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.shape import EMPTY
from asllint.rule import ERROR, Example, Finding, Rule

_CURES = {
    "Choices": "List at least one Choice rule.",
    "Branches": "List at least one branch.",
    "ErrorEquals": "List the names of the errors; `States.ALL` stands for any.",
    "States": "Put at least one state in.",
    "And": "List at least one rule, or remove the rule that it is the test of.",
    "Or": "List at least one rule, or remove the rule that it is the test of.",
    "CSVHeaders": "List the names of the columns.",
}


class EmptyValue(Rule):
    """An array or object that must hold something is empty.

    `Choices`, `Branches` and `ErrorEquals` need at least one item; AWS answers "Value cannot be empty" at the field. The
    specification asks the same of the `And` and `Or` of a Choice rule. An empty `States` holds no state that `StartAt` could
    name. `Retry` and `Catch` may be empty. An empty `CSVHeaders` is a warning.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Put something in, or remove what it belongs to.
    """

    code = "ASL115"
    name = "empty-value"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:empty",)

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Parallel", "Branches": «[]», "Next": "B", "Retry": [{"ErrorEquals": «[]»}]},
  "B": {"Type": "Choice", "Choices": «[]»}
}}"""
        ),
    )
    valid = (
        Example("""{"Type": "Task", "Resource": "${Function}", "Retry": [], "Catch": [], "End": true}"""),
        Example("""{"Type": "Choice", "Choices": "${Rules}"}"""),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what is empty."""
        for mismatch in machine.mismatches:
            if mismatch.kind == EMPTY:
                said = "AWS refuses the definition." if mismatch.sure else "nothing is gained by it."
                yield Finding(
                    mismatch.at,
                    f"`{mismatch.name}` is empty: {said}",
                    cure=_CURES.get(mismatch.name, ""),
                    severity=None if mismatch.sure else "warning",
                    rejected_by_aws=mismatch.sure,
                )
