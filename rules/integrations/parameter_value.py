"""ASL609."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asllint.aws import shapes
from asllint.aws.check import LENGTH, NOT_IN_ENUM, OUT_OF_RANGE, UNION, Mismatch
from asllint.model import StateMachine
from asllint.model.calls import VALUE, Call, calls, shown
from asllint.model.names import listed, nearest, respelt
from asllint.rule import ERROR, NOTE, WARNING, Example, Finding, Fix, Rule
from asllint.source.node import ARRAY, OBJECT

# Services that answer "failed to satisfy constraint: Member must satisfy regular expression pattern" where a part alone does
# (sagemaker-python-sdk issues 384 and 2652, on names with underscores).
_WHOLE = ("sagemaker",)


class ParameterValue(Rule):
    """A parameter has a value that the API does not take: unknown, too long, too large, of another form.

    The model of each API says which values there are, the least and the largest number, length and count of items, and the
    pattern of a text. Step Functions does not look at them; the service does, when the state runs. Services add values and
    widen limits, so that it is a warning; and a note where a part of a text has the form, which is enough for some services
    (not for SageMaker).

    It is an error where one of several members is to be given, and there is none or more than one: an attribute value of
    DynamoDB is `{"S": "…"}` or `{"N": "…"}`, not both.

    ## Why it matters

    AWS accepts the definition, and the state fails each time it runs.

    ## What to do

    Write a value that the API takes. A placeholder, a path or an expression is never looked at.
    """

    code = "ASL609"
    name = "parameter-value"
    severity = ERROR
    concerns = (VALUE,)
    precision = "high"

    invalid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
  "End": true, "Parameters": {"ProcessingJobName": «"clean_my_data"», "RoleArn": "${Role}",
    "AppSpecification": {"ImageUri": "${Image}"}, "ProcessingResources": {"ClusterConfig":
      {"InstanceCount": «0», "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}}}}""",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
  "Arguments": {"TaskDefinition": "report", "LaunchType": «"Fargate"»}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::dynamodb:getItem", "End": true,
  "Arguments": {"TableName": "orders", "Key": {"id": «{"S": "a", "N": "1"}»}}}"""
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
  "End": true, "Parameters": {"ProcessingJobName": "clean-${Stage}", "RoleArn": "${Role}",
    "AppSpecification": {"ImageUri": "${Image}"}, "ProcessingResources": {"ClusterConfig":
      {"InstanceCount": 1, "InstanceType": "ml.${Size}", "VolumeSizeInGB": 10}}}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
  "Arguments": {"TaskDefinition": "report", "LaunchType": "{% $states.input.type %}", "Cluster": "${Cluster}"}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word which values the API does not take."""
        for call, mismatch in calls(machine).of(VALUE):
            if mismatch.kind == UNION:
                yield _union(call, mismatch)
            elif mismatch.kind == NOT_IN_ENUM:
                yield _enum(call, mismatch)
            else:
                yield _constraint(call, mismatch)


def _union(call: Call, mismatch: Mismatch) -> Finding:
    names = list(mismatch.shape.members)
    there = f"{listed(mismatch.known)} are given" if mismatch.known else "there is none"
    return Finding(
        mismatch.node,
        f"`{shown(mismatch.path)}` of {call.title} takes exactly one member, and {there}: the call fails.",
        cure=f"Give one of {listed(names, 'or')}." if len(names) <= 12 else "Give one.",
        severity=WARNING if call.reader else None,
    )


def _enum(call: Call, mismatch: Mismatch) -> Finding:
    node, values = mismatch.node, mismatch.shape.values
    text = node.text or ""
    near = nearest(text, values) if not _of_their_words(text, values) else None
    cure = f"Write `{near}`." if near is not None and near.lower() == text.lower() else ""
    if not cure and near is not None:
        cure = f"Was `{near}` meant?"
    elif not cure and len(values) <= 12:
        cure = f"It takes {listed(values, 'or')}."
    edit = respelt(node, near) if near is not None and not node.holes else None
    if node is mismatch.owner.key(mismatch.name) or f"{mismatch.name}.$" == text:
        edit = None
    return Finding(
        node,
        f"`{_written(mismatch)}` is no value of `{shown(mismatch.path)}` in {call.title} (as of {shapes.date()}): the call fails.",
        cure=cure,
        fix=Fix(f"Write `{near}`", [edit], safe=False) if edit is not None else None,
        severity=WARNING,
    )


def _of_their_words(text: str, values: Sequence[str]) -> bool:
    """Whether a text has hyphens, and each word between them is one of the values' words: it is not misspelt, as `us-east-1` is
    not where `us-east-2` and `us-west-1` are taken."""
    words = text.split("-")
    return len(words) > 1 and {word for value in values for word in value.split("-")}.issuperset(words)


def _constraint(call: Call, mismatch: Mismatch) -> Finding:
    node, shape, kind = mismatch.node, mismatch.shape, mismatch.kind
    text = _written(mismatch)
    where = f"`{shown(mismatch.path)}` of {call.title}"
    if kind == OUT_OF_RANGE:
        number = node.origin.content[node.start : node.end]
        return Finding(
            node,
            f"{where} takes {_bounds(shape.min, shape.max)}, and this is `{number}`: the call fails.",
            severity=WARNING,
        )
    if kind == LENGTH:
        if node.kind in (OBJECT, ARRAY):
            unit, size = "items" if node.kind == ARRAY else "members", len(node.items) or len(node.members)
        else:
            unit, size = "characters", len(text)
        message = f"{where} takes {_bounds(shape.min, shape.max)} {unit}, and here are {size}: the call fails."
        return Finding(node, message, severity=WARNING)
    pattern = shape.pattern if len(shape.pattern) <= 120 else "a pattern of its own"
    if mismatch.found == "part" and call.operation.service not in _WHOLE:
        return Finding(
            node,
            f"Only a part of `{text}` has the form that {where} takes: most services refuse it.",
            cure=f"The API's pattern is `{pattern}`." if pattern is shape.pattern else "",
            severity=NOTE,
        )
    return Finding(
        node,
        f"`{text}` has not the form that {where} takes: the call fails.",
        cure=f"The API's pattern is `{pattern}`." if pattern is shape.pattern else "",
        severity=WARNING,
    )


def _written(mismatch: Mismatch) -> str:
    """Return a text, or the name that a key stands for."""
    text = mismatch.node.text or ""
    return mismatch.name if f"{mismatch.name}.$" == text else text


def _bounds(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {most:,}"
    if most is None:
        return f"at least {least:,}"
    return f"exactly {least:,}" if least == most else f"{least:,} to {most:,}"
