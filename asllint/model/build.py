"""From the tree of a text to a state machine: tolerant, and complete when it returns."""

from __future__ import annotations

from collections.abc import Sequence

from asllint.model import expressions, features, shape
from asllint.model.graph import Graph
from asllint.model.machine import (
    CATCH,
    CHOICE,
    DEFAULT,
    JSONATA,
    JSONPATH,
    NEXT,
    START_AT,
    STATE_TYPES,
    Catcher,
    ChoiceRule,
    ChoiceState,
    FailState,
    MapState,
    ParallelState,
    PassState,
    Retrier,
    Scope,
    State,
    StateMachine,
    SucceedState,
    TaskState,
    Transition,
    WaitState,
    WorkflowType,
)
from asllint.source.node import ARRAY, OBJECT, STRING, UNKNOWN, Document, Node, pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.aws.policy import Policies
    from asllint.model.inputs import Input

_STATE_CLASSES: Final[dict[str, type[State]]] = {
    cls.TYPE: cls
    for cls in (TaskState, PassState, WaitState, ChoiceState, SucceedState, FailState, ParallelState, MapState)
}


def _objects(node: Node | None) -> Sequence[Node]:
    if node is None or node.kind != ARRAY:
        return ()
    return [item for item in node.items if item.kind == OBJECT]


def fragment_of(document: Document) -> str | None:
    """Say what a text holds: "machine", "states", "state", or None for neither a definition nor a part of one."""
    root = document.root
    if root is None or root.kind != OBJECT:
        return None
    if root.get("StartAt") is not None:
        return "machine"
    states = root.get("States")
    if states is not None and states.kind in (OBJECT, UNKNOWN):
        return "machine"
    if _is_state(root):
        return "state"
    values = [value for _, value in root.members]
    if any(map(_is_state, values)) and (document.cut or all(v.kind == OBJECT for v in values)):
        return "states"
    return None


def _is_state(node: Node) -> bool:
    kind = node.get("Type") if node.kind == OBJECT else None
    return kind is not None and kind.value in STATE_TYPES


def build(
    document: Document,
    workflow_type: WorkflowType | None = None,
    *,
    judged: bool = False,
    given: Input | None = None,
    policies: Policies | None = None,
) -> StateMachine | None:
    """Build the state machine of a document; None where it holds none (judged: any object is taken as one).

    given     what is known of the input of an execution; a part of a machine, which has no start, takes none
    policies  those of the role that it is executed with, where they are known
    """
    what = fragment_of(document)
    root = document.root
    if what is None:
        if not judged or root is None or root.kind != OBJECT:
            return None
        what = "machine"
    assert root is not None
    fragment = what if what != "machine" else "cut" if document.cut else None
    machine = StateMachine(root, document, fragment, workflow_type)
    scopes: list[Scope] = []
    if fragment not in ("state", "states"):
        # in a text that is cut off, QueryLanguage may stand in what is not there
        machine.query_language = _language(_own_language(machine), JSONPATH if root.closed else None)
        machine.input = given
    if fragment == "state":
        machine.complete = False
        machine.states = (_state(root, None, "StateName", machine, scopes),)
    else:
        _fill(machine, scopes)
        if fragment is not None:
            machine.complete = False
    machine.scopes = tuple(scopes)
    for scope in (machine, *scopes):
        _resolve(scope)
        scope.graph = Graph(scope)
    seen: set[str] = set()
    machine.mismatches = tuple(shape.check(machine, seen))
    machine.expressions = tuple(expressions.collect(machine))
    machine.features = features.collect(machine, seen)
    if policies is not None:
        machine.policies = policies
        machine.features.add(("policy",))
    return machine


def _own_language(machine: StateMachine) -> Node | None:
    """Return the QueryLanguage of a machine, also where it has slipped in among its states: that is one slip too."""
    states = machine.states_node
    own = machine.node.get("QueryLanguage")
    stray = states.get("QueryLanguage") if own is None and states is not None else None
    return stray if stray is not None and stray.kind == STRING else own


def _language(node: Node | None, inherited: str | None) -> str | None:
    """Resolve a QueryLanguage as AWS does: anything that is not "JSONPath" is read on as JSONata."""
    if node is None:
        return inherited
    if not node.known:
        return None
    return JSONPATH if node.value == JSONPATH else JSONATA


def _fill(scope: Scope, scopes: list[Scope]) -> None:
    """Build the states of a scope; `scopes` collects those inside it, an outer one before its inner ones."""
    start = scope.start_at
    if start is not None and start.kind == STRING:
        scope.start = Transition(START_AT, start, None)
    states = scope.states_node
    if states is None:
        scope.complete = False
        return
    scope.complete = states.closed and scope.node.closed
    built = []
    for key, value in states.members:
        if value.kind == OBJECT:
            built.append(_state(value, key, str(key.value), scope, scopes))
        elif value.kind == UNKNOWN:
            scope.complete = False
    scope.states = tuple(built)


