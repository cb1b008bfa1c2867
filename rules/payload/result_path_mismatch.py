"""ASL504."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.payload import CONFLICT, Problem, analyse, described, taken, with_input
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule


class ResultPathMismatch(Rule):
    """A ResultPath adds a field to an input that is no object.

    `ResultPath` puts the result into the raw input of the state. Where that is an array, a text or a number, "ResultPath cannot
    apply and the interpreter fails the machine with an Error Name of States.ResultPathMatchFailure" (specification,
    "JSONPath Runtime Errors"). The results of Parallel and Map states are arrays, and the items of a Map state are often texts
    or numbers. The task has run by then.

    In a Catcher it is a warning, since it counts only when there is an error; and then the error is not handled.

    ## Why it matters

    The execution fails after the work is done.

    ## What to do

    Give the Parallel or Map state before it a `ResultPath` of its own, make an object of the items with `ItemSelector`, or
    leave the result as the output with `"ResultPath": "$"`.
    """

    code = "ASL504"
    name = "result-path-mismatch"
    severity = ERROR
    concerns = ("payload:known",)

    invalid = (
        Example(
            """{"StartAt": "Both", "States": {
  "Both": {"Type": "Parallel", "Branches": [
    {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}},
    {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}], "Next": "Sum"},
  "Sum": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:sum",
    "ResultPath": "«$.sum»", "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "List", "States": {
  "List": {"Type": "Pass", "Result": ["a", "b"], "Next": "Each"},
  "Each": {"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Do", "States": {
    "Do": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:do",
      "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "«$.error»", "Next": "Skip"}], "End": true},
    "Skip": {"Type": "Pass", "End": true}}}}
}}""",
            title="the items are texts: a warning in a Catcher",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Both", "States": {
  "Both": {"Type": "Parallel", "ResultPath": "$.parts", "Branches": [
    {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}], "Next": "Sum"},
  "Sum": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:sum",
    "ResultPath": "$.sum", "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "Make", "States": {
  "Make": {"Type": "Pass", "Result": "${Config}", "Next": "Sum"},
  "Sum": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:sum",
    "ResultPath": "$.sum", "End": true}
}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        for problem in analyse(machine).problems:
            if problem.kind == CONFLICT:
                yield Finding(
                    problem.span,
                    with_input(problem, _message(problem)),
                    cure="Make the input an object before, or write the result to `$`.",
                    anchor=problem.node,
                    related=[Related(problem.origin.node, problem.origin.text)] if problem.origin else (),
                    severity=None if problem.certain else WARNING,
                )


def _message(problem: Problem) -> str:
    what = f"the input of this state is {described(problem.shape)}, to which `{problem.path}` cannot be added"
    if not problem.always:
        what = f"on one of the ways to this state, {what.replace('of this state ', '')}"
    end = "the execution fails with States.ResultPathMatchFailure."
    if not problem.fails and problem.always:
        end = "the error is not handled, and States.ResultPathMatchFailure takes its place."
        if problem.sure:
            end = f"the state fails with States.ResultPathMatchFailure, {taken(problem)}."
    return f"{what[0].upper()}{what[1:]}: {end}"
