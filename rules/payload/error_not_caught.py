"""ASL507."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.error_data import unmade
from asllint.rule import WARNING, Example, Finding, Related, Rule


class ErrorNotCaught(Rule):
    """A state reads the error that a Catcher writes, and there is a way to it on which none has.

    A Catcher with a `ResultPath` adds the Error Output to the data (specification, "Errors"). Where a Choice state, or a
    Catcher without `ResultPath` for that field, leads to the same state, the field is not there: in JSONPath the execution fails
    with States.Runtime, "The JSONPath '$.error' specified for the field … could not be found in the input".

    Reported are ways on which the data is that of the execution's input with fields added to it. Nothing is said where a Choice
    state on the way asks for the field, or errors come to it as well (which may tell the two apart); where the field may be
    one of the input (a state reads it that no Catcher leads to, or a Catcher writes into it, as with `$.order.error`); nor of the
    states of branches and item processors. What a Catcher without any `ResultPath` leaves is told by `missing-path`.

    ## Why it matters

    It is the error handler that fails: the notification is not sent, and the execution ends with an error that hides what was
    wrong.

    ## What to do

    Let a Pass state on that way write the field (`Result` with `"ResultPath": "$.error"`), lead that way to a state that does not read it, or
    read `$` as a whole.
    """

    code = "ASL507"
    name = "error-not-caught"
    severity = WARNING
    concerns = ("catch:read",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Which?", "States": {
  "Which?": {"Type": "Choice", "Default": "Tell", "Choices": [{"Variable": "$.mode", "StringEquals": "full", "Next": "Load"}]},
  "Load": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "load"},
    "ResultPath": "$.run", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Tell"}], "Next": "Done"},
  "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Failed",
    "Parameters": {"TopicArn": "${Topic}", "Message.$": "States.Format('{}: {}', $.mode, $.«error».Cause)"}},
  "Failed": {"Type": "Fail", "Error": "NotLoaded"},
  "Done": {"Type": "Succeed"}
}}"""
        ),
        Example(
            """StartAt: Load
States:
  Load:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:load
    ResultPath: $.load
    Catch:
      - {ErrorEquals: [Busy], ResultPath: $.busy, Next: Failed}
      - {ErrorEquals: [States.ALL], ResultPath: $.error, Next: Failed}
    End: true
  Failed: {Type: Fail, Error: NotLoaded, CausePath: $.«error».Cause}
""",
            language="yaml",
            title="one Catcher writes it, the other does not",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Which?", "States": {
  "Which?": {"Type": "Choice", "Default": "Unknown", "Choices": [{"Variable": "$.mode", "StringEquals": "full", "Next": "Load"}]},
  "Unknown": {"Type": "Pass", "Result": {"Cause": "unknown mode"}, "ResultPath": "$.error", "Next": "Tell"},
  "Load": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "load"},
    "ResultPath": "$.run", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Tell"}], "Next": "Done"},
  "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Failed",
    "Parameters": {"TopicArn": "${Topic}", "Message.$": "$.error.Cause"}},
  "Failed": {"Type": "Fail", "Error": "NotLoaded"},
  "Done": {"Type": "Succeed"}
}}"""
        ),
        Example(
            """StartAt: Load
States:
  Load:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:load
    ResultPath: $.load
    Catch:
      - {ErrorEquals: [States.ALL], ResultPath: $.error, Next: Failed}
    Next: Loaded
  Loaded: {Type: Pass, Result: true, ResultPath: $.fine, Next: Clean up}
  Failed: {Type: Pass, Result: false, ResultPath: $.fine, Next: Clean up}
  Clean up:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:clean-up
    ResultPath: null
    Next: Fine?
  Fine?:
    Type: Choice
    Choices: [{Variable: $.fine, BooleanEquals: true, Next: Done}]
    Default: Not loaded
  Not loaded: {Type: Fail, Error: NotLoaded, CausePath: $.error.Cause}
  Done: {Type: Succeed}
""",
            language="yaml",
            title="both ways come to a Choice state, which tells them apart",
        ),
        Example(
            """{"StartAt": "Work", "States": {
  "Work": {"Type": "Task", "Resource": "${Worker}", "Next": "Fine?",
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Tell"}]},
  "Fine?": {"Type": "Choice", "Default": "Tell", "Choices": [{"Variable": "$.fine", "BooleanEquals": true, "Next": "Done"}]},
  "Tell": {"Type": "Pass", "Parameters": {"why.$": "$.error"}, "Next": "Done"},
  "Done": {"Type": "Succeed"}
}}""",
            title="the worker may give an `error` of its own",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what is read without having been caught."""
        for found in unmade(machine):
            title = found.way.title
            way = "from the start" if found.way.source is None else f"through {title[0].lower()}{title[1:]}"
            fails = "state" if found.state.catchers else "execution"
            made = f'"Result": {{"Error": "…", "Cause": "…"}}, "ResultPath": "$.{found.field}"'
            yield Finding(
                found.span,
                f"On the way {way}, no Catcher has written `$.{found.field}`: unless the input of the execution has it, the {fails} "
                "fails here.",
                cure=f"Let a Pass state on that way write it, such as `{made}`, or lead that way to another state.",
                anchor=found.node,
                related=[
                    Related(found.way.node, "the way on which it is not written"),
                    Related(found.catcher.result_path or found.catcher.node, "writes it on another way"),
                ],
            )
