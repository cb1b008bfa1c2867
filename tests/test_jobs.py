"""Several processes: the same findings in the same order, and what happens where one of them dies."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from asllint import cli, jobs
from asllint.cli import main
from asllint.files import File
from asllint.jobs import Progress, Run, _chunks, _ending, _Miss
from asllint.settings import prepare

ROOT = Path(__file__).resolve().parent.parent
RISKY = (
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", '
    '"Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 5000}], "End": true}}}'
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


def put(folder: Path, count: int) -> None:
    for i in range(count):
        (folder / f"{i}.asl.json").write_text(RISKY.replace("5000", str(4000 + i)) + "\n" * (i * 37 % 1000))


ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("form", ["json", "full"])
def test_their_number_changes_nothing(here: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(here, 25)
    (here / "broken.asl.json").write_text("{")
    (here / "none.json").write_text('{"StartAt": 1, "x": {"States": 2}}')
    (here / "sub").mkdir()
    put(here / "sub", 3)
    (here / "sub" / "asllint.toml").write_text("[rules.infinite-retry-risk]\nmax-attempts = 4001\n")
    (here / "in.json").write_text('{"a": 1}')
    (here / "asllint.toml").write_text('ignore = ["iam"]\n[[overrides]]\nfiles = ["7.*"]\nworkflow-type = "express"\n')
    seen = []
    for number in ("1", "2", "5"):
        status = main(["check", "--no-cache", "--jobs", number, "-v", "--output-format", form, "--input", "in.json"])
        seen.append((status, capsys.readouterr()))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == 1


def test_they_fill_the_cache(here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, 10)
    main(["check", "--jobs", "2"])
    first = capsys.readouterr()

    def never(*args: object) -> None:
        raise AssertionError("a process is started")

    monkeypatch.setattr(jobs._Pool, "lint", never)
    main(["check", "--jobs", "2"])
    assert capsys.readouterr() == first


@pytest.mark.parametrize(
    ("asked", "files", "size", "cores", "number"),
    [
        (None, 100, 1_000, 8, 1),
        (None, 1000, 1_000, 8, 1),
        (None, 1, 9_000_000, 8, 1),
        (None, 2, 9_000_000, 8, 2),
        (None, 1000, 10_000, 8, 8),
        (None, 200, 10_000, 8, 5),
        (None, 1000, 10_000, 1, 1),
        (1, 1000, 10_000, 8, 1),
        (3, 1000, 1_000, 8, 3),
        (3, 2, 1_000, 8, 2),
        (3, 1, 1_000, 8, 1),
    ],
)
def test_how_many(
    monkeypatch: pytest.MonkeyPatch, asked: int | None, files: int, size: int, cores: int, number: int
) -> None:
    monkeypatch.setattr(jobs, "cores", lambda: cores)
    given: dict[str, Any] = {"config": None, "isolated": True, "cwd": os.getcwd(), "use_cache": False, "cli": {}}
    finder, registry = prepare(given)
    data = bytes(size)
    misses = [_Miss(i, File("x", "x", explicit=True, judged=True), "x", data, None) for i in range(files)]
    assert Run(finder, registry, given, print, jobs=asked)._processes(misses) == number


def test_the_cores_are_counted() -> None:
    assert 1 <= jobs.cores() <= (os.cpu_count() or 1)


def test_chunks_keep_the_order_and_serve_everybody() -> None:
    def files(*sizes: int) -> list[_Miss]:
        file = File("x", "x", explicit=True, judged=True)
        return [_Miss(i, file, "x", bytes(size), None) for i, size in enumerate(sizes)]

    for sizes, number in (((10,) * 50, 4), ((500_000, 10, 10), 2), ((0,) * 5, 3), ((40_000,) * 100, 8)):
        chunks = _chunks(files(*sizes), number)
        assert [miss.index for chunk in chunks for miss in chunk] == list(range(len(sizes)))
        assert all(chunks)
        assert max(sum(miss.size for miss in chunk[:-1]) for chunk in chunks) <= jobs._CHUNK
        assert len(chunks) >= min(number, 2)


@pytest.mark.parametrize("given", ["0", "-1", "x", "1.5", "²", "9999"])
def test_a_wrong_number(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", f"--jobs={given}"])
    assert stopped.value.code == 2
    assert "is no number from 1 to 256, nor auto" in capsys.readouterr().err


def test_auto_is_the_default(here: Path) -> None:
    put(here, 1)
    assert main(["check", "--jobs", "auto"]) == main(["check"]) == 1


# -- processes that die


def kill(name: str) -> str:
    """Code that makes the process that lints a file of this name die; the one that started it lints nothing."""
    return (
        "import os, signal, multiprocessing\n"
        "real = engine.lint\n"
        "def lint(file, *args, **named):\n"
        f"    if {name!r} in file: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(file, *args, **named)\n"
        "engine.lint = lint\n"
    )


@pytest.fixture
def planted(here: Path) -> Path:
    """A module that is imported in every process, as `sitecustomize` is."""
    folder = here / "planted"
    folder.mkdir()
    (folder / "machines").mkdir()
    put(folder / "machines", 20)
    return folder


def run(planted: Path, code: str, *argv: str, **how: Any) -> subprocess.CompletedProcess[str]:
    (planted / "sitecustomize.py").write_text(code)
    env = {**ENV, "PYTHONPATH": f"{planted}{os.pathsep}{ROOT}", "ASLLINT_CACHE_DIR": str(planted / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "asllint", "check", "--jobs", "2", *argv, "machines"],
        cwd=planted, env=env, capture_output=True, text=True, check=False, timeout=60, **how,
    )  # fmt: skip


LATE = """
import sys, os, signal
if "--multiprocessing-fork" in sys.argv or any("spawn_main" in word for word in sys.orig_argv):
    import asllint.engine as engine
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_one_that_dies_costs_the_file_that_it_was_at(planted: Path) -> None:
    done = run(planted, LATE + indented(kill("/7.asl")), "--output-format", "json")
    assert done.returncode == 2
    assert done.stderr == (
        "asllint: machines/7.asl.json: the process that linted it was ended by SIGKILL (is the memory full?); "
        "what is in it is not known\n"
    )
    assert len(json.loads(done.stdout)["files"]) == 19
    again = run(planted, "", "--output-format", "json")
    assert (again.returncode, again.stderr) == (1, "")
    assert len(json.loads(again.stdout)["files"]) == 20


