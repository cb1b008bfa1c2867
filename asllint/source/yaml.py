"""YAML into the one tree: built from PyYAML's events, without its composer and constructor.

PyYAML gives events and indices; everything else is decided here: scalars (the core schema of YAML 1.2), tags, aliases,
merge keys, bounds, the spans, and what becomes of a text that is not YAML. Where the parser stops at a mistake with one
evident meaning (a bare ``{% … %}``, a colon in an unquoted value, a missing comma), a copy of the same length is mended
and read again, so that the rest of the text is still judged; nodes and spans always come from the text itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import partial

from asllint.source.node import (
    ARRAY,
    BOOLEAN,
    EXACT_DIGITS,
    LARGEST,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    UNKNOWN,
    Comment,
    Document,
    Node,
    Problem,
    number_of,
)
from asllint.source.patterns import of_tags
from asllint.source.placeholders import DEFAULT, Placeholders, is_template_intrinsic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from asllint.source.node import Span
    from asllint.source.text import Text

MAX_DEPTH: Final = 256
"""How many mappings and sequences may stand in each other, aliases expanded."""

MAX_EXPANSION: Final = 500_000
"""How many nodes all aliases of a text may stand for together: more have no place in the 1 MB that AWS takes."""

MAX_PROBLEMS: Final = 1000
"""How many problems of a text are listed; past them comes one that says so."""

_MAX_ROUNDS: Final = 200
_MAX_CHARACTER_PROBLEMS: Final = 100
_WINDOW: Final = 10_000  # code points of a template's comment or tag
_MAX_MISSES: Final = 200  # openings of placeholders that are not closed: each costs a search

_STYLES: Final = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
_CORE: Final = "tag:yaml.org,2002:"


def read_yaml(text: Text, placeholders: Placeholders = DEFAULT) -> Document:
    """Read a text as YAML; never raises for what stands in it.

    Keys are STRING nodes: a scalar key is its text, whatever it looks like; a mapping or sequence as a key is a problem
    and becomes its first line, with a hole over all of it. Only the first document with content is read. An alias is
    the node that it names, so that a node can stand in several places. A key whose value was not reached before a fatal
    problem is left out; the containers around it are not closed.
    """
    source = _Source(text)
    best = _Builder(text, source, placeholders)
    best.run()
    # Each round reads again up to its own mistake: the budget keeps the sum of it linear in the text.
    budget = 2 * len(text.content) + 1_000_000
    for _ in range(_MAX_ROUNDS):
        if best.reach is None or budget < 0:
            break
        mended = _mend(best)
        if mended is None:
            break
        attempt = _Builder(text, mended, placeholders)
        attempt.run()
        budget -= len(text.content) if attempt.reach is None else attempt.reach
        if attempt.reach is not None and attempt.reach <= best.reach:
            if not mended.last_was_search:
                break
            best.source.searched = True
        else:
            best = attempt
    if best.deferred:
        best = _Builder(text, best.source, placeholders, defer=False)
        best.run()
    failure = best.failure
    if failure is not None and best.root is None:
        # The scanner runs ahead of the parser: on one line, it can stop before a single event has come out.
        before = _Builder(text, best.source, placeholders, limit=failure.start)
        before.run()
        if before.last > best.last:
            if not any(problem.fatal for problem in before.problems):
                before.failure = failure
            best = before
    return best.document()


def string_offset(node: Node, i: int) -> int:
    """Return the offset in the text of character `i` of a STRING node; its length: the end, before a closing quote.

    The space or line break that a fold makes stands where the first white space of the fold does; the line breaks that
    a block scalar ends with are at its end.
    """
    value = node.value
    assert isinstance(value, str)
    quote = 1 if node.style in ("single", "double") else 0
    if i >= len(value):
        return max(node.start, node.end - quote)
    i = max(i, 0)
    # Nothing written is shorter than what it stands for: the same length means the same characters.
    if node.style not in ("literal", "folded") and node.end - node.start - 2 * quote == len(value):
        return node.start + quote + i
    offsets = _offsets(node, value)
    return min(offsets[i], node.end) if i < len(offsets) else node.end


_last: tuple[Node, list[int]] | None = None


def _offsets(node: Node, value: str) -> list[int]:
    """Return the offset of each character; that of the last node is kept, since an expression asks many times."""
    global _last
    last = _last
    if last is not None and last[0] is node:
        return last[1]
    offsets = _decode(node.origin.content, node.start, node.end, node.style, value)[1]
    _last = node, offsets
    return offsets


# -- the text that the parser is given

# PyYAML refuses these; U+0085, U+2028, U+2029 it takes for line breaks, as YAML 1.1 does and YAML 1.2 does not, and
# U+FEFF for nothing at the start of a line.
_SURROGATES = "\ud800-\udfff"
_REFUSED = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff"
_BAD_CHARACTERS: Final = f"[{_SURROGATES}]+|[{_REFUSED}]+"
_HIDDEN = re.compile(f"[{_SURROGATES}{_REFUSED}\x85\u2028\u2029\ufeff]")

# Escapes that one of the loaders refuses and the other takes, or raises on: surrogates and what is past U+10FFFF.
_HIDDEN_ESCAPE: Final = (
    r"(?<!\\)((?:\\\\)*+)"
    r"(\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\U0000[dD][89a-fA-F][0-9a-fA-F]{2}|\\U(?!000|0010)[0-9a-fA-F]{8})"
)

_CLOSES = of_tags("CLOSES")
_MAX_TAGS: Final = 200
"""How many of them are put into the tree: each is looked for from the root."""

_BARE_DOUBLE_BRACES: Final = r"\{\{[^{}\r\n]*+\}\}"
_LEADING_TABS: Final = r"(?m)^( *(?:[-?][ \t]+)*+)([^ \t\r\n][^\r\n]*)"


class _Source:
    """The text, and the copy of the same length that the parser is given.

    Parts that the parser must not see are filled up in the copy with one private-use character that the text does not
    contain: it means nothing to YAML in whatever scalar it comes to stand, so that a wrong guess does no harm.

    fixes     (start, end, kind) of the parts filled up: a kind of problem, where they come to stand in a plain scalar, or
              "placeholder" for ``${…}``, which is none: what fills it in is read by YAML, not it
    searched  whether bare JSONata and placeholders have been looked for
    tags      the spans of the tags of a template that have a line of their own, and are white space in the copy
    template  the text is a template by its name
    """

    __slots__ = (
        "content", "fixes", "last_was_search", "problems", "searched", "shown", "stand_in", "tags", "template", "untabbed",
    )  # fmt: skip

    def __init__(self, text: Text) -> None:
        self.content = content = text.content
        self.shown = content
        self.template = text.is_template
        self.stand_in = ""
        self.fixes: list[tuple[int, int, str]] = []
        self.problems: list[Problem] = []
        self.searched = False
        self.last_was_search = False
        self.untabbed = False
        self.tags: list[Span] = []
        if _HIDDEN.search(content):
            self._hide_characters()
        if "\\u" in content or "\\U" in content:
            self.shown = re.compile(_HIDDEN_ESCAPE).sub(lambda m: m[1] + self.fill(m[2]), self.shown)

    def copy(self) -> _Source:
        twin = object.__new__(_Source)
        twin.content, twin.shown, twin.stand_in, twin.template = self.content, self.shown, self.stand_in, self.template
        twin.fixes, twin.problems, twin.tags = list(self.fixes), list(self.problems), list(self.tags)
        twin.searched, twin.untabbed, twin.last_was_search = self.searched, self.untabbed, False
        return twin

    def fill(self, part: str) -> str:
        """Return a filling for a part of the text: its white space stays."""
        if not self.stand_in:
            used = set(self.content)
            private = (*range(0xE000, 0xF900), *range(0xF0000, 0xFFFFE))
            self.stand_in = next(chr(code) for code in private if chr(code) not in used)
        return re.sub(r"[^ \t\r\n]", self.stand_in, part)

    def replace(self, start: int, end: int, by: str) -> None:
        """Put a text of the same length into the copy."""
        self.shown = self.shown[:start] + by + self.shown[end:]

    def hide(self, start: int, end: int, kind: str) -> None:
        """Fill up a part that is a problem of this kind where it stands in a plain scalar."""
        self.replace(start, end, self.fill(self.content[start:end]))
        self.fixes.append((start, end, kind))
        self.fixes.sort()

    def hide_bare(self, placeholders: Placeholders) -> bool:
        """Fill up everything that could be bare JSONata or a bare placeholder; False where there is none."""
        self.searched = self.last_was_search = True
        content = self.content
        # of those that begin at the same place the first counts
        parts = self._tags() if any(mark in content for mark in ("{%", "%{", "{{", "{#")) else []
        parts += [(*span, "unquoted-jsonata") for span in _between(content, "{%", "%}", one_line=False)]
        # where the text is itself made of this one, quotes are not what makes the braces YAML
        kind = "placeholder" if self.template else "unquoted-placeholder"
        parts += [(*span, kind) for span in _between(content, "{{", "}}", one_line=True)]
        at = content.find("${")
        misses = 0
        while at >= 0 and misses < _MAX_MISSES:
            end = placeholders.bare(content, at)
            if end > at:
                parts.append((at, end, "placeholder"))
            else:
                misses += 1
            at = content.find("${", max(end, at + 2))
        parts.sort(key=lambda part: part[0])
        pieces: list[str] = []
        done = 0
        for start, end, kind in parts:
            if start < done:
                continue
            if kind in ("tag", "note"):
                pieces += self.shown[done:start], " " * (end - start)
                if kind == "tag":
                    self.tags.append((start, end))
            else:
                pieces += self.shown[done:start], self.fill(content[start:end])
                self.fixes.append((start, end, kind))
            done = end
        pieces.append(self.shown[done:])
        self.shown = "".join(pieces)
        self.fixes.sort()
        return bool(parts)

    def _tags(self) -> list[tuple[int, int, str]]:
        """Return the tags and comments of a template that have lines of their own, then all its tags."""
        from asllint.source.tags import NOTE, NOTE_MARKS, TAG, TAG_MARKS

        content = self.content
        parts = [(*m.span(1), "tag") for m in re.compile(rf"(?m)^[ \t]*+({TAG})[ \t]*+\r?$").finditer(content)]
        for start, end in _marked(content, re.compile(NOTE, re.DOTALL), NOTE_MARKS):
            before, behind = content[_line_start(content, start) : start], content[end : _line_end(content, end)]
            if not (before + behind).strip(" \t"):
                parts.append((start, end, "note"))
        tags = _marked(content, re.compile(TAG, re.DOTALL), TAG_MARKS)
        return parts + [(*span, "placeholder") for span in tags]

    def fixes_in(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """Return the parts that lie in a span."""
        out = []
        for i in range(bisect_left(self.fixes, (start,)), len(self.fixes)):
            fix = self.fixes[i]
            if fix[0] >= end:
                break
            out.append(fix)
        return out

    def untab(self) -> None:
        """Make spaces of the tabs that YAML allows and PyYAML's own scanner does not."""
        self.untabbed = True
        if self.content.lstrip()[:1] in ("{", "["):
            self.shown = self.shown.replace("\t", " ")
        else:
            self.shown = re.compile(_LEADING_TABS).sub(lambda m: m[1] + m[2].replace("\t", " "), self.shown)

    def _hide_characters(self) -> None:
        content = self.content
        filling = self.fill("x")
        self.shown = _HIDDEN.sub(filling, content)
        for count, m in enumerate(re.compile(_BAD_CHARACTERS).finditer(content)):
            if count == _MAX_CHARACTER_PROBLEMS:
                break
            code = ord(m[0][0])
            if 0xD800 <= code <= 0xDFFF:
                self.problems.append(
                    Problem(
                        "lone-surrogate", *m.span(),
                        f"The text holds `U+{code:04X}`, one half of a surrogate pair: it is no character, and no file"
                        " can be written with it.",
                        "Write the character that was meant.",
                    )
                )  # fmt: skip
            else:
                self.problems.append(
                    Problem(
                        "control-character", *m.span(),
                        f"The character `U+{code:04X}` may not stand in YAML: readers refuse the whole text.",
                        f'Remove it, or write it as `"\\u{code:04x}"` in double quotes.',
                    )
                )  # fmt: skip


