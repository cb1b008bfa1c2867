"""ASL422."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asllint.model import StateMachine
from asllint.model.expressions import JSONATA_EXPRESSION
from asllint.model.machine import CATCH, CHOICE, Transition
from asllint.model.names import MAX_EFFORT, effort, nearest
from asllint.model.variables import NEVER, RESERVED, SOMETIMES, Assignment, Read, Variables, variables, visible_scopes
from asllint.rule import WARNING, Example, Finding, Fix, Related, Rule


class UndefinedVariable(Rule):
    """An expression reads a variable that has no value there, on every way to the state or on some.

    A variable has a value in the states that come after the one that assigns it. Its own fields, `Output` too, still read
    the old value. An `Assign` in a Choice rule or a Catcher counts on their `Next` alone, and that of a state does not
    count where a Catcher takes over. What the states inside a Map or Parallel assign is gone when it ends; the states inside a
    distributed Map do not see the variables outside (developer guide, "Passing data between states with variables").

    AWS does not look for this when it creates the state machine. The execution fails with States.QueryEvaluationError, "The
    JSONata expression '$x' … returned nothing (undefined)", in JSONPath with States.Runtime.

    Where only some ways to the state leave a variable out, the finding is made where the expression cannot do without it,
    and shows the transition by which an execution gets there without. `$exists($x)`, the condition of `? :`, and `IsPresent`
    in the same Choice state ask for the value themselves: they are no finding.

    ## Why it matters

    The mistake shows when the state runs, and only on the way that lacks the variable.

    ## What to do

    Correct the name; or assign the variable in a state before, on every way: an empty value in the first state is often
    enough. To bring a value out of a Map or Parallel, return it as output and assign it from the result; to bring one into a
    distributed Map, put it into `ItemSelector` or `BatchInput`.
    """

    code = "ASL422"
    name = "undefined-variable"
    severity = WARNING
    concerns = ("expression:variable",)
    precision = "high"

    invalid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Get", "States": {
  "Get": {"Type": "Pass", "Assign": {"orderId": 5}, "Next": "Use"},
  "Use": {"Type": "Succeed", "Output": "{% «$orderID» %}"}}}""",
            title="a name in other letters",
        ),
        Example(
            """{"StartAt": "Get", "States": {
  "Get": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "Assign": {"order.$": "$.order"},
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}], "Next": "Tell"},
  "Tell": {"Type": "Pass", "Parameters": {"order.$": "«$order».id"}, "End": true}}}""",
            title="not there behind the Catcher",
        ),
        Example(
            """QueryLanguage: JSONata
StartAt: Each
States:
  Each:
    Type: Map
    ItemProcessor:
      StartAt: One
      States:
        One: {Type: Pass, Assign: {total: '{% $states.input.n %}'}, End: true}
    Next: Sum
  Sum: {Type: Succeed, Output: '{% «$total» %}'}
""",
            language="yaml",
            title="gone when the Map ends",
        ),
    )
    valid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Get", "States": {
  "Get": {"Type": "Pass", "Assign": {"n": 5, "rate": 2}, "Next": "Each"},
  "Each": {"Type": "Map", "Items": [1, 2], "ItemProcessor": {"StartAt": "One", "States": {
    "One": {"Type": "Pass", "Output": "{% $n * $rate %}", "End": true}}}, "End": true}}}""",
            title="read inside a Map",
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Use", "States": {
  "Use": {"Type": "Succeed", "Output": "{% $exists($n) ? $n : ($m := 1; $m + 1) %}"}}}""",
            title="asked for, and bound in the expression itself",
        ),
        Example('{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $fromOutside %}", "End": true}'),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        here = variables(machine)
        budget = MAX_EFFORT
        asked = {(id(read.expression.node), read.name) for read in here.reads if read.guarded}
        asked |= {(id(read.expression.state), read.name) for read in here.reads if read.guarded}
        seen: set[tuple[int, str]] = set()
        for read in here.reads:
            node = read.expression.node
            if read.function or (id(node), read.name) in seen:
                continue
            # in a Choice state of JSONPath one rule asks for what another reads
            place = node if read.expression.kind == JSONATA_EXPRESSION else read.expression.state
            if (id(place), read.name) in asked:
                continue
            missing = here.missing(read)
            if missing == NEVER:
                seen.add((id(node), read.name))
                unknown = not here.assigned(read.name)
                yield _never(here, read, _meant(here, read) if unknown and budget > 0 else None)
                budget -= effort(read.name, here.names()) if unknown and budget > 0 else 0
            elif missing == SOMETIMES and read.fails:
                seen.add((id(node), read.name))
                yield _sometimes(here, read)


