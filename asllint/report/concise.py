"""One line a finding: ``file:line:column: CODE severity message``."""

from __future__ import annotations

from asllint.report.characters import SEVERITY_COLORS, one_line, paint
from asllint.result import Report


def render_concise(report: Report, *, color: bool = False, unicode: bool = True) -> str:
    """Return a line for each finding that is shown."""
    out = []
    for d in report.shown:
        line, column = d.position
        place = paint(one_line(d.file, unicode), "", color)
        code = paint(d.code, SEVERITY_COLORS[d.severity], color)
        out.append(f"{place}:{line}:{column}: {code} {d.severity} {one_line(d.full_message, unicode)}\n")
    return "".join(out)
