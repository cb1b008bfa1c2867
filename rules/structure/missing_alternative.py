"""ASL110."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.names import listed
from asllint.model.shape import CHOICE_RULE, CREDENTIALS, MISSING_ONE_OF, NESTED_CHOICE_RULE, RESULT_WRITER
from asllint.rule import ERROR, Example, Finding, Rule

_CURES = {
    "Seconds": "Say how long to wait.",
    "ItemProcessor": "Put the states that run for each item into `ItemProcessor`, with a `StartAt`.",
    "Arguments": "Name the `Bucket` and the `Prefix` to write to.",
    "Parameters": "Name the `Bucket` and the `Prefix` to write to.",
}


class MissingAlternative(Rule):
    """None of several fields is there of which the object needs one.

    A Wait state needs `Seconds`, `Timestamp`, `SecondsPath` or `TimestampPath` (in JSONata one of the first two), a Map state
    `ItemProcessor` or the older `Iterator`. AWS answers "This object should have only one of the following fields:
    [ItemProcessor, Iterator]" at the state. A `ResultWriter` with `Resource` needs `Arguments` in JSONata ("These fields are
    required: [Arguments]") and `Parameters` in JSONPath.

    An empty `ResultWriter`, and an `ItemBatcher` without a limit, are ruled out by the developer guide. AWS accepts the
    first, and the state fails when it runs; of the second nothing is recorded. Both are warnings.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Add one of the fields.
    """

    code = "ASL110"
    name = "missing-alternative"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:missing-one-of",)

    invalid = (
        Example(
            """{"StartAt": "Pause", "States": {
  «"Pause"»: {"Type": "Wait", "Next": "Each"},
  «"Each"»: {"Type": "Map", "ItemsPath": "$.items", "End": true}
}}"""
        ),
        Example(
            """QueryLanguage: JSONata
StartAt: Each
States:
  Each:
    Type: Map
    ItemProcessor:
      ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}
      StartAt: One
      States:
        One: {Type: Succeed}
    «ResultWriter»:
      Resource: arn:aws:states:::s3:putObject
    End: true
""",
            language="yaml",
            title="nowhere to write to",
        ),
    )
    valid = (
        Example("""{"Type": "Wait", "Seconds": 0, "Next": "B"}"""),
        Example("""{"Type": "Wait", "${Unit}": 5, "Next": "B"}""", title="a key that is filled in later"),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the groups of which none is there, but for those that have rules of their own."""
        for mismatch in machine.mismatches:
            if (
                mismatch.kind != MISSING_ONE_OF
                or mismatch.shape in (CREDENTIALS, CHOICE_RULE, NESTED_CHOICE_RULE)
                or mismatch.names == ("Next", "End")
            ):
                continue
            title, names = mismatch.shape.title, mismatch.names
            if mismatch.shape is RESULT_WRITER and mismatch.owner.get("Resource") is not None:
                title += " with `Resource`"
            one_of = "one of " if len(names) > 2 else ""
            said = "AWS refuses the definition." if mismatch.sure else "the developer guide asks for it."
            yield Finding(
                mismatch.at,
                f"{title[:1].upper()}{title[1:]} needs {one_of}{listed(names, 'or')}: {said}",
                cure=_CURES.get(names[0], ""),
                anchor=mismatch.owner,
                severity=None if mismatch.sure else "warning",
                rejected_by_aws=mismatch.sure,
            )
