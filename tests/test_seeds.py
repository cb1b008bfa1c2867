"""The examples that the product began with: AWS's page on SageMaker, as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from asllint.engine import lint
from asllint.registry import builtin
from asllint.result import Diagnostic
from asllint.settings import Settings


def findings(shared: Path, name: str) -> list[Diagnostic]:
    path = shared / "seeds" / name
    return lint(name, path.read_bytes(), Settings(), builtin(), judged=True).diagnostics


def test_transform_job_ends_inside_the_object_opened_first(shared: Path) -> None:
    found = findings(shared, "transform-job.fragment.asl.json")
    static, syntax = (d for d in found if d.severity != "note")
    assert (static.code, syntax.code) == ("ASL621", "ASL001")
    assert syntax.text is not None
    content = syntax.text.content
    assert syntax.span == (len(content.rstrip()),) * 2, "an empty span at the end of the text"
    assert [syntax.text.position(related.start) for related in syntax.related] == [(1, 1)]
    assert [d.code for d in found if d not in (static, syntax)] == ["ASL701"]


@pytest.mark.parametrize("name", ["training-job.fragment.asl.json", "labeling-job.asl.json", "processing-job.asl.json"])
def test_the_others_have_no_error_and_a_hint_at_their_task(shared: Path, name: str) -> None:
    found = findings(shared, name)
    assert [d for d in found if d.severity == "error"] == []
    (hint,) = [d for d in found if d.code == "ASL701"]
    assert hint.text is not None
    assert "sagemaker:create" in hint.text.content[hint.start : hint.end]
    assert "iam:PassRole" in hint.full_message
    assert "events:PutTargets" in hint.full_message


def test_the_two_dangerous_retriers_of_the_training_job(shared: Path) -> None:
    found = [d for d in findings(shared, "training-job.fragment.asl.json") if d.code == "ASL301"]
    assert [d.text.content[d.start : d.end] for d in found if d.text] == ["100", "5000"]
    assert "1 d 14 h 16 min" in found[0].message
    assert "5,000 retries over 3 d 11 h 20 min" in found[1].message


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # the Fail state that nothing leads to, and the name that is the same in every execution
        ("labeling-job.asl.json", ["ASL204", "ASL621", "ASL701"]),
        ("processing-job.asl.json", ["ASL204", "ASL701"]),
    ],
)
def test_nothing_else_is_said_of_them(shared: Path, name: str, expected: list[str]) -> None:
    assert sorted(d.code for d in findings(shared, name)) == expected
