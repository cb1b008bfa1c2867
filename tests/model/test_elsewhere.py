"""Which texts in a request the service that is called may evaluate itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import builtin
from asllint.settings import Settings

PATH = "$.detail.id"


def severities(resource: str, request: Any, *, jsonata: bool = False) -> list[str]:
    """Return what is said of the paths in a request."""
    state = {"Type": "Task", "Resource": resource, "Arguments" if jsonata else "Parameters": request, "End": True}
    language = "JSONata" if jsonata else "JSONPath"
    machine = {"QueryLanguage": language, "StartAt": "A", "States": {"A": state}}
    report = lint("x.asl.json", json.dumps(machine).encode(), Settings(), builtin())
    assert not report.failed
    return [str(d.severity) for d in report.diagnostics if d.code in ("ASL404", "ASL408")]


@pytest.mark.parametrize("jsonata", [False, True])
@pytest.mark.parametrize(
    ("called", "request_", "expected"),
    [
        ("sagemaker:createTransformJob", {"DataProcessing": {"InputFilter": PATH, "OutputFilter": PATH}}, []),
        (
            "aws-sdk:sagemaker:createModelQualityJobDefinition",
            {"ModelQualityJobInput": {"EndpointInput": {"InferenceAttribute": PATH, "ProbabilityAttribute": PATH}}},
            [],
        ),
        ("aws-sdk:eventbridge:putTargets", {"Targets": [{"InputPath": PATH}]}, []),
        ("aws-sdk:eventbridge:putTargets", {"Targets": [{"InputTransformer": {"InputPathsMap": {"a": PATH}}}]}, []),
        ("aws-sdk:pipes:createPipe", {"TargetParameters": {"KinesisStreamParameters": {"PartitionKey": PATH}}}, []),
        ("aws-sdk:cloudwatchlogs:putMetricFilter", {"MetricTransformations": [{"MetricValue": PATH}]}, []),
        (
            "aws-sdk:cloudwatchlogs:putMetricFilter",
            {"MetricTransformations": [{"Dimensions": {"Host": PATH}}]},
            [],
        ),
        ("aws-sdk:glue:createClassifier", {"JsonClassifier": {"JsonPath": PATH}}, []),
        ("aws-sdk:kinesisanalyticsv2:addApplicationInput", {"Input": {"InputSchema": {"RecordColumns": [{"Mapping": PATH}]}}}, []),
        ("aws-sdk:bedrockagent:createFlow", {"Definition": {"Nodes": [{"Inputs": [{"Expression": PATH}]}]}}, []),
        ("aws-sdk:notyet:createThing", {"JsonPath": PATH}, []),
        # what is for somebody else
        ("lambda:invoke", {"Payload": {"mapping": {"id": PATH}}}, ["warning"]),
        ("aws-sdk:lambda:invoke", {"Payload": {"id": PATH}}, ["warning"]),
        ("sqs:sendMessage", {"MessageBody": {"id": PATH}}, ["warning"]),
        ("aws-sdk:sfn:startExecution", {"Input": {"id": PATH}}, ["warning"]),
        ("dynamodb:putItem", {"Item": {"id": {"S": PATH}}}, ["warning"]),
        # what nobody can use
        ("sns:publish", {"Message": PATH}, ["warning"]),
        ("sagemaker:createTransformJob", {"TransformOutput": {"S3OutputPath": PATH}}, ["warning"]),
        ("aws-sdk:pipes:createPipe", {"RoleArn": PATH}, ["warning"]),
        ("aws-sdk:sagemaker:createModel", {"ExecutionRoleArn": PATH}, ["warning"]),
        ("glue:startJobRun", {"Arguments": {"--id": PATH}}, ["warning"]),
        ("lambda:invoke", {"Payload": {"id": "$$.Execution.Id"}}, ["warning"]),
        ("lambda:invoke", {"Payload": {"id": "States.UUID()"}}, ["warning"]),
        ("aws-sdk:notyet:createThing", {"Name": PATH}, ["warning"]),
    ],
)  # fmt: skip
def test_the_request_of_an_integration(jsonata: bool, called: str, request_: Any, expected: list[str]) -> None:
    assert severities(f"arn:aws:states:::{called}", request_, jsonata=jsonata) == expected


def test_what_a_function_is_given() -> None:
    assert severities("arn:aws:lambda:eu-west-1:123456789012:function:map", {"id": PATH}) == ["warning"]
    assert severities("arn:aws:states:eu-west-1:123456789012:activity:map", {"id": PATH}, jsonata=True) == ["warning"]


def test_an_argument_that_is_odd() -> None:
    assert severities("arn:aws:states:::lambda:invoke", [{"Payload": PATH}], jsonata=True) == ["warning"]
    assert severities("arn:aws:states:::dynamodb", {"a": PATH}) == ["warning"]
    assert severities("x", {"a": PATH}) == ["warning"]
