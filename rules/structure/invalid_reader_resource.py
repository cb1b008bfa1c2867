"""ASL124."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import MapState, State
from asllint.model.names import listed, respelt
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule
from asllint.source.node import OBJECT, Node

_READ = (":states:::s3:getObject", ":states:::s3:listObjectsV2")
_WRITE = (":states:::s3:putObject",)
_ELSEWHERE = {
    "ItemReader": "`getObject` reads one object, `listObjectsV2` lists them; what is elsewhere a Task before the Map state can get.",
    "ResultWriter": "What is to be written elsewhere, a Task behind the Map state can write.",
}
_PARTITION = re.compile(r"arn:[A-Za-z0-9-]+")


class InvalidReaderResource(Rule):
    """The Resource of an ItemReader or ResultWriter is none that a Map state can read or write with.

    A Map state reads its items with `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`, and writes its
    results with `arn:aws:states:::s3:putObject` (developer guide, "ItemReader" and "ResultWriter"); in other partitions than
    `aws` with theirs. AWS answers another `Resource` of `ItemReader` with "The field 'Resource' does not match any of the
    allowed values". For `ResultWriter` no refusal is recorded; there it is a warning.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Take one of the resources above. What they cannot do, a Task before the Map state can.
    """

    code = "ASL124"
    name = "invalid-reader-resource"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("ItemReader", "ResultWriter")

    invalid = (
        Example(
            """{"Type": "Map", "End": true, "ItemReader": {"Resource": «"arn:aws:states:::aws-sdk:s3:getObject"»,
    "Parameters": {"Bucket": "b", "Key": "k"}},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
    )
    valid = (
        Example(
            """{"Type": "Map", "End": true, "ItemReader": {"Resource": "arn:${AWS::Partition}:states:::s3:getObject",
    "Parameters": {"Bucket": "b", "Key": "k"}},
  "ResultWriter": {"Resource": "arn:aws-us-gov:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at what a Map state reads and writes with."""
        if not isinstance(state, MapState):
            return
        for owner, name, allowed in (
            (state.item_reader, "ItemReader", _READ),
            (state.result_writer, "ResultWriter", _WRITE),
        ):
            resource = owner.get("Resource") if owner is not None and owner.kind == OBJECT else None
            if resource is None or resource.text is None or _fits(resource, allowed):
                continue
            sure = name == "ItemReader"
            said = "AWS refuses the definition." if sure else "the developer guide knows no other."
            near = _near(resource, allowed)
            edit = respelt(resource, near) if near else None
            does = "reads" if sure else "writes"
            yield Finding(
                resource,
                f"`{name}` {does} with {listed((f'arn:aws{end}' for end in allowed), 'or')} only, not with "
                f"`{resource.text}`: {said}",
                cure=f"Did you mean `{near}`?" if near else _ELSEWHERE[name],
                fix=Fix(f"Change it to `{near}`", [edit], safe=False) if near and edit else None,
                severity=None if sure else WARNING,
                rejected_by_aws=sure,
            )


def _fits(resource: Node, allowed: tuple[str, ...]) -> bool:
    """Whether the resource is, or with its placeholders filled in can be, one that is allowed."""
    text = resource.text or ""
    if resource.holes:
        rest = text[resource.holes[-1][1] :]
        return any(rest.endswith(end) or end.endswith(rest) for end in allowed)
    return any(text.endswith(end) and _PARTITION.fullmatch(text[: -len(end)]) for end in allowed)


def _near(resource: Node, allowed: tuple[str, ...]) -> str | None:
    """Return the resource that calls what this one names: another integration of it, or in other letters."""
    text = resource.text or ""
    action = text.rpartition(":")[2].partition(".")[0].lower()
    partition = _PARTITION.match(text)
    if resource.holes or ":s3:" not in f":{text.lower()}":
        return None
    for end in allowed:
        if action and end.rpartition(":")[2].lower().startswith(action):
            return f"{partition[0] if partition else 'arn:aws'}{end}"
    return None
