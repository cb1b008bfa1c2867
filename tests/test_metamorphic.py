"""The same definition, written in another way, has the same findings at the same places.

Definitions are read into trees, written anew (JSON with escapes, YAML in all its styles, keys in another order, states with other
names, defaults written out, all of it as a branch of a Parallel state), and linted with all rules. The writers here note
where they put each value, so that a place in one text is compared with that in another without help of asllint's own readers.
"""

from __future__ import annotations

import json
import random
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from asllint.engine import lint
from asllint.model import StateMachine
from asllint.registry import Entry, Registry, builtin, scan
from asllint.result import Diagnostic
from asllint.rule import Finding, Fix, Rule
from asllint.settings import Settings
from asllint.source import read
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Node
from asllint.testing import strip_marks

LARGE = 20_000
"""Characters from which on an example is left out: what is found in it is its size, which is another in each writing."""

_ids = count(1)


class Value:
    """A value, or a key, that is the same one in all writings: `id` stays when it is copied."""

    def __init__(self, kind: str, value: Any = None, members: Any = (), items: Any = (), id: int = 0) -> None:
        self.kind = kind
        self.value = value
        self.members: list[tuple[Value, Value]] = list(members)
        self.items: list[Value] = list(items)
        self.id = id or next(_ids)

    def get(self, name: str) -> Value | None:
        return next((value for key, value in reversed(self.members) if key.value == name), None)

    def put(self, name: str, value: object) -> None:
        self.members.append((Value(STRING, name), made(value)))

    def copy(self) -> Value:
        members = [(key.copy(), value.copy()) for key, value in self.members]
        return Value(self.kind, self.value, members, [item.copy() for item in self.items], self.id)

    def walk(self) -> Iterator[Value]:
        yield self
        for key, value in self.members:
            yield key
            yield from value.walk()
        for item in self.items:
            yield from item.walk()

    def plain(self) -> object:
        if self.kind in (OBJECT, ARRAY):
            return [(k.value, v.plain()) for k, v in self.members], [item.plain() for item in self.items]
        return self.kind, self.value


def made(value: object) -> Value:
    if isinstance(value, Value):
        return value
    if isinstance(value, dict):
        return Value(OBJECT, members=[(Value(STRING, key), made(item)) for key, item in value.items()])
    if isinstance(value, list):
        return Value(ARRAY, items=[made(item) for item in value])
    kind = STRING if isinstance(value, str) else BOOLEAN if isinstance(value, bool) else NUMBER
    return Value(kind, value)


def tree(node: Node) -> Value:
    """Return what was read; raises ValueError where a value is not known."""
    if node.kind == OBJECT:
        return Value(OBJECT, members=[(tree(key), tree(value)) for key, value in node.members])
    if node.kind == ARRAY:
        return Value(ARRAY, items=[tree(item) for item in node.items])
    if node.kind not in (STRING, NUMBER, BOOLEAN, NULL):
        raise ValueError(node.kind)
    return Value(node.kind, node.value)


# -- definitions


class Definition:
    """A definition with the settings that it is linted with."""

    def __init__(self, name: str, root: Value, settings: Settings) -> None:
        self.name = name
        self.root = root
        self.settings = settings
        settings.select = ("ALL",)
        self.written = write_json(root)
        self.findings: dict[Registry, Sequence[Diagnostic]] = {}

    def found(self, registry: Registry) -> Sequence[Diagnostic]:
        """What is found in it as it is written here."""
        if registry not in self.findings:
            self.findings[registry] = linted(self, self.written, registry)
        return self.findings[registry]


def definition(name: str, data: bytes, settings: Settings, file: str) -> Definition | None:
    """Return what a file holds; None where it cannot be read in full, or is too large."""
    document = read(file, data)
    if document.problems or document.root is None or len(data) > LARGE:
        return None
    try:
        one = Definition(name, tree(document.root), settings)
    except ValueError:
        return None
    return (
        one if one.written.at <= 4 * LARGE else None
    )  # what is repeated with aliases of YAML is written anew each time


