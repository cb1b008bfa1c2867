"""ASL415."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.expr.jsonata import FILTER, STRING
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.rule import WARNING, Example, Finding, Fix, Rule

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_WORDS = frozenset(("and", "or", "in", "true", "false", "null"))


class JsonataStringInBrackets(Rule):
    """A text in brackets is meant to name a field: in JSONata it is a condition, which always holds.

    What stands in brackets behind a value is an index if it is a number, and a predicate otherwise: the value is kept where
    it holds (JSONata, "Predicate Queries"). A text that is not empty holds, so that `$states.input['id']` is `$states.input`,
    whole and without an error. An empty text never holds, and nothing is left. JSONPath and JavaScript name a field so.

    ## Why it matters

    Nothing fails: the whole object goes where one field was meant, to be found much later.

    ## What to do

    Write the name behind a dot, in backquotes where it has other characters than letters, digits and `_`:
    ``$states.input.`order-id` ``. For a name that is only known when it runs there is `$lookup`.
    """

    code = "ASL415"
    name = "jsonata-string-in-brackets"
    severity = WARNING
    concerns = ("expression:jsonata",)

    invalid = (
        Example(
            """{"Type": "Pass", "QueryLanguage": "JSONata", "Output": {
  "id": "{% $states.input«['order-id']» %}",
  "city": "{% $states.input«['address']»«['city']» %}"}, "End": true}"""
        ),
    )
    valid = (
        Example(
            """Type: Pass
QueryLanguage: JSONata
Output:
  id: "{% $states.input.`order-id` %}"
  open: "{% $states.input.orders[status = 'open'][0] %}"
  named: "{% $lookup($states.input, $states.input.name) %}"
  list: "{% ['a', 'b'][1] %}"
End: true
""",
            language="yaml",
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        """Look for predicates that are a constant text."""
        found = jsonata(expression) if expression.kind == JSONATA_EXPRESSION and "[" in expression.text else None
        if not isinstance(found, tuple) or found[0].root is None:
            return
        (parsed, start), node = found, expression.node
        for part in found[0].root.walk():
            if part.kind != FILTER or part.children[0].kind != STRING or not isinstance(part.children[0].value, str):
                continue
            name = part.children[0].value
            span = node.span_in(start + part.start, start + part.end)
            what = "a text in brackets is a condition that always holds" if name else "an empty text never holds"
            written = _behind_a_dot(name)
            yield Finding(
                span,
                f"`{parsed.text[part.start : part.end]}` names no field: {what}.",
                cure=f"Write `{written}`."
                if written and "`" not in written
                else "Write the name behind a dot, in backquotes.",
                anchor=node,
                fix=Fix("Write the name behind a dot", [(*span, written)], safe=False) if written else None,
            )


def _behind_a_dot(name: str) -> str:
    """Return the step that takes the field of this name; "" where it cannot be written."""
    if not name or "`" in name or "\n" in name:
        return ""
    return f".{name}" if _NAME.fullmatch(name) and name not in _WORDS else f".`{name}`"
