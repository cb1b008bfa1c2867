"""Write `asllint/aws/data/` from the facts on Step Functions integrations.

    python tools/build_integrations.py FACTS.yaml FIELD-TABLES.json

FACTS.yaml holds the optimized integrations with their patterns and IAM statements, and the services of the AWS SDK
integrations; FIELD-TABLES.json the services whose `.sync` and `.waitForTaskToken` AWS was seen to refuse. The same input
gives the same bytes.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

import yaml
from sdk_list import supported

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(HERE, "asllint", "aws", "data")
HEADER = "# made by tools/build_integrations.py; do not edit\n# fmt: off\n# ruff: noqa\n"

# What AWS has been seen to refuse at creation and no list of patterns says: "The resource provided … is not recognized".
REFUSED_ACTIONS = {"dynamodb": ["query"]}
REFUSED_SDK_SERVICES = ["apigatewaymanagementapi", "cloudsearchdomain", "iotjobsdata", "mediastoredata"]
# Actions that AWS's list calls unsupported, and that were measured to be refused (ap-northeast-1, September 2026).
REFUSED_SDK_ACTIONS = {
    "bedrockruntime": ["converseStream"],
    "cloudwatchlogs": ["startLiveTail"],
    "kinesis": ["subscribeToShard"],
    "lambda": ["invokeWithResponseStream"],
    "s3": ["selectObjectContent"],
    "sts": ["assumeRole"],
}

# ruff: noqa: E501
# The bases of the facts in the words of a hint; those that are not here are given as they stand.
BASES = {
    "documented": "documented by AWS",
    "documented in prose": "documented by AWS",
    "cdk": "as the AWS CDK grants it",
    "cdk+SAR": "as the AWS CDK grants it; in the service authorization reference",
    "inferred": "inferred",
    "inferred+SAR": "inferred by analogy; action and ARN form are in the service authorization reference",
    "reported": "reported by users",
    "documented (sample-hyper-tuning.md, on *); ARN form from SAR": (
        "documented by AWS on `*`; the ARN form is in the service authorization reference"
    ),
    "documented (sample-hyper-tuning.md: iam:PassRole on *)": "documented by AWS, on `*`",
    "documented (sample-hyper-tuning.md, archive)": "documented by AWS until 2023",
    "SAR (dependent action; only when ExecutionRoleArn is given)": "a dependent action in the service authorization reference",
    "cdk (docs list only DescribeExecution)": "as the AWS CDK grants it",
    "the name stands in at least 10 public files; not in AWS docs": "the name of the rule is used publicly; AWS does not document it",
    "guess by analogy: the name occurs in no public file that could be searched; do not assert it": (
        "the name of the rule is a guess by analogy: AWS does not document it"
    ),
    "cdk+docs": "documented by AWS",
    "documented until 2023 (archive emr-iam.md), still in CDK; absent from the 2026 page (polling every 60 s): treat as optional": (
        "documented by AWS until 2023"
    ),
    "reported (several repositories; not in the Step Functions page)": "reported by users",
}

# Notes in other words; "" drops one that says nothing about this integration.
NOTES = {
    'docs list the bare ARN; CDK, SAM and serverless-step-functions add ":*" so that versions and aliases (Qualifier) match': (
        "who may invoke a function may not invoke its versions and aliases, and the other way round"
    ),
    "CDK grants these in request_response too": "",
    "AddTags is truly needed for sync (Step Functions tags the job MANAGED_BY_AWS=STARTED_BY_STEP_FUNCTIONS: aws-cdk PR #27264, issues #26012, #32294) and whenever Tags is given (SAR dependent action); it can be narrowed to the job ARN (CDK)": (
        "AddTags is needed where Tags are given and for `.sync`, which tags the job MANAGED_BY_AWS=STARTED_BY_STEP_FUNCTIONS; "
        "the resource can be narrowed to what is made"
    ),
}

# Resources that only an ItemReader or a ResultWriter takes.
MAP_ONLY = {"s3": ["getObject", "listObjectsV2", "putObject"]}


def literal(value: object, indent: int = 0) -> str:
    """Return Python source for nested dicts, tuples and scalars: one line where it fits in 120 columns."""
    flat = inline(value)
    if len(flat) + indent <= 118 or not isinstance(value, (dict, tuple)) or not value:
        return flat
    pad = " " * (indent + 4)
    if isinstance(value, dict):
        rows = [f"{pad}{inline(key)}: {literal(item, indent + 4)},\n" for key, item in value.items()]
        return "{\n" + "".join(rows) + " " * indent + "}"
    return "(\n" + "".join(f"{pad}{literal(item, indent + 4)},\n" for item in value) + " " * indent + ")"


def inline(value: object) -> str:
    """Return Python source on one line, strings in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{inline(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(inline(item) for item in value) + ("," if len(value) == 1 else "") + ")"
    return repr(value)


def frozen(value: object) -> object:
    """Return the value with tuples for lists."""
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return value


def wildcards(statement: dict[str, Any]) -> tuple[str, ...]:
    """Return the resources to allow where a value is not known: as given, else each `{…}` of an ARN as `*`."""
    given = statement.get("resources_dynamic")
    derived = [
        re.sub(r"\*+", "*", re.sub(r"(?<!\$)\{[^{}]*\}.*", "*", resource)) if resource.startswith("arn:") else "*"
        for resource in statement["resources"]
    ]
    if not given:
        return tuple(derived)
    if len(given) == len(derived):
        # "arn:$*" and its like say nothing
        return tuple(g if g == "*" or g.count(":") >= 5 else d for g, d in zip(given, derived, strict=True))
    return tuple(given)


def row(statement: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return (actions, resources, wildcards, condition, when, only, basis, note); None for what is never needed.

    condition  (operator, key, value) of each test
    when  "always", "sync", "param:PATH" or "value:PATH=VALUE"
    only  prose: the statement is needed in that case alone, which a definition does not tell; else ""
    """
    when, only = statement["when"], ""
    basis, note = statement["basis"], statement.get("note", "")
    if when.startswith("never"):
        return None
    if when.startswith("always"):
        when = "always"
    elif when.startswith("param:") and " or " in when:
        when, only = "always", f"{when.removeprefix('param:')} is given"
    elif not re.fullmatch(r"sync|param:[\w.\[\]]+|value:[\w.]+=\w+", when):
        when, only = "always", when
    if "treat as optional" in basis:
        only = "AWS's page named this rule until 2023 and does not name it now"
    # tuples all the way down: the compiler makes constants of them, which load ten times faster than dicts
    condition = tuple(
        (operator, key, frozen(value))
        for operator, tests in statement.get("condition", {}).items()
        for key, value in tests.items()
    )
    return (
        tuple(statement["actions"]), tuple(resource.split(" | ")[0] if resource.startswith("arn:") else resource
        for resource in statement["resources"]), wildcards(statement), condition, when, only,
        BASES.get(basis, basis), NOTES.get(note, note),
    )  # fmt: skip


def write(name: str, docstring: str, values: dict[str, tuple[str, object]]) -> None:
    """Write a module of constants: name → (annotation, value)."""
    preamble = "from __future__ import annotations\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any, Final\n"
    out = [HEADER, f'"""{docstring}"""\n\n{preamble}']
    for constant, (annotation, value) in values.items():
        source = f"frozenset({literal(value)})" if annotation.startswith("frozenset") else literal(value)
        out.append(f"\n{constant}: Final[{annotation}] = {source}\n")
    text = "".join(out)
    if "Any" not in text.split("import Any", 1)[1].split("\n", 1)[1]:
        text = text.replace("import Any, Final", "import Final")
    with open(os.path.join(TARGET, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def main(facts_path: str, tables_path: str) -> None:
    """Read the facts and write the modules."""
    with open(facts_path, encoding="utf-8") as file:
        facts = yaml.safe_load(file)
    with open(tables_path, encoding="utf-8") as file:
        tables = json.load(file)
    patterns: dict[str, dict[str, tuple[str, ...]]] = {}
    statements: dict[str, dict[str, tuple[Any, ...]]] = {}
    uncertain: dict[str, None] = {}
    for entry in facts["integrations"]:
        service, action = entry["service"], entry["action"]
        patterns.setdefault(service, {})[action] = tuple(entry["patterns"])
        rows = [made for made in map(row, entry["iam"]) if made]
        statements.setdefault(service, {})[action] = tuple(rows)
        if "lists waitForTaskToken" in entry.get("note", ""):
            uncertain[service] = None
    pages = {  # of the developer guide
        entry["service"]: entry["source"][0].removeprefix("docs:").split()[0]
        for entry in facts["integrations"]
        if entry["source"][0].startswith("docs:")
    }
    sdk = supported(facts)
    names = sdk_names(sdk, patterns)
    os.makedirs(TARGET, exist_ok=True)
    write(
        "optimized.py",
        "The optimized integrations: services, actions, patterns.",
        {
            "MADE": ("str", facts["meta"]["made"]),
            "PATTERNS": ("dict[str, dict[str, tuple[str, ...]]]", patterns),
            "UNCERTAIN_TOKEN": ("frozenset[str]", tuple(sorted(uncertain))),
            "REFUSED_SYNC": ("frozenset[str]", tuple(sorted(tables["_nosync"]))),
            "REFUSED_TOKEN": ("frozenset[str]", tuple(sorted(tables["_notoken"]))),
            "REFUSED_ACTIONS": ("dict[str, tuple[str, ...]]", frozen(REFUSED_ACTIONS)),
            "MAP_ONLY": ("dict[str, tuple[str, ...]]", frozen(MAP_ONLY)),
        },
    )
    write(
        "sdk.py",
        "The services of the AWS SDK integrations.",
        {
            "SERVICES": ("frozenset[str]", tuple(sorted(sdk))),
            "REFUSED_SERVICES": ("frozenset[str]", tuple(REFUSED_SDK_SERVICES)),
            "REFUSED_SDK_ACTIONS": ("dict[str, tuple[str, ...]]", frozen(REFUSED_SDK_ACTIONS)),
            "NAMES": ("dict[str, str]", names),
            "ALIASES": ("dict[str, str]", aliases(sdk, patterns)),
        },
    )
    write(
        "errors.py",
        "What the names of the errors begin with that a service of an AWS SDK integration raises.",
        {"PREFIXES": ("dict[str, str]", {name: sdk[name]["prefix"] for name in sorted(sdk)})},
    )
    write(
        "iam.py",
        "What the role of an optimized integration must allow; the rows are read by `asllint.aws.iam`.",
        {
            "STATEMENTS": ("dict[str, dict[str, tuple[tuple[Any, ...], ...]]]", statements),
            "PAGES": ("dict[str, str]", pages),
        },
    )


def sdk_names(sdk: dict[str, Any], patterns: dict[str, Any]) -> dict[str, str]:
    """Return the SDK name of each optimized service whose name differs there."""
    known = {"elasticmapreduce": "emr", "events": "eventbridge", "states": "sfn"}
    out = {}
    for service in patterns:
        plain = known.get(service, service.replace("-", ""))
        if plain in sdk and plain != service:
            out[service] = plain
    return out


def aliases(sdk: dict[str, Any], patterns: dict[str, Any]) -> dict[str, str]:
    """Return service by the other names it goes by: that of the command line, and that of its optimized integration."""
    found: dict[str, set[str]] = {}
    for service, entry in sdk.items():
        name = entry.get("botocore")
        if name and name.replace("-", "") not in sdk:
            found.setdefault(name, set()).add(service)
    for optimized, service in sdk_names(sdk, patterns).items():
        if optimized.replace("-", "") not in sdk:
            found.setdefault(optimized, set()).add(service)
    return {name: min(services) for name, services in sorted(found.items()) if len(services) == 1}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: build_integrations.py FACTS.yaml FIELD-TABLES.json")
    main(sys.argv[1], sys.argv[2])
