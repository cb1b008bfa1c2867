"""ASL406."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from asllint.expr import intrinsics, jsonpath, near
from asllint.model.expressions import JSONATA_EXPRESSION, TEXT, Expression, jsonata
from asllint.model.machine import ChoiceState
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule, finding_of


class UnknownContextField(Rule):
    """A path leads into the context object, to a field that it does not have.

    The context object, `$$` or in JSONata `$states.context`, holds `Execution`, `State`, `StateMachine`, in a task with
    a token `Task`, and inside a Map state `Map` (developer guide, "Accessing execution data from the Context object").
    AWS accepts any path into it; an execution that evaluates one to a field that is not there fails with States.Runtime
    or States.ParameterPathFailure. In JSONata such a path gives nothing: the state fails where nothing else comes of
    the expression, so there it is a warning; what `$exists`, the condition of `? :` or `IsPresent` asks for is no finding.

    ## Why it matters

    The mistake shows when the state runs, not when the definition is deployed.

    ## What to do

    Take the name from the table of the developer guide: for example `$$.Execution.Id`, `$$.Execution.Name`,
    `$$.State.EnteredTime`, `$$.Map.Item.Index`, in JSONata `$states.context.Execution.Id`. Names are case-sensitive.
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
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% \'run \' & $states.context.Execution.«ID» %}", "End": true}',
            title="in JSONata",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {'
            '"id.$": "$$.Execution.Id", "order.$": "$$.Execution.Input.order.id", "all.$": "$$"}, "End": true}'
        ),
        Example(
            """{"Type": "Choice", "QueryLanguage": "JSONPath", "Default": "Go", "Choices": [{"And": [
  {"Variable": "$$.Execution.Origin", "IsPresent": true},
  {"Variable": "$$.Execution.Origin", "StringEquals": "test"}], "Next": "Stop"}]}""",
            title="asked for before it is read",
        ),
        Example(
            """Type: Pass
QueryLanguage: JSONata
Output:
  name: "{% $states.context.Execution.Name & $states.context.Execution.Input.order[0].id %}"
  fresh: "{% $exists($states.context.Execution.Fresh) ? $states.context.Execution.Id : '' %}"
End: true
""",
            language="yaml",
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        text, node = expression.text, expression.node
        if expression.kind == JSONATA_EXPRESSION:
            yield from _in_jsonata(expression)
            return
        if expression.kind == TEXT or "$$" not in text or expression.field == "ResultPath":
            return  # nothing is read by a ResultPath
        if isinstance(expression.state, ChoiceState) and text in _asked(expression.state):
            return
        for path in intrinsics.paths_in(text, node.holes) or ():
            fault = jsonpath.context_fault(path)
            if fault is not None:
                yield finding_of(fault, node)


@lru_cache(maxsize=1)
def _asked(state: ChoiceState) -> set[str]:
    """Return the paths of which a Choice state asks whether they lead to something: that does not fail where they do not."""
    rules = [rule for top in state.choices for rule in top.walk() if rule.node.get("IsPresent") is not None]
    return {str(rule.variable.value) for rule in rules if rule.variable is not None}


def _in_jsonata(expression: Expression) -> Iterable[Finding]:
    node = expression.node
    found = jsonata(expression) if "context" in expression.text else None
    if not isinstance(found, tuple):
        return
    from asllint.expr import jsonata_meaning as meaning

    parsed, start = found
    here = meaning.found(parsed)
    for read in here.references:
        if read.kind != meaning.STATES or read.name != "context" or here.asks(read):
            continue
        fields: object = jsonpath.CONTEXT_FIELDS
        names = "$states.context"
        for step, name in zip(read.steps[1:], read.path[1:], strict=True):
            if not isinstance(fields, dict) or not isinstance(name, str):
                break
            if name not in fields:
                known = near(name, fields)
                listed = ", ".join(f"`{field}`" for field in fields)
                span = node.span_in(start + step.start, start + step.end)
                yield Finding(
                    span,
                    f"The context object has no field `{names}.{name}`: it gives nothing here.",
                    cure=f"Did you mean `{names}.{known}`?" if known else f"Its fields there are {listed}.",
                    anchor=node,
                    fix=Fix(f"Write `{known}`", [(*span, known)], safe=False) if known and not step.style else None,
                    severity=WARNING,
                )
                break
            names, fields = f"{names}.{name}", fields[name]
