"""What a Task's role must allow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asllint.aws.data.iam import STATEMENTS
from asllint.aws.data.optimized import PATTERNS
from asllint.aws.iam import FAILS, HANGS, REFUSED, UNCANCELLABLE, Place, Statement, needs, policy
from asllint.aws.resource import parse
from asllint.model import build
from asllint.source.json import read_json
from asllint.source.node import STRING, Node
from asllint.source.text import Text

P = "arn:aws"
SAGEMAKER = f"{P}:sagemaker:${{AWS::Region}}:${{AWS::AccountId}}"
RULE = f"{P}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/StepFunctionsGetEventsForSageMaker"
EVENTS = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]
TAGS = {"Effect": "Allow", "Action": ["sagemaker:ListTags", "sagemaker:AddTags"], "Resource": "*"}


def derive(
    resource: str, parameters: object = None, *, assumed: bool = False, place: Place | None = None
) -> list[Statement]:
    read = parse(Node(STRING, 0, len(resource), Text("t", resource), resource, "plain"))
    assert read is not None
    node = None if parameters is None else read_json(Text("t", json.dumps(parameters))).root
    return needs(read, node, assumed=assumed, place=place)


def job(kind: str, path: str) -> dict[str, object]:
    actions = [f"sagemaker:{verb}{kind}" for verb in ("Create", "Describe", "Stop")]
    return {"Effect": "Allow", "Action": actions, "Resource": f"{SAGEMAKER}:{path}"}


def passed(role: str) -> dict[str, object]:
    condition = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    return {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role, "Condition": condition}


def managed(rule: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": EVENTS, "Resource": f"{RULE}{rule}"}


ROLE = "arn:aws:iam::123456789012:role"
SEEDS = {
    "training-job.fragment.asl.json": [
        job("TrainingJob", "training-job/search-model*"),
        TAGS,
        passed(f"{ROLE}/docsearch-stepfunction-iam-role"),
        managed("TrainingJobsRule"),
    ],
    "transform-job.fragment.asl.json": [
        job("TransformJob", "transform-job/sfn-binary-classification-prediction*"),
        TAGS,
        managed("TransformJobsRule"),
    ],
    "processing-job.asl.json": [
        job("ProcessingJob", "processing-job/*"),
        TAGS,
        passed(f"{ROLE}/SM-003-CreateProcessingJobAPIExecutionRole"),
        managed("ProcessingJobsRule"),
    ],
    "labeling-job.asl.json": [
        job("LabelingJob", "labeling-job/example-job-name*"),
        TAGS,
        passed(f"{ROLE}/service-role/AmazonSageMaker-ExecutionRole"),
        managed("LabelingJobsRule"),
    ],
}


@pytest.mark.parametrize("name", SEEDS)
def test_seeds(shared: Path, name: str) -> None:
    path = shared / "seeds" / name
    machine = build(read_json(Text(name, path.read_text(encoding="utf-8"))))
    assert machine is not None
    task = next(state for state in machine.all_states() if state.type == "Task")
    node = task.field("Resource")
    resource = parse(node) if node is not None else None
    assert resource is not None
    statements = needs(resource, task.field("Parameters"))
    assert policy(statements) == SEEDS[name]
    guessed = [statement.actions for statement in statements if "guess" in statement.basis]
    assert guessed == ([tuple(EVENTS)] if name.startswith("labeling") else [])


def test_what_happens_without() -> None:
    parameters = {"TrainingJobName": "j", "RoleArn": f"{ROLE}/r"}
    got = {s.actions: s.without for s in derive("arn:aws:states:::sagemaker:createTrainingJob.sync", parameters)}
    assert got == {
        ("sagemaker:CreateTrainingJob",): FAILS,
        ("sagemaker:DescribeTrainingJob",): HANGS,
        ("sagemaker:StopTrainingJob",): UNCANCELLABLE,
        ("sagemaker:ListTags", "sagemaker:AddTags"): FAILS,
        ("iam:PassRole",): FAILS,
        tuple(EVENTS): REFUSED,
    }


def test_request_response_needs_neither_rule_nor_following() -> None:
    actions = [name for s in derive("arn:aws:states:::sagemaker:createTrainingJob") for name in s.actions]
    assert actions == ["sagemaker:CreateTrainingJob", "sagemaker:ListTags", "sagemaker:AddTags"]


def test_a_role_in_another_account_needs_no_rule() -> None:
    statements = derive("arn:aws:states:::sagemaker:createTrainingJob.sync", {}, assumed=True)
    assert not any(s.without == REFUSED for s in statements)
    assert any("sagemaker:DescribeTrainingJob" in s.actions for s in statements)


@pytest.mark.parametrize(
    "parameters",
    [
        {"TrainingJobName.$": "$.name", "RoleArn.$": "$.role"},
        {"TrainingJobName": "{% $name %}", "RoleArn": "{% $role %}"},
        {"TrainingJobName": "job-${Stage}", "RoleArn": "${Role.Arn}"},
        {"TrainingJobName": {"Ref": "Name"}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
        "{% $request %}",
    ],
)
def test_dynamic_values_widen(parameters: object) -> None:
    statements = derive("arn:aws:states:::sagemaker:createTrainingJob", parameters)
    call, _, role = statements
    assert call.resources == (f"{SAGEMAKER}:training-job/*",)
    assert call.wide == ("TrainingJobName",)
    assert role.actions == ("iam:PassRole",)
    assert role.resources == ("arn:aws:iam::${AWS::AccountId}:role/*",)
    assert role.wide == ("RoleArn",)


def test_capitals_in_a_name() -> None:
    call = derive("arn:aws:states:::sagemaker:createTrainingJob", {"TrainingJobName": "My-Job"})[0]
    assert call.resources == (f"{SAGEMAKER}:training-job/My-Job*", f"{SAGEMAKER}:training-job/my-job*")


def test_one_name_known_and_one_not() -> None:
    call = derive("arn:aws:states:::sagemaker:createEndpoint", {"EndpointName": "e", "EndpointConfigName.$": "$.c"})[0]
    assert call.resources == (f"{SAGEMAKER}:endpoint/e", f"{SAGEMAKER}:endpoint-config/*")
    assert call.wide == ("EndpointConfigName",)


def test_roles_deeper_down() -> None:
    definitions = [{"RoleArn": f"{ROLE}/a"}, {"RoleArn": f"{ROLE}/b"}]
    parameters = {"HyperParameterTuningJobName": "t", "TrainingJobDefinitions": definitions}
    statements = derive("arn:aws:states:::sagemaker:createHyperParameterTuningJob", parameters)
    roles = [s.resources for s in statements if s.actions == ("iam:PassRole",)]
    assert roles == [(f"{ROLE}/a", f"{ROLE}/b")]


@pytest.mark.parametrize(
    ("resource", "parameters", "wanted"),
    [
        ("lambda:invoke", {"FunctionName": "f"}, ["arn:aws:lambda:R:A:function:f"]),
        ("lambda:invoke", {"FunctionName": "f:live"}, ["arn:aws:lambda:R:A:function:f:live"]),
        ("lambda:invoke", {"FunctionName": "f", "Qualifier": 3}, ["arn:aws:lambda:R:A:function:f:3"]),
        ("lambda:invoke", {"FunctionName": "f", "Qualifier.$": "$.q"}, ["arn:aws:lambda:R:A:function:f:*"]),
        ("lambda:invoke", {"FunctionName": "f", "Qualifier": "${Stage}"}, ["arn:aws:lambda:R:A:function:f:*"]),
        ("lambda:invoke", {"FunctionName": "f", "${More}": 1}, ["arn:aws:lambda:R:A:function:f", "arn:aws:lambda:R:A:function:f:*"]),
        (
            "lambda:invoke",
            {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f:live"},
            ["arn:aws:lambda:us-east-1:1:function:f:live"],
        ),
        ("lambda:invoke", {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f"}, ["arn:aws:lambda:us-east-1:1:function:f"]),
        ("lambda:invoke", {"FunctionName": "1:function:f"}, ["arn:aws:lambda:R:1:function:f"]),
        ("lambda:invoke", {"FunctionName": "1:function:f:2"}, ["arn:aws:lambda:R:1:function:f:2"]),
        ("lambda:invoke", {"FunctionName.$": "$.f"}, ["*"]),
        ("sns:publish", {"TopicArn": "arn:aws:sns:us-east-1:1:t"}, ["arn:aws:sns:us-east-1:1:t"]),
        ("sqs:sendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q"}, ["arn:aws:sqs:eu-west-1:1:q"]),
        ("sqs:sendMessage", {"QueueUrl": "q"}, ["*"]),
        ("dynamodb:getItem", {"TableName": "t"}, ["arn:aws:dynamodb:R:A:table/t"]),
        ("dynamodb:getItem", {"TableName": "arn:aws:dynamodb:us-east-1:1:table/t"}, ["arn:aws:dynamodb:us-east-1:1:table/t"]),
        ("ecs:runTask", {"TaskDefinition": "t"}, ["arn:aws:ecs:R:A:task-definition/t:*"]),
        ("ecs:runTask", {"TaskDefinition": "t:3"}, ["arn:aws:ecs:R:A:task-definition/t:3"]),
        ("athena:startQueryExecution", {}, ["arn:aws:athena:R:A:workgroup/primary", "arn:aws:athena:R:A:datacatalog/*"]),
        ("bedrock:invokeModel", {"ModelId": "m"}, ["arn:aws:bedrock:R::foundation-model/m"]),
        (
            "bedrock:invokeModel",
            {"ModelId.$": "$.m"},
            ["arn:aws:bedrock:R::foundation-model/*", "arn:aws:bedrock:R:A:provisioned-model/*"],
        ),
        ("http:invoke", {"Method": "GET", "ApiEndpoint": "https://x.test/a"}, ["arn:aws:states:R:A:stateMachine:*"]),
        ("codebuild:stopBuild", {"Id": "p:1"}, ["arn:aws:codebuild:R:*:project/*"]),
    ],
)  # fmt: skip
def test_the_call_of_other_services(resource: str, parameters: object, wanted: list[str]) -> None:
    got = derive(f"arn:aws:states:::{resource}", parameters, place=Place("aws", "R", "A"))
    assert list(got[0].resources) == wanted


def test_nested_executions_are_followed_by_execution_arn() -> None:
    machine = "arn:aws:states:us-east-1:1:stateMachine:m"
    start, follow, stop, rule = derive("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": machine})
    assert start.resources == (machine,)
    assert follow.resources == stop.resources == ("arn:aws:states:us-east-1:1:execution:m:*",)
    assert rule.without == REFUSED


@pytest.mark.parametrize("qualifier", [":3", ":PROD"])
def test_a_version_or_alias_is_asked_for_as_its_state_machine(qualifier: str) -> None:
    """The guide: to authorize a version or an alias Step Functions uses the ARN of the state machine."""
    machine = "arn:aws:states:us-east-1:1:stateMachine:m"
    parameters = {"StateMachineArn": machine + qualifier}
    start, follow, *_ = derive("arn:aws:states:::states:startExecution.sync", parameters)
    assert start.resources == (machine,)
    assert follow.resources == ("arn:aws:states:us-east-1:1:execution:m:*",)
    for action in ("startSyncExecution", "describeStateMachine", "listStateMachineVersions"):
        (only,) = derive(f"arn:aws:states:::aws-sdk:sfn:{action}", parameters)
        assert only.resources == (machine,)


def test_a_model_that_is_customized() -> None:
    def first(model: str) -> str:
        got = derive(
            "arn:aws:states:::bedrock:createModelCustomizationJob",
            {"BaseModelIdentifier": model},
            place=Place("aws", "r", "1"),
        )
        return got[0].resources[0]

    assert first("amazon.titan-text-express-v1") == "arn:aws:bedrock:r::foundation-model/amazon.titan-text-express-v1"
    custom = "arn:aws:bedrock:r:1:custom-model/amazon.titan-text-express-v1/0123456789ab"
    assert first(custom) == custom


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ({"ApiEndpoint": "a1.execute-api.eu-west-1.amazonaws.com", "Method": "POST", "Stage": "prod", "Path": "bills/add"}, "eu-west-1:1:a1/prod/POST/bills/add"),
        ({"ApiEndpoint": "a1.execute-api.cn-north-1.amazonaws.com.cn", "Method": "GET", "Path": "/pets"}, "cn-north-1:1:a1/*/GET/pets"),
        ({"ApiEndpoint": "a1.execute-api.r.amazonaws.com", "Method.$": "$.m", "Stage": "s", "Path.$": "$.p"}, "r:1:a1/s/*/*"),
        ({"ApiEndpoint": "a1.execute-api.r.amazonaws.com", "Method": "GET", "Stage": "$default"}, "r:1:a1/*/GET/*"),
        ({"ApiEndpoint": "api.example.com", "Method": "GET"}, "r:1:*"),
        ({"ApiEndpoint.$": "$.e", "Method": "GET"}, "r:1:*"),
    ],
)  # fmt: skip
def test_an_api_is_as_narrow_as_its_endpoint(parameters: dict[str, object], wanted: str) -> None:
    (only,) = derive(
        "arn:aws:states:::apigateway:invoke", {**parameters, "AuthType": "IAM_ROLE"}, place=Place("aws", "r", "1")
    )
    assert only.resources == (f"arn:aws:execute-api:{wanted}",)


def test_condition_from_parameters() -> None:
    call = derive("arn:aws:states:::http:invoke", {"Method": "GET", "ApiEndpoint": "https://x.test/a"})[0]
    assert policy([call])[0]["Condition"] == {
        "StringEquals": {"states:HTTPMethod": "GET"},
        "StringLike": {"states:HTTPEndpoint": "https://x.test/a*"},
    }
    call = derive("arn:aws:states:::http:invoke", {"Method.$": "$.m", "ApiEndpoint": "https://x.test/a"})[0]
    assert [key for _, key, _ in call.condition] == ["states:HTTPEndpoint"]


def test_special_cases_stay_out_of_the_policy() -> None:
    statements = derive("arn:aws:states:::sns:publish", {"TopicArn": "arn:aws:sns:us-east-1:1:t"})
    assert [s.only for s in statements] == ["", "topic encrypted with a customer key"]
    assert [entry["Action"] for entry in policy(statements)] == ["sns:Publish"]


@pytest.mark.parametrize(
    ("parameters", "only"),
    [({"AuthType": "IAM_ROLE"}, [""]), ({}, []), ({"AuthType.$": "$.a"}, ["AuthType is IAM_ROLE"])],
)
def test_a_permission_that_a_value_decides(parameters: object, only: list[str]) -> None:
    assert [s.only for s in derive("arn:aws:states:::apigateway:invoke", parameters)] == only


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:us-east-1:1:activity:a",
        "arn:aws:states:::aws-sdk:nothing:run",
        "arn:aws:states:::aws-sdk:s3:nothing",
        "arn:aws:states:::aws-sdk:s3:get",
        "arn:aws:states:::nothing:run",
        "arn:aws:states:::sagemaker",
        "text",
    ],
)
def test_what_is_not_known_needs_nothing(resource: str) -> None:
    assert derive(resource) == []


def test_partition_is_that_of_the_resource() -> None:
    assert derive("arn:aws-cn:states:::dynamodb:getItem", {"TableName": "t"})[0].resources[0].startswith("arn:aws-cn:")
    wild = derive("arn:*:states:::dynamodb:getItem", {"TableName": "t"})[0].resources[0]
    assert wild.startswith("arn:${AWS::Partition}:")


def every_call() -> list[tuple[str, str, str]]:
    return [(s, a, p) for s, actions in PATTERNS.items() for a, patterns in actions.items() for p in patterns]


@pytest.mark.parametrize(("service", "action", "pattern"), every_call())
@pytest.mark.parametrize("parameters", [None, {}, "{% $x %}"])
def test_every_integration_gives_a_policy(service: str, action: str, pattern: str, parameters: object) -> None:
    suffix = "" if pattern == "request_response" else f".{pattern}"
    statements = derive(f"arn:aws:states:::{service}:{action}{suffix}", parameters)
    for entry in policy(statements):
        text = json.dumps(entry).replace("${AWS::", "").replace("events!", "")
        assert "{P}" not in text and "{R}" not in text and "{A}" not in text
        named = entry["Resource"]
        resources = [str(r) for r in named] if isinstance(named, list) else [str(named)]
        assert all(r == "*" or (r.startswith("arn:") and r.count(":") >= 5) for r in resources)
        assert all("{" not in r.replace("${AWS::", "") for r in resources)


def test_all_integrations_have_rows_for_iam() -> None:
    assert {(s, a) for s, a, _ in every_call()} == {(s, a) for s, actions in STATEMENTS.items() for a in actions}
