"""The line hash by which GitHub code scanning knows an alert again when the lines above it change.

GitHub computes it itself for an upload that has none; what it would compute must be written, or the alerts of an upload
made another way would all be closed and opened anew. It is a polynomial over the 100 UTF-16 units that follow the start
of the line, modulo 2 to the 64th; spaces and tabs do not count, line ends count as one LF, the end of the text is the
unit 65535, and zeros fill up what is missing behind it. The number behind the colon counts equal hashes above.
Source: the action github/codeql-action, src/fingerprints.ts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from asllint.source.text import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_BLOCK: Final = 100
_BASE: Final = 37
_MASK: Final = 2**64 - 1
_BLANKS = re.compile("[ \t]+")
_BYTES = 2 * _BLOCK


def line_hashes(text: Text, lines: Iterable[int]) -> dict[int, str]:
    """Return the hash of each 1-based line asked for, as GitHub writes it: ``271789c17abda88f:1``."""
    wanted = set(lines)
    # A line feed right behind a carriage return is dropped before blanks are, so "\r \n" is two line ends here as there
    content = _BLANKS.sub("", text.content.replace("\r\n", "\n").replace("\r", "\n"))
    if text.bom:
        content = "\ufeff" + content
    units = content.encode("utf-16-le", "surrogatepass") + b"\xff\xff" + bytes(_BYTES)
    seen: dict[bytes, int] = {}
    out: dict[int, str] = {}
    at = 0
    for number, line in enumerate(content.split("\n"), 1):
        window = units[at : at + _BYTES]
        seen[window] = seen.get(window, 0) + 1
        if number in wanted:
            out[number] = f"{_polynomial(window):x}:{seen[window]}"
            if len(out) == len(wanted):
                break
        at += 2 * (len(line) + 1 + (0 if line.isascii() else sum(c > "\uffff" for c in line)))
    return out


def _polynomial(window: bytes) -> int:
    value = 0
    for i in range(0, _BYTES, 2):
        value = value * _BASE + (window[i] | window[i + 1] << 8) & _MASK
    return value
