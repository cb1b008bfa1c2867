"""ASL209."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.predicates import SHADOWED, Fact, analyse, shown
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule


class ChoiceShadowed(Rule):
    """A Choice rule is never taken: all that it would take is taken by rules before it.

    The rules are tried in their order, and the first that holds is taken (specification, "Choice State"). A rule behind a
    wider one, a second rule with the same condition, or one that several before it cover together is never reached; nor is
    `IsPresent` false behind a comparison of the same path, which fails where nothing is there. Two rules with the same
    condition are found also where what they compare with is not known. It is a note where the rules lead to the same state,
    so that nothing is lost.

    ## Why it matters

    The state that the rule leads to does not run for what it was written for. The special case behind the general one is the
    usual form: `NumericGreaterThan` 10 before `NumericGreaterThan` 100.

    ## What to do

    Put the narrower rule first, correct the value that was copied, or delete the rule.
    """

    code = "ASL209"
    name = "choice-shadowed"
    severity = WARNING
    concerns = ("choice:shadowed",)

    invalid = (
        Example(
            """{"Type": "Choice", "Default": "Few", "Choices": [
  {"Variable": "$.count", "NumericGreaterThan": 10, "Next": "Many"},
  {"Variable": "$.count", "NumericGreaterThan": «100», "Next": "Very many"},
  {"Variable": "$.status", "StringEquals": "FAILED", "Next": "Failed"},
  {"Variable": "$['status']", "StringEquals": «"FAILED"», "Next": "Stopped"}
]}"""
        ),
        Example(
            """Type: Choice
Default: Other
Choices:
  - {Variable: $.key, StringMatches: "incoming/*", Next: Load}
  - {Variable: $.key, StringMatches: «"incoming/*.csv"», Next: Load CSV}
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Type": "Choice", "Default": "Few", "Choices": [
  {"Variable": "$.count", "NumericGreaterThan": 100, "Next": "Very many"},
  {"Variable": "$.count", "NumericGreaterThan": 10, "Next": "Many"}
]}"""
        ),
        Example(
            """{"Type": "Choice", "Default": "Other", "Choices": [
  {"Variable": "$.stage", "StringEquals": "${First}", "Next": "One"},
  {"Variable": "$.stage", "StringEquals": "${Second}", "Next": "Two"}
]}""",
            title="two placeholders",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the rules that are never reached."""
        for fact in analyse(machine).facts:
            if fact.kind == SHADOWED:
                yield _finding(fact)


def _finding(fact: Fact) -> Finding:
    this = f"`{shown(fact, fact.at)}`"
    if fact.fails:
        other = shown(fact, fact.others[0])
        return Finding(
            fact.at,
            f"The rule with {this} is never taken: where it would hold, `{other}` before it fails the execution.",
            cure="Put it before that.",
            anchor=fact.anchor,
            related=[Related(fact.others[0], "fails before")],
        )
    what = f" of `{fact.path}`" if fact.path else ""
    same = False
    if len(fact.others) == 1:
        other = shown(fact, fact.others[0])
        same = f"`{other}`" == this
        before = "a rule before it asks the same" if same else f"all that it takes{what}, `{other}` takes before it"
    else:
        before = f"all that it takes{what}, the rules before it take"
    message = f"The rule with {this} is never taken: {before}."
    cure = "Delete it." if fact.alike else "Put the narrower rule first, or correct the value."
    if same and not fact.alike:
        cure = "Correct one of the two, or delete this one."
    related = [Related(other, "takes it before") for other in fact.others[:5]]
    return Finding(
        fact.at, message, cure=cure, anchor=fact.anchor, related=related, severity=NOTE if fact.alike else WARNING
    )
