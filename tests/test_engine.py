"""The engine: places, order, selection, severities, suppression, and what is skipped."""

from __future__ import annotations

import json
import pkgutil
from typing import Any

import pytest

from asllint.engine import brief, lint
from asllint.registry import Registry, builtin
from asllint.result import Diagnostic, Report
from asllint.rule import Example, Finding, Related, Rule
from asllint.settings import Settings


def run(text: str, name: str = "x.asl.json", judged: bool = True, **settings: Any) -> Report:
    chosen = Settings()
    for key, value in settings.items():
        setattr(chosen, key, value)
    return lint(name, text.encode(), chosen, builtin(), judged=judged)


def one(report: Report, code: str) -> Diagnostic:
    found = [d for d in report.diagnostics if d.code == code]
    assert len(found) == 1, report.diagnostics
    return found[0]


@pytest.mark.parametrize(
    ("name", "text", "code", "pointer", "state"),
    [
        (
            "x.asl.json",
            '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "G"}}}',
            "ASL201",
            "/States/A/Next",
            "A",
        ),
        (
            "x.asl.json",
            '{"States": {"A/b~": {"Type": "Pass", "Next": "G"}}, "StartAt": "A/b~"}',
            "ASL201",
            "/States/A~1b~0/Next",
            "A/b~",
        ),
        ("x.asl.json", '{"A": {"Type": "Pass", "Nxet": "G"}}', "ASL103", "/States/A/Nxet", "A"),
        ("x.asl.json", '{"Type": "Pass", "End": true, "Nope": 1}', "ASL103", "/States/StateName/Nope", "StateName"),
        (
            "x.asl.json",
            '{"Type": "Parallel", "End": true, "Branches": []}',
            "ASL115",
            "/States/StateName/Branches",
            "StateName",
        ),
        ("x.asl.json", "{}", "ASL101", "", None),
        ("x.asl.yaml", "States:\n  A:\n    Type: Pass\n    End: true\n", "ASL101", "", None),
        (
            "x.asl.yaml",
            "StartAt: A\nStates:\n  A:\n    Type: Wait\n    Seconds: 1\n    Next: B\n",
            "ASL201",
            "/States/A/Next",
            "A",
        ),
        (
            "x.asl.json",
            '{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true}]}}}',
            "ASL101",
            "/States/C/Choices/0",
            "C",
        ),
    ],
)
def test_pointer_and_state(name: str, text: str, code: str, pointer: str, state: str | None) -> None:
    found = one(run(text, name), code)
    assert (found.pointer, found.state) == (pointer, state)


def test_findings_come_in_the_order_of_the_text_and_once() -> None:
    report = run(
        '{"StartAt": "X", "States": {"A": {"Type": "Pas", "Q": 1}, "B": {"Type": "Pass", "End": 1, "Nxt": 2}}}'
    )
    spans = [d.span for d in report.diagnostics]
    assert spans == sorted(spans)
    assert len({(d.code, d.span, d.message) for d in report.diagnostics}) == len(report.diagnostics)


BROKEN = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "G", "Nxt": 1}}}'


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        ({}, {"ASL103", "ASL201", "ASL205"}),
        ({"select": ("ASL2",)}, {"ASL201", "ASL205"}),
        ({"select": ("flow",)}, {"ASL201", "ASL205"}),
        ({"select": ("unsupported-field",)}, {"ASL103"}),
        ({"ignore": ("ASL1",)}, {"ASL201", "ASL205"}),
        ({"ignore": ("missing-transition-target",)}, {"ASL103", "ASL205"}),
    ],
)
def test_selection(settings: dict[str, Any], codes: set[str]) -> None:
    assert {d.code for d in run(BROKEN, **settings).diagnostics if d.severity == "error"} == codes


def test_a_configured_severity_counts() -> None:
    report = run(BROKEN, severities={"missing-transition-target": "note"})
    assert one(report, "ASL201").severity == "note"


def test_what_holds_no_machine_is_skipped_unless_judged() -> None:
    report = run('{"a": 1}', "x.json", judged=False)
    assert report.files == []
    assert report.skipped[0][0] == "x.json"
    broken = run('{"a": 1,, }', "x.json", judged=False)
    assert "1:8" in broken.skipped[0][1]
    assert run('{"a": 1}').files == ["x.asl.json"]


