"""--show-files, --show-settings, --statistics, the formats of CI systems from the command line, and completions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from asllint.cli import COMMANDS, SHELLS, main
from asllint.report import FORMATS

GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
BAD = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Ghost"}, "B": {"Type": "Pass", "Next": "Ghost"}}}'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "good.asl.json").write_text(GOOD)
    (tmp_path / "flows" / "bad.asl.json").write_text(BAD)
    (tmp_path / "flows" / "plain.json").write_text(GOOD)
    (tmp_path / "flows" / "package.json").write_text("{}")
    (tmp_path / "flows" / "broken.asl.json").write_text("{")
    return tmp_path


def test_show_files_lists_what_would_be_linted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-files"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown == [f"flows/{name}" for name in ("bad.asl.json", "broken.asl.json", "good.asl.json", "plain.json")]
    main(["check", "--output-format", "json"])
    assert json.loads(capsys.readouterr().out)["files"] == shown


def test_show_files_of_a_path_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-files", "gone", "flows/good.asl.json"]) == 2
    said = capsys.readouterr()
    assert said.out == "flows/good.asl.json\n" and "gone: no such file" in said.err


CONFIG = """\
ignore = ["iam"]
workflow-type = "express"
placeholders = ['__[A-Z]+__']
exclude = ["generated/"]

[severity]
unreachable-state = "note"

[rules.infinite-retry-risk]
max-attempts = 7

[per-file-ignores]
"flows/bad.*" = ["flow"]
"""


def test_show_settings(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "asllint.toml").write_text(CONFIG)
    assert main(["check", "--show-settings", "--fail-on", "note", "flows"]) == 0
    bad, others = capsys.readouterr().out.split("\n\n")
    assert bad.startswith("files (1)\n  flows/bad.asl.json\n") and others.startswith("files (3)\n")
    for line in (
        "configuration: asllint.toml",
        "workflow type: express",
        "exclude: generated/",
        "placeholders: __[A-Z]+__",
    ):
        assert f"\n{line}\n" in others
    assert "note    unreachable-state" in others and "note    unreachable-state" not in bad
    assert "infinite-retry-risk (max-attempts = 7" in others


def test_show_settings_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "asllint.toml").write_text(CONFIG)
    assert main(["--show-settings", "--output-format", "json", "flows/good.asl.json", "flows/plain.json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["version"] == 1
    (group,) = shown["settings"]
    assert group["files"] == ["flows/good.asl.json", "flows/plain.json"]
    rules = {rule["name"]: rule for rule in group["rules"]}
    assert rules["unreachable-state"]["severity"] == "note"
    assert rules["infinite-retry-risk"]["options"]["max-attempts"] == 7
    assert any(off.endswith(" iam-permissions") for off in group["rules-off"])
    assert not {rule["code"] for rule in group["rules"]} & {off.split()[0] for off in group["rules-off"]}


def test_show_settings_without_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-settings", "--isolated", "flows/good.asl.json"]) == 0
    assert "\nconfiguration: -\nworkflow type: -\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "flags", [["--show-files", "--fix"], ["--show-settings", "--statistics"], ["--show-files", "--show-settings"]]
)
def test_what_does_not_go_together(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", *flags, "flows"])
    assert stopped.value.code == 2
    assert "--show-files" in capsys.readouterr().err


def test_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--statistics", "--select", "missing-transition-target", "flows/bad.asl.json"]) == 1
    assert capsys.readouterr().out.split() == ["2", "error", "ASL201", "missing-transition-target"]
    assert main(["--statistics", "flows/good.asl.json"]) == 0
    assert capsys.readouterr().out == ""


def test_statistics_stand_in_place_of_the_main_report_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["--statistics", "--output-format", "json", "--report", "concise=all.txt", "flows/bad.asl.json"]
    assert main([*argv, "--select", "ASL201"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["count"] == len((here / "all.txt").read_text().splitlines()) == 2


def test_statistics_have_no_other_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--statistics", "--output-format", "sarif", "flows"]) == 2
    assert "--statistics has no sarif format" in capsys.readouterr().err


# -- formats


def test_every_format_can_be_configured() -> None:
    root = Path(__file__).resolve().parent.parent
    config = json.loads((root / "asllint" / "config-schema.json").read_text(encoding="utf-8"))
    assert config["properties"]["output-format"]["enum"] == list(FORMATS)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_written(here: Path, format: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "--output-format", format, "--report", f"{format}=out"]) == 1
    on_screen = capsys.readouterr().out
    written = (here / "out").read_text(encoding="utf-8")
    assert written.strip() and (format == "full" or on_screen == written)
    if format in ("junit", "checkstyle"):
        assert {child.get("name") for child in ElementTree.fromstring(written)} >= {"flows/good.asl.json"}


def test_markdown_draws_what_has_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "--output-format", "markdown"]) == 1
    out = capsys.readouterr().out
    assert out.count("```mermaid\n") == out.count("<details>") == 1
    assert "<summary>flows/bad.asl.json</summary>" in out and "ASL201" in out.partition("```mermaid")[2]


def test_gitlab_paths_start_from_the_project(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(here / "flows")
    monkeypatch.setenv("CI_PROJECT_DIR", str(here))
    main(["bad.asl.json", "--output-format", "gitlab"])
    assert {each["location"]["path"] for each in json.loads(capsys.readouterr().out)} == {"flows/bad.asl.json"}


# -- completions


@pytest.mark.parametrize("shell", SHELLS)
def test_completions_know_commands_options_values_and_rules(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completions", shell]) == 0
    out = capsys.readouterr().out
    for word in (*COMMANDS, "show-settings", "checkstyle", "missing-transition-target", "unsafe-fixes"):
        assert word in out, word


def test_completions_in_bash(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash")
    main(["completions", "bash"])
    (here / "complete.bash").write_text(capsys.readouterr().out)
    script = """
    source complete.bash
    try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _shtab_asllint; echo "${COMPREPLY[*]}"; }
    try asllint gr
    try asllint check --show-s
    try asllint check --output-format ch
    try asllint rule missing-tr
    try asllint schema c
    """
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.stdout.split("\n")[:5] == [
        "graph",
        "--show-settings",
        "checkstyle",
        "missing-transition-target",
        "config",
    ]


def test_completions_in_fish(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("no fish")
    main(["completions", "fish"])
    (here / "asllint.fish").write_text(capsys.readouterr().out)
    tried = ("gr", "check --show-s", "check --output-format ch", "rule missing-tr", "schema c")
    script = "source asllint.fish\n" + "".join(f"complete -C'asllint {words}'\n" for words in tried)
    env = dict(os.environ) | {"HOME": str(here), "TERM": "dumb"}
    done = subprocess.run([fish, "--no-config", "-c", script], capture_output=True, text=True, check=False, env=env)
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == [
        "graph",
        "--show-settings",
        "checkstyle",
        "missing-transition-target",
        "config",
    ], done.stderr


def test_completions_in_zsh_are_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("no zsh")
    main(["completions", "zsh"])
    (here / "_asllint").write_text(capsys.readouterr().out)
    script = "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; print $_comps[asllint]; autoload +X _asllint"
    done = subprocess.run([zsh, "-f", "-c", script], capture_output=True, text=True, check=False, cwd=here)
    assert (done.returncode, done.stdout, done.stderr) == (0, "_asllint\n", "")


def test_completions_of_another_shell(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["completions", "cmd"])
    assert stopped.value.code == 2
    assert "bash" in capsys.readouterr().err
