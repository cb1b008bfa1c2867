"""The arithmetic of time and of quotas: numbers, moments, shortest ways, what Retriers have in common, bytes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.model import StateMachine, build
from asllint.model.limits import analyse as limits
from asllint.model.limits import least_bytes
from asllint.model.machine import MapState, WaitState
from asllint.model.retries import attempts, longest, retry_seconds, waits
from asllint.model.timing import (
    EXPRESS_SECONDS,
    YEAR,
    analyse,
    both,
    item_count,
    machine_timeout,
    moment,
    now,
    number,
    shortest,
    uncaught,
    wait_seconds,
)
from asllint.source import read as read_text
from asllint.source.node import Node

Json = dict[str, Any]


def read(definition: Json | str, workflow_type: Any = None) -> StateMachine:
    text = definition if isinstance(definition, str) else json.dumps(definition, ensure_ascii=False)
    machine = build(read_text("x.asl.json", text.encode()), workflow_type, judged=True)
    assert machine is not None
    return machine


def value(text: str) -> Node:
    root = read_text("x.asl.json", text.encode()).root
    assert root is not None
    return root


def machine(states: Json, start: str = "A", **more: Any) -> Json:
    return {"StartAt": start, "States": states, **more}


def wait(seconds: object, following: str = "") -> Json:
    return {"Type": "Wait", "Seconds": seconds, **({"Next": following} if following else {"End": True})}


def retrier(**fields: Any) -> Any:
    state = {"Type": "Task", "Resource": "r", "End": True, "Retry": [{"ErrorEquals": ["States.ALL"], **fields}]}
    return read(machine({"A": state})).states[0].retriers[0]


# -- numbers


@pytest.mark.parametrize(
    ("seconds", "language", "expected"),
    [
        (5, "JSONPath", 5),
        (0.5, "JSONPath", 0.5),
        ("5", "JSONata", None),
        ("{% 5 %}", "JSONata", 5),
        ("{%5%}", "JSONata", 5),
        (" {% 5 %} ", "JSONata", 5),
        ("{% 5 %}", "JSONPath", None),
        ("{% 5 * 60 %}", "JSONata", None),
        ("{% $seconds %}", "JSONata", None),
        ("${Seconds}", "JSONata", None),
        ("{% 1${Zeros} %}", "JSONata", None),
    ],
)
def test_only_a_literal_number_is_known(seconds: object, language: str, expected: float | None) -> None:
    state = read(machine({"A": wait(seconds)}, QueryLanguage=language)).states[0]
    assert isinstance(state, WaitState)
    assert wait_seconds(state) == expected
    assert number(None) is None


@pytest.mark.parametrize(
    ("fields", "count", "seconds"),
    [
        ({}, 3, 7),
        ({"MaxAttempts": 0}, 0, 0),
        ({"IntervalSeconds": 60, "MaxAttempts": 5000, "BackoffRate": 1}, 5000, 300_000),
        ({"IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 6, "MaxDelaySeconds": 60}, 6, 10 + 20 + 40 + 60 * 3),
        ({"MaxAttempts": "${N}"}, None, None),
        ({"IntervalSeconds": "${I}"}, 3, None),
        ({"BackoffRate": "${B}"}, 3, None),
        ({"MaxAttempts": 10**12}, 10**9, None),
    ],
)
def test_what_a_retrier_comes_to(fields: Json, count: int | None, seconds: float | None) -> None:
    found = retrier(**fields)
    assert attempts(found) == count
    if count is not None and (seconds is not None or count == 3):
        assert retry_seconds(found, count) == seconds


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"TimeoutSeconds": "${T}"}, None),
        ({"TimeoutSecondsPath": "$.t"}, None),
        ({"TimeoutSeconds": 100}, 100),
        ({"TimeoutSeconds": 100, "Retry": [{"ErrorEquals": ["A"]}]}, 4 * 100 + 1 + 2 + 4),
        (
            {"TimeoutSeconds": 100, "Retry": [
                {"ErrorEquals": ["A"]}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "IntervalSeconds": 10, "BackoffRate": 1}
            ]},
            (1 + 3 + 2) * 100 + 7 + 20,
        ),
        ({"TimeoutSeconds": 100, "Retry": [{"ErrorEquals": ["A"]}, {"ErrorEquals": ["B"], "MaxAttempts": "${N}"}]}, None),
        ({"TimeoutSeconds": 100, "Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": "${I}"}]}, None),
        ({"TimeoutSeconds": 100, "Retry": [{"ErrorEquals": ["A"], "MaxAttempts": 0}]}, 100),
        ({"Resource": "arn:aws:states:::http:invoke", "TimeoutSeconds": 60}, 60),
        ({"Resource": "arn:aws:states:::http:invoke", "TimeoutSeconds": 61}, None),
    ],
)  # fmt: skip
def test_what_a_state_comes_to_with_all_its_retriers(fields: Json, seconds: float | None) -> None:
    state = {"Type": "Task", "Resource": "r", "End": True, **fields}
    assert longest(read(machine({"A": state})).states[0]) == seconds


def test_a_retrier_that_may_have_more_fields_is_unknown() -> None:
    found = retrier(**{"${More}": 1})
    assert attempts(found) is None
    assert retry_seconds(found, 3) is None


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([1, 2, 3], 3),
        ([], 0),
        ("{% [1..5000] %}", 5000),
        ("{%[3..3]%}", 1),
        ("{% [5..1] %}", 0),
        ("{% $states.input.items %}", None),
        ("{% [1..$n] %}", None),
        ({"a": 1}, None),
    ],
)
def test_items_are_counted_where_they_are_written_out(items: object, expected: int | None) -> None:
    state = {"Type": "Map", "Items": items, "ItemProcessor": machine({"B": wait(1)}, "B"), "End": True}
    found = read(machine({"A": state}, QueryLanguage="JSONata")).states[0]
    assert isinstance(found, MapState)
    assert item_count(found) == expected


# -- moments


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_a_moment_is_that_of_datetime(at: datetime, minutes: int) -> None:
    whole = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(whole.isoformat()) == whole.timestamp()
    if minutes == 0:
        assert moment(whole.isoformat().replace("+00:00", ".123456789Z")) == whole.timestamp()


@pytest.mark.parametrize(
    "text", ["", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00Z", "{% $x %}", "2026-01-01T00:00:00"]
)
def test_what_is_no_moment(text: str) -> None:
    assert moment(text) is None


def test_the_time_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000")
    assert now() == 1000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert now() > 1_700_000_000


# -- limits of executions


@pytest.mark.parametrize(
    ("timeout", "workflow_type", "expected"),
    [
        (None, None, YEAR),
        (None, "express", EXPRESS_SECONDS),
        (None, "standard", YEAR),
        (60, None, 60),
        (60, "express", 60),
        (600, "express", EXPRESS_SECONDS),
        (0, None, YEAR),
        ("${Timeout}", None, YEAR),
        (10**9, "standard", YEAR),
    ],
)
def test_the_bound_of_an_execution(timeout: object, workflow_type: str | None, expected: int) -> None:
    more: dict[str, Any] = {} if timeout is None else {"TimeoutSeconds": timeout}
    found = read(machine({"A": wait(1)}, **more), workflow_type)
    assert analyse(found).limits[found].seconds == expected


def test_the_timeout_of_a_state_alone_is_not_that_of_a_machine() -> None:
    found = read('{"Type": "Task", "Resource": "r", "TimeoutSeconds": 5, "End": true}')
    assert machine_timeout(found) is None
    assert analyse(found).limits[found].seconds == YEAR


@pytest.mark.parametrize(
    ("mode", "execution", "timeout", "expected", "own"),
    [
        ("DISTRIBUTED", "EXPRESS", 3600, EXPRESS_SECONDS, True),
        ("DISTRIBUTED", "EXPRESS", 60, 60, False),
        ("DISTRIBUTED", "STANDARD", 3600, 3600, False),
        ("DISTRIBUTED", "${Type}", 3600, 3600, False),
        ("${Mode}", "EXPRESS", 3600, 3600, False),
        ("INLINE", "EXPRESS", 3600, 3600, False),
    ],
)
def test_the_bound_of_a_child(mode: str, execution: str, timeout: int, expected: int, own: bool) -> None:
    inner = machine({"B": wait(1)}, "B", ProcessorConfig={"Mode": mode, "ExecutionType": execution})
    found = read(machine({"A": {"Type": "Map", "ItemProcessor": inner, "End": True}}, TimeoutSeconds=timeout))
    limit = analyse(found).limits[found.scopes[0]]
    assert (limit.seconds, limit.root is found.scopes[0]) == (expected, own)


# -- ways


def choice(*targets: str, default: str = "") -> Json:
    rules = [{"Variable": "$.x", "NumericEquals": i, "Next": target} for i, target in enumerate(targets)]
    return {"Type": "Choice", "Choices": rules, **({"Default": default} if default else {})}


def way(states: Json) -> tuple[float, list[str]] | None:
    def cost(state: Any) -> float:
        return (wait_seconds(state) or 0) if isinstance(state, WaitState) else 0

    found = shortest(read(machine(states)), cost, 0)
    return None if found is None else (found[0], [state.name for state in found[1]])


def test_the_shortest_way() -> None:
    assert way({"A": wait(5, "B"), "B": wait(7)}) == (12, ["A", "B"])
    assert way({"A": choice("B", "C"), "B": wait(9), "C": wait(3, "D"), "D": wait(4)}) == (7, ["A", "C", "D"])
    assert way({"A": wait(5, "B"), "B": choice("A", default="C"), "C": {"Type": "Fail"}}) == (5, ["A", "B", "C"])


def test_a_way_through_a_catch_costs_nothing() -> None:
    task = {"Type": "Parallel", "Branches": [machine({"X": wait(1)}, "X")], "Next": "B",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]}  # fmt: skip
    assert way({"A": task, "B": wait(9), "C": {"Type": "Succeed"}}) == (0, ["A", "C"])


def test_a_way_that_is_hidden_is_not_judged() -> None:
    assert way({"A": wait(5, "${Next}"), "B": wait(7)}) is not None
    assert way({"A": {**wait(5, "B"), "${More}": 1}, "B": wait(7)}) is None
    assert way({"A": wait(5, "Nowhere")}) == (5, ["A"])
    assert way({"A": wait(5, "A")}) is None


# -- what Retriers have in common


ALL, FAILED, TIMEOUT = "States.ALL", "States.TaskFailed", "States.Timeout"


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ({"E"}, {"E"}, {"E"}),
        ({"E"}, {"F"}, set()),
        ({"E"}, {ALL}, {"E"}),
        ({ALL}, {"E"}, {"E"}),
        ({FAILED}, {"E", TIMEOUT}, {"E"}),
        ({"E", TIMEOUT}, {FAILED}, {"E"}),
        ({TIMEOUT}, {FAILED}, set()),
        ({TIMEOUT}, {ALL}, {TIMEOUT}),
    ],
)
def test_errors_that_two_retriers_match(inner: set[str], outer: set[str], expected: set[str]) -> None:
    assert both(frozenset(inner), frozenset(outer)) == expected


@pytest.mark.parametrize(
    ("errors", "catch", "expected"),
    [
        ({"E", "F"}, ["E"], {"F"}),
        ({"E"}, [ALL], set()),
        ({"E", TIMEOUT}, [FAILED], {TIMEOUT}),
        ({ALL}, [FAILED], {TIMEOUT}),
        ({ALL}, ["E"], {ALL}),
        ({"E"}, ["${Name}"], set()),
    ],
)
def test_errors_that_no_catcher_takes(errors: set[str], catch: list[str], expected: set[str]) -> None:
    state = {"Type": "Task", "Resource": "r", "End": True, "Catch": [{"ErrorEquals": catch, "Next": "B"}]}
    found = read(machine({"A": state, "B": {"Type": "Fail"}})).states[0]
    assert uncaught(frozenset(errors), found.catchers) == expected


def nested(*counts: int) -> StateMachine:
    def retry(count: int) -> list[Json]:
        return [{"ErrorEquals": ["States.ALL"], "MaxAttempts": count}]

    scope = machine({"T": {"Type": "Task", "Resource": "r", "Retry": retry(counts[0]), "End": True}}, "T")
    for i, count in enumerate(counts[1:]):
        name = f"P{i}"
        scope = machine({name: {"Type": "Parallel", "Branches": [scope], "Retry": retry(count), "End": True}}, name)
    return read(scope)


@given(st.lists(st.integers(min_value=1, max_value=9), min_size=2, max_size=6))
def test_attempts_multiply(counts: list[int]) -> None:
    (found,) = analyse(nested(*counts)).nested
    product = 1
    for count in counts:
        product *= 1 + count
    assert found.tries == product
    assert len(found.retriers) == len(counts)


def test_a_state_that_does_not_retry_is_passed_over() -> None:
    (found,) = analyse(nested(3, 0, 3)).nested
    assert (found.tries, len(found.retriers)) == (16, 2)
    assert analyse(nested(0, 3)).nested == []


@given(
    st.integers(min_value=1, max_value=3600),
    st.sampled_from([1, 1.1, 1.5, 2, 3]),
    st.integers(min_value=1, max_value=60),
    st.integers(min_value=10, max_value=20_000),
)
def test_as_many_retries_fit_as_their_waits_allow(interval: int, rate: float, count: int, timeout: int) -> None:
    state = {"Type": "Task", "Resource": "r", "End": True, "Retry": [
        {"ErrorEquals": ["States.ALL"], "IntervalSeconds": interval, "BackoffRate": rate, "MaxAttempts": count}]}  # fmt: skip
    facts = analyse(read(machine({"A": state}, TimeoutSeconds=timeout))).outlived
    one_by_one = [sum(interval * rate**k for k in range(n)) for n in range(count + 1)]
    fitting = max(n for n in range(count + 1) if one_by_one[n] <= timeout * (1 + 1e-9))
    if fitting == count:
        assert facts == [] or waits(interval, rate, count) == pytest.approx(timeout)
    else:
        assert facts[0].fitting == pytest.approx(fitting, abs=1 if one_by_one[fitting] == pytest.approx(timeout) else 0)
        assert facts[0].seconds == pytest.approx(one_by_one[-1], rel=1e-9, abs=0.001)


# -- bytes

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_no_data_is_smaller_than_its_least_size(data: object) -> None:
    compact = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    assert least_bytes(value(json.dumps(data, ensure_ascii=False)), "") <= len(compact)


@pytest.mark.parametrize(
    ("text", "language", "size"),
    [
        ('{"a": "bc", "d": [1, true]}', "", len('{"a":"bc","d":[1,true]}')),
        ('"größe"', "", 9),
        ('"a\\"b"', "", 6),
        ('{"a.$": "$.very.long.path"}', "JSONPath", len('{"a":1}')),
        ('{"a.$": "$.very.long.path"}', "JSONata", len('{"a.$":"$.very.long.path"}')),
        ('["{% $states.input.a %}"]', "JSONata", 3),
        ('["{% $states.input.a %}"]', "JSONPath", len('["{% $states.input.a %}"]')),
        ('["${Name}", "x-${Name}"]', "JSONPath", len('[1,"x-"]')),
        ("{}", "", 2),
        ("[]", "", 2),
        ("null", "", 4),
    ],
)
def test_the_least_size_of_a_template(text: str, language: str, size: int) -> None:
    assert least_bytes(value(text), language) == size


# -- large machines


def chain(count: int, **first: Any) -> Json:
    states: Json = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(count - 1)}
    states[f"S{count - 1}"] = {"Type": "Pass", "End": True}
    states["S0"].update(first)
    return machine(states, "S0")


def test_a_chain_of_states_makes_two_events_each() -> None:
    (found,) = limits(read(chain(12_500))).histories
    assert found.events == 25_002
    assert limits(read(chain(12_400))).histories == []


def test_deep_nesting_and_a_full_loop_end() -> None:
    scope = machine({"W": wait(1)}, "W")
    for i in range(50):
        retry = [{"ErrorEquals": ["States.ALL"]}]
        scope = machine({f"P{i}": {"Type": "Parallel", "Branches": [scope], "Retry": retry, "End": True}}, f"P{i}")
    found = read({**scope, "TimeoutSeconds": 1})
    assert analyse(found).slow == []
    names = [f"S{i}" for i in range(60)]
    loop = {name: choice(*names) for name in names[:-1]} | {names[-1]: wait(9)}
    (slow,) = analyse(read(machine(loop, "S0", TimeoutSeconds=5))).late
    assert slow.seconds == 9
