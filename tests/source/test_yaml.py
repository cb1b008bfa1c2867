from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import asllint.source.yaml as reader
from asllint.source.node import ARRAY, BOOLEAN, LARGEST, NULL, NUMBER, OBJECT, STRING, UNKNOWN, Document, Node
from asllint.source.placeholders import Placeholders, is_template_intrinsic
from asllint.source.text import Text
from asllint.source.yaml import MAX_DEPTH, MAX_PROBLEMS, read_yaml, string_offset

SHARED = Path(__file__).parents[3] / "shared"

LOADERS: list[tuple[Any, bool]] = [(yaml.Loader, True)]
if hasattr(yaml, "CLoader"):
    LOADERS.append((yaml.CLoader, False))


@pytest.fixture(params=LOADERS, ids=lambda pair: "pure" if pair[1] else "libyaml")
def both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test once with each loader of PyYAML."""
    monkeypatch.setattr(reader, "_loader", lambda: request.param)


def reading(content: str, *patterns: str) -> Document:
    return read_yaml(Text("x.yaml", content), Placeholders(patterns))


def readings(content: str) -> Iterator[Document]:
    """The documents that the two loaders give; for hypothesis, which does not take a fixture by test."""
    kept = reader._loader
    try:
        for pair in LOADERS:
            reader._loader = lambda pair=pair: pair  # type: ignore[misc]
            yield reading(content)
    finally:
        reader._loader = kept


def value(node: Node | None) -> Any:
    """The value as the json module gives it; an UNKNOWN node gives its style and raw text."""
    if node is None:
        return ...
    if node.kind == OBJECT:
        return {key.value: value(item) for key, item in node.members}
    if node.kind == ARRAY:
        return [value(item) for item in node.items]
    if node.kind == UNKNOWN:
        return (node.style, node.value)
    return node.value


def tree(node: Node | None) -> list[tuple[object, ...]]:
    """Everything that a tree says, to compare two of them."""
    return [
        (n.kind, n.start, n.end, repr(n.value), n.style, n.holes, n.closed, [(k.value, k.start, k.end, k.holes) for k, _ in n.members])
        for n in (node.walk() if node else ())
    ]  # fmt: skip


def kinds(document: Document) -> list[str]:
    return [problem.kind for problem in document.problems]


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Strip «…» and return the spans that were between them, in the order in which they begin."""
    out: list[str] = []
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    at = 0
    for c in text:
        if c == "«":
            opened.append(len(spans))
            spans.append((at, -1))
        elif c == "»":
            i = opened.pop()
            spans[i] = (spans[i][0], at)
        else:
            out.append(c)
            at += 1
    return "".join(out), spans


def spans_of(node: Node) -> list[tuple[int, int]]:
    """The spans of a tree, keys too, in the order in which they begin; an outer one before an inner one."""
    out = []
    for n in node.walk():
        out.append((n.start, n.end))
        out += [(key.start, key.end) for key, _ in n.members]
    return sorted(out, key=lambda span: (span[0], -span[1]))


def mended(document: Document) -> str:
    content = document.text.content
    for start, end, text in sorted({e for p in document.problems for e in p.edits}, reverse=True):
        content = content[:start] + text + content[end:]
    return content


def check(document: Document) -> None:
    """What holds for every text: spans lie inside it, offsets inside spans, and offsets do not go back."""
    content = document.text.content
    for problem in document.problems:
        assert 0 <= problem.start <= problem.end <= len(content), problem
        assert problem.message.endswith(".")
        assert problem.cure.endswith(".")
        for start, end, _ in (*problem.related, *problem.edits):
            assert 0 <= start <= end <= len(content), problem
    for comment in document.comments:
        assert content[comment.start : comment.end] == comment.text
        assert comment.text.startswith("#")
    if document.root is None:
        return
    for node in document.root.walk():
        for each in (node, *(key for key, _ in node.members)):
            assert 0 <= each.start <= each.end <= len(content), each
            if each.kind == STRING:
                check_offsets(each)


def check_offsets(node: Node) -> None:
    content, text = node.origin.content, node.value
    assert isinstance(text, str)
    before = node.start
    for i in range(len(text) + 1):
        offset = node.offset_in(i)
        assert before <= offset <= node.end, (node, i)
        before = offset
        if i < len(text) and text[i] not in " \n" and offset < node.end and content[offset] != "\\":
            assert content[offset] == text[i], (node, node.style, i, offset)


