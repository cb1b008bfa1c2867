"""Applies the fixes of findings: which of them, in which order, and how the file is written.

A fix is a set of edits of the text; everything outside of their spans stays as it is, to the byte.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence

from asllint import atomic
from asllint.files import STDIN
from asllint.result import Diagnostic, Report
from asllint.source import read
from asllint.source.node import Problem
from asllint.source.placeholders import DEFAULT, Placeholders, placeholders_with
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.files import File

    Edit = tuple[int, int, str]

ROUNDS: Final = 100
"""How often a text is linted again at most: a fix can give rise to a finding that has a fix."""

TRIES: Final = 200
"""How often a round reads a text to find out which fixes do harm; past that the rest is left."""

_CERTAIN: Final = frozenset({"comment", "control-character", "lone-surrogate", "not-utf8", "unquoted-placeholder"})
"""What a reader complains of without having to guess what the text means: beside it other fixes are applied."""

_ENCODINGS: Final = (
    ("utf-8", b""),
    ("utf-8", b"\xef\xbb\xbf"),
    ("utf-16-le", b"\xff\xfe"),
    ("utf-16-be", b"\xfe\xff"),
    ("utf-32-le", b"\xff\xfe\x00\x00"),
    ("utf-32-be", b"\x00\x00\xfe\xff"),
    ("utf-16-le", b""),
    ("utf-16-be", b""),
)


class Fixed:
    """What became of a text.

    data      the text with the fixes applied
    report    what is found in it
    count     how many findings were fixed
    given_up  findings of the report whose fix was not applied, since the text would not be JSON or YAML with it
    settled   False where fixes went on giving rise to others until ROUNDS were over
    """

    __slots__ = ("count", "data", "given_up", "report", "settled")

    def __init__(self, data: bytes, report: Report) -> None:
        self.data = data
        self.report = report
        self.count = 0
        self.given_up: list[Diagnostic] = []
        self.settled = True


def fix(
    file: str,
    data: bytes,
    lint: Callable[[bytes], Report],
    *,
    unsafe: bool = False,
    placeholders: Placeholders = DEFAULT,
) -> Fixed:
    """Apply the fixes of the findings that are shown, lint again, and go on until nothing is left to apply.

    lint    lints the bytes of this file
    unsafe  also apply fixes that change what the definition does

    Of fixes that overlap the first in the text is applied, the others wait for the next round. As long as the text is no
    JSON or YAML only its syntax is mended. Fixes that are to come last wait for all others. A fix behind which the text is
    worse to read than before is not applied.
    """
    out = Fixed(data, lint(data))
    seen = {data}
    for _ in range(ROUNDS):
        todo = [d for d in out.report.shown if d.text is not None and d.fix and (unsafe or d.fix.safe)]
        if not todo:
            out.given_up = []
            return out
        after, applied, out.given_up = _Round(file, out.data, placeholders).apply(todo)
        if not applied:
            return out
        if after in seen:  # fixes that take each other back
            break
        seen.add(after)
        out.data = after
        out.count += applied
        out.report = lint(after)
    out.settled = False
    return out


class _Round:
    """One text, and what can be applied to it at the same time."""

    def __init__(self, file: str, data: bytes, placeholders: Placeholders) -> None:
        self.file = file
        self.data = data
        self.placeholders = placeholders
        document = read(file, data, placeholders=placeholders)
        self.language = document.language
        self.content = document.text.content
        self.problems = document.problems
        self.encoding = _encoding(data, self.content)
        end = self.content.find("\n")
        self.line_end = "\r\n" if end > 0 and self.content[end - 1] == "\r" else "\n"

    def apply(self, todo: Sequence[Diagnostic]) -> tuple[bytes, int, list[Diagnostic]]:
        """Return the new text, how many findings it settles, and those whose fix cannot be applied."""
        if self.encoding is None:
            return self.data, 0, list(todo)
        syntax = {problem.edits for problem in self.problems if problem.edits}
        first = [d for d in todo if d.fix and d.fix.edits in syntax]
        others = [d for d in todo if d.fix and d.fix.edits not in syntax]
        dropped: list[Diagnostic] = []
        if first:
            kept = self.keep(first, self.mends, dropped)
            if kept:
                return self.encoded(kept), self.settled_by(kept, first), dropped
        if any(problem.kind not in _CERTAIN for problem in self.problems):
            return self.data, 0, dropped
        now = [d for d in others if d.fix and not d.fix.last]
        kept = self.keep(now, self.harmless, dropped)
        if not kept:
            now = [d for d in others if d.fix and d.fix.last]
            kept = self.keep(now, self.harmless, dropped)
        return self.encoded(kept), self.settled_by(kept, now), dropped

    def keep(
        self, todo: Sequence[Diagnostic], good: Callable[[list[Edit]], bool], dropped: list[Diagnostic]
    ) -> list[Diagnostic]:
        """Return the findings, of those that do not overlap, whose edits are good all together."""
        apart = self.apart(todo, dropped)
        tries = 0

        def add(kept: list[Diagnostic], more: list[Diagnostic]) -> list[Diagnostic]:
            nonlocal tries
            tries += 1
            if tries > TRIES:
                dropped.extend(more)
                return kept
            together = kept + more
            if good(_edits(together)):
                return together
            if len(more) == 1:
                dropped.append(more[0])
                return kept
            half = len(more) // 2
            return add(add(kept, more[:half]), more[half:])

        return add([], apart) if apart else []

    def apart(self, todo: Sequence[Diagnostic], dropped: list[Diagnostic]) -> list[Diagnostic]:
        """Return the findings in the order of the text without those whose edits reach into an earlier one's."""
        out: list[Diagnostic] = []
        end = -1
        size = len(self.content)
        for d in sorted(todo, key=lambda d: (min((edit[0] for edit in _of(d)), default=0), d.code)):
            edits = sorted(_of(d))
            if not edits or not _well_formed(edits, size):
                dropped.append(d)
            elif edits[0][0] > end or (edits[0][0] == end and edits[0][1] > end and not _touches(out, end)):
                out.append(d)
                end = max(edit[1] for edit in edits)
        return out

    def settled_by(self, kept: Sequence[Diagnostic], todo: Sequence[Diagnostic]) -> int:
        """Return how many findings have one of the fixes that are kept: an alias of YAML is found at each use."""
        applied = {_of(d) for d in kept}
        return sum(_of(d) in applied for d in todo)

    def encoded(self, kept: Sequence[Diagnostic]) -> bytes:
        assert self.encoding is not None
        name, mark = self.encoding
        return mark + self.changed(_edits(kept)).encode(name)

    def changed(self, edits: Iterable[Edit]) -> str:
        """Return the content with the edits applied; line ends in them become those of the text."""
        out: list[str] = []
        at = 0
        for start, end, text in sorted(edits):
            out.append(self.content[at:start])
            out.append(text.replace("\r\n", "\n").replace("\n", self.line_end) if "\n" in text else text)
            at = end
        out.append(self.content[at:])
        return "".join(out)

    # -- whether edits may be applied

    def problems_with(self, edits: list[Edit]) -> list[Problem]:
        data = self.changed(edits).encode("utf-8", "surrogatepass")
        return read(self.file, data, language=self.language, placeholders=self.placeholders).problems

    def mends(self, edits: list[Edit]) -> bool:
        """Whether the text can be read further than before, or as far with fewer problems."""
        after = self.problems_with(edits)
        if not after:
            return True
        first = min(self.problems, key=lambda problem: problem.start)
        was = first.start + sum(len(text) - (end - start) for start, end, text in edits if end <= first.start)
        now = min(problem.start for problem in after)
        if now > was:
            return first.fatal or len(after) <= len(self.problems)
        return now == was and len(after) < len(self.problems)

    def harmless(self, edits: list[Edit]) -> bool:
        """Whether the text has no problem of a kind that it did not have before."""
        left = [problem.kind for problem in self.problems]
        for problem in self.problems_with(edits):
            if problem.kind not in left:
                return False
            left.remove(problem.kind)
        return True


