"""Workflow variables: where they are assigned and read, and which of them have a value when a state is entered.

Specification, "State Machine Variables": an Assign takes effect in the next state, on the edge that is taken: a Choice
rule's and a Catcher's on theirs, that of a Choice state itself on its Default. All fields of a state read the values at its
entry. The states of a Map or Parallel read the variables that are there when it starts, cannot change them, and their own
are gone when it ends; a distributed Map's states read none from outside (developer guide, "Variable scope").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush

from asllint.model.expressions import JSONATA_EXPRESSION, TEXT, Expression, jsonata
from asllint.model.machine import (
    CATCH,
    CHOICE,
    JSONATA,
    Catcher,
    ChoiceRule,
    ChoiceState,
    MapState,
    Scope,
    State,
    StateMachine,
    Transition,
)
from asllint.source.node import OBJECT, UNKNOWN, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.expr.jsonata import Parsed

RESERVED: Final = "states"
"""The one name that cannot be assigned."""

MAX_NAME: Final = 80
"""Characters of a variable's name (specification, "State Machine Variables"; developer guide, "Variable limits")."""

NEVER: Final = "never"
"""No way to the state assigns the variable."""
SOMETIMES: Final = "sometimes"
"""Some ways to the state assign the variable, and some do not."""

_NAMED: Final = re.compile(r"\$[^\W\d]")
_UNKNOWN_BIT: Final = 1
"""Set where anything may have been assigned: by a key that a placeholder fills in, or by a state that is not here."""

_DYNAMIC: Final = frozenset(
    ("Parameters", "Arguments", "Output", "Assign", "ItemSelector", "ResultSelector", "Items", "ItemReader", "ItemBatcher",
     "ResultWriter", "Choices", "Catch", "Condition", "Branches", "ItemProcessor", "Iterator")
)  # fmt: skip
"""Fields in which a placeholder for the whole value may bring expressions along."""

_PASSES_NOTHING: Final = frozenset(
    ("sum", "max", "min", "average", "string", "substring", "substringBefore", "substringAfter", "lowercase", "uppercase",
     "length", "trim", "pad", "contains", "split", "replace", "match", "number", "floor", "ceil", "round", "abs", "sqrt",
     "power", "formatNumber", "formatBase", "map", "filter", "sort", "reverse", "keys", "lookup", "toMillis", "fromMillis",
     "base64encode", "base64decode")
)  # fmt: skip
"""Functions that give nothing where their first argument is nothing (JSONata 2.0.6)."""


class Assignment:
    """A variable that an Assign sets.

    name    as it is read, without ``$``
    key     the key in the Assign
    state   the state that it is in
    holder  the Catcher or Choice rule whose Assign it is; None for the state's own
    """

    __slots__ = ("holder", "key", "name", "state")

    def __init__(self, name: str, key: Node, state: State, holder: Catcher | ChoiceRule | None) -> None:
        self.name = name
        self.key = key
        self.state = state
        self.holder = holder


class Read:
    """A variable that an expression reads.

    name        without ``$``
    start, end  the span in the string, ``$`` included: code points, end exclusive
    guarded     whether the expression, or the Choice state, asks first whether there is a value
    fails       whether the execution certainly fails here where there is none
    function    whether the name is a built-in function's too, or is called: then it may be no variable at all
    """

    __slots__ = ("end", "expression", "fails", "function", "guarded", "name", "start")

    def __init__(
        self,
        name: str,
        expression: Expression,
        start: int,
        end: int,
        *,
        guarded: bool = False,
        fails: bool = True,
        function: bool = False,
    ) -> None:
        self.name = name
        self.expression = expression
        self.start = start
        self.end = end
        self.guarded = guarded
        self.fails = fails
        self.function = function

    def __repr__(self) -> str:
        return f"<${self.name} {self.start}-{self.end} of {self.expression!r}>"


