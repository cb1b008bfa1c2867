"""ASL606."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asllint.aws import catalog
from asllint.aws.check import UNKNOWN_MEMBER, Mismatch
from asllint.model import StateMachine
from asllint.model.calls import MISSING, UNKNOWN, Call, calls, shown
from asllint.model.machine import JSONATA
from asllint.model.names import listed, misspelt, nearest
from asllint.rule import ERROR, WARNING, Example, Finding, Related, Rule
from asllint.source.node import Node, Span

# What an example of the developer guide leaves out, though the API's model requires it.
_NOT_IN_THE_GUIDE = (("bedrockagentcore", "invokeHarness", "RuntimeSessionId"),)


class MissingParameter(Rule):
    """The request of an integration lacks a parameter that the call cannot do without.

    AWS answers "The field 'FunctionName' is required but was missing" when the definition is created. It is measured for the
    commonest calls: `lambda:invoke`, `sqs:sendMessage`, `sns:publish`, `dynamodb:putItem` and `getItem`,
    `states:startExecution`, `events:putEvents`, `ecs:runTask` and `glue:startJobRun`. What is required elsewhere, and inside of
    parameters, is taken from the model of each API: without it the call fails at the latest when the state runs. That goes for
    the tokens, too, which SDKs make up themselves: behind `aws-sdk:` Step Functions does not, behind an optimized integration
    it does. `http:invoke` finds its connection in `InvocationConfig` or `Authentication` (developer guide, "Call HTTPS APIs").
    In JSONPath a key with `.$` counts as the parameter.

    It is a warning where a parameter that the data does not know stands beside: what an API gets often stands for what it
    wanted before.

    ## Why it matters

    The definition cannot be deployed, or the call fails.

    ## What to do

    Add the parameter. Names are those of the service's API with a capital first letter, and case-sensitive.
    """

    code = "ASL606"
    name = "missing-parameter"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (MISSING,)

    invalid = (
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", '
            '«"Parameters"»: {"Payload.$": "$"}, "End": true}'
        ),
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::sqs:sendMessage", '
            '«"Arguments"»: {"Queue": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "MessageBody": "x"}, "End": true}',
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::sagemaker:createModel", "End": true,
  "Parameters": {"ModelName.$": "$.name", "ExecutionRoleArn": "${Role}",
    "PrimaryContainer": {"Image": "${Image}", «"ImageConfig"»: {}}}}""",
            title="inside of a parameter",
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::aws-sdk:emrserverless:startJobRun",
  «"Parameters"»: {"ApplicationId": "${Application}", "ExecutionRoleArn": "${Role}"}, "End": true}""",
            title="the token that an SDK makes up",
        ),
    )
    valid = (
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", '
            '"Parameters": {"FunctionName.$": "$.function"}, "End": true}'
        ),
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::lambda:invoke", '
            '"Arguments": "{% $states.input.request %}", "End": true}'
        ),
        Example(
            '{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::lambda:invoke", '
            '"Parameters": {"${Key}": "f"}, "End": true}'
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what is missing, in one finding for each object."""
        objects: dict[int, tuple[Call, list[Mismatch]]] = {}
        for call, mismatch in calls(machine).of(MISSING):
            objects.setdefault(id(mismatch.owner), (call, []))[1].append(mismatch)
        unknown: dict[int, list[Mismatch]] = {}
        for _, mismatch in calls(machine).of(UNKNOWN) if objects else ():
            unknown.setdefault(id(mismatch.owner), []).append(mismatch)
        for owner, (call, missing) in objects.items():
            yield _finding(call, missing, unknown.get(owner, ()))


def _finding(call: Call, missing: list[Mismatch], unknown: Sequence[Mismatch]) -> Finding:
    owner, path = missing[0].owner, missing[0].path[:-1]
    names = [mismatch.name for mismatch in missing]
    at: Node | Span = call.owner_key(path) or (owner.start, owner.start + 1)
    refused = False
    if not path and not call.operation.sdk:
        recorded = catalog.REQUIRED.get((call.operation.service, call.operation.name), ())
        refused = any(name in recorded for name in names)
    others = [mismatch.name for mismatch in unknown]
    near = {name: found for name in names if (found := nearest(name, others)) is not None}
    title = call.title[:1].upper() + call.title[1:]
    message = f"{title} is called without {listed(names)}" if not call.reader else f"{title} needs {listed(names)}"
    if path:
        message = f"`{shown(path)}` of {call.title} lacks {listed(names)}"
    guided = not path and all(
        (call.operation.service, call.operation.name, name) in _NOT_IN_THE_GUIDE for name in names
    )
    newer = not refused and any(map(_may_be_newer, unknown))
    end = "AWS refuses the definition" if refused else "the call may fail" if guided or newer else "the call fails"
    return Finding(
        at,
        f"{message}: {end}.",
        cure=" ".join(f"Is `{found}` meant as `{name}`?" for name, found in near.items())
        or _token(call, names)
        or ("Add it to the request." if len(names) == 1 else "Add them to the request."),
        anchor=owner,
        related=[
            Related(owner.key(found) or owner.key(f"{found}.$") or owner, f"`{name}`?") for name, found in near.items()
        ],
        severity=WARNING if call.reader or guided or newer else None,
        rejected_by_aws=refused,
    )


def _may_be_newer(mismatch: Mismatch) -> bool:
    return mismatch.kind == UNKNOWN_MEMBER and not any(misspelt(mismatch.name, known) for known in mismatch.known)


def _token(call: Call, names: Sequence[str]) -> str:
    """Propose a value for a token that tells a request from others."""
    if not call.operation.sdk or names not in (["ClientToken"], ["ClientRequestToken"], ["IdempotencyToken"]):
        return ""
    value = '": "{% $uuid() %}"' if call.language == JSONATA else '.$": "States.UUID()"'
    return f'SDKs make it up, Step Functions does not. For example `"{names[0]}{value}`.'