def _between(content: str, opener: str, closer: str, *, one_line: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans from each opener to the next closer; linear, also where nothing is closed."""
    at = content.find(opener)
    while at >= 0:
        limit = _line_end(content, at) if one_line else len(content)
        end = content.find(closer, at + len(opener), limit)
        if end >= 0:
            yield at, end + len(closer)
        at = content.find(opener, end + len(closer) if end >= 0 else limit)


def _marked(content: str, pattern: re.Pattern[str], marks: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Yield the spans of what a pattern matches, all of which begin with one of the marks, and end with what it is closed by.

    Linear: what is not closed within `_WINDOW` is not looked at.
    """
    done = 0
    for mark in re.finditer("|".join(map(re.escape, marks)), content):
        at = mark.start()
        if at >= done and content.find(marks[mark[0]], at, at + _WINDOW) >= 0:
            found = pattern.match(content, at, at + _WINDOW)
            if found:
                done = found.end()
                yield at, done


def _loader() -> tuple[Any, bool]:
    """Return the loader class, and whether it is the one in pure Python."""
    import yaml

    fast = getattr(yaml, "CLoader", None)
    return (fast, False) if fast is not None else (yaml.Loader, True)


# -- the tree

_SEVERAL: Final = (
    "A second YAML document begins here: a definition is one document, and what follows is not read.",
    "Put it into a file of its own, or remove it.",
)

_PROPERTY = re.compile(r"(?:!<[^>\s]*>|![^\s,\[\]{}]*|&[0-9A-Za-z_-]*)(?:[ \t\r\n]++(?:#[^\r\n]*)?)*")
_BLOCK_HEADER = re.compile(r"([|>][-+0-9]*)[ \t]*(?:(?<=[ \t])#[^\r\n]*)?")
_COLON = re.compile(r"\s*:")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_BAD_ESCAPE: Final = r"\\(?![0abt\tnvfre \"/\\N_LP\r\n]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
_BAD_ESCAPE_AMONG: Final = r"(?<!\\)(?:\\\\)*+" + _BAD_ESCAPE


class _Frame:
    """A container that is being read.

    node    its node
    anchor  the name that it can be referred to by, or None
    tag     the tag that stands before it, or None
    outer   the offset of its first property, or of itself
    key     the key whose value comes next
    merges  the indices of the members that are merge keys
    size    how many nodes it stands for, aliases expanded
    height  how deep it is, aliases expanded; 1 is a container of scalars
    """

    __slots__ = ("anchor", "flow", "height", "items", "key", "members", "merges", "node", "outer", "size", "tag")

    def __init__(self, node: Node, flow: bool, anchor: str | None, tag: str | None, outer: int) -> None:
        self.node = node
        self.flow = flow
        self.anchor = anchor
        self.tag = tag
        self.outer = outer
        self.members: list[tuple[Node, Node]] = []
        self.items: list[Node] = []
        if node.kind == OBJECT:
            node.members = self.members
        else:
            node.items = self.items
        self.key: Node | None = None
        self.merges: list[int] = []
        self.size = 1
        self.height = 1


class _Failure:
    """Where the parser stopped: the offset, that of the construct it was in (or None), and what PyYAML says."""

    __slots__ = ("at", "context", "text")

    def __init__(self, at: int, context: int | None, text: str) -> None:
        self.at = at
        self.context = context
        self.text = text

    @property
    def start(self) -> int:
        """Where the token begins that could not be read."""
        token = "scanning" in self.text or "quoted scalar" in self.text
        return self.at if self.context is None or not token or "plain scalar" in self.text else self.context


class _Builder:
    """One reading of a text: from events to a tree.

    reach     the offset at which the reading failed; None where it did not
    deferred  it stopped at a bare ``{{ … }}``, which YAML reads as a mapping, for the text to be mended first
    last      where the last thing read ends
    limit     only what stands before this offset is read, and nothing is taken to end there
    """

    def __init__(
        self, text: Text, source: _Source, placeholders: Placeholders, *, defer: bool = True, limit: int | None = None
    ) -> None:
        self.text = text
        self.content = text.content
        self.source = source
        self.placeholders = placeholders
        self.defer = defer
        self.limit = limit
        self.deferred = False
        self.failure: _Failure | None = None
        self.reach: int | None = None
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.cut = False
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Node, int, int] | _Frame] = {}
        self.expanded = 0
        self.told: set[str] = set()
        self.last = 0
        self.last_scalar: tuple[int, int, str] = (0, 0, "")
        self.stop = len(text.content)
        self.unmarked = placeholders.none_in(text.content)
        self.scalars: list[tuple[int, int]] | None = [] if "asllint:" in text.content else None

    def run(self) -> None:
        """Read the events; stop at the first mistake, at a bound, and at a second document."""
        import yaml

        loader, pure = _loader()
        if pure and "\t" in self.content and not self.source.untabbed:
            self.source.untab()
        try:
            # what yaml.parse does, without a generator and a second call for each event
            self._consume(iter(loader(self.source.shown[: self.limit]).get_event, None), yaml)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = min(mark.index, len(self.content)) if mark is not None else self.last
            context = error.context_mark.index if error.context_mark is not None else None
            self._fail(_Failure(at, context, f"{error.context or ''} {error.problem or ''}"))
        except (yaml.YAMLError, ValueError, ArithmeticError, RecursionError):
            self._fail(_Failure(self.last, None, ""))

    def document(self) -> Document:
        """Return what was read; of a reading that failed, what stands before the mistake."""
        if self.failure is not None:
            problem = _explain(self, self.failure)
            if problem.kind in ("unquoted-jsonata", "unquoted-placeholder"):
                # what the brace was taken to open is no mapping
                while self.stack and self.stack[-1].node.start >= problem.start:
                    self.stack.pop()
            self._give_up(problem)
        if self.root is None and self.source.tags:
            self.root = self._unknown(*self.source.tags[0], "placeholder")
        elif self.root is not None:
            for start, end in self.source.tags[:_MAX_TAGS]:
                if not _CLOSES.match(self.content, start):
                    self._splice(self.root, start, end)
        self.problems += self.source.problems
        self.problems.sort(key=lambda problem: problem.start)
        return Document(self.text, "yaml", self.root, self.problems, self._comments(), self.cut)

    def _splice(self, node: Node, start: int, end: int) -> None:
        """Put a tag of a template into the innermost container around it, as a member or item that can be anything."""
        inner: Node | None = node
        while inner is not None:
            node = inner
            below = [value for _, value in node.members] if node.kind == OBJECT else node.items
            inner = next((child for child in below if child.start < start and end < child.end), None)
        tag = self._unknown(start, end, "placeholder")
        if node.kind == OBJECT:
            raw = self.content[start:end]
            name = Node(STRING, start, end, self.text, raw, "plain", ((0, len(raw)),))
            node.members = sorted([*node.members, (name, tag)], key=lambda member: member[0].start)
        elif node.kind == ARRAY:
            node.items = sorted([*node.items, tag], key=lambda item: item.start)

    # -- events

    def _consume(self, events: Iterator[Any], yaml: Any) -> None:
        scalar, alias = yaml.ScalarEvent, yaml.AliasEvent
        mapping, sequence = yaml.MappingStartEvent, yaml.SequenceStartEvent
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        limit = self.limit
        simple = not (self.source.stand_in or self.source.untabbed or self.scalars is not None)
        begun: tuple[int, int] | None = None  # the mark of a further document
        for event in events:
            kind = type(event)
            if self.root is not None and not self.stack and kind in (scalar, alias, mapping, sequence):
                if kind is scalar and event.value == "" and event.style in (None, "") and event.tag is None:
                    continue
                self._several_documents(begun or (event.start_mark.index, event.start_mark.index))
                return
            if limit is not None and self._is_end_of_text(event, limit):
                return
            if kind is scalar:
                if simple and event.value and self.stack and not (event.style or event.tag or event.anchor):
                    self._word(event)
                else:
                    self._scalar(event)
            elif kind is mapping or kind is sequence:
                if not self._open(event, OBJECT if kind is mapping else ARRAY):
                    return
            elif kind in ends:
                start, end = event.start_mark.index, event.end_mark.index
                if end > start and self.stack[-1].flow:
                    self.last = end
                self._close(True)
            elif kind is alias:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                begun = event.start_mark.index, event.end_mark.index
                if self.root is None:
                    self.anchors = {}

    def _is_end_of_text(self, event: Any, limit: int) -> bool:
        """Whether an event says no more than that the text ends: an empty value, the end of a block."""
        if getattr(event, "value", None) == "" and event.style in (None, ""):
            return not self.content[event.end_mark.index : limit].strip()
        return bool(event.start_mark.index >= limit)

    def _several_documents(self, mark: tuple[int, int]) -> None:
        start, end = mark
        start = max(start, end - 3)  # directives before the marker belong to it
        self.stop = start
        self._problem("several-documents", start, end, *_SEVERAL, fatal=True)

    def _open(self, event: Any, kind: str) -> bool:
        """Begin a container; False where the reading ends here."""
        outer = event.start_mark.index
        content = self.content
        flow = bool(event.flow_style)
        if self.defer and flow and content.startswith("{{", outer) and not self.source.searched:
            m = re.compile(_BARE_DOUBLE_BRACES).match(content, outer)
            if m is not None:
                self.deferred = True
                self.failure = _Failure(outer, None, "double braces")
                self.reach = outer
                return False
        start = outer
        if event.tag is not None or event.anchor is not None:
            start = self._behind_properties(outer, len(content))
        if len(self.stack) >= MAX_DEPTH:
            problem = Problem(
                "too-deep", start, min(start + 1, len(content)),
                f"More than {MAX_DEPTH} mappings and sequences stand in each other here: nothing behind this is read.",
                "Flatten it; no state machine needs such a depth.", fatal=True,
            )  # fmt: skip
            self.last = max(self.last, outer)
            self._give_up(problem)
            return False
        frame = _Frame(Node(kind, start, start, self.text), flow, event.anchor, event.tag, outer)
        if event.anchor is not None:
            self.anchors[event.anchor] = frame
        self.stack.append(frame)
        self.last = max(self.last, start + 1 if flow and content[start : start + 1] in ("{", "[") else start)
        return True

    def _close(self, closed: bool) -> None:
        """End the innermost container and hand it to the one around it."""
        frame = self.stack.pop()
        node = frame.node
        node.closed = closed
        node.end = max(self.last, node.start)
        if frame.merges:
            self._merge(frame)
        tag = frame.tag
        foreign = tag is not None and tag not in ("!", _CORE + ("map" if node.kind == OBJECT else "seq"))
        if foreign or (len(frame.members) == 1 and is_template_intrinsic(frame.members)):
            start = frame.outer if tag is not None else node.start
            node = self._unknown(start, node.end, "tag")
            frame.size = frame.height = 1
        self._add(node, frame.size, frame.height, frame.anchor, frame)

    def _add(self, node: Node, size: int, height: int, anchor: str | None, own: _Frame | None = None) -> None:
        # Of two nodes with one anchor the later one wins: also over a container that began before it and ends after it.
        if anchor is not None and (own is None or self.anchors.get(anchor) is own):
            self.anchors[anchor] = node, size, height
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if frame.node.kind == ARRAY:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = self._as_key(node)
        else:
            key = frame.key
            if key.value == "<<" and key.style == "plain":
                frame.merges.append(len(frame.members))
            frame.members.append((key, node))
            frame.key = None

    def _as_key(self, node: Node) -> Node:
        if node.kind == STRING:
            return node
        raw = self.content[node.start : node.end]
        line = _LINE_BREAK.split(raw, maxsplit=1)[0]
        if node.kind in (OBJECT, ARRAY):
            self._problem(
                "complex-key", node.start, node.start + len(line),
                f"`{_short(line)}` is a mapping or a sequence, and stands as a key: the keys of a definition are strings.",
                "Write a string, in quotes if it has braces or brackets in it.",
            )  # fmt: skip
        elif node.style in ("", "ambiguous"):
            return Node(STRING, node.start, node.end, self.text, raw, "plain", self.placeholders.holes(raw))
        return Node(STRING, node.start, node.start + len(line), self.text, line, "plain", ((0, len(line)),))

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        name = event.anchor
        self.last = max(self.last, end)
        target = self.anchors.get(name)
        if target is None:
            key = self.stack[-1].key if self.stack else None
            merge = key is not None and key.value == "<<" and key.style == "plain"  # which takes no string
            self._problem(
                "undefined-alias", start, end,
                f"`*{name}` refers to an anchor `&{name}` that does not stand before it: readers refuse the text.",
                f"Define `&{name}` above{'' if merge else ', or quote the value if a string with an asterisk is meant'}.",
                edits=() if merge else ((start, end, _quoted(self.content[start:end])),),
            )  # fmt: skip
        elif isinstance(target, _Frame):
            self._problem(
                "cyclic-alias", start, end,
                f"`*{name}` stands inside the value that it refers to: such a value has no end, and no JSON can be made"
                " of it.",
                "Refer to a value that is complete before this place.",
                related=((target.outer, min(target.outer + len(name) + 1, len(self.content)), "the anchor"),),
            )  # fmt: skip
        elif self.expanded + target[1] > MAX_EXPANSION:
            self._problem_once(
                "alias-bomb", start, end,
                f"With `*{name}` the aliases of this text stand for more than {MAX_EXPANSION:,} values: they are not"
                " expanded any further.",
                "Write the definition without aliases that multiply each other.",
            )  # fmt: skip
        elif len(self.stack) + target[2] > MAX_DEPTH:
            self._problem_once(
                "too-deep", start, end,
                f"With `*{name}` more than {MAX_DEPTH} mappings and sequences stand in each other: it is not expanded.",
                "Flatten it; no state machine needs such a depth.",
            )  # fmt: skip
        else:
            self.expanded += target[1]
            self._add(*target, None)
            return
        self._add(self._unknown(start, end, "tag"), 1, 0, None)

    def _merge(self, frame: _Frame) -> None:
        """Put the members of the mappings that ``<<`` names in its place; a key that is there already wins."""
        merges = set(frame.merges)
        seen = {key.value for i, (key, _) in enumerate(frame.members) if i not in merges}
        members: list[tuple[Node, Node]] = []
        for i, (key, value) in enumerate(frame.members):
            if i not in merges:
                members.append((key, value))
                continue
            for source in value.items if value.kind == ARRAY else (value,):
                if source.kind == OBJECT:
                    for member in source.members:
                        if member[0].value not in seen:
                            seen.add(member[0].value)
                            members.append(member)
                elif source.kind == UNKNOWN:
                    members.append((Node(STRING, key.start, key.end, self.text, "<<", "plain", ((0, 2),)), source))
                else:
                    self._problem(
                        "bad-merge", source.start, source.end,
                        f"`<<` merges mappings into this one, and `{_short(self.content[source.start : source.end])}` is"
                        " none: readers refuse it.",
                        "Name a mapping, or a list of mappings.",
                    )  # fmt: skip
        frame.members = members
        frame.node.members = members

    # -- scalars

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        value: str = event.value
        style = _STYLES[event.style]
        tag: str | None = event.tag
        anchor: str | None = event.anchor
        content = self.content
        frame = self.stack[-1] if self.stack else None
        is_key = frame is not None and frame.key is None and frame.node.kind == OBJECT
        begin = start
        if tag is not None or anchor is not None:
            begin = self._behind_properties(start, end)
        if style in ("literal", "folded"):
            end = _block_end(content, begin, end)
        elif style == "plain" and not value and tag is None:
            if self.root is None and frame is None and anchor is None:
                return  # a document without content
            if anchor is None and content[start - 1 : start] not in (":", "-", "?"):
                # in a flow mapping the loaders differ; a key alone is followed by nothing, not even a colon
                m = _COLON.match(content, self.last)
                begin = end = m.end() if m else self.last
            else:
                begin = end
        stand_in = self.source.stand_in
        fixes: list[tuple[int, int, str]] = []
        if (
            (stand_in and stand_in in value)
            or (self.source.untabbed and content.find("\t", begin, end) >= 0)
            or (
                style == "double"
                and content.find("\\", begin, end) >= 0
                and re.compile(_BAD_ESCAPE_AMONG).search(content, begin, end)
            )
        ):
            value, _, bad = _decode(content, begin, end, style, value)
            for bad_start, bad_end in bad:
                self._bad_escape(bad_start, bad_end)
            if style == "plain":
                fixes = self._explain_fixes(begin, end)
        if end > self.last:
            self.last = end
        self.last_scalar = begin, end, style
        if self.scalars is not None:
            self.scalars.append((_header_end(content, begin) if style in ("literal", "folded") else begin, end))
        if is_key and (tag is None or tag == "!" or tag.startswith(_CORE)):
            holes = ((0, len(value)),) if fixes and _covers(fixes, begin, end) else self.placeholders.holes(value)
            node = Node(STRING, begin, end, self.text, value, style, holes)
        elif tag is not None:
            node = self._tagged(tag, start, begin, end, value, style)
        elif style == "plain":
            node = self._resolved(value, begin, end, bool(fixes) and _covers(fixes, begin, end))
        else:
            node = Node(STRING, begin, end, self.text, value, style, self.placeholders.holes(value))
        self._add(node, 1, 0, anchor)

    def _word(self, event: Any) -> None:
        """Read the scalar that most are: a plain one in a container, with nothing before it and nothing mended in it."""
        begin, end = event.start_mark.index, event.end_mark.index
        value: str = event.value
        if end > self.last:
            self.last = end
        self.last_scalar = begin, end, "plain"
        frame = self.stack[-1]
        if frame.key is None and frame.node.kind == OBJECT:
            holes = () if self.unmarked else self.placeholders.holes(value)
            frame.key = Node(STRING, begin, end, self.text, value, "plain", holes)
            frame.size += 1
        else:
            self._add(self._resolved(value, begin, end), 1, 0, None)

    def _resolved(self, value: str, begin: int, end: int, mended: bool = False) -> Node:
        """Return the node of a plain scalar without a tag; `mended`: all of it is a placeholder, or the like."""
        kind, known = resolve(value)
        if kind == STRING:
            holes = () if self.unmarked else self.placeholders.holes(value)
            if mended or holes == ((0, len(value)),):
                return self._unknown(begin, end, "placeholder")
            return Node(STRING, begin, end, self.text, value, "plain", holes)
        if kind == UNKNOWN:
            return self._unknown(begin, end, "ambiguous")
        return Node(kind, begin, end, self.text, known)

    def _tagged(self, tag: str, start: int, begin: int, end: int, value: str, style: str) -> Node:
        """Return the node of a scalar with an explicit tag: one of the core schema is what it says."""
        name = tag[len(_CORE) :] if tag.startswith(_CORE) else tag
        if name in ("str", "!"):
            return Node(STRING, begin, end, self.text, value, style, self.placeholders.holes(value))
        kind, known = resolve(value)
        if name == "float" and kind == NUMBER:
            assert isinstance(known, (int, float))
            return Node(NUMBER, begin, end, self.text, float(known))
        if (name, kind) in (("int", NUMBER), ("bool", BOOLEAN), ("null", NULL)) and not (
            name == "int" and isinstance(known, float)
        ):
            return Node(kind, begin, end, self.text, known)
        return self._unknown(start, end, "tag")

    def _explain_fixes(self, begin: int, end: int) -> list[tuple[int, int, str]]:
        """Report what was mended in a plain scalar, once, and return the parts."""
        fixes = self.source.fixes_in(begin, end)
        raw = self.content[begin:end]
        in_flow = bool(self.stack) and self.stack[-1].flow
        if any(stop > end for _, stop, _ in fixes):
            return fixes  # it goes on behind what YAML takes for the end of it, which is a mistake of its own
        for start, stop, kind in fixes:
            if kind == "placeholder":
                continue
            part = self.content[start:stop]
            if stop - start > 1 and not (in_flow or raw.startswith("{") or ": " in part or " #" in part):
                continue  # YAML takes it as it stands
            quoted = ((begin, end, _quoted(raw)),)
            if kind == "unquoted-colon":
                self._unquoted_colon(start, raw, quoted)
            elif kind == "unquoted-indicator":
                self._unquoted_indicator(begin, end, quoted)
            else:
                self._unquoted(kind, begin, end, quoted)
            break
        return fixes

    def _unquoted(self, kind: str, begin: int, end: int, edits: tuple[tuple[int, int, str], ...]) -> None:
        raw = _short(self.content[begin:end])
        if kind == "unquoted-jsonata":
            message = f"`{raw}` is not in quotes: `{{` begins a mapping in YAML, and `%` cannot stand in one."
        else:
            message = f"`{raw}` is not in quotes: YAML takes its braces for those of a mapping."
        self._problem(kind, begin, end, message, "Quote it.", edits=edits)

    def _unquoted_colon(self, at: int, raw: str, edits: tuple[tuple[int, int, str], ...]) -> None:
        self._problem(
            "unquoted-colon", at, at + 1,
            f"The value `{_short(raw)}` has a colon with white space behind it: outside quotes that begins a mapping,"
            " which cannot be here.",
            "Quote the value.", edits=edits,
        )  # fmt: skip

    def _unquoted_indicator(self, begin: int, end: int, edits: tuple[tuple[int, int, str], ...]) -> None:
        raw = self.content[begin:end]
        self._problem(
            "unquoted-indicator", begin, end,
            f"`{_short(raw)}` begins with `{raw[:1]}`, which has a meaning of its own in YAML and cannot begin a value"
            " without quotes.",
            "Quote it.", edits=edits,
        )  # fmt: skip

    def _bad_escape(self, start: int, end: int) -> None:
        raw = self.content[start:end]
        if re.fullmatch(r"\\u[0-9a-fA-F]{4}|\\U0000[0-9a-fA-F]{4}", raw):
            self._problem(
                "lone-surrogate", start, end,
                f"`{raw}` is one half of a surrogate pair: alone it is no character.",
                "Write both halves, or the character itself.",
            )  # fmt: skip
            return
        self._problem(
            "bad-escape", start, end,
            f"`{raw}` is no escape that YAML knows: in double quotes a backslash begins one, and readers refuse the text.",
            "Double the backslash, or use single quotes.", edits=((start, start, "\\"),),
        )  # fmt: skip

    def _behind_properties(self, start: int, end: int) -> int:
        """Return the offset behind an anchor and a tag."""
        while start < end and self.content[start] in "!&":
            m = _PROPERTY.match(self.content, start, end)
            assert m is not None
            start = m.end()
        return start

    def _unknown(self, start: int, end: int, style: str) -> Node:
        return Node(UNKNOWN, start, end, self.text, self.content[start:end], style)

    # -- problems

    def _problem(
        self,
        kind: str,
        start: int,
        end: int,
        message: str,
        cure: str,
        *,
        related: tuple[tuple[int, int, str], ...] = (),
        edits: tuple[tuple[int, int, str], ...] = (),
        fatal: bool = False,
    ) -> None:
        if len(self.problems) < MAX_PROBLEMS or fatal:
            self.problems.append(Problem(kind, start, end, message, cure, related, edits, fatal))
        else:
            self._problem_once(
                "too-many-problems", start, start,
                f"There are more than {MAX_PROBLEMS} syntax errors: those from here on are not listed.",
                "Correct those above first.",
            )  # fmt: skip

    def _problem_once(self, kind: str, start: int, end: int, message: str, cure: str) -> None:
        if kind not in self.told:
            self.told.add(kind)
            self.problems.append(Problem(kind, start, end, message, cure))

    def _fail(self, failure: _Failure) -> None:
        self.failure = failure
        self.reach = failure.at

    def _give_up(self, problem: Problem) -> None:
        """End the reading with a fatal problem: what is open is handed on as it is."""
        self.problems.append(problem)
        self.stop = problem.start
        if self.stack:
            self.cut = True
            while self.stack:
                around = self.stack[-2] if len(self.stack) > 1 else None
                if around is not None and around.node.kind == OBJECT and around.key is None:
                    self.stack.pop()  # half a key
                else:
                    self._close(False)
            if problem.kind == "bad-indentation" and self.root is not None:
                self._open_again(self.root)
        elif self.root is None:
            self.cut = True

    def _open_again(self, node: Node) -> None:
        """Take the last blocks for unfinished: the line that stands wrong may belong to any of them."""
        while node.kind in (OBJECT, ARRAY) and not self.content.startswith(("{", "["), node.start):
            node.closed = False
            if not (node.members or node.items):
                return
            node = node.members[-1][1] if node.members else node.items[-1]

    def _comments(self) -> list[Comment]:
        """Return the comments, if one of them can be a suppression."""
        if self.scalars is None:
            return []
        content = self.content
        comments = []
        i, at = 0, content.find("#")
        while 0 <= at < self.stop:
            while i < len(self.scalars) and self.scalars[i][1] <= at:
                i += 1
            if i < len(self.scalars) and self.scalars[i][0] <= at:
                at = content.find("#", self.scalars[i][1])
                continue
            if at and content[at - 1] not in " \t\r\n":
                at = content.find("#", at + 1)
                continue
            m = _LINE_BREAK.search(content, at)
            end = m.start() if m else len(content)
            before = at - 1
            while before >= 0 and content[before] in " \t":
                before -= 1
            comments.append(Comment(at, end, content[at:end], before < 0 or content[before] in "\r\n"))
            at = content.find("#", end)
        return comments


