"""What a JSONata expression reads, binds and calls, and what Step Functions refuses in it or cannot evaluate.

Step Functions evaluates an expression without a context item: its data is in ``$states`` and in variables. AWS refuses what
reads the missing context. Where it looks was derived from its recorded verdicts: the base of a path is looked at, later
steps, predicates, sorting, grouping and transforms are not; the body of a function is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from asllint.expr import HASHES, near
from asllint.expr.jsonata import (
    APPLY,
    ARRAY,
    BINARY,
    BIND,
    BLOCK,
    BOOLEAN,
    CALL,
    CONDITION,
    DEFAULT,
    FILTER,
    FOCUS,
    GROUP,
    INDEX,
    INVALID,
    KEEP,
    LAMBDA,
    NAME,
    NEGATION,
    NULL,
    NUMBER,
    OBJECT,
    PARTIAL,
    PATH,
    PLACE,
    RANGE,
    REGEX,
    SORT,
    STRING,
    TRANSFORM,
    UNSUPPORTED,
    VARIABLE,
    Complaint,
    Node,
    Parsed,
    skipped,
)
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STATES_FIELDS: Final = ("input", "result", "errorOutput", "context")
"""The fields of ``$states`` (developer guide, "Reserved variable: $states")."""

# Kinds of references.
FIELD: Final = "field"
"""A field of the context: a bare name."""
CONTEXT: Final = "context"
"""``$``"""
ROOT: Final = "root"
"""``$$``"""
STATES: Final = "states"
"""``$states``; its name is the field that is read of it, "" where that is not known."""
READ: Final = "variable"
"""Any other variable that the expression does not bind and that is no built-in function."""


class Reference:
    """A name that an expression reads.

    kind       FIELD, CONTEXT, ROOT, STATES or READ
    name       of a field or variable, without ``$``; of STATES the field
    start, end of the name, with its ``$``; of STATES to the end of the field
    top_level  whether it is evaluated in the context that the whole expression has, which is where AWS looks
    certain    whether evaluating the expression at all reads it
    called     whether it is called as a function, or chained to
    steps      what follows it, of STATES the field first, as far as it is known: NAME nodes, and FILTER nodes that hold a
               whole number
    whole      whether `steps` are all that follows
    """

    __slots__ = ("called", "certain", "end", "kind", "name", "start", "steps", "top_level", "whole")

    def __init__(
        self,
        kind: str,
        name: str,
        start: int,
        end: int,
        *,
        top_level: bool = False,
        certain: bool = False,
        called: bool = False,
        steps: Sequence[Node] = (),
        whole: bool = True,
    ) -> None:
        self.kind = kind
        self.name = name
        self.start = start
        self.end = end
        self.top_level = top_level
        self.certain = certain
        self.called = called
        self.steps = steps
        self.whole = whole

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name!r} {self.start}-{self.end} {list(self.path)}>"

    @property
    def path(self) -> tuple[str | int, ...]:
        """The known steps: field names, and the whole numbers of indices; negative ones count from the end."""
        return tuple(_step(node) for node in self.steps)


class Call:
    """A call of a function.

    name        of the function, without ``$``; "" where it is not called by a name
    start, end  of the name, or of what is called instead
    arguments   with the one that ``~>`` puts first; PLACE nodes among them where `partial`
    chained     whether the first argument comes from ``~>``
    partial     whether it makes a function of those arguments, and calls none yet
    local       whether the expression itself binds the name: a built-in of that name is hidden
    dollar      whether the name has its ``$``: without, it is a field, which holds no function
    top_level   whether it stands in the context that the whole expression has
    certain     whether evaluating the expression at all calls it
    """

    __slots__ = (
        "arguments", "certain", "chained", "dollar", "end", "local", "name", "node", "partial", "start", "top_level",
    )  # fmt: skip

    def __init__(
        self,
        node: Node,
        called: Node,
        arguments: Sequence[Node],
        *,
        chained: bool,
        local: bool,
        top_level: bool,
        certain: bool,
    ) -> None:
        self.node = node
        self.name = str(called.value) if called.kind in (VARIABLE, NAME) else ""
        self.start = called.start
        self.end = called.end
        self.arguments = arguments
        self.chained = chained
        self.partial = node.kind == PARTIAL
        self.local = local
        self.dollar = called.kind == VARIABLE
        self.top_level = top_level
        self.certain = certain


if TYPE_CHECKING:
    _Task = tuple[Node, "_Scope", bool | None, bool]
    """A node to look at, its frame, whether it is at the top level (None: bind it), whether it is certainly evaluated."""


class _Scope:
    """The names that are bound so far in a frame: the expression, a block, a function, a path with bindings."""

    __slots__ = ("names", "outer")

    def __init__(self, outer: _Scope | None, names: Sequence[str] = ()) -> None:
        self.outer = outer
        self.names = set(names)

    def binds(self, name: str) -> bool:
        scope: _Scope | None = self
        while scope:
            if name in scope.names:
                return True
            scope = scope.outer
        return False


_NO_STEPS = (FILTER, KEEP, GROUP, FOCUS)
"""Segments behind which a call is still a call for the ``~>`` before it."""


class Found:
    """The references, bindings (VARIABLE nodes) and calls of a tree, each in the order of the text.

    names  of the variables that are bound
    newer  operators of JSONata 2.1
    asked  what a test looks at whether it is there: what ``$exists`` is given, and what is left of ``?`` and of ``?:``
    operations  the operators that do not take every value, and whether evaluating the expression at all comes to them
    """

    __slots__ = ("_outermost", "asked", "bound", "calls", "names", "newer", "operations", "references")

    def __init__(self, root: Node | None) -> None:
        self.references: list[Reference] = []
        self.bound: list[Node] = []
        self.calls: list[Call] = []
        self.newer: list[Node] = []
        self.asked: list[Node] = []
        self.operations: list[tuple[Node, bool]] = []
        if root is not None:
            self._gather(root)
        for found in (self.references, self.bound, self.calls):
            found.sort(key=_start)
        self.names = frozenset([str(variable.value) for variable in self.bound])
        self._outermost: list[tuple[int, int]] = []
        for node in sorted(self.asked, key=lambda node: (node.start, -node.end)):
            if not self._outermost or node.end > self._outermost[-1][1]:
                self._outermost.append((node.start, node.end))

    def asks(self, reference: Reference) -> bool:
        """Whether a test looks at whether a reference is there, or at something that it is a part of."""
        at = bisect_left(self._outermost, (reference.start + 1, 0)) - 1
        return at >= 0 and reference.end <= self._outermost[at][1]

    def _gather(self, root: Node) -> None:
        # A function's body is looked at when all else is: it sees what its block binds later, itself above all.
        waiting = [(root, _Scope(None), True, True)]
        for body, scope, top_level, certain in waiting:
            stack: list[_Task] = [(body, scope, top_level, certain)]
            while stack:
                node, scope, top, sure = stack.pop()
                if top is None:
                    self._bind(node, scope)
                elif node.kind == NAME:
                    self._field(node, top, sure)
                elif node.kind == VARIABLE:
                    self._read(node, (), scope, top, sure)
                elif node.kind == LAMBDA:
                    inner = _Scope(scope)
                    for parameter in node.children[:-1]:
                        self._bind(parameter, inner)
                    waiting.append((node.children[-1], inner, top, False))
                elif node.children:
                    stack.extend(reversed(self._below(node, scope, top, sure)))

    def _bind(self, node: Node, scope: _Scope) -> None:
        while node.kind == PATH:  # `$x[] := …`
            node = node.children[0]
        if node.kind == VARIABLE:
            scope.names.add(str(node.value))
            self.bound.append(node)

    def _field(self, node: Node, top: bool, sure: bool, called: bool = False) -> None:
        reference = Reference(FIELD, str(node.value), node.start, node.end, top_level=top, certain=sure, called=called)
        self.references.append(reference)

    def _below(self, node: Node, scope: _Scope, top: bool, sure: bool) -> list[_Task]:
        """Note what a node with others below it is; return what is to be looked at there, in order."""
        kind = node.kind
        children = node.children
        if kind == PATH:
            return self._path(node, scope, top, sure)
        if kind == BLOCK:
            scope = _Scope(scope)
        elif kind == BIND:
            return [(children[1], scope, top, sure), (children[0], scope, None, sure)]
        elif kind in (CALL, PARTIAL):
            return self._call(node, (), scope, top, sure)
        elif kind == APPLY:
            left, right = children
            below: list[_Task] = [(left, scope, top, sure)]
            while right.kind == PATH and all(segment.kind == KEEP for segment in right.children[1:]):
                right = right.children[0]
            if right.kind in (CALL, PARTIAL):
                return below + self._call(right, (left,) if right.kind == CALL else (), scope, top, sure)
            if right.kind == PATH and all(segment.kind in _NO_STEPS for segment in right.children[1:]):
                return below + self._path(right, scope, top, sure, (left,))
            if right.kind == VARIABLE:
                local = scope.binds(str(right.value))
                self.calls.append(Call(right, right, (left,), chained=True, local=local, top_level=top, certain=sure))
                self._read(right, (), scope, top, sure, called=True)
                return below
            return [*below, (right, scope, top, sure)]
        elif kind in (CONDITION, DEFAULT) or (kind == BINARY and node.value in ("and", "or")):
            if kind != BINARY:
                self.asked.append(children[0])
            if kind == DEFAULT:
                self.newer.append(node)
            return [(child, scope, top, sure and not at) for at, child in enumerate(children)]
        elif kind == TRANSFORM:
            return [(child, scope, False, False) for child in children]
        elif kind in (NEGATION, RANGE) or (kind == BINARY and node.value in _PARTICULAR):
            self.operations.append((node, sure))
        return [(child, scope, top, sure) for child in children]

    def _path(self, node: Node, scope: _Scope, top: bool, sure: bool, first: Sequence[Node] = ()) -> list[_Task]:
        """Look at a path; `first` is what ``~>`` passes to its base if that is a call."""
        base, *segments = node.children
        below: list[_Task] = []
        if base.kind == VARIABLE:
            self._read(base, segments, scope, top, sure)
        elif base.kind == CALL:
            below += self._call(base, first, scope, top, sure)
        else:
            below.append((base, scope, top, sure))
        of_segments = [segment.kind for segment in segments]
        if FOCUS in of_segments or INDEX in of_segments:
            scope = _Scope(scope)
        for kind, segment in zip(of_segments, segments, strict=True):
            if kind == NAME:
                self._field(segment, False, False)
            elif kind in (FOCUS, INDEX):
                below.append((segment.children[0], scope, None, False))
            elif kind in (FILTER, GROUP):
                below += [(child, scope, False, False) for child in segment.children]
            elif kind == SORT:
                below += [(term.children[0], scope, False, False) for term in segment.children]
            elif kind != KEEP:
                below.append((segment, scope, False, False))
        return below

    def _call(self, node: Node, first: Sequence[Node], scope: _Scope, top: bool, sure: bool) -> list[_Task]:
        called, *arguments = node.children
        while called.kind == PATH and all(segment.kind == KEEP for segment in called.children[1:]):
            called = called.children[0]
        local = called.kind == VARIABLE and scope.binds(str(called.value))
        chained = bool(first)
        self.calls.append(
            Call(node, called, (*first, *arguments), chained=chained, local=local, top_level=top, certain=sure)
        )
        below: list[_Task] = []
        if called.kind == VARIABLE:
            if called.value == "exists" and len(node.children) == 2 and node.kind == CALL:
                self.asked.append(node.children[1])
            self._read(called, (), scope, top, sure, called=True)
        elif called.kind == NAME:
            self._field(called, top, sure, called=True)
        else:
            below.append((called, scope, top, sure))
        below += [(argument, scope, top, sure) for argument in arguments]
        return below

    def _read(
        self, node: Node, segments: Sequence[Node], scope: _Scope, top: bool, sure: bool, called: bool = False
    ) -> None:
        name = str(node.value)
        if name and scope.binds(name):
            return
        steps: list[Node] = []
        whole = True
        for segment in segments:
            if segment.kind == NAME:
                steps.append(segment)
            elif segment.kind != KEEP:
                whole = index_of(segment) is not None
                if not whole:
                    break
                steps.append(segment)
        kind = CONTEXT if not name else ROOT if name == "$" else STATES if name == "states" else READ
        end = node.end
        if kind == STATES:
            name = str(steps[0].value) if steps and steps[0].kind == NAME else ""
            end = steps[0].end if name else end
        self.references.append(
            Reference(kind, name, node.start, end, top_level=top, certain=sure, called=called, steps=steps, whole=whole)
        )


def _start(found: Reference | Node | Call) -> int:
    return found.start


def _number(node: Node) -> float | None:
    """Return the number that a literal, or the negation of one, is; None for another node."""
    sign = 1
    while node.kind == NEGATION:
        sign = -sign
        node = node.children[0]
    return sign * node.value if node.kind == NUMBER and isinstance(node.value, float) else None


def index_of(step: Node) -> int | None:
    """Return the index that a step is, as ``[0]`` and ``[-1]`` are; None for another."""
    number = _number(step.children[0]) if step.kind == FILTER else None
    return int(number) if number is not None and number.is_integer() else None


def _step(node: Node) -> str | int:
    if node.kind == NAME:
        return str(node.value)
    index = index_of(node)
    assert index is not None
    return index


def found(parsed: Parsed) -> Found:
    """Return what an expression reads, binds and calls; gathered once. Nothing where it does not parse."""
    if parsed.found is None:
        parsed.found = Found(parsed.root)
    return parsed.found


def references(parsed: Parsed) -> list[Reference]:
    """Return all that an expression reads and does not bind itself, the names of functions left out."""
    from asllint.expr.jsonata_functions import FUNCTIONS, UNAVAILABLE

    return [
        r for r in found(parsed).references if r.kind != READ or (r.name not in FUNCTIONS and r.name not in UNAVAILABLE)
    ]


def variables_called(parsed: Parsed) -> list[Reference]:
    """Return the names that an expression calls, or chains to, and does not bind: of functions, as long as no variable of Step
    Functions has the name."""  # fmt: skip
    return [reference for reference in found(parsed).references if reference.kind == READ and reference.called]


def names_bound(parsed: Parsed) -> frozenset[str]:
    """Return the names of the variables that an expression binds."""
    return found(parsed).names


# -- what AWS refuses


def unsupported(parsed: Parsed, *, has_result: bool, has_error_output: bool) -> list[Complaint]:
    """Return what AWS refuses when the state machine is created, each name once, in AWS's order: that of the text.

    has_result, has_error_output  whether the field that the expression stands in can read ``$states.result`` (Assign and
        Output of a Task, Parallel or Map state) and ``$states.errorOutput`` (those of a Catcher)

    The complaints with `refused` False are the same names where AWS is not known to look: reading them gives nothing.
    """
    out: dict[tuple[str, str], Complaint] = {}
    refused: set[tuple[str, str]] = set()
    for reference in found(parsed).references:
        if (reference.kind, reference.name) in refused:
            continue  # to find its cure the whole expression may be walked over
        complaint = _unsupported(parsed, reference, has_result, has_error_output)
        if complaint:
            if complaint.refused:
                refused.add((reference.kind, reference.name))
            key = complaint.kind, complaint.name
            if key not in out or (complaint.refused and not out[key].refused):
                out[key] = complaint
    return list(out.values())


def _unsupported(parsed: Parsed, reference: Reference, has_result: bool, has_error_output: bool) -> Complaint | None:
    kind, name, top = reference.kind, reference.name, reference.top_level
    code = UNSUPPORTED
    cure, instead = "", None
    if kind == FIELD and top:
        slug = "bare-field"
        message = f"`{name}` is a field of the context, and an expression of Step Functions has none: AWS refuses it."
        if name == "states" or (name in STATES_FIELDS and not reference.called):
            instead = "$states" if name == "states" else f"$states.{name}"
        cure = f"Did you mean `{instead}`?" if instead else _with_a_hyphen(parsed, reference) or _instead(reference)
    elif kind == CONTEXT and top:
        slug = "context"
        message = "`$` is the context, and an expression of Step Functions has none: AWS refuses it."
        instead = _parameter(parsed, reference)
        cure = f"In a function the parameters are read: write `{instead}`." if instead else ""
        cure = cure or "Write `$states.input` for the state's input."
        instead = instead or "$states.input"
    elif kind == ROOT:
        slug, name, top = "root", "$$", True  # refused in a predicate too: measured on 2026-09-29
        message = "`$$` is the root of the input, which Step Functions does not give: AWS refuses it."
        cure = "Write `$states.input` for the state's input, or `$states.context` for the context object."
        if _OF_CONTEXT.match(parsed.text, reference.end):
            instead = "$states.context"
            cure = "Write `$states.context` for the context object."
    elif kind == STATES and name and name not in STATES_FIELDS:
        slug, code, top = "unknown-states-field", "", False
        message = f"`$states` has no field `{name}`: the expression reads nothing."
        meant = near(name, STATES_FIELDS) or next((f for f in STATES_FIELDS if f.startswith(name.lower())), None)
        cure = (
            f"Did you mean `$states.{meant}`?" if meant else f"Write `$states.input.{name}` for a field of the input."
        )
    elif kind == STATES and name == "result" and not has_result:
        slug = "no-result"
        message = (
            "`$states.result` does not exist here: it is there in Assign and Output of Task, Parallel and Map states."
        )
        cure = "Write `$states.input` for what the state is given."
    elif kind == STATES and name == "errorOutput" and not has_error_output:
        slug = "no-error-output"
        message = "`$states.errorOutput` does not exist here: it is there in Assign and Output of a Catcher."
        cure = "Read it in the Catcher and pass it on in `Output`, or keep it with `Assign`."
    else:
        return None
    return Complaint(
        slug,
        reference.start,
        reference.end,
        message,
        cure,
        top,
        aws_code=code,
        name=name,
        certain=reference.certain,
        instead=instead,
    )


def _with_a_hyphen(parsed: Parsed, reference: Reference) -> str:
    """Return the cure where a bare field is the end of a name with hyphens behind a path; "" elsewhere."""
    at = reference.start
    first = max(at - _LONGEST_NAME, 0)
    before = _BEFORE_HYPHEN.search(parsed.text[first:at])
    if before is None:
        return ""
    behind = _BEHIND_HYPHEN.match(parsed.text, reference.end, reference.end + _LONGEST_NAME)
    word = before[1] + parsed.text[at : behind.end() if behind else reference.end]
    return f"A name with a hyphen stands in backquotes: ``.`{word}` ``."


_LONGEST_NAME: Final = 100
"""Characters of a name with hyphens, before and behind one of its words."""
_BEFORE_HYPHEN: Final = late(r"\.([A-Za-z_][\w-]*-)\Z", re.ASCII)
_BEHIND_HYPHEN: Final = late(r"(?:-[A-Za-z_]\w*)*", re.ASCII)

_OF_CONTEXT: Final = late(r"\.(?:Execution|State|StateMachine|Task|Map)\b")


def _parameter(parsed: Parsed, reference: Reference) -> str | None:
    """Return the first parameter of the function that the context is read in the body of; None elsewhere."""
    inner = None
    for node in parsed.root.walk() if parsed.root is not None else ():
        if node.kind == LAMBDA and node.children[-1].start <= reference.start < node.end:
            inner = node
    names = [f"${node.value}" for node in inner.children[:-1]] if inner is not None else []
    return names[0] if names else None


def _instead(reference: Reference) -> str:
    from asllint.expr.jsonata_functions import FUNCTIONS

    name = reference.name
    if reference.called and name in FUNCTIONS:
        return f"Write `${name}` for the function."
    if not name.isidentifier():
        return "Read it of `$states.input`, or of a variable."
    return f"Write `$states.input.{name}` for the state's input, or `${name}` for a variable."


def newer(parsed: Parsed) -> list[Complaint]:
    """Return the operators that JSONata 2.0.6 does not have, the version that AWS documents; measured to be refused."""
    out = []
    for node in sorted(found(parsed).newer, key=_start):
        at = skipped(parsed.text, node.children[0].end)
        instead = "`$exists(a) ? a : b`" if node.value == "??" else "`a ? a : b`"
        message = f"`{node.value}` is an operator of JSONata 2.1; Step Functions has 2.0.6, and AWS refuses it."
        cure = f"Write {instead}."
        out.append(Complaint("newer-syntax", at, at + 2, message, cure, True, aws_code=INVALID, code="S0211"))
    return out


# -- calls

_ANY = frozenset("asnblfom")
_ALWAYS = {
    STRING: "s", NUMBER: "n", BOOLEAN: "b", NULL: "l", OBJECT: "o", ARRAY: "a", LAMBDA: "f", REGEX: "f", TRANSFORM: "f",
    PARTIAL: "f", PLACE: "asnblfom",
}  # fmt: skip
_RESULTS = {**dict.fromkeys("+-*/%", "nm"), **dict.fromkeys(("<", "<=", ">", ">="), "bm"), "&": "s"}


def kinds(node: Node, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return what a node can evaluate to, as signatures spell it: see `asllint.expr.jsonata_functions.ANY`.

    bound  names of functions that the expression binds itself, so that nothing is known of what they return
    """
    out: set[str] = set()
    stack = [node]
    while stack:
        node = stack.pop()
        kind = node.kind
        if kind in _ALWAYS:
            out.update(_ALWAYS[kind])
        elif kind == NEGATION:
            out.update("n" if _number(node) is not None else "nm")
        elif kind == BINARY:
            out.update(_RESULTS.get(str(node.value), "b"))
        elif kind == BLOCK:
            stack += node.children[-1:]
            out.update("" if node.children else "m")
        elif kind == BIND:
            stack.append(node.children[1])
        elif kind == CONDITION:
            stack += node.children[1:]
            out.update("" if len(node.children) > 2 else "m")
        elif kind == DEFAULT:
            stack += node.children
        elif kind == CALL and (name := _builtin(node.children[0])) and name not in bound:
            from asllint.expr.jsonata_functions import returns

            out.update(returns(name))
        else:
            return _ANY
    return frozenset(out)


