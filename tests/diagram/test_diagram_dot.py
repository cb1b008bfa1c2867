"""The text for Graphviz: what is quoted, and whether `dot` draws it, where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from diagram_sample import BROKEN, ORDER, by_chance, drawn, hostile

from asllint.diagram.dot import render_dot
from asllint.diagram.drawing import Drawing, draw
from asllint.model import build
from asllint.source import read

SVG = "{http://www.w3.org/2000/svg}"
SELF: dict[str, Any] = {
    "StartAt": "M",
    "States": {
        "M": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "M"}],
            "End": True,
        }
    },
}


def graphviz(drawing: Drawing) -> ET.Element:
    """What dot draws; skips where there is none."""
    program = shutil.which("dot")
    if program is None:
        pytest.skip("no dot of Graphviz")
    done = subprocess.run(
        [program, "-Tsvg"], input=render_dot(drawing), capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), drawing.name
    return ET.fromstring(done.stdout)


@pytest.mark.parametrize("sample", [ORDER, BROKEN, SELF, by_chance(30, 2)])
def test_graphviz_draws_it(sample: dict[str, Any]) -> None:
    drawing = drawn(sample, findings=True)
    groups = [group.attrib.get("class") for group in graphviz(drawing).iter(f"{SVG}g")]
    assert groups.count("edge") == len(drawing.edges)
    boxes = sum(bool(node.areas) for node in drawing.nodes)
    branches = sum(area.kind == "branch" for area in drawing.areas)
    empty = sum(not area.nodes for area in drawing.areas)
    assert groups.count("cluster") == boxes + branches
    assert groups.count("node") == len(drawing.nodes) - boxes + empty


def test_names_come_through() -> None:
    texts = ["".join(text.itertext()) for text in graphviz(drawn(hostile())).iter(f"{SVG}text")]
    for shown in (
        "<script>alert(1)</script>",
        "<b>b</b> & &amp; &lt;",
        "日本語の状態",
        "]]>",
        '\\"',
        "back\\slash \\n \\N \\G",
    ):
        assert shown in texts


def test_production(shared: Path) -> None:
    drawings = []
    for path in sorted((shared / "corpus" / "production").rglob("*")):
        machine = build(read(path.name, path.read_bytes())) if path.is_file() and path.name != "index.jsonl" else None
        if machine is not None:
            drawings.append(draw(machine, path.name))
    assert len(drawings) > 100
    for drawing in drawings[::8]:
        graphviz(drawing)


def test_every_quote_is_closed() -> None:
    for line in render_dot(drawn(hostile(), 'a"b\\.asl.json')).splitlines():
        assert re.sub(r'"(\\.|[^"\\])*"', "", line).count('"') == 0, line


def test_an_edge_ends_at_the_border_of_a_box() -> None:
    text = render_dot(drawn(ORDER))
    assert re.search(r'n3 -> n8 \[lhead=cluster_n5 label="\$.total >= 100"', text)
    assert re.search(r"n10 -> n6 \[ltail=cluster_n5 ", text)
    (catch,) = (line for line in render_dot(drawn(SELF)).splitlines() if "style=dashed color" in line)
    assert "lhead" not in catch and "ltail" not in catch, "Graphviz warns of an edge from a cluster to itself"
