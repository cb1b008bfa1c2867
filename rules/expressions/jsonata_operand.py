"""ASL414."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr.jsonata_meaning import check_operators
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.rule import ERROR, WARNING, Example, Finding, Rule, finding_of


class JsonataOperand(Rule):
    """An operator of JSONata is given a value that it does not take, such as a text that `+` should add.

    `+`, `-`, `*`, `/`, `%` and `..` take numbers only, and convert nothing: `'5' + 1` is an error. `<`, `<=`, `>` and `>=`
    take two numbers or two strings (JSONata, "Numeric operators", "Comparison operators"). `=`, `!=`, `in`, `and`, `or` and
    `&` take anything. AWS accepts the expression; the execution fails with States.QueryEvaluationError when it is evaluated.

    Judged is what the expression itself says: constants, constructed values, and the results of functions that give one
    kind. It is a warning where the operator is not evaluated each time, or may come to nothing because an operand is missing.
    Data that is of the wrong kind is the matter of `wrong-value-kind`.

    ## Why it matters

    Other languages join texts with `+`, or make a number of one that they compare. Here the mistake shows when the state runs.

    ## What to do

    Join texts with `&`, which makes a string of whatever it is given. Make a number of a text with `$number`, a time in
    milliseconds of a timestamp with `$toMillis`.
    """

    code = "ASL414"
    name = "jsonata-operand"
    severity = ERROR
    concerns = ("expression:jsonata",)

    invalid = (
        Example(
            """{"Type": "Pass", "QueryLanguage": "JSONata", "End": true, "Output": {
  "greeting": "{% 'Good day, ' «+» $states.input.name %}",
  "age": "{% $millis() - «$now()» %}"
}}""",
            title="a text, and a timestamp",
        ),
        Example(
            """Type: Choice
QueryLanguage: JSONata
Default: Few
Choices:
  - Condition: "{% $count($states.input.orders) «>» '100' %}"
    Next: Many
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Type": "Pass", "QueryLanguage": "JSONata", "End": true, "Output": {
  "greeting": "{% 'Good day, ' & $states.input.name %}",
  "age": "{% $millis() - $toMillis($states.context.Execution.StartTime) %}",
  "sum": "{% $states.input.a + $number($states.input.b) %}",
  "later": "{% $now() > $states.input.until %}"
}}"""
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        """Look at the operators of each expression."""
        found = jsonata(expression) if expression.kind == JSONATA_EXPRESSION else None
        if not isinstance(found, tuple):
            return
        (parsed, start), node = found, expression.node
        for fault in check_operators(parsed):
            yield finding_of(fault, node, start, severity=None if fault.certain else WARNING)