@cache
def examples(*, all: bool) -> list[Definition]:
    """The examples that rules find something in; `all`: the others, and other definitions of the tests, too."""
    found = []
    for rule in scan():
        for i, example in enumerate((*rule.invalid, *rule.valid) if all else rule.invalid):
            settings = Settings()
            settings.workflow_type = example.workflow_type
            settings.set_options(rule.name, example.options)
            data = strip_marks(example.text)[0].encode("utf-8", "surrogatepass")
            found.append(definition(f"{rule.name} {i}", data, settings, f"x.asl.{example.language}"))
    here = Path(__file__).parent
    for path in () if not all else sorted([*here.glob("fixtures/valid/*.asl.*"), *here.glob("mutants/bases/*.json")]):
        found.append(definition(path.name, path.read_bytes(), Settings(), path.name))
    return [one for one in found if one is not None]


@cache
def of_others(shared: Path) -> list[Definition]:
    """The definitions of the corpus beside the project that can be read in full."""
    corpus = shared / "corpus"
    found = []
    for path in sorted(path for path in corpus.rglob("*") if path.suffix in (".json", ".asl", ".yaml", ".yml")):
        data = path.read_bytes()
        if lint(path.name, data, Settings(), Registry([])).files:
            found.append(definition(str(path.relative_to(corpus)), data, Settings(), path.name))
    return [one for one in found if one is not None]


# -- writers


