"""Requests compared with what botocore says of them: its ParamValidator, on the call with the API's own names.

For each operation behind `aws-sdk:` a valid request is drawn from the service model, and mutants of it. Where the two differ on
purpose, no such request is drawn, or the difference is taken out below:

- botocore looks at no maximum, value or pattern: our mismatches of these are left out; the requests keep to maximum and values;
- a token that the SDK makes up may be missing here; botocore fills it in before it validates: it is always given;
- for a blob, or JSON in a header, any value is taken here, and bytes there: it is text, and no mutant touches it;
- an object or array is taken for text here (Step Functions converts it), "true" for a boolean: mutants use other values;
- a boolean is an integer in Python: no mutant gives one for a number;
- a member of the host name has a minimum length of 1 in botocore: mutants shorten only what has a minimum in the model;
- null is no value here, a wrong type there: it is not drawn;
- a union with a name that it does not know has one kind of mismatch here, two there: unions get no unknown members.
"""

from __future__ import annotations

import importlib.util
import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import botocore.model as botocore_model
import pytest
from botocore.loaders import Loader
from botocore.validate import ParamValidator

from asllint.aws import check, shapes
from asllint.source.json import read_json
from asllint.source.text import Text

ROOT = Path(__file__).resolve().parents[2]
DEPTH = 5

KINDS = {
    "missing required field": check.MISSING_MEMBER,
    "unknown field": check.UNKNOWN_MEMBER,
    "invalid type": check.WRONG_TYPE,
    "invalid range": check.OUT_OF_RANGE,
    "invalid length": check.LENGTH,
    "more than one input": check.UNION,
    "empty input": check.UNION,
}
# Unions that the model does not mark.
UNION_IN_NAME_ONLY = {("dynamodb", "AttributeValue"), ("dynamodbstreams", "AttributeValue")}
DEFAULTED = {("glacier", "accountId")}  # SDKs give `-`, their own account


class Drawn:
    """A value twice: by the API's names, and by those of Step Functions."""

    def __init__(self, api: Any, asl: Any) -> None:
        self.api = api
        self.asl = asl


