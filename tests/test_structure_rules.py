"""The rules of the group structure: one slip is one finding, at its exact place, with AWS's code where AWS refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from asllint.engine import lint
from asllint.registry import builtin
from asllint.result import Diagnostic
from asllint.settings import Settings
from asllint.testing import strip_marks

REGISTRY = builtin()


def structure(text: str, *, express: bool = False, name: str = "x.asl.json") -> list[Diagnostic]:
    settings = Settings()
    settings.select = ("ASL1",)
    settings.workflow_type = "express" if express else None
    report = lint(name, text.encode("utf-8", "surrogatepass"), settings, REGISTRY, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return report.diagnostics


def yaml(text: str) -> list[Diagnostic]:
    return structure(text, name="x.asl.yaml")


def task(fields: str, after: str = "") -> str:
    return (
        '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", '
        f'"Parameters": {{"FunctionName": "f"}}, "End": true, {fields}}}{after}}}}}'
    )


def state(kind: str, fields: str) -> str:
    return f'{{"StartAt": "A", "States": {{"A": {{"Type": "{kind}", {fields}}}}}}}'


def rule(fields: str, language: str = "JSONPath") -> str:
    return state("Choice", f'"QueryLanguage": "{language}", "Choices": [{fields}]')


def each(fields: str, processor: str = "", config: str = '"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"') -> str:
    return state(
        "Map",
        f'{fields}"ItemProcessor": {{{processor}"ProcessorConfig": {{{config}}}, '
        '"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}, "End": true',
    )


def reader(config: str, resource: str = '"arn:aws:states:::s3:getObject"', request: str = "") -> str:
    return each(
        f'"ItemReader": {{"Resource": {resource}, "Parameters": {{"Bucket": "b"{request}}}, "ReaderConfig": {{{config}}}}}, '
    )


# What is refused: text with one mark a finding in the order of the text, and the code of each. Nothing else may be said.
REFUSED = [
    # missing
    ("ASL101", '«{»"StartAt": "A"}'),
    ("ASL101", '«{»"States": {"A": {"Type": "Succeed"}}}'),
    ("ASL101", '{"StartAt": "A", "States": {«"A"»: {}}}'),
    ("ASL101", '{"StartAt": "A", "States": {«"A"»: {"Type": "Task", "End": true}}}'),
    ("ASL101", '{"StartAt": "A", "States": {«"A"»: {"Type": "Choice"}}}'),
    ("ASL101", '{"StartAt": "A", "States": {«"A"»: {"Type": "Parallel", "End": true}}}'),
    ("ASL101", state("Parallel", '"Branches": [«{»}], "End": true')),
    ("ASL101", state("Map", '«"Iterator"»: {"States": {"B": {"Type": "Succeed"}}}, "End": true')),
    ("ASL101", task('"Retry": [«{»"MaxAttempts": 1}]')),
    ("ASL101", task('"Catch": [«{»"ErrorEquals": ["States.ALL"]}]')),
    ("ASL101", task('"Catch": [«{»}]')),
    ("ASL101", rule('«{»"Variable": "$.a", "IsNull": true}')),
    ("ASL101", task('«"Credentials"»: {}')),
    ("ASL101", state("Map", '"ItemProcessor": {«"ProcessorConfig"»: {"Mode": "DISTRIBUTED"}, "StartAt": "B", "States": '
                     '{"B": {"Type": "Succeed"}}}, "End": true')),
    ("ASL101", each('«"ItemReader"»: {}, ')),
    ("ASL101", each('"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", «"ReaderConfig"»: {"InputType": "CSV"}}, ')),
    ("ASL101", each('"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", '
                    '«"ReaderConfig"»: {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}}, ')),
    # the type
    ("ASL102", '{"StartAt": "A", "States": {"A": {"Type": «"task"», "Anything": 1}}}'),
    ("ASL102", '{"StartAt": "A", "States": {"A": {"Type": «""»}}}'),
    ("ASL102", '{"StartAt": "A", "States": {"A": {"Type": «null»}}}'),
    # fields
    ("ASL103", '{"StartAt": "A", «"startat"»: "A", "States": {"A": {"Type": "Succeed"}}}'),
    ("ASL103", '{«"startAt"»: "A", "States": {"A": {"Type": "Succeed"}}}'),
    ("ASL103", '{"StartAt": "A", "States": {"A": {«"type"»: "Succeed"}}}'),
    ("ASL103", '{"StartAt": "A", "States": {"A": {"Type": "Pass", «"Nxet"»: "B"}, "B": {"Type": "Succeed"}}}'),
    ("ASL103", '{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true, «"Resorce"»: "${Function}"}}}'),
    ("ASL103", state("Wait", '«"seconds"»: 5, "End": true')),
    ("ASL103", state("Pass", '«"Message.$"»: "$.a", "End": true')),
    ("ASL103", task('"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A", «"_comment"»: "x"}]')),
    ("ASL103", task('"Catch": [{«"errors"»: ["States.ALL"], "Next": "A"}]')),
    ("ASL103", task('"Retry": [{«"ErrorEqual"»: ["States.ALL"]}]')),
    ("ASL103", task('"Credentials": {«"roleArn"»: "${Role}"}')),
    ("ASL103", rule('{"Variable": "$.a", «"StringEqual"»: "b", "Next": "A"}')),
    ("ASL103", rule('{"Variable": "$.a", «"StringContains"»: "b", "Next": "A"}')),
    ("ASL103", rule('{"Variable": "$.a", «"Between"»: [1, 2], "Next": "A"}')),
    ("ASL103", rule('{«"variable"»: "$.a", "IsNull": true, "Next": "A"}')),
    ("ASL103", rule('{"Variable": "$.a", "IsNull": true, «"next"»: "A"}')),
    ("ASL103", rule('{"Not": {"Variable": "$.a", "IsNull": true, «"Next"»: "A"}, "Next": "A"}')),
    ("ASL103", each("", '«"QueryLanguage"»: "JSONata", ')),
    ("ASL103", each("", config='"Mode": "INLINE", «"ExecutionType"»: "STANDARD"')),
    ("ASL103", each("", config='"Mode": "DISTRIBUTED", «"executionType"»: "STANDARD"')),
    ("ASL103", reader('"InputType": "JSON", «"CSVHeaderLocation"»: "FIRST_ROW"')),
    ("ASL103", reader('"InputType": "CSV", «"csvHeaderLocation"»: "FIRST_ROW"')),
    # the query language
    ("ASL104", state("Pass", '"QueryLanguage": "JSONata", «"Result"»: 1, "End": true')),
    ("ASL104", state("Wait", '"QueryLanguage": "JSONata", «"SecondsPath"»: "$.a", "End": true')),
    ("ASL104", state("Wait", '"QueryLanguage": "JSONata", "Seconds": 1, «"SecondsPath"»: "$.a", "End": true')),
    ("ASL104", state("Pass", '«"Output"»: 1, "End": true')),
    ("ASL104", rule('{«"Variable"»: "$.a", "IsNull": true, "Next": "A"}', "JSONata")),
    ("ASL104", rule('{«"And"»: [{"Variable": "$.a", "IsNull": true}], "Next": "A"}', "JSONata")),
    ("ASL104", rule('{«"Condition"»: true, "Next": "A"}')),
    ("ASL104", task('"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A", «"Output"»: 1}]')),
    ("ASL104", each('"QueryLanguage": "JSONata", "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", '
                    '«"Parameters"»: {"Bucket": "b"}}, ')),
    ("ASL104", reader('«"MaxItemsPath"»: "$.a"').replace('"Type": "Map"', '"Type": "Map", "QueryLanguage": "JSONata"')
     .replace('"Parameters"', '"Arguments"')),
    ("ASL104", reader('"InputType": "JSON"').replace('"Type": "Map"', '"Type": "Map", "QueryLanguage": "JSONata"')
     .replace('"Parameters"', '«"Parameters"»')),
    ("ASL104", each('"QueryLanguage": "JSONata", "ItemBatcher": {«"MaxItemsPerBatchPath"»: "$.a"}, ')),
    ("ASL104", task('"Credentials": {«"RoleArn.$"»: "$.role"}')
     .replace('"Parameters"', '"QueryLanguage": "JSONata", "Arguments"')),
    ("ASL105", state("Pass", '"QueryLanguage": «"jsonpath"», "InputPath": "$.a", "End": true')),
    ("ASL105", '{"QueryLanguage": «5», "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'),
    ("ASL106", '{"QueryLanguage": "JSONata", "StartAt": "A", "States": {'
     '"A": {"Type": "Succeed", "QueryLanguage": «"JSONPath"», "InputPath": "$.a", "Output": 1}}}'),
    # types, ranges, words
    ("ASL107", '{"StartAt": «1», "States": {"A": {"Type": "Succeed"}}}'),
    ("ASL107", '{"StartAt": "A", "States": «[]»}'),
    ("ASL107", '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "Version": «"1.0"»}}'),
    ("ASL107", '{"StartAt": "A", "States": {"QueryLanguage": «"JSONata"», "A": {"Type": "Succeed", "Output": 1}}}'),
    ("ASL107", task('"TimeoutSeconds": «"60"»')),
    ("ASL107", task('"TimeoutSeconds": «60.5»')),
    ("ASL107", task('"TimeoutSeconds": «"{% 60 %}"»')),
    ("ASL107", task('"Retry": «{"ErrorEquals": ["States.ALL"]}»')),
    ("ASL107", task('"Retry": [«"States.ALL"»]')),
    ("ASL107", task('"Retry": [{"ErrorEquals": «"States.ALL"»}]')),
    ("ASL107", task('"Retry": [{"ErrorEquals": ["A", «7»]}]')),
    ("ASL107", task('"ResultPath": «7»')),
    ("ASL107", state("Pass", '"End": «"true"»')),
    ("ASL107", rule('{"Variable": "$.a", "NumericEquals": «"1"», "Next": "A"}')),
    ("ASL107", rule('{"Variable": "$.a", "IsPresent": «"true"», "Next": "A"}')),
    ("ASL107", rule('{"Variable": "$.a", "StringEquals": «null», "Next": "A"}')),
    ("ASL107", rule('{"And": «{"Variable": "$.a", "IsNull": true}», "Next": "A"}')),
    ("ASL108", task('"TimeoutSeconds": «0»')),
    ("ASL108", task('"HeartbeatSeconds": «100000000»')),
    ("ASL108", task('"Retry": [{"ErrorEquals": ["States.ALL"], "BackoffRate": «0.99»}]')),
    ("ASL108", task('"Retry": [{"ErrorEquals": ["States.ALL"], "MaxDelaySeconds": «31622401»}]')),
    ("ASL108", state("Wait", '"Seconds": «-1», "End": true')),
    ("ASL108", each('"ToleratedFailurePercentage": «100.5», ')),
    ("ASL108", each('"MaxConcurrency": «-1», ')),
    ("ASL108", each('"ItemBatcher": {"MaxItemsPerBatch": «-1»}, ')),
    ("ASL108", reader('"MaxItems": «100000001»')),
    ("ASL113", '{"Version": «"1"», "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'),
    ("ASL113", task('"Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": «"full"»}]')),
    ("ASL113", each("", config='"Mode": «"distributed"»')),
    ("ASL113", each("", config='"Mode": "DISTRIBUTED", "ExecutionType": «"Express"»')),
    ("ASL113", reader('"InputType": «"csv"»')),
    ("ASL113", reader('"InputType": "CSV", "CSVHeaderLocation": «"HEADER"»')),
    # groups
    ("ASL109", state("Pass", '"Next": "A", «"End"»: true')),
    ("ASL109", state("Wait", '"Timestamp": "2026-01-01T00:00:00Z", «"Seconds"»: 1, "End": true')),
    ("ASL109", state("Fail", '"Error": "E", «"ErrorPath"»: "$.e"')),
    ("ASL109", task('"TimeoutSeconds": 1, «"TimeoutSecondsPath"»: "$.t"')),
    ("ASL109", each('"ToleratedFailureCount": 1, «"ToleratedFailureCountPath"»: "$.t", ')),
    ("ASL109", state("Map", '"Iterator": {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}, '
                     '«"ItemProcessor"»: {"StartAt": "C", "States": {"C": {"Type": "Succeed"}}}, "End": true')),
    ("ASL109", each('"ItemBatcher": {"MaxItemsPerBatch": 1, «"MaxItemsPerBatchPath"»: "$.a"}, ')),
    ("ASL109", reader('"MaxItems": 1, «"MaxItemsPath"»: "$.a"')),
    ("ASL110", '{"StartAt": "A", "States": {«"A"»: {"Type": "Wait", "End": true}}}'),
    ("ASL110", '{"StartAt": "A", "States": {«"A"»: {"Type": "Map", "End": true}}}'),
    ("ASL110", each('"QueryLanguage": "JSONata", «"ResultWriter"»: {"Resource": "arn:aws:states:::s3:putObject"}, ')),
    ("ASL111", '{"StartAt": "A", "States": {«"A"»: {"Type": "Pass"}}}'),
    ("ASL111", state("Pass", '"End": «false»')),
    ("ASL112", state("Succeed", '«"End"»: true')),
    ("ASL112", state("Fail", '«"Next"»: "A"')),
    ("ASL112", rule('{"Variable": "$.a", "IsNull": true, "Next": "A"}').replace('"Choices"', '«"End"»: true, "Choices"')),
    ("ASL115", '{"StartAt": "A", "States": «{}»}'),
    ("ASL115", state("Parallel", '"Branches": «[]», "End": true')),
    ("ASL115", state("Choice", '"Choices": «[]»')),
    ("ASL115", task('"Retry": [{"ErrorEquals": «[]»}]')),
    ("ASL115", rule('{"Or": «[]», "Next": "A"}')),
    ("ASL116", rule('«{»"Next": "A"}')),
    ("ASL116", rule('«{»"Next": "A"}', "JSONata")),
    ("ASL116", rule('«{»"Variable": "$.a", "Next": "A"}')),
    ("ASL116", rule('«{»"StringEquals": "a", "Next": "A"}')),
    ("ASL116", rule('{"Not": «{»}, "Next": "A"}')),
    ("ASL116", rule('{"Variable": "$.a", "IsNull": true, «"IsString"»: true, "Next": "A"}')),
    ("ASL116", rule('{"And": [{"Variable": "$.a", "IsNull": true}], «"Or"»: [{"Variable": "$.b", "IsNull": true}], '
                    '"Next": "A"}')),
    # timestamps
    ("ASL114", state("Wait", '"Timestamp": "2026-«00»-01T00:00:00Z", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": "2026-01-«32»T00:00:00Z", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": "2026-01-01T«24»:00:00Z", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": "2026-01-01T00:«60»:00+01:00", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": "2026-01-01T00:00:00+01:«75»", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": "2026-01-01« »00:00:00Z", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": «"2026-01-01T00:00:00"», "End": true')),
    ("ASL114", state("Wait", '"Timestamp": «"tomorrow"», "End": true')),
    ("ASL114", state("Wait", '"Timestamp": «""», "End": true')),
    ("ASL114", rule('{"Not": {"Variable": "$.a", "TimestampEquals": «"2026-01-01"»}, "Next": "A"}')),
    # names and labels
    ("ASL117", f'{{"StartAt": "A", "States": {{"A": {{"Type": "Succeed"}}, «"{"x" * 81}"»: {{"Type": "Succeed"}}}}}}'),
    ("ASL117", f'{{"StartAt": "A", "States": {{"A": {{"Type": "Succeed"}}, «"{"x" * 81}${{Y}}"»: {{"Type": "Succeed"}}}}}}'),
    ("ASL118", state("Parallel", '"Branches": [{"StartAt": "A", "States": {«"A"»: {"Type": "Succeed"}}}], "End": true')),
    ("ASL119", each(f'"Label": «"{"x" * 41}"», ')),
    ("ASL119", each('"Label": "a«:»b", ')),
    ("ASL119", each('"Label": "${Stage}«*»b", ')),
    ("ASL120", each('"Label": "a", ').replace(
        '"B": {"Type": "Succeed"}', '"B": ' + json.dumps(json.loads(each('"Label": "a", '))["States"]["A"])
        .replace('"B"', '"C"').replace('"Label": "a"', '"Label": «"a"»'))),
    # errors
    ("ASL121", task('"Retry": [{"ErrorEquals": [«"States.ALL"», "E"]}]')),
    ("ASL121", task('"Retry": [{"ErrorEquals": [«"States.ALL"»]}, {"ErrorEquals": ["E"]}]')),
    ("ASL121", task('"Catch": [{"ErrorEquals": ["E", «"States.ALL"»], "Next": "A"}]')),
    # integrations
    ("ASL122", state("Task", '"Resource": "arn:aws:states:eu-west-1:123456789012:activity:a", «"Credentials"»: '
                     '{"RoleArn": "${Role}"}, "End": true')),
    ("ASL122", state("Task", '"Resource": "arn:aws:states:${AWS::Region}:${AWS::AccountId}:activity:a", «"Credentials"»: '
                     '{"RoleArn": "${Role}"}, "End": true')),
    ("ASL124", each('"ItemReader": {"Resource": «"arn:aws:states:::s3:headObject"»}, ')),
    ("ASL124", each('"ItemReader": {"Resource": «"arn:${P}:states:::sqs:receiveMessage"»}, ')),
]  # fmt: skip

# What is not, or not known to be, refused: warnings.
DOUBTED = [
    ("ASL103", task('"Retry": [{"ErrorEquals": ["States.ALL"], «"Next"»: "A"}]')),
    ("ASL103", rule('{"Variable": "$.a", "IsNull": true, «"remark"»: "x", "Next": "A"}')),
    ("ASL103", state("Parallel", '"Branches": [{"StartAt": "B", «"TimeoutSeconds"»: 5, "States": {"B": {"Type": "Succeed"}}}], '
                     '"End": true')),
    ("ASL103", each("", config='«"ExecutionType"»: "STANDARD"')),
    ("ASL107", '{"Comment": «["x"]», "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'),
    ("ASL107", task('"Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": «"{% 3 %}"»}]')
     .replace('"Parameters"', '"QueryLanguage": "JSONata", "Arguments"')),
    ("ASL108", each('"ItemBatcher": {"MaxItemsPerBatch": «0»}, ')),
    ("ASL108", each('"ItemBatcher": {"MaxInputBytesPerBatch": «262145»}, ')),
    ("ASL110", each('«"ItemBatcher"»: {"BatchInput": {}}, ')),
    ("ASL110", each('«"ResultWriter"»: {}, ')),
    ("ASL113", each('"ResultWriter": {"WriterConfig": {"OutputType": «"CSV"»}}, ')),
    ("ASL114", state("Wait", '"Timestamp": "2026-01-01«t»00:00:00Z", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": "2026-01-01T00:00:00«z»", "End": true')),
    ("ASL114", state("Wait", '"Timestamp": "2026-02-«29»T00:00:00Z", "End": true')),
    ("ASL117", '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, «" "»: {"Type": "Succeed"}}}'),
    ("ASL119", each('"Label": «""», ')),
    ("ASL123", each('«"ItemBatcher"»: {"MaxItemsPerBatch": 5}, ', config='"Mode": "INLINE"')),
    ("ASL124", each('"ResultWriter": {"Resource": «"arn:aws:states:::s3:getObject"», "Parameters": {"Bucket": "b"}}, ')),
    ("ASL125", reader('"InputType": "JSONL", «"CSVDelimiter"»: "TAB"')),
    ("ASL125", reader('"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", «"CSVHeaders"»: ["a"]')),
    ("ASL125", reader('"InputType": "JSONL", «"ItemsPointer"»: "/a"')),
    ("ASL125", reader('"InputType": "PARQUET"', request=', "Key": "k", «"VersionId"»: "1"')),
    ("ASL125", reader('«"InputType"»: "CSV", "CSVHeaderLocation": "FIRST_ROW", "ManifestType": "S3_INVENTORY"')),
    ("ASL125", reader('«"InputType"»: "JSON", "ManifestType": "ATHENA_DATA"')),
    ("ASL125", reader('«"InputType"»: "JSON"', '"arn:aws:states:::s3:listObjectsV2"')),
    ("ASL125", reader('«"Transformation"»: "LOAD_AND_FLATTEN"', '"arn:aws:states:::s3:listObjectsV2"')),
    ("ASL125", reader('"InputType": "JSON", «"Transformation"»: "LOAD_AND_FLATTEN"')),
    ("ASL125", reader('«"ManifestType"»: "ATHENA_DATA"', '"arn:aws:states:::s3:listObjectsV2"')),
    ("ASL125", reader('«"ManifestType"»: "ATHENA_DATA"')),
    ("ASL125", reader('«"InputType"»: "MANIFEST", "Transformation": "LOAD_AND_FLATTEN"', '"arn:aws:states:::s3:listObjectsV2"')),
    ("ASL125", reader('"InputType": "CSV", «"CSVHeaderLocation"»: "FIRST_ROW", "ManifestType": "ATHENA_DATA"')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": "«$»"')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": "${Pointer}"')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": ""')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": "/a~1b/a~0b/-/a.b/[0]x"')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": "{% $states.input.pointer %}"')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": "«data»/items"')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": "/data«[0]»/items"')),
    ("ASL127", reader('"InputType": "JSON", "ItemsPointer": "/a«~»2b"')),
    ("ASL127", reader(f'"InputType": "JSON", "ItemsPointer": «"/{"a" * 1999}"»')),
]  # fmt: skip

SILENT = [
    # what AWS accepts, surprisingly
    task('"Retry": [], "Catch": [], "OutputPath": null, "Comment": ""'),
    task('"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "Comment": "why"}]'),
    state("Wait", '"Seconds": 0, "End": true'),
    state("Map", '"Iterator": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}, '
          '"End": true'),
    rule('{"Condition": true, "Output": [1], "Assign": {"a": 1}, "Comment": "c", "Next": "A"}', "JSONata"),
    reader('"MaxItems": 0'),
    reader('"InputType": "MANIFEST"'),
    each('"ToleratedFailurePercentage": 0.5, '),
    each(f'"Label": "{"x" * 40}", '),
    # not measured: silence
    state("Pass", '"Next": "A", "End": false'),
    state("Wait", '"Timestamp": "2016-12-31T23:59:60.5+02:00", "End": true'),
    reader('"InputType": "CSV", "ManifestType": "ATHENA_DATA"'),
    # placeholders
    task('"TimeoutSeconds": "${T}", "Retry": "${Retry}", "Catch": ["${Catcher}"]'),
    task('"Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "${J}LL"}]'),
    task('"Retry": [{"ErrorEquals": ["States.ALL"]}, "${More}"]'),
    '{"StartAt": "A", "QueryLanguage": "${Q}", "States": {"A": {"Type": "Succeed", "InputPath": "$", "Output": 1}}}',
    '{"StartAt": "A", "States": {"A": {"Type": "Pass", "${K}": "B"}, "B": "${State}", "C": {"Type": "${T}"}}}',
    '{"StartAt": "A", "States": {"A": {"${K}": "Pass"}}}',
    each('"ItemReader": {"Resource": "${Reader}"}, "Label": "${L}", '),
    # fragments
    '{"A": {"Type": "Pass", "Next": "Elsewhere"}}',
    '{"Type": "Succeed"}',
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "',
    '{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [',
]  # fmt: skip


@pytest.mark.parametrize(("code", "marked"), REFUSED)
def test_refused(code: str, marked: str) -> None:
    text, spans = strip_marks(marked)
    found = structure(text)
    assert [(d.code, d.span) for d in found] == [(code, span) for span in spans], [d.full_message for d in found]
    assert all(d.rejected_by_aws and d.severity == "error" and d.aws_code for d in found)


@pytest.mark.parametrize(("code", "marked"), DOUBTED)
def test_doubted(code: str, marked: str) -> None:
    text, spans = strip_marks(marked)
    found = structure(text)
    assert [(d.code, d.span) for d in found] == [(code, span) for span in spans], [d.full_message for d in found]
    assert all(d.severity == "warning" and not d.rejected_by_aws for d in found)


@pytest.mark.parametrize("text", SILENT)
def test_silent(text: str) -> None:
    assert [d.full_message for d in structure(text)] == []


def test_express() -> None:
    text = each("")
    assert [d.code for d in structure(text, express=True)] == ["ASL126"]
    assert not structure(text)


def test_several_slips_are_several_findings() -> None:
    found = structure(state("Pass", '"InputPth": "$", "Seconds": 1, "Result": 1, "Output": 2'))
    assert [d.code for d in found] == ["ASL111", "ASL103", "ASL103", "ASL104"]


def test_a_wrong_language_at_the_top_is_read_as_jsonata() -> None:
    found = structure(
        '{"QueryLanguage": "jsonpath", "StartAt": "A", "States": {"A": {"Type": "Succeed", "InputPath": "$"}}}'
    )
    assert [d.code for d in found] == ["ASL105", "ASL104"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ('"Resorce": 1', "Did you mean `Resource`?"),
        ('"inputPath": "$"', "Did you mean `InputPath`? `inputPath` is a name of the AWS CDK."),
        (
            '"timeout_seconds": 9',
            "Did you mean `TimeoutSeconds`? `timeout_seconds` is a name of the Data Science SDK.",
        ),
        ('"timeout": 9', "Did you mean `TimeoutSeconds`? `timeout` is a name of the AWS CDK. ASL takes seconds."),
        ('"integrationPattern": "RUN_JOB"', "`.waitForTaskToken`."),
        ('"Branches": []', "It is a field of a Parallel state."),
        ('"_comment": "x"', "Write remarks into `Comment`."),
        ('"FunctionName.$": "$.f"', "A name that ends in `.$`"),
        ('"QueryLanguage": "JSONata", "Payload.$": "$"', "write `Payload` with a `{% … %}` string"),
        ('"Timeout": 9', "Did you mean `TimeoutSeconds`? ASL takes seconds."),
        ('"Retries": 3', "Did you mean `Retry`? It takes an array of Retriers."),
        ('"FunctionName": "f"', "what the call is given stands in `Parameters`."),
        ('"QueryLanguage": "JSONata", "Queue": "q"', "what the call is given stands in `Arguments`."),
        ('"Retry": [{"ErrorEquals": ["E"], "Next": "A"}]', "says a Catcher in `Catch`."),
        ('"Default": "A"', "It is a field of a Choice state."),
        ('"TimeoutSeconds.$": "$.t"', "Did you mean `TimeoutSecondsPath`?"),
    ],
)  # fmt: skip
def test_unsupported_field_says_what_was_meant(fields: str, words: str) -> None:
    text = state("Task", f'"Next": "A", {fields}')
    if "Resorce" not in text:
        text = text.replace('"Next"', '"Resource": "${Function}", "Next"')
    assert any(words in d.cure for d in structure(text) if d.code == "ASL103"), [d.cure for d in structure(text)]


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (each("", config='"ExecutionType": "EXPRESS"'), 'Remove it, or write `"Mode": "DISTRIBUTED"` beside it.'),
        (
            reader('"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW"'),
            "Remove it, or write the `InputType` of what is read.",
        ),
        (
            '{"Type": "EXPRESS", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
            "It is an argument of CreateStateMachine, not of the definition.",
        ),
        (state("Wait", '"Duration": 5, "End": true'), "Did you mean `Seconds`? ASL takes seconds."),
        (state("Pass", '"Input": {}, "End": true'), "Did you mean `Parameters`?"),
    ],
)
def test_the_cure_of_an_unsupported_field(text: str, cure: str) -> None:
    (finding,) = structure(text)
    assert (finding.code, finding.cure) == ("ASL103", cure)


def test_a_name_is_not_changed_to_what_excludes_its_neighbour() -> None:
    for text in (state("Fail", '"Cause": "c", "Cause.$": "$.c"'), state("Pass", '"end": true, "Next": "A"')):
        (finding,) = structure(text)
        assert (finding.code, finding.fix) == ("ASL103", None)
    for text in (
        state("Fail", '"Cause.$": "$.c"'),
        each('"ItemBatcher": {"MaxItemsPerBatch": 5, "maxInputBytesPerBatch": 9}, '),
    ):
        (finding,) = structure(text)
        assert finding.fix is not None


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        ('"Equals": 3', "`StringEquals`, `NumericEquals`"),
        ('"NotEquals": "a"', "into `Not`."),
        ('"GreaterThan": 3', "`NumericGreaterThan`"),
        ('"LessThan": 3', "`NumericLessThan`"),
        ('"Exists": true', "Did you mean `IsPresent`?"),
    ],
)
def test_operators_of_other_languages(operator: str, words: str) -> None:
    (finding,) = structure(rule(f'{{"Variable": "$.x", {operator}, "Next": "A"}}'))
    assert (finding.code, words in finding.cure) == ("ASL103", True), finding.cure


def test_a_type_that_is_empty_is_called_so() -> None:
    (finding,) = structure('{"StartAt": "A", "States": {"A": {"Type": "", "End": true}}}')
    assert (finding.code, finding.message) == ("ASL102", "The type of this state is empty: AWS refuses the definition.")


def test_default_where_next_is_missing_is_one_slip() -> None:
    (finding,) = structure(state("Pass", '"Default": "A"'))
    assert finding.code == "ASL103"
    assert finding.fix is not None
    assert finding.fix.title == "Rename the field to `Next`"
    (finding,) = structure(state("Pass", '"Default": "A", "End": true'))
    assert finding.fix is None


@pytest.mark.parametrize(
    ("fields", "there"),
    [('"resource": "x"', "Resource"), ('"Timeout": 5, "TimeoutSeconds": 5', "TimeoutSeconds"), ('"end": true', "End")],
)
def test_a_field_that_is_there_is_not_offered(fields: str, there: str) -> None:
    (finding,) = structure(task(fields))
    assert (finding.cure, finding.fix) == (f"Take it away: `{there}` is there.", None)
    assert finding.fix is None


@pytest.mark.parametrize(
    ("before", "after", "safe"),
    [
        (task('"TimeoutSeconds": "60"'), task('"TimeoutSeconds": 60'), False),
        (state("Pass", '"End": "True"'), state("Pass", '"End": true'), False),
        (
            '{"StartAt": "A", "States": {"A": {"Type": "succeed"}}}',
            '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
            True,
        ),
        (
            '{"StartAt": "A", "States": {"A": {"Type": "Success"}}}',
            '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
            False,
        ),
        (
            task('"Retry": [{"ErrorEquals": ["E"], "JitterStrategy": "full"}]'),
            task('"Retry": [{"ErrorEquals": ["E"], "JitterStrategy": "FULL"}]'),
            True,
        ),
        (
            '{"QueryLanguage": "JsonPath", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
            '{"QueryLanguage": "JSONPath", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
            True,
        ),
        (state("Pass", '"inputPath": "$", "End": true'), state("Pass", '"InputPath": "$", "End": true'), True),
    ],
)
def test_fixes(before: str, after: str, safe: bool) -> None:
    (finding,) = structure(before)
    assert finding.fix is not None
    assert finding.fix.safe is safe
    text = before
    for start, end, new in reversed(finding.fix.edits):
        text = text[:start] + new + text[end:]
    assert text == after
    assert not structure(text)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (
            task(
                '"QueryLanguage": "JSONata", "Catch": [{"ErrorEquals": ["E"], "ResultPath": null, "Next": "A"}]'
            ).replace("Parameters", "Arguments"),
            "ASL104",
            "To drop the result, write `Output` as `{% $states.input %}`.",
        ),
        (state("Succeed", '"QueryLanguage": "JSONata", "OutputPath": "$.a"'), "ASL104", "`{% $states.input.items %}`"),
        (
            state(
                "Choice", '"Choices": [{"Variable": "$.x", "IsNull": true, "Next": "A"}], "Default": "A", "Next": "A"'
            ),
            "ASL112",
            "Remove it; each rule names what follows.",
        ),
        (state("Fail", '"Next": "A"'), "ASL112", "lead to what follows in place of this state."),
        (rule('{"StringEquals": "a", "Next": "A"}'), "ASL116", "Add `Variable` with the path of the value to compare."),
        (
            task('"Retry": [{"ErrorEquals": ["States.ALL", "E"]}, {"ErrorEquals": ["F"]}]'),
            "ASL121",
            "Keep it alone in an item at the end of `Retry`, and the other names in one before it.",
        ),
        (reader("", '"arn:aws:states:::dynamodb:query"'), "ASL124", "a Task before the Map state can get."),
        (
            reader('"InputType": "JSON", "Transformation": "NONE"', '"arn:aws:states:::s3:listObjectsV2"'),
            "ASL125",
            'Write `"Transformation": "LOAD_AND_FLATTEN"` to read what is in them, or remove `InputType`.',
        ),
        (
            reader('"InputType": "JSON", "CSVDelimiter": "TAB"'),
            "ASL125",
            "Remove `CSVDelimiter`, or change `InputType`.",
        ),
        (
            state(
                "Map",
                '"ItemBatcher": {"MaxItemsPerBatch": 5}, "Iterator": {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}, '
                '"End": true',
            ),
            "ASL123",
            'Add `"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}` to `Iterator`',
        ),
        (
            each('"ItemBatcher": {"MaxItemsPerBatch": 5}, ', config='"Mode": "INLINE"'),
            "ASL123",
            'Write `"Mode": "DISTRIBUTED"` in `ProcessorConfig`, with an `"ExecutionType": "STANDARD"`',
        ),
    ],
)
def test_the_cure_works_where_it_is_said(text: str, code: str, words: str) -> None:
    assert any(words in d.cure for d in structure(text) if d.code == code), [d.cure for d in structure(text)]


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("2026-01-31", "Write it like `2026-01-31T00:00:00Z`, if it is UTC."),
        ("2026-13-01", "Write it like `2026-01-31T09:30:00Z`."),
        ("2026-02-29", "Write it like `2026-01-31T09:30:00Z`."),
        ("2026-01-31 09:30", "Write it like `2026-01-31T09:30:00Z`, if it is UTC."),
        ("2026-1-3T9:30:00Z", "Write it like `2026-01-03T09:30:00Z`."),
        ("2026-01-31T09:30:00+0100", "Write it like `2026-01-31T09:30:00+01:00`."),
        ("2026-01-31T09:30:00-05", "Write it like `2026-01-31T09:30:00-05:00`."),
        ("2026-01-31T09:30:00,5Z", "Write it like `2026-01-31T09:30:00.5Z`."),
        ("2026-01-31T09:30:00Z00", "Write it like `2026-01-31T09:30:00Z`."),
        ("31.1.2026", "Write it like `2026-01-31T09:30:00Z`."),
        ("2026-01-31T24:00:00Z", "Write one from 00 to 23."),
        ("2026-04-31T00:00:00Z", "Its last day is 30."),
    ],
)
def test_the_cure_of_a_timestamp_is_one(written: str, cure: str) -> None:
    (finding,) = structure(state("Wait", f'"Timestamp": "{written}", "End": true'))
    assert (finding.code, finding.cure) == ("ASL114", cure)
    if "like" in cure:
        assert not structure(state("Wait", f'"Timestamp": "{cure.split("`")[1]}", "End": true'))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            reader("", '"arn:aws-cn:states:::aws-sdk:s3:getObject"'),
            reader("", '"arn:aws-cn:states:::s3:getObject"'),
        ),
        (reader("", '"arn:aws:states:::s3:listObjects"'), reader("", '"arn:aws:states:::s3:listObjectsV2"')),
        (reader("", '"s3:getObject"'), reader("", '"arn:aws:states:::s3:getObject"')),
        (
            reader('"InputType": "MANIFEST", "CSVDelimiter": ";"'),
            reader('"InputType": "MANIFEST", "CSVDelimiter": "SEMICOLON"'),
        ),
        (state("Wait", '"Timestamp": "$.at", "End": true'), state("Wait", '"TimestampPath": "$.at", "End": true')),
        (
            rule('{"Variable": "$.t", "TimestampLessThan": "$.u", "Next": "A"}'),
            rule('{"Variable": "$.t", "TimestampLessThanPath": "$.u", "Next": "A"}'),
        ),
        (task('"Retry": [{"ErrorEquals": "States.ALL"}]'), task('"Retry": [{"ErrorEquals": ["States.ALL"]}]')),
        (task('"Retry": {"ErrorEquals": ["E"]}'), task('"Retry": [{"ErrorEquals": ["E"]}]')),
        (task('"Retry": [{"ErrorEquals": [404]}]'), task('"Retry": [{"ErrorEquals": ["404"]}]')),
        (
            rule('{"Not": [{"Variable": "$.x", "IsNull": true}], "Next": "A"}'),
            rule('{"Not": {"Variable": "$.x", "IsNull": true}, "Next": "A"}'),
        ),
        (
            rule('{"Variable": "$.x", "StringEquals": 5, "Next": "A"}'),
            rule('{"Variable": "$.x", "StringEquals": "5", "Next": "A"}'),
        ),
        (
            '{"Version": 1.0, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
            '{"Version": "1.0", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
        ),
    ],
)
def test_a_value_is_put_into_its_kind(before: str, after: str) -> None:
    (finding,) = structure(before)
    assert finding.fix is not None
    assert not finding.fix.safe
    text = before
    for start, end, new in reversed(finding.fix.edits):
        text = text[:start] + new + text[end:]
    assert text == after
    assert not structure(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (state("Wait", '"Timestamp": 1700000000, "End": true'), "Write it like `2026-01-31T09:30:00Z`."),
        (state("Pass", '"Next": null'), 'or write `"End": true`.'),
        (state("Wait", '"Seconds": "$.s", "End": true'), "write `SecondsPath`."),
        (state("Wait", '"Seconds": "${s}0", "End": true'), ""),
        (
            rule('{"Variable": "$.x", "IsNull": true, "Next": "A"}').replace("}]}", '}], "Default": null}'),
            "Leave `Default` out",
        ),
        (task('"Retry": [{"ErrorEquals": ["E"], "JitterStrategy": true}]'), "Write `NONE` or `FULL`, in quotes."),
        (rule('{"Variable": "$.x", "StringLessThan": 5, "Next": "A"}'), "or compare with `NumericLessThan`."),
        (state("Pass", '"QueryLanguage": "JSONata", "Assign": "{% 1 %}", "End": true'), "for each variable."),
        ('{"StartAt": "A", "States": [{"A": {"Type": "Succeed"}}]}', "each under its name."),
    ],
)
def test_the_cure_of_a_wrong_type(text: str, words: str) -> None:
    (finding,) = (d for d in structure(text) if d.code == "ASL107")
    assert words in finding.cure and bool(words) is bool(finding.cure), finding.cure
    assert finding.fix is None or "or compare" in words


@pytest.mark.parametrize(
    ("pointer", "right"),
    [
        ("$.data.items", "/data/items"),
        ("$.data[0]['a/b']", "/data/0/a~1b"),
        ("data.items", "/data/items"),
        ("data/items", "/data/items"),
        ("#/data", "/data"),
        ("$.data[*]", None),
        ("$", None),
    ],
)
def test_the_pointer_that_is_meant(pointer: str, right: str | None) -> None:
    text = reader(f'"InputType": "JSON", "ItemsPointer": "{pointer}"')
    (finding,) = structure(text)
    assert finding.cure == (f"Write `{right}`." if right else "Write a slash before each name.")
    if right:
        assert not structure(text.replace(pointer, right))


@pytest.mark.parametrize(("pointer", "right"), [("/data[0]", "/data/0"), ("/data/[0]", "/data/0"), ("/a~b", "/a~0b")])
def test_a_part_of_a_pointer_is_replaced_by_its_cure(pointer: str, right: str) -> None:
    text = reader(f'"InputType": "JSON", "ItemsPointer": "{pointer}"')
    (finding,) = structure(text)
    mended = text[: finding.start] + finding.cure.split("`")[1] + text[finding.end :]
    assert mended == text.replace(pointer, right)
    assert not structure(mended)


def test_yaml_arrays_are_written_with_dashes() -> None:
    text = "StartAt: A\nStates:\n  A:\n    Type: Task\n    Resource: r\n    Retry:\n      ErrorEquals: [E]\n    End: true\n"
    (finding,) = yaml(text)
    assert (finding.cure, finding.fix) == ("Write it as an array, with `- ` before it.", None)
    (finding,) = yaml(text.replace("\n      ErrorEquals: [E]", "\n      - ErrorEquals: E"))
    assert finding.cure == 'Put it in brackets: `["E"]`.'
    assert not yaml(text.replace("      ErrorEquals", "      - ErrorEquals"))


def test_a_timestamp_that_is_not_evaluated_is_told_once() -> None:
    for written in ("$.at", "{% $now() %}", "States.Format('{}', $.at)"):
        text = state("Wait", f'"Timestamp": "{written}", "End": true')
        report = lint("x.asl.json", text.encode(), Settings(), REGISTRY, judged=True)
        assert [d.code for d in report.diagnostics] == ["ASL114"]


def test_an_alias_repeats_names() -> None:
    branch = "{StartAt: X, States: {X: {Type: Pass, End: true}}}"
    text = f"StartAt: A\nStates:\n  A:\n    Type: Parallel\n    Branches:\n      - &b {branch}\n      - *b\n    End: true\n"
    (finding,) = yaml(text)
    assert (finding.code, finding.cure) == (
        "ASL118",
        "An alias repeats it: write the states out, each under its own name.",
    )
    assert not finding.related


def test_yaml_quotes_are_kept_by_fixes() -> None:
    text = "StartAt: A\nStates:\n  A:\n    Type: 'pass'\n    End: \"true\"\n"
    fixes = {d.code: d.fix for d in yaml(text.replace("'pass'", "'Pass'")) + yaml(text) if d.fix}
    edits = {code: [new for _, _, new in fix.edits] for code, fix in fixes.items()}
    assert edits == {"ASL102": ["'Pass'"], "ASL107": ["true"]}


def test_a_misspelt_field_of_many_states_is_quick() -> None:
    states = {f"S{i}": {"Type": "Pass", f"Rezult{i}": 1, "End": True} for i in range(3000)}
    found = structure(json.dumps({"StartAt": "S0", "States": states}))
    assert len(found) == 3000


# -- AWS's own messages


class Said(NamedTuple):
    """A message that AWS is known to give, a definition that gets it with one finding marked, and the code of the rule."""

    message: str
    code: str
    marked: str
    express: bool = False


MESSAGES = [
    Said("These fields are required: [Choices]", "ASL101", '{"StartAt": "A", "States": {«"A"»: {"Type": "Choice"}}}'),
    Said("These fields are required: [ErrorEquals]", "ASL101", task('"Retry": [«{»}]')),
    Said("These fields are required: [CSVHeaders]", "ASL101",
         each('"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {}, '
              '«"ReaderConfig"»: {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}}, ')),
    Said("The field 'CSVHeaderLocation' is required", "ASL101",
         each('"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {}, '
              '«"ReaderConfig"»: {"InputType": "CSV"}}, ')),
    Said("Duplicate State name", "ASL118",
         state("Parallel", '"Branches": [{"StartAt": "A", "States": {«"A"»: {"Type": "Succeed"}}}], "End": true')),
    Said("Field '_comment_concurrency' is not supported", "ASL103", each('«"_comment_concurrency"»: "why", ')),
    Said("[Next, End]", "ASL111", '{"StartAt": "A", "States": {«"A"»: {"Type": "Pass"}}}'),
    Said("[ItemProcessor, Iterator]", "ASL110", '{"StartAt": "A", "States": {«"A"»: {"Type": "Map", "End": true}}}'),
    Said("[And, Or, Not, Variable, Condition]", "ASL116", rule('«{»"Next": "A"}')),
    Said("Field 'Next' is not supported   (Next inside And/Or/Not)", "ASL103",
         rule('{"Not": {"Variable": "$.a", "IsNull": true, «"Next"»: "A"}, "Next": "A"}')),
    Said("[NONE, FULL]", "ASL113", task('"Retry": [{"ErrorEquals": ["E"], "JitterStrategy": «"SOME"»}]')),
    Said("[STANDARD, EXPRESS]", "ASL113", each("", config='"Mode": "DISTRIBUTED", "ExecutionType": «"FAST"»')),
    Said("[1.0]", "ASL113", '{"Version": «"2.0"», "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'),
    Said("Field 'ExecutionType' is not supported", "ASL103", each("", config='"Mode": "INLINE", «"ExecutionType"»: "EXPRESS"')),
    Said("The field 'Resource' does not match any of the allowed values", "ASL124",
         each('"ItemReader": {"Resource": «"arn:aws:states:::lambda:invoke"»}, ')),
    Said("Field 'CSVHeaderLocation' is not supported", "ASL103",
         reader('"InputType": "JSON", «"CSVHeaderLocation"»: "FIRST_ROW"')),
    Said("Maximum value is", "ASL108", task('"TimeoutSeconds": «100000000»')),
    Said("Expected value of type Integer", "ASL107", task('"TimeoutSeconds": «1.5»')),
    Said("The field 'Credentials' is not supported for activities", "ASL122",
         state("Task", '"Resource": "arn:aws:states:eu-west-1:123456789012:activity:a", «"Credentials"»: '
               '{"RoleArn": "${Role}"}, "End": true')),
    Said("The field 'Mode' with value 'DISTRIBUTED'", "ASL126",
         each("", config='"Mode": «"DISTRIBUTED"», "ExecutionType": "EXPRESS"'), express=True),
    Said("INVALID_LABEL_NAME", "ASL119", each(f'"Label": «"{"x" * 41}"», ')),
    Said("DUPLICATE_LABEL_NAME", "ASL120", REFUSED[[code for code, _ in REFUSED].index("ASL120")][1]),
]  # fmt: skip

OF_OTHER_GROUPS = (
    "Missing 'Next' target",
    "SCHEMA_VALIDATION_FAILED at , ",  # a message of 2017 without words
    "is not a valid resource ARN",
    "The resource provided",
    "awsVpcConfiguration",  # a message of a running execution
    "Value is not a Reference Path",
    "JSONata string must start with",
    "field is required for resource ARN",
    "The field '<f>' is required but was missing",
    "RESERVED_VARIABLE_NAME",
    "INVALID_VARIABLE_NAME",
)


@pytest.mark.parametrize("said", MESSAGES, ids=lambda said: said.message)
def test_message_of_aws_has_its_rule(said: Said) -> None:
    text, spans = strip_marks(said.marked)
    found = structure(text, express=said.express)
    assert [(d.code, d.span, d.rejected_by_aws) for d in found] == [(said.code, span, True) for span in spans]


def test_every_known_message_has_a_row(shared: Path) -> None:
    rows = json.loads((shared / "facts" / "aws-messages.json").read_text(encoding="utf-8"))
    known = [said.message for said in MESSAGES] + list(OF_OTHER_GROUPS)
    without = [row["message"] for row in rows if not any(part in row["message"] for part in known)]
    assert without == []


# -- definitions with AWS's verdict


def of_structure(message: str) -> bool:
    return not any(
        part in message
        for part in (
            *OF_OTHER_GROUPS, "JSONPath or a valid intrinsic", "must be a valid JSONPath", "is not reachable",
            "no terminal state", "Express state machine", "Reference to '", "does not exist", "must be a valid JSON object",
            'Expected "', "end of expression", "No terminating", "cannot be used as",
        )
    )  # fmt: skip


def place(location: str | None) -> list[str]:
    return [part for part in (location or "").replace("[", "/").replace("]", "").split("/") if part]


def test_refusals_of_aws_have_its_code_at_its_place(shared: Path) -> None:
    root = shared / "corpus" / "aws-verdicts"
    seen = 0
    for line in (root / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["verdict"] != "REJECT":
            continue
        text = (root / row["file"]).read_text(encoding="utf-8")
        found = [d for d in structure(text, express=row["type"] == "EXPRESS") if d.rejected_by_aws]
        for diagnostic in row["diagnostics"]:
            if of_structure(diagnostic["message"]):
                seen += 1
                want = place(diagnostic.get("location"))
                assert any(
                    d.aws_code == diagnostic["code"] and place(d.pointer)[: len(want)] == want for d in found
                ), (row["file"], diagnostic, [(d.code, d.pointer) for d in found])  # fmt: skip
    assert seen >= 30


def test_accepted_definitions_have_no_error(shared: Path) -> None:
    root = shared / "corpus" / "aws-verdicts"
    errors = []
    for line in (root / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["verdict"] == "ACCEPT":
            text = (root / row["file"]).read_text(encoding="utf-8")
            found = structure(text, express=row["type"] == "EXPRESS")
            errors += [(row["file"], d.code, d.message) for d in found if d.severity == "error"]
    assert errors == []


TRUE_ERRORS = {
    # `QueryLanguage` stands in `States`, where every value is a state
    ("step-functions-workflows-collection/shared-fallback-state-jsonata/statemachine/statemachine.asl.json", "ASL107"),
}


def test_production_definitions_have_no_false_error(shared: Path) -> None:
    root = shared / "corpus" / "production"
    errors = set()
    settings = Settings()
    settings.select = ("ASL1",)
    for line in (root / "index.jsonl").read_text(encoding="utf-8").splitlines():
        file = json.loads(line)["file"]
        report = lint(file, (root / file).read_bytes(), settings, REGISTRY)
        errors |= {(file, d.code) for d in report.diagnostics if d.severity == "error"}
    assert errors <= TRUE_ERRORS
