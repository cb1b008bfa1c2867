"""What the names of the errors look like that a Task raises, by its Resource.

Names are compared letter by letter (developer guide, "Handling errors", "Error names"). A service raises names of the form
``Prefix.Name``. Of an AWS SDK integration the prefix is that of its row in the developer guide ("Supported AWS SDK
integrations"); an optimized integration has one of its own, that may differ in letter case: `DynamoDB.` here, `DynamoDb.` there
(seen in recorded executions). Where a worker, a function or a child names the error, any name may come.

Which names stand behind the prefix is known in part (`asllint.aws.shapes.Operation.errors`): services raise more than their
models say, and what is common to all of them stands in none. So a name is held to be wrong only if it is nearly a known one.
"""

from __future__ import annotations

from functools import lru_cache

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


COMMON: Final = frozenset(
    # What every service can raise, and the names of their general errors; none of these is looked up.
    (
        "AccessDenied", "AccessDeniedException", "AWSBatchException", "AWSCodeBuildException", "AWSGlueException",
        "AmazonAthenaException", "AmazonDynamoDBException", "AmazonECSException", "AmazonSNSException", "AmazonSQSException",
        "AmazonSageMakerException", "ClientException", "ConditionalCheckFailedException", "ConflictException",
        "ExpiredTokenException", "InternalFailureException", "InternalServerErrorException", "InternalServerException",
        "InternalServiceException", "InvalidParameterException", "InvalidRequestException", "LimitExceededException",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestLimitExceededException",
        "RequestTimeoutException", "ResourceInUseException", "ResourceLimitExceededException", "ResourceNotFoundException",
        "SdkClientException", "SdkException", "ServerException", "ServiceException", "ServiceQuotaExceededException",
        "ServiceUnavailable", "ServiceUnavailableException", "ThrottledException", "Throttling", "ThrottlingException",
        "TimeoutException", "TooManyRequestsException", "Unknown", "UnrecognizedClientException", "ValidationException",
    )
)  # fmt: skip

_SURE: Final = ("StepFunctions", "EKS")
"""Prefixes of optimized integrations whose errors may have others, too, but none that differ from them in letter case alone."""

_LEAST: Final = 8
"""Letters of a name, without its prefix and without "Exception", from which on two of them may be wrong; of a shorter name one
letter of the whole."""


def meant(resource: str, name: str) -> str | None:
    """Return the error of a Resource that a name nearly is; None for a right name, and where nothing known is called nearly so.

    Nearly: in other letter case, without "Exception" at its end, or with at most two wrong letters. How abbreviations are
    written (`KMS`, `Kms`) is not looked at.
    """
    prefix, dot, core = name.partition(".")
    _, arn, called = resource.partition(_INTEGRATION)
    if not dot or not arn or core in COMMON or called.endswith(".waitForTaskToken"):
        return None
    service, _, action = called.partition(":")
    sdk = service == "aws-sdk"
    if sdk:
        service, _, action = action.partition(":")
    mine = (
        [sdk_prefix(service) or ""]
        if sdk
        else [form[:-1] for form in OPTIMIZED.get(service, ()) if form != "States.Http."]
    )
    if mine and prefix not in mine:
        return None  # `raised` tells that
    from asllint.aws import shapes

    operation = shapes.find(service, action.partition(".")[0], sdk=sdk)
    if operation is None:
        return None
    if not mine and prefix != operation.prefix:
        wrong = prefix.lower() == operation.prefix.lower() and operation.prefix in _SURE
        return f"{operation.prefix}.{core}" if wrong else None
    known = {error.removeprefix(f"{prefix}.") for error in operation.errors if error.startswith(f"{prefix}.")}
    if core in known:
        return None
    near = _near(core, known, f"{prefix}Exception")
    if near is None:
        return None
    others = (shapes.find(service, other, sdk=sdk) for other in shapes.operations(service, sdk=sdk))
    if any(name in other.errors for other in others if other is not None and other.supported):
        return None  # the service has both
    return f"{prefix}.{near}"


def known(resource: str, name: str) -> str | None:
    """Return the error of a Resource's service that a name without its prefix stands for; None where none is known.

    "Exception" may be missing at its end.
    """
    service, _, action = resource.partition(_INTEGRATION)[2].partition(":")
    sdk = service == "aws-sdk"
    if sdk:
        service = action.partition(":")[0]
    names = _raised(service, sdk)
    return next((full for full in (name, f"{name}Exception") if full in names or full in COMMON), None)


@lru_cache(maxsize=16)
def _raised(service: str, sdk: bool) -> frozenset[str]:
    """Return the errors of all operations of a service, without its prefix."""
    from asllint.aws import shapes

    each = (shapes.find(service, action, sdk=sdk) for action in shapes.operations(service, sdk=sdk))
    return frozenset(
        error.partition(".")[2] for found in each if found is not None and found.supported for error in found.errors
    )


def _near(name: str, known: set[str], general: str) -> str | None:
    lower, words = name.lower(), _words(name)
    for candidate in sorted(known):
        if candidate.lower() == lower and (candidate == general or _words(candidate) != words):
            return candidate
    if any(_words(candidate) == words for candidate in known):
        return None
    if f"{name}Exception" in known:
        return f"{name}Exception"
    short = lower.removesuffix("exception")
    most = 2 if len(short) >= _LEAST else 1 if len(lower) > _LEAST else 0
    close = [c for c in sorted(known) if _distance(lower, c.lower()) <= most]
    return close[0] if len(close) == 1 else None


def _words(name: str) -> list[str]:
    """Return the words of a name in small letters: KMSKeyId and KmsKeyId have the same."""
    import re

    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|.", name)]


def _distance(a: str, b: str) -> int:
    """Return how many letters are to be added, left out or changed to make one text of the other; of more than two, any more."""
    if abs(len(a) - len(b)) > 2:
        return 3
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
