from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.source.json import MAX_DEPTH, MAX_PROBLEMS, quoted, read_json, string_offset
from asllint.source.node import ARRAY, EXACT_DIGITS, LARGEST, OBJECT, STRING, UNKNOWN, Document, Node
from asllint.source.placeholders import Placeholders
from asllint.source.text import Text

SHARED = Path(__file__).parents[3] / "shared"


def reading(content: str, *patterns: str) -> Document:
    return read_json(Text("x.json", content), Placeholders(patterns))


def value(node: Node | None) -> Any:
    """The value as the json module gives it; an UNKNOWN node gives its raw text in a list of one."""
    if node is None:
        return ...
    if node.kind == OBJECT:
        return {key.value: value(item) for key, item in node.members}
    if node.kind == ARRAY:
        return [value(item) for item in node.items]
    if node.kind == UNKNOWN:
        return json.loads(str(node.value)) if node.style == "tag" else (node.value,)
    return node.value


def mended(document: Document) -> str:
    """The text with the edits of all problems."""
    content = document.text.content
    edits = sorted({edit for problem in document.problems for edit in problem.edits}, reverse=True)
    for start, end, text in edits:
        content = content[:start] + text + content[end:]
    return content


def check(document: Document) -> None:
    """What holds for every text: spans lie inside it and inside those of their parents, and offsets do not go back."""
    content = document.text.content
    for problem in document.problems:
        assert 0 <= problem.start <= problem.end <= len(content), problem
        assert problem.message
        for start, end, _ in (*problem.related, *problem.edits):
            assert 0 <= start <= end <= len(content), problem
    if document.root is None:
        return
    for node in document.root.walk():
        assert 0 <= node.start <= node.end <= len(content), node
        at = node.start
        for child in [n for pair in node.members for n in pair] if node.kind == OBJECT else node.items:
            assert at <= child.start <= child.end <= node.end, (node, child)
            at = child.start
            if child.kind == STRING:
                text = child.text
                assert text is not None
                offsets = [string_offset(child, i) for i in range(len(text) + 1)]
                assert offsets == sorted(offsets)
                assert child.start <= offsets[0]
                assert offsets[-1] <= child.end
                assert all(0 <= a < b <= len(text) for a, b in child.holes)


