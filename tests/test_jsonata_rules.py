"""Functions of JSONata that are hidden by a variable, or given where a value is due."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import Registry, builtin
from asllint.settings import Settings

Json = dict[str, Any]
RULES = Registry([entry for entry in builtin() if entry.code == "ASL413"])


def found(states: Json) -> list[tuple[str, str, str]]:
    """Return the severity, the marked text and the cure of what is found; the machine starts with its first state."""
    machine = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
    report = lint("x.asl.json", json.dumps(machine, ensure_ascii=False).encode(), Settings(), RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return [
        (d.severity, d.text.content[d.start : d.end], str(d.cure)) for d in report.diagnostics if d.text is not None
    ]


def gives(expression: str, **before: Any) -> list[tuple[str, str, str]]:
    """Return what is found where a state gives an expression, behind one that assigns variables."""
    use = {"Type": "Pass", "Output": {"v": f"{{% {expression} %}}"}, "End": True}
    first: Json = {"A": {"Type": "Pass", "Assign": before, "Next": "B"}} if before else {}
    return found({**first, "B": use})


@pytest.mark.parametrize(
    ("expression", "there", "cure"),
    [
        ("$now", "$now", "Write `$now()`."),
        ("($x := 1; $sum)", "$sum", "Call it: `$sum(…)`."),
        ("{'a': 1, 'at': [$millis]}", "$millis", "Write `$millis()`."),
        ("$states.input.a ? $uuid : 1", "$uuid", "Write `$uuid()`."),
        ("function($x) { $x }", "function($x) { $x }", "Call it, and give what it returns."),
        ("$substring(?, 1)", "$substring(?, 1)", "Call it, and give what it returns."),
    ],
)
def test_a_function_is_no_value(expression: str, there: str, cure: str) -> None:
    assert gives(expression) == [("warning" if "?" in expression.split("(")[0] else "error", there, cure)]


@pytest.mark.parametrize(
    "expression",
    [
        "$now()",
        "$map($states.input.a, $sum)",
        "($f := $substring(?, 1); $f('ab'))",
        "($now := 1; $now)",
        "'a' & $string(1)",
    ],
)
def test_a_function_that_is_used_is_right(expression: str) -> None:
    assert gives(expression) == []


def test_a_variable_of_the_name_of_a_function() -> None:
    assert gives("$now", now=1) == []
    assert gives("$count + 1", count=1) == []
    assert gives("$count($states.input.a)", count=1) == [("warning", "$count", "Give the variable another name.")]
    assert gives("$count + ($sum)", count=1, total=2) == []
    assert gives("($count := function($x) { 1 }; $count(2))", count=1) == []
    # not yet there: the state assigns it itself
    own = {"Type": "Pass", "Assign": {"count": "{% $count($states.input.a) %}"}, "End": True}
    assert found({"A": own}) == []
    # there on one way alone
    ask: Json = {"Type": "Choice", "Choices": [{"Condition": True, "Assign": {"sum": 1}, "Next": "B"}], "Default": "B"}
    use = {"Type": "Pass", "Output": "{% $sum([1]) %}", "End": True}
    assert [d[0] for d in found({"A": ask, "B": use})] == ["warning"]
