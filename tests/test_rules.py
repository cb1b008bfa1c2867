"""Every rule: its declaration, its page, and its examples, which are its tests."""

from __future__ import annotations

import re

import pytest

from asllint.registry import scan
from asllint.rule import SEVERITIES, Rule
from asllint.testing import check_example, check_rule

GROUPS = {
    "document": "0",
    "structure": "1",
    "flow": "2",
    "errors": "3",
    "expressions": "4",
    "payload": "5",
    "integrations": "6",
    "iam": "7",
    "limits": "8",
    "style": "9",
}
RULES = scan()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_is_declared_in_full(rule: type[Rule]) -> None:
    group, module = rule.__module__.split(".")[-2:]
    assert re.fullmatch(r"ASL\d{3}", rule.code)
    assert rule.code[3] == GROUPS[group]
    assert rule.name.replace("-", "_") == module
    assert rule.severity in SEVERITIES
    assert rule.__doc__ is not None
    first = rule.__doc__.strip().splitlines()[0]
    assert first.endswith(".")
    assert len(first) <= 100
    assert "## Why it matters" in rule.__doc__
    assert "## What to do" in rule.__doc__
    assert rule.rejected_by_aws <= (rule.aws_code is not None), "what AWS refuses, it refuses with a code"
    assert not (rule.rejected_by_aws and rule.severity != "error"), "what AWS refuses is an error"
    assert rule.invalid
    assert rule.valid


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_examples(rule: type[Rule]) -> None:
    check_rule(rule)


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_a_wrong_example_fails() -> None:
    rule = RULES[0]
    with pytest.raises(AssertionError):
        check_example(rule, rule.invalid[0], valid=True)
    with pytest.raises(AssertionError):
        check_example(rule, rule.valid[0], valid=False)
