"""The graph of one scope: which transitions lead to a state, what can be reached, what goes round."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from asllint.model.machine import Scope, State, Transition
from asllint.model.shape import STATES
from asllint.source.node import ARRAY, BOOLEAN, OBJECT, STRING, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Graph:
    """The edges of a scope.

    incoming   the transitions that lead to each state, StartAt included
    reachable  the states that a walk from StartAt comes to; every state where StartAt cannot be followed
    """

    __slots__ = ("_complete", "incoming", "reachable", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        incoming: dict[State, list[Transition]] = {state: [] for state in scope.states}
        for transition in scope.transitions:
            for target in transition.targets:
                incoming[target].append(transition)
        self.incoming: Mapping[State, Sequence[Transition]] = incoming
        self.reachable: frozenset[State] = self._reach()
        self._complete: bool | None = None

    def _reach(self) -> frozenset[State]:
        start = self.scope.start
        if start is None or not start.targets:
            return frozenset(self.scope.states)
        seen: set[State] = set(start.targets)
        stack = list(start.targets)
        while stack:
            for transition in stack.pop().transitions:
                for target in transition.targets:
                    if target not in seen:
                        seen.add(target)
                        stack.append(target)
        return frozenset(seen)

    @property
    def complete(self) -> bool:
        """Whether every state and every transition of the scope can be read.

        False where one may be hidden: in what a placeholder brings, behind a syntax error, in a field that is missing,
        misspelt or of a wrong kind. Then that nothing leads to a state may be no more than a consequence.
        """
        if self._complete is None:
            self._complete = self._all_readable()
        return self._complete

    def _all_readable(self) -> bool:
        scope = self.scope
        if not scope.complete or scope.start is None or _hidden(scope.node, ("StartAt", "States")):
            return False
        states = scope.states_node
        if states is not None and len(scope.states) != len(states.members):
            return False
        names = {state.name for state in scope.states}
        return all(_readable(state, names) for state in scope.states)

    def islands(self) -> list[list[State]]:
        """Return the states that StartAt does not lead to, those that hang together in one list, in the order of the
        text."""  # fmt: skip
        out = []
        seen: set[State] = set(self.reachable)
        for first in self.scope.states:
            if first in seen:
                continue
            seen.add(first)
            island, stack = {first}, [first]
            while stack:
                state = stack.pop()
                sources = [t.source for t in self.incoming[state] if t.source is not None]
                for other in (*sources, *_successors(state)):
                    if other not in seen:
                        seen.add(other)
                        island.add(other)
                        stack.append(other)
            out.append(island)
        position = {state: i for i, state in enumerate(self.scope.states)}
        return [sorted(island, key=position.__getitem__) for island in out]

    def components(self, within: Collection[State] | None = None) -> list[list[State]]:
        """Return the strongly connected components, each in the order of the text, a later one leading to no earlier
        one (Tarjan's algorithm, without recursion: time linear in states and transitions).

        within  some of the states (a set): the others are taken for not there
        """
        order: dict[State, int] = {}
        low: dict[State, int] = {}
        stack: list[State] = []
        on_stack: set[State] = set()
        out: list[list[State]] = []
        position = {state: i for i, state in enumerate(self.scope.states)}
        for root in self.scope.states:
            if root in order or (within is not None and root not in within):
                continue
            work: list[tuple[State, list[State], int]] = [(root, _successors(root), 0)]
            order[root] = low[root] = len(order)
            stack.append(root)
            on_stack.add(root)
            while work:
                state, successors, i = work.pop()
                if i < len(successors):
                    work.append((state, successors, i + 1))
                    target = successors[i]
                    if within is not None and target not in within:
                        continue
                    if target not in order:
                        order[target] = low[target] = len(order)
                        stack.append(target)
                        on_stack.add(target)
                        work.append((target, _successors(target), 0))
                    elif target in on_stack:
                        low[state] = min(low[state], order[target])
                    continue
                if low[state] == order[state]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member is state:
                            break
                    out.append(sorted(component, key=position.__getitem__))
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[state])
        out.reverse()
        return out


def _successors(state: State) -> list[State]:
    return [target for transition in state.transitions for target in transition.targets]


_WAYS_OUT: Final = frozenset(("Type", "Next", "End", "Choices", "Default", "Catch"))


def _hidden(node: Node, names: Collection[str]) -> bool:
    """Whether a member of one of these names may be there that cannot be seen, or is lost to a later one."""
    found = [key.value for key, _ in node.members if key.value in names]
    return node.open or len(found) != len(set(found))


def _readable(state: State, names: set[str]) -> bool:
    """Whether the transitions that leave a state are those that its author meant; `names`: the states of its scope."""
    node = state.node
    shape = STATES.get(state.type)
    if shape is None or _hidden(node, _WAYS_OUT):
        return False
    fields = shape.fields
    for key, value in node.members:
        if key.value not in fields and any(v.kind == STRING and v.value in names for v in value.walk()):
            return False
    if "Next" in fields:
        following, end = node.get("Next"), node.get("End")
        if end is not None and end.known and end.kind != BOOLEAN:
            return False
        if following is None:
            if end is None or end.value is False:
                return False
        elif following.kind != STRING:
            return False
    default = node.get("Default")
    if default is not None and default.kind != STRING:
        return False
    if "Choices" in fields and not _all_lead(node.get("Choices")):
        return False
    catch = node.get("Catch")
    return catch is None or "Catch" not in fields or (catch.kind == ARRAY and not catch.items) or _all_lead(catch)


def _all_lead(items: Node | None) -> bool:
    """Whether a value is an array of Choice rules or Catchers, each with a Next."""
    if items is None or items.kind != ARRAY or not items.closed or not items.items:
        return False
    for item in items.items:
        following = item.get("Next") if item.kind == OBJECT and not _hidden(item, ("Next",)) else None
        if following is None or following.kind != STRING:
            return False
    return True
