"""ASL203."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Scope
from asllint.rule import WARNING, Example, Finding, Related, Rule

_SHOWN = 10
"""How many further states of an island are shown."""


class UnreachableState(Rule):
    """A state has incoming transitions, but only from states that StartAt does not lead to.

    The states are an island: they lead to each other, or a state leads to itself, and no walk from `StartAt` comes
    there. AWS accepts that: it asks only that some transition of the scope names each state. (Whether the one of a
    state to itself is enough for it is not recorded.) There is one finding for an island, at its first state; the
    others are shown with it. An island with a state that nothing leads to at all is reported at that state, by
    `no-incoming-transition`; a Fail state by `unreachable-fail-state`.

    ## Why it matters

    The states never run. A retry loop or a polling loop that lost its way in looks right on the diagram and does nothing.

    ## What to do

    Lead to the island from a state that runs, or delete it.
    """

    code = "ASL203"
    name = "unreachable-state"
    severity = WARNING
    concerns = ("flow:unreachable",)

    invalid = (
        Example(
            """{"StartAt": "Start", "States": {
  "Start": {"Type": "Pass", "Next": "Done"},
  «"Wait"»: {"Type": "Wait", "Seconds": 30, "Next": "Poll"},
  "Poll": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": "$.status", "StringEquals": "Completed", "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="a polling loop without a way in",
        ),
        Example(
            """StartAt: A
States:
  A: {Type: Pass, End: true}
  «B»: {Type: Wait, Seconds: 5, Next: B}
""",
            language="yaml",
            title="a state that only leads to itself",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Wait", "States": {
  "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Poll"},
  "Poll": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": "$.status", "StringEquals": "Completed", "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}"""
        ),
        Example(
            """{"StartAt": "Start", "States": {
  "Start": {"Type": "Pass", "Next": "${Following}"},
  "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Poll"},
  "Poll": {"Type": "Pass", "Next": "Wait"},
  "Done": {"Type": "Succeed"}
}}""",
            title="a placeholder can lead to any state",
        ),
    )

    def check_scope(self, scope: Scope) -> Iterable[Finding]:
        """Look at each island of states."""
        graph = scope.graph
        if len(graph.reachable) == len(scope.states) or not graph.complete:
            return
        for island in graph.islands():
            if any(not graph.incoming[state] for state in island):
                continue
            first, *others = [state for state in island if state.type != "Fail"]
            message = f"`{first.name}` is never reached: only "
            if not others:
                message += "itself leads to it."
            elif len(others) == 1:
                message += f"`{others[0].name}` leads to it, which is not reached either. AWS accepts that."
            else:
                message += (
                    f"states that are not reached either lead to it ({len(others)} hang together with it). "
                    "AWS accepts that."
                )
            yield Finding(
                first.head,
                message,
                cure=f"Lead to it from a state of {scope.title} that runs, or delete it.",
                related=[Related(other.head, "not reached either") for other in others[:_SHOWN]],
            )
