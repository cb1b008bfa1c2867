"""ASL105."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.names import nearest, respelt, same_letters
from asllint.model.shape import BAD_VALUE, WRONG_TYPE, shown
from asllint.rule import ERROR, Example, Finding, Fix, Rule


class InvalidQueryLanguage(Rule):
    """QueryLanguage is neither "JSONPath" nor "JSONata".

    `QueryLanguage`, of a state machine or of a state, is `JSONPath` or `JSONata`, in exactly these letters (specification,
    "Query Languages"). AWS answers "Value should be one of the following: [JSONPath, JSONata]", or "Expected value of type
    [STRING]" for what is no string. It then reads whatever is not `JSONPath` as JSONata, and reports the JSONPath fields of
    the state as well; asllint does the same, except for a state set to `jsonpath` in other letters.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Write `JSONPath` or `JSONata`.
    """

    code = "ASL105"
    name = "invalid-query-language"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:bad-value", "mismatch:wrong-type")

    invalid = (
        Example(
            """{"QueryLanguage": «"jsonata"», "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}""",
            title="letter case counts",
        ),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Succeed", "QueryLanguage": «null»}}}""",
            title="no string",
        ),
    )
    valid = (
        Example("""{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"""),
        Example("""{"QueryLanguage": "${Language}", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"""),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the mismatches that are about QueryLanguage."""
        for mismatch in machine.mismatches:
            if mismatch.name != "QueryLanguage" or mismatch.kind not in (BAD_VALUE, WRONG_TYPE):
                continue
            node = mismatch.owner.get("QueryLanguage")
            if node is None:
                continue
            if mismatch.kind == WRONG_TYPE:
                yield Finding(
                    node,
                    f"`QueryLanguage` is a string, not {shown(node)}: AWS refuses the definition.",
                    cure="Write `JSONPath` or `JSONata`.",
                )
                continue
            text = node.text or ""
            near = nearest(text, ("JSONPath", "JSONata"))
            fix = None
            edit = respelt(node, near) if near else None
            if near and edit:
                fix = Fix(f"Change it to `{near}`", [edit], safe=same_letters(text, near))
            yield Finding(
                node,
                f"`{text}` is not a query language: AWS refuses the definition.",
                cure=f"Did you mean `{near}`?" if near else "Write `JSONPath` or `JSONata`.",
                fix=fix,
            )
