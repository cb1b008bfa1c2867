"""The policies of a role against the needs of its state machine: what is missing, superfluous, or wider than needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asllint.aws import iam
from asllint.aws import policy as iam_policy
from asllint.aws.iam import Place
from asllint.aws.policy import ALLOWED, ASSUMED_ROLE, DENIED, Answer, Excess, Policies
from asllint.model.machine import StateMachine
from asllint.model.permissions import GRADES, Need, Needs, machine_needs
from asllint.source.node import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PASS_ROLE: Final = "iam:PassRole"  # noqa: S105 -- no secret
PASSED_TO: Final = "iam:passedtoservice"


class Gap:
    """Actions of a need that the policies do not surely allow.

    need     what needs them
    actions  those that are missing, or may be
    certain  False where they may be allowed all the same, or may not be needed
    reason   why it is not certain, in words without a full stop; "" where it is
    denied   a Deny statement is what forbids them
    """

    __slots__ = ("actions", "certain", "denied", "need", "reason")

    def __init__(self, need: Need, actions: tuple[str, ...], certain: bool, reason: str, denied: bool) -> None:
        self.need = need
        self.actions = actions
        self.certain = certain
        self.reason = reason
        self.denied = denied

    def __repr__(self) -> str:
        return f"<{'missing' if self.certain else 'open'}: {', '.join(self.actions)}>"


class Unconstrained:
    """A statement that lets the role hand any role, or many, to any service."""

    __slots__ = ("resource", "statement")

    def __init__(self, statement: iam_policy.Statement, resource: iam_policy.Pattern) -> None:
        self.statement = statement
        self.resource = resource


class WrongType:
    """An action whose resources in a statement are none that it is about, so that the statement never allows it.

    wanted  the ARN forms that it is about
    """

    __slots__ = ("action", "statement", "wanted")

    def __init__(self, statement: iam_policy.Statement, action: iam_policy.Pattern, wanted: Sequence[str]) -> None:
        self.statement = statement
        self.action = action
        self.wanted = tuple(wanted)

    @property
    def forms(self) -> Sequence[str]:
        """The ARN forms, with `*` for partition, region and account."""
        return tuple(_anywhere(form) for form in self.wanted)


class Audit:
    """What the policies of a role say to the needs of its state machine.

    needs     of the machine
    missing   what is not allowed, the gravest first
    open      what may be allowed and may not
    unused    what the policies allow and nothing needs; () where the needs of a Task are not known
    wide      what they allow beyond the needs
    passing   statements on iam:PassRole without bounds
    wrong     actions on resources of another kind
    """

    __slots__ = ("missing", "needs", "open", "passing", "unused", "wide", "wrong")

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.missing: Sequence[Gap] = ()
        self.open: Sequence[Gap] = ()
        self.unused: Sequence[Excess] = ()
        self.wide: Sequence[Excess] = ()
        self.passing: Sequence[Unconstrained] = ()
        self.wrong: Sequence[WrongType] = ()


_last: tuple[StateMachine, Policies, Audit] | None = None


def of_machine(machine: StateMachine) -> Audit | None:
    """Return the audit of a machine whose policies are known; None for one without, and for a fragment of states.

    That of the last machine is kept: several rules ask for it.
    """
    global _last
    if machine.policies is None:
        return None
    if _last is None or _last[0] is not machine or _last[1] is not machine.policies:
        _last = machine, machine.policies, audit([machine], machine.policies)
    return _last[2]


def audit(
    machines: Sequence[StateMachine],
    policies: Policies,
    place: Place | None = None,
    *,
    role: str | None = None,
    logging: bool = False,
    tracing: bool = False,
    key: str = "",
) -> Audit:
    """Compare the policies of a role with what the machines need that have it.

    role  the execution role (None), or one that Tasks name in Credentials, by its ARN
    """
    found = Needs()
    every = Needs()  # logging and tracing are no matter of the definition: what is for them is not superfluous
    for machine in machines:
        one = machine_needs(machine, place, logging=logging, tracing=tracing, key=key)
        found.needs += one.needs
        found.unknown += one.unknown
        every.needs += machine_needs(machine, place, logging=True, tracing=True).needs
    out = Audit(found)
    context: dict[str, str | Sequence[str] | None] = dict(ASSUMED_ROLE)
    if place is not None and "$" not in place.region:
        context["aws:RequestedRegion"] = place.region
    gaps = [gap for need in found.of(role) if not need.statement.only for gap in _gaps(need, policies, context)]
    out.missing = sorted((g for g in gaps if g.certain), key=lambda g: GRADES.index(g.need.statement.without))
    out.open = [gap for gap in gaps if not gap.certain]
    statements = [statement for one in policies.identity for statement in one.statements]
    asked = [_with_versions(need.statement) for need in every.of(role)]
    whole = not found.unknown and all(machine.fragment is None for machine in machines)
    if whole:
        out.unused = iam_policy.unused(statements, asked)
    needed = [_with_versions(need.statement) for need in found.of(role)]
    if whole:
        out.wide = iam_policy.wider_than(statements, [*needed, *(one for one in asked if one not in needed)])
        real = {resource for need in every.of(role) for resource in need.statement.resources}
        for wide in out.wide:
            if wide.kind == "resource":
                wide.needed = tuple(resource for resource in wide.needed if resource in real) or wide.needed
    out.passing = _passing(statements)
    out.wrong = _wrong(statements, asked)
    # what is needed on another resource is not superfluous, though it allows nothing where it stands
    told = {id(one.action.node) for one in out.wrong}
    out.unused = tuple(one for one in out.unused if not _told(one, told))
    return out


def _told(excess: Excess, told: set[int]) -> bool:
    if excess.kind == "statement":
        return bool(excess.statement.actions) and all(id(action.node) in told for action in excess.statement.actions)
    return id(excess.node) in told


def _gaps(need: Need, policies: Policies, context: dict[str, str | Sequence[str] | None]) -> list[Gap]:
    """Return the actions of a need that are not allowed, those alike in one."""
    answers: dict[str, list[Answer]] = {}
    for action, _, answer in policies.allows_need(need.statement, context):
        answers.setdefault(action, []).append(answer)
    found: dict[tuple[bool, str, bool], list[str]] = {}
    for action, several in answers.items():
        verdicts = {answer.verdict for answer in several}
        if verdicts == {ALLOWED}:
            continue
        denied = any(answer.explicit for answer in several)
        reason = ""
        if verdicts != {DENIED}:
            reason = next(answer.reason for answer in several if answer.verdict != ALLOWED)
            if DENIED in verdicts:
                reason = "one of its resources is allowed, another is not"
        else:
            reason = _doubt(need, action)
        found.setdefault((not reason, reason, denied), []).append(action)
    return [Gap(need, tuple(names), certain, reason, denied) for (certain, reason, denied), names in found.items()]


# AWS documents these, and roles are known to work without them, as the AWS CDK makes them (2.276.0) and AWS's own samples: they
# follow nothing that is waited for, or stand for a feature that the definition does not tell of.
_NOT_PROVEN: Final = frozenset(
    (
        "sagemaker:listtags", "athena:getworkgroup", "athena:batchgetqueryexecution", "athena:getqueryresults",
        "athena:listqueryexecutions", "glue:getjobruns", "mediaconvert:tagresource", "logs:createlogstream",
        "logs:putlogevents", "lakeformation:getdataaccess", "codebuild:batchgetreports", "xray:getsamplingrules",
        "xray:getsamplingtargets", "s3:listmultipartuploadparts", "s3:abortmultipartupload",
    )
)  # fmt: skip


def _doubt(need: Need, action: str) -> str:
    """Return why an action that is not allowed may not be needed, "" where it surely is."""
    one = need.statement
    if one.inferred:
        return "the need is inferred"
    small = action.lower()
    if small in _NOT_PROVEN:
        return "AWS documents it, and roles are known to work without it"
    if need.call.startswith("athena:") and not small.startswith("athena:"):
        return "AWS documents it for all queries; what this one reads and writes is not known"
    if small == "sagemaker:addtags" and ".sync" not in need.call and need.state is not None:
        parameters = need.state.field("Parameters") or need.state.field("Arguments")
        if parameters is None or (parameters.get("Tags") is None and parameters.get("Tags.$") is None):
            return "AWS documents it; without tags, and without .sync, calls are known to work without it"
    if one.basis.startswith(("unknown", "reported", "AWS documented it until")) or "until 2023" in one.basis:
        return f"the need is not sure: {one.basis}"
    return ""


def _with_versions(statement: iam.Statement) -> iam.Statement:
    """Return the need with the versions of the function that is called: the AWS CDK allows them with each function, and a
    role that it made is not to be called too wide for it."""  # fmt: skip
    if (
        statement.actions != ("lambda:InvokeFunction",)
        or len(statement.resources) != 1
        or statement.resources[0] == "*"
    ):
        return statement
    one = statement
    return iam.Statement(
        one.actions, (*one.resources, f"{one.resources[0]}:*"), one.condition, one.reason, one.without, one.basis, one.only,
        one.note, one.wide,
    )  # fmt: skip


def _passing(statements: Sequence[iam_policy.Statement]) -> list[Unconstrained]:
    wanted = iam_policy.pattern_tokens(PASS_ROLE.lower())
    out = []
    for statement in statements:
        if statement.effect != iam_policy.ALLOW or statement.not_actions or statement.not_resources:
            continue
        actions = [iam_policy.pattern_tokens(pattern.text.lower()) for pattern in statement.actions]
        if not iam_policy.contained(wanted, actions):
            continue
        if any(test.key.lower() in (PASSED_TO, "iam:associatedresourcearn") for test in statement.tests):
            continue
        wild = next((pattern for pattern in statement.resources if pattern.wild), None)
        if wild is not None:
            out.append(Unconstrained(statement, wild))
    return out


def _wrong(statements: Sequence[iam_policy.Statement], asked: Iterable[iam.Statement]) -> list[WrongType]:
    """Return the actions, of those that are needed, that stand beside resources of another kind alone."""
    from asllint.aws import sdk_iam

    needed: dict[str, list[iam_policy.Tokens]] = {}
    for need in asked:
        for action in need.actions:
            needed.setdefault(action.lower(), []).extend(map(iam_policy.pattern_tokens, need.resources))
    out = []
    for statement in statements:
        if statement.effect != iam_policy.ALLOW or statement.not_actions or statement.not_resources:
            continue
        for pattern in statement.actions:
            if pattern.wild or not pattern.known or pattern.text.lower() not in needed:
                continue
            forms = sdk_iam.forms(pattern.text)
            # the reference is not always complete: of states:InvokeHTTPEndpoint it names no resource
            own = [resource.tokens({}) or () for resource in statement.resources]
            if not forms or any(_fits(resource, form) for resource in own for form in forms):
                continue
            # nor is it always what AWS documents: bedrock-agentcore:InvokeAgentRuntime on a harness
            wanted = needed[pattern.text.lower()]
            documented = not any(_fits(resource, form) for resource in wanted for form in forms)
            if not documented or not any(iam_policy.overlaps(one, other) for one in own for other in wanted):
                out.append(WrongType(statement, pattern, forms))
    return out


def _anywhere(form: str) -> str:
    """Return an ARN form in every partition, region and account."""
    return form.replace("${P}", "*").replace("${R}", "*").replace("${A}", "*")


def _fits(resource: iam_policy.Tokens, form: str) -> bool:
    """Whether a resource may be one of the form: their services and what stands behind the account are compared."""
    own, wanted = _segments(resource), form.split(":", 5)
    if len(own) < 6:
        return True  # a wildcard for all that follows, or what a template fills in
    return all(iam_policy.overlaps(own[i], iam_policy.pattern_tokens(wanted[i])) for i in (2, 5))


def _segments(tokens: iam_policy.Tokens) -> list[iam_policy.Tokens]:
    """Divide a resource at its first five colons; none stands in what a template fills in."""
    out: list[iam_policy.Tokens] = []
    start = 0
    for i, letter in enumerate(tokens):
        if letter == ":" and len(out) < 5:
            out.append(tokens[start:i])
            start = i + 1
    return [*out, tokens[start:]]


def place_of(node: Node) -> str:
    """Return where something stands in a policy: "file:line"."""
    return f"{node.origin.name}:{node.origin.position(node.start)[0]}"


def head(machine: StateMachine) -> Node:
    """Return what stands for a whole machine where a finding is shown."""
    return machine.node.key("StartAt") or (machine.states[0].head if machine.states else machine.node)
