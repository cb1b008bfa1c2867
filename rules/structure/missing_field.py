"""ASL101."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Mismatch, StateMachine
from asllint.model.names import listed
from asllint.model.shape import CREDENTIALS, ITEM_READER, MISSING, MISSING_ONE_OF
from asllint.rule import ERROR, Example, Finding, Rule

_CURES = {
    "StartAt": "Name the state that runs first.",
    "States": "Put the states into `States`, each under its name.",
    "Type": "Say what the state does: `Task`, `Pass`, `Choice`, `Wait`, `Succeed`, `Fail`, `Parallel` or `Map`.",
    "Resource": "Give the ARN of what the task calls, such as `arn:aws:states:::lambda:invoke`.",
    "Choices": "List at least one Choice rule.",
    "Branches": "List at least one branch, each with its own `StartAt` and `States`.",
    "ErrorEquals": "List the names of the errors that it is for; `States.ALL` stands for any.",
    "Next": "Name the state to go on with.",
    "ExecutionType": "Say how the child executions run: `STANDARD` or `EXPRESS`.",
    "CSVHeaderLocation": "Say where the names of the columns stand: `FIRST_ROW` (of the file) or `GIVEN` (in `CSVHeaders`).",
    "CSVHeaders": "List the names of the columns, or take `FIRST_ROW` as `CSVHeaderLocation`.",
    "RoleArn": "Give the ARN of the role to assume.",
}


class MissingField(Rule):
    """A field that the object cannot do without is not there.

    A state machine, a branch and an item processor need `StartAt` and `States`, a state its `Type`, a Task `Resource`, a
    Choice `Choices`, a Parallel `Branches`, a Retrier `ErrorEquals`, a Catcher `ErrorEquals` and `Next`, a Choice rule at
    the top `Next`. `ItemReader` needs `Resource`, and `Credentials` needs `RoleArn`. Some fields are asked for by others:
    `Mode` `DISTRIBUTED` by `ExecutionType`, `InputType` `CSV` by `CSVHeaderLocation`, and `GIVEN` there by `CSVHeaders`.

    AWS reports it at the object that lacks the field: "These fields are required: [Next]", or "The field 'RoleArn' is
    required but was missing" (specification, "Structure of a State Machine" and the sections of the state types; developer
    guide, "Map state processing modes" and "ItemReader").

    Where a field that nobody knows stands in its place, a misspelt one, only `unsupported-field` speaks.

    ## Why it matters

    AWS refuses the definition: it can be neither created nor updated.

    ## What to do

    Add the field. If it seems to be there, look at its letters and at the object that it is in.
    """

    code = "ASL101"
    name = "missing-field"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:missing-field", "mismatch:missing-one-of")

    invalid = (
        Example(
            """{"StartAt": "Call", "States": {
  «"Call"»: {"Type": "Task", "End": true, "Catch": [«{»"ErrorEquals": ["States.ALL"]}]}
}}""",
            title="a Task without Resource, and a Catcher that leads nowhere",
        ),
        Example("""«{»"Comment": "nothing in it"}""", title="an object that is no state machine"),
        Example(
            """StartAt: Each
States:
  Each:
    Type: Map
    ItemProcessor:
      «ProcessorConfig»:
        Mode: DISTRIBUTED
      StartAt: One
      States:
        «One»:
          End: true
    End: true
""",
            language="yaml",
            title="what DISTRIBUTED asks for, and a state without Type",
        ),
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Parameters": {"FunctionName": "f"}, «"Credentials"»: {}}""",
            title="Credentials without a role",
        ),
    )
    valid = (
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"""),
        Example(
            """{"Type": "Task", "${Kind}": "arn:aws:states:::lambda:invoke", "End": true}""",
            title="a key that is filled in later can be any",
        ),
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Parameters": {"FunctionName": "f"}, "Credentials": {"RoleArn.$": "$.role"}}""",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what the table of fields misses."""
        for mismatch in machine.mismatches:
            if mismatch.kind == MISSING or (mismatch.kind == MISSING_ONE_OF and mismatch.shape is CREDENTIALS):
                yield _finding(mismatch)


def _finding(mismatch: Mismatch) -> Finding:
    names = mismatch.names[:1] if mismatch.shape is CREDENTIALS else mismatch.names
    title = mismatch.shape.title
    why = ""
    if "ExecutionType" in names:
        why = " with `Mode` `DISTRIBUTED`"
    elif "CSVHeaderLocation" in names:
        why = " with `InputType` `CSV`"
    elif "CSVHeaders" in names:
        why = " with `CSVHeaderLocation` `GIVEN`"
    cure = " ".join(_CURES[name] for name in names)
    if mismatch.shape is ITEM_READER:
        cure = "Give `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`."
    return Finding(
        mismatch.at,
        f"{title[:1].upper()}{title[1:]}{why} needs {listed(names)}, and AWS refuses the definition without.",
        cure=cure,
        anchor=mismatch.owner,
        severity=None if mismatch.sure else "warning",
        rejected_by_aws=mismatch.sure,
    )
