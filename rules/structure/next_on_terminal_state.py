"""ASL112."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Mismatch, StateMachine
from asllint.model.names import respelt
from asllint.model.shape import STATES, UNSUPPORTED
from asllint.rule import ERROR, Example, Finding, Fix, Rule
from asllint.source.edits import remove_member
from asllint.source.node import Node

_CHOICE = STATES["Choice"]
_SHAPES = (_CHOICE, STATES["Succeed"], STATES["Fail"])


class NextOnTerminalState(Rule):
    """Next or End on a Choice, Succeed or Fail state, which has neither.

    A Choice state goes on through the `Next` of its rules, and through `Default` where no rule matches; it is never the
    last. Succeed and Fail states end the execution, or the branch, by what they are. AWS answers `Next` and `End` there with
    "Field 'Next' is not supported" at the state (specification, "State Type Table").

    ## Why it matters

    AWS refuses the definition. What was meant to run behind a Fail state never could.

    ## What to do

    On a Choice state, rename `Next` to `Default` if that is meant. On Succeed and Fail states, remove the field; to go on,
    use a Pass state instead of Succeed, and lead past a Fail state.
    """

    code = "ASL112"
    name = "next-on-terminal-state"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:unsupported-field",)

    invalid = (
        Example(
            """{"StartAt": "Ok?", "States": {
  "Ok?": {"Type": "Choice", "Choices": [{"Variable": "$.ok", "BooleanEquals": true, "Next": "Done"}], «"Next"»: "Bad"},
  "Done": {"Type": "Succeed", «"End"»: true},
  "Bad": {"Type": "Fail", «"Next"»: "Done"}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Ok?", "States": {
  "Ok?": {"Type": "Choice", "Choices": [{"Variable": "$.ok", "BooleanEquals": true, "Next": "Done"}], "Default": "Bad"},
  "Done": {"Type": "Succeed"},
  "Bad": {"Type": "Fail"}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the transitions that these states do not have."""
        for mismatch in machine.mismatches:
            shape, name = mismatch.shape, mismatch.name
            if mismatch.kind != UNSUPPORTED or shape not in _SHAPES or name not in ("Next", "End"):
                continue
            if shape is _CHOICE:
                why = "A Choice state goes on through its rules and `Default`"
                cure = "Remove it; each rule names what follows."
                if name == "Next" and mismatch.owner.get("Default") is None:
                    cure = "Name the state for the case that no rule matches as `Default`."
            else:
                why = f"{shape.title[:1].upper()}{shape.title[1:]} is always the last"
                cure = "Remove it."
                if name == "Next" and shape is STATES["Fail"]:
                    cure = "Remove it; to go on after the error, lead to what follows in place of this state."
                elif name == "Next":
                    cure = "Remove it, or make this a Pass state."
            message = f"{why} and has no `{name}`: AWS refuses the definition."
            yield Finding(mismatch.at, message, cure=cure, fix=_fix(mismatch))


def _fix(mismatch: Mismatch) -> Fix | None:
    owner, key = mismatch.owner, mismatch.at
    if not isinstance(key, Node):
        return None
    if mismatch.shape is _CHOICE and mismatch.name == "Next" and owner.get("Default") is None:
        edit = respelt(key, "Default")
        return Fix("Rename it to `Default`", [edit], safe=False) if edit else None
    edits = remove_member(owner, key)
    return Fix("Remove it", edits, safe=False) if edits and mismatch.name == "End" else None
