"""What findings say, and what is left where that is done to the letter: one mistake is told once, and each cure works."""

from __future__ import annotations

import pytest

from asllint.engine import lint
from asllint.fix import fix
from asllint.registry import builtin
from asllint.result import Diagnostic
from asllint.settings import Settings

RULES = builtin()


def found(text: str) -> list[Diagnostic]:
    """Return what all rules find in a definition but for those on permissions."""
    settings = Settings()
    settings.ignore = ("iam",)
    report = lint(_name(text), text.encode(), settings, RULES, judged=True)
    assert not report.failed, [d.message for d in report.diagnostics]
    return list(report.diagnostics)


def codes(text: str) -> list[str]:
    return [d.code for d in found(text)]


def only(text: str, code: str) -> Diagnostic:
    """Return the one finding of a rule."""
    one, *others = [d for d in found(text) if d.code == code]
    assert not others
    return one


def marked(text: str, code: str) -> str:
    """Return the text at the place of the one finding of a rule."""
    one = only(text, code)
    assert one.text is not None
    return one.text.content[one.start : one.end]


def fixed(text: str) -> str:
    """Return a definition with all fixes applied."""
    settings = Settings()
    settings.ignore = ("iam",)
    name = _name(text)
    return fix(
        name, text.encode(), lambda data: lint(name, data, settings, RULES, judged=True), unsafe=True
    ).data.decode()


def _name(text: str) -> str:
    return "x.asl.json" if text.startswith("{") else "x.asl.yaml"


def state(fields: str, language: str = "JSONPath") -> str:
    """Return a state of JSON with more fields."""
    return f'{{"Type": "Pass", "QueryLanguage": "{language}", {fields}, "End": true}}'


# -- expressions


@pytest.mark.parametrize("mark", ["|", ">", "|+", ">+", "|2", "| # why"])
def test_the_header_of_a_block_leaves_the_line_break_out(mark: str) -> None:
    text = f"Type: Pass\nQueryLanguage: JSONata\nOutput: {mark}\n  {{% $states.input %}}\nEnd: true\n"
    assert marked(text, "ASL410") == mark.removesuffix(" # why")
    header = mark.replace("+", "").removesuffix(" # why")
    assert fixed(text) == text.replace(header + mark[len(header) :].replace(" # why", ""), f"{header}-", 1)
    assert not found(fixed(text))


def test_white_space_in_a_block_is_reported_where_it_stands() -> None:
    text = "Type: Pass\nQueryLanguage: JSONata\nOutput: |\n  {% $states.input %} \nEnd: true\n"
    assert marked(text, "ASL410").startswith(" ")
    assert fixed(text) == text


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{% $states.input.a.b %}", "$.a.b"),
        ("{% $states.context.Execution.Name %}", "$$.Execution.Name"),
        ("{%$order.id%}", "$order.id"),
    ],
)
def test_jsonata_that_only_reads_is_written_as_a_path(text: str, path: str) -> None:
    before = state(f'"Parameters": {{"x": "{text}"}}')
    assert only(before, "ASL408").cure.startswith(f'Write `"x.$": "{path}"`')
    assert fixed(before) == state(f'"Parameters": {{"x.$": "{path}"}}')


@pytest.mark.parametrize(
    ("before", "words", "right"),
    [
        ('"Result": {"x": "{% $states.input.a %}"}', "Write `Parameters`", '"Parameters": {"x.$": "$.a"}'),
        ('"Result": "{% $states.input.a %}"', "Write `Parameters`", '"Parameters": {"x.$": "$.a"}'),
        ('"Parameters": "{% $states.input.a %}"', "Set `", '"Parameters": {"x.$": "$.a"}'),
    ],
)
def test_where_no_path_is_evaluated_none_is_proposed(before: str, words: str, right: str) -> None:
    text = state(before)
    assert only(text, "ASL408").cure.startswith(words)
    assert fixed(text) == text
    assert not found(state(right))


