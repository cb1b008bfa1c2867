"""Settings: what configuration files and the command line say, and which of it counts for a file."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from asllint.files import DEFAULT_EXCLUDE, Globs, slashes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, Literal

    from jsonschema import ValidationError

    from asllint.aws.policy import Policies
    from asllint.model.inputs import Input
    from asllint.registry import Entry, Registry
    from asllint.rule import Option, OptionValue, Severity

    WorkflowType = Literal["standard", "express"]
    SeveritySetting = Literal["error", "warning", "note", "off"]

CONFIG_FILES: Final = ("asllint.toml", ".asllint.toml", "pyproject.toml")
"""Where settings are looked for, in this order within one directory; of a pyproject.toml, [tool.asllint] counts."""

OFF: Final = "off"


class SettingsError(Exception):
    """A configuration, or a value of the command line, that is wrong.

    message  a sentence for people; file and line (1-based) where it is known, else None
    """

    def __init__(self, message: str, file: str | None = None, line: int | None = None) -> None:
        super().__init__(message, file, line)
        self.message = message
        self.file = file
        self.line = line

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" if place else self.message


class Selection:
    """Which rules one configuration, or the command line, turns on and off, and how grave they are.

    select         selectors of the rules to run; None leaves that to what counts otherwise
    ignore, extend_select  selectors of rules to leave out and to add
    severities     a rule's code or name → its severity, or "off"

    A selector is a rule's code or name, a prefix of codes (``ASL2``), a group's name, or ``ALL``.
    """

    __slots__ = ("extend_select", "ignore", "select", "severities")

    def __init__(
        self,
        select: Sequence[str] | None = None,
        ignore: Sequence[str] = (),
        extend_select: Sequence[str] = (),
        severities: Mapping[str, SeveritySetting] | None = None,
    ) -> None:
        self.select = None if select is None else tuple(select)
        self.ignore = tuple(ignore)
        self.extend_select = tuple(extend_select)
        self.severities = dict(severities or {})


class Override:
    """Settings of the files that `files` covers; `table` is what the configuration says, `source` where."""

    __slots__ = ("files", "source", "table")

    def __init__(self, files: Globs, table: dict[str, Any], source: Source) -> None:
        self.files = files
        self.table = table
        self.source = source


class Source:
    """A configuration that was read: its path as it is shown, its text and its table."""

    __slots__ = ("base", "file", "table", "text")

    def __init__(self, file: str, base: str, text: str, table: dict[str, Any]) -> None:
        self.file = file
        self.base = base
        self.text = text
        self.table = table

    def error(self, message: str, *keys: str | int) -> SettingsError:
        """Return an error about the value under these keys."""
        return SettingsError(message, self.file, _line(self.text, keys))


MAX_INPUT: Final = 4 * 1024 * 1024
"""Bytes; a larger example or schema of an input is not read. AWS takes an input of less than a tenth of that."""


class InputFile:
    """A file that says what the input of an execution is: an example of it, or a JSON Schema.

    path   what to open
    file   how messages call it: as it is written where it is named
    place  the source and the key that name it; None for the command line
    """

    __slots__ = ("file", "path", "place", "schema")

    def __init__(self, path: str, file: str, *, schema: bool, place: tuple[Source, str] | None = None) -> None:
        self.path = path
        self.file = file
        self.schema = schema
        self.place = place

    def read(self) -> Input:
        """Return what it says. Raises SettingsError."""
        from asllint.files import ReadError, read
        from asllint.model.inputs import InputError, read_input

        try:
            data = read(self.path, MAX_INPUT)
            found = read_input(self.file, data, schema=self.schema)
            found.evidence = (self.file, self.schema, data)
            return found
        except ReadError as error:
            raise _unreadable(error, self.path, "input", self.file, self.place) from None
        except InputError as error:
            raise SettingsError(error.message, slashes(self.path), error.line) from None


class PolicyFiles:
    """The files that hold the policies of the role that definitions are executed with.

    paths  what to open, each with what messages call it
    place  the source and the key that name them; None for the command line
    """

    __slots__ = ("paths", "place")

    def __init__(self, paths: Sequence[tuple[str, str]], *, place: tuple[Source, str] | None = None) -> None:
        self.paths = tuple(paths)
        self.place = place

    def read(self) -> Policies:
        """Return the policies. Raises SettingsError."""
        from asllint.aws.policy import Policies, PolicyError, read_policies
        from asllint.files import ReadError, read
        from asllint.source import read as parse

        found = []
        for path, file in self.paths:
            try:
                found += read_policies(parse(file, read(path, MAX_INPUT)))
            except ReadError as error:
                raise _unreadable(error, path, "policy", file, self.place) from None
            except PolicyError as error:
                line = error.text.position(error.problem.start)[0]
                raise SettingsError(error.problem.message, slashes(path), line) from None
        return Policies(found)


def _unreadable(
    error: Exception, path: str, setting: str, file: str, place: tuple[Source, str] | None
) -> SettingsError:
    """Return the error about a file that cannot be read: where `place` names it, or about the file itself."""
    if place is None:
        return SettingsError(f"cannot be read: {error}", path)
    source, key = place
    return source.error(f"`{setting}`: `{file}` cannot be read: {error}", key)


class Settings(Selection):
    """All that counts for a file.

    below          selections that this one builds on, the oldest first: of configurations that were extended and
                   overridden. A newer one wins; its `select` puts the older ones out of force
    excludes       which paths no walk goes to; include: which files it looks at, None for those that ASL has
    respect_gitignore  whether a walk leaves out what ``.gitignore`` files name
    placeholders   further regular expressions for what a template engine fills in
    inputs         files → what says what the input of an execution is, a later one before an earlier one;
                   `SettingsFinder.for_path` reads it
    input          what is said of the input of an execution; None is unknown
    policy_files   files → what holds the policies of their role, as `inputs`
    policies       of the role; None is unknown
    workflow_type  None is unknown
    per_file_ignores  files → selectors of rules that are left out in them
    overrides      settings for some of the files; `SettingsFinder.for_path` applies them
    plugins        distributions whose rules run too; only those for the working directory count
    rule_paths     folders with further rules (path, as it is written), as `plugins`
    fail_on, output_format  of the run: only those for the working directory count; None: not said
    root           the directory of the configuration, which its globs are relative to
    cwd            the directory that relative paths given to `enabled` are taken from
    baseline       of the run, as those: its absolute path, and the source that names it; None: not said
    sources        the configurations that were read, the farthest first
    """

    __slots__ = (
        "_chosen", "_ignored", "_options", "baseline", "below", "cwd", "excludes", "fail_on", "include", "input", "inputs",
        "output_format", "overrides", "per_file_ignores", "placeholders", "plugins", "policies", "policy_files",
        "respect_gitignore", "root", "rule_paths", "sources", "workflow_type",
    )  # fmt: skip

    def __init__(self, root: str | None = None) -> None:
        super().__init__()
        self.root = slashes(os.getcwd()) if root is None else root
        self.cwd = self.root
        self.below: tuple[Selection, ...] = ()
        self.excludes: tuple[Globs, ...] = (Globs(DEFAULT_EXCLUDE, self.root),)
        self.include: Globs | None = None
        self.respect_gitignore = True
        self.placeholders: tuple[str, ...] = ()
        self.workflow_type: WorkflowType | None = None
        self.inputs: tuple[tuple[Globs, InputFile], ...] = ()
        self.input: Input | None = None
        self.policy_files: tuple[tuple[Globs, PolicyFiles], ...] = ()
        self.policies: Policies | None = None
        self.per_file_ignores: tuple[tuple[Globs, tuple[str, ...]], ...] = ()
        self.overrides: tuple[Override, ...] = ()
        self.plugins: tuple[str, ...] = ()
        self.rule_paths: tuple[tuple[str, str], ...] = ()
        self.fail_on: Severity = "warning"
        self.output_format: str | None = None
        self.baseline: tuple[str, Source] | None = None
        self.sources: tuple[Source, ...] = ()
        self._options: dict[str, dict[str, OptionValue]] = {}
        self._ignored: tuple[str, tuple[str, ...]] = ("", ())
        self._chosen: tuple[object, list[Entry]] = (None, [])

    def copy(self) -> Settings:
        """Return a copy that can be changed without changing this one."""
        other = Settings.__new__(Settings)
        for cls in (Selection, Settings):
            for name in cls.__slots__:
                setattr(other, name, getattr(self, name))
        other._options = {name: dict(options) for name, options in self._options.items()}
        return other

    # -- rules

    def enabled(self, code: str, name: str, group: str, default: bool, path: str | None = None) -> bool:
        """Return whether a rule runs, on the file at `path` where one is given.

        Of the selectors of one selection that match the rule the most specific decides, of equal ones `ignore`:
        code or name, then prefix (the longer first), then group, then a prefix without digits, then ALL.
        """
        if path is not None and self.per_file_ignores and _rank(self.ignored_in(path), code, name, group):
            return False
        severity = None
        for layer in (self, *reversed(self.below)):
            severity = severity or layer.severities.get(name) or layer.severities.get(code)
            if severity == OFF:
                return False
            on = _rank((*(layer.select or ()), *layer.extend_select), code, name, group)
            off = _rank(layer.ignore, code, name, group)
            if on or off:
                return on > off
            if layer.select is not None:
                return False
        return default

    def chosen(self, registry: Registry, path: str) -> list[Entry]:
        """Return the rules that run on the file at `path`; found once for files that are alike."""
        layers = ((x.select, x.extend_select, x.ignore, x.severities.items()) for x in (self, *self.below))
        by = (registry, self.ignored_in(path) if self.per_file_ignores else (), [(*x[:3], tuple(x[3])) for x in layers])
        if self._chosen[0] != by:
            self._chosen = by, [e for e in registry if self.enabled(e.code, e.name, e.group, e.default, path)]
        return self._chosen[1]

    def severity(self, code: str, name: str) -> Severity | None:
        """Return the severity that a rule's findings are given, None for the rule's own."""
        for layer in (self, *reversed(self.below)):
            severity = layer.severities.get(name) or layer.severities.get(code)
            if severity is not None and severity != OFF:
                return severity
        return None

    def ignored_in(self, path: str) -> tuple[str, ...]:
        """Return the selectors that `per_file_ignores` leaves out in a file."""
        if self._ignored[0] != path:  # asked once for each rule, file by file
            full = slashes(os.path.abspath(os.path.join(self.cwd, path)))
            found = tuple(s for globs, selectors in self.per_file_ignores if globs.covers(full) for s in selectors)
            self._ignored = (path, found)
        return self._ignored[1]

    def options(self, name: str) -> Mapping[str, OptionValue]:
        """Return what is set of the options of a rule."""
        return self._options.get(name, {})

    def set_options(self, name: str, options: Mapping[str, OptionValue]) -> None:
        """Set options of a rule; those not named stay as they are."""
        self._options.setdefault(name, {}).update(options)

    # -- files

    def excluded(self, path: str, is_dir: bool) -> bool:
        """Return whether a walk leaves out the file or directory at an absolute path."""
        return any(globs.verdict(path, is_dir) for globs in self.excludes)

    def covered_by_exclude(self, path: str) -> bool:
        """Return whether `exclude` names the file at an absolute path or a directory that it is in."""
        return any(globs.covers(path) for globs in self.excludes)


def _rank(selectors: Iterable[str], code: str, name: str, group: str) -> int:
    """Return how specific the most specific of the selectors that match a rule is; 0 where none does."""
    best = 0
    for selector in selectors:
        if selector in (code, name):
            return 1000
        if selector == "ALL":
            rank = 1
        elif selector == group:
            rank = 3
        elif code.startswith(selector):
            # a prefix without digits takes in every group of its rules, so a group is the more specific
            rank = 2 if selector.isalpha() else 3 + len(selector)
        else:
            continue
        best = max(best, rank)
    return best


# -- finding configurations


def discover(directory: str, cache: dict[str, str | None]) -> str | None:
    """Return the configuration that counts in an absolute directory: its own, or that of the closest one above.

    cache  directory → what was found, filled for every directory that was looked at. Raises SettingsError for a
           pyproject.toml that speaks of asllint and cannot be read.
    """
    passed: list[str] = []
    found: str | None = None
    while True:
        if directory in cache:
            found = cache[directory]
            break
        passed.append(directory)
        found = next((file for name in CONFIG_FILES if _counts(file := os.path.join(directory, name), name)), None)
        parent = os.path.dirname(directory)
        if found or parent == directory:
            break
        directory = parent
    for directory in passed:
        cache[directory] = found
    return found


def _counts(file: str, name: str) -> bool:
    if not os.path.isfile(file):
        return False
    if name != "pyproject.toml":
        return True
    try:
        with open(file, "rb") as stream:
            mentioned = b"asllint" in stream.read()
    except OSError:
        return False  # it is the concern of other tools, too: asllint need not have anything in it
    return mentioned and "asllint" in _tool_table(_parse(file)[1])


def _tool_table(data: dict[str, Any]) -> dict[str, Any]:
    tool = data.get("tool")
    return tool if isinstance(tool, dict) else {}


def _parse(file: str) -> tuple[str, dict[str, Any]]:
    """Return the text of a TOML file and what it says. Raises SettingsError."""
    import tomllib

    try:
        with open(file, "rb") as stream:
            text = stream.read().decode("utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", file) from None
    except UnicodeDecodeError:
        raise SettingsError("is not UTF-8", file) from None
    except RecursionError:
        raise SettingsError("is no TOML that can be read: its brackets are nested too deeply", file) from None
    except ValueError as error:
        place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        message = str(error)[: place.start()] if place else str(error)
        column = f" (column {place[2]})" if place else ""
        raise SettingsError(f"is no TOML: {message}{column}", file, int(place[1]) if place else None) from None


# -- reading a configuration


def load(file: str, root: str | None = None, *, use_cache: bool = True) -> Settings:
    """Return the settings of a configuration file, with those that it extends.

    root       what its globs are relative to; its own directory unless given. Those of a configuration that it extends
               are always relative to that one's own
    use_cache  remember in the user's cache directory that this text is valid, which saves loading the schema

    Raises SettingsError.
    """
    chain = [_read(file, root, use_cache)]
    seen = [os.path.realpath(file)]
    at = file
    while (extended := chain[-1].table.get("extend")) is not None:
        if "\0" in extended:
            raise chain[-1].error("`extend` names no file: a path holds no NUL character", "extend")
        below = os.path.join(os.path.dirname(os.path.abspath(at)), os.path.expanduser(extended))
        if os.path.realpath(below) in seen:
            shown = " → ".join([*(source.file for source in chain), extended])
            raise chain[-1].error(f"`extend` goes round in a circle: {shown}", "extend")
        try:
            chain.append(_read(below, None, use_cache))
        except SettingsError as error:
            if error.file == below and not os.path.exists(below):
                raise chain[-1].error(f"`extend` names `{extended}`, which does not exist", "extend") from None
            raise
        seen.append(os.path.realpath(below))
        at = below
    settings = Settings(chain[0].base)
    for source in reversed(chain):
        _apply(settings, source)
    return settings


def _read(file: str, root: str | None, use_cache: bool) -> Source:
    text, table = _parse(file)
    if os.path.basename(file) == "pyproject.toml":
        tool = _tool_table(table)
        if "asllint" not in tool:
            raise SettingsError("has no table [tool.asllint]", file)
        table = tool["asllint"]
    base = os.path.dirname(os.path.abspath(file)) if root is None else root
    source = Source(file, slashes(base), text, table)
    _validate(source, use_cache)
    return source


def _apply(settings: Settings, source: Source) -> None:
    """Add a configuration to the settings that it extends: a list replaces, a table is merged by its keys."""
    table = source.table
    if settings.sources:
        settings.below = (*settings.below, _selection_of(settings))
    settings.sources = (*settings.sources, source)
    _apply_common(settings, table, source)
    if "exclude" in table:
        settings.excludes = (_globs(source, table["exclude"], "exclude"),)
    if "extend-exclude" in table:
        settings.excludes = (*settings.excludes, _globs(source, table["extend-exclude"], "extend-exclude"))
    if "include" in table:
        settings.include = _globs(source, table["include"], "include")
    settings.respect_gitignore = table.get("respect-gitignore", settings.respect_gitignore)
    settings.plugins = tuple(table.get("plugins", settings.plugins))
    if "rule-paths" in table:
        paths = table["rule-paths"]
        settings.rule_paths = tuple((os.path.join(source.base, os.path.expanduser(path)), path) for path in paths)
    settings.fail_on = table.get("fail-on", settings.fail_on)
    settings.output_format = table.get("output-format", settings.output_format)
    if "baseline" in table:
        settings.baseline = (os.path.join(source.base, os.path.expanduser(table["baseline"])), source)
    if "per-file-ignores" in table:
        ignores = table["per-file-ignores"].items()
        settings.per_file_ignores = tuple((_globs(source, [glob], glob), tuple(given)) for glob, given in ignores)
    for glob, given in table.get("input", {}).items():
        is_schema = not isinstance(given, str)
        file = given["schema"] if is_schema else given
        path = os.path.join(source.base, os.path.expanduser(file))
        named = InputFile(path, file, schema=is_schema, place=(source, glob))
        settings.inputs = ((_globs(source, [glob], glob), named), *settings.inputs)
    for glob, given in table.get("policy", {}).items():
        files = [given] if isinstance(given, str) else given
        paths = [(os.path.join(source.base, os.path.expanduser(file)), file) for file in files]
        policies = PolicyFiles(paths, place=(source, glob))
        settings.policy_files = ((_globs(source, [glob], glob), policies), *settings.policy_files)
    overrides = [Override(_globs(source, each["files"], "files"), each, source) for each in table.get("overrides", ())]
    settings.overrides = (*settings.overrides, *overrides)


def _apply_common(settings: Settings, table: Mapping[str, Any], source: Source) -> None:
    """Set what the top of a configuration and its overrides can both say."""
    chosen = _selection(table)
    settings.select, settings.ignore, settings.extend_select = chosen.select, chosen.ignore, chosen.extend_select
    settings.severities = chosen.severities
    settings.workflow_type = table.get("workflow-type", settings.workflow_type)
    if "placeholders" in table:
        from asllint.source.placeholders import Placeholders

        try:
            settings.placeholders = Placeholders(table["placeholders"]).patterns
        except ValueError as error:
            raise source.error(str(error), "placeholders") from None
    for name, options in table.get("rules", {}).items():
        settings.set_options(name, {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()})


def _selection(table: Mapping[str, Any]) -> Selection:
    get = table.get
    return Selection(get("select"), get("ignore", ()), get("extend-select", ()), get("severity"))


def _selection_of(settings: Settings) -> Selection:
    return Selection(settings.select, settings.ignore, settings.extend_select, settings.severities)


def _globs(source: Source, patterns: Iterable[str], key: str) -> Globs:
    try:
        return Globs([pattern.removeprefix("./") for pattern in patterns], source.base)
    except ValueError as error:
        raise source.error(f"`{key}`: {error}", key) from None


# -- what may stand in a configuration


def cache_dir() -> str:
    """Return the directory for what can be made anew: ASLLINT_CACHE_DIR, XDG_CACHE_HOME/asllint or ~/.cache/asllint."""
    own = os.environ.get("ASLLINT_CACHE_DIR")
    if own:
        return own
    base = os.environ.get("XDG_CACHE_HOME", "")
    # a relative path there is to be ignored (XDG Base Directory Specification)
    return os.path.join(base if os.path.isabs(base) else os.path.expanduser("~/.cache"), "asllint")


SCHEMA_FILE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "config-schema.json")


def _validate(source: Source, use_cache: bool) -> None:
    """Raise SettingsError unless the table is what the schema wants.

    jsonschema takes ten times as long to load as Python itself, so what was valid once is remembered.
    """
    from zlib import crc32  # only a name for the entry, which is compared in full

    with open(SCHEMA_FILE, "rb") as stream:
        schema = stream.read()
    content = f"{crc32(schema):08x} {source.table!r}".encode("utf-8", "surrogatepass")
    entry = os.path.join(cache_dir(), "settings", f"{crc32(content):08x}")
    if use_cache:
        try:
            with open(entry, "rb") as stream:
                if stream.read() == content:
                    return
        except OSError:
            pass  # not there yet
    import json

    from jsonschema import Draft7Validator

    try:
        errors = list(Draft7Validator(json.loads(schema)).iter_errors(source.table))
    except RecursionError:
        raise SettingsError("is nested too deeply", source.file) from None
    if errors:
        # an unknown key first: what is wrong elsewhere may follow from it
        first = min(errors, key=lambda e: (e.validator != "additionalProperties", [str(k) for k in e.absolute_path]))
        raise _schema_error(source, first)
    if use_cache:
        try:
            os.makedirs(os.path.dirname(entry), exist_ok=True)
            with open(entry, "wb") as stream:
                stream.write(content)
        except OSError:
            pass  # a read-only home, no home at all: next time it is validated again


def forget_valid() -> None:
    """Forget which configurations were valid. Raises OSError."""
    folder = os.path.join(cache_dir(), "settings")
    if not os.path.isdir(folder):
        return
    for name in os.listdir(folder):
        if re.fullmatch("[0-9a-f]{8}", name):
            os.unlink(os.path.join(folder, name))
    if not os.listdir(folder):
        os.rmdir(folder)


_TYPES: Final = {
    "array": "a list", "boolean": "true or false", "number": "a number", "object": "a table", "string": "a string",
}  # fmt: skip

SCHEMA_KEYWORDS: Final = frozenset(
    ("additionalProperties", "enum", "minItems", "minLength", "pattern", "required", "type")
)
"""What `_schema_error` can put in words; the schema uses nothing else to refuse."""


def _schema_error(source: Source, error: ValidationError) -> SettingsError:
    """Return what a schema error means, in words about the configuration."""
    keys = list(error.absolute_path)
    path = ""
    for key in keys:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else key
    wanted: Any = error.validator_value
    value: Any = error.instance
    schema: Any = error.schema
    said = f"`{path or 'tool.asllint'}` is `{_shown(value)}`"
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        key = next(key for key in value if key not in known and not any(re.search(p, key) for p in patterns))
        where = f" in `{path}`" if path else ""
        message = f"unknown key `{key}`{where}{_near(key, known)}"
        if not known:
            message = f"`{key}`{where} cannot be the name of {'an option' if len(keys) > 1 else 'a rule'}"
        return source.error(message, *keys, key)
    if error.validator == "type":
        types = [_TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
        items = schema.get("items", {}).get("type") == "string"
        message = f"{said}; it must be {' or '.join(types)}{' of strings' if items else ''}"
    elif error.validator == "enum":
        near = _near(value, wanted) if isinstance(value, str) else ""
        message = f"{said}; it must be {', '.join(f'`{each}`' for each in wanted)}{near.replace('; ', ' — ')}"
    elif error.validator == "required":
        missing = next(key for key in wanted if key not in value)
        return source.error(f"`{path}` has no `{missing}`", *keys)
    elif error.validator == "pattern":
        message = f"{said}, which is not a code, a prefix of codes, a rule's name, a group or ALL"
    else:  # minItems, minLength
        message = f"`{path}` must not be empty"
    return source.error(message, *keys)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _near(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean `x`?" where something known is near, else ""."""
    from difflib import get_close_matches

    lower = {each.lower(): each for each in known}
    near = get_close_matches(word.lower(), lower, 1, 0.6)
    return f"; did you mean `{lower[near[0]]}`?" if near else ""


