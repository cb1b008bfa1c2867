"""The rules on variables, the task token and Map items beyond their examples: messages, places, silence, AWS's records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import Registry, builtin
from asllint.result import Diagnostic
from asllint.settings import Settings

Json = dict[str, Any]
CODES = ("ASL420", "ASL421", "ASL422", "ASL423", "ASL424", "ASL425", "ASL426")
RULES = Registry([entry for entry in builtin() if entry.code in CODES])


def found(definition: object, name: str = "x.asl.json") -> list[Diagnostic]:
    text = definition if isinstance(definition, str) else json.dumps(definition, ensure_ascii=False)
    report = lint(name, text.encode(), Settings(), RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


def codes(definition: object) -> list[str]:
    return [d.code for d in found(definition)]


def spot(d: Diagnostic) -> str:
    assert d.text is not None
    return d.text.content[d.start : d.end]


def machine(states: Json, language: str = "JSONata", start: str = "A") -> Json:
    return {"QueryLanguage": language, "StartAt": start, "States": states}


def succeed(expression: str) -> Json:
    return {"Type": "Succeed", "Output": f"{{% {expression} %}}"}


# -- names


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("order", None),
        ("größe", None),
        ("名前", None),
        ("a_b9", None),
        ("x" * 80, None),
        ("_private", "warning"),
        ("", "error"),
        ("9a", "error"),
        ("a-b", "error"),
        ("a b", "error"),
        ("a.b", "error"),
        ("a[0]", "error"),
        ("$a", "error"),
        ("x" * 81, "error"),
        ("a😀", "error"),
        ("${Name}", None),
    ],
)
def test_names(name: str, severity: str | None) -> None:
    places = [
        {"Type": "Pass", "Assign": {name: 1}, "Next": "B"},
        {"Type": "Choice", "Choices": [{"Condition": True, "Assign": {name: 1}, "Next": "B"}]},
        {
            "Type": "Task",
            "Resource": "r",
            "Catch": [{"ErrorEquals": ["E"], "Assign": {name: 1}, "Next": "B"}],
            "Next": "B",
        },
    ]
    for state in places:
        judged = [d for d in found(machine({"A": state, "B": succeed("1")})) if d.code == "ASL420"]
        assert [d.severity for d in judged] == ([severity] if severity else [])
        assert all(d.rejected_by_aws == (severity == "error") for d in judged)
        assert all("/Assign" in d.pointer for d in judged)


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("$total", "Write `total`: the `$` is written where the variable is read."),
        ("order.id", "A part of a variable cannot be assigned: assign the whole of `order`."),
        ("list[0]", "A part of a variable cannot be assigned: assign the whole of `list`."),
        ("total.$", "Write `total`: a JSONata state marks expressions by `{% … %}`, not by the key."),
    ],
)
def test_cures_of_names(name: str, cure: str) -> None:
    (only,) = (
        d for d in found(machine({"A": {"Type": "Pass", "Assign": {name: 1}, "End": True}})) if d.code == "ASL420"
    )
    assert only.cure == cure


def test_a_misspelt_language_is_one_slip() -> None:
    assert codes(machine({"A": {"Type": "Pass", "Assign": {"x.$": "$.x"}, "End": True}}, "JsonPth")) == ["ASL423"]


def test_succeed_and_fail_have_no_assign() -> None:
    assert codes(machine({"A": {"Type": "Succeed", "Assign": {"a-b": 1, "states": 2}}})) == []


# -- undefined


def test_the_reason_is_said() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"inner": "{% $late %}"}, "End": True}}}
    states = {
        "A": {"Type": "Pass", "Assign": {"own": 1, "again": "{% $own + 1 %}"}, "Next": "B"},
        "B": {"Type": "Map", "ItemProcessor": inner, "Next": "C"},
        "C": {"Type": "Pass", "Assign": {"late": "{% $inner %}"}, "Output": "{% $agian & $stats.input %}", "Next": "D"},
        "D": succeed("$late & $own & $again"),
    }
    diagnostics = [d for d in found(machine(states)) if d.code == "ASL422"]
    assert [(spot(d), d.full_message) for d in diagnostics] == [
        ("$own", "`$own` is assigned by this state itself, whose fields read what was there before: the execution fails here. "
                 "Read it in the next state, or write its value here too."),
        ("$late", "`$late` is not assigned on any way to this state: the execution fails here. Assign it in a state before."),
        ("$inner", "`$inner` is assigned in the item processor of `B` alone, and is gone where that ends: the execution fails "
                   "here. Return it as output there, and assign it from the result of the Map or Parallel state."),
        ("$agian", "No state assigns the variable `$agian`: it gives nothing here. Did you mean `$again`?"),
        ("$stats", "No state assigns the variable `$stats`: it gives nothing here. Did you mean `$states`?"),
    ]  # fmt: skip


def test_a_distributed_map() -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I",
        "States": {"I": {"Type": "Pass", "Output": "{% $x %}", "End": True}},
    }
    states = {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
        "B": {"Type": "Map", "ItemProcessor": processor, "End": True},
    }
    (only,) = found(machine(states))
    assert only.code == "ASL422"
    assert "distributed Map do not see `$x`" in only.message


def test_on_some_ways_only_with_the_way_that_lacks_it() -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "S"}], "Default": "U"},
        "S": {"Type": "Pass", "Assign": {"x.$": "$.a"}, "Next": "U"},
        "U": {"Type": "Pass", "Parameters": {"y.$": "States.Format('😀 {}', $x.b)"}, "End": True},
    }
    (only,) = found(machine(states, "JSONPath"))
    assert (only.code, only.severity, spot(only)) == ("ASL422", "warning", "$x")
    assert only.cure == "Assign `x` in `A`, or before it."
    assert only.text is not None
    assert [only.text.content[r.start : r.end] for r in only.related] == ['"U"']


@pytest.mark.parametrize(
    "expression",
    ["$exists($x) ? $x : 0", "$append($x, 1)", "$x ? 'a' : 'b'", "$count($x)", "($x := 1; $x)", "[$x]", "$x & ''"],
)
def test_what_can_do_without(expression: str) -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.a %}", "Next": "S"}], "Default": "U"},
        "S": {"Type": "Pass", "Assign": {"x": 1}, "Next": "U"},
        "U": succeed(expression),
        "V": {"Type": "Pass", "Output": "{% $x %}", "Next": "U"},
    }
    assert "ASL422" not in codes(machine(states))


def test_a_choice_that_asks_first() -> None:
    rule = {"Not": {"Variable": "$n", "IsPresent": True}, "Next": "S"}
    states = {
        "A": {
            "Type": "Choice",
            "Choices": [rule, {"Variable": "$n", "NumericLessThan": 9, "Next": "S"}],
            "Default": "Z",
        },
        "S": {"Type": "Pass", "Assign": {"n": 1}, "Next": "A"},
        "Z": {"Type": "Pass", "Parameters": {"n.$": "$n"}, "End": True},
    }
    assert codes(machine(states, "JSONPath")) == []


def test_a_name_is_found_once_in_an_expression() -> None:
    assert codes(machine({"A": succeed("$x.a & $x.b & $y")})) == ["ASL422", "ASL422"]


def test_a_name_that_no_variable_can_have_is_not_proposed() -> None:
    first = {"Type": "Pass", "Assign": {"value.$.$": "$.a"}, "Next": "B"}
    b = {**succeed("$value"), "QueryLanguage": "JSONata"}
    only = [d for d in found({"StartAt": "A", "States": {"A": first, "B": b}}) if d.code == "ASL422"]
    assert [d.fix for d in only] == [None]


def test_functions_are_no_variables() -> None:
    assert codes(machine({"A": succeed("$map($states.input, $string) ~> $join($unknown('a'))")})) == []


# -- unused, shadowed


def test_an_unused_variable_with_a_text_that_looks_like_it() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"bucket": "b"}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"name": "$bucket"}, "End": True},
    }
    (only,) = found(machine(states, "JSONPath"))
    assert (only.code, only.severity, spot(only)) == ("ASL423", "note", '"bucket"')
    assert [r.message for r in only.related] == ["a text, which is not evaluated"]


def test_a_variable_named_like_a_function_is_used() -> None:
    assert (
        codes(machine({"A": {"Type": "Pass", "Assign": {"count": 1}, "Next": "B"}, "B": succeed("$count + 1")})) == []
    )


def test_siblings_may_have_the_same_names() -> None:
    def branch(name: str) -> Json:
        states = {
            name: {"Type": "Pass", "Assign": {"x": 1}, "Next": f"{name}2"},
            f"{name}2": {"Type": "Pass", "Output": "{% $x %}", "End": True},
        }
        return {"StartAt": name, "States": states}

    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    states = {
        "A": {"Type": "Parallel", "Branches": [branch("P"), branch("Q")], "Next": "M"},
        "M": {"Type": "Map", "ItemProcessor": {**config, **branch("I")}, "Assign": {"y": 1}, "Next": "N"},
        "N": {"Type": "Map", "ItemProcessor": {**config, "StartAt": "J", "States": {
            "J": {"Type": "Pass", "Assign": {"y": 1}, "Next": "K"}, "K": {**succeed("$y")}}}, "Next": "E"},
        "E": succeed("$y"),
    }  # fmt: skip
    (measured,) = found(machine(states))  # refused, though the states of N see no variable of outside
    assert (measured.code, measured.state, measured.severity) == ("ASL424", "J", "warning")
    assert not measured.rejected_by_aws


def test_shadowing_through_two_scopes() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"x": 2}, "End": True}}}
    middle = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [inner], "End": True}}}
    states = {"A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"}, "B": {"Type": "Map", "ItemProcessor": middle, "Next": "C"},
              "C": succeed("$x")}  # fmt: skip
    (only,) = found(machine(states))
    assert (only.code, only.state, only.severity, only.rejected_by_aws, only.aws_code) == (
        "ASL424", "I", "error", True, "DUPLICATE_VARIABLE_NAME",
    )  # fmt: skip


def test_shadowing_in_jsonpath() -> None:
    """AWS's answer is recorded for JSONata."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"x": 2}, "End": True}}}
    states = {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
        "B": {"Type": "Parallel", "Branches": [inner], "End": True},
    }
    (only,) = (d for d in found(json.dumps({"StartAt": "A", "States": states})) if d.code == "ASL424")
    assert (only.severity, only.rejected_by_aws) == ("warning", False)


