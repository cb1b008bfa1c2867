"""Where variables are assigned and read, and which have a value where."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from asllint.model import build
from asllint.model.variables import NEVER, SOMETIMES, Variables
from asllint.source import read

Json = dict[str, Any]


def of(definition: Json | str) -> Variables:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    machine = build(read("x.asl.json", text.encode()))
    assert machine is not None
    return Variables(machine)


def jsonata(states: Json, start: str = "A") -> Json:
    return {"QueryLanguage": "JSONata", "StartAt": start, "States": states}


def paths(states: Json, start: str = "A") -> Json:
    return {"StartAt": start, "States": states}


def sets(name: str, to: str) -> Json:
    return {"Type": "Pass", "Assign": {name: 1}, "Next": to}


def reads(*names: str) -> Json:
    return {"Type": "Succeed", "Output": [f"{{% ${name} %}}" for name in names]}


def missing(definition: Json | str) -> list[tuple[str, str, str | None]]:
    """Return the state, name and verdict of each read."""
    found = of(definition)
    return [(r.expression.state.name, r.name, found.missing(r)) for r in found.reads]


# -- what is read


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("$a", [("a", True, False)]),
        ("$a.b[0].c", [("a", True, False)]),
        ("$a + $b * 2", [("a", True, False), ("b", True, False)]),
        ("-$a < 3", [("a", True, False)]),
        ("$a & 'text'", [("a", False, False)]),
        ("$a = 1", [("a", False, False)]),
        ("[$a]", [("a", False, False)]),
        ("{'a': $a}", [("a", False, False)]),
        ("$exists($a) ? $a : 1", [("a", False, True), ("a", False, False)]),
        ("$a ? 1 : $b", [("a", False, True), ("b", False, False)]),
        ("($b := 1; $a + $b)", [("a", True, False)]),
        ("$uppercase($a)", [("a", True, False)]),
        ("$count($a)", [("a", False, False)]),
        ("$append($a, 1)", [("a", False, False)]),
        ("$a{b: c}", [("a", False, False)]),
        ("$map($states.input, function($i) { $i + $a })", [("a", False, False)]),
        ("$states.input", []),
    ],
)
def test_reads_of_jsonata(expression: str, found: list[tuple[str, bool, bool]]) -> None:
    variables = of(jsonata({"A": {"Type": "Succeed", "Output": f"{{% {expression} %}}"}}))
    assert [(r.name, r.fails, r.guarded) for r in variables.reads if not r.function] == found
    for r in variables.reads:
        assert r.expression.text[r.start : r.end] == f"${r.name}"
    assert variables.all_read


def test_names_of_functions_may_be_variables() -> None:
    variables = of(jsonata({"A": {"Type": "Succeed", "Output": "{% $count * $own(1) %}"}}))
    assert [(r.name, r.function) for r in variables.reads] == [("count", True), ("own", True)]


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ({"Type": "Pass", "Parameters": {"a.$": "$a.b", "c": "$c", "d.$": "$.d"}}, ["a"]),
        ({"Type": "Pass", "Parameters": {"a.$": "States.Format('$no {} {}', $a, States.Array($b[0]))"}}, ["a", "b"]),
        ({"Type": "Pass", "InputPath": "$a", "OutputPath": "$b", "ResultPath": "$no"}, ["a", "b"]),
        ({"Type": "Pass", "Parameters": {"a.$": "$.x[?(@.n == $a)]"}}, ["a"]),
        ({"Type": "Pass", "Assign": {"a.$": "$b", "c": {"d.$": "$d"}}}, ["b", "d"]),
        ({"Type": "Wait", "SecondsPath": "$a"}, ["a"]),
        ({"Type": "Pass", "Parameters": {"a.$": "$states.input", "b.$": "$$.Execution.Id"}}, []),
    ],
)
def test_reads_of_paths(state: Json, names: list[str]) -> None:
    assert [r.name for r in of(paths({"A": {**state, "End": True}})).reads] == names


def test_a_choice_rule_that_asks() -> None:
    rule = {
        "And": [{"Variable": "$a", "IsPresent": True}, {"Variable": "$.b", "StringEqualsPath": "$c"}],
        "Next": "B",
    }
    variables = of(paths({"A": {"Type": "Choice", "Choices": [rule]}, "B": {"Type": "Succeed"}}))
    assert [(r.name, r.guarded) for r in variables.reads] == [("a", True), ("c", False)]


@pytest.mark.parametrize(
    "state",
    [
        '{"Type": "Pass", "Parameters": ${Parameters}, "End": true}',
        '{"Type": "Pass", "Parameters": {"a.$": "${Path}"}, "End": true}',
        '{"Type": "Pass", "Parameters": {"a.$": "$a["}, "End": true}',
        '{"Type": "Pass", "Parameters": {"${Name}": 1}, "End": true}',
        '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $a + %}", "End": true}',
        '{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% ${A} %}", "End": true}',
        '{"Type": "Pass", "QueryLanguage": "${Language}", "End": true}',
    ],
)
def test_some_reads_cannot_be_seen(state: str) -> None:
    assert not of('{"StartAt": "A", "States": {"A": ' + state + "}}").all_read


# -- what has a value where


def test_an_assignment_counts_from_the_next_state_on() -> None:
    both = {"Type": "Pass", "Assign": {"x": 1, "y": "{% $x %}"}, "Output": "{% $y %}", "Next": "B"}
    assert missing(jsonata({"A": both, "B": reads("x", "y")})) == [
        ("A", "x", NEVER),
        ("A", "y", NEVER),
        ("B", "x", None),
        ("B", "y", None),
    ]


def test_a_loop() -> None:
    states = {
        "A": {"Type": "Pass", "Output": "{% $n %}", "Next": "B"},
        "B": sets("n", "C"),
        "C": {"Type": "Choice", "Choices": [{"Condition": True, "Next": "A"}], "Default": "D"},
        "D": reads("n"),
    }
    assert missing(jsonata(states)) == [("A", "n", SOMETIMES), ("D", "n", None)]


def test_choice_rules_and_default() -> None:
    states = {
        "A": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input.a %}", "Assign": {"r": 1}, "Next": "R"},
                {"Condition": "{% $states.input.b %}", "Next": "N"},
            ],
            "Assign": {"d": 1},
            "Default": "D",
        },
        "R": {**reads("r", "d"), "Type": "Pass", "End": True},
        "N": {**reads("r", "d"), "Type": "Pass", "End": True},
        "D": {**reads("r", "d"), "Type": "Pass", "Next": "E"},
        "E": reads("d"),
    }
    assert missing(jsonata(states)) == [
        ("R", "r", None), ("R", "d", NEVER), ("N", "r", NEVER), ("N", "d", NEVER), ("D", "r", NEVER), ("D", "d", None),
        ("E", "d", None),
    ]  # fmt: skip


def test_a_catcher_has_its_own() -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f",
        "Assign": {"result": 1},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"error": 1}, "Next": "C"}],
        "Next": "B",
    }
    assert missing(jsonata({"A": task, "B": reads("result", "error"), "C": reads("result", "error")})) == [
        ("B", "result", None),
        ("B", "error", NEVER),
        ("C", "result", NEVER),
        ("C", "error", None),
    ]


def test_what_a_state_could_not_pass_without_is_there_behind_it() -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Condition": True, "Next": "S"}], "Default": "B"},
        "S": sets("x", "B"),
        "B": {"Type": "Pass", "Output": "{% $x + 1 %}", "Next": "C"},
        "C": reads("x"),
    }
    assert missing(jsonata(states)) == [("B", "x", SOMETIMES), ("C", "x", None)]


def test_scopes() -> None:
    inner = {
        "StartAt": "I",
        "States": {"I": {"Type": "Pass", "Assign": {"in": "{% $out %}"}, "Next": "J"}, "J": reads("in", "late")},
    }
    states = {
        "A": sets("out", "B"),
        "B": {"Type": "Map", "ItemProcessor": inner, "Assign": {"late": 1}, "Next": "C"},
        "C": {"Type": "Parallel", "Branches": [
            {"StartAt": "P", "States": {"P": {"Type": "Pass", "Assign": {"p": "{% $late %}"}, "End": True}}},
            {"StartAt": "Q", "States": {"Q": reads("p")}},
        ], "Next": "D"},
        "D": reads("in", "p", "out"),
    }  # fmt: skip
    found = {(state, name): verdict for state, name, verdict in missing(jsonata(states))}
    assert found == {
        ("I", "out"): None, ("J", "in"): None, ("J", "late"): NEVER, ("P", "late"): None, ("Q", "p"): NEVER,
        ("D", "in"): NEVER, ("D", "p"): NEVER, ("D", "out"): None,
    }  # fmt: skip


@pytest.mark.parametrize(("mode", "verdict"), [("DISTRIBUTED", NEVER), ("INLINE", None), ("${Mode}", None)])
def test_a_distributed_map_sees_nothing_outside(mode: str, verdict: str | None) -> None:
    processor = {
        "ProcessorConfig": {"Mode": mode, "ExecutionType": "STANDARD"},
        "StartAt": "I",
        "States": {"I": reads("x")},
    }
    states = {
        "A": sets("x", "B"),
        "B": {"Type": "Map", "ItemProcessor": processor, "ItemSelector": {"x": "{% $x %}"}, "End": True},
    }
    assert missing(jsonata(states)) == [("B", "x", None), ("I", "x", verdict)]


def test_only_silence_where_something_cannot_be_seen() -> None:
    use = json.dumps(reads("x"))
    start = '{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": '
    assert missing(start + '{"Type": "Pass", "Assign": {"${Key}": 1}, "Next": "B"}, "B": ' + use + "}}") == [
        ("B", "x", None)
    ]
    assert missing(start + '{"Type": "Pass", "Assign": ${Assign}, "Next": "B"}, "B": ' + use + "}}") == [
        ("B", "x", None)
    ]
    assert missing(start + '{"Type": "Pass", "Next": "B"}, "B": ${State}, "C": ' + use + "}}") == [("C", "x", None)]
    assert missing(start + use) == [("A", "x", None)]
    fragment = missing('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $x %}", "End": true}')
    assert [(name, verdict) for _, name, verdict in fragment] == [("x", None)]


def test_a_next_with_a_placeholder_takes_nothing_away() -> None:
    states = {
        "A": sets("x", "C1"),
        "B": {"Type": "Pass", "Next": "C${N}"},
        "C1": reads("x"),
    }
    assert missing(jsonata(states)) == [("C1", "x", None)]


def test_the_way_without() -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Condition": True, "Next": "S"}], "Default": "T"},
        "S": sets("x", "B"),
        "T": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Pass", "Next": "C"},
        "C": reads("x"),
    }
    found = of(jsonata(states))
    (only,) = found.reads
    way = found.way_without(only)
    assert way is not None
    assert way.source is not None
    assert (way.kind, way.source.name) == ("Next", "T")


# -- size


def test_the_scopes_of_a_variable_are_gathered_once() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"x": 1}, "End": True}}}
    states = {"A": sets("x", "B"), "B": {"Type": "Parallel", "Branches": [inner], "End": True}}
    found = of(jsonata(states))
    assert found.scopes_of("x") == {place.state.scope for place in found.assigned("x")}
    assert len(found.scopes_of("x")) == 2
    assert found.scopes_of("x") is found.scopes_of("x"), "each read of a large machine asks for it"
    assert found.scopes_of("y") == set()


def test_time_grows_with_the_machine_alone(linear: Any) -> None:
    def prepare(size: int) -> Callable[[], None]:
        states: Json = {}
        for i in range(size):
            states[f"C{i}"] = {"Type": "Choice", "Choices": [{"Condition": True, "Next": f"S{i}"}], "Default": f"T{i}"}
            states[f"S{i}"] = {"Type": "Pass", "Assign": {f"v{i}": 1}, "Next": f"T{i}"}
            states[f"T{i}"] = {"Type": "Pass", "Output": f"{{% $v{i} %}}", "Next": f"C{(i + 1) % size}"}
        machine = build(read("x.asl.json", json.dumps(jsonata(states, "C0")).encode()))
        assert machine is not None

        def work() -> None:
            found = Variables(machine)
            assert [found.missing(r) for r in found.reads] == [SOMETIMES] * size

        return work

    linear(prepare, 150, 1500)
