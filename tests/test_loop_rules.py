"""The rules on loops: the textbook's traps, with the exact places, and what must be left alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from asllint.engine import lint
from asllint.registry import PACKAGE, Entry, Registry, rule_in
from asllint.result import Diagnostic
from asllint.settings import Settings
from asllint.testing import strip_marks

NAMES = (
    "flow.endless_loop", "flow.busy_loop", "flow.loop_exit_never_changes", "flow.catch_loops_back", "flow.polling_loop",
    "style.needless_pass", "style.parallel_single_branch", "flow.no_terminal_state", "flow.unreachable_state",
    "flow.no_incoming_transition", "flow.unreachable_fail_state",
)  # fmt: skip
"""The rules under test, and those that could say the same a second time."""


def _registry() -> Registry:
    modules = [f"{PACKAGE}.{name}" for name in NAMES]
    rules = [(module, rule_in(module)) for module in modules]
    return Registry(Entry(r.code, r.name, m.split(".")[-2], m, r.default, r.concerns) for m, r in rules)


RULES = _registry()


def run(text: str, *, workflow_type: Any = None, style: bool = False, name: str = "x.asl.yaml") -> list[Diagnostic]:
    settings = Settings()
    settings.workflow_type = workflow_type
    if style:
        settings.extend_select = ("style",)
    report = lint(name, text.encode(), settings, RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


def check(marked: str, *codes: str, **more: Any) -> list[Diagnostic]:
    """The findings have these codes, and their spans are those marked, in the order of the text."""
    text, spans = strip_marks(marked)
    found = run(text, **more)
    assert [d.code for d in found] == list(codes), [d.full_message for d in found]
    assert [d.span for d in found] == spans, [text[d.start : d.end] for d in found]
    return found


FN = "arn:aws:lambda:eu-west-1:123456789012:function"
CALL = f"Type: Task, Resource: '{FN}:work'"


def poll(
    ask: str = "",
    *,
    ready: str = "$.status",
    back: str = "Wait",
    wait: str = "Wait: {Type: Wait, Seconds: 5, Next: Ask}",
) -> str:
    """A loop that asks a function, from Ask to Ready? and back."""
    return f"""
StartAt: Ask
States:
  Ask: {{{CALL}, {ask}Next: Ready?}}
  Ready?:
    Type: Choice
    Choices: [{{Variable: {ready}, StringEquals: done, Next: Done}}]
    Default: {back}
  {wait}
  Done: {{Type: Succeed}}
"""


# -- loops that nothing leaves


def test_a_loop_that_nothing_leaves() -> None:
    (found,) = check(
        """
StartAt: Any?
States:
  Any?: {Type: Choice, Choices: [{Variable: $.n, NumericEquals: 0, Next: Done}], Default: Work}
  Work: {Type: Task, Resource: 'arn:aws:states:::sqs:receiveMessage', Next: Pause}
  Pause: {Type: Wait, Seconds: 9, Next: «Work»}
  Done: {Type: Succeed}
""",
        "ASL212",
    )
    assert found.severity == "warning"
    assert found.message == (
        "Nothing leaves the loop of `Work` and `Pause`: it goes round until its history has 25,000 events."
    )
    assert [r.message for r in found.related] == ["the loop begins here"]


def test_what_ends_it_is_said() -> None:
    text = """
TimeoutSeconds: 7200
StartAt: Any?
States:
  Any?: {Type: Choice, Choices: [{Variable: $.n, NumericEquals: 0, Next: Done}], Default: Pause}
  Pause: {Type: Wait, Seconds: 9, Next: «Pause»}
  Done: {Type: Succeed}
"""
    (found,) = check(text, "ASL212")
    assert found.severity == "note"
    assert found.message == (
        "`Pause` leads to itself alone, and nothing leaves it: it goes round until the `TimeoutSeconds` of the state "
        "machine are over (2 h)."
    )
    (found,) = check(text.replace("TimeoutSeconds: 7200", ""), "ASL212", workflow_type="express")
    assert "until the five minutes of an Express workflow are over" in found.message


def test_no_terminal_state_is_one_finding() -> None:
    check("StartAt: A\n«States»:\n  A: {Type: Pass, Next: B}\n  B: {Type: Pass, Next: A}\n", "ASL205")


def test_an_end_out_of_reach_is_one_finding() -> None:
    text = """
StartAt: A
States:
  A: {Type: Wait, Seconds: 1, Next: B}
  B: {Type: Pass, Next: A}
  «Done»: {Type: Succeed}
