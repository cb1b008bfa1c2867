"""Rules of other people: of distributions that are installed beside asllint, and of folders with rule files.

They are loaded only where the configuration of the working directory names them; a run without them does not import this
module. Each is loaded by itself: what cannot be loaded is told by name and left out.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from asllint.registry import Entry, Registry, RegistryError
from asllint.rule import SEVERITIES, Option, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint
    from types import ModuleType
    from typing import Any, Final

ENTRY_POINTS: Final = "asllint.rules"
"""The group of entry points that a distribution offers its rules in. The name of each is the group of its rules."""

LOCAL: Final = "local"
"""The group of the rules in `rule-paths`."""

CODE: Final = re.compile(r"[A-Z]+[0-9]+")
NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_OPTION: Final = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_PRECISIONS: Final = ("very-high", "high", "medium", "low")

_PACKAGE: Final = "asllint_local_rules"
"""What the folders of `rule-paths` are imported as, with a number behind it: rule files can import each other."""


def load(base: Registry, plugins: Iterable[str], rule_paths: Iterable[tuple[str, str]]) -> Registry:
    """Return the rules of `base` with those of distributions and folders.

    plugins     names of distributions
    rule_paths  (path, how messages call it) of folders

    What cannot be loaded is in the registry's `failures`.
    """
    loader = _Loader(base)
    for name in dict.fromkeys(re.sub(r"[-_.]+", "-", name).lower() for name in plugins):
        loader.distribution(name)
    for path, shown in {os.path.realpath(path): (path, shown) for path, shown in rule_paths}.values():
        loader.folder(path, shown)
    return Registry(loader.entries, failures=loader.failures, identity=_identity(loader.roots))


def problem(rule: type[Rule]) -> str | None:
    """Return what is wrong with the declaration of a rule that is not asllint's own, None where nothing is."""
    declared: Any = rule
    code, name = getattr(declared, "code", None), getattr(declared, "name", None)
    if not isinstance(code, str) or not CODE.fullmatch(code):
        return f"its code is `{code}`: a code is capital letters and digits, as in `ACME001`"
    if code.startswith("ASL"):
        return f"its code is `{code}`: what begins with ASL is asllint's own, a plug-in has other letters"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return f"its name is `{name}`: a name is small letters and digits, with hyphens between words"
    severity, precision, grade = getattr(declared, "severity", None), declared.precision, declared.security_severity
    if severity not in SEVERITIES:
        return f"its severity is `{severity}`, which is none of {', '.join(SEVERITIES)}"
    if not (declared.__doc__ or "").strip():
        return "it has no docstring, which is its page"
    if not isinstance(declared.concerns, tuple) or not all(isinstance(each, str) for each in declared.concerns):
        return "its `concerns` is no tuple of strings"
    if not isinstance(declared.aws_code, str | None):
        return "its `aws_code` is neither a string nor None"
    if not isinstance(declared.default, bool) or not isinstance(declared.rejected_by_aws, bool):
        return "its `default` and `rejected_by_aws` are not both True or False"
    if precision not in _PRECISIONS:
        return f"its precision is `{precision}`, which is none of {', '.join(_PRECISIONS)}"
    if not (grade is None or (isinstance(grade, int | float) and 0 <= grade <= 10)):
        return f"its `security_severity` is `{grade}`: it is a number from 0 to 10, or None"
    if not isinstance(declared.options, Mapping):
        return "its `options` is no mapping of names to options"
    for key, option in declared.options.items():
        if not isinstance(key, str) or not _OPTION.fullmatch(key) or not isinstance(option, Option):
            return f"its option `{key}` is not a name in small letters with an `Option`"
    return None


