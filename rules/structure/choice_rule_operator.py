"""ASL116."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.model import Mismatch, StateMachine
from asllint.model.machine import JSONATA
from asllint.model.names import listed
from asllint.model.shape import CHOICE_RULE, COMPARISON, EXCLUSIVE, MISSING_ONE_OF, NESTED_CHOICE_RULE
from asllint.rule import ERROR, Example, Finding, Related, Rule


class ChoiceRuleOperator(Rule):
    """A Choice rule tests nothing, or more than one thing.

    A rule has exactly one of `And`, `Or`, `Not`, `Variable` and, in JSONata, `Condition`: "The object must have only one of
    the following fields, [And, Or, Not, Variable, Condition]". Beside `Variable` stands exactly one comparison operator,
    such as `StringEquals`: "There should only be one of the following fields: [StringEquals, …]" (specification, "Choice
    State"). An operator that there is not is reported by `unsupported-field` alone.

    ## Why it matters

    AWS refuses the definition.

    ## What to do

    Give each rule one test. Several comparisons go into `And` or `Or`, each with a `Variable` of its own.
    """

    code = "ASL116"
    name = "choice-rule-operator"
    severity = ERROR
    aws_code = "SCHEMA_VALIDATION_FAILED"
    rejected_by_aws = True
    concerns = ("mismatch:missing-one-of", "mismatch:exclusive-fields")

    invalid = (
        Example(
            """{"Type": "Choice", "Choices": [
  «{»"Next": "A"},
  «{»"Variable": "$.n", "Next": "A"},
  «{»"NumericEquals": 3, "Next": "A"},
  {"Variable": "$.n", "NumericGreaterThan": 1, «"NumericLessThan"»: 5, "Next": "A"},
  {"Not": {"Variable": "$.n", "IsNull": true}, «"Variable"»: "$.n", "IsPresent": true, "Next": "A"}
]}"""
        ),
        Example(
            """Type: Choice
QueryLanguage: JSONata
Choices:
  - «Next»: A
""",
            language="yaml",
            title="a rule without Condition",
        ),
    )
    valid = (
        Example(
            """{"Type": "Choice", "Choices": [
  {"And": [{"Variable": "$.n", "NumericGreaterThan": 1}, {"Variable": "$.n", "NumericLessThan": 5}], "Next": "A"}
]}"""
        ),
        Example("""{"Type": "Choice", "Choices": [{"Variable": "$.n", "${Operator}": 1, "Next": "A"}]}"""),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Word the rules with no test, or with several."""
        for mismatch in machine.mismatches:
            if mismatch.shape not in (CHOICE_RULE, NESTED_CHOICE_RULE):
                continue
            if mismatch.kind == MISSING_ONE_OF:
                yield _missing(mismatch)
            elif mismatch.kind == EXCLUSIVE:
                yield _several(mismatch)


def _missing(mismatch: Mismatch) -> Finding:
    if mismatch.names == COMPARISON.names:
        message = "A Choice rule with `Variable` needs a comparison operator: AWS refuses the definition."
        cure = "Add one, such as `StringEquals`, `NumericGreaterThan`, `BooleanEquals` or `IsPresent`."
    elif mismatch.language == JSONATA:
        message = "A Choice rule in JSONata needs `Condition`: AWS refuses the definition."
        cure = "Write the test as a `{% … %}` string."
    else:
        names = [name for name in mismatch.names if mismatch.language is None or name != "Condition"]
        operator = next((str(key.value) for key, _ in mismatch.owner.members if key.value in COMPARISON.known), None)
        if operator is not None:
            message = f"`{operator}` compares nothing without `Variable`: AWS refuses the definition."
            cure = "Add `Variable` with the path of the value to compare."
            return Finding(mismatch.at, message, cure=cure, anchor=mismatch.owner)
        message = f"A Choice rule needs one of {listed(names, 'or')}: AWS refuses the definition."
        cure = "For a state that follows in any other case, use `Default` of the Choice state."
    return Finding(mismatch.at, message, cure=cure, anchor=mismatch.owner)


def _several(mismatch: Mismatch) -> Finding:
    assert not isinstance(mismatch.at, tuple)
    names = [str(key.value) for key in (*mismatch.others[:1], mismatch.at, *mismatch.others[1:])]
    if mismatch.at.value in COMPARISON.names:
        cure = "Put each comparison into a rule of its own, with its `Variable`, inside `And` or `Or`."
    else:
        cure = "Put each test into a rule of its own inside `And` or `Or`."
    return Finding(
        mismatch.at,
        f"A Choice rule has one test, not {listed(names)}: AWS refuses the definition.",
        cure=cure,
        related=[Related(key, f"`{key.value}` is here") for key in mismatch.others],
    )
