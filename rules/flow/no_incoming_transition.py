"""ASL202."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Scope, State
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule

_SHOWN = 10
"""How many states that are out of reach with one are shown beside it."""


class NoIncomingTransition(Rule):
    """Nothing leads to a state: AWS calls it not reachable and refuses the definition.

    AWS asks of every state, in the machine as in every branch and item processor, that some transition of the same scope
    names it: `StartAt`, a `Next`, a `Default`, a Choice rule or a Catcher. One that none names is answered with "State "X"
    is not reachable." (MISSING_TRANSITION_TARGET). It does not walk from `StartAt`: states that only lead to each other pass
    (see `unreachable-state`).

    The states behind it that nothing else leads to are shown with it. Where a transition cannot be read, because of a
    placeholder or of another error, nothing is said. A Fail state is the matter of `unreachable-fail-state`.

    In a state machine that nothing ends AWS reports that alone (`no-terminal-state`), and comes to such states only when it
    is mended: until then this is a warning.

    ## Why it matters

    AWS refuses the definition. Most often the state is there for a reason, and the transition to it was lost in an edit or
    misspelt: then a step of the work would be missing.

    ## What to do

    Lead to the state from where it belongs, or delete it.
    """

    code = "ASL202"
    name = "no-incoming-transition"
    severity = ERROR
    aws_code = "MISSING_TRANSITION_TARGET"
    rejected_by_aws = True
    concerns = ("flow:no-incoming",)

    invalid = (
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Pass", "Next": "Store"},
  «"Clean"»: {"Type": "Pass", "Next": "Store"},
  "Store": {"Type": "Pass", "End": true}
}}""",
            title="a step that was left out",
        ),
        Example(
            """StartAt: Each
States:
  Each:
    Type: Map
    ItemProcessor:
      StartAt: Score
      States:
        Score: {Type: Pass, End: true}
        «Notify»: {Type: Pass, End: true}
    End: true
""",
            language="yaml",
            title="in an item processor",
        ),
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Pass", "Next": "Store"},
  "Store": {"Type": "Pass", "Next": "Load"},
  «"Clean"»: {"Type": "Pass", "Next": "Load"}
}}""",
            title="beside a loop that nothing ends: a warning",
        ),
    )
    valid = (
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}"""),
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Choice", "Choices": ${Choices}, "Default": "B"},
  "B": {"Type": "Succeed"},
  "C": {"Type": "Succeed"}
}}""",
            title="a placeholder may lead to the state",
        ),
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Pass", "Nxt": "B"},
  "B": {"Type": "Succeed"}
}}""",
            title="a field that is misspelt leads there: that is the error",
        ),
    )

    def check_scope(self, scope: Scope) -> Iterable[Finding]:
        """Look for states without an incoming transition."""
        orphans = [state for state in scope.states if not scope.graph.incoming[state] and state.type != "Fail"]
        if not orphans or not scope.graph.complete:
            return
        start = scope.start
        # measured at the top level alone: "Workflow has no terminal state" takes the place of this diagnostic
        endless = scope.owner is None and not any(state.terminal for state in scope.states)
        said = (
            "AWS refuses it as soon as something ends the state machine." if endless else "AWS refuses the definition."
        )
        for state in orphans:
            behind, more = _behind(state)
            related = [Related(other.head, "out of reach with it") for other in behind]
            lost = f" `{behind[0].name}`, which only such states lead to, is out of reach with it." if behind else ""
            if len(behind) > 1:
                count = "more than 10" if more else str(len(behind))
                lost = f" {count[:1].upper()}{count[1:]} states behind it are out of reach with it."
            cure = f"Lead to it from another state of {scope.title}, or delete it."
            if start is not None and not start.targets:
                cure = f"`StartAt` names `{start.name}`, which does not exist: name this state, or lead to it from another."
            yield Finding(
                state.head,
                f"No transition of {scope.title} leads to `{state.name}`: {said}{lost}",
                cure=cure,
                related=related,
                severity=WARNING if endless else None,
                rejected_by_aws=not endless,
            )


def _behind(first: State) -> tuple[list[State], bool]:
    """Return up to 10 states that can be reached from a state but not from StartAt, and whether there are more."""
    reachable = first.scope.graph.reachable
    found: list[State] = []
    seen, stack = {first}, [first]
    while stack:
        for transition in stack.pop().transitions:
            for target in transition.targets:
                if target not in seen and target not in reachable and target.type != "Fail":
                    if len(found) == _SHOWN:
                        return sorted(found, key=lambda state: state.node.start), True
                    seen.add(target)
                    found.append(target)
                    stack.append(target)
    return sorted(found, key=lambda state: state.node.start), False
