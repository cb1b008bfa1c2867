"""The reader of intrinsic functions: calls and their spans, every fault, AWS's verdicts, and that nothing makes it raise."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.expr import intrinsics, jsonpath
from asllint.expr.grammars import load
from asllint.expr.intrinsics import Call
from asllint.expr.jsonpath import Literal
from asllint.source import read


def read_call(text: str, holes: tuple[tuple[int, int], ...] = ()) -> Call:
    parsed = intrinsics.parse(text, holes)
    assert parsed.error is None, parsed.error
    assert parsed.root is not None
    return parsed.root


def test_all_eighteen() -> None:
    assert len(intrinsics.FUNCTIONS) == 18
    for name, function in intrinsics.FUNCTIONS.items():
        text = f"{name}({', '.join(['$.a'] * function.least)})"
        assert intrinsics.check(read_call(text)) == []


def test_spans() -> None:
    text = "States.Format('{} {}', States.MathAdd($.a[0], -1), $x.y['b)'], $$.Execution.Id, 1.5, null, true)"
    call = read_call(text)
    assert (call.name, text[call.start : call.name_end], call.end) == ("States.Format", "States.Format", len(text))
    assert [text[a.start : a.end] for a in call.arguments] == [
        "'{} {}'", "States.MathAdd($.a[0], -1)", "$x.y['b)']", "$$.Execution.Id", "1.5", "null", "true",
    ]  # fmt: skip
    inner = call.arguments[1]
    assert isinstance(inner, Call)
    assert text[inner.start : inner.name_end] == "States.MathAdd"
    path = inner.arguments[0]
    assert isinstance(path, jsonpath.Path)
    assert [text[s.start : s.end] for s in path.steps] == [".a", "[0]"]
    assert [a.value for a in call.arguments if isinstance(a, Literal)] == ["{} {}", 1.5, None, True]
    assert [p.root for p in intrinsics.paths(call)] == ["$", "variable", "$$"]
    assert [(c.name, depth) for c, depth in intrinsics.calls(call)] == [("States.Format", 1), ("States.MathAdd", 2)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a'", "a"),
        (r"'it\'s'", "it's"),
        (r"'\{\}'", "{}"),
        (r"'a\\b'", r"a\b"),
        ("'a\nb'", "a\nb"),
        ("''", ""),
        ("'é😀'", "é😀"),
    ],
)
def test_strings(text: str, value: str) -> None:
    literal = read_call(f"States.StringToJson({text})").arguments[0]
    assert isinstance(literal, Literal)
    assert (literal.kind, literal.value, literal.text) == ("string", value, text)


# read, and nothing to say of them; the source behind each
GOOD = {
    "States.Format('Hello, my name is {}.', $.name)": "developer guide, intrinsic-functions",
    "States.Format($.template, $.name)": "developer guide, intrinsic-functions",
    r"States.Format('Welcome to {} {}\'s playlist.', $.firstName, $.lastName)": "specification, Intrinsic Functions",
    "States.Array('Foo', 2020, $.someJson, null)": "specification, States.Array",
    "States.ArrayPartition($.inputArray,4)": "specification, States.ArrayPartition",
    "States.ArrayRange(1, 9, 2)": "specification, States.ArrayRange",
    "States.Hash($.Data, $.Algorithm)": "specification, States.Hash",
    "States.JsonMerge($.json1, $.json2, false)": "specification, States.JsonMerge",
    "States.MathRandom($.start, $.end)": "specification, States.MathRandom",
    "States.UUID()": "specification, States.UUID",
    "States.Format('{}.{}.{}', States.ArrayGetItem(States.StringSplit(States.ArrayGetItem(States.StringSplit("
    "$.ImageRecipe.Arn, '/'), 2), '.'), 0), States.ArrayGetItem(States.StringSplit(States.ArrayGetItem(States.StringSplit("
    "$.ImageRecipe.Arn, '/'), 2), '.'), 1), $.c)": "developer guide, intrinsic-functions: nine functions in a field",
    "States.StringSplit('Hello\nWorld', '\n')": "localstack, recorded from AWS: a line break itself in a string",
    "States.JsonMerge(States.StringToJson('{\"constant_in_literal\": \"false\"}'), $$.Execution.Input.input_field, false)":
        "localstack, recorded from AWS: braces without escapes outside of States.Format",
    "States.ArrayGetItem( States.StringSplit($.detail.object.key , '/'), 0)": "run by people: blanks",
    "States.Format('say \" hi {}', $.a)": "measured with validate-state-machine-definition: a double quote needs no escape",
    r"States.Format('a\'b')": "measured with validate-state-machine-definition",
    r"""States.Format('Hello {}, for example: \{ "name": "Bob" \}', $.Name)""": "aws/aws-cdk#29261",
    "States.Format('job_id: {}, client_id: {}', $[0].detail.job_id, $[0].detail.client_id)":
        "serverless-operations/serverless-step-functions#596",
    "States.JsonToString($.items[?(@.a == true && @.b == true)])": "getmoto/moto#10078",
    "States.Array($.a[?(@.b == 'x, y)')], $.c[0,1], $.d.length())": "commas and parentheses inside of a path",
    "States.Format('{}',$.a)\n": "a line break behind the call, as YAML block scalars have",
}  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_good_calls(text: str) -> None:
    assert intrinsics.check(read_call(text)) == []


# the fault stands in «»; kind, and whether AWS refuses
FAULTS = {
    "": ("not-a-call", True),
    "«name»": ("not-a-call", True),
    "«States.Format»": ("not-a-call", True),
    "« »States.UUID()": ("leading-blank", None),
    "States.Format« »('a')": ("blank-before-parenthesis", None),
    "States.Format«(»'{}', $.a": ("unclosed-call", True),
    "States.Array(States.Array«(»$.a": ("unclosed-call", True),
    "States.Format('{}', $.a)«)»": ("text-behind-call", True),
    "States.StringSplit($.a, ',')«[0]»": ("text-behind-call", True),
    r"States.Format('a'«\»''b')": ("stray-backslash", True),
    "States.Format('it'«s» {}', $.a)": ("comma-missing", True),
    "States.Format('{}' «$».a)": ("comma-missing", True),
    "States.Format($.a «b»)": ("comma-missing", True),
    "States.Format('{}',«)»": ("argument-missing", True),
    "States.Format(«,»)": ("argument-missing", True),
    "States.Format('{}', «'abc»": ("unclosed-string", True),
    'States.Format(«"a {}"», $.a)': ("double-quotes", True),
    "States.Array(«[»1, 2])": ("json-argument", True),
    'States.Array(«{»"a": 1})': ("json-argument", True),
    "States.Format('{}', «name»)": ("bare-word", True),
    "States.JsonMerge($.a, $.b, «False»)": ("bare-word", True),
    "States.Format('{}', «States.UUID»)": ("parenthesis-missing", True),
    "States.Array(«#»)": ("unexpected-character", True),
    "States.Format('{}', $.a«.»)": ("name-missing", True),
    "States.Format('{}', $.a[?(@.b «=» 1)])": ("unknown-operator", True),
    "States.Array($.a[«'b], $.c)»": ("unclosed-quote", True),
    "States.Array($.a«[»)": ("unclosed-bracket", True),
}


@pytest.mark.parametrize("marked", FAULTS)
def test_faults(marked: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    parsed = intrinsics.parse(text)
    assert parsed.root is None
    fault = parsed.error
    assert fault is not None
    shown = f"{text[: fault.start]}«{text[fault.start : fault.end]}»{text[fault.end :]}" if text else ""
    assert (shown, fault.kind, fault.refused) == (marked, *FAULTS[marked])


def test_quotes_around_what_is_not_seen() -> None:
    """A line end cannot be written into the text of the document as it is."""
    for inner in ("a\n{}", "a\t{}"):
        fault = intrinsics.parse(f'States.Format("{inner}", $.a)').error
        assert fault is not None
        assert (fault.kind, fault.cure, fault.instead) == ("double-quotes", "Write `'…'`.", None)


# what `check` says of a call that can be read
COMPLAINTS = {
    "«States.format»('test-{}.json', $.Comment)": (
        "unknown-function",
        True,
    ),  # serverless-step-functions#399: AWS refuses
    "«Format»('{}', $.a)": ("unknown-function", True),
    "States.Array(«States.Uuid»())": ("unknown-function", True),
    "States.UUID(«1»)": ("argument-count", None),
    "«States.MathAdd»(1)": ("argument-count", None),
    "States.MathAdd(1, 2, «3»)": ("argument-count", None),
    "«States.JsonMerge»($.a, $.b)": ("argument-count", None),
    "«States.Format»()": ("argument-count", None),
    "States.MathAdd(«'1'», 2)": ("argument-kind", None),
    "States.MathAdd(«States.UUID()», 2)": ("argument-kind", None),
    "States.ArrayLength(«'abc'»)": ("argument-kind", None),
    "States.Format(«1»)": ("argument-kind", None),
    "States.JsonMerge($.a, $.b, «'false'»)": ("argument-kind", None),
    "States.Format(«'{} {}'», $.a)": ("format-count", None),
    "States.Format('{}', $.a, «$.b, $.c»)": ("format-count", None),
    "States.Format('«{» {}', $.a)": ("format-brace", False),  # aws/aws-cdk#29261: deployed, then the execution fails
    r"States.Format('for example: \\«{» {}', $.a)": ("format-brace", False),
    "States.Format('a«}» {}', $.a)": ("format-brace", False),
    r"States.Format('a«\n»{}', $.a)": ("escape", True),
    r"""States.Format('say «\"»{}', $.a)""": ("escape", True),
    "States.Hash($.a, «'sha256'»)": ("hash-algorithm", None),
    "States.JsonMerge($.a, $.b, «true»)": ("deep-merge", None),
    "«States.ArrayRange(0, 2000, 1)»": ("range-length", None),
    "States.ArrayRange(0, 10, «0»)": ("zero-step", None),
    "States.ArrayPartition($.a, «0»)": ("part-size", None),
}


@pytest.mark.parametrize("marked", COMPLAINTS)
def test_complaints(marked: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    (fault,) = intrinsics.check(read_call(text))
    shown = f"{text[: fault.start]}«{text[fault.start : fault.end]}»{text[fault.end :]}"
    assert (shown, fault.kind, fault.refused) == (marked, *COMPLAINTS[marked])


def test_near_names() -> None:
    for name, meant in [
        ("States.format", "States.Format"),
        ("States.ArrayLenght", "States.ArrayLength"),
        ("Format", "States.Format"),
        ("state.Uuid", "States.UUID"),
        ("States.JSONToString", "States.JsonToString"),
    ]:
        (fault,) = (f for f in intrinsics.check(read_call(f"{name}($.a)")) if f.kind == "unknown-function")
        assert fault.cure == f"Did you mean `{meant}`?"
    (fault,) = intrinsics.check(read_call("States.Concat($.a)"))
    assert fault.cure == ""


def test_nesting() -> None:
    def nested(depth: int) -> str:
        return "States.Array(" * depth + ")" * depth

    assert intrinsics.check(read_call(nested(10))) == []
    text = nested(12)
    (fault,) = intrinsics.check(read_call(text))
    assert (fault.kind, fault.start, text[fault.start : fault.end]) == ("nesting", 130, "States.Array")
    assert intrinsics.parse(nested(5_000)).error is not None
    # wide is not deep
    assert intrinsics.check(read_call(f"States.Array({', '.join(['States.UUID()'] * 30)})")) == []


def test_a_long_string_for_base64() -> None:
    (fault,) = intrinsics.check(read_call(f"States.Base64Encode('{'x' * 10_001}')"))
    assert fault.kind == "string-length"
    assert intrinsics.check(read_call(f"States.Base64Encode('{'x' * 10_000}')")) == []


@pytest.mark.parametrize(
    "text",
    [
        "States.Format('${Prefix}_{}', $.a)",
        "States.Format('${Prefix}', $.a)",
        "States.Format(${Template}, $.a)",
        "States.Array($.${Name}, $.a)",
        "States.Array(${Anything})",
        "States.${Function}($.a, 1, 2)",
        "${Call}",
        "${Name}($.a)",
        "States.Array(${Path}.x)",
        "States.Hash($.a, '${Algorithm}')",
    ],
)
def test_placeholders(text: str) -> None:
    holes = tuple(match.span() for match in re.finditer(r"\$\{\w+\}", text))
    parsed = intrinsics.parse(text, holes)
    assert parsed.error is None
    if parsed.root is not None:
        assert intrinsics.check(parsed.root) == []


def test_a_fault_beside_a_placeholder_is_found() -> None:
    text = "States.format('${Prefix}_{}', $.a)"
    (fault,) = intrinsics.check(read_call(text, ((15, 24),)))
    assert fault.kind == "unknown-function"
    parsed = intrinsics.parse("States.Format('${Prefix}', $.a.)", ((15, 24),))
    assert parsed.error is not None and parsed.error.kind == "name-missing"


def test_is_call() -> None:
    assert intrinsics.is_call("States.Format('{}', $.a)")
    assert intrinsics.is_call("foo(")
    assert not intrinsics.is_call("States.Format")
    assert not intrinsics.is_call("$.a.length()")


# -- the grammar, and bounds

PIECES = st.sampled_from(
    [
        *r"States.Format( States.Array( a( ( ) , 'a' ' \" \ \' $ $.a [0] [?( 1 -1.5 true null name {} [ ]".split(),
        *" \n\ue000é😀",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=20))


def grammar_takes(text: str) -> bool:
    from lark.exceptions import UnexpectedInput

    try:
        load("intrinsics").parse(text)
    except UnexpectedInput:
        return False
    return True


@given(TEXTS, st.integers(0, 8), st.integers(0, 5))
def test_it_never_raises_and_agrees_with_the_grammar(text: str, start: int, length: int) -> None:
    hole = (min(start, len(text)), min(start + length, len(text)))
    for holes in ((), (hole,)):
        parsed = intrinsics.parse(text, holes)
        if parsed.error is not None:
            assert 0 <= parsed.error.start <= parsed.error.end <= len(text)
        if parsed.root is not None:
            for call, _ in intrinsics.calls(parsed.root):
                assert 0 <= call.start < call.name_end < call.end <= len(text)
                at = call.name_end
                for argument in call.arguments:
                    assert at < argument.start < argument.end < call.end
                    at = argument.end - 1
            for fault in intrinsics.check(parsed.root):
                assert 0 <= fault.start < fault.end <= len(text)
    parsed = intrinsics.parse(text)
    if parsed.root is not None:
        assert grammar_takes(text)


@pytest.mark.parametrize(
    "text",
    [
        "States.Array(" * 50_000,
        "States.Array(" + "1," * 50_000 + "1)",
        "States.Format('" + "x" * 500_000 + "{}', $.a)",
        "States.Format('" + "\\'" * 50_000,
        "States.Array($" + "[" * 20_000,
        "States.Array($" + "[[['a'" * 3_000,
        "States.Array(" + "9" * 5_000 + ")",
        "(" * 50_000,
    ],
)
def test_bounds(text: str) -> None:
    parsed = intrinsics.parse(text)
    assert (parsed.root is None) != (parsed.error is None)
    if parsed.root is not None:
        intrinsics.check(parsed.root)


def test_a_call_needs_no_grammar() -> None:
    code = (
        "import sys; from asllint.expr.intrinsics import check, parse\n"
        "assert check(parse(\"States.Format('{}', States.ArrayGetItem($.a[*], 0))\").root) == []\n"
        "print('lark' in sys.modules, 'difflib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


# -- AWS's verdicts, and what people run


def intrinsic_values(path: Path) -> list[tuple[str, str, tuple[tuple[int, int], ...]]]:
    document = read(path.name, path.read_bytes())
    out = []
    for node in document.root.walk() if document.root else ():
        for key, value in node.members:
            text = value.text
            if text and str(key.value).endswith(".$") and intrinsics.is_call(text):
                out.append((path.name, text, value.holes))
    return out


def test_every_call_in_use_is_read(shared: Path) -> None:
    count = 0
    for folder in (shared / "corpus/aws-verdicts/accept", shared / "corpus/production"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size < 1_000_000:
                for name, text, holes in intrinsic_values(path):
                    parsed = intrinsics.parse(text, holes)
                    assert parsed.error is None, (name, text, parsed.error)
                    assert parsed.root is not None
                    assert intrinsics.check(parsed.root) == [], (name, text)
                    count += 1
    assert count > 80


def test_what_aws_refused_is_found(shared: Path) -> None:
    index = shared / "corpus/aws-verdicts/index.jsonl"
    found = 0
    for line in index.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if any("intrinsic function call" in d["message"] for d in row["diagnostics"]):
            for name, text, holes in intrinsic_values(index.parent / row["file"]):
                parsed = intrinsics.parse(text, holes)
                faults = [parsed.error] if parsed.error else intrinsics.check(parsed.root) if parsed.root else []
                assert faults and all(fault.refused for fault in faults), (name, text)
                found += 1
    assert found >= 2
