"""ASL501."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from asllint.expr.jsonpath import CONTEXT_FIELDS
from asllint.model import StateMachine
from asllint.model.machine import JSONATA, JSONPATH
from asllint.model.names import MAX_EFFORT, effort, listed, nearest
from asllint.model.payload import MISSING, Problem, analyse, described, taken, with_input
from asllint.model.unfilled import unfilled
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Related, Rule
from asllint.source.node import ARRAY, OBJECT, STRING

_SHOWN = 8


class MissingPath(Rule):
    """A path leads to nothing: the data at that state cannot have the field.

    The data is followed from state to state, through `InputPath`, `Parameters`, `Result`, `ResultSelector`,
    `ResultPath`, `OutputPath`, `Output` and Catchers (specification, "Input and Output Processing"). What `Parameters`
    or `Result` makes has its fields and no others; a Parallel or Map state gives an array; with an `ItemBatcher` a
    child execution is given `Items` (and `BatchInput`), not an item; a Catcher without `ResultPath` passes on the Error
    Output alone. The results of tasks can be anything, and nothing is said of them; nor of the input of an execution,
    unless an example of it is given (`--input`), or a JSON Schema (`--input-schema`). Choice rules count: where
    `IsPresent` has found that a field is missing, it is.

    AWS accepts the definition. The execution fails with States.Runtime: "The JSONPath '$.ErrorX' specified for the field
    'ErrorPath' could not be found in the input"; in a JSONata state with States.QueryEvaluationError: "returned nothing
    (undefined)".

    It is an error where every way to the state has such data, and a warning where some ways have, where the path is
    evaluated on some of them, where a Catcher of the state takes the error, or where only the example of the input says so. It is
    a warning, too, within a JSONata expression that goes on without the value, as `&` and `$join` do, unless the expression asks
    for something (`?`, `=`, `and`, `$exists`).

    ## Why it matters

    The execution fails when it gets there, which may be in an error handler that has never run before.

    ## What to do

    Correct the name, or keep the field: in the `Parameters` or `Output` that makes the data, or with a `ResultPath` that adds to
    the input and does not replace it.
    """

    code = "ASL501"
    name = "missing-path"
    severity = ERROR
    concerns = ("payload:known",)

    invalid = (
        Example(
            """{"StartAt": "Prepare", "States": {
  "Prepare": {"Type": "Pass", "Parameters": {"bucket": "in", "key.$": "$.key"}, "Next": "Wait"},
  "Wait": {"Type": "Wait", "SecondsPath": "$.«seconds»", "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "Load", "States": {
  "Load": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:load",
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}], "End": true},
  "Failed": {"Type": "Pass", "Parameters": {"id.$": "$.«orderId»", "error.$": "$.Error"}, "End": true}
}}""",
            title="a Catcher without ResultPath replaces the input",
        ),
        Example(
            """StartAt: Both
States:
  Both:
    Type: Parallel
    Branches:
      - {StartAt: A, States: {A: {Type: Pass, Result: {total: 1}, End: true}}}
      - {StartAt: B, States: {B: {Type: Pass, Result: {limit: 2}, End: true}}}
    Next: Compare
  Compare:
    Type: Choice
    Choices:
      - {Variable: $.«total», NumericGreaterThanPath: '$[1].limit', Next: Done}
    Default: Done
  Done: {Type: Succeed}
