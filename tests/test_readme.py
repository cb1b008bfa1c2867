"""README.md is true: the outputs that it shows are made anew and compared, its configuration is read, its commands exist.

    python tests/test_readme.py

writes the outputs of the shown commands into README.md.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str, section: str | None = None) -> list[str]:
    """Return what stands in the fenced blocks of a language, of one section where one is named."""
    text = TEXT if section is None else re.split(r"^## ", TEXT.split(f"\n## {section}\n")[1], maxsplit=1, flags=re.M)[0]
    return [body for found, body in FENCE.findall(text) if found == language]


def shown(body: str) -> list[tuple[str, str]]:
    """Return each command of a console block, with the output under it."""
    parts = re.split(r"^\$ (.*)\n", body, flags=re.MULTILINE)
    assert parts[0] == "", "a console block begins with a command"
    return [(command, output.rstrip("\n")) for command, output in zip(parts[1::2], parts[2::2], strict=True)]


def run(command: str) -> str:
    """Return what a command of asllint prints, run as a reader would from the root of the repository."""
    program, *arguments = shlex.split(command)
    assert program == "asllint", command
    env = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, "-m", "asllint", *arguments],
        cwd=ROOT, env=env | {"PYTHONIOENCODING": "utf-8"}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return (done.stdout + done.stderr).rstrip("\n")


def rewritten() -> str:
    """Return README.md with the outputs as they are."""

    def block(match: re.Match[str]) -> str:
        if match[1] != "console":
            return match[0]
        commands = [f"$ {command}\n{run(command)}\n" for command, _ in shown(match[2])]
        return "```console\n" + "\n".join(commands) + "```"

    return FENCE.sub(block, TEXT)


@pytest.mark.parametrize(("command", "output"), [pair for body in blocks("console") for pair in shown(body)])
def test_a_shown_output_is_what_asllint_prints(command: str, output: str) -> None:
    assert run(command) == output, "python tests/test_readme.py writes the outputs anew"


def test_it_opens_with_a_finding_then_the_two_commands() -> None:
    first, *others = FENCE.findall(TEXT)
    assert first[0] == "console"
    assert "error[ASL" in first[1]
    marked = re.findall(r"<!-- \.ci/run: (\w+) -->\n```sh\n(.*)\n```", TEXT)
    assert [name for name, _ in marked] == ["lint", "test"]
    assert [("sh", command + "\n") for _, command in marked] == others[:2]


def test_the_configuration_has_every_key_and_is_valid(tmp_path: Path) -> None:
    from asllint.registry import builtin
    from asllint.settings import SettingsFinder

    (body,) = blocks("toml", "Configuration")
    schema = json.loads((ROOT / "asllint" / "config-schema.json").read_text(encoding="utf-8"))
    assert set(tomllib.loads(body)) == set(schema["properties"])
    (tmp_path / "asllint.toml").write_text("")
    folder = tmp_path / "project"
    (folder / "express").mkdir(parents=True)
    (folder / "asllint.toml").write_text(body)
    finder = SettingsFinder(None, False, str(folder), use_cache=False)
    finder.registry = builtin()
    assert finder.for_path(str(folder / "a.asl.json")).workflow_type == "standard"
    assert finder.for_path(str(folder / "express" / "a.asl.json")).workflow_type == "express"
    assert finder.own().options("infinite-retry-risk") == {"max-attempts": 20, "max-wait": 7200}


def test_the_suppression_in_json_suppresses() -> None:
    from asllint.engine import lint
    from asllint.registry import builtin
    from asllint.settings import Settings

    (body,) = blocks("json", "Suppression")
    report = lint("x.asl.json", body.encode(), Settings(), builtin())
    assert [(d.name, d.suppressed) for d in report.diagnostics] == [("infinite-retry-risk", "agreed with the partner")]


def test_the_hook_and_the_workflows_are_yaml() -> None:
    (hook,) = (yaml.safe_load(body) for body in blocks("yaml", "In a commit hook"))
    workflow, _, gitlab = (yaml.safe_load(body) for body in blocks("yaml", "In CI"))
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {each["id"] for each in hook["repos"][0]["hooks"]} <= {each["id"] for each in known}
    assert all(f"- id: {each['id']}" in TEXT or f"or {each['id']}," in TEXT for each in known)
    (command,) = (
        step["run"] for step in workflow["jobs"]["asllint"]["steps"] if "asllint check" in step.get("run", "")
    )
    assert shlex.split(command)[0] == "asllint"
    written = dict(re.findall(r"--report (\w+)=(\S+)", gitlab["asllint"]["script"][-1]))
    assert gitlab["asllint"]["artifacts"]["reports"] == {"codequality": written["gitlab"], "junit": written["junit"]}


def test_every_format_is_named() -> None:
    from asllint.report import FORMATS

    rows = re.findall(
        r"^\| (`\w+`(?:, `\w+`)*) \| ", TEXT.partition("| format | for |")[2].partition("\n\n")[0], re.MULTILINE
    )
    assert sorted(word.strip("`") for row in rows for word in row.split(", ")) == sorted(FORMATS)


def test_the_editor_settings_are_json() -> None:
    *_, body = blocks("jsonc", "In an editor")
    assert set(json.loads(body)) == {"json.schemas", "yaml.schemas"}


def test_every_group_and_only_groups_with_rules_are_named() -> None:
    from asllint.registry import builtin

    rows = dict(re.findall(r"^\| `(\w+)` \| ASL(\d)xx \|", TEXT, re.MULTILINE))
    assert rows == {entry.group: entry.code[3] for entry in builtin()}


def test_the_flags_that_are_named_exist() -> None:
    flags = set(re.findall(r"`(--[a-z-]+)", TEXT)) | {
        word for body in blocks("sh") for word in body.split() if word.startswith("--")
    }
    help_text = "".join(run(f"asllint {command} --help") for command in ("check", "rule", "graph", "iam"))
    assert {flag for flag in flags if flag not in help_text} == set()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT))))
def test_a_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_rule_of_contributing_is_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import ModuleType

    from asllint.registry import rule_in
    from asllint.testing import check_rule

    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (body,) = (textwrap.dedent(found) for found in re.findall(r"^ *```python\n(.*?)^ *```$", text, re.M | re.S))
    module = ModuleType("rules.style.wait_of_a_year")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(body, "CONTRIBUTING.md", "exec"), module.__dict__)
    check_rule(rule_in(module.__name__))


if __name__ == "__main__":
    README.write_text(rewritten(), encoding="utf-8")
