"""What a run found, as the report formats take it: resolved places, no rule objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asllint.rule import SEVERITIES, Fix, Severity
from asllint.source.node import Span
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

HOME: str | None = None
"""The address under which the files of the project are read, without a slash at its end; None while it has no home."""

CRASH_CODE: Final = "ASL000"
CRASH_NAME: Final = "internal-error"
"""What a rule that raised is reported as; not a rule: it can be neither selected nor ignored."""


class RuleInfo:
    """What the reports say of a rule: its declaration, read from the rule's class by the caller.

    short              the first line of the page
    page               the whole page, Markdown
    tags               lower case, without the group
    precision          "very-high", "high", "medium" or "low"
    security_severity  0.0 to 10.0, or None for a rule that is not about security
    """

    __slots__ = (
        "aws_code", "code", "group", "name", "page", "precision", "rejected_by_aws", "security_severity", "severity",
        "short", "tags",
    )  # fmt: skip

    def __init__(
        self,
        code: str,
        name: str,
        severity: Severity,
        *,
        short: str = "",
        page: str = "",
        group: str = "",
        tags: Sequence[str] = (),
        precision: str = "very-high",
        security_severity: float | None = None,
        aws_code: str | None = None,
        rejected_by_aws: bool = False,
    ) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.short = short
        self.page = page
        self.group = group
        self.tags = tuple(tags)
        self.precision = precision
        self.security_severity = security_severity
        self.aws_code = aws_code
        self.rejected_by_aws = rejected_by_aws


def rule_url(code: str, name: str) -> str | None:
    """Return the address of a rule's page, or None while the project has no home; those of plug-ins have none."""
    return f"{HOME}/rules/README.md#{code.lower()}-{name}" if HOME and code.startswith("ASL") else None


class RelatedPlace:
    """A second place of a diagnostic, in the same text; offsets in code points, end exclusive."""

    __slots__ = ("end", "message", "start")

    def __init__(self, start: int, end: int, message: str) -> None:
        self.start = start
        self.end = end
        self.message = message


class Diagnostic:
    """A finding with its rule and its place.

    file        the path as it was given, with ``/``; "<stdin>" where none was
    text        the text that the offsets are in; None for a finding that has no text (a file that cannot be read)
    pointer     JSON Pointer (RFC 6901) in the definition as AWS sees it: a bare ``States`` map is placed at ``/States``, a
                state alone at ``/States/StateName`` as the TestState API does; "" is the whole definition
    state       the name of the innermost state that the place is in, or None
    message     a sentence or more: what is wrong and why; `cure`: what to write, or ""
    suppressed  None, or the reason given with the suppression ("" where none was)
    baselined   whether a baseline knows it
    """

    __slots__ = (
        "_details", "aws_code", "baselined", "code", "cure", "end", "file", "fix", "message", "name", "pointer",
        "rejected_by_aws", "related", "severity", "start", "state", "suppressed", "text",
    )  # fmt: skip

    def __init__(
        self,
        file: str,
        text: Text | None,
        code: str,
        name: str,
        severity: Severity,
        message: str,
        start: int,
        end: int,
        *,
        cure: str = "",
        details: str | Callable[[], str] = "",
        pointer: str = "",
        state: str | None = None,
        aws_code: str | None = None,
        rejected_by_aws: bool = False,
        related: Sequence[RelatedPlace] = (),
        fix: Fix | None = None,
    ) -> None:
        self.file = file
        self.text = text
        self.code = code
        self.name = name
        self.severity = severity
        self.message = message
        self.start = start
        self.end = end
        self.cure = cure
        self._details = details
        self.pointer = pointer
        self.state = state
        self.aws_code = aws_code
        self.rejected_by_aws = rejected_by_aws
        self.related = tuple(related)
        self.fix = fix
        self.suppressed: str | None = None
        self.baselined = False

    @property
    def details(self) -> str:
        """What does not fit in the message, Markdown; written when it is first asked for, since few reports show it."""
        if not isinstance(self._details, str):
            try:
                self._details = self._details()
            except Exception as error:  # a rule's own code: a report is written all the same
                self._details = f"The details cannot be given: {type(error).__name__}: {error}"
        return self._details

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        self._details = self.details  # what makes them cannot go to another process
        return None, {name: getattr(self, name) for name in self.__slots__}

    @property
    def full_message(self) -> str:
        """The message and the cure in one line, for formats that have one field."""
        return f"{self.message} {self.cure}" if self.cure else self.message

    @property
    def position(self) -> tuple[int, int]:
        """1-based line and column of the start; 1, 1 without a text."""
        return self.text.position(self.start) if self.text else (1, 1)

    @property
    def end_position(self) -> tuple[int, int]:
        """1-based line and column just behind the end; 1, 1 without a text."""
        return self.text.position(self.end) if self.text else (1, 1)

    @property
    def span(self) -> Span:
        """Start and end offset."""
        return self.start, self.end


class Report:
    """What a run found.

    diagnostics  all of them, the suppressed ones too, sorted by file, offset and code
    files        the files that were linted, sorted
    skipped      (file, reason) of files that hold no state machine
    failed       a file could not be read, or a rule crashed: exit status 2
    fixed        how many findings were fixed, so that they are not among them; None where none was to be
    """

    __slots__ = ("diagnostics", "failed", "files", "fixed", "skipped")

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.files: list[str] = []
        self.skipped: list[tuple[str, str]] = []
        self.failed = False
        self.fixed: int | None = None

    def add(self, other: Report) -> None:
        """Take over what another run found."""
        self.diagnostics += other.diagnostics
        self.files += other.files
        self.skipped += other.skipped
        self.failed = self.failed or other.failed
        if other.fixed is not None:
            self.fixed = (self.fixed or 0) + other.fixed

    @property
    def shown(self) -> list[Diagnostic]:
        """The diagnostics that are neither suppressed nor in the baseline."""
        return [d for d in self.diagnostics if d.suppressed is None and not d.baselined]

    def by_file(self) -> dict[str, list[Diagnostic]]:
        """Return the diagnostics that are shown, under their files; the files that were linted without any, too; sorted."""
        found: dict[str, list[Diagnostic]] = {file: [] for file in self.files}
        for d in self.shown:
            found.setdefault(d.file, []).append(d)
        return dict(sorted(found.items()))

    def counts(self) -> dict[str, int]:
        """Return the numbers of the summary: error, warning, note, suppressed, baselined, skipped, files."""
        out = {"error": 0, "warning": 0, "note": 0, "suppressed": 0, "baselined": 0}
        for d in self.diagnostics:
            key = "suppressed" if d.suppressed is not None else "baselined" if d.baselined else d.severity
            out[key] += 1
        out["skipped"] = len(self.skipped)
        out["files"] = len(self.files)
        return out

    def fixable(self) -> tuple[int, int]:
        """Return how many findings that are shown have a safe fix, and how many another one."""
        fixes = [d.fix for d in self.shown if d.fix]
        safe = sum(fix.safe for fix in fixes)
        return safe, len(fixes) - safe

    def reaches(self, severity: Severity) -> bool:
        """Whether a finding that is shown has this severity or a graver one."""
        least = SEVERITIES.index(severity)
        return any(SEVERITIES.index(d.severity) >= least for d in self.shown)
