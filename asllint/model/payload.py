"""What the data can be at each state: an abstract interpretation of a state machine, scope by scope.

The data flows as the specification says ("Input and Output Processing", for both query languages; "Errors": what a Catcher
passes on). What a task gives is known as far as the service describes it (`asllint.model.results`); the input of an execution
is not, unless the user describes it. At every state a few alternatives are kept, one for each kind of way that leads there, so
that "never there" and "not there on some ways" are told apart; more of them, and what a loop keeps changing, are joined. Where
a state certainly fails, nothing flows on.

Everything is bounded: alternatives, rounds of a loop, depth and size of a shape, analyses of an inner scope. Time is linear in
the number of states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import heappop, heappush

from asllint.expr import intrinsics, jsonpath
from asllint.model.dates import last_day
from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata
from asllint.model.machine import (
    CATCH,
    DEFAULT,
    JSONATA,
    JSONPATH,
    Catcher,
    ChoiceRule,
    ChoiceState,
    MapState,
    Scope,
    State,
    StateMachine,
    Transition,
    is_root,
)
from asllint.model.shape import EXCLUSIVE, OTHER_LANGUAGE, UNSUPPORTED, WRONG_TYPE
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, UNKNOWN, Node, Span
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.expr.jsonata import Node as Tree
    from asllint.expr.jsonata import Parsed
    from asllint.expr.jsonpath import Path
    from asllint.model.inputs import Input
    from asllint.model.results import Described

ABSENT: Final = "absent"
"""The kind of a field that is certainly not there."""
FUNCTION: Final = "function"
"""The kind of a JSONata function, which is no data."""

MAX_DEPTH: Final = 16
MAX_SIZE: Final = 300
"""Bounds of a shape: levels, and shapes in it; beyond them its parts are unknown."""
MAX_REFINED: Final = 16
"""Fields of an object beyond which Choice rules add no knowledge to it."""
MAX_STEPS: Final = 16
"""Steps of a path along which data is changed."""
ALTERNATIVES: Final = 5
"""How many alternatives are kept at a state; the further ones are joined."""
MAX_JOINED: Final = 30
"""More than so many are not joined: their data is taken for unknown."""
JOINED_AFTER: Final = 3
UNKNOWN_AFTER: Final = 5
"""Visits of a state after which its alternatives are joined, what differs from before being taken for unknown, and after
which all of its data is."""
INNER_RUNS: Final = 3
"""How often an inner scope is looked at; the last time with unknown input."""
MAX_WORK: Final = 60_000
"""How many times an alternative flows along a transition, a large one counting for several; then the data of all states that
are still to be visited is taken for unknown."""
SIZE_OF_WORK: Final = 20
"""Shapes in an alternative that count as much as the alternative itself."""
MAX_VARIABLES: Final = 32
MAX_NESTING: Final = 40
"""Scopes in each other that are looked into."""


class Origin:
    """Where data comes from: a node to point at, and words that say what happens there."""

    __slots__ = ("node", "text")

    def __init__(self, node: Node, text: str) -> None:
        self.node = node
        self.text = text


class Shape:
    """What a value can be.

    kind      UNKNOWN: anything, but for the `fields` that it certainly has not if it is an object; ABSENT: it is not there;
              FUNCTION; else a kind of JSON value
    value     of a STRING, NUMBER or BOOLEAN, where it is known; else None
    fields    OBJECT: what is known of its fields; ABSENT among them where one is certainly missing
    optional  names of `fields` that may be missing
    open      OBJECT: whether other fields may be there
    items     ARRAY: all its items, where they are known one by one; else None
    described what a service says of it, in a result: of further fields (it is open then), of a text, of items; else None
    origin    where it was made
    depth, size  levels, and shapes in it (depth at most: a field that was replaced may have been deeper)
    """

    __slots__ = (
        "_item", "_key", "_known", "_made_of", "depth", "described", "fields", "items", "kind", "open", "optional", "origin",
        "size", "value",
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        value: str | int | float | bool | None = None,
        origin: Origin | None = None,
        *,
        fields: Mapping[str, Shape] | None = None,
        optional: frozenset[str] = frozenset(),
        is_open: bool = False,
        items: Sequence[Shape] | None = None,
        item: Shape | None = None,
        measured: tuple[int, int] | None = None,
        described: Described | None = None,
    ) -> None:
        self.described = described
        self.kind = kind
        self.value = value
        self.origin = origin
        self.fields: Mapping[str, Shape] = fields or _NO_FIELDS
        self.optional = optional
        self.open = is_open
        self.items = items
        self._item = item
        self._key: object = None
        self._known: frozenset[tuple[str, object]] = _NOTHING_KNOWN
        self._made_of: tuple[Shape, frozenset[str]] | None = None
        depth = size = 1
        if measured is not None:
            depth, size = measured
        else:
            for part in fields.values() if fields else items or () if items is not None else (item,) if item else ():
                size += part.size
                if part.depth >= depth:
                    depth = part.depth + 1
        self.depth: int = depth
        self.size: int = size
        if depth > MAX_DEPTH or size > MAX_SIZE:
            self._flatten()

    def _flatten(self) -> None:
        """Forget what is in the parts; of too many parts all but that it is an object, or an array."""
        many = len(self.fields) >= MAX_SIZE
        self.open = self.open or many
        self.fields = {} if many else {k: v if v.kind == ABSENT else ANYTHING for k, v in self.fields.items()}
        self.optional = frozenset() if many else self.optional
        self.items = None
        self._item = None
        self.depth = 2
        self.size = 1 + len(self.fields)

    def __repr__(self) -> str:
        if self.kind == OBJECT:
            return f"{{{', '.join(f'{k}: {v}' for k, v in self.fields.items())}{', …' if self.open else ''}}}"
        if self.kind == ARRAY:
            return f"[{', '.join(map(repr, self.items))}]" if self.items is not None else f"[{self.item}…]"
        return f"<{self.kind}{'' if self.value is None else f' {self.value!r}'}>"

    @property
    def item(self) -> Shape:
        """What each item of an array can be."""
        return self._item or ANYTHING

    def with_field(self, name: str, shape: Shape, optional: frozenset[str], kind: str) -> Shape:
        """Return the object, or what may be one, with another field; measured by what changes alone."""
        before = self.fields.get(name)
        size = self.size + shape.size - (before.size if before is not None else 0)
        fields = dict(self.fields)
        fields[name] = shape
        is_open = self.open or (kind == OBJECT and self.kind == UNKNOWN)
        measured = (max(self.depth, shape.depth + 1), size)
        made = Shape(
            kind, None, self.origin, fields=fields, optional=optional, is_open=is_open, measured=measured,
            described=self.described,
        )  # fmt: skip
        base, names = (self, frozenset[str]()) if self._known else self._made_of or (None, frozenset())
        if base is not None and made.fields is fields:
            made._made_of = base, names | {name}
        return made

    @property
    def key(self) -> object:
        """What two shapes that are alike have in common; where they come from is left out."""
        if self._key is None:
            fields = self._of_fields() if self.fields else None
            described = self.described and self.described.key
            if self.kind == OBJECT:
                self._key = (OBJECT, self.open, fields, self.optional, described)
            elif self.kind == ARRAY and described is not None:
                self._key = (ARRAY, described)
            elif self.kind == ARRAY:
                items = None if self.items is None else tuple(shape.key for shape in self.items)
                self._key = (ARRAY, items, items is None and self.item.key)
            else:
                self._key = (self.kind, self.value, fields, described)
        return self._key

    def _of_fields(self) -> frozenset[tuple[str, object]]:
        """Return the part of the key for the fields: one that is like that of another shape but for a field is made of it."""
        if self._made_of is None:
            self._known = frozenset([(name, shape._key or shape.key) for name, shape in self.fields.items()])
        else:
            other, names = self._made_of
            self._made_of = None
            self._known = other._known
            for fields in (other.fields, self.fields):
                self._known ^= {(name, fields[name].key) for name in names if name in fields}
        return self._known

    @property
    def names(self) -> list[str]:
        """The fields that are there, or may be."""
        return [name for name, shape in self.fields.items() if shape.kind != ABSENT]

    def get(self, step: str | int) -> Shape:
        """Return what a JSONPath step selects; a shape of kind ABSENT where it selects nothing, whatever the data is."""
        if self.described is not None and self.lacks(step):
            return ANYTHING
        if isinstance(step, str):
            if self.kind not in (OBJECT, UNKNOWN):
                return NOTHING
            found = self.fields.get(step)
            if found is None and self.described is not None:
                found = self.described.get(step)
            return found or (ANYTHING if self.open or self.kind == UNKNOWN else NOTHING)
        if self.kind == UNKNOWN:
            return ANYTHING
        if self.kind != ARRAY:
            return NOTHING
        if self.items is None or step < 0:
            return self.item
        return self.items[step] if step < len(self.items) else NOTHING

    def lacks(self, step: str | int) -> bool:
        """Whether a service describes the value, and nothing that a step selects: it may have got it since."""
        return self.described is not None and step not in self.fields and self.described.lacks(step)


_NO_FIELDS: Final[Mapping[str, Shape]] = {}
_NOTHING_KNOWN: Final[frozenset[tuple[str, object]]] = frozenset()
ANYTHING: Final = Shape(UNKNOWN)
NOTHING: Final = Shape(ABSENT)


def scalar(kind: str, value: str | int | float | bool | None = None, origin: Origin | None = None) -> Shape:
    """Return the shape of a string, number, boolean or null; without a value any of its kind."""
    return Shape(kind, value, origin)


def closed(fields: Mapping[str, Shape], origin: Origin | None, optional: Iterable[str] = ()) -> Shape:
    """Return the shape of an object that has these fields and no others."""
    return Shape(OBJECT, None, origin, fields=fields, optional=frozenset(optional))


def opened(fields: Mapping[str, Shape], origin: Origin | None = None) -> Shape:
    """Return the shape of an object that has these fields, and maybe others."""
    return Shape(OBJECT, None, origin, fields=fields, is_open=True)


def array(
    items: Sequence[Shape] | None, item: Shape, origin: Origin | None, described: Described | None = None
) -> Shape:
    """Return the shape of an array: of known items (then `item` is what they have in common), or of any number."""
    return Shape(ARRAY, None, origin, items=items, item=item, described=described)


def join(a: Shape, b: Shape) -> Shape:
    """Return the narrowest shape for what is one or the other."""
    if a is b:
        return a
    if a.kind != b.kind or a.kind in (UNKNOWN, ABSENT):
        return ANYTHING if a.kind != ABSENT or b.kind != ABSENT else a
    if a.kind == OBJECT:
        return _join_objects(a, b)
    described = _both(a, b)
    if a.kind == ARRAY:
        if described is not None:
            return a
        items = None
        if a.items is not None and b.items is not None and len(a.items) == len(b.items):
            items = [join(x, y) for x, y in zip(a.items, b.items, strict=True)]
        if a.items is not None and not a.items:
            return array(items, b.item, a.origin)
        return array(items, a.item if b.items is not None and not b.items else join(a.item, b.item), a.origin)
    if a.value == b.value and described is a.described:
        return a
    return Shape(a.kind, a.value if a.value == b.value else None, a.origin, described=described)


def _both(a: Shape, b: Shape) -> Described | None:
    """Return what a service says of each of two values; None where it does not say the same."""
    if a.described is None or b.described is None or a.described.key != b.described.key:
        return None
    return a.described


def _join_objects(a: Shape, b: Shape) -> Shape:
    fields: dict[str, Shape] = {}
    optional = []
    both = a.open or b.open
    of_a, of_b = a.fields, b.fields
    names: Iterable[str] = of_a
    if a.open and b.open and a.described is b.described is None:
        names = _shared(of_a, of_b)  # what one knows alone may be anything in the other: nothing is known of it
    elif of_a.keys() != of_b.keys():
        names = dict.fromkeys((*of_a, *of_b))
    for name in names:
        x, y = of_a.get(name), of_b.get(name)
        maybe = name in a.optional or name in b.optional
        if x is y and x is not None:  # most of what two ways bring was there before they parted
            shape = x
        else:
            maybe = maybe or x is None or y is None
            x, y = x or a.get(name), y or b.get(name)
            if ABSENT not in (x.kind, y.kind):
                shape = join(x, y)
            elif x.kind == y.kind:
                shape = x
            else:
                shape = y if x.kind == ABSENT else x
                maybe = True
        if (shape.kind == ABSENT and not both) or (shape.kind == UNKNOWN and both and maybe):
            continue  # nothing is known of it
        fields[name] = shape
        if maybe:
            optional.append(name)
    origin = a.origin or b.origin
    return Shape(OBJECT, None, origin, fields=fields, optional=frozenset(optional), is_open=both, described=_both(a, b))


def _shared(a: Mapping[str, Shape], b: Mapping[str, Shape]) -> Iterable[str]:
    """Return the names that two objects have in common, in the order of the first; in time for the smaller one."""
    if len(a) <= len(b):
        return [name for name in a if name in b]
    shared = {name for name in b if name in a}
    return shared if len(shared) < 2 else [name for name in a if name in shared]


class Lookup:
    """What a path of names and indexes selects.

    shape   what it selects; ABSENT where it selects nothing
    at      the step that selects nothing, whatever the data is; -1 where each may
    holder  what that step is applied to
    sure    whether the path certainly selects something
    lacks   the step that selects nothing which the service has described, and what it is applied to; None for none
    """

    __slots__ = ("at", "holder", "lacks", "shape", "sure")

    def __init__(self, shape: Shape, steps: Sequence[str | int]) -> None:
        self.at = -1
        self.sure = True
        self.holder = shape
        self.lacks: tuple[int, Shape] | None = None
        for i, step in enumerate(steps):
            if shape.described is not None and shape.lacks(step):
                self.lacks = i, shape
            found = shape.get(step)
            if found.kind == ABSENT:
                self.at, self.holder, self.sure = i, shape, False
                shape = found
                break
            known = (
                (step in shape.fields and step not in shape.optional)
                or (shape.described is not None and step not in shape.fields and shape.described.gives(step))
                if isinstance(step, str)
                else shape.items is not None and 0 <= step < len(shape.items)
            )
            self.sure = self.sure and known
            shape = found
        self.shape = shape


def put(shape: Shape, steps: Sequence[str | int], leaf: Shape, origin: Origin | None) -> Shape | None:
    """Return the shape with `leaf` where the names lead, objects on the way made as necessary.

    None where that is not a matter of names alone, or something on the way is no object.
    """
    if not steps:
        return leaf
    name = steps[0]
    if not isinstance(name, str) or shape.kind not in (UNKNOWN, OBJECT) or len(steps) > MAX_STEPS:
        return None
    child = shape.get(name)
    if child.kind == ABSENT:
        child = closed({}, origin)
    elif name in shape.optional and child.kind == OBJECT:
        child = Shape(
            OBJECT, None, child.origin, fields=child.fields, optional=frozenset(child.fields), is_open=child.open,
            described=child.described,
        )  # fmt: skip
    new = put(child, steps[1:], leaf, origin)
    if new is None:
        return None
    return shape.with_field(name, new, shape.optional - {name}, OBJECT)


def _known(shape: Shape, steps: Sequence[str | int], leaf: Shape) -> Shape:
    """Return the shape with the knowledge that `leaf` is there, unless it is known to hold much."""
    if steps and steps[0] not in shape.fields and len(shape.fields) >= MAX_REFINED:
        return shape
    return put(shape, steps, leaf, None) or shape


def _without(shape: Shape, steps: Sequence[str | int], origin: Origin) -> Shape:
    """Return the shape with nothing where the names lead."""
    name = steps[0] if steps else None
    if not isinstance(name, str) or shape.kind not in (UNKNOWN, OBJECT) or len(steps) > MAX_STEPS:
        return shape
    if name not in shape.fields and len(shape.fields) >= MAX_REFINED:
        return shape
    optional = shape.optional
    child = shape.get(name)
    if len(steps) == 1:
        new = Shape(ABSENT, None, origin)
        optional -= {name}
    elif child.kind in (UNKNOWN, OBJECT):
        new = _without(child, steps[1:], origin)
        if child.kind == UNKNOWN or name not in shape.fields:
            optional |= {name}
    else:
        return shape
    return shape.with_field(name, new, optional, shape.kind)


class Case:
    """One alternative at a state: its input, and what is known of variables (others are unknown)."""

    __slots__ = ("_key", "shape", "variables")

    def __init__(self, shape: Shape, variables: Mapping[str, Shape]) -> None:
        self.shape = shape
        self.variables = variables
        self._key: object = None

    @property
    def key(self) -> object:
        """What two alternatives that are alike have in common."""
        if self._key is None:
            known = [(name, shape._key or shape.key) for name, shape in self.variables.items()]
            self._key = self.shape.key, frozenset(known) if known else None
        return self._key


ANY_CASE: Final = Case(ANYTHING, {})


def _joined(cases: Sequence[Case]) -> Case:
    shape, variables = cases[0].shape, cases[0].variables
    for case in cases[1:]:
        shape = join(shape, case.shape)
        if variables is not case.variables:
            both = {name: join(v, case.variables[name]) for name, v in variables.items() if name in case.variables}
            variables = {name: v for name, v in both.items() if v.kind != UNKNOWN}
    return Case(shape, variables)


def _widened(before: Shape, now: Shape) -> Shape:
    """Return the shape of both, with nothing known of a field that has changed."""
    joined = join(before, now)
    if joined.kind != OBJECT or before.kind != OBJECT:
        return joined
    fields = {
        name: shape
        if shape.kind == ABSENT or (name in before.fields and before.fields[name].key == shape.key)
        else ANYTHING
        for name, shape in joined.fields.items()
    }
    return Shape(
        OBJECT, None, joined.origin, fields=fields, optional=joined.optional, is_open=joined.open,
        described=joined.described,
    )  # fmt: skip


def _merged(cases: Sequence[Case]) -> list[Case]:
    """Return the alternatives without those that are alike, the last ones joined where they are too many."""
    if len(cases) < 2:
        return list(cases)
    out: dict[object, Case] = {}
    for case in cases:
        out.setdefault(case.key, case)
    kept = list(out.values())
    if len(kept) > ALTERNATIVES:
        rest = kept[ALTERNATIVES - 1 :]
        kept[ALTERNATIVES - 1 :] = [_joined(rest) if len(rest) <= MAX_JOINED else ANY_CASE]
    return kept


def _same(a: Sequence[Case], b: Sequence[Case]) -> bool:
    return len(a) == len(b) and all(x is y or x.key == y.key for x, y in zip(a, b, strict=True))


MISSING: Final = "missing"
NO_ARRAY: Final = "no-array"
WRONG_KIND: Final = "wrong-kind"
NEVER: Final = "never"
CONFLICT: Final = "conflict"
UNDESCRIBED: Final = "undescribed"
COMPARED: Final = "compared"
"""Kinds of a Problem."""


class Problem:
    """What fails when it runs, or cannot be meant.

    kind     MISSING: a step of a path selects nothing; NO_ARRAY: a Map state is given no array; WRONG_KIND: the value that
             a path selects does not fit the field; NEVER: a comparison cannot hold, because the data is of another kind;
             CONFLICT: a ResultPath cannot be applied, because the input is no object. Of what a service describes:
             UNDESCRIBED: a step of a path selects what it does not name; COMPARED: a text, here `shape`, is compared
    state    the state that fails
    field    the field of the state, Choice rule or Catcher that the expression is in
    node     the STRING with the path, or the value; the head of the state where there is none
    span     the place in the text
    path     what was read up to the step, as it is written; "" where nothing was
    step     the step that selects nothing; of COMPARED the text that it is compared with, if it is for equality; else None
    shape    what the step is applied to, or what is there instead
    origin   where that comes from, or where it was found that nothing is there
    fails    whether every execution that comes to the state fails there, and nothing takes the error
    certain  whether it is so for every input, and not only for one that is an example, nor by what a service describes
    given    what is said of the input of the execution, where the problem rests on that
    source   where that says so, in its own file
    taken_by the state, or the Parallel or Map state around it, whose Catcher may take the error, or which tolerates failures
    always   whether it is so on every way to the state
    sure     whether the state evaluates it whatever the data is
    """

    __slots__ = (
        "always", "certain", "fails", "field", "given", "kind", "node", "origin", "path", "shape", "source", "span",
        "state", "step", "sure", "taken_by", "times",
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        state: State,
        field: str,
        node: Node,
        span: Span,
        path: str,
        step: str | int | None,
        shape: Shape,
    ) -> None:
        self.kind = kind
        self.state = state
        self.field = field
        self.node = node
        self.span = span
        self.path = path
        self.step = step
        self.shape = shape
        self.origin: Origin | None = None
        self.sure = True
        self.times = 0
        self.certain = self.fails = self.always = False
        self.given: Input | None = None
        self.source: Origin | None = None
        self.taken_by: State | None = None

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path} {self.step!r} in {self.field} of {self.state.name}>"


def result_of(state: State) -> Shape:
    """Return what the task of a Task state gives, as far as the service that it calls describes it."""
    resource = state.node.get("Resource") if state.TYPE == "Task" else None
    if resource is None or ":states:::" not in (resource.text or ""):
        return ANYTHING
    from asllint.model import results

    return results.result(state, resource)


class Analysis:
    """What the data of a state machine can be.

    inputs    the alternatives at each state that the data can reach
    problems  in the order of the text
    told      those that rest on what services describe (UNDESCRIBED, COMPARED), likewise: each holds on every way to the state
    partly    those that are UNDESCRIBED on some of the ways

    given  what the input of an execution can be
    plain  what was found without knowing it, where that is an example: the data is followed on behind what fails with it
    """

    def __init__(self, machine: StateMachine, given: Shape = ANYTHING, plain: Analysis | None = None) -> None:
        self.machine = machine
        self._plain = plain
        # what the context object holds; nothing is known of that of the child executions of a distributed Map
        self._context = {"Execution": opened({"Input": given})} if given is not ANYTHING else {}
        self.inputs: dict[State, Sequence[Case]] = {}
        self.problems: list[Problem] = []
        self.told: list[Problem] = []
        self.partly: list[Problem] = []
        self._found: dict[State, dict[object, Problem]] = {}
        self._inner: dict[Scope, tuple[int, Sequence[Case], Sequence[Case]]] = {}
        self._order: dict[Scope, dict[State, int]] = {}
        self._complete: dict[Scope, bool] = {}
        self._paths: dict[int, Path | None] = {}
        self._literals: dict[int, Shape] = {}
        self._reads: dict[int, list[tuple[Node, str]]] = {}
        self._results: dict[State, Shape] = {}
        self._expressions: dict[int, Expression] | None = None
        self._nesting = self._work = 0
        self._misshapen = {id(mismatch.owner) for mismatch in machine.mismatches if mismatch.kind in _MISSHAPING}
        self._faults = [problem.start for problem in machine.document.problems]
        # of the case that is looked at
        self._state: State
        self._failed = False
        self._sure = True
        self._counted: set[object] = set()
        self._scope(machine, [Case(given, {})])
        self._finish()

    def input(self, state: State) -> Sequence[Case]:
        """Return the alternatives at a state; none where no data reaches it."""
        return self.inputs.get(state, ())

    def _finish(self) -> None:
        for state in self.machine.all_states():
            number = len(self.inputs.get(state, ()))
            for problem in self._found.get(state, {}).values():
                problem.always = problem.times == number
                if problem.kind in (UNDESCRIBED, COMPARED):
                    if problem.always:
                        self.told.append(problem)
                    elif problem.kind == UNDESCRIBED:
                        self.partly.append(problem)
                    continue
                if problem.kind == NEVER and not problem.always:
                    continue
                problem.taken_by = _taken_by(state)
                problem.fails = problem.always and problem.sure and problem.kind != NEVER and problem.taken_by is None
                problem.certain = problem.fails and problem.shape.described is None
                self.problems.append(problem)

    # -- scopes

    def _scope(self, scope: Scope, cases: Sequence[Case]) -> list[Case]:
        """Follow the data through a scope; return the alternatives at its end."""
        order = self._order.get(scope)
        if order is None:
            order = self._order[scope] = _order(scope)
            # a target that is misspelt may be any state; what a reader could not read may be anything
            self._complete[scope] = (
                not self.machine.document.problems
                and scope.graph.complete
                and all(transition.targets for transition in scope.transitions)
            )
        arrived: dict[State, dict[Transition | None, Sequence[Case]]] = {state: {} for state in scope.states}
        for state in scope.states:
            self.inputs.pop(state, None)
            self._found.pop(state, None)
        states = list(scope.states)
        number = {state: i for i, state in enumerate(states)}
        heap: list[tuple[int, int, int]] = []
        queued: dict[State, int] = {}
        settled: set[State] = set()

        def arrive(state: State, transition: Transition | None, given: Sequence[Case], turn: int) -> None:
            before = arrived[state].get(transition)
            if state in settled or (before is None and not given) or (before is not None and _same(before, given)):
                return
            arrived[state][transition] = given
            if queued.get(state, turn + 1) > turn:
                queued[state] = turn
                heappush(heap, (turn, order[state], number[state]))

        if scope.start is not None:
            for target in scope.start.targets:
                arrive(target, scope.start, cases, 0)
        if not self._complete[scope]:
            for state in states:
                arrive(state, None, [ANY_CASE], 0)
        visits: dict[State, int] = {}
        ends: dict[State, Sequence[Case]] = {}
        while heap:
            turn, place, i = heappop(heap)
            state = states[i]
            if queued.get(state) != turn:
                continue
            del queued[state]
            visits[state] = visits.get(state, 0) + 1
            if visits[state] > UNKNOWN_AFTER or self._work > MAX_WORK:
                settled.add(state)
                here = [ANY_CASE]
            else:
                here = _merged([case for given in arrived[state].values() for case in given])
                if visits[state] > JOINED_AFTER and here:
                    joined = _joined(here)
                    here = [Case(_widened(_joined(self.inputs[state]).shape, joined.shape), joined.variables)]
            if state in self.inputs and _same(self.inputs[state], here):
                continue
            self.inputs[state] = here
            outgoing, ends[state] = self._visit(state, here)
            for transition, given in outgoing.items():
                for target in transition.targets:
                    # what goes back waits until all that goes forward has arrived
                    arrive(target, transition, given, turn if order[target] > place else turn + 1)
        given = [case for given in ends.values() for case in given]
        return _merged(given if self._complete[scope] else [*given, ANY_CASE])

    def _into(self, scope: Scope, cases: Sequence[Case]) -> Sequence[Case]:
        """Follow the data through an inner scope, unless that was done with the same input, or often enough."""
        cases = _merged(cases)
        runs, before, after = self._inner.get(scope, (0, (), ()))
        if runs and (runs >= INNER_RUNS or _same(before, cases)):
            return after
        if self._nesting >= MAX_NESTING:
            return [ANY_CASE]
        runs += 1
        if runs == INNER_RUNS:
            cases = [ANY_CASE]
        state = self._state
        self._nesting += 1
        after = self._scope(scope, cases)
        self._nesting -= 1
        self._state = state
        self._inner[scope] = (runs, cases, after)
        return after

    # -- states

    def _unclear(self, node: Node) -> bool:
        """Whether a field of an object is misspelt, stands in the wrong place or could not be read: what is meant is not
        known."""  # fmt: skip
        return id(node) in self._misshapen or any(node.start <= at <= node.end for at in self._faults)

    def _visit(self, state: State, cases: Sequence[Case]) -> tuple[dict[Transition, list[Case]], list[Case]]:
        """Return what flows on each transition that leaves a state, and out of the scope."""
        self._state = state
        self._found[state] = {}
        out: dict[Transition, list[Case]] = {transition: [] for transition in state.transitions}
        ends: list[Case] = []
        language = state.query_language or _language(state)
        if not state.TYPE or language is None or self._unclear(state.node):
            for scope in state.scopes:
                self._into(scope, [ANY_CASE])
            return {transition: [ANY_CASE] for transition in out}, [ANY_CASE] if state.terminal else []
        self._work += sum(1 + case.shape.size // SIZE_OF_WORK for case in cases) * (1 + len(out))
        in_jsonata = language == JSONATA
        entered: list[tuple[Shape, Shape, bool]] = []
        for case in cases:
            self._failed, self._sure = False, True
            self._counted.clear()
            given, inner = self._enter_jsonata(state, case) if in_jsonata else self._enter(state, case)
            entered.append((given, inner, self._failed))
        result = self._result(state, cases, entered) if state.scopes else None
        for case, (given, _, failed) in zip(cases, entered, strict=True):
            self._failed, self._sure = failed, True
            self._counted.clear()
            for catcher in state.catchers:
                if catcher.transition is not None:
                    self._catch(catcher, case, in_jsonata, out[catcher.transition])
            self._failed, self._sure = failed, True
            if isinstance(state, ChoiceState):
                self._choose(state, case, given, in_jsonata, out)
                continue
            if state.TYPE == "Fail" or (state.scopes and result is None):
                continue
            leaving = self._leave_jsonata if in_jsonata else self._leave
            after = leaving(state, case, given, result)
            if self._failed:
                continue
            for transition in state.transitions:
                if transition.kind != CATCH:
                    out[transition].append(after)
            if state.terminal:
                ends.append(after)
        return {transition: _merged(given) for transition, given in out.items()}, _merged(ends)

    def _enter(self, state: State, case: Case) -> tuple[Shape, Shape]:
        """Read what a JSONPath state reads before it does its work; return its effective input, and what it hands on
        to an inner scope."""  # fmt: skip
        raw, variables = case.shape, case.variables
        given = self._select(state, "InputPath", raw, variables)
        before = given
        if isinstance(state, MapState):
            return given, self._items(state, raw, given, variables)
        parameters = state.node.get("Parameters")
        if parameters is not None and state.TYPE in ("Task", "Pass", "Parallel"):
            if state.TYPE == "Task" and not any(state.node.get(field) is not None for field in _SECONDS["Task"]):
                self._read_all(parameters, given, variables)  # what a task is given, nothing here asks for
                return given, given
            given = self._whole(parameters, _of(state, "Parameters"), given, variables)
        for field in _SECONDS.get(state.TYPE, ()):
            # whether these are looked for before or after Parameters is not documented
            self._either(state, field, (raw, before, given), variables)
        if state.TYPE == "Wait":
            self._timestamp(state, given, variables)
        elif state.TYPE == "Fail":
            for field in ("ErrorPath", "CausePath"):
                shape, node = self._read(state, field, raw, variables), state.node.get(field)
                if shape is not None and node is not None and shape.kind not in (UNKNOWN, STRING):
                    sure, self._sure = self._sure, False  # what becomes of it is not documented
                    self._wrong_kind(node, field, shape)
                    self._sure = sure
        return given, given

    def _items(self, state: MapState, raw: Shape, given: Shape, variables: Mapping[str, Shape]) -> Shape:
        """Read what a JSONPath Map state reads; return what an iteration is given."""
        for field in _SECONDS["Map"]:
            self._either(state, field, (raw, given), variables)
        item = shape = ANYTHING
        if state.node.get("ItemReader") is None:
            node = state.node.get("ItemsPath")
            shape = given if node is None else self._read(state, "ItemsPath", given, variables) or ANYTHING
            self._no_array(state, node, "ItemsPath", shape)
            item = shape.item if shape.kind == ARRAY else ANYTHING
        selector = "ItemSelector" if state.node.get("ItemSelector") is not None else "Parameters"
        node = state.node.get(selector)
        if node is not None:
            of_map = opened({"Item": opened({"Index": scalar(NUMBER), "Value": item})})
            context = opened({**self._context, "Map": of_map})
            failed, sure = self._failed, self._sure
            self._sure = sure and _has_items(shape)
            item = self._whole(node, _of(state, selector), given, variables, context)
            self._failed, self._sure = failed or (self._failed and self._sure), sure
        return _batched(state, item)

    def _enter_jsonata(self, state: State, case: Case) -> tuple[Shape, Shape]:
        variables = case.variables
        states = {"input": case.shape}
        given = case.shape
        for field in _EVALUATED.get(state.TYPE, ()):
            node = state.node.get(field)
            if node is not None:
                shape = self._value(node, field, states, variables, _of(state, field))
                if field == "Arguments":
                    given = shape
                elif self._written(node) and _unfit(field, shape := self._if_any(node, shape)):
                    sure = self._sure
                    self._sure = sure and field not in _TEXTS  # that these are texts is said by the specification alone
                    self._wrong_kind(node, field, shape)
                    self._sure = sure
        if isinstance(state, MapState):
            item = items = ANYTHING
            if state.node.get("ItemReader") is None:
                node = state.node.get("Items")
                items = case.shape
                if node is not None:
                    items = self._value(node, "Items", states, variables, _of(state, "Items"))
                self._no_array(state, node, "Items", items)
                item = items.item if items.kind == ARRAY else ANYTHING
            selector = state.node.get("ItemSelector")
            if selector is not None:
                failed, sure = self._failed, self._sure
                self._sure = sure and _has_items(items)
                item = self._value(selector, "ItemSelector", states, variables, _of(state, "ItemSelector"))
                self._failed, self._sure = failed or (self._failed and self._sure), sure
            given = _batched(state, item)
        return given, given

    def _result(
        self, state: State, cases: Sequence[Case], entered: Sequence[tuple[Shape, Shape, bool]]
    ) -> Shape | None:
        """Return the result of a Parallel or Map state; None where no branch of it comes to an end."""
        is_map = isinstance(state, MapState)
        # variables of outside do not reach the child executions of a distributed Map
        shared = not is_map or state.distributed is False  # type: ignore[attr-defined]
        inner = [
            Case(given, case.variables if shared else {})
            for case, (_, given, failed) in zip(cases, entered, strict=True)
            if not failed
        ]
        around, self._context = self._context, self._context if shared else {}
        results = [self._into(scope, inner) for scope in state.scopes]
        self._context = around
        if not is_map:
            branches = state.node.get("Branches")
            whole = branches is not None and branches.closed and len(branches.items) == len(state.scopes)
            if not all(results):
                return None
            origin = Origin(state.head, "the result of a Parallel state is an array with an item for each branch")
            shapes = [_joined(result).shape for result in results]
            return array(shapes if whole else None, ANYTHING, origin)
        if state.node.get("ResultWriter") is not None:
            return ANYTHING
        origin = Origin(state.head, "the result of a Map state is an array with an item for each iteration")
        plain = state.distributed is False and len(state.scopes) == 1  # type: ignore[attr-defined]
        plain = plain and all(state.node.get(name) is None for name in _TOLERANCE)
        return array(None, _joined(results[0]).shape if plain and results[0] else ANYTHING, origin)

    def _leave(self, state: State, case: Case, given: Shape, result: Shape | None) -> Case:
        """Return what a JSONPath state passes on."""
        raw, variables = case.shape, case.variables
        if state.TYPE in ("Wait", "Succeed"):
            after = raw if is_root(state.node.get("InputPath")) else ANYTHING
        else:
            if state.TYPE == "Pass":
                node = state.node.get("Result")
                result = given
                if node is not None:
                    made = self._literals.get(id(node))
                    if made is None:
                        made = ANYTHING if node.kind == NULL else _literal(node, _of(state, "Result"))
                        self._literals[id(node)] = made
                    result = made
            elif result is None:
                result = self._given(state)
            selector = state.node.get("ResultSelector")
            if selector is not None and state.TYPE != "Pass":
                result = self._whole(selector, _of(state, "ResultSelector"), result, variables)
            after = self._place(state, raw, result)
        after = self._select(state, "OutputPath", after, variables)
        return Case(after, self._assign(state, variables, None))

    def _leave_jsonata(self, state: State, case: Case, given: Shape, result: Shape | None) -> Case:
        states = {"input": case.shape}
        after = case.shape
        if state.TYPE in ("Task", "Parallel", "Map"):
            after = states["result"] = self._given(state) if result is None else result
        node = state.output
        if node is not None:
            # what null does is not documented
            origin = _of(state, "Output")
            after = ANYTHING if node.kind == NULL else self._value(node, "Output", states, case.variables, origin)
        return Case(after, self._assign(state, case.variables, states))

    def _given(self, state: State) -> Shape:
        """Return what the task of a Task state gives."""
        shape = self._results.get(state)
        if shape is None:
            shape = self._results[state] = result_of(state)
        return shape

    def _catch(self, catcher: Catcher, case: Case, in_jsonata: bool, out: list[Case]) -> None:
        self._failed, self._sure = False, False
        if id(catcher.node) in self._misshapen:
            out.append(ANY_CASE)
            return
        node = catcher.key("ErrorEquals") or catcher.node
        origin = Origin(node, "the Catcher passes on the Error Output, an object with `Error` and `Cause`")
        error = closed(
            {"Error": scalar(STRING, None, origin), "Cause": scalar(STRING, None, origin)}, origin, ("Cause",)
        )
        if not in_jsonata:
            after = self._place(catcher, case.shape, error)
            variables = self._assign(catcher, case.variables, None)
        else:
            states = {"input": case.shape, "errorOutput": error}
            output = catcher.output
            after = error
            if output is not None:
                key = catcher.key("Output") or output
                after = self._value(output, "Output", states, case.variables, Origin(key, "`Output` makes the data"))
            variables = self._assign(catcher, case.variables, states)
        if not self._failed:
            out.append(Case(after, variables))

    def _assign(
        self, owner: State | Catcher | ChoiceRule, variables: Mapping[str, Shape], states: Mapping[str, Shape] | None
    ) -> Mapping[str, Shape]:
        """Return the variables after an Assign: what a JSONPath state takes from its data is not followed."""
        node = owner.assign
        if node is None or node.kind != OBJECT:
            return variables
        out = dict(variables)
        for key, value in node.members:
            name = str(key.value)
            origin = Origin(key, "the variable is assigned")
            if key.holes:
                return {}
            if states is not None:
                shape = self._value(value, "Assign", states, variables, origin)
            elif name.endswith(".$"):
                name, shape = name[:-2], ANYTHING
            else:
                shape = self._template(value, origin, ANYTHING, variables)
            out.pop(name, None)
            if shape.kind != UNKNOWN and len(out) < MAX_VARIABLES:
                out[name] = shape
        return out

    # -- Choice states

    def _choose(
        self, state: ChoiceState, case: Case, given: Shape, in_jsonata: bool, out: dict[Transition, list[Case]]
    ) -> None:
        """Put onto each transition of a Choice state what can flow there."""
        data: Shape | None = given
        certain = True
        states = {"input": case.shape}
        for rule in state.choices:
            if data is None:
                break
            self._failed = False
            self._sure = certain
            if in_jsonata:
                holds = self._condition(rule.condition, states, case.variables)
                yes = None if self._failed or holds is False else data
                no = None if self._failed or holds is True else data
            else:
                yes, no = self._rule(rule, data, case.variables)
            data = no
            certain = certain and yes is None
            if yes is None or rule.transition is None:
                continue
            self._failed = self._sure = False  # where the rule fails, nothing is left of `yes` and `no`
            if in_jsonata:
                # whether the Output of the state counts for its rules too is told in two ways, as for Assign below
                after = yes if state.output is None else ANYTHING
                if rule.output is not None:
                    origin = Origin(rule.key("Output") or rule.output, "`Output` makes the data")
                    after = self._value(rule.output, "Output", states, case.variables, origin)
            else:
                after = self._passed(state, yes, case.variables)
            variables = self._assign(rule, _not_assigned(state, case.variables), states if in_jsonata else None)
            if not self._failed:
                out[rule.transition].append(Case(after, variables))
        if data is None:
            return
        self._failed = self._sure = False
        for transition in state.transitions:
            if transition.kind == DEFAULT:
                if in_jsonata:
                    out[transition].append(self._leave_jsonata(state, case, given, None))
                else:
                    variables = self._assign(state, case.variables, None)
                    out[transition].append(Case(self._passed(state, data, case.variables), variables))
                if self._failed:
                    out[transition].pop()

    def _passed(self, state: State, data: Shape, variables: Mapping[str, Shape]) -> Shape:
        if not is_root(state.node.get("InputPath")):
            data = ANYTHING
        return self._select(state, "OutputPath", data, variables)

    def _rule(self, rule: ChoiceRule, data: Shape, variables: Mapping[str, Shape]) -> tuple[Shape | None, Shape | None]:
        """Return what the data is where a rule holds, and where it does not; None where that cannot be, or the state
        fails."""  # fmt: skip
        fields = {key.value for key, _ in rule.node.members if key.value in _TESTS}
        if len(fields) != 1 or id(rule.node) in self._misshapen:
            return data, data
        (which,) = fields
        if which == "Not":
            if len(rule.operands) != 1:
                return data, data
            yes, no = self._rule(rule.operands[0], data, variables)
            return no, yes
        if which == "Variable":
            return self._test(rule, data, variables)
        node = rule.node.get(str(which))
        if node is None or node.kind != ARRAY or len(node.items) != len(rule.operands) or not rule.operands:
            return data, data
        all_of = which == "And"
        rest: Shape | None = data
        stopped: list[Shape] = []
        sure = self._sure
        for operand in rule.operands:
            assert rest is not None
            self._sure = sure
            yes, no = self._rule(operand, rest, variables)
            stop, rest = (no, yes) if all_of else (yes, no)
            if stop is not None:
                stopped.append(stop)
                sure = False
            if rest is None:
                break
        end = None if not stopped else stopped[0] if len(stopped) == 1 else data
        return (rest, end) if all_of else (end, rest)

    def _test(self, rule: ChoiceRule, data: Shape, variables: Mapping[str, Shape]) -> tuple[Shape | None, Shape | None]:
        """Evaluate a comparison; see `_rule`."""
        node = rule.node.get("Variable")
        found = [(k, v) for k, v in rule.node.members if k.value not in _NO_OPERATOR]
        path = self._path(node) if node is not None and node.kind == STRING else None
        if len(found) != 1 or path is None or node is None:
            return data, data
        (key, operand), operator = found[0], str(found[0][0].value)
        steps = _steps(path)
        if steps is None or path.root not in (jsonpath.INPUT, jsonpath.VARIABLE):
            return data, data
        of_input = path.root == jsonpath.INPUT
        root = data if of_input else variables.get(path.variable or "", ANYTHING)
        lookup = Lookup(root, steps)
        if operator == "IsPresent":
            return self._is_present(key, operand, data, steps, lookup, of_input)
        if lookup.at >= 0:
            self._missing(node, "Variable", path, lookup)
            return (None, None) if self._failed else (data, data)
        kind = _COMPARED.get(operator.removesuffix("Path"))
        shape = lookup.shape
        self._tell(node, "Variable", path, lookup)
        if shape.described is not None and shape.kind == STRING:
            text = operand.literal if operator == "StringEquals" else None
            self._add(COMPARED, operator, operand, (operand.start, operand.end), node.text or "", text, shape)
        if kind is not None and shape.kind not in (UNKNOWN, kind):
            # whether the other path is looked for then is not documented
            self._add(NEVER, operator, key, (key.start, key.end), node.text or "", None, shape)
            return None, data
        if operator.endswith("Path") and operand.kind == STRING:
            other = self._path(operand)
            with_it = self._follow(operand, operator, other, data, variables) if other is not None else ANYTHING
            if with_it is None:
                return (None, None) if self._failed else (data, data)
            if kind is not None and with_it.kind not in (UNKNOWN, kind):
                text = operand.text or ""
                self._add(NEVER, operator, operand, operand.span_in(0, len(text)), text, None, with_it)
                return None, data
        if of_input and steps:
            data = _known(data, steps, shape)  # what was compared was there
        holds = _holds(operator, operand, shape)
        if holds is not None:
            return (data, None) if holds else (None, data)
        yes: Shape | None = None
        if of_input and steps and operand.known:
            if operator in ("StringEquals", "NumericEquals", "BooleanEquals") and operand.kind == kind:
                yes = _known(data, steps, scalar(operand.kind, operand.value, Origin(key, "it is compared with")))
            elif operator == "IsNull" and operand.value is True:
                yes = _known(data, steps, scalar(NULL, None, Origin(key, "it is found to be null")))
        return yes or data, data

    def _is_present(
        self, key: Node, operand: Node, data: Shape, steps: Sequence[str | int], lookup: Lookup, of_input: bool
    ) -> tuple[Shape | None, Shape | None]:
        if operand.kind != BOOLEAN:
            return data, data
        yes: Shape | None = data
        no: Shape | None = data
        if lookup.at >= 0:
            yes = None
        elif lookup.sure and (of_input or lookup.shape.kind != UNKNOWN):
            no = None  # of a variable of which nothing is known not even that it has a value
        elif of_input and steps:
            yes = _known(data, steps, lookup.shape)
            no = _without(data, steps, Origin(key, "the Choice rule finds that it is not there"))
        return (yes, no) if operand.value is True else (no, yes)

    # -- reading

    def _path(self, node: Node) -> Path | None:
        """Return the path that a STRING is; None where it is none, or not known."""
        if id(node) not in self._paths:
            text = node.text or ""
            self._paths[id(node)] = jsonpath.parse(text, node.holes).root if text.startswith("$") else None
        return self._paths[id(node)]

    def _follow(
        self,
        node: Node,
        field: str,
        path: Path,
        data: Shape,
        variables: Mapping[str, Shape],
        context: Shape | None = None,
    ) -> Shape | None:
        """Return what a path selects; None where it selects nothing, which is noted."""
        if path.root == jsonpath.INPUT:
            root = data
        elif path.root == jsonpath.CONTEXT:
            root = context or opened(self._context, Origin(node, "the context object is an object"))
        else:
            root = variables.get(path.variable or "", ANYTHING)
        steps = _steps(path)
        if steps is None:
            return ANYTHING
        lookup = Lookup(root, steps)
        self._tell(node, field, path, lookup)
        if lookup.at < 0:
            return lookup.shape
        self._missing(node, field, path, lookup)
        return None

    def _read(self, state: State, field: str, data: Shape, variables: Mapping[str, Shape]) -> Shape | None:
        """Return what a path in a field selects; None where there is no such field, or nothing is selected."""
        node = state.node.get(field)
        if node is None or node.kind != STRING:
            return None
        path = self._path(node)
        if path is None:
            if intrinsics.is_call(node.text or ""):
                self._call(node, field, data, variables, None)
            return None
        return self._follow(node, field, path, data, variables)

    def _select(self, state: State, field: str, data: Shape, variables: Mapping[str, Shape]) -> Shape:
        """Apply an InputPath or OutputPath."""
        node = state.node.get(field)
        if node is None:
            return data
        if node.kind == NULL:
            return closed({}, Origin(state.node.key(field) or node, f"`{field}: null` makes the data `{{}}`"))
        return self._read(state, field, data, variables) or ANYTHING

    def _either(self, state: State, field: str, inputs: Sequence[Shape], variables: Mapping[str, Shape]) -> None:
        """Read a number of seconds, or the like, that stands in one of several inputs."""
        node = state.node.get(field)
        path = self._path(node) if node is not None and node.kind == STRING else None
        steps = _steps(path) if path is not None else None
        if node is None or path is None or steps is None or path.root not in (jsonpath.INPUT, jsonpath.VARIABLE):
            return
        if path.root == jsonpath.VARIABLE:
            inputs = (variables.get(path.variable or "", ANYTHING),)
        found = [Lookup(shape, steps) for shape in inputs]
        if all(lookup.at >= 0 for lookup in found):
            self._missing(node, field, path, found[0])
            return
        shapes = [lookup.shape for lookup in found if lookup.at < 0]
        if all(_no_number(shape) for shape in shapes):
            span = node.span_in(0, len(node.text or ""))
            self._failed |= self._add(WRONG_KIND, field, node, span, node.text or "", None, shapes[0])

    def _timestamp(self, state: State, data: Shape, variables: Mapping[str, Shape]) -> None:
        shape = self._read(state, "TimestampPath", data, variables)
        node = state.node.get("TimestampPath")
        if shape is None or node is None or shape.kind == UNKNOWN:
            return
        if shape.kind != STRING or (isinstance(shape.value, str) and not is_timestamp(shape.value)):
            span = node.span_in(0, len(node.text or ""))
            self._failed |= self._add(WRONG_KIND, "TimestampPath", node, span, node.text or "", None, shape)

    def _no_array(self, state: MapState, node: Node | None, field: str, shape: Shape) -> None:
        """Note that the items of a Map state are no array; a distributed one goes through the fields of an object, too."""
        if shape.kind in (UNKNOWN, ARRAY):
            return
        if shape.kind == OBJECT and node is not None and state.distributed is not False:
            return
        at = node or state.head
        text = at.text if node is not None and node.kind == STRING else None
        span = at.span_in(0, len(text)) if text is not None else (at.start, at.end)
        # what AWS makes of an object has changed over the years
        self._sure = self._sure and shape.kind != OBJECT
        fails = self._add(NO_ARRAY, field if node is not None else "", at, span, text or "", None, shape)
        self._failed |= fails and shape.kind != OBJECT

    def _place(self, owner: State | Catcher, raw: Shape, result: Shape) -> Shape:
        """Apply a ResultPath."""
        node = owner.field("ResultPath")
        if node is None:
            return result
        if node.kind == NULL:
            return raw
        path = self._path(node) if node.kind == STRING else None
        steps = _steps(path) if path is not None and path.root == jsonpath.INPUT else None
        if path is None or steps is None:
            return ANYTHING
        if not steps:
            return result
        if raw.kind not in (UNKNOWN, OBJECT, NULL) and isinstance(steps[0], str):
            text = node.text or ""
            self._failed |= self._add(CONFLICT, "ResultPath", node, node.span_in(0, len(text)), text, None, raw)
            return ANYTHING
        key = owner.key("ResultPath") or node
        return put(raw, steps, result, Origin(key, "`ResultPath` makes the object")) or ANYTHING

    def _read_all(self, template: Node, data: Shape, variables: Mapping[str, Shape]) -> None:
        """Read what the template that a field holds reads, without making the data of it; see `_template`."""
        reads = self._reads.get(id(template))
        if reads is None:
            reads = self._reads[id(template)] = [*_evaluated_in(template)] if template.kind == OBJECT else []
        for value, name in reads:
            self._take(value, name, data, variables)

    def _take(
        self, value: Node, field: str, data: Shape, variables: Mapping[str, Shape], context: Shape | None = None
    ) -> Shape:
        """Return what the path, or the call of an intrinsic function, in a template gives."""
        path = self._path(value)
        if path is not None:
            return self._follow(value, field, path, data, variables, context) or ANYTHING
        return self._call(value, field, data, variables, context)

    def _whole(
        self,
        node: Node,
        origin: Origin,
        data: Shape,
        variables: Mapping[str, Shape],
        context: Shape | None = None,
    ) -> Shape:
        """Evaluate the template that a field holds: by the specification an object; what another value does is not known."""
        return self._template(node, origin, data, variables, context) if node.kind == OBJECT else ANYTHING

    def _template(
        self,
        node: Node,
        origin: Origin,
        data: Shape,
        variables: Mapping[str, Shape],
        context: Shape | None = None,
    ) -> Shape:
        """Evaluate a payload template; what is the same whatever the data is, once."""
        fixed = self._literals.get(id(node))
        if fixed is not None:
            return fixed
        if _filled_in(node):
            return ANYTHING
        if node.kind == ARRAY:
            items = [
                self._template(item, Origin(item, "the value is written"), data, variables, context)
                for item in node.items
            ]
            made = array(items if node.closed else None, _common(items), origin)
            if all(id(item) in self._literals for item in node.items):
                self._literals[id(node)] = made
            return made
        if node.kind != OBJECT:
            made = self._literals[id(node)] = _literal(node, origin)
            return made
        fields: dict[str, Shape] = {}
        constant = True
        for key, value in node.members:
            name = str(key.value)
            if not name.endswith(".$"):
                shape = self._literals.get(id(value))
                if shape is None:
                    shape = self._template(value, Origin(key, "the value is written"), data, variables, context)
                    constant = constant and id(value) in self._literals
                fields[name] = shape
                continue
            constant = False
            fields[name[:-2]] = ANYTHING
            if value.kind == STRING:
                fields[name[:-2]] = self._take(value, name, data, variables, context)
        made = Shape(OBJECT, None, origin, fields=fields, is_open=node.open)
        if constant:
            self._literals[id(node)] = made
        return made

    def _call(
        self, node: Node, field: str, data: Shape, variables: Mapping[str, Shape], context: Shape | None
    ) -> Shape:
        """Return what an intrinsic function gives: its kind."""
        call = intrinsics.parse(node.text or "", node.holes).root
        if call is None:
            return ANYTHING
        for inner, _ in intrinsics.calls(call):
            for argument in inner.arguments:
                if isinstance(argument, jsonpath.Path):
                    self._follow(node, field, argument, data, variables, context)
        kind = intrinsics.kind_of(call)
        if kind is None or kind == intrinsics.ANY:
            return ANYTHING
        origin = Origin(node, "the function makes it")
        if kind == OBJECT:
            return opened({}, origin)
        return array(None, ANYTHING, origin) if kind == ARRAY else scalar(kind, None, origin)

    # -- JSONata

    def _value(
        self, node: Node, field: str, states: Mapping[str, Shape], variables: Mapping[str, Shape], origin: Origin
    ) -> Shape:
        """Evaluate any JSON with JSONata strings in it."""
        if _filled_in(node):
            return ANYTHING
        if node.kind == ARRAY:
            items = [
                self._value(item, field, states, variables, Origin(item, "the value is written")) for item in node.items
            ]
            return array(items if node.closed else None, _common(items), origin)
        if node.kind == OBJECT:
            fields = {
                str(key.value): self._value(value, field, states, variables, Origin(key, "the value is written"))
                for key, value in node.members
            }
            return Shape(OBJECT, None, origin, fields=fields, is_open=node.open)
        if node.kind != STRING:
            return _literal(node, origin)
        if self._expressions is None:
            self._expressions = {id(e.node): e for e in self.machine.expressions if e.kind == JSONATA_EXPRESSION}
        expression = self._expressions.get(id(node))
        if expression is None:
            text = node.text or ""
            # placeholders may bring the delimiters along
            delimited = node.holes and node.holes[0][0] == 0 and node.holes[-1][1] == len(text)
            return ANYTHING if delimited else _literal(node, origin)
        found = jsonata(expression)
        if not isinstance(found, tuple) or found[0].root is None:
            return ANYTHING
        parsed, start = found
        root = parsed.root
        assert root is not None
        from asllint.expr.jsonata_meaning import index_of, names_bound

        bound = names_bound(parsed)
        if self._context:
            states = {**states, "context": opened(self._context)}
        evaluated = _Evaluation(states, variables, origin, bound)
        shape = evaluated.shape(root)
        if self._results:
            from asllint.model.results import told

            for kind, (a, b), part, name, of in told(root, _Evaluation(states, variables, origin, bound)):
                span = node.span_in(start + part.start, start + part.end)
                self._add(kind, field, node, span, parsed.text[a:b].rstrip(". \t\r\n"), name, of, at=part.start)
        if field == "Condition":
            self._equalities(node, start, parsed.text, root, evaluated)
        self._operators(node, start, parsed, _Evaluation(states, variables, origin, bound))
        if shape.kind != ABSENT:
            return shape
        if evaluated.missing is not None:
            holder, step = evaluated.missing
            while root.kind == "bind" or (root.kind == "block" and len(root.children) == 1):
                root = root.children[-1]
            read = parsed.text[root.start : step.start].rstrip().rstrip(".").rstrip()
            index = index_of(step)
            part = step if index is None else step.children[0]
            span = node.span_in(start + part.start, start + part.end)
            self._failed |= self._add(
                MISSING, field, node, span, read, str(step.value) if index is None else index, holder
            )
        return ANYTHING

    def _condition(self, node: Node | None, states: Mapping[str, Shape], variables: Mapping[str, Shape]) -> bool | None:
        """Evaluate the Condition of a Choice rule in a JSONata state; None where only the execution can know."""
        if node is None or not node.known:
            return None
        if node.kind == BOOLEAN:
            return node.value is True
        shape = self._value(node, "Condition", states, variables, Origin(node, "the condition is written"))
        shape = self._if_any(node, shape)
        if self._written(node) and shape.kind not in (UNKNOWN, BOOLEAN):
            sure, self._sure = self._sure, False  # that the execution fails is said by the specification alone
            self._wrong_kind(node, "Condition", shape)
            self._sure = sure
        return None

    def _written(self, node: Node) -> bool:
        """Whether a value is a JSONata expression; what it gives has been asked for before."""
        return self._expressions is not None and id(node) in self._expressions

    def _if_any(self, node: Node, shape: Shape) -> Shape:
        """Return what an expression gives unless it gives nothing, with which a field of one kind fails as well."""
        expression = (self._expressions or {}).get(id(node)) if shape.kind == UNKNOWN else None
        found = jsonata(expression) if expression is not None else None
        if not isinstance(found, tuple) or found[0].root is None:
            return shape
        from asllint.expr.jsonata_meaning import kinds, names_bound

        left = kinds(found[0].root, names_bound(found[0])) - {"m"}
        kind = _LETTERS.get(next(iter(left))) if len(left) == 1 else None
        return scalar(kind) if kind in (STRING, NUMBER, BOOLEAN) else shape

    def _wrong_kind(self, node: Node, field: str, shape: Shape) -> None:
        """Note that a field is given a value of a kind that it does not take."""
        text = node.text or ""
        self._failed |= self._add(WRONG_KIND, field, node, node.span_in(0, len(text)), text, None, shape)

    def _equalities(self, node: Node, start: int, text: str, root: Tree, evaluated: _Evaluation) -> None:
        """Note what a condition tests for equality though the two sides are known to be of kinds that do not fit.

        What stands behind `and`, `or` and `?` is not looked at: what is before may ask for the kind.
        """
        stack = [root]
        while stack:
            part = stack.pop()
            first = part.kind == "binary" and part.value in ("and", "or")
            if first or part.kind == "condition" or (part.kind == "block" and len(part.children) == 1):
                stack.append(part.children[0])
            elif part.kind == "call" and part.children[0].value in ("not", "boolean"):
                stack += part.children[1:]
            elif part.kind == "binary" and part.value == "=":
                sides = [evaluated.shape(side) for side in part.children]
                if not _fit("=", *sides):
                    self._misfit(NEVER, node, start, text, part, sides, 1 if part.children[0].kind in _SCALARS else 0)

    def _operators(self, node: Node, start: int, parsed: Parsed, evaluated: _Evaluation) -> None:
        """Note the arithmetic and the orders that are given data that they do not take."""
        from asllint.expr.jsonata_meaning import operations

        for part in operations(parsed):
            sides = [evaluated.shape(side) for side in part.children]
            if part.value in ("<", "<=", ">", ">="):
                at = None if _fit(str(part.value), *sides) else 1 if part.children[0].kind in _SCALARS else 0
            else:
                at = next((i for i, side in enumerate(sides) if side.kind in (STRING, BOOLEAN, OBJECT)), None)
            if at is not None:
                self._failed |= self._misfit(WRONG_KIND, node, start, parsed.text, part, sides, at)

    def _misfit(
        self, kind: str, node: Node, start: int, text: str, part: Tree, sides: Sequence[Shape], at: int
    ) -> bool:
        """Note that an operator is given data of a kind that does not fit, on the side `at` (0 or 1) of it. Say whether the
        data goes no further."""
        side = part.children[at]
        span = node.span_in(start + part.start, start + part.end)
        return self._add(kind, str(part.value), node, span, text[side.start : side.end], None, sides[at], at=part.start)

    # -- noting

    def _missing(self, node: Node, field: str, path: Path, lookup: Lookup) -> None:
        step = path.steps[lookup.at]
        value = step.value
        assert isinstance(value, str | int)
        read = (node.text or "")[path.start : step.start]
        span = node.span_in(*step.inner)
        origin = lookup.shape.origin or lookup.holder.origin
        self._failed |= self._add(MISSING, field, node, span, read, value, lookup.holder, origin, path.start)

    def _tell(self, node: Node, field: str, path: Path, lookup: Lookup) -> None:
        """Note that a step selects what the service does not name."""
        if lookup.lacks is not None:
            step = path.steps[lookup.lacks[0]]
            assert isinstance(step.value, str | int)
            read = (node.text or "")[path.start : step.start]
            span = node.span_in(*step.inner)
            self._add(UNDESCRIBED, field, node, span, read, step.value, lookup.lacks[1], at=path.start)

    def _add(
        self,
        kind: str,
        field: str,
        node: Node,
        span: Span,
        path: str,
        step: str | int | None,
        shape: Shape,
        origin: Origin | None = None,
        at: int = 0,
    ) -> bool:
        """Note a problem; `at` tells the expressions of one node apart. Say whether the data goes no further."""
        # the same comparison of what two services say in two ways is two: neither holds on every way to the state
        told = shape.described.key if kind == COMPARED and shape.described is not None else None
        key = (id(node), kind, at, told)
        found = self._found[self._state]
        problem = found.get(key)
        if problem is None:
            problem = found[key] = Problem(kind, self._state, field, node, span, path, step, shape)
            problem.origin = origin or shape.origin
        if key not in self._counted:
            self._counted.add(key)
            problem.times += 1
        problem.sure = problem.sure and self._sure
        return self._plain is None or key in self._plain._found.get(self._state, {})


@lru_cache(maxsize=1)
def analyse(machine: StateMachine) -> Analysis:
    """Return what the data of a machine can be; made once for all rules.

    With an example of the input, the data is that of every execution, and further problems are those of the example.
    """
    plain = Analysis(machine)
    given = machine.input
    if given is None:
        return plain
    known = {(id(problem.node), problem.kind, problem.span): problem.certain for problem in plain.problems}
    with_it = Analysis(machine, given.shape, None if given.certain else plain)
    for problem in with_it.problems:
        if problem.origin is not None and problem.origin.node.origin is not machine.node.origin:
            problem.source, problem.origin = problem.origin, None
        before = known.get((id(problem.node), problem.kind, problem.span))
        problem.certain = problem.certain and given.certain
        if before is None or (problem.certain and not before):
            problem.given = given
    if given.certain:
        return with_it
    plain.problems += [problem for problem in with_it.problems if problem.given is not None]
    plain.problems.sort(key=lambda problem: problem.span)
    return plain


def with_input(problem: Problem, message: str) -> str:
    """Return a message about a problem that names what is said of the input, where the problem rests on that."""
    if problem.given is None:
        return message
    return f"With {problem.given.words}, {message[0].lower()}{message[1:]}"


# -- JSONata expressions


class _Evaluation:
    """What one JSONata expression can evaluate to.

    bound    the variables that the expression binds itself
    missing  where the result is ABSENT: what holds no such field, and the step
    undescribed  the last step of which a service does not say that it selects something, and what it is applied to
    """

    __slots__ = ("_states", "bound", "missing", "origin", "states", "undescribed", "variables")

    def __init__(
        self, states: Mapping[str, Shape], variables: Mapping[str, Shape], origin: Origin, bound: frozenset[str]
    ) -> None:
        self.states = states
        self.variables = variables
        self.origin = origin
        self.bound = bound
        self._states: Shape | None = None
        self.missing: tuple[Shape, Tree] | None = None
        self.undescribed: tuple[Shape, Tree] | None = None

    def shape(self, node: Tree) -> Shape:
        """Return what a node evaluates to; of kind ABSENT where it is nothing, whatever the data is."""
        kind = node.kind
        if kind in (STRING, NUMBER, BOOLEAN, NULL):
            return scalar(kind, node.value, self.origin)
        if kind == ARRAY:
            literal = all(child.kind in (STRING, NUMBER, BOOLEAN, NULL, ARRAY, OBJECT) for child in node.children)
            items = [self.shape(child) for child in node.children] if literal else None
            return array(items, ANYTHING if items is None else _common(items), self.origin)
        if kind == OBJECT:
            return self._object(node)
        if kind == "lambda":
            return Shape(FUNCTION, None, self.origin)
        if kind == "bind" or (kind == "block" and len(node.children) == 1):
            return self.shape(node.children[-1])
        if kind == "condition" and len(node.children) == 3:
            yes, no = (self.shape(child) for child in node.children[1:])
            return join(yes, no) if ABSENT not in (yes.kind, no.kind) else ANYTHING
        if kind == "variable":
            return self._variable(node)
        if kind == "path" and node.children[0].kind == "variable":
            return self._path(node)
        return self._other(node)

    def _variable(self, node: Tree) -> Shape:
        name = str(node.value)
        if name in self.bound:
            return ANYTHING
        if name != "states":
            return self.variables.get(name, ANYTHING)
        if self._states is None:
            self._states = opened(self.states)
        return self._states

    def _path(self, node: Tree) -> Shape:
        base, *segments = node.children
        shape = self._variable(base)
        for segment in segments:
            if segment.kind == "filter":
                found = _item(shape, segment)
                if found.kind == ABSENT:
                    self.missing = (shape, segment)
                    return found
                shape = found
                continue
            if segment.kind != "name" or shape.kind in (UNKNOWN, ARRAY, FUNCTION):
                return ANYTHING
            found = shape.get(str(segment.value))
            if shape.described is not None and shape.lacks(str(segment.value)):
                self.undescribed = (shape, segment)
            if found.kind == ABSENT:
                self.missing = (shape, segment)
                return found
            shape = found
        return shape

    def not_described(self, node: Tree) -> tuple[Shape, Tree] | None:
        """Return the step of a path, and what it is applied to, of which a service does not say that it selects something."""
        self.undescribed = None
        self._path(node)
        return self.undescribed

    def _object(self, node: Tree) -> Shape:
        fields: dict[str, Shape] = {}
        optional = []
        is_open = False
        children = node.children
        for key, value in zip(children[::2], children[1::2], strict=False):
            shape = self.shape(value)
            if key.kind != STRING or not isinstance(key.value, str):
                is_open = True
                continue
            if shape.kind == ABSENT:
                continue
            fields[key.value] = shape
            if value.kind not in (STRING, NUMBER, BOOLEAN, NULL, ARRAY, OBJECT):
                optional.append(key.value)
        return Shape(OBJECT, None, self.origin, fields=fields, optional=frozenset(optional), is_open=is_open)

    def _other(self, node: Tree) -> Shape:
        if node.kind == "call" and node.children[0].value == "merge" and "merge" not in self.bound:
            return self._merge(node)
        from asllint.expr.jsonata_meaning import kinds

        found = kinds(node, self.bound)
        kind = _LETTERS.get(next(iter(found))) if len(found) == 1 else None
        if kind == OBJECT:
            return opened({}, self.origin)
        if kind == ARRAY:
            return array(None, ANYTHING, self.origin)
        return ANYTHING if kind is None else scalar(kind, None, self.origin)

    def _merge(self, node: Tree) -> Shape:
        if len(node.children) != 2 or node.children[1].kind != ARRAY:
            return ANYTHING
        fields: dict[str, Shape] = {}
        optional: set[str] = set()
        is_open = False
        for part in node.children[1].children:
            shape = self.shape(part)
            if shape.kind == ABSENT:
                continue
            if shape.kind != OBJECT or shape.open:
                fields, optional = {}, set()  # it may bring any value for each of them
                is_open = True
            for name, value in shape.fields.items():
                if value.kind == ABSENT:
                    continue
                if name in shape.optional and name in fields:
                    fields[name] = join(fields[name], value)
                    continue
                fields[name] = value
                if part.kind != OBJECT or name in shape.optional:
                    optional.add(name)
                else:
                    optional.discard(name)
        return Shape(OBJECT, None, self.origin, fields=fields, optional=frozenset(optional), is_open=is_open)


# -- small parts

_LETTERS: Final = {
    "s": STRING, "n": NUMBER, "b": BOOLEAN, "l": NULL, "o": OBJECT, "a": ARRAY, "f": FUNCTION,
}  # fmt: skip

_TOLERANCE: Final = (
    "ToleratedFailurePercentage", "ToleratedFailurePercentagePath", "ToleratedFailureCount", "ToleratedFailureCountPath",
)  # fmt: skip
"""Fields of a Map state with which it goes on where iterations fail."""

_SECONDS: Final = {
    "Task": ("TimeoutSecondsPath", "HeartbeatSecondsPath"),
    "Wait": ("SecondsPath",),
    "Map": ("MaxConcurrencyPath", "ToleratedFailurePercentagePath", "ToleratedFailureCountPath"),
}
"""Fields with the path of a number."""

_EVALUATED: Final = {
    "Task": ("Arguments", "TimeoutSeconds", "HeartbeatSeconds"),
    "Parallel": ("Arguments",),
    "Wait": ("Seconds", "Timestamp"),
    "Fail": ("Error", "Cause"),
    "Map": ("MaxConcurrency", "ToleratedFailurePercentage", "ToleratedFailureCount"),
}
"""Fields that a JSONata state evaluates before it does its work."""

_TEXTS: Final = frozenset(("Error", "Cause"))
"""Those of them that take a text; Timestamp takes one of a certain form, and the others but Arguments a number."""

_COMPARED: Final = {
    f"{name}{how}": kind
    for name, kind in (("String", STRING), ("Numeric", NUMBER), ("Boolean", BOOLEAN), ("Timestamp", STRING))
    for how in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals", "Matches")
}
"""The kind of data that an operator compares; it does not hold for another (specification, "Data-test expression")."""

_SCALARS: Final = (STRING, NUMBER, BOOLEAN, NULL)
_TESTED: Final = {"IsString": STRING, "IsNumeric": NUMBER, "IsBoolean": BOOLEAN, "IsNull": NULL}
_MISSHAPING: Final = (UNSUPPORTED, OTHER_LANGUAGE, WRONG_TYPE, EXCLUSIVE)
"""Mismatches that leave it open how data flows."""
_TESTS: Final = frozenset(("And", "Or", "Not", "Variable"))
_NO_OPERATOR: Final = frozenset(("Variable", "Next", "Comment", "Assign", "Output"))
_CATCHES: Final = frozenset(
    (
        "States.ALL",
        "States.TaskFailed",
        "States.Runtime",
        "States.ParameterPathFailure",
        "States.IntrinsicFailure",
        "States.ResultPathMatchFailure",
        "States.QueryEvaluationError",
    )
)

_TIMESTAMP = late(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:\.\d+)?)?"
    r"(?:[Zz]|[+-]\d{1,2}(?::?\d\d(?::?\d\d)?)?)"
)


def is_timestamp(text: str) -> bool:
    """Whether a text is a date and time with an offset as AWS reads it when a state runs, or may be taken for one."""
    return _TIMESTAMP.fullmatch(text) is not None


def described(shape: Shape) -> str:
    """Return what a value is, in words: "an array", "the string `x`"."""
    if shape.value is not None:
        value = str(shape.value).lower() if isinstance(shape.value, bool) else str(shape.value)
        value = value.removesuffix(".0") if shape.kind == NUMBER else value
        return f"the {shape.kind} `{value if len(value) <= 40 else value[:39] + '…'}`"
    article = "an" if shape.kind in (OBJECT, ARRAY) else "a"
    return "null" if shape.kind == NULL else f"{article} {shape.kind}"


def taken(problem: Problem) -> str:
    """Return how a sentence ends that says that a state fails, where something takes the error."""
    by = problem.taken_by
    if by is None or by is problem.state:
        return "and its Catcher takes the error"
    if any(_may_catch(catcher) for catcher in by.catchers):
        return f"and a Catcher of `{by.name}` takes the error"
    return f"which `{by.name}` may tolerate"


def _item(shape: Shape, step: Tree) -> Shape:
    """Return what an index of JSONata selects of an array; where it is another condition, or of other data, anything.

    An item that is an array itself is one with those beside it in what follows, and that of one item is the item.
    """
    from asllint.expr.jsonata_meaning import index_of

    index = index_of(step)
    if index is None or shape.kind != ARRAY or shape.described is not None or shape.items is None:
        return ANYTHING
    if not -len(shape.items) <= index < len(shape.items):
        return NOTHING
    return shape.items[index]


def _language(state: State) -> str | None:
    """Return the query language of a state whose machine is not there as a whole, if its fields tell it."""
    if state.machine.fragment is None or state.node.get("QueryLanguage") is not None:
        return None
    names = [str(key.value) for key, _ in state.node.members]
    tell = ("Parameters", "ResultSelector", "Result")
    variable = isinstance(state, ChoiceState) and any(top.variable is not None for top in state.choices)
    return JSONPATH if variable or any(name in tell or name.endswith("Path") for name in names) else None


def _of(state: State, field: str) -> Origin:
    return Origin(state.node.key(field) or state.node, f"`{field}` makes the data")


def _batched(state: MapState, item: Shape) -> Shape:
    """Return what a child execution is given: the item, or a batch of such (developer guide, "ItemBatcher")."""
    batcher = state.node.get("ItemBatcher")
    if batcher is None:
        return item
    if batcher.kind != OBJECT or batcher.open or state.distributed is not True:
        return ANYTHING
    origin = Origin(state.node.key("ItemBatcher") or batcher, "`ItemBatcher` puts the items together")
    fields = {"Items": array(None, item, origin)}
    if batcher.get("BatchInput") is not None:
        fields["BatchInput"] = ANYTHING
    return closed(fields, origin)


def _steps(path: Path) -> list[str | int] | None:
    """Return the steps of a path of names and indexes alone; None for another."""
    steps = jsonpath.literal_steps(path)
    return steps if len(steps) == len(path.steps) else None


def _common(items: Sequence[Shape]) -> Shape:
    if not items:
        return ANYTHING
    shape = items[0]
    for other in items[1:]:
        shape = join(shape, other)
    return shape


def _filled_in(node: Node) -> bool:
    """Whether what deploys the definition puts a value of any kind there: a placeholder, a function of CloudFormation."""
    if node.kind == OBJECT and len(node.members) == 1:
        name = str(node.members[0][0].value)
        return name == "Ref" or name.startswith("Fn::")
    return node.whole_placeholder


def _evaluated_in(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield the strings of a payload template that are evaluated, each with its name, in the order of the text."""
    if _filled_in(node):
        return
    for item in node.items:
        yield from _evaluated_in(item)
    for key, value in node.members:
        name = str(key.value)
        if not name.endswith(".$"):
            yield from _evaluated_in(value)
        elif value.kind == STRING:
            yield value, name


