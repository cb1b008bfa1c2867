"""The command line: ``asllint check`` and its fellows.

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 bad usage, bad configuration, a file that cannot be read, or a
rule that crashed (what could be linted is still reported).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from asllint import FAILED, FOUND, OK, __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from types import SimpleNamespace
    from typing import Any, NoReturn, TextIO

    from asllint.baseline import Baseline
    from asllint.files import File
    from asllint.fix import Fixer
    from asllint.registry import Entry, Registry
    from asllint.result import Report, RuleInfo
    from asllint.settings import Settings, SettingsFinder

INTERRUPTED = 130

COMMANDS = ("check", "clean", "rule", "graph", "iam", "schema", "completions")

MANY_FILES = 8
MANY_BYTES = 200_000
"""From so many files or bytes on it is worth the time to look into the cache."""

USAGE = """\
asllint finds what AWS refuses, what fails or hangs when it runs, and what permission is missing in Amazon States Language.

usage: asllint [check] PATH... [options]    lint files and directories ("-": standard input)
       asllint rule CODE|NAME|--all         explain a rule
       asllint graph FILE [options]         draw a definition: Mermaid, Graphviz, SVG or JSON
       asllint iam FILE... [options]        derive the policy of the execution role, or compare it with one
       asllint schema [asl|config]          print a JSON Schema, for editors
       asllint completions SHELL            print what completes commands and options in a shell
       asllint clean                        remove the cache
       asllint --version

asllint check --help, asllint graph --help ...: the options.
"""


def run() -> NoReturn:
    """Run the command that this process was started with, and end the process.

    It ends without a look at what is in memory: to free the trees of one file by one takes longer than to lint 10 kB. Whoever
    traces the process, and the processes of --jobs, need Python's own end.
    """
    status = main()
    if "multiprocessing" in sys.modules or sys.gettrace() is not None or sys.getprofile() is not None:
        sys.exit(status)
    try:
        sys.stderr.flush()
    finally:
        os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    # a stream that was closed before the start is None; what takes its place is open as long as the process is
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    try:
        status = _main(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # the reader has gone: nothing more can be said
        _forget_output()
        return FOUND
    except OSError as error:
        _forget_output()
        _complain(f"standard output cannot be written: {error.strerror}")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # a defect of ours: said in a line, with its place
        from asllint.engine import words_of

        _complain(f"internal error: {words_of(error)}; please report this")
        return FAILED


def _forget_output() -> None:
    """Let Python's own last flush of standard output go nowhere, so that it does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _main(argv: list[str]) -> int:
    if not argv:
        sys.stderr.write(USAGE)
        return FAILED
    if argv[0] in ("-h", "--help", "help"):
        sys.stdout.write(USAGE)
        return OK
    if argv[0] in ("-V", "--version"):
        sys.stdout.write(f"asllint {__version__}\n")
        return OK
    if argv[0] == "rule":
        return _rule(argv[1:])
    if argv[0] == "graph":
        return _graph(argv[1:])
    if argv[0] == "clean":
        return _clean(argv[1:])
    if argv[0] == "iam":
        return _iam(argv[1:])
    if argv[0] == "schema":
        return _schema(argv[1:])
    if argv[0] == "completions":
        return _completions(argv[1:])
    return _check(argv[1:] if argv[0] == "check" else argv)


def _complain(message: str) -> None:
    try:
        sys.stderr.write(_for_stream(f"asllint: {message}\n", sys.stderr))
    except OSError:
        return  # it cannot be said; the exit status says that something was wrong


def _for_stream(text: str, stream: TextIO) -> str:
    """Return a text with escapes for what the encoding of a stream has not, so that nothing is an error.

    That can be any character, and the surrogates that stand for bytes of a file name that are not UTF-8.
    """
    if text.isascii():
        return text
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


# -- asllint check


