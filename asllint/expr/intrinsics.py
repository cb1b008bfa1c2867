"""Intrinsic functions: `States.Format('{}', $.name)` and the other seventeen.

ASL specification, "Intrinsic Functions" and "Appendix B: List of JSONPath Intrinsic Functions"; AWS developer guide,
"Intrinsic functions for JSONPath states". A call without a mistake is read here, by one regular expression and a stack;
what is wrong with any other, the grammar in grammars/intrinsics.lark tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from asllint.expr import HASHES, Fault, jsonpath, near
from asllint.expr.jsonpath import FILLER, Literal, Path, bare_literal
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from lark.exceptions import UnexpectedInput

    from asllint.source.node import Span

NESTING_LIMIT: Final = 10
"""How many calls may stand in each other (AWS developer guide, "Intrinsic functions for JSONPath states")."""
DEPTH_LIMIT: Final = 100
"""How deep calls are read."""

# what a function gives or takes
ANY: Final = "any"
STRING: Final = "string"
NUMBER: Final = "number"
BOOLEAN: Final = "boolean"
ARRAY: Final = "array"
OBJECT: Final = "object"


class Function:
    """An intrinsic function: what it gives, how many arguments it takes, and of which kinds; the last kind repeats."""

    __slots__ = ("gives", "least", "most", "name", "takes")

    def __init__(self, name: str, gives: str, least: int, most: int | None, *takes: str) -> None:
        self.name = name
        self.gives = gives
        self.least = least
        self.most = most
        self.takes = takes


FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for function in (
        # numbers that are no integers are rounded (AWS developer guide): any number will do
        Function("States.Format", STRING, 1, None, STRING, ANY),
        Function("States.StringToJson", ANY, 1, 1, STRING),
        Function("States.JsonToString", STRING, 1, 1, ANY),
        Function("States.Array", ARRAY, 0, None, ANY),
        Function("States.ArrayPartition", ARRAY, 2, 2, ARRAY, NUMBER),
        Function("States.ArrayContains", BOOLEAN, 2, 2, ARRAY, ANY),
        Function("States.ArrayRange", ARRAY, 3, 3, NUMBER),
        Function("States.ArrayGetItem", ANY, 2, 2, ARRAY, NUMBER),
        Function("States.ArrayLength", NUMBER, 1, 1, ARRAY),
        Function("States.ArrayUnique", ARRAY, 1, 1, ARRAY),
        Function("States.Base64Encode", STRING, 1, 1, STRING),
        Function("States.Base64Decode", STRING, 1, 1, STRING),
        Function("States.Hash", STRING, 2, 2, ANY, STRING),
        Function("States.JsonMerge", OBJECT, 3, 3, OBJECT, OBJECT, BOOLEAN),
        Function("States.MathRandom", NUMBER, 2, 3, NUMBER),
        Function("States.MathAdd", NUMBER, 2, 2, NUMBER),
        Function("States.StringSplit", ARRAY, 2, 2, STRING),
        Function("States.UUID", STRING, 0, 0, ANY),
    )
}

_RANGE_LIMIT: Final = 1000
_BASE64_LIMIT: Final = 10_000


class Call:
    """A call.

    name       as it stands; None where a placeholder is in it
    name_end   where the name ends; it starts at `start`
    arguments  calls, paths, and literals: "string", "number", "boolean", "null", or "unknown" for a placeholder
    """

    __slots__ = ("arguments", "end", "name", "name_end", "start")

    def __init__(self, name: str | None, start: int, name_end: int) -> None:
        self.name = name
        self.start = start
        self.name_end = name_end
        self.end = name_end
        self.arguments: list[Call | Path | Literal] = []

    def __repr__(self) -> str:
        return f"<call {self.start}-{self.end} {self.name}{self.arguments}>"


class Parsed:
    """What was read: a call, or what is wrong with it; neither where placeholders leave it open."""

    __slots__ = ("error", "root")

    def __init__(self, root: Call | None, error: Fault | None) -> None:
        self.root = root
        self.error = error


# Of the terminals of the grammar, with the name and its parenthesis as one.
_QUOTED: Final = r"""'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+\""""
_BRACKETS: Final = rf"\[(?:[^\[\]'\"]|{_QUOTED})*+\]"
_BRACKETS_2: Final = rf"\[(?:[^\[\]'\"]|{_QUOTED}|{_BRACKETS})*+\]"
_BRACKETS_3: Final = rf"\[(?:[^\[\]'\"]|{_QUOTED}|{_BRACKETS_2})*+\]"
_PATH: Final = rf"\$(?:[^,()\[\]'\"\s]|{_BRACKETS_3}|\((?:[^()\[\]'\"]|{_QUOTED}|\([^()]*+\))*+\))*+"
_TOKEN = late(
    rf"\s*+(?:([A-Za-z{FILLER}][\w.{FILLER}]*)\(|('(?:[^'\\]|\\.)*+')|({_PATH})"
    r"|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.])|(true|false|null)(?![\w.])"
    rf"|({FILLER}+)(?=\s*[,)])|(\))|(,))",
    16,  # re.DOTALL
)
_CALL, _STRING, _PATH_GROUP, _NUMBER, _WORD, _HOLE, _CLOSE, _COMMA = range(1, 9)
_START = late(rf"[A-Za-z{FILLER}][\w.{FILLER}]*\s*\(")
_ESCAPE = late(r"\\(.)", 16)  # re.DOTALL


