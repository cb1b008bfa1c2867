"""ASL125."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import MapState, State
from asllint.rule import WARNING, Example, Finding, Related, Rule
from asllint.source.node import ARRAY, OBJECT, Node

_LIST = ":s3:listObjectsV2"
_GET = ":s3:getObject"
_FLATTEN = "LOAD_AND_FLATTEN"


class ReaderConfigConflict(Rule):
    """Fields of a ReaderConfig do not go together, or not with what is read.

    The developer guide ("ItemReader") says which do:

    - `Transformation` goes with `s3:listObjectsV2`; `LOAD_AND_FLATTEN` needs `InputType` (`CSV`, `JSON`, `JSONL` or `PARQUET`), and
      without it the items are the metadata of the objects, whatever `InputType` says;
    - `ManifestType` goes with `s3:getObject`; `S3_INVENTORY` stands without `InputType`, `ATHENA_DATA` with `CSV`, `JSONL` or
      `PARQUET`; the CSV files of an Athena `UNLOAD` have no header, so that `FIRST_ROW` makes one of the first row of data;
    - `CSVDelimiter` and `CSVHeaders` go with `CSV` or `MANIFEST`, `CSVHeaders` with `CSVHeaderLocation` `GIVEN`;
    - `ItemsPointer` goes with `JSON`;
    - `VersionId` is not supported for `PARQUET`.

    No refusal is recorded for any of them.

    ## Why it matters

    AWS may refuse the definition; or the Map state reads something else than it says, and fails with
    `States.ItemReaderFailed` or goes over the wrong items.

    ## What to do

    Remove the field that has no effect, or change the one that it depends on.
    """

    code = "ASL125"
    name = "reader-config-conflict"
    severity = WARNING
    concerns = ("ReaderConfig",)
    precision = "high"

    invalid = (
        Example(
            """{"Type": "Map", "End": true, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON", «"CSVDelimiter"»: "PIPE"}, "Parameters": {"Bucket": "b", "Key": "k"}},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
        Example(
            """Type: Map
ItemReader:
  Resource: arn:aws:states:::s3:listObjectsV2
  ReaderConfig:
    «InputType»: JSON
  Parameters: {Bucket: b}
ItemProcessor:
  ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}
  StartAt: A
  States:
    A: {Type: Succeed}
End: true
""",
            language="yaml",
            title="a list of objects, not what is in them",
        ),
    )
    valid = (
        Example(
            """{"Type": "Map", "End": true, "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2",
    "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/items", "Transformation": "LOAD_AND_FLATTEN"},
    "Parameters": {"Bucket": "b"}},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
        Example(
            """{"Type": "Map", "End": true, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "${Format}", "CSVDelimiter": "PIPE"}, "Parameters": {"Bucket": "b", "Key": "k"}},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}""",
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the ReaderConfig of a Map state."""
        reader = state.item_reader if isinstance(state, MapState) else None
        config = reader.get("ReaderConfig") if reader is not None and reader.kind == OBJECT else None
        if reader is None or config is None or config.kind != OBJECT or config.open:
            return
        resource = _literal(reader, "Resource")
        kind = _literal(config, "InputType")
        transformation = _literal(config, "Transformation")
        manifest = _literal(config, "ManifestType")
        lists, gets = resource.endswith(_LIST), resource.endswith(_GET)
        if lists and kind and (config.get("Transformation") is None or transformation == "NONE"):
            yield _conflict(
                config, "InputType",
                "goes with `LOAD_AND_FLATTEN` where objects are listed: the items are the metadata of the objects",
                cure="Write `\"Transformation\": \"LOAD_AND_FLATTEN\"` to read what is in them, or remove `InputType`.",
                by=(config, "Transformation"),
            )  # fmt: skip
        if lists and transformation == _FLATTEN and config.get("InputType") is None:
            yield _conflict(
                config, "Transformation", "needs an `InputType` for `LOAD_AND_FLATTEN`", "Say what is in the objects."
            )
        if lists and transformation == _FLATTEN and kind == "MANIFEST":
            yield _conflict(
                config,
                "InputType",
                "is `CSV`, `JSON`, `JSONL` or `PARQUET` for `LOAD_AND_FLATTEN`",
                "Write the form of the objects that are listed.",
                by=(config, "Transformation"),
            )
        if gets and transformation == _FLATTEN:
            yield _conflict(config, "Transformation", "goes with `s3:listObjectsV2` only", by=(reader, "Resource"))
        if lists and manifest:
            yield _conflict(config, "ManifestType", "goes with `s3:getObject` only", by=(reader, "Resource"))
        if manifest == "S3_INVENTORY" and config.get("InputType") is not None:
            yield _conflict(
                config,
                "InputType",
                "cannot stand beside `S3_INVENTORY`, which is always CSV",
                by=(config, "ManifestType"),
            )
        if manifest == "ATHENA_DATA" and kind in ("JSON", "MANIFEST"):
            yield _conflict(
                config,
                "InputType",
                "is `CSV`, `JSONL` or `PARQUET` for `ATHENA_DATA`",
                "Write the form of the files that the manifest lists.",
                by=(config, "ManifestType"),
            )
        if manifest == "ATHENA_DATA" and not lists and config.get("InputType") is None:
            yield _conflict(
                config,
                "ManifestType",
                "needs an `InputType` for `ATHENA_DATA`",
                "Write the form of the files that the manifest lists: `CSV`, `JSONL` or `PARQUET`.",
            )
        if manifest == "ATHENA_DATA" and _literal(config, "CSVHeaderLocation") == "FIRST_ROW":
            yield _conflict(
                config,
                "CSVHeaderLocation",
                "takes the first row of data for the header here: the files that Athena unloads have none",
                "Write `GIVEN`, and the names of the columns in `CSVHeaders`.",
                by=(config, "ManifestType"),
            )
        yield from _of_input_type(reader, config, kind)


