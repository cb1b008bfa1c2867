"""ASL410."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr.jsonata import Complaint
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.rule import ERROR, Example, Finding, Fix, Rule

_NO_TEXT = frozenset({
    "Condition", "HeartbeatSeconds", "Items", "MaxConcurrency", "MaxInputBytesPerBatch", "MaxItems", "MaxItemsPerBatch",
    "Seconds", "TimeoutSeconds", "Timestamp", "ToleratedFailureCount", "ToleratedFailurePercentage",
})  # fmt: skip
"""Fields that take an expression, or something else that is no free text."""


class JsonataDelimiters(Rule):
    """A string has one delimiter of a JSONata expression and not the other, or white space around them.

    In a JSONata state a string is evaluated where it begins with `{%` and ends with `%}` (developer guide, "Writing JSONata
    expressions in JSON strings"). To one that begins so and does not end so AWS answers "JSONata string must start with {%
    and end with %}". White space around the delimiters makes the whole string plain text, without a word.

    ## Why it matters

    AWS refuses the definition, or the text of the expression is passed on instead of its value.

    ## What to do

    Write `{%` as the first two characters of the string and `%}` as the last two. One string is one expression: join
    texts with `&`.
    """

    code = "ASL410"
    name = "jsonata-delimiters"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("expression:jsonata",)

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "«{%» $states.input.id", "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "« »{% $states.input.id %}", "End": true}',
            title="a blank before it: a warning, since AWS takes it for text",
        ),
    )
    valid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.id %}", "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"text": "{% no JSONata here"}, "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        if expression.kind != JSONATA_EXPRESSION:
            return
        found, node = jsonata(expression), expression.node
        if not isinstance(found, Complaint) or node.holes:
            return
        span = node.span_in(found.start, found.end)
        refused = found.refused is True
        fix = None
        if found.kind == "jsonata-white-space":
            # elsewhere the text may be what is wanted, and is taken as it stands
            no_text = expression.value is node and expression.field in _NO_TEXT
            fix = Fix("Remove the white space", [(*span, "")], safe=refused or no_text)
        yield Finding(
            span,
            found.message,
            cure=found.cure,
            anchor=node,
            fix=fix,
            severity=None if refused else "warning",
            rejected_by_aws=refused,
        )