# -- operators

_ORDERS: Final = frozenset(("<", "<=", ">", ">="))
_PARTICULAR: Final = _ORDERS | frozenset("+-*/%")


def check_operators(parsed: Parsed) -> list[Complaint]:
    """Return the operators that fail for what they are given: arithmetic and ranges take numbers, orders two of a kind.

    What is missing makes the result missing, and fails in no operator (JSONata, "Numeric operators", "Comparison operators").
    """
    out = []
    bound = names_bound(parsed)
    for node, sure in sorted(found(parsed).operations, key=lambda operation: operation[0].start):
        complaint = _operator(parsed, node, bound)
        if complaint:
            complaint.certain = complaint.certain and sure
            out.append(complaint)
    return out


def operations(parsed: Parsed) -> list[Node]:
    """Return the arithmetic and the orders that evaluating the expression comes to each time, and that may work."""
    bound = names_bound(parsed)
    return [
        node
        for node, sure in found(parsed).operations
        if sure and node.kind == BINARY and not _operator(parsed, node, bound)
    ]


def _operator(parsed: Parsed, node: Node, bound: frozenset[str]) -> Complaint | None:
    given = [kinds(child, bound) for child in node.children]
    order = node.kind == BINARY and node.value in _ORDERS
    return _order(parsed, node, given) if order else _arithmetic(parsed, node, given)


