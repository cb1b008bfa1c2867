"""A drawing as SVG: one file that needs nothing else, light or dark as its reader's screen is.

Areas are laid out from the inside to the outside (`asllint.diagram.layout`): a Map or Parallel is a box as large as what is in
it. Colours stand in classes, so that a page that holds the picture can set others.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from zlib import crc32

from asllint.diagram.drawing import ELSEWHERE, END, MISSING, START, STATE, Area, Drawing, Edge, Node, said
from asllint.diagram.layout import Box, Line, Station, lay_out
from asllint.diagram.measure import width, wrap
from asllint.diagram.words import clean
from asllint.rule import SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# pixels
_NAME: Final = 13.0
_SMALL: Final = 11.0
_LEADING: Final = 16.0
_LEADING_SMALL: Final = 14.0
_WIDEST: Final = 190.0
"""Of a line of a name."""
_WIDEST_SMALL: Final = 210.0
"""Of a line below it."""
_WIDEST_LABEL: Final = 170.0
_LEAST: Final = 96.0
"""The width of a state."""
_PAD: Final = 14.0
_MARGIN: Final = 20.0
_DOT: Final = 16.0
_BADGE: Final = 16.0
_LOOP: Final = 26.0
_LABELS: Final = 5
"""Edges from one node to the same other are one line with so many labels at most."""
_ROW_OF_BRANCHES: Final = 1_400.0
"""Branches of a Parallel stand in several rows where one would be wider."""

_FONT: Final = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'

_LIGHT: Final = {
    "page": "#ffffff", "inside": "#f3f5f8", "deeper": "#e6eaf0", "box": "#ffffff", "frame": "#57606a", "text": "#1f2328",
    "muted": "#59636e", "line": "#6e7781", "catch": "#8250df", "good": "#1a7f37", "bad": "#b3261e",
    "error": "#cf222e", "error-fill": "#ffe2df", "warning": "#9a6700", "warning-fill": "#fff3c4",
    "note": "#0969da", "note-fill": "#ddf0ff", "on-badge": "#ffffff",
}  # fmt: skip
_DARK: Final = {
    "page": "#0d1117", "inside": "#161b22", "deeper": "#21262d", "box": "#0d1117", "frame": "#8b949e", "text": "#e6edf3",
    "muted": "#9198a1", "line": "#8b949e", "catch": "#bc8cff", "good": "#3fb950", "bad": "#ff7b72",
    "error": "#ff6a60", "error-fill": "#4c1618", "warning": "#d29922", "warning-fill": "#3f2e00",
    "note": "#58a6ff", "note-fill": "#0c2d6b", "on-badge": "#0d1117",
}  # fmt: skip

_LINES: Final = ("line", "catch", "error", "warning", "note")


def render_svg(drawing: Drawing) -> str:
    """Return the drawing as an SVG document."""
    return Picture(drawing).text()


def _styles(scope: str) -> str:
    """Return the style sheet; every rule counts below the element of this id alone."""
    fixed = [
        f"#{scope}{{font-family:{_FONT};font-size:{_SMALL:g}px}}",
        f"#{scope} text{{text-anchor:middle;white-space:pre}}",
        f"#{scope} .name{{font-size:{_NAME:g}px;font-weight:500}}",
        f"#{scope} .left{{text-anchor:start}}",
        f"#{scope} .edge{{fill:none;stroke-width:1.4}}",
        f"#{scope} .catch{{stroke-dasharray:5 4}}",
        f"#{scope} .frame,#{scope} .branch{{stroke-width:1.2}}",
        f"#{scope} .branch,#{scope} .gone .frame{{stroke-dasharray:4 4}}",
        f"#{scope} .gone{{opacity:.6}}",
        f"#{scope} .found{{stroke-width:2.4}}",
        f"#{scope} .badge text{{font-weight:600}}",
    ]
    light, dark = (_colours(scope, colours) for colours in (_LIGHT, _DARK))
    return "\n".join([*fixed, *light, "@media (prefers-color-scheme:dark){", *dark, "}"])


def _colours(scope: str, colour: dict[str, str]) -> Iterable[str]:
    def rule(selectors: str, body: str) -> str:
        return f"{','.join(f'#{scope} {selector}' for selector in selectors.split(','))}{{{body}}}"

    yield rule(".page", f"fill:{colour['page']}")
    yield rule(".d1", f"fill:{colour['inside']}")
    yield rule(".d2", f"fill:{colour['deeper']}")
    yield rule("text", f"fill:{colour['text']}")
    yield rule(".sub,.label text", f"fill:{colour['muted']}")
    yield rule(".frame,.branch", f"stroke:{colour['frame']}")
    yield rule(".state .frame,.start .frame,.end .frame", f"fill:{colour['box']}")
    yield rule(".succeed .frame", f"stroke:{colour['good']}")
    yield rule(".fail .frame,.missing .frame", f"stroke:{colour['bad']}")
    yield rule(".missing text", f"fill:{colour['bad']}")
    yield rule(".dot", f"fill:{colour['frame']};stroke:{colour['frame']}")
    yield rule(".ring", f"fill:none;stroke:{colour['frame']}")
    for name in _LINES:
        yield rule(f".edge.{name}", f"stroke:{colour[name]}")
        yield rule(f".tip-{name}", f"fill:{colour[name]}")
    for name in SEVERITIES:
        yield rule(f".state.{name} .frame", f"stroke:{colour[name]};fill:{colour[name + '-fill']}")
        yield rule(f".area.{name} .frame", f"stroke:{colour[name]}")
        yield rule(f".badge.{name} rect,.{name} .dot", f"fill:{colour[name]}")
        yield rule(f".badge.{name} text", f"fill:{colour['on-badge']}")


class _Shape:
    """How a node looks, and where.

    names, below  the lines of its name, and of its type
    box           its size, badge and loop included; placed in its area
    """

    __slots__ = ("badge", "badge_width", "below", "box", "head", "loops", "names", "room")

    def __init__(self, node: Node) -> None:
        self.names: list[str] = []
        self.below: list[str] = []
        self.badge = _badge(node)
        badge = width(self.badge, _SMALL) * 1.12 + 12 if self.badge else 0.0  # bold letters are wider
        self.badge_width = badge
        self.head = 0.0
        self.room = 0.0
        """At the left and the right of what is drawn, for transitions to itself."""
        self.loops: list[Edge] = []
        if node.kind in (START, END) and node.scope.owner is not None:
            # the badge stands beside the dot
            wide = 2 * (badge + 10) if badge else _DOT
            self.box = Box(wide, _DOT, wide / 2)
            return
        self.names = wrap(node.name, _NAME, _WIDEST, 3)
        if node.kind in (START, END):
            self.head = _LEADING + (_BADGE + 4 if badge else 0.0)
            self.box = Box(max(64.0, badge + 24), self.head + 12.0)
            return
        self.below = wrap(node.subtitle, _SMALL, _WIDEST_SMALL, 2) if node.subtitle else []
        self.below = [line.removesuffix(" ·") for line in self.below]
        self.head = len(self.names) * _LEADING + len(self.below) * _LEADING_SMALL + (_BADGE + 4 if badge else 0.0)
        slant = 12.0 if node.type == "Choice" else 0.0
        wide = max(*(width(line, _NAME) for line in self.names), *(width(line, _SMALL) for line in self.below), badge)
        self.box = Box(max(_LEAST, wide + 2 * (_PAD + slant)), self.head + 14.0, _PAD + slant)


class Picture:
    """The places of everything, and the text that says them.

    shapes  of each node
    lines   of each area: the line, the edges that it stands for, the lines of its label
    sizes   of each area, width and height
    places  of each area, the top left corner; first in its owner, then in the picture
    """

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.id = f"asllint-{crc32(drawing.text.content.encode('utf-8', 'replace')):08x}"
        self.shapes = {node: _Shape(node) for area in drawing.areas for node in area.nodes}
        self.lines: dict[Area, list[tuple[Line, list[Edge], list[str]]]] = {}
        self.sizes: dict[Area, tuple[float, float]] = {}
        self.places: dict[Area, tuple[float, float]] = {}
        for area in reversed(drawing.areas):
            self._lay_out(area)
        self._move()

    # -- sizes and places

    def _lay_out(self, area: Area) -> None:
        boxes: list[Box] = []
        index: dict[Node, int] = {}
        for node in area.nodes:
            shape = self.shapes[node]
            if node.areas:
                self._grow(node, shape)
            index[node] = len(boxes)
            boxes.append(shape.box)
        together: dict[tuple[Node, Node, bool], list[Edge]] = {}
        for edge in area.edges:
            if edge.source is edge.target:
                self.shapes[edge.source].loops.append(edge)
            else:
                together.setdefault((edge.source, edge.target, edge.kind == "catch"), []).append(edge)
        for node in area.nodes:
            shape = self.shapes[node]
            if shape.loops:
                shape.room = _LOOP + max(width(line, _SMALL) for line in self._label(shape.loops) or [""]) + 6
                shape.box.width += 2 * shape.room
                shape.box.inset += shape.room
        lines = []
        for (source, target, catch), edges in together.items():
            label = self._label(edges)
            wide = max((width(line, _SMALL) for line in label), default=0.0) + 8 if label else 0.0
            group = "catch" if catch else "next"
            line = Line(index[source], index[target], group, wide, len(label) * _LEADING_SMALL + 2 * bool(label), catch)
            lines.append((line, edges, label))
        self.lines[area] = lines
        self.sizes[area] = lay_out(boxes, [line for line, _, _ in lines])

    def _label(self, edges: list[Edge]) -> list[str]:
        out: list[str] = []
        labelled = [edge for edge in edges if edge.label or edge.findings]
        mark = "· " if len(labelled) > 1 else ""
        for edge in labelled[:_LABELS]:
            codes = " ".join(edge.codes)
            words = f"{edge.label} ({codes})" if edge.label and codes else edge.label or codes
            out += wrap(mark + words, _SMALL, _WIDEST_LABEL, 4)
        if len(labelled) > _LABELS:
            out.append(f"and {len(labelled) - _LABELS} more")
        return out

    def _grow(self, node: Node, shape: _Shape) -> None:
        """Make the box of a node large enough for its areas, and place them in it."""
        sizes = [(max(w, 40.0), max(h, 24.0)) for w, h in (self.sizes[area] for area in node.areas)]
        framed = len(node.areas) > 1 or node.areas[0].kind == "branch"
        edge = _PAD if framed else 0.0
        sizes = [(w + 2 * edge, h + 2 * edge) for w, h in sizes]
        rows: list[list[int]] = [[]]
        space = sum(w * h for w, h in sizes)
        most = max(_ROW_OF_BRANCHES, max(w for w, _ in sizes), 1.6 * sqrt(space))
        used = 0.0
        for i, (w, _) in enumerate(sizes):
            if rows[-1] and used + w > most:
                rows.append([])
                used = 0.0
            rows[-1].append(i)
            used += w + _PAD
        wide = max(sum(sizes[i][0] for i in row) + _PAD * (len(row) - 1) for row in rows)
        wide = max(wide, shape.box.width - 2 * _PAD)
        y = shape.head + 8 + _PAD
        for row in rows:
            x = _PAD + (wide - sum(sizes[i][0] for i in row) - _PAD * (len(row) - 1)) / 2
            high = max(sizes[i][1] for i in row)
            for i in row:
                self.places[node.areas[i]] = (x + edge, y + edge)
                if framed:
                    self.sizes[node.areas[i]] = (sizes[i][0] - 2 * edge, high - 2 * edge)
                x += sizes[i][0] + _PAD
            y += high + _PAD
        shape.box.width, shape.box.height = wide + 2 * _PAD, y

    def _move(self) -> None:
        """Place all areas, with what is in them, in the picture: from the outside to the inside."""
        for area in self.drawing.areas:
            if area.owner is None:
                x, y = _MARGIN, _MARGIN
            else:
                outer = self.shapes[area.owner]
                x, y = self.places[area]
                x, y = x + outer.box.x + outer.room, y + outer.box.y
            self.places[area] = (x, y)
            for node in area.nodes:
                box = self.shapes[node].box
                box.x, box.y = box.x + x, box.y + y
            for line, _, _ in self.lines[area]:
                line.stations = [(at + x, start + y, end + y) for at, start, end in line.stations]
                line.label_x, line.label_y = line.label_x + x, line.label_y + y

    # -- the text

    def text(self) -> str:
        """Return the SVG document."""
        areas = self.drawing.areas
        wide, high = (size + 2 * _MARGIN for size in self.sizes[areas[0]])
        out = [
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{self.id}" role="img"'
            f' aria-labelledby="{self.id}-title {self.id}-desc"'
            f' width="{_n(wide)}" height="{_n(high)}" viewBox="0 0 {_n(wide)} {_n(high)}">',
            f'<title id="{self.id}-title">{_text(self.drawing.title)}</title>',
            f'<desc id="{self.id}-desc">{_text(self.drawing.summary)}</desc>',
            f"<style>\n{_styles(self.id)}\n</style>",
            "<defs>",
        ]
        out += [
            f'<marker id="{self.id}-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7"'
            f' markerUnits="userSpaceOnUse" orient="auto"><path class="tip-{name}" d="M0 1L10 5L0 9z"/></marker>'
            for name in _LINES
        ]
        out += ["</defs>", f'<rect class="page" width="{_n(wide)}" height="{_n(high)}"/>']
        for area in areas:
            for node in area.nodes:
                if node.areas:
                    self._outer(node, out)
        for area in areas:
            self._edges(area, out)
        for area in areas:
            for node in area.nodes:
                if not node.areas:
                    self._leaf(node, out)
                self._badge(node, out)
        out.append("</svg>")
        return "\n".join(out) + "\n"

    def _outer(self, node: Node, out: list[str]) -> None:
        """A Map or Parallel: its frame, what it is called, a frame for each branch."""
        shape = self.shapes[node]
        x, y, wide, high = self.drawn(shape)
        out.append(f'<g class="{_classes("area", node)}">{_tooltip(node)}')
        out.append(
            f'<rect class="{_ground(node.scope.depth + 1)} frame" x="{_n(x)}" y="{_n(y)}"'
            f' width="{_n(wide)}" height="{_n(high)}" rx="8"/>'
        )
        self._words(shape, x + wide / 2, y + 8, out)
        if len(node.areas) > 1 or node.areas[0].kind == "branch":
            for area in node.areas:
                left, top = self.places[area]
                size = self.sizes[area]
                out.append(
                    f'<rect class="branch" fill="none" x="{_n(left - _PAD)}" y="{_n(top - _PAD)}"'
                    f' width="{_n(size[0] + 2 * _PAD)}" height="{_n(size[1] + 2 * _PAD)}" rx="6"/>'
                )
        out.append("</g>")

    def drawn(self, shape: _Shape) -> tuple[float, float, float, float]:
        """Return x, y, width and height of what is drawn for a node."""
        box = shape.box
        return box.x + shape.room, box.y, box.width - 2 * shape.room, box.height

    def _words(self, shape: _Shape, x: float, y: float, out: list[str]) -> None:
        y += _LEADING * 0.75
        for line in shape.names:
            out.append(f'<text class="name" x="{_n(x)}" y="{_n(y)}">{_text(line)}</text>')
            y += _LEADING
        y -= 1
        for line in shape.below:
            out.append(f'<text class="sub" x="{_n(x)}" y="{_n(y)}">{_text(line)}</text>')
            y += _LEADING_SMALL

    def _leaf(self, node: Node, out: list[str]) -> None:
        shape = self.shapes[node]
        x, y, wide, high = self.drawn(shape)
        cx, cy = x + wide / 2, y + high / 2
        out.append(f'<g class="{_classes(node.kind if node.kind in (START, END) else "state", node)}">{_tooltip(node)}')
        if not shape.names:
            out.append(f'<circle class="{"ring" if node.kind == END else "dot"}" cx="{_n(cx)}" cy="{_n(cy)}" r="6"/>')
            if node.kind == END:
                out.append(f'<circle class="dot" cx="{_n(cx)}" cy="{_n(cy)}" r="3"/>')
        elif node.type == "Choice":
            s = 12.0
            points = [
                (x, cy),
                (x + s, y),
                (x + wide - s, y),
                (x + wide, cy),
                (x + wide - s, y + high),
                (x + s, y + high),
            ]
            out.append(f'<polygon class="frame" points="{" ".join(f"{_n(a)},{_n(b)}" for a, b in points)}"/>')
        else:
            round_ends = node.kind in (START, END) or node.type == "Succeed"
            radius = high / 2 if round_ends else 6.0
            out.append(_rect("frame", x, y, wide, high, radius))
            if node.type == "Fail":
                out.append(_rect("frame", x + 3, y + 3, wide - 6, high - 6, 4))
        if node.kind in (START, END) and shape.names:
            out.append(f'<text x="{_n(cx)}" y="{_n(y + 18)}">{_text(node.name)}</text>')
        else:
            self._words(shape, cx, y + 7, out)
        out.append("</g>")

    def _badge(self, node: Node, out: list[str]) -> None:
        shape = self.shapes[node]
        if not shape.badge:
            return
        x, y, wide, high = self.drawn(shape)
        size = shape.badge_width
        left, cy = x + wide / 2 + 9, y + high / 2
        if shape.names:
            left, cy = x + (wide - size) / 2, y + (8 if node.areas else 7) + shape.head - _BADGE / 2 - 1
        out.append(
            f'<g class="badge {node.severity}">{_tooltip(node)}'
            f"{_rect('', left, cy - _BADGE / 2, size, _BADGE, _BADGE / 2)}"
            f'<text x="{_n(left + size / 2)}" y="{_n(cy + 4)}">{_text(shape.badge)}</text></g>'
        )

    def _edges(self, area: Area, out: list[str]) -> None:
        ground = _ground(area.depth)
        labels: list[str] = []
        ordered = sorted(self.lines[area], key=lambda row: _gravity(row[1]))
        for line, edges, label in ordered:
            self._edge(edges, _path(line.stations), line.joined, out)
            if label:
                self._put_label(edges, label, line.label_x, line.label_y, ground, labels)
        for node in area.nodes:
            shape = self.shapes[node]
            if shape.loops:
                x, y, wide, high = self.drawn(shape)
                right, cy = x + wide, y + high / 2
                reach = _LOOP - 8
                path = (
                    f"M{_n(right)} {_n(cy + 9)}C{_n(right + reach)} {_n(cy + 15)} {_n(right + reach)} {_n(cy - 15)}"
                    f" {_n(right)} {_n(cy - 9)}"
                )
                self._edge(shape.loops, path, False, out)
                label = self._label(shape.loops)
                if label:
                    middle = right + _LOOP + max(width(text, _SMALL) for text in label) / 2
                    self._put_label(shape.loops, label, middle, cy, ground, labels)
        out += labels

    def _edge(self, edges: list[Edge], path: str, joined: bool, out: list[str]) -> None:
        worst = max(edges, key=lambda edge: _gravity([edge]))
        catch = edges[0].kind == "catch"
        colour = worst.severity or ("catch" if catch else "line")
        names = ["edge", *(["catch"] if catch else []), *([colour] if colour != "catch" else [])]
        names += ["found"] if worst.severity else []
        faded = [] if edges[0].source.reachable else ["gone"]
        tip = "" if joined else f' marker-end="url(#{self.id}-{colour})"'
        out.append(f'<path class="{" ".join([*names, *faded])}" d="{path}"{tip}>{_edge_tooltip(edges)}</path>')

    def _put_label(self, edges: list[Edge], label: list[str], x: float, y: float, ground: str, out: list[str]) -> None:
        wide = max(width(line, _SMALL) for line in label) + 6
        high = len(label) * _LEADING_SMALL
        top = y - high / 2
        lines = "".join(
            f'<text x="{_n(x)}" y="{_n(top + 10.5 + i * _LEADING_SMALL)}">{_text(line)}</text>'
            for i, line in enumerate(label)
        )
        out.append(
            f'<g class="label">{_edge_tooltip(edges)}{_rect(ground, x - wide / 2, top, wide, high, 3)}{lines}</g>'
        )


def _gravity(edges: list[Edge]) -> int:
    return max(SEVERITIES.index(edge.severity) + 1 if edge.severity else 0 for edge in edges)


def _badge(node: Node) -> str:
    """Return the codes of a node's findings, "" for none."""
    codes = node.codes
    return " ".join(codes) if len(codes) < 4 else f"{' '.join(codes[:2])} and {len(codes) - 2} more"


