"""The Mermaid text: what is escaped, and whether Mermaid itself takes it.

Node's packages are looked for in ASLLINT_NODE_MODULES or in node_modules of the project: npm install mermaid jsdom
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from diagram_sample import BROKEN, HOSTILE, INVOKE, ORDER, by_chance, drawn, hostile

from asllint.diagram.drawing import draw
from asllint.diagram.mermaid import render_mermaid
from asllint.model import build
from asllint.source import read

ROOT = Path(__file__).resolve().parents[2]

BATCH = """
import fs from "fs";
import { createRequire } from "module";
import { pathToFileURL } from "url";
const modules = process.argv[1];
const require = createRequire(pathToFileURL(modules + "/"));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { module, exports } = require("mermaid/package.json");
const entry = module || exports["."].import || exports["."].default;
const mermaid = (await import(pathToFileURL(modules + "/mermaid/" + entry))).default;
mermaid.initialize({ maxTextSize: 10000000, maxEdges: 1000000 });
const out = [];
for (const text of JSON.parse(fs.readFileSync(0, "utf8"))) {
  try {
    const found = await mermaid.mermaidAPI.getDiagramFromText(text);
    const vertices = [...found.db.getVertices().values()];
    out.push({ texts: vertices.map((v) => v.text), edges: found.db.getEdges().length });
  } catch (error) { out.push({ error: String(error.message || error) }); }
}
process.stdout.write(JSON.stringify(out));
"""


def mermaid() -> tuple[str, Path]:
    """Node, and where the packages are; skips where it cannot be run."""
    node = shutil.which("node")
    modules = Path(os.environ.get("ASLLINT_NODE_MODULES") or ROOT / "node_modules").resolve()
    if node is None or not all((modules / name / "package.json").is_file() for name in ("mermaid", "jsdom")):
        pytest.skip("no node with mermaid and jsdom")
    return node, modules


def parsed(texts: list[str]) -> list[dict[str, object]]:
    """What Mermaid makes of each text."""
    node, modules = mermaid()
    done = subprocess.run(
        [node, "--input-type=module", "-e", BATCH, "--", str(modules)],
        input=json.dumps(texts), capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_mermaid_takes_all_of_it(shared: Path) -> None:
    mermaid()
    drawings = []
    for path in sorted((shared / "corpus" / "production").rglob("*")):
        machine = build(read(path.name, path.read_bytes())) if path.is_file() and path.name != "index.jsonl" else None
        if machine is not None:
            drawings.append(draw(machine, path.name))
    assert len(drawings) > 100
    for drawing, found in zip(drawings, parsed([render_mermaid(d) for d in drawings]), strict=True):
        assert "error" not in found, (drawing.name, found)
        assert found["edges"] == len(drawing.edges), drawing.name


def test_mermaid_takes_what_is_made_here() -> None:
    samples = [ORDER, BROKEN, hostile(), by_chance(60, 1), by_chance(200, 2, nested=False)]
    samples += [{"StartAt": name, "States": {name: {"Type": "Fail", "Error": name}}} for name in HOSTILE]
    drawings = [
        drawn(sample, name, findings=i < 2)
        for i, (sample, name) in enumerate(zip(samples, (["x"] * 5 + HOSTILE), strict=True))
    ]
    for drawing, found in zip(drawings, parsed([render_mermaid(d) for d in drawings]), strict=True):
        assert "error" not in found, (drawing.nodes[1].full_name, found)
        assert found["edges"] == len(drawing.edges)
        texts = {plain(str(text)) for text in found["texts"]}  # type: ignore[attr-defined]
        for node in drawing.nodes:
            if node.kind == "state" and not node.areas and not node.findings:
                assert f"{node.name.strip()}<br>{node.subtitle}" in texts, node.name


def plain(text: str) -> str:
    """A text of Mermaid's as it is shown: its marks for entities, and the entities, as what they stand for."""
    names = {"quot": '"', "lt": "<", "gt": ">", "amp": "&"}
    text = re.sub(r"ﬂ°°(\d+)¶ß", lambda match: chr(int(match[1])), text)
    text = re.sub(r"ﬂ°(\w+)¶ß", lambda match: names[match[1]], text)
    return text.replace("\u2060", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Load orders", "Load orders"),
        ("snake_case-name.v2", "snake_case-name.v2"),
        ("Größe 日本 🚀", "Größe 日本 🚀"),
        ("don't", "don't"),
        ('a "b" <c> & #35;', "a #quot;b#quot; #lt;c#gt; #amp; #35;35#59;"),
        ("[x]{y}|z|", "#91;x#93;#123;y#125;#124;z#124;"),
        ("1. one", "1#46; one"),
        ("v1.2", "v1.2"),
        ("- dash", "#45; dash"),
        ("_it_", "#95;it#95;"),
        ("`x` *y*", "#96;x#96; #42;y#42;"),
        ("%%{init}%%", "#37;#37;#123;init#125;#37;#37;"),
        ("a\\nb", "a#92;\u2060nb"),
        ("$$x$$ costs $5", "$\u2060$x$\u2060$ costs $5"),
        ("fa:fa-car", "fa:\u2060fa-car"),
        ("style a:b", "style a#58;b"),
        ("a\nb", "a b"),
    ],
)
def test_a_name_is_escaped(name: str, text: str) -> None:
    rendered = render_mermaid(drawn({"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}}))
    assert f'    n2["{text}<br/>Pass"]\n' in rendered


def test_no_line_is_made_of_a_name_alone() -> None:
    for line in render_mermaid(drawn(hostile(), "\nend\n%%{x}%%; #.asl.json")).splitlines()[1:]:
        assert re.match(
            r'\s*(accTitle: |accDescr: |n\d+[\[({]|e\d+\[|subgraph [ns]\d+\["|direction TB$|end$|n\d+ -\.?->(\|".*"\|)? n\d+$|'
            r"classDef \w+ |class [n\d,]+ \w+$|linkStyle [\d,]+ )",
            line,
        ), line  # fmt: skip
        assert line.count('"') in (0, 2)


def test_findings_colour_what_they_belong_to() -> None:
    text = render_mermaid(drawn(BROKEN, findings=True))
    gone = next(
        i for i, line in enumerate(re.findall(r"^ *n\d+ -.*$", text, re.MULTILINE)) if "States.ALL<br/>ASL201" in line
    )
    assert re.search(rf"linkStyle (\d+,)*{gone}(,\d+)* stroke:#cf222e", text)
    assert re.search(r"class (n\d+,)*n3(,n\d+)* errorFrame", text)


def test_one_branch_or_none_has_a_box() -> None:
    text = render_mermaid(drawn({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [{}], "End": True}}}))
    assert (
        'subgraph s2["branch 1"]\n            direction TB\n            e2["no states"]\n        end\n    end\n' in text
    )
    text = render_mermaid(
        drawn(
            {
                "StartAt": "M",
                "States": {
                    "M": {"Type": "Map", "ItemProcessor": {}, "Next": "T"},
                    "T": {"Type": "Task", "Resource": INVOKE},
                },
            }
        )
    )
    assert 'subgraph n2["M · Map"]' in text
