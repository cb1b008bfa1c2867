"""State machines for the benchmark: realistic, without findings graver than a note, and the same on every machine.

python tests/bench/generate.py STATES [json|yaml|jsonata] > FILE
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


def machine(states: int, seed: int = 1, *, jsonata: bool = False) -> JsonObject:
    """Return a definition with this many states (at least 2), those inside of Map and Parallel states counted.

    jsonata  in JSONata, with an expression wherever one can be: about half of its text is in expressions
    """
    chance = random.Random(seed)
    head = {"Comment": f"{states} states", **({"QueryLanguage": "JSONata"} if jsonata else {})}
    return {
        **head,
        **_scope(max(states, 2), chance, iter(range(10 * states + 10)), 0, _evaluated if jsonata else _state),
    }


def of_size(size: int, seed: int = 1, *, jsonata: bool = False) -> str:
    """Return a definition as JSON of at least `size` bytes, and little more."""
    sample = 200
    states = size * sample // len(as_json(machine(sample, seed, jsonata=jsonata)))
    while len(text := as_json(machine(states, seed, jsonata=jsonata))) < size:
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


def chain(count: int) -> JsonObject:
    """Return a definition of so many Tasks one after the other, each with a Retry and a Catch."""
    states = {f"S{i}": {**_step(i), "Next": f"S{i + 1}"} for i in range(count)}
    return {"StartAt": "S0", "States": {**states, f"S{count}": {"Type": "Succeed"}, "Failed": {"Type": "Fail"}}}


def loop(count: int) -> JsonObject:
    """Return a chain that goes back to its beginning, or ends, by a Choice."""
    out = chain(count)
    again = {"Variable": "$.more", "BooleanEquals": True, "Next": "S0"}
    out["States"][f"S{count}"] = {"Type": "Choice", "Choices": [again], "Default": "Done"}
    out["States"]["Done"] = {"Type": "Succeed"}
    return out


def wide(count: int) -> JsonObject:
    """Return a definition whose first state is a Choice with a rule for each of its other states."""
    rules = [{"Variable": "$.kind", "StringEquals": f"kind {i}", "Next": f"S{i}"} for i in range(count)]
    states = {f"S{i}": {**_step(i), "End": True} for i in range(count)}
    start = {"Type": "Choice", "Choices": rules, "Default": "Failed"}
    return {"StartAt": "Which", "States": {"Which": start, **states, "Failed": {"Type": "Fail"}}}


def nested(count: int) -> JsonObject:
    """Return a definition with so many Tasks, in Map states inside of each other, 50 deep at most."""
    depth = min(50, count)
    each = count // depth
    scope: JsonObject = {}
    for level in range(depth):
        inner = chain(each + (count % depth if level == 0 else 0))
        inner["States"] = {f"{name} in {level}": _renamed(state, level) for name, state in inner["States"].items()}
        inner["StartAt"] = f"S0 in {level}"
        if scope:
            first = f"Each {level}"
            inner["States"][first] = {
                "Type": "Map",
                "ItemProcessor": scope,
                "ResultPath": "$.inner",
                "Next": inner["StartAt"],
            }
            inner["StartAt"] = first
        scope = inner
    return scope


SHAPES = {"chain": chain, "loop": loop, "wide Choice": wide, "nested": nested}
"""What definitions of any number of states look like at the extremes."""


def _step(i: int) -> JsonObject:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:step-{i}:live",
        "ResultPath": f"$.r{i % 7}",
        "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}],
    }


def _renamed(state: JsonObject, level: int) -> JsonObject:
    out = dict(state)
    if "Next" in out:
        out["Next"] = f"{out['Next']} in {level}"
    if "Catch" in out:
        out["Catch"] = [{**catcher, "Next": f"{catcher['Next']} in {level}"} for catcher in out["Catch"]]
    return out


def _scope(count: int, chance: random.Random, numbers: Any, depth: int, make: Any) -> JsonObject:
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
        out[name] = make(kind, inner, name, target, last, chance, numbers, depth)
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
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                **_scope(inner, chance, numbers, depth + 1, _state),
            },
            "ResultPath": "$.items",
            "Next": target,
        }
    branches = [_scope(inner, chance, numbers, depth + 1, _state) for _ in range(2)]
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
            "ResultPath": "$.answer",
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
            "TransformJobName.$": f"States.Format('{word}-{{}}', States.UUID())",
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


# -- in JSONata

EXPRESSIONS = (
    *["$states.input.{a}.{b}"] * 8,
    *["$states.input.{a}.{b}.id"] * 8,
    "$states.input.{a}s[status = '{b}' and amount > {n}].id",
    "'{a}-' & $states.input.{a}.id & '-' & $string({n})",
    "$exists($states.input.{a}.{b}) ? $states.input.{a}.{b} : '{c}'",
    "$sum($states.input.{a}s.(price * quantity)) + {n}",
    "$count($states.input.{a}s[kind = '{b}']) > {n} and $not($states.input.{c}.closed)",
    "$map($states.input.{a}s, function($item, $i) {{ {{'id': $item.id, 'place': $i + {n}, 'kind': $uppercase($item.{b})}} }})",
    "$merge([$states.input, {{'{a}': $states.input.{b}.id, '{c}': $string($states.input.{c}.amount), 'at': $now()}}])",
    "$filter($states.input.{a}s, function($each) {{ $each.{b} != null and $length($each.{c}) < {n} }})",
    "($known := $states.input.{a}s.{b}.id; $states.input.{c}s[$not(id in $known)].{{'id': id, 'total': $round(total, 2)}})",
    "$join($sort($distinct($states.input.{a}s.{b}.name), function($l, $r) {{ $l > $r }}), ', ')",
    "$reduce($states.input.{a}s.amount, function($all, $one) {{ $all + $one * {n} }}, 0)",
    "$states.context.Execution.Name & '/{a}/' & $substringBefore($states.input.{b}.key, '.') & '.json'",
    "$lookup({{'{a}': 'A{n}', '{b}': 'B{n}', '{c}': 'C{n}'}}, $states.input.{a}.kind)",
    "$fromMillis($toMillis($states.input.{a}.due) - {n} * 86400000, '[Y0001]-[M01]-[D01]')",
    "$replace($trim($lowercase($states.input.{a}.name)), /[^a-z0-9{n}]+/, '-')",
)  # fmt: skip
"""What people write, which is a plain path in half of the places; {a}, {b} and {c} are words, {n} is a number, so that hardly two are alike."""


def _expression(chance: random.Random) -> str:
    words = dict(zip("abc", chance.sample(WORDS, 3), strict=True))
    return chance.choice(EXPRESSIONS).format(**words, n=chance.randint(1, 9999))


def _added(chance: random.Random, *values: str) -> str:
    """Return an expression for the input with further fields."""
    fields = ", ".join(
        f"'{word} made': {value}" for word, value in zip(chance.sample(WORDS, len(values)), values, strict=True)
    )
    return f"{{% $merge([$states.input, {{{fields}}}]) %}}"


def _evaluated(
    kind: str, inner: int, name: str, target: str, last: str, chance: random.Random, numbers: Any, depth: int
) -> JsonObject:
    """Return a state like one of `_state`, in JSONata."""
    if kind == "Choice":
        rules = [
            {"Condition": f"{{% $states.input.{word}.amount > {chance.randint(1, 999)} %}}", "Next": target}
            for word in chance.sample(WORDS, 2)
        ]
        return {"Type": "Choice", "Choices": rules, "Default": last}
    if kind == "Pass":
        output = _added(chance, _expression(chance), _expression(chance), _expression(chance))
        return {"Type": "Pass", "Output": output, "Next": target}
    if kind == "Wait":
        return {"Type": "Wait", "Seconds": f"{{% $states.input.wait + {chance.randint(1, 600)} %}}", "Next": target}
    if kind == "Map":
        return {
            "Type": "Map",
            "Items": f"{{% $states.input.{chance.choice(WORDS)}s %}}",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                **_scope(inner, chance, numbers, depth + 1, _evaluated),
            },
            "Output": _added(chance, "$states.result"),
            "Next": target,
        }
    if kind == "Parallel":
        branches = [_scope(inner, chance, numbers, depth + 1, _evaluated) for _ in range(2)]
        output = _added(chance, "$states.result[0]", "$states.result[1]")
        return {"Type": "Parallel", "Branches": branches, "Output": output, "Next": target}
    word = chance.choice(WORDS)
    values = {word: f"{{% {_expression(chance)} %}}" for word in chance.sample(WORDS, 4)}
    handlers = _handlers(last, chance)
    if "Catch" in handlers:
        output = _added(chance, "$states.errorOutput.Error")
        handlers["Catch"] = [{"ErrorEquals": ["States.ALL"], "Output": output, "Next": last}]
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{word}:live",
            "Payload": {"step": name, **values},
        },
        "Output": _added(chance, f"$states.result.Payload.{word}"),
        **handlers,
        "Next": target,
    }


if __name__ == "__main__":
    made = machine(int(sys.argv[1]), jsonata=sys.argv[2:] == ["jsonata"])
    sys.stdout.write(as_yaml(made) if sys.argv[2:] == ["yaml"] else as_json(made))
