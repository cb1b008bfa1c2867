"""``asllint graph``: read a definition, lint it if asked to, write the drawing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from asllint import FAILED, OK, files
from asllint.diagram import FORMATS, render
from asllint.diagram.drawing import STATE, Drawing, draw
from asllint.diagram.layout import TooLargeError
from asllint.engine import NOT_ASL, lint
from asllint.model import build
from asllint.registry import Registry
from asllint.result import CRASH_CODE
from asllint.settings import CliOverrides, Settings, SettingsError, SettingsFinder
from asllint.source import read
from asllint.source.node import Document
from asllint.source.placeholders import placeholders_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Final

    from asllint.files import File

_MOST_PROBLEMS: Final = 20


def options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="FILE", help='one definition; "-" is standard input')
    add("--format", choices=FORMATS, default="mermaid", help="default: mermaid")
    add("--findings", action="store_true", help="lint it, and colour the states and transitions that have findings")
    add("-o", "--output-file", metavar="FILE", help="write the drawing there instead of to standard output")
    add("--stdin-filename", metavar="PATH", help="the name that standard input goes by")
    add("--workflow-type", choices=("standard", "express"), help="what the definition is created as; default: unknown")
    add("--config", metavar="FILE", help="use this configuration")
    add("--isolated", action="store_true", help="read no configuration")
    add("--no-cache", action="store_true", help="neither read nor write the cache")


def run(args: Namespace, complain: Callable[[str], None]) -> int:
    """Draw one file; return the exit status. `complain` says a line on standard error."""
    paths: Sequence[str] = args.paths or ([files.STDIN] if args.stdin_filename is not None else [])
    if len(paths) != 1:
        complain(
            "name the definition to draw; - is standard input"
            if not paths
            else f"graph draws one definition at a time, and these are {len(paths)}: run it once for each"
        )
        return FAILED
    if os.path.isdir(paths[0]):
        complain(f"{paths[0]}: graph draws one definition, and this is a directory: name a file in it")
        return FAILED
    try:
        overrides = CliOverrides(workflow_type=args.workflow_type)
        finder = SettingsFinder(args.config, args.isolated, os.getcwd(), overrides, use_cache=not args.no_cache)
        # a drawing without findings asks no rule
        registry = finder.load_rules() if args.findings else None
        found = files.find(paths, finder, stdin_filename=args.stdin_filename)
        if not found.files:
            complain(f"{paths[0]}: no such file")
            return FAILED
        (file,) = found.files
        if files.overwritten(found.files, [args.output_file]) is not None:
            complain(f"{file.path}: the drawing would be written over the definition; name another file")
            return FAILED
        settings = finder.for_path(file.path)
    except SettingsError as error:
        complain(str(error))
        return FAILED
    try:
        data = file.read()
    except files.ReadError as error:
        complain(f"{file.path}: {error}")
        return FAILED
    return _draw(args, file, data, settings, registry, complain)


def _draw(
    args: Namespace,
    file: File,
    data: bytes,
    settings: Settings,
    registry: Registry | None,
    complain: Callable[[str], None],
) -> int:
    placeholders = placeholders_with(settings.placeholders)
    document = read(file.path, data, placeholders=placeholders)
    machine = build(document, settings.workflow_type, judged=file.judged)
    _say_problems(document, file.path, complain)
    if machine is None:
        complain(f"{file.path}: {NOT_ASL}: nothing is drawn")
        return FAILED
    status = OK
    findings = []
    if registry is not None:
        for failure in registry.failures:
            complain(failure)
            status = FAILED
        report = lint(file.path, data, settings, registry, judged=file.judged)
        findings = report.shown
        if report.failed:
            status = FAILED
            for crash in report.diagnostics:
                if crash.code == CRASH_CODE:
                    complain(f"{file.path}: {crash.full_message}")
    drawing = draw(machine, file.path, findings)
    if not any(node.kind == STATE for area in drawing.areas for node in area.nodes):
        complain(f"{file.path}: there is no state in it: nothing is drawn")
        return FAILED
    try:
        text = render(drawing, args.format)
    except TooLargeError:
        complain(
            f"{file.path}: too many transitions lead too far for a picture of {len(drawing.nodes):,} nodes; --format dot"
            " writes them for Graphviz"
        )
        return FAILED
    if args.format == "mermaid":
        _say_limits(drawing, text, complain)
    return status if files.write(text, args.output_file, "the drawing", complain) else FAILED


def _say_problems(document: Document, path: str, complain: Callable[[str], None]) -> None:
    """Say where the text could not be read as it stands."""
    for problem in document.problems[:_MOST_PROBLEMS]:
        line, column = document.text.position(problem.start)
        complain(f"{path}:{line}:{column}: {problem.message}")
    if len(document.problems) > _MOST_PROBLEMS:
        complain(f"{path}: and {len(document.problems) - _MOST_PROBLEMS} more: see asllint check")


def _say_limits(drawing: Drawing, text: str, complain: Callable[[str], None]) -> None:
    from asllint.diagram.mermaid import MAX_EDGES, MAX_TEXT

    edges = len(drawing.edges)
    if len(text) > MAX_TEXT:
        complain(f"the drawing has {len(text):,} characters: Mermaid takes {MAX_TEXT:,} unless maxTextSize is set")
    if edges > MAX_EDGES:
        complain(f"the drawing has {edges:,} edges: Mermaid takes {MAX_EDGES:,} unless maxEdges is set")
