"""The words of a drawing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asllint.diagram.words import LONG, SHORT, condition, detail, errors, shortened
from asllint.model import ChoiceState, build
from asllint.source import read


def machine(definition: dict[str, Any]) -> Any:
    return build(read("x.asl.json", json.dumps(definition).encode()), judged=True)


def text_of(rule: dict[str, Any]) -> str:
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "B"}]}
    (state, _) = machine({"StartAt": "A", "States": {"A": choice, "B": {"Type": "Succeed"}}}).states
    assert isinstance(state, ChoiceState)
    return condition(state.choices[0])


A = {"Variable": "$.a", "StringEquals": "x"}
B = {"Variable": "$.b", "NumericLessThan": 3.5}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (A, '$.a = "x"'),
        (B, "$.b < 3.5"),
        ({"Variable": "$.a", "StringEqualsPath": "$.b"}, "$.a = $.b"),
        ({"Variable": "$.a", "TimestampGreaterThanEquals": "2030-01-01T00:00:00Z"}, '$.a >= "2030-01-01T00:00:00Z"'),
        ({"Variable": "$.a", "NumericLessThanEqualsPath": "$.max"}, "$.a <= $.max"),
        ({"Variable": "$.a", "BooleanEquals": False}, "$.a = false"),
        ({"Variable": "$.a", "StringMatches": "log-*"}, '$.a matches "log-*"'),
        ({"Variable": "$.a", "IsPresent": True}, "$.a is present"),
        ({"Variable": "$.a", "IsPresent": False}, "$.a is absent"),
        ({"Variable": "$.a", "IsNull": False}, "$.a is not null"),
        ({"Variable": "$.a", "IsNumeric": True}, "$.a is a number"),
        ({"Variable": "$.a", "IsNumeric": "yes"}, '$.a IsNumeric "yes"'),
        ({"Not": A}, 'not $.a = "x"'),
        ({"And": [A, B]}, '$.a = "x" and $.b < 3.5'),
        ({"Or": [A, {"And": [A, B]}]}, '$.a = "x" or ($.a = "x" and $.b < 3.5)'),
        ({"Not": {"Or": [A, B]}}, 'not ($.a = "x" or $.b < 3.5)'),
        ({"Or": [A]}, '$.a = "x"'),
        ({"Or": []}, "…"),
        ({"Condition": "{% $states.input.n >\n 3 %}"}, "$states.input.n > 3"),
        ({"Condition": True}, "true"),
        ({"Condition": "no delimiters"}, "no delimiters"),
        ({"Variable": "$.a", "StringEquals": "a\nb"}, '$.a = "a b"'),
        ({"Variable": "$.a"}, "$.a …"),
        ({"StringEquals": "x"}, '… = "x"'),
        ({"Variable": "$.a", "StringEquals": {"x": 1}}, "$.a = {…}"),
        ({}, "… …"),
    ],
)  # fmt: skip
def test_a_condition(rule: dict[str, Any], text: str) -> None:
    assert text_of(rule) == text


def test_a_condition_without_end_is_cut() -> None:
    rule: dict[str, Any] = A
    for _ in range(50):
        rule = {"Not": {"And": [rule, B]}}
    assert len(text_of(rule)) < LONG
    assert "…" in text_of(rule)
    assert len(text_of({"Or": [A] * 5_000})) == LONG


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('$.a.b.c.d = "x"', '$.a.b.c.d = "x"'),
        ('$.Payload.detail.result.items[0].status = "REFUSED"', '$…status = "REFUSED"'),
        ('$states.input.detail.user.name = "somebody"', '$states…name = "somebody"'),
        ("$.a.b[0].rows[3] = 12 and $.c.d.e.f.g.h.i.j.k = 13", "$…rows[3] = 12 and $…k = 13"),
        ("x" * 60, "x" * (SHORT - 1) + "…"),
        ("", ""),
    ],
)
def test_a_label_keeps_the_end_of_a_path(text: str, label: str) -> None:
    assert shortened(text) == label


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (
            {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"},
            "lambda:invoke.waitForTaskToken",
        ),
        ({"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem"}, "dynamodb:getItem"),
        ({"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:send:1"}, "lambda send:1"),
        ({"Type": "Task", "Resource": "arn:aws:states:eu-west-1:111122223333:activity:approve"}, "activity approve"),
        ({"Type": "Task", "Resource": "${Function.Arn}"}, "${Function.Arn}"),
        ({"Type": "Task", "Resource": 5}, ""),
        ({"Type": "Task"}, ""),
        ({"Type": "Wait", "Seconds": 30}, "30 s"),
        ({"Type": "Wait", "Seconds": 90000}, "1 d 1 h"),
        ({"Type": "Wait", "Seconds": -1.5}, "-1.5"),
        ({"Type": "Wait", "SecondsPath": "$.pause"}, "$.pause"),
        ({"Type": "Wait", "Timestamp": "2030-01-01T00:00:00Z"}, "2030-01-01T00:00:00Z"),
        ({"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $x * 2 %}"}, "$x * 2"),
        ({"Type": "Fail", "Error": "Shop.Closed", "Cause": "…"}, "Shop.Closed"),
        ({"Type": "Fail", "ErrorPath": "$.error.Error"}, "$.error.Error"),
        ({"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}}, "distributed"),
        ({"Type": "Map", "ItemProcessor": {}}, ""),
        ({"Type": "Pass"}, ""),
    ],
)
def test_what_a_state_does(state: dict[str, Any], text: str) -> None:
    assert detail(machine({"StartAt": "A", "States": {"A": state}}).states[0]) == text


def test_the_errors_of_a_catcher() -> None:
    catch = [{"ErrorEquals": ["A", "States.Timeout"], "Next": "A"}, {"ErrorEquals": [], "Next": "A"}]
    (state,) = machine({"StartAt": "A", "States": {"A": {"Type": "Task", "Catch": catch}}}).states
    assert [errors(catcher) for catcher in state.catchers] == ["A, States.Timeout", "…"]