def test_a_cause_is_read_with_its_twin() -> None:
    text = '{"Type": "Fail", "QueryLanguage": "JSONPath", "Error": "E", "Cause": "{% $states.input.a %}"}'
    assert only(text, "ASL408").cure.startswith('Write `"CausePath": "$.a"`, or')
    assert not found(text.replace("Cause", "CausePath").replace("{% $states.input.a %}", "$.a"))


@pytest.mark.parametrize("text", ["{% $states.result.a %}", "{% $states.input.a + 1 %}", "{% $states %}"])
def test_other_jsonata_is_not(text: str) -> None:
    before = state(f'"Parameters": {{"x": "{text}"}}')
    assert f"`{text}`" in only(before, "ASL408").message
    assert fixed(before) == before


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("$.orders[0].id", "$states.input.orders[0].id"),
        ("$['a b'].and", "$states.input.`a b`.`and`"),
        ("$$.Execution.Id", "$states.context.Execution.Id"),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".$"])
def test_a_path_is_written_in_jsonata_without_its_suffix(path: str, written: str, suffix: str) -> None:
    before = state(f'"Output": {{"x{suffix}": "{path}"}}', "JSONata")
    assert fixed(before) == state(f'"Output": {{"x": "{{% {written} %}}"}}', "JSONata")


def test_a_path_in_the_output_of_a_task_reads_the_result() -> None:
    text = """Type: Task
QueryLanguage: JSONata
Resource: arn:aws:lambda:eu-west-1:123456789012:function:f
Output: {id: $.id}
End: true
"""
    assert "$states.result.id" in fixed(text)


def test_tags_of_a_template_are_no_jsonata() -> None:
    assert not found(state('"Parameters": {"x": "{% if test %}a{% endif %}"}'))


def test_is_present_asks_and_does_not_fail() -> None:
    asks = '{"Variable": "$$.Execution.Origin", "IsPresent": true}'
    reads = '{"Variable": "$$.Execution.Origin", "StringEquals": "a"}'
    choice = '{{"Type": "Choice", "QueryLanguage": "JSONPath", "Default": "B", "Choices": [{}]}}'
    assert not found(choice.format(f'{{"And": [{asks}, {reads}], "Next": "A"}}'))
    assert codes(choice.format(reads[:-1] + ', "Next": "A"}')) == ["ASL406"]


@pytest.mark.parametrize(
    ("field", "text"),
    [("ErrorPath", "States.Uuid()"), ("CausePath", "States.Format()"), ("CausePath", "States.ArrayLength()")],
)
def test_calls_are_checked_where_a_path_may_stand(field: str, text: str) -> None:
    machine = f'{{"Type": "Fail", "QueryLanguage": "JSONPath", "{field}": "{text}"}}'
    assert {d.code for d in found(machine)} == {"ASL401"}
    assert all(d.severity == "warning" and "intrinsic function" in d.message for d in found(machine))


def test_a_cause_is_a_text() -> None:
    text = '{"Type": "Fail", "QueryLanguage": "JSONPath", "CausePath": "States.ArrayLength($.a)"}'
    assert codes(text) == ["ASL503"]
    assert only(text, "ASL503").cure == "Write `States.JsonToString(States.ArrayLength($.a))`."
    for call in (
        "States.JsonToString(States.ArrayLength($.a))",
        "States.ArrayGetItem($.a, 0)",
        "States.StringToJson($.a)",
    ):
        assert not found(text.replace("States.ArrayLength($.a)", call))


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ("s3://bucket/$.key/$.name[0]", "Write `States.Format('s3://bucket/{}/{}', $.key, $.name[0])`."),
        ("bucket", "Write `x` for a text that is meant as it stands."),
    ],
)
def test_what_is_written_for_a_text_behind_a_suffix(value: str, cure: str) -> None:
    before = state(f'"Parameters": {{"x.$": "{value}"}}')
    assert only(before, "ASL403").cure == cure
    written = f'"x.$": "{cure.split("`")[1]}"' if "States" in cure else f'"x": "{value}"'
    assert not found(state(f'"Parameters": {{{written}}}'))


