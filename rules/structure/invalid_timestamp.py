"""ASL114."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import ChoiceRule, State, WaitState
from asllint.model.dates import last_day
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
_NEAR = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?[ ]*(Z|z|[+-]\d\d)?(?:(?<=\d):?(\d\d))?",
    re.ASCII,
)
"""What somebody writes who does not know the form."""

_RANGES = (
    # group of _FORM, least, most, what it is
    (2, 1, 12, "month"),
    (3, 1, 31, "day"),
    (5, 0, 23, "hour"),
    (6, 0, 59, "minute"),
    (7, 0, 60, "second"),  # 60 is a leap second
    (9, 0, 23, "hour of an offset"),
    (10, 0, 59, "minute of an offset"),
)


class InvalidTimestamp(Rule):
    """A timestamp is not of the form 2026-01-31T09:30:00Z.

    The `Timestamp` of a Wait state and the value of `TimestampEquals` and its kin in Choice rules are RFC 3339 timestamps
    with an upper-case `T` between date and time, and `Z` or a numeric offset at the end (specification, "Timestamps"). AWS
    answers "String does not match RFC3339 timestamp" at the field: recorded for a month 13, for a blank in place of `T`, and
    for a `{% … %}` string in a JSONPath state. Fractions of a second are accepted.

    A path is refused as well: what reads the moment while running is `TimestampPath`, or `TimestampEqualsPath` and its kin.

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
  "C": {"Type": "Wait", "Timestamp": «"{% $now() %}"», "Next": "D"},
  "D": {"Type": "Choice", "Choices": [{"Variable": "$.t", "TimestampLessThan": «"2026-01-31"», "Next": "E"}]},
  "E": {"Type": "Wait", "Timestamp": «"$.start"», "Next": "A"}
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
        if isinstance(state, WaitState) and state.timestamp is not None:
            yield from _check(state.node, "Timestamp", state.timestamp, state.query_language)

    def check_choice_rule(self, rule: ChoiceRule) -> Iterable[Finding]:
        """Look at what a Choice rule compares with."""
        if rule.state.query_language == JSONATA:
            return
        for operator in _OPERATORS:
            node = rule.node.get(operator)
            if node is not None:
                yield from _check(rule.node, operator, node, JSONPATH)


def _check(owner: Node, name: str, node: Node, language: str | None) -> Iterable[Finding]:
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
        yield (
            _path(owner, name, node, text) if text.startswith("$") and language == JSONPATH else _malformed(node, text)
        )
        return
    for group, low, high, what in _RANGES:
        if found[group] is not None and not low <= int(found[group]) <= high:
            article = "an" if what.startswith("hour") else "a"
            yield Finding(
                node.span_in(*found.span(group)),
                f"`{found[group]}` is not {article} {what}, so this is no RFC 3339 timestamp: AWS refuses the definition.",
                cure=f"Write one from {low:02} to {high:02}.",
                anchor=node,
            )
            return
    day, last = int(found[3]), last_day(int(found[1]), int(found[2]))
    if day > last:
        yield Finding(
            node.span_in(*found.span(3)),
            f"Month {found[2]} of {found[1]} has no day {day}: there is no such time.",
            cure=f"Its last day is {last}.",
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


def _path(owner: Node, name: str, node: Node, text: str) -> Finding:
    """Return the finding for a path where a timestamp stands."""
    key, twin = owner.key(name), f"{name}Path"
    edit = respelt(key, twin) if key is not None and owner.get(twin) is None else None
    return Finding(
        node,
        f"`{_short(text)}` is a path, which `{name}` does not take: AWS refuses the definition.",
        cure=f"To read the moment while running, write `{twin}`.",
        fix=Fix(f"Rename the field to `{twin}`", [edit], safe=False) if edit else None,
    )


def _malformed(node: Node, text: str) -> Finding:
    shown = f"`{text}`" if len(text) <= 60 and text.strip() else "This"
    why, cure = "is no RFC 3339 timestamp", "Write it like `2026-01-31T09:30:00Z`."
    if _DATE.fullmatch(text):
        why = "has no time of day"
    elif _NO_ZONE.fullmatch(text):
        why = "does not say which time zone it is in"
    near = _NEAR.fullmatch(text)
    right = _mended(near) if near is not None else None
    if near is not None and right is not None:
        cure = f"Write it like `{right}`{'' if near[8] else ', if it is UTC'}."
    return Finding(node, f"{shown} {why}: AWS refuses the definition.", cure=cure)


def _mended(near: re.Match[str]) -> str | None:
    """Return what is probably meant in the right form; None where that is no time either."""
    zone = (near[8] or "Z").upper()
    if zone != "Z" or near[9] is not None:
        zone = f"{zone}:{near[9] or '00'}"
    clock = f"{near[4] or '00':0>2}:{near[5] or '00'}:{near[6] or '00'}{f'.{near[7]}' if near[7] else ''}"
    text = f"{near[1]}-{near[2]:0>2}-{near[3]:0>2}T{clock}{zone}"
    found = _FORM.fullmatch(text)
    if found is None or any(found[g] is not None and not low <= int(found[g]) <= high for g, low, high, _ in _RANGES):
        return None
    return text if int(found[3]) <= last_day(int(found[1]), int(found[2])) else None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
