"""The baseline: findings that were there when a team took asllint up, and that are not reported again.

A finding is known again by its file, its rule, the state that it is in, its JSON Pointer without the indices of arrays, and
the text that it points at: so it stays known where a state or an item is inserted before it, lines move, or the layout
changes. Of equal ones the baseline has the number.

The file is JSON with one entry a line, sorted, so that branches that add and remove different entries merge.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from asllint.files import UNNAMED, slashes
from asllint.result import CRASH_CODE, Diagnostic, Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

Key = tuple[str, str, str, str, str]
"""What a finding is known by: file, code, state, pointer, text."""

DEFAULT_FILE: Final = "asllint-baseline.json"
"""Where --write-baseline writes unless told otherwise."""

VERSION: Final = 1

MAX_FILE: Final = 64 * 1024 * 1024
"""Bytes; a larger baseline is not read."""

_MAX_TEXT: Final = 120
"""Characters of the text of a finding that it is known by."""

_FIELDS: Final = ("file", "code", "state", "pointer", "text")
_INDEX: Final = re.compile(r"(?<=/)\d+(?=/|\Z)")
_BLANKS: Final = re.compile(r"\s+")


class BaselineError(Exception):
    """A baseline that cannot be read or written: the text says why, without the name of the file."""


class Baseline:
    """A baseline: how many findings of each key are known.

    file    how the file is called in messages
    counts  key → number of findings, at least 1
    """

    __slots__ = ("_base", "_path", "counts", "file")

    def __init__(self, path: str, file: str | None = None, counts: Mapping[Key, int] | None = None) -> None:
        self._path = os.path.abspath(path)
        self._base = os.path.dirname(self._path)
        self.file = slashes(path) if file is None else file
        self.counts: dict[Key, int] = dict(counts or {})

    @classmethod
    def read(cls, path: str, file: str | None = None) -> Baseline:
        """Return the baseline in a file. Raises BaselineError; FileNotFoundError where there is none."""
        import json

        from asllint.files import ReadError, read

        if not os.path.lexists(path):
            raise FileNotFoundError(path)
        baseline = cls(path, file)
        try:
            document = json.loads(read(path, MAX_FILE).decode("utf-8-sig"))
            if not isinstance(document, dict) or "asllint-baseline" not in document:
                raise BaselineError("it is no baseline of asllint")
            if document["asllint-baseline"] != VERSION:
                raise BaselineError(
                    f"it is of version {document['asllint-baseline']}, and version {VERSION} can be read"
                )
            for entry in document["findings"]:
                key, count = _key_of(entry)
                baseline.counts[key] = baseline.counts.get(key, 0) + count
        except ReadError as error:
            raise BaselineError(f"it cannot be read: {error}") from None
        except (KeyError, TypeError, RecursionError):
            raise BaselineError("it is a baseline that something is missing in; write it anew") from None
        except json.JSONDecodeError as error:
            raise BaselineError(f"it is no JSON (line {error.lineno}: {error.msg})") from None
        except ValueError:
            raise BaselineError("it is no JSON in UTF-8") from None
        return baseline

    def write(self) -> None:
        """Write the file in one step. Raises BaselineError."""
        import json

        from asllint import atomic

        lines = []
        for key in sorted(self.counts):
            entry: dict[str, object] = {name: value for name, value in zip(_FIELDS, key, strict=True) if value}
            if self.counts[key] > 1:
                entry["count"] = self.counts[key]
            line = json.dumps(entry, ensure_ascii=False)
            if not _encodable(line):
                line = json.dumps(entry)
            lines.append("    " + line)
        body = "\n" + ",\n".join(lines) + "\n  " if lines else ""
        text = f'{{\n  "asllint-baseline": {VERSION},\n  "findings": [{body}]\n}}\n'
        target = os.path.realpath(self._path)
        try:
            mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else 0o666 & ~_umask()
            atomic.replace(target, text.encode(), mode)
        except OSError as error:
            raise BaselineError(f"it cannot be written: {error.strerror}") from None

    # -- findings

    def key(self, diagnostic: Diagnostic, cwd: str) -> Key | None:
        """Return what a finding is known by; None for one that no baseline takes: it has no file, or no rule."""
        if diagnostic.file == UNNAMED or diagnostic.code == CRASH_CODE:
            return None
        place = self.place(diagnostic.file, cwd)
        pointer = _INDEX.sub("*", diagnostic.pointer)
        return place, diagnostic.code, diagnostic.state or "", pointer, _text(diagnostic)

    def place(self, file: str, cwd: str) -> str:
        """Return a path relative to the baseline, with ``/``; an absolute one where it is on another drive."""
        full = os.path.abspath(os.path.join(cwd, file))
        try:
            place = slashes(os.path.relpath(full, self._base))
            if place.startswith("../"):
                # below the baseline too, but reached by another name of a directory above both, as /tmp is on macOS
                folder = os.path.realpath(os.path.dirname(full))
                inside = slashes(
                    os.path.relpath(os.path.join(folder, os.path.basename(full)), os.path.realpath(self._base))
                )
                place = place if inside.startswith("../") else inside
            return place
        except ValueError:
            return slashes(full)

    def full(self, place: str) -> str:
        """Return the path of a place."""
        return os.path.join(self._base, place)

    def apply(self, report: Report, cwd: str) -> dict[Key, int]:
        """Mark the findings that are known, in the order of the report; return what the report has of each key.

        Of more findings of a key than the baseline has, the first are those that it knows.
        """
        found: dict[Key, int] = {}
        for diagnostic in report.diagnostics:
            key = self.key(diagnostic, cwd) if diagnostic.suppressed is None else None
            if key is not None:
                found[key] = found.get(key, 0) + 1
                diagnostic.baselined = found[key] <= self.counts.get(key, 0)
        return found

    def stale(self, found: Mapping[Key, int], reach: Reach) -> dict[Key, int]:
        """Return how many findings of each key are known and no longer there, as far as the run could tell."""
        return {
            key: count - found.get(key, 0)
            for key, count in sorted(self.counts.items())
            if count > found.get(key, 0) and reach.covers(self, key)
        }

    def prune(self, stale: Mapping[Key, int]) -> None:
        """Forget what is stale."""
        for key, count in stale.items():
            self.counts[key] -= count
            if not self.counts[key]:
                del self.counts[key]

    def replace(self, found: Mapping[Key, int], reach: Reach) -> None:
        """Know what was found, and forget what else the run could have found; what it did not look at stays."""
        kept = {key: count for key, count in self.counts.items() if not reach.covers(self, key)}
        self.counts = kept | dict(found)


class Reach:
    """What a run could find.

    linted   place of each file that it linted, as `Baseline.place` gives it → the path; without those that a rule crashed on
    enabled  whether the rule of a code ran on the file of a path, or there is no such rule any more
    """

    __slots__ = ("enabled", "linted")

    def __init__(self, linted: Mapping[str, str], enabled: Callable[[str, str], bool]) -> None:
        self.linted = linted
        self.enabled = enabled

    def covers(self, baseline: Baseline, key: Key) -> bool:
        """Return whether a finding of this key is there no longer if the run has not found it."""
        file, code = key[:2]
        path = self.linted.get(file)
        if path is not None:
            return self.enabled(path, code)
        return not os.path.lexists(baseline.full(file))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # a state can be called by half a pair of surrogates
        return False
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _text(diagnostic: Diagnostic) -> str:
    """Return the text of a finding as far as it says which one it is: that of an object, an array or several lines does not.

    What is in there can change, and the finding stays the same.
    """
    if diagnostic.text is None:
        return ""
    part = diagnostic.text.content[diagnostic.start : diagnostic.end]
    if part[:1] in ("{", "[") or "\n" in part or "\r" in part:
        return ""
    part = _BLANKS.sub(" ", part).strip()
    return part if len(part) <= _MAX_TEXT else part[: _MAX_TEXT - 1] + "…"


def _key_of(entry: Any) -> tuple[Key, int]:
    """Return the key and the count of an entry. Raises KeyError and TypeError for one that is none."""
    if not isinstance(entry, dict) or not isinstance(count := entry.get("count", 1), int) or count < 1:
        raise TypeError
    get = entry.get
    key: Key = (entry["file"], entry["code"], get("state", ""), get("pointer", ""), get("text", ""))
    if not all(isinstance(value, str) for value in key):
        raise TypeError
    return key, count


def words(keys: Iterable[Key], limit: int | None = None) -> Iterator[str]:
    """Yield how each entry is called in a message, at most `limit` of them and then how many more there are."""
    listed: Sequence[Key] = list(keys)
    for file, code, _state, pointer, _text in listed[:limit]:
        yield f"{file}: {code} at {pointer or 'the top'}"
    if limit is not None and len(listed) > limit:
        yield f"and {len(listed) - limit} more"
