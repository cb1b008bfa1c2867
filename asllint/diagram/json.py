"""A drawing as JSON, version 1: stable keys in a stable order; later versions only add keys.

Positions are as in the reports: lines and columns are 1-based, offsets 0-based, in code points, ends exclusive. They are null
where nothing in the file stands for a thing (the end of a scope).
"""

from __future__ import annotations

from asllint import __version__
from asllint.diagram.drawing import STATE, Area, Drawing, Edge, Marked, Node
from asllint.report.json import dumps, finding
from asllint.result import Diagnostic
from asllint.source.node import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

VERSION: Final = 1


def render_json(drawing: Drawing) -> str:
    """Return the drawing as one JSON object, in ASCII."""
    nodes, edges = drawing.nodes, drawing.edges
    every: list[Marked] = [*nodes, *edges]
    findings = sorted((d for each in every for d in each.findings), key=lambda d: (d.start, d.end, d.code, d.message))
    index = {id(d): i for i, d in enumerate(findings)}
    document = {
        "version": VERSION,
        "tool": {"name": "asllint", "version": __version__},
        "file": drawing.name,
        "scopes": [_scope(drawing, area) for area in drawing.areas],
        "nodes": [_node(drawing, node, index) for node in nodes],
        "edges": [_edge(drawing, edge, index) for edge in edges],
        "findings": [finding(d) for d in findings],
    }
    return dumps(document, indent=2) + "\n"


def _scope(drawing: Drawing, area: Area) -> dict[str, Any]:
    return {
        "id": f"s{area.number}",
        "kind": area.kind,
        "owner": f"n{area.owner.number}" if area.owner is not None else None,
        **_place(drawing, area.span),
    }


def _node(drawing: Drawing, node: Node, index: dict[int, int]) -> dict[str, Any]:
    return {
        "id": f"n{node.number}",
        "kind": node.kind,
        "name": node.full_name,
        "type": node.type if node.kind == STATE else None,
        "detail": node.detail or None,
        "scope": f"s{node.scope.number}",
        "scopes": [f"s{area.number}" for area in node.areas],
        "reachable": node.reachable,
        **_marks(drawing, node, index),
    }


def _edge(drawing: Drawing, edge: Edge, index: dict[int, int]) -> dict[str, Any]:
    return {
        "id": f"e{edge.number}",
        "kind": edge.kind,
        "source": f"n{edge.source.number}",
        "target": f"n{edge.target.number}",
        "label": edge.label or None,
        "text": edge.text or None,
        **_marks(drawing, edge, index),
    }


def _marks(drawing: Drawing, marked: Marked, index: dict[int, int]) -> dict[str, Any]:
    found: list[Diagnostic] = marked.findings
    return {
        **_place(drawing, marked.span),
        "severity": marked.severity,
        "findings": [index[id(d)] for d in found],
    }


def _place(drawing: Drawing, span: Span | None) -> dict[str, int | None]:
    if span is None:
        return dict.fromkeys(("line", "column", "end_line", "end_column", "offset", "end_offset"))
    line, column = drawing.text.position(span[0])
    end_line, end_column = drawing.text.position(span[1])
    return {
        "line": line, "column": column, "end_line": end_line, "end_column": end_column,
        "offset": span[0], "end_offset": span[1],
    }  # fmt: skip
