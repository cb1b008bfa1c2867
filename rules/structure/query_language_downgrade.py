"""ASL106."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.shape import DOWNGRADE
from asllint.rule import ERROR, Example, Finding, Related, Rule


class QueryLanguageDowngrade(Rule):
    """A state is set to JSONPath in a state machine that is set to JSONata.

    A state may override the query language of its state machine in one direction only: from JSONPath to JSONata
    (specification, "Query Languages"). AWS answers the other with "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata'
    for whole state machine", and does not judge the fields of such a state by their language.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    To keep states of both kinds, take `QueryLanguage` from the top and set it to `JSONata` on the states that use it. Or
    turn this state into JSONata.
    """

    code = "ASL106"
    name = "query-language-downgrade"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:query-language-downgrade",)

    invalid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "QueryLanguage": «"JSONPath"», "InputPath": "$.a", "End": true}
}}"""
        ),
    )
    valid = (
        Example(
            """{"QueryLanguage": "JSONPath", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": 1, "End": true}
}}""",
            title="the direction that is allowed",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the states that go back to JSONPath."""
        setting = machine.node.get("QueryLanguage")
        for mismatch in machine.mismatches:
            if mismatch.kind == DOWNGRADE:
                yield Finding(
                    mismatch.at,
                    "A state cannot go back to JSONPath where the state machine is set to JSONata: "
                    "AWS refuses the definition.",
                    cure="Set `JSONata` on the states that use it instead of at the top, or turn this state into JSONata.",
                    related=[Related(setting, "the state machine is set to JSONata")] if setting is not None else (),
                )
