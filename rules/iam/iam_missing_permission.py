"""ASL702."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws.iam import FAILS, HANGS, REFUSED, UNCANCELLABLE
from asllint.model import StateMachine, audit
from asllint.model.permissions import document, least
from asllint.rule import NOTE, WARNING, Example, Finding, Rule, Severity

SHOWN = 4
"""How many actions and resources a message names."""

CONSEQUENCE = {
    REFUSED: "AWS refuses to create the state machine without it",
    FAILS: "the state fails when it runs",
    HANGS: "the state may wait for ever: an event that tells the end of the job can be lost",
    UNCANCELLABLE: "stopping the execution leaves the job running",
}


class IamMissingPermission(Rule):
    """The policies of the role do not allow what a state needs.

    The rule runs where the policies of the execution role are known: `--policy FILE`, or `policy` in the configuration. It
    derives what each state needs (the call, `iam:PassRole` on a role that is handed over, following and stopping a job, the
    managed rule of `.sync`, the children of a Distributed Map, an ItemReader and a ResultWriter) and evaluates the policies
    as IAM does: wildcards, Deny, NotAction, conditions.

    Only what no statement can allow is reported. Where a value is made while running, a condition depends on a key that is
    not known, or AWS's documentation of a need is in doubt, nothing is said; `asllint iam --policy FILE --explain` lists
    those. A resource can itself allow an access (a bucket policy, the policy of a function or a key): that is not seen here.

    ## Why it matters

    - Without the permissions on the managed rule AWS refuses to create the state machine.
    - Without the call itself, or `iam:PassRole`, the state fails when it runs.
    - Without describing the job the state may hang, and without stopping it the job runs on, and costs.

    ## What to do

    Add the statement that the details show (`--verbose`, SARIF) to a policy of the role.
    """

    code = "ASL702"
    name = "iam-missing-permission"
    severity = WARNING
    concerns = ("policy",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Run", "States": {"Run": {"Type": "Task", "End": true,
  "Resource": «"arn:aws:states:::batch:submitJob.sync"», "Parameters": {"JobName": "n", "JobQueue": "q",
    "JobDefinition": "d"}}}}""",
            policy="""{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "batch:*", "Resource": "*"}]}""",
        ),
        Example(
            """StartAt: Call
States:
  Call:
    Type: Task
    Resource: «arn:aws:states:::lambda:invoke»
    Parameters:
      FunctionName: arn:aws:lambda:us-east-1:123456789012:function:pay
    End: true
""",
            language="yaml",
            title="another function",
            policy="""{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay-test"}]}""",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.name"}}}}""",
            title="which function is called is not known",
            policy="""{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay"}]}""",
        ),
        Example(
            """{"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}}}""",
            title="no policy is known",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report what is missing, one finding a state and consequence."""
        found = audit.of_machine(machine)
        if found is None:
            return
        groups: dict[tuple[int, str, bool], list[audit.Gap]] = {}
        for gap in found.missing:
            groups.setdefault((gap.need.at.start, gap.need.statement.without, gap.denied), []).append(gap)
        for (_, without, denied), gaps in groups.items():
            actions = list(dict.fromkeys(action for gap in gaps for action in gap.actions))
            resources = list(dict.fromkeys(where for gap in gaps for where in gap.need.statement.resources))
            what = "deny" if denied else "do not allow"
            message = (
                f"The policies of the role {what} {_names(actions)} on {_names(resources)}: {CONSEQUENCE[without]}."
            )
            cure = "Take the Deny back." if denied else "Add the statement; `--verbose` and SARIF show it."
            grade: Severity = NOTE if without == UNCANCELLABLE else WARNING
            yield Finding(gaps[0].need.at, message, cure=cure, details=_details(gaps), severity=grade)


def _names(values: list[str]) -> str:
    shown = [f"`{value}`" for value in values[:SHOWN]]
    if len(values) > SHOWN:
        shown.append(f"{len(values) - SHOWN} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _details(gaps: list[audit.Gap]) -> str:
    import json

    entries = least(gap.need.statement for gap in gaps)
    out = ["Statements that meet the needs:", "", "```json", json.dumps(document(entries), indent=2), "```", ""]
    for gap in gaps:
        one = gap.need.statement
        actions = ", ".join(f"`{name}`" for name in gap.actions)
        out.append(f"- {actions}: {one.reason}; without it: {one.without}. Basis: {one.basis}.")
    return "\n".join(out)
