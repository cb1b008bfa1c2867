"""Write `asllint/aws/data/services.zip` from the service models of botocore.

    python tools/build_services.py FACTS.yaml [--date YYYY-MM-DD] [--models FOLDER] [--dry-run]

FACTS.yaml holds the services that Step Functions supports and the optimized integrations. The models are those of the
installed botocore, whose version pyproject.toml pins, or those in FOLDER (the `data` folder of another botocore). The same
input gives the same bytes; the date changes only with the content. What differs from the data that is there is printed.

The archive has a member for each service: `sdk/NAME` for `aws-sdk:NAME`, `optimized/NAME` for an optimized integration.
A member is lines of fields separated by tabs. The first line holds the error prefix. Then comes one line an action:

    name, input, output, output of .sync, flags, names of errors (separated by blanks, without prefix)

with that of .sync:2 behind the one of .sync and a blank, and the flags `u` (AWS documents that Step Functions does not support
it) and `d` (deprecated). Then an empty line, and the shapes, one a line, which are referred to by their number (from 0); a
letter alone is a shape without constraints.

    S…  structure: members `Name:shape`, `Name!shape` (required), `Other|Name:shape` (goes by either name), behind them
        `~` (deprecated), `^` (Step Functions refuses it), `?` (not in the list of parameters that AWS documents)
    L…  list: item, min, max       M…  map: key, value, min, max
    s…  string: min, max, pattern, values      i… l… f…  integer, long, float: min, max
    b t B *   boolean, timestamp, blob, anything (a document, JSON of any kind)

A letter is followed by the marks `u` (union), `t` (text is taken too), `z` (sensitive), `d` (deprecated) and `a` (the pattern
holds for ASCII text alone). Patterns are Python's; left out is one that cannot be translated, or whose
time may grow exponentially.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from re import _parser
from typing import Any

import yaml
from botocore.loaders import Loader
from sdk_list import supported

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(HERE, "asllint", "aws", "data")

SCALARS = {
    "string": "s", "character": "s", "integer": "i", "long": "l", "float": "f", "double": "f", "boolean": "b",
    "timestamp": "t", "blob": "B",
}  # fmt: skip

# -- names, as the AWS SDK for Java 2 forms them (its CodegenNamingUtils and DefaultNamingStrategy)

KEYWORDS = frozenset(
    (
        "abstract",
        "assert",
        "boolean",
        "break",
        "byte",
        "case",
        "catch",
        "char",
        "class",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extends",
        "final",
        "finally",
        "float",
        "for",
        "goto",
        "if",
        "implements",
        "import",
        "instanceof",
        "int",
        "interface",
        "long",
        "native",
        "new",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "short",
        "static",
        "strictfp",
        "super",
        "switch",
        "synchronized",
        "this",
        "throw",
        "throws",
        "transient",
        "try",
        "void",
        "volatile",
        "while",
        "true",
        "false",
        "null",
    )
)
METHODS = frozenset(("equals", "hashCode", "toString", "getClass", "notify", "notifyAll", "wait", "finalize", "clone"))
# Members that the SDK for Java renames or adds (its customization.config), and the spellings that DynamoDB's are seen in.
ATTRIBUTE: dict[str, tuple[str, ...]] = {
    "NULL": ("Nul", "Null", "NULL"), "BOOL": ("Bool", "BOOL"), "SS": ("Ss", "SS"), "NS": ("Ns", "NS"), "BS": ("Bs", "BS"),
}  # fmt: skip
COPY: dict[str, tuple[str, ...]] = {
    "Bucket": ("Bucket", "DestinationBucket"),
    "Key": ("Key", "DestinationKey"),
    "CopySource": ("CopySource", "SourceBucket"),
}
RENAMED: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("dynamodb", "AttributeValue"): ATTRIBUTE,
    ("dynamodbstreams", "AttributeValue"): ATTRIBUTE,
    ("s3", "CopyObjectRequest"): COPY,
    ("s3", "UploadPartCopyRequest"): COPY,
}
# Exactly one member is taken, and the model does not say so.
UNIONS = {("dynamodb", "AttributeValue"), ("dynamodbstreams", "AttributeValue")}
# Structures for which an optimized integration takes text too: in the AWS SDK for Java 1, which it is made with, they are made
# of a string or of a list of strings, and AWS's own workflow "curbside pickup" gives text.
TEXTS = {("dynamodb", "AttributeValue")}

# Required members that the SDK for Java has a default for (its customization of Glacier: "-", the account of the caller).
DEFAULTS = {("glacier", "accountId")}
ADDED = {
    ("s3", "CopyObjectRequest"): ("SourceKey:s", "SourceVersionId:s"),
    ("s3", "UploadPartCopyRequest"): ("SourceKey:s", "SourceVersionId:s"),
}


def words(text: str) -> list[str]:
    """Split a name into its words."""
    text = re.sub("[^A-Za-z0-9]+", " ", text)
    text = re.sub("([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", text)
    text = re.sub("([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", text)
    text = re.sub("(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", text)
    text = re.sub("([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    text = re.sub("([0-9])([a-zA-Z])", r"\1 \2", text)
    return text.split()


def pascal(text: str) -> str:
    """Return a name in Pascal case: `DBClusterNotFound` is `DbClusterNotFound`."""
    return "".join(word[:1].upper() + word[1:].lower() for word in words(text))


def service_prefix(service_id: str) -> str:
    """Return what the errors of a service begin with; in lower case it is the service of an `aws-sdk:` resource."""
    name = pascal(service_id)
    return re.sub("^(Amazon|Aws)", "", name).removesuffix("Service")


def uncapitalized(name: str) -> str:
    """Return a name with the capitals it begins with lowered, all but the last where a small letter follows it."""
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[:end].lower() + name[end:]


def capitalized(name: str) -> str:
    """Return a name with a capital first letter, as the optimized integrations take it."""
    return name[:1].upper() + name[1:]


def sdk_names(service: str, shape: str, member: str, union: bool) -> tuple[str, ...]:
    """Return the names of a member behind `aws-sdk:`, the first of them to be recommended."""
    renamed = RENAMED.get((service, shape), {}).get(member)
    if renamed:
        return renamed
    lowered = uncapitalized(member)
    name = capitalized(lowered)
    if lowered in METHODS:  # documented
        return (f"{name}Value",)
    if lowered in KEYWORDS or (union and lowered == "type"):
        return (name, f"{name}Value")
    return (name,)


def error_name(shape: str) -> str:
    """Return the name of an error without its prefix."""
    return pascal(shape.removesuffix("Fault").removesuffix("Exception")) + "Exception"


# -- shapes


class Member:
    """A member of the archive in the making: actions and numbered shapes."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.actions: dict[str, str] = {}
        self.shapes: list[str] = []
        self.numbers: dict[str, str] = {}

    def number(self, line: str) -> str:
        """Return the reference of a shape that is no structure; alike ones have the same."""
        if len(line) == 1:
            return line
        if line not in self.numbers:
            self.numbers[line] = str(len(self.shapes))
            self.shapes.append(line)
        return self.numbers[line]

    def add(self, name: str, parts: Iterable[str]) -> None:
        """Add an action."""
        self.actions[name] = "\t".join((name, *parts))

    def text(self) -> str:
        """Return the member as it is written."""
        return "\n".join([self.prefix, *(self.actions[name] for name in sorted(self.actions)), "", *self.shapes])


