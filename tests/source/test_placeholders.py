from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.source.placeholders import BARE_LIMIT, DEFAULT, Placeholders


def found(value: str, placeholders: Placeholders = DEFAULT) -> list[str]:
    return [value[start:end] for start, end in placeholders.holes(value)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${Name}", ["${Name}"]),
        ("${a.b}", ["${a.b}"]),
        ("${__name__}", ["${__name__}"]),
        ("${Fn.Arn}:$LATEST", ["${Fn.Arn}"]),
        ("arn:${AWS::Partition}:states:::${Service}:run", ["${AWS::Partition}", "${Service}"]),
        ("$.${x}.y", ["${x}"]),
        ("$${x}", ["${x}"]),
        ("${bucket-name}", ["${bucket-name}"]),
        ("a ${jsonencode({a = 1})} b", ["${jsonencode({a = 1})}"]),
        ('${var.x["k"]}', ['${var.x["k"]}']),
        ('${x["}"]}!', ['${x["}"]}']),
        ("${x['}{']}!", ["${x['}{']}"]),
        ('${x["a\\"}"]} }', ['${x["a\\"}"]}']),
        ('${join(",", ["${a}", "${b}"])} ${c}', ['${join(",", ["${a}", "${b}"])}', "${c}"]),
        ("it's ${a} and isn't ${b}", ["${a}", "${b}"]),
        ("${a ${b} c", ["${b}"]),
        ("${f({})}${g({})}", ["${f({})}", "${g({})}"]),
        ("{{ name }}", ["{{ name }}"]),
        ("x-{{cookiecutter.project}}-y", ["{{cookiecutter.project}}"]),
        ("{{- a['b'] | default('c') -}}", ["{{- a['b'] | default('c') -}}"]),
        ("{{resolve:ssm:/a/b:1}}", ["{{resolve:ssm:/a/b:1}}"]),
        ("{{ .Values.name | quote }}-{{$x}}", ["{{ .Values.name | quote }}", "{{$x}}"]),
        ("a {% if x %}b{% else %}c{% endif %} d", ["{% if x %}b{% else %}c{% endif %}"]),
        ("{% if x %}b{% else %}c{% endif %}", ["{% if x %}b{% else %}c{% endif %}"]),
        (
            "%{ if x ~}b%{ for y in z }${y}%{ endfor }%{ endif }!",
            ["%{ if x ~}b%{ for y in z }${y}%{ endfor }%{ endif }"],
        ),
        ("a {{- if .X }}b{{ else }}c{{ end -}} d", ["{{- if .X }}b{{ else }}c{{ end -}}"]),
        ("{{ range .X }}{{ .Y }}-{{ end }}", ["{{ range .X }}{{ .Y }}-{{ end }}"]),
        ("{{ end }}{{ if .X }}", ["{{ end }}", "{{ if .X }}"]),
        ("${a}{{ b }}", ["${a}", "{{ b }}"]),
        ("S{{ i + 1 }}-{{ 'x' if a != b else c }}", ["{{ i + 1 }}", "{{ 'x' if a != b else c }}"]),
        ('{{ printf "%s:%s" .A .B }}{{ $.X }}', ['{{ printf "%s:%s" .A .B }}', "{{ $.X }}"]),
        ("${a[{{ b }}]}", ["${a[{{ b }}]}"]),
        ("<NAME>", ["<NAME>"]),
        ("<INSERT YOUR ARN HERE>", ["<INSERT YOUR ARN HERE>"]),
        ("arn:aws:lambda:us-east-1:<account>:function:<name>", ["<account>", "<name>"]),
        ("{% ${Enabled} = true %}", ["${Enabled}"]),
        (" {% $x & '${AWS::Region}' & ${a.b} %} ", ["${AWS::Region}", "${a.b}"]),
        ('{% ${var.x["k"]} %}', ['${var.x["k"]}']),
    ],
)
def test_placeholders(value: str, expected: list[str]) -> None:
    assert found(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain",
        "$",
        "$.a[0]",
        "$$.Execution.Id",
        "{}",
        "${}",
        "${",
        "${open",
        "$ {x}",
        "}${",
        "States.Format('{}', $.x)",
        "States.Format('{{}}', $.x)",
        "{{}}",
        "{{ }}",
        '{{"a": 1}}',
        "{{1}}",
        "{{a\nb: c}}",
        "{% $x < 1 and $y > 2 %}",
        "{% {'a': {'b': 1}} %}",
        "{% {{ name }} %}",
        "{% $if(endif) %}",
        "{{ . }} %{ if x } {% if y %} %{ endif",
        '{% ${"key": value} %}',
        "{% ${key: value} %}",
        "a <b> c",
        "<a> and <b>",
        "<a href='x'>",
        "</p>",
        "<1>",
        "arn:aws:s3:::bucket-<name>",
        "1 < 2 > 1",
        "__Name__ @@x@@ %x% %{x}",
    ],
)
def test_ordinary_text(value: str) -> None:
    assert DEFAULT.holes(value) == ()


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("${x}, 1", 0, "${x}"),
        (' ${jsonencode({a = "}"})}}', 1, '${jsonencode({a = "}"})}'),
        ("${f({\n a = 1\n})},", 0, "${f({\n a = 1\n})}"),
        ("{{ x }}}", 0, "{{ x }}"),
        ("<SECONDS>,", 0, "<SECONDS>"),
        ("${a ${b}", 0, None),
        ("${a", 0, None),
        ("${}", 0, None),
        ("x${a}", 0, None),
        ('{{"a": 1}}', 0, None),
        ("<1>", 0, None),
        ("", 0, None),
    ],
)
def test_bare(text: str, offset: int, expected: str | None) -> None:
    end = DEFAULT.bare(text, offset)
    assert (text[offset:end] if end >= 0 else None) == expected


