"""ASL412."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr.jsonata_meaning import unsupported
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, has_error_output, has_result, jsonata
from asllint.rule import ERROR, WARNING, Example, Finding, Rule, finding_of


class UnsupportedJsonataReference(Rule):
    """An expression reads `$`, `$$`, a bare field, or a field of `$states` that does not exist there.

    JSONata elsewhere evaluates an expression on an input document. Step Functions gives none: what a state knows is in
    `$states` (`input`, `context`; `result` in Assign and Output of Task, Parallel and Map states; `errorOutput` in
    those of a Catcher) and in variables. AWS looks for names that are read at the top level of the expression, and
    answers "Reference to 'name' at the top level is not supported." or "Field '$states.errorOutput' does not exist."
    Inside a predicate, a step behind a path, a sort, a grouping or a transform there is a context, and the names are
    good, all but `$$` (measured in September 2026). The body of a function has none of its own: there the parameters are
    named, `$x.id`. Of a field that `$states` has nowhere, one measurement says that it is refused and another that it is
    not: that is a warning.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Begin with `$states.input`: `$states.input.order.id`. Text stands in quotes.
    """

    code = "ASL412"
    name = "unsupported-jsonata-reference"
    severity = ERROR
    aws_code = "UNSUPPORTED_JSONATA_EXPRESSION"
    rejected_by_aws = True
    concerns = ("expression:jsonata",)

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% «order».id %}", "End": true}'),
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% «$».id %}", "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% «$states.errorOutput».Cause %}", "End": true}',
            title="outside a Catcher",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.orders[open].id %}", "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $map($states.input.orders, function($o) { $o.id }) %}", "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        found = jsonata(expression) if expression.kind == JSONATA_EXPRESSION else None
        if not isinstance(found, tuple):
            return
        (parsed, start), node = found, expression.node
        for fault in unsupported(
            parsed, has_result=has_result(expression), has_error_output=has_error_output(expression)
        ):
            refused = fault.refused is True
            yield finding_of(fault, node, start, severity=None if refused else WARNING, rejected_by_aws=refused)
