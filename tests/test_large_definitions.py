"""A definition that is large and broken takes time in proportion to its size."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from asllint.engine import lint
from asllint.model import build
from asllint.model.payload import Analysis
from asllint.registry import builtin
from asllint.settings import Settings
from asllint.source import read

SLACK = 2.5
"""How much longer than in proportion it may take: other things run on the machine that tests run on."""

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


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("duplicate-key", duplicates),
        ("undefined-variable", misspelt_variables),
        ("unknown-parameter", unknown_parameters),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_time_is_linear(rule: str, text: Callable[[int], str]) -> None:
    settings = Settings()
    settings.select = (rule,)

    def seconds(number: int) -> float:
        data = text(number).encode()
        start = time.process_time()
        report = lint("x.asl.json", data, settings, builtin(), judged=True)
        took = time.process_time() - start
        assert len(report.diagnostics) >= number - 1
        return took

    seconds(10)
    small = min(seconds(300) for _ in range(3))
    assert seconds(4800) < 16 * SLACK * small


def test_data_on_tangled_ways_is_given_up() -> None:
    """Each state leads to two others, and adds a field: far more ways than can be followed."""

    def seconds(number: int) -> float:
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
        start = time.process_time()
        Analysis(machine)
        return time.process_time() - start

    seconds(10)
    small = min(seconds(100) for _ in range(3))
    assert seconds(3200) < 32 * SLACK * small
