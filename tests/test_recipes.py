"""The recipes of README.md for editors and CI, run as they are written; what reads the output is the editor's own where it is here.

Commands run in a folder like a reader's, with `asllint` on the path, and with stand-ins for `pip` and `reviewdog`, which write down
what they were called with.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# what stands before a finding on its line is not ASCII: a byte, a character and a UTF-16 unit are not the same there
BAD = '{"Comment": "ü😀", "StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "öö", "Next": "Ghöst"}, "B": {"Type": "Succeed"}}}\n'
LETTER = '{"StartAt": "A", "States": {"A": {"Type": "pass", "End": true}}}\n'
MEND = LETTER.replace("pass", "Pass")
OTHER = '{"name": "a package"}\n'


def section(title: str) -> str:
    return re.split(r"^## ", TEXT.split(f"\n## {title}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def blocks(language: str, title: str) -> list[str]:
    return [body for found, body in FENCE.findall(section(title)) if found == language]


def one(language: str, title: str, word: str) -> str:
    (body,) = (body for body in blocks(language, title) if word in body)
    return body


class Place:
    """A reader's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.bin = folder / "bin"
        self.log = folder / "log"
        for path in (self.folder / "machines", self.bin):
            path.mkdir(parents=True)
        for name in ("a.asl.json", "machines/a.asl.json"):
            (self.folder / name).write_text(BAD, encoding="utf-8")
        self.program("asllint", f'exec {shlex.quote(sys.executable)} -m asllint "$@"')
        self.program("pip", f'echo pip "$@" >>{shlex.quote(str(self.log))}')
        self.program("reviewdog", f'{{ echo reviewdog "$@"; cat; }} >>{shlex.quote(str(self.log))}')
        self.env = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "COLUMNS")}
        self.env |= {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            "ASLLINT_CACHE_DIR": str(folder / "cache"),
            "HOME": str(folder),
        }

    def program(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def checkout(self) -> None:
        """Put what is here in place of a checkout of asllint, where the recipes have it: its own examples are not the reader's."""
        shutil.copytree(self.folder / "machines", self.folder / "asllint" / "machines")

    def run(self, command: list[str], text: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.env | env,
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def shell(self, script: str, text: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run as GitHub's `shell: bash` does."""
        return self.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], text, **env)

    def words(self, words: list[str], name: str, text: str) -> subprocess.CompletedProcess[str]:
        """Run what an editor does, with its word for the name of the file filled in."""
        assert words[0] == "asllint"
        return self.run([re.sub(r"\$\{?(FILENAME|INPUT|file)\}?", name, word) for word in words], text)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    if os.name == "nt" or shutil.which("bash") is None:
        pytest.skip("the stand-ins are shell scripts")
    return Place(tmp_path)


def strings(lua: str) -> list[str]:
    """Return the strings of a table in Lua, or a list in Lisp."""
    return re.findall(r'"([^"]*)"', lua)


# -- shells


def shell_blocks() -> list[list[str]]:
    """Return the commands of each block, without what they are said to do."""
    marked = re.findall(r"<!-- \.ci/run: \w+ -->\n```sh\n(.*)\n```", TEXT)  # .ci/run runs these
    bodies = [body for language, body in FENCE.findall(TEXT) if language == "sh" and body.strip() not in marked]
    return [[line.partition("  # ")[0].strip() for line in body.splitlines() if line.strip()] for body in bodies]


@pytest.mark.parametrize("lines", shell_blocks(), ids=lambda lines: str(lines[0]))
def test_the_commands_of_a_block_run_one_after_the_other(place: Place, lines: list[str]) -> None:
    if any(line.startswith("git ") for line in lines):
        assert place.run(["git", "init", "--quiet"]).returncode == 0
    for line in lines:
        done = place.shell(line)
        assert done.returncode in (0, 1), line + done.stderr
        assert "Traceback" not in done.stderr


def test_shell_commands_of_the_recipes_are_among_them() -> None:
    lines = [line for block in shell_blocks() for line in block]
    assert any("| reviewdog" in line for line in lines)
    assert any("--stdin-filename" in line for line in lines)


# -- CI


def test_the_workflow_on_github(place: Place) -> None:
    workflow = yaml.safe_load(one("yaml", "In CI", "upload-sarif"))
    steps = workflow["jobs"]["asllint"]["steps"]
    install, lint = (step["run"] for step in steps if "run" in step)
    assert place.shell(install).returncode == 0
    assert place.log.read_text().startswith("pip install ./asllint")
    place.checkout()
    done = place.shell(lint)
    assert done.returncode == 1
    assert {line.split("file=")[1].split(",")[0] for line in done.stdout.splitlines()} == {"machines/a.asl.json"}
    (upload,) = (step for step in steps if "upload-sarif" in step.get("uses", ""))
    assert upload["if"] == "always()"
    sarif = json.loads((place.folder / upload["with"]["sarif_file"]).read_text(encoding="utf-8"))
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} >= {"ASL201"}
    assert workflow["jobs"]["asllint"]["permissions"] == {"contents": "read", "security-events": "write"}


