"""What the user says of an execution's input: --input, --input-schema, and `input` in the configuration."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from asllint.cli import main
from asllint.engine import lint
from asllint.model import build
from asllint.model.inputs import InputError, read_input
from asllint.model.payload import ABSENT, Shape, analyse
from asllint.registry import builtin
from asllint.settings import Settings, SettingsError, SettingsFinder
from asllint.source import read

EXAMPLE = {"order": {"id": "a-1", "total": 9.5}, "items": [{"sku": "x"}, {"sku": "y", "gift": True}], "note": None}


def shape(value: object, *, schema: bool = False) -> str:
    return repr(read_input("x.json", json.dumps(value).encode(), schema=schema).shape)


def problems(definition: dict[str, Any], value: object, *, schema: bool = False) -> list[str]:
    """Return what is wrong with the data of a definition when its input is such a one: the place, and how sure that is."""
    known = read_input("in.json", json.dumps(value).encode(), schema=schema)
    machine = build(read("x.asl.json", json.dumps(definition).encode()), given=known)
    assert machine is not None
    assert "payload:known" in machine.features
    return [
        f"{problem.state.name} {problem.path} {problem.step}{'' if problem.certain else '?'}"
        for problem in analyse(machine).problems
    ]


def reading(*paths: str) -> dict[str, Any]:
    """Return a machine in JSONPath with a state for each path, which reads it."""
    states: dict[str, Any] = {}
    for i, path in enumerate(paths):
        states[f"S{i}"] = {"Type": "Pass", "Parameters": {"x.$": path}, "ResultPath": "$.read", "Next": f"S{i + 1}"}
    states[f"S{len(paths)}"] = {"Type": "Succeed"}
    return {"StartAt": "S0", "States": states}


def evaluating(*expressions: str) -> dict[str, Any]:
    """Return a machine in JSONata with a state for each expression, which passes on its input."""
    states: dict[str, Any] = {}
    for i, text in enumerate(expressions):
        states[f"S{i}"] = {"Type": "Pass", "Assign": {"x": f"{{% {text} %}}"}, "Next": f"S{i + 1}"}
    states[f"S{len(expressions)}"] = {"Type": "Succeed"}
    return {"StartAt": "S0", "QueryLanguage": "JSONata", "States": states}


# -- an example


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (EXAMPLE, "{order: {id: <string>, total: <number>}, items: [{sku: <string>, gift: <boolean>}…], note: <unknown>}"),
        ({}, "{}"),
        ({"a": {}, "b": [], "c": None}, "{a: {, …}, b: [<unknown>…], c: <unknown>}"),
        ({"a": [1, "x"], "b": [[1], [2]]}, "{a: [<unknown>…], b: [[<number>…]…]}"),
        ({"a": "${Bucket}", "b": "s3://${Bucket}/x"}, "{a: <unknown>, b: <string>}"),
        ({"${Key}": 1}, "{${Key}: <number>, …}"),
        ("x", "<string>"),
        (None, "<unknown>"),
    ],
)  # fmt: skip
def test_an_example_tells_fields_and_kinds(value: object, wanted: str) -> None:
    assert shape(value) == wanted


def test_what_is_not_in_the_example_is_a_warning_in_each_state() -> None:
    paths = ["$.order.id", "$.order.no", "$.items[7].sku", "$.items[0].no", "$.note.x", "$.no", "$$.Execution.Input.no"]
    wanted = ["S1 $.order no?", "S3 $.items[0] no?", "S5 $ no?", "S6 $$.Execution.Input no?"]
    assert problems(reading(*paths), EXAMPLE) == wanted
    in_jsonata = ["$states.input.order.no", "$states.input.items.no", "$states.context.Execution.Input.no"]
    wanted = ["S0 $states.input.order no?", "S2 $states.context.Execution.Input no?"]
    assert problems(evaluating(*in_jsonata), EXAMPLE) == wanted


def test_what_fails_whatever_the_input_is_stays_an_error() -> None:
    definition = reading("$.order.no")
    definition["States"]["S1"] = {"Type": "Pass", "Result": {"a": 1}, "Next": "Last"}
    definition["States"]["Last"] = {"Type": "Pass", "InputPath": "$.b", "Next": "Behind"}
    definition["States"]["Behind"] = {"Type": "Pass", "InputPath": "$.c", "End": True}
    assert problems(definition, EXAMPLE) == ["S0 $.order no?", "Last $ b"]


def test_an_example_says_nothing_of_the_ways_that_it_does_not_take() -> None:
    """Where a field is asked for and the example lacks it, that way is not looked at."""
    states = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.extra", "IsPresent": True, "Next": "B"}], "Default": "C"},
        "B": {"Type": "Pass", "InputPath": "$.extra.x", "End": True},
        "C": {"Type": "Pass", "InputPath": "$.order.no", "End": True},
    }
    assert problems({"StartAt": "A", "States": states}, EXAMPLE) == ["C $.order no?"]
    assert problems({"StartAt": "A", "States": states}, {**EXAMPLE, "extra": {"y": 1}}) == ["B $.extra y?"[:-2] + "x?"]


def test_kinds_of_an_example_are_compared() -> None:
    rule = {"Variable": "$.order.id", "NumericEquals": 1, "Next": "B"}
    missing = {"Variable": "$.order.no", "NumericEquals": 1, "Next": "B"}
    choice = {"Type": "Choice", "Choices": [missing, rule], "Default": "B"}
    states = {"A": choice, "B": {"Type": "Wait", "SecondsPath": "$.items", "End": True}}
    assert problems({"StartAt": "A", "States": states}, EXAMPLE) == [
        "A $.order no?",
        "A $.order.id None?",
        "B $.items None?",
    ]


def test_an_inner_scope_sees_it_and_a_child_execution_does_not() -> None:
    def of(mode: str) -> list[str]:
        inner = {
            "Type": "Pass",
            "Parameters": {"a.$": "$.sku", "b.$": "$.no", "c.$": "$$.Execution.Input.no"},
            "End": True,
        }
        processor = {"ProcessorConfig": {"Mode": mode}, "StartAt": "In", "States": {"In": inner}}
        if mode == "DISTRIBUTED":
            processor["ProcessorConfig"] |= {"ExecutionType": "STANDARD"}  # type: ignore[operator]
        each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "End": True}
        return problems({"StartAt": "Each", "States": {"Each": each}}, EXAMPLE)

    assert of("INLINE") == ["In $ no?", "In $$.Execution.Input no?"]
    assert of("DISTRIBUTED") == ["In $ no?"]
    selector = {"a.$": "$$.Map.Item.Value.sku", "b.$": "$$.Execution.Input.no", "c.$": "$$.Map.Item.Value.no"}
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": selector, "End": True}
    each["ItemProcessor"] = {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}
    wanted = ["Each $$.Execution.Input no?", "Each $$.Map.Item.Value no?"]
    assert problems({"StartAt": "Each", "States": {"Each": each}}, EXAMPLE) == wanted


def test_a_part_of_a_machine_has_no_start() -> None:
    state = {"Type": "Pass", "InputPath": "$.no", "End": True}
    for part in (state, {"A": state}):
        machine = build(read("x.asl.json", json.dumps(part).encode()), given=read_input("x.json", b"{}", schema=False))
        assert machine is not None
        assert machine.input is None
        assert analyse(machine).problems == []
    cut = read("x.asl.json", json.dumps({"StartAt": "A", "States": {"A": state}}).encode()[:-2])
    machine = build(cut, given=read_input("x.json", b"{}", schema=False))
    assert machine is not None
    assert machine.input is not None


# -- a schema

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"


def record(closed: bool = True, **properties: object) -> dict[str, Any]:
    out: dict[str, Any] = {"type": "object", "properties": properties}
    return {**out, "additionalProperties": False} if closed else out


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        (True, "<unknown>"),
        (False, "<unknown>"),
        ({}, "<unknown>"),
        ({"type": "string"}, "<string>"),
        ({"type": "integer"}, "<number>"),
        ({"type": ["string", "null"]}, "<unknown>"),
        ({"type": "string", "nullable": True}, "<unknown>"),
        ({"type": "money"}, "<unknown>"),
        ({"const": "x"}, "<string 'x'>"),
        ({"const": None}, "<null>"),
        ({"enum": ["x", "y"]}, "<string>"),
        ({"enum": ["x", 1]}, "<unknown>"),
        ({"enum": ["x", 1], "type": "string"}, "<string>"),
        ({"properties": {"a": True}}, "<unknown>"),
        (record(a={"type": "string"}), "{a: <string>}"),
        (record(False, a={"type": "string"}), "{a: <string>, …}"),
        ({**record(a=True), "patternProperties": {"^x": True}}, "{a: <unknown>, …}"),
        (record(a=False, b=True), "{b: <unknown>}"),
        ({"type": "object", "required": ["a"]}, "{a: <unknown>, …}"),
        ({"type": "array", "items": {"type": "string"}}, "[<string>…]"),
        ({"type": "array", "items": [{"type": "string"}]}, "[<unknown>…]"),
        ({"type": "array", "items": [{"type": "string"}], "additionalItems": False}, "[<string>…]"),
        ({"type": "array", "prefixItems": [{"const": 1}, {"const": "x"}], "items": False, "minItems": 2}, "[<number 1>, <string 'x'>]"),
        ({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "items": False}, "[<number>…]"),
        ({"$schema": DRAFT_7, "type": "array", "prefixItems": [{"const": 1}], "items": {"type": "string"}}, "[<string>…]"),
        ({"type": "array", "items": False}, "[<unknown>…]"),
        ({"allOf": [record(False, a={"type": "string"}), {"properties": {"b": {"const": 1}}}]}, "{a: <string>, b: <number 1>, …}"),
        ({**record(a=True), "allOf": [{"required": ["a"]}, {"properties": {"b": True}}]}, "{a: <unknown>}"),
        ({"anyOf": [record(a={"const": 1}), record(a={"const": 2}, b=True)]}, "{a: <number>, b: <unknown>}"),
        ({"oneOf": [record(a={"const": 1}), {"type": "string"}]}, "<unknown>"),
        ({"anyOf": [record(a={"const": 1}), False]}, "{a: <number 1>}"),
        ({"not": {"type": "string"}, "if": True, "then": False}, "<unknown>"),
        ({"$ref": "#/definitions/a~1b%20", "definitions": {"a/b ": {"type": "string"}}}, "<string>"),
        ({"$ref": "#/$defs/a", "type": "string", "$defs": {"a": True}}, "<unknown>"),
        ({"$schema": DRAFT_2020, "$ref": "#/$defs/a", "type": "string", "$defs": {"a": True}}, "<string>"),
        ({"$ref": "other.json#/a"}, "<unknown>"),
        ({"$ref": "#anchor"}, "<unknown>"),
        ({"$ref": "#"}, "<unknown>"),
        (record(next={"$ref": "#"}), "{next: <unknown>}"),
        (record(a={"$id": "other.json", "$ref": "#/properties/b"}, b={"type": "string"}), "{a: <unknown>, b: <string>}"),
    ],
)  # fmt: skip
def test_a_schema_tells_what_holds_for_every_input(schema: object, wanted: str) -> None:
    assert shape(schema, schema=True) == wanted


def test_what_a_schema_rules_out_is_an_error() -> None:
    schema = {
        **record(order=record(id={"type": "string"}), free={"type": "object"}, tag={"const": "x"}),
        "required": ["order"],
    }
    paths = ["$.order.id", "$.order.no", "$.order.no2"]
    assert problems(reading(*paths), schema, schema=True) == ["S1 $.order no"], "nothing flows on behind an error"
    assert problems(reading("$.free.x", "$$.Execution.Input.no"), schema, schema=True) == ["S1 $$.Execution.Input no"]
    assert problems(evaluating("$states.input.no"), schema, schema=True) == ["S0 $states.input no"]
    present = {"Variable": "$.order", "IsPresent": False, "Next": "B"}
    states = {
        "A": {"Type": "Choice", "Choices": [present], "Default": "C"},
        "B": {"Type": "Pass", "InputPath": "$.no", "End": True},
        "C": {"Type": "Pass", "InputPath": "$.tag.x", "End": True},
    }
    wanted = ["C $.tag x"]
    assert problems({"StartAt": "A", "States": states}, schema, schema=True) == wanted, "a required field is there"


@pytest.mark.parametrize(
    ("text", "schema", "said", "line"),
    [
        ("", False, "is empty", None),
        ('{"a": 1,\n"b": }', False, "cannot be read", 2),
        ("[" * 300, False, "cannot be read", 1),
        ("[1]", True, "is no JSON Schema", None),
        ('{"order": {"id": 1}}', True, "has no keyword of JSON Schema", None),
        ('{"properties": {\n"a": {"$ref": "#/definitions/gone"}}}', True, "no such place", 2),
    ],
)
def test_what_cannot_be_used_says_so(text: str, schema: bool, said: str, line: int | None) -> None:
    with pytest.raises(InputError, match=said) as raised:
        read_input("x.json", text.encode(), schema=schema)
    assert raised.value.line == line


def test_what_is_large_or_deep_is_known_less_of() -> None:
    deep: Any = {"id": 1}
    for _ in range(100):
        deep = {"a": deep}
    assert shape(deep).count("a: ") == 12
    wide = {"big": {f"f{i}": i for i in range(250)}, "small": {"id": 1}}
    assert shape(wide) == "{big: {, …}, small: {id: <number>}}"
    assert shape({f"f{i}": i for i in range(1000)}) == "{, …}"
    assert shape([{"a": 1}] * 501) == "[<unknown>…]"
    doubled = {f"d{i}": record(a={"$ref": f"#/$defs/d{i + 1}"}, b={"$ref": f"#/$defs/d{i + 1}"}) for i in range(200)}
    schema = {"$ref": "#/$defs/d0", "$defs": {**doubled, "d200": {"type": "string"}}}
    assert shape(schema, schema=True).startswith("{a: {, …}, b: {a: ")
    crossed = {
        f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2, **record(False, **{f"f{i}": True})} for i in range(300)
    }
    assert shape({"$ref": "#/$defs/d0", "$defs": {**crossed, "d300": True}}, schema=True).startswith("{f0: ")


# -- by chance

KEYS = st.sampled_from("abc")
SCALARS = st.sampled_from([None, True, 0, 1, 2.5, "x", "y"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
REFERENCES = st.sampled_from([{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/b"}, {"$ref": "#"}])


def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array", "string", "integer", "null", ["object", "null"]]),
            "properties": st.dictionaries(KEYS, inner | REFERENCES, max_size=3),
            "required": st.lists(KEYS, max_size=2, unique=True),
            "additionalProperties": st.booleans() | inner,
            "items": inner | REFERENCES,
            "prefixItems": several,
            "minItems": st.integers(0, 2),
            "enum": st.lists(SCALARS, min_size=1, max_size=2),
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
        },
    )


SCHEMAS = st.recursive(
    st.booleans() | st.sampled_from([{"type": "string"}, {"type": "object"}, {"const": 1}, {"type": "array"}]), larger, max_leaves=8
)  # fmt: skip


def fits(part: Shape, value: Any) -> bool:
    """Whether a value is one of those that a shape stands for."""
    if part.kind == "unknown":
        return True
    if part.kind == "object":
        if not isinstance(value, dict) or not (part.open or set(value) <= set(part.fields)):
            return False
        there = {name for name, each in part.fields.items() if each.kind != ABSENT and name not in part.optional}
        return there <= set(value) and all(fits(part.fields[k], v) for k, v in value.items() if k in part.fields)
    if part.kind == "array":
        if not isinstance(value, list):
            return False
        if part.items is None:
            return all(fits(part.item, item) for item in value)
        return len(value) == len(part.items) and all(map(fits, part.items, value))
    kinds = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return kinds.get(type(value)) == part.kind and (part.value is None or part.value == value)


@given(SCHEMAS, st.fixed_dictionaries({"a": SCHEMAS, "b": SCHEMAS}), st.lists(VALUES, min_size=5), st.booleans())
def test_every_input_that_a_schema_allows_is_foreseen(
    schema: Any, definitions: dict[str, Any], values: list[Any], modern: bool
) -> None:
    if isinstance(schema, dict):
        schema = {"$schema": DRAFT_2020 if modern else DRAFT_7, **schema, "definitions": definitions}
    validator: Any = (jsonschema.Draft202012Validator if modern else jsonschema.Draft7Validator)(schema)
    made = read_input("x.json", json.dumps(schema).encode(), schema=True).shape
    for value in values:
        try:
            allowed = validator.is_valid(value)
        except RecursionError:  # a $ref that leads to itself
            assume(False)
        if allowed:
            assert fits(made, value), (made, value)


@given(VALUES)
def test_an_example_is_foreseen(value: Any) -> None:
    assert fits(read_input("x.json", json.dumps(value).encode(), schema=False).shape, value)


def paths_of(value: Any, at: str = "") -> list[str]:
    """Return the path of each field and item of a value."""
    out = [at]
    if isinstance(value, dict):
        out += [path for name, each in value.items() for path in paths_of(each, f"{at}.{name}")]
    elif isinstance(value, list):
        out += [path for i, each in enumerate(value) for path in paths_of(each, f"{at}[{i}]")]
    return out


@given(st.dictionaries(KEYS, VALUES, max_size=3))
def test_what_reads_fields_of_the_example_has_no_problem(value: dict[str, Any]) -> None:
    paths = [path for path in paths_of(value) if path]
    roots = [(reading, ("$", "$$.Execution.Input")), (evaluating, ("$states.input", "$states.context.Execution.Input"))]
    for made, starts in roots:
        assert problems(made(*(start + path for path in paths for start in starts)), value) == []


@given(ANY_JSON, st.booleans(), st.sampled_from([reading, evaluating]))
def test_no_value_is_too_strange(value: Any, schema: bool, made: Any) -> None:
    definition = made("$.a.b", "$.a[0]") if made is reading else made("$states.input.a.b")
    settings = Settings()
    try:
        settings.input = read_input("x.json", json.dumps(value).encode(), schema=schema)
    except InputError:
        return
    report = lint("x.asl.json", json.dumps(definition).encode(), settings, builtin())
    assert not report.failed
    assert all(d.severity != "error" or schema for d in report.diagnostics if d.code.startswith("ASL5"))


# -- the command line and the configuration


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "machines").mkdir()
    (tmp_path / "machines" / "order.asl.json").write_text(json.dumps(reading("$.order.idd", "$.none")))
    (tmp_path / "in.json").write_text(json.dumps(EXAMPLE))
    (tmp_path / "in.yaml").write_text("order:\n  id: a-1\n")
    (tmp_path / "in.schema.json").write_text(json.dumps(record(order=record(id={"type": "string"}))))
    return tmp_path


CONCISE = ("--output-format", "concise", "--select", "payload", "-q")
FIRST = "`$.order` has no field `idd`, only `id`"


def test_an_example_on_the_command_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "machines", *CONCISE]) == 0
    assert main(["check", "machines", "--input", "in.yaml", *CONCISE]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert f"ASL501 warning With the input of `in.yaml`, {FIRST}: the execution fails here." in first
    assert "With the input of `in.yaml`, `$` has no field `none`, only `order` and `read`" in second


def test_a_schema_on_the_command_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "machines", "--input-schema", "in.schema.json", "--fail-on", "error", *CONCISE]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert f"ASL501 error With an input that `in.schema.json` allows, {FIRST}" in line


def test_the_finding_points_into_the_definition_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "machines", "--input", "in.json", "--output-format", "json", "--select", "payload"]) == 1
    for finding in json.loads(capsys.readouterr().out)["findings"]:
        assert finding["related"] == []
    (here / "in.json").write_text('{"order": {"id": "x"}, "items": 1}')
    assert main(["check", "machines", "--input", "in.json"]) == 1
    assert "help: Did you mean `id`?" in capsys.readouterr().out


def test_standard_input_takes_an_example(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.dumps(evaluating("$states.input.order.idd")).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert main(["check", "-", "--input", "in.json", *CONCISE]) == 1
    assert "`$states.input.order` has no field `idd`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--input", "in.json", "--input-schema", "in.schema.json"], "not allowed with argument --input"),
        (["--input", "gone.json"], "gone.json: cannot be read: No such file or directory."),
        (["--input", "machines"], "machines: cannot be read: "),
        (["--input", "broken.json"], "broken.json:2: cannot be read: "),
        (["--input", "large.json"], "large.json: cannot be read: It is larger than 4 MB."),
        (["--input", "\0"], "cannot be read"),
        (["--input-schema", "in.json"], "in.json: has no keyword of JSON Schema"),
    ],
)
def test_a_file_that_cannot_be_used_is_exit_2(
    here: Path, flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "broken.json").write_text('{"a":\n]}')
    (here / "large.json").write_bytes(b" " * (4 * 1024 * 1024 + 1))
    try:
        status = main(["check", "machines", *flags])
    except SystemExit as stop:
        status = int(str(stop.code))
    assert status == 2
    assert said in capsys.readouterr().err


def of_path(here: Path, path: str) -> str | None:
    made = SettingsFinder(None, False, str(here)).for_path(path).input
    return None if made is None else made.file


def test_the_configuration_names_inputs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "asllint.toml").write_text(
        '[input]\n"machines/*.asl.json" = "in.json"\n"b/" = "./in.yaml"\n'
        '"order.asl.json" = { schema = "in.schema.json" }\n'
    )
    assert of_path(here, "machines/order.asl.json") == "in.schema.json", "of several the last counts"
    assert of_path(here, "machines/other.asl.json") == "in.json"
    assert of_path(here, "b/c/d.asl.yaml") == "./in.yaml"
    assert of_path(here, "x.asl.json") is None
    assert main(["check", *CONCISE]) == 1
    assert "ASL501 error With an input that `in.schema.json` allows" in capsys.readouterr().out
    assert main(["check", "--input", "in.yaml", *CONCISE]) == 1
    assert "With the input of `in.yaml`" in capsys.readouterr().out, "the command line wins"
    assert main(["check", "--isolated", *CONCISE]) == 0


def test_inputs_are_relative_to_the_configuration_that_names_them(here: Path) -> None:
    (here / "base").mkdir()
    (here / "base" / "one.json").write_text("{}")
    (here / "base" / "asllint.toml").write_text('[input]\n"/a.asl.json" = "one.json"\n"/m/" = "one.json"\n')
    (here / "asllint.toml").write_text('extend = "base/asllint.toml"\n[input]\n"m/" = "in.json"\n')
    assert of_path(here, "a.asl.json") is None, "the patterns, too"
    assert of_path(here, "base/a.asl.json") == "one.json"
    assert of_path(here, "m/a.asl.json") == "in.json"


def test_files_of_the_same_input_have_the_same_settings(here: Path) -> None:
    (here / "asllint.toml").write_text('[input]\n"a*" = "in.json"\n"b*" = "in.yaml"\n')
    finder = SettingsFinder(None, False, str(here))
    a, again, b, c = (finder.for_path(f"{name}.asl.json") for name in ("a1", "a2", "b", "c"))
    assert a is again
    assert len({id(each) for each in (a, b, c)}) == 3
    assert a.input is not None
    assert c.input is None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[input]\n"a*" = "gone.json"\n', 2, "`input`: `gone.json` cannot be read: No such file or directory."),
        ('[input]\n"a*" = { schem = "x" }\n', None, "unknown key `schem` in `input.a*`; did you mean `schema`?"),
        ('[input]\n"a*" = {}\n', 2, "`input.a*` has no `schema`"),
        ('[input]\n"a*" = 1\n', 2, "`input.a*` is `1`; it must be a string or a table"),
        ('[input]\n"a*" = ""\n', 2, "`input.a*` must not be empty"),
        ('[input]\n"[a" = "in.json"\n', None, "`[a` is no glob"),
    ],
)
def test_what_is_wrong_in_the_configuration_is_named(here: Path, text: str, line: int | None, said: str) -> None:
    (here / "asllint.toml").write_text(text)
    with pytest.raises(SettingsError) as raised:
        of_path(here, "a.asl.json")
    assert said in str(raised.value)
    assert line is None or raised.value.line == line
