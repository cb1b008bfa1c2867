"""ASL606."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import parse
from asllint.model import State
from asllint.model.names import nearest
from asllint.rule import ERROR, Example, Finding, Related, Rule
from asllint.source.node import OBJECT


class MissingParameter(Rule):
    """The request of an integration lacks a member that the call cannot do without.

    AWS answers "The field 'FunctionName' is required but was missing". It is measured for the commonest calls: of
    `lambda:invoke`, `sqs:sendMessage`, `sns:publish`, `dynamodb:putItem` and `getItem`, `states:startExecution`,
    `events:putEvents`, `ecs:runTask` and `glue:startJobRun`. In JSONPath a key with `.$` counts as the member.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Add the member. Names are those of the service's API with a capital first letter, and case-sensitive.
    """

    code = "ASL606"
    name = "missing-parameter"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("resource:integration",)

    invalid = (
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", '
            '«"Parameters"»: {"Payload.$": "$"}, "End": true}'
        ),
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::sqs:sendMessage", '
            '«"Arguments"»: {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "MessageBody": "x"}, "End": true}',
            title="a name in the wrong letters",
        ),
    )
    valid = (
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", '
            '"Parameters": {"FunctionName.$": "$.function"}, "End": true}'
        ),
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::lambda:invoke", '
            '"Arguments": "{% $states.input.request %}", "End": true}'
        ),
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", '
            '"Parameters": {"${Key}": "f"}, "End": true}'
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        node = state.field("Resource") if state.type == "Task" else None
        if node is None or state.query_language is None:
            return
        field = "Arguments" if state.query_language == "JSONata" else "Parameters"
        found = state.node.member(field)
        resource = parse(node)
        if found is None or resource is None or resource.service is None or resource.action is None:
            return
        key, request = found
        if resource.kind != "optimized" or request.kind != OBJECT or request.open:
            return
        call = resource.service.text, resource.action.text
        suffixes = ("", ".$") if field == "Parameters" else ("",)
        missing = [
            name
            for name in catalog.REQUIRED.get(call, ())
            if all(request.get(name + suffix) is None for suffix in suffixes)
        ]
        if not missing:
            return
        there = [str(member.value) for member, _ in request.members]
        near = {name: meant for name in missing if (meant := nearest(name, there)) is not None}
        listed = ", ".join(f"`{name}`" for name in missing)
        yield Finding(
            key,
            f"`{':'.join(call)}` is called without {listed}: AWS refuses the definition.",
            cure=" ".join(f"Is `{meant}` meant as `{name}`?" for name, meant in near.items())
            or "Add it to the request.",
            anchor=request,
            related=[Related(request.key(meant) or request, f"`{name}`?") for name, meant in near.items()],
        )