@pytest.mark.parametrize("quote", ['"', "'"])
def test_double_quotes_become_single_ones_in_the_quotes_of_yaml(quote: str) -> None:
    call = "States.Format('{}', $.n)" if quote == '"' else "States.Format(''{}'', $.n)"
    double = 'States.Format(\\"{}\\", $.n)' if quote == '"' else 'States.Format("{}", $.n)'
    text = "Type: Pass\nQueryLanguage: JSONPath\nParameters:\n  x.$: {0}{1}{0}\nEnd: true\n"
    assert fixed(text.format(quote, double)) == text.format(quote, call)


def test_a_path_for_a_timestamp_is_told_once() -> None:
    text = "Type: Wait\nQueryLanguage: JSONPath\nTimestamp: $.when\nEnd: true\n"
    assert codes(text) == ["ASL114"]
    assert fixed(text) == text.replace("Timestamp:", "TimestampPath:")


def test_a_plain_field_whose_twin_is_there_is_taken_away() -> None:
    text = '{"Type": "Fail", "QueryLanguage": "JSONPath", "Error": "$.e", "ErrorPath": "$.e"}'
    assert only(text, "ASL407").cure == "Take it away: `ErrorPath` is there."


def test_a_result_that_is_a_path_is_read_with_input_path() -> None:
    before = state('"Result": "$.order", "ResultPath": "$.copy"')
    assert only(before, "ASL405").cure == 'Write `"InputPath": "$.order"` instead of `Result`.'
    assert not found(state('"InputPath": "$.order", "ResultPath": "$.copy"'))


@pytest.mark.parametrize(
    ("language", "field", "name"),
    [
        ("JSONPath", "Parameters", "$.name"),
        ("JSONPath", "Parameters", "States.UUID()"),
        ("JSONata", "Arguments", "$$.Execution.Name"),
    ],
)
def test_a_name_that_is_meant_as_an_expression_is_no_name_that_repeats(language: str, field: str, name: str) -> None:
    text = f"""{{"Type": "Task", "QueryLanguage": "{language}", "Resource": "arn:aws:states:::sagemaker:createTrainingJob",
  "{field}": {{"TrainingJobName": "{name}", "${{Rest}}": 1}}, "End": true}}"""
    assert codes(text) == ["ASL404" if language == "JSONPath" else "ASL408"]


@pytest.mark.parametrize(
    ("expression", "cure"),
    [
        ("[1, 2, ]", "Take the comma before it away."),
        ("$map($states.input, $x => $x.id)", "JSONata has no arrows: write `function($x) { … }`."),
        ("$states.input.a !== 1", "Write `!=`."),
        ("$states.input.a === 1", "Write a single `=`."),
        ("if ($states.input.a) 1 else 2", "JSONata has no `if`: write `condition ? value : other`."),
        ("$states.input.a[0..2]", "To select the items of a range write it in brackets of its own, as in `[[0..2]]`."),
        (
            "$states.input.a %}-{% $states.input.b",
            "One string is one expression: take the `%}` and the `{%` behind it away, and join texts with `&`.",
        ),
    ],
)
def test_what_other_languages_write_has_its_cure(expression: str, cure: str) -> None:
    assert only(state(f'"Output": "{{% {expression} %}}"', "JSONata"), "ASL411").cure == cure


@pytest.mark.parametrize(
    "expression",
    ["[1, 2]", "$map($states.input, function($x) { $x.id })", "$states.input.a[[0..2]]", "$states.input.a != 1"],
)
def test_and_the_cure_is_right(expression: str) -> None:
    assert not found(state(f'"Output": "{{% {expression} %}}"', "JSONata"))


