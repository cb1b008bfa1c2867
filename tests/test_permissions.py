"""What a whole state machine needs, the least policy, and the policies of a role against it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.aws.iam import FAILS, HANGS, REFUSED, UNCANCELLABLE, Place, Statement
from asllint.aws.policy import ALLOWED, Policies, read_policies
from asllint.model import StateMachine, audit, build
from asllint.model.audit import Audit
from asllint.model.permissions import (
    MANAGED_LIMIT,
    Needs,
    document,
    least,
    listed,
    machine_needs,
    size,
    split,
)
from asllint.source import read

PLACE = Place("aws", "r", "1", "m")
JOB = {"TrainingJobName": "j", "RoleArn": "arn:aws:iam::1:role/t"}


def machine_of(*tasks: dict[str, Any], **states: dict[str, Any]) -> StateMachine:
    named = {f"T{i}": {"Type": "Task", "End": True, **task} for i, task in enumerate(tasks)} | states
    text = json.dumps({"StartAt": next(iter(named)), "States": named})
    made = build(read("m.asl.json", text.encode()), judged=True)
    assert made is not None
    return made


def needs_of(*tasks: dict[str, Any], place: Place = PLACE, **states: dict[str, Any]) -> Needs:
    return machine_needs(machine_of(*tasks, **states), place)


def policies_of(*statements: dict[str, Any]) -> Policies:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]})
    return Policies(read_policies(read("p.json", text.encode()), PLACE))


def audit_of(machine: StateMachine, *statements: dict[str, Any]) -> Audit:
    return audit.audit([machine], policies_of(*statements), PLACE)


def shown(needs: Needs, role: str | None = None) -> list[str]:
    return [
        f"{','.join(n.statement.actions)} {' '.join(n.statement.resources)}"
        for n in needs.of(role)
        if not n.statement.only
    ]


def call(action: str, parameters: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"Resource": f"arn:aws:states:::{action}", "Parameters": parameters or {}, **more}


MAP = {
    "Type": "Map",
    "End": True,
    "Label": "L",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "In",
        "States": {"In": {"Type": "Task", "End": True, "Resource": "arn:aws:lambda:r:1:function:f"}},
    },
    "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "in", "Prefix": "p/"}},
    "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "q"}},
}


def test_a_distributed_map() -> None:
    assert shown(needs_of(Each=MAP)) == [
        "states:StartExecution arn:aws:states:r:1:stateMachine:m",
        "states:DescribeExecution arn:aws:states:r:1:execution:m:*",
        "states:StopExecution arn:aws:states:r:1:execution:m:*",
        "s3:ListBucket arn:aws:s3:::in",
        "s3:PutObject,s3:GetObject,s3:ListMultipartUploadParts,s3:AbortMultipartUpload arn:aws:s3:::out/q/*",
        "lambda:InvokeFunction arn:aws:lambda:r:1:function:f",
    ]
    (lists,) = [n for n in needs_of(Each=MAP).needs if n.statement.actions == ("s3:ListBucket",)]
    assert lists.statement.condition == (("StringLike", "s3:prefix", "p/"),)
    redrive = next(n.statement for n in needs_of(Each=MAP).needs if n.statement.actions == ("states:RedriveExecution",))
    assert redrive.only and redrive.resources == ("arn:aws:states:r:1:execution:m/L:*",)


def test_the_name_of_the_machine_may_be_unknown() -> None:
    start = needs_of(Each=MAP, place=Place("aws", "r", "1")).needs[0].statement
    assert start.resources == ("arn:aws:states:r:1:stateMachine:*",)
    assert start.wide == ("the name of the state machine",)


@pytest.mark.parametrize(
    ("reader", "wanted"),
    [
        ({"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}, ["s3:GetObject arn:aws:s3:::b/k"]),
        ({"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key.$": "$.k"}}, ["s3:GetObject arn:aws:s3:::b/*"]),
        ({"Resource": "arn:aws:states:::s3:getObject", "Arguments": "{% $x %}"}, ["s3:GetObject arn:aws:s3:::*/*"]),
        ({"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket.$": "$.b"}}, ["s3:ListBucket arn:aws:s3:::*"]),
        (
            {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "MANIFEST"}, "Parameters": {"Bucket": "b", "Key": "k"}},
            ["s3:GetObject arn:aws:s3:::b/k", "s3:GetObject arn:aws:s3:::*/*"],
        ),
        (
            {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "ManifestType": "ATHENA_DATA"}, "Parameters": {"Bucket": "b", "Key": "k"}},
            ["s3:GetObject arn:aws:s3:::b/k", "s3:GetObject arn:aws:s3:::*/*"],
        ),
        (
            {"Resource": "arn:aws:states:::s3:listObjectsV2", "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN"}, "Parameters": {"Bucket": "b"}},
            ["s3:ListBucket arn:aws:s3:::b", "s3:GetObject arn:aws:s3:::b/*"],
        ),
    ],
)  # fmt: skip
def test_an_item_reader(reader: dict[str, Any], wanted: list[str]) -> None:
    got = shown(needs_of(Each={"Type": "Map", "End": True, "ItemReader": reader}))
    assert got == wanted


def test_a_role_in_credentials() -> None:
    role = "arn:aws:iam::2:role/other"
    needs = needs_of(call("sagemaker:createTrainingJob.sync", JOB, Credentials={"RoleArn": role}))
    assert shown(needs) == [f"sts:AssumeRole {role}"]
    assert "sagemaker:CreateTrainingJob" in shown(needs, role)[0]
    assert not any("events:" in line for line in shown(needs, role))  # a job of another account is polled
    assert needs.roles == (None, role)
    needs = needs_of(call("lambda:invoke", {"FunctionName": "f"}, Credentials={"RoleArn.$": "$.role"}))
    assert shown(needs) == ["sts:AssumeRole arn:aws:iam::*:role/*"]
    assert needs.roles == (None, "")


def test_an_http_task() -> None:
    connection = "arn:aws:events:r:1:connection/c/1"
    parameters = {"Method": "GET", "ApiEndpoint": "https://x.test/a", "Authentication": {"ConnectionArn": connection}}
    assert shown(needs_of(call("http:invoke", parameters))) == [
        "states:InvokeHTTPEndpoint arn:aws:states:r:1:stateMachine:m",
        f"events:RetrieveConnectionCredentials {connection}",
        "secretsmanager:GetSecretValue,secretsmanager:DescribeSecret arn:aws:secretsmanager:*:*:secret:events!connection/*",
    ]
    condition = needs_of(call("http:invoke", parameters)).needs[0].statement.condition
    assert ("StringEquals", "states:HTTPMethod", "GET") in condition


@pytest.mark.parametrize(
    ("resource", "wanted"),
    [
        ("arn:aws:states:us-east-1:1:activity:a", []),
        ("arn:aws:lambda:us-east-1:1:function:f", ["lambda:InvokeFunction arn:aws:lambda:us-east-1:1:function:f"]),
        ("arn:aws:lambda:us-east-1:1:function:f:live", ["lambda:InvokeFunction arn:aws:lambda:us-east-1:1:function:f:live"]),
        ("arn:aws:lambda:us-east-1:1:function:f:${Stage}", ["lambda:InvokeFunction arn:aws:lambda:us-east-1:1:function:f:*"]),
        ("arn:aws:lambda:${Region}:1:function:f", ["lambda:InvokeFunction arn:aws:lambda:*:1:function:f"]),
        ("arn:aws:lambda:${Region}:1:function:${Name}", ["lambda:InvokeFunction arn:aws:lambda:*:1:function:* arn:aws:lambda:*:1:function:*:*"]),
        ("${PayFunction.Arn}", ["lambda:InvokeFunction arn:aws:lambda:r:1:function:*"]),
        ({"Fn::GetAtt": ["Pay", "Arn"]}, ["lambda:InvokeFunction arn:aws:lambda:r:1:function:*"]),
    ],
)  # fmt: skip
def test_functions_and_activities(resource: Any, wanted: list[str]) -> None:
    needs = needs_of({"Resource": resource})
    assert shown(needs) == wanted
    assert needs.unknown == []
    assert all(n.statement.inferred == (not str(resource).startswith("arn:")) for n in needs.needs)


@pytest.mark.parametrize(
    "resource", ["${Integration}", "arn:aws:states:::aws-sdk:s3:${x}", "arn:aws:states:::aws-sdk:nothing:run", "arn:aws:states:::s3:x"]
)  # fmt: skip
def test_what_is_not_known_is_said(resource: str) -> None:
    needs = needs_of({"Resource": resource})
    assert needs.needs == [] and [u.state.name for u in needs.unknown] == ["T0"]


def test_the_container_says_more() -> None:
    machine = machine_of(call("lambda:invoke", {"FunctionName": "f"}))
    key = "arn:aws:kms:r:1:key/k"
    found = machine_needs(machine, PLACE, logging=True, tracing=True, key=key)
    actions = {action for need in found.needs if need.state is None for action in need.statement.actions}
    assert {"logs:CreateLogDelivery", "xray:PutTraceSegments", "kms:Decrypt"} <= actions


def test_the_partition_is_that_of_the_resources() -> None:
    machine = machine_of(
        {"Resource": "arn:aws-cn:states:::dynamodb:getItem", "Parameters": {"TableName": "t"}}, Each=MAP
    )
    assert machine_needs(machine).needs[1].statement.resources[0].startswith("arn:aws-cn:")


# -- the least policy


def of(action: str, *resources: str, condition: Any = (), only: str = "") -> Statement:
    return Statement((action,), resources, condition, "", FAILS, "", only, "", ())


def test_statements_are_merged_and_sorted() -> None:
    test = (("StringEquals", "iam:PassedToService", "x"),)
    entries = least(
        [of("s3:PutObject", "arn:aws:s3:::b/*"), of("s3:GetObject", "arn:aws:s3:::b/*"), of("s3:GetObject", "arn:aws:s3:::b/k"),
         of("iam:PassRole", "arn:aws:iam::1:role/r", condition=test), of("ec2:X", "*", only="a case")]
    )  # fmt: skip
    assert entries == [
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/r", "Condition": {"StringEquals": {"iam:PassedToService": "x"}}},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"},
    ]  # fmt: skip
    assert least([of("ec2:X", "*", only="a case")], cases=True)
    assert least([of("a:B", "*", condition=test), of("a:B", "*")]) == [
        {"Effect": "Allow", "Action": "a:B", "Resource": "*"}
    ]
    assert least([of("athena:getX", "*"), of("athena:GetX", "*")])[0]["Action"] == "athena:GetX"


names = st.sampled_from(["a:Get", "a:Put", "b:List", "iam:PassRole"])
wheres = st.sampled_from(["*", "arn:aws:a:::x", "arn:aws:a:::x*", "arn:aws:a:::x/*", "arn:aws:a:::y", "arn:aws:a:::*/*", "arn:aws:a:::?"])  # fmt: skip
conditions = st.sampled_from(
    [(), (("StringEquals", "iam:PassedToService", "x"),), (("StringEquals", "a:k", ("v", "w")),)]
)
statements = st.lists(
    st.builds(
        lambda actions, where, condition: Statement(tuple(actions), tuple(where), condition, "", FAILS, "", "", "", ()),
        st.lists(names, min_size=1, max_size=3, unique=True), st.lists(wheres, min_size=1, max_size=3, unique=True), conditions,
    ),
    max_size=8,
)  # fmt: skip


@given(statements, st.integers(180, 400))
def test_the_least_policy_allows_every_need_and_keeps_its_size(needs: list[Statement], limit: int) -> None:
    entries = least(needs)
    parts = split(entries, limit)
    assert all(size(part) <= limit for part in parts)
    for documents in ([entries], parts):
        found = []
        for part in documents:
            found += read_policies(read("p.json", json.dumps(document(part)).encode()))
        assert all(policy.problems == () for policy in found)
        policies = Policies(found)
        for need in needs:
            for action, resource, answer in policies.allows_need(need):
                assert answer.verdict == ALLOWED, (action, resource, documents)
    # nothing stands in it that no need has
    asked = {(action, resource) for need in needs for action in need.actions for resource in need.resources}
    for entry in entries:
        assert {(a, r) for a in listed(entry["Action"]) for r in listed(entry["Resource"])} <= asked


def test_a_statement_that_is_too_long_is_divided() -> None:
    resources = [f"arn:aws:lambda:r:1:function:{i:040}" for i in range(400)]
    parts = split(least([of("lambda:InvokeFunction", *resources)]))
    assert len(parts) > 4 and all(size(part) <= MANAGED_LIMIT for part in parts)
    assert sorted(r for part in parts for entry in part for r in listed(entry["Resource"])) == sorted(resources)


# -- the audit


TRAIN = machine_of(call("sagemaker:createTrainingJob.sync", JOB))
FULL: list[dict[str, Any]] = [
    {"Action": "sagemaker:*", "Resource": "*"},
    {"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/t", "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}},
    {"Action": ["events:PutTargets", "events:PutRule", "events:DescribeRule"], "Resource": "*"},
]  # fmt: skip


def test_the_least_policy_leaves_nothing_to_say() -> None:
    entries = least(need.statement for need in machine_needs(TRAIN, PLACE).needs)
    found = audit.audit(
        [TRAIN], policies_of(*({k: v for k, v in one.items() if k != "Effect"} for one in entries)), PLACE
    )
    assert not any((found.missing, found.open, found.unused, found.wide, found.passing, found.wrong))


@pytest.mark.parametrize(
    ("without", "grade"),
    [("events:PutRule", REFUSED), ("iam:PassRole", FAILS), ("sagemaker:CreateTrainingJob", FAILS), ("sagemaker:AddTags", FAILS),
     ("sagemaker:DescribeTrainingJob", HANGS), ("sagemaker:StopTrainingJob", UNCANCELLABLE)],
)  # fmt: skip
def test_what_is_missing_is_graded(without: str, grade: str) -> None:
    found = audit_of(TRAIN, *FULL, {"Effect": "Deny", "Action": without, "Resource": "*"})
    assert [(gap.actions, gap.need.statement.without, gap.denied) for gap in found.missing] == [
        ((without,), grade, True)
    ]


def test_a_wrong_condition_is_missing() -> None:
    other = {**FULL[1], "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}
    assert [gap.actions for gap in audit_of(TRAIN, FULL[0], other, FULL[2]).missing] == [("iam:PassRole",)]


def test_what_is_not_sure_is_open() -> None:
    machine = machine_of(call("lambda:invoke", {"FunctionName.$": "$.f"}))
    found = audit_of(machine, {"Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:r:1:function:a"})
    assert not found.missing and [gap.actions for gap in found.open] == [("lambda:InvokeFunction",)]
    assert audit_of(machine, {"Action": "lambda:Get*", "Resource": "*"}).missing


F = "arn:aws:lambda:r:1:function:f"


@pytest.mark.parametrize(
    ("parameters", "allowed", "refused"),
    [
        ({"FunctionName": "f"}, [F, f"{F}*"], [f"{F}:*", f"{F}:live"]),
        ({"FunctionName": "f", "Qualifier": "live"}, [f"{F}:live", f"{F}:*", f"{F}*"], [F, f"{F}:1"]),
        ({"FunctionName": "f:live"}, [f"{F}:live", f"{F}:*"], [F, f"{F}:$LATEST"]),
        ({"FunctionName": "f", "Qualifier": "$LATEST"}, [f"{F}:$LATEST", f"{F}:*"], [F, f"{F}:live"]),
        ({"FunctionName": "f", "Qualifier.$": "$.q"}, [f"{F}:*"], [F]),
    ],
)
def test_a_function_is_not_its_versions(parameters: dict[str, Any], allowed: list[str], refused: list[str]) -> None:
    machine = machine_of(call("lambda:invoke", parameters))
    for resource in allowed:
        found = audit_of(machine, {"Action": "lambda:InvokeFunction", "Resource": resource})
        assert not found.missing and not found.open, resource
    for resource in refused:
        found = audit_of(machine, {"Action": "lambda:InvokeFunction", "Resource": resource})
        assert [gap.actions for gap in found.missing] == [("lambda:InvokeFunction",)], resource
    half = audit_of(machine_of(call("lambda:invoke", {"FunctionName": "f", "Qualifier.$": "$.q"})), {
        "Action": "lambda:InvokeFunction", "Resource": f"{F}:live"})  # fmt: skip
    assert not half.missing and half.open


@pytest.mark.parametrize("name", ["f", "f:live"])
def test_the_versions_of_a_function_are_not_too_much(name: str) -> None:
    machine = machine_of(call("lambda:invoke", {"FunctionName": name}))
    one = f"arn:aws:lambda:r:1:function:{name}"
    found = audit_of(machine, {"Action": "lambda:InvokeFunction", "Resource": [one, f"{one}:*"]})
    assert not found.unused and not found.wide
    found = audit_of(machine, {"Action": "lambda:InvokeFunction", "Resource": [one, "arn:aws:lambda:r:1:function:*"]})
    assert [excess.text for excess in found.wide] == ["arn:aws:lambda:r:1:function:*"]
    assert [needed.rpartition("function:")[2] for needed in found.wide[0].needed] == [name]


def test_excess() -> None:
    machine = machine_of(call("aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"}))
    found = audit_of(
        machine, {"Action": ["s3:*", "logs:CreateLogDelivery", "ec2:RunInstances"], "Resource": "*"}, {"Action": "sqs:*", "Resource": "*"}
    )  # fmt: skip
    assert [(one.kind, one.text) for one in found.unused] == [("action", "ec2:RunInstances"), ("statement", "")]
    assert ("action", "s3:*") in [(one.kind, one.text) for one in found.wide]
    unknown = machine_of(call("aws-sdk:s3:getObject"), {"Resource": "${Anything}"})
    assert audit_of(unknown, {"Action": "sqs:*", "Resource": "*"}).unused == ()


def test_what_is_needed_elsewhere_is_not_superfluous() -> None:
    child = {"StateMachineArn": "arn:aws:states:r:1:stateMachine:c"}
    machine = machine_of(call("states:startExecution.sync:2", child))
    on_the_machine = {"Action": ["states:StartExecution", "states:StopExecution"], "Resource": child["StateMachineArn"]}
    found = audit_of(machine, on_the_machine)
    assert [one.action.text for one in found.wrong] == ["states:StopExecution"]
    assert not found.unused
    alone = audit_of(machine, {**on_the_machine, "Action": "states:StopExecution"})
    assert alone.wrong
    assert not alone.unused
    assert [one.text for one in audit_of(machine, {**on_the_machine, "Action": "states:CreateActivity"}).unused] == [""]


def test_passing_any_role() -> None:
    assert audit_of(TRAIN, {"Action": "iam:*", "Resource": "*"}).passing
    assert audit_of(TRAIN, {"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/*"}).passing
    assert not audit_of(TRAIN, {"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/t"}).passing
    assert not audit_of(TRAIN, {"Action": "iam:Get*", "Resource": "*"}).passing
    assert not audit_of(TRAIN, *FULL).passing


@pytest.mark.parametrize(
    ("action", "resource", "wrong"),
    [
        ("states:StopExecution", "arn:aws:states:r:1:stateMachine:c", True),
        ("states:StartExecution", "arn:aws:states:r:1:execution:c:*", True),
        ("states:StopExecution", "arn:aws:states:r:1:execution:c:*", False),
        ("states:StopExecution", "arn:aws:states:*", False),
        ("states:StopExecution", "*", False),
        ("states:StopExecution", "${Child.Arn}", False),
        ("states:CreateActivity", "arn:aws:states:r:1:stateMachine:c", False),  # not needed: not looked at
        ("states:InvokeHTTPEndpoint", "arn:aws:states:r:1:stateMachine:c", False),  # the reference names no resource of it
    ],
)  # fmt: skip
def test_resources_of_another_kind(action: str, resource: str, wrong: bool) -> None:
    machine = machine_of(
        call("states:startExecution.sync:2", {"StateMachineArn": "arn:aws:states:r:1:stateMachine:c"}),
        call("http:invoke"),
    )
    found = audit_of(machine, {"Action": action, "Resource": resource})
    assert [one.action.text for one in found.wrong] == ([action] if wrong else [])


def test_what_aws_documents_is_no_resource_of_another_kind() -> None:
    """The guide on AgentCore has both actions on the harness; the reference names runtimes for the second."""
    harness = "arn:aws:bedrock-agentcore:us-east-1:1:harness/h-0123456789"
    machine = machine_of(call("bedrockagentcore:invokeHarness", {"HarnessArn": harness}))
    actions = ["bedrock-agentcore:InvokeHarness", "bedrock-agentcore:InvokeAgentRuntime"]
    found = audit_of(machine, {"Action": actions, "Resource": harness})
    assert not found.missing and not found.wrong
    elsewhere = audit_of(machine, {"Action": actions[1], "Resource": "arn:aws:bedrock-agentcore:us-east-1:1:memory/m"})
    assert [one.action.text for one in elsewhere.wrong] == actions[1:]


@pytest.mark.parametrize("qualifier", ["", ":7", ":live"])
def test_a_version_of_a_state_machine_is_allowed_as_the_machine_is(qualifier: str) -> None:
    child = "arn:aws:states:us-east-1:1:stateMachine:c"
    allow = [
        {"Action": ["states:StartExecution", "states:StartSyncExecution"], "Resource": child},
        {"Action": ["states:DescribeExecution", "states:StopExecution"], "Resource": "arn:aws:states:us-east-1:1:execution:c:*"},
        FULL[2],
    ]  # fmt: skip
    parameters = {"StateMachineArn": f"{child}{qualifier}"}
    machine = machine_of(
        call("states:startExecution.sync:2", parameters), call("aws-sdk:sfn:startSyncExecution", parameters)
    )
    found = audit_of(machine, *allow)
    assert not found.missing and not found.open
    qualified = audit_of(machine, {**allow[0], "Resource": f"{child}:live"}, *allow[1:])
    assert {name for gap in qualified.missing for name in gap.actions} == {
        "states:StartExecution", "states:StartSyncExecution",
    }  # fmt: skip


def test_a_fragment_is_never_too_widely_allowed() -> None:
    made = build(
        read(
            "m.json", json.dumps({"Type": "Task", "End": True, **call("lambda:invoke", {"FunctionName": "f"})}).encode()
        )
    )
    assert made is not None and made.fragment
    found = audit_of(made, {"Action": "*", "Resource": "*"})
    assert not found.unused and not found.wide and not found.missing
