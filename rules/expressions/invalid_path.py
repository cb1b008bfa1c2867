"""ASL401."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.expressions import NODE_PATH, PATH, PATH_OR_INTRINSIC, Expression
from asllint.rule import ERROR, Example, Finding, Rule, fix_of


class InvalidPath(Rule):
    """A field whose name ends in Path holds a text that is no JSONPath.

    A path begins with `$` (the input of the state), `$$` (the context object) or `$name` (a variable), and goes on with
    `.name`, `['name']`, `[0]` and the like (specification, "Paths"). AWS answers anything else in `InputPath`, `OutputPath`
    and their kin with "Value must be a valid JSONPath." `ErrorPath` and `CausePath` take an intrinsic function as well.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Begin with `$.`, and write a name with other characters than letters, digits, `_` and `-` in brackets:
    `$['order id']`.
    """

    code = "ASL401"
    name = "invalid-path"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("expression:path", "expression:node path", "expression:path or intrinsic")

    invalid = (
        Example('{"Type": "Pass", "OutputPath": "«order.id»", "QueryLanguage": "JSONPath", "End": true}'),
        Example(
            '{"Type": "Wait", "SecondsPath": "$.a«[»", "QueryLanguage": "JSONPath", "End": true}',
            title="a bracket is open",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "OutputPath": "$.orders[?(@.open == true)]", "QueryLanguage": "JSONPath", "End": true}'
        ),
        Example('{"Type": "Pass", "OutputPath": "${Path}", "QueryLanguage": "JSONPath", "End": true}'),
        Example('{"Type": "Pass", "OutputPath": null, "QueryLanguage": "JSONPath", "End": true}'),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        if expression.kind not in (PATH, NODE_PATH, PATH_OR_INTRINSIC) or expression.node.whole_placeholder:
            return
        text = expression.text
        if expression.kind == PATH_OR_INTRINSIC and text.startswith("States."):
            fault = intrinsics.parse(text, expression.node.holes).error
        else:
            fault = jsonpath.parse(text, expression.node.holes).error
        if fault is not None:
            start, end = expression.node.span_in(fault.start, fault.end)
            message = f"{fault.message} `{expression.field}` takes a JSONPath."
            fix = fix_of(fault, expression.node)
            yield Finding((start, end), message, cure=fault.cure, anchor=expression.node, fix=fix)
