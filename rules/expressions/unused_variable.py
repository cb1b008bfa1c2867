"""ASL423."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.expressions import TEXT
from asllint.model.names import MAX_EFFORT, effort, nearest
from asllint.model.variables import RESERVED, Variables, variables
from asllint.rule import NOTE, Example, Finding, Related, Rule


class UnusedVariable(Rule):
    """A variable is assigned and never read.

    No expression of the state machine reads it. Nothing is said where an expression cannot be read in full: it has a placeholder
    in it or a syntax error, or states of the machine stand elsewhere; nor of a variable that is most likely meant where another
    name is read, which `undefined-variable` reports.

    ## Why it matters

    Nothing fails. But often the value was meant to be in the output, or the key lacks its `.$` where the variable is written; and an execution keeps at most 10 MiB in variables.

    ## What to do

    Read it, or take it away.
    """

    code = "ASL423"
    name = "unused-variable"
    severity = NOTE
    concerns = ("Assign",)
    precision = "high"

    invalid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Get", "States": {
  "Get": {"Type": "Pass", "Assign": {"used": 1, «"unused"»: 2}, "Next": "Use"},
  "Use": {"Type": "Succeed", "Output": "{% $used %}"}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Get", "States": {
  "Get": {"Type": "Pass", "Assign": {"items.$": "$.items"}, "Next": "Each"},
  "Each": {"Type": "Map", "ItemsPath": "$items", "ItemProcessor": {"StartAt": "One", "States": {
    "One": {"Type": "Succeed"}}}, "End": true}}}"""
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Get", "States": {
  "Get": {"Type": "Pass", "Assign": {"n": 1}, "Next": "Use"},
  "Use": {"Type": "Succeed", "Output": "{% ${Expression} %}"}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        here = variables(machine)
        if not here.all_read:
            return
        read = {r.name for r in here.reads}
        if all(assignment.name in read for assignment in here.assignments):
            return
        read |= _meant(here)
        for assignment in here.assignments:
            name = assignment.name
            if name in read or name == RESERVED or not name.isidentifier():
                continue
            texts = (e.node for e in machine.expressions if e.kind == TEXT and e.text == f"${name}")
            yield Finding(
                assignment.key,
                f"The variable `{name}` is assigned and never read.",
                cure="Take it away, or read it.",
                related=[Related(node, "a text, which is not evaluated") for node in texts],
            )


def _meant(here: Variables) -> set[str]:
    """Return the variables that are most likely meant where one is read that nothing assigns: `undefined-variable` says so."""
    budget = MAX_EFFORT
    out: set[str] = set()
    for name in dict.fromkeys(read.name for read in here.reads if not read.function and not here.assigned(read.name)):
        if budget > 0:
            budget -= effort(name, here.names())
            out.add(nearest(name, here.names()) or "")
    return out