class _Loader:
    """Gathers entries, and what could not be loaded.

    roots  files and folders that the rules come from, each with a word that stands for its version
    """

    def __init__(self, base: Registry) -> None:
        self.entries = list(base)
        self.failures: list[str] = []
        self.roots: dict[str, str] = {}
        self._keys = dict(base.by_key)
        self._groups = {entry.group: "asllint" for entry in base} | {LOCAL: "rule-paths"}

    def distribution(self, name: str) -> None:
        from importlib import metadata

        origin = f"plug-in `{name}`"
        try:
            found = metadata.distribution(name)
            version = found.version
        except metadata.PackageNotFoundError:
            self._fail(origin, f"no such distribution is installed where asllint runs ({sys.prefix})")
            return
        except Exception as error:
            self._fail(origin, f"its metadata cannot be read: {_said(error)}")
            return
        origin = f"{origin} {version}"
        points = self._entry_points(found, origin)
        for point in points:
            self._entry_point(point, origin, version)

    def _entry_points(self, found: Distribution, origin: str) -> Sequence[EntryPoint]:
        try:
            points = sorted(found.entry_points.select(group=ENTRY_POINTS), key=lambda point: point.name)
        except Exception as error:
            self._fail(origin, f"its entry points cannot be read: {_said(error)}")
            return ()
        if not points:
            self._fail(origin, f"it has no entry point in the group `{ENTRY_POINTS}`, so it brings no rules")
        return points

    def _entry_point(self, point: EntryPoint, origin: str, version: str) -> None:
        if not NAME.fullmatch(point.name):
            message = f"`{point.name}`, the name of its entry point, is no name of a group: small letters and digits"
            self._fail(origin, message)
            return
        owner = self._groups.setdefault(point.name, origin)
        if owner != origin:
            self._fail(origin, f"its entry point `{point.name}` has the name of a group of {owner}")
            return
        try:
            module = importlib.import_module(point.module)
            self._root(module, version)
            if point.attr:
                value: object = module
                for part in point.attr.split("."):
                    value = getattr(value, part)
                if not (isinstance(value, type) and issubclass(value, Rule)):
                    raise RegistryError(f"{point.value} is no subclass of asllint.rule.Rule")
                self._add(value, point.name, origin)
                return
        except (Exception, SystemExit) as error:
            self._fail(origin, f"`{point.value}` cannot be loaded: {_said(error)}")
            return
        path = getattr(module, "__path__", None)
        if path is None:
            self._rules(module, point.name, origin)
            return
        from pkgutil import iter_modules

        for info in iter_modules(path):
            if not info.name.startswith("_"):
                self._module(f"{point.module}.{info.name}", point.name, origin)

    def _root(self, module: ModuleType, version: str) -> None:
        """Note where the code is that a module belongs to: its outermost package, or itself."""
        top = sys.modules[module.__name__.partition(".")[0]]
        for path in getattr(top, "__path__", None) or [top.__file__]:
            if path is not None:
                self.roots[path] = version

    def folder(self, path: str, shown: str) -> None:
        try:
            names = sorted(os.listdir(path))
        except OSError as error:
            self._fail(f"`rule-paths` names `{shown}`", f"it cannot be read: {error.strerror}")
            return
        files = [name for name in names if name.endswith(".py") and not name.startswith(("_", "test_", "conftest."))]
        if not files:
            self._fail(f"`rule-paths` names `{shown}`", "there is no rule file in it")
            return
        self.roots[path] = ""
        package = _mount(path)
        for name in files:
            self._module(f"{package}.{name[:-3]}", LOCAL, f"rule file `{shown.rstrip('/')}/{name}`")

    def _module(self, name: str, group: str, origin: str) -> None:
        at = "" if group == LOCAL else f"`{name}` "
        try:
            module = importlib.import_module(name)
        except (Exception, SystemExit) as error:
            self._fail(origin, f"{at}cannot be loaded: {_said(error)}")
        else:
            self._rules(module, group, origin)

    def _rules(self, module: ModuleType, group: str, origin: str) -> None:
        found = [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
        ]
        for rule in found:
            self._add(rule, group, origin)
        if not found:
            at = "" if group == LOCAL else f"`{module.__name__}` "
            self._fail(origin, f"{at}defines no rule; the name of a file that is none begins with `_`")

    def _add(self, rule: type[Rule], group: str, origin: str) -> None:
        wrong = problem(rule)
        if wrong is not None:
            self._fail(origin, f"the rule `{rule.__name__}` is left out: {wrong}")
            return
        entry = Entry(rule.code, rule.name, group, rule.__module__, rule.default, rule.concerns, origin)
        entry.cls = rule
        for key in (rule.code, rule.name):
            other = self._keys.get(key)
            if other is not None:
                whose = f"{other.code} `{other.name}` of {other.origin or 'asllint'}"
                self._fail(origin, f"its rule {rule.code} `{rule.name}` is left out: {whose} is called `{key}` too")
                return
            if key in self._groups:
                self._fail(origin, f"its rule {rule.code} `{rule.name}` is left out: a group is called `{key}` too")
                return
        self._keys |= {rule.code: entry, rule.name: entry}
        self.entries.append(entry)

    def _fail(self, origin: str, message: str) -> None:
        self.failures.append(f"{origin}: {message}")


_mounted: dict[str, str] = {}


def _mount(path: str) -> str:
    """Return the name of a package whose modules are the files of a folder."""
    from types import ModuleType

    real = os.path.realpath(path)
    name = _mounted.get(real)
    if name is None:
        name = _mounted[real] = f"{_PACKAGE}_{len(_mounted) + 1}"
        package = ModuleType(name)
        package.__path__ = [real]
        sys.modules[name] = package
    return name


def _said(error: BaseException) -> str:
    """Return an error in a line, with the file and line of the code that raised it, where that is not the import system's."""
    where = ""
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith("<") and file != __file__ and f"{os.sep}importlib{os.sep}" not in file:
            where = f" ({os.path.basename(file)}:{trace.tb_lineno})"
        trace = trace.tb_next
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}{where}" if text else f"{type(error).__name__}{where}"


def _identity(roots: Mapping[str, str]) -> str:
    """Return a word that is another one as soon as anything in the files and folders is."""
    from hashlib import sha256

    digest = sha256()
    for root in sorted(roots):
        digest.update(f"{root}\0{roots[root]}\0".encode("utf-8", "surrogateescape"))
        for path in _files(root):
            try:
                with open(path, "rb") as file:
                    content = file.read()
            except OSError:
                continue  # gone since it was listed
            digest.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            digest.update(content)
    return digest.hexdigest()


def _files(root: str) -> Iterator[str]:
    if os.path.isfile(root):
        yield root
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if each != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names))