def _covers(fixes: list[tuple[int, int, str]], begin: int, end: int) -> bool:
    """Whether a scalar is one bare placeholder, or the first part of bare JSONata that goes on behind it."""
    return any(
        start == begin and (stop > end or (stop == end and kind.endswith("placeholder"))) for start, stop, kind in fixes
    )


# -- plain scalars

_WORDS: Final[dict[str, tuple[str, bool | None]]] = {
    "": (NULL, None),
    "~": (NULL, None),
    **dict.fromkeys(("null", "Null", "NULL"), (NULL, None)),
    **dict.fromkeys(("true", "True", "TRUE"), (BOOLEAN, True)),
    **dict.fromkeys(("false", "False", "FALSE"), (BOOLEAN, False)),
    **dict.fromkeys(
        ("yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"),
        (UNKNOWN, None),
    ),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OTHER_BASE: Final = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT: Final = r"([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
# What the types of YAML 1.1 (yaml.org/type) make a number or a date of, and the core schema of YAML 1.2 does not, or
# another one: octal, binary and signed hexadecimal, digits with underscores, base 60, timestamps.
_AMBIGUOUS: Final = (
    r"[-+]?0[0-9_]+|[-+]?0b[01_]+|[-+]0x[0-9a-fA-F_]+|0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*"
    r"|[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*"
    r"|[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
)


def resolve(value: str) -> tuple[str, int | float | bool | None]:
    """Return the kind and value of a plain scalar by the core schema of YAML 1.2; UNKNOWN where YAML 1.1 differs."""
    word = _WORDS.get(value)
    if word is not None:
        return word
    if value[0] not in "0123456789+-.":
        return STRING, None
    if _INTEGER.fullmatch(value):
        return NUMBER, number_of(value)
    if _FLOAT.fullmatch(value):
        # 010 is a whole number in each: 8 for the one, 10 for the other
        return (UNKNOWN, None) if value.lstrip("+-").isdigit() else (NUMBER, number_of(value))
    if re.fullmatch(_OTHER_BASE, value):
        whole = int(value, 0)
        return NUMBER, whole if whole < 10**EXACT_DIGITS else float(min(whole, LARGEST))
    if re.fullmatch(_AMBIGUOUS, value):
        return UNKNOWN, None
    if m := re.fullmatch(_SPECIAL_FLOAT, value):
        # JSON has none of them: what a converter makes of no number at all is not known
        return (UNKNOWN, None) if m[1] is None else (NUMBER, number_of(m[1] + "inf"))
    return STRING, None


# -- from a decoded string back to the text

_FOLD = re.compile(r"[ \t]*+(?:\r\n|\n|\r)(?:[ \t]*(?:\r\n|\n|\r))*[ \t]*")
_CONTINUED: Final = r"\\(?:\r\n|\n|\r)((?:[ \t]*(?:\r\n|\n|\r))*)[ \t]*"
_SPACES = re.compile(r"[ \t]+")
_RUN = re.compile(r"[^\\' \t\r\n]+")
_HEX: Final = r"x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}"
_BLOCK_LINE = re.compile(r"( *)([^\r\n]*)")
_ESCAPES: Final = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


def _decode(content: str, start: int, end: int, style: str, hint: str) -> tuple[str, list[int], list[tuple[int, int]]]:
    """Return the string that a scalar stands for, the offset of each of its characters, and its bad escapes.

    hint  the string as the parser gives it: where the lines of a block scalar begin depends on what stands around it
    """
    if style in ("literal", "folded"):
        value, offsets = _decode_block(content, start, end, style == "folded", hint)
        return value, offsets, []
    at, stop = (start, end) if style == "plain" else (start + 1, end - 1)
    out: list[str] = []
    offsets = []
    bad: list[tuple[int, int]] = []
    while at < stop:
        c = content[at]
        if c in " \t\r\n":
            if m := _FOLD.match(content, at, stop):
                breaks = [b.start() for b in _LINE_BREAK.finditer(content, at, m.end())]
                out.append(" " if len(breaks) == 1 else "\n" * (len(breaks) - 1))
                offsets += [at, *breaks[2:]]
            else:
                m = _SPACES.match(content, at, stop)
                assert m is not None
                out.append(m[0])
                offsets += range(at, m.end())
            at = m.end()
        elif c == "\\" and style == "double":
            at = _decode_escape(content, at, stop, out, offsets, bad)
        elif c == "'" and style == "single":
            out.append(c)
            offsets.append(at)
            at += 2
        else:
            m = _RUN.match(content, at, stop)
            following = m.end() if m else at + 1
            out.append(content[at:following])
            offsets += range(at, following)
            at = following
    return "".join(out), offsets, bad


def _decode_escape(
    content: str, at: int, stop: int, out: list[str], offsets: list[int], bad: list[tuple[int, int]]
) -> int:
    """Decode the escape at an offset, and return the offset behind it."""
    if m := re.compile(_CONTINUED).match(content, at, stop):
        breaks = [b.start() for b in _LINE_BREAK.finditer(content, m.start(1), m.end(1))]
        out.append("\n" * len(breaks))
        offsets += breaks
        return m.end()
    escape = _ESCAPES.get(content[at + 1 : min(at + 2, stop)])
    if escape is not None:
        out.append(escape)
        offsets.append(at)
        return at + 2
    m = re.compile(_HEX).match(content, at + 1, stop)
    if m is None:
        # kept as it stands: what was meant is, nearly always, the backslash
        bad.append((at, min(at + 2, stop)))
        out.append("\\")
        offsets.append(at)
        return at + 1
    code = int(m[0][1:], 16)
    end = m.end()
    if 0xD800 <= code < 0xDC00 and content.startswith("\\", end):
        low = re.compile(_HEX).match(content, end + 1, stop)
        if low is not None and 0xDC00 <= int(low[0][1:], 16) < 0xE000:
            code = 0x10000 + ((code - 0xD800) << 10) + int(low[0][1:], 16) - 0xDC00
            end = low.end()
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        bad.append((at, end))
        code = 0xFFFD
    out.append(chr(code))
    offsets.append(at)
    return end


def _decode_block(content: str, start: int, end: int, folded: bool, hint: str) -> tuple[str, list[int]]:
    """Decode a literal or folded scalar up to its last content line; the rest of the hint is put at its end."""
    first = len(hint) - len(hint.lstrip(" \n"))
    if first == len(hint):
        return hint, [end] * len(hint)
    margin = first - (hint.rfind("\n", 0, first) + 1)  # how far the first line with content is indented in the value
    indent = -1
    out: list[str] = []
    offsets: list[int] = []
    blank: list[int] = []  # the line ends of the empty lines since the last one with content
    before: tuple[int, bool] | None = None  # the end of the last line with content, and whether it can be folded
    lines = _lines(content, _header_end(content, start), end)
    pending: list[re.Match[str]] = []
    for line in lines:
        if indent < 0:
            pending.append(line)
            if not line[2]:
                continue
            indent = len(line[1]) - margin
        else:
            pending = [line]
        for m in pending:
            begin = m.start() + min(len(m[1]), indent)
            if begin == m.end():
                blank.append(begin)
                continue
            flush = content[begin] not in " \t"
            if before is None:
                breaks = blank
            elif folded and before[1] and flush:
                if not blank:
                    out.append(" ")
                    offsets.append(before[0])
                breaks = blank
            else:
                breaks = [before[0], *blank]
            out.append("\n" * len(breaks))
            offsets += breaks
            out.append(content[begin : m.end()])
            offsets += range(begin, m.end())
            before = m.end(), flush
            blank = []
    rest = hint[len(offsets) :]
    return "".join(out) + rest, offsets + [end] * len(rest)


def _lines(content: str, at: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the lines behind the line break at an offset: the spaces that each begins with, and the rest of it."""
    while (m := _LINE_BREAK.match(content, at, end)) is not None:
        line = _BLOCK_LINE.match(content, m.end(), end)
        assert line is not None
        yield line
        at = line.end()


def _header_end(content: str, start: int) -> int:
    """Return the offset of the line break behind the header of a block scalar, its comment included."""
    m = _BLOCK_HEADER.match(content, start)
    return m.end() if m else start


def _block_end(content: str, start: int, end: int) -> int:
    """Return the end of the last line with content of a block scalar; without one, that of its indicators."""
    m = _BLOCK_HEADER.match(content, start)
    last = start + len(content[start:end].rstrip(" \t\r\n"))
    if m is None or last <= m.end():
        return m.end(1) if m else last
    while last < end and content[last] in " \t":
        last += 1
    return last


# -- where the parser stops

_WORD: Final = r"[^\s,\[\]{}]+"
_QUOTE_OR_ESCAPE: Final = r'["\\]'
_KEY_BEFORE: Final = r"[^\r\n]*?(?::|-)[ \t]+\S"


def _mend(builder: _Builder) -> _Source | None:
    """Return the text with the mistake that stopped a reading mended, or None where its meaning is not evident."""
    failure = builder.failure
    if failure is None:
        return None
    source = builder.source.copy()
    content = source.content
    if not source.searched and source.hide_bare(builder.placeholders):
        return source
    builder.source.searched = source.searched = True
    source.last_was_search = False
    what, at = failure.text, failure.at
    character = content[at : at + 1]
    if ("escape" in what or "hexdecimal" in what) and failure.context is not None:
        return _mend_escapes(source, failure.context)
    if "mapping values are not allowed" in what and _is_value_colon(content, at):
        source.hide(at, at + 1, "unquoted-colon")
        return source
    if "cannot start any token" in what:
        if not character or character in "\t" or content[at - 1 : at + 1] == "{%":
            return None
        source.hide(at, at + 1, "unquoted-indicator")
        return source
    if "mapping keys are not allowed" in what and character == "?":
        source.hide(at, at + 1, "unquoted-indicator")
        return source
    if failure.context is not None and _is_lone_indicator(what):
        source.hide(failure.context, failure.context + 1, "unquoted-indicator")
        return source
    if re.search(r"expected ',' or", what) and character and character not in "]}":
        return _mend_comma(builder, source, at)
    return None


def _is_lone_indicator(what: str) -> bool:
    """Whether a ``*``, ``&``, ``|`` or ``>`` begins what is no alias, anchor or block scalar."""
    return ("alphabetic or numeric" in what and ("alias" in what or "anchor" in what)) or (
        "scanning a block scalar" in what and ("comment or" in what or "indicator" in what)
    )


def _mend_escapes(source: _Source, start: int) -> _Source | None:
    """Fill up each bad escape of the double-quoted scalar that begins at an offset."""
    content = source.content
    start = content.find('"', start)
    if start < 0:
        return None
    parts: list[tuple[int, int]] = []
    at = start + 1
    while (m := re.compile(_QUOTE_OR_ESCAPE).search(content, at)) is not None and m[0] == "\\":
        at = m.start()
        if re.compile(_BAD_ESCAPE).match(content, at):
            parts.append((at, min(at + 2, len(content))))
        at += 2
    if not parts or m is None:
        return None
    pieces: list[str] = []
    done = 0
    for begin, end in parts:
        pieces += source.shown[done:begin], source.fill(content[begin:end])
        done = end
    pieces.append(source.shown[done:])
    shown = "".join(pieces)
    if shown == source.shown:
        return None
    source.shown = shown
    return source


def _mend_comma(builder: _Builder, source: _Source, at: int) -> _Source | None:
    """Put a comma into the white space between two values of a flow collection."""
    content = source.content
    behind = builder.last
    begin, end, style = builder.last_scalar
    if content[at] == ":":
        if style != "plain" or end > at or content[end:at].strip(" \t"):
            return None
        # What looks like one plain scalar is the value before the comma and the key behind it.
        gap = re.compile(r"\s+(?=[\"'])|[ \t]*[\r\n]\s*|[ \t]+(?=[^ \t]*\Z)").search(content, begin, end)
        if gap is None or _left_flow(builder, at):
            return None
        behind = gap.start()
    if behind >= at or content[behind] not in " \t\r\n":
        return None
    source.replace(behind, behind + 1, ",")
    source.problems.append(
        Problem(
            "missing-comma", behind, behind,
            "No comma stands between this value and the next one: readers refuse the text.",
            "Write a comma.", edits=((behind, behind, ","),),
        )
    )  # fmt: skip
    return source


def _left_flow(builder: _Builder, at: int) -> bool:
    """Whether an offset stands on a line that belongs to the block around the open flow collection."""
    outermost = next((i for i, frame in enumerate(builder.stack) if frame.flow), 0)
    if outermost == 0:
        return False
    content = builder.content
    opener = builder.stack[outermost].outer
    line, opened = _line_start(content, at), _line_start(content, opener)
    return line > opened and _indentation(content, line) <= _indentation(content, opened)


def _is_value_colon(content: str, at: int) -> bool:
    """Whether a colon stands in the value of a key, or of a list item, that begins on the same line."""
    return re.compile(_KEY_BEFORE).match(content, _line_start(content, at), at) is not None


_fatal = partial(Problem, fatal=True)


def _explain(builder: _Builder, failure: _Failure) -> Problem:
    """Say in our own words what stopped a reading, and where."""
    content, what = builder.content, failure.text
    at = min(failure.at, len(content))
    character = content[at : at + 1]
    line = _line_start(content, at)
    context = failure.context
    flow = next((frame for frame in reversed(builder.stack) if frame.flow), None)

    places = [at] if context is None else [at, context]
    inside = (fix for fix in builder.source.fixes_in(0, at + 1) for place in places if fix[0] < place < fix[1])
    bare = next((fix for fix in inside if fix[1] - fix[0] > 1 and fix[2] != "placeholder"), None)
    if bare is None and character == "%" and content[at - 1 : at] == "{":
        bare = at - 1, _line_end(content, at), "unquoted-jsonata"
    if bare is not None:
        return _fatal(
            bare[2], bare[0], bare[1],
            f"`{_short(content[bare[0] : bare[1]])}` is not in quotes: YAML takes its braces for those of a mapping.",
            "Quote it; over several lines, write it as a block scalar behind `|-`.",
        )  # fmt: skip
    indentation = content[line : line + len(content[line:at]) - len(content[line:at].lstrip(" \t"))]
    if flow is None and not content[line:at].strip(" \t"):
        indentation = content[line : _skip(content, line, " \t")]
    if "\t" in indentation and (flow is None or character == "\t"):
        tab = line + indentation.index("\t")
        return _fatal(
            "tab-indentation", tab, line + len(indentation),
            "A tab indents this line: YAML counts spaces only, and readers refuse the text.",
            "Indent with spaces.",
        )  # fmt: skip
    if "quoted scalar" in what and "unexpected" in what and context is not None:
        return _unclosed_quote(content, context)
    if "escape" in what or "hexdecimal" in what:
        start = content.rfind("\\", 0, at + 1)
        start = at if start < 0 else start
        return _fatal(
            "bad-escape", start, min(start + 2, len(content)),
            f"`{content[start : start + 2]}` is no escape that YAML knows: in double quotes a backslash begins one.",
            "Double the backslash, or use single quotes.",
        )  # fmt: skip
    if "<document start>" in what:
        return _explain_end(builder, at)
    if "undefined tag handle" in what:
        tag = _token(content, at)
        return _fatal(
            "undefined-tag", *tag,
            f"`{_short(content[slice(*tag)])}` uses a tag prefix that no `%TAG` line defines: readers refuse the text.",
            "Write a tag with one `!` at its beginning, or quote the value.",
        )  # fmt: skip
    if flow is not None:
        return _explain_flow(builder, flow, at, what)
    return _explain_block(builder, failure, at)


def _explain_block(builder: _Builder, failure: _Failure, at: int) -> Problem:
    """Say what stopped a reading at an offset outside of ``[ ]`` and ``{ }``."""
    content, what, context = builder.content, failure.text, failure.context
    line = _line_start(content, at)
    if "expected ':'" in what and context is not None:
        end = _line_end(content, context)
        return _fatal(
            "missing-colon", context, end,
            f"`{_short(content[context:end])}` stands where a key is expected, and no colon follows it.",
            "Write `key: value`, or indent it further than the key it belongs to.",
        )  # fmt: skip
    begins_line = not content[line:at].strip(" ")
    if "mapping values are not allowed" in what and not _is_value_colon(content, at):
        start = _skip(content, line, " ")
        return _fatal(
            "bad-indentation", start, max(at, start),
            f"`{_short(content[start:at])}` is indented further than the keys beside it: YAML takes it for a part of the"
            " value above.",
            "Align it with the keys that it stands beside.",
        )  # fmt: skip
    if "mapping values are not allowed" in what:
        return _fatal(
            "unquoted-colon", at, at + 1,
            "A colon in an unquoted value begins a mapping, which cannot be here.", "Quote the value.",
        )  # fmt: skip
    if "sequence entries are not allowed" in what:
        return _fatal(
            "yaml-syntax", at, at + 1,
            "A list item cannot begin on the line of its key.", "Begin it on a line of its own, or quote the value.",
        )  # fmt: skip
    block = "block mapping" in what or "block collection" in what or "block sequence" in what
    begin, end, style = builder.last_scalar
    if block and end == at and style in ("single", "double") and _LINE_BREAK.search(content, begin, end):
        return _unclosed_quote(content, begin)
    if block and begins_line:
        token = _token(content, at)
        wanted = "list item" if builder.stack and builder.stack[-1].node.kind == ARRAY else "key"
        return _fatal(
            "bad-indentation", *token,
            f"`{_short(content[slice(*token)])}` is not a {wanted} at the indentation of those before it.",
            "Align it with what it stands beside.",
            related=((context, min(context + 1, len(content)), f"the first {wanted}"),) if context is not None else (),
        )  # fmt: skip
    if block:
        token = _token(content, at)
        return _fatal(
            "yaml-syntax", *token,
            f"`{_short(content[slice(*token)])}` follows a value that is complete: nothing but a comment may stand here.",
            "A quote inside the value must be doubled in single quotes, and written `\\\"` in double quotes."
            if end == at and style in ("single", "double")
            else "Quote the whole value, or begin a new line.",
        )  # fmt: skip
    if _is_lone_indicator(what) or "cannot start any token" in what:
        start = context if context is not None and _is_lone_indicator(what) else at
        return _fatal(
            "unquoted-indicator", *_token(content, start),
            f"`{content[start : start + 1]}` has a meaning of its own in YAML and cannot begin a value without quotes.",
            "Quote the value.",
        )  # fmt: skip
    return _fatal(
        "yaml-syntax", *_token(content, at),
        "The text is not YAML from here on." if content[at:].strip() else "The text ends where YAML expects more.",
        "Correct it; quotes around a value rule out every special meaning.",
    )  # fmt: skip


def _explain_flow(builder: _Builder, flow: _Frame, at: int, what: str) -> Problem:
    """Say what stopped a reading inside of ``[ ]`` or ``{ }``."""
    content = builder.content
    opener = flow.node.start
    bracket = content[opener : opener + 1]
    closing = "}" if bracket == "{" else "]"
    related = ((opener, min(opener + 1, len(content)), f"the `{bracket}` that is open"),)
    message = f"The `{bracket}` that was opened is not closed: everything behind it is taken for a part of it."
    cure = f"Write `{closing}` where it ends."
    if not re.sub(r"#[^\r\n]*", "", content[at:]).strip():
        end = len(content)
        opened = (content[frame.node.start] for frame in reversed(builder.stack) if frame.flow)
        closers = "".join({"{": "}", "[": "]"}.get(bracket, "") for bracket in opened)  # [a: 1] opens no brace
        if "#" in content[_line_start(content, end) :]:
            closers = "\n" + closers
        return _fatal("unclosed-flow", end, end, message, cure, related, ((end, end, closers),))
    token = _token(content, at)
    if content[at] in "]}" and content[at] != closing:
        message = f"`{content[at]}` closes what `{bracket}` opened: they do not match."
        return _fatal("unclosed-flow", *token, message, cure, related)
    if _left_flow(builder, at):
        return _fatal("unclosed-flow", *token, message, cure, related)
    if "expected ',' or" in what:
        message = f"`{_short(content[slice(*token)])}` follows a value without a comma between them."
        return _fatal("missing-comma", *token, message, "Write a comma before it.", related)
    message = f"`{_short(content[slice(*token)])}` cannot stand here: a value or `{closing}` is expected."
    return _fatal("yaml-syntax", *token, message, "Remove it, or quote the value.", related)


def _explain_end(builder: _Builder, at: int) -> Problem:
    """Say what is wrong with a text that goes on behind the end of its value."""
    content, root = builder.content, builder.root
    end = _line_end(content, at)
    between = content[root.end : at] if root is not None else ""
    if re.search(r"^\.\.\.", between, re.MULTILINE):
        return Problem("several-documents", at, end, *_SEVERAL, fatal=True)
    line = _line_start(content, at)
    if root is not None and root.kind in (OBJECT, ARRAY) and content[root.start] not in "{[":
        indented = root.start - _line_start(content, root.start)
        if at - line < indented and not content[line:at].strip(" "):
            return Problem(
                "bad-indentation", *_token(content, at),
                f"`{_short(content[at:end])}` is indented less than what stands before it: for YAML the value ends above.",
                "Align it with what it stands beside.",
                ((root.start, root.start + 1, "the beginning of the value"),), fatal=True,
            )  # fmt: skip
    return Problem(
        "text-after-end", at, end,
        f"`{_short(content[at:end])}` follows the end of the value: a document is one value.",
        "Remove it, or put it into the value.", fatal=True,
    )  # fmt: skip


def _unclosed_quote(content: str, start: int) -> Problem:
    quote = content[start : start + 1]
    return Problem(
        "unclosed-quote", start, _line_end(content, start),
        f"The `{quote}` that begins this value is not closed on its line: everything up to the next `{quote}` belongs to"
        " the value.",
        f"Write the closing `{quote}`; inside single quotes a quote is written twice, inside double quotes as `\\\"`.",
        fatal=True,
    )  # fmt: skip


def _token(content: str, at: int) -> tuple[int, int]:
    """Return the span of the word at an offset, of one character where there is none, empty at the end."""
    m = re.compile(_WORD).match(content, at)
    return at, m.end() if m else min(at + 1, len(content))


def _line_start(content: str, at: int) -> int:
    return max(content.rfind("\n", 0, at), content.rfind("\r", 0, at)) + 1


def _line_end(content: str, at: int) -> int:
    m = _LINE_BREAK.search(content, at)
    return m.start() if m else len(content)


def _skip(content: str, at: int, characters: str) -> int:
    while at < len(content) and content[at] in characters:
        at += 1
    return at


def _indentation(content: str, line: int) -> int:
    return _skip(content, line, " \t") - line


def _short(text: str) -> str:
    """Return a text for a message: its first line, cut off at 60 characters."""
    line = _LINE_BREAK.split(text, maxsplit=1)[0]
    return line if line == text and len(line) <= 60 else line[:59] + "…"


def _quoted(raw: str) -> str:
    """Return a plain scalar in quotes: single ones, unless it has such in it and double ones need no escape."""
    if "'" in raw and '"' not in raw and "\\" not in raw:
        return f'"{raw}"'
    return "'" + raw.replace("'", "''") + "'"
