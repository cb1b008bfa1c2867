"""What is no whole machine: a bare States map, one state, a text cut off anywhere. Nothing is said of what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import builtin
from asllint.result import Diagnostic
from asllint.settings import Settings

EXAMPLES = Path(__file__).parent / "examples"
REGISTRY = builtin()

WHOLE = (
    "invoice-import.asl.json",
    "order-saga.asl.json",
    "sagemaker/retrain-on-drift.asl.json",
    "enrich-event.asl.json",
)
CUT_AT_ANY_PLACE = (*WHOLE, "payment-steps.fragment.asl.json")


def found(text: str) -> list[Diagnostic]:
    settings = Settings()
    settings.ignore = ("iam",)
    return lint("x.asl.json", text.encode(), settings, REGISTRY, judged=True).diagnostics


def machine(name: str) -> tuple[str, dict[str, Any]]:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    return text, json.loads(text)


@pytest.mark.parametrize("name", WHOLE)
def test_a_bare_states_map(name: str) -> None:
    text, whole = machine(name)
    states = json.dumps(whole["States"], indent=2)
    said = {d.message for d in found(text)}
    assert [d.message for d in found(states) if d.message not in said] == []
    # the defects in it are found, but for what the rest of the machine may hold
    (first, *_) = whole["States"].values()
    first["Nxet"] = 1
    assert [d.code for d in found(json.dumps(whole["States"])) if d.message not in said] == ["ASL103"]


@pytest.mark.parametrize("name", WHOLE)
def test_one_state_alone(name: str) -> None:
    text, whole = machine(name)
    said = {(d.code, d.name) for d in found(text)}
    for state in whole["States"].values():
        assert [d.message for d in found(json.dumps(state)) if (d.code, d.name) not in said] == []
        state["Nxet"] = 1
        new = [d.code for d in found(json.dumps(state)) if (d.code, d.name) not in said]
        assert new == ["ASL103"]


@pytest.mark.parametrize("name", CUT_AT_ANY_PLACE)
def test_a_text_cut_off(name: str) -> None:
    """One syntax finding at the end of the text, and besides it only what is found in the whole text too."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    whole = {(d.code, d.start, d.end) for d in found(text)}
    for at in [*range(50, len(text.rstrip()), 50), *range(1, len(text.rstrip()), 331)]:
        cut = text[:at]
        syntax = [d for d in found(cut) if d.code == "ASL001"]
        end = len(cut.rstrip())
        assert [(d.start, d.end) for d in syntax] == [(end, end)], cut[-60:]
        others = [d.message for d in found(cut) if d.code != "ASL001" and (d.code, d.start, d.end) not in whole]
        assert others == [], cut[-60:]


@pytest.mark.parametrize(
    "end",
    [
        '"Resource": "arn:aws:states:::lambda:inv',
        '"Resource": "arn:aws:',
        '"Type": "Ta',
        '"TimeoutSeconds": 0',
        '"TimeoutSeconds": -',
        '"TimeoutSeconds": ${Time',
        '"End": tr',
        '"Next": "Gho',
        '"QueryLanguage": "JSON',
        '"QueryLanguage": "JSONata", "Output": "{% $states.in',
        '"Parameters": {"a.$": "States.Format(',
        '"Retry": [{"ErrorEquals": ["States.ALL", ',
        '"Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 500000000',
    ],
)  # fmt: skip
def test_a_value_cut_off_in_the_middle_is_not_judged(end: str) -> None:
    text = '{"StartAt": "A", "States": {"B": {"Type": "Fail"}, "A": {"Type": "Task", ' + end
    if end.startswith('"Type"'):
        text = text.replace('"Type": "Task", ', "")
    assert [d.code for d in found(text)] == ["ASL001"]
    defect = text.replace('"Type": "Fail"', '"Type": "Fail", "Eror": "E"')
    assert sorted(d.code for d in found(defect)) == ["ASL001", "ASL103"], "what stands before is judged"


@pytest.mark.parametrize("language", ["", '"QueryLanguage": "JSONPath", '])
def test_the_query_language_may_stand_in_what_is_cut_off(language: str) -> None:
    state = '"Type": "Pass", "Output": "{% $states.input %}", "Next": "B"'
    text = f'{{{language}"StartAt": "A", "States": {{"A": {{{state}'
    assert [d.code for d in found(text)] == ["ASL001"], "QueryLanguage of the state"
    closed = [d.code for d in found(text + "}, ")]
    assert closed == (["ASL001"] if not language else ["ASL104", "ASL001"]), "QueryLanguage of the machine"
    assert "ASL104" in [d.code for d in found(text + '}, "B": {"Type": "Succeed"}}}')]
