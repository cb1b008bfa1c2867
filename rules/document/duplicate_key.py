"""ASL004."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable

from asllint.rule import WARNING, Example, Finding, Fix, Related, Rule
from asllint.source.edits import remove_member
from asllint.source.node import ARRAY, OBJECT, Document, Node


class DuplicateKey(Rule):
    """A name stands twice in one object, and only one of its values counts.

    RFC 8259 leaves open what a reader makes of such an object; nearly all keep the last value and drop the others without a
    word. What AWS does is not recorded. YAML 1.2 forbids it, and some of its readers stop there. Keys that a merge key (`<<`)
    brings in and the mapping replaces are meant to be replaced, and are not reported.

    ## Why it matters

    The first value is lost: in `States` that is a whole state, in a state a `Next` or a `Retry` that its author believes
    to be there.

    ## What to do

    Remove one of the two, or rename it. Two Retry lists become one list with the Retriers of both.
    """

    code = "ASL004"
    name = "duplicate-key"
    severity = WARNING
    concerns = ("duplicate-key",)

    invalid = (
        Example(
            """{"StartAt": "Train", "States": {
  "Train": {"Type": "Pass", "Next": "Train", «"Next"»: "Deploy"},
  "Deploy": {"Type": "Pass", "End": true},
  «"Deploy"»: {"Type": "Wait", "Seconds": 5, "End": true}
}}""",
            title="a field, and a state",
        ),
        Example(
            """StartAt: Train
States:
  Train:
    Type: Pass
    Comment: the first
    End: true
    «Comment»: the second
""",
            language="yaml",
        ),
        Example(
            """{"StartAt": "Train", "States": {
  "Train": {"Type": "Pass", "Next": "Deploy", «"Next"»: "Deploy"},
  "Deploy": {"Type": "Pass", "End": true}
}}""",
            title="the same twice: nothing is lost, and one of them can go",
        ),
        Example(
            """{"Type": "Pass", "Result": {"retries": 1, «"retries"»: 2, «"retries"»: 1}, "End": true}""",
            title="the last counts, whatever the first says",
        ),
    )
    valid = (
        Example(
            """{"StartAt": "A", "States": {
  "A": {"Type": "Pass", "Parameters": {"x": 1}, "Next": "B"},
  "B": {"Type": "Pass", "Parameters": {"x": 1}, "End": true}
}}""",
            title="the same name in two objects",
        ),
        Example(
            """StartAt: A
States:
  A: &common {Type: Pass, Comment: common, Next: B}
  B:
    <<: *common
    Comment: its own
    Next: A
""",
            language="yaml",
            title="a merge key",
        ),
    )

    def check_document(self, document: Document) -> Iterable[Finding]:
        """Compare the keys of each object."""
        root = document.root
        seen: set[int] = set()
        stack: list[tuple[Node, str]] = [(root, "")] if root is not None else []
        while stack:
            node, name = stack.pop()
            if node.kind == ARRAY:
                stack.extend((item, "") for item in node.items)
            elif node.kind == OBJECT and id(node) not in seen:
                seen.add(id(node))  # an alias repeats the node
                stack.extend((value, str(key.value)) for key, value in node.members)
                yield from _duplicates(node, name == "States")


def _duplicates(node: Node, states: bool) -> Iterable[Finding]:
    first: dict[str, Node] = {}
    values: dict[str, str] = {}
    content = node.origin.content
    tags = node.tags()
    for at, (key, value) in enumerate(node.members):
        name = str(key.value)
        before = first.setdefault(name, key)
        written = content[value.start : value.end]
        # with the value before, which is the one that counts when this one is gone
        same = values.get(name) == written and value.start >= key.end
        values[name] = written
        if before is key or _is_splice(key) or bisect(tags, before.start) < bisect(tags, key.start):
            continue
        what = f"The state `{_short(name)}` is defined" if states else f"`{_short(name)}` stands"
        lost = "the other state is lost" if states else "the other value is lost"
        yield Finding(
            key,
            f"{what} twice in this object: readers keep the last one, and {lost} without a word.",
            cure="Remove one, or rename it.",
            related=[Related(before, "here before")],
            fix=_fix(node, key, at) if same else None,
        )


def _fix(node: Node, key: Node, at: int) -> Fix | None:
    """Return the fix that takes away a member that is there before, value and all."""
    edits = remove_member(node, key, at)
    return Fix("Remove the second of two that are the same", edits, safe=True) if edits else None


def _is_splice(key: Node) -> bool:
    """Whether a key is a placeholder without quotes, that stands for members of which nothing is known."""
    return key.whole_placeholder and key.style == "json" and not key.origin.content.startswith('"', key.start)


def _short(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:79]}…"
