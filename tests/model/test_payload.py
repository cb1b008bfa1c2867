"""What the data can be at each state: unit tests, and an interpreter that random machines are run with."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asllint.model import StateMachine, build
from asllint.model.payload import (
    ABSENT,
    ALTERNATIVES,
    MISSING,
    Analysis,
    Problem,
    Shape,
    analyse,
    described,
    is_timestamp,
    scalar,
)
from asllint.source import read

END = {"Type": "Pass", "End": True}


def machine(definition: object, name: str = "x.asl.json") -> StateMachine:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    built = build(read(name, text.encode()))
    assert built is not None
    return built


def chain(*states: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a machine of states A, B, C … one after the other."""
    names = "ABCDEFGH"[: len(states)]
    out = {}
    for name, following, state in zip(names, [*names[1:], ""], states, strict=True):
        way = (
            {}
            if state["Type"] in ("Fail", "Succeed", "Choice")
            else {"Next": following}
            if following
            else {"End": True}
        )
        out[name] = {**state, **way}
    return {"StartAt": "A", "States": out, **more}


def shapes(definition: object, name: str) -> list[str]:
    """Return the alternatives at a state as text."""
    analysis = Analysis(machine(definition))
    return [repr(case.shape) for state, cases in analysis.inputs.items() if state.name == name for case in cases]


def problems(definition: object) -> list[str]:
    """Return the problems: kind, state, field, path and step, and how certain it is."""
    return [
        f"{p.kind} {p.state.name}.{p.field} {p.path} {p.step}: {'certain' if p.certain else 'always' if p.always else 'some'}"
        for p in Analysis(machine(definition)).problems
    ]


def task(**fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", **fields}


def passing(**fields: Any) -> dict[str, Any]:
    return {"Type": "Pass", **fields}


def one(state: dict[str, Any], name: str = "Inner") -> dict[str, Any]:
    return {"StartAt": name, "States": {name: {**state, "End": True}}}


# -- one state


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ([passing()], "<unknown>"),
        ([passing(Result={"a": 1})], "{a: <number 1>}"),
        ([passing(Result=[1, "x"])], "[<number 1>, <string 'x'>]"),
        ([passing(Result={"a.$": "$.b"})], "{a.$: <string '$.b'>}"),
        ([passing(Result=1, ResultPath="$.a.b")], "{a: {b: <number 1>, …}, …}"),
        ([passing(Result=1, ResultPath=None)], "<unknown>"),
        ([passing(Result={"a": 1}), passing(Result=2, ResultPath="$.b.c")], "{a: <number 1>, b: {c: <number 2>}}"),
        ([passing(Result={"a": 1}), passing(Result=2, ResultPath="$.a")], "{a: <number 2>}"),
        ([passing(Result={"a": {"b": 1}}), passing(OutputPath="$.a")], "{b: <number 1>}"),
        ([passing(OutputPath=None)], "{}"),
        ([passing(InputPath=None)], "{}"),
        ([passing(Result={"a": {"b": 1}}), passing(InputPath="$.a", ResultPath="$.c")], "{a: {b: <number 1>}, c: {b: <number 1>}}"),
        ([passing(Parameters={"a.$": "$.x", "b": {"c.$": "States.UUID()"}})], "{a: <unknown>, b: {c: <string>}}"),
        ([passing(Parameters={"a.$": "States.StringSplit($.x, ',')"})], "{a: [<unknown>…]}"),
        ([passing(Parameters={"a.$": "$$.Execution.Id"})], "{a: <unknown>}"),
        ([passing(Result={"a": 1}), passing(Parameters={"b.$": "$"})], "{b: {a: <number 1>}}"),
        ([passing(Result={"a": [1, 2]}), passing(Parameters={"b.$": "$.a[1]"})], "{b: <number 2>}"),
        ([passing(Result={"a": [1, 2]}), passing(Parameters={"b.$": "$.a[*]"})], "{b: <unknown>}"),
        ([task()], "<unknown>"),
        ([task(ResultSelector={"id.$": "$.Id"})], "{id: <unknown>}"),
        ([passing(Result={"a": 1}), task(ResultPath="$.r")], "{a: <number 1>, r: <unknown>}"),
        ([passing(Result={"a": 1}), task(ResultPath=None)], "{a: <number 1>}"),
        ([passing(Result={"a": 1}), {"Type": "Wait", "Seconds": 1}], "{a: <number 1>}"),
        ([passing(Result={"a": "${X}", "b": "x${Y}"})], "{a: <unknown>, b: <string>}"),
        ([passing(Result={"a": 1, "${X}": 2})], "{a: <number 1>, ${X}: <number 2>, …}"),
        ([{"Type": "Parallel", "Branches": [one(passing(Result=1)), one(task())]}], "[<number 1>, <unknown>]"),
        (
            [passing(Result={"a": [{"b": 1}]}), {"Type": "Map", "ItemsPath": "$.a", "ItemProcessor": one(passing())}],
            "[{b: <number 1>}…]",
        ),
    ],
)  # fmt: skip
def test_what_a_state_passes_on(states: list[dict[str, Any]], wanted: str) -> None:
    last = "ABCDEFGH"[len(states)]
    assert shapes(chain(*states, passing()), last) == [wanted]


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ([passing(Output={"a": 1})], "{a: <number 1>}"),
        ([passing(Output={"a": "{% $states.input.x %}"})], "{a: <unknown>}"),
        ([passing(Output="{% {'a': 1, 'b': $states.input.x} %}")], "{a: <number 1.0>, b: <unknown>}"),
        ([passing(Output="{% {'a': 1} %}"), passing(Output="{% $states.input.a %}")], "<number 1.0>"),
        ([passing(Output="{% {'a': 1} %}"), passing(Output="{% $merge([$states.input, {'b': 'x'}]) %}")], "{a: <number 1.0>, b: <string 'x'>}"),
        ([passing(Output="{% $merge([$states.input, {'b': 'x'}]) %}")], "{b: <string 'x'>, …}"),
        ([passing(Output="{% $states.input.a ? 1 : 2 %}")], "<number>"),
        ([passing(Output="{% $string($states.input.a) & 'x' %}")], "<string>"),
        ([passing(Output="{% ($a := {'b': 1}; $a.b) %}")], "<unknown>"),
        ([passing(Output="{% [1, 2] %}")], "[<number 1.0>, <number 2.0>]"),
        ([passing(Output="{% [$states.input.a] %}")], "[<unknown>…]"),
        ([passing(Output={"a": 1}), task()], "<unknown>"),
        ([passing(Output={"a": 1}), task(Output="{% $states.input %}")], "{a: <number 1>}"),
        ([passing(Output={"a": 1}), {"Type": "Wait", "Seconds": 1}], "{a: <number 1>}"),
        ([passing(Assign={"v": {"a": 1}}), passing(Output="{% $v.a %}")], "<number 1>"),
        ([passing(Assign={"v": 1}), passing(Assign={"v": "{% $states.input.x %}"}), passing(Output="{% $v %}")], "<unknown>"),
        ([{"Type": "Parallel", "Arguments": {"a": 1}, "Branches": [one(passing())]}], "[{a: <number 1>}]"),
        ([{"Type": "Map", "Items": [1, 1], "ItemProcessor": one(passing())}], "[<number 1>…]"),
    ],
)  # fmt: skip
def test_what_a_jsonata_state_passes_on(states: list[dict[str, Any]], wanted: str) -> None:
    last = "ABCDEFGH"[len(states)]
    assert shapes(chain(*states, passing(), QueryLanguage="JSONata"), last) == [wanted]


