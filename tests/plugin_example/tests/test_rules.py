"""The examples of the rules are their tests."""

from __future__ import annotations

import pytest

from asllint.rule import Rule
from asllint.testing import check_rule, rules_of


@pytest.mark.parametrize("rule", rules_of("acme-asllint"), ids=lambda rule: rule.name)
def test_rule(rule: type[Rule]) -> None:
    check_rule(rule)
