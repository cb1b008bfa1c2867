"""ASL006."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import ERROR, Example, Finding, Rule
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, STRING, Document

_KINDS = {ARRAY: "an array", STRING: "a string", NUMBER: "a number", BOOLEAN: "a boolean", NULL: "null"}


class NotAnObject(Rule):
    """The text is empty, or holds no JSON object.

    A state machine is a JSON object (specification, "Structure of a State Machine"). AWS answers a blank text: "Definition must
    be a valid JSON object" (SCHEMA_VALIDATION_FAILED). Only what is taken for a definition is judged: a file named `.asl`,
    `.asl.json`, `.asl.yaml` or `.asl.yml`, and the standard input.

    ## Why it matters

    There is no state machine in it. Often the file was truncated, or a program that should have written it failed.

    ## What to do

    Restore the file. An array of several definitions becomes one file for each.
    """

    code = "ASL006"
    name = "not-an-object"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("text:blank", "text:not-object")

    invalid = (
        Example("«»\n", title="an empty file"),
        Example(
            """«[»{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}]""",
            title="a definition in an array",
        ),
        Example("«StartAt»\n", language="yaml"),
    )
    valid = (
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"""),
        Example("""${Definition}""", title="the whole definition is filled in later"),
    )

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Look at the root."""
        root = document.root
        if document.problems:
            return  # what was meant cannot be told
        if root is None:
            yield Finding((0, 0), "The text is empty: AWS takes a JSON object.", cure="Write a state machine.")
        elif root.kind in _KINDS and not root.whole_placeholder:
            place = (root.start, root.start + 1) if root.kind == ARRAY else (root.start, root.end)
            yield Finding(
                place,
                f"The definition is {_KINDS[root.kind]}: AWS takes a JSON object.",
                cure='Write an object with "StartAt" and "States".',
                anchor=root,
            )
