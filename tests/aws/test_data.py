"""The shipped data is what the tool makes of the facts."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_data_is_made_from_the_facts(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = shared / "facts"
    if not facts.is_dir():
        pytest.skip("no facts beside the project")
    spec = importlib.util.spec_from_file_location("build_integrations", ROOT / "tools" / "build_integrations.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "TARGET", str(tmp_path))
    tool.main(str(facts / "integrations.yaml"), str(facts / "aws-field-tables.json"))
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(made) == ["errors.py", "iam.py", "optimized.py", "sdk.py"]
    shipped = ROOT / "asllint" / "aws" / "data"
    assert {name: (shipped / name).read_bytes() for name in made} == made