# Each slip: the text with the span marked, its kind, and what is read; the edits, where there are any, make it JSON.
SLIPS: list[tuple[str, str, Any]] = [
    ('{"a": 1«,» }', "trailing-comma", {"a": 1}),
    ('{"a": [1, 2«,»\n], "b": 3}', "trailing-comma", {"a": [1, 2], "b": 3}),
    ('{"a": 1«,,»}', "trailing-comma", {"a": 1}),
    ("[1,«,» 2]", "unexpected-comma", [1, 2]),
    ('{"a": 1,«, ,» "b": 2}', "unexpected-comma", {"a": 1, "b": 2}),
    ('{«,»"a": 1}', "unexpected-comma", {"a": 1}),
    ("[«,»]", "unexpected-comma", []),
    ('{"a": 1«»\n"b": 2}', "missing-comma", {"a": 1, "b": 2}),
    ('{"a": {}«» "b": 2}', "missing-comma", {"a": {}, "b": 2}),
    ('[{"a": 1}«» {"b": 2}]', "missing-comma", [{"a": 1}, {"b": 2}]),
    ('["a"«»"b"]', "missing-comma", ["a", "b"]),
    ("[${a}«» 1]", "missing-comma", None),
    ('{"a": 1«;» "b": 2}', "missing-comma", {"a": 1, "b": 2}),
    ('{"a"«» 1}', "missing-colon", {"a": 1}),
    ('{"a"«» {"b": 1}, "c": 2}', "missing-colon", {"a": {"b": 1}, "c": 2}),
    ('{"a"«» "b", "c": 2}', "missing-colon", {"a": "b", "c": 2}),
    ('{"a" «=» 1}', "missing-colon", {"a": 1}),
    ('{"a" «=>» 1}', "missing-colon", {"a": 1}),
    ('{"a":«:» 1}', "unexpected-colon", {"a": 1}),
    ('["a"«:» 1, "b": 2]', "unexpected-colon", ["a", "b"]),
    ('{"a": 1«:» 2, "b": 3}', "unexpected-colon", {"a": 1, "b": 3}),
    ('{«:» 1, "b": 3}', "unexpected-colon", {"b": 3}),
    ('{"a"«:» }', "missing-value", {"a": ("",)}),
    ('{"a"«:» , "b": 2}', "missing-value", {"a": ("",), "b": 2}),
    ('{"a"«:»\n"b": 2}', "missing-value", {"a": ("",), "b": 2}),
    ('{«"a"», "b": 2}', "missing-value", {"a": ("",), "b": 2}),
    ('{«"a"», "b", "c"}', "missing-value", {"a": ("",), "b": ("",), "c": ("",)}),
    ('{"b": 2, «"a"»}', "missing-value", {"a": ("",), "b": 2}),
    ('{«"a"» "b": 2}', "missing-value", {"a": ("",), "b": 2}),
    ('{"a": 1 «2», "b": 2}', "unexpected-value", {"a": 1, "b": 2}),
    ('{"a": "b" «"c"» "d", "b": 2}', "unexpected-value", {"a": "b", "b": 2}),
    ('{"a": 1 «{»"x": [2]}, "b": 2}', "unexpected-value", {"a": 1, "b": 2}),
    ('{«{»"x": 1}, "b": 2}', "unexpected-value", {"b": 2}),
    ('{"a": 1«]»', "mismatched-bracket", {"a": 1}),
    ('{"x": [{"a": 1«]», {"b": 2}]}', "mismatched-bracket", {"x": [{"a": 1}, {"b": 2}]}),
    ('{"x": [{"a": 1 «]», "b": 2}', "mismatched-bracket", {"x": [{"a": 1}], "b": 2}),
    ('{"x": [{"a": 1, «]», "b": 2}', "mismatched-bracket", {"x": [{"a": 1}], "b": 2}),
    ('{"x": [{"a": {"c": 1 «]», "b": 2}', "mismatched-bracket", {"x": [{"a": {"c": 1}}], "b": 2}),
    ('{"x": {"a": [1, «}», "b": 2}}', "mismatched-bracket", {"x": {"a": [1], "b": 2}}),
    ('{"x": {"a": [1 «}», "b": 2}', "mismatched-bracket", {"x": {"a": [1]}, "b": 2}),
    ('{"x": 1 «]», "b": 2}', "unexpected-bracket", {"x": 1, "b": 2}),
    ('{"x": 1}\n«}»\n', "unexpected-bracket", {"x": 1}),
    ('{"x": 1}«}]»', "unexpected-bracket", {"x": 1}),
    ('{"x": {"y": 1}«}», "b": 2}', "unexpected-bracket", {"x": {"y": 1}, "b": 2}),
    ('{"x": {"y": 1}}«}», "b": 2}', "unexpected-bracket", {"x": {"y": 1}, "b": 2}),
    ("«}»", "unexpected-bracket", ...),
    ('{"x": 1}«,»', "text-after-end", {"x": 1}),
    ('{"x": 1}\n«{"y": 2}»\n', "text-after-end", {"x": 1}),
    ('{"x": 1} «foo "bar»', "text-after-end", {"x": 1}),
    ('«»"A": {"x": 1}, "B": {}', "missing-bracket", {"A": {"x": 1}, "B": {}}),
    ('«»"A": {"x": 1},\n', "missing-bracket", {"A": {"x": 1}}),
    ('{"a": 1 «// note»\r\n, "b": 2}', "comment", {"a": 1, "b": 2}),
    ('{"a": 1«/* no\nte */»}', "comment", {"a": 1}),
    ('{"a": 1} «// note»', "comment", {"a": 1}),
    ('«# note»\n{"a": 1}', "comment", {"a": 1}),
    ('{"a": «\'b "c" it\\\'s\\n\'»}', "single-quotes", {"a": 'b "c" it\'s\n'}),
    ("{«'it's'»: 1}", "single-quotes", {"it's": 1}),
    ('{"a": «“b”», "c": 1}', "typographic-quotes", {"a": "b", "c": 1}),
    ('{«a-b»: 1, "c": 2}', "unquoted-key", {"a-b": 1, "c": 2}),
    ('{"c": 2, «my key»: 1}', "unquoted-key", {"my key": 1, "c": 2}),
    ("{«12»: 1}", "unquoted-key", {"12": 1}),
    ("{«true»: 1}", "unquoted-key", {"true": 1}),
    ('{«a"»: 1, "c": 2}', "missing-quote", {"a": 1, "c": 2}),
    ('{"a": «b c"», "c": 2}', "missing-quote", {"a": "b c", "c": 2}),
    ('{"a": «"b», "c": 2}', "unterminated-string", {"a": "b", "c": 2}),
    ('{"a": «"b»,\n"c": 2}', "unterminated-string", {"a": "b", "c": 2}),
    ('{"a": «"$.b[0]»\r\n}', "unterminated-string", {"a": "$.b[0]"}),
    ('{"a": [«"b»],\n"c": 2}', "unterminated-string", {"a": ["b"], "c": 2}),
    ('{"a": «"${b}»}', "unterminated-string", {"a": "${b}"}),
    ('{«"a»: "b", "c": 2}', "unterminated-string", {"a": "b", "c": 2}),
    ('{«"a»: 1,\n"c": 2}', "unterminated-string", {"a": 1, "c": 2}),
    ("«\"ab»\n", "unterminated-string", "ab"),
    ('{"a": «"»"b", "c": 2}', "extra-quote", {"a": "b", "c": 2}),
    ('{"a": "b"«"», "c": 2}', "extra-quote", {"a": "b", "c": 2}),
    ('{«"»"a": "b", "c": 2}', "extra-quote", {"a": "b", "c": 2}),
    ('{"a": «${b}"», "c": 2}', "missing-quote", {"a": "${b}", "c": 2}),
    ('{"a": [«"b»], "c": 2}', "unterminated-string", {"a": ["b"], "c": 2}),
    ('{«"a»: {"b": 2}, "c": 2}', "unterminated-string", {"a": {"b": 2}, "c": 2}),
    ('{«"a»: 1, "c": 2}', "unterminated-string", {"a": 1, "c": 2}),
    ('{"a": «»"b": 1}, "c": 2}', "missing-bracket", {"a": {"b": 1}, "c": 2}),
    ('{"a": [«»"b": 1}, 3], "c": 2}', "missing-bracket", {"a": [{"b": 1}, 3], "c": 2}),
    ('{"a": [1«», "b": 1, "c": 2}', "missing-bracket", {"a": [1], "b": 1, "c": 2}),
    ('{"a": {«{»"b": 1}, "c": 2}', "unexpected-bracket", {"a": {"b": 1}, "c": 2}),
    ('{"a": "b «"»c" d", "e": 1}', "unescaped-quote", {"a": 'b "c" d', "e": 1}),
    ('{"a": "{% $x = «"»c" %}"\n}', "unescaped-quote", {"a": '{% $x = "c" %}'}),
    ('{"a": "{% {«"»k": "v"} %}", "e": 1}', "unescaped-quote", {"a": '{% {"k": "v"} %}', "e": 1}),
    ('["a«"»b"c", "d"]', "unescaped-quote", ['a"b"c', "d"]),
    ('{"a": "b«\t\x01»c"}', "control-character", {"a": "b\t\x01c"}),
    ('{"a": "SELECT«\r\n»  *\n", "b": 1}', "control-character", {"a": "SELECT\r\n  *\n", "b": 1}),
    (r'{"a": "b«\x»c"}', "bad-escape", {"a": r"b\xc"}),
    (r'{"a": "«\u12»g4"}', "bad-escape", {"a": r"\u12g4"}),
    (r'{"a": "it«\'»s"}', "bad-escape", {"a": r"it\'s"}),
    (r'{"«\d»": 1}', "bad-escape", {r"\d": 1}),
    (r'{"a": "«\ud83d» \ud83d\ude00"}', "lone-surrogate", {"a": "\ufffd \U0001f600"}),
    (r'{"a": "«\uDE00»"}', "lone-surrogate", {"a": "\ufffd"}),
    ('{"a": «NaN», "b": 1}', "not-a-number", {"a": ("NaN",), "b": 1}),
    ("[«-Infinity»]", "not-a-number", [("-Infinity",)]),
    ("[«01», 1]", "bad-number", [1, 1]),
    ("[«-007.50», 1]", "bad-number", [-7.5, 1]),
    ("[«+1»]", "bad-number", [1]),
    ("[«.5»]", "bad-number", [0.5]),
    ("[«-.5e3»]", "bad-number", [-500.0]),
    ("[«1.»]", "bad-number", [1]),
    ("[«0x1F»]", "bad-number", [31]),
    ("[«1_000»]", "bad-number", [1000]),
    ("[«30s», 1]", "bad-number", [("30s",), 1]),
    ("[«1.2.3», 1]", "bad-number", [("1.2.3",), 1]),
    ('{"a": «True»}', "python-literal", {"a": True}),
    ('{"a": «FALSE», "b": 1}', "python-literal", {"a": False, "b": 1}),
    ('{"a": «None»}', "python-literal", {"a": None}),
    ('{"a": «undefined»}', "python-literal", {"a": None}),
    ('{"a": «Task», "b": 1}', "bad-token", {"a": ("Task",), "b": 1}),
    ('{"a": «hello big world»,\n"b": 1}', "bad-token", {"a": ("hello big world",), "b": 1}),
    ('{"a": «$.x[0].y»}', "bad-token", {"a": ("$.x[0].y",)}),
    ("{\"a\": «States.Format('x', $.y)», \"b\": 1}", "bad-token", {"a": ("States.Format('x', $.y)",), "b": 1}),
    ('{"a": «2020-01-01»}', "bad-token", {"a": ("2020-01-01",)}),
    ("[«-», 1]", "bad-token", [("-",), 1]),
    ('{"a": 1, «foo», "b": 2}', "bad-token", {"a": 1, "b": 2}),
    ('{"a": 1, «foo»}', "bad-token", {"a": 1}),
    ('{"a": 1 «foo», "b": 2}', "bad-token", {"a": 1, "b": 2}),
    ('{"a": "x" «+» "y", "b": 2}', "bad-token", {"a": "x", "b": 2}),
    ("[1 «foo 3», 2]", "bad-token", [1, 2]),
    ('{"a":«\u00a0\u00a0»1}', "bad-space", {"a": 1}),
    ('{«${k}»: 1, "b": 2}', "unquoted-placeholder", {"${k}": 1, "b": 2}),
    ('{«${k}x»: 1, "b": 2}', "unquoted-placeholder", {"${k}x": 1, "b": 2}),
    ('{«x${k}»: 1, "b": 2}', "unquoted-placeholder", {"x${k}": 1, "b": 2}),
    ('{"a": «${x}-y», "b": 2}', "unquoted-placeholder", {"a": ("${x}-y",), "b": 2}),
    ('{"a": «y-${x}», "b": 2}', "unquoted-placeholder", {"a": ("y-${x}",), "b": 2}),
    ('{"a": «{% $x & "y" %}», "b": 2}', "unquoted-expression", {"a": '{% $x & "y" %}', "b": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "kind", "expected"), SLIPS)
def test_one_slip_is_one_problem(marked: str, kind: str, expected: Any) -> None:
    start = marked.index("«")
    end = marked.index("»") - 1
    content = marked.replace("«", "").replace("»", "")
    document = reading(content)
    check(document)
    assert [(p.kind, p.start, p.end) for p in document.problems] == [(kind, start, end)]
    if expected is not None:
        assert value(document.root) == expected
    if document.problems[0].edits and "${" not in content:
        json.loads(mended(document))


@pytest.mark.parametrize("kind", sorted({kind for _, kind, _ in SLIPS}))
def test_every_problem_says_what_to_do(kind: str) -> None:
    for marked, its_kind, _ in SLIPS:
        if its_kind == kind:
            (problem,) = reading(marked.replace("«", "").replace("»", "")).problems
            assert problem.message.endswith(".")
            assert problem.cure.endswith(".")


def test_several_slips_are_all_found_and_mended_at_once() -> None:
    content = """{'a': 01, b: True, "c" 3 'd': [1 2,], // note\n "e": "\\q"}"""
    document = reading(content)
    assert [p.kind for p in document.problems] == [
        "single-quotes",
        "bad-number",
        "unquoted-key",
        "python-literal",
        "missing-colon",
        "missing-comma",
        "single-quotes",
        "missing-comma",
        "trailing-comma",
        "comment",
        "bad-escape",
    ]
    assert json.loads(mended(document)) == {"a": 1, "b": True, "c": 3, "d": [1, 2], "e": "\\q"}
    assert value(document.root) == json.loads(mended(document))


GO_CHOICE = '{{ if eq .X "y" }}1{{ else if .Z }}2{{ else }}3{{ end }}'
NESTED = "{% if x %}[{% for y in z %}1{% endfor %}]{% else %}2{% endif %}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"a": ${x}, "b": 1}', {"a": ("${x}",), "b": 1}),
        ('{"a": ${f({a = "}"})}\n}', {"a": ('${f({a = "}"})}',)}),
        ('{"a": ${x}${y}}', {"a": ("${x}${y}",)}),
        ('{"a": {{ x }}, "b": {{ json.dumps(body) }}}', {"a": ("{{ x }}",), "b": ("{{ json.dumps(body) }}",)}),
        ('{"a": <SECONDS>}', {"a": ("<SECONDS>",)}),
        ("[${a}, 1, ${b}]", [("${a}",), 1, ("${b}",)]),
        ("[1 ${more}]", [1, ("${more}",)]),
        ('{"a": 1, ${more}}', {"a": 1, "${more}": ("${more}",)}),
        ('{"a": 1 ${more} "b": 2}', {"a": 1, "${more}": ("${more}",), "b": 2}),
        ("${all}", ("${all}",)),
        ('{"a": "${x["k"]}-${y["l"]}", "b": 1}', {"a": '${x["k"]}-${y["l"]}', "b": 1}),
        ('{"a": {# a note #} 1}', {"a": 1}),
        ("[{% for x in y %} 1{% if z %},{% endif %} {% endfor %}]", None),
        ('{"a": {% if x %}1{% else %}2{% endif %}, "b": 1}', None),
        ('{{% for x in y %} "{{ x }}": 1, {% endfor %}}', None),
        ('{%{ if x ~}"a": 1%{ else ~}"a": "b"%{ endif ~}}', None),
        ('{"a": %{ if x }1%{ else }2%{ endif }, "b": 1}', None),
        ('[%{ for x in y ~} "${x}", %{ endfor ~} 1]', None),
        ("[{{- range $i, $x := .Y }}{{ if $i }},{{ end }} {{ $x }} {{- end }}]", None),
        ('{{{ range $k, $v := .Y }}"{{ $k }}": 1, {{ end }}"b": 1}', None),
        (f'{{"a": {GO_CHOICE}, "b": 1}}', {"a": (GO_CHOICE,), "b": 1}),
        (f'{{"a": {NESTED}, "b": 1}}', {"a": (NESTED,), "b": 1}),
        ('{"a": {{- /* a\n note */ -}} 1}', {"a": 1}),
        ('{% from "m" import n %}\n{%- set x = [\n1] -%}\n{"a": 1}', {"a": 1}),
        ('{"a": {{ i * 60 }}, "b": {{ x == 1 }}, "c": [1{{ "," if not loop.last else "" }} 2]}', None),
        ('{"a": {{ \', \'.join(x) }}, "b": 1 {{ \',\' if y }} "c": 2}', None),
        ('{{ define "x" }}{"a": 1}{{ end }}', {"a": 1}),
        ('{{- $x := .Y -}}\n{"a": {{ $x }}, {{ $x = 2 }} "b": 1}', None),
        ('{% if x %}{"a": 1}{% else %}{"a": 2, "a": 3}{% endif %}', {"a": 1}),
        ("{% include 'a.json' %}\n{% include 'b.json' %}\n", ("{% include 'a.json' %}",)),
        ('{"a": {{ .A }}, "b": {{ $x | toJson }}}', {"a": ("{{ .A }}",), "b": ("{{ $x | toJson }}",)}),
    ],
)
def test_placeholders_without_quotes_are_no_problem(content: str, expected: Any) -> None:
    document = reading(content)
    check(document)
    assert document.problems == []
    assert not document.cut
    if expected is not None:
        assert value(document.root) == expected