def parse(text: str, holes: Sequence[Span] = ()) -> Parsed:
    """Read the call of an intrinsic function; spans count from the start of the text.

    holes  the spans in the text that placeholders fill in: what one stands in is unknown, the rest is read
    """
    plain = jsonpath.masked(text, holes) if holes else text
    end = len(plain.rstrip())
    root, fault = _plain(plain, end)
    if root is None and fault is None:
        fault = _by_grammar(plain, end)
    if fault is None:
        return Parsed(root, None)
    if FILLER in plain[max(0, fault.start - 1) : fault.end + 1]:
        return Parsed(None, None)
    return Parsed(None, fault)


def is_call(text: str) -> bool:
    """Whether a text begins as a call does: a name and a parenthesis."""
    return _START.match(text) is not None


@lru_cache(maxsize=1024)
def _plain(text: str, end: int) -> tuple[Call | None, Fault | None]:
    """Read a call; neither call nor fault where the grammar has to say what is wrong."""
    at = 0
    stack: list[Call] = []
    first: Fault | None = None
    awaited = True  # an argument, not a comma
    while True:
        match = _TOKEN.match(text, at, end)
        if match is None:
            return None, None
        kind = match.lastindex or 0
        start, at = match.span(kind)
        if kind == _CALL:
            if not awaited or (not stack and start > 0):
                return None, None
            name = match.group(kind)
            call = Call(None if FILLER in name else name, start, at)
            if stack:
                stack[-1].arguments.append(call)
            if len(stack) == DEPTH_LIMIT:
                message = f"Calls are nested more than {DEPTH_LIMIT} deep: what is in them is not read."
                return None, Fault("call-too-deep", start, at, message, "", None)
            stack.append(call)
            at += 1
            continue
        if not stack:
            return None, None
        if kind == _CLOSE:
            if awaited and stack[-1].arguments:
                return None, None  # behind a comma
            call = stack.pop()
            call.end = at
            awaited = False
            if not stack:
                return (None, first) if first or at < end else (call, None)
        elif kind == _COMMA:
            if awaited:
                return None, None
            awaited = True
        else:
            if not awaited:
                return None, None
            awaited = False
            argument, fault = _argument(text, kind, start, at)
            first = first or fault
            stack[-1].arguments.append(argument)


def _argument(text: str, kind: int, start: int, end: int) -> tuple[Path | Literal, Fault | None]:
    piece = text[start:end]
    if kind == _PATH_GROUP:
        parsed = jsonpath.parse(text, (), start, end)
        if parsed.root is not None:
            return parsed.root, None
        return Literal("unknown", start, end, piece, None), parsed.error
    if kind == _STRING:
        value = None if FILLER in piece else _ESCAPE.sub(r"\1", piece[1:-1])
        return Literal("string", start, end, piece, value), None
    if kind == _HOLE:
        return Literal("unknown", start, end, piece, None), None
    return bare_literal(start, end, piece), None


