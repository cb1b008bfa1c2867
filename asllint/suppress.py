"""Suppressions: ``asllint: ignore[name, CODE] reason`` in a YAML comment or in a Comment field.

A YAML comment behind something covers its line; alone on its line, the next member or item with all that is in it. A
Comment field covers the object that it stands in, with the key of that object (so a state with its name); that of the
outermost object covers the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from asllint.result import Diagnostic
from asllint.rule import SuppressionProblem
from asllint.source.edits import remove_member
from asllint.source.node import ARRAY, OBJECT, Document, Node, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Literal

MAX_COMMENT: Final = 10_000
"""Characters; a longer comment is not read: each directive in a string costs a look at all of the string."""

FORM: Final = "asllint: ignore[rule-name] reason"

_VERBS: Final = ("ignor", "disable", "suppress", "skip", "noqa", "nolint", "no-", "off")
"""What the suppressions of linters begin with."""

_DIRECTIVE: Final = re.compile(r"(?<![\w-])asllint:[ \t]*")
_IGNORE: Final = re.compile(r"ignore\[([^\[\]\r\n]*)\]")
_WORD: Final = re.compile(r"[A-Za-z][\w-]*")
_LINE_END: Final = re.compile(r"[\r\n]|\Z")

Edit = tuple[int, int, str]
_Row = tuple[int, int, "Suppression", "Selector"]


class Selector:
    """The name or code of a rule in a suppression, as it is written there; offsets are those of the text."""

    __slots__ = ("end", "start", "text", "used")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.used = False


class Suppression:
    """One ``asllint:`` in a comment.

    kind        "ok", or "malformed": then it covers nothing, and `fault` says why
    start, end  what is covered, in code points: findings that begin there are suppressed
    at          the span of the directive, from ``asllint`` to the end of its reason
    selectors   the rules that it names
    reason      what follows the brackets; "" where nothing does
    removal     what takes it out of the text, () where that cannot be done simply
    """

    __slots__ = ("at", "end", "fault", "kind", "reason", "removal", "selectors", "start", "text")

    def __init__(self, text: str, at: Span, covered: Span, removal: tuple[Edit, ...]) -> None:
        self.kind: Literal["ok", "malformed"] = "ok"
        self.text = text
        self.at = at
        self.start, self.end = covered
        self.removal = removal
        self.selectors: list[Selector] = []
        self.reason = ""
        self.fault = ""


def find_suppressions(document: Document) -> list[Suppression]:
    """Return the suppressions of a document, malformed ones too, in the order of the text."""
    found: list[Suppression] = []
    units: list[Span] | None = None
    content = document.text.content
    comments = {comment.start for comment in document.comments}
    alone: dict[int, Span] = {}
    for comment in reversed(document.comments):  # so that of many in a row each asks only the next
        text = content[comment.start : comment.end]
        if not _may_hold(text):
            continue
        line = document.text.position(comment.start)[0]
        if comment.alone:
            if units is None:
                units = sorted(_units(document.root))
            covered = alone[line] = _next_unit(document, line + 1, comments, units, alone)
        else:
            covered = _line_span(document, line)

        def place(start: int, end: int, base: int = comment.start) -> Span:
            return base + start, base + end

        removal = _comment_removal(document, (comment.start, comment.end), alone=comment.alone)
        found += _directives(text, "#/ \t", covered, place, removal)
    seen: set[int] = set()
    for node, start, end in _objects(document):
        for i, (key, value) in enumerate(node.members):
            if key.value == "Comment" and value.text and _may_hold(value.text) and value.start not in seen:
                seen.add(value.start)  # what an alias repeats is seen again
                removal = remove_member(node, node.members[i][0])
                found += _directives(value.text, " \t\r\n", (start, end), value.span_in, removal)
    return sorted(found, key=lambda each: each.at)


def _may_hold(text: str) -> bool:
    return len(text) <= MAX_COMMENT and _DIRECTIVE.search(text) is not None


# -- what is covered


def _line_span(document: Document, number: int) -> Span:
    start = document.text.starts[number - 1]
    return start, start + len(document.text.line(number))


def _units(root: Node | None) -> Iterator[Span]:
    """Yield the spans of all members, keys included, and items."""
    for node in root.walk() if root is not None else ():
        if node.kind == OBJECT:
            # an alias has the span of what it repeats, in front of its key
            yield from ((key.start, max(key.end, value.end)) for key, value in node.members)
        elif node.kind == ARRAY:
            yield from ((item.start, item.end) for item in node.items)


def _next_unit(
    document: Document, line: int, comments: Collection[int], units: Sequence[Span], known: Mapping[int, Span]
) -> Span:
    """Return the span of the member or item that begins on the first line with something on it, from `line` on.

    comments  where comments start; units: sorted; known: what was returned for comments on later lines
    """
    text = document.text
    for number in range(line, text.line_count + 1):
        if number in known:
            return known[number]
        content = text.line(number)
        start = text.starts[number - 1] + len(content) - len(content.lstrip())
        bare = content.strip()
        if not bare or start in comments or bare == "---" or bare.startswith("%"):
            continue
        if bare == "-" or bare.startswith("- "):
            # The dash begins the list, and is what begins its first item for a reader.
            at = bisect_left(units, (start + 1, 0))
        else:
            at = bisect_left(units, (start, 0))
            end = _line_span(document, number)[1]
            if at == len(units) or units[at][0] > end:
                return start, end
        if at == len(units):
            return start, start
        # an item that is a mapping begins where its first member does: the longer of the two is meant
        return units[bisect_left(units, (units[at][0] + 1, 0)) - 1]
    return len(text.content), len(text.content)


def _objects(document: Document) -> Iterator[tuple[Node, int, int]]:
    """Yield each object with the span that a Comment in it covers."""
    root = document.root
    if root is None:
        return
    if root.kind == OBJECT:
        yield root, 0, len(document.text.content)
    for node in root.walk():
        if node.kind == OBJECT:
            for key, value in node.members:
                if value.kind == OBJECT:
                    yield value, min(key.start, value.start), value.end
        elif node.kind == ARRAY:
            yield from ((item, item.start, item.end) for item in node.items if item.kind == OBJECT)


# -- what is written


def _directives(
    text: str, trim: str, covered: Span, place: Callable[[int, int], Span], removal: tuple[Edit, ...]
) -> Iterator[Suppression]:
    """Yield the directives in the text of one comment.

    trim     characters that may stand around the only directive of a comment
    place    maps a span in `text` to one in the document
    removal  what takes the whole comment away
    """
    starts = list(_DIRECTIVE.finditer(text))
    for match, following in zip(starts, [*starts[1:], None], strict=True):
        line_end = _LINE_END.search(text, match.end())
        end = min(line_end.start() if line_end else len(text), following.start() if following else len(text))
        end = match.start() + len(text[match.start() : end].rstrip(" \t;"))
        at = place(match.start(), end)
        alone = not text[: match.start()].strip(trim) and not text[end:].strip(trim)
        # with the space before it, and with its line where it has one to itself
        lead = text[: match.start()].rstrip(" \t\r\n" if _LINE_END.match(text, end) else " \t")
        edits = removal if alone else ((*place(len(lead), end), ""),)
        suppression = Suppression(text[match.start() : end], at, covered, edits)
        _read(suppression, text, match.end(), end, place)
        yield suppression


def _read(suppression: Suppression, text: str, start: int, end: int, place: Callable[[int, int], Span]) -> None:
    """Read what follows ``asllint:``."""
    body = _IGNORE.match(text, start, end)
    if body is None:
        word = _WORD.match(text, start, end)
        if word is None:
            fault = "names no directive"
        elif word[0] != "ignore":
            fault = f"has an unknown directive `{word[0]}`"
        elif "[" in text[word.end() : end]:
            fault = "has brackets that do not close, or do not follow `ignore` at once"
        else:
            fault = "names no rule in brackets"
        suppression.kind, suppression.fault = "malformed", fault
        return
    begin = body.start(1)
    for item in body[1].split(","):
        name = item.strip()
        if not name or len(name.split()) > 1:
            suppression.kind = "malformed"
            suppression.fault = "does not name rules with commas between them" if body[1].strip() else "names no rule"
            return
        at = begin + item.index(name)
        suppression.selectors.append(Selector(name, *place(at, at + len(name))))
        begin += len(item) + 1
    suppression.reason = text[body.end() : end].strip().lstrip(":-–— ")


# -- taking a comment away


def _comment_removal(document: Document, span: Span, *, alone: bool) -> tuple[Edit, ...]:
    """Return the edit that takes a YAML comment away: with its line, or with the space before it."""
    content = document.text.content
    start, end = span
    while start > 0 and content[start - 1] in " \t":
        start -= 1
    if alone:
        if content.startswith("\r\n", end):
            end += 2
        elif content[end : end + 1] in ("\n", "\r"):
            end += 1
    return ((start, end, ""),)


# -- use


def apply(
    diagnostics: Sequence[Diagnostic],
    suppressions: Sequence[Suppression],
    known: Mapping[str, str],
    active: Collection[str],
) -> None:
    """Mark the diagnostics that are suppressed, with the reason of the innermost suppression, and what suppresses them.

    known   code or name → code of every rule
    active  the codes of the rules that ran

    A finding about a suppression is not suppressed by that one.
    """
    by_code: dict[str, list[_Row]] = {}
    for suppression in suppressions:
        for selector in suppression.selectors if suppression.kind == "ok" else ():
            code = known.get(selector.text)
            if code is not None and code in active:
                by_code.setdefault(code, []).append((suppression.start, suppression.end, suppression, selector))
    for rows in by_code.values():
        rows.sort(key=lambda row: row[:2], reverse=True)
    # One pass over the text: the rows that begin later, and those that have begun and not ended.
    begun: dict[str, list[_Row]] = {code: [] for code in by_code}
    for diagnostic in sorted(diagnostics, key=lambda d: d.start):
        later = by_code.get(diagnostic.code)
        if later is None:
            continue
        place = diagnostic.start
        now = begun[diagnostic.code]
        while later and later[-1][0] <= place:
            now.append(later.pop())
        now[:] = [row for row in now if row[1] >= place]
        inside = None
        for start, end, suppression, selector in now:
            if suppression.at[0] <= place and diagnostic.end <= suppression.at[1]:
                continue
            selector.used = True
            if inside is None or end - start <= inside.end - inside.start:
                inside = suppression
        if inside is not None:
            diagnostic.suppressed = inside.reason


def problems(
    suppressions: Sequence[Suppression], known: Mapping[str, str], active: Collection[str]
) -> list[SuppressionProblem]:
    """Return what is wrong with suppressions, when `apply` has seen all findings; `known` and `active` as there.

    A suppression of a rule that did not run is not called unused. Nothing is said of a malformed one that is prose.
    """
    out: list[SuppressionProblem] = []
    for suppression in suppressions:
        if suppression.kind == "malformed":
            if not _meant(suppression, known):
                continue
            message = f"The comment `{_short(suppression.text)}` {suppression.fault}, so it suppresses nothing."
            out.append(
                SuppressionProblem("malformed", *suppression.at, message, f"Write `{_mended(suppression, known)}`.")
            )
            continue
        for selector in suppression.selectors:
            code = known.get(selector.text)
            if code is None:
                out.append(_unknown(selector, known))
        idle = [s for s in suppression.selectors if not s.used and known.get(s.text) in active]
        for selector in idle:
            rule = f"`{selector.text}`"
            message = f"The suppression of {rule} has no effect: {rule} finds nothing in what it covers."
            whole = len(idle) == len(suppression.selectors)
            cure = "Remove the suppression." if whole else f"Remove {rule} from the brackets."
            edits = suppression.removal if whole else _selector_removal(suppression.selectors, selector)
            out.append(SuppressionProblem("unused", selector.start, selector.end, message, cure, edits))
    return out


def _unknown(selector: Selector, known: Mapping[str, str]) -> SuppressionProblem:
    name = selector.text
    if name == "ALL" or (name.isupper() and any(each.startswith(name) for each in known)):
        message = f"`{name}` stands for several rules; a suppression names each rule that it means."
        cure = "Name the rules one by one, by name or code."
        return SuppressionProblem("malformed", selector.start, selector.end, message, cure)
    from difflib import get_close_matches

    lower = {each.lower(): each for each in known}
    near = [lower[each] for each in get_close_matches(name.lower(), lower, 2, 0.6)]
    message = f"No rule has the name or code `{name}`, so nothing is suppressed by it."
    cure = f"Did you mean {' or '.join(f'`{each}`' for each in near)}?" if near else "Name a rule, by name or code."
    edits = ((selector.start, selector.end, near[0]),) if near else ()
    return SuppressionProblem("unknown-rule", selector.start, selector.end, message, cure, edits)


def _selector_removal(selectors: Sequence[Selector], selector: Selector) -> tuple[Edit, ...]:
    i = selectors.index(selector)
    if i + 1 < len(selectors):
        return ((selector.start, selectors[i + 1].start, ""),)
    return ((selectors[i - 1].end, selector.end, ""),)


def _mended(suppression: Suppression, known: Mapping[str, str]) -> str:
    """Return the right form of a malformed suppression, with the rules that it names where it names some."""
    body = suppression.text.partition(":")[2]
    names: list[str] = []
    for word in _WORD.findall(body):
        if word in known and word not in names:
            names.append(word)
    return f"asllint: ignore[{', '.join(names)}] reason" if names else FORM


def _meant(suppression: Suppression, known: Mapping[str, str]) -> bool:
    """Whether a malformed suppression is meant as one, and is no prose: "checked with asllint: it is in CI"."""
    body = suppression.text.partition(":")[2].strip()
    word = _WORD.match(body)
    return (
        "[" in body
        or (word is not None and word[0].lower().startswith(_VERBS))
        or any(each in known for each in _WORD.findall(body))
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