def test_shadowing_where_a_transition_is_not_known() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"x": 2}, "End": True}}}
    states: Json = {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "${next}"},
        "B": {"Type": "Parallel", "Branches": [inner], "End": True},
    }
    assert not any(d.rejected_by_aws for d in found(machine(states)))


def test_what_is_assigned_behind_a_parallel_state_is_free_inside() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"x": 2}, "Next": "J"}, "J": succeed("$x")}}
    both: Json = {"Type": "Parallel", "Branches": [inner], "Next": "E"}
    own = {**both, "Assign": {"x": 3}}
    caught = {**both, "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"x": 3}, "Next": "E"}]}
    rule = {"Condition": "{% $states.input.a %}", "Assign": {"x": 1}, "Next": "E"}
    ask: Json = {"Type": "Choice", "Choices": [rule], "Default": "P"}
    again = {"Type": "Choice", "Choices": [{"Condition": "{% $random() > 0.5 %}", "Next": "P"}], "Default": "F"}
    end = {"Type": "Succeed"}

    def of(**states: Json) -> list[str]:
        return [d.code for d in found(machine(states, start=next(iter(states)))) if d.code == "ASL424"]

    assert of(P=own, E=end) == of(P=caught, E=end) == of(A=ask, P=both, E=end) == []
    assert of(A={**ask, "Choices": [{**rule, "Next": "P"}]}, P=both, E=end) == ["ASL424"]
    assert of(P=own, E=again, F=end) == of(P=caught, E=again, F=end) == ["ASL424"]
    assert of(A={"Type": "Pass", "Assign": {"x": 1}, "Next": "P"}, P=both, E=end) == ["ASL424"]


# -- the context object


def task(resource: str, parameters: Json | str, **more: Any) -> Json:
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}


