"""ASL705."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine, audit
from asllint.rule import WARNING, Example, Finding, Rule


class IamPassRoleUnconstrained(Rule):
    """A policy of the role lets it hand many roles to any service.

    The rule runs where the policies of the execution role are known (`--policy FILE`, or `policy` in the configuration). It
    reports a statement that allows `iam:PassRole` on a wildcard without a condition on `iam:PassedToService` (IAM user guide,
    "Grant a user permissions to pass a role to an AWS service").

    ## Why it matters

    Whoever may pass a role may use its permissions: with a state machine that starts a job with a role of the caller's
    choice, an administrator's role is one parameter away.

    ## What to do

    Name the roles that the definition passes, and add the condition:
    `"Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}`.
    """

    code = "ASL705"
    name = "iam-pass-role-unconstrained"
    severity = WARNING
    concerns = ("policy",)
    security_severity = 8.0

    invalid = (
        Example(
            """{«"StartAt"»: "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": {"TrainingJobName.$": "$.name",
    "RoleArn": "arn:aws:iam::123456789012:role/training"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["sagemaker:CreateTrainingJob", "iam:PassRole"], "Resource": "*"}]}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": {"TrainingJobName.$": "$.name",
    "RoleArn.$": "$.role"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "sagemaker:CreateTrainingJob", "Resource": "*"},
  {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/*",
   "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}]}""",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each statement."""
        found = audit.of_machine(machine)
        for one in found.passing if found is not None else ():
            place = audit.place_of(one.resource.node)
            message = (
                f"`{place}` allows `iam:PassRole` on `{one.resource.text}` without `iam:PassedToService`: the role can hand any"
                " of these roles to any service."
            )
            cure = "Name the roles that are passed, and test `iam:PassedToService` in a Condition."
            yield Finding(audit.head(machine), message, cure=cure, anchor=machine.node)
