"""What is drawn of a state machine: nodes, edges and the scopes that they stand in, with the findings of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asllint.diagram.words import clean, condition, cut, detail, errors, shortened
from asllint.model.machine import CATCH, CHOICE, DEFAULT, Catcher, ChoiceRule, Scope, State, StateMachine, Transition
from asllint.result import Diagnostic
from asllint.rule import SEVERITIES, Severity
from asllint.source.node import Node as Value
from asllint.source.node import Span
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STATE: Final = "state"
START: Final = "start"
END: Final = "end"
MISSING: Final = "missing"
"""The target of a transition that its scope does not have."""
ELSEWHERE: Final = "elsewhere"
"""The target of a transition that is not in what could be read: a fragment, a text with syntax errors, a placeholder."""

_LONGEST_NAME: Final = 200


class Marked:
    """What findings can belong to.

    span      start and end offset of what it is drawn for; None where no text says it
    findings  in the order of the text
    """

    __slots__ = ("findings", "span")

    def __init__(self, span: Span | None) -> None:
        self.span = span
        self.findings: list[Diagnostic] = []

    @property
    def severity(self) -> Severity | None:
        """The gravest severity of its findings."""
        return max((d.severity for d in self.findings), key=SEVERITIES.index, default=None)

    @property
    def codes(self) -> list[str]:
        """The codes of its findings, each once."""
        return list(dict.fromkeys(d.code for d in self.findings))


class Node(Marked):
    """A state, where a scope starts or ends, or a target that is not there.

    number    unique in the drawing, from 1
    kind      one of the constants above
    full_name of the state or target as it is written; "Start" and "End"
    name      the same on one line, cut where it is very long
    type      the Type of the state as it is written; "" for what is no state
    detail    what the state does: the resource, the time, the error
    scope     the area that it stands in
    areas     those inside it: the branches of a Parallel, the item processor of a Map
    reachable False where StartAt of its scope does not lead to it, or to the state that its scope is in
    """

    __slots__ = ("areas", "detail", "full_name", "kind", "name", "number", "reachable", "scope", "type")

    def __init__(self, number: int, kind: str, name: str, scope: Area, span: Span | None) -> None:
        super().__init__(span)
        self.number = number
        self.kind = kind
        self.full_name = name
        self.name = cut(clean(name), _LONGEST_NAME)
        self.scope = scope
        self.type = ""
        self.detail = ""
        self.areas: list[Area] = []
        self.reachable = True

    @property
    def subtitle(self) -> str:
        """The line below the name: type and detail."""
        if self.kind == MISSING:
            return "no such state"
        if self.kind == ELSEWHERE:
            return "not in this text"
        return " · ".join(filter(None, (self.type, self.detail, "" if self.reachable else "unreachable")))


class Edge(Marked):
    """A transition, or the end of an execution of its scope.

    number  unique in the drawing, from 1
    kind    "start", "next", "choice", "default", "catch" or "end"
    label   what is written beside it, short: the condition, the error names, "Default"
    text    the same in full
    """

    __slots__ = ("kind", "label", "number", "source", "target", "text")

    def __init__(self, number: int, kind: str, source: Node, target: Node, span: Span | None, text: str = "") -> None:
        super().__init__(span)
        self.number = number
        self.kind = kind
        self.source = source
        self.target = target
        self.text = text
        self.label = shortened(text)


class Area:
    """A scope: the machine, a branch, an item processor.

    number  unique in the drawing, from 1; that of the machine is 1
    kind    "machine", "branch", "item processor" or "iterator"
    owner   the Parallel or Map that it belongs to; None for the machine
    depth   0 for the machine
    """

    __slots__ = ("depth", "edges", "kind", "nodes", "number", "owner", "span")

    def __init__(self, number: int, kind: str, owner: Node | None, span: Span) -> None:
        self.number = number
        self.kind = kind
        self.owner = owner
        self.span = span
        self.depth: int = owner.scope.depth + 1 if owner is not None else 0
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []


class Drawing:
    """A state machine as it is drawn.

    name      of the file
    text      the text that the spans are in
    areas     the scopes, an outer one before its inner ones; the first is the machine
    """

    __slots__ = ("areas", "name", "text")

    def __init__(self, name: str, text: Text) -> None:
        self.name = name
        self.text = text
        self.areas: list[Area] = []

    @property
    def nodes(self) -> list[Node]:
        """All nodes, by number."""
        return sorted((node for area in self.areas for node in area.nodes), key=lambda node: node.number)

    @property
    def edges(self) -> list[Edge]:
        """All edges, by number."""
        return sorted((edge for area in self.areas for edge in area.edges), key=lambda edge: edge.number)

    @property
    def title(self) -> str:
        """What a reader is told that it shows."""
        return f"State machine of {clean(self.name)}"

    @property
    def summary(self) -> str:
        """What it shows, for those who do not see it."""
        states = [node for node in self.nodes if node.kind == STATE]
        first = [edge.target.name for edge in self.areas[0].edges if edge.kind == "start"]
        counts: dict[str, int] = {}
        for node in states:
            counts[node.type or "no type"] = counts.get(node.type or "no type", 0) + 1
        out = f"{len(states)} state{'s' * (len(states) != 1)}"
        if states:
            out += f": {', '.join(f'{number} {clean(kind)}' for kind, number in counts.items())}"
        return out + "." + (f" It starts at {cut(first[0], _LONGEST_NAME)}." if first else "")


def draw(machine: StateMachine, name: str, findings: Iterable[Diagnostic] = ()) -> Drawing:
    """Make the drawing of a state machine; `findings` are those of the same text, shown where they belong."""
    drawing = Drawing(name, machine.document.text)
    maker = _Maker(drawing)
    for scope in (machine, *machine.scopes):
        maker.area(scope)
    _place(drawing, findings)
    return drawing


class _Maker:
    """Numbers nodes, edges and areas while they are made."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.nodes = 0
        self.edges = 0
        self.of_state: dict[State, Node] = {}

    def area(self, scope: Scope) -> None:
        owner = self.of_state[scope.owner] if scope.owner is not None else None
        area = Area(len(self.drawing.areas) + 1, scope.kind, owner, (scope.node.start, scope.node.end))
        self.drawing.areas.append(area)
        if owner is not None:
            owner.areas.append(area)
        start = self.node(START, "Start", area, scope.start.node if scope.start else None) if scope.start else None
        judged = scope.complete
        for state in scope.states:
            node = self.node(STATE, state.name, area, state.node, state.key_node)
            node.type = cut(clean(state.type), 20)
            node.detail = detail(state)
            node.reachable = (owner is None or owner.reachable) and (not judged or state in scope.graph.reachable)
            self.of_state[state] = node
        absent: dict[str, Node] = {}
        if start is not None and scope.start is not None:
            self.edge("start", start, self.target(scope.start, scope, area, absent), scope.start.node)
        ends: list[Node] = []
        for state in scope.states:
            source = self.of_state[state]
            for transition in state.transitions:
                self.transition(transition, source, self.target(transition, scope, area, absent))
            if state.terminal and state.type not in ("Succeed", "Fail"):
                ends.append(source)
        if ends:
            end = self.node(END, "End", area)
            for source in ends:
                self.edge("end", source, end)

    def node(self, kind: str, name: str, area: Area, value: Value | None = None, key: Value | None = None) -> Node:
        self.nodes += 1
        span = None
        if value is not None:
            # the value of a YAML alias stands before its key
            start = key.start if key is not None and key.start <= value.start else value.start
            span = (start, value.end)
        node = Node(self.nodes, kind, name, area, span)
        area.nodes.append(node)
        return node

    def edge(self, kind: str, source: Node, target: Node, value: Value | None = None, text: str = "") -> None:
        self.edges += 1
        span = (value.start, value.end) if value is not None else None
        source.scope.edges.append(Edge(self.edges, kind, source, target, span, text))

    def transition(self, transition: Transition, source: Node, target: Node) -> None:
        via = transition.via
        kind, text, place = "next", "", transition.node
        if transition.kind == CATCH and isinstance(via, Catcher):
            kind, text, place = "catch", errors(via), via.node
        elif transition.kind == CHOICE and isinstance(via, ChoiceRule):
            kind, text, place = "choice", condition(via), via.node
        elif transition.kind == DEFAULT:
            kind, text = "default", "Default"
        self.edge(kind, source, target, place, text)

    def target(self, transition: Transition, scope: Scope, area: Area, absent: dict[str, Node]) -> Node:
        """Return the node of the one state that a transition leads to, or one that says that there is none."""
        found = transition.targets
        if found and (len(found) == 1 or not transition.node.holes):
            # of duplicates the last, as JSON readers take it
            return self.of_state[found[-1]]
        name = transition.name
        if name not in absent:
            unsure = not scope.complete or bool(transition.node.holes) or bool(found)
            absent[name] = self.node(ELSEWHERE if unsure else MISSING, name, area)
        return absent[name]


