"""Finding, reading and combining configurations."""

from __future__ import annotations

import builtins
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from jsonschema import Draft7Validator

from asllint import settings as module
from asllint.registry import Registry
from asllint.rule import Option
from asllint.settings import CliOverrides, Settings, SettingsError, SettingsFinder, cache_dir, discover, load

RULES = {
    "unreachable-state": ("ASL201", "flow"),
    "missing-target": ("ASL202", "flow"),
    "infinite-retry-risk": ("ASL301", "errors"),
    "missing-type": ("ASL101", "structure"),
    "key-order": ("ASL901", "style"),
}
OFF_BY_DEFAULT = {"key-order"}
OPTIONS = {
    "infinite-retry-risk": {
        "max-attempts": Option(20, "", 1),
        "max-wait": Option(3600.0, "", 0),
        "names": Option(("a",), ""),
        "deep": Option(False, ""),
        "word": Option("x", ""),
    }
}


class Rules:
    """Stands for a registry: what is asked of one here."""

    def __init__(self) -> None:
        self.entries = [self._entry(name, code) for name, (code, _) in RULES.items()]
        self.by_key = {key: entry for entry in self.entries for key in (entry.code, entry.name)}
        self.known = frozenset(self.by_key) | {group for _, group in RULES.values()}
        self.failures = ()

    def __iter__(self) -> Iterator[SimpleNamespace]:
        return iter(self.entries)

    @staticmethod
    def _entry(name: str, code: str) -> SimpleNamespace:
        return SimpleNamespace(name=name, code=code, load=lambda: SimpleNamespace(options=OPTIONS.get(name, {})))


REGISTRY = cast(Registry, Rules())


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("ASLLINT_CACHE_DIR", str(path))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def enabled(settings: Settings, path: str | None = None) -> set[str]:
    return {
        name
        for name, (code, group) in RULES.items()
        if settings.enabled(code, name, group, name not in OFF_BY_DEFAULT, path)
    }


EVERY = set(RULES)
DEFAULT = EVERY - OFF_BY_DEFAULT
FLOW = {"unreachable-state", "missing-target"}


def chosen(*layers: Mapping[str, Any]) -> set[str]:
    """Return what is enabled by configurations of which each extends the one before it."""
    settings = Settings("/r")
    for layer in layers:
        module._apply(settings, module.Source("x.toml", "/r", "", dict(layer)))
    return enabled(settings)


# -- selection


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, DEFAULT),
        ({"select": ["ALL"]}, EVERY),
        ({"select": []}, set()),
        ({"select": ["ASL"]}, EVERY),
        ({"select": ["ASL2"]}, FLOW),
        ({"select": ["flow"]}, FLOW),
        ({"select": ["ASL201"]}, {"unreachable-state"}),
        ({"select": ["missing-target", "style"]}, {"missing-target", "key-order"}),
        ({"ignore": ["flow"]}, DEFAULT - FLOW),
        ({"ignore": ["ALL"]}, set()),
        ({"extend-select": ["style"]}, EVERY),
        ({"extend-select": ["ASL9"], "ignore": ["flow"]}, EVERY - FLOW),
        # the more specific wins, and of equals ignore
        ({"select": ["flow"], "ignore": ["flow"]}, set()),
        ({"select": ["ASL2"], "ignore": ["flow"]}, FLOW),
        ({"select": ["flow"], "ignore": ["ASL2"]}, set()),
        ({"select": ["ASL20"], "ignore": ["ASL2"]}, FLOW),
        ({"select": ["ASL201"], "ignore": ["unreachable-state"]}, set()),
        ({"select": ["unreachable-state"], "ignore": ["ASL20", "flow", "ALL"]}, {"unreachable-state"}),
        ({"select": ["ALL"], "ignore": ["flow"]}, EVERY - FLOW),
        ({"select": ["ASL"], "ignore": ["flow"]}, EVERY - FLOW),
        ({"select": ["flow"], "extend-select": ["ASL101"], "ignore": ["ASL1"]}, FLOW | {"missing-type"}),
        ({"severity": {"unreachable-state": "off", "ASL202": "off"}}, DEFAULT - FLOW),
        ({"severity": {"unreachable-state": "off"}, "select": ["unreachable-state"]}, set()),
        ({"severity": {"key-order": "error"}}, DEFAULT),
    ],
)
def test_selection(table: dict[str, Any], expected: set[str]) -> None:
    assert chosen(table) == expected


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([{"select": ["flow"]}, {"extend-select": ["ASL101"]}], FLOW | {"missing-type"}),
        ([{"select": ["unreachable-state"]}, {"ignore": ["ALL"]}], set()),
        ([{"ignore": ["unreachable-state"]}, {"select": ["flow"]}], FLOW),
        ([{"ignore": ["flow"]}, {"ignore": ["errors"]}], {"missing-type"}),
        ([{"severity": {"ASL201": "off"}}, {}], DEFAULT - {"unreachable-state"}),
        ([{"severity": {"ASL201": "off"}}, {"severity": {"unreachable-state": "note"}}], DEFAULT),
        ([{"severity": {"ASL201": "off"}}, {"extend-select": ["flow"]}], DEFAULT),
    ],
)
def test_a_closer_selection_wins(layers: list[dict[str, Any]], expected: set[str]) -> None:
    assert chosen(*layers) == expected


