"""ACME001."""

from __future__ import annotations

from collections.abc import Iterable

from acme_asllint._arn import account_of
from asllint.model import State
from asllint.rule import WARNING, Example, Finding, Option, Rule


class ForeignAccount(Rule):
    """A Task calls a resource in an AWS account that is not one of ours.

    The account stands in the fifth part of the resource's ARN. Accounts that may be called are set by the option `accounts`.

    ## Why it matters

    A definition that was copied with its ARNs calls, and pays for, what belongs to somebody else, or fails for want of a
    permission there.

    ## What to do

    Call the function of your own account, or leave the account to a placeholder that is filled in when you deploy.
    """

    code = "ACME001"
    name = "foreign-account"
    severity = WARNING
    concerns = ("Task",)
    options = {"accounts": Option(("111122223333",), "accounts that may be called")}
    invalid = (
        Example(
            '{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:«444455556666»:function:send-report", "End": true}'
        ),
        Example(
            """Type: Task
Resource: arn:aws:lambda:eu-west-1:«111122223333»:function:send-report
End: true
""",
            language="yaml",
            title='With `accounts = ["444455556666"]`',
            options={"accounts": ("444455556666",)},
        ),
    )
    valid = (
        Example(
            '{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:send-report", "End": true}'
        ),
        Example(
            '{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:${Account}:function:send-report", "End": true}'
        ),
        Example('{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}'),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        resource = state.field("Resource")
        text = resource.text if resource is not None else None
        place = account_of(text) if text is not None else None
        allowed = self.option("accounts")
        if resource is None or text is None or place is None or not isinstance(allowed, tuple):
            return
        account = text[slice(*place)]
        if account not in allowed:
            yield Finding(
                resource.span_in(*place),
                f"`{state.name}` calls a resource in the account `{account}`, which is none of ours.",
                anchor=resource,
                cure="Call the one of your own account, or write `${Account}`.",
            )
