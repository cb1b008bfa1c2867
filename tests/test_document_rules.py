"""The rules of document and style beyond their examples: languages, encodings, fixes, doubtful cases."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path

import pytest

from asllint.engine import lint
from asllint.registry import PACKAGE, Entry, Registry, rule_in
from asllint.result import Diagnostic, Report
from asllint.settings import Settings

LIMIT = 1_048_576
MACHINE = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'


def _groups(*names: str) -> Registry:
    """Return the rules of groups, read from their folders."""
    entries = []
    for name in names:
        package = f"{PACKAGE}.{name}"
        for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
            rule = rule_in(f"{package}.{info.name}")
            entries.append(Entry(rule.code, rule.name, name, rule.__module__, rule.default, rule.concerns))
    return Registry(entries)


RULES = _groups("document", "style")


def run(text: str | bytes, name: str = "x.asl.json", *, select: str | None = None, judged: bool = True) -> Report:
    settings = Settings()
    if select is not None:
        settings.select = (select,)
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    report = lint(name, data, settings, RULES, judged=judged)
    assert not report.failed, [d.message for d in report.diagnostics]
    return report


def found(text: str | bytes, name: str = "x.asl.json", *, select: str | None = None) -> list[Diagnostic]:
    return list(run(text, name, select=select).diagnostics)


def codes(text: str | bytes, name: str = "x.asl.json", *, select: str | None = None) -> list[str]:
    return [d.code for d in found(text, name, select=select)]


def mended(text: str, diagnostic: Diagnostic) -> str:
    assert diagnostic.fix is not None
    for start, end, new in sorted(diagnostic.fix.edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


# -- syntax-error


def test_a_clean_text_has_no_finding() -> None:
    assert found(MACHINE) == []
    assert found(MACHINE.encode("utf-8-sig")) == []
    assert found(MACHINE.replace(" ", "\r\n")) == []
    assert found("StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n", "x.asl.yaml") == []


@pytest.mark.parametrize(
    "broken",
    [
        MACHINE.replace("true}", "true,}"),
        MACHINE.replace('"Pass",', '"Pass"'),
        MACHINE.replace('"Pass"', "'Pass'"),
        MACHINE.replace('"Type"', "Type"),
        MACHINE.replace('"Type":', '"Type"'),
        MACHINE.replace("true", "True"),
        MACHINE.replace('"Pass"', r'"Pa\ss"'),
    ],
)
def test_the_fix_of_a_slip_makes_json(broken: str) -> None:
    (slip,) = found(broken)
    assert (slip.code, slip.severity, slip.aws_code) == ("ASL001", "error", "INVALID_JSON_DESCRIPTION")
    assert slip.rejected_by_aws
    assert slip.fix is not None
    assert slip.fix.safe
    assert isinstance(json.loads(mended(broken, slip)), dict)


def test_every_slip_is_a_finding_and_the_rest_is_read() -> None:
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True,}, "A": {"Type": "Pass" "End": true}},}'
    assert codes(text) == ["ASL001", "ASL001", "ASL004", "ASL001", "ASL001"]


@pytest.mark.parametrize("tail", [" and more", " // the end", "\n# the end"])
def test_what_takes_text_away_is_no_safe_fix(tail: str) -> None:
    (slip,) = found(MACHINE + tail)
    assert slip.code == "ASL001"
    assert slip.fix is None or not slip.fix.safe


def test_an_unclosed_text_names_its_bracket() -> None:
    (slip,) = found(MACHINE[:-3])
    assert slip.span == (len(MACHINE) - 3, len(MACHINE) - 3)
    assert slip.related


def test_a_lone_surrogate_is_a_warning() -> None:
    (half,) = found(MACHINE.replace('"Pass"', r'"Pass", "Comment": "\ud83d"'))
    assert (half.code, half.severity, half.rejected_by_aws) == ("ASL001", "warning", False)
    assert found(MACHINE.replace('"Pass"', r'"Pass", "Comment": "\ud83d\ude00"')) == []


def test_a_function_may_bring_the_quotes_of_a_name() -> None:
    text = '{"StartAt": "A", "States": {%s: {"Type": "Pass", "End": true}}}'
    (plain,) = found(text % "${Name}")
    assert (plain.code, plain.severity) == ("ASL001", "error")
    (call,) = found(text % "${jsonencode(name)}")
    assert (call.code, call.severity, call.rejected_by_aws) == ("ASL001", "warning", False)


def test_yaml_errors_are_not_aws_errors() -> None:
    slips = found("StartAt: A\nStates:\n\tA: {Type: Pass, End: true}\n", "x.asl.yaml")
    assert slips
    assert {(d.code, d.severity, d.rejected_by_aws) for d in slips} == {("ASL001", "error", False)}


# -- not-utf8, nested-too-deeply


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_wide_encodings(encoding: str) -> None:
    assert codes(MACHINE.encode(encoding)) == ["ASL002"]


def test_bytes_that_are_no_utf8() -> None:
    assert codes(MACHINE.replace("Pass", "Größe").encode("latin-1")) == ["ASL002"]
    assert "ASL002" in codes(b"\x7fELF\x00\x01\x00\x00" + bytes(range(256)) * 4)


def test_depth() -> None:
    deep = MACHINE.replace('"Pass"', '"Pass", "Result": ' + "[" * 100_000 + "]" * 100_000)
    assert codes(deep) == ["ASL003"]
    (finding,) = found(deep)
    assert (finding.severity, finding.aws_code, finding.rejected_by_aws) == ("error", "TOO_DEEPLY_NESTED", False)
    assert found(MACHINE.replace('"Pass"', '"Pass", "Result": ' + "[" * 200 + "]" * 200)) == []


def test_aliases_without_end() -> None:
    levels = "".join(f"  l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]\n" for i in range(1, 9))
    bomb = f"StartAt: A\nStates:\n  A: {{Type: Pass, End: true}}\nComment:\n  l0: &l0 [x]\n{levels}"
    assert "ASL003" in codes(bomb, "x.asl.yaml")
    cycle = "StartAt: A\nStates:\n  A: &a {Type: Pass, Result: [*a], End: true}\n"
    assert codes(cycle, "x.asl.yaml") == ["ASL003"]


# -- duplicate-key


def test_each_later_duplicate_is_a_finding() -> None:
    text = '{"StartAt": "A", "StartAt": "B", "States": {"A": {"Type": "Pass", "End": true}}, "StartAt": "A"}'
    findings = found(text)
    assert [(d.code, d.severity, d.start) for d in findings] == [
        ("ASL004", "warning", text.index('"StartAt"', 2)),
        ("ASL004", "warning", text.rindex('"StartAt"')),
    ]
    assert {(r.start, r.end) for d in findings for r in d.related} == {(1, 10)}


def test_a_duplicate_goes_only_where_the_last_value_stays() -> None:
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"k": 1, "k": 2, "k": 1}, "End": true}}}'
    assert [d.fix for d in found(text, select="duplicate-key")] == [None, None]
    text = text.replace('"k": 2, "k": 1', '"k": 2, "k": 2')
    first, second = found(text, select="duplicate-key")
    assert first.fix is None
    assert '{"k": 1, "k": 2}' in mended(text, second)


def test_a_duplicate_state_is_called_one() -> None:
    (finding,) = found(MACHINE.replace('{"A":', '{"A": {"Type": "Fail"}, "A":'))
    assert finding.message.startswith("The state `A` is defined twice")
    assert finding.pointer == "/States/A"


def test_an_escape_is_the_same_name() -> None:
    assert codes(MACHINE.replace('"Type"', r'"Comment": "", "\u0043omment": "", "Type"')) == ["ASL004"]


def test_names_that_differ_are_no_duplicates() -> None:
    assert found(MACHINE.replace('"Type"', '"Comment": "", "comment": "", "Type"')) == []


def test_placeholders_for_members_are_no_duplicates() -> None:
    assert "ASL004" not in codes(MACHINE.replace('{"A":', '{${more}, ${more}, "A":'))
    assert codes(MACHINE.replace('{"A":', '{"${X}": {"Type": "Fail"}, "${X}": {"Type": "Fail"}, "A":')) == ["ASL004"]


def test_an_alias_does_not_repeat_its_duplicates() -> None:
    text = "StartAt: A\nStates:\n  A: {Type: Pass, Result: &r {a: 1, a: 2}, Parameters: *r, End: true}\n"
    assert codes(text, "x.asl.yaml") == ["ASL004"]


# -- definition-too-large


def _large(size: int, gap: str = "") -> str:
    text = '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Comment":"%s"}}}'
    return gap + text % ("x" * (size - len(text) + 2))


def test_the_limit_counts_characters() -> None:
    assert len(_large(LIMIT)) == LIMIT
    assert found(_large(LIMIT)) == []
    (over,) = found(_large(LIMIT + 1))
    assert (over.code, over.severity, over.pointer, over.span) == ("ASL005", "error", "", (0, 1))
    assert "1,048,577" in over.message
    assert found(_large(LIMIT).replace("xxxx", "äöü€")) == []


def test_white_space_and_placeholders_may_go() -> None:
    (blank,) = found(_large(LIMIT, gap=" "))
    assert (blank.code, blank.severity) == ("ASL005", "warning")
    (filled,) = found(_large(LIMIT + 1).replace("x" * 20, "${" + "x" * 17 + "}", 1))
    assert (filled.code, filled.severity) == ("ASL005", "warning")


def test_yaml_counts_as_json() -> None:
    text = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Comment: %s\n    End: true\n"
    assert codes(text % ("x" * LIMIT), "x.asl.yaml") == ["ASL005"]
    spaces = "\n".join(["#" * 1000] * 1100)
    assert found(text % "x" + spaces, "x.asl.yaml") == []


# -- not-an-object


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff"])
@pytest.mark.parametrize("name", ["x.asl.json", "x.asl.yaml", "x.asl"])
def test_a_blank_text(text: str, name: str) -> None:
    (blank,) = found(text, name)
    assert (blank.code, blank.aws_code, blank.pointer) == ("ASL006", "SCHEMA_VALIDATION_FAILED", "")
    assert blank.rejected_by_aws


@pytest.mark.parametrize("text", ["[]", '"text"', "5", "true", "null", "[1, 2]", " [ ]"])
def test_other_roots(text: str) -> None:
    (other,) = found(text)
    assert other.code == "ASL006"
    assert other.start == len(text) - len(text.lstrip())


def test_a_broken_root_is_a_syntax_error_only() -> None:
    assert codes("[1, 2") == ["ASL001"]
    assert codes("{") == ["ASL001"]


def test_what_is_not_judged_is_skipped() -> None:
    assert run("[]", "data.json", judged=False).skipped
    assert run("", "data.json", judged=False).skipped


# -- several-documents


def test_documents_behind_the_first() -> None:
    first = "StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n"
    assert codes(f"{first}---\n{first}---\n{first}", "x.asl.yaml") == ["ASL007"]
    assert found(f"---\n{first}...\n", "x.asl.yaml") == []
    assert found(f"# a comment\n---\n{first}---\n", "x.asl.yaml") == []


# -- unquoted-placeholder


def _resource(raw: str) -> str:
    return '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": %s, "End": true}}}' % raw  # noqa: UP031


@pytest.mark.parametrize("raw", ["${Arn}", "${module.x.arn}", "${AWS::Region}", "${ arns[0] }"])
def test_a_bare_placeholder_for_a_string(raw: str) -> None:
    (bare,) = found(_resource(raw))
    assert (bare.code, bare.severity, bare.pointer) == ("ASL008", "warning", "/States/A/Resource")
    assert mended(_resource(raw), bare) == _resource(f'"{raw}"')
    assert bare.fix is not None
    assert not bare.fix.safe


@pytest.mark.parametrize(
    "raw", ['"${Arn}"', "${jsonencode(arn)}", "${arn_json}", "{{ arn }}", "{{ arn | tojson }}", "${x ? y : z}", "<ARN>"]
)
def test_what_may_bring_quotes(raw: str) -> None:
    assert "ASL008" not in codes(_resource(raw))


def test_a_placeholder_beside_text_is_one_finding() -> None:
    assert codes(_resource("${Arn}:$LATEST")) == ["ASL001"]


@pytest.mark.parametrize("field", ["TimeoutSeconds", "Parameters", "Retry", "ResultPath", "Unknown"])
def test_fields_that_take_something_else(field: str) -> None:
    assert "ASL008" not in codes(_resource(f'"r", "{field}": ${{value}}'))
    assert "ASL008" not in codes(_resource('"r", "Parameters": {"Resource": ${value}}'))


def test_choice_rules_too() -> None:
    text = """{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [
      {"Variable": "$.x", "StringEquals": ${Word}, "Next": "B"},
      {"Variable": "$.x", "NumericEquals": ${Number}, "Next": "B"},
      {"Variable": "$.x", "BooleanEquals": ${Flag}, "Next": ${Following}}]}, "B": {"Type": "Succeed"}}}"""
    assert [d.pointer for d in found(text)] == ["/States/A/Choices/0/StringEquals", "/States/A/Choices/2/Next"]


# -- suppressions


def test_kinds_of_suppressions() -> None:
    text = """StartAt: A