def _arithmetic(parsed: Parsed, node: Node, given: Sequence[frozenset[str]]) -> Complaint | None:
    misfit = next((i for i, each in enumerate(given) if "n" not in each and each != {"m"}), None)
    if misfit is None:
        return None
    child, wrong = node.children[misfit], given[misfit]
    what, certain = _meant(wrong), "m" not in wrong
    if node.kind == BINARY and node.value == "+" and "s" in wrong:
        at = skipped(parsed.text, node.children[0].end)
        message = f"`+` adds numbers, and what stands {'behind' if misfit else 'before'} it is {what}: it fails."
        cure, code = "Write `&` to join texts.", f"T200{misfit + 1}"
        return Complaint("operand", at, at + 1, message, cure, code=code, name="+", certain=certain, instead="&")
    sign = "-" if node.kind == NEGATION else ".." if node.kind == RANGE else str(node.value)
    code = "D1002" if node.kind == NEGATION else f"T200{misfit + (3 if node.kind == RANGE else 1)}"
    cure = "Write `$number(…)` around it if its text is a number." if "s" in wrong and child.kind != STRING else ""
    message = f"`{sign}` takes numbers, and this is {what}: it fails."
    return Complaint("operand", child.start, child.end, message, cure, code=code, name=sign, certain=certain)


