"""Text, positions, and the tolerant readers of JSON and YAML; nothing here knows ASL."""

from __future__ import annotations

from asllint.source.node import Document, Problem
from asllint.source.placeholders import DEFAULT, Placeholders
from asllint.source.text import Text, filled_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# The longer marks first: that of UTF-16 LE begins that of UTF-32 LE.
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_SAMPLE: Final = 8192
"""How many bytes at the start of a file tell whether it is text."""


def decode(name: str, data: bytes) -> tuple[Text, list[Problem]]:
    """Decode the bytes of a file, and say what is wrong with their encoding; never raises.

    UTF-8, with or without a byte order mark, gives no problem. UTF-16 and UTF-32 are decoded with the problem "not-utf8".
    Bytes that are no UTF-8 become U+FFFD, with one "not-utf8" at the first of them. What is no text at all gives an empty
    text and the fatal problem "binary".
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _wide(name, data[len(mark) :], encoding, bom=True)
    bom = data.startswith(_UTF8_MARK)
    if bom:
        data = data[len(_UTF8_MARK) :]
    try:
        content = data.decode("utf-8")
        problems: list[Problem] = []
        error = None
    except UnicodeDecodeError as raised:
        error = raised
    sample = data[:_SAMPLE]
    nuls = sample.count(0)
    if nuls and (error is not None or nuls * 10 > len(sample)):
        # Without a mark, text in UTF-16 shows by the NUL in nearly every other byte.
        for encoding, ours in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
            if len(ours) > 1 and ours.count(0) * 10 > len(ours) * 8 and nuls - ours.count(0) <= nuls // 10:
                return _wide(name, data, encoding, bom=False)
        message = "This file is no text: it holds NUL bytes, as programs and archives do."
        return Text(name, ""), [Problem("binary", 0, 0, message, "Give a file of JSON or YAML in UTF-8.", fatal=True)]
    if error is not None:
        content = data.decode("utf-8", "replace")
        at = len(data[: error.start].decode("utf-8"))
        message = f"The byte 0x{data[error.start]:02X} is no UTF-8, the one encoding that AWS reads."
        cure = "Save the file as UTF-8."
        problems = [Problem("not-utf8", at, min(at + 1, len(content)), message, cure)]
    return Text(name, content, bom=bom), problems


def _wide(name: str, data: bytes, encoding: str, *, bom: bool) -> tuple[Text, list[Problem]]:
    content = data.decode(encoding, "replace")
    label = encoding[:6].upper()
    message = f"This file is {label}: AWS and its tools read UTF-8 only."
    problem = Problem("not-utf8", 0, min(1, len(content)), message, "Save the file as UTF-8.")
    return Text(name, content, bom=bom), [problem]


def language_of(name: str, content: str) -> str:
    """Return "json" or "yaml": by the ending of the name, that of a template aside, else by the first character of the text.

    A text that begins with a bracket, or with a comment of JavaScript, is JSON; any other is YAML.
    """
    lower = filled_in(name)
    if lower.endswith((".json", ".jsonc", ".json5")):
        return "json"
    if lower.endswith((".yaml", ".yml")):
        return "yaml"
    # without a copy of the text: a file may be large
    at = 0
    while at < len(content) and content[at].isspace():
        at += 1
    return "json" if content.startswith(("{", "[", "//", "/*"), at) else "yaml"


def read(name: str, data: bytes, *, language: str | None = None, placeholders: Placeholders = DEFAULT) -> Document:
    """Read a file as JSON or YAML, as `language` or else `language_of` says; never raises.

    The problems of the encoding come first in those of the document.
    """
    text, problems = decode(name, data)
    language = language or language_of(name, text.content)
    if any(problem.fatal for problem in problems):
        return Document(text, language, None, problems, [])
    if language == "json":
        from asllint.source.json import read_json

        document = read_json(text, placeholders)
    else:
        from asllint.source.yaml import read_yaml

        document = read_yaml(text, placeholders)
    document.problems[:0] = problems
    return document
