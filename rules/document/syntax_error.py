"""ASL001."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import ERROR, WARNING, Example, Finding, Fix, Related, Rule
from asllint.source.node import Document, Problem

_OF_OTHER_RULES = frozenset({"not-utf8", "binary", "too-deep", "alias-bomb", "cyclic-alias", "several-documents"})
_REMOVES_TEXT = frozenset({"comment", "text-after-end", "lone-surrogate"})
"""What is mended by taking something away that its author may want elsewhere."""


class SyntaxProblem(Rule):
    """The text is not JSON or YAML at this place.

    A definition is one JSON text (RFC 8259). AWS takes nothing that is close to it: no comment, no comma before a closing
    bracket, no single quotes, no name without quotes, no `NaN`. It answers INVALID_JSON_DESCRIPTION and gives no place.
    YAML is for tools that make JSON of it; there an error stops the tool, and AWS never sees the text.

    Reading goes on behind an error where that is possible, so that one missing bracket does not hide what else is wrong.
    Placeholders such as `${Name}` are read as values; one that has other characters beside it needs quotes around both.

    ## Why it matters

    No service and no tool reads a definition with a syntax error.

    ## What to do

    Mend the first error first: later ones can be consequences. Put notes into `Comment` fields, which AWS allows in the
    machine, in every state, and in Choice rules, Retriers and Catchers.
    """

    code = "ASL001"
    name = "syntax-error"
    severity = ERROR
    aws_code = "INVALID_JSON_DESCRIPTION"
    rejected_by_aws = True
    concerns = ("problem",)

    invalid = (
        Example(
            """{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Pass", "End": true«,»}«»
    "B": {"Type": "Pass", "Comment": «'no double quotes'», "End": «True»}
  }
}""",
            title="a comma too many, one too few, single quotes, a literal of Python",
        ),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}«»""",
            title="the text ends before the last bracket: one finding, with the place of that bracket",
        ),
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true, «// calls the model»
  "Resource": «${Prefix}-score»}}}""",
            title="a comment; a placeholder beside other characters",
        ),
        Example(
            """StartAt: A
States:
  A:
    Type: Pass
    Output: «{% $states.input.model %}»
    End: true
""",
            language="yaml",
            title="a JSONata expression needs quotes in YAML",
        ),
    )
    valid = (
        Example(
            """{"Comment": "placeholders are values", "StartAt": "${First}", "States": {
  "${First}": {"Type": "Wait", "Seconds": ${Seconds}, "End": true}
}}"""
        ),
        Example(
            """StartAt: A # comments are part of YAML
States:
  A: {Type: Pass, End: true}
""",
            language="yaml",
        ),
    )

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Report each problem of the reader that is no other rule's."""
        for problem in document.problems:
            if problem.kind not in _OF_OTHER_RULES:
                yield _finding(document, problem)


def _finding(document: Document, problem: Problem) -> Finding:
    place = (problem.start, problem.end)
    raw = document.text.content[problem.start : min(problem.end, problem.start + 1000)]
    # JSON's grammar takes half of a pair; and the result of a function in a template may bring its own quotes
    doubtful = problem.kind == "lone-surrogate" or (
        problem.kind == "unquoted-placeholder" and ("(" in raw or "|" in raw)
    )
    fix = None
    if problem.edits:
        safe = problem.kind not in _REMOVES_TEXT and not doubtful
        fix = Fix(problem.cure.rstrip(".") or "Mend it", problem.edits, safe=safe)
    return Finding(
        place,
        problem.message,
        cure=problem.cure,
        related=[Related((start, end), message) for start, end, message in problem.related],
        fix=fix,
        severity=WARNING if doubtful else None,
        rejected_by_aws=False if doubtful or document.language != "json" else None,
    )