States:
  A:
    Type: Pass
    Comment: "asllint: ignore[duplicate-key] both are wanted"
    Comment: "asllint: ignore[not-utf8, duplicate-kee] neither is"
    End: true # asllint: ignore
"""
    report = run(text, "x.asl.yaml")
    shown = [(d.code, text[d.start : d.end]) for d in report.diagnostics if d.suppressed is None]
    assert ("ASL010", "not-utf8") in shown
    assert ("ASL011", "duplicate-kee") in shown
    assert ("ASL012", "asllint: ignore") in shown
    assert [d.code for d in report.diagnostics if d.suppressed is not None] == ["ASL004"]


def test_removing_an_unused_suppression_is_safe() -> None:
    text = "StartAt: A\nStates:\n  A: {Type: Pass, End: true} # asllint: ignore[duplicate-key] why\n"
    (unused,) = found(text, "x.asl.yaml")
    assert unused.code == "ASL010"
    assert unused.fix is not None
    assert unused.fix.safe
    assert mended(text, unused) == "StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n"


# -- ambiguous-yaml-value


@pytest.mark.parametrize(
    ("raw", "old", "new"),
    [
        ("yes", "the boolean true", "a string"),
        ("Off", "the boolean false", "a string"),
        ("010", "a number in base 8", "the number 10"),
        ("089", "a string", "the number 89"),
        ("1:30", "a number in base 60", "a string"),
        ("2026-01-31", "a date", "a string"),
        ("1_000", "a number", "a string"),
    ],
)
def test_readings(raw: str, old: str, new: str) -> None:
    text = f"StartAt: A\nStates:\n  A: {{Type: Pass, Result: {raw}, End: true}}\n"
    assert found(text, "x.asl.yaml") == []
    (note,) = found(text, "x.asl.yaml", select="ASL901")
    assert note.severity == "note"
    assert note.message == f"`{raw}` is {old} for readers of YAML 1.1, and {new} for those of YAML 1.2."
    assert found(mended(text, note), "x.asl.yaml", select="ASL901") == []


def test_json_has_no_ambiguous_values() -> None:
    assert "ASL901" not in codes(MACHINE.replace('"Pass"', ""), select="ASL901")


# -- what is in use


def test_fragments_of_the_seeds(shared: Path) -> None:
    data = (shared / "seeds" / "transform-job.fragment.asl.json").read_bytes()
    (finding,) = found(data)
    assert finding.code == "ASL001"
    assert finding.position[0] == len(data.decode().rstrip().splitlines())
    assert [(r.start, r.end) for r in finding.related] == [(0, 1)]
    for name in ("labeling-job.asl.json", "processing-job.asl.json", "training-job.fragment.asl.json"):
        assert found((shared / "seeds" / name).read_bytes()) == [], name


def test_accepted_definitions_have_no_finding(shared: Path) -> None:
    root = shared / "corpus" / "aws-verdicts"
    for line in (root / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["verdict"] == "ACCEPT":
            assert found((root / row["file"]).read_bytes(), row["file"]) == [], row["file"]
