"""ASL402."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import jsonpath
from asllint.model.expressions import NODE_PATH, REFERENCE_PATH, Expression
from asllint.rule import ERROR, WARNING, Example, Finding, Rule

# In these AWS is recorded to refuse a path into the context object, as no reference path (floci issue 3733, measured
# 2026-09-16).
_NO_CONTEXT = (
    "MaxConcurrencyPath", "ToleratedFailurePercentagePath", "ToleratedFailureCountPath", "MaxItemsPath",
    "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath",
)  # fmt: skip

# In these it refuses an operator, in the first two as recorded: the others are told the same, "Value is not a Reference Path".
# In Variable only a text that is no path at all.
_REFUSED = ("ResultPath", "ItemsPath", *_NO_CONTEXT)


class NotAReferencePath(Rule):
    """A path can select several values where only one field or item can be named.

    `ResultPath`, `ItemsPath` and the `Variable` of a Choice rule take a reference path: a path without `..`, `*`, filters
    `[?(…)]`, slices `[0:2]` and lists `[0,1]` (specification, "Reference Paths"). AWS answers "Value is not a Reference
    Path"; to a text that does not begin with `$`: "Reference path didn't start with '$'".

    In `Variable`, in the comparisons with a path, and in fields such as `SecondsPath`, AWS is not recorded to look at the
    operators: there the finding is a warning.

    The paths of a Map state that give a number, such as `MaxConcurrencyPath`, take one too, and cannot lead into the context
    object `$$` either: AWS answers the same. A `ResultPath` says where to write: nothing is written into the context object
    (specification, "Context Object"), and variables are written by `Assign`. What AWS makes of such a one is not recorded: a
    warning.

    ## Why it matters

    AWS refuses the definition: it cannot know where to write a result, or which value to compare.

    ## What to do

    Name the one field or item. Select with a filter before, in the `InputPath` or `OutputPath` of a state.
    """

    code = "ASL402"
    name = "not-a-reference-path"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("expression:reference path", "expression:node path", "expression:context", "expression:variable")

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "ResultPath": "$.orders«[*]».total", "End": true}'),
        Example(
            '{"Type": "Choice", "QueryLanguage": "JSONPath", "Choices": [{"Variable": "«order.id»", "IsNull": true, "Next": "A"}]}',
            title="no path at all",
        ),
        Example(
            '{"Type": "Wait", "QueryLanguage": "JSONPath", "SecondsPath": "$«..»wait", "End": true}',
            title="a warning, since AWS is not recorded to refuse it",
        ),
        Example(
            '{"Type": "Map", "QueryLanguage": "JSONPath", "MaxConcurrencyPath": "«$$».Execution.Input.n", '
            '"ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, "End": true}',
            title="the context object where a number is due",
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Result": 1, "ResultPath": "«$count»", "End": true}',
            title="a variable where a field is due: a warning",
        ),
    )
    valid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "InputPath": "$$.Execution.Input", "End": true}'),
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "ResultPath": "$[\'order id\'].items[0]", "End": true}'),
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "ResultPath": "$.${Field}", "End": true}'),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        node = expression.node
        if expression.kind not in (REFERENCE_PATH, NODE_PATH) or node.whole_placeholder:
            return
        parsed = jsonpath.parse(expression.text, node.holes)
        if parsed.root is not None and parsed.root.root == jsonpath.CONTEXT and expression.field in _NO_CONTEXT:
            message = (
                f"`{expression.field}` takes a reference path into the input or a variable, not the context object."
            )
            cure = "Put the value into the input or a variable in a state before."
            yield Finding(node.span_in(parsed.root.start, parsed.root.root_end), message, cure=cure, anchor=node)
            return
        if parsed.root is not None and expression.field == "ResultPath" and parsed.root.root in _NOT_WRITTEN:
            what, cure = _NOT_WRITTEN[parsed.root.root]
            yield Finding(
                node.span_in(parsed.root.start, parsed.root.root_end),
                f"`ResultPath` names a place in the input, and this is {what}: AWS may refuse it.",
                cure=cure.format(name=parsed.root.variable),
                anchor=node,
                severity=WARNING,
                rejected_by_aws=False,
            )
            return
        if parsed.root is not None:
            fault = jsonpath.reference_fault(parsed.root)
            sure = expression.field in _REFUSED
        elif expression.kind == REFERENCE_PATH:
            fault, sure = parsed.error, True
        else:
            return  # invalid-path speaks of it
        if fault is None:
            return
        refused = sure and fault.refused is True
        end = ", and AWS refuses any other" if refused else ""
        writes = expression.field == "ResultPath" and parsed.root is not None
        yield Finding(
            node.span_in(fault.start, fault.end),
            f"{fault.message} `{expression.field}` takes a reference path{end}.",
            cure="Name the one field or item to write to." if writes else fault.cure,
            anchor=node,
            severity=None if refused else WARNING,
            rejected_by_aws=refused,
        )


_NOT_WRITTEN = {
    jsonpath.CONTEXT: ("the context object, which can only be read", "Begin it with `$.`."),
    jsonpath.VARIABLE: ("a variable", "Write `$.{name}` for a field, or assign the variable in `Assign`."),
}