def _state(node: Node, key: Node | None, name: str, scope: Scope, scopes: list[Scope]) -> State:
    kind = node.get("Type")
    cls = _STATE_CLASSES.get(str(kind.value), State) if kind is not None and kind.kind == STRING else State
    own = node.get("QueryLanguage")
    inherited = scope.machine.query_language
    language = _language(own, inherited if node.closed or inherited == JSONATA else None)
    if language == JSONPATH and scope.machine.query_language == JSONATA:
        language = None  # AWS refuses the downgrade, and judges no field of such a state by its language
    elif own is not None and own.value != JSONPATH and str(own.value).lower() == "jsonpath":
        language = None  # AWS reads on as JSONata; but the wrong letters are one slip, not one in each field as well
    state = cls(node, key, name, scope, language)
    transitions: list[Transition] = []
    retriers = [Retrier(item, state, i) for i, item in enumerate(_objects(node.get("Retry")))]
    catchers = [Catcher(item, state, i) for i, item in enumerate(_objects(node.get("Catch")))]
    if isinstance(state, ChoiceState):
        state.choices = tuple(_choice_rule(item, state, None) for item in _objects(node.get("Choices")))
        for rule in state.choices:
            if rule.next is not None and rule.next.kind == STRING:
                rule.transition = Transition(CHOICE, rule.next, state, rule)
                transitions.append(rule.transition)
        if state.default is not None and state.default.kind == STRING:
            transitions.append(Transition(DEFAULT, state.default, state))
    elif state.next is not None and state.next.kind == STRING and state.type not in ("Succeed", "Fail"):
        transitions.append(Transition(NEXT, state.next, state))
    for catcher in catchers:
        if catcher.next is not None and catcher.next.kind == STRING:
            catcher.transition = Transition(CATCH, catcher.next, state, catcher)
            transitions.append(catcher.transition)
    state.transitions = tuple(transitions)
    state.retriers = tuple(retriers)
    state.catchers = tuple(catchers)
    inner: list[Scope] = []
    if isinstance(state, ParallelState):
        inner = [Scope(item, "branch", state, None, i) for i, item in enumerate(_objects(node.get("Branches")))]
    elif isinstance(state, MapState):
        for field, title in (("ItemProcessor", "item processor"), ("Iterator", "iterator")):
            found = node.member(field)
            if found is not None and found[1].kind == OBJECT:
                inner.append(Scope(found[1], title, state, found[0]))
    for child in inner:
        child.machine = scope.machine
        scopes.append(child)
        _fill(child, scopes)
    state.scopes = tuple(inner)
    return state


def _choice_rule(node: Node, state: ChoiceState, parent: ChoiceRule | None) -> ChoiceRule:
    rule = ChoiceRule(node, state, parent)
    operands = [*_objects(node.get("And")), *_objects(node.get("Or"))]
    negated = node.get("Not")
    if negated is not None and negated.kind == OBJECT:
        operands.append(negated)
    rule.operands = tuple(_choice_rule(item, state, rule) for item in operands)
    return rule


_GUESSES: Final = 200_000
"""How many names with placeholders in them are compared with others in one scope: what bounds the time of a definition of
thousands. Past it, a transition that could lead to several states leads to none that is known."""


def _resolve(scope: Scope) -> None:
    """Find the states that the transitions of a scope lead to."""
    by_name: dict[str, list[State]] = {}
    unknown: list[State] = []
    for state in scope.states:
        if state.key_node is not None and state.key_node.holes:
            unknown.append(state)
        by_name.setdefault(state.name, []).append(state)
    guesses = 0
    for transition in scope.transitions:
        node = transition.node
        targets = by_name.get(transition.name, [])
        if not targets and (node.holes or unknown):
            guesses += len(scope.states if node.holes else unknown)
            if guesses > _GUESSES:
                scope.complete = False
            elif node.holes:
                targets = [s for s in scope.states if _may_name(node, s)]
            else:
                targets = [s for s in unknown if s.key_node is not None and s.key_node.may_equal(transition.name)]
        transition.targets = tuple(targets)


def _may_name(node: Node, state: State) -> bool:
    """Whether a name with placeholders can be that of the state, whose name may have placeholders too."""
    key = state.key_node
    if key is None or not key.holes:
        return node.may_equal(state.name)
    (first, *_), (other_first, *_) = pieces(node), pieces(key)
    last, other_last = pieces(node)[-1], pieces(key)[-1]
    return (first.startswith(other_first) or other_first.startswith(first)) and (
        last.endswith(other_last) or other_last.endswith(last)
    )
