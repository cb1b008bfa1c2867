"""ASL403."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import Fault, intrinsics, jsonpath
from asllint.model import State
from asllint.model.expressions import TEMPLATE_PATH, Expression, no_strings
from asllint.rule import ERROR, WARNING, Example, Finding, Rule, finding_of
from asllint.source.node import ARRAY, BOOLEAN, NULL, OBJECT


class InvalidTemplatePath(Rule):
    """The value of a key that ends in .$ is neither a path nor an intrinsic function.

    In a payload template the suffix `.$` says that the value is to be evaluated: a JSONPath into the input, the context
    object (`$$`) or a variable (`$name`), or a call of an intrinsic function such as `States.Format` (specification,
    "Payload Template"). AWS answers "The value for the field '….$' must be a valid JSONPath or a valid intrinsic function
    call". A value that is no string is a warning: the specification allows none, and what AWS makes of one is not recorded.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    For a text that is meant as it stands take the `.$` off the key. For a call, write the function's name as it is listed
    (names are case-sensitive), texts in single quotes, and in them `\\'`, `\\{`, `\\}` and `\\\\` for these four characters.
    """

    code = "ASL403"
    name = "invalid-template-path"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("expression:template path",)

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"name.$": "«order.name»"}, "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id.$": "«States.Uuid»()"}, "End": true}',
            title="a function in the wrong letters",
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"limit.$": «10»}, "End": true}',
            title="a value that is no string: a warning",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {'
            '"name.$": "$.order.name", "run.$": "$$.Execution.Id", "text.$": "States.Format(\'{} of {}\', $.n, $.all)"}, "End": true}'
        ),
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"name.$": "${Path}"}, "End": true}'),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        node = expression.node
        if expression.kind != TEMPLATE_PATH or node.whole_placeholder:
            return
        for fault in _faults(expression):
            refused = fault.refused is True
            finding = finding_of(fault, node, severity=None if refused else WARNING, rejected_by_aws=refused)
            if not finding.cure and fault.kind == "not-a-call" and expression.key is not None:
                finding.cure = _cure(str(expression.key.value)[:-2], expression.text)
            yield finding

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look for values that are no strings."""
        for key, value in no_strings(state.machine).get(state, ()):
            name = str(key.value)
            yield Finding(
                value,
                f"`{name}` is evaluated, and {_KINDS.get(value.kind, f'`{value.value}`')} is neither a path nor the call of an "
                "intrinsic function: the specification allows nothing else.",
                cure=f"Write `{name[:-2]}` for a value that is meant as it stands." if len(name) > 2 else "",
                severity=WARNING,
                rejected_by_aws=False,
            )


def _cure(name: str, text: str) -> str:
    if text.startswith("{%"):
        return f'Write a path; or, with `"QueryLanguage": "JSONata"` on the state, `{name}` for the key.'
    return f"Write `{name}` for a text that is meant as it stands." if name else ""


_KINDS = {OBJECT: "an object", ARRAY: "an array", NULL: "null", BOOLEAN: "a boolean"}


def _faults(expression: Expression) -> Iterable[Fault]:
    text, holes = expression.text, expression.node.holes
    if text.lstrip().startswith("$"):
        parsed = jsonpath.parse(text, holes)
        return () if parsed.error is None else (parsed.error,)
    call = intrinsics.parse(text, holes)
    if call.error is not None:
        return (call.error,)
    return intrinsics.check(call.root) if call.root is not None else ()
