"""The import contracts of pyproject.toml: they hold, and each of them sees a breach."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS, DRAWN, KNOWN, APART, PARTICULAR = (contract["name"] for contract in CONTRACTS)

pytest.importorskip("importlinter")

# file, the line that is added to it, the contract that it breaks
BREACHES = [
    ("asllint/source/text.py", "from asllint.model import State", LAYERS),
    ("asllint/source/json.py", "import asllint.aws.catalog", LAYERS),
    ("asllint/aws/resource.py", "from asllint.model.machine import Scope", LAYERS),
    ("asllint/expr/jsonpath.py", "from asllint.model import State", LAYERS),
    ("asllint/expr/jsonpath.py", "import asllint.aws.catalog", LAYERS),
    ("asllint/model/names.py", "from asllint.rule import Finding", LAYERS),
    ("asllint/rule.py", "def f():\n    from asllint.registry import builtin", LAYERS),
    ("asllint/settings.py", "from asllint.engine import lint", LAYERS),
    ("asllint/engine.py", "from asllint.report import render", LAYERS),
    ("asllint/report/json.py", "from asllint.engine import lint", LAYERS),
    ("asllint/page.py", "from asllint.cli import main", LAYERS),
    ("asllint/engine.py", "from asllint.diagram import render", LAYERS),
    ("asllint/diagram/drawing.py", "from asllint.engine import lint", DRAWN),
    ("asllint/diagram/svg.py", "from asllint.registry import builtin", DRAWN),
    ("asllint/new_module.py", "", LAYERS),
    ("rules/flow/x.py", "from asllint.engine import lint", KNOWN),
    ("rules/flow/x.py", "from asllint.result import Report", KNOWN),
    ("rules/flow/x.py", "import rules.flow.missing_transition_target", APART),
    ("rules/flow/x.py", "from rules.errors import infinite_retry_risk", APART),
    ("asllint/model/names.py", "from rules.flow import missing_transition_target", PARTICULAR),
    ("asllint/registry.py", "import rules.flow.missing_transition_target", PARTICULAR),
]


def run(folder: Path) -> tuple[int, set[str]]:
    """Return the exit status of import-linter, and the contracts that it says are broken."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return done.returncode, set(re.findall(r"^(.+?) BROKEN$", done.stdout, re.MULTILINE))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("asllint", "rules"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_they_hold() -> None:
    assert run(ROOT) == (0, set())


@pytest.mark.parametrize(("file", "line", "contract"), BREACHES)
def test_a_breach_is_seen(tree: Path, file: str, line: str, contract: str) -> None:
    path = tree / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        status, broken = run(tree)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
    assert status == 1
    assert contract in broken


def test_each_contract_has_a_breach() -> None:
    assert {contract for _, _, contract in BREACHES} == {contract["name"] for contract in CONTRACTS}


def test_rules_are_forbidden_all_that_they_need_not_know() -> None:
    modules = {
        path.stem for path in (ROOT / "asllint").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    (forbidden,) = (set(c["forbidden_modules"]) for c in CONTRACTS if c["name"] == KNOWN)
    allowed = {"__init__", "aws", "expr", "model", "rule", "source"}
    assert forbidden == {f"asllint.{module}" for module in modules - allowed}


def test_no_file_imports_the_installed_name_of_the_rules() -> None:
    # import-linter knows the folder as `rules`, and would not see this
    statement = re.compile(
        r"^\s*(from asllint\.rules\b|import asllint\.rules\b|from asllint import rules\b)", re.MULTILINE
    )
    files = [*(ROOT / "asllint").rglob("*.py"), *(ROOT / "rules").rglob("*.py")]
    assert not [str(path.relative_to(ROOT)) for path in files if statement.search(path.read_text(encoding="utf-8"))]
