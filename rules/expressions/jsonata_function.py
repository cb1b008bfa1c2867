"""ASL413."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr.jsonata import ARRAY, BIND, BLOCK, CONDITION, LAMBDA, OBJECT, PARTIAL, VARIABLE, Node, Parsed
from asllint.expr.jsonata_functions import FUNCTIONS
from asllint.expr.jsonata_meaning import check_calls, names_bound, variables_called
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.model.variables import NEVER, Read, variables
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Related, Rule, finding_of

_ANY_VALUE = ("Arguments", "Assign", "BatchInput", "ItemSelector", "Output")
"""Fields that take a value of any kind; what others take, and that a function is none of it, is looked at elsewhere."""


class JsonataFunction(Rule):
    """A JSONata function does not exist, is not called, or with arguments that it does not take.

    Step Functions has the functions of JSONata without `$eval`, and adds `$partition`, `$range`, `$hash`, `$random`,
    `$uuid` and `$parse` (developer guide, "JSONata functions provided by Step Functions"). AWS accepts any call; the
    execution fails with States.QueryEvaluationError when it is made. A call that is not made in every evaluation is a
    warning. `$parse`, `$hash` and `$range` with too few arguments do not fail, they give nothing (measured in September 2026): the
    field fails where that is the whole expression, and elsewhere it is a warning.

    It fails too where an expression gives the function itself, alone or in an object or array, as `$now` without brackets does
    ("returned an unsupported result type"), and where a variable of the same name is there: `count` hides `$count` ("Attempted
    to invoke a non-function"; both measured). The second is a warning, since a variable may be there on some ways only.

    ## Why it matters

    The mistake shows when the state runs, not when the definition is deployed.

    ## What to do

    Take the name and the arguments from the documentation of the function.
    """

    code = "ASL413"
    name = "jsonata-function"
    severity = ERROR
    concerns = ("expression:jsonata",)

    invalid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% «$upperCase»($states.input.id) %}", "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% «$eval»(\'1 + 1\') %}", "End": true}',
            title="not in Step Functions",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "Output": {"at": "{% «$now» %}"}, "End": true}}}""",
            title="without brackets it is the function itself",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "Assign": {"count": 1}, "Next": "B"},
  "B": {"Type": "Pass", "Output": "{% $count + «$count»($states.input.orders) %}", "End": true}}}""",
            title="the variable hides the function",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $uppercase($states.input.id) %}", "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% ($twice := function($x) { $x * 2 }; $twice(4)) %}", "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        found = jsonata(expression) if expression.kind == JSONATA_EXPRESSION else None
        if not isinstance(found, tuple):
            return
        (parsed, start), node = found, expression.node
        for fault in check_calls(parsed):
            yield finding_of(fault, node, start, severity=None if fault.certain else WARNING)
        yield from _hidden(expression, parsed, start)
        if expression.field not in _ANY_VALUE or parsed.root is None:
            return
        bound = names_bound(parsed)
        for value, sure in _values(parsed.root):
            fix = None
            if value.kind != VARIABLE:
                message = "The expression gives a function, which is no value of JSON."
                cure = "Call it, and give what it returns."
            elif (name := str(value.value)) in FUNCTIONS and name not in bound and _no_variable(expression, name):
                message = f"`${name}` without brackets is the function itself, which is no value of JSON."
                alone = name in ("millis", "now", "random", "uuid")
                cure = f"Write `${name}()`." if alone else f"Call it: `${name}(…)`."
                if alone:
                    end = node.span_in(start + value.start, start + value.end)[1]
                    fix = Fix(f"Write `${name}()`", [(end, end, "()")], safe=False)
            else:
                continue
            span = node.span_in(start + value.start, start + value.end)
            yield Finding(span, message, cure=cure, anchor=node, severity=None if sure else WARNING, fix=fix)


def _hidden(expression: Expression, parsed: Parsed, start: int) -> Iterable[Finding]:
    """Find the calls of a function whose name is that of a variable which is there."""
    node, machine = expression.node, expression.state.machine
    if "Assign" not in machine.features:
        return
    here = variables(machine)
    for call in variables_called(parsed):
        if call.name not in FUNCTIONS or not (places := here.assigned(call.name)):
            continue
        missing = here.missing(Read(call.name, expression, start + call.start, start + call.end))
        if missing == NEVER:
            continue
        yield Finding(
            node.span_in(start + call.start, start + call.end),
            f"`${call.name}` is the variable here, which hides the function of this name.",
            cure="Give the variable another name.",
            anchor=node,
            related=[Related(places[0].key, f"`{call.name}` is assigned here")],
            severity=WARNING,
        )


def _no_variable(expression: Expression, name: str) -> bool:
    """Whether no state assigns a variable of a name."""
    here = variables(expression.state.machine)
    return here.all_assigned and not here.assigned(name)


def _values(root: Node) -> Iterable[tuple[Node, bool]]:
    """Yield the parts of what an expression gives that may be functions, and whether it always gives them."""
    stack = [(root, True)]
    while stack:
        node, sure = stack.pop()
        if node.kind in (BLOCK, BIND) and node.children:
            stack.append((node.children[-1], sure))
        elif node.kind == CONDITION:
            stack += [(child, False) for child in node.children[1:]]
        elif node.kind == ARRAY:
            stack += [(child, sure) for child in node.children]
        elif node.kind == OBJECT:
            stack += [(child, sure) for child in node.children[1::2]]
        elif node.kind in (LAMBDA, PARTIAL, VARIABLE):
            yield node, sure
