"""Each message that AWS is known to give has its rule, and a fixture that shows it; a message without a row fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asllint.registry import builtin
from asllint.testing import lint_example

# A part of the message that tells it from the others → the rule that answers for it. The longest part that fits counts.
ROWS: dict[str, str] = {
    "These fields are required: [Choices]": "missing-field",
    "These fields are required: [ErrorEquals]": "missing-field",
    "These fields are required: [CSVHeaders]": "missing-field",
    "The field 'CSVHeaderLocation' is required": "missing-field",
    "Missing 'Next' target": "missing-transition-target",
    "SCHEMA_VALIDATION_FAILED at , SCHEMA_VALIDATION_FAILED at ,": "missing-field",  # of 2017: the message said no more
    "Value is not a valid resource ARN": "invalid-resource-arn",
    "Duplicate State name": "duplicate-state-name",
    "is not recognized. The value is not a valid resource ARN": "unknown-resource",
    "Field '_comment_concurrency' is not supported": "unsupported-field",
    "Field 'Next' is not supported": "unsupported-field",
    "Field 'ExecutionType' is not supported": "unsupported-field",
    "Field 'CSVHeaderLocation' is not supported": "unsupported-field",
    "should have only one of the following fields: [Next, End]": "missing-next-or-end",
    "should have only one of the following fields: [ItemProcessor, Iterator]": "missing-alternative",
    "must have only one of the following fields, [And, Or, Not, Variable, Condition]": "choice-rule-operator",
    "Value should be one of the following: [NONE, FULL]": "unknown-value",
    "Value should be one of the following: [STANDARD, EXPRESS]": "unknown-value",
    "Value should be one of the following: [1.0]": "unknown-value",
    "The field 'Resource' does not match any of the allowed values": "invalid-reader-resource",
    "Maximum value is": "out-of-range",
    "Expected value of type": "wrong-type",
    "Arguments field is required for resource ARN": "missing-parameters",
    "The field 'Credentials' is not supported for activities": "credentials-on-activity",
    "The field 'Mode' with value 'DISTRIBUTED' is not supported": "distributed-map-on-express",
    "INVALID_LABEL_NAME": "invalid-label",
    "DUPLICATE_LABEL_NAME": "duplicate-label",
    'The field "awsVpcConfiguration" is not supported by Step Functions': "unknown-parameter",
    "The field '<f>' is required but was missing": "missing-parameter",
    "Value is not a Reference Path": "not-a-reference-path",
    "JSONata string must start with": "jsonata-delimiters",
    "RESERVED_VARIABLE_NAME": "reserved-variable-name",
    "INVALID_VARIABLE_NAME": "invalid-variable-name",
}

CODES = (
    "SCHEMA_VALIDATION_FAILED",
    "MISSING_TRANSITION_TARGET",
    "DUPLICATE_STATE_NAME",
    "INVALID_LABEL_NAME",
    "DUPLICATE_LABEL_NAME",
    "INVALID_VARIABLE_NAME",
    "RESERVED_VARIABLE_NAME",
)


def row_for(message: str) -> str:
    fitting = [part for part in ROWS if part in message]
    assert fitting, f"no row for AWS's message: {message}"
    return max(fitting, key=len)


def test_every_message_has_a_row(shared: Path) -> None:
    messages = [
        item["message"] for item in json.loads((shared / "facts" / "aws-messages.json").read_text(encoding="utf-8"))
    ]
    used = {row_for(message) for message in messages}
    assert used == set(ROWS), f"rows for no message: {set(ROWS) - used}"


@pytest.mark.parametrize("part", ROWS)
def test_the_rule_of_a_row_refuses_with_the_code_of_the_message(part: str) -> None:
    entry = builtin().find(ROWS[part])
    assert entry is not None
    rule = entry.load()
    assert rule.rejected_by_aws
    assert rule.aws_code in CODES
    assert any(d.rejected_by_aws for example in rule.invalid for d in lint_example(rule, example)), (
        "no example of a refusal"
    )
