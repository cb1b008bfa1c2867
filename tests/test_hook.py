"""The hook for pre-commit, run by pre-commit itself.

It is installed from a clone of the last commit: what is not committed is not tested here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from asllint.files import ASL_NAMES
from asllint.source.text import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent
GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}\n'
BAD = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Gone"}}}\n'
GOOD_YAML = "StartAt: A\nStates: {A: {Type: Succeed}}\n"
BAD_YAML = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: Gone\n"
NETWORK = re.compile(
    r"No matching distribution|Could not find a version|Temporary failure in name|Connection|ProxyError|SSLError"
)


def hook(name: str = "asllint") -> dict[str, object]:
    rows = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (found,) = (row for row in rows if row["id"] == name)
    assert isinstance(found, dict)
    return found


def test_the_hook_that_fixes_differs_in_that_alone() -> None:
    check, fix = hook(), hook("asllint-fix")
    differ = {key for key in {*check, *fix} if check.get(key) != fix.get(key)}
    assert differ == {"id", "name", "description", "entry"}
    assert fix["entry"] == f"{check['entry']} --fix"


@pytest.mark.parametrize(
    "name", [*(f"x{end}{template}" for end in ASL_NAMES for template in ("", *TEMPLATES)), "a/b.asl.yaml", "X.ASL.JSON"]
)
def test_the_pattern_takes(name: str) -> None:
    assert re.search(str(hook()["files"]), name)


@pytest.mark.parametrize(
    "name",
    [
        "x.json",
        "x.yaml",
        "asl.json",
        "x.asl.txt",
        "x.asl.json.bak",
        "xasl",
        "x.json.tpl",
        "x.asl.j2.json",
        "x.asl.tpl.tpl",
    ],
)
def test_the_pattern_leaves(name: str) -> None:
    assert not re.search(str(hook()["files"]), name)


class PreCommit:
    """A repository of a user, and pre-commit with a clone of this one."""

    def __init__(self, folder: Path) -> None:
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        self.env |= {"PRE_COMMIT_HOME": str(folder / "cache"), "NO_COLOR": "1", "PRE_COMMIT_COLOR": "never"}
        self.user = folder / "user"
        self.clone = folder / "clone"
        self.user.mkdir()
        self.git(folder, "clone", "--quiet", str(ROOT), str(self.clone))
        self.git(self.user, "init", "--quiet")

    def git(self, folder: Path, *args: str) -> None:
        done = subprocess.run(["git", *args], cwd=folder, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def run(self, *names: str, hook: str = "asllint") -> tuple[int, str]:
        """Run a hook on these files of the user's repository; return the exit status and the output.

        Each call installs asllint anew: try-repo keeps no environment.
        """
        self.git(self.user, "add", "--all")
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(self.clone), hook, "--files", *names]
        done = subprocess.run(command, cwd=self.user, env=self.env, capture_output=True, text=True, check=False)
        output = done.stdout + done.stderr
        if done.returncode not in (0, 1) and NETWORK.search(output):
            pytest.skip("the hook's environment could not be installed: " + output[-300:])
        return done.returncode, output


@pytest.fixture
def pre_commit(tmp_path: Path) -> PreCommit:
    pytest.importorskip("pre_commit")
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git repository to clone")
    made = PreCommit(tmp_path)
    if not (made.clone / ".pre-commit-hooks.yaml").exists():
        pytest.skip("the last commit has no hook")
    return made


@pytest.mark.slow
def test_what_is_good_or_excluded_or_of_another_kind_passes(pre_commit: PreCommit) -> None:
    files = {
        "good.asl": GOOD,
        "good.asl.yaml": GOOD_YAML,
        "other.json": BAD,
        "generated/excluded.asl.json": BAD,
        "asllint.toml": 'extend-exclude = ["generated"]\n',
    }
    (pre_commit.user / "generated").mkdir()
    for name, text in files.items():
        (pre_commit.user / name).write_text(text)
    status, output = pre_commit.run(*files)
    assert status == 0, output
    assert "Passed" in output


@pytest.mark.slow
def test_planted_defects_are_found(pre_commit: PreCommit) -> None:
    files = {"x.asl": BAD, "x.asl.json": BAD, "x.asl.yaml": BAD_YAML}
    for name, text in files.items():
        (pre_commit.user / name).write_text(text)
    status, output = pre_commit.run(*files)
    assert status == 1, output
    found = re.findall(r"^(\S+?):\d+:\d+: error\[ASL201 missing-transition-target\] .*`Gone`", output, re.MULTILINE)
    assert found == list(files)


@pytest.mark.slow
def test_the_hook_that_fixes_changes_the_file_and_fails_once(pre_commit: PreCommit) -> None:
    file = pre_commit.user / "x.asl.json"
    file.write_text(GOOD.replace("Succeed", "succeed"))
    status, output = pre_commit.run("x.asl.json", hook="asllint-fix")
    assert status == 1, output
    assert "files were modified by this hook" in output
    assert file.read_text() == GOOD
    status, output = pre_commit.run("x.asl.json", hook="asllint-fix")
    assert status == 0, output