# -- spans


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    "text",
    [
        "««a»: «1»\n«b»: «x y»»  # c\n",
        "««a»:\n  ««b»:\n   «- «1»\n   - «2»»»\n\n«c»: «null»»\n",
        "««a»:\n«- «1»\n-«»»\n«b»: «x»»\n",
        "««a»: «{«b»: «1», «c»: «[«1»,«2»]»}»»\n",
        "««a»:«»\n«b»: «true»»\n",
        "««a»:«»    # hi\n«b»:«»»",
        "««a»: «|\n  x\n\n  y  »\n\n# c\n«b»: «>-\n  z»»\n\n",
        "««a»: «|»\n«b»: «'it''s'»\n«\"c\"»: «\"\\x41\"»»\r\n",
        "««a»: &x «1»\n«b»: &y !!str  «2»\n«c»: !!map # c\n  ««d»: «e»»»\n",
        "««a»: «!Sub ${x}»\n«b»: «!GetAtt»\n«c»: «!Join [x, [y]]»\n«d»: «!Sub\n  - x\n  - y»»\n\n",
        "«[«««a»»: «1»», «{«b»«»}», «{? «c» :«» }»]»",
        "--- # c\n««😀»: «😀»\r\n«b»: «x»»\r\n...\r\n",
        '««a»: «one\n  two\n\n  three»\n«b»: «"x\n  y"»»\n',
        "«? «a»\n: «b»»",
        "««a»: «yes»\n«b»: «2020-01-01»\n«c»: «<NAME>»\n«d»: «${x}»»\n",
        "«- «- «1»\n  - «2»»\n- ««a»: «1»»»\n",
    ],
)
def test_spans(text: str) -> None:
    content, spans = marked(text)
    document = reading(content)
    assert document.problems == []
    assert document.root is not None
    found = spans_of(document.root)
    assert sorted(set(found)) == sorted(set(spans)), [content[a:b] for a, b in found]
    check(document)


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a: plain text", "plain text"),
        ("a: plain\n  folded\n\n\n  text  \n", "plain folded\n\ntext"),
        ("a: 'it''s ''x'''", "it's 'x'"),
        ("a: 'x  \n\n   y'", "x\ny"),
        ('a: "a\\n\\x41\\u00e9\\U0001F600\\\\ \\"q\\" \\/"', 'a\nAé😀\\ "q" /'),
        ('a: "x \\\n    \\ y\\\n\n   z"', "x  y\nz"),
        ('a: " x\n  y "', " x y "),
        ('a: "\\ud83d\\ude00\\ud83d\\uDE00"', "😀😀"),
        ("a: |\n  x\n    y\n\n  z\n", "x\n  y\n\nz\n"),
        ("a: |2-\n    x\n   y\n\n", "  x\n y"),
        ("a: |+\n  x\n\n\n", "x\n\n\n"),
        ("a: >\n  x\n  y\n\n  z\n    more\n  w\n\n    more\n\n  v\n", "x y\nz\n  more\nw\n\n  more\n\nv\n"),
        ("a: >1-\n  x\n y\n", " x\ny"),
        ("a: >+\n\n  x\n\n", "\nx\n\n"),
        ("a: |\n\n  x\n   \n  y   \n", "\nx\n \ny   \n"),
        ("a: x\u0085y\u2028z\ufeffw", "x\u0085y\u2028z\ufeffw"),
        ("a: 'x\u2028y'", "x\u2028y"),
        ('"a": x#y:z', "x#y:z"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_decoded_strings_and_their_offsets(written: str, expected: str, newline: str) -> None:
    document = reading(written.replace("\n", newline))
    assert document.problems == []
    assert value(document.root) == {"a": expected}
    check(document)


def test_offsets_by_hand() -> None:
    node = reading('a: "x\\n\\u0041  \n   y"').root
    assert node is not None
    item = node.get("a")
    assert item is not None
    assert item.value == "x\nA y"
    assert [item.offset_in(i) for i in range(6)] == [4, 5, 7, 13, 19, 20]
    assert item.span_in(1, 2) == (5, 7)
    folded = reading("a: >\n  x\n  y\n\n  z\n").root
    assert folded is not None
    item = folded.get("a")
    assert item is not None
    assert item.value == "x y\nz\n"
    assert [string_offset(item, i) for i in range(7)] == [7, 8, 11, 13, 16, 17, 17]
    single = reading("'it''s'").root
    assert single is not None
    assert [string_offset(single, i) for i in (-1, 0, 2, 3, 4, 99)] == [1, 1, 3, 5, 6, 6]


# -- scalars


@pytest.mark.parametrize(
    ("written", "kind", "known"),
    [
        *((w, NULL, None) for w in ("~", "null", "Null", "NULL")),
        *((w, BOOLEAN, True) for w in ("true", "True", "TRUE")),
        *((w, BOOLEAN, False) for w in ("false", "False", "FALSE")),
        ("0", NUMBER, 0), ("-0", NUMBER, 0), ("+12", NUMBER, 12), ("-7", NUMBER, -7), ("0o17", NUMBER, 15),
        ("0x1F", NUMBER, 31), ("1.5", NUMBER, 1.5), (".5", NUMBER, 0.5), ("5.", NUMBER, 5.0), ("1e3", NUMBER, 1000.0),
        ("-1.5E-2", NUMBER, -0.015), (".inf", NUMBER, LARGEST), ("-.INF", NUMBER, -LARGEST), ("01.5", NUMBER, 1.5),
        ("1e999", NUMBER, LARGEST), ("9" * 5000, NUMBER, LARGEST), ("0x" + "f" * 5000, NUMBER, LARGEST),
        (".nan", UNKNOWN, None),
        *((w, UNKNOWN, None) for w in ("yes", "No", "ON", "off")),
        *((w, UNKNOWN, None) for w in ("010", "-012", "08", "0b11", "1_000", "1_0.5", "1:30", "-1:30:00", "0x_F", "-0x1")),
        *((w, UNKNOWN, None) for w in ("2012-10-17", "2016-03-14T01:59:00Z", "2016-3-4 1:59:00.5 +02:00", "1:30.5")),
        *((w, STRING, None) for w in ("nUll", "y", "truE", "--", "+", ".", "1.2.3", "12a", "0b2", "0o8", "e3", "-x")),
        *((w, STRING, None) for w in ("1:75", "2012-10", "arn:aws:x", "-.nan", "٣")),
    ],
)  # fmt: skip
def test_plain_scalars_follow_the_core_schema(written: str, kind: str, known: object) -> None:
    node = reading(f"a: {written}")
    assert node.problems == []
    item = node.root.get("a") if node.root else None
    assert item is not None
    assert item.kind == kind
    if kind == UNKNOWN:
        assert (item.style, item.value) == ("ambiguous", written)
    else:
        assert item.value == (written if kind == STRING else known)
    for quoted in (f"'{written}'", f'"{written}"', f"|-\n  {written}"):
        assert value(reading(f"a: {quoted}").root) == {"a": written}


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!!str 1", "1"), ("! 5", "5"), ("!!int '5'", 5), ("!!float 5", 5.0), ("!!bool 'true'", True),
        ("!!null ''", None), ("!!str", ""), ("!<tag:yaml.org,2002:int> 7", 7), ("!!map {a: 1}", {"a": 1}),
        ("!!seq [1]", [1]), ("! [1]", [1]), ("!!int x", ("tag", "!!int x")), ("!!int 1.5", ("tag", "!!int 1.5")),
        ("!!bool yes", ("tag", "!!bool yes")), ("!!map", ("tag", "!!map")), ("!!map [1]", ("tag", "!!map [1]")),
        ("!!binary aGk=", ("tag", "!!binary aGk=")), ("!!float -" + "9" * 400, -LARGEST),
        ("!Ref x", ("tag", "!Ref x")), ("!GetAtt a.b", ("tag", "!GetAtt a.b")),
        ("&x !ImportValue 'y'", ("tag", "&x !ImportValue 'y'")), ("!Sub |\n  x\n  y\n", ("tag", "!Sub |\n  x\n  y")),
        ("!Join\n- x\n- [y]\n", ("tag", "!Join\n- x\n- [y]")), ("!If {a: b}", ("tag", "!If {a: b}")),
        ("{Ref: x}", ("tag", "{Ref: x}")), ("{'Fn::Sub': [x, {}]}", ("tag", "{'Fn::Sub': [x, {}]}")),
        ("{Ref: [x]}", {"Ref": ["x"]}), ("{Ref: x, y: z}", {"Ref": "x", "y": "z"}), ("{Condition: x}", {"Condition": "x"}),
    ],
)  # fmt: skip
def test_tags(written: str, expected: object) -> None:
    document = reading(written)
    assert document.problems == []
    assert value(document.root) == expected
    check(document)


