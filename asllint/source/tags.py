"""The tags of template languages, such as ``{% if x %}``: one table, and the regular expressions made from it.

It stands by itself since most texts have none: `asllint.source.patterns.of_tags` imports it where one is looked for.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class _Language:
    """The tags of a template language: regular expressions, and those of the words that they begin with.

    opener, closer  what stands around a tag; between the word and the closer stands what `inside` matches
    opens, parts, closes  words of a choice and of a loop, in this order: at its beginning, between its parts, at its end
    others          words of further tags, which stand for nothing that is seen, or for anything
    """

    __slots__ = ("closer", "closes", "inside", "opener", "opens", "others", "parts")

    def __init__(self, opener: str, inside: str, closer: str, *words: tuple[str, ...]) -> None:
        self.opener, self.inside, self.closer = opener, inside, closer
        self.opens, self.parts, self.closes, self.others = words

    def start(self, *words: tuple[str, ...]) -> str:
        """Return what matches a tag with one of these words up to the end of the word."""
        return rf"{self.opener}\s*(?:{'|'.join(word for some in words for word in some)})\b"

    def end(self, words: tuple[str, ...]) -> str:
        """Return what matches a whole tag that has nothing but one of these words in it."""
        return rf"{self.start(words)}\s*{self.closer}"


# Jinja and its kin, Terraform, Go. In `{{ … }}` of Go, `end` closes whatever was opened.
_LANGUAGES: Final = (
    _Language(
        r"\{%[-+]?", ".*?", r"[-+]?%\}",
        ("if", "for"), ("elif", "else"), ("endif", "endfor"),
        (
            "set", "endset", "with", "endwith", "include", "import", "from", "macro", "endmacro", "extends", "block",
            "endblock", "raw", "endraw",
        ),
    ),
    _Language(r"%\{~?", r"[^{}]*", r"~?\}", ("if", "for"), ("else",), ("endif", "endfor"), ()),
    _Language(
        r"\{\{-?", r"[^{}]*", r"-?\}\}",
        ("if", "range", "with"), ("else",), ("end",),
        ("define", "template", "block", "break", "continue", r"\$\w+(?=\s*:?=)"),  # the last is `$x := …`
    ),
)  # fmt: skip

BLOCKS: Final = tuple(
    (re.compile(language.start(language.opens)), re.compile(language.end(language.closes))) for language in _LANGUAGES
)
"""For each template language: how a choice or loop begins, and the tag at the end of one."""

DIVIDES: Final = "|".join(language.start(language.opens, language.parts, language.closes) for language in _LANGUAGES)
"""How a tag begins that has a part of a choice or loop before or behind it, such as ``{% else %}``."""

CLOSES: Final = "|".join(language.end(language.closes) for language in _LANGUAGES)
"""A tag at the end of a choice or loop."""

TAG: Final = "|".join(
    language.start(language.opens, language.parts, language.closes, language.others) + language.inside + language.closer
    for language in _LANGUAGES
)
"""A whole tag; over several lines with DOTALL."""

TAG_MARKS: Final = {"{%": "%}", "%{": "}", "{{": "}}"}
"""What each tag begins with, and what closes it."""

CHOICE: Final = "|".join(
    language.start(language.opens[:1]) + ".*?" + language.end(language.closes[:1]) for language in _LANGUAGES
)
"""A choice, from its first tag to the first one that closes a choice; over several lines with DOTALL."""

NOTE: Final = r"\{#.*?#\}|\{\{-?\s*/\*.*?\*/\s*-?\}\}"
"""A comment of Jinja or Go; over several lines with DOTALL."""

NOTE_MARKS: Final = {"{#": "#}", "{{": "}}"}
"""What each of them begins with, and what closes it."""
