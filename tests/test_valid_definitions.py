"""Definitions that use every field in a way that AWS documents or is known to accept: no error, and no warning unawares.

A false error is the worst defect of a linter, so these are many and unusual: `fixtures/valid`, one subject a file.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from asllint.engine import lint
from asllint.model.machine import WorkflowType
from asllint.registry import builtin
from asllint.settings import Settings

FILES = sorted((Path(__file__).parent / "fixtures" / "valid").glob("*.asl.*"))

OF_GROUPS = ("ASL0", "ASL1", "ASL2", "ASL3", "ASL6")
"""Groups whose warnings are listed. What expressions and payloads come to when they run is beside the point here: no
input is given, and a variable that is never read is no slip of these files; errors count in every group."""

WARNED = {
    # file: the warnings and notes that are right there, though AWS accepts the definition
    "distributed-fields-inline.asl.json": ["ASL123", "ASL123"],
    "empty-name.asl.json": ["ASL117"],
    "numbers-as-floats.asl.json": ["ASL301"],
    "unusual-names.asl.json": ["ASL117"],
}


@pytest.mark.parametrize("workflow_type", ["standard", None])
@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_valid_definition_has_no_error(path: Path, workflow_type: WorkflowType | None) -> None:
    settings = Settings()
    settings.workflow_type = workflow_type
    report = lint(path.name, path.read_bytes(), settings, builtin())
    assert report.files and not report.failed, [d.message for d in report.diagnostics] or report.skipped
    wrong = [d.full_message for d in report.diagnostics if d.severity == "error" or d.rejected_by_aws]
    assert not wrong
    shown = [d.code for d in report.diagnostics if d.suppressed is None and d.code.startswith(OF_GROUPS)]
    assert shown == WARNED.get(path.name, []), [d.full_message for d in report.diagnostics]


def test_every_file_with_a_warning_is_there() -> None:
    assert set(WARNED) <= {path.name for path in FILES}
    assert len(FILES) >= 60
