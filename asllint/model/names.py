"""The name that was probably meant, and the names that other tools have for the fields of ASL."""

from __future__ import annotations

import re
from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.source.node import Node

CDK: Final = "the AWS CDK"
SDK: Final = "the Data Science SDK"

OTHER_TOOLS: Final[dict[str, tuple[str, str, str]]] = {
    # Names that are not the ASL name in other letters: the tool, the field ("" for none), what to do.
    # CDK: properties of its state constructs (aws-cdk-lib/aws-stepfunctions/lib/states, types).
    "stateName": (CDK, "", "In ASL the name of a state is its key in `States`."),
    "payload": (CDK, "", "In ASL the payload of a Lambda function is `Payload` in `Parameters`, or in `Arguments`."),
    "outputs": (CDK, "Output", ""),
    "timeout": (CDK, "TimeoutSeconds", "ASL takes seconds."),
    "taskTimeout": (CDK, "TimeoutSeconds", "ASL takes seconds."),
    "heartbeat": (CDK, "HeartbeatSeconds", "ASL takes seconds."),
    "heartbeatTimeout": (CDK, "HeartbeatSeconds", "ASL takes seconds."),
    "integrationPattern": (CDK, "", "In ASL the pattern is the end of `Resource`: none, `.sync` or `.waitForTaskToken`."),
    "lambdaFunction": (CDK, "", "In ASL the function is `FunctionName` in `Parameters`, or in `Arguments`."),
    "payloadResponseOnly": (CDK, "", "In ASL that is a `Resource` that is the ARN of the function itself."),
    "retryOnServiceExceptions": (
        CDK, "", "In ASL that is a Retrier on `Lambda.ServiceException`, `Lambda.AWSLambdaException`, "
        "`Lambda.SdkClientException` and `Lambda.ClientExecutionTimeoutException`."),
    "errors": (CDK, "ErrorEquals", ""),
    "interval": (CDK, "IntervalSeconds", "ASL takes seconds."),
    "maxDelay": (CDK, "MaxDelaySeconds", "ASL takes seconds."),
    "mapExecutionType": (CDK, "", "In ASL that is `ExecutionType` in the `ProcessorConfig` of `ItemProcessor`."),
    "executionType": (CDK, "ExecutionType", "It stands in the `ProcessorConfig` of `ItemProcessor`."),
    "mode": (CDK, "Mode", "It stands in the `ProcessorConfig` of `ItemProcessor`."),
    "resultWriterV2": (CDK, "ResultWriter", ""),
    "time": (CDK, "", "In ASL a Wait state has one of `Seconds`, `Timestamp`, `SecondsPath` and `TimestampPath`."),
    "definition": (CDK, "", "It is an argument of CreateStateMachine, not of the definition."),
    "definitionBody": (CDK, "", "It is an argument of CreateStateMachine, not of the definition."),
    "stateMachineName": (CDK, "", "The name of a state machine is an argument of CreateStateMachine."),
    "stateMachineType": (CDK, "", "The type of a state machine is an argument of CreateStateMachine."),
    "tracingEnabled": (CDK, "", "Tracing is an argument of CreateStateMachine, not of the definition."),
    # Data Science SDK: arguments of its steps (stepfunctions/steps/fields.py, states.py, sagemaker.py).
    "next_step": (SDK, "Next", ""),
    "state_id": (SDK, "", "In ASL the name of a state is its key in `States`."),
    "wait_for_completion": (SDK, "", "In ASL that is a `Resource` that ends in `.sync`."),
    "wait_for_callback": (SDK, "", "In ASL that is a `Resource` that ends in `.waitForTaskToken`."),
    "job_name": (SDK, "", "In ASL it is a member of `Parameters`, such as `TrainingJobName`."),
    "experiment_config": (SDK, "", "In ASL it is `ExperimentConfig` in `Parameters`."),
    "estimator": (SDK, "", "In ASL the request of the training job is written out in `Parameters`."),
    "retry_count": ("", "MaxAttempts", ""),
    # Names that are near in sense, not in letters.
    "Timeout": ("", "TimeoutSeconds", "ASL takes seconds."),
    "Heartbeat": ("", "HeartbeatSeconds", "ASL takes seconds."),
    "Duration": ("", "Seconds", "ASL takes seconds."),
    "Delay": ("", "Seconds", "ASL takes seconds."),
    "Input": ("", "Parameters", ""),
    "Retries": ("", "Retry", "It takes an array of Retriers."),
    "Interval": ("", "IntervalSeconds", "ASL takes seconds."),
    "MaxDelay": ("", "MaxDelaySeconds", "ASL takes seconds."),
    "MaxRetries": ("", "MaxAttempts", ""),
    # Operators of other languages, where a comparison of a Choice rule is meant.
    "Equals": ("", "", "Write the kind with it: `StringEquals`, `NumericEquals`, `BooleanEquals` or `TimestampEquals`."),
    "NotEquals": ("", "", "ASL has no such operator: put `StringEquals` or `NumericEquals` into `Not`."),
    "GreaterThan": ("", "", "Write the kind with it: `NumericGreaterThan`, `StringGreaterThan` or `TimestampGreaterThan`."),
    "LessThan": ("", "", "Write the kind with it: `NumericLessThan`, `StringLessThan` or `TimestampLessThan`."),
    "Exists": ("", "IsPresent", ""),
    "StringContains": ("", "StringMatches", "`*` stands for any text: `*part*`."),
    "StringStartsWith": ("", "StringMatches", "`*` stands for any text: `part*`."),
    "StringEndsWith": ("", "StringMatches", "`*` stands for any text: `*part`."),
    "StringLike": ("", "StringMatches", "`*` stands for any text."),
    "StringNotEquals": ("", "", "ASL has no such operator: put `StringEquals` into `Not`."),
    "NumericNotEquals": ("", "", "ASL has no such operator: put `NumericEquals` into `Not`."),
    "BooleanNotEquals": ("", "", "ASL has no such operator: put `BooleanEquals` into `Not`."),
}  # fmt: skip


