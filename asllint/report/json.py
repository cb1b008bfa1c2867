"""The JSON contract, version 1: stable keys in a stable order; later versions only add keys.

Lines and columns are 1-based, offsets 0-based; both count code points, ends are exclusive.
"""

from __future__ import annotations

import json
import re

from asllint import __version__
from asllint.result import Diagnostic, Report, rule_url
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

VERSION: Final = 1

_SURROGATE = re.compile(r"(?P<kept>\\\\|\\ud[89ab]..\\ud[c-f]..)|\\ud[89a-f]..")


def render_json(report: Report) -> str:
    """Return the report as one JSON object, in ASCII."""
    document = {
        "version": VERSION,
        "tool": {"name": "asllint", "version": __version__},
        "files": report.files,
        "findings": [finding(d) for d in report.shown],
        "skipped": [{"file": file, "reason": reason} for file, reason in report.skipped],
        "summary": report.counts(),
    }
    return dumps(document, indent=2) + "\n"


def dumps(value: Any, indent: int | None = None) -> str:
    """Return the value as JSON in ASCII, compact unless indented, with U+FFFD for lone surrogates.

    A state may be called ``"\\ud800"``; many readers of JSON refuse a whole text for it.
    """
    text = json.dumps(value, indent=indent, separators=None if indent else (",", ":"))
    if "\\ud" not in text:
        return text
    return _SURROGATE.sub(lambda m: m["kept"] or r"\ufffd", text)


def finding(d: Diagnostic) -> dict[str, Any]:
    """Return one finding as an object of the contract."""
    fix = d.fix
    return {
        "file": d.file,
        "code": d.code,
        "name": d.name,
        "severity": d.severity,
        "rejected_by_aws": d.rejected_by_aws,
        "aws_code": d.aws_code,
        "message": d.full_message,
        "state": d.state,
        "pointer": d.pointer,
        **_place(d.text, d.start, d.end),
        "url": rule_url(d.code, d.name),
        "related": [{"message": r.message, **_place(d.text, r.start, r.end)} for r in d.related],
        "fix": fix
        and {
            "title": fix.title,
            "safety": "safe" if fix.safe else "unsafe",
            "edits": [{"offset": start, "end_offset": end, "text": text} for start, end, text in fix.edits],
        },
    }


def _place(text: Text | None, start: int, end: int) -> dict[str, int]:
    line, column = text.position(start) if text else (1, 1)
    end_line, end_column = text.position(end) if text else (1, 1)
    return {
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "offset": start,
        "end_offset": end,
    }
