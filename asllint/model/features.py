"""What a definition has, in words that rules can ask for.

A rule names in `concerns` the features that it looks at, and is neither loaded nor run on a definition that has none of
them. The words are

- the state types that occur: ``Task``, ``Map``, … (a field and a type never share a name);
- the names of all fields that occur in states and in the objects inside them: ``Retry``, ``Label``, ``TimeoutSeconds``;
- ``mismatch:KIND`` for each kind of mismatch with the table of fields (`asllint.model.shape.KINDS`);
- ``flow:FACT`` for what the graph shows: ``missing-target``, ``no-incoming``, ``unreachable``, ``no-terminal``;
- ``expression:KIND`` for each kind of expression (`asllint.model.expressions`): ``jsonata``; of paths, template paths and texts
  only where one of them is not a plain path, or looks like one; ``expression:context`` where the context object is read,
  ``expression:variable`` where a variable may be, ``expression:undelimited`` where a text may be meant as JSONata;
- ``payload:known``: something is known of the data that a state passes on, or is given (`asllint.model.payload`);
  ``payload:dropped``, ``payload:unread``: data is made that nothing uses (`asllint.model.unread`);
- ``output:FACT`` for what is read of the results of services (`asllint.model.results`);
- ``time:FACT`` for retries, waits and timeouts (`asllint.model.timing`), ``limits:FACT`` for quotas (`asllint.model.limits`);
- ``retry:FACT``, ``catch:FACT`` and ``error:unknown-name`` for the names in ErrorEquals (`asllint.model.errors`);
- ``loop:FACT`` for what goes round (`asllint.model.loops`): ``endless``, ``exit-unchanged``, ``busy``, ``caught``, ``polled``;
- ``choice:FACT`` for what Choice rules do whatever the data is (`asllint.model.predicates`), ``choice:never-taken`` where a
  transition of a Choice state never is;
- ``name:FACT`` for state names: ``duplicate``, ``long``, ``empty``;
- ``resource:KIND``: ``integration`` for a Resource with ``:states:::``, ``activity``, ``other``; ``callback`` for one that
  ends in ``.waitForTaskToken``; ``named`` for a call of SageMaker or one that starts an execution;
- ``call:FACT`` for what Tasks call, and with what (`asllint.model.calls`);
- ``sagemaker:FACT`` for the parameters of such calls (`asllint.model.sagemaker`);
- ``policy``: the policies of the role are known (`asllint.model.audit`);
- of the text, machine or not: ``problem`` and ``problem:KIND`` (a reader's), ``duplicate-key``, ``text:blank``,
  ``text:not-object``, ``text:large`` (over a million characters), ``text:secret`` (something that secrets begin with, or are
  called), ``unknown:STYLE`` (a value that cannot be known:
  ``placeholder``, ``tag``, ``ambiguous``), ``suppression`` (one that does not do what it says).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from asllint.model import expressions
from asllint.model.machine import JSONPATH, ChoiceState, Scope, State, StateMachine
from asllint.model.shape import OPERATORS
from asllint.source.node import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, UNKNOWN, Document, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_NAME: Final = 80
"""Characters of a state name (specification, "States"; refused by AWS as INVALID_STATE_NAME)."""

CALLBACK: Final = ".waitForTaskToken"
"""What the Resource of a Task ends in that waits until it is given its token back."""

LARGE_DATA: Final = 65_536
"""Characters (of at most four bytes) below which a text has neither 256 KiB of data nor states for 25,000 events, unless
aliases repeat them."""

_SECRETS: Final = (
    # What keys of known forms begin with, and the names under which others stand, in small letters: behind a part of them,
    # since most texts have none, and all of a text is searched for each.
    {"AKIA": (), "ASIA": (), " PRIVATE KEY-----": (), "gh": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), "github_pat_": (),
     "glpat-": (), "xox": (), "sk_live_": (), "hooks.slack.com/services/": (), "AIza": (), "npm_": ()},
    {"passw": ("passwd", "password"), "api": ("apikey", "api_key", "api-key"), "authorization": (),
     "secret": ("secretaccesskey", "secret_access_key", "clientsecret", "client_secret"),
     "token": ("accesstoken", "access_token", "authtoken", "auth_token")},
)  # fmt: skip

LARGE: Final = 1_000_000
"""Characters from which on a text may be over the 1,048,576 that AWS takes (API CreateStateMachine, `definition`)."""


def of_text(document: Document) -> set[str]:
    """Return the features of a text."""
    out: set[str] = set()
    if document.problems:
        out.add("problem")
        out.update(f"problem:{problem.kind}" for problem in document.problems)
    if len(document.text.content) > LARGE:
        out.add("text:large")
    if _may_hold_secret(document.text.content):
        out.add("text:secret")
    root = document.root
    if root is None:
        if not document.problems:
            out.add("text:blank")
        return out
    if root.kind != OBJECT:
        out.add("text:not-object")
    todo = [root]
    while todo:  # every value of the text comes by here
        node = todo.pop()
        if node.kind == OBJECT:
            members = node.members
            if len(members) > 1 and len(members) != len({key.value for key, _ in members}):
                out.add("duplicate-key")
            todo += [value for _, value in members if value.kind not in _SCALARS]
        elif node.kind == ARRAY:
            todo += [item for item in node.items if item.kind not in _SCALARS]
        elif node.kind == UNKNOWN:
            out.add(f"unknown:{node.style}")
    return out


_SCALARS: Final = frozenset((STRING, NUMBER, BOOLEAN, NULL))


def _may_hold_secret(content: str) -> bool:
    exact, folded = _SECRETS
    if "\\/" in content:  # as some writers of JSON have each slash
        content = content.replace("\\/", "/")
    return _has_one(content, exact) or ("://" in content and "@" in content) or _has_one(content.lower(), folded)


def _has_one(content: str, marks: Mapping[str, Sequence[str]]) -> bool:
    return any(
        part in content and (not whole or any(map(content.__contains__, whole))) for part, whole in marks.items()
    )


class Features(Set[str]):
    """The features of a machine: what the definition shows at once, and what an analysis finds when a word of it is asked for."""

    __slots__ = ("_known", "_machine", "_pending")

    def __init__(self, machine: StateMachine, known: set[str]) -> None:
        self._machine = machine
        self._known = known
        self._pending = dict(_ANALYSES)

    def __contains__(self, word: object) -> bool:
        if word in self._known:
            return True
        kind = str(word).partition(":")[0]
        return kind in self._pending and word in self._with(kind)

    def __iter__(self) -> Iterator[str]:
        for kind in [*self._pending]:
            self._with(kind)
        return iter(self._known)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def concern(self, concerns: Sequence[str]) -> bool:
        """Whether one of these words is among the features."""
        if self._known.isdisjoint(concerns):
            for word in concerns:
                kind = word.partition(":")[0]
                if kind in self._pending:
                    self._with(kind)
        return not self._known.isdisjoint(concerns)

    def add(self, words: Iterable[str]) -> None:
        """Add features that the definition does not show itself."""
        self._known.update(words)

    def _with(self, kind: str) -> set[str]:
        """Return what is known once the words of a kind are."""
        for analysis in self._pending.pop(kind, ()):
            self._known.update(analysis(self._machine, self._known))
        return self._known


def collect(machine: StateMachine, fields: set[str]) -> Features:
    """Return the features of a machine; `fields` are the names of the fields that its objects have."""
    out = set(fields)
    out.update(f"mismatch:{mismatch.kind}" for mismatch in machine.mismatches)
    out.update(expressions.features(machine.expressions))
    if expressions.no_strings(machine):
        out.add("expression:template path")
    names: set[str] = set()
    for scope in (machine, *machine.scopes):
        _flow(scope, out)
        for state in scope.states:
            _state(state, names, out)
    if (
        machine.input is not None
        or not out.isdisjoint(_SHAPING)
        or any(_shapes(state) for scope in (machine, *machine.scopes) for state in scope.states)
        or any(map(_of_a_kind, machine.expressions))
    ):
        out.add("payload:known")
    if machine.fragment is None and machine.complete and not any(state.terminal for state in machine.states):
        out.add("flow:no-terminal")
    return Features(machine, out)


# -- what an analysis finds: each is asked only where there may be something for it, and imported only then


def _of_results(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    if (
        "resource:integration" not in known
        or not any(map(_reads, machine.expressions))
        or not any(map(_gives, machine.all_states()))
    ):
        return ()
    from asllint.model import results

    return results.words(machine)


def _of_unread(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    if known.isdisjoint(_MAKING):
        return ()
    from asllint.model import unread

    return {f"payload:{fact.kind}" for fact in unread.unread(machine)}


def _of_loops(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    if not any(_goes_back(scope) for scope in (machine, *machine.scopes)):
        return ()
    from asllint.model import loops

    return loops.loops(machine).features()


def _of_errors(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    if "Retry" not in known and "Catch" not in known:
        return ()
    from asllint.model import errors

    return {fact.word for fact in errors.facts(machine)}


def _of_caught(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    return ("catch:read",) if "Catch" in known and _reads_caught(machine) else ()


def _of_time(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    express = machine.workflow_type == "express" or "ExecutionType" in known
    if (
        known.isdisjoint(_TIMED)
        and not ("Retry" in known and (express or not known.isdisjoint(_HOLDERS)))
        and not ("Wait" in known and (express or any(map(_waits_long, machine.all_states()))))
    ):
        return ()
    from asllint.model import timing

    return timing.analyse(machine).words


def _of_limits(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    large = len(machine.document.text.content) >= LARGE_DATA or may_repeat(machine.document)
    if not large and known.isdisjoint(_LIMITED):
        return ()
    from asllint.model import limits

    return limits.analyse(machine).words


def _of_calls(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    if known.isdisjoint(_CALLING):
        return ()
    from asllint.model import calls

    return calls.calls(machine).words


def _of_sagemaker(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    if "resource:named" not in known:
        return ()
    from asllint.model import sagemaker

    return {fact.kind for fact in sagemaker.facts(machine)}


def _of_choices(machine: StateMachine, known: Set[str]) -> Iterable[str]:
    if "Choice" not in known or all(
        not isinstance(state, ChoiceState) or plain_choice(state) for state in machine.all_states()
    ):
        return ()
    from asllint.model import predicates

    return predicates.analyse(machine).words


_ANALYSES: Final[Mapping[str, Sequence[Callable[[StateMachine, Set[str]], Iterable[str]]]]] = {
    "output": (_of_results,),
    "payload": (_of_results, _of_unread),
    "loop": (_of_loops,),
    "retry": (_of_errors,),
    "catch": (_of_errors, _of_caught),
    "error": (_of_errors,),
    "time": (_of_time,),
    "limits": (_of_limits,),
    "call": (_of_calls,),
    "sagemaker": (_of_sagemaker,),
    "choice": (_of_choices,),
}
"""The analyses that find the words of a kind: what stands before the colon."""


def _state(state: State, names: set[str], out: set[str]) -> None:
    out.add(state.type)
    if state.key_node is not None:
        name = state.name
        if name in names:
            out.add("name:duplicate")
        names.add(name)
        if len(name) > MAX_NAME:
            out.add("name:long")
        elif not name.strip():
            out.add("name:empty")
    if state.type == "Task":
        resource = state.node.get("Resource")
        if resource is not None:
            text = resource.text or ""
            kind = "integration" if ":states:::" in text else "activity" if ":activity:" in text else "other"
            out.add(f"resource:{kind}")
            if text.endswith(CALLBACK):
                out.add("resource:callback")
            if ":sagemaker:" in text or ":startExecution" in text:
                out.add("resource:named")


def may_repeat(document: Document) -> bool:
    """Whether values may be larger than their text: YAML with anchors and aliases."""
    content = document.text.content
    return document.language == "yaml" and "&" in content and "*" in content


_TIMED: Final = frozenset(("TimeoutSeconds", "Timestamp", "resource:callback", "resource:activity"))
"""What has to do with time wherever it stands; a Retry or a Wait has in what lasts five minutes, or goes on very long."""
_HOLDERS: Final = frozenset(("Map", "Parallel"))
_LIMITED: Final = frozenset(("MaxConcurrency", "ExecutionType", "Items"))
"""Fields of Map states, of which a distributed one has an ExecutionType."""
LONG_WAIT: Final = 86_400
"""Seconds of a Wait below which no number of them comes to the year that an execution may last."""


def _waits_long(state: State) -> bool:
    """Whether a Wait may be too long for any execution."""
    seconds = state.node.get("Seconds") if state.type == "Wait" else None
    if seconds is None:
        return False
    value = seconds.value
    return not isinstance(value, int | float) or value >= LONG_WAIT


_CALLING: Final = frozenset(("resource:integration", "ItemReader", "ResultWriter"))
"""What calls an API with a request that is in the definition."""
_SHAPING: Final = frozenset(("Parallel", "Map", "Catch", "ResultSelector", "Result", "Output", "IsPresent"))
"""State types and fields that make something known of the data."""


_MAKING: Final = frozenset(("Pass", "ResultSelector"))
"""State types and fields that make data whose fields are all there to see."""


def _shapes(state: State) -> bool:
    """Whether something becomes known of the data by a field that does so in some states alone."""
    node = state.node
    if state.type == "Pass" and (node.get("Parameters") is not None or node.get("Assign") is not None):
        return True
    return any((path := node.get(name)) is not None and path.kind == NULL for name in ("InputPath", "OutputPath"))


def _of_a_kind(expression: expressions.Expression) -> bool:
    """Whether an expression stands in a field that takes values of one kind, and may give another whatever the data is."""
    field, text = expression.field, expression.text
    if expression.kind != expressions.JSONATA_EXPRESSION or field not in _OF_A_KIND:
        return False
    inside = text.strip("{%} ")
    if inside.startswith("$") and "(" not in inside and " " not in inside:
        return False
    return field != "Condition" or not any(mark in text for mark in _TELLING)


_OF_A_KIND: Final = frozenset((
    "Cause", "Condition", "Error", "HeartbeatSeconds", "MaxConcurrency", "Seconds", "TimeoutSeconds", "Timestamp",
    "ToleratedFailureCount", "ToleratedFailurePercentage",
))  # fmt: skip
_TELLING: Final = ("=", "<", ">", " in ", " and ", " or ", "$not(", "$exists(", "$boolean(", "$contains(", "?")
"""What gives true or false, or may."""


_MANY_WRITTEN: Final = 20
"""Names that Catchers write from which on all expressions are not looked through for each."""


def _reads_caught(machine: StateMachine) -> bool:
    """Whether a state may read what a Catcher of the machine's own states writes beside the data."""
    written = {
        _first_name(path.text or "") for state in machine.states for c in state.catchers if (path := c.result_path)
    }
    written.discard("")
    if len(written) > _MANY_WRITTEN:
        return True
    return bool(written) and any(
        any(name in expression.text for name in written)
        for expression in machine.expressions
        if expression.field != "ResultPath"
    )