def test_a_comment_field_suppresses_its_state_and_the_unused_ones_are_named() -> None:
    text = (
        '{"StartAt": "A", "States": {"A": {"Comment": "asllint: ignore[missing-transition-target] made at run time", '
        '"Type": "Pass", "Next": "G"}, "B": {"Comment": "asllint: ignore[ASL201]", "Type": "Pass", "Next": "A"}}}'
    )
    report = run(text)
    assert one(report, "ASL201").suppressed == "made at run time"
    unused = one(report, "ASL010")
    assert text[unused.start : unused.end] == "ASL201"


def test_a_misspelt_suppression_is_named() -> None:
    text = "StartAt: A # asllint: ignore[missing-transition-traget] why\nStates: {A: {Type: Pass, End: true}}\n"
    found = one(run(text, "x.asl.yaml"), "ASL011")
    assert text[found.start : found.end] == "missing-transition-traget"
    assert "missing-transition-target" in found.full_message


def test_a_yaml_comment_suppresses_its_line_or_the_next_node() -> None:
    text = "StartAt: A\nStates:\n  # asllint: ignore[ASL201] above\n  A: {Type: Pass, Next: G}\n  B: {Type: Pass, Next: H} # asllint: ignore[ASL201, ASL202]\n"
    report = run(text, "x.asl.yaml")
    assert {(d.code, d.suppressed) for d in report.diagnostics} == {
        ("ASL201", "above"),
        ("ASL201", ""),
        ("ASL202", ""),
        ("ASL205", None),
    }


class Raising(Rule):
    """A rule that lowers what it declares.

    ## Why it matters

    For a test.
    """

    code = "ASL998"
    name = "raising"
    severity = "warning"
    aws_code = None
    invalid = (Example("{«»}"),)

    def check_machine(self, machine: object) -> Any:
        yield Finding((0, 1), "up", severity="error", rejected_by_aws=True)
        yield Finding((1, 10_000), "down", severity="note", related=[Related((-1, 10_000), "there")])
        raise ValueError("planted")


def test_a_finding_lowers_and_never_raises_and_stays_in_the_text() -> None:
    from asllint.registry import Entry

    entry = Entry("ASL998", "raising", "flow", __name__, True, ())
    entry.cls = Raising
    text = "{}  "
    report = lint("x.asl.json", text.encode(), Settings(), Registry([entry]), judged=True)
    assert report.failed
    by_message = {d.message: d for d in report.diagnostics}
    assert by_message["up"].severity == "warning"
    assert not by_message["up"].rejected_by_aws
    assert by_message["down"].severity == "note"
    assert by_message["down"].end == len(text)
    assert [(r.start, r.end) for r in by_message["down"].related] == [(0, len(text))]
    crash = one(report, "ASL000")
    assert "raising" in crash.message
    assert "ValueError: planted" in crash.message


def test_a_message_that_is_no_text_is_a_crash_of_its_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    from asllint.registry import Entry

    def check(self: Raising, machine: object) -> Any:
        yield Finding((0, 1), 5)  # type: ignore[arg-type]

    monkeypatch.setattr(Raising, "check_machine", check)
    entry = Entry("ASL998", "raising", "flow", __name__, True, ())
    entry.cls = Raising
    report = lint("x.asl.json", b"{}", Settings(), Registry([entry]), judged=True)
    assert "`raising`" in one(report, "ASL000").message


