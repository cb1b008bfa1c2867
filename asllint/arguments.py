"""The words of ``asllint check``: its options in one table, and two ways to read them.

argparse reads them where anything is out of the ordinary: help, abbreviations, mistakes. To load and fill it takes as long as to
lint 10 kB, so plain words are read by the table alone.
"""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

from asllint import FAILED
from asllint.report import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence
    from typing import Any, Final, NoReturn


def _jobs(text: str) -> int | None:
    """Return how many processes are asked for; None leaves it to the run."""
    from argparse import ArgumentTypeError

    if text == "auto":
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 256:
        raise ArgumentTypeError(f"`{text}` is no number from 1 to 256, nor auto")
    return int(text)


# fmt: off
_SWITCH: Final = {"action": "store_true"}
_LIST: Final = {"action": "append"}

OPTIONS: Final[tuple[tuple[str, tuple[tuple[tuple[str, ...], dict[str, Any]], ...]], ...]] = (
    ("rules", (
        (("--select",), {**_LIST, "metavar": "RULES",
            "help": "only these: codes, prefixes, names, groups or ALL, by comma"}),
        (("--ignore",), {**_LIST, "metavar": "RULES", "help": "not these"}),
        (("--extend-select",), {**_LIST, "metavar": "RULES", "help": "these beside those selected"}),
        (("--per-file-ignores",), {**_LIST, "metavar": "GLOB:RULES", "help": "not these in files that the glob matches"}),
        (("--workflow-type",), {"choices": ("standard", "express"),
            "help": "what the definitions are created as; default: unknown"}),
        (("--input",), {"metavar": "FILE", "help": "an example of an execution's input, JSON or YAML"}),
        (("--input-schema",), {"metavar": "FILE", "help": "a JSON Schema of an execution's input"}),
        (("--policy",), {**_LIST, "metavar": "FILE", "help": "a policy of the role that executes them, JSON or YAML"}),
    )),
    ("configuration and files", (
        (("--config",), {"metavar": "FILE", "help": "use this configuration for all files"}),
        (("--isolated",), {**_SWITCH, "help": "read no configuration"}),
        (("--no-cache",), {**_SWITCH, "help": "neither read nor write the cache"}),
        (("--cache-dir",), {"metavar": "DIR",
            "help": "the directory of the cache; default: .asllint_cache beside the configuration"}),
        (("--jobs",), {"type": _jobs, "metavar": "N",
            "help": "processes that lint; default: one a core where there is much to lint"}),
        (("--baseline",), {"metavar": "FILE", "help": "do not report the findings that this file knows"}),
        (("--write-baseline",), {"nargs": "?", "const": "", "metavar": "FILE",
            "help": "write what is found to the baseline: FILE, or the configured one, or asllint-baseline.json"}),
        (("--prune-baseline",), {**_SWITCH, "help": "remove from the baseline what is no longer found"}),
        (("--stdin-filename",), {"metavar": "PATH", "help": "lint standard input, under this name"}),
        (("--force-exclude",), {**_SWITCH, "help": "leave out excluded files even where they are named as PATH"}),
    )),
    ("fixes", (
        (("--fix",), {**_SWITCH, "help": "apply the safe fixes: the file is written, standard input goes to output"}),
        (("--unsafe-fixes",), {**_SWITCH, "help": "with --fix or --diff: also fixes that change what a definition does"}),
        (("--diff",), {**_SWITCH, "help": "write no file, show what --fix would change; exit 1 if that is anything"}),
    )),
    ("output", (
        (("--output-format",), {"choices": FORMATS, "metavar": "FORMAT",
            "help": f"one of {', '.join(FORMATS)}; default: full"}),
        (("-o", "--output-file"), {"metavar": "FILE", "help": "write the report there instead of to standard output"}),
        (("--report",), {**_LIST, "metavar": "FORMAT=FILE", "help": "write a further report; can be given several times"}),
        (("--statistics",), {**_SWITCH, "help": "how often each rule found something, in place of the findings"}),
        (("--show-files",), {**_SWITCH, "help": "list the files that would be linted, and lint none"}),
        (("--show-settings",), {**_SWITCH, "help": "show what counts for each file, and lint none; json as well"}),
        (("--color",), {"choices": ("auto", "always", "never"), "default": "auto"}),
        (("--fail-on",), {"choices": ("error", "warning", "note"),
            "help": "exit 1 from this severity on; default: warning"}),
        (("--exit-zero",), {**_SWITCH, "help": "exit 0 whatever is found"}),
        (("-q", "--quiet"), {**_SWITCH, "help": "no summary, nor what was skipped"}),
        (("-v", "--verbose"), {**_SWITCH, "help": "details, suppressed findings, and files that were skipped"}),
    )),
)
# fmt: on
"""For each group of options: its title, and for each option its flags and what argparse is told of it."""

EXCLUSIVE: Final = ("input", "input_schema")
"""Only one of them can be given."""


