"""JSONPath as AWS reads it: paths, reference paths, the context object.

The dialect is Jayway JsonPath's, which the ASL specification names ("Paths"), with `$$` for the context object and
`$name` for a variable. What AWS has been seen to accept beyond it is accepted too: a text without quotes in a filter, a
function (which AWS takes for the name of a field, so that the execution fails). A path without filter, union and function
is read here, by regular expressions; everything else, and every error, by the grammar in grammars/jsonpath.lark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from asllint.expr import Fault, near
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

    from asllint.source.node import Span

LENGTH_LIMIT: Final = 10_000
"""The longest path, in code points, that the grammar reads."""
DEPTH_LIMIT: Final = 50
"""How deep brackets and parentheses of a path may be nested."""

FILLER: Final = "\ue000"
"""What stands for a character that a placeholder fills in later."""

# -- roots of a path
INPUT: Final = "$"
CONTEXT: Final = "$$"
CURRENT: Final = "@"
VARIABLE: Final = "variable"
UNKNOWN: Final = "unknown"

# -- kinds of a step
NAME: Final = "name"
NAMES: Final = "names"
INDEX: Final = "index"
INDEXES: Final = "indexes"
SLICE: Final = "slice"
WILDCARD: Final = "wildcard"
SCAN: Final = "scan"
FILTER: Final = "filter"
FUNCTION: Final = "function"
SCRIPT: Final = "script"

_COMPARISONS: Final = frozenset(("==", "!=", "<", "<=", ">", ">=", "===", "!==", "=~"))
_WORDS: Final = frozenset(
    ("in", "nin", "subsetof", "anyof", "noneof", "all", "contains", "size", "empty", "exists", "type", "matches")
)  # fmt: skip


class Literal:
    """A literal in a filter, in the arguments of a function, or in an intrinsic function.

    kind   "string", "number", "boolean", "null"; "bare" (a text without quotes), "regex", "list", "object" in paths
           alone; "unknown" where a placeholder stands for the whole of it
    value  of a string its text, escapes resolved; of a number int or float; of a boolean bool; of a list its members; of
           any other the text as it stands; None where it is null, or a placeholder is in it
    text   as it stands
    """

    __slots__ = ("end", "kind", "start", "text", "value")

    def __init__(self, kind: str, start: int, end: int, text: str, value: object) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.value = value

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}-{self.end} {self.value!r}>"


class Condition:
    """A part of a filter.

    kind      "and", "or", "not", "compare", "exists"
    operator  of "compare": as it stands
    parts     of "and", "or", "not": tests; of the others: paths and literals
    """

    __slots__ = ("end", "kind", "operator", "parts", "start")

    def __init__(
        self, kind: str, start: int, end: int, parts: Sequence[Condition | Path | Literal], operator: str = ""
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.parts = parts
        self.operator = operator


class Step:
    """A step of a path.

    kind        one of the constants above, or UNKNOWN: a placeholder stands for the whole of it
    start, end  the span, the dot or brackets included
    value       NAME str; INDEX int; NAMES, INDEXES a tuple; SLICE (from, to) with None for the end; FUNCTION its name;
                FILTER the Condition; SCRIPT its text; None for any other. A name or index that a placeholder fills in, or
                that has a backslash in it (AWS's specification and Jayway read it differently), is None too
    inner       the span of the name, or of what is between the brackets
    quoted      NAME: written in brackets
    arguments   FUNCTION: paths and literals
    """

    __slots__ = ("arguments", "end", "inner", "kind", "quoted", "start", "value")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        value: object,
        inner: Span,
        quoted: bool = False,
        arguments: Sequence[Path | Literal] = (),
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.value = value
        self.inner = inner
        self.quoted = quoted
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"<{self.kind} {self.start}-{self.end} {self.value!r}>"


class Path:
    """A path.

    root      INPUT, CONTEXT, VARIABLE, CURRENT (in a filter alone), or UNKNOWN: a placeholder stands in its place
    variable  VARIABLE: the name without the dollar sign; None where a placeholder is in it, and for every other root
    root_end  where the root ends; it starts at `start`
    """

    __slots__ = ("end", "root", "root_end", "start", "steps", "variable")

    def __init__(
        self, root: str, variable: str | None, start: int, root_end: int, end: int, steps: Sequence[Step]
    ) -> None:
        self.root = root
        self.variable = variable
        self.start = start
        self.root_end = root_end
        self.end = end
        self.steps = steps

    def __repr__(self) -> str:
        return f"<path {self.root} {self.variable or ''}{list(self.steps)}>"


class Parsed:
    """What was read: a path, or what is wrong with it; neither where placeholders leave it open."""

    __slots__ = ("error", "root")

    def __init__(self, root: Path | None, error: Fault | None) -> None:
        self.root = root
        self.error = error


_ROOT = late(rf"\$(?:\$|[^\W\d][\w{FILLER}]*|{FILLER}[\w{FILLER}]*)?|{FILLER}+")
# the dot; then a name, *, or brackets with one index, *, a name in quotes, or a slice
_STEP = late(
    rf"(\.\.|\.)?(?:([\w\-{FILLER}]+)|(\*)"
    r"""|\[(?:(-?\d{1,9})|(\*)|'([^'\\]*+)'|"([^"\\]*+)"|(-?\d{1,9})?:(-?\d{1,9})?)\])"""
)
_NAME_GROUP, _STAR_GROUP, _INDEX_GROUP, _ALL_GROUP, _SINGLE_GROUP, _DOUBLE_GROUP = 2, 3, 4, 5, 6, 7


