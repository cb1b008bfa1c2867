"""Reading the Resource of a Task."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.aws import catalog
from asllint.aws.resource import INTEGRATIONS, Part, Resource, parse
from asllint.source.json import read_json
from asllint.source.node import NUMBER, STRING, UNKNOWN, Node
from asllint.source.placeholders import Placeholders
from asllint.source.text import Text

PLACEHOLDERS = Placeholders()


def string(value: str) -> Node:
    return Node(STRING, 0, len(value), Text("t", value), value, "plain", PLACEHOLDERS.holes(value))


def shown(part: Part | None) -> str | None:
    return None if part is None else part.text if part.known else f"?{part.text}"


RR = "request_response"
S = "arn:aws:states:::"

# text, kind, service, action, pattern name ("" for None)
TABLE = [
    ("arn:aws:lambda:us-east-1:123456789012:function:f", "lambda", "lambda", "function:f", ""),
    ("arn:aws:lambda:us-east-1:123456789012:function:f:live", "lambda", "lambda", "function:f:live", ""),
    ("arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST", "lambda", "lambda", "function:f:$LATEST", ""),
    ("arn:aws-cn:lambda:cn-north-1:123456789012:function:f", "lambda", "lambda", "function:f", ""),
    ("arn:aws:lambda:your-region:your-account-id:function:f", "lambda", "lambda", "function:f", ""),
    ("arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f", "lambda", "lambda", "function:f", ""),
    ("arn:${P}:lambda:${AWS::Region}:${A}:function:${F}", "lambda", "lambda", "?function:${F}", ""),
    ("arn:aws:lambda:::function:f", "lambda", "lambda", "function:f", ""),
    ("arn:aws:lambda:us-east-1:123456789012:layer:f", "unknown-arn", "lambda", "layer:f", ""),
    ("arn:aws:lambda:us-east-1:123456789012:${Rest}", "unknown-arn", "lambda", "?${Rest}", ""),
    ("arn:aws:lambda:us-east-1:123456789012:f", "unknown-arn", "lambda", "f", ""),
    ("arn:aws:states:us-east-1:123456789012:activity:a", "activity", "states", "activity:a", ""),
    ("arn:aws:states:${AWS::Region}:${AWS::AccountId}:activity:a", "activity", "states", "activity:a", ""),
    ("arn:aws-us-gov:states:us-gov-west-1:1:activity:a", "activity", "states", "activity:a", ""),
    ("arn:aws:states:us-east-1:123456789012:stateMachine:m", "unknown-arn", "states", "stateMachine:m", ""),
    (S + "lambda:invoke", "optimized", "lambda", "invoke", RR),
    (S + "lambda:invoke.waitForTaskToken", "optimized", "lambda", "invoke", "waitForTaskToken"),
    (S + "sagemaker:createTrainingJob.sync", "optimized", "sagemaker", "createTrainingJob", "sync"),
    (S + "states:startExecution.sync:2", "optimized", "states", "startExecution", "sync:2"),
    (S + "states:startExecution.sync", "optimized", "states", "startExecution", "sync"),
    (S + "emr-containers:startJobRun", "optimized", "emr-containers", "startJobRun", RR),
    (S + "foo:bar", "optimized", "foo", "bar", RR),
    (S + "lambda:invoke.", "optimized", "lambda", "invoke", ""),
    (S + "lambda:invoke.foo.sync", "optimized", "lambda", "invoke", "foo.sync"),
    (S + "lambda:invoke:3", "optimized", "lambda", "invoke:3", RR),
    (S + "lambda", "optimized", "lambda", None, RR),
    (S + "lambda:", "optimized", "lambda", "", RR),
    (S, "optimized", "", None, RR),
    (S + "lambda.invoke", "optimized", "lambda.invoke", None, RR),
    (S + "Lambda:Invoke", "optimized", "Lambda", "Invoke", RR),
    (S + "s3:getObject", "optimized", "s3", "getObject", RR),
    (S + "http:invoke", "http", "http", "invoke", RR),
    (S + "http:invoke.sync", "http", "http", "invoke", "sync"),
    (S + "aws-sdk:s3:listBuckets", "aws-sdk", "s3", "listBuckets", RR),
    (S + "aws-sdk:s3:listBuckets.waitForTaskToken", "aws-sdk", "s3", "listBuckets", "waitForTaskToken"),
    (S + "aws-sdk:sagemaker:createTrainingJob.sync", "aws-sdk", "sagemaker", "createTrainingJob", "sync"),
    (S + "aws-sdk:s3", "aws-sdk", "s3", None, RR),
    (S + "aws-sdk", "aws-sdk", None, None, RR),
    (S + "aws-sdk:", "aws-sdk", "", None, RR),
    (S + "aws-sdk:${Service}:getObject", "aws-sdk", "?${Service}", "getObject", RR),
    (S + "aws-sdk:${Service}", "aws-sdk", "?${Service}", None, ""),
    ("arn:aws-iso-b:states:::sns:publish", "optimized", "sns", "publish", RR),
    ("arn:aws-eusc:states:::sns:publish", "optimized", "sns", "publish", RR),
    ("arn:*:states:::sns:publish", "optimized", "sns", "publish", RR),
    ("arn::states:::sns:publish", "optimized", "sns", "publish", RR),
    ("arn:${AWS::Partition}:states:::sagemaker:createTrainingJob.sync", "optimized", "sagemaker", "createTrainingJob", "sync"),
    ("arn:${Partition}:states:::glue:startJobRun", "optimized", "glue", "startJobRun", RR),
    ("arn:<PARTITION>:states:::sns:publish", "optimized", "sns", "publish", RR),
    ("arn:{{ partition }}:states:::sns:publish", "optimized", "sns", "publish", RR),
    (S + "${Service}:invoke", "optimized", "?${Service}", "invoke", RR),
    (S + "${Integration}", "optimized", "?${Integration}", None, ""),
    (S + "lambda:${Action}", "optimized", "lambda", "?${Action}", ""),
    (S + "lambda:invoke${Suffix}", "optimized", "lambda", "?invoke${Suffix}", ""),
    (S + "lambda:invoke.${Pattern}", "optimized", "lambda", "invoke", ""),
    (S + "lambda:${a.b}.sync", "optimized", "lambda", "?${a.b}", "sync"),
    (S + "sagemaker:create${Kind}Job.sync", "optimized", "sagemaker", "?create${Kind}Job", "sync"),
    (S + "sagemaker:create${Kind}Job", "optimized", "sagemaker", "?create${Kind}Job", RR),
    (S + "states:startExecution.sync:${N}", "optimized", "states", "startExecution", ""),
    ("arn:aws:${Service}:::lambda:invoke", "unknown-arn", "?${Service}", "lambda:invoke", ""),
    ("arn:aws:states:${Rest}", "unknown-arn", "states", None, ""),
    ("arn:aws:states:us-east-1:123456789012:lambda:invoke", "unknown-arn", "states", "lambda:invoke", ""),
    ("arn:aws:s3:::bucket", "unknown-arn", "s3", "bucket", ""),
    ("arn:aws:sns:us-east-1:123456789012:topic", "unknown-arn", "sns", "topic", ""),
    ("arn:", "unknown-arn", None, None, ""),
    ("arn:aws", "unknown-arn", None, None, ""),
    ("arn:aws:states", "unknown-arn", "states", None, ""),
    ("arn:${Rest}", "unknown-arn", None, None, ""),
    ("", "not-an-arn", None, None, ""),
    ("lambda:invoke", "not-an-arn", None, None, ""),
    ("ARN:aws:states:::lambda:invoke", "not-an-arn", None, None, ""),
    (" arn:aws:states:::lambda:invoke", "not-an-arn", None, None, ""),
    ("Hello${World}", "not-an-arn", None, None, ""),
    ("$.function", "not-an-arn", None, None, ""),
    ("{% $states.input.arn %}", "not-an-arn", None, None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "service", "action", "pattern"), TABLE, ids=[row[0] for row in TABLE])
def test_table(text: str, kind: str, service: str | None, action: str | None, pattern: str) -> None:
    resource = parse(string(text))
    assert resource is not None
    assert (resource.kind, shown(resource.service), shown(resource.action)) == (kind, service, action)
    assert (resource.pattern_name or "") == pattern
    for part in (resource.partition, resource.service, resource.action, resource.pattern):
        assert part is None or text[part.start : part.end] == part.text


@pytest.mark.parametrize(
    "text", ["${Function}", "${Function.Arn}", "<FUNCTION>", "ar${N}", "a{{ rest }}", "${A}:states:::x:y"]
)
def test_nothing_can_be_said(text: str) -> None:
    assert parse(string(text)) is None


def test_no_string() -> None:
    text = Text("t", "1")
    assert parse(Node(NUMBER, 0, 1, text, 1)) is None
    assert parse(Node(UNKNOWN, 0, 1, text, "${X}", "placeholder")) is None


@pytest.mark.parametrize(
    ("partition", "good"),
    [
        ("aws", True), ("aws-cn", True), ("aws-us-gov", True), ("aws-iso-b", True), ("aws-eusc", True), ("${P}", True),
        ("*", False), ("", False), ("AWS", False), ("aws_cn", False), ("aws-", False),
    ],
)  # fmt: skip
def test_partition(partition: str, good: bool) -> None:
    resource = parse(string(f"arn:{partition}:states:::lambda:invoke"))
    assert resource is not None
    assert resource.good_partition is good


def test_spans_are_those_of_the_text() -> None:
    written = r'"arn:aws:states:::l\u0061mbda:invoke.sync"'
    node = read_json(Text("t", written)).root
    assert node is not None
    resource = parse(node)
    assert resource is not None
    assert resource.service is not None and resource.pattern is not None
    start, end = resource.span(resource.service)
    assert written[start:end] == r"l\u0061mbda"
    start, end = resource.span(resource.pattern)
    assert written[start:end] == "sync"


PIECES = st.sampled_from(
    ["arn", ":", ":::", ".", "aws", "states", "lambda", "function", "activity", "aws-sdk", "http", "sync", "2", "invoke",
     "${A}", "${AWS::Region}", "${a.b}", "{{ x }}", "<N>", "*", "é", ""]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40))
def test_never_raises_and_parts_lie_in_the_text(text: str) -> None:
    resource = parse(string(text))
    if resource is None:
        return
    parts = [p for p in (resource.partition, resource.service, resource.action, resource.pattern) if p is not None]
    assert all(text[p.start : p.end] == p.text for p in parts)
    assert all(a.end < b.start for a, b in pairwise(parts))
    assert resource.pattern_name is None or resource.kind in INTEGRATIONS
    assert catalog.recognized(resource) in (True, False)
    assert catalog.support(resource, "sync") in ("supported", "refused", "unlisted")


def read(text: str) -> Resource:
    resource = parse(string(text))
    assert resource is not None
    return resource


@pytest.mark.parametrize(
    ("text", "pattern", "support"),
    [
        (S + "sagemaker:createTrainingJob", "sync", "supported"),
        (S + "sagemaker:createEndpoint", "sync", "unlisted"),
        (S + "sagemaker:createTrainingJob", "waitForTaskToken", "refused"),
        (S + "lambda:invoke", "sync", "refused"),
        (S + "lambda:invoke", "waitForTaskToken", "supported"),
        (S + "states:startExecution", "sync:2", "supported"),
        (S + "ecs:runTask", "sync:2", "refused"),
        (S + "eks:runJob", "waitForTaskToken", "supported"),
        (S + "bedrock:invokeModel", "waitForTaskToken", "supported"),
        (S + "http:invoke", "waitForTaskToken", "unlisted"),
        (S + "aws-sdk:s3:getObject", "sync", "refused"),
        (S + "aws-sdk:s3:getObject", "waitForTaskToken", "supported"),
        (S + "${Service}:run", "sync", "supported"),
        (S + "nothing:run", "sync:2", "supported"),
    ],
)
def test_support(text: str, pattern: str, support: str) -> None:
    assert catalog.support(read(text), pattern) == support


def test_names_of_services() -> None:
    assert catalog.sdk_twin("elasticmapreduce") == "emr"
    assert catalog.sdk_twin("dynamodb") == "dynamodb"
    assert catalog.sdk_twin("http") is None
    assert catalog.sdk_alias("stepfunctions") == "sfn"
    assert catalog.sdk_alias("s3") is None
    assert len(catalog.sdk_services()) == 417
    assert sum(len(catalog.actions(service)) for service in catalog.services()) == 64