SQS = "arn:aws:states:::sqs:sendMessage"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (f"{SQS}.waitForTaskToken", []),
        (SQS, ["ASL425"]),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", ["ASL425"]),
        ("arn:aws:states:::states:startExecution.sync:2", []),
        ("arn:aws:states:::states:startExecution.sync", []),
        ("arn:aws:states:eu-west-1:123456789012:activity:a", []),
        ("${Resource}", []),
    ],
)
def test_where_a_token_is(resource: str, expected: list[str]) -> None:
    assert codes(machine({"A": task(resource, {"t.$": "$$.Task.Token"})}, "JSONPath")) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"ItemSelector": {"v.$": "$$.Map.Item.Value"}}, []),
        ({"Parameters": {"v.$": "$$.Map.Item.Index"}}, []),
        ({"ItemsPath": "$$.Map.Item.Value"}, ["ASL425"]),
        ({"ResultSelector": {"v.$": "$$.Map.Item.Value"}}, ["ASL425"]),
        ({"ItemSelector": {"v.$": "$$.Execution.Id"}}, []),
    ],
)
def test_where_an_item_is(field: Json, expected: list[str]) -> None:
    inner = {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": True}
    branch = {"StartAt": "P", "States": {"P": inner}}
    processor = {"StartAt": "I", "States": {"I": {"Type": "Parallel", "Branches": [branch], "End": True}}}
    states = {"A": {"Type": "Map", **field, "ItemProcessor": processor, "End": True}}
    assert codes(machine(states, "JSONPath")) == expected


def test_a_map_may_stand_around_a_fragment() -> None:
    assert codes('{"Type": "Pass", "QueryLanguage": "JSONPath", "InputPath": "$$.Map.Item.Value", "End": true}') == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$states.context.Task.Token", ["ASL425"]),
        ("$exists($states.context.Task.Token) ? 1 : 2", []),
        ("$states.context.Execution.Id", []),
        ("$states.context", []),
    ],
)
def test_the_token_in_jsonata(expression: str, expected: list[str]) -> None:
    assert codes(machine({"A": succeed(expression)})) == expected


