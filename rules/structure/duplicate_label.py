"""ASL120."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import MapState, StateMachine
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule
from asllint.source.node import Node


class DuplicateLabel(Rule):
    """Two Map states have the same Label.

    Labels are unique within a state machine, because each names the Map Runs of one state in their ARNs (developer guide,
    "Using Map state in Distributed mode"). AWS answers "Duplicate Label name: …". Where one of the two is not distributed it
    is a warning. Labels with a placeholder are not compared.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Give each its own label, or none: AWS then makes one up.
    """

    code = "ASL120"
    name = "duplicate-label"
    severity = ERROR
    aws_code = "DUPLICATE_LABEL_NAME"
    rejected_by_aws = True
    concerns = ("Label",)

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Map", "Label": "records", "Next": "B", "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A1", "States": {"A1": {"Type": "Succeed"}}}},
  "B": {"Type": "Map", "Label": «"records"», "End": true, "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "B1", "States": {"B1": {"Type": "Succeed"}}}}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Map", "Label": "${Stage}", "Next": "B", "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A1", "States": {"A1": {"Type": "Succeed"}}}},
  "B": {"Type": "Map", "Label": "records", "End": true, "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "B1", "States": {"B1": {"Type": "Succeed"}}}}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Compare the labels of all Map states."""
        first: dict[str, tuple[MapState, Node]] = {}
        for state in machine.all_states():
            label = state.label if isinstance(state, MapState) else None
            if label is None or label.literal is None or not isinstance(state, MapState):
                continue
            other, place = first.setdefault(label.literal, (state, label))
            if other is state:
                continue
            sure = state.distributed is True and other.distributed is True
            said = "AWS refuses the definition." if sure else "labels are unique within a state machine."
            yield Finding(
                label,
                f"`{label.literal}` is the label of `{other.name}` too: {said}",
                cure="Give each Map state its own label.",
                related=[Related(place, "the other label")],
                severity=None if sure else WARNING,
                rejected_by_aws=sure,
            )