""",
            title="the result of a Parallel state is an array",
            language="yaml",
        ),
        Example(
            """{"StartAt": "Make", "QueryLanguage": "JSONata", "States": {
  "Make": {"Type": "Pass", "Output": {"name": "x"}, "Next": "Use"},
  "Use": {"Type": "Pass", "Output": "{% $states.input.«nmae» %}", "End": true}
}}""",
            title="JSONata",
        ),
        Example(
            """{"StartAt": "Ask", "QueryLanguage": "JSONata", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "ask"}, "Next": "Tell",
    "Output": {"Reply": "{% $states.result.Payload %}", "turn": 1}},
  "Tell": {"Type": "Pass", "Output": "{% $join(['It said: ', $states.input.«Response».text]) %}", "End": true}
}}""",
            title="a text without what it is about",
        ),
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 10}, "End": true, "ItemProcessor": {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Work", "States": {
      "Work": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
        "Parameters": {"id.$": "$.«id»", "first.$": "$.Items[0].id"}, "End": true}}}}
}}""",
            title="a child execution is given a batch",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Prepare", "States": {
  "Prepare": {"Type": "Pass", "Parameters": {"bucket": "in"}, "ResultPath": "$.target", "Next": "Wait"},
  "Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "End": true}
}}""",
            title="what was there before is kept",
        ),
        Example(
            """{"StartAt": "Prepare", "States": {
  "Prepare": {"Type": "Pass", "Parameters": {"bucket": "in", "${Extra}": 1}, "Next": "Wait"},
  "Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "End": true}
}}""",
            title="a placeholder may bring the field",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        budget = MAX_EFFORT
        for problem in analyse(machine).problems:
            if problem.kind == MISSING:
                near = None
                # where other ways have the field, another name would break those
                other = not problem.always and _kept(problem) is not None
                if isinstance(problem.step, str) and budget > 0 and not other:
                    budget -= effort(problem.step, problem.shape.names)
                    near = nearest(problem.step, problem.shape.names)
                yield Finding(
                    problem.span,
                    with_input(problem, _message(problem)),
                    cure=_cure(problem, near),
                    anchor=problem.node,
                    related=[Related(problem.origin.node, problem.origin.text)] if problem.origin else (),
                    severity=None if problem.certain else WARNING,
                    fix=_fix(problem, near),
                )
        if machine.input is None and any(state.query_language == JSONATA for state in machine.all_states()):
            yield from _within(machine, budget)


def _within(machine: StateMachine, budget: int) -> Iterable[Finding]:
    """Word what JSONata expressions read in vain, and go on."""
    for found in unfilled(machine):
        names = found.shape.names
        near = None
        if budget > 0:
            budget -= effort(found.step, names)
            near = nearest(found.step, names)
        only = f", only {listed(names[:_SHOWN])}" if names else ""
        more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        origin = found.shape.origin
        yield Finding(
            found.span,
            f"`{found.path}` has no field `{found.step}`{only}{more}: the expression goes on without it, or gives nothing.",
            cure=f"Did you mean `{near}`?" if near else "Keep the field where the data is made, or read what is there.",
            anchor=found.expression.node,
            related=[Related(origin.node, origin.text)] if origin else (),
            severity=WARNING,
        )


def _fix(problem: Problem, near: str | None) -> Fix | None:
    """Return the fix that writes the name that was probably meant, where the step stands as it is."""
    start, end = problem.span
    written = problem.node.origin.content[start:end]
    if (
        near is None
        or not isinstance(problem.step, str)
        or not near.isidentifier()
        or written.strip(".['\"]\\") != problem.step
    ):
        return None
    return Fix(f"Write `{near}`", [(start, end, written.replace(problem.step, near))], safe=False)


def _message(problem: Problem) -> str:
    what = _what(problem)
    if problem.fails:
        return f"{what}: the execution fails here."
    if not problem.always:
        return f"On one of the ways to this state, {what[0].lower()}{what[1:]}: then the execution fails here."
    if problem.sure:
        return f"{what}: the state fails, {taken(problem)}."
    return f"{what}: the execution fails when this is evaluated."


def _what(problem: Problem) -> str:
    path, step, shape = problem.path, problem.step, problem.shape
    if shape.kind == OBJECT or (problem.origin is not None and step in shape.fields):
        names = shape.names
        if not names or shape.kind != OBJECT or shape.open:
            empty = shape.kind == OBJECT and not shape.open and not names
            return f"`{path}` is an empty object: `{step}` is not there" if empty else f"`{path}` has no field `{step}`"
        more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return f"`{path}` has no field `{step}`, only {listed(names[:_SHOWN])}{more}"
    if shape.kind == ARRAY:
        if isinstance(step, str):
            return f"`{path}` is an array, which has no field `{step}`"
        number = len(shape.items or ())
        return f"`{path}` has {number} item{'' if number == 1 else 's'}, and none with the index {step}"
    return f"`{path}` is {described(shape)}: `{step}` is not there"


def _cure(problem: Problem, near: str | None) -> str:
    path, step, shape = problem.path, problem.step, problem.shape
    if isinstance(step, str):
        if near is not None:
            return f"Did you mean `{near}`?"
        inside = [name for name, value in shape.fields.items() if value.kind == OBJECT and step in value.fields]
        if len(inside) == 1 and inside[0].isidentifier():
            return f"Did you mean `{path}.{inside[0]}.{step}`?"
        if path == "$" and step in CONTEXT_FIELDS:
            return f"Did you mean `$$.{step}`, of the context object?"
        if shape.kind == ARRAY and path.startswith("$") and not path.startswith("$states"):
            kept = _kept(problem)
            return f"Write `{path}[0].{step}` for the first item{f', or {kept}' if kept else ''}."
        if shape.kind == STRING and path.endswith(".Cause"):
            return f"It is text, even where it looks like JSON: read it with `States.StringToJson({path})` first."
    elif shape.kind == ARRAY:
        return "The first item has the index 0."
    if problem.given is not None and problem.source is not None:
        return f"Correct the path, or add the field to `{problem.given.file}`."
    kept = _kept(problem) or "keep the field where the data is made"
    return f"{kept[0].upper()}{kept[1:]}, or read what is there."


def _kept(problem: Problem) -> str | None:
    """Return how to keep the input of the state whose result, or whose Catcher, has replaced all of it."""
    if problem.path != "$" or problem.origin is None:
        return None
    return _keeping(problem.state.scope.machine).get(id(problem.origin.node))


@lru_cache(maxsize=1)
def _keeping(machine: StateMachine) -> dict[int, str]:
    """Return for what comes from a state, by the identity of the node that makes it, how to keep the state's input beside it."""
    out = {}
    for state in machine.all_states():
        if state.query_language != JSONPATH:
            continue
        for catcher in state.catchers:
            key = catcher.node.key("ErrorEquals")
            if key is not None and catcher.result_path is None:
                out[id(key)] = f"keep the input of `{state.name}` with a `ResultPath` in its Catcher"
        if state.node.get("ResultPath") is None:
            results = state.head if state.type in ("Parallel", "Map") else None
            for made in (results, state.node.key("ResultSelector")):
                if made is not None:
                    out[id(made)] = f"keep the input of `{state.name}` with a `ResultPath` there"
    return out