def _check(argv: list[str]) -> int:
    import gc

    from asllint import files
    from asllint.arguments import parse_check
    from asllint.result import Report
    from asllint.settings import SettingsError, prepare

    args = parse_check(argv)
    args.stream = sys.stdout
    if not _good_reports(args):
        return FAILED
    # A tree of nodes is large, and garbage only when its file is done: then it is collected, not while it grows.
    gc.disable()
    try:
        given = _given(args)
        finder, registry = prepare(given)
        found = files.find(
            args.paths or ["." if args.stdin_filename is None else "-"],
            finder,
            force_exclude=args.force_exclude,
            stdin_filename=args.stdin_filename,
        )
        lost = files.overwritten(found.files, [path for _, path in _reports(args, "")])
        if lost is not None:
            _complain(f"{lost}: a report would be written over this file, which is to be linted; name another")
            return FAILED
        report = Report()
        for failure in registry.failures:
            _complain(failure)
            report.failed = True
        baseline = _baseline(args, finder)
        output_format = args.output_format or finder.own().output_format or "full"
        if args.statistics and not _has_statistics(output_format):
            return FAILED
        fixer = _fixer(args, baseline, finder, found.files) if args.fix or args.diff else None
        for missing in found.missing:
            _complain(_not_there(missing, args.paths))
            report.failed = True
        for warning in found.warnings:
            _complain(warning)
        if args.show_files or args.show_settings:
            from asllint import show

            wanted = show.linted(found.files, finder, _complain)
            text = show.files(wanted) if args.show_files else show.settings(wanted, finder, registry, output_format)
            _write_text(text)
            return FAILED if report.failed else OK
        reports_of_files: Iterable[tuple[File, Report]]
        if fixer is None and _many(found.files, args.jobs):
            reports_of_files = _lint_many(args, found.files, finder, registry, given, report)
        else:
            reports_of_files = _lint_few(found.files, finder, registry, fixer, report)
        for file, one in reports_of_files:
            report.add(one)
            if args.verbose or (file.explicit and not args.quiet):
                for path, reason in one.skipped:
                    _complain(f"{path}: skipped: {reason}")
        fail_on = args.fail_on or finder.own().fail_on
        reports = _reports(args, output_format)
        if baseline is not None and not args.diff:
            _use_baseline(args, baseline, report, finder, registry)
    except SettingsError as error:
        _complain(str(error))
        return FAILED
    if fixer is not None and args.diff:
        if not args.quiet:
            _complain(f"{fixer.count or 'no'} finding{'' if fixer.count == 1 else 's'} would be fixed")
        return FAILED if report.failed else FOUND if fixer.count and not args.exit_zero else OK
    if not _write_reports(args, report, reports, registry, finder):
        return FAILED
    if report.failed:
        return FAILED
    return FOUND if not args.exit_zero and report.reaches(fail_on) else OK


def _fixer(args: SimpleNamespace, baseline: Baseline | None, finder: SettingsFinder, files: Sequence[File]) -> Fixer:
    """Return what applies the fixes, or shows them; where fixed text goes to standard output, the reports go elsewhere."""
    from functools import partial

    from asllint.files import STDIN
    from asllint.fix import Fixer

    if not args.diff and (args.stdin_filename is not None or STDIN in args.paths):
        args.stream = sys.stderr
        if all(file.full != STDIN for file in files):
            _write_bytes(sys.stdin.buffer.read() if sys.stdin else b"")  # excluded: handed through
    hide = None if baseline is None else partial(baseline.apply, cwd=finder.cwd)
    return Fixer(unsafe=args.unsafe_fixes, show=args.diff, complain=_complain, hide=hide)


def _not_there(missing: str, paths: Sequence[str]) -> str:
    """Say that a path does not exist; as the first word it may be a command that is misspelt."""
    from asllint.model.names import nearest

    near = nearest(missing, COMMANDS) if missing == (paths or [""])[0] else None
    hint = f"; did you mean the command {near}?" if near else ""
    return f"{missing}: no such file or directory{hint}"


def _given(args: SimpleNamespace) -> dict[str, Any]:
    """Return what the command line says of settings, as `asllint.settings.prepare` takes it."""
    return {
        "config": args.config,
        "isolated": args.isolated,
        "cwd": os.getcwd(),
        "use_cache": not args.no_cache,
        "cli": {
            "select": _split(args.select),
            "ignore": _split(args.ignore) or (),
            "extend_select": _split(args.extend_select) or (),
            "workflow_type": args.workflow_type,
            "per_file_ignores": args.per_file_ignores,
            "example": args.input,
            "schema": args.input_schema,
            "policies": args.policy,
        },
    }


