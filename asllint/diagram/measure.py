"""How wide a text is in a font that is not known: an estimate that errs on the wide side, and lines that fit by it."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# Advance widths in thousandths of the font size, of the widest of the usual sans-serif fonts (DejaVu Sans and Verdana, which
# are wider by far than all others, take part with nine tenths).
_NARROW: Final = {
    **dict.fromkeys("ijl'|", 278), **dict.fromkeys(" ,.:;!I/\\[]ft()`r·", 360), **dict.fromkeys("-{}\"*", 400),
    **dict.fromkeys("cksvxyzJ^°", 530), **dict.fromkeys("mMWw@%…—→", 920), **dict.fromkeys("CDGHNOQRUwABEKPSVXYZ+<=>~&", 690),
}  # fmt: skip
_USUAL: Final = 590
_WIDE: Final = 1_050
_PICTURE: Final = 1_350
_WORD: Final = re.compile(r"(?<=\s)(?=\S)")
_PART: Final = re.compile(r"(?<=[_\-./:,])(?=\S)|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_JOINER: Final = "\u200d"
_JOINED: Final = re.compile("(?<=\u200d).")


def width(text: str, size: float) -> float:
    """Return about how wide a text of one line is in a font of this size, in the unit of the size."""
    total = sum(map(_advance, text))
    if _JOINER in text:
        total -= sum(_advance(char) for char in _JOINED.findall(text))
    return total * size / 1000


def _advance(char: str) -> int:
    if char.isascii():
        return _NARROW.get(char, _USUAL)
    from unicodedata import category, east_asian_width

    kind = category(char)
    if char >= "\U0001f000":
        return 0 if kind == "Sk" else _PICTURE  # a tone of skin
    if kind in ("Mn", "Me", "Cf"):
        return 0
    return _WIDE if east_asian_width(char) in "WF" else _NARROW.get(char, 680)


def wrap(text: str, size: float, most: float, lines: int) -> list[str]:
    """Return a text as at most so many lines that are at most so wide; an ellipsis says that something is left out.

    Lines break between words, else in a long name where a part of it ends, else anywhere but inside a character of several
    code points.
    """
    out: list[str] = []
    line = ""
    for piece in _pieces(text, size, most):
        if line and width((line + piece).rstrip(), size) > most:
            out.append(line.rstrip())
            line = ""
            if len(out) > lines:
                break
        line += piece
    if line:
        out.append(line.rstrip())
    if len(out) > lines:
        last = _characters(out[lines - 1])
        while last and width("".join(last) + "…", size) > most:
            last.pop()
        out[lines - 1 :] = ["".join(last) + "…"]
    return out or [""]


def _pieces(text: str, size: float, most: float) -> list[str]:
    """Return the parts of a text between which a line may break, none wider than a line."""
    out: list[str] = []
    for word in _WORD.split(text):
        if width(word, size) <= most:
            out.append(word)
            continue
        for part in _PART.split(word):
            out += [part] if width(part, size) <= most else _chunks(part, size, most)
    return out


def _chunks(text: str, size: float, most: float) -> list[str]:
    out: list[str] = []
    chunk = ""
    for char in _characters(text):
        if chunk and width(chunk + char, size) > most:
            out.append(chunk)
            chunk = ""
        chunk += char
    return [*out, chunk]


def _characters(text: str) -> list[str]:
    """Return what a reader takes for one character each: with its marks, and with what is joined to it."""
    out: list[str] = []
    for i, char in enumerate(text):
        if out and (not _advance(char) or text[i - 1] == _JOINER):
            out[-1] += char
        else:
            out.append(char)
    return out