def test_intrinsics_are_single_members() -> None:
    def members(content: str) -> list[tuple[Node, Node]]:
        root = reading(content).root
        assert root is not None
        return list(root.members)

    assert not is_template_intrinsic([])
    assert not is_template_intrinsic(members("{x: 1}"))
    assert not is_template_intrinsic(members("{Ref: 1}"))
    assert is_template_intrinsic([(Node(STRING, 0, 0, Text("", ""), "Fn::X"), Node(NULL, 0, 0, Text("", "")))])


@pytest.mark.usefixtures("both")
def test_keys_are_strings() -> None:
    document = reading(
        "1: a\ntrue: b\n~: c\n'q': d\n1.0: e\n2020-01-01: f\n${x}: g\n? [1,\n  2]\n: h\n!Sub x: i\n*k : j\n"
    )
    assert kinds(document) == ["complex-key", "undefined-alias"]
    assert document.root is not None
    assert [key.value for key, _ in document.root.members] == [
        "1", "true", "~", "q", "1.0", "2020-01-01", "${x}", "[1,", "!Sub x", "*k",
    ]  # fmt: skip
    assert [key.value for key, _ in document.root.members if key.holes] == ["${x}", "[1,", "!Sub x", "*k"]
    assert all(key.kind == STRING for key, _ in document.root.members)
    check(document)


def test_an_alias_as_a_key() -> None:
    document = reading("a: &k 5\nb: &s x\nc:\n  *k : 1\n  *s : 2\n")
    assert document.problems == []
    assert value(document.root)["c"] == {"5": 1, "x": 2}


def test_duplicate_keys_are_kept() -> None:
    root = reading("a: 1\nb: 2\na: 3\n").root
    assert root is not None
    assert [(k.value, v.value) for k, v in root.members] == [("a", 1), ("b", 2), ("a", 3)]


# -- placeholders


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("written", "expected", "holes"),
    [
        ("${Name}", ("placeholder", "${Name}"), ()),
        ("<NAME>", ("placeholder", "<NAME>"), ()),
        ("'${Name}'", "${Name}", ((0, 7),)),
        ("${a}/x", "${a}/x", ((0, 4),)),
        ("x {{ a }} y", "x {{ a }} y", ((2, 9),)),
        ("arn:aws:s3:::<B>", "arn:aws:s3:::<B>", ((13, 16),)),
        ("'{% ${a} + <b> %}'", "{% ${a} + <b> %}", ((3, 7),)),
        ("!!str ${a}", "${a}", ((0, 4),)),
        ("[${a}]", [("placeholder", "${a}")], ()),
        ("{b: ${a.b}, c: ${d}-x}", {"b": ("placeholder", "${a.b}"), "c": "${d}-x"}, ()),
    ],
)
def test_placeholders(written: str, expected: object, holes: tuple[tuple[int, int], ...]) -> None:
    document = reading(f"a: {written}\n")
    assert document.problems == []
    assert value(document.root) == {"a": expected}
    assert document.root is not None
    item = document.root.get("a")
    assert item is not None
    assert item.holes == holes
    check(document)


