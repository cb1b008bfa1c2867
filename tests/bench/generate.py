"""State machines for the benchmark: realistic, without findings graver than a note, and the same on every machine.

python tests/bench/generate.py STATES [json|yaml] > FILE
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

ACCOUNT = "111122223333"
WORDS = "order customer payment invoice parcel report image ticket price model sensor route".split()
VERBS = "Read Check Write Convert Send Store Train Score Count Merge".split()

JsonObject = dict[str, Any]


def machine(states: int, seed: int = 1) -> JsonObject:
    """Return a definition with this many states (at least 2), those inside of Map and Parallel states counted."""
    chance = random.Random(seed)
    return {"Comment": f"{states} states", **_scope(max(states, 2), chance, iter(range(10 * states + 10)), depth=0)}


def of_size(size: int, seed: int = 1) -> str:
    """Return a definition as JSON of at least `size` bytes, and little more."""
    sample = 200
    states = size * sample // len(as_json(machine(sample, seed)))
    while len(text := as_json(machine(states, seed))) < size:
        states += 1 + states // 100
    return text


def as_json(definition: JsonObject) -> str:
    """Return a definition as people write it in JSON."""
    return json.dumps(definition, indent=2) + "\n"


def as_yaml(definition: JsonObject) -> str:
    """Return a definition as people write it in YAML."""
    import yaml

    text: str = yaml.safe_dump(definition, sort_keys=False, width=120)
    return text


def _scope(count: int, chance: random.Random, numbers: Any, depth: int) -> JsonObject:
    """Return StartAt and States: a chain of `count` states that ends in a Succeed state."""
    plan: list[tuple[str, int]] = []
    left = count - 1
    while left > 0:
        inner = chance.randint(2, 6)
        kind = chance.choices(("Task", "Choice", "Pass", "Wait", "Map", "Parallel"), (60, 12, 8, 5, 8, 7))[0]
        if kind == "Map" and depth < 3 and left > inner:
            plan.append((kind, inner))
            left -= inner + 1
        elif kind == "Parallel" and depth < 3 and left > 2 * inner:
            plan.append((kind, inner))
            left -= 2 * inner + 1
        else:
            plan.append(("Task" if kind in ("Map", "Parallel") else kind, 0))
            left -= 1
    names = [f"{chance.choice(VERBS)} {chance.choice(WORDS)} {next(numbers)}" for _ in plan]
    last = f"Done {next(numbers)}"
    out: JsonObject = {}
    for (kind, inner), name, target in zip(plan, names, [*names[1:], last], strict=True):
        out[name] = _state(kind, inner, name, target, last, chance, numbers, depth)
    out[last] = {"Type": "Succeed"}
    return {"StartAt": next(iter(out)), "States": out}


def _state(
    kind: str, inner: int, name: str, target: str, last: str, chance: random.Random, numbers: Any, depth: int
) -> JsonObject:
    if kind == "Task":
        return {"Type": "Task", **_call(name, chance), **_handlers(last, chance), "Next": target}
    if kind == "Choice":
        word = chance.choice(WORDS)
        rule = {"Variable": f"$.{word}.amount", "NumericGreaterThan": chance.randint(1, 500), "Next": last}
        present = {"Variable": f"$.{word}.kind", "IsPresent": True}
        both = {"And": [present, {"Variable": f"$.{word}.kind", "StringEquals": word}], "Next": target}
        return {"Type": "Choice", "Choices": [rule, both], "Default": target}
    if kind == "Pass":
        return {"Type": "Pass", "Result": {"step": name, "ready": True}, "ResultPath": "$.marker", "Next": target}
    if kind == "Wait":
        return {"Type": "Wait", "Seconds": chance.randint(1, 600), "Next": target}
    if kind == "Map":
        return {
            "Type": "Map",
            "ItemsPath": f"$.{chance.choice(WORDS)}s",
            "MaxConcurrency": chance.randint(1, 40),
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **_scope(inner, chance, numbers, depth + 1)},
            "ResultPath": "$.items",
            "Next": target,
        }
    branches = [_scope(inner, chance, numbers, depth + 1) for _ in range(2)]
    return {"Type": "Parallel", "Branches": branches, "ResultPath": "$.branches", "Next": target}


def _call(name: str, chance: random.Random) -> JsonObject:
    word = chance.choice(WORDS)
    region = chance.choice(("eu-west-1", "us-east-1", "ap-northeast-1"))
    kind = chance.randrange(4)
    if kind == 0:
        return {"Resource": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{word}-{chance.randint(1, 99)}"}
    if kind == 1:
        function = f"arn:aws:lambda:{region}:{ACCOUNT}:function:{word}:live"
        return {
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function, "Payload": {"step": name, f"{word}.$": f"$.{word}"}},
            "ResultSelector": {"value.$": "$.Payload"},
            "ResultPath": f"$.{word}",
        }
    if kind == 2:
        return {
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {"TableName": f"{word}s", "Item": {"id": {"S.$": "$.id"}, "step": {"S": name}}},
            "ResultPath": None,
        }
    return {
        "Resource": "arn:aws:states:::sagemaker:createTransformJob.sync",
        "Parameters": {
            "TransformJobName.$": f"States.Format('{word}-{{}}', $.id)",
            "ModelName": word,
            "TransformInput": {
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://example-{word}/in"}},
            },
            "TransformOutput": {"S3OutputPath": f"s3://example-{word}/out"},
            "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge"},
        },
        "ResultPath": "$.job",
    }


def _handlers(last: str, chance: random.Random) -> JsonObject:
    out: JsonObject = {}
    if chance.random() < 0.5:
        out["Retry"] = [
            {
                "ErrorEquals": ["States.TaskFailed"],
                "IntervalSeconds": chance.randint(1, 30),
                "MaxAttempts": chance.randint(1, 6),
                "BackoffRate": 2.0,
            }
        ]
    if chance.random() < 0.4:
        out["Catch"] = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": last}]
    return out


if __name__ == "__main__":
    made = machine(int(sys.argv[1]))
    sys.stdout.write(as_yaml(made) if sys.argv[2:] == ["yaml"] else as_json(made))