def _line(text: str, keys: Sequence[str | int]) -> int | None:
    """Return the 1-based line of the last of the keys, where only one line can be meant."""
    names = [key for key in keys if isinstance(key, str)]
    if not names:
        return None
    key = re.escape(names[-1])
    found = list(re.finditer(rf"""^[^#\n]*?(?<![\w-])["']?{key}["']?\s*[=.\]]""", text, re.MULTILINE))
    return text.count("\n", 0, found[0].start()) + 1 if len(found) == 1 else None


# -- names of rules


def check_rules(settings: Settings, registry: Registry) -> None:
    """Raise SettingsError for a selector, rule name or option that no rule has.

    Where a plug-in could not be loaded, a name that no rule has may be one of its rules.
    """
    known = None if registry.failures else registry.known
    for source in settings.sources:
        for table in (source.table, *source.table.get("overrides", ())):
            for key in ("select", "ignore", "extend-select"):
                for selector in table.get(key, ()):
                    _check_selector(selector, known, key, source)
            for glob, selectors in table.get("per-file-ignores", {}).items():
                for selector in selectors:
                    _check_selector(selector, known, glob, source)
            for name in table.get("severity", {}):
                if name not in registry.by_key and known is not None:
                    raise source.error(f"`severity`: no rule is called `{name}`{_near(name, registry.by_key)}", name)
            for name, options in table.get("rules", {}).items():
                entry = registry.by_key.get(name)
                if entry is None and known is None:
                    continue
                if entry is None or entry.name != name:
                    names = [each.name for each in registry]
                    raise source.error(f"`rules`: no rule is called `{name}`{_near(name, names)}", name)
                declared = entry.load().options
                for option, value in options.items():
                    _check_option(source, name, option, value, declared)


