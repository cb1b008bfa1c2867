"""What leaves a loop, and what goes round in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asllint.model import StateMachine, build
from asllint.model.loops import Loop, Loops, bound, listed, loops
from asllint.source import read

Json = dict[str, Any]

DONE: Json = {"Type": "Succeed"}


def built(definition: Json, workflow_type: Any = None) -> StateMachine:
    machine = build(read("x.asl.json", json.dumps(definition).encode()), workflow_type)
    assert machine is not None
    return machine


def machine(states: Json, start: str = "A", **more: Any) -> Json:
    return {**more, "StartAt": start, "States": states}


def to(target: str, **more: Any) -> Json:
    return {"Type": "Pass", "Next": target, **more}


def choice(default: str, *targets: str, variable: str = "$.x") -> Json:
    rules = [{"Variable": variable, "IsNull": True, "Next": target} for target in targets]
    return {"Type": "Choice", "Choices": rules, "Default": default}


def loop_of(states: Json, start: str = "A") -> Loop:
    scope = built(machine(states, start))
    (found,) = [c for c in scope.graph.components() if len(c) > 1]
    return Loop(scope, found)


def words(definition: Json, workflow_type: Any = None) -> set[str]:
    return {word for word in built(definition, workflow_type).features if word.startswith("loop:")}


# -- the loop


def test_where_a_loop_begins_and_closes() -> None:
    loop = loop_of({"C": choice("B", "D"), "B": to("C"), "A": to("B"), "D": DONE})
    assert [state.name for state in loop.states] == ["C", "B"]
    assert loop.entry.name == "B"
    assert (loop.closing.kind, loop.closing.name) == ("Default", "B")
    assert [(t.kind, t.name) for t in loop.exits] == [("Choice", "D")]
    assert not loop.ends


def test_a_transition_that_may_lead_anywhere_leaves() -> None:
    loop = loop_of({"A": to("B"), "B": choice("A", "${Other}"), "C": DONE})
    assert [t.name for t in loop.exits] == ["${Other}"]


def test_a_loop_may_end_in_itself() -> None:
    task = {"Type": "Task", "Resource": "r", "End": True, "Catch": [{"ErrorEquals": ["E"], "Next": "B"}]}
    assert loop_of({"A": task, "B": to("A")}).ends


def test_names() -> None:
    states = list(built(machine({name: to("A") for name in "ABCDE"})).states)
    assert [listed(states[:n]) for n in (1, 2, 3, 4, 5)] == [
        "`A`",
        "`A` and `B`",
        "`A`, `B` and `C`",
        "`A`, `B` and 2 more states",
        "`A`, `B` and 3 more states",
    ]


def test_what_ends_an_execution() -> None:
    assert bound(built(machine({"A": DONE}))) == "its history has 25,000 events"
    assert bound(built(machine({"A": DONE}), "express")) == "the five minutes of an Express workflow are over"
    assert bound(built(machine({"A": DONE}, TimeoutSeconds=90))) == (
        "the `TimeoutSeconds` of the state machine are over (1 min 30 s)"
    )


# -- features


def test_a_machine_without_a_loop_has_no_word() -> None:
    assert words(machine({"A": to("B"), "B": choice("D", "C"), "C": to("D"), "D": DONE})) == set()
    assert words(machine({"D": DONE, "C": to("D"), "B": choice("D", "C"), "A": to("B")})) == set()


@pytest.mark.parametrize(
    ("states", "word"),
    [
        ({"A": choice("D", "B"), "B": to("B"), "D": DONE}, "loop:endless"),
        ({"A": choice("A", "D"), "D": DONE}, "loop:exit-unchanged"),
        ({"A": choice("A", "D", variable="$$.State.EnteredTime"), "D": DONE}, "loop:busy"),
        ({"A": choice("A", "D", variable="$$.Task.Token"), "D": DONE}, None),
        ({"A": choice("B", "D", variable="$$.State.EnteredTime"), "B": to("A"), "D": DONE}, "loop:busy"),
        (
            {"A": {"Type": "Task", "Resource": "r", "End": True, "Catch": [{"ErrorEquals": ["E"], "Next": "A"}]}},
            "loop:caught",
        ),
    ],
)
def test_words(states: Json, word: str | None) -> None:
    assert words(machine(states)) == ({word} if word else set())


def test_the_facts_of_a_machine_are_made_once() -> None:
    made = built(machine({"A": choice("A", "D"), "D": DONE}))
    assert loops(made) is loops(made)


# -- what is changed


def unchanged(*states: tuple[str, Json], variable: str = "$.x.y", **more: Any) -> bool:
    """Whether a loop of a Choice state and these states is one whose exit never changes."""
    ring = [*states, ("Back", {"Type": "Wait", "Seconds": 1})]
    every: Json = {"A": choice(ring[0][0], "D", variable=variable)}
    for (name, state), following in zip(ring, [*[n for n, _ in ring[1:]], "A"], strict=True):
        every[name] = {**state, "Next": following}
    return bool(Loops(built(machine({**every, "D": DONE}, **more))).unchanged)


PASS: Json = {"Type": "Pass"}
TASK: Json = {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f"}


@pytest.mark.parametrize(
    ("state", "never"),
    [
        (PASS, True),
        ({**PASS, "ResultPath": None}, True),
        ({**PASS, "ResultPath": None, "Result": 1}, True),
        ({**PASS, "Result": 1}, False),
        ({**PASS, "Parameters": {}}, False),
        ({**PASS, "InputPath": "$.x"}, False),
        ({**PASS, "InputPath": None}, False),
        ({**PASS, "OutputPath": "$.x"}, False),
        ({**PASS, "OutputPath": "$"}, True),
        ({**PASS, "ResultPath": "$.z"}, True),
        ({**PASS, "ResultPath": "$.x"}, False),
        ({**PASS, "ResultPath": "$.x.y.z"}, False),
        ({**PASS, "ResultPath": "$.x.z"}, True),
        ({**PASS, "Assign": {"x": 1}}, True),
        ({**PASS, "${Field}": 1}, False),
        (TASK, False),
        ({**TASK, "ResultPath": None}, True),
        ({**TASK, "ResultPath": "$.z", "OutputPath": "$.z"}, False),
        ({"Type": "Wait", "Seconds": 1, "InputPath": "$.x"}, False),
        ({"Type": "Parallel", "Branches": [machine({"A": DONE})]}, False),
        ({"Type": "Parallel", "Branches": [machine({"A": DONE})], "ResultPath": None}, True),
        ({"Type": "Map", "ItemProcessor": machine({"A": DONE}), "ResultPath": "$.results"}, True),
        ({**PASS, "QueryLanguage": "JSONata"}, True),
        ({**PASS, "QueryLanguage": "JSONata", "Output": {}}, False),
        ({**TASK, "QueryLanguage": "JSONata"}, False),
        ({**TASK, "QueryLanguage": "JSONata", "Output": "{% $states.input %}"}, True),
    ],
)
def test_what_a_state_changes(state: Json, never: bool) -> None:
    assert unchanged(("S", state)) is never


def test_a_catcher_changes_what_it_takes_round() -> None:
    def catches(**more: Any) -> Json:
        return {**TASK, "ResultPath": None, "Catch": [{"ErrorEquals": ["E"], "Next": "Back", **more}]}

    assert not unchanged(("S", catches()))
    assert not unchanged(("S", catches(ResultPath="$.x")))
    assert unchanged(("S", catches(ResultPath="$.error")))
    assert unchanged(("S", catches(ResultPath=None)))


def test_a_path_with_an_unknown_step_reads_all_below_it() -> None:
    assert not unchanged(("S", {**PASS, "ResultPath": "$.x.z"}), variable="$.x[-1]")
    assert unchanged(("S", {**PASS, "ResultPath": "$.z"}), variable="$.x[0].y")
    assert not unchanged(("S", {**PASS, "ResultPath": "$.x[0]"}), variable="$['x'][0].y")


def test_a_loop_in_a_branch_and_one_around_it_are_told_apart() -> None:
    inner = machine({"W": {"Type": "Wait", "Seconds": 1, "Next": "C"}, "C": choice("W", "E"), "E": DONE}, "W")
    both = machine(
        {
            "P": {"Type": "Parallel", "Branches": [inner], "Next": "A"},
            "A": choice("P", "D"),
            "D": DONE,
        },
        "P",
    )
    facts = Loops(built(both))
    assert [fact.choices[0].name for fact in facts.unchanged] == ["C"]
    both["States"]["P"]["ResultPath"] = None
    assert [fact.choices[0].name for fact in Loops(built(both)).unchanged] == ["A", "C"]


def test_many_scopes_in_each_other() -> None:
    inner = machine({"A": choice("D", "B"), "B": to("B"), "D": DONE})
    for _ in range(60):
        inner = machine({"A": {"Type": "Map", "ItemProcessor": inner, "Next": "C"}, "C": choice("A", "D"), "D": DONE})
    assert len(Loops(built(inner)).endless) == 1


# -- what cannot be read


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}',
        '{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Next": "A"}, 1], "Default": "A"}}}',
        '{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": 3, "IsNull": true, "Next": "B"}],'
        ' "Default": "A"}, "B": {"Type": "Succeed"}}}',
        '{"StartAt": "A", "States": {"A": {"Type": "Task", "Next": "B", "Catch": [{"Next": "A"}]},'
        ' "B": {"Type": "Succeed"}}}',
        '{"StartAt": "A", "QueryLanguage": ${Q}, "States": {"A": {"Type": "Choice", "Choices":'
        ' [{"Condition": "{% $x ( %}", "Next": "B"}], "Default": "A"}, "B": {"Type": "Succeed"}}}',
        '{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$[", "IsNull": true, "Next": "B"}],'
        ' "Default": "A"}, "B": {"Type": "Succeed"}}}',
    ],
)
def test_anything_can_be_asked(text: str) -> None:
    made = build(read("x.asl.json", text.encode()), judged=True)
    assert made is not None
    facts = Loops(made)
    assert not (facts.endless or facts.unchanged or facts.busy or facts.polled)
