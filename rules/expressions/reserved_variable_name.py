"""ASL421."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import State
from asllint.model.variables import RESERVED, keys
from asllint.rule import ERROR, Example, Finding, Rule


class ReservedVariableName(Rule):
    """An Assign sets the variable `states`, which Step Functions keeps for itself.

    `$states` holds the input, result, error output and context object of a JSONata state, and the name is reserved in both
    query languages (specification, "State Machine Variables"). AWS answers "Cannot assign to reserved variable '$states'."

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Choose another name.
    """

    code = "ASL421"
    name = "reserved-variable-name"
    severity = ERROR
    aws_code = "RESERVED_VARIABLE_NAME"
    rejected_by_aws = True
    concerns = ("Assign",)

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {«"states"»: {"input": 1}}, "End": true}'),
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Assign": {«"states.$"»: "$.states"}, "End": true}'),
    )
    valid = (Example('{"Type": "Pass", "Assign": {"States": 1, "state": 2, "a": {"states": 3}}, "End": true}'),)

    def check_state(self, state: State) -> Iterable[Finding]:
        for key, name in keys(state):
            if name == RESERVED:
                message = "`states` is reserved for Step Functions' own `$states`: AWS refuses the definition."
                yield Finding(key, message, cure="Choose another name.")