@pytest.mark.parametrize("content", ['{{"a": 1}}', '{"a": {{ "b" : 1 }} }', '{"a": {{ "if" }} }'])
def test_a_brace_too_many_is_no_placeholder(content: str) -> None:
    assert "unexpected-value" in [problem.kind for problem in reading(content).problems]


def test_a_name_with_a_quote_too_many_behind_a_missing_comma() -> None:
    document = reading('{"a": 1 "b"": 2}')
    assert [problem.kind for problem in document.problems] == ["missing-comma", "extra-quote"]
    assert value(document.root) == {"a": 1, "b": 2}


def test_a_bare_placeholder_is_unknown_and_opens_its_object() -> None:
    root = reading('{"a": ${x}, "b": {${all}}}').root
    assert root is not None
    a, b = root.get("a"), root.get("b")
    assert a is not None
    assert (a.kind, a.style, a.value, a.start, a.end) == (UNKNOWN, "placeholder", "${x}", 6, 10)
    assert not root.open
    assert b is not None
    assert b.open


def test_own_placeholders() -> None:
    document = reading('{"a": @@x@@, "b": [[y]], "c": "-@@z@@"}', r"@@\w+@@", r"\[\[\w+\]\]")
    assert document.problems == []
    assert value(document.root) == {"a": ("@@x@@",), "b": ("[[y]]",), "c": "-@@z@@"}
    assert document.root is not None
    c = document.root.get("c")
    assert c is not None
    assert c.holes == ((1, 6),)