def test_a_bare_placeholder_past_the_limit_is_none() -> None:
    inside = "${" + "a" * (BARE_LIMIT - 3) + "}"
    assert DEFAULT.bare(inside, 0) == BARE_LIMIT
    assert DEFAULT.bare("${" + "a" * BARE_LIMIT + "}", 0) == -1


def test_own_patterns() -> None:
    own = Placeholders([r"@@\w+@@", r"__[A-Z]+__"])
    assert found("a @@x@@ __B__ ${c}", own) == ["@@x@@", "__B__", "${c}"]
    assert found("{% @@x@@ < 1 %}", own) == ["@@x@@"]
    assert found("@@x${y}z@@", Placeholders(["@@.*@@"])) == ["@@x${y}z@@"]
    assert own.bare("[@@x@@]", 1) == 6
    assert own.bare("[x]", 1) == -1
    assert own.holes("plain") == ()


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "x*", ""])
def test_a_bad_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match="placeholder pattern") as error:
        Placeholders(["ok", pattern])
    assert f"`{pattern}`" in str(error.value)


@given(st.text("${}<>:\"'\\ anr|.%[]\n"))
def test_spans_are_ordered_and_inside(value: str) -> None:
    at = 0
    for start, end in DEFAULT.holes(value):
        assert at <= start < end <= len(value)
        at = end
    for i in range(len(value)):
        assert DEFAULT.bare(value, i) == -1 or i < DEFAULT.bare(value, i) <= len(value)


@pytest.mark.parametrize(
    "piece", ["${", '${"', "${'", "{{a", "<a", "${{", "${a}", '${"\\', "{{resolve:", "endif {% if "]
)
def test_time_is_linear(piece: str, linear: Any) -> None:
    linear(lambda count: partial(DEFAULT.holes, piece * count), 5_000, 50_000)


@pytest.mark.parametrize(
    ("value", "spans"),
    [
        ("arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:f", ((15, 29), (30, 47))),
        ("#{Table.Arn}", ((0, 12),)),
        ("# {no}", ()),
        ("#{'a'}", ()),
        ("{% $a#{AWS::Region} %}", ()),
    ],
)
def test_the_form_of_the_serverless_framework(value: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert DEFAULT.holes(value) == spans
