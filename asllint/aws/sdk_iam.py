"""What a role must allow for a call behind `aws-sdk:`, and what the reference of IAM knows of actions and resources.

The data is `asllint/aws/data/iam.zip`; `tools/build_iam.py` writes it and describes its form. Of it only the member of the
service is unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from asllint.aws import iam
from asllint.aws.shapes import unpacked
from asllint.source.node import ARRAY, OBJECT, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_ARCHIVE: Final = "iam.zip"

_BASES: Final = {
    "r": "in the service authorization reference",
    "m": "another action than the API's name, from the map of iam-dataset; in the service authorization reference",
    "p": "documented by AWS",
    "d": "a dependent action in the service authorization reference",
    "i": "inferred",
}
_CASES: Final = {"s": "the service-linked role does not exist yet", "c": "the call makes use of it"}


@lru_cache(maxsize=32)
def _member(name: str) -> str | None:
    data = unpacked(_ARCHIVE, name)
    return data.decode() if data is not None else None


def known(service: str, operation: str) -> bool:
    """Whether the data has an operation of a service of the SDK."""
    return _rows(service, operation) is not None


def _rows(service: str, operation: str) -> list[str] | None:
    text = _member(f"sdk/{service}")
    if text is None or not operation:
        return None
    # an operation that needs nothing has no rows
    start = max(text.find(f"\n{operation}\t"), text.find(f"\n{operation}\n")) + 1
    if not start:
        return None
    return text[start : text.find("\n", start)].split("\t")[1:]


def needs(service: str, operation: str, parameters: Node | None, place: iam.Place) -> list[iam.Statement]:
    """Return what a call needs; [] where the data has no such operation, and where it needs nothing.

    service, operation  as the Resource has them
    parameters          the value of Parameters or Arguments; None where the Task has none
    """
    out = []
    for row in _rows(service, operation) or ():
        names, templates, when, only, basis, principal = (row + ";;;;;").split(";")[:6]
        case = _CASES.get(only, "")
        if when:
            given, further = _when(parameters, when)
            if not given:
                continue
            case = case or further
        resources: list[str] = []
        wide: list[str] = []
        for template in templates.split(" "):
            filled, unknown = _filled(names.partition(":")[0], parameters, template)
            resources += (place.fill(text) for text in filled)
            wide += unknown
        if not resources:
            # an ARN of something else: the call fails, whatever the role may do
            resources = [place.fill(_open(template)) for template in templates.split(" ")]
        if service == "lambda":
            resources = list(iam.called(tuple(resources), parameters))
        actions = tuple(names.split(","))
        role = "iam:PassRole" in actions
        reason = "makes the call"
        if role:
            reason = "hands the role to the service"
        elif basis in ("d", "p") or case:
            reason = "is made use of by the call"
            if any("Tag" in name for name in actions):
                reason = "tags what is made"
        note = ""
        if role and not principal:
            note = "narrow it with iam:PassedToService: the service that the role is handed to"
        condition = (("StringEquals", "iam:PassedToService", principal),) if principal else ()
        # what does not hang on a parameter at all is as wide as the action, and no value of the definition narrows it
        out.append(
            iam.Statement(
                actions, tuple(dict.fromkeys(resources)), condition, reason, iam.FAILS, _BASES[basis], case, note,
                tuple(dict.fromkeys(wide)),
            )
        )  # fmt: skip
    return out


def _when(parameters: Node | None, when: str) -> tuple[bool, str]:
    """Return whether a row may count, and the case in which alone it does, where that is not known."""
    if "&" in when:
        found = [_when(parameters, one) for one in when.split("&")]
        return all(given for given, _ in found), next((case for _, case in found if case), "")
    if when[0] == "!":
        return not any(_given(parameters, path) for path in when[1:].split(",")), ""
    if "," in when:
        several = [_given(parameters, path) for path in when.split(",")]
        return any(given is not False for given in several), "" if True in several else f"one of {when} is given"
    path, mark, word = when.partition("=")
    if not mark:
        given = _given(parameters, path)
        return given is not False, f"{path} is given" if given is None else ""
    texts = iam.look_up(parameters, path)
    if texts is None:
        return True, f"{path} begins with {word.upper()}"
    return any(text.strip().lower().startswith(word.lower()) for text in texts), ""


def _given(parameters: Node | None, path: str) -> bool | None:
    """Return whether a parameter is given, whatever its value is; None where it cannot be known."""
    nodes = [parameters] if parameters is not None else []
    steps = path.split(".")
    unknown = False
    for number, step in enumerate(steps):
        name = step.removesuffix("[]")
        below: list[Node] = []
        for node in nodes:
            if node.kind != OBJECT:
                unknown = True
                continue
            value = node.get(name)
            if value is None and node.get(f"{name}.$") is not None:
                if number == len(steps) - 1:
                    return True
                unknown = True
            elif value is None:
                unknown = unknown or node.open
            elif step.endswith("[]") and value.kind == ARRAY:
                below += value.items
            elif step.endswith("[]") and number < len(steps) - 1:
                unknown = True
            else:
                below.append(value)
        nodes = below
    return True if nodes else None if unknown else False


# -- resources


def _filled(prefix: str, parameters: Node | None, template: str) -> tuple[list[str], list[str]]:
    """Return what an ARN form stands for, with `*` for what is not known, and the parameters that are not."""
    out = [""]
    full: set[str] = set()
    wide: list[str] = []
    at = 0
    while (start := _hole(template, at)) >= 0:
        end = template.index("}", start)
        source, _, kind = template[start + 1 : end].partition("->")
        path, _, default = source.partition("|")
        between, rest = template[at:start], template[end + 1 :]
        whole = start == 0
        values = _values(parameters, path, default)
        if values is not None and kind:
            made = [_CONVERSIONS[kind](value) for value in values]
            values = [text for texts in made for text in texts] if all(made) else None
        if values is not None and whole and not kind and not all(value.startswith("arn:") for value in values):
            values = None
        if values is not None and path.lower().endswith("arn") and not all(v.startswith("arn:") for v in values):
            values = None
        if not values:
            wide.append(path)
            values = [_WILD.get(kind, "*") if whole else "*"]
        elif prefix == "states":
            values = list(dict.fromkeys(map(iam.state_machine, values)))
        elif prefix == "sagemaker":
            values = iam.in_small_letters(values)
        pieces: list[str] = []
        for piece in out:
            if piece in full:
                pieces.append(piece)
                continue
            for value in values:
                if not iam.is_arn(value):
                    pieces.append(piece + between + value)
                elif whole or _kind(value) == _kind(template) or "{" in _kind(template):
                    # many parameters take a name or a whole ARN
                    pieces.append(f"{value}/object" if ":accesspoint/" in value and rest[:1] == "/" else value)
                    if not whole and prefix not in ("s3", "logs") and _depth(value) >= _depth(template):
                        # it says what the rest is, too
                        full.add(value)
                elif prefix == "events" and _kind(value) == "event-bus":
                    # the rules of a bus have its name in their ARNs
                    pieces.append(piece + between + value.rpartition("/")[2])
        out = pieces
        at = end + 1
    return [piece if piece in full else piece + template[at:] for piece in out], wide


def _depth(arn: str) -> int:
    """Return of how many parts the resource of an ARN is."""
    return len(re.split("[/:]", re.sub(r"(?<!\$)\{[^}]*\}", "x", arn).split(":", 5)[-1]))


def _kind(arn: str) -> str:
    """Return what an ARN says that its resource is: "training-job"; "" for a text that is no ARN."""
    parts = arn.split(":", 6)
    return parts[5].partition("/")[0] if len(parts) > 5 else ""


def _hole(template: str, at: int) -> int:
    """Return where the next brace stands that is no `${P}`; -1 for none."""
    start = template.find("{", at)
    while start > 0 and template[start - 1] == "$":
        start = template.find("{", start + 1)
    return start


def _values(parameters: Node | None, path: str, default: str) -> list[str] | None:
    """Return the literals of a parameter, with the default for those that are not there; None where they are not known."""
    if path.endswith(".*"):
        node = parameters.get(path[:-2]) if parameters is not None and parameters.kind == OBJECT else None
        if node is None or node.kind != OBJECT or node.open:
            return None
        names = [str(key.value) for key, _ in node.members]
        return None if any(name.endswith(".$") for name in names) else names
    head, _, last = path.rpartition("[].")
    if default and head:
        items = parameters.get(head) if parameters is not None and parameters.kind == OBJECT else None
        if items is None or items.kind != ARRAY:
            return None
        out: list[str] = []
        for item in items.items:
            found = iam.look_up(item, last)
            if found is None:
                return None
            out += found or [default]
        return list(dict.fromkeys(out))
    values = iam.look_up(parameters, path)
    if values == [] and default:
        return [default]
    return list(dict.fromkeys(values)) if values else None


def _secret(value: str) -> tuple[str, ...]:
    """Return a secret as its ARN has it: behind a name stand six random characters."""
    return (value,) if iam.is_arn(value) else (f"{value}-??????",)


def _parameter(value: str) -> tuple[str, ...]:
    return (value,) if iam.is_arn(value) else (value.lstrip("/"),)


def _key(value: str) -> tuple[str, ...]:
    """Return a key; an alias is compared by the key that it stands for, which is not known."""
    return () if value.startswith("alias/") or ":alias/" in value else (value,)


def _role(value: str) -> tuple[str, ...]:
    """Return a role; of one that is given by name the path is not known."""
    if iam.is_arn(value):
        return (value,) if ":role/" in value else ()
    return (f"arn:${{P}}:iam::${{A}}:role/{value}", f"arn:${{P}}:iam::${{A}}:role/*/{value}")


def _job(value: str) -> tuple[str, ...]:
    if iam.is_arn(value):
        return (value,)
    return (f"arn:${{P}}:batch:${{R}}:${{A}}:job-definition/{value if ':' in value else value + ':*'}",)


def _object(value: str) -> tuple[str, ...]:
    """Return the object of a CopySource: `bucket/key` with or without a version."""
    return (value,) if iam.is_arn(value) else (f"arn:${{P}}:s3:::{value.lstrip('/').partition('?')[0]}",)


def _scope(value: str) -> tuple[str, ...]:
    """Return how the ARNs of AWS WAF write a scope."""
    return ("global" if value == "CLOUDFRONT" else value.lower(),)


_GEOGRAPHIES: Final = ("us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "ca.", "global.")


def model(value: str) -> tuple[str, ...]:
    """Return what a model stands for: an inference profile for the models that it leads to too, in other regions."""
    if ":inference-profile/" in value:
        name = value.rpartition("/")[2].partition(".")[2]
        return value, f"arn:${{P}}:bedrock:*::foundation-model/{name}"
    if iam.is_arn(value):
        return () if ":application-inference-profile/" in value or ":prompt-router/" in value else (value,)
    if value.startswith(_GEOGRAPHIES):
        name = value.partition(".")[2]
        profile = f"arn:${{P}}:bedrock:${{R}}:${{A}}:inference-profile/{value}"
        return profile, f"arn:${{P}}:bedrock:*::foundation-model/{name}"
    return (f"arn:${{P}}:bedrock:${{R}}::foundation-model/{value}",)


def _one(convert: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def converted(value: str) -> tuple[str, ...]:
        text = convert(value)
        return (text,) if text else ()

    return converted


_CONVERSIONS: Final[Mapping[str, Callable[[str], tuple[str, ...]]]] = {
    "function": _one(iam.function),
    "queue": _one(iam.queue),
    "task": _one(iam.task_definition),
    "secret": _secret,
    "parameter": _parameter,
    "key": _key,
    "role": _role,
    "job": _job,
    "object": _object,
    "uri": _one(iam.s3_object),
    "scope": _scope,
    "model": model,
}
_WILD: Final = {
    "function": "arn:${P}:lambda:${R}:${A}:function:*",
    "queue": "arn:${P}:sqs:${R}:${A}:*",
    "task": "arn:${P}:ecs:${R}:${A}:task-definition/*",
    "role": "arn:${P}:iam::${A}:role/*",
    "job": "arn:${P}:batch:${R}:${A}:job-definition/*",
    "object": "arn:${P}:s3:::*/*",
    "uri": "arn:${P}:s3:::*/*",
    "model": "arn:${P}:bedrock:*",
}
"""What a whole ARN is where its parameter is not known."""


# -- the reference


class Reference:
    """The actions and resource types of an IAM prefix.

    actions  by name in small letters: the name, and the ARN forms of its resource types, with `*` for their variables and
             `${P}`, `${R}` and `${A}` for partition, region and account;
             () for an action that is about no resource
    """

    __slots__ = ("actions",)

    def __init__(self, text: str) -> None:
        head, _, tail = text.partition("\n\n")
        if text.startswith("\n"):
            head, tail = "", text[1:]
        types = [tuple(_open(form) for form in line.split("\t")[1].split(" ")) for line in head.split("\n") if line]
        self.actions: dict[str, tuple[str, tuple[str, ...]]] = {}
        for line in tail.split("\n"):
            name, *numbers = line.split("\t")
            if name:
                self.actions[name.lower()] = name, tuple(form for i in numbers for form in types[int(i)])


def _open(form: str) -> str:
    """Return an ARN form with `*` for each variable; partition, region and account stay."""
    out, at = "", 0
    while (start := _hole(form, at)) >= 0:
        out += form[at:start] + "*"
        at = form.index("}", start) + 1
    return out + form[at:]


@lru_cache(maxsize=32)
def reference(prefix: str) -> Reference | None:
    """Return what is known of a prefix, such as "sagemaker"; None for one that the reference has not."""
    text = _member(f"ref/{prefix.lower()}")
    return Reference(text) if text is not None else None


def forms(action: str) -> Sequence[str] | None:
    """Return the ARN forms of the resources that an action is about; None for an action that is not known."""
    prefix, _, name = action.partition(":")
    found = reference(prefix)
    entry = found.actions.get(name.lower()) if found is not None else None
    return entry[1] if entry is not None else None
