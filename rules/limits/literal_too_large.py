"""ASL806."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.limits import DATA, MAX_BYTES, analyse
from asllint.rule import ERROR, Example, Finding, Rule


class LiteralTooLarge(Rule):
    """Data that is written out in the definition is larger than the 256 KiB that a state may pass on.

    The input and output of a task, a state and an execution, and the value of a variable, are at most 256 KiB as UTF-8
    (developer guide, "Step Functions service quotas"). A definition may have a megabyte. The rule measures what a template
    has at least, as compact JSON: paths and expressions count for one byte, placeholders for none. A `Result` or
    `ResultSelector` that a `ResultPath` of `null` or an `OutputPath` cuts away again is not judged.

    ## Why it matters

    An execution that comes to the state fails with `States.DataLimitExceeded`, which `States.ALL` does not catch.

    ## What to do

    Keep the data in S3, and pass the name of the object.
    """

    code = "ASL806"
    name = "literal-too-large"
    severity = ERROR
    concerns = (DATA,)

    invalid = (
        Example(
            """StartAt: Table
States:
  Table:
    Type: Pass
    «Result»:
      - &row ["red", "orange", "yellow", "green", "blue", "indigo", "violet", "black", "white"]
      - &ten [*row, *row, *row, *row, *row, *row, *row, *row, *row, *row]
      - &hundred [*ten, *ten, *ten, *ten, *ten, *ten, *ten, *ten, *ten, *ten]
      - &thousand [*hundred, *hundred, *hundred, *hundred, *hundred, *hundred, *hundred, *hundred, *hundred, *hundred]
      - [*thousand, *thousand, *thousand, *thousand]
    End: true
""",
            language="yaml",
            title="a short text, but 370 KB of data once its aliases are filled in",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Table", "States": {"Table": {"Type": "Pass", "End": true,
  "Result": ["red", "orange", "yellow", "green", "blue", "indigo", "violet", "black", "white"]}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the values that are too large."""
        for data in analyse(machine).data:
            yield Finding(
                data.state.key(data.field) or data.value,
                f"The `{data.field}` of `{data.state.name}` has {data.size:,} bytes or more, over the {MAX_BYTES:,} that a state "
                "may pass on: the execution fails here with `States.DataLimitExceeded`.",
                cure="Keep the data in S3, and pass the name of the object.",
                anchor=data.value,
            )
