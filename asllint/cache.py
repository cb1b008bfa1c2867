"""The cache: what was found in a file whose content, settings and rules have not changed since.

One file for all files that share their settings, so that a repository costs one read beside its own. Its name is a hash of
all that findings depend on but the content of the files: the version, the rules and tables as they lie on the disk, and the
settings. In it each path has a line with the hash of the content that was linted and, where something was found, that as
JSON: no more of it is parsed than is asked for, and nothing in it can run as code, since a cache can come with a repository
that somebody else made. The first line has a check sum.

Nothing here ever fails: a cache that cannot be read or written is no cache.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from asllint import __version__
from asllint.files import slashes
from asllint.result import Diagnostic, RelatedPlace, Report
from asllint.rule import SEVERITIES, Fix
from asllint.settings import Selection, Settings
from asllint.source import decode

try:  # hashlib loads OpenSSL, which takes longer than to hash a hundred files
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from asllint.registry import Registry

    Packed = list[Any]
    """A report of one file as plain values; [] where nothing was found."""
    Entry = tuple[str, str]

FOLDER: Final = ".asllint_cache"
"""The name of the directory in that of the configuration."""

_FORMAT: Final = "asllint cache 1"
_SUFFIX: Final = ".cache"
_TEMPORARY: Final = ".tmp"
_TAG_FILE: Final = "CACHEDIR.TAG"
_TAG: Final = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This directory holds a cache of asllint. See https://bford.info/cachedir/ for what the line above is.\n"
)
_GITIGNORE: Final = "# Made by asllint.\n*\n"

_MOST: Final = 24
"""Files of different settings or rules that are kept, the newest."""
_OLD: Final = 30 * 24 * 3600
"""Seconds after which such a file is removed."""
_UNFINISHED: Final = 3600
"""Seconds after which a file that was being written belongs to a run that has died."""
_LARGEST: Final = 256 * 1024 * 1024
"""Bytes; a larger file is not read."""

_IRRELEVANT: Final = frozenset(
    (
        "_chosen", "_ignored", "baseline", "cwd", "excludes", "fail_on", "include", "inputs", "output_format", "overrides",
        "per_file_ignores", "plugins", "policy_files", "respect_gitignore", "root", "rule_paths", "sources",
    )
)  # fmt: skip
"""Slots of `Settings` that say which files are linted, what is done with findings, or what was made from or of other
slots. What is ignored in a file, and the files of plug-ins, count by themselves."""


def digest_of(data: bytes) -> str:
    """Return a hash of the content of a file."""
    return blake2b(data, digest_size=16).hexdigest()


# -- a report as plain values


def pack(report: Report) -> Packed:
    """Return the report of one file as values that JSON takes."""
    if not report.diagnostics and not report.skipped:
        return []
    return [report.skipped[0][1] if report.skipped else None, [_packed(d) for d in report.diagnostics]]


def _packed(d: Diagnostic) -> Packed:
    return [
        d.code, d.name, d.severity, d.message, d.start, d.end, d.cure, d.details, d.pointer, d.state, d.aws_code,
        d.rejected_by_aws, [[r.start, r.end, r.message] for r in d.related],
        d.fix and [d.fix.title, d.fix.safe, [list(edit) for edit in d.fix.edits]], d.suppressed,
    ]  # fmt: skip


def unpack(packed: Packed, file: str, data: bytes, *, ours: bool = False) -> Report:
    """Return the report that `pack` was given, of the file with this content. Raises TypeError, ValueError or IndexError.

    ours  it comes from another process of this run, not out of a file that anybody can have written
    """
    report = Report()
    reason, rows = packed or (None, ())
    if reason is not None:
        report.skipped.append((file, str(reason)))
        return report
    report.files.append(file)
    text = decode(file, data)[0] if rows else None
    size = len(text.content) if text is not None else 0
    for row in rows:
        if not ours and not _well_formed(row, size):
            raise ValueError("nothing that was packed")
        code, name, severity, message, start, end, cure, details, pointer, state, aws_code, rejected, related, fix = (
            row[:14]
        )
        diagnostic = Diagnostic(
            file, text, code, name, severity, message, start, end, cure=cure, details=details, pointer=pointer,
            state=state, aws_code=aws_code, rejected_by_aws=rejected,
            related=[RelatedPlace(*place) for place in related],
            fix=fix and Fix(fix[0], [(begin, stop, new) for begin, stop, new in fix[2]], safe=fix[1]),
        )  # fmt: skip
        diagnostic.suppressed = row[14]
        report.diagnostics.append(diagnostic)
    return report


def _well_formed(row: Any, size: int) -> bool:
    """Return whether a diagnostic that was packed is one, of a text of this size: whoever wrote it, reports can rely on it."""
    code, name, severity, message, start, end, cure, details, pointer, state, aws_code, rejected, related, fix, why = (
        row
    )
    texts = [
        code,
        name,
        message,
        cure,
        details,
        pointer,
        *(text for text in (state, aws_code, why) if text is not None),
    ]
    places = [(start, end)]
    for begin, stop, text in related:
        places.append((begin, stop))
        texts.append(text)
    if fix is not None:
        title, safe, edits = fix
        texts.append(title)
        if type(safe) is not bool:
            return False
        for begin, stop, text in edits:
            places.append((begin, stop))
            texts.append(text)
    return (
        severity in SEVERITIES
        and type(rejected) is bool
        and all(type(text) is str for text in texts)
        and all(type(begin) is int and type(stop) is int and 0 <= begin <= stop <= size for begin, stop in places)
    )


# -- what findings depend on


class _UnknownError(Exception):
    """Something cannot be named in a way that holds in another run."""


def _named(value: object) -> object:
    """Return a value of settings as tuples and plain values. Raises _UnknownError."""
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    if isinstance(value, list | tuple):
        return tuple(_named(each) for each in value)
    if isinstance(value, dict):
        return tuple(sorted((key, _named(each)) for key, each in value.items()))
    if type(value) is Selection:
        return tuple(_named(getattr(value, name)) for name in Selection.__slots__)
    evidence = getattr(value, "evidence", None)  # of an input, of policies: the files that they were read from
    if evidence is None:
        raise _UnknownError
    return type(value).__name__, _named(evidence)


def _code_stamp(top: str) -> list[tuple[str, int, int]]:
    """Return name, size and time of all files below a directory, as Python itself knows whether a module has changed."""
    found = []
    stack = [(top, "")]
    while stack:
        folder, shown = stack.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    stack.append((entry.path, f"{shown}{entry.name}/"))
                else:
                    status = entry.stat()
                    found.append((shown + entry.name, status.st_size, status.st_mtime_ns))
    found.sort()
    return found


def _rules_stamp(registry: Registry) -> object:
    """Return what changes when a rule does, or what it uses: files of asllint by size and time, plug-ins by content.

    Raises _UnknownError where not all rules are known, and OSError.
    """
    if registry.failures:
        raise _UnknownError
    here = os.path.dirname(os.path.abspath(__file__))
    tops = [here]
    if not os.path.isdir(os.path.join(here, "rules")):
        tops.append(os.path.join(os.path.dirname(here), "rules"))
    return [_code_stamp(top) for top in tops], registry.identity


# -- the cache


class Store:
    """What is known of the files that share their settings, as it stands in the file: path → hash, and JSON of what `pack` gave.

    The JSON is "" where nothing was found.
    """

    __slots__ = ("_entries", "_path", "_root", "_seen", "_state", "changed")

    def __init__(self, path: str, root: str) -> None:
        self._path = path
        self._root = root.rstrip("/") + "/"
        self._state = _state(path)
        self._entries = _read(path)
        self._seen: dict[str, Entry] = {}
        self.changed = False

    def get(self, full: str, digest: str) -> Packed | None:
        """Return what was found in the file at an absolute path, if its content has this hash; else None."""
        place = full.removeprefix(self._root)
        entry = self._entries.get(place)
        if entry is None or entry[0] != digest:
            return None
        packed: Packed = []
        if entry[1]:
            import json

            try:
                found: object = json.loads(entry[1])
            except (ValueError, RecursionError):
                return None
            if not isinstance(found, list):
                return None
            packed = found
        self._seen[place] = entry
        return packed

    def put(self, full: str, digest: str, packed: Packed) -> None:
        """Remember what was found in the file at an absolute path with a content of this hash."""
        place = full.removeprefix(self._root)
        if "\n" in place or "\t" in place:
            return
        text = ""
        if packed:
            import json

            text = json.dumps(packed, separators=(",", ":"))
        self._seen[place] = digest, text
        self.changed = True

    def save(self) -> None:
        """Write the file in one step; what another run has written meanwhile is kept, what is no longer there is left out."""
        if _state(self._path) != self._state:
            self._entries |= _read(self._path)
        for place, entry in self._entries.items():
            if place not in self._seen and os.path.lexists(os.path.join(self._root, place)):
                self._seen[place] = entry
        lines = [f"{digest}\t{place}\t{text}" for place, (digest, text) in sorted(self._seen.items())]
        body = "\n".join(lines).encode("utf-8", "surrogatepass")
        temporary = f"{self._path}.{os.getpid()}-{os.urandom(4).hex()}{_TEMPORARY}"
        try:
            with open(temporary, "xb") as stream:
                stream.write(f"{_FORMAT} {digest_of(body)}\n".encode())
                stream.write(body)
            os.replace(temporary, self._path)
        except OSError:
            _remove(temporary)


class Cache:
    """The cache of a run.

    folder  the directory that it is in
    root    the directory that the paths in it are relative to, absolute, with ``/``
    """

    __slots__ = ("_folder", "_names", "_registry", "_root", "_rules", "_stores")

    def __init__(self, folder: str, root: str, registry: Registry) -> None:
        self._folder = folder
        self._root = root
        self._registry = registry
        self._rules: object = None
        self._stores: dict[str, Store] = {}
        self._names: dict[tuple[int, tuple[str, ...]], Store | None] = {}

    def store(self, settings: Settings, path: str) -> Store | None:
        """Return where the findings of a file with these settings are; None if they cannot be named."""
        ignored = settings.ignored_in(path) if settings.per_file_ignores else ()
        key = (id(settings), ignored)  # the finder keeps all settings of a run
        if key not in self._names:
            try:
                name = self._name(settings, ignored)
                if name not in self._stores:
                    self._stores[name] = Store(os.path.join(self._folder, name + _SUFFIX), self._root)
                self._names[key] = self._stores[name]
            except (_UnknownError, OSError):
                self._names[key] = None
        return self._names[key]

    def _name(self, settings: Settings, ignored: Sequence[str]) -> str:
        if self._rules is None:
            self._rules = _rules_stamp(self._registry)
        slots = (*Selection.__slots__, *(name for name in Settings.__slots__ if name not in _IRRELEVANT))
        chosen = [(name, _named(getattr(settings, name))) for name in slots]
        parts: tuple[object, ...] = (__version__, sys.version_info[:3], self._rules, chosen, ignored)
        if os.path.basename(self._folder) != FOLDER:
            parts = (*parts, self._root)  # a directory that somebody chose may be that of several projects
        return digest_of(repr(parts).encode("utf-8", "surrogatepass"))

    def save(self) -> None:
        """Write what is new, and remove what is old."""
        changed = [store for store in self._stores.values() if store.changed]
        if not changed or not _make(self._folder):
            return
        for store in changed:
            store.save()
        _tidy(self._folder)


def _read(path: str) -> dict[str, Entry]:
    """Return the entries of a file, none where it is not as it was written."""
    try:
        with open(path, "rb") as stream:
            if os.fstat(stream.fileno()).st_size > _LARGEST:
                return {}
            head, body = stream.readline(), stream.read()
        if head != f"{_FORMAT} {digest_of(body)}\n".encode():
            return {}
        entries = {}
        for line in body.decode("utf-8", "surrogatepass").split("\n"):
            digest, place, text = line.split("\t")
            entries[place] = digest, text
    except (OSError, ValueError):
        return {}
    return entries


def _state(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _make(folder: str) -> bool:
    """Make the directory, with what tells git and backups to leave it alone; say whether it is there."""
    if os.path.isdir(folder):
        return True
    try:
        os.makedirs(folder)
        for name, text in ((".gitignore", _GITIGNORE), (_TAG_FILE, _TAG)):
            with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except OSError:
        return os.path.isdir(folder)
    return True


def _tidy(folder: str) -> None:
    """Remove the files of settings and rules that are no longer in use, and what runs that died left."""
    from time import time

    now = time()
    ages = []
    for path in _ours(folder):
        state = _state(path)
        if state is None:
            continue
        age = now - state[0] / 1e9
        if path.endswith(_TEMPORARY):
            if age > _UNFINISHED:
                _remove(path)
        else:
            ages.append((age, path))
    for i, (age, path) in enumerate(sorted(ages)):
        if i >= _MOST or age > _OLD:
            _remove(path)


def _ours(folder: str) -> list[str]:
    """Return the files in a directory that are named as those of the cache are."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [
        os.path.join(folder, name)
        for name in names
        if name.endswith((_SUFFIX, _TEMPORARY)) and len(name) >= 32 and not name[:32].strip("0123456789abcdef")
    ]


def _remove(path: str) -> bool:
    try:
        os.unlink(path)
    except OSError:
        return False
    return True


def folder_of(root: str, given: str | None = None) -> str:
    """Return the directory of the cache: `given`, or that of the environment, or the one in the directory `root`."""
    chosen = given or os.environ.get("ASLLINT_CACHE_DIR")
    return slashes(os.path.abspath(chosen)) if chosen else f"{root.rstrip('/')}/{FOLDER}"


def clean(folder: str) -> bool:
    """Remove what a cache has written into a directory, and the directory if nothing else is in it.

    Returns whether something was there. Raises OSError where it cannot be removed.
    """
    if not os.path.isdir(folder):
        return False
    ours = _ours(folder)
    tag = os.path.join(folder, _TAG_FILE)
    try:
        with open(tag, encoding="utf-8") as stream:
            if stream.read() == _TAG:
                ours += [os.path.join(folder, ".gitignore"), tag]
    except (OSError, ValueError):
        pass  # a directory that was there before
    for path in ours:
        if os.path.lexists(path):
            os.unlink(path)
    if not os.listdir(folder) and not os.path.islink(folder):  # a link was made by somebody else
        os.rmdir(folder)
    return bool(ours)
