"""ASL424."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Scope, State, StateMachine
from asllint.model.machine import JSONATA
from asllint.model.variables import Assignment, variables, visible_scopes
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule


class OuterVariableAssigned(Rule):
    """A state inside a Map or Parallel assigns a variable of the scope around it.

    The states inside a Map or Parallel read the variables outside and cannot change them, and must not have one of the same
    name (specification, "Variable Scope": names of outer and inner variables "MUST be unique"). That counts for the variables
    that are assigned on a way to the Map or Parallel state: what its own `Assign`, its Catchers or the states behind it assign
    is not there yet. AWS answers with DUPLICATE_VARIABLE_NAME (ValidateStateMachineDefinition, measured in September 2026 with
    JSONata). It is a warning where one of the states is in JSONPath, of which nothing is recorded, and in a distributed Map,
    whose states read no variable of outside: there too a refusal was measured, but nothing says why the name should matter.

    ## Why it matters

    AWS refuses the definition. Nor could the outer variable change: each iteration and branch has variables of its own, which
    are gone when it ends.

    ## What to do

    Choose another name inside. To bring a value out, return it as output and assign it in the `Assign` of the Map or Parallel
    state, from its result.
    """

    code = "ASL424"
    name = "outer-variable-assigned"
    severity = ERROR
    aws_code = "DUPLICATE_VARIABLE_NAME"
    rejected_by_aws = True
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
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Each", "States": {
  "Each": {"Type": "Map", "Items": [1, 2], "ItemProcessor": {"StartAt": "One", "States": {
    "One": {"Type": "Pass", "Assign": {"n": "{% $states.input %}"}, "Next": "Two"},
    "Two": {"Type": "Pass", "Output": "{% $n * 2 %}", "End": true}}},
    "Assign": {"n": "{% $count($states.result) %}"}, "Next": "Done"},
  "Done": {"Type": "Succeed", "Output": "{% $n %}"}}}""",
            title="the outer one is assigned when the Map state has ended",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        if not machine.scopes:
            return
        first: dict[Scope, dict[str, Assignment]] = {}
        for assignment in variables(machine).assignments:
            first.setdefault(assignment.state.scope, {}).setdefault(assignment.name, assignment)
        for assignment in variables(machine).assignments:
            name, inner = assignment.name, assignment.state.scope
            visible = set(visible_scopes(inner))
            while inner.owner is not None:
                scope = inner = inner.owner.scope
                outer = first.get(scope, {}).get(name)
                if outer is None or name not in variables(machine).available(_owner(assignment.state, scope)):
                    continue
                refused = scope in visible and not any(
                    t.node.holes for state in scope.states for t in state.transitions
                )
                refused = refused and assignment.state.query_language == outer.state.query_language == JSONATA
                yield Finding(
                    assignment.key,
                    f"`{name}` is a variable of {scope.title}, and {assignment.state.scope.title} cannot change it"
                    + (": AWS refuses the definition." if refused else "."),
                    cure="Choose another name here, and assign the outer one in the Map or Parallel state, from its result.",
                    related=[Related(outer.key, f"`{name}` is assigned here, in {scope.title}")],
                    severity=None if refused else WARNING,
                    rejected_by_aws=refused,
                )
                break


def _owner(state: State, scope: Scope) -> State:
    """Return the state of an outer scope that a state stands in."""
    while state.scope is not scope:
        assert state.scope.owner is not None
        state = state.scope.owner
    return state
