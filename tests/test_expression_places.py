"""A finding inside a string points at the characters of the text: through escapes, YAML's styles, and an emoji before it."""

from __future__ import annotations

import json

import pytest

from asllint.engine import lint
from asllint.registry import builtin
from asllint.settings import Settings

# code, whether in a JSONata state, the field and value with the part that is wrong in «», what is before it in the value
CASES = [
    ("ASL401", False, "InputPath", "$.a«[»"),
    ("ASL402", False, "ResultPath", "$.a«[*]».b"),
    ("ASL403", False, "Parameters", "«States.Formt»('a\"b', $.x)"),
    ("ASL406", False, "Parameters", "States.Format('a\"b {}', $$.Execution.«ID»)"),
    ("ASL406", True, "Output", "{% 'a\"b' & $states.context.Execution.«ID» %}"),
    ("ASL411", True, "Output", "{% 'a\"b' & $sum(1 =«=» 1) %}"),
    ("ASL412", True, "Output", "{% 'a\"b' & «order».id %}"),
    ("ASL413", True, "Output", "{% 'a\"b' & «$upperCase»('x') %}"),
    ("ASL414", True, "Output", "{% 'a\"b' & ($states.input.x «+» 'c') %}"),
]


def value_of(marked: str) -> tuple[str, int, int]:
    start = marked.index("«")
    end = marked.index("»") - 1
    return marked.replace("«", "").replace("»", ""), start, end


def spans(code: str, name: str, text: str) -> list[str]:
    report = lint(name, text.encode(), Settings(), builtin(), judged=True)
    found = [d for d in report.diagnostics if d.code == code]
    assert found, report.diagnostics
    return [text[d.start : d.end] for d in found]


def template(jsonata: bool, field: str, written: str) -> str:
    inner = f'{{"é 😀": "😀", "x.$": {written}}}' if field == "Parameters" else written
    language = "JSONata" if jsonata else "JSONPath"
    return f'{{"Comment": "😀 é", "Type": "Pass", "QueryLanguage": "{language}", "{field}": {inner}, "End": true}}'


@pytest.mark.parametrize(("code", "jsonata", "field", "marked"), CASES)
@pytest.mark.parametrize("ascii_only", [False, True], ids=["plain", "escaped"])
def test_in_json(code: str, jsonata: bool, field: str, marked: str, ascii_only: bool) -> None:
    value, start, end = value_of(marked)
    written = json.dumps(value)
    if ascii_only:
        # every character before the part as an escape of six
        head = "".join(f"\\u{ord(c):04x}" for c in value[:start])
        written = f'"{head}{json.dumps(value[start:])[1:]}'
    assert spans(code, "x.asl.json", template(jsonata, field, written)) == [value[start:end]]


@pytest.mark.parametrize(("code", "jsonata", "field", "marked"), CASES)
@pytest.mark.parametrize("style", ["single", "double", "literal", "folded"])
def test_in_yaml(code: str, jsonata: bool, field: str, marked: str, style: str) -> None:
    value, start, end = value_of(marked)
    written = {
        "single": "'" + value.replace("'", "''") + "'",
        "double": json.dumps(value),
        "literal": f"|-\n      {value}",
        "folded": f">-\n      {value}",
    }[style]
    language = "JSONata" if jsonata else "JSONPath"
    at = f"\n    é 😀: 😀\n    x.$: {written}" if field == "Parameters" else f" {written}"
    text = f"Comment: 😀 é\nType: Pass\nQueryLanguage: {language}\n{field}:{at}\nEnd: true\n"
    assert spans(code, "x.asl.yaml", text) == [value[start:end]]


