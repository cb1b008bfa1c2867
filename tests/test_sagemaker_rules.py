"""The rules on SageMaker's parameters, on names asked for twice, on secrets and fixed accounts, beyond their examples."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from asllint.engine import lint
from asllint.model import features
from asllint.registry import PACKAGE, Entry, Registry, rule_in
from asllint.result import Diagnostic
from asllint.settings import Settings

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"

NAMES = (
    "retry_reuses_name", "sagemaker_static_job_name", "sagemaker_name_misfit", "sagemaker_spot_training",
    "sagemaker_algorithm", "sagemaker_task_time_limit", "sagemaker_labeling_region", "sagemaker_names_unmet",
    "sagemaker_s3_uri", "hard_coded_account_or_region", "secret_in_parameters",
)  # fmt: skip


def _registry() -> Registry:
    modules = [f"{PACKAGE}.integrations.{name}" for name in NAMES]
    rules = [(module, rule_in(module)) for module in modules]
    return Registry(Entry(rule.code, rule.name, "integrations", module, True, rule.concerns) for module, rule in rules)


RULES = _registry()


def found(definition: object, *, name: str = "x.asl.json") -> list[Diagnostic]:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    report = lint(name, text.encode("utf-8", "surrogatepass"), Settings(), RULES)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


def codes(definition: object) -> list[str]:
    return [d.code for d in found(definition)]


def pointed(definition: object) -> list[tuple[str, str]]:
    return [(d.code, d.pointer) for d in found(definition)]


def task(action: str = "createTrainingJob.sync", parameters: object = None, **more: Any) -> dict[str, Any]:
    resource = action if action.startswith("arn:") else f"arn:aws:states:::sagemaker:{action}"
    field = "Arguments" if more.get("QueryLanguage") == "JSONata" else "Parameters"
    return {"Type": "Task", "Resource": resource, field: parameters or {}, "End": True, **more}


def machine(*states: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    names = [chr(ord("A") + i) for i in range(len(states))]
    out = {}
    for i, state in enumerate(states):
        rest = {key: value for key, value in state.items() if key != "End"}
        out[names[i]] = {**rest, "Next": names[i + 1]} if i + 1 < len(states) else dict(state)
    return {"StartAt": "A", "States": out, **more}


def retry(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"ErrorEquals": list(names), **more}]


ALL = retry("States.ALL")
TRAINING = "TrainingJobName"


# -- names: which differ between executions, and between attempts


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # the same in every execution
        ("States.Format('train-{}', 1)", ["ASL621"]),
        ("States.Format('train-{}', $$.State.RetryCount)", ["ASL621"]),
        ("$$.State.Name", ["ASL621"]),
        # another in each execution, the same in each attempt
        ("$$.Execution.Name", ["ASL620"]),
        ("$.name", ["ASL620"]),
        ("$name", ["ASL620"]),
        ("States.Format('t-{}', $.name)", ["ASL620"]),
        ("States.Format('{}-{}', $.name, $$.Execution.Name)", ["ASL620"]),
        ("States.ArrayGetItem(States.StringSplit($$.Execution.Name, '-'), 0)", ["ASL620"]),
        ("States.Hash($.name, 'SHA-1')", ["ASL620"]),
        ("$$.Execution.Input.name", ["ASL620"]),
        ("$$.Map.Item.Value.name", ["ASL620"]),
        # another in each attempt
        ("States.UUID()", []),
        ("States.Format('t-{}', States.UUID())", []),
        ("States.Format('{}-{}', $$.Execution.Name, $$.State.RetryCount)", []),
        ("States.Format('{}-{}', $.name, States.MathRandom(1, 1000))", []),
        ("States.Format('{}-{}', $.name, States.MathAdd($$.State.RetryCount, 1))", []),
        ("States.ArrayGetItem(States.StringSplit(States.UUID(), '-'), 4)", []),
        # not known
        ("${Name}", []),
        ("States.Format('${Name}-{}', $$.Execution.Name)", []),
        ("States.Format('{}'", []),
        ("$$.State", []),
    ],
)
def test_a_name_in_json_path(expression: str, expected: list[str]) -> None:
    assert codes(machine(task(parameters={f"{TRAINING}.$": expression}, Retry=ALL))) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("train", ["ASL621"]),
        ("{% 'train' %}", ["ASL621"]),
        ("{% 'train-' & $states.context.State.RetryCount %}", ["ASL621"]),
        ("{% $states.context.Execution.Name %}", ["ASL620"]),
        ("{% 'a-' & $states.input.name %}", ["ASL620"]),
        ("{% $lowercase($name) %}", ["ASL620"]),
        ("{% ($states.context.Execution.Name) %}", ["ASL620"]),
        ("{% $uuid() %}", []),
        ("{% 'a-' & $substring($uuid(), 0, 8) %}", []),
        ("{% 'a-' & $string($millis()) %}", []),
        ("{% $states.input.name & '-' & $string($states.context.State.RetryCount) %}", []),
        ("{% $states.input.name & '-' & $formatInteger($states.context.State.RetryCount, '0') %}", []),
        ("{% $string($states.context) %}", []),
        ("{% ${Name} %}", []),
        ("${Name}", []),
        ("{% 'a' & %}", []),
    ],
)
def test_a_name_in_jsonata(value: str, expected: list[str]) -> None:
    assert codes(machine(task(parameters={TRAINING: value}, QueryLanguage="JSONata", Retry=ALL))) == expected


@pytest.mark.parametrize(
    ("retries", "expected"),
    [
        (retry("States.ALL"), True),
        (retry("States.TaskFailed"), True),
        (retry("SageMaker.ResourceLimitExceededException", "States.TaskFailed"), True),
        (retry("SageMaker.AmazonSageMakerException"), False),
        (retry("States.ALL", MaxAttempts=0), False),
        (retry("States.ALL", MaxAttempts="${Attempts}"), True),
        (retry("States.Timeout"), False),
        # the first Retrier that names the error counts
        (retry("States.TaskFailed", MaxAttempts=0) + retry("States.ALL"), False),
        (retry("SageMaker.AmazonSageMakerException", MaxAttempts=0) + retry("States.ALL"), True),
        (retry("${Error}") + retry("States.ALL"), False),
        ([], False),
    ],
)
def test_retriers_that_take_the_failure_of_a_job(retries: list[dict[str, Any]], expected: bool) -> None:
    definition = machine(task(parameters={f"{TRAINING}.$": "$.name"}, Retry=retries))
    assert codes(definition) == ["ASL620"] * expected


def test_a_timeout_is_retried_where_there_is_one() -> None:
    parameters = {f"{TRAINING}.$": "$.name"}
    both = retry("States.TaskFailed", MaxAttempts=0) + retry("States.Timeout")
    definition = machine(task(parameters=parameters, Retry=both, TimeoutSeconds=60))
    assert pointed(definition) == [("ASL620", "/States/A/Retry/1/ErrorEquals/0")]
    assert codes(machine(task(parameters=parameters, Retry=both))) == []


@pytest.mark.parametrize("action", ["createTrainingJob", "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob"])
def test_a_call_that_does_not_wait_fails_only_when_it_is_refused(action: str) -> None:
    assert codes(machine(task(action, {f"{TRAINING}.$": "$.name"}, Retry=ALL))) == []


def test_a_token_waits_too() -> None:
    action = "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob.waitForTaskToken"
    assert codes(machine(task(action, {f"{TRAINING}.$": "$.name"}, Retry=ALL))) == ["ASL620"]


def test_who_names_the_error_of_a_taken_name_has_thought_of_it() -> None:
    child = "arn:aws:states:::states:startExecution.sync:2"
    retries = retry("StepFunctions.ExecutionAlreadyExistsException", MaxAttempts=1) + ALL
    assert codes(machine(task(child, {"Name.$": "$.name"}, Retry=retries))) == []
    assert codes(machine(task(child, {"Name.$": "$.name"}, Retry=ALL))) == ["ASL620"]


def test_nested_executions() -> None:
    def child(suffix: str, name: str) -> list[str]:
        return codes(machine(task(f"arn:aws:states:::states:startExecution{suffix}", {"Name": name}, Retry=ALL)))

    assert child(".sync", "load") == child(".sync:2", "load") == ["ASL620"]
    assert child("", "load") == child(".waitForTaskToken", "load") == []


def test_a_nested_execution_that_is_given_the_token() -> None:
    given = {"Name": "load", "Input": {"token.$": "$$.Task.Token"}}
    assert codes(machine(task("arn:aws:states:::states:startExecution.sync", given, Retry=ALL))) == []


def _around(holder: dict[str, Any], name: str, **more: Any) -> list[str]:
    inner = {"StartAt": "T", "States": {"T": task(parameters={f"{TRAINING}.$": name}, **more)}}
    if holder["Type"] == "Parallel":
        return codes(machine({**holder, "Branches": [inner], "End": True}))
    config = holder.pop("ProcessorConfig", {})
    return codes(machine({**holder, "ItemProcessor": {**inner, **config}, "End": True}))


COUNTED = "States.Format('{}-{}', $$.Execution.Name, $$.State.RetryCount)"


def test_what_is_around_is_retried() -> None:
    distributed = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    assert _around({"Type": "Parallel", "Retry": ALL}, COUNTED) == ["ASL620"]
    assert _around({"Type": "Parallel", "Retry": ALL}, "$$.Execution.Name", Retry=retry("States.Timeout")) == ["ASL620"]
    assert _around({"Type": "Parallel", "Retry": ALL}, "States.UUID()") == []
    assert _around({"Type": "Parallel", "Retry": retry("Lambda.Unknown")}, COUNTED) == []
    assert _around({"Type": "Map", "Retry": ALL}, "$.name") == ["ASL620"]
    # each child execution has a name of its own, but the items are the same
    assert _around({"Type": "Map", "Retry": ALL, "ProcessorConfig": {"ProcessorConfig": distributed["ProcessorConfig"]}},
                   "$$.Execution.Name") == []  # fmt: skip
    assert _around({"Type": "Map", "Retry": ALL, "ProcessorConfig": {"ProcessorConfig": distributed["ProcessorConfig"]}},
                   "$.name") == ["ASL620"]  # fmt: skip
    assert _around({"Type": "Map", "Retry": retry("States.TaskFailed"),
                    "ProcessorConfig": {"ProcessorConfig": distributed["ProcessorConfig"]}}, "$.name") == []  # fmt: skip


def test_items_share_the_name_of_the_execution() -> None:
    assert _around({"Type": "Map"}, "$$.Execution.Name") == ["ASL621"]
    assert _around({"Type": "Map"}, "States.Format('{}-{}', $$.Execution.Name, $$.Map.Item.Index)") == []
    assert _around({"Type": "Map"}, "$.name") == []
    assert _around({"Type": "Map"}, "States.UUID()") == []
    assert (
        _around({"Type": "Map", "ProcessorConfig": {"ProcessorConfig": {"Mode": "${Mode}"}}}, "$$.Execution.Name") == []
    )
    assert _around({"Type": "Parallel"}, "$$.Execution.Name") == []


@pytest.mark.parametrize(
    ("action", "member"),
    [
        ("createTrainingJob.sync", "TrainingJobName"),
        ("createTransformJob", "TransformJobName"),
        ("createProcessingJob.sync", "ProcessingJobName"),
        ("createHyperParameterTuningJob.sync", "HyperParameterTuningJobName"),
        ("createLabelingJob.sync", "LabelingJobName"),
        ("createModel", "ModelName"),
        ("createEndpointConfig", "EndpointConfigName"),
        ("createEndpoint", "EndpointName"),
    ],
)
def test_static_names(action: str, member: str) -> None:
    definition = machine(task(action, {member: "churn"}))
    assert pointed(definition) == [("ASL621", f"/States/A/Parameters/{member}")]
    assert codes(machine(task(action, {member: "${Name}"}))) == []
    created = action.partition(".")[0]
    delete = task(f"arn:aws:states:::aws-sdk:sagemaker:{created.replace('create', 'delete')}", {member: "churn"})
    assert codes(machine(delete, task(action, {member: "churn"}))) == []


def test_a_model_that_may_be_there_already() -> None:
    catch = [{"ErrorEquals": ["SageMaker.AmazonSageMakerException"], "Next": "B"}]
    model = task("createModel", {"ModelName": "churn"}, Catch=catch)
    done = {"Type": "Succeed"}
    assert codes(machine(model, done)) == []
    assert codes(machine(task(parameters={TRAINING: "churn"}, Catch=catch), done)) == ["ASL621"]


def test_one_finding_where_a_static_name_is_retried_too() -> None:
    (finding,) = found(machine(task(parameters={TRAINING: "churn"}, Retry=ALL)))
    assert finding.code == "ASL621"
    assert "and so does a retry" in finding.message
    assert len(finding.related) == 1


# -- names: what SageMaker takes


@pytest.mark.parametrize(
    ("member", "expression", "words"),
    [
        (TRAINING, "States.Format('churn_{}', $.day)", "`_`"),
        (TRAINING, "States.Format('churn {}', $.day)", "a blank"),
        (TRAINING, "$$.Execution.Id", "`:`"),
        (TRAINING, "States.Format('t-{}', $$.Execution.StartTime)", "`:`"),
        (TRAINING, "States.Format('{}-', $.day)", "hyphen"),
        (TRAINING, "States.Format('-{}', $.day)", "hyphen"),
        (TRAINING, f"States.Format('{'a' * 28}{{}}', States.UUID())", "at least 64"),
        (TRAINING, "States.Format('{}-{}', States.UUID(), States.UUID())", "at least 73"),
        (TRAINING, f"States.Format('{'a' * 28}{{}}', $$.Execution.Name)", "64 characters or more"),
        (TRAINING, "States.Hash($.day, 'SHA-256')", "at least 64"),
        ("HyperParameterTuningJobName", "States.UUID()", "at least 36"),
        ("HyperParameterTuningJobName", "$$.Execution.Name", "36 characters or more"),
        (TRAINING, "States.Format('ünï-{}', $.day)", "`ü`"),
    ],
)
def test_names_that_do_not_fit(member: str, expression: str, words: str) -> None:
    action = "createHyperParameterTuningJob.sync" if member.startswith("Hyper") else "createTrainingJob.sync"
    (finding,) = found(machine(task(action, {f"{member}.$": expression})))
    assert (finding.code, finding.pointer) == ("ASL622", f"/States/A/Parameters/{member}.$")
    assert words in finding.message


@pytest.mark.parametrize(
    "expression",
    [
        "$$.Execution.Name",
        f"States.Format('{'a' * 27}{{}}', States.UUID())",
        "States.Format('{}-{}', $.a, $.b)",
        "States.Format('{}-{}', $$.StateMachine.Name, $.day)",
        "States.Hash($.day, 'SHA-1')",
        r"States.Format('a\\{{}', $.a)",
        "States.Format('{}{}', $.a)",
    ],
)
def test_names_that_may_fit(expression: str) -> None:
    assert codes(machine(task(parameters={f"{TRAINING}.$": expression}))) == []


def _cured(action: str, member: str, parameters: dict[str, Any], **more: Any) -> None:
    """Put what a cure proposes in the place of the name: nothing is found then, neither in a retry nor for an item."""
    inner = {"StartAt": "T", "States": {"T": task(action, parameters, **more)}}
    definition = machine({"Type": "Map", "Retry": ALL, "ItemProcessor": inner, "End": True})
    first = machine(task(action, parameters, **more))
    for subject, whole in ((first, False), (definition, True)):
        findings = found(subject)
        assert findings
        for finding in findings:
            proposed = re.search(r'`("[A-Za-z.$]+": ".*")`', finding.cure)
            assert proposed is not None, finding.cure
            state = task(action, json.loads(f"{{{proposed.group(1)}}}"), **more)
            mended = {"StartAt": "T", "States": {"T": state}}
            if whole:
                mended = machine({"Type": "Map", "Retry": ALL, "ItemProcessor": mended, "End": True})
            elif finding.code == "ASL622":
                state.pop("Retry", None)
            assert codes(mended) == [], (finding.cure, found(mended)[0].message)


@pytest.mark.parametrize("jsonata", [False, True])
@pytest.mark.parametrize("name", ["churn", "c", "a" * 60, "a" * 20, "1-2", "churn_1"])
@pytest.mark.parametrize(
    ("action", "member"),
    [("createTrainingJob.sync", TRAINING), ("createHyperParameterTuningJob.sync", "HyperParameterTuningJobName")],
)
def test_what_a_cure_proposes_is_fine(action: str, member: str, name: str, jsonata: bool) -> None:
    more = {"QueryLanguage": "JSONata"} if jsonata else {}
    _cured(action, member, {member: name}, Retry=ALL, **more)


# -- spot training, algorithm


def _training(spot: object, stop: object, **more: Any) -> list[tuple[str, str, str]]:
    parameters = {f"{TRAINING}.$": "$.name", **more}
    if spot is not None:
        parameters["EnableManagedSpotTraining"] = spot
    if stop is not None:
        parameters["StoppingCondition"] = stop
    return [(d.code, d.severity, d.pointer.rpartition("/")[2]) for d in found(machine(task(parameters=parameters)))]


def test_spot_training() -> None:
    run, wait = "MaxRuntimeInSeconds", "MaxWaitTimeInSeconds"
    assert _training(True, {run: 60, wait: 59}) == [("ASL623", "error", wait)]
    assert _training(True, {run: 60}) == [("ASL623", "warning", "EnableManagedSpotTraining")]
    assert _training(True, None) == [("ASL623", "warning", "EnableManagedSpotTraining")]
    assert _training(False, {run: 60, wait: 60}) == [("ASL623", "error", wait)]
    assert _training(None, {run: 60, wait: 60}) == [("ASL623", "error", wait)]
    assert _training(None, {run: 60, wait: 60}, RetryStrategy={"MaximumRetryAttempts": 2}) == []
    assert _training(True, {run: 60, wait: 60}) == _training(None, {run: 60}) == _training(None, None) == []
    assert _training("${Spot}", {run: 60, wait: 60}) == _training(True, "${Stop}") == []
    assert _training(True, {f"{run}.$": "$.run", wait: 1}) == _training(True, {run: 60, f"{wait}.$": "$.wait"}) == []
    assert _training(None, {run: 60, wait: 60}, **{"EnableManagedSpotTraining.$": "$.spot"}) == []
    assert _training(True, {run: 60, "${Key}": 1}) == []


def test_definitions_of_a_tuning_job() -> None:
    name = {"HyperParameterTuningJobName.$": "$.name"}
    bad = {"EnableManagedSpotTraining": True, "StoppingCondition": {"MaxRuntimeInSeconds": 60},
           "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "i", "AlgorithmName": "a"}}  # fmt: skip
    one = machine(task("createHyperParameterTuningJob", {**name, "TrainingJobDefinition": bad}))
    two = machine(task("createHyperParameterTuningJob", {**name, "TrainingJobDefinitions": [{}, bad]}))
    assert sorted(codes(one)) == sorted(codes(two)) == ["ASL623", "ASL624"]
    assert all("/TrainingJobDefinitions/1/" in place for _, place in pointed(two))


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ({"TrainingImage": "i", "AlgorithmName": "a"}, "/AlgorithmSpecification/AlgorithmName"),
        ({"TrainingImage.$": "$.i", "AlgorithmName.$": "$.a"}, "/AlgorithmSpecification/AlgorithmName.$"),
        ({}, "/AlgorithmSpecification"),
        ({"TrainingImage": "i"}, ""),
        ({"AlgorithmName": "a", "TrainingImage": None}, ""),
        ({"${Key}": "i"}, ""),
        ("${Specification}", ""),
    ],
)
def test_one_algorithm(specification: object, expected: str) -> None:
    definition = machine(task(parameters={f"{TRAINING}.$": "$.name", "AlgorithmSpecification": specification}))
    assert pointed(definition) == ([("ASL624", f"/States/A/Parameters{expected}")] if expected else [])


def test_a_serverless_job_has_its_algorithm_elsewhere() -> None:
    parameters = {f"{TRAINING}.$": "$.name", "AlgorithmSpecification": {"TrainingInputMode": "File"}}
    assert codes(machine(task(parameters=parameters))) == ["ASL624"]
    assert codes(machine(task(parameters={**parameters, "ServerlessJobConfig.$": "$.job"}))) == []


# -- labeling


def _labeling(config: Mapping[str, Any], action: str = "createLabelingJob.sync", **more: Any) -> list[tuple[str, str]]:
    state = task(action, {"LabelingJobName.$": "$.name", "HumanTaskConfig": dict(config)}, **more)
    return [place for place in pointed(machine(state)) if place[0] != "ASL630"]


def test_task_time_limit() -> None:
    limit = {"TaskTimeLimitInSeconds": 601}
    place = "/States/A/Parameters/HumanTaskConfig/TaskTimeLimitInSeconds"
    assert _labeling(limit, TimeoutSeconds=600) == [("ASL625", place)]
    assert _labeling(limit, TimeoutSeconds=601) == _labeling(limit) == []
    assert _labeling(limit, "createLabelingJob", TimeoutSeconds=600) == []
    assert _labeling({"TaskTimeLimitInSeconds.$": "$.limit"}, TimeoutSeconds=600) == []
    assert _labeling(limit, TimeoutSecondsPath="$.timeout") == []
    state = task("createLabelingJob.sync", {"LabelingJobName.$": "$.name", "HumanTaskConfig": limit})
    assert codes(machine(state, TimeoutSeconds=600)) == ["ASL625"]
    assert codes(machine(state, TimeoutSeconds=6000)) == []


def _arns(team: str, before: str, after: str) -> dict[str, Any]:
    return {
        "WorkteamArn": f"arn:aws:sagemaker:{team}:workteam/private-crowd/t",
        "PreHumanTaskLambdaArn": f"arn:aws:lambda:{before}:function:PRE-BoundingBox",
        "AnnotationConsolidationConfig": {
            "AnnotationConsolidationLambdaArn": f"arn:aws:lambda:{after}:function:ACS-BoundingBox"
        },
    }


def test_regions_of_a_labeling_job() -> None:
    west, east = "us-west-2:081040173940", "us-east-1:432418664414"
    mine = "us-west-2:210987654321"
    config = "/States/A/Parameters/HumanTaskConfig"
    assert _labeling(_arns(mine, west, west)) == []
    assert _labeling(_arns(mine, east, west)) == [("ASL626", f"{config}/PreHumanTaskLambdaArn")]
    consolidation = f"{config}/AnnotationConsolidationConfig/AnnotationConsolidationLambdaArn"
    assert _labeling(_arns(mine, west, east)) == [("ASL626", consolidation)]
    assert _labeling(_arns("${AWS::Region}:210987654321", east, west)) == [("ASL626", consolidation)]
    assert _labeling(_arns("us-west-2:${AWS::AccountId}", east, "${R}:1")) == [
        ("ASL626", f"{config}/PreHumanTaskLambdaArn")
    ]
    assert _labeling(_arns("${AWS::Region}:${AWS::AccountId}", "${R}:1", east)) == []


# -- names that do not meet, URIs


def _model(name: str) -> dict[str, Any]:
    return task("createModel", {"ModelName": name})


def _variants(*names: str) -> dict[str, Any]:
    variants = [{"VariantName": "v", "ModelName": name} for name in names]
    return task("createEndpointConfig", {"EndpointConfigName.$": "$.name", "ProductionVariants": variants})


def test_names_that_do_not_meet() -> None:
    def unmet(*states: Mapping[str, Any]) -> bool:
        return "ASL627" in codes(machine(*states))

    assert unmet(_model("new"), _variants("old"))
    assert not unmet(_model("new"), _variants("new"))
    assert not unmet(_model("new"), _variants("new", "old"))
    assert not unmet(_model("new"), _variants("${Model}"))
    assert not unmet(_model("${Model}"), _variants("old"))
    assert not unmet(_variants("old"), _model("new"))
    transform = task("createTransformJob.sync", {"TransformJobName.$": "$.name", "ModelName": "old"})
    assert unmet(_model("new"), transform)
    assert not unmet(_model("new"), _variants("new"), transform)
    dynamic = task("createTransformJob.sync", {"TransformJobName.$": "$.name", "ModelName.$": "$.model"})
    assert not unmet(_model("new"), dynamic, transform)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("States.Format('models/{}', $.day)", True),
        ("States.Format('S3://models/{}', $.day)", True),
        ("States.Format('s3://models/{}', $.day)", False),
        ("States.Format('https://s3.eu-west-1.amazonaws.com/models/{}', $.day)", False),
        ("States.Format('s3:{}', $.rest)", False),
        ("States.Format('{}/models', $.bucket)", False),
        ("$.output", False),
        ("States.Format('${Bucket}/{}', $.day)", False),
    ],
)
def test_uris(value: str, expected: bool) -> None:
    data = [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri.$": value}}}]
    definition = machine(task(parameters={f"{TRAINING}.$": "$.name", "InputDataConfig": data}))
    assert codes(definition) == ["ASL628"] * expected


# -- accounts, secrets


def test_accounts() -> None:
    first, second = "arn:aws:lambda:eu-west-1:210987654321:function:a", "arn:aws-cn:sns:cn-north-1:909876543210:t"
    role = "arn:aws:iam::210987654321:role/r"
    a, b = task(first), task(f"{first}:live", {"Topic": second, "Role": role})
    findings = found(machine(a, b))
    assert [(d.code, d.pointer, len(d.related)) for d in findings] == [
        ("ASL630", "/States/A/Resource", 2),
        ("ASL630", "/States/B/Parameters/Topic", 0),
    ]
    assert "3 ARNs name the account `210987654321` in `eu-west-1`" in findings[0].message


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:eu-west-1:${Account}:function:a",
        "arn:aws:lambda:${Region}:210987654321:function:a",
        "arn:aws:lambda:eu-west-1:123456789012:function:a",
        "arn:aws:lambda:eu-west-1:000000000000:function:a",
        "arn:aws:states:::lambda:invoke",
        "arn:aws:s3:::bucket/210987654321/key",
    ],
)
def test_no_account(arn: str) -> None:
    assert codes(machine(task("arn:aws:states:::sns:publish", {"TopicArn": arn}))) == []


def _secret(parameters: object, **more: Any) -> list[str]:
    definition = machine(task("arn:aws:states:::http:invoke", parameters, **more))
    text = json.dumps(definition)
    return [text[d.start : d.end] for d in found(text) if d.code == "ASL631"]


# put together here, so that no scanner takes them for real
_A, _B = "AKIA" + "Q3ZEGHK4WT2LMN7P", "gh" + "p_" + "a1B2c3D4e5" * 4


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Env": [{"Name": "ID", "Value": _A}]}, _A),
        ({"Body": f"id={_A};"}, _A),
        ({"Body.$": f"States.Format('{{}} {_B}', $.a)"}, _B),
        ({"Token": "gl" + "pat-" + "x9Y8z7W6v5U4t3S2r1Q0"}, "gl" + "pat-" + "x9Y8z7W6v5U4t3S2r1Q0"),
        ({"Key": "-----BEGIN RSA PRIVATE KEY-----\nMIIE"}, "-----BEGIN RSA PRIVATE KEY-----"),
        ({"Url": "postgres://app:h7Gk2Lq9Zr@db.internal:5432/app"}, "h7Gk2Lq9Zr"),
        ({"Headers": {"Authorization": "Basic dXNlcjpoN0drMkxxOVpy"}}, "dXNlcjpoN0drMkxxOVpy"),
        ({"client_secret": "h7Gk2Lq9ZrTx"}, "h7Gk2Lq9ZrTx"),
        ({"MasterUserPassword": "h7Gk2Lq9Zr!"}, "h7Gk2Lq9Zr!"),
    ],
)
def test_secrets(parameters: object, expected: str) -> None:
    (shown,) = _secret(parameters)
    assert json.loads(f'"{shown.strip(chr(34))}"') == expected


def test_a_secret_behind_slashes_that_are_escaped() -> None:
    definition = machine(
        task("arn:aws:states:::http:invoke", {"Url": "postgres://app:h7Gk2Lq9Zr@db.internal:5432/app"})
    )
    text = json.dumps(definition).replace("/", "\\/")
    assert [text[d.start : d.end] for d in found(text) if d.code == "ASL631"] == ["h7Gk2Lq9Zr"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"Id": "AKIAIOSFODNN7" + "EXAMPLE"},
        {"Id": f"x{_A}"},
        {"Password.$": "$.password"},
        {"Password": "${DbPassword}"},
        {"Password": "{{resolve:secretsmanager:db:SecretString:password1}}"},
        {"Password": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1"},
        {"Password": "/prod/db1/value"},
        {"Password": "changeme123"},
        {"Password": "letmeinplease"},
        {"Password": "h7Gk2L"},
        {"PasswordLength": "h7Gk2Lq9Zr"},
        {"ManageMasterUserPassword": True},
        {"Url": "postgres://app:${Password}@db.internal/app"},
        {"Url": "postgres://app:password@db.internal/app"},
        {"Url": "https://host.internal:8443/a@b1"},
        {"Headers": {"Authorization": "Bearer ${Token1}abcdefghijklmnop"}},
        {"Headers": {"Authorization.$": "States.Format('Bearer {}', $.token)"}},
        {"Image": "012345678901.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:abc123"},
    ],
)
def test_no_secrets(parameters: object) -> None:
    assert _secret(parameters) == []


def test_secrets_in_jsonata() -> None:
    assert _secret({"Body": f"{{% 'id=' & '{_A}' %}}"}, QueryLanguage="JSONata") == [_A]
    assert _secret({"Password": "{% $states.input.pw1234567 %}"}, QueryLanguage="JSONata") == []


def test_every_secret_has_a_word_that_loads_the_rule() -> None:
    for text in (_A, _B, "a Password b", "x://u:p@h", "API_KEY", "-----BEGIN PRIVATE KEY-----", "npm_x"):
        assert features._may_hold_secret(text)
    assert not features._may_hold_secret(json.dumps(machine(task(parameters={"S3Uri": "s3://bucket/key"}))))


# -- as a whole


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("labeling-job.asl.json", ["ASL621"]),
        ("processing-job.asl.json", []),
        ("training-job.fragment.asl.json", ["ASL621"]),
        ("transform-job.fragment.asl.json", ["ASL621"]),
    ],
)
def test_the_examples_of_the_guide(name: str, expected: list[str]) -> None:
    path = SEEDS / name
    if not path.exists():
        pytest.skip("the examples are not here")
    assert codes(path.read_text(encoding="utf-8")) == expected


def test_nothing_is_loaded_for_other_definitions() -> None:
    text = json.dumps(machine(task("arn:aws:lambda:eu-west-1:123456789012:function:a")))
    report = lint("x.asl.json", text.encode(), Settings(), RULES)
    assert report.diagnostics == []


_VALUES: Sequence[Any] = (
    None, True, 0, -1, 1.5, "", "$", "$.a", "$$", "$$.Execution.Name", "States.UUID()", "States.Format('{}', $.a)", "{% $uuid() %}",
    "{% %}", "{%", "${A}", "a${B}c", "arn:", "arn:aws:lambda:eu-west-1", [], {}, [1], {"a": 1}, "s3://", "\ud800", "-", "a_b",
)  # fmt: skip


def test_odd_values_raise_nothing() -> None:
    rng = random.Random(7)
    members = (
        "TrainingJobName", "HyperParameterTuningJobName", "LabelingJobName", "Name", "ModelName", "EndpointConfigName",
        "AlgorithmSpecification", "TrainingImage", "AlgorithmName", "StoppingCondition", "EnableManagedSpotTraining",
        "MaxWaitTimeInSeconds", "MaxRuntimeInSeconds", "HumanTaskConfig", "WorkteamArn", "TaskTimeLimitInSeconds",
        "PreHumanTaskLambdaArn", "ProductionVariants", "TrainingJobDefinition", "TrainingJobDefinitions", "S3OutputPath",
        "Password", "Authorization",
    )  # fmt: skip
    actions = ("createTrainingJob.sync", "createHyperParameterTuningJob.sync", "createLabelingJob.sync", "createModel",
               "createEndpointConfig", "createEndpoint", "createTransformJob.sync", "", ".sync", "${Action}.sync")  # fmt: skip

    def value(depth: int) -> Any:
        kind = rng.random()
        if depth and kind < 0.4:
            return {rng.choice(members) + rng.choice(("", "", ".$")): value(depth - 1) for _ in range(rng.randrange(4))}
        if depth and kind < 0.5:
            return [value(depth - 1) for _ in range(rng.randrange(3))]
        return rng.choice(_VALUES)

    for _ in range(400):
        language: dict[str, str] = rng.choice(({}, {"QueryLanguage": "JSONata"}, {"QueryLanguage": "${L}"}))
        retries: Any = rng.choice(([], ALL, [{}], "x", retry(), [{"ErrorEquals": [1]}]))
        parameters = {name + rng.choice(("", ".$")): value(3) for name in rng.sample(members, 6)}
        states = [
            task(rng.choice(actions), parameters, Retry=retries, TimeoutSeconds=rng.choice(_VALUES), **language)
        ] * 2
        found(machine(*states, TimeoutSeconds=rng.choice(_VALUES)))


def test_time_is_linear(linear: Any) -> None:
    def prepare(count: int) -> Callable[[], object]:
        states = {}
        for i in range(count):
            last = i + 1 == count
            state = task("createModel", {"ModelName": f"m{i}"}, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "S0"}])
            rest = {key: value for key, value in state.items() if key != "End"}
            states[f"S{i}"] = state if last else {**rest, "Next": f"S{i + 1}"}
        states["S0"] = {**_variants("lost"), "End": False, "Next": "S1"}
        states["S0"].pop("End")
        return partial(found, json.dumps({"StartAt": "S0", "States": states}))

    linear(prepare, 300, 2400)
