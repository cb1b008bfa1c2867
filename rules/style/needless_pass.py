"""ASL903."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Scope, State
from asllint.model.machine import CATCH, CHOICE, DEFAULT, Transition, is_root
from asllint.rule import NOTE, Example, Finding, Fix, Related, Rule
from asllint.source.edits import remove_member
from asllint.source.node import BOOLEAN, NULL

_PLAIN = frozenset(("Type", "Next", "End", "QueryLanguage", "InputPath", "OutputPath", "ResultPath"))


class NeedlessPass(Rule):
    """A Pass state does nothing: it hands on what it is given.

    It has none of the fields that change data or assign variables, one transition leads to it, and it has no `Comment`. A
    Pass state in which several ways come together, one that a Choice rule or a Catcher leads to, and the only state of a
    branch are left alone: they have something to say, or cannot be done without.

    ## Why it matters

    Each run of it is billed as a state transition, and readers look for what it does.

    ## What to do

    Lead to its target directly. Where its name is what it is there for, keep it and say so in a `Comment`.
    """

    code = "ASL903"
    name = "needless-pass"
    severity = NOTE
    concerns = ("Pass",)
    default = False

    invalid = (
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load", "Next": "Go on"},
  «"Go on"»: {"Type": "Pass", "Next": "Store"},
  "Store": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:store", "End": true}
}}"""
        ),
        Example(
            """StartAt: Load
States:
  Load: {Type: Task, Resource: "arn:aws:lambda:eu-west-1:123456789012:function:load", Next: Done}
  «Done»: {Type: Pass, End: true}
""",
            language="yaml",
            title="`Load` can end by itself",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Any?", "States": {
  "Any?": {"Type": "Choice", "Default": "Nothing to do",
    "Choices": [{"Variable": "$.n", "NumericGreaterThan": 0, "Next": "Work"}]},
  "Work": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "Next": "Made"},
  "Made": {"Type": "Pass", "Result": {"done": true}, "End": true},
  "Nothing to do": {"Type": "Pass", "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Pass", "Comment": "the way in of version 2", "Next": "B"},
  "B": {"Type": "Pass", ${Fields}, "End": true}
}}"""
        ),
    )

    def check_scope(self, scope: Scope) -> Iterable[Finding]:
        """Look at the Pass states that one transition leads to."""
        if not scope.graph.complete:
            return
        for state in scope.states:
            incoming = scope.graph.incoming[state]
            if state.TYPE != "Pass" or len(incoming) != 1 or not _does_nothing(state):
                continue
            way = incoming[0]
            if way.source is state or way.node.holes or len(way.targets) != 1:
                continue
            if way.kind in (CHOICE, DEFAULT, CATCH) or (state.terminal and way.source is None):
                continue
            following = state.transitions[0] if state.transitions else None
            if following is not None and len(following.targets) != 1:
                continue
            cure = f"Lead to `{following.name}` directly." if following is not None else _ending(way.source)
            yield Finding(
                state.head,
                f"`{state.name}` does nothing but cost a state transition.",
                cure=f"{cure} If it is there for its name, say so in a `Comment`.",
                related=[Related(way.node, "leads to it")],
                fix=_fix(scope, state, way, following),
            )


def _fix(scope: Scope, state: State, way: Transition, following: Transition | None) -> Fix | None:
    """Return the fix that takes the state away and leads on to what follows it, or ends there."""
    content = scope.node.origin.content
    states = scope.states_node
    edits = remove_member(states, state.key_node) if states is not None and state.key_node is not None else ()
    if not edits:
        return None
    if following is not None:
        written = content[following.node.start : following.node.end]
        if following.node.style in ("literal", "folded"):
            return None
        return Fix("Take it away", [*edits, (way.node.start, way.node.end, written)], safe=False)
    member = way.source.node.member("Next") if way.source is not None else None
    if member is None or member[1] is not way.node:
        return None
    quote = '"' if member[0].style in ("json", "double") else ""
    end = (member[0].start, way.node.end, f"{quote}End{quote}: true")
    return Fix("Take it away", [*edits, end], safe=False)


def _ending(source: State | None) -> str:
    return f'Write `"End": true` in `{source.name}` instead.' if source is not None else ""


def _does_nothing(state: State) -> bool:
    if any(key.holes or key.value not in _PLAIN for key, _ in state.node.members) or state.node.open:
        return False
    following, end = state.field("Next"), state.field("End")
    if following is None and (end is None or end.kind != BOOLEAN):
        return False
    result_path = state.field("ResultPath")
    return (
        is_root(state.field("InputPath"))
        and is_root(state.field("OutputPath"))
        and (is_root(result_path) or (result_path is not None and result_path.kind == NULL))
    )
