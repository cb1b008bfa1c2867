"""ASL114."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.expr import jsonpath
from asllint.model import ChoiceRule, State, WaitState
from asllint.model.machine import JSONATA, JSONPATH
from asllint.model.names import respelt
from asllint.model.shape import is_jsonata
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule
from asllint.source.node import Node

_OPERATORS = (
    "TimestampEquals",
    "TimestampLessThan",
    "TimestampGreaterThan",
    "TimestampLessThanEquals",
    "TimestampGreaterThanEquals",
)
_FORM = re.compile(r"(\d{4})-(\d\d)-(\d\d)(.)(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|z|[+-](\d\d):(\d\d))", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", re.ASCII)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class InvalidTimestamp(Rule):
    """A timestamp is not of the form 2026-01-31T09:30:00Z.

    The `Timestamp` of a Wait state and the value of `TimestampEquals` and its kin in Choice rules are RFC 3339 timestamps
    with an upper-case `T` between date and time, and `Z` or a numeric offset at the end (specification, "Timestamps"). AWS
    answers "String does not match RFC3339 timestamp" at the field: recorded for a month 13, for a blank in place of `T`, and
    for a `{% … %}` string in a JSONPath state. Fractions of a second are accepted.

    Lower-case `t` and `z`, and a day that the month does not have (`02-30`), are warnings: no refusal is recorded.
    Timestamps with placeholders, and expressions in JSONata states, are not judged.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Write year, month, day, `T`, hours, minutes, seconds, and `Z` for UTC.
    """

    code = "ASL114"
    name = "invalid-timestamp"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("Timestamp", *_OPERATORS)

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Wait", "Timestamp": "2026-«13»-01T00:00:00Z", "Next": "B"},
  "B": {"Type": "Wait", "Timestamp": "2026-01-31« »09:30:00Z", "Next": "C"},
  "C": {"Type": "Wait", "Timestamp": «"{% $now() %}"», "Next": "P"},
  "P": {"Type": "Wait", "Timestamp": «"$.when"», "Next": "D"},
  "D": {"Type": "Choice", "Choices": [{"Variable": "$.t", "TimestampLessThan": «"2026-01-31"», "Next": "A"}]}
}}"""
        ),
    )
    valid = (
        Example("""{"Type": "Wait", "Timestamp": "2026-01-31T09:30:00.123456789Z", "End": true}"""),
        Example("""{"Type": "Wait", "Timestamp": "${Start}T00:00:00Z", "End": true}"""),
        Example("""{"Type": "Wait", "QueryLanguage": "JSONata", "Timestamp": "{% $now() %}", "End": true}"""),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the Timestamp of a Wait state."""
        if not isinstance(state, WaitState) or state.timestamp is None:
            return
        node = state.timestamp
        text = node.literal or ""
        if state.query_language == JSONPATH and text.startswith("$") and jsonpath.parse(text).root is not None:
            key = state.key("Timestamp")
            edit = respelt(key, "TimestampPath") if key is not None and state.key("TimestampPath") is None else None
            yield Finding(
                node,
                f"`{text}` is a path, and `Timestamp` takes an RFC 3339 timestamp: AWS refuses the definition.",
                cure="Write `TimestampPath` for `Timestamp`.",
                fix=Fix("Rename the field to `TimestampPath`", [edit], safe=False) if edit else None,
            )
            return
        yield from _check(node, state.query_language)

    def check_choice_rule(self, rule: ChoiceRule) -> Iterable[Finding]:
        """Look at what a Choice rule compares with."""
        if rule.state.query_language == JSONATA:
            return
        for operator in _OPERATORS:
            node = rule.node.get(operator)
            if node is not None:
                yield from _check(node, JSONPATH)


def _check(node: Node, language: str | None) -> Iterable[Finding]:
    text = node.literal
    if text is None:
        return
    if is_jsonata(node):
        if language == JSONPATH:
            yield Finding(
                node,
                "An expression is text in a JSONPath state, and not an RFC 3339 timestamp: AWS refuses the definition.",
                cure='Use `TimestampPath`, or set `"QueryLanguage": "JSONata"` on the state.',
            )
        return
    found = _FORM.fullmatch(text)
    if found is None:
        yield _malformed(node, text)
        return
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    for group, low, high, what in (
        (2, 1, 12, "month"),
        (3, 1, 31, "day"),
        (5, 0, 23, "hour"),
        (6, 0, 59, "minute"),
        (7, 0, 60, "second"),  # 60 is a leap second
        (9, 0, 23, "hour of an offset"),
        (10, 0, 59, "minute of an offset"),
    ):
        if found[group] is not None and not low <= int(found[group]) <= high:
            yield Finding(
                node.span_in(*found.span(group)),
                f"`{found[group]}` is not a {what}, so this is no RFC 3339 timestamp: AWS refuses the definition.",
                anchor=node,
            )
            return
    if day > _DAYS[month - 1] or (month == 2 and day == 29 and not leap):
        yield Finding(
            node.span_in(*found.span(3)),
            f"Month {found[2]} of {year} has no day {day}: there is no such time.",
            anchor=node,
            severity=WARNING,
            rejected_by_aws=False,
        )
    if found[4] not in "Tt":
        yield Finding(
            node.span_in(*found.span(4)),
            f"Between date and time stands {'a blank' if found[4] == ' ' else f'`{found[4]}`'}, not `T`: "
            "AWS refuses the definition.",
            cure="Write `T` there.",
            anchor=node,
            fix=Fix("Write `T` there", [(*node.span_in(*found.span(4)), "T")], safe=False),
        )
    for group, letter in ((4, "t"), (8, "z")):
        if found[group] == letter:
            yield Finding(
                node.span_in(*found.span(group)),
                f"The specification wants an upper-case `{letter.upper()}` in a timestamp.",
                cure=f"Write `{letter.upper()}`.",
                anchor=node,
                # RFC 3339, section 5.6: the letters mean the same
                fix=Fix(f"Write `{letter.upper()}`", [(*node.span_in(*found.span(group)), letter.upper())], safe=True),
                severity=WARNING,
                rejected_by_aws=False,
            )


def _malformed(node: Node, text: str) -> Finding:
    shown = f"`{text}`" if len(text) <= 60 and text.strip() else "This"
    why, cure = "is no RFC 3339 timestamp", "Write it like `2026-01-31T09:30:00Z`."
    if _DATE.fullmatch(text):
        why, cure = "has no time of day", f"Write it like `{text}T00:00:00Z`."
    elif _NO_ZONE.fullmatch(text):
        why, cure = "does not say which time zone it is in", "Add `Z` for UTC, and seconds where there are none."
    return Finding(node, f"{shown} {why}: AWS refuses the definition.", cure=cure)
