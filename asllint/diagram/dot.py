"""A drawing in the language of Graphviz (https://graphviz.org/doc/info/lang.html).

Names stand in quoted labels alone. A Map or Parallel is a cluster; an edge to or from it ends at its border (`compound`) and is
tied to a node in it, since Graphviz knows no edges of clusters.
"""

from __future__ import annotations

from asllint.diagram.drawing import ELSEWHERE, END, MISSING, START, Drawing, Edge, Node, said, walk
from asllint.diagram.measure import wrap
from asllint.diagram.words import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_SHAPES: Final = {
    "Choice": 'shape=hexagon margin="0.05,0.05"',
    "Succeed": 'color="#1a7f37" style="rounded,filled,bold"',
    "Fail": 'color="#b3261e" peripheries=2',
    "Wait": 'style="rounded,filled"',
}
_FILLS: Final = {"note": "#ddf0ff", "warning": "#fff3c4", "error": "#ffe2df"}
_COLOURS: Final = {"note": "#0969da", "warning": "#9a6700", "error": "#cf222e"}
_DEEPEST: Final = 20


def render_dot(drawing: Drawing) -> str:
    """Return the drawing as a digraph."""
    out = [
        "digraph {",
        f"    graph [compound=true fontname=Helvetica fontsize=12 label={_quoted(drawing.title)} labelloc=t"
        f" tooltip={_quoted(drawing.summary)}]",
        '    node [shape=box style=filled fillcolor=white fontname=Helvetica fontsize=12 margin="0.15,0.08"]',
        "    edge [fontname=Helvetica fontsize=10 arrowsize=0.7]",
    ]
    anchors = _anchors(drawing)
    edges: list[tuple[Edge, str]] = []
    for event, item, depth in walk(drawing):
        space = "    " * min(depth, _DEEPEST)
        if event == "close":
            out.append(f"{space}}}")
        elif isinstance(item, Node):
            if event == "open":
                out.append(f"{space}subgraph cluster_n{item.number} {{")
                out.append(f"{space}    graph [{_cluster(item)}]")
            else:
                out.append(f"{space}n{item.number} [{_node(item)}]")
        elif event == "branch":
            out.append(f"{space}subgraph cluster_s{item.number} {{")
            out.append(f'{space}    graph [label="" tooltip="" style=dashed color="#57606a"]')
        elif event == "empty":
            out.append(f'{space}e{item.number} [label="no states" style=dashed]')
        else:
            # where they are declared, Graphviz takes their nodes to belong; so behind all clusters
            edges += [(edge, _edge(edge, anchors)) for edge in item.edges]
    out += [f"    {text}" for edge, text in sorted(edges, key=lambda row: row[0].number)]
    return "\n".join([*out, "}"]) + "\n"


def _anchors(drawing: Drawing) -> dict[Node, tuple[str, str]]:
    """Return of each Map and Parallel the node in it that edges to it, and from it, are tied to."""
    out: dict[Node, tuple[str, str]] = {}
    for area in reversed(drawing.areas):
        if area.owner is None:
            continue
        first, last = f"e{area.number}", f"e{area.number}"
        if area.nodes:
            first = out.get(area.nodes[0], (f"n{area.nodes[0].number}", ""))[0]
            ending = next((node for node in area.nodes if node.kind == END), area.nodes[-1])
            last = out.get(ending, ("", f"n{ending.number}"))[1]
        # of several branches the first
        out[area.owner] = (first, last)
    return out


def _node(node: Node) -> str:
    tip = _tip(node)
    if node.kind in (START, END) and node.scope.owner is not None:
        shape = "shape=circle" if node.kind == START else "shape=doublecircle"
        colour = _COLOURS[node.severity] if node.severity else "#57606a"
        return f'label="" {shape} width=0.15 fillcolor="{colour}" {tip}'
    lines = [clean(node.name)] if node.kind in (START, END) else _lines(node)
    attributes = [f"label={_quoted(chr(10).join(lines))}"]
    if node.kind in (START, END):
        attributes.append('style="rounded,filled"')
    elif node.type in _SHAPES:
        attributes.append(_SHAPES[node.type])
    attributes += _mood(node)
    return " ".join([*attributes, tip])


def _lines(node: Node) -> list[str]:
    # Graphviz breaks no lines: 170 points are about 26 characters
    lines = wrap(clean(node.name), 12.0, 170.0, 3)
    if node.subtitle:
        lines += [line.removesuffix(" ·") for line in wrap(clean(node.subtitle), 12.0, 230.0, 2)]
    return [*lines, " ".join(node.codes)] if node.codes else lines


def _mood(node: Node) -> list[str]:
    out = []
    if node.severity:
        out.append(f'color="{_COLOURS[node.severity]}" fillcolor="{_FILLS[node.severity]}" penwidth=2')
    if node.kind == MISSING:
        out.append('style=dashed color="#b3261e" fontcolor="#b3261e"')
    elif node.kind == ELSEWHERE or not node.reachable:
        out.append('style="dashed,filled" fontcolor="#59636e"')
    return out


def _cluster(node: Node) -> str:
    out = [f"label={_quoted(chr(10).join(_lines(node)))}", _tip(node)]
    fill = "#f3f5f8" if node.scope.depth % 2 == 0 else "#e6eaf0"
    colour = _COLOURS[node.severity] if node.severity else "#57606a"
    out += ["penwidth=2"] if node.severity else []
    style = "rounded,filled" if node.reachable else "rounded,filled,dashed"
    return " ".join([*out, f'style="{style}" color="{colour}" fillcolor="{fill}"'])


def _edge(edge: Edge, anchors: dict[Node, tuple[str, str]]) -> str:
    source, target = edge.source, edge.target
    attributes = []
    tail, head = f"n{source.number}", f"n{target.number}"
    # an edge from a cluster to itself is drawn inside it: it cannot end at its border
    if source in anchors:
        tail = anchors[source][1]
        attributes += [f"ltail=cluster_n{source.number}"] if source is not target else []
    if target in anchors:
        head = anchors[target][0]
        attributes += [f"lhead=cluster_n{target.number}"] if source is not target else []
    lines = [*([clean(edge.label)] if edge.label else []), *([" ".join(edge.codes)] if edge.codes else [])]
    if lines:
        attributes.append(f"label={_quoted(chr(10).join(lines))}")
    words = "\n".join([*([clean(edge.text)] if edge.text else []), *said(edge.findings)])
    attributes.append(f"tooltip={_quoted(words or f'{clean(source.name)} → {clean(target.name)}')}")
    if lines:
        attributes.append(f"labeltooltip={_quoted(words)}")
    if edge.kind == "catch":
        attributes.append('style=dashed color="#8250df"')
    if edge.severity:
        attributes.append(f'color="{_COLOURS[edge.severity]}" penwidth=2')
    return f"{tail} -> {head} [{' '.join(attributes)}]"


def _tip(node: Node) -> str:
    lines = [clean(node.name), *([clean(node.subtitle)] if node.subtitle else []), *said(node.findings)]
    return f"tooltip={_quoted(chr(10).join(lines))}"


def _quoted(text: str) -> str:
    r"""Return a text as a quoted string; ``\n`` is the only escape that is meant as one, ``&`` begins no entity."""
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
