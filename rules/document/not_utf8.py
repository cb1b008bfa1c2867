"""ASL002."""

from __future__ import annotations

from collections.abc import Iterable

from asllint.rule import ERROR, Example, Finding, Rule
from asllint.source.node import Document


class NotUtf8(Rule):
    r"""The bytes of the file are not UTF-8.

    JSON that is exchanged between systems is UTF-8 (RFC 8259, section 8.1), and so is what the tools that deploy a definition
    read. UTF-16, as some editors and shells on Windows write it, and Latin-1 are not. A byte order mark in front of UTF-8 is
    no error here.

    A file that is no text at all is reported too.

    ## Why it matters

    Tools stop at such a file, or send other characters than the author sees. A name of a state that is spelt with them in
    one place and without in another then differs.

    ## What to do

    Save the file as UTF-8. In PowerShell, `> file` of version 5 writes UTF-16: use `Set-Content -Encoding utf8`.
    """

    code = "ASL002"
    name = "not-utf8"
    severity = ERROR
    concerns = ("problem:not-utf8", "problem:binary")

    # The text of an example is written as UTF-8, in which only a lone surrogate gives bytes that are none.
    invalid = (
        Example(
            """{"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "caf«\udce9»", "End": true}}}""",
            title="bytes that are no UTF-8, shown as an escape",
        ),
    )
    valid = (
        Example("""{"StartAt": "Größe", "States": {"Größe": {"Type": "Pass", "End": true}}}"""),
        Example(
            r"""{"StartAt": "Gr\u00f6\u00dfe", "States": {"Größe": {"Type": "Pass", "End": true}}}""",
            title="an escape and the character are the same",
        ),
    )

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Report what the decoder says."""
        for problem in document.problems:
            if problem.kind in ("not-utf8", "binary"):
                yield Finding((problem.start, problem.end), problem.message, cure=problem.cure)