def _many(files: Sequence[File], jobs: int | None) -> bool:
    """Whether it pays to look into the cache, and to ask whether more processes should lint."""
    if len(files) >= MANY_FILES or (jobs or 1) > 1:
        return True
    return sum(file.size() for file in files) >= MANY_BYTES


def _lint_few(
    files: Sequence[File], finder: SettingsFinder, registry: Registry, fixer: Fixer | None, report: Report
) -> Iterator[tuple[File, Report]]:
    """Yield what is found in each file, with what the fixes leave of it; what cannot be read makes the report fail."""
    import gc

    from asllint.engine import COLLECT_AFTER, lint
    from asllint.files import ReadError

    pending = 0
    for file in files:
        try:
            data = file.read()
        except ReadError as error:
            _complain(f"{file.path}: {error}")
            report.failed = True
            continue
        settings = finder.for_path(file.path)
        if fixer is None:
            yield file, lint(file.path, data, settings, registry, judged=file.judged)
        else:
            one, output = fixer.run(file, data, _linter(file, settings, registry), settings.placeholders)
            _write_bytes(output)
            yield file, one
        pending += len(data)
        if pending > COLLECT_AFTER:
            gc.collect()
            pending = 0


def _lint_many(
    args: SimpleNamespace,
    files: Sequence[File],
    finder: SettingsFinder,
    registry: Registry,
    given: dict[str, Any],
    report: Report,
) -> list[tuple[File, Report]]:
    """Return what is found in each file, from the cache and by several processes where that pays."""
    from asllint.cache import Cache, folder_of
    from asllint.jobs import Progress, Run

    cache = None
    if not args.no_cache:
        root = finder.own().root
        cache = Cache(folder_of(root, args.cache_dir), root, registry)
    shown = not args.quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    progress = Progress(len(files), sys.stderr if shown else None)
    run = Run(finder, registry, given, _complain, cache=cache, jobs=args.jobs, progress=progress)
    linted = run.lint(files)
    report.failed = report.failed or run.failed
    return linted


def _baseline(args: SimpleNamespace, finder: SettingsFinder) -> Baseline | None:
    """Return the baseline of the run, empty where it is to be written and is not there yet. Raises SettingsError."""
    configured = finder.own().baseline
    path = args.write_baseline or args.baseline or (configured and configured[0])
    if path is None and args.write_baseline is None and not args.prune_baseline:
        return None
    from asllint.baseline import DEFAULT_FILE, Baseline, BaselineError
    from asllint.settings import SettingsError

    if path is None and args.prune_baseline:
        raise SettingsError("--prune-baseline: there is no baseline; name it with --baseline, or in the configuration")
    path = path or DEFAULT_FILE
    near = os.path.relpath(path)
    shown = path if path in (args.write_baseline, args.baseline) or near.startswith("..") else near
    try:
        if args.write_baseline and os.path.isdir(path):
            raise BaselineError("it is a directory; write --write-baseline=FILE, or the flag behind the paths")
        return Baseline.read(path, shown)
    except FileNotFoundError:
        if args.write_baseline is not None:
            return Baseline(path, shown)
        source = configured[1] if configured is not None and not args.baseline else None
        message = f"the baseline {shown} does not exist; `asllint check --write-baseline` writes it"
        raise (source.error(message, "baseline") if source else SettingsError(message)) from None
    except BaselineError as error:
        raise SettingsError(f"the baseline {shown} cannot be used: {error}") from None


