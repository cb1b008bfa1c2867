"""What the Tasks of a definition call, and where their requests differ from what the API takes: one walk, results as data.

The requests of ItemReader and ResultWriter are looked at too: they are those of Amazon S3 (developer guide, "ItemReader" and
"ResultWriter"). `asllint.aws.check` compares; here is decided what is worth saying, and which rule says it. Silent are

- values that look like a path or an intrinsic function where none is evaluated: the rules on expressions speak of these;
- texts that someone is to fill in by hand (`{REGION}`, `BUCKET_NAME`), though they stand for no value of the API.

Time is linear in the size of the requests. A service's shapes are opened where a definition calls it, none for one that does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from asllint.aws import catalog, shapes
from asllint.aws.resource import AWS_SDK, INTEGRATIONS, OPTIMIZED, PATTERNS, SYNC, Resource, parse
from asllint.model.expressions import looks_evaluated
from asllint.model.machine import JSONATA, JSONPATH, MapState, State, StateMachine
from asllint.source.node import BOOLEAN, NUMBER, OBJECT, STRING, Node, pieces
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.aws.check import Mismatch
    from asllint.aws.shapes import Operation

# Kinds of facts, and the features that a definition has where there is one.
UNKNOWN: Final = "call:unknown-parameter"
MISSING: Final = "call:missing-parameter"
TYPE: Final = "call:wrong-type"
VALUE: Final = "call:wrong-value"
NOT_DYNAMIC: Final = "call:not-dynamic"
DEPRECATED: Final = "call:deprecated"
HEADER: Final = "call:header"
"""A header that Step Functions does not send."""
UNRECOGNIZED: Final = "call:unrecognized"
"""The service or the action is not in the data, not whole, or not for a Task."""
WITHOUT_REQUEST: Final = "call:without-request"
PATTERN: Final = "call:pattern"
"""The suffix is none, or the action has it not."""
ON_EXPRESS: Final = "call:on-express"
"""A suffix that an Express workflow has not."""
TWIN: Final = "call:optimized-twin"
"""An AWS SDK integration where there is an optimized one that does more."""

READERS: Final = ("ItemReader", "ResultWriter")
_REQUEST: Final = {JSONPATH: "Parameters", JSONATA: "Arguments"}
_VARIABLE: Final = late(r"\$(\$|[^\W\d]\w*([.\[(].*)?)?", re.DOTALL)
"""A root alone, or a variable: what `looks_evaluated` leaves to those who know what is wanted."""
_BLANK: Final = late(r"[{<\[][^{}<>\[\]]*[}>\]]")
"""What people put where a value is to be filled in; alone where a name in capitals may be the value itself."""
_CAPITALS: Final = late(
    r"(?<![A-Za-z0-9])(?=[A-Z])[A-Z0-9]+_[A-Z0-9_]+|REGION|ACCOUNT|EXAMPLE|YOUR[_-]|PLACEHOLDER|XXXX"
)


_ONE_OF: Final = {("http", "invoke"): ("InvocationConfig", "Authentication")}
"""Members of optimized integrations one of which must be given (developer guide, "Call HTTPS APIs"); the first is advised."""

_HEADERS: Final[dict[tuple[str, str], tuple[frozenset[str], tuple[str, ...]]]] = {
    # In small letters, with what others begin with (developer guide, "Call HTTPS APIs", "Create API Gateway REST APIs").
    ("http", "invoke"): (
        frozenset((
            "a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization", "cache-control", "connection",
            "content-encoding", "content-md5", "date", "expect", "forwarded", "from", "host", "http2-settings", "if-match",
            "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin", "pragma",
            "proxy-authorization", "referer", "server", "te", "trailer", "transfer-encoding", "upgrade", "via", "warning",
        )),
        ("x-forwarded-", "x-amz-", "x-amzn-"),
    ),
    ("apigateway", "invoke"): (
        frozenset((
            "authorization", "connection", "content-md5", "expect", "host", "max-forwards", "proxy-authenticate", "server",
            "te", "trailer", "transfer-encoding", "upgrade", "via", "www-authenticate",
        )),
        ("x-forwarded", "x-amz"),
    ),
}  # fmt: skip


class Call:
    """A Task, an ItemReader or a ResultWriter that calls an API.

    state      the Task or Map state
    resource   what is called
    operation  its action, with the shape of the request
    key        the key of the request: Parameters or Arguments
    request    its value
    language   the query language that the request is read in
    reader     "ItemReader" or "ResultWriter"; "" for a Task
    """

    __slots__ = ("key", "language", "operation", "reader", "request", "resource", "state")

    def __init__(
        self,
        state: State,
        resource: Resource,
        operation: Operation,
        key: Node,
        request: Node,
        language: str,
        reader: str,
    ) -> None:
        self.state = state
        self.resource = resource
        self.operation = operation
        self.key = key
        self.request = request
        self.language = language
        self.reader = reader

    @property
    def title(self) -> str:
        """How a message calls it: "`sagemaker:createModel`", "`aws-sdk:s3:getObject`", "an ItemReader"."""
        if self.reader:
            return f"an {self.reader}" if self.reader == READERS[0] else f"a {self.reader}"
        name = f"{self.operation.service}:{self.operation.name}"
        return f"`aws-sdk:{name}`" if self.operation.sdk else f"`{name}`"

    def keys(self, path: Sequence[str | int]) -> Iterator[Node | int]:
        """Yield what a path leads through: the key of each member, and the index of each item."""
        here: Node | None = self.request
        for step in path:
            if here is None:
                return
            if isinstance(step, int):
                yield step
                here = here.items[step]
            else:
                found = here.member(step) or here.member(f"{step}.$")
                if found is None:
                    return
                yield found[0]
                here = found[1]

    def owner_key(self, path: Sequence[str | int]) -> Node | None:
        """Return the key of the object that a path leads to; None for an item of an array."""
        last = (self.key, *self.keys(path))[-1]
        return last if isinstance(last, Node) else None


class Fact:
    """Something to say of a call.

    kind      one of the constants above
    mismatch  what differs; None for what is deprecated, and for a header
    node      DEPRECATED: the Resource, or the key of the parameter; HEADER: its key
    name      DEPRECATED: of the parameter, "" for the action; HEADER: its own, without `.$`
    """

    __slots__ = ("call", "kind", "mismatch", "name", "node")

    def __init__(self, kind: str, call: Call, mismatch: Mismatch | None, node: Node, name: str = "") -> None:
        self.kind = kind
        self.call = call
        self.mismatch = mismatch
        self.node = node
        self.name = name


class Calls:
    """The facts, in the order of the text, and the features of the definition."""

    __slots__ = ("facts", "words")

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.words: set[str] = set()

    def of(self, kind: str) -> Iterator[tuple[Call, Mismatch]]:
        """Yield the mismatches of a kind."""
        for fact in self.facts:
            if fact.kind == kind and fact.mismatch is not None:
                yield fact.call, fact.mismatch


def shown(path: Sequence[str | int]) -> str:
    """Return a path as a message has it: `InputDataConfig[0].ChannelName`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


