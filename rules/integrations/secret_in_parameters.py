"""ASL631."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.model import StateMachine
from asllint.model.expressions import JSONATA_EXPRESSION, TEMPLATE_PATH, TEXT, Expression, object_of
from asllint.rule import WARNING, Example, Finding, Rule

_KEYS = (
    # What issues keys of known forms; each with a part of fixed alphabet and length, so that no word is taken for one.
    ("an access key of AWS", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("a token of GitHub", re.compile(r"(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{82})(?!\w)", re.ASCII)),
    ("a token of GitLab", re.compile(r"(?<![\w-])glpat-[\w-]{20,}", re.ASCII)),
    ("a token of Slack", re.compile(r"(?<!\w)xox[abeprs]-[0-9]{6,}-[0-9A-Za-z-]{10,}")),
    (
        "a webhook of Slack",
        re.compile(r"https://hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}"),
    ),
    ("a key of Stripe", re.compile(r"(?<!\w)[sr]k_live_[0-9A-Za-z]{20,}(?!\w)", re.ASCII)),
    ("a key of Google", re.compile(r"(?<![\w-])AIza[0-9A-Za-z_-]{35}(?![\w-])", re.ASCII)),
    ("a token of npm", re.compile(r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)", re.ASCII)),
)
_IN_URL = re.compile(r"(?<![a-z])[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{1,64}:([^\s/:@'\"]{6,128})@")
_BEARER = re.compile(r"(?:Bearer|Basic|token) +([A-Za-z0-9._~+/=-]{16,})")
_NAMES = re.compile(r".*(?:password|passwd|clientsecret|secretaccesskey|apikey|accesstoken|authtoken)", re.DOTALL)
_NO_SECRET = re.compile(
    r"[<>{}$*\s]|^[/.#]|://|arn:|example|dummy|sample|test|change|replace|todo|xxx|your|insert|placeholder|redacted|"
    r"pass|secret|token|key|cred|param|none|null|true|false",
    re.IGNORECASE,
)
LEAST = 8
"""Characters of a value from which on it may be a password: shorter ones are as often names, or types."""
MOST = 256
MAX_TEXT = 100_000
"""Characters of a text that is looked at."""


class SecretInParameters(Rule):
    """A password, key or token stands in the definition.

    Looked for are keys of known forms (access keys of AWS, private keys, tokens of GitHub, GitLab, Slack, Stripe, Google and
    npm), passwords inside of URLs, the credentials of an `Authorization` header, and values that look random under names such
    as `Password`, `ClientSecret`, `ApiKey` and `SecretAccessKey`, or under `Value` where a `Name` beside it is such. What is read from the data, a placeholder, the name of a
    parameter or a secret, and words that stand for a secret in examples are not reported.

    ## Why it matters

    Whoever may read the definition (`states:DescribeStateMachine`, the repository, each execution's history and log) has the
    secret. SageMaker asks for no secrets in hyperparameters for the same reason (SageMaker API reference,
    "CreateTrainingJob"). It cannot be changed without a new version of the state machine, and it stays in the old ones.

    ## What to do

    Regard it as known: revoke it. Keep the new one in AWS Secrets Manager and let the code that needs it read it there; give
    an HTTP Task an EventBridge connection, which adds the header; let an execution role take the place of access keys.
    """

    code = "ASL631"
    name = "secret-in-parameters"
    severity = WARNING
    concerns = ("text:secret",)
    security_severity = 8.0
    precision = "high"

    invalid = (
        Example(
            """{"StartAt": "Load", "States": {"Load": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"TaskDefinition": "load", "Overrides": {
    "ContainerOverrides": [{"Name": "load", "Environment": [
      {"Name": "KEY_ID", "Value": "«AKIAQ3ZEGHK4WT2LMN7P»"},
      {"Name": "DB_PASSWORD", "Value": "«tr0ub4dor+3»"}]}]}}}}}"""
        ),
        Example(
            """{"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::http:invoke", "Arguments": {"Method": "GET", "ApiEndpoint": "https://api.acme.dev/",
    "Headers": {"Authorization": "Bearer «q8Zr2LmX0vTb7NwKc4YhJ1»"}}}}}"""
        ),
        Example(
            """StartAt: Make
