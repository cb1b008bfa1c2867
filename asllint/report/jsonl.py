"""One JSON object a line and a finding, for streams and for ``jq``: the objects of the JSON contract."""

from __future__ import annotations

from asllint.report.json import dumps, finding
from asllint.result import Report


def render_jsonl(report: Report) -> str:
    """Return a line for each finding that is shown, in ASCII."""
    return "".join(dumps(finding(d)) + "\n" for d in report.shown)