def test_a_catcher_passes_on_the_error_output() -> None:
    def caught(**fields: Any) -> list[str]:
        catcher = {"ErrorEquals": ["States.ALL"], "Next": "H", **fields}
        definition = chain(passing(Result={"a": 1}), task(Catch=[catcher]))
        definition["States"]["H"] = END
        return shapes(definition, "H")

    assert caught() == ["{Error: <string>, Cause: <string>}"]
    assert caught(ResultPath="$.e") == ["{a: <number 1>, e: {Error: <string>, Cause: <string>}}"]
    assert caught(ResultPath=None) == ["{a: <number 1>}"]


def test_an_iteration_is_given_its_item() -> None:
    def inner(**fields: Any) -> list[str]:
        state = {"Type": "Map", "ItemProcessor": one(passing(), "Inner"), **fields}
        return shapes(chain(passing(Result={"a": [{"b": 1}, {"b": 1}], "c": "x"}), state), "Inner")

    assert inner(ItemsPath="$.a") == ["{b: <number 1>}"]
    selector = {"item.$": "$$.Map.Item.Value", "c.$": "$.c", "i.$": "$$.Map.Item.Index"}
    assert inner(ItemsPath="$.a", ItemSelector=selector) == ["{item: {b: <number 1>}, c: <string 'x'>, i: <number>}"]
    assert inner(ItemsPath="$.a", Parameters={"c.$": "$.c"}) == ["{c: <string 'x'>}"]
    assert inner(ItemsPath="$.a", ItemBatcher={"MaxItemsPerBatch": 2}) == ["<unknown>"]
    assert inner(ItemReader={"Resource": "arn:aws:states:::s3:getObject"}) == ["<unknown>"]


def test_the_items_that_a_reader_gives_are_not_known() -> None:
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k"}}
    selector = {"value": "{% $states.context.Map.Item.Value %}", "x": "{% $states.input.x.y %}"}
    state = {"Type": "Map", "ItemReader": reader, "ItemSelector": selector, "ItemProcessor": one(passing(), "Inner")}
    states = chain(passing(Output={"x": {"y": 1}}), state, QueryLanguage="JSONata")
    assert shapes(states, "Inner") == ["{value: <unknown>, x: <number 1>}"]
    # what another field is evaluated to says nothing of the items: there may be none
    missing = {**state, "ItemSelector": {"x": "{% $states.input.no %}"}, "MaxConcurrency": "{% [1] %}"}
    assert certain(chain(passing(Output={"x": 1}), missing, QueryLanguage="JSONata")) == ["wrong-kind B {% [1] %} None"]


# -- ways


def test_each_kind_of_way_is_an_alternative() -> None:
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "B"}], "Default": "C"}
    definition = {
        "StartAt": "A",
        "States": {
            "A": choice,
            "B": passing(Result={"k": 1}, Next="D"),
            "C": passing(Result={"k": 2, "l": 3}, Next="D"),
            "D": {"Type": "Wait", "SecondsPath": "$.l", "Next": "E"},
            "E": END,
        },
    }
    assert sorted(shapes(definition, "D")) == ["{k: <number 1>}", "{k: <number 2>, l: <number 3>}"]
    assert problems(definition) == ["missing D.SecondsPath $ l: some"]
    assert shapes(definition, "E") == ["{k: <number 2>, l: <number 3>}"], "where the state fails nothing flows on"


def test_too_many_ways_are_joined() -> None:
    number = ALTERNATIVES + 5
    states: dict[str, Any] = {f"S{i}": passing(Result={"k": i, f"own{i}": 1}, Next="Z") for i in range(number)}
    rules = [{"Variable": "$.n", "NumericEquals": i, "Next": f"S{i}"} for i in range(number)]
    states["A"] = {"Type": "Choice", "Choices": rules}
    states["Z"] = {"Type": "Wait", "SecondsPath": "$.nothing", "End": True}
    definition = {"StartAt": "A", "States": states}
    assert len(shapes(definition, "Z")) == ALTERNATIVES
    assert problems(definition) == ["missing Z.SecondsPath $ nothing: certain"]
    states["Z"]["SecondsPath"] = "$.k"
    assert problems(definition) == []


def test_a_loop_ends_and_keeps_what_does_not_change() -> None:
    definition = {
        "StartAt": "Init",
        "States": {
            "Init": passing(Result={"i": 0, "list": ["x"]}, Next="More"),
            "More": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.i", "NumericLessThan": 3, "Next": "Add"}],
                "Default": "End",
            },
            "Add": passing(Parameters={"i.$": "States.MathAdd($.i, 1)", "list.$": "$.list", "old.$": "$"}, Next="More"),
            "End": {"Type": "Wait", "SecondsPath": "$.secs", "End": True},
        },
    }
    assert problems(definition) == ["missing End.SecondsPath $ secs: certain"]


# -- Choice rules


def after_choice(rule: dict[str, Any], before: Any = None) -> tuple[list[str], list[str]]:
    """Return the alternatives where a rule holds, and where it does not."""
    first = passing() if before is None else passing(Result=before)
    states = {
        "A": {**first, "Next": "C"},
        "C": {"Type": "Choice", "Choices": [{**rule, "Next": "Y"}], "Default": "N"},
        "Y": END,
        "N": END,
    }
    definition = {"StartAt": "A", "States": states}
    return shapes(definition, "Y"), shapes(definition, "N")


