"""Which files are linted: globs, ``.gitignore``, and the walk through directories."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Sequence

from asllint.source.text import filled_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.settings import Settings, SettingsFinder

ASL_NAMES: Final = (".asl", ".asl.json", ".asl.yaml", ".asl.yml")
"""Ends of the names of files that are judged as ASL whatever they hold; compared in lower case, that of a template aside."""

_BY_CONTENT: Final = (".json", ".yaml", ".yml")

DEFAULT_EXCLUDE: Final = (
    ".aws-sam", ".cache", ".git", ".hg", ".mypy_cache", ".nox", ".ruff_cache", ".serverless", ".svn", ".terraform",
    ".tox", ".venv", "__pycache__", "build", "cdk.out", "dist", "node_modules", "site-packages", "venv",
)  # fmt: skip
"""Names that no walk goes into, unless `exclude` says otherwise: other people's code, and copies that tools made."""

STDIN: Final = "-"
UNNAMED: Final = "<stdin>"
"""How standard input is called in reports where it has been given no name."""

MAX_FILE: Final = 64 * 1024 * 1024
"""Bytes; a larger file is not read. AWS takes a definition of 1 MB at most."""

_MAX_BY_CONTENT: Final = 20 * 1024 * 1024
"""Bytes; a larger file is not opened to see whether it holds a state machine."""

_MAX_KEPT: Final = 64 * 1024 * 1024
"""Bytes of content kept from the search until the file is linted; past them a file is read a second time."""

_MAX_GITIGNORE: Final = 1024 * 1024
"""Bytes; a larger one was not written by a person."""


# -- globs


def translate(pattern: str) -> str:
    r"""Return a regular expression for a glob as ``.gitignore`` writes it (gitignore(5), without the leading ``!``).

    It is to match the whole of a relative path with ``/``, which ends in ``/`` where it names a directory; needs DOTALL.
    ``*`` and ``?`` stop at ``/``; ``**`` as a whole segment is any number of directories; ``[a-z]`` and ``[!a-z]`` are
    sets (no ``[:class:]``); ``\`` takes the next character as it is; a ``/`` at the end wants a directory; a pattern
    without another ``/`` matches at any depth. Raises ValueError for a set that is not closed and a ``\`` at the end.
    """
    body = pattern[:-1] if pattern.endswith("/") else pattern
    end = "/" if pattern.endswith("/") else "/?"
    segments = body.removeprefix("/").split("/") if "/" in body else ["**", body]
    if segments[-1] == "":  # the pattern is empty, or there are two slashes at its end: no path is like that
        return "(?!)"
    # runs of segments between the ** segments
    runs: list[list[str]] = [[]]
    for segment in segments:
        if len(segment) > 1 and not segment.strip("*"):
            if runs[-1] or len(runs) == 1:
                runs.append([])
        else:
            runs[-1].append(_segment(segment))
    first, *middle, last = runs if len(runs) > 1 else [[], *runs]
    if len(runs) == 1:
        return "/".join(last) + "(?<!/)" + end
    # Between two **, the first place where a run fits is as good as any later one. Atomic groups say so, and keep the
    # time from growing with the power of the number of asterisks.
    out = [piece + "/" for piece in first]
    out += ["(?>(?:.*?/)??" + "/".join(run) + "/)" for run in middle]
    out.append("(?:.*/)?" + "/".join(last) if last else ".+")
    # * may stand for nothing: `a/*` must not match the directory `a/`
    return "".join(out) + "(?<!/)" + end


def _segment(segment: str) -> str:
    """Return the expression of a part of a pattern between slashes."""
    chunks = [""]  # between asterisks; each matches a fixed number of characters
    i = 0
    while i < len(segment):
        char = segment[i]
        i += 1
        if char == "*":
            if segment[i : i + 1] != "*":
                chunks.append("")
        elif char == "?":
            chunks[-1] += "[^/]"
        elif char == "[":
            piece, i = _set(segment, i)
            chunks[-1] += piece
        else:
            if char == "\\":
                if i == len(segment):
                    raise ValueError("it ends in a lone backslash")
                char = segment[i]
                i += 1
            chunks[-1] += re.escape(char)
    if len(chunks) == 1:
        return chunks[0]
    return chunks[0] + "".join(f"(?>[^/]*?{chunk})" for chunk in chunks[1:-1]) + "[^/]*" + chunks[-1]


