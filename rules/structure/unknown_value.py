"""ASL113."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.names import listed, nearest, respelt, same_letters
from asllint.model.shape import BAD_VALUE
from asllint.rule import ERROR, Example, Finding, Fix, Rule

_DELIMITERS = {",": "COMMA", "|": "PIPE", ";": "SEMICOLON", " ": "SPACE", "\t": "TAB"}


class UnknownValue(Rule):
    """A field that takes one of a few words has another.

    `Version` is `1.0`, `JitterStrategy` `NONE` or `FULL`, `Mode` `INLINE` or `DISTRIBUTED`, `ExecutionType` `STANDARD` or
    `EXPRESS`, `InputType` `CSV`, `JSON`, `JSONL`, `PARQUET` or `MANIFEST`, `CSVHeaderLocation` `FIRST_ROW` or `GIVEN`, all in
    these letters. AWS answers "Value should be one of the following: [NONE, FULL]" at the field.

    The words of `Transformation`, `ManifestType`, `CSVDelimiter` and `OutputType` are the developer guide's ("ItemReader",
    "ResultWriter"); no refusal is recorded, and another word is a warning.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Take one of the words.
    """

    code = "ASL113"
    name = "unknown-value"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:bad-value",)

    invalid = (
        Example(
            """{"Version": «"2.0"», "StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
    "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": «"full"»}]}
}}"""
        ),
    )
    valid = (
        Example(
            """{"Version": "1.0", "StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
    "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "${Jitter}"}]}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the values that are not in the table, but for Type and QueryLanguage."""
        for mismatch in machine.mismatches:
            spec = mismatch.spec
            if mismatch.kind != BAD_VALUE or spec is None or mismatch.name in ("Type", "QueryLanguage"):
                continue
            node = mismatch.owner.get(mismatch.name)
            if node is None:
                continue
            text = node.text or ""
            near = nearest(text, spec.values)
            if mismatch.name == "CSVDelimiter":
                near = _DELIMITERS.get(text, near)
            edit = respelt(node, near) if near else None
            fix = None
            if near and edit:
                same = same_letters(text, near)
                fix = Fix(f"Change it to `{near}`", [edit], safe=same and mismatch.sure)
            said = "AWS refuses the definition." if mismatch.sure else "the developer guide knows no other."
            yield Finding(
                node,
                f"`{text}` is not a value of `{mismatch.name}`, which takes {listed(spec.values, 'or')}: {said}",
                cure=f"Did you mean `{near}`?" if near else "",
                fix=fix,
                severity=None if mismatch.sure else "warning",
                rejected_by_aws=mismatch.sure,
            )
