"""ASL122."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import State, TaskState
from asllint.rule import ERROR, Example, Finding, Related, Rule
from asllint.source.node import pieces


class CredentialsOnActivity(Rule):
    """A Task that waits for an activity has Credentials, which activities do not take.

    `Credentials` names a role that Step Functions assumes to call the resource (developer guide, "Accessing resources in
    other AWS accounts"). An activity is not called: its worker asks for the work, with a role of its own. AWS answers "The
    field 'Credentials' is not supported for activities".

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Remove `Credentials`, and give the worker the permissions that it needs.
    """

    code = "ASL122"
    name = "credentials-on-activity"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("Credentials",)

    invalid = (
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:eu-west-1:123456789012:activity:weigh", "End": true,
  «"Credentials"»: {"RoleArn": "arn:aws:iam::123456789012:role/weigher"}}"""
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Parameters": {"FunctionName": "f"}, "Credentials": {"RoleArn": "${Role}"}}"""
        ),
        Example("""{"Type": "Task", "Resource": "${Work}", "End": true, "Credentials": {"RoleArn": "${Role}"}}"""),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at a Task with Credentials."""
        key = state.key("Credentials")
        if key is None or not isinstance(state, TaskState):
            return
        resource = state.resource
        if resource is None or resource.text is None:
            return
        known = pieces(resource)
        if known[0].startswith("arn:") and any(":activity:" in piece for piece in known):
            yield Finding(
                key,
                "An activity takes no `Credentials`: AWS refuses the definition.",
                cure="Remove it; the worker of the activity has a role of its own.",
                related=[Related(resource, "the activity")],
            )