@pytest.mark.parametrize(("kind", "refused"), [("Pass", True), ("Succeed", False), ("Wait", False)])
def test_a_token_in_a_pass_state_is_refused(kind: str, refused: bool) -> None:
    """Measured: of all states, AWS refuses it in a Pass."""
    end = {} if kind == "Succeed" else {"End": True}
    state = {"Type": kind, "Output": "{% $states.context.Task.Token %}", **end}
    (only,) = found(machine({"A": {**state, **({"Seconds": 1} if kind == "Wait" else {})}}))
    assert (only.code, only.severity) == ("ASL425", "error" if refused else "warning")
    assert ("AWS refuses" in only.message) is refused


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Type": "Pass", "Output": "{% $states.context.State.RetryCount %}", "End": True}, ["ASL425"]),
        ({"Type": "Succeed", "Output": "{% 'n' & $states.context.State.RetryCount %}"}, ["ASL425"]),
        ({"Type": "Pass", "Output": "{% $exists($states.context.State.RetryCount) %}", "End": True}, []),
        ({"Type": "Pass", "Output": "{% $states.context.State.Name %}", "End": True}, []),
        ({"Type": "Wait", "Seconds": "{% $states.context.State.RetryCount %}", "End": True}, []),
        ({"Type": "Pass", "QueryLanguage": "JSONPath", "InputPath": "$$.State.RetryCount", "End": True}, []),
    ],
)
def test_where_retries_are_counted(state: Json, expected: list[str]) -> None:
    language = str(state.get("QueryLanguage", "JSONata"))
    assert [d.code for d in found(machine({"A": state}, language)) if d.code == "ASL425"] == expected