def test_plain_settings() -> None:
    settings = Settings()
    settings.select = ("ASL301",)
    settings.set_options("infinite-retry-risk", {"max-attempts": 5})
    assert enabled(settings) == {"infinite-retry-risk"}
    assert settings.options("infinite-retry-risk") == {"max-attempts": 5}
    assert settings.options("other") == {}
    assert (settings.workflow_type, settings.placeholders, settings.fail_on) == (None, (), "warning")


def test_a_copy_is_apart() -> None:
    settings = Settings("/r")
    settings.set_options("a", {"x": 1})
    other = settings.copy()
    other.set_options("a", {"x": 2})
    other.select = ()
    assert settings.options("a") == {"x": 1}
    assert settings.select is None


# -- where it is found


def test_discover(folder: Path) -> None:
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    top = write(folder / "pyproject.toml", "[tool.asllint]\n")
    write(folder / "a" / "pyproject.toml", "[tool.other]\nname = 'asllint'\n")
    assert discover(str(inner), {}) == top
    hidden = write(folder / "a" / ".asllint.toml", "")
    assert discover(str(inner), {}) == hidden
    plain = write(folder / "a" / "asllint.toml", "")
    assert discover(str(inner), {}) == plain
    assert discover(str(folder), {}) == top


def test_discover_looks_at_a_directory_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    top = write(folder / "asllint.toml", "")
    looked: list[str] = []
    isfile = os.path.isfile

    def counted(path: str) -> bool:
        looked.append(path)
        return isfile(path)

    monkeypatch.setattr(os.path, "isfile", counted)
    cache: dict[str, str | None] = {}
    for _ in range(3):
        assert discover(str(folder / "a" / "b"), cache) == top
        assert discover(str(folder / "a"), cache) == top
    assert len(looked) == len(set(looked)) == 3 + 3 + 1


def test_a_pyproject_of_another_tool_need_not_be_toml(folder: Path) -> None:
    write(folder / "pyproject.toml", "= broken")
    (folder / "inner").mkdir()
    assert discover(str(folder / "inner"), {}) != str(folder / "pyproject.toml")
    write(folder / "pyproject.toml", "[tool.asllint\n")
    with pytest.raises(SettingsError, match=r"pyproject\.toml:1: is no TOML"):
        discover(str(folder / "inner"), {})