@pytest.mark.parametrize(
    ("field", "text", "reported"),
    [
        ("Output", "$states.input.a & 'x'", True),
        ("Output", "$uppercase($states.context.State.Name)", True),
        ("Output", "{'a': $states.input.a}", True),
        ("Output", "$states.mine", False),
        ("Output", "see $states.input", False),
        ("Output", "the text '$states.input'", False),
        ("Output", '{"a": "{% $states.input %}"}', False),
        ("Output", "$x", False),
        ("Output", "$states.input.${Name}", False),
        ("Comment", "$states.input.a", False),
    ],
)
@pytest.mark.parametrize("language", ["JSONata", "JSONPath"])
def test_an_expression_without_delimiters(field: str, text: str, reported: bool, language: str) -> None:
    definition = {"Type": "Pass", "QueryLanguage": language, field: text, "End": True}
    report = lint("x.asl.json", json.dumps(definition).encode(), Settings(), builtin(), judged=True)
    assert ("ASL410" in [d.code for d in report.diagnostics]) == (reported and language == "JSONata")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('"$states.input.a > 1"', "ASL410"),
        ('"true"', "ASL410"),
        ('"$.a"', "ASL408"),
        ('"${Condition}"', None),
        ('"{% $states.input.a > 1 %}"', None),
    ],
)
def test_a_condition_without_delimiters_is_reported_once(written: str, code: str | None) -> None:
    text = f"""{{"Type": "Choice", "QueryLanguage": "JSONata", "Default": "B", "Choices": [
  {{"Condition": {written}, "Next": "A"}}]}}"""
    report = lint("x.asl.json", text.encode(), Settings(), builtin(), judged=True)
    assert [d.code for d in report.diagnostics] == ([code] if code else [])


@pytest.mark.parametrize(
    "state",
    [
        '"Type": "Pass", "Parameters": {"a": [{"b.$": «@»}]}',
        '"Type": "Pass", "Assign": {"b.$": «@»}',
        '"Type": "Parallel", "Branches": [], "ResultSelector": {"b.$": «@»}',
        '"Type": "Map", "ItemReader": {"Parameters": {"Bucket.$": «@»}}',
        '"Type": "Map", "ItemBatcher": {"BatchInput": {"b.$": «@»}}',
        '"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"b.$": «@»}, "Next": "B"}]',
        '"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "B", "Assign": {"b.$": «@»}}]',
    ],
)
@pytest.mark.parametrize("value", ["1", "null", "true", '["$.a"]', '{"c": "$.a"}'])
def test_a_value_that_is_evaluated_is_a_string(state: str, value: str) -> None:
    marked = f'{{{state}, "QueryLanguage": "JSONPath"}}'.replace("@", value)
    text, start, end = value_of(marked)
    report = lint("x.asl.json", text.encode(), Settings(), builtin(), judged=True)
    (found,) = (d for d in report.diagnostics if d.code == "ASL403")
    assert (found.span, found.severity, found.rejected_by_aws) == ((start, end), "warning", False)


@pytest.mark.parametrize(
    "state",
    [
        '"Type": "Pass", "QueryLanguage": "JSONPath", "Result": {"b.$": 1}',  # as it stands
        '"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"b": 1, "c.$": ${C}, "d.$": "${D}"}',
        '"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"b.$": 1}',
    ],
)
def test_values_that_are_not_evaluated(state: str) -> None:
    report = lint("x.asl.json", f"{{{state}}}".encode(), Settings(), builtin(), judged=True)
    assert not [d for d in report.diagnostics if d.code == "ASL403"]


@pytest.mark.parametrize("path", ["$.a«[*]»", "$«..»n", "$.a«[?(@.b)]».n", "$.a«[0:2]»", "«$$».Execution.Input.n"])
@pytest.mark.parametrize(
    "state",
    [
        '"MaxConcurrencyPath": "@"',
        '"ToleratedFailureCountPath": "@"',
        '"ToleratedFailurePercentagePath": "@"',
        '"ItemBatcher": {"MaxItemsPerBatchPath": "@"}',
        '"ItemBatcher": {"MaxInputBytesPerBatchPath": "@"}',
        '"ItemReader": {"ReaderConfig": {"MaxItemsPath": "@"}}',
    ],
)
def test_the_numbers_of_a_map_state_take_a_reference_path(state: str, path: str) -> None:
    text, start, end = value_of(f'{{"Type": "Map", "QueryLanguage": "JSONPath", {state.replace("@", path)}}}')
    report = lint("x.asl.json", text.encode(), Settings(), builtin(), judged=True)
    (found,) = (d for d in report.diagnostics if d.code == "ASL402")
    assert (found.span, found.severity, found.rejected_by_aws) == ((start, end), "error", True)


