"""A request compared with what the API takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.aws import check, shapes
from asllint.aws.check import JSONATA, JSONPATH, Mismatch
from asllint.source.json import read_json
from asllint.source.node import Node
from asllint.source.text import Text
from asllint.source.yaml import read_yaml


def shape(service: str, action: str, *, sdk: bool = False) -> shapes.Shape:
    operation = shapes.find(service, action, sdk=sdk)
    assert operation is not None
    return operation.input


def parsed(text: str) -> Node:
    root = read_json(Text("t", text)).root
    assert root is not None
    return root


def found(text: str, wanted: shapes.Shape, language: str = JSONPATH) -> list[Mismatch]:
    return list(check.check(parsed(text), wanted, language=language))


def told(text: str, wanted: shapes.Shape, language: str = JSONPATH) -> list[str]:
    return [str(mismatch) for mismatch in found(text, wanted, language)]


def within(wanted: shapes.Shape, **members: str) -> str:
    """Return a request that has all that is required, with these members (as JSON) in place of it, or beside it."""
    request = {name: minimal(member.shape) for name, member in wanted.members.items() if member.required}
    fields = {name: json.dumps(value) for name, value in request.items()} | members
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


def minimal(wanted: shapes.Shape) -> object:
    least = int(wanted.min or 0)
    if wanted.kind == shapes.STRUCTURE:
        return {name: minimal(member.shape) for name, member in wanted.members.items() if member.required}
    if wanted.kind == shapes.LIST:
        assert wanted.item is not None
        return [minimal(wanted.item)] * least
    if wanted.kind == shapes.MAP:
        return {}
    if wanted.kind == shapes.STRING:
        if wanted.values:
            return wanted.values[0]
        some = ("a" * max(least, 1), "arn:aws:iam::123456789012:role/r", "s3://bucket/key")
        return next(text for text in some if re.fullmatch(wanted.pattern or ".*", text))
    if wanted.kind == shapes.BOOLEAN:
        return True
    if wanted.kind == shapes.TIMESTAMP:
        return "2026-01-02T03:04:05Z"
    return least


TRAINING = shape("sagemaker", "createTrainingJob")
PUT = shape("dynamodb", "putItem")
SDK_PUT = shape("dynamodb", "putItem", sdk=True)
LAMBDA = shape("lambda", "invoke")


# -- members


def test_a_whole_request_is_right() -> None:
    assert told(within(TRAINING), TRAINING) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"FunctionName": "f", "Payload": {"a": [1, null, {"b.$": "$.c"}]}}', []),
        ('{"FunctionName": "f", "Paylod": {}}', ["<unknown-member .Paylod ?>"]),
        ('{"functionName": "f"}', ["<wrong-case .functionName>"]),
        ('{"functionName.$": "$.f"}', ["<wrong-case .functionName>"]),
        ("{}", ["<missing-member .FunctionName>"]),
        ('{"FunctionName.$": "$.f"}', []),
        ('{"FunctionName": null}', []),
        ('{"FunctionName": "${F}"}', []),
        ('{"${Name}": "f"}', []),
        ('{"Payload": {}', []),  # not closed: what is missing may follow
        ("[]", ["<wrong-type >"]),
        ('"text"', ["<wrong-type >"]),
        ("1", ["<wrong-type >"]),
        ("null", []),
        ('"${All}"', []),
    ],
)
def test_members(text: str, expected: list[str]) -> None:
    assert told(text, LAMBDA) == expected


def test_a_mismatch_says_where() -> None:
    text = '{"FunctionName": "f", "Paylod": {}}'
    (mismatch,) = found(text, LAMBDA)
    assert text[mismatch.node.start : mismatch.node.end] == '"Paylod"'
    assert mismatch.owner.start == 0
    assert (mismatch.name, mismatch.path) == ("Paylod", ("Paylod",))
    assert "Payload" in mismatch.known
    (mismatch,) = found('{"functionName": "f"}', LAMBDA)
    assert mismatch.known == ("FunctionName",)
    (mismatch,) = found("{}", LAMBDA)
    assert (mismatch.name, mismatch.node.start, mismatch.shape.kind) == ("FunctionName", 0, shapes.STRING)


def test_nested_members() -> None:
    text = within(TRAINING, ResourceConfig='{"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGb": 5}')
    (mismatch,) = found(text, TRAINING)
    assert (mismatch.kind, mismatch.path, mismatch.known) == (
        check.WRONG_CASE, ("ResourceConfig", "VolumeSizeInGb"), ("VolumeSizeInGB",),
    )  # fmt: skip
    text = within(TRAINING, InputDataConfig='[{"DataSource": {}}]')
    assert told(text, TRAINING) == ["<missing-member .InputDataConfig[0].ChannelName>"]


def test_a_member_that_step_functions_refuses() -> None:
    cluster = shape("elasticmapreduce", "createCluster")
    text = within(cluster, Steps='[{"anything": 1}]')
    assert told(text, cluster) == ["<forbidden-member .Steps>"]


def test_deprecated_members_are_gathered() -> None:
    text = '{"JobName": "j", "AllocatedCapacity": 2}'
    old: list[Node] = []
    assert list(check.check(parsed(text), shape("glue", "startJobRun"), language=JSONPATH, deprecated=old)) == []
    assert [text[key.start : key.end] for key in old] == ['"AllocatedCapacity"']


def test_a_pattern_is_narrowed_for_ascii() -> None:
    wide = r"[\t\n\r -\uD7FF\uE000-\uFFFD]*"
    for text in ("", "a b\t~", "\x7f", "\x00", "a\x1fb"):
        assert bool(check._compiled(wide, True).fullmatch(text)) == bool(check._compiled(wide, False).fullmatch(text))
    assert check._compiled(wide, True).pattern != wide


def test_aliases() -> None:
    copy = shape("s3", "copyObject", sdk=True)
    assert (
        told('{"DestinationBucket": "b", "DestinationKey": "k", "SourceBucket": "s/t", "SourceKey": "t"}', copy) == []
    )
    assert told('{"Bucket": "b", "Key": "k", "CopySource": "s/t"}', copy) == []


def test_names_of_the_sdk() -> None:
    rds = shape("rds", "stopDBInstance", sdk=True)
    assert told('{"DBInstanceIdentifier": "d"}', rds) == ["<wrong-case .DBInstanceIdentifier>"]
    assert told('{"DbInstanceIdentifier": "d"}', rds) == []


# -- unions


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ('{"S": "a"}', []),
        ('{"S.$": "$.a"}', []),
        ('{"N": "1"}', []),
        ('{"BOOL": true}', []),
        ('{"NULL": true, "S": null}', []),
        ('{"L": [{"S": "a"}, {"M": {"b": {"N.$": "$.c"}}}]}', []),
        ("{}", ["<union-not-one .Item.a>"]),
        ('{"S": "a", "N": "1"}', ["<union-not-one .Item.a>"]),
        ('{"s": "a"}', ["<wrong-case .Item.a.s>"]),
        ('{"X": "a"}', ["<unknown-member .Item.a.X ?>"]),
        ('{"${Type}": "a"}', []),
        ('"text"', []),  # taken for {"S": "text"}
        ('["a", "b"]', []),
        ("5", ["<wrong-type .Item.a>"]),
        ('{"S": {"b": 1}}', ["<wrong-type .Item.a.S>"]),
        ('{"N": 5}', ["<wrong-type .Item.a.N>"]),
        ('{"SS": "a"}', ["<wrong-type .Item.a.SS>"]),
    ],
)
def test_attribute_values(item: str, expected: list[str]) -> None:
    assert told(f'{{"TableName": "t", "Item": {{"a": {item}}}}}', PUT) == expected


@pytest.mark.parametrize(
    "item", ['{"Bool": true}', '{"BOOL": true}', '{"Nul": true}', '{"NULL": true}', '{"Ss": ["a"]}']
)
def test_attribute_values_of_the_sdk(item: str) -> None:
    assert told(f'{{"TableName": "t", "Item": {{"a": {item}}}}}', SDK_PUT) == []


def test_text_is_no_attribute_value_of_the_sdk() -> None:
    assert told('{"TableName": "t", "Item": {"a": "text"}}', SDK_PUT) == ["<wrong-type .Item.a>"]


def test_a_union_names_what_is_given() -> None:
    (mismatch,) = found('{"TableName": "t", "Item": {"a": {"S": "a", "N": "1"}}}', PUT)
    assert mismatch.known == ("S", "N")


# -- types

TYPES = shape("sagemaker", "createTrainingJob", sdk=True)


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("EnableNetworkIsolation", "true", []),
        ("EnableNetworkIsolation", '"yes"', ["<wrong-type .EnableNetworkIsolation>"]),
        ("EnableNetworkIsolation", '"true"', []),  # converted
        ("EnableNetworkIsolation", "1", ["<wrong-type .EnableNetworkIsolation ?>"]),
        ("EnableNetworkIsolation", "[]", ["<wrong-type .EnableNetworkIsolation>"]),
        ("HyperParameters", '{"a": "1"}', []),
        ("HyperParameters", '{"a": 1}', ["<wrong-type .HyperParameters.a ?>"]),
        ("HyperParameters", '{"a": {"b": 1}}', []),  # made text of
        ("HyperParameters", "[]", ["<wrong-type .HyperParameters>"]),
        ("HyperParameters", '"a"', ["<wrong-type .HyperParameters>"]),
        ("Tags", '{"Key": "a", "Value": "b"}', ["<wrong-type .Tags>"]),
        ("TrainingJobName", "5", ["<wrong-type .TrainingJobName ?>"]),
        ("StoppingCondition", '{"MaxRuntimeInSeconds": "60"}', ["<wrong-type .StoppingCondition.MaxRuntimeInSeconds ?>"]),
        ("StoppingCondition", '{"MaxRuntimeInSeconds": "$.a"}', ["<wrong-type .StoppingCondition.MaxRuntimeInSeconds>"]),
        ("StoppingCondition", '{"MaxRuntimeInSeconds": 1.5}', ["<wrong-type .StoppingCondition.MaxRuntimeInSeconds ?>"]),
        ("StoppingCondition", '{"MaxRuntimeInSeconds": 60.0}', []),
        ("StoppingCondition", '{"MaxRuntimeInSeconds": "${Seconds}"}', []),
        ("StoppingCondition", '{"MaxRuntimeInSeconds": ${Seconds}}', []),
        ("StoppingCondition", '{"MaxRuntimeInSeconds": "6${Seconds}"}', ["<wrong-type .StoppingCondition.MaxRuntimeInSeconds ?>"]),
    ],
)  # fmt: skip
def test_types(member: str, value: str, expected: list[str]) -> None:
    assert told(within(TYPES, **{member: value}), TYPES) == expected


def test_the_optimized_make_no_text() -> None:
    text = within(TRAINING, HyperParameters='{"a": {"b": 1}}')
    assert told(text, TRAINING) == ["<wrong-type .HyperParameters.a>"]
    text = within(TRAINING, EnableNetworkIsolation='"true"')
    assert told(text, TRAINING) == ["<wrong-type .EnableNetworkIsolation ?>"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"2026-01-02T03:04:05Z"', []), ('"2026-01-02"', []), ("1767323045", []), ('"1767323045"', []),
        ('"Fri, 02 Jan 2026 03:04:05 GMT"', []), ('"${When}"', []), ('"2026-${Month}-01"', []),
        ('"tomorrow"', ["<wrong-type .StartTime ?>"]), ("[]", ["<wrong-type .StartTime>"]),
    ],
)  # fmt: skip
def test_timestamps(value: str, expected: list[str]) -> None:
    wanted = shape("cloudwatch", "getMetricStatistics", sdk=True)
    assert [m for m in told(within(wanted, StartTime=value), wanted) if "StartTime" in m] == expected


def test_blobs_take_anything() -> None:
    wanted = shape("kinesis", "putRecord", sdk=True)
    for value in ('"a"', "{}", "5", "[]"):
        assert told(f'{{"StreamName": "s", "PartitionKey": "p", "Data": {value}}}', wanted) == []


@pytest.mark.parametrize(
    ("member", "function", "expected"),
    [
        ("TrainingJobName", "States.Format('a-{}', $.b)", []),
        ("TrainingJobName", "States.MathAdd(1, $.b)", ["<wrong-type .TrainingJobName>"]),
        ("TrainingJobName", "States.Array($.b)", ["<wrong-type .TrainingJobName>"]),
        ("TrainingJobName", "States.ArrayGetItem($.b, 0)", []),
        ("TrainingJobName", "$$.Execution.Name", []),
        ("TrainingJobName", "$$.Execution.Input.name", []),
        ("Tags", "States.Array($.b)", []),
        ("Tags", "States.Format('{}', $.b)", ["<wrong-type .Tags>"]),
        ("Tags", "$$.Execution.Id", ["<wrong-type .Tags>"]),
        ("HyperParameters", "States.JsonMerge($.a, $.b, false)", []),
        ("HyperParameters", "States.JsonToString($.a)", ["<wrong-type .HyperParameters>"]),
        ("HyperParameters", "States.StringToJson($.a)", []),
        ("EnableNetworkIsolation", "States.ArrayContains($.a, 1)", []),
        ("EnableNetworkIsolation", "States.Format('true')", ["<wrong-type .EnableNetworkIsolation ?>"]),
    ],
)
def test_what_functions_return(member: str, function: str, expected: list[str]) -> None:
    fields = json.loads(within(TRAINING))
    fields.pop(member, None)
    fields[f"{member}.$"] = function
    assert told(json.dumps(fields), TRAINING) == expected


# -- values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5}', []),
        ('{"InstanceType": "ml.m5.huge", "InstanceCount": 1, "VolumeSizeInGB": 5}', ["<not-in-enum .ResourceConfig.InstanceType ?>"]),
        ('{"InstanceType": "ml.${Size}", "InstanceCount": 1, "VolumeSizeInGB": 5}', []),
        ('{"InstanceType": "m5.${Size}", "InstanceCount": 1, "VolumeSizeInGB": 5}', ["<not-in-enum .ResourceConfig.InstanceType ?>"]),
        ('{"InstanceType": "ml.m5.large", "InstanceCount": -1, "VolumeSizeInGB": 5}', ["<out-of-range .ResourceConfig.InstanceCount ?>"]),
    ],
)  # fmt: skip
def test_values(value: str, expected: list[str]) -> None:
    assert told(within(TRAINING, ResourceConfig=value), TRAINING) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("job-1", []),
        ("j" * 63, []),
        ("j" * 70, ["<length .TrainingJobName ?>"]),
        ("", ["<length .TrainingJobName ?>"]),
        ("my_job", ["<pattern .TrainingJobName ?>"]),
        ("${Prefix}-" + "j" * 63, ["<length .TrainingJobName ?>"]),
        ("${Prefix}_", []),
    ],
)
def test_names(name: str, expected: list[str]) -> None:
    assert told(within(TRAINING, TrainingJobName=json.dumps(name)), TRAINING) == expected


def test_a_pattern_that_is_found_within() -> None:
    (mismatch,) = found(within(TRAINING, TrainingJobName='"my_job"'), TRAINING)
    assert mismatch.found == "part"
    (mismatch,) = found(within(TRAINING, TrainingJobName='"__"'), TRAINING)
    assert mismatch.found == ""


def test_sizes() -> None:
    tags = ", ".join(f'{{"Key": "k{i}", "Value": "v"}}' for i in range(51))
    assert told(within(TRAINING, Tags=f"[{tags}]"), TRAINING) == ["<length .Tags ?>"]
    parameters = ", ".join(f'"k{i}": "v"' for i in range(101))
    assert told(within(TRAINING, HyperParameters=f"{{{parameters}}}"), TRAINING) == ["<length .HyperParameters ?>"]


def test_keys_of_a_map() -> None:
    queue = shape("sqs", "createQueue", sdk=True)
    text = '{"QueueName": "q", "Attributes": {"DelaySecond": "5", "FifoQueue.$": "$.f", "${X}": "1"}}'
    (mismatch,) = found(text, queue)
    assert (mismatch.kind, mismatch.path) == (check.NOT_IN_ENUM, ("Attributes", "DelaySecond"))
    assert text[mismatch.node.start : mismatch.node.end] == '"DelaySecond"'


def test_values_beyond_ascii() -> None:
    wanted = shape("sagemaker", "addTags", sdk=True)
    text = (
        '{"ResourceArn": "arn:aws:sagemaker:eu-west-1:123456789012:model/m", "Tags": [{"Key": "ключ", "Value": "値"}]}'
    )
    assert told(text, wanted) == []
    text = '{"ResourceArn": "arn:aws:sagemaker:eu-west-1:123456789012:model/m", "Tags": [{"Key": "k?", "Value": "v"}]}'
    assert told(text, wanted) == ["<pattern .Tags[0].Key ?>"]


def test_headers_of_an_api_are_lists() -> None:
    wanted = shape("apigateway", "invoke")
    text = '{"ApiEndpoint": "a", "Method": "GET", "Headers": {"X": %s}}'
    assert told(text % '["a"]', wanted) == []
    assert told(text % '"a"', wanted) == ["<wrong-type .Headers.X>"]


# -- languages


def test_jsonata() -> None:
    assert told('"{% $states.input %}"', LAMBDA, JSONATA) == []
    assert told('{"FunctionName": "{% $f %}", "Payload": "{% $states.input %}"}', LAMBDA, JSONATA) == []
    assert told('{"FunctionName.$": "$.f"}', LAMBDA, JSONATA) == [
        "<unknown-member .FunctionName.$ ?>",
        "<missing-member .FunctionName>",
    ]
    text = within(TRAINING, EnableNetworkIsolation='"{% $a %}"', Tags='"{% $tags %}"')
    assert told(text, TRAINING, JSONATA) == []


def test_jsonata_is_text_in_jsonpath() -> None:
    text = within(TRAINING, Tags='"{% $tags %}"')
    assert told(text, TRAINING, JSONPATH) == ["<wrong-type .Tags>"]


def test_yaml() -> None:
    root = read_yaml(Text("t", "FunctionName: !Ref F\nPayload:\n  a: 1\nQualifier: 5\n")).root
    assert root is not None
    assert [str(m) for m in check.check(root, LAMBDA, language=JSONPATH)] == ["<wrong-type .Qualifier>"]


# -- bounds


def test_deep_requests() -> None:
    text = '{"TableName": "t", "Item": {"a": ' + '{"M": {"a": ' * 60 + "{}" + "}}" * 60 + "}}"
    (mismatch,) = found(text, PUT)
    assert (mismatch.kind, len(mismatch.path)) == (check.UNION, 122)


@pytest.mark.parametrize("piece", ["a", "a-", " ", "s3://a/!", "a/", "::"])
def test_time_is_linear_in_a_value(piece: str, linear: Any) -> None:
    wanted = shape("mediaconvert", "createJob")

    def prepare(count: int) -> Callable[[], object]:
        text = json.dumps("arn:aws:" + piece * count)
        return partial(found, within(wanted, Role=text, Queue=text), wanted)

    linear(prepare, 20_000, 200_000)


def test_time_is_linear_in_the_items(linear: Any) -> None:
    def prepare(count: int) -> Callable[[], None]:
        items = ", ".join(f'"a{i}": {{"S": "x"}}' for i in range(count))

        def work() -> None:
            assert told(f'{{"TableName": "t", "Item": {{{items}}}}}', PUT) == []

        return work

    linear(prepare, 500, 5000)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["S", "N.$", "Item", "TableName", "M", "L", "Tags", "Key", "VpcConfig", "a"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=VALUES, language=st.sampled_from([JSONPATH, JSONATA]))
def test_any_value_is_compared(value: object, language: str) -> None:
    for wanted in (PUT, TRAINING, LAMBDA):
        text = json.dumps(value)
        for mismatch in found(text, wanted, language):
            assert 0 <= mismatch.owner.start <= mismatch.node.start <= mismatch.node.end <= len(text)
