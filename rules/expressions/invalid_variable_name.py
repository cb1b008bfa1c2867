"""ASL420."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import State
from asllint.model.machine import JSONATA
from asllint.model.names import respelt
from asllint.model.variables import MAX_NAME, keys
from asllint.rule import ERROR, Example, Finding, Fix, Rule
from asllint.source.node import Node


class InvalidVariableName(Rule):
    """A key of an Assign is no name that a variable can have.

    A variable's name begins with a letter and goes on with letters, digits and `_`, of any script, at most 80 characters
    long (specification, "State Machine Variables": Unicode identifiers). In a JSONPath state the key may end in `.$`, which
    belongs to the value. A part of a variable cannot be assigned: `order.id` and `list[0]` are no names. AWS answers "Invalid
    variable name '…': the variable name contains invalid characters."

    A name that begins with `_` is a warning: the specification wants a letter there, and what AWS does is not recorded.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Choose a name of letters and digits. To change a part of an object, assign the whole variable: in JSONata
    `{% $merge([$order, {'id': 5}]) %}`.
    """

    code = "ASL420"
    name = "invalid-variable-name"
    severity = ERROR
    aws_code = "INVALID_VARIABLE_NAME"
    rejected_by_aws = True
    concerns = ("Assign",)

    invalid = (
        Example('{"Type": "Pass", "QueryLanguage": "JSONPath", "Assign": {«"order-id.$"»: "$.id"}, "End": true}'),
        Example(
            "Type: Pass\nQueryLanguage: JSONata\nAssign:\n  «order.id»: '{% $states.input.id %}'\nEnd: true\n",
            language="yaml",
            title="a part of a variable",
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {«"id.$"»: "{% $states.input.id %}"}, "End": true}',
            title="the `.$` of JSONPath in a JSONata state",
        ),
    )
    valid = (
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONPath", "Assign": {"orderId.$": "$.id", "größe": 1}, "End": true}'
        ),
        Example(
            '{"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {"${Name}": 1, "a": {"not-a-name": 1}}, "End": true}'
        ),
    )

    def check_state(self, state: State) -> Iterable[Finding]:
        for key, name in keys(state):
            if len(name) > MAX_NAME:
                message = f"`{name[:40]}…` has {len(name)} characters: the name of a variable has at most {MAX_NAME}."
                yield Finding(key, message, cure="Shorten it.")
            elif not name.isidentifier():
                yield Finding(key, _message(name), cure=_cure(name, state), fix=_fix(key, name, state))
            elif name.startswith("_"):
                yield Finding(
                    key,
                    f"`{name}` begins with `_`: the name of a variable begins with a letter.",
                    cure=f"Call it `{name.lstrip('_') or 'value'}`.",
                    severity="warning",
                    rejected_by_aws=False,
                )


def _message(name: str) -> str:
    if not name:
        return "The name of this variable is empty: AWS refuses the definition."
    wrong = next((c for i, c in enumerate(name) if not (name[:i] + c if i else c).isidentifier()), name[0])
    if name[0].isdigit():
        return f"`{name}` begins with a digit: AWS refuses it as the name of a variable."
    shown = "a blank" if wrong == " " else f"`{wrong}`"
    return f"`{name}` has {shown} in it: AWS refuses it as the name of a variable."


def _cure(name: str, state: State) -> str:
    if name.endswith(".$") and state.query_language == JSONATA and name[:-2].isidentifier():
        return f"Write `{name[:-2]}`: a JSONata state marks expressions by `{{% … %}}`, not by the key."
    if name.startswith("$") and name[1:].isidentifier():
        return f"Write `{name[1:]}`: the `$` is written where the variable is read."
    first = name.replace("[", ".").split(".")[0]
    if first != name and first.isidentifier():
        return f"A part of a variable cannot be assigned: assign the whole of `{first}`."
    plain = re.sub(r"\W", "_", name)
    if name and plain.isidentifier() and plain[0] != "_":
        return f"Names have letters, digits and `_`, and begin with a letter: call it `{plain}`."
    return "Names have letters, digits and `_`, and begin with a letter."


def _fix(key: Node, name: str, state: State) -> Fix | None:
    bare = name.removeprefix("$").removesuffix(".$" if state.query_language == JSONATA else "")
    written = str(key.value).replace(name, bare, 1)
    there = any(other == bare for _, other in keys(state))
    edit = respelt(key, written) if bare != name and bare.isidentifier() and not there else None
    return Fix(f"Call it `{bare}`", [edit], safe=False) if edit else None