"""
    check(text, "ASL202")
    check(text.replace("«Done»: {Type: Succeed}", "«Failed»: {Type: Fail}"), "ASL204")


def test_an_island_is_one_finding() -> None:
    check(
        "StartAt: Z\nStates:\n  Z: {Type: Succeed}\n  «A»: {Type: Pass, Next: B}\n  B: {Type: Pass, Next: A}\n",
        "ASL203",
    )


def test_an_endless_loop_in_a_map_state_around_which_nobody_catches() -> None:
    marked = """
StartAt: Each
States:
  Each:
    Type: Map
    ItemProcessor:
      StartAt: Outer
      States:
        Outer:
          Type: Map
          End: true
          ItemProcessor:
            StartAt: A
            States:
              A: {Type: Task, Resource: 'arn:aws:states:::sns:publish', Next: B}
              B: {Type: Wait, Seconds: 1, Next: «A»}
    Next: Done
  Done: {Type: Succeed}
"""
    (found,) = check(marked, "ASL212")
    assert (found.severity, found.state) == ("warning", "B")
    caught = marked.replace("    Next: Done\n", "    Catch: [{ErrorEquals: [Done], Next: Done}]\n    Next: Done\n")
    (found,) = check(caught, "ASL212")
    assert found.severity == "note"
    assert "or an error that `Each` catches" in found.message
    assert [r.message for r in found.related] == ["the loop begins here", "takes an error of the loop"]


RACE = """
StartAt: Race
States:
  Race:
    Type: Parallel
    %s
    Next: Done
    Branches:
      - StartAt: Beat
        States:
          Beat: {Type: Task, Resource: 'arn:aws:states:::sns:publish', Next: Pause}
          Pause: {Type: Wait, Seconds: 1, Next: «Beat»}
      - StartAt: Clock
        States:
          Clock: {Type: Wait, Seconds: 60, Next: Over}
          Over: {Type: Fail, Error: Enough}
  Done: {Type: Succeed}
"""


def test_another_branch_may_end_a_loop() -> None:
    check(strip_marks(RACE)[0] % "Catch: [{ErrorEquals: [Enough], Next: Done}]")
    (found,) = check(RACE % "Comment: nobody catches", "ASL212")
    assert found.severity == "warning"


def test_a_way_out_by_an_error_is_one() -> None:
    check(
        f"""
StartAt: Next one
States:
  Next one: {{{CALL}, Catch: [{{ErrorEquals: [NoMore], Next: Done}}], Next: Next one}}
  Done: {{Type: Succeed}}
"""
    )


@pytest.mark.parametrize(
    "wait",
    [
        "{Type: Wait, Seconds: 1, Next: '${Following}'}",
        "{Type: Wait, Seconds: 1, End: '${End}', Next: Wait}",
        "{Type: Wait, Seconds: 1, Next: Nowhere}",
        "{Type: Wait, Seconds: 1, Nxt: Done, Next: Wait}",
    ],
)
def test_what_cannot_be_known_may_lead_out(wait: str) -> None:
    text = f"""
StartAt: Any?
States:
  Any?: {{Type: Choice, Choices: [{{Variable: $.n, NumericEquals: 0, Next: Done}}], Default: Wait}}
  Wait: {wait}
  Done: {{Type: Succeed}}
