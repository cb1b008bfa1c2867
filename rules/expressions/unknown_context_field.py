"""ASL406."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.expressions import JSONATA_EXPRESSION, TEXT, Expression
from asllint.rule import ERROR, Example, Finding, Rule, fix_of


class UnknownContextField(Rule):
    """A path leads into the context object, to a field that it does not have.

    The context object `$$` holds `Execution`, `State`, `StateMachine`, in a task with a token `Task`, and inside a Map state
    `Map` (developer guide, "Accessing execution data from the Context object"). AWS accepts any path into it; an execution that evaluates one
    to a field that is not there fails with States.Runtime or States.ParameterPathFailure.

    ## Why it matters

    The mistake shows when the state runs, not when the definition is deployed.

    ## What to do

    Take the name from the table of the developer guide: for example `$$.Execution.Id`, `$$.Execution.Name`,
    `$$.State.EnteredTime`, `$$.Map.Item.Index`. Names are case-sensitive.
    """

    code = "ASL406"
    name = "unknown-context-field"
    severity = ERROR
    concerns = ("expression:context",)

    invalid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id.$": "$$.Execution.«ID»"}, "End": true}',
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {'
            '"text.$": "States.Format(\'{}\', $$.State.«Retries»)"}, "End": true}',
            title="in the arguments of a function",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {'
            '"id.$": "$$.Execution.Id", "order.$": "$$.Execution.Input.order.id", "all.$": "$$"}, "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        text, node = expression.text, expression.node
        if expression.kind in (TEXT, JSONATA_EXPRESSION) or "$$" not in text:
            return
        if text.startswith("$"):
            root = jsonpath.parse(text, node.holes).root
            found = [] if root is None else list(jsonpath.paths(root))
        else:
            call = intrinsics.parse(text, node.holes).root
            found = [] if call is None else list(intrinsics.paths(call))
        for path in found:
            fault = jsonpath.context_fault(path)
            if fault is not None:
                span, fix = node.span_in(fault.start, fault.end), fix_of(fault, node)
                yield Finding(span, fault.message, cure=fault.cure, anchor=node, fix=fix)