def _of(d: Diagnostic) -> tuple[Edit, ...]:
    return d.fix.edits if d.fix else ()


def _edits(diagnostics: Iterable[Diagnostic]) -> list[Edit]:
    return [edit for d in diagnostics for edit in _of(d)]


def _touches(kept: Sequence[Diagnostic], place: int) -> bool:
    """Whether the last of the findings inserts something at this place: what comes first there would be a guess."""
    return any(start == end == place for start, end, _ in _of(kept[-1])) if kept else False


def _well_formed(edits: Sequence[Edit], size: int) -> bool:
    """Whether sorted edits lie in a text of this size, do not overlap, and can be written in any encoding."""
    at = 0
    for start, end, text in edits:
        if not at <= start <= end <= size or any("\ud800" <= c <= "\udfff" for c in text):
            return False
        at = end
    return True


def _encoding(data: bytes, content: str) -> tuple[str, bytes] | None:
    """Return the encoding and byte order mark that give back exactly these bytes; None where none does."""
    for name, mark in _ENCODINGS:
        try:
            if data.startswith(mark) and mark + content.encode(name) == data:
                return name, mark
        except UnicodeEncodeError:
            return None
    return None


class Fixer:
    """The fixes of one run: applied to the files, or only shown.

    show    write nothing; return unified diffs
    count   how many findings were fixed, or would be
    hide    marks the findings of a report that are not shown, as a baseline does, and so not fixed
    """

    __slots__ = ("complain", "count", "hide", "show", "unsafe")

    def __init__(
        self,
        *,
        unsafe: bool,
        show: bool,
        complain: Callable[[str], None],
        hide: Callable[[Report], object] | None = None,
    ) -> None:
        self.hide = hide
        self.unsafe = unsafe
        self.show = show
        self.complain = complain
        self.count = 0

    def run(
        self, file: File, data: bytes, lint: Callable[[bytes], Report], placeholders: Sequence[str] = ()
    ) -> tuple[Report, bytes]:
        """Fix a file; return what remains to be found in it, and what is to be written to standard output.

        placeholders  the patterns of the settings; none: the usual ones

        That is the diff, or the fixed text of standard input. A file that cannot be written is reported as it is.
        """
        known = placeholders_with(placeholders)

        def found(data: bytes) -> Report:
            report = lint(data)
            if self.hide is not None:
                self.hide(report)
            return report

        done = fix(file.path, data, found, unsafe=self.unsafe, placeholders=known)
        report = done.report
        for d in done.given_up:
            line, column = d.position
            self.complain(
                f"{file.path}:{line}:{column}: the fix of {d.code} was not applied: the file could not be read behind it"
            )
            d.fix = None
        if not done.settled:
            self.complain(f"{file.path}: fixes gave rise to others {ROUNDS} times; what was reached is kept")
        output = b""
        if self.show:
            output = diff(file.path, data, done.data)
        elif file.full == STDIN:
            output = done.data
        elif done.data != data:
            try:
                write(file.full, data, done.data)
            except OSError as error:
                self.complain(f"{file.path}: the fixes cannot be written: {error.strerror}")
                report = lint(data)
                report.failed, report.fixed = True, 0
                return report, b""
        self.count += done.count
        report.fixed = done.count
        return report, output


