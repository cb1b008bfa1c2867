"""ASL404."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.expressions import TEXT, Expression, language_of, looks_evaluated
from asllint.rule import WARNING, Example, Finding, Fix, Rule


class MissingDollar(Rule):
    """A text looks like a path or an intrinsic function, and its key does not end in .$.

    It is passed on as it stands.

    In a payload template only the value of a key that ends in `.$` is evaluated (specification, "Payload Template"). AWS
    accepts the text and gives the warning NO_DOLLAR.

    ## Why it matters

    The service that is called gets the characters `$.order.id`, not the id: most often that ends in an error, sometimes in a
    wrong record.

    ## What to do

    Put `.$` behind the key. Where the text is meant as it stands, for a service that evaluates paths itself, say so with
    a suppression in the Comment of the state.
    """

    code = "ASL404"
    name = "missing-dollar"
    severity = WARNING
    aws_code = "NO_DOLLAR"
    concerns = ("expression:text",)
    precision = "high"

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id": «"$.order.id"»}, "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id": «"States.UUID()"»}, "End": true}',
        ),
    )
    valid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id.$": "$.order.id"}, "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"price": "$5", "to": "$name"}, "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        text, node, key = expression.text, expression.node, expression.key
        if expression.kind != TEXT or expression.field == "Result" or language_of(expression) != "JSONPath":
            return
        if expression.value is node or key is None or not looks_evaluated(text) or str(key.value).endswith(".$"):
            return
        if text.startswith("$"):
            what, parsed = "a path", jsonpath.parse(text, node.holes).root is not None
        else:
            what, parsed = "an intrinsic function", intrinsics.parse(text, node.holes).root is not None
        if not parsed:
            return
        end = key.end - 1 if key.style in ("json", "double", "single") else key.end
        yield Finding(
            node,
            f"`{text}` looks like {what}, but the key `{key.value}` does not end in `.$`: it is passed on as it stands.",
            cure=f"Write `{key.value}.$`.",
            fix=Fix("Add `.$` to the key", [(end, end, ".$")], safe=False),
        )
