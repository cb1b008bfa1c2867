"""ASL201."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Scope, StateMachine, Transition
from asllint.model.machine import NEXT
from asllint.model.names import MAX_EFFORT, effort, nearest, respelt
from asllint.rule import ERROR, Example, Finding, Fix, Related, Rule
from asllint.source.node import OBJECT

_NOWHERE = ("end", "null", "none")
"""What somebody writes as a target who means that there is none."""


class MissingTransitionTarget(Rule):
    """A transition names a state that does not exist.

    `StartAt`, the `Next` of a state, of a Choice rule and of a Catcher, and the `Default` of a Choice state each name a
    state of the same `States` object (specification, "Transitions"). AWS answers one that does not with "Missing 'Next'
    target: X", also where the field is `StartAt` or `Default`. Names are compared letter by letter: upper and lower case
    and blanks count, and neither a path nor an expression is evaluated.

    A name with a placeholder in it is not judged, nor is one in a text that is cut off or holds only some of the states.
    A name of a state in another scope is the matter of `transition-leaves-scope`.

    ## Why it matters

    AWS refuses the definition, and the state that was meant often has no other way in, so that it is reported too.

    ## What to do

    Write the name exactly as the key in `States` has it, or add the state.
    """

    code = "ASL201"
    name = "missing-transition-target"
    severity = ERROR
    aws_code = "MISSING_TRANSITION_TARGET"
    rejected_by_aws = True
    concerns = ("flow:missing-target",)

    invalid = (
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Pass", "Next": «"Trian"»},
  "Train": {"Type": "Succeed"}
}}""",
            title="a misspelt name",
        ),
        Example(
            """{"StartAt": «"check"», "States": {
  "Check": {"Type": "Choice", "Default": «""»,
    "Choices": [{"Variable": "$.ok", "BooleanEquals": true, "Next": «"Done"»}]}
}}""",
            title="`StartAt`, a Choice rule and `Default`; case counts",
        ),
        Example(
            """StartAt: Train
States:
  Train:
    Type: Task
    Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
    Parameters: {}
    Catch:
      - ErrorEquals: [States.ALL]
        Next: «Failed»
    End: true
""",
            language="yaml",
            title="a Catcher",
        ),
    )
    valid = (
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}"""),
        Example(
            """{"StartAt": "${Prefix}Load", "States": {
  "${Prefix}Load": {"Type": "Pass", "Next": "${Following}"},
  "Done": {"Type": "Succeed"}
}}""",
            title="placeholders",
        ),
        Example("""{"Type": "Pass", "Next": "Elsewhere"}""", title="a state alone: the others stand elsewhere"),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Look at each transition without a target, in every scope whose states are all here."""
        everywhere = {state.name for state in machine.all_states()}
        budget = MAX_EFFORT
        for scope in (machine, *machine.scopes):
            if not scope.complete:
                continue
            missing = [t for t in scope.transitions if not t.targets and not t.node.holes and t.name not in everywhere]
            if not missing:
                continue
            # a key whose value is no object, or that a second `States` hides, is there all the same
            present = {
                str(key.value)
                for name, states in scope.node.members
                if name.value == "States" and states.kind == OBJECT
                for key, _ in states.members
            }
            for transition in missing:
                if transition.name in present:
                    continue
                near = None
                if budget > 0:
                    names = [state.name for state in scope.states]
                    budget -= effort(transition.name, names)
                    near = nearest(transition.name, names)
                yield _finding(scope, transition, near)


def _finding(scope: Scope, transition: Transition, near: str | None) -> Finding:
    title, name, node = transition.title, transition.name, transition.node
    where = scope.title
    if transition.source is None and scope.owner is not None:
        title += f" of {where}"
    if not name.strip():
        message = f"{title} is empty: it must name a state of {where}, and AWS refuses the definition."
        return Finding(node, message, cure=f"Write the name of a state of {where}.")
    message = f"{title} names `{name}`, and {where} has no such state: AWS refuses the definition."
    if near is None and name.lstrip().startswith(("$.", "$[", "$$.", "{%", "States.")):
        message += " No target is evaluated while running."
        return Finding(node, message, cure="Choose between states with a Choice state.")
    if near is None and transition.kind == NEXT and name.strip().lower() in _NOWHERE:
        cure = f'To end {where} here, write `"End": true` in place of `Next`.'
        return Finding(node, message, cure=cure, fix=_end(transition))
    if near is None:
        cure = "Name one that it has, or add this one." if scope.states else "Put it into `States`, which is empty."
        return Finding(node, message, cure=cure)
    meant = next(state for state in scope.states if state.name == near)
    related: list[Related] = []
    fix = None
    if meant.key_node is not None:
        key = meant.key_node
        related = [Related(key, "this state")]
        if {key.style, node.style} <= {"json", "plain", "single", "double"}:
            raw = key.origin.content[key.start : key.end]
            fix = Fix(f"Change the name to `{near}`", [(node.start, node.end, raw)], safe=False)
    return Finding(node, message, cure=f"Did you mean `{near}`?", related=related, fix=fix)


def _end(transition: Transition) -> Fix | None:
    """Return the fix that writes `End` in the place of `Next`."""
    key = transition.source.key("Next") if transition.source is not None else None
    edit = respelt(key, "End") if key is not None else None
    if edit is None:
        return None
    return Fix("End here", [edit, (transition.node.start, transition.node.end, "true")], safe=False)
