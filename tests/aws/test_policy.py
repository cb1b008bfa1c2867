"""What IAM policies allow, and how they are read."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.aws import policy as policy_module
from asllint.aws.iam import FAILS, Place
from asllint.aws.iam import Statement as Need
from asllint.aws.policy import (
    ALLOWED,
    ASSUMED_ROLE,
    CANNOT_TELL,
    DENIED,
    DENY,
    Context,
    Policies,
    Policy,
    PolicyError,
    contained,
    contexts_of,
    overlaps,
    pattern_tokens,
    policies_at,
    read_policies,
    unused,
    wider_than,
)
from asllint.source import read

ROOT = Path(__file__).resolve().parent.parent.parent

JOB = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/"
ANY_JOB = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:training-job/"
CREATE = "sagemaker:CreateTrainingJob"
S3 = "arn:aws:s3:::"
PASS = "iam:PassRole"
ROLE = "arn:aws:iam::111122223333:role/"


def load(value: object, *, place: Place | None = None) -> list[Policy]:
    return read_policies(read("policy.json", json.dumps(value).encode()), place)


def allow(
    action: object = CREATE, resource: object = "*", condition: object = None, **more: object
) -> dict[str, object]:
    out: dict[str, object] = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    if condition is not None:
        out["Condition"] = condition
    return {key: value for key, value in out.items() if value is not None}


def deny(
    action: object = CREATE, resource: object = "*", condition: object = None, **more: object
) -> dict[str, object]:
    return {**allow(action, resource, condition, **more), "Effect": "Deny"}


def document(*statements: object, version: str | None = "2012-10-17") -> dict[str, object]:
    out: dict[str, object] = {"Statement": list(statements)}
    return {"Version": version, **out} if version else out


# The sections of the IAM user guide that the cases follow.
LOGIC = "Policy evaluation logic: explicit and implicit denies"
ACTION = "JSON policy elements: Action"
NOT_ACTION = "JSON policy elements: NotAction"
RESOURCE = "JSON policy elements: Resource"
SEGMENTS = "JSON policy elements: Resource, wildcards in resource ARNs"
NOT_RESOURCE = "JSON policy elements: NotResource"
CONDITION = "JSON policy elements: Condition"
OPERATORS = "JSON policy elements: Condition operators"
STRINGS = "Condition operators: string"
ARNS = "Condition operators: ARN"
IF_EXISTS = "Condition operators: IfExists"
NULL = "Condition operators: Null"
OTHERS = "Condition operators: numeric, Boolean, date, IP address"
SETS = "Conditions with multiple context keys or values: set operators"
LOGIC_OF_VALUES = "Conditions with multiple context keys or values: evaluation logic"
VARIABLES = "JSON policy elements: Variables and tags"
VERSION = "JSON policy elements: Version"
TEMPLATE = "AWS CloudFormation user guide: intrinsic functions and pseudo parameters"

GLUE_DENY = deny("sagemaker:*", JOB + "secret*")

CASES: list[tuple[str, object, str, str, Context, str]] = [
    # -- evaluation logic
    (LOGIC, document(), CREATE, JOB + "a", {}, DENIED),
    (LOGIC, document(allow()), CREATE, JOB + "a", {}, ALLOWED),
    (LOGIC, document(allow("s3:GetObject")), CREATE, JOB + "a", {}, DENIED),
    (LOGIC, document(allow(), deny()), CREATE, JOB + "a", {}, DENIED),
    (LOGIC, document(deny(), allow()), CREATE, JOB + "a", {}, DENIED),
    (LOGIC, document(deny("s3:*"), allow()), CREATE, JOB + "a", {}, ALLOWED),
    (LOGIC, document(allow(), GLUE_DENY), CREATE, JOB + "a", {}, ALLOWED),
    (LOGIC, document(allow(), GLUE_DENY), CREATE, JOB + "secret-1", {}, DENIED),
    (LOGIC, document(allow(), GLUE_DENY), CREATE, JOB + "*", {}, CANNOT_TELL),
    (LOGIC, document(allow(), GLUE_DENY), CREATE, JOB + "s*", {}, CANNOT_TELL),
    (LOGIC, document(allow(), GLUE_DENY), CREATE, JOB + "t*", {}, ALLOWED),
    (LOGIC, document(GLUE_DENY), CREATE, JOB + "*", {}, DENIED),
    (LOGIC, document(allow(), deny(resource=[JOB + "a*", "*"])), CREATE, JOB + "*", {}, DENIED),
    # -- actions
    (ACTION, document(allow("SageMaker:createtrainingjob")), CREATE, JOB + "a", {}, ALLOWED),
    (ACTION, document(allow("sagemaker:*")), CREATE, JOB + "a", {}, ALLOWED),
    (ACTION, document(allow("*")), CREATE, JOB + "a", {}, ALLOWED),
    (ACTION, document(allow("sagemaker:Create*Job")), CREATE, JOB + "a", {}, ALLOWED),
    (ACTION, document(allow("sagemaker:*trainingjob*")), CREATE, JOB + "a", {}, ALLOWED),
    (ACTION, document(allow("sagemaker:CreateTrainingJo?")), CREATE, JOB + "a", {}, ALLOWED),
    (ACTION, document(allow("sagemaker:CreateTrainingJob?")), CREATE, JOB + "a", {}, DENIED),
    (ACTION, document(allow("sagemaker:Create")), CREATE, JOB + "a", {}, DENIED),
    (ACTION, document(allow("glue:*")), CREATE, JOB + "a", {}, DENIED),
    (ACTION, document(allow(["s3:*", CREATE])), CREATE, JOB + "a", {}, ALLOWED),
    (ACTION, document(allow(["sagemaker:C*", "sagemaker:D*"])), "sagemaker:*", JOB + "a", {}, CANNOT_TELL),
    (NOT_ACTION, document(allow(None, NotAction="iam:*")), CREATE, JOB + "a", {}, ALLOWED),
    (NOT_ACTION, document(allow(None, NotAction=["iam:*", "sagemaker:*"])), CREATE, JOB + "a", {}, DENIED),
    (NOT_ACTION, document(allow("*"), deny(None, NotAction="sagemaker:*")), CREATE, JOB + "a", {}, ALLOWED),
    (NOT_ACTION, document(allow("*"), deny(None, NotAction="sagemaker:*")), "s3:GetObject", "*", {}, DENIED),
    # -- resources
    (RESOURCE, document(allow(resource=JOB + "a")), CREATE, JOB + "a", {}, ALLOWED),
    (RESOURCE, document(allow(resource=JOB + "a")), CREATE, JOB + "A", {}, DENIED),
    (RESOURCE, document(allow(resource=[JOB + "b", JOB + "a"])), CREATE, JOB + "a", {}, ALLOWED),
    (RESOURCE, document(allow(resource=JOB + "a*")), CREATE, JOB + "abc", {}, ALLOWED),
    (RESOURCE, document(allow(resource=JOB + "a*")), CREATE, JOB + "a", {}, ALLOWED),
    (RESOURCE, document(allow(resource=JOB + "a?")), CREATE, JOB + "a", {}, DENIED),
    (RESOURCE, document(allow(resource=JOB + "a?")), CREATE, JOB + "ab", {}, ALLOWED),
    (RESOURCE, document(allow(resource=JOB + "a*")), CREATE, JOB + "ab*", {}, ALLOWED),
    (RESOURCE, document(allow(resource=JOB + "a*")), CREATE, JOB + "*", {}, CANNOT_TELL),
    (RESOURCE, document(allow(resource=JOB + "a*")), CREATE, JOB + "b*", {}, DENIED),
    (RESOURCE, document(allow(resource=[JOB + "b--c", JOB + "b-?*-c"])), CREATE, JOB + "b-*-c", {}, ALLOWED),
    (
        RESOURCE,
        document(allow(resource=JOB + "b--c"), allow(resource=JOB + "b-?*-c")),
        CREATE,
        JOB + "b-*-c",
        {},
        ALLOWED,
    ),
    (RESOURCE, document(allow(resource=[JOB + "b--c", JOB + "b-??*-c"])), CREATE, JOB + "b-*-c", {}, CANNOT_TELL),
    (RESOURCE, document(allow("s3:*", S3 + "b")), "s3:GetObject", S3 + "b/*", {}, DENIED),
    (RESOURCE, document(allow("s3:*", S3 + "b/*")), "s3:GetObject", S3 + "b/1/2/x", {}, ALLOWED),
    (SEGMENTS, document(allow(resource="arn:aws:sagemaker:*:*:training-job/*")), CREATE, JOB + "a", {}, ALLOWED),
    (SEGMENTS, document(allow(resource="arn:aws:sagemaker:*")), CREATE, JOB + "*", {}, ALLOWED),
    (SEGMENTS, document(allow("s3:*", S3 + "b/*/t/*")), "s3:GetObject", S3 + "b/1/2/t/3/x", {}, ALLOWED),
    (SEGMENTS, document(allow("s3:*", S3 + "b/*/t/*")), "s3:GetObject", S3 + "b/1-t/x", {}, DENIED),
    (SEGMENTS, document(allow("s3:*", S3 + "*-x")), "s3:GetObject", S3 + "a:b-x", {}, CANNOT_TELL),
    (SEGMENTS, document(allow("s3:*", S3 + "a?b")), "s3:GetObject", S3 + "a:b", {}, CANNOT_TELL),
    (NOT_RESOURCE, document(allow("s3:*", None, NotResource=S3 + "h/*")), "s3:GetObject", S3 + "b/*", {}, ALLOWED),
    (NOT_RESOURCE, document(allow("s3:*", None, NotResource=S3 + "h/*")), "s3:GetObject", S3 + "h/a", {}, DENIED),
    (NOT_RESOURCE, document(allow("s3:*", None, NotResource=S3 + "h/*")), "s3:GetObject", S3 + "*", {}, CANNOT_TELL),
    (
        NOT_RESOURCE,
        document(allow("s3:*"), deny("s3:*", None, NotResource=[S3 + "h/p", S3 + "h/p/*"])),
        "s3:GetObject",
        S3 + "h/p/*",
        {},
        ALLOWED,
    ),
    (
        NOT_RESOURCE,
        document(allow("s3:*"), deny("s3:*", None, NotResource=[S3 + "h/p", S3 + "h/p/*"])),
        "s3:GetObject",
        S3 + "h/q",
        {},
        DENIED,
    ),
]


def passes(condition: object) -> object:
    return document(allow(PASS, ROLE + "r", condition))


SM = "sagemaker.amazonaws.com"
TO = {"iam:PassedToService": SM}
TAGS = "aws:TagKeys"

CONDITIONS: list[tuple[str, object, Context, str]] = [
    (CONDITION, {"StringEquals": TO}, TO, ALLOWED),
    (CONDITION, {"StringEquals": TO}, {"IAM:passedtoservice": SM}, ALLOWED),  # keys in any case
    (CONDITION, {"StringEquals": TO}, {"iam:PassedToService": "glue.amazonaws.com"}, DENIED),
    (CONDITION, {"StringEquals": TO}, {}, CANNOT_TELL),
    (CONDITION, {"StringEquals": {**TO, "aws:RequestedRegion": "eu-west-1"}}, TO, CANNOT_TELL),
    (LOGIC_OF_VALUES, {"StringEquals": {"a:b": ["x", "y"]}}, {"a:b": "y"}, ALLOWED),
    (LOGIC_OF_VALUES, {"StringEquals": {"a:b": "x", "a:c": "y"}}, {"a:b": "x", "a:c": "z"}, DENIED),
    (LOGIC_OF_VALUES, {"StringEquals": {"a:b": "x"}, "StringLike": {"a:c": "y*"}}, {"a:b": "x", "a:c": "yz"}, ALLOWED),
    (LOGIC_OF_VALUES, {"StringEquals": {"a:b": "z"}, "StringLike": {"a:c": "y*"}}, {"a:b": "x"}, DENIED),
    (LOGIC_OF_VALUES, {"StringNotEquals": {"a:b": ["x", "y"]}}, {"a:b": "y"}, DENIED),
    (LOGIC_OF_VALUES, {"StringNotEquals": {"a:b": ["x", "y"]}}, {"a:b": "z"}, ALLOWED),
    (OPERATORS, {"StringEquals": {"a:b": "x"}}, {"a:b": None}, DENIED),
    (OPERATORS, {"StringNotEquals": {"a:b": "x"}}, {"a:b": None}, ALLOWED),
    (OPERATORS, {"ArnNotLike": {"a:b": "x"}}, {"a:b": None}, ALLOWED),
    (OPERATORS, {"Bool": {"a:b": "true"}}, {"a:b": None}, DENIED),
    (STRINGS, {"StringEquals": {"a:b": "X"}}, {"a:b": "x"}, DENIED),
    (STRINGS, {"StringEqualsIgnoreCase": {"a:b": "X"}}, {"a:b": "x"}, ALLOWED),
    (STRINGS, {"StringNotEqualsIgnoreCase": {"a:b": "X"}}, {"a:b": "x"}, DENIED),
    (STRINGS, {"StringEquals": {"a:b": "x*"}}, {"a:b": "xy"}, DENIED),
    (STRINGS, {"StringLike": {"a:b": "x*z?"}}, {"a:b": "xyz1"}, ALLOWED),
    (STRINGS, {"StringLike": {"a:b": "x"}}, {"a:b": "xy"}, DENIED),
    (STRINGS, {"StringNotLike": {"a:b": "x*"}}, {"a:b": "xy"}, DENIED),
    (ARNS, {"ArnLike": {"a:b": "arn:aws:s:*:1:f/*"}}, {"a:b": "arn:aws:s:us-east-2:1:f/d"}, ALLOWED),
    (ARNS, {"ArnLike": {"a:b": "arn:aws:s:*:1:f/*"}}, {"a:b": "arn:aws:s:us-east-2:9:store/abc:1:f/d"}, DENIED),
    (ARNS, {"StringLike": {"a:b": "arn:aws:s:*:1:f/*"}}, {"a:b": "arn:aws:s:us-east-2:9:store/abc:1:f/d"}, ALLOWED),
    (ARNS, {"ArnEquals": {"a:b": "arn:aws:s:*:1:f/*"}}, {"a:b": "arn:aws:s:us-east-2:1:f/d"}, ALLOWED),
    (ARNS, {"ArnNotEquals": {"a:b": "arn:aws:s:*:1:f/*"}}, {"a:b": "arn:aws:s:us-east-2:1:f/d"}, DENIED),
    (ARNS, {"ArnLike": {"a:b": "arn:aws:*"}}, {"a:b": "arn:aws:s:us-east-2:1:f/d"}, CANNOT_TELL),
    (IF_EXISTS, {"StringEqualsIfExists": TO}, {"iam:PassedToService": None}, ALLOWED),
    (IF_EXISTS, {"StringEqualsIfExists": TO}, TO, ALLOWED),
    (IF_EXISTS, {"StringEqualsIfExists": TO}, {"iam:PassedToService": "x"}, DENIED),
    (IF_EXISTS, {"StringEqualsIfExists": TO}, {}, CANNOT_TELL),
    (NULL, {"Null": {"aws:TokenIssueTime": "true"}}, {"aws:TokenIssueTime": None}, ALLOWED),
    (NULL, {"Null": {"aws:TokenIssueTime": "true"}}, {"aws:TokenIssueTime": "2026-01-01"}, DENIED),
    (NULL, {"Null": {"aws:TokenIssueTime": False}}, {"aws:TokenIssueTime": "2026-01-01"}, ALLOWED),
    (NULL, {"Null": {"aws:TokenIssueTime": "false"}}, {}, CANNOT_TELL),
    (OTHERS, {"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "10"}, ALLOWED),
    (OTHERS, {"NumericLessThanEquals": {"s3:max-keys": 10}}, {"s3:max-keys": "11"}, DENIED),
    (OTHERS, {"NumericNotEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "11"}, ALLOWED),
    (OTHERS, {"NumericEquals": {"s3:max-keys": "ten"}}, {"s3:max-keys": "10"}, CANNOT_TELL),
    (OTHERS, {"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": "true"}, ALLOWED),
    (OTHERS, {"Bool": {"aws:SecureTransport": True}}, {"aws:SecureTransport": "false"}, DENIED),
    (OTHERS, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "203.0.113.9"}, CANNOT_TELL),
    (OTHERS, {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, {}, CANNOT_TELL),
    (SETS, {"ForAllValues:StringEquals": {TAGS: ["a", "b"]}}, {TAGS: ["a"]}, ALLOWED),
    (SETS, {"ForAllValues:StringEquals": {TAGS: ["a", "b"]}}, {TAGS: ["a", "c"]}, DENIED),
    (SETS, {"ForAllValues:StringEquals": {TAGS: ["a", "b"]}}, {TAGS: None}, ALLOWED),
    (SETS, {"ForAnyValue:StringLike": {TAGS: ["a*"]}}, {TAGS: ["c", "ab"]}, ALLOWED),
    (SETS, {"ForAnyValue:StringLike": {TAGS: ["a*"]}}, {TAGS: ["c"]}, DENIED),
    (SETS, {"ForAnyValue:StringLike": {TAGS: ["a*"]}}, {TAGS: []}, DENIED),
    (SETS, {"ForAnyValue:StringNotEquals": {TAGS: ["a"]}}, {TAGS: ["a", "b"]}, ALLOWED),
    (SETS, {"ForAnyValue:StringNotEquals": {TAGS: ["a"]}}, {TAGS: None}, DENIED),
    (SETS, {"StringEquals": {TAGS: ["a"]}}, {TAGS: ["a", "b"]}, CANNOT_TELL),
]

USER = "arn:aws:s3:::b/${aws:username}/*"
DEFAULTED = "arn:aws:s3:::b/${aws:username, 'none'}/*"

MORE: list[tuple[str, object, str, str, Context, str]] = [
    # -- conditions of Deny
    (CONDITION, document(allow(), deny(condition={"StringEquals": {"a:b": "x"}})), CREATE, "*", {"a:b": "x"}, DENIED),
    (CONDITION, document(allow(), deny(condition={"StringEquals": {"a:b": "x"}})), CREATE, "*", {"a:b": "y"}, ALLOWED),
    (CONDITION, document(allow(), deny(condition={"StringEquals": {"a:b": "x"}})), CREATE, "*", {}, CANNOT_TELL),
    (CONDITION, document(deny(condition={"StringEquals": {"a:b": "x"}})), CREATE, "*", {}, DENIED),
    (
        IF_EXISTS,
        document(allow(), deny(condition={"StringNotEqualsIfExists": {"a:b": "x"}})),
        CREATE,
        "*",
        {"a:b": None},
        DENIED,
    ),
    # -- variables
    (VARIABLES, document(allow("s3:*", USER)), "s3:GetObject", S3 + "b/ann/x", {"aws:username": "ann"}, ALLOWED),
    (VARIABLES, document(allow("s3:*", USER)), "s3:GetObject", S3 + "b/ann/x", {"AWS:UserName": "bob"}, DENIED),
    (VARIABLES, document(allow("s3:*", USER)), "s3:GetObject", S3 + "b/ann/x", {"aws:username": "*"}, DENIED),
    (VARIABLES, document(allow("s3:*", USER)), "s3:GetObject", S3 + "b/ann/x", {}, CANNOT_TELL),
    (VARIABLES, document(allow("s3:*", USER)), "s3:GetObject", S3 + "c/ann/x", {}, DENIED),
    (VARIABLES, document(allow("s3:*", USER)), "s3:GetObject", S3 + "b/ann/x", ASSUMED_ROLE, DENIED),
    (VARIABLES, document(allow("s3:*", DEFAULTED)), "s3:GetObject", S3 + "b/none/x", ASSUMED_ROLE, ALLOWED),
    (VARIABLES, document(allow("s3:*", S3 + "b/a${*}")), "s3:GetObject", S3 + "b/abc", {}, DENIED),
    (VARIABLES, document(allow("s3:*", S3 + "b/${?}${$}")), "s3:GetObject", S3 + "b/ab", {}, DENIED),
    (
        VARIABLES,
        document(allow("s3:*", "*", {"StringLike": {"s3:prefix": "${aws:PrincipalTag/team}/*"}})),
        "s3:ListBucket",
        S3 + "b",
        {"s3:prefix": "red/1", "aws:PrincipalTag/team": "red"},
        ALLOWED,
    ),
    (
        VARIABLES,
        document(allow(condition={"StringNotEquals": {"a:b": "${aws:username}"}})),
        CREATE,
        "*",
        {"a:b": "x", **ASSUMED_ROLE},
        CANNOT_TELL,
    ),
    (
        VERSION,
        document(allow("s3:*", USER), version="2008-10-17"),
        "s3:GetObject",
        S3 + "b/ann/x",
        {"aws:username": "ann"},
        DENIED,
    ),
    (
        VERSION,
        document(allow("s3:*", USER), version=None),
        "s3:GetObject",
        S3 + "b/ann/x",
        {"aws:username": "ann"},
        DENIED,
    ),
    # -- what a template fills in
    (TEMPLATE, document(allow(resource={"Fn::Sub": ANY_JOB + "a*"})), CREATE, ANY_JOB + "ab", {}, ALLOWED),
    (TEMPLATE, document(allow(resource={"Fn::Sub": ANY_JOB + "a*"})), CREATE, ANY_JOB + "b", {}, DENIED),
    (TEMPLATE, document(allow(resource={"Fn::Sub": ANY_JOB + "a*"})), CREATE, JOB + "ab", {}, CANNOT_TELL),
    (
        TEMPLATE,
        document(allow(resource="arn:aws:sagemaker:*:*:training-job/*")),
        CREATE,
        "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:training-job/${Name}",
        {},
        ALLOWED,
    ),
    (TEMPLATE, document(allow(resource=JOB + "a")), CREATE, ANY_JOB + "a", {}, CANNOT_TELL),
    (TEMPLATE, document(allow(resource=JOB + "a")), CREATE, ANY_JOB + "b", {}, DENIED),
    (TEMPLATE, document(allow(resource={"Ref": "Jobs"})), CREATE, JOB + "a", {}, CANNOT_TELL),
    (TEMPLATE, document(allow(resource={"Ref": "Jobs"})), CREATE, "${Jobs}", {}, ALLOWED),
    (
        TEMPLATE,
        document(allow("lambda:*", {"Fn::GetAtt": ["F", "Arn"]})),
        "lambda:InvokeFunction",
        "${F.Arn}",
        {},
        ALLOWED,
    ),
    (
        TEMPLATE,
        document(allow("lambda:*", {"Fn::GetAtt": "F.Arn"})),
        "lambda:InvokeFunction",
        "${F.Arn}:*",
        {},
        DENIED,
    ),
    (
        TEMPLATE,
        document(allow("lambda:*", {"Fn::Sub": "${F.Arn}:*"})),
        "lambda:InvokeFunction",
        "${F.Arn}:*",
        {},
        ALLOWED,
    ),
    (
        TEMPLATE,
        document(allow("s3:*", {"Fn::Join": ["", [S3, {"Ref": "B"}, "/*"]]})),
        "s3:GetObject",
        S3 + "${B}/x*",
        {},
        ALLOWED,
    ),
    (
        TEMPLATE,
        document(allow("s3:*", {"Fn::Sub": [S3 + "${X}/*", {"X": {"Ref": "B"}}]})),
        "s3:GetObject",
        S3 + "${B}/x",
        {},
        ALLOWED,
    ),
    (
        TEMPLATE,
        document(allow("s3:*", {"Fn::Sub": S3 + "b/${!aws:username}"})),
        "s3:GetObject",
        S3 + "b/ann",
        {"aws:username": "ann"},
        ALLOWED,
    ),
    (TEMPLATE, document(allow("s3:*", {"Fn::ImportValue": "x"})), "s3:GetObject", S3 + "b", {}, CANNOT_TELL),
    (TEMPLATE, document(allow({"Ref": "Action"})), CREATE, JOB + "a", {}, CANNOT_TELL),
    (TEMPLATE, document(allow(), {"Fn::If": ["Prod", deny(), {"Ref": "AWS::NoValue"}]}), CREATE, "*", {}, CANNOT_TELL),
    (TEMPLATE, document({"Effect": {"Ref": "E"}, "Action": CREATE, "Resource": "*"}), CREATE, "*", {}, CANNOT_TELL),
    (TEMPLATE, document({"Effect": {"Ref": "E"}, "Action": "s3:*", "Resource": "*"}), CREATE, "*", {}, DENIED),
    (TEMPLATE, document(allow(resource=[{"Ref": "AWS::NoValue"}, JOB + "b"])), CREATE, JOB + "a", {}, DENIED),
    (
        TEMPLATE,
        document(allow(condition={"StringEquals": {"a:b": {"Ref": "X"}}})),
        CREATE,
        "*",
        {"a:b": "x"},
        CANNOT_TELL,
    ),
    (
        TEMPLATE,
        document(allow(condition={"StringEquals": {"a:b": {"Ref": "X"}}})),
        CREATE,
        "*",
        {"a:b": "${X}"},
        ALLOWED,
    ),
    (TEMPLATE, document(allow(condition={"Fn::If": ["c", {}, {}]})), CREATE, "*", {}, CANNOT_TELL),
    (TEMPLATE, document(allow(None, None, NotAction="s3:*", NotResource=S3 + "${B}")), CREATE, JOB + "*", {}, ALLOWED),
    (TEMPLATE, document(allow("s3:*", None, NotResource=S3 + "${B}")), "s3:GetObject", S3 + "b", {}, CANNOT_TELL),
]

ALL = (
    CASES
    + [
        (section, passes(condition), PASS, ROLE + "r", context, verdict)
        for section, condition, context, verdict in CONDITIONS
    ]
    + MORE
)


@pytest.mark.parametrize(
    "i", range(len(ALL)), ids=lambda i: f"{i}-{ALL[i][0].split(':')[-1].strip().replace(' ', '-')}"
)
def test_follows_the_user_guide(i: int) -> None:
    _, value, action, resource, context, verdict = ALL[i]
    answer = Policies(load(value)).allows(action, resource, context)
    assert answer.verdict == verdict, answer


def test_each_section_has_cases() -> None:
    assert len(ALL) >= 60
    assert {case[0] for case in ALL} == {
        LOGIC, ACTION, NOT_ACTION, RESOURCE, SEGMENTS, NOT_RESOURCE, CONDITION, OPERATORS, STRINGS, ARNS, IF_EXISTS, NULL,
        OTHERS, SETS, LOGIC_OF_VALUES, VARIABLES, VERSION, TEMPLATE,
    }  # fmt: skip


# -- several policies ("Permissions boundaries for IAM entities")

EVERYTHING, NOTHING = load(document(allow("*"))), load(document())


@pytest.mark.parametrize(
    ("identity", "boundary", "verdict"),
    [
        (EVERYTHING, [], ALLOWED),
        (NOTHING + EVERYTHING, [], ALLOWED),
        (EVERYTHING, EVERYTHING, ALLOWED),
        (EVERYTHING, NOTHING, DENIED),
        (NOTHING, EVERYTHING, DENIED),
        (EVERYTHING, load(document(allow("sagemaker:*"))), ALLOWED),
        (EVERYTHING, load(document(allow("s3:*"))), DENIED),
        (EVERYTHING, EVERYTHING + NOTHING, DENIED),
        (EVERYTHING, load(document(allow("*"), deny())), DENIED),
        (EVERYTHING, load(document(allow("*", JOB + "a*"))), CANNOT_TELL),
        (load(document(allow(resource=JOB + "a*"))), NOTHING, DENIED),
        (EVERYTHING + load(document(deny())), EVERYTHING, DENIED),
    ],
)
def test_boundary(identity: list[Policy], boundary: list[Policy], verdict: str) -> None:
    assert Policies(identity, boundary).allows(CREATE, JOB + "*").verdict == verdict


def test_policies_that_are_not_here() -> None:
    policies = Policies(NOTHING, complete=False)
    assert policies.allows(CREATE, "*").verdict == CANNOT_TELL
    assert Policies(load(document(deny())), complete=False).allows(CREATE, "*").verdict == DENIED
    assert Policies(EVERYTHING, complete=False).allows(CREATE, "*").verdict == ALLOWED


def test_the_statements_that_decide() -> None:
    value = document(allow("s3:*"), allow(CREATE, JOB + "a*", {"StringEquals": {"a:b": "x"}}), deny(CREATE, JOB + "b*"))
    policies = Policies(load(value))
    first, second, third = policies.identity[0].statements
    answer = policies.allows("s3:GetObject", S3 + "b")
    assert (answer.verdict, answer.statements) == (ALLOWED, (first,))
    answer = policies.allows(CREATE, JOB + "a")
    assert (answer.verdict, answer.statements) == (CANNOT_TELL, (second,))
    assert "`a:b`" in answer.reason
    answer = policies.allows(CREATE, JOB + "bc")
    assert (answer.verdict, answer.statements, answer.explicit) == (DENIED, (third,), True)
    assert third.effect == DENY
    text = third.node.origin.content[third.node.start : third.node.end]
    assert json.loads(text) == deny(CREATE, JOB + "b*")
    answer = policies.allows("glue:StartJobRun", "*")
    assert (answer.verdict, answer.statements, answer.explicit) == (DENIED, (), False)


def test_why_it_cannot_be_told() -> None:
    def why(statement: object, resource: str) -> str:
        return Policies(load(document(statement))).allows(CREATE, resource).reason

    assert "a part of the resources" in why(allow(resource=JOB + "a*"), JOB + "*")
    assert "filled in" in why(allow(resource=JOB + "${Name}"), JOB + "a")
    assert "filled in" in why(allow(resource=JOB + "a"), JOB + "${Name}")
    assert "`Effect`" in why({**allow(), "Effect": {"Ref": "E"}}, JOB + "a")
    assert "the template" in why({"Fn::If": ["c", allow(), allow()]}, JOB + "a")


# -- needs


def need(actions: object, resources: object, condition: object = ()) -> Need:
    def several(value: object) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]

    return Need(several(actions), several(resources), condition, "makes the call", FAILS, "documented", "", "", ())  # type: ignore[arg-type]


def test_a_need_tells_the_request() -> None:
    ask = need(PASS, ROLE + "r", (("StringEquals", "iam:PassedToService", SM),))
    assert contexts_of(ask, {"a:b": None}) == [{"a:b": None, "iam:PassedToService": SM}]
    [(action, resource, answer)] = Policies(load(passes({"StringEquals": TO}))).allows_need(ask)
    assert (action, resource, answer.verdict) == (PASS, ROLE + "r", ALLOWED)
    [(_, _, answer)] = Policies(load(passes({"StringEquals": {"iam:PassedToService": "x"}}))).allows_need(ask)
    assert answer.verdict == DENIED


def test_a_need_of_several_values_needs_each() -> None:
    ask = need("iam:CreateServiceLinkedRole", "*", (("StringEquals", "iam:AWSServiceName", ("a", "b")),))
    assert contexts_of(ask) == [{"iam:AWSServiceName": "a"}, {"iam:AWSServiceName": "b"}]

    def verdict(*names: str) -> str:
        policies = Policies(load(document(allow("iam:*", "*", {"StringEquals": {"iam:AWSServiceName": list(names)}}))))
        [(_, _, answer)] = policies.allows_need(ask)
        return answer.verdict

    assert verdict("a", "b", "c") == ALLOWED
    assert verdict("a") == DENIED


def test_a_test_with_a_wildcard_tells_no_value() -> None:
    assert contexts_of(need(PASS, "*", (("StringLike", "k", "a*"), ("StringEquals", "l", "b*")))) == [{}]


NEEDS = [
    need([CREATE, "sagemaker:StopTrainingJob"], ANY_JOB + "a*"),
    need("s3:GetObject", S3 + "b/in/*"),
]


def test_what_is_superfluous() -> None:
    value = document(
        allow([CREATE, "sagemaker:CreateModel", "s3:*"], [ANY_JOB + "*", S3 + "c/*", {"Ref": "Other"}]),
        allow("glue:*"),
        deny("glue:*"),
        allow("s3:GetObject", S3 + "c"),
        allow({"Ref": "Action"}, {"Ref": "Resource"}),
    )
    policies = load(value)
    assert [
        (e.kind, e.text, policies[0].statements.index(e.statement)) for e in unused(policies[0].statements, NEEDS)
    ] == [
        ("action", "sagemaker:CreateModel", 0),
        ("resource", S3 + "c/*", 0),
        ("statement", "", 1),
        ("statement", "", 3),
    ]


def test_what_is_wider_than_needed() -> None:
    value = document(
        allow(["sagemaker:*TrainingJob", "s3:GetObject"], [ANY_JOB + "*", S3 + "b/in/*", S3 + "${Bucket}/*"]),
        allow([CREATE, "glue:*"], ANY_JOB + "a*"),
        allow("*"),
        allow(None, None, NotAction="glue:*", NotResource=S3 + "secret/*"),
        deny("*"),
    )
    statements = load(value)[0].statements
    jobs = (CREATE, "sagemaker:StopTrainingJob")
    both = (*jobs, "s3:GetObject")
    resources = (ANY_JOB + "a*", S3 + "b/in/*")
    assert [(statements.index(e.statement), e.kind, e.text, e.needed) for e in wider_than(statements, NEEDS)] == [
        (0, "action", "sagemaker:*TrainingJob", jobs),
        (0, "resource", ANY_JOB + "*", resources[:1]),
        (2, "action", "*", both),
        (2, "resource", "*", resources),
        (3, "action", "", both),
        (3, "resource", "", resources),
    ]


def test_a_wildcard_region_is_not_wider_than_a_region_that_is_not_known() -> None:
    statements = load(document(allow(CREATE, "arn:aws:sagemaker:*:*:training-job/a*")))[0].statements
    assert (
        wider_than(statements, [need(CREATE, "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:training-job/a*")])
        == []
    )


# -- patterns against brute force

TEXTS = ["".join(t) for n in range(5) for t in itertools.product("ab:z", repeat=n)]
PATTERNS = st.text(alphabet="ab:*?", max_size=5)


def matches(pattern: str, text: str, *, strict: bool = False) -> bool:
    """Match one text, by trying all there is."""
    reached = {0}
    for i, c in enumerate(pattern):
        stays = strict and (c == "?" or pattern[i + 1 :].lstrip("*")[:1] not in ("", ":"))
        if c == "*":
            reached |= {k for j in reached for k in range(j, len(text) + 1) if not (stays and ":" in text[j:k])}
        else:
            reached = {
                j + 1
                for j in reached
                if j < len(text) and (text[j] == c or (c == "?" and not (stays and text[j] == ":")))
            }
    return len(text) in reached


@given(PATTERNS, st.lists(PATTERNS, min_size=1, max_size=3))
def test_containment_agrees_with_brute_force(asked: str, patterns: list[str]) -> None:
    # z is in no pattern: it stands for all the other characters there are
    counter = next((t for t in TEXTS if matches(asked, t) and not any(matches(p, t) for p in patterns)), None)
    found = contained(pattern_tokens(asked), [pattern_tokens(p) for p in patterns])
    if counter is not None:
        assert not found, counter
    elif not found:
        # a counterexample, then, is longer than the texts tried: each pattern needs at most its letters and stars filled
        longer = ("".join(t) for n in range(5, 9) for t in itertools.product("abz:", repeat=n))
        assert any(matches(asked, t) and not any(matches(p, t) for p in patterns) for t in longer)


SHORT = st.text(alphabet="ab:*?", max_size=4)


@given(SHORT, SHORT)
def test_overlap_agrees_with_brute_force(one: str, other: str) -> None:
    # a shortest text that matches both has no more characters than both patterns have beside their stars
    longest = sum(c != "*" for c in one + other)
    texts = ("".join(t) for n in range(longest + 1) for t in itertools.product("ab:", repeat=n))
    assert overlaps(pattern_tokens(one), pattern_tokens(other)) == any(
        matches(one, t) and matches(other, t) for t in texts
    )


@given(PATTERNS, st.lists(PATTERNS, min_size=1, max_size=2))
def test_wildcards_that_stay_in_their_segment_agree_with_brute_force(asked: str, patterns: list[str]) -> None:
    strict = policy_module._strict
    found = contained(strict(pattern_tokens(asked)), [strict(pattern_tokens(p)) for p in patterns])
    for text in TEXTS:
        if matches(asked, text, strict=True) and not any(matches(p, text, strict=True) for p in patterns):
            assert not found, text
            return


HOLED = st.lists(st.sampled_from(["a", "b", ":", "*", "?", "${X}", "${Y}"]), max_size=5).map("".join)
FILLINGS = [{"${X}": x, "${Y}": y} for x in ("", "a", "b:", "zz") for y in ("", "a", "zzz")]


@given(HOLED, st.lists(HOLED, min_size=1, max_size=2))
def test_what_holds_with_holes_holds_however_they_are_filled(asked: str, patterns: list[str]) -> None:
    def filled(pattern: str, values: dict[str, str]) -> str:
        for hole, value in values.items():
            pattern = pattern.replace(hole, value)
        return pattern

    tokens = pattern_tokens(asked), [pattern_tokens(p) for p in patterns]
    sure = contained(*tokens)
    never = not any(overlaps(tokens[0], p) for p in tokens[1])
    for values in FILLINGS:
        one = pattern_tokens(filled(asked, values))
        others = [pattern_tokens(filled(p, values)) for p in patterns]
        if sure:
            assert contained(one, others), values
        if never:
            assert not any(overlaps(one, other) for other in others), values


def test_hostile_patterns_end() -> None:
    many = "*a?" * 60
    assert not contained(pattern_tokens("x" + many), [pattern_tokens(many + "y"), pattern_tokens("?a*" * 60)])
    policies = Policies(
        load(document(allow(resource=S3 + "*a" * 80 + "*"), allow(resource=S3 + "?" * 80 + "*b" * 80 + "*")))
    )
    assert policies.allows(CREATE, S3 + "*c" * 80 + "*").verdict == CANNOT_TELL


# -- reading


def yaml(text: str) -> list[Policy]:
    return read_policies(read("policy.yaml", text.encode()))


ONE = allow(CREATE, "*")


@pytest.mark.parametrize(
    "value",
    [
        document(ONE),
        {"Version": "2012-10-17", "Statement": ONE},
        {"PolicyName": "p", "PolicyDocument": document(ONE)},
        {"RoleName": "r", "PolicyName": "p", "PolicyDocument": document(ONE)},
        {"PolicyVersion": {"Document": document(ONE), "VersionId": "v7", "IsDefaultVersion": True}},
        [ONE],
        ONE,
        [document(ONE)],
        [{"PolicyName": "p", "PolicyDocument": document(ONE)}, document(ONE)],
    ],
)
def test_where_a_policy_stands(value: object) -> None:
    policies = load(value)
    assert {policy.version for policy in policies} == {"2012-10-17"}
    assert Policies(policies).allows(CREATE, JOB + "a").verdict == ALLOWED
    assert [problem for policy in policies for problem in policy.problems] == []


def test_yaml_with_short_forms() -> None:
    policies = yaml(
        """
