"""Where expressions stand: the walk against the table."""

from __future__ import annotations

import json
from typing import Any

from asllint.model import build, expressions
from asllint.source import read


def found(definition: dict[str, Any]) -> list[tuple[str, str, str]]:
    machine = build(read("x.asl.json", json.dumps(definition).encode()))
    assert machine is not None
    return [(e.kind, e.field, e.text) for e in machine.expressions]


def test_a_jsonpath_state() -> None:
    task = {
        "Type": "Task",
        "Comment": "$.no",
        "Resource": "arn:aws:states:::lambda:invoke",
        "InputPath": "$.in",
        "OutputPath": None,
        "Parameters": {"FunctionName": "f", "Payload": {"a.$": "$.a", "b": ["$.b"], "c.$": {"d.$": "$.d"}}},
        "Credentials": {"RoleArn.$": "$role"},
        "TimeoutSecondsPath": "$.t",
        "Retry": [{"ErrorEquals": ["$.no"]}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Assign": {"e.$": "$.Cause"}, "Next": "T"}],
        "End": True,
    }
    assert found({"StartAt": "T", "States": {"T": task}}) == [
        ("path", "InputPath", "$.in"),
        ("text", "Parameters", "f"),
        ("template path", "Parameters", "$.a"),
        ("text", "Parameters", "$.b"),
        ("template path", "Parameters", "$.d"),
        ("template path", "Credentials", "$role"),
        ("node path", "TimeoutSecondsPath", "$.t"),
        ("reference path", "ResultPath", "$.error"),
        ("template path", "Assign", "$.Cause"),
    ]


def test_a_jsonata_state() -> None:
    map_state = {
        "Type": "Map",
        "QueryLanguage": "JSONata",
        "Items": "{% $states.input.items %}",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "Arguments": {"Bucket": "b", "Comment": "{% $b %}"},
            "ReaderConfig": {
                "InputType": "CSV",
                "CSVHeaderLocation": "GIVEN",
                "CSVHeaders": ["{% no %}"],
                "MaxItems": "{% 5 %}",
            },
        },
        "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Parameters": {"x.$": "$.x"}, "End": True}}},
        "Output": {"Next": "{% $states.result %}"},
        "End": True,
    }
    assert found({"StartAt": "M", "States": {"M": map_state}}) == [
        ("jsonata", "Items", "{% $states.input.items %}"),
        ("jsonata", "Output", "{% $states.result %}"),
        ("text", "Arguments", "b"),
        ("jsonata", "Arguments", "{% $b %}"),
        ("jsonata", "MaxItems", "{% 5 %}"),
        ("template path", "Parameters", "$.x"),
    ]


def test_choice_rules_in_both_languages() -> None:
    rules = [{"And": [{"Variable": "$.a", "StringEqualsPath": "$.b"}], "Next": "P"}]
    states = {"C": {"Type": "Choice", "Choices": rules}, "P": {"Type": "Pass", "Result": {"a.$": "$.a"}, "End": True}}
    assert found({"StartAt": "C", "States": states}) == [
        ("reference path", "Variable", "$.a"),
        ("node path", "StringEqualsPath", "$.b"),
        ("text", "Result", "$.a"),
    ]
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Output": "x", "Next": "C"}]}
    assert found({"QueryLanguage": "JSONata", "StartAt": "C", "States": {"C": choice}}) == [
        ("jsonata", "Condition", "{% true %}"),
        ("text", "Output", "x"),
    ]


def test_every_field_of_the_table_exists() -> None:
    from asllint.model.shape import ALL_SHAPES

    fields = {name for shape in ALL_SHAPES for name in shape.fields}
    assert set(expressions.WHERE) <= fields
