"""ASL005."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import ERROR, WARNING, Example, Finding, Rule
from asllint.source.node import ARRAY, NULL, OBJECT, STRING, UNKNOWN, Document

LIMIT = 1_048_576
"""Characters that `definition` takes (API reference, CreateStateMachine; the quota says 1 MB)."""


class DefinitionTooLarge(Rule):
    """The definition has more characters than AWS takes.

    The parameter `definition` of CreateStateMachine and ValidateStateMachineDefinition takes 1 to 1,048,576 characters
    (API reference), and 1 MB is the quota for a definition and for a whole request (developer guide, "Step Functions service
    quotas"). Neither can be raised.

    It is an error where the definition is over the limit even without the white space between its values and with nothing in
    the place of its placeholders. Where only the text as it stands is over the limit, it is a warning: a tool that
    removes the white space can deploy it. A definition in YAML counts as the JSON that is made of it.

    ## Why it matters

    AWS refuses the request, whatever the definition says.

    ## What to do

    Move parts into state machines of their own, called with `arn:aws:states:::states:startExecution.sync:2`, and large
    constants into S3. Where states repeat with other values, a Map state over the values is shorter.
    """

    code = "ASL005"
    name = "definition-too-large"
    severity = ERROR
    concerns = ("text:large",)

    invalid = (
        Example(
            '«{»"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "' + "x" * LIMIT + '", "End": true}}}',
            title="a constant of over a million characters",
        ),
    )
    valid = (Example('{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "a short constant", "End": true}}}'),)

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Count the characters of the text, and those that it has at least as compact JSON."""
        root = document.root
        if root is None:
            return
        length = len(document.text.content)
        if document.language == "json" and length <= LIMIT:
            return
        least = _least(document)
        start = (root.start, min(root.start + 1, root.end))
        split = "Move parts into state machines of their own, or large constants into S3."
        if least > LIMIT:
            as_json = "" if document.language == "json" else " as JSON"
            message = f"The definition has at least {least:,} characters{as_json}, and AWS takes {LIMIT:,}."
            yield Finding(start, message, cure=split, anchor=root)
        elif document.language == "json" and length > LIMIT:
            message = (
                f"The text has {length:,} characters, and AWS takes {LIMIT:,}; {least:,} are left without the white space"
                " between values and the placeholders."
            )
            cure = "Remove the white space before it is deployed."
            yield Finding(start, message, cure=cure, anchor=root, severity=WARNING)


def _least(document: Document) -> int:
    """Return how many characters the definition has at least as JSON without white space, its placeholders empty."""
    root = document.root
    assert root is not None
    exact = document.language == "json"
    total = 0
    for node in root.walk():
        if node.kind == OBJECT:
            # brackets, commas, colons
            total += 1 + max(1, 2 * len(node.members))
            for key, _ in node.members:
                text = str(key.value)
                total += len(text) + 2 - sum(end - start for start, end in key.holes)
        elif node.kind == ARRAY:
            total += 1 + max(1, len(node.items))
        elif node.kind == STRING:
            text = str(node.value)
            written = node.end - node.start if exact else len(text) + 2 + text.count('"') + text.count("\n")
            total += written - sum(end - start for start, end in node.holes)
        elif node.kind == NULL:
            total += 4
        elif node.kind != UNKNOWN:
            total += node.end - node.start
    return total