def test_the_pipeline_on_gitlab(place: Place) -> None:
    job = yaml.safe_load(one("yaml", "In CI", "codequality"))["asllint"]
    *before, lint = job["script"]
    for command in before:
        assert place.shell(command).returncode == 0
    place.checkout()
    assert place.shell(lint).returncode == 1
    reports = job["artifacts"]["reports"]
    rows = json.loads((place.folder / reports["codequality"]).read_text(encoding="utf-8"))
    assert {row["check_name"] for row in rows} >= {"ASL201"}
    assert {row["location"]["path"] for row in rows} == {"machines/a.asl.json"}
    assert (place.folder / reports["junit"]).read_text(encoding="utf-8").startswith("<?xml")
    assert job["artifacts"]["when"] == "always"


def test_reviewdog_gets_its_own_format(place: Place) -> None:
    (line,) = (line for block in shell_blocks() for line in block if "reviewdog" in line)
    assert place.shell(line).returncode == 0
    called, _, given = place.log.read_text(encoding="utf-8").partition("\n")
    assert called.split()[:2] == ["reviewdog", "-f=rdjson"]
    assert {each["location"]["path"] for each in json.loads(given)["diagnostics"]} == {
        "a.asl.json",
        "machines/a.asl.json",
    }


# -- the action


ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def step(name: str) -> dict[str, Any]:
    (found,) = (step for step in ACTION["runs"]["steps"] if step.get("name") == name)
    assert found["shell"] == "bash"
    assert "${{" not in found["run"], "an input inside a script is run as a part of it"
    return dict(found)


def environment(name: str, given: dict[str, str], python: str = sys.executable) -> dict[str, str]:
    """Return what the runner sets for a step with these inputs."""
    inputs = {key: given.get(key, declared["default"]) for key, declared in ACTION["inputs"].items()}
    assert given.keys() <= inputs.keys()
    values = {f"${{{{ inputs.{key} }}}}": value for key, value in inputs.items()}
    values["${{ steps.python.outputs.python-path }}"] = python
    return {key: values[value] for key, value in step(name)["env"].items()}


def lint(place: Place, **given: str) -> subprocess.CompletedProcess[str]:
    """Run the step that lints, with asllint where the step before it installs it."""
    binaries = place.folder.parent / "temp" / "asllint" / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    shutil.copy(place.bin / "asllint", binaries)
    given = {key.replace("_", "-"): value for key, value in given.items()}
    return place.shell(step("Lint")["run"], RUNNER_TEMP=str(binaries.parent.parent), **environment("Lint", given))