def _classes(first: str, node: Node) -> str:
    out = [first]
    if node.kind in (MISSING, ELSEWHERE):
        out += [node.kind, "gone"] if node.kind == ELSEWHERE else ["missing", "gone"]
    if node.kind == STATE and node.type in ("Succeed", "Fail"):
        out.append(node.type.lower())
    if not node.reachable:
        out.append("gone")
    if node.severity:
        out.append(node.severity)
    return " ".join(out)


def _ground(depth: int) -> str:
    """Return the class of what is behind an area."""
    return "page" if depth == 0 else "d1" if depth % 2 else "d2"


def _path(stations: list[Station]) -> str:
    """Return the path of a line: straight down in its rows, curved between them."""
    out = ""
    here = ("", "")
    for i, (x, start, end) in enumerate(stations):
        across, top, bottom = _n(x), _n(start), _n(end)
        if not i:
            out = f"M{across} {top}"
        elif across != here[0]:
            middle = _n((stations[i - 1][2] + start) / 2)
            out += f"C{here[0]} {middle} {across} {middle} {across} {top}"
        elif top != here[1]:
            out += f"V{top}"
        # a piece without a length would turn the arrowhead
        if bottom != top:
            out += f"V{bottom}"
        here = (across, bottom)
    return out


def _tooltip(node: Node) -> str:
    lines = [node.name, *([node.subtitle] if node.subtitle else []), *said(node.findings)]
    return f"<title>{_text(chr(10).join(lines))}</title>"


def _edge_tooltip(edges: list[Edge]) -> str:
    lines: list[str] = []
    for edge in edges[:20]:
        name = f"{edge.source.name} → {edge.target.name}"
        lines += [f"{name}: {edge.text}" if edge.text else name, *said(edge.findings, 5)]
    return f"<title>{_text(chr(10).join(lines))}</title>"


def _rect(name: str, x: float, y: float, wide: float, high: float, radius: float) -> str:
    given = f' class="{name}"' if name else ""
    return f'<rect{given} x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" rx="{_n(radius)}"/>'


def _n(value: float) -> str:
    """Return a number as short as can be: a tenth of a pixel is enough."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _text(text: str) -> str:
    """Return a text fit for XML: every line of it has been made clean before."""
    text = "\n".join(map(clean, text.split("\n")))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
