"""The services of the AWS SDK integrations: those of FACTS.yaml, with what AWS's list says since.

The list is "Supported AWS SDK service integrations" in the developer guide, the days are those of its "Service integrations
release history". A change that FACTS.yaml has by now changes nothing, and can go from here.
"""

from __future__ import annotations

from typing import Any

# 18 August 2026. The prefix of the errors; the folder of the model in botocore; the prefix of the IAM actions where it is
# another than the name (the `signingName` of the model; the actions are in the service authorization reference).
ADDED = {
    "lambdacore": {"prefix": "LambdaCore", "botocore": "lambda-core", "iam": "lambda"},
    "lambdamicrovms": {"prefix": "LambdaMicrovms", "botocore": "lambda-microvms", "iam": "lambda"},
    "partnercentralrevenuemeasurement": {
        "prefix": "PartnerCentralRevenueMeasurement",
        "botocore": "partnercentral-revenue-measurement",
        "iam": "partnercentral",
    },
    "resiliencehubv2": {"prefix": "Resiliencehubv2", "botocore": "resiliencehubv2", "iam": "resiliencehub"},
    "sagemakerjobruntime": {"prefix": "SagemakerJobRuntime", "botocore": "sagemakerjobruntime", "iam": "sagemaker"},
    "supportauthz": {"prefix": "SupportAuthz", "botocore": "supportauthz"},
}
REMOVED = ("honeycode", "inspector", "iotfleethub")  # 18 August 2026
UNSUPPORTED = {"bedrockagentruntime": ("AgenticRetrieveStream",)}  # beside those in FACTS.yaml


def supported(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is known of each service that AWS's list has, by its name behind `aws-sdk:`."""
    out = {name: entry for name, entry in (ADDED | facts["aws_sdk"]["services"]).items() if name not in REMOVED}
    for name, operations in UNSUPPORTED.items():
        out[name] = {**out[name], "unsupported": sorted({*out[name].get("unsupported", ()), *operations})}
    return out