class Variables:
    """The variables of a state machine.

    assignments     in the order of the text
    reads           in the order of the expressions
    all_assigned    whether every assignment is here: none is hidden behind a placeholder or outside of a fragment
    all_read        whether every read is here
    """

    __slots__ = (
        "_assigned", "_bits", "_edges", "_may", "_must", "_open", "_scopes", "all_assigned", "all_read", "assignments",
        "machine", "reads",
    )  # fmt: skip

    def __init__(self, machine: StateMachine) -> None:
        self.machine = machine
        self.assignments: list[Assignment] = []
        self._open: set[int] = set()
        for state in machine.all_states():
            self._assignments(state)
        self._assigned: dict[str, list[Assignment]] = {}
        for assignment in self.assignments:
            self._assigned.setdefault(assignment.name, []).append(assignment)
        self._scopes: dict[str, frozenset[Scope]] = {}
        self._bits = {name: 2 << i for i, name in enumerate(self._assigned)}
        scopes = (machine, *machine.scopes)
        whole = machine.fragment is None and all(scope.complete for scope in scopes)
        self.all_assigned = whole and not self._open
        self.reads: list[Read] = []
        self.all_read = whole and not _hidden(machine)
        for expression in machine.expressions:
            self._reads(expression)
        self._edges: dict[int, int] = {}
        self._may: dict[State, int] = {}
        self._must: dict[State, int] = {}
        if self.reads or (self._assigned and machine.scopes):  # else nobody asks what is available
            self._gather_edges()
            for scope in scopes:
                self._flow(scope)

    # -- what is asked

    def assigned(self, name: str) -> Sequence[Assignment]:
        """Return the assignments of a variable, in any scope."""
        return self._assigned.get(name, ())

    def scopes_of(self, name: str) -> frozenset[Scope]:
        """Return the scopes that a variable is assigned in."""
        found = self._scopes.get(name)
        if found is None:
            found = self._scopes[name] = frozenset(place.state.scope for place in self.assigned(name))
        return found

    def names(self) -> Collection[str]:
        """Return all names that are assigned, in any scope."""
        return self._assigned

    def available(self, state: State) -> list[str]:
        """Return the names that may have a value when a state is entered."""
        may = self._may.get(state, 0)
        return [name for name, bit in self._bits.items() if may & bit]

    def missing(self, read: Read) -> str | None:
        """Return NEVER or SOMETIMES where a variable has no value when its state is entered; None where it has one, or
        nobody can know."""  # fmt: skip
        state = read.expression.state
        may = self._may.get(state, _UNKNOWN_BIT)
        bit = self._bits.get(read.name, 0)
        if may & _UNKNOWN_BIT:
            return NEVER if not bit and self.all_assigned else None
        if not may & bit:
            return NEVER
        return None if self._must[state] & bit else SOMETIMES

    def way_without(self, read: Read) -> Transition | None:
        """Return the transition by which an execution first goes another way than those that assign a variable."""
        bit = self._bits[read.name]
        state: State | None = read.expression.state
        seen: set[State] = set()
        way = None
        while state is not None and state not in seen:
            seen.add(state)
            without, others = None, False
            for transition in state.scope.graph.incoming[state]:
                source = transition.source
                before = self._outer(state.scope)[1] if source is None else self._must.get(source)
                if before is None or not _plain(transition):
                    continue
                if (before | self._edges.get(id(transition), 0)) & bit:
                    others = True
                elif without is None or source not in seen:
                    without = transition
            if without is None:
                break
            way = without
            if others:
                break
            state = without.source
        return way

    # -- assignments

    def _assignments(self, state: State) -> None:
        if state.type in ("Succeed", "Fail"):
            return
        self._assign(state.node.get("Assign"), state, None)
        if isinstance(state, ChoiceState):
            for rule in state.choices:
                self._assign(rule.node.get("Assign"), state, rule)
        for catcher in state.catchers:
            self._assign(catcher.node.get("Assign"), state, catcher)

    def _assign(self, node: Node | None, state: State, holder: Catcher | ChoiceRule | None) -> None:
        if node is None:
            return
        if node.kind != OBJECT:
            if not node.known:
                self._open.add(id(holder or state))
            return
        if node.open:
            self._open.add(id(holder or state))
        for key, _ in node.members:
            name = name_of(key, state)
            if name is not None:
                self.assignments.append(Assignment(name, key, state, holder))

    # -- reads

    def _reads(self, expression: Expression) -> None:
        if expression.kind == TEXT or expression.field == "ResultPath":
            return  # ResultPath cannot name a variable (specification)
        text = expression.text
        if expression.node.holes:
            self.all_read = False
        elif not _NAMED.search(text):
            return
        if expression.kind == JSONATA_EXPRESSION:
            self._jsonata_reads(expression)
        else:
            self._path_reads(expression)

    def _path_reads(self, expression: Expression) -> None:
        from asllint.expr import intrinsics, jsonpath

        found = intrinsics.paths_in(expression.text, expression.node.holes)
        if found is None:
            self.all_read = False
            return
        holder = expression.holder
        asks = isinstance(holder, ChoiceRule) and expression.field == "Variable" and holder.node.get("IsPresent")
        for path in found:
            if path.root == jsonpath.VARIABLE and path.variable is not None and path.variable != RESERVED:
                self.reads.append(Read(path.variable, expression, path.start, path.root_end, guarded=bool(asks)))

    def _jsonata_reads(self, expression: Expression) -> None:
        from asllint.expr import jsonata_meaning as meaning
        from asllint.expr.jsonata_functions import FUNCTIONS, UNAVAILABLE

        read = jsonata(expression)
        if not isinstance(read, tuple) or read[0].root is None:
            self.all_read = False
            return
        parsed, start = read
        found = [r for r in meaning.found(parsed).references if r.kind == meaning.READ]
        if not found:
            return
        asks = meaning.found(parsed).asks
        needed = _needed(parsed)
        for r in found:
            function = r.called or r.name in FUNCTIONS or r.name in UNAVAILABLE
            at = start + r.start
            self.reads.append(
                Read(r.name, expression, at, start + r.end, guarded=asks(r), fails=r.start in needed, function=function)
            )

    # -- the flow of values

    def _gather_edges(self) -> None:
        """Note what each transition adds: what its Assign sets, and what the state before it cannot have passed without."""
        masks: dict[int, int] = dict.fromkeys(self._open, _UNKNOWN_BIT)
        for assignment in self.assignments:
            place = id(assignment.holder or assignment.state)
            masks[place] = masks.get(place, 0) | self._bits[assignment.name]
        passed: dict[State, int] = {}
        for read in self.reads:
            bit = self._bits.get(read.name, 0)
            if not isinstance(read.expression.holder, Catcher) and (
                read.fails or (read.guarded and isinstance(read.expression.state, ChoiceState))
            ):
                passed[read.expression.state] = passed.get(read.expression.state, 0) | bit
        for scope in (self.machine, *self.machine.scopes):
            for transition in scope.transitions:
                source = transition.source
                if source is None:
                    continue
                via = transition.via if transition.kind in (CHOICE, CATCH) else None
                mask = masks.get(id(via or source), 0)
                if transition.kind != CATCH:
                    mask |= passed.get(source, 0)
                self._edges[id(transition)] = mask

    def _outer(self, scope: Scope) -> tuple[int, int]:
        """Return what may be, and what is, assigned where a scope starts."""
        owner = scope.owner
        if owner is None:
            return (0, 0) if scope.machine.fragment is None else (_UNKNOWN_BIT, 0)
        if isinstance(owner, MapState) and owner.distributed is not False:
            return (0, 0) if owner.distributed else (_UNKNOWN_BIT, 0)
        return self._may.get(owner, _UNKNOWN_BIT), self._must.get(owner, 0)

    def _flow(self, scope: Scope) -> None:
        if scope.start is None or not scope.start.targets:
            return
        may, must = self._outer(scope)
        if not scope.graph.complete:
            may |= _UNKNOWN_BIT
        everything = (2 << len(self._bits)) - 1
        # in the order of the graph, so that what comes together is complete before it goes on
        ordered = [state for component in scope.graph.components() for state in component]
        position = {state: i for i, state in enumerate(ordered)}
        waiting: list[int] = []
        waiting_now: set[int] = set()

        def arrive(transition: Transition, may: int, must: int) -> None:
            if not _plain(transition):
                must = everything  # whether it leads here is not known
            for state in transition.targets:
                old = self._may.get(state), self._must.get(state, everything)
                new = may | (old[0] or 0), must & old[1]
                if new != old:
                    self._may[state], self._must[state] = new
                    if position[state] not in waiting_now:
                        waiting_now.add(position[state])
                        heappush(waiting, position[state])

        arrive(scope.start, may, must)
        while waiting:
            at = heappop(waiting)
            waiting_now.discard(at)
            state = ordered[at]
            for transition in state.transitions:
                added = self._edges.get(id(transition), 0)
                arrive(transition, self._may[state] | added, self._must[state] | added)


