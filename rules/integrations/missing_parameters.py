"""ASL605."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import INTEGRATIONS, Resource, parse
from asllint.model import StateMachine
from asllint.model.calls import WITHOUT_REQUEST
from asllint.model.shape import UNSUPPORTED
from asllint.rule import ERROR, Example, Finding, Related, Rule
from asllint.source.node import Node, Span

_REQUEST = ("Parameters", "Arguments")


class MissingParameters(Rule):
    """A Task calls an integration and gives it no Parameters, or no Arguments.

    Whatever `arn:…:states:::` reaches takes its request from `Parameters` (JSONPath) or `Arguments` (JSONata): optimized
    integrations and AWS SDK integrations alike, also those whose every member is optional. The input of the state is not
    passed on by itself, as it is to a Lambda function that is named by its own ARN. Where the field is there under a
    misspelt name, AWS reports both, and so does asllint.

    ## Why it matters

    AWS refuses the definition: *Parameters field is required for resource ARN: …*

    ## What to do

    Add the field. A request without members is `{}`. To pass the input of the state to a function:
    `"Parameters": {"FunctionName": "…", "Payload.$": "$"}`.
    """

    code = "ASL605"
    name = "missing-parameters"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (WITHOUT_REQUEST,)

    invalid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::lambda:invoke"»}}}""",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "List", "States": {"List": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::aws-sdk:s3:listBuckets"»}}}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::lambda:invoke"», "parameters": {"FunctionName": "f"}}}}""",
            title="a misspelt name",
        ),
    )
    valid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "List", "States": {"List": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "Arguments": {}}}}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello"}}}""",
            title="a function named by its own ARN gets the input of the state",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Look at each Task for the field that its query language asks for."""
        misspelt = {
            (id(mismatch.owner), mismatch.near): mismatch.at
            for mismatch in machine.mismatches
            if mismatch.kind == UNSUPPORTED and mismatch.near in _REQUEST
        }
        for state in machine.all_states():
            node = state.field("Resource") if state.type == "Task" else None
            language = state.query_language
            if node is None or language is None or state.node.open:
                continue
            if any(state.field(name) is not None for name in _REQUEST):
                continue
            resource = parse(node)
            if resource is None or resource.kind not in INTEGRATIONS or not catalog.recognized(resource):
                continue
            field = "Arguments" if language == "JSONata" else "Parameters"
            yield _finding(node, resource, field, misspelt.get((id(state.node), field)))


def _finding(node: Node, resource: Resource, field: str, misspelt: Node | Span | None) -> Finding:
    service = resource.service.text if resource.service is not None else ""
    action = resource.action.text if resource.action is not None else ""
    message = f"`{service}:{action}` is called without `{field}`: AWS refuses the definition."
    if isinstance(misspelt, Node):
        return Finding(
            node,
            message,
            cure=f"Write `{field}` in place of `{misspelt.value}`.",
            related=[Related(misspelt, "the request, under another name")],
        )
    return Finding(node, message, cure=f"Add `{field}` with the request; `{{}}` where it has no members.")
