"""Parts of JSONata expressions that read what cannot be there: the expression goes on without them.

Where a whole expression gives nothing, the state fails, which `asllint.model.payload` tells. Within one, nothing is told of by
AWS: `&` takes what is missing for an empty text, an array or object leaves it out, and most functions give nothing in turn. It
may be wanted where something is asked for first, so that expressions with a condition, a comparison, a filter or a function of
one's own are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.model.machine import StateMachine
from asllint.model.payload import ABSENT, Case, Shape, analyse
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.expr.jsonata import Node as Tree

_ASKS: Final = frozenset(("boolean", "exists", "lookup", "not", "type"))
"""Functions that are there for what may be missing."""
_PLAIN: Final = frozenset((ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, "negation", "variable"))
_OPERATORS: Final = frozenset("&+-*/%")


class Unfilled:
    """A step of a path within an expression that selects nothing, on whatever way the state is come to.

    expression  the expression
    span        the step, in the text
    path        what was read up to there, as it is written
    step        the name
    shape       what it is applied to
    """

    __slots__ = ("expression", "path", "shape", "span", "step")

    def __init__(self, expression: Expression, span: Span, path: str, step: str, shape: Shape) -> None:
        self.expression = expression
        self.span = span
        self.path = path
        self.step = step
        self.shape = shape


def unfilled(machine: StateMachine) -> Iterator[Unfilled]:
    """Yield them in the order of the expressions."""
    analysis = analyse(machine)
    for expression in machine.expressions:
        if expression.kind != JSONATA_EXPRESSION or expression.node.holes:
            continue
        cases = analysis.input(expression.state)
        if not cases or not any(_closed(case) for case in cases):
            continue
        found = jsonata(expression)
        if not isinstance(found, tuple) or found[0].root is None:
            continue
        parsed, start = found
        from asllint.expr.jsonata_meaning import names_bound

        for path in _paths(parsed.root, names_bound(parsed)):
            lacks = [_lacking(path, case) for case in cases]
            first = lacks[0]
            if first is not None and all(other is not None and other[0] is first[0] for other in lacks):
                step, shape = first
                span = expression.node.span_in(start + step.start, start + step.end)
                read = parsed.text[path.start : step.start].rstrip(". \t\r\n")
                yield Unfilled(expression, span, read, str(step.value), shape)


def _closed(case: Case) -> bool:
    return any(shape.kind == OBJECT and not shape.open for shape in (case.shape, *case.variables.values()))


def _paths(root: Tree | None, bound: frozenset[str]) -> Sequence[Tree]:
    """Return the paths within an expression that are read whatever the data is; none where something may be asked for before."""
    while root is not None and root.kind == "block" and len(root.children) == 1:
        root = root.children[0]
    if root is None or root.kind == "path":
        return ()
    out: list[Tree] = []
    stack = [root]
    while stack:
        node = stack.pop()
        kind, children = node.kind, node.children
        if kind == "path":
            base, *steps = children
            if base.kind != "variable" or base.value in bound or any(step.kind != "name" for step in steps):
                return ()
            out.append(node)
            continue
        if kind == "call":
            if children[0].kind != "variable" or children[0].value in _ASKS or children[0].value in bound:
                return ()
            stack.extend(reversed(children[1:]))
            continue
        if kind == "binary":
            if node.value not in _OPERATORS:
                return ()
        elif kind == "block":
            if len(children) != 1:
                return ()
        elif kind not in _PLAIN:
            return ()
        stack.extend(reversed(children))
    return out


def _lacking(path: Tree, case: Case) -> tuple[Tree, Shape] | None:
    """Return the step of a path that selects nothing of the data, and what it is applied to."""
    base, *steps = path.children
    name = str(base.value)
    if name == "states":
        if len(steps) < 2 or steps[0].value != "input":
            return None
        shape, steps = case.shape, steps[1:]
    else:
        variables: Mapping[str, Shape] = case.variables
        if name not in variables:
            return None
        shape = variables[name]
    for step in steps:
        if shape.kind != OBJECT:
            return None
        found = shape.get(str(step.value))
        if found.kind == ABSENT:
            return step, shape
        shape = found
    return None