def test_nothing_is_loaded_where_nothing_is_configured(folder: Path) -> None:
    code = (
        "import sys; from asllint.settings import SettingsFinder; from asllint.files import find;"
        f"f = SettingsFinder(isolated=True, cwd={str(folder)!r}); f.for_path('x.json'); find(['.'], f);"
        "heavy = {'tomllib', 'json', 'jsonschema', 'difflib', 'dataclasses', 'hashlib', 'zlib'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True)


# -- reading


FULL = """
select = ["flow", "ASL301"]
ignore = ["missing-target"]
extend-select = ["style"]
workflow-type = "express"
placeholders = ["@@[A-Z]+@@"]
exclude = ["old/"]
extend-exclude = ["*.bak.json"]
include = ["machines/**"]
respect-gitignore = false
fail-on = "note"
output-format = "concise"

[severity]
unreachable-state = "note"
ASL301 = "error"

[rules.infinite-retry-risk]
max-attempts = 50
names = ["a", "b"]

[per-file-ignores]
"legacy/" = ["ASL2"]
"*.tmp.json" = ["ALL"]

[[overrides]]
files = ["std/"]
workflow-type = "standard"
ignore = ["errors"]
severity = { unreachable-state = "error" }
rules.infinite-retry-risk.max-attempts = 99
placeholders = []
"""


def check_full(settings: Settings, folder: Path) -> None:
    assert enabled(settings) == {"unreachable-state", "infinite-retry-risk", "key-order"}
    assert settings.workflow_type == "express"
    assert settings.placeholders == ("@@[A-Z]+@@",)
    assert settings.excluded(f"{folder}/old", True)
    assert settings.excluded(f"{folder}/a/x.bak.json", False)
    assert not settings.excluded(f"{folder}/node_modules", True)  # exclude replaces the default list
    assert settings.include is not None
    assert settings.include.covers(f"{folder}/machines/x.json")
    assert (settings.respect_gitignore, settings.fail_on, settings.output_format) == (False, "note", "concise")
    assert settings.severity("ASL201", "unreachable-state") == "note"
    assert settings.severity("ASL301", "infinite-retry-risk") == "error"
    assert settings.severity("ASL101", "missing-type") is None
    assert settings.options("infinite-retry-risk") == {"max-attempts": 50, "names": ("a", "b")}
    assert enabled(settings, f"{folder}/legacy/a/x.json") == {"infinite-retry-risk", "key-order"}
    assert enabled(settings, f"{folder}/x.tmp.json") == set()
    assert settings.root == str(folder)


@pytest.mark.parametrize("name", ["asllint.toml", "pyproject.toml"])
def test_everything(folder: Path, name: str) -> None:
    text = FULL
    if name == "pyproject.toml":
        text = "[tool.asllint]" + re.sub(r"(?m)^(\[+)(\w)", r"\1tool.asllint.\2", FULL)
    file = write(folder / name, text)
    for _ in range(2):  # the second time it is known to be valid
        check_full(load(file), folder)
    finder = SettingsFinder(cwd=str(folder))
    finder.registry = REGISTRY
    check_full(finder.for_path("x.json"), folder)
    check_full(pickle.loads(pickle.dumps(finder.for_path("x.json"))), folder)
    assert finder.for_path("x.json") is finder.for_path(f"{folder}/a/y.json") is finder.own() is finder.for_path(None)
    std = finder.for_path("std/x.json")
    assert std is finder.for_path("a/std/y.json")
    assert (std.workflow_type, std.placeholders) == ("standard", ())
    assert enabled(std) == {"unreachable-state", "key-order"}
    assert std.severity("ASL201", "unreachable-state") == "error"
    assert std.options("infinite-retry-risk") == {"max-attempts": 99, "names": ("a", "b")}
    check_full(finder.for_path("x.json"), folder)


def test_per_file_ignores_are_asked_for_paths_from_the_working_directory(folder: Path) -> None:
    write(folder / "asllint.toml", '[per-file-ignores]\n"/a/" = ["ALL"]\n')
    (folder / "a").mkdir()
    above = SettingsFinder(cwd=str(folder)).for_path("a/x.json")
    assert enabled(above, "a/x.json") == set()
    assert enabled(above, "x.json") == DEFAULT
    inside = SettingsFinder(cwd=str(folder / "a")).for_path("x.json")
    assert enabled(inside, "x.json") == set()
    assert enabled(inside, "../x.json") == DEFAULT


def test_extend(folder: Path) -> None:
    write(
        folder / "base" / "asllint.toml",
        'select = ["flow"]\nexclude = ["/gone/"]\nextend-exclude = ["a"]\nplaceholders = ["@x@"]\n'
        '[rules.infinite-retry-risk]\nmax-attempts = 1\ndeep = true\n[[overrides]]\nfiles = ["*.json"]\nignore = ["ASL201"]\n',
    )
    file = write(
        folder / "asllint.toml",
        'extend = "base/asllint.toml"\nextend-select = ["ASL101"]\nextend-exclude = ["b"]\n'
        "[rules.infinite-retry-risk]\nmax-attempts = 2\n",
    )
    settings = load(file)
    assert enabled(settings) == FLOW | {"missing-type"}
    assert settings.placeholders == ("@x@",)
    assert settings.options("infinite-retry-risk") == {"max-attempts": 2, "deep": True}
    # globs stay relative to the configuration that they are written in
    assert settings.excluded(f"{folder}/base/gone", True)
    assert not settings.excluded(f"{folder}/gone", True)
    assert settings.excluded(f"{folder}/base/a", True)
    assert settings.excluded(f"{folder}/b", True)
    assert settings.root == str(folder)
    assert enabled(SettingsFinder(cwd=str(folder)).for_path("base/sub/x.yaml")) == FLOW
    assert enabled(SettingsFinder(cwd=str(folder)).for_path("base/sub/x.json")) == {"missing-target"}


def test_extend_goes_wrong(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"asllint\.toml:1: `extend` names no file"):
        load(write(folder / "asllint.toml", 'extend = "a\\u0000b"\n'))
    file = write(folder / "asllint.toml", '\nextend = "b.toml"\n')
    with pytest.raises(SettingsError, match=r"asllint\.toml:2: `extend` names `b\.toml`, which does not exist"):
        load(file)
    write(folder / "b.toml", 'extend = "c/pyproject.toml"\n')
    write(folder / "c" / "pyproject.toml", "")
    with pytest.raises(SettingsError, match=r"has no table \[tool\.asllint\]"):
        load(file)
    write(folder / "c" / "pyproject.toml", '[tool.asllint]\nextend = "../asllint.toml"\n')
    with pytest.raises(SettingsError, match="in a circle"):
        load(file)
    write(folder / "b.toml", 'selekt = ["ALL"]\n')
    with pytest.raises(SettingsError, match=r"b\.toml:1: unknown key `selekt`; did you mean `select`\?"):
        load(file)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('selct = ["ALL"]', 1, "unknown key `selct`; did you mean `select`?"),
        ("\n\nzzz = 1", 3, "unknown key `zzz`"),
        (
            '[[overrides]]\nfiles = ["a"]\nselct = []',
            3,
            "unknown key `selct` in `overrides[0]`; did you mean `select`?",
        ),
        ('[[overrides]]\nselect = ["ALL"]', 1, "`overrides[0]` has no `files`"),
        ("[[overrides]]\nfiles = []", 2, "`overrides[0].files` must not be empty"),
        ('exclude = [""]', 1, "`exclude[0]` must not be empty"),
        ('select = "ALL"', 1, "`select` is `ALL`; it must be a list"),
        ("select = [1]", 1, "`select[0]` is `1`; it must be a string"),
        (
            'select = ["a b"]',
            1,
            "`select[0]` is `a b`, which is not a code, a prefix of codes, a rule's name, a group or ALL",
        ),
        ('respect-gitignore = "no"', 1, "`respect-gitignore` is `no`; it must be true or false"),
        ('workflow-type = "expres"', 1, "must be `standard`, `express` — did you mean `express`?"),
        ("workflow-type = 1979-05-27", 1, "`workflow-type` is `1979-05-27`; it must be `standard`, `express`"),
        ('fail-on = "fatal"', 1, "`fail-on` is `fatal`; it must be `error`, `warning`, `note`"),
        ("severity = 3", 1, "`severity` is `3`; it must be a table"),
        ('severity.ASL201 = "fatal"', 1, "`severity.ASL201` is `fatal`; it must be"),
        ('severity."a b" = "off"', 1, "`a b` in `severity` cannot be the name of a rule"),
        ("rules.ASL301.x = 1", 1, "`ASL301` in `rules` cannot be the name of a rule"),
        ("rules.some-rule.x = { y = 1 }", 1, "`rules.some-rule.x` is `{…}`; it must be true or false or a number"),
        ("rules.some-rule.x = [1]", 1, "`rules.some-rule.x[0]` is `1`; it must be a string"),
        ('rules.some-rule."x y" = 1', 1, "`x y` in `rules.some-rule` cannot be the name of an option"),
        ('per-file-ignores.x = "ALL"', 1, "`per-file-ignores.x` is `ALL`; it must be a list"),
        ("placeholders = ['(']", 1, "is not a regular expression"),
        ("placeholders = ['x*']", 1, "matches the empty text"),
        ("exclude = ['a[']", 1, "`exclude`: `a[` is no glob: its `[` is not closed"),
        ("a = 1\nb =", 2, "is no TOML: "),
        ("a = [" + "[" * 5000, None, "nested too deeply"),
        ("x = " + "1" * 5000, None, "is no TOML"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, text: str, line: int | None, message: str) -> None:
    file = write(folder / "asllint.toml", text + "\n")
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert message in caught.value.message
    assert (caught.value.file, caught.value.line) == (file, line)
    assert str(caught.value).startswith(f"{file}:{line}: " if line else f"{file}: ")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.line) == (str(caught.value), line)


