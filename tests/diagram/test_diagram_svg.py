"""The SVG and its layout: XML, no overlaps, lines round boxes, and the time that it takes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from diagram_sample import BROKEN, HOSTILE, ORDER, by_chance, drawn, hostile
from hypothesis import given
from hypothesis import strategies as st

from asllint.diagram import layout
from asllint.diagram.drawing import Drawing, draw
from asllint.diagram.layout import Box, Line, Station, lay_out
from asllint.diagram.measure import width, wrap
from asllint.diagram.svg import Picture, render_svg
from asllint.model import build
from asllint.source import read

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLES = sorted((Path(__file__).resolve().parents[1] / "examples").rglob("*.asl.*"))
Rectangle = tuple[float, float, float, float]


def curves(stations: list[Station]) -> Iterator[tuple[float, float]]:
    """Points on the curves of a line."""
    for (x0, _, y0), (x1, y1, _) in pairwise(stations):
        middle = (y0 + y1) / 2
        for k in range(1, 12):
            t = k / 12
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            yield (a + b) * x0 + (c + d) * x1, a * y0 + (b + c) * middle + d * y1


def hits(stations: list[Station], box: Rectangle) -> bool:
    """Whether a line goes through a box: where it runs straight, or on its curves."""
    x, y, wide, high = box
    for at, start, end in stations:
        if x + 0.5 < at < x + wide - 0.5 and min(start, end) < y + high - 0.5 and y + 0.5 < max(start, end):
            return True
    return any(x + 0.5 < a < x + wide - 0.5 and y + 0.5 < b < y + high - 0.5 for a, b in curves(stations))


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return (
        a[0] < b[0] + b[2] - 0.1 and b[0] < a[0] + a[2] - 0.1 and a[1] < b[1] + b[3] - 0.1 and b[1] < a[1] + a[3] - 0.1
    )


def faults(picture: Picture, *, lines: bool = True) -> list[str]:
    """Say what overlaps, what sticks out, and which line goes through what it does not belong to."""
    out = []
    for area in picture.drawing.areas:
        boxes = {node.name + f" {node.number}": picture.drawn(picture.shapes[node]) for node in area.nodes}
        labels: dict[str, Rectangle] = {}
        for line, edges, label in picture.lines[area]:
            if label:
                wide, high = line.label_width, line.label_height
                labels[f"label {edges[0].number}"] = (line.label_x - wide / 2, line.label_y - high / 2, wide, high)
        placed = sorted([*boxes.items(), *labels.items()], key=lambda row: row[1][1])
        for i, (name, box) in enumerate(placed):
            for other, second in placed[i + 1 :]:
                if second[1] >= box[1] + box[3]:
                    break
                if overlap(box, second):
                    out.append(f"{name} and {other}")
        x, y = picture.places[area]
        size = picture.sizes[area]
        for name, box in placed:
            if (
                box[0] < x - 0.1
                or box[1] < y - 0.1
                or box[0] + box[2] > x + size[0] + 0.1
                or box[1] + box[3] > y + size[1] + 0.1
            ):
                out.append(f"{name} sticks out")
        for line, edges, _ in picture.lines[area] if lines else ():
            own = f"label {edges[0].number}"
            lowest = min(min(s[1], s[2]) for s in line.stations)
            highest = max(max(s[1], s[2]) for s in line.stations)
            near = [(n, b) for n, b in placed if n != own and b[1] < highest and lowest < b[1] + b[3]]
            name = f"{edges[0].source.name} to {edges[0].target.name}"
            out += [f"{name} through {n}" for n, b in near if hits(line.stations, b)]
    return out


def overlaps_of_areas(picture: Picture) -> list[str]:
    """Say which areas do not lie in their owner, or overlap with a branch beside them."""
    out = []
    for area in picture.drawing.areas:
        if area.owner is None:
            continue
        x, y, wide, high = picture.drawn(picture.shapes[area.owner])
        left, top = picture.places[area]
        w, h = picture.sizes[area]
        if left < x or top < y + 30 or left + w > x + wide or top + h > y + high:
            out.append(f"area {area.number} sticks out")
        for other in area.owner.areas:
            if other.number > area.number and overlap(
                (left, top, w, h), (*picture.places[other], *picture.sizes[other])
            ):
                out.append(f"areas {area.number} and {other.number}")
    return out


SAMPLES: dict[str, Any] = {
    "order": ORDER,
    "broken": BROKEN,
    "hostile": hostile(),
    **{f"by chance {seed}": by_chance(40, seed) for seed in range(5)},
    "flat": by_chance(70, 7, nested=False),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_overlaps(name: str) -> None:
    picture = Picture(drawn(SAMPLES[name], findings=name == "broken"))
    assert faults(picture) == []
    assert overlaps_of_areas(picture) == []


def production(shared: Path) -> Iterator[Drawing]:
    for path in sorted((shared / "corpus" / "production").rglob("*")):
        if path.is_file() and path.name != "index.jsonl":
            machine = build(read(path.name, path.read_bytes()))
            if machine is not None:
                yield draw(machine, path.name)


def test_production(shared: Path) -> None:
    number = 0
    for drawing in production(shared):
        picture = Picture(drawing)
        assert faults(picture) == [], drawing.name
        assert overlaps_of_areas(picture) == [], drawing.name
        ET.fromstring(picture.text())
        number += 1
    assert number > 100


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(path: Path) -> None:
    machine = build(read(path.name, path.read_bytes()), judged=True)
    assert machine is not None
    root = ET.fromstring(render_svg(draw(machine, path.name)))
    assert root.tag == f"{SVG}svg"


def test_names_come_through() -> None:
    drawing = drawn(hostile(), name='a "<b>".asl.json')
    root = ET.fromstring(render_svg(drawing).encode())
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert 'a "<b>".asl.json' in titles[0]
    for shown in (
        "<script>alert(1)</script>",
        "<b>b</b> & &amp; &lt;",
        "日本語の状態",
        "]]>",
        "line break",
        "␀null␇",
        "<U+202E>rtl",
    ):
        assert any(title.startswith(shown) for title in titles), shown
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}"
        for tag in ("svg", "title", "desc", "style", "defs", "marker", "path", "rect", "polygon", "circle", "g", "text")
    }
    assert len(HOSTILE) == len(set(HOSTILE))


def test_it_needs_nothing_from_elsewhere() -> None:
    text = render_svg(drawn(ORDER))
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in text
    assert "prefers-color-scheme:dark" in text
    root = ET.fromstring(text)
    labelled = root.attrib["aria-labelledby"].split()
    assert [root[0].attrib["id"], root[1].attrib["id"]] == labelled
    assert root[0].text == "State machine of order.asl.json"
    used = set(re.findall(r"url\(#([^)]*)\)", text))
    assert used <= {marker.attrib["id"] for marker in root.iter(f"{SVG}marker")}


def test_each_part_of_a_page_keeps_to_itself() -> None:
    identifiers = {re.search(r'<svg [^>]*id="([^"]*)"', render_svg(drawn(d)))[1] for d in (ORDER, BROKEN)}  # type: ignore[index]
    assert len(identifiers) == 2
    text = render_svg(drawn(ORDER))
    (style,) = (element.text or "" for element in ET.fromstring(text).iter(f"{SVG}style"))
    rules = re.findall(r"^([^{}@\n]+)\{", style, re.MULTILINE)
    assert rules
    assert all(selector.startswith("#asllint-") for rule in rules for selector in rule.split(","))


def test_findings_are_marked() -> None:
    text = render_svg(drawn(BROKEN, findings=True))
    badges = re.findall(
        r'<g class="badge (\w+)"><title>.*?</title><rect [^>]*/><text [^>]*>([^<]*)</text>', text, re.DOTALL
    )
    assert ("error", "ASL101") in badges
    assert re.search(r'<path class="edge catch error found"[^>]*><title>Poll → Gone: States.ALL\nASL201 error: ', text)


def test_the_same_twice() -> None:
    definition = by_chance(40, 3)
    assert render_svg(drawn(definition)) == render_svg(drawn(definition))


def test_five_hundred_states(linear: Any) -> None:
    def prepare(size: int) -> Callable[[], object]:
        definition = by_chance(size, 5, nested=False)
        return lambda: Picture(drawn(definition)).text()

    linear(prepare, 60, 500)
    assert faults(Picture(drawn(by_chance(500, 5, nested=False))), lines=False) == []


def test_deep_and_wide() -> None:
    inner: dict[str, Any] = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    for _ in range(60):
        inner = {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": inner, "End": True}}}
    assert overlaps_of_areas(Picture(drawn(inner))) == []
    one = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    wide = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [one] * 60, "End": True}}}
    picture = Picture(drawn(wide))
    assert overlaps_of_areas(picture) == []
    across, down = picture.sizes[picture.drawing.areas[0]]
    assert across < 2.5 * down, "branches stand in several rows"


# -- the layout alone


@st.composite
def graphs(pick: st.DrawFn) -> tuple[list[Box], list[Line]]:
    count = pick(st.integers(1, 14))
    boxes = [
        Box(pick(st.sampled_from([16.0, 96.0, 300.0])), pick(st.sampled_from([16.0, 40.0, 200.0])))
        for _ in range(count)
    ]
    lines = {}
    for _ in range(pick(st.integers(0, 24))):
        a, b = pick(st.integers(0, count - 1)), pick(st.integers(0, count - 1))
        group = pick(st.sampled_from(["next", "catch"]))
        wide = pick(st.sampled_from([0.0, 50.0, 170.0]))
        if a != b:
            lines[a, b, group] = Line(a, b, group, wide, 14.0 if wide else 0.0, group == "catch")
    return boxes, list(lines.values())


@given(graphs())
def test_any_graph(graph: tuple[list[Box], list[Line]]) -> None:
    boxes, lines = graph
    wide, high = lay_out(boxes, lines)
    placed: dict[object, Rectangle] = {i: (box.x, box.y, box.width, box.height) for i, box in enumerate(boxes)}
    for line in lines:
        if line.label_height:
            corner = (line.label_x - line.label_width / 2, line.label_y - line.label_height / 2)
            placed[line] = (*corner, line.label_width, line.label_height)
    items = list(placed.items())
    for i, (name, box) in enumerate(items):
        assert box[0] > -0.1 and box[1] > -0.1 and box[0] + box[2] < wide + 0.1 and box[1] + box[3] < high + 0.1
        assert not [other for other, second in items[i + 1 :] if overlap(box, second)], name
    for line in lines:
        source, target = boxes[line.source], boxes[line.target]
        x, y, _ = line.stations[0]
        assert source.x <= x <= source.x + source.width
        assert abs(y - source.y) < 0.1 or abs(y - source.y - source.height) < 0.1
        x, _, y = line.stations[-1]
        if not line.joined:
            assert target.x <= x <= target.x + target.width
            assert abs(y - target.y) < 0.1 or abs(y - target.y - target.height) < 0.1
        assert not [name for name, box in items if name is not line and hits(line.stations, box)]


def test_a_chain_is_straight() -> None:
    boxes = [Box(wide, 40) for wide in (60, 200, 96, 150)]
    lines = [Line(0, 1), Line(1, 2), Line(2, 3), Line(0, 3, "catch", 80, 14, True)]
    lay_out(boxes, lines)
    assert len({box.x + box.width / 2 for box in boxes}) == 1
    assert all(len({station[0] for station in line.stations}) == 1 for line in lines[:3])


def test_lines_to_one_handler_flow_together() -> None:
    boxes = [Box(100, 40) for _ in range(51)]
    lines = [Line(i, i + 1) for i in range(50)]
    lines += [Line(i, 50, "catch", 60, 14, True) for i in range(48)]
    across, _ = lay_out(boxes, lines)
    assert across < 500
    assert sum(not line.joined for line in lines if line.group == "catch") == 1


def test_the_ends_of_lines_keep_apart() -> None:
    box = Box(100, 40)
    assert layout._spread([50, 50, 50], box) == [38, 50, 62]
    assert layout._spread([-100, 300], box) == [14, 86]
    assert layout._spread([90, 95, 99], box) == [62, 74, 86]
    assert layout._spread([1, 2], Box(16, 16)) == [8, 8]
    many = layout._spread([0.0] * 40, box)
    assert (many[0], many[-1]) == (14, 86)


# -- the width of texts


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Load", ["Load"]),
        ("", [""]),
        ("Load the orders of yesterday", ["Load the orders", "of yesterday"]),
        ("LoadTheOrdersOfYesterday", ["LoadTheOrdersOf", "Yesterday"]),
        ("load_the_orders_of_yesterday", ["load_the_orders_", "of_yesterday"]),
        ("日本語の状態名が長い", ["日本語の状態名が", "長い"]),
    ],
)
def test_lines_break_where_words_do(text: str, lines: list[str]) -> None:
    assert wrap(text, 13, 114, 3) == lines


@given(st.text(max_size=80), st.floats(20, 300), st.integers(1, 4))
def test_lines_fit(text: str, most: float, lines: int) -> None:
    found = wrap(text, 10, most, lines)
    assert 1 <= len(found) <= lines
    assert all(width(line, 10) <= most for line in found)
    if not found[-1].endswith("…"):
        assert "".join("".join(found).split()) == "".join(text.split())


def test_a_character_of_several_code_points_is_kept_whole() -> None:
    family = "👩‍👩‍👧‍👦"
    lines = wrap(family * 80, 10, 150, 2)
    assert len(lines) == 2
    assert {line.removesuffix("…").replace(family, "") for line in lines} == {""}