def _order(parsed: Parsed, node: Node, given: Sequence[frozenset[str]]) -> Complaint | None:
    sign = str(node.value)
    for child, wrong in zip(node.children, given, strict=True):
        if wrong.isdisjoint("sn") and wrong != {"m"}:
            message = f"`{sign}` compares two numbers or two strings, and this is {_meant(wrong)}: it fails."
            certain = "m" not in wrong
            return Complaint("operand", child.start, child.end, message, code="T2010", name=sign, certain=certain)
    left, right = given
    if {"m"} in given or not (left & right).isdisjoint("sn"):
        return None
    at = skipped(parsed.text, node.children[0].end)
    message = f"`{sign}` compares two numbers or two strings, and here {_meant(left)} with {_meant(right)}: it fails."
    cure = "Write `$number(…)` around the string, or compare with a string."
    certain = "m" not in left | right
    return Complaint("operand", at, at + len(sign), message, cure, code="T2009", name=sign, certain=certain)


def _meant(given: frozenset[str]) -> str:
    from asllint.expr.jsonata_functions import MEANING

    return " or ".join(MEANING[kind] for kind in "snbloaf" if kind in given)


def _builtin(node: Node) -> str | None:
    from asllint.expr.jsonata_functions import FUNCTIONS

    return str(node.value) if node.kind == VARIABLE and node.value in FUNCTIONS else None


