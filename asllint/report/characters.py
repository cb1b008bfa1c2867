"""Text of users made fit for a terminal and for an encoder: nothing in it moves the cursor, hides, or fails to encode."""

from __future__ import annotations

from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_LINE_ENDS = late(r"[ \t]*[\r\n]+[ \t]*")
_SURROGATES = late("[\ud800-\udfff]")

_ASCII = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "→": "->", "×": "x", "·": "-"}
)
"""The typographic characters that messages and pages are written with."""

RED: Final = "31"
YELLOW: Final = "33"
BLUE: Final = "34"
CYAN: Final = "36"
SEVERITY_COLORS: Final = {"error": RED, "warning": YELLOW, "note": CYAN}


def paint(text: str, color: str, on: bool) -> str:
    """Return the text in bold and in a colour ("": bold only), if colours are on and there is a text."""
    if not on or not text:
        return text
    return f"\x1b[1{';' if color else ''}{color}m{text}\x1b[0m"


def cell(char: str, unicode: bool) -> str:
    """Return what stands for a character in a line that is shown.

    A tab is four columns. What cannot be seen, or would act on the terminal, gets a picture (control characters) or
    ``<U+00A0>``. Without `unicode`, a character that is not ASCII is a question mark: a source line keeps its columns.
    """
    if char == "\t":
        return "    "
    if char.isprintable():
        return char if unicode or char.isascii() else "?"
    return _picture(char, unicode)


def columns(char: str) -> int:
    """Return how many columns of a terminal a printable character takes: 0, 1 or 2."""
    if char.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def one_line(text: str, unicode: bool = True) -> str:
    """Return the text on one line with invisible characters shown; in ASCII where `unicode` is False."""
    if "\n" in text or "\r" in text:
        text = _LINE_ENDS.sub(" ", text.strip())
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _picture(c, unicode) for c in text)
    return text if unicode else ascii_only(text)


_CONTROLS = late("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Return the text with pictures for what acts on a terminal or turns the order of characters; CR and LF stay."""
    return text if text.isprintable() else _CONTROLS.sub(lambda m: _picture(m[0], unicode=True), text)


def ascii_only(text: str) -> str:
    """Return the text in ASCII: typographic characters by their like, others as ``\\xe9``."""
    return text if text.isascii() else text.translate(_ASCII).encode("ascii", "backslashreplace").decode()


def encodable(text: str) -> str:
    """Return the text with U+FFFD for lone surrogates, which no encoding takes."""
    return text if text.isascii() else _SURROGATES.sub("�", text)


def _picture(char: str, unicode: bool) -> str:
    code = ord(char)
    if unicode and code < 0x20:
        return chr(0x2400 + code)
    if unicode and code == 0x7F:
        return "␡"
    return f"<U+{code:04X}>"


_NOT_XML = late("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_SPECIAL_IN_XML = late('[&<>"\t\n\r]')


def xml(text: str) -> str:
    """Return the text as it stands in an attribute or element of XML 1.0, in ASCII.

    What XML cannot hold, not even escaped (control characters, surrogates, U+FFFE; XML 1.0, section 2.2), gets a picture.
    """
    text = _NOT_XML.sub(lambda m: _picture(m[0], unicode=True), text)
    text = _SPECIAL_IN_XML.sub(lambda m: _XML[m[0]], text)
    return text.encode("ascii", "xmlcharrefreplace").decode()