def parse(text: str, holes: Sequence[Span] = (), start: int = 0, end: int | None = None) -> Parsed:
    """Read a path, or the part of a text from `start` to `end` as one; every span counts from the start of the text.

    holes  the spans in the text that placeholders fill in: the step that one stands in is unknown, the rest is read
    """
    if end is None:
        end = len(text)
    if holes:
        text = masked(text, holes)
    stop = end
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    path = _plain(text, start, stop)
    return Parsed(path, None) if path is not None else _by_grammar(text, start, stop)


def masked(text: str, holes: Sequence[Span]) -> str:
    """Return the text with FILLER for every character of a placeholder: it has the same length."""
    for start, end in holes:
        text = f"{text[:start]}{FILLER * (end - start)}{text[end:]}"
    return text


@lru_cache(maxsize=4096)  # several ask for the same path, and the same few names are written again and again
def _plain(text: str, start: int, end: int) -> Path | None:
    """Read a path that needs no grammar; None for any other."""
    match = _ROOT.match(text, start, end)
    if match is None:
        return None
    at = root_end = match.end()
    steps: list[Step] = []
    bracketed = False  # a name may follow a bracket or `*` without a dot
    step_at = _STEP.match
    while at < end:
        match = step_at(text, at, end)
        if match is None:
            return None
        dot, begin, stop = match.group(1), at, match.end()
        if dot == "..":
            steps.append(Step(SCAN, at, at + 2, None, (at, at + 2)))
            begin += 2
        elif dot is None and text[at] != "[" and not bracketed:
            return None
        group = match.lastindex or 1
        inner = match.span(group)
        bracketed = True
        if group == _NAME_GROUP:
            bracketed = False
            name: str | None = match.group(2)
            steps.append(Step(NAME, begin, stop, None if FILLER in match.group(2) else name, inner))
        elif group in (_SINGLE_GROUP, _DOUBLE_GROUP):
            name = match.group(group)
            steps.append(Step(NAME, begin, stop, None if FILLER in name else name, inner, True))
        elif group == _INDEX_GROUP:
            steps.append(Step(INDEX, begin, stop, int(match.group(group)), inner))
        elif group in (_STAR_GROUP, _ALL_GROUP):
            steps.append(Step(WILDCARD, begin, stop, None, inner))
        else:
            first, last = match.group(8), match.group(9)
            if first is None and last is None:
                return None
            bounds = (None if first is None else int(first), None if last is None else int(last))
            steps.append(Step(SLICE, begin, stop, bounds, (text.index("[", begin) + 1, stop - 1)))
        at = stop
    return Path(*_root(text[start:root_end]), start, root_end, end, steps)


