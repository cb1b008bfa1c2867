"""ASL010."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import WARNING, Example, Finding, Fix, Rule, SuppressionProblem


class UnusedSuppression(Rule):
    """A suppression names a rule that finds nothing in what it covers.

    `asllint: ignore[rule-name] reason` in a `Comment` field or in a comment of YAML hides the findings of a rule. A `Comment`
    covers the object that it stands in: the one at the top the whole file, that of a state the state and what is in it. A
    comment of YAML covers its line or, alone on its line, what begins on the next one.

    A suppression of a rule that is not selected in this run is not called unused.

    ## Why it matters

    The defect that it was written for is mended, or the suppression stands in the wrong place. It would hide the next
    finding of the same rule, without anyone having looked at it.

    ## What to do

    Remove it, or move it to the place that it is meant for.
    """

    code = "ASL010"
    name = "unused-suppression"
    severity = WARNING
    concerns = ("suppression",)

    invalid = (
        Example(
            """StartAt: A
States:
  A: # asllint: ignore[«unused-suppression»] nothing is suppressed here
    Type: Pass
    End: true
""",
            language="yaml",
        ),
        Example(
            """{"Comment": "asllint: ignore[«ASL010»] for the whole file", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "End": true}
}}""",
        ),
    )
    valid = (
        Example(
            """{"Comment": "asllint ignores nothing here", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "End": true}
}}"""
        ),
    )

    def check_suppression(self, problem: SuppressionProblem) -> Iterable[Finding]:
        """Report the ones that were not used."""
        if problem.kind == "unused":
            # what it is for may be hidden by another defect, such as a state of an unknown type
            fix = Fix("Remove it", problem.edits, safe=True, last=True) if problem.edits else None
            yield Finding((problem.start, problem.end), problem.message, cure=problem.cure, fix=fix)