def _first_name(path: str) -> str:
    """Return the first name of a path, with or without brackets."""
    name = path.lstrip("$.['\"")
    return name[: min((at for mark in ".['\"]" if (at := name.find(mark)) >= 0), default=len(name))]


def _reads(expression: expressions.Expression) -> bool:
    """Whether an expression may read a field of the data."""
    text = expression.text
    return (
        ("." in text or "['" in text or '["' in text)
        and expression.kind != expressions.TEXT
        and expression.field != "ResultPath"
        and not text.startswith("$$")
    )


def _gives(state: State) -> bool:
    """Whether a Task may pass on a result of which something is known."""
    node = state.node
    resource = node.get("Resource") if state.type == "Task" else None
    text = (resource.text or "") if resource is not None else ""
    if ":states:::" not in text or text.endswith(CALLBACK):
        return False
    path = node.get("ResultPath")
    if path is not None and path.kind == NULL:
        return False
    inner = (
        state.scope is not state.machine
    )  # the Parallel or Map state around it is given what the last state of a scope gives
    return not state.terminal or inner or any(node.get(name) is not None for name in _PICKING)


_PICKING: Final = ("ResultSelector", "OutputPath", "Output", "Assign")
"""Fields that read the result of a Task."""


def _goes_back(scope: Scope) -> bool:
    """Whether a transition leads to its own state, or to one before it in the text: without one nothing goes round."""
    seen: set[State] = set()
    for state in scope.states:
        seen.add(state)
        for transition in state.transitions:
            for target in transition.targets:
                if target in seen:
                    return True
    return False


