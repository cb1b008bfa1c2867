"""The grammars, as lark files, and the parse tables saved beside them.

A table begins with a line that names the version of lark that made it and a checksum of its grammar; the rest is what
`Lark.save` wrote. tools/build_grammars.py makes them.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lark import Lark
    from lark.exceptions import UnexpectedInput

FOLDER = os.path.dirname(os.path.abspath(__file__))

_loaded: dict[str, Lark] = {}


def load(name: str) -> Lark:
    """Return the parser of a grammar: from its table, or built anew where another lark made it or it is not there."""
    parser = _loaded.get(name)
    if parser is None:
        parser = _loaded[name] = _saved(name) or build(name)
    return parser


def _saved(name: str) -> Lark | None:
    import lark

    try:
        with open(os.path.join(FOLDER, f"{name}.table"), "rb") as file:
            version = file.readline().decode("ascii", "replace").split(" ")[0]
            return lark.Lark.load(file) if version == lark.__version__ else None
    except OSError:
        return None


def build(name: str) -> Lark:
    """Return the parser of a grammar, made from its text."""
    import lark

    return lark.Lark(source(name), parser="lalr", lexer="contextual", maybe_placeholders=False)


def source(name: str) -> str:
    """Return the text of a grammar."""
    with open(os.path.join(FOLDER, f"{name}.lark"), encoding="utf-8") as file:
        return file.read()


def header(name: str) -> str:
    """Return the first line of the table of a grammar, as it is to be."""
    from zlib import crc32

    import lark

    return f"{lark.__version__} {crc32(source(name).encode()):08x}\n"


def stopped(error: UnexpectedInput, end: int) -> tuple[int, set[str]]:
    """Return where a grammar stopped reading, `end` for the end of the text, and the terminals that could stand there."""
    token = getattr(error, "token", None)
    position = getattr(error, "pos_in_stream", None)
    expected: set[str] = set()
    for field in ("allowed", "accepts", "expected"):
        expected.update(str(name) for name in getattr(error, field, None) or ())
    if position is None or (token is not None and token.type == "$END"):
        return end, expected
    return int(position), expected
