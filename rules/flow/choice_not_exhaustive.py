"""ASL210."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from asllint.model import State, StateMachine
from asllint.model.predicates import GAP, Fact, analyse, covered_not
from asllint.rule import NOTE, WARNING, Example, Finding, Rule


class ChoiceNotExhaustive(Rule):
    """A Choice state without Default leaves out values that its rules ask about.

    Where no rule holds and there is no `Default`, the state fails with `States.NoChoiceMatched` (specification, "Choice
    State"); a Choice state has no `Catch` that could take it. Reported are states whose rules all ask about one value: the
    other boolean, the numbers between two ranges or at the border of them, a field that may be missing. It is a note where
    the rules name single strings or numbers: another one may be impossible, and the error wanted.

    Not reported are values of a kind that the rules do not ask about, numbers below 0 where the rules begin at 0, and what is
    between two whole numbers.

    ## Why it matters

    The execution fails with the first value that nobody thought of: a new status of a service, the number on the border.

    ## What to do

    Add a `Default`; to a Fail state with an `Error` and a `Cause` that say what was unexpected, if it is an error. AWS
    recommends one for every Choice state.
    """

    code = "ASL210"
    name = "choice-not-exhaustive"
    severity = WARNING
    concerns = ("choice:not-exhaustive",)

    invalid = (
        Example(
            """{"StartAt": "Large?", "States": {
  «"Large?"»: {"Type": "Choice", "Choices": [
    {"Variable": "$.size", "NumericLessThan": 100, "Next": "Small"},
    {"Variable": "$.size", "NumericGreaterThan": 100, "Next": "Big"}]},
  "Small": {"Type": "Pass", "End": true},
  "Big": {"Type": "Pass", "Next": "Approved?"},
  «"Approved?"»: {"Type": "Choice", "Choices": [{"Variable": "$.approved", "BooleanEquals": true, "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="exactly 100, and not approved",
        ),
        Example(
            """StartAt: Which
States:
  «Which»:
    Type: Choice
    Choices:
      - {Variable: $.method, StringEquals: GET, Next: Read}
      - {Variable: $.method, StringEquals: PUT, Next: Write}
  Read: {Type: Succeed}
  Write: {Type: Succeed}
""",
            language="yaml",
            title="any other method: a note",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Large?", "States": {
  "Large?": {"Type": "Choice", "Choices": [
    {"Variable": "$.size", "NumericLessThan": 100, "Next": "Small"},
    {"Variable": "$.size", "NumericGreaterThanEquals": 100, "Next": "Big"}]},
  "Small": {"Type": "Succeed"},
  "Big": {"Type": "Pass", "Next": "Approved?"},
  "Approved?": {"Type": "Choice", "Default": "Rejected", "Choices": [
    {"Variable": "$.approved", "BooleanEquals": true, "Next": "Small"}]},
  "Rejected": {"Type": "Fail", "Error": "Rejected", "Cause": "It was not approved."}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the gaps, but for those that `status-not-handled` names value by value."""
        named = _named(machine) if "output:not-handled" in machine.features else ()
        for fact in analyse(machine).facts:
            if fact.kind == GAP and not (fact.listed and fact.state in named):
                yield _finding(fact)


def _named(machine: StateMachine) -> Collection[State]:
    """Return the Choice states of which it is known what values of a status are left out."""
    from asllint.model.results import NOT_HANDLED, facts

    return {fact.problem.state for fact in facts(machine) if fact.kind == NOT_HANDLED and not fact.back}


def _finding(fact: Fact) -> Finding:
    left = covered_not(fact.values)
    message = (
        f"No rule of `{fact.state.name}` holds where `{fact.path}` is {left}, and there is no `Default`: "
        "the execution fails there with `States.NoChoiceMatched`."
    )
    return Finding(
        fact.at,
        message,
        cure="Add a `Default`.",
        anchor=fact.state.node,
        severity=NOTE if fact.listed else WARNING,
    )
