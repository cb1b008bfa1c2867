"""ASL809."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.limits import BATCH, analyse, batch_input, batch_of_one
from asllint.rule import NOTE, WARNING, Example, Finding, Rule


class BatchSize(Rule):
    """The batches of a Distributed Map hold one item each, or have no room for one.

    `ItemBatcher` puts items together, up to `MaxItemsPerBatch` of them and up to `MaxInputBytesPerBatch`, at most 256 KiB;
    `BatchInput` comes with each batch (developer guide, "ItemBatcher"). A `BatchInput` that alone has so many bytes leaves
    no room for items. A batch of one item, without a `BatchInput`, is an item in an array (a note).

    ## Why it matters

    Without room the Map Run fails. Batches of one save nothing: each item still has an execution of its own.

    ## What to do

    Make batches as large as a child can work off, and `BatchInput` small. To give each item an execution of its own, leave
    `ItemBatcher` out.
    """

    code = "ASL809"
    name = "batch-size"
    severity = WARNING
    concerns = (BATCH,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": «1»}, "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "ItemBatcher": {"MaxInputBytesPerBatch": 50, "BatchInput": «{"bucket": "a-bucket-with-a-long-name", "prefix": "in/2026/"}»},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 100}, "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
    "States": {"One": {"Type": "Pass", "End": true}}}}}}"""
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the batches."""
        for state in analyse(machine).batches:
            one, given = batch_of_one(state), batch_input(state)
            if one is not None:
                yield Finding(
                    one,
                    f"Each batch of `{state.name}` holds one item: batching saves nothing.",
                    cure="Raise it, or remove `ItemBatcher`.",
                    severity=NOTE,
                )
            if given is not None:
                value, size, limit = given
                yield Finding(
                    value,
                    f"`BatchInput` has {size:,} bytes or more, and a batch of `{state.name}` {limit:,} at most: there is no room "
                    "for an item.",
                    cure="Raise `MaxInputBytesPerBatch`, or keep the data elsewhere.",
                )
