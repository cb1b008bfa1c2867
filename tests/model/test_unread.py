"""Data that nothing uses: what is found, what is left alone, and that taking it away changes no execution."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asllint.model import StateMachine, build
from asllint.model.unread import UNREAD, unread
from asllint.source import read

LOAD = "arn:aws:lambda:eu-west-1:123456789012:function:load"


def machine(definition: object) -> StateMachine:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    built = build(read("x.asl.json", text.encode()))
    assert built is not None
    return built


def found(*states: dict[str, Any], **more: Any) -> list[str]:
    """Return what is found in states A, B, C … one after the other."""
    names = "ABCDEF"[: len(states)]
    out = {}
    for name, following, state in zip(names, [*names[1:], ""], states, strict=True):
        ends = state["Type"] in ("Succeed", "Fail", "Choice")
        out[name] = {**state, **({} if ends else {"Next": following} if following else {"End": True})}
    facts = unread(machine({"StartAt": "A", "States": {**out, **more}}))
    return [f"{fact.kind} {fact.state.name}.{fact.key.value} {fact.path}".rstrip() for fact in facts]


def task(**fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": LOAD, **fields}


def passing(**fields: Any) -> dict[str, Any]:
    return {"Type": "Pass", **fields}


TWO = passing(Parameters={"a.$": "$.x", "b": 1})
ONLY_A = task(Parameters={"q.$": "$.a"})


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ([TWO, ONLY_A], ["unread A.b $.b"]),
        ([passing(Result={"a": 1, "b": {"c": 1}}), ONLY_A], ["unread A.b $.b"]),
        ([TWO, passing(), ONLY_A], ["unread A.b $.b"]),
        ([TWO, {"Type": "Wait", "SecondsPath": "$.a"}, ONLY_A], ["unread A.b $.b"]),
        ([TWO, task(Parameters={"q.$": "$.a"}, ResultPath="$.r"), ONLY_A], ["unread A.b $.b"]),
        ([TWO, passing(ResultPath="$.c"), task(Parameters={"q.$": "$.c.a"})], ["unread A.b $.b"]),
        ([TWO, passing(InputPath="$.a"), task()], ["unread A.b $.b"]),
        ([TWO, task(Parameters={"q.$": "$.a"}, ResultPath=None, OutputPath="$.a")], ["unread A.b $.b"]),
        ([passing(Result={"a": 1}, ResultPath="$.k"), ONLY_A], ["unread A.Result $.k"]),
        ([passing(Result={"a": 1, "b": 1}), passing(Result=1)], ["unread A.Result $"]),
        ([passing(Result={"a": 1, "b": 1}), task(Parameters={"q.$": "$.c"})], ["unread A.Result $"]),
        ([task(ResultSelector={"a.$": "$.A"}, ResultPath="$.k"), ONLY_A], []),
        ([task(ResultSelector={"a.$": "$.A", "b.$": "$.B"}), task(Parameters={"q": 1})], ["unread A.ResultSelector $"]),
        ([passing(Result={"a": 1, "b": 1}, ResultPath="$.k"), task(Parameters={"q.$": "$.k.a"})], ["unread A.b $.k.b"]),
        ([task(ResultSelector={"a.$": "$.A", "b.$": "$.B"}), ONLY_A], ["unread A.b.$ $.b"]),
        ([TWO, {"Type": "Map", "ItemsPath": "$.a", "ItemProcessor": {"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}}], ["unread A.b $.b"]),
        # read
        ([TWO], []),
        ([TWO, task()], []),
        ([TWO, {"Type": "Succeed"}], []),
        ([TWO, {"Type": "Fail"}], []),
        ([TWO, task(Parameters={"q.$": "$"})], []),
        ([TWO, task(Parameters={"q": [{"r.$": "$.b"}], "a.$": "$.a"})], []),
        ([TWO, task(Parameters={"q.$": "States.Format('{} {}', $.a, $['b'])"})], []),
        ([TWO, task(Parameters={"q.$": "$.a[?(@.x == $.b)]"})], []),
        ([TWO, task(Parameters={"q.$": "$..b"})], []),
        ([TWO, task(Parameters={"q.$": "$[*]"})], []),
        ([TWO, task(Parameters={"q.$": "$['a','b']"})], []),
        ([TWO, task(Parameters={"q.$": "$.${Name}"})], []),
        ([TWO, task(Parameters={"q": "${Name}"})], []),
        ([TWO, task(Parameters={"q.$": "$.a"}, ResultPath="$.r")], []),
        ([TWO, task(Parameters={"q.$": "$.a"}, ResultPath="$.b"), task()], []),
        ([TWO, task(Parameters={"q.$": "$.a"}, ResultPath=None), task()], []),
        ([TWO, task(Parameters={"q.$": "$.a"}, Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "H"}])], []),
        ([TWO, task(Parameters={"q.$": "$.a"}, TimeoutSecondsPath="$.b")], []),
        ([TWO, task(Parameters={"q.$": "$.a"}, Credentials={"RoleArn.$": "$.b"})], []),
        ([TWO, passing(Assign={"v.$": "$.b"}, Result=1)], ["unread A.a.$ $.a"]),
        ([TWO, {"Type": "Parallel", "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}]}, task()], []),
        ([TWO, {"Type": "Map", "ItemsPath": "$.a", "ItemSelector": {"b.$": "$.b"}, "ItemProcessor": {"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}}], []),
        ([TWO, {**passing(Output={"a": "{% $states.input.a %}"}), "QueryLanguage": "JSONata"}], []),
        ([TWO, {"Type": "${Type}", "Parameters": {"q.$": "$.a"}}], []),
        ([TWO, task(Parmeters={"q.$": "$.a"}, Parameters={"q.$": "$.a"})], []),
        ([passing(Parameters={"a.$": "$.x", "b": 1}, Assign={"v.$": "$.b"}), ONLY_A], []),
    ],
)  # fmt: skip
def test_what_no_state_reads(states: list[dict[str, Any]], wanted: list[str]) -> None:
    assert found(*states, H={"Type": "Succeed"}) == wanted


def test_one_way_that_reads_is_enough() -> None:
    rules = [{"Variable": "$.a", "IsPresent": True, "Next": "H"}]
    choice = {"Type": "Choice", "Choices": rules, "Default": "C"}
    assert found(TWO, choice, ONLY_A, H={**ONLY_A, "End": True}) == ["unread A.b $.b"]
    assert found(TWO, choice, ONLY_A, H={"Type": "Wait", "SecondsPath": "$.b", "Next": "C"}) == []
    again = {"Type": "Choice", "Choices": [{"Variable": "$.b", "IsPresent": True, "Next": "A"}], "Default": "C"}
    assert found(TWO, task(Parameters={"q.$": "$.a"}, ResultPath="$.r"), again, ONLY_A) == []


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (passing(Result={"a": 1}, ResultPath=None), ["dropped A.Result"]),
        (passing(Parameters={"a": 1}, ResultPath=None), ["dropped A.Parameters"]),
        (passing(Result={"a": 1}, OutputPath=None), ["dropped A.Result"]),
        (passing(Result={"a": 1}, Parameters={"b": 1}), ["dropped A.Parameters"]),
        (task(ResultSelector={"a.$": "$.b"}, ResultPath=None), ["dropped A.ResultSelector"]),
        (passing(Result={"a": 1}, ResultPath="$.r"), []),
        (passing(ResultPath=None), []),
        (task(Parameters={"a": 1}, ResultPath=None), []),
        (task(ResultSelector={"a.$": "$.b"}, Assign={"v.$": "$.a"}, ResultPath=None), []),
        (passing(Result={"a": 1}, ResultPath="${Place}"), []),
        ({**passing(Output={"a": 1}), "QueryLanguage": "JSONata"}, []),
    ],
)
def test_what_a_state_drops_itself(state: dict[str, Any], wanted: list[str]) -> None:
    assert found(state, task()) == wanted


def test_nothing_is_said_of_what_is_not_whole() -> None:
    states = {"A": {**TWO, "Next": "B"}, "B": {**ONLY_A, "End": True}}
    assert unread(machine({"StartAt": "A", "States": states}))
    assert not unread(machine(states))
    assert not unread(machine(json.dumps({"StartAt": "A", "States": states})[:-2] + ",}"))


def test_time_is_linear(linear: Any) -> None:
    def prepare(number: int) -> Callable[[], object]:
        states: dict[str, Any] = {
            f"S{i}": passing(Parameters={f"k{i % 90}": 1, "a.$": f"$.k{i % 70}"}, ResultPath="$.r", Next=f"S{i + 1}")
            for i in range(number)
        }
        states["S0"]["Next"] = "C"
        rules = [{"Variable": f"$.v{i}", "IsPresent": True, "Next": f"S{i + 1}"} for i in range(number - 1)]
        states["C"] = {"Type": "Choice", "Choices": rules, "Default": "S1"}
        states[f"S{number}"] = {"Type": "Choice", "Choices": rules[:1], "Default": "C"}
        return partial(unread, machine({"StartAt": "S0", "States": states}))

    linear(prepare, 300, 2400)


# -- what is unread can be taken away


@given(st.data())
@settings(suppress_health_check=list(HealthCheck), max_examples=100)
def test_an_execution_does_without_what_is_unread(source: Any) -> None:
    from test_payload_oracle import VALUES, Fails, Run, machines

    definition = source.draw(machines())
    facts = [fact for fact in unread(machine(definition)) if fact.kind == UNREAD]
    if not facts:
        return
    without = copy.deepcopy(definition)
    for fact in facts:
        state = without["States"].get(fact.state.name)
        if state is None:
            continue
        made = "Result" if "Result" in state else "Parameters"
        if fact.key.value == made and fact.key is fact.state.node.key(made):
            state[made] = {}
        else:
            del state[made][fact.key.value]
    for data in source.draw(st.lists(VALUES, min_size=3, max_size=3)):
        run, other = Run(), Run()
        try:
            out = run.scope(definition, data, {})
        except Fails:
            continue
        assert other.scope(without, data, {}) == out
        assert [name for name, _, _ in other.given] == [name for name, _, _ in run.given]