def test_patterns_of_ones_own() -> None:
    assert value(reading("a: @@x@@b", "@@x@@").root) == {"a": "@@x@@b"}
    assert value(reading("a: %%x%%\nb: __x__\n", "__x__").root) == {"a": "%%x%%", "b": ("placeholder", "__x__")}


# -- problems


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("a: «{% $x %}»\nb: 1", "unquoted-jsonata", {"a": "{% $x %}", "b": 1}),
        (
            "a: «{% $x ? 'p: q' : \"r # s\" %}»\nb: 1",
            "unquoted-jsonata",
            {"a": "{% $x ? 'p: q' : \"r # s\" %}", "b": 1},
        ),
        ("a: «{% $x ? 'p' : 'q' %}»\nb: 1", "unquoted-jsonata", {"a": "{% $x ? 'p' : 'q' %}", "b": 1}),
        ("a: [1, «{% x, y %}»]\nb: '{% ok %}'", "unquoted-jsonata", {"a": [1, "{% x, y %}"], "b": "{% ok %}"}),
        ("a: «{%\n   $x\n  %}»\nb: |\n  {% y %}\n", "unquoted-jsonata", {"a": "{% $x %}", "b": "{% y %}\n"}),
        ("a: «{{ x }}»\nb: 1", "unquoted-placeholder", {"a": ("placeholder", "{{ x }}"), "b": 1}),
        ("a: «{{ x.y | d('z') }}»\n", "unquoted-placeholder", {"a": ("placeholder", "{{ x.y | d('z') }}")}),
        ("a: «{{ x }}-y»\nb: 'c {{ x ''y'' }}'", "unquoted-placeholder", {"a": "{{ x }}-y", "b": "c {{ x 'y' }}"}),
        ("«{{ x }}»: 1\n", "unquoted-placeholder", {"{{ x }}": 1}),
        ("a: b«:» c\nd: 1", "unquoted-colon", {"a": "b: c", "d": 1}),
        ("a: «*»\nb: 1", "unquoted-indicator", {"a": "*", "b": 1}),
        ("a: «@x y»\nb: 1", "unquoted-indicator", {"a": "@x y", "b": 1}),
        ("a: «`x`»\n", "unquoted-indicator", {"a": "`x`"}),
        ("a: «>= 5»\nb: 1", "unquoted-indicator", {"a": ">= 5", "b": 1}),
        ("a: «|x»\nb: 1", "unquoted-indicator", {"a": "|x", "b": 1}),
        ("a: «%x»\nb: 1", "unquoted-indicator", {"a": "%x", "b": 1}),
        ("a: «? x»\nb: 1", "unquoted-indicator", {"a": "? x", "b": 1}),
        ('a: "«\\d»+"\nb: 1', "bad-escape", {"a": "\\d+", "b": 1}),
        ("a: \"\\\\«\\q»\"\nb: '\\q'", "bad-escape", {"a": "\\\\q", "b": "\\q"}),
        ('a: "«\\x»4"', "bad-escape", {"a": "\\x4"}),
        ('a: "it«\\\'»s"', "bad-escape", {"a": "it\\'s"}),
        ("a: «*z»\nb: 1", "undefined-alias", {"a": ("tag", "*z"), "b": 1}),
        ('{"a": 1«»\n "b": 2}', "missing-comma", {"a": 1, "b": 2}),
        ('{"a": "x"«» "b": 2}', "missing-comma", {"a": "x", "b": 2}),
        ('{"a": ["x"«» "y"]}', "missing-comma", {"a": ["x", "y"]}),
    ],
)
def test_a_problem_is_read_past_and_its_edit_mends_it(text: str, kind: str, expected: object) -> None:
    content, spans = marked(text)
    document = reading(content)
    assert [(p.kind, p.start, p.end) for p in document.problems] == [(kind, *span) for span in spans]
    assert not document.cut
    assert not any(problem.fatal for problem in document.problems)
    assert value(document.root) == expected
    check(document)
    again = reading(mended(document))
    assert again.problems == []
    if kind != "undefined-alias" and "placeholder" not in kind:
        assert value(again.root) == expected


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("a: x«\x07»y", "control-character", {"a": "x\x07y"}),
        ("a: 'x«\ufffe\x00»y' # z", "control-character", {"a": "x\ufffe\x00y"}),
        ("a: «\ud800»", "lone-surrogate", {"a": "\ud800"}),
        ('a: "«\\ud83d»x"', "lone-surrogate", {"a": "\ufffdx"}),
        ('a: "«\\U0000dc00»"', "lone-surrogate", {"a": "\ufffd"}),
        ('a: "«\\UFFFFFFFF»"', "bad-escape", {"a": "\ufffd"}),
        ("? «[1, 2]»\n: 3\n", "complex-key", {"[1, 2]": 3}),
        ("a: &a [«*a»]\nb: *a", "cyclic-alias", {"a": [("tag", "*a")], "b": [("tag", "*a")]}),
        ("a: {<<: «5», b: 1}", "bad-merge", {"a": {"b": 1}}),
        ("a: {<<: [{c: 2}, «x»], b: 1}", "bad-merge", {"a": {"c": 2, "b": 1}}),
    ],
)
def test_a_problem_is_read_past(text: str, kind: str, expected: object) -> None:
    content, spans = marked(text)
    document = reading(content)
    assert [(p.kind, p.start, p.end) for p in document.problems] == [(kind, *span) for span in spans]
    assert value(document.root) == expected
    assert not document.cut
    check(document)


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("a: 1\nb:\n«\t»c: 2", "tab-indentation", {"a": 1}),
        ("a: 1\n«\t»b: 2\n", "tab-indentation", {"a": 1}),
        ("a:\n  - 1\n «b:» 1", "bad-indentation", {"a": [1]}),
        ("a: 1\n   «b»: 2", "bad-indentation", {"a": "1 b"}),
        ("- a\n«b:» 1\n", "bad-indentation", ["a"]),
        ('a: 1\nb: «"x\n  y: 1', "unclosed-quote", {"a": 1}),
        ("a: 1\nb: «'x»\n", "unclosed-quote", {"a": 1}),
        ('a: 1\nb: «"x»\nc: "y"\n', "unclosed-quote", {"a": 1, "b": "x c: "}),
        ('{"a": 1, "b": [2, «"x»', "unclosed-quote", {"a": 1, "b": [2]}),
        ("a: {b: 1, c: [1, 2«»", "unclosed-flow", {"a": {"b": 1, "c": [1, 2]}}),
        ('{"a": «»', "unclosed-flow", {}),
        ("a: [x, y\nb«:» 1\n", "unclosed-flow", {"a": ["x", "y b"]}),
        ("a: [1, 2«}»", "unclosed-flow", {"a": [1, 2]}),
        ("a: 1\n«foo»\nb: 2", "missing-colon", {"a": 1}),
        ("a: 1\nb: «{% x»\nc: 2", "unquoted-jsonata", {"a": 1}),
        ("a: 1\nb: «{%\nx\n%}»\nc: 2", "unquoted-jsonata", {"a": 1, "b": ("placeholder", "{%")}),
        ("a: 1\nb: «!x!y» 1", "undefined-tag", {"a": 1}),
        ("a: 'it'«s»", "yaml-syntax", {"a": "it"}),
        ("a: 1\nb: «-» x\n", "yaml-syntax", {"a": 1}),
        ("{a: 1,«,»}", "yaml-syntax", {"a": 1}),
        ("a: «]»", "yaml-syntax", {}),
    ],
)
def test_what_stands_before_a_fatal_problem_is_kept(text: str, kind: str, expected: object) -> None:
    content, spans = marked(text.replace('«"x\n', '«"x»\n'))
    document = reading(content)
    assert [(p.kind, p.start, p.end, p.fatal) for p in document.problems] == [(kind, *spans[0], True)]
    assert document.cut
    assert document.root is not None
    assert not document.root.closed
    assert value(document.root) == expected
    check(document)


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ('{"a": 1} «x»\n', "text-after-end", {"a": 1}),
        ("{a: 1}«}»", "text-after-end", {"a": 1}),
        (" a: 1\n«b:» 2", "bad-indentation", {"a": 1}),
        ("a: x\n«---»\nb: 1", "several-documents", {"a": "x"}),
        ("--- a\n«---» b\n", "several-documents", "a"),
        ("---\n---\na: 1\n«---»\n!x y", "several-documents", {"a": 1}),
        ("a: b\n...\n«c: d»\n", "several-documents", {"a": "b"}),
    ],
)
def test_what_follows_the_value(text: str, kind: str, expected: object) -> None:
    content, spans = marked(text)
    document = reading(content)
    assert [(p.kind, p.start, p.end, p.fatal) for p in document.problems] == [(kind, *spans[0], True)]
    assert not document.cut
    assert value(document.root) == expected
    check(document)