def _set(segment: str, i: int) -> tuple[str, int]:
    """Return the expression of a set that begins behind its ``[`` at `i`, and the index behind its ``]``."""
    negated = segment[i : i + 1] in ("!", "^")
    i += negated
    items: list[str] = []
    first = True
    while first or segment[i : i + 1] != "]":
        first = False
        low, i = _set_char(segment, i)
        high = low
        if segment[i : i + 1] == "-" and segment[i + 1 : i + 2] not in ("]", ""):
            high, i = _set_char(segment, i + 1)
        if low <= high:
            items.append(f"{re.escape(low)}-{re.escape(high)}")
    body = "".join(items)
    if negated:
        return f"[^/{body}]", i + 1
    return (f"(?!/)[{body}]" if body else "(?!)"), i + 1


def _set_char(segment: str, i: int) -> tuple[str, int]:
    if segment[i : i + 1] == "\\":
        i += 1
    if i >= len(segment):
        raise ValueError("its `[` is not closed")
    return segment[i], i + 1


_SPECIAL: Final = frozenset("*?[\\/!")


class Globs:
    """Patterns relative to one directory, as the lines of a ``.gitignore``: the last that matches decides.

    base      the directory, absolute, with ``/``
    patterns  as `translate` takes them; a leading ``!`` takes back what an earlier one matched
    lenient   leave out a pattern that cannot be read, as git does; otherwise ValueError names it

    A path outside of the directory can only be matched by a pattern without a slash.
    """

    __slots__ = ("_base", "_directories", "_names", "_negated", "_regex", "_source", "patterns")

    def __init__(self, patterns: Iterable[str], base: str, *, lenient: bool = False) -> None:
        self._base = base.rstrip("/") + "/"
        self.patterns = listed = tuple(patterns)
        names: set[str] = set()
        directories: set[str] = set()
        sources: list[str] = []
        negated: list[bool] = []
        # names that need no expression, which is most of them; the order counts only where something is taken back
        unordered = not any(pattern.startswith("!") for pattern in listed)
        for pattern in listed:
            name = pattern.removesuffix("/")
            if unordered and name and _SPECIAL.isdisjoint(name):
                (names if name == pattern else directories).add(name)
            else:
                back = pattern.startswith("!")
                try:
                    sources.append(translate(pattern[1:] if back else pattern))
                except ValueError as error:
                    if not lenient:
                        raise ValueError(f"`{pattern}` is no glob: {error}") from None
                    continue
                negated.append(back)
        self._names = frozenset(names)
        self._directories = frozenset(directories)
        # of alternatives the first that matches is taken: the last pattern comes first
        self._source = "|".join(f"({source})" for source in reversed(sources))
        self._negated = tuple(reversed(negated))
        self._regex: re.Pattern[str] | None = None  # most runs never need it, and compiling is slow

    def verdict(self, path: str, is_dir: bool) -> bool | None:
        """Return whether an absolute path itself is matched (True), taken back (False), or not named at all (None)."""
        name = path[path.rfind("/") + 1 :]
        if name in self._names or (is_dir and name in self._directories):
            return True
        if not self._negated:
            return None
        if self._regex is None:
            self._regex = re.compile(self._source, re.DOTALL)
        inside = path[len(self._base) :] if path.startswith(self._base) else path
        match = self._regex.fullmatch(inside + "/" if is_dir else inside)
        return None if match is None else not self._negated[(match.lastindex or 0) - 1]

    def covers(self, path: str) -> bool:
        """Return whether the file at an absolute path, or a directory that it is in, is matched."""
        at = len(self._base) if path.startswith(self._base) else 1
        while (at := path.find("/", at)) > 0:
            if self.verdict(path[:at], True):
                return True
            at += 1
        return bool(self.verdict(path, False))