def test_keys_and_values_have_spans_and_holes() -> None:
    content = '{ "a${b}" : [ "\\u0024{c}d", -1.5e3, true, null, {} ] }'
    root = reading(content).root
    assert root is not None
    ((key, items),) = root.members
    assert (key.kind, key.style, key.value, key.holes) == (STRING, "json", "a${b}", ((1, 5),))
    assert content[key.start : key.end] == '"a${b}"'
    assert [content[n.start : n.end] for n in items.items] == ['"\\u0024{c}d"', "-1.5e3", "true", "null", "{}"]
    assert items.items[0].holes == ((0, 4),)
    assert content[items.start : items.end] == content[12:-2]
    assert (root.start, root.end, root.closed) == (0, len(content), True)


def test_duplicate_keys_are_kept() -> None:
    document = reading('{"a": 1, "a": 2}')
    assert document.problems == []
    assert document.root is not None
    assert [(k.value, v.value) for k, v in document.root.members] == [("a", 1), ("a", 2)]


@pytest.mark.parametrize("content", ["", " \r\n\t"])
def test_a_blank_text_has_no_root(content: str) -> None:
    document = reading(content)
    assert (document.root, document.problems, document.cut) == (None, [], False)


# -- the text ends too early


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"a": 1',
        '{"a": 1,\n ',
        '{"a"',
        '{"a":',
        '{"a": {"b": [1, 2',
        '{"a": "b',
        '{"a": "b,\n',
        '{"a": "b\\',
        '{"a": "b\\u00',
        '{"a": 1, "b',
        '{"a": 1 /* note',
        '{"a": tru',
        "[[",
    ],
)
def test_a_text_that_is_cut_off_is_one_problem(content: str) -> None:
    document = reading(content)
    check(document)
    assert document.cut
    end = len(content.rstrip())
    problems = [p for p in document.problems if p.kind != "bad-token"]  # `tru` is a slip of its own
    (problem,) = problems
    assert (problem.kind, problem.start, problem.end) == ("unclosed", end, end)
    assert not problem.edits
    root = document.root
    assert root is not None
    assert not root.closed
    assert root.end == end


