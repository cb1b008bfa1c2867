"""ASL208."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.predicates import ALWAYS, Fact, analyse, shown
from asllint.rule import WARNING, Example, Finding, Related, Rule


class ChoiceAlwaysTrue(Rule):
    """A Choice rule, or a part of one, holds whatever the data is.

    The usual case is "not this or not that": every value differs from at least one of two, so that an `Or` of two `Not`
    always holds. (A comparison on a path that selects nothing fails the execution, and is not looked at here.) What a rule
    that always holds makes unreachable is shown with it. A JSONata condition that is the constant `true` is meant so, and
    is not reported.

    ## Why it matters

    The rule is taken each time, and no rule behind it, nor `Default`, ever is: the state chooses nothing.

    ## What to do

    To exclude several values, join the conditions with `And`, or put the `Not` around an `Or` of them.
    """

    code = "ASL208"
    name = "choice-always-true"
    severity = WARNING
    concerns = ("choice:always-true",)

    invalid = (
        Example(
            """{"Type": "Choice", "Default": "Done", "Choices": [
  {"Or": [{"Not": {"Variable": "$.status", "StringEquals": "Completed"}},
          {«"Not"»: {"Variable": "$.status", "StringEquals": "Failed"}}], "Next": "Wait"}
]}""",
            title="no status is both, so one of the two always holds",
        ),
        Example(
            """Type: Choice
QueryLanguage: JSONata
Default: Done
Choices:
  - Condition: "{% $exists($states.input.next) or «$not($exists($states.input.next))» %}"
    Next: Fetch
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Type": "Choice", "Default": "Done", "Choices": [
  {"And": [{"Not": {"Variable": "$.status", "StringEquals": "Completed"}},
           {"Not": {"Variable": "$.status", "StringEquals": "Failed"}}], "Next": "Wait"}
]}"""
        ),
        Example(
            """{"Type": "Choice", "QueryLanguage": "JSONata", "Choices": [
  {"Condition": "{% $states.input.n > 5 %}", "Next": "Many"},
  {"Condition": "{% true %}", "Next": "Few"}
]}""",
            title="a constant in place of `Default`",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what always holds."""
        for fact in analyse(machine).facts:
            if fact.kind == ALWAYS:
                yield _finding(fact)


def _finding(fact: Fact) -> Finding:
    this = f"`{shown(fact, fact.at)}`"
    if len(fact.others) == 1:
        message = f"Either {this} or `{shown(fact, fact.others[0])}` holds"
        message += f" for every value of `{fact.path}`" if fact.path else ", whatever the data is"
    elif fact.others:
        message = f"With {this} one of these conditions holds, whatever the data is"
    else:
        message = f"{this} holds whatever the data is"
    if not fact.whole:
        end = "this part of the rule tests nothing"
    elif fact.behind:
        end = "the rule is taken each time, and what stands behind it never"
    else:
        end = "the rule is taken each time"
    related = [Related(other, "the other condition") for other in fact.others[:5]]
    related += [Related(place, "never reached") for place in fact.behind[:5]]
    cure = "Join the conditions with `And` if all of them are meant." if fact.others else ""
    return Finding(fact.at, f"{message}: {end}.", cure=cure, anchor=fact.anchor, related=related)
