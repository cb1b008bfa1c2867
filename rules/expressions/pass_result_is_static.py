"""ASL405."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.expressions import TEXT, Expression, looks_evaluated
from asllint.rule import WARNING, Example, Finding, Rule


class PassResultIsStatic(Rule):
    """The Result of a Pass state holds a path or an intrinsic function, and Result is never evaluated.

    `Result` is put out as it stands, keys that end in `.$` and all (specification, "Pass State"). AWS accepts it and gives
    the warning PASS_RESULT_IS_STATIC.

    ## Why it matters

    The states that follow get the text of the path.

    ## What to do

    Use `Parameters` instead of `Result`: it is a payload template, in which the value of a key that ends in `.$` is
    evaluated. To put out a part of the input, `InputPath` is enough.
    """

    code = "ASL405"
    name = "pass-result-is-static"
    severity = WARNING
    aws_code = "PASS_RESULT_IS_STATIC"
    concerns = ("expression:text",)
    precision = "high"

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Result": {"id.$": «"$.order.id"»}, "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Result": «"$.order"», "ResultPath": "$.copy", "End": true}',
            title="`InputPath` is meant",
        ),
    )
    valid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id.$": "$.order.id"}, "End": true}'),
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Result": {"price": "$5"}, "End": true}'),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        text, node = expression.text, expression.node
        if expression.kind != TEXT or expression.field != "Result" or not looks_evaluated(text):
            return
        parse = jsonpath.parse if text.startswith("$") else intrinsics.parse
        if parse(text, node.holes).root is not None:
            message = f"`{text}` is passed on as it stands: nothing in the `Result` of a Pass state is evaluated."
            cure = "Use `Parameters`, with `.$` behind the key, instead of `Result`."
            if expression.value is node and text.startswith("$"):
                cure = f'Write `"InputPath": "{text}"` instead of `Result`.'
            elif expression.key is None and expression.value is not node:
                cure = "Use `Parameters` instead of `Result`, with an array that `States.Array` makes."
            yield Finding(node, message, cure=cure)