def _literal(node: Node, origin: Origin | None) -> Shape:
    """Return the shape of a value in which nothing is evaluated."""
    if _filled_in(node):
        return ANYTHING
    if node.kind == OBJECT:
        fields = {str(key.value): _literal(value, Origin(key, "the value is written")) for key, value in node.members}
        return Shape(OBJECT, None, origin, fields=fields, is_open=node.open)
    if node.kind == ARRAY:
        items = [_literal(item, Origin(item, "the value is written")) for item in node.items]
        return array(items if node.closed else None, _common(items), origin)
    return scalar(node.kind, node.value if not node.holes else None, origin)


def _not_assigned(state: State, variables: Mapping[str, Shape]) -> Mapping[str, Shape]:
    """Return the variables that an Assign of the state does not set (developer guide, "Choice": that of the state applies
    "regardless"; specification: where no rule matches)."""  # fmt: skip
    if state.assign is None or not variables:
        return variables
    if any(key.holes for key, _ in state.assign.members):
        return {}
    names = {str(key.value).removesuffix(".$") for key, _ in state.assign.members}
    return {name: shape for name, shape in variables.items() if name not in names}


def _has_items(shape: Shape) -> bool:
    """Whether a Map state that is given this certainly has an iteration."""
    return shape.kind == ARRAY and bool(shape.items)


