"""The service models: the archive, its reader, and the script that writes it."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from asllint.aws import catalog, outputs, resource, shapes
from asllint.aws.data import services_date
from asllint.source.node import STRING, Node
from asllint.source.text import Text

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "asllint" / "aws" / "data" / "services.zip"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_services", ROOT / "tools" / "build_services.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found(service: str, action: str, *, sdk: bool = False) -> shapes.Operation:
    operation = shapes.find(service, action, sdk=sdk)
    assert operation is not None
    return operation


def path(shape: shapes.Shape | None, *names: str) -> shapes.Shape:
    for name in names:
        assert shape is not None
        shape = shape.item if name == "[]" else shape.get(name)
    assert shape is not None
    return shape


def names(shape: shapes.Shape | None) -> list[str]:
    assert shape is not None
    return list(shape.members)


def parsed(arn: str) -> resource.Resource:
    made = resource.parse(Node(STRING, 0, len(arn), Text("t", arn), arn, "plain"))
    assert made is not None
    return made


# -- the archive


def test_every_optimized_integration_has_its_operation() -> None:
    for service in catalog.services():
        listed = set(catalog.actions(service)) - {
            a for a in catalog.actions(service) if catalog.is_map_only(service, a)
        }
        assert listed <= set(shapes.operations(service, sdk=False)), service


def test_every_service_of_the_sdk_is_there_but_those_that_botocore_dropped() -> None:
    missing = {name for name in catalog.sdk_services() if not shapes.operations(name, sdk=True)}
    assert missing == {
        "elasticinference", "finspace", "finspacedata", "iotanalytics", "iotevents", "ioteventsdata",
        "lookoutvision", "opsworkscm", "panorama", "privatenetworks", "sagemakerruntimehttp2",
        "simspaceweaver", "sms", "tnb",
    }  # fmt: skip


def test_members_are_what_zipfile_reads() -> None:
    with zipfile.ZipFile(ARCHIVE) as file:
        for info in file.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert shapes.unpacked("services.zip", info.filename) == file.read(info.filename)
        assert sorted(file.namelist()) == file.namelist()


@pytest.mark.parametrize(
    "name", ["", "sdk/", "sdk/no", "sdk", "optimized/lamb", "sdk/sagemake", "PK", "sdk/sagemaker/x", "é"]
)
def test_an_unknown_member_is_none(name: str) -> None:
    assert shapes.unpacked("services.zip", name) is None


def test_every_line_of_every_member_is_read() -> None:
    with zipfile.ZipFile(ARCHIVE) as file:
        members = file.namelist()
    count = 0
    for member in members:
        where, _, name = member.partition("/")
        service = shapes._service(name, where == "sdk")
        assert service is not None
        for number in range(len(service._tail)):
            if not service._tail[number]:
                continue
            shape = service.shape(str(number))
            count += len([m.shape.kind for m in shape.members.values()])
            assert shape.min is None or shape.max is None or shape.min <= shape.max or name in ("chime", "mturk"), shape
        for action in service.operations():
            operation = service.operation(action)
            assert operation is not None
            assert operation.input.kind == shapes.STRUCTURE or not operation.supported
            assert operation.output.kind == shapes.STRUCTURE or not operation.supported
            assert all("." in error for error in operation.errors)
    assert count > 150_000


def test_it_is_small() -> None:
    assert ARCHIVE.stat().st_size < 2_500_000


def test_date_and_version() -> None:
    assert len(shapes.date()) == 10
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"botocore=={services_date.BOTOCORE}"' in project


# -- operations


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:states:::sagemaker:createTrainingJob.sync", "<sagemaker:createTrainingJob>"),
        ("arn:aws-cn:states:::aws-sdk:rds:describeDBInstances", "<rds:describeDBInstances>"),
        ("arn:aws:states:::http:invoke", "<http:invoke>"),
        ("arn:aws:states:::aws-sdk:rds:DescribeDBInstances", "None"),
        ("arn:aws:states:::aws-sdk:logs:putLogEvents", "None"),
        ("arn:aws:states:::s3:getObject", "None"),
        ("arn:aws:lambda:us-east-1:123456789012:function:f", "None"),
        ("arn:aws:states:::sagemaker", "None"),
    ],
)
def test_operation_of_a_resource(arn: str, expected: str) -> None:
    assert str(shapes.operation(parsed(arn))) == expected


def test_unsupported_operations_have_no_shapes() -> None:
    operation = found("kinesis", "subscribeToShard", sdk=True)
    assert not operation.supported
    assert operation.input.kind == operation.output.kind == shapes.ANY
    assert operation.errors == ()


def test_deprecated_operations() -> None:
    assert found("waf", "createRule", sdk=True).supported
    assert any(found("iot", name, sdk=True).deprecated or not found("iot", name, sdk=True).supported
               for name in ("attachPrincipalPolicy",))  # fmt: skip


def test_errors_behind_the_sdk() -> None:
    assert "Rds.InvalidDbClusterStateException" in found("rds", "startDBCluster", sdk=True).errors
    assert {"S3.NoSuchBucketException", "S3.S3Exception", "S3.SdkClientException"} <= set(
        found("s3", "listObjectsV2", sdk=True).errors
    )


def test_errors_of_the_optimized() -> None:
    assert found("sagemaker", "createTrainingJob").errors[:2] == (
        "SageMaker.AmazonSageMakerException",
        "SageMaker.ResourceLimitExceededException",
    )
    assert "AmazonECS.Unknown" in found("ecs", "runTask").errors
    assert "States.Http.StatusCode.429" in found("http", "invoke").errors
    assert found("elasticmapreduce", "createCluster").errors == ()


# -- names


@pytest.mark.parametrize(
    ("member", "shape", "expected"),
    [
        ("DBInstanceIdentifier", "X", ("DbInstanceIdentifier",)),
        ("SNSTopicArn", "X", ("SnsTopicArn",)),
        ("SSEKMSKeyId", "X", ("SsekmsKeyId",)),
        ("ARN", "X", ("Arn",)),
        ("TemplateURL", "X", ("TemplateURL",)),
        ("bucketName", "X", ("BucketName",)),
        ("equals", "X", ("EqualsValue",)),
        ("default", "X", ("Default", "DefaultValue")),
        ("NULL", "AttributeValue", ("Nul", "Null", "NULL")),
    ],
)
def test_members_behind_the_sdk(tool: ModuleType, member: str, shape: str, expected: tuple[str, ...]) -> None:
    assert tool.sdk_names("dynamodb", shape, member, False) == expected


@pytest.mark.parametrize(
    ("service_id", "prefix"),
    [
        ("SageMaker A2I Runtime", "SageMakerA2IRuntime"), ("SFN", "Sfn"), ("IoTFleetWise", "IoTFleetWise"), ("FSx", "FSx"),
        ("AWS Marketplace X", "MarketplaceX"), ("Directory Service", "Directory"), ("CloudWatch Logs", "CloudWatchLogs"),
    ],
)  # fmt: skip
def test_services_behind_the_sdk(tool: ModuleType, service_id: str, prefix: str) -> None:
    assert tool.service_prefix(service_id) == prefix


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("DBClusterNotFoundFault", "DbClusterNotFoundException"),
        ("NoSuchKey", "NoSuchKeyException"),
        ("KMSInvalidStateException", "KmsInvalidStateException"),
    ],
)
def test_names_of_errors(tool: ModuleType, shape: str, expected: str) -> None:
    assert tool.error_name(shape) == expected


# -- shapes


def test_a_structure() -> None:
    job = found("sagemaker", "createTrainingJob").input
    name = job.members["TrainingJobName"]
    assert name.required and not name.deprecated and name.listed
    assert (name.shape.kind, name.shape.min, name.shape.max) == (shapes.STRING, 1, 63)
    assert name.shape.pattern
    assert "ml.m5.large" in path(job, "ResourceConfig", "InstanceType").values
    assert path(job, "HyperParameters").kind == shapes.MAP
    assert path(job, "HyperParameters", "anything").kind == shapes.STRING
    assert job.get("Nothing") is None


def test_an_idempotency_token_is_not_required() -> None:
    token = found("emr-containers", "startJobRun").input.members["ClientToken"]
    assert not token.required


def test_a_shape_that_holds_itself() -> None:
    value = path(found("dynamodb", "putItem").input, "Item", "x")
    assert value.union
    assert path(value, "M", "y", "L", "[]").members.keys() == value.members.keys()
    assert "NULL" in value.members
    sdk = path(found("dynamodb", "putItem", sdk=True).input, "Item", "x")
    null = sdk.find("NULL")
    assert null is not None and null.name == "Nul"


def test_secrets_and_what_is_deprecated() -> None:
    assert path(found("rds", "createDBInstance", sdk=True).input, "MasterUserPassword").kind == shapes.STRING
    assert path(found("secretsmanager", "createSecret", sdk=True).input, "SecretString").sensitive
    assert found("glue", "startJobRun").input.members["AllocatedCapacity"].deprecated


@pytest.mark.parametrize(
    ("service", "action", "names"),
    [
        ("lambda", "invoke", ("Payload",)),
        ("sqs", "sendMessage", ("MessageBody",)),
        ("sns", "publish", ("Message",)),
        ("events", "putEvents", ("Entries", "[]", "Detail")),
        ("states", "startExecution", ("Input",)),
        ("bedrock", "invokeModel", ("Body",)),
        ("http", "invoke", ("RequestBody",)),
        ("apigateway", "invoke", ("RequestBody",)),
        ("eks", "runJob", ("Job",)),
    ],
)
def test_json_of_any_kind(service: str, action: str, names: tuple[str, ...]) -> None:
    assert path(found(service, action).input, *names).kind == shapes.ANY


def test_emr_has_its_own_requests() -> None:
    cluster = found("elasticmapreduce", "createCluster").input
    assert cluster.members["Steps"].forbidden
    assert names(found("elasticmapreduce", "addStep").input) == ["ClusterId", "ExecutionRoleArn", "Step"]
    assert path(found("elasticmapreduce", "addStep").input, "Step", "HadoopJarStep", "Jar").kind == shapes.STRING
    assert names(found("elasticmapreduce", "terminateCluster").input) == ["ClusterId"]
    assert names(found("elasticmapreduce", "cancelStep").input) == ["ClusterId", "StepCancellationOption", "StepId"]
    assert (
        path(found("elasticmapreduce", "modifyInstanceFleetByName").input, "InstanceFleet")
        .members["InstanceFleetId"]
        .forbidden
    )


def test_parameters_that_the_page_does_not_name() -> None:
    task = found("ecs", "runTask").input
    assert task.members["Cluster"].listed
    assert not task.members["StartedBy"].listed
    assert found("dynamodb", "putItem").input.members["Item"].required


def test_requests_that_are_no_api() -> None:
    http = found("http", "invoke").input
    assert [m.name for m in http.members.values() if m.required] == ["ApiEndpoint", "Method"]
    assert path(http, "Transform", "RequestEncodingOptions", "ArrayFormat").values == (
        "INDICES", "REPEAT", "COMMAS", "BRACKETS",
    )  # fmt: skip


# -- the script


@pytest.fixture(scope="module")
def facts(tool: ModuleType) -> dict[str, object]:
    import yaml

    place = ROOT.parent / "shared" / "facts" / "integrations.yaml"
    if not place.is_file():
        pytest.skip("no facts beside the project")
    loaded = yaml.safe_load(place.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.slow
def test_the_data_is_made_from_the_pinned_botocore(
    tool: ModuleType, facts: dict[str, object], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if "slow" not in str(request.config.getoption("-m")):
        pytest.skip("ten seconds: python -m pytest -m slow")
    texts = tool.build(facts, tool.Models(None))
    tool.archive(str(tmp_path / "a.zip"), texts)
    tool.archive(str(tmp_path / "b.zip"), dict(reversed(texts.items())))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert tool.held(str(tmp_path / "a.zip")) == tool.held(str(ARCHIVE))
    assert list(tool.changes(tool.held(str(ARCHIVE)), texts)) == []


def test_changes_are_told_apart(tool: ModuleType) -> None:
    old = "X\nget\t0\t\t\t\tA\n\nS\tName!1\tOld:2\ns\t1\t5\t\ns\t\t\t\ta\tb\nS\tDeep:s"
    new = "X\nget\t0\t\t\td\tB\nput\t3\t\t\t\t\n\nS\tName:1\tNew:3\ns\t1\t9\t\ns\t\t\t\ta\tc\nS\tDeep:s"
    assert list(tool.changes({"sdk/x": old}, {"sdk/x": new, "sdk/y": "Y\n\n"})) == [
        "- sdk/x get error A",
        "+ sdk/x get error B",
        "+ sdk/x get marks",
        "~ sdk/x get.Name: 's\\t1\\t5' -> 's\\t1\\t9'",
        "- sdk/x get.Name marks",
        "+ sdk/x get.New",
        "- sdk/x get.Old",
        "+ sdk/x put",
        "+ sdk/y",
    ]


def test_the_archive_may_be_opened_by_any_reader() -> None:
    with zipfile.ZipFile(io.BytesIO(ARCHIVE.read_bytes())) as file:
        assert file.testzip() is None


# -- results


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("sagemaker:createTrainingJob", ["TrainingJobArn", "SdkHttpMetadata", "SdkResponseMetadata"]),
        ("aws-sdk:sagemaker:createTrainingJob", ["TrainingJobArn"]),
        ("aws-sdk:rds:startDBInstance", ["DbInstance"]),
        ("aws-sdk:sqs:deleteMessage", []),
        ("glue:startJobRun", ["JobRunId", "JobName", "SdkHttpMetadata", "SdkResponseMetadata"]),
        ("elasticmapreduce:addStep", ["StepId", "SdkHttpMetadata", "SdkResponseMetadata"]),
        ("http:invoke", ["Headers", "ResponseBody", "StatusCode", "StatusText"]),
    ],
)
def test_results(arn: str, expected: list[str]) -> None:
    assert names(outputs.output(parsed(f"arn:aws:states:::{arn}"))) == expected


@pytest.mark.parametrize(
    ("arn", "where", "kind"),
    [
        ("lambda:invoke", ("Payload",), shapes.ANY),
        ("lambda:invoke", ("StatusCode",), shapes.INTEGER),
        ("sqs:sendMessage", ("MD5OfMessageBody",), shapes.STRING),
        ("sagemaker:createTrainingJob.sync", ("ModelArtifacts", "S3ModelArtifacts"), shapes.STRING),
        ("sagemaker:createLabelingJob.sync", ("LabelingJobArn",), shapes.STRING),
        ("sagemaker:createHyperParameterTuningJob.sync", ("BestTrainingJob", "TrainingJobName"), shapes.STRING),
        ("batch:submitJob.sync", ("Container", "ExitCode"), shapes.INTEGER),
        ("ecs:runTask.sync", ("Containers", "[]", "ExitCode"), shapes.INTEGER),
        ("glue:startJobRun.sync", ("JobRunState",), shapes.STRING),
        ("codebuild:startBuild.sync", ("Build", "BuildStatus"), shapes.STRING),
        ("athena:startQueryExecution.sync", ("QueryExecution", "QueryExecutionId"), shapes.STRING),
        ("states:startExecution.sync", ("Output",), shapes.STRING),
        ("states:startExecution.sync:2", ("Output",), shapes.ANY),
        ("states:startExecution.sync:2", ("Status",), shapes.STRING),
        ("eks:call", ("ResponseBody",), shapes.ANY),
    ],
)
def test_what_is_in_a_result(arn: str, where: tuple[str, ...], kind: str) -> None:
    assert path(outputs.output(parsed(f"arn:aws:states:::{arn}")), *where).kind == kind


def test_a_status_knows_its_values() -> None:
    status = path(outputs.output(parsed("arn:aws:states:::sagemaker:createTrainingJob.sync")), "TrainingJobStatus")
    assert "Completed" in status.values
    assert "COMPLETED" not in status.values
    assert outputs.output(parsed("arn:aws:states:::sagemaker:createLabelingJob.sync")).get("Job") is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "arn",
    [
        "lambda:invoke.waitForTaskToken", "eks:createCluster.sync", "emr-serverless:startJobRun.sync", "sqs:sendMessage.sync",
        "aws-sdk:batch:submitJob.sync", "aws-sdk:kinesis:subscribeToShard", "batch:submitJob.sync:2", "batch:no", "s3:getObject",
    ],
)  # fmt: skip
def test_results_that_are_not_known(arn: str) -> None:
    assert outputs.output(parsed(f"arn:aws:states:::{arn}")) is None


def test_a_list_that_holds_itself() -> None:
    shape = path(found("ssm", "listNodesSummary", sdk=True).input, "Aggregators", "[]", "Aggregators")
    assert (shape.kind, shape.min, shape.max) == (shapes.LIST, 1, 2)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[a-z]+", ("[a-z]+", "")),
        (r"[\p{Alnum}_]+", ("[A-Za-z0-9_]+", "")),
        (r"\p{Digit}", ("[0-9]", "")),
        (r"[\p{L}\p{M}]*", ("[A-Za-z]*", "a")),
        (r"[\w-/]+", (r"[\w\-/]+", "")),
        (r"\Aa\z", (r"\Aa\Z", "")),
        ("(?<name>a)", ("(?P<name>a)", "")),
        ("a\tb", r"a\u0009b"),
        (r"\P{L}", ("", "")),
        ("[a&&b]", ("", "")),
        ("(", ("", "")),
        ("(a+)+", ("", "")),  # exponential
        ("(a|a.)*c", ("", "")),
        ("(a|ab)*c", ("(a|ab)*c", "")),
        ("[a-z](-*[a-z]){0,62}", ("[a-z](-*[a-z]){0,62}", "")),
        (r"\\d{12}", ""),  # escaped once more than it should be
        (r"\\+[1-9]", ""),
        (r"[A-Z\\d_]+", ""),
        (r"[0-9/\\-_]+", ""),
        (r"[^/\\]+", r"[^/\\]+"),
        (r"[a-z0-9\\-]+", r"[a-z0-9\\-]+"),
        (r"[^<>\\?]+", r"[^<>\\?]+"),
    ],
)
def test_patterns(tool: ModuleType, pattern: str, expected: tuple[str, str] | str) -> None:
    assert tool.translated(pattern) == (expected if isinstance(expected, tuple) else (expected, ""))


@pytest.mark.parametrize(
    ("action", "way", "value"),
    [
        # the API reference says that they come, the enumeration of the model has them not
        ("describeInternetGateways", ("InternetGateways", "Attachments", "State"), "available"),
        ("createNetworkInterface", ("NetworkInterface", "Status"), "pending"),
    ],
)
def test_values_beside_the_enumeration(action: str, way: tuple[str, ...], value: str) -> None:
    shape: shapes.Shape | None = found("ec2", action, sdk=True).output
    for name in way:
        shape = shape and (shape.item if shape.kind == shapes.LIST else shape)
        shape = path(shape, name)
    assert shape is not None and value in shape.values


def test_the_list_of_services_is_brought_up_to_date(tool: ModuleType) -> None:
    import sdk_list

    rows = {"inspector": {"prefix": "Inspector"}, "bedrockagentruntime": {"prefix": "X", "unsupported": ["InvokeFlow"]}}
    made = sdk_list.supported({"aws_sdk": {"services": {**rows, "lambdacore": {"prefix": "from the facts"}}}})
    assert set(made) == {*sdk_list.ADDED, "bedrockagentruntime"}
    assert made["lambdacore"] == {"prefix": "from the facts"}, "what the facts have by now counts"
    assert made["bedrockagentruntime"]["unsupported"] == ["AgenticRetrieveStream", "InvokeFlow"]
    assert rows["bedrockagentruntime"]["unsupported"] == ["InvokeFlow"]
    assert not found("bedrockagentruntime", "agenticRetrieveStream", sdk=True).supported
    models = tool.Models(None)
    for name, entry in sdk_list.ADDED.items():
        assert models.services[entry["prefix"]] == entry["botocore"]
        assert catalog.sdk_alias(entry["botocore"]) in (None, name)
        assert shapes.operations(name, sdk=True), name
