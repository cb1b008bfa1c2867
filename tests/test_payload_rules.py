"""The rules of payload beyond their examples: words, places, severity, what AWS has recorded, what people run."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.files import looks_like_asl
from asllint.registry import PACKAGE, Entry, Registry, rule_in
from asllint.result import Diagnostic
from asllint.settings import Settings

FAILED_WHEN_RUN = {
    # accepted by AWS, and then failed: what the text itself decides
    "test_invalid_jsonpath_INVALID_JSONPATH_IN_ERRORPATH_": ("ASL501", "error"),
    "test_invalid_jsonpath_ST.INVALID_JSONPATH_IN_CAUSEPATH_": ("ASL501", "error"),
    "test_map_state_items_eval_jsonata_fail_boolean_": ("ASL502", "error"),
    "test_map_state_items_eval_jsonata_fail_function_": ("ASL502", "error"),
    "test_map_state_items_eval_jsonata_fail_string_": ("ASL502", "error"),
    "test_map_state_items_variable_sampling_null_": ("ASL502", "error"),
    "test_map_state_items_variable_sampling_number_": ("ASL502", "error"),
    # an object, which the developer guide has since come to allow
    "test_map_state_items_variable_sampling_object_": ("ASL502", "warning"),
    "test_map_state_items_eval_jsonata_variable_sampling_fail_object_": ("ASL502", "warning"),
    "test_state_map_context_object_ALL_": ("ASL502", "warning"),
}


def _group() -> Registry:
    package = f"{PACKAGE}.payload"
    modules = [f"{package}.{info.name}" for info in pkgutil.iter_modules(importlib.import_module(package).__path__)]
    rules = [(module, rule_in(module)) for module in modules]
    return Registry(Entry(rule.code, rule.name, "payload", module, True, rule.concerns) for module, rule in rules)


PAYLOAD = _group()


def payload(definition: object, *, name: str = "x.asl.json", notes: bool = False) -> list[Diagnostic]:
    """Return what the rules of the group find, without the notes on fields that nothing reads unless they are asked for."""
    data = definition if isinstance(definition, bytes) else (
        definition if isinstance(definition, str) else json.dumps(definition)
    ).encode()  # fmt: skip
    report = lint(name, data, Settings(), PAYLOAD)
    assert not report.failed, [d.message for d in report.diagnostics]
    return [diagnostic for diagnostic in report.diagnostics if notes or diagnostic.severity != "note"]


def after(data: Any, state: dict[str, Any], **more: Any) -> Diagnostic:
    """Return the one finding in a state that is given `data`."""
    way = {} if state["Type"] in ("Fail", "Choice") else {"End": True}
    states = {"Make": {"Type": "Pass", "Result": data, "Next": "Use"}, "Use": {**state, **way}, **more}
    (found,) = payload({"StartAt": "Make", "States": states})
    return found


def shown(diagnostic: Diagnostic) -> str:
    assert diagnostic.text is not None
    return diagnostic.text.content[diagnostic.start : diagnostic.end]


# -- words


def test_a_name_in_quotes_that_are_escaped_is_mended() -> None:
    text = """{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"name": 1}, "Next": "B"},
  "B": {"Type": "Pass", "InputPath": "$[\\"nmae\\"]", "End": true}}}"""
    (found,) = payload(text)
    assert found.fix is not None
    ((start, end, new),) = found.fix.edits
    assert text[:start] + new + text[end:] == text.replace("nmae", "name")


@pytest.mark.parametrize(
    "expression", ["($states.input.nmae)", "$x := $states.input.nmae", "( ( $states.input.nmae ) )"]
)
def test_what_is_read_is_named_without_what_stands_around_it(expression: str) -> None:
    found = after({"name": 1}, {"Type": "Pass", "QueryLanguage": "JSONata", "Output": f"{{% {expression} %}}"})
    assert found.message == "`$states.input` has no field `nmae`, only `name`: the execution fails here."


@pytest.mark.parametrize(
    ("data", "path", "message", "cure"),
    [
        ({"name": 1}, "$.nmae", "`$` has no field `nmae`, only `name`: the execution fails here.", "Did you mean `name`?"),
        ({"a": 1}, "$.State.Name", "`$` has no field `State`, only `a`: the execution fails here.", "Did you mean `$$.State`, of the context object?"),
        ({}, "$.a", "`$` is an empty object: `a` is not there: the execution fails here.", "Keep the field where the data is made, or read what is there."),
        ({"a": [1]}, "$.a[1]", "`$.a` has 1 item, and none with the index 1: the execution fails here.", "The first item has the index 0."),
        ([1, 2], "$[2].x", "`$` has 2 items, and none with the index 2: the execution fails here.", "The first item has the index 0."),
        ({"a": [1]}, "$.a.b", "`$.a` is an array, which has no field `b`: the execution fails here.", "Write `$.a[0].b` for the first item."),
        ({"a": "x"}, "$.a.b", "`$.a` is the string `x`: `b` is not there: the execution fails here.", "Keep the field where the data is made, or read what is there."),
        ({f"k{i}": i for i in range(10)}, "$.x", "`$` has no field `x`, only `k0`, `k1`, `k2`, `k3`, `k4`, `k5`, `k6` and `k7`, and 2 more: the execution fails here.", "Keep the field where the data is made, or read what is there."),
    ],
)  # fmt: skip
def test_what_a_missing_path_is_told(data: Any, path: str, message: str, cure: str) -> None:
    found = after(data, {"Type": "Pass", "Parameters": {"x.$": path}})
    assert (found.code, found.severity, found.message, found.cure) == ("ASL501", "error", message, cure)
    assert not found.rejected_by_aws
    assert found.pointer == "/States/Use/Parameters/x.$"


@pytest.mark.parametrize(
    ("fields", "cure"),
    [
        ({"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]}, "Write `$[0].id` for the first item, or keep the input of `Load` with a `ResultPath` there."),
        ({"Type": "Map", "Iterator": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}, "Write `$[0].id` for the first item, or keep the input of `Load` with a `ResultPath` there."),
        ({"Type": "Map", "Iterator": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, "ResultPath": "$"}, "Write `$[0].id` for the first item."),
        ({"Type": "Task", "Resource": "r", "ResultSelector": {"state.$": "$.State"}}, "Keep the input of `Load` with a `ResultPath` there, or read what is there."),
        ({"Type": "Task", "Resource": "r", "ResultSelector": {"state.$": "$.State"}, "ResultPath": "$"}, "Keep the field where the data is made, or read what is there."),
    ],
)  # fmt: skip
def test_where_a_result_has_replaced_the_input(fields: dict[str, Any], cure: str) -> None:
    use = {"Type": "Pass", "Parameters": {"x.$": "$.id"}, "End": True}
    (found,) = payload({"StartAt": "Load", "States": {"Load": {**fields, "Next": "Use"}, "Use": use}})
    assert (found.code, found.cure) == ("ASL501", cure)


@pytest.mark.parametrize("path", ["$.id", "$.error.id"])
def test_where_an_error_has_replaced_the_input(path: str) -> None:
    kept = {"ResultPath": "$.error"} if path != "$.id" else {}
    load = {"Type": "Task", "Resource": "r", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Use", **kept}]}
    use = {"Type": "Pass", "Parameters": {"x.$": path}, "End": True}
    branch = {"StartAt": "Load", "States": {"Load": {**load, "End": True}, "Use": use}}
    (found,) = payload({"StartAt": "All", "States": {"All": {"Type": "Parallel", "Branches": [branch], "End": True}}})
    assert found.cure == (
        "Keep the field where the data is made, or read what is there."
        if kept
        else "Keep the input of `Load` with a `ResultPath` in its Catcher, or read what is there."
    )


def test_the_cause_of_an_error_is_text() -> None:
    load = {
        "Type": "Task",
        "Resource": "r",
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Use"}],
        "End": True,
    }
    use = {"Type": "Pass", "Parameters": {"x.$": "$.error.Cause.message"}, "End": True}
    (found,) = payload({"StartAt": "Load", "States": {"Load": load, "Use": use}})
    assert found.message == "`$.error.Cause` is a string: `message` is not there: the execution fails here."
    assert found.cure == (
        "It is text, even where it looks like JSON: read it with `States.StringToJson($.error.Cause)` first."
    )
    assert found.related[0].message == "the Catcher passes on the Error Output, an object with `Error` and `Cause`"


def test_some_ways() -> None:
    load = {"Type": "Task", "Resource": "r", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Use"}], "Next": "Use"}
    use = {"Type": "Wait", "SecondsPath": "$.seconds", "End": True}
    (found,) = payload({"StartAt": "Load", "States": {"Load": load, "Use": use}})
    assert found.severity == "warning"
    assert found.message == (
        "On one of the ways to this state, `$` has no field `seconds`, only `Error` and `Cause`: then the execution fails here."
    )


def test_a_name_that_is_there_on_some_ways_is_not_another_one() -> None:
    whole = {"ErrorEquals": ["States.ALL"], "Next": "Use"}
    states = {
        "Log": {"Type": "Task", "Resource": "r", "ResultPath": None, "Catch": [whole], "Next": "Load"},
        "Load": {"Type": "Task", "Resource": "r", "Catch": [{**whole, "ResultPath": "$.error"}], "End": True},
        "Use": {"Type": "Pass", "Parameters": {"x.$": "$.error"}, "End": True},
    }
    (found,) = payload({"StartAt": "Log", "States": states})
    assert found.message == (
        "On one of the ways to this state, `$` has no field `error`, only `Error` and `Cause`: then the execution fails here."
    )
    assert found.cure == "Keep the input of `Log` with a `ResultPath` in its Catcher, or read what is there."
    assert found.fix is None


@pytest.mark.parametrize(
    ("read", "message"),
    [
        ("[2].v", "`$states.result` has 2 items, and none with the index 2: the execution fails here."),
        ("[-3]", "`$states.result` has 2 items, and none with the index -3: the execution fails here."),
        ("[1].w", "`$states.result[1]` has no field `w`, only `v`: the execution fails here."),
        ("[-1].w", "`$states.result[-1]` has no field `w`, only `v`: the execution fails here."),
        ("[0][2]", "`$states.result[0]` has 2 items, and none with the index 2: the execution fails here."),
        ("[1].v", None),
        ("[-2][1]", None),
        ("[v = 1].w", None),
        ("[$n].w", None),
        ("[0.5].w", None),
    ],
)
def test_an_index_of_jsonata(read: str, message: str | None) -> None:
    branches = [
        {"StartAt": name, "States": {name: {"Type": "Pass", "Output": made, "End": True}}}
        for name, made in (("A", [1, 2]), ("B", {"v": 1}))
    ]
    both = {"Type": "Parallel", "Branches": branches, "Output": f"{{% $states.result{read} %}}", "End": True}
    found = payload({"StartAt": "Both", "QueryLanguage": "JSONata", "States": {"Both": both}})
    assert [d.message for d in found] == [message] * (message is not None)


@pytest.mark.parametrize(
    ("expression", "step"),
    [
        ("'a' & $states.input.nope", "nope"),
        ("$join(['a', $states.input.o.nope, 'b'])", "nope"),
        ("{'a': $states.input.nope.more}", "nope"),
        ("[$states.input.nope]", "nope"),
        ("($string($states.input.nope))", "nope"),
        ("$known.nope & ''", "nope"),
        ("$states.input.s & $states.input.o.v", None),
        ("$exists($states.input.nope) ? 'a' & $states.input.nope : 'b'", None),
        ("[$states.input.nope ? 1 : 2]", None),
        ("$string($states.input.nope = 1)", None),
        ("$string($exists($states.input.nope))", None),
        ("[$type($states.input.nope)]", None),
        ("$map([1], function($i) { 'a' & $states.input.nope })", None),
        ("'a' & $states.input.nope[0]", None),
        ("$unknown.nope & ''", None),
        ("'a' & $states.context.nope", None),
        ("($known := {}; 'a' & $known.nope)", None),
    ],
)
def test_what_an_expression_goes_on_without(expression: str, step: str | None) -> None:
    states = {
        "A": {"Type": "Pass", "Output": {"s": "x", "o": {"v": 1}}, "Assign": {"known": {"k": 1}}, "Next": "B"},
        "B": {"Type": "Pass", "Output": {"made": f"{{% {expression} %}}"}, "End": True},
    }
    found = payload({"StartAt": "A", "QueryLanguage": "JSONata", "States": states})
    assert [(d.code, d.severity) for d in found] == [("ASL501", "warning")] * (step is not None)
    if step is not None:
        assert f"has no field `{step}`" in found[0].message
        assert found[0].message.endswith(": the expression goes on without it, or gives nothing.")


def test_what_an_expression_reads_on_some_ways() -> None:
    states = {
        "Which": {"Type": "Choice", "Choices": [{"Condition": "{% $random() > 0.5 %}", "Next": "A"}], "Default": "B"},
        "A": {"Type": "Pass", "Output": {"x": 1}, "Next": "C"},
        "B": {"Type": "Pass", "Output": {"y": 1}, "Next": "C"},
        "C": {"Type": "Pass", "Output": "{% 'a' & $states.input.x %}", "End": True},
    }
    assert payload({"StartAt": "Which", "QueryLanguage": "JSONata", "States": states}) == []


def _handled(**changes: Any) -> dict[str, Any]:
    """Return a machine whose handler reads what a Catcher writes, and that a Choice state leads to as well."""
    catcher = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Tell"}
    states: dict[str, Any] = {
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.a", "BooleanEquals": True, "Next": "Load"}],
            "Default": "On",
        },
        "On": {"Type": "Pass", "Next": "Tell"},
        "Load": {"Type": "Task", "Resource": "r", "ResultPath": "$.load", "Catch": [catcher], "Next": "Done"},
        "Tell": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{}', $.error.Cause)"}, "Next": "Done"},
        "Done": {"Type": "Succeed"},
    }
    for name, fields in changes.items():
        states[name] = {**states.get(name, {}), **fields}
    return {"StartAt": "Which", "States": states}


def caught(definition: dict[str, Any]) -> list[Diagnostic]:
    return [d for d in payload(definition) if d.code == "ASL507"]


def test_an_error_that_no_catcher_has_written() -> None:
    (found,) = caught(_handled())
    assert found.severity == "warning"
    assert found.message == (
        "On the way through the `Next` of `On`, no Catcher has written `$.error`: unless the input of the execution has it, the execution "
        "fails here."
    )
    assert [r.message for r in found.related] == ["the way on which it is not written", "writes it on another way"]


@pytest.mark.parametrize(
    "changes",
    [
        {"On": {"Result": "x", "ResultPath": "$.error"}},
        {"On": {"Result": "x", "ResultPath": "$.error.Cause"}},
        {"On": {"Result": {"error": {"Cause": "x"}}}},
        {"On": {"Type": "Task", "Resource": "r"}},  # the task may give it
        {"On": {"ResultPath": "$.${Field}", "Result": "x"}},
        {"On": {"OutputPath": "$.of"}},
        {"On": {"InputPath": "$.of"}},
        {"On": {"Type": "Pass", "Next": "Done", "Parameters": {"x.$": "$.error"}}},  # the input seems to have it
        {"On": {"Type": "Pass", "Parameters": {"x.$": "$$.Execution.Input.error"}, "ResultPath": "$.x"}},
        {"Which": {"Choices": [{"Variable": "$.error", "IsPresent": False, "Next": "Load"}]}},
        {"Which": {"Choices": [{"Not": {"Variable": "$.error.Cause", "IsPresent": True}, "Next": "Load"}]}},
        {"Which": {"Default": "Done"}},
        {"Tell": {"InputPath": "$.of"}},
        {"Tell": {"Parameters": {"x.$": "$.errors.Cause"}}},
        {"Tell": {"Parameters": {"x.$": "States.Format('$.error {}', $$.Execution.Id)"}}},
        {"Tell": {"Type": "Choice", "Choices": [{"Variable": "$.error.Cause", "IsPresent": True, "Next": "Done"}]}},
        {"Load": {"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.${E}", "Next": "Tell"}]}},
        {"Load": {"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Done"}]}},
        {"Load": {"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error.last", "Next": "Tell"}]}},
    ],
)
def test_an_error_that_may_be_there(changes: dict[str, Any]) -> None:
    assert caught(_handled(**changes)) == []


@pytest.mark.parametrize("rewritten", [False, True])
def test_an_error_that_a_choice_state_tells_from_success(rewritten: bool) -> None:
    """What it asks for is written behind the Catcher, and elsewhere."""
    status = {"Type": "Pass", "Next": "Clean"}
    bad = (
        {"Parameters": {"status": "bad", "error.$": "$.error"}}
        if rewritten
        else {"Result": "bad", "ResultPath": "$.status"}
    )
    catcher = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Bad"}
    states = {
        "Load": {"Type": "Task", "Resource": "r", "ResultPath": "$.load", "Catch": [catcher], "Next": "Good"},
        "Good": {**status, "Result": "good", "ResultPath": "$.status"},
        "Bad": {**status, **bad},
        "Clean": {"Type": "Task", "Resource": "r", "ResultPath": None, "Next": "Fine?"},
        "Fine?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.status", "StringEquals": "bad", "Next": "Tell"}],
            "Default": "Done",
        },
        "Tell": {"Type": "Fail", "CausePath": "$.error.Cause"},
        "Done": {"Type": "Succeed"},
    }
    assert caught({"StartAt": "Load", "States": states}) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"On": {"Type": "Wait", "Seconds": 1}},
        {"On": {"Type": "Task", "Resource": "r", "ResultPath": None}},
        {"On": {"Type": "Task", "Resource": "r", "ResultPath": "$.errors"}},
        {
            "On": {
                "Type": "Map",
                "ResultPath": "$.x",
                "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}},
            }
        },
        {"Tell": {"Type": "Fail", "CausePath": "$['error'].Cause"}},
        {"Tell": {"InputPath": "$.error"}},
        {"Tell": {"Type": "Wait", "SecondsPath": "$.error.Cause"}},
    ],
)
def test_ways_without_an_error(changes: dict[str, Any]) -> None:
    definition = _handled(**changes)
    if definition["States"]["Tell"]["Type"] == "Fail":
        definition["States"]["Tell"].pop("Next")
    (found,) = caught(definition)
    assert found.pointer.startswith("/States/Tell/")


def test_the_pass_state_that_is_proposed_writes_what_is_read() -> None:
    definition = _handled()
    (found,) = caught(definition)
    definition["States"]["On"] |= json.loads(f"{{{found.cure.split('`')[1]}}}")
    assert payload(definition) == []


def test_whether_the_execution_fails_is_up_to_a_catcher() -> None:
    catcher = {"ErrorEquals": ["States.ALL"], "Next": "Done"}
    (found,) = caught(_handled(Tell={"Type": "Task", "Resource": "r", "Catch": [catcher]}))
    assert found.message.endswith("the state fails here.")


def test_ways_that_a_choice_state_tells_apart() -> None:
    """By what is written on each of them, whatever it is."""
    definition = _handled(
        On={"Result": False, "ResultPath": "$.late", "Next": "Late?"},
        Tell={"Parameters": {"x.$": "$.error"}},
    )
    states = definition["States"]
    states["Note"] = {"Type": "Pass", "Result": True, "ResultPath": "$.late", "Next": "Late?"}
    states["Load"]["Catch"][0]["Next"] = "Note"
    states["Late?"] = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.late", "BooleanEquals": True, "Next": "Tell"}],
        "Default": "Done",
    }
    assert caught(definition) == []
    states["Note"]["Next"] = "Tell"
    assert len(caught(definition)) == 1


def test_an_error_of_another_catcher() -> None:
    """What follows a Catcher that writes elsewhere, or nothing, has not got it either."""
    for path in ("$.other", None):
        other = {"ErrorEquals": ["Busy"], "ResultPath": path, "Next": "Tell"}
        definition = _handled(Which={"Default": "Done"})
        definition["States"]["Load"]["Catch"].insert(0, other)
        (found,) = caught(definition)
        assert found.message.startswith("On the way through the `Next` of Catcher 1 of `Load`, no Catcher has written")


def test_a_catcher_takes_it() -> None:
    catcher = {"ErrorEquals": ["States.ALL"], "Next": "Done"}
    state = {"Type": "Task", "Resource": "r", "Parameters": {"x.$": "$.b"}, "Catch": [catcher]}
    found = after({"a": 1}, state, Done={"Type": "Succeed"})
    assert found.severity == "warning"
    assert found.message == "`$` has no field `b`, only `a`: the state fails, and its Catcher takes the error."


def test_a_later_rule_of_a_choice() -> None:
    choices = [
        {"Variable": "$$.Execution.Name", "StringMatches": "x*", "Next": "Done"},
        {"Variable": "$.b", "NumericEquals": 1, "Next": "Done"},
    ]
    found = after({"a": 1}, {"Type": "Choice", "Choices": choices, "Default": "Done"}, Done={"Type": "Succeed"})
    assert found.severity == "warning"
    assert found.message == "`$` has no field `b`, only `a`: the execution fails when this is evaluated."


def test_what_a_choice_has_found() -> None:
    choices = [{"Variable": "$.id", "IsPresent": False, "Next": "Without"}]
    states = {
        "Is": {"Type": "Choice", "Choices": choices, "Default": "Done"},
        "Without": {"Type": "Pass", "Parameters": {"id.$": "$.id"}, "Next": "Done"},
        "Done": {"Type": "Succeed"},
    }
    (found,) = payload({"StartAt": "Is", "States": states})
    assert found.severity == "error"
    assert found.message == "`$` has no field `id`: the execution fails here."
    assert found.related[0].message == "the Choice rule finds that it is not there"


def test_items() -> None:
    inner = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    found = after({"list": [1], "n": 1}, {"Type": "Map", "ItemProcessor": inner})
    assert (found.code, found.severity) == ("ASL502", "warning")
    assert shown(found) == '"Use"'
    assert found.pointer == "/States/Use"
    assert found.cure == "Did you mean `$.list`?"
    found = after({"list": "a,b"}, {"Type": "Map", "ItemsPath": "$.list", "ItemProcessor": inner})
    assert found.message == "`$.list` is the string `a,b`, where an array is due: the execution fails here."
    assert [r.message for r in found.related] == ["the value is written"]


def test_a_distributed_map_goes_through_an_object() -> None:
    def each(mode: str, **fields: Any) -> dict[str, Any]:
        config = {"ProcessorConfig": {"Mode": mode, **({"ExecutionType": "EXPRESS"} if mode == "DISTRIBUTED" else {})}}
        inner = {**config, "StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
        states = {
            "Make": {"Type": "Pass", "Result": {"prices": {"a": 1, "b": 2}, "n": 1}, "Next": "Use"},
            "Use": {"Type": "Map", "ItemProcessor": inner, "End": True, **fields},
        }
        return {"StartAt": "Make", "States": states}

    literal = {"QueryLanguage": "JSONata", "Items": {"a": 1, "b": 2}}
    assert payload(each("DISTRIBUTED", ItemsPath="$.prices")) == []
    assert payload(each("${Mode}", ItemsPath="$.prices")) == []
    assert payload(each("DISTRIBUTED", **literal)) == []
    for machine in (each("INLINE", ItemsPath="$.prices"), each("INLINE", **literal), each("DISTRIBUTED")):
        assert [(d.code, d.severity) for d in payload(machine)] == [("ASL502", "warning")]
    assert [d.severity for d in payload(each("DISTRIBUTED", ItemsPath="$.n"))] == ["error"]


def test_kinds() -> None:
    found = after({"n": "many"}, {"Type": "Wait", "SecondsPath": "$.n"})
    assert (found.code, found.severity) == ("ASL503", "error")
    assert found.message == "`$.n` is the string `many`, and `SecondsPath` takes a number: the execution fails here."
    choices = [{"Variable": "$.n", "BooleanEquals": True, "Next": "Done"}]
    found = after({"n": "true"}, {"Type": "Choice", "Choices": choices, "Default": "Done"}, Done={"Type": "Succeed"})
    assert (found.code, found.severity, shown(found)) == ("ASL503", "warning", '"BooleanEquals"')
    assert found.message == "`$.n` is the string `true`: `BooleanEquals` is never true for it."


def in_jsonata(state: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the severity, the field and the message of what is found in a JSONata state that may be given anything."""
    way = {} if state["Type"] in ("Fail", "Choice") else {"End": True}
    states = {"Use": {**state, **way}, "Done": {"Type": "Succeed"}}
    found = payload({"StartAt": "Use", "QueryLanguage": "JSONata", "States": states})
    assert all(d.code == "ASL503" and not d.rejected_by_aws and d.pointer for d in found)
    return [(d.severity, str(d.pointer).rpartition("/")[2], d.full_message) for d in found]


