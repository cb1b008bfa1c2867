"""The cache: what has not changed is not linted again, what has changed is, whatever happens to its files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asllint import cache, cli, engine
from asllint.cli import main
from asllint.registry import builtin
from asllint.result import Report
from asllint.settings import Selection, Settings

ROOT = Path(__file__).resolve().parent.parent
GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
RISKY = (
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", '
    '"Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 5000}], "End": true}}}'
)
BROKEN = '{"StartAt": "A", "States": {"\\ud800é\U0001f600": {"Type": "Pass", "Next": "Ghost",}}}'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASLLINT_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".home"))
    monkeypatch.setattr(cli, "MANY_FILES", 1)
    (tmp_path / "good.asl.json").write_text(GOOD)
    (tmp_path / "risky.asl.json").write_text(RISKY)
    (tmp_path / "broken.asl.yaml").write_text(BROKEN)
    (tmp_path / "none.json").write_text('{"StartAt": 1, "x": {"States": 2}}')
    return tmp_path


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are linted from here on: those that the cache did not know."""
    found: list[str] = []
    real = engine.lint

    def lint(file: str, *args: object, **named: object) -> Report:
        found.append(file)
        return real(file, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "lint", lint)
    return found


def check(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    main(["check", "--output-format", "json", *argv])
    return capsys.readouterr().out


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.cache"))


def test_a_second_run_lints_nothing_and_says_the_same(
    here: Path, linted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("json", "sarif", "full", "github"):
        main(["check", "-v", "--no-cache", "--output-format", form])
        fresh = capsys.readouterr()
        linted.clear()
        assert main(["check", "-v", "--output-format", form]) == 1
        first = capsys.readouterr()
        assert main(["check", "-v", "--output-format", form]) == 1
        assert fresh == first == capsys.readouterr()
    assert linted == [], "the first form filled it"
    assert len(files_of(here / ".asllint_cache")) == 1


def test_a_report_is_the_same_packed_and_unpacked(shared: Path) -> None:
    registry, settings = builtin(), Settings()
    names = Diagnostic_slots()
    seen = 0
    for path in sorted((shared / "corpus" / "aws-verdicts" / "reject").rglob("*"))[:60]:
        if not path.is_file():
            continue
        data = path.read_bytes()
        report = engine.lint("x.asl.json", data, settings, registry, judged=True)
        again = cache.unpack(json.loads(json.dumps(cache.pack(report))), "x.asl.json", data)
        assert again.files == report.files
        for one, other in zip(report.diagnostics, again.diagnostics, strict=True):
            seen += 1
            for name in names - {"text", "related", "fix"}:
                assert getattr(one, name) == getattr(other, name)
            assert one.position == other.position
            assert [(r.start, r.end, r.message) for r in one.related] == [
                (r.start, r.end, r.message) for r in other.related
            ]
            assert (one.fix is None) == (other.fix is None)
            if one.fix is not None and other.fix is not None:
                assert (one.fix.title, one.fix.safe, one.fix.edits) == (
                    other.fix.title,
                    other.fix.safe,
                    other.fix.edits,
                )
    assert seen > 30


def Diagnostic_slots() -> set[str]:
    from asllint.result import Diagnostic

    return set(Diagnostic.__slots__)


def test_a_changed_text_is_linted_again(here: Path, linted: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys)
    before = (here / "good.asl.json").stat()
    (here / "good.asl.json").write_text(GOOD.replace("Pass", "Fail"))
    os.utime("good.asl.json", ns=(before.st_atime_ns, before.st_mtime_ns))
    linted.clear()
    assert "good.asl.json" in check(capsys)
    assert linted == ["good.asl.json"], "size and time are the same, the content is not"


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("[rules.infinite-retry-risk]\nmax-attempts = 9000\n", []),
        ('severity = { infinite-retry-risk = "note" }\n', []),
        ('placeholders = ["__X__"]\n', []),
        ('workflow-type = "express"\n', []),
        ('extend-select = ["style"]\n', []),
        ('[[overrides]]\nfiles = ["*"]\nignore = ["iam"]\n', []),
        ('[per-file-ignores]\n"*" = ["ASL301"]\n', []),
        ("", ["--select", "ASL2"]),
        ("", ["--ignore", "ASL301"]),
        ("", ["--workflow-type", "express"]),
        ("", ["--per-file-ignores", "*:ASL301"]),
        ("", ["--input", "example.json"]),
        ("", ["--policy", "policy.json"]),
    ],
)
def test_other_settings_are_other_findings(
    here: Path, linted: list[str], capsys: pytest.CaptureFixture[str], text: str, flags: list[str]
) -> None:
    (here / "example.json").write_text('{"a": 1}')
    (here / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    (here / "asllint.toml").write_text("")
    files = ["good.asl.json", "risky.asl.json"]
    check(capsys, *files)
    (here / "asllint.toml").write_text(text)
    linted.clear()
    changed = check(capsys, *flags, *files)
    assert linted == files
    assert changed == check(capsys, "--no-cache", *flags, *files)
    (here / "asllint.toml").write_text("")
    linted.clear()
    check(capsys, *files)
    assert linted == [], "and what was known before still is"


def test_what_does_not_change_findings_changes_nothing(
    here: Path, linted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    check(capsys)
    (here / "asllint.toml").write_text('fail-on = "error"\nextend-exclude = ["x/"]\nrespect-gitignore = false\n')
    linted.clear()
    check(capsys, "-q")
    assert linted == []


def test_the_files_of_input_and_policies_count(
    here: Path, linted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for flag, name, one, other in (
        ("--input", "example.json", '{"a": 1}', '{"b": 1}'),
        (
            "--policy",
            "policy.json",
            '{"Version": "2012-10-17", "Statement": []}',
            '{"Version": "2008-10-17", "Statement": []}',
        ),
    ):
        (here / name).write_text(one)
        check(capsys, flag, name, "good.asl.json")
        linted.clear()
        check(capsys, flag, name, "good.asl.json")
        assert linted == []
        (here / name).write_text(other)
        check(capsys, flag, name, "good.asl.json")
        assert linted == ["good.asl.json"]


def test_each_slot_of_the_settings_is_thought_of() -> None:
    counted = {"placeholders", "workflow_type", "input", "policies", "below", "_options"}
    assert counted | cache._IRRELEVANT == set(Settings.__slots__), "does the new one change what is found?"
    assert set(Selection.__slots__) == {"select", "ignore", "extend_select", "severities"}


def test_another_version_knows_nothing(
    linted: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check(capsys, "good.asl.json")
    linted.clear()
    monkeypatch.setattr(cache, "__version__", "99.0")
    check(capsys, "good.asl.json")
    assert linted == ["good.asl.json"]


def test_a_changed_rule_file_counts(here: Path) -> None:
    """In a copy of the project: a rule, a table and a module beside the rules."""
    copy = here / "copy"
    for package in ("asllint", "rules"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    work = here / "work"
    work.mkdir()
    for i in range(cli.MANY_FILES + 8):
        (work / f"{i}.asl.json").write_text(RISKY)
    rule = copy / "rules" / "errors" / "infinite_retry_risk.py"

    def codes() -> list[str]:
        env = {**os.environ, "PYTHONPATH": str(copy)}
        done = subprocess.run(
            [sys.executable, "-m", "asllint", "check", "--select", "ASL301", "--output-format", "concise"],
            cwd=work, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout.splitlines()

    before = codes()
    assert len(before) == cli.MANY_FILES + 8
    assert "Up to 5,000 retries" in before[0]
    rule.write_text(rule.read_text(encoding="utf-8").replace("Up to ", "AT MOST "), encoding="utf-8")
    assert "AT MOST 5,000 retries" in codes()[0]
    assert codes() == codes()
    (copy / "asllint" / "aws" / "data" / "table.txt").write_text("new")
    codes()
    assert len(files_of(work / ".asllint_cache")) == 3


def test_plug_ins_and_what_cannot_be_loaded(here: Path, linted: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    rules = here / "our-rules"
    rules.mkdir()
    rule = (
        "from asllint.rule import Finding, Rule\n"
        'class Ours(Rule):\n    """Say so."""\n    code = "OUR001"\n    name = "ours"\n    severity = "warning"\n'
        "    def check_machine(self, machine):\n        yield Finding(machine.node, 'first')\n"
    )
    (rules / "ours.py").write_text(rule)
    (here / "asllint.toml").write_text('rule-paths = ["our-rules"]\n')

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-c", "import sys; from asllint import cli; cli.MANY_FILES = 1; sys.exit(cli.main())",
             "check", "good.asl.json", "--output-format", "concise"],
            capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        return done.stdout + done.stderr

    assert "first" in run()
    assert "first" in run()
    (rules / "ours.py").write_text(rule.replace("first", "other"))
    assert "other" in run()
    (rules / "_helper.py").write_text("x = 1\n")
    run()
    assert len(files_of(here / ".asllint_cache")) == 3
    (rules / "bad.py").write_text("1 / 0\n")
    assert "ZeroDivisionError" in run()
    assert "ZeroDivisionError" in run()
    assert len(files_of(here / ".asllint_cache")) == 3, "nothing is remembered while a rule is missing"


def test_a_run_in_which_a_rule_crashed_is_not_remembered(
    here: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(self: object, *args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        from asllint.registry import rule_in

        patch.setattr(rule_in("asllint.rules.errors.infinite_retry_risk"), "check_state", crash, raising=False)
        patch.setattr(rule_in("asllint.rules.errors.infinite_retry_risk"), "check_retrier", crash, raising=False)
        assert main(["check", "risky.asl.json"]) == 2
    linted.clear()
    capsys.readouterr()
    assert "ASL301" in check(capsys, "risky.asl.json")
    assert linted == ["risky.asl.json"]


# -- the file


def test_whatever_becomes_of_the_file_the_findings_are_right(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = check(capsys)
    (file,) = files_of(here / ".asllint_cache")
    data = file.read_bytes()
    assert data.startswith(b"asllint cache 1 ")
    head, _, body = data.partition(b"\n")
    wrong = [
        b"",
        b"\0" * 100,
        data[:-1],
        data[: len(data) // 2],
        data.replace(b"5,000", b"6,000"),
        head + b"\n",
        body,
        signed(b"nothing of the kind"),
        signed(b"a\tb\tc\td"),
        signed(b"\xff\xfe"),
        signed(re.sub(rb"\t\[[^\n]*", b"\t[", body)),
        signed(re.sub(rb"\t\[[^\n]*", b"\t" + b"[" * 100_000, body)),
        signed(re.sub(rb"\t\[[^\n]*", b"\t7", body)),
        signed(re.sub(rb"\t\[[^\n]*", b"\t[null,[[1]]]", body)),
        signed(re.sub(rb"\t\[[^\n]*", b'\t{"a":1,"b":2}', body)),
    ]
    for content in wrong:
        file.write_bytes(content)
        assert check(capsys) == right, content[:80]
        assert file.read_bytes() == data, "it is written anew"
    file.unlink()
    file.mkdir()
    assert check(capsys) == right


def signed(body: bytes) -> bytes:
    return f"asllint cache 1 {cache.digest_of(body)}\n".encode() + body


def test_a_directory_that_cannot_be_written_is_no_matter(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = check(capsys, "--no-cache")
    (here / ".asllint_cache").write_text("a file")
    assert check(capsys) == right
    assert (here / ".asllint_cache").read_text() == "a file"
    assert check(capsys, "--cache-dir", "good.asl.json/x") == right
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="whoever runs this may write everywhere")
def test_a_read_only_directory_is_no_matter(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = check(capsys, "--no-cache")
    here.chmod(0o555)
    try:
        assert check(capsys) == right
    finally:
        here.chmod(0o755)


def test_two_runs_at_once(here: Path) -> None:
    for i in range(60):
        (here / f"{i}.asl.json").write_text(RISKY.replace("5000", str(4000 + i)))
    command = [sys.executable, "-m", "asllint", "check", "--output-format", "json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    alone = subprocess.run([*command, "--no-cache"], env=env, capture_output=True, check=False).stdout
    for _ in range(2):
        runs = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
        for run in runs:
            out, err = run.communicate()
            assert (out, err) == (alone, b"")
    (file,) = files_of(here / ".asllint_cache")
    assert len(cache._read(str(file))) == 64
    assert not list((here / ".asllint_cache").glob("*.tmp"))


def test_what_another_run_wrote_meanwhile_is_kept(here: Path) -> None:
    registry, settings = builtin(), Settings()
    folder, root = str(here / ".asllint_cache"), str(here)
    one, other = (cache.Cache(folder, root, registry) for _ in range(2))
    first, second = one.store(settings, "good.asl.json"), other.store(settings, "risky.asl.json")
    assert first is not None
    assert second is not None
    first.put(f"{root}/good.asl.json", "1", [])
    second.put(f"{root}/risky.asl.json", "2", ["x"])
    one.save()
    other.save()
    third = cache.Cache(folder, root, registry).store(settings, "a")
    assert third is not None
    assert third.get(f"{root}/good.asl.json", "1") == []
    assert third.get(f"{root}/risky.asl.json", "2") == ["x"]
    assert third.get(f"{root}/risky.asl.json", "3") is None


def test_strange_names(here: Path, linted: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    names = ["a\tb.asl.json", "a\nb.asl.json", "ä \U0001f600.asl.json"]
    if sys.platform == "linux":
        names.append(os.fsdecode(b"\xff.asl.json"))
    for name in names:
        (here / name).write_text(RISKY)
    first = check(capsys)
    linted.clear()
    assert check(capsys) == first
    assert sorted(linted) == sorted(names[:2]), "what cannot stand in a line is linted each time"


def test_files_that_are_gone_are_forgotten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys)
    (here / "good.asl.json").unlink()
    (here / "new.asl.json").write_text(GOOD)
    check(capsys, "new.asl.json")
    (file,) = files_of(here / ".asllint_cache")
    assert set(cache._read(str(file))) == {"risky.asl.json", "broken.asl.yaml", "none.json", "new.asl.json"}


def test_old_files_are_removed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys)
    folder = here / ".asllint_cache"
    now = time.time()
    ages = {f"{i:032x}.cache": 100 + i for i in range(30)} | {
        f"{99:032x}.cache": 40 * 24 * 3600,
        f"{98:032x}.cache.7-00.tmp": 7200,
        f"{97:032x}.cache.7-00.tmp": 60,
        "notes.cache": 40 * 24 * 3600,
    }
    for name, age in ages.items():
        (folder / name).write_text("")
        os.utime(folder / name, (now - age, now - age))
    check(capsys, "--select", "ASL2")
    left = {path.name for path in folder.iterdir()} & set(ages)
    assert left == {f"{i:032x}.cache" for i in range(22)} | {f"{97:032x}.cache.7-00.tmp", "notes.cache"}


# -- where it is


def test_it_is_beside_the_configuration(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "asllint.toml").write_text("")
    (here / "sub" / "deep").mkdir(parents=True)
    (here / "sub" / "deep" / "a.asl.json").write_text(GOOD)
    monkeypatch.chdir(here / "sub" / "deep")
    main(["check"])
    folder = here / ".asllint_cache"
    assert len(files_of(folder)) == 1
    assert "*" in (folder / ".gitignore").read_text().splitlines()
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert not (here / "sub" / "deep" / ".asllint_cache").exists()


def test_a_directory_of_the_users_choice(
    here: Path, monkeypatch: pytest.MonkeyPatch, linted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mine").mkdir()
    check(capsys, "--cache-dir", "mine")
    assert len(files_of(here / "mine")) == 1
    assert not (here / "mine" / ".gitignore").exists(), "it was there before"
    assert not (here / ".asllint_cache").exists()
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(here / "new" / "one"))
    check(capsys)
    assert (here / "new" / "one" / "CACHEDIR.TAG").exists()
    other = here / "other"
    other.mkdir()
    (other / "good.asl.json").write_text(GOOD)
    monkeypatch.chdir(other)
    check(capsys)
    assert len(files_of(here / "new" / "one")) == 2, "projects do not mix"


def test_no_cache_and_few_files_and_standard_input_leave_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["check", "--no-cache"])
    monkeypatch.setattr(cli, "MANY_FILES", 5)
    main(["check"])

    class Stdin:
        class buffer:
            @staticmethod
            def read(limit: int = -1) -> bytes:
                return GOOD.encode()

    monkeypatch.setattr("sys.stdin", Stdin)
    monkeypatch.setattr(cli, "MANY_FILES", 1)
    main(["check", "-"])
    main(["check", "-", "--stdin-filename", "good.asl.json"])
    assert not (here / ".asllint_cache").exists()


def test_one_large_file_is_remembered(
    here: Path, monkeypatch: pytest.MonkeyPatch, linted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "MANY_FILES", 5)
    (here / "large.asl.json").write_text(GOOD + " " * cli.MANY_BYTES)
    check(capsys, "large.asl.json")
    linted.clear()
    check(capsys, "large.asl.json")
    assert linted == []


def test_a_run_that_knows_everything_loads_no_engine(here: Path) -> None:
    code = (
        "import sys; from asllint import cli; cli.MANY_FILES = 1\n"
        "cli.main(['check', 'good.asl.json'])\n"
        "print(*(name for name in ('asllint.engine', 'asllint.model', 'json', 'multiprocessing') if name in sys.modules))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, env=env, check=True).stdout
        for _ in range(2)
    ]
    assert runs == ["No findings in 1 file.\nasllint.engine asllint.model\n", "No findings in 1 file.\n\n"]


# -- asllint clean


def test_clean(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "asllint.toml").write_text('fail-on = "error"\n')
    check(capsys)
    assert list((here / ".home" / "asllint" / "settings").iterdir())
    assert main(["clean"]) == 0
    assert capsys.readouterr().out == "Removed .asllint_cache\n"
    assert not (here / ".asllint_cache").exists()
    assert not (here / ".home" / "asllint" / "settings").exists()
    assert main(["clean"]) == 0
    assert capsys.readouterr().out == "There is no cache\n"


def test_clean_leaves_a_link_that_somebody_made(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "elsewhere").mkdir()
    (here / ".asllint_cache").symlink_to("elsewhere")
    main(["check"])
    assert list((here / "elsewhere").glob("*.cache"))
    assert main(["clean"]) == 0
    assert list((here / "elsewhere").glob("*.cache")) == []
    assert (here / ".asllint_cache").is_symlink()


def test_clean_leaves_what_is_not_the_caches(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = here / "mine"
    mine.mkdir()
    for name in ("notes.txt", ".gitignore", "x.cache", "CACHEDIR.TAG"):
        (mine / name).write_text("mine")
    check(capsys, "--cache-dir", "mine")
    capsys.readouterr()
    assert main(["clean", "--cache-dir", "mine"]) == 0
    assert capsys.readouterr().out == "Removed the cache from mine; the rest stays\n"
    assert {path.name for path in mine.iterdir()} == {"notes.txt", ".gitignore", "x.cache", "CACHEDIR.TAG"}


FINDING = ["ASL103", "unsupported-field", "error", "m", 0, 1, "", "", "", None, None, True, [], None, None]


def changed(**fields: object) -> list[object]:
    return [fields.get(f"_{i}", value) for i, value in enumerate(FINDING)]


@pytest.mark.parametrize(
    "packed",
    [
        5,
        [None, [[]]],
        [None, "abc"],
        [None, [FINDING[:-1]]],
        [None, [changed(_2="grave")]],
        [None, [changed(_3=["m"])]],
        [None, [changed(_4=-1)]],
        [None, [changed(_5=99999999)]],
        [None, [changed(_4=1.5)]],
        [None, [changed(_6=None)]],
        [None, [changed(_9=5)]],
        [None, [changed(_12=[[1, 0, "x"]])]],
        [None, [changed(_12="ab")]],
        [None, [changed(_13=["t", 1, []])]],
        [None, [changed(_13=["t", True, [[0, 99999999, "x"]]])]],
        [None, [changed(_14={})]],
    ],
)
@pytest.mark.parametrize("form", ["full", "json", "sarif", "gitlab", "markdown"])
def test_what_somebody_else_wrote_is_not_believed(
    here: Path, capsys: pytest.CaptureFixture[str], packed: object, form: str
) -> None:
    assert main(["check", "--output-format", form]) == 1
    right = capsys.readouterr().out
    for path in (here / ".asllint_cache").glob("*.cache"):
        lines = path.read_bytes().split(b"\n")[1:]
        body = b"\n".join(b"\t".join([*line.split(b"\t")[:2], json.dumps(packed).encode()]) for line in lines)
        path.write_bytes(f"asllint cache 1 {cache.digest_of(body)}\n".encode() + body)
    assert main(["check", "--output-format", form]) == 1
    assert capsys.readouterr().out == right