def _use_baseline(
    args: SimpleNamespace, baseline: Baseline, report: Report, finder: SettingsFinder, registry: Registry
) -> None:
    """Hide the findings that the baseline knows; write it where that is asked for, else say what in it is stale."""
    from asllint.baseline import BaselineError, Reach, words
    from asllint.files import UNNAMED
    from asllint.result import CRASH_CODE
    from asllint.settings import SettingsError

    def enabled(path: str, code: str) -> bool:
        entry = registry.by_key.get(code)
        settings = finder.for_path(path)
        if entry is None:
            return not registry.failures  # a rule that could not be loaded may find it still
        return settings.enabled(entry.code, entry.name, entry.group, entry.default, path)

    found = baseline.apply(report, finder.cwd)
    unsure = {d.file for d in report.diagnostics if d.code == CRASH_CODE} | {UNNAMED}
    linted = [*report.files, *(file for file, _ in report.skipped)]
    reach = Reach({baseline.place(path, finder.cwd): path for path in linted if path not in unsure}, enabled)
    try:
        if args.write_baseline is not None:
            baseline.replace(found, reach)
            baseline.write()
            baseline.apply(report, finder.cwd)
            count = sum(baseline.counts.values())
            _complain(f"{count or 'no'} finding{'' if count == 1 else 's'} in the baseline {baseline.file}")
            return
        stale = baseline.stale(found, reach)
        if not stale:
            return
        count = sum(stale.values())
        are = "1 finding of the baseline is" if count == 1 else f"{count} findings of the baseline are"
        done = "--prune-baseline removes what is stale"
        if args.prune_baseline:
            baseline.prune(stale)
            baseline.write()
            done = f"removed from {baseline.file}"
        if not args.quiet:
            _complain(f"{are} no longer there; {done}")
            for line in words(stale, None if args.verbose else 5):
                _complain(f"  {line}")
    except BaselineError as error:
        raise SettingsError(f"the baseline {baseline.file}: {error}") from None


def _linter(file: File, settings: Settings, registry: Registry) -> Callable[[bytes], Report]:
    """Return what lints the content of a file, also one that it does not have yet."""
    from asllint.engine import lint

    return lambda data: lint(file.path, data, settings, registry, judged=file.judged)


def _write_bytes(data: bytes) -> None:
    """Write to standard output what is no text of ours: nothing in it is changed."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _split(values: list[str] | None) -> tuple[str, ...] | None:
    """Return what a flag that may be repeated and takes lists by comma says; None where it is not given."""
    if values is None:
        return None
    return tuple(item.strip() for value in values for item in value.split(",") if item.strip())


def _good_reports(args: SimpleNamespace) -> bool:
    """Whether each --report is of the form FORMAT=FILE, each with a file of its own; complains where it is not."""
    from asllint.report import FORMATS

    taken = {os.path.realpath(args.output_file)} if args.output_file else set()
    for value in args.report or ():
        name, _, path = value.partition("=")
        if not path or name not in FORMATS:
            _complain(f"--report takes FORMAT=FILE with a format of {', '.join(FORMATS)}, not {value}")
            return False
        if os.path.realpath(path) in taken:
            _complain(f"{path} can hold one report only; give --report {name} another file")
            return False
        taken.add(os.path.realpath(path))
    return True


def _has_statistics(name: str) -> bool:
    """Whether --statistics can be given in a format; complains where not."""
    from asllint.report.statistics import FORMATS

    if name not in FORMATS:
        _complain(f"--statistics has no {name} format, only {', '.join(FORMATS)}; --report writes others beside it")
        return False
    return True


def _reports(args: SimpleNamespace, output_format: str) -> list[tuple[str, str | None]]:
    """Return format and file (None: standard output) of each report; the first is the main one."""
    further = [value.partition("=") for value in args.report or ()]
    return [(output_format, args.output_file), *((name, path) for name, _, path in further)]


def _write_reports(
    args: SimpleNamespace,
    report: Report,
    reports: list[tuple[str, str | None]],
    registry: Registry,
    finder: SettingsFinder,
) -> bool:
    """Write every report; say whether all could be written."""
    good = True
    for i, (name, path) in enumerate(reports):
        if args.statistics and i == 0:
            from asllint.report.statistics import render_statistics

            text = render_statistics(report, name)
            notes: list[str] = []
        else:
            text, notes = _render(args, report, name, path, registry, finder)
        for note in notes:
            _complain(note)
        if path is None:
            args.stream.write(_for_stream(text, args.stream))
            continue
        try:
            with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
        except OSError as error:
            _complain(f"{path}: the report cannot be written: {error.strerror}")
            good = False
    return good


def _render(
    args: SimpleNamespace, report: Report, name: str, path: str | None, registry: Registry, finder: SettingsFinder
) -> tuple[str, list[str]]:
    """Return a report as text, and what is to be said of it on standard error."""
    if name == "sarif":
        from asllint.report.sarif import render_sarif

        return render_sarif(report, rules=_infos(report, registry), root=os.getcwd())
    from asllint.report import render

    terminal = path is None and args.stream.isatty()
    unicode = path is not None or _can_encode("─│╭·…")
    width = None
    if terminal:
        from shutil import get_terminal_size

        width = get_terminal_size((120, 40)).columns
    color = path is None and _color(args.color, terminal)
    drawings = None
    if name == "markdown":
        from asllint.diagram import of_report

        drawings = of_report(report, finder.for_path)
    text = render(
        report,
        name,
        color=color,
        verbose=args.verbose,
        quiet=args.quiet,
        width=width,
        unicode=unicode,
        root=os.getcwd(),
        project=os.environ.get("CI_PROJECT_DIR"),  # where GitLab has the repository
        drawings=drawings,
    )
    return text, []


def _infos(report: Report, registry: Registry) -> dict[str, RuleInfo]:
    """Return the metadata of the rules that found something."""
    from asllint.page import info

    codes = {d.code for d in report.diagnostics}
    return {entry.code: info(entry, examples=False) for entry in registry if entry.code in codes}


def _can_encode(characters: str) -> bool:
    try:
        characters.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _color(choice: str, terminal: bool) -> bool:
    """Whether to colour: --color, then FORCE_COLOR, then NO_COLOR (both as their home pages define them)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("NO_COLOR"):
        return False
    return terminal and os.environ.get("TERM") != "dumb"


