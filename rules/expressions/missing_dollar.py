"""ASL404."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from asllint.expr import intrinsics, jsonpath
from asllint.model.elsewhere import EVALUATED, OWN, fate
from asllint.model.expressions import TEXT, Expression, array_of, language_of, looks_evaluated, object_of
from asllint.rule import WARNING, Example, Finding, Fix, Rule
from asllint.source.node import STRING, Node

_PLAIN = re.compile(r"[^'\"\\{}]*")
"""A text that can stand between single quotes, in a string, as it is."""
_SHOWN = 80


class MissingDollar(Rule):
    """A text looks like a path or an intrinsic function, and its key does not end in .$.

    It is passed on as it stands.

    In a payload template only the value of a key that ends in `.$` is evaluated (specification, "Payload Template"), and so no
    item of an array is, such as an argument of a `Command`. AWS accepts the text, and gives the warning NO_DOLLAR for the value
    of a key.

    Nothing is said of parameters in which the service that is called evaluates paths itself: `InputFilter` of a batch
    transform, `InputPathsMap` of an EventBridge target, `JsonPath` of a classifier. No API says which they are: those that are
    known are left out, and those whose names tell; of others the finding can be wrong. What a function, a worker or a child
    execution is given, and what DynamoDB stores, may hold paths for later: suppress it there if that is meant.

    ## Why it matters

    The service that is called gets the characters `$.order.id`, not the id: most often that ends in an error, sometimes in a
    wrong record.

    ## What to do

    Put `.$` behind the key; make an array with `States.Array`. Where the text is meant as it stands, say so with a suppression
    in the Comment of the state.
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
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Parameters": {"FunctionName": "map", "Payload": {"data.$": "$", "id": «"$.order.id"»}}}""",
            title="the function gets the text: suppress it if it wants the path",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::batch:submitJob.sync", "End": true,
  "Parameters": {"JobName": "load", "JobQueue": "q", "JobDefinition": "d",
    "ContainerOverrides": {"Command": ["load.py", «"$.date"»]}}}""",
            title="an item of an array",
        ),
    )
    valid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"id.$": "$.order.id"}, "End": true}'),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"price": "$5", "to": "$name"}, "End": true}'
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::sagemaker:createTransformJob.sync",
  "Parameters": {"TransformJobName.$": "$.name", "DataProcessing": {"InputFilter": "$.features"}}, "End": true}""",
            title="SageMaker evaluates it",
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        text, node, key = expression.text, expression.node, expression.key
        if expression.kind != TEXT or expression.field == "Result" or language_of(expression) != "JSONPath":
            return
        if expression.value is node or not looks_evaluated(text) or (key and str(key.value).endswith(".$")):
            return
        if text.startswith("$"):
            what, parsed = "a path", jsonpath.parse(text, node.holes).root is not None
        else:
            what, parsed = "an intrinsic function", intrinsics.parse(text, node.holes).root is not None
        where = fate(expression) if parsed else EVALUATED
        if where == EVALUATED:
            return
        meant = ", or suppress it if it is meant" if where == OWN else ""
        if key is None:
            holder, array = array_of(expression)
            if not (holder and str(holder.value).endswith(".$")) and node is _first(array):
                yield Finding(
                    node,
                    f"`{text}` looks like {what}, but no item of an array is evaluated: it is passed on as it stands.",
                    cure=f"Write {_made(holder, array)}{meant}.",
                )
            return
        end = key.end - 1 if key.style in ("json", "double", "single") else key.end
        owner = object_of(expression)
        twice = owner is not None and owner.get(f"{key.value}.$") is not None
        cure = f"Take it away: `{key.value}.$` is there." if twice else f"Write `{key.value}.$`{meant}."
        yield Finding(
            node,
            f"`{text}` looks like {what}, but the key `{key.value}` does not end in `.$`: it is passed on as it stands.",
            cure=cure,
            # with both of them there the one would be lost
            fix=None if twice else Fix("Add `.$` to the key", [(end, end, ".$")], safe=False),
        )


def _looks(item: Node) -> bool:
    return item.kind == STRING and looks_evaluated(str(item.value))


@lru_cache(maxsize=8)  # arrays stand in each other; more would keep the texts of files that are done
def _first(array: Node) -> Node:
    """Return the item of an array that is reported for all of them."""
    return next(filter(_looks, array.items))


def _made(key: Node | None, array: Node) -> str:
    """Return the call that makes an array, with its key, as far as that is short."""
    call = "States.Array(…)"
    if all(item.kind == STRING and (_looks(item) or _PLAIN.fullmatch(str(item.value))) for item in array.items):
        written = ", ".join(str(item.value) if _looks(item) else f"'{item.value}'" for item in array.items)
        if len(written) <= _SHOWN:
            call = f"States.Array({written})"
    return f'`"{key.value}.$": "{call}"`' if key is not None else f"`{call}`"
