"""The graph of one scope: which transitions lead to a state, what can be reached, what goes round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asllint.model.machine import Scope, State, Transition


class Graph:
    """The edges of a scope.

    incoming   the transitions that lead to each state, StartAt included
    reachable  the states that a walk from StartAt comes to; every state where StartAt cannot be followed
    """

    __slots__ = ("incoming", "reachable", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        incoming: dict[State, list[Transition]] = {state: [] for state in scope.states}
        for transition in scope.transitions:
            for target in transition.targets:
                incoming[target].append(transition)
        self.incoming: Mapping[State, Sequence[Transition]] = incoming
        self.reachable: frozenset[State] = self._reach()

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

    def components(self) -> list[list[State]]:
        """Return the strongly connected components, each in the order of the text, a later one leading to no earlier
        one (Tarjan's algorithm, without recursion: time linear in states and transitions)."""  # fmt: skip
        order: dict[State, int] = {}
        low: dict[State, int] = {}
        stack: list[State] = []
        on_stack: set[State] = set()
        out: list[list[State]] = []
        position = {state: i for i, state in enumerate(self.scope.states)}
        for root in self.scope.states:
            if root in order:
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
