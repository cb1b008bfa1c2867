"""ASL205."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.rule import ERROR, WARNING, Example, Finding, Rule
from asllint.source.node import OBJECT


class NoTerminalState(Rule):
    """No state of the machine ends it: every one leads on to another.

    A state machine needs a state with `"End": true`, a Succeed state or a Fail state. AWS answers one without: "Workflow has
    no terminal state" (MISSING_END_STATE). It looks at all states, whether they can be reached or not, and is content with one
    in a branch or an item processor (measured in September 2026), though that ends the branch alone: where only there is one,
    the finding is a warning. An endless loop inside a branch or an item processor passes too.

    Where a state may end after all, because a placeholder or another error hides how it goes on, nothing is said.

    ## Why it matters

    AWS refuses the definition. An execution of it could only end by an error, a timeout or the limit of 25,000 events in
    its history.

    ## What to do

    Write `"End": true` in the place of `Next` in the state that finishes the work, or lead to a Succeed state. A loop that
    should go on for long needs a Choice state that leaves it.
    """

    code = "ASL205"
    name = "no-terminal-state"
    severity = ERROR
    aws_code = "MISSING_END_STATE"
    rejected_by_aws = True
    concerns = ("flow:no-terminal",)

    invalid = (
        Example(
            """{"StartAt": "Wait", «"States"»: {
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Poll"},
  "Poll": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "poll"}, "Next": "Wait"}
}}""",
            title="an endless loop",
        ),
        Example(
            """{"StartAt": "Both", «"States"»: {
  "Both": {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}],
    "Next": "Wait"},
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Both"}
}}""",
            title="only a branch ends: a warning",
        ),
        Example(
            """StartAt: Train
«States»:
  Train:
    Type: Task
    Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
    Parameters: {}
    Next: Train
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Wait", "States": {
  "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Enough"},
  "Enough": {"Type": "Choice", "Default": "Wait",
    "Choices": [{"Variable": "$.ok", "BooleanEquals": true, "Next": "Done"}]},
  "Done": {"Type": "Succeed"}
}}"""
        ),
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Pass", "Next": "B"},
  "B": {"Type": "Pass", ${HowItGoesOn}}
}}""",
            title="a placeholder may end it",
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
  "StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}}}}""",
            title="AWS accepts an endless loop inside a Map state",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Report it at the key `States`, for the machine as a whole."""
        states = machine.states_node
        if not machine.states or states is None or states.kind != OBJECT or not machine.graph.complete:
            return
        if machine.fragment is not None or any(state.terminal for state in machine.states):
            return
        # a scope that is not all there may hold a state that ends it
        inside = any(
            not scope.graph.complete or any(state.terminal for state in scope.states) for scope in machine.scopes
        )
        yield Finding(
            machine.key("States") or states,
            "No state ends the state machine: each leads on to another, "
            + ("and only a state inside ends its own branch." if inside else "and AWS refuses the definition."),
            cure='Write `"End": true` in the state that finishes the work, or add a Succeed state.',
            anchor=machine.node,
            severity=WARNING if inside else None,
            rejected_by_aws=not inside,
        )
