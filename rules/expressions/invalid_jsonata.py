"""ASL411."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr.jsonata_meaning import newer
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.rule import ERROR, WARNING, Example, Finding, Rule, finding_of


class InvalidJsonata(Rule):
    """A JSONata expression has a syntax error.

    AWS parses each expression when the state machine is created, and answers with INVALID_JSONATA_EXPRESSION and the words of
    the JSONata library. What the reference implementation takes is taken here, what it refuses is refused. Step Functions
    has version 2.0.6 (developer guide, "Transforming data with JSONata"): it refuses the operators `??` and `?:`, which came
    later (measured in September 2026).

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Mend the expression at the place shown. Texts stand in quotes, `=` compares, `&` joins texts, `and` and `or` are words,
    a field with other characters than letters, digits and `_` stands in backquotes.
    """

    code = "ASL411"
    name = "invalid-jsonata"
    severity = ERROR
    aws_code = "INVALID_JSONATA_EXPRESSION"
    rejected_by_aws = True
    concerns = ("expression:jsonata",)

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a =«=» 1 %}", "End": true}'),
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $sum(«»%}", "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a «??» 1 %}", "End": true}',
            title="an operator of a later version",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a = 1 ? \'one\' : \'more\' %}", "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a + ${Offset} %}", "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        found = jsonata(expression) if expression.kind == JSONATA_EXPRESSION else None
        if not isinstance(found, tuple):
            return
        (parsed, start), node = found, expression.node
        for fault in newer(parsed) if parsed.error is None else (parsed.error,):
            refused = fault.refused is True
            yield finding_of(fault, node, start, severity=None if refused else WARNING, rejected_by_aws=refused)
