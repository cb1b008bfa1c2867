"""A drawing as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), as Markdown pages show it.

Names stand in quoted texts alone, never as identifiers, and what Mermaid reads as its own or as Markdown or HTML in such a
text is written as an entity (``#35;``): a state may be called ``end``, ``%%{init}%%`` or ``"]; click``.
"""

from __future__ import annotations

import re

from asllint.diagram.drawing import ELSEWHERE, END, MISSING, START, Area, Drawing, Edge, Node, walk
from asllint.diagram.words import clean
from asllint.rule import SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_TEXT: Final = 50_000
"""Characters that Mermaid draws unless the page that shows the text sets `maxTextSize`."""
MAX_EDGES: Final = 500
"""Edges that it draws unless the page sets `maxEdges`."""

_COLOURS: Final = {
    "succeed": "stroke:#1a7f37,stroke-width:2px",
    "fail": "stroke:#b3261e,stroke-width:2px",
    "missing": "stroke:#b3261e,stroke-dasharray:4 4",
    "gone": "stroke-dasharray:4 4,opacity:0.6",
    "note": "fill:#ddf0ff,stroke:#0969da,stroke-width:2px,color:#1f2328",
    "warning": "fill:#fff3c4,stroke:#9a6700,stroke-width:2px,color:#1f2328",
    "error": "fill:#ffe2df,stroke:#cf222e,stroke-width:2px,color:#1f2328",
    "noteFrame": "stroke:#0969da,stroke-width:2px",
    "warningFrame": "stroke:#9a6700,stroke-width:2px",
    "errorFrame": "stroke:#cf222e,stroke-width:2px",
}
_SHAPES: Final = {"Choice": ("{{", "}}"), "Succeed": ("([", "])"), "Fail": ("[[", "]]"), "Wait": ("(", ")")}
_DEEPEST: Final = 20
"""Levels that are indented; text grows with the square of the depth otherwise."""
_EDGES: Final = {"note": "#0969da", "warning": "#9a6700", "error": "#cf222e"}

# Inside quotes, of ASCII, letters, digits and these signs are safe: a hyphen, an underscore and an apostrophe behind a letter
# or digit only, since elsewhere they can make a list or an emphasis of the text; a full stop unless it makes one of a number.
_ENCODED: Final = re.compile(
    r"[^A-Za-z0-9 ,=()!?/$.:\-_'\x80-\U0010ffff]|(?<![A-Za-z0-9])[\-_']|[_'](?![A-Za-z0-9])|(?<=\d)\.(?!\w)"
)
_COLON: Final = re.compile(r"(?i)style|classdef")
"""Texts in which a colon makes a statement that Mermaid cuts its entities from."""
_PARTED: Final = re.compile(r"(?<=\$)(?=\$)|(?<=:)(?=fa-)|(?<=\\)(?=n)|(?<=\ufb02)(?=\xb0)|(?<=\xb6)(?=\xdf)")
"""Where mathematics, an icon, a line break or one of Mermaid's own marks would begin, entities or not: a mark without a width
goes in between."""
_NAMED: Final = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"}


def render_mermaid(drawing: Drawing) -> str:
    """Return the drawing as the text of a flowchart."""
    out = ["flowchart TD", f"    accTitle: {_plain(drawing.title)}", f"    accDescr: {_plain(drawing.summary)}"]
    classes: dict[str, list[str]] = {}
    edges: list[Edge] = []
    for event, item, depth in walk(drawing):
        space = "    " * min(depth, _DEEPEST)
        if isinstance(item, Node):
            if event == "close":
                out.append(f"{space}end")
                continue
            _classify(item, classes)
            if event == "node":
                out.append(space + _node(item))
            else:
                # Mermaid keeps one line for the title of a box
                out += [f'{space}subgraph n{item.number}["{" · ".join(_lines(item))}"]', f"{space}    direction TB"]
        elif event == "edges":
            out += [space + _edge(edge) for edge in item.edges]
            edges += item.edges
        elif event == "branch":
            out += [f'{space}subgraph s{item.number}["branch {_place(item)}"]', f"{space}    direction TB"]
        elif event == "empty":
            out.append(f'{space}e{item.number}["no states"]')
        else:
            out.append(f"{space}end")
    for name in _COLOURS:
        if name in classes:
            out += [f"    classDef {name} {_COLOURS[name]}", f"    class {','.join(classes[name])} {name}"]
    for severity in SEVERITIES:
        found = [str(i) for i, edge in enumerate(edges) if edge.severity == severity]
        if found:
            out.append(f"    linkStyle {','.join(found)} stroke:{_EDGES[severity]},stroke-width:2px")
    return "\n".join(out) + "\n"


def _place(area: Area) -> int:
    return area.owner.areas.index(area) + 1 if area.owner is not None else 1


def _classify(node: Node, classes: dict[str, list[str]]) -> None:
    """Give a node the one class that matters most."""
    if node.severity:
        name = f"{node.severity}Frame" if node.areas else str(node.severity)
    elif node.kind == MISSING:
        name = "missing"
    elif node.kind == ELSEWHERE or not node.reachable:
        name = "gone"
    elif node.type in ("Succeed", "Fail"):
        name = node.type.lower()
    else:
        return
    classes.setdefault(name, []).append(f"n{node.number}")


def _node(node: Node) -> str:
    name = f"n{node.number}"
    if node.kind in (START, END):
        words = [node.name] if node.scope.owner is None else [" "]
        text = "<br/>".join([*words, *_codes(node.codes)])
        if node.scope.owner is None:
            return f'{name}(["{text}"])'
        return f'{name}(("{text}"))' if node.kind == START else f'{name}((("{text}")))'
    opening, closing = _SHAPES.get(node.type, ("[", "]"))
    return f'{name}{opening}"{"<br/>".join(_lines(node))}"{closing}'


def _lines(node: Node) -> list[str]:
    return [_text(node.name), *([_text(node.subtitle)] if node.subtitle else []), *_codes(node.codes)]


def _codes(codes: list[str]) -> list[str]:
    return [" ".join(codes[:4]) + (f" and {len(codes) - 4} more" if len(codes) > 4 else "")] if codes else []


def _edge(edge: Edge) -> str:
    lines = [*([_text(edge.label)] if edge.label else []), *_codes(edge.codes)]
    arrow = "-.->" if edge.kind == "catch" else "-->"
    label = f'|"{"<br/>".join(lines)}"|' if lines else ""
    return f"n{edge.source.number} {arrow}{label} n{edge.target.number}"


def _text(text: str) -> str:
    text = _ENCODED.sub(_entity, _PARTED.sub("\u2060", clean(text)))
    return (text.replace(":", "#58;") if ":" in text and _COLON.search(text) else text) or " "


def _entity(match: re.Match[str]) -> str:
    return _NAMED.get(match[0]) or f"#{ord(match[0])};"


def _plain(text: str) -> str:
    """Return a text for a line that knows no entities: what could end it, or be read as a command, becomes a blank."""
    return " ".join(re.sub(r"[^\w ,.()?!/·…\-]", " ", clean(text).replace(":", ",")).split())
