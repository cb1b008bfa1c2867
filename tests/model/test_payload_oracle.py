"""Random machines, run by a small interpreter: no execution does what the analysis of payloads says cannot be.

Beyond `test_payload`: variables, comparisons of every kind, Catchers of enclosing states, empty lists of items, and JSONata,
which jsonata-python evaluates.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asllint.model import StateMachine, build
from asllint.model.payload import ABSENT, NEVER, Analysis, Shape
from asllint.source import read

LARGEST = 256 * 1024
"""Bytes of data that an execution passes on; with more it ends, and no Catcher takes that (States.DataLimitExceeded)."""


class Fails(Exception):
    """The execution fails in a state."""


def machine(definition: object) -> StateMachine:
    built = build(read("x.asl.json", json.dumps(definition).encode()))
    assert built is not None
    return built


# -- JSONPath


def select(path: str, data: Any, variables: dict[str, Any], item: Any = None) -> Any:
    """Return what a path of names and indexes selects."""
    root, *steps = path.replace("['", ".").replace("']", "").replace("[", ".#").replace("]", "").split(".")
    value: Any
    if root == "$$":
        value = {"Map": {"Item": {"Value": item}}}
    elif root == "$":
        value = data
    elif root[1:] in variables:
        value = variables[root[1:]]
    else:
        raise Fails
    for step in steps:
        if step.startswith("#"):
            if not isinstance(value, list) or int(step[1:]) >= len(value):
                raise Fails
            value = value[int(step[1:])]
        elif not isinstance(value, dict) or step not in value:
            raise Fails
        else:
            value = value[step]
    return value


def render(template: Any, data: Any, variables: dict[str, Any], item: Any = None) -> Any:
    if isinstance(template, list):
        return [render(part, data, variables, item) for part in template]
    if not isinstance(template, dict):
        return template
    out = {}
    for key, value in template.items():
        if not key.endswith(".$"):
            out[key] = render(value, data, variables, item)
        elif value.startswith("States.Array("):
            out[key[:-2]] = [select(value[13:-1], data, variables, item)]
        elif value.startswith("States.JsonToString("):
            out[key[:-2]] = json.dumps(select(value[20:-1], data, variables, item))
        else:
            out[key[:-2]] = select(value, data, variables, item)
    return out


def put(path: str | None, raw: Any, result: Any) -> Any:
    if path is None:
        return raw
    if path == "$":
        return result
    if raw is not None and not isinstance(raw, dict):
        raise Fails
    out = here = dict(raw or {})
    *way, last = path.split(".")[1:]
    for name in way:
        below = here.get(name, {})
        if not isinstance(below, dict):
            raise Fails
        here[name] = here = dict(below)
    here[last] = result
    return out


KIND = {"String": str, "Numeric": (int, float), "Boolean": bool}
ORDER = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "GreaterThan": lambda a, b: a > b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThanEquals": lambda a, b: a >= b,
}


def is_kind(name: str, value: Any) -> bool:
    return isinstance(value, KIND[name]) and (name == "Boolean" or not isinstance(value, bool))  # type: ignore[arg-type]


class Run:
    """One execution, without tasks.

    given   each state that was entered, and with what
    passed  the states that have succeeded at least once
    true    the comparisons that were true: state, operator, path
    """

    def __init__(self) -> None:
        self.given: list[tuple[str, Any, dict[str, Any]]] = []
        self.passed: set[str] = set()
        self.true: set[tuple[str, str, str]] = set()
        self.steps = 40

    def scope(self, definition: dict[str, Any], data: Any, variables: dict[str, Any]) -> Any:
        name = definition["StartAt"]
        while True:
            self.steps -= 1
            if self.steps < 0:
                raise Fails
            state = definition["States"][name]
            self.given.append((name, data, variables))
            try:
                following, data, variables = self.state(name, state, data, variables)
                self.passed.add(name)
            except Fails:
                if "Catch" not in state or self.steps <= 0:
                    raise
                catcher = state["Catch"][0]
                following = catcher["Next"]
                data = put(catcher.get("ResultPath", "$"), data, {"Error": "E", "Cause": "c"})
            if following is None:
                return data
            name = following

    def state(
        self, name: str, state: dict[str, Any], raw: Any, variables: dict[str, Any]
    ) -> tuple[str | None, Any, dict[str, Any]]:
        where = state.get("InputPath", "$")
        data = {} if where is None else select(where, raw, variables)
        kind = state["Type"]
        if kind == "Choice":
            following, assign = state["Default"], state.get("Assign", {})
            for rule in state["Choices"]:
                if self.holds(name, rule, data, variables):
                    following, assign = rule["Next"], rule.get("Assign", {})
                    break
            result = data
        else:
            following = state.get("Next")
            assign = state.get("Assign", {})
            result = data
            if kind == "Parallel":
                result = [self.scope(branch, data, variables) for branch in state["Branches"]]
            elif kind == "Map":
                items = select(state.get("ItemsPath", "$"), data, variables)
                if not isinstance(items, list):
                    raise Fails
                selector = state.get("ItemSelector", {"value.$": "$$.Map.Item.Value"})
                result = [
                    self.scope(state["ItemProcessor"], render(selector, data, variables, item), variables)
                    for item in items
                ]
            elif "Parameters" in state:
                result = render(state["Parameters"], data, variables)
            if "Result" in state:
                result = state["Result"]
            result = put(state.get("ResultPath", "$"), raw, result)
        where = state.get("OutputPath", "$")
        out = {} if where is None else select(where, result, variables)
        variables = {**variables, **render(assign, data, variables)}
        if len(json.dumps([out, variables])) > LARGEST:
            self.steps = 0
            raise Fails
        return following, out, variables

    def holds(self, name: str, rule: dict[str, Any], data: Any, variables: dict[str, Any]) -> bool:
        if "And" in rule:
            return all(self.holds(name, part, data, variables) for part in rule["And"])
        if "Or" in rule:
            return any(self.holds(name, part, data, variables) for part in rule["Or"])
        if "Not" in rule:
            return not self.holds(name, rule["Not"], data, variables)
        (operator,) = set(rule) - {"Variable", "Next", "Assign"}
        operand = rule[operator]
        if operator == "IsPresent":
            try:
                select(rule["Variable"], data, variables)
            except Fails:
                return not operand
            return bool(operand)
        value = select(rule["Variable"], data, variables)
        if operator == "IsNull":
            return bool((value is None) == operand)
        if operator.startswith("Is"):
            return bool(is_kind(operator[2:], value) == operand)
        kind = next(k for k in KIND if operator.startswith(k))
        if not is_kind(kind, value):
            return False
        if operator.endswith("Path"):
            operand = select(operand, data, variables)
            if not is_kind(kind, operand):
                return False
        out = bool(ORDER[operator.removeprefix(kind).removesuffix("Path")](value, operand))
        if out:
            self.true.add((name, operator, rule["Variable"]))
        return out


def fits(shape: Shape, value: Any) -> bool:
    """Whether a value is one of those that a shape stands for; fields that a shape says are absent are."""
    if shape.kind == "unknown":
        return not isinstance(value, dict) or all(
            part.kind != ABSENT and fits(part, value[name]) for name, part in shape.fields.items() if name in value
        )
    if isinstance(value, dict):
        return (
            shape.kind == "object"
            and (shape.open or value.keys() <= shape.fields.keys())
            and all(
                (part.kind == ABSENT or name in shape.optional) if name not in value else fits(part, value[name])
                for name, part in shape.fields.items()
            )
        )
    if isinstance(value, list):
        items = shape.items
        return shape.kind == "array" and (
            all(fits(shape.item, item) for item in value)
            if items is None
            else len(items) == len(value) and all(map(fits, items, value))
        )
    kinds = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return bool(kinds.get(type(value)) == shape.kind and shape.value in (None, value))


def compare(definition: dict[str, Any], run: Run) -> None:
    """Assert that nothing in a run is said to be impossible."""
    analysis = Analysis(machine(definition))
    cases = {state.name: alternatives for state, alternatives in analysis.inputs.items()}
    for name, data, variables in run.given:
        assert any(
            fits(case.shape, data)
            and all(fits(shape, variables[v]) for v, shape in case.variables.items() if v in variables)
            for case in cases.get(name, ())
        ), (name, data, variables, cases.get(name))
    for problem in analysis.problems:
        if problem.kind == NEVER:
            assert (problem.state.name, problem.field, problem.path) not in run.true, problem
        elif problem.always and problem.sure:
            assert problem.state.name not in run.passed, problem


SCALARS = st.sampled_from([None, True, False, 0, 1, 2.5, "x", "y", "1"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(
    ["$", "$.a", "$.b", "$.c", "$.a.b", "$.a['c']", "$.b.a", "$[0]", "$.a[0]", "$.a[1]", "$.value", "$.Error", "$v", "$v.a", "$w.b"]
)  # fmt: skip
INPUTS = st.sampled_from(["$", "$.a", "$.b", "$.a.b", "$[0]", None])
PLACES = st.sampled_from(["$", "$", None, "$.a", "$.b", "$.a.b", "$.c.a.b"])
FILLED = PATHS.flatmap(
    lambda path: st.sampled_from([path, path, f"States.Array({path})", f"States.JsonToString({path})"])
)


def templates(values: Any) -> Any:
    fixed = st.dictionaries(st.sampled_from("abc"), values, max_size=2)
    filled = st.dictionaries(st.sampled_from(["a.$", "b.$", "c.$"]), FILLED, max_size=2)
    return st.builds(lambda a, b: {**{k: v for k, v in a.items() if f"{k}.$" not in b}, **b}, fixed, filled)


TEMPLATES = templates(st.one_of(VALUES, templates(SCALARS), st.lists(templates(SCALARS), max_size=2)))
ASSIGNED = st.builds(
    lambda a, b: {**a, **{k: v for k, v in b.items() if k[0] not in a}},
    st.dictionaries(st.sampled_from("vw"), st.one_of(VALUES, templates(SCALARS)), max_size=2),
    st.dictionaries(st.sampled_from(["v.$", "w.$"]), PATHS, max_size=1),
)
OPERATORS = st.one_of(
    st.sampled_from([("IsPresent", True), ("IsPresent", False), ("IsNull", True), ("IsNull", False)]),
    st.tuples(st.sampled_from(["IsString", "IsNumeric", "IsBoolean"]), st.booleans()),
    st.tuples(st.sampled_from([f"String{how}" for how in ORDER]), st.sampled_from(["x", "y"])),
    st.tuples(st.sampled_from([f"Numeric{how}" for how in ORDER]), st.sampled_from([0, 1, 2.5])),
    st.tuples(st.just("BooleanEquals"), st.booleans()),
    st.tuples(st.sampled_from([f"{kind}EqualsPath" for kind in KIND]), PATHS),
)
RULES = st.recursive(
    st.builds(lambda path, test: {"Variable": path, test[0]: test[1]}, PATHS, OPERATORS),
    lambda inner: (
        st.builds(lambda how, parts: {how: parts}, st.sampled_from(["And", "Or"]), st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"Not": part}, inner)
    ),
    max_leaves=4,
)  # fmt: skip


@st.composite
def machines(draw: Any, depth: int = 1, prefix: str = "S") -> dict[str, Any]:
    names = [f"{prefix}{i}" for i in range(draw(st.integers(1, 5)))]
    target = st.sampled_from(names)
    states: dict[str, Any] = {}
    for name in names:
        kind = draw(st.sampled_from(["Pass"] * 4 + ["Choice"] * 3 + ["Parallel", "Map"] * depth))
        state: dict[str, Any] = {"Type": kind}
        states[name] = state
        if draw(st.integers(0, 4)) == 0:
            state["InputPath"] = draw(INPUTS)
        if draw(st.integers(0, 4)) == 0:
            state["OutputPath"] = draw(INPUTS)
        if draw(st.integers(0, 3)) == 0:
            state["Assign"] = draw(ASSIGNED)
        if kind == "Choice":
            state["Choices"] = [{**draw(RULES), "Next": draw(target)} for _ in range(draw(st.integers(1, 3)))]
            state["Default"] = draw(target)
            continue
        if draw(st.booleans()):
            state["ResultPath"] = draw(PLACES)
        if kind == "Pass":
            field = draw(st.sampled_from(["Result", "Parameters", "Parameters", None]))
            if field is not None:
                state[field] = draw(VALUES.filter(lambda v: v is not None) if field == "Result" else TEMPLATES)
        elif draw(st.booleans()):
            state["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": draw(target), "ResultPath": draw(PLACES)}]
        if kind == "Parallel":
            state["Branches"] = [draw(machines(0, f"{name}b{i}")) for i in range(draw(st.integers(1, 2)))]
        elif kind == "Map":
            if draw(st.booleans()):
                state["ItemsPath"] = draw(PATHS.filter(lambda path: path[1:2] in ("", ".", "[")))
            state["ItemSelector"] = {**draw(TEMPLATES), "value.$": "$$.Map.Item.Value"}
            state["ItemProcessor"] = draw(machines(0, f"{name}i"))
        if draw(st.booleans()):
            state["Next"] = draw(target)
        else:
            state["End"] = True
    return {"StartAt": names[0], "States": states}


@given(machines(), st.lists(VALUES, min_size=1, max_size=4))
@settings(suppress_health_check=list(HealthCheck))
def test_no_execution_does_what_cannot_be(definition: dict[str, Any], inputs: list[Any]) -> None:
    run = Run()
    for data in inputs:
        run.steps = 40
        try:
            run.scope(definition, data, {})
        except Fails:
            pass
    compare(definition, run)


def test_data_that_grows_ends_the_execution() -> None:
    grow = {"Type": "Pass", "Parameters": {"a.$": "States.JsonToString($)", "b.$": "$"}, "Next": "A"}
    branch = {"StartAt": "A", "States": {"A": grow}}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "P"}]
    run = Run()
    with pytest.raises(Fails):
        run.scope({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [branch], "Catch": catch}}}, {}, {})
    assert [name for name, _, _ in run.given].count("P") == 1


# -- JSONata

NAMES = ["a", "b", "c"]
ATOMS = st.sampled_from(
    ["1", "2.5", "'x'", "true", "null", "$states.input", "$states.input.a", "$states.input.b", "$states.input.a.b", "$v", "$v.a",
     "$states.input.c[0]", "$states.input.(a)", "$states.input.*", "$states.input.a.b.c", "$states.input.a[]", "[]", "{}"]
)  # fmt: skip


def bigger(inner: Any) -> Any:
    pair = st.tuples(st.sampled_from(NAMES), inner)
    objects = st.lists(pair, max_size=3, unique_by=lambda p: p[0]).map(
        lambda members: "{" + ", ".join(f"'{k}': {v}" for k, v in members) + "}"
    )
    return st.one_of(
        objects,
        objects,
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} ? {p[1]} : {p[2]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} ? {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"$merge([{p[0]}, {p[1]}])"),
        st.tuples(inner, inner).map(lambda p: f"($x := {p[0]}; {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} = {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} & {p[1]})"),
        inner.map(lambda one: f"$exists({one})"),
        inner.map(lambda one: f"$append({one}, [])"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(NAMES)).map(lambda p: f"({p[0]}).{p[1]}"),
    )


EXPRESSIONS = st.recursive(ATOMS, bigger, max_leaves=6)
READS = st.sampled_from(["a", "b", "a.b", "c.a", "a.b.c"]).flatmap(
    lambda path: st.sampled_from(
        [f"{{% $states.input.{path} %}}", {"a": f"{{% $states.input.{path} %}}"}, f"{{% $v.{path} %}}"]
    )
)
WRITTEN = st.recursive(
    EXPRESSIONS.map(lambda text: f"{{% {text} %}}") | SCALARS,
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=4,
)


@st.composite
def jsonata_machines(draw: Any) -> dict[str, Any]:
    names = [f"S{i}" for i in range(draw(st.integers(1, 4)))]
    states: dict[str, Any] = {}
    for name, following in zip(names, [*names[1:], None], strict=True):
        state: dict[str, Any] = {"Type": "Pass", **({"Next": following} if following else {"End": True})}
        if draw(st.integers(0, 3)):
            state["Output"] = draw(READS | WRITTEN.filter(lambda value: value is not None))
        if draw(st.integers(0, 2)) == 0:
            state["Assign"] = {"v": draw(WRITTEN.filter(lambda value: value is not None))}
        states[name] = state
    return {"StartAt": names[0], "QueryLanguage": "JSONata", "States": states}


def evaluated(value: Any, data: Any, variables: dict[str, Any]) -> Any:
    """Return a value with its expressions evaluated; one that gives nothing fails."""
    if isinstance(value, list):
        return [evaluated(part, data, variables) for part in value]
    if isinstance(value, dict):
        return {key: evaluated(part, data, variables) for key, part in value.items()}
    if not isinstance(value, str) or not value.startswith("{%"):
        return value
    text = value[2:-2].strip()
    found = reference(text, data, variables)
    if found is None and not reference(f"$exists({text})", data, variables):
        raise Fails
    return json.loads(json.dumps(found))


def reference(text: str, data: Any, variables: dict[str, Any]) -> Any:
    """Return what jsonata-python evaluates an expression to: None for null as for nothing."""
    jsonata = pytest.importorskip("jsonata")
    expression = jsonata.Jsonata(text)
    frame = expression.create_frame()
    for name, bound in {**variables, "states": {"input": data, "context": {}}}.items():
        frame.bind(name, jsonata.Utils.NULL_VALUE if bound is None else bound)
    try:
        return expression.evaluate(None, frame)
    except jsonata.JException as error:
        raise Fails from error


@given(jsonata_machines(), st.lists(VALUES, min_size=1, max_size=3))
@settings(suppress_health_check=list(HealthCheck))
def test_no_expression_gives_what_cannot_be(definition: dict[str, Any], inputs: list[Any]) -> None:
    run = Run()
    for data in inputs:
        variables: dict[str, Any] = {}
        for name, state in definition["States"].items():
            run.given.append((name, data, variables))
            try:
                out = evaluated(state["Output"], data, variables) if "Output" in state else data
                new = evaluated(state.get("Assign", {}), data, variables)
            except Fails:
                break
            run.passed.add(name)
            data, variables = out, {**variables, **new}
    compare(definition, run)