def _root(text: str) -> tuple[str, str | None]:
    """Return the kind of a root, and the name of a variable."""
    if text in (INPUT, CONTEXT, CURRENT):
        return text, None
    if not text.startswith("$"):
        return UNKNOWN, None
    return VARIABLE, None if FILLER in text else text[1:]


def _by_grammar(text: str, start: int, end: int) -> Parsed:
    """Read a path by the grammar, or say what is wrong with it."""
    fault = _before(text, start, end)
    if fault is None:
        from lark.exceptions import UnexpectedInput

        from asllint.expr.grammars import load

        grammar: Lark = load("jsonpath")
        builder = _Builder(text, start)
        try:
            path = builder.path(grammar.parse(text[start:end]))
            fault = builder.fault
            if fault is None:
                return Parsed(path, None)
        except UnexpectedInput as error:
            fault = _explain(text, start, end, error)
    # what a placeholder may fill in mends it, or not: nobody knows
    if FILLER in text[max(start, fault.start - 1) : min(end, fault.end + 1)]:
        return Parsed(None, None)
    return Parsed(None, fault)


def _before(text: str, start: int, end: int) -> Fault | None:
    """Say what is wrong before any step is read: no dollar sign at the start, or too long or deep to be read."""
    first = text[start : start + 1] if start < end else ""
    if not first:
        return Fault("empty-path", start, end, "The path is empty.", "Write `$` for the whole of the data.")
    if first not in ("$", FILLER):
        if first.isspace():
            stop = next(i for i in range(start, end) if not text[i].isspace())
            return Fault("leading-blank", start, stop, "The path begins with a blank.", "Take it away.", None, "")
        if first == "@":
            message = "`@` is the current item in a filter; the path itself begins with `$`."
            return Fault("no-dollar", start, start + 1, message, "Write `$` in its place.")
        whole = shown(text, start, end)
        cure = f"Did you mean `$.{whole}`?" if whole.isidentifier() else "Begin it with `$`."
        if whole.startswith("{%"):
            cure = "Write a path: JSONata is read in states whose `QueryLanguage` is `JSONata`, in other fields."
        elif whole[0] == ".":
            cure = f"Did you mean `${whole}`?"
        meant = f"$.{whole}" if all(name.isidentifier() for name in whole.split(".")) else None
        return Fault("no-dollar", start, end, f"`{whole}` is no path: a path begins with `$`.", cure, instead=meant)
    if end - start > LENGTH_LIMIT:
        message = f"The path has {end - start} characters: more than {LENGTH_LIMIT} are not read."
        return Fault("path-too-long", start, end, message, "", None)
    depth = 0
    for at in range(start, end):
        if text[at] in "[({":
            depth += 1
            if depth > DEPTH_LIMIT:
                message = f"Brackets are nested more than {DEPTH_LIMIT} deep: the path is not read further."
                return Fault("path-too-deep", at, at + 1, message, "", None)
        elif text[at] in "])}":
            depth -= 1
    return None


