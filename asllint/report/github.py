"""Workflow commands of GitHub Actions: each finding becomes an annotation of the line in the pull request.

The log that they stand in is a terminal to those who read it: what would act on one is shown, not written.
"""

from __future__ import annotations

from asllint.report.characters import ascii_only, encodable, visible
from asllint.result import Report

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(report: Report, *, unicode: bool = True) -> str:
    """Return a workflow command for each finding that is shown."""
    out = []
    for d in report.shown:
        line, column = d.position
        end_line, end_column = d.end_position
        properties: dict[str, object] = {"file": d.file, "line": line}
        # GitHub ignores columns, and warns, where the lines differ
        if line == end_line:
            properties |= {"col": column, "endLine": end_line, "endColumn": end_column}
        else:
            properties["endLine"] = end_line
        properties["title"] = f"{d.code} ({d.name})"
        listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        out.append(f"::{_COMMANDS[d.severity]} {listed}::{_data(d.full_message)}\n")
    text = encodable("".join(out))
    return text if unicode else ascii_only(text)


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