# -- what is done with a fixed text


class ChangedMeanwhileError(OSError):
    """The file is no longer what was linted."""


def write(path: str, before: bytes, after: bytes) -> None:
    """Replace the content of a file in one step: who reads it sees the old or the new content, whatever happens.

    The new file has the mode of the old one and, where that is allowed, its owner; a symbolic link stays and its target is
    replaced. A file without permission to write is left alone. (A hard link is not followed: the other names keep the
    old content.) Raises OSError.
    """
    target = os.path.realpath(path)
    status = os.stat(target)
    if not stat.S_IMODE(status.st_mode) & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(13, "it is read-only")

    def unchanged() -> None:
        with open(target, "rb") as old:
            if old.read() != before:
                raise ChangedMeanwhileError(0, "it was changed while it was linted")

    atomic.replace(target, after, stat.S_IMODE(status.st_mode), owner=(status.st_uid, status.st_gid), ready=unchanged)


def diff(path: str, before: bytes, after: bytes) -> bytes:
    """Return a unified diff (3 lines of context, UTF-8) of two contents; b"" where they are the same."""
    from difflib import unified_diff
    from itertools import pairwise

    from asllint.source import decode

    def lines(data: bytes) -> list[str]:
        text: Text = decode(path, data)[0]
        starts = [*text.starts, len(text.content)]
        found = [text.content[a:b] for a, b in pairwise(starts)]
        return found if found[-1] else found[:-1]

    name = path.replace("\n", "?").replace("\r", "?")
    out = []
    for line in unified_diff(lines(before), lines(after), name, name):
        if line.endswith(("\n", "\r")):
            out.append(line)
        else:
            out.append(line + "\n\\ No newline at end of file\n")
    return "".join(out).encode("utf-8", "surrogateescape")
