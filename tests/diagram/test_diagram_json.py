"""The JSON of a drawing is a contract: version 1."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from diagram_sample import BROKEN, ORDER, by_chance, drawn, hostile

from asllint.diagram.json import render_json


def an(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def number_or_null(least: int) -> dict[str, Any]:
    return {"type": ["integer", "null"], "minimum": least}


PLACE = {
    **dict.fromkeys(("line", "column", "end_line", "end_column"), number_or_null(1)),
    **dict.fromkeys(("offset", "end_offset"), number_or_null(0)),
}
TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
SEVERITY = {"enum": ["note", "warning", "error", None]}
INDICES = {"type": "array", "items": {"type": "integer", "minimum": 0}}


def ref(letter: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{letter}[1-9][0-9]*$"}


SCHEMA = an(
    version={"const": 1},
    tool=an(name={"const": "asllint"}, version=TEXT),
    file=TEXT,
    scopes={
        "type": "array",
        "items": an(
            id=ref("s"),
            kind={"enum": ["machine", "branch", "item processor", "iterator"]},
            owner={"anyOf": [{"type": "null"}, ref("n")]},
            **PLACE,
        ),
    },
    nodes={
        "type": "array",
        "items": an(
            id=ref("n"),
            kind={"enum": ["state", "start", "end", "missing", "elsewhere"]},
            name=TEXT,
            type=TEXT_OR_NULL,
            detail=TEXT_OR_NULL,
            scope=ref("s"),
            scopes={"type": "array", "items": ref("s")},
            reachable={"type": "boolean"},
            severity=SEVERITY,
            findings=INDICES,
            **PLACE,
        ),
    },
    edges={
        "type": "array",
        "items": an(
            id=ref("e"),
            kind={"enum": ["start", "next", "choice", "default", "catch", "end"]},
            source=ref("n"),
            target=ref("n"),
            label=TEXT_OR_NULL,
            text=TEXT_OR_NULL,
            severity=SEVERITY,
            findings=INDICES,
            **PLACE,
        ),
    },
    findings={"type": "array", "items": {"type": "object", "required": ["code", "message", "offset"]}},
)


@pytest.mark.parametrize("sample", [ORDER, BROKEN, hostile(), by_chance(30, 4)])
def test_the_contract(sample: dict[str, Any]) -> None:
    text = render_json(drawn(sample, findings=sample is not hostile()))
    assert text.isascii()
    found = json.loads(text)
    jsonschema.validate(found, SCHEMA)
    scopes, nodes = {s["id"] for s in found["scopes"]}, {n["id"] for n in found["nodes"]}
    assert len(scopes) == len(found["scopes"])
    assert len(nodes) == len(found["nodes"])
    for node in found["nodes"]:
        assert node["scope"] in scopes
        assert set(node["scopes"]) <= scopes
    for edge in found["edges"]:
        assert {edge["source"], edge["target"]} <= nodes
    shown = [i for each in (*found["nodes"], *found["edges"]) for i in each["findings"]]
    assert sorted(shown) == list(range(len(found["findings"])))


def test_positions_are_those_of_the_file() -> None:
    text = json.dumps(ORDER, indent=2)
    found = json.loads(render_json(drawn(text)))
    by_name = {node["name"]: node for node in found["nodes"]}
    place = by_name["Sent"]
    assert text[place["offset"] : place["end_offset"]].startswith('"Sent": {')
    assert text.split("\n")[place["line"] - 1][place["column"] - 1 :].startswith('"Sent": {')
    catch = next(edge for edge in found["edges"] if edge["kind"] == "catch")
    assert json.loads(text[catch["offset"] : catch["end_offset"]])["Next"] == "Refused"
    assert by_name["End"]["line"] is None


def test_names_are_those_of_the_file() -> None:
    names = {node["name"] for node in json.loads(render_json(drawn(hostile())))["nodes"]}
    assert {"line\nbreak", "x" * 120, "\x00null\x07"} <= names
