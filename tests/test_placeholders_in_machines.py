"""A placeholder hides only the value that it stands in: nothing is said of it, and the defects beside it are found.

Each test puts one form of placeholder in one position of a machine whose `«…»` mark planted defects, and expects exactly
these; a defect in a part that the placeholder takes the place of goes with it.
"""

from __future__ import annotations

import json
import textwrap

import pytest

from asllint.engine import lint
from asllint.model import build
from asllint.registry import builtin
from asllint.settings import Settings
from asllint.source import read
from asllint.testing import strip_marks

REGISTRY = builtin()

NAMES = ("${Name}", "${a.b}", "${__name__}", "${Fn.Arn}", "{{ name }}")
INSIDE = (*NAMES, "${AWS::Region}", "${var.names[0]}")
WHOLE = (*NAMES, "<NAME>", "<your name here>")
BARE = ("${Name}", "${a.b}", "${__name__}", "${jsonencode(name)}", "{{ name }}", "<NAME>")
LONG = (
    '{"Ref": "Name"}',
    '{"Fn::GetAtt": ["Fn", "Arn"]}',
    '{"Fn::Sub": "x-${Name}"}',
    '{"Fn::Join": ["-", ["a", {"Ref": "B"}]]}',
)
SHORT = (
    "!Ref Name",
    "!GetAtt Fn.Arn",
    '!Sub "x-${Name}"',
    "!Join ['-', [a, !Ref B]]",
    "!If [IsProd, 1, 2]",
    '!ImportValue "n"',
)

# What stands at each position of the machine unless a test puts something else there.
PARTS = {
    "comment": '"a machine"',
    "language": '"JSONPath"',
    "start": '"Train"',
    "type": '"Task"',
    "resource": '"arn:aws:states:::lambda:invoke"',
    "parameters": '{"FunctionName": "f"}',
    "timeout": "60",
    "extra": "",
    "retry": '[{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2, «"Interval"»: 3}]',
    "errors": '["E"]',
    "catcher": "",
    "next": '"Pick"',
    "name": '"Pick"',
    "choices": '[{"Variable": "$.n", "NumericEquals": 1, «"Nxet"»: "Done", "Next": "Each"}]',
    "default": '"Each"',
    "end": "true",
    "concurrency": "5",
    "processor": '{"StartAt": "In", "States": {"In": {"Type": "Succeed", «"Nxet"»: 1}}}',
}


def machine(**parts: str) -> str:
    """Return a machine with defects planted all over it, and other parts in the place of those named."""
    p = {**PARTS, **parts}
    states = parts.get("states") or (
        f"""{{
    "Train": {{
      "Type": {p["type"]}, "Resource": {p["resource"]}, "Parameters": {p["parameters"]}, "TimeoutSeconds": {p["timeout"]},
      {p["extra"]}"Retry": {p["retry"]},
      "Catch": [{{"ErrorEquals": {p["errors"]}, "Next": "Done", «"Nxet"»: 1}}{p["catcher"]}],
      "Next": {p["next"]}
    }},
    {p["name"]}: {{
      "Type": "Choice", «"Chioces"»: [], "Choices": {p["choices"]}, "Default": {p["default"]}
    }},
    "Each": {{
      "Type": "Map", "MaxConcurrency": {p["concurrency"]}, «"Maximum"»: 1,
      "ItemProcessor": {p["processor"]},
      "End": {p["end"]}
    }},
    "Done": {{"Type": "Succeed", «"Reslut"»: 1}}
  }}"""
    )
    return f"""{{
  "Comment": {p["comment"]}, "QueryLanguage": {p["language"]}, «"Commnet"»: 1,
  "StartAt": {p["start"]},
  "States": {states}
}}"""


def expect(marked: str, language: str = "json", *, ignore: tuple[str, ...] = ()) -> None:
    """Lint a text with all rules on, and see that exactly what is marked is found."""
    text, spans = strip_marks(marked)
    settings = Settings()
    settings.ignore = ("iam", *ignore)
    report = lint(f"x.asl.{language}", text.encode(), settings, REGISTRY, judged=True)
    found = {(d.start, d.end) for d in report.diagnostics}
    said = [f"{d.code} {text[d.start : d.end]!r}: {d.message}" for d in report.diagnostics if d.span not in spans]
    assert said == [], text
    assert [text[start:end] for start, end in spans if (start, end) not in found] == [], text


def test_the_planted_defects_are_found_and_nothing_else() -> None:
    marked = machine()
    assert marked.count("«") == 8
    expect(marked)


# -- in quotes