def joined(*parts: str) -> str:
    """Return the fields of a line without the empty ones at its end."""
    return "\t".join(parts).rstrip("\t")


# Java's character classes, and what they hold of ASCII, as it stands between brackets.
CLASSES = {
    "L": "A-Za-z", "Lu": "A-Z", "Ll": "a-z", "Lt": "", "Lm": "", "Lo": "", "M": "", "Mn": "", "Mc": "", "N": "0-9", "Nd": "0-9",
    "Z": " ", "Zs": " ", "P": r"!-#%-*,-/:;?@\[-\]_{}", "Pd": r"\-", "Pc": "_", "S": r"$+<=>\^`|~", "Sm": "+<=>|~", "Sc": "$",
    "C": r"\x00-\x1f\x7f", "Cc": r"\x00-\x1f\x7f", "Alpha": "A-Za-z", "IsAlphabetic": "A-Za-z", "IsLetter": "A-Za-z",
    "Alnum": "A-Za-z0-9", "Digit": "0-9", "IsDigit": "0-9", "Upper": "A-Z", "Lower": "a-z", "XDigit": "0-9A-Fa-f",
    "Punct": r"!-/:-@\[-`{-~", "Graph": "!-~", "Print": " -~", "ASCII": r"\x00-\x7f", "Space": r" \t-\r", "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip
BEYOND = frozenset(  # these hold more than ASCII
    ("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "N", "Nd", "Z", "Zs", "P", "Pd", "Pc", "S", "Sm", "Sc", "C", "Cc",
     "IsAlphabetic", "IsLetter", "IsDigit")
)  # fmt: skip


OVERDONE = (re.compile(r"[dDwWsSbBpP.+*?(){}\[^$|/-]"), re.compile(r"[dDwWsSpP]|-[^\]]"))
"""What stands behind a backslash of its own where it was to be escaped: some descriptions are escaped once more than they should
be, as ``\\\\d{12}`` for ``\\d{12}``. Outside of brackets, and inside, where ``\\\\-z`` is a range. No value has such a form."""

# What comes as a value though the model's enumeration has it not, as the API reference says of the member or shows.
MORE_VALUES: dict[tuple[str, str], tuple[str, ...]] = {
    ("ec2", "AttachmentStatus"): ("available",),  # of an internet gateway
    ("ec2", "NetworkInterfaceStatus"): ("pending",),
    ("eks", "CapabilityStatus"): ("UPDATE_FAILED",),
    ("opensearch", "ApplicationStatus"): ("DELETED",),
    ("backupsearch", "ExportJobStatus"): ("CREATED",),
    ("backupsearch", "SearchJobState"): ("TIMED_OUT",),
}  # fmt: skip


def translated(pattern: str) -> tuple[str, str]:
    """Return a pattern of Java's or ECMAScript's as one of Python's, and its marks; ("", "") for one that is left out."""
    out: list[str] = []
    marks = set()
    depth = 0  # of brackets
    i = 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\" and pattern[i + 1 : i + 2] in ("p", "P"):
            found = re.match(r"\\p(?:\{(\w+)\}|([LMNPSZC]))", pattern[i:])
            name = found and (found[1] or found[2])
            if not found or name not in CLASSES:
                return "", ""
            if name in BEYOND:
                marks.add("a")
            held = CLASSES[str(name)]
            out.append(held if depth else f"[{held}]" if held else "(?!)")
            i += found.end()
            continue
        if c == "\\":
            following = pattern[i + 1 : i + 2]
            if following == "\\" and OVERDONE[depth].match(pattern, i + 2):
                return "", ""
            if following in ("Q", "E", "G", "h", "H", "R", "X", "k", "c", "e", ""):
                return "", ""
            following = "Z" if following == "z" else following
            known = following in "AZdDwWsSbBnrtfvxu0123456789"
            out.append(c + following if known or not following.isalnum() else following)
            i += 2
            if depth and following in "dDwWsS" and pattern[i : i + 1] == "-":
                out.append(r"\-")  # no range can begin with a class
                i += 1
            continue
        if c == "[":
            if depth:
                return "", ""  # a class in a class
            depth = 1
            out.append(c)
            if pattern[i + 1 : i + 2] == "^":
                out.append("^")
                i += 1
            i += 1
            continue
        if c == "]":
            depth = 0
        if depth and pattern[i : i + 2] in ("&&", "--", "||", "~~"):
            out.append(f"\\{c}")
            if pattern[i : i + 2] == "&&":
                return "", ""
        elif pattern.startswith("(?<", i) and pattern[i + 3 : i + 4] not in ("=", "!"):
            out.append("(?P<")
            i += 2
        elif c < " " or c in "\x7f\x85\u2028\u2029":
            out.append(f"\\u{ord(c):04x}")
        else:
            out.append(c)
        i += 1
    made = "".join(out)
    made = re.sub(r"\[\^?\]", lambda m: "(?!)" if m[0] == "[]" else m[0], made)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(made, re.ASCII)
            tree = _parser.parse(made, re.ASCII)
    except (re.error, OverflowError, Warning):
        return "", ""
    if any(lengthy(part) for part in parts(tree)):
        return "", ""
    return made, "".join(sorted(marks))


def parts(tree: Any) -> Iterator[Any]:
    """Yield the repeats in the tree of a pattern, wherever they stand."""
    for operation, value in tree:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            yield value
            yield from parts(value[2])
        elif name == "SUBPATTERN":
            yield from parts(value[3])
        elif name == "BRANCH":
            for branch in value[1]:
                yield from parts(branch)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from parts(value[1])


def lengthy(repeat: Any) -> bool:
    """Whether what is repeated can be read in several ways: without this, a pattern does not take exponential time."""
    _, most, body = repeat
    if most < 8:
        return False
    items = list(flat(body))
    loose = [(low, high, held) for low, high, held in items if high != low and high >= 2]
    if any(str(operation) == "BRANCH" for operation, _ in body):
        loose += items
    if not loose and len(items) <= 1:
        return False
    if not loose and all(low == high for low, high, _ in items):
        return False
    # a character that has to stand in each round, and can stand nowhere else in it, tells the rounds apart
    for i, (low, _high, held) in enumerate(items):
        if (
            low >= 1
            and not any(held & other for j, (_, _, other) in enumerate(items) if j != i)
            and items[i] not in loose
        ):
            return False
    return True


def flat(tree: Any) -> Iterator[tuple[int, int, int]]:
    """Yield least, most and the ASCII characters (a bit each) of what stands in a sequence."""
    for operation, value in tree:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            for low, high, held in flat(value[2]):
                yield low * value[0], min(int(value[1]), 1000) * high, held
        elif name == "SUBPATTERN":
            yield from flat(value[3])
        elif name == "BRANCH":
            for branch in value[1]:
                for _, high, held in flat(branch):
                    yield 0, high, held
        elif name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            yield 1, 1, characters(name, value)


def characters(name: str, value: Any) -> int:
    """Return which ASCII characters a part of a pattern matches, a bit each."""
    if name == "LITERAL":
        return 1 << value if value < 128 else 0
    if name == "NOT_LITERAL":
        return EVERY & ~(1 << value) if value < 128 else EVERY
    if name == "ANY":
        return EVERY
    held, negated = 0, False
    for operation, what in value:
        kind = str(operation)
        if kind == "NEGATE":
            negated = True
        elif kind == "LITERAL":
            held |= 1 << what if what < 128 else 0
        elif kind == "RANGE":
            held |= sum(1 << c for c in range(what[0], min(what[1], 127) + 1))
        else:
            one = {"DIGIT": r"\d", "WORD": r"\w", "SPACE": r"\s"}[
                str(what).removeprefix("CATEGORY_").removeprefix("NOT_")
            ]
            some = sum(1 << c for c in range(128) if re.match(one, chr(c), re.ASCII))
            held |= EVERY & ~some if "NOT_" in str(what) else some
    return EVERY & ~held if negated else held


EVERY = (1 << 128) - 1


class Writer:
    """Writes the shapes of one service model into a member."""

    def __init__(self, member: Member, service: str, model: dict[str, Any], sdk: bool, inputs: set[str]) -> None:
        self.member = member
        self.service = service
        self.shapes = model["shapes"]
        self.sdk = sdk
        self.inputs = inputs
        self.done: dict[str, str] = {}
        self.open: set[str] = set()

    def names(self, shape: str, name: str) -> tuple[str, ...]:
        """Return the names that a member goes by."""
        if not self.sdk:
            return (capitalized(name),)
        return sdk_names(self.service, shape, name, bool(self.shapes[shape].get("union")))

    def write(self, name: str) -> str:
        """Write a shape and what it is made of; return its reference."""
        if name in self.open:  # a list or map that holds itself: it takes its number before its parts do
            self.done[name] = str(len(self.member.shapes))
            self.member.shapes.append("")
            self.open.remove(name)
        if name in self.done:
            return self.done[name]
        shape = self.shapes[name]
        kind = shape["type"]
        marks = "z" * bool(shape.get("sensitive")) + "d" * bool(shape.get("deprecated"))
        if shape.get("document") or shape.get("eventstream"):
            self.done[name] = "*"
        elif kind == "structure":
            return self.structure(name, marks)
        elif kind in ("list", "map"):
            self.open.add(name)
            keys = ("member",) if kind == "list" else ("key", "value")
            parts = [self.write(shape[key]["shape"]) for key in keys]
            line = joined(("L" if kind == "list" else "M") + marks, *parts, *self.bounds(name))
            if name in self.done:
                self.member.shapes[int(self.done[name])] = line
            else:
                self.open.remove(name)
                self.done[name] = self.member.number(line)
        elif kind == "string":
            pattern = ""
            if name in self.inputs and "pattern" in shape:
                pattern, more = translated(shape["pattern"])
                marks += more
            values = [*shape.get("enum", ()), *MORE_VALUES.get((self.service, name), ())]
            if any("\t" in value or "\n" in value for value in values):
                raise ValueError(f"{self.service}: a value of {name} has control characters")
            line = joined(f"s{marks}", *self.bounds(name), pattern, *values)
            self.done[name] = self.member.number(line)
        elif kind in ("integer", "long", "float", "double"):
            self.done[name] = self.member.number(joined(SCALARS[kind] + marks, *self.bounds(name)))
        else:
            self.done[name] = self.member.number(SCALARS[kind] + marks)
        return self.done[name]

    def bounds(self, name: str) -> tuple[str, str]:
        """Return min and max; of what is only received, nothing."""
        shape = self.shapes[name]
        if name not in self.inputs:
            return "", ""
        return tuple(f"{shape[key]:g}" if isinstance(shape.get(key), float) else str(shape.get(key, ""))
                     for key in ("min", "max"))  # type: ignore[return-value]  # fmt: skip

    def structure(self, name: str, marks: str) -> str:
        """Write a structure; it takes its number before its members do, for it may hold itself."""
        shape = self.shapes[name]
        number = len(self.member.shapes)
        self.done[name] = str(number)
        self.member.shapes.append("")
        required = set(shape.get("required", ()))
        union = shape.get("union") or (self.service, name) in UNIONS
        text = not self.sdk and (self.service, name) in TEXTS
        fields = [f"S{'u' * bool(union)}{'t' * text}{marks}"]
        for key, value in sorted(shape["members"].items()):
            # behind `aws-sdk:` the token that the SDKs make up themselves must be given: "The field 'ClientToken' is required"
            made_up = not self.sdk and value.get("idempotencyToken")
            needed = key in required and not made_up and (self.service, key) not in DEFAULTS
            target = self.shapes[value["shape"]]
            reference = "*" if value.get("jsonvalue") else self.write(value["shape"])
            deprecated = value.get("deprecated") or target.get("deprecated")
            names = "|".join(self.names(name, key))
            fields.append(f"{names}{'!' if needed else ':'}{reference}{'~' if deprecated else ''}")
        if self.sdk:
            fields += ADDED.get((self.service, name), ())
        self.member.shapes[number] = joined(*fields)
        return str(number)


def reached(model: dict[str, Any]) -> set[str]:
    """Return the shapes that stand in inputs."""
    shapes = model["shapes"]
    todo = [operation["input"]["shape"] for operation in model["operations"].values() if "input" in operation]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        shape = shapes[name]
        todo += [value["shape"] for value in shape.get("members", {}).values()]
        todo += [shape[key]["shape"] for key in ("member", "key", "value") if key in shape]
    return seen


# -- the optimized integrations

ANY = "*"


def own(member: Member, shape: Any) -> str:
    """Write what no service model has: a letter or a line; a tuple of a letter and its parts; a dict for a structure, by name,
    with `!` behind one that is required."""
    if isinstance(shape, str):
        return member.number(shape)
    if isinstance(shape, tuple):
        return member.number(joined(shape[0], *(own(member, part) for part in shape[1:])))
    number = len(member.shapes)
    member.shapes.append("")
    parts = ["S"]
    for name, value in shape.items():
        parts.append(f"{name.rstrip('!')}{'!' if name.endswith('!') else ':'}{own(member, value)}")
    member.shapes[number] = joined(*parts)
    return str(number)


METADATA = ("SdkHttpMetadata:*", "SdkResponseMetadata:*")  # in the results of the optimized integrations

# Members of the request that take any JSON; a value of a list within is reached by "[]".
ANY_JSON = {
    ("lambda", "invoke"): ("Payload",),
    ("sns", "publish"): ("Message",),
    ("sqs", "sendMessage"): ("MessageBody",),
    ("events", "putEvents"): ("Entries[].Detail",),
    ("states", "startExecution"): ("Input",),
    ("bedrock", "invokeModel"): ("Body",),
}
# Members of results that are JSON instead of text, or another type than the model's.
ANY_RESULT = {
    ("lambda", "invoke"): ("Payload",),
    ("bedrock", "invokeModel"): ("Body",),
}
# The API that a .sync waits with, and the part of its response that is the result; None: of another form, not known.
SYNC: dict[tuple[str, str], tuple[str, str] | None] = {
    ("batch", "submitJob"): ("DescribeJobs", "jobs[]"),
    ("ecs", "runTask"): ("DescribeTasks", "tasks[]"),
    ("glue", "startJobRun"): ("GetJobRun", "JobRun"),
    ("sagemaker", "createTrainingJob"): ("DescribeTrainingJob", ""),
    ("sagemaker", "createTransformJob"): ("DescribeTransformJob", ""),
    ("sagemaker", "createProcessingJob"): ("DescribeProcessingJob", ""),
    ("sagemaker", "createHyperParameterTuningJob"): ("DescribeHyperParameterTuningJob", ""),
    ("sagemaker", "createLabelingJob"): ("DescribeLabelingJob", ""),
    ("codebuild", "startBuild"): ("StartBuild", ""),
    ("codebuild", "startBuildBatch"): ("StartBuildBatch", ""),
    ("athena", "startQueryExecution"): ("GetQueryExecution", ""),
    ("states", "startExecution"): ("DescribeExecution", ""),
}
OWN_RESULT: dict[tuple[str, str], dict[str, Any]] = {
    ("elasticmapreduce", "createCluster"): {"ClusterId": "s", "ClusterArn": "s"},
    ("elasticmapreduce", "addStep"): {"StepId": "s"},
    ("elasticmapreduce", "cancelStep"): {"CancelStepsInfo": ANY},
    ("emr-serverless", "startApplication"): {"ApplicationId": "s"},
    ("emr-serverless", "stopApplication"): {"ApplicationId": "s"},
    ("emr-serverless", "deleteApplication"): {"ApplicationId": "s"},
    ("bedrockagentcore", "invokeHarness"): {
        "Output": {"Message": ANY}, "StopReason": "s", "Usage": ANY, "Metrics": {"LatencyMs": "l"},
    },
}  # fmt: skip


def own_shapes(facts: dict[tuple[str, str], Any]) -> dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]]:
    """Return request and result of the integrations that are no API of a service."""

    def values(service: str, action: str, name: str) -> str:
        return joined("s", "", "", "", *facts[service, action]["params"]["enum"][name])

    answer: dict[str, Any] = {"Headers": ANY, "ResponseBody": ANY, "StatusCode": "i", "StatusText": "s"}
    return {
        ("apigateway", "invoke"): (
            {
                "AllowNullValues": "b",
                "ApiEndpoint!": "s",
                "AuthType": values("apigateway", "invoke", "AuthType"),
                "Headers": ("M", "s", ("L", ANY)),  # AWS says that one of a string has an invalid format
                "Method!": values("apigateway", "invoke", "Method"),
                "Path": ANY,
                "QueryParameters": ANY,
                "RequestBody": ANY,
                "Stage": "s",
            },
            answer,
        ),
        ("http", "invoke"): (
            {
                "ApiEndpoint!": "s",
                "Authentication": {"ConnectionArn!": "s"},
                "Headers": ANY,
                "InvocationConfig": {"ConnectionArn!": "s"},
                "Method!": values("http", "invoke", "Method"),
                "QueryParameters": ANY,
                "RequestBody": ANY,
                "Transform": {
                    "RequestBodyEncoding": values("http", "invoke", "Transform.RequestBodyEncoding"),
                    "RequestEncodingOptions": {
                        "ArrayFormat": values("http", "invoke", "Transform.RequestEncodingOptions.ArrayFormat"),
                    },
                },
            },
            answer,
        ),
        ("eks", "runJob"): (
            {
                "CertificateAuthority!": "s",
                "ClusterName!": "s",
                "Endpoint!": "s",
                "Job!": ANY,
                "LogOptions": {"LogParameters": ANY, "RawLogs": "b", "RetrieveLogs": "b"},
                "Namespace": "s",
            },
            {},
        ),
        ("eks", "call"): (
            {
                "CertificateAuthority!": "s",
                "ClusterName!": "s",
                "Endpoint!": "s",
                "Method!": values("eks", "call", "Method"),
                "Path!": "s",
                "QueryParameters": ANY,
                "RequestBody": ANY,
            },
            answer,
        ),
    }