def gitignore(file: str, base: str) -> Globs | None:
    """Return the patterns of a ``.gitignore`` that count from the directory `base`; None where it has none."""
    try:
        text = os.fsdecode(read(file, _MAX_GITIGNORE)).removeprefix("\ufeff")
    except ReadError:
        return None
    patterns: list[str] = []
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        bare = line.rstrip(" ")
        if len(bare) < len(line) and (len(bare) - len(bare.rstrip("\\"))) % 2:
            bare += " "  # the backslash keeps the first space
        if bare and not bare.startswith("#"):
            patterns.append(bare)
    return Globs(patterns, base, lenient=True) if patterns else None


# -- content

# What comes before the word is looked at last: an expression that begins with a word is found fast. They are compiled
# at their first use, since a run over files that are named does not use them.
_START_AT: Final = rb"""StartAt(?<!\wStartAt)["']?\s*:"""
_STATES: Final = rb"""States(?<!\wStates)["']?\s*:"""


def looks_like_asl(data: bytes) -> bool:
    """Return whether JSON or YAML of any encoding seems to hold a state machine: it has the keys StartAt and States.

    A definition inside a string (``\\"StartAt\\"``) does not count. What is really there, the model decides.
    """
    if b"\0" in data[:4]:  # UTF-16 and UTF-32: what is looked for is ASCII
        data = data.replace(b"\0", b"")
    if b"StartAt" not in data or b"States" not in data:
        return False
    return re.search(_START_AT, data) is not None and re.search(_STATES, data) is not None


class ReadError(Exception):
    """A file cannot be read: the text says why, without the name of the file."""


class File:
    """A file to lint.

    path      as the user would write it, with ``/``: relative to the working directory unless given otherwise; that of
              standard input is the name given for it, or UNNAMED
    full      what to open: an absolute path, or "-" for standard input
    explicit  named on the command line, not found in a directory
    judged    judged as ASL whatever it holds: its name says so, or it is standard input without a name
    """

    __slots__ = ("_data", "explicit", "full", "judged", "path")

    def __init__(self, path: str, full: str, *, explicit: bool, judged: bool, data: bytes | None = None) -> None:
        self.path = path
        self.full = full
        self.explicit = explicit
        self.judged = judged
        self._data = data

    def __repr__(self) -> str:
        return f"<File {self.path}>"

    def size(self) -> int:
        """Return how many bytes there are to read; 0 where that cannot be known."""
        try:
            return 0 if self.full == STDIN else os.stat(self.full).st_size
        except (OSError, ValueError):
            return 0

    def read(self) -> bytes:
        """Return the content. Raises ReadError.

        What was read to find the file is handed out once and then forgotten, so that a long list holds little memory.
        """
        data, self._data = self._data, None
        if data is not None:
            return data
        if self.full == STDIN:
            if sys.stdin is None:
                raise ReadError("It is closed.")
            try:
                data = sys.stdin.buffer.read(MAX_FILE + 1)
            except OSError as error:
                raise ReadError(f"{error.strerror}.") from None
            _check_size(len(data), MAX_FILE)
            return data
        return read(self.full)


def read(path: str, limit: int = MAX_FILE) -> bytes:
    """Return the bytes of a regular file. Raises ReadError; never waits for a pipe or a device."""
    try:
        # O_NONBLOCK: to open a pipe would wait for its other end; it changes nothing for a regular file
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb", buffering=0) as stream:  # it is read at once
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise ReadError("It is not a regular file.")
            _check_size(status.st_size, limit)
            return stream.read()
    except (OSError, ValueError) as error:
        raise ReadError(f"{(isinstance(error, OSError) and error.strerror) or error}.") from None


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        hint = "; AWS takes definitions of 1 MB at most" if limit == MAX_FILE else ""
        raise ReadError(f"It is larger than {limit // (1024 * 1024)} MB{hint}.")


def overwritten(inputs: Iterable[File], outputs: Iterable[str | None]) -> str | None:
    """Return the path of the first of these files that one of the outputs would be written over; None for none."""
    taken = set()
    for path in outputs:
        place = _place(path) if path is not None else None
        if place is not None:
            taken.add(place)
    return next((file.path for file in inputs if taken and file.full != STDIN and _place(file.full) in taken), None)