# Position and what stands there; @ is the placeholder.
WHOLE_VALUES = {
    "comment": '"@"',
    "language": '"@"',
    "start": '"@"',
    "type": '"@"',
    "resource": '"@"',
    "parameters": '"@"',
    "timeout": '"@"',
    "next": '"@"',
    "default": '"@"',
    "end": '"@"',
    "concurrency": '"@"',
    "states": '"@"',
    "choices": '"@"',
    "retry": '"@"',
    "errors": '"@"',
    "processor": '"@"',
    "extra": '"@": 1, ',
    "name": '"@"',
}
NESTED = {
    "retry": '["@", {"ErrorEquals": ["A"], «"Interval"»: 3}]',
    "errors": '["@", "E"]',
    "catcher": ', "@"',
    "choices": '["@", {"Variable": "$.n", "NumericEquals": "@", «"Nxet"»: "Done", "Next": "@"}]',
    "parameters": '{"FunctionName": "@", "Payload": {"@": "@", "b.$": "$.b"}}',
    "processor": '{"StartAt": "@", "States": {"@": {"Type": "Succeed", «"Nxet"»: 1}}}',
    "states": '{"Train": "@", "Pick": {"Type": "Pass", «"Reslut"»: 1, "Next": "@"}}',
}
PARTLY = {
    "comment": '"for @ only"',
    "start": '"Tr@in"',
    "resource": '"arn:aws:lambda:us-east-1:111122223333:function:@"',
    "next": '"Pi@"',
    "default": '"@ch"',
    "name": '"P@k"',
    "errors": '["Lambda.@"]',
    "extra": '"Result@": "$.a", ',
    "parameters": '{"FunctionName": "f-@", "Payload": {"k-@": "v-@"}}',
}


@pytest.mark.parametrize("form", WHOLE)
@pytest.mark.parametrize("position", WHOLE_VALUES)
def test_a_whole_string(position: str, form: str) -> None:
    expect(machine(**{position: WHOLE_VALUES[position].replace("@", form)}))


@pytest.mark.parametrize("form", WHOLE)
@pytest.mark.parametrize("position", NESTED)
def test_one_of_several(position: str, form: str) -> None:
    expect(machine(**{position: NESTED[position].replace("@", form)}))


@pytest.mark.parametrize("form", INSIDE)
@pytest.mark.parametrize("position", PARTLY)
def test_part_of_a_string(position: str, form: str) -> None:
    expect(machine(**{position: PARTLY[position].replace("@", form)}))


@pytest.mark.parametrize("form", [*INSIDE, "<NAME>"])
@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:us-east-1:@:function:f",
        "arn:aws:states:@:111122223333:activity:a",
        "arn:@:states:::sqs:sendMessage",
        "arn:aws:states:::@:invoke",
        "arn:aws:states:::lambda:@",
    ],
)
def test_a_segment_of_an_arn(arn: str, form: str) -> None:
    expect(machine(resource=json.dumps(arn.replace("@", form)), parameters='{"QueueUrl": "q", "MessageBody": "b"}'))


def test_an_angle_inside_a_string_is_no_placeholder() -> None:
    expect(machine(next='«"Pi<NAME>"»', name='«"Pick"»'))


# -- without quotes

BARE_VALUES = (
    "parameters", "timeout", "end", "concurrency", "states", "choices", "retry", "errors", "processor",
)  # fmt: skip


@pytest.mark.parametrize("form", BARE)
@pytest.mark.parametrize("position", BARE_VALUES)
def test_bare_where_no_string_stands(position: str, form: str) -> None:
    expect(machine(**{position: form}))


@pytest.mark.parametrize("form", BARE)
@pytest.mark.parametrize("position", ["language", "type", "resource", "next", "default", "start"])
def test_bare_where_a_string_stands(position: str, form: str) -> None:
    # only quotes may be missing, which unquoted-placeholder says
    expect(machine(**{position: form}), ignore=("unquoted-placeholder",))


@pytest.mark.parametrize("form", BARE)
@pytest.mark.parametrize(
    ("position", "text"),
    [
        ("retry", '[@, {"ErrorEquals": ["A"], «"Interval"»: 3}]'),
        ("errors", '[@, "E"]'),
        ("catcher", ", @"),
        ("choices", '[@, {"Variable": "$.n", "NumericEquals": @, «"Nxet"»: "Done", "Next": "Each"}]'),
        ("parameters", '{"FunctionName": "f", "Payload": {"a": @, "b": [@, 1]}}'),
        ("states", '{"Train": @, "Pick": {"Type": "Pass", «"Reslut"»: 1, "Next": "Train"}}'),
    ],
)
def test_bare_among_others(position: str, text: str, form: str) -> None:
    expect(machine(**{position: text.replace("@", form)}))


# -- CloudFormation's functions

ANY_VALUE = (*BARE_VALUES, "comment", "language", "type", "resource", "next", "default", "start")