def _place(drawing: Drawing, findings: Iterable[Diagnostic]) -> None:
    """Give each finding to the smallest thing that its place lies in: an edge, a state, or where the scope starts."""
    spans: list[tuple[int, int, int, Marked]] = []
    for area in drawing.areas:
        # what is said of a scope as a whole is shown where it starts; or at its owner, or its first state
        head = next((node for node in area.nodes if node.kind == START), area.owner or next(iter(area.nodes), None))
        if head is not None:
            start, end = area.span if area.owner is not None else (0, len(drawing.text.content))
            spans.append((start, -end, 0, head))
        spans += [(*_order(node.span), 1, node) for node in area.nodes if node.span is not None and node.kind == STATE]
        spans += [(*_order(edge.span), 2, edge) for edge in area.edges if edge.span is not None]
    spans.sort(key=lambda row: row[:3])
    open_spans: list[tuple[int, Marked]] = []
    at = 0
    for finding in sorted(findings, key=lambda d: (d.start, d.end, d.code, d.message)):
        while at < len(spans) and spans[at][0] <= finding.start:
            start, negative_end, _, marked = spans[at]
            while open_spans and open_spans[-1][0] <= start:
                open_spans.pop()
            open_spans.append((-negative_end, marked))
            at += 1
        while open_spans and open_spans[-1][0] < finding.start:
            open_spans.pop()
        for end, marked in reversed(open_spans):
            if finding.end <= end:
                marked.findings.append(finding)
                break