def test_the_action_lints_what_it_is_given(place: Place) -> None:
    done = lint(place)
    assert done.returncode == 1, done.stderr
    assert {line.split("file=")[1].split(",")[0] for line in done.stdout.splitlines()} == {
        "a.asl.json",
        "machines/a.asl.json",
    }
    (place.folder / "odd name").mkdir()
    (place.folder / "odd name" / "$(touch x); b.asl.json").write_text(BAD, encoding="utf-8")
    done = lint(place, paths="machines\r\nodd name\n", args="--select\nASL201\n\n--exit-zero", sarif_file="out.sarif")
    assert done.returncode == 0, done.stderr
    assert [line.split("file=")[1].split(",line")[0] for line in done.stdout.splitlines()] == [
        "machines/a.asl.json",
        "odd name/$(touch x); b.asl.json",
    ]
    assert not (place.folder / "x").exists()
    assert len(json.loads((place.folder / "out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]) == 2


def test_the_action_fails_from_the_severity_on_that_is_said(place: Place) -> None:
    (place.folder / "a.asl.json").unlink()
    (place.folder / "machines" / "a.asl.json").write_text(
        BAD.replace('"Next": "Ghöst"', '"Next": "B"'), encoding="utf-8"
    )
    assert lint(place, fail_on="error").returncode == 0
    (place.folder / "a.asl.json").write_text(BAD, encoding="utf-8")
    assert lint(place, fail_on="error").returncode == 1
    assert lint(place, paths="not-there").returncode == 2


def test_the_action_in_readme_has_inputs_that_there_are(place: Place) -> None:
    ((used,),) = [yaml.safe_load(one("yaml", "In CI", "with:\n    paths"))]
    assert used["with"].keys() <= ACTION["inputs"].keys()
    assert lint(place, **{key.replace("-", "_"): value for key, value in used["with"].items()}).returncode == 1
    assert (place.folder / "asllint.xml").exists()
    assert (place.folder / used["with"]["sarif-file"]).exists()
    for declared in ACTION["inputs"].values():
        assert declared["description"]
    assert ACTION["runs"]["using"] == "composite"


def test_the_action_installs_what_it_is_part_of_or_a_version(place: Place) -> None:
    # in place of Python, one that makes an environment in which a stand-in says what it is asked for
    log = shlex.quote(str(place.log))
    inner = f'#!/bin/sh\necho "$@" >>{log}\n'
    place.program(
        "fake", f'mkdir -p "$3/bin"; printf %s {shlex.quote(inner)} >"$3/bin/python"; chmod +x "$3/bin/python"'
    )
    for given, what in (({}, "/the action"), ({"version": "0.1.0"}, "asllint==0.1.0")):
        place.log.unlink(missing_ok=True)
        env = environment("Install asllint", given, python=str(place.bin / "fake"))
        temp = str(place.folder.parent / "temp")
        done = place.shell(step("Install asllint")["run"], RUNNER_TEMP=temp, GITHUB_ACTION_PATH="/the action", **env)
        assert done.returncode == 0, done.stderr
        assert place.log.read_text() == f"-m pip install --quiet --disable-pip-version-check {what}\n"


# -- editors


def expected() -> list[dict[str, Any]]:
    """Return code, severity, and where it is, in several units, of what is found in BAD."""
    line = BAD.rstrip("\n")
    out = []
    for code, word in (("ASL201", '"Ghöst"'), ("ASL202", '"B"')):
        at = line.index(word)
        before = line[:at]
        out.append({
            "code": code, "word": word, "characters": at, "bytes": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2,
        })  # fmt: skip
    return out


def test_nothing_is_said_of_files_that_are_no_state_machine(place: Place) -> None:
    for output_format in ("rdjson", "concise", "checkstyle", "json"):
        done = place.run(
            ["asllint", "check", "-", "--output-format", output_format, "--stdin-filename", "package.json"], OTHER
        )
        assert done.returncode == 0
        assert "ASL" not in done.stdout
    fixed = place.run(["asllint", "check", "-", "--fix", "--quiet", "--stdin-filename", "package.json"], OTHER)
    assert (fixed.returncode, fixed.stdout) == (0, OTHER)


def editor_commands() -> dict[str, list[str]]:
    """Return the command of each recipe that reads standard input."""
    nvim = one("lua", "In an editor", 'require("lint")')
    null = one("lua", "In an editor", "null-ls")
    emacs = one("elisp", "In an editor", "flycheck")
    efm = yaml.safe_load(one("yaml", "In an editor", "lint-command"))["tools"]["asllint"]
    sublime = one("python", "In an editor", "SublimeLinter")
    command = re.search(r":command \((.*?)\(eval", emacs, re.DOTALL)
    args = re.search(r"args = \{(.*?)function", nvim, re.DOTALL)
    assert command
    assert args
    return {
        "nvim-lint": ["asllint", *strings(args[1]), "$FILENAME"],
        "none-ls": ["asllint", *strings(re.findall(r"args = \{(.*?)\}", null)[0])],
        "flycheck": [*strings(command[1]), "$FILENAME"],
        "efm": shlex.split(efm["lint-command"]),
        "sublime": shlex.split(re.findall(r'cmd = "(.*)"', sublime)[0]),
    }


@pytest.mark.parametrize("name", sorted(editor_commands()))
def test_an_editor_gets_the_findings_of_what_it_shows(place: Place, name: str) -> None:
    path = str(place.folder / "a.asl.json")
    done = place.words(editor_commands()[name], path, BAD)
    assert done.returncode == (0 if name == "nvim-lint" else 1), done.stderr
    assert done.stderr == ""
    columns = [at["characters"] + 1 for at in expected()]
    if name in ("nvim-lint", "none-ls"):
        found = json.loads(done.stdout)["diagnostics"]
        assert [each["code"]["value"] for each in found] == ["ASL201", "ASL202"]
        for each, at in zip(found, expected(), strict=True):
            start, end = each["location"]["range"]["start"], each["location"]["range"]["end"]
            assert BAD.encode()[start["column"] - 1 : end["column"] - 1].decode() == at["word"]
            assert each["severity"] == "ERROR"
    elif name == "flycheck":
        from xml.etree import ElementTree

        rows = list(ElementTree.fromstring(done.stdout).iter("error"))
        assert [(row.get("source"), int(row.get("column") or 0)) for row in rows] == [
            ("asllint.ASL201", columns[0]),
            ("asllint.ASL202", columns[1]),
        ]
    else:
        pattern = PATTERNS[name]()
        matches = [re.search(pattern, line) for line in done.stdout.splitlines()]
        assert [match and (int(match["line"]), int(match["col"])) for match in matches] == [
            (1, column) for column in columns
        ]
    assert place.words(editor_commands()[name], path, MEND).returncode == 0


@pytest.mark.parametrize("name", sorted(editor_commands()))
def test_an_editor_hears_of_a_broken_configuration_and_not_of_other_files(place: Place, name: str) -> None:
    # where findings and failures are told apart by the status alone, findings are status 0; where the status is not
    # looked at, by standard error, on which nothing else may stand
    path = str(place.folder / "package.json")
    done = place.words(editor_commands()[name], path, OTHER)
    assert done.returncode == 0
    assert "ASL" not in done.stdout
    if name in ("efm", "sublime"):
        assert (done.stdout, done.stderr) == ("", "")
    (place.folder / "asllint.toml").write_text("nonsense = 1\n", encoding="utf-8")
    done = place.words(editor_commands()[name], path, OTHER)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nonsense" in done.stderr
    assert "ignore_exitcode" not in one("lua", "In an editor", 'require("lint")')
    assert "error_stream" not in one("python", "In an editor", "SublimeLinter")


def errorformat(text: str) -> str:
    """Return Vim's errorformat as a regular expression."""
    parts = {
        "%f": "(?P<file>.+?)", "%l": r"(?P<line>\d+)", "%c": r"(?P<col>\d+)", "%t": "(?P<type>.)", "%m": "(?P<message>.+)",
        "%*[A-Z0-9]": "[A-Z0-9]+", "%*[a-z]": "[a-z]+",
    }  # fmt: skip
    pieces = re.split(r"(%\*\[[^]]*\]|%[a-z])", text)
    return "^" + "".join(parts[piece] if piece.startswith("%") else re.escape(piece) for piece in pieces) + "$"


def efm_pattern() -> str:
    (form,) = yaml.safe_load(one("yaml", "In an editor", "lint-command"))["tools"]["asllint"]["lint-formats"]
    return errorformat(form)


def sublime_pattern() -> str:
    body = one("python", "In an editor", "SublimeLinter")
    return "".join(re.findall(r'^ +r"(.*)"$', body, re.MULTILINE))


PATTERNS = {"efm": efm_pattern, "sublime": sublime_pattern}
LINES = [
    ("a b/x.asl.json:1:18: ASL205 error No state: ends `x: y`.", ("1", "18"), "e", "error", "No state: ends `x: y`."),
    ("C:\\a\\x.asl.json:22:5: ACME001 warning Said.", ("22", "5"), "w", "warning", "Said."),
    ("x.asl.yaml:3:1: ASL901 note Said.", ("3", "1"), "n", "note", "Said."),
]


@pytest.mark.parametrize(("line", "at", "letter", "severity", "message"), LINES)
def test_patterns_take_a_line_of_each_severity(
    line: str, at: tuple[str, str], letter: str, severity: str, message: str
) -> None:
    found = re.search(efm_pattern(), line)
    assert found
    assert (found["line"], found["col"], found["type"], found["message"]) == (*at, letter, message)
    found = re.search(sublime_pattern(), line)
    assert found
    assert (found["line"], found["col"], found["message"]) == (*at, message)
    assert (found["error"], found["warning"]) == ((severity, None) if severity == "error" else (None, severity))
    matcher = tasks()["tasks"][0]["problemMatcher"]["pattern"]
    match = re.search(matcher["regexp"], line)
    assert match
    assert [match[matcher[key]] for key in ("line", "column", "severity", "message")] == [*at, severity, message]
    assert match[matcher["file"]] == line.split(f":{at[0]}:")[0]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('"Ghöst", "B": 1', '"Ghöst"'), (r'"Gh\"\\", "B": 1', r'"Gh\"\\"'), ("'Ghöst: 1', B", "'Ghöst: 1'"),
        ("Ghöst # a", "Ghöst"), ("{}", None), ('"cut off', None),
    ],
)  # fmt: skip
def test_sublime_underlines_the_whole_value(text: str, word: str | None) -> None:
    (pattern,) = re.findall(r'word_re = r"""(.*)"""', one("python", "In an editor", "SublimeLinter"))
    found = re.search(pattern, text)
    assert (found and found[0]) == word


def tasks() -> dict[str, Any]:
    found = json.loads(one("jsonc", "In an editor", "problemMatcher"))
    assert isinstance(found, dict)
    return found


def test_the_task_of_vs_code(place: Place) -> None:
    (task,) = tasks()["tasks"]
    done = place.run([task["command"], *task["args"]])
    assert (done.returncode, done.stderr) == (1, "")
    matcher = task["problemMatcher"]["pattern"]
    rows = [re.search(matcher["regexp"], line) for line in done.stdout.splitlines()]
    assert [row and row[matcher["file"]] for row in rows] == ["a.asl.json"] * 2 + ["machines/a.asl.json"] * 2


@pytest.mark.parametrize("name", ["conform", "efm"])
def test_what_fixes_on_saving(place: Place, name: str) -> None:
    if name == "conform":
        words = ["asllint", *strings(re.findall(r"args = \{(.*?)\}", one("lua", "In an editor", "conform"))[0])]
    else:
        words = shlex.split(
            yaml.safe_load(one("yaml", "In an editor", "lint-command"))["tools"]["asllint"]["format-command"]
        )
    path = str(place.folder / "a.asl.json")
    done = place.words(words, path, LETTER)
    assert (done.returncode, done.stdout) == (0, MEND)
    # what cannot be mended stays as it is, and the editor is not told of a failure
    done = place.words(words, path, BAD)
    assert (done.returncode, done.stdout) == (0, BAD)


def test_helix_is_told_of_the_server() -> None:
    languages = tomllib.loads(one("toml", "In an editor", "efm"))
    assert languages["language-server"]["efm"]["command"] == "efm-langserver"
    known = yaml.safe_load(one("yaml", "In an editor", "lint-command"))["languages"]
    assert {each["name"] for each in languages["language"]} == set(known)
    assert all("efm" in each["language-servers"] for each in languages["language"])


def test_lisp_is_balanced() -> None:
    body = re.sub(r'"(\\.|[^"\\])*"', '""', one("elisp", "In an editor", "flycheck"))
    depth = 0
    for character in body:
        depth += (character == "(") - (character == ")")
        assert depth >= 0
    assert depth == 0


# -- the editors themselves, where they are installed


VIM = shutil.which("vim")
NEOVIM = os.environ.get("ASLLINT_NVIM") or shutil.which("nvim")
EMACS = os.environ.get("ASLLINT_EMACS") or shutil.which("emacs")


@pytest.mark.skipif(VIM is None, reason="no vim")
def test_vim_reads_the_error_format(place: Place) -> None:
    (form,) = yaml.safe_load(one("yaml", "In an editor", "lint-command"))["tools"]["asllint"]["lint-formats"]
    (place.folder / "said.txt").write_text("".join(f"{line}\n" for line, *_ in LINES))
    echo = "for e in getqflist() | echo e.valid e.lnum e.col e.type e.text | endfor"
    script = ["set efm=" + form.replace(" ", "\\ "), "cgetfile said.txt", "redir! > read.txt", echo, "redir END", "qa!"]
    place.run([str(VIM), "-Nu", "NONE", "-es", *(word for command in script for word in ("-c", command))])
    read = (place.folder / "read.txt").read_text().split("\n")
    assert [line for line in read if line] == [
        f"1 {at[0]} {at[1]} {letter} {message}" for _, at, letter, _, message in LINES
    ]


NEOVIM_TEST = """
local null = { methods = { DIAGNOSTICS = "diagnostics" }, register = function(source) registered = source end }
package.loaded["null-ls"] = null
package.loaded["null-ls.helpers"] = { generator_factory = function(options) return options end }
package.loaded["conform"] = { setup = function(options) conform = options end }
package.loaded["lint"] = { linters = {}, linters_by_ft = {} }
for _, file in ipairs({ "0.lua", "1.lua", "2.lua", "3.lua" }) do dofile(file) end
vim.cmd("edit a.asl.json")
local linter = package.loaded.lint.linters.asllint
local command = { linter.cmd }
for _, each in ipairs(linter.args) do table.insert(command, type(each) == "function" and each() or each) end
local output = vim.fn.system(command, vim.api.nvim_buf_get_lines(0, 0, -1, false))
local said = { found = linter.parser(output), nothing = #linter.parser(""), words = {}, path = command[#command] }
vim.diagnostic.set(vim.api.nvim_create_namespace("asllint"), 0, said.found)
for _, d in ipairs(vim.diagnostic.get(0)) do
  local line = vim.api.nvim_buf_get_lines(0, d.lnum, d.lnum + 1, false)[1]
  table.insert(said.words, line:sub(d.col + 1, d.end_col))
end
said.null = registered.generator.on_output({ output = vim.json.decode(output) })
said.conform = conform.formatters.asllint.command
local file = io.open("said.json", "w")
file:write(vim.json.encode(said))
file:close()
"""


@pytest.mark.skipif(NEOVIM is None, reason="no Neovim")
def test_neovim_runs_the_recipes(place: Place) -> None:
    for i, body in enumerate(blocks("lua", "In an editor")):
        (place.folder / f"{i}.lua").write_text(body, encoding="utf-8")
    (place.folder / "test.lua").write_text(NEOVIM_TEST)
    done = place.run([str(NEOVIM), "--headless", "-u", "NONE", "-i", "NONE", "-c", "luafile test.lua", "-c", "qa!"])
    assert (place.folder / "said.json").exists(), done.stderr
    said = json.loads((place.folder / "said.json").read_text(encoding="utf-8"))
    assert said["words"] == [at["word"] for at in expected()]
    assert [(each["code"], each["severity"], each["lnum"], each["col"]) for each in said["found"]] == [
        (at["code"], 1, 0, at["bytes"]) for at in expected()
    ]
    assert [(each["row"], each["col"], each["end_col"] - each["col"]) for each in said["null"]] == [
        (1, at["bytes"] + 1, len(at["word"].encode())) for at in expected()
    ]
    assert (said["nothing"], said["conform"]) == (0, "asllint")
    assert said["path"] == str(place.folder / "a.asl.json")


PLUGINS = os.environ.get("ASLLINT_NVIM_PLUGINS")
PLUGINS_TEST = """
for name in vim.fs.dir(vim.env.ASLLINT_NVIM_PLUGINS) do
  vim.opt.rtp:prepend(vim.fs.joinpath(vim.env.ASLLINT_NVIM_PLUGINS, name))
end
vim.cmd("filetype on")
dofile("filetype.lua")
local told = {}
vim.notify = function(message) table.insert(told, message) end
vim.notify_once = vim.notify
local function file(name, mode, text)
  local handle = assert(io.open(name, mode))
  local out = text and handle:write(text) or handle:read("*a")
  handle:close()
  return out
end
local said = { found = {} }
dofile("lint.lua")
local lint = require("lint")
local function words(name, text)
  vim.cmd("edit! " .. name)
  if text then vim.api.nvim_buf_set_lines(0, 0, -1, false, { text }) end
  lint.try_lint()
  vim.wait(20000, function() return #lint.get_running(0) == 0 end, 20)
  vim.wait(300)
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, table.concat(vim.api.nvim_buf_get_text(0, d.lnum, d.col, d.end_lnum, d.end_col, {}), "\\n"))
  end
  return found
end
local bad = file("a.asl.json", "r")
file("crlf.asl.json", "wb", (bad:gsub("\\n", "\\r\\n")))
file("mark.asl.json", "wb", "\\239\\187\\191" .. bad)
file("a.asl", "w", bad)
file("package.json", "w", '{"name": "a package"}\\n')
for _, name in ipairs({ "a.asl.json", "crlf.asl.json", "mark.asl.json", "a.asl", "package.json" }) do
  said.found[name] = words(name)
end
said.found.unsaved = words("package.json", bad:gsub("\\n", ""))
said.quiet = #told
file("asllint.toml", "w", "nonsense = 1\\n")
words("a.asl.json")
os.remove("asllint.toml")
said.told = table.concat(told, "\\n")
dofile("conform.lua")
local function saved(name, text)
  file(name, "wb", text)
  vim.cmd("edit! " .. name)
  vim.cmd("write")
  return file(name, "rb")
end
local letter = file("letter.txt", "r")
said.mended = saved("b.asl.json", letter)
said.crlf = saved("c.asl.json", (letter:gsub("\\n", "\\r\\n")))
said.bad = saved("d.asl.json", bad)
file("said.json", "w", vim.json.encode(said))
"""


@pytest.mark.skipif(NEOVIM is None or PLUGINS is None, reason="no Neovim with its plugins")
def test_the_plugins_of_neovim_run_the_recipes(place: Place) -> None:
    for name, word in (("filetype", "filetype.add"), ("lint", 'require("lint")'), ("conform", 'require("conform")')):
        (place.folder / f"{name}.lua").write_text(one("lua", "In an editor", word), encoding="utf-8")
    (place.folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    (place.folder / "test.lua").write_text(PLUGINS_TEST, encoding="utf-8")
    done = place.run([str(NEOVIM), "--headless", "-u", "NONE", "-i", "NONE", "-c", "luafile test.lua", "-c", "qa!"])
    assert (place.folder / "said.json").exists(), done.stderr
    said = json.loads((place.folder / "said.json").read_text(encoding="utf-8"))
    words = [at["word"] for at in expected()]
    assert {name: found or [] for name, found in said["found"].items()} == {
        "a.asl.json": words, "crlf.asl.json": words, "mark.asl.json": words, "a.asl": words, "package.json": [], "unsaved": words,
    }  # fmt: skip
    assert said["quiet"] == 0
    assert "exited with code: 2" in said["told"]
    assert (said["mended"], said["crlf"], said["bad"]) == (MEND, MEND.replace("\n", "\r\n"), BAD)


EMACS_TEST = """
(load (expand-file-name "recipe.el"))
(unless (fboundp 'js-json-mode) (define-derived-mode js-json-mode js-mode "JSON"))
(find-file "a.asl.json")
(js-json-mode)
(setq flycheck-checker 'asllint)
(flycheck-mode 1)
(flycheck-buffer)
(let ((n 0))
  (while (and (< n 300) (flycheck-running-p)) (accept-process-output nil 0.1) (setq n (1+ n))))
(princ (format "%s\\n" flycheck-last-status-change))
(dolist (each flycheck-current-errors)
  (princ (format "%s %s:%s %s\\n" (flycheck-error-level each) (flycheck-error-line each) (flycheck-error-column each)
                 (flycheck-error-id each))))
"""


@pytest.mark.skipif(EMACS is None, reason="no Emacs")
def test_flycheck_runs_the_recipe(place: Place) -> None:
    command = [*shlex.split(str(EMACS)), "--batch", "--eval", "(package-initialize)"]
    if place.run([*command, "--eval", "(require 'flycheck)"]).returncode:
        pytest.skip("no flycheck")
    (place.folder / "recipe.el").write_text(one("elisp", "In an editor", "flycheck"))
    (place.folder / "test.el").write_text(EMACS_TEST)
    done = place.run([*command, "-l", "test.el"])
    assert done.stdout.splitlines() == [
        "finished",
        *(f"error 1:{at['characters'] + 1} asllint.{at['code']}" for at in expected()),
    ], done.stderr


class Server:
    """A language server, spoken to as an editor does."""

    def __init__(self, place: Place, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, cwd=place.folder, env=place.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )  # fmt: skip

    def send(self, method: str, params: dict[str, Any], number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
        data = json.dumps(message).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.process.stdin.flush()

    def until(self, key: str, value: Any) -> dict[str, Any]:
        """Return the next message that has this."""
        assert self.process.stdout
        while True:
            length = 0
            while (line := self.process.stdout.readline()) != b"\r\n":
                assert line, "the server ended"
                name, _, said = line.partition(b":")
                length = int(said) if name.lower() == b"content-length" else length
            message = json.loads(self.process.stdout.read(length))
            if message.get(key) == value:
                return dict(message)


EFM = os.environ.get("ASLLINT_EFM") or shutil.which("efm-langserver")


@pytest.mark.skipif(EFM is None, reason="no efm-langserver")
def test_efm_langserver_runs_the_recipe(place: Place) -> None:
    config = place.folder.parent / "config.yaml"
    config.write_text(one("yaml", "In an editor", "lint-command"), encoding="utf-8")
    server = Server(place, [str(EFM), "-c", str(config)])
    kill = threading.Timer(60, server.process.kill)  # it says nothing where it understands nothing
    kill.start()
    try:
        root, uri = place.folder.as_uri(), (place.folder / "a.asl.json").as_uri()
        server.send("initialize", {"rootUri": root, "capabilities": {}}, 1)
        assert server.until("id", 1)["result"]["capabilities"]["documentFormattingProvider"]
        server.send("initialized", {})
        opened = {"uri": uri, "languageId": "json", "version": 1, "text": BAD}
        server.send("textDocument/didOpen", {"textDocument": opened})
        said = server.until("method", "textDocument/publishDiagnostics")["params"]
        assert said["uri"] == uri
        assert [(each["severity"], each["range"]["start"]["line"]) for each in said["diagnostics"]] == [(1, 0)] * 2
        assert ["`Ghöst`" in each["message"] for each in said["diagnostics"]] == [True, False]
        changed = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": LETTER}]}
        server.send("textDocument/didChange", changed)
        how = {"tabSize": 2, "insertSpaces": True}
        server.send("textDocument/formatting", {"textDocument": {"uri": uri}, "options": how}, 2)
        edits = server.until("id", 2)["result"]
        assert any("Pass" in each["newText"] for each in edits)
    finally:
        kill.cancel()
        server.process.kill()
        server.process.communicate()


# -- rules of one's own


def test_the_rule_and_the_configuration_of_ones_own(place: Place) -> None:
    from asllint.testing import check_rule, rules_in

    configuration = one("toml", "Rules of your own", "rule-paths")
    (folder,) = tomllib.loads(configuration)["rule-paths"]
    path = place.folder / folder / "long_state_name.py"
    path.parent.mkdir(parents=True)
    path.write_text(one("python", "Rules of your own", "class"), encoding="utf-8")
    (rule,) = rules_in(str(path.parent))
    check_rule(rule)
    (place.folder / "asllint.toml").write_text(re.sub("(?m)^plugins.*\n", "", configuration))
    (place.folder / "a.asl.json").write_text(BAD.replace('"B"', json.dumps("B" * 41)), encoding="utf-8")
    done = place.run(["asllint", "check", "--output-format", "concise", "--select", "local"])
    assert "ACME002 warning" in done.stdout
