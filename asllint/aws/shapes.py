"""What the APIs that a Task can call take and return: the operations and shapes of each service, read where they are used.

The data is `asllint/aws/data/services.zip`; `tools/build_services.py` writes it and describes its form. Of a service only the
member that holds it is unpacked, and of that only the shapes that are looked at are read. Names are those that Step Functions
wants: for an optimized integration the API's own with a capital first letter, behind `aws-sdk:` those of the AWS SDK for Java 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from asllint.aws.resource import AWS_SDK, INTEGRATIONS, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STRUCTURE: Final = "structure"
LIST: Final = "list"
MAP: Final = "map"
STRING: Final = "string"
INTEGER: Final = "integer"
LONG: Final = "long"
FLOAT: Final = "float"
BOOLEAN: Final = "boolean"
TIMESTAMP: Final = "timestamp"
BLOB: Final = "blob"
ANY: Final = "any"
"""The kinds of a shape; ANY takes JSON of every kind."""

_KINDS: Final = {
    "S": STRUCTURE,
    "L": LIST,
    "M": MAP,
    "s": STRING,
    "i": INTEGER,
    "l": LONG,
    "f": FLOAT,
    "b": BOOLEAN,
    "t": TIMESTAMP,
    "B": BLOB,
    "*": ANY,
}
_ARCHIVE: Final = "services.zip"


class Member:
    """A member of a structure.

    name        as it is to be written
    aliases     other names that are taken for it
    required    whether the API refuses a request without it
    deprecated  whether the API's model says so
    forbidden   the API has it, Step Functions refuses it
    listed      False for a parameter that the API has, and AWS's page on the integration does not name
    """

    __slots__ = ("_reference", "_service", "aliases", "deprecated", "forbidden", "listed", "name", "required")

    def __init__(self, service: _Service, field: str) -> None:
        names, mark, reference = field.partition(":")
        if not mark:
            names, mark, reference = field.partition("!")
        self.name, *aliases = names.split("|")
        self.aliases: Sequence[str] = aliases
        self.required = mark == "!"
        self.deprecated = "~" in reference
        self.forbidden = "^" in reference
        self.listed = "?" not in reference
        self._reference = reference.rstrip("~^?")
        self._service = service

    def __repr__(self) -> str:
        return f"<{self.name}{'!' if self.required else ''} {self.shape.kind}>"

    @property
    def shape(self) -> Shape:
        """What the member holds."""
        return self._service.shape(self._reference)


class Shape:
    """What a value can be. A shape may hold itself: walk with a bound.

    kind        one of the constants above
    union       STRUCTURE: exactly one member is to be given
    text        STRUCTURE: text, or a list of texts, is taken for it too
    sensitive   the model marks it as a secret
    deprecated  the model marks it as deprecated
    min, max    STRING, BLOB: code points or bytes; LIST, MAP: items; numbers: the value; None where there is no bound.
                Shapes that stand in results alone have none, and no pattern
    pattern     STRING: a regular expression of Python's (re.ASCII), "" for none. Most services want it to match the whole
                value, newer ones that it is found in it; the model does not say which
    ascii       the pattern says nothing of values that have other characters than ASCII
    sdk         whether it is reached by `aws-sdk:`
    values      STRING: the values the model knows; () for a free one. Services add values before models do
    """

    __slots__ = (
        "_fields", "_members", "_service", "ascii", "deprecated", "kind", "max", "min", "pattern", "sdk", "sensitive",
        "text", "union", "values",
    )  # fmt: skip

    def __init__(self, service: _Service, line: str) -> None:
        letter, *fields = line.split("\t")
        self._service = service
        self._members: dict[str, Member] | None = None
        self._fields = fields
        self.kind = _KINDS[letter[0]]
        self.union = "u" in letter[1:]
        self.text = "t" in letter[1:]
        self.sensitive = "z" in letter[1:]
        self.deprecated = "d" in letter[1:]
        self.ascii = "a" in letter[1:]
        self.sdk = service.sdk
        self.pattern = ""
        self.values: Sequence[str] = ()
        bounds = fields
        if self.kind == STRUCTURE:
            bounds = []
        elif self.kind == LIST:
            bounds = fields[1:3]
        elif self.kind == MAP:
            bounds = fields[2:4]
        elif self.kind == STRING:
            self.pattern = fields[2] if len(fields) > 2 else ""
            self.values = tuple(fields[3:])
        self.min = _number(bounds, 0)
        self.max = _number(bounds, 1)

    def __repr__(self) -> str:
        return f"<{self.kind}{' ' + ', '.join(self.members) if self.kind == STRUCTURE else ''}>"

    @property
    def members(self) -> Mapping[str, Member]:
        """STRUCTURE: its members by name, in alphabetical order; else empty."""
        if self._members is None:
            found = [Member(self._service, field) for field in self._fields] if self.kind == STRUCTURE else []
            self._members = {member.name: member for member in found}
        return self._members

    def find(self, name: str) -> Member | None:
        """Return the member that goes by a name, aliases included; None for none."""
        found = self.members.get(name)
        if found is None:
            found = next((member for member in self.members.values() if name in member.aliases), None)
        return found

    def get(self, name: str) -> Shape | None:
        """Return what a field holds: of a structure the member's shape, of a map that of its values; None for none.

        A shape of kind ANY holds ANY.
        """
        if self.kind == ANY:
            return self
        if self.kind == MAP:
            return self.item
        found = self.find(name)
        return found.shape if found is not None else None

    @property
    def key(self) -> Shape | None:
        """MAP: what its keys are; else None."""
        return self._service.shape(self._fields[0]) if self.kind == MAP else None

    @property
    def item(self) -> Shape | None:
        """LIST: what its items are; MAP: what its values are; else None."""
        if self.kind == LIST:
            return self._service.shape(self._fields[0])
        return self._service.shape(self._fields[1]) if self.kind == MAP else None


def _number(fields: Sequence[str], i: int) -> int | float | None:
    if len(fields) <= i or not fields[i]:
        return None
    try:
        return int(fields[i])
    except ValueError:
        return float(fields[i])


class Operation:
    """An action that a Task can call.

    name        of the action, as the Resource has it
    service     as the Resource has it
    sdk         whether it is reached by `aws-sdk:`
    prefix      what its errors begin with, "" where that is not known
    supported   False where AWS documents that Step Functions cannot call it; then there are no shapes
    deprecated  the model marks it as deprecated
    """

    __slots__ = ("_fields", "_service", "deprecated", "name", "prefix", "sdk", "service", "supported")

    def __init__(self, service: _Service, line: str) -> None:
        self._fields = line.split("\t")
        self._service = service
        self.name = self._fields[0]
        self.service = service.name
        self.sdk = service.sdk
        self.prefix = service.prefix
        self.supported = "u" not in self._fields[4]
        self.deprecated = "d" in self._fields[4]

    def __repr__(self) -> str:
        return f"<{self.service}:{self.name}>"

    @property
    def input(self) -> Shape:
        """What it takes: a structure, without members where the API takes nothing."""
        return self._service.shape(self._fields[1] or "S") if self.supported else _ANYTHING

    @property
    def output(self) -> Shape:
        """What the API returns; a structure without members where it returns nothing."""
        return self._service.shape(self._fields[2] or "S") if self.supported else _ANYTHING

    @property
    def sync_output(self) -> Shape | None:
        """What `.sync` returns, None where that is not known."""
        reference = self._fields[3].partition(" ")[0]
        return self._service.shape(reference) if reference else None

    @property
    def sync_2_output(self) -> Shape | None:
        """What `.sync:2` returns, None where there is no such pattern: JSON where `.sync` gives it as text."""
        reference = self._fields[3].partition(" ")[2]
        return self._service.shape(reference) if reference else None

    @property
    def errors(self) -> Sequence[str]:
        """The names of errors that it is known to raise, prefix and all; there may be others.

        Those of the API's model as Step Functions names them; behind `aws-sdk:` the service's general ones too; of an
        optimized integration those that AWS documents.
        """
        names = [
            name[1:] if name.startswith(".") else f"{self.prefix}.{name}"
            for name in self._fields[5].split()
            if self.prefix or name.startswith(".")
        ]
        if self.sdk and self.supported:
            names += [f"{self.prefix}.{self.prefix}Exception", f"{self.prefix}.SdkClientException"]
        return tuple(dict.fromkeys(names))


class _Service:
    """A member of the archive."""

    __slots__ = ("_head", "_shapes", "_tail", "name", "prefix", "sdk")

    def __init__(self, name: str, sdk: bool, text: str) -> None:
        self.name = name
        self.sdk = sdk
        self._head, _, tail = text.partition("\n\n")
        self._tail = tail.split("\n")
        self._shapes: dict[str, Shape] = {}
        self.prefix = self._head.partition("\n")[0]

    def operation(self, action: str) -> Operation | None:
        start = self._head.find(f"\n{action}\t") + 1
        if not start or not action:
            return None
        end = self._head.find("\n", start)
        return Operation(self, self._head[start : end if end >= 0 else None])

    def operations(self) -> Sequence[str]:
        return tuple(line.partition("\t")[0] for line in self._head.split("\n")[1:])

    def shape(self, reference: str) -> Shape:
        found = self._shapes.get(reference)
        if found is None:
            line = self._tail[int(reference)] if reference.isdigit() else reference
            found = self._shapes[reference] = Shape(self, line)
        return found


_ANYTHING: Final = Shape(_Service("", False, ""), "*")


@lru_cache(maxsize=64)
def _service(name: str, sdk: bool) -> _Service | None:
    data = unpacked(_ARCHIVE, f"{'sdk' if sdk else 'optimized'}/{name}")
    return _Service(name, sdk, data.decode()) if data is not None else None


@lru_cache(maxsize=2)
def _directory(archive: str) -> tuple[str, bytes]:
    """Return an archive's path and its central directory ("APPNOTE.TXT", section 4.3); no comment stands behind it."""
    import os

    path = os.path.join(os.path.dirname(__file__), "data", archive)
    with open(path, "rb") as file:
        file.seek(-22, os.SEEK_END)
        end = file.read(22)
        file.seek(int.from_bytes(end[16:20], "little"))
        return path, file.read(int.from_bytes(end[12:16], "little"))