def _check_selector(selector: str, known: Collection[str] | None, key: str, source: Source | None) -> None:
    if known is None or selector == "ALL" or selector in known:
        return
    if selector.isupper() and any(each.startswith(selector) for each in known):
        return
    message = f"`{key}`: no rule, group or prefix is called `{selector}`{_near(selector, (*known, 'ALL'))}"
    raise source.error(message, key) if source else SettingsError(message)


def _check_option(source: Source, rule: str, name: str, value: object, declared: Mapping[str, Option]) -> None:
    option = declared.get(name)
    if option is None:
        has = f"it has {', '.join(f'`{each}`' for each in declared)}" if declared else "it has none"
        raise source.error(f"`{rule}` has no option `{name}`; {has}{_near(name, declared).replace('; ', ' — ')}", name)
    default = option.default
    kind = "boolean" if isinstance(default, bool) else "string" if isinstance(default, str) else "number"
    if isinstance(default, tuple):
        fits, wanted = isinstance(value, list), "a list of strings"
    elif isinstance(default, int) and not isinstance(default, bool):
        fits, wanted = type(value) is int, "a whole number"
    elif isinstance(default, float):
        fits, wanted = type(value) in (int, float), "a number"
    else:
        fits, wanted = type(value) is type(default), _TYPES[kind]
    if not fits:
        raise source.error(f"`{rule}.{name}` is `{_shown(value)}`; it must be {wanted}", name)
    # written so that nan, which compares with nothing, does not pass
    if option.minimum is not None and isinstance(value, int | float) and not value >= option.minimum:
        raise source.error(f"`{rule}.{name}` is `{_shown(value)}`; it must be at least {option.minimum}", name)


