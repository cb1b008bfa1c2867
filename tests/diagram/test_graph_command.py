"""``asllint graph`` from the outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from diagram_sample import BROKEN, ORDER, by_chance

from asllint import cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "order.asl.json").write_text(json.dumps(ORDER, indent=2), encoding="utf-8")
    (tmp_path / "broken.asl.json").write_text(json.dumps(BROKEN, indent=2), encoding="utf-8")
    return tmp_path


def graph(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = cli.main(["graph", *arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_mermaid_is_what_comes_unless_said_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = graph(capsys, "order.asl.json")
    assert (status, err) == (0, "")
    assert out.startswith("flowchart TD\n")
    assert 'n3 -->|"$.total #gt;= 100"| n5' in out


def test_each_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert graph(capsys, "order.asl.json", "--format", "dot")[1].startswith("digraph {\n")
    assert ET.fromstring(graph(capsys, "--format=svg", "order.asl.json")[1]).tag.endswith("svg")
    assert json.loads(graph(capsys, "--format", "json", "order.asl.json")[1])["file"] == "order.asl.json"
    status, out, err = graph(capsys, "--format", "png", "order.asl.json")
    assert (status, out) == (2, "")
    assert "mermaid, dot, svg, json" in err.replace("'", "")  # the quotes are those of older Pythons


def test_into_a_file(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert graph(capsys, "order.asl.json", "--format", "svg", "--output-file", "o.svg") == (0, "", "")
    assert ET.parse(folder / "o.svg").getroot().tag.endswith("svg")
    status, out, err = graph(capsys, "order.asl.json", "-o", "absent/o.svg")
    assert (status, out) == (2, "")
    assert err == "asllint: absent/o.svg: the drawing cannot be written: No such file or directory\n"


def test_findings_only_if_asked_for(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert "ASL" not in graph(capsys, "broken.asl.json")[1].replace("accTitle", "")
    status, out, err = graph(capsys, "broken.asl.json", "--findings")
    assert (status, err) == (0, "")
    assert "States.ALL<br/>ASL201" in out
    (folder / "asllint.toml").write_text('ignore = ["ASL201"]\n', encoding="utf-8")
    assert "ASL201" not in graph(capsys, "broken.asl.json", "--findings")[1]
    assert "ASL201" in graph(capsys, "broken.asl.json", "--findings", "--isolated")[1]
    (folder / "asllint.toml").write_text("ignore = 5\n", encoding="utf-8")
    assert graph(capsys, "broken.asl.json", "--findings")[0] == 2


def test_suppressed_findings_are_not_shown(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    task = {"Type": "Pass", "Comment": "asllint: ignore[missing-transition-target] elsewhere", "Next": "Gone"}
    (folder / "s.asl.json").write_text(json.dumps({"StartAt": "A", "States": {"A": task}}), encoding="utf-8")
    assert "ASL201" not in graph(capsys, "s.asl.json", "--findings")[1]


def test_standard_input(folder: Path) -> None:
    def piped(data: bytes, *arguments: str) -> tuple[int, bytes, bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "asllint", "graph", *arguments], input=data, capture_output=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    text = '{"StartAt": "Größe", "States": {"Größe": {"Type": "Succeed"}}}'
    status, out, err = piped(text.encode(), "-")
    assert (status, err) == (0, b"")
    assert 'n2(["Größe<br/>Succeed"])' in out.decode("utf-8"), "drawings are UTF-8 whatever the terminal is"
    assert b"State machine of stdin" in out
    status, out, _ = piped(
        b"StartAt: A\nStates:\n  A:\n    Type: Succeed\n", "--stdin-filename", "x/y.asl.yaml", "--format", "json"
    )
    assert json.loads(out)["file"] == "x/y.asl.yaml"
    assert piped(b"[1]", "-") == (
        2,
        b"",
        b"asllint: <stdin>: no state machine, nor a fragment of one, in it: nothing is drawn\n",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the definition to draw; - is standard input"),
        (
            ("order.asl.json", "broken.asl.json"),
            "graph draws one definition at a time, and these are 2: run it once for each",
        ),
        (("absent.asl.json",), "absent.asl.json: no such file"),
        ((".",), ".: graph draws one definition, and this is a directory: name a file in it"),
    ],
)
def test_what_is_no_one_file(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str) -> None:
    assert graph(capsys, *arguments) == (2, "", f"asllint: {said}\n")


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"a": 1}', "", '{"StartAt": "A", "States": {}}', '{"StartAt": "A"}', "\0\0\0\0"]
)
def test_nothing_to_draw(capsys: pytest.CaptureFixture[str], folder: Path, text: str) -> None:
    for name in ("x.json", "x.asl.json", "x.asl.yaml"):
        (folder / name).write_text(text, encoding="utf-8")
        status, out, err = graph(capsys, name)
        assert (status, out) == (2, "")
        assert err.endswith("nothing is drawn\n")
        assert "Traceback" not in err


def test_what_can_be_read_of_a_broken_text_is_drawn(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    text = '{\n  "StartAt": "A",\n  "States": {\n    "A": {"Type": "Pass", "Next": "B",},\n    "B": {"Type": "Wa'
    (folder / "cut.asl.json").write_text(text, encoding="utf-8")
    status, out, err = graph(capsys, "cut.asl.json", "--findings")
    assert status == 0
    assert 'n2["A<br/>Pass' in out
    assert "n2 --> n3" in out
    lines = err.splitlines()
    assert lines[0].startswith("asllint: cut.asl.json:4:38: ")
    assert len(lines) >= 2


def test_many_problems_are_counted(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    states = ",".join(f'"{i}": {{"Type": "Pass", "Next": "0",}}' for i in range(50))
    (folder / "many.asl.json").write_text(f'{{"StartAt": "0", "States": {{{states}}}}}', encoding="utf-8")
    status, _, err = graph(capsys, "many.asl.json")
    assert status == 0
    assert err.splitlines()[-1] == "asllint: many.asl.json: and 30 more: see asllint check"


def test_a_size_that_mermaid_refuses_is_said(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "large.asl.json").write_text(json.dumps(by_chance(700, 1, nested=False)), encoding="utf-8")
    status, out, err = graph(capsys, "large.asl.json")
    assert status == 0
    assert out.startswith("flowchart")
    assert "Mermaid takes 50,000 unless maxTextSize is set" in err
    assert "Mermaid takes 500 unless maxEdges is set" in err
    assert graph(capsys, "large.asl.json", "--format", "json")[2] == ""


def test_a_picture_that_is_too_large_is_refused(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    states: dict[str, object] = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(1000)}
    for i in range(0, 1000, 2):
        rule = {"Variable": "$.a", "IsNull": True, "Next": f"S{(i + 501) % 1000}"}
        states[f"S{i}"] = {"Type": "Choice", "Choices": [rule], "Default": f"S{i + 1}"}
    states["S1000"] = {"Type": "Succeed"}
    (folder / "large.asl.json").write_text(json.dumps({"StartAt": "S0", "States": states}), encoding="utf-8")
    status, out, err = graph(capsys, "large.asl.json", "--format", "svg")
    assert (status, out) == (2, "")
    assert err == (
        "asllint: large.asl.json: too many transitions lead too far for a picture of 1,002 nodes; --format dot writes them for Graphviz\n"
    )
    assert graph(capsys, "large.asl.json", "--format", "dot")[0] == 0


def test_a_misspelt_command_and_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["grpah", "order.asl.json"]) == 2
    assert "did you mean the command graph?" in capsys.readouterr().err
    assert "did you mean --findings?" in graph(capsys, "order.asl.json", "--finding")[2]


def test_a_plain_check_loads_nothing_of_it(folder: Path) -> None:
    code = "import sys; from asllint.cli import main; main(['check', 'order.asl.json']); print(*(m for m in sys.modules if 'diagram' in m))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize("format", ["mermaid", "dot", "svg", "json"])
def test_bytes_do_not_depend_on_the_run(folder: Path, format: str) -> None:
    def run(seed: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-m", "asllint", "graph", "broken.asl.json", "--findings", "--format", format],
            capture_output=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        ).stdout  # fmt: skip

    assert run("1") == run("2")


def test_the_definition_is_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "order.asl.json").read_bytes()
    status, _, err = graph(capsys, "order.asl.json", "-o", "./order.asl.json")
    assert status == 2 and "would be written over the definition" in err
    assert (folder / "order.asl.json").read_bytes() == before
