"""How findings word what `asllint.model.errors` found; loaded only by the rules that found something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from asllint.aws.errors import LAMBDA, STATES, known, matches, meant
from asllint.model.errors import (
    NO_HEARTBEAT,
    NO_TIMEOUT,
    NOTHING_INSIDE,
    OF_THE_JOB,
    OTHER_STATE,
    REPEATED,
    SANDBOX,
    SOCKET,
    TAILS,
    TASK_FAILED,
    THRESHOLD,
    UNCATCHABLE,
    Fact,
)
from asllint.model.machine import JSONATA, Retrier
from asllint.model.names import listed, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

RAISED_BY: Final = {
    # Names of Step Functions that one kind of state raises (specification, appendix A; developer guide, "Error names").
    "States.BranchFailed": "only Parallel and Map states do",
    "States.ExceedToleratedFailureThreshold": "only Map states do of which some items may fail",
    "States.Http.Socket": "only HTTP Tasks do",
    "States.IntrinsicFailure": "only states that use JSONPath do",
    "States.ItemReaderFailed": "only Map states with an `ItemReader` do",
    "States.NoChoiceMatched": "only Choice states without `Default` do",
    "States.ParameterPathFailure": "only states that use JSONPath do",
    "States.Permissions": "only Task states do",
    "States.QueryEvaluationError": "only states that use JSONata do",
    "States.ResultPathMatchFailure": "only states that use JSONPath do",
    "States.ResultWriterFailed": "only Map states with a `ResultWriter` do",
}


def never(fact: Fact) -> tuple[str, str]:
    """Return the message and the cure of names that never match."""
    names = [str(node.value) for node in fact.nodes]
    handler = "Retrier" if isinstance(fact.handler, Retrier) else "Catcher"
    what = f"`{names[0]}` never reaches" if len(names) == 1 else f"None of {listed(names)} ever reaches"
    why, cure = _why(fact)
    rest = "" if fact.dead else " Its other names count."
    return f"{what} this {handler}: {why}.{rest}", cure


def _why(fact: Fact) -> tuple[str, str]:
    state, reason = fact.handler.state, fact.reason
    here = f"`{state.name}`"
    task = state.type == "Task"
    if reason == NO_TIMEOUT:
        if not task:
            return (
                f"no state inside {here} can time out",
                "Set `TimeoutSeconds` on the Tasks inside, or remove the name.",
            )
        why = f"{here} has no timeout of its own, neither `TimeoutSeconds` nor `HeartbeatSeconds`"
        if ":function:" in _resource(fact) or ":states:::lambda:" in _resource(fact):
            cure = f"Set `TimeoutSeconds`; a function that runs out of its own time raises `{SANDBOX}` or `Lambda.Unknown`."
            return why, cure
        if _resource(fact).endswith(_HTTP_TASK):
            why += f"; an HTTP Task that has no answer after 60 seconds raises `{SOCKET}`"
            named = any(node.value == SOCKET for node in fact.handler.error_equals)
            return (
                why,
                f"{'Remove the name' if named else f'Write `{SOCKET}`'}, or set `TimeoutSeconds` to less than 60.",
            )
        return why, "Set `TimeoutSeconds` to the longest time that the task may take, or remove the name."
    if reason == NO_HEARTBEAT:
        why = (
            f"{here} has no `HeartbeatSeconds`"
            if task
            else f"no state inside {here} has `HeartbeatSeconds` and lets it out"
        )
        return why, "Set `HeartbeatSeconds`, or remove the name."
    if reason == UNCATCHABLE:
        why = "it ends the execution at once, whatever Retry and Catch say"
        if state.query_language == JSONATA:
            return why, "Prevent it. What fails in an expression is `States.QueryEvaluationError`, which can be named."
        return why, "Prevent it: it comes of data that is not there, which a Choice state with `IsPresent` can test."
    if reason == THRESHOLD:
        why = f"{here} is a distributed Map, which does not pass on the errors of its child executions"
        return why, (
            "Handle the error in the states of the item processor, or name `States.ExceedToleratedFailureThreshold`, "
            "which the Map raises when too many items have failed."
        )
    if reason == OTHER_STATE:
        inside = "" if task else " and no state inside it does"
        raised_by = {RAISED_BY.get(str(node.value), "other states do") for node in fact.nodes}
        others = raised_by.pop() if len(raised_by) == 1 else "other states do"
        if len(fact.nodes) == 1:
            return f"{here} does not raise it{inside}; {others}", "Remove the name."
        return f"{here} does not raise them{inside}; {others}", "Remove the names."
    if reason == OF_THE_JOB:
        return f"a Task that waits for its job raises `{TASK_FAILED}` where the job fails", f"Write `{TASK_FAILED}`."
    if reason == NOTHING_INSIDE:
        what = "it" if len(fact.nodes) == 1 else "them"
        why = f"no state inside {here} raises {what}, or none lets {what} out"
        return why, _spelt(fact) or "Name what the states inside raise and do not catch themselves, or remove the name."
    called = _resource(fact).partition(":states:::")[2]
    prefixes = [f"{prefix}…" for prefix in _prefixes(fact.forms)]
    return f"the errors of `{called}` are called {listed(prefixes, 'or')}, to the letter", _spelt(fact)


_HTTP_TASK: Final = ":states:::http:invoke"


def _resource(fact: Fact) -> str:
    node = fact.handler.state.field("Resource")
    return (node.text or "") if node is not None else ""


def _spelt(fact: Fact) -> str:
    """Propose the name that was meant, with the right prefix."""
    prefix, dot, tail = fact.name.rpartition(".")
    prefixes = _prefixes(fact.forms)
    for known_prefix in prefixes:
        if dot and f"{prefix}.".lower() == known_prefix.lower():
            return f"Did you mean `{known_prefix}{tail}`?"
    if not dot and len(prefixes) == 1:
        found = known(_resource(fact), fact.name)
        return f"Did you mean `{prefixes[0]}{found}`?" if found else ""
    return ""


@lru_cache(
    maxsize=1
)  # a Parallel state may raise as many errors as it has Catchers, and all of these share what it raises
def _prefixes(forms: frozenset[str]) -> Sequence[str]:
    """Return the prefixes of a service's own errors."""
    return sorted(form for form in forms if form.endswith(".") and form != STATES)


