"""ASL901."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.rule import NOTE, Example, Finding, Fix, Rule
from asllint.source.node import UNKNOWN, Document

_ON = ("yes", "on")
_OFF = ("no", "off")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])")


class AmbiguousYamlValue(Rule):
    """A plain YAML value means one thing to readers of YAML 1.1 and another to those of YAML 1.2.

    YAML 1.1 takes `yes`, `no`, `on` and `off` for booleans, `010` for the number eight, `1:30` for ninety, and `2026-01-31` for
    a date; the core schema of YAML 1.2 takes them for strings, or the number ten. Tools for Step Functions use readers of
    either kind (PyYAML, js-yaml, SnakeYAML and Go's differ), so asllint takes such a value to be unknown and judges
    nothing by it.

    This rule is off by default.

    ## Why it matters

    The same file deploys another definition with another tool, or with its next version: a `StringEquals: no` that compares
    with `false`, an account number that lost its leading zero.

    ## What to do

    Put quotes around a string. Write `true` or `false` for a boolean, and a number without a leading zero.
    """

    code = "ASL901"
    name = "ambiguous-yaml-value"
    severity = NOTE
    concerns = ("unknown:ambiguous",)
    default = False

    invalid = (
        Example(
            """StartAt: A
States:
  A:
    Type: Pass
    Result:
      enabled: «yes»
      account: «0123»
      day: «2026-01-31»
      at: «1:30»
    End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """StartAt: A
States:
  A:
    Type: Pass
    Result: {enabled: true, answer: "yes", account: "012345678901", day: '2026-01-31', count: 10}
    End: true
""",
            language="yaml",
        ),
    )

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Report each value whose kind depends on the reader."""
        root = document.root
        if root is None or document.language != "yaml":
            return
        seen: set[int] = set()
        for node in root.walk():
            if node.kind != UNKNOWN or node.style != "ambiguous" or node.start in seen or node.start == node.end:
                continue
            seen.add(node.start)  # an alias repeats the node
            raw = node.origin.content[node.start : node.end]
            old, new, cure = _readings(raw)
            fix = Fix("Put it in quotes", [(node.start, node.end, f'"{raw}"')], safe=False)
            yield Finding(
                node, f"`{raw}` is {old} for readers of YAML 1.1, and {new} for those of YAML 1.2.", cure=cure, fix=fix
            )


def _readings(raw: str) -> tuple[str, str, str]:
    """Return what YAML 1.1 and YAML 1.2 take a value for, and what to write."""
    word = raw.lower()
    if word in _ON or word in _OFF:
        value = "true" if word in _ON else "false"
        return f"the boolean {value}", "a string", f'Write `"{raw}"` for the string, or `{value}`.'
    if _DATE.match(raw):
        return "a date", "a string", f'Write `"{raw}"`.'
    if ":" in raw:
        return "a number in base 60", "a string", f'Write `"{raw}"`, or the number.'
    digits = raw.lstrip("+-")
    if digits.isdigit():
        if "8" in digits or "9" in digits:
            return "a string", f"the number {digits.lstrip('0')}", f'Write `"{raw}"`, or no leading zero.'
        return "a number in base 8", f"the number {digits.lstrip('0') or '0'}", f'Write `"{raw}"`, or no leading zero.'
    return "a number", "a string", f'Write `"{raw}"`, or the number in plain digits.'
