"""ASL610."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.aws import shapes
from asllint.aws.check import WRONG_TYPE
from asllint.model import StateMachine
from asllint.model.calls import NOT_DYNAMIC, calls, shown
from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Rule


class ParameterNotDynamic(Rule):
    """A parameter that takes no such text is given the name of a variable, or `$`, as a text.

    In JSONPath the value of a key is evaluated where the key ends in `.$`, in JSONata a string between `{%` and `%}`; any
    other text goes to the service as it stands. A longer path, or an intrinsic function, is the finding of `missing-dollar`
    and `expression-of-other-language`; this rule knows what the API takes, and so sees `$count` and `$` as well.

    ## Why it matters

    The service gets the characters `$count`, where it takes a number or a list, and the state fails each time it runs.

    ## What to do

    Write `.$` behind the key, or put the expression between `{%` and `%}`.
    """

    code = "ASL610"
    name = "parameter-not-dynamic"
    severity = ERROR
    concerns = (NOT_DYNAMIC,)

    invalid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
  "Parameters": {"TaskDefinition": "report", "Tags": «"$"»}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::batch:submitJob.sync", "End": true,
  "Arguments": {"JobName": "resize", "JobQueue": "main", "JobDefinition": "resize", "ArrayProperties": {"Size": «"$count"»}}}""",
        ),
    )
    valid = (
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONPath", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
  "Parameters": {"TaskDefinition": "report", "Tags.$": "$"}}"""
        ),
        Example(
            """{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::sns:publish", "End": true,
  "Arguments": {"TopicArn": "${Topic}", "Subject": "$promotion", "Message": "$"}}""",
            title="a text that may be meant",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word which texts are meant to be evaluated."""
        for call, mismatch in calls(machine).of(NOT_DYNAMIC):
            node = mismatch.node
            key = mismatch.owner.key(mismatch.name)
            fix = None
            if call.language == "JSONata":
                cure = f"Write `{{% {node.text} %}}`."
            else:
                cure = f"Write `{mismatch.name}.$`."
                if mismatch.owner.get(f"{mismatch.name}.$") is not None:
                    cure = f"Take it away: `{mismatch.name}.$` is there."
                elif key is not None and mismatch.owner.get(mismatch.name) is node:
                    end = key.end - 1 if key.style in ("json", "double", "single") else key.end
                    fix = Fix("Add `.$` to the key", [(end, end, ".$")], safe=False)
            sure = mismatch.kind == WRONG_TYPE and mismatch.shape.kind != shapes.STRING
            yield Finding(
                node,
                f"`{node.text}` goes to `{shown(mismatch.path)}` of {call.title} as a text, which it does not take: "
                f"the call {'fails' if sure else 'may fail'}.",
                cure=cure,
                fix=fix,
                severity=None if sure and not call.reader else WARNING,
            )