def replaced(line: str, name: str, reference: str) -> str:
    """Return a structure in which a member has another shape."""
    new, count = re.subn(rf"(\t{name}[:!])[^\t~^?]+", lambda m: m[1] + reference, line)
    if not count:
        raise ValueError(f"no member {name} in {line[:200]}")
    return new


def copied(member: Member, reference: str) -> str:
    """Write a copy of a structure, to be changed; return its reference."""
    member.shapes.append(member.shapes[int(reference)])
    return str(len(member.shapes) - 1)


def member_of(member: Member, reference: str, name: str) -> str:
    """Return the reference of a member's shape."""
    found = re.search(rf"\t{name}[:!]([^\t~^?]+)", member.shapes[int(reference)])
    if found is None:
        raise ValueError(f"no member {name}")
    return found[1]


def any_json(member: Member, reference: str, path: str) -> str:
    """Return a structure in which what a path leads to is of any kind; its parts are copies."""
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    new = copied(member, reference)
    child = ANY
    if rest:
        old = member_of(member, reference, name)
        if head.endswith("[]"):
            fields = member.shapes[int(old)].split("\t")
            fields[1] = any_json(member, fields[1], rest)
            child = member.number(joined(*fields))
        else:
            child = any_json(member, old, rest)
    member.shapes[int(new)] = replaced(member.shapes[int(new)], name, child)
    return new


