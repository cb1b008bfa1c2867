"""Which rules exist: the built-in ones by a generated index, so that a run loads only the rules that it needs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence

from asllint.rule import Rule

PACKAGE = "asllint.rules"


class RegistryError(Exception):
    """Two rules share a code or a name, or a rule cannot be loaded."""


class Entry:
    """A rule that is known: what selection needs, and the class when it is asked for.

    module    the module that holds it
    concerns  the features that it looks at (`asllint.rule.Rule.concerns`)
    origin    whose it is, as messages say it; empty for asllint's own
    cls       the class, where it is loaded
    """

    __slots__ = ("cls", "code", "concerns", "default", "group", "module", "name", "origin")

    def __init__(
        self,
        code: str,
        name: str,
        group: str,
        module: str,
        default: bool,
        concerns: tuple[str, ...],
        origin: str = "",
    ) -> None:
        self.code = code
        self.name = name
        self.group = group
        self.module = module
        self.default = default
        self.concerns = concerns
        self.origin = origin
        self.cls: type[Rule] | None = None

    def load(self) -> type[Rule]:
        """Import the rule's module and return its class.

        Raises RegistryError where the module holds no rule, or one of another code.
        """
        if self.cls is None:
            self.cls = rule_in(self.module)
            if self.cls.code != self.code:
                raise RegistryError(f"{self.module} holds {self.cls.code}, not {self.code}")
        return self.cls


class Registry:
    """The rules of a run; unique codes and names.

    failures  what of the configured plug-ins could not be loaded, a sentence each: then a code or name that is not here
              may be that of a rule all the same
    identity  a word for the files of the plug-ins, another one as soon as one of them changes; empty without plug-ins
    """

    __slots__ = ("by_key", "entries", "failures", "identity")

    def __init__(self, entries: Iterable[Entry], failures: Iterable[str] = (), identity: str = "") -> None:
        self.failures = tuple(failures)
        self.identity = identity
        self.entries: Sequence[Entry] = sorted(entries, key=lambda entry: entry.code)
        self.by_key: dict[str, Entry] = {}
        for entry in self.entries:
            for key in (entry.code, entry.name):
                if key in self.by_key:
                    raise RegistryError(f"{entry.module} and {self.by_key[key].module} both call themselves {key}")
                self.by_key[key] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def find(self, key: str) -> Entry | None:
        """Return the rule with this code or name, in any letter case."""
        return self.by_key.get(key) or self.by_key.get(key.upper()) or self.by_key.get(key.lower())

    @property
    def known(self) -> frozenset[str]:
        """All codes, names and groups."""
        return frozenset(self.by_key) | {entry.group for entry in self.entries}


def builtin() -> Registry:
    """Return the rules that asllint ships."""
    mount()
    from asllint.rule_index import RULES

    return Registry(
        Entry(code, name, group, f"{PACKAGE}.{group}.{name.replace('-', '_')}", default, concerns)
        for code, name, group, default, concerns in RULES
    )


def mount() -> None:
    """Make ``asllint.rules`` importable in a checkout: there the rules lie beside the package, not in it."""
    if PACKAGE in sys.modules:
        return
    import os

    package = os.path.dirname(os.path.abspath(__file__))
    if os.path.isdir(os.path.join(package, "rules")):
        return
    # Not through the import system: with asllint installed from another checkout that would find the rules of that one.
    folder = os.path.join(os.path.dirname(package), "rules")
    if not os.path.isfile(os.path.join(folder, "__init__.py")):
        raise RegistryError(f"the rules are neither in {package} nor beside it")
    from types import ModuleType

    module = ModuleType(PACKAGE)
    module.__path__ = [folder]
    sys.modules[PACKAGE] = module


def rule_in(module: str) -> type[Rule]:
    """Import a module and return the one rule class that it defines."""
    loaded = importlib.import_module(module)
    found = [
        value
        for value in vars(loaded).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module
    ]
    if len(found) != 1:
        raise RegistryError(f"{module} defines {len(found)} rules; a rule file defines one")
    return found[0]


def scan() -> list[type[Rule]]:
    """Load every rule file of the tree, without the index: for the tools that build and test the index."""
    import pkgutil

    mount()
    package = importlib.import_module(PACKAGE)
    out = []
    for group in pkgutil.iter_modules(package.__path__):
        folder = importlib.import_module(f"{PACKAGE}.{group.name}")
        out += [rule_in(f"{PACKAGE}.{group.name}.{info.name}") for info in pkgutil.iter_modules(folder.__path__)]
    return sorted(out, key=lambda rule: rule.code)
