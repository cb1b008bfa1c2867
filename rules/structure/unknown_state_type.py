"""ASL102."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.names import listed, nearest, respelt, same_letters
from asllint.model.shape import BAD_VALUE, STATES, WRONG_TYPE, shown
from asllint.rule import ERROR, Example, Finding, Fix, Rule

_MEANT = {
    # What other languages, and people, call the types.
    "success": "Succeed",
    "failure": "Fail",
    "error": "Fail",
    "lambda": "Task",
    "function": "Task",
    "activity": "Task",
    "service": "Task",
    "switch": "Choice",
    "condition": "Choice",
    "if": "Choice",
    "foreach": "Map",
    "loop": "Map",
    "iterator": "Map",
    "sleep": "Wait",
    "delay": "Wait",
    "fork": "Parallel",
    "noop": "Pass",
    "inject": "Pass",
}


class UnknownStateType(Rule):
    """The Type of a state is none of the eight that there are.

    `Type` is `Task`, `Pass`, `Choice`, `Wait`, `Succeed`, `Fail`, `Parallel` or `Map`, in these letters (specification,
    "States"). AWS answers any other with "The field 'Type' should have one of these values: […]" and looks no further at
    the state; neither does asllint: its other fields are judged when the type is known.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Write the type as the specification does. What other workflow languages have types for is often a Task here: a Lambda
    function, an HTTP call, a nested state machine.
    """

    code = "ASL102"
    name = "unknown-state-type"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:bad-value", "mismatch:wrong-type")

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": «"task"», "Resource": "arn:aws:states:::lambda:invoke", "Next": "B"},
  "B": {"Type": «"Lambda"», "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "Next": "C"},
  "C": {"Type": «"Success"»}
}}""",
            title="letter case counts; types that ASL has under another name",
        ),
        Example("StartAt: A\nStates:\n  A:\n    Type: «7»\n", language="yaml", title="not even a string"),
    )
    valid = (
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"""),
        Example("""{"StartAt": "A", "States": {"A": {"Type": "${TypeOfA}", "End": true}}}""", title="filled in later"),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the mismatches that are about Type."""
        for mismatch in machine.mismatches:
            if mismatch.name != "Type" or mismatch.kind not in (BAD_VALUE, WRONG_TYPE):
                continue
            node = mismatch.owner.get("Type")
            if node is None:
                continue
            if mismatch.kind == WRONG_TYPE:
                yield Finding(
                    node,
                    f"`Type` is a string, not {shown(node)}: AWS refuses the definition.",
                    cure=f"Write one of {listed(STATES, 'or')}.",
                )
                continue
            text = node.text or ""
            if not text.strip():
                message = "The type of this state is empty: AWS refuses the definition."
                yield Finding(node, message, cure=f"Write one of {listed(STATES, 'or')}.")
                continue
            near = nearest(text, STATES) or _MEANT.get(text.lower())
            fix = None
            edit = respelt(node, near) if near else None
            if near and edit:
                fix = Fix(f"Change the type to `{near}`", [edit], safe=same_letters(text, near))
            yield Finding(
                node,
                f"`{text}` is not a type of state: AWS refuses the definition.",
                cure=f"Did you mean `{near}`?" if near else f"Write one of {listed(STATES, 'or')}.",
                fix=fix,
            )
