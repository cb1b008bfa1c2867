"""Code Quality reports of GitLab: a JSON array of findings, which merge requests show where they are new.

Source: the GitLab documentation, "Code Quality", section "Code Quality report format". A finding is known again by its
fingerprint alone, so that holds nothing that moves with the lines and items above it.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re

from asllint.report.characters import one_line
from asllint.report.json import dumps
from asllint.result import Diagnostic, Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_SEVERITIES: Final = {"error": "critical", "warning": "major", "note": "info"}
_REJECTED: Final = "blocker"
"""The severity of what AWS refuses to create."""

_INDEX = re.compile(r"/\d+(?=/|$)")
_BLANKS = re.compile(r"\s+")


def render_gitlab(report: Report, *, root: str | None = None, project: str | None = None) -> str:
    """Return the findings that are shown, in ASCII.

    root     the absolute path of the directory that relative paths start from
    project  that of the repository, from which GitLab wants them; None: the same
    """
    seen: dict[str, int] = {}
    findings = []
    for d in report.shown:
        path = _path(d.file, root, project)
        key = _key(d, path)
        seen[key] = seen.get(key, 0) + 1
        fingerprint = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()
        findings.append(_finding(d, path, fingerprint))
    return dumps(findings, indent=2) + "\n"


def _finding(d: Diagnostic, path: str, fingerprint: str) -> dict[str, Any]:
    (line, column), (end_line, end_column) = d.position, d.end_position
    return {
        "type": "issue",
        "check_name": d.code,
        "description": f"{d.code} {d.name}: {one_line(d.full_message)}",
        "categories": ["Bug Risk"],
        "severity": _REJECTED if d.rejected_by_aws else _SEVERITIES[d.severity],
        "fingerprint": fingerprint,
        "location": {
            "path": path,
            "lines": {"begin": line, "end": end_line},
            "positions": {
                "begin": {"line": line, "column": column},
                "end": {"line": end_line, "column": end_column},
            },
        },
    }


def _key(d: Diagnostic, path: str) -> str:
    """Return what a finding is the same by: rule, file, place without the numbers of items, and what stands there."""
    there = _BLANKS.sub(" ", d.text.content[d.start : d.end]) if d.text else d.message
    return "\0".join((path, d.code, _INDEX.sub("/*", d.pointer), there))


def _path(file: str, root: str | None, project: str | None) -> str:
    if root is None:
        return file
    full = posixpath.join(root, file)
    base = project or root
    inside = posixpath.relpath(full, base) if os.path.isabs(base) else file
    return file if inside.startswith("../") else inside