def test_files_that_cannot_be_read(folder: Path) -> None:
    (folder / "x.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load(str(folder / "x.toml"))
    with pytest.raises(SettingsError, match="No such file"):
        load(str(folder / "nowhere.toml"))
    with pytest.raises(SettingsError, match="cannot be read"):
        load(str(folder))
    write(folder / "pyproject.toml", "tool.asllint = 3")
    with pytest.raises(SettingsError, match=r"`tool\.asllint` is `3`; it must be a table"):
        load(str(folder / "pyproject.toml"))


def test_a_line_is_given_only_where_it_is_certain(folder: Path) -> None:
    file = write(folder / "pyproject.toml", "[tool.other]\nselect = 1\n[tool.asllint]\nselect = 1\n")
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert caught.value.line is None


# -- the schema


SCHEMA = json.loads(Path(module.SCHEMA_FILE).read_text(encoding="utf-8"))


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    yield node
    for key in ("properties", "patternProperties", "definitions"):
        for value in node.get(key, {}).values():
            yield from schemas(value)
    if "items" in node:
        yield from schemas(node["items"])


def test_the_schema_is_closed_and_described() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    for each in schemas(SCHEMA):
        if "$ref" in each and "description" not in each:
            assert each["$ref"].removeprefix("#/definitions/") in SCHEMA["definitions"]
            continue
        assert each["description"]
        if each.get("type") == "object":
            assert each["additionalProperties"] is False


def test_every_keyword_of_the_schema_has_words() -> None:
    others = {
        "$schema", "$ref", "title", "description", "default", "definitions", "properties", "patternProperties", "items",
    }  # fmt: skip
    assert {key for each in schemas(SCHEMA) for key in each} - others == module.SCHEMA_KEYWORDS


def test_every_key_of_the_schema_is_read() -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    for key in {*SCHEMA["properties"], *SCHEMA["properties"]["overrides"]["items"]["properties"]}:
        assert f'"{key}"' in source, key


def test_patterns_name_what_is_ignored_in_files_of_any_name() -> None:
    validator = Draft7Validator(SCHEMA)
    assert validator.is_valid({"per-file-ignores": {"**/a b/*.json": ["ASL2"]}})
    assert not validator.is_valid({"per-file-ignores": {"": ["ASL2"]}})


# -- the cache


def test_a_text_is_validated_once(folder: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(folder / "asllint.toml", 'select = ["flow"]\n')
    load(file)
    [entry] = (own_cache / "settings").iterdir()
    original = builtins.__import__

    def no_jsonschema(name: str, *rest: Any) -> Any:
        assert name != "jsonschema"
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_jsonschema)
    assert enabled(load(file)) == FLOW
    write(folder / "asllint.toml", '# the comment is new\nselect = ["flow"]\n')
    assert enabled(load(file)) == FLOW
    for change in (lambda: entry.write_bytes(b"other"), lambda: write(folder / "asllint.toml", "selct = 1")):
        change()
        with pytest.raises(AssertionError):
            load(file)


def test_nothing_wrong_is_remembered(folder: Path, own_cache: Path) -> None:
    file = write(folder / "asllint.toml", "selct = 1\n")
    for _ in range(2):
        with pytest.raises(SettingsError):
            load(file)
    assert not (own_cache / "settings").exists()
    load(write(folder / "asllint.toml", ""), use_cache=False)
    assert not (own_cache / "settings").exists()


def test_a_cache_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = write(folder / "file", "")
    monkeypatch.setenv("ASLLINT_CACHE_DIR", blocker)
    assert enabled(load(write(folder / "asllint.toml", 'select = ["flow"]\n'))) == FLOW


def test_cache_dir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASLLINT_CACHE_DIR", "/own")
    assert cache_dir() == "/own"
    monkeypatch.delenv("ASLLINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_dir() == os.path.join("/xdg", "asllint")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert cache_dir() == os.path.join("/home/me/.cache", "asllint")


# -- names of rules


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('select = ["flwo"]', "`select`: no rule, group or prefix is called `flwo`; did you mean `flow`?"),
        ('ignore = ["ASL8"]', "`ignore`: no rule, group or prefix is called `ASL8`"),
        ('extend-select = ["unreachable-sate"]', "did you mean `unreachable-state`?"),
        ('per-file-ignores."x" = ["FLOW"]', "`x`: no rule, group or prefix is called `FLOW`; did you mean `flow`?"),
        ('[[overrides]]\nfiles = ["a"]\nignore = ["ASL999"]', "no rule, group or prefix is called `ASL999`"),
        ('severity.flow = "off"', "`severity`: no rule is called `flow`"),
        ('severity.key-oder = "off"', "did you mean `key-order`?"),
        (
            "rules.infinite-retry.x = 1",
            "`rules`: no rule is called `infinite-retry`; did you mean `infinite-retry-risk`?",
        ),
        ("rules.flow.x = 1", "`rules`: no rule is called `flow`"),
        ("rules.key-order.x = 1", "`key-order` has no option `x`; it has none"),
        ("rules.infinite-retry-risk.max-attempt = 1", "has no option `max-attempt`; it has `max-attempts`"),
        (
            "rules.infinite-retry-risk.max-attempts = 0",
            "`infinite-retry-risk.max-attempts` is `0`; it must be at least 1",
        ),
        ("rules.infinite-retry-risk.max-attempts = 1.5", "it must be a whole number"),
        ("rules.infinite-retry-risk.max-attempts = true", "is `true`; it must be a whole number"),
        ("rules.infinite-retry-risk.max-wait = 'x'", "it must be a number"),
        ("rules.infinite-retry-risk.max-wait = nan", "it must be at least 0"),
        ("rules.infinite-retry-risk.names = 'x'", "it must be a list of strings"),
        ("rules.infinite-retry-risk.deep = 1", "it must be true or false"),
        ("rules.infinite-retry-risk.word = 1", "it must be a string"),
    ],
)
def test_unknown_rules(folder: Path, text: str, message: str) -> None:
    file = write(folder / "asllint.toml", text)
    finder = SettingsFinder(cwd=str(folder))
    finder.own()  # before the rules are known, nothing can be said
    finder.registry = REGISTRY
    with pytest.raises(SettingsError) as caught:
        finder.own()
    assert message in caught.value.message
    assert caught.value.file == file


