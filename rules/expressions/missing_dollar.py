"""ASL404."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.expr import intrinsics, jsonpath
from asllint.model.elsewhere import EVALUATED, OWN, fate
from asllint.model.expressions import TEXT, Expression, language_of, looks_evaluated
from asllint.rule import WARNING, Example, Finding, Fix, Rule


class MissingDollar(Rule):
    """A text looks like a path or an intrinsic function, and its key does not end in .$.

    It is passed on as it stands.

    In a payload template only the value of a key that ends in `.$` is evaluated (specification, "Payload Template"). AWS
    accepts the text and gives the warning NO_DOLLAR.

    Nothing is said of parameters in which the service that is called evaluates paths itself: `InputFilter` of a batch
    transform, `InputPathsMap` of an EventBridge target, `JsonPath` of a classifier. No API says which they are: those that are
    known are left out, and those whose names tell; of others the finding can be wrong. What a function, a worker or a child
    execution is given, and what DynamoDB stores, may hold paths for later: suppress it there if that is meant.

    ## Why it matters

    The service that is called gets the characters `$.order.id`, not the id: most often that ends in an error, sometimes in a
    wrong record.

    ## What to do

    Put `.$` behind the key. Where the text is meant as it stands, say so with a suppression in the Comment of the state.
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
        if expression.value is node or key is None or not looks_evaluated(text) or str(key.value).endswith(".$"):
            return
        if text.startswith("$"):
            what, parsed = "a path", jsonpath.parse(text, node.holes).root is not None
        else:
            what, parsed = "an intrinsic function", intrinsics.parse(text, node.holes).root is not None
        where = fate(expression) if parsed else EVALUATED
        if where == EVALUATED:
            return
        end = key.end - 1 if key.style in ("json", "double", "single") else key.end
        yield Finding(
            node,
            f"`{text}` looks like {what}, but the key `{key.value}` does not end in `.$`: it is passed on as it stands.",
            cure=f"Write `{key.value}.$`{', or suppress it if it is meant' if where == OWN else ''}.",
            fix=Fix("Add `.$` to the key", [(end, end, ".$")], safe=False),
        )
