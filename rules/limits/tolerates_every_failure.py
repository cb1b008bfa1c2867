"""ASL808."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.limits import TOLERANT, analyse
from asllint.rule import NOTE, Example, Finding, Rule


class ToleratesEveryFailure(Rule):
    """A Distributed Map succeeds though every one of its items may have failed.

    With a `ToleratedFailurePercentage` of 100 the Map Run does not fail even if all child executions do (developer guide,
    "Setting failure thresholds for Distributed Map states"). Where a `ToleratedFailureCount` stands beside it, the stricter of
    the two counts, and nothing is reported.

    ## Why it matters

    A wrong permission or a broken function fails every item, and the execution is green. Only who reads the results learns
    of it.

    ## What to do

    Tolerate what is normal, say 5 percent. Where each failure is dealt with later, look at the results behind the Map state:
    at `ResultWriterDetails`, or at the `FAILED` file that `ResultWriter` writes.
    """

    code = "ASL808"
    name = "tolerates-every-failure"
    severity = NOTE
    concerns = (TOLERANT,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ToleratedFailurePercentage": «100», "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ToleratedFailurePercentage": 5, "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the Map states that never fail."""
        for state in analyse(machine).tolerant:
            value = state.tolerated_failure_percentage
            assert value is not None
            yield Finding(
                value,
                f"`{state.name}` succeeds even when all of its items fail: nobody hears of an error that hits every one.",
                cure="Tolerate a part of the items, or check the results behind it.",
            )
