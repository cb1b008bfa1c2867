"""What pyproject.toml says is shipped, compared with the tree."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import asllint

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
CODE = {ROOT / "asllint": "asllint", ROOT / "rules": "asllint.rules"}


def packages() -> dict[str, Path]:
    """Return the packages of the tree by the name that they are installed under."""
    out = {}
    for top, name in CODE.items():
        for init in top.rglob("__init__.py"):
            out[".".join([name, *init.parent.relative_to(top).parts])] = init.parent
    return out


def test_every_package_is_listed() -> None:
    assert SETUPTOOLS["packages"] == sorted(packages())
    assert SETUPTOOLS["package-dir"] == {"asllint.rules": "rules"}


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for top in CODE for path in top.rglob("*.py")}
    assert folders == set(packages().values())


def test_every_data_file_is_listed() -> None:
    listed = SETUPTOOLS["package-data"]
    for name, folder in packages().items():
        data = [path.name for path in folder.iterdir() if path.is_file() and path.suffix not in (".py", ".pyc", ".md")]
        missing = [file for file in data if not any(fnmatch(file, glob) for glob in listed.get(name, ()))]
        assert not missing, name
    for name, globs in listed.items():
        for glob in globs:
            assert list(packages()[name].glob(glob)), f"{glob} of {name} matches nothing"


def test_the_version_is_a_constant_that_the_changelog_knows() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert SETUPTOOLS["dynamic"]["version"] == {"attr": "asllint.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", asllint.__version__)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(asllint.__version__)}\]", changelog, re.MULTILINE)


def test_the_licence_is_shipped() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    for file in PROJECT["project"]["license-files"]:
        assert "Apache License" in (ROOT / file).read_text(encoding="utf-8")
