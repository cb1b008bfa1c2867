"""The format for people: a frame of the source with carets under the exact span, related places, and the cure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from asllint.report.characters import BLUE, SEVERITY_COLORS, cell, columns, one_line, paint
from asllint.result import Diagnostic, Report
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

WIDTH: Final = 120
"""Columns, where the terminal's are not known."""

_LEAST_ROOM = 20
_BLANK_LINES = 50
_INK = re.compile(r"\S")


def render_full(
    report: Report,
    *,
    color: bool = False,
    verbose: bool = False,
    quiet: bool = False,
    width: int | None = None,
    unicode: bool = True,
) -> str:
    """Return the findings that are shown, and unless `quiet` a summary."""
    style = _Style(color, unicode, width or WIDTH)
    blocks = []
    for d in report.diagnostics if verbose else report.shown:
        if d.suppressed is not None or d.baselined:
            blocks.append(_hidden(d, style))
        else:
            blocks.append(_finding(d, style, verbose))
    if not quiet:
        blocks.append([summary(report), *_fixes(report)])
    return "\n".join("".join(line.rstrip(" ") + "\n" for line in block) for block in blocks)


def summary(report: Report) -> str:
    """Return the last line: what was found, in how many files, and what is not shown."""
    counts = report.counts()
    found = [_count(counts[kind], kind) for kind in ("error", "warning", "note") if counts[kind]]
    hidden = [
        f"{counts[kind]} {words}"
        for kind, words in (("suppressed", "suppressed"), ("baselined", "in the baseline"), ("skipped", "skipped"))
        if counts[kind]
    ]
    text = f"{', '.join(found) or 'No findings'} in {_count(counts['files'], 'file')}"
    return f"{text} ({', '.join(hidden)})." if hidden else f"{text}."


def _fixes(report: Report) -> list[str]:
    """Return the line that says what was fixed, or can be."""
    safe, unsafe = report.fixable()
    if report.fixed is not None:
        done = [f"Fixed {_count(report.fixed, 'finding')}."] if report.fixed else []
        return done + ([f"{unsafe} fixable with --unsafe-fixes."] if unsafe else [])
    if safe:
        return [f"{safe} fixable with --fix{f', {unsafe} more with --unsafe-fixes' if unsafe else ''}."]
    return [f"{unsafe} fixable with --fix --unsafe-fixes."] if unsafe else []


class _Style:
    """How lines are drawn: colours or none, box characters or ASCII, and the columns there are."""

    __slots__ = ("bar", "color", "ellipsis", "gap", "unicode", "width")

    def __init__(self, color: bool, unicode: bool, width: int) -> None:
        self.color = color
        self.unicode = unicode
        self.width = width
        self.bar, self.gap, self.ellipsis = ("│", "┆", "…") if unicode else ("|", ":", "...")

    def line(self, text: str) -> str:
        return one_line(text, self.unicode)

    def gutter(self, digits: int, number: int | None = None, *, gap: bool = False) -> str:
        label = "" if number is None else str(number)
        return paint(f"{label:>{digits}} {self.gap if gap else self.bar}", BLUE, self.color)

    def footer(self, digits: int, label: str, text: str) -> str:
        mark = paint("=", BLUE, self.color)
        return f"{' ' * digits} {mark} {paint(label + ':', '', self.color)} {text}"


def _finding(d: Diagnostic, style: _Style, verbose: bool) -> list[str]:
    ends = [d.end, *(r.end for r in d.related)]
    digits = len(str(max(d.text.position(end)[0] for end in ends))) if d.text else 1
    out = [_header(d, style, d.severity)]
    if d.text:
        out.append(style.gutter(digits))
        out += _frame(d.text, d.start, d.end, "^", SEVERITY_COLORS[d.severity], digits, style)
    for r in d.related:
        line, column = d.text.position(r.start) if d.text else (1, 1)
        out.append(style.footer(digits, f"{style.line(d.file)}:{line}:{column}", style.line(r.message)))
        if d.text:
            out += _frame(d.text, r.start, r.end, "-", BLUE, digits, style)
    if d.cure:
        out.append(style.footer(digits, "help", style.line(d.cure)))
    if d.fix:
        safety = "safe" if d.fix.safe else "unsafe"
        out.append(style.footer(digits, f"fix available ({safety})", style.line(d.fix.title)))
    if verbose and d.rejected_by_aws:
        code = f" ({d.aws_code})" if d.aws_code else ""
        out.append(style.footer(digits, "aws", f"refuses this definition{code}"))
    if verbose and d.details:
        out.append(style.gutter(digits))
        out += [f"{style.gutter(digits)} {style.line(line)}" for line in d.details.strip().splitlines()]
    return out


def _hidden(d: Diagnostic, style: _Style) -> list[str]:
    if d.suppressed is None:
        return [_header(d, style, f"baselined {d.severity}")]
    out = [_header(d, style, f"suppressed {d.severity}")]
    if d.suppressed:
        out.append(style.footer(1, "reason", style.line(d.suppressed)))
    return out


