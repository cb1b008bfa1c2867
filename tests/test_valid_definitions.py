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

OF_GROUPS = ("ASL0", "ASL1", "ASL2", "ASL3", "ASL6", "ASL8")
"""Groups whose warnings are listed. What expressions and payloads come to when they run is beside the point here: no
input is given, and a variable that is never read is no slip of these files; errors count in every group."""

WARNED = {
    # file: the warnings and notes that are right there, though AWS accepts the definition
    "activities-and-partitions.asl.json": ["ASL322"],
    "aws-sdk-callback.asl.json": ["ASL323", "ASL322"],
    "aws-sdk-services.asl.json": ["ASL617", "ASL617"],
    "choice-jsonata.asl.json": ["ASL204"],
    "choice-operators.asl.json": ["ASL209", "ASL209", "ASL209", "ASL209", "ASL209"],
    "choice-without-default.asl.yaml": ["ASL619"],
    "credentials-three-forms.asl.json": ["ASL630"],
    "distributed-fields-inline.asl.json": ["ASL123", "ASL123"],
    "empty-name.asl.json": ["ASL117"],
    "integrations-request-response.asl.json": ["ASL617"],
    "integrations-sync.asl.json": ["ASL322", "ASL322", "ASL322"],
    "loops-with-a-way-out.asl.yaml": ["ASL322"],
    "map-endless-inside.asl.json": ["ASL212"],
    "numbers-as-floats.asl.json": ["ASL301", "ASL320"],
    "only-a-fail-state-ends-it.asl.json": ["ASL214"],
    "own-error-names.asl.json": ["ASL316", "ASL316", "ASL302"],
    "reader-list-objects.asl.yaml": ["ASL808"],
    "retry-and-catch-on-container-states.asl.json": ["ASL302", "ASL302", "ASL304"],
    "task-every-field.asl.json": ["ASL323", "ASL630", "ASL215"],
    "unusual-names.asl.json": ["ASL117"],
    "wait-all-four.asl.yaml": ["ASL801"],
    "wait-timestamps.asl.json": ["ASL801", "ASL801", "ASL801", "ASL801"],
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
