"""ASL007."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import WARNING, Example, Finding, Rule
from asllint.source.node import Document


class SeveralDocuments(Rule):
    """A YAML text holds more than one document, and only the first is read.

    `---` on a line of its own ends a YAML document and begins the next one. A definition is one document; tools that make
    JSON of it read the first one, or stop.

    ## Why it matters

    What stands behind the mark is not deployed, and nothing here is said about it.

    ## What to do

    Put each definition into a file of its own. A `---` at the very top of the file is no second document.
    """

    code = "ASL007"
    name = "several-documents"
    severity = WARNING
    concerns = ("problem:several-documents",)

    invalid = (
        Example(
            """StartAt: A
States:
  A: {Type: Pass, End: true}
«---»
StartAt: B
States:
  B: {Type: Pass, End: true}
""",
            language="yaml",
        ),
    )
    valid = (
        Example(
            """---
StartAt: A
States:
  A: {Type: Pass, End: true}
...
""",
            language="yaml",
        ),
    )

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Report where the second document begins."""
        for problem in document.problems:
            if problem.kind == "several-documents":
                yield Finding((problem.start, problem.end), problem.message, cure=problem.cure)