def test_what_is_read_before_the_cut_is_kept() -> None:
    document = reading('{"a": {"b": [1, "x')
    assert value(document.root) == {"a": {"b": [1, ('"x',)]}}, "who knows how the string goes on"
    (problem,) = document.problems
    assert [related[:2] for related in problem.related] == [(12, 13), (6, 7), (0, 1)]
    assert value(reading('{"a": {"b":').root) == {"a": {"b": ("",)}}


@pytest.mark.parametrize(
    "word",
    [
        "t",
        "tru",
        "f",
        "fals",
        "n",
        "nul",
        "-",
        "5",
        "-50",
        "1.",
        "2.5",
        "3e",
        "3E-",
        "$",
        "${",
        "${Na",
        "<NAME",
        '"',
        '"a${',
    ],
)
@pytest.mark.parametrize("before", ['{"a": ', "[0, ", '{"a": [1, {"b": '])
def test_a_value_cut_off_in_the_middle_is_unknown_and_one_problem(before: str, word: str) -> None:
    document = reading(before + word)
    assert [problem.kind for problem in document.problems] == ["unclosed"]
    assert document.root
    last = list(document.root.walk())[-1]
    assert (last.kind, last.value, last.style) == (UNKNOWN, word, "cut")
    check(document)


@pytest.mark.parametrize("text", ['{"a": 5\n', "[true", "[null", '["x"', "[${Name}"])
def test_a_value_that_ends_before_the_cut_is_known(text: str) -> None:
    document = reading(text)
    assert [problem.kind for problem in document.problems] == ["unclosed"]
    assert document.root
    assert list(document.root.walk())[-1].style != "cut"


