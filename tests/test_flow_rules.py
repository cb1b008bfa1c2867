"""The rules of flow beyond their examples: scopes, odd names, what hides transitions, size, and AWS's own verdicts."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import PACKAGE, Entry, Registry, rule_in
from asllint.result import Diagnostic
from asllint.settings import Settings

END = {"Type": "Pass", "End": True}


def _group(name: str) -> Registry:
    """Return the rules of one group, read from its folder."""
    package = f"{PACKAGE}.{name}"
    modules = [f"{package}.{info.name}" for info in pkgutil.iter_modules(importlib.import_module(package).__path__)]
    rules = [(module, rule_in(module)) for module in modules]
    return Registry(Entry(rule.code, rule.name, name, module, True, rule.concerns) for module, rule in rules)


FLOW = _group("flow")


def flow(definition: object, *, name: str = "x.asl.json") -> list[Diagnostic]:
    text = definition if isinstance(definition, str) else json.dumps(definition, indent=1)
    report = lint(name, text.encode(), Settings(), FLOW, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


def places(definition: object, **more: str) -> list[tuple[str, str, bool]]:
    return [(d.code, d.pointer, d.rejected_by_aws) for d in flow(definition, **more)]


def machine(states: Mapping[str, Any], start: str = "A") -> dict[str, Any]:
    return {"StartAt": start, "States": dict(states)}


def to(target: str) -> dict[str, Any]:
    return {"Type": "Pass", "Next": target}


# -- scopes


def test_each_scope_is_judged_for_itself() -> None:
    inner = machine({"A1": to("A2"), "A2": END, "Lost": END}, "A1")
    branches = [machine({"B1": to("Nowhere"), "B2": END}, "B1"), machine({"C1": END}, "C2")]
    definition = machine(
        {
            "A": {"Type": "Map", "ItemProcessor": inner, "Next": "B"},
            "B": {"Type": "Parallel", "Branches": branches, "End": True},
        }
    )
    assert sorted(places(definition)) == [
        ("ASL201", "/States/B/Branches/0/States/B1/Next", True),
        ("ASL201", "/States/B/Branches/1/StartAt", True),
        ("ASL202", "/States/A/ItemProcessor/States/Lost", True),
        ("ASL202", "/States/B/Branches/0/States/B2", True),
        ("ASL202", "/States/B/Branches/1/States/C1", True),
    ]


def test_a_catcher_inside_cannot_lead_outside() -> None:
    task = {"Type": "Task", "Resource": "r", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}], "End": True}
    definition = machine(
        {
            "A": {
                "Type": "Map",
                "ItemProcessor": machine({"T": task}, "T"),
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
                "End": True,
            },
            "Failed": {"Type": "Fail"},
        }
    )
    (found,) = flow(definition)
    assert (found.code, found.pointer) == ("ASL206", "/States/A/ItemProcessor/States/T/Catch/0/Next")
    assert found.cure == "Catch the error in the Map state `A`, or lead to a state of the item processor of `A`."
    assert [r.message for r in found.related] == ["in the state machine"]


def test_the_cure_says_how_a_scope_is_left_and_entered() -> None:
    inner = machine({"X": to("B"), "Y": END}, "X")
    definition = machine({"A": {"Type": "Map", "Iterator": inner, "Next": "Y"}, "B": to("A")}, "A")
    cures = {d.pointer: d.cure for d in flow(definition) if d.code == "ASL206"}
    assert cures == {
        "/States/A/Iterator/States/X/Next": 'Write `"End": true` instead; `A` goes on with its own `Next` then.',
        "/States/A/Next": "Lead to `A`, the Map state that runs it.",
    }


def test_a_state_that_ends_is_to_lead_on_in_place_of_that() -> None:
    inner = machine({"X": to("B")}, "X")
    definition = machine({"A": {"Type": "Map", "ItemProcessor": inner, "End": True}, "B": END}, "A")
    (found,) = (d for d in flow(definition) if d.code == "ASL206")
    assert found.cure == 'Write `"End": true` instead, and write `"Next": "B"` for the `End` of the Map state `A`.'
    around = definition["States"]["A"]
    inner["States"]["X"] = END
    del around["End"]
    around["Next"] = "B"
    assert not flow(definition)


def test_a_choice_state_has_no_end_to_write() -> None:
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "B"}], "Default": "A"}
    definition = machine(
        {"A": {"Type": "Parallel", "Branches": [machine({"X": choice}, "X")], "End": True}, "B": END}, "A"
    )
    cures = {d.pointer.rpartition("/")[2]: d.cure for d in flow(definition) if d.code == "ASL206"}
    assert cures == {
        "Next": 'Lead to a Succeed state of branch 1 of `A`, and write `"Next": "B"` for the `End` of the Parallel state `A`.',
        "Default": "Lead to a Succeed state of branch 1 of `A`: what follows is up to the Parallel state `A`.",
    }


@pytest.mark.parametrize("name", ["$.next", "$$.Execution.Name", "{% $next %}"])
def test_no_target_is_evaluated(name: str) -> None:
    finding = next(d for d in flow(machine({"A": to(name)})) if d.code == "ASL201")
    assert finding.message.endswith("AWS refuses the definition. No target is evaluated while running.")
    assert finding.cure == "Choose between states with a Choice state."


@pytest.mark.parametrize("name", ["End", "END", "null"])
def test_an_end_is_no_target(name: str) -> None:
    text = json.dumps(machine({"A": to(name)}))
    finding = next(d for d in flow(text) if d.code == "ASL201")
    assert finding.cure == 'To end the state machine here, write `"End": true` in place of `Next`.'
    assert finding.fix is not None
    for start, end, new in reversed(finding.fix.edits):
        text = text[:start] + new + text[end:]
    assert json.loads(text)["States"]["A"] == {"Type": "Pass", "End": True}
    assert not flow(text)


def test_a_target_in_no_states_at_all() -> None:
    (finding,) = flow({"StartAt": "A", "States": {}})
    assert finding.cure == "Put it into `States`, which is empty."


def test_a_name_of_its_own_scope_comes_first() -> None:
    definition = machine({"A": {"Type": "Map", "ItemProcessor": machine({"B": END}, "B"), "Next": "B"}, "B": END})
    assert places(definition) == []


# -- names


@pytest.mark.parametrize("name", ["a/b", "a~b", "~1", "状態", "a.b[0]", " ", "x" * 200, "«»", '"', "\\", "\u2028"])
def test_any_name_has_its_pointer(name: str) -> None:
    definition = machine({"A": END, name: END})
    pointer = "/States/" + name.replace("~", "~0").replace("/", "~1")
    assert places(definition) == [("ASL202", pointer, True)]
    assert places(machine({"A": to(name), name: END})) == []


def test_names_are_compared_letter_by_letter() -> None:
    found = flow(machine({"A": to("load"), "Load": END}))
    assert [d.code for d in found] == ["ASL201", "ASL202"]
    assert found[0].cure == "Did you mean `Load`?"
    assert found[0].fix is not None
    assert [edit[2] for edit in found[0].fix.edits] == ['"Load"']
    assert not found[0].fix.safe


@pytest.mark.parametrize(("key", "name", "fixed"), [("Load", '"load"', "Load"), ("'Load'", "load", "'Load'")])
def test_a_name_is_mended_whatever_quotes_it_has(key: str, name: str, fixed: str) -> None:
    text = f"StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: {name}\n  {key}:\n    Type: Succeed\n"
    found = flow(text, name="x.asl.yaml")[0]
    assert found.code == "ASL201"
    assert found.fix is not None
    assert [edit[2] for edit in found.fix.edits] == [fixed]


def test_an_empty_target_is_missing() -> None:
    (found,) = flow('{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": ""}, "B": {"Type": "Succeed"}}}')[:1]
    assert found.code == "ASL201"
    assert found.message.startswith("The `Next` of `A` is empty")


def test_a_state_may_have_an_empty_name() -> None:
    assert places(machine({"A": to(""), "": END})) == []


@pytest.mark.parametrize(
    "definition",
    [
        machine({"${X}Load": to("${X}Store"), "${X}Store": END}, "${X}Load"),
        machine({"${X}Load": END}, "DevLoad"),
        machine({"A": to("${Next}"), "B": END, "C": END}),
        machine({"A": to("${Env}-gone"), "B-gone": END}),
        machine({"A": to("<NEXT>"), "B": END}),
        machine({"A": to("{{ next }}"), "B": END}),
        machine({"A": "${state_a}", "B": END}),
        machine({"A": to("B"), "B": "${state_b}"}),
    ],
)
def test_placeholders_in_names_are_not_judged(definition: object) -> None:
    assert places(definition) == []


def test_a_placeholder_elsewhere_hides_nothing() -> None:
    states = {"A": {"Type": "Task", "Resource": "${Arn}", "Next": "Gone"}, "B": {"Type": "Pass", "End": True}}
    assert places(machine(states)) == [("ASL201", "/States/A/Next", True), ("ASL202", "/States/B", True)]


def test_what_a_placeholder_name_cannot_become_is_missing() -> None:
    found = places(machine({"A": to("Store"), "${X}Load": END}))
    assert found == [("ASL201", "/States/A/Next", True), ("ASL202", "/States/${X}Load", True)]


# -- what hides transitions


HIDERS: list[dict[str, Any]] = [
    {"Type": "Pass"},
    {"Type": "Pass", "Nxt": "B"},
    {"Type": "Pass", "End": False},
    {"Type": "Pass", "End": "true"},
    {"Type": "Pass", "Next": 5},
    {"Type": "Pass", "Next": None},
    {"Type": "Pass", "Next": ["B"]},
    {"Type": "Paß", "Next": "C"},
    {"Next": "C"},
    {"Type": "Choice"},
    {"Type": "Choice", "Choices": []},
    {"Type": "Choice", "Choices": {"Next": "B"}},
    {"Type": "Choice", "Choices": "${choices}"},
    {"Type": "Choice", "Choices": ["${choice}"]},
    {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True}]},
    {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "C"}], "Defalt": "B"},
    {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "C"}], "Default": 1},
    {"Type": "Task", "Resource": "r", "End": True, "Catch": {"ErrorEquals": ["States.ALL"], "Next": "B"}},
    {"Type": "Task", "Resource": "r", "End": True, "Catch": "${catch}"},
    {"Type": "Task", "Resource": "r", "End": True, "Catch": [{"ErrorEquals": ["States.ALL"]}]},
    {"Type": "Task", "Resource": "r", "End": True, "Catchers": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]},
    {"Type": "Task", "Resource": "r", "End": True, "${more}": 1},
    {"Type": "Succeed", "Next": "B"},
]


@pytest.mark.parametrize("hider", HIDERS, ids=lambda state: json.dumps(state)[:60])
def test_an_error_in_a_transition_is_not_reported_again_where_it_led(hider: dict[str, Any]) -> None:
    loop = {"Type": "Pass", "Next": "C"}
    definition = machine({"A": hider, "B": END, "C": END, "D": loop, "F": {"Type": "Fail"}})
    assert [p for p in places(definition) if p[0] != "ASL201"] == []


def test_without_start_nothing_is_said_of_reachability() -> None:
    assert places({"States": {"A": END, "B": to("B")}}) == []
    assert places({"StartAt": 5, "States": {"A": END}}) == []
    assert places('{"StartAt": ${first}, "States": {"A": {"Type": "Pass", "End": true}}}') == []


def test_a_duplicate_key_hides_transitions() -> None:
    text = """{"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Next": "B", "Next": "C"}, "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}}}"""
    assert places(text) == []
    text = """{"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Next": "B"}, "A": {"Type": "Pass", "Next": "C"},
      "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}}}"""
    assert places(text) == []
    text = """{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}},
      "States": {"A": {"Type": "Pass", "Next": "B"}}}"""
    assert places(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"Type": "Pass", "Next": "Elsewhere"}',
        '{"A": {"Type": "Pass", "Next": "Elsewhere"}, "B": {"Type": "Pass", "Next": "A"}}',
        '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Elsewhere"}, "B": {"Type": "Pass", "Next": "C"}',
        '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, ${more}}}',
        "",
        "[]",
        "{}",
        '{"StartAt": "A", "States": {}}',
        '{"StartAt": "A", "States": []}',
        '{"StartAt": "A", "States": {"A": 5, "B": null}}',
    ],
)
def test_fragments_and_ruins_are_not_judged(text: str) -> None:
    assert [p for p in places(text) if p != ("ASL201", "/StartAt", True)] == []