# -- what is wrong


def _by_grammar(text: str, end: int) -> Fault:
    """Say why a text is no call."""
    fault = _before(text, end)
    if fault is not None:
        return fault
    from lark.exceptions import UnexpectedInput

    from asllint.expr.grammars import load

    try:
        load("intrinsics").parse(text[:end])
    except UnexpectedInput as error:
        return _explain(text, end, error)
    # the one thing that the grammar takes and the reader does not
    blank = late(r"[\w.]\s+\(").search(text)
    start, stop = (blank.start() + 1, blank.end() - 1) if blank else (0, end)
    message = "The parenthesis must follow the name of the function immediately."
    return Fault("blank-before-parenthesis", start, stop, message, "Take the blank away.", None, "" if blank else None)


def _before(text: str, end: int) -> Fault | None:
    if not end:
        return Fault("not-a-call", 0, 0, "The value is empty: it must be a path or the call of an intrinsic function.")
    if text[0].isspace():
        stop = end - len(text[:end].lstrip())
        return Fault("leading-blank", 0, stop, "The value begins with a blank.", "Take it away.", None, "")
    if _START.match(text) is None:
        shown = jsonpath.shown(text, 0, end)
        message = f"`{shown}` is neither a path, which begins with `$`, nor the call of an intrinsic function."
        name = _meant(shown)
        cure = f"Did you mean `{name}(…)`?" if name else _in_a_format(text[:end])
        return Fault("not-a-call", 0, end, message, cure)
    return None


def _in_a_format(text: str) -> str:
    """Return the cure for a text with a path in it; "" where there is none."""
    if any(c in text for c in "'\\{}") or FILLER in text or not text.isprintable():
        return ""
    paths = _IN_A_TEXT.findall(text)
    call = f"States.Format('{_IN_A_TEXT.sub('{}', text)}', {', '.join(paths)})"
    return f"Write `{call}`." if paths and len(call) <= SHOWN else ""


_IN_A_TEXT = late(r"\$\$?(?:\.[A-Za-z_]\w*|\[[0-9]+\])+")
SHOWN: Final = 100
"""Characters of a call that a cure shows."""


