"""ASL206."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Scope, State, StateMachine, Transition
from asllint.model.machine import CATCH, CHOICE, DEFAULT, NEXT
from asllint.rule import ERROR, Example, Finding, Related, Rule


class TransitionLeavesScope(Rule):
    """A transition names a state of another scope: a branch, an item processor, or the machine around it.

    The states of the machine, of each branch of a Parallel state and of the item processor of each Map state are scopes
    of their own. "States in one branch's States field cannot target states outside" (specification, "Parallel State", and
    alike for Map). AWS knows no difference between such a name and one that exists nowhere: it answers "Missing 'Next'
    target: X".

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    To leave a branch or an item processor, end it: `"End": true`, or a Succeed state behind a Choice state. When all branches or items have
    ended, the Parallel or Map state goes on with its own `Next`. To leave it early, let it fail, and lead on from the
    `Catch` of the Parallel or Map state. To enter one, lead to the Parallel or Map state itself.
    """

    code = "ASL206"
    name = "transition-leaves-scope"
    severity = ERROR
    aws_code = "MISSING_TRANSITION_TARGET"
    rejected_by_aws = True
    concerns = ("flow:missing-target",)

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "Next": "Report", "ItemProcessor": {
    "StartAt": "Score", "States": {"Score": {"Type": "Pass", "Next": «"Report"»}}}},
  "Report": {"Type": "Succeed"}
}}""",
            title="out of a Map state",
        ),
        Example(
            """StartAt: Both
States:
  Both:
    Type: Parallel
    Branches:
      - StartAt: Left
        States:
          Left: {Type: Pass, Next: «Right»}
      - StartAt: Right
        States:
          Right: {Type: Succeed}
    End: true
""",
            language="yaml",
            title="from one branch into another",
        ),
        Example(
            """{"StartAt": «"Score"», "States": {
  "Each": {"Type": "Map", "End": true, "ItemProcessor": {
    "StartAt": "Score", "States": {"Score": {"Type": "Pass", "End": true}}}}
}}""",
            title="into a Map state",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "Next": "Report", "ItemProcessor": {
    "StartAt": "Score", "States": {"Score": {"Type": "Pass", "End": true}}}},
  "Report": {"Type": "Succeed"}
}}"""
        ),
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "Next": "${Prefix}Report", "ItemProcessor": {
    "StartAt": "Score", "States": {"Score": {"Type": "Pass", "Next": "${Last}"}, "Last": {"Type": "Succeed"}}}},
  "${Prefix}Report": {"Type": "Succeed"}
}}""",
            title="placeholders",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Look for the missing targets of each scope in the other scopes."""
        by_name: dict[str, list[State]] = {}
        for state in machine.all_states():
            by_name.setdefault(state.name, []).append(state)
        for scope in (machine, *machine.scopes):
            if not scope.complete:
                continue
            for transition in scope.transitions:
                if not transition.targets and not transition.node.holes and transition.name in by_name:
                    yield _finding(scope, transition, by_name[transition.name])


def _finding(scope: Scope, transition: Transition, found: list[State]) -> Finding:
    around = list(_around(scope))
    target = next((state for state in found if state.scope in around), found[0])
    title = transition.title
    if transition.source is None and scope.owner is not None:
        title += f" of {scope.title}"
    message = f"{title} names `{target.name}`, a state of {target.scope.title}"
    entered = next((s for s in (target.scope, *_around(target.scope)) if s.owner in scope.states), None)
    if target.scope in around and scope.owner is not None:
        owner = scope.owner
        kind = f"{owner.type} state"
        message += f": a transition cannot leave {scope.title}, and AWS refuses the definition."
        ends = 'Write `"End": true` instead'
        if transition.kind in (CHOICE, DEFAULT):  # which have no `End`
            ends = f"Lead to a Succeed state of {scope.title}"
        following = [t.name for t in owner.transitions if t.kind == NEXT]
        if target is owner:
            cure = f"{ends}: what follows is up to the {kind} `{owner.name}`."
        elif transition.source is None:
            cure = f"Name a state of {scope.title}."
        elif transition.kind == CATCH:
            cure = f"Catch the error in the {kind} `{owner.name}`, or lead to a state of {scope.title}."
        elif following or target.scope is not owner.scope:
            cure = f"{ends}; `{owner.name}` goes on with its own `Next` then."
        else:
            end = f"for the `End` of the {kind} `{owner.name}`" if owner.key("End") else f"in the {kind} `{owner.name}`"
            cure = f'{ends}, and write `"Next": "{target.name}"` {end}.'
    elif entered is not None and entered.owner is not None:
        owner = entered.owner
        message += ": a transition cannot enter it from outside, and AWS refuses the definition."
        cure = f"Lead to `{owner.name}`, the {owner.type} state that runs it."
    else:
        message += f": a transition stays in its own scope, {scope.title}, and AWS refuses the definition."
        cure = f"Lead to a state of {scope.title}, or end it."
    return Finding(transition.node, message, cure=cure, related=[Related(target.head, f"in {target.scope.title}")])


def _around(scope: Scope) -> Iterable[Scope]:
    """Yield the scopes that a scope stands in, the nearest first."""
    while scope.owner is not None:
        scope = scope.owner.scope
        yield scope
