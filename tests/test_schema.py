"""The JSON Schemas that are printed for editors, against the examples of all rules, the tables, and AWS's own verdicts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from asllint.cli import main
from asllint.model import build
from asllint.model.expressions import WHERE
from asllint.model.shape import ALL_SHAPES, STATES, STATES_ALL
from asllint.registry import builtin
from asllint.schema import EXPRESSION, EXPRESSIONS, schema
from asllint.source import read
from asllint.testing import strip_marks

ROOT = Path(__file__).resolve().parent.parent
VERDICTS = ROOT.parent / "shared" / "corpus" / "aws-verdicts"
SCHEMA = schema()
MACHINE = Draft7Validator(SCHEMA)
STATE = Draft7Validator({"$ref": "#/definitions/State-JSONPath", "definitions": SCHEMA["definitions"]})


def subschemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from subschemas(each)
    elif isinstance(value, list):
        for each in value:
            yield from subschemas(each)


def complaints(text: str, language: str = "json") -> tuple[list[str], bool] | None:
    """What the schema says of a definition or fragment, and whether the table of fields says AWS refuses it.

    None for what neither JSON nor YAML can hold, and where a placeholder stands for fields: a schema cannot know those.
    """
    document = read(f"a.asl.{language}", text.encode("utf-8", "surrogatepass"))
    machine = build(document, None, judged=True)
    if machine is None or document.problems:
        return None
    try:
        value = json.loads(json.dumps(yaml.safe_load(text))) if language == "yaml" else json.loads(text)
    except (ValueError, TypeError, yaml.YAMLError):
        return None  # with tags, placeholders without quotes or dates, which these readers do not take
    holes = any(re.search(r"^\$\{|^Fn::|^<<$", key) for each in subschemas(value) for key in each)
    if holes:
        return None
    validator = MACHINE
    if machine.fragment == "state":
        validator = STATE
    elif machine.fragment == "states":
        value = {"StartAt": "A", "States": value, **value} if "States" in value else {"StartAt": "A", "States": value}
    found = [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(value)]
    # that States.ALL comes last is more than a schema can say
    refused = any(wrong.sure and wrong.kind != STATES_ALL for wrong in machine.mismatches)
    return found, refused


def test_it_is_draft_07() -> None:
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMA)
    Draft7Validator.check_schema(json.loads((ROOT / "asllint" / "config-schema.json").read_text(encoding="utf-8")))


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    used = {each["$ref"].removeprefix("#/definitions/") for each in subschemas(SCHEMA) if "$ref" in each}
    assert used == set(SCHEMA["definitions"])


def test_every_shape_of_the_table_is_in_it() -> None:
    titles = {each["description"] for each in SCHEMA["definitions"].values() if "description" in each}
    for shape in ALL_SHAPES:
        title = shape.title.replace("`", "")
        assert f"{title[0].upper()}{title[1:]}." in titles
        named = [
            each["properties"]
            for each in SCHEMA["definitions"].values()
            if each.get("description", "").removesuffix(".").lower() == title.lower()
        ]
        assert {name for properties in named for name, value in properties.items() if value is not False} == set(
            shape.fields
        )


def test_it_says_what_each_field_takes() -> None:
    table = SCHEMA[EXPRESSIONS]
    assert set(table) == set(WHERE)
    assert table["ResultPath"] == {"JSONPath": "reference path", "JSONata": None}
    assert table["ItemSelector"] == {"JSONPath": "template", "JSONata": "jsonata"}
    assert table["Arguments"] == {"JSONPath": None, "JSONata": "jsonata"}
    definitions = SCHEMA["definitions"]
    assert definitions["Pass-JSONPath"]["properties"]["InputPath"][EXPRESSION] == "path"
    assert definitions["Task-JSONata"]["properties"]["Arguments"][EXPRESSION] == "jsonata"
    assert "Parameters" not in definitions["Task-JSONata"]["properties"]
    assert all(each["description"] for each in subschemas(definitions) if EXPRESSION in each)


PATTERNS = sorted(
    {each["pattern"] for each in subschemas(SCHEMA) if isinstance(each.get("pattern"), str)}
    | {key for each in subschemas(SCHEMA) for key in each.get("patternProperties", ()) if isinstance(key, str)}
)


def test_editors_can_read_the_patterns() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    script = "for (const p of JSON.parse(process.argv[1])) new RegExp(p, 'u')"
    done = subprocess.run([node, "-e", script, json.dumps(PATTERNS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([node, "-e", script, '["\\\\\\""]'], capture_output=True, check=False).returncode


EXAMPLES = [
    pytest.param(strip_marks(example.text)[0], example.language, kind, id=f"{entry.name}-{kind}-{i}")
    for entry in builtin()
    for kind in ("valid", "invalid")
    for i, example in enumerate(getattr(entry.load(), kind))
]


@pytest.mark.parametrize(("text", "language", "kind"), EXAMPLES)
def test_examples_of_rules(text: str, language: str, kind: str) -> None:
    said = complaints(text, language)
    if said is None:
        return
    found, refused = said
    if refused:
        assert found
    elif kind == "valid":
        assert not found


def test_most_examples_are_looked_at() -> None:
    looked = sum(complaints(*example.values[:2]) is not None for example in EXAMPLES)  # type: ignore[arg-type]
    assert looked > 0.9 * len(EXAMPLES)


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "examples").glob("*.asl.*")), ids=lambda path: path.name)
def test_examples_of_the_readme(path: Path) -> None:
    said = complaints(path.read_text(encoding="utf-8"), "yaml" if path.suffix == ".yaml" else "json")
    assert said is None or bool(said[0]) == said[1]


def verdicts(verdict: str) -> list[Any]:
    index = VERDICTS / "index.jsonl"
    if not index.exists():
        return []
    rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["verdict"] == verdict]


def test_nothing_that_aws_accepts_is_refused() -> None:
    rows = verdicts("ACCEPT")
    if not rows:
        pytest.skip("no verdicts of AWS")
    looked = 0
    for row in rows:
        said = complaints((VERDICTS / row["file"]).read_text(encoding="utf-8"))
        assert said is None or not said[0], (row["file"], said)
        looked += said is not None
    assert looked >= 290


def test_what_aws_refuses_for_its_fields_is_refused() -> None:
    rows = verdicts("REJECT")
    if not rows:
        pytest.skip("no verdicts of AWS")
    found = 0
    for row in rows:
        said = complaints((VERDICTS / row["file"]).read_text(encoding="utf-8"))
        if said is not None:
            found += bool(said[0])
            assert said[0] or not said[1], row["file"]
    # the others are for targets, the meaning of JSONata, parameters of services: no schema knows those
    assert found >= 36


TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
WAIT = {"Type": "Wait", "End": True}
MAP = {"Type": "Map", "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, "End": True}


def in_map(**state: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True, **state}}}


@pytest.mark.parametrize(
    ("state", "good"),
    [
        (TASK, True),
        ({**TASK, "Nxt": "A"}, False),
        ({**TASK, "Next": "A"}, False),
        ({**TASK, "Next": "A", "End": False}, True),
        ({**TASK, "End": False}, False),
        ({**TASK, "Resource": 1}, False),
        ({"Type": "Task", "End": True}, False),
        ({**TASK, "Type": "Tsk"}, False),
        ({**TASK, "Type": "${Type}"}, True),
        ({**TASK, "TimeoutSeconds": 0}, False),
        ({**TASK, "TimeoutSeconds": "{% 5 %}"}, False),
        ({**TASK, "QueryLanguage": "JSONata", "TimeoutSeconds": "{% 5 %}"}, True),
        ({**TASK, "TimeoutSeconds": "${Timeout}"}, True),
        ({**TASK, "TimeoutSeconds": {"Ref": "Timeout"}}, True),
        ({**TASK, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t"}, False),
        ({**TASK, "InputPath": None, "ResultPath": None}, True),
        ({**TASK, "InputPath": "order"}, False),
        ({**TASK, "InputPath": "$.orders[*]"}, True),
        ({**TASK, "ResultPath": "$.orders[*]"}, False),
        ({**TASK, "ResultPath": "$['a*..b'].c[0]"}, True),
        ({**TASK, "ResultPath": "$..c"}, False),
        ({**TASK, "Parameters": {"a.$": "$.a", "b": [{"c.$": "States.UUID()"}]}}, True),
        ({**TASK, "Parameters": {"b": [{"c.$": "c"}]}}, False),
        ({**TASK, "Parameters": {"b": [{"c.$": 1}]}}, False),
        ({**TASK, "Arguments": {}}, False),
        ({**TASK, "QueryLanguage": "JSONata", "Arguments": {"a.$": 1}}, True),
        ({**TASK, "QueryLanguage": "JSONata", "Parameters": {}}, False),
        ({**TASK, "Credentials": {"RoleArn.$": "$.role"}}, True),
        ({**TASK, "Credentials": {}}, False),
        ({**TASK, "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "SOME"}]}, False),
        ({**TASK, "Retry": [{"ErrorEquals": []}]}, False),
        ({**TASK, "Catch": [{"ErrorEquals": ["E"], "Next": "A", "Output": 1}]}, False),
        ({**WAIT, "Seconds": 1}, True),
        (WAIT, False),
        ({**WAIT, "Seconds": 1, "SecondsPath": "$.s"}, False),
        ({**WAIT, "Timestamp": "2026-01-31T09:30:00.5+01:00"}, True),
        ({**WAIT, "Timestamp": "${Day}T09:30:00Z"}, True),
        ({**WAIT, "Timestamp": "2026-13-31T09:30:00Z"}, False),
        ({"Type": "Choice", "Choices": []}, False),
        ({"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "b", "Next": "A"}]}, True),
        ({"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "b", "IsNull": True, "Next": "A"}]}, False),
        ({"Type": "Choice", "Choices": [{"Variable": "$.a", "Next": "A"}]}, False),
        ({"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a", "IsNull": True}, "Next": "A"}]}, True),
        ({"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a", "IsNull": True, "Next": "A"}, "Next": "A"}]}, False),
        ({"Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{"Condition": "{% true %}", "Next": "A"}]}, True),
        (MAP, True),
        ({**MAP, "Iterator": MAP["ItemProcessor"]}, False),
        ({**MAP, "ItemProcessor": in_map(Output=1)}, False),
        # the states inside take the query language of the machine, not that of the Map
        ({**MAP, "QueryLanguage": "JSONata", "ItemProcessor": in_map(Output=1)}, False),
        ({**MAP, "QueryLanguage": "JSONata", "ItemProcessor": in_map(Parameters=1)}, True),
        ({**MAP, "ItemProcessor": {**in_map(), "ProcessorConfig": {"Mode": "DISTRIBUTED"}}}, False),
        ({**MAP, "ItemProcessor": {**in_map(), "ProcessorConfig": {"Mode": "INLINE", "ExecutionType": "EXPRESS"}}}, False),
        ({**MAP, "ItemReader": {"Resource": "r", "ReaderConfig": {"InputType": "CSV"}}}, False),
        ({**MAP, "ItemReader": {"Resource": "r", "ReaderConfig": {"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW"}}}, False),
        ({**MAP, "ItemReader": {"Resource": "r", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}}}, False),
    ],
)  # fmt: skip
def test_states(state: dict[str, Any], good: bool) -> None:
    assert MACHINE.is_valid({"StartAt": "A", "States": {"A": state}}) is good
    said = complaints(json.dumps({"StartAt": "A", "States": {"A": state}}))
    assert said is not None and (not said[1] or not good)


def test_the_query_language_of_the_machine_counts() -> None:
    def valid(**state: Any) -> bool:
        machine = {"QueryLanguage": "JSONata", **in_map(**state)}
        return MACHINE.is_valid(machine)

    assert valid(Output="{% 1 %}")
    assert not valid(Parameters={})
    assert not valid(QueryLanguage="JSONPath")
    assert valid(QueryLanguage="JSONata")


def test_a_machine_needs_its_fields() -> None:
    assert not MACHINE.is_valid({"StartAt": "A"})
    assert not MACHINE.is_valid({"StartAt": "A", "States": {}})
    assert not MACHINE.is_valid({**in_map(), "Version": "2.0"})
    assert MACHINE.is_valid({**in_map(), "Version": "1.0", "TimeoutSeconds": 60, "Comment": "c"})


def test_types_are_those_of_the_table() -> None:
    assert SCHEMA["definitions"]["State-JSONPath"]["properties"]["Type"]["anyOf"][0]["enum"] == list(STATES)


@pytest.mark.parametrize(
    ("argv", "title"), [([], "Amazon States Language"), (["asl"], "Amazon States Language"), (["config"], "asllint")]
)
def test_the_command(argv: list[str], title: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", *argv]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == title


def test_the_command_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["schema", "yaml"])
    assert stopped.value.code == 2
    assert "asl" in capsys.readouterr().err
