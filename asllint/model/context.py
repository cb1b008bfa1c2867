"""What expressions read of the context object: ``$$`` in JSONPath, ``$states.context`` in JSONata."""

from __future__ import annotations

from functools import lru_cache

from asllint.model.expressions import JSONATA_EXPRESSION, TEXT, Expression, jsonata
from asllint.model.machine import State, StateMachine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

TOKEN: Final = ("Task", "Token")
"""Where the token of a task that waits for it is."""


class ContextRead:
    """A part of the context object that an expression reads.

    names       the fields on the way to it, as far as they are literal; none: the whole object
    start, end  the span in the string of the root and these names: code points, end exclusive
    text        how it is written there
    guarded     whether the expression asks whether it is there
    """

    __slots__ = ("end", "guarded", "names", "start", "text")

    def __init__(self, names: tuple[str, ...], start: int, end: int, text: str, guarded: bool = False) -> None:
        self.names = names
        self.start = start
        self.end = end
        self.text = text[start:end]
        self.guarded = guarded

    def may_give(self, names: tuple[str, ...]) -> bool:
        """Whether what is read is, holds, or is a part of the field of these names."""
        length = min(len(self.names), len(names))
        return self.names[:length] == names[:length]


_GIVEN: Final = ("Parameters", "Arguments", "InputPath")
"""The fields that make what a Task is given."""


@lru_cache(maxsize=1)
def _handing_on(machine: StateMachine) -> frozenset[State]:
    return frozenset(
        expression.state
        for expression in machine.expressions
        if expression.field in _GIVEN
        and ("$$" in expression.text or "$states" in expression.text)
        and passes_token(expression)
    )


def hands_on_token(state: State) -> bool:
    """Whether a Task gives its token, or may give it, to whom it calls.

    Not only of ``.waitForTaskToken``: a Task with ``.sync`` or ``.sync:2`` has a token too, and whoever has it can end the
    Task with SendTaskSuccess or SendTaskFailure: then it gives what was sent, whatever the service describes.
    """
    return state in _handing_on(state.machine)


def passes_token(expression: Expression) -> bool:
    """Whether what an expression reads holds the token of its state, or may."""
    reads = context_reads(expression)
    return reads is None or any(read.may_give(TOKEN) for read in reads)


def context_reads(expression: Expression) -> list[ContextRead] | None:
    """Return what an expression reads of the context object; None where it cannot be read."""
    text = expression.text
    if expression.kind == TEXT:
        return []
    if expression.kind != JSONATA_EXPRESSION:
        return _in_path(expression, text) if "$$" in text or expression.node.holes else []
    return _in_jsonata(expression, text) if "$states" in text or expression.node.holes else []


def _in_path(expression: Expression, text: str) -> list[ContextRead] | None:
    from asllint.expr import intrinsics, jsonpath

    found = intrinsics.paths_in(text, expression.node.holes)
    if found is None or any(path.root == jsonpath.UNKNOWN for path in found):
        return None
    out = []
    for path in found:
        names = jsonpath.context_path(path)
        if names is not None:
            end = path.steps[len(names) - 1].end if names else path.root_end
            out.append(ContextRead(tuple(names), path.start, end, text))
    return out


def _in_jsonata(expression: Expression, text: str) -> list[ContextRead] | None:
    from asllint.expr import jsonata_meaning as meaning

    read = jsonata(expression)
    if not isinstance(read, tuple) or read[0].root is None:
        return None
    parsed, start = read
    out = []
    found = meaning.found(parsed)
    for r in found.references:
        if r.kind != meaning.STATES or r.name not in ("", "context"):
            continue
        names = []
        end = r.end
        for step, name in zip(r.steps[1:], r.path[1:], strict=True):
            if not isinstance(name, str):
                break
            names.append(name)
            end = step.end
        out.append(ContextRead(tuple(names), start + r.start, start + end, text, found.asks(r)))
    return out