@lru_cache(maxsize=1)
def variables(machine: StateMachine) -> Variables:
    """Return the variables of a machine: gathered once for the rules that run on it one after the other."""
    return Variables(machine)


def name_of(key: Node, state: State) -> str | None:
    """Return the variable that a key of an Assign sets; None where a placeholder is in it.

    A JSONPath state's may end in ``.$``, which belongs to the value.
    """
    name = key.literal
    if name is None:
        return None
    if not name.endswith(".$"):
        return name
    language = state.node.get("QueryLanguage") or state.machine.node.get("QueryLanguage")
    # a language that AWS does not know is read as JSONata, and is one slip, not one in each key as well
    in_jsonata = state.query_language == JSONATA and language is not None and language.value == JSONATA
    return name if in_jsonata else name[:-2]


def keys(state: State) -> Iterator[tuple[Node, str]]:
    """Yield the keys of all Assign fields of a state, its Catchers and Choice rules, with the names that they set."""
    holders: list[Node] = [] if state.type in ("Succeed", "Fail") else [state.node]
    holders += [catcher.node for catcher in state.catchers]
    if isinstance(state, ChoiceState):
        holders += [rule.node for rule in state.choices]
    for holder in holders:
        node = holder.get("Assign")
        for key, _ in node.members if node is not None else ():
            name = name_of(key, state)
            if name is not None:
                yield key, name


