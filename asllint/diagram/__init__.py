"""Drawings of a state machine: what is drawn (`drawing`), where (`layout`), and one module for each format."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.diagram.drawing import Drawing
    from asllint.result import Report
    from asllint.settings import Settings

FORMATS: Final = ("mermaid", "dot", "svg", "json")
"""The names that `render` takes."""


def render(drawing: Drawing, format: str) -> str:  # noqa: A002
    """Return a drawing as text, in whole lines. Raises ValueError for a format that is none of `FORMATS`.

    A picture can be too large: svg raises `asllint.diagram.layout.TooLargeError`.
    """
    match format:
        case "mermaid":
            from asllint.diagram.mermaid import render_mermaid

            return render_mermaid(drawing)
        case "dot":
            from asllint.diagram.dot import render_dot

            return render_dot(drawing)
        case "svg":
            from asllint.diagram.svg import render_svg

            return render_svg(drawing)
        case "json":
            from asllint.diagram.json import render_json

            return render_json(drawing)
    raise ValueError(f"no such format of a drawing: {format}")


def of_report(report: Report, settings_of: Callable[[str], Settings]) -> dict[str, str]:
    """Return by file, for each that has findings and holds a machine, a Mermaid flowchart with them.

    Those that are larger than what Mermaid takes are left out. The texts are read again: a report has no machines.
    """
    from asllint.diagram.drawing import STATE, draw
    from asllint.diagram.mermaid import MAX_EDGES, MAX_TEXT
    from asllint.model import build
    from asllint.source import read
    from asllint.source.placeholders import placeholders_with

    out = {}
    for file, findings in report.by_file().items():
        text = findings[0].text if findings else None
        if text is None:
            continue
        settings = settings_of(file)
        placeholders = placeholders_with(settings.placeholders)
        document = read(file, text.content.encode("utf-8", "surrogatepass"), placeholders=placeholders)
        machine = build(document, settings.workflow_type, judged=True)
        if machine is None:
            continue
        drawing = draw(machine, file, findings)
        if len(drawing.edges) > MAX_EDGES or not any(n.kind == STATE for area in drawing.areas for n in area.nodes):
            continue
        flowchart = render(drawing, "mermaid")
        if len(flowchart) <= MAX_TEXT:
            out[file] = flowchart
    return out