# -- reachability


def test_an_island_is_one_finding() -> None:
    loop = {f"L{i}": to(f"L{(i + 1) % 30}") for i in range(30)}
    (found,) = flow(machine({"A": END, **loop}))
    assert (found.code, found.pointer, found.severity) == ("ASL203", "/States/L0", "warning")
    assert not found.rejected_by_aws
    assert len(found.related) == 10
    assert "29 hang together with it" in found.message


def test_two_islands_are_two_findings() -> None:
    states = {"A": END, "B": to("C"), "C": to("B"), "D": to("D")}
    assert places(machine(states)) == [("ASL203", "/States/B", False), ("ASL203", "/States/D", False)]


def test_what_hangs_on_an_orphan_is_shown_with_it() -> None:
    (found,) = flow(machine({"A": END, "B": to("C"), "C": to("D"), "D": END}))
    assert (found.code, found.pointer) == ("ASL202", "/States/B")
    assert [r.message for r in found.related] == ["out of reach with it"] * 2
    assert "2 states behind it are out of reach with it" in found.message


def test_a_fail_state_is_one_rules_matter() -> None:
    task = {"Type": "Task", "Resource": "r"}
    states = {"A": {**task, "Next": "B"}, "B": {**task, "End": True}, "Failed": {"Type": "Fail"}}
    (found,) = flow(machine(states))
    assert (found.code, found.rejected_by_aws, found.severity) == ("ASL204", True, "error")
    assert found.cure == "Lead to it from a `Catch` of `A` or `B`, which have none; or delete it."
    loop = {"A": END, "L": {"Type": "Choice", "Choices": [rule("L")], "Default": "Failed"}, "Failed": {"Type": "Fail"}}
    assert places(machine(loop)) == [("ASL203", "/States/L", False), ("ASL204", "/States/Failed", False)]
    *_, found = flow(machine(loop))
    assert found.cure == "Lead to `L` from a state that runs, or delete what never runs."


