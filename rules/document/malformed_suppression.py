"""ASL012."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import WARNING, Example, Finding, Rule, SuppressionProblem


class MalformedSuppression(Rule):
    """A comment begins like a suppression, and is none.

    The form is `asllint: ignore[rule-name, other-rule] reason`: the word `ignore`, the brackets right behind it, in them
    names or codes of single rules with commas between them. There is no form that suppresses everything. Text that names no
    rule, has no brackets, and does not begin with a word such as `ignore` or `disable`, is no suppression.

    ## Why it matters

    Nothing is suppressed by it, though its author believes so.

    ## What to do

    Write it in that form, and name each rule that is meant.
    """

    code = "ASL012"
    name = "malformed-suppression"
    severity = WARNING
    concerns = ("suppression",)

    invalid = (
        Example(
            """StartAt: A
States:
  A: # «asllint: ignore everything here»
    Type: Pass
    End: true
""",
            language="yaml",
            title="no rule is named",
        ),
        Example(
            """{"Comment": "asllint: ignore[«ASL0»] a group", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "End": true}
}}""",
            title="the beginning of a code stands for several rules",
        ),
    )
    valid = (
        Example(
            """{"Comment": "asllint: ignore[malformed-suppression] in the right form", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "End": true}
}}"""
        ),
        Example(
            """{"Comment": "Checked with asllint: see the build.", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "End": true}
}}"""
        ),
    )

    def check_suppression(self, problem: SuppressionProblem) -> Iterable[Finding]:
        """Report the ones that cannot be read."""
        if problem.kind == "malformed":
            yield Finding((problem.start, problem.end), problem.message, cure=problem.cure)
