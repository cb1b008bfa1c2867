"""The reader of JSONPath: the table of known paths, every span, every fault, and that nothing makes it raise."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.expr import grammars, jsonpath
from asllint.expr.jsonpath import Condition, Literal, Step
from asllint.source import read
from asllint.source.node import Document

TABLE = Path(__file__).with_name("jsonpath-table.txt")


def rows() -> list[tuple[str, str, str]]:
    out = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            verdict, rest = re.split(r"\s+", line, maxsplit=1)
            path, source = re.split(r"\s{2,}(?=(?:AWS|LOCAL|SPEC|GUIDE|README|Jayway)\b)", rest)
            out.append((verdict, path, source))
    return out


def read_path(text: str, holes: tuple[tuple[int, int], ...] = ()) -> jsonpath.Path:
    parsed = jsonpath.parse(text, holes)
    assert parsed.error is None, parsed.error
    assert parsed.root is not None
    return parsed.root


@pytest.mark.parametrize(("verdict", "path", "source"), rows())
def test_table(verdict: str, path: str, source: str) -> None:
    parsed = jsonpath.parse(path)
    if verdict == "no":
        assert parsed.root is None and parsed.error is not None
        return
    assert parsed.error is None, parsed.error
    assert parsed.root is not None
    if verdict != "path":
        assert (jsonpath.reference_fault(parsed.root) is None) == (verdict == "reference")


def test_the_table_has_what_it_must() -> None:
    table = rows()
    assert len(table) >= 150
    assert len({path for _, path, _ in table}) == len(table)
    assert {verdict for verdict, _, _ in table} == {"path", "reference", "several", "no"}


def shape(step: Step) -> tuple[object, ...]:
    return step.kind, step.value, step.start, step.end, *step.inner


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$.a", [("name", "a", 1, 3, 2, 3)]),
        ("$['a b']", [("name", "a b", 1, 8, 3, 6)]),
        ('$["a"]', [("name", "a", 1, 6, 3, 4)]),
        ("$[10]", [("index", 10, 1, 5, 2, 4)]),
        ("$[ -1 ]", [("index", -1, 1, 7, 3, 5)]),
        ("$[1:]", [("slice", (1, None), 1, 5, 2, 4)]),
        ("$.[1:-2]", [("slice", (1, -2), 1, 8, 3, 7)]),
        ("$..b", [("scan", None, 1, 3, 1, 3), ("name", "b", 3, 4, 3, 4)]),
        ("$.*[*]", [("wildcard", None, 1, 3, 2, 3), ("wildcard", None, 3, 6, 4, 5)]),
        ("$[0]b", [("index", 0, 1, 4, 2, 3), ("name", "b", 4, 5, 4, 5)]),
        ("$['a', 'b']", [("names", ("a", "b"), 1, 11, 2, 10)]),
        ("$[0, 2]", [("indexes", (0, 2), 1, 7, 2, 6)]),
        ("$.a.length()", [("name", "a", 1, 3, 2, 3), ("function", "length", 3, 12, 4, 10)]),
        (r"$['it\'s']", [("name", "it's", 1, 10, 3, 8)]),
        (r"$.a\.b", [("name", None, 1, 6, 2, 6)]),
        ("$.😀.é", [("name", "😀", 1, 3, 2, 3), ("name", "é", 3, 5, 4, 5)]),
        ("$..book[(@.length-1)]", None),
    ],
)
def test_spans(text: str, expected: list[tuple[object, ...]] | None) -> None:
    path = read_path(text)
    if expected is not None:
        assert [shape(step) for step in path.steps] == expected
    else:
        assert path.steps[-1].kind == "script"


def test_roots() -> None:
    for text, root, variable, end in [
        ("$.a", "$", None, 1),
        ("$$.a", "$$", None, 2),
        ("$name.a", "variable", "name", 5),
        ("$größe", "variable", "größe", 6),
        ("$_x[0]", "variable", "_x", 3),
    ]:
        path = read_path(text)
        assert (path.root, path.variable, path.root_end, path.end) == (root, variable, end, len(text))


def test_a_filter() -> None:
    text = "$.a[?(@.x == 'it' && (!@.y || @['z'] in [1, 'two', null])) ].b"
    path = read_path(text)
    step = path.steps[1]
    assert (step.kind, text[step.start : step.end]) == ("filter", text[3:-2])
    both = step.value
    assert isinstance(both, Condition)
    assert both.kind == "and"
    equal, group = both.parts
    assert isinstance(equal, Condition) and isinstance(group, Condition)
    assert (equal.kind, equal.operator, text[equal.start : equal.end]) == ("compare", "==", "@.x == 'it'")
    left, right = equal.parts
    assert isinstance(left, jsonpath.Path) and isinstance(right, Literal)
    assert (left.root, left.steps[0].value) == ("@", "x")
    assert (right.kind, right.value, text[right.start : right.end]) == ("string", "it", "'it'")
    assert group.kind == "or"
    assert text[group.start : group.end] == "(!@.y || @['z'] in [1, 'two', null])"
    negated, within = group.parts
    assert isinstance(negated, Condition) and isinstance(within, Condition)
    assert (negated.kind, text[negated.start : negated.end]) == ("not", "!@.y")
    listed = within.parts[1]
    assert isinstance(listed, Literal) and isinstance(listed.value, tuple)
    assert [(item.kind, item.value) for item in listed.value] == [("number", 1), ("string", "two"), ("null", None)]
    assert [p.steps[0].value for p in jsonpath.paths(path) if p.root == "@"] == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1", "number", 1),
        ("-1.5", "number", -1.5),
        ("1e3", "number", 1000.0),
        ("true", "boolean", True),
        ("null", "null", None),
        ("open", "bare", "open"),
        ("/a/b", "bare", "/a/b"),
        ("in progress", "bare", "in progress"),
        ('"x"', "string", "x"),
        ("{'a': 1}", "object", "{'a': 1}"),
    ],
)
def test_literals_of_a_filter(text: str, kind: str, value: object) -> None:
    path = read_path(f"$[?(@.a=={text})]")
    condition = path.steps[0].value
    assert isinstance(condition, Condition)
    literal = condition.parts[1]
    assert isinstance(literal, Literal)
    assert (literal.kind, literal.value, literal.text) == (kind, value, text)


def test_arguments_of_a_function() -> None:
    path = read_path('$.a.concat($.b, "c, d", 3)')
    first, second, third = path.steps[1].arguments
    assert isinstance(first, jsonpath.Path) and first.steps[0].value == "b"
    assert isinstance(second, Literal) and second.value == "c, d"
    assert isinstance(third, Literal) and third.value == 3
    assert [p.start for p in jsonpath.paths(path)] == [0, 11]


# the fault stands in «»
FAULTS = {
    "": "empty-path",
    "«name»": "no-dollar",
    "«@».a": "no-dollar",
    "« »$.a": "leading-blank",
    "$.a«.»": "name-missing",
    "$.a«..»": "name-missing",
    "$«...»a": "dots",
    "$.a« »b": "blank-in-path",
    "$.a« ».b": "blank-in-path",
    "$.a.« »b": "blank-in-path",
    "$.a« »[0]": "blank-in-path",
    "$.a«[0»": "unclosed-bracket",
    "$«['a'»": "unclosed-bracket",
    "$«[*»": "unclosed-bracket",
    "$[«'a»": "unclosed-quote",
    "$[?(@.a == «'x)]»": "unclosed-quote",
    "$.a«[]»": "empty-brackets",
    "$.a[«b»]": "unquoted-name",
    "$.a[«$$.Execution.Id»].x": "unquoted-name",
    "$['a'«,»]": "trailing-comma",
    "$[0«,»]": "trailing-comma",
    "$['a' «'»b']": "comma-missing",
    "$['it'«s'»]": "bracket-content",
    "$[1«.5»]": "bracket-content",
    "$[«:»]": "empty-slice",
    "$.a«[?]»": "empty-filter",
    "$.a[?«@.b == 1]»": "filter-without-parentheses",
    "$.a[?(@.b «=» 1)]": "unknown-operator",
    "$.a[?(@.b «likely» 'x')]": "unknown-operator",
    "$.a[?(@.b == 1 «and» @.c == 2)]": "unknown-operator",
    "$.a[?(@.b «or» @.c)]": "unknown-operator",
    "$.a[?(@.İ == 1 «AND» @.c == 2)]": "unknown-operator",
    "$.a[?(@.b && «or» @.c)]": "unknown-operator",
    "$.a[?(@.b «&» @.c)]": "unknown-operator",
    "$.a[?(@.b == «)»]": "operand-missing",
    "$.a[?(«)»]": "operand-missing",
    "$.a[?«(@.b == 1»]": "unclosed-parenthesis",
    "$.a.sum«(1»": "unclosed-parenthesis",
    "$.a«]»": "stray-bracket",
    "$«-a».b": "dot-missing",
    "$$«a»": "dot-missing",
    "$my«-»var.x": "variable-name",
}


@pytest.mark.parametrize("marked", FAULTS)
def test_faults(marked: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    parsed = jsonpath.parse(text)
    assert parsed.root is None
    fault = parsed.error
    assert fault is not None
    start, end = fault.start, fault.end
    shown = f"{text[:start]}«{text[start:end]}»{text[end:]}" if text else ""
    assert (shown, fault.kind) == (marked, FAULTS[marked])
    assert fault.message.endswith((".", ":")) and (not fault.cure or fault.cure.endswith((".", "?")))


def test_a_part_of_a_text_is_read_at_its_place() -> None:
    text = "f($.a[?(@.b == 1)].c, x)"
    parsed = jsonpath.parse(text, (), 2, 20)
    assert parsed.root is not None
    assert [text[s.start : s.end] for s in parsed.root.steps] == [".a", "[?(@.b == 1)]", ".c"]
    parsed = jsonpath.parse("f($.a., x)", (), 2, 6)
    assert parsed.error is not None
    assert (parsed.error.start, parsed.error.end) == (5, 6)


def test_blanks_at_the_end_are_no_part_of_a_path() -> None:
    assert read_path("$.a\n").end == 3
    assert read_path("$.a[0,1] ").end == 8


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("$.${Name}", [None]),
        ("$.a.${Name}_x.b", ["a", None, "b"]),
        ("$['${Name}'].b", [None, "b"]),
        ("$.a[${Index}].b", ["a", None, "b"]),
        ("$.a[0].${x}", ["a", 0, None]),
        ("$.a[?(@.b == '${Value}')]", ["a", Condition]),
        ("${Root}.b", ["b"]),
        ("$${Variable}.b", ["b"]),
        ("$.a[0,${i}]", None),
        ("$.a[?(@.b ${operator} 1)].c", ["a", Condition, "c"]),
    ],
)
def test_placeholders_hide_their_step_alone(text: str, values: list[object] | None) -> None:
    holes = tuple(match.span() for match in re.finditer(r"\$\{\w+\}", text))
    parsed = jsonpath.parse(text, holes)
    assert parsed.error is None
    if values is None:
        return
    assert parsed.root is not None
    assert [type(s.value) if isinstance(s.value, Condition) else s.value for s in parsed.root.steps] == values


def test_a_fault_beside_a_placeholder_is_found() -> None:
    text = "$.${Name}.b[?(@.x = 1)]"
    fault = jsonpath.parse(text, ((2, 9),)).error
    assert fault is not None and text[fault.start : fault.end] == "="
    # one that the placeholder may mend is none
    assert jsonpath.parse("$.a[${Name}", ((4, 11),)).error is None


def test_reference_faults() -> None:
    for marked, kind, refused in [
        ("$.a«[*]».b", "wildcard", True),
        ("$.a«.*»", "wildcard", True),
        ("$«..»a", "scan", True),
        ("$.a«[?(@.b)]»", "filter", True),
        ("$.a«[1:2]»[*]", "slice", True),
        ("$«['a','b']»", "names", True),
        ("$.a«[0,1]»", "indexes", True),
        ("$.a«.length()»", "function", None),
    ]:
        text = marked.replace("«", "").replace("»", "")
        fault = jsonpath.reference_fault(read_path(text))
        assert fault is not None
        assert f"{text[: fault.start]}«{text[fault.start : fault.end]}»{text[fault.end :]}" == marked
        assert (fault.kind, fault.refused) == (f"reference-{kind}", refused)


def test_the_context_object() -> None:
    for text in [
        "$$", "$$.Execution", "$$['Execution']['Id']", "$$.Execution.Input.anything[0].below", "$$.Map.Item.Value.x",
        "$$.Execution.*", "$$..Id", "$$.${x}.y", "$.Execution.nothing", "$Execution.nothing", "$$.Task.Token",
    ]:  # fmt: skip
        holes = tuple(match.span() for match in re.finditer(r"\$\{\w+\}", text))
        assert jsonpath.context_fault(read_path(text, holes)) is None, text
    for marked, kind, cure in [
        ("$$.«execution».Id", "context-field", "Did you mean `$$.Execution`?"),
        ("$$.Execution.«Arn»", "context-field", "Its fields there are"),
        ("$$.State.«RetryCounts»", "context-field", "Did you mean `$$.State.RetryCount`?"),
        ("$$.Execution.Id«.x»", "context-leaf", "Write `$$.Execution.Id`."),
        ("$$.Map«[0]»", "context-index", ""),
    ]:
        text = marked.replace("«", "").replace("»", "")
        fault = jsonpath.context_fault(read_path(text))
        assert fault is not None
        assert f"{text[: fault.start]}«{text[fault.start : fault.end]}»{text[fault.end :]}" == marked
        assert (fault.kind, fault.refused) == (kind, False) and fault.cure.startswith(cure)
    assert jsonpath.context_path(read_path("$$.Execution.Input.a.b")) == ["Execution", "Input"]
    assert jsonpath.context_path(read_path("$$")) == []
    assert jsonpath.context_path(read_path("$.Execution")) is None


def test_literal_steps() -> None:
    for text, steps in [
        ("$", []),
        ("$.a[0]['b'].c", ["a", 0, "b", "c"]),
        ("$.a[*].b", ["a"]),
        ("$.a[-1]", ["a", -1]),
        ("$.a..b", ["a"]),
        ("$.a.length()", ["a"]),
        (r"$.a.b\.c.d", ["a"]),
    ]:
        assert jsonpath.literal_steps(read_path(text)) == steps
    assert jsonpath.literal_steps(read_path("$.a.${b}.c", ((4, 8),))) == ["a"]


# -- bounds


@pytest.mark.parametrize(
    "text",
    [
        "$" + ".a" * 100_000,
        "$" + "[*]" * 100_000,
        "$.a" + "[?(@" * 100_000,
        "$" + "[" * 100_000,
        "$.a[?(" + "!" * 9_000 + "@)]",
        "$.a[?(" + " && ".join(["@"] * 2_400) + ")]",
        "$.a[?(" + "(" * 40 + "@" + ")" * 40 + ")]",
        "$.a[?(@ in " + "[" * 40 + "]" * 40 + ")]",
        "$[" + "9" * 5_000 + "]",
        "$[?(@ == " + "9" * 5_000 + ")]",
        "$['" + "\\" * 9_000,
    ],
)
def test_bounds(text: str) -> None:
    parsed = jsonpath.parse(text)
    assert (parsed.root is None) != (parsed.error is None)
    if parsed.root is not None:
        assert list(jsonpath.paths(parsed.root))
        jsonpath.reference_fault(parsed.root)


SIGNS = r"$ $$ @ . .. [ ] ( ) ? * , : ' \" \ a b.c 0 -1 == =~ != = && || ! in /x/ true length() ['a'] [0] [*] [?( )] { } [1:2]"
PIECES = st.sampled_from([*SIGNS.split(), "@.a == 1", *" \né😀\ue000"])
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map(lambda p: "$" + "".join(p)), st.text(max_size=20))


def spans(path: jsonpath.Path) -> Iterator[tuple[int, int]]:
    yield path.start, path.end
    at = path.root_end
    for step in path.steps:
        assert step.start == at
        at = step.end
        yield step.start, step.end
        yield step.inner
        assert step.start <= step.inner[0] <= step.inner[1] <= step.end
    assert at == path.end


@given(TEXTS, st.integers(0, 5), st.integers(0, 5))
def test_it_never_raises_and_spans_are_inside(text: str, start: int, length: int) -> None:
    hole = (min(start, len(text)), min(start + length, len(text)))
    for holes in ((), (hole,)):
        parsed = jsonpath.parse(text, holes)
        assert parsed.root is None or parsed.error is None
        if parsed.error is not None:
            assert 0 <= parsed.error.start <= parsed.error.end <= len(text)
        if parsed.root is not None:
            for path in jsonpath.paths(parsed.root):
                for first, last in spans(path):
                    assert 0 <= first <= last <= len(text)
            jsonpath.reference_fault(parsed.root)
            jsonpath.context_fault(parsed.root)
            jsonpath.literal_steps(parsed.root)


PLAIN = st.lists(
    st.sampled_from(
        [".a", ".b-c", "..d", "['e f']", '["g"]', "[0]", "[-1]", "[*]", ".*", ".[2]", "[1:2]", "[:3]", "h", "i.j"]
    ),
    max_size=6,
).map("".join)


def described(path: jsonpath.Path) -> list[object]:
    steps = [(*shape(step), step.quoted) for step in path.steps]
    return [path.root, path.variable, path.root_end, path.start, path.end, steps]


@given(st.sampled_from(["$", "$$", "$x"]), PLAIN)
def test_both_ways_to_read_a_path_agree(root: str, steps: str) -> None:
    text = root + steps
    plain = jsonpath._plain(text, 0, len(text))
    full = jsonpath._by_grammar(text, 0, len(text))
    if plain is None:
        assert full.root is None
    else:
        assert full.root is not None
        assert described(plain) == described(full.root)


# -- cost


def test_a_plain_path_needs_no_grammar() -> None:
    code = (
        "import sys; from asllint.expr.jsonpath import parse\n"
        "for t in (\"$.a.b[0]['c']\", '$$.Execution.Id', '$x.y', '$.items[*].x', '$.a[1:]', '$..a'): assert parse(t).root\n"
        "heavy = {'lark', 'dataclasses', 'enum', 'logging', 'inspect', 'json', 'pickle', 'difflib'} & set(sys.modules)\n"
        "before = set(sys.modules)\n"
        "assert parse('$.a[0,1]').root and 'lark' in sys.modules\n"
        "print(sorted(heavy - {'enum'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- the saved tables


@pytest.mark.parametrize("name", ["intrinsics", "jsonpath"])
def test_the_saved_table_is_that_of_the_grammar(name: str) -> None:
    table = Path(grammars.FOLDER) / f"{name}.table"
    version, checksum = grammars.header(name).split()
    made_by, made_of = table.open("rb").readline().decode().split()
    assert made_of == checksum, "run python tools/build_grammars.py"
    if made_by != version:
        pytest.skip("another version of lark than the one that saved the table")
    saved, built = grammars._saved(name), grammars.build(name)
    assert saved is not None
    text = "$.a[?(@.b == 1)]" if name == "jsonpath" else "States.Format('{}', $.a)"
    assert saved.parse(text) == built.parse(text)


def test_another_version_of_lark_builds_the_grammar_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for file in Path(grammars.FOLDER).glob("*.*"):
        if file.suffix in (".lark", ".table"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    table = tmp_path / "jsonpath.table"
    table.write_bytes(b"0.0.0 00000000\n" + table.read_bytes().split(b"\n", 1)[1])
    monkeypatch.setattr(grammars, "FOLDER", str(tmp_path))
    assert grammars._saved("jsonpath") is None
    monkeypatch.setattr(grammars, "_loaded", {})
    assert grammars.load("jsonpath").parse("$.a")
    table.unlink()
    assert grammars._saved("jsonpath") is None


# -- what AWS accepted, and what people run


def documents(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < 1_000_000:
            yield read(path.name, path.read_bytes())


PATH_FIELDS = re.compile(
    r"(Input|Output|Result|Items|Seconds|Timestamp|TimeoutSeconds|HeartbeatSeconds|MaxConcurrency|Tolerated\w+|Error|Cause"
    r"|MaxItems|MaxItemsPerBatch|MaxInputBytesPerBatch|(String|Numeric|Boolean|Timestamp)\w+)Path|Variable"
)


@pytest.mark.parametrize("corpus", ["corpus/aws-verdicts/accept", "corpus/production"])
def test_every_path_in_use_is_read(shared: Path, corpus: str) -> None:
    count = 0
    for document in documents(shared / corpus):
        for node in document.root.walk() if document.root else ():
            for key, value in node.members:
                name, text = str(key.value), value.text
                if text is None or not text.startswith("$") or value.whole_placeholder:
                    continue
                if name.endswith(".$") or PATH_FIELDS.fullmatch(name):
                    parsed = jsonpath.parse(text, value.holes)
                    assert parsed.error is None, (document.text.name, text, parsed.error)
                    assert parsed.root is not None
                    assert jsonpath.context_fault(parsed.root) is None, (document.text.name, text)
                    if name in ("ResultPath", "ItemsPath", "Variable"):
                        assert jsonpath.reference_fault(parsed.root) is None, (document.text.name, text)
                    count += 1
    assert count > 400