def test_a_wait_of_negative_seconds() -> None:
    make = {"Type": "Pass", "Output": {"s": -1}, "Next": "Use"}
    use = {"Type": "Wait", "Seconds": "{% $states.input.s %}", "End": True}
    (found,) = payload({"StartAt": "Make", "QueryLanguage": "JSONata", "States": {"Make": make, "Use": use}})
    assert (found.code, found.severity) == ("ASL503", "error")
    assert "is the number `-1`, and `Seconds` takes a whole number that is not negative" in found.message


INNER = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


@pytest.mark.parametrize(
    ("state", "field", "expression", "what"),
    [
        ({"Type": "Wait"}, "Seconds", "'soon'", "the string `soon`, and `Seconds` takes a whole number that is not negative"),
        ({"Type": "Wait"}, "Seconds", "[]", "an array, and `Seconds` takes a whole number that is not negative"),
        ({"Type": "Wait"}, "Seconds", "1.5", "the number `1.5`, and `Seconds` takes a whole number that is not negative"),
        ({"Type": "Wait"}, "Seconds", "'3'", "the string `3`, and `Seconds` takes a whole number that is not negative"),
        ({"Type": "Wait"}, "Seconds", "$string($states.input.s)", "a string, and `Seconds` takes a whole number that is not negative"),
        ({"Type": "Wait"}, "Timestamp", "'2016-02-30T21:29:29Z'", "the string `2016-02-30T21:29:29Z`, and `Timestamp` takes a timestamp such as `2026-01-31T09:30:00Z`"),
        ({"Type": "Wait"}, "Seconds", "function($x){$x}", "a function, and `Seconds` takes a whole number that is not negative"),
        ({"Type": "Wait"}, "Timestamp", "$millis()", "a number, and `Timestamp` takes a timestamp such as `2026-01-31T09:30:00Z`"),
        ({"Type": "Wait"}, "Timestamp", "'2026-01-31'", "the string `2026-01-31`, and `Timestamp` takes a timestamp such as `2026-01-31T09:30:00Z`"),
        ({"Type": "Task", "Resource": "r"}, "TimeoutSeconds", "true", "the boolean `true`, and `TimeoutSeconds` takes a number"),
        ({"Type": "Task", "Resource": "r"}, "HeartbeatSeconds", "$exists($states.input.a)", "a boolean, and `HeartbeatSeconds` takes a number"),
        ({"Type": "Map", "Items": [1], "ItemProcessor": INNER}, "MaxConcurrency", "'a'", "the string `a`, and `MaxConcurrency` takes a number"),
        ({"Type": "Map", "Items": [1], "ItemProcessor": INNER}, "ToleratedFailurePercentage", "{}", "an object, and `ToleratedFailurePercentage` takes a number"),
    ],
)  # fmt: skip
def test_the_kind_of_an_expression(state: dict[str, Any], field: str, expression: str, what: str) -> None:
    ((severity, where, message),) = in_jsonata({**state, field: f"{{% {expression} %}}"})
    assert (severity, where) == ("error", field)
    assert message.startswith(f"`{{% {expression} %}}` is {what}: the execution fails here.")