_MOST: Final = 200
"""Characters of a name that are compared."""

_ALIKE: Final = 0.75
"""difflib's ratio from which on a name may be meant as another."""

MAX_EFFORT: Final = 5_000_000
"""Pairs of characters that may be compared for the names of one machine: a fraction of a second, if all resemble each other."""


def effort(name: str, candidates: Iterable[str]) -> int:
    """Return how many pairs of characters there are to compare at most, so that a rule can give up in time."""
    return min(len(name), _MOST) * sum(min(len(candidate), _MOST) for candidate in candidates)


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `name` most likely misspells, or None: first one that differs only in letter case,
    hyphens, underscores or blanks, else the closest by difflib's ratio of at least 0.75; None where there is more to compare
    than MAX_EFFORT."""  # fmt: skip
    known = list(candidates)
    plain = _plain(name)
    for candidate in known:
        if candidate != name and _plain(candidate) == plain:
            return candidate
    if effort(name, known) > MAX_EFFORT:
        return None
    found = _closest(name.lower()[:_MOST], {c.lower()[:_MOST]: c for c in known})
    return next((c for c in known if c.lower()[:_MOST] == found and c != name), None)


def _closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return what difflib.get_close_matches gives first, comparing in full only what can still be the closest."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher()
    matcher.set_seq2(word)
    bounds = []
    for candidate in candidates:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() >= _ALIKE and (bound := matcher.quick_ratio()) >= _ALIKE:
            bounds.append((bound, candidate))
    best = (_ALIKE, "")
    for bound, candidate in sorted(bounds, reverse=True):
        if bound < best[0]:
            break
        matcher.set_seq1(candidate)
        best = max(best, (matcher.ratio(), candidate))
    return best[1] or None


def same_letters(name: str, other: str) -> bool:
    """Whether two names differ at most in letter case, hyphens, underscores and blanks."""
    return _plain(name) == _plain(other)


def misspelt(name: str, near: str) -> bool:
    """Whether a name is a known one misspelt, and not one of its kin that the data does not have yet.

    What AWS adds resembles what is there, and differs in a word: `createModel`, `deleteModel`; `Ipv6Cidr` beside `Ipv4Cidr`;
    `InstanceIds` beside `InstanceId`. So it is misspelt only where all is the same but for a slip, or one in each of two
    words: a letter too many, too few or wrong, or two that have changed places.
    """
    if _plain(name) == _plain(near):
        return True
    if max(len(name), len(near)) > _MOST:
        return False
    if _slip(name, near):
        return True
    words, right = _WORD.findall(name), _WORD.findall(near)
    differ = [pair for pair in zip(words, right, strict=False) if pair[0].lower() != pair[1].lower()]
    return len(words) == len(right) and len(differ) == 2 and all(_slip(*pair) for pair in differ)


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_SHORT: Final = 3
"""Letters of a word that another letter makes another word of: get and set, Max and Mix."""

_ENDINGS: Final = frozenset("sdr")
"""Letters that make another form of a word: InstanceIds, Associated, Provider. One that is missing is a slip all the same:
Step Functions refuses `Filter`, EC2's own name for what its integration has as `Filters` (the guide's connect-parameters)."""


def _slip(name: str, right: str) -> bool:
    """Whether a name is another with a letter too many, too few or wrong, or with two in each other's place."""
    one, other = name.lower(), right.lower()
    most = min(len(one), len(other))
    start = end = 0
    while start < most and one[start] == other[start]:
        start += 1
    while end < most - start and one[-1 - end] == other[-1 - end]:
        end += 1
    here, there = one[start : len(one) - end], other[start : len(other) - end]
    if not (here + there).isalpha():
        return False
    if not (here and there):
        ends_a_word = not name[start + 1 : start + 2].islower()
        return len(here + there) == 1 and not (here in _ENDINGS and ends_a_word)
    if len(here) == len(there) == 1:
        word = next((word[0] for word in _WORD.finditer(right) if word.end() > start), "")
        return len(word) > _SHORT
    return len(here) == 2 and here == there[::-1]


def meant(name: str, fields: Iterable[str]) -> str | None:
    """Return the field of an object that an unknown one most likely stands for, or None.

    The name that another tool has for it; with ``.$`` behind it its ``Path`` twin; else the nearest.
    """
    known = list(fields)
    row = OTHER_TOOLS.get(name)
    if row is not None and not (row[1] and row[1] not in known):
        return row[1] or None
    if name.endswith(".$"):
        base = name[:-2]
        return f"{base}Path" if f"{base}Path" in known else base if base in known else None
    return nearest(name, known)


def tool_of(name: str, field: str) -> str:
    """Return the tool that writes a field of ASL as `name`, or "" where no tool is known to."""
    if name in OTHER_TOOLS:
        return OTHER_TOOLS[name][0]
    if name == field[:1].lower() + field[1:] and name != name.lower():
        return CDK
    if "_" in name and field and field == "".join(part.capitalize() for part in name.split("_")):
        return SDK
    return ""


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return names as a message has them: "`A`, `B` and `C`"."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if quoted else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def respelt(node: Node, text: str) -> tuple[int, int, str] | None:
    """Return the edit (start, end, text) that writes `text` in place of a string, quoted as it is; None for a block."""
    quote = {"json": '"', "double": '"', "single": "'", "plain": ""}.get(node.style)
    if quote is None:
        return None
    if quote == '"':
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    elif quote:
        text = text.replace("'", "''")
    return node.start, node.end, f"{quote}{text}{quote}"
