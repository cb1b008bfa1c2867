"""ASL632."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws.resource import LAMBDA, OPTIMIZED, parse
from asllint.model import State
from asllint.model.machine import JSONATA
from asllint.rule import NOTE, Example, Finding, Rule
from asllint.source.node import OBJECT, Node


class LambdaArnWithoutAlias(Rule):
    """A Task calls a Lambda function without saying which version of it.

    An ARN of a function without a version or alias behind its name means `$LATEST`, the code that was uploaded last. So does
    a `FunctionName` without one where there is no `Qualifier`. ARNs that are filled in later are left alone.

    ## Why it matters

    An execution may run for a year, and a deployment changes the function under it: the states before it ran with the old
    code, those behind it with the new. With an alias a deployment can be staged and taken back.

    ## What to do

    Publish versions and call an alias: `…:function:name:live`. The execution role then needs `lambda:InvokeFunction` on the
    ARN with the alias.
    """

    code = "ASL632"
    name = "lambda-arn-without-alias"
    severity = NOTE
    concerns = ("resource:other", "resource:integration")
    default = False

    invalid = (
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:lambda:eu-west-1:123456789012:function:hello"»}}}"""
        ),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": «"hello"», "Payload.$": "$"}}}}"""
        ),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {
    "FunctionName": «"arn:aws:lambda:eu-west-1:123456789012:function:hello:$LATEST"», "Payload.$": "$"}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:hello:live"}}}"""
        ),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": {"FunctionName": "hello", "Qualifier": "live", "Payload.$": "$"}}}}"""
        ),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${Hello}", "Payload.$": "$"}}}}"""
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the Resource, or at the FunctionName of lambda:invoke."""
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        if resource is None or node is None or resource.action is None:
            return
        if resource.kind == LAMBDA:
            name = node
        elif resource.kind == OPTIMIZED and resource.service is not None and resource.service.text == "lambda":
            found = _function(state)
            if found is None:
                return
            name = found
        else:
            return
        text = name.literal
        if text is None or not _latest(text):
            return
        what = text.removesuffix(":$LATEST").rpartition(":")[2]
        yield Finding(
            name,
            f"`{what}` is called without a version or alias: its code may change while an execution runs.",
            cure=f"Call an alias, such as `{what}:live`.",
        )


def _function(state: State) -> Node | None:
    """Return the FunctionName of a lambda:invoke, None where it is computed, or a Qualifier goes with it."""
    request = state.field("Arguments" if state.query_language == JSONATA else "Parameters")
    if request is None or request.kind != OBJECT or request.open:
        return None
    if request.get("Qualifier") is not None or request.get("Qualifier.$") is not None:
        return None
    name = request.get("FunctionName")
    return None if name is None or (name.text or "").startswith("{%") else name


def _latest(text: str) -> bool:
    """Whether the name or ARN of a function means its newest code."""
    parts = text.split(":")
    if parts[-1] == "$LATEST":
        return True
    if parts[0] == "arn":
        return len(parts) == 7
    # a name, or ACCOUNT:function:name
    return len(parts) == 1 or (len(parts) == 3 and parts[1] == "function")
