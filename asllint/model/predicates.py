"""Choice rules as predicates over values: which can never hold, which always do, which ones leave nothing to others.

How AWS evaluates them (specification, "Choice State"; the States.Runtime cause "The choice state's condition path references
an invalid value" is recorded, and so is what each operator makes of values of other kinds): a comparison whose path selects
nothing fails the execution; one with a value of another kind is false, so that its Not is true. And and Or stop at the first
operand that decides. In JSONata nothing compared with `=` or `!=` is false, with `<` and its kin nothing; an order between
kinds fails (JSONata 2.0.6).

A predicate is read as two unions of boxes: where it can be true, and where it can be false; a box says for some paths what
their value is in. Each is at least as large as it really is: what is not known, and what would take too long, makes it larger.
So "never" is never said wrongly. Paths are taken to be independent of each other, which makes boxes larger as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from asllint.model.dates import last_day
from asllint.model.features import plain_choice
from asllint.model.machine import (
    CHOICE,
    DEFAULT,
    JSONATA,
    JSONPATH,
    NEXT,
    ChoiceRule,
    ChoiceState,
    StateMachine,
    TaskState,
    Transition,
    is_root,
)
from asllint.model.shape import OPERATORS
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, STRING, UNKNOWN, Node, Span, glob
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.expr.jsonata import Node as Tree

    Part = ChoiceRule | tuple["_Condition", Tree]

MAX_BOXES: Final = 32
"""Boxes of one predicate; one of more is taken for unknown."""
MAX_PATTERNS: Final = 32
"""Patterns that a string must match, or must not; further ones are left out."""
MAX_NESTING: Final = 60
"""Levels of And, Or and Not that are looked into."""
MAX_CLAUSES: Final = 24
"""How many earlier rules with several ways to be false are looked at together."""
MAX_STEPS: Final = 300
STEPS: Final = 4000
"""How many steps that may take for one rule, and for all rules of a state; further ones are taken to be reached."""
MAX_TRIED: Final = 200
TRIED: Final = 4000
"""How many earlier rules are tried for the one that takes everything before: for one rule, and for all of a state."""

# -- sets of numbers: sorted boundaries, of which each pair holds what is between. (5, 0) is just before 5, (5, 1) just behind.

Boundary = tuple[float, int]
_LEAST: Final[Boundary] = (float("-inf"), 0)
_MOST: Final[Boundary] = (float("inf"), 1)
EVERY: Final[list[Boundary]] = [_LEAST, _MOST]
NONE: Final[list[Boundary]] = []


def _cut(numbers: list[Boundary], start: Boundary, end: Boundary) -> None:
    """Take out of a set what is between two boundaries."""
    i, j = bisect_left(numbers, start), bisect_right(numbers, end)
    numbers[i:j] = [*([start] if i % 2 else ()), *([end] if j % 2 else ())]


def _outside(numbers: Sequence[Boundary]) -> list[Boundary]:
    """Return the complement of a set."""
    out = [_LEAST, *numbers, _MOST]
    if out[0] == out[1]:
        del out[:2]
    if len(out) > 1 and out[-1] == out[-2]:
        del out[-2:]
    return out


def _overlap(a: Sequence[Boundary], b: Sequence[Boundary]) -> bool:
    if len(a) > len(b):
        a, b = b, a
    for k in range(0, len(a), 2):
        i = bisect_right(b, a[k])
        if i % 2 or (i < len(b) and b[i] < a[k + 1]):
            return True
    return False


def _has(numbers: Sequence[Boundary], value: float) -> bool:
    return bisect_right(numbers, (value, 0)) % 2 == 1


def interval(operator: str, value: float) -> list[Boundary]:
    """Return the numbers that compare so with a value: `Equals`, `LessThan`, `GreaterThan`, `LessThanEquals` …"""
    before, behind = (value, 0), (value, 1)
    if operator == "Equals":
        return [before, behind]
    if operator.startswith("Less"):
        return [_LEAST, behind if operator.endswith("Equals") else before]
    return [before if operator.endswith("Equals") else behind, _MOST]


# -- sets of strings

Pattern = tuple[str, ...]
"""The literal pieces of a pattern, between its wildcards."""


def _example(texts: Texts) -> str | None:
    """Return one of some strings, and none that may be read as a timestamp; None where none is found at once."""
    bounds = [bound[0] for bound in (texts.low, texts.high) if bound is not None]
    tried = [
        "another string",
        "",
        "~",
        *bounds,
        *(f"{text}~" for text in bounds),
        *(letter.join(p) for p in texts.like for letter in ("", "~")),
    ]
    return next(
        (text for text in (*tried, *sorted(texts.only or ())[:100]) if not text[:1].isdigit() and texts.holds(text)),
        None,
    )


def _matches(pattern: Pattern, text: str) -> bool:
    return glob(pattern, text) if len(pattern) > 1 else text == pattern[0]


def _covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether all that `narrow` matches is matched by `wide`: a wildcard is one letter that no pattern has."""
    letter = "\x00"
    return not any(letter in piece for piece in (*wide, *narrow)) and _matches(wide, letter.join(narrow))


class Texts:
    """Strings: those that fulfil all of what is said here.

    only    one of these; None: any
    but     none of these
    low, high  not before and not behind these in the order of UTF-16 units; each with whether it is itself left out
    like, unlike  patterns that match, and that do not
    """

    __slots__ = ("but", "high", "like", "low", "only", "unlike")

    def __init__(
        self,
        only: set[str] | None = None,
        but: set[str] | None = None,
        low: tuple[str, bool] | None = None,
        high: tuple[str, bool] | None = None,
        like: tuple[Pattern, ...] = (),
        unlike: tuple[Pattern, ...] = (),
    ) -> None:
        self.only = only
        self.but = but or set()
        self.low = low
        self.high = high
        self.like = like
        self.unlike = unlike

    @property
    def free(self) -> bool:
        """Whether nothing is asked but to be none of some."""
        return self.only is None and self.low is None and self.high is None and not self.like and not self.unlike

    def holds(self, text: str) -> bool:
        """Whether a string is one of them."""
        if self.only is not None and text not in self.only:
            return False
        if text in self.but:
            return False
        if self.low is not None and (text < self.low[0] or (self.low[1] and text == self.low[0])):
            return False
        if self.high is not None and (text > self.high[0] or (self.high[1] and text == self.high[0])):
            return False
        if self.like and not all(_matches(p, text) for p in self.like):
            return False
        return not self.unlike or not any(_matches(p, text) for p in self.unlike)

    def copy(self) -> Texts:
        """Return a set that `take` may change."""
        only = None if self.only is None else set(self.only)
        return Texts(only, set(self.but), self.low, self.high, self.like, self.unlike)

    def take(self, other: Texts) -> None:
        """Keep those that are in another set too."""
        if self.only is not None:
            self.only = {text for text in self.only if other.holds(text)}
            return
        if other.only is not None:
            self.only = {text for text in other.only if self.holds(text)}
            self.but, self.low, self.high, self.like, self.unlike = set(), None, None, (), ()
            return
        self.but |= other.but
        self.low, self.high = _later(self.low, other.low), _earlier(self.high, other.high)
        self.like = _together(self.like, other.like)
        self.unlike = _together(self.unlike, other.unlike)

    @property
    def empty(self) -> bool:
        """Whether there is certainly no such string."""
        if self.only is not None:
            return not self.only
        return _no_text(self.low, self.high, self.like, self.unlike, (self,))


