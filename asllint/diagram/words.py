"""The words of a drawing: the condition of a Choice rule, the errors of a Catcher, what a state does, each in one line."""

from __future__ import annotations

import re

from asllint.model.machine import Catcher, ChoiceRule, FailState, MapState, State, TaskState, WaitState
from asllint.model.retries import duration
from asllint.report.characters import encodable, one_line
from asllint.source.node import ARRAY, BOOLEAN, NULL, OBJECT, STRING, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SHORT: Final = 40
"""Characters of a label; what is longer ends in an ellipsis."""
LONG: Final = 400
"""Characters of what a tooltip and the JSON show of a condition."""
_NAMED: Final = 44
"""Characters of a resource, an error name, a time."""
_DEEPEST: Final = 8
"""Levels of And, Or and Not that are read; the rest is an ellipsis."""

_COMPARED: Final = re.compile(
    r"(?:String|Numeric|Boolean|Timestamp)(Equals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)(Path)?"
)
_SIGNS: Final = {
    "Equals": "=", "LessThan": "<", "LessThanEquals": "<=", "GreaterThan": ">", "GreaterThanEquals": ">=",
}  # fmt: skip
_TESTED: Final = {
    "IsPresent": ("is present", "is absent"),
    "IsNull": ("is null", "is not null"),
    "IsString": ("is a string", "is not a string"),
    "IsNumeric": ("is a number", "is not a number"),
    "IsBoolean": ("is a boolean", "is not a boolean"),
    "IsTimestamp": ("is a timestamp", "is not a timestamp"),
}
_PATH: Final = re.compile(r"(\$[\w$]*)((?:\.[\w$]+|\[[^\]\s\"']*\]){2,})")
_LAST: Final = re.compile(r"\.?[\w$]+(?:\[[^\]]*\])*$|\[[^\]]*\]$")


def clean(text: str) -> str:
    """Return a text on one line, with what cannot be seen made visible and nothing that no encoder takes."""
    return encodable(one_line(text))


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, with an ellipsis at the end where some are left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def shortened(text: str) -> str:
    """Return a condition as a label: of long paths only the first and the last segment, then cut to `SHORT`."""
    if len(text) > SHORT:
        text = _PATH.sub(_ends, text)
    return cut(text, SHORT)


def _ends(match: re.Match[str]) -> str:
    last = _LAST.search(match[2])
    if last is None or len(match[2]) - len(last[0]) < 2:
        return match[0]
    return f"{match[1]}…{last[0].lstrip('.')}"


def condition(rule: ChoiceRule) -> str:
    """Return the condition of a Choice rule, such as ``$.status = "OK" and not $.dry is present``; at most `LONG`."""
    return cut(clean(_condition(rule, 0)[0]), LONG)


def _condition(rule: ChoiceRule, depth: int) -> tuple[str, bool]:
    """Return the text, and whether it needs parentheses inside another."""
    for name in ("And", "Or"):
        value = rule.node.get(name)
        if value is not None and value.kind == ARRAY:
            if depth >= _DEEPEST:
                return "…", False
            inside = {id(item) for item in value.items}
            parts: list[str] = []
            size = 0
            for operand in rule.operands:
                if id(operand.node) not in inside:
                    continue
                if size > LONG:
                    parts.append("…")
                    break
                text, compound = _condition(operand, depth + 1)
                parts.append(f"({text})" if compound else text)
                size += len(text)
            return f" {name.lower()} ".join(parts) or "…", len(parts) > 1
    negated = rule.node.get("Not")
    if negated is not None:
        for operand in rule.operands:
            if operand.node is negated and depth < _DEEPEST:
                text, compound = _condition(operand, depth + 1)
                return (f"not ({text})" if compound else f"not {text}"), False
        return "not …", False
    if rule.condition is not None:
        return _jsonata(rule.condition), True
    variable = rule.variable
    left = _value(variable, path=True) if variable is not None else "…"
    for key, value in rule.node.members:
        name = str(key.value)
        compared = _COMPARED.fullmatch(name)
        if compared:
            return f"{left} {_SIGNS[compared[1]]} {_value(value, path=bool(compared[2]))}", False
        if name == "StringMatches":
            return f"{left} matches {_value(value)}", False
        tested = _TESTED.get(name)
        if tested:
            if value.kind == BOOLEAN:
                return f"{left} {tested[0 if value.value else 1]}", False
            return f"{left} {name} {_value(value)}", False
    return f"{left} …", False


def _jsonata(node: Node) -> str:
    if node.kind != STRING:
        return _value(node)
    text = (node.text or "").strip()
    if text.startswith("{%"):
        text = text[2:].removesuffix("%}").strip()
    return " ".join(text[: 4 * LONG].split())


def _value(node: Node, *, path: bool = False) -> str:
    if node.kind == STRING:
        text = (node.text or "")[: 2 * LONG]
        return text if path else f'"{text}"'
    if node.kind == BOOLEAN:
        return "true" if node.value else "false"
    if node.kind == NULL:
        return "null"
    if node.kind == OBJECT:
        return "{…}"
    return "[…]" if node.kind == ARRAY else str(node.value)[: 2 * LONG]


def errors(catcher: Catcher) -> str:
    """Return the error names of a Catcher, at most `LONG` characters."""
    names: list[str] = []
    size = 0
    for node in catcher.error_equals:
        if size > LONG:
            break
        names.append(node.text or "")
        size += len(names[-1])
    return cut(clean(", ".join(names)), LONG) or "…"


def detail(state: State) -> str:
    """Return what a state does beyond its type: the resource, the time, the error; "" where nothing short says it."""
    node: Node | None = None
    if isinstance(state, TaskState):
        if state.resource is not None and state.resource.kind == STRING:
            return cut(clean(_resource(state.resource.text or "")), _NAMED)
        node = state.resource
    elif isinstance(state, FailState):
        node = state.error or state.error_path
    elif isinstance(state, WaitState):
        seconds = state.seconds
        if seconds is not None and isinstance(seconds.value, int) and seconds.value >= 0:
            return duration(seconds.value)
        node = seconds or state.timestamp or state.seconds_path or state.timestamp_path
    elif isinstance(state, MapState):
        return "distributed" if state.distributed else ""
    if node is None:
        return ""
    return cut(clean(_jsonata(node)), _NAMED)


_FUNCTION: Final = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:(.+)", re.DOTALL)
_ACTIVITY: Final = re.compile(r"arn:[^:]*:states:[^:]*:[^:]*:activity:(.+)", re.DOTALL)
_INTEGRATION: Final = re.compile(r"arn:[^:]*:states:[^:]*:[^:]*:(?:aws-sdk:)?(.+)", re.DOTALL)


def _resource(text: str) -> str:
    function = _FUNCTION.fullmatch(text)
    if function:
        return f"lambda {function[1]}"
    activity = _ACTIVITY.fullmatch(text)
    if activity:
        return f"activity {activity[1]}"
    integration = _INTEGRATION.fullmatch(text)
    return integration[1] if integration else text