def _of_input_type(reader: Node, config: Node, kind: str) -> Iterable[Finding]:
    if kind in ("JSON", "JSONL", "PARQUET"):
        for name in ("CSVDelimiter", "CSVHeaders"):
            if config.get(name) is not None:
                yield _conflict(config, name, "goes with `CSV` or `MANIFEST` only", by=(config, "InputType"))
    elif _literal(config, "CSVHeaderLocation") == "FIRST_ROW":
        headers = config.get("CSVHeaders")
        if headers is not None and headers.kind == ARRAY:
            yield _conflict(config, "CSVHeaders", "goes with `GIVEN` only", by=(config, "CSVHeaderLocation"))
    if kind and kind != "JSON" and config.get("ItemsPointer") is not None:
        yield _conflict(config, "ItemsPointer", "goes with `JSON` only", by=(config, "InputType"))
    if kind == "PARQUET":
        for field in ("Parameters", "Arguments"):
            request = reader.get(field)
            for name in ("VersionId", "VersionId.$"):
                if request is not None and request.kind == OBJECT and request.get(name) is not None:
                    yield _conflict(request, name, "is not supported for `PARQUET`", by=(config, "InputType"))


def _literal(node: Node, name: str) -> str:
    value = node.get(name)
    return (value.literal or "") if value is not None else ""


def _conflict(node: Node, name: str, why: str, cure: str = "", by: tuple[Node, str] | None = None) -> Finding:
    """Return the finding at a field.

    by  the object and the field that it depends on
    """
    key = node.key(name)
    assert key is not None
    field = by[1] if by is not None else ""
    other = by[0].get(field) if by is not None else None
    value = (other.literal or "") if other is not None else ""
    if value and why.endswith(" only"):
        why += f", and `{field}` is `{value}` here"
    return Finding(
        key,
        f"`{name}` {why}.",
        cure=cure or f"Remove `{name}`, or change `{field}`.",
        related=[Related(other, "this decides it")] if other is not None else (),
    )