def test_the_error_of_a_fail_state_is_text() -> None:
    for field in ("Error", "Cause"):
        ((severity, where, message),) = in_jsonata({"Type": "Fail", field: "{% [1] %}"})
        assert (severity, where) == ("warning", field)
        assert message == (
            f"`{{% [1] %}}` is an array, and `{field}` takes a text: the execution may fail with `States.QueryEvaluationError` "
            "instead of this error. Make a text of it with `$string`."
        )
        assert not in_jsonata({"Type": "Fail", field: "{% $string([1]) %}"})


def test_a_condition_is_true_or_false() -> None:
    def condition(written: object) -> list[tuple[str, str, str]]:
        rules = [{"Condition": written, "Next": "Done"}]
        return in_jsonata({"Type": "Choice", "Choices": rules, "Default": "Done"})

    ((severity, _, message),) = condition("{% $count($states.input) %}")
    assert severity == "warning"
    assert message == (
        "`{% $count($states.input) %}` is a number, and `Condition` takes true or false: the execution fails when this is "
        "evaluated."
    )
    for fits in (True, "{% $states.input.a %}", "{% $states.input.n > 1 %}", "{% $lookup($states.input, 'a') %}", "${When}",
                 "{% $states.input.a ? 1 : true %}", "$states.input.a %}", "true"):  # fmt: skip
        assert not condition(fits), fits