@pytest.mark.parametrize("path", ["«$$»", "«$$».Execution.Input", "«$$».no.such", "«$result»", "«$result».a[0]"])
@pytest.mark.parametrize(
    "where", ['"ResultPath": "@"', '"Catch": [{"ErrorEquals": ["A"], "ResultPath": "@", "Next": "B"}]']
)
def test_a_result_is_written_into_the_input_alone(where: str, path: str) -> None:
    text, start, end = value_of(f'{{"Type": "Task", "QueryLanguage": "JSONPath", {where.replace("@", path)}}}')
    report = lint("x.asl.json", text.encode(), Settings(), builtin(), judged=True)
    (found,) = (d for d in report.diagnostics if d.code.startswith("ASL4"))
    assert (found.code, found.span, found.severity, found.rejected_by_aws) == ("ASL402", (start, end), "warning", False)


def found(code: str, template: object, **more: str) -> list[tuple[str, str]]:
    """Return where a rule finds something in the input of a Pass state, and the cure."""
    fields = {"Output": template, **more} if more else {"Parameters": template}
    machine = {"StartAt": "P", "States": {"P": {"Type": "Pass", **fields, "End": True}}}
    report = lint("x.asl.json", json.dumps(machine).encode(), Settings(), builtin())
    return [(str(d.pointer), str(d.cure)) for d in report.diagnostics if d.code == code]


@pytest.mark.parametrize(
    ("array", "index", "cure"),
    [
        (["a.py", "$.date"], 1, """`"args.$": "States.Array('a.py', $.date)"`"""),
        (["$$.Execution.Id", "States.UUID()", "$.date"], 0, '`"args.$": "States.Array($$.Execution.Id, States.UUID(), $.date)"`'),
        (["--x", "it's", "$.date"], 2, '`"args.$": "States.Array(…)"`'),
        ([1, "$.date"], 1, '`"args.$": "States.Array(…)"`'),
        ([{"a": [["$.date"]]}], None, "`States.Array($.date)`"),
        (["x" * 80, "$.date"], 1, '`"args.$": "States.Array(…)"`'),
        (["$5", "$name", "$", "States.ALL", {"a.$": "$.date"}], None, None),
    ],
)  # fmt: skip
def test_no_item_of_an_array_is_evaluated(array: list[object], index: int | None, cure: str | None) -> None:
    place = "/0/a/0/0" if index is None else f"/{index}"
    expected = [] if cure is None else [(f"/States/P/Parameters/args{place}", f"Write {cure}.")]
    assert found("ASL404", {"args": array}) == expected
    assert found("ASL404", {"args.$": array}) == [] or index is None


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("$.a.b", "{% $states.input.a.b %}"),
        ("$$.Task.Token", "{% $states.context.Task.Token %}"),
        ("$.a[0]", "{% $states.input.a[0] %}"),
        ("$$.Map.Item['x']", "{% $states.context.Map.Item.x %}"),
        ("$.a[*]", "{% $states.input… %}"),
    ],
)
def test_a_path_in_jsonata(text: str, cure: str) -> None:
    assert found("ASL408", [text], QueryLanguage="JSONata") == [("/States/P/Output/0", f"Write `{cure}`.")]


@pytest.mark.parametrize(
    ("expression", "cure"),
    [
        ("$states.input['a']", "`.a`"),
        ("$states.input['a-b']", "backquotes"),
        ("$states.input['in'].x", "backquotes"),
        ("$states.input.xs[0]['']", "backquotes"),
        ("$states.input[a = 'b']", None),
        ("$states.input['a' & b]", None),
        ("$states.input['${Name}']", None),
        ("['a'][0]", None),
        ("$states.input in ['a']", None),
        ("$append(['a'], ['b'])", None),
    ],
)
def test_a_text_in_brackets(expression: str, cure: str | None) -> None:
    text = json.dumps({"Type": "Pass", "QueryLanguage": "JSONata", "Output": f"{{% {expression} %}}", "End": True})
    report = lint("x.asl.json", text.encode(), Settings(), builtin(), judged=True)
    found = [d for d in report.diagnostics if d.code == "ASL415"]
    assert bool(found) == bool(cure)
    if cure:
        assert cure in found[0].full_message