class Written:
    """A text that is written piece by piece, with the place of each value and of each character of each string."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.parts: list[str] = []
        self.at = 0
        self.spans: dict[tuple[int, int], object] = {}
        self.strings: list[tuple[int, int, int, list[int]]] = []
        self.first: dict[object, int] = {}
        self.bom = False

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.at += len(text)

    def string(self, value: Value, pieces: Iterable[str], before: str = "", after: str = "") -> None:
        """Write a string whose characters become the pieces."""
        start = self.at
        self.put(before)
        offsets = []
        for piece in pieces:
            offsets.append(self.at)
            self.put(piece)
        offsets.append(self.at)
        self.put(after)
        self.spans[start, self.at] = value.id
        self.strings.append((start, self.at, value.id, offsets))

    def container(self, value: Value, start: int) -> None:
        self.spans.setdefault((start, self.at), value.id)
        if value.members:
            self.first[value.members[0][0].id] = value.id

    @property
    def data(self) -> bytes:
        return (b"\xef\xbb\xbf" if self.bom else b"") + "".join(self.parts).encode()

    def place(self, start: int, end: int, brackets: bool = True) -> object:
        """Say what a span is in terms of values: one of them, a part of a string, or what an object begins with.

        That is its bracket in JSON, and its first key in YAML; `brackets`: whether they are told apart.
        """
        found = self.spans.get((start, end))
        if found is not None:
            return found if brackets else self.first.get(found, found)
        i = bisect_right(self.strings, (start, 1 << 60)) - 1
        if i >= 0 and end <= self.strings[i][1]:
            _, _, id, offsets = self.strings[i]
            a, b = bisect_right(offsets, start) - 1, bisect_left(offsets, end)
            a, b = max(a, 0), max(a, 0) if start == end else min(b, len(offsets) - 1)
            if not brackets and id in self.first and a == 0 and b <= 1:
                return self.first[id]
            return id if (a, b) == (0, len(offsets) - 1) else (id, a, b)
        outer = [(a - b, id) for (a, b), id in self.spans.items() if a == start and end <= b]
        if not outer or end > start + 1:
            return "?", start, end
        return ("start", max(outer)[1]) if brackets else max(outer)[1]


def write_json(
    root: Value, *, escape: str = "", indent: str = "  ", line_end: str = "\n", bom: bool = False
) -> Written:
    """Write JSON; the characters of `escape` as \\uXXXX, and slashes as \\/ then."""
    out = Written("x.asl.json")
    out.bom = bom

    def piece(character: str) -> str:
        if character == "/" and escape:
            return "\\/"
        return f"\\u{ord(character):04x}" if character in escape else json.dumps(character, ensure_ascii=False)[1:-1]

    def write(value: Value, depth: int) -> None:
        start, kind = out.at, value.kind
        if kind == STRING:
            out.string(value, map(piece, value.value), '"', '"')
            return
        if kind in (OBJECT, ARRAY):
            rows = value.members if kind == OBJECT else [(None, item) for item in value.items]
            out.put("{" if kind == OBJECT else "[")
            for i, (key, item) in enumerate(rows):
                out.put(("," if i else "") + line_end + indent * (depth + 1))
                if key is not None:
                    write(key, depth)
                    out.put(": ")
                write(item, depth + 1)
            out.put((line_end + indent * depth if rows else "") + ("}" if kind == OBJECT else "]"))
        else:
            out.put(json.dumps(value.value))
        out.container(value, start)

    write(root, 0)
    out.put(line_end)
    return out


SHOWN = re.compile(r"[\x20-\x7e\xa0-\u2027\u202a-\ud7ff]*")
"""What YAML takes in every style (section 5.1), without its further line ends."""


@cache
def plain(text: str, in_flow: bool) -> bool:
    """Whether a string can stand without quotes, and is a string then for every reader."""
    if not text or len(text) > 200 or not SHOWN.fullmatch(text) or re.match(r"[-+.\d]|(?i:y|n|yes|no|on|off)\Z", text):
        return False
    if re.search(r"\$\{|<|#\{", text):
        return False  # a placeholder without quotes can become anything, one with them a string
    try:
        node = yaml.compose(f"[{text}, {{{text}: {text}}}]" if in_flow else f"{text}: {text}", yaml.SafeLoader)
        values = [node.value[0], *node.value[1].value[0]] if in_flow else node.value[0]
        return all(one.tag == "tag:yaml.org,2002:str" and one.value == text for one in values)
    except (yaml.YAMLError, AttributeError, IndexError, TypeError):
        return False


def write_yaml(root: Value, *, flow: bool = False, seed: int = 1, line_end: str = "\n") -> Written:
    """Write YAML, each string in a style that chance takes of those that it can have."""
    out = Written("x.asl.yaml")
    chance = random.Random(seed)
    pending = False  # a comment cannot stand behind a block: it would be text

    def string(value: Value, pad: str, *, key: bool = False, in_flow: bool = False) -> None:
        nonlocal pending
        text = value.value
        styles = ["double"]
        if SHOWN.fullmatch(text):
            styles.append("single")
            if plain(text, in_flow):
                styles += ["plain", "plain"]
            if not key and not in_flow and re.fullmatch(r"\S+( \S+)+", text):
                styles += ["literal", "folded"]
        style = chance.choice(styles)
        pending = style not in ("literal", "folded")
        if style == "plain":
            out.string(value, text)
        elif style == "single":
            out.string(value, (c * 2 if c == "'" else c for c in text), "'", "'")
        elif style == "double":
            out.string(value, (json.dumps(c)[1:-1] if ord(c) < 0x10000 else f"\\U{ord(c):08x}" for c in text), '"', '"')
        elif style == "literal":
            out.string(value, text, f"|-{line_end}{pad}")
        else:
            out.string(value, (line_end + pad if c == " " else c for c in text), f">-{line_end}{pad}")

    def write(value: Value, depth: int, in_flow: bool) -> None:
        nonlocal pending
        start, kind, pad = out.at, value.kind, "  " * depth
        rows = value.members if kind == OBJECT else [(None, item) for item in value.items]
        if kind == STRING:
            string(value, pad, in_flow=in_flow)
            return
        if kind not in (OBJECT, ARRAY):
            out.put(json.dumps(value.value))
            pending = True
        elif in_flow or not rows:
            out.put("{" if kind == OBJECT else "[")
            for i, (key, item) in enumerate(rows):
                out.put(", " if i else "")
                if key is not None:
                    string(key, pad, key=True, in_flow=True)
                    out.put(": ")
                write(item, depth + 1, True)
            out.put("}" if kind == OBJECT else "]")
            pending = True
        else:
            for i, (key, item) in enumerate(rows):
                out.put(("  # more" if pending and chance.random() < 0.1 else "") + line_end + pad if i else "")
                if key is None:
                    out.put("- ")
                    write(item, depth + 1, False)
                    continue
                string(key, pad, key=True)
                out.put(
                    ": "
                    if item.kind not in (OBJECT, ARRAY) or not (item.members or item.items)
                    else f":{line_end}{pad}  "
                )
                write(item, depth + 1, False)
        out.container(value, start)

    write(root, 0, flow)
    out.put(line_end)
    return out


# -- changes

REGISTRY = builtin()


class Change:
    """A way to write a definition in another way.

    write     the text of a tree
    change    what is changed in a copy of the tree before; False where there is nothing to change
    besides   rules that rightly say something else, each with the reason: of these only severities are compared, or nothing
              where it begins with "not:"
    text      whether messages are compared, not places and severities alone
    parts     whether places in strings are compared
    """  # fmt: skip

    def __init__(
        self,
        write: Callable[[Value], Written] = write_json,
        change: Callable[[Value], Value | bool | None] | None = None,
        besides: Mapping[str, str] | None = None,
        *,
        text: bool = True,
        parts: bool = True,
        same: Callable[[str], str] = str,
    ) -> None:
        self.write = write
        self.change = change
        self.besides = besides or {}
        self.text = text
        self.parts = parts
        self.same = same


def scopes(root: Value) -> Iterator[Value]:
    """Yield the machine and all that is in it that has `States`."""
    states = root.get("States")
    if states is None or states.kind != OBJECT:
        return
    yield root
    for _, state in states.members:
        inner = [state.get("ItemProcessor"), state.get("Iterator")]
        branches = state.get("Branches")
        for scope in inner + (branches.items if branches is not None else []):
            if scope is not None:
                yield from scopes(scope)


def states(root: Value) -> Iterator[Value]:
    """Yield all states; none where something else stands among them."""
    found = [state for scope in scopes(root) for _, state in scope.get("States").members]  # type: ignore[union-attr]
    if all(state.kind == OBJECT for state in found):
        yield from found


def repeats(root: Value) -> bool:
    return any(len({key.value for key, _ in value.members}) < len(value.members) for value in root.walk())


def reordered(root: Value) -> bool:
    """Turn the members of all objects round, but for the states: which of them is first counts in what is said of several."""
    if repeats(root):
        return False
    kept = {id(scope.get("States")) for scope in scopes(root)}
    for value in root.walk():
        if id(value) not in kept:
            value.members.reverse()
    return True


BEFORE, BEHIND = "é ", '"x" [0]'


def renamed(root: Value) -> bool:
    """Give each state a name with blanks, quotes, brackets and a letter of two bytes."""
    names: list[Value | None] = []
    for scope in scopes(root):
        names.append(scope.get("StartAt"))
        for key, state in scope.get("States").members:  # type: ignore[union-attr]
            names += [key, state.get("Next"), state.get("Default")]
            for field in ("Catch", "Choices"):
                listed = state.get(field)
                names += [item.get("Next") for item in listed.items] if listed is not None else []
    known = [name for name in names if name is not None and name.kind == STRING]
    if not any(states(root)) or not all(0 < len(name.value) <= 70 for name in known):
        return False
    for name in known:
        name.value = f"{BEFORE}{name.value}{BEHIND}"
    return True


def unnamed(message: str) -> str:
    return message.replace(f"`{BEFORE}", "`").replace(f"{BEHIND}`", "`")


IN_OUT = ("Task", "Pass", "Parallel", "Map", "Wait", "Choice", "Succeed")


def spelt_out(root: Value) -> bool:
    """Write out what is so anyway: paths that are `$`, no Retriers and no Catchers."""
    changed = False
    if any(value.value == "QueryLanguage" for value in root.walk()):
        return False
    for state in states(root):
        type = state.get("Type")
        if type is None or type.value not in IN_OUT:
            continue
        works = type.value in ("Task", "Parallel", "Map")
        fields = ["InputPath", "OutputPath", *(["ResultPath"] if works or type.value == "Pass" else [])]
        for field in [*fields, *(["Retry", "Catch"] if works else [])]:
            if state.get(field) is None:
                state.put(field, [] if field in ("Retry", "Catch") else "$")
                changed = True
    return changed


SIMPLE = re.compile(r"(\$\$?)((?:\.[A-Za-z_]\w*|\[\d+\])+)")


def bracketed(root: Value) -> bool:
    """Write the names of paths in brackets."""
    changed = False
    if any(value.value == "JSONata" for value in root.walk()):
        return False
    for value in root.walk():
        for key, item in value.members:
            found = SIMPLE.fullmatch(item.value) if item.kind == STRING else None
            if found and (key.value == "Variable" or key.value.endswith((".$", "Path"))):
                item.value = found[1] + re.sub(r"\.(\w+)", r"['\1']", found[2])
                changed = True
    return changed


def unbracketed(message: str) -> str:
    return re.sub(r"\['(\w+)'\]", r".\1", message)


def in_parentheses(root: Value) -> bool:
    """Put parentheses around each JSONata expression that stands alone."""
    changed = False
    for value in root.walk():
        found = re.fullmatch(r"\{% (\$states\.[\w.]+) %\}", value.value) if value.kind == STRING else None
        if found:
            value.value = f"{{% ({found[1]}) %}}"
            changed = True
    return changed


def without_parentheses(message: str) -> str:
    return re.sub(r"\{% \((.*?)\) %\}", r"{% \1 %}", message)


def wrapped(root: Value) -> Value | bool:
    """Make the definition the one branch of a Parallel state."""
    known = {"StartAt", "States", "Comment", "QueryLanguage"}
    if (
        repeats(root)
        or not any(states(root))
        or not {"StartAt", "States"} <= {key.value for key, _ in root.members} <= known
    ):
        return False
    language = root.get("QueryLanguage")
    root.members = [(key, value) for key, value in root.members if key.value != "QueryLanguage"]
    around = made(
        {"StartAt": "Around it", "States": {"Around it": {"Type": "Parallel", "End": True, "Branches": [root]}}}
    )
    if language is not None:
        around.put("QueryLanguage", language)
    return around


HTML = "<>&'=$.[]{} \"\\"
"""What writers of JSON escape that may stand in a page, and what paths and placeholders are made of."""

OF_YAML = {"ASL107": "what makes an array of an object is another thing in a block"}

CHANGES = {
    "escapes": Change(lambda root: write_json(root, escape=HTML, indent="\t", line_end="\r\n", bom=True)),
    "yaml": Change(write_yaml, besides=OF_YAML),
    "yaml, other styles": Change(lambda root: write_yaml(root, seed=2, line_end="\r\n"), besides=OF_YAML),
    "yaml flow": Change(lambda root: write_yaml(root, flow=True), besides=OF_YAML),
    "order of keys": Change(
        change=reordered,
        besides={
            "ASL109": "of two fields that exclude each other the second is reported",
            "ASL116": "of two tests the second is reported",
            "ASL501": "fields are listed as they stand",
            "ASL609": "members are listed as they stand",
            "ASL630": "of several ARNs the first is reported",
        },
    ),
    "names": Change(
        change=renamed,
        same=unnamed,
        parts=False,
        besides={"ASL201": "of longer names more are so much alike that one is proposed for the other"},
    ),
    "defaults": Change(
        change=spelt_out,
        besides={
            "ASL103": "a field that is there is not proposed",
            "ASL501": "who writes the ResultPath `$` is not told of it",
            "ASL617": "who writes the ResultPath `$` is not told of it",
        },
    ),
    "brackets": Change(change=bracketed, same=unbracketed, parts=False),
    "parentheses": Change(change=in_parentheses, same=without_parentheses, parts=False),
    "in a branch": Change(
        change=wrapped,
        text=False,
        besides={
            "ASL202": "not: AWS does not come to say it at the top, where nothing ends the state machine",
            "ASL205": "not: it is judged at the top alone",
            "ASL507": "not: the ways of the machine itself are followed",
            "ASL212": "not: a loop at the top of which ASL205 says that nothing ends it",
            "ASL803": "the wait of the whole execution is that of the Parallel state",
            "ASL805": "not: the history is that of the whole execution",
            "ASL808": "not: what a branch gives is read outside of it",
            "ASL904": "not: it has one branch",
        },
    ),
}


def keys(change: Change, written: Written, found: Iterable[Diagnostic]) -> Counter[object]:
    """Return what is compared of the findings in a text."""
    out: Counter[object] = Counter()
    for d in found:
        why = change.besides.get(d.code)
        if why is not None:
            out[d.code, d.severity] += not why.startswith("not:")
            continue
        places = [written.place(r.start, r.end, change.change is not None) for r in (d, *d.related)]
        if not change.parts:
            places = [place[0] if isinstance(place, tuple) and isinstance(place[0], int) else place for place in places]
        key: tuple[object, ...] = (d.code, d.severity, d.rejected_by_aws, d.suppressed, places[0])
        if change.text:
            # of which second place is named first depends on where they stand
            key += change.same(d.message), change.same(d.cure), tuple(sorted(map(str, places[1:])))
        out[key] += 1
    return +out


def fixed(written: Written, found: Diagnostic) -> object:
    """Return the tree behind the fix of a finding; None where it has none."""
    if found.fix is None:
        return None
    text = "".join(written.parts)
    for start, end, new in sorted(found.fix.edits, reverse=True):
        text = text[:start] + new + text[end:]
    root = read(written.file, text.encode()).root
    try:
        return tree(root).plain() if root is not None else None
    except ValueError:
        return None


def linted(one: Definition, written: Written, registry: Registry) -> list[Diagnostic]:
    report = lint(written.file, written.data, one.settings, registry, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return report.diagnostics


def differences(change: Change, definitions: Iterable[Definition], registry: Registry) -> tuple[int, list[str]]:
    """Return how many definitions are written in another way, and how the findings differ then."""
    changed, out = 0, []
    for one in definitions:
        root: Value = one.root
        if change.change is not None:
            root = root.copy()
            result = change.change(root)
            if result is False:
                continue
            root = result if isinstance(result, Value) else root
        changed += 1
        before, after = one.written, change.write(root)
        first, second = one.found(registry), linted(one, after, registry)
        a, b = keys(change, before, first), keys(change, after, second)
        out += [f"{one.name}: {sign} {key}" for sign, left in (("-", a - b), ("+", b - a)) for key in left]
        if change.change is None:
            fixes = {(d.code, before.place(*d.span, False), d.message): fixed(before, d) for d in first if d.fix}
            for d in second:
                mended = fixed(after, d)
                if mended is not None and mended != fixes.get((d.code, after.place(*d.span, False), d.message)):
                    out.append(f"{one.name}: {d.code}: another fix: {mended}")
    return changed, out


@pytest.fixture(autouse=True)
def no_time_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some messages say how long ago a moment was, to the minute."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")


@pytest.mark.parametrize("name", CHANGES)
def test_the_findings_stay_the_same(name: str) -> None:
    changed, found = differences(CHANGES[name], examples(all=False), REGISTRY)
    assert changed >= 5
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_the_findings_in_all_examples_stay_the_same(name: str) -> None:
    changed, found = differences(CHANGES[name], examples(all=True), REGISTRY)
    assert changed >= 40
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_the_findings_in_definitions_of_others_stay_the_same(name: str, shared: Path) -> None:
    changed, found = differences(CHANGES[name], of_others(shared), REGISTRY)
    assert changed >= 15
    assert not found, "\n".join(found)


# -- breaches


def strings(machine: StateMachine) -> Iterator[Node]:
    return (node for node in machine.node.walk() if node.kind == STRING)


def as_written(machine: StateMachine) -> Iterator[Finding]:
    """Quote a string with its escapes and quotes."""
    for node in strings(machine):
        yield Finding(node, f"`{machine.document.text.content[node.start : node.end]}`")


def one_off(machine: StateMachine) -> Iterator[Finding]:
    """Count characters of the string from its opening quote, which is right in JSON without escapes."""
    for node in strings(machine):
        if len(str(node.value)) > 3:
            yield Finding((node.start + 3, node.start + 4), "the third character")


def first_member(machine: StateMachine) -> Iterator[Finding]:
    for node in machine.node.walk():
        if len(node.members) > 1 and node.members[0][0].value not in [state.name for state in machine.all_states()]:
            yield Finding(node.members[0][0], "stands first")


def long_name(machine: StateMachine) -> Iterator[Finding]:
    for state in machine.all_states():
        if len(state.name) < 10:
            yield Finding(state.head, f"`{state.name}` is short")


def without_path(machine: StateMachine) -> Iterator[Finding]:
    for state in machine.all_states():
        if state.key("InputPath") is None:
            yield Finding(state.head, f"`{state.name}` is given all of its input")


def dots(machine: StateMachine) -> Iterator[Finding]:
    return (Finding(node, "a path") for node in strings(machine) if str(node.value).startswith("$."))


def bare_expression(machine: StateMachine) -> Iterator[Finding]:
    return (Finding(node, "read") for node in strings(machine) if str(node.value).startswith("{% $states"))


def outermost(machine: StateMachine) -> Iterator[Finding]:
    return (Finding(state.head, "a state") for state in machine.states)


BREACHES = {
    "escapes": (as_written, one_off),
    "yaml": (as_written, one_off),
    "yaml, other styles": (as_written, one_off),
    "yaml flow": (as_written, one_off),
    "order of keys": (first_member,),
    "names": (long_name,),
    "defaults": (without_path,),
    "brackets": (dots,),
    "parentheses": (bare_expression,),
    "in a branch": (outermost,),
}


@pytest.mark.parametrize(
    ("name", "breach"), [(name, breach) for name, breaches in BREACHES.items() for breach in breaches]
)
def test_a_rule_that_looks_at_how_it_is_written_is_seen(
    name: str, breach: Callable[[StateMachine], Iterator[Finding]]
) -> None:
    class Planted(Rule):
        """Breaks what is tested here."""

        code = "TEST001"
        name = "planted"
        severity = "warning"

        def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
            return breach(machine)

    entry = Entry(Planted.code, Planted.name, "", __name__, True, ())
    entry.cls = Planted
    _, found = differences(CHANGES[name], examples(all=False), Registry([entry]))
    assert found


def test_another_fix_is_seen() -> None:
    class Planted(Rule):
        """Writes quotes into what has none, or others."""

        code = "TEST001"
        name = "planted"
        severity = "warning"

        def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
            for node in strings(machine):
                fix = Fix("Write another", [(node.start + 1, node.end - 1, "x")], safe=False)
                yield Finding(node, "is a text", fix=fix)

    entry = Entry(Planted.code, Planted.name, "", __name__, True, ())
    entry.cls = Planted
    assert not differences(CHANGES["escapes"], examples(all=False), Registry([entry]))[1]
    assert differences(CHANGES["yaml"], examples(all=False), Registry([entry]))[1]
