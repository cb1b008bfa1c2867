"""The rules on Retry and Catch in machines as people write them: what is marked with «…», and nothing else, is found."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from asllint.engine import lint
from asllint.registry import PACKAGE, Entry, Registry, rule_in
from asllint.result import Diagnostic
from asllint.settings import Settings
from asllint.testing import strip_marks

RULES = (
    "infinite_retry_risk",
    "retrier_never_matches",
    "retrier_shadowed",
    "catcher_never_matches",
    "catcher_shadowed",
    "states_all_misses",
    "unknown_error_name",
)


def _registry(*names: str) -> Registry:
    modules = [f"{PACKAGE}.errors.{name}" for name in names]
    rules = [(module, rule_in(importlib.import_module(module).__name__)) for module in modules]
    return Registry(Entry(rule.code, rule.name, "errors", module, True, rule.concerns) for module, rule in rules)


ERRORS = _registry(*RULES)


def found(text: str, registry: Registry = ERRORS) -> list[Diagnostic]:
    report = lint("x.asl.json", text.encode(), Settings(), registry, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:work"


def task(fields: str, resource: str = FUNCTION) -> str:
    """Return a machine of one Task and what it leads to on errors."""
    return f"""{{"StartAt": "Work", "States": {{
  "Work": {{"Type": "Task", "Resource": "{resource}", "Next": "Done", {fields}}},
  "Undo": {{"Type": "Pass", "Next": "Failed"}}, "Failed": {{"Type": "Fail", "Error": "WorkFailed"}}, "Done": {{"Type": "Succeed"}}
}}}}"""


def around(fields: str, inner: str, extra: str = "") -> str:
    """Return a machine of one Parallel state around one state, which leads on to others."""
    return f"""{{"StartAt": "Both", "States": {{
  "Both": {{"Type": "Parallel", "Next": "Done", {fields}, "Branches": [{{"StartAt": "Inner", "States": {{
    "Inner": {inner}, "Bad": {{"Type": "Fail", "Error": "BadInput"}}, "Fine": {{"Type": "Pass", "End": true}}{extra}}}}}]}},
  "Undo": {{"Type": "Pass", "End": true}}, "Done": {{"Type": "Succeed"}}
}}}}"""


SDK = "arn:aws:states:::aws-sdk:s3:getObject"
DYNAMODB = "arn:aws:states:::dynamodb:updateItem"
CHOICE = (
    '{"Type": "Choice", "Choices": [{"Variable": "$.ok", "BooleanEquals": true, "Next": "Fine"}], "Default": "Bad"}'
)

CASES: dict[str, tuple[str, list[str]]] = {
    # name: the machine, and the codes of its marks in the order of the text
    "timeout without a timeout, alone": (
        task('"Retry": [{"ErrorEquals": [«"States.Timeout"»]}]', SDK),
        ["ASL302"],
    ),
    "timeout without a timeout, beside another name": (
        task('"Retry": [{"ErrorEquals": [«"States.Timeout"», "States.TaskFailed"]}]', SDK),
        ["ASL302"],
    ),
    "timeout of a function without a timeout": (
        task('"Catch": [{"ErrorEquals": [«"States.Timeout"»], "Next": "Undo"}]'),
        ["ASL304"],
    ),
    "timeout of an HTTP Task without a timeout": (
        task('"Catch": [{"ErrorEquals": [«"States.Timeout"»], "Next": "Undo"}]', "arn:aws:states:::http:invoke"),
        ["ASL304"],
    ),
    "timeout of an HTTP Task beside its own": (
        task(
            '"Retry": [{"ErrorEquals": [«"States.Timeout"», "States.Http.Socket"]}]', "arn:aws-cn:states:::http:invoke"
        ),
        ["ASL302"],
    ),
    "timeout with TimeoutSeconds": (
        task('"TimeoutSeconds": 60, "Retry": [{"ErrorEquals": ["States.Timeout"]}]', SDK),
        [],
    ),
    "timeout with TimeoutSecondsPath": (
        task('"TimeoutSecondsPath": "$.limit", "Retry": [{"ErrorEquals": ["States.Timeout"]}]', SDK),
        [],
    ),
    "timeout with HeartbeatSeconds alone": (
        task('"HeartbeatSeconds": 60, "Retry": [{"ErrorEquals": ["States.Timeout", "States.HeartbeatTimeout"]}]', SDK),
        [],
    ),
    "timeout of a worker that may raise it itself": (
        task('"Retry": [{"ErrorEquals": ["States.Timeout"]}]', "arn:aws:states:eu-west-1:123456789012:activity:pick"),
        [],
    ),
    "timeout of a resource that is filled in later": (
        task('"Retry": [{"ErrorEquals": ["States.Timeout"]}]', "${Worker}"),
        [],
    ),
    "timeout beside a field that is filled in later": (
        task('"${Limits}": 5, "Retry": [{"ErrorEquals": ["States.Timeout"]}]', SDK),
        [],
    ),
    "timeout of a child execution, which the parent sees as a failed task": (
        task('"Retry": [{"ErrorEquals": [«"States.Timeout"»]}]', "arn:aws:states:::states:startExecution.sync:2"),
        ["ASL302"],
    ),
    "heartbeat without a heartbeat": (
        task('"TimeoutSeconds": 60, "Retry": [{"ErrorEquals": [«"States.HeartbeatTimeout"», "Busy"]}]'),
        ["ASL302"],
    ),
    "an error that cannot be caught": (
        task('"Catch": [{"ErrorEquals": [«"States.Runtime"»], "Next": "Undo"}]'),
        ["ASL304"],
    ),
    "too much data can be caught by its name": (
        task('"Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Undo"}]'),
        [],
    ),
    "an error of another kind of state": (
        task('"Catch": [{"ErrorEquals": [«"States.NoChoiceMatched"»], "Next": "Undo"}]'),
        ["ASL304"],
    ),
    "an error of the other query language": (
        task('"QueryLanguage": "JSONata", "Retry": [{"ErrorEquals": [«"States.ParameterPathFailure"»]}]'),
        ["ASL302"],
    ),
    "the prefix of another service": (
        task('"Retry": [{"ErrorEquals": «["Lambda.ServiceException", "Lambda.SdkClientException"]»}]', SDK),
        ["ASL302"],
    ),
    "the prefix of the SDK integration at the optimized one": (
        task('"Catch": [{"ErrorEquals": [«"DynamoDb.ConditionalCheckFailedException"»], "Next": "Undo"}]', DYNAMODB),
        ["ASL304"],
    ),
    "the prefix of the optimized integration at that of the SDK": (
        task(
            '"Retry": [{"ErrorEquals": [«"DynamoDB.ThrottlingException"»]}]',
            "arn:aws:states:::aws-sdk:dynamodb:updateItem",
        ),
        ["ASL302"],
    ),
    "no prefix": (
        task('"Retry": [{"ErrorEquals": [«"ThrottlingException"»]}]', "arn:aws:states:::bedrock:invokeModel"),
        ["ASL302"],
    ),
    "ECS in other letters": (
        task('"Retry": [{"ErrorEquals": [«"Ecs.ServerException"»]}]', "arn:aws:states:::ecs:runTask.sync"),
        ["ASL302"],
    ),
    "right prefixes": (
        task(
            '"Retry": [{"ErrorEquals": ["ECS.ServerException", "AmazonECS.Unknown"]}]',
            "arn:aws:states:::ecs:runTask.sync",
        ),
        [],
    ),
    "HTTP": (
        task(
            '"Retry": [{"ErrorEquals": ["States.Http.StatusCode.429", "States.Http.Socket"]},'
            ' {"ErrorEquals": ["Events.ConnectionResource.AuthInProgress"]}, {"ErrorEquals": [«"Http.StatusCode.503"»]}]',
            "arn:aws:states:::http:invoke",
        ),
        ["ASL302"],
    ),
    "a service whose prefix is not known": (
        task('"Retry": [{"ErrorEquals": ["ThrottlingException"]}]', "arn:aws:states:::elasticmapreduce:addStep.sync"),
        [],
    ),
    "a function names its errors": (
        task('"Retry": [{"ErrorEquals": ["ThrottlingException", "S3.Busy", "Lambda.Unknown"]}]'),
        [],
    ),
    "a name that is filled in later": (task('"Retry": [{"ErrorEquals": ["${Prefix}.Busy"]}]', SDK), []),
    "wildcard first": (
        task(
            '"Retry": [{"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": [«"Lambda.Unknown"»], "MaxAttempts": 9}]'
        ),
        ["ASL303"],
    ),
    "wildcard with no attempts first": (
        task(
            '"Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 0}, {"ErrorEquals": «["Busy", "Slow"]»}]'
        ),
        ["ASL303"],
    ),
    "never the timeout, all else": (
        task(
            '"TimeoutSeconds": 9, "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]'
        ),
        [],
    ),
    "wildcard, then what it does not match": (
        task(
            '"TimeoutSeconds": 9, "HeartbeatSeconds": 3, "Retry": [{"ErrorEquals": ["States.TaskFailed"]},'
            ' {"ErrorEquals": ["States.HeartbeatTimeout"]}, {"ErrorEquals": ["States.Timeout"]}, {"ErrorEquals": ["States.ALL"]}]'
        ),
        [],
    ),
    "the same name in two, alone": (
        task('"Retry": [{"ErrorEquals": ["Busy"]}, {"ErrorEquals": [«"Busy"»], "MaxAttempts": 9}]'),
        ["ASL303"],
    ),
    "the same name in two Catchers, beside another": (
        task(
            '"Catch": [{"ErrorEquals": ["Busy", "Locked"], "Next": "Undo"}, {"ErrorEquals": ["Slow", «"Locked"»], "Next": "Failed"}]'
        ),
        ["ASL305"],
    ),
    "the same name in Retry and Catch": (
        task('"Retry": [{"ErrorEquals": ["Busy"]}], "Catch": [{"ErrorEquals": ["Busy"], "Next": "Undo"}]'),
        [],
    ),
    "a name twice in one list": (task('"Retry": [{"ErrorEquals": ["Busy", "Slow", «"Busy"»]}]'), ["ASL303"]),
    "a wildcard beside names in one list": (
        task('"Retry": [{"ErrorEquals": ["Lambda.Unknown", "Sandbox.Timedout", "States.TaskFailed"]}]'),
        [],
    ),
    "three ways to be dead in one Catch": (
        task(
            '"Catch": [{"ErrorEquals": ["S3.NoSuchKeyException"], "Next": "Undo"},'
            ' {"ErrorEquals": [«"S3.NoSuchKeyException"», «"S3.NoSuchKeyException"», «"States.Timeout"», «"NoSuchKey"»], "Next": "Failed"}]',
            SDK,
        ),
        ["ASL305", "ASL305", "ASL304", "ASL304"],
    ),
    "misspelt names of Step Functions": (
        task(
            '"Retry": [{"ErrorEquals": [«"States.Timedout"»]}, {"ErrorEquals": [«"states.taskfailed"»]}],'
            ' "Catch": [{"ErrorEquals": [«"State.ALL"»], "Next": "Undo"}]'
        ),
        ["ASL316", "ASL316", "ASL316"],
    ),
    "misspelt names of functions": (
        task(
            '"Retry": [{"ErrorEquals": [«"Lambda.TooManyRequestException"», «"Sandbox.TimedOut"», "Lambda.MyOwnException"]}]'
        ),
        ["ASL316", "ASL316"],
    ),
    "stars": (task('"Retry": [{"ErrorEquals": [«"*"», «"Lambda.*"»]}]'), ["ASL316", "ASL316"]),
    "a reserved name that a Fail state inside has": (
        around(
            '"Catch": [{"ErrorEquals": ["States.Won"], "Next": "Undo"}]',
            '{"Type": "Pass", "Next": "Won"}',
            ', "Won": {"Type": "Fail", "Error": "States.Won"}',
        ),
        [],
    ),
    # The textbook
    "retry around a Parallel state whose Tasks catch everything": (
        around(
            '"Retry": [{"ErrorEquals": «["Lambda.ServiceException", "Lambda.Unknown"]», "MaxAttempts": 5}, {"ErrorEquals": ["BadInput"]}]',
            f'{{"Type": "Task", "Resource": "{FUNCTION}", "Next": "Fine", "Catch": [{{"ErrorEquals": ["States.ALL"], "Next": "Bad"}}]}}',
        ),
        ["ASL302"],
    ),
    "retry around a Parallel state whose Tasks catch some errors": (
        around(
            '"Retry": [{"ErrorEquals": ["Lambda.Unknown", "Sandbox.Timedout"], "MaxAttempts": 5}]',
            f'{{"Type": "Task", "Resource": "{FUNCTION}", "Next": "Fine", "Catch": [{{"ErrorEquals": ["Busy"], "Next": "Bad"}}]}}',
        ),
        [],
    ),
    "retry of the timeout around a Parallel state in which a Task times out": (
        around(
            '"Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 5}]',
            f'{{"Type": "Task", "Resource": "{FUNCTION}", "TimeoutSeconds": 5, "Next": "Fine"}}',
        ),
        [],
    ),
    "retry of the timeout around a Parallel state in which nothing times out": (
        around(
            '"Retry": [{"ErrorEquals": [«"States.Timeout"», "BadInput", "States.BranchFailed"], "MaxAttempts": 5}]',
            f'{{"Type": "Task", "Resource": "{SDK}", "Next": "Bad"}}',
        ),
        ["ASL302"],
    ),
    "a Choice inside with Default": (
        around('"Catch": [{"ErrorEquals": [«"States.NoChoiceMatched"»], "Next": "Undo"}]', CHOICE),
        ["ASL304"],
    ),
    "a Choice inside without Default": (
        around(
            '"Catch": [{"ErrorEquals": ["States.NoChoiceMatched", "BadInput"], "Next": "Undo"}]',
            '{"Type": "Choice", "Choices": [{"Variable": "$.ok", "BooleanEquals": true, "Next": "Bad"}]}',
        ),
        [],
    ),
    "a Fail state inside that takes its name from the data": (
        around(
            '"Catch": [{"ErrorEquals": ["Whatever"], "Next": "Undo"}]',
            '{"Type": "Fail", "ErrorPath": "$.name"}',
        ),
        [],
    ),
    "a Fail state inside that is never reached": (
        around(
            '"Catch": [{"ErrorEquals": [«"Lost"», "BadInput"], "Next": "Undo"}]',
            '{"Type": "Pass", "Next": "Bad"}',
            ', "Lost": {"Type": "Fail", "Error": "Lost"}',
        ),
        ["ASL304"],
    ),
    "branches that are filled in later": (
        """{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": ${Branches}, "End": true,
  "Retry": [{"ErrorEquals": ["Whatever", "States.Timeout"]}]}}}""",
        [],
    ),
    "an inline Map passes errors on": (
        f"""{{"StartAt": "Each", "States": {{"Each": {{"Type": "Map", "End": true,
  "ItemProcessor": {{"StartAt": "Call", "States": {{"Call": {{"Type": "Task", "Resource": "{FUNCTION}", "End": true}}}}}},
  "Retry": [{{"ErrorEquals": ["Lambda.ServiceException", "Mine"]}}]}}}}}}""",
        [],
    ),
    "a distributed Map does not": (
        f"""{{"StartAt": "Each", "States": {{"Each": {{"Type": "Map", "End": true, "ItemProcessor": {{
  "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
  "StartAt": "Call", "States": {{"Call": {{"Type": "Task", "Resource": "{FUNCTION}", "End": true}}}}}},
  "Retry": [{{"ErrorEquals": ["States.ItemReaderFailed", "States.ExceedToleratedFailureThreshold", «"Mine"»]}}]}}}}}}""",
        ["ASL302"],
    ),
    "whoever is given the token of a job names the error": (
        """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::glue:startJobRun.sync",
  "Parameters": {"JobName": "load", "Arguments": {"--token.$": "$$.Task.Token"}},
  "Retry": [{"ErrorEquals": ["EmptyFile", "Gluee.Broken", "States.Timeout"]}]}}}""",
        [],
    ),
    "the service names the error of a job": (
        """{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::glue:startJobRun.sync",
  "Parameters": {"JobName": "load", "Arguments": {"--id.$": "$$.Execution.Id"}},
  "Retry": [{"ErrorEquals": ["States.TaskFailed", «"EmptyFile"»]}]}}}""",
        ["ASL302"],
    ),
    "saga with compensation": (
        f"""{{"StartAt": "Book flight", "States": {{
  "Book flight": {{"Type": "Task", "Resource": "{FUNCTION}", "ResultPath": "$.flight", "Next": "Book hotel",
    "Retry": [{{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 4}}],
    "Catch": [{{"ErrorEquals": ["FlightFull"], "ResultPath": "$.error", "Next": "Failed"}},
      {{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Cancel flight"}}]}},
  "Book hotel": {{"Type": "Task", "Resource": "{FUNCTION}", "ResultPath": "$.hotel", "End": true,
    "Catch": [{{"ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.error", "Next": "Cancel hotel"}},
      {{"ErrorEquals": [«"HotelFull"»], "ResultPath": "$.error", "Next": "Cancel flight"}}]}},
  "Cancel hotel": {{"Type": "Task", "Resource": "{FUNCTION}", "ResultPath": null, "Next": "Cancel flight",
    "Retry": [{{"ErrorEquals": ["States.ALL"], "MaxAttempts": 10, "MaxDelaySeconds": 60, "JitterStrategy": "FULL"}}]}},
  "Cancel flight": {{"Type": "Task", "Resource": "{FUNCTION}", "ResultPath": null, "Next": "Failed",
    "Retry": [{{"ErrorEquals": ["States.ALL"], "MaxAttempts": 10, "MaxDelaySeconds": 60, "JitterStrategy": "FULL"}}]}},
  "Failed": {{"Type": "Fail", "Error": "TripFailed"}}
}}}}""",
        ["ASL305"],
    ),
    "human approval with token": (
        task(
            '"TimeoutSeconds": 86400, "HeartbeatSeconds": 3600, "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}},'
            ' "Catch": [{"ErrorEquals": ["Rejected", "States.HeartbeatTimeout"], "Next": "Undo"},'
            ' {"ErrorEquals": ["States.Timeout"], "Next": "Undo"}, {"ErrorEquals": ["States.TaskFailed"], "Next": "Failed"}]',
            "arn:aws:states:::lambda:invoke.waitForTaskToken",
        ),
        [],
    ),
    "human approval whose timeout nobody catches": (
        task(
            '"TimeoutSeconds": 86400, "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}},'
            ' "Catch": [{"ErrorEquals": ["Rejected", «"States.TaskFailed"»], "Next": "Undo"}]',
            "arn:aws:states:::lambda:invoke.waitForTaskToken",
        ),
        ["ASL307"],
    ),
    "a timeout that the state around catches": (
        around(
            '"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Undo"}]',
            f'{{"Type": "Task", "Resource": "{FUNCTION}", "TimeoutSeconds": 5, "Next": "Fine",'
            ' "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Bad"}]}',
        ),
        [],
    ),
    "a quota that is waited for in a Retrier": (
        task(
            '"Retry": [{"ErrorEquals": ["SageMaker.ResourceLimitExceededException"],'
            ' "IntervalSeconds": 300, "MaxAttempts": «2000», "BackoffRate": 1}]',
            "arn:aws:states:::sagemaker:createTrainingJob.sync",
        ),
        ["ASL301"],
    ),
    "a job of hours that is tried many times": (
        task(
            '"TimeoutSeconds": 14400, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": «60», "BackoffRate": 1}]',
            "arn:aws:states:::sagemaker:createTrainingJob.sync",
        ),
        ["ASL301"],
    ),
    "many attempts, bounded": (
        task(
            '"Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 40, "MaxDelaySeconds": 600, "JitterStrategy": "FULL"}]'
        ),
        [],
    ),
    "a retry a day later": (
        task('"Retry": [{"ErrorEquals": ["States.ALL"], «"IntervalSeconds"»: 100000, "MaxAttempts": 1}]'),
        ["ASL301"],
    ),
    "many attempts at once": (
        task('"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": «60»}]'),
        ["ASL301"],
    ),
    "few attempts that wait ever longer": (
        task(
            '"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 20, "BackoffRate": 10, "MaxAttempts": «5»}]'
        ),
        ["ASL301"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_marked_is_found(name: str) -> None:
    marked, codes = CASES[name]
    text, spans = strip_marks(marked)
    diagnostics = found(text)
    assert [(d.span, d.code) for d in diagnostics] == list(zip(spans, codes, strict=True)), [
        d.full_message for d in diagnostics
    ]
    assert all(d.severity != "error" and not d.rejected_by_aws for d in diagnostics)


def one(name: str) -> Diagnostic:
    (diagnostic,) = found(strip_marks(CASES[name][0])[0])
    return diagnostic


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("timeout without a timeout, alone", "warning"),
        ("timeout without a timeout, beside another name", "note"),
        ("an error that cannot be caught", "warning"),
        ("the same name in two, alone", "warning"),
        ("the same name in two Catchers, beside another", "note"),
        ("a name twice in one list", "note"),
        ("wildcard first", "warning"),
    ],
)
def test_what_still_matches_something_is_a_note(name: str, severity: str) -> None:
    assert one(name).severity == severity


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("timeout of a function without a timeout", "`Sandbox.Timedout`"),
        (
            "timeout of an HTTP Task without a timeout",
            "Write `States.Http.Socket`, or set `TimeoutSeconds` to less than 60.",
        ),
        ("timeout of an HTTP Task beside its own", "Remove the name, or set `TimeoutSeconds` to less than 60."),
        ("the prefix of the SDK integration at the optimized one", "`DynamoDB.ConditionalCheckFailedException`"),
        ("the prefix of the optimized integration at that of the SDK", "`DynamoDb.ThrottlingException`"),
        ("no prefix", "`Bedrock.ThrottlingException`"),
        ("ECS in other letters", "`ECS.ServerException`"),
        ("an error of another kind of state", "only Choice states without `Default` do"),
        ("a distributed Map does not", "`States.ExceedToleratedFailureThreshold`"),
        ("the prefix of another service", "`S3.…`"),
        ("a quota that is waited for in a Retrier", "Up to 2,000 retries over 6 d 22 h 40 min"),
        ("a quota that is waited for in a Retrier", '"MaxDelaySeconds": 3600, "JitterStrategy": "FULL"'),
        ("wildcard first", "also when that one has used up its attempts"),
    ],
)
def test_the_words_say_what_to_do(name: str, words: str) -> None:
    assert words in one(name).full_message


@pytest.mark.parametrize(
    "retrier",
    [
        '"MaxAttempts": 60, "IntervalSeconds": 0',
        '"MaxAttempts": 2000, "IntervalSeconds": 300, "BackoffRate": 1',
        '"MaxAttempts": 5, "IntervalSeconds": 20, "BackoffRate": 10',
    ],
)
def test_the_proposed_retrier_waits_as_long_as_is_said(retrier: str) -> None:
    from asllint.model.retries import duration, waits

    (finding,) = found(task(f'"Retry": [{{"ErrorEquals": ["States.ALL"], {retrier}}}]'))
    proposed = json.loads(f"{{{retrier}}}") | json.loads(f"{{{finding.cure.split('`')[1]}}}")
    total = waits(
        proposed["IntervalSeconds"], proposed["BackoffRate"], proposed["MaxAttempts"], proposed["MaxDelaySeconds"]
    )
    assert finding.cure.endswith(f": at most {duration(total)}.")
    fields = json.dumps(proposed)[1:-1]
    assert not found(task(f'"Retry": [{{"ErrorEquals": ["States.ALL"], {fields}}}]'))


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("wildcard first", '"States.TaskFailed"'),
        ("the same name in two Catchers, beside another", '"Locked"'),
        ("a name twice in one list", '"Busy"'),
        ("human approval whose timeout nobody catches", '"TimeoutSeconds"'),
    ],
)
def test_the_other_place_is_shown(name: str, there: str) -> None:
    diagnostic = one(name)
    assert diagnostic.text is not None
    content = diagnostic.text.content
    assert [content[r.start : r.end] for r in diagnostic.related] == [there]
    assert diagnostic.related[0].start < diagnostic.start


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("States.TaskTimedOut", "Did you mean `States.Timeout`?"),
        ("States.ExecutionTimeout", "Did you mean `States.Timeout`?"),
        ("States.OrderRefused", "an error of your own goes without `States.`."),
    ],
)
def test_a_reserved_name_that_nothing_raises(name: str, cure: str) -> None:
    (finding,) = found(task(f'"TimeoutSeconds": 5, "Retry": [{{"ErrorEquals": ["{name}"]}}]'))
    assert (finding.code, finding.cure.endswith(cure)) == ("ASL316", True), finding.cure


def test_near_names_are_offered() -> None:
    text = strip_marks(CASES["misspelt names of Step Functions"][0])[0]
    assert [d.cure for d in found(text)] == [
        "Did you mean `States.Timeout`?",
        "Did you mean `States.TaskFailed`?",
        "Did you mean `States.ALL`?",
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("States.TimeoutError", "States.Timeout"),
        ("States.NoChoice", "States.NoChoiceMatched"),
        ("States.Permission", "States.Permissions"),
        ("States.ALL ", "States.ALL"),
        ("States.ExecutionLimitExceeded", None),  # what it shares with `States.DataLimitExceeded` is not what it names
        ("States.Al", "States.ALL"),
        ("States.T", None),
    ],
)
def test_what_reserved_names_share_is_not_compared(name: str, near: str | None) -> None:
    (diagnostic,) = found(task(f'"Retry": [{{"ErrorEquals": ["{name}"]}}]'))
    assert diagnostic.cure.startswith(f"Did you mean `{near}`?" if near else "Name one that is raised, such as")


@pytest.mark.parametrize(
    ("resource", "name", "near"),
    [
        ("aws-sdk:dynamodb:putItem", "TransactionInProgressException", "DynamoDb.TransactionInProgressException"),
        ("aws-sdk:sns:publish", "EndpointDisabled", "Sns.EndpointDisabledException"),
        ("glue:startJobRun.sync", "ConcurrentRunsExceededException", "Glue.ConcurrentRunsExceededException"),
        ("aws-sdk:sns:publish", "ThrottlingException", "Sns.ThrottlingException"),
        ("aws-sdk:sns:publish", "Declined", None),  # no service is known to raise it
        ("aws-sdk:sns:publish", "too_large", None),
    ],
)
def test_a_prefix_is_offered_for_what_the_service_raises(resource: str, name: str, near: str | None) -> None:
    catch = f'"Catch": [{{"ErrorEquals": ["{name}"], "Next": "Undo"}}]'
    (diagnostic,) = found(task(catch, f"arn:aws:states:::{resource}"))
    assert diagnostic.code == "ASL304"
    assert diagnostic.cure == (f"Did you mean `{near}`?" if near else "")


@pytest.mark.parametrize("language", ["JSONata", "JSONPath"])
def test_an_expression_that_fails_passes_the_wildcard_for_tasks(language: str) -> None:
    retry = '"Retry": [{"ErrorEquals": ["States.TaskFailed"]}, {"ErrorEquals": ["States.QueryEvaluationError"]}]'
    catch = retry.replace("Retry", "Catch").replace('"]}', '"], "Next": "Undo"}')
    codes = [d.code for d in found(task(f'"QueryLanguage": "{language}", {retry}, {catch}'))]
    assert codes == ([] if language == "JSONata" else ["ASL302", "ASL304"])  # without JSONata nothing raises it
    inner = (
        '{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::sns:publish", "Next": "Fine",'
        ' "Arguments": {"TopicArn": "{% $states.input.topic %}", "Message": "m"},'
        ' "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Fine"}]}'
    )
    outer = '"Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Undo"}]'
    assert found(around(outer, inner)) == []


def test_the_rules_that_are_off_by_default() -> None:
    registry = _registry("unhandled_errors", "retry_without_jitter")
    from asllint.registry import builtin

    assert {e.code for e in builtin() if e.name in ("unhandled-errors", "retry-without-jitter") and not e.default} == {
        "ASL306",
        "ASL308",
    }
    text = around(
        '"Comment": ""',
        f'{{"Type": "Task", "Resource": "{FUNCTION}", "Next": "Fine"}}',
    )
    (diagnostic,) = found(text, registry)
    assert (diagnostic.code, diagnostic.severity, diagnostic.state) == ("ASL306", "note", "Inner")


def test_the_timeout_of_the_training_job_never_comes(shared: Path) -> None:
    text = (shared / "seeds" / "training-job.fragment.asl.json").read_text()
    diagnostics = [d for d in found(text) if d.code != "ASL301"]
    assert [(d.code, d.severity, text[d.start : d.end]) for d in diagnostics] == [
        ("ASL302", "warning", '"States.Timeout"')
    ]


@pytest.mark.parametrize("name", ["labeling-job.asl.json", "processing-job.asl.json"])
def test_nothing_is_said_of_the_other_examples(shared: Path, name: str) -> None:
    assert found((shared / "seeds" / name).read_text()) == []


def test_what_runs_in_production_names_no_error_wrongly(shared: Path) -> None:
    """The findings on definitions in use were read one by one; a new one is either right, or the rule is wrong."""
    codes: dict[str, int] = {}
    for path in sorted((shared / "corpus" / "production").rglob("*")):
        if path.is_file() and path.suffix in (".json", ".yaml", ".yml"):
            report = lint(path.name, path.read_bytes(), Settings(), ERRORS)
            for d in report.diagnostics:
                codes[d.code] = codes.get(d.code, 0) + 1
                assert d.severity != "error", d.full_message
    assert {code: n for code, n in codes.items() if code != "ASL301"} == {"ASL302": 7, "ASL304": 6, "ASL307": 1}


@pytest.mark.parametrize(
    "value", ['"States.ALL"', "[]", "null", "5", "[5, null, {}]", '{"a": ["States.Timeout"]}', "[[]]"]
)
def test_odd_values_raise_nothing(value: str) -> None:
    for field in ("Retry", "Catch"):
        found(task(f'"{field}": [{{"ErrorEquals": {value}, "Next": "Undo"}}]'))
        found(task(f'"{field}": {value}'))


def test_a_text_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    text = strip_marks(CASES["saga with compensation"][0])[0]
    for end in range(0, len(text), 37):
        for diagnostic in found(text[:end]):
            assert diagnostic.end <= end


def test_names_are_json_safe() -> None:
    name = json.dumps('Odd "name" ∑\n')
    (diagnostic,) = found(task(f'"Retry": [{{"ErrorEquals": [{name}]}}, {{"ErrorEquals": [{name}]}}]'))
    assert diagnostic.code == "ASL303"


@pytest.mark.parametrize(
    ("language", "said"), [("JSONPath", "`IsPresent`"), ("JSONata", "States.QueryEvaluationError")]
)
def test_the_cure_for_an_error_that_nothing_takes_is_one_of_the_language(language: str, said: str) -> None:
    catch = '"Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "Undo"}]'
    (diagnostic,) = found(task(f'{catch}, "QueryLanguage": "{language}"'))
    assert said in diagnostic.full_message


@pytest.mark.parametrize(
    ("resource", "name", "never"),
    [
        ("glue:startJobRun.sync", "Glue.JobRunFailed", True),
        ("athena:startQueryExecution.sync", "Athena.QueryExecutionFailed", True),
        ("sagemaker:createTrainingJob.sync", "SageMaker.TrainingJobFailure", True),
        ("batch:submitJob.sync", "Batch.JobTimedOut", True),
        (
            "glue:startJobRun",
            "Glue.JobRunFailed",
            False,
        ),  # who does not wait hears of no failure, and that is not what is said
        ("glue:startJobRun.sync", "JobRunFailed", True),  # without the prefix
        ("glue:startJobRun.sync", "Glue.OperationTimeoutException", False),
        ("states:startExecution.sync:2", "StepFunctions.ExecutionFailed", False),  # not known what stands before those
        ("batch:submitJob.waitForTaskToken", "Batch.JobFailed", False),
        ("glue:startJobRun${Pattern}", "Glue.JobRunFailed", False),
    ],
)
def test_names_made_up_for_a_job_that_fails(resource: str, name: str, never: bool) -> None:
    fields = f'"Parameters": {{}}, "Catch": [{{"ErrorEquals": ["{name}"], "Next": "Undo"}}]'
    assert [d.code for d in found(task(fields, f"arn:aws:states:::{resource}"))] == ["ASL304"] * never


def test_what_a_job_that_fails_raises() -> None:
    fields = '"Parameters": {}, "Catch": [{"ErrorEquals": ["Glue.JobRunFailed"], "Next": "Undo"}]'
    (one,) = found(task(fields, "arn:aws:states:::glue:startJobRun.sync"))
    assert one.message == (
        "`Glue.JobRunFailed` never reaches this Catcher: a Task that waits for its job raises `States.TaskFailed` where the job fails."
    )
    assert one.cure == "Write `States.TaskFailed`."


def test_whoever_has_the_token_names_the_failure() -> None:
    fields = (
        '"Parameters": {"Arguments": {"--token.$": "$$.Task.Token"}}, '
        '"Catch": [{"ErrorEquals": ["Glue.JobRunFailed"], "Next": "Undo"}]'
    )
    assert not found(task(fields, "arn:aws:states:::glue:startJobRun.sync"))


def test_no_service_names_an_error_like_a_failed_job() -> None:
    from asllint.aws import catalog, shapes
    from asllint.model.errors import _FAILURES

    operations = [
        shapes.find(service, action, sdk=False) for service in catalog.services() for action in catalog.actions(service)
    ]
    names = [name for operation in operations if operation is not None for name in operation.errors]
    assert len(names) > 100
    assert not [name for name in names if name.endswith(_FAILURES)]


def test_names_that_different_states_raise_are_not_said_to_come_from_one_kind() -> None:
    found_ = found(
        """{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
  "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
  "Retry": [{"ErrorEquals": ["States.ItemReaderFailed", "States.Http.Socket"]}]}}}"""
    )
    assert [d.message for d in found_ if d.code == "ASL302"] == [
        "None of `States.ItemReaderFailed` and `States.Http.Socket` ever reaches this Retrier: `Each` does not raise them and "
        "no state inside it does; other states do."
    ]


@pytest.mark.parametrize(("own", "said"), [(None, True), (3600, False), (31_000_000, True), ("${Limit}", False)])
def test_how_long_a_state_may_last_is_said_where_the_machine_lasts_as_long(own: object, said: bool) -> None:
    machine = json.loads(
        task('"TimeoutSeconds": 14400, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 60, "BackoffRate": 1}]')
    )
    if own is not None:
        machine["TimeoutSeconds"] = own
    (one,) = [d for d in found(json.dumps(machine)) if d.code == "ASL301"]
    assert ("the state may last" in one.message) is said