def _explain(text: str, end: int, error: UnexpectedInput) -> Fault:
    """Say in words why the grammar stopped where it did."""
    from asllint.expr.grammars import stopped

    at, allowed = stopped(error, end)
    char = text[at : at + 1] if at < end else ""
    if not char:
        if "LPAR" in allowed:
            return _word(text, at, end)
        opened = _unclosed(text, at)
        return Fault("unclosed-call", opened, opened + 1, "The `(` is not closed.", "Close it with `)`.")
    if "LPAR" in allowed:
        return _word(text, at, end)
    if not _unclosed(text, at):
        message = f"`{jsonpath.shown(text, at, end)}` stands behind the call: nothing can."
        cure = "Select from the result with `States.ArrayGetItem`, or in the next state." if char in ".[" else ""
        return Fault("text-behind-call", at, end, message, cure)
    if char == "\\":
        message = "A backslash stands outside of a string."
        cure = "A quote inside a string is written `\\'`, and the string is not closed before it."
        return Fault("stray-backslash", at, at + 1, message, cure)
    path = text.rfind("$", 0, at)
    if char in "[(" and path > max(text.rfind(mark, 0, at) for mark in ",( '"):
        # brackets of a path that are not closed: the reader of paths knows what is wrong in them
        return jsonpath.parse(text, (), path, end).error or Fault(
            "unclosed-bracket", at, at + 1, f"The `{char}` is not closed."
        )
    if "COMMA" in allowed:
        previous = text[:at].rstrip()[-1:]
        if previous == "'":
            message = f"`{char}` stands behind the end of a string: a comma or `)` belongs here."
            return Fault("comma-missing", at, at + 1, message, "A quote inside a string is written `\\'`.")
        return Fault("comma-missing", at, at + 1, f"`{char}` cannot stand here: a comma or `)` belongs here.")
    if char in "),":
        return Fault("argument-missing", at, at + 1, f"An argument is missing before the `{char}`.")
    if char == "'":
        message = "The string that begins here is not closed."
        return Fault("unclosed-string", at, end, message, "Close it with `'`; a quote inside it is written `\\'`.")
    if char == '"':
        close = text.find('"', at + 1, end)
        inner = text[at + 1 : close] if close > 0 else ""
        plain = (
            0 < len(inner) <= SHOWN
            and not any(c in inner for c in "'\\")
            and FILLER not in inner
            and inner.isprintable()
        )
        message = "In an intrinsic function strings stand in single quotes."
        cure = f"Write `'{inner}'`." if plain else "Write `'…'`."
        instead = f"'{inner}'" if plain else None
        return Fault("double-quotes", at, (close if close > 0 else at) + 1, message, cure, instead=instead)
    if char in "[{":
        cures = {"[": "Write `States.Array(…)`.", "{": "Write `States.StringToJson('…')`, with the JSON in the quotes."}
        what = "array" if char == "[" else "object"
        return Fault("json-argument", at, at + 1, f"An {what} cannot be written as an argument.", cures[char])
    if char == "$":
        stop = next((i for i in range(at, end) if text[i] in ",)"), end)
        message = f"The path `{jsonpath.shown(text, at, stop)}` cannot be read."
        return Fault("unexpected-character", at, stop, message)
    message = f"`{char}` cannot stand here: an argument is a string in single quotes, a number, a path or a call."
    return Fault("unexpected-character", at, at + 1, message)


def _word(text: str, at: int, end: int) -> Fault:
    """Say what is wrong with a word that is an argument: it ends at `at` but for blanks."""
    stop = len(text[:at].rstrip())
    start = stop
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_." + FILLER):
        start -= 1
    word = text[start:stop]
    name = _meant(word)
    if name and "." in word:
        return Fault("parenthesis-missing", start, stop, f"`(` is missing behind `{word}`.", f"Write `{name}(…)`.")
    message = f"`{word}` is no argument: it is neither a string in single quotes, nor a path, nor a number."
    cure = f"Write `'{word}'` for the text, or `$.{word}` for the field of that name."
    if word.lower() in ("true", "false", "null"):
        cure = f"Write `{word.lower()}`."
    elif word.lower() in ("none", "undefined", "nil"):
        cure = "Write `null`."
    return Fault("bare-word", start, stop, message, cure)


def _meant(name: str) -> str | None:
    """Return the function that a name most likely stands for; the prefix that all have is left out of the comparison."""
    prefix, dot, rest = name.rpartition(".")
    found = (
        near(rest, [known.removeprefix("States.") for known in FUNCTIONS])
        if not dot or near(prefix, ["States"])
        else None
    )
    return f"States.{found}" if found else None


def _unclosed(text: str, end: int) -> int:
    """Return where the innermost parenthesis is that is open at `end`; 0 where none is."""
    opened = [0]
    at = 0
    while at < end:
        char = text[at]
        if char == "(":
            opened.append(at)
        elif char == ")" and len(opened) > 1:
            opened.pop()
        elif char == "'":
            at += 1
            while at < end and text[at] != "'":
                at += 2 if text[at] == "\\" else 1
        at += 1
    return opened[-1]


# -- what a call is


def calls(root: Call) -> Iterator[tuple[Call, int]]:
    """Yield a call and all calls in it, in the order of the text, each with its depth: 1 for the outermost."""
    stack = [(root, 1)]
    while stack:
        call, depth = stack.pop()
        yield call, depth
        stack += ((a, depth + 1) for a in reversed(call.arguments) if isinstance(a, Call))


def paths(root: Call) -> Iterator[Path]:
    """Yield every path in the arguments of a call and of the calls in it, those in filters too, in the order of the text."""
    stack: list[Call | Path | Literal] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, Call):
            stack += reversed(item.arguments)
        else:
            yield from jsonpath.paths(item)


