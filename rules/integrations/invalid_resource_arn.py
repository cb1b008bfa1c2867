"""ASL604."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import NOT_AN_ARN, UNKNOWN_ARN, Resource, parse
from asllint.model import State
from asllint.model.names import respelt
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule

_INTEGRATION = re.compile(
    r"(?:arn:(aws[a-z-]*):states:(?:[a-z0-9-]*:){0,3}?)?(aws-sdk:)?([a-z0-9-]+):([A-Za-z0-9]+)(?:\.[A-Za-z:0-9]+)?",
    re.ASCII,
)
"""An integration with too few or too many parts before it."""


class InvalidResourceArn(Rule):
    """The Resource of a Task is no ARN, or the ARN of something that a Task cannot call.

    A Task calls a Lambda function or an activity by its ARN, and everything else through an integration,
    `arn:aws:states:::…`. The value is a literal: it can be neither a path nor a JSONata expression. A placeholder that is
    filled in before AWS sees the definition is left alone.

    An ARN of another kind, or with a partition of another form than `aws`, `aws-cn`, `aws-us-gov` and their like, is a
    warning: what AWS answers to each is not on record.

    ## Why it matters

    AWS refuses the definition: *Value is not a valid resource ARN.*

    ## What to do

    Write the ARN of the function, or that of the integration: a queue, a topic, a table or another state machine is named
    in Parameters or Arguments, not in Resource. To choose a function while running, use `arn:aws:states:::lambda:invoke`
    with a `FunctionName` that is a path or an expression.
    """

    code = "ASL604"
    name = "invalid-resource-arn"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("Task",)

    invalid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Resource": «"my-function"»}}}""",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": «"{% $states.input.arn %}"»}}}""",
        ),
        Example(
            """{"StartAt": "Next", "States": {"Next": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:eu-west-1:123456789012:stateMachine:other"»}}}""",
            title="a state machine is started through an integration: a warning",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:«*»:states:::lambda:invoke"}}}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello:live"}}}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Resource": "${HelloFunction.Arn}"}}}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:<PARTITION>:states:::lambda:invoke"}}}""",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the form of the ARN."""
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        if resource is None:
            return
        if resource.kind == NOT_AN_ARN:
            yield self._no_arn(resource)
        elif not resource.good_partition and resource.partition is not None:
            yield Finding(
                resource.span(resource.partition),
                f"`{resource.partition.text}` is no partition of AWS.",
                cure="Write `aws`, or what the region belongs to, such as `aws-cn` or `aws-us-gov`.",
                anchor=node,
                severity=WARNING,
                rejected_by_aws=False,
            )
        elif resource.kind == UNKNOWN_ARN:
            yield from self._other(resource)

    def _no_arn(self, resource: Resource) -> Finding:
        text = resource.node.text or ""
        what = "no ARN"
        cure = "Write the ARN of a Lambda function or an activity, or `arn:aws:states:::` and the integration."
        if text.startswith("{%"):
            what = "a JSONata expression, and Resource takes none"
        elif text.startswith("$."):
            what = "a path, and Resource takes none"
        if text.startswith(("{%", "$.")):
            cure = "To choose a function while running, call `arn:aws:states:::lambda:invoke` with `FunctionName`."
        meant = _meant(text)
        if not text.strip():
            return Finding(resource.node, "The Resource is empty: AWS refuses the definition.", cure=cure)
        return Finding(
            resource.node,
            f"`{text}` is {what}: AWS refuses the definition.",
            cure=f"Write `{meant}`." if meant else cure,
            fix=_fix(resource, meant),
        )

    def _other(self, resource: Resource) -> Iterable[Finding]:
        service = resource.service.literal if resource.service is not None else None
        if resource.node.holes and service in (None, "lambda", "states"):
            return  # what is filled in may make it whole
        text = resource.node.text or ""
        cure = "Call the service through an integration: `arn:aws:states:::SERVICE:ACTION`."
        if ":stateMachine:" in text:
            cure = "Start it with `arn:aws:states:::states:startExecution` and name it in `StateMachineArn`."
        elif service == "lambda" or "/functions/arn:" in text:
            cure = "The ARN of a function has the form `arn:aws:lambda:REGION:ACCOUNT:function:NAME`."
        meant = _meant(text)
        yield Finding(
            resource.node,
            f"`{text}` is the ARN of neither a Lambda function, an activity nor an integration: a Task cannot call it.",
            cure=f"Write `{meant}`." if meant else cure,
            severity=WARNING,
            rejected_by_aws=False,
            fix=_fix(resource, meant),
        )


def _meant(text: str) -> str | None:
    """Return the ARN that is meant where only colons, a region or white space are wrong around a known integration."""
    found = _INTEGRATION.fullmatch(text.strip())
    if found is None:
        return text.strip() if text != text.strip() and text.strip().startswith("arn:") else None
    _, sdk, service, action = found.groups()
    known = catalog.sdk_services() if sdk else catalog.services()
    if service not in known or not (sdk or action in catalog.actions(service)):
        return None
    return f"arn:{found[1] or 'aws'}:states:::{sdk or ''}{service}:{action}{text.strip()[found.end(4) :]}"


def _fix(resource: Resource, meant: str | None) -> Fix | None:
    edit = respelt(resource.node, meant) if meant else None
    return Fix(f"Write `{meant}`", [edit], safe=False) if edit else None
