"""ASL109."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.names import listed
from asllint.model.shape import CHOICE_RULE, EXCLUSIVE, NESTED_CHOICE_RULE
from asllint.rule import ERROR, Example, Finding, Related, Rule


class ExclusiveFields(Rule):
    """Two fields stand in one object that exclude each other.

    A state has `Next` or `End`, a Wait state one of `Seconds`, `Timestamp`, `SecondsPath` and `TimestampPath`, a Map state
    `ItemProcessor` or the older `Iterator`. A value is given (`TimeoutSeconds`, `HeartbeatSeconds`, `MaxConcurrency`,
    `ToleratedFailurePercentage`, `ToleratedFailureCount`, `Error`, `Cause`; in `ItemBatcher` `MaxItemsPerBatch` and
    `MaxInputBytesPerBatch`, in `ReaderConfig` `MaxItems`) or read (the same with `Path`), not both. AWS answers, at the
    object: "There should only be one of the following fields: [Next, End]".

    ## Why it matters

    AWS refuses the definition: it cannot know which of the two is meant.

    ## What to do

    Keep one of them.
    """

    code = "ASL109"
    name = "exclusive-fields"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:exclusive-fields",)

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Wait", "Seconds": 5, «"SecondsPath"»: "$.delay", "Next": "B", «"End"»: true},
  "B": {"Type": "Fail", "Error": "E", «"ErrorPath"»: "$.error"}
}}"""
        ),
    )
    valid = (
        Example("""{"Type": "Wait", "SecondsPath": "$.delay", "Next": "B"}"""),
        Example("""{"Type": "Fail", "Error": "E", "CausePath": "$.cause"}"""),
        Example("""{"Type": "Pass", "Next": "B", "End": ${IsLast}}""", title="an End that may be false"),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the pairs, but for those of Choice rules."""
        for mismatch in machine.mismatches:
            if mismatch.kind != EXCLUSIVE or mismatch.shape in (CHOICE_RULE, NESTED_CHOICE_RULE):
                continue
            assert not isinstance(mismatch.at, tuple)
            names = [str(key.value) for key in (*mismatch.others[:1], mismatch.at, *mismatch.others[1:])]
            yield Finding(
                mismatch.at,
                f"{listed(names)} exclude each other: AWS refuses the definition.",
                cure="Keep one of them.",
                related=[Related(key, f"`{key.value}` is here") for key in mismatch.others],
            )
