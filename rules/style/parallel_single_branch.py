"""ASL904."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import State
from asllint.model.machine import is_root
from asllint.rule import NOTE, Example, Finding, Rule
from asllint.source.node import ARRAY, OBJECT, Node

_PLAIN = frozenset(("Type", "Branches", "Next", "End", "Comment", "QueryLanguage"))


class ParallelSingleBranch(Rule):
    """A Parallel state with one branch runs nothing in parallel.

    One branch is a known way to retry, or to catch the errors of, several states as one, or to treat their data together:
    where the Parallel state has a field for that (`Retry`, `Catch`, `ResultPath`, `Parameters`, `Assign`, …), nothing is
    said.

    ## Why it matters

    The result is an array of one item, which the next state has to take apart, and the states are one level deeper than they
    need be.

    ## What to do

    Put the states of the branch in the place of the Parallel state. What reads `$[0]` behind it then reads `$`.
    """

    code = "ASL904"
    name = "parallel-single-branch"
    severity = NOTE
    concerns = ("Parallel",)
    default = False

    invalid = (
        Example(
            """{"StartAt": "All", "States": {«"All"»: {"Type": "Parallel", "End": true, "Branches": [
  {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "End": true}}}]}}}"""
        ),
        Example(
            """StartAt: All
States:
  «All»:
    Type: Parallel
    Comment: more to come
    Branches:
      - {StartAt: A, States: {A: {Type: Wait, Seconds: 1, End: true}}}
    End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Try", "States": {
  "Try": {"Type": "Parallel", "End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}], "Branches": [
    {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "End": true}}}]},
  "Failed": {"Type": "Fail"}
}}""",
            title="the errors of all its states are caught as one",
        ),
        Example(
            """{"StartAt": "All", "States": {"All": {"Type": "Parallel", "End": true, "Branches": [
  {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "End": true}}}, ${MoreBranches}]}}}"""
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Count the branches."""
        branches = state.field("Branches")
        if state.TYPE != "Parallel" or branches is None or branches.kind != ARRAY or not branches.closed:
            return
        if len(branches.items) != 1 or branches.items[0].kind != OBJECT or state.node.open:
            return
        if any(key.value not in _PLAIN and not _without_effect(key, value) for key, value in state.node.members):
            return
        yield Finding(
            state.head,
            f"`{state.name}` has one branch: nothing runs in parallel, and its result is an array of one item.",
            cure="Put the states of the branch in its place.",
        )


def _without_effect(key: Node, value: Node) -> bool:
    if key.value in ("InputPath", "OutputPath", "ResultPath"):
        return is_root(value)
    return key.value in ("Retry", "Catch") and value.kind == ARRAY and value.closed and not value.items
