"""What a JSONata expression reads, binds and calls, and what AWS makes of it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from asllint.expr import jsonata_functions as table
from asllint.expr.jsonata import Node, Parsed, parse
from asllint.expr.jsonata_meaning import (
    READ,
    STATES,
    Reference,
    check_calls,
    check_operators,
    found,
    kinds,
    names_bound,
    newer,
    references,
    unsupported,
)


def read(text: str) -> Parsed:
    parsed = parse(text)
    assert parsed.error is None, parsed.error
    return parsed


def refused(text: str, *, has_result: bool = False, has_error_output: bool = False) -> list[str]:
    complaints = unsupported(read(text), has_result=has_result, has_error_output=has_error_output)
    return [text[c.start : c.end] for c in complaints if c.refused]


# -- what AWS refuses


def test_a_name_that_is_refused_many_times_takes_linear_time(linear: Any) -> None:
    linear(lambda size: partial(refused, " & ".join(["$"] * size)), 300, 4800)


def test_a_name_of_many_words_takes_linear_time(linear: Any) -> None:
    linear(lambda size: partial(refused, "$x.a" + "".join(f"-b{i}" for i in range(size))), 200, 3200)


@pytest.mark.parametrize(
    ("text", "name"),
    [("$x.a-b", "a-b"), ("$x.a-b-c_1 + 1", "a-b-c_1"), ("$x.a - b", None), ("1.5-b", None), ("$x.a-b-1", "a-b")],
)
def test_a_name_with_hyphens(text: str, name: str | None) -> None:
    cure = unsupported(read(text), has_result=False, has_error_output=False)[0].cure
    assert cure.startswith("A name with a hyphen") is (name is not None)
    assert name is None or f".`{name}` " in cure


@pytest.mark.parametrize(
    "text",
    [
        "«phone»",
        "«phone»[0].number",
        "-«phone»",
        "$a ? «phone» : 2",
        "«phone» in $b",
        "$sum(«phone»)",
        "«phone»(1)",
        "«phone» ~> $string()",
        "$a ~> $join(«phone»)",
        "[1..«phone»]",
        "(«phone»).other",
        "{«phone»: 1}",
        "($x := «phone»; $x)",
        "$map($a, function($y){ «phone» })",
        "«'phone'».other",
        "«`my phone`»",
        "[«bbb», «aaa», «bbb»]",
        "«$»",
        "«$».phone",
        "«$»[0]",
        "$map($a, function($x){ «$» })",
        "«$$»",
        "«$$».phone",
    ],
)
def test_reads_of_the_missing_context(text: str) -> None:
    marked = list(dict.fromkeys(piece.split("»")[0] for piece in text.split("«")[1:]))
    assert refused(text.replace("«", "").replace("»", "")) == marked


@pytest.mark.parametrize(
    "text",
    [
        "$states.input.phone",
        "$a[phone > 3]",
        "$a^(phone)",
        "$a{'k': phone}",
        "$a.(phone)",
        "$a.$phone",
        "$a[$ > 1]",
        "$a ~> |phone|{'b': $}|",
        "**.phone",
        "{'k': 1}.phone",
        "function($x){ $x.phone }",
        "'phone'",
        "$states",
        "$states.input.errorOutput",
        "$states.error",
    ],
)
def test_names_that_are_anchored(text: str) -> None:
    assert refused(text) == []


def test_fields_of_states() -> None:
    assert refused("$states.errorOutput.Cause") == ["$states.errorOutput"]
    assert refused("$states.errorOutput.Cause", has_error_output=True) == []
    assert refused("$string($states.result)") == ["$states.result"]
    assert refused("$states.result", has_result=True) == []
    assert refused("($states := {'result': 1}; $states.result)") == []


def test_what_is_not_known_to_be_refused_is_said_as_such() -> None:
    (unknown,) = unsupported(read("$states.inptu.a"), has_result=False, has_error_output=False)
    assert (unknown.kind, unknown.refused, unknown.cure) == (
        "unknown-states-field", False, "Did you mean `$states.input`?",
    )  # fmt: skip
    (result,) = unsupported(read("$a[$states.result.b]"), has_result=False, has_error_output=False)
    assert (result.kind, result.refused) == ("no-result", False)
    # where both are, the place that AWS is known to look at is the one that is shown
    (result,) = unsupported(read("$a[$states.result] + $states.result"), has_result=False, has_error_output=False)
    assert (result.start, result.refused) == (21, True)


def test_the_root_is_refused_everywhere() -> None:
    """Measured: AWS names `$$` without "at the top level", and refuses it in a predicate too."""
    assert refused("$a[$$.b]") == ["$$"]


def test_the_cure_for_a_function_without_its_sign() -> None:
    (complaint,) = unsupported(read("sum([1])"), has_result=False, has_error_output=False)
    assert "`$sum`" in complaint.cure


MESSAGES = {
    "bare-field": "Reference to '{}' at the top level is not supported.",
    "context": "Reference to '$' at the top level is not supported.",
    "root": "Reference to '$$' is not supported.",
    "no-result": "Field '$states.{}' does not exist.",
    "no-error-output": "Field '$states.{}' does not exist.",
}


def test_recorded_verdicts(shared: Path) -> None:
    """Each expression that AWS judged alone: the same diagnostics, in the same order."""
    folder = shared / "corpus" / "aws-verdicts"
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    seen = 0
    for row in rows:
        if not Path(row["file"]).name.startswith(("floci-expr-", "floci-jsonata-")):
            continue
        definition = json.loads((folder / row["file"]).read_text(encoding="utf-8"))
        output = definition["States"]["Main"].get("Output") if "Main" in definition["States"] else None
        if not isinstance(output, str) or not output.startswith("{%"):
            continue
        seen += 1
        parsed = parse(output[2:-2])
        if parsed.error:
            assert [d["code"] for d in row["diagnostics"]] == [parsed.error.aws_code], row["file"]
            continue
        complaints = [c for c in unsupported(parsed, has_result=False, has_error_output=False) if c.refused]
        said = [(c.aws_code, MESSAGES[c.kind].format(c.name)) for c in complaints]
        assert said == [(d["code"], d["message"]) for d in row["diagnostics"]], row["file"]
    assert seen > 35


def test_newer_operators() -> None:
    text = "$a ?: ($b /* ?? */ ?? 1)"
    assert [(text[c.start : c.end], c.start) for c in newer(read(text))] == [("?:", 3), ("??", 19)]
    assert all(c.refused and c.aws_code == "INVALID_JSONATA_EXPRESSION" for c in newer(read(text)))
    assert newer(read("$a ? $b : 1")) == []


# -- references and variables


def variables(parsed: Parsed) -> list[Reference]:
    return [reference for reference in references(parsed) if reference.kind in (READ, STATES)]


def test_steps_behind_a_variable() -> None:
    text = "$states.input.items[-1].`a b`[] + $total.x[y = 1].z + $states[input]"
    first, second, third = variables(read(text))
    assert (first.kind, first.name, first.path, first.whole) == ("states", "input", ("input", "items", -1, "a b"), True)
    assert text[first.start : first.end] == "$states.input"
    assert (second.kind, second.name, second.path, second.whole) == ("variable", "total", ("x",), False)
    assert (third.kind, third.name, third.path, third.whole) == ("states", "", (), False)


@pytest.mark.parametrize(
    ("text", "names", "bound"),
    [
        ("$a + $b", ["a", "b"], []),
        ("($x := $x + 1; $x)", ["x"], ["x"]),
        ("(($x := 1); $x)", ["x"], ["x"]),  # bound in the inner block alone
        ("($f := function($n){ $n < 1 ? $n : $f($n - $k) }; $f(3))", ["k"], ["f", "n"]),
        ("$map($a, function($v, $i){ $v & $i & $w })", ["a", "w"], ["v", "i"]),
        ("$a@$v.b#$i[$v = $i and $c].d", ["a", "c"], ["v", "i"]),
        ("[$a@$v.b, $v]", ["a", "v"], ["v"]),
        ("$uppercase ~> $trim", [], []),
        ("$x[] := 1", [], ["x"]),
        ("$states.input.a", ["input"], []),
    ],
)
def test_variables(text: str, names: list[str], bound: list[str]) -> None:
    parsed = read(text)
    assert [reference.name for reference in variables(parsed)] == names
    assert names_bound(parsed) == set(bound)


def test_what_is_certainly_read() -> None:
    text = "$a and $b ? $c : [$d[$e], $f ~> $g($h)]"
    certain = {reference.name: reference.certain for reference in references(read(text))}
    assert certain == {"a": True, "b": False, "c": False, "d": False, "e": False, "f": False, "g": False, "h": False}
    assert all(reference.certain for reference in references(read("[$d, $f ~> $g($h), ($x := $i)]")))


def test_found_once() -> None:
    parsed = read("$a")
    assert found(parsed) is found(parsed)


# -- functions


def test_calls() -> None:
    text = "[$a ~> $join(',') ~> $uppercase, $f(?, 1), ($sum := λ($x){$x}; $sum(1)), $b.c(2)]"
    said = [
        (
            call.name,
            [text[a.start : a.end] for a in call.arguments],
            call.chained,
            call.partial,
            call.local,
            call.dollar,
        )
        for call in found(read(text)).calls
    ]
    assert said == [
        ("join", ["$a", "','"], True, False, False, True),
        ("uppercase", ["$a ~> $join(',')"], True, False, False, True),
        ("f", ["?", "1"], False, True, False, True),
        ("sum", ["1"], False, False, True, True),
        ("c", ["2"], False, False, False, False),
    ]


@pytest.mark.parametrize(
    ("marked", "kind", "code", "said"),
    [
        ("«$lenght»('a')", "unknown-function", "T1006", "Did you mean `$length`?"),
        ("«$randomSeeded»(1)", "unknown-function", "T1006", "holds no function"),
        ("«$Sum»([1])", "unknown-function", "T1006", "`$sum`"),
        ("'a' ~> «$foo»", "unknown-function", "T1006", "`$foo`"),
        ("«$foo»(?, 1)", "unknown-function", "T1006", "`$foo`"),
        ("«$eval»('1')", "unavailable-function", "T1006", "`$parse`"),
        ("$uuid(«1, 2»)", "argument-count", "T0410", "takes no argument, and 2 are given"),
        ("«$substring»('a')", "argument-count", "T0410", "takes 1 to 3 arguments, and one is given"),
        ("'a' ~> $join(',', «1»)", "argument-count", "T0410", "takes 1 to 2 arguments, and 3 are given"),
        ("$substring('a', «'1'»)", "argument-kind", "T0410", "is a string, and the function takes a number"),
        ("«'a'» ~> $sum", "argument-kind", "T0412", "an array of numbers"),
        ("$sum(«[1, 'a']»)", "argument-kind", "T0412", "an array of numbers"),
        ("$filter([1], «2»)", "argument-kind", "T0410", "a function"),
        ("$split('a', ',', «'x' & 'y'»)", "argument-kind", "T0410", "is a string"),
        ("$partition(«'a'», 1)", "argument-kind", "T0410", "an array"),
        ("$hash('a', «'sha256'»)", "argument-value", "D3137", "`SHA-256`"),
        ("$a.(«sum»([1]))", "field-called", "T1005", "`$sum`"),
        ("$partition([1], «-1»)", "argument-value", "", "negative"),
        ("«$hash»()", "argument-count", "T0410", "none is given"),
        ("«1»(2)", "not-a-function", "T1006", "no function"),
    ],
)
def test_calls_that_fail(marked: str, kind: str, code: str, said: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    (complaint,) = check_calls(read(text))
    assert text[: complaint.start] + "«" + text[complaint.start : complaint.end] + "»" + text[complaint.end :] == marked
    assert (complaint.kind, complaint.code, complaint.refused) == (kind, code, False)
    assert said in f"{complaint.message} {complaint.cure}"


@pytest.mark.parametrize(
    "text",
    [
        "$sum($states.input.a)",
        "$substring('abc', 1)",
        "$a.$uppercase()",
        "$string(1, true)",
        "$uppercase ~> $trim",
        "$a ~> $map(λ($x){$x})[]",
        "[1] ~> $map($string)[0]",
        "$sum(?, 1)",
        "$reduce([1], function($x, $y){$x + $y}, 0)",
        "$map([1], $string)",
        "$map(['1'], $number)",
        "$partition([1], -0.5)",
        "$partition([1])",
        "$contains('a', /b/)",
        "$join(['a', $states.input.b])",
        "$number(1 > 2)",
        "$sum([1..3])",
        "($length := function(){1}; $length(1, 2, 3))",
        "$random() + $random(42)",
        "$hash($states.input.a, 'SHA-256')",
        "$now() & $millis() & $uuid()",
        "($f := $sum; $f('a'))",
        "$zip([1], [2], [3])",
        "$hash('a', 'SHA-1') ~> $length()",
    ],
)
def test_calls_that_may_work(text: str) -> None:
    assert check_calls(read(text)) == []


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("$range(1, 5)", True),
        ("$exists($range(1, 5))", False),
        ("[$range()]", False),
        ("$hash('a')", True),
        ("$parse()", True),
        ("$parse() = 1", False),
    ],
)
def test_calls_that_give_nothing(text: str, certain: bool) -> None:
    """Measured: what Step Functions adds gives nothing where an argument is missing, which is no failure by itself."""
    (complaint,) = check_calls(read(text))
    assert (complaint.kind, complaint.certain) == ("argument-count", certain)
    assert "it gives nothing" in complaint.message


@pytest.mark.parametrize("name", ["toMillis", "fromMillis", "formatNumber", "substring"])
def test_functions_that_map_calls_with_too_much(name: str) -> None:
    (complaint,) = check_calls(read(f"$map($x, ${name})"))
    assert (complaint.start, complaint.certain) == (9, True)  # of no item it makes nothing, and the field fails as well
    assert "the index" in complaint.message
    (complaint,) = check_calls(read(f"[$map($x, ${name})]"))
    assert not complaint.certain
    assert check_calls(read(f"(${name} := function($v) {{ $v }}; $map($x, ${name}))")) == []


def test_a_call_that_may_not_be_made() -> None:
    (complaint,) = check_calls(read("$a ? $lenght('a') : 1"))
    assert not complaint.certain


def test_the_suite_calls_nothing_wrong_where_it_expects_a_result(shared: Path) -> None:
    lines = (shared / "corpus" / "jsonata" / "expressions.jsonl").read_text(encoding="utf-8").splitlines()
    agreed = 0
    for row in map(json.loads, lines):
        parsed = parse(row["expr"])
        for complaint in (*check_calls(parsed), *check_operators(parsed)):
            if complaint.kind != "unavailable-function":  # $eval, which Step Functions does not have
                assert complaint.code == row["code"], (row["expr"], complaint)
                agreed += 1
    assert agreed > 40


@pytest.mark.parametrize(
    ("marked", "code", "certain", "said"),
    [
        ("'a' «+» $states.input.b", "T2001", True, "`&`"),
        ("$states.input.b «+» 'a'", "T2002", True, "behind it is a string"),
        ("1 «+» $string($x)", "T2002", False, "`&`"),
        ("$millis() - «$now()»", "T2002", False, "`$number(…)`"),
        ("«true» * $x", "T2001", True, "a boolean"),
        ("«[1]» / 2", "T2001", True, "an array"),
        ("2 % «{}»", "T2002", True, "an object"),
        ("-«'a'»", "D1002", True, "a string"),
        ("[«null»..$x]", "T2003", True, "null"),
        ("[1..«'9'»]", "T2004", True, "`..` takes numbers"),
        ("«false» < $x", "T2010", True, "two numbers or two strings"),
        ("'a' «>=» 1", "T2009", True, "a string with a number"),
        ("$count($x) «<» '5'", "T2009", False, "a number with a string"),
        ("$x ? 'a' «+» 'b' : 1", "T2001", False, "before it"),
        ("$map($x, function($y) { $y «+» '!' })", "T2002", False, "behind it"),
    ],
)
def test_operators_that_fail(marked: str, code: str, certain: bool, said: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    (complaint,) = check_operators(read(text))
    assert text[: complaint.start] + "«" + text[complaint.start : complaint.end] + "»" + text[complaint.end :] == marked
    assert (complaint.code, complaint.certain) == (code, certain)
    assert said in f"{complaint.message} {complaint.cure}"


@pytest.mark.parametrize(
    "text",
    [
        "$a + $b",
        "'a' & 1",
        "'a' = 1 and true in [1]",
        "$a < 'b' or 'a' < 'b'",
        "1 + ($x ? 2 : 'a')",
        "() + 1",
        "1 < ()",
        "-$a",
        "$number('1') + $length('a')",
        "[1..$count($a)]",
        "($count := function($x) {'a'}; $count(1) < 'a')",
        "$sum([1]) > $average([2])",
        "$a[0] - $b.c",
        "('a'; 1) + 1",
    ],
)
def test_operators_that_may_work(text: str) -> None:
    assert check_operators(read(text)) == []


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("'a'", "s"),
        ("-1", "n"),
        ("-$a", "nm"),
        ("1 + $a", "nm"),
        ("$a & 1", "s"),
        ("$a < 1", "bm"),
        ("$a = 1", "b"),
        ("$a ? 1 : 's'", "ns"),
        ("$a ? 1", "mn"),
        ("('s'; 1)", "n"),
        ("()", "m"),
        ("$x := []", "a"),
        ("$length('a')", "nm"),
        ("$a", "asnblfom"),
        ("$map([1], $string)", "asnblfom"),
        ("/a/", "f"),
    ],
)
def test_kinds(text: str, can_be: str) -> None:
    root = read(text).root
    assert isinstance(root, Node)
    assert kinds(root) == set(can_be)


def test_every_signature_is_one() -> None:
    for name, signature in table.FUNCTIONS.items():
        assert table.signature_fault(signature) is None, name
        for parameter in table.parameters(name):
            assert parameter.takes <= table.ANY
            assert parameter.meaning


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        ("<s-:n>", None),
        ("<a<n>f<s:o>(sn)+?>", None),
        ("<>", None),
        ("<s<n>>", "S0401"),
        ("<<n>>", "S0401"),
        ("<(a<n>)>", "S0402"),
        ("<s???>", ""),
        ("<s-+>", ""),
        ("<(s-n)>", ""),
        ("<s:???>", None),
    ],
)
def test_signatures(signature: str, code: str | None) -> None:
    fault = table.signature_fault(signature)
    assert (fault[0] if fault else None) == code


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("$exists($a) and $b", "a"),
        ("$exists($a & $f($b ?: $c)) and $d", "abc"),
        ("$a ? $b : $c", "a"),
        ("($x := $exists($a); $b ?: $c)", "ab"),
        ("$a & $b", ""),
    ],
)
def test_what_a_test_asks_for(text: str, asked: str) -> None:
    here = found(read(text))
    variables = [r for r in here.references if r.kind == READ and len(r.name) == 1 and r.name != "f"]
    assert "".join(r.name for r in variables if here.asks(r)) == asked