def check_calls(parsed: Parsed) -> list[Complaint]:
    """Return the calls that fail whenever they are made: unknown functions, wrong number or kind of arguments.

    AWS accepts them all and the execution fails with States.QueryEvaluationError (recorded for an unknown function; for
    arguments measured by others). Functions that the expression binds itself are not judged. A call that gives nothing is
    certain to fail only where nothing else comes of the expression.
    """
    out: list[Complaint] = []
    bound = names_bound(parsed)
    for call in found(parsed).calls:
        complaint = None if call.local else _check(call, bound)
        if complaint:
            complaint.certain = call.certain and (complaint.certain or call.node is parsed.root)
            out.append(complaint)
    return out


def _check(call: Call, bound: frozenset[str]) -> Complaint | None:
    from asllint.expr import jsonata_functions as table

    name = call.name
    if not name or not call.dollar:
        return _not_a_function(call, bound)
    if name in table.UNAVAILABLE:
        message = f"`${name}` is not available in Step Functions: the execution fails when it is called."
        cure = f"Write `${table.UNAVAILABLE[name]}` to read a JSON text."
        return _complaint("unavailable-function", call.start, call.end, message, cure, "T1006", name)
    if name not in table.FUNCTIONS:
        meant = table.ELSEWHERE.get(name) or near(name, () if name in table.OPERATORS else table.FUNCTIONS)
        message = f"`${name}` is no function of JSONata or of Step Functions: the execution fails when it is called."
        cure = (
            f"Did you mean `${meant}`?"
            if meant
            else table.OPERATORS.get(name, "A variable holds no function; define one in the expression with `:=`.")
        )
        instead = f"${meant}" if meant else None
        return _complaint("unknown-function", call.start, call.end, message, cure, "T1006", name, instead)
    if call.partial:
        return None  # made without looking at the signature
    wanted = table.parameters(name)
    given = [_given(argument, bound) for argument in call.arguments]
    if call.node.kind == VARIABLE and "f" in given[0]:
        return None  # `~>` may make one function of two
    misfit = table.misfit(wanted, given)
    if misfit is None:
        return _values(call, bound)
    at, could = misfit
    if at == len(given) or not could:
        message = f"`${name}` takes {_number_of(wanted)}, and {_counted(len(given))} given: the call fails."
        if at < len(given) and not (call.chained and at == 0):
            where = call.arguments[at]
            of_array = name in ("average", "count", "max", "min", "sum")
            cure = f"Put them into an array: `${name}([…])`." if of_array else ""
            return _complaint("argument-count", where.start, call.arguments[-1].end, message, cure, "T0410", name)
        return _complaint("argument-count", call.start, call.end, message, "", "T0410", name)
    argument = call.arguments[at]
    meaning = " or ".join(dict.fromkeys(parameter.meaning for parameter in could))
    message = f"Argument {at + 1} of `${name}` is {_what(argument, given[at])}, and the function takes {meaning}: the call fails."
    code = "T0412" if could[0].holds_wrong(given[at]) else "T0410"
    return _complaint("argument-kind", argument.start, argument.end, message, "", code, name)


