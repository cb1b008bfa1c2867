"""The rules on parameters beyond their examples: planted mistakes at their place, how grave, and silence where nothing is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import Registry, builtin
from asllint.result import Diagnostic
from asllint.settings import Settings
from asllint.testing import strip_marks

CODES = tuple(f"ASL{number}" for number in (601, 606, 607, 608, 609, 610, 611, 612, 613, 633))
RULES = Registry(entry for entry in builtin() if entry.code in CODES)
S = "arn:aws:states:::"


def findings(text: str, *, file: str = "x.asl.json") -> list[Diagnostic]:
    settings = Settings()
    report = lint(file, text.encode(), settings, RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


def task(resource: str, request: object, *, jsonata: bool = False, **more: object) -> str:
    field = "Arguments" if jsonata else "Parameters"
    language = "JSONata" if jsonata else "JSONPath"
    state = {"Type": "Task", "Resource": S + resource, field: request, "End": True, **more}
    return json.dumps({"QueryLanguage": language, "StartAt": "A", "States": {"A": state}})


def found(resource: str, request: object, *, jsonata: bool = False) -> list[tuple[object, ...]]:
    """Return code, severity, whether AWS refuses, and the place within the request, of each finding."""
    out: list[tuple[object, ...]] = []
    for d in findings(task(resource, request, jsonata=jsonata)):
        field = "/States/A/Arguments" if jsonata else "/States/A/Parameters"
        assert d.pointer.startswith(field), d.pointer
        out.append((d.code, d.severity, d.rejected_by_aws, d.pointer.removeprefix(field)))
    return out


@pytest.mark.parametrize(
    ("resource", "called"),
    [
        ("redshift-data:executeStatement.sync", "redshiftdata:executeStatement"),
        ("secrets-manager:GetSecretValue", "secretsmanager:getSecretValue"),
        ("bedrock-runtime:converse", "bedrockruntime:converse"),
        ("cloudformation:createStack.sync", "cloudformation:createStack"),
    ],
)
def test_a_service_that_the_sdk_integration_reaches(resource: str, called: str) -> None:
    (one,) = [d for d in findings(task(resource, {})) if d.code == "ASL601"]
    assert one.cure is not None
    assert one.cure.endswith(f"The AWS SDK integration reaches this service: `arn:aws:states:::aws-sdk:{called}`.")


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ("us-east-1", ""),  # the region that is asked for by leaving it out
        ("us-wset-1", "Was `us-west-1` meant?"),
        ("US-WEST-1", "Write `us-west-1`."),
    ],
)
def test_a_value_of_right_words_is_not_misspelt(value: str, cure: str) -> None:
    request = {"Bucket": "b", "CreateBucketConfiguration": {"LocationConstraint": value}}
    (found,) = findings(task("aws-sdk:s3:createBucket", request))
    assert (found.code, found.cure or "") == ("ASL609", cure)


def test_a_token_that_sdks_make_up_is_asked_for_behind_aws_sdk() -> None:
    run = {
        "ApplicationId": "${A}",
        "ExecutionRoleArn": "${R}",
        "JobDriver": {"SparkSubmit": {"EntryPoint": "s3://b/x.py"}},
    }
    (path,) = findings(task("aws-sdk:emrserverless:startJobRun", run))
    (ata,) = findings(task("aws-sdk:emrserverless:startJobRun", run, jsonata=True))
    assert (path.code, path.message) == (
        "ASL606",
        "`aws-sdk:emrserverless:startJobRun` is called without `ClientToken`: the call fails.",
    )
    assert path.cure == ('SDKs make it up, Step Functions does not. For example `"ClientToken.$": "States.UUID()"`.')
    assert ata.cure == 'SDKs make it up, Step Functions does not. For example `"ClientToken": "{% $uuid() %}"`.'
    assert findings(task("aws-sdk:emrserverless:startJobRun", {**run, "ClientToken.$": "States.UUID()"})) == []
    assert findings(task("emr-serverless:startJobRun.sync", run)) == []
    # the model does not require this one
    assert findings(task("aws-sdk:athena:startQueryExecution", {"QueryString": "SELECT 1"})) == []


# -- SageMaker: planted mistakes, each found at its place and nothing else said

LABELING = """{"StartAt": "Label", "States": {"Label": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync",
  "Parameters": {
    "LabelingJobName.$": "States.UUID()", "LabelAttributeName": "label", "RoleArn": "arn:aws:iam::123456789012:role/label",
    "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://example-labels/in.manifest"}},
      "DataAttributes": {"ContentClassifiers": ["FreeOfAdultContent"]}},
    "OutputConfig": {"S3OutputPath": "s3://example-labels/out"},
    "LabelCategoryConfigS3Uri": "s3://example-labels/categories.json",
    "StoppingConditions": {"MaxPercentageOfInputDatasetLabeled": 100},
    "HumanTaskConfig": {
      "WorkteamArn": "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/team",
      "UiConfig": {"UiTemplateS3Uri": "s3://example-labels/page.html"},
      "PreHumanTaskLambdaArn": "arn:aws:lambda:eu-west-1:123456789012:function:PRE-Boxes",
      "TaskTitle": "Boxes", "TaskDescription": "Draw boxes", "NumberOfHumanWorkersPerDataObject": 1, "TaskTimeLimitInSeconds": 600,
      "AnnotationConsolidationConfig": {
        "AnnotationConsolidationLambdaArn": "arn:aws:lambda:eu-west-1:123456789012:function:ACS-Boxes"}}}}}}"""

PROCESSING = """{"StartAt": "Process", "States": {"Process": {"Type": "Task", "End": true, "QueryLanguage": "JSONata",
  "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
  "Arguments": {
    "ProcessingJobName": "{% $uuid() %}", "RoleArn": "arn:aws:iam::123456789012:role/process",
    "AppSpecification": {"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/clean:1", "ContainerArguments": ["--all"]},
    "ProcessingInputs": [{"InputName": "in", "S3Input": {"S3Uri": "s3://example-data/in", "LocalPath": "/opt/ml/in",
      "S3DataType": "S3Prefix", "S3InputMode": "File", "S3CompressionType": "None"}}],
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600}}}}}"""


@pytest.mark.parametrize("text", [LABELING, PROCESSING])
def test_what_is_right_is_left_alone(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "code"),
    [
        (PROCESSING, '"S3InputMode"', '«"S3InptMode"»', "ASL607"),
        (PROCESSING, '"VolumeSizeInGB"', '«"VolumeSizeInGb"»', "ASL607"),
        (PROCESSING, '"File"', '«"file"»', "ASL609"),
        (PROCESSING, '"S3Prefix"', '«"S3Folder"»', "ASL609"),
        (PROCESSING, '"InstanceCount": 1', '"InstanceCount": «"one"»', "ASL608"),
        (PROCESSING, '"InstanceCount": 1', '"InstanceCount": «"1"»', "ASL608"),
        (PROCESSING, '"InstanceCount": 1', '"InstanceCount": «1.5»', "ASL608"),
        (PROCESSING, '"InstanceCount": 1', '"InstanceCount": «0»', "ASL609"),
        (PROCESSING, '"InstanceCount": 1', '"InstanceCount": «"$count"»', "ASL610"),
        (PROCESSING, '"ml.m5.large"', '«"ml.m5.lrge"»', "ASL609"),
        (PROCESSING, '"{% $uuid() %}"', f'«"{"a" * 70}"»', "ASL609"),
        (PROCESSING, '"{% $uuid() %}"', '«"-clean-"»', "ASL609"),
        (PROCESSING, '"{% $uuid() %}"', '«"clean_data"»', "ASL609"),
        (PROCESSING, '["--all"]', '«"--all"»', "ASL608"),
        (PROCESSING, '[{"InputName": "in", "S3Input"', '[«{»"S3Input"', "ASL606"),
        (PROCESSING, '"arn:aws:iam::123456789012:role/process"', '«"process"»', "ASL609"),
        (LABELING, '"WorkteamArn": "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/team",', "", "ASL606"),
        (LABELING, '"LabelingJobName.$"', '«"LabelingJobNam.$"»', "ASL607"),
        (LABELING, '"States.UUID()"', '«"States.MathRandom(1, 9)"»', "ASL608"),
        (LABELING, '"FreeOfAdultContent"', '«"FreeOfContent"»', "ASL609"),
    ],
)  # fmt: skip
def test_planted_mistakes(text: str, old: str, new: str, code: str) -> None:
    assert text.count(old) == 1
    planted, marks = strip_marks(text.replace(old, new))
    there = findings(planted)
    assert code in {d.code for d in there}
    if "LabelingJobNam.$" in new:  # AWS would miss the right one, too
        there = [d for d in there if d.code != "ASL606"]
    if not marks:  # what is missing is shown at the key of what misses it
        start = planted.index('"HumanTaskConfig"')
        marks = [(start, start + len('"HumanTaskConfig"'))]
    assert [(d.code, d.span) for d in there] == [(code, marks[0])]


def test_the_seeds_are_known(shared: Path) -> None:
    files = sorted((shared / "seeds").glob("*.json"))
    assert len(files) == 4
    for file in files:
        assert [d.code for d in findings(file.read_text(encoding="utf-8"), file=file.name)] == []


def test_what_people_run_has_no_mistake(shared: Path) -> None:
    settings = Settings()
    files = 0
    for file in sorted((shared / "corpus" / "production").rglob("*")):
        if file.suffix in (".json", ".yaml", ".yml") and file.name != "index.json":
            report = lint(file.name, file.read_bytes(), settings, RULES)
            files += len(report.files)
            assert [d.full_message for d in report.diagnostics] == [], file
    assert files > 150


# -- how grave, and what AWS refuses


@pytest.mark.parametrize(
    ("resource", "request_", "expected"),
    [
        # names
        ("lambda:invoke", {"FunctionName": "f", "Paylod": {}}, ("ASL607", "error", True, "/Paylod")),
        ("lambda:invoke", {"FunctionName": "f", "Paylod.$": "$"}, ("ASL607", "error", False, "/Paylod.$")),
        ("lambda:invoke", {"FunctionName": "f", "payload": {}}, ("ASL607", "error", True, "/payload")),
        ("lambda:invoke", {"functionName.$": "$.f"}, ("ASL607", "error", True, "/functionName.$")),
        ("lambda:invoke", {"FunctionName": "f", "Whatever": 1}, ("ASL607", "warning", False, "/Whatever")),
        ("lambda:invoke.waitForTaskToken", {"FunctionName": "f", "TaskToken.$": "$$.Task.Token"}, ("ASL607", "error", False, "/TaskToken.$")),
        ("aws-sdk:rds:stopDBInstance", {"DBInstanceIdentifier": "d"}, ("ASL607", "error", True, "/DBInstanceIdentifier")),
        ("aws-sdk:ec2:describeSnapshots", {"Filter": []}, ("ASL607", "error", True, "/Filter")),
        ("aws-sdk:ec2:describeSnapshots", {"NextTokens": []}, ("ASL607", "warning", False, "/NextTokens")),
        ("batch:submitJob", {"JobName": "j", "JobQueue": "q", "JobDefinition": "d", "RetryStrategy": {"attempts": 5}}, ("ASL607", "warning", False, "/RetryStrategy/attempts")),
        ("elasticmapreduce:createCluster", {"Name": "c", "Instances": {}, "Steps": []}, ("ASL607", "error", False, "/Steps")),
        # what is missing
        ("lambda:invoke", {}, ("ASL606", "error", True, "")),
        ("sagemaker:createModel", {}, ("ASL606", "error", False, "")),
        ("aws-sdk:s3:getObject", {"Bucket": "b"}, ("ASL606", "error", False, "")),
        ("sagemaker:createModel", {"ModelName": "m", "PrimaryContainer": {"ImageConfig": {}}}, ("ASL606", "error", False, "/PrimaryContainer/ImageConfig")),
        ("http:invoke", {"ApiEndpoint": "${E}", "Method": "GET"}, ("ASL606", "error", False, "")),
        # the guide's own example leaves it out
        ("bedrockagentcore:invokeHarness", {"HarnessArn": "${H}", "Messages": []}, ("ASL606", "warning", False, "")),
        ("bedrockagentcore:invokeHarness", {"HarnessArn": "${H}"}, ("ASL606", "error", False, "")),
        # types
        ("dynamodb:getItem", {"TableName": "t", "Key": {"id": {"N": 1}}}, ("ASL608", "error", False, "/Key/id/N")),
        ("dynamodb:getItem", {"TableName": "t", "Key": []}, ("ASL608", "error", False, "/Key")),
        ("dynamodb:getItem", {"TableName": "t", "Key": {}, "ConsistentRead": "yes"}, ("ASL608", "error", False, "/ConsistentRead")),
        ("dynamodb:getItem", {"TableName": "t", "Key": {}, "ConsistentRead": "true"}, ("ASL608", "warning", False, "/ConsistentRead")),
        ("ecs:runTask", {"TaskDefinition": "t", "Count": "2"}, ("ASL608", "warning", False, "/Count")),
        ("ecs:runTask", {"TaskDefinition": "t", "Count.$": "States.Array(1)"}, ("ASL608", "error", False, "/Count.$")),
        ("aws-sdk:s3:getObject", {"Bucket": "b", "Key": 5}, ("ASL608", "warning", False, "/Key")),
        # values
        ("ecs:runTask", {"TaskDefinition": "t", "LaunchType": "Fargate"}, ("ASL609", "warning", False, "/LaunchType")),
        ("ecs:runTask", {"TaskDefinition": "t", "LaunchType": "${A}gate"}, ("ASL609", "warning", False, "/LaunchType")),
        ("dynamodb:getItem", {"TableName": "t", "Key": {"id": {}}}, ("ASL609", "error", False, "/Key/id")),
        ("dynamodb:getItem", {"TableName": "t", "Key": {"id": {"S": "a", "N": "1"}}}, ("ASL609", "error", False, "/Key/id")),
        ("lambda:invoke", {"FunctionName": "a b"}, ("ASL609", "note", False, "/FunctionName")),
        # texts that are meant to be evaluated
        ("ecs:runTask", {"TaskDefinition": "t", "Count": "$n"}, ("ASL610", "error", False, "/Count")),
        ("ecs:runTask", {"TaskDefinition": "t", "LaunchType": "$type.name"}, ("ASL610", "warning", False, "/LaunchType")),
        # what is old, what there is more of
        ("glue:startJobRun", {"JobName": "j", "AllocatedCapacity": 2}, ("ASL612", "note", False, "/AllocatedCapacity")),
    ],
)  # fmt: skip
def test_severity(resource: str, request_: dict[str, Any], expected: tuple[str, str, bool, str]) -> None:
    assert found(resource, request_) == [expected]
    if any(key.endswith(".$") for key in request_) or expected[0] == "ASL610":
        return
    assert found(resource, request_, jsonata=True) == [expected]


def test_what_is_required_may_not_be_beside_what_the_data_does_not_know() -> None:
    # `namespace` of ListMemoryRecords was required until `namespacePath` came
    assert found("aws-sdk:s3:getObject", {"Bucket": "b", "Locator": "x"}) == [
        ("ASL606", "warning", False, ""),
        ("ASL607", "warning", False, "/Locator"),
    ]
    # a name that is merely misspelt tells nothing of the rest
    assert found("aws-sdk:s3:getObject", {"Bucket": "b", "VersonId": "x"})[0] == ("ASL606", "error", False, "")
    assert found("aws-sdk:s3:getObject", {"Bucket": "b", "key": "x"}) == [("ASL607", "error", True, "/key")]
    # AWS was seen to ask for this one
    assert found("sqs:sendMessage", {"QueueUrl": "q", "Body": "x"})[0] == ("ASL606", "error", True, "")


@pytest.mark.parametrize(
    ("resource", "code", "severity", "rejected"),
    [
        ("sagemaker:CreateModel", "ASL611", "error", True),
        ("aws-sdk:sagemaker:CreateModel", "ASL611", "error", True),
        ("aws-sdk:rds:describeDbInstances", "ASL611", "error", True),
        ("aws-sdk:lookoutvision:StartModel", "ASL611", "error", True),
        ("aws-sdk:sagemaker:createModell", "ASL601", "error", True),
        ("aws-sdk:sagemaker:frobnicate", "ASL601", "warning", False),
        ("aws-sdk:bedrockagentcore:invokeHarness", "ASL601", "warning", False),
        ("aws-sdk:cloudwatchlogs:tagLogGroup", "ASL612", "note", False),
        ("aws-sdk:lambda:invoke", "ASL613", "note", False),
    ],
)
def test_actions(resource: str, code: str, severity: str, rejected: bool) -> None:
    text = task(resource, "{% $states.input %}", jsonata=True)
    (d,) = findings(text)
    assert (d.code, d.severity, d.rejected_by_aws, d.pointer) == (code, severity, rejected, "/States/A/Resource")


def polled(*, tells: bool, asks: str = "aws-sdk:glue:getJobRun") -> list[str]:
    """Return what is said of a job that a loop asks for, which may do something else in each round."""
    states = {
        "Run": {"Type": "Task", "Resource": S + "aws-sdk:glue:startJobRun", "Next": "Wait", "Parameters": {"JobName": "load"}},
        "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Tell" if tells else "Look"},
        "Tell": {"Type": "Task", "Resource": S + "sns:publish", "Next": "Look", "Parameters": {"Message": "a", "TopicArn": "${T}"}},
        "Look": {"Type": "Task", "Resource": S + asks, "Next": "Done?",
                 "Parameters": {"JobName": "load", "RunId.$": "$.JobRunId"}},
        "Done?": {"Type": "Choice", "Default": "Wait", "Choices": [{"Variable": "$.s", "IsPresent": True, "Next": "Done"}]},
        "Done": {"Type": "Succeed"},
    }  # fmt: skip
    if not tells:
        del states["Tell"]
        states["Look"]["ResultPath"] = "$.s"
    report = lint("x.asl.json", json.dumps({"StartAt": "Run", "States": states}).encode(), Settings(), builtin())
    return [d.code for d in report.diagnostics if d.code in ("ASL216", "ASL613")]


def test_a_job_that_is_waited_for() -> None:
    assert polled(tells=True) == ["ASL613"]
    assert polled(tells=True, asks="aws-sdk:sfn:describeExecution") == []


def test_a_loop_that_another_rule_reports() -> None:
    assert polled(tells=False) == ["ASL216"]


def test_a_job_that_is_not_waited_for() -> None:
    assert findings(task("aws-sdk:glue:startJobRun", {"JobName": "load"})) == []


def test_a_name_is_shown_without_its_dollar() -> None:
    variables = {"Environment": {"Variables": {"C.$": "$.c"}}, "FunctionName": "f"}
    (d,) = findings(task("aws-sdk:lambda:updateFunctionConfiguration", variables))
    assert d.message.startswith("`C` has not the form")


# -- silence


@pytest.mark.parametrize(
    ("resource", "request_", "jsonata"),
    [
        ("sagemaker:createModel", "{% $states.input %}", True),
        ("sagemaker:createModel", "${Request}", False),
        ("sagemaker:createModel", None, False),
        ("sagemaker:createModel", {"${Key}": "m"}, False),
        ("sagemaker:createModel", {"ModelName.$": "$.n", "PrimaryContainer.$": "$"}, False),
        ("sagemaker:createModel", {"ModelName": "${A}", "Containers": "${B}", "EnableNetworkIsolation": "${C}"}, False),
        ("sagemaker:createModel", {"ModelName": "<your-model>", "ExecutionRoleArn": "arn:aws:iam::{ACCOUNT}:role/r"}, False),
        ("aws-sdk:polly:startSpeechSynthesisTask", {"OutputFormat": "mp3", "OutputS3BucketName": "BUCKET_NAME", "Text": "t", "VoiceId": "Amy"}, False),
        ("lambda:invoke", {"FunctionName": "f", "Payload": {"payload": 1, "x.$": "$", "FunctionName": None}}, False),
        ("sns:publish", {"Message": {"any": "thing"}, "TopicArn": "${T}", "Subject": "$subject"}, False),
        ("aws-sdk:sfn:describeExecution", {"ExecutionArn.$": "$.arn"}, False),
        ("aws-sdk:sfn:startExecution.waitForTaskToken", {"StateMachineArn": "${M}", "Input.$": "$$.Task.Token"}, False),
        ("aws-sdk:s3:putObject", {"Bucket": "b", "Key": "k", "Body": {"a": [1]}}, False),
        ("aws-sdk:connect:startOutboundVoiceContact", {"ContactFlowId": "f", "DestinationPhoneNumber": "+5511987654321", "InstanceId": "i"}, False),
        ("aws-sdk:lookoutvision:startModel", {"anything": True}, False),
        ("aws-sdk:brand${New}:go", {"anything": True}, False),
        ("${Service}:go", {"anything": True}, False),
        ("apigateway:invoke", {"ApiEndpoint": "e", "Method": "GET", "Headers.$": "$.h", "RequestBody": [1]}, False),
        ("http:invoke", {"ApiEndpoint": "https://example.com", "Method": "GET", "Authentication": {"ConnectionArn": "${C}"}}, False),
        ("ecs:runTask", {"TaskDefinition": "t", "Count": "$.count", "LaunchType": "States.Format('{}', $.t)"}, False),
    ],
)  # fmt: skip
def test_nothing_is_said(resource: str, request_: object, jsonata: bool) -> None:
    assert findings(task(resource, request_, jsonata=jsonata)) == []


@pytest.mark.parametrize("text", ["$.count", "States.UUID()", "$$.Execution.Name"])
def test_a_path_without_a_dollar_is_reported_once(text: str) -> None:
    machine = task("ecs:runTask", {"TaskDefinition": "t", "Count": text})
    report = lint("x.asl.json", machine.encode(), Settings(), builtin())
    assert [d.name for d in report.diagnostics if "Count" in d.pointer] == ["missing-dollar"]


# -- what is looked at


def test_a_state_alone_is_looked_at() -> None:
    state = {"Type": "Task", "Resource": S + "lambda:invoke", "Parameters": {"Payload": {}}, "End": True}
    assert [d.code for d in findings(json.dumps(state))] == ["ASL606"]
    state["Arguments"] = state.pop("Parameters")
    assert [d.code for d in findings(json.dumps(state))] == ["ASL606"]


@pytest.mark.parametrize(
    ("payload", "refused"),
    [("1", True), ("1.5", True), ("false", True), ("null", False), ('"a"', False), ("[]", False), ('"{% 1 %}"', False), ("${P}", False)],
)  # fmt: skip
def test_the_payload_of_a_function(payload: str, refused: bool) -> None:
    """Measured: AWS refuses a number and a boolean that are written out, and takes what an expression gives."""
    for call, sdk in (("lambda:invoke", False), ("aws-sdk:lambda:invoke", True)):
        text = (
            f'{{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "{S}{call}", "End": true, '
            f'"Arguments": {{"FunctionName": "f", "Payload": {payload}}}}}'
        )
        found = [(d.code, d.rejected_by_aws, d.aws_code) for d in findings(text) if d.code != "ASL613"]
        assert found == ([("ASL608", True, "SCHEMA_VALIDATION_FAILED")] if refused and not sdk else [])


def reader(name: str, action: str, request: Mapping[str, object]) -> list[str]:
    inner = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **inner}
    state = {"Type": "Map", name: {"Resource": f"{S}s3:{action}", "Parameters": request}, "ItemProcessor": processor}
    return [
        f"{d.code} {d.severity} {d.rejected_by_aws} {d.pointer.partition(name)[2]}"
        for d in findings(json.dumps({"StartAt": "A", "States": {"A": state | {"End": True}}}))
    ]


def test_readers_and_writers() -> None:
    assert reader("ItemReader", "getObject", {"Bucket": "b", "Key.$": "$.key"}) == []
    assert reader("ItemReader", "listObjectsV2", {"Bucket": "b", "Prefix": "p/"}) == []
    assert reader("ResultWriter", "putObject", {"Bucket": "b", "Prefix": "p/"}) == []
    assert reader("ItemReader", "getObject", {"bucket": "b", "Key": "k"}) == ["ASL607 warning False /Parameters/bucket"]
    assert reader("ItemReader", "getObject", {"Bucket": "b"}) == ["ASL606 warning False /Parameters"]
    assert reader("ResultWriter", "putObject", {"Bucket": "b", "Prefx": "p"}) == [
        "ASL607 warning False /Parameters/Prefx"
    ]


def test_what_is_missing_in_one_object_is_one_finding() -> None:
    (d,) = findings(task("sqs:sendMessage", {"Queue": "q"}))[:1]
    assert (d.code, d.span[1] - d.span[0]) == ("ASL606", len('"Parameters"'))
    assert "`MessageBody` and `QueueUrl`" in d.message


def test_fixes() -> None:
    for resource, request, expected in (
        ("lambda:invoke", {"FunctionName": "f", "payload.$": "$"}, {"FunctionName": "f", "Payload.$": "$"}),
        ("ecs:runTask", {"TaskDefinition": "t", "Count": "$n"}, {"TaskDefinition": "t", "Count.$": "$n"}),
        ("ecs:runTask", {"TaskDefinition": "t", "LaunchType": "fargate"}, {"TaskDefinition": "t", "LaunchType": "FARGATE"}),
        ("dynamodb:getItem", {"TableName": "t", "Key": {"a": {"N": 1}}}, {"TableName": "t", "Key": {"a": {"N": "1"}}}),
    ):  # fmt: skip
        text = task(resource, request)
        (d,) = findings(text)
        assert d.fix is not None
        for start, end, new in d.fix.edits:
            text = text[:start] + new + text[end:]
        assert json.loads(text)["States"]["A"]["Parameters"] == expected
        assert findings(text) == []


def test_yaml() -> None:
    text = (
        "Type: Task\nResource: arn:aws:states:::ecs:runTask\nParameters:\n  TaskDefinition: t\n  «Cont»: 1\nEnd: true\n"
    )
    planted, marks = strip_marks(text)
    assert [(d.code, d.span) for d in findings(planted, file="x.asl.yaml")] == [("ASL607", marks[0])]


def test_only_an_unknown_name_may_be_meant_as_a_missing_one() -> None:
    def cure(request_: dict[str, Any]) -> str:
        resource = "arn:aws:states:::sagemaker:createHyperParameterTuningJob"
        state = {"Type": "Task", "Resource": resource, "Parameters": request_, "End": True}
        return next(d.cure for d in findings(json.dumps(state)) if d.code == "ASL606")

    assert cure({"HyperParameterTuningJobName": "a"}) == "Add it to the request."
    misspelt = cure({"HyperParameterTuningJobName": "a", "HyperParameterTuningJobConfg": {}})
    assert misspelt == "Is `HyperParameterTuningJobConfg` meant as `HyperParameterTuningJobConfig`?"


def test_what_the_sdk_has_a_default_for_need_not_be_given() -> None:
    assert found("aws-sdk:glacier:listVaults", {}) == []
    assert [code for code, *_ in found("aws-sdk:glacier:describeVault", {})] == ["ASL606"]
    assert [code for code, *_ in found("aws-sdk:s3control:listJobs", {})] == ["ASL606"]


@pytest.mark.parametrize(
    "connection",
    [{"Authentication": {"ConnectionArn": "${C}"}}, {"InvocationConfig.$": "$.c"}, {"${Connection}": "x"}],
)
def test_a_connection_under_either_name(connection: dict[str, Any]) -> None:
    assert found("http:invoke", {"ApiEndpoint": "${E}", "Method": "GET", **connection}) == []


def test_equals_has_another_name() -> None:
    request_ = {
        "KnowledgeBaseId": "ABCDEFGHIJ",
        "RetrievalQuery": {"Text": "t"},
        "RetrievalConfiguration": {"VectorSearchConfiguration": {"Filter": {"Equals": {"Key": "k", "Value": "v"}}}},
    }
    resource = "arn:aws:states:::aws-sdk:bedrockagentruntime:retrieve"
    state = {"Type": "Task", "Resource": resource, "Parameters": request_, "End": True}
    (only,) = findings(json.dumps(state))
    assert (only.code, only.severity, only.cure) == ("ASL607", "error", "Write `EqualsValue`.")
    (only,) = found("aws-sdk:snowball:createJob", {"Notification": {"NotifyAll": True}})
    assert only == ("ASL607", "error", True, "/Notification/NotifyAll")


def test_time_is_linear(linear: Any) -> None:
    def prepare(count: int) -> Callable[[], None]:
        request = {"TableName": "t", "Item": {"a": {"S": "x"}}, "ReturnValues": "none", "Wrong": 1}
        state = {"Type": "Task", "Resource": S + "dynamodb:putItem", "Parameters": request, "End": True}
        text = json.dumps({"StartAt": "0", "States": {str(i): state for i in range(count)}})

        def work() -> None:
            assert len(findings(text)) == 2 * count

        return work

    linear(prepare, 200, 1600)


@pytest.mark.parametrize(
    ("resource", "header", "expected"),
    [
        ("http:invoke", "Authorization", ("error", True)),
        ("http:invoke", "AUTHORIZATION", ("error", True)),
        ("http:invoke", "Authorization.$", ("error", False)),
        ("http:invoke", "x-amz-target", ("error", True)),
        ("http:invoke", "X-Forwarded-For", ("error", True)),
        ("http:invoke", "Cache-Control", ("error", True)),
        ("http:invoke", "WWW-Authenticate", None),
        ("http:invoke", "X-Api-Key", None),
        ("http:invoke", "x-amazing", None),
        ("http:invoke", "Range", None),
        ("http:invoke", "${Header}", None),
        ("http:invoke", "x-amz-${Header}", None),
        ("apigateway:invoke", "authorization", ("error", True)),
        ("apigateway:invoke", "Authorization.$", ("warning", False)),
        ("apigateway:invoke", "Www-Authenticate", ("error", True)),
        ("apigateway:invoke", "X-Amzn-Trace-Id", ("error", True)),
        ("apigateway:invoke", "TaskToken", None),
        ("apigateway:invoke", "Cache-Control", None),
    ],
)
def test_headers(resource: str, header: str, expected: tuple[str, bool] | None) -> None:
    request: dict[str, Any] = {
        "ApiEndpoint": "${Endpoint}",
        "Method": "GET",
        "Headers": {header: "$.x", "Accept": ["x"]},
    }
    if resource == "http:invoke":
        request["InvocationConfig"] = {"ConnectionArn": "${Connection}"}
    pointer = f"/Headers/{header.replace('~', '~0').replace('/', '~1')}"
    wanted = [("ASL633", *expected, pointer)] if expected else []
    assert found(resource, request) == wanted
    if not header.endswith(".$"):
        request["Headers"][header] = "{% $states.input.x %}"
        assert found(resource, request, jsonata=True) == wanted


def test_no_headers_that_are_known() -> None:
    request = {"ApiEndpoint": "${E}", "Method": "GET", "InvocationConfig": {"ConnectionArn": "${C}"}}
    assert found("http:invoke", {**request, "Headers.$": "$.headers"}) == []
    assert found("http:invoke", {**request, "Headers": "{% $states.input.headers %}"}, jsonata=True) == []
    assert found("http:invoke", {**request, "Headers": {}}) == []
