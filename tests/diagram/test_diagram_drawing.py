"""What is drawn of a definition, and where findings go."""

from __future__ import annotations

import json
from typing import Any

from diagram_sample import BROKEN, INVOKE, ORDER, drawn

from asllint.diagram.drawing import Drawing, Marked, draw
from asllint.model import build
from asllint.result import Diagnostic
from asllint.source import read


def edges(drawing: Drawing) -> list[tuple[str, str, str, str]]:
    return [(edge.kind, edge.source.name, edge.target.name, edge.label) for edge in drawing.edges]


def test_every_state_and_transition_is_there() -> None:
    drawing = drawn(ORDER)
    assert [(node.name, node.scope.number) for node in drawing.nodes if node.kind == "state"] == [
        ("Price", 1), ("Enough?", 1), ("Later", 1), ("Lines", 1), ("Sent", 1), ("Refused", 1), ("Both", 2), ("Pack", 3), ("Bill", 4),
    ]  # fmt: skip
    assert edges(drawing) == [
        ("start", "Start", "Price", ""),
        ("next", "Price", "Enough?", ""),
        ("catch", "Price", "Refused", "Shop.Closed, States.Timeout"),
        ("choice", "Enough?", "Lines", "$.total >= 100"),
        ("choice", "Enough?", "Refused", "not $.retry is present"),
        ("default", "Enough?", "Later", "Default"),
        ("next", "Later", "Price", ""),
        ("next", "Lines", "Sent", ""),
        ("start", "Start", "Both", ""),
        ("end", "Both", "End", ""),
        ("start", "Start", "Pack", ""),
        ("end", "Pack", "End", ""),
        ("start", "Start", "Bill", ""),
    ]
    assert [(area.kind, area.owner and area.owner.name, area.depth) for area in drawing.areas] == [
        ("machine", None, 0), ("item processor", "Lines", 1), ("branch", "Both", 2), ("branch", "Both", 2),
    ]  # fmt: skip
    assert [node.number for node in drawing.nodes] == list(range(1, len(drawing.nodes) + 1))
    assert [edge.number for edge in drawing.edges] == list(range(1, len(drawing.edges) + 1))
    assert (
        drawing.summary
        == "9 states: 1 Task, 1 Choice, 1 Wait, 1 Map, 2 Succeed, 1 Fail, 1 Parallel, 1 Pass. It starts at Price."
    )


def test_what_is_missing_unsure_and_unreachable() -> None:
    drawing = drawn(BROKEN)
    kinds = {node.name: node.kind for node in drawing.nodes}
    assert kinds["Gone"] == "missing"
    assert kinds["${Target}"] == "elsewhere"
    reached = {node.name for node in drawing.nodes if node.kind == "state" and node.reachable}
    # the placeholder may name any state
    assert reached == {"Poll", "Island", "Lost", "A"}
    sure = json.loads(json.dumps(BROKEN))
    sure["States"]["Poll"]["Next"] = "Lost"
    reached = {node.name for node in drawn(sure).nodes if node.kind == "state" and node.reachable}
    assert reached == {"Poll", "Lost"}, "what is inside an unreachable state is unreachable, too"


def test_a_fragment_has_its_targets_elsewhere() -> None:
    drawing = drawn({"Load": {"Type": "Pass", "Next": "Store"}, "Island": {"Type": "Pass", "End": True}})
    assert {node.name: node.kind for node in drawing.nodes} == {
        "Load": "state",
        "Island": "state",
        "Store": "elsewhere",
        "End": "end",
    }
    assert all(node.reachable for node in drawing.nodes)


def test_of_duplicates_the_last_is_led_to() -> None:
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Wait"}, "B": {"Type": "Succeed"}}}'
    drawing = drawn(text)
    assert [(node.name, node.type) for node in drawing.nodes if node.kind == "state"] == [
        ("A", "Pass"),
        ("B", "Wait"),
        ("B", "Succeed"),
    ]
    assert [edge.target.type for edge in drawing.edges if edge.kind == "next"] == ["Succeed"]


# «» a finding's place, and what it is to be shown on
PLACES: list[tuple[str, str]] = [
    ("«{»}", "node Start"),
    ('«"A"»: {', "node A"),
    ('"Resource": «"x"»', "node A"),
    ("«7»", "node A"),
    ('«"B"», "Catch"', "edge next A B"),
    ('«"Nope"»', "edge catch A Nope"),
    ('«["E"]»', "edge catch A Nope"),
    ('«"$.n"»', "edge choice B C"),
    ('"Default": «"D"»', "edge default B D"),
    ('«"Iterator"»', "node C"),
    ('"StartAt": «"I"»', "edge start Start I"),
    ('«"Inner"»', "node Start"),
    ('«"I"»: {', "node I"),
    ('«"Top"»', "node Start"),
    ('"StartAt": «"A"»', "edge start Start A"),
]
TEXT = """{"Comment": "Top", "StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "x", "TimeoutSeconds": 7, "Next": "B", "Catch": [{"ErrorEquals": ["E"], "Next": "Nope"}]},
  "B": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "C"}], "Default": "D"},
  "C": {"Type": "Map", "Iterator": {"StartAt": "I", "Comment": "Inner", "States": {"I": {"Type": "Pass", "End": true}}}, "End": true},
  "D": {"Type": "Fail"}}}"""


def test_a_finding_is_shown_at_the_smallest_thing_that_it_is_in() -> None:
    machine = build(read("x.asl.json", TEXT.encode()))
    assert machine is not None
    for where, expected in PLACES:
        if where == "«{»}":
            start, end = 0, 1
        else:
            start = TEXT.index(where.replace("«", "").replace("»", "")) + where.index("«")
            end = start + where.index("»") - where.index("«") - 1
        finding = Diagnostic("x.asl.json", machine.document.text, "ASL999", "x", "warning", "m", start, end)
        drawing = draw(machine, "x.asl.json", [finding])
        every: list[Marked] = [*drawing.nodes, *drawing.edges]
        (marked,) = (each for each in every if each.findings)
        said = (
            f"node {marked.name}"
            if hasattr(marked, "name")
            else f"edge {marked.kind} {marked.source.name} {marked.target.name}"
        )  # type: ignore[attr-defined]
        assert said == expected, where
        assert marked.severity == "warning"


def test_no_finding_is_lost() -> None:
    from asllint.engine import lint
    from asllint.registry import builtin
    from asllint.settings import Settings

    for definition in (ORDER, BROKEN, {"StartAt": "A"}, {"Poll": {"Type": "Task", "Resource": INVOKE}}):
        data = json.dumps(definition).encode()
        shown = lint("x.asl.json", data, Settings(), builtin(), judged=True).shown
        machine = build(read("x.asl.json", data), judged=True)
        assert machine is not None
        drawing = draw(machine, "x.asl.json", shown)
        placed: list[Any] = [d for each in (*drawing.nodes, *drawing.edges) for d in each.findings]
        if drawing.nodes:
            assert sorted(map(id, placed)) == sorted(map(id, shown))


def test_yaml_aliases_are_drawn() -> None:
    text = "StartAt: A\nStates:\n  A: &a\n    Type: Pass\n    End: true\n  B: *a\n"
    drawing = drawn(text, "x.asl.yaml")
    assert [node.name for node in drawing.nodes] == ["Start", "A", "B", "End"]