@pytest.mark.parametrize(
    ("field", "expression"),
    [
        ("Seconds", "$states.input.s"),
        ("Seconds", "3.0"),
        ("Seconds", "$states.input.s / 2"),
        ("Timestamp", "'2024-02-29T12:00:00+09:00'"),
        ("Seconds", "$number($states.input.s) * 2"),
        ("Seconds", "[1, 2][$ = 1]"),
        ("Seconds", "${Expression}"),
        ("Timestamp", "$now()"),
        ("Timestamp", "$fromMillis($millis() + 1000)"),
        ("Timestamp", "$states.input.day & 'T00:00:00Z'"),
        ("Timestamp", "($millis := function() { $now() }; $millis())"),
    ],
)
def test_expressions_that_may_fit(field: str, expression: str) -> None:
    assert not in_jsonata({"Type": "Wait", field: f"{{% {expression} %}}"})


def test_a_result_path() -> None:
    found = after([1], {"Type": "Task", "Resource": "r", "ResultPath": "$.r"})
    assert (found.code, found.severity) == ("ASL504", "error")
    assert found.message == (
        "The input of this state is an array, to which `$.r` cannot be added: "
        "the execution fails with States.ResultPathMatchFailure."
    )


# -- places


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"$.a"', "a"),
        ('"$.\\u0061b"', "\\u0061b"),
        ('"\\u0024.ab"', "ab"),
        ("\"$['😀 a'].b\"", "😀 a"),
        ("\"$['\\ud83d\\ude00 a'].b\"", "\\ud83d\\ude00 a"),
        ('"$[\'a\\"b\']"', 'a\\"b'),
        ("\"$['x\\/y']\"", "x\\/y"),
        ("\"States.Format('{}', $.x.y)\"", "x"),
        ("\"States.Format('😀 {}', $['ü'])\"", "ü"),
        ("\"States.Format('\\u007b} \\ud83d\\ude00', $.z)\"", "z"),
    ],
)
def test_a_finding_stands_inside_the_string(text: str, wanted: str) -> None:
    (found,) = payload(
        '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "😀 \\ud83d\\ude00", "Result": {}, "Next": "B"},'
        f' "B": {{"Type": "Pass", "Parameters": {{"v.$": {text}}}, "End": true}}}}}}'
    )
    assert (found.code, shown(found)) == ("ASL501", wanted)
    assert found.text is not None
    before = found.text.content[: found.start]
    assert found.position == (1, len(before) + 1), "columns count code points"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("$.b", "b"),
        ("'$[''😀 b'']'", "😀 b"),
        ("\"$['\\U0001F600 b']\"", "\\U0001F600 b"),
        ('"$.\\x62.c"', "\\x62"),
        ("|-\n        $.b", "b"),
        (">-\n        States.Format('😀 {}',\n        $.b)", "b"),
        ("States.Format('{}',\n        $['😀 b'])", "😀 b"),
    ],
)
def test_a_finding_stands_inside_a_scalar_of_yaml(value: str, wanted: str) -> None:
    text = (
        "StartAt: A\nStates:\n  A: {Type: Pass, Comment: 😀, Result: {a: 1}, Next: B}\n"
        f"  B:\n    Type: Pass\n    Parameters:\n      v.$: {value}\n    End: true\n"
    )
    (found,) = payload(text, name="x.asl.yaml")
    assert (found.code, shown(found)) == ("ASL501", wanted)


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("'{% $states.input.b %}'", "b"),
        ('"{% $states.input.\\x62 %}"', "\\x62"),
        (">-\n      {% $states\n      .input.b %}", "b"),
        ("|-\n      {% /* 😀 */\n        $states.input.`😀 b` %}", "`😀 b`"),
    ],
)
def test_a_finding_stands_inside_an_expression_of_yaml(output: str, wanted: str) -> None:
    text = (
        "StartAt: A\nQueryLanguage: JSONata\nStates:\n  A: {Type: Pass, Output: {a: 1}, Next: B}\n"
        f"  B:\n    Type: Pass\n    Output: {output}\n    End: true\n"
    )
    (found,) = payload(text, name="x.asl.yaml")
    assert (found.code, shown(found)) == ("ASL501", wanted)