@lru_cache(maxsize=1)
def calls(machine: StateMachine) -> Calls:
    """Look at what a definition calls; once a machine."""
    out = Calls()
    for state in machine.all_states():
        node = state.node
        if state.type == "Task":
            value = node.get("Resource")
            if value is not None and value.kind == STRING and ":states:::" in str(value.value):
                resource = parse(value)
                if resource is not None and resource.kind in INTEGRATIONS:
                    _task(state, resource, out)
        elif isinstance(state, MapState):
            for name in READERS:
                holder = node.get(name)
                if holder is not None and holder.kind == OBJECT:
                    _reader(state, name, holder, out)
    out.words.update(fact.kind for fact in out.facts)
    return out


def _task(state: State, resource: Resource, out: Calls) -> None:
    words = out.words
    pattern = resource.pattern
    if pattern is not None and pattern.known:
        if pattern.text not in PATTERNS or catalog.support(resource, pattern.text) != catalog.SUPPORTED:
            words.add(PATTERN)
        elif state.machine.workflow_type == "express":
            words.add(ON_EXPRESS)
    sdk = resource.kind == AWS_SDK
    service, action = resource.service, resource.action
    if service is None or not service.text:
        words.add(UNRECOGNIZED)
        return
    if not service.known:
        return
    if service.text not in (catalog.sdk_services() if sdk else catalog.services()):
        words.add(UNRECOGNIZED)
        return
    if action is None or not action.text:
        if not resource.hidden:
            words.add(UNRECOGNIZED)
        return
    if not action.known:
        return
    if state.node.get("Parameters") is None and state.node.get("Arguments") is None:
        words.add(WITHOUT_REQUEST)
    operation = shapes.find(service.text, action.text, sdk=sdk)
    if operation is None or not operation.supported:
        words.add(UNRECOGNIZED)
        return
    if sdk and pattern is None and not resource.hidden and twin(operation):
        words.add(TWIN)
    _request(state, resource, operation, state.node, "", out)


def _reader(state: State, name: str, holder: Node, out: Calls) -> None:
    value = holder.get("Resource")
    resource = parse(value) if value is not None else None
    if resource is None or resource.kind != OPTIMIZED or resource.service is None or resource.action is None:
        return
    action = resource.action.literal
    if resource.service.literal != "s3" or action is None or not catalog.is_map_only("s3", action):
        return
    operation = shapes.find("s3", action, sdk=True)
    if operation is not None:
        _request(state, resource, operation, holder, name, out)