@pytest.mark.usefixtures("both")
def test_related_places() -> None:
    flow = reading("a: {b: [1").problems[0]
    assert [(start, end) for start, end, _ in flow.related] == [(7, 8)]
    assert flow.edits == ((9, 9, "]}"),)
    assert reading("a: [1 # c").problems[0].edits == ((9, 9, "\n]"),)
    assert reading("[a: [1,").problems[0].edits == ((7, 7, "]]"),)
    cyclic = reading("a: &b [*b]").problems[0]
    assert [(start, end) for start, end, _ in cyclic.related] == [(3, 5)]


def test_what_is_neither_yaml_nor_guessed_is_a_problem_too() -> None:
    for content in (
        "%YAML 2.0\n---\na",
        "a: !<x",
        "&a &b c",
        "%TAG ! x y\n",
        "\t{}",
        "...\n",
        "a: !foo%zz x",
        "? {",
        "[}",
    ):
        document = reading(content)
        assert document.problems, content
        assert document.problems[-1].fatal
        check(document)


@pytest.mark.usefixtures("both")
def test_a_stray_error_of_the_loader_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, text: str) -> None:
            raise RecursionError

    monkeypatch.setattr(reader, "_loader", lambda: (Broken, False))
    document = reading("a: 1")
    assert kinds(document) == ["yaml-syntax"]
    assert document.root is None
    assert document.cut


# -- bounds