def test_where_the_other_kinds_stand() -> None:
    inner = {"StartAt": "X", "States": {"X": {"Type": "Pass", "End": True}}}
    found = after({"a": "😀"}, {"Type": "Map", "ItemsPath": "$['a']", "ItemProcessor": inner})
    assert (found.code, shown(found)) == ("ASL502", "$['a']")
    found = after({"a": "😀"}, {"Type": "Wait", "TimestampPath": "$['a']"})
    assert (found.code, shown(found)) == ("ASL503", "$['a']")
    found = after(["😀"], {"Type": "Pass", "Result": 1, "ResultPath": "$.é"})
    assert (found.code, shown(found)) == ("ASL504", "$.\\u00e9")
    make = {"Type": "Pass", "Output": {"n": "1"}, "Next": "C"}
    rules = [{"Condition": "{% '😀' = 'x' or true %}", "Next": "D"}, {"Condition": "{% ('😀' != $states.input.n) and 5 < $states.input.n %}", "Next": "D"},
             {"Condition": "{% $not(5 < $states.input.n) %}", "Next": "D"}]  # fmt: skip
    states = {"A": make, "C": {"Type": "Choice", "Choices": rules, "Default": "D"}, "D": {"Type": "Succeed"}}
    (one,) = payload({"StartAt": "A", "QueryLanguage": "JSONata", "States": states})
    assert (one.code, one.severity, shown(one)) == ("ASL503", "warning", "5 < $states.input.n")
    assert one.pointer == "/States/C/Choices/2/Condition"