def _request(state: State, resource: Resource, operation: Operation, holder: Node, reader: str, out: Calls) -> None:
    language = state.query_language
    if language is None:  # of a state that stands alone: its machine says it
        language = JSONATA if holder.get(_REQUEST[JSONATA]) is not None else JSONPATH
    found = holder.member(_REQUEST[language])
    if operation.deprecated or found is not None:
        key, request = found or (resource.node, resource.node)
        call = Call(state, resource, operation, key, request, language, reader)
        if operation.deprecated:
            out.facts.append(Fact(DEPRECATED, call, None, resource.node))
        if found is not None:
            out.facts += _facts(call)


def _facts(call: Call) -> Iterator[Fact]:
    from asllint.aws import check

    kinds = {
        check.UNKNOWN_MEMBER: UNKNOWN,
        check.WRONG_CASE: UNKNOWN,
        check.FORBIDDEN_MEMBER: UNKNOWN,
        check.MISSING_MEMBER: MISSING,
        check.WRONG_TYPE: TYPE,
    }
    old: list[Node] = []
    writes = call.reader == READERS[1]
    for mismatch in check.check(call.request, call.operation.input, language=call.language, deprecated=old):
        kind = kinds.get(mismatch.kind, VALUE)
        if writes and (kind, *mismatch.path) in ((UNKNOWN, "Prefix"), (MISSING, "Key")):
            continue  # what a ResultWriter makes of it: the names of its objects begin with the one, and have the other
        if kind in (TYPE, VALUE):
            if not mismatch.path:
                continue  # no object at all: the rule on the types of fields speaks of it
            computed = mismatch.owner.member(f"{mismatch.name}.$")
            if mismatch.node.kind == STRING and (computed is None or computed[1] is not mismatch.node):
                text = str(mismatch.node.value)
                if looks_evaluated(text):
                    continue
                if mismatch.node.known and _VARIABLE.fullmatch(text):
                    kind = NOT_DYNAMIC
                elif kind == VALUE and _by_hand("\0".join(pieces(mismatch.node)), mismatch.kind == check.NOT_IN_ENUM):
                    continue
        yield Fact(kind, call, mismatch, mismatch.node)
    one_of = None if call.operation.sdk else _ONE_OF.get((call.operation.service, call.operation.name))
    node = call.request
    if one_of and node.kind == OBJECT and not node.open:
        given = {str(key.value).removesuffix(".$").casefold() for key, _ in node.members}
        if not any(name.casefold() in given for name in one_of):
            shape = call.operation.input.members[one_of[0]].shape
            missing = check.Mismatch(check.MISSING_MEMBER, node, node, (one_of[0],), shape, sure=True)
            yield Fact(MISSING, call, missing, node)
    headers = node.get("Headers") if node.kind == OBJECT else None
    if headers is not None and not call.operation.sdk:
        named, prefixes = _HEADERS.get((call.operation.service, call.operation.name), (frozenset(), ()))
        for key, _ in headers.members:
            header = str(key.value).removesuffix(".$")
            if not key.holes and (header.lower() in named or header.lower().startswith(prefixes)):
                yield Fact(HEADER, call, None, key, header)
    if (call.operation.service, call.operation.name, call.operation.sdk) == ("lambda", "invoke", False):
        # any JSON but these two, which AWS refuses where they are written out (measured in September 2026)
        payload = node.get("Payload")
        if payload is not None and payload.kind in (NUMBER, BOOLEAN):
            shape = call.operation.input.members["Payload"].shape
            wrong = check.Mismatch(check.WRONG_TYPE, payload, node, ("Payload",), shape, found=payload.kind, sure=True)
            yield Fact(TYPE, call, wrong, payload)
    for key in old:
        yield Fact(DEPRECATED, call, None, key, str(key.value).removesuffix(".$"))


def _by_hand(text: str, named: bool) -> bool:
    """Whether someone is to fill in a part of a text; `named`: a name in capitals may be a value of its own."""
    return bool(_BLANK.search(text) or (not named and _CAPITALS.search(text)))


@lru_cache(maxsize=1)
def _twins() -> dict[tuple[str, str], str]:
    out = {}
    for service in catalog.services():
        name = catalog.sdk_twin(service)
        for action in catalog.actions(service):
            if name is not None and (SYNC in catalog.patterns(service, action) or service == "lambda"):
                out[name, action] = service
    return out


def twin(operation: Operation) -> str | None:
    """Return the optimized service that does more than an action behind `aws-sdk:`; None for none.

    More is `.sync`, or reading JSON in the result (developer guide, "Optimized Lambda").
    """
    return _twins().get((operation.service, operation.name))
