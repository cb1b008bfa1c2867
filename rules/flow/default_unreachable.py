"""ASL211."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.machine import DEFAULT
from asllint.model.predicates import DEFAULT_UNREACHABLE, Fact, analyse
from asllint.rule import WARNING, Example, Finding, Related, Rule


class DefaultUnreachable(Rule):
    """The Default of a Choice state is never taken: one of the rules always holds.

    The rules together cover whatever the data can be: a condition and its `Not`, `IsPresent` true and false, a JSONata
    condition that is the constant `true`; or a rule fails where none holds, as an order of a text and a number does in
    JSONata. In JSONPath ranges of numbers alone do not cover everything: a text in their place goes to `Default`. That
    one rule always holds by itself is reported by `choice-always-true`.

    Nothing is said of a `Default` that leads to a Fail state, which is a guard against data that was not thought of, or to a
    state that something else leads to, so that nothing is lost.

    ## Why it matters

    The state that `Default` names does not run for what it was written for, and a reader takes it for a way that there is.

    ## What to do

    Delete the `Default`, or in its place the last rule, if the two ways are all there are; else correct the rules.
    """

    code = "ASL211"
    name = "default-unreachable"
    severity = WARNING
    concerns = ("choice:default-unreachable",)

    invalid = (
        Example(
            """{"Type": "Choice", "Default": «"Ask"», "Choices": [
  {"Variable": "$.token", "IsPresent": true, "Next": "Go on"},
  {"Variable": "$.token", "IsPresent": false, "Next": "Start"}
]}"""
        ),
        Example(
            """Type: Choice
QueryLanguage: JSONata
Default: «Ask»
Choices:
  - {Condition: "{% $states.input.ok %}", Next: Go on}
  - {Condition: true, Next: Wait}
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Type": "Choice", "Default": "Failed", "Choices": [
  {"Variable": "$.ok", "BooleanEquals": true, "Next": "Go on"},
  {"Variable": "$.ok", "BooleanEquals": false, "Next": "Start"}
]}""",
            title="it may be no boolean",
        ),
        Example(
            """{"StartAt": "Token?", "States": {
  "Token?": {"Type": "Choice", "Default": "Failed", "Choices": [
    {"Variable": "$.token", "IsPresent": true, "Next": "Done"},
    {"Variable": "$.token", "IsPresent": false, "Next": "Start"}]},
  "Start": {"Type": "Pass", "Next": "Done"}, "Done": {"Type": "Succeed"}, "Failed": {"Type": "Fail"}
}}""",
            title="a guard",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the Defaults that are never taken."""
        for fact in analyse(machine).facts:
            if fact.kind == DEFAULT_UNREACHABLE and not _harmless(fact):
                yield _finding(fact)


def _harmless(fact: Fact) -> bool:
    """Whether the Default leads to a Fail state, or to a state that is reached by other ways, too."""
    name = fact.state.default.text if fact.state.default is not None else ""
    if any(rule.next is not None and rule.next.text == name for rule in fact.state.choices):
        return True
    default = next((t for t in fact.state.transitions if t.kind == DEFAULT), None)
    targets = default.targets if default is not None else ()
    incoming = fact.state.scope.graph.incoming
    return any(target.type == "Fail" or len(incoming.get(target, ())) > 1 for target in targets)


def _finding(fact: Fact) -> Finding:
    name = fact.state.default.text if fact.state.default is not None else ""
    few = len(fact.others) <= 3
    message = f"`Default` never leads to `{name}`: with any data a rule of `{fact.state.name}` holds, or fails."
    return Finding(
        fact.at,
        message,
        cure="Delete it, or the last rule in its place." if few else "Delete it.",
        related=[Related(other, "holds, or leaves the rest to the others") for other in fact.others] if few else (),
    )