def _order(scope: Scope) -> dict[State, int]:
    """Number the states so that but for loops a state comes behind all that lead to it; others behind those."""
    post: list[State] = []
    seen: set[State] = set()
    roots = list(scope.start.targets) if scope.start is not None else []
    others = [state for state in scope.states if state not in scope.graph.reachable] if roots else scope.states
    for root in (*others, *reversed(roots)):
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter([t for transition in root.transitions for t in transition.targets]))]
        while stack:
            state, successors = stack[-1]
            for target in successors:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter([t for transition in target.transitions for t in transition.targets])))
                    break
            else:
                post.append(state)
                stack.pop()
    return {state: i for i, state in enumerate(reversed(post))}


def _taken_by(state: State) -> State | None:
    """Return the innermost state whose Catcher takes errors of the data of a state, or which tolerates failures in it.

    Whether a Catcher takes States.Runtime is told in two ways (developer guide, "Error names"): here it may.
    """
    around: State | None = state
    while around is not None:
        tolerant = around is not state and (
            isinstance(around, MapState) and any(around.node.get(name) is not None for name in _TOLERANCE)
        )
        if tolerant or any(_may_catch(catcher) for catcher in around.catchers):
            return around
        around = around.scope.owner
    return None


def _may_catch(catcher: Catcher) -> bool:
    names = catcher.node.get("ErrorEquals")
    if names is None or names.kind != ARRAY or not names.closed:
        return True
    return any(name.holes or name.value in _CATCHES or name.kind == UNKNOWN for name in names.items)