def unpacked(archive: str, name: str) -> bytes | None:
    """Return a member of an archive of `asllint/aws/data`, None where there is none.

    It takes a tenth of the time that importing zipfile takes.
    """
    import zlib

    path, directory = _directory(archive)
    raw = name.encode("utf-8", "replace")
    at = directory.find(raw)
    while at >= 0:
        entry = directory[at - 46 : at]
        if entry[:4] == b"PK\1\2" and int.from_bytes(entry[28:30], "little") == len(raw):
            break
        at = directory.find(raw, at + 1)
    else:
        return None
    with open(path, "rb") as file:
        file.seek(int.from_bytes(entry[42:46], "little"))
        local = file.read(30)
        file.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), 1)
        packed = file.read(int.from_bytes(entry[20:24], "little"))
    return zlib.decompress(packed, -zlib.MAX_WBITS)


def find(service: str, action: str, *, sdk: bool) -> Operation | None:
    """Return an action of an optimized service, or of a service behind `aws-sdk:`; None where the data has none."""
    found = _service(service, sdk)
    return found.operation(action) if found is not None else None


def operation(resource: Resource) -> Operation | None:
    """Return the action that a Resource calls; None where it is no integration, not known, or a placeholder hides it."""
    if resource.kind not in INTEGRATIONS or resource.service is None or resource.action is None:
        return None
    service, action = resource.service.literal, resource.action.literal
    if service is None or action is None:
        return None
    return find(service, action, sdk=resource.kind == AWS_SDK)


def operations(service: str, *, sdk: bool) -> Sequence[str]:
    """Return the names of a service's actions, in alphabetical order; () for a service that the data has not.

    Behind `aws-sdk:` those that AWS documents as unsupported are among them.
    """
    found = _service(service, sdk)
    return found.operations() if found is not None else ()


def date() -> str:
    """Return the day (ISO 8601) on which the models were taken over."""
    from asllint.aws.data.services_date import DATE

    return DATE
