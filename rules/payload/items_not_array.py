"""ASL502."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.payload import FUNCTION, NO_ARRAY, Problem, analyse, described, taken, with_input
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule
from asllint.source.node import OBJECT, STRING


class ItemsNotArray(Rule):
    """The items of a Map state are no array.

    A Map state takes its items from `Items` or `ItemsPath`, or from its whole input where it has neither (specification,
    "Map State"). AWS accepts the definition; the execution fails: "returned an unexpected result type. Expected 'array', but
    was 'boolean'", "Map state input must be an array", "Reference path "$" must point to array."

    A distributed Map goes through an object, too: there is an iteration for each of its fields, given `Key` and `Value`
    (developer guide, "ItemsPath"). So an object that `Items` or `ItemsPath` names is right there. Elsewhere it is a warning: AWS
    has been recorded to refuse it in the same words, and the guide makes no difference between the modes.

    ## Why it matters

    The execution fails when it gets there; or it iterates over the fields of an object where a list was meant.

    ## What to do

    Point `ItemsPath` at the array in the input, or write an array in `Items`.
    """

    code = "ASL502"
    name = "items-not-array"
    severity = ERROR
    concerns = ("Map",)

    invalid = (
        Example(
            """{"Type": "Map", "QueryLanguage": "JSONata", "Items": "«{% 'a,b' %}»", "End": true, "ItemProcessor": {
  "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}}"""
        ),
        Example(
            """{"StartAt": "List", "States": {
  "List": {"Type": "Pass", "Result": {"orders": [1, 2]}, "Next": "Each"},
  «"Each"»: {"Type": "Map", "End": true, "ItemProcessor": {
    "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}}
}}""",
            title="without ItemsPath the whole input is taken: a warning, since it is an object",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "List", "States": {
  "List": {"Type": "Pass", "Result": {"orders": [1, 2]}, "Next": "Each"},
  "Each": {"Type": "Map", "ItemsPath": "$.orders", "End": true, "ItemProcessor": {
    "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}}
}}"""
        ),
        Example(
            """{"Type": "Map", "QueryLanguage": "JSONata", "Items": "${Items}", "End": true, "ItemProcessor": {
  "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}}"""
        ),
        Example(
            """{"StartAt": "List", "States": {
  "List": {"Type": "Pass", "Result": {"prices": {"a": 1, "b": 2}}, "Next": "Each"},
  "Each": {"Type": "Map", "ItemsPath": "$.prices", "End": true, "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.Value", "End": true}}}}
}}""",
            title="a distributed Map takes the fields of an object",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        for problem in analyse(machine).problems:
            if problem.kind == NO_ARRAY:
                yield Finding(
                    problem.span,
                    with_input(problem, _message(problem)),
                    cure=_cure(problem),
                    anchor=problem.node if problem.field else problem.state.node,
                    related=_related(problem),
                    severity=None if problem.certain else WARNING,
                )


def _message(problem: Problem) -> str:
    shape = problem.shape
    subject = (
        f"`{problem.path}`"
        if problem.path
        else f"`{problem.field}`"
        if problem.field
        else "The input of this Map state"
    )
    what = f"{subject} is {'a function' if shape.kind == FUNCTION else described(shape)}, where an array is due"
    if shape.kind == STRING and problem.path == shape.value:
        what = f"{subject} is a string, where an array is due"
    if not problem.always:
        what = f"On one of the ways to this state, {what[0].lower()}{what[1:]}"
    if shape.kind == OBJECT:
        return f"{what}: the execution fails, or goes through its fields one by one."
    if problem.always and problem.sure and not problem.fails:
        return f"{what}: the state fails, {taken(problem)}."
    return f"{what}: the execution fails here."


def _cure(problem: Problem) -> str:
    shape = problem.shape
    if problem.field == "Items" and problem.path == shape.value and str(shape.value).startswith("$"):
        return f"Write `{{% {shape.value} %}}`, if it is meant as an expression."
    arrays = [name for name, value in shape.fields.items() if value.kind == "array"]
    if len(arrays) == 1 and (not problem.field or problem.path.startswith("$")):
        root = problem.path if problem.path.startswith("$") else "$"
        return f"Did you mean `{root}.{arrays[0]}`?"
    return "Give it an array."


def _related(problem: Problem) -> Iterable[Related]:
    origin = problem.origin
    if origin is None or (problem.node.start <= origin.node.start < problem.node.end):
        return ()
    inside = problem.state.node
    own = inside.start <= origin.node.start < inside.end and origin.node is inside.key(problem.field)
    return () if own else (Related(origin.node, origin.text),)