def members(line: str) -> list[str]:
    """Return the names of a structure's members."""
    return [re.split("[:!|]", field)[0] for field in line.split("\t")[1:]]


def without(line: str, name: str) -> str:
    """Return a structure that has not a member."""
    return "\t".join(field for field in line.split("\t") if re.split("[:!|]", field)[0] != name)


def emr_input(member: Member, writer: Writer, action: str, reference: str) -> str:
    """Return the request of an integration of EMR, which is not that of its API."""
    line = member.shapes[int(reference)]
    if action == "createCluster":
        return set_line(member, reference, re.sub(r"(\tSteps[:!][^\t]+)", r"\1^", line))
    if action in ("setClusterTerminationProtection", "terminateCluster"):
        return set_line(member, reference, "S\tClusterId!s" + without(line, "JobFlowIds")[1:])
    if action == "addStep":
        step = member.shapes[int(member_of(member, reference, "Steps"))].split("\t")[1]
        return set_line(member, reference, f"S\tClusterId!s\tExecutionRoleArn:s\tStep!{step}")
    if action == "cancelStep":
        return set_line(member, reference, without(line, "StepIds") + "\tStepId!s")
    if action == "modifyInstanceFleetByName":
        fleet = copied(member, member_of(member, reference, "InstanceFleet"))
        refused = re.sub(r"\tInstanceFleetId!([^\t]+)", r"\tInstanceFleetId:\1^", member.shapes[int(fleet)])
        set_line(member, fleet, refused)
        return set_line(member, reference, f"S\tClusterId!s\tInstanceFleet!{fleet}\tInstanceFleetName!s")
    groups = member_of(member, reference, "InstanceGroups")
    group = copied(member, member.shapes[int(groups)].split("\t")[1])
    refused = re.sub(r"\tInstanceGroupId!([^\t]+)", r"\tInstanceGroupId:\1^", member.shapes[int(group)])
    set_line(member, group, refused + "\tInstanceGroupName:s")
    return set_line(member, reference, f"S\tClusterId!s\tInstanceGroup!{group}\tInstanceGroupName:s")


