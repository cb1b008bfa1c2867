"""ASL126."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import MapState, State
from asllint.rule import ERROR, Example, Finding, Rule


class DistributedMapOnExpress(Rule):
    """A Distributed Map state stands in an Express workflow.

    A Map state in Distributed mode starts an execution for each item, and an Express workflow cannot (developer guide, "Using
    Map state in Distributed mode"). AWS answers "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS'
    state machines". The definition does not hold the type of its workflow: this is judged only where it is told, with
    `--workflow-type express` or in the configuration.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Make the workflow a Standard one: its child executions can still be Express (`ExecutionType`). Or use Inline mode.
    """

    code = "ASL126"
    name = "distributed-map-on-express"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("ProcessorConfig",)

    invalid = (
        Example(
            """{"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": «"DISTRIBUTED"», "ExecutionType": "EXPRESS"},
  "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}""",
            workflow_type="express",
        ),
    )
    valid = (
        Example(
            """{"Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
  "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}""",
            workflow_type="standard",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the mode of a Map state."""
        if state.machine.workflow_type != "express" or not isinstance(state, MapState) or state.distributed is not True:
            return
        mode = state.processor_config.get("Mode") if state.processor_config is not None else None
        if mode is not None:
            yield Finding(
                mode,
                "An Express workflow cannot run a Distributed Map state: AWS refuses the definition.",
                cure="Make the workflow a Standard one, or use Inline mode.",
            )