# -- the command line, and all together


class CliOverrides(Selection):
    """What the command line says of all this; it wins over every configuration.

    workflow_type     None where it is not said
    input             of all files; None where it is not said
    policies          of the role of all files; None where they are not said
    per_file_ignores  (glob relative to the working directory, selector), in place of those of a configuration; None
                      where they are not said
    """

    __slots__ = ("input", "per_file_ignores", "policies", "workflow_type")

    def __init__(
        self,
        select: Sequence[str] | None = None,
        ignore: Sequence[str] = (),
        extend_select: Sequence[str] = (),
        workflow_type: WorkflowType | None = None,
        per_file_ignores: Sequence[str] | None = None,
        example: str | None = None,
        schema: str | None = None,
        policies: Sequence[str] | None = None,
    ) -> None:
        """Take the values of --per-file-ignores as they are written, ``GLOB:SELECTOR``, and read the file of --input
        (`example`) or --input-schema (`schema`) and those of --policy. Raises SettingsError."""  # fmt: skip
        super().__init__(select, ignore, extend_select)
        self.workflow_type = workflow_type
        file = example if schema is None else schema
        self.input = None if file is None else InputFile(file, slashes(file), schema=schema is not None).read()
        self.policies = PolicyFiles([(path, slashes(path)) for path in policies]).read() if policies else None
        self.per_file_ignores: list[tuple[str, str]] | None = None
        if per_file_ignores is not None:
            self.per_file_ignores = []
            for given in per_file_ignores:
                glob, colon, selector = given.rpartition(":")
                if not (glob and colon and selector):
                    raise SettingsError(f"`--per-file-ignores`: `{given}` is not of the form GLOB:SELECTOR")
                self.per_file_ignores.append((glob, selector))

    def check(self, registry: Registry) -> None:
        """Raise SettingsError for a selector that no rule has."""
        given = [("--select", self.select or ()), ("--ignore", self.ignore), ("--extend-select", self.extend_select)]
        given.append(("--per-file-ignores", tuple(selector for _, selector in self.per_file_ignores or ())))
        for key, selectors in given:
            for selector in selectors:
                _check_selector(selector, None if registry.failures else registry.known, key, None)