def shadowed(fact: Fact) -> tuple[str, str, str]:
    """Return the message, the cure and the words at the other place of names that an earlier one takes."""
    handler, field = ("Retrier", "Retry") if isinstance(fact.handler, Retrier) else ("Catcher", "Catch")
    assert fact.other is not None
    if fact.kind == REPEATED:
        return f"`{fact.name}` stands twice in this `ErrorEquals`.", "Remove one.", "the first time"
    names = [str(node.value) for node in fact.nodes]
    by = str(fact.other.value)
    took = (
        f"`{by}`, which matches any error but `States.Timeout` and `States.QueryEvaluationError`, stands in an earlier one"
        if by == TASK_FAILED and names != [TASK_FAILED]
        else "an earlier one names it"
    )
    what = f"`{names[0]}` never reaches" if len(names) == 1 else f"None of {listed(names)} ever reaches"
    rest = "" if fact.dead else " Its other names count."
    spent = ", also when that one has used up its attempts" if handler == "Retrier" else ""
    cure = f"Put the {handler} with `{by}` behind the others." if by == TASK_FAILED else "Remove it in one of the two."
    return f"{what} this {handler}: {took}, and the first in `{field}` counts{spent}.{rest}", cure, "takes the error"


def unknown(fact: Fact) -> tuple[str, str, str | None] | None:
    """Return the message and the cure of a name that nothing raises, and the name that was probably meant; None where it may be
    a name of the author's own."""  # fmt: skip
    name = fact.name
    stripped = name.strip()
    if "*" in name:
        near = listed(("States.ALL", TASK_FAILED), "or")
        message = f"`{name}` is compared to the letter: no error is called so, and `*` stands for nothing."
        return message, f"Use {near}.", None
    if stripped.startswith("Lambda."):
        found = _lambda(stripped)
        if found is None:
            return None
        return f"`{name}` is no error that the service raises: names are compared to the letter.", _did(found), found
    raised = meant(_resource(fact), name)
    if raised is not None:
        called = _resource(fact).partition(":states:::")[2]
        message = f"`{name}` is no error that `{called}` is known to raise: names are compared to the letter."
        return message, _did(raised), raised
    found = SANDBOX if stripped.lower() == SANDBOX.lower() else _known(stripped)
    if found is None and matches(fact.forms, STATES):
        return None  # a worker, or a Fail state, may call its errors so, though `States.` is reserved
    message = f"`{name}` is no error that Step Functions raises: names are compared to the letter"
    if found is None:
        cure = f"Name one that is raised, such as `States.ALL` or `{TASK_FAILED}`; an error of your own goes without `States.`."
        return f"{message}, and names of one's own cannot begin with `States.`.", cure, None
    return f"{message}.", _did(found), found


def _did(found: str) -> str:
    return f"Did you mean `{found}`?"


def _known(name: str) -> str | None:
    """Return the error of Step Functions that is nearly called so; `States.` is not compared."""
    tail = name.lower().removeprefix("states.").removeprefix("state.")
    found = nearest(tail, TAILS) if tail not in TAILS else tail
    if found is None and ("timedout" in tail or "timeout" in tail):
        found = "timeout"
    if found is None and len(tail) > 3:
        found = next((known for known in TAILS if known.startswith(tail) or tail.startswith(known)), None)
    return TAILS[found] if found is not None else None


def _lambda(name: str) -> str | None:
    """Return the error of AWS Lambda that is nearly called so; what all of their names share is not compared."""
    cores = {_core(known): known for known in sorted(LAMBDA)}
    found = _core(name) if _core(name) in cores else nearest(_core(name), cores)
    return cores[found] if found is not None else None


def _core(name: str) -> str:
    return name.removeprefix("Lambda.").removesuffix("Exception")
