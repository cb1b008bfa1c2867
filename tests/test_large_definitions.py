"""A definition that is large and broken takes time in proportion to its size."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import generate
import pytest

from asllint.engine import lint
from asllint.model import build
from asllint.model.payload import Analysis
from asllint.registry import builtin
from asllint.settings import Settings
from asllint.source import read

END = {"Type": "Pass", "End": True}


def duplicates(number: int) -> str:
    states = ", ".join(['"A": {"Type": "Pass", "End": true}'] * number)
    return f'{{"StartAt": "A", "States": {{{states}}}}}'


def misspelt_variables(number: int) -> str:
    names = {f"value{i}": i for i in range(number)}
    output = {f"f{i}": f"{{% $valeu{i} %}}" for i in range(number)}
    return json.dumps({
        "StartAt": "A",
        "QueryLanguage": "JSONata",
        "States": {"A": {"Type": "Pass", "Assign": names, "Next": "B"}, "B": {**END, "Output": output}},
    })  # fmt: skip


def unknown_parameters(number: int) -> str:
    parameters = {"FunctionName": "f", **{f"Function{i}": i for i in range(number)}}
    state = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": parameters, "End": True}
    return json.dumps({"StartAt": "A", "States": {"A": state}})


def operators(number: int) -> str:
    steps = "; ".join(f"$v{i} := 'a' + {i}" for i in range(number))
    return json.dumps({"Type": "Pass", "QueryLanguage": "JSONata", "Output": f"{{% ({steps}) %}}", "End": True})


def items(number: int) -> str:
    commands = [["load.py", f"$.date{i}"] for i in range(number)]
    return json.dumps({"Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {"commands": commands}, "End": True})


def catchers(number: int) -> str:
    task = {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f"}
    states: dict[str, Any] = {f"S{number}": END}
    for i in range(number):
        catch = [{"ErrorEquals": ["States.ALL"], "Next": f"C{i}"}]
        states[f"S{i}"] = {**task, "Catch": catch, "Next": f"S{i + 1}"}
        states[f"C{i}"] = {**END, "Parameters": {"id.$": "$.id"}}
    return json.dumps({"StartAt": "S0", "States": states})


def errors_of_branches(number: int) -> str:
    fails = [{"StartAt": f"F{i}", "States": {f"F{i}": {"Type": "Fail", "Error": f"X{i}"}}} for i in range(number)]
    catch = [{"ErrorEquals": [f"Y{i}"], "Next": "E"} for i in range(number)]
    return json.dumps(
        {"StartAt": "P", "States": {"P": {**END, "Type": "Parallel", "Branches": fails, "Catch": catch}, "E": END}}
    )


def duplicates_of_a_template(number: int) -> str:
    members = [f'"Next": "B{i}", "${{x{i}}}": 1' for i in range(number)]
    return f'{{"Type": "Pass", {", ".join(members)}}}'


def asked_for(number: int) -> str:
    parts = "& ".join(f"($exists($x{i}) ? $states.context.a{i}) " for i in range(number))
    return json.dumps({"Type": "Pass", "QueryLanguage": "JSONata", "Output": f"{{% {parts} %}}", "End": True})


def conditions(number: int) -> str:
    rules = [
        {"Condition": f"{{% $states.input.x = 'a' and $states.input.x = 'b{i}' %}}", "Next": "B"} for i in range(number)
    ]
    choice = {"Type": "Choice", "QueryLanguage": "JSONata", "Choices": rules, "Default": "B"}
    return json.dumps({"StartAt": "A", "States": {"A": choice, "B": {"Type": "Succeed"}}})


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("choice-contradiction", conditions),
        ("duplicate-key", duplicates),
        ("unknown-context-field", asked_for),
        ("duplicate-key", duplicates_of_a_template),
        ("missing-path", catchers),
        ("catcher-never-matches", errors_of_branches),
        ("missing-dollar", items),
        ("jsonata-operand", operators),
        ("undefined-variable", misspelt_variables),
        ("unknown-parameter", unknown_parameters),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_time_is_linear(rule: str, text: Callable[[int], str], linear: Any) -> None:
    settings = Settings()
    settings.select = (rule,)

    def prepare(number: int) -> Callable[[], None]:
        data = text(number).encode()

        def work() -> None:
            report = lint("x.asl.json", data, settings, builtin(), judged=True)
            assert len(report.diagnostics) >= number - 1

        return work

    linear(prepare, 300, 4800)


def alike(number: int, length: int) -> list[str]:
    return [f"{'x' * length}{i:06}" for i in range(number)]


def alike_states(length: int) -> Any:
    names = alike(200, length)
    return {"StartAt": names[0], "States": {name: {"Type": "Pass", "Next": f"{name}y"} for name in names}}


def alike_variables(length: int) -> Any:
    names = alike(200, length)
    first = {"Type": "Pass", "Assign": dict.fromkeys(names, 1), "Next": "B"}
    states = {"A": first, "B": {**END, "Output": [f"{{% ${name}y %}}" for name in names]}}
    return {"StartAt": "A", "QueryLanguage": "JSONata", "States": states}


def alike_fields(length: int) -> Any:
    names = alike(200, length)
    reads = {f"f{i}.$": f"$.{name}y" for i, name in enumerate(names)}
    first = {"Type": "Pass", "Result": dict.fromkeys(names, 1), "Next": "B"}
    return {"StartAt": "A", "States": {"A": first, "B": {**END, "Parameters": reads}}}


@pytest.mark.parametrize(
    ("rule", "machine"),
    [
        ("missing-transition-target", alike_states),
        ("undefined-variable", alike_variables),
        ("missing-path", alike_fields),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_names_that_all_resemble_each_other_are_not_compared_for_long(
    rule: str, machine: Callable[[int], Any], linear: Any
) -> None:
    settings = Settings()
    settings.select = (rule,)

    def prepare(length: int) -> Callable[[], None]:
        data = json.dumps(machine(length)).encode()

        def work() -> None:
            assert lint("x.asl.json", data, settings, builtin(), judged=True).diagnostics

        return work

    linear(prepare, 15, 120)


def test_data_on_tangled_ways_is_given_up(linear: Any) -> None:
    """Each state leads to two others, and adds a field: far more ways than can be followed."""

    def prepare(number: int) -> Callable[[], object]:
        states = {
            f"S{i}": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "ResultPath": f"$.a{i}",
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": f"S{i * 3 % number}"}],
                "Next": f"S{(i + 1) % number}",
            }
            for i in range(number)
        }
        text = json.dumps({"StartAt": "S0", "States": states})
        machine = build(read("x.asl.json", text.encode()), judged=True)
        assert machine is not None
        return partial(Analysis, machine)

    linear(prepare, 100, 3200)


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_all_rules_take_linear_time(language: str, form: str, linear: Any) -> None:
    """A definition in which little is wrong, with an expression wherever one can be, and nothing of other languages."""
    settings = Settings()
    settings.select = ("ALL",)

    def prepare(number: int) -> Callable[[], None]:
        machine = generate.machine(number, jsonata=language == "JSONata")
        text = generate.as_json(machine) if form == "json" else generate.as_yaml(machine)

        def work() -> None:
            assert not lint(f"x.asl.{form}", text.encode(), settings, builtin(), judged=True).failed

        return work

    linear(prepare, 100, 1600)