class Drawer:
    """Draws requests for one service model."""

    def __init__(self, service: str, random: random.Random) -> None:
        self.service = service
        self.random = random
        self.places: list[tuple[Any, shapes.Shape, Any, Any, Any, Any]] = []
        self.structures: list[tuple[Any, shapes.Shape, Drawn]] = []

    def draw(self, api: Any, ours: shapes.Shape, depth: int) -> Drawn:
        """Return a value that both take."""
        kind = api.type_name
        if kind == "structure":
            return self.structure(api, ours, depth)
        if kind == "list":
            least = api.metadata.get("min", 0)
            most = min(least + 1, api.metadata.get("max", least + 1))
            count = least if depth <= 0 else max(least, self.random.randint(least, most))
            item = ours.item
            if item is None:
                return Drawn([], [])
            drawn = [self.draw(api.member, item, depth - 1) for _ in range(min(count, 40))]
            value = Drawn([d.api for d in drawn], [d.asl for d in drawn])
            for i in range(len(drawn)):
                self.place(api.member, item, value, i, i)
            return value
        if kind == "map":
            item = ours.item
            if item is None:
                return Drawn({}, {})
            least = max(api.metadata.get("min", 0), 0 if depth <= 0 else 1)
            names = self.keys(api.key, min(least, 40))
            drawn = [self.draw(api.value, item, depth - 1) for _ in names]
            value = Drawn(
                {n: d.api for n, d in zip(names, drawn, strict=True)},
                {n: d.asl for n, d in zip(names, drawn, strict=True)},
            )
            for name in names:
                self.place(api.value, item, value, name, name)
            return value
        made = self.scalar(api)
        return Drawn(made, made)

    def place(self, api: Any, ours: shapes.Shape, value: Drawn, api_key: Any, asl_key: Any) -> None:
        self.places.append((api, ours, value.api, value.asl, api_key, asl_key))

    def keys(self, api: Any, count: int) -> list[str]:
        values = getattr(api, "enum", None)
        if values:
            return list(values[:count])
        least = max(api.metadata.get("min", 1), 1)
        return [str(i).rjust(least, "k") for i in range(count)]

    def structure(self, api: Any, ours: shapes.Shape, depth: int) -> Drawn:
        if ours.kind == shapes.ANY or getattr(api, "is_document_type", False):
            return Drawn({"any": [1]}, {"any": [1]})
        pairs = list(zip(sorted(api.members), ours.members.values(), strict=False))
        required = set(api.required_members)
        chosen = [
            (name, member)
            for name, member in pairs
            if name in required
            or api.members[name].metadata.get("idempotencyToken")
            or (depth > 0 and self.random.random() < 0.35)
        ]
        if ours.union:
            simple = [p for p in pairs if api.members[p[0]].type_name not in ("structure", "list", "map")]
            chosen = [self.random.choice(simple or pairs if depth <= 0 else pairs)] if pairs else []
        value = Drawn({}, {})
        for name, member in chosen:
            drawn = self.draw(api.members[name], member.shape, depth - 1)
            value.api[name], value.asl[member.name] = drawn.api, drawn.asl
            self.place(api.members[name], member.shape, value, name, member.name)
        self.structures.append((api, ours, value))
        return value

    def scalar(self, api: Any) -> Any:
        kind, meta = api.type_name, api.metadata
        if kind in ("string", "character"):
            values = getattr(api, "enum", None)
            if values:
                long = [v for v in values if len(v) >= meta.get("min", 0)]
                return self.random.choice(long or values)
            return "a" * max(meta.get("min", 1), 1 if meta.get("max", 1) else 0)
        if kind in ("integer", "long"):
            return max(int(meta.get("min", 0)), 0) if meta.get("max", 1) >= 0 else int(meta["max"])
        if kind in ("float", "double"):
            return max(float(meta.get("min", 0)), 0.0) if meta.get("max", 1) >= 0 else float(meta["max"])
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind == "timestamp":
            return "2026-01-02T03:04:05Z"
        return "a" * max(meta.get("min", 1), 1)  # a blob; botocore takes text for it

    # -- mutants: each says whether there was something to change

    def drop(self) -> bool:
        """Leave out what is required."""
        found = [
            (name, ours, value)
            for api, ours, value in self.structures
            for name in api.required_members
            if name in value.api and (self.service, name) not in DEFAULTED and not ours.union
        ]
        if not found:
            return False
        name, _ours, value = self.random.choice(found)
        at = list(value.api).index(name)
        del value.api[name]
        del value.asl[list(value.asl)[at]]
        return True

    def add(self) -> bool:
        """Add a member that there is not."""
        found = [value for api, ours, value in self.structures if ours.kind != shapes.ANY and not ours.union]
        if not found:
            return False
        value = self.random.choice(found)
        value.api["NoSuchMember"] = value.asl["NoSuchMember"] = "a"
        return True

    def case(self) -> bool:
        """Write a member in small letters: an unknown one there, a wrong case here."""
        found = [
            (name, other, value)
            for api, ours, value in self.structures
            if not ours.union
            for name, other in zip(value.api, value.asl, strict=True)
            if name not in api.required_members and other.lower() not in (o for m in ours.members.values() for o in (m.name, *m.aliases))
            and name.swapcase() not in api.members and name.swapcase() != name
        ]  # fmt: skip
        if not found:
            return False
        name, other, value = self.random.choice(found)
        value.api[name.swapcase()] = value.api.pop(name)
        value.asl[other.swapcase()] = value.asl.pop(other)
        return True

    def mistype(self) -> bool:
        """Give a value of another type."""
        found = [place for place in self.places if place[0].type_name != "blob" and place[1].kind != shapes.ANY]
        if not found:
            return False
        api, _ours, api_owner, asl_owner, api_key, asl_key = self.random.choice(found)
        wrong: dict[str, list[Any]] = {
            "structure": ["a", 1, [1], True], "map": ["a", 1, [1], True], "list": ["a", 1, {"a": 1}, True],
            "string": [1, True], "character": [1], "integer": ["a", [1], {"a": 1}, 1.5], "long": ["a", [1], {"a": 1}, 1.5],
            "float": ["a", [1], {"a": 1}], "double": ["a", [1], {"a": 1}], "boolean": ["a", 1, [1]], "timestamp": [{"a": 1}],
        }  # fmt: skip
        if getattr(api, "is_document_type", False) or "jsonvalue" in api.serialization:
            return False
        api_owner[api_key] = asl_owner[asl_key] = self.random.choice(wrong[api.type_name])
        return True

    def lessen(self) -> bool:
        """Give less than the minimum."""
        found = [
            place
            for place in self.places
            if place[0].metadata.get("min", 0) >= 1
            and place[0].type_name in ("string", "integer", "long", "float", "double", "list")
            and not getattr(place[0], "enum", None)
            and place[1].kind != shapes.ANY
        ]
        if not found:
            return False
        api, _ours, api_owner, asl_owner, api_key, asl_key = self.random.choice(found)
        kind = api.type_name
        less: Any = "" if kind == "string" else [] if kind == "list" else api.metadata["min"] - 1
        api_owner[api_key] = asl_owner[asl_key] = less
        return True

    def empty(self) -> bool:
        """Give a union nothing."""
        found = [value for api, ours, value in self.structures if ours.union and not _by_name(self.service, api)]
        if not found:
            return False
        value = self.random.choice(found)
        value.api.clear()
        value.asl.clear()
        return True