def rule(target: str) -> dict[str, Any]:
    return {"Variable": "$.x", "IsNull": True, "Next": target}


def test_a_dangling_start_is_told_where_a_state_waits_for_it() -> None:
    found = flow(machine({"Load": END}, "Laod"))
    assert [d.code for d in found] == ["ASL201", "ASL202"]
    assert found[0].cure == "Did you mean `Load`?"
    assert found[1].cure.startswith("`StartAt` names `Laod`")


# -- the end


def test_an_end_inside_is_enough_for_aws() -> None:
    """Measured: what counts is that some state ends, be it in a branch; then it is an endless loop, and accepted."""
    branches = [machine({"X": {"Type": "Pass", "End": True}}, "X")]
    inside = machine({"A": {"Type": "Parallel", "Branches": branches, "Next": "B"}, "B": to("A")})
    (found,) = flow(inside)
    assert (found.code, found.severity, found.rejected_by_aws) == ("ASL205", "warning", False)
    nowhere = machine({"A": {"Type": "Map", "ItemProcessor": machine({"X": to("X")}, "X"), "Next": "A"}})
    assert [d.rejected_by_aws for d in flow(nowhere) if d.code == "ASL205"] == [True]


def test_no_end_is_judged_at_the_top_only() -> None:
    endless = machine({"X": to("Y"), "Y": to("X")}, "X")
    inside = machine({"A": {"Type": "Map", "ItemProcessor": endless, "End": True}})
    assert places(inside) == [("ASL212", "/States/A/ItemProcessor/States/Y/Next", False)]
    (found,) = flow(endless)
    assert (found.code, found.pointer, found.aws_code) == ("ASL205", "", "MISSING_END_STATE")
    assert places(machine({"A": to("A"), "B": {"Type": "Fail"}})) == [("ASL204", "/States/B", True)]


