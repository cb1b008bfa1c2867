"""What a rule is: its declaration, its hooks, and the findings that it yields.

A rule is one class in one file. Its docstring is its page, its examples are its tests, its hooks are generators that
keep no state. See CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from asllint.source.node import Node, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar, Final, Literal

    from asllint.expr import Fault
    from asllint.model import Catcher, ChoiceRule, Retrier, Scope, State, StateMachine
    from asllint.model.expressions import Expression
    from asllint.source.node import Document

if TYPE_CHECKING:
    Severity = Literal["error", "warning", "note"]
else:
    Severity = str

ERROR: Final = "error"
WARNING: Final = "warning"
NOTE: Final = "note"

SEVERITIES: Final[tuple[Severity, ...]] = ("note", "warning", "error")
"""From the least to the gravest."""

OptionValue = str | int | float | bool | tuple[str, ...]


class Option:
    """A setting of one rule: its default, what it means, and the least value allowed for a number."""

    __slots__ = ("default", "meaning", "minimum")

    def __init__(self, default: OptionValue, meaning: str, minimum: float | None = None) -> None:
        self.default = default
        self.meaning = meaning
        self.minimum = minimum


class Related:
    """A second place that belongs to a finding: the other party."""

    __slots__ = ("end", "message", "start")

    def __init__(self, node: Node | Span, message: str) -> None:
        self.start, self.end = node if isinstance(node, tuple) else (node.start, node.end)
        self.message = message


class Fix:
    """A change of the text that mends a finding.

    edits  (start, end, text): replace the span by the text; offsets in code points; they do not overlap
    safe   whether the meaning is provably unchanged, or the text did not parse before
    last   whether it is applied when no other fix is left: another one may take away the reason for it
    """

    __slots__ = ("edits", "last", "safe", "title")

    def __init__(self, title: str, edits: Iterable[tuple[int, int, str]], *, safe: bool, last: bool = False) -> None:
        self.title = title
        self.edits = tuple(edits)
        self.safe = safe
        self.last = last


def fix_of(fault: Fault, node: Node, offset: int = 0) -> Fix | None:
    """Return the fix of a fault of an expression that says what to write instead; None where it does not.

    offset  where in the string of the node the expression begins

    It is safe where only letter case differs: names are compared to the letter, and no other is known.
    """
    instead = fault.instead
    if instead is None:
        return None
    start, end = offset + fault.start, offset + fault.end
    title = f"Write `{instead}`" if instead else "Take the blank away"
    safe = (node.text or "")[start:end].lower() == instead.lower()
    written = instead.replace("'", "''") if node.style == "single" else instead
    return Fix(title, [(*node.span_in(start, end), written)], safe=safe)


class Finding:
    """One place that a rule objects to.

    at       the smallest thing that is wrong: a node (key or value), or a span in code points
    message  what is wrong, with the value in it, and why it matters
    cure     what to write instead, as a sentence; empty where the message says it
    anchor   the node whose place in the tree the finding is reported under (`pointer`), where it is not that of `at`: a
             missing field is shown at the name of a state and reported under the state
    details  Markdown that does not fit in a message, or what makes it: shown in SARIF and with --verbose
    severity, rejected_by_aws  lower the rule's own; they never raise it
    """

    __slots__ = (
        "anchor",
        "cure",
        "details",
        "end",
        "fix",
        "message",
        "rejected_by_aws",
        "related",
        "severity",
        "start",
    )

    def __init__(
        self,
        at: Node | Span,
        message: str,
        *,
        cure: str = "",
        anchor: Node | None = None,
        related: Iterable[Related] = (),
        fix: Fix | None = None,
        details: str | Callable[[], str] = "",
        severity: Severity | None = None,
        rejected_by_aws: bool | None = None,
    ) -> None:
        if isinstance(at, tuple):
            self.start, self.end = at
        else:
            self.start, self.end = at.start, at.end
            anchor = anchor or at
        self.anchor = anchor
        self.message = message
        self.cure = cure
        self.related = tuple(related)
        self.fix = fix
        self.details = details
        self.severity = severity
        self.rejected_by_aws = rejected_by_aws


class SuppressionProblem:
    """A suppression that does nothing, or cannot: kind "unused", "unknown-rule" or "malformed".

    start, end  the part of the comment that is wrong, in code points
    edits       what removes or mends it
    """

    __slots__ = ("cure", "edits", "end", "kind", "message", "start")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        message: str,
        cure: str = "",
        edits: Iterable[tuple[int, int, str]] = (),
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.message = message
        self.cure = cure
        self.edits = tuple(edits)


def finding_of(
    fault: Fault, node: Node, offset: int = 0, *, severity: Severity | None = None, rejected_by_aws: bool | None = None
) -> Finding:
    """Return the finding that says a fault of an expression, in its own words and with its fix.

    offset  where in the string of the node the expression begins
    """
    return Finding(
        node.span_in(offset + fault.start, offset + fault.end),
        fault.message,
        cure=fault.cure,
        anchor=node,
        fix=fix_of(fault, node, offset),
        severity=severity,
        rejected_by_aws=rejected_by_aws,
    )


class Example:
    """A definition that shows what a rule finds, or leaves alone.

    text           the definition. In an invalid example ``«…»`` marks each span that the rule must report: the marks are
                   stripped before linting, and the spans found must be exactly those marked. ``«»`` marks an empty span.
    language       "json" or "yaml"
    title          a line that says what the example shows
    workflow_type  "standard", "express" or None for unknown
    options        options of the rule that differ from their defaults
    policy         the policy of the role that executes it, JSON; "" where none is known
    """

    __slots__ = ("language", "options", "policy", "text", "title", "workflow_type")

    def __init__(
        self,
        text: str,
        *,
        title: str = "",
        language: Literal["json", "yaml"] = "json",
        workflow_type: Literal["standard", "express"] | None = None,
        options: Mapping[str, OptionValue] | None = None,
        policy: str = "",
    ) -> None:
        self.policy = policy
        self.text = text
        self.title = title
        self.language = language
        self.workflow_type = workflow_type
        self.options = dict(options or {})


class Rule:
    """The base class of all rules.

    The docstring of a subclass is the rule's page, in Markdown: the first line (a sentence, at most 100 characters) is
    the short description; then what happens and when, ``## Why it matters`` and ``## What to do``. Sections on the
    options and the examples are made from the declarations.

    code             "ASL" and three digits, never reused; the first digit is that of the group (its folder)
    name             kebab case; the file is called the same with ``_``
    severity         "error": AWS refuses the definition, or an execution that gets there certainly fails; "warning":
                     very likely wrong or dangerous; "note": advice
    aws_code         the code of a ValidateStateMachineDefinition diagnostic that AWS answers with, or None
    rejected_by_aws  whether AWS refuses a definition with such a finding
    concerns         the rule runs only on a definition with at least one of these features; empty: on every one.
                     See `asllint.model.features`
    default          whether the rule runs unless deselected
    security_severity  0.0 to 10.0 as GitHub code scanning reads it; only on rules about security
    precision        how often a finding is right: "very-high", "high", "medium" or "low"
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    aws_code: ClassVar[str | None] = None
    rejected_by_aws: ClassVar[bool] = False
    concerns: ClassVar[tuple[str, ...]] = ()
    default: ClassVar[bool] = True
    options: ClassVar[Mapping[str, Option]] = {}
    security_severity: ClassVar[float | None] = None
    precision: ClassVar[Literal["very-high", "high", "medium", "low"]] = "very-high"
    invalid: ClassVar[tuple[Example, ...]] = ()
    valid: ClassVar[tuple[Example, ...]] = ()

    def __init__(self, options: Mapping[str, OptionValue] | None = None) -> None:
        self._options = dict(options or {})

    def option(self, name: str) -> OptionValue:
        """Return the value of one of the rule's own options."""
        return self._options.get(name, self.options[name].default)

    # Hooks: a rule overrides those that it needs; the engine calls no other.

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Called once a text, also where it holds no state machine that could be read."""
        return ()

    def check_suppression(self, problem: SuppressionProblem) -> Iterable[Finding]:
        """Called for each suppression that does not do what it says, when all other rules have run."""
        return ()

    def check_machine(self, machine: StateMachine) -> Iterable[Finding]:
        """Called once a definition, or fragment of one."""
        return ()

    def check_scope(self, scope: Scope) -> Iterable[Finding]:
        """Called for each set of states that transitions stay in: the machine, each branch, each item processor."""
        return ()

    def check_state(self, state: State) -> Iterable[Finding]:
        """Called for each state, in the order of the text."""
        return ()

    def check_expression(self, expression: Expression) -> Iterable[Finding]:
        """Called for each string that is an expression, or could be meant as one."""
        return ()

    def check_retrier(self, retrier: Retrier) -> Iterable[Finding]:
        """Called for each item of a Retry that is an object."""
        return ()

    def check_catcher(self, catcher: Catcher) -> Iterable[Finding]:
        """Called for each item of a Catch that is an object."""
        return ()

    def check_choice_rule(self, rule: ChoiceRule) -> Iterable[Finding]:
        """Called for each Choice rule, the ones inside And, Or and Not too."""
        return ()
