"""Plug-ins: rules of an installed distribution and of folders, loaded only where they are configured, named where they fail."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from asllint.registry import RegistryError, builtin
from asllint.rule import Option, Rule
from asllint.testing import check_rule, rules_in

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "tests" / "plugin_example"
NETWORK = re.compile(
    r"No matching distribution|Could not find a version|Temporary failure|Connection|ProxyError|SSLError"
)
MACHINE = {
    "StartAt": "Send",
    "States": {
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:eu-west-1:444455556666:function:send-report",
            "TimeoutSeconds": 60,
            "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}],
            "End": True,
        }
    },
}
LOCAL = '''
from asllint.rule import NOTE, Example, Finding, Rule


class {cls}(Rule):
    """Something that Acme does not want.

    ## Why it matters

    It is seen.

    ## What to do

    Nothing.
    """

    code = "{code}"
    name = "{name}"
    severity = NOTE
    invalid = (Example('{{"Type": «"Succeed"»}}'),)
    valid = (Example('{{"Type": "Fail"}}'),)

    def check_state(self, state):
        if state.type == "Succeed" or state.type == "Task":
            yield Finding(state.field("Type"), "seen by {name}")
'''


class Project:
    """A folder with a definition, and a folder that is on the path of modules as site-packages is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.site = folder / "site"
        self.cache = folder / "cache"
        self.folder.mkdir()
        self.site.mkdir()
        self.write("a.asl.json", json.dumps(MACHINE, indent=2))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def rule(self, path: str, code: str, name: str, extra: str = "") -> Path:
        cls = "".join(word.capitalize() for word in name.split("-"))
        return self.write(path, LOCAL.format(cls=cls, code=code, name=name) + extra)

    def install(self, name: str = "acme-asllint", points: str = "acme = acme_asllint", version: str = "1.2.0") -> Path:
        """Do what an installer does: the example's package, and the metadata of a distribution."""
        package = self.site / "acme_asllint"
        if not package.exists():
            shutil.copytree(EXAMPLE / "acme_asllint", package, ignore=shutil.ignore_patterns("__pycache__"))
        info = self.site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[asllint.rules]\n{points}\n")
        return package

    def run(self, *argv: str, cwd: str = ".", code: str | None = None) -> subprocess.CompletedProcess[str]:
        env = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "COLUMNS")}
        env |= {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(self.site)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "ASLLINT_CACHE_DIR": str(self.cache),
        }
        program = ["-m", "asllint"] if code is None else ["-c", code]
        return subprocess.run(
            [sys.executable, *program, *argv],
            cwd=self.folder / cwd,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    def findings(self, *argv: str, cwd: str = ".") -> list[tuple[str, str]]:
        """Return code and message of what is found."""
        done = self.run("check", "--no-cache", "--output-format", "json", *argv, cwd=cwd)
        assert done.stdout, done.stderr
        return [(each["code"], each["message"]) for each in json.loads(done.stdout)["findings"]]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


# -- a distribution


def test_its_rule_runs_where_the_configuration_names_it(project: Project) -> None:
    project.install()
    project.write("asllint.toml", 'plugins = ["Acme_ASLlint"]\nselect = ["acme"]\n')
    done = project.run("check", "--output-format", "concise")
    assert (done.returncode, done.stderr) == (1, "")
    column = next(line for line in json.dumps(MACHINE, indent=2).split("\n") if "4444" in line).index("4444") + 1
    assert done.stdout.startswith(f"a.asl.json:6:{column}: ACME001 warning `Send` calls a resource in the account")


def test_it_is_selected_set_and_suppressed_as_any_other(project: Project) -> None:
    project.install()
    head = 'plugins = ["acme-asllint"]\n'
    project.write("asllint.toml", head)
    assert "ACME001" in [code for code, _ in project.findings()]
    for selector in ("ACME001", "ACME", "ACME0", "acme", "foreign-account"):
        assert [code for code, _ in project.findings("--select", selector)] == ["ACME001"]
        assert "ACME001" not in [code for code, _ in project.findings("--ignore", selector)]
    project.write("asllint.toml", head + 'rules.foreign-account.accounts = ["444455556666"]\n')
    assert project.findings("--select", "acme") == []
    project.write("asllint.toml", head + "rules.foreign-account.account = []\n")
    assert "has no option `account`; it has `accounts`" in project.run("check").stderr
    project.write("asllint.toml", head + 'severity = { ACME001 = "error" }\nselect = ["acme"]\nfail-on = "error"\n')
    assert project.run("check").returncode == 1
    machine = json.loads(json.dumps(MACHINE))
    machine["States"]["Send"]["Comment"] = "asllint: ignore[ACME001] agreed"
    project.write("a.asl.json", json.dumps(machine))
    done = project.run("check", "--output-format", "json")
    assert json.loads(done.stdout)["summary"]["suppressed"] == 1


def test_its_page_and_metadata_are_shown(project: Project) -> None:
    project.install()
    project.write("asllint.toml", 'plugins = ["acme-asllint"]\n')
    page = project.run("rule", "acme001")
    assert page.stdout.startswith("# foreign-account (ACME001)\n\nA Task calls a resource in an AWS account")
    assert re.search(r"^- 1:56 `StateName` calls a resource in the account `444455556666`", page.stdout, re.M)
    assert project.run("rule", "foreign-account").stdout == page.stdout
    assert re.search(r"^ACME001  foreign-account +warning ", project.run("rule", "--all").stdout, re.M)
    assert "there is no rule ACME001" in project.run("rule", "--isolated", "ACME001").stderr
    sarif = json.loads(project.run("check", "--select", "acme", "--output-format", "sarif").stdout)["runs"][0]
    (rule,) = sarif["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("ACME001", "foreign-account")
    assert rule["shortDescription"]["text"].startswith("A Task calls")
    assert [result["ruleId"] for result in sarif["results"]] == ["ACME001"]
    shown = json.loads(project.run("check", "--show-settings", "--output-format", "json").stdout)
    assert shown["settings"][0]["plug-ins"] == ["plug-in `acme-asllint` 1.2.0"]
    graph = project.run("graph", "--findings", "--format", "json", "a.asl.json")
    assert "ACME001" in [finding["code"] for finding in json.loads(graph.stdout)["findings"]]


IMPORTED = """
import sys
from asllint.cli import main
status = main(sys.argv[1:])
print(sorted(name for name in sys.modules if name.split(".")[0] == "acme_asllint"
             or name in ("asllint.plugins", "importlib.metadata", "hashlib")), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("configuration", "argv"),
    [
        (None, []),
        ('ignore = ["iam"]\n', []),
        ("plugins = []\nrule-paths = []\n", []),
        ('plugins = ["acme-asllint"]\n', ["--isolated"]),
        ('plugins = ["acme-asllint"]\n', ["--config", "other.toml"]),
    ],
)
def test_what_is_not_configured_is_not_imported(project: Project, configuration: str | None, argv: list[str]) -> None:
    project.install()
    project.write("other.toml", "")
    if configuration is not None:
        project.write("asllint.toml", configuration)
        project.run("check", *argv)  # so that the configuration is known to be valid
    done = project.run("check", "a.asl.json", *argv, code=IMPORTED)
    assert done.stderr == "[]\n"
    assert "ACME001" not in done.stdout


def test_what_is_configured_is_imported(project: Project) -> None:
    project.install()
    project.write("asllint.toml", 'plugins = ["acme-asllint"]\n')
    assert "'acme_asllint.foreign_account', 'asllint.plugins'" in project.run("check", code=IMPORTED).stderr


def test_a_nested_configuration_loads_nothing(project: Project) -> None:
    project.install()
    marker = project.folder / "was-loaded"
    project.write("nested/rules/evil.py", f"open({str(marker)!r}, 'w').close()\n")
    project.write("nested/asllint.toml", 'plugins = ["acme-asllint"]\nrule-paths = ["rules"]\n')
    project.write("nested/a.asl.json", json.dumps(MACHINE))
    done = project.run("check", "--output-format", "concise", "nested")
    assert "ACME001" not in done.stdout + done.stderr
    assert not marker.exists()
    project.write("nested/asllint.toml", 'plugins = ["acme-asllint"]\nselect = ["ACME001"]\n')
    done = project.run("check")
    assert done.returncode == 2
    assert "`select`: no rule, group or prefix is called `ACME001`" in done.stderr
    assert "`plugins` and `rule-paths` count where asllint is started" in done.stderr
    # where the working directory's loads it, the nested one can speak of it; and started there, it loads
    project.write("asllint.toml", 'plugins = ["acme-asllint"]\n')
    assert project.findings("nested") == project.findings("--select", "acme", "nested") != []
    assert [code for code, _ in project.findings(cwd="nested")] == ["ACME001"]


def test_a_configuration_that_is_extended_names_them_too(project: Project) -> None:
    project.rule("shared/rules/local_one.py", "LOC001", "local-one")
    project.write("shared/base.toml", 'rule-paths = ["rules"]\n')
    project.write("asllint.toml", 'extend = "shared/base.toml"\nselect = ["local"]\n')
    assert project.findings() == [("LOC001", "seen by local-one")]
    project.write("asllint.toml", 'extend = "shared/base.toml"\nrule-paths = []\n')
    assert "LOC001" not in [code for code, _ in project.findings()]


# -- folders


def test_rules_of_a_folder_run_and_can_share_code(project: Project) -> None:
    project.rule("lint/rules/one.py", "LOC001", "local-one", "\nfrom ._words import WORD\nassert WORD\n")
    project.rule("lint/rules/two.py", "LOC002", "local-two")
    project.write("lint/rules/_words.py", "WORD = 'x'\n")
    project.write("lint/rules/test_rules.py", "raise SystemExit('a test is no rule')\n")
    project.write("lint/given.toml", 'rule-paths = ["lint/rules"]\nselect = ["local"]\n')
    assert [code for code, _ in project.findings("--config", "lint/given.toml")] == ["LOC001", "LOC002"]
    project.write("asllint.toml", 'rule-paths = ["lint/rules", "./lint/../lint/rules/"]\nselect = ["local"]\n')
    assert [code for code, _ in project.findings()] == ["LOC001", "LOC002"]


def test_two_folders_may_have_files_of_one_name(project: Project) -> None:
    project.rule("a/one.py", "LOC001", "local-one")
    project.rule("b/one.py", "LOC002", "local-two")
    project.write("asllint.toml", 'rule-paths = ["a", "b"]\nselect = ["LOC"]\n')
    assert [code for code, _ in project.findings()] == ["LOC001", "LOC002"]


# -- what fails


def failures(project: Project, *argv: str) -> list[str]:
    """Return what is said on standard error, with the findings of the others still there and exit status 2."""
    project.rule("good/good.py", "GOOD001", "good-rule")
    done = project.run("check", "--no-cache", "--output-format", "concise", *argv)
    assert done.returncode == 2, done.stdout
    assert "GOOD001 note seen by good-rule" in done.stdout
    assert "Traceback" not in done.stderr
    return [line.removeprefix("asllint: ") for line in done.stderr.splitlines()]


def test_what_cannot_be_loaded_is_named_and_the_rest_is_linted(project: Project) -> None:
    package = project.install()
    (package / "broken.py").write_text("import not_there_at_all\n")
    (package / "nothing.py").write_text("x = 1\n")
    project.install("empty-plugin", "", "0.1")
    project.write("lint/raises.py", "1 / 0\n")
    project.write("lint/leaves.py", "import sys\nsys.exit('bye')\n")
    project.write("lint/syntax.py", "def\n")
    project.write("void/readme.txt", "")
    project.write(
        "asllint.toml",
        'plugins = ["acme-asllint", "missing-plugin", "empty-plugin"]\nrule-paths = ["lint", "good", "void", "gone"]\n',
    )
    said = failures(project)
    rows = (
        ("plug-in `acme-asllint` 1.2.0: `acme_asllint.broken` cannot be loaded: ModuleNotFoundError", "(broken.py:1)"),
        ("plug-in `acme-asllint` 1.2.0: `acme_asllint.nothing` defines no rule", "begins with `_`"),
        ("plug-in `missing-plugin`: no such distribution is installed where asllint runs", sys.prefix),
        ("plug-in `empty-plugin` 0.1: it has no entry point in the group `asllint.rules`", "no rules"),
        ("rule file `lint/leaves.py`: cannot be loaded: SystemExit: bye", "(leaves.py:2)"),
        ("rule file `lint/raises.py`: cannot be loaded: ZeroDivisionError: division by zero", "(raises.py:1)"),
        ("rule file `lint/syntax.py`: cannot be loaded: SyntaxError", "line 1"),
        ("`rule-paths` names `void`: there is no rule file in it", ""),
        ("`rule-paths` names `gone`: it cannot be read: No such file or directory", ""),
    )
    assert len(said) == len(rows), said
    for line, (start, end) in zip(said, rows, strict=True):
        assert line.startswith(start)
        assert end in line
    # the rule of the plug-in that could be loaded runs too
    assert "ACME001" in [code for code, _ in project.findings()]
    assert project.run("rule", "ACME001").returncode == 2


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("ASL201", "local-one", "its code is `ASL201`: what begins with ASL is asllint's own"),
        ("ASLX001", "local-one", "what begins with ASL is asllint's own"),
        ("x-1", "local-one", "its code is `x-1`: a code is capital letters and digits"),
        ("LOC001", "Local_One", "its name is `Local_One`"),
        ("LOC001", "duplicate-key", "is left out: ASL0"),
        ("LOC001", "flow", "is left out: a group is called `flow` too"),
        (
            "GOOD001",
            "local-one",
            "is left out: GOOD001 `good-rule` of rule file `good/good.py` is called `GOOD001` too",
        ),
    ],
)
def test_a_clash_names_both(project: Project, code: str, name: str, said: str) -> None:
    project.write("asllint.toml", 'rule-paths = ["good", "lint"]\n')
    project.write("lint/one.py", LOCAL.format(cls="One", code=code, name=name))
    (line,) = failures(project)
    assert line.startswith("rule file `lint/one.py`: ")
    assert said in line
    if name == "duplicate-key":
        assert line.endswith("`duplicate-key` of asllint is called `duplicate-key` too")


def test_a_group_belongs_to_one_distribution(project: Project) -> None:
    project.install()
    project.install("acme-more", "acme = acme_asllint", "2")
    project.install("acme-flow", "flow = acme_asllint", "3")
    project.install("acme-odd", "Acme Rules = acme_asllint", "4")
    project.install("acme-class", "classes = acme_asllint:nothing", "5")
    project.write(
        "asllint.toml",
        'plugins = ["acme-asllint", "acme-more", "acme-flow", "acme-odd", "acme-class"]\nrule-paths = ["good"]\n',
    )
    more, flow, odd, cls = failures(project)
    assert (
        more == "plug-in `acme-more` 2: its entry point `acme` has the name of a group of plug-in `acme-asllint` 1.2.0"
    )
    assert flow == "plug-in `acme-flow` 3: its entry point `flow` has the name of a group of asllint"
    assert odd.startswith("plug-in `acme-odd` 4: `Acme Rules`, the name of its entry point,")
    assert cls.startswith("plug-in `acme-class` 5: `acme_asllint:nothing` cannot be loaded: AttributeError: ")


def test_an_entry_point_can_name_one_class_or_module(project: Project) -> None:
    project.install("one-class", "one = acme_asllint.foreign_account:ForeignAccount", "1")
    project.write("asllint.toml", 'plugins = ["one-class"]\nselect = ["one"]\n')
    assert [code for code, _ in project.findings()] == ["ACME001"]
    project.install("one-module", "module = acme_asllint.foreign_account", "1")
    project.write("asllint.toml", 'plugins = ["one-module"]\nselect = ["module"]\n')
    assert [code for code, _ in project.findings()] == ["ACME001"]


def test_names_of_rules_that_could_not_be_loaded_are_no_errors(project: Project) -> None:
    project.write(
        "asllint.toml",
        'plugins = ["missing-plugin"]\nrule-paths = ["good"]\nextend-select = ["ACME001", "acme"]\n'
        'severity = { ACME002 = "note" }\nrules.foreign-account.accounts = ["1"]\n',
    )
    machine = json.loads(json.dumps(MACHINE))
    machine["States"]["Send"]["Comment"] = "asllint: ignore[foreign-account] agreed"
    project.write("a.asl.json", json.dumps(machine))
    (line,) = failures(project, "--ignore", "ACME003")
    assert line.startswith("plug-in `missing-plugin`")
    assert "unknown-suppression" not in {code for code, _ in project.findings()}
    assert not [message for _, message in project.findings() if "foreign-account" in message]


CRASH = "\n    def check_scope(self, scope):\n        raise KeyError('boom')\n"


def test_a_crash_is_named(project: Project) -> None:
    package = project.install()
    path = package / "foreign_account.py"
    path.write_text(path.read_text() + CRASH)
    project.rule("good/good.py", "GOOD001", "good-rule")
    project.rule("lint/one.py", "LOC001", "local-one", CRASH)
    project.write(
        "asllint.toml", 'plugins = ["acme-asllint"]\nrule-paths = ["lint", "good"]\nextend-select = ["ALL"]\n'
    )
    done = project.run("check", "--no-cache", "--output-format", "concise")
    assert done.returncode == 2
    crashes = [line.partition("error ")[2] for line in done.stdout.splitlines() if " ASL000 error" in line]
    assert [re.sub(r"\.py:\d+", ".py", crash) for crash in crashes] == [
        "Rule ACME001 `foreign-account` of plug-in `acme-asllint` 1.2.0 failed on this file: KeyError: 'boom' "
        "(foreign_account.py). Its findings are missing here; ignore ACME001 to go on without it.",
        "Rule LOC001 `local-one` of rule file `lint/one.py` failed on this file: KeyError: 'boom' "
        "(one.py). Its findings are missing here; ignore LOC001 to go on without it.",
    ]
    assert "GOOD001 note" in done.stdout
    assert project.run("check", "--ignore", "ACME001,LOC001", "--exit-zero").returncode == 0


@pytest.mark.parametrize("does", ["yield 'a word'", "raise SystemExit(0)", "return 5", "self.check_scope(scope)"])
def test_what_a_rule_does_that_is_no_finding_is_a_crash(project: Project, does: str) -> None:
    extra = f"\n    def check_scope(self, scope):\n        {does}\n"
    project.rule("lint/one.py", "LOC001", "local-one", extra)
    project.write("asllint.toml", 'rule-paths = ["lint"]\nselect = ["local"]\n')
    assert [code for code, _ in project.findings()] == ["ASL000", "LOC001"]


def test_an_example_with_a_broken_mark_makes_no_page_and_no_traceback(project: Project) -> None:
    path = project.rule("lint/one.py", "LOC001", "local-one")
    path.write_text(path.read_text().replace("»", ""))
    project.write("asllint.toml", 'rule-paths = ["lint"]\n')
    done = project.run("rule", "LOC001")
    assert done.returncode == 2
    assert done.stderr.startswith("asllint: a page cannot be made: « without » in ")


# -- what the cache and other processes ask


def test_other_processes_load_the_same_rules(project: Project) -> None:
    project.install()
    project.rule("lint/one.py", "LOC001", "local-one")
    project.write("asllint.toml", 'plugins = ["acme-asllint"]\nrule-paths = ["lint"]\nselect = ["acme", "local"]\n')
    for name in "bcdef":
        project.write(f"{name}.asl.json", json.dumps(MACHINE))
    alone = project.run("check", "--no-cache", "--output-format", "json", "--jobs", "1")
    assert len(json.loads(alone.stdout)["findings"]) == 12
    assert project.run("check", "--no-cache", "--output-format", "json", "--jobs", "3").stdout == alone.stdout


def test_the_cache_forgets_when_a_rule_changes(project: Project) -> None:
    cache = project.folder / "cached"
    path = project.rule("lint/one.py", "LOC001", "local-one")
    project.write("asllint.toml", 'rule-paths = ["lint"]\nselect = ["local"]\n')
    for name in "bcdefghijk":
        project.write(f"{name}.asl.json", json.dumps(MACHINE))
    for word in ("seen by", "seen by", "noticed by"):
        path.write_text(path.read_text().replace("seen by", word))
        done = project.run("check", "--cache-dir", str(cache), "--output-format", "concise")
        assert done.stdout.count(f" note {word} local-one\n") == 11
    assert any(path.is_file() for path in cache.rglob("*"))


def test_the_identity_changes_with_any_file_of_the_rules(project: Project) -> None:
    from asllint.plugins import load

    project.rule("lint/one.py", "LOC001", "local-one")
    helper = project.write("lint/_words.py", "WORD = 1\n")

    def identity() -> str:
        return load(builtin(), (), [(str(project.folder / "lint"), "lint")]).identity

    first = identity()
    assert first == identity() != builtin().identity == ""
    helper.write_text("WORD = 2\n")
    assert identity() != first


# -- asllint.testing


def test_the_examples_of_a_folder_are_its_tests(project: Project) -> None:
    project.rule("tested/one.py", "LOC001", "local-one")
    (rule,) = rules_in(str(project.folder / "tested"))
    check_rule(rule)
    project.write("untested/bad.py", "1 / 0\n")
    with pytest.raises(RegistryError, match=r"bad\.py`: cannot be loaded: ZeroDivisionError"):
        rules_in(str(project.folder / "untested"))


def declared(**changes: object) -> type[Rule]:
    body = {"__doc__": "A rule.\n\n## Why\n", "code": "LOC001", "name": "one", "severity": "note", **changes}
    return type("One", (Rule,), body)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": 1}, "its code is `1`"),
        ({"code": "LOC"}, "its code is `LOC`"),
        ({"name": None}, "its name is `None`"),
        ({"severity": "fatal"}, "its severity is `fatal`"),
        ({"__doc__": None}, "it has no docstring"),
        ({"concerns": "Task"}, "its `concerns`"),
        ({"aws_code": 3}, "its `aws_code`"),
        ({"default": None}, "its `default`"),
        ({"precision": "exact"}, "its precision is `exact`"),
        ({"security_severity": 11}, "its `security_severity` is `11`"),
        ({"options": ["a"]}, "its `options`"),
        ({"options": {"Max": Option(1, "")}}, "its option `Max`"),
        ({"options": {"max": 1}}, "its option `max`"),
    ],
)
def test_a_declaration_that_is_wrong_is_named(changes: dict[str, object], said: str) -> None:
    from asllint.plugins import problem

    assert problem(declared()) is None
    assert said in (problem(declared(**changes)) or "")
    with pytest.raises(AssertionError, match=re.escape(said)):
        check_rule(declared(**changes))


def test_the_examples_of_the_plugin_are_its_tests(project: Project) -> None:
    project.install()
    shutil.copytree(EXAMPLE / "tests", project.folder / "tests")
    code = "import sys, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', 'tests']))"
    done = project.run(code=code)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    path = project.site / "acme_asllint" / "foreign_account.py"
    path.write_text(path.read_text().replace("«444455556666»", "444455556666"))
    done = project.run(code=code)
    assert done.returncode == 1
    assert "foreign-account: an invalid example marks nothing" in done.stdout


@pytest.mark.slow
def test_it_installs_with_pip_and_its_rule_runs(project: Project, tmp_path: Path) -> None:
    """The real thing: asllint and the example in an environment of their own."""
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env |= {"ASLLINT_CACHE_DIR": str(project.cache), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    binaries = venv / ("Scripts" if os.name == "nt" else "bin")
    sources = []
    for source, name in ((ROOT, "asllint"), (EXAMPLE, "example")):  # a build leaves files beside what it builds
        ignored = shutil.ignore_patterns(
            ".git", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "*.egg-info", "tests"
        )
        shutil.copytree(source, tmp_path / name, ignore=ignored)
        sources.append(str(tmp_path / name))
    done = subprocess.run(
        [str(binaries / "pip"), "install", "--quiet", *sources], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode and NETWORK.search(done.stderr):
        pytest.skip("what asllint needs could not be installed: " + done.stderr[-300:])
    assert done.returncode == 0, done.stderr

    def check(*argv: str) -> subprocess.CompletedProcess[str]:
        command = [str(binaries / "asllint"), "check", "--no-cache", "--output-format", "concise", *argv]
        return subprocess.run(command, cwd=project.folder, env=env, capture_output=True, text=True, check=False)

    assert "ACME001" not in check().stdout
    project.write("asllint.toml", 'plugins = ["acme-asllint"]\nselect = ["acme"]\n')
    done = check()
    assert done.returncode == 1, done.stderr
    assert "ACME001 warning" in done.stdout
    found = "import acme_asllint.foreign_account as m; print(m.__file__)"
    where = subprocess.run(
        [binaries / "python", "-c", found], env=env, capture_output=True, text=True, check=True
    ).stdout
    path = Path(where.strip())
    assert venv in path.parents
    path.write_text(path.read_text() + textwrap.dedent(CRASH).replace("\n", "\n    "))
    done = check()
    assert done.returncode == 2
    assert "Rule ACME001 `foreign-account` of plug-in `acme-asllint` 1.2.0 failed on this file: KeyError" in done.stdout