# -- what nothing uses


def test_what_nothing_uses() -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "x.$": "$.a"},
    }
    make = {"Type": "Pass", "Result": {"a": 1, "😀": 2}, "Next": "B"}
    (found,) = payload({"StartAt": "A", "States": {"A": make, "B": {**task, "End": True}}}, notes=True)
    assert (found.code, found.severity, shown(found)) == ("ASL506", "note", '"\\ud83d\\ude00"')
    assert found.message == "No state reads `$['😀']`, which is made here, until the data is replaced."
    drop = {"Type": "Pass", "Result": {"a": 1}, "ResultPath": None, "Next": "B"}
    (found,) = payload({"StartAt": "A", "States": {"A": drop, "B": {**task, "End": True}}})
    assert (found.code, found.severity, shown(found)) == ("ASL505", "warning", '"Result"')
    assert found.message == "`ResultPath` is null: what `Result` makes is dropped."
    assert found.cure == "Write where it belongs, such as `$.result`, or take `Result` away."


# -- truth


def _verdicts(shared: Path) -> list[dict[str, Any]]:
    with open(shared / "corpus/aws-verdicts/index.jsonl", encoding="utf-8") as index:
        return [json.loads(line) for line in index]


def test_definitions_that_failed_when_they_ran(shared: Path) -> None:
    found = {}
    for row in _verdicts(shared):
        if row.get("runtime_errors"):
            for diagnostic in payload((shared / "corpus/aws-verdicts" / row["file"]).read_bytes(), name=row["file"]):
                name = row["file"].split(".")[0] if "ST." not in row["file"] else row["file"].rsplit("_.", 1)[0] + "_"
                found["test_" + name.split("_test_", 1)[1]] = (diagnostic.code, diagnostic.severity)
    assert found == FAILED_WHEN_RUN


