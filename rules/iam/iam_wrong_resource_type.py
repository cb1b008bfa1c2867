"""ASL706."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine, audit
from asllint.rule import WARNING, Example, Finding, Rule

SHOWN = 3
"""How many ARN forms a message names."""


class IamWrongResourceType(Rule):
    """A statement pairs an action with resources that it is never about, so it allows nothing.

    The rule runs where the policies of the execution role are known (`--policy FILE`, or `policy` in the configuration), and
    looks at the actions that the definition needs. What an action is about is AWS's Service Authorization Reference.

    The known trap is a nested execution: `states:StartExecution` is about a *state machine*, `states:DescribeExecution` and
    `states:StopExecution` are about an *execution*. AWS's page on IAM policies for nested workflows warns of it: one statement
    for the three, on the ARN of the state machine, does not let the parent follow or stop the child.

    ## Why it matters

    IAM takes the policy without a word. The call is denied when it runs, or a job is never seen to end.

    ## What to do

    Give the action a statement of its own, on resources of the form that the message names.
    """

    code = "ASL706"
    name = "iam-wrong-resource-type"
    severity = WARNING
    concerns = ("policy",)
    precision = "high"

    invalid = (
        Example(
            """{«"StartAt"»: "Child", "States": {"Child": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"Input.$": "$",
    "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["states:StartExecution", "states:StopExecution"],
   "Resource": "arn:aws:states:us-east-1:123456789012:stateMachine:child"}]}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Child", "States": {"Child": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"Input.$": "$",
    "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "states:StartExecution",
   "Resource": "arn:aws:states:us-east-1:123456789012:stateMachine:child"},
  {"Effect": "Allow", "Action": ["states:DescribeExecution", "states:StopExecution"],
   "Resource": "arn:aws:states:us-east-1:123456789012:execution:child:*"}]}""",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each action."""
        found = audit.of_machine(machine)
        for one in found.wrong if found is not None else ():
            place = audit.place_of(one.action.node)
            forms = [f"`{form}`" for form in one.forms[:SHOWN]]
            if len(one.forms) > SHOWN:
                forms.append(f"{len(one.forms) - SHOWN} more")
            named = ", ".join(f"`{pattern.text}`" for pattern in one.statement.resources[:SHOWN])
            message = (
                f"`{place}`: `{one.action.text}` is never about {named}, so the statement does not allow it; it is about"
                f" {' or '.join(forms)}."
            )
            cure = "Give it a statement with such a resource."
            yield Finding(audit.head(machine), message, cure=cure, anchor=machine.node)
