"""Regular expressions of JSONata: the syntax of JavaScript, judged as JavaScript judges it without the flag u."""

from __future__ import annotations

import re

_QUANTIFIER = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_GROUP_NAME = re.compile(r"\(\?<([^>]*)>")
_HEX = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})")
_OCTAL = re.compile(r"[0-3]?[0-7]{1,2}")
_REPEATS = 2**31 - 1  # larger numbers of repeats count as this one
_CONTROL = {"b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


def regex_fault(pattern: str, flags: str) -> str | None:
    """Return why JavaScript takes no such pattern with such flags, as the end of a sentence; None where it does.

    The pattern is read as JavaScript reads it: in UTF-16 code units, with the web's lenient escapes and braces.
    """
    if len(set(flags)) < len(flags):
        return "a flag is given twice"
    if not pattern.isascii():
        units = pattern.encode("utf-16-le", "surrogatepass")
        pattern = "".join(chr(int.from_bytes(units[i : i + 2], "little")) for i in range(0, len(units), 2))
    names: set[str] = set()
    called: list[str | None] = []  # what each \k refers to; None: it refers to nothing
    groups: list[bool] = []  # of each open group: whether a quantifier may follow it
    atom = False  # whether a quantifier may follow here
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "(":
            groups.append(not pattern.startswith(("?<=", "?<!"), at))
            at, fault = _group_begun(pattern, at, names)
            if fault:
                return fault
            atom = False
        elif char == ")":
            if not groups:
                return "a `)` closes no group"
            atom = groups.pop()
        elif char in "^$|":
            atom = False
        elif char in "*+?" or (char == "{" and (repeats := _QUANTIFIER.match(pattern, at - 1))):
            if not atom:
                return f"there is nothing before `{char}` that it could repeat"
            if char == "{" and repeats:
                at = repeats.end()
                if repeats[3] and min(int(repeats[1]), _REPEATS) > min(int(repeats[3]), _REPEATS):
                    return f"the numbers in `{repeats[0]}` are in the wrong order"
            if pattern.startswith("?", at):
                at += 1
            atom = False
        elif char == "[":
            end, fault = _class_end(pattern, at)
            if fault:
                return fault
            at = end
            atom = True
        elif char == "\\":
            if at == len(pattern):
                return "a backslash at the end escapes nothing"
            atom = pattern[at] not in "bB"
            if pattern[at] == "k":
                close = pattern.find(">", at)
                called.append(pattern[at + 2 : close] if pattern.startswith("<", at + 1) and close > 0 else None)
            at += 1
        else:
            atom = True
    if groups:
        return "a group is not closed"
    if names and any(name not in names for name in called):
        return "a `\\k` names no group of the expression"
    return None


def _group_begun(pattern: str, at: int, names: set[str]) -> tuple[int, str | None]:
    """Return the offset behind what says of which kind the group is whose ``(`` is before `at`, and what is wrong with it.

    names  of the groups so far; a name that it has is added
    """
    if not pattern.startswith("?", at):
        return at, None
    if pattern.startswith(("?:", "?=", "?!"), at):
        return at + 2, None
    if pattern.startswith(("?<=", "?<!"), at):
        return at + 3, None
    named = _GROUP_NAME.match(pattern, at - 1)
    if named is None:
        return at, "a group begins with `(?` and goes on as no group does"
    name = named[1]
    if not name.replace("$", "_").isidentifier():
        return at, f"`{name}` is not a name for a group"
    if name in names:
        return at, f"two groups have the name `{name}`"
    names.add(name)
    return named.end(), None


def _class_end(pattern: str, at: int) -> tuple[int, str | None]:
    """Return the offset behind the ``]`` of the class whose content begins at `at`, and what is wrong with it."""
    if pattern.startswith("^", at):
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        first, at = _class_atom(pattern, at)
        if pattern.startswith("-", at) and at + 1 < len(pattern) and pattern[at + 1] != "]":
            last, at = _class_atom(pattern, at + 1)
            if first is not None and last is not None and first > last:
                return at, "a range of characters in `[ ]` is in the wrong order"
    if at >= len(pattern):
        return at, "a `[` is not closed"
    return at + 1, None


def _class_atom(pattern: str, at: int) -> tuple[int | None, int]:
    """Return the code unit that stands at `at` in a class, None for one such as ``\\d``, and the offset behind it."""
    char = pattern[at]
    if char != "\\" or at + 1 >= len(pattern):
        return ord(char), at + 1
    char = pattern[at + 1]
    if char in "dDsSwW":
        return None, at + 2
    if char == "c":
        letter = pattern[at + 2 : at + 3]
        if letter.isascii() and (letter.isalnum() or letter == "_"):
            return ord(letter) % 32, at + 3
        return ord("\\"), at + 1
    if char in "xu" and (match := _HEX.match(pattern, at + 1)):
        return int(match[1] or match[2], 16), match.end()
    if char in "01234567" and (match := _OCTAL.match(pattern, at + 1)):
        return int(match[0], 8), match.end()
    return _CONTROL.get(char, ord(char)), at + 2