def _complaint(
    kind: str, start: int, end: int, message: str, cure: str, code: str, name: str, instead: str | None = None
) -> Complaint:
    return Complaint(kind, start, end, message, cure, code=code, name=name, instead=instead)


def _not_a_function(call: Call, bound: frozenset[str]) -> Complaint | None:
    from asllint.expr.jsonata_functions import FUNCTIONS

    if call.name and call.top_level:
        return None  # AWS refuses the name itself: see `unsupported`
    if call.name:
        message = f"`{call.name}` is a field, which holds no function: the call fails."
        cure = (
            f"Write `${call.name}`."
            if call.name in FUNCTIONS
            else "Functions are variables: their names begin with `$`."
        )
        return _complaint("field-called", call.start, call.end, message, cure, "T1005", call.name)
    called = call.node.children[0]
    if "f" not in kinds(called, bound):
        message = "What is called here is no function: the call fails."
        return _complaint("not-a-function", call.start, call.end, message, "", "T1006", "")
    return None


def _given(argument: Node, bound: frozenset[str]) -> frozenset[str]:
    """Return what an argument can be; an array literal with an item of one certain kind is ``[`` and that kind as well."""
    found = kinds(argument, bound)
    if argument.kind == ARRAY:
        for item in argument.children:
            of = "n" if item.kind == RANGE else "".join(kinds(item, bound))
            if len(of) == 1 and of != "m":
                found |= {"[" + of}
    return found