Version: 2012-10-17
Statement:
  - Sid: Jobs
    Effect: Allow
    Action: [sagemaker:CreateTrainingJob]
    Resource:
      - !Sub "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:training-job/a*"
      - !GetAtt F.Arn
      - !Join ['', ['arn:aws:s3:::', !Ref B, '/*']]
      - Fn::Join:
          - '/'
          - - !Sub arn:aws:s3:::${B}
            - x
      - !Sub
        - arn:aws:sns:eu-west-1:1:${Topic}
        - Topic: !Ref T
      - ${Whole}
      - !ImportValue other
"""
    )
    [policy] = policies
    assert policy.version == "2012-10-17"
    assert policy.problems == ()
    [statement] = policy.statements
    assert statement.sid == "Jobs"
    assert [pattern.text for pattern in statement.resources] == [
        ANY_JOB + "a*",
        "${F.Arn}",
        S3 + "${B}/*",
        S3 + "${B}/x",
        "arn:aws:sns:eu-west-1:1:${T}",
        "${Whole}",
        "${!ImportValue other}",
    ]
    node = statement.resources[1].node
    assert node.origin.content[node.start : node.end] == "!GetAtt F.Arn"


def test_a_place_fills_in_the_pseudo_parameters() -> None:
    place = Place("aws", "eu-west-1", "111122223333")
    value = document(allow(resource={"Fn::Sub": ANY_JOB + "a*"}))
    assert Policies(load(value, place=place)).allows(CREATE, JOB + "ab").verdict == ALLOWED
    assert Policies(load(value, place=Place("aws"))).allows(CREATE, JOB + "ab").verdict == CANNOT_TELL
    assert Policies(load(value, place=Place())).allows(CREATE, ANY_JOB + "ab").verdict == ALLOWED


@pytest.mark.parametrize(
    ("text", "said", "at"),
    [
        ("", "empty", "1:1"),
        ("{", "", "1:"),
        ('{"Statement": [,]}', "", "1:"),
        ("[]", "no IAM policy", "1:1"),
        ("3", "no IAM policy", "1:1"),
        ('{"a": 1}', "no IAM policy", "1:1"),
        ('{"StartAt": "A", "States": {}}', "state machine", "1:1"),
        ('{"Resources": {}}', "template", "1:1"),
        ('{"Statement": "x"}', "object or a list", "1:15"),
        ('[{"Effect": "Allow"}, 4]', "no IAM policy", "1:23"),
        (
            '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",\n "Principal": {"Service": "states.amazonaws.com"}}]}',
            "trust policy",
            "2:2",
        ),
    ],
)
def test_what_is_no_policy(text: str, said: str, at: str) -> None:
    with pytest.raises(PolicyError) as raised:
        read_policies(read("policy.json", text.encode()))
    assert str(raised.value).startswith(f"policy.json:{at}")
    assert said in str(raised.value)


def problems(*statements: object, **more: object) -> list[tuple[str, str]]:
    [policy] = load({**document(*statements), **more})
    out = []
    for problem in policy.problems:
        text = policy.node.origin.content[problem.start : problem.end]
        out.append((problem.kind, text))
    return out


@pytest.mark.parametrize(
    ("statement", "kind", "at"),
    [
        (allow(Principal="*"), "principal", '"Principal"'),
        (allow(NotPrincipal="*"), "principal", '"NotPrincipal"'),
        ({**allow(), "Effect": "allow"}, "effect", '"allow"'),
        ({"Action": "s3:*", "Resource": "*"}, "effect", '{"Action": "s3:*", "Resource": "*"}'),
        (allow("GetObject"), "action", '"GetObject"'),
        (allow(3), "action", "3"),
        (allow(NotAction="s3:*"), "action", '"NotAction"'),
        ({"Effect": "Allow", "Action": "s3:*"}, "resource", '{"Effect": "Allow", "Action": "s3:*"}'),
        (allow(resource="bucket"), "resource", '"bucket"'),
        (allow(resource="arn:aws:s3"), "resource", '"arn:aws:s3"'),
        (allow(NotResource="*"), "resource", '"NotResource"'),
        (allow(Actions="s3:*"), "element", '"Actions"'),
        (allow(condition={"StringEqual": {"a:b": "c"}}), "operator", '"StringEqual"'),
        (allow(condition={"NullIfExists": {"a:b": "true"}}), "operator", '"NullIfExists"'),
        (allow(condition={"StringEquals": "x"}), "condition", '"x"'),
        (allow(condition="x"), "condition", '"x"'),
        ("x", "statement", '"x"'),
    ],
)
def test_what_iam_refuses(statement: object, kind: str, at: str) -> None:
    assert (kind, at) in problems(statement, allow())


def test_what_iam_takes() -> None:
    fine = allow(
        ["s3:*", "*"],
        ["*", "arn:aws:s3:::b", "arn:aws:ec2:*", "${X}", {"Ref": "Y"}],
        {"StringLikeIfExists": {"a:b": ["c"]}},
        Sid="A",
    )
    assert problems(fine) == []
    assert problems(fine, Version="2008-10-17") == []
    assert problems(fine, Version={"Ref": "V"}) == []
    assert problems(fine, Version="2013-10-17") == [("version", '"2013-10-17"')]


def test_a_refused_effect_allows_nothing() -> None:
    assert Policies(load(document({**allow("*"), "Effect": "allow"}))).allows(CREATE, "*").verdict == DENIED


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from(["Allow", "*", "s3:*", "${X}", "arn:aws:s3:::b"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Version",
                        "Statement",
                        "Effect",
                        "Action",
                        "NotAction",
                        "Resource",
                        "NotResource",
                        "Condition",
                        "Principal",
                        "StringEquals",
                        "Ref",
                        "Fn::Sub",
                        "Fn::Join",
                        "Fn::If",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_value_ends_in_policies_or_a_clear_error(value: object) -> None:
    for one in (
        value,
        {"Statement": value},
        {"Statement": [{"Effect": "Allow", "Action": value, "Resource": value, "Condition": value}]},
    ):
        try:
            policies = load(one)
        except PolicyError as error:
            assert str(error).startswith("policy.json:")
        else:
            assert Policies(policies, policies).allows(CREATE, JOB + "*", {"a:b": "c"}).verdict in (
                ALLOWED,
                DENIED,
                CANNOT_TELL,
            )


@given(st.text(alphabet="{}[]()!&*:,'\"$ \n-SubRefJoinFn:", max_size=40))
def test_any_intrinsic_is_read_or_a_hole(raw: str) -> None:
    try:
        yaml("Statement:\n  Effect: Allow\n  Action: '*'\n  Resource: !Sub " + raw)
    except PolicyError as error:
        assert str(error).startswith("policy.yaml:")


# -- other people's policies


def pairs(shared: Path) -> Iterator[tuple[str, object]]:
    folder = shared / "corpus" / "iam-pairs"
    for path in sorted(folder.rglob("*.json")):
        value = json.loads(path.read_text(encoding="utf-8"))
        if value.get("statements"):
            yield path.name, value["statements"]


def test_policies_of_templates_allow_what_they_say(shared: Path) -> None:
    asked = 0
    for name, value in pairs(shared):
        [policy] = policies_at(read("p.json", json.dumps(value).encode()).root)  # type: ignore[arg-type]
        # tests of another project have ARNs of three and five parts, which IAM refuses
        assert {problem.kind for problem in policy.problems} <= ({"resource"} if "compileIamRole" in name else set()), (
            name
        )
        policies = Policies([policy])
        for statement in policy.statements:
            if DENY in {other.effect for other in policy.statements}:
                continue
            for action, resource in itertools.product(statement.actions, statement.resources):
                answer = policies.allows(action.text, resource.text)
                assert answer.verdict == (CANNOT_TELL if statement.tests else ALLOWED) or answer.verdict == ALLOWED, (
                    name,
                    action,
                    resource,
                )
                asked += 1
    assert asked > 1000


def test_loads_nothing_heavy() -> None:
    code = "import sys, asllint.aws.policy; print(*sorted({'json', 'yaml', 'typing', 'enum', 'dataclasses'} & {*sys.modules}))"
    out = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.split() in ([], ["enum"])  # re has enum