States:
  Make:
    Type: Task
    Resource: arn:aws:states:::aws-sdk:rds:createDBInstance
    Parameters:
      DbInstanceIdentifier: reports
      MasterUserPassword: «tr0ub4dor+3»
    End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "Make", "States": {"Make": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::aws-sdk:rds:createDBInstance", "Parameters": {
    "DbInstanceIdentifier": "reports", "MasterUserPassword": "${Password}", "Tags": [
      {"Key": "password", "Value": "/reports/db/password"}]}}}}"""
        ),
        Example(
            """{"StartAt": "Read", "States": {"Read": {"Type": "Task", "End": true,
  "Resource": "arn:aws:states:::aws-sdk:secretsmanager:getSecretValue",
  "Parameters": {"SecretId": "reports-db-password", "VersionStage": "AWSCURRENT"}}}}"""
        ),
        Example(
            """{"StartAt": "Given", "States": {"Given": {"Type": "Pass", "End": true,
  "Result": {"ApiKey": "<your-api-key-1>", "Password": "changeme-123", "KeyId": "AKIAIOSFODNN7EXAMPLE"}}}}""",
            title="words that stand for a secret",
        ),
    )

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Look at the strings of all templates."""
        for expression in machine.expressions:
            if expression.kind in (TEXT, TEMPLATE_PATH, JSONATA_EXPRESSION):
                yield from _expression(expression)


def _expression(expression: Expression) -> Iterable[Finding]:
    node, text = expression.node, expression.text
    if len(text) > MAX_TEXT:
        return
    for what, pattern in _KEYS:
        found = pattern.search(text)
        if found is not None and "EXAMPLE" not in found.group() and not _in_hole(expression, found.span()):
            yield _finding(expression, found.span(), f"This is {what}")
            return
    found = _IN_URL.search(text) if "://" in text else None
    if found is not None and _random(found.group(1)) and not _in_hole(expression, found.span()):
        yield _finding(expression, found.span(1), "The URL has a password in it")
        return
    written = str(expression.key.value) if expression.key is not None else ""
    if written == "Value" and expression.kind == TEXT:
        # a variable of an environment, or a parameter
        beside = owner.get("Name") if (owner := object_of(expression)) is not None else None
        written = (beside.text if beside is not None else None) or written
    name = re.sub(r"[_.$ -]", "", written).lower()
    if name in ("authorization", "proxyauthorization"):
        found = _BEARER.search(text)
        if found is not None and _random(found.group(1)) and not _in_hole(expression, found.span()):
            yield _finding(expression, found.span(1), "The header has credentials in it")
    elif (
        expression.kind == TEXT
        and expression.key is not None
        and not node.holes
        and LEAST <= len(text) <= MOST
        and _NAMES.fullmatch(name)
        and _random(text)
    ):
        yield _finding(expression, (0, len(text)), f"`{written}` is written out")


def _in_hole(expression: Expression, span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in expression.node.holes)


def _random(text: str) -> bool:
    """Whether a text has letters and digits in it and is not made of words that stand for a secret."""
    mixed = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    return mixed and len(set(text)) >= 5 and _NO_SECRET.search(text) is None


def _finding(expression: Expression, span: tuple[int, int], what: str) -> Finding:
    node = expression.node
    whole = span == (0, len(expression.text)) and expression.kind == TEXT and node.style not in ("json", "double")
    return Finding(
        (node.start, node.end) if whole else node.span_in(*span),
        f"{what}: everyone who can read the definition, or the history of an execution, has it.",
        cure="Revoke it, and keep the new one in AWS Secrets Manager or an EventBridge connection.",
        anchor=node,
    )
