"""What is known of the results of services, and what states read of them: `asllint.model.results`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from asllint.aws import shapes
from asllint.model import StateMachine, build, results
from asllint.model.payload import ANYTHING, COMPARED, UNDESCRIBED, Shape, analyse, join, put, scalar
from asllint.source import read


def machine(states: dict[str, Any], **more: Any) -> StateMachine:
    text = json.dumps({"StartAt": next(iter(states)), "States": states, **more})
    built = build(read("x.asl.json", text.encode()))
    assert built is not None
    return built


def task(resource: str, **more: Any) -> dict[str, Any]:
    way = {} if "End" in more or "Next" in more else {"Next": "Use"}
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": {}, **way, **more}


def use(*paths: str) -> dict[str, Any]:
    return {"Type": "Pass", "Parameters": {f"p{i}.$": path for i, path in enumerate(paths)}, "End": True}


def given(resource: str, **more: Any) -> Shape:
    built = machine({"Task": task(resource, **more), "Use": {"Type": "Succeed"}})
    return analyse(built).input(built.states[1])[0].shape


def at(shape: Shape, *steps: str | int) -> Shape:
    for step in steps:
        shape = shape.get(step)
    return shape


@pytest.mark.parametrize(
    ("resource", "steps", "kind"),
    [
        ("sagemaker:createLabelingJob.sync", ["LabelingJobArn"], "string"),
        ("sagemaker:createTrainingJob.sync", ["ModelArtifacts", "S3ModelArtifacts"], "string"),
        ("sagemaker:createTrainingJob.sync", ["SecondaryStatusTransitions", 0, "Status"], "string"),
        ("sagemaker:createTrainingJob.sync", ["CreationTime"], "unknown"),
        ("sagemaker:createTrainingJob", ["TrainingJobArn"], "string"),
        ("lambda:invoke", ["StatusCode"], "number"),
        ("lambda:invoke", ["Payload", "any", "thing"], "unknown"),
        ("ecs:runTask", ["Tasks", 0, "TaskArn"], "string"),
        ("ecs:runTask.sync", ["TaskArn"], "string"),
        ("batch:submitJob.sync", ["Container", "ExitCode"], "number"),
        ("codebuild:startBuild.sync", ["Build", "Id"], "string"),
        ("states:startExecution.sync", ["Output"], "string"),
        ("states:startExecution.sync:2", ["Output"], "unknown"),
        ("dynamodb:getItem", ["Item", "whatever", "S"], "string"),
        ("dynamodb:getItem", ["Item", "whatever", "L"], "array"),
        ("aws-sdk:dynamodb:getItem", ["Item", "whatever", "Bool"], "boolean"),
        ("aws-sdk:s3:getObject", ["Body"], "unknown"),
        ("aws-sdk:s3:getObject", ["SdkHttpMetadata"], "unknown"),
        ("aws-sdk:rds:describeDBInstances", ["DbInstances", 0, "DbInstanceArn"], "string"),
    ],
)
def test_what_a_service_gives(resource: str, steps: list[str | int], kind: str) -> None:
    shape = given(resource)
    for step in steps:
        assert not shape.lacks(step)
        shape = shape.get(step)
    assert shape.kind == kind


@pytest.mark.parametrize(
    ("resource", "steps", "last"),
    [
        ("sagemaker:createLabelingJob.sync", [], "Job"),
        ("lambda:invoke", [], "statusCode"),
        ("lambda:invoke", ["StatusCode"], "x"),
        ("ecs:runTask.sync", [], "Tasks"),
        ("ecs:runTask", ["Tasks"], "TaskArn"),
        ("states:startExecution.sync", ["Output"], "total"),
        ("dynamodb:getItem", ["Item", "id"], "s"),
        ("aws-sdk:s3:deleteBucket", [], "Arn"),
        ("sagemaker:createEndpoint", ["EndpointArn"], 0),
    ],
)
def test_what_a_service_does_not_give(resource: str, steps: list[str | int], last: str | int) -> None:
    shape = at(given(resource), *steps)
    assert shape.lacks(last)
    assert shape.get(last).kind == "unknown"  # it may by now


@pytest.mark.parametrize(
    "resource",
    [
        "lambda:invoke.waitForTaskToken",
        "ecs:runTask${Pattern}",
        "${Service}:get",
        "aws-sdk:s3:get${What}",
        "aws-sdk:newservice:get",
        "glue:noSuchThing.sync",
        "sagemaker:createModel.sync:7",
        "databrew:startJobRun.sync",
        "eks:runJob.sync",
    ],
)
def test_what_is_not_known(resource: str) -> None:
    shape = given(resource)
    assert not shape.lacks("Anything")
    assert shape.get("Anything") is ANYTHING


def test_nothing_is_opened_until_a_field_is_read() -> None:
    built = machine(
        {"A": task("sagemaker:createModel", Next="B"), "B": task("sagemaker:createEndpointConfig", End=True)}
    )
    shapes._service.cache_clear()
    analyse.cache_clear()
    results.facts.cache_clear()
    assert results.facts(built) == [] and analyse(built).told == []
    assert shapes._service.cache_info().currsize == 0


def test_a_file_without_integrations_loads_none_of_it() -> None:
    import subprocess

    text = json.dumps(
        {"StartAt": "A", "States": {"A": {**task("x"), "Resource": "${F}", "Next": "B"}, "B": use("$.Job.Arn")}}
    )
    code = (
        "import sys; from asllint.source import read; from asllint.model import build\n"
        f"list(build(read('x.asl.json', {text.encode()!r})).features)\n"
        "print([name for name in sys.modules if name in ('asllint.model.results', 'asllint.aws.shapes', 'zlib')])"
    )
    assert subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"],
                          capture_output=True, text=True, check=True).stdout.strip() == "[]"  # fmt: skip


def test_members_that_are_always_there_are() -> None:
    """The Default of a Choice state that asks whether one is there is never taken; any other may be missing."""
    for name, ways in (("LabelingJobArn", 1), ("LabelAttributeName", 2)):
        choice = {
            "Type": "Choice",
            "Choices": [{"Variable": f"$.{name}", "IsPresent": True, "Next": "Yes"}],
            "Default": "No",
        }
        end = {"Type": "Succeed"}
        built = machine(
            {"Label": task("sagemaker:createLabelingJob.sync"), "Use": choice, "Yes": dict(end), "No": dict(end)}
        )
        assert sum(bool(analyse(built).input(state)) for state in built.states[2:]) == ways


# -- shapes


def test_what_is_joined_keeps_what_both_say() -> None:
    a, b, other = given("ecs:runTask"), given("ecs:runTask"), given("glue:startJobRun")
    assert join(a, b).lacks("JobRunId") and at(join(a, b), "Tasks", 0, "TaskArn").kind == "string"
    assert not join(a, other).lacks("x") and join(a, other).get("JobRunId").kind == "unknown"
    assert not join(a.get("Tasks"), other).lacks("x")
    free, status = scalar("string"), at(a, "Tasks", 0, "Connectivity")
    assert status.described is not None and status.described.values
    assert join(status, status).described is not None
    assert join(status, free).described is None and join(free, status).described is None
    assert join(a.get("Tasks"), b.get("Tasks")).lacks("x")


def test_what_is_put_into_a_result_is_there() -> None:
    shape = put(given("ecs:runTask"), ["More", "Of"], scalar("number", 1), None)
    assert shape is not None
    assert at(shape, "More", "Of").value == 1 and not shape.lacks("More") and shape.lacks("Further")
    inner = put(given("athena:startQueryExecution.sync"), ["QueryExecution", "Mine"], scalar("number", 1), None)
    assert inner is not None
    assert at(inner, "QueryExecution", "Mine").value == 1
    assert at(inner, "QueryExecution", "QueryExecutionId").kind == "string" and inner.get("QueryExecution").lacks(
        "Other"
    )


def test_keys_tell_results_apart() -> None:
    assert given("ecs:runTask").key == given("ecs:runTask").key
    assert given("ecs:runTask").key != given("ecs:runTask.sync").key
    assert given("ecs:runTask").get("Tasks").key != given("ecs:runTask").get("Failures").key


# -- what is read


def told(states: dict[str, Any], **more: Any) -> list[tuple[str, str, Any]]:
    return [(p.kind, p.path, p.step) for p in analyse(machine(states, **more)).told]


def read_by(state: dict[str, Any], resource: str = "sagemaker:createLabelingJob.sync", **more: Any) -> Any:
    return told({"Task": task(resource, **more), "Use": state})


def test_where_a_result_goes() -> None:
    wrong = [(UNDESCRIBED, "$", "Job")]
    assert read_by(use("$.Job.Arn")) == wrong
    assert read_by(use("States.Format('{}', $.Job.Arn)")) == wrong
    assert read_by(use("$.LabelingJobArn", "$['LabelingJobArn']", "$", "$$.Job")) == []
    assert read_by(use("$.a.Job"), ResultPath="$.a") == [(UNDESCRIBED, "$.a", "Job")]
    assert read_by(use("$.Job"), ResultPath="$.a") == read_by(use("$.Job"), ResultPath=None) == []
    assert read_by({"Type": "Succeed"}, ResultSelector={"arn.$": "$.Job.Arn"}) == wrong
    assert read_by(use("$.x"), ResultSelector={"x.$": "$.LabelingJobArn"}) == []
    assert read_by({"Type": "Succeed"}, OutputPath="$.Job") == wrong
    assert read_by({"Type": "Wait", "SecondsPath": "$.Job", "End": True}) == []  # of several inputs, one may have it
    assert read_by({**use("$.Job"), "InputPath": "$.HumanTaskConfig"}) == [(UNDESCRIBED, "$", "Job")]


def test_where_another_way_leads_to_a_state_nothing_is_said() -> None:
    states = {
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "Task"}],
            "Default": "Use",
        },
        "Task": task("sagemaker:createLabelingJob.sync"),
        "Use": use("$.Job"),
    }
    assert told(states) == []


def test_what_a_catcher_passes_on_is_no_result() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Use"}]
    assert (
        told(
            {
                "Task": task("ecs:runTask.sync", Next="End", Catch=catch),
                "Use": use("$.Error"),
                "End": {"Type": "Succeed"},
            }
        )
        == []
    )


def test_loops_and_inner_scopes() -> None:
    states = {
        "Look": task("aws-sdk:glue:getJobRun", Next="Done?", ResultPath="$.look"),
        "Done?": {"Type": "Choice", "Default": "Wait", "Choices": [
            {"Variable": "$.look.JobRun.JobRunState", "StringEquals": "SUCCEEDED", "Next": "End"}]},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Look"},
        "End": use("$.look.JobRun.Idd"),
    }  # fmt: skip
    assert told(states) == [
        (COMPARED, "$.look.JobRun.JobRunState", "SUCCEEDED"), (UNDESCRIBED, "$.look.JobRun", "Idd"),
    ]  # fmt: skip
    inner = {"StartAt": "P", "States": {"P": use("$.Ky", "$.Key")}}
    each = {"Type": "Map", "ItemsPath": "$.Contents", "ItemProcessor": inner, "End": True}
    assert told({"List": task("aws-sdk:s3:listObjectsV2", Next="Each"), "Each": each}) == [(UNDESCRIBED, "$", "Ky")]


def jsonata(expression: str, resource: str = "sagemaker:createTrainingJob.sync", **more: Any) -> Any:
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": {}, "End": True, **more}
    state.setdefault("Output", f"{{% {expression} %}}")
    return told({"Task": state}, QueryLanguage="JSONata")


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("$states.result.Job.Arn", [(UNDESCRIBED, "$states.result", "Job")]),
        ("$states.result.Job.Arn & 'x'", [(UNDESCRIBED, "$states.result", "Job")]),
        ("{'a': $states.result.ModelArtifacts.S3}", [(UNDESCRIBED, "$states.result.ModelArtifacts", "S3")]),
        ("$states.result.TrainingJobArn", []),
        ("$states.result.SecondaryStatusTransitions.Status", []),
        ("$states.result.SecondaryStatusTransitions.Stat", []),  # an array is gone through item by item
        ("$exists($states.result.Job) ? 1 : 2", []),
        ("$states.input.Job", []),
        ("($x := {'Job': 1}; $x.Job)", []),
        ("$states.result.TrainingJobStatus = 'X'", [(COMPARED, "$states.result.TrainingJobStatus", "X")]),
        ("'X' != $states.result.TrainingJobStatus", [(COMPARED, "$states.result.TrainingJobStatus", "X")]),
        (
            "1 = 2 or $states.result.TrainingJobStatus in ['X', 'Y']",
            [(COMPARED, "$states.result.TrainingJobStatus", "X"), (COMPARED, "$states.result.TrainingJobStatus", "Y")],
        ),
        ("$states.result.BillableTimeInSeconds = 1", []),
    ],
)
def test_jsonata(expression: str, wanted: list[Any]) -> None:
    assert jsonata(expression) == wanted


def test_jsonata_variables() -> None:
    states = {
        "Task": {**task("ecs:runTask", Assign={"r": "{% $states.result %}"}), "Arguments": {}},
        "Use": {"Type": "Pass", "Output": "{% $r.Task %}", "End": True},
    }
    del states["Task"]["Parameters"]
    assert told(states, QueryLanguage="JSONata") == [(UNDESCRIBED, "$r", "Task")]


# -- facts


def facts(choice: list[dict[str, Any]], default: str | None = "Wait", resource: str = "", **more: Any) -> Any:
    """Return the facts of a loop that polls a job; the rules of its Choice state lead to Done where they do not say."""
    state: dict[str, Any] = {"Type": "Choice", "Choices": [{"Next": "Done", **rule} for rule in choice]}
    if default is not None:
        state["Default"] = default
    states = {
        "Look": task(resource or "aws-sdk:sagemaker:describeTrainingJob", Next="Choose", ResultPath="$.job", **more),
        "Choose": state,
        "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Look"},
        "Done": {"Type": "Succeed"},
    }
    return [(fact.kind, list(fact.values) or fact.problem.step, fact.back) for fact in results.facts(machine(states))]


def status(value: str, **more: Any) -> dict[str, Any]:
    return {"Variable": "$.job.TrainingJobStatus", "StringEquals": value, **more}


def test_a_status_that_never_comes() -> None:
    assert facts([status("COMPLETED")], "Done") == [(results.NEVER_EQUAL, "COMPLETED", "")]
    assert facts([status("Completed")], "Done") == []
    assert facts([{"Not": {k: v for k, v in status("completed").items() if k != "Next"}}], "Done") == [
        (results.NEVER_EQUAL, "completed", "")
    ]
    assert facts([{"Variable": "$.job.TrainingJobName", "StringEquals": "x"}], "Done") == []


def test_a_status_that_sync_keeps_back() -> None:
    sync = "sagemaker:createTrainingJob.sync"
    assert facts([status("Failed")], "Done", sync) == [(results.KEPT_BACK, "Failed", "")]
    assert facts([status("InProgress")], "Done", sync) == [(results.KEPT_BACK, "InProgress", "")]
    assert facts([status("Completed"), status("Stopped")], "Done", sync) == []
    assert facts([status("Completed")], None, sync) == []
    # a part of the job has a status of its own
    part = {"Variable": "$.job.SecondaryStatus", "StringEquals": "Failed"}
    assert facts([part], "Done", sync) == []
    for resource, path in (
        ("glue:startJobRun.sync", "JobRunState"), ("batch:submitJob.sync", "Status"), ("codebuild:startBuild.sync", "Build.BuildStatus"),
        ("states:startExecution.sync:2", "Status"), ("athena:startQueryExecution.sync", "QueryExecution.Status.State"),
    ):  # fmt: skip
        rule = {"Variable": f"$.job.{path}", "StringEquals": "FAILED"}
        assert facts([rule], "Done", resource) == [(results.KEPT_BACK, "FAILED", "")]


def test_a_loop_that_a_failed_job_never_leaves() -> None:
    assert facts([status("Completed")]) == [(results.NOT_HANDLED, ["Failed", "Stopped"], "Look")]
    assert facts([status("Completed"), status("Failed")]) == [(results.NOT_HANDLED, ["Stopped"], "Look")]
    assert facts([status("InProgress", Next="Wait"), status("Stopping", Next="Wait")], "Done") == []
    assert facts([status("Completed"), {"Or": [_bare("Failed"), _bare("Stopped")]}]) == []
    assert facts([{"Not": _bare("InProgress")}]) == []
    assert facts([{"Variable": "$.job.TrainingJobStatus", "StringMatches": "*ed"}]) == []
    other = {"Variable": "$.tries", "NumericGreaterThan": 9}
    assert (
        facts([{"Or": [other, _bare("Completed")]}]) == facts([{**other}, status("Completed")]) == []
    )  # other data decides
    for first in (other, {"Variable": "$.job.TrainingJobStatus", "IsPresent": True}):
        assert facts([{"And": [first, _bare("Completed")]}]) == [(results.NOT_HANDLED, ["Failed", "Stopped"], "Look")]
    assert facts([status("Completed")], resource="sagemaker:createTrainingJob") == [
        (results.UNKNOWN_PATH, "TrainingJobStatus", "")
    ]


def _bare(value: str) -> dict[str, Any]:
    return {"Variable": "$.job.TrainingJobStatus", "StringEquals": value}


def test_what_never_ends_the_job_is_no_failure() -> None:
    """An endpoint: `Failed` ends, what is out of service may come back. An instance, a cluster: stopped may, terminated not."""
    endpoint = {"Variable": "$.job.EndpointStatus", "StringEquals": "InService"}
    assert facts([endpoint], resource="aws-sdk:sagemaker:describeEndpoint") == [
        (results.NOT_HANDLED, ["Failed"], "Look")
    ]
    instance = {"Variable": "$.job.Reservations[0].Instances[0].State.Name", "StringEquals": "running"}
    assert facts([instance], resource="aws-sdk:ec2:describeInstances") == [
        (results.NOT_HANDLED, ["terminated"], "Look")
    ]
    cluster = {"Variable": "$.job.Cluster.Status.State", "StringEquals": "WAITING"}
    assert facts([cluster], resource="aws-sdk:emr:describeCluster") == [
        (results.NOT_HANDLED, ["TERMINATED", "TERMINATED_WITH_ERRORS"], "Look")
    ]


def test_no_rule_for_a_status() -> None:
    assert facts([status("Completed"), status("InProgress", Next="Wait")], None) == [
        (results.NOT_HANDLED, ["Failed", "Stopping", "Stopped", "Deleting"], "")
    ]
    assert facts([status("Completed"), {"Not": _bare("Completed"), "Next": "Wait"}], None) == [
        (results.NOT_HANDLED, ["Failed", "Stopped"], "Look")
    ]


def test_a_way_back_over_another_task_may_change_the_job() -> None:
    states = {
        "Look": task("aws-sdk:sagemaker:describeTrainingJob", Next="Choose"),
        "Choose": {"Type": "Choice", "Choices": [{"Variable": "$.TrainingJobStatus", "StringEquals": "Completed", "Next": "Done"}],
                   "Default": "Again"},
        "Again": task("sagemaker:createTrainingJob", Next="Look"),
        "Done": {"Type": "Succeed"},
    }  # fmt: skip
    assert results.facts(machine(states)) == []


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("$states.input.Status = 'FINISHED'", ["ABORTED", "FAILED"]),
        ("'FINISHED' = $states . input.Status", ["ABORTED", "FAILED"]),
        ("$states.input.Status in ['FINISHED', 'FAILED']", ["ABORTED"]),
        ("$states.input.Status = 'FINISHED' or $states.input.Status = 'FAILED'", ["ABORTED"]),
        ("$not($states.input.Status != 'FINISHED')", ["ABORTED", "FAILED"]),
        ("($states.input.Status = 'FINISHED') and true", ["ABORTED", "FAILED"]),
        ("$states.input.Status = 'FINISHED' and $states.input.HasResultSet", ["ABORTED", "FAILED"]),
        ("$states.input.Status = 'FINISHED' or $now() > 'x'", []),
        ("$lowercase($states.input.Status) = 'finished'", []),
    ],
)
def test_loops_in_jsonata(condition: str, wanted: list[str]) -> None:
    states = {
        "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:redshiftdata:describeStatement", "Arguments": {}, "Next": "Choose"},
        "Choose": {"Type": "Choice", "Choices": [{"Condition": f"{{% {condition} %}}", "Next": "Done"}], "Default": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Look"},
        "Done": {"Type": "Succeed"},
    }  # fmt: skip
    found = [list(fact.values) for fact in results.facts(machine(states, QueryLanguage="JSONata"))]
    assert found == ([wanted] if wanted else [])


def test_time_is_linear(linear: Any) -> None:
    def prepare(number: int) -> Callable[[], None]:
        states: dict[str, Any] = {
            f"T{i}": task("ecs:runTask", Next=f"T{i + 1}", ResultPath=f"$.r{i % 20}") for i in range(number)
        }
        states[f"T{number}"] = use("$.r0.Task")
        built = machine(states)

        def work() -> None:
            assert [fact.kind for fact in results.facts(built)] == [results.UNKNOWN_PATH]

        return work

    linear(prepare, 200, 2000)