class SettingsFinder:
    """Says which settings count for a file.

    config    the one configuration for all files (--config), whose globs are relative to the working directory; None:
              the closest to each file
    isolated  no configuration counts at all (--isolated)
    cwd       the working directory, absolute
    registry  where it is set, selectors, rule names and options are checked against it

    The rules that exist can depend on `own`, so the registry may be set after it was asked for. Raises SettingsError
    from every method.
    """

    __slots__ = (
        "_checked",
        "_cli",
        "_config",
        "_found",
        "_inputs",
        "_isolated",
        "_loaded",
        "_made",
        "_policies",
        "_simple",
        "_use_cache",
        "cwd",
        "registry",
    )

    def __init__(
        self,
        config: str | None = None,
        isolated: bool = False,
        cwd: str | None = None,
        cli: CliOverrides | None = None,
        *,
        use_cache: bool = True,
    ) -> None:
        self.cwd = slashes(os.getcwd() if cwd is None else cwd)
        self.registry: Registry | None = None
        self._config = None if config is None else os.path.join(self.cwd, config)
        self._isolated = isolated
        self._cli = cli
        self._use_cache = use_cache
        self._found: dict[str, str | None] = {}
        self._loaded: dict[str | None, Settings] = {}
        self._inputs: dict[tuple[str, bool], Input] = {}
        self._policies: dict[PolicyFiles, Policies] = {}
        self._made: dict[tuple[str | None, tuple[int, ...], Input | None, Policies | None], Settings] = {}
        self._checked: set[str | None] = set()
        self._simple: dict[str, Settings] = {}  # of directories in which the same counts for all files

    def load_rules(self) -> Registry:
        """Return the rules of the run, those of the plug-ins that the working directory's configuration names too.

        From here on settings are checked against them. What could not be loaded is in the registry's `failures`.
        """
        from asllint.registry import builtin

        own = self.own()
        registry = builtin()
        if own.plugins or own.rule_paths:
            from asllint.plugins import load as load_plugins

            registry = load_plugins(registry, own.plugins, own.rule_paths)
        self.registry = registry
        return registry

    def own(self) -> Settings:
        """Return the settings of the run: those of the working directory."""
        return self.for_directory(self.cwd)

    def for_directory(self, directory: str) -> Settings:
        """Return what counts in an absolute directory, without overrides for some of its files."""
        return self._make(self._file(directory), ())

    def for_path(self, path: str | None) -> Settings:
        """Return what counts for a file, which need not exist; None is standard input without a name.

        Files for which the same counts get the same object.
        """
        if path is None:
            return self.own()
        directory = path[: path.rfind("/") + 1]
        if directory in self._simple:
            return self._simple[directory]
        full = slashes(os.path.abspath(os.path.join(self.cwd, path)))
        file = self._file(os.path.dirname(full))
        loaded = self._load(file)
        matched = tuple(i for i, each in enumerate(loaded.overrides) if each.files.covers(full))
        named = next((named for globs, named in loaded.inputs if globs.covers(full)), None) if loaded.inputs else None
        role = (
            next((role for globs, role in loaded.policy_files if globs.covers(full)), None)
            if loaded.policy_files
            else None
        )
        settings = self._make(file, matched, named, role)
        if self.registry is not None and not (loaded.overrides or loaded.inputs or loaded.policy_files):
            self._simple[directory] = settings
        return settings

    def _file(self, directory: str) -> str | None:
        if self._isolated or self._config is not None:
            return self._config if not self._isolated else None
        return discover(directory, self._found)

    def _load(self, file: str | None) -> Settings:
        settings = self._loaded.get(file)
        if settings is None:
            if file is None:
                settings = Settings(self.cwd)
            else:
                settings = load(file, self.cwd if file == self._config else None, use_cache=self._use_cache)
                settings.cwd = self.cwd
            self._loaded[file] = settings
        if self.registry is not None and file not in self._checked:
            if self._cli is not None and not self._checked:
                self._cli.check(self.registry)
            try:
                check_rules(settings, self.registry)
            except SettingsError as error:
                if (settings.plugins or settings.rule_paths) and file != self._file(self.cwd):
                    error.message += (
                        " (`plugins` and `rule-paths` count where asllint is started; here they load nothing)"
                    )
                raise
            self._checked.add(file)
        return settings

    def _make(
        self,
        file: str | None,
        matched: tuple[int, ...],
        named: InputFile | None = None,
        role: PolicyFiles | None = None,
    ) -> Settings:
        loaded = self._load(file)
        given = self._cli.input if self._cli is not None else None
        if given is None and named is not None:
            given = self._inputs.get((named.path, named.schema))
            if given is None:
                given = self._inputs[named.path, named.schema] = named.read()
        policies = self._cli.policies if self._cli is not None else None
        if policies is None and role is not None:
            policies = self._policies.get(role)
            if policies is None:
                policies = self._policies[role] = role.read()
        settings = self._made.get((file, matched, given, policies))
        if settings is None:
            settings = loaded.copy()
            settings.input = given
            settings.policies = policies
            for i in matched:
                override = loaded.overrides[i]
                settings.below = (*settings.below, _selection_of(settings))
                _apply_common(settings, override.table, override.source)
            if self._cli is not None:
                self._apply_cli(settings, self._cli)
            self._made[file, matched, given, policies] = settings
        return settings

    def _apply_cli(self, settings: Settings, cli: CliOverrides) -> None:
        settings.below = (*settings.below, _selection_of(settings))
        settings.select, settings.ignore, settings.extend_select = cli.select, cli.ignore, cli.extend_select
        settings.severities = {}
        settings.workflow_type = cli.workflow_type or settings.workflow_type
        if cli.per_file_ignores is not None:
            try:
                settings.per_file_ignores = tuple(
                    (Globs([glob.removeprefix("./")], self.cwd), (selector,)) for glob, selector in cli.per_file_ignores
                )
            except ValueError as error:
                raise SettingsError(f"`--per-file-ignores`: {error}") from None


def prepare(given: Mapping[str, Any]) -> tuple[SettingsFinder, Registry]:
    """Return what a run asks for settings, and its rules; given the same, another process gets the same.

    given  plain values: `config`, `isolated`, `cwd` and `use_cache` as SettingsFinder takes them, and under `cli` what
           CliOverrides takes

    Raises SettingsError.
    """
    rest = {name: value for name, value in given.items() if name != "cli"}
    finder = SettingsFinder(cli=CliOverrides(**given["cli"]), **rest)
    return finder, finder.load_rules()