# -- asllint rule


def _rule_parser() -> ArgumentParser:
    from asllint.arguments import parser_of

    parser = parser_of("rule", "Explain a rule: what it finds, why it matters, what to do, examples.")
    parser.add_argument("rules", nargs="*", metavar="CODE|NAME")
    parser.add_argument("--all", action="store_true", help="all rules")
    parser.add_argument("--output-format", choices=("text", "markdown", "json"), default="text")
    parser.add_argument("--config", metavar="FILE", help="use this configuration, which can name plug-ins")
    parser.add_argument("--isolated", action="store_true", help="read no configuration")
    return parser


def _rule(argv: list[str]) -> int:
    from asllint.settings import SettingsError, SettingsFinder

    parser = _rule_parser()
    args = parser.parse_args(argv)
    if bool(args.rules) == args.all:
        parser.error("name a rule, or give --all")
    try:
        registry = SettingsFinder(args.config, args.isolated).load_rules()
    except SettingsError as error:
        _complain(str(error))
        return FAILED
    for failure in registry.failures:
        _complain(failure)
    entries = list(registry) if args.all else []
    for key in args.rules:
        entry = registry.find(key)
        if entry is None:
            from asllint.model.names import nearest

            near = nearest(key, registry.by_key)
            _complain(f"there is no rule {key}" + (f"; did you mean {near}?" if near else "; see asllint rule --all"))
            return FAILED
        entries.append(entry)
    try:
        _explain(args, entries)
    except ValueError as error:
        _complain(f"a page cannot be made: {error}")
        return FAILED
    return FAILED if registry.failures else OK


def _explain(args: Namespace, entries: Sequence[Entry]) -> None:
    """Write the pages of rules. Raises ValueError where the marks in an example of a plug-in do not match."""
    from asllint.page import docstring, render_all, render_page

    if args.output_format == "json":
        import json

        rows = []
        for entry in entries:
            rule = entry.load()
            short = docstring(rule)[0]
            rows.append({
                "code": rule.code, "name": rule.name, "group": entry.group, "severity": rule.severity,
                "summary": short, "aws_code": rule.aws_code, "rejected_by_aws": rule.rejected_by_aws,
                "default": rule.default, "page": render_page(rule),
            })  # fmt: skip
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    elif args.all and args.output_format == "markdown":
        _write_text(render_all(entries))
    elif args.all:
        for entry in entries:
            rule = entry.load()
            _write_text(f"{rule.code}  {rule.name:32} {rule.severity:8} {docstring(rule)[0]}\n")
    else:
        _write_text("\n".join(render_page(entry.load()) for entry in entries))


