"""The rules on what services return, beyond their examples: words, places, severity, fixes, errors, what people run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.aws import errors
from asllint.aws.shapes import date
from asllint.engine import lint
from asllint.files import looks_like_asl
from asllint.registry import Registry, builtin
from asllint.result import Diagnostic
from asllint.settings import Settings

CODES = ("ASL617", "ASL618", "ASL619")
OUTPUT = Registry(entry for entry in builtin() if entry.code in CODES)
SHARED = Path(__file__).parents[2] / "shared"


def output(definition: Any, *, name: str = "x.asl.json", registry: Registry = OUTPUT) -> list[Diagnostic]:
    data = definition if isinstance(definition, bytes) else json.dumps(definition, indent=1).encode()
    report = lint(name, data, Settings(), registry)
    assert not report.failed, [d.message for d in report.diagnostics]
    return report.diagnostics


def after(resource: str, *path: str, **more: Any) -> Diagnostic:
    """Return the one finding where a state reads a path of what a Task gives."""
    states = {
        "Task": {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": {}, "Next": "Use", **more},
        "Use": {"Type": "Pass", "Parameters": {"x.$": path[0]}, "End": True},
    }
    (found,) = output({"StartAt": "Task", "States": states})
    return found


@pytest.mark.parametrize(
    ("jsonata", "field", "read"),
    [(False, "ResultSelector", {"x.$": "$[1].total"}), (True, "Output", "{% $states.result[1].total %}")],
)
def test_the_last_state_of_a_branch_gives_its_result(jsonata: bool, field: str, read: object) -> None:
    call = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    call["Arguments" if jsonata else "Parameters"] = {"FunctionName": "price"}
    branches = [
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}},
        {"StartAt": "B", "States": {"B": call}},
    ]
    both = {"Type": "Parallel", "Branches": branches, field: read, "End": True}
    language = "JSONata" if jsonata else "JSONPath"
    (found,) = output({"StartAt": "Both", "QueryLanguage": language, "States": {"Both": both}})
    assert found.code == "ASL617"
    assert found.message.startswith("`$states.result[1]` is" if jsonata else "`$[1]` is")


@pytest.mark.parametrize(
    ("resource", "path", "cure"),
    [
        ("sagemaker:createLabelingJob.sync", "$.Job.Arn", "Did you mean `$.LabelingJobArn`?"),
        ("sagemaker:createLabelingJob.sync", "$.LabellingJobArn", "Did you mean `LabelingJobArn`?"),
        ("ecs:runTask.sync", "$.Tasks[0].TaskArn", "Did you mean `$.TaskArn`? The result is what it stands in itself."),
        ("ecs:runTask", "$.Tasks.TaskArn", "Write `$.Tasks[0].TaskArn` for the first item."),
        ("glue:startJobRun.sync", "$.JobRun.Id", "Did you mean `$.Id`? The result is what it stands in itself."),
        ("lambda:invoke", "$.total", "Did you mean `$.Payload.total`?"),
        ("lambda:invoke", "$.statusCode", "Did you mean `StatusCode`, or `$.Payload.statusCode`?"),
        ("http:invoke", "$.total", "Did you mean `$.ResponseBody.total`?"),
        ("states:startExecution.sync:2", "$.total", "Did you mean `$.Output.total`?"),
        ("states:startExecution.sync", "$.Output.total", "With `.sync:2` it is JSON."),
        (
            "aws-sdk:secretsmanager:getSecretValue",
            "$.SecretString.user",
            "If it is JSON, read it with `States.StringToJson($.SecretString)` first.",
        ),
        ("athena:startQueryExecution.sync", "$.Statistics", "Did you mean `$.QueryExecution.Statistics`?"),
        ("dynamodb:getItem", "$.Item.id.s", "Did you mean `S`?"),
        ("aws-sdk:rds:describeDBInstances", "$.DBInstances", "Did you mean `DbInstances`?"),
        ("aws-sdk:s3:deleteBucket", "$.Foo", ""),
        ("sagemaker:createModel", "$.Foo", "Read `ModelArn`."),
        ("aws-sdk:secretsmanager:getSecretValue", "$.Secret", "Was `SecretBinary` or `SecretString` meant?"),
        ("ecs:runTask.sync", "$.Foo", ""),
        ("sagemaker:createModel", "$.name", "The result replaces the input of `Task`: keep that with `ResultPath` there, if it has `name`."),
        ("sagemaker:createModel", "$.modelArn", "Did you mean `ModelArn`?"),
        ("glue:startJobRun.sync", "$.executionId", "The result replaces the input of `Task`: keep that with `ResultPath` there, if it has `executionId`."),
        ("glue:startJobRun.sync", "$.executionTme", "Did you mean `ExecutionTime`?"),
    ],
)  # fmt: skip
def test_what_is_proposed_for_a_path(resource: str, path: str, cure: str) -> None:
    found = after(resource, path)
    assert (found.code, found.severity, found.cure) == ("ASL617", "warning", cure)


def test_the_input_is_no_longer_kept_where_the_result_is_placed() -> None:
    placed = {"ResultPath": "$.made", "OutputPath": "$.made"}
    assert after("sagemaker:createModel", "$.name", **placed).cure == "Read `ModelArn`."
    task = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", "Next": "B", "Arguments": {}}
    states = {"A": task, "B": {"Type": "Pass", "Output": "{% $states.input.name %}", "End": True}}
    (found,) = output({"QueryLanguage": "JSONata", "StartAt": "A", "States": states})
    assert found.cure == "The result replaces the input of `A`: keep that with `Output` there, if it has `name`."


def test_words_for_a_path() -> None:
    found = after("sagemaker:createModel", "$.Arn")
    assert found.message == (
        "`$` is the result of `sagemaker:createModel`, which has no field `Arn`, only `ModelArn` "
        f"(API of {date()}): a path that selects nothing fails."
    )
    assert [place.message for place in found.related] == ["the result that is read"]
    found = after("lambda:invoke", "$.StatusCode.x")
    assert found.message == (
        "`$.StatusCode` is a number in the result of `lambda:invoke`: there is no `x` in it, and the execution fails."
    )
    found = after("aws-sdk:s3:deleteBucket", "$.Foo")
    assert "which is empty: there is no field `Foo`, and the execution fails." in found.message
    assert "and 30 more" in after("ecs:runTask.sync", "$.Foo").message


@pytest.mark.parametrize(("resource", "path"), [("lambda:invoke", "total"), ("lambda:invoke", "StatusCode.x")])
def test_words_for_a_path_in_jsonata(resource: str, path: str) -> None:
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": {"FunctionName": "f"}, "End": True}
    task["Output"] = f"{{% $states.result.{path} %}}"
    (found,) = output({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": task}})
    assert found.message.endswith("the state fails, or goes on without the value.")


@pytest.mark.parametrize("given", ["$$.Task.Token", "$$.Task", "$$", "States.Format('{}', $$.Task.Token)"])
@pytest.mark.parametrize("pattern", [".sync", ".sync:2"])
def test_whoever_has_the_token_of_a_job_can_send_any_result(given: str, pattern: str) -> None:
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution{pattern}",
        "Parameters": {"StateMachineArn": "${Child}", "Input": {"x.$": given}},
        "Next": "Use",
    }
    use = {"Type": "Pass", "Parameters": {"x.$": "$.count"}, "End": True}
    machine = {"StartAt": "Task", "States": {"Task": task, "Use": use}}
    assert output(machine) == []
    if given.startswith("$$"):
        task["InputPath"], task["Parameters"] = given, {"Input.$": "$"}
        assert output(machine) == []
    task["InputPath"], task["Parameters"] = "$", {"Input": {"x.$": "$$.Execution.Id", "token": given}}
    assert [d.code for d in output(machine)] == ["ASL617"]


def test_a_status_that_may_be_of_whoever_has_the_token() -> None:
    choice = {"Variable": "$.Status", "StringEquals": "FAILED", "Next": "No"}
    task: dict[str, Any] = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Next": "Ok?"}
    states = {"Task": task, "Ok?": {"Type": "Choice", "Choices": [choice], "Default": "No"}, "No": {"Type": "Fail"}}
    task["Parameters"] = {"StateMachineArn": "${Child}", "Input": {"id.$": "$$.Execution.Id"}}
    assert [d.code for d in output({"StartAt": "Task", "States": states})] == ["ASL618"]
    task["Parameters"] = {"StateMachineArn": "${Child}", "Input": {"token.$": "$$.Task.Token"}}
    assert output({"StartAt": "Task", "States": states}) == []


@pytest.mark.parametrize("jsonata", [False, True])
def test_a_status_of_one_of_two_services(jsonata: bool) -> None:
    """A rule of a Choice state to which two Tasks lead may be for the status of either."""

    def statuses(second: str, value: str) -> list[str]:
        request = "Arguments" if jsonata else "Parameters"
        status = "$states.input.Status" if jsonata else "$.Status"
        rule = (
            {"Condition": f"{{% {status} = '{value}' %}}"} if jsonata else {"Variable": status, "StringEquals": value}
        )
        start = {"Condition": "{% $states.input.x %}"} if jsonata else {"Variable": "$.x", "IsPresent": True}
        task = {"Type": "Task", "Next": "Ok?", request: {"Id": "i"}}
        states = {
            "Which?": {"Type": "Choice", "Choices": [{**start, "Next": "A"}], "Default": "B"},
            "A": {**task, "Resource": "arn:aws:states:::aws-sdk:redshiftdata:describeStatement"},
            "B": {**task, "Resource": f"arn:aws:states:::aws-sdk:{second}"},
            "Ok?": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
            "Yes": {"Type": "Succeed"},
            "No": {"Type": "Fail"},
        }
        language = {"QueryLanguage": "JSONata"} if jsonata else {}
        return [d.code for d in output({**language, "StartAt": "Which?", "States": states})]

    assert statuses("sfn:describeExecution", "FINISHED") == []
    assert statuses("sfn:describeExecution", "SUCCEEDED") == []
    assert statuses("redshiftdata:describeStatement", "SUCCEEDED") == ["ASL618"]


def test_one_finding_for_a_path_that_is_read_twice() -> None:
    states = {
        "Task": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", "Parameters": {}, "Next": "Use"},
        "Use": {"Type": "Pass", "Parameters": {"a.$": "$.Arn", "b.$": "$.Arn", "c.$": "$.Name"}, "End": True},
    }
    assert [d.code for d in output({"StartAt": "Task", "States": states})] == ["ASL617", "ASL617"]


def compared(resource: str, path: str, value: str, **more: Any) -> Diagnostic:
    states = {
        "Task": {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{resource}",
            "Parameters": {},
            "Next": "Choose",
            **more,
        },
        "Choose": {
            "Type": "Choice",
            "Choices": [{"Variable": path, "StringEquals": value, "Next": "Done"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
    }
    (found,) = output({"StartAt": "Task", "States": states})
    return found


@pytest.mark.parametrize(
    ("resource", "path", "value", "right"),
    [
        ("sagemaker:createTrainingJob.sync", "$.TrainingJobStatus", "COMPLETED", "Completed"),
        ("sagemaker:createTrainingJob.sync", "$.TrainingJobStatus", "Succeeded", "Completed"),
        ("glue:startJobRun.sync", "$.JobRunState", "Completed", "SUCCEEDED"),
        ("batch:submitJob.sync", "$.Status", "SUCCEEDED ", "SUCCEEDED"),
        ("aws-sdk:ec2:describeSnapshots", "$.Snapshots[0].State", "complete", "completed"),
    ],
)
def test_the_status_that_was_meant(resource: str, path: str, value: str, right: str) -> None:
    found = compared(resource, path, value)
    assert (found.code, found.severity, found.cure) == ("ASL618", "warning", f"Did you mean `{right}`?")
    assert found.fix is not None and not found.fix.safe
    assert [text for _, _, text in found.fix.edits] == [right]
    assert found.message.startswith(f"`{path}` is never `{value}`: in the result of `{resource}` it is ")


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("x.asl.json", '"{% $states.input.TrainingJobStatus = \\"COMPLETED\\" %}"'),
        ("x.asl.json", "\"{% $states.input.TrainingJobStatus = 'COMPLETED' %}\""),
        ("x.asl.yaml", "'{% $states.input.TrainingJobStatus = ''COMPLETED'' %}'"),
    ],
)
def test_a_status_in_quotes_within_quotes_is_mended(name: str, condition: str) -> None:
    text = f"""{{"StartAt": "Task", "QueryLanguage": "JSONata", "States": {{
  "Task": {{"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Arguments": {{}}, "Next": "Use"}},
  "Use": {{"Type": "Choice", "Choices": [{{"Condition": {condition}, "Next": "Good"}}], "Default": "Good"}},
  "Good": {{"Type": "Succeed"}}}}}}"""
    (found,) = output(text.encode(), name=name)
    assert found.fix is not None
    ((start, end, new),) = found.fix.edits
    assert (text[start:end], new) == ("COMPLETED", "Completed")


def test_a_status_of_another_word() -> None:
    found = compared("sagemaker:createTrainingJob.sync", "$.TrainingJobStatus", "Gone")
    assert (found.severity, found.cure, found.fix) == ("warning", "", None)
    # of very many values another may well have come
    assert compared("aws-sdk:ec2:runInstances", "$.Instances[0].InstanceType", "q9.huge").severity == "note"


def test_a_failure_that_sync_does_not_let_out() -> None:
    found = compared("sagemaker:createTrainingJob.sync", "$.TrainingJobStatus", "Failed")
    assert (found.severity, found.cure) == (
        "warning",
        "Handle the failure in a `Catch` of `Task`, for `States.TaskFailed`.",
    )
    caught = {"Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Done"}]}
    found = compared("sagemaker:createTrainingJob.sync", "$.TrainingJobStatus", "Failed", **caught)
    assert (found.severity, found.cure) == ("note", "Remove the rule.")


def polled(values: list[str], default: str | None = "Wait") -> list[Diagnostic]:
    rules = [{"Variable": "$.TrainingJobStatus", "StringEquals": value, "Next": "Done"} for value in values]
    choose = {"Type": "Choice", "Choices": rules, **({"Default": default} if default else {})}
    states = {
        "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob",
                 "Parameters": {"TrainingJobName": "job"}, "Next": "Choose"},
        "Choose": choose,
        "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
        "Done": {"Type": "Succeed"},
    }  # fmt: skip
    chosen = Registry(entry for entry in builtin() if entry.code in (*CODES, "ASL210"))
    return output({"StartAt": "Look", "States": states}, registry=chosen)


def test_statuses_that_are_not_handled() -> None:
    (found,) = polled(["Completed"])
    assert (found.code, found.severity, found.pointer) == ("ASL619", "warning", "/States/Choose")
    assert "`Failed` or `Stopped`, `Choose` leads back to `Look`" in found.message
    assert [d.severity for d in polled(["Completed", "Failed"])] == ["note"]
    assert polled(["Completed", "Failed", "Stopped"]) == []


def test_an_instance_that_is_gone_never_runs() -> None:
    choice = {"Variable": "$.Reservations[0].Instances[0].State.Name", "StringEquals": "running", "Next": "Done"}
    states: dict[str, Any] = {
        "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ec2:describeInstances", "Parameters": {}, "Next": "Up?"},
        "Up?": {"Type": "Choice", "Choices": [choice], "Default": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 10, "Next": "Look"},
        "Done": {"Type": "Succeed"},
    }  # fmt: skip
    (found,) = output({"StartAt": "Look", "States": states})
    assert (found.code, found.severity) == ("ASL619", "note")
    assert "is `terminated`, `Up?` leads back to `Look`" in found.message
    choice["StringEquals"] = "terminated"
    assert output({"StartAt": "Look", "States": states}) == []


def test_statuses_without_a_rule_are_named_once() -> None:
    found = polled(["Completed"], None)
    assert [(d.code, d.severity) for d in found] == [("ASL619", "warning")]
    assert "is `InProgress`, `Failed`, `Stopping`, `Stopped` or `Deleting`" in found[0].message
    found = polled(["Completed", "InProgress"], None)
    assert [(d.code, d.severity) for d in found] == [("ASL619", "note")]


# -- names of errors


@pytest.mark.parametrize(
    ("resource", "name", "meant"),
    [
        ("sagemaker:createTrainingJob.sync", "SageMaker.ResourceLimitExceeded", "SageMaker.ResourceLimitExceededException"),
        ("sagemaker:createTrainingJob.sync", "SageMaker.AmazonSagemakerException", "SageMaker.AmazonSageMakerException"),
        ("athena:startQueryExecution.sync", "Athena.TooManyRequestException", "Athena.TooManyRequestsException"),
        ("dynamodb:putItem", "DynamoDB.ConditionalCheckFailException", "DynamoDB.ConditionalCheckFailedException"),
        ("glue:startJobRun.sync", "Glue.ConcurrentRunExceededException", "Glue.ConcurrentRunsExceededException"),
        ("batch:submitJob.sync", "Batch.ServerExeption", "Batch.ServerException"),
        ("states:startExecution", "Stepfunctions.ExecutionAlreadyExistsException",
         "StepFunctions.ExecutionAlreadyExistsException"),
        ("eks:call", "Eks.401", "EKS.401"),
        ("aws-sdk:dynamodb:query", "DynamoDb.DynamoDBException", "DynamoDb.DynamoDbException"),
        ("aws-sdk:s3:getObject", "S3.NoSuchKey", "S3.NoSuchKeyException"),
    ],
)  # fmt: skip
def test_the_error_that_was_meant(resource: str, name: str, meant: str) -> None:
    assert errors.meant(f"arn:aws:states:::{resource}", name) == meant
    assert errors.meant(f"arn:aws-us-gov:states:::{resource}", meant) is None


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("sagemaker:createTrainingJob.sync", "SageMaker.ThrottlingException"),
        ("sagemaker:createTrainingJob.sync", "SageMaker.SomethingNewException"),
        ("sagemaker:createTrainingJob.sync", "Mine"),
        ("dynamodb:putItem", "DynamoDb.ConditionalCheckFailException"),  # its prefix is wrong, which is said already
        ("sns:publish", "SNS.KMSDisabledException"),
        ("batch:submitJob.sync", "Batch.AwsBatchException"),
        ("eks:call", "EKS.409"),
        ("apigateway:invoke", "ApiGateway.404"),
        ("http:invoke", "States.Http.StatusCode.404"),
        ("lambda:invoke", "Mine.Error"),
        ("sqs:sendMessage.waitForTaskToken", "SQS.SdkClientExceptions"),
        ("aws-sdk:s3:getObject", "S3.S3Exception"),
        ("aws-sdk:s3:getObject", "S3.NoSuchBucketException"),  # of another action
        ("aws-sdk:rds:deleteDBCluster", "Rds.InvalidDbClusterStateException"),
        ("aws-sdk:newservice:get", "NewService.NotFound"),
        ("glue:noSuchAction", "Glue.ConcurrentRunExceededException"),
    ],
)
def test_names_that_may_be_right(resource: str, name: str) -> None:
    assert errors.meant(f"arn:aws:states:::{resource}", name) is None


def test_no_error_of_the_data_is_nearly_another() -> None:
    """Each name that an integration is documented to raise is taken for itself."""
    from asllint.aws import catalog, shapes

    for service in catalog.services():
        for action in catalog.actions(service):
            operation = shapes.find(service, action, sdk=False)
            for name in operation.errors if operation is not None else ():
                assert errors.meant(f"arn:aws:states:::{service}:{action}", name) is None


def test_a_misspelt_error_is_reported_once() -> None:
    task = {
        "Type": "Task", "Resource": "arn:aws:states:::athena:startQueryExecution.sync", "Parameters": {"QueryString": "q"},
        "Retry": [{"ErrorEquals": ["Athena.TooManyRequestException"]}], "End": True,
    }  # fmt: skip
    chosen = Registry(entry for entry in builtin() if entry.code in ("ASL302", "ASL316"))
    (found,) = output({"StartAt": "A", "States": {"A": task}}, registry=chosen)
    assert (found.code, found.cure) == ("ASL316", "Did you mean `Athena.TooManyRequestsException`?")


# -- what people run


def test_seeds() -> None:
    """Each path of the four SageMaker examples leads to what the service returns."""
    seeds = sorted((SHARED / "seeds").glob("*.asl.json"))
    if not seeds:
        pytest.skip("no corpus")
    for path in seeds:
        assert output(path.read_bytes(), name=path.name) == []


PRODUCTION = {
    # (file, line): each read against the definition, and true
    ("bedrock-evaluations-sam/statemachine/statemachine.asl.json", "ASL619"): 4,
    ("distributed-data-stream-aggregator/statemachine/statemachine.asl.json", "ASL619"): 1,
    ("ec2-instance-isolation-cdk/python/statemachine/statemachine.asl.json", "ASL619"): 2,
    ("sfn-cfn-stacksets-workflow-cdk/statemachine/statemachine.asl.json", "ASL617"): 2,
    ("stepfunctions-bedrock-model-customisation-sam/statemachine/bedrock-model-customisation.asl.json", "ASL619"): 1,
    ("clowdhaus__terraform-aws-ebs-snapshot-builder/state_machine.json", "ASL619"): 2,
}


def test_production() -> None:
    root = SHARED / "corpus" / "production"
    if not root.exists():
        pytest.skip("no corpus")
    found: dict[tuple[str, str], int] = {}
    for path in sorted(root.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        for diagnostic in output(data, name=path.name) if ".asl." in path.name or looks_like_asl(data) else ():
            key = (str(path.relative_to(root)).partition("/")[2], diagnostic.code)
            found[key] = found.get(key, 0) + 1
    assert found == PRODUCTION


def _polls(waits: list[str], rules: dict[str, str], default: str, action: str = "athena:getQueryExecution") -> Any:
    path = {"athena:getQueryExecution": "$.q.QueryExecution.Status.State", "glue:getCrawler": "$.q.Crawler.State"}[
        action
    ]
    rules = {**dict.fromkeys(waits, "Wait"), **rules}
    states = {
        "Look": {
            "Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:{action}", "ResultPath": "$.q", "Next": "Running?",
            "Parameters": {"QueryExecutionId.$": "$.id"} if "Query" in action else {"Name": "c"},
        },
        "Running?": {
            "Type": "Choice", "Default": default,
            "Choices": [{"Variable": path, "StringEquals": status, "Next": to} for status, to in rules.items()],
        },
        "Wait": {"Type": "Wait", "Seconds": 10, "Next": "Look"},
        "Done": {"Type": "Succeed"},
        "Failed": {"Type": "Fail", "Error": "NotFound"},
    }  # fmt: skip
    return {"StartAt": "Look", "States": states}


def test_a_status_of_work_that_is_not_done() -> None:
    (found,) = output(_polls(["RUNNING"], {"FAILED": "Failed"}, "Done"))
    assert (found.code, found.severity) == ("ASL619", "warning")
    assert found.message == (
        "Where `$.q.QueryExecution.Status.State` is `QUEUED`, `Running?` goes on as it does with `SUCCEEDED`: the work is not done then."
    )
    assert found.cure == "Go on with `SUCCEEDED` alone, and let `Default` wait; or wait with `QUEUED`, too."


def test_whether_work_that_is_being_stopped_is_done_is_not_known() -> None:
    assert output(_polls(["RUNNING"], {}, "Done", "glue:getCrawler")) == []


@pytest.mark.parametrize(
    ("action", "path", "rules"),
    [
        (
            "ec2:describeInstances",
            "Reservations[0].Instances[0].State.Name",
            {"pending": "Wait", "terminated": "Failed"},
        ),
        ("dynamodb:describeTable", "Table.TableStatus", {"CREATING": "Wait"}),
        ("eks:describeCluster", "Cluster.Status", {"CREATING": "Wait", "FAILED": "Failed", "DELETING": "Failed"}),
        ("sagemaker:describeEndpoint", "EndpointStatus", {"Creating": "Wait", "Failed": "Failed"}),
    ],
)
def test_what_has_come_up_may_run_and_change(action: str, path: str, rules: dict[str, str]) -> None:
    definition = _polls([], {}, "Done")
    definition["States"]["Look"].update(Resource=f"arn:aws:states:::aws-sdk:{action}", Parameters={"${All}": 1})
    definition["States"]["Running?"]["Choices"] = [
        {"Variable": f"$.q.{path}", "StringEquals": status, "Next": to} for status, to in rules.items()
    ]
    assert not [d for d in output(definition) if d.code == "ASL619"]


def test_statuses_that_another_choice_state_tells_apart() -> None:
    definition = _polls(["RUNNING"], {"FAILED": "Failed"}, "On")
    succeeded = {"Variable": "$.q.QueryExecution.Status.State", "StringEquals": "SUCCEEDED", "Next": "Done"}
    definition["States"] |= {
        "On": {"Type": "Pass", "Next": "Which?"},
        "Which?": {"Type": "Choice", "Choices": [succeeded], "Default": "Failed"},
    }
    assert output(definition) == []
    succeeded |= {"Variable": "$.other", "StringEquals": "fine"}
    assert [d.code for d in output(definition)] == ["ASL619"]


@pytest.mark.parametrize(
    ("waits", "rules", "default"),
    [
        (["RUNNING", "QUEUED"], {}, "Done"),
        (["RUNNING"], {"SUCCEEDED": "Done"}, "Failed"),  # it fails, which is seen
        (["RUNNING"], {"QUEUED": "Done"}, "Done"),  # so it was written
        ([], {"FAILED": "Failed"}, "Done"),  # nothing waits
        (["QUEUED"], {"FAILED": "Failed"}, "Done"),  # until it is started
    ],
)
def test_statuses_that_are_thought_of(waits: list[str], rules: dict[str, str], default: str) -> None:
    found = output(_polls(waits, rules, default))
    assert not [d for d in found if "goes on as" in d.message]


@pytest.mark.parametrize(
    "behind",
    [
        {},
        {"Default": {"Type": "Pass", "Parameters": {"status.$": "$.q.QueryExecution.Status.State"}}},
        {"Default": {"Type": "Task", "Resource": "r", "ResultPath": None}},
    ],
)
def test_statuses_that_are_asked_for_behind_the_default(behind: dict[str, Any]) -> None:
    """What goes on as a success does is told apart there."""
    path = "$.status" if "Parameters" in behind.get("Default", {}) else "$.q.QueryExecution.Status.State"
    machine = _polls(["RUNNING"], {"FAILED": "Failed"}, "Default" if behind else "Done?")
    machine["States"] |= {name: {**state, "Next": "Done?"} for name, state in behind.items()}
    machine["States"]["Done?"] = {
        "Type": "Choice",
        "Default": "Failed",
        "Choices": [
            {"Variable": path, "StringEquals": "SUCCEEDED", "Next": "Done"},
            {"Variable": path, "StringEquals": "QUEUED", "Next": "Wait"},
        ],
    }
    assert not [d for d in output(machine) if "goes on as" in d.message]
    # of another Choice state nothing is known
    machine["States"]["Done?"]["Choices"] = [{"Variable": "$.again", "BooleanEquals": True, "Next": "Failed"}]
    machine["States"]["Done?"]["Default"] = "Done"
    assert [d for d in output(machine) if "goes on as" in d.message]


def test_a_default_that_comes_back_asks_again() -> None:
    machine = _polls(["RUNNING"], {"FAILED": "Failed"}, "Count")
    machine["States"]["Count"] = {"Type": "Task", "Resource": "r", "Next": "Enough?"}
    rule = {"Variable": "$.enough", "BooleanEquals": True, "Next": "Done"}
    machine["States"]["Enough?"] = {"Type": "Choice", "Default": "Wait", "Choices": [rule]}
    assert not [d for d in output(machine) if "goes on as" in d.message]


def _two_ways(**more: Any) -> Any:
    """Return a machine of two ways, on which two calls write the same field, and whatever is to come behind them."""
    two: dict[str, Any] = {
        name: {
            "Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:rds:{action}", "Parameters": {}, "ResultPath": "$.made",
            "Next": "Behind",
        }
        for name, action in (("Look", "describeDBSnapshots"), ("Make", "createDBSnapshot"))
    }  # fmt: skip
    one = [{"Variable": "$.new", "BooleanEquals": False, "Next": "Look"}]
    use = {"Type": "Pass", "Parameters": {"arn.$": "$.made.DbSnapshot.DbSnapshotArn"}, "End": True}
    return {
        "StartAt": "There?",
        "States": {"There?": {"Type": "Choice", "Default": "Make", "Choices": one}, **two, "Use": use, **more},
    }


def test_a_result_that_is_there_on_one_of_the_ways() -> None:
    (found,) = output(_two_ways(Behind={"Type": "Wait", "Seconds": 1, "Next": "Use"}))
    assert (found.code, found.severity) == ("ASL617", "warning")
    assert found.message.startswith(
        "On one of the ways to this state, `$.made` is the result of `aws-sdk:rds:describeDBSnapshots`, which has no field "
        "`DbSnapshot`, only `DbSnapshots` and `Marker` ("
    )
    assert found.cure == (
        "Let all ways give data of one form, for example with a `ResultSelector`, or read it in a state for each of them."
    )


def test_ways_that_are_told_apart_again() -> None:
    """What is asked for twice leads the same way twice."""
    behind = {
        "Type": "Choice",
        "Default": "Use",
        "Choices": [{"Variable": "$.new", "BooleanEquals": False, "Next": "Done"}],
    }
    assert output(_two_ways(Behind=behind, Done={"Type": "Succeed"})) == []
    later = {"Type": "Wait", "Seconds": 1, "Next": "Again?"}
    assert output(_two_ways(Behind=later, Done={"Type": "Succeed"}, **{"Again?": behind})) == []


@pytest.mark.parametrize(
    "use",
    [
        {"InputPath": "$.made", "Parameters": {"arn.$": "$.DbSnapshot.DbSnapshotArn"}, "End": True},
        {"Parameters": {"it.$": "$.made"}, "Next": "Last"},
        {"InputPath": "$.made", "ResultPath": "$.it", "Next": "Last"},
    ],
)
def test_ways_that_are_told_apart_before_the_data_is_put_elsewhere(use: dict[str, Any]) -> None:
    behind = {
        "Type": "Choice",
        "Default": "Done",
        "Choices": [{"Variable": "$.how", "StringEquals": "make", "Next": "Use"}],
    }
    last = {"Type": "Pass", "Parameters": {"arn.$": "$.it.DbSnapshot.DbSnapshotArn"}, "End": True}
    more = {"Last": last} if "Next" in use else {}
    definition = _two_ways(Behind=behind, Done={"Type": "Succeed"}, Use={"Type": "Pass", **use}, **more)
    assert output(definition) == []


@pytest.mark.parametrize(
    "fields",
    [{"Type": "Pass", "Result": 1, "ResultPath": "$.one"}, {"Type": "Task", "Resource": "r", "ResultPath": "$.one"}],
)
def test_ways_over_states_that_hand_on_what_they_get(fields: dict[str, Any]) -> None:
    (found,) = output(_two_ways(Behind={**fields, "Next": "Use"}))
    assert found.code == "ASL617"


def test_ways_into_a_branch() -> None:
    definition = _two_ways()
    use = definition["States"].pop("Use")
    branches = [{"StartAt": "Use", "States": {"Use": use}}]
    definition["States"]["Behind"] = {"Type": "Parallel", "Branches": branches, "End": True}
    assert output(definition) == []
