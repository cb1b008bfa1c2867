"""ASL127."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.expr import jsonpath
from asllint.model import MapState, State
from asllint.model.shape import is_jsonata
from asllint.rule import WARNING, Example, Finding, Rule
from asllint.source.node import OBJECT, pieces

MAX_POINTER = 2000
"""Characters that a pointer has fewer of."""

# The first mistake: a beginning that is no slash, an index in brackets, a `~` that stands for nothing (RFC 6901).
_WRONG = re.compile(r"(?P<start>^[^/][^/.]*)|(?P<index>\[[0-9*]+\])(?=/|$)|(?P<tilde>~(?![01]))")


class InvalidItemsPointer(Rule):
    """The ItemsPointer of a ReaderConfig is no JSON Pointer.

    `ItemsPointer` says where in a JSON file the items are, as a JSON Pointer (RFC 6901): a slash before each name, indexes as
    names (`/orders/0/lines`), `~1` for a slash and `~0` for a tilde in a name. It has less than 2,000 characters (developer guide,
    "ItemReader"). No refusal is recorded. A placeholder is not looked at.

    ## Why it matters

    AWS may refuse the definition; or the Map state finds no items, and fails with `States.ItemReaderFailed`.

    ## What to do

    Write `/data/items` where a path would be `$.data.items`, and `/data/0` for `$.data[0]`.
    """

    code = "ASL127"
    name = "invalid-items-pointer"
    severity = WARNING
    concerns = ("ItemsPointer",)

    invalid = (
        Example(
            """{"Type": "Map", "End": true, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "«$».orders"}, "Parameters": {"Bucket": "b", "Key": "k"}},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
    )
    valid = (
        Example(
            """{"Type": "Map", "End": true, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/orders/0/lines"}, "Parameters": {"Bucket": "b", "Key": "k"}},
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}"""
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        """Look at the pointer of a Map state."""
        reader = state.item_reader if isinstance(state, MapState) else None
        config = reader.get("ReaderConfig") if reader is not None and reader.kind == OBJECT else None
        pointer = config.get("ItemsPointer") if config is not None and config.kind == OBJECT else None
        text = pointer.text if pointer is not None else None
        if pointer is None or text is None or is_jsonata(pointer):
            return  # whether AWS evaluates an expression here is not documented
        length = sum(map(len, pieces(pointer)))
        if length >= MAX_POINTER:
            yield Finding(
                pointer,
                f"This pointer has {length:,} characters, and it may have {MAX_POINTER - 1:,}.",
                cure="Shorten it.",
            )
            return
        found = next((one for one in _WRONG.finditer(text) if not _open(one, pointer.holes)), None)
        if found is None:
            return
        message = f"`{text}` is no JSON Pointer, which begins with a slash."
        meant = _pointer(text) if not pointer.holes else ""
        cure = f"Write `{meant}`." if meant else "Write a slash before each name."
        if found["index"]:
            message = f"`{found[0]}` is no index in a JSON Pointer, but a part of a name."
            slash = "" if text[: found.start()].endswith("/") else "/"
            cure = f"Write `{slash}{found[0][1:-1]}`." if "*" not in found[0] else "Point to the array itself."
        elif found["tilde"]:
            message = f"In `{text}` stands neither `0` nor `1` behind `~`, as in a JSON Pointer it must."
            cure = "Write `~0` for a tilde."
        yield Finding(pointer.span_in(*found.span()), message, cure=cure, anchor=pointer)


def _pointer(text: str) -> str:
    """Return the pointer that is meant by a path, or by names with dots or slashes between them; "" where that is not known."""
    if text.startswith("#/"):
        return text[1:]
    path = jsonpath.parse(text if text.startswith("$") else f"$.{text.replace('/', '.')}").root
    steps = jsonpath.literal_steps(path) if path is not None and path.root == jsonpath.INPUT else []
    if path is None or not steps or len(steps) < len(path.steps):
        return ""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _open(found: re.Match[str], holes: Iterable[tuple[int, int]]) -> bool:
    return any(start < found.end() and found.start() < end for start, end in holes)