def _write_text(text: str) -> None:
    sys.stdout.write(_for_stream(text, sys.stdout))


# -- asllint graph


def _graph_parser() -> ArgumentParser:
    from asllint.arguments import parser_of
    from asllint.diagram import command

    parser = parser_of(
        "graph", "Draw a definition: its states, what leads from one to another, what findings they have."
    )
    command.options(parser)
    return parser


def _iam_parser() -> ArgumentParser:
    from asllint import iam_command
    from asllint.arguments import parser_of

    parser = parser_of("iam", "Derive the policy of an execution role from definitions, or compare policies with it.")
    iam_command.options(parser)
    return parser


def _iam(argv: list[str]) -> int:
    from asllint import iam_command

    return iam_command.run(_iam_parser().parse_args(argv), _complain)


def _graph(argv: list[str]) -> int:
    from asllint.diagram import command

    return command.run(_graph_parser().parse_args(argv), _complain)


# -- asllint schema, asllint completions


def _schema_parser() -> ArgumentParser:
    from asllint.arguments import parser_of

    parser = parser_of("schema", "Print a JSON Schema (draft-07): of definitions, or of asllint's configuration.")
    parser.add_argument("what", nargs="?", choices=("asl", "config"), default="asl", help="default: asl")
    return parser


def _schema(argv: list[str]) -> int:
    import json

    args = _schema_parser().parse_args(argv)
    if args.what == "config":
        from asllint.settings import SCHEMA_FILE

        with open(SCHEMA_FILE, encoding="utf-8") as file:
            sys.stdout.write(file.read())
        return OK
    from asllint.schema import schema

    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")
    return OK


SHELLS = ("bash", "zsh", "fish")


def _completions_parser() -> ArgumentParser:
    from asllint.arguments import parser_of

    parser = parser_of("completions", "Print what completes asllint's commands and options in a shell.")
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")
    return parser


def _completions(argv: list[str]) -> int:
    args = _completions_parser().parse_args(argv)
    from argparse import ArgumentParser

    import shtab

    from asllint.arguments import check_parser
    from asllint.registry import builtin

    keys = tuple(sorted(entry.name for entry in builtin()))
    whole = ArgumentParser(prog="asllint", add_help=False)
    commands = whole.add_subparsers()
    parsers = (
        check_parser(), _clean_parser(), _rule_parser(), _graph_parser(), _iam_parser(), _schema_parser(), _completions_parser(),
    )  # fmt: skip
    for name, parser in zip(COMMANDS, parsers, strict=True):
        for action in parser._actions:
            if action.metavar in ("FILE", "PATH"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.metavar in ("RULES", "CODE|NAME"):
                action.choices = keys
        commands.add_parser(name, parents=[parser], add_help=False, help=parser.description)
    sys.stdout.write(shtab.complete(whole, args.shell))
    return OK


# -- asllint clean


def _clean_parser() -> ArgumentParser:
    from asllint.arguments import parser_of

    parser = parser_of("clean", "Remove the cache, and what is remembered of configurations.")
    parser.add_argument("--config", metavar="FILE", help="as for check")
    parser.add_argument("--isolated", action="store_true", help="as for check")
    parser.add_argument("--cache-dir", metavar="DIR", help="the directory of the cache")
    return parser


def _clean(argv: list[str]) -> int:
    from asllint.cache import clean, folder_of
    from asllint.settings import SettingsError, SettingsFinder, forget_valid

    args = _clean_parser().parse_args(argv)
    try:
        root = SettingsFinder(args.config, args.isolated, os.getcwd(), use_cache=False).own().root
        folder = folder_of(root, args.cache_dir)
        forget_valid()
        done = clean(folder)
    except SettingsError as error:
        _complain(str(error))
        return FAILED
    except OSError as error:
        _complain(f"{error.filename}: it cannot be removed: {error.strerror}")
        return FAILED
    what = (
        f"the cache from {os.path.relpath(folder)}; the rest stays"
        if os.path.isdir(folder)
        else os.path.relpath(folder)
    )
    sys.stdout.write(f"Removed {what}\n" if done else "There is no cache\n")
    return OK
