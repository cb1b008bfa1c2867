"""ASL401."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.expressions import NODE_PATH, PATH, PATH_OR_INTRINSIC, Expression
from asllint.rule import ERROR, WARNING, Example, Finding, Rule, fix_of


class InvalidPath(Rule):
    """A field whose name ends in Path holds a text that is no JSONPath.

    A path begins with `$` (the input of the state), `$$` (the context object) or `$name` (a variable), and goes on with
    `.name`, `['name']`, `[0]` and the like (specification, "Paths"). AWS answers anything else in `InputPath`, `OutputPath`
    and their kin with "Value must be a valid JSONPath." `ErrorPath` and `CausePath` take an intrinsic function as well: of one
    that does not exist or has the wrong arguments no answer is recorded, so that is a warning. Whether it gives a text is the
    matter of `wrong-value-kind`.

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
        Example(
            '{"Type": "Fail", "CausePath": "«States.format»(\'{}\', $.id)", "QueryLanguage": "JSONPath"}',
            title="no function of that name: a warning",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "OutputPath": "$.orders[?(@.open == true)]", "QueryLanguage": "JSONPath", "End": true}'
        ),
        Example('{"Type": "Fail", "CausePath": "States.Format(\'{} failed\', $.id)", "QueryLanguage": "JSONPath"}'),
        Example('{"Type": "Pass", "OutputPath": "${Path}", "QueryLanguage": "JSONPath", "End": true}'),
        Example('{"Type": "Pass", "OutputPath": null, "QueryLanguage": "JSONPath", "End": true}'),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        if expression.kind not in (PATH, NODE_PATH, PATH_OR_INTRINSIC) or expression.node.whole_placeholder:
            return
        text, node, call = expression.text, expression.node, None
        if expression.kind == PATH_OR_INTRINSIC and text.startswith("States."):
            call = intrinsics.parse(text, node.holes)
            faults = intrinsics.check(call.root) if call.root is not None else [call.error]
            takes = "a JSONPath or the call of an intrinsic function"
        else:
            faults = [jsonpath.parse(text, node.holes).error]
            takes = "a JSONPath"
        for fault in faults:
            if fault is None:
                continue
            # of what is wrong inside of a call AWS's answer is recorded for payload templates alone
            refused = fault.refused is True and (call is None or call.root is None)
            yield Finding(
                node.span_in(fault.start, fault.end),
                f"{fault.message} `{expression.field}` takes {takes}.",
                cure=fault.cure,
                anchor=node,
                fix=fix_of(fault, node),
                severity=None if refused else WARNING,
                rejected_by_aws=refused,
            )
