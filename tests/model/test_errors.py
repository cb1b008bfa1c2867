"""What a state can raise, and what is left of it outside: `asllint.model.errors` and `asllint.aws.errors`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from asllint.aws import errors as aws
from asllint.aws.data.sdk import SERVICES
from asllint.model import StateMachine, build
from asllint.model import errors as model
from asllint.source import read

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:work"


def machine(states: dict[str, Any], start: str = "A", **more: Any) -> StateMachine:
    text = json.dumps({"StartAt": start, "States": states, **more})
    built = build(read("x.asl.json", text.encode()))
    assert built is not None
    return built


def forms(state: dict[str, Any], **more: Any) -> frozenset[str]:
    built = machine({"A": state}, **more)
    return model._Reader(built).state(built.states[0])


def facts(state: dict[str, Any], **more: Any) -> list[tuple[str, str, list[Any], bool]]:
    return [
        (fact.word, fact.reason, [node.value for node in fact.nodes], fact.dead)
        for fact in model.facts(machine({"A": state}, **more))
    ]


@pytest.mark.parametrize(
    ("resource", "raised", "not_raised"),
    [
        (FUNCTION, ["Mine", "Lambda.Unknown", "x.y.z"], ["States.Timeout"]),
        ("arn:aws:states:::lambda:invoke", ["Mine"], ["States.Timeout"]),
        ("arn:aws:states:eu-west-1:123456789012:activity:a", ["Mine", "States.Timeout"], []),
        ("arn:aws:states:::ecs:runTask.waitForTaskToken", ["Mine", "States.Timeout"], []),
        ("arn:aws:states:::states:startExecution.sync:2", ["Mine"], ["States.Timeout"]),
        ("arn:aws:states:::ecs:runTask.sync", ["ECS.ServerException", "AmazonECS.Unknown"], ["Ecs.X", "ECS", "Mine"]),
        ("arn:aws-cn:states:::dynamodb:getItem", ["DynamoDB.X"], ["DynamoDb.X", "X", ".X", "dynamodb.X"]),
        ("arn:aws:states:::aws-sdk:dynamodb:getItem", ["DynamoDb.X"], ["DynamoDB.X"]),
        ("arn:aws:states:::aws-sdk:newservice:get", ["Any.X"], ["States.X"]),
        ("arn:aws:states:::eks:call", ["EKS.401"], []),
        ("arn:aws:states:::http:invoke", ["States.Http.StatusCode.500", "Events.X"], ["States.X", "Http.X"]),
        ("something else", ["Mine", "States.X"], []),
    ],
)
def test_what_a_resource_raises(resource: str, raised: list[str], not_raised: list[str]) -> None:
    found = aws.raised(resource)
    assert [name for name in raised if not aws.matches(found, name)] == []
    assert [name for name in not_raised if aws.matches(found, name)] == []


def test_every_service_of_the_sdk_has_a_prefix() -> None:
    assert {service: (aws.sdk_prefix(service) or "").lower() for service in SERVICES} == {s: s for s in SERVICES}


def test_an_optimized_service_and_its_sdk_twin_may_differ() -> None:
    differing = {s for s, p in aws.OPTIMIZED.items() if s in SERVICES and f"{aws.sdk_prefix(s)}." not in p}
    assert differing == {"dynamodb", "ecs", "sns", "sqs"}


def test_a_task() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "End": True}
    found = forms(task)
    assert {"S3.", "States.TaskFailed", "States.Permissions", "States.IntrinsicFailure"} <= found
    assert not found & {"States.Timeout", "States.HeartbeatTimeout", "States.QueryEvaluationError", aws.ANY}
    assert "States.Timeout" in forms({**task, "TimeoutSeconds": 5})
    assert {"States.Timeout", "States.HeartbeatTimeout"} <= forms({**task, "HeartbeatSecondsPath": "$.a"})
    assert "States.QueryEvaluationError" in forms(task, QueryLanguage="JSONata")
    assert forms({**task, "${More}": 1}) == aws.ANYTHING
    assert forms({**task, "Resource": "arn:aws:states:::aws-sdk:${Service}:get"}) == aws.ANYTHING
    assert forms({"Type": "Task"}) == aws.ANYTHING


def test_fail_states() -> None:
    assert forms({"Type": "Fail", "Error": "Mine"}) == {"Mine"}
    assert forms({"Type": "Fail", "Error": "States.Mine"}) == {"States.Mine"}
    assert forms({"Type": "Fail", "Error": "{% $x %}"}) == {"{% $x %}"}
    for fail in ({"Error": "${Name}"}, {"ErrorPath": "$.a"}):
        assert forms({"Type": "Fail", **fail}) == aws.ANYTHING
    assert forms({"Type": "Fail", "Error": "{% $x %}"}, QueryLanguage="JSONata") == aws.ANYTHING
    assert not aws.matches(forms({"Type": "Fail"}), "States.Timeout")


def _parallel(states: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": [{"StartAt": "I", "States": states}], "End": True, **more}


TASK: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage",
    "TimeoutSeconds": 5,
    "Next": "F",
}
FAIL = {"Type": "Fail", "Error": "Mine"}


@pytest.mark.parametrize(
    ("caught", "out", "gone"),
    [
        ([], ["SQS.X", "States.Timeout", "States.TaskFailed", "Mine"], ["SNS.X", "States.HeartbeatTimeout"]),
        (["States.ALL"], ["Mine", "States.DataLimitExceeded"], ["SQS.X", "States.Timeout", "States.Permissions"]),
        (["States.TaskFailed"], ["Mine", "States.Timeout"], ["SQS.X", "States.Permissions"]),
        (["States.Timeout"], ["Mine", "SQS.X"], ["States.Timeout"]),
        (["SQS.X"], ["Mine", "SQS.X", "SQS.Y"], []),
    ],
)
def test_what_comes_out_of_a_scope(caught: list[str], out: list[str], gone: list[str]) -> None:
    catch = [{"ErrorEquals": [name], "Next": "F"} for name in caught]
    found = forms(_parallel({"I": {**TASK, "Catch": catch}, "F": FAIL, "Lost": {**FAIL, "Error": "Lost"}}))
    assert [name for name in out if not aws.matches(found, name)] == []
    assert [name for name in [*gone, "Lost"] if aws.matches(found, name)] == []


def test_what_a_placeholder_brings_may_raise_anything() -> None:
    assert aws.ANYTHING <= forms({"Type": "Parallel", "Branches": []})
    assert aws.ANYTHING <= forms(_parallel({"I": TASK, "F": FAIL, "More": "${More}"}))
    assert aws.ANYTHING <= forms({"Type": "Parallel", "Branches": [{"StartAt": "I", "States": {"I": FAIL}}, "${B}"]})
    assert aws.ANYTHING <= forms({"Type": "Map", "ItemProcessor": "${P}"})
    config = {"ProcessorConfig": {"Mode": "${Mode}"}, "StartAt": "I", "States": {"I": FAIL}}
    assert aws.ANYTHING <= forms({"Type": "Map", "ItemProcessor": config})


def test_facts_say_what_is_dead() -> None:
    retry = [{"ErrorEquals": ["SNS.A", "SNS.B"]}, {"ErrorEquals": ["SQS.A", "States.HeartbeatTimeout"]}]
    assert facts({**TASK, "Retry": retry}) == [
        ("retry:never-matches", "foreign", ["SNS.A", "SNS.B"], True),
        ("retry:never-matches", "no-heartbeat", ["States.HeartbeatTimeout"], False),
    ]


def test_all_of_one_reason_are_one_fact_and_others_are_not() -> None:
    retry = [{"ErrorEquals": ["SNS.A", "States.HeartbeatTimeout"]}]
    assert [fact[2:] for fact in facts({**TASK, "Retry": retry})] == [
        (["SNS.A"], True),
        (["States.HeartbeatTimeout"], True),
    ]


def test_facts_are_features() -> None:
    retry = [{"ErrorEquals": ["State.ALL"]}, {"ErrorEquals": ["SQS.A"]}, {"ErrorEquals": ["SQS.A"]}]
    catch = [{"ErrorEquals": ["States.TaskFailed", "SNS.A"], "Next": "F"}]
    built = machine({"A": {**TASK, "Retry": retry, "Catch": catch}, "F": FAIL})
    assert {f for f in built.features if f.partition(":")[0] in ("retry", "catch", "error")} == {
        "error:unknown-name",
        "retry:shadowed",
        "catch:never-matches",
        "catch:timeout-missed",
    }
    assert model.facts(built) is model.facts(built)


def test_wildcards_and_repeated_items_of_other_states_are_silent() -> None:
    retry = [{"ErrorEquals": ["SQS.A"]}, {"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": ["States.ALL"]}]
    assert facts({**TASK, "Retry": retry}) == []
    assert facts({"Type": "Pass", "End": True, "Retry": [{"ErrorEquals": ["States.Timeout"]}]}) == []


def _nested(depth: int) -> dict[str, Any]:
    state: dict[str, Any] = FAIL
    for _ in range(depth):
        state = _parallel({"I": state}, Retry=[{"ErrorEquals": ["Mine", "Other"]}])
    return state


def test_deep_nesting() -> None:
    found = model.facts(machine({"A": _nested(40)}))
    assert len(found) == 40
    assert {fact.name for fact in found} == {"Other"}


def test_time_is_linear(linear: Any) -> None:
    def prepare(count: int) -> Callable[[], None]:
        retry = [{"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": [f"SQS.E{i}" for i in range(5)]}]
        states = {f"S{i}": {**TASK, "Retry": retry, "Next": f"S{i + 1}"} for i in range(count)}
        wide = _parallel({**states, f"S{count}": FAIL}, Retry=[{"ErrorEquals": ["Mine", "Other"]}])
        wide["Branches"][0]["StartAt"] = "S0"
        built = machine({"A": wide})
        model.facts.cache_clear()

        def work() -> None:
            assert len(model.facts(built)) == count + 1

        return work

    linear(prepare, 250, 2000)
