"""ASL111."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.shape import MISSING_ONE_OF
from asllint.rule import ERROR, Example, Finding, Fix, Rule
from asllint.source.edits import add_member
from asllint.source.node import Node


class MissingNextOrEnd(Rule):
    """A state says neither what follows nor that it is the last.

    Task, Pass, Wait, Parallel and Map states have `Next`, or `"End": true` (specification, "Transitions" and "End"). AWS
    answers "This object should have only one of the following fields: [Next, End]" at the state. `"End": false` alone says
    nothing either. Where `Next` or `End` is misspelt, only `unsupported-field` speaks.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Add `"Next": "<state>"`, or `"End": true` where the branch or the execution ends.
    """

    code = "ASL111"
    name = "missing-next-or-end"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:missing-one-of",)

    invalid = (
        Example("""{"StartAt": "A", "States": {«"A"»: {"Type": "Pass"}}}"""),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": «false»}}}""", title="not the last, but no Next"
        ),
        Example(
            """StartAt: A
States:
  «A»:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:f
    Catch:
      - ErrorEquals: [States.ALL]
        Next: B
  B:
    Type: Fail
""",
            language="yaml",
            title="the Next of a Catcher leads on from an error only",
        ),
    )
    valid = (
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}"""),
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": ${IsLast}}}}"""),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the states without a way out."""
        for mismatch in machine.mismatches:
            if mismatch.kind != MISSING_ONE_OF or mismatch.names != ("Next", "End"):
                continue
            if isinstance(mismatch.at, Node) and mismatch.at is mismatch.owner.get("End"):
                yield Finding(
                    mismatch.at,
                    '`"End": false` leaves open what follows: AWS refuses the definition.',
                    cure='Add `Next` and remove `End`, or write `"End": true`.',
                    fix=Fix("End here", [(mismatch.at.start, mismatch.at.end, "true")], safe=False),
                )
            else:
                title = mismatch.shape.title
                edits = add_member(mismatch.owner, "End", "true")
                yield Finding(
                    mismatch.at,
                    f"{title[:1].upper()}{title[1:]} needs `Next` or `End`: AWS refuses the definition.",
                    cure='Name the state that follows as `Next`, or write `"End": true`.',
                    anchor=mismatch.owner,
                    fix=Fix("End here", edits, safe=False) if edits else None,
                )
