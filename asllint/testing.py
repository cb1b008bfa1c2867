"""Runs the examples of a rule: they are its tests. Shipped for people who write rules of their own.

import pytest
from asllint.testing import check_rule, rules_in

@pytest.mark.parametrize("rule", rules_in("lint/rules"), ids=lambda rule: rule.name)
def test_rule(rule):
    check_rule(rule)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asllint.registry import PACKAGE, Entry, Registry, RegistryError, builtin
from asllint.rule import Example, Rule
from asllint.source.node import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asllint.result import Diagnostic, Report

OPEN, CLOSE = "«", "»"


def strip_marks(text: str) -> tuple[str, list[Span]]:
    """Return the text without its ``«…»`` marks, and the spans that they enclosed, sorted; marks may nest.

    Raises ValueError where a mark is not closed or not opened.
    """
    out: list[str] = []
    open_at: list[int] = []
    spans: list[Span] = []
    for character in text:
        if character == OPEN:
            open_at.append(len(out))
        elif character == CLOSE:
            if not open_at:
                raise ValueError(f"{CLOSE} without {OPEN} in {text!r}")
            spans.append((open_at.pop(), len(out)))
        else:
            out.append(character)
    if open_at:
        raise ValueError(f"{OPEN} without {CLOSE} in {text!r}")
    return "".join(out), sorted(spans)


def lint_example(rule: type[Rule], example: Example) -> list[Diagnostic]:
    """Lint an example with one rule alone, and return what it finds in the order of the text."""
    _, data, lint = _prepared(rule, example)
    return [d for d in lint(data).diagnostics if d.suppressed is None]


def _prepared(rule: type[Rule], example: Example) -> tuple[str, bytes, Callable[[bytes], Report]]:
    """Return the name of a file with the example, its content, and what lints such a file with the rule alone."""
    from asllint.engine import lint
    from asllint.settings import Settings

    text, _ = strip_marks(example.text)
    settings = Settings()
    settings.select = (rule.code,)
    settings.workflow_type = example.workflow_type
    settings.set_options(rule.name, example.options)
    if example.policy:
        from asllint.aws.policy import Policies, read_policies
        from asllint.source import read

        settings.policies = Policies(read_policies(read("policy.json", example.policy.encode())))
    entry = Entry(rule.code, rule.name, "", rule.__module__, True, rule.concerns)
    entry.cls = rule
    name, registry = f"example.asl.{example.language}", Registry([entry])
    data = text.encode("utf-8", "surrogatepass")
    return name, data, lambda data: lint(name, data, settings, registry, judged=True)


def check_example(rule: type[Rule], example: Example, *, valid: bool) -> None:
    """Raise AssertionError unless the rule finds exactly the spans that are marked, or nothing in a valid example."""
    text, wanted = strip_marks(example.text)
    diagnostics = lint_example(rule, example)
    crashes = [d.message for d in diagnostics if d.code != rule.code]
    if crashes:
        raise AssertionError(crashes[0])
    found = sorted(d.span for d in diagnostics)
    if valid:
        if wanted:
            raise AssertionError(f"{rule.name}: a valid example has marks: {example.text!r}")
        if found:
            raise AssertionError(f"{rule.name}: a valid example has a finding: {diagnostics[0].full_message}\n{text}")
        return
    if not wanted:
        raise AssertionError(f"{rule.name}: an invalid example marks nothing: {example.text!r}")
    if found != wanted:
        show = [f"{text[a:b]!r} at {a}-{b}" for a, b in found]
        want = [f"{text[a:b]!r} at {a}-{b}" for a, b in wanted]
        raise AssertionError(f"{rule.name}: found {show}, marked {want} in\n{text}")


def check_fixes(rule: type[Rule], example: Example) -> None:
    """Raise AssertionError unless each fix in an example can be applied, and what it is for is gone behind it."""
    from asllint.fix import fix

    name, data, lint = _prepared(rule, example)
    before = lint(data).shown
    if not any(d.fix for d in before):
        return
    done = fix(name, data, lint, unsafe=True)
    after = done.report.shown
    text = done.data.decode("utf-8", "surrogatepass")
    left = [d.fix for d in after if d.fix]
    if left:
        raise AssertionError(f"{rule.name}: the fix `{left[0].title}` is not applied, or mends nothing:\n{text}")
    if len(after) > sum(d.fix is None for d in before):
        raise AssertionError(f"{rule.name}: behind its fixes is a new finding: {after[0].full_message}\n{text}")


def check_rule(rule: type[Rule]) -> None:
    """Raise AssertionError unless the rule is declared in full and all its examples hold."""
    if not rule.__module__.startswith((f"{PACKAGE}.", "rules.")):
        from asllint.plugins import problem

        wrong = problem(rule)
        if wrong is not None:
            raise AssertionError(f"{rule.__name__}: {wrong}")
    if not rule.__doc__ or "## " not in rule.__doc__:
        raise AssertionError(f"{rule.__name__}: the docstring is the rule's page: it needs sections")
    if not rule.invalid or not rule.valid:
        raise AssertionError(f"{rule.name}: a rule has at least one invalid and one valid example")
    for example in rule.invalid:
        check_example(rule, example, valid=False)
        check_fixes(rule, example)
    for example in rule.valid:
        check_example(rule, example, valid=True)


def rules_in(folder: str) -> list[type[Rule]]:
    """Return the rules of a folder, which is given as in `rule-paths`. Raises RegistryError where one cannot be loaded."""
    return _loaded((), [(folder, folder)])


def rules_of(distribution: str) -> list[type[Rule]]:
    """Return the rules of an installed distribution, which is named as in `plugins`.

    Raises RegistryError where one cannot be loaded.
    """
    return _loaded([distribution], ())


def _loaded(plugins: Sequence[str], rule_paths: Sequence[tuple[str, str]]) -> list[type[Rule]]:
    from asllint.plugins import load

    registry = load(builtin(), plugins, rule_paths)
    if registry.failures:
        raise RegistryError("\n".join(registry.failures))
    return [entry.load() for entry in registry if entry.origin]