def _header(d: Diagnostic, style: _Style, word: str) -> str:
    place = style.line(d.file)
    if d.text:
        line, column = d.position
        place += f":{line}:{column}"
    kind = paint(f"{word}[{d.code} {d.name}]", SEVERITY_COLORS[d.severity], style.color)
    return f"{paint(place, '', style.color)}: {kind} {style.line(d.message)}"


def _frame(text: Text, start: int, end: int, mark: str, color: str, digits: int, style: _Style) -> list[str]:
    """Return the lines that a span stands in, marked: the first and the last where it spans several."""
    first, last = text.position(start)[0], text.position(end)[0]
    if last > first and text.starts[last - 1] == end:
        # the end of the line before, not the start of one that the span has nothing of
        last -= 1
        end = _line_end(text, last)
    out = _line_above(text, first, digits, style)
    if last == first:
        return out + _marked(text, first, start, end, mark, color, digits, style)
    out += _marked(text, first, start, _line_end(text, first), mark, color, digits, style)
    if last > first + 1:
        out.append(style.gutter(digits, gap=True))
    ink = _INK.search(text.content, text.starts[last - 1], end)
    begin = ink.start() if ink else end
    return out + _marked(text, last, begin, end, mark, color, digits, style, at_end=True)


def _line_above(text: Text, number: int, digits: int, style: _Style) -> list[str]:
    """Return the nearest line that is not blank above a blank one: the end of a text alone says nothing."""
    if _INK.search(text.content, text.starts[number - 1], _line_end(text, number)):
        return []
    for above in range(number - 1, max(0, number - _BLANK_LINES), -1):
        begin, end = text.starts[above - 1], _line_end(text, above)
        if _INK.search(text.content, begin, end):
            shown, _ = _crop(text, begin, end, end, end, style, digits, at_end=True)
            out = [f"{style.gutter(digits, above)} {shown}"]
            return out if above == number - 1 else [*out, style.gutter(digits, gap=True)]
    return []


def _marked(
    text: Text,
    number: int,
    start: int,
    end: int,
    mark: str,
    color: str,
    digits: int,
    style: _Style,
    *,
    at_end: bool = False,
) -> list[str]:
    begin, line_end = text.starts[number - 1], _line_end(text, number)
    shown, (indent, length) = _crop(text, begin, line_end, start, end, style, digits, at_end=at_end)
    marks = paint(mark * length, color, style.color)
    return [f"{style.gutter(digits, number)} {shown}", f"{style.gutter(digits)} {' ' * indent}{marks}"]


def _crop(
    text: Text, begin: int, line_end: int, start: int, end: int, style: _Style, digits: int, *, at_end: bool
) -> tuple[str, tuple[int, int]]:
    """Return the line from offset `begin` to `line_end` as it is shown, and the column and length of the marks.

    A line that is too long is cut around the span; a span that is too long is shown from its start, or up to its end.
    Only what can be shown is looked at: a minified definition is one line of megabytes.
    """
    room = max(_LEAST_ROOM, style.width - digits - 3)
    focus = min(end if at_end else start, line_end)
    low, high = max(begin, focus - 2 * room), min(line_end, focus + 2 * room)
    part = text.content[low:high]
    cells: Sequence[str]
    edges: Sequence[int]
    if part.isascii() and part.isprintable():
        cells, edges = part, range(len(part) + 1)
    else:
        cells = [cell(c, style.unicode) for c in part]
        edges = [0]
        for shown in cells:
            edges.append(edges[-1] + (columns(shown) if len(shown) == 1 else len(shown)))
    span_start = min(max(start - low, 0), len(part))
    span_end = min(max(end - low, span_start), len(part))

    left, right = 0, len(part)
    if low > begin or high < line_end or edges[-1] > room:
        cut = len(style.ellipsis)
        if low == begin and edges[span_end] <= room - cut:
            keep = room - cut
        else:
            keep = room - 2 * cut
            wide = min(edges[span_end] - edges[span_start], keep)
            at = (edges[span_end] - wide if at_end else edges[span_start]) - (keep - wide) // 2
            if high == line_end and edges[-1] - at <= room - cut:
                keep = room - cut
                at = edges[-1] - keep
            left = bisect_left(edges, max(0, at))
        right = max(left, bisect_right(edges, edges[left] + keep) - 1)
    before = style.ellipsis if left or low > begin else ""
    after = style.ellipsis if right < len(part) or high < line_end else ""
    span_start, span_end = min(max(span_start, left), right), min(max(span_end, left), right)
    return (
        before + "".join(cells[left:right]) + after,
        (len(before) + edges[span_start] - edges[left], max(1, edges[span_end] - edges[span_start])),
    )


def _line_end(text: Text, number: int) -> int:
    """Return the offset of the end of a 1-based line, its line end not counted."""
    if number == text.line_count:
        return len(text.content)
    end = text.starts[number] - 1
    return end - 1 if text.content[end - 1 : end + 1] == "\r\n" else end


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
