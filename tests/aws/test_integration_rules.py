"""How grave the findings on Resources are: an error only where AWS certainly refuses; nothing on what people run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from asllint.engine import lint
from asllint.registry import Entry, Registry, scan
from asllint.result import Diagnostic
from asllint.rule import Example
from asllint.settings import Settings
from asllint.testing import lint_example

RULES = {rule.code: rule for rule in scan()}
S = "arn:aws:states:::"


def find(code: str, state: Mapping[str, object], **options: object) -> list[Diagnostic]:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Task", "End": True, **state}}}
    return lint_example(RULES[code], Example(json.dumps(definition), options=options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "resource", "severity", "cure"),
    [
        ("ASL611", S + "lambda:Invoke", "error", "Write `invoke`."),
        ("ASL601", S + "DynamoDB:getItem", "error", "Write `dynamodb`."),
        ("ASL601", S + "sagmaker:createModel", "error", "Write `sagemaker`."),
        ("ASL601", S + "sagemaker:createTraningJob.sync", "error", "Write `createTrainingJob`."),
        ("ASL601", S + "emrcontainers:startJobRun", "error", "Write `emr-containers`."),
        ("ASL601", S + "dynamodb:query", "error", "aws-sdk:dynamodb:query"),
        ("ASL601", S + "dynamodb:scan", "warning", "aws-sdk:dynamodb:scan"),
        ("ASL601", S + "sagemaker:deleteModel", "warning", "aws-sdk:sagemaker:deleteModel"),
        ("ASL601", S + "sagemaker:stopTransformJob", "warning", "aws-sdk:sagemaker:stopTransformJob"),
        ("ASL601", S + "stepfunctions:startExecution", "warning", "aws-sdk:sfn:startExecution"),
        ("ASL601", S + "s3:putObject", "warning", "aws-sdk:s3:putObject"),
        ("ASL601", S + "foo:bar", "warning", ""),
        ("ASL601", S + "lambda", "warning", "lambda:invoke"),
        ("ASL601", S, "warning", "lambda:invoke"),
        ("ASL611", S + "aws-sdk:cloudwatchlogs:CreateLogStream", "error", "Write `createLogStream`."),
        ("ASL601", S + "aws-sdk:DynamoDb:getItem", "error", "Write `dynamodb`."),
        ("ASL601", S + "aws-sdk:stepfunctions:startExecution", "error", "Write `sfn`."),
        ("ASL601", S + "aws-sdk:lambada:invoke", "error", "Write `lambda`."),
        ("ASL601", S + "aws-sdk:apigatewaymanagementapi:postToConnection", "error", ""),
        ("ASL601", S + "aws-sdk:cloudsearchdomain:search", "error", ""),
        ("ASL601", S + "aws-sdk:sts:assumeRole", "error", ""),
        ("ASL601", S + "aws-sdk:sts:assumeRoleWithSAML", "warning", ""),
        ("ASL601", S + "aws-sdk:eventbridgev2:go", "warning", "Was `eventbridge` meant?"),
        ("ASL601", S + "aws-sdk:brandnew:go", "warning", ""),
        ("ASL602", S + "lambda:invoke.sync", "error", "waited for without one"),
        ("ASL602", S + "lambda:invoke.Sync", "error", "waited for without one"),
        ("ASL602", S + "glue:startJobRun.Sync", "error", "Write `.sync`."),
        ("ASL602", S + "glue:startJobRun.wait_for_task_token", "error", "It has `.sync`."),
        ("ASL602", S + "sqs:sendMessage.wait_for_task_token", "error", "Write `.waitForTaskToken`."),
        ("ASL602", S + "glue:startJobRun.sync:2", "error", "`.sync`"),
        ("ASL602", S + "glue:startJobRun.later", "warning", ""),
        ("ASL602", S + "athena:getQueryResults.sync", "warning", "Leave the suffix out."),
        ("ASL602", S + "http:invoke.waitForTaskToken", "warning", "Leave the suffix out."),
        ("ASL602", S + "aws-sdk:s3:getObject.sync", "error", "Leave the suffix out."),
        ("ASL604", "hello", "error", "ARN of a Lambda function"),
        ("ASL604", "", "error", "ARN of a Lambda function"),
        ("ASL604", "$.arn", "error", "FunctionName"),
        ("ASL604", "arn:aws:sns:us-east-1:1:topic", "warning", "SERVICE:ACTION"),
        ("ASL604", "arn:aws:lambda:us-east-1:1:hello", "warning", "function:NAME"),
        ("ASL604", "arn:AWS:lambda:us-east-1:1:function:hello", "warning", "aws-cn"),
    ],
)
def test_how_grave(code: str, resource: str, severity: str, cure: str) -> None:
    (finding,) = find(code, {"Resource": resource, "Parameters": {}})
    assert finding.severity == severity
    assert finding.rejected_by_aws is (severity == "error")
    assert cure in finding.cure
    assert finding.pointer == "/States/A/Resource"


@pytest.mark.parametrize("code", ["ASL601", "ASL602", "ASL604"])
@pytest.mark.parametrize(
    "resource",
    [
        S + "lambda:invoke.waitForTaskToken",
        S + "aws-sdk:sagemakerruntimehttp2:anything",
        S + "aws-sdk:rds:describeDBInstances",
        S + "aws-sdk:lambdamicrovms:runMicrovm",
        S + "aws-sdk:sagemakerjobruntime:sample",
        S + "${Service}:${Action}.sync",
        S + "aws-sdk:${Service}:Query",
        S + "lambda:invoke${Suffix}",
        S + "eks:call.waitForTaskToken",
        "arn:aws:lambda:${Rest}",
        "arn:aws:states:${Rest}",
        "${Function}",
        7,
        None,
    ],
)
def test_silent(code: str, resource: object) -> None:
    assert find(code, {"Resource": resource, "Parameters": {}}) == []


def test_a_misspelt_name_has_a_fix() -> None:
    (finding,) = find("ASL601", {"Resource": S + "lamda:invoke", "Parameters": {}})
    assert finding.fix is not None and finding.text is not None and not finding.fix.safe
    ((start, end, right),) = finding.fix.edits
    assert (finding.text.content[start:end], right) == ("lamda", "lambda")


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({"Resource": S + "lambda:invoke"}, True),
        ({"Resource": S + "aws-sdk:batch:submitJob.waitForTaskToken"}, True),
        ({"Resource": S + "lambda:invoke", "QueryLanguage": "JSONata"}, True),
        ({"Resource": S + "lambda:invoke", "QueryLanguage": "${Language}"}, False),
        ({"Resource": S + "lambda:invoke", "Parameters": None}, False),
        ({"Resource": S + "lambda:invoke", "${More}": 1}, False),
        ({"Resource": S + "foo:bar"}, False),
        ({"Resource": S + "lambda:${Action}"}, False),
    ],
)
def test_missing_parameters(state: dict[str, object], found: bool) -> None:
    assert bool(find("ASL605", state)) is found


def test_hint_names_the_role_of_credentials() -> None:
    state = {"Resource": S + "sagemaker:createTrainingJob.sync", "Parameters": {}}
    (plain,) = find("ASL701", state)
    (assumed,) = find("ASL701", {**state, "Credentials": {"RoleArn": "arn:aws:iam::1:role/r"}})
    assert plain.message.startswith("The execution role must allow `sagemaker:CreateTrainingJob`")
    assert "managed rule" in plain.message
    assert assumed.message.startswith("The role in `Credentials` must allow")
    assert "managed rule" not in assumed.message
    statements = json.loads(plain.details.split("```")[1].removeprefix("json"))
    assert statements[0]["Action"][0] == "sagemaker:CreateTrainingJob"


def test_hint_says_what_is_a_guess_and_what_is_not_known() -> None:
    (finding,) = find(
        "ASL701", {"Resource": S + "sagemaker:createLabelingJob.sync", "Parameters": {"LabelingJobName.$": "$.n"}}
    )
    assert "its name is a guess" in finding.message
    assert "all of its type: `LabelingJobName`" in finding.details


def test_hint_for_every_service() -> None:
    state = {"Resource": S + "lambda:invoke", "Parameters": {"FunctionName": "f"}}
    (finding,) = find("ASL701", state, services=("*",))
    assert finding.message == "The execution role must allow `lambda:InvokeFunction`."
    assert find("ASL701", {"Resource": S + "eks:call", "Parameters": {}}, services=("*",)) == []


def retry(**fields: object) -> list[Diagnostic]:
    return find(
        "ASL301", {"Resource": S + "lambda:invoke", "Parameters": {}, "Retry": [{"ErrorEquals": ["E"], **fields}]}
    )


def test_retry_message() -> None:
    (finding,) = retry(IntervalSeconds=60, MaxAttempts=5000, BackoffRate=1)
    assert "5,000 retries over 3 d 11 h 20 min" in finding.message
    assert '"MaxDelaySeconds": 3600, "JitterStrategy": "FULL"`: at most 5 h 3 min.' in finding.cure


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, False),
        ({"MaxAttempts": 0, "IntervalSeconds": 99999999}, False),
        ({"MaxAttempts": 50, "MaxDelaySeconds": 60}, False),
        ({"MaxAttempts": 51, "MaxDelaySeconds": 60}, True),
        ({"MaxAttempts": 99999999, "BackoffRate": 10}, True),
        ({"MaxAttempts": 51, "IntervalSeconds": "${Interval}"}, True),
        ({"MaxAttempts": 20, "IntervalSeconds": "${Interval}"}, False),
        ({"MaxAttempts": 20, "MaxDelaySeconds": "${Delay}"}, False),
        ({"MaxAttempts": 20}, True),
        ({"MaxAttempts": "${Attempts}", "IntervalSeconds": 99999}, False),
        ({"MaxAttempts": "many"}, False),
        ({"MaxAttempts": True}, False),
        ({"BackoffRate": 1000, "IntervalSeconds": 10}, True),
    ],
)
def test_retry(fields: dict[str, object], found: bool) -> None:
    assert bool(retry(**fields)) is found


def test_nothing_on_what_people_run(shared: Path) -> None:
    entries = [Entry(rule.code, rule.name, "", rule.__module__, True, rule.concerns) for rule in RULES.values()]
    registry = Registry(entry for entry in entries if entry.code in ("ASL601", "ASL602", "ASL604", "ASL605"))
    planted = f'{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "End": true, "Resource": "{S}lamda:invoke"}}}}}}'
    assert [d.code for d in lint("planted", planted.encode(), Settings(), registry).diagnostics] == ["ASL601"]
    files = 0
    for path in sorted((shared / "corpus" / "production").rglob("*.asl.*")):
        report = lint(path.name, path.read_bytes(), Settings(), registry)
        files += len(report.files)
        assert [d.message for d in report.diagnostics] == []
    assert files > 100