@pytest.mark.parametrize("gap", ["      ", "    },\n"])
def test_indentation_says_where_a_brace_is_missing(gap: str) -> None:
    lines = ["{", '  "S": {', '    "A": {', '      "P": {', '        "x": 1', "      },", '      "End": true']
    content = "\n".join(lines) + ',\n    "B": {\n      "End": true\n    }\n  }\n}\n'
    document = reading(content)
    (problem,) = document.problems
    assert problem.kind == "unclosed"
    assert problem.start == len(content) - 1
    assert problem.related[0][:2] == (0, 1)
    assert problem.related[-1][0] == content.index("true") + 4
    assert "`B`" in problem.related[-1][2]
    states = document.root.get("S") if document.root else None
    a = states.get("A") if states else None
    assert a is not None
    assert not a.closed


def test_the_indentation_of_a_closing_brace_is_a_hint_too() -> None:
    content = '{\n  "S": {\n    "A": {\n      "End": true\n  }\n}\n'
    (problem,) = reading(content).problems
    assert problem.related[-1][0] == content.index("true") + 4


def test_seed_transform_job() -> None:
    path = SHARED / "seeds" / "transform-job.fragment.asl.json"
    if not path.exists():
        pytest.skip("the seeds are not here")
    content = path.read_text(encoding="utf-8")
    document = reading(content)
    (problem,) = document.problems
    end = len(content.rstrip())
    assert (problem.kind, problem.start, problem.end) == ("unclosed", end, end)
    assert [(a, b) for a, b, _ in problem.related] == [(0, 1)]
    assert document.cut


# -- bounds


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ("[", ""), ('[{"a":', "")])
def test_deep_nesting_is_one_problem(opening: str, closing: str) -> None:
    content = opening * 100_000 + closing * 100_000
    document = reading(content)
    (problem,) = document.problems
    assert (problem.kind, problem.fatal, document.cut) == ("too-deep", True, True)
    assert problem.end - problem.start == 1
    assert content[: problem.end].count("[") + content[: problem.end].count("{") == MAX_DEPTH + 1
    assert document.root is not None
    assert sum(1 for node in document.root.walk() if not node.closed) == MAX_DEPTH + 1