def var(path: str, **test: Any) -> dict[str, Any]:
    return {"Variable": path, **test}


@pytest.mark.parametrize(
    ("rule", "before", "yes", "no"),
    [
        (var("$.a", IsPresent=True), None, ["{a: <unknown>, …}"], ["<unknown>"]),
        (var("$.a", IsPresent=True), {"a": 1}, ["{a: <number 1>}"], []),
        (var("$.a", IsPresent=True), {"b": 1}, [], ["{b: <number 1>}"]),
        (var("$.a", IsPresent=False), {"b": 1}, ["{b: <number 1>}"], []),
        (var("$.a", StringEquals="x"), {"a": "x"}, ["{a: <string 'x'>}"], []),
        (var("$.a", StringEquals="x"), {"a": "y"}, [], ["{a: <string 'y'>}"]),
        (var("$.a", StringEquals="x"), {"a": 1}, [], ["{a: <number 1>}"]),
        (var("$.a", StringEquals="x"), None, ["{a: <string 'x'>, …}"], ["{a: <unknown>, …}"]),
        (var("$.a", NumericGreaterThan=3), {"a": 4}, ["{a: <number 4>}"], []),
        (var("$.a", IsNull=True), {"a": None}, ["{a: <null>}"], []),
        (var("$.a", IsString=False), {"a": "x"}, [], ["{a: <string 'x'>}"]),
        (var("$.a", StringEquals="x"), {"b": 1}, [], []),
        ({"Not": var("$.a", IsPresent=True)}, {"a": 1}, [], ["{a: <number 1>}"]),
        ({"And": [var("$.a", IsPresent=True), var("$.b", IsPresent=True)]}, None, ["{a: <unknown>, b: <unknown>, …}"], ["<unknown>"]),
        ({"And": [var("$.a", IsPresent=True), var("$.a", StringEquals="x")]}, {"b": 1}, [], ["{b: <number 1>}"]),
        ({"Or": [var("$.a", IsPresent=False), var("$.a", StringEquals="x")]}, {"b": 1}, ["{b: <number 1>}"], []),
        ({"Or": [var("$.a", IsPresent=False), var("$[0]", StringEquals="x")]}, None, ["<unknown>"], []),
        ({"Or": [var("$.a", IsPresent=True), var("$.b", IsPresent=True)]}, {"b": 1}, ["{b: <number 1>}"], []),
    ],
)  # fmt: skip
def test_what_a_rule_tells(rule: dict[str, Any], before: Any, yes: list[str], no: list[str]) -> None:
    assert after_choice(rule, before) == (yes, no)


def test_what_is_found_missing_is_missing() -> None:
    definition = {
        "StartAt": "C",
        "States": {
            "C": {"Type": "Choice", "Choices": [var("$.a.b", IsPresent=False, Next="Y")], "Default": "N"},
            "Y": {"Type": "Wait", "SecondsPath": "$.a.b", "End": True},
            "N": {"Type": "Wait", "SecondsPath": "$.a.b", "End": True},
        },
    }
    assert problems(definition) == ["missing Y.SecondsPath $.a b: certain"]


def test_a_rule_is_evaluated_when_those_before_do_not_hold() -> None:
    def of(*rules: dict[str, Any]) -> list[str]:
        choices = [{**rule, "Next": "Y"} for rule in rules]
        states = {
            "A": passing(Result={"a": "x"}, Next="C"),
            "C": {"Type": "Choice", "Choices": choices, "Default": "Y"},
            "Y": END,
        }
        return problems({"StartAt": "A", "States": states})

    missing = var("$.b", StringEquals="x")
    assert of(missing) == ["missing C.Variable $ b: certain"]
    assert of(var("$$.Execution.Name", StringMatches="x*"), missing) == ["missing C.Variable $ b: always"]
    assert of(var("$.a", StringEquals="y"), missing) == ["missing C.Variable $ b: certain"]
    assert of(var("$.a", StringEquals="x"), missing) == []
    assert of({"And": [var("$.b", IsPresent=True), missing]}) == []
    assert of({"Or": [{"Not": var("$.b", IsPresent=True)}, missing]}) == []
    assert of(var("$.a", StringEqualsPath="$.c")) == ["missing C.StringEqualsPath $ c: certain"]
    assert of(var("$.a", IsPresent=True), missing) == []


# -- fields that are read


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (passing(InputPath="$.x"), ["missing B.InputPath $ x: certain"]),
        (passing(OutputPath="$.x"), ["missing B.OutputPath $ x: certain"]),
        (passing(Parameters={"a": [{"b.$": "$.x"}]}), ["missing B.b.$ $ x: certain"]),
        (passing(Parameters={"b.$": "States.Format('{} {}', $.x, States.JsonToString($.y))"}), ["missing B.b.$ $ x: certain", "missing B.b.$ $ y: certain"]),
        (passing(Parameters={"b.$": "$.x[*]", "c.$": "$..x", "d.$": "$.list[?(@.q == $.x)]"}), []),
        (passing(Parameters={"b.$": "$.list[1]", "c.$": "$.list[2]", "d.$": "$.list[-1]"}), ["missing B.c.$ $.list 2: certain"]),
        (passing(Parameters={"b.$": "$.list.x"}), ["missing B.b.$ $.list x: certain"]),
        (passing(Parameters={"b.$": "$.text.x"}), ["missing B.b.$ $.text x: certain"]),
        (passing(Parameters={"b.$": "$.${Part}", "c.$": "$.text.${Part}"}), []),
        (passing(Assign={"b.$": "$.x"}), []),
        (passing(Result="$.x"), []),
        (task(TimeoutSecondsPath="$.x", Parameters={"x": 1}), []),
        (task(TimeoutSecondsPath="$.x"), ["missing B.TimeoutSecondsPath $ x: certain"]),
        (task(TimeoutSecondsPath="$.x", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]), ["missing B.TimeoutSecondsPath $ x: always"]),
        (task(ResultSelector={"a.$": "$.x"}), []),
        (task(ResultSelector={"a.$": "$.x"}, OutputPath="$.y"), ["missing B.OutputPath $ y: certain"]),
        ({"Type": "Wait", "TimestampPath": "$.text"}, ["wrong-kind B.TimestampPath $.text None: certain"]),
        ({"Type": "Wait", "SecondsPath": "$.text"}, ["wrong-kind B.SecondsPath $.text None: certain"]),
        ({"Type": "Wait", "SecondsPath": "$.number"}, []),
        ({"Type": "Map", "ItemsPath": "$.text", "ItemProcessor": one(passing())}, ["no-array B.ItemsPath $.text None: certain"]),
        ({"Type": "Map", "ItemsPath": "$.x", "ItemProcessor": one(passing())}, ["missing B.ItemsPath $ x: certain"]),
        ({"Type": "Map", "ItemProcessor": one(passing())}, ["no-array B.  None: always"]),
        ({"Type": "Map", "ItemsPath": "$.list", "MaxConcurrencyPath": "$.text", "ItemProcessor": one(passing())}, ["wrong-kind B.MaxConcurrencyPath $.text None: certain"]),
    ],
)  # fmt: skip
def test_what_is_read(state: dict[str, Any], wanted: list[str]) -> None:
    data = {"text": "x", "number": 1, "list": [1, 2]}
    assert problems(chain(passing(Result=data), state)) == wanted