@pytest.mark.parametrize(
    ("expression", "cure"),
    [
        ("states.input.a", "Did you mean `$states`?"),
        ("input.a", "Did you mean `$states.input`?"),
        ("$states.input.order-id", "A name with a hyphen stands in backquotes: ``.`order-id` ``."),
        ("$states.input.a-order-id + 1", "A name with a hyphen stands in backquotes: ``.`a-order-id` ``."),
        ("$x-order-1", "Write `$states.input.order` for the state's input, or `$order` for a variable."),
        ("$map($states.input.a, function($v) { $.id })", "In a function the parameters are read: write `$v`."),
        ("$.id", "Write `$states.input` for the state's input."),
        ("$x - id", "Write `$states.input.id` for the state's input, or `$id` for a variable."),
    ],
)
def test_where_a_bare_name_is_read(expression: str, cure: str) -> None:
    text = state(f'"Output": "{{% {expression} %}}"', "JSONata")
    assert next(d.cure for d in found(text) if d.code == "ASL412") == cure
    if cure.startswith("Did"):
        assert not found(fixed(text))


@pytest.mark.parametrize(
    ("call", "written"), [("$parseInt(", "$number("), ("$toUpperCase(", "$uppercase("), ("$size(", "$count(")]
)
def test_functions_of_other_languages(call: str, written: str) -> None:
    text = state(f'"Output": "{{% {call}$states.input.a) %}}"', "JSONata")
    assert fixed(text) == text.replace(call, written)


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        ("$max(1, 2)", "Put them into an array: `$max([…])`."),
        ("$hash('a')", "Write `$hash(text, algorithm)`, such as `'SHA-256'` for the algorithm."),
        ("$range(1, 5)", "Write `$range(first, last, step)`."),
    ],
)
def test_the_arguments_of_a_function(call: str, cure: str) -> None:
    assert only(state(f'"Output": "{{% {call} %}}"', "JSONata"), "ASL413").cure == cure


@pytest.mark.parametrize("call", ["$max([1, 2])", "$hash('a', 'SHA-256')", "$range(1, 5, 1)"])
def test_and_with_them_nothing_is_wrong(call: str) -> None:
    assert not found(state(f'"Output": "{{% {call} %}}"', "JSONata"))


def test_what_is_an_operator_is_no_function() -> None:
    text = state('"Output": "{% $concat($states.input.a, 1) %}"', "JSONata")
    assert only(text, "ASL413").cure == "Join texts with `&`, arrays with `$append`."
    assert fixed(text) == text


# -- integrations


def task(resource: str, fields: str = '"Parameters": {"${Rest}": 1}') -> str:
    """Return a Task that calls an integration."""
    return f'{{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "{resource}", {fields}, "End": true}}'


@pytest.mark.parametrize(
    ("resource", "right"),
    [
        ("arn:aws:states:::sagemaker:describeTrainingJob", "arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob"),
        ("arn:aws-cn:states:::dynamodb:Query", "arn:aws-cn:states:::aws-sdk:dynamodb:query"),
        ("arn:aws:states:::ssm:getParameter", "arn:aws:states:::aws-sdk:ssm:getParameter"),
        ("arn:aws:states:::eventbridge:putEvents", "arn:aws:states:::events:putEvents"),
        ("arn:aws:states:::sfn:startExecution.sync:2", "arn:aws:states:::states:startExecution.sync:2"),
        ("lambda:invoke", "arn:aws:states:::lambda:invoke"),
        ("arn:aws:states::lambda:invoke", "arn:aws:states:::lambda:invoke"),
        ("arn:aws:states:eu-west-1:123456789012:glue:startJobRun.sync", "arn:aws:states:::glue:startJobRun.sync"),
        (" arn:aws:states:::lambda:invoke", "arn:aws:states:::lambda:invoke"),
    ],
)
def test_a_resource_is_led_to_what_is_meant(resource: str, right: str) -> None:
    (one,) = found(task(resource))
    assert one.code in ("ASL601", "ASL604")
    assert fixed(task(resource)) == task(right)
    assert not found(task(right))


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::sts:assumeRole",
        "arn:aws:states:::glue:startCrawler.sync",
        "arn:aws:states:::sagemaker:frobnicate",
        "arn:aws:sqs:eu-west-1:123456789012:q",
        "",
    ],
)
def test_where_nothing_is_meant_for_sure_there_is_no_fix(resource: str) -> None:
    assert found(task(resource))
    assert fixed(task(resource)) == task(resource)


