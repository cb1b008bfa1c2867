"""The table of fields against what was measured at AWS, and the walk that compares a definition with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asllint.model import Mismatch, StateMachine, build
from asllint.model.machine import JSONATA, JSONPATH
from asllint.model.shape import (
    ALL_SHAPES,
    KINDS,
    MACHINE,
    OPERATORS,
    RETRIER,
    STATES,
    FieldSpec,
    owners_of,
)
from asllint.source import read
from asllint.source.placeholders import Placeholders

EVERYWHERE = {"Type", "Comment", "QueryLanguage"}


def machine_of(text: str) -> StateMachine:
    built = build(read("x.asl.json", text.encode(), placeholders=Placeholders(())), judged=True)
    assert built is not None
    return built


def mismatches(text: str) -> list[Mismatch]:
    return list(machine_of(text).mismatches)


@pytest.fixture(scope="module")
def measured(shared: Path) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = json.loads((shared / "facts" / "aws-field-tables.json").read_text(encoding="utf-8"))
    return tables


@pytest.mark.parametrize("kind", STATES)
def test_states_have_the_fields_that_aws_takes(kind: str, measured: dict[str, list[str]]) -> None:
    assert set(STATES[kind].fields) == set(measured[kind]) | EVERYWHERE


def test_the_top_level_has_the_fields_that_aws_takes(measured: dict[str, list[str]]) -> None:
    assert set(MACHINE.fields) == set(measured["_top"])


def test_ranges_are_those_that_were_measured(shared: Path) -> None:
    facts = json.loads((shared / "facts" / "aws-field-tables.json").read_text(encoding="utf-8"))["_numeric"]
    seen = 0
    for name, bounds in facts.items():
        if name.startswith("_"):
            continue
        owner, _, field = name.rpartition(".")
        shapes = [RETRIER] if owner == "Retry" else [shape for shape in STATES.values() if field in shape.fields]
        for shape in shapes:
            spec = shape.fields[field]
            seen += 1
            if bounds[0] is not None:
                assert spec.minimum == bounds[0], name
            if bounds[1] is not None:
                assert spec.maximum == bounds[1], name
    assert seen >= 8
    assert RETRIER.fields["IntervalSeconds"].minimum == 0
    assert MACHINE.fields["TimeoutSeconds"].minimum == 0


def test_there_are_39_operators() -> None:
    assert len(OPERATORS) == 39


def test_a_path_field_belongs_to_jsonpath_and_has_a_twin() -> None:
    for shape in ALL_SHAPES:
        for name, spec in shape.fields.items():
            if name.endswith("Path") and name not in ("InputPath", "OutputPath", "ResultPath"):
                assert spec.language == JSONPATH, (shape.title, name)
                assert name[:-4] in shape.fields or name == "ItemsPath", (shape.title, name)
    assert {name for shape in STATES.values() for name, spec in shape.fields.items() if spec.language == JSONATA} == {
        "Arguments",
        "Items",
        "Output",
    }


def test_the_table_agrees_with_itself() -> None:
    for shape in ALL_SHAPES:
        fields = shape.fields
        assert set(shape.required) <= set(fields)
        assert not set(shape.refused) & set(fields)
        for group in shape.groups:
            assert set(group.names) <= set(fields) | {"Condition"}
            assert not group.when or group.when in fields
        for name, spec in fields.items():
            assert isinstance(spec, FieldSpec)
            assert not spec.values or "string" in spec.kinds, (shape.title, name)
            assert not spec.items or set(spec.kinds) & {"array", "object"}, (shape.title, name)
        assert shape.source[0] in "ABGS"


def test_owners_of() -> None:
    assert owners_of("Choices") == ("a Choice state",)
    assert owners_of("IntervalSeconds") == ("a Retrier",)
    assert owners_of("Nothing") == ()


def test_every_kind_is_made() -> None:
    found = mismatches(
        """{"QueryLanguage": "JSONata", "StartAt": 1, "Version": "2", "States": {
  "A": {"Type": "Task", "QueryLanguage": "JSONPath", "TimeoutSeconds": 0, "Foo": 1, "Next": "B", "End": true},
  "B": {"Type": "Wait", "InputPath": "$"},
  "C": {"Type": "Choice", "Choices": []},
  "D": {"Type": "Task", "Resource": "r", "End": true, "Retry": [{"ErrorEquals": ["States.ALL", "E"]}]}
}}"""
    )
    assert {mismatch.kind for mismatch in found} == set(KINDS)


def test_fields_are_collected_everywhere() -> None:
    features = machine_of(
        """{"StartAt": "A", "States": {
  "A": {"Type": "Map", "ItemReader": {"Resource": "r", "ReaderConfig": {"MaxItems": 1}}, "End": true,
    "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "B", "States": {
      "B": {"Type": "Task", "Resource": "r", "Retry": [{"ErrorEquals": ["E"]}], "Catch": [], "End": true},
      "C": {"Type": "Choice", "Choices": [{"Not": {"Variable": "$", "IsNull": true}, "Next": "B"}]},
      "D": {"Own": 1}, "E": {"Type": "Nope", "Other": 1}}}}
}}"""
    ).features
    assert {
        "ReaderConfig",
        "MaxItems",
        "Mode",
        "ErrorEquals",
        "Catch",
        "IsNull",
        "Variable",
        "Own",
        "Other",
    } <= features


@pytest.mark.parametrize(
    "text",
    [
        '{"StartAt": "A", "States": {"A": {"Type": "Task", "Foo": ',
        '{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "Next": "B"',
    ],
)
def test_what_is_cut_off_is_not_missing(text: str) -> None:
    assert mismatches(text) == []


def test_a_placeholder_key_leaves_open_what_is_there_but_not_what_excludes() -> None:
    text = '{"StartAt": "A", "States": {"A": {"Type": "Wait", "${K}": 1, "Seconds": 1, "SecondsPath": "$.a"}}}'
    assert [mismatch.kind for mismatch in mismatches(text)] == ["exclusive-fields"]


def test_a_misspelt_field_takes_the_place_of_what_is_missing() -> None:
    (mismatch,) = mismatches('{"StartAt": "A", "States": {"A": {"Type": "Wait", "SecondsPth": "$.a", "End": true}}}')
    assert (mismatch.kind, mismatch.near, mismatch.names, mismatch.sure) == (
        "unsupported-field",
        "SecondsPath",
        ("SecondsPath",),
        True,
    )


def test_fields_of_the_other_language_are_never_offered() -> None:
    text = '{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Succeed", "OutputPat": 1}}}'
    (mismatch,) = mismatches(text)
    assert mismatch.near == "Output"
