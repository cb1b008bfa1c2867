"""Tests of what a run hands to the reports."""

from __future__ import annotations

import pickle

from asllint.result import Diagnostic


def diagnostic(details: object) -> Diagnostic:
    return Diagnostic("x.asl.json", None, "ASL701", "iam-permissions", "note", "m", 0, 1, details=details)  # type: ignore[arg-type]


def test_details_are_made_once_when_they_are_asked_for() -> None:
    asked = []

    def details() -> str:
        asked.append(1)
        return "the statements"

    found = diagnostic(details)
    assert asked == []
    assert found.details == found.details == "the statements"
    assert asked == [1]


def test_a_crash_in_making_details_leaves_the_report_whole() -> None:
    assert diagnostic(lambda: 1 // 0).details == (
        "The details cannot be given: ZeroDivisionError: integer division or modulo by zero"
    )


def test_a_diagnostic_goes_to_another_process_with_its_details() -> None:
    sent = pickle.loads(pickle.dumps(diagnostic(lambda: "the statements")))
    assert sent.details == "the statements"
    assert (sent.file, sent.code, sent.span, sent.baselined) == ("x.asl.json", "ASL701", (0, 1), False)
