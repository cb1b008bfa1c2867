"""The tolerant reader of JSON (RFC 8259): a tree with spans, and every syntax error as a value with place and cure.

Two stages. The first makes tokens: one regular expression takes the regular ones, `_Reader._odd` those that JSON does not
have (comments, unquoted words, broken strings) and reports them. The second is a loop with a stack that builds the tree
and reports tokens in the wrong place. A slip is reported once: what follows from it is read silently.

Kinds of problems: trailing-comma, unexpected-comma, missing-comma, missing-colon, unexpected-colon, missing-value,
unexpected-value, missing-bracket, unexpected-bracket, mismatched-bracket, unclosed, text-after-end, too-deep,
too-many-problems, comment, bad-space, single-quotes, typographic-quotes, missing-quote, extra-quote, unescaped-quote,
unterminated-string, control-character, bad-escape, lone-surrogate, not-a-number, bad-number, python-literal,
unquoted-key, unquoted-placeholder, unquoted-expression, bad-token.
"""

from __future__ import annotations

import re

from asllint.source.node import (
    ARRAY,
    BOOLEAN,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    UNKNOWN,
    Document,
    Node,
    Problem,
    number_of,
)
from asllint.source.patterns import late, of_tags
from asllint.source.placeholders import DEFAULT, Placeholders, is_template_intrinsic
from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

MAX_DEPTH: Final = 256
"""How deep brackets may be nested; AWS refuses far earlier."""

MAX_PROBLEMS: Final = 1000
"""How many problems are reported before reading stops: a file that is no JSON at all has one at each word."""

WINDOW: Final = 10_000
"""How many code points are looked at to guess what a slip meant: what keeps the time linear."""

# The groups of _TOKEN, in their order, and the tokens that only _odd makes: a value with its node, a placeholder that
# stands for members or items, a comment to be stepped over, and what is neither.
_STRING, _OPEN, _CLOSE, _COLON, _COMMA, _NUMBER, _LITERAL, _END, _VALUE, _SPLICE, _SKIP, _JUNK = range(1, 13)

# What the loop waits for: the first member or item; the next one, behind a comma; a colon; a value; a comma or bracket;
# either of the two last but one, behind something that may have brought its own comma.
_FIRST, _NEXT, _AT_COLON, _AT_VALUE, _AFTER, _SPLICED = range(6)
_PENDING = (_AT_COLON, _AT_VALUE)

# What is taken for something that begins where no value is due: a value all the same; a name; a value that belongs nowhere
# and is left out; a bracket that is a slip.
_IS_VALUE, _IS_NAME, _IS_LOST, _IS_SLIP = range(4)

