"""Calls of SageMaker, and of other jobs that must have a name of their own: what SageMaker's API reference asks of their
parameters beyond each one's type, and what they have to do with each other.

A name is looked at as the pieces that it is made of: which are the same in every attempt, for every item of a Map state, in
every execution, and how long they are at least. Step Functions evaluates Parameters and Arguments anew for each attempt
(`$$.State.RetryCount` counts up in them), from the same input. What cannot be known (a placeholder, a mistake in the
expression) makes no fact.

Sources: SageMaker API reference, pages of the actions and types that are named; developer guide of Step Functions, "Accessing
execution data from the Context object", "Intrinsic functions", API reference, "StartExecution".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from asllint.model.machine import JSONATA, JSONPATH, MapState, Retrier, State, StateMachine
from asllint.source.node import ARRAY, BOOLEAN, NUMBER, OBJECT, STRING, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.expr.intrinsics import Call as Intrinsic
    from asllint.expr.jsonata import Node as Tree
    from asllint.expr.jsonpath import Literal, Path

# Features that a definition has where there is a fact of a kind.
RETRIED: Final = "sagemaker:name-retried"
STATIC: Final = "sagemaker:name-static"
MISFIT: Final = "sagemaker:name-misfit"
SPOT: Final = "sagemaker:spot"
ALGORITHM: Final = "sagemaker:algorithm"
TIME_LIMIT: Final = "sagemaker:time-limit"
REGION: Final = "sagemaker:region"
UNMET: Final = "sagemaker:unmet"
URI: Final = "sagemaker:uri"

NAMES: Final = {
    # what is created: the member that names it, its greatest length (SageMaker API reference), whether it is a job
    "createTrainingJob": ("TrainingJobName", 63, True),
    "createTransformJob": ("TransformJobName", 63, True),
    "createProcessingJob": ("ProcessingJobName", 63, True),
    "createHyperParameterTuningJob": ("HyperParameterTuningJobName", 32, True),
    "createLabelingJob": ("LabelingJobName", 63, True),
    "createModel": ("ModelName", 63, False),
    "createEndpointConfig": ("EndpointConfigName", 63, False),
    "createEndpoint": ("EndpointName", 63, False),
}
EXECUTION_NAME: Final = ("Name", 80, True)
"""Of a nested execution: member, length (API reference of Step Functions, "StartExecution")."""

URIS: Final = ("LabelCategoryConfigS3Uri", "ManifestS3Uri", "S3OutputPath", "S3Uri", "UiTemplateS3Uri")
"""Members that hold the URI of an object or a prefix in S3."""

TASK_FAILED: Final = "States.TaskFailed"
"""What a job that fails, or is stopped, makes of the state that waits for it."""
THRESHOLD: Final = "States.ExceedToleratedFailureThreshold"

UUID_LENGTH: Final = 36
MAX_WALK: Final = 10_000
"""Objects and arrays of a request that are looked through for URIs."""
MAX_MAKERS: Final = 20
"""Models, or endpoint configurations, that a machine creates at most to be followed."""
_ALLOWED: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


class Piece:
    """A part of a name.

    text       what it is, where that is known
    least      how many characters it has at least
    usual      how many it has where Step Functions made it: the name of an execution that nobody named is a UUID
    fresh      whether it differs from attempt to attempt
    random     whether it never comes twice
    item       whether it may differ between the items of an inline Map state
    run        whether it may differ between executions
    execution  whether it is the name of the execution: the child executions of a distributed Map state have their own
    bad        a character in it that no name may have; "" for none known
    source     how it is written
    """

    __slots__ = ("bad", "execution", "fresh", "item", "least", "random", "run", "source", "text", "usual")

    def __init__(
        self,
        source: str,
        *,
        text: str | None = None,
        least: int = 0,
        usual: int = 0,
        fresh: bool = False,
        random: bool = False,
        item: bool = False,
        run: bool = False,
        execution: bool = False,
        bad: str = "",
    ) -> None:
        self.source = source
        self.text = text
        self.least = least if text is None else len(text)
        self.usual = usual or self.least
        self.fresh = fresh or random
        self.random = random
        self.item = item or random
        self.run = run or random or execution
        self.execution = execution
        self.bad = bad

    def __repr__(self) -> str:
        return f"<{self.source}>"


class Request:
    """A call of an action whose parameters are looked at.

    action   as the Resource has it
    node     the object of the parameters
    jsonata  whether they are in JSONata: Arguments, not Parameters
    waits    whether it waits for the end of what it created: `.sync`, or a task token
    nested   whether it starts an execution; else it is one of SageMaker
    """

    __slots__ = ("action", "jsonata", "nested", "node", "state", "waits")

    def __init__(self, state: State, action: str, node: Node, *, jsonata: bool, waits: bool, nested: bool) -> None:
        self.state = state
        self.action = action
        self.node = node
        self.jsonata = jsonata
        self.waits = waits
        self.nested = nested


class Value:
    """A member that is given.

    dynamic  whether its value is computed: then `node` is the STRING of the expression
    """

    __slots__ = ("dynamic", "key", "node")

    def __init__(self, key: Node, node: Node, dynamic: bool) -> None:
        self.key = key
        self.node = node
        self.dynamic = dynamic

    @property
    def text(self) -> str | None:
        """The string that it is, None for what is computed or has a placeholder in it."""
        return None if self.dynamic else self.node.literal

    @property
    def number(self) -> float | None:
        """The number that it is, or None."""
        value = self.node.value
        return value if not self.dynamic and self.node.kind == NUMBER and isinstance(value, int | float) else None

    @property
    def flag(self) -> bool | None:
        """The boolean that it is, or None."""
        return bool(self.node.value) if not self.dynamic and self.node.kind == BOOLEAN else None


class Name:
    """The name that a request gives to what it creates.

    member  that holds it
    limit   its greatest length
    job     whether it is that of a job, which is never deleted in the ordinary course of things
    pieces  in their order; at least one
    """

    __slots__ = ("job", "limit", "member", "pieces", "request", "value")

    def __init__(
        self, request: Request, member: str, limit: int, job: bool, value: Value, pieces: Sequence[Piece]
    ) -> None:
        self.request = request
        self.member = member
        self.limit = limit
        self.job = job
        self.value = value
        self.pieces = pieces

    @property
    def static(self) -> bool:
        """Whether every execution asks for the same name."""
        return not any(piece.run for piece in self.pieces)

    @property
    def text(self) -> str:
        """The name as it is written."""
        return self.value.node.text or ""


class Fact:
    """Something to be said of a request.

    kind     one of the features above
    what     which case of it
    name     of the first three kinds: the name
    at       what it is about
    other    a second party, or None
    retrier  that asks for the name again, or None
    holder   the state around it that is retried, or the Map state whose items share the name, or None
    texts    values for the message
    """

    __slots__ = ("at", "holder", "kind", "name", "other", "request", "retrier", "texts", "what")

    def __init__(
        self,
        kind: str,
        what: str,
        request: Request,
        at: Node,
        *,
        name: Name | None = None,
        other: Node | None = None,
        retrier: Node | None = None,
        holder: State | None = None,
        texts: Sequence[str] = (),
    ) -> None:
        self.kind = kind
        self.what = what
        self.request = request
        self.at = at
        self.name = name
        self.other = other
        self.retrier = retrier
        self.holder = holder
        self.texts = texts


@lru_cache(maxsize=1)
def facts(machine: StateMachine) -> Sequence[Fact]:
    """Return what is to be said of the requests of a machine, in the order of its states."""
    found = list(_requests(machine))
    out: list[Fact] = []
    actions = {request.action for request in found if not request.nested}
    for request in found:
        out.extend(_name_facts(request, actions))
        if request.nested:
            continue
        if request.action == "createTrainingJob":
            out.extend(_training(request, request.node, "AlgorithmSpecification"))
        elif request.action == "createHyperParameterTuningJob":
            for definition in _definitions(request):
                out.extend(_training(request, definition, "AlgorithmSpecification"))
        elif request.action == "createLabelingJob":
            out.extend(_labeling(request))
        out.extend(_uris(request))
    out.extend(_unmet([request for request in found if not request.nested]))
    return out


def of_kind(machine: StateMachine, kind: str) -> Iterator[Fact]:
    """Yield the facts of one kind."""
    return (fact for fact in facts(machine) if fact.kind == kind)


# -- requests


def concerns(resource: str) -> bool:
    """Whether the text of a Resource may call what is looked at here."""
    return ":sagemaker:" in resource or ":startExecution" in resource


def _requests(machine: StateMachine) -> Iterator[Request]:
    from asllint.aws import resource

    for scope in (machine, *machine.scopes):
        for state in scope.states:
            node = state.node.get("Resource") if state.type == "Task" else None
            if node is None or not concerns(node.text or ""):
                continue
            # in a fragment the language is not known, and only one of the two fields can be there
            request = state.node.get("Parameters") if state.query_language != JSONATA else None
            jsonata = request is None
            if jsonata and state.query_language != JSONPATH:
                request = state.node.get("Arguments")
            if request is None or request.kind != OBJECT:
                continue
            read = resource.parse(node)
            if read is None or read.service is None or read.action is None or not read.action.known:
                continue
            sdk = read.kind == resource.AWS_SDK
            if read.kind != resource.OPTIMIZED and not sdk:
                continue
            nested = read.service.literal == ("sfn" if sdk else "states")
            if not nested and read.service.literal != "sagemaker":
                continue
            if nested and read.action.text != "startExecution":
                continue
            # an execution that is given a token may be one of an Express workflow, which may take a name twice
            if nested:
                from asllint.model.context import hands_on_token

                waits = read.pattern_name in (resource.SYNC, resource.SYNC_2) and not hands_on_token(state)
            else:
                waits = read.pattern_name in resource.PATTERNS
            yield Request(state, read.action.text, request, jsonata=jsonata, waits=waits, nested=nested)


def member(request: Request, owner: Node, name: str) -> Value | None:
    """Return a member of an object of the parameters, None where it is not given."""
    found = owner.member(name)
    if found is None:
        found = None if request.jsonata else owner.member(f"{name}.$")
        return Value(found[0], found[1], True) if found is not None else None
    key, node = found
    text = node.text if node.kind == STRING else None
    return Value(key, node, request.jsonata and text is not None and text.lstrip().startswith("{%"))


def _inner(request: Request, owner: Node, *names: str) -> Node | None:
    """Return the object that members lead to, None where one is computed, no object, or not there."""
    for name in names:
        value = member(request, owner, name)
        if value is None or value.dynamic or value.node.kind != OBJECT:
            return None
        owner = value.node
    return owner


def _absent(request: Request, owner: Node, name: str) -> bool:
    """Whether a member is certainly not given."""
    return not owner.open and member(request, owner, name) is None


def _definitions(request: Request) -> Iterator[Node]:
    """Yield the definitions of the training jobs of a tuning job."""
    one = _inner(request, request.node, "TrainingJobDefinition")
    if one is not None:
        yield one
    several = member(request, request.node, "TrainingJobDefinitions")
    if several is not None and several.node.kind == ARRAY:
        yield from (item for item in several.node.items if item.kind == OBJECT)


# -- names

_CONTEXT: Final = {
    # Fields of the context object. What has the form of an ARN or a time has a colon in it.
    ("Execution", "Name"): Piece("$$.Execution.Name", least=1, usual=UUID_LENGTH, execution=True),
    ("Execution", "Id"): Piece("$$.Execution.Id", least=1, execution=True, bad=":"),
    ("Execution", "StartTime"): Piece("$$.Execution.StartTime", least=1, execution=True, bad=":"),
    ("Execution", "RoleArn"): Piece("$$.Execution.RoleArn", least=1, bad=":"),
    ("Execution", "RedriveCount"): Piece("$$.Execution.RedriveCount", least=1),
    ("State", "EnteredTime"): Piece("$$.State.EnteredTime", least=1, run=True, item=True, bad=":"),
    ("State", "RetryCount"): Piece("$$.State.RetryCount", least=1, fresh=True),
    ("StateMachine", "Id"): Piece("$$.StateMachine.Id", least=1, bad=":"),
    ("StateMachine", "Name"): Piece("$$.StateMachine.Name", least=1),
    ("Task", "Token"): Piece("$$.Task.Token", least=1, random=True),
}
_FRESH: Final = frozenset(("uuid", "random", "now", "millis"))
_HASHED: Final = {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128}


def _name(request: Request) -> Name | None:
    """Return the name that a request gives; None for none, and for one that cannot be read."""
    named = EXECUTION_NAME if request.nested else NAMES.get(request.action)
    if named is None:
        return None
    value = member(request, request.node, named[0])
    pieces = value and read(request, value)
    return Name(request, *named, value, pieces) if value and pieces else None


def read(request: Request, value: Value) -> list[Piece] | None:
    """Return the pieces that a string is made of; None where they cannot be known."""
    node = value.node
    text = node.text
    if text is None or node.holes or not text:
        return None
    if not value.dynamic:
        return [Piece(text, text=text)]
    state = request.state
    if request.jsonata:
        from asllint.expr import jsonata

        found = jsonata.jsonata_text(text)
        root = jsonata.parse(found[0]).root if isinstance(found, tuple) else None
        return None if root is None or not isinstance(found, tuple) else _jsonata(root, found[0], state)
    from asllint.expr import intrinsics, jsonpath

    if text.lstrip().startswith("$"):
        path = jsonpath.parse(text).root
        return None if path is None else [_path(path, text, state)]
    call = intrinsics.parse(text).root
    return None if call is None else _intrinsic(call, text, state)


def _of_context(names: Sequence[str], source: str, state: State) -> Piece:
    found = _CONTEXT.get((names[0], names[1])) if len(names) > 1 else None
    if found is not None:
        return found
    if list(names[:2]) == ["State", "Name"] and state.key_node is not None and not state.key_node.holes:
        return Piece(source, text=state.name)
    whole = not names or names[0] == "Map"
    return Piece(source, run=True, item=whole, fresh=not names or names == ["State"])


def _path(path: Path, text: str, state: State) -> Piece:
    from asllint.expr import jsonpath

    source = text[path.start : path.end]
    names = jsonpath.context_path(path)
    if names is None:
        return Piece(source, run=True, item=True)
    return _of_context(names, source, state)


def _intrinsic(argument: Intrinsic | Path | Literal, text: str, state: State) -> list[Piece] | None:
    """Return the pieces of an argument; `Format` alone is taken apart, anything else is as fresh as what it reads."""
    from asllint.expr import intrinsics, jsonpath

    source = text[argument.start : argument.end]
    if isinstance(argument, jsonpath.Path):
        return [_path(argument, text, state)]
    if isinstance(argument, jsonpath.Literal):
        return [Piece(source, text=str(argument.value))] if argument.kind in ("string", "number") else None
    assert isinstance(argument, intrinsics.Call)
    if argument.name == "States.UUID":
        return [Piece(source, least=UUID_LENGTH, random=True)]
    if argument.name == "States.MathRandom":
        return [Piece(source, least=1, random=True)]
    inside: list[list[Piece]] = []
    for each in argument.arguments:
        pieces = _intrinsic(each, text, state)
        if pieces is None:
            return None
        inside.append(pieces)
    if argument.name == "States.Format":
        return _format(argument, inside)
    least = 0
    if argument.name == "States.Hash" and len(argument.arguments) == 2:
        kind = argument.arguments[1]
        least = _HASHED.get(str(kind.value), 0) if isinstance(kind, jsonpath.Literal) else 0
    return [_mixed(source, [piece for pieces in inside for piece in pieces], least)]


def _mixed(source: str, pieces: Iterable[Piece], least: int = 0) -> Piece:
    """Return what something unknown makes of pieces."""
    known = list(pieces)
    return Piece(
        source,
        least=least,
        fresh=any(piece.fresh for piece in known),
        random=any(piece.random for piece in known),
        item=any(piece.item for piece in known),
        run=any(piece.run for piece in known),
        execution=any(piece.execution for piece in known),
    )


def _format(call: Intrinsic, inside: Sequence[list[Piece]]) -> list[Piece] | None:
    """Put the arguments of `States.Format` into its template."""
    template = inside[0][0].text if inside and len(inside[0]) == 1 else None
    if template is None or "\\" in template:
        return None
    parts = template.split("{}")
    if len(parts) != len(inside) or "{" in "".join(parts) or "}" in "".join(parts):
        return None
    out = [Piece(parts[0], text=parts[0])] if parts[0] else []
    for pieces, part in zip(inside[1:], parts[1:], strict=True):
        out += pieces
        if part:
            out.append(Piece(part, text=part))
    return out


def _jsonata(root: Tree, text: str, state: State) -> list[Piece] | None:
    """Return the pieces of a JSONata expression: strings joined by ``&`` are taken apart."""
    from asllint.expr import jsonata

    out: list[Piece] = []
    stack = [root]
    while stack:
        node = stack.pop()
        source = text[node.start : node.end]
        if node.kind == jsonata.BINARY and node.value == "&":
            stack += [node.children[1], node.children[0]]
        elif node.kind == jsonata.BLOCK and len(node.children) == 1:
            stack.append(node.children[0])
        elif node.kind == jsonata.STRING and isinstance(node.value, str):
            out.append(Piece(source, text=node.value))
        elif node.kind == jsonata.CALL and _called(node) == "string" and len(node.children) == 2:
            stack.append(node.children[1])
        elif node.kind == jsonata.CALL and _called(node) == "uuid" and len(node.children) == 1:
            out.append(Piece(source, least=UUID_LENGTH, random=True))
        elif node.kind == jsonata.CALL and _called(node) == "now" and len(node.children) == 1:
            out.append(Piece(source, least=1, random=True, bad=":"))
        elif node.kind == jsonata.UNKNOWN:
            return None
        else:
            names = _context_names(node)
            out.append(_computed(node, source) if names is None else _of_context(names, source, state))
    return out


def _called(call: Tree) -> str:
    """Return the name of the variable that is called, without its ``$``; "" for anything else."""
    from asllint.expr import jsonata

    first = call.children[0]
    return str(first.value) if first.kind == jsonata.VARIABLE else ""


def _context_names(node: Tree) -> list[str] | None:
    """Return the names behind ``$states.context`` of a path that is nothing else."""
    from asllint.expr import jsonata

    if node.kind != jsonata.PATH or node.children[0].kind != jsonata.VARIABLE or node.children[0].value != "states":
        return None
    if any(child.kind != jsonata.NAME for child in node.children[1:]):
        return None
    names = [str(child.value) for child in node.children[1:]]
    return names[1:] if names[:1] == ["context"] else None


def _computed(root: Tree, source: str) -> Piece:
    """Return what is known of an expression that is not taken apart: whether anything in it differs between attempts."""
    from asllint.expr import jsonata

    fresh = False
    for node in root.walk():
        fresh |= node.kind == jsonata.VARIABLE and node.value in _FRESH
        fresh |= node.kind == jsonata.NAME and node.value in ("RetryCount", "Token", "State", "context")
        fresh |= node.kind == jsonata.UNKNOWN
    return Piece(source, run=True, item=True, random=fresh)


_EXPRESSIONS: Final = ("$", "States.", "{%")
"""How a text begins that is meant as an expression: no name of SageMaker does."""


def _name_facts(request: Request, actions: set[str]) -> Iterator[Fact]:
    """Yield what is to be said of the name that a request gives."""
    name = _name(request)
    if name is None:
        return
    at = name.value.node
    if not name.value.dynamic and name.text.startswith(_EXPRESSIONS):
        return  # it is meant to be evaluated, and what stands in its way is told elsewhere
    if not request.nested:
        yield from _misfit(request, name)
    retrier, holder = _again(request, name)
    if name.static and not request.nested:
        deleted = "delete" + request.action.removeprefix("create") in actions
        handled = not name.job and (request.state.catchers or request.state.node.open)
        if not deleted and not handled:
            yield Fact(STATIC, "static", request, at, name=name, retrier=retrier, holder=holder)
        return
    if retrier is not None:
        yield Fact(RETRIED, "retried", request, retrier, name=name, other=at, retrier=retrier, holder=holder)
    shared = _shared(request, name)
    if shared is not None and not request.nested:
        yield Fact(STATIC, "items", request, at, name=name, holder=shared)


def _shared(request: Request, name: Name) -> State | None:
    """Return the inline Map state whose items all ask for this name."""
    if any(piece.item for piece in name.pieces):
        return None
    owner = request.state.scope.owner
    while owner is not None:
        if isinstance(owner, MapState):
            return owner if owner.distributed is False else None
        owner = owner.scope.owner
    return None


def _again(request: Request, name: Name) -> tuple[Node | None, State | None]:
    """Return the error name whose Retrier asks for the name again when it is taken, and the state around that has it."""
    state = request.state
    # what nobody waits for fails only where it is not created
    if not request.waits or any(piece.random for piece in name.pieces) or _expected(state):
        return None, None
    if not any(piece.fresh for piece in name.pieces):
        found = _retrier(state.retriers, _may_time_out(state))
        if found is not None:
            return found, None
    owner = state.scope.owner
    while owner is not None:
        apart = owner.distributed if isinstance(owner, MapState) else False
        if apart is None or (apart and any(piece.execution for piece in name.pieces)):
            break
        # of what its child executions fail with a distributed Map state passes on nothing
        found = _retrier(owner.retriers, False, THRESHOLD if apart else TASK_FAILED)
        if found is not None:
            return found, owner
        owner = owner.scope.owner
    return None, None


def _expected(state: State) -> bool:
    """Whether its Retry or Catch names the error of a name that is taken: then that is thought of."""
    nodes = [node for retrier in state.retriers for node in retrier.error_equals]
    nodes += [node for catcher in state.catchers for node in catcher.error_equals]
    return any("AlreadyExists" in str(node.value) or "ResourceInUse" in str(node.value) for node in nodes)


def _may_time_out(state: State) -> bool:
    fields = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")
    return any(state.node.get(field) is not None for field in fields)


def _retrier(retriers: Sequence[Retrier], times_out: bool, failed: str = TASK_FAILED) -> Node | None:
    """Return the name by which a Retrier takes the failure, or else the timeout, of a job; the first that names it counts."""
    for error in (failed, "States.Timeout", "States.HeartbeatTimeout") if times_out else (failed,):
        for retrier in retriers:
            names = retrier.error_equals
            if any(node.holes for node in names):
                return None
            taken = next((node for node in names if node.value in ("States.ALL", error)), None)
            if taken is None:
                continue
            attempts = retrier.node.get("MaxAttempts")
            if attempts is None or attempts.value != 0:
                return taken
            break
    return None


def _misfit(request: Request, name: Name) -> Iterator[Fact]:
    """Yield why SageMaker cannot take a name that is computed; a literal one is compared with its shape elsewhere."""
    if not name.value.dynamic:
        return
    at = name.value.node
    for i, piece in enumerate(name.pieces):
        bad = piece.bad or next((c for c in piece.text or "" if c not in _ALLOWED), "")
        if bad:
            yield Fact(MISFIT, "character", request, at, name=name, texts=(bad, piece.source))
            return
        if piece.text and ((i == 0 and piece.text[0] == "-") or (i == len(name.pieces) - 1 and piece.text[-1] == "-")):
            yield Fact(MISFIT, "hyphen", request, at, name=name, texts=(piece.source,))
            return
    least, usual = sum(p.least for p in name.pieces), sum(p.usual for p in name.pieces)
    if least > name.limit:
        yield Fact(MISFIT, "length", request, at, name=name, texts=(str(least),))
    elif usual > name.limit:
        yield Fact(MISFIT, "usual", request, at, name=name, texts=(str(usual),))


# -- training and tuning


def _training(request: Request, job: Node, specification: str) -> Iterator[Fact]:
    """Yield what is to be said of the definition of a training job."""
    algorithm = _inner(request, job, specification)
    if algorithm is not None:
        image = member(request, algorithm, "TrainingImage")
        named = member(request, algorithm, "AlgorithmName")
        given = [value for value in (image, named) if value is not None and value.node.kind != "null"]
        if len(given) == 2 and image is not None and named is not None:
            yield Fact(ALGORITHM, "both", request, named.key, other=image.key)
        elif not given and not algorithm.open and _absent(request, job, "ServerlessJobConfig"):
            key = job.key(specification)
            assert key is not None
            yield Fact(ALGORITHM, "neither", request, key)
    stop = _inner(request, job, "StoppingCondition")
    spot = member(request, job, "EnableManagedSpotTraining")
    if stop is None:
        if spot is not None and spot.flag and _absent(request, job, "StoppingCondition"):
            yield Fact(SPOT, "missing", request, spot.key)
        return
    wait = member(request, stop, "MaxWaitTimeInSeconds")
    longest = member(request, stop, "MaxRuntimeInSeconds")
    if spot is not None and spot.flag:
        if _absent(request, stop, "MaxWaitTimeInSeconds"):
            yield Fact(SPOT, "missing", request, spot.key)
            return
        least = longest.number if longest is not None else None
        if wait is not None and longest is not None and wait.number is not None and least is not None:
            texts = (f"{wait.number:.0f}", f"{least:.0f}")
            if wait.number < least:
                yield Fact(SPOT, "short", request, wait.node, other=longest.node, texts=texts)
        return
    # with a RetryStrategy a MaxWaitTimeInSeconds is taken (sagemaker-python-sdk, pull request 2316)
    not_spot = spot.flag is False if spot is not None else not job.open
    if wait is not None and not_spot and _absent(request, job, "RetryStrategy"):
        yield Fact(SPOT, "not-spot", request, wait.key, other=spot.node if spot is not None else None)


# -- labeling

_ARNS: Final = (
    ("PreHumanTaskLambdaArn",),
    ("AnnotationConsolidationConfig", "AnnotationConsolidationLambdaArn"),
    ("UiConfig", "HumanTaskUiArn"),
)


def _labeling(request: Request) -> Iterator[Fact]:
    config = _inner(request, request.node, "HumanTaskConfig")
    if config is None:
        return
    yield from _regions(request, config)
    limit = member(request, config, "TaskTimeLimitInSeconds")
    if limit is None or limit.number is None or not request.waits:
        return
    state = request.state
    bounds = [state.node.get("TimeoutSeconds"), state.machine.node.get("TimeoutSeconds")]
    if state.machine.fragment is not None:
        bounds = bounds[:1]
    for what, bound in zip(("state", "machine"), bounds, strict=False):
        seconds = bound.value if bound is not None and bound.kind == NUMBER else None
        if bound is not None and isinstance(seconds, int | float) and seconds < limit.number:
            texts = (f"{limit.number:.0f}", f"{seconds:.0f}")
            yield Fact(TIME_LIMIT, what, request, limit.node, other=bound, texts=texts)
            return


def _regions(request: Request, config: Node) -> Iterator[Fact]:
    """Yield the ARNs of another region than the work team's, or the first's."""
    first: tuple[Node, str, str] | None = None
    for path in (("WorkteamArn",), *_ARNS):
        owner = _inner(request, config, *path[:-1])
        value = member(request, owner, path[-1]) if owner is not None else None
        region = region_of(value.node) if value is not None and not value.dynamic else ""
        if value is None or not region:
            continue
        if first is None:
            first = value.node, region, path[-1]
        elif region != first[1]:
            yield Fact(REGION, path[-1], request, value.node, other=first[0], texts=(region, first[1], first[2]))


def region_of(node: Node) -> str:
    """Return the region of an ARN, "" where there is none, or a placeholder stands in it or before it."""
    text = node.text or ""
    known = text[: node.holes[0][0]] if node.holes else text
    parts = known.split(":", 4)
    return parts[3] if len(parts) == 5 and parts[0] == "arn" else ""


# -- names that do not meet

_MADE: Final = {"createModel": "ModelName", "createEndpointConfig": "EndpointConfigName"}


def _unmet(requests: Sequence[Request]) -> Iterator[Fact]:
    """Yield a model, or endpoint configuration, that is created under one name and looked for under another behind it."""
    for action, key in _MADE.items():
        makers = [request for request in requests if request.action == action]
        users = [(request, value) for request in requests for value in _uses(request, key)] if makers else []
        if not users or len(makers) > MAX_MAKERS or any(value.text is None for _, value in users):
            continue
        made = [member(request, request.node, key) for request in makers]
        names = [value.text if value is not None else None for value in made]
        if None in names:
            continue
        used = {value.text for _, value in users}
        for maker, value, name in zip(makers, made, names, strict=True):
            if value is None or name in used:
                continue
            behind = _behind(maker.state)
            lost = [(r, v) for r, v in users if v.text not in names and r.state in behind]
            if len({v.text for _, v in lost}) == 1:
                user, at = lost[0]
                texts = (key, str(at.text), str(name), maker.state.name)
                yield Fact(UNMET, action, user, at.node, other=value.node, texts=texts)


def _uses(request: Request, key: str) -> Iterator[Value]:
    """Yield the names of models, or endpoint configurations, that must be there already."""
    value = None
    if key == "ModelName" and request.action == "createEndpointConfig":
        variants = member(request, request.node, "ProductionVariants")
        if variants is None:
            return
        if variants.dynamic or variants.node.kind != ARRAY:
            yield Value(variants.key, variants.node, True)
            return
        for item in variants.node.items:
            value = member(request, item, key) if item.kind == OBJECT else None
            yield value if value is not None else Value(variants.key, item, True)
        return
    if (key == "ModelName" and request.action == "createTransformJob") or (
        key == "EndpointConfigName" and request.action in ("createEndpoint", "updateEndpoint")
    ):
        value = member(request, request.node, key)
    if value is not None:
        yield value


def _behind(state: State) -> set[State]:
    """Return the states of its scope that come after a state."""
    seen: set[State] = set()
    stack = [state]
    while stack:
        for transition in stack.pop().transitions:
            for target in transition.targets:
                if target not in seen:
                    seen.add(target)
                    stack.append(target)
    return seen


# -- URIs


def _uris(request: Request) -> Iterator[Fact]:
    """Yield the computed URIs that begin as none of S3 does; literal ones are compared with their shape elsewhere."""
    stack = [request.node]
    seen = 0
    while stack and seen < MAX_WALK:
        owner = stack.pop()
        seen += 1
        if owner.kind == ARRAY:
            stack.extend(reversed(owner.items))
            continue
        for key, node in owner.members:
            if node.kind in (OBJECT, ARRAY):
                stack.append(node)
                continue
            name = str(key.value).removesuffix(".$")
            value = member(request, owner, name) if name in URIS else None
            if value is None or not value.dynamic or value.node is not node:
                continue
            pieces = read(request, value)
            first = pieces[0].text if pieces else None
            if first and not any(first.startswith(s) or s.startswith(first) for s in ("s3://", "https://")):
                yield Fact(URI, name, request, node, texts=(first,))
