"""Fixes: which bytes change, what is left alone, and what a file is when the run is stopped in between."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asllint import fix as fixing
from asllint.cli import main
from asllint.engine import lint
from asllint.fix import fix
from asllint.registry import builtin
from asllint.result import Diagnostic, Report
from asllint.rule import Fix
from asllint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "bench"), str(ROOT / "tests" / "mutants")]

from generate import as_yaml, machine  # noqa: E402
from mutators import MUTATORS, Mutator  # noqa: E402

REGISTRY = builtin()


def linter(name: str, *select: str) -> Callable[[bytes], Report]:
    settings = Settings()
    if select:
        settings.select = select
    return lambda data: lint(name, data, settings, REGISTRY, judged=True)


def fixed(text: str, name: str = "a.asl.json", *, unsafe: bool = False) -> str:
    """Return the text with its fixes applied, which a second run leaves as it is."""
    data = text.encode()
    done = fix(name, data, linter(name), unsafe=unsafe)
    again = fix(name, done.data, linter(name), unsafe=unsafe)
    assert again.data == done.data
    assert again.count == 0
    assert done.settled
    return done.data.decode()


# -- 200 files with planted defects


class Defect:
    """What plants a defect: the first group of the pattern, or all of it, is replaced by what `change` makes of it."""

    def __init__(self, name: str, pattern: str, change: Callable[[str], str], *, unsafe: bool = False) -> None:
        self.name = name
        self.pattern = re.compile(pattern)
        self.change = change
        self.unsafe = unsafe

    def plant(self, text: str, chance: random.Random) -> str | None:
        """Return the text with the defect at one of the places where it can be; None where there is none."""
        places = list(self.pattern.finditer(text))
        if not places:
            return None
        found = chance.choice(places)
        group = 1 if self.pattern.groups else 0
        return text[: found.start(group)] + self.change(found[group]) + text[found.end(group) :]


def swapped(word: str) -> str:
    return word[:1] + word[2] + word[1] + word[3:]


JSON_DEFECTS = [
    Defect("trailing comma", r'(["\]]|true|\d)\s*\n\s*[}\]]', lambda s: s + ","),
    Defect("missing comma", r'["\w\]}](,)\s*"', lambda s: ""),
    Defect("missing colon", r'"Type"(:) ', lambda s: ""),
    Defect("literal of Python", r'": (true|false|null)', str.capitalize),
    Defect("single quotes", r'": ("\w+")', lambda s: s.replace('"', "'")),
    Defect("no-break space", r'":( )', lambda s: "\u00a0"),
    Defect("letter case of a type", r'"Type": "(Task|Pass|Choice|Wait|Map|Parallel|Fail)"', str.lower),
    Defect("letter case of a field", r'"(ErrorEquals|StartAt|Choices|Branches)": ["\[]', str.lower),
    Defect("letter case of a language", r'"QueryLanguage": "(JSONata)"', str.lower),
    Defect("letter case of an intrinsic function", r'\.\$": "States\.(Format|Array|UUID)\(', str.lower),
    Defect("letter case of a JSONata function", r"\$(count|string|number|exists|uuid|random|sum)\(", str.upper),
    Defect("blank behind a delimiter", r'"(?:Output|Condition)": "\{% [^"]* %\}()"', lambda s: " "),
    Defect("suppression", r'\{\s*()"Type"', lambda s: '"Comment": "asllint: ignore[unreachable-state]", '),
    Defect("the same twice", r'("(?:Next|StartAt|Default)": "[\w ]+")', lambda s: f"{s}, {s}"),
    Defect("misspelt field", r'"(Resource|ErrorEquals|Branches)":', swapped, unsafe=True),
    Defect(
        "quoted number", r'"(?:TimeoutSeconds|IntervalSeconds|MaxAttempts)": (\d+)', lambda s: f'"{s}"', unsafe=True
    ),
]
YAML_DEFECTS = [
    Defect("letter case of a type", r"\bType: (Task|Pass|Choice|Wait|Map|Parallel)\b", str.lower),
    Defect("letter case of a field", r"\b(ErrorEquals|StartAt|Choices):", str.lower),
    Defect("suppression", r"\bType: \w+()[ \r]*\n", lambda s: " # asllint: ignore[unreachable-state] moved"),
    Defect("suppression of its own", r"\n()[ ]+Type: \w+[ \r]*\n", lambda s: "# asllint: ignore[unreachable-state]\n"),
    Defect("expression without quotes", r"('\{% [\w$.]+ %\}')\s*\n", lambda s: s[1:-1]),
    Defect("the same twice", r"\n([ ]+Next: [\w ]+\n)", lambda s: s + s),
    Defect("misspelt field", r"\b(Resource|ErrorEquals|Branches):", swapped, unsafe=True),
]


def bases() -> Iterator[tuple[str, str]]:
    """Yield name and text of definitions in which nothing is to be fixed."""
    paths = [*(ROOT / "tests" / "examples").rglob("*.asl.*"), *(ROOT / "tests" / "fixtures" / "valid").glob("*.asl.*")]
    for path in sorted(paths):
        if "broken" not in path.parts:
            yield path.name, path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    for seed in range(6):
        definition = machine(12, seed, jsonata=bool(seed % 2))
        yield f"generated-{seed}.asl.json", json.dumps(definition, indent=2) + "\n"
        yield f"generated-{seed}.asl.yaml", as_yaml(definition)


class Planted:
    """A file with a defect: what it holds, and what it held before."""

    def __init__(self, name: str, before: bytes, after: bytes, defect: Defect) -> None:
        self.name = name
        self.before = before
        self.after = after
        self.defect = defect


def planted(count: int) -> list[Planted]:
    chance = random.Random(7)
    clean = []
    for name, text in bases():
        if fix(name, text.encode(), linter(name), unsafe=True).count == 0:
            clean.append((name, text))
    out: list[Planted] = []
    used = dict.fromkeys([*JSON_DEFECTS, *YAML_DEFECTS], 0)
    while len(out) < count:
        for name, text in clean:
            # the rarest of those that can be planted in it
            defects = sorted(JSON_DEFECTS if name.endswith(".json") else YAML_DEFECTS, key=lambda each: used[each])
            found = next(((d, t) for d in defects if (t := d.plant(text, chance)) is not None), None)
            if found is None:
                continue
            defect, damaged = found
            used[defect] += 1
            line_end = "\r\n" if len(out) % 3 == 0 else "\n"
            mark = b"\xef\xbb\xbf" if len(out) % 4 == 0 else b""
            before, after = (mark + each.replace("\n", line_end).encode() for each in (text, damaged))
            out.append(Planted(f"{len(out):03}-{name}", before, after, defect))
            if len(out) == count:
                break
    return out


def test_only_the_intended_bytes_of_200_files_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = planted(200)
    for file in files:
        Path(file.name).write_bytes(file.after)
    names = {file.name for file in files if not file.defect.unsafe}
    main(["--isolated", "--fix", "-q", *sorted(names)])
    for file in files:
        wanted = file.after if file.defect.unsafe else file.before
        assert Path(file.name).read_bytes() == wanted, (file.name, file.defect.name)
    main(["--isolated", "--fix", "--unsafe-fixes", "-q", *sorted({file.name for file in files} - names)])
    for file in files:
        assert Path(file.name).read_bytes() == file.before, (file.name, file.defect.name)
    assert {file.defect for file in files} == {*JSON_DEFECTS, *YAML_DEFECTS}
    before = {path: path.stat() for path in tmp_path.iterdir()}
    main(["--isolated", "--fix", "--unsafe-fixes", "-q", "."])
    after = {path: path.stat() for path in tmp_path.iterdir()}
    assert {path: (s.st_ino, s.st_mtime_ns) for path, s in before.items()} == {
        path: (s.st_ino, s.st_mtime_ns) for path, s in after.items()
    }


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda each: each.name)
def test_a_planted_refusal_is_fixed_once_and_for_all(mutator: Mutator) -> None:
    """Whatever defect is there: the fixed text can be read, safe fixes add no error, and nothing changes it again."""
    name = "a.asl.json"
    lint = linter(name)
    for path in sorted((ROOT / "tests" / "mutants" / "bases").glob("*.json")):
        definition = json.loads(path.read_text(encoding="utf-8"))
        for mutant in list(mutator.make(definition))[:2]:
            text = mutant.text or json.dumps(mutant.definition, indent=1)
            data = text.encode("utf-8", "surrogatepass")
            for unsafe in (False, True):
                done = fix(name, data, lint, unsafe=unsafe)
                assert done.settled
                assert readable(done.data) >= readable(data)
                # which language it is decides what else is wrong
                if not unsafe and mutator.name != "bad-query-language":
                    assert done.report.counts()["error"] <= lint(data).counts()["error"], done.data.decode()
                again = fix(name, done.data, lint, unsafe=unsafe)
                assert (again.data, again.count) == (done.data, 0)


def readable(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_text_is_never_worse_to_read_and_comes_to_rest(seed: int) -> None:
    chance = random.Random(seed)
    small = [(name, text) for name, text in bases() if len(text) < 2000]
    for _ in range(20):
        name, text = chance.choice(small)
        at, other = chance.randrange(len(text)), chance.randrange(len(text))
        cut, put = chance.choice([(3, ""), (1, chance.choice("\",:{}[]'\\\n#$%a1")), (0, text[other : other + 15])])
        data = (text[:at] + put + text[at + cut :]).encode()
        for unsafe in (False, True):
            done = fix(name, data, linter(name), unsafe=unsafe)
            assert done.settled
            assert fix(name, done.data, linter(name), unsafe=unsafe).data == done.data
            assert name.endswith(".yaml") or readable(done.data) >= readable(data)


# -- what is applied


def test_safe_fixes_alone_unless_told_otherwise() -> None:
    text = '{"StartAt": "Lode", "States": {"Load": {"type": "pass", "End": True,}}}'
    assert fixed(text) == '{"StartAt": "Lode", "States": {"Load": {"Type": "Pass", "End": true}}}'
    assert fixed(text, unsafe=True) == '{"StartAt": "Load", "States": {"Load": {"Type": "Pass", "End": true}}}'


def test_layout_and_comments_stay() -> None:
    text = textwrap.dedent("""\
        # the first
        StartAt:   A   # spaces
        States:
            A:    # four
                Type:  pass   # lower
                Output:  {% 1 %}   # bare
                QueryLanguage:   'jsonata'
                End:   true
        """)
    wanted = text.replace("pass ", "Pass ").replace("{% 1 %}", "'{% 1 %}'").replace("jsonata", "JSONata")
    assert fixed(text, "a.asl.yaml") == wanted


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("  # asllint: ignore[unreachable-state] why", ""),
        ("  # before asllint: ignore[unreachable-state] why", "  # before"),
        ("  # asllint: ignore[unreachable-state, polling-loop] why", ""),
    ],
)
def test_a_suppression_without_effect_is_removed(comment: str, left: str) -> None:
    text = "StartAt: A\nStates:\n  A:{}\n    Type: Pass\n    End: true\n"
    assert fixed(text.format(comment), "a.asl.yaml") == text.format(left)


def test_a_suppression_that_a_fix_makes_use_of_stays() -> None:
    text = '{{"StartAt": "A", "States": {{"A": {{"Comment": "asllint: ignore[missing-timeout] x", "Type": "{}", "End": true, '
    text += '"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {{"QueueUrl": "q", '
    text += '"MessageBody": {{"t.$": "$$.Task.Token"}}}}}}}}}}'
    assert fixed(text.format("task")) == text.format("Task")


def test_what_is_suppressed_is_not_fixed() -> None:
    text = '{"StartAt": "A", "States": {"A": {"Comment": "asllint: ignore[unknown-state-type] on purpose", "Type": "pass"}}}'
    assert fixed(text) == text


def test_a_text_that_cannot_be_read_is_mended_before_anything_else() -> None:
    assert "pass" in fixed('{"StartAt": "A", "States": {"A": {"Type": "pass" "End" true')
    text = '{"StartAt": "A", "States": {"A": {"Type": "pass", "End": true}}} // why\n'
    assert fixed(text) == text.replace("pass", "Pass")  # a comment hides nothing; to remove it is unsafe


def test_an_alias_is_fixed_once() -> None:
    text = "StartAt: A\nStates:\n  A: &a {Type: succeed}\n  B: *a\n"
    name = "a.asl.yaml"
    done = fix(name, text.encode(), linter(name, "unknown-state-type"))
    assert done.data.decode() == text.replace("succeed", "Succeed")
    assert done.count == 1


# -- edits that meet, that break the text, that never end


def machine_of(*fixes: Fix) -> Callable[[bytes], Report]:
    """Return a linter that finds, in each text, what these fixes are for as long as their edits would change it."""

    def lint(data: bytes) -> Report:
        report = linter("a.asl.json", "syntax-error")(data)
        text = report.diagnostics[0].text if report.diagnostics else None
        if text is None:
            from asllint.source import decode

            text = decode("a.asl.json", data)[0]
        for i, each in enumerate(fixes):
            done = all(text.content[start : start + len(new)] == new for start, _, new in each.edits)
            if not done:
                report.diagnostics.append(Diagnostic("a", text, f"X00{i}", "x", "error", "m", 0, 1, fix=each))
        return report

    return lint


def test_of_fixes_that_overlap_the_first_is_applied_first() -> None:
    data = b'{"a": "bcdef"}'
    seen: list[bytes] = []
    inner = machine_of(Fix("1", [(7, 9, "XY")], safe=True), Fix("2", [(8, 10, "YZ")], safe=True))

    def lint(data: bytes) -> Report:
        seen.append(data)
        return inner(data)

    done = fix("a.asl.json", data, lint)
    assert seen[1] == b'{"a": "XYdef"}'
    assert done.data == b'{"a": "XYZef"}'
    assert done.count == 2


def test_two_insertions_at_one_place_wait_for_each_other() -> None:
    data = b'{"a": "b"}'
    fixes = (Fix("1", [(7, 7, "X")], safe=True), Fix("2", [(7, 7, "X")], safe=True))
    done = fix("a.asl.json", data, machine_of(*fixes))
    assert done.data == b'{"a": "Xb"}'  # the same edit is made once


def test_a_fix_behind_which_the_text_cannot_be_read_is_dropped() -> None:
    data = b'{"a": "b", "c": "d"}'
    fixes = (Fix("bad", [(6, 7, "X")], safe=True), Fix("good", [(17, 18, "D")], safe=True))
    done = fix("a.asl.json", data, machine_of(*fixes))
    assert done.data == b'{"a": "b", "c": "D"}'
    assert [d.fix and d.fix.title for d in done.given_up] == ["bad"]
    assert done.count == 1


def test_many_fixes_that_do_harm_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    read = fixing.read
    monkeypatch.setattr(fixing, "read", lambda *args, **named: (tried.append(1), read(*args, **named))[1])
    data = b"[" + b'"ab", ' * 2000 + b"1]"
    fixes = [Fix("bad", [(at + 1, at + 2, "X")], safe=True) for at in range(0, 12000, 6)]
    done = fix("a.asl.json", data, machine_of(*fixes))
    assert done.data == data
    assert len(done.given_up) == 2000
    assert len(tried) < 300


@pytest.mark.parametrize("edits", [[(5, 2, "x")], [(0, 4, ""), (2, 5, "")], [(0, 99, "")], [], [(7, 8, "\ud800")]])
def test_a_fix_that_makes_no_sense_is_dropped(edits: list[tuple[int, int, str]]) -> None:
    data = b'{"a": "b"}'

    def lint(data: bytes) -> Report:
        from asllint.source import decode

        report = Report()
        text = decode("a.asl.json", data)[0]
        report.diagnostics = [Diagnostic("a", text, "X001", "x", "error", "m", 0, 1, fix=Fix("t", edits, safe=True))]
        return report

    done = fix("a.asl.json", data, lint)
    assert (done.data, done.count, len(done.given_up)) == (data, 0, 1)


def test_fixes_that_take_each_other_back_come_to_an_end() -> None:
    def lint(data: bytes) -> Report:
        from asllint.source import decode

        report = Report()
        text = decode("a.asl.json", data)[0]
        new = "c" if text.content[7] == "b" else "b"
        made = Fix("t", [(7, 8, new)], safe=True)
        report.diagnostics = [Diagnostic("a", text, "X001", "x", "error", "m", 0, 1, fix=made)]
        return report

    done = fix("a.asl.json", b'{"a": "b"}', lint)
    assert not done.settled
    assert done.data == b'{"a": "c"}'


def test_line_ends_that_a_fix_writes_are_those_of_the_text() -> None:
    text = "StartAt: A\r\nStates:\r\n  A:\r\n    Type: Pass\r\n"
    assert fixed(text, "a.asl.yaml", unsafe=True) == text + "    End: true\r\n"
    text = '{\r\n "StartAt": "A",\r\n "States": {\r\n  "A": {\r\n   "Type": "Pass"\r\n  }\r\n }\r\n}'
    assert fixed(text, unsafe=True) == text.replace('"Pass"', '"Pass",\r\n   "End": true')


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_the_encoding_stays(encoding: str) -> None:
    text = '{"Comment": "ä 😀", "StartAt": "A", "States": {"A": {"Type": "succeed"}}}'
    done = fix("a.asl.json", text.encode(encoding), linter("a.asl.json"))
    assert done.data == text.replace("succeed", "Succeed").encode(encoding)


def test_bytes_that_are_no_text_are_left_alone() -> None:
    data = b'{"Comment": "\xff", "StartAt": "A", "States": {"A": {"Type": "succeed"}}}'
    done = fix("a.asl.json", data, linter("a.asl.json"))
    assert (done.data, done.count) == (data, 0)
    assert [d.code for d in done.given_up] == ["ASL102"]


# -- the command line

BAD = '{"StartAt": "A", "States": {"A": {"Type": "pass", "Ressult": 1, "End": true,}}}\n'
SAFE = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Ressult": 1, "End": true}}}\n'
ALL = SAFE.replace("Ressult", "Result")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "asllint.toml").write_text("")
    return tmp_path


def test_fix_writes_and_says_what_remains(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.asl.json").write_text(BAD)
    assert main(["--fix", "a.asl.json"]) == 1
    assert (here / "a.asl.json").read_text() == SAFE
    out = capsys.readouterr().out
    assert "ASL103" in out
    assert out.endswith("1 error in 1 file.\nFixed 2 findings.\n1 fixable with --unsafe-fixes.\n")
    assert main(["--fix", "--unsafe-fixes", "a.asl.json"]) == 0
    assert (here / "a.asl.json").read_text() == ALL
    assert capsys.readouterr().out == "No findings in 1 file.\nFixed 1 finding.\n"
    assert main(["--fix", "--unsafe-fixes", "a.asl.json"]) == 0
    assert capsys.readouterr().out == "No findings in 1 file.\n"


def test_a_check_says_what_can_be_fixed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.asl.json").write_text(BAD.replace("pass", "Pass"))
    assert main(["a.asl.json"]) == 1
    assert capsys.readouterr().out.endswith("\n1 fixable with --fix, 1 more with --unsafe-fixes.\n")
    (here / "a.asl.json").write_text(SAFE)
    assert main(["a.asl.json"]) == 1
    assert capsys.readouterr().out.endswith("\n1 fixable with --fix --unsafe-fixes.\n")


def test_diff_writes_nothing_and_can_be_applied(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for name, text in (("a.asl.json", BAD), ("b.asl.json", BAD.replace(", ", ",\r\n").rstrip()), ("c.asl.json", ALL)):
        (here / name).write_bytes(text.encode())
    before = [path.read_bytes() for path in sorted(here.iterdir())]
    assert main(["--diff", "."]) == 1
    captured = capsysbinary.readouterr()
    assert [path.read_bytes() for path in sorted(here.iterdir())] == before
    assert captured.err == b"asllint: 4 findings would be fixed\n"
    assert captured.out.startswith(b"--- a.asl.json\n+++ a.asl.json\n@@ -1 +1 @@\n-")
    assert b"c.asl.json" not in captured.out
    patched = subprocess.run(["git", "apply", "-p0", "-"], input=captured.out, cwd=here, check=False)
    assert patched.returncode == 0
    assert (here / "a.asl.json").read_text() == SAFE
    assert main(["--diff", "."]) == 0
    assert capsysbinary.readouterr().out == b""
    assert main(["--diff", "--unsafe-fixes", "--exit-zero", "-q", "."]) == 0
    captured = capsysbinary.readouterr()
    assert captured.out
    assert captured.err == b""


def test_what_is_in_the_baseline_is_not_fixed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = here / "a.asl.json"
    file.write_text(BAD)
    assert main(["--ignore", "syntax-error", "--write-baseline", "known.json", "."]) == 0
    assert main(["--fix", "--unsafe-fixes", "--baseline", "known.json", "."]) == 0
    assert file.read_text() == BAD.replace(",}", "}")
    assert "Fixed 1 finding." in capsys.readouterr().out


def test_unsafe_fixes_alone_are_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--unsafe-fixes", "."])
    assert stopped.value.code == 2
    assert "--unsafe-fixes goes with --fix or --diff" in capsys.readouterr().err


def on_stdin(data: bytes, *args: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "asllint", "check", *args]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, input=data, capture_output=True, cwd=cwd, env=env, check=False)


def test_standard_input_goes_to_standard_output(here: Path) -> None:
    data = b"\xef\xbb\xbf" + BAD.replace("\n", "\r\n").encode()
    done = on_stdin(data, "--fix", "-", cwd=here)
    assert done.stdout == b"\xef\xbb\xbf" + SAFE.replace("\n", "\r\n").encode()
    assert b"ASL103" in done.stderr
    assert done.returncode == 1
    done = on_stdin(ALL.encode(), "--fix", "--stdin-filename", "x.asl.json", "-q", cwd=here)
    assert (done.stdout, done.stderr, done.returncode) == (ALL.encode(), b"", 0)
    done = on_stdin(BAD.encode(), "--diff", "--stdin-filename", "x.asl.json", cwd=here)
    assert done.stdout.startswith(b"--- x.asl.json\n")
    assert done.returncode == 1


@pytest.mark.parametrize("data", [b"", b"\x00\xff\x00", b"{", b"hello: world\n", b"\xff{}"])
def test_standard_input_that_is_no_definition_comes_out_as_it_is(data: bytes, here: Path) -> None:
    assert on_stdin(data, "--fix", "-", cwd=here).stdout == data


def test_excluded_standard_input_comes_out_as_it_is(here: Path) -> None:
    (here / "asllint.toml").write_text('extend-exclude = ["generated"]\n')
    done = on_stdin(BAD.encode(), "--fix", "--force-exclude", "--stdin-filename", "generated/x.asl.json", cwd=here)
    assert done.stdout == BAD.encode()


# -- writing


def test_mode_and_link_stay(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "real").mkdir()
    real = here / "real" / "a.asl.json"
    real.write_text(BAD)
    real.chmod(0o640)
    (here / "link.asl.json").symlink_to("real/a.asl.json")
    main(["--fix", "link.asl.json"])
    assert (here / "link.asl.json").is_symlink()
    assert real.read_text() == SAFE
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [path.name for path in (here / "real").iterdir()] == ["a.asl.json"]


def test_a_read_only_file_is_left_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = here / "a.asl.json"
    file.write_text(BAD)
    file.chmod(0o444)
    assert main(["--fix", "a.asl.json"]) == 2
    assert file.read_text() == BAD
    captured = capsys.readouterr()
    assert captured.err == "asllint: a.asl.json: the fixes cannot be written: it is read-only\n"
    assert "ASL102" in captured.out  # what is in the file
    assert "Fixed" not in captured.out


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(
    function: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    (here / "a.asl.json").write_text(BAD)
    monkeypatch.setattr(os, function, full)
    assert main(["--fix", "a.asl.json"]) == 2
    assert (here / "a.asl.json").read_text() == BAD
    assert sorted(path.name for path in here.iterdir()) == ["a.asl.json", "asllint.toml"]
    assert "No space left on device" in capsys.readouterr().err


def test_a_file_that_changes_meanwhile_is_left_alone(here: Path) -> None:
    file = here / "a.asl.json"
    file.write_text(BAD)
    with pytest.raises(OSError, match="changed while"):
        fixing.write(str(file), b"what was linted", b"new")
    assert file.read_text() == BAD
    assert len(list(here.iterdir())) == 2


@pytest.mark.parametrize("command", ["--fix", "--write-baseline"])
def test_what_killed_runs_left_is_removed_by_the_next_that_writes(command: str, here: Path) -> None:
    now = time.time()
    ages = {
        ".asllint-abcd_123.tmp": 7200,
        ".asllint-efgh4567.tmp": 60,  # of a run that goes on
        ".asllint-mine.tmp": 7200,
        "x.asllint-abcd_123.tmp": 7200,
    }
    for name, age in ages.items():
        (here / name).write_text("{")
        os.utime(here / name, (now - age, now - age))
    (here / ".asllint-directry.tmp").mkdir()
    os.utime(here / ".asllint-directry.tmp", (now - 7200, now - 7200))
    (here / "a.asl.json").write_text(BAD)
    assert main(["a.asl.json", command, "--exit-zero"]) == 0
    left = {path.name for path in here.iterdir()} - {"a.asl.json", "asllint.toml", "asllint-baseline.json"}
    assert left == {*ages, ".asllint-directry.tmp"} - {".asllint-abcd_123.tmp"}


SLOW = """
import os, sys, time
import asllint.atomic as atomic