@pytest.mark.parametrize(
    "state",
    ['"End": ${end}', '"End": "${end}"', '"Ende": true', '"Next": "B", ${more}', '"Next": ${b}', '"End": "true"'],
)
def test_a_state_that_may_end_is_believed(state: str) -> None:
    text = f'{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Next": "B"}}, "B": {{"Type": "Pass", {state}}}}}}}'
    assert places(text) == []


# -- YAML


def test_yaml_places() -> None:
    text = """StartAt: A
States:
  A: {Type: Pass, Next: Gone}
  B:
    Type: Fail
"""
    found = flow(text, name="x.asl.yaml")
    assert [(d.code, d.pointer) for d in found] == [
        ("ASL201", "/States/A/Next"),
        ("ASL204", "/States/B"),
    ]
    assert text[found[0].start : found[0].end] == "Gone"
    assert text[found[1].start : found[1].end] == "B"


def test_a_state_that_an_alias_repeats() -> None:
    text = """StartAt: A
States:
  A: {Type: Parallel, Branches: [&branch {StartAt: X, States: {X: {Type: Pass, Next: Y}}}, *branch], End: true}
"""
    found = flow(text, name="x.asl.yaml")
    assert {d.code for d in found} == {"ASL201"}


# -- size


def chain(n: int) -> dict[str, Any]:
    return machine({**{f"S{i}": to(f"S{i + 1}") for i in range(n)}, f"S{n}": END}, "S0")


