"""What the role of a state machine must allow: the needs of all its states, and the least policy that meets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asllint.aws import iam
from asllint.aws.iam import FAILS, HANGS, REFUSED, UNCANCELLABLE, Condition, Place, Statement
from asllint.aws.resource import ACTIVITY, AWS_SDK, HTTP, INTEGRATIONS, LAMBDA, OPTIMIZED, parse
from asllint.model.machine import MapState, State, StateMachine
from asllint.source.node import OBJECT, STRING, Node
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

UNTRACED: Final = "is not traced"

GRADES: Final = (REFUSED, FAILS, HANGS, UNCANCELLABLE, UNTRACED)
"""What happens without a permission, from the gravest."""

MANAGED_LIMIT: Final = 6_144
"""Characters of a managed policy, white space not counted (IAM user guide, "IAM and AWS STS quotas")."""
INLINE_LIMIT: Final = 10_240
"""Characters of all inline policies of a role together (the same)."""

DOCUMENTED: Final = "documented by AWS"


class Need:
    """What one state needs.

    statement  the permission
    state      that needs it; None for the machine as such
    call       what the state calls: the Resource without ``arn:aws:states:::``, or "Map", "ItemReader", …
    role       who needs it: None for the execution role, else the role in Credentials: its ARN, or "" where that is made
               while running
    at         the node that a finding about it points at
    """

    __slots__ = ("at", "call", "role", "state", "statement")

    def __init__(self, statement: Statement, state: State | None, call: str, role: str | None, at: Node) -> None:
        self.statement = statement
        self.state = state
        self.call = call
        self.role = role
        self.at = at

    def __repr__(self) -> str:
        return f"<{self.state.name if self.state else 'machine'}: {self.statement!r}>"


class Unknown:
    """A Task whose needs cannot be known: the state, its Resource, and why, as a clause."""

    __slots__ = ("at", "reason", "state")

    def __init__(self, state: State, at: Node, reason: str) -> None:
        self.state = state
        self.at = at
        self.reason = reason


class Needs:
    """What a state machine needs.

    needs    of all states, in the order of the text
    unknown  the Tasks whose needs are not among them
    """

    __slots__ = ("needs", "unknown")

    def __init__(self) -> None:
        self.needs: list[Need] = []
        self.unknown: list[Unknown] = []

    @property
    def roles(self) -> Sequence[str | None]:
        """Those that need something: None, the execution role, and the roles in Credentials."""
        return tuple(dict.fromkeys(need.role for need in self.needs))

    def of(self, role: str | None = None) -> list[Need]:
        """Return what one of the roles needs."""
        return [need for need in self.needs if need.role == role]


def machine_needs(
    machine: StateMachine, place: Place | None = None, *, logging: bool = False, tracing: bool = False, key: str = ""
) -> Needs:
    """Return what a state machine needs.

    place             the partition, region, account and name of the machine, as far as they are known
    logging, tracing  whether it logs, and is traced by X-Ray: a definition does not say so
    key               the ARN of the customer key that it is encrypted with, "" for none
    """
    place = _settled(machine, place if place is not None else Place())
    found = Needs()
    for state in machine.all_states():
        if state.type == "Task":
            _of_task(found, state, place)
        elif isinstance(state, MapState):
            _of_map(found, state, place)
    if logging:
        found.needs.append(Need(_plain(_LOGS, ("*",), "delivers logs", REFUSED), None, "logging", None, machine.node))
    if key:
        own = place.fill(f"arn:${{P}}:states:${{R}}:${{A}}:stateMachine:{place.machine or '*'}")
        operator = "StringEquals" if place.machine else "StringLike"
        statement = _plain(
            ("kms:Decrypt", "kms:GenerateDataKey"), (key,), "reads and writes what is encrypted", FAILS,
            basis="as the AWS CDK grants it",
            condition=((operator, "kms:EncryptionContext:aws:states:stateMachineArn", own),),
        )  # fmt: skip
        found.needs.append(Need(statement, None, "encryption", None, machine.node))
        if logging:
            source = (("StringLike", "kms:EncryptionContext:SourceArn", place.fill("arn:${P}:logs:${R}:${A}:*")),)
            statement = _plain(
                ("kms:GenerateDataKey",), (key,), "writes encrypted logs", FAILS, basis="as the AWS CDK grants it",
                condition=source,
            )  # fmt: skip
            found.needs.append(Need(statement, None, "encryption", None, machine.node))
    if tracing:
        found.needs.append(Need(_plain(_TRACES, ("*",), "sends traces", UNTRACED), None, "tracing", None, machine.node))
    return found


def _settled(machine: StateMachine, place: Place) -> Place:
    """Return the place with the partition that the Resources of the machine name, where none is given."""
    if place.partition != Place().partition:
        return place
    for state in machine.all_states():
        node = state.field("Resource") if state.type == "Task" else None
        resource = parse(node) if node is not None else None
        partition = resource.partition.literal if resource is not None and resource.partition is not None else None
        if resource is not None and partition and resource.good_partition:
            return Place(partition, place.region, place.account, place.machine)
    return place


_LOGS: Final = tuple(
    f"logs:{name}"
    for name in (
        "CreateLogDelivery", "CreateLogStream", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery",
        "ListLogDeliveries", "PutLogEvents", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups",
    )
)  # fmt: skip
"""Developer guide, "Logging using CloudWatch Logs"."""
_TRACES: Final = tuple(
    f"xray:{name}"
    for name in ("PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets")
)  # fmt: skip
"""Developer guide, "IAM policies for X-Ray"."""


def _plain(
    actions: tuple[str, ...],
    resources: tuple[str, ...],
    reason: str,
    without: str,
    *,
    basis: str = DOCUMENTED,
    only: str = "",
    condition: Condition = (),
    wide: tuple[str, ...] = (),
) -> Statement:
    return Statement(actions, resources, condition, reason, without, basis, only, "", wide)


# -- a Task


def _of_task(found: Needs, state: State, place: Place) -> None:
    node = state.field("Resource")
    if node is None:
        return
    role = _of_credentials(found, state, node, place)
    resource = parse(node)
    parameters = state.field("Parameters") or state.field("Arguments")
    if resource is None:
        text = _written(node)
        if "lambda" in text.lower() or "function" in text.lower() or _ATTRIBUTE.search(text):
            arn = place.fill("arn:${P}:lambda:${R}:${A}:function:*")
            statement = _plain(
                ("lambda:InvokeFunction",), (arn,), "makes the call", FAILS, wide=("Resource",),
                basis="inferred: the Resource is a placeholder that is called like a function",
            )  # fmt: skip
            found.needs.append(Need(statement, state, text, role, node))
        else:
            found.unknown.append(Unknown(state, node, "its Resource is filled in later"))
        return
    if resource.kind == ACTIVITY:
        return
    statements = iam.needs(resource, parameters, place=place, assumed=state.field("Credentials") is not None)
    call = str(node.value)
    if resource.kind in INTEGRATIONS:
        call = call.partition(":states:::")[2]
    found.needs += (Need(statement, state, call, role, node) for statement in statements)
    if statements or resource.kind == LAMBDA:
        return
    service = resource.service.literal if resource.service is not None else None
    action = resource.action.literal if resource.action is not None else None
    if resource.kind not in (OPTIMIZED, HTTP, AWS_SDK) or service is None or action is None:
        found.unknown.append(Unknown(state, node, "its Resource is filled in later, or is not one that is known"))
    elif resource.kind == AWS_SDK:
        from asllint.aws import sdk_iam

        if not sdk_iam.known(service, action):
            found.unknown.append(Unknown(state, node, f"`{call}` is no call that is known"))
    else:
        from asllint.aws.data.iam import STATEMENTS

        if action not in STATEMENTS.get(service, {}):
            found.unknown.append(Unknown(state, node, f"`{call}` is no call that is known"))


_ATTRIBUTE: Final = late(r"(?s)GetAtt.*\bArn\b|\.Arn\W*$")


def _written(node: Node) -> str:
    """Return a Resource that is a placeholder or an intrinsic function as text."""
    if node.kind != OBJECT:
        return str(node.value)
    for key, value in node.members:
        parts = value.items if value.items else (value,)
        return f"{key.value} {'.'.join(str(part.value) for part in parts)}"
    return ""


def _of_credentials(found: Needs, state: State, node: Node, place: Place) -> str | None:
    """Add what a role in Credentials needs to be assumed; return that role."""
    credentials = state.field("Credentials")
    if credentials is None:
        return None
    texts = iam.look_up(credentials, "RoleArn")
    role = texts[0] if texts and texts[0].startswith("arn:") else ""
    resources = (role or place.fill("arn:${P}:iam::*:role/*"),)
    wide = () if role else ("Credentials.RoleArn",)
    reason = "assumes the role in `Credentials`, which then makes the call"
    statement = _plain(("sts:AssumeRole",), resources, reason, FAILS, wide=wide)
    found.needs.append(Need(statement, state, "Credentials", None, node))
    return role


# -- a Map


def _of_map(found: Needs, state: MapState, place: Place) -> None:
    if state.distributed:
        found.needs += _of_children(state, place)
    for name, derive in (("ItemReader", _of_reader), ("ResultWriter", _of_writer)):
        node = state.field(name)
        resource = node.get("Resource") if node is not None and node.kind == OBJECT else None
        if node is None or resource is None or resource.kind != STRING:
            continue
        action = str(resource.value).rpartition(":")[2]
        parameters = node.get("Parameters") or node.get("Arguments")
        found.needs += (Need(one, state, name, None, resource) for one in derive(action, node, parameters, place))


def _of_children(state: MapState, place: Place) -> Iterable[Need]:
    """Yield what the child executions of a Distributed Map need."""
    config = state.processor_config
    at = (config.get("Mode") if config is not None else None) or state.node
    name = place.machine or "*"
    wide = () if place.machine else ("the name of the state machine",)
    machine = place.fill(f"arn:${{P}}:states:${{R}}:${{A}}:stateMachine:{name}")
    execution = place.fill(f"arn:${{P}}:states:${{R}}:${{A}}:execution:{name}")
    label = iam.look_up(state.node, "Label")
    run = label[0] if label else "*"
    for statement in (
        _plain(("states:StartExecution",), (machine,), "starts the child executions", FAILS, wide=wide),
        _plain(("states:DescribeExecution",), (f"{execution}:*",), "follows the child executions", HANGS, wide=wide),
        _plain(
            ("states:StopExecution",), (f"{execution}:*",), "stops the child executions with their parent",
            UNCANCELLABLE, wide=wide, basis="as the AWS CDK grants it",
        ),
        _plain(
            ("states:RedriveExecution",), (f"{execution}/{run}:*",), "starts child executions again", FAILS, wide=wide,
            only="a Map Run is redriven",
        ),
    ):  # fmt: skip
        yield Need(statement, state, "Distributed Map", None, at)


def _bucket(parameters: Node | None, place: Place, *paths: str) -> tuple[str, tuple[str, ...]]:
    """Return the ARN of a bucket, or of what a path in it leads to, and the parameters that are not known."""
    out: list[str] = []
    wide = []
    for path in ("Bucket", *paths):
        texts = iam.look_up(parameters, path) if parameters is not None else None
        if not texts:
            if texts is None or path == "Bucket":
                wide.append(path)
            out.append("*" if path == "Bucket" or texts is None else "")
        else:
            out.append(texts[0])
    bucket = out[0] if out[0].startswith("arn:") else place.fill(f"arn:${{P}}:s3:::{out[0]}")
    return "/".join([bucket, *(part for part in out[1:] if part)]), tuple(wide)


def _of_reader(action: str, reader: Node, parameters: Node | None, place: Place) -> Iterable[Statement]:
    if action == "getObject":
        key, wide = _bucket(parameters, place, "Key")
        yield _plain(("s3:GetObject",), (key,), "reads the items", FAILS, wide=wide)
        # an inventory of S3; with a ManifestType what UNLOAD of Athena lists, too
        kind = iam.look_up(reader, "ReaderConfig.InputType")
        listing = iam.look_up(reader, "ReaderConfig.ManifestType")
        sure = kind == ["MANIFEST"] or bool(listing)
        if sure or kind is None or listing is None:
            yield _plain(
                ("s3:GetObject",), (place.fill("arn:${P}:s3:::*/*"),), "reads the files that the manifest names", FAILS,
                wide=("the files of the manifest",), only="" if sure else "ReaderConfig says that it is a manifest",
            )  # fmt: skip
    elif action == "listObjectsV2":
        bucket, wide = _bucket(parameters, place)
        prefix = iam.look_up(parameters, "Prefix") if parameters is not None else []
        condition: Condition = (("StringLike", "s3:prefix", f"{prefix[0]}"),) if prefix else ()
        if prefix is None:
            wide = (*wide, "Prefix")
        yield _plain(("s3:ListBucket",), (bucket,), "lists the items", FAILS, condition=condition, wide=wide)
        objects = f"{bucket}/{prefix[0] if prefix else ''}*"
        loads = iam.look_up(reader, "ReaderConfig.Transformation") not in ([], ["NONE"])
        yield _plain(
            ("s3:GetObject",), (objects,), "reads the objects that it lists", FAILS, wide=wide,
            only="" if loads else "the items' contents are read",
        )  # fmt: skip


def _of_writer(action: str, writer: Node, parameters: Node | None, place: Place) -> Iterable[Statement]:
    if action != "putObject":
        return
    where, wide = _bucket(parameters, place, "Prefix")
    actions = ("s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
    yield _plain(actions, (f"{where.rstrip('/')}/*",), "writes the results", FAILS, wide=wide)
    yield _plain(
        ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
        (place.fill("arn:${P}:kms:${R}:${A}:key/*"),),
        "writes to an encrypted bucket",
        FAILS,
        only="the bucket is encrypted with a customer key",
        wide=("the key of the bucket",),
    )


# -- the least policy


def least(statements: Iterable[Statement], *, cases: bool = False) -> list[dict[str, object]]:
    """Return the statements of the least policy: merged, sorted, without what others of them cover.

    cases  with those that are needed in cases which a definition does not tell
    """
    # one action under one condition: its resources
    held: dict[tuple[Condition, str], dict[str, None]] = {}
    spelled: dict[str, str] = {}
    for statement in statements:
        if statement.only and not cases:
            continue
        for action in statement.actions:
            name = spelled.setdefault(action.lower(), action)
            if name.partition(":")[2][:1].islower():
                spelled[action.lower()] = action  # IAM knows no case; the reference begins with a capital
            held.setdefault((statement.condition, action.lower()), {}).update(dict.fromkeys(statement.resources))
    grouped: dict[tuple[Condition, tuple[str, ...]], list[str]] = {}
    for (condition, action), resources in held.items():
        free = held.get(((), action), {}) if condition else {}
        kept = _widest(resources, free)
        if kept:
            grouped.setdefault((condition, tuple(sorted(kept))), []).append(spelled[action])
    entries = []
    for (condition, where), actions in grouped.items():
        entries.append(iam.entry(sorted(set(actions)), where, condition))
    return sorted(entries, key=_order)


def _widest(resources: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return the resources that neither another of them nor one of the others covers."""
    from asllint.aws.policy import contained, pattern_tokens

    others = frozenset(others)
    wild: dict[str, list[str]] = {}
    for text in (*resources, *others):
        head = text.partition("*")[0].partition("?")[0]
        if head != text:
            wild.setdefault(head, []).append(text)
    out: list[str] = []
    for one in resources:
        if one in others:
            continue
        # a pattern covers only what begins with its letters before the first wildcard
        over = [text for end in range(len(one) + 1) for text in wild.get(one[:end], ()) if text != one]
        tokens = pattern_tokens(one)
        if not any(
            contained(tokens, (pattern_tokens(text),))
            and not (one < text and text not in others and contained(pattern_tokens(text), (tokens,)))
            for text in over
        ):
            out.append(one)
    return out