_EQUAL: Final = frozenset(("StringEquals", "NumericEquals", "BooleanEquals"))
_BESIDE: Final = frozenset(("Variable", "Next", "Comment", "Assign", "Output"))


def plain_choice(state: ChoiceState) -> bool:
    """Whether there is nothing to find in a Choice state: it has a Default, and each rule asks for paths of its own, or
    compares the path with another value."""  # fmt: skip
    if state.default is None or state.query_language != JSONPATH:
        return False
    equal: set[object] = set()
    compared: set[object] = set()
    alone: set[object] = set()
    for rule in state.choices:
        if not rule.operands:
            found = _comparison(rule.node)
            if found is None:
                return False
            path, operator, value = found
            if path in alone:
                return False
            if operator in _EQUAL:
                if (path, value) in equal:
                    return False
                equal.add((path, value))
                compared.add(path)
            elif path in compared:
                return False
            else:
                alone.add(path)
            continue
        if rule.node.get("And") is None or any(rule.node.get(name) is not None for name in ("Or", "Not", "Variable")):
            return False
        own: set[object] = set()
        present: set[object] = set()
        for operand in rule.operands:
            found = _comparison(operand.node) if not operand.operands else None
            if found is None or found[0] in compared or found[0] in alone or found[0] in own:
                return False
            if found[1] != "IsPresent":
                own.add(found[0])
            elif found[2] == (BOOLEAN, True):
                present.add(found[0])
            else:
                return False
        alone |= own | present
    return True


def _comparison(rule: Node) -> tuple[object, str, object] | None:
    """Return the path, operator and value of a comparison that some values fulfil and others do not; None for others."""
    path = rule.get("Variable")
    if path is None or path.kind != STRING or "[" in str(path.value):
        return None
    compared: tuple[object, str, object] | None = None
    for key, node in rule.members:
        name = str(key.value)
        if name in _BESIDE:
            continue
        if (
            compared is not None
            or OPERATORS.get(name) != node.kind
            or node.holes
            or node.value == ""
            or name.endswith("Path")
        ):
            return None
        compared = path.value, name, (node.kind, node.value)
    return compared


def _flow(scope: Scope, out: set[str]) -> None:
    graph = scope.graph
    for transition in scope.transitions:
        if not transition.targets:
            out.add("flow:missing-target")
            break
    if not scope.complete:
        return
    for state in scope.states:
        if not graph.incoming[state]:
            out.add("flow:no-incoming")
        elif state not in graph.reachable:
            out.add("flow:unreachable")
