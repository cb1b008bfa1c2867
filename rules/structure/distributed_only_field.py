"""ASL123."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import MapState, State
from asllint.rule import WARNING, Example, Finding, Rule

_LOST = {
    "ItemReader": "the data set is not read, and the state works on its input",
    "ItemBatcher": "the items are not batched",
    "ResultWriter": "nothing is written",
    "Label": "there is no Map Run that it could name",
}
_FIELDS = (
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "Label",
)


class DistributedOnlyField(Rule):
    """A field of Distributed Map states stands on a Map state that is not distributed.

    `ItemReader`, `ItemBatcher`, `ResultWriter`, `Label`, and what tolerates failures, belong to Map states in Distributed
    mode (developer guide, "Using Map state in Distributed mode"). A Map state without `"Mode": "DISTRIBUTED"` in the
    `ProcessorConfig` of its `ItemProcessor` runs inline: it takes an array from its input, and the first iteration that fails
    fails the state (the guide's page on Inline mode). AWS accepts the definition all the same: recorded for `ItemReader` and
    `ToleratedFailurePercentage`.

    ## Why it matters

    The field promises what does not happen, and nothing says so.

    ## What to do

    Add `"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}` to `ItemProcessor`, or remove the field.
    Distributed mode needs permissions of its own, and a Standard workflow.
    """

    code = "ASL123"
    name = "distributed-only-field"
    severity = WARNING
    concerns = _FIELDS
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", «"ToleratedFailurePercentage"»: 5, "End": true,
    "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}}}
}}"""
        ),
        Example(
            """Type: Map
«Label»: records
ItemProcessor:
  ProcessorConfig:
    Mode: INLINE
  StartAt: One
  States:
    One: {Type: Succeed}
End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Type": "Map", "ToleratedFailurePercentage": 5, "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
  "StartAt": "One", "States": {"One": {"Type": "Succeed"}}}}"""
        ),
        Example(
            """{"Type": "Map", "ToleratedFailurePercentage": 5, "End": true, "ItemProcessor": {
  "ProcessorConfig": {"Mode": "${Mode}"}, "StartAt": "One", "States": {"One": {"Type": "Succeed"}}}}""",
            title="a mode that is not known yet",
        ),
        Example(
            """{"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 10}, "End": true, "ItemProcessor": {
  "ProcessorConfig": "${Config}", "StartAt": "One", "States": {"One": {"Type": "Succeed"}}}}""",
            title="nor is anything of this configuration",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the fields of an inline Map state."""
        if not isinstance(state, MapState) or state.distributed is not False or not state.scopes:
            return
        for name in _FIELDS:
            key = state.key(name)
            if key is not None:
                lost = _LOST.get(name, "the first iteration that fails fails the state")
                yield Finding(
                    key,
                    f"`{name}` counts in Distributed mode only, and this Map state runs inline: {lost}.",
                    cure=_cure(state),
                )


def _cure(state: MapState) -> str:
    config, processor = state.processor_config, "Iterator" if state.key("ItemProcessor") is None else "ItemProcessor"
    if config is None:
        mode = '"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}'
        return f"Add `{mode}` to `{processor}`, or remove the field."
    typed = "" if config.get("ExecutionType") is not None else ', with an `"ExecutionType": "STANDARD"`'
    return f'Write `"Mode": "DISTRIBUTED"` in `ProcessorConfig`{typed}, or remove the field.'
