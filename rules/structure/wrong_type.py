"""ASL107."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import Mismatch, StateMachine
from asllint.model.machine import JSONPATH
from asllint.model.names import listed
from asllint.model.shape import INTEGER, KIND_TITLES, MACHINE, WRONG_TYPE, is_jsonata, shown
from asllint.rule import ERROR, Example, Finding, Fix, Rule
from asllint.source.json import quoted
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Node

_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)", re.ASCII)
_WORD = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


class WrongType(Rule):
    """A value has the wrong JSON type: a string for a number, an object for an array.

    AWS wants each field in its own JSON type, and converts nothing: `"TimeoutSeconds": "60"` and `"End": "true"` are
    refused, as is `60.5` where a whole number is asked for. It answers "Expected value of type [STRING]", or "Expected value
    of type Integer", at the field. In JSONata states the number fields of states also take a `{% … %}` string; in JSONPath
    states that is a plain string.

    A value with a placeholder is judged only where no filling could make it right. Where no refusal is recorded, as for a
    `Comment` that is no string, it is a warning.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Write a value of the right type; numbers, `true` and `false` stand without quotes, a single Retrier or error name in an
    array all the same.
    """

    code = "ASL107"
    name = "wrong-type"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:wrong-type",)

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": «"60"»,
    "Retry": [{"ErrorEquals": [«404»], "MaxAttempts": «1.5»}], "Next": «["B"]»},
  "B": {"Type": "Pass", "End": «"true"»}
}}""",
            title="quoted numbers and booleans, a fraction, an array for a string",
        ),
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Retry": «{"ErrorEquals": ["Busy"]}», "Catch": [{"ErrorEquals": «"States.ALL"», "Next": "Failed"}]}""",
            title="one Retrier, and one name: both stand in an array",
        ),
        Example(
            """{"StartAt": "A", "States": {
  "QueryLanguage": «"JSONata"»,
  "A": {"Type": "Succeed"}
}}""",
            title="a field of the state machine among its states",
        ),
        Example(
            """{"Type": "Wait", "QueryLanguage": "JSONPath", "Seconds": «"{% $states.input.delay %}"», "End": true}""",
            title="an expression in a JSONPath state",
        ),
        Example(
            """StartAt: Pause
States:
  Pause:
    Type: Wait
    Seconds: «$.delay»
    End: true
""",
            language="yaml",
            title="a path: the field for one is SecondsPath",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "Resource": "${Function}", "TimeoutSeconds": ${Timeout}, "HeartbeatSeconds": "${Beat}",
  "End": true}""",
            title="placeholders that can become a number",
        ),
        Example(
            """{"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $states.input.delay %}", "End": true}""",
            title="an expression in a JSONata state",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the values of the wrong kind."""
        for mismatch in machine.mismatches:
            at = mismatch.at
            if (
                mismatch.kind == WRONG_TYPE
                and mismatch.name not in ("Type", "QueryLanguage")
                and not isinstance(at, tuple)
            ):
                yield _finding(mismatch, at, machine)


