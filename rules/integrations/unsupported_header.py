"""ASL633."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.calls import HEADER, calls
from asllint.rule import ERROR, WARNING, Example, Finding, Rule


class UnsupportedHeader(Rule):
    """An HTTP Task, or a call of API Gateway, sets a header that Step Functions does not take.

    Both have a list of headers that cannot be set, of any letter case (developer guide, "Call HTTPS APIs in Step Functions
    workflows" and "Create API Gateway REST APIs with Step Functions"): among them `Authorization`, `Host`, `Connection` and all
    that begin with `X-Amz` or `X-Forwarded`; of an HTTP Task also `Accept-Encoding`, `Cache-Control`, `If-Match`, `Origin` and
    `Referer`. AWS answers *The 'Headers' field contains unsupported values: [authorization]*, as people have reported for both.

    With `.$` behind the name it is found when the state runs: an HTTP Task fails with States.Runtime, which no Retry or Catch
    takes. What becomes of a call of API Gateway then is not documented: that is a warning.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    For an HTTP Task, let the EventBridge connection add what authorizes the request: an API key may go by any name of a header.
    For API Gateway, set `AuthType`, or let the authorizer read a header of another name.
    """

    code = "ASL633"
    name = "unsupported-header"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (HEADER,)

    invalid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::http:invoke", "End": true,
  "Arguments": {"ApiEndpoint": "https://api.acme.dev/orders", "Method": "GET",
    "InvocationConfig": {"ConnectionArn": "${Connection}"},
    "Headers": {«"authorization"»: "{% 'Bearer ' & $states.input.token %}", "Accept": "application/json"}}}""",
        ),
        Example(
            """Type: Task
QueryLanguage: JSONPath
Resource: arn:aws:states:::apigateway:invoke
Parameters:
  ApiEndpoint: abc123.execute-api.eu-west-1.amazonaws.com
  Method: GET
  Headers:
    «X-Amz-Date»: ["20261130T120000Z"]
    Accept: [application/json]
End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::http:invoke", "End": true,
  "Arguments": {"ApiEndpoint": "https://api.acme.dev/orders", "Method": "GET",
    "InvocationConfig": {"ConnectionArn": "${Connection}"},
    "Headers": {"${Header}": "x", "X-Order-Token": "{% $states.input.token %}"}}}""",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Name the headers."""
        for fact in calls(machine).facts:
            if fact.kind != HEADER:
                continue
            later = str(fact.node.value) != fact.name
            http = fact.call.operation.service == "http"
            end = "AWS refuses the definition"
            if later:
                end = "the state fails with `States.Runtime`" if http else "the call may fail"
            secret = http and "authorization" in fact.name.lower()
            yield Finding(
                fact.node,
                f"{fact.call.title} takes no header `{fact.name}`: {end}.",
                cure="Let the EventBridge connection add it." if secret else "Leave it out, or give it another name.",
                severity=WARNING if later and not http else None,
                rejected_by_aws=not later,
            )
