"""ASL608."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import shapes
from asllint.aws.check import Mismatch
from asllint.model import StateMachine
from asllint.model.calls import TYPE, Call, calls, shown
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule
from asllint.source.node import ARRAY, BOOLEAN, NUMBER, OBJECT, STRING, Node

_WANTED = {
    shapes.STRUCTURE: "an object",
    shapes.MAP: "an object",
    shapes.LIST: "an array",
    shapes.STRING: "a string",
    shapes.INTEGER: "an integer",
    shapes.LONG: "an integer",
    shapes.FLOAT: "a number",
    shapes.BOOLEAN: "`true` or `false`",
    shapes.TIMESTAMP: "a point in time",
    shapes.ANY: "an object, an array, a string or null",
}
_FOUND = {OBJECT: "an object", ARRAY: "an array", STRING: "a string", NUMBER: "a number", BOOLEAN: "a boolean"}


class ParameterType(Rule):
    """A parameter has a value of another type than the API takes.

    Types are those of the API's model; what an intrinsic function or the context object gives is looked at like a literal.
    Step Functions converts little: an object or array becomes a text where an `aws-sdk:` call takes one; an optimized
    integration answers *The value for the field 'S' must be a STRING*, to a number too. A JSON document belongs into a text
    with `States.JsonToString`, or `$string` in JSONata.

    It is a warning where it is not known whether the value is converted: a number in quotes, a boolean or a number for a text
    behind `aws-sdk:`.

    ## Why it matters

    AWS accepts the definition, and the state fails each time it runs. The definition itself is refused where the `Payload` of
    `lambda:invoke` is a number or a boolean that is written out (measured in September 2026).

    ## What to do

    Write a value of the type: numbers and `true` without quotes, hyperparameters and environment variables with them.
    """

    code = "ASL608"
    name = "parameter-type"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (TYPE,)
    precision = "high"

    invalid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
  "Parameters": {"TaskDefinition": "report", "Cluster": "main", "PlacementConstraints": «"distinctInstance"»}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::dynamodb:updateItem", "End": true,
  "Arguments": {"TableName": "orders", "Key": {"id": {"S": "{% $states.input.id %}"}},
    "ExpressionAttributeValues": {":one": {"N": «1»}}, "UpdateExpression": "ADD seen :one"}}""",
            title="DynamoDB takes numbers as texts",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Arguments": {"FunctionName": "resize", "Payload": «1»}}""",
            title="AWS refuses the definition; what an expression gives it does not see",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::batch:submitJob.sync", "End": true,
  "Parameters": {"JobName": "resize", "JobQueue": "main", "JobDefinition": "resize", "ArrayProperties": {"Size": «"10"»}}}""",
            title="a number in quotes: a warning",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::batch:submitJob.sync", "End": true,
  "Parameters": {"JobName": "resize", "JobQueue": "main", "JobDefinition": "resize", "ArrayProperties": {"Size.$": "$.n"}}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
  "Parameters": {"QueueUrl": "${Queue}", "MessageBody": {"any": ["JSON"]}, "DelaySeconds": "${Delay}"}}""",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what has another type."""
        for call, mismatch in calls(machine).of(TYPE):
            yield _finding(call, mismatch)


def _finding(call: Call, mismatch: Mismatch) -> Finding:
    node, wanted = mismatch.node, mismatch.shape.kind
    given = node.literal if node.kind == STRING else None
    computed = mismatch.owner.get(f"{mismatch.name}.$") is node
    if wanted == shapes.TIMESTAMP and mismatch.found == STRING:
        what = f"`{given}` is none"
        cure = "Write it as in `2026-01-31T12:00:00Z`."
    elif computed:
        what, cure = f"`{given}` gives {_FOUND[mismatch.found]}", ""
        if wanted == shapes.STRING and mismatch.found in (NUMBER, BOOLEAN) and call.language == "JSONPath":
            cure = f"Write `States.Format('{{}}', {given})`."
    elif wanted == shapes.ANY:
        what, cure = f"`{_text(node)}` is {_FOUND[mismatch.found]}", "Put it into an object."
    elif node.kind in (NUMBER, BOOLEAN):
        whole = wanted in (shapes.INTEGER, shapes.LONG) and node.kind == NUMBER
        what = f"`{_text(node)}` is {'none' if whole else _FOUND[mismatch.found]}"
        cure = f'Write `"{_text(node)}"`.' if wanted == shapes.STRING else ""
    else:
        shown_value = f"`{given}` is " if given is not None and len(given) <= 60 else "this is "
        what, cure = f"{shown_value}{_FOUND[mismatch.found]}", ""
        if wanted in (shapes.INTEGER, shapes.LONG, shapes.FLOAT, shapes.BOOLEAN) and given and not mismatch.sure:
            cure = f"Write `{given.strip()}`, without quotes."
        elif wanted == shapes.LIST and given:
            cure = f'Write `["{given}"]`.' if len(given) <= 60 else "Put it into an array."
            if " " in given.strip() and mismatch.name.endswith(_WORDS):
                cure = "Put its words into an array, one by one."
        elif wanted == shapes.LIST and node.kind == OBJECT:
            cure = _in_array(node, mismatch.shape)
        elif wanted == shapes.STRING:
            function = "`States.JsonToString`" if call.language == "JSONPath" else "`$string`"
            cure = f"Write its JSON as a text; {function} makes one of data."
    fix = None
    if cure.startswith('Write `"'):
        fix = Fix("Write it as a text", [(node.start, node.end, f'"{_text(node)}"')], safe=False)
    elif cure.endswith(", without quotes.") and given is not None and not node.holes:
        fix = Fix("Remove the quotes", [(node.start, node.end, given.strip())], safe=False)
    refused = wanted == shapes.ANY
    ends = "AWS refuses the definition." if refused else "the call fails." if mismatch.sure else "the call may fail."
    return Finding(
        node,
        f"`{shown(mismatch.path)}` of {call.title} takes {_WANTED[wanted]}, and {what}: {ends}",
        cure=cure,
        fix=fix,
        severity=None if mismatch.sure and not call.reader else WARNING,
        rejected_by_aws=refused,
    )


_WORDS = ("Command", "Entrypoint", "EntryPoint", "Arguments")
"""How lists are called whose items are the words of a command."""


def _in_array(node: Node, wanted: shapes.Shape) -> str:
    """Return the cure for an object in the place of an array of objects."""
    item = wanted.item
    if item is None or item.kind != shapes.STRUCTURE or not node.members:
        return ""
    if all(str(key.value).removesuffix(".$") in item.members for key, _ in node.members):
        return "Put it into an array."
    for name, value in (("Name", "Value"), ("Key", "Value")):
        if name in item.members and value in item.members:
            first = node.members[0][0].value
            return f'Write an array with an item for each, such as `{{"{name}": "{first}", "{value}": …}}`.'
    return ""


def _text(node: Node) -> str:
    """Return a number or boolean as it is written."""
    return node.origin.content[node.start : node.end]
