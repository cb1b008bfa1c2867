"""ASL408."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.elsewhere import EVALUATED, PLAIN, fate
from asllint.model.expressions import (
    TEXT,
    Expression,
    has_error_output,
    has_result,
    language_of,
    looks_evaluated,
    object_of,
)
from asllint.model.names import respelt
from asllint.rule import WARNING, Example, Finding, Fix, Rule

_READS = re.compile(
    r"\{%\s*(\(\s*)?\$(?:states\.(input|context)|([A-Za-z]\w*))((?:\.[A-Za-z_]\w*)*)\s*(?(1)\)\s*)%\}", re.ASCII
)
"""A JSONata expression that does nothing but read a field."""
_NAME = re.compile(r"(?!(?:and|or|in|true|false|null)$)[A-Za-z_]\w*", re.ASCII)
_FUNCTIONS = {
    # what JSONata has in the place of an intrinsic function, where that is another function or operator alone
    "States.Format": "`&`",
    "States.UUID": "`$uuid()`",
    "States.StringToJson": "`$parse`",
    "States.JsonToString": "`$string`",
    "States.Array": "`[…]`",
    "States.ArrayPartition": "`$partition`",
    "States.ArrayRange": "`$range`",
    "States.ArrayLength": "`$count`",
    "States.ArrayUnique": "`$distinct`",
    "States.ArrayContains": "`in`",
    "States.Base64Encode": "`$base64encode`",
    "States.Base64Decode": "`$base64decode`",
    "States.Hash": "`$hash`",
    "States.JsonMerge": "`$merge`",
    "States.MathAdd": "`+`",
    "States.StringSplit": "`$split`",
}
_SHOWN = 80


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
        Example(
            """Type: Pass
QueryLanguage: JSONata
Output:
  first.$: «$.orders[0]['order id']»
End: true
""",
            language="yaml",
            title="the `.$` belongs to JSONPath as well",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"id": "{% $states.input.id %}", "price": "$5"}, "End": true}'
        ),
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id.$": "$.id"}, "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"to": "{% if test %}a{% else %}b{% endif %}"}, "End": true}',
            title="tags of a template",
        ),
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
            if expression.field == "Timestamp":
                return  # refused, and reported by `invalid-timestamp`
            if text.startswith("{%") and text.endswith("%}") and "%}" not in text[2:-2]:  # else tags of a template
                path = _path(expression)
                yield Finding(
                    node,
                    f"This state is read in JSONPath: the JSONata expression `{_shown(text)}` is passed on as a text.",
                    cure=_cure(expression, path),
                    fix=_in_jsonpath(expression, path) if path is not None else None,
                )
        elif text.startswith("$"):
            root = jsonpath.parse(text, node.holes).root
            where = fate(expression) if root is not None else EVALUATED
            if root is not None and where != EVALUATED:
                meant = "" if where == PLAIN else ", or suppress it if it is meant"
                place = "input"
                if root.root == jsonpath.CONTEXT:
                    place = "context"
                elif has_result(expression):
                    place = "result"
                elif has_error_output(expression):
                    place = "errorOutput"
                written = _written(root, place)
                shown = written or f"{{% $states.{place}… %}}"
                mark = "``" if "`" in shown else "`"
                yield Finding(
                    node,
                    f"This state is read in JSONata: the path `{text}` is passed on as a text.",
                    cure=f"Write {mark}{shown}{mark}{meant}.",
                    fix=_in_jsonata(expression, written) if written else None,
                )
        elif (call := intrinsics.parse(text, node.holes).root) is not None:
            meant = _FUNCTIONS.get(call.name or "", "")
            yield Finding(
                node,
                f"This state is read in JSONata: the intrinsic function `{_shown(text)}` is passed on as a text.",
                cure=f"Write a JSONata expression between `{{%` and `%}}`{f', with {meant}' if meant else ''}.",
            )


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _path(expression: Expression) -> str | None:
    """Return in JSONPath a JSONata expression that reads a field of the input, of the context object or of a variable."""
    found = _READS.fullmatch(expression.text)
    if found is None or (found[2] == "input" and expression.field in ("Assign", "ResultSelector")):
        return None  # there `$` is the result, and the input is not to be had
    _, root, variable, names = found.groups()
    if root is not None:
        return f"{'$$' if root == 'context' else '$'}{names}"
    return None if variable == "states" else f"${variable}{names}"


def _written(path: jsonpath.Path, place: str) -> str | None:
    """Return in JSONata a path of names and indexes into a field of `$states`."""
    out = f"$states.{place}"
    for step in path.steps:
        if step.kind == jsonpath.NAME and isinstance(step.value, str) and "`" not in step.value:
            out += f".{step.value}" if _NAME.fullmatch(step.value) else f".`{step.value}`"
        elif step.kind == jsonpath.INDEX and isinstance(step.value, int):
            out += f"[{step.value}]"
        else:
            return None
    return f"{{% {out} %}}"


def _cure(expression: Expression, path: str | None) -> str:
    """Say what is evaluated in JSONPath where a JSONata expression stands, or how the state is read in JSONata."""
    switch, key, field = 'set `"QueryLanguage": "JSONata"` on the state', expression.key, expression.field
    if field in ("Error", "Cause"):
        return f'Write `"{field}Path": "{path or "$…"}"`, or {switch}.'
    if field == "Result":
        return (
            "Write `Parameters`, with `.$` behind the names whose values are paths, for `Result`; or "
            + switch
            + ", and `Output`."
        )
    if object_of(expression) is None or path is None or key is None:
        return f"{switch[0].upper()}{switch[1:]}, with the fields of JSONata, or write a path where one is evaluated."
    return f'Write `"{key.value}.$": "{path}"`, or {switch}.'


def _in_jsonpath(expression: Expression, path: str) -> Fix | None:
    node, key = expression.node, expression.key
    value = (node.start, node.end, path) if node.style == "plain" else respelt(node, path)
    owner = object_of(expression)
    if (
        key is None
        or expression.field == "Result"
        or key.holes
        or owner is None
        or str(key.value).endswith(".$")
        or owner.get(f"{key.value}.$") is not None
    ):
        return None
    name = respelt(key, f"{key.value}.$")
    if value is None or name is None:
        return None
    return Fix("Write it as a path", [name, value], safe=False)


def _in_jsonata(expression: Expression, written: str) -> Fix | None:
    node, key = expression.node, expression.key
    edit = (node.start, node.end, f"'{written}'") if node.style == "plain" else respelt(node, written)
    if edit is None or (node.style == "plain" and "'" in written):
        return None
    edits = [edit]
    if key is not None and str(key.value).endswith(".$"):  # it belongs to the other language as well
        owner, plain = object_of(expression), str(key.value)[:-2]
        name = respelt(key, plain) if owner is not None and owner.get(plain) is None else None
        if name is None:
            return None
        edits.insert(0, name)
    return Fix(f"Write `{written}`" if "`" not in written else "Write it in JSONata", edits, safe=False)
