"""ASL104."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Mismatch, State, StateMachine
from asllint.model.machine import JSONATA, JSONPATH
from asllint.model.shape import CATCHER, CHOICE_RULE, OTHER_LANGUAGE, STATES
from asllint.rule import ERROR, Example, Finding, Related, Rule
from asllint.source.node import NULL, Node

_IN_JSONATA = {
    # JSONPath field: what a JSONata state has instead.
    "InputPath": "There is no twin: take what is needed from `$states.input` where it is used.",
    "OutputPath": "Write `Output`, such as `{% $states.result %}`.",
    "ResultPath": "Write `Output`, such as `{% $merge([$states.input, {'result': $states.result}]) %}`, or `Assign`.",
    "ResultSelector": "Write `Output` with what is selected from `$states.result`.",
    "Result": "Write `Output`.",
    "Parameters": "Write `Arguments`.",
    "ItemsPath": "Write `Items`, such as `{% $states.input.items %}`.",
    "And": "Write one `Condition` with `and` in it.",
    "Or": "Write one `Condition` with `or` in it.",
    "Not": "Write one `Condition` with `$not(…)` in it.",
    "RoleArn.$": "Write `RoleArn` with a `{% … %}` string.",
}

_IN_JSONPATH = {
    # JSONata field: what a JSONPath state has instead.
    "Arguments": "Write `Parameters`, with `.$` behind the names whose values are paths",
    "Items": "Write `ItemsPath`",
    "Condition": "Write `Variable` and one operator, such as `StringEquals`",
}


class OtherLanguageField(Rule):
    """A field belongs to the other query language than the one that counts here.

    The query language of a state is its own `QueryLanguage`, else that of the state machine, else JSONPath; that of a Map
    or Parallel does not pass on to the states inside it. Each language has its fields: `InputPath`, `Parameters`,
    `ResultSelector`, `ResultPath`, `OutputPath`, `Result`, `ItemsPath` and all the other `…Path` fields are JSONPath's,
    `Arguments`, `Output`, `Items` and `Condition` JSONata's (specification, "Query Languages"). `Assign` and `ItemSelector`
    belong to both.

    AWS answers, at the state: "The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the
    'JSONPath' QueryLanguage". It checks the objects inside a state in the same way: Choice rules, Catchers, `ItemBatcher`,
    `ReaderConfig`, `ResultWriter`.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Use the twin of the field in the language of the state, or set `QueryLanguage` on the state. A state machine that is set
    to JSONata cannot hold JSONPath states; the other way round works, state by state.
    """

    code = "ASL104"
    name = "other-language-field"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:other-language-field",)

    invalid = (
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    «"Parameters"»: {"FunctionName": "f"}, «"OutputPath"»: "$.Payload", "End": true}
}}""",
            title="JSONPath fields in a JSONata machine",
        ),
        Example(
            """{"StartAt": "Each", "States": {
  "Each": {"Type": "Map", "QueryLanguage": "JSONata", "Items": "{% $states.input %}", "End": true,
    "ItemProcessor": {"StartAt": "One", "States": {
      "One": {"Type": "Pass", «"Output"»: "{% $states.input.name %}", "End": true}
    }}}
}}""",
            title="the language of a Map does not pass on to the states in it",
        ),
        Example(
            """StartAt: Check
QueryLanguage: JSONata
States:
  Check:
    Type: Choice
    Choices:
      - «Variable»: $.size
        NumericGreaterThan: 3
        Next: Done
  Done:
    Type: Succeed
""",
            language="yaml",
            title="a Choice rule in JSONPath",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.name %}", "Next": "B"},
  "B": {"Type": "Pass", "InputPath": "$.name", "End": true}
}}""",
            title="each in its own language",
        ),
        Example(
            """{"QueryLanguage": "${Language}", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "InputPath": "$.name", "End": true}
}}""",
            title="a language that is not known yet",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the fields of the other language."""
        wrong = [mismatch for mismatch in machine.mismatches if mismatch.kind == OTHER_LANGUAGE]
        owners = {id(mismatch.owner) for mismatch in wrong}
        states = {id(state.node): state for state in machine.all_states() if id(state.node) in owners}
        for mismatch in wrong:
            yield _finding(mismatch, machine, states.get(id(mismatch.owner)))


def _finding(mismatch: Mismatch, machine: StateMachine, state: State | None) -> Finding:
    language = mismatch.language
    other = JSONPATH if language == JSONATA else JSONATA
    setting: Node | None = state.node.get("QueryLanguage") if state is not None else None
    if setting is None:
        setting = machine.node.get("QueryLanguage") if machine.fragment is None else None
    return Finding(
        mismatch.at,
        f"`{mismatch.name}` is a field of {other}, and the query language here is {language}: AWS refuses the definition.",
        cure=_cure(mismatch, state),
        related=[Related(setting, "the query language is set here")] if setting is not None else (),
    )


def _cure(mismatch: Mismatch, state: State | None) -> str:
    name, shape = mismatch.name, mismatch.shape
    if mismatch.language == JSONATA:
        if name == "Parameters" and shape is STATES["Map"]:
            return "Write `ItemSelector`."
        if name == "Parameters" and shape is STATES["Pass"]:
            return "Write `Output`."
        value = mismatch.owner.get(name)
        if name == "ResultPath" and value is not None and value.kind == NULL:
            return "To drop the result, write `Output` as `{% $states.input %}`."
        if name == "ResultPath" and shape is CATCHER:
            return (
                "Write `Output`, such as `{% $merge([$states.input, {'error': $states.errorOutput}]) %}`, or `Assign`."
            )
        if name == "OutputPath" and "ResultSelector" not in shape.fields:
            return "Write `Output`, such as `{% $states.input.items %}`."  # there is no result
        if name in _IN_JSONATA:
            return _IN_JSONATA[name]
        if name.endswith("Path") and name[:-4] in shape.fields and shape is not CHOICE_RULE:
            return f"Write `{name[:-4]}` with a `{{% … %}}` string."
        return "Write `Condition` with a `{% … %}` string."
    cure = _IN_JSONPATH.get(name)
    if cure is None:  # Output
        if shape is CATCHER:
            cure = "Write `ResultPath`"
        elif shape is CHOICE_RULE:
            cure = "Put the data into `Assign`"
        elif "ResultSelector" in shape.fields:
            cure = "Write `ResultSelector`, `ResultPath` or `OutputPath`"
        elif shape is STATES["Pass"]:
            cure = "Write `Parameters` or `Result`"
        else:
            cure = "Write `OutputPath`"
    cure += ', or set `"QueryLanguage": "JSONata"` on the state.'
    owner = state.scope.owner if state is not None else None
    while owner is not None:
        if owner.query_language == JSONATA and owner.node.get("QueryLanguage") is not None:
            return f"{cure} That of `{owner.name}` does not pass on to the states in it."
        owner = owner.scope.owner
    return cure