def test_a_fail_state_reads_its_input() -> None:
    assert problems(chain(passing(Result={"e": 1}), {"Type": "Fail", "ErrorPath": "$.x", "CausePath": "States.Format('{}', $.y)"})) == [
        "missing B.ErrorPath $ x: certain",
        "missing B.CausePath $ y: certain",
    ]  # fmt: skip


def test_what_jsonata_reads() -> None:
    def of(state: dict[str, Any]) -> list[str]:
        return problems(chain(passing(Output={"a": {"b": 1}, "l": [1]}), state, QueryLanguage="JSONata"))

    assert of(passing(Output="{% $states.input.a.c %}")) == ["missing B.Output $states.input.a c: certain"]
    assert of(passing(Output={"x": ["{% $states.input.c %}"]})) == ["missing B.Output $states.input c: certain"]
    assert of(task(Arguments={"x": "{% $states.input.c %}"})) == ["missing B.Arguments $states.input c: certain"]
    assert of(passing(Output="{% $exists($states.input.c) %}")) == []
    assert of(passing(Output="{% $states.input.c ? 1 : 2 %}")) == []
    assert of(passing(Output="{% $states.input.l.c %}")) == []
    assert of(passing(Output="{% $states.input.a[0].c %}")) == []
    assert of(passing(Output="{% $states.context.c %}")) == []
    assert of(task(Output="{% $states.result.c %}")) == []


def test_a_result_path_needs_an_object() -> None:
    assert problems(chain(passing(Result=[1]), task(ResultPath="$.r"))) == ["conflict B.ResultPath $.r None: certain"]
    assert problems(chain(passing(Result=[1]), task(ResultPath="$"))) == []
    assert problems(chain(passing(Result={"a": 1}), task(ResultPath="$.a.b"))) == []
    assert problems(chain(passing(Result="x"), passing(Result=1, ResultPath="$.r"))) == [
        "conflict B.ResultPath $.r None: certain"
    ]


def test_what_is_not_whole_is_not_certain() -> None:
    states = chain(passing(Result={"a": 1}), {"Type": "Wait", "SecondsPath": "$.x"})["States"]
    assert problems(states) == ["missing B.SecondsPath $ x: some"], "another state may lead to it"
    assert problems(json.dumps({"StartAt": "A", "States": states})[:-2] + ",") == ["missing B.SecondsPath $ x: some"]


def test_a_state_alone_whose_fields_tell_its_language() -> None:
    state = {"Type": "Map", "ItemsPath": "$$", "ItemProcessor": one(passing()), "End": True}
    assert problems(state) == ["no-array StateName.ItemsPath $$ None: always"]
    del state["ItemsPath"]
    assert problems(state) == []


def test_a_map_that_is_distributed_keeps_its_variables_to_itself() -> None:
    inner = one(passing(Parameters={"a.$": "$v.x"}))
    inline = chain(passing(Assign={"v": {"a": 1}}), {"Type": "Map", "ItemProcessor": inner})
    assert problems(inline) == ["missing Inner.a.$ $v x: certain"]
    inner["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    assert problems(inline) == []


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("$states.input.s = 5", "never C.= $states.input.s None: always"),
        ("'5' = $states.input.n", "never C.= $states.input.n None: always"),
        ("($states.input.s = 5) or $states.input.b", "never C.= $states.input.s None: always"),
        ("$not($states.input.b = 'true')", "never C.= $states.input.b None: always"),
        ("$states.input.s > 3", "wrong-kind C.> $states.input.s None: certain"),
        ("5 < $states.input.o", "wrong-kind C.< $states.input.o None: certain"),
        ("$states.input.b <= $u", "wrong-kind C.<= $states.input.b None: certain"),
        ("$states.input.n", "wrong-kind C.Condition {% $states.input.n %} None: always"),
        ("$states.input.q", "missing C.Condition $states.input q: certain"),
        ("$states.input.n > 3 and $states.input.s = 5", None),
        ("$type($states.input.s) = 'number' and $states.input.s > 3", None),
        ("$states.input.l > 3", None),
        ("$states.input.l[0] = 'a'", "never C.= $states.input.l[0] None: always"),
        ("$states.input.l[$states.input.n] = 'a'", None),
        ("$states.input.z = null", None),
        ("$states.input.z != 'x'", None),
        ("$states.input.q = 1", None),
        ("$exists($states.input.q)", None),
        ("$number($states.input.s) > 3", None),
        ("$states.input.b", None),
        ("$v > 3", None),
        ("($states := {'input': {'s': 1}}; $states.input.s > 3)", None),
    ],
)
def test_a_condition(condition: str, wanted: str | None) -> None:
    first = passing(Output={"s": "5", "n": 5, "o": {"a": 1}, "l": [1], "b": True, "z": None}, Next="C")
    rule = {"Condition": f"{{% {condition} %}}", "Next": "D"}
    states = {"A": first, "C": {"Type": "Choice", "Choices": [rule], "Default": "D"}, "D": {"Type": "Succeed"}}
    definition = {"StartAt": "A", "QueryLanguage": "JSONata", "States": states}
    assert problems(definition) == ([] if wanted is None else [wanted])


# -- what runs well


def certain(definition: object, name: str = "x.asl.json") -> list[str]:
    """Return the problems that are said to fail on every way."""
    return [
        f"{p.kind} {p.state.name} {p.path} {p.step}" for p in Analysis(machine(definition, name)).problems if p.certain
    ]


