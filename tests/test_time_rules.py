"""The rules on retries, waits and timeouts beyond their examples: what is said where, and where nothing is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import Registry, builtin
from asllint.result import Diagnostic
from asllint.settings import Settings
from asllint.testing import strip_marks

Json = dict[str, Any]
CODES = ("ASL320", "ASL321", "ASL322", "ASL323", "ASL801", "ASL802", "ASL803", "ASL804")
RULES = Registry([entry for entry in builtin() if entry.code in CODES])
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:hello"
TODAY = "1780000000"  # 2026-05-28


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", TODAY)


def found(text: str, workflow_type: Any = None, language: str = "json", **options: Json) -> list[Diagnostic]:
    settings = Settings()
    settings.workflow_type = workflow_type
    for name, values in options.items():
        settings.set_options(name.replace("_", "-"), values)
    report = lint(f"x.asl.{language}", text.encode(), settings, RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return sorted(report.diagnostics, key=lambda d: (d.span, d.code))


def check(text: str, *codes: str, **more: Any) -> list[Diagnostic]:
    """Lint a text; the findings are those of `codes`, at the places between « and », in the order of the text."""
    plain, spans = strip_marks(text)
    out = found(plain, **more)
    assert [(d.code, plain[d.start : d.end]) for d in out] == [
        (code, plain[start:end]) for code, (start, end) in zip(codes, spans, strict=True)
    ]
    assert [d.span for d in out] == spans
    return out


def task(retry: str, **fields: object) -> str:
    more = "".join(f', "{name}": {json.dumps(value)}' for name, value in fields.items())
    return f'{{"Type": "Task", "Resource": "{FUNCTION}", "End": true, "Retry": [{retry}]{more}}}'


def only(state: str, **fields: object) -> str:
    more = "".join(f'"{name}": {json.dumps(value)}, ' for name, value in fields.items())
    return f'{{{more}"StartAt": "A", "States": {{"A": {state}}}}}'


# -- retry-outlives-timeout


def test_the_message_gives_the_sum_and_what_fits() -> None:
    retry = '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": «10», "BackoffRate": 1}'
    (d,) = check(only(task(retry, Catch=[{"ErrorEquals": ["E"], "Next": "A"}]), TimeoutSeconds=300), "ASL320")
    assert d.severity == "warning"
    assert d.message == (
        "10 retries of `A` last 10 min, longer than the `TimeoutSeconds` of the state machine (5 min): there is time for 5, "
        "then the execution ends and no Catch runs."
    )
    assert d.cure == "Lower `MaxAttempts` to 5 or less, or allow the execution more time."
    assert [r.message for r in d.related] == ["this ends the execution"]


def test_it_is_a_note_where_no_catch_waits() -> None:
    retry = '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": «10», "BackoffRate": 1}'
    (d,) = check(only(task(retry), TimeoutSeconds=300), "ASL320")
    assert (d.severity, d.message.endswith("there is time for 5, then the execution ends.")) == ("note", True)
    branches = f'"Branches": [{{"StartAt": "B", "States": {{"B": {task(retry)}}}}}]'
    around = f'{{"Type": "Parallel", {branches}, "Catch": [{{"ErrorEquals": ["E"], "Next": "A"}}], "End": true}}'
    (d,) = check(only(around, TimeoutSeconds=300), "ASL320")
    assert (d.severity, d.message.endswith("then the execution ends and no Catch runs.")) == ("warning", True)


def test_no_retry_fits() -> None:
    (d,) = check(
        only(task('{"ErrorEquals": ["E"], "IntervalSeconds": 600, "MaxAttempts": «1»}'), TimeoutSeconds=300), "ASL320"
    )
    assert d.message.startswith("1 retry of `A` lasts 10 min, longer than")
    assert "there is no time for one" in d.message
    assert d.cure == "Shorten the waits, or allow the execution more time."


def test_an_express_execution_gets_no_more_time() -> None:
    retry = task('{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": «6»}')
    (d,) = check(only(retry), "ASL320", workflow_type="express")
    assert d.cure == "Lower `MaxAttempts` to 2 or less, or run it as a Standard workflow."
    config = '"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}'
    each = f'"ItemProcessor": {{{config}, "StartAt": "B", "States": {{"B": {retry}}}}}'
    (d,) = check(only(f'{{"Type": "Map", {each}, "End": true}}'), "ASL320")
    assert d.cure == "Lower `MaxAttempts` to 2 or less, or set the `ExecutionType` of `A` to `STANDARD`."


@pytest.mark.parametrize(
    "retry",
    [
        '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": 5, "BackoffRate": 1}',
        '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": 9, "BackoffRate": 1, "JitterStrategy": "FULL"}',
        '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": 9, "BackoffRate": 1, "JitterStrategy": "${J}"}',
        '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": "${N}"}',
        '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": 9, "MaxDelaySeconds": "${M}"}',
        '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": 0}',
        '{"ErrorEquals": ["E"], "IntervalSeconds": 10, "MaxAttempts": 20, "MaxDelaySeconds": 15}',
        '{"ErrorEquals": ["E"], "IntervalSeconds": 100, "${More}": 1}',
    ],
)
def test_retries_that_may_fit(retry: str) -> None:
    check(only(task(retry), TimeoutSeconds=300))


def test_jitter_counts_half() -> None:
    retry = (
        '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": «11», "BackoffRate": 1, "JitterStrategy": "FULL"}'
    )
    (d,) = check(only(task(retry), TimeoutSeconds=300), "ASL320")
    assert "last 5 min 30 s on average" in d.message


@pytest.mark.parametrize(
    ("errors", "fields", "codes"),
    [
        (["States.Timeout"], {"TimeoutSeconds": 100}, ["ASL320"]),
        (["States.Timeout", "E"], {"TimeoutSeconds": 100}, []),
        (["States.Timeout"], {"TimeoutSeconds": 100, "HeartbeatSeconds": 10}, []),
        (["States.Timeout"], {"TimeoutSecondsPath": "$.t"}, []),
        (["States.Timeout"], {"TimeoutSeconds": "${T}"}, []),
    ],
)
def test_an_attempt_that_times_out_takes_its_time(errors: list[str], fields: Json, codes: list[str]) -> None:
    names = json.dumps(errors)
    attempts = "«3»" if codes else "3"
    check(only(task(f'{{"ErrorEquals": {names}, "MaxAttempts": {attempts}}}', **fields), TimeoutSeconds=300), *codes)


def test_a_child_of_five_minutes() -> None:
    retry = '{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": «10»}'
    inner = f'{{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}, "StartAt": "B", "States": {{"B": {task(retry)}}}}}'
    catch = '"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A"}]'
    (d,) = check(only(f'{{"Type": "Map", "ItemProcessor": {inner}, {catch}, "End": true}}'), "ASL320")
    assert d.severity == "note"
    assert "the 5 minutes of an Express execution, as which `A` runs its items" in d.message


# -- retry-amplification


def around(inner: str, outer: str, *, kind: str = "Parallel", between: str = "") -> str:
    if kind == "Parallel":
        holder = f'"Branches": [{{"StartAt": "T", "States": {{"T": {inner}{between}}}}}]'
    else:
        config = (
            f'"ProcessorConfig": {{"Mode": "{kind}", "ExecutionType": "STANDARD"}}, ' if kind == "DISTRIBUTED" else ""
        )
        holder = f'"ItemProcessor": {{{config}"StartAt": "T", "States": {{"T": {inner}{between}}}}}'
    return only(
        f'{{"Type": "{"Parallel" if kind == "Parallel" else "Map"}", {holder}, "Retry": [{outer}], "End": true}}'
    )


def test_the_product_is_shown() -> None:
    inner = task('{"ErrorEquals": ["E"], "MaxAttempts": 10, "IntervalSeconds": 60, "BackoffRate": 1}')
    outer = (
        '{"ErrorEquals": ["F"]}, {"ErrorEquals": ["E"], "MaxAttempts": «19», "IntervalSeconds": 100, "BackoffRate": 1}'
    )
    (d,) = check(around(inner, outer), "ASL321")
    assert d.message == (
        "`T` can be tried 220 times (11 × 20) over 3 h 51 min 40 s: each retry of `A` starts what is in it, with its own retries, from the beginning."
    )
    assert [r.message for r in d.related] == ["`T` retries the error 10 times"]


@pytest.mark.parametrize(
    ("inner", "outer", "kind"),
    [
        (["E"], ["F"], "Parallel"),
        (["States.Timeout"], ["States.TaskFailed"], "Parallel"),
        (["E"], ["${Name}"], "Parallel"),
        (["E"], ["E"], "DISTRIBUTED"),
        (["States.ALL"], ["States.TaskFailed"], "DISTRIBUTED"),
    ],
)
def test_retriers_that_do_not_meet(inner: list[str], outer: list[str], kind: str) -> None:
    if kind == "DISTRIBUTED" and outer == ["States.TaskFailed"]:
        outer = ["States.Timeout"]
    one = task(f'{{"ErrorEquals": {json.dumps(inner)}, "MaxAttempts": 50}}')
    check(around(one, f'{{"ErrorEquals": {json.dumps(outer)}, "MaxAttempts": 50}}', kind=kind))


@pytest.mark.parametrize("outer", ["States.ALL", "States.TaskFailed", "States.ExceedToleratedFailureThreshold"])
def test_a_map_run_fails_with_its_threshold(outer: str) -> None:
    one = task('{"ErrorEquals": ["E"], "MaxAttempts": 50}')
    check(around(one, f'{{"ErrorEquals": ["{outer}"], "MaxAttempts": «50»}}', kind="DISTRIBUTED"), "ASL321")


def test_what_is_caught_inside_does_not_get_out() -> None:
    end = ', "X": {"Type": "Pass", "End": true}'
    retry = '{"ErrorEquals": ["E"], "MaxAttempts": 50}'
    outer = '{"ErrorEquals": ["States.ALL"], "MaxAttempts": 50}'
    caught = task(retry, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "X"}])
    check(around(caught, outer, kind="Inline", between=end))
    other = task(retry, Catch=[{"ErrorEquals": ["F"], "Next": "X"}])
    check(around(other, outer.replace("50", "«50»"), kind="Inline", between=end), "ASL321")


def test_the_threshold_can_be_set() -> None:
    inner = task('{"ErrorEquals": ["E"]}')
    check(around(inner, '{"ErrorEquals": ["E"]}'))
    check(around(inner, '«{»"ErrorEquals": ["E"]}'), "ASL321", retry_amplification={"max-attempts": 15})


# -- missing-timeout

CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


def ask(more: str = "", *, mark: bool = False) -> str:
    resource = f'«"{CALLBACK}"»' if mark else f'"{CALLBACK}"'
    return f'{{"Type": "Task", "Resource": {resource}, "Parameters": {{}}, "End": true{more}}}'


def test_who_waits_for_what_is_said() -> None:
    (d,) = check(only(ask(mark=True)), "ASL322")
    assert "`A` waits for its task token without a `TimeoutSeconds`" in d.message
    activity = '{"Type": "Task", "Resource": «"arn:aws:states:eu-west-1:123456789012:activity:x"», "End": true}'
    (d,) = check(only(activity), "ASL322")
    assert "waits for an activity worker" in d.message


@pytest.mark.parametrize(
    "more",
    [
        ', "TimeoutSeconds": 60',
        ', "TimeoutSecondsPath": "$.t"',
        ', "HeartbeatSeconds": 60',
        ', "HeartbeatSecondsPath": "$.t"',
        ', "TimeoutSeconds": "${T}"',
        ', "${Timeouts}": 1',
    ],
)
def test_a_task_with_a_bound(more: str) -> None:
    check(only(ask(more)))


def test_what_is_bounded_from_outside() -> None:
    check(only(ask(), TimeoutSeconds=3600))
    check(only(ask(), TimeoutSeconds="${T}"))
    check(only(ask()), workflow_type="express")  # refused: another rule's finding
    check(ask())  # a state alone: the machine around it may have a timeout
    check(only(ask())[:-1])  # cut off: the timeout may follow
    check(only('{"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {}, "End": true}'))


@pytest.mark.parametrize(
    ("states", "bounded"),
    [
        ('"W": {"Type": "Wait", "Seconds": 60, "Next": "F"}, "F": {"Type": "Fail"}', True),
        ('"W": {"Type": "Wait", "Seconds": 60, "End": true}', False),
        ('"W": {"Type": "Fail"}', False),
    ],
)
def test_a_branch_that_is_a_timer(states: str, bounded: bool) -> None:
    branch = f'{{"StartAt": "T", "States": {{"T": {ask(mark=not bounded)}}}}}'
    text = only(
        f'{{"Type": "Parallel", "Branches": [{branch}, {{"StartAt": "W", "States": {{{states}}}}}], "End": true}}'
    )
    check(text, *([] if bounded else ["ASL322"]))


# -- heartbeat-not-below-timeout


@pytest.mark.parametrize(
    ("timeout", "heartbeat", "wrong"),
    [
        ("60", "60", True),
        ("60", "61", True),
        ("60", "59", False),
        ('"{% 60 %}"', '"{% 90 %}"', True),
        ('"{% $t %}"', "60", False),
        ("60", '"${H}"', False),
    ],
)
def test_heartbeat_and_timeout(timeout: str, heartbeat: str, wrong: bool) -> None:
    shown = f"«{heartbeat}»" if wrong else heartbeat
    text = f'{{"Type": "Task", "Resource": "{CALLBACK}", "Arguments": {{}}, "TimeoutSeconds": {timeout}, "HeartbeatSeconds": {shown}, "End": true}}'
    check(only(text, QueryLanguage="JSONata"), *(["ASL323"] if wrong else []))


# -- waits


def seconds(number: object, following: str = "") -> str:
    way = f'"Next": "{following}"' if following else '"End": true'
    return f'{{"Type": "Wait", "Seconds": {number}, {way}}}'


@pytest.mark.parametrize(
    ("wait", "timeout", "workflow_type", "severity"),
    [
        ("61", 60, None, "error"),
        ("60", 60, None, "warning"),
        ("59", 60, None, None),
        ("61", "${T}", None, None),
        ("301", 3600, "express", "error"),
        ("300", None, "express", "warning"),
        ("299", None, "express", None),
        ("301", None, "standard", None),
        ("31536000", None, None, None),
        ("32000000", None, None, "error"),
        ("32000000", None, "standard", "error"),
    ],
)
def test_a_wait_against_its_bound(wait: str, timeout: object, workflow_type: str | None, severity: str | None) -> None:
    more = {} if timeout is None else {"TimeoutSeconds": timeout}
    codes = ["ASL801"] if severity else []
    text = only(seconds(f"«{wait}»" if severity else wait), **more)
    if workflow_type == "express" and isinstance(timeout, int) and timeout > 300:
        text = text.replace(f'"TimeoutSeconds": {timeout}', f'"TimeoutSeconds": «{timeout}»')
        codes.insert(0, "ASL803")
    out = check(text, *codes, workflow_type=workflow_type)
    assert [d.severity for d in out if d.code == "ASL801"] == ([severity] if severity else [])


def test_a_wait_that_something_else_may_end() -> None:
    branch = f'{{"StartAt": "W", "States": {{"W": {seconds("«90»")}}}}}'
    fork = f'{{"Type": "Parallel", "Branches": [{branch}], "End": true}}'
    (d,) = check(only(fork, TimeoutSeconds=60), "ASL801")
    assert d.severity == "error"  # every way comes to it
    caught = fork.replace('"End"', '"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], "End"')
    text = f'{{"TimeoutSeconds": 60, "StartAt": "A", "States": {{"A": {caught}, "B": {{"Type": "Succeed"}}}}}}'
    (d,) = check(text, "ASL801")
    assert d.severity == "warning"


def test_a_wait_that_nothing_leads_to_is_not_judged() -> None:
    check(f'{{"TimeoutSeconds": 60, "StartAt": "A", "States": {{"A": {seconds(1)}, "B": {seconds(90)}}}}}')


def test_waits_add_up() -> None:
    text = f'{{"TimeoutSeconds": «60», "StartAt": "A", "States": {{"A": {seconds(40, "B")}, "B": {seconds(40)}}}}}'
    (d,) = check(text, "ASL802")
    assert d.severity == "error"
    assert d.message == "Every execution times out after 1 min: the shortest way through waits 1 min 20 s."
    assert [r.message for r in d.related] == ["`A` waits", "`B` waits"]
    check(text.replace("«60»", "100"))


def test_the_slowest_branch_counts() -> None:
    def branch(name: str, time: int) -> str:
        return f'{{"StartAt": "{name}", "States": {{"{name}": {seconds(time)}}}}}'

    both = f'{{"Type": "Parallel", "Branches": [{branch("X", 50)}, {branch("Y", 10)}], "Next": "B"}}'
    check(f'{{"TimeoutSeconds": «90», "StartAt": "A", "States": {{"A": {both}, "B": {seconds(50)}}}}}', "ASL802")
    check(f'{{"TimeoutSeconds": 110, "StartAt": "A", "States": {{"A": {both}, "B": {seconds(50)}}}}}')


@pytest.mark.parametrize(
    ("items", "width", "wrong"),
    [
        ('"{% [1..10] %}"', "2", True),
        ('"{% [1..10] %}"', "10", False),
        ('"{% [1..10] %}"', "0", False),
        ("[1, 2, 3, 4, 5, 6]", "1", True),
        ('"{% $states.input %}"', "1", False),
        ("[]", "1", False),
    ],
)
def test_items_one_after_the_other(items: str, width: str, wrong: bool) -> None:
    inner = f'{{"StartAt": "W", "States": {{"W": {seconds(20)}}}}}'
    timeout = "«90»" if wrong else "90"
    state = f'{{"Type": "Map", "Items": {items}, "MaxConcurrency": {width}, "ItemProcessor": {inner}, "End": true}}'
    text = f'{{"QueryLanguage": "JSONata", "TimeoutSeconds": {timeout}, "StartAt": "A", "States": {{"A": {state}}}}}'
    check(text, *(["ASL802"] if wrong else []))


def test_a_polling_loop_is_gone_round_once() -> None:
    poll = '{"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": true, "Next": "D"}], "Default": "A"}'
    check(
        f'{{"TimeoutSeconds": 60, "StartAt": "A", "States": {{"A": {seconds(50, "C")}, "C": {poll}, "D": {{"Type": "Succeed"}}}}}}'
    )


def test_the_children_of_a_map_run_add_up_for_themselves() -> None:
    inner = (
        '{"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": «"X"», "States": '
        f'{{"X": {seconds(200, "Y")}, "Y": {seconds(200)}}}}}'
    )
    (d,) = check(only(f'{{"Type": "Map", "ItemProcessor": {inner}, "End": true}}'), "ASL803")
    assert d.message.startswith("Every way through the item processor of `A` waits 6 min 40 s or more")


def test_timeouts_past_the_five_minutes_are_notes() -> None:
    text = only(task("", TimeoutSeconds=900).replace("900", "«900»"), TimeoutSeconds=600)
    out = check(text.replace("600", "«600»"), "ASL803", "ASL803", workflow_type="express")
    assert [d.severity for d in out] == ["note", "note"]
    check(only(task("", TimeoutSeconds=900), TimeoutSeconds=600))


# -- timestamps


@pytest.mark.parametrize(
    ("timestamp", "code", "severity"),
    [
        ("2016-03-14T01:59:00Z", "ASL804", "warning"),
        ("2026-01-01T00:00:00Z", "ASL804", "note"),
        ("2026-12-31T23:59:59.999Z", "", ""),
        ("2026-12-31T23:59:59+02:00", "", ""),
        ("2031-01-01T00:00:00Z", "ASL801", "warning"),
        ("${Date}", "", ""),
        ("2016-${Rest}", "", ""),
        ("not a date", "", ""),
    ],
)
def test_a_timestamp_is_judged_by_the_day(timestamp: str, code: str, severity: str) -> None:
    value = f'«"{timestamp}"»' if code else f'"{timestamp}"'
    out = check(only(f'{{"Type": "Wait", "Timestamp": {value}, "End": true}}'), *([code] if code else []))
    assert [d.severity for d in out] == ([severity] if code else [])


def test_the_day_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    text = only('{"Type": "Wait", "Timestamp": "2026-05-28T21:00:00Z", "End": true}')
    assert found(text) == []
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(TODAY) + 86400))
    assert [d.code for d in found(text)] == ["ASL804"]


# -- what runs in production


def test_production_has_no_error_of_time(shared: Path) -> None:
    files = [path for path in (shared / "corpus" / "production").rglob("*.asl.json") if path.is_file()]
    assert files
    for path in files:
        assert [d.code for d in found(path.read_text(encoding="utf-8")) if d.severity == "error"] == [], path
