"""The rules on quotas beyond their examples: histories, data, concurrency, batches, children of a Map Run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import Registry, builtin
from asllint.result import Diagnostic
from asllint.settings import Settings
from asllint.testing import strip_marks

Json = dict[str, Any]
CODES = ("ASL805", "ASL806", "ASL807", "ASL808", "ASL809", "ASL810", "ASL811")
RULES = Registry([entry for entry in builtin() if entry.code in CODES])
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:hello"
PASS = '{"Type": "Pass", "End": true}'
TASK = f'{{"Type": "Task", "Resource": "{FUNCTION}", "End": true}}'
KIB_256 = 262_144


def check(
    text: str, *codes: str, workflow_type: Any = None, language: str = "json", extra: str = ""
) -> list[Diagnostic]:
    """Lint a text; the findings are those of `codes`, at the places between « and », in the order of the text."""
    plain, spans = strip_marks(text)
    settings = Settings()
    settings.workflow_type = workflow_type
    settings.extend_select = (extra,) if extra else ()
    report = lint(f"x.asl.{language}", plain.encode(), settings, RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    out = sorted(report.diagnostics, key=lambda d: (d.span, d.code))
    assert [(d.code, d.span) for d in out] == list(zip(codes, spans, strict=True))
    return out


def each(fields: str, inner: str = PASS, mode: str = "DISTRIBUTED", execution: str = "STANDARD") -> str:
    """Return a JSONata machine of one Map state."""
    config = f'"ProcessorConfig": {{"Mode": "{mode}", "ExecutionType": "{execution}"}}, ' if mode else ""
    processor = f'{{{config}"StartAt": "B", "States": {{"B": {inner}}}}}'
    state = f'{{"Type": "Map", {fields}{", " if fields else ""}"ItemProcessor": {processor}, "End": true}}'
    return f'{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {state}}}}}'


# -- history-limit


@pytest.mark.parametrize(
    ("items", "inner", "wrong"),
    [
        ("{% [1..3571] %}", TASK, True),  # 2 + 4 + 3571 * 7 = 25,003
        ("{% [1..3570] %}", TASK, False),
        ("{% [1..6250] %}", PASS, True),
        ("{% [1..6248] %}", PASS, False),
        ("{% $states.input.items %}", TASK, False),
        ("{% [1..999999999] %}", PASS, True),
    ],
)
def test_iterations_are_counted(items: str, inner: str, wrong: bool) -> None:
    value = f'«"{items}"»' if wrong else f'"{items}"'
    out = check(each(f'"Items": {value}', inner, mode=""), *(["ASL805"] if wrong else []))
    assert [d.severity for d in out] == ["warning"] * wrong


@pytest.mark.parametrize(
    ("workflow_type", "mode", "severity"),
    [("standard", "", "error"), (None, "", "warning"), ("express", "", None), ("standard", "${Mode}", None)],
)
def test_the_type_of_the_workflow_decides(workflow_type: str | None, mode: str, severity: str | None) -> None:
    value = '«"{% [1..9000] %}"»' if severity else '"{% [1..9000] %}"'
    out = check(
        each(f'"Items": {value}', TASK, mode=mode), *(["ASL805"] if severity else []), workflow_type=workflow_type
    )
    assert [d.severity for d in out] == ([severity] if severity else [])


def test_a_map_in_a_map_multiplies() -> None:
    inner = f'{{"Type": "Map", "Items": "{{% [1..100] %}}", "ItemProcessor": {{"StartAt": "C", "States": {{"C": {PASS}}}}}, "End": true}}'
    (d,) = check(each('"Items": «"{% [1..100] %}"»', inner, mode=""), "ASL805", workflow_type="standard")
    # 2 for the execution, 4 for the outer Map, 100 iterations of 2 + 4 + 100 * (2 + 2)
    assert "makes 40,606 events or more, and fails at 25,000" in d.message
    assert d.message.startswith("`A` works on 100 items: an execution")


def test_a_history_of_states_alone() -> None:
    states = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(12_600)}
    states["S12600"] = {"Type": "Pass", "End": True}  # type: ignore[dict-item]
    text = json.dumps({"StartAt": "S0", "States": states}).replace('"S0"', '«"S0"»', 1)
    (d,) = check(text, "ASL805", workflow_type="standard")
    assert d.message == "An execution makes 25,204 events or more, and fails at 25,000."


def test_a_short_way_past_the_map_is_enough() -> None:
    text = each('"Items": "{% [1..9000] %}"', TASK, mode="")
    text = text.replace('"StartAt": "A", "States": {', '"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": '
        '[{"Condition": "{% $states.input.x %}", "Next": "A"}], "Default": "D"}, "D": {"Type": "Succeed"}, ', 1)  # fmt: skip
    check(text, workflow_type="standard")


# -- literal-too-large


@pytest.mark.parametrize(
    ("field", "state", "language"),
    [
        ("Result", '{"Type": "Pass", FIELD, "End": true}', "JSONPath"),
        ("Parameters", '{"Type": "Pass", FIELD, "End": true}', "JSONPath"),
        (
            "Parameters",
            f'{{"Type": "Task", "Resource": "{FUNCTION}", "OutputPath": "$.a", FIELD, "End": true}}',
            "JSONPath",
        ),
        ("Arguments", f'{{"Type": "Task", "Resource": "{FUNCTION}", FIELD, "End": true}}', "JSONata"),
        ("Output", '{"Type": "Pass", FIELD, "End": true}', "JSONata"),
        ("Assign", '{"Type": "Pass", FIELD, "End": true}', "JSONata"),
    ],
)
def test_the_limit_is_256_kib(field: str, state: str, language: str) -> None:
    def machine(size: int, *, mark: bool) -> str:
        value = '{"a": "' + "x" * (size - len('{"a":""}')) + '"}'
        key = f'«"{field}"»' if mark else f'"{field}"'
        inner = state.replace("FIELD", f"{key}: {value}")
        return f'{{"QueryLanguage": "{language}", "StartAt": "A", "States": {{"A": {inner}}}}}'

    check(machine(KIB_256, mark=False))
    (d,) = check(machine(KIB_256 + 1, mark=True), "ASL806")
    assert "has 262,145 bytes or more, over the 262,144 that a state may pass on" in d.message


def test_bytes_are_those_of_utf_8_and_blanks_do_not_count() -> None:
    def machine(value: str, key: str = '"Result"') -> str:
        return f'{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", {key}: {value}, "End": true}}}}}}'

    check(machine('"' + "ü" * 131_072 + '"', '«"Result"»'), "ASL806")
    check(machine('"' + "ü" * 131_000 + '"'))
    check(machine("[" + ",          ".join(["1"] * 30_000) + "]"))


@pytest.mark.parametrize("cut", ['"ResultPath": null', '"OutputPath": "$.a"', '"OutputPath": null'])
def test_what_is_cut_away_may_be_large(cut: str) -> None:
    value = '{"a": 1, "b": "' + "x" * KIB_256 + '"}'
    check(f'{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Result": {value}, {cut}, "End": true}}}}}}')


def test_an_expression_may_give_little() -> None:
    long = "x" * KIB_256
    check(
        f'{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {{"Type": "Pass", "Output": "{{% $length(\'{long}\') %}}", "End": true}}}}}}'
    )
    check(
        f'{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Parameters": {{"a.$": "States.Hash(\'{long}\', \'MD5\')"}}, "End": true}}}}}}'
    )


# -- Map states


@pytest.mark.parametrize(
    ("mode", "width", "wrong"),
    [
        ("", "41", True),
        ("INLINE", "41", True),
        ("", "40", False),
        ("DISTRIBUTED", "10000", False),
        ("DISTRIBUTED", "10001", True),
        ("${Mode}", "100000", False),
        ("", '"{% $n %}"', False),
        ("", '"{% 50 %}"', True),
    ],
)
def test_concurrency(mode: str, width: str, wrong: bool) -> None:
    value = f"«{width}»" if wrong else width
    out = check(each(f'"MaxConcurrency": {value}', mode=mode), *(["ASL807"] if wrong else []))
    assert [d.severity for d in out] == ["note"] * wrong


@pytest.mark.parametrize(
    ("fields", "mode", "wrong"),
    [
        ('"ToleratedFailurePercentage": «100»', "DISTRIBUTED", True),
        ('"ToleratedFailurePercentage": «100.0»', "DISTRIBUTED", True),
        ('"ToleratedFailurePercentage": 99', "DISTRIBUTED", False),
        ('"ToleratedFailurePercentage": 100', "", False),  # ASL123
        ('"ToleratedFailurePercentage": 100, "ToleratedFailureCount": 5', "DISTRIBUTED", False),
        ('"ToleratedFailurePercentage": "${P}"', "DISTRIBUTED", False),
    ],
)
def test_tolerance(fields: str, mode: str, wrong: bool) -> None:
    check(each(fields, mode=mode), *(["ASL808"] if wrong else []))


ARN = '{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:describeMapRun", "Parameters": {"MapRunArn.$": "%s"}, "End": true}'
FIXED = '{"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"Message": "done"}, "Next": "C"}'


@pytest.mark.parametrize(
    ("result_path", "following", "wrong"),
    [
        ('"$.run"', ARN % "$.run.MapRunArn", False),
        ('"$.run"', ARN % "$.other.MapRunArn", True),
        ('"$.run"', ARN % "$$.Execution.Id", True),
        ('"$.run"', ARN % "States.Format('{}', $.run.MapRunArn)", False),
        ('"$.run"', f'{{"Type": "Task", "Resource": "{FUNCTION}", "End": true}}', False),
        ("null", f'{{"Type": "Task", "Resource": "{FUNCTION}", "End": true}}', True),
        ("null", ARN % "$.run.MapRunArn", True),
        ('"$"', ARN % "$.MapRunArn", False),
        ('"$.run"', FIXED, True),
        ('"$.run"', f'{{"Type": "Parallel", "End": true, "Branches": [{{"StartAt": "P", "States": {{"P": {ARN}}}}}]}}' % "$.run.A", False),
        ('"$.run"', '{"Type": "Choice", "Default": "C", "Choices": [{"Variable": "$.run.x", "IsNull": true, "Next": "C"}]}', False),
    ],
)  # fmt: skip
def test_tolerance_where_the_results_are_read(result_path: str, following: str, wrong: bool) -> None:
    percentage = "«100»" if wrong else "100"
    processor = f'{{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}, "StartAt": "I", "States": {{"I": {PASS}}}}}'
    more = f'"ResultPath": {result_path}, "ItemProcessor": {processor}, "Next": "B"'
    states = f'"A": {{"Type": "Map", "ToleratedFailurePercentage": {percentage}, {more}}}, "B": {following}, "C": {{"Type": "Succeed"}}'
    codes = ["ASL808"] if wrong else []
    found = check(f'{{"StartAt": "A", "States": {{{states}}}}}', *codes)
    assert all("no state behind it reads its results" in d.message for d in found)


@pytest.mark.parametrize(
    ("field", "wrong"), [('"Output": "{% $states.input.MapRunArn %}"', False), ('"Output": 1', True)]
)
def test_tolerance_where_the_results_are_read_in_jsonata(field: str, wrong: bool) -> None:
    text = each(f'"ToleratedFailurePercentage": {"«100»" if wrong else "100"}').replace(
        '"End": true}}}', f'"Next": "N"}}, "N": {{"Type": "Pass", {field}, "End": true}}}}}}'
    )
    check(text, *(["ASL808"] if wrong else []))


@pytest.mark.parametrize(
    ("batcher", "severity"),
    [
        ('{"MaxItemsPerBatch": «1»}', "note"),
        ('{"MaxItemsPerBatch": «"{% 1 %}"»}', "note"),
        ('{"MaxItemsPerBatch": 1, "BatchInput": {"a": 1}}', None),
        ('{"MaxItemsPerBatch": 2}', None),
        ('{"MaxItemsPerBatch": "${N}"}', None),
        ('{"MaxInputBytesPerBatch": 20, "BatchInput": «{"name": "0123456789"}»}', "warning"),
        ('{"MaxInputBytesPerBatch": 200, "BatchInput": {"name": "0123456789"}}', None),
        ('{"MaxInputBytesPerBatch": 20, "BatchInput": {"name": "{% $states.input.x %}"}}', None),
        ('{"MaxInputBytesPerBatch": "{% $n %}", "BatchInput": {"name": "0123456789"}}', None),
    ],
)
def test_batches(batcher: str, severity: str | None) -> None:
    out = check(each(f'"ItemBatcher": {batcher}'), *(["ASL809"] if severity else []))
    assert [d.severity for d in out] == ([severity] if severity else [])


def test_no_limit_is_reported_only_where_it_is_asked_for() -> None:
    check(each("", TASK))
    (d,) = check(each("", TASK).replace('"A": {', '«"A"»: {'), "ASL810", extra="ASL810")
    assert d.pointer == "/States/A"
    check(each('"MaxConcurrency": «0»', TASK), "ASL810", extra="ASL810")
    check(each('"MaxConcurrency": 9', TASK), extra="ASL810")
    check(each('"MaxConcurrency": "{% $n %}"', TASK), extra="ASL810")
    check(each("", TASK, mode=""), extra="ASL810")
    check(each(""), extra="ASL810")


@pytest.mark.parametrize(
    ("resource", "execution", "wrong"),
    [
        ("arn:aws:states:::glue:startJobRun.sync", "EXPRESS", True),
        ("arn:aws:states:::states:startExecution.sync:2", "EXPRESS", True),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "EXPRESS", True),
        ("arn:aws:states:eu-west-1:123456789012:activity:x", "EXPRESS", True),
        ("arn:aws:states:::glue:startJobRun", "EXPRESS", False),
        ("arn:aws:states:::glue:startJobRun.sync", "STANDARD", False),
        ("arn:aws:states:::glue:startJobRun.sync", "${Type}", False),
        ("arn:aws:states:::glue:startJobRun${Pattern}", "EXPRESS", False),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_what_an_express_child_cannot(resource: str, execution: str, wrong: bool, deep: bool) -> None:
    name, dot, suffix = resource.partition(".")
    value = f'"{name}.«{suffix}»"' if dot else f'«"{resource}"»'
    value = value if wrong else f'"{resource}"'
    inner = f'{{"Type": "Task", "Resource": {value}, "Arguments": {{}}, "End": true}}'
    if deep:
        inner = f'{{"Type": "Parallel", "Branches": [{{"StartAt": "X", "States": {{"X": {inner}}}}}], "End": true}}'
    check(each("", inner, execution=execution), *(["ASL811"] if wrong else []))


def test_yaml_with_aliases() -> None:
    row = ", ".join(["*a"] * 100)
    text = f"StartAt: A\nStates:\n  A:\n    Type: Pass\n    RESULT:\n      - &a [{'abcdefghi, ' * 30}x]\n      - [{row}]\n    End: true\n"
    check(text.replace("RESULT", "Result"), language="yaml")
    more = text.replace(f"- [{row}]", f"- &b [{row}]\n      - [{', '.join(['*b'] * 9)}]")
    check(more.replace("RESULT", "«Result»"), "ASL806", language="yaml")


def test_a_fragment_and_nonsense_are_read() -> None:
    for text in ('{"Type": "Map", "MaxConcurrency": «99», "End": true, "ItemProcessor": {}}',):
        check(text, "ASL807")
    check(
        '{"StartAt": "A", "States": {"A": {"Type": "Map", "ItemBatcher": [], "Items": {}, "MaxConcurrency": "x", "End": 1}}}'
    )


def test_production_has_no_error_of_quotas(shared: Path) -> None:
    files = [path for path in (shared / "corpus" / "production").rglob("*.asl.json") if path.is_file()]
    assert files
    for path in files:
        report = lint(path.name, path.read_bytes(), Settings(), RULES, judged=True)
        assert [d.code for d in report.diagnostics if d.severity == "error"] == [], path