def _place(path: str) -> tuple[int, int] | None:
    """Return device and number of a regular file; None where there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def write(text: str, path: str | None, what: str, complain: Callable[[str], None]) -> bool:
    """Write a text in UTF-8 to a file, or to standard output where `path` is None; say whether that could be done."""
    data = text.encode("utf-8", "replace")
    if path is None:
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            sys.stdout.write(text)
        else:
            sys.stdout.flush()
            buffer.write(data)
        return True
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        complain(f"{path}: {what} cannot be written: {error.strerror}")
        return False
    return True


# -- the walk


class Found:
    """What the paths of a command line lead to.

    files     sorted by path, each file of the disk once
    warnings  sentences for people: a directory without ASL, one that cannot be read
    missing   paths that do not exist, as given
    """

    __slots__ = ("files", "missing", "warnings")

    def __init__(self) -> None:
        self.files: list[File] = []
        self.warnings: list[str] = []
        self.missing: list[str] = []


def find(
    paths: Sequence[str], finder: SettingsFinder, *, force_exclude: bool = False, stdin_filename: str | None = None
) -> Found:
    """Return the files that files, directories and "-" (standard input) lead to.

    A file named here, or as `stdin_filename`, is always in the list, unless it is excluded and `force_exclude` is set; in
    directories, files are found by name and by content. Directories behind symbolic links are not entered, unless named here.
    Raises SettingsError for a configuration that is wrong.
    """
    search = _Search(finder)
    found = search.found

    def left_out(full: str) -> bool:
        place = slashes(os.path.abspath(full))
        return force_exclude and finder.for_directory(os.path.dirname(place)).covered_by_exclude(place)

    for given in paths:
        if given == STDIN:
            if stdin_filename is not None and left_out(os.path.join(finder.cwd, stdin_filename)):
                continue
            # an editor that gives each JSON and YAML file wants nothing said of those that are no state machine
            judged = stdin_filename is None or _is_asl(stdin_filename)
            search.add(STDIN, File(stdin_filename or UNNAMED, STDIN, explicit=True, judged=judged))
            continue
        full = os.path.join(finder.cwd, given)
        try:
            is_dir = stat.S_ISDIR(os.stat(full).st_mode)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            found.missing.append(given)
            continue
        except OSError:
            is_dir = False  # reading it says what is wrong
        if left_out(full):
            continue
        place = slashes(os.path.abspath(full))
        if is_dir:
            search.walk(place, _spelled(given), given)
        else:
            real = slashes(os.path.realpath(full))
            search.add(real, File(_spelled(given), full, explicit=True, judged=_is_asl(given)), real != place)
    found.files = sorted(search.seen.values(), key=lambda file: file.path)
    return found


def slashes(path: str) -> str:
    """Return a path of this system with ``/``."""
    return path if os.sep == "/" else path.replace(os.sep, "/")


def _spelled(given: str) -> str:
    """Return a path without ``./`` in front and ``/`` behind; "" for the working directory."""
    path = slashes(given)
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    path = path.rstrip("/") or path[:1]
    return "" if path == "." else path


def _is_asl(name: str) -> bool:
    return filled_in(name).endswith(ASL_NAMES)


class _Search:
    """One run of `find`: what was seen so far, by real path."""

    __slots__ = ("_finder", "_kept", "_links", "found", "seen")

    def __init__(self, finder: SettingsFinder) -> None:
        self.found = Found()
        self.seen: dict[str, File] = {}
        self._finder = finder
        self._links: set[str] = set()
        self._kept = 0

    def add(self, real: str, file: File, link: bool = False) -> None:
        """Add a file, unless it is there; one named on the command line, or not reached by a link, keeps its path."""
        known = self.seen.get(real)
        if known is None or file.explicit > known.explicit or (not known.explicit and link < (real in self._links)):
            self.seen[real] = file
            (self._links.add if link else self._links.discard)(real)
        if known is not None:
            self.seen[real].judged = file.judged or known.judged

    def walk(self, top: str, shown: str, given: str) -> None:
        """Add the files below an absolute path; `shown` is how the user would write it."""
        finder = self._finder
        any_file = False
        stack = [(top, shown, slashes(os.path.realpath(top)), _ignores_above(top))]
        while stack:
            directory, shown, real, ignores = stack.pop()
            try:
                with os.scandir(directory) as entries:
                    listed = list(entries)
            except OSError as error:
                self.found.warnings.append(f"Cannot read the directory `{shown or '.'}`: {error.strerror}.")
                continue
            settings = finder.for_directory(directory)
            ignores = _ignores_of(directory, {entry.name for entry in listed}, ignores)
            base = directory.rstrip("/") + "/"
            base_shown = shown.rstrip("/") + "/" if shown else ""
            base_real = real.rstrip("/") + "/"
            for entry in listed:
                name = entry.name
                place = base + name
                try:
                    is_dir = entry.is_dir(follow_symlinks=False)
                    if not is_dir and not (_wanted(place, name, settings) and entry.is_file()):
                        continue
                    link = entry.is_symlink()
                except OSError:  # a loop of links
                    continue
                if settings.excluded(place, is_dir) or (
                    settings.respect_gitignore and _ignored(place, is_dir, ignores)
                ):
                    continue
                if is_dir:
                    stack.append((place, base_shown + name, base_real + name, ignores))
                    continue
                file = self._file(place, base_shown + name)
                if file is not None:
                    any_file = True
                    self.add(os.path.realpath(place) if link else base_real + name, file, link)
        if not any_file:
            self.found.warnings.append(f"No ASL files found under `{given}`.")

    def _file(self, place: str, shown: str) -> File | None:
        """Return the file if its name or its content says that it is ASL."""
        if _is_asl(shown):
            return File(shown, place, explicit=False, judged=True)
        try:
            if os.stat(place).st_size > _MAX_BY_CONTENT:
                return None
            data = read(place)
        except OSError:
            return None
        except ReadError as error:
            self.found.warnings.append(f"Cannot read `{shown}` to see whether it holds a state machine: {error}")
            return None
        if not looks_like_asl(data):
            return None
        self._kept += len(data)
        return File(shown, place, explicit=False, judged=False, data=data if self._kept <= _MAX_KEPT else None)


def _wanted(place: str, name: str, settings: Settings) -> bool:
    """Return whether a file is to be looked at, by its name alone."""
    if settings.include is not None:
        return settings.include.covers(place)
    return name.lower().endswith(_BY_CONTENT) or _is_asl(name)


def _ignored(place: str, is_dir: bool, ignores: tuple[Globs, ...]) -> bool:
    for globs in reversed(ignores):
        verdict = globs.verdict(place, is_dir)
        if verdict is not None:
            return verdict
    return False


def _ignores_of(directory: str, names: set[str], above: tuple[Globs, ...]) -> tuple[Globs, ...]:
    """Return what is ignored in a directory with these entries: of a repository of its own, only by its own files."""
    found: list[Globs | None] = []
    if ".git" in names:
        above = ()
        found.append(gitignore(f"{directory}/.git/info/exclude", directory))
    if ".gitignore" in names:
        found.append(gitignore(f"{directory}/.gitignore", directory))
    return (*above, *(globs for globs in found if globs)) if found else above


def _ignores_above(directory: str) -> tuple[Globs, ...]:
    """Return what the directories above one ignore, up to the root of the git repository; nothing outside of one."""
    chain: list[tuple[str, set[str]]] = []
    if os.path.lexists(f"{directory}/.git"):
        return ()
    while (parent := os.path.dirname(directory)) != directory:
        directory = parent
        names = {name for name in (".git", ".gitignore") if os.path.lexists(f"{directory}/{name}")}
        chain.append((directory, names))
        if ".git" in names:
            ignores: tuple[Globs, ...] = ()
            for directory, names in reversed(chain):
                ignores = _ignores_of(directory, names, ignores)
            return ignores
    return ()