def _fit(operator: str, left: Shape, right: Shape) -> bool:
    """Whether JSONata may find two values equal, or can tell which is less.

    It is not judged of arrays, since one of one item passes for the item in some places, of what is not there, and of the
    order of null.
    """
    kinds = (left.kind, right.kind)
    if ARRAY in kinds or FUNCTION in kinds or ABSENT in kinds or (operator != "=" and NULL in kinds):
        return True
    if UNKNOWN not in kinds and left.kind != right.kind:
        return False
    return operator == "=" or not any(kind in (OBJECT, BOOLEAN) for kind in kinds)


def _no_number(shape: Shape) -> bool:
    """Whether a value is certainly no number, nor a text that may be read as one."""
    if shape.kind == STRING and isinstance(shape.value, str):
        return not shape.value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    return shape.kind in (OBJECT, ARRAY, BOOLEAN, NULL)


def _unfit(field: str, shape: Shape) -> bool:
    """Whether what an expression gives is certainly nothing that a field can take."""
    if shape.kind in (UNKNOWN, ABSENT):
        return False
    if field in _TEXTS or field == "Timestamp":
        no_text = shape.kind != STRING
        text = shape.value if field == "Timestamp" and isinstance(shape.value, str) else None
        return no_text or (text is not None and (not is_timestamp(text) or _no_such_day(text)))
    if field == "Seconds":  # of a Wait: it reads `0.0`, and fails on 1.5, -1 and any text (measured)
        number = shape.value if shape.kind == NUMBER and isinstance(shape.value, int | float) else None
        if number is not None and (number < 0 or number % 1 != 0):
            return True
        return shape.kind == STRING or _no_number(shape) or shape.kind == FUNCTION
    return _no_number(shape) or shape.kind == FUNCTION


def _no_such_day(timestamp: str) -> bool:
    """Whether a timestamp names a day that its month does not have, as 30 February: measured to fail."""
    return int(timestamp[8:10]) > last_day(int(timestamp[:4]), int(timestamp[5:7]))


def _holds(operator: str, operand: Node, shape: Shape) -> bool | None:
    """Whether a comparison holds; None where only the execution can know. The kinds are known to fit."""
    if shape.kind == UNKNOWN or not operand.known:
        return None
    if operator in _TESTED:
        return (shape.kind == _TESTED[operator]) is operand.value if operand.kind == BOOLEAN else None
    if shape.value is None or operand.kind != shape.kind:
        return None
    a, b = shape.value, operand.value
    if isinstance(a, int | float) and isinstance(b, int | float) and max(abs(a), abs(b)) > 2**53:
        return None  # whether both are rounded before is not documented
    if operator in ("StringEquals", "NumericEquals", "BooleanEquals"):
        return a == b
    if operator.startswith("Numeric") and isinstance(a, int | float) and isinstance(b, int | float):
        how = operator.removeprefix("Numeric")
        return {"LessThan": a < b, "GreaterThan": a > b, "LessThanEquals": a <= b, "GreaterThanEquals": a >= b}.get(how)
    return None
