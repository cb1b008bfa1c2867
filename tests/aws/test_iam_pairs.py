"""Our policies beside those of the AWS CDK, of serverless-step-functions, and of the authors of templates.

A difference is one of the classes below, each with its argument; any other fails.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asllint.aws.iam import Place
from asllint.aws.policy import ALLOW, ALLOWED, DENIED, Policies, Policy, read_policies
from asllint.model import StateMachine, audit, build
from asllint.model.permissions import Needs, document, least, machine_needs
from asllint.source import read

PLACE = Place("aws", "us-east-1", "123456789012")
FILLED = {"${AWS::Partition}": "aws", "${AWS::Region}": "us-east-1", "${AWS::AccountId}": "123456789012"}

# -- classes of what another policy allows and ours does not

REFERENCE = "the same resource: theirs refers to it, ours names it, or names all of its type"
PATTERN = "granted for every pattern; without .sync nothing is followed, stopped or ruled"
CASE = "ours has it among the special cases, which a definition does not tell"
NARROWER = "ours is on the type, the resource or the condition that the reference, or AWS's page, names; theirs on *"
WILDCARD = "theirs has a wildcard in the action, ours names the actions that are called"
NOT_CALLED = "no call of the task uses it"
CONTAINER = "logging, encryption or the plug-in's own setting, which is not in the definition"
VERSIONS = "a function beside the version that is called, or versions beside the function"
UNKNOWN = "the Resource is a reference, or no integration"

NOT_CALLED_BY: dict[str, tuple[str, ...]] = {
    # what CDK or the plug-in grants: integrations
    "codebuild:BatchGetReports": ("codebuild:",),  # reports follow no build
    "glue:GetCrawler": ("aws-sdk:glue:startCrawler",),  # a call of the SDK is not followed
    "elasticmapreduce:AddTags": ("elasticmapreduce:createCluster",),  # no Tags are given
    "iam:PassRole": ("sagemaker:createTransformJob",),  # CreateTransformJob takes no role
}
SYNC_ONLY = (
    "events:PutTargets", "events:PutRule", "events:DescribeRule", "states:DescribeExecution", "states:StopExecution",
    "ecs:StopTask", "ecs:DescribeTasks", "athena:getQueryExecution", "codebuild:StopBuild", "codebuild:BatchGetBuilds",
    "codebuild:StopBuildBatch", "codebuild:BatchGetBuildBatches", "elasticmapreduce:DescribeCluster",
    "elasticmapreduce:TerminateJobFlows",
)  # fmt: skip


def rows(shared: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    folder = shared / "corpus" / "iam-pairs"
    if not folder.is_dir():
        pytest.skip("no pairs of definitions and policies")
    with (folder / "index.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            name = json.loads(line)["file"]
            if name.startswith(kind):
                yield name, json.loads((folder / name).read_text(encoding="utf-8"))


def policies_of(value: object) -> list[Policy]:
    return read_policies(read("p.json", json.dumps(value).encode()), PLACE) if value else []


def machine_of(definition: object) -> StateMachine:
    made = build(read("d.json", json.dumps(plain(definition)).encode()), judged=True)
    assert made is not None
    return made


def plain(value: object) -> object:
    """Return a definition with placeholders for the intrinsic functions of a framework's YAML."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in (
            "Ref",
            "Fn::GetAtt",
            "Fn::Sub",
            "Fn::Join",
            "Fn::ImportValue",
            "Fn::Select",
        ):
            return "${Reference}"
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def own_policy(needs: list[Needs]) -> Policies:
    return Policies(policies_of(document(least(need.statement for one in needs for need in one.needs))))


def classed(needs: list[Needs], action: str, resource: str, verdict: str) -> str:
    """Return the class of something that another policy allows and ours does not; "" for none."""
    statements = [need.statement for one in needs for need in one.needs]
    calls = [need.call for one in needs for need in one.needs]
    same = [one for one in statements if any(name.lower() == action.lower() for name in one.actions)]
    if any(one.only for one in same) and verdict == DENIED:
        return CASE
    if "${" in resource and same and verdict != DENIED:
        return REFERENCE
    functions = [one.split(":")[:7] for needed in same for one in needed.resources]
    if action == "lambda:InvokeFunction" and resource.split(":")[:7] in functions:
        return VERSIONS
    if action in SYNC_ONLY and not any(
        ".sync" in call and call.split(":")[0] == action.split(":")[0] for call in calls
    ):
        if verdict == DENIED:
            return PATTERN
    if any(call.startswith(prefix) for prefix in NOT_CALLED_BY.get(action, ()) for call in calls):
        return NOT_CALLED if verdict == DENIED else NARROWER
    if "*" in action and any(name.startswith(action.rstrip("*")) for one in statements for name in one.actions):
        return WILDCARD
    if action.startswith(("logs:", "xray:", "kms:")):
        return CONTAINER
    if same and verdict != DENIED:
        return NARROWER
    if any(one.unknown for one in needs):
        return UNKNOWN
    return ""


