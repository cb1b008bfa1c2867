"""ASL212."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.loops import bound, loops, time_limit
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule


class EndlessLoop(Rule):
    """States go round in a loop that nothing leaves: no transition, no end.

    Every state of the loop leads on to another of it, and none can end its scope. AWS accepts that as long as some state of
    the machine is terminal. An execution that comes into the loop ends by an error in it, by a timeout, when somebody stops
    it, or when its history has 25,000 events (developer guide, "Service quotas"; an Express execution after five minutes):
    it never succeeds. That somebody may mean to stop it is why this is no error.

    A machine without any terminal state is reported by `no-terminal-state`. Where a state that would end the scope is there
    but cannot be reached, that is reported at the state. Nothing is said of a branch of a Parallel state that has a Catch,
    where a Fail state of another branch can end it. It is a note where the machine has a `TimeoutSeconds`, and where a state
    around the loop has a Catch, which an error of the loop may come to.

    ## Why it matters

    Each round is billed. The execution shows as running until it fails, up to a year later, and what comes behind it never
    runs.

    ## What to do

    Leave the loop with a Choice state when the work is done, or when it has been tried often enough. For work that goes on
    for ever, end the execution after some rounds and start the next one from its last state (developer guide, "Continue
    long-running workflows").
    """

    code = "ASL212"
    name = "endless-loop"
    severity = WARNING
    concerns = ("loop:endless",)

    invalid = (
        Example(
            """{"StartAt": "Ready?", "States": {
  "Ready?": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": "$.ready", "BooleanEquals": true, "Next": "Done"}]},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Poll"},
  "Poll": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "poll"}, "Next": «"Wait"»},
  "Done": {"Type": "Succeed"}
}}""",
            title="`Poll` should lead back to the Choice state",
        ),
        Example(
            """StartAt: Each
States:
  Each:
    Type: Map
    End: true
    ItemProcessor:
      StartAt: Work
      States:
        Work:
          Type: Task
          Resource: arn:aws:lambda:eu-west-1:123456789012:function:work
          Next: «Work»
""",
            language="yaml",
            title="AWS does not look for an end inside a Map state",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Wait", "States": {
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Poll"},
  "Poll": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "poll"}, "Next": "Ready?"},
  "Ready?": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": "$.Payload.ready", "BooleanEquals": true, "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="a Choice state leaves the loop",
        ),
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "Loop"}], "Default": "End"},
  "Loop": {"Type": "Wait", "Seconds": 60, "Next": "${Following}"},
  "End": {"Type": "Succeed"}
}}""",
            title="a placeholder may lead out",
        ),
        Example(
            """{"StartAt": "Race", "States": {
  "Race": {"Type": "Parallel", "Next": "Done",
    "Catch": [{"ErrorEquals": ["Enough"], "Next": "Done"}],
    "Branches": [
      {"StartAt": "Beat", "States": {
        "Beat": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
          "Parameters": {"TopicArn": "t", "Message": "alive"}, "Next": "Pause"},
        "Pause": {"Type": "Wait", "Seconds": 60, "Next": "Beat"}}},
      {"StartAt": "Time", "States": {
        "Time": {"Type": "Wait", "Seconds": 3600, "Next": "Over"},
        "Over": {"Type": "Fail", "Error": "Enough"}}}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="another branch ends it by an error that is caught",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each loop at the transition that closes it."""
        for fact in loops(machine).endless:
            loop, catcher = fact.loop, fact.catcher
            around = "" if catcher is None else f", or an error that `{catcher.state.name}` catches"
            if len(loop.states) == 1:
                message = f"`{loop.entry.name}` leads to itself alone, and nothing leaves it"
            else:
                message = f"Nothing leaves the loop of {loop.names}"
            related = [Related(loop.entry.head, "the loop begins here")]
            if catcher is not None:
                related.append(Related(catcher.node, "takes an error of the loop"))
            yield Finding(
                loop.closing.node,
                f"{message}: it goes round until {bound(machine)}{around}.",
                cure=f'Leave it with a Choice state, or end {loop.scope.title} in it with `"End": true`.',
                related=related,
                severity=NOTE if catcher is not None or time_limit(machine) is not None else None,
            )
