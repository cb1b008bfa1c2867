"""What other evaluators of IAM policies say: each disagreement has the section of the IAM user guide that decides it.

moto (`moto.iam.access_control`) decides on one action and one resource; parliament expands actions and compares globs.
Neither is installed with the test extra, as each takes a minute; the tests skip without them.
"""

from __future__ import annotations

import importlib
import itertools
import json
from typing import Any

import pytest

from asllint.aws.policy import ALLOWED, CANNOT_TELL, DENIED, Policies, overlaps, pattern_tokens, read_policies
from asllint.source import read

BUCKET = "arn:aws:s3:::"

# Class of a disagreement: (what the other does, the section of the user guide that decides for us).
MOTO_DIFFERS = {
    "case": ("compares actions letter by letter", "JSON policy elements: Action: prefix and name are case insensitive"),
    "question mark": ("takes `?` for the one of regular expressions", "JSON policy elements: Resource: wildcards"),
    "dot": ("takes `.` for any character", "JSON policy elements: Resource: only * and ? are wildcards"),
    "NotResource": ("permits, or denies, without a look at NotResource", "JSON policy elements: NotResource"),
    "condition": ("denies where the Condition of a statement does not hold", "JSON policy elements: Condition: the"
                  " statement does not apply then"),
    "unknown key": ("denies where a key is not known", "none: what is not known is no answer, so ours is CANNOT_TELL"),
    "variable": ("takes a policy variable for text", "JSON policy elements: Variables and tags"),
    "colon": ("lets a `*` within a segment match a colon", "JSON policy elements: Resource: a `*` at the end of a segment"
              " can expand beyond it"),
}  # fmt: skip
PARLIAMENT_DIFFERS = {
    "question mark": ("compares `?` as a letter", "JSON policy elements: Resource: wildcards"),
    "partial deny": ("calls an action allowed that a Deny is about for a part of its resources", "Policy evaluation logic:"
                     " an explicit deny overrides; for all resources together ours is CANNOT_TELL"),
    "conditional deny": ("leaves out a Deny with a Condition", "Policy evaluation logic: where the condition is not known,"
                         " ours is CANNOT_TELL"),
}  # fmt: skip


def policies(*statements: object) -> Policies:
    value = {"Version": "2012-10-17", "Statement": list(statements)}
    return Policies(read_policies(read("policy.json", json.dumps(value).encode())))