def paths_in(text: str, holes: Sequence[Span] = ()) -> list[Path] | None:
    """Return every path in a string that is a path or a call, those in filters and arguments too; None where it is not read.

    holes  as `parse` takes them
    """
    if text.lstrip().startswith("$"):
        path = jsonpath.parse(text, holes).root
        return None if path is None else list(jsonpath.paths(path))
    call = parse(text, holes).root
    return None if call is None else list(paths(call))


def check(root: Call) -> list[Fault]:
    """Say what is wrong with a call that was read, in the order of the text: names, arguments, strings, nesting."""
    out: list[Fault] = []
    for call, depth in calls(root):
        if depth == NESTING_LIMIT + 1:
            message = f"More than {NESTING_LIMIT} intrinsic functions are nested in each other."
            cure = "Compute a part of it in a state before."
            out.append(Fault("nesting", call.start, call.name_end, message, cure, None))
        for argument in call.arguments:
            if isinstance(argument, Literal) and argument.kind == "string":
                out += _escapes(argument)
        if call.name is not None:
            function = FUNCTIONS.get(call.name)
            out += [_unknown(call, call.name)] if function is None else _arguments(call, function)
    out.sort(key=lambda fault: fault.start)
    return out


def _unknown(call: Call, name: str) -> Fault:
    meant = _meant(name)
    message = f"`{name}` is no intrinsic function."
    if meant and name.lower() == meant.lower():
        message += " Letter case counts."
    cure = f"Did you mean `{meant}`?" if meant else ""
    return Fault("unknown-function", call.start, call.name_end, message, cure, instead=meant)


def _escapes(literal: Literal) -> Iterator[Fault]:
    """Yield the escapes of a string that AWS refuses: all but `\\'`, `\\{`, `\\}` and `\\\\` (specification, recorded)."""
    if "\\" not in literal.text:
        return
    for match in _ESCAPE.finditer(literal.text):
        char = match.group(1)
        if char not in "'{}\\" and char != FILLER:
            start = literal.start + match.start()
            message = f"`\\{char}` is no escape in a string of an intrinsic function: only `\\'`, `\\{{`, `\\}}` and `\\\\` are."
            cure = {'"': 'A double quote needs none here: write `"`.', "n": "Put the line break itself there."}.get(
                char, f"Write `{char}`, or `\\\\{char}` for a backslash."
            )
            yield Fault("escape", start, start + 2, message, cure)


def _arguments(call: Call, function: Function) -> list[Fault]:
    given = call.arguments
    name = function.name
    if len(given) < function.least or (function.most is not None and len(given) > function.most):
        few = len(given) < function.least
        at = (call.start, call.name_end) if few else (given[function.most or 0].start, given[-1].end)
        return [Fault("argument-count", *at, f"`{name}` takes {_count(function)}, not {len(given)}.", "", None)]
    out = []
    for i, argument in enumerate(given):
        wanted = function.takes[min(i, len(function.takes) - 1)]
        kind = kind_of(argument)
        if kind is not None and ANY not in (wanted, kind) and kind != wanted:
            message = f"Argument {i + 1} of `{name}` must be {_article(wanted)}, and this is {_article(kind)}."
            out.append(Fault("argument-kind", argument.start, argument.end, message, "", None))
    return out or list(_VALUES.get(name, lambda call: ())(call))


def kind_of(argument: Call | Path | Literal) -> str | None:
    """Return what an argument is: ANY and its kin, or "null"; None where only the execution can know."""
    if isinstance(argument, Path):
        return None
    if isinstance(argument, Literal):
        return None if argument.kind == "unknown" else argument.kind
    function = FUNCTIONS.get(argument.name or "")
    return function.gives if function else None


def _count(function: Function) -> str:
    least, most = function.least, function.most
    if most is None:
        return f"at least {least} argument{'s' if least != 1 else ''}"
    if most == 0:
        return "no arguments"
    number = str(least) if least == most else f"{least} or {most}"
    return f"{number} argument{'s' if most != 1 else ''}"


