"""What the names of the errors look like that a Task raises, by its Resource.

Names are compared letter by letter (developer guide, "Handling errors", "Error names"). A service raises names of the form
``Prefix.Name``. Of an AWS SDK integration the prefix is that of its row in the developer guide ("Supported AWS SDK
integrations"); an optimized integration has one of its own, that may differ in letter case: `DynamoDB.` here, `DynamoDb.` there
(seen in recorded executions). Where a worker, a function or a child names the error, any name may come.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ANY: Final = ""
"""Stands for every name that does not begin with ``States.``."""
STATES: Final = "States."
"""Stands for every name that does, as every name with a dot at its end stands for those that begin with it."""

ANYTHING: Final = frozenset((ANY, STATES))

OPTIMIZED: Final[dict[str, tuple[str, ...]]] = {
    # Service: the prefixes of its errors (pages of the developer guide on each service, recorded executions, definitions in
    # use). Of a service that is not here none is known.
    "apigateway": ("ApiGateway.",),
    "athena": ("Athena.",),
    "batch": ("Batch.",),
    "bedrock": ("Bedrock.",),
    "bedrockagentcore": ("BedrockAgentCore.",),
    "codebuild": ("CodeBuild.",),
    "dynamodb": ("DynamoDB.",),
    "ecs": ("ECS.", "AmazonECS."),
    "events": ("EventBridge.",),
    "glue": ("Glue.",),
    "http": ("States.Http.", "Events."),
    "sagemaker": ("SageMaker.",),
    "sns": ("SNS.",),
    "sqs": ("SQS.",),
}

LAMBDA: Final = frozenset(
    # What calling a function can raise (Lambda API, Invoke; developer guide, "Handle Lambda service exceptions").
    f"Lambda.{name}"
    for name in (
        "AWSLambdaException", "ClientExecutionTimeoutException", "CodeArtifactUserDeletedException",
        "CodeArtifactUserFailedException", "CodeArtifactUserPendingException", "CodeStorageExceededException",
        "EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException", "EFSIOException",
        "EFSMountConnectivityException", "EFSMountFailureException", "EFSMountTimeoutException", "ENILimitReachedException",
        "ENINotReadyException", "InvalidParameterValueException", "InvalidRequestContentException",
        "InvalidRuntimeException", "InvalidSecurityGroupIDException", "InvalidSubnetIDException",
        "InvalidZipFileException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException",
        "KMSNotFoundException", "RecursiveInvocationException", "RequestTooLargeException", "ResourceConflictException",
        "ResourceNotFoundException", "ResourceNotReadyException", "SdkClientException", "ServiceException",
        "SnapStartException", "SnapStartNotReadyException", "SnapStartTimeoutException",
        "SubnetIPAddressLimitReachedException", "TimeoutException", "TooManyRequestsException", "Unknown",
        "UnsupportedMediaTypeException",
    )
)  # fmt: skip

_ANY_NAME: Final = frozenset((ANY,))
_INTEGRATION = ":states:::"


def raised(resource: str) -> frozenset[str]:
    """Return what the names of the errors look like that a Task raises by calling a Resource in which nothing is hidden.

    A text that ends in a dot stands for the names that begin with it; ANY for every name but those of Step Functions' own,
    ``States.…``, which are left out here unless a worker can raise them, too.
    """
    if _INTEGRATION not in resource:
        if resource.startswith("arn:") and ":lambda:" in resource and ":function:" in resource:
            return _ANY_NAME
        return ANYTHING
    rest = resource.partition(_INTEGRATION)[2]
    if rest.endswith(".waitForTaskToken"):
        return ANYTHING
    service, _, action = rest.partition(":")
    if service == "aws-sdk":
        prefix = sdk_prefix(action.partition(":")[0])
        return _ANY_NAME if prefix is None else frozenset((f"{prefix}.",))
    prefixes = OPTIMIZED.get(service)
    return _ANY_NAME if prefixes is None else frozenset(prefixes)


def sdk_prefix(service: str) -> str | None:
    """Return what the errors of a service of an AWS SDK integration begin with, without the dot; None for an unknown one."""
    from asllint.aws.data.errors import PREFIXES

    return PREFIXES.get(service)


def matches(forms: frozenset[str], name: str) -> bool:
    """Whether a name is among those that the forms stand for."""
    if name in forms:
        return True
    first, dot, rest = name.partition(".")
    if first + dot in forms and dot:
        return True
    if first + dot == STATES:
        return rest.startswith("Http.") and "States.Http." in forms
    return ANY in forms