@pytest.mark.parametrize(
    "states",
    [
        # a list without items has no iterations, and its ItemSelector is not evaluated
        [passing(Result={"l": []}), {"Type": "Map", "ItemsPath": "$.l", "ItemSelector": {"x.$": "$.y"}, "ItemProcessor": one(passing())}, passing(InputPath="$[0]")],
        [passing(Parameters={"l.$": "$.l"}), {"Type": "Map", "ItemsPath": "$.l", "ItemSelector": {"x.$": "$.y"}, "ItemProcessor": one(passing())}],
        # whoever tolerates failures, or catches those of a branch, goes on
        [passing(Result={"l": [1]}), {"Type": "Map", "ItemsPath": "$.l", "ToleratedFailurePercentage": 100, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **one(passing(InputPath="$.x"))}}],
        [passing(Result={"l": [1]}), {"Type": "Parallel", "Branches": [one(passing(InputPath="$.x"))], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A"}]}],
        # a result of an iteration that failed is not known
        [passing(Result={"l": [1]}), {"Type": "Map", "ItemsPath": "$.l", "ToleratedFailureCount": 1, "ItemProcessor": one(passing(Result={"a": 1}))}, passing(InputPath="$[0].b")],
        # offsets as Java reads them
        [passing(Result={"t": "2026-01-31T09:30:00+0100"}), {"Type": "Wait", "TimestampPath": "$.t"}],
        [passing(Result={"t": "2026-01-31T09:30:00+01"}), {"Type": "Wait", "TimestampPath": "$.t"}],
        # null may be no value at all
        [passing(Result=None), {"Type": "Wait", "SecondsPath": "$.s"}],
        [passing(Parameters=None), {"Type": "Wait", "SecondsPath": "$.s"}],
        [task(ResultSelector=None), {"Type": "Wait", "SecondsPath": "$.s"}],
        # what deploys a definition fills in functions of its own
        [passing(Result={"Fn::GetAtt": ["Table", "Config"]}), {"Type": "Wait", "SecondsPath": "$.s"}],
        [passing(Parameters={"x": {"Ref": "Config"}}), {"Type": "Wait", "SecondsPath": "$.x.s"}],
        [passing(Result={"x": {"Fn::If": ["A", 1, 2]}}), {"Type": "Wait", "SecondsPath": "$.x"}],
        # the field of another kind, or of another name, leaves open what is meant
        [passing(Result={"a": 1}, ResultPth="$.x"), {"Type": "Wait", "SecondsPath": "$.s"}],
        [passing(Result={"a": 1}), passing(Output={"s": 1}), {"Type": "Wait", "SecondsPath": "$.s"}],
        [passing(Result={"a": 1}), passing(Parameters={"s": 1}, ResultPath=5), {"Type": "Wait", "SecondsPath": "$.s"}],
        # the path may be there before InputPath and after it
        [passing(Result={"a": {"l": [1]}, "m": 3}), {"Type": "Map", "InputPath": "$.a", "ItemsPath": "$.l", "MaxConcurrencyPath": "$.m", "ItemProcessor": one(passing())}],
        [passing(Result={"a": {}, "m": 3}), task(InputPath="$.a", TimeoutSecondsPath="$.m")],
        # the error of a task, kept beside the input
        [passing(Result={"id": 1}), task(Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "C"}]), passing(Parameters={"id.$": "$.id"})],
        # the result is discarded, or put where nothing was
        [passing(Result={"id": 1}), task(ResultPath=None), passing(InputPath="$.id")],
        [passing(Result={"id": 1}), task(ResultPath="$.a.b.c"), passing(InputPath="$.a.b.c.d")],
        [passing(Result={"id": 1}, ResultPath="$.a"), passing(InputPath="$.b")],
        [passing(InputPath=None, Result=1, ResultPath="$.n"), passing(InputPath="$.other")],
        [passing(Result={"a": [{"b": 1}]}), passing(InputPath="$.a[0].b", ResultPath="$.c"), passing(InputPath="$.a[0]")],
        [passing(Result={"a": [{"b": 1}]}), task(ResultPath="$.a[0].c"), passing(InputPath="$.a[0].c")],
        # paths that select several values, or count from the end
        [passing(Result={"a": [1, 2]}), passing(Parameters={"x.$": "$.a[-1]", "y.$": "$.a[0:1]", "z.$": "$..q", "w.$": "$.a[?(@.b)]"})],
        [passing(Result={"a b": {"c.d": 1}}), passing(InputPath="$['a b']['c.d']")],
        [passing(Result={"a": 1}), passing(Parameters={"x.$": "$['a','b']"}), passing(InputPath="$.x")],
        # a text of JSON is read by a function
        [task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}], End=True), passing(Parameters={"c.$": "States.StringToJson($.Cause)"}), passing(InputPath="$.c.errorMessage")],
        # the context object, and items of a Map
        [passing(InputPath="$$.Execution.Input"), passing(InputPath="$.anything")],
        [passing(Result={"l": [{"a": 1}, {"b": 2}]}), {"Type": "Map", "ItemsPath": "$.l", "ItemSelector": {"a.$": "$$.Map.Item.Value.b", "k.$": "$$.Map.Item.Key"}, "ItemProcessor": one(passing())}],
        [{"Type": "Parallel", "Branches": [one(passing(Result={"a": 1})), one(task())]}, passing(InputPath="$[1].b")],
    ],
)  # fmt: skip
def test_what_runs_well(states: list[dict[str, Any]]) -> None:
    assert certain(chain(*states)) == []


