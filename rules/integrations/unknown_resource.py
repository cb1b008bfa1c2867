"""ASL601."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog, shapes
from asllint.aws.resource import AWS_SDK, INTEGRATIONS, Part, Resource, parse
from asllint.model import State
from asllint.model.calls import UNRECOGNIZED
from asllint.model.names import misspelt, nearest
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule


class UnknownResource(Rule):
    """The Resource of a Task names a service or an action that Step Functions does not know.

    A Task calls AWS in two ways. An *optimized integration* (`arn:aws:states:::lambda:invoke`) exists for a few actions
    of some twenty services. An *AWS SDK integration* (`arn:aws:states:::aws-sdk:s3:getObject`) exists for nearly every
    action of over four hundred; its service and action are spelled as the SDK for Java spells them: the service in small
    letters without hyphens (`cloudwatchlogs`), the action in camel case (`createLogStream`).

    The finding is an error where a known name is merely misspelt, or where AWS has been seen to refuse the name (of
    `aws-sdk:sts:assumeRole` and some that stream their answer: measured in September 2026). For any other unknown name it is a
    warning: Step Functions may know more by now than the data of this rule. An action that is
    known in other letters is the finding of `wrong-case-action`.

    ## Why it matters

    AWS refuses the definition: *The resource provided … is not recognized. The value is not a valid resource ARN, or the
    resource is not available in this region.*

    ## What to do

    Correct the name. An action that has no optimized integration is nearly always there as an AWS SDK integration.
    `arn:aws:states:::s3:getObject`, `s3:listObjectsV2` and `s3:putObject` belong in the ItemReader and the ResultWriter of
    a Distributed Map; a Task uses `aws-sdk:s3:…` instead.
    """

    code = "ASL601"
    name = "unknown-resource"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (UNRECOGNIZED,)
    precision = "very-high"

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:«createTraningJob».sync"}}}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::«lamda»:invoke"}}}""",
        ),
        Example(
            """{"StartAt": "Find", "States": {"Find": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::dynamodb:«query»"}}}""",
            title="no optimized integration, but an AWS SDK integration",
        ),
        Example(
            """{"StartAt": "Log", "States": {"Log": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::aws-sdk:«logs»:createLogStream"}}}""",
        ),
        Example(
            """{"StartAt": "Read", "States": {"Read": {"Type": "Task", "End": true, "Arguments": {},
  "QueryLanguage": "JSONata", "Resource": "arn:${AWS::Partition}:states:::aws-sdk:secretsmanager:«getSecretValu»"}}}""",
        ),
        Example(
            """{"StartAt": "Read", "States": {"Read": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::«s3:getObject»"}}}""",
            title="for an ItemReader only",
        ),
        Example(
            """{"StartAt": "Go", "States": {"Go": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::aws-sdk:«quantumledger2»:go"}}}""",
            title="a service that the data does not have: a warning",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:${AWS::Partition}:states:::sagemaker:createTrainingJob.sync"}}}""",
        ),
        Example(
            """{"StartAt": "Find", "States": {"Find": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws-cn:states:::aws-sdk:dynamodb:query"}}}""",
        ),
        Example(
            """{"StartAt": "Find", "States": {"Find": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::${Service}:frobnicate"}}}""",
            title="the service is filled in later",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look up the service, then the action."""
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        if resource is None or resource.kind not in INTEGRATIONS:
            return
        service, action = resource.service, resource.action
        if service is None or not service.text:
            yield self._incomplete(resource, "service")
        elif service.known:
            sdk = resource.kind == AWS_SDK
            known = service.text in (catalog.sdk_services() if sdk else catalog.services())
            if not known:
                yield self._sdk_service(resource, service) if sdk else self._service(resource, service, action)
            elif action is None or not action.text:
                if not resource.hidden:
                    yield self._incomplete(resource, "action")
            elif action.known and catalog.recased(service.text, action.text, sdk=sdk) is None:
                look_up = self._sdk_action if sdk else self._action
                yield from look_up(resource, service, action)

    def _incomplete(self, resource: Resource, what: str) -> Finding:
        return Finding(
            resource.node,
            f"`{resource.node.text}` names no {what}: AWS recognizes no such resource.",
            cure="Write the whole ARN, such as `arn:aws:states:::lambda:invoke`.",
            severity=WARNING,
            rejected_by_aws=False,
        )

    def _service(self, resource: Resource, service: Part, action: Part | None) -> Finding:
        name = service.text
        if action is not None and catalog.is_map_only(name, action.text):
            return Finding(
                resource.node.span_in(service.start, action.end),
                f"`{name}:{action.text}` is a resource of the ItemReader or ResultWriter of a Distributed Map, not of a Task.",
                cure=f"Call the AWS SDK: `arn:aws:states:::aws-sdk:{name}:{action.text}`.",
                anchor=resource.node,
                severity=WARNING,
                rejected_by_aws=False,
                fix=_by_sdk(resource, service, action, name),
            )
        message = f"`{name}` is no service with an optimized integration"
        near = nearest(name, catalog.services())
        cure, fix = "", None
        twin = catalog.sdk_twin(name) or catalog.sdk_alias(name)
        other = _called_otherwise(name, action)
        wrong = near is not None and misspelt(name, near)
        if other is not None and not wrong:
            cure, near = f"The optimized integration is called `{other}`.", None
            start, end = resource.span(service)
            fix = Fix(f"Write `{other}`", [(start, end, other)], safe=False)
        elif twin is not None:
            called = _lower(action.text) if action is not None and action.known else "ACTION"
            cure = f"The AWS SDK integration reaches this service: `arn:aws:states:::aws-sdk:{twin}:{called}`."
            if action is not None and not wrong and _has(twin, called):
                near, fix = None, _by_sdk(resource, service, action, twin)
        return self._unknown(resource, service, message, near, False, cure, fix=fix)

    def _action(self, resource: Resource, service: Part, action: Part) -> Iterable[Finding]:
        name = action.text
        actions = catalog.actions(service.text)
        if name in actions:
            return
        twin = catalog.sdk_twin(service.text)
        near, fix = nearest(name, actions), None
        if twin is not None and _has(twin, _lower(name)):
            near, fix = None, _by_sdk(resource, service, action, twin)  # it is another action, and no name misspelt
            cure = f"The AWS SDK integration has it: `arn:aws:states:::aws-sdk:{twin}:{_lower(name)}`."
        else:
            listed = ", ".join(f"`{a}`" for a in actions)
            cure = f"The optimized integration has {listed}."
            if twin is not None:
                cure += f" The AWS SDK integration has the others: `arn:aws:states:::aws-sdk:{twin}:{_lower(name)}`."
        message = f"`{service.text}` has no optimized integration `{name}`"
        refused = catalog.action_refused(service.text, name)
        yield self._unknown(resource, action, message, near, refused, cure, fix=fix)

    def _sdk_service(self, resource: Resource, service: Part) -> Finding:
        name = service.text
        message = f"`{name}` is no service that `aws-sdk:` reaches"
        alias = catalog.sdk_alias(name)
        if alias is not None:
            return self._finding(resource, service, f"{message}: Step Functions calls it `{alias}`.", alias)
        refused = catalog.sdk_service_refused(name)
        return self._unknown(resource, service, message, nearest(name, catalog.sdk_services()), refused, "")

    def _sdk_action(self, resource: Resource, service: Part, action: Part) -> Iterable[Finding]:
        name = action.text
        actions = shapes.operations(service.text, sdk=True)
        if not actions:
            return
        if name in actions:
            operation = shapes.find(service.text, name, sdk=True)
            if operation is not None and not operation.supported:
                refused = catalog.sdk_action_refused(service.text, name)
                yield Finding(
                    resource.span(action),
                    f"`aws-sdk:{service.text}` has `{name}`, and AWS's list says that Step Functions cannot call it"
                    + (": AWS refuses the definition." if refused else "."),
                    cure=self._optimized(service.text, name),
                    anchor=resource.node,
                    severity=None if refused else WARNING,
                    rejected_by_aws=refused,
                )
            return
        message = f"`aws-sdk:{service.text}` has no action `{name}`"
        yield self._unknown(resource, action, message, nearest(name, actions), False, "", shapes.date())

    def _optimized(self, service: str, name: str) -> str:
        for other in catalog.services():
            if catalog.sdk_twin(other) == service and name in catalog.actions(other):
                return f"The optimized integration has it: `arn:aws:states:::{other}:{name}`."
        return ""

    def _unknown(
        self,
        resource: Resource,
        part: Part,
        message: str,
        near: str | None,
        refused: bool,
        cure: str,
        date: str = catalog.DATE,
        fix: Fix | None = None,
    ) -> Finding:
        if near is not None and misspelt(part.text, near):
            return self._finding(resource, part, f"{message}, and AWS refuses what it does not know.", near)
        if refused:
            return Finding(resource.span(part), f"{message}: AWS refuses it.", cure=cure, anchor=resource.node, fix=fix)
        if near is not None:
            cure = f"Was `{near}` meant? {cure}".rstrip()
        return Finding(
            resource.span(part),
            f"{message} (as of {date}): if AWS does not know it either, it refuses the definition.",
            cure=cure,
            anchor=resource.node,
            severity=WARNING,
            rejected_by_aws=False,
            fix=fix,
        )

    def _finding(self, resource: Resource, part: Part, message: str, right: str) -> Finding:
        start, end = resource.span(part)
        fix = Fix(f"Write `{right}`", [(start, end, right)], safe=False)
        return Finding((start, end), message, cure=f"Write `{right}`.", anchor=resource.node, fix=fix)


def _called_otherwise(name: str, action: Part | None) -> str | None:
    """Return the optimized service that is called by another name behind `aws-sdk:`, and has the action."""
    for other in catalog.services():
        if other != name and catalog.sdk_twin(other) == name and action is not None:
            return other if action.text in catalog.actions(other) else None
    return None


def _has(twin: str, action: str) -> bool:
    """Whether a service behind `aws-sdk:` has an action that Step Functions can call."""
    operation = shapes.find(twin, action, sdk=True)
    return operation is not None and operation.supported


def _by_sdk(resource: Resource, service: Part, action: Part, twin: str) -> Fix | None:
    """Return the fix that calls an action through the AWS SDK; None with a suffix, which that may not have."""
    if resource.pattern is not None or not (service.known and action.known):
        return None
    start, end = resource.node.span_in(service.start, action.end)
    written = f"aws-sdk:{twin}:{_lower(action.text)}"
    return Fix(f"Write `{written}`", [(start, end, written)], safe=False)


def _lower(action: str) -> str:
    return action[:1].lower() + action[1:]