def test_the_deepest_that_is_read() -> None:
    document = reading("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert document.problems == []


@pytest.mark.parametrize(
    "piece", ["foo, ", "'a' ", "} ", "{", "«", '"a" b" ', "${ ", "{% ", "{# ", "/* ", '"a\n', "1 2 ", '"${"x']
)
def test_problems_are_bounded_and_time_is_linear(piece: str, linear: Any) -> None:
    linear(lambda count: partial(reading, "[" + piece * count), 4_000, 40_000)
    document = reading("[" + piece * 40_000)
    assert 1 <= len(document.problems) <= MAX_PROBLEMS + 2
    check(document)
    if len(document.problems) > MAX_PROBLEMS:
        assert "too-many-problems" in [p.kind for p in document.problems]
        assert document.cut


def test_many_placeholders_with_quotes_are_read() -> None:
    document = reading("[" + '"${x["k"]}", ' * 3 * MAX_PROBLEMS + "${y}]")
    assert document.problems == []


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0", 0),
        ("-0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("1e2", 100.0),
        ("1E-2", 0.01),
        ("1e999", LARGEST),
        ("-1e999", -LARGEST),
        ("9" * 5000, LARGEST),
        ("-" + "9" * 5000, -LARGEST),
        ("9" * EXACT_DIGITS, int("9" * EXACT_DIGITS)),
        ("1" + "0" * 200, 1e200),
        ("0." + "3" * 5000, 1 / 3),
    ],
)
def test_numbers(raw: str, expected: float) -> None:
    document = reading(raw)
    assert document.problems == []
    assert document.root is not None
    assert document.root.value == expected
    assert type(document.root.value) is type(expected)


# -- against the json module

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5), max_leaves=20
)


@given(VALUES, st.sampled_from([None, 0, 1, 2, "\t"]), st.booleans())
def test_round_trip(data: Any, indent: int | str | None, ascii_only: bool) -> None:
    content = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    document = reading(content)
    assert document.problems == []
    assert value(document.root) == data
    check(document)


@given(st.text())
def test_quoted(text: str) -> None:
    assert json.loads(quoted(text)) == text
    document = reading(quoted(text))
    assert (document.problems, value(document.root)) == ([], text)


ESCAPED = st.lists(
    st.tuples(
        st.sampled_from(['"', "\\", "/", "\b", "\f", "\n", "\r", "\t", "a", "é", "😀", "\u2028", "${x}", "'"]),
        st.sampled_from(["short", "unicode", "plain"]),
    )
)


@given(ESCAPED)
def test_string_offset(parts: list[tuple[str, str]]) -> None:
    short = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    raw, expected, text = "", [], ""
    for part, how in parts:
        for char in part:
            expected.append(len(raw))
            text += char
            if how == "unicode":
                units = char.encode("utf-16-be")
                raw += "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2))
            elif how == "short" or char < " " or char in '"\\':
                raw += short.get(char, char)
            else:
                raw += char
    expected.append(len(raw))
    content = f'{{"key": "{raw}"}}'
    document = reading(content)
    assert document.problems == []
    assert document.root is not None
    node = document.root.get("key")
    assert node is not None
    assert node.text == text
    assert [string_offset(node, i) for i in range(len(text) + 1)] == [node.start + 1 + at for at in expected]
    assert node.offset_in(0) == node.start + 1
    assert string_offset(node, len(text)) == node.end - 1


@pytest.mark.parametrize(
    ("content", "i", "expected"),
    [
        ("{a: 1}", 0, 1),  # no quotes
        ("{a: 1}", 1, 2),
        ("['it\\'s x']", 5, 8),  # \' is an escape in single quotes
        ('["\\q\\u0041b"]', 2, 4),  # \q is two characters
        ('["\\q\\u0041b"]', 3, 10),
        ('["\\ud800b"]', 1, 8),
        ('["ab', 2, 4),  # no closing quote
    ],
)
def test_string_offset_in_what_is_no_json(content: str, i: int, expected: int) -> None:
    root = reading(content).root
    assert root is not None
    node = root.items[0] if root.kind == ARRAY else root.members[0][0]
    assert string_offset(node, i) == expected


WORDS = """{ } [ ] : , " ' \\ a "a" "b": 1 - .5 true True ${ ${x} {{ }} {% %} {# #} <N> // /* */ # ; \\u12 \\ud83d \\n
NaN 1e 0x “ ${a[ = (""".split()
BLANKS = ["\n", "\r\n", " ", "\t", "\x00", "\u00a0", "😀", "{{ y }}", "{% if x %}"]
PIECES = st.lists(st.sampled_from(WORDS + BLANKS), max_size=30).map("".join)


