"""The Resource of a Task, read part by part."""

from __future__ import annotations

import re
from functools import lru_cache

from asllint.source.node import STRING, Node, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

LAMBDA: Final = "lambda"
ACTIVITY: Final = "activity"
OPTIMIZED: Final = "optimized"
AWS_SDK: Final = "aws-sdk"
HTTP: Final = "http"
UNKNOWN_ARN: Final = "unknown-arn"
NOT_AN_ARN: Final = "not-an-arn"

INTEGRATIONS: Final = (OPTIMIZED, AWS_SDK, HTTP)
"""The kinds whose ARN has the form ``arn:PARTITION:states:::…``."""

REQUEST_RESPONSE: Final = "request_response"
SYNC: Final = "sync"
SYNC_2: Final = "sync:2"
CALLBACK: Final = "waitForTaskToken"
PATTERNS: Final = (SYNC, SYNC_2, CALLBACK)
"""The suffixes of an action; without one the pattern is request_response."""

_PREFIX = "arn:"
_PARTITION = re.compile(r"aws(-[a-z0-9]+)*")


class Part:
    """A piece of the ARN: its text, its span in the decoded string, and whether no placeholder stands in it."""

    __slots__ = ("end", "known", "start", "text")

    def __init__(self, text: str, start: int, end: int, known: bool) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.known = known

    def __repr__(self) -> str:
        return f"<{self.text!r} {self.start}-{self.end}{'' if self.known else ' ?'}>"

    @property
    def literal(self) -> str | None:
        """The text, or None where a placeholder stands in it."""
        return self.text if self.known else None


class Resource:
    """A Resource.

    kind       "lambda" (a function, version or alias), "activity", "optimized", "aws-sdk", "http", "unknown-arn" (an ARN
               of something else, or one whose kind a placeholder hides) or "not-an-arn"
    partition  of every ARN; None for "not-an-arn"
    service    of an integration: the optimized service, the service of the SDK, "http"; of any other ARN its third part;
               None where the text ends before it
    action     of an integration: without the pattern; of any other ARN what stands behind its fifth colon ("function:f")
    pattern    the suffix behind the first dot of the action, without the dot; None where there is none
    hidden     a placeholder at the end of the action may bring a pattern with it
    """

    __slots__ = ("action", "hidden", "kind", "node", "partition", "pattern", "service")

    def __init__(self, node: Node, read: _Read) -> None:
        self.node = node
        self.kind = read.kind
        self.partition = read.partition
        self.service = read.service
        self.action = read.action
        self.pattern = read.pattern
        self.hidden = read.hidden

    def __repr__(self) -> str:
        return f"<{self.kind} {self.partition} {self.service} {self.action} {self.pattern}>"

    @property
    def pattern_name(self) -> str | None:
        """How Step Functions calls: "request_response", "sync", "sync:2", "waitForTaskToken", or the suffix as written.

        None where a placeholder hides it, and for what is no integration.
        """
        if self.kind not in INTEGRATIONS or self.hidden:
            return None
        return REQUEST_RESPONSE if self.pattern is None else self.pattern.literal

    @property
    def good_partition(self) -> bool:
        """Whether the partition has the form of one (``aws``, ``aws-cn``, ``aws-us-gov`` …) or cannot be known."""
        part = self.partition
        return part is None or not part.known or _PARTITION.fullmatch(part.text) is not None

    def span(self, part: Part) -> Span:
        """Return the span of a part in the text that the Resource was read from."""
        return self.node.span_in(part.start, part.end)


class _Read:
    """What a text says, wherever it stands: the fields of a Resource without its node."""

    __slots__ = ("action", "hidden", "kind", "partition", "pattern", "service")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.partition: Part | None = None
        self.service: Part | None = None
        self.action: Part | None = None
        self.pattern: Part | None = None
        self.hidden = False


def parse(node: Node) -> Resource | None:
    """Read a Resource. None where nothing can be said: no string, or a placeholder stands where the ARN begins."""
    text = node.text
    if node.kind != STRING or text is None:
        return None
    read = _read(text, node.holes)
    return Resource(node, read) if read is not None else None


@lru_cache(maxsize=256)  # many rules ask for the same few
def _read(text: str, holes: tuple[Span, ...]) -> _Read | None:
    first = min((start for start, _ in holes), default=len(text))
    if not text.startswith(_PREFIX) or first < len(_PREFIX):
        hidden = first < len(text) and _PREFIX.startswith(text[:first])
        return None if hidden else _Read(NOT_AN_ARN)
    parts = _split(holes, text)
    resource = _Read(UNKNOWN_ARN)
    resource.partition = parts[1]
    if len(parts) < 3:
        return resource
    resource.service = parts[2]
    if len(parts) < 6:
        return resource
    kind = parts[5].literal
    if parts[2].literal == "states" and not parts[3].text and not parts[4].text:
        _integration(resource, holes, text, parts)
        return resource
    resource.action = _part(holes, text, parts[5].start, len(text))
    if parts[2].literal == "lambda" and kind == "function":
        resource.kind = LAMBDA
    elif parts[2].literal == "states" and kind == "activity":
        resource.kind = ACTIVITY
    return resource


def _integration(resource: _Read, holes: tuple[Span, ...], text: str, parts: list[Part]) -> None:
    """Read what stands behind ``arn:PARTITION:states:::``."""
    resource.service, rest = parts[5], parts[6:]
    resource.kind = OPTIMIZED
    if parts[5].literal == "aws-sdk":
        resource.kind = AWS_SDK
        resource.service, rest = (parts[6], parts[7:]) if len(parts) > 6 else (None, [])
    elif parts[5].literal == "http":
        resource.kind = HTTP
    if not rest:
        # a placeholder for the service may hold the action too
        resource.hidden = resource.service is not None and not resource.service.known
        return
    start = rest[0].start
    at = start
    for hole_start, hole_end in (*holes, (len(text), len(text))):
        if hole_end <= start:
            continue
        dot = text.find(".", at, max(hole_start, at))
        if dot >= 0:
            resource.action = _part(holes, text, start, dot)
            resource.pattern = _part(holes, text, dot + 1, len(text))
            return
        at = hole_end
    resource.action = _part(holes, text, start, len(text))
    resource.hidden = any(end == len(text) for _, end in holes)


def _split(holes: tuple[Span, ...], text: str) -> list[Part]:
    """Split at the colons that stand in no placeholder."""
    parts = []
    start = at = 0
    for hole_start, hole_end in (*holes, (len(text), len(text))):
        while at <= hole_start:
            colon = text.find(":", at, hole_start)
            if colon < 0:
                break
            parts.append(_part(holes, text, start, colon))
            start = at = colon + 1
        at = max(at, hole_end)
    parts.append(_part(holes, text, start, len(text)))
    return parts


def _part(holes: tuple[Span, ...], text: str, start: int, end: int) -> Part:
    known = not any(hole_start < end and hole_end > start for hole_start, hole_end in holes)
    return Part(text[start:end], start, end, known)