def _order(span: Span) -> tuple[int, int]:
    return span[0], -span[1]


def said(items: Sequence[Diagnostic], limit: int = 20) -> list[str]:
    """Return the findings as lines for a tooltip: code, severity and message."""
    lines = [f"{d.code} {d.severity}: {clean(d.full_message)}" for d in items[:limit]]
    return [*lines, f"and {len(items) - limit} more"] if len(items) > limit else lines


def walk(drawing: Drawing) -> Iterator[tuple[str, Node | Area, int]]:
    """Yield what languages with nested blocks write, in their order, each with its depth (1 for the machine's own nodes).

    ("node", node); ("open", node) and ("close", node) around a Map or Parallel; ("branch", area) and ("close", area) around
    a branch; ("empty", area) in place of the nodes of an area that has none; ("edges", area) behind its nodes.
    """
    stack: list[tuple[str, Node | Area, int]] = [("area", drawing.areas[0], 1)]
    while stack:
        event, item, depth = stack.pop()
        if isinstance(item, Area) and event == "area":
            stack.append(("edges", item, depth))
            if not item.nodes:
                stack.append(("empty", item, depth))
            stack += [("open" if node.areas else "node", node, depth) for node in reversed(item.nodes)]
            continue
        yield event, item, depth
        if event == "open" and isinstance(item, Node):
            stack.append(("close", item, depth))
            for area in reversed(item.areas):
                stack.append(("branch" if area.kind == "branch" else "area", area, depth + 1))
        elif event == "branch":
            stack += [("close", item, depth), ("area", item, depth + 1)]