def parser_of(command: str, description: str) -> ArgumentParser:
    """Return a parser for the words behind a command."""
    from argparse import ArgumentParser, HelpFormatter

    columns = _columns()

    class Formatter(HelpFormatter):
        def __init__(self, prog: str) -> None:
            super().__init__(prog, width=columns - 2)

    class Parser(ArgumentParser):
        def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
            for word in args:
                # of `--` as a value argparse of Python 3.11 makes an empty list
                if word[-3:] == "=--" or (word[:1] == "-" and word[2:] == "--"):
                    self.error(f"argument {word[:-2].rstrip('=')}: expected one argument")
            return super().parse_known_args(args, namespace)

        def error(self, message: str) -> NoReturn:
            from asllint.model.names import nearest

            words = message.partition("unrecognized arguments: ")[2].split()
            flags = [flag for action in self._actions for flag in action.option_strings if flag.startswith("--")]
            near = nearest(words[0].partition("=")[0], flags) if words and words[0].startswith("-") else None
            hint = f"; did you mean {near}?" if near else ""
            self.exit(FAILED, f"asllint {command}: {message}{hint}\nSee asllint {command} --help.\n")

    return Parser(prog=f"asllint {command}", description=description, allow_abbrev=False, formatter_class=Formatter)


def _columns() -> int:
    """Return the columns of the terminal; 80 where there is none. (argparse's own way imports shutil.)"""
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (AttributeError, OSError, ValueError):
        return 80


def check_parser() -> ArgumentParser:
    """Return argparse's reader of the options of ``asllint check``."""
    parser = parser_of("check", "Lint state machines in Amazon States Language, JSON or YAML.")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help='files and directories; "-" is standard input; default: this directory'
    )
    for title, options in OPTIONS:
        group = parser.add_argument_group(title)
        one_of: Any = None
        for flags, about in options:
            if _name(flags) in EXCLUSIVE:
                one_of = one_of or group.add_mutually_exclusive_group()
                one_of.add_argument(*flags, **about)
            else:
                group.add_argument(*flags, **about)
    return parser


def parse_check(words: Sequence[str]) -> SimpleNamespace:
    """Return what the words behind ``asllint check`` say; paths may stand between flags. Exits on bad usage."""
    args = read_plain(words)
    if args is None:
        args = SimpleNamespace()
        parser = check_parser()
        _, rest = parser.parse_known_args(words, args)  # its own way to allow paths between flags costs 5 ms
        unknown = [word for word in rest if word.startswith("-") and word != "-"]
        if unknown:
            parser.error(f"unrecognized arguments: {' '.join(unknown)}")
        args.paths += [word for word in rest if word not in args.paths]
    wrong = _contradiction(args)
    if wrong is not None:
        check_parser().error(wrong)
    return args


def read_plain(words: Sequence[str]) -> SimpleNamespace | None:
    """Return what argparse would return, with all paths; None where something wants argparse's own eyes."""
    args = SimpleNamespace(paths=[])
    known: dict[str, tuple[str, dict[str, Any]]] = {}
    for _, options in OPTIONS:
        for flags, about in options:
            name = _name(flags)
            setattr(args, name, about.get("default", False if about.get("action") == "store_true" else None))
            for flag in flags:
                known[flag] = name, about
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            if word in args.paths:
                return None
            args.paths.append(word)
            continue
        flag, given, value = word.partition("=") if word.startswith("--") else (word, "", "")
        name, about = known.get(flag, ("", {}))
        action = about.get("action")
        if not name or "nargs" in about or "type" in about:
            return None
        if action == "store_true":
            if given:
                return None
            setattr(args, name, True)
            continue
        if not given:
            value = next(rest, "-")
            if value.startswith("-"):
                return None
        if value == "--" or value not in about.get("choices", (value,)):
            return None
        setattr(args, name, [*(getattr(args, name) or ()), value] if action == "append" else value)
    return None if all(getattr(args, name) is not None for name in EXCLUSIVE) else args


def _name(flags: tuple[str, ...]) -> str:
    """Return the attribute that an option is read into: its first long flag."""
    return next(flag for flag in flags if flag.startswith("--"))[2:].replace("-", "_")


def _contradiction(args: SimpleNamespace) -> str | None:
    """Return what is wrong with options that are each right."""
    if args.unsafe_fixes and not (args.fix or args.diff):
        return "--unsafe-fixes goes with --fix or --diff"
    if (args.show_files or args.show_settings) and (args.fix or args.diff or args.statistics):
        return "--show-files and --show-settings lint nothing: they do not go with --fix, --diff or --statistics"
    if args.show_files and args.show_settings:
        return "--show-files goes without --show-settings, which lists the files too"
    if args.write_baseline is not None and (args.diff or args.prune_baseline):
        return "--write-baseline goes without --diff, and without --prune-baseline, which is a part of it"
    return None
