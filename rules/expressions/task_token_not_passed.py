"""ASL426."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws import resource as arns
from asllint.model import StateMachine
from asllint.model.context import passes_token
from asllint.model.expressions import TEXT, Expression
from asllint.model.features import CALLBACK
from asllint.model.machine import JSONATA, State
from asllint.rule import WARNING, Example, Finding, Related, Rule
from asllint.source.node import OBJECT, UNKNOWN, Node


class TaskTokenNotPassed(Rule):
    """A task waits for its token to come back, and gives it to nobody.

    A task whose Resource ends in `.waitForTaskToken` stops until somebody calls SendTaskSuccess or SendTaskFailure with the
    token of this very task. The token is in the context object: `$$.Task.Token`, or `$states.context.Task.Token` in JSONata;
    it also travels in `$$.Task` and in `$$` as a whole (developer guide, "Wait for a Callback with Task Token"). AWS accepts
    a task that passes none of them.

    ## Why it matters

    The execution waits until `TimeoutSeconds` or `HeartbeatSeconds` are over, and without them up to a year.

    ## What to do

    Put the token into what the task is given: `"token.$": "$$.Task.Token"`, in JSONata
    `"token": "{% $states.context.Task.Token %}"`. If nobody is to answer, take `.waitForTaskToken` off the Resource.
    """

    code = "ASL426"
    name = "task-token-not-passed"
    severity = WARNING
    concerns = ("resource:callback",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", «"Parameters"»: {
    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody.$": "$"}, "End": true}}}"""
        ),
        Example(
            """Type: Task
QueryLanguage: JSONata
Resource: arn:aws:states:::lambda:invoke.waitForTaskToken
«Arguments»:
  FunctionName: ask
  Payload: {input: '{% $states.input %}', token: $states.context.Task.Token}
End: true
""",
            language="yaml",
            title="a text, which is not evaluated",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {
    "QueueUrl": "${QueueUrl}", "MessageBody": {"text.$": "States.Format('{}', $$.Task.Token)"}}, "End": true}}}"""
        ),
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", '
            '"Arguments": {"FunctionName": "ask", "Payload": "{% $merge([$states.input, $states.context]) %}"}, "End": true}'
        ),
        Example(
            '{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", '
            '"Parameters": {"FunctionName": "ask", "Payload": ${Payload}}, "End": true}',
            title="a placeholder may bring it",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        waiting = [state for state in machine.all_states() if state.type == "Task" and _waits(state)]
        if not waiting:
            return
        expressions: dict[State, list[Expression]] = {state: [] for state in waiting}
        for expression in machine.expressions:
            if expression.state in expressions:
                expressions[expression.state].append(expression)
        for state in waiting:
            field = "Arguments" if state.query_language == JSONATA else "Parameters"
            given = state.node.member(field)
            if given is None or state.node.open or state.query_language is None:
                continue  # what is not there is another finding
            key, value = given
            if _may_bring(value, state) or any(_passes(e, field) for e in expressions[state]):
                continue
            name = "$states.context.Task.Token" if field == "Arguments" else "$$.Task.Token"
            resource = state.node.get("Resource")
            related = [] if resource is None else [Related(resource, "the task waits here")]
            texts = (
                e.node for e in expressions[state] if e.kind == TEXT and e.field == field and "Task.Token" in e.text
            )
            related += [Related(node, "a text, which is not evaluated") for node in texts]
            yield Finding(
                key,
                f"`{state.name}` waits for its token and does not pass it on: nobody can call back, and the execution waits "
                "until its timeout.",
                cure=f"Put `{name}` into `{field}`.",
                anchor=value,
                related=related,
            )


def _waits(state: State) -> bool:
    resource = state.node.get("Resource")
    text = resource.text if resource is not None else None
    if resource is None or text is None or not text.endswith(CALLBACK):
        return False
    parsed = arns.parse(resource)
    if (
        parsed is not None
        and parsed.kind in arns.INTEGRATIONS
        and catalog.support(parsed, arns.CALLBACK) != catalog.SUPPORTED
    ):
        return False  # it cannot wait so, which is another finding
    return not resource.holes or resource.holes[-1][1] <= len(text) - len(CALLBACK)


def _passes(expression: Expression, field: str) -> bool:
    """Whether an expression passes the token, or may."""
    if expression.field == "InputPath":
        return expression.text.startswith("$$")
    return expression.field == field and passes_token(expression)


_NAMES = ("Name", "Arn", "Url", "Id", "Cluster", "TaskDefinition", "Bucket", "Subject")
"""How the keys end whose values name something: a placeholder there brings no token."""


def _may_bring(value: Node, state: State) -> bool:
    """Whether a placeholder in what the task is given may bring the token."""
    stack: list[tuple[Node, str]] = [(value, "")]
    while stack:
        node, name = stack.pop()
        if node.kind == UNKNOWN:
            if not name.endswith(_NAMES):
                return True
        elif node.kind == OBJECT:
            if node.open:
                return True
            stack.extend((child, str(key.value)) for key, child in node.members)
        elif node.holes and not name.endswith(_NAMES):
            whole = node.whole_placeholder
            if (whole and (state.query_language == JSONATA or node is value)) or name.endswith(".$"):
                return True
        stack.extend((item, name) for item in node.items)
    return False