class _Builder:
    """Makes a path of a parse tree. What the grammar lets pass and the dialect does not is left in `fault`: the first."""

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset
        self.fault: Fault | None = None

    def span(self, token: Token) -> Span:
        start = self.offset + (token.start_pos or 0)
        return start, start + len(token)

    def path(self, tree: Tree[Token]) -> Path:
        root, *rest = tree.children
        start, root_end = self.span(_token(root))
        at = root_end
        steps: list[Step] = []
        for child in rest:
            at = self.steps(_tree(child), at, steps)
        return Path(*_root(self.text[start:root_end]), start, root_end, at, steps)

    def steps(self, tree: Tree[Token], at: int, out: list[Step]) -> int:
        """Add the steps of a child, a bracket or a name without a dot, which begins at `at`; return its end."""
        if tree.data in ("bracket", "inner_bracket"):
            return self.bracket(tree, at, at, out)
        children = tree.children
        begin = at
        head = children[0]
        if not _is_tree(head) and _token(head).type in ("DOT", "SCAN"):
            self.touch(at, self.span(_token(head))[0])
            end = self.span(_token(head))[1]
            if _token(head).type == "SCAN":
                out.append(Step(SCAN, at, end, None, (at, end)))
                begin = end
            at = end
            children = children[1:]
        head = children[0]
        if _is_tree(head):
            return self.bracket(_tree(head), begin, at, out)
        inner = self.span(_token(head))
        self.touch(at, inner[0])
        name = str(head)
        if name == "*":
            out.append(Step(WILDCARD, begin, inner[1], None, inner))
            return inner[1]
        if len(children) == 1:
            value = None if FILLER in name or "\\" in name else name
            out.append(Step(NAME, begin, inner[1], value, inner))
            return inner[1]
        arguments = _tree(children[1])
        self.touch(inner[1], self.span(_token(arguments.children[0]))[0])
        end = self.span(_token(arguments.children[-1]))[1]
        out.append(Step(FUNCTION, begin, end, name, inner, False, self.operands(arguments.children[1:-1])))
        return end

    def touch(self, at: int, start: int) -> None:
        """Note a blank between two parts of a path."""
        if start > at and self.fault is None:
            message = "A blank cannot stand between the steps of a path."
            cure = "Take it away; a name with a blank in it is written in brackets: `['my name']`."
            self.fault = Fault("blank-in-path", at, start, message, cure)

    def bracket(self, tree: Tree[Token], begin: int, at: int, out: list[Step]) -> int:
        opening, content, closing = tree.children
        self.touch(at, self.span(_token(opening))[0])
        end = self.span(_token(closing))[1]
        inner = self.span(_token(opening))[1], end - 1
        node = _tree(content)
        tokens = node.children
        kind = str(node.data)
        if kind == "names":
            names = tuple(_unquoted(str(token)) for token in tokens if _token(token).type == "QUOTED")
            if len(names) == 1:
                start, stop = self.span(_token(tokens[0]))
                out.append(Step(NAME, begin, end, names[0], (start + 1, stop - 1), True))
            else:
                out.append(Step(NAMES, begin, end, names, inner, True))
        elif kind == "indexes":
            numbers = tuple(_number(str(token)) for token in tokens if _token(token).type == "INT")
            if len(numbers) == 1:
                out.append(Step(INDEX, begin, end, numbers[0], self.span(_token(tokens[0]))))
            else:
                out.append(Step(INDEXES, begin, end, numbers, inner))
        elif kind == "slice":
            out.append(self.slice(tokens, begin, end, inner))
        elif kind == "all":
            out.append(Step(WILDCARD, begin, end, None, self.span(_token(tokens[0]))))
        elif kind == "filter":
            out.append(Step(FILTER, begin, end, self.test(_tree(tokens[2])), inner))
        elif kind == "script":
            out.append(Step(SCRIPT, begin, end, str(tokens[0]), inner))
        else:
            out.append(Step(UNKNOWN, begin, end, None, inner))
        return end

    def slice(self, tokens: Sequence[object], begin: int, end: int, inner: Span) -> Step:
        bounds: list[int | None] = [None, None, None]
        i = 0
        for token in tokens:
            if str(token) == ":":
                i += 1
            else:
                bounds[i] = _number(str(token))
        if bounds[0] is None and bounds[1] is None and self.fault is None:
            message = "The slice has neither a first nor a last index."
            self.fault = Fault("empty-slice", *inner, message, "Write `[*]` for every item.")
        return Step(SLICE, begin, end, (bounds[0], bounds[1]), inner)

    # -- filters

    def test(self, tree: Tree[Token]) -> Condition:
        kind = str(tree.data)
        children = tree.children
        if kind in ("either", "both"):
            tests = [self.test(_tree(child)) for child in children if _is_tree(child)]
            return Condition("or" if kind == "either" else "and", tests[0].start, tests[-1].end, tests)
        if kind == "negated":
            test = self.test(_tree(children[-1]))
            return Condition("not", self.span(_token(children[0]))[0], test.end, (test,))
        if kind == "group":
            test = self.test(_tree(children[1]))
            test.start, test.end = self.span(_token(children[0]))[0], self.span(_token(children[-1]))[1]
            return test
        if kind == "exists":
            operand = self.operand(children[0])
            return Condition("exists", operand.start, operand.end, (operand,))
        left, right = self.operand(children[0]), self.operand(children[2])
        operator = _token(children[1])
        text = str(operator)
        if text not in _COMPARISONS and text.lower() not in _WORDS and FILLER not in text and self.fault is None:
            self.fault = _unknown_operator(*self.span(operator), text)
        return Condition("compare", left.start, right.end, (left, right), text)

    def operands(self, children: Sequence[object]) -> list[Path | Literal]:
        return [self.operand(child) for child in children if _is_tree(child)]

    def operand(self, child: object) -> Path | Literal:
        if not _is_tree(child):
            start, end = self.span(_token(child))
            return Literal("regex", start, end, str(child), str(child))
        tree = _tree(child)
        kind = str(tree.data)
        if kind == "inner":
            return self.path(tree)
        start, _ = self.span(_token(tree.children[0]))
        _, end = self.span(_token(tree.children[-1]))
        text = self.text[start:end]
        if kind == "list":
            return Literal("list", start, end, text, tuple(self.operands(tree.children)))
        if FILLER in text:
            return Literal("string" if kind == "string" else "unknown", start, end, text, None)
        if kind == "string":
            return Literal("string", start, end, text, _unescaped(text[1:-1]))
        if kind == "object":
            return Literal("object", start, end, text, text)
        return bare_literal(start, end, text)