def set_line(member: Member, reference: str, line: str) -> str:
    """Replace a shape; return its reference."""
    member.shapes[int(reference)] = line
    return reference


def bedrock_input(member: Member, reference: str) -> str:
    """Return the request of `bedrock:invokeModel`, which can read from and write to S3."""
    place = own(member, {"S3Uri!": "s"})
    line = member.shapes[int(reference)] + f"\tInput:{place}\tOutput:{place}"
    return set_line(member, reference, re.sub(r"\tBody!", "\tBody:", line))


def optimized(facts: dict[str, Any], models: Models) -> dict[str, Member]:
    """Return the members of the optimized integrations by service."""
    entries = {(entry["service"], entry["action"]): entry for entry in facts["integrations"]}
    no_api = own_shapes(entries)
    out: dict[str, Member] = {}
    writers: dict[tuple[str, str], Writer] = {}
    for (service, action), entry in entries.items():
        prefix = entry["errors"]["prefix"]
        member = out.setdefault(service, Member("" if prefix == "unknown" else prefix))
        listed = [name.removeprefix(prefix + ".") for name in entry["errors"]["names"] if name.startswith(prefix + ".")]
        further = [name for name in entry["errors"]["names"] if not name.startswith(prefix + ".")]
        if (service, action) in no_api:
            request, answer = no_api[service, action]
            result = own(member, answer) if answer else ""
            errors = [*listed, *(f".{name}" for name in further)]
            member.add(action, (own(member, request), result, "", "", " ".join(errors)))
            continue
        api_service, _, operation_name = entry["api"].partition(":")
        model = models.load(models.folder(api_service))
        operation = model["operations"][operation_name]
        if (service, api_service) not in writers:
            writers[service, api_service] = Writer(member, api_service, model, False, models.inputs(api_service))
        writer = writers[service, api_service]
        request_shape = copied(member, writer.write(operation["input"]["shape"]))
        if service == "elasticmapreduce":
            request_shape = emr_input(member, writer, action, request_shape)
        if (service, action) == ("bedrock", "invokeModel"):
            request_shape = bedrock_input(member, request_shape)
        for path in ANY_JSON.get((service, action), ()):
            request_shape = any_json(member, request_shape, path)
        line = member.shapes[int(request_shape)]
        parameters = entry.get("params", {})
        for name in parameters.get("required", ()) if isinstance(parameters.get("required"), list) else ():
            line = re.sub(rf"\t{name}:", f"\t{name}!", line)
        supported = parameters.get("supported")
        if supported and service != "elasticmapreduce":
            line = "\t".join(
                field if i == 0 or re.split("[:!|]", field)[0] in supported else f"{field}?"
                for i, field in enumerate(line.split("\t"))
            )
        member.shapes[int(request_shape)] = line
        result = ""
        if (service, action) in OWN_RESULT:
            result = own(member, OWN_RESULT[service, action])
        elif "output" in operation:
            result = copied(member, writer.write(operation["output"]["shape"]))
            for path in ANY_RESULT.get((service, action), ()):
                result = any_json(member, result, path)
            if (service, action) == ("glue", "startJobRun"):
                member.shapes[int(result)] += "\tJobName:s"
        if result:
            member.shapes[int(result)] = joined(member.shapes[int(result)], *METADATA)
        names = dict.fromkeys(listed)
        names.update((error_name(error["shape"]), None) for error in operation.get("errors", ()))
        errors = [*names, *(f".{name}" for name in further)]
        member.add(
            action, (request_shape, result, sync_result(member, writer, model, service, action), "", " ".join(errors))
        )
    return out


