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

ROOT = Path(__file__).resolve().parent.parent
GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}\n'
BAD = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Gone"}}}\n'
BAD_YAML = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: Gone\n"
NETWORK = re.compile(
    r"No matching distribution|Could not find a version|Temporary failure in name|Connection|ProxyError|SSLError"
)


def hook() -> dict[str, object]:
    (only,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize("name", ["x.asl", "x.asl.json", "a/b.asl.yaml", "x.asl.yml", "X.ASL.JSON"])
def test_the_pattern_takes(name: str) -> None:
    assert re.search(str(hook()["files"]), name)


@pytest.mark.parametrize("name", ["x.json", "x.yaml", "asl.json", "x.asl.txt", "x.asl.json.bak", "xasl"])
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

    def run(self, *names: str) -> tuple[int, str]:
        """Run the hook on these files of the user's repository; return the exit status and the output."""
        self.git(self.user, "add", "--all")
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(self.clone), "asllint", "--files", *names]
        done = subprocess.run(command, cwd=self.user, env=self.env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def pre_commit(tmp_path_factory: pytest.TempPathFactory) -> PreCommit:
    pytest.importorskip("pre_commit")
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git repository to clone")
    made = PreCommit(tmp_path_factory.mktemp("hook"))
    if not (made.clone / ".pre-commit-hooks.yaml").exists():
        pytest.skip("the last commit has no hook")
    (made.user / "first.asl.json").write_text(GOOD)
    status, output = made.run("first.asl.json")
    if status and NETWORK.search(output):
        pytest.skip("the hook's environment could not be installed: " + output[-300:])
    assert status == 0, output
    return made


@pytest.mark.slow
def test_good_files_pass(pre_commit: PreCommit) -> None:
    (pre_commit.user / "good.asl").write_text(GOOD)
    (pre_commit.user / "good.asl.yaml").write_text("StartAt: A\nStates: {A: {Type: Succeed}}\n")
    (pre_commit.user / "other.json").write_text(BAD)
    status, output = pre_commit.run("good.asl", "good.asl.yaml", "other.json")
    assert status == 0, output
    assert "Passed" in output


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.asl", "x.asl.json", "x.asl.yaml"])
def test_a_planted_defect_is_found(pre_commit: PreCommit, name: str) -> None:
    (pre_commit.user / name).write_text(BAD_YAML if name.endswith("yaml") else BAD)
    status, output = pre_commit.run(name)
    assert status == 1, output
    assert f"{name}:" in output
    assert "missing-transition-target" in output
    assert "`Gone`" in output


@pytest.mark.slow
def test_a_file_that_the_configuration_excludes_is_left_out(pre_commit: PreCommit) -> None:
    (pre_commit.user / "generated").mkdir()
    (pre_commit.user / "generated" / "x.asl.json").write_text(BAD)
    config = pre_commit.user / "asllint.toml"
    config.write_text('extend-exclude = ["generated"]\n')
    status, output = pre_commit.run("generated/x.asl.json")
    config.unlink()
    assert status == 0, output