def _order(entry: dict[str, object]) -> tuple[list[str], list[str], str]:
    return (listed(entry["Action"]), listed(entry["Resource"]), repr(entry.get("Condition", "")))


def listed(value: object) -> list[str]:
    """Return the strings of an Action or a Resource."""
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def document(entries: Sequence[dict[str, object]]) -> dict[str, object]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(entries)}


def size(entries: Sequence[dict[str, object]]) -> int:
    """Return the characters of a policy as IAM counts them, white space left out."""
    import json

    return sum(not c.isspace() for c in json.dumps(document(entries), ensure_ascii=False, separators=(",", ":")))


def split(entries: Sequence[dict[str, object]], limit: int = MANAGED_LIMIT) -> list[list[dict[str, object]]]:
    """Divide statements into policies of at most so many characters; one that is too long alone is divided itself."""
    out: list[list[dict[str, object]]] = []
    frame = size(())
    room = 0
    todo = list(reversed(entries))
    while todo:
        entry = todo.pop()
        weight = size((entry,)) - frame + 1
        key = max(
            ("Action", "Resource"), key=lambda name: len("".join(listed(entry[name]))) * (len(listed(entry[name])) > 1)
        )
        values = listed(entry[key])
        if frame + weight - 1 > limit and len(values) > 1:
            half = len(values) // 2
            parts = (values[half:], values[:half])
            todo += ({**entry, key: part if len(part) > 1 else part[0]} for part in parts)
            continue
        if not out or weight > room:
            out.append([])
            room = limit - frame + 1
        out[-1].append(entry)
        room -= weight
    return out
