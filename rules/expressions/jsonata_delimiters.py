"""ASL410."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import jsonata_meaning
from asllint.expr.jsonata import Complaint, parse
from asllint.model.expressions import JSONATA_EXPRESSION, TEXT, Expression, jsonata, language_of, looks_evaluated
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule
from asllint.source.node import Node, Span

_NO_TEXT = frozenset({
    "Condition", "HeartbeatSeconds", "Items", "MaxConcurrency", "MaxInputBytesPerBatch", "MaxItems", "MaxItemsPerBatch",
    "Seconds", "TimeoutSeconds", "Timestamp", "ToleratedFailureCount", "ToleratedFailurePercentage",
})  # fmt: skip
"""Fields that take an expression, or something else that is no free text."""


class JsonataDelimiters(Rule):
    """A string that is meant as a JSONata expression lacks a delimiter, or has white space outside them.

    In a JSONata state a string is evaluated where it begins with `{%` and ends with `%}` (developer guide, "Writing JSONata
    expressions in JSON strings"). To one that begins so and does not end so AWS answers "JSONata string must start with {%
    and end with %}", also where a blank or a line break stands behind the `%}`: in YAML `|` and `>` keep one, `|-` and `>-` do
    not. White space before `{%` makes the whole string plain text, without a word.

    So does a string with neither of them: it is a warning where it is an expression that reads `$states`, and in a `Condition`,
    which a text never fulfils.

    ## Why it matters

    AWS refuses the definition, or the text of the expression is passed on instead of its value.

    ## What to do

    Write `{%` as the first two characters of the string and `%}` as the last two. One string is one expression: join
    texts with `&`.
    """

    code = "ASL410"
    name = "jsonata-delimiters"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("expression:jsonata", "expression:undelimited")

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "«{%» $states.input.id", "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "« »{% $states.input.id %}", "End": true}',
            title="a blank before it: a warning, since AWS takes it for text",
        ),
        Example(
            "Type: Pass\nQueryLanguage: JSONata\nOutput: «|»\n  {%\n    $states.input.id\n  %}\nEnd: true\n",
            language="yaml",
            title="`|` keeps the last line break",
        ),
        Example(
            """Type: Choice
QueryLanguage: JSONata
Default: Reject
Choices:
  - Condition: «$states.input.amount < 100»
    Output: {limit: «$states.input.limit»}
    Next: Accept
""",
            language="yaml",
            title="no delimiters: texts",
        ),
    )
    valid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.id %}", "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "The id is in $states.input, price $5", "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"text": "{% no JSONata here"}, "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        if expression.kind == TEXT and language_of(expression) == "JSONata":
            yield from _undelimited(expression)
        if expression.kind != JSONATA_EXPRESSION:
            return
        found, node = jsonata(expression), expression.node
        if not isinstance(found, Complaint) or node.holes:
            return
        span = node.span_in(found.start, found.end)
        message, cure = found.message, found.cure
        refused = found.refused is True
        fix = None
        if found.kind == "jsonata-white-space":
            # elsewhere the text may be what is wanted, and is taken as it stands
            no_text = expression.value is node and expression.field in _NO_TEXT
            if node.style not in ("literal", "folded"):
                fix = Fix("Remove the white space", [(*span, "")], safe=refused or no_text)
            elif refused and not str(node.value)[found.start : found.end].strip("\n"):
                # the break is no character of the text alone: what follows the block would come to stand in its line
                span, mark = _header(node)
                message = f"`{mark}` keeps the line break behind the `%}}` that must end the string, so AWS refuses it."
                written = f"{mark.replace('+', '')}-"
                cure = f"Write `{written}`, which leaves it out."
                fix = Fix(f"Write `{written}`", [(*span, written)], safe=True)
        elif found.kind == "jsonata-not-closed":
            fix = _closing(node)
        yield Finding(
            span,
            message,
            cure=cure,
            anchor=node,
            fix=fix,
            severity=None if refused else WARNING,
            rejected_by_aws=refused,
        )


def _closing(node: Node) -> Fix | None:
    """Return the fix that ends an expression with `%}` where only a part of that stands, or where all of it can be read."""
    text = str(node.value)
    for ending in ("% }", "%", "}", ""):
        if text.endswith(ending) and parse(text[2 : len(text) - len(ending)]).root is not None:
            edit = (*node.span_in(len(text) - len(ending), len(text)), "%}" if ending or text.endswith(" ") else " %}")
            return Fix("End it with `%}`", [edit], safe=False) if node.style not in ("literal", "folded") else None
    return None


def _header(node: Node) -> tuple[Span, str]:
    """Return where the header of a block stands, and its text: `|`, `>+` or the like."""
    content, end = node.origin.content, node.start + 1
    while content[end : end + 1] in ("+", "-", *"123456789"):
        end += 1
    return (node.start, end), content[node.start : end]


def _undelimited(expression: Expression) -> Iterable[Finding]:
    text, node = expression.text, expression.node
    whole = expression.value is node and expression.field in _NO_TEXT
    condition = whole and expression.field == "Condition"
    if node.holes or looks_evaluated(text) or (whole and not condition) or not (condition or "$states" in text):
        return  # a text in another of those fields is of the wrong type, a path of the other language
    parsed = parse(text)
    reads = any(
        read.kind == jsonata_meaning.STATES and read.name in jsonata_meaning.STATES_FIELDS
        for read in jsonata_meaning.references(parsed)
    )
    if not (reads or condition):
        return
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 60 else f"{shown[:59]}…"
    what = "a text, which is neither true nor false" if condition else "passed on as a text"
    fix = _between(node, text) if parsed.root is not None else None
    message = f"`{shown}` has no delimiters: it is {what}."
    yield Finding(
        node, message, cure="Write it between `{%` and `%}`.", fix=fix, severity=WARNING, rejected_by_aws=False
    )


def _between(node: Node, text: str) -> Fix | None:
    """Return the fix that puts the delimiters around a text."""
    title = "Put it between `{%` and `%}`"
    if node.style == "plain":
        written = "'{% " + text.replace("'", "''") + " %}'"
        return Fix(title, [(node.start, node.end, written)], safe=False)
    if text != text.strip():
        return None
    return Fix(title, [(*node.span_in(0, 0), "{% "), (*node.span_in(len(text), len(text)), " %}")], safe=False)