real_open, real_replace = open, os.replace

class Slow:
    def __init__(self, stream): self.stream = stream
    def __enter__(self): return self
    def __exit__(self, *args): self.stream.close()
    def write(self, data):
        for i in range(0, len(data), max(1, len(data) // 20)):
            self.stream.write(data[i : i + max(1, len(data) // 20)])
            self.stream.flush()
            time.sleep(0.01)
    def __getattr__(self, name): return getattr(self.stream, name)

def slow_open(file, mode="r", *args, **options):
    stream = real_open(file, mode, *args, **options)
    return Slow(stream) if "w" in mode else stream

def slow_replace(*args):
    time.sleep(0.05)
    real_replace(*args)
    time.sleep(0.05)

atomic.open = slow_open
os.replace = slow_replace
print("ready", flush=True)
from asllint.cli import main
main(["--isolated", "--fix", "-q", sys.argv[1]])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_a_run_that_is_killed_leaves_the_old_or_the_new_file(here: Path) -> None:
    states = ", ".join(f'"S{i}": {{"Type": "pass", "Next": "S{i + 1}"}}' for i in range(300))
    old = f'{{"StartAt": "S0", "States": {{{states}, "S300": {{"Type": "succeed"}}}}}}'.encode()
    new = old.replace(b"pass", b"Pass").replace(b"succeed", b"Succeed")
    file = here / "a.asl.json"
    seen = set()
    for wait in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.2, 5.0):
        file.write_bytes(old)
        command = [sys.executable, "-c", SLOW, str(file)]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            deadline = time.monotonic() + wait
            while time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.005)
            process.kill()
        content = file.read_bytes()
        assert content in (old, new)
        seen.add(content == new)
        for left in here.glob(".asllint-*"):
            left.unlink()
    assert seen == {False, True}