def _article(kind: str) -> str:
    return kind if kind == "null" else f"{'an' if kind[0] in 'ao' else 'a'} {kind}"


def _value(call: Call, i: int) -> object:
    """Return the value of an argument that is a literal; None for any other."""
    argument = call.arguments[i] if i < len(call.arguments) else None
    return argument.value if isinstance(argument, Literal) else None


def _format(call: Call) -> Iterator[Fault]:
    template = call.arguments[0]
    if not isinstance(template, Literal) or not isinstance(template.value, str):
        return
    text = template.text
    count = 0
    at = 1
    while at < len(text) - 1:
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "{" and text[at + 1] == "}":
            count += 1
            at += 1
        elif char in "{}":
            what, cure = ("`}` does not follow", "{") if char == "{" else ("`{` does not stand before", "}")
            message = f"In the template of `States.Format` {what} this `{char}`: the execution fails here."
            cure = f"Write `{{}}` for a value, and `\\{cure}` for the brace itself."
            yield Fault("format-brace", template.start + at, template.start + at + 1, message, cure, False)
            return
        at += 1
    values = len(call.arguments) - 1
    if count == values:
        return
    message = f"The template has {count} `{{}}`, and {values} value{' follows' if values == 1 else 's follow'}."
    span = (
        (call.arguments[count + 1].start, call.arguments[-1].end) if values > count else (template.start, template.end)
    )
    yield Fault("format-count", *span, message, "There must be one value for each `{}`.", None)


def _range(call: Call) -> Iterator[Fault]:
    first, last, step = (_value(call, i) for i in range(3))
    if isinstance(step, int | float) and round(step) == 0:
        argument = call.arguments[2]
        yield Fault(
            "zero-step", argument.start, argument.end, "The step of `States.ArrayRange` must not be 0.", "", None
        )
    elif isinstance(first, int) and isinstance(last, int) and isinstance(step, int):
        length = (last - first) // step + 1
        if length > _RANGE_LIMIT:
            message = f"The array would have {length} items: `States.ArrayRange` makes at most {_RANGE_LIMIT}."
            yield Fault("range-length", call.start, call.end, message, "", None)


def _partition(call: Call) -> Iterator[Fault]:
    size = _value(call, 1)
    if isinstance(size, int | float) and size <= 0:
        argument = call.arguments[1]
        message = "The size of a part must be a positive number."
        yield Fault("part-size", argument.start, argument.end, message, "", None)


def _hash(call: Call) -> Iterator[Fault]:
    algorithm = _value(call, 1)
    if isinstance(algorithm, str) and algorithm not in HASHES:
        argument = call.arguments[1]
        meant = near(algorithm, HASHES) or next((h for h in HASHES if h.replace("-", "") == algorithm.upper()), None)
        cure = f"Did you mean `{meant}`?" if meant else f"It is one of {', '.join(f'`{h}`' for h in HASHES)}."
        message = f"`{algorithm}` is no algorithm of `States.Hash`."
        yield Fault("hash-algorithm", argument.start, argument.end, message, cure, None)


def _merge(call: Call) -> Iterator[Fault]:
    if _value(call, 2) is True:
        argument = call.arguments[2]
        message = (
            "AWS merges objects only at their top level: the third argument of `States.JsonMerge` must be `false`."
        )
        yield Fault("deep-merge", argument.start, argument.end, message, "Write `false`.", None)


def _base64(call: Call) -> Iterator[Fault]:
    data = _value(call, 0)
    if isinstance(data, str) and len(data) > _BASE64_LIMIT:
        argument = call.arguments[0]
        message = f"The string has {len(data)} characters: `{call.name}` takes at most {_BASE64_LIMIT}."
        yield Fault("string-length", argument.start, argument.end, message, "", None)


_VALUES: Final = {
    "States.Format": _format,
    "States.ArrayRange": _range,
    "States.ArrayPartition": _partition,
    "States.Hash": _hash,
    "States.JsonMerge": _merge,
    "States.Base64Encode": _base64,
    "States.Base64Decode": _base64,
}