def is_template(document: Document) -> bool:
    """Whether a template engine could make JSON of the text: a bare placeholder, a tag, or quotes inside of a `${…}`."""
    content = document.text.content
    if "{#" in content or "{%" in content:
        return True
    nodes = list(document.root.walk()) if document.root else []
    keys = [key for node in nodes for key, _ in node.members]
    quotes = any(n.holes and '"' in content[n.start + 1 : n.end - 1].replace('\\"', "") for n in nodes + keys)
    return quotes or any(n.style == "placeholder" for n in nodes)


@given(PIECES | st.text(max_size=30))
def test_any_text_is_read_and_judged_as_the_json_module_does(content: str) -> None:
    document = reading(content)
    check(document)

    def refused(name: str) -> Any:
        raise ValueError(name)

    try:
        expected = json.loads(content, parse_constant=refused)
    except ValueError:
        assert document.problems or is_template(document) or not content.strip()
    else:
        if "\\u" not in content:  # Python keeps a lone surrogate
            assert document.problems == []
            assert value(document.root) == expected


def sample_texts() -> list[str]:
    machine = {
        "Comment": 'a "quoted" ${Name} – 😀',
        "StartAt": "A",
        "States": {
            "A": {"Type": "Task", "Resource": "${F.Arn}", "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]},
            "B": {"Type": "Wait", "Seconds": 1.5, "End": True, "X": None},
        },
    }
    return [json.dumps(machine, indent=2), json.dumps(machine, ensure_ascii=False), json.dumps(machine, indent="\t")]


def test_mutated_texts_are_read() -> None:
    rng = random.Random(7)
    noise = "{}[]:,\"'\\\n\t ${%#/x1-.e😀"
    for content in sample_texts():
        for _ in range(700):
            text = content
            for _ in range(rng.choice((1, 1, 2, 5))):
                if not text:
                    break
                at, other = rng.randrange(len(text)), rng.randrange(len(text))
                kind = rng.randrange(5)
                if kind == 0:
                    text = text[:at] + text[at + rng.randint(1, 5) :]
                elif kind == 1:
                    text = text[:at] + text[min(at, other) : max(at, other)][:20] + text[at:]
                elif kind == 2:
                    text = text[:at] + rng.choice(noise) + text[at:]
                elif kind == 3:
                    text = text[:at] + rng.choice(noise) + text[at + 1 :]
                else:
                    text = text[: max(at, 1)]
            document = reading(text)
            check(document)
            try:
                json.loads(text)
            except ValueError:
                assert document.problems or is_template(document) or not text.strip()


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("twice", [False, True])
def test_one_character_too_few_or_too_many_is_one_problem(index: int, twice: bool) -> None:
    """Each bracket, colon, comma and quote in turn; only quotes beside quotes and placeholders are told less well."""
    content = sample_texts()[index]
    counts = []
    for at, char in enumerate(content):
        if char in '{}[]:,"':
            text = content[:at] + char * (2 if twice else 0) + content[at + 1 :]
            document = reading(text)
            check(document)
            try:
                json.loads(text)
            except ValueError:
                counts.append(len(document.problems))
                assert document.problems
            else:
                assert not document.problems
    assert len(counts) > 70
    assert counts.count(1) >= len(counts) - 2
    assert max(counts) <= 5


def corpus() -> list[Path]:
    return sorted((SHARED / "corpus" / "production").rglob("*.json")) if SHARED.exists() else []


def test_the_corpus_reads_as_the_json_module_reads_it() -> None:
    paths = corpus()
    if not paths:
        pytest.skip("the corpus is not here")
    read = 0
    for path in paths:
        content = path.read_text(encoding="utf-8-sig")
        document = reading(content)
        try:
            expected = json.loads(content)
        except ValueError:
            continue
        assert document.problems == [], path
        assert value(document.root) == expected, path
        read += 1
    assert read > 100


@pytest.mark.parametrize("value", ['{"Ref": "Function"}', '{"Fn::GetAtt": ["Function", "Arn"]}', '{"Fn::Sub": "${A}"}'])
def test_a_function_of_cloudformation_is_a_value_that_cannot_be_known(value: str) -> None:
    text = f'{{"Resource": {value}, "x": {{"Ref": 1}}, "y": {{"Ref": "a", "b": 1}}}}'
    document = read_json(Text("x.json", text))
    assert not document.problems
    assert document.root is not None
    node = document.root.get("Resource")
    assert node is not None
    assert (node.kind, node.style, node.value, text[node.start : node.end]) == ("unknown", "tag", value, value)
    for name in ("x", "y"):
        other = document.root.get(name)
        assert other is not None
        assert other.kind == "object"