def _never(here: Variables, read: Read, meant: str | None) -> Finding:
    """Word a read of what has no value; `meant` is the variable that a name without assignments most likely stands for."""
    name, node = read.name, read.expression.node
    places = here.assigned(name)
    related: list[Related] = []
    message, cure = _reason(here, read, places, meant)
    span = node.span_in(read.start, read.end)
    fix = Fix(f"Write `${meant}`", [(*span, f"${meant}")], safe=False) if meant else None
    if places:
        related = [Related(places[0].key, f"`{name}` is assigned here")]
    return Finding(span, message, cure=cure, anchor=node, related=related, fix=fix)


def _meant(here: Variables, read: Read) -> str | None:
    """Return the variable that a name most likely stands for: best one that is there, never one that cannot be read."""
    available = [name for name in here.available(read.expression.state) if name.isidentifier()]
    in_jsonata = read.expression.kind == JSONATA_EXPRESSION
    return nearest(read.name, [*available, RESERVED] if in_jsonata else available) or nearest(
        read.name, [name for name in here.names() if name.isidentifier()]
    )


def _reason(here: Variables, read: Read, places: Sequence[Assignment], meant: str | None) -> tuple[str, str]:
    name, state = read.name, read.expression.state
    result = "the execution fails here" if read.fails else "it gives nothing here"
    if not places:
        in_jsonata = read.expression.kind == JSONATA_EXPRESSION
        message = f"No state assigns the variable `${name}`: {result}."
        if meant:
            return message, f"Did you mean `${meant}`?"
        if in_jsonata:
            return message, f"Write `$states.input.{name}` for a field of the input, or assign it in a state before."
        return message, f"Write `$.{name}` for a field of the input, or assign it in a state before."
    scopes = here.scopes_of(name)
    if state.scope not in scopes and not any(scope in scopes for scope in visible_scopes(state.scope)):
        around = state.scope
        while around.owner is not None:
            around = around.owner.scope
            if around in scopes:
                message = (
                    f"The states inside a distributed Map do not see `${name}`, which is assigned outside: {result}."
                )
                return message, "Pass it in with `ItemSelector` or `BatchInput`."
        where = places[0].state.scope.title
        message = f"`${name}` is assigned in {where} alone, and is gone where that ends: {result}."
        return message, "Return it as output there, and assign it from the result of the Map or Parallel state."
    if all(place.state is state for place in places):
        message = f"`${name}` is assigned by this state itself, whose fields read what was there before: {result}."
        return message, "Read it in the next state, or write its value here too."
    message = f"`${name}` is not assigned on any way to this state: {result}."
    return message, "Assign it in a state before."


def _sometimes(here: Variables, read: Read) -> Finding:
    name, node = read.name, read.expression.node
    way = here.way_without(read)
    message = f"`${name}` is not assigned on every way to this state: without it the execution fails here."
    related = [] if way is None else [Related(way.node, f"an execution that comes this way has no `${name}`")]
    cure = _where(way, name)
    return Finding(node.span_in(read.start, read.end), message, cure=cure, anchor=node, related=related)


def _where(way: Transition | None, name: str) -> str:
    if way is None or way.source is None:
        return f"Assign `{name}` before, on every way."
    if way.kind == CATCH:
        return f"Assign `{name}` in the Catcher of `{way.source.name}`, or before that state."
    if way.kind == CHOICE:
        return f"Assign `{name}` in the Choice rule of `{way.source.name}`, or before that state."
    return f"Assign `{name}` in `{way.source.name}`, or before it."