"""
    check(text)


def test_fragments_are_not_judged() -> None:
    check("A: {Type: Pass, Next: B}\nB: {Type: Pass, Next: A}\n")
    check("StartAt: A\nStates:\n  D: {Type: Succeed}\n  A: {Type: Pass, Next: A}\n  B: {Type: Pass, Next: ")


# -- a way out by what never changes


def test_a_result_that_goes_elsewhere() -> None:
    (found,) = check(poll("ResultPath: $.result, ", ready="«$.status»"), "ASL214")
    assert found.severity == "warning"
    assert found.message == (
        "Nothing in the loop of `Ask`, `Ready?` and `Wait` changes `$.status`: `Ready?` leaves the loop the first time or "
        "never, and then it goes round until its history has 25,000 events."
    )
    assert [r.message for r in found.related] == ["the result of `Ask` goes elsewhere", "goes back"]


@pytest.mark.parametrize(
    "ask",
    [
        "",
        "ResultPath: $, ",
        "ResultPath: $.status, ",
        "ResultPath: $['status'], ",
        "ResultPath: $.status.code, ",
        "ResultPath: '${Where}', ",
        "ResultPath: $.other, OutputPath: $.other, ",
        "ResultPath: $.other, ResultSelector: {}, OutputPath: '${Where}', ",
        "ResultPath: null, Catch: [{ErrorEquals: [E], ResultPath: $.status, Next: Wait}], ",
        "ResultPath: null, Catch: [{ErrorEquals: [E], Next: Wait}], ",
        "ResultPath: null, Catch: [{ErrorEquals: [E], Next: Done}], ",
    ],
)
def test_what_the_loop_may_change(ask: str) -> None:
    check(poll(ask))


@pytest.mark.parametrize(
    "ask",
    ["ResultPath: null, ", "ResultPath: $.stat, ", "ResultPath: $.a.status, ", "InputPath: $.a, ResultPath: $.b, "],
)
def test_what_the_loop_does_not_change(ask: str) -> None:
    check(poll(ask, ready="«$.status»"), "ASL214")


@pytest.mark.parametrize("ready", ["$$.State.EnteredTime", "$$.Task.Token", "$.a", "'${Path}'", "$.a.b[0].c", "$..x"])
def test_what_changes_by_itself_or_may(ready: str) -> None:
    check(poll("ResultPath: $.a, ", ready=ready))


def test_the_name_of_an_execution_does_not_change() -> None:
    check(poll("ResultPath: null, ", ready="«$$.Execution.Name»"), "ASL214")


def test_paths_that_are_compared_with_count_too() -> None:
    text = poll("ResultPath: $.tries, ", ready="$.a").replace("StringEquals: done", "StringEqualsPath: $.tries.b")
    check(text)
    marked = text.replace("ResultPath: $.tries", "ResultPath: null").replace("Variable: $.a", "Variable: «$.a»")
    check(marked, "ASL214")


COUNTER = """
StartAt: Start
States:
  Start: {Type: Pass, Result: {n: 0}, Next: Work}
  Work: {Type: Task, Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:work', ResultPath: null, Next: Count}
  Count: {Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, 1)'}, Next: Again?}
  Again?: {Type: Choice, Choices: [{Variable: $.n, NumericLessThan: 5, Next: Work}], Default: Done}
  Done: {Type: Succeed}
"""


def test_a_counter_loop() -> None:
    check(COUNTER)
    check(
        COUNTER.replace("Parameters: {n.$", "ResultPath: $.m, Parameters: {n.$").replace("able: $.n", "able: «$.n»"),
        "ASL214",
    )


VARIABLE = """
QueryLanguage: JSONata
StartAt: Start
States:
  Start: {Type: Pass, Assign: {n: 0}, Next: Work}
  Work: {Type: Task, Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:work', %s Next: Again?}
  Again?: {Type: Choice, Choices: [{Condition: «'%s'», Next: Work}], Default: Done}
  Done: {Type: Succeed}
"""


@pytest.mark.parametrize(
    ("assign", "condition", "never"),
    [
        ("", "{% $n < 10 %}", True),
        ("Assign: {m: '{% $n + 1 %}'},", "{% $n < 10 %}", True),
        ("Assign: {n: '{% $n + 1 %}'},", "{% $n < 10 %}", False),
        ("Assign: {'${Name}': 1},", "{% $n < 10 %}", False),
        ("", "{% $n < $states.input.limit %}", False),
        ("Output: '{% $states.input %}',", "{% $n < $states.input.limit %}", True),
        ("", "{% $n < $random() * 10 %}", False),
        ("", "{% $now() < $n %}", False),
        ("", "{% $states.context.State.EnteredTime < $n %}", False),
        ("", "{% $exists($n) %}", True),
        ("", "{% true %}", False),
        ("", "{% $unknown < 3 %}", False),
        ("", "{% ${Expression} < $n %}", False),
    ],
)
def test_variables(assign: str, condition: str, never: bool) -> None:
    marked = VARIABLE % (assign, condition)
    check(marked if never else strip_marks(marked)[0], *(["ASL214"] if never else []))


def test_assignments_of_choice_rules_and_of_the_default() -> None:
    plain = strip_marks(VARIABLE % ("", "{% $n < 10 %}"))[0]
    check(plain.replace("Next: Work}]", "Assign: {n: '{% $n + 1 %}'}, Next: Work}]"))
    check(plain.replace("Default: Done}", "Assign: {n: 3}, Default: Done}"))


def test_an_event_loop_that_ends_by_choice() -> None:
    check(
        """
StartAt: Receive
States:
  Receive:
    Type: Task
    Resource: arn:aws:states:::aws-sdk:sqs:receiveMessage
    Parameters: {QueueUrl: q, WaitTimeSeconds: 20}
    Next: Any?
  Any?: {Type: Choice, Choices: [{Variable: '$.Messages[0]', IsPresent: true, Next: Handle}], Default: Done}
  Handle: {Type: Task, Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:work', Next: Receive}
  Done: {Type: Succeed}
"""
    )


def test_two_choices_that_never_change_are_one_finding() -> None:
    (found,) = check(
        """
StartAt: A
States:
  A: {Type: Choice, Choices: [{Variable: «$.a», IsNull: true, Next: Done}], Default: B}
  B: {Type: Choice, Choices: [{Variable: $.b, IsNull: true, Next: Done}], Default: A}
  Done: {Type: Succeed}
""",
        "ASL214",
    )
    assert [r.message for r in found.related] == ["read to leave the loop, and not changed either", "goes back"]


def test_one_choice_that_may_change_is_enough() -> None:
    check(
        """
StartAt: A
States:
  A: {Type: Choice, Choices: [{Variable: $.a, IsNull: true, Next: Done}], Default: B}
  B: {Type: Choice, Choices: [{Variable: $.b, IsNull: true, Next: Done}], Default: C}
  C: {Type: Pass, Result: 1, ResultPath: $.b, Next: A}
  Done: {Type: Succeed}
"""
    )


# -- busy loops


def describe(
    more: str = "", choice: str = "Variable: '$.DbInstances[0].DbInstanceStatus', StringEquals: available"
) -> str:
    return f"""
StartAt: Ask
States:
  Ask:
    Type: Task
    Resource: arn:aws:states:::aws-sdk:rds:describeDBInstances
    Parameters: {{DbInstanceIdentifier: db}}
    {more}
    Next: Ready?
  Ready?: {{Type: Choice, Choices: [{{{choice}, Next: Done}}], Default: «Ask»}}
  Done: {{Type: Succeed}}
"""


def test_polling_without_a_wait() -> None:
    (found,) = check(describe(), "ASL213")
    assert found.severity == "warning"
    assert found.message.startswith(
        "`Ask` asks again and again without a Wait state in between: each of its transitions"
    )
    assert [r.message for r in found.related] == ["asks"]


def test_a_request_that_changes_with_a_test_of_a_status() -> None:
    text = describe().replace(
        "DbInstanceIdentifier: db", "DbInstanceIdentifier.$: '$.DbInstances[0].DbInstanceIdentifier'"
    )
    check(text, "ASL213")
    check(
        strip_marks(
            text.replace("DbInstanceStatus, String", "Engine, String").replace("].DbInstanceStatus", "].Engine")
        )[0]
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Parameters: {", "Parameters: {Marker.$: $.Marker, "),
        ("Parameters: {", "Parameters: {Filters: [{NextToken.$: $.a}], "),
        ("aws-sdk:rds:describeDBInstances", "lambda:invoke"),
        ("aws-sdk:rds:describeDBInstances", "aws-sdk:rds:startDBInstance"),
        ("aws-sdk:rds:describeDBInstances", "aws-sdk:sfn:getActivityTask"),
        ("aws-sdk:rds:describeDBInstances", "aws-sdk:rds:${Action}"),
        ("Default: Ask", "Default: Wait"),
        ("Default: Ask", "Default: Work"),
        ("Default: Ask", "Default: Count"),
        ("Next: Ready?", "Catch: [{ErrorEquals: [E], Next: Wait}]\n    Next: Ready?"),
    ],
)
def test_what_is_not_busy(old: str, new: str) -> None:
    text = strip_marks(describe())[0] + (
        "  Wait: {Type: Wait, Seconds: 5, Next: Ask}\n"
        f"  Work: {{{CALL}, Next: Ask}}\n"
        "  Count: {Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, 1)'}, ResultPath: $.n, Next: Ask}\n"
    )
    assert old in text
    assert [d.code for d in run(text.replace(old, new)) if d.code != "ASL202"] == []


def test_a_pass_state_does_not_slow_it_down() -> None:
    text = strip_marks(describe())[0].replace("Default: Ask", "Default: Again")
    check(text + "  Again: {Type: Pass, Next: «Ask»}\n", "ASL213")


def test_waiting_for_a_time_without_a_wait() -> None:
    marked = """
StartAt: Look
States:
  Look:
    Type: Choice
    Choices: [{Variable: $$.State.EnteredTime, TimestampGreaterThanPath: $.until, Next: Done}]
    Default: Again
  Again: {Type: Pass, Next: «Look»}
  Done: {Type: Succeed}
"""
    check(marked, "ASL213")
    check(strip_marks(marked)[0].replace("Type: Pass,", "Type: Wait, Seconds: 1,"))


def test_a_busy_loop_around_a_job_names_the_integration() -> None:
    text = """
StartAt: Start
States:
  Start: {Type: Task, Resource: 'arn:aws:states:::glue:startJobRun', Parameters: {JobName: j}, Next: Ask}
  Ask:
    Type: Task
    Resource: arn:aws:states:::aws-sdk:glue:getJobRun
    Parameters: {JobName: j, RunId.$: $.JobRunId}
    ResultPath: $.run
    Next: Ready?
  Ready?:
    Type: Choice
    Choices: [{Variable: $.run.JobRun.JobRunState, StringEquals: SUCCEEDED, Next: Done}]
    Default: «Ask»
  Done: {Type: Succeed}
"""
    (found,) = check(text, "ASL213")
    assert found.cure.startswith("`arn:aws:states:::glue:startJobRun.sync` in `Start` waits for the end by itself.")
    (found,) = check(text, "ASL213", workflow_type="express")
    assert ".sync" not in found.cure


# -- Catchers that lead back


def caught(to: str, *states: str, more: str = "", kind: str = CALL) -> str:
    return "\n".join(
        (
            "StartAt: Load",
            "States:",
            "  Load:",
            f"    {kind.replace(', ', chr(10) + '    ')}",
            f"    Catch: [{{ErrorEquals: [States.ALL], ResultPath: null, Next: {to}}}]",
            f"    Next: Done{more}",
            *(f"  {state}" for state in states),
            "  Done: {Type: Succeed}",
            "",
        )
    )


def test_a_catcher_that_leads_to_its_own_state() -> None:
    (found,) = check(caught("«Load»"), "ASL215")
    assert found.severity == "warning"
    assert found.message == (
        "The Catcher leads back to `Load`: a retry without a bound. While the error lasts, it goes round until its history "
        "has 25,000 events."
    )
    assert [r.message for r in found.related] == ["fails, and is run again"]


def test_by_way_of_states_that_only_tell_of_it() -> None:
    tell = "Tell: {Type: Task, Resource: 'arn:aws:states:::sns:publish', ResultPath: null, Next: Again}"
    (found,) = check(caught("«Tell»", tell, "Again: {Type: Pass, Next: Load}"), "ASL215")
    assert found.severity == "warning"
    assert "by way of `Tell` and `Again`" in found.message
    assert [r.message for r in found.related] == ["fails, and is run again", "goes back"]


def test_where_nothing_is_done_in_between_a_retry_does() -> None:
    retry = "Retry it with a `Retry`, which `MaxAttempts` bounds, and catch what is left in another state."
    (found,) = check(caught("«Load»"), "ASL215")
    assert found.cure == retry
    (found,) = check(caught("«Again»", "Again: {Type: Pass, Next: Load}"), "ASL215")
    assert found.cure == retry


def test_by_way_of_a_state_that_may_mend_it() -> None:
    make = "Make: {Type: Task, Resource: 'arn:aws:states:::aws-sdk:dynamodb:createTable', Next: Load}"
    (found,) = check(caught("«Make»", make), "ASL215")
    assert found.severity == "note"
    assert "Unless `Make` mends the error, it goes round" in found.message
    assert found.cure == "Count the rounds, and leave with a Choice state."


@pytest.mark.parametrize(
    "states",
    [
        ("Wait: {Type: Wait, Seconds: 60, Next: Load}",),
        ("Wait: {Type: Choice, Choices: [{Variable: $.n, NumericLessThan: 5, Next: Load}], Default: Done}",),
        ("Wait: {Type: Pass, Parameters: {n.$: 'States.MathAdd($.n, 1)'}, ResultPath: $.n, Next: Load}",),
        ("Wait: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Next: Load}",),
        ("Wait: {Type: Task, Resource: 'arn:aws:states:eu-west-1:123456789012:activity:ask', Next: Load}",),
        ("Wait: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage${Pattern}', Next: Load}",),
        ("Wait: {Type: Pass, Next: Other}", "Other: {Type: Wait, Seconds: 1, Next: Load}"),
        ("Wait: {Type: Pass, Next: Done}",),
        (
            "Wait: {Type: Task, Resource: 'arn:aws:states:::dynamodb:putItem', ResultPath: null, Next: Load, "
            "Parameters: {TableName: t, Item: {}, ConditionExpression: attribute_not_exists(id)}}",
        ),
        (
            "Wait: {Type: Map, ItemProcessor: {StartAt: W, States: {W: {Type: Wait, Seconds: 9, End: true}}}, Next: Load}",
        ),
    ],
)
def test_what_bounds_the_way_back(states: tuple[str, ...]) -> None:
    check(caught("Wait", *states))


def test_human_approval_with_a_token() -> None:
    check(caught("Load", kind="Type: Task, Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken"))


def test_a_loop_over_messages_that_goes_on_after_an_error() -> None:
    check(
        f"""
StartAt: Receive
States:
  Receive: {{{CALL}, Catch: [{{ErrorEquals: [NoMore], Next: Done}}], Next: Handle}}
  Handle: {{{CALL}, Catch: [{{ErrorEquals: [States.ALL], Next: Receive}}], Next: Receive}}
  Done: {{Type: Succeed}}
"""
    )


def test_a_retry_around_a_parallel_state() -> None:
    text = """
StartAt: Both
States:
  Both:
    Type: Parallel
    Branches: [{StartAt: A, States: {A: {Type: Task, Resource: 'arn:aws:states:::sns:publish', End: true}}}]
    %s
    End: true
"""
    waiting = "  Wait: {Type: Wait, Seconds: 60, Next: Both}\n"
    check(text % "Catch: [{ErrorEquals: [States.ALL], Next: «Both»}]", "ASL215")
    check(text % "Catch: [{ErrorEquals: [States.ALL], Next: Wait}]" + waiting)
    check(text % "Retry: [{ErrorEquals: [States.ALL]}]")


def test_a_saga_with_compensation() -> None:
    check(
        f"""
StartAt: Book flight
States:
  Book flight: {{{CALL}, Catch: [{{ErrorEquals: [States.ALL], ResultPath: $.error, Next: Cancel flight}}], Next: Book hotel}}
  Book hotel: {{{CALL}, Catch: [{{ErrorEquals: [States.ALL], ResultPath: $.error, Next: Cancel hotel}}], Next: Booked}}
  Booked: {{Type: Succeed}}
  Cancel hotel: {{{CALL}, Retry: [{{ErrorEquals: [States.ALL]}}], Next: Cancel flight}}
  Cancel flight: {{{CALL}, Retry: [{{ErrorEquals: [States.ALL]}}], Next: Not booked}}
  Not booked: {{Type: Fail}}
"""
    )


# -- polling


def job(start: str, ask: str, between: str = "Wait", more: str = "", *, marked: bool = True) -> str:
    mark = ("«", "»") if marked else ("", "")
    return f"""
StartAt: Start
States:
  Start: {{Type: Task, {start}, Next: {between}}}
  Wait: {{Type: Wait, Seconds: 60, Next: Ask}}
  Ask: {{Type: Task, Resource: {mark[0]}{ask.replace(";", mark[1] + ",", 1)}, ResultPath: $.now, Next: Ready?}}
  Ready?:
    Type: Choice
    Choices: [{{Variable: $.now.Status, StringEquals: DONE, Next: Done}}]
    Default: Wait
{more}  Done: {{Type: Succeed}}
"""


S, K = "arn:aws:states:::", "'arn:aws:states:::"
JOBS = [
    (
        f"Resource: {K}glue:startJobRun', Parameters: {{JobName: j}}",
        f"{K}aws-sdk:glue:getJobRun'; Parameters: {{RunId.$: $.JobRunId}}",
        "glue:startJobRun.sync",
    ),
    (
        f"Resource: {K}aws-sdk:glue:startJobRun', Parameters: {{JobName: j}}, ResultPath: $.run",
        f"{K}aws-sdk:glue:getJobRun'; Parameters: {{RunId.$: $.run.JobRunId}}",
        "glue:startJobRun.sync",
    ),
    (
        f"Resource: {K}sagemaker:createTrainingJob', Parameters: {{TrainingJobName.$: $.name}}, ResultPath: null",
        f"{K}aws-sdk:sagemaker:describeTrainingJob'; Parameters: {{TrainingJobName.$: $.name}}",
        "sagemaker:createTrainingJob.sync",
    ),
    (
        f"Resource: {K}athena:startQueryExecution', ResultSelector: {{id.$: $.QueryExecutionId}}, ResultPath: $.q",
        f"{K}athena:getQueryExecution'; Parameters: {{QueryExecutionId.$: $.q.id}}",
        "athena:startQueryExecution.sync",
    ),
    (
        f"Resource: {K}batch:submitJob'",
        f"{K}aws-sdk:batch:describeJobs'; Parameters: {{Jobs.$: States.Array($.JobId)}}",
        "batch:submitJob.sync",
    ),
    (
        f"Resource: {K}states:startExecution'",
        f"{K}aws-sdk:sfn:describeExecution'; Parameters: {{ExecutionArn.$: $.ExecutionArn}}",
        "states:startExecution.sync:2",
    ),
    (
        f"Resource: {K}aws-sdk:emr:runJobFlow'",
        f"{K}aws-sdk:emr:describeCluster'; Parameters: {{ClusterId.$: $.JobFlowId}}",
        "elasticmapreduce:createCluster.sync",
    ),
]


@pytest.mark.parametrize(("start", "ask", "instead"), JOBS)
def test_a_polling_loop(start: str, ask: str, instead: str) -> None:
    if "Parameters" not in start:
        start += ", Parameters: {A: b}"
    (found,) = check(job(start, ask), "ASL216")
    assert found.severity == "note"
    assert (
        found.cure
        == f"Write `{S}{instead}` as the Resource of `Start` instead of the loop (not on an Express workflow)."
    )
    assert [r.message for r in found.related] == ["starts it", "goes back"]
    check(strip_marks(job(start, ask))[0], workflow_type="express")
    (found,) = check(job(start, ask), "ASL216", workflow_type="standard")
    assert found.cure == f"Write `{S}{instead}` as the Resource of `Start` instead of the loop."


def test_every_integration_that_is_named_exists() -> None:
    from asllint.aws.catalog import patterns
    from asllint.model.loops import _STARTED_BY

    for _, ways in _STARTED_BY.values():
        for _, resource, _ in ways:
            service, action = resource.split(":")[:2]
            name, pattern = action.split(".") if "." in action else (action, "")
            assert (pattern or resource.rsplit(".", 1)[1]) in patterns(service, name), resource


@pytest.mark.parametrize(
    ("start", "ask", "between", "more"),
    [
        # another run, a run of another service, one that is waited for, one that is started who knows where
        (JOBS[0][0], f"{K}aws-sdk:glue:getJobRun'; Parameters: {{RunId.$: $.other}}", "Wait", ""),
        (JOBS[0][0], f"{K}aws-sdk:databrew:describeJobRun'; Parameters: {{RunId.$: $.JobRunId}}", "Wait", ""),
        (f"Resource: {K}glue:startJobRun.sync', Parameters: {{JobName: j}}", JOBS[0][1], "Wait", ""),
        (f"Resource: {FN}:start", JOBS[0][1], "Wait", ""),
        # something else is done in the meantime
        (JOBS[0][0], JOBS[0][1], "Other", f"  Other: {{{CALL}, Next: Wait}}\n"),
        # a placeholder hides what it is
        (f"Resource: '{S}glue:${{Action}}', Parameters: {{JobName: j}}", JOBS[0][1], "Wait", ""),
    ],
)
def test_what_is_no_polling_loop(start: str, ask: str, between: str, more: str) -> None:
    check(job(start, ask, between, more, marked=False))


def test_a_loop_that_does_more_than_poll() -> None:
    text = job(JOBS[0][0], JOBS[0][1], marked=False).replace("Default: Wait", "Default: Report")
    check(text.replace("  Done:", f"  Report: {{{CALL}, ResultPath: null, Next: Wait}}\n  Done:"))


def test_the_partition_is_that_of_the_task() -> None:
    (found,) = check(job(JOBS[0][0], JOBS[0][1]).replace("arn:aws:", "arn:aws-cn:"), "ASL216")
    assert "`arn:aws-cn:states:::glue:startJobRun.sync`" in found.cure


def test_a_pagination_loop() -> None:
    check(
        """
StartAt: Scan
States:
  Scan: {Type: Task, Resource: 'arn:aws:states:::aws-sdk:dynamodb:scan', Parameters: {TableName: t}, Next: Each}
  Each:
    Type: Map
    ItemsPath: $.Items
    ItemProcessor: {StartAt: P, States: {P: {Type: Pass, End: true}}}
    ResultPath: null
    Next: More?
  More?: {Type: Choice, Choices: [{Variable: $.LastEvaluatedKey, IsPresent: true, Next: Scan on}], Default: Done}
  Scan on:
    Type: Task
    Resource: arn:aws:states:::aws-sdk:dynamodb:scan
    Parameters: {TableName: t, ExclusiveStartKey.$: $.LastEvaluatedKey}
    Next: Each
  Done: {Type: Succeed}
"""
    )


# -- style


def test_pass_states_that_do_nothing() -> None:
    text = """
StartAt: In
States:
  «In»: {Type: Pass, ResultPath: null, Next: A}
  A: {Type: Wait, Seconds: 1, Next: Join}
  Join: {Type: Pass, Next: Any?}
  Any?: {Type: Choice, Choices: [{Variable: $.x, IsNull: true, Next: Wait}], Default: Not}
  Wait: {Type: Wait, Seconds: 1, Next: Join}
  Not: {Type: Pass, Next: B}
  B: {Type: Wait, Seconds: 1, Next: Out}
  «Out»: {Type: Pass, End: true}
"""
    text = text.replace("Variable: $.x", "Variable: $$.State.EnteredTime")
    check(text, "ASL903", "ASL903", style=True)
    check(strip_marks(text)[0])


@pytest.mark.parametrize(
    "field", ["Comment: why", "Result: 1", "Assign: {a: 1}", "ResultPath: $.x", "OutputPath: $.x", "Parameters: {}"]
)
def test_pass_states_that_do_something(field: str) -> None:
    check(f"StartAt: A\nStates:\n  A: {{Type: Pass, {field}, Next: B}}\n  B: {{Type: Succeed}}\n", style=True)


@pytest.mark.parametrize(
    "field",
    ["ResultPath: $.x", "Retry: [{ErrorEquals: [Busy]}]", "Parameters: {}", "OutputPath: '$[0]'", "Assign: {a: 1}"],
)
def test_a_single_branch_with_a_reason(field: str) -> None:
    text = f"""
StartAt: A
States:
  A:
    Type: Parallel
    Branches: [{{StartAt: W, States: {{W: {{Type: Wait, Seconds: 1, End: true}}}}}}]
    {field}
    End: true
"""
    check(text, style=True)
    check(text.replace(field, "Comment: x").replace("  A:\n", "  «A»:\n"), "ASL904", style=True)


# -- size


def ring(n: int) -> Any:
    states: dict[str, Any] = {f"S{i}": {"Type": "Pass", "Next": f"S{(i + 1) % n}"} for i in range(n - 1)}
    states[f"S{n - 1}"] = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "D"}],
        "Default": "S0",
    }
    return {"StartAt": "S0", "States": {**states, "D": {"Type": "Succeed"}}}


def selves(n: int) -> Any:
    """Each state leads to itself, and on."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getJobRun", "Parameters": {"JobName": "j"}}
    states = {
        f"S{i}": {**task, "Next": f"S{i + 1}", "Catch": [{"ErrorEquals": ["E"], "Next": f"S{i}"}]} for i in range(n)
    }
    return {"StartAt": "S0", "States": {**states, f"S{n}": {"Type": "Succeed"}}}


def polls(n: int) -> Any:
    """One polling loop after the other, each without a wait."""
    states: dict[str, Any] = {}
    for i in range(n // 2):
        task = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:getJobRun", "Parameters": {"RunId": "r"}}
        states[f"A{i}"] = {**task, "Next": f"C{i}"}
        rule = {"Variable": "$.JobRun.JobRunState", "StringEquals": "SUCCEEDED", "Next": f"A{i + 1}"}
        states[f"C{i}"] = {"Type": "Choice", "Choices": [rule], "Default": f"A{i}"}
    return {"StartAt": "A0", "States": {**states, f"A{n // 2}": {"Type": "Succeed"}}}


def caught_far(n: int) -> Any:
    """A long way round, with a Catcher at each step of it that leads to its begin."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish"}
    states = {f"S{i}": {**task, "Next": f"S{i + 1}", "Catch": [{"ErrorEquals": ["E"], "Next": "S0"}]} for i in range(n)}
    return {"StartAt": "S0", "States": {**states, f"S{n}": {"Type": "Succeed"}}}


def wide(n: int) -> Any:
    rules = [{"Variable": f"$.x{i}", "IsNull": True, "Next": "D" if i % 2 else "A"} for i in range(n)]
    return {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Wait", "Seconds": 1, "Next": "C"},
            "C": {"Type": "Choice", "Choices": rules, "Default": "A"},
            "D": {"Type": "Succeed"},
        },
    }


def complete(n: int) -> Any:
    """Every state leads to every other, with as many transitions in all."""
    m = int(n**0.5)
    states: dict[str, Any] = {}
    for i in range(m):
        rules = [{"Variable": "$.x", "IsNull": True, "Next": f"S{j}"} for j in range(m)]
        states[f"S{i}"] = {"Type": "Choice", "Choices": rules, "Default": "D"}
    return {"StartAt": "S0", "States": {**states, "D": {"Type": "Succeed"}}}


@pytest.mark.parametrize("shape", [ring, selves, polls, caught_far, wide, complete], ids=lambda shape: shape.__name__)
def test_time_grows_with_the_states(shape: Callable[[int], Any], linear: Any) -> None:
    linear(lambda n: partial(run, json.dumps(shape(n)), name="x.asl.json"), 400, 3_200)