@pytest.mark.parametrize("form", LONG)
@pytest.mark.parametrize("position", ANY_VALUE)
def test_long_forms_in_json(position: str, form: str) -> None:
    expect(machine(**{position: form}))


@pytest.mark.parametrize("form", [*SHORT, *LONG])
@pytest.mark.parametrize("position", ANY_VALUE)
def test_tags_and_long_forms_in_flow_yaml(position: str, form: str) -> None:
    expect(machine(**{position: form}), "yaml")


BLOCK = """
«Commnet»: 1
StartAt: {start}
States:
  Train:
    Type: {type}
    Resource: {resource}
    Parameters: {parameters}
    TimeoutSeconds: {timeout}
    Retry: {retry}
    Catch:
      - ErrorEquals: {errors}
        «Nxet»: 1
        Next: Done
      - {catcher}
    Next: {next}
  Pick:
    Type: Choice
    «Chioces»: []
    Choices:
      - {rule}
      - Variable: $.n
        NumericEquals: {number}
        «Nxet»: Done
        Next: Done
    Default: {default}
  Done:
    Type: Succeed
    «Reslut»: 1
  Last: {state}
"""
BLOCK_PARTS = {
    "start": "Train",
    "type": "Task",
    "resource": "arn:aws:states:::lambda:invoke",
    "parameters": "{FunctionName: f}",
    "timeout": "60",
    "retry": "[{ErrorEquals: [E]}]",
    "errors": "[E]",
    "catcher": "{ErrorEquals: [F], Next: Last}",
    "next": "Pick",
    "rule": "{Variable: $.n, IsNull: true, Next: Done}",
    "number": "1",
    "default": "Done",
    "state": "{Type: Succeed}",
}


def test_the_block_of_yaml_has_its_defects_alone() -> None:
    expect(BLOCK.format_map(BLOCK_PARTS), "yaml")


IN_BLOCKS = (
    *SHORT, *LONG, *NAMES[:4], '"${Name}"', "'{{ name }}'", '"<NAME>"', "<NAME>",
    "!Sub\n          - ${a}\n          - {a: 1}", "\n          Fn::Join:\n            - ''\n            - [a, b]",
)  # fmt: skip


@pytest.mark.parametrize("form", IN_BLOCKS)
@pytest.mark.parametrize("position", BLOCK_PARTS)
def test_block_yaml(position: str, form: str) -> None:
    expect(BLOCK.format_map({**BLOCK_PARTS, position: form}), "yaml")


@pytest.mark.parametrize("position", ["resource", "parameters", "next", "default"])
def test_block_yaml_with_part_of_a_string(position: str) -> None:
    text = {
        "resource": "arn:aws:lambda:${Region}:${Account}:function:f", "parameters": "{FunctionName: 'f-${Name}'}",
        "next": "Pi${Name}", "default": "${Name}ne",
    }  # fmt: skip
    expect(BLOCK.format_map({**BLOCK_PARTS, position: text[position]}), "yaml")


@pytest.mark.parametrize("form", [*NAMES[:4], "!Ref Name"])
def test_a_state_name_in_yaml(form: str) -> None:
    name = form if not form.startswith("!") else "x"
    text = textwrap.dedent(
        f"""\
        StartAt: {form}
        States:
          {name}:
            Type: Pass
            «Nxet»: 1
            Next: {form}-b
          x-b:
            Type: Succeed
        """
    )
    expect(text, "yaml")


def test_thousands_of_names_with_placeholders_are_read_in_bounded_time() -> None:
    def steps(count: int) -> int:
        """Return how many pairs of a transition and a state were found."""
        states = {f"${{N{i}}}": {"Type": "Pass", "Next": f"${{N{i}}}x"} for i in range(count)}
        text = json.dumps({"StartAt": "${N0}", "Nxet": 1, "States": {**states, "Endx": {"Type": "Succeed"}}})
        report = lint("x.asl.json", text.encode(), Settings(), REGISTRY, judged=True)
        assert [d.code for d in report.diagnostics] == ["ASL103"]
        machine = build(read("x.asl.json", text.encode()))
        assert machine is not None
        return sum(len(t.targets) for t in machine.transitions)

    assert steps(100) == 100 * 101 + 1
    assert steps(3000) < 250_000


