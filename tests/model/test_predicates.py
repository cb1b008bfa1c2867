"""Choice rules as predicates: the algebra against brute force, one by one, and at size."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asllint.model import ChoiceState, StateMachine, build
from asllint.model import predicates as p
from asllint.model.features import plain_choice
from asllint.source import read

# -- an evaluator of Choice rules, written for this test alone

MISSING = object()
STAMPS = {"2026-01-01T00:00:00Z": 0, "2026-01-01T01:00:00+01:00": 0, "2026-06-01T00:00:00Z": 1, "2025-06-01T00:00:00Z": -1,
          "2025-09-01T00:00:00.5Z": -0.5, "2024-01-01T00:00:00Z": -2, "2027-01-01T00:00:00Z": 2,
          "2026-03-01T00:00:00Z": 0.5}  # fmt: skip
UNIVERSE: list[Any] = [
    MISSING, None, True, False, [], ["a"], {}, {"b": 1}, "", "a", "ab", "b", "abc", "*", "é", "~", "aXb", "aba", "bb", "ba", "ca", "bab", "cab", *STAMPS,
    -2, -1, 0, 0.25, 0.5, 0.75, 1, 1.0, 2, 3, 5, 1e9,
]  # fmt: skip


class FailsError(Exception):
    pass


def glob(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(glob(pattern[1:], text[i:]) for i in range(len(text) + 1))
    if pattern[0] == "\\":
        pattern = pattern[1:]
    return text[:1] == pattern[0] and glob(pattern[1:], text[1:])


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TESTS: dict[str, Callable[[Any], Any]] = {
    "IsNull": lambda v: v is None,
    "IsNumeric": is_number,
    "IsString": lambda v: isinstance(v, str),
    "IsBoolean": lambda v: isinstance(v, bool),
    "IsTimestamp": lambda v: isinstance(v, str) and v in STAMPS,
}
ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "GreaterThan": lambda a, b: a > b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThanEquals": lambda a, b: a >= b,
}


def compare(operator: str, value: Any, given_: Any, test_of_missing_fails: bool) -> bool:
    if operator == "IsPresent":
        return bool((value is not MISSING) == given_)
    if operator in TESTS:
        if value is MISSING and test_of_missing_fails:
            raise FailsError
        return bool(TESTS[operator](value) == given_)
    if value is MISSING:
        raise FailsError
    if operator == "StringMatches":
        return isinstance(value, str) and glob(given_, value)
    for family, fits in (("String", TESTS["IsString"]), ("Numeric", is_number)):
        if operator.startswith(family):
            return bool(fits(value) and ORDERS[operator.removeprefix(family)](value, given_))
    if operator == "BooleanEquals":
        return bool(value is given_)
    assert operator.startswith("Timestamp")
    return (
        isinstance(value, str)
        and value in STAMPS
        and ORDERS[operator.removeprefix("Timestamp")](STAMPS[value], STAMPS[given_])
    )


def holds(rule: Mapping[str, Any], data: Mapping[str, Any], fails: bool) -> bool:
    if "And" in rule:
        return all(holds(one, data, fails) for one in rule["And"])
    if "Or" in rule:
        return any(holds(one, data, fails) for one in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], data, fails)
    ((operator, value),) = ((k, v) for k, v in rule.items() if k not in ("Variable", "Next"))
    return compare(operator, data[rule["Variable"]], value, fails)


def taken(rules: Sequence[Mapping[str, Any]], data: Mapping[str, Any], fails: bool) -> int | None:
    """The index of the rule that is taken; the number of rules for Default; None where the state fails."""
    try:
        return next((i for i, rule in enumerate(rules) if holds(rule, data, fails)), len(rules))
    except FailsError:
        return None


# -- random Choice states

TEXTS = st.sampled_from(["", "a", "ab", "b", "abc", "*", "2026-01-01T00:00:00Z"])
NUMBERS = st.sampled_from([-1, 0, 0.5, 1, 2, 5])


def comparisons(paths: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    orders = st.sampled_from(list(ORDERS))
    tests = st.one_of(
        st.tuples(orders.map("String{}".format), TEXTS),
        st.tuples(orders.map("Numeric{}".format), NUMBERS),
        st.tuples(orders.map("Timestamp{}".format), st.sampled_from(list(STAMPS)[:4])),
        st.tuples(st.just("BooleanEquals"), st.booleans()),
        st.tuples(st.just("StringMatches"), st.sampled_from(["*", "a*", "*b", "a*b", "\\*", "*a*", "b*", "ab"])),
        st.tuples(st.sampled_from(["IsPresent", *TESTS]), st.booleans()),
    )
    return st.builds(lambda path, test: {"Variable": path, test[0]: test[1]}, st.sampled_from(paths), tests)


def rules(paths: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        comparisons(paths),
        lambda inner: st.one_of(
            st.builds(lambda parts: {"And": parts}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda parts: {"Or": parts}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda part: {"Not": part}, inner),
        ),
        max_leaves=5,
    )


def machine_of(choices: Sequence[Mapping[str, Any]], default: bool, **more: Any) -> StateMachine:
    state: dict[str, Any] = {
        "Type": "Choice",
        "Choices": [{**rule, "Next": f"S{i}"} for i, rule in enumerate(choices)],
        **more,
    }
    if default:
        state["Default"] = "D"
    states: dict[str, Any] = {"C": state, "D": {"Type": "Succeed"}}
    states.update({f"S{i}": {"Type": "Succeed"} for i in range(len(choices))})
    document = read("x.asl.json", json.dumps({"StartAt": "C", "States": states}).encode())
    machine = build(document, None, judged=True)
    assert machine is not None
    return machine


def inputs(paths: Sequence[str]) -> Iterator[tuple[dict[str, Any], bool]]:
    for values in product(UNIVERSE, repeat=len(paths)):
        for fails in (True, False):
            yield dict(zip(paths, values, strict=True)), fails


def found(machine: StateMachine) -> tuple[p.Choices, ChoiceState]:
    state = machine.states[0]
    assert isinstance(state, ChoiceState)
    return p.Choices(machine), state


def agrees(choices: Sequence[dict[str, Any]], paths: Sequence[str], default: bool) -> None:
    result, state = found(machine_of(choices, default))
    everything = list(inputs(paths))
    ways = {taken(choices, data, fails) for data, fails in everything}
    tops = list(state.choices)
    for fact in result.facts:
        if fact.kind == p.GAP:
            assert any(taken(choices, data, True) == len(choices) for data, _ in everything)
        elif fact.kind == p.DEFAULT_UNREACHABLE:
            assert len(choices) not in ways
        else:
            assert fact.rule is not None
            index = tops.index(fact.rule)
            if fact.kind == p.SHADOWED:
                assert index not in ways
            elif fact.whole:
                never = 0 if fact.kind == p.CONTRADICTION else 1
                assert all(taken([choices[index]], data, fails) != never for data, fails in everything)
    for transition in result.dead:
        index = next((i for i, top in enumerate(tops) if top is transition.via), len(choices))
        assert index not in ways


ONE, TWO = ["$.a"], ["$.a", "$.b"]


@settings(max_examples=250, deadline=None)
@given(st.lists(rules(ONE), min_size=1, max_size=6), st.booleans())
@example(
    [
        {"And": [{"Variable": "$.a", "IsPresent": True}]},
        {"And": [{"Variable": "$.a", "BooleanEquals": False}, {"Variable": "$.a", "IsPresent": True}]},
    ],
    False,
)
def test_one_path(choices: list[dict[str, Any]], default: bool) -> None:
    agrees(choices, ONE, default)


@settings(max_examples=25, deadline=None)
@given(st.lists(rules(TWO), min_size=1, max_size=6), st.booleans())
def test_two_paths(choices: list[dict[str, Any]], default: bool) -> None:
    agrees(choices, TWO, default)


@settings(max_examples=200, deadline=None)
@given(st.lists(comparisons(ONE), min_size=1, max_size=6), st.booleans())
def test_comparisons(choices: list[dict[str, Any]], default: bool) -> None:
    agrees(choices, ONE, default)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(comparisons(TWO), st.lists(comparisons(TWO), max_size=3).map(lambda all_of: {"And": all_of})),
        max_size=4,
    )
)
def test_what_is_plain_holds_nothing(choices: list[dict[str, Any]]) -> None:
    machine = machine_of(choices, True)
    state = machine.states[0]
    assert isinstance(state, ChoiceState)
    if plain_choice(state):
        result = p.Choices.__new__(p.Choices)
        result.facts, result.dead = [], {}
        p.follow(state, result)
        assert (result.facts, result.dead) == ([], {})


# -- JSONata, evaluated by jsonata-python

LITERALS = ("'a'", "'b'", "''", "0", "1", "-1", "2.5", "true", "false", "null")


def random_condition(rng: random.Random, depth: int = 2) -> str:
    kind = rng.randrange(9 if depth else 5)
    name, literal = rng.choice("ab"), rng.choice(LITERALS)
    if kind == 0:
        return f"{literal} {rng.choice(('=', '!=', '<', '>='))} {name}"
    if kind == 1:
        # no booleans: for jsonata-python 1 is in [true]
        return f"{name} in [{', '.join(rng.sample(LITERALS[:7], 2))}]"
    if kind == 2:
        return rng.choice((f"$exists({name})", name, "true", "false"))
    if kind in (3, 4):
        return f"{name} {rng.choice(('=', '!=', '<', '<=', '>', '>='))} {literal}"
    left, right = random_condition(rng, depth - 1), random_condition(rng, depth - 1)
    return (f"({left} and {right})", f"({left} or {right})", f"$not({left})", f"$not({left} or {right})")[kind - 5]


DATA = [
    {name: value for name, value in (("a", a), ("b", b)) if value is not MISSING}
    for a in (MISSING, None, True, False, "", "a", "b", "c", 0, 1, -1, 2.5, 7, {})
    for b in (MISSING, None, "a", 1)
]


def condition(expression: Any, data: Mapping[str, Any]) -> bool | None:
    """What a condition evaluates to; None where the state fails."""
    try:
        value = expression.evaluate(data)
    except Exception:  # of any kind: it is the library's own
        return None
    return value if isinstance(value, bool) else None


@pytest.mark.parametrize("seed", range(60))
def test_jsonata(seed: int) -> None:
    jsonata = pytest.importorskip("jsonata")
    rng = random.Random(seed)
    texts = [random_condition(rng) for _ in range(rng.randint(1, 4))]
    expressions = [jsonata.Jsonata(text) for text in texts]
    machine = machine_of([{"Condition": f"{{% {text} %}}"} for text in texts], True, QueryLanguage="JSONata")
    result, state = found(machine)
    ways = set()
    for data in DATA:
        values = [condition(expression, data) for expression in expressions]
        way = next((i for i, value in enumerate(values) if value is not False), len(values))
        if way == len(values) or values[way]:
            ways.add(way)
        for fact in result.facts:
            if fact.rule is not None and fact.whole:
                assert values[state.choices.index(fact.rule)] is not (fact.kind == p.CONTRADICTION)
    for transition in result.dead:
        index = next((i for i, top in enumerate(state.choices) if top is transition.via), len(texts))
        assert index not in ways


# -- one by one


def kinds(choices: Sequence[Mapping[str, Any]], default: bool = True, **more: Any) -> list[str]:
    result, _ = found(machine_of(choices, default, **more))
    return [fact.kind for fact in result.facts]


def test(operator: str, value: Any, path: str = "$.a") -> dict[str, Any]:
    return {"Variable": path, operator: value}


test.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("a*", "ab*"),
        ("*", "a*"),
        ("*b*", "a*b"),
        ("a*c", "a*b*c"),
        ("*.csv", "in/*.csv"),
        ("a*", "abc"),
        ("\\**", "\\*x*"),
    ],
)
def test_a_wider_pattern_shadows(wide: str, narrow: str) -> None:
    assert kinds([test("StringMatches", wide), test("StringMatches", narrow)]) == [p.SHADOWED]
    assert kinds([test("StringMatches", narrow), test("StringMatches", wide)]) == []


def test_an_open_backslash_is_not_known() -> None:
    assert p.pattern_of("a\\b") is None
    assert p.pattern_of("a\\") is None
    assert p.pattern_of("a\\*\\\\*") == ("a*\\", "")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T12:00:00.25Z", 951825600.25),
        ("2026-01-31T09:30:00+05:30", 1769832000),
        ("1969-12-31T23:59:59Z", -1),
        ("2026-02-29T00:00:00Z", None),
        ("2026-01-31", None),
        ("2026-01-31T24:00:00Z", None),
    ],
)
def test_instants(text: str, seconds: float | None) -> None:
    assert p.instant(text) == (None if seconds is None else seconds * 10**9)


def test_timestamps_are_compared_as_instants() -> None:
    first, second = "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"
    assert kinds([test("TimestampEquals", first), test("TimestampEquals", second)]) == [p.SHADOWED]
    assert kinds([test("StringEquals", first), test("StringEquals", second)]) == []


def test_numbers_past_what_a_double_holds_are_not_known() -> None:
    assert kinds([test("NumericEquals", 2**53 + 1), test("NumericEquals", 2**53 + 2)]) == []
    assert kinds([{"And": [test("NumericLessThan", 2**60), test("NumericGreaterThan", 2**61)]}]) == []


def test_one_path_is_read_in_all_of_its_forms() -> None:
    assert kinds([test("StringEquals", "x", "$.a.b"), test("StringEquals", "x", "$['a']['b']")]) == [p.SHADOWED]
    assert kinds([test("StringEquals", "x", "$.a.b"), test("StringEquals", "x", "$.a['B']")]) == []


def test_a_comparison_with_itself() -> None:
    assert kinds([test("NumericLessThanPath", "$.a")]) == [p.CONTRADICTION]
    assert kinds([test("NumericLessThanPath", "$.b")]) == []
    assert kinds([test("StringEqualsPath", "$.a"), test("StringEquals", "x")]) == [p.SHADOWED]


def test_what_is_not_known_is_the_same_each_time() -> None:
    unknown = test("NumericLessThanPath", "$.b")
    assert kinds([unknown, unknown]) == [p.SHADOWED]
    assert kinds([{"And": [unknown, {"Not": unknown}]}]) == [p.CONTRADICTION]
    assert kinds([{"Condition": "{% $random() > 0.5 %}"}] * 2, QueryLanguage="JSONata") == []
    assert kinds([{"Condition": "{% $f($x) %}"}] * 2, QueryLanguage="JSONata") == [p.SHADOWED]


def test_rules_that_cover_something_together() -> None:
    both = [
        {"And": [test("BooleanEquals", x), test("BooleanEquals", y, "$.b")]}
        for x in (True, False)
        for y in (True, False)
    ]
    narrow = {"And": [test("IsBoolean", True), test("IsBoolean", True, "$.b"), test("IsString", True, "$.c")]}
    assert kinds([*both, narrow]) == [p.SHADOWED]
    assert kinds([*both[1:], narrow]) == []


def test_deep_nesting() -> None:
    rule: dict[str, Any] = test("IsNull", True)
    for _ in range(300):
        rule = {"Not": rule}
    assert kinds([rule, rule]) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda i: test("StringEquals", f"v{i}"),
        lambda i: test("NumericGreaterThan", -i),
        lambda i: test("StringMatches", f"v{i}*"),
        lambda i: {"Not": test("StringEquals", f"v{i}")},
        lambda i: {"And": [test("StringEquals", f"v{i % 50}"), test("NumericLessThan", i, "$.b")]},
        lambda i: {"Or": [test("StringEquals", f"v{i}"), test("NumericLessThan", i, f"$.b{i}")]},
    ],
)
def test_time_is_linear_in_the_rules(make: Any, linear: Any) -> None:
    linear(lambda count: partial(p.Choices, machine_of([make(i) for i in range(count)], False)), 400, 3200)


def test_a_wide_rule() -> None:
    many = [test("StringEquals", f"v{i}") for i in range(5000)]
    assert kinds([{"Or": many}, many[4999]]) == [p.SHADOWED]
    assert kinds([{"And": [{"Not": one} for one in many]}, {"Not": test("StringEquals", "v17")}]) == []
    assert kinds([{"And": many}]) == [p.CONTRADICTION]