def differences(needs: list[Needs], theirs: list[Policy]) -> Iterator[tuple[str, str, str, str]]:
    """Yield action, resource, verdict and class of what theirs allows and ours does not surely."""
    ours = own_policy(needs)
    for policy in theirs:
        for statement in policy.statements:
            for action in statement.actions if statement.effect == ALLOW else ():
                for pattern in statement.resources:
                    resource = pattern.text
                    for hole, value in FILLED.items():
                        resource = resource.replace(hole, value)
                    verdict = ours.allows(action.text, resource).verdict
                    if verdict != ALLOWED:
                        yield action.text, resource, verdict, classed(needs, action.text, resource, verdict)


def test_the_policies_of_the_cdk(shared: Path) -> None:
    found: Counter[str] = Counter()
    files = 0
    for name, pair in rows(shared, "cdk-synth"):
        files += 1
        needs = machine_needs(machine_of(pair["definition"]), PLACE, logging=pair["logging"], tracing=pair["tracing"])
        assert not needs.unknown, name
        for action, resource, verdict, kind in differences([needs], policies_of(pair["statements"])):
            assert kind, (name, action, resource, verdict)
            found[kind] += 1
    assert files == 53
    assert found == {NARROWER: 25, REFERENCE: 19, PATTERN: 17, CASE: 17, NOT_CALLED: 6, CONTAINER: 2}


def test_the_policies_of_serverless_step_functions(shared: Path) -> None:
    found: Counter[str] = Counter()
    files = 0
    for name, pair in rows(shared, "serverless-step-functions"):
        if "stateMachines" in pair:
            machines = [one for one in pair["stateMachines"].values() if isinstance(one.get("definition"), dict)]
            # what the plug-in is told to add beside the definition
            added = {str(s.get("Action")) for one in machines for s in one.get("iamRoleStatements", ())}
            definitions = [one["definition"] for one in machines if not one.get("role")]
            theirs = [one for one in pair["statements"] if str(one.get("Action")) not in added]
        else:
            state = (pair["args"] or [None])[0]
            if not isinstance(state, dict) or "Resource" not in state:
                continue
            definitions = [{"StartAt": "A", "States": {"A": {**state, "Type": "Task", "End": True}}}]
            expected = pair["expected"] if isinstance(pair["expected"], list) else [pair["expected"]]
            theirs = [
                {"Effect": "Allow", "Action": one["action"].split(","), "Resource": one["resource"]}
                for one in expected
                if isinstance(one, dict) and "action" in one
            ]
        if not definitions or not theirs:
            continue
        files += 1
        needs = [machine_needs(machine_of(one), PLACE) for one in definitions]
        for action, resource, verdict, kind in differences(needs, policies_of(theirs)):
            assert kind, (name, action, resource, verdict)
            found[kind] += 1
    assert files > 100
    assert found == {
        PATTERN: 77, VERSIONS: 37, CONTAINER: 20, NARROWER: 20, UNKNOWN: 14, CASE: 8, WILDCARD: 4, REFERENCE: 1,
    }  # fmt: skip


# -- what we say is missing from the role that an author wrote

TRUE = "true: AWS documents it, and nothing in the role allows it"
MISSING = {
    # (repository, action)
    ("aws-samples/aws-stepfunctions-examples", "states:DescribeExecution"): TRUE,  # .sync:2 of a crawler's machine
    ("aws-samples/aws-stepfunctions-examples", "states:StopExecution"): TRUE,
    ("awslabs/aws-deployment-framework", "codebuild:StopBuild"): TRUE,  # .sync, and StartBuild alone
    ("compugen-ltd/aws-stepfunctions-toolkit", "events:PutTargets"): TRUE,  # batch:submitJob.sync
    ("compugen-ltd/aws-stepfunctions-toolkit", "events:PutRule"): TRUE,
    ("compugen-ltd/aws-stepfunctions-toolkit", "events:DescribeRule"): TRUE,
}


def test_what_is_missing_from_the_roles_of_templates(shared: Path) -> None:
    found: set[tuple[str, str]] = set()
    wrong: set[tuple[str, str]] = set()
    files = 0
    for _name, pair in rows(shared, "templates"):
        files += 1
        complete = not pair["managedPolicies"] and not pair["samPolicies"]
        policies = Policies(policies_of(pair["statements"]), complete=complete)
        # a template of SAM adds what tracing needs, and does not show it
        result = audit.audit([machine_of(pair["definition"])], policies, PLACE, logging=pair["logging"])
        wrong |= {(pair["repo"], one.action.text) for one in result.wrong}
        found |= {(pair["repo"], action) for gap in result.missing for action in gap.actions}
    assert files == 177
    assert found == set(MISSING)
    # true: the statement names work groups and databases, and the action is about data catalogs
    assert wrong == {("aws-samples/step-functions-workflows-collection", "athena:getDataCatalog")}
