"""What Step Functions can call: the lists of services, actions and patterns, loaded where they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from asllint.aws.data.optimized import (
    MADE,
    MAP_ONLY,
    PATTERNS,
    REFUSED_ACTIONS,
    REFUSED_SYNC,
    REFUSED_TOKEN,
    UNCERTAIN_TOKEN,
)
from asllint.aws.resource import AWS_SDK, CALLBACK, SYNC_2, Resource
from asllint.aws.resource import PATTERNS as SUFFIXES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DATE: Final = MADE
"""The day (ISO 8601) on which the data was gathered."""

SUPPORTED: Final = "supported"
REFUSED: Final = "refused"
UNLISTED: Final = "unlisted"


REQUIRED: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    # Request members whose absence AWS answers with "The field '…' is required but was missing" (measured with
    # ValidateStateMachineDefinition on 2026-09-05, cdk-preflight). More are required; of these it is recorded.
    ("lambda", "invoke"): ("FunctionName",),
    ("sqs", "sendMessage"): ("QueueUrl", "MessageBody"),
    ("sns", "publish"): ("Message",),
    ("dynamodb", "putItem"): ("TableName", "Item"),
    ("dynamodb", "getItem"): ("TableName", "Key"),
    ("states", "startExecution"): ("StateMachineArn",),
    ("events", "putEvents"): ("Entries",),
    ("ecs", "runTask"): ("TaskDefinition",),
    ("glue", "startJobRun"): ("JobName",),
}


def services() -> Sequence[str]:
    """Return the names of the optimized services, `http` among them."""
    return tuple(PATTERNS)


def actions(service: str) -> Sequence[str]:
    """Return the actions of an optimized service; () for one that is not known."""
    return tuple(PATTERNS.get(service, ()))


def patterns(service: str, action: str) -> Sequence[str]:
    """Return the patterns of an optimized integration, "request_response" among them; () for one that is not known."""
    return PATTERNS.get(service, {}).get(action, ())


def sdk_services() -> frozenset[str]:
    """Return the names of the services that `aws-sdk:` reaches."""
    from asllint.aws.data.sdk import SERVICES

    return SERVICES


def sdk_twin(service: str) -> str | None:
    """Return the name that an optimized service has behind `aws-sdk:`, where names have no hyphens; None for none."""
    from asllint.aws.data.sdk import NAMES, SERVICES

    name = NAMES.get(service, service)
    plain = name.replace("-", "").lower()
    return name if name in SERVICES else plain if plain in SERVICES else None


def sdk_alias(name: str) -> str | None:
    """Return the service that goes by another name elsewhere (`logs` is `cloudwatchlogs` behind `aws-sdk:`), or None."""
    from asllint.aws.data.sdk import ALIASES

    return ALIASES.get(name.lower())


def is_map_only(service: str, action: str) -> bool:
    """Whether only an ItemReader or a ResultWriter takes this action."""
    return action in MAP_ONLY.get(service, ())


def action_refused(service: str, action: str) -> bool:
    """Whether AWS has been seen to refuse this action of an optimized service, which the list does not have."""
    return action in REFUSED_ACTIONS.get(service, ())


def sdk_service_refused(service: str) -> bool:
    """Whether AWS has been seen to refuse this service behind `aws-sdk:`."""
    from asllint.aws.data.sdk import REFUSED_SERVICES

    return service in REFUSED_SERVICES


def sdk_action_refused(service: str, action: str) -> bool:
    """Whether AWS has been seen to refuse this action behind `aws-sdk:`."""
    from asllint.aws.data.sdk import REFUSED_SDK_ACTIONS

    return action in REFUSED_SDK_ACTIONS.get(service, ())


def recognized(resource: Resource) -> bool:
    """Whether service and action are known and in the lists (of an SDK call only the service is looked at)."""
    service = resource.service.literal if resource.service is not None else None
    action = resource.action.literal if resource.action is not None else None
    if service is None or action is None:
        return False
    if resource.kind == AWS_SDK:
        return service in sdk_services()
    return action in PATTERNS.get(service, {})


def recased(service: str, action: str, *, sdk: bool) -> str | None:
    """Return the action of a service that is known in other letters; None where it is known in these, or not at all.

    Behind `aws-sdk:` an action of a service whose actions are not in the data begins with a small letter at least.
    """
    known = actions(service)
    if sdk:
        from asllint.aws import shapes

        known = shapes.operations(service, sdk=True)
        if not known and service in sdk_services():
            known = (action[:1].lower() + action[1:],)
    if action in known:
        return None
    folded = action.lower()
    return next((name for name in known if name.lower() == folded), None)


def support(resource: Resource, pattern: str) -> str:
    """Say whether an integration can be called with a pattern ("sync", "sync:2", "waitForTaskToken").

    "supported"  the list has it, or may have it: parts that cannot be known, pages that contradict each other
    "refused"    AWS has been seen to refuse it
    "unlisted"   the list does not have it
    """
    service = resource.service.literal if resource.service is not None else None
    if resource.kind == AWS_SDK:
        return SUPPORTED if pattern == CALLBACK else REFUSED
    if service is None:
        return SUPPORTED
    if service in (REFUSED_TOKEN if pattern == CALLBACK else REFUSED_SYNC):
        return REFUSED
    if pattern == SYNC_2 and service != "states" and service in PATTERNS:
        return REFUSED
    if pattern == CALLBACK and service in UNCERTAIN_TOKEN:
        return SUPPORTED
    action = resource.action.literal if resource.action is not None else None
    listed = PATTERNS.get(service, {}).get(action or "")
    return SUPPORTED if listed is None or pattern in listed else UNLISTED


def suffixes(resource: Resource) -> Sequence[str]:
    """Return the suffixes that the list has for an integration, each with its dot; () for none and for unknown ones."""
    if resource.kind == AWS_SDK:
        return (f".{CALLBACK}",)
    service = resource.service.literal if resource.service is not None else None
    action = resource.action.literal if resource.action is not None else None
    listed = patterns(service or "", action or "")
    return tuple(f".{name}" for name in SUFFIXES if name in listed)
