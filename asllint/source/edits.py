"""Edits of a text that add or take away a member of an object, in its own layout.

An edit is (start, end, text): the span, in code points, is replaced by the text. Where a change cannot be made without
touching anything else (a comment in between, an alias, a member merged in from another place), there is none: ().
"""

from __future__ import annotations

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
    content = owner.origin.content
    start, end = key.start, members[at][1].end
    before = members[at - 1][1].end if at else None
    # what shares a line with the one before goes from there, so that the line ends as it did
    same_line = before is not None and not any(c in "\r\n" for c in content[before:start])
    if at + 1 < len(members) and not same_line:
        span = start, members[at + 1][0].start
        between = content[end : span[1]]
    elif before is not None:
        span = before, end
        between = content[before:start]
    else:
        return ()
    # in YAML a comment may stand there, or the neighbour is an alias or was merged in from another place
    if not span[0] <= start < end <= span[1] or between.strip(" \t\r\n,"):
        return ()
    return ((*span, ""),)


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
