"""ASL011."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import WARNING, Example, Finding, Fix, Rule, SuppressionProblem


class UnknownSuppression(Rule):
    """A suppression names a rule that does not exist.

    `asllint: ignore[…]` takes names and codes of rules, letter by letter: `missing-transition-target` or `ASL201`.

    ## Why it matters

    Nothing is suppressed by it. Misspelt, it hides that someone meant to look at the finding and accept it.

    ## What to do

    Write the name as the finding shows it. `asllint rule --all` lists all rules.
    """

    code = "ASL011"
    name = "unknown-suppression"
    severity = WARNING
    concerns = ("suppression",)

    invalid = (
        Example(
            """StartAt: A
States:
  # asllint: ignore[«no-such-rule»] a rule of another tool
  A:
    Type: Pass
    End: true
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """{"Comment": "asllint: ignore[unknown-suppression] a rule that exists", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "End": true}
}}"""
        ),
    )

    def check_suppression(self, problem: SuppressionProblem) -> Iterable[Finding]:
        """Report names that no rule has."""
        if problem.kind == "unknown-rule":
            fix = None
            if problem.edits:  # unsafe: what it hides then was meant by nobody but us
                fix = Fix(f"Write `{problem.edits[0][2]}`", problem.edits, safe=False)
            yield Finding((problem.start, problem.end), problem.message, cure=problem.cure, fix=fix)
