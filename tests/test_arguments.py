"""Plain words are read without argparse, and exactly as argparse reads them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.arguments import EXCLUSIVE, OPTIONS, check_parser, parse_check, read_plain

ROWS = [(flags, about) for _, options in OPTIONS for flags, about in options]
FLAGS = [flag for flags, _ in ROWS for flag in flags]
VALUES = [
    "a",
    "x.asl.json",
    "full",
    "sarif",
    "always",
    "error",
    "express",
    "json=a=b",
    "",
    "-",
    "--",
    "--fix",
    "-x",
    "2",
    "auto",
    "é b",
]


def by_argparse(words: list[str]) -> SimpleNamespace | None:
    """What argparse makes of words; None where it complains."""
    args = SimpleNamespace()
    try:
        _, rest = check_parser().parse_known_args(words, args)
    except SystemExit:
        return None
    if any(word.startswith("-") and word != "-" for word in rest):
        return None
    args.paths += [word for word in rest if word not in args.paths]
    return args


WORDS = st.lists(
    st.one_of(
        st.sampled_from(FLAGS + VALUES),
        st.builds("{}={}".format, st.sampled_from(FLAGS), st.sampled_from(VALUES)),
        st.tuples(st.sampled_from(FLAGS), st.sampled_from(VALUES)),
    ),
    max_size=6,
).map(lambda rows: [word for row in rows for word in ([row] if isinstance(row, str) else row)])


@given(WORDS)
def test_as_argparse_does(words: list[str]) -> None:
    plain = read_plain(words)
    if plain is not None:
        assert plain == by_argparse(words)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["a.asl.json"],
        ["a", "--exit-zero", "b", "--select", "ALL,style", "--select=flow", "c", "-q"],
        ["-", "--stdin-filename", "a b.asl.json", "--output-format", "json", "--color=never"],
        [
            "-o",
            "out",
            "--report",
            "sarif=a.sarif",
            "--report",
            "json=b",
            "--fail-on",
            "note",
            "--workflow-type=express",
        ],
    ],
)
def test_plain_words_are_plain(words: list[str]) -> None:
    plain = read_plain(words)
    assert plain is not None
    assert plain == by_argparse(words)


@pytest.mark.parametrize(("flags", "about"), ROWS, ids=lambda value: value[-1] if isinstance(value, tuple) else "")
def test_each_option(flags: tuple[str, ...], about: dict[str, object]) -> None:
    for flag in flags:
        words = ["a", flag, *([] if about.get("action") == "store_true" else [about.get("choices", ["5"])[0]])]  # type: ignore[index]
        assert read_plain(words) == (None if "nargs" in about or "type" in about else by_argparse(words))


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--select=--"], ["-qv"], ["--sel", "a"], ["--select"], ["--select", "--fix"], ["--color", "red"], ["--fix=1"], ["--jobs", "0"],
     ["--", "-a"], ["a", "a"], [f"--{EXCLUSIVE[0]}", "a", "--input-schema", "b"], ["--select="], ["--colour", "never"]],
    ids=" ".join,
)  # fmt: skip
def test_what_is_not_plain(words: list[str]) -> None:
    plain = read_plain(words)
    assert plain is None or plain == by_argparse(words)


@pytest.mark.parametrize("word", ["--select=--", "--config=--", "-o--"])
def test_two_hyphens_are_no_value(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--jobs", "2"]):
        with pytest.raises(SystemExit) as stopped:
            parse_check([word, *more])
        assert stopped.value.code == 2
        assert capsys.readouterr().err.startswith("asllint check: argument -")


@pytest.mark.parametrize(
    "words", [["--unsafe-fixes"], ["--show-files", "--fix"], ["--write-baseline", "--diff"]], ids=" ".join
)
def test_contradictions(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse_check(words)
    assert stopped.value.code == 2
    assert words[0] in capsys.readouterr().err


# -- the end of the process


def process(*words: str, code: str = "import asllint.__main__", **streams: int) -> subprocess.CompletedProcess[bytes]:
    root = str(Path(__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r}); sys.argv[1:] = {list(words)!r}; {code}"],
        capture_output=not streams, check=False, **streams,
    )  # fmt: skip


def test_a_plain_check_imports_no_argparse() -> None:
    code = "import asllint.cli; asllint.cli.main(); print('argparse' in sys.modules)"
    assert process("--isolated", os.devnull, code=code).stdout.endswith(b"False\n")


def test_nothing_that_was_written_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "a.asl.json"
    file.write_text(
        '{"StartAt": "A", "States": {' + ", ".join(f'"S{i}": {{"Type": "Succeed"}}' for i in range(2000)) + "}}"
    )
    done = process("check", "--isolated", "--no-cache", "--output-format", "concise", str(file), "missing.asl.json")
    assert done.returncode == 2
    assert done.stdout.count(b"ASL202") + done.stdout.count(b"ASL201") >= 2000
    assert b"missing.asl.json: no such file" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_takes_nothing(stream: str) -> None:
    with open("/dev/full", "w") as full:
        other = {"stdout": "stderr", "stderr": "stdout"}[stream]
        done = process("check", "--isolated", "missing.asl.json", **{stream: full.fileno(), other: subprocess.PIPE})
    assert done.returncode == 2
    assert b"Traceback" not in (done.stderr or b"")


def test_who_traces_the_process_sees_its_end() -> None:
    code = "import atexit; atexit.register(print, 'the end'); sys.setprofile(lambda *_: None); import asllint.__main__"
    assert b"the end" in process("--isolated", os.devnull, code=code).stdout
