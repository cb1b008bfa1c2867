"""Edits of a text that add or take away a member of an object or an item of an array, in its own layout.

An edit is (start, end, text): the span, in code points, is replaced by the text. Where a change cannot be made without
touching anything else (a comment in between, an alias, a member merged in from another place), there is none: ().
"""

from __future__ import annotations

from collections.abc import Sequence

from asllint.source.node import Node

Edits = tuple[tuple[int, int, str], ...]


def remove_member(owner: Node, key: Node, at: int | None = None) -> Edits:
    """Return what takes a member away, with the comma before or behind it; () for the only one.

    at  its index, where that is known: to find it takes as long as the object has members
    """
    members = owner.members
    if at is None:
        at = next((i for i, (each, _) in enumerate(members) if each is key), None)
    if at is None:
        return ()
    first = max(at - 1, 0)
    return _removal(owner, [(each.start, value.end) for each, value in members[first : at + 2]], at - first)


def remove_item(owner: Node, item: Node) -> Edits:
    """Return what takes an item of an array away, with the comma before or behind it; () for the only one."""
    at = next((i for i, each in enumerate(owner.items) if each is item), None)
    flow = owner.origin.content.startswith("[", owner.start)
    if at is None or not flow:
        return ()
    first = max(at - 1, 0)
    return _removal(owner, [(each.start, each.end) for each in owner.items[first : at + 2]], at - first)


def _removal(owner: Node, spans: Sequence[tuple[int, int]], at: int) -> Edits:
    """Return what takes a span away; `spans` are its own, at `at`, and those of its neighbours."""
    content = owner.origin.content
    own_start, own_end = spans[at]
    # what shares a line with the one before goes from there, so that the line ends as it did
    same_line = at > 0 and not any(c in "\r\n" for c in content[spans[at - 1][1] : own_start])
    if at + 1 < len(spans) and not same_line:
        start, end = own_start, spans[at + 1][0]
        between = content[own_end:end]
    elif at > 0:
        start, end = spans[at - 1][1], own_end
        between = content[start:own_start]
    else:
        return ()
    # in YAML a comment may stand there, or the neighbour is an alias or was merged in from another place
    if not start <= own_start < own_end <= end or between.strip(" \t\r\n,"):
        return ()
    return ((start, end, ""),)


def add_member(owner: Node, name: str, value: str) -> Edits:
    """Return what adds a member behind the last one.

    name, value  a plain word, and JSON that is YAML too (`true`, a number, a string in double quotes)
    """
    if not owner.members or not owner.closed:
        return ()
    content = owner.origin.content
    key, last = max(owner.members, key=lambda member: member[0].start)
    if not owner.start <= key.start < key.end <= last.start <= last.end <= owner.end:
        return ()
    between = content[key.end : last.start]
    colon = between if not between.strip(" :") and ":" in between else ": "
    line = max(content.rfind("\n", 0, key.start), content.rfind("\r", 0, key.start)) + 1
    before = content[line : key.start]
    if content.startswith("{", owner.start):
        written = f'"{name}"' if key.style in ("json", "double") else name
        space = f"\n{before}" if not before.strip() and content.rfind("{", owner.start, line) >= owner.start else " "
        return ((last.end, last.end, f",{space}{written}{colon}{value}"),)
    if last.style in ("literal", "folded"):
        return ()
    # in a block each member has its line, on which a comment may follow
    end = min(
        (at for at in (content.find("\n", last.end), content.find("\r", last.end)) if at >= 0), default=len(content)
    )
    rest = content[last.end : end].strip()
    if (rest and not rest.startswith("#")) or before.strip(" -"):
        return ()
    written = f'"{name}"' if key.style == "double" else name
    return ((end, end, f"\n{' ' * len(before)}{written}: {value}"),)
