"""ASL607."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog, shapes
from asllint.aws.check import FORBIDDEN_MEMBER, WRONG_CASE, Mismatch
from asllint.model import StateMachine
from asllint.model.calls import UNKNOWN, Call, calls, shown
from asllint.model.names import misspelt, nearest, respelt
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule
from asllint.source.node import Node

# AWS's own page on passing parameters writes it so (developer guide, "Passing parameters to a service API").
_IN_THE_GUIDE = (("batch", "RetryStrategy", "attempts"),)

_FEW = 12
"""Parameters that are all named where none resembles an unknown one."""

# What the classes of Java have as methods: a field goes by another name, `EqualsValue` (developer guide, "AWS SDK integrations").
_METHODS = ("Equals", "NotifyAll", "Notify", "Wait", "HashCode", "ToString", "GetClass", "Finalize", "Clone")


class UnknownParameter(Rule):
    """A request has a parameter that the API does not know, or not in these letters.

    Names are those of the API with a capital first letter, on every level: `AwsvpcConfiguration`, where the ECS API says
    `awsvpcConfiguration`. Behind `aws-sdk:` they follow the AWS SDK for Java, in which a run of capitals becomes a word:
    `DbInstanceIdentifier`, `KmsKeyId`. Keys inside a map, such as HyperParameters, and whatever is in a payload are free.

    It is an error where a known name is misspelt; AWS then refuses the definition: *The field "AtttributeNames" is not
    supported by Step Functions*. A name with `.$` is refused when the state runs. An unknown name that resembles none is a
    warning: the API may have got it after the data of this rule was made.

    ## Why it matters

    The definition cannot be deployed; or the call fails whenever the state runs, often with `States.Runtime`, which no Retry or
    Catch takes.

    ## What to do

    Correct the name. The task token has no parameter of its own: it goes into the payload, the message or the input.
    """

    code = "ASL607"
    name = "unknown-parameter"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (UNKNOWN,)

    invalid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
  "Parameters": {"TaskDefinition": "report", "LaunchType": "FARGATE", "NetworkConfiguration": {
    «"awsVpcConfiguration"»: {"Subnets.$": "$.subnets"}}}}""",
            title="a name of the API",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::aws-sdk:rds:stopDBInstance",
  "End": true, "Arguments": {«"DBInstanceIdentifier"»: "{% $states.input.id %}"}}""",
            title="the SDK for Java writes it in other letters",
        ),
        Example(
            """Type: Task
QueryLanguage: JSONPath
Resource: arn:aws:states:::sagemaker:createTransformJob.sync
Parameters:
  TransformJobName.$: $.name
  ModelName: demand
  TransformInput:
    DataSource:
      S3DataSource: { S3DataType: S3Prefix, S3Uri: "s3://example-demand/in" }
    «CompresionType»: Gzip
  TransformOutput: { S3OutputPath: "s3://example-demand/out" }
  TransformResources: { InstanceCount: 1, InstanceType: ml.m5.large }
End: true
""",
            language="yaml",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
  "End": true, "TimeoutSeconds": 600, "Parameters": {"FunctionName": "f", «"TaskToken.$"»: "$$.Task.Token"}}""",
            title="the token belongs into the payload",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
  "Parameters": {"TaskDefinition": "report", "LaunchType": "FARGATE", "NetworkConfiguration": {
    "AwsvpcConfiguration": {"Subnets.$": "$.subnets"}}}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Parameters": {"FunctionName": "f", "Payload": {"whatever": {"it": "is"}}, "${Optional}": "x"}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what has no such name."""
        for call, mismatch in calls(machine).of(UNKNOWN):
            yield _finding(call, mismatch)


def _finding(call: Call, mismatch: Mismatch) -> Finding:
    key, title = mismatch.node, call.title
    name = mismatch.name
    computed = str(key.value) != name
    end = "the call fails when the state runs" if computed else "AWS refuses the definition"
    refused = not computed and not call.reader
    if mismatch.kind == FORBIDDEN_MEMBER:
        return Finding(
            key,
            f"Step Functions does not take `{shown(mismatch.path)}` in {title}, though the API has it: the call fails.",
            rejected_by_aws=False,
        )
    guided = any(call.operation.service == row[0] and mismatch.path[-2:] == row[1:] for row in _IN_THE_GUIDE)
    if guided or call.reader:
        end = "the call may fail"
    if mismatch.kind == WRONG_CASE:
        right = mismatch.known[0]
        alike = [str(k.value).removesuffix(".$") for k, _ in mismatch.owner.members]
        there, alone = right in alike, sum(each.casefold() == right.casefold() for each in alike) == 1
        needed = () if call.operation.sdk else catalog.REQUIRED.get((call.operation.service, call.operation.name), ())
        if computed and len(mismatch.path) == 1 and right in needed:
            refused, end = True, "AWS refuses the definition, which lacks it"
        why = " Behind `aws-sdk:` names are those of the AWS SDK for Java." if call.operation.sdk else ""
        return Finding(
            key,
            f"`{shown(mismatch.path)}` is no parameter of {title} in these letters: {end}.",
            cure=f"Take it away: `{right}` is there." if there else f"Write `{right}`.{why}",
            fix=_fix(key, right, computed) if alone else None,
            severity=WARNING if guided or call.reader else None,
            rejected_by_aws=refused and not guided,
        )
    owner = mismatch.owner
    near = nearest(name, [k for k in mismatch.known if owner.get(k) is None and owner.get(f"{k}.$") is None])
    renamed = name in _METHODS and f"{name}Value" in mismatch.known
    if renamed:
        near = f"{name}Value"
    sure = near is not None and (renamed or misspelt(name, near)) and not call.reader
    if name == "TaskToken" and near is None:
        return Finding(
            key,
            f"{title} has no parameter `{shown(mismatch.path)}`: the call fails when the state runs.",
            cure="Put the token into what the callee is given, such as `Payload`, `MessageBody` or `Input`.",
            rejected_by_aws=False,
        )
    if sure:
        message = f"{title} has no parameter `{shown(mismatch.path)}`: {end}."
    else:
        message = (
            f"{title} has no parameter `{shown(mismatch.path)}` (as of {shapes.date()}): if that still holds, {end}."
        )
    if near is not None:
        cure = f"Write `{near}`." if sure else f"Was `{near}` meant?"
    else:
        few = len(mismatch.known) <= _FEW
        cure = f"There are {', '.join(f'`{known}`' for known in mismatch.known)}." if few and mismatch.known else ""
    return Finding(
        key,
        message[:1].upper() + message[1:],
        cure=cure,
        fix=_fix(key, near, computed) if near is not None and sure else None,
        severity=None if sure else WARNING,
        rejected_by_aws=sure and refused,
    )


def _fix(key: Node, right: str, computed: bool) -> Fix | None:
    edit = respelt(key, f"{right}.$" if computed else right)
    return Fix(f"Write `{right}`", [edit], safe=False) if edit is not None else None
