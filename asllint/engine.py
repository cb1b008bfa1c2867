"""Lint one text: read it, build its model, run the rules that concern it, resolve their findings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from asllint.model import build, features
from asllint.model.machine import StateMachine
from asllint.registry import Entry, Registry
from asllint.result import CRASH_CODE, CRASH_NAME, Diagnostic, RelatedPlace, Report
from asllint.rule import SEVERITIES, Finding, Rule, Severity
from asllint.source import read
from asllint.source.node import ARRAY, OBJECT, Document, Node
from asllint.source.placeholders import placeholders_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from asllint.settings import Settings

COLLECT_AFTER: Final = 8_000_000
"""Bytes that a run lints between two collections of garbage: of a text about 20 times its size is left, and to look for it takes
a seventh of the time."""

NOT_ASL: Final = "no state machine, nor a fragment of one, in it"


def lint(file: str, data: bytes, settings: Settings, registry: Registry, *, judged: bool = False) -> Report:
    """Lint the bytes of a file with the settings that count for it.

    judged  take the text as ASL whatever it holds; else a text that holds no state machine is skipped
    """
    report = Report()
    placeholders = placeholders_with(settings.placeholders)
    document = read(file, data, placeholders=placeholders)
    machine = failure = None
    try:
        machine = build(
            document, settings.workflow_type, judged=judged, given=settings.input, policies=settings.policies
        )
    except Exception as error:  # a defect of ours must neither end the run nor pass for a clean file
        failure = error
    if machine is None and failure is None and not judged:
        report.skipped.append((file, NOT_ASL + _first_problem(document)))
        return report
    report.files.append(file)
    places = _Places(document, machine)
    run = _Run(file, document, places, settings, registry, report)
    words = features.of_text(document)
    enabled = settings.chosen(registry, file)
    try:
        concerned = _concerned(enabled, words, machine)
    except Exception as error:
        machine, failure = None, error
        concerned = _concerned(enabled, words, None)
    if failure is not None:
        run.broken(
            f"This definition could not be analysed: {words_of(failure)}.",
            "Only its text is checked; please report this.",
        )
    run.rules([rule for rule in map(run.load, concerned) if rule is not None], machine)
    if "asllint:" in document.text.content:
        _suppress(run, document, registry, enabled)
    seen = set()
    unique = []
    for diagnostic in sorted(report.diagnostics, key=lambda d: (d.start, d.end, d.code, d.message)):
        key = (diagnostic.code, diagnostic.start, diagnostic.end, diagnostic.message)
        if key not in seen:
            seen.add(key)
            unique.append(diagnostic)
    report.diagnostics = unique
    return report


def words_of(error: BaseException) -> str:
    """Say in a line what was raised, and where."""
    where = ""
    trace = error.__traceback__
    while trace is not None:
        where = f" ({trace.tb_frame.f_code.co_filename.replace(chr(92), '/').rsplit('/', 1)[-1]}:{trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{where}"


def _concerned(enabled: Sequence[Entry], words: set[str], machine: StateMachine | None) -> list[Entry]:
    """Return the rules that a text concerns, and what analyses find is asked for these alone."""
    return [
        entry
        for entry in enabled
        if not entry.concerns
        or not words.isdisjoint(entry.concerns)
        or (machine is not None and machine.features.concern(entry.concerns))
    ]


def _first_problem(document: Document) -> str:
    """Say where a JSON text that was skipped could not be read: a broken one may be meant as a state machine."""
    if document.language != "json" or not document.problems:
        return ""
    problem = document.problems[0]
    line, column = document.text.position(problem.start)
    return f" (at {line}:{column}: {problem.message})"


def _suppress(run: _Run, document: Document, registry: Registry, enabled: Sequence[Entry]) -> None:
    from asllint import suppress

    suppressions = suppress.find_suppressions(document)
    known = {key: entry.code for key, entry in registry.by_key.items()}
    active = {entry.code for entry in enabled}
    suppress.apply(run.report.diagnostics, suppressions, known, active)
    problems = suppress.problems(suppressions, known, active)
    if registry.failures:
        # what no rule is called may be the name of one that could not be loaded
        problems = [problem for problem in problems if problem.kind != "unknown-rule"]
    if not problems:
        return
    before = len(run.report.diagnostics)
    for entry in enabled:
        rule = run.load(entry) if "suppression" in entry.concerns else None
        if rule is not None:
            for problem in problems:
                run.call(rule, rule.check_suppression, problem)
    # A suppression of the rule that reports suppressions would hide its own misspelling: it has no effect.
    for diagnostic in run.report.diagnostics[before:]:
        diagnostic.suppressed = None


class _Run:
    """The rules of one run over one text, and where their findings go."""

    def __init__(
        self,
        file: str,
        document: Document,
        places: _Places,
        settings: Settings,
        registry: Registry,
        report: Report,
    ) -> None:
        self.file = file
        self.document = document
        self.places = places
        self.settings = settings
        self.registry = registry
        self.report = report

    def load(self, entry: Entry) -> Rule | None:
        try:
            return entry.load()(self.settings.options(entry.name))
        except (Exception, SystemExit) as error:
            self.crashed(entry.code, entry.name, error)
            return None

    def rules(self, rules: Sequence[Rule], machine: StateMachine | None) -> None:
        for rule, hook in _hooks(rules, "check_document"):
            self.call(rule, hook, self.document)
        if machine is None:
            return
        for rule, hook in _hooks(rules, "check_machine"):
            self.call(rule, hook, machine)
        scope_hooks = _hooks(rules, "check_scope")
        if scope_hooks:
            for scope in (machine, *machine.scopes):
                for rule, hook in scope_hooks:
                    self.call(rule, hook, scope)
        expression_hooks = _hooks(rules, "check_expression")
        if expression_hooks:
            for expression in machine.expressions:
                for rule, hook in expression_hooks:
                    self.call(rule, hook, expression)
        state_hooks = _hooks(rules, "check_state")
        retrier_hooks = _hooks(rules, "check_retrier")
        catcher_hooks = _hooks(rules, "check_catcher")
        choice_hooks = _hooks(rules, "check_choice_rule")
        if not (state_hooks or retrier_hooks or catcher_hooks or choice_hooks):
            return
        for state in machine.all_states():
            for rule, hook in state_hooks:
                self.call(rule, hook, state)
            if retrier_hooks:
                for retrier in state.retriers:
                    for rule, hook in retrier_hooks:
                        self.call(rule, hook, retrier)
            if catcher_hooks:
                for catcher in state.catchers:
                    for rule, hook in catcher_hooks:
                        self.call(rule, hook, catcher)
            if choice_hooks:
                for top in getattr(state, "choices", ()):
                    for choice_rule in top.walk():
                        for rule, hook in choice_hooks:
                            self.call(rule, hook, choice_rule)

    def call(self, rule: Rule, hook: Callable[[Any], Iterable[Finding]], subject: object) -> None:
        try:
            for finding in hook(subject):
                self.report.diagnostics.append(self.resolve(rule, finding))
        except (Exception, SystemExit) as error:  # what a plug-in does must not end the run either
            self.crashed(rule.code, rule.name, error)

    def crashed(self, code: str, name: str, error: BaseException) -> None:
        entry = self.registry.by_key.get(code)
        whose = f" of {entry.origin}" if entry is not None and entry.origin else ""
        self.broken(
            f"Rule {code} `{name}`{whose} failed on this file: {words_of(error)}.",
            f"Its findings are missing here; ignore {code} to go on without it.",
        )

    def broken(self, message: str, cure: str) -> None:
        """Report a failure of asllint, or of a plug-in, at the start of the text."""
        self.report.failed = True
        end = min(1, len(self.document.text.content))
        crash = Diagnostic(self.file, self.document.text, CRASH_CODE, CRASH_NAME, "error", message, 0, end, cure=cure)
        self.report.diagnostics.append(crash)

    @staticmethod
    def within(start: int, end: int, size: int) -> tuple[int, int]:
        """Return a span as far as it lies in a text of this size."""
        start = max(0, min(start, size))
        return start, max(start, min(end, size))

    def resolve(self, rule: Rule, finding: Finding) -> Diagnostic:
        if not (isinstance(finding.message, str) and isinstance(finding.cure, str)):
            raise TypeError("the message or the cure of a finding is no text")  # else a report fails, and names no rule
        size = len(self.document.text.content)
        start, end = self.within(finding.start, finding.end, size)
        anchor = finding.anchor
        span = (start, end) if anchor is None else (anchor.start, anchor.end)
        pointer, state = self.places.find(*span, anchor)
        severity: Severity = rule.severity
        if finding.severity is not None and SEVERITIES.index(finding.severity) < SEVERITIES.index(severity):
            severity = finding.severity
        severity = self.settings.severity(rule.code, rule.name) or severity
        return Diagnostic(
            self.file,
            self.document.text,
            rule.code,
            rule.name,
            severity,
            brief(finding.message),
            start,
            end,
            cure=brief(finding.cure),
            details=finding.details,
            pointer=pointer,
            state=state,
            aws_code=rule.aws_code,
            rejected_by_aws=rule.rejected_by_aws and finding.rejected_by_aws is not False,
            related=[RelatedPlace(*self.within(r.start, r.end, size), brief(r.message)) for r in finding.related],
            fix=finding.fix,
        )


MAX_QUOTED: Final = 200
"""Characters of a value that a message quotes in backquotes at most: a report is to be read."""


def brief(text: str) -> str:
    """Return a message with the middle left out of each long value that it quotes.

    What stands between two backquotes and is longer is a value, or a part of one that has backquotes itself: our own words
    between two values are fewer.
    """
    if len(text) <= MAX_QUOTED:
        return text
    half = MAX_QUOTED // 2
    parts = text.split("`")
    for i in range(1, len(parts) - 1):
        if len(parts[i]) > MAX_QUOTED:
            parts[i] = f"{parts[i][:half]}…{parts[i][-half:]}"
    return "`".join(parts)


def _hooks(rules: Sequence[Rule], name: str) -> list[tuple[Rule, Callable[[Any], Iterable[Finding]]]]:
    """Return the bound hooks of the rules that override it."""
    base = getattr(Rule, name)
    return [(rule, getattr(rule, name)) for rule in rules if getattr(type(rule), name) is not base]


class _Places:
    """Finds the JSON Pointer and the state of a span.

    The pointer is that of the definition as AWS sees it: a bare States map stands at /States, a state alone at
    /States/StateName, which is where the TestState API reports it.
    """

    def __init__(self, document: Document, machine: StateMachine | None) -> None:
        self.root = document.root
        self.prefix: list[str] = []
        if machine is not None and machine.fragment == "states":
            self.prefix = ["States"]
        elif machine is not None and machine.fragment == "state":
            self.prefix = ["States", "StateName"]
        self.machine = machine
        self._names: dict[int, str] | None = None
        self._children: dict[int, tuple[list[int], list[tuple[int, str, Node]]]] = {}

    def find(self, start: int, end: int, anchor: Node | None = None) -> tuple[str, str | None]:
        """Return the pointer of the innermost value whose member or item holds the span, and its state's name.

        `anchor` is the node that the span is of, if it is one: a YAML mapping begins where its first key does.
        """
        if self._names is None:
            self._names = {}
            if self.machine is not None:
                self._names = {id(state.node): state.name for state in self.machine.all_states()}
        node = self.root
        parts = list(self.prefix)
        state = self._names.get(id(node)) if node is not None else None
        while node is not None and node is not anchor and node.kind in (OBJECT, ARRAY):
            step = self._step(node, start, end)
            if step is None:
                break
            part, value = step
            parts.append(part.replace("~", "~0").replace("/", "~1"))
            state = self._names.get(id(value), state)
            node = value if value.start <= start and end <= value.end else None
        return "".join(f"/{part}" for part in parts), state

    def _step(self, node: Node, start: int, end: int) -> tuple[str, Node] | None:
        """Return the member or item that holds the span; of duplicates the one in which it lies."""
        from bisect import bisect_right

        found = self._children.get(id(node))
        if found is None:
            if node.kind == OBJECT:
                rows = [(key.start, str(key.value), value) for key, value in node.members]
            else:
                rows = [(item.start, str(i), item) for i, item in enumerate(node.items)]
            rows.sort(key=lambda row: row[0])
            found = self._children[id(node)] = ([row[0] for row in rows], rows)
        starts, rows = found
        i = bisect_right(starts, start) - 1
        if i < 0:
            return None
        at, part, value = rows[i]
        # an alias stands behind its key, the value that it repeats before it: then only the key's own place is here
        limit = value.end if value.start >= at else at + len(part) + 2
        return (part, value) if end <= limit else None
