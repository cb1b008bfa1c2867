"""ASL407."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.expressions import TEXT, Expression, language_of, looks_evaluated
from asllint.model.names import respelt
from asllint.rule import WARNING, Example, Finding, Fix, Rule


class PathInPlainField(Rule):
    """A field that is taken as it stands holds a path, and has a twin that is evaluated.

    `Error` and `Cause` of a Fail state are literals in JSONPath; `ErrorPath` and `CausePath` take a path (specification, "Fail
    State"). AWS accepts the text and gives the warning NO_PATH. A path as the `Timestamp` of a Wait state is refused, and the
    matter of `invalid-timestamp`.

    ## Why it matters

    The execution fails with the characters `$.error` as its cause, and nobody learns what happened.

    ## What to do

    Use the field whose name ends in `Path`.
    """

    code = "ASL407"
    name = "path-in-plain-field"
    severity = WARNING
    aws_code = "NO_PATH"
    concerns = ("expression:text",)

    invalid = (
        Example('{"Type": "Fail", "QueryLanguage": "JSONPath", "Error": "Declined", "Cause": «"$.error.Cause"»}'),
        Example(
            '{"Type": "Fail", "QueryLanguage": "JSONPath", "Cause": «"States.Format(\'order {}\', $.id)"»}',
            title="CausePath takes an intrinsic function as well",
        ),
    )
    valid = (
        Example('{"Type": "Fail", "QueryLanguage": "JSONPath", "Error": "Declined", "CausePath": "$.error.Cause"}'),
        Example('{"Type": "Fail", "QueryLanguage": "JSONPath", "Cause": "$5 are missing"}'),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        text, node, field = expression.text, expression.node, expression.field
        if expression.kind != TEXT or field not in ("Error", "Cause") or not looks_evaluated(text):
            return
        if language_of(expression) != "JSONPath" or text.startswith("{%"):
            return
        parse = jsonpath.parse if text.startswith("$") else intrinsics.parse
        if parse(text, node.holes).root is not None:
            message = f"`{field}` is taken as it stands: `{text}` is not evaluated."
            key = expression.key
            there = expression.state.node.get(f"{field}Path") is not None
            edit = None if key is None or key.value != field or there else respelt(key, f"{field}Path")
            fix = Fix(f"Rename the field to `{field}Path`", [edit], safe=False) if edit else None
            cure = f"Take it away: `{field}Path` is there." if there else f"Write `{field}Path` for `{field}`."
            yield Finding(node, message, cure=cure, fix=fix)
