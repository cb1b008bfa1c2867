"""The Reviewdog Diagnostic Format (rdjson), with fixes as suggestions.

Source: reviewdog's proto/rdf/reviewdog.proto: lines and columns are 1-based, a column counts bytes of UTF-8, ends are
exclusive.
"""

from __future__ import annotations

from asllint.report.characters import encodable
from asllint.report.json import dumps
from asllint.result import Diagnostic, Report, rule_url
from asllint.rule import Fix
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_SEVERITIES: Final = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}
_MARK: Final = 3
"""Bytes of a byte order mark: reviewdog compares with the lines of a diff, where it is one of the characters."""


def render_rdjson(report: Report) -> str:
    """Return the findings that are shown as one DiagnosticResult, in ASCII."""
    return (
        dumps({"source": {"name": "asllint"}, "diagnostics": [_diagnostic(d) for d in report.shown]}, indent=2) + "\n"
    )


def _diagnostic(d: Diagnostic) -> dict[str, Any]:
    url = rule_url(d.code, d.name)
    out: dict[str, Any] = {
        "message": d.full_message,
        "location": {"path": d.file, "range": _range(d.text, d.start, d.end)},
        "severity": _SEVERITIES[d.severity],
        "code": {"value": d.code, **({"url": url} if url else {})},
    }
    if d.fix and d.fix.edits and d.text:
        out["suggestions"] = [_suggestion(d.text, d.fix)]
    return out


def _suggestion(text: Text, fix: Fix) -> dict[str, Any]:
    """Return a fix as one suggestion: reviewdog offers each by itself, and half of a fix is none."""
    edits = sorted(fix.edits, key=lambda edit: edit[:2])
    start, end = edits[0][0], max(edit[1] for edit in edits)
    parts = []
    at = start
    for begin, stop, new in edits:
        parts += [text.content[at:begin], new]
        at = stop
    return {"range": _range(text, start, end), "text": encodable("".join(parts))}


def _range(text: Text | None, start: int, end: int) -> dict[str, dict[str, int]]:
    return {"start": _position(text, start), "end": _position(text, end)}


def _position(text: Text | None, offset: int) -> dict[str, int]:
    if text is None:
        return {"line": 1, "column": 1}
    line, column = text.position(offset)
    begin = text.starts[line - 1]
    before = text.content[begin : begin + column - 1]
    size = len(before) if before.isascii() else len(before.encode("utf-8", "surrogatepass"))
    return {"line": line, "column": size + 1 + (_MARK if text.bom and line == 1 else 0)}
