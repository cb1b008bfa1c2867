"""ASL408."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.elsewhere import EVALUATED, PLAIN, fate
from asllint.model.expressions import TEXT, Expression, language_of, looks_evaluated
from asllint.model.names import respelt
from asllint.rule import WARNING, Example, Finding, Fix, Rule
from asllint.source.node import Node

_NAMES = re.compile(r"\$(\$)?((?:\.[A-Za-z_]\w*)+)")
"""A path of names alone: of the input, or of the context object."""


class ExpressionOfOtherLanguage(Rule):
    """An expression stands in a state that is read in the other query language: it is plain text there.

    A state is read in one query language: its own `QueryLanguage`, or that of the machine (specification, "Query
    Languages"). What is an expression in the other one is a text like any other, and AWS accepts it.

    Nothing is said of paths in parameters in which the service that is called evaluates them itself, such as `InputFilter` of a
    batch transform: those that are known are left out, and those whose names tell; of others the finding can be wrong. What a
    function, a worker or a child execution is given, and what DynamoDB stores, may hold paths for later: suppress it there.

    ## Why it matters

    The text of the expression is passed on instead of its value.

    ## What to do

    Write the expression in the language of the state, or set `QueryLanguage` on the state.
    """

    code = "ASL408"
    name = "expression-of-other-language"
    severity = WARNING
    concerns = ("expression:text",)
    precision = "high"

    invalid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id": «"{% $states.input.id %}"»}, "End": true}'
        ),
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": «"$.order.id"»}, "End": true}'),
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": «"States.UUID()"»}, "End": true}'),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "{% $states.input.id %}", "price": "$5"}, "End": true}'
        ),
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id.$": "$.id"}, "End": true}'),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::aws-sdk:cloudwatchlogs:putMetricFilter",
  "Arguments": {"LogGroupName": "/app", "FilterName": "latency", "FilterPattern": "{ $.latency = * }",
    "MetricTransformations": [{"MetricName": "Latency", "MetricNamespace": "App", "MetricValue": "$.latency"}]}, "End": true}""",
            title="CloudWatch Logs evaluates it",
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        text, node = expression.text, expression.node
        if expression.kind != TEXT or not looks_evaluated(text):
            return
        if language_of(expression) == "JSONPath":
            if text.startswith("{%") and text.endswith("%}"):
                message = "This state is read in JSONPath: the JSONata expression is passed on as a text."
                yield Finding(node, message, cure='Set `"QueryLanguage": "JSONata"` on the state, or write a path.')
        elif text.startswith("$"):
            where = fate(expression) if jsonpath.parse(text, node.holes).root is not None else EVALUATED
            if where != EVALUATED:
                message = f"This state is read in JSONata: the path `{text}` is passed on as a text."
                meant = "" if where == PLAIN else ", or suppress it if it is meant"
                written = _written(text)
                root = "context" if text.startswith("$$") else "input"
                yield Finding(
                    node,
                    message,
                    cure=f"Write `{written or f'{{% $states.{root}… %}}'}`{meant}.",
                    fix=_in_jsonata(node, written) if written else None,
                )
        elif intrinsics.parse(text, node.holes).root is not None:
            message = "This state is read in JSONata: the intrinsic function is passed on as a text."
            yield Finding(node, message, cure="Write a JSONata expression: `{% … %}`.")


def _written(text: str) -> str | None:
    """Return a path of names alone in JSONata."""
    found = _NAMES.fullmatch(text)
    return f"{{% $states.{'context' if found[1] else 'input'}{found[2]} %}}" if found else None


def _in_jsonata(node: Node, written: str) -> Fix | None:
    if node.style == "plain":
        edit = (node.start, node.end, f"'{written}'")
    else:
        respelling = respelt(node, written)
        if respelling is None:
            return None
        edit = respelling
    return Fix(f"Write `{written}`", [edit], safe=False)
