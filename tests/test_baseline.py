"""The baseline: what is known stays known, what is new is reported, what is mended is said."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from asllint.baseline import Baseline, BaselineError
from asllint.cli import main


def task(retries: int, **more: object) -> dict[str, object]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:111122223333:function:f",
        "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": retries}],
        **more,
    }


def machine(**states: object) -> dict[str, object]:
    return {"StartAt": next(iter(states)), "States": states}


OLD = machine(A=task(5000, Next="B"), B=task(7000, End=True))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(tmp_path / ".cache"))
    (tmp_path / "asllint.toml").write_text('ignore = ["iam"]\nbaseline = "known.json"\n')
    put(OLD)
    return tmp_path


def put(definition: object, file: str = "a.asl.json", indent: int | None = 2) -> None:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(json.dumps(definition, indent=indent))


def entries() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(Path("known.json").read_text())["findings"]
    return found


def test_written_it_hides_everything_and_shows_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--isolated", "--ignore", "iam"]) == 1
    capsys.readouterr()
    assert main(["check", "--write-baseline"]) == 0
    said = capsys.readouterr()
    assert said.out == "No findings in 1 file (2 in the baseline).\n"
    assert said.err == "asllint: 2 findings in the baseline known.json\n"
    assert main(["check"]) == 0
    assert capsys.readouterr().err == ""
    put(machine(A=task(5000, Next="B"), B=task(7000, Next="Ghost")))
    assert main(["check", "--output-format", "concise"]) == 1
    said = capsys.readouterr()
    assert "ASL201" in said.out
    assert "ASL301" not in said.out
    assert said.err == ""


def test_a_state_inserted_before_changes_nothing() -> None:
    assert main(["check", "--write-baseline"]) == 0
    put(machine(Z={"Type": "Pass", "Next": "A"}, A=task(5000, Next="B"), B=task(7000, End=True)), indent=4)
    assert main(["check"]) == 0


def test_an_item_inserted_before_changes_nothing() -> None:
    assert main(["check", "--write-baseline"]) == 0
    first = {"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}
    known = {"ErrorEquals": ["E"], "MaxAttempts": 5000}
    put(machine(A=task(0, Retry=[first, known], Next="B"), B=task(7000, End=True)))
    assert main(["check"]) == 0


def test_a_branch_inserted_before_changes_nothing() -> None:
    old = machine(A=task(5000, End=True))
    put(machine(P={"Type": "Parallel", "Branches": [old], "End": True}))
    assert main(["check", "--write-baseline"]) == 0
    new = machine(N={"Type": "Pass", "End": True})
    put(machine(P={"Type": "Parallel", "Branches": [new, old], "End": True}))
    assert main(["check"]) == 0


def test_another_one_of_the_same_kind_is_new() -> None:
    retrier = {"ErrorEquals": ["E"], "MaxAttempts": 5000}
    other = {"ErrorEquals": ["F"], "MaxAttempts": 5000}
    put(machine(A=task(0, Retry=[retrier], End=True)))
    assert main(["check", "--write-baseline"]) == 0
    put(machine(A=task(0, Retry=[retrier, other], End=True)))
    assert main(["check"]) == 1, "equal in state, pointer and text: the number counts"
    assert main(["check", "--write-baseline"]) == 0
    assert [entry.get("count") for entry in entries()] == [2]
    put(machine(A=task(0, Retry=[retrier], End=True)))
    assert main(["check", "--prune-baseline"]) == 0
    assert [entry.get("count", 1) for entry in entries()] == [1]


def test_what_is_mended_is_said_and_pruned(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--write-baseline"])
    put(machine(A=task(3, Next="B"), B=task(7000, End=True)))
    capsys.readouterr()
    assert main(["check"]) == 0
    said = capsys.readouterr().err
    assert said.splitlines() == [
        "asllint: 1 finding of the baseline is no longer there; --prune-baseline removes what is stale",
        "asllint:   a.asl.json: ASL301 at /States/A/Retry/*/MaxAttempts",
    ]
    assert len(entries()) == 2
    assert main(["check", "--prune-baseline"]) == 0
    assert "removed from known.json" in capsys.readouterr().err
    assert [entry["state"] for entry in entries()] == ["B"]
    assert main(["check", "-q"]) == 0
    assert capsys.readouterr().err == ""
    put(machine(A=task(5000, Next="B"), B=task(7000, End=True)))
    assert main(["check"]) == 1, "it is new when it comes back"


def test_what_a_run_does_not_look_at_is_not_stale(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(OLD, "b.asl.json")
    main(["check", "--write-baseline"])
    assert len(entries()) == 4
    put(machine(A={"Type": "Succeed"}), "b.asl.json")
    capsys.readouterr()
    assert main(["check", "a.asl.json"]) == 0
    assert main(["check", "--select", "ASL201"]) == 0
    assert capsys.readouterr().err == ""
    (here / "b.asl.json").unlink()
    assert main(["check", "a.asl.json"]) == 0
    assert "2 findings of the baseline are no longer there" in capsys.readouterr().err, "their file is gone"


def test_written_for_a_part_it_keeps_the_rest() -> None:
    put(OLD, "b.asl.json")
    main(["check", "--write-baseline"])
    put(machine(A=task(9000, Next="Ghost")), "b.asl.json")
    assert main(["check", "--write-baseline=known.json", "b.asl.json", "--select", "ASL301"]) == 0
    found = [(entry["file"], entry["code"], entry["text"]) for entry in entries()]
    assert found == [
        ("a.asl.json", "ASL301", "5000"),
        ("a.asl.json", "ASL301", "7000"),
        ("b.asl.json", "ASL301", "9000"),
    ]


def test_a_suppressed_finding_is_not_in_it() -> None:
    put(machine(A=task(5000, Comment="asllint: ignore[infinite-retry-risk] agreed", End=True)))
    main(["check", "--write-baseline"])
    assert entries() == []
    assert Path("known.json").read_text() == '{\n  "asllint-baseline": 1,\n  "findings": []\n}\n'


def test_files_are_relative_to_the_baseline(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(OLD, "sub/deep/x.asl.json")
    (here / "a.asl.json").unlink()
    assert main(["check", "--write-baseline=sub/base.json"]) == 0
    document = json.loads((here / "sub" / "base.json").read_text())
    assert {entry["file"] for entry in document["findings"]} == {"deep/x.asl.json"}
    monkeypatch.chdir(here / "sub" / "deep")
    assert main(["check", "--isolated", "--ignore", "iam", "--baseline", "../base.json"]) == 0
    text = (here / "sub" / "deep" / "x.asl.json").read_bytes()

    class Stdin:
        class buffer:
            @staticmethod
            def read(limit: int = -1) -> bytes:
                return text

    monkeypatch.setattr("sys.stdin", Stdin)
    flags = ["--isolated", "--ignore", "iam", "--baseline", "../base.json"]
    assert main(["check", "-", "--stdin-filename", "x.asl.json", *flags]) == 0
    assert main(["check", "-", *flags]) == 1, "nobody knows which file it is"


def test_a_directory_above_may_have_two_names(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert main(["check", "--write-baseline"]) == 0
    other = tmp_path_factory.mktemp("other") / "name"
    other.symlink_to(here.parent)
    assert main(["check", str(other / here.name / "a.asl.json")]) == 0
    assert main(["check", str(other / here.name)]) == 0


def test_in_yaml_and_with_strange_names(here: Path) -> None:
    (here / "a.asl.json").unlink()
    state = 'Ä "\\/~ 7'
    text = "StartAt: S\nStates:\n  S:\n    Type: Pass\n    Next: Ghost\n"
    (here / "m.asl.yaml").write_text(text)
    put({"StartAt": "\ud800", "States": {"\ud800": task(5000, Next=state), state: task(7000, End=True)}}, "s.asl.json")
    assert main(["check", "--write-baseline"]) == 0
    assert main(["check"]) == 0
    (here / "m.asl.yaml").write_text("# new\n" + text.replace("  S:", "  T:\n    Type: Succeed\n  S:"))
    assert main(["check", "--select", "ASL201"]) == 0


def test_a_finding_over_an_object_is_known_whatever_the_object_holds() -> None:
    put({"States": {"A": {"Type": "Pass", "End": True}}, "Comment": "no start"})
    assert main(["check", "--write-baseline"]) == 0
    assert any(entry["code"].startswith("ASL1") for entry in entries())  # type: ignore[attr-defined]
    put({"States": {"Z": {"Type": "Pass", "Next": "A"}, "A": {"Type": "Pass", "End": True}}, "Comment": "no start"})
    assert main(["check"]) == 0


# -- the file


def test_branches_that_change_different_entries_merge(here: Path) -> None:
    base = Baseline("known.json")
    base.counts = {(f"{name}.asl.json", "ASL301", "A", "/States/A", "5"): 1 for name in "bdfhjlnp"}
    for name, change in (("old", lambda b: None), ("ours", lambda b: b.pop(key("d"))), ("theirs", add)):
        one = Baseline(name, counts=base.counts)
        change(one.counts)
        one.write()
    done = subprocess.run(
        ["git", "merge-file", "-p", "ours", "old", "theirs"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    (here / "merged").write_text(done.stdout)
    assert [each[0][0] for each in Baseline.read("merged").counts] == list("abfhjlnp")


def key(name: str) -> tuple[str, str, str, str, str]:
    return f"{name}.asl.json", "ASL301", "A", "/States/A", "5"


def add(counts: dict[tuple[str, str, str, str, str], int]) -> None:
    counts[key("a")] = 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<<<<<<< ours\n{}", "it is no JSON (line 1: Expecting value)"),
        ("[]", "it is no baseline of asllint"),
        ('{"asllint-baseline": 2, "findings": []}', "it is of version 2, and version 1 can be read"),
        ('{"asllint-baseline": 1}', "something is missing"),
        ('{"asllint-baseline": 1, "findings": [7]}', "something is missing"),
        ('{"asllint-baseline": 1, "findings": [{"file": "a", "code": 7}]}', "something is missing"),
        ('{"asllint-baseline": 1, "findings": [{"file": "a", "code": "b", "count": 0}]}', "something is missing"),
        ("\ud800", "it is no JSON in UTF-8"),
        ("[" * 100_000, "something is missing"),
    ],
)
def test_a_file_that_is_no_baseline(here: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "known.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BaselineError):
        Baseline.read("known.json")
    assert main(["check"]) == 2
    assert said in capsys.readouterr().err
    assert main(["check", "--write-baseline"]) == 2
    assert (here / "known.json").read_bytes() == text.encode("utf-8", "surrogatepass"), (
        "nothing of others is overwritten"
    )


def test_a_definition_is_not_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("a.asl.json").read_bytes()
    assert main(["check", "--write-baseline", "a.asl.json"]) == 2
    assert "it is no baseline of asllint" in capsys.readouterr().err
    assert Path("a.asl.json").read_bytes() == before
    assert main(["check", "--write-baseline", "."]) == 2
    assert "--write-baseline=FILE" in capsys.readouterr().err


def test_a_baseline_that_is_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert capsys.readouterr().err == (
        "asllint: PLACE:2: the baseline known.json does not exist; `asllint check --write-baseline` writes it\n"
    ).replace("PLACE", str(here / "asllint.toml"))
    assert main(["check", "--isolated", "--baseline", "gone.json"]) == 2
    assert "gone.json does not exist" in capsys.readouterr().err
    assert main(["check", "--isolated", "--prune-baseline"]) == 2
    assert "there is no baseline" in capsys.readouterr().err


def test_a_baseline_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--write-baseline=no/such/folder.json"]) == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_without_a_configuration_it_has_a_name(here: Path) -> None:
    (here / "asllint.toml").unlink()
    assert main(["check", "--write-baseline"]) == 0
    assert (here / "asllint-baseline.json").is_file()
    assert main(["check", "--baseline", "asllint-baseline.json"]) == 0
    assert main(["check"]) == 1


def test_reports_count_what_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--write-baseline"])
    capsys.readouterr()
    assert main(["check", "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["findings"], document["summary"]["baselined"]) == ([], 2)