# Behind a regular string comes white space, a comma, a colon, a closing bracket or the end; behind a number or literal
# nothing that may belong to a word; `{{`, `{%`, `{#` and `%{` may open a template's tag. All else is looked at in _odd.
_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
      "([^"\\\x00-\x1f]*+)"(?![^\s,:\]}])
    | (\[|\{(?![{%\#]))
    | ([\]}])
    | (:)
    | (,)
    | (-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+)(?![\w.+$<@-]|%(?!\{))
    | (true|false|null)(?![\w.+$<@-]|%(?!\{))
    | (\Z)
    |)""",
    re.VERBOSE,
)
_KEY = re.compile(r'[ \t\n\r]*+"([^"\\\x00-\x1f]*+)"[ \t\n\r]*+:')
_NEXT_KEY = re.compile(r'[ \t\n\r]*+,[ \t\n\r]*+"([^"\\\x00-\x1f]*+)"[ \t\n\r]*+:')

# Strings. A pair of surrogate escapes is one character.
_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = late(rf'\\(?:["\\/bfnrt]|{_PAIR}|u[0-9a-fA-F]{{4}})')
_SINGLE_ESCAPE = late(rf"""\\(?:["'\\/bfnrt]|{_PAIR}|u[0-9a-fA-F]{{4}})""")
_ESCAPED = late(
    rf'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|{_PAIR}|u(?![dD][89a-fA-F])[0-9a-fA-F]{{4}}))*+)"(?![^\s,:\]}}])'
)
_BAD_ESCAPE = late(r"\\(?:u[0-9a-fA-F]{0,3}|[^\x00-\x1f])?")
_SHORT = {'"': '"', "'": "'", "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_QUOTES = frozenset("\"'‘’‚“”„«»`´")
_SPECIAL = late(r'["\\\x00-\x1f]')
_CONTROLS = late(r"[\x00-\x09\x0b\x0c\x0e-\x1f]+")
_NEWLINE = late(r"\r\n?|\n")
_LINE_END = late(r"[\r\n]|\Z")
_BLANK = late(r"\s*+\Z")
# A literal, a number or a placeholder that the text ends in the middle of.
_CUT = late(
    r"(?:tr?u?|fa?l?s?|nu?l?|-|-?\d++(?:\.\d*+)?(?:[eE][-+]?)?|\$(?:\{[^{}\"',\r\n]*+)?|<[^<>\"',\r\n]*+)\s*+\Z"
)
# The quote that closes a string over several lines: the next one, if what follows can only stand behind a value.
_LATER_QUOTE = late(r'[^"\\]*+(?:\\.[^"\\]*+)*+"(?=\s*(?:[,}\]]|\Z))', re.DOTALL)
# The quote that closes a string with quotes inside: the first one on the line behind which the text reads on as JSON.
_LAST_QUOTE = late(
    r"""(?<!\\)"(?=[ \t]*(?: ,[ \t]*(?:$|"[^"\\\r\n]*+"[ \t]*:) | ,?[ \t]*[}\]][ \t]*(?:[,}\]]|$) | $ ))""",
    re.VERBOSE,
)
_LAST_QUOTE_OF_ITEM = late(r'(?<!\\)"(?=[ \t]*(?:[,\]]|$))')
_REST_OF_KEY = late(r'[^"\\\r\n]*+"[ \t]*:')
_REST_OF_ITEM = late(r'[^"\\\r\n]*+"[ \t]*[:,\]]')
_COMMA_BEHIND = late(r"(,)[ \t{\[]*+\Z")
_TORN_KEY = late(r":[ \t]*(?:[\[{ \t]*|[\w.+-]+[ \t}\]]*,[ \t\[{]*)\Z")
_EXTRA_QUOTE = late(r'""(?=[^"\r\n]*"[ \t]*(?:[:,}\]\r\n]|\Z))')

# What JSON does not have.
_LINE_COMMENT = late(r"(?://|#)[^\r\n]*+")
_JSONATA = late(r"\{%.*?%\}", re.DOTALL)
_TEMPLATE_COMMENT = of_tags("NOTE", re.DOTALL)
_TEMPLATE_TAG = of_tags("TAG", re.DOTALL)
_TEMPLATE_IF = of_tags("CHOICE", re.DOTALL)
_SPACES = late(r"(?:(?![ \t\n\r])[\s\u200b\u200c\u200d\u2060\ufeff])+")
_SINGLE = late(r"'((?:[^\\\r\n]|\\.)*?)'(?=[ \t]*(?:[,:}\]\r\n]|\Z))")
_TYPOGRAPHIC = late(r"[‘’‚“”„«»`´]([^‘’“”\"«»`´\r\n]*+)[‘’“”\"«»`´](?=[ \t]*(?:[,:}\]\r\n]|\Z))")
_UNOPENED = late(r"""[^\s"{}\[\],:'#/][^"\r\n]*+"(?=[ \t]*(?:[,}\]\r\n]|\Z))""")
_CLOSING_QUOTE = late(r'"(?=[ \t]*(?:[,}\]\r\n]|\Z))')
_UNOPENED_KEY = late(r"""[^\s"{}\[\],:'#/][^"\r\n:]*+"(?=[ \t]*:)""")
_WORD_KEY = late(r"""[^\s"{}\[\],:'/#]++(?:[ \t]++[^\s"{}\[\],:/#]++)*+(?=\s*:)""")
_NUMBER_LIKE = late(r"[-+]?(?:[0-9]|\.[0-9])[\w.]*+(?:(?<=[eE])[-+][0-9]+)?(?![\w.+$<%@-])")
_DECIMAL = late(r"([-+]?)0*+([0-9]*+)(\.?)([0-9]*+)(?:[eE]([-+]?[0-9]++))?")
_HEX = late(r"([-+]?)0[xX]([0-9a-fA-F]{1,64})")
_NOT_A_NUMBER = late(r"[-+]?(?:NaN|nan|Infinity|inf)(?![\w.+$<%@-])")
_FOREIGN = late(r"(?:true|false|null|none|nil|undefined)(?![\w.+$<%@-])", re.IGNORECASE)
_LITERALS = {"true": True, "false": False}
_WORD = late(r"""[^\s,\[\](){}"$<:]++|\[[\w*@.$'-]*+\]|\([^()\r\n]*+\)|[$<:()]""")
_NEXT_WORD = late(r"""[ \t]++(?=[^\s,\[\]{}":/#])""")
_ASSIGN = late(r"=>|->|:?=")
_COLON_NEXT = late(r"\s*+:")
_MEMBER_NEXT = late(r'(?:,\s*+)?"[^"\\\r\n]*+"\s*+:')
_COMMAS = late(r"(?:[ \t\n\r]*+,)++")
_CLOSER_NEXT = late(r"[ \t\n\r]*+[\]}]")
_CLOSERS = late(r"(?:[ \t\n\r]*+[\]}])++")
_BRACKETS = late(r'"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"|[{}\[\]]')
_INDENT = late(r"[ \t]*+")

_CLOSER = {OBJECT: "}", ARRAY: "]"}
_A_KIND = {OBJECT: "an object", ARRAY: "an array"}

_Edit = tuple[int, int, str]


def read_json(text: Text, placeholders: Placeholders = DEFAULT) -> Document:
    """Read a text as JSON; never raises, and goes on behind an error.

    A value that is missing, or that cannot be told, is an UNKNOWN node of style "ambiguous"; a placeholder that stands
    where members or items are due is one with an UNKNOWN value. An empty text has no root and no problem. The problems
    are sorted by their start.
    """
    return _Reader(text, placeholders).read()


def string_offset(node: Node, i: int) -> int:
    """Return the offset in the text of character `i` of a string read from JSON; its length gives the end of it."""
    content = node.origin.content
    start, end = node.start, node.end
    quote = content[start : start + 1]
    if quote not in _QUOTES:
        return min(start + i, end)
    at = start + 1
    if content.find("\\", at, end) >= 0:
        for escape in (_SINGLE_ESCAPE if quote == "'" else _ESCAPE).finditer(content, at, end):
            if escape.start() - at >= i:
                break
            i -= escape.start() - at + 1
            at = escape.end()
    return min(at + i, end)


def quoted(value: str) -> str:
    """Return a string as JSON writes it."""
    return '"' + re.sub(r'["\\\x00-\x1f]', lambda m: _written(m[0]), value) + '"'


def _written(char: str) -> str:
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
    return short.get(char) or f"\\u{ord(char):04x}"


def _decoded(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; a surrogate alone gives U+FFFD."""
    raw = escape[0]
    if raw[1] != "u":
        return _SHORT[raw[1]]
    code = int(raw[2:6], 16)
    if len(raw) == 12:
        return chr(0x10000 + ((code - 0xD800) << 10) + int(raw[8:], 16) - 0xDC00)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


class _TooManyError(Exception):
    """There are more than MAX_PROBLEMS problems, or so many guesses that there might be."""


class _Frame:
    """An open container, and where its members or items go."""

    __slots__ = ("items", "members", "muted", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.members: list[tuple[Node, Node]] = list(node.members)
        self.items: list[Node] = list(node.items)
        self.muted = False  # a slip that is likely made at each of its members has been reported
        if node.kind == OBJECT:
            node.members = self.members
        else:
            node.items = self.items


class _Reader:
    __slots__ = (
        "budget",
        "content",
        "extra",
        "guesses",
        "placeholders",
        "problems",
        "repaired",
        "root",
        "stack",
        "tag",
        "text",
        "torn",
    )

    def __init__(self, text: Text, placeholders: Placeholders) -> None:
        self.text = text
        self.content = text.content
        self.placeholders = placeholders
        self.problems: list[Problem] = []
        self.stack: list[_Frame] = []
        self.root: Node | None = None
        self.tag: Node | None = None  # the first tag of a template before the root
        self.budget = 10  # how often the brackets in the rest of the text may be counted
        self.guesses = 0
        self.extra = False  # a bracket too many behind the root has been reported
        self.repaired = False  # a bracket of the root is known to be missing, or to have come too early
        self.torn = False  # the text ends inside a value or a comment

    def read(self) -> Document:
        try:
            cut = self._read()
        except _TooManyError:
            cut = bool(self.stack)
            self._leave_open(len(self.content.rstrip()))
        self.root = self.root or self.tag
        self.problems.sort(key=lambda problem: problem.start)
        return Document(self.text, "json", self.root, self.problems, [], cut)

    def problem(
        self,
        kind: str,
        start: int,
        end: int,
        message: str,
        cure: str = "",
        related: tuple[tuple[int, int, str], ...] = (),
        edits: tuple[_Edit, ...] = (),
        fatal: bool = False,
    ) -> None:
        self.problems.append(Problem(kind, start, end, message, cure, related, edits, fatal))
        if len(self.problems) >= MAX_PROBLEMS and not fatal:
            self._stop(end)

    def _guess(self, at: int) -> None:
        """Count what costs a look ahead: also where nothing is reported, it is bounded."""
        self.guesses += 1
        if self.guesses > 2 * MAX_PROBLEMS:
            self._stop(at)

    def _stop(self, at: int) -> NoReturn:
        message = f"Reading stops here: there are more than {MAX_PROBLEMS} syntax errors."
        cure = "Mend the first ones, and check that this file is JSON at all."
        self.problems.append(Problem("too-many-problems", at, at, message, cure, fatal=True))
        raise _TooManyError

    # -- the tree

    def _read(self) -> bool:
        """Build the tree; return whether the text ends, or reading stops, inside the root."""
        content, text, placeholders, stack = self.content, self.text, self.placeholders, self.stack
        match, holes = _TOKEN.match, placeholders.holes
        # what reads a name with its colon in each state, and with the comma before it: most of what an object is made of
        names = (_KEY.match, _KEY.match, None, None, _NEXT_KEY.match, None)
        own = bool(placeholders.patterns)
        plain = placeholders.none_in(content)
        node: Node | None
        key: Node | None = None
        frame: _Frame | None = None
        in_object = False
        state = _FIRST
        quiet = False  # something behind a value has been reported: the rest up to the comma is not
        at = comma = colon = 0
        while True:
            if in_object and (match_name := names[state]) and (found := match_name(content, at)):
                value = found[1]
                start, end = found.span(1)
                key = Node(STRING, start - 1, end + 1, text, value, "json", () if plain else holes(value))
                at = found.end()
                colon = at - 1
                state = _AT_VALUE
                quiet = False
            found = match(content, at)
            assert found is not None  # its last alternative is empty
            which = found.lastindex
            end = found.end()
            if which == _STRING:
                value = found[1]
                start = found.start(1) - 1
                node = Node(STRING, start, end, text, value, "json", () if plain else holes(value))
            elif which is None or (own and which == _OPEN):
                which, start, end, node = self._odd(end if which is None else end - 1, state, in_object, quiet)
            elif which == _NUMBER:
                start = found.start(_NUMBER)
                node = Node(NUMBER, start, end, text, number_of(found[_NUMBER]))
            elif which == _LITERAL:
                start = found.start(_LITERAL)
                literal = found[_LITERAL]
                node = Node(NULL if literal == "null" else BOOLEAN, start, end, text, _LITERALS.get(literal))
            else:
                start = end if which == _END else end - 1
                node = None

            if which == _SKIP:
                at = end
                continue
            if frame is None and self.root is not None:
                if which == _END:
                    return False
                if which == _CLOSE:
                    at = self._extra_bracket(start)
                elif which == _COLON and self.root.kind == STRING:
                    key = self.root
                    frame = self._missing_bracket(key)
                    in_object, state, at, colon = True, _AT_VALUE, end, start
                elif self.root.kind == OBJECT and not self.repaired and _MEMBER_NEXT.match(content, start):
                    frame = self._reopen()
                    in_object, state, at, quiet = True, _SPLICED, start, False
                else:
                    self._text_after_end(start)
                    return False
                continue

            at = end
            if which == _END:
                if frame is None:
                    return False
                if key is not None and in_object and state in _PENDING:
                    self._add_missing(frame, key)
                self._unclosed()
                return True

            if which == _COMMA:
                if state >= _AFTER:
                    state = _NEXT
                    quiet = False
                    comma = start
                elif frame is None:
                    self.problem("unexpected-comma", start, end, "A `,` stands before any value.", "Remove it.")
                elif state in _PENDING:
                    assert key is not None
                    self._missing_value(frame, key, colon if state == _AT_VALUE else None)
                    state = _NEXT
                    comma = start
                else:
                    at = self._commas(start, comma if state == _NEXT else -1)
                    if state == _NEXT and _CLOSER_NEXT.match(content, at):
                        state = _SPLICED
                continue

            if which == _CLOSE:
                if frame is None:
                    char = content[start]
                    message = f"`{char}` closes nothing: no bracket is open."
                    self.problem("unexpected-bracket", start, end, message, "Remove it, or write what it closes.")
                    continue
                if in_object and state in _PENDING:
                    assert key is not None
                    if content[start] == "}":
                        self._missing_value(frame, key, colon if state == _AT_VALUE else None)
                    else:
                        self._add_missing(frame, key)
                if content[start] != _CLOSER[frame.node.kind]:
                    if not self._mismatch(start, comma if state == _NEXT else -1):
                        state, quiet = _AFTER, False
                        continue
                    frame = stack[-1]
                elif state == _NEXT:
                    self._trailing_comma(comma, comma + 1)
                frame.node.end = end
                stack.pop()
                if stack and len(frame.members) == 1 and is_template_intrinsic(frame.members):
                    self._intrinsic(frame.node)
                frame = stack[-1] if stack else None
                in_object = frame is not None and frame.node.kind == OBJECT
                state = _AFTER
                quiet = False
                continue

            if which == _COLON:
                if state == _AT_COLON:
                    state = _AT_VALUE
                    colon = start
                    continue
                if state == _AFTER and frame is not None and not quiet and (taken := self._named(frame, start)):
                    frame, key = taken
                    in_object, state, colon = True, _AT_VALUE, start
                    continue
                self._unexpected_colon(start, frame, state, quiet)
                if frame is not None and state != _AT_VALUE:
                    state, quiet = _AFTER, True
                continue

            if which == _JUNK:
                if state <= _NEXT:
                    state = _SPLICED
                elif state == _AFTER:
                    quiet = True
                continue

            if which == _SPLICE:
                assert node is not None
                if frame is None:
                    self.root = node
                    state = _AFTER
                else:
                    if in_object:
                        raw = str(node.value)
                        name = Node(STRING, start, end, text, raw, "json", ((0, len(raw)),))
                        frame.members.append((name, node))
                    else:
                        frame.items.append(node)
                    state = _SPLICED
                continue

            # A value begins here.
            if node is None:
                node = Node(OBJECT if content[start] == "{" else ARRAY, start, end, text)
            role = _IS_VALUE
            if state != _AT_VALUE and (in_object or state == _AFTER):
                assert frame is not None
                role = self._role(frame, key, node, end, state, which == _OPEN, quiet)
                if role == _IS_NAME:
                    key, state, quiet = node if node.kind == STRING else self._unquoted_key(node), _AT_COLON, False
                    continue
                if role == _IS_SLIP:
                    continue
                quiet = quiet or role == _IS_LOST
            if role == _IS_VALUE:
                if frame is None:
                    self.root = node
                elif in_object:
                    assert key is not None
                    frame.members.append((key, node))
                else:
                    frame.items.append(node)
            state = _AFTER
            if which == _OPEN:
                if len(stack) >= MAX_DEPTH:
                    self.problem(
                        "too-deep",
                        start,
                        end,
                        f"Brackets are nested more than {MAX_DEPTH} deep here; nothing behind this place was read.",
                        "Check whether this file was written by a program that went wrong.",
                        fatal=True,
                    )
                    node.closed = False
                    self._leave_open(end)
                    return True
                frame = _Frame(node)
                stack.append(frame)
                in_object = node.kind == OBJECT
                state = _FIRST
                quiet = False

    def _role(self, frame: _Frame, key: Node | None, node: Node, end: int, state: int, opens: bool, quiet: bool) -> int:
        """Report what is missing, or wrong, before what begins where no value is due; return what it is taken for.

        end    where its token ends, which may have a quote too many behind the node
        opens  it is a bracket, of which no more than that is read yet
        """
        start = node.start
        if frame.node.kind != OBJECT:
            if not quiet:
                self._missing_comma(frame)
            return _IS_LOST if quiet else _IS_VALUE
        named = not opens and _COLON_NEXT.match(self.content, end) is not None
        if state == _AT_COLON and not (named and node.kind == STRING):
            assert key is not None
            message = f"The `:` between the name {self._shown(key)} and its value is missing."
            edits = ((key.end, key.end, ":"),)
            self.problem("missing-colon", key.end, key.end, message, "Write a `:` here.", edits=edits)
            return _IS_VALUE
        if named or (state != _AFTER and node.kind == STRING):
            if state == _AT_COLON:
                assert key is not None
                self._missing_value(frame, key, None)
            elif state == _AFTER:
                self._missing_comma(frame)
            return _IS_NAME
        if opens and state != _AFTER and self._balance(end) == self._needed(self.stack):
            message = f"A second `{self.content[start]}` stands where a name is due: nothing closes it."
            self.problem("unexpected-bracket", start, end, message, "Remove it.", edits=((start, end, ""),))
            return _IS_SLIP
        if not quiet:
            self._unexpected_value(start, end, opens, state)
        return _IS_LOST

    def _shown(self, node: Node) -> str:
        """Return a name for a message: short, in backticks."""
        name = str(node.value)
        return f"`{name if len(name) <= 80 else name[:77] + '...'}`"

    def _add_missing(self, frame: _Frame, key: Node) -> None:
        frame.members.append((key, Node(UNKNOWN, key.end, key.end, self.text, "", "ambiguous")))

    def _missing_value(self, frame: _Frame, key: Node, colon: int | None) -> None:
        """Report a name without a value, at its colon where it has one."""
        if colon is not None:
            start, end, message = colon, colon + 1, f"No value follows the `:` of {self._shown(key)}."
        else:
            start, end, message = (
                key.start,
                key.end,
                f"{self._shown(key)} has no value: an object holds names and values.",
            )
        if colon is not None or not frame.muted:
            self.problem("missing-value", start, end, message, "Write its value, or remove the name.")
        frame.muted = frame.muted or colon is None
        self._add_missing(frame, key)

    def _missing_comma(self, frame: _Frame) -> None:
        node = frame.node
        if node.kind == OBJECT:
            at = frame.members[-1][1].end if frame.members else node.start + 1
        else:
            at = frame.items[-1].end if frame.items else node.start + 1
        what = "members of an object" if node.kind == OBJECT else "items of an array"
        message = f"The `,` between two {what} is missing."
        self.problem("missing-comma", at, at, message, "Write a `,` here.", edits=((at, at, ","),))

    def _trailing_comma(self, start: int, end: int) -> None:
        kind = _A_KIND[self.stack[-1].node.kind]
        message = f"Nothing follows this `,` in {kind}: JSON has no trailing comma."
        self.problem("trailing-comma", start, end, message, "Remove it.", edits=((start, end, ""),))

    def _commas(self, start: int, before: int) -> int:
        """Report commas that no value stands before; `before` is the comma that they follow, or -1; return their end."""
        commas = _COMMAS.match(self.content, start)
        assert commas is not None
        end = commas.end()
        if before >= 0 and _CLOSER_NEXT.match(self.content, end):
            self._trailing_comma(before, end)
        else:
            message = "A `,` with no value before it: each `,` separates two values."
            self.problem("unexpected-comma", start, end, message, "Remove it.", edits=((start, end, ""),))
        return end

    def _unexpected_colon(self, start: int, frame: _Frame | None, state: int, quiet: bool) -> None:
        edits: tuple[_Edit, ...] = ()
        if state == _AT_VALUE:
            message, cure = "A second `:` stands before the value.", "Remove it."
            edits = ((start, start + 1, ""),)
        elif frame is not None and frame.node.kind == ARRAY:
            message, cure = "A `:` stands in an array, whose items have no names.", "Write `{…}` for names and values."
            quiet = quiet or frame.muted
            frame.muted = True
        else:
            message, cure = "A `:` stands where no name is before it.", "Write the name, or remove the `:`."
        if not quiet:
            self.problem("unexpected-colon", start, start + 1, message, cure, edits=edits)

    def _unexpected_value(self, start: int, end: int, opens: bool, state: int) -> None:
        raw = "" if opens else f" `{self.content[start : min(end, start + 60)]}`"
        if state == _AFTER:
            message = f"A second value{raw} stands behind the value of a member."
            cure = "Remove it, or write a `,` and a name before it."
        else:
            message = f"A value{raw} stands where a name is due: an object holds names and values."
            cure = 'Write its name before it: `"Name": value`.'
        self.problem("unexpected-value", start, end, message, cure)

    def _unquoted_key(self, node: Node) -> Node:
        """Report a name without quotes, and return its key."""
        raw = self.content[node.start : node.end]
        self.problem(
            "unquoted-key",
            node.start,
            node.end,
            f"The name `{raw[:80]}` has no quotes.",
            "Put it in double quotes.",
            edits=((node.start, node.end, quoted(raw)),),
        )
        return Node(STRING, node.start, node.end, self.text, raw, "json", self.placeholders.holes(raw))

    def _named(self, frame: _Frame, colon: int) -> tuple[_Frame, Node] | None:
        """Take the string before an unexpected `:` for a name, if it can be one; return its object and its key.

        What the brackets in the rest of the text need says whether the `{` before it is missing, or the `]` of the array
        that it would be an item of; else the name before it has no value.
        """
        node, content, stack = frame.node, self.content, self.stack
        name = frame.members[-1][1] if frame.members else frame.items[-1] if frame.items else None
        if name is None or name.kind != STRING or content[name.end : colon].strip():
            return None
        rest = self._balance(colon)
        curly, square = self._needed(stack)
        if rest == (curly + 1, square):
            inner = Node(OBJECT, name.start, name.end, self.text)
            if node.kind == OBJECT:
                frame.members[-1] = (frame.members[-1][0], inner)
            else:
                frame.items[-1] = inner
            message = f"The `{{` of an object is missing before its first name {self._shown(name)}."
            edits = ((name.start, name.start, "{"),)
            self.problem("missing-bracket", name.start, name.start, message, "Write a `{` here.", edits=edits)
            frame = _Frame(inner)
            stack.append(frame)
            return frame, name
        if node.kind == OBJECT:
            before = frame.members.pop()[0]
            self._missing_value(frame, before, content.find(":", before.end, name.start))
            return frame, name
        if len(stack) > 1 and stack[-2].node.kind == OBJECT and rest == (curly, square - 1):
            frame.items.pop()
            at = node.end = frame.items[-1].end if frame.items else node.start + 1
            node.closed = False
            message = f"The `]` of an array is missing before the name {self._shown(name)}."
            related = ((node.start, node.start + 1, "this `[` is not closed"),)
            self.problem("missing-bracket", at, at, message, "Write a `]` here.", related, ((at, at, "]"),))
            stack.pop()
            return stack[-1], name
        return None

    # -- brackets

    def _needed(self, stack: list[_Frame]) -> tuple[int, int]:
        """Return how many `}` and `]` it takes to close containers."""
        curly = sum(frame.node.kind == OBJECT for frame in stack)
        return curly, len(stack) - curly

    def _place(self, node: Node) -> str:
        line, column = self.text.position(node.start)
        return f"line {line}, column {column}"

    def _leave_open(self, end: int) -> None:
        """End the containers that are open at `end`."""
        for frame in self.stack:
            frame.node.end = max(end, frame.node.start + 1)
            frame.node.closed = False

    def _intrinsic(self, node: Node) -> None:
        """Make an object that is a function of CloudFormation the value that cannot be known that it stands for."""
        node.kind, node.style, node.members = UNKNOWN, "tag", ()
        node.value = self.content[node.start : node.end]

    def _unclosed(self) -> None:
        """Report that the text ends inside a container: once, however many are open."""
        end = len(self.content.rstrip())
        opened = [frame.node for frame in self.stack]
        if not (self.repaired and len(opened) == 1 and not self.torn):
            node = opened[-1]
            char = self.content[node.start]
            message = f"The text ends inside {_A_KIND[node.kind]}: the `{char}` at {self._place(node)} is never closed."
            if self.torn:
                message = (
                    f"The text ends inside a value or comment, and the `{char}` at {self._place(node)} is never closed."
                )
            cure = f"Write the `{_CLOSER[node.kind]}`, or restore what is missing behind this place."
            if len(opened) > 1:
                count = len(opened)
                cure = f"{count} brackets are open: close each of them, or restore what is missing behind this place."
            related = [
                (n.start, n.start + 1, f"this `{self.content[n.start]}` is never closed") for n in reversed(opened[-3:])
            ]
            suspect = None if self.torn else self._misaligned()
            if suspect is not None:
                found, at, why = suspect
                found.closed = False
                related.append((at, at, f"the `{_CLOSER[found.kind]}` is probably missing here: {why}"))
            self.problem("unclosed", end, end, message, cure, tuple(related))
        if end == len(self.content) and not self.torn:
            self._cut_number(self.stack[-1], end)
        self._leave_open(end)

    def _cut_number(self, frame: _Frame, end: int) -> None:
        """Make a number that the text ends in unknown: more digits may have followed."""
        last = frame.items[-1] if frame.items else frame.members[-1][1] if frame.members else None
        if last is not None and last.kind == NUMBER and last.end == end:
            last.kind, last.style, last.value = UNKNOWN, "cut", self.content[last.start : end]

    def _misaligned(self) -> tuple[Node, int, str] | None:
        """Return the first container whose indentation says that it should have been closed before, where, and why.

        In it is a name that starts a line no deeper than its opening bracket's line; or its closing bracket does, less deep.
        """
        content, position = self.content, self.text.position
        assert self.root is not None
        best: tuple[Node, int, str] | None = None
        for node in self.root.walk():
            if node.kind != OBJECT or not node.members:
                continue
            line = position(node.start)[0]
            indent = self._indent(line)
            at = node.start + 1
            for key, value in node.members:
                here, column = position(key.start)
                if here != line and column - 1 <= indent and self._indent(here) == column - 1 and at > node.start + 1:
                    why = f"the name {self._shown(key)} is indented no deeper than the line that opens this object"
                    if best is None or at < best[1]:
                        best = (node, at, why)
                    break
                at = value.end
            else:
                here, column = position(node.end - 1)
                closes = node.closed and content[node.end - 1] == "}" and here != line
                if closes and self._indent(here) == column - 1 < indent and (best is None or at < best[1]):
                    best = (node, at, f"the `}}` in line {here} is indented less than the line that opens this object")
        return best

    def _indent(self, line: int) -> int:
        start = self.text.starts[line - 1]
        found = _INDENT.match(self.content, start)
        return found.end() - start if found else 0

    def _mismatch(self, start: int, comma: int) -> bool:
        """Report a closing bracket of the wrong kind; return whether it closes the top of the stack, which is made so.

        It may be a slip for the right kind; or that one is missing; or this one is too many. What the brackets in the
        rest of the text need says which, or else the indentation. `comma` is a comma just before it, or -1.
        """
        content, stack = self.content, self.stack
        char = content[start]
        node = stack[-1].node
        wanted = OBJECT if char == "}" else ARRAY
        depth = max((i for i, frame in enumerate(stack) if frame.node.kind == wanted), default=-1)
        rest = self._balance(start + 1)
        if rest == self._needed(stack):
            verdict = "extra"
        elif depth < 0 or rest == self._needed(stack[:-1]):
            verdict = "slip"
        elif rest == self._needed(stack[:depth]):
            verdict = "missing"
        else:
            line, column = self.text.position(start)
            aligned = self._indent(line) == column - 1 == self._indent(self.text.position(node.start)[0])
            verdict = "slip" if aligned else "missing"

        due = _CLOSER[node.kind]
        related = [(node.start, node.start + 1, f"this `{content[node.start]}` is open here")]
        cut_comma: tuple[_Edit, ...] = ((comma, comma + 1, ""),) if comma >= 0 else ()
        if verdict == "extra":
            message = f"`{char}` closes nothing: {_A_KIND[node.kind]} is open here, and its own `{due}` follows."
            edits = (*cut_comma, (start, start + 1, ""))
            self.problem("unexpected-bracket", start, start + 1, message, "Remove it.", tuple(related), edits)
            return False
        if verdict == "slip":
            node.closed = False
            message = f"`{char}` stands where {_A_KIND[node.kind]} is closed, which takes `{due}`."
            edits = (*cut_comma, (start, start + 1, due))
            self.problem("mismatched-bracket", start, start + 1, message, f"Write `{due}`.", tuple(related), edits)
            return True
        at = comma if comma >= 0 else len(content[:start].rstrip()) if start - node.start < WINDOW else start
        missing = ""
        related.clear()
        while stack[-1].node.kind != wanted:
            inner = stack.pop().node
            inner.end = max(at, inner.start + 1)
            inner.closed = False
            missing += _CLOSER[inner.kind]
            related.append((inner.start, inner.start + 1, f"this `{content[inner.start]}` is not closed"))
        message = f"`{char}` comes before `{due}`: the {node.kind} opened at {self._place(node)} is not closed."
        edits = ((at, at + 1, missing),) if comma >= 0 else ((at, at, missing),)
        cure = f"Write `{missing}` before it."
        self.problem("mismatched-bracket", start, start + 1, message, cure, tuple(related[:3]), edits)
        return True

    def _balance(self, start: int) -> tuple[int, int] | None:
        """Return how many more `}` than `{`, and `]` than `[`, the rest of the text has; None when asked too often."""
        if not self.budget:
            return None
        self.budget -= 1
        curly = square = 0
        for found in _BRACKETS.finditer(self.content, start):
            char = found[0]
            if char == "}":
                curly += 1
            elif char == "{":
                curly -= 1
            elif char == "]":
                square += 1
            elif char == "[":
                square -= 1
        return curly, square

    def _extra_bracket(self, start: int) -> int:
        """Report the closing brackets behind the root, and return their end."""
        found = _CLOSERS.match(self.content, start)
        assert found is not None
        end = found.end()
        char = self.content[start]
        if not self.extra:
            message = f"`{char}` closes nothing: the text is complete before it."
            cure = "Remove it, or the bracket further up that closes too early."
            edits: tuple[_Edit, ...] = ()
            if _BLANK.match(self.content, end):
                edits = ((start, end, ""),)
            self.problem("unexpected-bracket", start, end, message, cure, edits=edits)
        self.extra = True
        return end

    def _reopen(self) -> _Frame:
        """Go on in the root, which a bracket too many has closed, and report that bracket unless that was done."""
        root = self.root
        assert root is not None
        if not self.extra:
            message = f"This `}}` closes the object opened at {self._place(root)}, but more members follow."
            cure = "Remove one `}` here or further up."
            related = ((root.start, root.start + 1, "this `{` is closed by it"),)
            self.problem("unexpected-bracket", root.end - 1, root.end, message, cure, related)
        self.repaired = True
        root.closed = False
        frame = _Frame(root)
        self.stack.append(frame)
        return frame

    def _missing_bracket(self, key: Node) -> _Frame:
        """Report members that no `{` stands before, and go on as if it did."""
        message = f"The text begins with the name {self._shown(key)}, without the `{{` of an object."
        cure = "Put `{` before it, and `}` at the end."
        self.problem("missing-bracket", key.start, key.start, message, cure)
        self.repaired = True
        self.root = Node(OBJECT, key.start, key.end, self.text)
        self.root.closed = False
        frame = _Frame(self.root)
        self.stack.append(frame)
        return frame

    def _text_after_end(self, start: int) -> None:
        end = len(self.content.rstrip())
        raw = self.content[start : min(end, start + 40)]
        message = (
            f"The value ends before this: `{raw.splitlines()[0]}` is not part of it, and AWS reads one value alone."
        )
        edits: tuple[_Edit, ...] = ((start, end, ""),) if raw in {",", ";"} else ()
        self.problem("text-after-end", start, end, message, "Remove what follows.", edits=edits, fatal=True)

    # -- what JSON does not have

    def _unknown(self, start: int, end: int, style: str = "ambiguous") -> Node:
        return Node(UNKNOWN, start, end, self.text, self.content[start:end], style)

    def _string_node(self, start: int, end: int, value: str) -> Node:
        return Node(STRING, start, end, self.text, value, "json", self.placeholders.holes(value))

    def _odd(self, at: int, state: int, in_object: bool, quiet: bool) -> tuple[int, int, int, Node | None]:
        """Return token, start, end and node of what is no regular token, and report what JSON does not have."""
        content = self.content
        char = content[at]
        if char == '"':
            return self._string(at, state, in_object)
        if char == "#" or content.startswith(("//", "/*"), at):
            return _SKIP, at, self._comment(at), None
        if found := _SPACES.match(content, at):
            self._space(found)
            return _SKIP, at, found.end(), None
        if char in "{%":
            if found := _TEMPLATE_COMMENT.match(content, at, at + WINDOW):
                return _SKIP, at, found.end(), None
            if found := _TEMPLATE_TAG.match(content, at, at + WINDOW):
                if self.root is not None and not self.stack:
                    return _END, at, at, None  # perhaps there is one value or another: the first is read
                if not self.stack:
                    self.tag = self.tag or self._unknown(at, found.end(), "placeholder")
                    return _SKIP, at, found.end(), None
                if state in _PENDING:
                    found = _TEMPLATE_IF.match(content, at, at + WINDOW) or found
                    return _VALUE, at, found.end(), self._unknown(at, found.end(), "placeholder")
                return _SPLICE, at, found.end(), self._unknown(at, found.end(), "placeholder")
        if self.root is not None and not self.stack:
            return _JUNK, at, at + 1, None
        end = self.placeholders.bare(content, at)
        if end > at:
            return self._bare(at, end, state, in_object)
        if char in "{[":
            if content.startswith("{%", at) and (found := _JSONATA.match(content, at, at + WINDOW)):
                return _VALUE, at, found.end(), self._expression(at, found.end())
            return _OPEN, at, at + 1, None
        if state == _AT_COLON and (found := _ASSIGN.match(content, at)):
            message = f"`{found[0]}` stands where `:` is due between a name and its value."
            edits = ((at, found.end(), ":"),)
            self.problem("missing-colon", at, found.end(), message, "Write `:`.", edits=edits)
            return _COLON, at, found.end(), None
        if state == _AFTER and char == ";":
            message = "`;` stands where `,` separates two values."
            if not quiet:
                self.problem("missing-comma", at, at + 1, message, "Write `,`.", edits=((at, at + 1, ","),))
            return _COMMA, at, at + 1, None
        if self.stack and (state in _PENDING or not in_object) and (found := _CUT.match(content, at, at + WINDOW)):
            self.torn = True  # reported as that
            return _VALUE, at, found.end(), self._unknown(at, len(content.rstrip()), "cut")
        self._guess(at)
        if char in _QUOTES and (token := self._other_quotes(at)):
            return _VALUE, at, token.end, token
        if in_object and state not in _PENDING:
            return self._word_for_key(at, state, quiet)
        return self._word(at, state, quiet)

    def _comment(self, at: int) -> int:
        content = self.content
        if content.startswith("/*", at):
            end = content.find("*/", at + 2) + 2
            if end == 1:
                end = len(content.rstrip())
                self.torn = True
                if self.stack:  # the text is cut off in it: reported as that
                    return end
        else:
            found = _LINE_COMMENT.match(content, at)
            assert found is not None
            end = at + len(found[0].rstrip())
        self.problem(
            "comment",
            at,
            end,
            "JSON has no comments: AWS refuses the definition.",
            'Remove it, or write it as the value of a `"Comment"` field.',
            edits=((at, end, ""),),
        )
        return end

    def _space(self, found: re.Match[str]) -> None:
        start, end = found.span()
        names = " ".join(f"U+{ord(char):04X}" for char in found[0][:3])
        message = f"White space that JSON does not know ({names}) stands between two tokens."
        self.problem("bad-space", start, end, message, "Write plain spaces.", edits=((start, end, " "),))

    def _bare(self, at: int, end: int, state: int, in_object: bool) -> tuple[int, int, int, Node | None]:
        """Read a placeholder without quotes: no problem where it stands for a value, or for members or items."""
        content = self.content
        value = state in _PENDING or not in_object
        end = self._run(at, colon=value)[0]
        whole = at
        while whole < end and (next_end := self.placeholders.bare(content, whole)) > whole:
            whole = next_end
        glued = whole < end
        if not value and _COLON_NEXT.match(content, end):
            raw = content[at:end]
            self.problem(
                "unquoted-placeholder",
                at,
                end,
                f"The name `{raw[:80]}` has no quotes: the placeholder in it fills in the text, not the quotes.",
                "Put it in double quotes.",
                edits=((at, end, quoted(raw)),),
            )
            return _VALUE, at, end, self._string_node(at, end, raw)
        if value and _CLOSING_QUOTE.match(content, end):
            self._missing_quote(at, end + 1, f"The string `{content[at : min(end, at + 80)]}`")
            return _VALUE, at, end + 1, self._string_node(at, end + 1, content[at:end])
        if glued:
            self._unquoted_placeholder(at, end)
            if not value:
                return _JUNK, at, end, None
        splices = not value or (not in_object and state == _AFTER)
        return _SPLICE if splices else _VALUE, at, end, self._unknown(at, end, "placeholder")

    def _unquoted_placeholder(self, at: int, end: int) -> None:
        raw = self.content[at:end]
        self.problem(
            "unquoted-placeholder",
            at,
            end,
            f"`{raw[:80]}` has no quotes, and more than a placeholder in it: it can only become a string.",
            "Put it in double quotes.",
            edits=((at, end, quoted(raw)),),
        )

    def _expression(self, start: int, end: int) -> Node:
        raw = self.content[start:end]
        self.problem(
            "unquoted-expression",
            start,
            end,
            "A JSONata expression stands without quotes: in JSON it is a string.",
            'Put it in double quotes, with a backslash before each `"` in it.',
            edits=((start, end, quoted(raw)),),
        )
        return self._string_node(start, end, raw)

    def _other_quotes(self, at: int) -> Node | None:
        """Read a string in quotes that are not JSON's."""
        content = self.content
        line = _LINE_END.search(content, at, at + WINDOW)
        stop = line.start() if line else min(at + WINDOW, len(content))
        if content[at] == "'":
            found = _SINGLE.match(content, at, stop)
            kind, message = "single-quotes", "A string stands in single quotes: JSON takes double quotes only."
        else:
            found = _TYPOGRAPHIC.match(content, at, stop)
            kind, message = "typographic-quotes", 'A string stands in typographic quotes: JSON takes `"` only.'
        if found is None:
            return None
        value = _SINGLE_ESCAPE.sub(_decoded, found[1]) if kind == "single-quotes" else found[1]
        end = found.end()
        self.problem(kind, at, end, message, "Write double quotes.", edits=((at, end, quoted(value)),))
        return self._string_node(at, end, value)

    def _run(self, at: int, *, colon: bool, spaces: bool = False) -> tuple[int, bool]:
        """Return the end of a run of characters that belong together, and whether a placeholder is among them."""
        content, bare = self.content, self.placeholders.bare
        own = bool(self.placeholders.patterns)
        hole = False
        stop = at + WINDOW
        start = at
        while at < len(content) and at < stop:
            if (own or content[at] in "${<") and (end := bare(content, at)) > at:
                hole, at = True, end
                continue
            found = _WORD.match(content, at)
            if found is None or (found[0] == ":" and not colon):
                found = _NEXT_WORD.match(content, at) if spaces and at > start else None
            if found is None:
                break
            at = found.end()
        return at, hole

    def _word_for_key(self, at: int, state: int, quiet: bool) -> tuple[int, int, int, Node | None]:
        """Read what stands without quotes where a name, or a comma, is due."""
        content = self.content
        found = _UNOPENED_KEY.match(content, at, at + WINDOW)
        if found:
            raw = found[0][:-1]
            self._missing_quote(at, found.end(), f"The name `{raw[:80]}`")
            return _VALUE, at, found.end(), self._string_node(at, found.end(), raw)
        found = _WORD_KEY.match(content, at, at + WINDOW)
        end, hole = (found.end(), False) if found else self._run(at, colon=False)
        end = max(end, at + 1)
        if found or (hole and _COLON_NEXT.match(content, end)):
            key = self._unknown(at, end)
            if not hole:
                return _VALUE, at, end, self._unquoted_key(key)
            raw = content[at:end]
            self._unquoted_placeholder(at, end)
            return _VALUE, at, end, self._string_node(at, end, raw)
        end = max(self._run(at, colon=False, spaces=True)[0], end)
        if not quiet:
            due = "a `,` or a `}` is" if state == _AFTER else "a name in double quotes is"
            raw = content[at : min(end, at + 80)]
            self.problem(
                "bad-token", at, end, f"`{raw}` stands where {due} due.", "Remove it, or write what is missing."
            )
        return _JUNK, at, end, None

    def _missing_quote(self, at: int, end: int, what: str) -> None:
        message = f"{what} has no opening quote."
        self.problem("missing-quote", at, end, message, 'Write a `"` before it.', edits=((at, at, '"'),))

    def _word(self, at: int, state: int, quiet: bool) -> tuple[int, int, int, Node | None]:
        """Read what stands without quotes where a value is due."""
        content = self.content
        stop = at + WINDOW
        if found := _NOT_A_NUMBER.match(content, at, stop):
            end = found.end()
            message = f"`{found[0]}` is no value of JSON, which has no infinite and no undefined numbers."
            self.problem("not-a-number", at, end, message, "Write a number, or `null`.")
            return _VALUE, at, end, self._unknown(at, end)
        if found := _FOREIGN.match(content, at, stop):
            end = found.end()
            word = found[0].lower()
            word = word if word in _LITERALS else "null"
            message = f"`{found[0]}` is how another language writes it: JSON has `true`, `false` and `null`."
            edits = ((at, end, word),)
            self.problem("python-literal", at, end, message, f"Write `{word}`.", edits=edits)
            kind = NULL if word == "null" else BOOLEAN
            return _VALUE, at, end, Node(kind, at, end, self.text, _LITERALS.get(word))
        if found := _NUMBER_LIKE.match(content, at, stop):
            return _VALUE, at, found.end(), self._bad_number(found)
        if found := _UNOPENED.match(content, at, stop):
            end = found.end()
            raw = found[0][:-1]
            self._missing_quote(at, end, f"The string `{raw[:80]}`")
            return _VALUE, at, end, self._string_node(at, end, raw)
        end, hole = self._run(at, colon=True, spaces=True)
        end = max(end, at + 1)
        if state == _AT_COLON:  # reported as the missing colon
            return _VALUE, at, end, self._unknown(at, end)
        if hole:
            self._unquoted_placeholder(at, end)
            return _VALUE, at, end, self._unknown(at, end, "placeholder")
        raw = content[at:end]
        if state == _AFTER:
            if not quiet:
                message = f"`{raw[:80]}` stands where a `,` or a `]` is due."
                self.problem("bad-token", at, end, message, "Remove it, or write the `,` and put it in double quotes.")
            return _JUNK, at, end, None
        self.problem(
            "bad-token",
            at,
            end,
            f"`{raw[:80]}` is no value of JSON.",
            "Put it in double quotes if it is a string.",
            edits=((at, end, quoted(raw)),),
        )
        return _VALUE, at, end, self._unknown(at, end)

    def _bad_number(self, found: re.Match[str]) -> Node:
        """Report a number that JSON writes in another way, or something that begins as a number does."""
        at, end = found.span()
        raw = found[0]
        bare = raw.replace("_", "")
        written = ""
        if as_hex := _HEX.fullmatch(bare):
            written = ("-" if as_hex[1] == "-" else "") + str(int(as_hex[2], 16))
            why = "JSON has decimal numbers only"
        elif (decimal := _DECIMAL.fullmatch(bare)) and any(char.isdecimal() for char in bare):
            sign, whole, point, fraction, exponent = decimal.groups()
            written = ("-" if sign == "-" else "") + (whole or "0")
            written += (f".{fraction}" if fraction else "") + (f"e{exponent}" if exponent else "")
            if sign == "+":
                why = "JSON writes no `+` before a number"
            elif point and not fraction:
                why = "digits have to follow the point"
            elif "_" in raw:
                why = "JSON has no `_` between digits"
            elif bare.lstrip("-").startswith("."):
                why = "a digit has to stand before the point"
            else:
                why = "JSON writes no zeros before a number"
        else:
            message = f"`{raw[:80]}` is neither a number nor a string."
            cure = "Write the number alone, or put the text in double quotes."
            self.problem("bad-number", at, end, message, cure)
            return self._unknown(at, end)
        message = f"`{raw[:80]}` is no number of JSON: {why}."
        self.problem("bad-number", at, end, message, f"Write `{written[:80]}`.", edits=((at, end, written),))
        return Node(NUMBER, at, end, self.text, number_of(written))

    # -- strings

    def _string(self, start: int, state: int, in_object: bool) -> tuple[int, int, int, Node | None]:
        """Read a string with escapes, or one that is broken."""
        content = self.content
        if found := _ESCAPED.match(content, start):
            value = _ESCAPE.sub(_decoded, found[1])
            return _VALUE, start, found.end(), self._string_node(start, found.end(), value)
        if self.root is not None and not self.stack:
            return _JUNK, start, start + 1, None
        self._guess(start)
        is_key = in_object and state not in _PENDING
        if found := _EXTRA_QUOTE.match(content, start, start + WINDOW):
            self._extra_quote(start)
            start += 1
        parts: list[str] = []
        at = last = start + 1
        literal = -1  # quotes before this offset belong to the string
        breaks: list[tuple[int, int]] | None = None  # the line ends in a string over several lines
        while found := _SPECIAL.search(content, at):
            pos = found.start()
            char = content[pos]
            if char == "\\":
                parts.append(content[last:pos])
                at, part = self._escape(pos)
                last = at
                parts.append(part)
            elif char == '"':
                if pos < literal:
                    at = pos + 1
                    continue
                end, literal = self._quote(start, pos, is_key, in_object, literal)
                if end < 0:
                    at = pos + 1
                    continue
                if breaks:
                    self._multi_line(breaks)
                if literal >= 0:  # a placeholder with quotes in it is no guess
                    self.guesses -= 1
                parts.append(content[last:pos])
                value = "".join(parts)
                if end <= pos:  # the quote opens what comes next
                    value = value[: len(value) - (pos - end)]
                node = self._string_node(start, end, value)
                if end > pos and content.startswith('"', end) and content[end + 1 : end + 2].strip(" \t\r\n,:]}") == "":
                    self._extra_quote(end)
                    end += 1
                return _VALUE, start, end, node
            elif char in "\r\n":
                at = pos + (2 if content.startswith("\r\n", pos) else 1)
                if breaks is None:
                    if is_key or not _LATER_QUOTE.match(content, pos, pos + WINDOW):
                        parts.append(content[last:pos])
                        return self._unterminated(start, pos, "".join(parts), is_key)
                    breaks = []
                breaks.append((pos, at))
            else:
                run = _CONTROLS.match(content, pos)
                assert run is not None
                at = run.end()
                self._control(run)
        parts.append(content[last:])
        return self._unterminated(start, len(content), "".join(parts), is_key)

    def _escape(self, pos: int) -> tuple[int, str]:
        """Return the end of an escape and the character that it stands for; of a bad one the backslash."""
        content = self.content
        found = _ESCAPE.match(content, pos)
        if found is None:
            bad = _BAD_ESCAPE.match(content, pos)
            assert bad is not None
            raw = bad[0]
            if not _BLANK.match(content, bad.end()):  # else the text is cut off here
                message = f"`{raw}` is no escape of JSON."
                if raw.startswith("\\u"):
                    message = f"`{raw}` is no escape of JSON: four hexadecimal digits follow `\\u`."
                cure = "Write `\\\\` for a backslash."
                self.problem("bad-escape", pos, bad.end(), message, cure, edits=((pos, pos + 1, "\\\\"),))
            return pos + 1, "\\"
        part = _decoded(found)
        if part == "\ufffd" and found[0][2:].lower() != "fffd":
            message = f"`{found[0]}` is half of a surrogate pair, and no character by itself."
            cure = "Write both halves, or the character itself."
            edits = ((pos, found.end(), "\\ufffd"),)
            self.problem("lone-surrogate", pos, found.end(), message, cure, edits=edits)
        return found.end(), part

    def _quote(self, start: int, pos: int, is_key: bool, in_object: bool, literal: int) -> tuple[int, int]:
        """Decide what a quote in a string is: return the string's end, or -1, and up to where quotes belong to it."""
        content = self.content
        behind = content[pos + 1 : pos + 2]
        if not behind or behind.isspace() or behind in ",:]}" or pos == literal:
            return pos + 1, literal
        hole = content.rfind("${", start, pos)
        if hole >= 0:
            end = self.placeholders.bare(content, hole)
            if end > pos and not _NEWLINE.search(content, hole, end):
                return -1, end
        if behind in "{[;=#" or content.startswith(("//", "/*", "%{"), pos + 1):
            return pos + 1, literal
        if behind == '"':
            return pos + 1, literal
        inside = content[max(start + 1, pos - WINDOW) : pos]
        begin = pos - len(inside)
        if is_key:
            torn = _TORN_KEY.search(inside)
            end = begin + torn.start() if torn else -1
        else:
            rest = _REST_OF_KEY if in_object else _REST_OF_ITEM
            torn = _COMMA_BEHIND.search(inside) if rest.match(content, pos + 1, pos + WINDOW) else None
            end = self._stripped(start, begin + torn.end(1))[0] if torn else -1
        if end > start + 1:
            self._missing_end(start, end)
            return end, literal
        if not is_key:
            line = _LINE_END.search(content, pos, pos + WINDOW)
            stop = line.start() if line else min(pos + WINDOW, len(content))
            last = (_LAST_QUOTE if in_object else _LAST_QUOTE_OF_ITEM).search(content, pos + 1, stop)
            if last:
                close = last.start()
                inner = [m.start() for m in re.finditer(r'(?<!\\)"', content[pos:close])]
                self.problem(
                    "unescaped-quote",
                    pos,
                    pos + 1,
                    'This `"` stands inside a string without a backslash, so the string ends here.',
                    'Write `\\"` for each quote inside.',
                    edits=tuple((pos + i, pos + i, "\\") for i in inner),
                )
                return -1, close
        return pos + 1, literal

    def _extra_quote(self, at: int) -> None:
        message = "A second quote stands at the beginning or end of a string."
        self.problem("extra-quote", at, at + 1, message, "Remove it.", edits=((at, at + 1, ""),))

    def _missing_end(self, start: int, end: int) -> None:
        raw = self.content[start : min(end, start + 60)]
        message = f"The string `{raw}` has no closing quote."
        self.problem("unterminated-string", start, end, message, 'Write a `"` at its end.', edits=((end, end, '"'),))

    def _unterminated(self, start: int, stop: int, value: str, is_key: bool) -> tuple[int, int, int, Node | None]:
        """End a string that has no closing quote on its line: before what looks like the punctuation behind it."""
        content = self.content
        end = start + 1 + len(content[start + 1 : stop].rstrip())
        closers = 0
        if is_key and (colon := content.find(":", start, end)) > start + 1:
            end = colon
        else:
            end, closers = self._stripped(start, end)
        if self.stack and closers < len(self.stack) and _BLANK.match(content, stop):
            # the text is cut off in this string: reported as that
            end = max(start + 1, len(content.rstrip()))
            self.torn = True
            if not is_key:
                return _VALUE, start, end, self._unknown(start, end, "cut")
        else:
            self._missing_end(start, end)
        value = value[: max(0, len(value) - (stop - end))]
        return _VALUE, start, end, self._string_node(start, end, value)

    def _stripped(self, start: int, end: int) -> tuple[int, int]:
        """Return the end of a torn string without the punctuation behind it, and how many closing brackets that has.

        A bracket that is opened in the string belongs to it: `$.a[0]`.
        """
        content = self.content
        counts = {char: content.count(char, start, end) for char in "{}[]"}
        comma = False
        closers = 0
        while end > start + 1:
            char = content[end - 1]
            if char == "," and not comma:
                comma = True
            elif (char == "}" and counts["}"] > counts["{"]) or (char == "]" and counts["]"] > counts["["]):
                counts[char] -= 1
                closers += 1
            elif not char.isspace():
                break
            end -= 1
        return end, closers

    def _control(self, run: re.Match[str]) -> None:
        start, end = run.span()
        edits = tuple((i, i + 1, _written(self.content[i])) for i in range(start, end))
        char = self.content[start]
        name = "a tab" if char == "\t" else f"the control character U+{ord(char):04X}"
        message = f"A string has {name} in it, which JSON allows as an escape only."
        self.problem("control-character", start, end, message, f"Write `{_written(char)}`.", edits=edits)

    def _multi_line(self, breaks: list[tuple[int, int]]) -> None:
        start, end = breaks[0]
        edits = tuple((a, b, quoted(self.content[a:b])[1:-1]) for a, b in breaks)
        message = "A string goes on in the next line, but JSON allows no line end in a string."
        self.problem("control-character", start, end, message, "Write `\\n`, in one line.", edits=edits)