@pytest.mark.parametrize(
    ("parameters", "passed"),
    [
        ({"MessageBody": {"t.$": "$$.Task.Token"}}, True),
        ({"MessageBody": {"t.$": "$$.Task['Token']"}}, True),
        ({"MessageBody": {"t.$": "$$.Task"}}, True),
        ({"MessageBody.$": "$$"}, True),
        ({"MessageBody.$": "States.JsonToString($$.Task)"}, True),
        ({"MessageBody.$": "States.Format('{}', $$..Token)"}, True),
        ({"MessageBody": {"a": [{"t.$": "$$.Task.Token"}]}}, True),
        ({"MessageBody.$": "${Body}"}, True),
        ({"MessageBody.$": "$"}, False),
        ({"MessageBody": {"t": "$$.Task.Token"}}, False),
        ({"MessageBody": {"t.$": "$$.Execution.Id"}}, False),
        ({"MessageBody": "x", "QueueUrl": "${Url}"}, False),
        ("${Parameters}", True),
    ],
)
def test_the_token_is_passed(parameters: Json | str, passed: bool) -> None:
    state = task(f"{SQS}.waitForTaskToken", parameters)
    assert codes(machine({"A": state}, "JSONPath")) == ([] if passed else ["ASL426"])


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ({"MessageBody": "{% $states.context.Task.Token %}"}, True),
        ({"MessageBody": "{% $string({'t': $states.context.Task}) %}"}, True),
        ("{% $merge([$states.input, {'c': $states.context}]) %}", True),
        ("{% $lookup($states, 'context') %}", True),
        ("{% $states.input %}", False),
        ({"MessageBody": "{% $states.context.Execution.Id %}"}, False),
        ({"MessageBody": "${Body}"}, True),
        ({"QueueUrl": "${Url}", "MessageBody": "a"}, False),
    ],
)
def test_the_token_is_passed_in_jsonata(arguments: Json | str, passed: bool) -> None:
    state = {"Type": "Task", "Resource": f"{SQS}.waitForTaskToken", "Arguments": arguments, "End": True}
    assert codes(machine({"A": state})) == ([] if passed else ["ASL426"])


def test_a_token_that_the_input_path_brings() -> None:
    state = task(f"{SQS}.waitForTaskToken", {"MessageBody.$": "$.Token"}, InputPath="$$.Task")
    assert codes(machine({"A": state}, "JSONPath")) == []


# -- places in strings


def test_places_in_a_yaml_block_with_an_emoji() -> None:
    text = (
        "QueryLanguage: JSONata\nStartAt: A\nStates:\n  A:\n    Type: Succeed\n"
        "    Output: >-\n      {% '😀' &\n      $nowhere %}\n"
    )
    (only,) = found(text, "x.asl.yaml")
    assert spot(only) == "$nowhere"


# -- what AWS recorded


def test_variables_that_were_undefined_at_aws_are_found(shared: Path) -> None:
    folder = shared / "corpus" / "aws-verdicts"
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    failed = [row for row in rows if any("$doesNotExist" in error[1] for error in row["runtime_errors"])]
    assert failed
    for row in failed:
        diagnostics = found((folder / row["file"]).read_text(encoding="utf-8"))
        assert [spot(d) for d in diagnostics if d.code == "ASL422"] == ["$doesNotExist"], row["file"]


def test_no_refusal_and_few_warnings_where_aws_accepted(shared: Path) -> None:
    folder = shared / "corpus" / "aws-verdicts"
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    warned = set()
    for row in rows:
        if row["verdict"] == "ACCEPT" and not row["runtime_errors"]:
            for d in found((folder / row["file"]).read_text(encoding="utf-8"), row["file"]):
                assert not d.rejected_by_aws, row["file"]
                if d.severity != "note":
                    warned.add((row["file"].split("/")[1].split(".")[0], d.code))
    assert warned == {
        ("floci-expr-ok-8", "ASL422"),  # `a.$phone` with no such variable
        ("issue-localstack-12048", "ASL422"),  # `$ExecutionId`, which nothing assigns
    }
