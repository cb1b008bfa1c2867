"""What a Task that calls an integration gets back, as a shape.

The result of a request is the response of the API, its names written as those of the request are. With `.sync` it is what the
API tells of the job when it has ended. With `.waitForTaskToken` it is what is sent with the token: it can be anything.
"""

from __future__ import annotations

from asllint.aws import shapes
from asllint.aws.resource import REQUEST_RESPONSE, SYNC, SYNC_2, Resource
from asllint.aws.shapes import Shape


def output(resource: Resource) -> Shape | None:
    """Return what a Task with this Resource gets back: a structure; None where that is not known.

    Of the members that it has, any may be missing from a result; others are only there when the API is newer than the data.
    Timestamps come as numbers or as text. Not known: what is no integration, a pattern that a placeholder hides, the result of
    a token, an API that the data has not, `.sync` of an integration whose result AWS does not describe.
    """
    operation = shapes.operation(resource)
    pattern = resource.pattern_name
    if operation is None or not operation.supported:
        return None
    if pattern == REQUEST_RESPONSE:
        # what an optimized integration makes of an empty response is not known
        return operation.output if operation.sdk or operation.output.members else None
    if pattern == SYNC:
        return operation.sync_output
    return operation.sync_2_output if pattern == SYNC_2 else None
