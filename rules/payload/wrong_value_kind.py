"""ASL503."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.expressions import PATH_OR_INTRINSIC, Expression
from asllint.model.payload import FUNCTION, NEVER, WRONG_KIND, Problem, analyse, described, taken, with_input
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule
from asllint.source.node import NUMBER, STRING


class WrongValueKind(Rule):
    """A path or expression gives a value of a kind that its field, comparison or operator cannot use.

    `TimestampPath` takes a timestamp with an offset, `SecondsPath`, `TimeoutSecondsPath`, `MaxConcurrencyPath` and their kin a
    number. AWS accepts the definition; the execution fails: "The TimestampPath parameter does not reference a valid ISO-8601
    extended offset date-time format string", "The MaxConcurrencyPath field refers to value "NoNumber" which is not a valid
    integer". So it is with the JSONata expression of `Timestamp`, `Seconds`, `TimeoutSeconds`, `MaxConcurrency` and their kin:
    "returned an unexpected result type". `Seconds` fails on 1.5, on a negative number and on a text of digits as well, `Timestamp`
    on a day that the month does not have (measured in September 2026). Of `SecondsPath` and its kin no such measurement is known:
    there a text of digits, a fraction and a negative number are not reported.

    In JSONata `<`, `<=`, `>` and `>=` take two numbers or two strings, `+`, `-`, `*`, `/` and `%` two numbers, and fail on
    anything else (JSONata, "Comparison operators", "Numeric operators"): a text of digits is no number.

    Other comparisons do not fail: where the data is of another kind, an operator of a Choice rule is false (specification,
    "Data-test expression"), and so is `=` in JSONata. These are warnings, and so is a `Condition` that gives neither true
    nor false, or an `Error` or a `Cause` that is no text, which the specification asks for. `ErrorPath` and `CausePath` take a
    text, too, and of the intrinsic functions those that give one (developer guide, "Fail workflow state").

    Only data that the definition itself makes is judged, and its input where that is described (`--input`).

    ## Why it matters

    The execution fails when it gets there, or a Choice rule never holds.

    ## What to do

    Write the value as the field wants it, or compare with the operator for its kind. In JSONata `$number` makes a number of a
    text, and `&` joins texts.
    """

    code = "ASL503"
    name = "wrong-value-kind"
    severity = ERROR
    concerns = ("payload:known", f"expression:{PATH_OR_INTRINSIC}")

    invalid = (
        Example(
            """{"StartAt": "When", "States": {
  "When": {"Type": "Pass", "Result": "2026-12-24 18:00:00", "ResultPath": "$.when", "Next": "Wait"},
  "Wait": {"Type": "Wait", "TimestampPath": "«$.when»", "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "Count", "States": {
  "Count": {"Type": "Pass", "Parameters": {"tries": "0"}, "Next": "Enough"},
  "Enough": {"Type": "Choice", "Choices": [
    {"Variable": "$.tries", «"NumericGreaterThan"»: 3, "Next": "Done"}], "Default": "Done"},
  "Done": {"Type": "Succeed"}
}}""",
            title="a comparison that never holds: a warning",
        ),
        Example(
            """{"StartAt": "Count", "QueryLanguage": "JSONata", "States": {
  "Count": {"Type": "Pass", "Output": {"tries": "0"}, "Next": "Enough"},
  "Enough": {"Type": "Choice", "Choices": [
    {"Condition": "{% «$states.input.tries > 3» %}", "Next": "Done"}], "Default": "Done"},
  "Done": {"Type": "Succeed"}
}}""",
            title="JSONata compares no text with a number",
        ),
        Example(
            """{"StartAt": "Start", "QueryLanguage": "JSONata", "States": {
  "Start": {"Type": "Pass", "Assign": {"round": "0"}, "Next": "Count"},
  "Count": {"Type": "Pass", "Assign": {"round": "{% «$round + 1» %}"}, "End": true}
}}""",
            title="and adds none",
        ),
        Example(
            '{"Type": "Wait", "QueryLanguage": "JSONata", "Timestamp": "«{% $millis() + 60000 %}»", "End": true}',
            title="milliseconds are no timestamp: `$fromMillis` makes one",
        ),
        Example(
            '{"Type": "Fail", "Error": "TooMany", "QueryLanguage": "JSONPath", "CausePath": "«States.ArrayLength($.orders)»"}',
            title="the length is a number",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "When", "States": {
  "When": {"Type": "Pass", "Result": "2026-12-24T18:00:00Z", "ResultPath": "$.when", "Next": "Wait"},
  "Wait": {"Type": "Wait", "TimestampPath": "$.when", "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "When", "States": {
  "When": {"Type": "Pass", "Result": "${When}", "ResultPath": "$.when", "Next": "Wait"},
  "Wait": {"Type": "Wait", "TimestampPath": "$.when", "End": true}
}}"""
        ),
        Example(
            """{"Type": "Fail", "QueryLanguage": "JSONPath", "ErrorPath": "States.ArrayGetItem($.names, 0)",
  "CausePath": "States.Format('{} orders', States.ArrayLength($.orders))"}""",
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        """Look at the functions that `ErrorPath` and `CausePath` call."""
        if expression.kind != PATH_OR_INTRINSIC:
            return
        from asllint.expr import intrinsics

        node = expression.node
        call = intrinsics.parse(expression.text, node.holes).root
        function = intrinsics.FUNCTIONS.get(call.name or "") if call is not None else None
        if call is None or function is None or function.gives in (intrinsics.STRING, intrinsics.ANY):
            return
        if intrinsics.check(call):
            return  # which is reported by `invalid-path`
        kind = f"{'an' if function.gives[0] in 'aeiou' else 'a'} {function.gives}"
        yield Finding(
            node.span_in(call.start, call.end),
            f"`{function.name}` gives {kind}, and `{expression.field}` takes a text: {_INSTEAD}.",
            cure=f"Write `States.JsonToString({expression.text})`.",
            anchor=node,
            severity=WARNING,
        )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        for problem in analyse(machine).problems:
            if problem.kind in (WRONG_KIND, NEVER):
                yield Finding(
                    problem.span,
                    with_input(problem, _message(problem)),
                    cure=_cure(problem),
                    anchor=problem.node,
                    related=[Related(problem.origin.node, problem.origin.text)] if problem.origin else (),
                    severity=None if problem.certain and problem.kind == WRONG_KIND else WARNING,
                )


def _message(problem: Problem) -> str:
    shape = problem.shape
    what = "a function" if shape.kind == FUNCTION else described(shape)
    subject = f"`{problem.path}` is {what}"
    if problem.kind == NEVER:
        if problem.field == "=":
            return f"{subject}, and is never equal to a value of another kind."
        return f"{subject}: `{problem.field}` is never true for it."
    wanted = _WANTED.get(problem.field, "a number")
    what = f"{subject}, and `{problem.field}` takes {wanted}"
    if problem.field in _OF_FAIL:
        return f"{what}: the execution may fail with `States.QueryEvaluationError` instead of this error."
    if problem.field in _PATHS_OF_FAIL:
        return f"{what}: {_INSTEAD}."
    if problem.always and not problem.sure:
        return f"{what}: the execution fails when this is evaluated."
    if not problem.always:
        return f"On one of the ways to this state, {what}: then the execution fails here."
    return f"{what}: the execution fails here." if problem.fails else f"{what}: the state fails, {taken(problem)}."


def _cure(problem: Problem) -> str:
    if problem.kind == NEVER:
        return ""
    if problem.field in (*_ORDERS, *_ARITHMETIC) and problem.shape.kind == STRING:
        number = f"`$number({problem.path})`"
        return f"Write `&` to join texts, {number} to add." if problem.field == "+" else f"Write {number}."
    if problem.field in _OF_FAIL:
        return "Make a text of it with `$string`."
    if problem.field in _PATHS_OF_FAIL:
        return f"Write `States.JsonToString({problem.path})`."
    if problem.field == "Timestamp" and problem.shape.kind == NUMBER:
        return "`$fromMillis` makes a timestamp of milliseconds."
    if problem.field == "Seconds" and problem.shape.kind == STRING:
        return "`$number` makes a number of a text."
    return ""


_ORDERS = ("<", "<=", ">", ">=")

_ARITHMETIC = "+-*/%"

_OF_FAIL = ("Error", "Cause")

_PATHS_OF_FAIL = ("ErrorPath", "CausePath")

_INSTEAD = "the execution may fail with another error instead of this one"

_TIMESTAMP = "a timestamp such as `2026-01-31T09:30:00Z`"

_WANTED = {
    "Seconds": "a whole number that is not negative",
    "Timestamp": _TIMESTAMP,
    "TimestampPath": _TIMESTAMP,
    **dict.fromkeys((*_OF_FAIL, *_PATHS_OF_FAIL), "a text"),
    "Condition": "true or false",
    **dict.fromkeys(_ORDERS, "two numbers or two strings"),
    **dict.fromkeys(_ARITHMETIC, "two numbers"),
}
