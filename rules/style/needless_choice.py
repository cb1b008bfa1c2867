"""ASL902."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import ChoiceState, State
from asllint.rule import NOTE, Example, Finding, Related, Rule


class NeedlessChoice(Rule):
    """A Choice state leads to one and the same state, whatever it finds.

    All of its rules and its `Default` have the same target, and none of them has an `Assign` or `Output`. A state without
    `Default` is not reported: that it fails where no rule holds may be what it is for.

    ## Why it matters

    Whoever reads the definition looks for a difference that there is none. The state costs a transition, and it fails where
    a path that it compares selects nothing.

    ## What to do

    Lead to the target directly, or correct the `Next` that was copied.
    """

    code = "ASL902"
    name = "needless-choice"
    severity = NOTE
    default = False
    concerns = ("Choice",)

    invalid = (
        Example(
            """{"StartAt": "Which", "States": {
  «"Which"»: {"Type": "Choice", "Default": "Load", "Choices": [
    {"Variable": "$.kind", "StringEquals": "csv", "Next": "Load"}]},
  "Load": {"Type": "Succeed"}
}}"""
        ),
    )
    valid = (
        Example(
            """StartAt: Which
States:
  Which:
    Type: Choice
    Default: Load
    Choices:
      - {Variable: $.kind, StringEquals: csv, Assign: {csv: true}, Next: Load}
  Load: {Type: Succeed}
""",
            language="yaml",
        ),
        Example(
            """{"Type": "Choice", "Choices": [{"Variable": "$.kind", "StringEquals": "csv", "Next": "Load"}]}""",
            title="it fails for another kind",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Compare the targets."""
        if not isinstance(state, ChoiceState) or state.default is None or state.default.holes or not state.choices:
            return
        node = state.node.get("Choices")
        if node is None or not node.closed or len(node.items) != len(state.choices) or state.node.open:
            return
        if any(owner.field(name) is not None for owner in (state, *state.choices) for name in ("Assign", "Output")):
            return
        name = state.default.text
        if name is None or any(
            rule.next is None or rule.next.holes or rule.next.text != name for rule in state.choices
        ):
            return
        yield Finding(
            state.head,
            f"Whatever `{state.name}` finds, it leads to `{name}`: there is nothing to choose.",
            cure=f"Lead to `{name}` directly, or correct the target that was copied.",
            related=[Related(state.default, "the same target")],
        )
