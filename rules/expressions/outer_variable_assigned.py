"""ASL424."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Scope, StateMachine
from asllint.model.variables import Assignment, variables, visible_scopes
from asllint.rule import WARNING, Example, Finding, Related, Rule


class OuterVariableAssigned(Rule):
    """A state inside a Map or Parallel assigns a variable of the scope around it.

    The states inside a Map or Parallel read the variables outside and cannot change them, and must not have one of the same
    name (specification, "Variable Scope": names of outer and inner variables "MUST be unique"). What AWS answers is not
    recorded, so this is a warning.

    ## Why it matters

    The outer variable does not change: each iteration and branch has variables of its own, which are gone when it ends.

    ## What to do

    Choose another name inside. To bring a value out, return it as output and assign it in the `Assign` of the Map or Parallel
    state, from its result.
    """

    code = "ASL424"
    name = "outer-variable-assigned"
    severity = WARNING
    concerns = ("Assign",)

    invalid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Start", "States": {
  "Start": {"Type": "Pass", "Assign": {"total": 0}, "Next": "Each"},
  "Each": {"Type": "Map", "Items": [1, 2], "ItemProcessor": {"StartAt": "Add", "States": {
    "Add": {"Type": "Pass", "Assign": {«"total"»: "{% $total + $states.input %}"}, "End": true}}}, "Next": "Done"},
  "Done": {"Type": "Succeed", "Output": "{% $total %}"}}}"""
        ),
    )
    valid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Each", "States": {
  "Each": {"Type": "Map", "Items": [1, 2], "ItemProcessor": {"StartAt": "One", "States": {
    "One": {"Type": "Pass", "Output": "{% $states.input * 2 %}", "End": true}}},
    "Assign": {"total": "{% $sum($states.result) %}"}, "Next": "Done"},
  "Done": {"Type": "Succeed", "Output": "{% $total %}"}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        if not machine.scopes:
            return
        first: dict[Scope, dict[str, Assignment]] = {}
        for assignment in variables(machine).assignments:
            first.setdefault(assignment.state.scope, {}).setdefault(assignment.name, assignment)
        for assignment in variables(machine).assignments:
            for scope in list(visible_scopes(assignment.state.scope))[1:]:
                outer = first.get(scope, {}).get(assignment.name)
                if outer is None:
                    continue
                name = assignment.name
                yield Finding(
                    assignment.key,
                    f"`{name}` is a variable of {scope.title}, and {assignment.state.scope.title} cannot change it.",
                    cure="Choose another name here, and assign the outer one in the Map or Parallel state, from its result.",
                    related=[Related(outer.key, f"`{name}` is assigned here, in {scope.title}")],
                )
                break
