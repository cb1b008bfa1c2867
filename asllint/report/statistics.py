"""How often each rule found something, in place of the findings."""

from __future__ import annotations

from asllint.report.json import dumps
from asllint.result import Report, rule_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

FORMATS: Final = ("full", "concise", "json")
"""The report formats that have statistics: the first two as a table, the same in both."""


class _Row:
    __slots__ = ("code", "count", "files", "fixable", "name", "severity")

    def __init__(self, code: str, name: str, severity: str) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.count = 0
        self.fixable = 0
        self.files: set[str] = set()


def render_statistics(report: Report, format: str) -> str:  # noqa: A002
    """Return a row for each rule and severity that is shown, the most frequent first; nothing where nothing is."""
    rows: dict[tuple[str, str], _Row] = {}
    for d in report.shown:
        row = rows.setdefault((d.code, d.severity), _Row(d.code, d.name, d.severity))
        row.count += 1
        row.files.add(d.file)
        row.fixable += d.fix is not None and d.fix.safe
    ordered = sorted(rows.values(), key=lambda row: (-row.count, row.code, row.severity))
    if format == "json":
        return dumps([
            {
                "code": row.code, "name": row.name, "severity": row.severity, "count": row.count,
                "files": len(row.files), "fixable": row.fixable, "url": rule_url(row.code, row.name),
            }
            for row in ordered
        ], indent=2) + "\n"  # fmt: skip
    if not ordered:
        return ""
    count = max(len(str(row.count)) for row in ordered)
    severity = max(len(row.severity) for row in ordered)
    mark = "[*] " if any(row.fixable for row in ordered) else ""
    lines = [
        f"{row.count:{count}}  {row.severity:{severity}}  {row.code}  {mark if row.fixable else ' ' * len(mark)}{row.name}"
        for row in ordered
    ]
    if mark:
        lines.append("[*] fixable with --fix")
    return "\n".join(lines) + "\n"
