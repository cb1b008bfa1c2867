"""What becomes of a text in the request of a Task: whether the service that is called may evaluate it as a path itself.

There is no such mark in the models of the APIs. What is known: EventBridge evaluates paths in what it gives its targets, and
Pipes in all texts of enrichments and targets (EventBridge user guide, "Dynamic path parameters"); CloudWatch Logs in what metric
filters make; SageMaker in the filters of batch transform and in the attributes of monitors; flows of Bedrock in `Expression`
(guides of these services). Elsewhere the names of members tell: `JsonPath`, `Mapping`, `FilterPattern`.
"""

from __future__ import annotations

from functools import lru_cache

from asllint.aws import resource as arns
from asllint.aws import shapes
from asllint.model.expressions import Expression
from asllint.source.node import ARRAY, OBJECT, Node
from asllint.source.patterns import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from asllint.aws.shapes import Shape

PLAIN: Final = "plain"
"""The service takes the text as it stands, and has no use for a path; or nothing is called."""
OWN: Final = "own"
"""It is in data that the author's own code gets, or that is stored: what it is for is not known."""
EVALUATED: Final = "evaluated"
"""The service evaluates it, or may."""

_PATHS: Final = late(
    r"JsonPath|PathsMap$|^(Input|Result|Filter|RecordRow)Path$|(Filter|Pattern|Mapping|Selector)$|Transformer$"
)
"""What members are called that take paths, or hold those that do."""
_OF_SERVICES: Final = {
    "bedrockagent": late(r"^Expression$"),
    "cloudwatchlogs": late(r"^MetricTransformations$"),
    "eventbridge": late(r"^Targets$"),
    "pipes": late(r"^(Source|Enrichment|Target)Parameters$"),
    "sagemaker": late(r"Attribute$"),
}
"""The same of single services."""

_FREE: Final = (shapes.ANY, shapes.STRING, shapes.BLOB)
_FIELDS: Final = ("Parameters", "Arguments")


def fate(expression: Expression) -> str:
    """Return PLAIN, OWN or EVALUATED."""
    state, field = expression.state, expression.field
    node = state.node.get("Resource") if state.type == "Task" and field in _FIELDS else None
    if node is None or expression.value is not state.node.get(field):
        return PLAIN
    if not expression.text.startswith("$") or expression.text.startswith("$$"):
        return PLAIN  # intrinsic functions, and the context object, are Step Functions' own
    resource = arns.parse(node)
    if resource is None or resource.kind not in arns.INTEGRATIONS or resource.service is None:
        return OWN  # a function, or a worker
    steps = _places(expression.value).get(id(expression.node), ())
    own = _OF_SERVICES.get(resource.service.text)
    operation = shapes.operation(resource)
    shape: Shape | None = operation.input if operation is not None and operation.supported else None
    for i, step in enumerate(steps):
        if _PATHS.search(step) or (own is not None and own.search(step)):
            return EVALUATED
        if shape is None:
            continue
        below = shape.get(step) if step else shape.item if shape.kind == shapes.LIST else None
        if below is not None and i < len(steps) - 1 and below.kind in _FREE:
            return OWN  # it is sent as JSON
        shape = below
    stored = resource.service.text == "dynamodb" and steps[-1:] == ("S",)
    return OWN if stored else PLAIN


@lru_cache(maxsize=1)
def _places(template: Node) -> dict[int, tuple[str, ...]]:
    """Return the way to each value in a template, by its identity: names without `.$`, "" for items."""
    out: dict[int, tuple[str, ...]] = {}
    stack: list[tuple[Node, tuple[str, ...]]] = [(template, ())]
    while stack:
        node, way = stack.pop()
        out[id(node)] = way
        if node.kind == OBJECT:
            stack.extend((child, (*way, str(key.value).removesuffix(".$"))) for key, child in node.members)
        elif node.kind == ARRAY:
            stack.extend((item, (*way, "")) for item in node.items)
    return out
