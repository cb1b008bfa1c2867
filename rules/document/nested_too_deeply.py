"""ASL003."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import ERROR, Example, Finding, Related, Rule
from asllint.source.node import Document


class NestedTooDeeply(Rule):
    """Brackets, or aliases of YAML, are nested too deeply to be read.

    AWS documents TOO_DEEPLY_NESTED among the codes of ValidateStateMachineDefinition; how deep is too deep is not
    documented. asllint stops at 256 levels, which no definition that a person wrote comes near: so the finding does not claim
    that AWS refuses. In YAML it stops as well at aliases that stand inside the value they refer to, which has no
    end, and at aliases of aliases that stand for millions of values.

    ## Why it matters

    Nothing behind the place was read, so nothing is said about it. Readers of other tools run out of memory or stop on such
    a text.

    ## What to do

    Most often a program wrote the file and went wrong. Otherwise move inner parts into a state machine of their own and call
    it with `arn:aws:states:::states:startExecution.sync:2`.
    """

    code = "ASL003"
    name = "nested-too-deeply"
    severity = ERROR
    aws_code = "TOO_DEEPLY_NESTED"
    concerns = ("problem:too-deep", "problem:alias-bomb", "problem:cyclic-alias")

    invalid = (
        Example(
            """StartAt: A
States:
  A: &state
    Type: Pass
    Result: «*state»
    End: true
""",
            language="yaml",
            title="an alias inside the value that it refers to",
        ),
    )
    valid = (
        Example("""{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": [[[[[[1]]]]]], "End": true}}}"""),
        Example(
            """StartAt: A
States:
  A: {Type: Pass, Parameters: &parameters {Model: xgboost}, Next: B}
  B: {Type: Pass, Parameters: *parameters, End: true}
""",
            language="yaml",
            title="an alias of a value that is complete",
        ),
    )

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Report where the reader stopped."""
        for problem in document.problems:
            if problem.kind in ("too-deep", "alias-bomb", "cyclic-alias"):
                related = [Related((start, end), message) for start, end, message in problem.related]
                yield Finding((problem.start, problem.end), problem.message, cure=problem.cure, related=related)
