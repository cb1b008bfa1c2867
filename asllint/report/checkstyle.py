"""The XML of Checkstyle, which Jenkins, reviewdog and many others read.

Source: Checkstyle's XMLLogger and the schema of its reports (checkstyle-report-1.0.0.xsd).
"""

from __future__ import annotations

from asllint.report.characters import one_line, xml
from asllint.result import Report

_SEVERITIES = {"error": "error", "warning": "warning", "note": "info"}


def render_checkstyle(report: Report) -> str:
    """Return the findings that are shown, under their files, and the files without any, in ASCII."""
    # a version of Checkstyle's format: some readers want one, and this is what other linters give
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<checkstyle version="4.3">']
    for file, found in report.by_file().items():
        out.append(f'  <file name="{xml(file)}">')
        for d in found:
            line, column = d.position
            out.append(
                f'    <error line="{line}" column="{column}" severity="{_SEVERITIES[d.severity]}"'
                f' message="{xml(one_line(d.full_message))}" source="asllint.{d.code}"/>'
            )
        out.append("  </file>")
    return "\n".join([*out, "</checkstyle>"]) + "\n"
