"""Drawings of a state machine: what is drawn (`drawing`), where (`layout`), and one module for each format."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.diagram.drawing import Drawing

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