def _together(a: tuple[Pattern, ...], b: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    if not b or a == b:
        return a
    return (a + tuple(p for p in b if p not in a))[:MAX_PATTERNS] if a else b


def _later(a: tuple[str, bool] | None, b: tuple[str, bool] | None) -> tuple[str, bool] | None:
    return b if a is None else a if b is None else max(a, b)


def _earlier(a: tuple[str, bool] | None, b: tuple[str, bool] | None) -> tuple[str, bool] | None:
    if a is None or b is None:
        return a or b
    return a if a[0] < b[0] or (a[0] == b[0] and a[1]) else b


def _no_text(
    low: tuple[str, bool] | None,
    high: tuple[str, bool] | None,
    like: tuple[Pattern, ...],
    unlike: tuple[Pattern, ...],
    sets: Iterable[Texts],
) -> bool:
    """Whether certainly no string is within these bounds and patterns, and in all of the sets that they are taken from."""
    if high is not None:
        if high == ("", True):
            return True
        if low is not None and low[0] >= high[0]:
            return low[0] > high[0] or low[1] or high[1] or not all(texts.holds(low[0]) for texts in sets)
        if high[0] == "":
            return not all(texts.holds("") for texts in sets)
    for pattern in like:
        prefix = pattern[0]
        if high is not None and (prefix > high[0] or (high[1] and prefix == high[0])):
            return True
        if low is not None and low[0] > prefix and not low[0].startswith(prefix):
            return True
        for other in like:
            if other is not pattern and not (
                (prefix.startswith(other[0]) or other[0].startswith(prefix))
                and (pattern[-1].endswith(other[-1]) or other[-1].endswith(pattern[-1]))
            ):
                return True
    return any(_covers(wide, narrow) for wide in unlike for narrow in (like or (("", ""),)))


ALL_TEXTS: Final = Texts()

# -- sets of values

ABSENT, IS_NULL, IS_TRUE, IS_FALSE, OTHER = 1, 2, 4, 8, 16
"""Bits: the path selects nothing; null; true; false; an object or array."""
PRESENT: Final = IS_NULL | IS_TRUE | IS_FALSE | OTHER


class Values:
    """What the value of a path can be.

    bits      of the constants above
    numbers   boundaries
    texts     its strings; None: it is no string. Of these
    plain     whether those that are no timestamps are in
    instants  boundaries, in nanoseconds since 1970: those that are timestamps
    """

    __slots__ = ("bits", "instants", "numbers", "plain", "texts")

    def __init__(
        self,
        bits: int = 0,
        numbers: list[Boundary] = NONE,  # never changed: `take` works on a copy
        texts: Texts | None = None,
        plain: bool = True,
        instants: list[Boundary] = EVERY,
    ) -> None:
        self.bits = bits
        self.numbers = numbers
        self.texts = texts
        self.plain = plain
        self.instants = instants

    def copy(self) -> Values:
        """Return a set that `take` and `unite` may change."""
        texts = None if self.texts is None else self.texts.copy()
        return Values(self.bits, list(self.numbers), texts, self.plain, list(self.instants))

    @property
    def wide(self) -> bool:
        """Whether a copy costs much."""
        return len(self.numbers) > 100 or (self.texts is not None and len(self.texts.but) > 100)

    def take(self, other: Values) -> None:
        """Keep what is in another set too."""
        self.bits &= other.bits
        _keep(self.numbers, other.numbers)
        if self.texts is not None and other.texts is not None:
            self.texts.take(other.texts)
            self.plain = self.plain and other.plain
            _keep(self.instants, other.instants)
        else:
            self.texts = None

    def unite(self, other: Values) -> bool:
        """Add another set; False, and nothing is changed, where the union cannot be said exactly."""
        mine, theirs = self.texts, other.texts
        plain, instants = self.plain, self.instants
        if mine is None:
            mine, plain, instants = theirs and theirs.copy(), other.plain, list(other.instants)
        elif theirs is not None:
            if plain == other.plain and instants == other.instants:
                united = _union(mine, theirs)
                if united is None:
                    return False
                mine = united
            elif mine.free and theirs.free and not mine.but and not theirs.but:
                plain, instants = plain or other.plain, list(instants)
                _add(instants, other.instants)
            else:
                return False
        self.bits |= other.bits
        _add(self.numbers, other.numbers)
        self.texts, self.plain, self.instants = mine, plain, instants
        return True

    @property
    def empty(self) -> bool:
        """Whether there is certainly no such value."""
        if self.bits or self.numbers or self.texts is None:
            return not (self.bits or self.numbers)
        return _no_string(self, self)


def _keep(numbers: list[Boundary], others: Sequence[Boundary]) -> None:
    if others == EVERY:
        return
    away = _outside(others)
    for k in range(0, len(away), 2):
        _cut(numbers, away[k], away[k + 1])


def _add(numbers: list[Boundary], others: Sequence[Boundary]) -> None:
    for k in range(0, len(others), 2):
        start, end = others[k], others[k + 1]
        i, j = bisect_left(numbers, start), bisect_right(numbers, end)
        numbers[i:j] = [*(() if i % 2 else [start]), *(() if j % 2 else [end])]


def _union(a: Texts, b: Texts) -> Texts | None:
    """Return the union, in `a` where that can be changed; None where it cannot be said."""
    if (a.free and not a.but) or a is b:
        return a
    if b.free and not b.but:
        return b.copy()
    if a.only is not None and b.only is not None:
        a.only |= b.only
        return a
    if a.free and b.free:
        return Texts(None, a.but & b.but)
    for free, few in ((a, b), (b, a)):
        if free.free and few.only is not None:
            return Texts(None, free.but - few.only)
    return None


def _no_string(a: Values, b: Values) -> bool:
    """Whether certainly no string is in both."""
    if a.texts is None or b.texts is None:
        return True
    plain = a.plain and b.plain
    stamps = _overlap(a.instants, b.instants)
    if not plain and not stamps:
        return True
    few, rest = (a.texts, b.texts) if a.texts.only is not None else (b.texts, a.texts)
    if rest.only is not None and few.only is not None and len(rest.only) < len(few.only):
        few, rest = rest, few
    if few.only is None:
        low, high = _later(few.low, rest.low), _earlier(few.high, rest.high)
        like, unlike = _together(few.like, rest.like), _together(few.unlike, rest.unlike)
        return _no_text(low, high, like, unlike, (few, rest))
    for text in few.only:
        if rest.holds(text):
            if plain:
                return False
            at = instant(text)
            if text[:1].isdigit() if at is None else _has(a.instants, at) and _has(b.instants, at):
                return False
    return True


def disjoint(a: Values, b: Values) -> bool:
    """Whether certainly no value is in both."""
    return not a.bits & b.bits and not _overlap(a.numbers, b.numbers) and _no_string(a, b)


_STAMP: Final = late(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-5][0-9])(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


def instant(text: str) -> int | None:
    """Return the nanoseconds since 1970 of an RFC 3339 timestamp; None for another text, and for what may be read otherwise."""
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    if not 1 <= month <= 12 or not 1 <= day <= last_day(year, month):
        return None
    if hour > 23 or minute > 59:
        return None
    shift = (int(found[9]) * 60 + int(found[10])) * (-1 if found[8] == "-" else 1) if found[8] else 0
    # days since 1970 of the proleptic Gregorian calendar, the year taken to begin in March
    y = year - (month <= 2)
    days = y * 365 + y // 4 - y // 100 + y // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1 - 719468
    seconds = ((days * 24 + hour) * 60 + minute - shift) * 60 + second
    return seconds * 10**9 + int((found[7] or "0").ljust(9, "0"))


# -- predicates

Box = dict[str, Values]
Boxes = list[Box]


class Predicate:
    """Where a rule can be true, where it can be false, and where a part of it can be nothing at all (JSONata)."""

    __slots__ = ("no", "nothing", "yes")

    def __init__(self, yes: Boxes, no: Boxes, nothing: Boxes | None = None) -> None:
        self.yes = yes
        self.no = no
        self.nothing = nothing or []


def _unknown() -> Predicate:
    return Predicate([{}], [{}])


def _either(lists: Iterable[Boxes]) -> Boxes:
    """Return the union of unions; boxes of one and the same path are made one where that is exact."""
    out: Boxes = []
    alone: dict[str, list[Values]] = {}
    for boxes in lists:
        for box in boxes:
            if not box:
                return [{}]
            if len(box) > 1:
                out.append(box)
                continue
            ((path, values),) = box.items()
            mine = alone.setdefault(path, [])
            if len(mine) > MAX_BOXES or not any(one.unite(values) for one in mine):
                mine.append(values.copy())
    out.extend({path: values} for path, mine in alone.items() for values in mine)
    return out if len(out) <= MAX_BOXES else [{}]


def _both(lists: Sequence[Boxes]) -> Boxes:
    """Return the intersection of unions, or something larger."""
    whole: Box = {}
    own: set[str] = set()
    several: list[Boxes] = []
    for boxes in lists:
        if len(boxes) != 1:
            if not boxes:
                return []
            several.append(boxes)
            continue
        for path, values in boxes[0].items():
            mine = whole.get(path)
            if mine is None:
                whole[path] = values
                continue
            if path not in own:
                own.add(path)
                mine = whole[path] = mine.copy()
            mine.take(values)
    if any(whole[path].empty for path in own):
        return []
    out = [whole]
    for boxes in several:
        if len(out) * len(boxes) > MAX_BOXES * 4:
            continue
        narrowed = [both for a in out for b in boxes if (both := _meet(a, b)) is not None]
        out = _either([narrowed]) if len(narrowed) > 1 else narrowed
        if not out:
            return []
    return out


def _meet(a: Box, b: Box) -> Box | None:
    """Return what is in both boxes; None where certainly nothing is."""
    out = dict(a)
    for path, values in b.items():
        mine = a.get(path)
        if mine is None:
            out[path] = values
            continue
        if disjoint(mine, values):
            return None
        out[path] = mine.copy()
        out[path].take(values)
        if out[path].empty:
            return None
    return out


# -- what is found

CONTRADICTION: Final = "contradiction"
ALWAYS: Final = "always-true"
SHADOWED: Final = "shadowed"
GAP: Final = "not-exhaustive"
DEFAULT_UNREACHABLE: Final = "default-unreachable"

Place = Node | Span


class Fact:
    """Something that is true of a Choice state whatever its data is.

    kind     one of the constants above
    state    the Choice state
    rule     the rule at the top of Choices that it is about; None for GAP and DEFAULT_UNREACHABLE
    at       the smallest part that shows it: a comparison, a part of a Condition, the Default
    others   further parts of it: the comparison that excludes this one, the rules that take everything before
    behind   the rules and the Default that are never reached because the rule is always true
    path     what is compared, as it is written; "" where that are several
    values   GAP: what is not covered, of the kinds that the rules ask for
    listed   GAP: whether the rules only name single strings or numbers, so that any other is not covered
    whole    CONTRADICTION, ALWAYS: whether the rule as a whole is never, or always, true, and not a part of it alone
    fails    SHADOWED: whether those before take none of it, but fail with it
    alike    SHADOWED: whether the rules that come before lead to the same state, and do nothing else on the way
    """

    __slots__ = (
        "alike",
        "at",
        "behind",
        "fails",
        "kind",
        "listed",
        "others",
        "path",
        "rule",
        "state",
        "values",
        "whole",
    )

    def __init__(
        self,
        kind: str,
        state: ChoiceState,
        rule: ChoiceRule | None,
        at: Place,
        others: Sequence[Place] = (),
        path: str = "",
    ) -> None:
        self.kind = kind
        self.state = state
        self.rule = rule
        self.at = at
        self.others = tuple(others)
        self.path = path
        self.behind: tuple[Place, ...] = ()
        self.values = Values()
        self.listed = False
        self.alike = False
        self.fails = False
        self.whole = False

    def __repr__(self) -> str:
        return f"<{self.kind} in {self.state.name}>"

    @property
    def anchor(self) -> Node | None:
        """The node that `at` is a part of, where it is no node itself."""
        return self.rule.condition if isinstance(self.at, tuple) and self.rule is not None else None


class Dead:
    """A transition of a Choice state that is never taken.

    transition  of kind Choice or Default
    path, task  where that is so for what a task gives: the path that is compared, and the state that runs the task
    """

    __slots__ = ("path", "task", "transition")

    def __init__(self, transition: Transition, path: str = "", task: TaskState | None = None) -> None:
        self.transition = transition
        self.path = path
        self.task = task


class Choices:
    """What is found in the Choice states of a machine: the facts in the order of the text, the dead transitions, and the
    features that they are."""  # fmt: skip

    __slots__ = ("dead", "facts", "words")

    def __init__(self, machine: StateMachine) -> None:
        self.facts: list[Fact] = []
        self.dead: dict[Transition, Dead] = {}
        for state in machine.all_states():
            if isinstance(state, ChoiceState) and not plain_choice(state):
                follow(state, self)
        self.words = {f"choice:{fact.kind}" for fact in self.facts}
        if self.dead:
            self.words.add("choice:never-taken")


def follow(state: ChoiceState, out: Choices) -> None:
    """Put what is found in one Choice state to the rest."""
    _State(state, out)


@lru_cache(maxsize=1)
def analyse(machine: StateMachine) -> Choices:
    """Return what is found in the Choice states of a machine; made once for all rules."""
    return Choices(machine)


_BESIDE: Final = frozenset(("Variable", "Next", "Comment", "Assign", "Output"))


class _State:
    """The analysis of one Choice state.

    rest     for each path what it can be behind the rules so far
    clauses  the ways in which each of the other rules so far can be false
    """

    def __init__(self, state: ChoiceState, out: Choices) -> None:
        self.state = state
        self.out = out
        self.top: ChoiceRule = state.choices[0] if state.choices else ChoiceRule(state.node, state, None)
        self.found: list[Fact] = []
        self.asked: set[str] = set()
        self.sure = True
        self.names: dict[str, str] = {}
        self.empty_texts: list[str] = []
        self.tries = TRIED
        self.certain: int | None = None
        predicates = []
        for rule in state.choices:
            self.top = rule
            mark = len(self.found)
            predicate = self.rule(rule, 0)
            predicates.append((predicate, self.found[mark:]))
        self.predicates = predicates
        self.follow()
        self.known()

    # -- reading rules

    def rule(self, rule: ChoiceRule, depth: int) -> Predicate:
        fields = [name for name in ("And", "Or", "Not", "Variable", "Condition") if rule.node.get(name) is not None]
        language = self.state.query_language
        if len(fields) != 1 or depth > MAX_NESTING or language == (JSONPATH if fields[0] == "Condition" else JSONATA):
            return self.malformed()
        field = fields[0]
        if field == "Variable":
            return self.flag(self.comparison(rule), rule, len(self.found))
        if field == "Condition":
            return self.condition(rule)
        node = rule.node.get(field)
        operands = rule.operands
        whole = [node] if node is None or field == "Not" else node.items
        if node is None or not operands or len(whole) != len(operands) or (node.kind == ARRAY and not node.closed):
            return self.malformed()
        mark = len(self.found)
        parts = [self.rule(operand, depth + 1) for operand in operands]
        if field == "Not":
            return Predicate(parts[0].no, parts[0].yes, parts[0].nothing)
        return self.joined(field == "And", parts, operands, rule, mark)

    def malformed(self) -> Predicate:
        self.sure = False
        return _unknown()

    def joined(
        self, all_of: bool, parts: Sequence[Predicate], places: Sequence[Part], at: Part, mark: int
    ) -> Predicate:
        """Return the And, or Or, of predicates; nothing counts as false in it."""
        false = [_either([p.no, p.nothing]) if p.nothing else p.no for p in parts]
        if all_of:
            predicate = Predicate(_both([p.yes for p in parts]), _either(false))
        else:
            predicate = Predicate(_either([p.yes for p in parts]), _both(false))
        if predicate.yes and predicate.no:
            return predicate
        never = not predicate.yes
        others: Sequence[Part] = ()
        if len(self.found) == mark and all_of == never:
            first, before = _clash([p.yes if never else no for p, no in zip(parts, false, strict=True)])
            at, others = places[first], [places[i] for i in before]
        return self.flag(predicate, at, mark, others)

    def flag(self, predicate: Predicate, at: Part, mark: int, others: Sequence[Part] = ()) -> Predicate:
        """Note that a predicate is never, or always, true, unless that is noted of a part of it."""
        if len(self.found) == mark:
            kind = (
                CONTRADICTION if not predicate.yes else ALWAYS if not predicate.no and not predicate.nothing else None
            )
            if kind is not None:
                fact = Fact(kind, self.state, self.top, _at(at), [_at(other) for other in others])
                fact.path = self.path_of(predicate.yes or predicate.no)
                self.found.append(fact)
        return predicate

    def comparison(self, rule: ChoiceRule) -> Predicate:
        variable = rule.node.get("Variable")
        found = [(str(key.value), value) for key, value in rule.node.members if key.value not in _BESIDE]
        if len(found) != 1 or variable is None or variable.kind != STRING:
            return self.malformed()
        operator, value = found[0]
        path = canonical(str(variable.value))
        self.names.setdefault(path, str(variable.value))
        made = self.test(operator, value, path)
        if made is None:
            if OPERATORS.get(operator) != value.kind and value.kind != UNKNOWN:
                return self.malformed()
            self.sure = False
            return _opaque(f"{path}\n{operator}\n{value.kind}\n{value.value}")
        yes, no = made
        return Predicate([{path: yes}] if not yes.empty else [], [{path: no}] if not no.empty else [])

    def test(self, operator: str, value: Node, path: str) -> tuple[Values, Values] | None:
        """Return where a comparison is true, and where it is false; None where that is not known."""
        if not value.known:
            return None
        content = value.value
        if operator.endswith("Path"):
            if not isinstance(content, str) or canonical(content) != path:
                return None
            return _same(operator)
        if operator.startswith("Is"):
            if not isinstance(content, bool) or operator not in _TESTS:
                return None
            self.asked.add(operator)
            yes, no = _TESTS[operator]
            return (yes, no) if content else (no, yes)
        for family, kind in _FAMILIES:
            if not operator.startswith(family):
                continue
            if value.kind != kind:
                return None
            how = operator[len(family) :]
            if how not in _ORDERS and operator != "StringMatches":
                return None
            self.asked.add(family if how == "Equals" or how == "Matches" else f"{family}Order")
            if isinstance(content, bool):
                return _boolean(content) if how == "Equals" else None
            if family == "Timestamp":
                at = instant(str(content))
                return _timestamps(how, at) if at is not None else None
            if isinstance(content, str):
                if content == "":
                    self.empty_texts.append(path)
                return _strings(how, content)
            return _numbers(how, content) if isinstance(content, int | float) else None
        return None

    # -- JSONata

    def condition(self, rule: ChoiceRule) -> Predicate:
        node = rule.node.get("Condition")
        if node is not None and node.kind == BOOLEAN:
            return Predicate([{}], []) if node.value is True else Predicate([], [{}])
        if node is None or node.kind != STRING:
            return self.malformed()
        from asllint.model.expressions import JSONATA_EXPRESSION, Expression, jsonata

        found = jsonata(Expression(JSONATA_EXPRESSION, node, self.state, "Condition", node, None, rule))
        if not isinstance(found, tuple) or found[0].root is None:
            return self.malformed()
        parsed, start = found
        assert parsed.root is not None
        if any(part.kind in ("bind", "lambda") for part in parsed.root.walk()):
            self.sure = False
            return _opaque(parsed.text.strip()) if _steady(parsed.text) else _unknown()
        reader = _Condition(self, parsed.text, node, start)
        return reader.read(parsed.root, 0)

    # -- following the rules

    def follow(self) -> None:
        """Go through the rules in their order: what is left for each."""
        state, out = self.state, self.out
        rest = _Rest()
        always: Fact | None = None
        behind: list[Place] = []
        transitions = {t.via: t for t in state.transitions if t.kind == CHOICE}
        by_path: dict[str, list[int]] = {}
        named: dict[object, int] = {}
        for i, (rule, (predicate, found)) in enumerate(zip(state.choices, self.predicates, strict=True)):
            out.facts.extend(found)
            for fact in found:
                fact.whole = not (predicate.yes if fact.kind == CONTRADICTION else predicate.no)
            if not predicate.yes:
                self.bury(transitions.get(rule))
                rest.add(predicate.no)  # it may fail, and leave less to those behind it
                continue
            if always is not None:
                behind.append(_place(rule))
                self.bury(transitions.get(rule))
                continue
            key = _key(predicate.yes)
            if rest.empty or key in named or all(rest.leaves_nothing(box) for box in predicate.yes):
                culprits = [named[key]] if key in named else self.culprits(predicate.yes, by_path)
                fact = Fact(SHADOWED, state, rule, _place(rule), [_place(state.choices[j]) for j in culprits])
                fact.path = self.path_of(predicate.yes)
                fact.fails = bool(culprits) and not any(self.takes(predicate.yes, j) for j in culprits)
                fact.alike = (
                    bool(culprits) and not fact.fails and _lead_alike([rule, *(state.choices[j] for j in culprits)])
                )
                out.facts.append(fact)
                self.bury(transitions.get(rule))
                rest.add(predicate.no)
                continue
            if not predicate.no:
                always = found[0] if found else None
                self.certain = i
            for box in predicate.yes:
                for path in box:
                    indexes = by_path.setdefault(path, [])
                    if (not indexes or indexes[-1] != i) and len(indexes) < MAX_TRIED:
                        indexes.append(i)
            if key is not None:
                named.setdefault(key, i)
            rest.add(predicate.no)
        default = next((t for t in state.transitions if t.kind == DEFAULT), None)
        if always is not None:
            always.behind = tuple(behind)
            if default is not None:
                always.behind += (default.node,)
                self.bury(default)
        elif default is not None:
            if rest.hopeless():
                tops = [_place(top) for top in state.choices[:MAX_CLAUSES]]
                out.facts.append(Fact(DEFAULT_UNREACHABLE, state, None, default.node, tops))
                self.bury(default)
        elif self.sure:
            self.gap(rest)

    def bury(self, transition: Transition | None) -> None:
        if transition is not None:
            self.out.dead.setdefault(transition, Dead(transition))

    def path_of(self, boxes: Boxes) -> str:
        paths = {path for box in boxes for path in box}
        path = paths.pop() if len(paths) == 1 else ""
        return self.names.get(path, "")

    def takes(self, boxes: Boxes, index: int) -> bool:
        """Whether a rule may take something of some boxes."""
        return any(_meet(one, other) is not None for one in boxes for other in self.predicates[index][0].yes)

    def culprits(self, boxes: Boxes, by_path: dict[str, list[int]]) -> list[int]:
        """Return the earlier rules that take everything: one where there is one that does, else those that take a part."""
        if self.certain is not None:
            return [self.certain]
        parts = []
        tried = sorted({j for box in boxes for path in box for j in by_path.get(path, ())[: self.tries]})[:MAX_TRIED]
        self.tries = max(self.tries - len(tried), 0)
        for j in tried:
            predicate = self.predicates[j][0]
            if not any(_meet(one, other) is not None for one in boxes for other in predicate.no):
                return [j]
            if self.takes(boxes, j):
                parts.append(j)
        return parts

    def gap(self, rest: _Rest) -> None:
        """Look for what no rule takes, where there is no Default and the rules ask for one value alone."""
        state = self.state
        node = state.node.get("Choices")
        if node is None or state.node.open or state.node.get("Default") is not None or not node.closed:
            return
        if not state.choices or len(node.items) != len(state.choices) or rest.clauses or len(rest.box) != 1:
            return
        ((path, left),) = rest.box.items()
        if any(len(box) != 1 for p, _ in self.predicates for box in p.yes) or left.empty:
            return
        asked = self.asked
        values = Values(0, [], None, left.plain, left.instants)
        if "Boolean" in asked:
            values.bits |= left.bits & (IS_TRUE | IS_FALSE)
        if "IsPresent" in asked and not any(name.startswith("Is") for name in asked - {"IsPresent"}):
            fails = state.query_language == JSONPATH and any(_where_missing(rule) is None for rule in state.choices)
            values.bits |= 0 if fails else left.bits & ABSENT
        if "Numeric" in asked or "NumericOrder" in asked:
            values.numbers = [
                b
                for k in range(0, len(left.numbers), 2)
                if _plausible(left.numbers[k], left.numbers[k + 1]) and left.numbers[k + 1] != (0, 0)
                for b in left.numbers[k : k + 2]
            ]
        texts, times = (any(name.startswith(family) for name in asked) for family in ("String", "Timestamp"))
        if (texts and times) or "IsTimestamp" in asked:
            return  # which texts are timestamps is not known for all
        if texts and left.texts is not None and left.plain and _example(left.texts) is not None:
            values.texts = left.texts
        elif times and left.texts is not None and left.instants:
            values.texts, values.plain = left.texts, False
        if values.empty:
            return
        fact = Fact(
            GAP, state, None, state.key_node or state.node.key("Choices") or state.node, (), self.names.get(path, path)
        )
        fact.values = values
        fact.listed = not values.bits and "NumericOrder" not in asked and "TimestampOrder" not in asked
        self.out.facts.append(fact)

    # -- what a task gives

    def known(self) -> None:
        """Look for what is never taken because an ARN that a service returns is never the empty string."""
        state = self.state
        for path in dict.fromkeys(self.empty_texts):
            task = _arn_of(state, path)
            if task is None:
                continue
            rest = _Rest()
            rest.box[path] = Values(0, [], Texts(None, {""}))
            transitions = {t.via: t for t in state.transitions if t.kind == CHOICE}
            for rule, (predicate, _) in zip(state.choices, self.predicates, strict=True):
                if rest.empty or all(rest.leaves_nothing(box) for box in predicate.yes):
                    transition = transitions.get(rule)
                    if transition is not None:
                        self.out.dead.setdefault(transition, Dead(transition, self.names[path], task))
                rest.add(predicate.no)
            default = next((t for t in state.transitions if t.kind == DEFAULT), None)
            if default is not None and rest.hopeless():
                self.out.dead.setdefault(default, Dead(default, self.names[path], task))


def _where_missing(rule: ChoiceRule) -> bool | None:
    """Return what a rule, all of whose tests are of one path, gives where that leads to nothing; None where the state fails."""
    node = rule.node
    if not rule.operands:
        asked = node.get("IsPresent")
        return None if asked is None else asked.value is False
    stops = node.get("Or") is not None
    for operand in rule.operands:
        holds = _where_missing(operand)
        if holds is None or node.get("Not") is not None:
            return None if holds is None else not holds
        if holds is stops:
            return holds
    return not stops


class _Rest:
    """What is left behind some rules.

    box      what the paths can be, each for itself
    clauses  of further rules the boxes in one of which the values are
    """

    __slots__ = ("box", "by_path", "clauses", "empty", "steps")

    def __init__(self) -> None:
        self.box: Box = {}
        self.clauses: list[Boxes] = []
        self.by_path: dict[str, list[Boxes]] = {}
        self.empty = False
        self.steps = STEPS

    def add(self, no: Boxes) -> None:
        """Go on behind a rule that can be false there."""
        if len(no) == 1:
            for path, values in no[0].items():
                mine = self.box.get(path)
                if mine is None:
                    self.box[path] = values.copy()
                    continue
                mine.take(values)
                self.empty = self.empty or mine.empty
        elif not no:
            self.empty = True
        elif all(no):
            self.clauses.append(no)
            for path in {path for box in no for path in box}:
                mentioned = self.by_path.setdefault(path, [])
                if len(mentioned) < MAX_CLAUSES:
                    mentioned.append(no)

    def leaves_nothing(self, box: Box) -> bool:
        """Whether certainly nothing of a box is left."""
        mine = self.box
        for path, values in box.items():
            if path in mine and disjoint(values, mine[path]):
                return True
        if self.steps <= 0 or not self.clauses:
            return False
        clauses: list[Boxes] = []
        for path in box:
            clauses.extend(no for no in self.by_path.get(path, ()) if not any(no is other for other in clauses))
        if not clauses:
            return False
        paths = {path for no in clauses for other in no for path in other}
        start = {path: mine[path] for path in paths if path in mine and path not in box}
        for path, values in box.items():
            start[path] = values
            if path in mine and not mine[path].wide:
                start[path] = values.copy()
                start[path].take(mine[path])
        budget = [MAX_STEPS]
        refuted = _refuted(start, clauses[:MAX_CLAUSES], budget)
        self.steps -= MAX_STEPS - budget[0]
        return refuted

    def hopeless(self) -> bool:
        """Whether certainly nothing is left."""
        return self.empty or _refuted(self.box, self.clauses[:MAX_CLAUSES], [MAX_STEPS])


def _refuted(box: Box, clauses: Sequence[Boxes], budget: list[int]) -> bool:
    """Whether no value of a box is in one of the boxes of each clause; False as well when the budget is used up."""
    changed = True
    while changed:
        changed = False
        left = []
        for boxes in clauses:
            budget[0] -= len(boxes)
            if budget[0] < 0:
                return False
            alive = [b for b in boxes if not any(p in box and disjoint(box[p], v) for p, v in b.items())]
            if len(alive) > 1:
                left.append(alive)
                continue
            narrowed = _meet(box, alive[0]) if alive else None
            if narrowed is None:
                return True
            box, changed = narrowed, True
        clauses = left
    if not clauses:
        return False
    for other in clauses[0]:
        narrowed = _meet(box, other)
        if narrowed is not None and not _refuted(narrowed, clauses[1:], budget):
            return False
    return True


class _Condition:
    """Reads the predicate of a JSONata condition: `=` and `!=` of nothing are false, `<` and its kin are nothing."""

    def __init__(self, owner: _State, text: str, node: Node, start: int) -> None:
        self.owner = owner
        self.text = text
        self.node = node
        self.start = start

    def span(self, tree: Tree) -> Span:
        return self.node.span_in(self.start + tree.start, self.start + tree.end)

    def read(self, tree: Tree, depth: int) -> Predicate:
        while tree.kind == "block" and len(tree.children) == 1:
            tree = tree.children[0]
        if tree.kind == BOOLEAN:
            return Predicate([{}], []) if tree.value is True else Predicate([], [{}])
        if depth > MAX_NESTING:
            return self.owner.malformed()
        owner, mark = self.owner, len(self.owner.found)
        if tree.kind == "binary" and tree.value in ("and", "or"):
            operands: list[Tree] = []
            left = tree
            while left.kind == "binary" and left.value == tree.value:  # they lean to the left, however many they are
                operands.append(left.children[1])
                left = left.children[0]
            operands.append(left)
            operands.reverse()
            parts = [self.read(operand, depth + 1) for operand in operands]
            places = [(self, operand) for operand in operands]
            return owner.joined(tree.value == "and", parts, places, (self, tree), mark)
        if tree.kind == "call" and len(tree.children) == 2:
            called = tree.children[0]
            if called.kind == "variable" and called.value == "not":
                part = self.read(tree.children[1], depth + 1)
                return Predicate(part.no, part.yes, part.nothing)
            if called.kind == "variable" and called.value == "exists":
                path = self.path(tree.children[1])
                if path is not None:
                    owner.asked.add("IsPresent")
                    yes, no = _TESTS["IsPresent"]
                    return Predicate([{path: yes}], [{path: no}])
        predicate = self.comparison(tree) if tree.kind == "binary" else None
        if predicate is not None:
            return owner.flag(predicate, (self, tree), mark)
        owner.sure = False
        path = self.path(tree)
        if path is None:
            return _unknown()
        yes = Values(IS_TRUE | OTHER, _outside(interval("Equals", 0)), Texts(None, {""}))
        no = Values(IS_NULL | IS_FALSE | OTHER, interval("Equals", 0), Texts({""}))
        return Predicate([{path: yes}], [{path: no}], [{path: Values(ABSENT)}])

    def path(self, tree: Tree) -> str | None:
        """Return what stands for the value of an expression; None where it may differ from one evaluation to the next."""
        text = self.text[tree.start : tree.end].strip()
        if not _steady(text) or tree.kind == UNKNOWN:
            return None
        self.owner.names.setdefault(text, text)
        return text

    def comparison(self, tree: Tree) -> Predicate | None:
        left, right = tree.children
        operator = str(tree.value)
        if operator == "in":
            return self.within(left, right)
        how = _SIGNS.get(operator)
        if how is None:
            return None
        literal = _literal(right)
        if literal is None:
            literal, right, how = _literal(left), left, _TURNED[how]
            left = tree.children[1]
        if literal is None or _literal(left) is not None:
            return None
        path = self.path(left)
        if path is None:
            return None
        (value,) = literal
        made = _values(how.removeprefix("Not"), value)
        if made is None:
            return None
        family = _family(value)
        self.owner.asked.add(
            family if how.endswith(("NotEquals", "Equals")) and "Than" not in how else f"{family}Order"
        )
        yes, no = made
        nothing: Boxes = []
        if how == "Equals":
            no = no.copy()
            no.bits |= ABSENT
        elif how == "NotEquals":
            yes, no = no, yes.copy()
            no.bits |= ABSENT
        else:
            nothing = [{path: Values(ABSENT)}]
            # what cannot be put in an order with the literal fails
            no = Values(
                0, no.numbers if yes.numbers or family == "Numeric" else NONE, no.texts if family == "String" else None
            )
        return Predicate([{path: yes}] if not yes.empty else [], [{path: no}] if not no.empty else [], nothing)

    def within(self, left: Tree, right: Tree) -> Predicate | None:
        """Return the predicate of `$x in [literals]`."""
        literals = [_literal(item) for item in right.children] if right.kind == ARRAY else []
        path = self.path(left)
        if path is None or not literals or _literal(left) is not None:
            return None
        yes = Values().copy()
        no = Values(PRESENT | ABSENT, EVERY, ALL_TEXTS).copy()
        for literal in literals:
            made = _values("Equals", literal[0]) if literal is not None else None
            if made is None or literal is None:
                return None
            self.owner.asked.add(_family(literal[0]))
            yes.unite(made[0])
            no.take(Values(made[1].bits | ABSENT, made[1].numbers, made[1].texts))
        return Predicate([{path: yes}], [{path: no}])


_SIGNS: Final = {
    "=": "Equals", "!=": "NotEquals", "<": "LessThan", "<=": "LessThanEquals", ">": "GreaterThan", ">=": "GreaterThanEquals",
}  # fmt: skip
_TURNED: Final = {
    "Equals": "Equals", "NotEquals": "NotEquals", "LessThan": "GreaterThan", "LessThanEquals": "GreaterThanEquals",
    "GreaterThan": "LessThan", "GreaterThanEquals": "LessThanEquals",
}  # fmt: skip

Literal = str | float | bool | None


def _literal(tree: Tree) -> tuple[Literal] | None:
    """Return the value of a literal, in a tuple; None where it is none, or a placeholder fills in a part of it."""
    if tree.kind == "negation" and tree.children[0].kind == NUMBER:
        value = tree.children[0].value
        return (-value,) if isinstance(value, int | float) else None
    if tree.kind == NULL:
        return (None,)
    return (tree.value,) if tree.kind in (STRING, NUMBER, BOOLEAN) and tree.value is not None else None


def _family(value: Literal) -> str:
    """Return the operators that a literal of a comparison stands for."""
    if value is None:
        return "IsNull"
    return "Boolean" if isinstance(value, bool) else "String" if isinstance(value, str) else "Numeric"


def _values(how: str, value: Literal) -> tuple[Values, Values] | None:
    """Return where a value compares so with a literal, and where a value that is there does not."""
    if value is None:
        return (Values(IS_NULL), Values(PRESENT & ~IS_NULL, EVERY, ALL_TEXTS)) if how == "Equals" else None
    if isinstance(value, bool):
        return _boolean(value) if how == "Equals" else None
    return _strings(how, value) if isinstance(value, str) else _numbers(how, value)


_ORDERS: Final = frozenset(("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"))
_FAMILIES: Final = (("String", STRING), ("Numeric", NUMBER), ("Boolean", BOOLEAN), ("Timestamp", STRING))
_MAYBE: Final = PRESENT | ABSENT
"""Whether a test for a kind fails where the path selects nothing is not recorded, so that it may be false there as well."""
_TESTS: Final[dict[str, tuple[Values, Values]]] = {
    "IsPresent": (Values(PRESENT, EVERY, ALL_TEXTS), Values(ABSENT)),
    "IsNull": (Values(IS_NULL), Values(_MAYBE & ~IS_NULL, EVERY, ALL_TEXTS)),
    "IsNumeric": (Values(0, EVERY), Values(_MAYBE, NONE, ALL_TEXTS)),
    "IsString": (Values(0, NONE, ALL_TEXTS), Values(_MAYBE, EVERY)),
    "IsBoolean": (Values(IS_TRUE | IS_FALSE), Values(_MAYBE & ~(IS_TRUE | IS_FALSE), EVERY, ALL_TEXTS)),
    "IsTimestamp": (Values(0, NONE, ALL_TEXTS, False), Values(_MAYBE, EVERY, ALL_TEXTS, True, NONE)),
}
"""Where each test is true, and where it is false."""

_EXACT: Final = 2**53
"""Beyond it a number that is read as a double is not the one that is written."""


def _boolean(value: bool) -> tuple[Values, Values]:
    bit = IS_TRUE if value else IS_FALSE
    return Values(bit), Values(PRESENT & ~bit, EVERY, ALL_TEXTS)


def _numbers(how: str, value: float) -> tuple[Values, Values] | None:
    if not -_EXACT <= value <= _EXACT:
        return None
    numbers = interval(how, value)
    return Values(0, numbers), Values(PRESENT, _outside(numbers), ALL_TEXTS)


def _timestamps(how: str, at: int) -> tuple[Values, Values]:
    instants = interval(how, at)
    return Values(0, NONE, ALL_TEXTS, False, instants), Values(PRESENT, EVERY, ALL_TEXTS, True, _outside(instants))


def _strings(how: str, value: str) -> tuple[Values, Values] | None:
    yes: Texts
    no: Texts | None
    if how == "Matches":
        pattern = pattern_of(value)
        if pattern is None:
            return None
        if len(pattern) > 1:
            no = None if pattern == ("", "") else Texts(unlike=(pattern,))
            return Values(0, NONE, Texts(like=(pattern,)) if no else ALL_TEXTS), Values(PRESENT, EVERY, no)
        how, value = "Equals", pattern[0]
    if how == "Equals":
        yes, no = Texts({value}), Texts(None, {value})
    elif any(character > "\ud7ff" for character in value):
        return None  # the order of UTF-16 units is another than that of code points
    elif how.startswith("Less"):
        alone = not how.endswith("Equals")
        yes, no = Texts(high=(value, alone)), Texts(low=(value, not alone))
    else:
        alone = not how.endswith("Equals")
        yes, no = Texts(low=(value, alone)), Texts(high=(value, not alone))
    return Values(0, NONE, yes), Values(PRESENT, EVERY, no)


def pattern_of(text: str) -> Pattern | None:
    """Return the pieces of a StringMatches pattern; None where a backslash escapes nothing, which fails when it is read."""
    pieces: list[str] = []
    piece = ""
    characters = iter(text)
    for character in characters:
        if character == "*":
            pieces.append(piece)
            piece = ""
        elif character == "\\":
            escaped = next(characters, "")
            if escaped not in ("*", "\\"):
                return None
            piece += escaped
        else:
            piece += character
    pieces.append(piece)
    return tuple(pieces)


def _same(operator: str) -> tuple[Values, Values] | None:
    """Return the predicate of a comparison of a value with itself."""
    kinds = {
        "String": (Values(0, NONE, ALL_TEXTS), Values(PRESENT, EVERY)),
        "Numeric": (Values(0, EVERY), Values(PRESENT, NONE, ALL_TEXTS)),
        "Boolean": (Values(IS_TRUE | IS_FALSE), Values(PRESENT & ~(IS_TRUE | IS_FALSE), EVERY, ALL_TEXTS)),
        "Timestamp": (Values(0, NONE, ALL_TEXTS, False), Values(PRESENT, EVERY, ALL_TEXTS, True, NONE)),
    }
    for family, made in kinds.items():
        if operator.startswith(family):
            how = operator[len(family) : -len("Path")]
            if how not in _ORDERS:
                return None
            return made if how.endswith("Equals") else (Values(), Values(PRESENT, EVERY, ALL_TEXTS))
    return None


# -- small parts


def _opaque(key: str) -> Predicate:
    """Return a predicate of which nothing is known but that it is the same each time."""
    path = f"\n{key}"
    return Predicate([{path: Values(IS_TRUE)}], [{path: Values(IS_FALSE)}])


_NAME_IN_BRACKETS: Final = late(r"""\[(['"])([A-Za-z_][\w-]*)\1\]""")


def canonical(path: str) -> str:
    """Return a path with its names behind dots where they can stand there: ``$['a'].b`` is ``$.a.b``."""
    return _NAME_IN_BRACKETS.sub(r".\2", path) if "[" in path else path


_CHANGING: Final = late(r"\$(?:random|shuffle|uuid|now|millis|eval|parse)\b")


def _steady(text: str) -> bool:
    """Whether a JSONata expression gives the same each time."""
    return "$" not in text or _CHANGING.search(text) is None


def _place(rule: ChoiceRule) -> Node:
    """Return what shows a rule: the value that it compares with, its And, Or or Not, its Condition."""
    for key, value in rule.node.members:
        if key.value in ("And", "Or", "Not"):
            return key
        if key.value == "Condition" or key.value not in _BESIDE:
            return value
    return rule.node


def _at(part: Part) -> Place:
    return part[0].span(part[1]) if isinstance(part, tuple) else _place(part)


def _clash(parts: Sequence[Boxes]) -> tuple[int, Sequence[int]]:
    """Return the first part that leaves nothing of those before it, and the one that it excludes, or all of them."""
    low, high = 0, len(parts) - 1
    while low < high:
        middle = (low + high) // 2
        if _both(parts[: middle + 1]):
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return 0, ()
    for i in range(low):
        if not _both([parts[i], parts[low]]):
            return low, [i]
    return low, range(low)


def _key(boxes: Boxes) -> object:
    """Return what two predicates that are true of the same values have in common; None for those of many parts."""
    if len(boxes) != 1:
        return None
    out = []
    for path, values in boxes[0].items():
        texts = values.texts
        said: object = None
        if texts is not None:
            if len(texts.but) > MAX_PATTERNS or (texts.only is not None and len(texts.only) > MAX_PATTERNS):
                return None
            only = None if texts.only is None else frozenset(texts.only)
            bounds = texts.low, texts.high, texts.like, texts.unlike
            said = only, frozenset(texts.but), bounds, values.plain, values.instants is EVERY or tuple(values.instants)
        if len(values.numbers) > MAX_PATTERNS:
            return None
        out.append((path, (values.bits, tuple(values.numbers), said)))
    return tuple(sorted(out, key=_first)) if out else None


def _first(pair: tuple[str, object]) -> str:
    return pair[0]


def _lead_alike(rules: Sequence[ChoiceRule]) -> bool:
    """Whether rules lead to the same state and do nothing else."""
    names = {rule.next.text if rule.next is not None else None for rule in rules}
    return len(names) == 1 and None not in names and not any(rule.assign or rule.output for rule in rules)


def _plausible(start: Boundary, end: Boundary) -> bool:
    """Whether a number may well be between two boundaries: where they are whole numbers, a whole one."""
    low, high = start[0], end[0]
    if low == _LEAST[0] or high == _MOST[0] or low != int(low) or high != int(high):
        return True
    return low + start[1] <= high - (1 - end[1])


_ARN: Final = late(r"\.[A-Za-z]*A(?:rn|RN)")
_INTEGRATION: Final = late(r"arn:[\w-]+:states:[^:]*:[^:]*:(?!lambda:)[\w-]+:")


def _arn_of(state: ChoiceState, path: str) -> TaskState | None:
    """Return the one state that leads to a Choice state, if it calls a service and the path is an ARN in what that returns.

    That is a field of the response itself, not of what others put into it.
    """
    incoming = state.scope.graph.incoming.get(state, ())
    if len(incoming) != 1 or not is_root(state.node.get("InputPath")):
        return None
    source = incoming[0].source
    if not isinstance(source, TaskState) or incoming[0].kind != NEXT or source.query_language != JSONPATH:
        return None
    resource = source.resource.literal if source.resource is not None else None
    if resource is None or not _INTEGRATION.match(resource) or resource.endswith(".waitForTaskToken"):
        return None
    if (
        any(source.node.get(name) is not None for name in ("ResultSelector", "Assign"))
        or not is_root(source.node.get("OutputPath"))
        or source.node.open
    ):
        return None
    if ".sync" in resource:
        from asllint.model.context import hands_on_token

        if hands_on_token(source):
            return None
    put = source.node.get("ResultPath")
    root = "$" if put is None else canonical(put.literal or "")
    return source if path.startswith(root) and _ARN.fullmatch(path[len(root) :]) else None


def shown(fact: Fact, place: Place) -> str:
    """Return a part of a rule as a message shows it: ``StringEquals: "a"``, ``$x = 'a'``, ``Not``.

    It is what the text says, not how it is escaped, or quoted in YAML.
    """
    if isinstance(place, tuple):
        text = _decoded(fact.state, place)
    else:
        from asllint.source.json import quoted

        content = fact.state.machine.document.text.content
        text = content[place.start : place.end] if place.text is None else quoted(place.text)
        operator = _operators_of(fact.state).get(id(place))
        if operator is not None:
            text = operator if operator in ("And", "Or", "Not") else f"{operator}: {text}"
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _decoded(state: ChoiceState, span: Span) -> str:
    """Return a part of a Condition without the escapes of JSON, and the quotes and line ends of YAML."""
    start, end = span
    nodes = _conditions_of(state)
    at = bisect_right(nodes, start, key=lambda node: node.start) - 1
    if at >= 0 and end <= nodes[at].end:
        return nodes[at].text_in(start, end)
    return state.machine.document.text.content[start:end]


@lru_cache(maxsize=1)
def _conditions_of(state: ChoiceState) -> Sequence[Node]:
    """Return the Conditions that are texts, in the order of the text."""
    nodes = (rule.condition for rule in state.choices)
    return sorted((node for node in nodes if node is not None and node.text is not None), key=lambda node: node.start)


@lru_cache(maxsize=1)
def _operators_of(state: ChoiceState) -> dict[int, str]:
    """Return the operator of each comparison by the `id` of its value, and each And, Or and Not by that of its key."""
    out: dict[int, str] = {}
    for top in state.choices:
        for rule in top.walk():
            for key, value in rule.node.members:
                name = str(key.value)
                if name in ("And", "Or", "Not"):
                    out[id(key)] = name
                elif name not in _BESIDE and name != "Condition":
                    out[id(value)] = name
    return out


def covered_not(values: Values) -> str:
    """Say in words which of the values of a GAP is left: "`false`", "5", "from 10 on", "any other string"."""
    parts = [word for bit, word in ((IS_TRUE, "`true`"), (IS_FALSE, "`false`")) if values.bits & bit]
    if values.bits & ABSENT:
        parts.append("missing")
    numbers = values.numbers if len(values.numbers) <= 6 else values.numbers[:6]
    for k in range(0, len(numbers), 2):
        (low, behind), (high, included) = numbers[k], numbers[k + 1]
        if low == high:
            parts.append(f"`{_figure(low)}`")
            continue
        words = []
        if low != _LEAST[0]:
            words.append(f"more than {_figure(low)}" if behind else f"{_figure(low)} or more")
        if high != _MOST[0]:
            words.append(f"at most {_figure(high)}" if included else f"less than {_figure(high)}")
        parts.append(" and ".join(words) or "a number")
    if values.texts is not None:
        parts.append("another string" if values.plain else "at another time")
    return " or ".join(parts)


def _figure(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
