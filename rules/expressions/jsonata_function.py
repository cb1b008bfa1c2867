"""ASL413."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr.jsonata_meaning import check_calls
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.rule import ERROR, WARNING, Example, Finding, Rule, finding_of


class JsonataFunction(Rule):
    """A JSONata function is called that does not exist, or with arguments that it does not take.

    Step Functions has the functions of JSONata without `$eval`, and adds `$partition`, `$range`, `$hash`, `$random`,
    `$uuid` and `$parse` (developer guide, "JSONata functions provided by Step Functions"). AWS accepts any call; the
    execution fails with States.QueryEvaluationError when it is made. A call that is not made in every evaluation is a
    warning.

    ## Why it matters

    The mistake shows when the state runs, not when the definition is deployed.

    ## What to do

    Take the name and the arguments from the documentation of the function.
    """

    code = "ASL413"
    name = "jsonata-function"
    severity = ERROR
    concerns = ("expression:jsonata",)

    invalid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% «$upperCase»($states.input.id) %}", "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% «$eval»(\'1 + 1\') %}", "End": true}',
            title="not in Step Functions",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $uppercase($states.input.id) %}", "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $twice := function($x) { $x * 2 } %}", "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        found = jsonata(expression) if expression.kind == JSONATA_EXPRESSION else None
        if not isinstance(found, tuple):
            return
        (parsed, start), node = found, expression.node
        for fault in check_calls(parsed):
            yield finding_of(fault, node, start, severity=None if fault.certain else WARNING)