@pytest.mark.parametrize(
    ("resource", "cure"),
    [
        ("aws-sdk:sagemaker:startPipelineExecution.sync", "ask for it in a loop with a Wait and a Choice state."),
        ("sagemaker:createEndpoint.sync", "ask for it in a loop with a Wait and a Choice state."),
        ("lambda:invoke.sync", "a function is waited for without one."),
        ("lambda:invoke.async", "a function is waited for without one."),
        ("glue:startJobRun.Sync", "Write `.sync`."),
        ("dynamodb:putItem.waitForTaskToken", "Leave the suffix out."),
    ],
)
def test_the_cure_of_a_suffix_is_one_that_the_integration_can_have(resource: str, cure: str) -> None:
    assert only(task(f"arn:aws:states:::{resource}"), "ASL602").cure.endswith(cure)


def test_a_token_is_not_missed_where_no_task_can_wait_for_it() -> None:
    text = task(
        "arn:aws:states:::dynamodb:putItem.waitForTaskToken",
        '"TimeoutSeconds": 60, "Parameters": {"TableName": "t", "Item": {}}',
    )
    assert codes(text) == ["ASL602"]


def test_a_token_that_is_a_text_is_shown() -> None:
    text = task(
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
        '"TimeoutSeconds": 60, "Parameters": {"FunctionName": "f", "Payload": {"token": "$$.Task.Token"}}',
    )
    assert [note.message for note in only(text, "ASL426").related] == [
        "the task waits here",
        "a text, which is not evaluated",
    ]
    assert not found(fixed(text))


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("$.job.S3ModelArtifacts", "$.job.ModelArtifacts.S3ModelArtifacts"),
        ("$.job.trainingJobName", "$.job.TrainingJobName"),
        ("$.job.TrainingJobNmae", "$.job.TrainingJobName"),
    ],
)
def test_a_field_of_a_result_is_written_as_it_is(path: str, right: str) -> None:
    text = """StartAt: Train
States:
  Train:
    Type: Task
    Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
    Parameters: {TrainingJobName.$: $$.Execution.Name, "${Rest}": 1}
    ResultPath: $.job
    Next: Done
  Done: {Type: Pass, InputPath: PATH, End: true}
"""
    assert codes(text.replace("PATH", path)) == ["ASL617"]
    assert fixed(text.replace("PATH", path)) == text.replace("PATH", right)
    assert not found(text.replace("PATH", right))


@pytest.mark.parametrize(
    ("resource", "request_", "path", "cure"),
    [
        ("lambda:invoke", '"FunctionName": "f"', "$.result", "Did you mean `$.Payload.result`?"),
        (
            "glue:startJobRun",
            '"JobName": "j"',
            "$.JobRunState",
            "With `.sync` the task waits for the end of the job, and its result has it.",
        ),
        (
            "sagemaker:createModel",
            '"ModelName.$": "$.name", "ExecutionRoleArn": "${Role}"',
            "$.ModelName",
            "`ModelName` is in the request of `A`, and not in its result: take it from where the request has it.",
        ),
        (  # though the result has a field that is like it
            "sagemaker:createTrainingJob",
            '"TrainingJobName.$": "$$.Execution.Name", "${Rest}": 1',
            "$.TrainingJobName",
            "`TrainingJobName` is in the request of `A`, and not in its result: take it from where the request has it.",
        ),
    ],
)
def test_where_a_field_is_that_the_result_has_not(resource: str, request_: str, path: str, cure: str) -> None:
    text = (
        f'{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "arn:aws:states:::{resource}", "Parameters": '
        f'{{{request_}}}, "Next": "B"}}, "B": {{"Type": "Pass", "InputPath": "{path}", "End": true}}}}}}'
    )
    assert only(text, "ASL617").cure == cure


