"""ASL103."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Mismatch, StateMachine
from asllint.model.machine import JSONATA
from asllint.model.names import OTHER_TOOLS, listed, meant, respelt, tool_of
from asllint.model.shape import (
    ANY_STATE,
    COMPARISON,
    MACHINE,
    NESTED_CHOICE_RULE,
    RETRIER,
    STATES,
    UNSUPPORTED,
    owners_of,
)
from asllint.rule import ERROR, Example, Finding, Fix, Rule

_NO_TRANSITIONS = (STATES["Choice"], STATES["Succeed"], STATES["Fail"])

_REQUEST = (
    "Name",
    "Type",
    "RoleArn",
    "LoggingConfiguration",
    "TracingConfiguration",
    "EncryptionConfiguration",
    "Tags",
)

_REMARKS = ("comment", "description", "note", "notes", "todo", "//", "#")

_ELSEWHERE = {
    # A field that other states have: what to do instead.
    "Retry": "A state of this type calls nothing that could be tried again; put it on the Task that does.",
    "Catch": "A state of this type calls nothing that could fail; put it on the Task that does.",
    "TimeoutSeconds": "Put it on each Task, or at the top for the whole execution.",
    "HeartbeatSeconds": "Put it on the Task that sends heartbeats.",
    "ResultPath": "To reshape the data here, put a Pass state before or behind it.",
    "ResultSelector": "To reshape the data here, put a Pass state before or behind it.",
    "Parameters": "To reshape the data here, put a Pass state before it.",
    "Default": "Only a Choice state chooses; to go on from here, write `Next`.",
    "Choices": "Only a Choice state chooses.",
}


class UnsupportedField(Rule):
    """A field stands where it is not supported: misspelt, of another object, or of another tool.

    AWS takes in each object the fields of a fixed list and no other, not even one with a `null` in it: "Field 'Resorce' is
    not supported", reported at the object. The list depends on the type of the state (specification, "State Type Table").
    A remark belongs into `Comment`.

    This is recorded for states, the top level, Catchers and `ProcessorConfig`; for `QueryLanguage` in a branch or an item
    processor, `Next` in a Choice rule inside `And`, `Or` or `Not`, and `CSVHeaderLocation` with `InputType` `JSON`. In other
    objects (a Retrier, `ItemReader`, `ResultWriter` …) no refusal is recorded, and an unknown field is a warning, unless it
    stands for one that is needed.

    Names of the AWS CDK (`inputPath`) and of the Data Science SDK (`input_path`) are known as such: those tools translate
    them, in a definition they are unknown fields. `Next` and `End` on states that have neither are the matter of
    `next-on-terminal-state`.

    ## Why it matters

    AWS refuses the definition; where it does not, the field has no effect.

    ## What to do

    Write the name as the specification does, or move the field to the object that it belongs to.
    """

    code = "ASL103"
    name = "unsupported-field"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:unsupported-field",)

    invalid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Task", «"Resorce"»: "arn:aws:states:::lambda:invoke", «"result_path"»: null, «"Nxet"»: "B"},
  "B": {"Type": "Wait", "Seconds": 5, «"Retry"»: [], "End": true}
}}""",
            title="two misspelt names, one of the Data Science SDK, and a field of another type",
        ),
        Example(
            """StartAt: A
States:
  A:
    Type: Pass
    «_comment»: remarks go into Comment
    «Message.$»: $.message
    End: true
""",
            language="yaml",
            title="a remark, and a payload outside of Parameters",
        ),
        Example(
            """{"Type": "Choice", "Choices": [{"Variable": "$.n", «"NumericEqual"»: 1, "Next": "B"}]}""",
            title="an operator that there is not",
        ),
    )
    valid = (
        Example("""{"Type": "Pass", "Comment": "a remark", "Result": {"any": "thing"}, "End": true}"""),
        Example(
            """{"Type": "Pass", "${Field}": 1, "End": true}""", title="a name that is filled in later is not judged"
        ),
        Example(
            """{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
  "Parameters": {"FunctionName": "f", "Payload": {"any.$": "$.thing"}}}""",
            title="what stands in Parameters is no field of the state",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the fields that are not in the table."""
        for mismatch in machine.mismatches:
            if mismatch.kind == UNSUPPORTED and not (
                mismatch.shape in _NO_TRANSITIONS and mismatch.name in ("Next", "End")
            ):
                yield _finding(mismatch)


def _finding(mismatch: Mismatch) -> Finding:
    name, shape, near, key = mismatch.name, mismatch.shape, mismatch.near, mismatch.at
    title = "this state" if shape is ANY_STATE else shape.title
    if mismatch.spec is not None:
        only = "`Mode` `DISTRIBUTED`" if name == "ExecutionType" else "`InputType` `CSV` or `MANIFEST`"
        message = f"`{name}` goes with {only} only"
    else:
        message = f"`{name}` is not a field of {title}"
    comparison = len(mismatch.names) >= len(COMPARISON.names)
    if comparison:
        message += ", and the rule has no comparison operator"
    elif mismatch.names:
        message += f", and {listed(mismatch.names)} is missing"
    message += ": AWS refuses the definition." if mismatch.sure else ": AWS may refuse it, and has no use for it."
    fix = None
    if near and not isinstance(key, tuple):
        edit = respelt(key, near)
        # two misspelt names can mean one field
        alone = sum(str(other.value).lower() == near.lower() for other, _ in mismatch.owner.members) < 2
        # renamed, it would stand beside what excludes it
        groups = (group for group in shape.groups if near in group.known and not group.several)
        barred = any(not group.known.isdisjoint(mismatch.owner.names) for group in groups)
        if edit and alone and not barred and mismatch.owner.get(near) is None:
            safe = mismatch.sure and name.lower() == near.lower()
            fix = Fix(f"Rename the field to `{near}`", [edit], safe=safe)
    return Finding(
        key,
        message,
        cure=_cure(mismatch, comparison),
        fix=fix,
        severity=None if mismatch.sure else "warning",
        rejected_by_aws=mismatch.sure,
    )


def _cure(mismatch: Mismatch, comparison: bool) -> str:
    name, near, fields = mismatch.name, mismatch.near, mismatch.shape.fields
    cure = ""
    row = OTHER_TOOLS.get(name)
    remark = name.lstrip("_$").lower() in _REMARKS or name.startswith(("_", "//", "#"))
    there = meant(name, (other for other in mismatch.owner.names if other in fields))
    if there and not near and not remark and not owners_of(name):
        return f"Take it away: `{there}` is there."
    if near and not (near == "Comment" and remark):
        cure = f"Did you mean `{near}`?"
    elif remark:
        return (
            "Write remarks into `Comment`."
            if "Comment" in fields
            else "Remove it; write remarks into a state's `Comment`."
        )
    elif mismatch.shape is NESTED_CHOICE_RULE and name == "Next":
        return "Only the rule at the top leads on: write `Next` there, beside `And`, `Or` or `Not`, and remove it here."
    elif name == "QueryLanguage":
        return "Set it at the top of the state machine, or on each state."
    elif mismatch.spec is not None:
        wanted = '`"Mode": "DISTRIBUTED"` beside it' if name == "ExecutionType" else "the `InputType` of what is read"
        return f"Remove it, or write {wanted}."
    elif mismatch.shape is MACHINE and name in _REQUEST:
        return "It is an argument of CreateStateMachine, not of the definition."
    elif mismatch.shape is RETRIER and name == "Next":
        return "Remove it: the same state is run again. Where to go when the retries are used up says a Catcher in `Catch`."
    elif name.endswith(".$"):
        if mismatch.language == JSONATA:
            return f"JSONata has no such names: write `{name[:-2]}` with a `{{% … %}}` string where it belongs."
        return "A name that ends in `.$` is taken inside of `Parameters`, `ResultSelector`, `ItemSelector` and the like only."
    elif row is None:
        owners = owners_of(name)
        if owners:
            cure = f"It is a field of {', '.join(owners[:-1])}{' and ' if len(owners) > 1 else ''}{owners[-1]}."
            if mismatch.shape in STATES.values() and name in _ELSEWHERE:
                cure += f" {_ELSEWHERE[name]}"
    tool = tool_of(name, near)
    if tool and (near or row is not None):
        cure += f" `{name}` is a name of {tool}."
    if row is not None and row[2]:
        cure += f" {row[2]}"
    if comparison and not near and row is None:
        cure += " Beside `Variable` stands one operator, such as `StringEquals` or `IsPresent`."
    if not cure:
        cure = "Remove it, or correct the name."
        if mismatch.shape is STATES["Task"]:
            request = "Arguments" if mismatch.language == JSONATA else "Parameters"
            cure = f"Remove it, or correct the name; what the call is given stands in `{request}`."
    return cure.strip()
