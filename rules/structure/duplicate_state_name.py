"""ASL118."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import State, StateMachine
from asllint.rule import ERROR, Example, Finding, Related, Rule


class DuplicateStateName(Rule):
    """A state has the name of a state in another part of the state machine.

    State names are unique within the whole state machine: a branch of a Parallel and the item processor of a Map share
    them with everything around (specification, "States"). AWS answers "Duplicate State name: X" at the later one. The same
    key twice in one `States` object is the matter of `duplicate-key`.

    Names with a placeholder in them are not compared.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Rename one of the two, for example after its branch, and the transitions of its own scope that lead to it.
    """

    code = "ASL118"
    name = "duplicate-state-name"
    severity = ERROR
    aws_code = "DUPLICATE_STATE_NAME"
    rejected_by_aws = True
    concerns = ("name:duplicate",)

    invalid = (
        Example(
            """{"StartAt": "Both", "States": {
  "Both": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "Load", "States": {"Load": {"Type": "Pass", "End": true}}},
    {"StartAt": "Load", "States": {«"Load"»: {"Type": "Pass", "End": true}}}
  ]}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Both", "States": {
  "Both": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "Load left", "States": {"Load left": {"Type": "Pass", "End": true}}},
    {"StartAt": "Load right", "States": {"Load right": {"Type": "Pass", "End": true}}}
  ]}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Compare the names of all scopes."""
        first: dict[str, State] = {}
        for state in machine.all_states():
            key = state.key_node
            if key is None or key.holes:
                continue
            other = first.setdefault(state.name, state)
            if other.scope is not state.scope and other.key_node is not None:
                cure = "Rename one of the two, and the transitions of its own scope that lead to it."
                if other.key_node is key:
                    cure = "An alias repeats it: write the states out, each under its own name."
                yield Finding(
                    key,
                    f"`{state.name}` is the name of a state in {other.scope.title} too, and names are unique within the "
                    "whole state machine: AWS refuses the definition.",
                    cure=cure,
                    related=[Related(other.key_node, "the other state")] if other.key_node is not key else (),
                )