def sync_result(member: Member, writer: Writer, model: dict[str, Any], service: str, action: str) -> str:
    """Return the reference of the result of `.sync`; "" where it is not known."""
    found = SYNC.get((service, action))
    if found is None:
        return ""
    operation, path = found
    reference = writer.write(model["operations"][operation]["output"]["shape"])
    if path:
        reference = member_of(member, reference, capitalized(path.removesuffix("[]")))
        if path.endswith("[]"):
            reference = member.shapes[int(reference)].split("\t")[1]
    if (service, action) == ("states", "startExecution"):
        return f"{reference} {any_json(member, any_json(member, reference, 'Input'), 'Output')}"
    return reference


# -- the services of the SDK


class Models:
    """The service models, each read once, by the folder that botocore keeps them in."""

    def __init__(self, folder: str | None) -> None:
        if folder:
            self.loader = Loader(extra_search_paths=[folder], include_default_search_paths=False)
        else:
            self.loader = Loader()
        self.loaded: dict[str, dict[str, Any]] = {}
        self.reached: dict[str, set[str]] = {}
        self.services = {}
        for name in self.loader.list_available_services("service-2"):
            self.services[service_prefix(self.load(name)["metadata"]["serviceId"])] = name

    def load(self, name: str) -> dict[str, Any]:
        """Return a service model."""
        if name not in self.loaded:
            self.loaded[name] = dict(self.loader.load_service_model(name, "service-2"))
        return self.loaded[name]

    def folder(self, api: str) -> str:
        """Return the folder of a service by the name that the facts have for it."""
        return {"states": "stepfunctions"}.get(api, api)

    def inputs(self, name: str) -> set[str]:
        """Return the shapes that stand in the inputs of a service."""
        name = self.folder(name)
        if name not in self.reached:
            self.reached[name] = reached(self.load(name))
        return self.reached[name]