def test_definitions_that_ran_well(shared: Path) -> None:
    for row in _verdicts(shared):
        if row["verdict"] == "ACCEPT" and not row.get("runtime_errors"):
            assert payload((shared / "corpus/aws-verdicts" / row["file"]).read_bytes(), name=row["file"]) == [], row[
                "file"
            ]


def test_what_people_run(shared: Path) -> None:
    """Whoever makes a finding in production appear judges it by hand: these notes are true."""
    root = shared / "corpus/production"
    read = [(path, path.read_bytes()) for path in sorted(root.rglob("*")) if path.suffix in (".json", ".yaml", ".yml")]
    files = [(path, data) for path, data in read if ".asl." in path.name or looks_like_asl(data)]
    assert len(files) > 150
    found = [(path.name, d.code, shown(d)) for path, data in files for d in payload(data, name=path.name, notes=True)]
    assert found == [
        ("doner_search_sf.json", "ASL506", '"ResultSelector"'),
        ("stateMachineFrameDetection.json", "ASL506", '"operation"'),
    ]


# -- cost


def test_nothing_is_analysed_where_nothing_is_known() -> None:
    program = (
        "import sys; from asllint.cli import main\n"
        "try: main(['check', '--isolated', '--no-cache', '-'])\n"
        "finally: print('asllint.model.payload' in sys.modules)\n"
    )

    def analysed(states: dict[str, Any]) -> bool:
        text = json.dumps({"StartAt": "A", "States": states})
        done = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, text=True, check=False)
        return done.stdout.split()[-1] == "True"

    task = {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "ResultPath": "$.r"}
    assert not analysed({"A": {**task, "Next": "B"}, "B": {"Type": "Wait", "SecondsPath": "$.r.s", "End": True}})
    assert analysed({"A": {**task, "Next": "B"}, "B": {"Type": "Pass", "Parameters": {}, "End": True}})


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        ("$states.input.s + 1", "$states.input.s"),
        ("1 - $states.input.b", "$states.input.b"),
        ("$states.input.n * $states.input.o", "$states.input.o"),
        ("$states.input.s < 5", "$states.input.s"),
        ("'a' & ($states.input.s / 2)", "$states.input.s"),
        ("$exists($states.input.s % 2)", "$states.input.s"),
        ("$x + 1", "$x"),
        # by what stands before, or not each time
        ("$type($states.input.s) = 'number' ? $states.input.s + 1 : 0", None),
        ("$states.input.n = 1 and $states.input.s + 1 > 2", None),
        ("$map([1], function($i) { $states.input.s + $i })", None),
        # an array of one number is that number, what is not there makes the result missing
        ("$states.input.a + 1", None),
        ("$states.input.a.v - $states.input.n", None),
        ("[$states.input.q + 1]", None),
        ("$states.input.n + 1 > 1", None),
        ("($x := 1; $x + 1)", None),
        # said by the rule on operators alone
        ("'5' + $states.input.n", None),
    ],
)
def test_operators_of_jsonata_that_are_given_data(expression: str, read: str | None) -> None:
    data = {"n": 1, "s": "5", "b": True, "o": {"v": 1}, "a": [{"v": 1}]}
    states = {
        "Make": {"Type": "Pass", "Output": data, "Assign": {"x": "0"}, "Next": "Use"},
        "Use": {"Type": "Pass", "Output": f"{{% {expression} %}}", "End": True},
    }
    made = payload({"QueryLanguage": "JSONata", "StartAt": "Make", "States": states})
    found = [d for d in made if d.code != "ASL501"]  # which tells of what is not there
    assert [(d.code, d.severity) for d in found] == ([("ASL503", "error")] if read else [])
    if read:
        assert found[0].message.startswith(f"`{read}` is ")


