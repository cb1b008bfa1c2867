"""The abstract syntax tree: what the builder makes of whole definitions, fragments and nonsense."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asllint.model import ChoiceState, MapState, ParallelState, StateMachine, TaskState, build
from asllint.source import read


def machine(definition: Any, **how: Any) -> StateMachine:
    text = definition if isinstance(definition, str) else json.dumps(definition, indent=1)
    built = build(read("x.asl.json", text.encode()), **how)
    assert built is not None
    return built


def by_name(m: StateMachine) -> dict[str, Any]:
    return {state.name: state for state in m.all_states()}


PASS = {"Type": "Pass", "End": True}
MIXED = {
    "StartAt": "Choose",
    "States": {
        "Choose": {
            "Type": "Choice",
            "Choices": [
                {
                    "Not": {"And": [{"Variable": "$.a", "IsNull": True}, {"Variable": "$.b", "IsNull": True}]},
                    "Next": "Call",
                }
            ],
            "Default": "Fan",
        },
        "Call": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Retry": [{"ErrorEquals": ["A", "B"], "MaxAttempts": 5}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Fan"}],
            "Next": "Fan",
        },
        "Fan": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "In one", "States": {"In one": PASS}},
                {
                    "StartAt": "Each",
                    "States": {
                        "Each": {
                            "Type": "Map",
                            "ItemProcessor": {"StartAt": "In two", "States": {"In two": PASS}},
                            "End": True,
                        }
                    },
                },
            ],
            "End": True,
        },
    },
}


def test_states_scopes_and_transitions() -> None:
    m = machine(MIXED)
    found = by_name(m)
    assert list(found) == ["Choose", "Call", "Fan", "In one", "Each", "In two"]
    assert isinstance(found["Choose"], ChoiceState)
    assert isinstance(found["Call"], TaskState)
    assert isinstance(found["Fan"], ParallelState)
    assert isinstance(found["Each"], MapState)
    assert [scope.title for scope in m.scopes] == [
        "branch 1 of `Fan`",
        "branch 2 of `Fan`",
        "the item processor of `Each`",
    ]
    assert [(t.kind, t.name, [s.name for s in t.targets]) for t in m.transitions] == [
        ("StartAt", "Choose", ["Choose"]),
        ("Choice", "Call", ["Call"]),
        ("Default", "Fan", ["Fan"]),
        ("Next", "Fan", ["Fan"]),
        ("Catch", "Fan", ["Fan"]),
    ]
    top = found["Choose"].choices[0]
    assert [len(rule.operands) for rule in top.walk()] == [1, 2, 0, 0]
    assert [node.value for node in found["Call"].retriers[0].error_equals] == ["A", "B"]
    assert found["Call"].retriers[0].max_attempts.value == 5


@pytest.mark.parametrize(
    ("top", "state", "inner", "wanted", "wanted_inner"),
    [
        (None, None, None, "JSONPath", "JSONPath"),
        ("JSONata", None, None, "JSONata", "JSONata"),
        (None, "JSONata", None, "JSONata", "JSONPath"),  # a Map's own language does not pass to the states inside it
        ("JSONata", None, "JSONata", "JSONata", "JSONata"),
        ("jsonpath", None, None, "JSONata", "JSONata"),  # anything but "JSONPath" is read on as JSONata
        (None, 5, None, "JSONata", "JSONPath"),
        ("JSONata", "JSONPath", None, None, "JSONata"),  # refused, and then judged by neither
        ("${Language}", None, None, None, None),
        ("${Language}", "JSONata", None, "JSONata", None),
    ],
)
def test_query_language(top: Any, state: Any, inner: Any, wanted: str | None, wanted_inner: str | None) -> None:
    inside: dict[str, Any] = {"Type": "Pass", "End": True}
    outer: dict[str, Any] = {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": inside}}, "End": True}
    definition: dict[str, Any] = {"StartAt": "M", "States": {"M": outer}}
    for where, value in ((definition, top), (outer, state), (inside, inner)):
        if value is not None:
            where["QueryLanguage"] = value
    found = by_name(machine(definition))
    assert found["M"].query_language == wanted
    assert found["I"].query_language == wanted_inner


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ('{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}', None),
        ('{"StartAt": "A"}', None),
        ('{"States": {}}', None),
        ('{"A": {"Type": "Pass", "Next": "B"}}', "states"),
        ('{"Type": "Pass", "End": true}', "state"),
        ('{"A": {"Type": "Pass", "Next": "B"},', "states"),
        ('{"StartAt": "A", "States": {"A": {"Type": "Pass",', "cut"),
    ],
)
def test_fragments(text: str, fragment: str | None) -> None:
    assert machine(text).fragment == fragment


@pytest.mark.parametrize(
    "text", ["", "[]", "5", '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}', '{"a": {"type": "Pass"}}', "{}"]
)
def test_what_is_no_machine(text: str) -> None:
    assert build(read("x.json", text.encode())) is None


def test_judged_as_asl_whatever_it_holds() -> None:
    built = build(read("x.asl.json", b'{"Resources": {}}'), judged=True)
    assert built is not None
    assert "mismatch:missing-field" in built.features


def test_placeholders_in_names_lead_to_every_state_that_they_can_name() -> None:
    states = {
        "${Env}Load": {"Type": "Pass", "Next": "prodSave"},
        "prodSave": {"Type": "Pass", "Next": "${Env}Save"},
        "devSave": {"Type": "Pass", "Next": "prodLoad"},
    }
    m = machine({"StartAt": "${Env}Load", "States": states})
    assert [[s.name for s in t.targets] for t in m.transitions] == [
        ["${Env}Load"],
        ["prodSave"],
        ["prodSave", "devSave"],
        ["${Env}Load"],
    ]


@pytest.mark.parametrize("junk", [None, 5, "x", [], {}, [None], [[]], {"": None}, True])
def test_any_value_in_any_field_builds(junk: Any) -> None:
    fields = ["Type", "Next", "End", "Retry", "Catch", "Choices", "Default", "Branches", "ItemProcessor", "Iterator", "States",
              "StartAt", "QueryLanguage", "Resource", "ItemReader", "ProcessorConfig"]  # fmt: skip
    for field in fields:
        for kind in ("Task", "Choice", "Map", "Parallel", "Nonsense"):
            machine({"StartAt": "A", "States": {"A": {"Type": kind, field: junk}}, field: junk}, judged=True)
            machine({"StartAt": "A", "States": {"A": {"Type": kind, "Retry": [{field: junk}], "Catch": [{field: junk}],
                     "Choices": [{field: junk, "And": [{field: junk}]}], "Branches": [{field: junk}],
                     "ItemProcessor": {field: junk}}}})  # fmt: skip


def test_components_agree_with_reachability_both_ways() -> None:
    import random

    rng = random.Random(3)
    for _ in range(40):
        names = [f"S{i}" for i in range(rng.randint(1, 12))]
        states = {}
        for name in names:
            rules = [{"Variable": "$.x", "IsNull": True, "Next": rng.choice(names)} for _ in range(rng.randint(1, 3))]
            states[name] = {"Type": "Choice", "Choices": rules}
        m = machine({"StartAt": "S0", "States": states})
        after: dict[str, set[str]] = {}
        for state in m.states:
            seen: set[str] = set()
            todo = [state]
            while todo:
                for transition in todo.pop().transitions:
                    for target in transition.targets:
                        if target.name not in seen:
                            seen.add(target.name)
                            todo.append(target)
            after[state.name] = seen
        components = m.graph.components()
        assert sorted(s.name for c in components for s in c) == sorted(names)
        where = {s.name: i for i, c in enumerate(components) for s in c}
        for a in names:
            for b in names:
                if a != b:
                    assert (where[a] == where[b]) == (b in after[a] and a in after[b])
                if b in after[a]:
                    assert where[a] <= where[b]


def snapshot(value: Any, seen: dict[int, str]) -> Any:
    """Everything that hangs on the tree, by value."""
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, (list, tuple)):
        return [snapshot(item, seen) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, dict):
        return {str(k): snapshot(v, seen) for k, v in value.items()}
    if id(value) in seen:
        return seen[id(value)]
    seen[id(value)] = f"<{len(seen)}>"
    slots = [slot for cls in type(value).__mro__ for slot in getattr(cls, "__slots__", ())]
    caches = {"_index", "_starts"}
    return [
        type(value).__name__,
        {s: snapshot(getattr(value, s, None), seen) for s in sorted(slots) if s not in caches},
    ]


def test_nothing_is_changed_after_building() -> None:
    import asllint.engine as engine
    from asllint.registry import builtin
    from asllint.settings import Settings

    kept: list[StateMachine] = []
    before: list[Any] = []
    original = engine.build

    def watched(*args: Any, **how: Any) -> StateMachine | None:
        built = original(*args, **how)
        assert built is not None
        assert "payload:known" in [*built.features]  # what analyses find is added when it is asked for
        kept.append(built)
        before.append(snapshot(built, {}))
        return built

    broken = json.loads(json.dumps(MIXED))
    broken["States"]["Call"]["Next"] = "Ghost"
    broken["States"]["Call"]["Nxet"] = "x"
    engine.build = watched
    try:
        report = engine.lint("x.asl.json", json.dumps(broken).encode(), Settings(), builtin(), judged=True)
    finally:
        engine.build = original
    assert report.diagnostics
    assert snapshot(kept[0], {}) == before[0]
