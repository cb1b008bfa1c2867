"""The page of a rule, made from its declaration: what ``asllint rule``, rules/README.md and the SARIF help print."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.registry import Entry
from asllint.result import RuleInfo
from asllint.rule import Example, Rule
from asllint.testing import lint_example, strip_marks

_SEVERITY = {
    "error": "error: AWS refuses the definition, or an execution that gets there certainly fails",
    "warning": "warning: very likely wrong or dangerous",
    "note": "note: advice",
}


def docstring(rule: type[Rule]) -> tuple[str, str]:
    """Return the short description and the body of a rule's page, without indentation."""
    lines = (rule.__doc__ or "").strip().expandtabs().splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    cut = min(indents, default=0)
    body = "\n".join(line[cut:].rstrip() for line in lines[1:]).strip()
    return lines[0].strip() if lines else "", body


def render_page(rule: type[Rule], *, examples: bool = True) -> str:
    """Return the whole page of a rule in Markdown, with what asllint says of its examples."""
    short, body = docstring(rule)
    parts = [f"# {rule.name} ({rule.code})", short, "\n".join(f"- {fact}" for fact in _facts(rule)), body]
    if rule.options:
        rows = [
            f"| `{name}` | {_value(option.default)} | {option.meaning} |"
            for name, option in sorted(rule.options.items())
        ]
        head = [f"## Options\n\nIn the configuration, under `[rules.{rule.name}]`:\n"]
        parts.append("\n".join([*head, "| option | default | meaning |", "| --- | --- | --- |", *rows]))
    if examples:
        parts.append("## Examples")
        parts += [_invalid(rule, example) for example in rule.invalid]
        parts += [_valid(example) for example in rule.valid]
    return "\n\n".join(part for part in parts if part) + "\n"


def info(entry: Entry, *, examples: bool = True) -> RuleInfo:
    """Return the metadata of a rule as report formats take it."""
    rule = entry.load()
    tags = [entry.group]
    if rule.security_severity is not None:
        tags.append("security")
    return RuleInfo(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        short=docstring(rule)[0],
        page=render_page(rule, examples=examples),
        group=entry.group,
        tags=tuple(tags),
        precision=rule.precision,
        security_severity=rule.security_severity,
        aws_code=rule.aws_code,
        rejected_by_aws=rule.rejected_by_aws,
    )


def render_all(entries: Iterable[Entry]) -> str:
    """Return rules/README.md: a table of all rules, then their pages."""
    known = list(entries)
    rows = []
    for entry in known:
        rule = entry.load()
        default = "" if rule.default else " (off by default)"
        rows.append(
            f"| [{rule.code}](#{rule.name}-{rule.code.lower()}) | `{rule.name}`{default} | {entry.group} "
            f"| {rule.severity} | {docstring(rule)[0]} |"
        )
    table = ["| code | name | group | severity | what it finds |", "| --- | --- | --- | --- | --- |", *rows]
    head = (
        "# The rules\n\nMade by `asllint rule --all --output-format markdown`: change the rule files, not this page.\n"
        "`asllint rule CODE` prints one page.\n"
    )
    pages = [_deeper(render_page(entry.load())) for entry in known]
    return "\n".join([head, *table, "", *pages]).rstrip("\n") + "\n"


def _deeper(page: str) -> str:
    """Return a page with its headings a level further down; a `#` in a code block is none."""
    lines, fence = [], ""
    for line in page.split("\n"):
        if line.startswith("```"):
            mark = line[: len(line) - len(line.lstrip("`"))]
            fence = mark if not fence else "" if mark == fence else fence
        lines.append(f"#{line}" if line.startswith("#") and not fence else line)
    return "\n".join(lines)


def _facts(rule: type[Rule]) -> list[str]:
    facts = [f"Severity: {_SEVERITY[rule.severity]}"]
    if rule.aws_code is not None:
        answer = "AWS refuses the definition with" if rule.rejected_by_aws else "AWS's diagnostic code"
        facts.append(f"{answer}: `{rule.aws_code}`")
    if not rule.default:
        facts.append("Off unless selected")
    if rule.security_severity is not None:
        facts.append(f"Security severity: {rule.security_severity}")
    return facts


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value) or "none"
    return f"`{value}`"


def _title(example: Example, default: str) -> str:
    title = example.title or default
    kind = f" ({example.workflow_type.capitalize()} workflow)" if example.workflow_type else ""
    return f"{title}{kind}{'' if title.endswith(('.', ':')) else ':'}"


def _invalid(rule: type[Rule], example: Example) -> str:
    text, _ = strip_marks(example.text)
    said = []
    for diagnostic in lint_example(rule, example):
        line, column = diagnostic.position
        severity = f"{diagnostic.severity}: " if diagnostic.severity != rule.severity else ""
        said.append(f"- {line}:{column} {severity}{diagnostic.full_message}")
    return f"{_title(example, 'Found')}\n\n{_policy(example)}{_fence(example.language, text)}\n\n" + "\n".join(said)


def _valid(example: Example) -> str:
    text, _ = strip_marks(example.text)
    return f"{_title(example, 'No finding')}\n\n{_policy(example)}{_fence(example.language, text)}"


def _policy(example: Example) -> str:
    """Return the policy that an example is checked with, and what introduces the definition behind it."""
    return f"{_fence('json', example.policy)}\n\nis the policy of the role of\n\n" if example.policy else ""


def _fence(language: str, text: str) -> str:
    fence = "````" if "```" in text else "```"
    lines = [line if len(line) <= 1000 else f"{line[:100]}…{line[-40:]}" for line in text.strip("\n").split("\n")]
    return "\n".join([f"{fence}{language}", *lines, fence])