def _by_name(service: str, api: Any) -> bool:
    return (service, api.name) in UNION_IN_NAME_ONLY


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = importlib.util.spec_from_file_location("build_services", ROOT / "tools" / "build_services.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def theirs(request: Any, shape: Any) -> Counter[str]:
    """Return the kinds of what botocore finds."""
    report = ParamValidator().validate(request, shape)
    return Counter(KINDS[reason] for reason, _name, _more in report._errors)


def ours(request: Any, shape: shapes.Shape) -> Counter[str]:
    """Return the kinds of what we find, of those that botocore looks for."""
    node = read_json(Text("t", json.dumps(request))).root
    assert node is not None
    out: Counter[str] = Counter()
    for mismatch in check.check(node, shape, language="JSONata"):
        kind = mismatch.kind
        if kind in (check.NOT_IN_ENUM, check.PATTERN):
            continue
        if kind in (check.LENGTH, check.OUT_OF_RANGE) and not _too_little(mismatch):
            continue
        out[check.UNKNOWN_MEMBER if kind == check.WRONG_CASE else kind] += 1
    return out


def _too_little(mismatch: check.Mismatch) -> bool:
    node, least = mismatch.node, mismatch.shape.min
    if least is None:
        return False
    if node.kind == "number":
        return float(node.value or 0) < least
    size = (
        len(node.items)
        if node.kind == "array"
        else len(node.members)
        if node.kind == "object"
        else len(str(node.value))
    )
    return size < least


def compare(tool: Any, folder: str, seed: int, most: int) -> tuple[Counter[str], list[str]]:
    """Compare requests of a service's operations; return how many of each sort, and where the two differ."""
    loaded = Loader().load_service_model(folder, "service-2")
    service = tool.service_prefix(loaded["metadata"]["serviceId"]).lower()
    count: Counter[str] = Counter()
    bad: list[str] = []
    if not shapes.operations(service, sdk=True):
        return count, bad
    model = botocore_model.ServiceModel(loaded)
    rng = random.Random(f"{service} {seed}")
    names = list(model.operation_names)
    if len(names) > most:
        names = rng.sample(names, most)
    for name in names:
        operation = shapes.find(service, name[0].lower() + name[1:], sdk=True)
        assert operation is not None, name
        api = model.operation_model(name).input_shape
        if not operation.supported or api is None:
            continue
        for variant in range(4):
            drawer = Drawer(folder, rng)
            request = drawer.draw(api, operation.input, DEPTH)
            label = "valid"
            if variant:
                mutate = rng.choice((drawer.drop, drawer.add, drawer.case, drawer.mistype, drawer.lessen, drawer.empty))
                if not mutate():
                    continue
                label = mutate.__name__
            count[label] += 1
            expected, found = theirs(request.api, api), ours(request.asl, operation.input)
            if expected != found or bool(found) != bool(variant):
                bad.append(
                    f"{service}:{name} {label}: botocore {dict(expected)}, asllint {dict(found)}: {request.asl}"[:600]
                )
    return count, bad


def compare_all(tool: Any, folders: Iterable[str], seed: int, most: int) -> Counter[str]:
    total: Counter[str] = Counter()
    differ: list[str] = []
    for folder in folders:
        count, bad = compare(tool, folder, seed, most)
        total += count
        differ += bad
    assert differ == []
    return total


def test_a_sample(tool: Any) -> None:
    folders = Loader().list_available_services("service-2")
    some = ["sagemaker", "dynamodb", "s3", "ssm", "bedrock-runtime", "connect", *random.Random(5).sample(folders, 50)]
    total = compare_all(tool, some, 1, 20)
    assert total.total() > 1000
    assert set(total) == {"valid", "drop", "add", "case", "mistype", "lessen", "empty"}


@pytest.mark.slow
def test_all_services(tool: Any, request: pytest.FixtureRequest) -> None:
    if "slow" not in str(request.config.getoption("-m")):
        pytest.skip("half a minute: python -m pytest -m slow")
    total = compare_all(tool, Loader().list_available_services("service-2"), 0, 10_000)
    assert total.total() > 50_000