@pytest.mark.parametrize(
    ("mode", "batcher", "path", "missing"),
    [
        ("DISTRIBUTED", {"MaxItemsPerBatch": 5}, "$.Items[0].v", None),
        ("DISTRIBUTED", {"MaxItemsPerBatch": 5}, "$.Items[0].w", "w"),
        ("DISTRIBUTED", {"MaxItemsPerBatch": 5}, "$.v", "v"),
        ("DISTRIBUTED", {"MaxItemsPerBatch": 5}, "$.BatchInput.x", "BatchInput"),
        ("DISTRIBUTED", {"MaxItemsPerBatch": 5, "BatchInput": {"x": 1}}, "$.BatchInput.x", None),
        ("DISTRIBUTED", {"MaxItemsPerBatch": 5, "${More}": 1}, "$.BatchInput.x", None),
        # where the batcher counts for nothing, or may
        ("INLINE", {"MaxItemsPerBatch": 5}, "$.v", None),
        ("${Mode}", {"MaxItemsPerBatch": 5}, "$.v", None),
    ],
)
def test_what_a_child_execution_is_given(mode: str, batcher: dict[str, Any], path: str, missing: str | None) -> None:
    work = {"Type": "Task", "Resource": "${Function}", "Parameters": {"x.$": path}, "End": True}
    config = {"Mode": mode, "ExecutionType": "STANDARD"} if mode != "INLINE" else {"Mode": mode}
    each = {
        "Type": "Map", "ItemSelector": {"v.$": "$$.Map.Item.Value"}, "ItemBatcher": batcher, "End": True,
        "ItemProcessor": {"ProcessorConfig": config, "StartAt": "Work", "States": {"Work": work}},
    }  # fmt: skip
    found = payload({"StartAt": "Each", "States": {"Each": each}})
    assert [d.message.split("`")[3] for d in found] == ([missing] if missing else [])


@pytest.mark.parametrize("more", [{}, {"MaxConcurrency": 5}])
def test_what_an_item_selector_reads_beside_an_item_reader(more: dict[str, Any]) -> None:
    each = {
        "Type": "Map", "QueryLanguage": "JSONata", "End": True, **more,
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k"}},
        "ItemSelector": {"v": "{% $states.input.nmae %}"},
        "ItemProcessor": {"StartAt": "Work", "States": {"Work": {"Type": "Succeed"}}},
    }  # fmt: skip
    states = {"Make": {"Type": "Pass", "Result": {"name": 1}, "Next": "Each"}, "Each": each}
    (found,) = payload({"StartAt": "Make", "States": states})
    assert (found.code, found.severity) == ("ASL501", "warning")  # there may be no item


@pytest.mark.parametrize(
    ("result", "fits"), [("gone", True), (5, False), ({"a": 1}, False), (None, False), ("${Text}", True), ([], False)]
)
def test_the_paths_of_a_fail_state_select_texts(result: object, fits: bool) -> None:
    found = payload({"StartAt": "P", "States": {
        "P": {"Type": "Pass", "Result": {"what": result}, "Next": "F"},
        "F": {"Type": "Fail", "Error": "E", "CausePath": "$.what"},
    }})  # fmt: skip
    assert [(d.code, d.severity, shown(d)) for d in found] == ([] if fits else [("ASL503", "warning", "$.what")])


@pytest.mark.parametrize(
    ("call", "fits"),
    [
        ("States.UUID()", True),
        ("States.JsonToString($)", True),
        ("States.ArrayGetItem($.a, 0)", True),
        ("States.Hash($.a, 'MD5')", True),
        ("States.StringToJson($.a)", True),
        ("States.MathRandom(1, 5)", False),
        ("States.ArrayContains($.a, 1)", False),
        ("States.StringSplit($.a, ',')", False),
        ("States.JsonMerge($.a, $.b, false)", False),
        ("States.Nothing($.a)", True),
        ("States.MathAdd(1", True),
    ],
)
def test_the_functions_of_a_fail_state_give_texts(call: str, fits: bool) -> None:
    found = payload({"StartAt": "F", "States": {"F": {"Type": "Fail", "ErrorPath": call, "Cause": "x"}}})
    assert [(d.code, d.severity, shown(d)) for d in found] == ([] if fits else [("ASL503", "warning", call)])
