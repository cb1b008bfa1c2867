"""The functions that a JSONata expression of Step Functions can call, their signatures, and how a call fits one.

A signature is written as the language writes it ("Function signature syntax" in its documentation): s string, n number,
b boolean, l null, o object, a array (of what stands in ``< >``), f function, j any JSON, x anything, ( ) one of several;
``-`` the context where the argument is left out, ``?`` optional, ``+`` one or more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ANY: Final = frozenset("asnblfom")
"""What an argument can be, as the signatures spell it; m: it is missing, or evaluates to nothing."""

JSON: Final = frozenset("asnblom")

MEANING: Final = {
    "s": "a string", "n": "a number", "b": "a boolean", "l": "null", "o": "an object", "a": "an array", "f": "a function",
}  # fmt: skip

# JSONata 2.0.6, which AWS documents; the functions of 2.2.2 are the same.
FUNCTIONS: Final = {
    "abs": "<n-:n>",
    "append": "<xx:a>",
    "assert": "<bs?:x>",
    "average": "<a<n>:n>",
    "base64decode": "<s-:s>",
    "base64encode": "<s-:s>",
    "boolean": "<x-:b>",
    "ceil": "<n-:n>",
    "clone": "<(oa)-:o>",
    "contains": "<s-(sf):b>",
    "count": "<a:n>",
    "decodeUrl": "<s-:s>",
    "decodeUrlComponent": "<s-:s>",
    "distinct": "<x:x>",
    "each": "<o-f:a>",
    "encodeUrl": "<s-:s>",
    "encodeUrlComponent": "<s-:s>",
    "error": "<s?:x>",
    "exists": "<x:b>",
    "filter": "<af>",
    "floor": "<n-:n>",
    "formatBase": "<n-n?:s>",
    "formatInteger": "<n-s:s>",
    "formatNumber": "<n-so?:s>",
    "fromMillis": "<n-s?s?:s>",
    "join": "<a<s>s?:s>",
    "keys": "<x-:a<s>>",
    "length": "<s-:n>",
    "lookup": "<x-s:x>",
    "lowercase": "<s-:s>",
    "map": "<af>",
    "match": "<s-f<s:o>n?:a<o>>",
    "max": "<a<n>:n>",
    "merge": "<a<o>:o>",
    "millis": "<:n>",
    "min": "<a<n>:n>",
    "not": "<x-:b>",
    "now": "<s?s?:s>",
    "number": "<(nsb)-:n>",
    "pad": "<s-ns?:s>",
    "parseInteger": "<s-s:n>",
    "power": "<n-n:n>",
    "reduce": "<afj?:j>",
    "replace": "<s-(sf)(sf)n?:s>",
    "reverse": "<a:a>",
    "round": "<n-n?:n>",
    "shuffle": "<a:a>",
    "sift": "<o-f?:o>",
    "single": "<af?>",
    "sort": "<af?:a>",
    "split": "<s-(sf)n?:a<s>>",
    "spread": "<x-:a<o>>",
    "sqrt": "<n-:n>",
    "string": "<x-b?:s>",
    "substring": "<s-nn?:s>",
    "substringAfter": "<s-s:s>",
    "substringBefore": "<s-s:s>",
    "sum": "<a<n>:n>",
    "toMillis": "<s-s?:n>",
    "trim": "<s-:s>",
    "type": "<x:s>",
    "uppercase": "<s-:s>",
    "zip": "<a+>",
    # Step Functions' own (developer guide, "JSONata functions provided by Step Functions"); what each makes of a missing or
    # surplus argument has been measured by others. $random of the language itself takes none.
    "hash": "<ss?:s>",
    "parse": "<s?:x>",
    "partition": "<(a)n?:a>",
    "random": "<n?:n>",
    "range": "<n?n?n?:a>",
    "uuid": "<:s>",
}

NEEDED: Final = {"hash": 2, "parse": 1, "range": 3}
"""Arguments without which a function does not fail, but gives nothing (measured in September 2026; `$hash` needs a text)."""

MISMAPPED: Final = ("formatNumber", "fromMillis", "substring", "toMillis")
"""Functions that fail where `$map` itself calls them, with the index and the array behind the item (measured likewise)."""

UNAVAILABLE: Final = {"eval": "parse"}
"""Functions of the language that Step Functions does not have, and what it has instead."""

ELSEWHERE: Final = {
    # as functions are called in other languages, and what they are in JSONata
    "avg": "average", "ceiling": "ceil", "find": "filter", "float": "number", "fromJson": "parse", "has": "exists",
    "includes": "contains", "int": "number", "jsonParse": "parse", "len": "length", "lower": "lowercase", "mean": "average",
    "parseFloat": "number", "parseInt": "number", "parseJson": "parse", "size": "count", "slice": "substring", "str": "string",
    "strip": "trim", "stringify": "string", "substr": "substring", "toInt": "number", "toJson": "string", "toLower": "lowercase",
    "toLowerCase": "lowercase", "toNumber": "number", "toString": "string", "toUpper": "uppercase", "toUpperCase": "uppercase",
    "unique": "distinct", "upper": "uppercase",
}  # fmt: skip

OPERATORS: Final = {
    "concat": "Join texts with `&`, arrays with `$append`.",
    "if": "Write `condition ? value : other`.",
    "in": "Write `value in array`.",
    "isNull": "Write `value = null`.",
    "mod": "Write `a % b`.",
}
"""What is no function in JSONata but an operator."""


class Parameter:
    """One parameter: what it takes, what an array must hold, and whether it can be left out or repeated."""

    __slots__ = ("holds", "optional", "repeated", "takes")

    def __init__(self, takes: frozenset[str], holds: str, optional: bool, repeated: bool) -> None:
        self.takes = takes
        self.holds = holds
        self.optional = optional
        self.repeated = repeated

    def holds_wrong(self, kinds: frozenset[str]) -> bool:
        """Whether an argument that can be of `kinds` fails as an array of what it must hold.

        ``[n`` among the kinds says that it holds a number if it is an array. A single value counts as an array of it.
        """
        if self.holds not in MEANING or self.holds in kinds or "m" in kinds:
            return False
        return "a" not in kinds or any(kind[0] == "[" and kind[1] != self.holds for kind in kinds)

    @property
    def meaning(self) -> str:
        """What it takes, in words: "a string or a function"."""
        if self.holds in MEANING:
            return f"an array of {MEANING[self.holds].split()[-1]}s"
        if self.takes >= JSON:
            return "any value" if "f" in self.takes else "a value that is no function"
        return " or ".join(MEANING[kind] for kind in "snbloaf" if kind in self.takes)


_PARAMETER: Final = re.compile(r"(\(\w+\)|\w)(?:<(\w)[^>]*>)?([-?+]?)")
_ALL: Final = re.compile(r"<((?:\(\w+\)|\w(?:<[^>]*>)?|[-?+])*)")
_PARAMETERS: dict[str, tuple[Parameter, ...]] = {}


def parameters(name: str) -> tuple[Parameter, ...]:
    """Return the parameters of a function in FUNCTIONS."""
    found = _PARAMETERS.get(name)
    if found is None:
        body = _ALL.match(FUNCTIONS[name])
        assert body is not None
        found = _PARAMETERS[name] = tuple(
            # an array parameter takes any value for an array of it, but for $partition, which wants an array
            Parameter(
                ANY if kind in "ax" else JSON if kind == "j" else frozenset(kind.strip("()") + "m"),
                holds if kind == "a" else "",
                mark in ("-", "?"),
                mark == "+",
            )
            for kind, holds, mark in _PARAMETER.findall(body[1])
        )
    return found


def returns(name: str) -> frozenset[str]:
    """Return what a call of a function in FUNCTIONS can be: a result of one kind, or nothing."""
    kind = FUNCTIONS[name].rpartition(":")[2][:1]
    return frozenset((kind, "m")) if kind in ("s", "n", "b", "o") else ANY


def misfit(wanted: Sequence[Parameter], given: Sequence[frozenset[str]]) -> tuple[int, tuple[Parameter, ...]] | None:
    """Return why arguments fit no reading of a signature: None where they fit.

    given  of each argument, what it can be: see Parameter.holds_wrong
    Returns the index of the first argument that cannot stand there, and the parameters that could: none where it is one too
    many; the index is the number of arguments where one is missing.
    """
    at = _reach({(0, False)}, wanted)
    for index, kinds in enumerate(given):
        after = {
            (i + 1, wanted[i].repeated) for i, _ in at if i < len(wanted) and not kinds.isdisjoint(wanted[i].takes)
        }
        after |= {(i, True) for i, again in at if again and not kinds.isdisjoint(wanted[i - 1].takes)}
        if not after:
            could = sorted({i for i, _ in at if i < len(wanted)})
            return index, tuple(wanted[i] for i in could)
        at = _reach(after, wanted)
    if any(i == len(wanted) for i, _ in at):
        # an array of something is the first parameter of every function that has one
        return (0, tuple(wanted[:1])) if given and wanted and wanted[0].holds_wrong(given[0]) else None
    return len(given), tuple(wanted[i] for i in sorted({i for i, _ in at}) if not wanted[i].optional)


def _reach(at: set[tuple[int, bool]], wanted: Sequence[Parameter]) -> set[tuple[int, bool]]:
    """Add what is reached by leaving out optional parameters."""
    out = set(at)
    for i, _ in at:
        while i < len(wanted) and wanted[i].optional:
            i += 1
            out.add((i, False))
    return out


# -- signatures that an expression gives its own functions

_LASTING: Final = frozenset(("", "?", "+", "??", "+?"))
"""The marks behind a parameter that JavaScript takes for quantifiers of a regular expression, which a signature becomes."""


def signature_fault(signature: str) -> tuple[str, int, str] | None:
    """Return what is wrong with a signature, from its ``<`` to its ``>``: the reference's code, the offset and the reason.

    The reference takes what it does not know for nothing, and makes a regular expression of the rest; what cannot become
    one is wrong as well: the code is "" and the offset -1.
    """
    marks = [""]  # what is behind each parameter; the first: before any
    last = ""
    at = 1
    while at < len(signature):
        char = signature[at]
        if char == ":":
            break
        if char in "snblofjxa":
            marks.append("")
            last = char
        elif char == "(":
            end = _closing(signature, at, "(", ")")
            choice = signature[at + 1 : end]
            if "<" in choice:
                return "S0402", at, "a choice in parentheses cannot hold types with parameters"
            if any(a > b for a, b in re.findall(r"(.)-(.)", choice, re.DOTALL)):
                return "", -1, "a choice in parentheses holds letters alone"
            marks.append("")
            last = char
            at = end
        elif char in "-?+":
            if char == "-" and marks[-1] not in _LASTING:
                return "", -1, "too many marks follow one type"
            marks[-1] += "?" if char == "-" else char
        elif char == "<":
            if last not in ("a", "f"):
                return "S0401", at, "only `a` and `f` can have a type in `< >`"
            at = _closing(signature, at, "<", ">")
        at += 1
    if any(mark not in _LASTING for mark in marks[1:]):
        return "", -1, "too many marks follow one type"
    return None


def _closing(text: str, at: int, opening: str, closing: str) -> int:
    """Return the offset of the bracket that closes the one at `at`; the length of the text where none does."""
    depth = 1
    while depth and at < len(text):
        at += 1
        char = text[at : at + 1]
        depth += (char == opening) - (char == closing)
    return at