@pytest.mark.parametrize("broken", ["asllint.engine.build", "asllint.model.loops.loops"])
def test_a_definition_that_cannot_be_analysed_is_a_failure_that_says_so(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("of a test")

    monkeypatch.setattr(broken, fail)
    for judged in (True, False):
        report = run('{"StartAt": "A", "StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}', judged=judged)
        crash = one(report, "ASL000")
        assert report.failed
        assert "could not be analysed: ZeroDivisionError: of a test (test_engine.py:" in crash.message
        assert one(report, "ASL004"), "what only needs the text is found all the same"


@pytest.mark.parametrize(
    ("select", "analyses"),
    [
        (("document", "structure"), set[str]()),
        (("endless-loop",), {"loops"}),
        (("retrier-never-matches",), {"errors"}),
    ],
)
def test_nothing_is_analysed_that_no_rule_asks_for(
    monkeypatch: pytest.MonkeyPatch, select: tuple[str, ...], analyses: set[str]
) -> None:
    done: set[str] = set()

    def noted(kind: str, analysis: Any) -> Any:
        return lambda *given: done.add(kind) or analysis(*given)

    for kind, function in (("loops", "loops"), ("errors", "facts"), ("calls", "calls"), ("predicates", "analyse")):
        name = f"asllint.model.{kind}.{function}"
        monkeypatch.setattr(name, noted(kind, pkgutil.resolve_name(name)))
    again = {"Variable": "$.a", "IsPresent": True, "Next": "A"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Retry": [], "Parameters": {}, "Next": "B"}
    states = {"A": task, "B": {"Type": "Choice", "Choices": [again, again], "Default": "A"}}
    text = json.dumps({"StartAt": "A", "States": states})
    run(text, select=select)
    assert done == analyses
    run(text)
    assert done == {"loops", "errors", "calls", "predicates"}


def test_a_changed_selection_counts_at_once() -> None:
    settings, registry = Settings(), builtin()
    text = b'{"StartAt": "B", "StartAt": "A", "States": {"A": {"Type": "Pass"}}}'
    for select, ignore, severities, codes in (
        (None, (), {}, ["ASL004", "ASL111"]),
        (("document",), (), {}, ["ASL004"]),
        (("document",), ("ASL004",), {}, []),
        (None, ("ASL004",), {}, ["ASL111"]),
        (None, (), {"missing-next-or-end": "off"}, ["ASL004"]),
    ):
        settings.select, settings.ignore, settings.severities = select, ignore, severities  # type: ignore[assignment]
        found = lint("x.asl.json", text, settings, registry, judged=True).diagnostics
        assert [diagnostic.code for diagnostic in found] == codes


@pytest.mark.parametrize("name", ["x.asl.json", "x.asl.yaml"])
@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1" + "0" * 400, "-" + "9" * 5000, "1e308", "-1e308", ".inf", "-.inf", ".nan"]
)
def test_no_number_is_too_much(name: str, number: str) -> None:
    retrier = f'{{"ErrorEquals": ["E"], "MaxAttempts": {number}, "IntervalSeconds": {number}, "BackoffRate": {number}}}'
    call = '"Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync"'
    limits = f'"HumanTaskConfig": {{"TaskTimeLimitInSeconds": {number}}}'
    stop = f'"StoppingCondition": {{"MaxRuntimeInSeconds": {number}, "MaxWaitTimeInSeconds": {number}}}'
    text = f"""{{"StartAt": "W", "TimeoutSeconds": {number}, "States": {{
        "W": {{"Type": "Wait", "Seconds": {number}, "Next": "T"}},
        "T": {{"Type": "Task", {call}, "TimeoutSeconds": {number}, "HeartbeatSeconds": {number}, "Retry": [{retrier}],
               "Parameters": {{{limits}}}, "Next": "S"}},
        "S": {{"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
               "Parameters": {{"EnableManagedSpotTraining": true, {stop}}}, "End": true}}}}}}"""
    for workflow_type in ("standard", "express"):
        report = run(text, name, select=("ALL",), workflow_type=workflow_type)
        assert [d.message for d in report.diagnostics if d.code == "ASL000"] == []


def test_of_a_value_with_backquotes_in_it_the_long_parts_are_cut_and_no_words_of_ours() -> None:
    long, cut = "v" * 500, f"{'v' * 100}…{'v' * 100}"
    words = "Our own words " * 20
    for value, shown in (
        (long, cut),
        (f"a`{long}", f"a`{cut}"),
        (f"{long}`b", f"{cut}`b"),
        (f"a`{long}`b", f"a`{cut}`b"),
    ):
        assert brief(f"{words}`{value}` is not `x`. {words}") == f"{words}`{shown}` is not `x`. {words}"
    assert brief(f"{words}` {words}") == f"{words}` {words}"
    assert brief(words) == words


def test_long_values_are_quoted_in_part() -> None:
    name = "n" * 5000
    text = f'{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Next": "{name}"}}}}}}'
    found = one(run(text), "ASL201")
    assert f"`{'n' * 100}…{'n' * 100}`" in found.message
    assert found.end - found.start == len(name) + 2