def _finding(mismatch: Mismatch, node: Node, machine: StateMachine) -> Finding:
    kinds = [KIND_TITLES[kind] for kind in mismatch.expected]
    wanted = f"{', '.join(kinds[:-1])} or {kinds[-1]}" if len(kinds) > 1 else kinds[0]
    item = mismatch.owner.get(mismatch.name) is not node
    where = f"`{mismatch.name}` takes"
    cure = ""
    if item and mismatch.name == "States":
        key = _key_of(mismatch.owner.get("States") or machine.node, node)
        where = f"State `{key}` must be"
        if key in MACHINE.fields:
            where = f"`{key}` stands among the states, where each must be"
            cure = f"Move `{key}` out of `States`, beside it."
    elif item:
        where = f"Each item of `{mismatch.name}` must be"
    consequence = "AWS refuses the definition." if mismatch.sure else "the specification allows nothing else."
    fix = None
    path = f"{mismatch.name}Path" if f"{mismatch.name}Path" in mismatch.shape.fields else ""
    if is_jsonata(node) and mismatch.language == JSONPATH and mismatch.spec is not None and mismatch.spec.jsonata:
        cure = 'A `{% … %}` string is evaluated in JSONata states only; set `"QueryLanguage": "JSONata"` on the state'
        cure += f", or write `{path}`." if path else "."
    elif path and mismatch.language == JSONPATH and str(node.value).startswith("$") and not node.holes:
        cure = f"To read the value while running, write `{path}`."
    elif is_jsonata(node) and mismatch.language != JSONPATH:
        cure = f"`{mismatch.name}` takes no expression: write the value itself."
        if mismatch.name == "Assign":
            cure = "Write an object with an expression for each variable."
    elif node.kind == STRING and node.literal is not None:
        plain = _unquoted(node.literal, mismatch.expected)
        if plain is not None and node.style in ("json", "double", "single"):
            cure = f"Write it without quotes: `{plain}`."
            fix = Fix("Remove the quotes", [(node.start, node.end, plain)], safe=False)
    if not cure:
        cure, fix = _reshaped(mismatch, node)
    return Finding(
        node,
        f"{where} {wanted}, not {shown(node)}: {consequence}",
        cure=cure,
        fix=fix,
        severity=None if mismatch.sure else "warning",
        rejected_by_aws=mismatch.sure,
    )


def _key_of(states: Node, node: Node) -> str:
    return next((str(key.value) for key, value in states.members if value is node), "")


def _unquoted(text: str, expected: tuple[str, ...]) -> str | None:
    """Return what the string says as a value of an expected kind, or None where it says none."""
    text = text.strip()
    if INTEGER in expected and _INTEGER.fullmatch(text):
        return text
    if NUMBER in expected and _NUMBER.fullmatch(text):
        return text
    if BOOLEAN in expected and text.lower() in ("true", "false"):
        return text.lower()
    return None


def _reshaped(mismatch: Mismatch, node: Node) -> tuple[str, Fix | None]:
    """Return what makes a value of the kind that is wanted of one that is near it, or ("", None)."""
    name, expected, raw = mismatch.name, mismatch.expected, node.origin.content[node.start : node.end]
    # in a block of YAML brackets go only around what has braces or quotes, or is a plain word
    written = raw.startswith(("{", '"', "'")) or _WORD.fullmatch(raw) is not None
    if ARRAY in expected and mismatch.spec is not None and node.kind == mismatch.spec.items:
        if not written:
            return "Write it as an array, with `- ` before it.", None
        edits = [(node.start, node.start, "["), (node.end, node.end, "]")]
        shown = raw if node.text is None else quoted(node.text)
        shown_as = f": `[{shown}]`" if len(shown) <= 40 else ""
        return f"Put it in brackets{shown_as}.", Fix("Put it in brackets", edits, safe=False)
    if OBJECT in expected and node.kind == ARRAY:
        if name == "States":
            return "Write one object with all states, each under its name.", None
        if len(node.items) == 1 and node.items[0].kind == OBJECT and raw.startswith("["):
            item = node.items[0]
            edits = [(node.start, item.start, ""), (item.end, node.end, "")]
            return "Remove the brackets.", Fix("Remove the brackets", edits, safe=False)
    if STRING in expected and node.kind in (NUMBER, BOOLEAN):
        if name == "Timestamp":
            return "Write it like `2026-01-31T09:30:00Z`.", None
        values = mismatch.spec.values if mismatch.spec is not None else ()
        if values and raw not in values:
            return f"Write {listed(values, 'or')}, in quotes.", None
        if name.endswith("Path") or name in ("Variable", "Resource"):
            return "", None
        kind = "Numeric" if node.kind == NUMBER else "Boolean"
        twin = f"{kind}{name.removeprefix('String')}" if name.startswith("String") else ""
        other = f", or compare with `{twin}`" if twin in mismatch.shape.fields else ""
        fix = Fix("Put it in quotes", [(node.start, node.end, f'"{raw}"')], safe=False)
        return f'Write it in quotes: `"{raw}"`{other}.', fix
    if node.kind == NULL and name == "Next":
        return 'Name the state that follows, or write `"End": true`.', None
    if node.kind == NULL and name not in mismatch.shape.required:
        return f"Leave `{name}` out where it is to have no value.", None
    return "", None