def orphans(n: int) -> dict[str, Any]:
    return machine({"A": END, **{f"S{i}": to("Shared") for i in range(n)}, **{f"T{i}": to("T0") for i in range(n)}})


def wide(n: int) -> dict[str, Any]:
    choice = {"Type": "Choice", "Choices": [rule(f"S{i}") for i in range(n)], "Default": "S0"}
    return machine({"A": choice, **{f"S{i}": END for i in range(n)}})


def dangling(n: int) -> dict[str, Any]:
    return machine({"A": END, **{f"S{i}": to(f"T{i}") for i in range(n)}})


def failing(n: int) -> dict[str, Any]:
    return machine({"A": END, **{f"S{i}": {"Type": "Fail"} for i in range(n)}})


@pytest.mark.parametrize("shape", [chain, orphans, wide, dangling, failing], ids=lambda shape: shape.__name__)
def test_time_grows_with_the_states(shape: Callable[[int], dict[str, Any]], linear: Any) -> None:
    def prepare(n: int) -> Callable[[], None]:
        text = json.dumps(shape(n)).encode()

        def work() -> None:
            assert not lint("x.asl.json", text, Settings(), FLOW, judged=True).failed

        return work

    linear(prepare, 400, 3_200)


# -- AWS's verdicts


def test_agrees_with_aws(shared: Path) -> None:
    root = shared / "corpus" / "aws-verdicts"
    codes = {"MISSING_TRANSITION_TARGET", "MISSING_END_STATE"}
    seen = 0
    for line in (root / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = {
            (d["code"], re.sub(r"\[(\d+)\]", r"/\1", d.get("location") or ""))
            for d in row["diagnostics"]
            if d.get("code") in codes
        }
        report = lint(row["file"], (root / row["file"]).read_bytes(), Settings(), FLOW, judged=True)
        found = {
            (d.aws_code, d.pointer.replace("~1", "/").replace("~0", "~"))
            for d in report.diagnostics
            if d.rejected_by_aws
        }
        assert found == wanted, row["file"]
        seen += bool(wanted)
        if row["verdict"] == "ACCEPT":
            assert not [d for d in report.diagnostics if d.severity == "error"], row["file"]
    assert seen >= 10
