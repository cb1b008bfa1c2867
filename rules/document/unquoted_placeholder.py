"""ASL008."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.shape import ALL_SHAPES
from asllint.rule import WARNING, Example, Finding, Fix, Rule
from asllint.source.node import ARRAY, OBJECT, STRING, UNKNOWN, Node

_NAME = re.compile(r"\$\{\s*[\w.:\[\]-]+\s*\}")
"""A placeholder that names a value; one that calls a function, such as jsonencode, may bring quotes."""

_BRINGS_QUOTES = re.compile(r"json|quoted|literal", re.IGNORECASE)


class UnquotedPlaceholder(Rule):
    """A placeholder stands without quotes where only a string can stand.

    `${Name}` is replaced by text, as DefinitionSubstitutions of CloudFormation and `templatefile` of Terraform do it:
    quotes come from the template or not at all. Where a number, a boolean, an object or an array stands, none
    are wanted. Fields such as `Resource`, `Next` or `StartAt` take a string only.

    A placeholder that calls a function, such as `${jsonencode(name)}`, or whose name says that it is JSON already, brings
    its own quotes and is not reported. YAML needs no quotes there.

    ## Why it matters

    When the name or the ARN is filled in, the definition is no JSON any more, and AWS answers INVALID_JSON_DESCRIPTION at the
    deployment, without a place.

    ## What to do

    Put the placeholder in double quotes, unless the text that replaces it brings them.
    """

    code = "ASL008"
    name = "unquoted-placeholder"
    severity = WARNING
    concerns = ("unknown:placeholder",)
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Score", "States": {"Score": {
  "Type": "Task", "Resource": «${ScoreFunctionArn}», "Next": «${Following}»},
  "Done": {"Type": "Succeed"}
}}"""
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Score", "States": {"Score": {
  "Type": "Task", "Resource": "${ScoreFunctionArn}", "TimeoutSeconds": ${Timeout}, "End": ${Last},
  "Parameters": {"Resource": ${Count}}}
}}""",
            title="in quotes; where a number, a boolean or any JSON can stand",
        ),
        Example(
            """{"StartAt": ${jsonencode(first)}, "States": {"A": {"Type": "Pass", "End": true}}}""",
            title="a function that brings the quotes",
        ),
        Example(
            """StartAt: Score
States:
  Score: {Type: Task, Resource: '${ScoreFunctionArn}', End: true}
  Done:
    Type: Task
    Resource: ${DoneFunctionArn}
    End: true
""",
            language="yaml",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Look at all objects but those that take any JSON."""
        if machine.document.language != "json":
            return
        strings, anything = _fields()
        told = {problem.start for problem in machine.document.problems}
        stack: list[Node] = [machine.node]
        while stack:
            node = stack.pop()
            if node.kind == ARRAY:
                stack.extend(node.items)
            elif node.kind == OBJECT:
                for key, value in node.members:
                    name = str(key.value)
                    if value.kind != UNKNOWN:
                        if name not in anything:
                            stack.append(value)
                    elif name in strings and value.style == "placeholder" and value.start not in told:
                        raw = value.origin.content[value.start : value.end]
                        if _NAME.fullmatch(raw) and not _BRINGS_QUOTES.search(raw):
                            yield _finding(name, value, raw)


def _fields() -> tuple[set[str], set[str]]:
    """Return the names of the fields that take a string only, and of those that take any JSON, in whatever object."""
    strings: set[str] = set()
    others: set[str] = set()
    anything: set[str] = {"Assign"}
    for shape in ALL_SHAPES:
        for name, spec in shape.fields.items():
            if not spec.kinds:
                anything.add(name)
            elif spec.kinds == (STRING,):
                strings.add(name)
            else:
                others.add(name)
    return strings - others, anything


def _finding(name: str, value: Node, raw: str) -> Finding:
    return Finding(
        value,
        f"`{raw}` has no quotes, and `{name}` takes a string: filled in, the text is no JSON, unless it brings its quotes.",
        cure=f'Write `"{raw}"`.',
        fix=Fix("Put it in double quotes", [(value.start, value.start, '"'), (value.end, value.end, '"')], safe=False),
    )
