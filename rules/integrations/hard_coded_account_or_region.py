"""ASL630."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from asllint.model import StateMachine
from asllint.model.expressions import TEXT
from asllint.model.names import listed
from asllint.rule import NOTE, Example, Finding, Related, Rule
from asllint.source.node import Node

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z]{2}(?:-[a-z]+)+-\d)?:(\d{12}):(\S*)", re.ASCII)
_OF_AWS = re.compile(r"function:(?:PRE|ACS)-|workteam/public-crowd|human-task-ui/|function:AWSLambda|policy/")
"""What belongs to accounts of AWS, or needs no account of one's own."""
_EXAMPLES = re.compile(r"123456789012|111122223333|112233445566|444455556666|777788889999|(\d)\1{11}")
"""Account numbers that stand for one in the documentation of AWS."""
_MORE = 20
"""How many other places are pointed at."""


class HardCodedAccountOrRegion(Rule):
    """ARNs in the definition name one account, or one region.

    One note is made for each account that ARNs name in `Resource` and in parameters, at the first of them. ARNs with a
    placeholder in the place of the account are left alone, and so are resources that belong to AWS, such as the built-in
    functions of labeling jobs, and the account numbers of examples, such as 123456789012.

    ## Why it matters

    The definition works in that account and that region alone: a test stage in another account calls into this one, or is
    refused, and the move to another region means editing the text.

    ## What to do

    Let the tool that deploys the definition fill the ARNs in: `DefinitionSubstitutions` of SAM and CloudFormation,
    `templatefile` of Terraform, references of the CDK. Where one account is meant, ignore the rule.
    """

    code = "ASL630"
    name = "hard-coded-account-or-region"
    severity = NOTE
    concerns = ("Task",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "arn:aws:lambda:«eu-west-1:210987654321»:function:a", "Next": "B"},
  "B": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:210987654321:function:b", "End": true}}}""",
            title="one note for both",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sns:publish", "Arguments": {"Message": "{% $states.input %}",
    "TopicArn": "arn:aws:sns:«eu-west-1:210987654321»:alarms"}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:a"}}}"""
        ),
        Example(
            """{"StartAt": "Label", "States": {"Label": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Parameters": {
    "LabelingJobName.$": "$$.Execution.Name", "HumanTaskConfig": {
      "PreHumanTaskLambdaArn": "arn:aws:lambda:eu-west-1:568282634449:function:PRE-BoundingBox"}}}}}""",
            title="a function of AWS",
        ),
        Example(
            '{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:112233445566:function:a", "End": true}',
            title="an account of AWS's examples",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Gather the ARNs by account and region."""
        places: dict[str, list[tuple[Node, tuple[int, int]]]] = {}
        regions: dict[str, dict[str, None]] = {}
        for node in _strings(machine):
            text = node.text or ""
            found = _ARN.search(text) if "arn:" in text else None
            if found is None or _OF_AWS.match(found.group(3)) or _EXAMPLES.fullmatch(found.group(2)):
                continue
            account, region = found.group(2), found.group(1)
            span = (found.start(1) if region else found.start(2), found.end(2))
            if any(start < span[1] for start, _ in node.holes):
                continue
            places.setdefault(account, []).append((node, span))
            if region:
                regions.setdefault(account, {})[region] = None
        for account, found_at in places.items():
            node, span = found_at[0]
            there = listed(list(regions.get(account, ())), "and")
            count = len(found_at)
            names = "An ARN names" if count == 1 else f"{count:,} ARNs name"
            yield Finding(
                node.span_in(*span),
                f"{names} the account `{account}`{' in ' if there else ''}{there}: the definition works there alone.",
                cure="Let the tool that deploys it fill them in.",
                anchor=node,
                related=[Related(other.span_in(*at), "the same account") for other, at in found_at[1 : 1 + _MORE]],
            )


def _strings(machine: StateMachine) -> Iterator[Node]:
    """Yield the Resources, and the strings of templates that are taken as they stand."""
    for state in machine.all_states():
        resource = state.node.get("Resource")
        if state.type == "Task" and resource is not None:
            yield resource
    for expression in machine.expressions:
        if expression.kind == TEXT:
            yield expression.node
