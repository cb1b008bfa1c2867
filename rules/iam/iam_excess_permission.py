"""ASL703."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws.policy import Excess
from asllint.model import StateMachine, audit
from asllint.rule import NOTE, Example, Finding, Rule

SHOWN = 4
"""How many actions or resources a message names."""


class IamExcessPermission(Rule):
    """The policies of the role allow what nothing in the state machine needs.

    The rule runs where the policies of the execution role are known (`--policy FILE`, or `policy` in the configuration), and
    only where the needs of all Tasks are: with a Resource that is filled in later, or in a part of a state machine, anything
    may be needed. What is needed in some cases alone, and what delivers logs and traces, is not called superfluous.

    ## Why it matters

    A role is used by whoever can change the state machine, or start it with an input of their choice. IAM's best practices
    advise to grant the permissions that a task requires, and no more.

    ## What to do

    Take the action, the resource or the statement out of the policy, or give the role of another purpose a policy of its own.
    """

    code = "ASL703"
    name = "iam-excess-permission"
    severity = NOTE
    concerns = ("policy",)
    precision = "medium"
    security_severity = 3.0

    invalid = (
        Example(
            """{«"StartAt"»: "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["lambda:InvokeFunction", "lambda:DeleteFunction"], "Resource": "*"}]}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["lambda:InvokeFunction", "logs:CreateLogDelivery"], "Resource": "*"}]}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true, "Resource": "${Integration}"}}}""",
            title="what the Task needs is not known",
            policy="""{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}""",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report what is superfluous, one finding a statement."""
        found = audit.of_machine(machine)
        if found is None:
            return
        groups: dict[int, list[Excess]] = {}
        for one in found.unused:
            groups.setdefault(id(one.statement), []).append(one)
        for several in groups.values():
            place = audit.place_of(several[0].node)
            if several[0].kind == "statement":
                texts = [pattern.text for pattern in several[0].statement.actions]
                what = f"The statement at `{place}` allows {_names(texts)}"
            else:
                what = f"The statement at `{place}` names {_names([one.text for one in several])}"
            message = f"{what}, which nothing in the definition needs."
            yield Finding(audit.head(machine), message, cure="Take it out of the policy.", anchor=machine.node)


def _names(texts: list[str]) -> str:
    shown = [f"`{text}`" for text in texts[:SHOWN]]
    if len(texts) > SHOWN:
        shown.append(f"{len(texts) - SHOWN} more")
    return ", ".join(shown) or "something"