def test_all_that_die(planted: Path) -> None:
    done = run(planted, LATE + indented(kill("asl")), "--output-format", "json")
    assert done.returncode == 2
    assert done.stderr.count("was ended by SIGKILL") == 20
    assert json.loads(done.stdout)["files"] == []


def test_where_no_process_starts_this_one_lints(planted: Path) -> None:
    done = run(planted, LATE + "    os._exit(3)\n", "--output-format", "json", "--no-cache")
    assert done.returncode == 1
    assert done.stderr == "asllint: no process could be started to lint with; going on with this one alone\n"
    assert len(json.loads(done.stdout)["files"]) == 20


def indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.splitlines())


def test_how_an_end_is_called() -> None:
    assert _ending(3) == "ended with status 3"
    if sys.platform != "win32":
        assert _ending(-signal.SIGSEGV) == "was ended by SIGSEGV"
        assert _ending(-signal.SIGKILL) == "was ended by SIGKILL (is the memory full?)"


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("ps") is None, reason="signals, and ps to see what is left")
def test_an_interrupt_ends_all_without_a_word(planted: Path) -> None:
    slow = "import time\nreal = engine.lint\ndef lint(*args, **named):\n    time.sleep(1)\n    return real(*args, **named)\n"
    (planted / "sitecustomize.py").write_text(LATE + indented(slow + "engine.lint = lint\n"))
    env = {**ENV, "PYTHONPATH": f"{planted}{os.pathsep}{ROOT}", "ASLLINT_CACHE_DIR": str(planted / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-m", "asllint", "check", "--jobs", "3", "machines"],
        cwd=planted, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # where the tests run in the background the signal is ignored, and what they start inherits that
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    time.sleep(2.5)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group gets it
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "")
    time.sleep(0.5)
    assert living(process.pid) == []


def living(group: int) -> list[str]:
    """Return the processes of a group that have not ended."""
    done = subprocess.run(["ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in done.stdout.splitlines())
    return [row[-1] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


# -- progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(text: str) -> str:
    """Return the last line as a terminal shows it."""
    line: list[str] = []
    at = 0
    for character in text:
        if character == "\r":
            at = 0
        else:
            line[at : at + 1] = [character]
            at += 1
    return "".join(line).rstrip()


def test_progress_is_shown_late_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    stream = Terminal()
    progress = Progress(1000, stream)
    for _ in range(10):
        progress.step()
    assert stream.getvalue() == ""
    now[0] += 1.0
    progress.step()
    assert shown(stream.getvalue()) == "Linting: 11 of 1000 files"
    before = stream.getvalue()
    progress.step()
    assert stream.getvalue() == before, "not more often than the eye sees"
    now[0] += 0.2
    progress.step(500)
    assert shown(stream.getvalue()) == "Linting: 512 of 1000 files"
    progress.clear()
    assert shown(stream.getvalue()) == ""
    before = stream.getvalue()
    progress.clear()
    assert stream.getvalue() == before


def test_progress_on_a_stream_that_breaks() -> None:
    stream = Terminal()
    progress = Progress(2, stream)
    progress._next = 0.0
    stream.close()
    progress.step()
    progress.clear()


@pytest.mark.parametrize(
    ("terminal", "flags", "term", "there"),
    [(True, [], "xterm", True), (True, ["-q"], "xterm", False), (True, [], "dumb", False), (False, [], "xterm", False)],
)
def test_progress_is_for_terminals(
    here: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool, flags: list[str], term: str, there: bool
) -> None:
    put(here, 10)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(Progress, "AFTER", 0.0)
    monkeypatch.setattr(cli, "MANY_FILES", 1)
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    main(["check", "--no-cache", *flags])
    assert ("\rLinting: " in stream.getvalue()) == there
    assert shown(stream.getvalue()) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
def test_a_complaint_stands_on_a_line_of_its_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, 10)
    os.mkfifo(here / "pipe.asl.json")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(Progress, "AFTER", 0.0)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["check", "--no-cache", "1.asl.json", "pipe.asl.json", *(f"{i}.asl.json" for i in range(2, 10))]) == 2
    assert [shown(line) for line in stream.getvalue().split("\n")] == [
        "asllint: pipe.asl.json: It is not a regular file.",
        "",
    ]


def test_rules_of_others_run_in_every_process(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here, 6)
    (here / "ours").mkdir()
    (here / "ours" / "rule.py").write_text(
        "from asllint.rule import Finding, Rule\n"
        'class Ours(Rule):\n    """Say so."""\n    code = "OUR001"\n    name = "ours"\n    severity = "warning"\n'
        "    def check_machine(self, machine):\n        yield Finding(machine.node, 'ours')\n"
    )
    (here / "asllint.toml").write_text('rule-paths = ["ours"]\nselect = ["OUR001"]\n')
    assert main(["check", "--jobs", "2", "--no-cache", "--output-format", "json"]) == 1
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]] == ["OUR001"] * 6