def bare_literal(start: int, end: int, text: str) -> Literal:
    """Return the literal that a word without quotes is: a boolean, null, a number, or a text."""
    if text in ("true", "false"):
        return Literal("boolean", start, end, text, text == "true")
    if text == "null":
        return Literal("null", start, end, text, None)
    if _NUMBER.fullmatch(text) and len(text) < 400:
        return Literal("number", start, end, text, float(text) if set(text) & set(".eE") else int(text))
    return Literal("bare", start, end, text, text)


_NUMBER = late(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_ESCAPE = late(r"\\(.)", 16)  # re.DOTALL


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def _unquoted(text: str) -> str | None:
    return None if FILLER in text else _unescaped(text[1:-1])


def _number(text: str) -> int | None:
    return int(text) if len(text) < 400 else None


def _is_tree(child: object) -> bool:
    return hasattr(child, "children")


def _tree(child: object) -> Tree[Token]:
    assert _is_tree(child)
    return child  # type: ignore[return-value]


def _token(child: object) -> Token:
    assert not _is_tree(child)
    return child  # type: ignore[return-value]


def shown(text: str, start: int, end: int) -> str:
    """Return a part of a text as a message has it: on one line, and not long."""
    piece = " ".join(text[start:end].split())
    return piece if len(piece) <= 60 else f"{piece[:57]}…"


def _unknown_operator(start: int, end: int, text: str) -> Fault:
    cures = {"=": "`==`", "<>": "`!=`", "=>": "`>=`", "=<": "`<=`", "eq": "`==`", "equals": "`==`", "is": "`==`"}
    cures |= {"ne": "`!=`", "gt": "`>`", "lt": "`<`", "ge": "`>=`", "le": "`<=`", "like": "`=~`"}
    cure = cures.get(text.lower()) or (f"`{word}`" if (word := near(text, _WORDS)) else "")
    message = f"`{text}` is no operator of a filter."
    return Fault("unknown-operator", start, end, message, f"Did you mean {cure}?" if cure else "Compare with `==`.")


def _explain(text: str, start: int, end: int, error: UnexpectedInput) -> Fault:
    """Say in words why the grammar stopped where it did."""
    from asllint.expr.grammars import stopped

    at, allowed = stopped(error, end - start)
    at += start
    char = text[at : at + 1] if at < end else ""
    opened = _unclosed(text, start, at)

    if text[at - 1] == "." and not opened:
        dots = at
        while dots > start and text[dots - 1] == ".":
            dots -= 1
        if char == "." or at - dots > 2:
            while at < end and text[at] == ".":
                at += 1
            message = "There are more than two dots in a row."
            return Fault("dots", dots, at, message, "Write one for a step, two to look at every depth.")
        what = "ends in a dot" if not char else f"has `{char}` where the name behind a dot belongs"
        return Fault("name-missing", dots, min(at + 1, end), f"The path {what}.", "Write a name, or take the dot away.")
    if opened and text[opened[-1]] == "[" and char == "]" and text[start:at].rstrip().endswith(","):
        comma = text.rindex(",", start, at)
        return Fault("trailing-comma", comma, comma + 1, "Nothing stands behind the comma.", "Take the comma away.")
    if char in ("'", '"'):
        if "COMMA" in allowed:
            return Fault("comma-missing", at, at + 1, "A comma is missing before the name.", "Write `['a', 'b']`.")
        message = f"The text that begins with `{char}` is not closed, or a quote inside it is not escaped."
        return Fault("unclosed-quote", at, end, message, f"Close it with `{char}`; inside, write `\\{char}`.")
    if opened and text[opened[-1]] == "[" and "QUOTED" in allowed and "INT" in allowed:
        return _bracket_fault(text, opened[-1], at, end)
    if not char:
        bracket = opened[-1] if opened else start
        kind = {"[": ("unclosed-bracket", "]"), "(": ("unclosed-parenthesis", ")")}.get(text[bracket])
        if opened and kind:
            message = f"The `{text[bracket]}` is not closed."
            return Fault(kind[0], bracket, end, message, f"Close it with `{kind[1]}`.")
        return Fault("path-cut-off", max(start, end - 1), end, "The path ends too early.")
    if opened:
        return _filter_fault(text, opened[-1], at, end, allowed)
    if at == _root_end(text, start):
        return _root_fault(text, start, at, end)
    if char == "]":
        message = "The `]` closes no bracket."
        return Fault("stray-bracket", at, at + 1, message, "Take it away, or write the `[` before it.")
    return Fault("unexpected-character", at, at + 1, f"`{char}` cannot stand here in a path.", _IN_BRACKETS)


_IN_BRACKETS: Final = "A name with such a character in it is written in brackets: `['my name']`."


def _root_end(text: str, start: int) -> int:
    match = _ROOT.match(text, start)
    return match.end() if match else start


def _unclosed(text: str, start: int, end: int) -> list[int]:
    """Return where the brackets and parentheses begin that are open at `end`, quotes stepped over."""
    opened: list[int] = []
    at = start
    while at < end:
        char = text[at]
        if char == "\\":
            at += 1
        elif char in "[(":
            opened.append(at)
        elif char in "])":
            if opened:
                opened.pop()
        elif char in "'\"" and opened:
            close = at + 1
            while close < end and text[close] != char:
                close += 2 if text[close] == "\\" else 1
            at = close
        at += 1
    return opened


def _bracket_fault(text: str, opened: int, at: int, end: int) -> Fault:
    """Say what is wrong right behind the bracket that opens a step."""
    if at >= end:
        return Fault("unclosed-bracket", opened, end, "The `[` is not closed.", "Close it with `]`.")
    if text[at] == "]":
        cure = "Write a name in quotes, an index, or `*`."
        return Fault("empty-brackets", opened, at + 1, "The brackets are empty.", cure)
    stop = at
    while stop < end and text[stop] not in "],":
        stop += 1
    name = shown(text, at, stop)
    if not any(char.isalnum() for char in name):
        return Fault("unclosed-bracket", opened, at, "The `[` is not closed.", "Close it with `]`.")
    message = f"`{name}` in brackets is neither a name in quotes nor an index."
    return Fault("unquoted-name", at, max(stop, at + 1), message, f"Write `['{name}']` for the field of that name.")


def _filter_fault(text: str, opened: int, at: int, end: int, allowed: set[str]) -> Fault:
    """Say what is wrong inside of brackets or parentheses."""
    char = text[at]
    before = text[opened:at].strip()
    if "LPAR" in allowed and before.endswith("?"):
        if char == "]":
            message = "The filter is empty: `?` stands for one that only a program can supply."
            return Fault("empty-filter", opened, at + 1, message, "Write the test: `[?(@.name == 'value')]`.")
        message = "The test of a filter must stand in parentheses."
        return Fault("filter-without-parentheses", at, end, message, "Write `[?(@.name == 'value')]`.")
    if text[opened] == "[":
        if "COMMA" in allowed:
            stop = next((i for i in range(at, end) if text[i] in "],"), end)
            message = f"`{shown(text, at, stop)}` cannot stand here: a comma or `]` belongs here."
            cure = "A quote inside a name is escaped: `\\'`." if "'" in before else "An index is a whole number."
            return Fault("bracket-content", at, max(stop, at + 1), message, cure)
        message = f"`{char}` cannot stand here: the bracket must be closed before it."
        return Fault("bracket-content", at, at + 1, message, "Write the `]` here.")
    if "INNER_ROOT" in allowed:
        if char == ")":
            message = "A value is missing before the `)`."
            return Fault("operand-missing", at, at + 1, message, "Write a path such as `@.name`, or a value.")
        return _word_operator(before, text, at) or Fault(
            "operand-missing", at, at + 1, f"`{char}` stands where a path or a value belongs."
        )
    if char in "&|":
        message = f"`{char}` alone is no operator of a filter."
        return Fault("unknown-operator", at, at + 1, message, f"Write `{char * 2}`.")
    if fault := _word_operator(before, text, at):
        return fault
    if char == "]":
        return Fault("unclosed-parenthesis", opened, at, "The `(` is not closed.", "Close it with `)`.")
    message = f"`{char}` cannot stand here in a filter."
    return Fault("unexpected-character", at, at + 1, message, "Write a text in quotes: `'…'`.")


def _word_operator(before: str, text: str, at: int) -> Fault | None:
    """Say what is wrong with an ``and`` or ``or`` that stands before `at`, in any case; `before`: what is open, up to there."""
    written = before.rsplit(None, 1)[-1] if before else ""
    operator = {"and": "&&", "or": "||"}.get(written.lower())
    if operator is None:
        return None
    end = len(text[:at].rstrip())
    message = f"`{written}` is no operator of a filter."
    return Fault("unknown-operator", end - len(written), end, message, f"Write `{operator}`.")


def _root_fault(text: str, start: int, at: int, end: int) -> Fault:
    """Say what is wrong right behind the root."""
    root = text[start:at]
    if root in (INPUT, CONTEXT):
        stop = next((i for i in range(at, end) if text[i] in ".["), end)
        name = shown(text, at, stop)
        if name.isidentifier():
            return Fault("dot-missing", at, stop, f"`.` is missing behind `{root}`.", f"Write `{root}.{name}`.")
        message = f"`{text[at]}` cannot stand behind `{root}`: a dot or `[` belongs there."
        return Fault("dot-missing", at, max(stop, at + 1), message, f"Write `{root}.name` or `{root}['name']`.")
    message = f"`{text[at]}` cannot stand in the name of a variable."
    cure = f"Names of variables have letters, digits and `_`; for a field of the input write `$.{root[1:]}`."
    return Fault("variable-name", at, at + 1, message, cure)


# -- what a path is


def reference_fault(path: Path) -> Fault | None:
    """Say why a path is no reference path, with the span of the first step that makes it none; None where it is one.

    A reference path points to one node: the operators `@ , : ?` are not supported (ASL specification, "Reference
    Paths"); AWS is recorded to refuse `..`, `*`, `?` and `@` with "Value is not a Reference Path". Functions are not
    supported there either (AWS developer guide, "Reference Paths"), and what AWS says of them nobody has measured.
    """
    for step in path.steps:
        row = _NOT_ONE_NODE.get(step.kind)
        if row is not None:
            what, refused = row
            message = f"{what} can select several values, where one field or one item must be named."
            if step.kind == FUNCTION:
                message = "A function computes a value, where one field or one item must be named."
            cure = "Name the field or the index, or select it in a state before."
            return Fault(f"reference-{step.kind}", step.start, step.end, message, cure, refused)
    return None


_NOT_ONE_NODE: Final[dict[str, tuple[str, bool | None]]] = {
    SCAN: ("`..`", True),
    WILDCARD: ("`*`", True),
    FILTER: ("A filter", True),
    SLICE: ("A slice", True),
    NAMES: ("A list of names", True),
    INDEXES: ("A list of indexes", True),
    FUNCTION: ("A function", None),
    SCRIPT: ("A computed index", True),
}

OPEN: Final = "open"
LEAF: Final = "leaf"

CONTEXT_FIELDS: Final[dict[str, object]] = {
    # AWS developer guide, "Accessing execution data from the Context object", with "Context object data for Map states".
    # OPEN: any data may be below; LEAF: a string or a number
    "Execution": {
        "Id": LEAF,
        "Input": OPEN,
        "Name": LEAF,
        "RoleArn": LEAF,
        "StartTime": LEAF,
        "RedriveCount": LEAF,
        "RedriveTime": LEAF,
    },
    "State": {"EnteredTime": LEAF, "Name": LEAF, "RetryCount": LEAF},
    "StateMachine": {"Id": LEAF, "Name": LEAF},
    "Task": {"Token": LEAF},
    "Map": {"Item": {"Index": LEAF, "Key": LEAF, "Value": OPEN, "Source": LEAF}},
}


def context_path(path: Path) -> list[str] | None:
    """Return the names of a path into the context object, as far as the table of its fields goes and they are literal.

    `$$.Execution.Input.a` gives Execution and Input; `$$` gives none. None for a path that does not begin with `$$`.
    """
    if path.root != CONTEXT:
        return None
    return [step.value for step, _ in _context_steps(path) if isinstance(step.value, str)]


def context_fault(path: Path) -> Fault | None:
    """Say which step of a path into the context object leads to nothing; None where all do, or nobody can know."""
    if path.root != CONTEXT:
        return None
    names = "$$"
    for step, fields in _context_steps(path):
        if fields == LEAF:
            message = f"`{names}` is a string or a number: there is nothing below it."
            return Fault("context-leaf", step.start, step.end, message, f"Write `{names}`.", False)
        assert isinstance(fields, dict)
        if not isinstance(step.value, str):
            message = f"`{names}` is an object: it has fields and no items."
            return Fault("context-index", step.start, step.end, message, "", False)
        if step.value not in fields:
            known = near(step.value, fields)
            message = f"The context object has no field `{names}.{step.value}`: the execution fails here."
            listed = ", ".join(f"`{name}`" for name in fields)
            cure = f"Did you mean `{names}.{known}`?" if known else f"Its fields there are {listed}."
            return Fault("context-field", *step.inner, message, cure, False, known)
        names += f".{step.value}"
    return None


def _context_steps(path: Path) -> Iterator[tuple[Step, object]]:
    """Yield the steps into the context object with the fields that are there; the last may be none of them."""
    fields: object = CONTEXT_FIELDS
    for step in path.steps:
        if fields == OPEN or step.kind not in (NAME, INDEX) or step.value is None:
            return
        yield step, fields
        if not isinstance(fields, dict) or not isinstance(step.value, str):
            return
        fields = fields.get(step.value)
        if fields is None:
            return


def literal_steps(path: Path) -> list[str | int]:
    """Return the names and indexes of a path up to the first step that is neither, or not known.

    The whole path is literal where there are as many as it has steps.
    """
    out: list[str | int] = []
    for step in path.steps:
        if step.kind not in (NAME, INDEX) or not isinstance(step.value, str | int):
            break
        out.append(step.value)
    return out


def paths(root: Path | Condition | Literal) -> Iterator[Path]:
    """Yield a path and every path in its filters and functions, in the order of the text; also those of a filter."""
    stack: list[object] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, Path):
            yield item
            inner: list[object] = []
            for step in item.steps:
                inner += [step.value] if step.kind == FILTER else step.arguments
            stack += reversed(inner)
        elif isinstance(item, Condition):
            stack += reversed(item.parts)
        elif isinstance(item, Literal) and isinstance(item.value, tuple):
            stack += reversed(item.value)