def sdk_member(prefix: str, folder: str, models: Models, unsupported: Iterable[str]) -> Member:
    """Return the member of a service behind `aws-sdk:`."""
    model = models.load(folder)
    member = Member(prefix)
    writer = Writer(member, folder, model, True, models.inputs(folder))
    shapes = model["shapes"]
    refused = set(unsupported)
    for name, operation in sorted(model["operations"].items()):
        ends = [operation[key]["shape"] for key in ("input", "output") if key in operation]
        streams = any(
            shapes[value["shape"]].get("eventstream") for end in ends for value in shapes[end]["members"].values()
        )
        action = name[0].lower() + name[1:]
        if name in refused or streams:
            member.add(action, ("", "", "", "u", ""))
            continue
        request, result = (
            writer.write(operation[key]["shape"]) if key in operation else "" for key in ("input", "output")
        )
        errors = sorted({error_name(error["shape"]) for error in operation.get("errors", ())})
        member.add(action, (request, result, "", "d" * bool(operation.get("deprecated")), " ".join(errors)))
    return member


# -- the archive


def build(facts: dict[str, Any], models: Models) -> dict[str, str]:
    """Return the text of all members by name."""
    out = {}
    for service, entry in supported(facts).items():
        folder = models.services.get(entry["prefix"])
        if folder is None:
            continue
        if entry["prefix"].lower() != service:
            raise ValueError(f"{service} is not {entry['prefix']} in lower case")
        out[f"sdk/{service}"] = sdk_member(entry["prefix"], folder, models, entry.get("unsupported", ())).text()
    for service, member in optimized(facts, models).items():
        out[f"optimized/{service}"] = member.text()
    return out


