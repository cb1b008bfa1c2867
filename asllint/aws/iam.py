"""What the role of a state machine must allow for a Task, as far as the definition tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from asllint.aws.resource import AWS_SDK, HTTP, LAMBDA, OPTIMIZED, SYNC, SYNC_2, Resource
from asllint.source.node import ARRAY, BOOLEAN, NUMBER, OBJECT, STRING, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

REFUSED: Final = "refused at creation"
FAILS: Final = "fails when it runs"
HANGS: Final = "may hang"
UNCANCELLABLE: Final = "cannot be cancelled"

Condition = tuple[tuple[str, str, object], ...]
"""The tests of a statement: (operator, key, value or values)."""

_HOLE = re.compile(r"(?<!\$)\{([^{}]*)\}")
_STOPS = ("stop", "terminate", "cancel", "delete", "batchstop")


class Place:
    """Where the resources of a policy are; the defaults are CloudFormation's pseudo parameters.

    machine  the name of the state machine that has the role; "" for one that is not known
    """

    __slots__ = ("account", "machine", "partition", "region")

    def __init__(
        self,
        partition: str = "${AWS::Partition}",
        region: str = "${AWS::Region}",
        account: str = "${AWS::AccountId}",
        machine: str = "",
    ) -> None:
        self.partition = partition
        self.region = region
        self.account = account
        self.machine = machine

    def fill(self, text: str) -> str:
        """Return an ARN form with its ``${P}``, ``${R}`` and ``${A}`` filled in."""
        return text.replace("${P}", self.partition).replace("${R}", self.region).replace("${A}", self.account)


class Statement:
    """A permission that a Task needs.

    actions    IAM actions, such as "sagemaker:CreateTrainingJob"
    resources  ARNs and patterns: as narrow as the literals of the definition allow
    condition  (operator, key, value) of each test; () for none
    reason     what Step Functions does with it
    without    what happens where the role does not allow it: REFUSED, FAILS, HANGS or UNCANCELLABLE
    basis      where the need is known from
    only       the case in which alone it is needed, where a definition does not tell; else ""
    note       what else is known of it, or ""
    wide       the parameters whose value is not known, so that `resources` are as wide as their type
    """

    __slots__ = ("actions", "basis", "condition", "note", "only", "reason", "resources", "wide", "without")

    def __init__(
        self,
        actions: tuple[str, ...],
        resources: tuple[str, ...],
        condition: Condition,
        reason: str,
        without: str,
        basis: str,
        only: str,
        note: str,
        wide: tuple[str, ...],
    ) -> None:
        self.actions = actions
        self.resources = resources
        self.condition = condition
        self.reason = reason
        self.without = without
        self.basis = basis
        self.only = only
        self.note = note
        self.wide = wide

    @property
    def inferred(self) -> bool:
        """Whether the need itself, an action of it or the name of a resource is inferred, and documented nowhere."""
        return "inferred" in self.basis or "guess" in self.basis

    def __repr__(self) -> str:
        return f"<{', '.join(self.actions)} on {', '.join(self.resources)}: {self.without}>"


def needs(
    resource: Resource, parameters: Node | None, *, place: Place | None = None, assumed: bool = False
) -> list[Statement]:
    """Return what a call needs, in the order of AWS's own policies.

    resource    of the Task; one that is not recognized, or that the data has not, needs nothing that is known here
    parameters  the value of Parameters or Arguments; None where the Task has none
    place       the partition defaults to that of the Resource
    assumed     the Task names a role in Credentials: the needs are that role's, and a job in another account is followed
                by polling, without the managed rule
    """
    if place is None:
        partition = resource.partition.literal if resource.partition is not None else None
        place = Place(partition) if partition and resource.good_partition else Place()
    if resource.kind == LAMBDA:
        return [_function_call(resource, place)]
    service = resource.service.literal if resource.service is not None else None
    action = resource.action.literal if resource.action is not None else None
    if service is None or action is None:
        return []
    if resource.kind == AWS_SDK:
        from asllint.aws import sdk_iam

        return sdk_iam.needs(service, action, parameters, place)
    if resource.kind not in (OPTIMIZED, HTTP):
        return []
    from asllint.aws.data.iam import STATEMENTS

    sync = resource.pattern_name in (SYNC, SYNC_2)
    out: list[Statement] = []
    profile = (service, action) == ("bedrock", "invokeModel") and _profile(look_up(parameters, "ModelId"))
    for actions, templates, wildcards, condition, when, only, basis, note in STATEMENTS.get(service, {}).get(
        action, ()
    ):
        rule = any(name.startswith("events:") for name in actions) and when == "sync"
        if (when == "sync" and not sync) or (rule and assumed):
            continue
        case = only
        if profile is not False and actions == ("bedrock:InvokeModel",):
            # a model, or an inference profile and the models that it leads to
            if bool(case) != bool(profile) and profile is not None:
                continue
            if profile:
                case, templates, wildcards = "", profile, profile
        given, further = _when(parameters, when)
        if not given:
            continue
        case = further or case
        if place.machine:
            templates = tuple(template.replace("{own name}", place.machine) for template in templates)
        resources, wide = _resources(service, parameters, templates, wildcards)
        resources = called(resources, parameters)
        tests = _condition(parameters, condition)
        for names, reason, without in _split(actions, rule, when == "sync"):
            out.append(
                Statement(
                    names, tuple(place.fill(r) for r in resources), tests, reason, without, basis, case, note, wide
                )
            )  # fmt: skip
    return out


def _when(parameters: Node | None, when: str) -> tuple[bool, str]:
    """Return whether a row may count by the parameters, and the case in which alone it does, where that is not known."""
    what, _, rest = when.partition(":")
    if what == "param":
        return look_up(parameters, rest) != [], ""
    if what != "value":
        return True, ""
    path, _, wanted = rest.partition("=")
    found = look_up(parameters, path)
    return found in (None, [wanted]), "" if found is not None else f"{path} is {wanted}"


def _function_call(resource: Resource, place: Place) -> Statement:
    """Return what a Task needs whose Resource is a function."""
    text = place.fill(_holes_wild(resource.node))
    wide = ("Resource",) if resource.node.holes else ()
    steps = text.split(":")
    resources: tuple[str, ...] = (text,)
    if len(steps) > 8 or "*" in steps[-1]:  # a placeholder may stand for more than one step
        arn = ":".join(steps[:7])
        resources = (arn, f"{arn}:*") if len(steps) < 8 else (f"{arn}:*",)
    return Statement(
        ("lambda:InvokeFunction",), resources, (), "makes the call", FAILS, "documented by AWS", "", "", wide
    )  # fmt: skip


def called(resources: tuple[str, ...], parameters: Node | None) -> tuple[str, ...]:
    """Return, of a function and its versions, what a call of it asks for.

    Lambda compares the policy with the name and the qualifier of the request: who may invoke a function may not invoke its
    versions and aliases, and the other way round (Lambda developer guide, "Referencing functions in the Resource section of
    policies"; Step Functions developer guide, "Invoke an AWS Lambda function"). Other resources are given back as they are.
    """
    if len(resources) != 2 or resources[1] != f"{resources[0]}:*":
        return resources
    names = look_up(parameters, "FunctionName")
    if not names or parameters is None:
        return resources
    steps = names[0].split(":")
    qualifiers = steps[7:8] if is_arn(names[0]) else steps[3:4] if "function" in steps[:2] else steps[1:2]
    if not qualifiers:
        given = parameters.get("Qualifier") or parameters.get("Qualifier.$")
        if given is None:
            return resources if parameters.open else resources[:1]
        qualifiers = look_up(parameters, "Qualifier") or ["*"]
    return (f"{resources[0]}:{qualifiers[0]}",)


def _holes_wild(node: Node) -> str:
    """Return a string with `*` for each placeholder."""
    text, out, at = str(node.value), "", 0
    for start, end in node.holes:
        out += text[at:start] + "*"
        at = end
    return out + text[at:]


def _profile(models: list[str] | None) -> tuple[str, ...] | None:
    """Return the resources of an inference profile; () for what is none, None where it is not known."""
    if not models:
        return None
    from asllint.aws.sdk_iam import model

    found = model(models[0])
    return found if len(found) > 1 else ()


def policy(statements: Iterable[Statement]) -> list[dict[str, object]]:
    """Return the statements of an IAM policy, those on the same resources in one; those of special cases left out."""
    merged: dict[tuple[tuple[str, ...], Condition], list[str]] = {}
    for statement in statements:
        if not statement.only:
            actions = merged.setdefault((statement.resources, statement.condition), [])
            actions.extend(name for name in statement.actions if name not in actions)
    out: list[dict[str, object]] = []
    for (resources, condition), actions in merged.items():
        out.append(entry(actions, resources, condition))
    return out


def entry(actions: Sequence[str], resources: Sequence[str], condition: Condition) -> dict[str, object]:
    """Return a statement as a policy has it: one action, or one resource, stands alone."""
    out: dict[str, object] = {
        "Effect": "Allow",
        "Action": list(actions) if len(actions) > 1 else actions[0],
        "Resource": list(resources) if len(resources) > 1 else resources[0],
    }
    if condition:
        tests: dict[str, dict[str, object]] = {}
        for operator, key, value in condition:
            tests.setdefault(operator, {})[key] = list(value) if isinstance(value, tuple) else value
        out["Condition"] = tests
    return out


def _split(actions: Sequence[str], rule: bool, sync: bool) -> list[tuple[tuple[str, ...], str, str]]:
    """Group actions by what they are for: (actions, reason, what happens without)."""
    if rule:
        return [(tuple(actions), "makes the managed rule that tells when the job has ended", REFUSED)]
    if sync:
        stops = tuple(name for name in actions if name.split(":")[1].lower().startswith(_STOPS))
        follows = tuple(name for name in actions if name not in stops)
        groups = ((follows, "follows the job", HANGS), (stops, "stops the job with the execution", UNCANCELLABLE))
        return [group for group in groups if group[0]]
    reason = "makes the call"
    if "iam:PassRole" in actions:
        reason = "hands the role to the service"
    elif any("Tag" in name for name in actions):
        reason = "tags what is made"
    return [(tuple(actions), reason, FAILS)]


# -- parameters


def look_up(parameters: Node | None, path: str) -> list[str] | None:
    """Return the literals at a path such as ``A.B`` or ``A[].B``; [] where nothing is there, None where unknown."""
    nodes = [parameters] if parameters is not None else []
    for step in path.split("."):
        name = step.removesuffix("[]")
        below: list[Node] = []
        for node in nodes:
            if node.kind != OBJECT:
                return None
            value = node.get(name)
            if value is not None:
                below.append(value)
            elif node.get(f"{name}.$") is not None or node.open:
                return None
        if step.endswith("[]"):
            if any(node.kind != ARRAY for node in below):
                return None
            below = [item for node in below for item in node.items]
        nodes = below
    out = []
    for node in nodes:
        literal = _literal(node)
        if literal is None:
            return None
        out.append(literal)
    return out


def _literal(node: Node) -> str | None:
    """Return a scalar as text; None for an expression, a path, a placeholder and anything else."""
    if node.kind in (NUMBER, BOOLEAN):
        return str(node.value)
    text = node.literal if node.kind == STRING else None
    if text == "$LATEST":
        return text  # the qualifier of what is not published yet
    return None if text is None or not text or text.startswith(("$", "{%")) else text


# -- resources


def _resources(
    service: str, parameters: Node | None, templates: Sequence[str], wildcards: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the resources with the literals filled in, and the parameters that are not known."""
    if service == "apigateway":
        return _api(parameters, wildcards)
    out: list[str] = []
    wide: list[str] = []
    paired = len(templates) == len(wildcards)
    for i, template in enumerate(templates):
        filled, unknown = _fill(service, parameters, template)
        if filled is None:
            if unknown and unknown not in wide:
                wide.append(unknown)
            if not paired:
                return tuple(wildcards), tuple(wide)
            filled = [wildcards[i]]
        out.extend(r for r in filled if r not in out)
    return tuple(out), tuple(wide)


def _fill(service: str, parameters: Node | None, template: str) -> tuple[list[str] | None, str]:
    """Return what a template stands for, or None and the name of the parameter that is not known, if it is one."""
    out = [""]
    at = 0
    for hole in _HOLE.finditer(template):
        values, name = _value(service, parameters, hole[1])
        arns = [value for value in values if is_arn(value)]
        if not values or (hole[0] == template and len(arns) < len(values)):
            return None, name
        if arns and template.startswith("arn:"):
            return arns, ""  # many parameters take a name or a whole ARN
        out = [piece + template[at : hole.start()] + value for piece in out for value in values]
        at = hole.end()
    return [piece + template[at:] for piece in out], ""


def _value(service: str, parameters: Node | None, hole: str) -> tuple[list[str], str]:
    """Return the values of what stands between the braces of a template, [] where they are not known, and its name.

    The braces hold ``PATH``, ``PATH|DEFAULT``, ``PATH -> what is made of it``, or prose, whose name is "".
    """
    source, arrow, _ = hole.partition("->")
    if " | " in source and not arrow:
        # one parameter or the other
        options = [_value(service, parameters, one) for one in source.split(" | ")]
        return next((option for option in options if option[0]), options[-1])
    path, _, default = source.partition("|")
    name = path.split(" ", 1)[0]
    convert = _CONVERSIONS.get((service, name)) if arrow else None
    if not arrow and " " in source:
        return [], ""
    values = look_up(parameters, name)
    if (service, name) == ("events", "Entries[].EventBusName"):
        values = _buses(parameters)
    if values is None or (arrow and convert is None):
        return [], name
    if not values:
        return [default] if default else [], name
    if service == "states":
        values = list(map(state_machine, values))
    if convert is not None:
        made = [convert(value) for value in values]
        return made if all(made) else [], name
    if service == "sagemaker":
        values = in_small_letters(values)
    return values, name


def in_small_letters(names: Iterable[str]) -> list[str]:
    """Return names and ARNs with each name in small letters, too.

    SageMaker writes names in ARNs so, and IAM compares them letter by letter.
    """
    return [form for name in names for form in dict.fromkeys((name, name if is_arn(name) else name.lower()))]


def is_arn(value: str) -> bool:
    """Whether a value is an ARN, and no name."""
    return value.startswith("arn:")


def function(value: str) -> str:
    """Return the ARN of a function given by name, by partial ARN (``account:function:name``) or by ARN."""
    if is_arn(value):
        return ":".join(value.split(":")[:7])
    parts = value.split(":")
    if len(parts) >= 3 and parts[1] == "function":
        return f"arn:${{P}}:lambda:${{R}}:{parts[0]}:function:{parts[2]}"
    return f"arn:${{P}}:lambda:${{R}}:${{A}}:function:{parts[0]}"


def state_machine(value: str) -> str:
    """Return the ARN of a state machine without its version or alias, for which IAM is asked (developer guide,
    "Authorization for versions and aliases"); another text as it is."""  # fmt: skip
    parts = value.split(":")
    return value.removesuffix(f":{parts[-1]}") if len(parts) == 8 and parts[5] == "stateMachine" else value


def queue(value: str) -> str:
    """Return the ARN of a queue given by URL; "" for another form."""
    found = re.fullmatch(r"https?://sqs\.([\w-]+)\.[^/]+/(\d+)/([\w.-]+)", value)
    return f"arn:${{P}}:sqs:{found[1]}:{found[2]}:{found[3]}" if found else ""


def task_definition(value: str) -> str:
    """Return the ARN of a task definition given by family, with or without revision, or by ARN."""
    if is_arn(value):
        return value
    return f"arn:${{P}}:ecs:${{R}}:${{A}}:task-definition/{value if ':' in value else value + ':*'}"


def _api(parameters: Node | None, wildcards: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the methods that a request to an API may call, in the region that the endpoint names."""
    endpoint = look_up(parameters, "ApiEndpoint") or [""]
    found = re.match(r"([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.", endpoint[0])
    if found is None:
        return tuple(wildcards), ("ApiEndpoint",)
    steps, wide = [], []
    for name in ("Stage", "Method", "Path"):
        values = look_up(parameters, name)
        if values is None:
            wide.append(name)
        steps.append(values[0].lstrip("/") if values else "*")
    return (f"arn:${{P}}:execute-api:{found[2]}:${{A}}:{found[1]}/{'/'.join(steps)}",), tuple(wide)


def _base_model(value: str) -> str:
    """Return the ARN of a model that is customized, given by id or by ARN."""
    return value if is_arn(value) else f"arn:${{P}}:bedrock:${{R}}::foundation-model/{value}"


def s3_object(value: str) -> str:
    """Return the ARN of an S3 object given by URI; "" for another form."""
    return f"arn:${{P}}:s3:::{value[5:]}" if value.startswith("s3://") else ""


def _bus(value: str) -> str:
    """Return the ARN of an event bus given by name or by ARN."""
    return value if is_arn(value) else f"arn:${{P}}:events:${{R}}:${{A}}:event-bus/{value}"


def _buses(parameters: Node | None) -> list[str] | None:
    """Return the event buses that the entries name: an entry that names none goes to the default one."""
    entries = parameters.get("Entries") if parameters is not None and parameters.kind == OBJECT else None
    if entries is None or entries.kind != ARRAY:
        return None
    out: list[str] = []
    for entry in entries.items:
        found = look_up(entry, "EventBusName")
        if found is None:
            return None
        out += [name for name in found or ["default"] if name not in out]
    return out


def _execution(value: str) -> str:
    """Return the ARN form of the executions of a state machine given by ARN; "" for another form."""
    return value.replace(":stateMachine:", ":execution:") if ":stateMachine:" in value else ""


_CONVERSIONS: Final[dict[tuple[str, str], Callable[[str], str]]] = {
    ("lambda", "FunctionName"): function,
    ("sqs", "QueueUrl"): queue,
    ("ecs", "TaskDefinition"): task_definition,
    ("states", "StateMachineArn"): _execution,
    ("events", "Entries[].EventBusName"): _bus,
    ("bedrock", "BaseModelIdentifier"): _base_model,
    ("bedrock", "Input.S3Uri"): s3_object,
    ("bedrock", "Output.S3Uri"): s3_object,
}


def _condition(parameters: Node | None, condition: Condition) -> Condition:
    """Return the tests with the literals filled in; a test of a value that is not known is left out."""
    out = []
    for operator, key, value in condition:
        if isinstance(value, str) and _HOLE.search(value):
            # behind a blank: the value is not itself a resource
            filled, _ = _fill("", parameters, f" {value}")
            if filled is None or len(filled) != 1:
                continue
            value = filled[0][1:]
        out.append((operator, key, value))
    return tuple(out)


def page(service: str) -> str:
    """Return the name of the developer guide's page on an optimized service, "" for one that is not known."""
    from asllint.aws.data.iam import PAGES

    return PAGES.get(service, "")
