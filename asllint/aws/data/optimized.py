# made by tools/build_integrations.py; do not edit
# fmt: off
# ruff: noqa
"""The optimized integrations: services, actions, patterns."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MADE: Final[str] = "2026-11-22"

PATTERNS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "lambda": {"invoke": ("request_response", "waitForTaskToken")},
    "sns": {"publish": ("request_response", "waitForTaskToken")},
    "sqs": {"sendMessage": ("request_response", "waitForTaskToken")},
    "dynamodb": {
        "getItem": ("request_response",),
        "putItem": ("request_response",),
        "deleteItem": ("request_response",),
        "updateItem": ("request_response",),
    },
    "batch": {"submitJob": ("request_response", "sync")},
    "ecs": {"runTask": ("request_response", "sync", "waitForTaskToken")},
    "glue": {"startJobRun": ("request_response", "sync")},
    "databrew": {"startJobRun": ("request_response", "sync")},
    "sagemaker": {
        "createTrainingJob": ("request_response", "sync"),
        "createTransformJob": ("request_response", "sync"),
        "createProcessingJob": ("request_response", "sync"),
        "createHyperParameterTuningJob": ("request_response", "sync"),
        "createLabelingJob": ("request_response", "sync"),
        "createModel": ("request_response",),
        "createEndpointConfig": ("request_response",),
        "createEndpoint": ("request_response",),
        "updateEndpoint": ("request_response",),
    },
    "elasticmapreduce": {
        "createCluster": ("request_response", "sync"),
        "setClusterTerminationProtection": ("request_response",),
        "terminateCluster": ("request_response", "sync"),
        "addStep": ("request_response", "sync"),
        "cancelStep": ("request_response",),
        "modifyInstanceFleetByName": ("request_response",),
        "modifyInstanceGroupByName": ("request_response",),
    },
    "emr-containers": {
        "createVirtualCluster": ("request_response",),
        "deleteVirtualCluster": ("request_response", "sync"),
        "startJobRun": ("request_response", "sync"),
    },
    "emr-serverless": {
        "createApplication": ("request_response", "sync"),
        "startApplication": ("request_response", "sync"),
        "stopApplication": ("request_response", "sync"),
        "deleteApplication": ("request_response", "sync"),
        "startJobRun": ("request_response", "sync"),
        "cancelJobRun": ("request_response", "sync"),
    },
    "eks": {
        "createCluster": ("request_response", "sync"),
        "deleteCluster": ("request_response", "sync"),
        "createFargateProfile": ("request_response", "sync"),
        "deleteFargateProfile": ("request_response", "sync"),
        "createNodegroup": ("request_response", "sync"),
        "deleteNodegroup": ("request_response", "sync"),
        "runJob": ("request_response", "sync"),
        "call": ("request_response",),
    },
    "codebuild": {
        "startBuild": ("request_response", "sync"),
        "stopBuild": ("request_response",),
        "batchDeleteBuilds": ("request_response",),
        "batchGetReports": ("request_response",),
        "startBuildBatch": ("request_response", "sync"),
        "stopBuildBatch": ("request_response",),
        "retryBuildBatch": ("request_response", "sync"),
        "deleteBuildBatch": ("request_response",),
    },
    "athena": {
        "startQueryExecution": ("request_response", "sync"),
        "stopQueryExecution": ("request_response",),
        "getQueryExecution": ("request_response",),
        "getQueryResults": ("request_response",),
    },
    "apigateway": {"invoke": ("request_response", "waitForTaskToken")},
    "events": {"putEvents": ("request_response", "waitForTaskToken")},
    "mediaconvert": {"createJob": ("request_response", "sync")},
    "bedrock": {"invokeModel": ("request_response",), "createModelCustomizationJob": ("request_response", "sync")},
    "bedrockagentcore": {"invokeHarness": ("request_response",)},
    "states": {"startExecution": ("request_response", "sync", "sync:2", "waitForTaskToken")},
    "http": {"invoke": ("request_response",)},
}

UNCERTAIN_TOKEN: Final[frozenset[str]] = frozenset(("bedrock", "eks"))

REFUSED_SYNC: Final[frozenset[str]] = frozenset(("apigateway", "aws-sdk", "bedrockagentcore", "dynamodb", "events", "lambda", "sns", "sqs"))

REFUSED_TOKEN: Final[frozenset[str]] = frozenset((
    "athena",
    "batch",
    "bedrockagentcore",
    "codebuild",
    "databrew",
    "dynamodb",
    "elasticmapreduce",
    "emr-containers",
    "emr-serverless",
    "glue",
    "mediaconvert",
    "sagemaker",
))

REFUSED_ACTIONS: Final[dict[str, tuple[str, ...]]] = {"dynamodb": ("query",)}

MAP_ONLY: Final[dict[str, tuple[str, ...]]] = {"s3": ("getObject", "listObjectsV2", "putObject")}
