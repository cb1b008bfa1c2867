"""ASL207."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.predicates import CONTRADICTION, Fact, analyse, shown
from asllint.rule import WARNING, Example, Finding, Related, Rule


class ChoiceContradiction(Rule):
    """A Choice rule, or a part of one, can never hold, whatever the data is.

    Conditions joined by `And` exclude each other: a value cannot equal two texts, be less than 5 and more than 10, or be
    missing and be compared. Each condition is read as the set of values for which it holds; what a path selects, and what
    placeholders or other paths stand for, can be anything. AWS accepts the definition.

    ## Why it matters

    The rule is never taken, and what it was written for goes another way: mostly to `Default`, without an error.

    ## What to do

    For one value of several join the conditions with `Or`, for a range turn the comparison that points the wrong way.
    """

    code = "ASL207"
    name = "choice-contradiction"
    severity = WARNING
    concerns = ("choice:contradiction",)

    invalid = (
        Example(
            """{"Type": "Choice", "Default": "Go on", "Choices": [
  {"And": [{"Variable": "$.status", "StringEquals": "FAILED"},
           {"Variable": "$.status", "StringEquals": «"STOPPED"»}], "Next": "Failed"},
  {"And": [{"Variable": "$.count", "NumericLessThan": 5},
           {"Variable": "$.count", "NumericGreaterThan": «10»}], "Next": "Outside"}
]}"""
        ),
        Example(
            """Type: Choice
QueryLanguage: JSONata
Default: Go on
Choices:
  - Condition: "{% $states.input.n < 0 and «$states.input.n > 100» %}"
    Next: Outside
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Type": "Choice", "Default": "Go on", "Choices": [
  {"Or": [{"Variable": "$.status", "StringEquals": "FAILED"},
          {"Variable": "$.status", "StringEquals": "STOPPED"}], "Next": "Failed"},
  {"And": [{"Variable": "$.count", "NumericGreaterThan": 5},
           {"Variable": "$.count", "NumericLessThan": 10}], "Next": "Between"}
]}"""
        ),
        Example(
            """{"Type": "Choice", "Default": "Go on", "Choices": [
  {"And": [{"Variable": "$.stage", "StringEquals": "${Stage}"},
           {"Variable": "$.stage", "StringEquals": "prod"}], "Next": "Deploy"}
]}""",
            title="the placeholder may be `prod`",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what can never hold."""
        for fact in analyse(machine).facts:
            if fact.kind == CONTRADICTION:
                yield _finding(fact)


def _finding(fact: Fact) -> Finding:
    this = f"`{shown(fact, fact.at)}`"
    end = "the rule is never taken" if fact.whole else "this part of the rule never holds"
    what = f"`{fact.path}`" if fact.path else "the data"
    if not fact.others:
        return Finding(fact.at, f"{this} holds for no value: {end}.", anchor=fact.anchor)
    if len(fact.others) == 1:
        message = f"{this} excludes `{shown(fact, fact.others[0])}`, which must hold as well: {end}."
        cure = "Join them with `Or` if one of them is enough." if not isinstance(fact.at, tuple) else ""
    else:
        message = f"{this} leaves no value of {what} that the conditions before it allow: {end}."
        cure = "Join those with `Or` of which one is enough."
    related = [Related(other, "what it excludes") for other in fact.others[:5]]
    return Finding(fact.at, message, cure=cure, anchor=fact.anchor, related=related)
