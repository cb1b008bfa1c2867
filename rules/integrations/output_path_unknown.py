"""ASL617."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.aws import catalog
from asllint.aws.resource import OPTIMIZED, SYNC, parse
from asllint.aws.shapes import date, operation
from asllint.model import StateMachine
from asllint.model.machine import JSONATA
from asllint.model.names import listed, misspelt, nearest
from asllint.model.predicates import canonical
from asllint.model.results import METADATA, UNKNOWN_PATH, Described, Fact, facts
from asllint.rule import WARNING, Example, Finding, Fix, Related, Rule
from asllint.source.node import OBJECT

_SHOWN = 8
_FEW = 3
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WRAPPED = {
    # what holds that which is asked for, by what is called
    "lambda:invoke": "Payload",
    "states:startExecution.sync:2": "Output",
    "http:invoke": "ResponseBody",
    "apigateway:invoke": "ResponseBody",
}


_WORDS = {
    "string": "text",
    "boolean": "true or false",
    **dict.fromkeys(("integer", "long", "float"), "a number"),
}


class OutputPathUnknown(Rule):
    """A path reads a field of a result that the service does not return.

    The result of a request is the response of the API, its names in capitals as those of the request are. With `.sync` it is
    what the API tells of the job at its end: that of `ecs:runTask.sync` is the task itself, not a list of `Tasks`; that of
    `glue:startJobRun.sync` is the job run (developer guide, the page on each service). `lambda:invoke` puts what the function
    returns into `Payload`. `Output` of `states:startExecution.sync` is text, of `.sync:2` it is JSON.

    The data is followed from the Task to where it is read, also where that is one of the ways to the state, unless a Choice state
    on the way from both may tell them apart. Services come to return more: the message names the day of the
    descriptions that this rests on. What the API may leave out is taken to be there. Nothing is said of a task that hands on its
    task token, with `.sync` too: whoever has it can end the task with a result of its own.

    ## Why it matters

    In a JSONPath state the execution fails with States.Runtime, as for any path that selects nothing; in a JSONata state with
    States.QueryEvaluationError, or the value is silently missing.

    ## What to do

    Write the name as the API reference has it, beginning with a capital letter.
    """

    code = "ASL617"
    name = "output-path-unknown"
    severity = WARNING
    concerns = (UNKNOWN_PATH,)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Label", "States": {
  "Label": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Next": "Done",
    "Parameters": {}, "ResultPath": "$.label"},
  "Done": {"Type": "Pass", "Parameters": {"arn.$": "$.label.«Job».Arn"}, "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "Call", "QueryLanguage": "JSONata", "States": {
  "Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
    "Arguments": {"FunctionName": "price"}, "Output": "{% $states.result.«total» %}"}
}}""",
            title="what the function returns is in `Payload`",
        ),
        Example(
            """StartAt: Child
States:
  Child:
    Type: Task
    Resource: arn:aws:states:::states:startExecution.sync
    Parameters: {StateMachineArn: "${Child}"}
    ResultSelector:
      total.$: $.Output.«total»
    End: true
""",
            language="yaml",
            title="text, where `.sync:2` would give JSON",
        ),
        Example(
            """{"StartAt": "There?", "States": {
  "There?": {"Type": "Choice", "Default": "Make", "Choices": [{"Variable": "$.id", "IsPresent": true, "Next": "Look"}]},
  "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:describeDBSnapshots", "Next": "Use",
    "Parameters": {"DbSnapshotIdentifier.$": "$.id"}, "ResultPath": "$.made"},
  "Make": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:createDBSnapshot", "Next": "Use",
    "Parameters": {"DbInstanceIdentifier": "db", "DbSnapshotIdentifier.$": "$$.Execution.Name"}, "ResultPath": "$.made"},
  "Use": {"Type": "Pass", "Parameters": {"arn.$": "$.made.«DbSnapshot».DbSnapshotArn"}, "End": true}
}}""",
            title="two calls that name it differently",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Label", "States": {
  "Label": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync", "Next": "Done",
    "Parameters": {}, "ResultPath": "$.label"},
  "Done": {"Type": "Pass", "Parameters": {"arn.$": "$.label.LabelingJobArn"}, "End": true}
}}"""
        ),
        Example(
            """{"StartAt": "Ask", "States": {
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Next": "Done",
    "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}},
  "Done": {"Type": "Pass", "Parameters": {"answer.$": "$.answer"}, "End": true}
}}""",
            title="anything can come with a token",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Child", "States": {
  "Child": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
    "Arguments": {"StateMachineArn": "${Child}", "Input": {"token": "{% $states.context.Task.Token %}"}},
    "Output": "{% $states.result.count %}"}
}}""",
            title="the child may send what it likes with the token",
        ),
        Example(
            """{"StartAt": "Run", "States": {
  "Run": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask${Pattern}", "Next": "Done", "Parameters": {}},
  "Done": {"Type": "Pass", "Parameters": {"arn.$": "$.Arn"}, "End": true}
}}""",
            title="the pattern is filled in later",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word what is not described."""
        said = set()
        for fact in facts(machine):
            problem = fact.problem
            read = (problem.state, problem.path, problem.step)
            if fact.kind == UNKNOWN_PATH and read not in said:
                said.add(read)
                here = fact.described.task is problem.state
                yield Finding(
                    problem.span,
                    _on_ways(fact, _message(fact)),
                    cure=_cure(fact),
                    anchor=problem.node,
                    related=() if here else [Related(fact.described.node, "the result that is read")],
                    fix=_fix(fact),
                )


def _on_ways(fact: Fact, message: str) -> str:
    return message if fact.problem.always else f"On one of the ways to this state, {message[0].lower()}{message[1:]}"


def _message(fact: Fact) -> str:
    problem, described = fact.problem, fact.described
    path, step, called = problem.path, problem.step, described.called
    shape = described.shape
    kind = shape.kind if shape is not None else ""
    jsonata = problem.state.query_language == JSONATA
    fails = "the state fails, or goes on without the value" if jsonata else "the execution fails"
    if kind in _WORDS:
        return f"`{path}` is {_WORDS[kind]} in the result of `{called}`: there is no `{step}` in it, and {fails}."
    if kind == "list":
        return f"`{path}` is an array in the result of `{called}`: it has no field `{step}`, and {fails}."
    whole = (
        f"`{path}` is the result of `{called}`" if not described.steps else f"`{path}` is of the result of `{called}`"
    )
    names = list(described.names)
    if not names:
        return f"{whole}, which is empty: there is no field `{step}`, and {fails}."
    some = [name for name in names if name not in METADATA]
    more = f" and {len(some) - _SHOWN} more" if len(some) > _SHOWN else ""
    fields = listed(some[:_SHOWN]) if not more else f"{', '.join(f'`{name}`' for name in some[:_SHOWN])}{more}"
    end = fails if jsonata else "a path that selects nothing fails"
    return f"{whole}, which has no field `{step}`, only {fields} (API of {date()}): {end}."


def _cure(fact: Fact) -> str:
    problem, described = fact.problem, fact.described
    path, step = problem.path, str(problem.step)
    shape = described.shape
    if not problem.always:
        return "Let all ways give data of one form, for example with a `ResultSelector`, or read it in a state for each of them."
    if shape is not None and shape.kind == "string":
        if described.called == "states:startExecution.sync" and described.steps in (("Output",), ("Input",)):
            return "With `.sync:2` it is JSON."
        read = f"$parse({path})" if path.startswith("$states") else f"States.StringToJson({path})"
        return f"If it is JSON, read it with `{read}` first."
    if shape is not None and shape.kind == "list":
        return f"Write `{path}[0].{step}` for the first item."
    near = nearest(step, described.names)
    wrapped = (
        f"`{path}.{_WRAPPED[described.called]}.{step}`" if not described.steps and described.called in _WRAPPED else ""
    )
    if near is not None and near.lower() != step.lower():
        # what stands elsewhere under just this name is likelier meant than what is alike
        if inside := _holder(described, step):
            return f"Did you mean `{path}.{inside}.{step}`?"
        if not misspelt(step, near):
            if not wrapped and (kept := _given(fact) or _replaced(fact)):
                return kept
            near = None if wrapped else near
    if near is not None:
        return f"Did you mean `{near}`, or {wrapped}?" if wrapped else f"Did you mean `{near}`?"
    if wrapped:
        return f"Did you mean {wrapped}?"
    following = _following(fact)
    ends = [name for name in described.names if following and name.lower().endswith(f"{step}{following[0]}".lower())]
    if len(ends) == 1:
        return f"Did you mean `{path}.{ends[0]}`?"
    there = next((name for name in following if name in described.names), None)
    if there is not None:
        return f"Did you mean `{path}.{there}`? The result is what it stands in itself."
    if inside := _holder(described, step):
        return f"Did you mean `{path}.{inside}.{step}`?"
    return _with_sync(described, step) or _given(fact) or _replaced(fact) or _alike(described, step)


def _with_sync(described: Described, step: str) -> str:
    """Propose to wait for the job, where its end brings the field and its start does not."""
    read = parse(described.node)
    if described.steps or read is None or read.kind != OPTIMIZED or read.pattern is not None or read.hidden:
        return ""
    called = operation(read)
    if called is None or SYNC not in catalog.patterns(called.service, called.name):
        return ""
    output = called.sync_output
    if output is None or step not in output.members:
        return ""
    return "With `.sync` the task waits for the end of the job, and its result has it."


def _given(fact: Fact) -> str:
    """Say where a field is that the request has and the result has not."""
    described, step = fact.described, str(fact.problem.step)
    task = described.task
    request = task.field("Arguments" if task.query_language == JSONATA else "Parameters")
    if described.steps or request is None or request.kind != OBJECT:
        return ""
    if request.get(step) is None and request.get(f"{step}.$") is None:
        return ""
    return f"`{step}` is in the request of `{task.name}`, and not in its result: take it from where the request has it."


def _fix(fact: Fact) -> Fix | None:
    """Return the fix that writes the name as the service does; none where the name is right on another way."""
    problem, described = fact.problem, fact.described
    if not problem.always:
        return None
    step = str(problem.step)
    start, end = problem.span
    shape = described.shape
    if problem.state.machine.document.text.content[start:end] != step or shape is None or shape.kind != "structure":
        return None
    right = nearest(step, described.names)
    if right is None or right.lower() != step.lower():
        if inside := _holder(described, step):
            right = f"{inside}.{step}"
        elif right is None or not misspelt(step, right):
            return None
    return Fix(f"Write `{right}`", [(start, end, right)], safe=False)


def _replaced(fact: Fact) -> str:
    """Propose to keep the input of the task, where the name is the author's: that of no service begins with a small letter."""
    problem, task = fact.problem, fact.described.task
    jsonata = task.query_language == JSONATA
    kept = ("Output",) if jsonata else ("ResultPath", "ResultSelector", "OutputPath")
    if fact.described.steps or task is problem.state or not str(problem.step)[:1].islower():
        return ""
    if problem.path not in ("$", "$states.input") or any(task.node.get(name) is not None for name in kept):
        return ""
    return (
        f"The result replaces the input of `{task.name}`: keep that with `{kept[0]}` there, if it has `{problem.step}`."
    )


def _alike(described: Described, step: str) -> str:
    """Propose the fields that have a word of the step, or all, where they are few."""
    names = [name for name in described.names if name not in METADATA]
    words = {word.lower() for word in _WORD.findall(step) if len(word) > 2}
    some = [name for name in names if words & {word.lower() for word in _WORD.findall(name)}]
    if 0 < len(some) <= _FEW:
        return f"Was {listed(some, 'or')} meant?"
    return f"Read {listed(names, 'or')}." if 0 < len(names) <= _FEW else ""


def _following(fact: Fact) -> list[str]:
    """Return the names that stand in the path behind the one that is not there."""
    problem = fact.problem
    rest = canonical(problem.node.text_in(problem.span[1], problem.node.end).lstrip("'\"]"))
    out: list[str] = []
    for part in rest.replace("[*]", "").split(".")[1:]:
        name = part.partition("[")[0]
        if not name.rstrip("\"' %})").isidentifier():
            break
        out.append(name.rstrip("\"' %})"))
        if out[-1] != name:
            break
    return out


def _holder(described: Described, step: str) -> str:
    """Return the one field of the result that holds a field of the name; "" where there is none, or several."""
    shape = described.shape
    holders = []
    for name, member in shape.members.items() if shape is not None else ():
        inner = member.shape
        if inner.kind == "structure" and step in inner.members:
            holders.append(name)
    return holders[0] if len(holders) == 1 else ""