@pytest.mark.parametrize(
    "states",
    [
        [passing(Output=None), passing(Output="{% $states.input.a %}")],
        [passing(Output="{% $merge([$states.input, {'b': 1}]) %}"), passing(Output="{% $states.input.a %}")],
        [passing(Output="{% $states.input.list[0] %}"), passing(Output="{% $states.input.a %}")],
        [passing(Output={"l": [{"a": 1}, {"a": 2}]}), passing(Output="{% $states.input.l.a %}"), passing(Output="{% $states.input[0] %}")],
        [passing(Output={"l": [{"a": 1}]}), passing(Output="{% $states.input.l[a = 2].b ? 1 : 2 %}")],
        [passing(Output={"o": {"a": 1}}), passing(Output="{% $map($keys($states.input.o), function($k) { $lookup($states.input.o, $k) }) %}")],
        [passing(Output={"a": 1}), passing(Output="{% $states.input.b ? $states.input.b : 0 %}")],
        [passing(Output={"a": 1}), passing(Output="{% $exists($states.input.b) %}")],
        [passing(Output={"a": 1}), passing(Output="{% {'b': $states.input.b} %}")],
        [passing(Output={"a": 1}), passing(Output="{% $states.input.**.b ~> $count() %}")],
        [passing(Output={"a": 1}), passing(Output="{% ($states := {'input': {'b': 1}}; $states.input.b) %}")],
        [passing(Output={"x": "${Open} 1 ${Close}"}), passing(Output="{% $states.input.x.y %}")],
        [passing(Assign={"v": {"a": 1}}), passing(Assign={"v": "{% $states.input %}"}), passing(Output="{% $v.b %}")],
        [passing(Output={"l": []}), {"Type": "Map", "Items": "{% $states.input.l %}", "ItemSelector": {"x": "{% $states.input.y %}"}, "ItemProcessor": one(passing())}],
        [passing(Output="{% $parse('[1]') %}"), {"Type": "Map", "Items": "{% $states.input %}", "ItemProcessor": one(passing())}],
        [passing(Output={"l": [1]}), {"Type": "Map", "Items": "{% $states.input.l[$ > 0] %}", "ItemProcessor": one(passing())}],
        [{"Type": "Parallel", "Branches": [one(passing(Output={"a": 1}))]}, passing(Output="{% $states.input.a %}")],
        [{"Type": "Parallel", "Branches": [one(passing(Output={"a": 1}))], "Output": "{% $states.result[0].a %}"}, passing(Output="{% $states.input.b ? 1 : 2 %}")],
    ],
)  # fmt: skip
def test_what_runs_well_in_jsonata(states: list[dict[str, Any]]) -> None:
    assert certain(chain(*states, QueryLanguage="JSONata")) == []


def test_a_variable_that_nothing_assigns_may_be_asked_for() -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [var("$v", IsPresent=True, Next="B")], "Default": "C"},
        "B": passing(Result={"a": 1}, Next="C"),
        "C": {"Type": "Wait", "SecondsPath": "$.s", "End": True},
    }
    assert problems({"StartAt": "A", "States": states}) == ["missing C.SecondsPath $ s: some"]


def test_an_assign_of_a_choice_state_may_count_for_its_rules() -> None:
    """The developer guide says that it does ("Choice"), the specification where none matches."""
    states = {
        "A": passing(Assign={"v": {"a": 1}}, Next="B"),
        "B": {
            "Type": "Choice",
            "Choices": [var("$.x", IsPresent=True, Next="C")],
            "Default": "C",
            "Assign": {"v": {"b": 1}},
        },
        "C": passing(InputPath="$v.b", End=True),
    }
    assert problems({"StartAt": "A", "States": states}) == []


def test_what_is_not_read_may_lead_anywhere() -> None:
    """A branch, a target or a field that could not be read brings data that is not known."""
    parallel = {"Type": "Parallel", "Branches": [{"StartAt": "X", "States": "${States}"}]}
    states = {
        "A": {"Type": "Choice", "Choices": [var("$.x", IsPresent=True, Next="B")], "Default": "C"},
        "B": passing(Result={"a": 1}, Next="D"),
        "C": {**parallel, "Next": "D"},
        "D": {"Type": "Wait", "SecondsPath": "$[0]", "End": True},
    }
    definition = {"StartAt": "A", "States": states}
    assert certain(definition) == []
    states["C"] = passing(Next="DD")
    assert certain(definition) == []
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a": 1, s: 2}, "Next": "B"},'
    text += ' "B": {"Type": "Wait", "SecondsPath": "$.s", "End": true}}}'
    assert problems(text) == []


def test_who_takes_the_error() -> None:
    inner = {"Type": "Parallel", "Branches": [one(passing(InputPath="$.x"), "Bad")]}
    catcher = {"ErrorEquals": ["States.ALL"], "Next": "C"}

    def of(state: dict[str, Any]) -> list[str | None]:
        definition = chain(passing(Result={"a": 1}), state, passing())
        found = [p.taken_by for p in Analysis(machine(definition)).problems if p.state.name == "Bad"]
        return [by.name if by is not None else None for by in found]

    assert of(inner) == [None]
    assert of({**inner, "Catch": [catcher]}) == ["B"]
    assert of({**inner, "Catch": [{**catcher, "ErrorEquals": ["Lambda.Unknown"]}]}) == [None]
    assert of({**inner, "Catch": [{**catcher, "ErrorEquals": "${Errors}"}]}) == ["B"]


def test_the_path_of_a_comparison_may_not_be_looked_for() -> None:
    rule = var("$.a", NumericEqualsPath="$.limit", Next="B")
    states = {
        "A": passing(Result={"a": "1"}, Next="C"),
        "B": END,
        "C": {"Type": "Choice", "Choices": [rule], "Default": "B"},
    }
    assert problems({"StartAt": "A", "States": states}) == ["never C.NumericEqualsPath $.a None: always"]
    states["A"]["Result"] = {"a": 1, "limit": "5"}
    assert problems({"StartAt": "A", "States": states}) == ["never C.NumericEqualsPath $.limit None: always"]


def test_keys_that_yaml_merges() -> None:
    text = """
x-base: &base {x: 1}
StartAt: A
States:
  A: {Type: Pass, Result: {<<: *base, y: 2}, Next: B}
  B: {Type: Pass, Parameters: {"x.$": $.x, "y.$": $.y}, Next: C}
  C: {Type: Pass, Result: {<<: !Ref Base, y: 2}, Next: D}
  D: {Type: Pass, InputPath: $.z, End: true}
"""
    assert certain(text, "x.asl.yaml") == []


# -- shapes


def test_words() -> None:
    assert described(scalar("number", 1.0)) == "the number `1`"
    assert described(scalar("boolean", True)) == "the boolean `true`"
    assert described(scalar("string", "x" * 50)) == f"the string `{'x' * 39}…`"
    assert described(scalar("null")) == "null"
    assert described(Shape("array")) == "an array"


def test_what_is_large_or_deep_is_flattened() -> None:
    wide = Shape("object", fields={f"k{i}": Shape("object", fields={"a": scalar("number", 1)}) for i in range(200)})
    assert wide.size <= 201
    assert wide.get("k1").kind == "unknown"
    assert wide.get("z").kind == ABSENT
    huge = Shape("object", fields={f"k{i}": scalar("number", i) for i in range(2000)})
    assert huge.open
    assert huge.size == 1
    deep = scalar("number", 1)
    for _ in range(100):
        deep = Shape("object", fields={"a": deep})
    assert deep.depth <= 16


