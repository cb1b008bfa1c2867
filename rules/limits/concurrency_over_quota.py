"""ASL807."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.limits import CONCURRENCY, INLINE_CONCURRENCY, RUN_CONCURRENCY, analyse
from asllint.rule import NOTE, Example, Finding, Fix, Rule


class ConcurrencyOverQuota(Rule):
    """`MaxConcurrency` asks for more than a Map state can do at a time.

    A Map state in Inline mode supports up to 40 iterations at a time, one in Distributed mode up to 10,000 child executions
    (developer guide, "Using Map state in Inline mode" and "Step Functions service quotas"). AWS accepts a larger number and
    does not keep to it.

    ## Why it matters

    A reader takes the number for the load that services behind it get, or for how fast the items are done.

    ## What to do

    Set it to what happens, or give the Map state `"Mode": "DISTRIBUTED"` to run more than 40 items at a time.
    """

    code = "ASL807"
    name = "concurrency-over-quota"
    severity = NOTE
    concerns = (CONCURRENCY,)

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": «100», "End": true,
  "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 40, "End": true,
  "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 100, "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the numbers above the quota."""
        for state in analyse(machine).concurrency:
            value = state.max_concurrency
            assert value is not None
            what, most, cure = (
                ("Distributed mode", RUN_CONCURRENCY, "Set it to 10000 or less.")
                if state.distributed
                else (
                    "Inline mode",
                    INLINE_CONCURRENCY,
                    'Set it to 40 or less, or give the Map `"Mode": "DISTRIBUTED"`.',
                )
            )
            yield Finding(
                value,
                f"A Map state in {what} runs {most:,} items at a time at most, whatever `MaxConcurrency` says.",
                cure=cure,
                fix=Fix(f"Set it to {most}", [(value.start, value.end, str(most))], safe=False),
            )