@pytest.mark.parametrize(
    ("begin", "otherwise", "end"),
    [
        ("{% if x %}", "{% else %}", "{% endif %}"),
        ("{%- if x %}", "{%- elif y -%}", "{%- endif -%}"),
        ("%{ if x }", "%{ else }", "%{ endif }"),
        ("%{ if x ~}\n", "\n%{ else ~}\n", "\n%{ endif ~}"),
        ("{{ if .X }}", "{{ else }}", "{{ end }}"),
    ],
)
def test_of_the_ways_of_a_template_one_is_taken(begin: str, otherwise: str, end: str) -> None:
    def either(one: str, other: str) -> str:
        return f"{begin}{one}{otherwise}{other}{end}"

    expect(
        f"""{{"StartAt": "A", "States": {{
  "A": {{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", «"Timeout"»: 5,
    {either('"Next": "B"', '"Next": "C"')}}},
  {either('"B": {"Type": "Pass", "Next": "C"}', '"B": {"Type": "Pass", "End": true}')},
  "C": {{"Type": "Choice", "Default": "E", "Choices": [
    {{"Variable": "$.x", {either('"StringEquals": "a"', '"NumericEquals": 1')}, "Next": "E"}}]}},
  "E": {{"Type": "Wait", {either('"Seconds": 5', '"SecondsPath": "$.s"')}, {either('"Next": "F"', '"End": true')}}},
  "F": {{"Type": "Pass", "Next": "G", «"End"»: true}},
  "G": {{"Type": "Succeed"}}
}}}}"""
    )


@pytest.mark.parametrize(
    "form",
    [
        "{% if x %}B{% else %}C{% endif %}",
        "%{ if x }B%{ else }C%{ endif }",
        "{{ if .X }}B{{ else }}C{{ end }}",
        "{{ .Next }}",
    ],
)
def test_a_tag_of_a_template_in_a_string(form: str) -> None:
    text = """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "Output": "@", "Next": "@"},
  "B": {"Type": "Pass", «"Nxet"»: "C", "Next": "C"},
  "C": {"Type": "Succeed"}
}}"""
    expect(text.replace("@", form))


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        ("{%", "%}", {}),
        ("{%-", "-%}", {}),
        ("%{", "~}", {}),
        ("{{-", "}}", {"for step in": "range $step :=", "if ": "if .", "endfor": "end", "endif": "end"}),
    ],
)
def test_tags_of_a_template_on_lines_of_their_own_in_yaml(left: str, right: str, words: dict[str, str]) -> None:
    text = """\
StartAt: A
States:
[ for step in steps ]
  ${step}:
    Type: Pass
    Next: A
[ endfor ]
  A:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:f
    «Timeout»: 5
    Retry:
[ if patient ]
      - ErrorEquals: [States.ALL]
[ endif ]
[ if last ]
    End: true
[ else ]
    Next: B
[ endif ]
  B:
    Type: Pass
    Next: C
    «End»: true
  C: {Type: Succeed}
"""
    for word, other in words.items():
        text = text.replace(f"[ {word}", f"[ {other}")
    expect(text.replace("[ ", f"{left} ").replace(" ]", f" {right}"), "yaml")


@pytest.mark.parametrize(
    "form", ["{% if x %}@{% else %}@{% endif %}", "%{ if x }@%{ else }@%{ endif }", "{{ if .X }}@{{ else }}@{{ end }}"]
)
def test_tags_of_a_template_in_a_value_of_yaml(form: str) -> None:
    number, name = (form.replace("@", one, 1).replace("@", other) for one, other in (("60", "5"), ("B", "C")))
    expect(
        f"""\
StartAt: A
States:
  A:
    Type: Task
    Resource: arn:aws:lambda:eu-west-1:123456789012:function:f
    «Timeout»: 5
    TimeoutSeconds: {number}
    Next: {name}
  B: {{Type: Succeed}}
  C: {{Type: Succeed}}
""",
        "yaml",
    )


def test_what_stands_above_the_first_field_of_a_template_in_yaml() -> None:
    text = """\
{# a note
   of two lines #}
{% from "macros" import task %}
{%- set x = 1 %}
StartAt: A
States:
  A: {Type: Succeed, «Nxet»: 1}
"""
    expect(text, "yaml")
    go = text.replace("{#", "{{- /*").replace("#}", "*/ -}}").replace('{% from "macros" import task %}', "")
    for tag in ('{{ define "x" }}\n{{ end }}', "{{- $x := .Values.x -}}"):
        expect(go.replace("{%- set x = 1 %}", tag), "yaml")


@pytest.mark.parametrize("language", ["json", "yaml"])
def test_of_a_template_that_is_tags_alone_nothing_is_said(language: str) -> None:
    expect('{% include "machine.json" %}\n', language)


def test_quotes_around_braces_are_for_yaml_and_not_for_a_template_of_it() -> None:
    text = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: {{ next }}\n    Nxet: 1\n"
    for name, codes in (("x.asl.yaml", ["ASL001", "ASL103"]), ("x.asl.yaml.j2", ["ASL103"])):
        report = lint(name, text.encode(), Settings(), REGISTRY, judged=True)
        assert [d.code for d in report.diagnostics] == codes
