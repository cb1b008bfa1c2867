"""What AWS answers to a definition, and whether asllint says the same: each diagnostic has a finding with its code whose
pointer begins with its place, and nothing more is called refused.

The places are written as AWS writes them. Where a slip has two diagnostics, one finding may stand for both.
"""  # fmt: skip

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import builtin
from asllint.result import Diagnostic
from asllint.settings import Settings

SCHEMA, TARGET, END = "SCHEMA_VALIDATION_FAILED", "MISSING_TRANSITION_TARGET", "MISSING_END_STATE"

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:f"
INVOKE = "arn:aws:states:::lambda:invoke"
PASS = {"Type": "Pass", "End": True}
ANY_ERROR = {"ErrorEquals": ["States.ALL"]}
INNER = {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}


def run(definition: object) -> list[Diagnostic]:
    settings = Settings()
    settings.workflow_type = "standard"
    report = lint("x.asl.json", json.dumps(definition).encode(), settings, builtin(), judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return report.diagnostics


def steps(place: str) -> list[str]:
    """Return the parts of a pointer, or of a place as AWS writes it, where names are not escaped."""
    flat = re.sub(r"\[(\d+)\]", r"/\1", place).replace("~1", "/").replace("~0", "~")
    return [part for part in flat.split("/") if part]


def right(found: list[Diagnostic], code: str, place: str | None) -> list[Diagnostic]:
    want = steps(place or "")
    return [d for d in found if d.rejected_by_aws and d.aws_code == code and steps(d.pointer)[: len(want)] == want]


def machine(*states: dict[str, Any], top: str = "", **fields: Any) -> dict[str, Any]:
    """Return a machine with the states A, B, C …; it starts at A, or at `top`."""
    return {"StartAt": top or "A", "States": dict(zip("ABCDE", states, strict=False)), **fields}


def task(**fields: object) -> dict[str, Any]:
    return {"Type": "Task", "Resource": FUNCTION, "End": True, **fields}


def choice(*rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return machine({"Type": "Choice", "Choices": list(rules)}, PASS, **fields)


def each(inner: str = "I", **fields: object) -> dict[str, Any]:
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": config, "StartAt": inner, "States": {inner: {"Type": "Succeed"}}}
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


def inline(config: dict[str, str]) -> dict[str, Any]:
    return machine({"Type": "Map", "ItemProcessor": {"ProcessorConfig": config, **INNER}, "End": True})


def reading(**config: object) -> dict[str, Any]:
    request = {"Bucket": "b", "Key": "k"}
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": request, "ReaderConfig": config}
    return machine(each(ItemReader=reader))


TEST = {"Variable": "$.a", "IsNull": True}
READER = "/States/A/ItemReader/ReaderConfig"

ANSWERS: dict[str, tuple[dict[str, Any], list[tuple[str, str | None]]]] = {
    # the top
    "nothing": ({}, [(SCHEMA, "/")]),
    "no States": ({"StartAt": "A"}, [(SCHEMA, "/")]),
    "no StartAt": ({"States": {"A": PASS}}, [(SCHEMA, "/")]),
    "Startat": ({"Startat": "A", "States": {"A": PASS}}, [(SCHEMA, "/")]),
    "unknown field": (machine(PASS, Foo=1), [(SCHEMA, "/")]),
    "Version": (machine(PASS, Version="1.1"), [(SCHEMA, "/Version")]),
    # transitions
    "loop": (machine({"Type": "Pass", "Next": "B"}, {"Type": "Pass", "Next": "A"}), [(END, None)]),
    "loop and an orphan": (
        machine({"Type": "Pass", "Next": "B"}, {"Type": "Pass", "Next": "A"}, {"Type": "Pass", "Next": "A"}),
        [(END, None)],
    ),
    "loop and an orphan that ends": (
        machine({"Type": "Pass", "Next": "B"}, {"Type": "Pass", "Next": "A"}, PASS),
        [(TARGET, "/States/C")],
    ),
    "loop and an orphan that fails": (
        machine({"Type": "Pass", "Next": "B"}, {"Type": "Pass", "Next": "A"}, {"Type": "Fail"}),
        [(TARGET, "/States/C")],
    ),
    "no target and no end": (machine({"Type": "Pass", "Next": "X"}), [(TARGET, "/States/A/Next"), (END, None)]),
    "no target, so an orphan": (
        machine({"Type": "Pass", "Next": "X"}, PASS),
        [(TARGET, "/States/A/Next"), (TARGET, "/States/B")],
    ),
    "StartAt leads nowhere": (
        machine({"Type": "Pass", "Next": "B"}, PASS, top="X"),
        [(TARGET, "/StartAt"), (TARGET, "/States/A")],
    ),
    "Default leads nowhere": (
        machine({"Type": "Choice", "Choices": [{**TEST, "Next": "B"}], "Default": "X"}, PASS),
        [(TARGET, "/States/A/Default")],
    ),
    "StartAt of an item processor": (
        machine({"Type": "Map", "ItemProcessor": {**INNER, "StartAt": "X"}, "End": True}),
        [(TARGET, "/States/A/ItemProcessor/StartAt"), (TARGET, "/States/A/ItemProcessor/States/B")],
    ),
    "orphan in a branch": (
        machine({"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": PASS, "C": PASS}}], "End": True}),
        [(TARGET, "/States/A/Branches[0]/States/C")],
    ),
    # fields
    "Nxet": (machine({"Type": "Pass", "Nxet": "B"}, PASS), [(SCHEMA, "/States/A"), (SCHEMA, "/States/A")]),
    "three fields of other types": (
        machine({**PASS, "TimeoutSeconds": 5, "Retry": [ANY_ERROR], "Catch": [{**ANY_ERROR, "Next": "A"}]}),
        [(SCHEMA, "/States/A")] * 3,
    ),
    "unknown Type": (machine({"Type": "Lambda", "Foo": 1}), [(SCHEMA, "/States/A/Type")]),
    "no Type": (machine({"Foo": 1}), [(SCHEMA, "/States/A")]),
    "Next and End": (machine({"Type": "Pass", "Next": "B", "End": True}, PASS), [(SCHEMA, "/States/A")]),
    "neither Next nor End": (machine({"Type": "Pass"}), [(SCHEMA, "/States/A")]),
    "quoted number": (machine({"Type": "Wait", "Seconds": "5", "End": True}), [(SCHEMA, "/States/A/Seconds")]),
    "large number": (machine({"Type": "Wait", "Seconds": 10**16, "End": True}), [(SCHEMA, "/States/A/Seconds")]),
    "two Catchers": (
        machine(task(Catch=[{"Next": "A"}, ANY_ERROR])),
        [(SCHEMA, "/States/A/Catch[0]"), (SCHEMA, "/States/A/Catch[1]")],
    ),
    "States.ALL in the middle": (
        machine(task(Retry=[{"ErrorEquals": ["E", "States.ALL"]}, ANY_ERROR, {"ErrorEquals": ["F"]}])),
        [(SCHEMA, "/States/A/Retry[0]/ErrorEquals[1]"), (SCHEMA, "/States/A/Retry[1]/ErrorEquals[0]")],
    ),
    "four numbers of a Retrier": (
        machine(
            task(
                Retry=[
                    {**ANY_ERROR, "JitterStrategy": "x", "MaxDelaySeconds": 0, "BackoffRate": 0.5, "MaxAttempts": -1}
                ]
            )
        ),
        [
            (SCHEMA, f"/States/A/Retry[0]/{name}")
            for name in ("JitterStrategy", "MaxDelaySeconds", "BackoffRate", "MaxAttempts")
        ],
    ),
    # Choice rules
    "rule without Next, two operators": (
        choice({**TEST, "IsString": True}, {**TEST, "Next": "B"}),
        [(SCHEMA, "/States/A/Choices[0]")] * 2,
    ),
    "nested Next": (
        choice({"And": [{**TEST, "Next": "B"}], "Next": "B"}),
        [(SCHEMA, "/States/A/Choices[0]/And[0]")],
    ),
    "Variable in JSONata": (choice({**TEST, "Next": "B"}, QueryLanguage="JSONata"), [(SCHEMA, "/States/A/Choices[0]")]),
    "Condition in JSONPath": (choice({"Condition": True, "Next": "B"}), [(SCHEMA, "/States/A/Choices[0]")]),
    # the query language
    "number as language": (
        machine({**PASS, "QueryLanguage": 5, "InputPath": "$.a"}),
        [(SCHEMA, "/States/A"), (SCHEMA, "/States/A/QueryLanguage")],
    ),
    "jsonpath": (
        machine({**PASS, "QueryLanguage": "jsonpath", "InputPath": "$.a"}),
        [(SCHEMA, "/States/A"), (SCHEMA, "/States/A/QueryLanguage")],
    ),
    "jsonpath at the top": (
        machine({**PASS, "InputPath": "$.a"}, QueryLanguage="jsonpath"),
        [(SCHEMA, "/QueryLanguage"), (SCHEMA, "/States/A")],
    ),
    "downgrade": (
        machine({**PASS, "QueryLanguage": "JSONPath", "InputPath": "$.a"}, QueryLanguage="JSONata"),
        [(SCHEMA, "/States/A")],
    ),
    # Tasks
    "request under a misspelt name": (
        machine({"Type": "Task", "Resource": INVOKE, "parameters": {}, "End": True}),
        [(SCHEMA, "/States/A"), (SCHEMA, "/States/A/Resource")],
    ),
    "no Arguments": (
        machine({"Type": "Task", "Resource": INVOKE, "End": True}, QueryLanguage="JSONata"),
        [(SCHEMA, "/States/A/Resource")],
    ),
    "no RoleArn": (machine(task(Credentials={"X": 1})), [(SCHEMA, "/States/A/Credentials")]),
    # Map
    "no processor": (machine({"Type": "Map", "End": True}), [(SCHEMA, "/States/A")]),
    "empty processor": (
        machine({"Type": "Map", "ItemProcessor": {}, "End": True}),
        [(SCHEMA, "/States/A/ItemProcessor")],
    ),
    "half branches": (
        machine({"Type": "Parallel", "Branches": [{"StartAt": "B"}, {"States": {"C": PASS}}], "End": True}),
        [(SCHEMA, "/States/A/Branches[0]"), (SCHEMA, "/States/A/Branches[1]")],
    ),
    "ExecutionType inline": (
        inline({"Mode": "INLINE", "ExecutionType": "STANDARD"}),
        [(SCHEMA, "/States/A/ItemProcessor/ProcessorConfig")],
    ),
    "CSV without header": (reading(InputType="CSV"), [(SCHEMA, READER)]),
    "GIVEN without headers": (reading(CSVHeaderLocation="GIVEN"), [(SCHEMA, READER)]),
    "header of JSON": (reading(InputType="JSON", CSVHeaderLocation="GIVEN"), [(SCHEMA, READER)]),
    "unknown InputType": (reading(InputType="XML"), [(SCHEMA, f"{READER}/InputType")]),
    "MaxItems twice": (reading(MaxItems=1, MaxItemsPath="$.n"), [(SCHEMA, READER)]),
    "MaxItems below 0": (reading(MaxItems=-1), [(SCHEMA, f"{READER}/MaxItems")]),
    "MaxItems too large": (reading(MaxItems=100_000_001), [(SCHEMA, f"{READER}/MaxItems")]),
    "batch limit twice": (
        machine(each(ItemBatcher={"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.n"})),
        [(SCHEMA, "/States/A/ItemBatcher")],
    ),
    "batch path in JSONata": (
        machine(each(ItemBatcher={"MaxInputBytesPerBatchPath": "$.n"}), QueryLanguage="JSONata"),
        [(SCHEMA, "/States/A/ItemBatcher")],
    ),
    "tolerance twice": (
        machine(each(ToleratedFailureCount=1, ToleratedFailureCountPath="$.n")),
        [(SCHEMA, "/States/A")],
    ),
    "tolerance of 101 %": (
        machine(each(ToleratedFailurePercentage=101)),
        [(SCHEMA, "/States/A/ToleratedFailurePercentage")],
    ),
    "writer of the other language": (
        machine(
            each(ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}),
            QueryLanguage="JSONata",
        ),
        [(SCHEMA, "/States/A/ResultWriter")],
    ),
    # names
    "long name": (
        {"StartAt": "x" * 81, "States": {"x" * 81: PASS}},
        [("INVALID_STATE_NAME", f"/States/{'x' * 81}")],
    ),
    "long label": (machine(each(Label="x" * 41)), [("INVALID_LABEL_NAME", "/States/A")]),
    "same name in two branches": (
        machine({"Type": "Parallel", "Branches": [INNER, INNER], "End": True}),
        [("DUPLICATE_STATE_NAME", "/States/A/Branches[1]/States/B")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_says_what_aws_answers(name: str) -> None:
    definition, diagnostics = ANSWERS[name]
    found = run(definition)
    expected = [right(found, *diagnostic) for diagnostic in diagnostics]
    assert all(expected), [(d.code, d.pointer) for d in found]
    explained = {id(d) for some in expected for d in some}
    assert not [d.full_message for d in found if d.rejected_by_aws and id(d) not in explained]


# -- AWS's table: 8 types and 50 fields, in both languages

JSONPATH_ONLY = {
    "InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Result", "ItemsPath", "TimeoutSecondsPath",
    "HeartbeatSecondsPath", "SecondsPath", "TimestampPath", "MaxConcurrencyPath", "ToleratedFailurePercentagePath",
    "ToleratedFailureCountPath", "ErrorPath", "CausePath",
}  # fmt: skip
JSONATA_ONLY = {"Arguments", "Output", "Items"}

VALUES: dict[str, object] = {
    "Result": 1, "Parameters": {}, "Output": 1, "Assign": {}, "Next": "Z", "End": True, "Arguments": {},
    "Resource": FUNCTION, "Credentials": {"RoleArn": "arn:aws:iam::123456789012:role/r"}, "ResultSelector": {},
    "Retry": [], "Catch": [], "TimeoutSeconds": 5, "HeartbeatSeconds": 3, "Seconds": 1,
    "Timestamp": "2030-01-01T00:00:00Z", "Branches": [INNER], "ItemProcessor": INNER, "Iterator": INNER, "Items": [1],
    "ItemSelector": {}, "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2"},
    "ItemBatcher": {"MaxItemsPerBatch": 1}, "ResultWriter": {"WriterConfig": {"OutputType": "JSON"}},
    "MaxConcurrency": 1, "ToleratedFailurePercentage": 1, "ToleratedFailureCount": 1, "Label": "l",
    "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Z"}], "Default": "Z", "Error": "e", "Cause": "c",
}  # fmt: skip
LEAST: dict[str, dict[str, object]] = {
    "Pass": {"End": True}, "Task": {"Resource": FUNCTION, "End": True}, "Wait": {"Seconds": 1, "End": True},
    "Parallel": {"Branches": [INNER], "End": True}, "Map": {"ItemProcessor": INNER, "End": True},
    "Choice": {"Choices": VALUES["Choices"]}, "Succeed": {}, "Fail": {},
}  # fmt: skip
IN_PLACE_OF = {
    "Next": "End", "Timestamp": "Seconds", "SecondsPath": "Seconds", "TimestampPath": "Seconds",
    "Iterator": "ItemProcessor",
}  # fmt: skip


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
@pytest.mark.parametrize("kind", LEAST)
def test_agrees_with_the_table_of_fields(kind: str, language: str, shared: Path) -> None:
    table = json.loads((shared / "facts" / "aws-field-tables.json").read_text(encoding="utf-8"))
    foreign = JSONPATH_ONLY if language == "JSONata" else JSONATA_ONLY
    for field in sorted({name for of_type in LEAST for name in table[of_type]} - set(LEAST[kind])):
        state = {"Type": kind, **LEAST[kind], field: VALUES.get(field, "$.a")}
        state.pop(IN_PLACE_OF.get(field, ""), None)
        if language == "JSONata" and "Choices" in state:
            state["Choices"] = [{"Condition": True, "Next": "Z"}]
        states = {"A": state} | ({"Z": {"Type": "Succeed"}} if '"Z"' in json.dumps(state) else {})
        found = run({"QueryLanguage": language, "StartAt": "A", "States": states})
        refused = {d.code: d.full_message for d in found if d.rejected_by_aws}
        if field not in table[kind]:
            assert right(found, SCHEMA, "/States/A"), f"{field} on {kind} in {language}"
        elif field in foreign:
            assert set(refused) == {"ASL104"}, f"{field} on {kind} in {language}: {refused}"
            assert right(found, SCHEMA, "/States/A")
        else:
            assert not refused, f"{field} on {kind} in {language}"
