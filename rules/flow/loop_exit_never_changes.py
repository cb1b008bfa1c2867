"""ASL214."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.loops import bound, loops
from asllint.rule import NOTE, WARNING, Example, Finding, Related, Rule

_SHOWN = 5
"""How many further places are shown."""


class LoopExitNeverChanges(Rule):
    """The Choice state that leaves a loop reads data that nothing in the loop changes.

    It decides the same each time: either the loop is left when it is first asked, or never. The rule follows what each state
    of the loop passes on (`ResultPath`, `OutputPath`, `Parameters`, `Result`, `Output`, also of Catchers and Choice rules)
    and the variables that it assigns. It says nothing where a way out does not come from a Choice state, where the whole
    data may be replaced, and where the Choice state reads something that changes by itself, such as
    `$$.State.EnteredTime` or `$now()`.

    ## Why it matters

    Once the execution has gone round, it goes round until it fails. Mostly a task of the loop asks for the news, and its
    `ResultPath` drops them or puts them elsewhere.

    ## What to do

    Let a state of the loop write what the Choice state reads, or read what is written.
    """

    code = "ASL214"
    name = "loop-exit-never-changes"
    severity = WARNING
    concerns = ("loop:exit-unchanged",)

    invalid = (
        Example(
            """{"StartAt": "Wait", "States": {
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Ask"},
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getJobRun",
    "Parameters": {"JobName": "j", "RunId.$": "$.JobRunId"}, "ResultPath": "$.result", "Next": "Ready?"},
  "Ready?": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": «"$.JobRun.JobRunState"», "StringEquals": "SUCCEEDED", "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="the answer is at `$.result.JobRun.JobRunState`",
        ),
        Example(
            """QueryLanguage: JSONata
StartAt: Start
States:
  Start:
    Type: Pass
    Assign:
      round: 0
    Next: Work
  Work:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:work
    Next: Again?
  Again?:
    Type: Choice
    Choices:
      - Condition: «"{% $round < 10 %}"»
        Next: Work
    Default: Done
  Done:
    Type: Succeed
""",
            language="yaml",
            title="nobody counts",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Wait", "States": {
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Ask"},
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getJobRun",
    "Parameters": {"JobName": "j", "RunId.$": "$.JobRunId"}, "ResultPath": "$.result", "Next": "Ready?"},
  "Ready?": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": "$.result.JobRun.JobRunState", "StringEquals": "SUCCEEDED", "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}""",
        ),
        Example(
            """{"StartAt": "Work", "States": {
  "Work": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
    "ResultPath": null, "Next": "Count"},
  "Count": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.round.n, 1)"},
    "ResultPath": "$.round", "Next": "Again?"},
  "Again?": {"Type": "Choice", "Default": "Done",
    "Choices": [{"Variable": "$.round.n", "NumericLessThan": 10, "Next": "Work"}]},
  "Done": {"Type": "Succeed"}
}}""",
            title="a counter",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report each loop at the first thing that is read."""
        for fact in loops(machine).unchanged:
            first, *others = fact.reads
            choice = fact.choices[0]
            what = f"`{first.text}`" if len(first.text or "") <= 60 else "what it reads"
            where = f"the loop of {fact.loop.names}" if len(fact.loop.states) > 1 else f"`{choice.name}`"
            related = [Related(node, "read to leave the loop, and not changed either") for node in others[:_SHOWN]]
            related += [
                Related(path, f"the result of `{state.name}` goes elsewhere") for state, path in fact.results[:_SHOWN]
            ]
            related.append(Related(fact.loop.closing.node, "goes back"))
            yield Finding(
                first,
                f"Nothing in {where} changes {what}: `{choice.name}` leaves the loop the first time or never, and then "
                f"it goes round until {bound(machine)}.",
                cure="Write in the loop what is read here, or read what a state of the loop writes.",
                related=related,
                severity=NOTE if fact.catcher is not None else None,
            )