ACTIONS: list[dict[str, Any]] = [
    {"Action": "*"},
    {"Action": "s3:*"},
    {"Action": "s3:Get*"},
    {"Action": ["s3:GetObject", "sqs:SendMessage"]},
    {"Action": "S3:getobject"},
    {"Action": "s3:GetObjec?"},
    {"NotAction": "s3:*"},
    {"NotAction": ["sqs:*", "s3:PutObject"]},
]
RESOURCES: list[dict[str, Any]] = [
    {"Resource": "*"},
    {"Resource": BUCKET + "b/*"},
    {"Resource": [BUCKET + "c/x", BUCKET + "b.c/*"]},
    {"Resource": BUCKET + "b/?"},
    {"Resource": BUCKET + "*/x"},
    {"Resource": BUCKET + "b/${aws:username}"},
    {"NotResource": BUCKET + "b/*"},
]
CONDITIONS: list[dict[str, Any]] = [{}, {"Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}]
ASKS = [
    (a, BUCKET + r)
    for a in ("s3:GetObject", "s3:PutObject", "sqs:SendMessage")
    for r in ("b/x", "b/xy", "c/x", "bzc/x", "b:c/x", "b/ann")
]
CONTEXT = {"aws:username": "ann"}


def statements(effect: str) -> list[dict[str, Any]]:
    return [{"Effect": effect, **a, **r, **c} for a, r, c in itertools.product(ACTIONS, RESOURCES, CONDITIONS)]


def moto_classes(statement: dict[str, Any], resource: str, verdict: str) -> set[str]:
    """Return the classes that a statement can differ by."""
    actions = json.dumps([statement.get("Action"), statement.get("NotAction")])
    resources = json.dumps(statement.get("Resource", ""))
    found = {
        "case": "S3:get" in actions,
        "question mark": "?" in actions or "?" in resources,
        "dot": "b.c" in resources and ("bzc" in resource or "b:c" in resource),
        "NotResource": "NotResource" in statement,
        "unknown key": "Condition" in statement and verdict == CANNOT_TELL,
        "condition": "Condition" in statement and verdict != CANNOT_TELL,
        "variable": "${" in resources,
        "colon": "b:c" in resource and "*/" in resources,
    }
    return {name for name, differs in found.items() if differs}


def test_moto() -> None:
    access = pytest.importorskip("moto.iam.access_control")
    results = {
        access.PermissionResult.PERMITTED: ALLOWED,
        access.PermissionResult.DENIED: DENIED,
        access.PermissionResult.NEUTRAL: DENIED,
    }
    seen: set[str] = set()
    agreed = differed = 0
    allow_all = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    for policy in [[s] for s in statements("Allow")] + [[allow_all, s] for s in statements("Deny")]:
        ours, theirs = policies(*policy), access.IAMPolicy(json.dumps({"Statement": policy}))
        for action, resource in ASKS:
            for region in ("eu-west-1", "us-east-1", None):
                known = {**CONTEXT, "aws:RequestedRegion": region} if region else CONTEXT
                mine = ours.allows(action, resource, known).verdict
                other = results[theirs.is_action_permitted(action, resource, None, known)]
                if mine == other:
                    agreed += 1
                    continue
                differed += 1
                classes = moto_classes(policy[-1], resource, mine)
                assert classes, (policy[-1], action, resource, known, mine, other)
                if len(classes) == 1:
                    seen |= classes
    assert agreed > differed
    assert seen == set(MOTO_DIFFERS)


def parliament() -> Any:
    try:
        return importlib.import_module("parliament")
    except ImportError as error:  # it needs pkg_resources, too, which newer releases of setuptools lack
        pytest.skip(f"no parliament: {error}")


def test_parliament_actions() -> None:
    library = parliament()
    known = [(s["prefix"], p["privilege"]) for s in library.iam_definition for p in s["privileges"]]
    some = [(prefix, name) for prefix, name in known if prefix in ("s3", "sagemaker", "states", "events", "iam", "sqs")]
    assert len(some) > 500
    for pattern in (
        "s3:*",
        "S3:get*",
        "sagemaker:*Job*",
        "sagemaker:Create*Job",
        "states:*Execution",
        "iam:Pass????",
        "*",
        "events:Put*s",
        "sqs:x*",
    ):
        theirs = {(one["service"], one["action"]) for one in library.expand_action(pattern, raise_exceptions=False)}
        mine = policies({"Effect": "Allow", "Action": pattern, "Resource": "*"})
        for prefix, name in some:
            assert (mine.allows(f"{prefix}:{name}", "*").verdict == ALLOWED) == ((prefix, name) in theirs), (
                pattern,
                prefix,
                name,
            )


def test_parliament_globs() -> None:
    library = parliament()
    agreed = differed = 0
    texts = ["".join(t) for n in range(5) for t in itertools.product("ab*?", repeat=n)]
    for one, other in itertools.product(texts[::3], texts[::5]):
        mine = overlaps(pattern_tokens(one), pattern_tokens(other))
        if mine == library.is_glob_match(one, other):
            agreed += 1
        else:
            differed += 1
            assert "?" in one + other, (one, other)
    assert agreed > differed > 0


@pytest.mark.parametrize(
    ("deny", "theirs", "ours", "kind"),
    [
        ({"Action": "s3:*", "Resource": "*"}, False, DENIED, ""),
        ({"Action": "sqs:*", "Resource": "*"}, True, ALLOWED, ""),
        ({"Action": "s3:GetObject", "Resource": "*"}, False, DENIED, ""),
        ({"Action": "s3:GetObject", "Resource": BUCKET + "b/*"}, True, CANNOT_TELL, "partial deny"),
        (
            {"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            True,
            CANNOT_TELL,
            "conditional deny",
        ),
    ],
)
def test_parliament_deny(deny: dict[str, Any], theirs: bool, ours: str, kind: str) -> None:
    library = parliament()
    both = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", **deny}]
    policy = library.analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": both}))
    assert ("s3:getobject" in policy.get_allowed_actions()) == theirs
    assert policies(*both).allows("s3:GetObject", "*").verdict == ours
    assert not kind or kind in PARLIAMENT_DIFFERS
    assert kind or theirs == (ours == ALLOWED)