@pytest.mark.parametrize("text", ["2016-12-05T21:29:29Z", "2016-12-05T21:29:29.123456789+01:00", "2016-12-05T21:29Z"])
def test_timestamps(text: str) -> None:
    assert is_timestamp(text)


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-05 21:29:29Z",
        "2016-12-05T21:29:29",
        "2016-13-05T21:29:29Z",
        "2016-12-05T25:29:29Z",
        "05-12-2016T21:29:29Z",
        "x",
    ],
)
def test_no_timestamps(text: str) -> None:
    """Those that AWS is recorded to refuse at run time."""
    assert not is_timestamp(text)


def test_the_analysis_is_made_once() -> None:
    built = machine(chain(passing()))
    assert analyse(built) is analyse(built)


# -- size


def test_time_is_linear(linear: Any) -> None:
    def prepare(number: int) -> Callable[[], object]:
        states: dict[str, Any] = {
            f"S{i}": passing(Result={"n": i}, ResultPath=f"$.k{i % 400}", Next=f"S{i + 1}") for i in range(number)
        }
        states[f"S{number}"] = {"Type": "Succeed"}
        return partial(Analysis, machine({"StartAt": "S0", "States": states}))

    linear(prepare, 500, 4000)


def test_scopes_in_loops_in_scopes_end() -> None:
    def bush(depth: int) -> dict[str, Any]:
        if not depth:
            return one(passing(Parameters={"x.$": "$.y"}))
        loop = {"Type": "Choice", "Choices": [var("$[0].x", IsPresent=True, Next="P")], "Default": "R"}
        parallel = {"Type": "Parallel", "Branches": [bush(depth - 1), bush(depth - 1)], "Next": "Q"}
        return {"StartAt": "P", "States": {"P": parallel, "Q": loop, "R": {"Type": "Succeed"}}}

    analysis = Analysis(machine(bush(7)))
    assert {state.name for state in analysis.inputs} == {"P", "Q", "Inner"}, "the innermost loop never ends"


def test_scopes_beyond_the_bound() -> None:
    definition = one(passing(Parameters={"a.$": "$.b"}))
    for _ in range(60):
        definition = one({"Type": "Parallel", "Branches": [definition]})
    assert problems(definition) == []


# -- an interpreter, to compare with


class Failed(Exception):
    """The execution fails in a state."""


def find(path: str, data: Any) -> Any:
    """Return what a path of names and indexes selects; raise Failed where that is nothing."""
    for step in path.replace("[", ".[").split(".")[1:]:
        if step.startswith("["):
            index = int(step[1:-1])
            if not isinstance(data, list) or index >= len(data):
                raise Failed
            data = data[index]
        else:
            if not isinstance(data, dict) or step not in data:
                raise Failed
            data = data[step]
    return data


def fill(template: Any, data: Any, item: Any = None) -> Any:
    if isinstance(template, list):
        return [fill(part, data, item) for part in template]
    if not isinstance(template, dict):
        return template
    out = {}
    for key, value in template.items():
        if not key.endswith(".$"):
            out[key] = fill(value, data, item)
        else:
            out[key[:-2]] = item if value == "$$.Map.Item.Value" else find(value, data)
    return out


def place(path: str | None, raw: Any, result: Any) -> Any:
    if path is None or path == "$":
        return raw if path is None else result
    names = path.split(".")[1:]
    if isinstance(raw, list | str | bool | int):
        raise Failed
    out = here = dict(raw or {})
    for name in names[:-1]:
        inner = here.get(name)
        here[name] = here = dict(inner) if isinstance(inner, dict) else {}
    here[names[-1]] = result
    return out


def holds(rule: dict[str, Any], data: Any) -> bool:
    if "And" in rule:
        return all(holds(part, data) for part in rule["And"])
    if "Or" in rule:
        return any(holds(part, data) for part in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], data)
    if "IsPresent" in rule:
        try:
            find(rule["Variable"], data)
        except Failed:
            return not rule["IsPresent"]
        return bool(rule["IsPresent"])
    value = find(rule["Variable"], data)
    if "IsNull" in rule:
        return bool((value is None) == rule["IsNull"])
    if "NumericEquals" in rule:
        return not isinstance(value, bool) and isinstance(value, int) and value == rule["NumericEquals"]
    return isinstance(value, str) and value == rule["StringEquals"]


