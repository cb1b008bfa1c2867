"""ASL704."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine, audit
from asllint.rule import WARNING, Example, Finding, Rule

SHOWN = 4
"""How many actions or resources a message names."""


class IamWildcard(Rule):
    """A wildcard in a policy of the role allows more than the state machine needs.

    The rule runs where the policies of the execution role are known (`--policy FILE`, or `policy` in the configuration), and
    only where the needs of all Tasks are. A wildcard that the needs themselves have is none too many: an action without
    resource types wants `*`, and a name that is made while running can be any.

    ## Why it matters

    `s3:*` on `*` for a Task that reads one object lets whoever changes the definition, or its input, delete every bucket of
    the account.

    ## What to do

    Write the actions and resources that the message names; `asllint iam FILE` prints the whole policy.
    """

    code = "ASL704"
    name = "iam-wildcard"
    severity = WARNING
    concerns = ("policy",)
    precision = "high"
    security_severity = 5.0

    invalid = (
        Example(
            """{«"StartAt"»: "Read", "States": {"Read": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/k"}]}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Read", "States": {"Read": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "Parameters": {"Bucket": "b", "Key.$": "$.key"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}""",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each action and resource that is too wide."""
        found = audit.of_machine(machine)
        for one in found.wide if found is not None else ():
            needed = [f"`{text}`" for text in one.needed[:SHOWN]]
            if len(one.needed) > SHOWN:
                needed.append(f"{len(one.needed) - SHOWN} more")
            what = f"`{one.text}`" if one.text else "all but what it names"
            place = audit.place_of(one.node)
            message = f"`{place}` allows {what}, more than the definition needs: {', '.join(needed)}."
            yield Finding(audit.head(machine), message, cure="Write these instead.", anchor=machine.node)
