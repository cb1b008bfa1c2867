"""What ``--show-files`` and ``--show-settings`` print: which files would be linted, and with which settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from asllint.files import File, ReadError
from asllint.model import build
from asllint.registry import Entry, Registry
from asllint.settings import Settings, SettingsFinder
from asllint.source import read
from asllint.source.placeholders import placeholders_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1


def linted(found: Iterable[File], finder: SettingsFinder, complain: Callable[[str], None]) -> Iterator[File]:
    """Yield those of the files that hold a state machine, or are judged as one whatever they hold."""
    for file in found:
        if not file.judged:
            settings = finder.for_path(file.path)
            placeholders = placeholders_with(settings.placeholders)
            try:
                document = read(file.path, file.read(), placeholders=placeholders)
            except ReadError as error:
                complain(f"{file.path}: {error}")
                continue
            if build(document, settings.workflow_type) is None:
                continue
        yield file


def files(found: Iterable[File]) -> str:
    """Return the paths, one a line."""
    return "".join(f"{file.path}\n" for file in found)


def settings(found: Iterable[File], finder: SettingsFinder, registry: Registry, format: str) -> str:  # noqa: A002
    """Return the settings that count, once for all the files for which the same do; as JSON for the format "json"."""
    groups: dict[tuple[int, tuple[str, ...]], tuple[Settings, list[str]]] = {}
    for file in found:
        own = finder.for_path(file.path)
        groups.setdefault((id(own), own.ignored_in(file.path)), (own, []))[1].append(file.path)
    shown = [_resolved(own, paths, registry) for own, paths in groups.values()]
    if format == "json":
        import json

        return json.dumps({"version": VERSION, "settings": shown}, indent=2) + "\n"
    return "\n".join("".join(f"{line}\n" for line in _lines(group)) for group in shown)


def _resolved(own: Settings, paths: list[str], registry: Registry) -> dict[str, Any]:
    on: list[Entry] = []
    off: list[str] = []
    for entry in registry:
        if own.enabled(entry.code, entry.name, entry.group, entry.default, paths[0]):
            on.append(entry)
        else:
            off.append(f"{entry.code} {entry.name}")
    return {
        "files": paths,
        "configuration": [os.path.relpath(source.file, own.cwd) for source in own.sources],
        "workflow-type": own.workflow_type,
        "input": own.input.file if own.input is not None else None,
        "placeholders": list(own.placeholders),
        "plug-ins": sorted({entry.origin for entry in registry if entry.origin}),
        "include": list(own.include.patterns) if own.include is not None else None,
        "exclude": [pattern for globs in own.excludes for pattern in globs.patterns],
        "respect-gitignore": own.respect_gitignore,
        "fail-on": own.fail_on,
        "output-format": own.output_format or "full",
        "rules": [_rule(entry, own) for entry in on],
        "rules-off": off,
    }


def _rule(entry: Entry, own: Settings) -> dict[str, Any]:
    rule = entry.load()
    given = own.options(entry.name)
    return {
        "code": entry.code,
        "name": entry.name,
        "severity": own.severity(entry.code, entry.name) or rule.severity,
        "options": {name: given.get(name, option.default) for name, option in rule.options.items()},
    }


def _lines(group: dict[str, Any]) -> Iterator[str]:
    for key, value in group.items():
        if key == "rules":
            yield f"rules ({len(value)} on)"
            for rule in value:
                options = ", ".join(f"{name} = {_value(each)}" for name, each in rule["options"].items())
                yield f"  {rule['code']} {rule['severity']:7} {rule['name']}{f' ({options})' if options else ''}"
        elif key in ("files", "rules-off"):
            yield f"{key.replace('-', ' ')} ({len(value)})"
            yield from (f"  {each}" for each in value)
        else:
            yield f"{key.replace('-', ' ')}: {_value(value)}"


def _value(value: object) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