@pytest.mark.usefixtures("both")
def test_nesting_has_a_bound() -> None:
    # libyaml of PyYAML 6.0.4 has a bound of its own, 1,000, which it can come upon before the first of ours
    for item in ("[", "{", "- ", "{a: ", "[\n"):
        document = reading(item * 100_000)  # the recursion of a composer would overflow the stack of C here
        assert kinds(document) == ["too-deep"]
        assert document.cut
        check(document)
    assert reading("[" * MAX_DEPTH + "]" * MAX_DEPTH).problems == []
    over = reading("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    assert [(p.kind, p.start) for p in over.problems] == [("too-deep", MAX_DEPTH)]


def test_aliases_do_not_nest_deeper_than_the_bound() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 400)]
    document = reading("\n".join(lines))
    assert kinds(document) == ["too-deep"]
    assert not document.problems[0].fatal
    assert document.root is not None
    deepest = 0
    stack = [(document.root, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack += [
            (child, depth + 1)
            for child in (*node.items, *(v for _, v in node.members))
            if child.kind in (OBJECT, ARRAY)
        ]
    assert deepest == MAX_DEPTH


@pytest.mark.usefixtures("both")
def test_an_alias_bomb_is_one_problem() -> None:
    names = "abcdefghijkl"
    lines = [f"a: &a [{','.join(['x'] * 10)}]"]
    lines += [f"{n}: &{n} [{','.join([f'*{m}'] * 10)}]" for m, n in itertools.pairwise(names)]
    document = reading("\n".join(lines))
    assert kinds(document) == ["alias-bomb"]
    assert document.root is not None
    count = sum(1 for _ in document.root.walk())
    assert 100_000 < count < 1_100_000
    merging = (
        "a: &a {"
        + ",".join(f"k{i}: 1" for i in range(2000))
        + "}\n"
        + "".join(f"b{i}: {{<<: *a}}\n" for i in range(2000))
    )
    assert kinds(reading(merging)) == ["alias-bomb"]


def test_aliases_are_the_node_itself() -> None:
    root = reading("a: &x {b: 1}\nc: *x\nd: &x 2\ne: *x\n").root
    assert root is not None
    assert root.get("a") is root.get("c")
    assert value(root) == {"a": {"b": 1}, "c": {"b": 1}, "d": 2, "e": 2}
    assert value(reading("a: &x [&x 1, *x]\nb: *x").root) == {"a": [1, 1], "b": 1}


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("key", ["   d: 3", " d: 3", "   - d"])
def test_a_line_that_stands_wrong_may_belong_to_any_block_before_it(key: str) -> None:
    document = reading(f"a:\n  b:\n    c: {{x: 1}}\n{key}\n")
    assert kinds(document) == ["bad-indentation"]
    node = document.root
    for name in "ab":
        assert node is not None
        assert not node.closed
        node = node.get(name)
    assert node is not None
    assert not node.closed
    inner = node.get("c")
    assert inner is not None
    assert inner.closed


@pytest.mark.usefixtures("both")
def test_merge_keys() -> None:
    document = reading(
        "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  b: 0\n  <<: [*x, *y]\n  d: 5\nw: {<<: *z}\nv: {'<<': 1}\n"
    )
    assert kinds(document) == ["undefined-alias"]
    assert document.problems[0].edits == ()  # a string has nothing to merge
    assert value(document.root)["z"] == {"b": 0, "a": 1, "c": 4, "d": 5}
    assert value(document.root)["v"] == {"<<": 1}
    assert document.root is not None
    z, w = document.root.get("z"), document.root.get("w")
    assert z is not None
    assert w is not None
    assert [key.value for key, _ in z.members] == ["b", "a", "c", "d"]
    assert not z.open
    assert w.open


def test_problems_have_a_bound() -> None:
    document = reading("- *x\n" * 5000)
    assert len(document.problems) == MAX_PROBLEMS + 1
    assert kinds(document)[-1] == "too-many-problems"
    assert len(reading("\x00a" * 5000).problems) == 100


@pytest.mark.parametrize(
    ("before", "piece", "count", "after"),
    [
        ("", "a: {% ", 50_000, ""), ("", "a: {{ x\n", 50_000, ""), ("", "a: [${ ", 30_000, ""), ("", "a: b: c\n", 50_000, ""),
        ("", 'a: "\\q"\n', 30_000, ""), ('a: "', "\\", 99_999, ""), ("", "# asllint: x\n", 50_000, ""), ("", "a: {% x %}\n", 20_000, ""),
        ("", '["a" "b",\n', 20_000, ""), ("a: [x", "\n", 99_999, '"b": 1]'), ("a: '", " ", 99_999, ""),
        ("", "".join(map(chr, range(0xE000, 0xE100))), 25, "\x00"), ("a: {{ x }}\n", "# {% if x\n", 20_000, ""),
        ("a: {{ x }}\n", "{# x #} y: 1\n", 20_000, ""), ("a: {{ x }}\n", "{# x\n", 20_000, ""),
        ("", "a: {% if x\n", 30_000, ""), ("", "{% if x\na: b\n", 30_000, ""), ("", "{{/* x */ y\na: b\n", 30_000, ""),
    ],
    ids=range(18),
)  # fmt: skip
def test_hostile_texts_take_linear_time(before: str, piece: str, count: int, after: str, linear: Any) -> None:
    linear(lambda size: partial(reading, before + piece * size + after), count // 10 or 1, count)
    document = reading(before + piece * count + after)
    assert document.problems or "asllint" in piece
    assert len(document.problems) <= MAX_PROBLEMS + 300


# -- documents and comments


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("content", ["", "\n\n", "# c\n", "---\n", "---\n---\n", "%YAML 1.2\n---\n", "--- # c\n...\n"])
def test_a_text_without_content(content: str) -> None:
    document = reading(content)
    assert document.root is None
    assert document.problems == []
    assert not document.cut
    assert document.language == "yaml"


@pytest.mark.usefixtures("both")
def test_markers_and_directives() -> None:
    for content in ("%YAML 1.2\n---\na: 1\n", "---\n---\na: 1\n...\n", "a: 1\n---\n", "a: 1\n--- # end\n"):
        document = reading(content)
        assert document.problems == []
        assert value(document.root) == {"a": 1}
    second = reading("a: 1\n---\n%YAML 1.2\n---\nb: 2\n").problems
    assert [p.kind for p in second] == ["several-documents"] or second[0].fatal


@pytest.mark.usefixtures("both")
def test_comments() -> None:
    content, spans = marked(
        "«# asllint: ignore[x] why»\r\na: 'x # y' «# asllint: b»\r\nb: | «# c1»\r\n  # no\r\n  x\r\n«# c2»\r\n"
        'c: x#y   «# c3»\r\nd: [1, «# c4»\r\n  «# c5»\r\n  "# no", x\r\n   y]\r\ne: &a «# c6»\r\n  z\r\n«#»'
    )
    document = reading(content)
    assert document.problems == []
    assert [(c.start, c.end) for c in document.comments] == spans
    alone = [c.text for c in document.comments if c.alone]
    assert alone == ["# asllint: ignore[x] why", "# c2", "# c5", "#"]
    assert reading(content.replace("asllint:", "other:")).comments == []
    check(document)


@pytest.mark.usefixtures("both")
def test_comments_end_where_the_reading_does() -> None:
    document = reading("a: 1 # asllint: x\n---\nb: 2 # y\n")
    assert [c.text for c in document.comments] == ["# asllint: x"]
    document = reading("a: 1 # asllint: x\nb: 'c\n# y\n")
    assert [c.text for c in document.comments] == ["# asllint: x"]


# -- whatever the text is

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x85\u2028\u2029\ufeff", exclude_categories=["Cs"]), max_size=30)
    | st.text("ab \n\t'\":#-{}[]%$&*!|>\\", max_size=30)
    | st.text("ab \n", max_size=60),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text("abc -:#'\"\n", max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def same(node: Node, expected: Any) -> bool:
    """Whether a node is a value that safe_dump wrote, but for what it leaves unquoted and 1.2 takes otherwise."""
    if node.kind == OBJECT:
        return isinstance(expected, dict) and [k.value for k, _ in node.members] == list(expected) and all(
            same(item, expected[key.value]) for key, item in node.members
        )  # fmt: skip
    if node.kind == ARRAY:
        return isinstance(expected, list) and len(expected) == len(node.items) and all(map(same, node.items, expected))
    if isinstance(expected, str) and node.kind in (NUMBER, UNKNOWN):
        return node.origin.content[node.start : node.end] == expected
    return type(node.value) is type(expected) and node.value == expected


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    VALUES,
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.sampled_from([8, 20, 80, 1000]),
    st.sampled_from([None, True, False]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_round_trip(data: Any, style: str | None, width: int, flow: bool | None, unicode: bool, newline: str) -> None:
    written = yaml.dump(
        data,
        Dumper=yaml.SafeDumper,
        default_style=None,
        width=width,
        default_flow_style=flow,
        allow_unicode=unicode,
        sort_keys=False,
    )
    if style is not None:
        written = yaml.dump(
            data, Dumper=_styled(style), width=width, default_flow_style=flow, allow_unicode=unicode, sort_keys=False
        )
    assume("&id" not in written)
    try:
        assume(yaml.safe_load(written) == data)  # its own emitter is not always right about trailing blank lines
    except yaml.YAMLError:
        assume(False)
    documents = list(readings(written.replace("\n", newline)))
    for document in documents:
        assert document.problems == []
        assert document.root is not None or data is None
        if document.root is not None:
            assert same(document.root, data), written
        check(document)
    assert tree(documents[0].root) == tree(documents[-1].root)


def _styled(style: str) -> type[yaml.SafeDumper]:
    """A dumper that writes each string, keys excepted where it must, in one style."""

    class Styled(yaml.SafeDumper):
        pass

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Styled.add_representer(str, represent)
    return Styled


SAMPLES = (
    """StartAt: A
States:
  A: &x
    Type: Task   # asllint: ignore
    Resource: "arn:aws:\\u0041 \\
       b"
    Parameters: {a: [1, 2, 'x''y'], "b": {c: null}}
    Comment: |-
      hello
        world

      x
    Note: >
      fold
      me

       more
      x
    Next: {{ x }}
  B: *x
  C:
    <<: *x
    Output: {% $a ? 'x: y' : "z" %}
    T: !Sub "${a}"
    L:
    - a
    - {Ref: b}
    -
""",
    '{"a": [1, 2, {"b": "x\\ny", "c": ${d}}],\n "e": {"f": 1.5e3}\n}\n',
    "? a\n: 'b\n\n  c'\n? |\n  x\n: plain\n  more  \n\n  text\n---\nz: 1\n",
)
PIECES = (
    *"{}[]:,#&*!|>'\"%@`-?\n \t\r\\~<0a", "{{", "}}", "{%", "%}", "${", "}", ": ", "- ", "\n  ", "''", "\\q", "\\ud83d",
    "\u2028", "\x85", "\x07", "\ufeff", "😀", "\ud800", "<<: ", "---\n", "...\n", "|2\n", ">+\n", "# asllint:", "%YAML 1.1\n",
)  # fmt: skip


def mutated(text: str, rnd: random.Random) -> str:
    for _ in range(rnd.randint(1, 6)):
        at = rnd.randint(0, len(text))
        match rnd.randint(0, 3):
            case 0:
                text = text[:at] + rnd.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + rnd.randint(1, 6) :]
            case 2:
                other = rnd.randint(0, len(text))
                text = text[:at] + text[other : other + rnd.randint(1, 20)] + text[at:]
            case _:
                text = text[:at] if rnd.random() < 0.2 else text[:at] + rnd.choice(PIECES) + text[at + 1 :]
    return text


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("seed", range(4))
def test_mutated_texts_never_raise(seed: int) -> None:
    rnd = random.Random(seed)
    for _ in range(150):
        check(reading(mutated(rnd.choice(SAMPLES), rnd)))


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_can_be_read(content: str) -> None:
    for document in readings(content):
        check(document)


@pytest.mark.skipif(len(LOADERS) < 2, reason="libyaml is missing")
def test_both_loaders_give_one_tree() -> None:
    for content in (
        *SAMPLES, "a: x\u0085b: y\n", "a: 'x\u2028y'\nb: 1\n", "a: 😀\r\nb: x\r\n", "\ufeffa: 1", "[a: 1, {b}, ? c, {d: , e: }]",
        '{\n\t"a":\t1,\n\t"b": ["x\\ty\tz"]\n}', "a:\tb\tc\t# d\n", "a: |\n  x\ty\n  \tz\n", 'a: "\\ud83d\\ude00"', "a:\n- 1\n- \nb:\n",
    ):  # fmt: skip
        first, second = readings(content)
        assert tree(first.root) == tree(second.root), content
        assert [(p.kind, p.start, p.end) for p in first.problems] == [(p.kind, p.start, p.end) for p in second.problems]
        assert [(c.start, c.end) for c in first.comments] == [(c.start, c.end) for c in second.comments]


# -- files that people run


def corpus(accept: Callable[[dict[str, Any]], bool]) -> list[tuple[str, str]]:
    index = SHARED / "corpus" / "production" / "index.jsonl"
    if not index.exists():
        pytest.skip("the corpus is not here")
    out = []
    for line in index.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        path = index.parent / row["file"]
        if accept(row) and path.exists():
            out.append((row["file"], path.read_bytes().decode("utf-8-sig")))
    assert out
    return out


def test_production_yaml_reads_without_a_problem() -> None:
    for name, content in corpus(lambda row: row["container"] == "asl-yaml"):
        for document in readings(content):
            assert document.problems == [], name
            assert document.root is not None
            check(document)


def test_production_json_is_yaml_too() -> None:
    def unlike(node: Any) -> Any:
        """Values as the YAML reader gives them: what CloudFormation fills in is unknown to both of them."""
        if isinstance(node, dict):
            if (
                len(node) == 1
                and (key := next(iter(node)))
                and (key.startswith("Fn::") or (key == "Ref" and isinstance(node[key], str)))
            ):
                return "intrinsic"
            return {key: unlike(item) for key, item in node.items()}
        return [unlike(item) for item in node] if isinstance(node, list) else node

    def read(node: Node) -> Any:
        if node.kind == OBJECT:
            return {key.value: read(item) for key, item in node.members}
        if node.kind == ARRAY:
            return [read(item) for item in node.items]
        return "intrinsic" if node.kind == UNKNOWN else node.value

    compared = 0
    for name, content in corpus(lambda row: row["container"] == "asl-json"):
        try:
            expected = json.loads(content)
        except ValueError:
            continue
        document = reading(content)
        if document.problems:
            # the one thing in which JSON is not YAML as it is read everywhere
            assert re.search(r'"[^"\n]{1024,}"\s*:', content), (name, document.problems)
            continue
        assert document.root is not None
        assert read(document.root) == unlike(expected), name
        compared += 1
    assert compared > 100


def test_a_line_that_is_a_tag_of_a_template() -> None:
    content = "a: 1\n{% if x %}\nb:\n  - 1\n{% for y in z %}\n  - 2\n{% endfor %}\nc: {% $d %}\n{% endif %}\n"
    document = reading(content)
    assert kinds(document) == ["unquoted-jsonata"]
    root = document.root
    assert root is not None and root.open
    assert [(key.value, bool(key.holes)) for key, _ in root.members] == [
        ("a", False), ("{% if x %}", True), ("b", False), ("c", False),
    ]  # fmt: skip
    b = root.get("b")
    assert b is not None
    assert [(item.kind, item.value) for item in b.items] == [
        ("number", 1), ("unknown", "{% for y in z %}"), ("number", 2),
    ]  # fmt: skip
    for node in root.walk():
        assert content[node.start : node.end].strip() == content[node.start : node.end]


def test_tags_and_comments_with_the_line_ends_of_windows() -> None:
    for tag in ("{% if x %}", "{# x #}"):
        content = f"a: 1\r\n{tag}\r\nb: {{{{ x }}}}\r\n"
        document = reading(content)
        assert document.root is not None
        assert [str(key.value) for key, _ in document.root.members if key.value != tag] == ["a", "b"]
        assert [problem.kind for problem in document.problems] == ["unquoted-placeholder"]


def test_a_comment_of_a_template_ends_where_it_is_closed() -> None:
    document = reading("a: 1\n{# first #} b: {{ x }}\nc: 2\n{# last #}\nd: 3\n")
    assert [(problem.kind, problem.start) for problem in document.problems] == [("missing-colon", 5)]


def test_of_many_tags_a_bounded_number_is_put_into_the_tree() -> None:
    document = reading("".join(f"k{i}: 1\n{{% if x %}}\n" for i in range(1_000)) + "{% endif %}\n")
    assert document.problems == []
    assert document.root is not None
    assert sum(bool(key.holes) for key, _ in document.root.members) == 200
