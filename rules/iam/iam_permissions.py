"""ASL701."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from asllint.aws.iam import REFUSED, Statement, needs, page, policy
from asllint.aws.resource import AWS_SDK, HTTP, OPTIMIZED, Resource, parse
from asllint.model import State
from asllint.rule import NOTE, Example, Finding, Option, Rule

SHOWN = 6
"""How many actions of one service a message names."""


class IamPermissions(Rule):
    """What the execution role must allow for a Task that calls SageMaker.

    Step Functions makes the call of a Task with the execution role of the state machine, and needs more than the call
    itself: `iam:PassRole` on a role that it hands over, `sagemaker:AddTags` for the tag that it puts on a job which it
    waits for, permissions to follow and to stop the job, and for most `.sync` integrations permissions on a *managed rule*
    of EventBridge that tells when the job has ended.

    The finding is one a Task, at its Resource. Its details hold the statements as JSON, with resources as narrow as the
    literals of the definition allow: a job name that is written there names the job, one that is made while running widens
    the resource to all of its type. Region and account are `${AWS::Region}` and `${AWS::AccountId}`, to be replaced where
    CloudFormation does not do it. Each statement says where it is known from; some are inferred, and some names are not
    documented by AWS.

    ## Why it matters

    - Without the permissions on the managed rule AWS refuses to create the state machine.
    - Without the action itself, `iam:PassRole` or `sagemaker:AddTags` the task fails when it runs.
    - Without the permission to describe the job the task may hang: an event can be lost.
    - Without the permission to stop the job, stopping the execution leaves it running, and costing.

    ## What to do

    Compare the statements with the policies of the role, then ignore the hint in the Comment of the state:
    `asllint: ignore[iam-permissions] the role has them`. With `--policy FILE`, or `policy` in the configuration, asllint compares
    them itself: then the hint is not given, and what is missing is a finding.
    """

    code = "ASL701"
    name = "iam-permissions"
    severity = NOTE
    concerns = ("resource:integration",)
    precision = "high"
    options = {
        "services": Option(
            ("sagemaker",),
            "services whose Tasks get the hint, such as `batch`, as the Resource has them; `*` stands for every one",
        )
    }

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::sagemaker:createTrainingJob.sync"», "Parameters": {
    "TrainingJobName.$": "$.name", "RoleArn": "arn:aws:iam::123456789012:role/training"}}}}""",
        ),
        Example(
            """{"StartAt": "Run", "States": {"Run": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::batch:submitJob.sync"», "Parameters": {"JobName": "n", "JobQueue": "q",
    "JobDefinition": "d"}}}}""",
            title="another service, by option",
            options={"services": ("batch", "glue")},
        ),
        Example(
            """{"StartAt": "Read", "States": {"Read": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::aws-sdk:s3:getObject"», "Parameters": {"Bucket": "b", "Key": "k"}}}}""",
            title="a call of the SDK, by option",
            options={"services": ("*",)},
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}}}""",
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": {}}}}""",
            title="the policies of the role are known",
            policy="""{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"}]}""",
        ),
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Comment": "asllint: ignore[iam-permissions] the role has them",
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": {}}}}""",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Derive the statements of one Task."""
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        if resource is None or resource.kind not in (OPTIMIZED, HTTP, AWS_SDK) or resource.service is None:
            return
        services = self.option("services")
        assert isinstance(services, tuple)
        if resource.service.text not in services and "*" not in services:
            return
        assumed = state.field("Credentials") is not None
        if state.machine.policies is not None and not assumed:
            return  # they are compared, and what is missing is told
        parameters = state.field("Parameters") or state.field("Arguments")
        statements = needs(resource, parameters, assumed=assumed)
        if not statements:
            return
        sure = [statement for statement in statements if not statement.only]
        rule = next((statement for statement in sure if statement.without == REFUSED), None)
        calls = [name for statement in sure if statement is not rule for name in statement.actions]
        who = "The role in `Credentials`" if assumed else "The execution role"
        message = f"{who} must allow {_names(calls)}"
        if rule is None:
            message += "."
        else:
            title = rule.resources[0].rsplit("/", 1)[-1]
            unsure = " (its name is a guess: AWS does not document it)" if "guess" in rule.basis else ""
            message += (
                f", and {_names(rule.actions)} on the managed rule `{title}`{unsure}, without which AWS refuses to create"
                " the state machine."
            )
        cure = "`--verbose` and SARIF show the statements, and what happens without each."
        yield Finding(resource.node, message, cure=cure, details=partial(_details, resource, statements))


def _names(actions: Sequence[str]) -> str:
    """Return actions in code marks, the prefix of a service written once."""
    services: dict[str, list[str]] = {}
    for name in dict.fromkeys(actions):
        prefix, _, action = name.partition(":")
        services.setdefault(prefix, []).append(action)
    out = []
    for prefix, names in services.items():
        shown = [f"`{prefix}:{names[0]}`", *(f"`{name}`" for name in names[1:SHOWN])]
        if len(names) > SHOWN:
            shown.append(f"{len(names) - SHOWN} more")
        out.append(", ".join(shown))
    return "; ".join(out)


def _details(resource: Resource, statements: Sequence[Statement]) -> str:
    import json

    entries = policy(statements)
    out = [f"Statements for `{resource.node.text}`, as narrow as the definition allows:", "", "```json"]
    out += [json.dumps(entries, indent=2), "```", ""]
    for statement in statements:
        if not statement.only:
            actions = ", ".join(f"`{name}`" for name in statement.actions)
            note = f" Note: {statement.note}." if statement.note else ""
            out.append(
                f"- {actions}: {statement.reason}; without it: {statement.without}. Basis: {statement.basis}.{note}"
            )
    wide = dict.fromkeys(name for statement in statements if not statement.only for name in statement.wide)
    if wide:
        names = ", ".join(f"`{name}`" for name in wide)
        out += ["", f"Not known from the definition, so the resource is all of its type: {names}."]
    special = [statement for statement in statements if statement.only]
    if special:
        out += ["", "Needed in some cases only:", ""]
        for statement in special:
            actions = ", ".join(f"`{name}`" for name in statement.actions)
            where = ", ".join(f"`{name}`" for name in statement.resources)
            out.append(f"- {actions} on {where}: {statement.only}. Basis: {statement.basis}.")
    service = resource.service.text if resource.service is not None else ""
    if page(service) and resource.kind != AWS_SDK:
        out += ["", f"See the page `{page(service)}` of the AWS Step Functions Developer Guide."]
    return "\n".join(out)