def archive(path: str, texts: dict[str, str]) -> None:
    """Write the archive: sorted, with the same time on each member."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name in sorted(texts):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            file.writestr(info, texts[name].encode())


def held(path: str) -> dict[str, str]:
    """Return the members of an archive, {} where there is none."""
    if not os.path.exists(path):
        return {}
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


# -- what has changed


def described(text: str) -> dict[str, str]:
    """Return what a member says, a line for each action, parameter, value and constraint, by a path to read."""
    head, _, tail = text.partition("\n\n")
    shapes = tail.split("\n")
    out: dict[str, str] = {}
    for line in head.split("\n")[1:]:
        name, request, result, sync, flags, *errors = line.split("\t")
        out[name] = ""
        if flags:
            out[f"{name} marks"] = flags
        for error in " ".join(errors).split():
            out[f"{name} error {error}"] = ""
        first, _, second = sync.partition(" ")
        for label, reference in (("", request), (" ->", result), (" .sync ->", first), (" .sync:2 ->", second)):
            out.update(walk(shapes, reference, f"{name}{label}"))
    return out


def walk(shapes: list[str], start: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield path and constraints of all that is in a shape; each structure is looked into once."""
    todo, seen = [(start, path)], set()
    while todo:
        reference, at = todo.pop()
        if not reference.isdigit():
            yield at, reference
            continue
        kind, *fields = shapes[int(reference)].split("\t")
        if kind[0] == "S":
            yield at, kind
            if reference in seen:
                continue
            seen.add(reference)
            for field in fields:
                match = re.fullmatch(r"([^:!]+)([:!])([^~^?]+)([~^?]*)", field)
                assert match is not None, field
                if match[2] == "!" or match[4]:
                    yield f"{at}.{match[1]} marks", match[2] + match[4]
                todo.append((match[3], f"{at}.{match[1]}"))
        elif kind[0] in "LM":
            parts = 1 if kind[0] == "L" else 2
            yield at, joined(kind, *fields[parts:])
            todo.append((fields[parts - 1], at + ("[]" if kind[0] == "L" else "{}")))
        else:
            yield at, joined(kind, *fields[:3])
            for value in fields[3:]:
                yield f"{at} = {value}", ""


def changes(old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    """Yield what differs, a line each."""
    for name in sorted(old.keys() | new.keys()):
        if name not in new or name not in old:
            yield f"{'-' if name in old else '+'} {name}"
        elif old[name] != new[name]:
            before, after = described(old[name]), described(new[name])
            hidden: list[str] = []
            for path in sorted(before.keys() | after.keys()):
                if any(path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in " .[{" for prefix in hidden):
                    continue  # of an action or a member that is new or gone, no more is said
                if path not in after or path not in before:
                    hidden.append(path)
                    yield f"{'-' if path in before else '+'} {name} {path}"
                elif before[path] != after[path]:
                    yield f"~ {name} {path}: {before[path]!r} -> {after[path]!r}"


DATE_MODULE = '''# made by tools/build_services.py; do not edit
"""When the service models were taken over, and from which version of botocore."""

DATE = "{date}"
BOTOCORE = "{version}"
'''


def main(argv: list[str]) -> int:
    """Read the facts and the models, write the archive, print what has changed."""
    parser = argparse.ArgumentParser(description="Write the service models that asllint ships.")
    parser.add_argument("facts")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="the day to record; default: today")
    parser.add_argument("--models", help="the data folder of another botocore")
    parser.add_argument("--version", help="the version of the botocore that --models is of")
    parser.add_argument("--dry-run", action="store_true", help="print what would change, and write nothing")
    options = parser.parse_args(argv)
    with open(options.facts, encoding="utf-8") as file:
        facts = yaml.load(file, yaml.CSafeLoader)
    version = options.version
    if not version:
        import botocore

        version = botocore.__version__ if not options.models else "unknown"
    path = os.path.join(TARGET, "services.zip")
    old, new = held(path), build(facts, Models(options.models))
    lines = list(changes(old, new))
    print("\n".join([*lines, f"{len(new)} services, {len(lines)} changes"]))
    if options.dry_run:
        return 0
    if old != new:
        archive(path, new)
    stamp(os.path.join(TARGET, "services_date.py"), options.date, version, old != new)
    return 0


def stamp(path: str, date: str, version: str, changed: bool) -> None:
    """Write date and version; without a change of the data the date stays."""
    if not changed and os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            found = re.search('^DATE = "(.*)"', file.read(), re.MULTILINE)
        date = found[1] if found else date
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(DATE_MODULE.format(date=date, version=version))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