def test_known_rules(folder: Path) -> None:
    write(
        folder / "asllint.toml",
        'select = ["ALL", "ASL", "ASL2", "ASL20", "ASL201", "flow", "key-order"]\n'
        "[rules.infinite-retry-risk]\nmax-attempts = 1\nmax-wait = 3\nnames = []\ndeep = true\nword = ''\n",
    )
    finder = SettingsFinder(cwd=str(folder))
    finder.registry = REGISTRY
    assert enabled(finder.own()) == EVERY


# -- the command line


def test_the_command_line_wins(folder: Path) -> None:
    write(folder / "asllint.toml", FULL)

    def run(**values: Any) -> Settings:
        return SettingsFinder(cwd=str(folder), cli=CliOverrides(**values)).for_path("std/x.json")

    assert enabled(run()) == {"unreachable-state", "key-order"}
    assert enabled(run(select=["missing-target"])) == {"missing-target"}
    assert enabled(run(ignore=["ALL"])) == set()
    assert enabled(run(extend_select=["missing-target"])) == {"unreachable-state", "key-order", "missing-target"}
    assert run(workflow_type="express").workflow_type == "express"
    assert run(select=["ALL"]).severity("ASL201", "unreachable-state") == "error"
    settings = run(select=["flow"], per_file_ignores=["*.tmp.json:ASL201", "./a:b/c.json:flow"])
    assert enabled(settings, "legacy/x.json") == FLOW
    assert enabled(settings, "x.tmp.json") == {"missing-target"}
    assert enabled(settings, "a:b/c.json") == set()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"select": ["flwo"]}, "`--select`: no rule, group or prefix is called `flwo`; did you mean `flow`?"),
        ({"ignore": ["asl201"]}, "`--ignore`: no rule, group or prefix is called `asl201`; did you mean `ASL201`?"),
        ({"extend_select": [""]}, "`--extend-select`: no rule"),
        ({"per_file_ignores": ["x:nope"]}, "`--per-file-ignores`: no rule"),
        ({"per_file_ignores": ["x"]}, "`x` is not of the form GLOB:SELECTOR"),
        ({"per_file_ignores": ["x[:ALL"]}, "`--per-file-ignores`: `x[` is no glob"),
    ],
)
def test_wrong_values_of_the_command_line(folder: Path, values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        finder = SettingsFinder(isolated=True, cwd=str(folder), cli=CliOverrides(**values))
        finder.registry = REGISTRY
        finder.own()
    assert message in caught.value.message
    assert caught.value.file is None
    assert str(caught.value) == caught.value.message


def test_config_and_isolated(folder: Path) -> None:
    write(folder / "asllint.toml", 'select = ["ASL101"]')
    write(folder / "conf" / "own.toml", 'select = ["flow"]\nexclude = ["/x"]\n')
    finder = SettingsFinder("conf/own.toml", cwd=str(folder))
    assert enabled(finder.for_path("a/x.json")) == FLOW
    assert finder.own().excluded(f"{folder}/x", True)  # relative to the working directory
    assert enabled(SettingsFinder("conf/own.toml", isolated=True, cwd=str(folder)).own()) == DEFAULT
    with pytest.raises(SettingsError, match="No such file"):
        SettingsFinder("conf/none.toml", cwd=str(folder)).own()


def test_the_closest_configuration_counts(folder: Path) -> None:
    text = 'select = ["ASL101"]\n'
    write(folder / "asllint.toml", text)
    write(folder / "a" / "asllint.toml", text.replace("ASL101", "flow"))
    finder = SettingsFinder(cwd=str(folder))
    assert enabled(finder.for_path("a/x.json")) == FLOW
    assert enabled(finder.for_path("b/x.json")) == {"missing-type"}
    assert enabled(finder.for_directory(str(folder / "a" / "deep"))) == FLOW
