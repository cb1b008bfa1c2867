"""The rules on Choice states beyond their examples: exact spans, severities, second places, and what they keep silent on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import Entry, Registry, scan
from asllint.result import Diagnostic
from asllint.settings import Settings
from asllint.testing import strip_marks

CODES = ("ASL204", "ASL207", "ASL208", "ASL209", "ASL210", "ASL211", "ASL902")
RULES = Registry(
    Entry(rule.code, rule.name, rule.__module__.split(".")[-2], rule.__module__, True, rule.concerns)
    for rule in scan()
    if rule.code in CODES
)


def check(text: str, language: str = "json") -> list[Diagnostic]:
    report = lint(f"x.asl.{language}", text.encode(), Settings(), RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


def spans(marked: str, language: str = "json") -> list[tuple[str, str]]:
    """The codes and severities of what is found, in the order of the text; it must stand where the marks are."""
    text, wanted = strip_marks(marked)
    diagnostics = sorted(check(text, language), key=lambda d: d.span)
    assert [text[slice(*d.span)] for d in diagnostics] == [text[slice(*span)] for span in wanted]
    assert [d.span for d in diagnostics] == wanted
    return [(d.code, d.severity) for d in diagnostics]


def state(rules: str, default: str = '"Default": "D", ') -> str:
    return f'{{"Type": "Choice", {default}"Choices": [{rules}]}}'


def conditions(*texts: str, default: str = '"Default": "D", ') -> str:
    rules = ", ".join(f'{{"Condition": "{{% {text} %}}", "Next": "S{i}"}}' for i, text in enumerate(texts))
    return f'{{"Type": "Choice", "QueryLanguage": "JSONata", {default}"Choices": [{rules}]}}'


WARNING, NOTE = "warning", "note"

# -- contradictions


@pytest.mark.parametrize(
    "rules",
    [
        '{"And": [{"Variable": "$.a", "IsPresent": false}, {"Variable": "$.a", "StringEquals": «"x"»}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "IsNull": true}, {"Variable": "$.a", "NumericEquals": «1»}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "IsString": true}, {"Variable": "$.a", "BooleanEquals": «true»}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "NumericGreaterThan": 5}, {"Variable": "$.b", "IsNull": true}, '
        '{"Variable": "$.a", "NumericLessThan": «5»}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "StringMatches": "a*"}, {"Variable": "$.a", "StringMatches": «"b*"»}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "StringMatches": "*.csv"}, {"Variable": "$.a", "StringEquals": «"x.txt"»}], "Next": "A"}',
        '{"And": [{"Variable": "$.t", "TimestampLessThan": "2026-01-01T00:00:00Z"}, '
        '{"Variable": "$.t", "TimestampGreaterThan": «"2026-02-01T00:00:00+01:00"»}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "StringEquals": "x"}, {«"Not"»: {"Variable": "$.a", "StringEquals": "x"}}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "StringGreaterThan": "m"}, {"Variable": "$.a", "StringLessThan": «"b"»}], "Next": "A"}',
        '{"Variable": "$.a", "StringLessThan": «""», "Next": "A"}',
        '{"Or": [{"And": [{"Variable": "$.a", "NumericLessThan": 1}, {"Variable": "$.a", "NumericGreaterThan": «2»}]}, '
        '{"Variable": "$.b", "IsNull": true}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "NumericLessThanPath": "$.b"}, '
        '{«"Not"»: {"Variable": "$.a", "NumericLessThanPath": "$.b"}}], "Next": "A"}',
    ],
)
def test_a_contradiction(rules: str) -> None:
    assert spans(state(rules)) == [("ASL207", WARNING)]


def test_a_contradiction_in_jsonata() -> None:
    marked = conditions("$states.input.a = 'x' and «$states.input.a = 'y'»", "$n > 5")
    assert spans(marked) == [("ASL207", WARNING)]
    assert spans(conditions("$n in [1, 2] and «$n = 3»")) == [("ASL207", WARNING)]
    assert spans(conditions("$exists($n) and $n > 1 and «$n <= 1»")) == [("ASL207", WARNING)]


def test_the_other_condition_is_shown() -> None:
    (found,) = check(
        state(
            '{"And": [{"Variable": "$.a", "StringEquals": "x"}, {"Variable": "$.a", "StringEquals": "y"}], "Next": "A"}'
        )
    )
    assert (
        found.message
        == '`StringEquals: "y"` excludes `StringEquals: "x"`, which must hold as well: the rule is never taken.'
    )
    assert len(found.related) == 1


# -- always true


@pytest.mark.parametrize(
    "rules",
    [
        '{"Or": [{"Variable": "$.a", "IsPresent": true}, {"Variable": "$.a", "IsPresent": «false»}], "Next": "A"}',
        '{"Or": [{"Variable": "$.a", "StringEquals": "x"}, {«"Not"»: {"Variable": "$.a", "StringEquals": "x"}}], "Next": "A"}',
        '{"And": [{"Or": [{"Not": {"Variable": "$.a", "StringEquals": "x"}}, '
        '{«"Not"»: {"Variable": "$.a", "NumericEquals": 1}}]}, {"Variable": "$.b", "IsNull": true}], "Next": "A"}',
    ],
)
def test_always_true(rules: str) -> None:
    assert spans(state(rules)) == [("ASL208", WARNING)]


def test_what_is_behind_an_always_true_rule_is_shown_once() -> None:
    (found,) = check(
        state(
            '{"Or": [{"Variable": "$.a", "IsPresent": true}, {"Variable": "$.a", "IsPresent": false}], "Next": "A"}, '
            '{"Variable": "$.b", "IsNull": true, "Next": "B"}'
        )
    )
    assert found.code == "ASL208"
    assert [place.message for place in found.related] == ["the other condition", "never reached", "never reached"]


# -- shadowed


@pytest.mark.parametrize(
    ("rules", "severity"),
    [
        (
            '{"Variable": "$.a", "IsNull": true, "Next": "A"}, {"Variable": "$.a", "IsNull": «true», "Next": "B"}',
            WARNING,
        ),
        ('{"Variable": "$.a", "IsNull": true, "Next": "A"}, {"Variable": "$.a", "IsNull": «true», "Next": "A"}', NOTE),
        (
            '{"Variable": "$.a", "IsString": true, "Next": "A"}, {"Variable": "$.a", "StringMatches": «"x*"», "Next": "B"}',
            WARNING,
        ),
        (
            '{"Variable": "$.a", "NumericLessThan": 5, "Next": "A"}, {"Variable": "$.a", "NumericGreaterThanEquals": 5, "Next": "B"}, '
            '{"Variable": "$.a", "IsNumeric": «true», "Next": "C"}',
            WARNING,
        ),
        (
            '{"Variable": "$.a", "StringEquals": "x", "Next": "A"}, '
            '{«"And"»: [{"Variable": "$.a", "StringEquals": "x"}, {"Variable": "$.b", "IsNull": true}], "Next": "B"}',
            WARNING,
        ),
        (
            '{"Or": [{"Variable": "$.a", "StringEquals": "x"}, {"Variable": "$.a", "StringEquals": "y"}], "Next": "A"}, '
            '{"Variable": "$.a", "StringEquals": «"y"», "Next": "B"}',
            WARNING,
        ),
        (
            '{"Variable": "$.a", "StringEquals": "${X}", "Next": "A"}, {"Variable": "$.a", "StringEquals": «"${X}"», "Next": "B"}',
            WARNING,
        ),
    ],
)
def test_shadowed(rules: str, severity: str) -> None:
    assert spans(state(rules)) == [("ASL209", severity)]


def test_shadowed_in_jsonata() -> None:
    text = conditions("$n > 1", "$n > 5").replace('"{% $n > 5 %}"', '«"{% $n > 5 %}"»')
    assert spans(text) == [("ASL209", WARNING)]


@pytest.mark.parametrize(
    ("following", "cure"), [("B", "Correct one of the two, or delete this one."), ("A", "Delete it.")]
)
def test_of_two_that_are_the_same_none_is_narrower(following: str, cure: str) -> None:
    same = '{"Variable": "$.s", "StringEquals": "x", "Next": '
    (finding,) = check(state(f'{same}"A"}}, {same}"{following}"}}'))
    assert (finding.code, finding.cure) == ("ASL209", cure)


def test_what_fails_before() -> None:
    rules = (
        '{"Variable": "$.a", "StringEquals": "x", "Next": "A"}, {"Variable": "$.a", "IsPresent": «false», "Next": "B"}'
    )
    assert spans(state(rules)) == [("ASL209", WARNING)]
    (found,) = check(strip_marks(state(rules))[0])
    assert "fails the execution" in found.message
    text = (
        conditions("$n < 5", "$n >= 5", "$n = 'x'", default="")
        .replace('"{% $n = ', '«"{% $n = ')
        .replace("'x' %}\"", "'x' %}\"»")
    )
    assert spans(text) == [("ASL209", WARNING)]


# -- gaps


def machine(choice: str) -> str:
    return (
        f'{{"StartAt": "C", "States": {{"C": {choice}, "A": {{"Type": "Succeed"}}, "B": {{"Type": "Succeed"}}, '
        '"D": {"Type": "Succeed"}}}'
    )


@pytest.mark.parametrize(
    ("rules", "severity", "words"),
    [
        ('{"Variable": "$.a", "BooleanEquals": true, "Next": "A"}', WARNING, "`$.a` is `false`"),
        (
            '{"Variable": "$.a", "NumericLessThan": 5, "Next": "A"}, {"Variable": "$.a", "NumericGreaterThan": 5, "Next": "B"}',
            WARNING,
            "`$.a` is `5`",
        ),
        ('{"Variable": "$.a", "NumericGreaterThanEquals": 5, "Next": "A"}', WARNING, "is less than 5"),
        ('{"Variable": "$.a", "IsPresent": true, "Next": "A"}', WARNING, "`$.a` is missing"),
        (
            '{"And": [{"Variable": "$.a", "IsPresent": true}, {"Variable": "$.a", "BooleanEquals": true}], "Next": "A"}',
            WARNING,
            "is `false` or missing",
        ),
        ('{"Variable": "$.a", "StringEquals": "x", "Next": "A"}', NOTE, "is another string"),
        (
            '{"Variable": "$.t", "TimestampLessThan": "2026-01-01T00:00:00Z", "Next": "A"}, '
            '{"Variable": "$.t", "TimestampGreaterThan": "2026-01-01T00:00:00Z", "Next": "B"}',
            WARNING,
            "is at another time",
        ),
    ],
)
def test_a_gap(rules: str, severity: str, words: str) -> None:
    text = machine(state(rules, ""))
    (found,) = [d for d in check(text) if d.code == "ASL210"]
    assert text[slice(*found.span)] == '"C"'
    assert (found.severity, found.pointer) == (severity, "/States/C")
    assert words in found.message


@pytest.mark.parametrize(
    "rules",
    [
        '{"Variable": "$.a", "BooleanEquals": true, "Next": "A"}, {"Variable": "$.a", "BooleanEquals": false, "Next": "B"}',
        '{"Variable": "$.a", "NumericLessThanEquals": 5, "Next": "A"}, {"Variable": "$.a", "NumericGreaterThanEquals": 6, "Next": "B"}',
        '{"Variable": "$.a", "NumericEquals": 0, "Next": "A"}, {"Variable": "$.a", "NumericGreaterThan": 0, "Next": "B"}',
        '{"Variable": "$.a", "StringEquals": "x", "Next": "A"}, {"Variable": "$.a", "StringMatches": "*", "Next": "B"}',
        '{"Variable": "$.a", "BooleanEquals": true, "Next": "A"}, {"Variable": "$.b", "BooleanEquals": true, "Next": "B"}',
        '{"Variable": "$.a", "BooleanEquals": true, "Next": "A"}, {"Variable": "$.a", "NumericEqualsPath": "$.b", "Next": "B"}',
        '{"Variable": "$.a", "BooleanEquals": true, "Next": "A"}, {"Variable": "$.a", "StringEquals": "${X}", "Next": "B"}',
        '{"Variable": "$.a", "BooleanEquals": true, "Next": "A"}, ${Further}',
    ],
)
def test_no_gap(rules: str) -> None:
    assert check(machine(state(rules, ""))) == []


# -- Default


def test_a_default_behind_a_constant() -> None:
    text = conditions("$a > 1", "true").replace('"Default": "D"', '"Default": «"D"»')
    assert spans(text) == [("ASL211", WARNING)]
    assert check(conditions("$a > 1", "true", default="")) == []


def test_a_default_that_a_rule_leads_to_as_well() -> None:
    rules = '{"Variable": "$.a", "IsPresent": true, "Next": "D"}, {"Variable": "$.a", "IsPresent": false, "Next": "B"}'
    assert check(state(rules)) == []


@pytest.mark.parametrize(
    ("default", "start", "expected"),
    [
        ("Bad", "C", []),
        ("Alone", "C", [("ASL211", WARNING)]),
        ("Shared", "C", []),
        ("First", "First", []),
    ],
)
def test_where_a_default_that_is_never_taken_leads(default: str, start: str, expected: list[tuple[str, str]]) -> None:
    rules = [{"Variable": "$.a", "IsPresent": is_present, "Next": "Go"} for is_present in (True, False)]
    states = {
        "C": {"Type": "Choice", "Choices": rules, "Default": default},
        "Go": {"Type": "Pass", "Next": "Shared"},
        "Shared": {"Type": "Succeed"},
    }
    states |= {} if default != "Bad" else {"Bad": {"Type": "Fail"}}
    states |= {} if default != "Alone" else {"Alone": {"Type": "Pass", "End": True}}
    states |= {} if default != "First" else {"First": {"Type": "Pass", "Next": "C"}}
    found = check(json.dumps({"StartAt": start, "States": states}))
    assert [(d.code, d.severity) for d in found] == expected


# -- silent


@pytest.mark.parametrize(
    "rules",
    [
        '{"And": [{"Variable": "$.a", "StringEquals": "x"}, {"Variable": "$.b", "StringEquals": "y"}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "NumericGreaterThanEquals": 5}, {"Variable": "$.a", "NumericLessThanEquals": 5}], "Next": "A"}',
        '{"And": [{"Variable": "$.a[*].b", "StringEquals": "x"}, {"Variable": "$.a", "IsPresent": true}], "Next": "A"}',
        '{"Or": [{"Variable": "$.a", "IsPresent": false}, {"Variable": "$.a", "StringEquals": ""}], "Next": "A"}',
        '{"Or": [{"Variable": "$.a", "NumericLessThan": 5}, {"Variable": "$.a", "NumericGreaterThanEquals": 5}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "StringMatches": "a*"}, {"Variable": "$.a", "StringMatches": "*b"}], "Next": "A"}',
        '{"And": [{"Variable": "$.a", "NoSuchOperator": 1}, {"Variable": "$.a", "NoSuchOperator": 1}], "Next": "A"}',
        '{"Variable": "$.a", "NumericGreaterThan": "5", "Next": "A"}, {"Variable": "$.a", "NumericGreaterThan": "5", "Next": "B"}',
        '{"Variable": "$.a", "StringGreaterThan": "b", "Next": "A"}, {"Variable": "$.a", "StringGreaterThan": "a", "Next": "B"}',
        '{"Not": {"Variable": "$.a", "StringEquals": ""}, "Next": "A"}',
        '{"Variable": "$.a", "IsTimestamp": true, "Next": "A"}, {"Variable": "$.a", "IsString": true, "Next": "B"}',
    ],
)
def test_silent(rules: str) -> None:
    assert check(state(rules)) == []


def test_silent_in_jsonata() -> None:
    assert check(conditions("$n < 5", "$n > 5", "$m = 'x'")) == []
    assert check(conditions("$n = $m", "$n != $m")) == []
    assert check(conditions("$now() > $t", "$now() > $t")) == []
    assert check(conditions("$n = 1 or $n = 2", "$not($n = 3)")) == []


# -- Fail states


def job(rule: str, default: str = "Bad", **task: Any) -> str:
    states: dict[str, Any] = {
        "Job": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createTransformJob.sync",
            "Next": "Check",
            **task,
        },
        "Check": {"Type": "Choice", "Choices": [json.loads(rule)], "Default": default},
        "Done": {"Type": "Succeed"},
        "Bad": {"Type": "Fail", "Error": "Bad"},
    }
    return json.dumps({"StartAt": "Job", "States": states})


NOT_EMPTY = '{"Not": {"Variable": "$.TransformJobArn", "StringEquals": ""}, "Next": "Done"}'


def codes(text: str) -> list[tuple[str, str, str]]:
    return [(d.code, d.severity, d.pointer) for d in check(text)]


def test_a_fail_state_for_an_empty_arn() -> None:
    assert codes(job(NOT_EMPTY)) == [("ASL204", WARNING, "/States/Bad")]
    turned = '{"Variable": "$.TransformJobArn", "StringEquals": "", "Next": "Bad"}'
    assert codes(job(turned, "Done")) == [("ASL204", WARNING, "/States/Bad")]
    in_result = NOT_EMPTY.replace("$.", "$['job'].")
    assert codes(job(in_result, ResultPath="$.job")) == [("ASL204", WARNING, "/States/Bad")]


@pytest.mark.parametrize(
    "task",
    [
        {"Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f"},
        {"Resource": "arn:aws:states:::lambda:invoke"},
        {"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"},
        {"Parameters": {"Environment": {"TOKEN.$": "$$.Task.Token"}}},
        {"ResultSelector": {"TransformJobArn.$": "$.Comment"}},
        {"ResultPath": "$.job"},
        {"ResultPath": None},
        {"OutputPath": "$.x"},
        {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Bad"}]},
        {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Check"}]},
    ],
)
def test_an_arn_that_may_be_empty(task: dict[str, Any]) -> None:
    assert codes(job(NOT_EMPTY, **task)) == []


def test_a_field_that_is_no_arn() -> None:
    assert codes(job(NOT_EMPTY.replace("TransformJobArn", "FailureReason"))) == []


def test_a_fail_state_behind_a_rule_that_never_holds() -> None:
    rule = '{"And": [{"Variable": "$.a", "NumericLessThan": 1}, {"Variable": "$.a", "NumericGreaterThan": 2}], "Next": "Bad"}'
    assert codes(job(rule, "Done")) == [
        ("ASL204", WARNING, "/States/Bad"),
        ("ASL207", WARNING, "/States/Check/Choices/0/And/1/NumericGreaterThan"),
    ] or codes(job(rule, "Done")) == [
        ("ASL207", WARNING, "/States/Check/Choices/0/And/1/NumericGreaterThan"),
        ("ASL204", WARNING, "/States/Bad"),
    ]


# -- needless


def test_needless() -> None:
    rule = '{"Variable": "$.a", "IsNull": true, "Next": "D"}'
    assert spans(machine(state(rule)).replace('"C": {', '«"C"»: {')) == [("ASL902", NOTE)]
    assert check(machine(state(rule.replace('"D"', '"A"')))) == []
    assert check(machine(state(rule, '"Default": "D", "Assign": {"a": 1}, '))) == []
