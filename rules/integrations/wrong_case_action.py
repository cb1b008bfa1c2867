"""ASL611."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import AWS_SDK, INTEGRATIONS, parse
from asllint.model import State
from asllint.model.calls import UNRECOGNIZED
from asllint.rule import ERROR, Example, Finding, Fix, Rule


class WrongCaseAction(Rule):
    """The action in a Resource is known in other letters: small ones for capitals, or capitals for small.

    An action begins with a small letter, and has its other capitals as the API has them: `createTrainingJob`,
    `describeDBInstances`. AWS compares letter by letter.

    ## Why it matters

    AWS refuses the definition: *The resource provided … is not recognized. The value is not a valid resource ARN, or the
    resource is not available in this region.*

    ## What to do

    Write the action as it is known; the fix does.
    """

    code = "ASL611"
    name = "wrong-case-action"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = (UNRECOGNIZED,)

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::sagemaker:«CreateTrainingJob».sync"}}}""",
        ),
        Example(
            """{"StartAt": "Read", "States": {"Read": {"Type": "Task", "End": true, "Arguments": {},
  "QueryLanguage": "JSONata", "Resource": "arn:${AWS::Partition}:states:::aws-sdk:secretsmanager:«GetSecretValue»"}}}""",
        ),
        Example(
            """{"StartAt": "List", "States": {"List": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::aws-sdk:rds:«describeDbInstances»"}}}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "List", "States": {"List": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::aws-sdk:rds:describeDBInstances"}}}""",
        ),
        Example(
            """{"StartAt": "List", "States": {"List": {"Type": "Task", "End": true, "Parameters": {},
  "Resource": "arn:aws:states:::aws-sdk:rds:${Action}"}}}""",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look for the action in other letters."""
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        if resource is None or resource.kind not in INTEGRATIONS or resource.service is None or resource.action is None:
            return
        service, action = resource.service.literal, resource.action.literal
        if service is None or not action:
            return
        right = catalog.recased(service, action, sdk=resource.kind == AWS_SDK)
        if right is None:
            return
        called = f"aws-sdk:{service}" if resource.kind == AWS_SDK else service
        start, end = resource.span(resource.action)
        yield Finding(
            (start, end),
            f"`{called}` has no action `{action}` in these letters, and AWS refuses what it does not know.",
            cure=f"Write `{right}`.",
            anchor=node,
            fix=Fix(f"Write `{right}`", [(start, end, right)], safe=False),
        )
