"""ASL425."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model.context import TOKEN, ContextRead, context_reads
from asllint.model.expressions import JSONATA_EXPRESSION, Expression
from asllint.model.features import CALLBACK
from asllint.model.machine import MapState, State
from asllint.rule import ERROR, WARNING, Example, Finding, Rule

_RETRIES = ("State", "RetryCount")


class ContextFieldNotHere(Rule):
    """A part of the context object is read in a state that does not have it.

    `Map.Item` is there in the `ItemSelector` of a Map state and in the states of its item processor, `Task.Token` in a task
    whose Resource ends in `.waitForTaskToken` (developer guide, "Accessing execution data from the Context object" and "Wait
    for a Callback with Task Token"). AWS accepts the path elsewhere too, all but the token in a Pass state of JSONata, which it
    refuses (measured in September 2026, without the code of the answer): that is an error. The execution fails when the path is
    evaluated to nothing, and a token that nobody waits for is of no use. Of `.sync` tasks nothing is said: they were seen to
    have one.

    In JSONata `State.RetryCount` is there in the states that can have a Retry, and not in Pass and Succeed states (measured
    likewise).

    ## Why it matters

    The state fails whenever it runs, or whoever is sent the token answers in vain.

    ## What to do

    Read the item in `ItemSelector` and hand it on. For a token, end the Resource in `.waitForTaskToken`, as in
    `arn:aws:states:::sqs:sendMessage.waitForTaskToken`. A token is good for one task: another task cannot read it.
    """

    code = "ASL425"
    name = "context-field-not-here"
    severity = ERROR
    concerns = ("expression:context",)

    invalid = (
        Example(
            """{"StartAt": "Send", "States": {
  "Send": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {
    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": {"token.$": "«$$.Task.Token»"}},
    "End": true}}}""",
            title="a task that does not wait for its token",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "Output": "{% «$states.context.Map.Item.Index» + 1 %}", "End": true}}}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "ItemSelector": {"item.$": "$$.Map.Item.Value"}, "End": true, "ItemProcessor": {
    "StartAt": "Send", "States": {"Send": {"Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {
        "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q",
        "MessageBody": {"token.$": "$$.Task.Token", "number.$": "$$.Map.Item.Index"}}, "End": true}}}}}}"""
        ),
        Example(
            '{"Type": "Task", "Resource": "${Resource}", "QueryLanguage": "JSONPath", '
            '"Parameters": {"token.$": "$$.Task.Token"}, "End": true}'
        ),
    )

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        for read in context_reads(expression) or ():
            if read.guarded or not read.names:
                continue
            refused = False
            if read.names[0] == "Task" and not _has_token(expression.state):
                refused = (
                    read.names == TOKEN and expression.state.type == "Pass" and expression.kind == JSONATA_EXPRESSION
                )
                message, cure = _token(expression.state, read, refused)
            elif read.names == _RETRIES and expression.state.type in ("Pass", "Succeed"):
                if expression.kind != JSONATA_EXPRESSION:
                    continue  # nothing is recorded of `$$.State.RetryCount`
                message = f"`{read.text}` is not there: a {expression.state.type} state has no retries, and this gives nothing."
                cure = "Read it in the state that is retried, and hand it on."
            elif read.names[:2] == ("Map", "Item") and not _has_item(expression):
                message = (
                    f"`{read.text}` is not there: only `ItemSelector` of a Map state and the states inside have an item, "
                    "and the execution fails here."
                )
                cure = "Read the item there, and hand it on as input."
            else:
                continue
            yield _finding(expression, read, message, cure, refused)


def _token(state: State, read: ContextRead, refused: bool) -> tuple[str, str]:
    if state.type == "Task":
        message = (
            f"`{read.text}` is for a task that waits to be given its token back, and this one does not wait: nobody can use "
            "it, and the execution may fail here."
        )
        return message, f"Let the Resource end in `{CALLBACK}`, or leave the token out."
    fails = "AWS refuses it in a Pass state" if refused else "the execution fails here"
    message = f"`{read.text}` is not there: only a Task state has a token, and {fails}."
    return message, f"Read it in the task whose Resource ends in `{CALLBACK}`."


def _finding(expression: Expression, read: ContextRead, message: str, cure: str, refused: bool) -> Finding:
    node = expression.node
    return Finding(
        node.span_in(read.start, read.end),
        message,
        cure=cure,
        anchor=node,
        severity=None if refused else WARNING,  # `rejected_by_aws` wants the code of the answer, which is not recorded
    )


def _has_token(state: State) -> bool:
    """Whether a state has a token, or may: `.sync` tasks were seen with one, and of activities nothing is recorded."""
    if state.type != "Task":
        return False
    resource = state.node.get("Resource")
    text = resource.literal if resource is not None else None
    return text is None or text.endswith((CALLBACK, ".sync", ".sync:2")) or ":activity:" in text


def _has_item(expression: Expression) -> bool:
    state = expression.state
    if state.machine.fragment in ("state", "states"):
        return True  # the Map may stand around it
    if isinstance(state, MapState) and expression.field in ("ItemSelector", "Parameters", "BatchInput"):
        return True
    owner = state.scope.owner
    while owner is not None:
        if isinstance(owner, MapState):
            return True
        owner = owner.scope.owner
    return False
