"""The parser of JSONata: kinds, spans, errors at their place, placeholders, bounds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.expr import jsonata
from asllint.expr.jsonata import (
    FILTER,
    FOCUS,
    GROUP,
    INDEX,
    KEEP,
    LAMBDA,
    MAX_DEPTH,
    NAME,
    PARENT,
    PATH,
    PLACE,
    RANGE,
    SORT,
    STRING,
    TERM,
    UNKNOWN,
    Complaint,
    Node,
    jsonata_text,
    parse,
)


def shape(text: str) -> object:
    """A tree as nested lists: the kind and value of each node, and the text under it, then its children."""
    parsed = parse(text)
    assert parsed.root is not None, parsed.error

    def of(node: Node) -> list[object]:
        label = node.kind if node.value is None else f"{node.kind} {node.value}"
        return [label, text[node.start : node.end], *(of(child) for child in node.children)]

    return of(parsed.root)


def test_path() -> None:
    assert shape("$s.a.`b c`[0].(d)") == [
        "path", "$s.a.`b c`[0].(d)",
        ["variable s", "$s"],
        ["name a", "a"],
        ["name b c", "`b c`"],
        ["filter", "[0]", ["number 0.0", "0"]],
        ["block", "(d)", ["name d", "d"]],
    ]  # fmt: skip


def test_segments() -> None:
    assert shape("a@$x[1]#$i[]^(>b, c){d: e}") == [
        "path", "a@$x[1]#$i[]^(>b, c){d: e}",
        ["name a", "a"],
        ["focus @", "@$x", ["variable x", "$x"]],
        ["filter", "[1]", ["number 1.0", "1"]],
        ["index #", "#$i", ["variable i", "$i"]],
        ["keep", "[]"],
        ["sort", "^(>b, c)", ["term >", ">b", ["name b", "b"]], ["term ", "c", ["name c", "c"]]],
        ["group", "{d: e}", ["name d", "d"], ["name e", "e"]],
    ]  # fmt: skip


def test_operators_bind_as_the_language_says() -> None:
    assert shape("a + b * c = d and e") == [
        "binary and", "a + b * c = d and e",
        ["binary =", "a + b * c = d",
         ["binary +", "a + b * c", ["name a", "a"], ["binary *", "b * c", ["name b", "b"], ["name c", "c"]]],
         ["name d", "d"]],
        ["name e", "e"],
    ]  # fmt: skip
    assert shape("$x := a ? b : c")[0] == "bind :="  # type: ignore[index]
    assert shape("-a.b") == ["negation", "-a.b", ["path", "a.b", ["name a", "a"], ["name b", "b"]]]


def test_functions() -> None:
    assert shape("function($x, $y)<nn:n>{ $x - $y }") == [
        "lambda <nn:n>", "function($x, $y)<nn:n>{ $x - $y }",
        ["variable x", "$x"],
        ["variable y", "$y"],
        ["binary -", "$x - $y", ["variable x", "$x"], ["variable y", "$y"]],
    ]  # fmt: skip
    assert shape("$f(?, 1)") == ["partial", "$f(?, 1)", ["variable f", "$f"], ["place", "?"], ["number 1.0", "1"]]
    assert shape("a ~> |b|{}, 'c'|") == [
        "apply ~>", "a ~> |b|{}, 'c'|",
        ["name a", "a"],
        ["transform", "|b|{}, 'c'|", ["name b", "b"], ["object", "{}"], ["string c", "'c'"]],
    ]  # fmt: skip


def test_constructors() -> None:
    assert shape("[1..2, {'a': null}]") == [
        "array", "[1..2, {'a': null}]",
        ["range", "1..2", ["number 1.0", "1"], ["number 2.0", "2"]],
        ["object", "{'a': null}", ["string a", "'a'"], ["null", "null"]],
    ]  # fmt: skip


def test_words() -> None:
    assert shape("and.or[in]")[2:] == [["name and", "and"], ["name or", "or"], ["filter", "[in]", ["name in", "in"]]]  # type: ignore[index]
    assert shape("/* why */ a /**/")[:2] == ["name a", "a"]  # type: ignore[index]
    assert shape("a.'b'")[3] == ["name b", "'b'"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "value"),
    [("'a\\n\\u00e9'", "a\né"), ('"\\ud83d\\ude00"', "😀"), ('"\\ud83d"', "\ud83d"), ("''", ""), ("'\"'", '"')],
)
def test_string_values(text: str, value: str) -> None:
    root = parse(text).root
    assert root is not None
    assert (root.kind, root.value) == (STRING, value)


def test_regex() -> None:
    root = parse("/a[/]?\\/b/im").root  # the slash in brackets does not end it
    assert root is not None
    assert (root.value, root.style) == ("a[/]?\\/b", "im")
    assert shape("a / b")[0] == "binary /"  # type: ignore[index]


ERRORS = [
    # (code, expression with the span of the error marked)
    ("S0101", "a & «'b»"),
    ("S0102", "[«1e999»]"),
    ("S0103", "'it«\\'»s'"),
    ("S0104", "'«\\u12»'"),
    ("S0105", "a.«`b»"),
    ("S0106", "a «/*» b"),
    ("S0201", "a «b»"),
    ("S0201", "(a)«)»"),
    ("S0201", "$x := 1«;» $x"),
    ("S0202", "a[1«,»2)"),
    ("S0203", "$f(a«»"),
    ("S0204", "«!»a"),
    ("S0204", "a «~» b"),
    ("S0207", "«»"),
    ("S0207", "1 +«»"),
    ("S0208", "function($a, «b»){1}"),
    ("S0209", "$a{b: c}«[0]»"),
    ("S0210", "a{b: c}«{d: e}»"),
    ("S0211", "phone %«.»other"),
    ("S0211", "{'a':«}»"),
    ("S0211", "a =«=» b"),
    ("S0212", "«a» := 1"),
    ("S0212", "«a.$b» := 1"),
    ("S0213", "a.«1»"),
    ("S0213", "«null».a"),
    ("S0214", "a@«b»"),
    ("S0214", "a#«1»"),
    ("S0215", "a[0]«@$x»"),
    ("S0216", "a^(b)«@$x»"),
    ("S0217", "«%»"),
    ("S0217", "a.%.«%».b"),  # the first has its step, the second none
    ("S0217", "$a.«%»"),
    ("S0301", "«//»"),
    ("S0302", "$match(a, «/b)»"),
    ("S0401", "function($a)<s«<»n>>{$a}"),
    ("S0402", "function($a)<«(»a<n>)>{$a}"),
    ("", "$match(a, «/b++/»)"),
    ("", "$match(a, «/b/ii»)"),
]


@pytest.mark.parametrize(("code", "marked"), ERRORS)
def test_errors(code: str, marked: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    parsed = parse(text)
    assert parsed.root is None
    error = parsed.error
    assert error is not None
    assert (error.code, error.refused, error.aws_code) == (code, True, "INVALID_JSONATA_EXPRESSION")
    assert text[: error.start] + "«" + text[error.start : error.end] + "»" + text[error.end :] == marked
    assert error.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$replace($a, /x/g, '')", "take every match"),
        ("/x/gi", "`gi` is no flag"),
        ("$contains($a, /x/iu)", "`u` is no flag"),
        ("$split($a, /x/ g)", "`)` is missing"),
        ("/x/i 5", "no operator connects"),
        ("$a[/x/1]", "`]` is missing"),
    ],
)
def test_a_letter_that_is_no_flag(text: str, said: str) -> None:
    error = parse(text).error
    assert error is not None
    assert said in f"{error.message} {error.cure}"


def test_every_code_has_an_example() -> None:
    # S0205, S0206 and S05xx are the reference's own assertions
    codes = {f"S{code:04}" for code in (*range(101, 107), *range(201, 205), *range(207, 218), 301, 302, 401, 402)}
    assert codes == {code for code, _ in ERRORS if code}


# -- delimiters


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{% a %}", (" a ", 2)),
        ("{%%}", ("", 2)),
        ("text", None),
        ("a {% b %} c", None),
        ("{%}", "jsonata-not-closed"),
        ("{% a", "jsonata-not-closed"),
        ("{% a %} ", "jsonata-white-space"),
        (" {% a %}", "jsonata-white-space"),
        ("a %}", "jsonata-not-opened"),
    ],
)
def test_delimiters(value: str, expected: object) -> None:
    found = jsonata_text(value)
    assert (found.kind if isinstance(found, Complaint) else found) == expected


def test_white_space_before_is_no_refusal_behind_it_is() -> None:
    before, behind = jsonata_text("  {% a %}\n"), jsonata_text("{% a %}\n")
    assert isinstance(before, Complaint)
    assert isinstance(behind, Complaint)
    assert (before.start, before.end, before.refused) == (0, 2, False)
    assert (behind.start, behind.end, behind.refused) == (7, 8, True)


# -- placeholders


def with_holes(text: str) -> jsonata.Parsed:
    return parse(text, [match.span() for match in re.finditer(r"\$\{\w+\}", text)])


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("$states.input.${Field} = ${Limit}", ["${Field}", "${Limit}"]),
        ("$${Name}.a", ["$${Name}"]),
        ("a${Rest} + 1", ["a${Rest}"]),
        ("1${Zeros} + 2", ["1${Zeros}"]),
        ("${A}${B}", ["${A}${B}"]),
        ("`${A}`.b", ["`${A}`"]),
        ("${F}(1)", ["${F}"]),
        ("a.${B}.%", ["${B}"]),
    ],
)
def test_a_placeholder_hides_its_operand_alone(text: str, unknown: list[str]) -> None:
    parsed = with_holes(text)
    assert parsed.root is not None, parsed.error
    assert [text[n.start : n.end] for n in parsed.root.walk() if n.kind == UNKNOWN] == unknown


def test_a_placeholder_in_a_string() -> None:
    root = with_holes("'a ${Name}'").root
    assert root is not None
    assert (root.kind, root.value) == (STRING, None)
    assert with_holes("/${Pattern}++/").root is not None


@pytest.mark.parametrize("text", ["${A} b", "a ${Operator} b", "[a ${Comma} b]"])
def test_a_placeholder_may_be_an_operator(text: str) -> None:
    parsed = with_holes(text)
    assert (parsed.root, parsed.error) == (None, None)


def test_a_defect_beside_a_placeholder_is_found() -> None:
    error = with_holes("${A} + (1 b)").error
    assert error is not None
    assert (error.code, error.start) == ("S0202", 10)
    assert "`b`" in error.message
    error = with_holes("$f(${A}, '").error
    assert error is not None
    assert error.code == "S0101"


# -- bounds


@pytest.mark.parametrize("piece", ["(", "[", "-", "{'a':", "$f(", "a?b:", "$x:=", "function($x){", "a[", "a^(", "|a|"])
def test_deep_nesting_is_an_error(piece: str) -> None:
    error = parse(piece * 20_000).error
    assert error is not None
    assert (error.kind, error.refused) == ("too-deep", None)


def test_what_is_nearly_too_deep_parses() -> None:
    depth = MAX_DEPTH - 1
    assert parse("(" * depth + "1" + ")" * depth).error is None
    assert parse("[" * depth + "1" + "]" * depth).error is None


@pytest.mark.parametrize("piece", ["+1", ".b", "[0]", "&'x'", "~>$f", "(1)", "[]", "@$x.b", "^(b)", " and c"])
def test_long_chains_parse(piece: str) -> None:
    parsed = parse("a" + piece * 20_000)
    assert parsed.error is None
    assert parsed.root is not None
    assert sum(1 for _ in parsed.root.walk()) > 20_000


def test_parent_operators_are_counted() -> None:
    error = parse("a.b" + ".%" * 5_000).error
    assert error is not None
    assert error.kind == "too-deep"


# -- any text


PIECES = st.sampled_from(
    "a b and in `c d` $x $ $$ $sum function λ ( ) [ ] { } , ; : ? ?: ?? . .. + - * ** / % | ^ < > <= = != ~> := @ # & "
    "1 2.5 0 true null 's' \"t\" /r(e)/i /* */ ! ~ é 😀 <s:n> %".split()
).map(lambda piece: piece + " ")
OPERANDS = st.sampled_from(["a", "$x", "$", "1", "'s'", "true", "`q r`", "*", "**", "/re/i", "$f()", "[]", "{}", "()"])


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def of(pattern: str) -> st.SearchStrategy[str]:
        parts = pattern.split("_")
        return st.tuples(*[inner] * (len(parts) - 1)).map(
            lambda values: parts[0] + "".join(value + part for value, part in zip(values, parts[1:], strict=True))
        )

    patterns = [
        "(_)", "(_; _)", "[_, _]", "[_.._]", "{_: _}", "_._", "_[_]", "_[]", "_{_: _}", "_^(<_)", "_@$v._", "_#$i", "-_",
        "_ + _", "_ and _", "_ in _", "_ ? _ : _", "_ ?? _", "_ ~> $g(_)", "$y := _", "$h(_, ?)", "λ($p)<n:n>{_}", "|_|_|",
        "_ /* c */ = _",
    ]  # fmt: skip
    return st.one_of([of(pattern) for pattern in patterns])


EXPRESSIONS = st.recursive(OPERANDS, grow, max_leaves=12)


def check_spans(text: str, root: Node) -> None:
    for node in root.walk():
        assert 0 <= node.start <= node.end <= len(text)
        at = node.start
        for child in node.children:
            assert at <= child.start <= child.end <= node.end, (node, child)
            at = child.end


@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), EXPRESSIONS, st.text(max_size=60)))
def test_any_text(text: str) -> None:
    parsed = parse(text)
    if parsed.error is not None:
        assert parsed.root is None
        assert 0 <= parsed.error.start <= parsed.error.end <= len(text)
        assert parsed.error.message
    else:
        assert parsed.root is not None
        check_spans(text, parsed.root)


@given(st.lists(PIECES, max_size=20).map("".join), st.data())
def test_any_text_with_placeholders(text: str, data: st.DataObject) -> None:
    offsets = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    holes = list(zip(offsets[::2], offsets[1::2], strict=False))
    parsed = parse(text, holes)
    if parsed.root is not None:
        check_spans(text, parsed.root)


PARTS = {FILTER, FOCUS, GROUP, INDEX, KEEP, PLACE, RANGE, SORT, TERM}


def same(one: Node, other: Node, shift: int) -> bool:
    return (one.kind, one.value, one.start, one.end, one.style) == (
        other.kind, other.value, other.start + shift, other.end + shift, other.style,
    ) and len(one.children) == len(other.children) and all(
        same(a, b, shift) for a, b in zip(one.children, other.children, strict=True)
    )  # fmt: skip


@given(EXPRESSIONS)
def test_the_text_of_each_node_parses_to_that_node(text: str) -> None:
    root = parse(text).root
    if root is None:
        return
    for node in root.walk():
        if node.kind in PARTS or (node.kind == NAME and node.style == '"'):
            continue
        if any(below.kind == PARENT for below in node.walk()):
            continue
        again = parse(text[node.start : node.end])
        assert again.root is not None, (node, again.error)
        assert same(node, again.root, node.start)


def test_lambda_of_a_keyword_in_backquotes() -> None:
    # the reference does not tell `function` in backquotes from the word
    root = parse("`function`($x){$x}").root
    assert root is not None
    assert root.kind == LAMBDA
    assert parse("a.function($x){$x}").root.kind == PATH  # type: ignore[union-attr]
