"""ASL117."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.features import MAX_NAME
from asllint.rule import ERROR, WARNING, Example, Finding, Rule
from asllint.source.node import pieces

_LONG = "Transform the customer records and send each of them to the archive of last year"


class InvalidStateName(Rule):
    """The name of a state is longer than 80 characters, or blank.

    A state name has at most 80 characters (specification, "States"); AWS answers a longer one with "Invalid State name: …
    exceeds the 80-character limit allowed by the service". No character is forbidden. A name that is empty or blank is a
    warning: no refusal is recorded, but it cannot be told from another in a log or a graph.

    Of a name with a placeholder only the characters around it are counted.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Shorten the name, and move the explanation to `Comment`. Names of the transitions that lead there change with it.
    """

    code = "ASL117"
    name = "invalid-state-name"
    severity = ERROR
    aws_code = "INVALID_STATE_NAME"
    rejected_by_aws = True
    concerns = ("name:long", "name:empty")

    invalid = (
        Example(
            f"""{{"StartAt": "{_LONG}!", "States": {{«"{_LONG}!"»: {{"Type": "Succeed"}}}}}}""", title="81 characters"
        ),
        Example("""{"StartAt": "", "States": {«""»: {"Type": "Succeed"}}}""", title="no character at all"),
    )
    valid = (
        Example(f"""{{"StartAt": "{_LONG}", "States": {{"{_LONG}": {{"Type": "Succeed"}}}}}}""", title="80 characters"),
        Example("""{"StartAt": "a/b (2)", "States": {"a/b (2)": {"Type": "Succeed"}}}""", title="any character"),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Look at the names of all states."""
        for state in machine.all_states():
            key = state.key_node
            if key is None:
                continue
            length = sum(map(len, pieces(key)))
            if length > MAX_NAME:
                yield Finding(
                    key,
                    f"This name has {length} characters, {length - MAX_NAME} more than a state name may have: "
                    "AWS refuses the definition.",
                    cure="Shorten it, here and in the transitions that lead to it.",
                )
            elif not state.name.strip():
                yield Finding(
                    key,
                    "The name of this state is blank: in logs and graphs it cannot be told from others.",
                    cure="Give it a name.",
                    severity=WARNING,
                    rejected_by_aws=False,
                )
