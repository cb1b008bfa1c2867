"""What IAM policies allow: an action on all the resources that a pattern stands for, in three answers.

The rules are those of the IAM user guide: "Policy evaluation logic", "IAM JSON policy elements reference" (Action,
NotAction, Resource, NotResource, Condition, Principal, Version, Variables), "Condition operators" and "Permissions
boundaries for IAM entities". What a text does not tell, such as an intrinsic of a template, a variable or a condition
key without a value, leads to CANNOT_TELL and never to a guess.

Nothing of a plain check needs this module: it is to be imported where a policy is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from asllint.source.node import ARRAY, BOOLEAN, NUMBER, OBJECT, STRING, UNKNOWN, Document, Node, Problem
from asllint.source.patterns import late
from asllint.source.placeholders import DEFAULT
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.aws import iam

ALLOWED: Final = "allowed"
DENIED: Final = "denied"
CANNOT_TELL: Final = "cannot tell"

ALLOW: Final = "Allow"
DENY: Final = "Deny"

Context = Mapping[str, str | Sequence[str] | None]
"""The keys of a request that are known, in any case: a value, the values of a key with several, or None for a key that
the request does not have. A key that is not there is not known."""

ASSUMED_ROLE: Final[dict[str, str | None]] = {"aws:username": None, "aws:PrincipalType": "AssumedRole"}
"""What is known of each request that Step Functions makes with the role of a state machine (user guide, "Policy
variables", table of principal key values)."""

# Of what a statement covers of what is asked for; ordered, so that the least of several is what holds for all.
_NO: Final = 0
_PART: Final = 1
_YES: Final = 2


# -- patterns

# A pattern is a sequence of tokens. A str of one character is itself; a longer one is an unknown text ("hole"), the same
# wherever it is written the same, and without wildcards of its own where only a part is one. "" is a letter that no pattern has.
_STAR: Final = 0  # any text
_ANY: Final = 1  # any one character
_SEGMENT_STAR: Final = 2  # any text without a colon
_SEGMENT_ANY: Final = 3  # any one character but a colon
_OTHER: Final = ""

Tokens = tuple[str | int, ...]

_BUDGET: Final = 20_000
"""How many steps a comparison may take; past them nothing is claimed. Patterns that people write take some hundreds."""

_SEGMENT_HOLES: Final = ("${AWS::Partition}", "${AWS::Region}", "${AWS::AccountId}")

# ${aws:username}, ${aws:PrincipalTag/team, 'none'}, ${s3:prefix}, ${www.amazon.com:user_id}; the ${self:…} of other tools,
# and aws:accountId and aws:region of the Serverless Framework, are no variables of IAM.
_VARIABLE = late(
    r"\$\{\s*(?!aws:(?:accountId|region)\b)"
    r"((?:aws|ec2|iam|redshift|s3|saml|sns|sts|transfer|[\w-]+(?:\.[\w-]+)+):[^\s:,'][^,']*?)"
    r"\s*(?:,\s*'([^']*)'\s*)?\}"
)


class _Variable:
    """A policy variable: its name in small letters and its default."""

    __slots__ = ("default", "name")

    def __init__(self, name: str, default: str | None) -> None:
        self.name = name.lower()
        self.default = default

    @property
    def text(self) -> str:
        """The hole that it is where its value is not known."""
        return "${" + self.name + "}"


class Pattern:
    """A value of a policy with the wildcards ``*`` and ``?``, policy variables, and holes that a template fills in.

    text  as it is written
    node  where it stands
    """

    __slots__ = ("_parts", "_tokens", "node", "text")

    def __init__(self, text: str, parts: Sequence[str | int | _Variable], node: Node) -> None:
        self.text = text
        self.node = node
        self._parts = tuple(parts)
        # a pattern without variables is the same in every request
        self._tokens: Tokens | None = None if any(isinstance(part, _Variable) for part in parts) else self._fill({})

    def __repr__(self) -> str:
        return f"<pattern {self.text}>"

    def tokens(self, known: Context) -> Tokens | None:
        """Return the pattern in a request whose known keys, in small letters, are given.

        None where a variable is not in the request and has no default: then the pattern matches nothing.
        """
        return self._tokens if self._tokens is not None else self._fill(known)

    def _fill(self, known: Context) -> Tokens | None:
        out: list[str | int] = []
        for part in self._parts:
            if not isinstance(part, _Variable):
                if part != _STAR or not out or out[-1] != _STAR:
                    out.append(part)
            elif part.name not in known:
                out.append(part.text)
            else:
                value = known[part.name]
                if value is None:
                    value = part.default
                if value is None:
                    return None
                # a key with several values is no variable
                out.extend(_parts_of(value) if isinstance(value, str) else (part.text,))
        return tuple(out)

    @property
    def wild(self) -> bool:
        """Whether a wildcard stands in it."""
        return any(isinstance(part, int) for part in self._parts)

    @property
    def known(self) -> bool:
        """Whether it holds no hole and no variable."""
        return not any(isinstance(part, _Variable) or (isinstance(part, str) and len(part) > 1) for part in self._parts)


def _parts_of(text: str, *, wildcards: bool = False) -> list[str | int]:
    """Return the tokens of a text in which placeholders are holes."""
    out: list[str | int] = []
    at = 0
    for start, end in DEFAULT.holes(text):
        out += _characters(text[at:start]) if wildcards else text[at:start]
        out.append(_hole(text[start:end]))
        at = end
    out += _characters(text[at:]) if wildcards else text[at:]
    return out


def _hole(text: str) -> str:
    """Return a placeholder as a token; ``#{AWS::Region}`` of the Serverless Framework's plug-ins is ``${AWS::Region}``."""
    return "$" + text[1:] if text.startswith("#{") else text


def _characters(text: str) -> list[str | int]:
    return [_STAR if c == "*" else _ANY if c == "?" else c for c in text]


def pattern_tokens(text: str) -> Tokens:
    """Return a resource or action that is asked for: ``*`` and ``?`` are wildcards, placeholders are holes."""
    out: list[str | int] = []
    for token in _parts_of(text, wildcards=True):
        if token != _STAR or not out or out[-1] != _STAR:
            out.append(token)
    return tuple(out)


def _small(tokens: Tokens) -> Tokens:
    """Return tokens with the letters small; holes stay, they are names."""
    return tuple(t.lower() if isinstance(t, str) and len(t) == 1 else t for t in tokens)


def _strict(tokens: Tokens) -> Tokens:
    """Return a pattern as it is where wildcards stay in their segment of an ARN.

    The user guide says of Resource: wildcards stand within the segments, which colons part, and a ``*`` at the end of a
    segment can expand beyond it.
    """
    if not any(t in (_STAR, _ANY) for t in tokens):
        return tokens
    last = len(tokens) - 1
    return tuple(
        _SEGMENT_ANY if t == _ANY else _SEGMENT_STAR if t == _STAR and i < last and tokens[i + 1] != ":" else t
        for i, t in enumerate(tokens)
    )


def _components(tokens: Tokens) -> Tokens:
    """Return a pattern as ArnLike compares it: six components, and wildcards stay in theirs."""
    out: list[str | int] = []
    colons = 0
    for t in tokens:
        colons += t == ":"
        if colons < 5 and t in (_STAR, _ANY):
            t = _SEGMENT_STAR if t == _STAR else _SEGMENT_ANY
        out.append(t)
    return tuple(out)


def _close(pattern: Tokens, at: int, states: set[int]) -> None:
    """Add a state of a pattern and those that are reached from it without a letter."""
    states.add(at)
    while at < len(pattern) and (pattern[at] == _STAR or pattern[at] == _SEGMENT_STAR):
        at += 1
        states.add(at)


def _has_colon(hole: str) -> bool:
    """Whether a hole may have a colon in it: one that is named for an ARN."""
    return "arn" in hole.lower()


State = frozenset[tuple[int, int]]


def _states(patterns: Sequence[Tokens], number: int, states: set[int]) -> Iterable[tuple[int, int]]:
    """Return the states of a pattern that count: what the last ``*`` reached takes, one before it takes no better."""
    pattern = patterns[number]
    star = max((i for i in states if i < len(pattern) and pattern[i] == _STAR), default=0)
    return ((number, i) for i in states if i >= star)


def _step(patterns: Sequence[Tokens], state: State, letter: str) -> State:
    reached: dict[int, set[int]] = {}
    hole = len(letter) > 1
    colon = letter == ":" or (hole and _has_colon(letter))
    for number, i in state:
        pattern = patterns[number]
        if i == len(pattern):
            continue
        t = pattern[i]
        if t == _STAR or (t == _SEGMENT_STAR and not colon):
            _close(pattern, i, reached.setdefault(number, set()))
        elif t == letter or (not hole and (t == _ANY or (t == _SEGMENT_ANY and not colon))):
            _close(pattern, i + 1, reached.setdefault(number, set()))
    return frozenset(pair for number, states in reached.items() for pair in _states(patterns, number, states))


def contained(asked: Tokens, patterns: Sequence[Tokens]) -> bool:
    """Return whether each text that `asked` stands for matches one of the patterns, whatever the holes are filled with.

    Exact for patterns without holes: the states of all patterns are followed together along every text of `asked`. A
    hole is matched by itself and by ``*``. False, too, where the comparison takes more than `_BUDGET` steps.
    """
    patterns = [pattern for pattern in patterns if not _apart(asked, pattern)]
    first: dict[int, set[int]] = {}
    for number, pattern in enumerate(patterns):
        if pattern == asked or pattern == (_STAR,):
            return True
        _close(pattern, 0, first.setdefault(number, set()))
    begin: State = frozenset(pair for number, states in first.items() for pair in _states(patterns, number, states))
    todo = [(0, begin)]
    seen = {(0, begin)}

    def go(at: int, state: State) -> None:
        if (at, state) not in seen:
            seen.add((at, state))
            todo.append((at, state))

    while todo:
        if len(seen) > _BUDGET:
            return False
        at, state = todo.pop()
        if not state:
            return False
        if any(i == len(patterns[n]) - 1 and patterns[n][i] == _STAR for n, i in state):
            continue  # takes all that may follow
        if at == len(asked):
            if not any(i == len(patterns[n]) for n, i in state):
                return False
            continue
        token = asked[at]
        if isinstance(token, str):
            go(at + 1, _step(patterns, state, token))
            continue
        letters = {_OTHER}
        for n, i in state:
            t = patterns[n][i] if i < len(patterns[n]) else _STAR
            if isinstance(t, str) and len(t) == 1:
                letters.add(t)
            elif t in (_SEGMENT_STAR, _SEGMENT_ANY):
                letters.add(":")
        if token in (_SEGMENT_STAR, _SEGMENT_ANY):
            letters.discard(":")
        behind = at + 1 if token in (_ANY, _SEGMENT_ANY) else at
        if behind == at:
            go(at + 1, state)
        for letter in letters:
            go(behind, _step(patterns, state, letter))
    return True


def overlaps(one: Tokens, other: Tokens) -> bool:
    """Return whether a text may match both patterns, for some filling of the holes.

    Exact for patterns without holes. What both begin or end with, holes too, is the same text in both and is left out.
    """
    if _apart(one, other):
        return False
    start = 0
    short = min(len(one), len(other))
    while start < short and isinstance(one[start], str) and one[start] == other[start]:
        start += 1
    end = 0
    while end < short - start and isinstance(one[-1 - end], str) and one[-1 - end] == other[-1 - end]:
        end += 1
    a, b = _filled(one[start : len(one) - end]), _filled(other[start : len(other) - end])
    todo = [(0, 0)]
    seen = {(0, 0)}
    while todo:
        i, j = todo.pop()
        if i == len(a) and j == len(b):
            return True
        s = a[i] if i < len(a) else None
        t = b[j] if j < len(b) else None
        moves = []
        many = s in (_STAR, _SEGMENT_STAR), t in (_STAR, _SEGMENT_STAR)
        common = s is not None and t is not None and _common(s, t)
        if many[0] or (common and many[1]):
            moves.append((i + 1, j))
        if many[1] or (common and many[0]):
            moves.append((i, j + 1))
        if common and not any(many):
            moves.append((i + 1, j + 1))
        for move in moves:
            if move not in seen:
                seen.add(move)
                todo.append(move)
    return False


def _filled(tokens: Tokens) -> Tokens:
    """Return a pattern of all that holes may be filled with: a region, an account, a partition is a word, others any."""
    out: list[str | int] = []
    for t in tokens:
        if not isinstance(t, str) or len(t) == 1:
            out.append(t)
        elif t in _SEGMENT_HOLES:
            out += (_SEGMENT_ANY, _SEGMENT_STAR)
        elif not out or out[-1] != _STAR:
            out.append(_STAR)
    return tuple(out)


def _common(s: str | int, t: str | int) -> bool:
    """Whether two tokens have a letter in common."""
    if isinstance(s, str):
        return s == t if isinstance(t, str) else t in (_STAR, _ANY) or s != ":"
    return not isinstance(t, str) or s in (_STAR, _ANY) or t != ":"


@lru_cache(maxsize=8192)
def _letters(tokens: Tokens) -> int:
    """Return how many letters stand before the first wildcard or hole."""
    for i, t in enumerate(tokens):
        if isinstance(t, int) or len(t) != 1:
            return i
    return len(tokens)


def _apart(one: Tokens, other: Tokens) -> bool:
    """Return whether two patterns differ before the first wildcard or hole: most do, and no more is to be compared."""
    both = min(_letters(one), _letters(other))
    return one[:both] != other[:both]


def _cover(asked: Tokens, patterns: Sequence[Tokens]) -> int:
    """Return of how much of what is asked for some patterns are.

    _YES only where both readings of wildcards, within their segment and beyond it, say so.
    """
    patterns = [pattern for pattern in patterns if not _apart(asked, pattern)]
    if contained(asked, patterns):
        strict, within = _strict(asked), [_strict(pattern) for pattern in patterns]
        return _YES if within == patterns or contained(strict, within) else _PART
    return _PART if any(overlaps(asked, pattern) for pattern in patterns) else _NO


def _covers_one(asked: Tokens, pattern: Tokens) -> int:
    """Return the like for a value of a condition, in which wildcards know no segments."""
    if contained(asked, (pattern,)):
        return _YES
    return _PART if overlaps(asked, pattern) else _NO


# -- conditions

_OPERATOR = late(r"(?i)(?:(ForAllValues|ForAnyValue):)?([A-Z]+?)(IfExists)?")
_STRINGS: Final = {
    "stringequals": (False, False, False),
    "stringnotequals": (True, False, False),
    "stringequalsignorecase": (False, False, True),
    "stringnotequalsignorecase": (True, False, True),
    "stringlike": (False, True, False),
    "stringnotlike": (True, True, False),
    "arnequals": (False, True, False),
    "arnlike": (False, True, False),
    "arnnotequals": (True, True, False),
    "arnnotlike": (True, True, False),
}
"""Operators on texts: whether they are negated, know wildcards, and ignore case."""
_NUMBERS: Final[dict[str, tuple[bool, Callable[[float, float], bool]]]] = {
    "numericequals": (False, lambda a, b: a == b),
    "numericnotequals": (True, lambda a, b: a == b),
    "numericlessthan": (False, lambda a, b: a < b),
    "numericlessthanequals": (False, lambda a, b: a <= b),
    "numericgreaterthan": (False, lambda a, b: a > b),
    "numericgreaterthanequals": (False, lambda a, b: a >= b),
}
_UNREAD: Final = frozenset(
    (
        "dateequals",
        "datenotequals",
        "datelessthan",
        "datelessthanequals",
        "dategreaterthan",
        "dategreaterthanequals",
        "binaryequals",
        "ipaddress",
        "notipaddress",
    )
)
"""Operators on times, bytes and addresses: no definition tells those of a request."""
_UNREAD_NEGATED: Final = ("datenotequals", "notipaddress")


class Condition:
    """A test of the Condition of a statement.

    name      of the operator as it is written, such as "ForAnyValue:StringLikeIfExists"
    operator  in small letters without quantifier and IfExists
    every     "forallvalues", "foranyvalue" or ""
    optional  IfExists: a request without the key passes
    key       as it is written
    values    one of which, or for a negated operator none of which, must match
    node      the value of the key
    """

    __slots__ = ("every", "key", "name", "node", "operator", "optional", "values")

    def __init__(self, name: str, key: str, values: tuple[Pattern, ...], node: Node) -> None:
        self.name = name
        self.key = key
        self.values = values
        self.node = node
        found = _OPERATOR.fullmatch(name)
        self.every = (found[1] or "").lower() if found else ""
        self.operator = found[2].lower() if found else ""
        self.optional = bool(found and found[3])

    def __repr__(self) -> str:
        return f"<{self.name} {self.key}>"

    @property
    def good(self) -> bool:
        """Whether IAM knows the operator."""
        operator = self.operator
        if operator == "null":
            return not self.optional and not self.every
        return operator in _STRINGS or operator in _NUMBERS or operator in _UNREAD or operator == "bool"

    @property
    def negated(self) -> bool:
        """Whether a value must match none."""
        operator = self.operator
        if operator in _STRINGS:
            return _STRINGS[operator][0]
        return _NUMBERS[operator][0] if operator in _NUMBERS else operator in _UNREAD_NEGATED

    def holds(self, known: Context) -> int:
        """Return _YES, _NO, or _PART for what cannot be told, in a request whose known keys are in small letters."""
        key = self.key.lower()
        if not self.good or key not in known:
            return _PART
        value = known[key]
        values: Sequence[str] = () if value is None else (value,) if isinstance(value, str) else tuple(value)
        if self.operator == "null":
            return self._absent(not values)
        if not values:
            if self.optional or self.every == "forallvalues":
                return _YES
            return _YES if self.negated and not self.every else _NO
        if self.operator in _UNREAD or (len(values) > 1 and not self.every):
            return _PART
        found = [self._match(v, known) for v in values]
        if self.negated:
            found = [_YES - one for one in found]
        return max(found) if self.every == "foranyvalue" else min(found)

    def _absent(self, absent: bool) -> int:
        wanted = {p.text.lower() for p in self.values}
        if wanted == {"true"}:
            return _YES if absent else _NO
        if wanted == {"false"}:
            return _NO if absent else _YES
        return _PART

    def _match(self, value: str, known: Context) -> int:
        """Return whether a value of the request matches one of the test's."""
        return max((self._match_one(value, pattern, known) for pattern in self.values), default=_NO)

    def _match_one(self, value: str, pattern: Pattern, known: Context) -> int:
        operator = self.operator
        if operator == "bool":
            return (_YES if value.lower() == pattern.text.lower() else _NO) if pattern.known else _PART
        if operator in _NUMBERS:
            try:
                return _YES if _NUMBERS[operator][1](float(value), float(pattern.text)) else _NO
            except ValueError:
                return _PART
        tokens = pattern.tokens(known)
        if tokens is None:
            # IAM calls the statement invalid then; whether it does so for one of several values is nowhere said
            return _PART if self.negated else _NO
        asked: Tokens = tuple(_parts_of(value))
        _, _, ignore_case = _STRINGS[operator]
        if ignore_case:
            asked, tokens = _small(asked), _small(tokens)
        if operator.startswith("arn"):
            if sum(t == ":" for t in tokens) >= 5:
                tokens = _components(tokens)
            elif any(isinstance(t, int) for t in tokens):
                # no ARN: whether its components may end early is nowhere said
                return min(_covers_one(asked, tokens), _PART)
        return _covers_one(asked, tokens)


# -- statements


class Statement:
    """A statement of a policy.

    effect         ALLOW, DENY, or None where it cannot be known: an intrinsic of a template
    actions        patterns of actions, whose tokens are small; with `not_actions` those that it is not about
    resources      patterns of resources; with `not_resources` those that it is not about
    tests          the tests of its Condition, all of which must hold
    sid            its Sid, or ""
    node           the whole
    """

    __slots__ = ("actions", "effect", "node", "not_actions", "not_resources", "resources", "sid", "tests")

    def __init__(self, node: Node, effect: str | None = None) -> None:
        self.node = node
        self.effect = effect
        self.sid = ""
        self.actions: tuple[Pattern, ...] = ()
        self.not_actions = False
        self.resources: tuple[Pattern, ...] = ()
        self.not_resources = False
        self.tests: tuple[Condition, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.effect} {', '.join(p.text for p in self.actions)}>"

    def _concerns(self, action: Tokens) -> int:
        """Return how much of an action, in small letters, it is about."""
        found = _cover(action, [p.tokens({}) or () for p in self.actions])
        return _YES - found if self.not_actions else found

    def _holds(self, known: Context) -> tuple[int, str]:
        """Return whether its Condition holds, and the key that cannot be told."""
        least, unknown = _YES, ""
        for test in self.tests:
            found = test.holds(known)
            if found < least:
                least = found
                unknown = test.key
        return least, unknown

    def _filled(self, known: Context) -> list[Tokens]:
        return [tokens for p in self.resources if (tokens := p.tokens(known)) is not None]

    def _reaches(self, resource: Tokens, known: Context) -> int:
        """Return how much of a resource it is about."""
        found = _cover(resource, self._filled(known))
        return _YES - found if self.not_resources else found


class Answer:
    """Whether an action is allowed on all that a resource pattern stands for.

    verdict     ALLOWED, DENIED, or CANNOT_TELL
    statements  that decide: those that allow it, that deny it, or that leave it open; () where no statement is about it
    reason      in words, without a full stop
    explicit    DENIED by a Deny statement, not by the want of an Allow
    """

    __slots__ = ("explicit", "reason", "statements", "verdict")

    def __init__(self, verdict: str, statements: Sequence[Statement], reason: str, explicit: bool = False) -> None:
        self.verdict = verdict
        self.statements = tuple(statements)
        self.reason = reason
        self.explicit = explicit

    def __repr__(self) -> str:
        return f"<{self.verdict}: {self.reason}>"


class Policy:
    """An IAM policy.

    version     "2012-10-17" or "2008-10-17"; the latter, without variables, where the policy names none
    statements  in the order of the text
    problems    what IAM refuses, or what cannot be meant, with its place in the text
    node        the whole
    """

    __slots__ = ("node", "problems", "statements", "version")

    def __init__(self, node: Node, version: str, statements: Sequence[Statement], problems: Sequence[Problem]) -> None:
        self.node = node
        self.version = version
        self.statements = tuple(statements)
        self.problems = tuple(problems)

    def __repr__(self) -> str:
        return f"<policy of {len(self.statements)} statements>"


class Policies:
    """The policies of a role.

    identity  what is attached to it: managed and inline policies
    boundary  ceilings, such as a permissions boundary: each of them must allow what is asked for
    complete  False where the role may have further policies that are not here: then nothing is denied for want of an
              Allow
    """

    __slots__ = ("boundary", "complete", "identity")

    def __init__(
        self, identity: Sequence[Policy] = (), boundary: Sequence[Policy] = (), *, complete: bool = True
    ) -> None:
        self.identity = tuple(identity)
        self.boundary = tuple(boundary)
        self.complete = complete

    @property
    def evidence(self) -> tuple[object, ...]:
        """What all this was made from, as plain values: names and texts of the files."""
        texts = [[policy.node.origin for policy in policies] for policies in (self.identity, self.boundary)]
        return *([(text.name, text.content) for text in each] for each in texts), self.complete

    def allows(self, action: str, resource: str, context: Context | None = None) -> Answer:
        """Return whether an action, such as "sagemaker:CreateTrainingJob", is allowed on all of a resource.

        resource  an ARN, "*", or a pattern; placeholders in it are texts that are not known
        context   the keys of the request that are known
        """
        known: Context = {key.lower(): value for key, value in (context or {}).items()}
        asked_action, asked = _small(pattern_tokens(action)), pattern_tokens(resource)
        statements = [statement for policy in self.identity for statement in policy.statements]
        answer = _decide(statements, asked_action, asked, known)
        if answer.verdict == DENIED and not answer.explicit and not self.complete:
            answer = Answer(CANNOT_TELL, (), "no statement allows it, and the role may have other policies")
        for policy in self.boundary:
            if answer.verdict == DENIED:
                break
            ceiling = _decide(policy.statements, asked_action, asked, known)
            if ceiling.verdict == DENIED or (ceiling.verdict == CANNOT_TELL and answer.verdict == ALLOWED):
                reason = f"the permissions boundary: {ceiling.reason}"
                answer = Answer(ceiling.verdict, ceiling.statements, reason, ceiling.explicit)
        return answer

    def allows_need(self, need: iam.Statement, context: Context | None = None) -> list[tuple[str, str, Answer]]:
        """Return the answer for each action and resource of a need: (action, resource, answer).

        A request has what the need's own tests say of it, beside `context`.
        """
        out = []
        contexts = contexts_of(need, context)
        for action in need.actions:
            for resource in need.resources:
                answers = [self.allows(action, resource, one) for one in contexts]
                out.append((action, resource, min(answers, key=_rank)))
        return out


def _rank(answer: Answer) -> int:
    return (DENIED, CANNOT_TELL, ALLOWED).index(answer.verdict)


def contexts_of(need: iam.Statement, context: Context | None = None) -> list[dict[str, str | Sequence[str] | None]]:
    """Return what is known of the requests that a need is for: one for each value that its tests name.

    Only StringEquals and ArnEquals with values without wildcards tell a value; other tests leave their key unknown.
    """
    out: list[dict[str, str | Sequence[str] | None]] = [dict(context or {})]
    for operator, key, value in need.condition:
        values = value if isinstance(value, (tuple, list)) else (value,)
        if operator not in ("StringEquals", "ArnEquals") or any("*" in str(v) for v in values):
            continue
        out = [{**one, key: str(v)} for one in out for v in values]
    return out


def _decide(statements: Sequence[Statement], action: Tokens, resource: Tokens, known: Context) -> Answer:
    """Evaluate policies of one kind: a Deny wins over an Allow, and without an Allow all is denied."""
    denied, denying, why = _gather(statements, DENY, action, resource, known)
    if denied == _YES:
        return Answer(DENIED, denying, "a statement denies it", True)
    allowed, allowing, why_not = _gather(statements, ALLOW, action, resource, known)
    if allowed == _NO:
        return Answer(DENIED, (), "no statement allows it")
    if denied == _PART:
        return Answer(CANNOT_TELL, denying, f"a statement may deny it: {why}")
    if allowed == _PART:
        return Answer(CANNOT_TELL, allowing, why_not)
    return Answer(ALLOWED, allowing, "a statement allows it")


_FILLED_IN: Final = "it depends on what is filled in for a placeholder, an intrinsic or a variable"


def _is_hole(token: str | int) -> bool:
    return isinstance(token, str) and len(token) > 1


def _gather(
    statements: Sequence[Statement], effect: str, action: Tokens, resource: Tokens, known: Context
) -> tuple[int, list[Statement], str]:
    """Return how much the statements of an effect cover, which they are, and what leaves the rest open."""
    sure: list[Statement] = []
    open_: list[Statement] = []
    patterns: list[Tokens] = []
    reason = ""
    for statement in statements:
        if statement.node.kind == UNKNOWN:
            open_.append(statement)
            reason = reason or "a statement is filled in by the template"
            continue
        if statement.effect not in (effect, None) or not (concerns := statement._concerns(action)):
            continue
        holds, key = statement._holds(known)
        if not holds or not (reaches := statement._reaches(resource, known)):
            continue
        if statement.effect is None:
            holds, key = _PART, "Effect"
        if concerns == holds == reaches == _YES:
            return _YES, [statement], ""
        open_.append(statement)
        if holds != _YES:
            reason = reason or f"the value of `{key}` is not known"
        elif concerns != _YES:
            reason = reason or "whether the statement is about the action is not known"
        else:
            if not reason:
                sure_of_all = all(p.known for p in statement.resources) and not any(map(_is_hole, resource))
                reason = "a statement is about a part of the resources" if sure_of_all else _FILLED_IN
            if concerns == _YES and not statement.not_resources:
                sure.append(statement)
                patterns += statement._filled(known)
    if len(sure) > 1 and _cover(resource, patterns) == _YES:
        return _YES, sure, ""
    return (_PART, open_, reason) if open_ else (_NO, [], "")


# -- more than is needed


class Excess:
    """What a policy allows beyond the needs of a state machine.

    kind       "statement", "action" or "resource"
    statement  that it stands in
    node       of the statement, the action or the resource
    text       of the action or the resource; "" for a statement
    needed     for what is wider than needed: the actions or resources that are needed of it; else ()
    """

    __slots__ = ("kind", "needed", "node", "statement", "text")

    def __init__(self, kind: str, statement: Statement, node: Node, text: str, needed: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.statement = statement
        self.node = node
        self.text = text
        self.needed = needed

    def __repr__(self) -> str:
        return f"<{self.kind} {self.text}>"


_Ask = tuple[str, str, Tokens, Tokens]


def _asks(needs: Iterable[iam.Statement]) -> list[_Ask]:
    pairs = dict.fromkeys(
        (action, resource) for need in needs for action in need.actions for resource in need.resources
    )
    return [(a, r, _small(pattern_tokens(a)), pattern_tokens(r)) for a, r in pairs]


def _used(statement: Statement, asks: Sequence[_Ask]) -> list[_Ask]:
    return [ask for ask in asks if statement._concerns(ask[2]) and statement._reaches(ask[3], {})]


def unused(statements: Iterable[Statement], needs: Iterable[iam.Statement]) -> list[Excess]:
    """Return the superfluous: Allow statements, and their actions and resources, that are for no need at all.

    An action or resource that may be one that is needed, once its holes are filled, is not among them.
    """
    asks = _asks(needs)
    out = []
    for statement in statements:
        if statement.effect != ALLOW:
            continue
        used = _used(statement, asks)
        if not used:
            out.append(Excess("statement", statement, statement.node, ""))
            continue
        if not statement.not_actions:
            for pattern in statement.actions:
                tokens = pattern.tokens({}) or ()
                if not any(overlaps(tokens, ask[2]) for ask in used):
                    out.append(Excess("action", statement, pattern.node, pattern.text))
        if not statement.not_resources:
            out += (
                Excess("resource", statement, pattern.node, pattern.text)
                for pattern in statement.resources
                if not any(overlaps(pattern.tokens({}) or (), ask[3]) for ask in used)
            )
    return out


def wider_than(statements: Iterable[Statement], needs: Iterable[iam.Statement]) -> list[Excess]:
    """Return the actions and resources of Allow statements that are used and are wider than the needs.

    An action with a wildcard; a resource with a wildcard that surely covers a need, and surely more than all needs of its
    statement. NotAction and NotResource in a statement that is used are wider than anything: one finding with text "".
    """
    asks = _asks(needs)
    out = []
    for statement in statements:
        used = _used(statement, asks) if statement.effect == ALLOW else []
        if not used:
            continue
        if statement.not_actions:
            needed = tuple(dict.fromkeys(ask[0] for ask in used))
            out.append(Excess("action", statement, statement.node, "", needed))
        for pattern in () if statement.not_actions else statement.actions:
            tokens = pattern.tokens({}) or ()
            needed = tuple(dict.fromkeys(ask[0] for ask in used if contained(ask[2], (tokens,))))
            if pattern.wild and needed:
                out.append(Excess("action", statement, pattern.node, pattern.text, needed))
        needed = tuple(dict.fromkeys(ask[1] for ask in used))
        if statement.not_resources:
            out.append(Excess("resource", statement, statement.node, "", needed))
            continue
        widest = [tuple(_STAR if _is_hole(t) else t for t in ask[3]) for ask in used]
        for pattern in statement.resources:
            tokens = pattern.tokens({}) or ()
            needed = tuple(dict.fromkeys(ask[1] for ask in used if contained(ask[3], (tokens,))))
            if pattern.wild and needed and not contained(tokens, widest):
                out.append(Excess("resource", statement, pattern.node, pattern.text, needed))
    return out


# -- reading

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_ELEMENTS: Final = frozenset(
    ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal")
)
_MEMBERS: Final = ("PolicyDocument", "Document", "PolicyVersion", "Policy")
"""Where a policy stands in what the AWS CLI, CloudFormation and collections of AWS's managed policies write."""
_RAW_LIMIT: Final = 20_000
"""How long an intrinsic may be, in code points, to be looked into."""


class PolicyError(Exception):
    """A text that holds no policy.

    problem  what is wrong, with its place in `text`
    """

    def __init__(self, problem: Problem, text: Text) -> None:
        line, column = text.position(problem.start)
        super().__init__(f"{text.name}:{line}:{column}: {problem.message}")
        self.problem = problem
        self.text = text


def read_policies(document: Document, place: iam.Place | None = None) -> list[Policy]:
    """Return the policies that a JSON or YAML text holds.

    place  fills in the partition, region and account of a template, where they are known

    A policy; what the AWS CLI answers around one (``PolicyDocument``, ``PolicyVersion``); one statement or a list of
    them, as frameworks take them; a list of any of these. Raises PolicyError for anything else.
    """
    text = document.text
    for problem in document.problems:
        if problem.fatal or document.language == "json":
            raise PolicyError(problem, text)
    root = document.root
    if root is None:
        raise PolicyError(Problem("no-policy", 0, 0, "This file is empty: it holds no IAM policy."), text)
    policies = policies_at(root, place)
    if document.problems and policies:
        policies[0].problems = (*document.problems, *policies[0].problems)
    return policies


def policies_at(node: Node, place: iam.Place | None = None) -> list[Policy]:
    """Return the policies that a value of a text holds, as `read_policies` does."""
    if node.kind == ARRAY and node.items:
        if all(_is_statement(item) for item in node.items):
            return [_policy(node, _VERSIONS[0], node.items, place)]
        return [policy for item in node.items for policy in policies_at(item, place)]
    if node.kind == OBJECT:
        statement = node.get("Statement")
        if statement is not None:
            return [_whole(node, statement, place)]
        if _is_statement(node):
            return [_policy(node, _VERSIONS[0], (node,), place)]
        inner = next((found for name in _MEMBERS if (found := node.get(name)) is not None), None)
        if inner is not None and inner.kind in (OBJECT, ARRAY):
            return policies_at(inner, place)
    if node.kind == UNKNOWN and node.style in ("tag", "placeholder"):
        return [Policy(node, _VERSIONS[0], (Statement(node),), ())]
    if node.kind == OBJECT and (node.get("StartAt") or node.get("States")):
        message = "This is a state machine, not an IAM policy."
    elif node.kind == OBJECT and node.get("Resources"):
        message = "This is a template, not an IAM policy: give the value of a PolicyDocument in a file of its own."
    else:
        message = "This is no IAM policy: it has no `Statement`."
    cure = 'A policy looks like `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", …}]}`.'
    raise PolicyError(Problem("no-policy", node.start, min(node.end, node.start + 1), message, cure), node.origin)


def _is_statement(node: Node) -> bool:
    return node.kind == OBJECT and node.get("Effect") is not None and node.get("Statement") is None


def _whole(node: Node, statement: Node, place: iam.Place | None) -> Policy:
    problems: list[Problem] = []
    version = _VERSIONS[1]
    named = node.get("Version")
    if named is not None:
        raw = str(named.value)[:10]
        if raw in _VERSIONS:
            version = raw
        elif named.kind != UNKNOWN or named.style == "ambiguous":
            message = f"IAM knows no version `{named.value}` of the policy language, and refuses the policy."
            cure = "Write `2012-10-17`: it is no date of yours but the name of the language."
            problems.append(Problem("version", named.start, named.end, message, cure))
    if statement.kind == OBJECT:
        items: Sequence[Node] = (statement,)
    elif statement.kind in (ARRAY, UNKNOWN):
        items = statement.items if statement.kind == ARRAY else (statement,)
    else:
        message = "The `Statement` of a policy is an object or a list of objects."
        raise PolicyError(Problem("no-policy", statement.start, statement.end, message), statement.origin)
    policy = _policy(node, version, items, place)
    policy.problems = (*problems, *policy.problems)
    return policy


def _policy(node: Node, version: str, items: Sequence[Node], place: iam.Place | None) -> Policy:
    problems: list[Problem] = []
    statements = [_Reader(item, version, problems, place).statement() for item in items]
    plain = [item for item in items if item.kind == OBJECT]
    if plain and all(item.get("Principal") and not item.get("Resource") for item in plain):
        at = plain[0].key("Principal") or plain[0]
        message = "This policy says who may use something, as a trust policy does, not what a role may do."
        cure = "Give the policies that are attached to the role."
        raise PolicyError(Problem("trust-policy", at.start, at.end, message, cure), at.origin)
    return Policy(node, version, statements, problems)


class _Reader:
    """Reads one statement; what IAM refuses goes to `problems`, and makes the statement one that is about nothing."""

    __slots__ = ("filled", "node", "problems", "variables")

    def __init__(self, node: Node, version: str, problems: list[Problem], place: iam.Place | None) -> None:
        self.node = node
        self.problems = problems
        self.filled: dict[str, str] = {}
        if place is not None:
            values = (place.partition, place.region, place.account)
            self.filled = {hole: value for hole, value in zip(_SEGMENT_HOLES, values, strict=True) if hole != value}
        self.variables = version == _VERSIONS[0]

    def problem(self, kind: str, at: Node, message: str, cure: str = "") -> None:
        self.problems.append(Problem(kind, at.start, at.end, message, cure))

    def statement(self) -> Statement:
        node = self.node
        statement = Statement(node)
        if node.kind != OBJECT:
            if node.kind != UNKNOWN:
                self.problem("statement", node, "A statement of a policy is an object: IAM refuses the policy.")
                statement.effect = ALLOW
            return statement
        sid = node.get("Sid")
        statement.sid = (sid.text or "") if sid is not None else ""
        for name in ("Principal", "NotPrincipal"):
            key = node.key(name)
            if key is not None:
                message = (
                    f"`{name}` has no place in a policy of a role, and IAM refuses the policy: it is the role's own."
                )
                self.problem("principal", key, message, "Take it out.")
        for key, _ in node.members:
            if key.value not in _ELEMENTS and not key.holes:
                self.problem("element", key, f"`{key.value}` is no element of a statement: IAM refuses the policy.")
        effect = node.get("Effect")
        if effect is not None and not effect.known:
            statement.effect = None
        elif effect is not None and effect.value in (ALLOW, DENY):
            statement.effect = str(effect.value)
        else:
            self.problem(
                "effect", effect or node, "A statement has the Effect `Allow` or `Deny`: IAM refuses the policy."
            )
            statement.effect = ALLOW
            return statement
        statement.actions, statement.not_actions = self.patterns("Action", "NotAction", self.check_action)
        statement.resources, statement.not_resources = self.patterns("Resource", "NotResource", self.check_resource)
        condition = node.get("Condition")
        if condition is not None:
            statement.tests = tuple(self.tests(condition))
        return statement

    def patterns(self, name: str, other: str, check: Callable[[Pattern], None]) -> tuple[tuple[Pattern, ...], bool]:
        own, inverse = self.node.get(name), self.node.get(other)
        if (own is None) == (inverse is None):
            what = "both" if own is not None else "neither"
            message = f"A statement has `{name}` or `{other}`, and this one has {what}: IAM refuses the policy."
            if own is not None or not self.node.open:
                self.problem(name.lower(), self.node.key(other) or self.node, message)
        node = own if own is not None else inverse
        if node is None:
            return (), False
        out = []
        for item in node.items if node.kind == ARRAY else (node,):
            if item.kind in (STRING, UNKNOWN):
                pattern = self.pattern(item, variables=name == "Resource", small=name == "Action")
                if pattern.text != "${AWS::NoValue}":
                    check(pattern)
                    out.append(pattern)
            else:
                self.problem(name.lower(), item, f"`{name}` takes strings: IAM refuses the policy.")
        return tuple(out), own is None

    def check_action(self, pattern: Pattern) -> None:
        if pattern.known and pattern.text != "*" and ":" not in pattern.text:
            message = f"`{pattern.text}` names no service: IAM refuses the policy."
            self.problem(
                "action", pattern.node, message, "An action is `service:Action`, such as `s3:GetObject`, or `*`."
            )

    def check_resource(self, pattern: Pattern) -> None:
        text = pattern.text
        if text != "*" and pattern.known and (not text.startswith("arn:") or text.count(":") < 5) and text[-1:] != "*":
            message = f"`{text}` is neither an ARN nor `*`: IAM refuses the policy."
            self.problem(
                "resource", pattern.node, message, "An ARN is `arn:partition:service:region:account:resource`."
            )

    def tests(self, condition: Node) -> Iterable[Condition]:
        if condition.kind != OBJECT:
            if condition.kind == UNKNOWN:
                yield Condition("", "Condition", (), condition)
            else:
                self.problem("condition", condition, "A Condition is an object: IAM refuses the policy.")
            return
        for operator, keys in condition.members:
            name = str(operator.value)
            if keys.kind != OBJECT:
                if keys.kind != UNKNOWN:
                    self.problem("condition", keys, "An operator takes an object of keys: IAM refuses the policy.")
                yield Condition("", name, (), keys)
                continue
            for key, value in keys.members:
                items = value.items if value.kind == ARRAY else (value,)
                base = Condition(name, str(key.value), (), value)
                string = base.operator in _STRINGS
                wildcards = string and _STRINGS[base.operator][1]
                values = tuple(self.pattern(item, variables=string, wildcards=wildcards) for item in items)
                if not base.good and not operator.holes:
                    self.problem(
                        "operator", operator, f"IAM knows no condition operator `{name}`, and refuses the policy."
                    )
                yield Condition(name if not operator.holes else "", base.key, values, value)

    # -- values

    def pattern(self, node: Node, *, variables: bool, wildcards: bool = True, small: bool = False) -> Pattern:
        text, parts = self.written(node)
        out: list[str | int | _Variable] = []
        for part in parts:
            if isinstance(part, str):
                part = part.lower() if small else part
                out += _characters(part) if wildcards else part
            else:
                out += self.hole(part[0], variables, wildcards)
        return Pattern(text, out, node)

    def hole(self, text: str, variables: bool, wildcards: bool) -> list[str | int | _Variable]:
        """Return the tokens of what stands in ``${…}``: a variable of IAM, or what a template fills in."""
        if text in self.filled:
            return [*self.filled[text]]
        special = text in ("${*}", "${?}", "${$}")
        found = None if special else _VARIABLE.fullmatch(text)
        if not special and found is None:
            return [text]
        if not self.variables or not variables:
            return [*_characters(text)] if wildcards else [*text]  # Version 2008-10-17: a text like any other
        if special:
            return [text[2]]
        assert found is not None
        return [_Variable(found[1], found[2])]

    def written(self, node: Node) -> tuple[str, list[str | tuple[str]]]:
        """Return a value as text, and as texts and (hole,)s."""
        if node.kind == STRING:
            return str(node.value), _split(str(node.value), node.holes)
        if node.kind == UNKNOWN:
            parts = _intrinsic(node)
            return "".join(part if isinstance(part, str) else part[0] for part in parts), parts
        text = str(node.value).lower() if node.kind == BOOLEAN else str(node.value) if node.kind == NUMBER else ""
        return text, [text]


def _split(text: str, holes: Sequence[tuple[int, int]]) -> list[str | tuple[str]]:
    out: list[str | tuple[str]] = []
    at = 0
    for start, end in holes:
        out += (text[at:start], (_hole(text[start:end]),))
        at = end
    out.append(text[at:])
    return out


def _intrinsic(node: Node) -> list[str | tuple[str]]:
    """Return the parts of an intrinsic of a template, in its short or long form, or of a bare placeholder.

    Ref, Fn::GetAtt, Fn::Sub and Fn::Join are looked into; any other is one hole, the same where it is written the same.
    """
    raw = str(node.value)
    hole: list[str | tuple[str]] = [("${" + " ".join(raw.split()) + "}",)]
    if node.style == "placeholder":
        return [(raw,)] if len(raw) > 1 else hole
    if node.style == "ambiguous":
        return [raw]
    if node.style != "tag" or len(raw) > _RAW_LIMIT:
        return hole
    try:
        found = _parts_of_intrinsic(_parsed(raw), 0)
    except Exception:  # a text that PyYAML or the walk cannot make anything of; it is a hole then
        found = None
    return found if found is not None else hole


def _parsed(raw: str) -> object:
    """Read an intrinsic; short forms come as long ones."""
    import json

    if raw.startswith(("{", "[")):
        try:
            return json.loads(raw)
        except ValueError:
            pass
    import yaml

    def plain(node: yaml.Node, depth: int) -> object:
        if depth > 20:
            raise ValueError
        value: object
        if isinstance(node, yaml.MappingNode):
            value = {str(plain(k, depth + 1)): plain(v, depth + 1) for k, v in node.value}
        elif isinstance(node, yaml.SequenceNode):
            value = [plain(item, depth + 1) for item in node.value]
        else:
            value = node.value
        tag = str(node.tag)
        if tag.startswith("!") and len(tag) > 1:
            return {"Ref" if tag == "!Ref" else f"Fn::{tag[1:]}": value}
        return value

    root = yaml.compose(raw, yaml.SafeLoader)
    return plain(root, 0) if root is not None else None


def _parts_of_intrinsic(value: object, depth: int) -> list[str | tuple[str]] | None:
    if isinstance(value, str):
        return _split(value, DEFAULT.holes(value))
    if depth > 20 or not isinstance(value, dict) or len(value) != 1:
        return None
    name, argument = next(iter(value.items()))
    if name == "Ref" and isinstance(argument, str):
        return [("${" + argument + "}",)]
    if name == "Fn::GetAtt":
        path = ".".join(map(str, argument)) if isinstance(argument, list) else str(argument)
        return [("${" + path + "}",)]
    if name == "Fn::Join" and isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        out: list[str | tuple[str]] = []
        for i, item in enumerate(argument[1]):
            out += ([str(argument[0])] if i else []) + _inner(item, depth)
        return out
    if name == "Fn::Sub":
        names: dict[str, object] = {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            argument, names = argument
        return _substituted(argument, names, depth) if isinstance(argument, str) else None
    return None


def _inner(value: object, depth: int) -> list[str | tuple[str]]:
    """Return the parts of an argument; what is not known is a hole named by what it is."""
    import json

    found = _parts_of_intrinsic(value, depth + 1)
    return found if found is not None else [("${" + json.dumps(value, sort_keys=True) + "}",)]


def _substituted(text: str, names: dict[str, object], depth: int) -> list[str | tuple[str]]:
    out: list[str | tuple[str]] = []
    for part in _split(text, DEFAULT.holes(text)):
        if isinstance(part, str):
            out.append(part)
            continue
        name = part[0][2:-1].strip()
        if name.startswith("!"):
            # ${!Name} is the text ${Name}: so a variable of IAM is written in Fn::Sub
            out += _split("${" + name[1:] + "}", [(0, len(name) + 2)])
        elif name in names:
            out += _inner(names[name], depth)
        else:
            out.append(("${" + name + "}",))
    return out
