"""Markdown for the summary of a CI job or a comment: a table of the findings, and drawings of the machines they are in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from asllint.report.characters import ascii_only, one_line
from asllint.report.full import summary
from asllint.result import Diagnostic, Report, rule_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_TABLE: Final = 600_000
MAX_TEXT: Final = 1_000_000
"""Bytes of the table, and of all: GitHub takes 1 MiB a step (its documentation, "Adding a job summary")."""

_CODE = re.compile(r"`[^`]+`")
_BACKTICKS = re.compile("`+")
_ACTIVE = re.compile(r"([\\`*_{}<>\[\]~|&#$])")


def render_markdown(report: Report, *, drawings: Mapping[str, str] | None = None, unicode: bool = True) -> str:
    """Return a heading, a summary, a row for each finding that is shown, and the drawings as far as there is room.

    drawings  the text of a Mermaid flowchart by file
    """
    shown = report.shown
    head = f"## asllint\n\n{summary(report)}\n"
    if not shown:
        return head
    parts = [head, "\n| | Place | Rule | Finding |\n| --- | --- | --- | --- |\n"]
    size = 0
    for i, d in enumerate(shown):
        row = _row(d)
        size += len(row.encode("utf-8", "replace"))
        if size > MAX_TABLE:
            parts.append(f"\n{len(shown) - i:,} more findings are not listed here.\n")
            break
        parts.append(row)
    left_out = 0
    for file, drawing in (drawings or {}).items():
        # a blank line behind the summary, or GitHub takes what follows for HTML
        block = f"\n<details><summary>{_html(file)}</summary>\n\n```mermaid\n{drawing.rstrip()}\n```\n\n</details>\n"
        size += len(block.encode("utf-8", "replace"))
        if size > MAX_TEXT:
            left_out += 1
        else:
            parts.append(block)
    if left_out:
        parts.append(f"\n{left_out:,} of {len(drawings or {}):,} drawings are left out for want of room.\n")
    text = "".join(parts)
    return text if unicode else ascii_only(text)


def _row(d: Diagnostic) -> str:
    line, column = d.position
    url = rule_url(d.code, d.name)
    rule = f"[{d.code}]({url})" if url else d.code
    return f"| {d.severity} | {_code(f'{d.file}:{line}:{column}')} | {rule} {d.name} | {_text(d.full_message)} |\n"


def _code(text: str) -> str:
    """Return a text as code in a cell: between more backticks than are in it."""
    text = one_line(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _text(message: str) -> str:
    """Return a message in a cell: what is code in it stays code, everything else is text."""
    message = one_line(message)
    out = []
    at = 0
    for found in _CODE.finditer(message):
        out += [_plain(message[at : found.start()]), found[0].replace("|", "\\|")]
        at = found.end()
    return "".join([*out, _plain(message[at:])])


def _plain(text: str) -> str:
    return _ACTIVE.sub(r"\\\1", text)


def _html(text: str) -> str:
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
