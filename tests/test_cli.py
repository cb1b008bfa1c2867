"""The command line, as a stranger uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from asllint import __version__
from asllint.cli import main

GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
BAD = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Ghost"}}}'
RISKY = (
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", '
    '"Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 5000}], "End": true}}}'
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def run(*argv: str, **how: Any) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).resolve().parent.parent)
    env = {**os.environ, "PYTHONPATH": root, **how.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "asllint", *argv], capture_output=True, text=True, env=env, check=False, **how
    )


def test_nothing_found(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "good.asl.json").write_text(GOOD)
    assert main(["check", "good.asl.json"]) == 0
    assert capsys.readouterr().out == "No findings in 1 file.\n"


def test_check_is_the_default_command(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.asl.json").write_text(BAD)
    assert main(["bad.asl.json", "--output-format", "concise"]) == 1
    first = capsys.readouterr().out
    assert main(["check", "--output-format=concise", "bad.asl.json"]) == 1
    assert capsys.readouterr().out == first
    assert "bad.asl.json:1:59: ASL201" in first


def test_paths_may_stand_between_flags(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.asl.json", "b.asl.json"):
        (here / name).write_text(BAD)
    assert main(["check", "a.asl.json", "--output-format", "json", "b.asl.json", "-q"]) == 1
    assert json.loads(capsys.readouterr().out)["files"] == ["a.asl.json", "b.asl.json"]


def test_exit_status_follows_fail_on(here: Path) -> None:
    (here / "risky.asl.json").write_text(RISKY)
    assert main(["risky.asl.json"]) == 1
    assert main(["risky.asl.json", "--fail-on", "error"]) == 0
    assert main(["risky.asl.json", "--exit-zero"]) == 0
    (here / "asllint.toml").write_text('fail-on = "error"\n')
    assert main(["risky.asl.json"]) == 0
    assert main(["risky.asl.json", "--isolated"]) == 1


def test_a_path_that_is_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.asl.json").write_text(BAD)
    assert main(["gone.asl.json", "bad.asl.json", "--output-format", "concise"]) == 2
    captured = capsys.readouterr()
    assert "gone.asl.json: no such file" in captured.err
    assert "ASL201" in captured.out, "what could be linted is still reported"


def test_a_directory_without_asl_is_a_warning(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "sub").mkdir()
    assert main(["sub"]) == 0
    assert "sub" in capsys.readouterr().err


def test_a_directory_is_searched(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "sub").mkdir()
    (here / "sub" / "x.asl.yaml").write_text("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n")
    (here / "sub" / "plain.json").write_text(BAD)
    (here / "sub" / "other.json").write_text('{"a": 1}')
    assert main(["--output-format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["files"] == ["sub/plain.json", "sub/x.asl.yaml"]


def test_stdin(here: Path) -> None:
    done = run("check", "-", "--output-format", "json", input=BAD, cwd=here)
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["file"] == "<stdin>"
    named = run(
        "check",
        "-",
        "--stdin-filename",
        "x/y.asl.yaml",
        "--output-format",
        "json",
        cwd=here,
        input="StartAt: A\nStates: {}\n",
    )
    assert json.loads(named.stdout)["files"] == ["x/y.asl.yaml"]
    (here / "other.asl.json").write_text(GOOD)
    alone = run("check", "--stdin-filename", "x.json", "--output-format", "json", input=BAD, cwd=here)
    assert json.loads(alone.stdout)["files"] == ["x.json"], "a name for standard input is enough to have it linted"
    (here / "asllint.toml").write_text('exclude = ["x*"]\n')
    kept = run("check", "-", "--stdin-filename", "x.json", input=BAD, cwd=here)
    left = run("check", "-", "--stdin-filename", "x.json", "--force-exclude", input=BAD, cwd=here)
    assert (kept.returncode, left.returncode) == (1, 0)
    empty = run("check", "-", input="", cwd=here)
    assert empty.returncode == 1
    assert "ASL006" in empty.stdout


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["check", "--selct", "ASL201", "x"], "--select"),
        (["check", "--output-format", "yaml", "x"], "invalid choice"),
        (["check", "--report", "sarif", "x"], "FORMAT=FILE"),
        (["check", "--report", "nope=x", "x"], "FORMAT"),
        (["check", "--report", "json=x", "--report", "sarif=./x", "x"], "x can hold one report only"),
        (["check", "-o", "x", "--report", "sarif=x", "x"], "x can hold one report only"),
        (["check", "--select", "unreachable-stat", "."], "unreachable-state"),
        (["check", "--config", "gone.toml", "."], "gone.toml"),
        (["rule"], "--all"),
        (["rule", "unreachable-stat"], "unreachable-state"),
    ],
)
def test_wrong_use_is_exit_2_and_says_what_is_right(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(argv)
    except SystemExit as stop:
        assert stop.code == 2
        status = 2
    assert status == 2
    assert said in capsys.readouterr().err


def test_wrong_configuration_is_exit_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "good.asl.json").write_text(GOOD)
    (here / "asllint.toml").write_text('selct = ["ALL"]\n')
    assert main(["good.asl.json"]) == 2
    assert "select" in capsys.readouterr().err


def test_what_holds_no_machine_is_skipped(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "template.yaml").write_text("Resources:\n  A:\n    Type: AWS::S3::Bucket\n")
    assert main(["template.yaml", "--output-format", "json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["skipped"][0]["file"] == "template.yaml"
    assert "template.yaml: skipped" in captured.err
    assert main(["template.yaml", "--output-format", "json", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["skipped"][0]["file"] == "template.yaml"
    assert captured.err == ""


def test_reports_to_files(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.asl.json").write_text(BAD)
    argv = [
        "bad.asl.json",
        "--output-format",
        "json",
        "-o",
        "out.json",
        "--report",
        "sarif=out.sarif",
        "--report",
        "concise=out.txt",
    ]
    assert main(argv) == 1
    assert capsys.readouterr().out == ""
    assert json.loads((here / "out.json").read_text())["findings"]
    assert json.loads((here / "out.sarif").read_text())["runs"][0]["results"]
    assert "ASL201" in (here / "out.txt").read_text()
    assert main(["bad.asl.json", "-o", "no/such/dir.json"]) == 2


def test_a_rule_that_crashes_is_named(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from asllint.registry import builtin

    rule = next(e for e in builtin() if e.name == "missing-transition-target").load()

    def crash(*_: object) -> None:
        raise ZeroDivisionError("planted")

    hook = next(name for name in vars(rule) if name.startswith("check_"))
    monkeypatch.setattr(rule, hook, crash)
    (here / "bad.asl.json").write_text(BAD.replace('"Next"', '"Nxt": 1, "Next"'))
    assert main(["bad.asl.json", "--output-format", "json", "--exit-zero"]) == 2
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert "missing-transition-target" in next(f["message"] for f in findings if f["code"] == "ASL000")
    assert any(f["code"] == "ASL103" for f in findings), "the other rules go on"


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"asllint {__version__}\n"
    assert main(["--help"]) == 0
    assert "asllint" in capsys.readouterr().out
    assert main([]) == 2


def test_rule_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "ASL201"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("# missing-transition-target (ASL201)")
    assert "## Why it matters" in page
    assert "## What to do" in page
    assert "## Examples" in page
    assert main(["rule", "missing-transition-target"]) == 0
    assert capsys.readouterr().out == page
    assert main(["rule", "--all", "--output-format", "json"]) == 0
    assert any(row["code"] == "ASL201" for row in json.loads(capsys.readouterr().out))


def test_all_pages_are_the_readme_of_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--all", "--output-format", "markdown"]) == 0
    readme = Path(__file__).resolve().parent.parent / "rules" / "README.md"
    assert capsys.readouterr().out == readme.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")
def test_a_closed_pipe_and_ctrl_c_end_quietly(here: Path) -> None:
    states = {f"S{i}": {"Type": "Pass", "Next": "Ghost", "Nxet": 1} for i in range(3000)}
    (here / "big.asl.json").write_text(json.dumps({"StartAt": "S0", "States": states}, indent=1))
    root = str(Path(__file__).resolve().parent.parent)
    env = {**os.environ, "PYTHONPATH": root}
    command = [sys.executable, "-m", "asllint", "check", "big.asl.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    # where the tests run in the background the signal is ignored, and what they start inherits that
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        [*command[:-1], "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=env, preexec_fn=heard
    ) as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(b"{")
        process.stdin.flush()
        import time

        time.sleep(0.7)  # it waits for the rest of its input by then
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_output_that_cannot_be_written_is_exit_2(here: Path) -> None:
    (here / "bad.asl.json").write_text(BAD)
    for argv in (["check", "bad.asl.json"], ["--version"], ["rule", "--all"]):
        with open("/dev/full", "w") as full:
            command = [sys.executable, "-m", "asllint", *argv]
            env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=env, check=False)
        assert done.returncode == 2
        assert done.stderr == "asllint: standard output cannot be written: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell that closes streams")
@pytest.mark.parametrize(
    ("closed", "status", "said"),
    [
        (">&-", 1, ""),
        ("2>&-", 1, ""),
        ("<&-", 2, "asllint: <stdin>: It is closed.\n"),
        (">&- 2>&- <&-", 2, ""),
    ],
)
def test_streams_that_are_closed(here: Path, closed: str, status: int, said: str) -> None:
    (here / "bad.asl.json").write_text(BAD)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    what = "-" if "<" in closed else "bad.asl.json"
    command = ["sh", "-c", f'"$0" -m asllint check {what} {closed}', sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert (done.returncode, done.stderr) == (status, said)


def test_output_that_cannot_encode_the_frame(here: Path) -> None:
    (here / "bad.asl.json").write_text(BAD.replace("Ghost", "Gh\u00f6st \U0001f47b"), encoding="utf-8")
    done = run("check", "bad.asl.json", cwd=here, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 1
    assert done.stderr == ""
    done.stdout.encode("ascii")


def test_colour_is_asked_for_or_of_a_terminal(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "bad.asl.json").write_text(BAD)

    def coloured(*argv: str) -> bool:
        main(["bad.asl.json", *argv])
        return "\x1b[" in capsys.readouterr().out

    assert not coloured()
    assert coloured("--color", "always")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert coloured()
    assert not coloured("--color", "never")
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured()


def test_workflow_type(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", '
        '"Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}}, "TimeoutSeconds": 60, "End": true}}}'
    )
    (here / "x.asl.json").write_text(text)
    assert main(["x.asl.json"]) == 0
    assert main(["x.asl.json", "--workflow-type", "standard"]) == 0
    assert main(["x.asl.json", "--workflow-type", "express"]) == 1
    capsys.readouterr()
    (here / "asllint.toml").write_text('[[overrides]]\nfiles = ["x.*"]\nworkflow-type = "express"\n')
    assert main(["x.asl.json", "--output-format", "concise"]) == 1
    assert "ASL603" in capsys.readouterr().out


def test_a_defect_of_ours_is_said_in_a_line(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("of a test")

    (here / "good.asl.json").write_text(GOOD)
    monkeypatch.setattr("asllint.diagram.command.build", fail)
    assert main(["graph", "good.asl.json"]) == 2
    assert "asllint: internal error: ZeroDivisionError: of a test (test_cli.py:" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["-o", "bad.asl.json"], ["--report", "json=link"], ["-o", "hard"]])
def test_a_report_is_not_written_over_a_definition(
    here: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    (here / "bad.asl.json").write_text(BAD)
    (here / "link").symlink_to("bad.asl.json")
    (here / "hard").hardlink_to("bad.asl.json")
    for paths in (["bad.asl.json"], ["."]):
        assert main(["check", *paths, *flags]) == 2
        assert "bad.asl.json: a report would be written over this file" in capsys.readouterr().err
        assert (here / "bad.asl.json").read_text() == BAD
    assert main(["check", "bad.asl.json", "-o", "report"]) == 1
    assert main(["check", "bad.asl.json", "-o", "report"]) == 1, "an older report is in nobody's way"