class Run:
    """One execution: what each state was given, and where it failed. Results of tasks are drawn."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.given: list[tuple[str, Any]] = []
        self.passed: set[str] = set()
        self.steps = 30

    def scope(self, definition: dict[str, Any], data: Any) -> Any:
        name = definition["StartAt"]
        while True:
            self.steps -= 1
            if self.steps < 0:
                raise Failed
            state = definition["States"][name]
            self.given.append((name, data))
            following, data = self.state(name, state, data)
            if following is None:
                return data
            name = following

    def state(self, name: str, state: dict[str, Any], raw: Any) -> tuple[str | None, Any]:
        try:
            following, out = self.work(state, raw)
        except Failed:
            if "Catch" not in state or self.steps < 0:
                raise
            catcher = state["Catch"][0]
            return catcher["Next"], place(catcher.get("ResultPath", "$"), raw, {"Error": "E", "Cause": "c"})
        self.passed.add(name)
        return following, out

    def work(self, state: dict[str, Any], raw: Any) -> tuple[str | None, Any]:
        kind = state["Type"]
        data = find(state.get("InputPath", "$"), raw) if state.get("InputPath", "$") is not None else {}
        if kind == "Choice":
            for rule in state["Choices"]:
                if holds(rule, data):
                    return rule["Next"], data
            return state["Default"], data
        if kind == "Wait":
            seconds = find(state["SecondsPath"], data)
            if isinstance(seconds, bool) or not isinstance(seconds, int):
                raise Failed
        result = data
        if kind == "Map":
            items = find(state.get("ItemsPath", "$"), data)
            if not isinstance(items, list):
                raise Failed
            selector = state.get("ItemSelector")
            result = [
                self.scope(state["ItemProcessor"], item if selector is None else fill(selector, data, item))
                for item in items[:2]
            ]
        elif "Parameters" in state:
            result = data = fill(state["Parameters"], data)
        if kind == "Parallel":
            result = [self.scope(branch, data) for branch in state["Branches"]]
        elif kind == "Task":
            result = self.draw(VALUES)
            if self.draw(st.booleans()):
                raise Failed
        elif "Result" in state:
            result = state["Result"]
        if "ResultSelector" in state:
            result = fill(state["ResultSelector"], result)
        out = data if kind == "Wait" else place(state.get("ResultPath", "$"), raw, result)
        output = state.get("OutputPath", "$")
        return state.get("Next"), {} if output is None else find(output, out)


def fits(shape: Shape, value: Any) -> bool:
    """Whether a value is one of those that a shape stands for."""
    if shape.kind == "unknown":
        return not isinstance(value, dict) or all(
            fits(part, value[name]) for name, part in shape.fields.items() if name in value
        )
    if shape.kind == "object":
        if not isinstance(value, dict) or not (shape.open or set(value) <= set(shape.fields)):
            return False
        for name, part in shape.fields.items():
            if name in value:
                if not fits(part, value[name]):
                    return False
            elif part.kind != ABSENT and name not in shape.optional:
                return False
        return True
    if shape.kind == "array":
        if not isinstance(value, list):
            return False
        if shape.items is None:
            return all(fits(shape.item, item) for item in value)
        return len(value) == len(shape.items) and all(map(fits, shape.items, value))
    kinds = {str: "string", bool: "boolean", int: "number", type(None): "null"}
    return bool(kinds.get(type(value)) == shape.kind and (shape.value is None or shape.value == value))


SCALARS = st.sampled_from([None, True, 0, 1, "x", "y"])
KEYS = st.sampled_from("abc")
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=5
)
PATHS = st.sampled_from(
    ["$", "$.a", "$.b", "$.c", "$.a.b", "$.a.c", "$.b.a", "$[0]", "$[1]", "$.a[0]", "$[0].a", "$.Error"]
)
PLACES = st.sampled_from(["$", None, "$.a", "$.b", "$.a.b", "$.b.a.c"])
TEMPLATES = st.dictionaries(KEYS, SCALARS | st.just([1]), max_size=2).flatmap(
    lambda fixed: st.dictionaries(st.sampled_from(["a.$", "b.$", "c.$"]), PATHS, max_size=2).map(
        lambda filled: {k: v for k, v in {**fixed, **filled}.items() if f"{k}.$" not in filled}
    )
)
TESTS = st.builds(
    lambda path, test: {"Variable": path, test[0]: test[1]},
    PATHS,
    st.sampled_from([("IsPresent", True), ("IsPresent", False), ("StringEquals", "x"), ("NumericEquals", 1), ("IsNull", True), ("IsNull", False)]),
)  # fmt: skip
RULES = st.recursive(
    TESTS,
    lambda inner: (
        st.builds(
            lambda how, parts: {how: parts}, st.sampled_from(["And", "Or"]), st.lists(inner, min_size=1, max_size=3)
        )
        | st.builds(lambda part: {"Not": part}, inner)
    ),
    max_leaves=4,
)


@st.composite
def machines(draw: Any, depth: int = 1, prefix: str = "S") -> dict[str, Any]:
    """Draw a machine whose states have names that occur once."""
    names = [f"{prefix}{i}" for i in range(draw(st.integers(1, 5)))]
    states: dict[str, Any] = {}
    kinds = ["Pass", "Pass", "Pass", "Task", "Choice", "Wait"] + (["Parallel", "Map"] if depth else [])
    for name in names:
        kind = draw(st.sampled_from(kinds))
        state: dict[str, Any] = {"Type": kind}
        target = st.sampled_from(names)
        if draw(st.integers(0, 3)) == 0:
            state["InputPath"] = draw(st.one_of(PATHS, st.none()))
        if kind == "Choice":
            state["Choices"] = [{**draw(RULES), "Next": draw(target)} for _ in range(draw(st.integers(1, 2)))]
            state["Default"] = draw(target)
            states[name] = state
            continue
        if kind == "Wait":
            state["SecondsPath"] = draw(PATHS)
        else:
            if draw(st.booleans()):
                state["ResultPath"] = draw(PLACES)
            if kind in ("Pass", "Parallel") and draw(st.booleans()):
                state["Parameters"] = draw(TEMPLATES)
        if kind == "Pass" and draw(st.booleans()):
            state["Result"] = draw(VALUES)
        if kind in ("Task", "Parallel", "Map"):
            if draw(st.booleans()):
                state["ResultSelector"] = draw(TEMPLATES)
            if draw(st.booleans()):
                catcher = {"ErrorEquals": ["States.ALL"], "Next": draw(target)}
                if draw(st.booleans()):
                    catcher["ResultPath"] = draw(PLACES)
                state["Catch"] = [catcher]
        if kind == "Parallel":
            state["Branches"] = [draw(machines(depth - 1, f"{name}b{i}")) for i in range(draw(st.integers(1, 2)))]
        if kind == "Map":
            if draw(st.booleans()):
                state["ItemsPath"] = draw(PATHS)
            if draw(st.booleans()):
                state["ItemSelector"] = {**draw(TEMPLATES), "item.$": "$$.Map.Item.Value"}
            state["ItemProcessor"] = draw(machines(depth - 1, f"{name}i"))
        if draw(st.integers(0, 4)) == 0:
            state["OutputPath"] = draw(st.one_of(PATHS, st.none()))
        state["Next" if draw(st.booleans()) else "End"] = True
        if "Next" in state:
            state["Next"] = draw(target)
        if kind == "Task":
            state["Resource"] = "arn:aws:lambda:eu-west-1:123456789012:function:f"
        states[name] = state
    return {"StartAt": names[0], "States": states}


@given(machines(), VALUES, st.data())
@settings(suppress_health_check=list(HealthCheck))
def test_every_execution_is_foreseen(definition: dict[str, Any], data: Any, source: Any) -> None:
    """What a state is given in any execution is one of its alternatives; where failure is certain, no execution passes."""
    analysis = Analysis(machine(definition))
    cases = {state.name: alternatives for state, alternatives in analysis.inputs.items()}
    certain: dict[str, list[Problem]] = {}
    for problem in analysis.problems:
        if problem.certain:
            certain.setdefault(problem.state.name, []).append(problem)
    run = Run(source.draw)
    try:
        run.scope(definition, data)
    except Failed:
        pass
    for name, value in run.given:
        assert any(fits(case.shape, value) for case in cases.get(name, ())), (name, value, cases.get(name))
    for name in run.passed:
        assert name not in certain, (name, certain[name])


@given(machines())
def test_problems_lie_in_the_text(definition: dict[str, Any]) -> None:
    built = machine(definition)
    text = built.document.text.content
    for problem in Analysis(built).problems:
        start, end = problem.span
        assert 0 <= start <= end <= len(text)
        if problem.kind == MISSING:
            assert text[start:end] == str(problem.step)
