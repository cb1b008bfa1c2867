"""ASL119."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import MapState, State
from asllint.model.names import respelt
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule
from asllint.source.node import Node, pieces

MAX_LABEL = 40

# Developer guide, "Using Map state in Distributed mode", Label: whitespace, wildcards, brackets, special and control
# characters. The slash is not among them.
_FORBIDDEN = re.compile(r"""[\s?*<>{}\[\]:;,\\|^~$#%&`"\x00-\x1f\x7f-\x9f]""")


class InvalidLabel(Rule):
    """The Label of a Map state is longer than 40 characters, or has a character that it may not have.

    A label becomes part of the ARN of the Map Run. It has at most 40 characters, and no whitespace, none of
    `? * < > { } [ ]`, none of `: ; , \\ | ^ ~ $ # % & " ` and the backquote, and no control character (developer guide, "Using
    Map state in Distributed mode"). AWS answers a longer one with "… exceeds the 40-character limit allowed by the service".

    On a Map state that is not distributed the label has no use, and a bad one is a warning. So is an empty label: it names
    nothing, and what AWS makes of it is not recorded. Of a label with a placeholder only the characters around it are judged.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Take letters, digits, `-` and `_`. Letters that are not ASCII are accepted, but CloudWatch does not log them.
    """

    code = "ASL119"
    name = "invalid-label"
    severity = ERROR
    aws_code = "INVALID_LABEL_NAME"
    rejected_by_aws = True
    concerns = ("Label",)

    invalid = (
        Example(
            """{"Type": "Map", "Label": "every« »record", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
  "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
        Example(
            """Type: Map
Label: «a-label-that-says-more-about-it-than-fits»
ItemProcessor:
  ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}
  StartAt: A
  States:
    A: {Type: Succeed}
End: true
""",
            language="yaml",
            title="41 characters",
        ),
    )
    valid = (
        Example(
            """{"Type": "Map", "Label": "${Stage}-records", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
  "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the label of a Map state."""
        if not isinstance(state, MapState):
            return
        label = state.label
        text = label.text if label is not None else None
        if label is None or text is None:
            return
        if not text:
            yield Finding(
                label,
                "The label is empty: it names nothing, and AWS may refuse it.",
                cure="Write one, or leave the field out.",
                severity=WARNING,
                rejected_by_aws=False,
            )
            return
        sure = state.distributed is True
        said = "AWS refuses the definition." if sure else "AWS does not take it in a Distributed Map."
        length = sum(map(len, pieces(label)))
        if length > MAX_LABEL:
            yield Finding(
                label,
                f"This label has {length} characters, {length - MAX_LABEL} more than it may have: {said}",
                cure="Shorten it.",
                severity=None if sure else WARNING,
                rejected_by_aws=sure,
            )
        for found in _FORBIDDEN.finditer(text):
            if any(start <= found.start() < end for start, end in label.holes):
                continue
            character = found[0]
            shown = f"`{character}`" if character.isprintable() and character not in " `" else f"U+{ord(character):04X}"
            yield Finding(
                label.span_in(*found.span()),
                f"A label may not have {'a blank' if character == ' ' else shown} in it: {said}",
                cure="Use letters, digits, `-` and `_`.",
                anchor=label,
                fix=_fix(label, text),
                severity=None if sure else WARNING,
                rejected_by_aws=sure,
            )
            return


def _fix(label: Node, text: str) -> Fix | None:
    """Return the fix that writes `-` for what may not be there; None where a placeholder would be changed."""
    edit = None if label.holes else respelt(label, _FORBIDDEN.sub("-", text))
    return Fix("Write `-` for what may not be there", [edit], safe=False) if edit else None