def visible_scopes(scope: Scope) -> Iterator[Scope]:
    """Yield a scope and those around it whose variables its states can read, the innermost first."""
    here: Scope | None = scope
    while here is not None:
        yield here
        owner = here.owner
        if owner is None or (isinstance(owner, MapState) and owner.distributed is not False):
            return
        here = owner.scope


def _plain(transition: Transition) -> bool:
    return len(transition.targets) == 1 and not transition.node.holes


def _hidden(machine: StateMachine) -> bool:
    """Whether expressions may stand where they cannot be seen: in what a placeholder brings, in an unknown language."""
    for state in machine.all_states():
        if state.query_language is None:
            return True
        for key, value in state.node.members:
            if key.holes or (key.value in _DYNAMIC and any(_brings(node) for node in _own(value))):
                return True
    return False


def _own(value: Node) -> Iterator[Node]:
    """Yield a value and what is below it, but not the states of a scope inside."""
    stack = [value]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.items)
        stack.extend(child for key, child in node.members if key.value != "States")


def _brings(node: Node) -> bool:
    return (node.kind == UNKNOWN and node.style == "placeholder") or (node.kind == OBJECT and node.open)


# -- JSONata


def _needed(parsed: Parsed) -> set[int]:
    """Return where the variables begin without whose values a JSONata expression gives nothing, which is an error."""
    from asllint.expr import jsonata as syntax

    out: set[int] = set()
    stack = [] if parsed.root is None else [parsed.root]
    while stack:
        part = stack.pop()
        kind, children = part.kind, part.children
        if kind == syntax.VARIABLE:
            out.add(part.start)
        elif kind == syntax.PATH:
            if all(segment.kind != syntax.GROUP for segment in children):
                stack.append(children[0])
        elif kind == syntax.NEGATION or (
            kind == syntax.BINARY and part.value in ("+", "-", "*", "/", "%", "<", "<=", ">", ">=")
        ):
            stack += children
        elif kind == syntax.BLOCK:
            stack += children[-1:]
        elif kind == syntax.CALL and len(children) > 1:
            called = children[0]
            if called.kind == syntax.VARIABLE and called.value in _PASSES_NOTHING:
                stack.append(children[1])
    return out