def _values(call: Call, bound: frozenset[str]) -> Complaint | None:
    """Return what is wrong with the value of an argument whose kind is right, or with its absence."""
    from asllint.expr.jsonata_functions import MISMAPPED, NEEDED

    name, given = call.name, call.arguments
    if len(given) < NEEDED.get(name, 0):
        needed = NEEDED[name]
        message = f"`${name}` takes {needed} argument{'s' * (needed != 1)}, and {_counted(len(given))} given: it gives nothing."
        cure = {
            "hash": "Write `$hash(text, algorithm)`, such as `'SHA-256'` for the algorithm.",
            "range": "Write `$range(first, last, step)`.",
        }.get(name, "")
        return Complaint("argument-count", call.start, call.end, message, cure, name=name, certain=False)
    if name == "partition" and len(given) > 1 and (size := _number(given[1])) is not None and size <= -1:
        message = "The batches of `$partition` have a negative size: the call fails."
        return _complaint("argument-value", given[1].start, given[1].end, message, "", "", name)
    if name == "map" and len(given) > 1 and (function := _builtin(given[1])) in MISMAPPED and function not in bound:
        message = f"`$map` calls `${function}` with the index of the item as well, which it does not take there: the call fails."
        cure = (
            f"Write `function($v) {{ ${function}($v) }}`." if function != "substring" else "Write a function around it."
        )
        return Complaint("argument-value", given[1].start, given[1].end, message, cure, name=name, certain=False)
    if name == "hash":
        algorithm = given[1]
        if algorithm.kind == STRING and algorithm.value is not None and algorithm.value not in HASHES:
            message = f"`{algorithm.value}` is no algorithm of `$hash`: the call fails."
            meant = near(str(algorithm.value), HASHES)
            cure = f"Did you mean `{meant}`?" if meant else f"It takes {', '.join(f'`{each}`' for each in HASHES)}."
            return _complaint("argument-value", algorithm.start, algorithm.end, message, cure, "D3137", name)
    return None


def _what(argument: Node, given: frozenset[str]) -> str:
    from asllint.expr.jsonata_functions import MEANING

    holds = [kind[1] for kind in sorted(given) if kind.startswith("[")]
    if holds and given & {"a"}:
        return f"an array with {MEANING[holds[0]]} in it" if argument.children else "an array"
    return _meant(given)


def _number_of(wanted: Sequence[object]) -> str:
    from asllint.expr.jsonata_functions import Parameter

    parameters = [parameter for parameter in wanted if isinstance(parameter, Parameter)]
    least = sum(not parameter.optional for parameter in parameters)
    most = len(parameters)
    if any(parameter.repeated for parameter in parameters):
        return f"at least {least} argument{'s' * (least != 1)}"
    if not most:
        return "no argument"
    return f"{least if least == most else f'{least} to {most}'} argument{'s' * (most != 1)}"


def _counted(number: int) -> str:
    return "none is" if number == 0 else "one is" if number == 1 else f"{number} are"