@pytest.mark.parametrize(
    ("member", "cure"),
    [
        ('"Command": "python train.py"', "Put its words into an array, one by one."),
        ('"Command": "train"', 'Write `["train"]`.'),
        (
            '"Environment": {"STAGE": "test"}',
            'Write an array with an item for each, such as `{"Name": "STAGE", "Value": …}`.',
        ),
        ('"Environment": {"Name": "STAGE", "Value": "test"}', "Put it into an array."),
        ('"Name.$": "States.ArrayLength($.a)"', "Write `States.Format('{}', States.ArrayLength($.a))`."),
    ],
)
def test_a_value_of_another_type(member: str, cure: str) -> None:
    container = f'{{"Name": "main", {member}}}' if "Name.$" not in member else f"{{{member}}}"
    request = f'{{"TaskDefinition": "t", "Overrides": {{"ContainerOverrides": [{container}]}}}}'
    assert only(task("arn:aws:states:::ecs:runTask", f'"Parameters": {request}'), "ASL608").cure == cure


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASSWORD", "tr0ub4dor+3", True),
        ("DB_PASSWORD_SECRET", "prod-db-pw1", False),
        ("DB_PASSWORD", "/prod/db/pw1", False),
        ("STAGE", "tr0ub4dor+3", False),
    ],
)
def test_a_password_beside_its_name(name: str, value: str, secret: bool) -> None:
    request = f'{{"TaskDefinition": "t", "Overrides": {{"ContainerOverrides": [{{"Environment": [{{"Name": "{name}", "Value": "{value}"}}]}}]}}}}'
    assert codes(task("arn:aws:states:::ecs:runTask", f'"Parameters": {request}')) == ["ASL631"] * secret


# -- data


def test_the_item_is_read_where_item_selector_puts_it() -> None:
    text = """StartAt: List
States:
  List: {Type: Pass, Result: [{id: 1}], Next: Each}
  Each:
    Type: Map
    ItemSelector: {item.$: $$.Map.Item.Value}
    ItemProcessor: {StartAt: One, States: {One: {Type: Pass, InputPath: $.id, End: true}}}
    End: true
"""
    assert only(text, "ASL501").cure == "Did you mean `$.item.id`?"
    assert not found(text.replace("$.id", "$.item.id"))


def test_items_without_delimiters() -> None:
    text = '{"Type": "Map", "QueryLanguage": "JSONata", "Items": "$states.input", "End": true, "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}'
    one = only(text, "ASL502")
    assert "is a string" in one.message
    assert one.cure == "Write `{% $states.input %}`, if it is meant as an expression."


# -- limits


def test_the_child_of_a_map_is_made_standard_by_its_map() -> None:
    inner = '{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 200, "Next": "B"}, "B": {"Type": "Wait", "Seconds": 200, "End": true}}'
    child = f'{inner}, "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}}}'
    text = f'{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "ItemProcessor": {child}, "End": true}}}}}}'
    assert only(text, "ASL803").cure == "Set `ExecutionType` to `STANDARD`, or shorten the waits."
    assert not found(text.replace("EXPRESS", "STANDARD"))


# -- a fix never writes a name that is there already


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (state('"Parameters": {"a": "$.x", "a.$": "$.y"}'), "ASL404"),
        (state('"Parameters": {"a": "{% $states.input.x %}", "a.$": "$.y"}'), "ASL408"),
        (state('"Output": {"a.$": "$.x", "a": 1}', "JSONata"), "ASL408"),
        (task("arn:aws:states:::lambda:invoke", '"Parameters": {"FunctionName": "f", "functionName": "g"}'), "ASL607"),
        (
            task("arn:aws:states:::lambda:invoke", '"Parameters": {"FunctionName": "f", "payload": 1, "payLoad": 2}'),
            "ASL607",
        ),
        (
            task(
                "arn:aws:states:::sqs:sendMessage",
                '"Parameters": {"QueueUrl": "q", "MessageBody": "", "DelaySeconds": "$n", "DelaySeconds.$": "$.n"}',
            ),
            "ASL610",
        ),
    ],
)
def test_no_name_is_written_twice(text: str, code: str) -> None:
    assert code in codes(text)
    assert fixed(text) == text


