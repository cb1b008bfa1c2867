"""What tasks give, as the services that they call describe it, and what states read of that.

A service has its results described (`asllint.aws.outputs`). Services add members and values later, and leave members away, so
that what is not described is never more than unlikely: the data goes on, and may be anything. Only what is read by name is
looked up; a machine that reads nothing of a result opens no description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from asllint.aws import resource as arns
from asllint.model.machine import CATCH, DEFAULT, JSONATA, JSONPATH, ChoiceRule, ChoiceState, State, StateMachine
from asllint.model.payload import ANYTHING, COMPARED, UNDESCRIBED, Origin, Problem, Shape, analyse, array
from asllint.source.node import ARRAY, BOOLEAN, NUMBER, OBJECT, STRING, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.aws.shapes import Shape as Description
    from asllint.expr.jsonata import Node as Tree
    from asllint.model.payload import _Evaluation

MAX_STEPS: Final = 12
"""Steps into a result; what is further down is unknown (a shape may hold itself)."""
MAX_WAY: Final = 20
"""States that a way is followed over."""
MAX_BEHIND: Final = 200
"""States behind a `Default` that are looked through for another question."""

_SCALARS: Final = {"string": STRING, "integer": NUMBER, "long": NUMBER, "float": NUMBER, "boolean": BOOLEAN}

METADATA: Final = ("SdkHttpMetadata", "SdkResponseMetadata")
"""Fields that Step Functions adds to results; not all that it adds them to are documented."""

UNKNOWN_PATH: Final = "output:unknown-path"
NEVER_EQUAL: Final = "output:never-equal"
KEPT_BACK: Final = "output:kept-back"
NOT_HANDLED: Final = "output:not-handled"
"""The feature words, one for each kind of fact."""


class Described:
    """A value in the result of a task, as the service describes it.

    task   the Task state
    called what its Resource calls, as the Resource has it: "sagemaker:createTrainingJob.sync"
    steps  where the value is in the result; None for an item of an array
    """

    __slots__ = ("_loaded", "_made", "_shape", "called", "node", "steps", "task")

    def __init__(
        self, task: State, node: Node, called: str, steps: tuple[str | None, ...], shape: Description | None = None
    ) -> None:
        self.task = task
        self.node = node
        self.called = called
        self.steps = steps
        self._shape = shape
        self._loaded = bool(steps)
        self._made: dict[str | None, Shape] = {}

    @property
    def shape(self) -> Description | None:
        """What the service says of the value; None where nothing is known."""
        if not self._loaded:
            from asllint.aws.outputs import output

            read = arns.parse(self.node)
            self._shape = output(read) if read is not None else None
            self._loaded = True
        return self._shape

    @property
    def key(self) -> object:
        """What is the same for values that are described alike."""
        return self.called, self.steps

    @property
    def values(self) -> Sequence[str]:
        """The texts that the service gives there; () where it can be any."""
        return self.shape.values if self.shape is not None else ()

    @property
    def names(self) -> Sequence[str]:
        """The fields that it has."""
        return tuple(self.shape.members) if self.shape is not None else ()

    def get(self, name: str | None) -> Shape:
        """Return what a field holds, or for None an item of the array; anything where the service does not describe it."""
        made = self._made.get(name)
        if made is None:
            shape = self.shape
            found = None
            if shape is not None and len(self.steps) < MAX_STEPS:
                found = shape.item if name is None else shape.get(name)
            made = ANYTHING if found is None else self._shaped(name, found)
            self._made[name] = made
        return made

    def _shaped(self, name: str | None, shape: Description) -> Shape:
        inner = Described(self.task, self.node, self.called, (*self.steps, name), shape)
        origin = Origin(self.node, f"`{self.called}` gives it")
        kind = shape.kind
        if kind == "structure":
            # of what has no members nothing is told
            return Shape(OBJECT, None, origin, is_open=True, described=inner) if shape.members else ANYTHING
        if kind == "map":
            return Shape(OBJECT, None, origin, is_open=True, described=inner)
        if kind == "list":
            return array(None, inner.get(None), origin, inner)
        # timestamps come as numbers or as text
        scalar = _SCALARS.get(kind)
        return Shape(scalar, None, origin, described=inner) if scalar is not None else ANYTHING

    def lacks(self, step: str | int) -> bool:
        """Whether the service describes nothing that a step of a path selects."""
        shape = self.shape
        if shape is None or step in METADATA:
            return False
        if shape.kind == "structure":
            return isinstance(step, str) and shape.find(step) is None
        if shape.kind == "list":
            return isinstance(step, str)
        return shape.kind in _SCALARS

    def gives(self, name: str) -> bool:
        """Whether the service says that a field is always there."""
        shape = self.shape
        member = shape.find(name) if shape is not None and shape.kind == "structure" else None
        return member is not None and member.required

    @property
    def root(self) -> Described:
        """The whole result."""
        return Described(self.task, self.node, self.called, ()) if self.steps else self


def result(state: State, resource: Node) -> Shape:
    """Return what a Task gives that calls an integration."""
    text = resource.text or ""
    called = text.partition(":states:::")[2]
    if resource.holes and resource.holes[-1][1] > text.index(":states:::"):
        return ANYTHING
    read = arns.parse(resource)
    if read is None or read.pattern_name not in (arns.REQUEST_RESPONSE, arns.SYNC, arns.SYNC_2) or read.action is None:
        return ANYTHING
    if read.pattern_name != arns.REQUEST_RESPONSE:
        from asllint.model.context import hands_on_token

        if hands_on_token(state):
            return ANYTHING  # whoever has the token can end the task, and send what it gives
    described = Described(state, resource, called, ())
    return Shape(OBJECT, None, Origin(resource, f"the result of `{called}`"), is_open=True, described=described)


Told = tuple[str, tuple[int, int], "Tree", str | None, Shape]


def told(root: Tree, evaluated: _Evaluation) -> Iterator[Told]:
    """Yield what a JSONata expression reads of results: the kind of a Problem, the span of what is read up to there, the part
    that it is about, its step, and the value."""  # fmt: skip
    stack = [root]
    while stack:
        node = stack.pop()
        children = node.children
        if node.kind == "call" and children[0].value in ("exists", "lookup"):
            continue
        if node.kind == "path" and children[0].kind == "variable":
            found = evaluated.not_described(node)
            if found is not None:
                holder, step = found
                yield UNDESCRIBED, (node.start, step.start), step, str(step.value), holder
        elif node.kind == "binary" and node.value in ("=", "!=", "in"):
            yield from _compared(node, evaluated)
        stack.extend(reversed(children))


def _compared(node: Tree, evaluated: _Evaluation) -> Iterator[Told]:
    left, right = node.children
    if node.value != "in" and left.kind == STRING:
        left, right = right, left
    texts = right.children if node.value == "in" and right.kind == ARRAY else [right]
    shape = evaluated.shape(left)
    if shape.described is None or shape.kind != STRING:
        return
    for text in texts:
        if text.kind == STRING and isinstance(text.value, str):
            yield COMPARED, (left.start, left.end), text, text.value, shape


# -- facts


class Fact:
    """Something about what a state reads of a result.

    kind     one of the feature words: a field that the service does not describe; a text that it never gives; a text that it
             gives, but not with `.sync`; values of a status of which a Choice state leads nowhere
    problem  the first place where it is read
    values   of NOT_HANDLED: the values
    back     of NOT_HANDLED: the name of the state that asks again for what does not change any more; "" where no rule holds
    severe   of NOT_HANDLED where no rule holds: whether one of the values is of a job that goes on, or has done well
    ended    of NOT_HANDLED: a value with which the work is done, and with which the state leads where `Default` does with the
             values, with which it is not; "" otherwise
    caught   of KEPT_BACK: whether a Catcher of the Task takes the error that is raised instead
    """

    __slots__ = ("back", "caught", "ended", "kind", "problem", "severe", "values")

    def __init__(self, kind: str, problem: Problem) -> None:
        self.kind = kind
        self.problem = problem
        self.values: Sequence[str] = ()
        self.back = self.ended = ""
        self.caught = self.severe = False

    @property
    def described(self) -> Described:
        """What the service describes of what is read."""
        described = self.problem.shape.described
        assert described is not None
        return described


@lru_cache(maxsize=1)
def facts(machine: StateMachine) -> Sequence[Fact]:
    """Return what is to be said of how a machine reads results, in the order of the text."""
    out: list[Fact] = []
    statuses: dict[tuple[State, str], Problem] = {}
    for problem in analyse(machine).told:
        described = problem.shape.described
        if described is None:
            continue
        if problem.kind == UNDESCRIBED:
            out.append(Fact(UNKNOWN_PATH, problem))
            continue
        if not described.values:
            continue
        statuses.setdefault((problem.state, _plain(problem.path)), problem)
        if problem.step is None:
            continue
        if problem.step not in described.values:
            out.append(Fact(NEVER_EQUAL, problem))
        elif _kept_back(described, str(problem.step)):
            fact = Fact(KEPT_BACK, problem)
            fact.caught = _catches(described.task)
            out.append(fact)
    partly = analyse(machine).partly
    if partly:
        from asllint.model.some_ways import is_gone

        out += [Fact(UNKNOWN_PATH, problem) for problem in partly if is_gone(analyse(machine), problem)]
    for (state, path), problem in statuses.items():
        if isinstance(state, ChoiceState):
            out += _not_handled(state, path, problem)
    return out


def _plain(path: str) -> str:
    return "".join(path.split())


# -- what statuses mean

_GOING: Final = frozenset(
    ("creating", "deleting", "inprogress", "pending", "queued", "runnable", "running", "starting", "stopping", "submitted",
     "updating", "waiting")
)  # fmt: skip
_GOES_ON: Final = _GOING - {"deleting", "stopping"}
_RUNS: Final = frozenset(("inprogress", "running"))
_FAILED: Final = frozenset(("error", "failed", "failure", "fault", "terminatedwitherrors", "timedout", "timeout"))
_GONE: Final = _FAILED | {"terminated"}
_ENDED: Final = frozenset(("aborted", "canceled", "cancelled", "expired", "stopped", "terminated", *_FAILED))
_DONE: Final = frozenset(("complete", "completed", "finished", "succeeded", "success", "successful"))

_JOBS: Final = {
    # The status of what `.sync` waits for, by service: where it is in the result; {} stands for the job in the action's name.
    "athena": "QueryExecution.Status.State",
    "batch": "Status",
    "codebuild": "Build.BuildStatus",
    "glue": "JobRunState",
    "sagemaker": "{}Status",
    "states": "Status",
}


def _word(value: str) -> str:
    return value.lower().replace("_", "").replace("-", "").replace(" ", "")


def is_failure(value: str) -> bool:
    """Whether a status is that of a job that has failed by itself."""
    return _word(value) in _FAILED


def succeeds(value: str, values: Sequence[str]) -> str | None:
    """Return the one status that means success as another does: `SUCCEEDED` for `COMPLETED`; None for none."""
    found = [known for known in values if _word(known) in _DONE]
    return found[0] if _word(value) in _DONE and len(found) == 1 else None


def _kept_back(described: Described, value: str) -> bool:
    """Whether a status never gets out of a Task that waits for the end of the job: while it runs the Task does, and when it
    fails the Task raises States.TaskFailed. Of a job that was stopped it is not documented everywhere."""  # fmt: skip
    service, _, action = described.called.partition(":")
    name, dot, _ = action.partition(".")
    where = _JOBS.get(service, "") if dot else ""
    where = where.format(name.removeprefix("create"))
    return where == ".".join(map(str, described.steps)) and _word(value) in (_GOING | _FAILED | {"aborted"})


def _catches(task: State) -> bool:
    return any(
        node.holes or node.value in ("States.ALL", "States.TaskFailed")
        for catcher in task.catchers
        for node in catcher.error_equals
    )


def _final(values: Sequence[str]) -> Sequence[str]:
    """Return the values that do not change any more and are no success: of what does a job, and is then done; of what only runs
    (an instance, a cluster), those with which it is gone or has failed."""  # fmt: skip
    words = {_word(value) for value in values}
    ends = _ENDED if words & _DONE else _GONE if words & _GOING else frozenset()
    return [value for value in values if _word(value) in ends]


def _not_handled(state: ChoiceState, path: str, problem: Problem) -> Iterator[Fact]:
    """See where a Choice state leads with each status."""
    described = problem.shape.described
    assert described is not None
    values = described.values
    if ".sync" in described.called:
        return  # which of them come is not documented for all
    final = set(_final(values))
    nowhere: list[str] = []
    back: list[str] = []
    asks: str = ""
    led: dict[str, Sequence[State]] = {}
    for value in values:
        found = _led_to(state, path, value)
        if found is None:
            continue
        led[value] = found
        if not found:
            nowhere.append(value)
        elif value in final:
            again = _asks_again(found, state, described)
            if again:
                back.append(value)
                asks = again
    if nowhere and len(nowhere) < len(values):
        fact = Fact(NOT_HANDLED, problem)
        fact.values = nowhere
        fact.severe = any(_word(value) in _GOES_ON or _word(value) in _DONE for value in nowhere)
        yield fact
    if back:
        fact = Fact(NOT_HANDLED, problem)
        fact.values, fact.back = back, asks
        yield fact
    if len(led) == len(values) and not nowhere:
        yield from _early(state, led, problem)


def _early(state: ChoiceState, led: Mapping[str, Sequence[State]], problem: Problem) -> Iterator[Fact]:
    """See whether `Default` goes on with the work not done: where a rule waits while it runs, and forgets that it may be queued.

    Only of what does a job, and is then done: what has come up (a table, an instance) may change, or run, and be of use. Where
    it is waited for only before it runs, its start may be what is waited for.
    """
    described = problem.shape.described
    assert described is not None
    default = next((transition.targets for transition in state.transitions if transition.kind == DEFAULT), ())
    going = [value for value in led if _word(value) in _GOES_ON]
    path = _plain(problem.path)
    early = [value for value in going if led[value] == default and not _ruled(state, path, value)]
    if not early or len(default) != 1 or default[0].type == "Fail":
        return
    ended = [value for value in led if _word(value) in _DONE and led[value] == default]
    waits = any(
        _word(value) in _RUNS and _asks_again(led[value], state, described) for value in going if value not in early
    )
    if ended and waits and not _asked_behind(default, state, (path.rpartition(".")[2], *described.values)):
        fact = Fact(NOT_HANDLED, problem)
        fact.values, fact.ended = early, ended[0]
        yield fact


def _asked_behind(start: Sequence[State], choice: ChoiceState, words: Sequence[str]) -> bool:
    """Whether ways may come back to a Choice state, or to one whose texts have one of these words: that may tell them apart."""
    near = [*start]
    seen: set[State] = {*start}
    for state in near:
        if len(seen) > MAX_BEHIND:
            return True
        if state is choice:
            return True
        if isinstance(state, ChoiceState):
            asked = [node.text or "" for node in state.node.walk() if node.kind == STRING]
            if any(word in text for text in asked for word in words):
                return True
        for transition in state.transitions:
            near += [target for target in transition.targets if target not in seen]
            seen.update(transition.targets)
    return False


def _led_to(state: ChoiceState, path: str, value: str) -> Sequence[State] | None:
    """Return where a Choice state leads when a path has a value: () where no rule holds; None where other data decides."""
    if not state.choices or state.node.open or state.query_language not in (JSONPATH, JSONATA):
        return None
    for rule in state.choices:
        holds = _ruled_by(rule, path, value)
        if holds is None:
            return None
        if holds:
            return rule.transition.targets if rule.transition is not None else None
    for transition in state.transitions:
        if transition.kind == DEFAULT:
            return transition.targets or None
    return () if state.node.get("Default") is None else None


def _ruled(state: ChoiceState, path: str, value: str) -> bool:
    """Whether a rule of a Choice state holds when a path has a value."""
    return any(_ruled_by(rule, path, value) for rule in state.choices)


def _ruled_by(rule: ChoiceRule, path: str, value: str) -> bool | None:
    """Whether a rule holds when a path has a value; None where other data decides."""
    jsonata = rule.state.query_language == JSONATA
    return _holds_jsonata(rule, path, value) if jsonata else _holds(rule, path, value)


def _asks_again(found: Sequence[State], choice: ChoiceState, described: Described) -> str:
    """Return the Task that a way certainly comes to which asks for the status again; "" where it may do something else."""
    here = found[0] if len(found) == 1 else None
    seen: set[State] = {choice}
    for _ in range(MAX_WAY):
        if here is None or here in seen or here.type not in ("Wait", "Pass", "Task"):
            return ""
        seen.add(here)
        if here.type == "Task":
            resource = here.node.get("Resource")
            called = (resource.text or "").partition(":states:::")[2] if resource is not None else ""
            action = called.partition(".")[0].rpartition(":")[2]
            same = called == described.called and action.startswith(("describe", "get", "list", "batchGet"))
            return here.name if same else ""
        ways = [transition for transition in here.transitions if transition.kind != CATCH]
        here = ways[0].targets[0] if len(ways) == 1 and len(ways[0].targets) == 1 else None
    return ""


def _holds(rule: ChoiceRule, path: str, value: str) -> bool | None:
    """Whether a rule holds when a path has a value; None where other data decides."""
    node = rule.node
    for name in ("And", "Or"):
        operands = node.get(name)
        if operands is not None:
            if operands.kind != ARRAY or len(operands.items) != len(rule.operands) or not rule.operands:
                return None
            return _joined(name == "And", [_holds(operand, path, value) for operand in rule.operands])
    if node.get("Not") is not None:
        inner = _holds(rule.operands[0], path, value) if len(rule.operands) == 1 else None
        return None if inner is None else not inner
    variable = node.get("Variable")
    found = [(str(k.value), v) for k, v in node.members if k.value not in _BESIDE]
    if variable is None or variable.holes or _plain(variable.text or "") != path or len(found) != 1:
        return None
    operator, operand = found[0]
    if operator in ("StringEquals", "StringMatches") and operand.literal is not None:
        if operator == "StringEquals":
            return operand.literal == value
        from asllint.model.predicates import _matches, pattern_of

        pattern = pattern_of(operand.literal)
        return None if pattern is None else _matches(pattern, value)
    if operator in ("IsPresent", "IsString") and operand.kind == BOOLEAN:
        return operand.value is True
    return operand.value is False if operator == "IsNull" and operand.kind == BOOLEAN else None


def _holds_jsonata(rule: ChoiceRule, path: str, value: str) -> bool | None:
    from asllint.expr.jsonata import jsonata_text, parse

    node = rule.condition
    if node is not None and node.kind == BOOLEAN:
        return node.value is True
    read = jsonata_text(node.text or "") if node is not None and node.kind == STRING and not node.holes else None
    parsed = parse(read[0]) if isinstance(read, tuple) else None
    return _true(parsed.root, parsed.text, path, value, 0) if parsed is not None and parsed.root is not None else None


def _true(tree: Tree, text: str, path: str, value: str, depth: int) -> bool | None:
    if depth > MAX_WAY:
        return None
    children = tree.children
    if tree.kind == BOOLEAN:
        return tree.value is True
    if tree.kind == "block" and len(children) == 1:
        return _true(children[0], text, path, value, depth + 1)
    if tree.kind == "call" and children[0].value == "not" and len(children) == 2:
        inner = _true(children[1], text, path, value, depth + 1)
        return None if inner is None else not inner
    if tree.kind != "binary":
        return None
    left, right = children
    if tree.value in ("and", "or"):
        return _joined(tree.value == "and", [_true(child, text, path, value, depth + 1) for child in children])
    if tree.value in ("=", "!=") and left.kind == STRING:
        left, right = right, left
    if _plain(text[left.start : left.end]) != path:
        return None
    if tree.value in ("=", "!=") and right.kind == STRING and right.value is not None:
        return (right.value == value) is (tree.value == "=")
    if (
        tree.value == "in"
        and right.kind == ARRAY
        and all(c.kind == STRING and c.value is not None for c in right.children)
    ):
        return any(child.value == value for child in right.children)
    return None


def _joined(all_of: bool, parts: Sequence[bool | None]) -> bool | None:
    """Return the And, or Or, of parts of which some may be unknown."""
    if (not all_of) in parts:
        return not all_of
    return None if None in parts else all_of


_BESIDE: Final = frozenset(("Variable", "Next", "Comment", "Assign", "Output"))


# -- features


def words(machine: StateMachine) -> set[str]:
    """Return the features of a machine that has Tasks whose results may be read."""
    analysis = analyse(machine)
    out = {fact.kind for fact in facts(machine)} if analysis.told or analysis.partly else set()
    if analysis.problems:
        out.add("payload:known")
    return out