@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_in_a_name_stay_as_they_are_written(quote: str) -> None:
    key = "it''s" if quote == "'" else 'it\'s \\"x\\"'
    text = f"Type: Pass\nQueryLanguage: JSONPath\nParameters:\n  {quote}{key}{quote}: '{{% $states.input.x %}}'\nEnd: true\n"
    right = f"Type: Pass\nQueryLanguage: JSONPath\nParameters:\n  {quote}{key}.${quote}: '$.x'\nEnd: true\n"
    assert fixed(text) == right
    assert not found(right)


# -- variables


def test_a_misspelt_variable_is_told_once() -> None:
    text = """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "Assign": {"jobName": 1, "other": 2}, "Next": "B"},
  "B": {"Type": "Succeed", "Output": "{% $jobname %}"}}}"""
    assert [(d.code, d.message.split("`")[1]) for d in found(text)] == [("ASL423", "other"), ("ASL422", "$jobname")]
    assert [d.code for d in found(fixed(text))] == ["ASL423"]


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("my-var", "call it `my_var`."),
        ("a b", "call it `a_b`."),
        ("1st", "begin with a letter."),
        ("order.id", "A part of a variable cannot be assigned: assign the whole of `order`."),
    ],
)
def test_a_name_that_a_variable_can_have_is_proposed(name: str, cure: str) -> None:
    assert only(state(f'"Assign": {{"{name}": 1}}', "JSONata"), "ASL420").cure.endswith(cure)


def test_a_variable_is_not_renamed_to_another() -> None:
    text = state('"Assign": {"$x": 1, "x": 2}', "JSONata")
    assert fixed(text) == text


# -- fixes of what is nearly right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("{% $states.input.a %", "{% $states.input.a %}"),
        ("{% $states.input.a% }", "{% $states.input.a%}"),
        ("{% $states.input.a }", "{% $states.input.a %}"),
        ("{% {'a': 1}", "{% {'a': 1} %}"),
        ("{% $states.input.a", "{% $states.input.a %}"),
        ("{% if a", "{% if a"),
    ],
)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_the_end_of_an_expression(text: str, right: str, quote: str) -> None:
    before = "Type: Pass\nQueryLanguage: JSONata\nOutput: {0}{1}{0}\nEnd: true\n"
    text, right = (each.replace("'", "''") if quote == "'" else each for each in (text, right))
    assert fixed(before.format(quote, text)) == before.format(quote, right)


@pytest.mark.parametrize(
    ("expression", "right"),
    [
        ("$.a", "$states.input.a"),
        ("$$.Execution.Id", "$states.context.Execution.Id"),
        ("$map($states.input.a, function($v, $i) { $.id })", "$map($states.input.a, function($v, $i) { $v.id })"),
        ("$now", "$now()"),
    ],
)
def test_a_fix_for_what_is_read(expression: str, right: str) -> None:
    text = '{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {{"Type": "Pass", "Output": "{{% {} %}}", "End": true}}}}}}'
    assert fixed(text.format(expression)) == text.format(right)
    assert not found(text.format(right))


def test_a_number_in_quotes_is_written_without() -> None:
    text = task(
        "arn:aws:states:::sqs:sendMessage", '"Parameters": {"QueueUrl": "q", "MessageBody": "", "DelaySeconds": "5"}'
    )
    assert fixed(text) == text.replace('"5"', "5")


@pytest.mark.parametrize(
    ("name", "there", "right"),
    [
        ("States.Format('churn_{}', $$.Execution.Name)", "churn_", "States.Format('churn-{}', $$.Execution.Name)"),
        ("States.Format('{}_x', $$.Execution.Name)", "_x", "States.Format('{}-x', $$.Execution.Name)"),
        ("States.Format('_{}', $$.Execution.Name)", "_", None),
        ("States.Format('a-{}', $$.Execution.StartTime)", "$$.Execution.StartTime", None),
    ],
)
def test_a_character_that_a_name_cannot_have(name: str, there: str, right: str | None) -> None:
    text = f"""{{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::sagemaker:createTrainingJob",
  "Parameters": {{"TrainingJobName.$": "{name}", "${{Rest}}": 1}}, "End": true}}"""
    assert marked(text, "ASL622") == there
    assert fixed(text) == text.replace(name, right or name)
    assert right is None or not found(fixed(text))
