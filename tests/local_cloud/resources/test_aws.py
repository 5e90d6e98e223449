from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pulumi import FileAsset

from local_cloud.aws_account.account import AwsAccount
from local_cloud.errors import ResourceError
from local_cloud.resources import Registry
from tests.local_cloud.resources.test_snowflake import RecordingDoor

BUCKET = "aws:s3/bucket:Bucket"
NAME = "landing-zone"


@pytest.fixture
def aws() -> Iterator[AwsAccount]:
    with AwsAccount() as account:
        yield account


@pytest.fixture
def registry(aws: AwsAccount) -> Registry:
    return Registry(aws, RecordingDoor())


@pytest.fixture
def s3(aws: AwsAccount, registry: Registry) -> Any:
    registry.create(BUCKET, {"bucket": NAME, "tags": {"b": "2", "a": "1"}})
    return aws.client("s3")


def setting(name: str) -> str:
    return f"aws:s3/bucket{name}:Bucket{name}"


def test_a_bucket_has_the_outputs_that_a_program_reads(aws: AwsAccount, registry: Registry) -> None:
    id_, outputs = registry.create(BUCKET, {"bucket": NAME, "forceDestroy": True})
    assert id_ == NAME
    assert outputs["arn"] == f"arn:aws:s3:::{NAME}"
    assert outputs["bucketRegionalDomainName"] == f"{NAME}.s3.eu-west-1.amazonaws.com"
    assert (outputs["bucket"], outputs["forceDestroy"]) == (NAME, True)
    assert aws.client("s3").get_bucket_location(Bucket=NAME)["LocationConstraint"] == "eu-west-1"


def test_a_bucket_in_us_east_1_is_made_without_a_location() -> None:
    with AwsAccount(region="us-east-1") as aws:
        Registry(aws, RecordingDoor()).create(BUCKET, {"bucket": NAME})
        assert aws.client("s3").head_bucket(Bucket=NAME)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_bucket_has_its_tags(s3: Any) -> None:
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert s3.get_bucket_tagging(Bucket=NAME)["TagSet"] == tags


SETTINGS: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "PublicAccessBlock": (
        {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True},
        "get_public_access_block",
        {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            }
        },
    ),
    "OwnershipControls": (
        {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        "get_bucket_ownership_controls",
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    ),
    "Policy": ({"policy": '{"Statement": []}'}, "get_bucket_policy", {"Policy": '{"Statement": []}'}),
    "ServerSideEncryptionConfiguration": (
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "key"}}]},
        "get_bucket_encryption",
        {
            "ServerSideEncryptionConfiguration": {
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"},
                        "BucketKeyEnabled": False,
                    }
                ]
            }
        },
    ),
    "LifecycleConfiguration": (
        {
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": "a/"},
                    "noncurrentVersionExpiration": {"noncurrentDays": 30},
                    "transitions": [{"days": 90, "storageClass": "GLACIER"}],
                }
            ]
        },
        "get_bucket_lifecycle_configuration",
        {
            "Rules": [
                {
                    "ID": "old",
                    "Status": "Enabled",
                    "Filter": {"Prefix": "a/"},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                    "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
                }
            ]
        },
    ),
}


@pytest.mark.parametrize(("name", "case"), SETTINGS.items(), ids=SETTINGS)
def test_a_buckets_setting_is_put_and_removed(
    registry: Registry, s3: Any, name: str, case: tuple[dict[str, Any], str, dict[str, Any]]
) -> None:
    inputs, read, expected = case
    id_, outputs = registry.create(setting(name), {"bucket": NAME, **inputs})
    answer = getattr(s3, read)(Bucket=NAME)
    assert {key: answer[key] for key in expected} == expected
    registry.delete(setting(name), id_, outputs)
    with pytest.raises(ClientError, match=r"NoSuch|NotFound"):
        getattr(s3, read)(Bucket=NAME)


def test_versioning_is_switched_on_and_at_the_end_suspended(registry: Registry, s3: Any) -> None:
    inputs = {"bucket": NAME, "versioningConfiguration": {"status": "Enabled"}}
    id_, outputs = registry.create(setting("Versioning"), inputs)
    assert s3.get_bucket_versioning(Bucket=NAME)["Status"] == "Enabled"
    registry.delete(setting("Versioning"), id_, outputs)
    assert s3.get_bucket_versioning(Bucket=NAME)["Status"] == "Suspended"


def test_the_notification_has_its_queues_and_removing_it_leaves_none(
    registry: Registry, s3: Any, aws: AwsAccount
) -> None:
    aws.client("sqs").create_queue(QueueName="events")
    arn = f"arn:aws:sqs:eu-west-1:{aws.account_id}:events"
    queues = [
        {"id": "A", "queueArn": arn, "events": ["s3:ObjectCreated:*"], "filterPrefix": "a/", "filterSuffix": ".csv"},
        {"queueArn": arn, "events": ["s3:ObjectRemoved:*"]},
    ]
    id_, outputs = registry.create(setting("Notification"), {"bucket": NAME, "queues": queues})
    first, second = s3.get_bucket_notification_configuration(Bucket=NAME)["QueueConfigurations"]
    assert (first["Id"], first["QueueArn"], first["Events"]) == ("A", arn, ["s3:ObjectCreated:*"])
    rules = {rule["Name"].lower(): rule["Value"] for rule in first["Filter"]["Key"]["FilterRules"]}
    assert rules == {"prefix": "a/", "suffix": ".csv"}
    assert "Filter" not in second
    registry.delete(setting("Notification"), id_, outputs)
    assert "QueueConfigurations" not in s3.get_bucket_notification_configuration(Bucket=NAME)


def test_the_notification_can_tell_a_topic_and_eventbridge(registry: Registry, s3: Any, aws: AwsAccount) -> None:
    topic = aws.client("sns").create_topic(Name="files")["TopicArn"]
    publish = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish"}
    registry.create("aws:sns/topicPolicy:TopicPolicy", {"arn": topic, "policy": json.dumps({"Statement": [publish]})})
    inputs = {"bucket": NAME, "topics": [{"topicArn": topic, "events": ["s3:ObjectCreated:*"]}], "eventbridge": True}
    id_, outputs = registry.create(setting("Notification"), inputs)
    found = s3.get_bucket_notification_configuration(Bucket=NAME)
    assert [entry["TopicArn"] for entry in found["TopicConfigurations"]] == [topic]
    assert "EventBridgeConfiguration" in found
    registry.delete(setting("Notification"), id_, outputs)
    left = s3.get_bucket_notification_configuration(Bucket=NAME)
    assert not left.keys() & {"TopicConfigurations", "EventBridgeConfiguration"}


def test_the_access_log_goes_to_another_bucket_until_it_is_removed(registry: Registry, s3: Any) -> None:
    registry.create(BUCKET, {"bucket": "logs-of-all"})
    s3.put_bucket_policy(
        Bucket="logs-of-all",
        Policy=json.dumps(
            {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "logging.s3.amazonaws.com"},
                        "Action": "s3:PutObject",
                        "Resource": "arn:aws:s3:::logs-of-all/*",
                    }
                ]
            }
        ),
    )
    inputs = {"bucket": NAME, "targetBucket": "logs-of-all", "targetPrefix": "landing/"}
    id_, outputs = registry.create(setting("Logging"), inputs)
    logging = s3.get_bucket_logging(Bucket=NAME)["LoggingEnabled"]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == ("logs-of-all", "landing/")
    registry.delete(setting("Logging"), id_, outputs)
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=NAME)


OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def test_a_file_becomes_an_object_and_all_its_versions_go_with_it(registry: Registry, s3: Any, tmp_path: Path) -> None:
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    (tmp_path / "file.csv").write_bytes(b"a\r\n")
    s3.put_object(Bucket=NAME, Key="a/file.csv", Body=b"an earlier version")
    s3.put_object(Bucket=NAME, Key="a/file.csv.bak", Body=b"of somebody else")
    inputs = {"bucket": NAME, "key": "a/file.csv", "source": FileAsset(str(tmp_path / "file.csv"))}
    id_, outputs = registry.create(OBJECT, inputs)
    answer = s3.get_object(Bucket=NAME, Key="a/file.csv")
    assert (answer["Body"].read(), answer["VersionId"]) == (b"a\r\n", outputs["versionId"])
    assert answer["ETag"] == f'"{outputs["etag"]}"'
    registry.delete(OBJECT, id_, outputs)
    assert [entry["Key"] for entry in s3.list_object_versions(Bucket=NAME)["Versions"]] == ["a/file.csv.bak"]


def test_a_text_becomes_an_object_with_its_content_type(registry: Registry, s3: Any) -> None:
    registry.create(OBJECT, {"bucket": NAME, "key": "k", "content": "tëxt", "contentType": "text/csv"})
    answer = s3.get_object(Bucket=NAME, Key="k")
    assert (answer["Body"].read().decode(), answer["ContentType"]) == ("tëxt", "text/csv")


@pytest.mark.usefixtures("s3")
def test_an_object_without_content_is_refused(registry: Registry) -> None:
    with pytest.raises(ResourceError, match="needs a source that is a FileAsset, or content"):
        registry.create(OBJECT, {"bucket": NAME, "key": "k"})


def test_a_bucket_with_objects_goes_only_by_force(registry: Registry, s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        s3.put_object(Bucket=NAME, Key="k", Body=b"x")
    s3.delete_object(Bucket=NAME, Key="k")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        registry.delete(BUCKET, NAME, {"bucket": NAME, "forceDestroy": False})
    registry.delete(BUCKET, NAME, {"bucket": NAME, "forceDestroy": True})
    assert s3.list_buckets()["Buckets"] == []


def test_a_role_and_its_policy_are_made_and_removed(registry: Registry, aws: AwsAccount) -> None:
    iam, role, policy = aws.client("iam"), "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    inputs = {"name": "reader", "assumeRolePolicy": trust, "description": "reads", "tags": {"a": "1"}}
    role_id, outputs = registry.create(role, inputs)
    assert outputs["arn"] == f"arn:aws:iam::{aws.account_id}:role/reader"
    made = iam.get_role(RoleName="reader")["Role"]
    assert (made["Description"], made["Tags"]) == ("reads", [{"Key": "a", "Value": "1"}])
    read = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::landing/*"}
    access = json.dumps({"Version": "2012-10-17", "Statement": [read]})
    policy_id, policy_outputs = registry.create(policy, {"role": "reader", "name": "p", "policy": access})
    assert policy_id == "reader:p"
    assert iam.get_role_policy(RoleName="reader", PolicyName="p")["PolicyDocument"] == json.loads(access)
    registry.delete(policy, policy_id, policy_outputs)
    registry.delete(role, role_id, outputs)
    assert iam.list_roles()["Roles"] == []


def test_a_topic_its_policy_and_its_subscriptions_are_made_and_removed(registry: Registry, aws: AwsAccount) -> None:
    sns = aws.client("sns")
    inputs = {"name": "alerts", "kmsMasterKeyId": "alias/aws/sns", "tags": {"stack": "dev"}}
    topic, made = registry.create("aws:sns/topic:Topic", inputs)
    assert made["arn"] == topic == f"arn:aws:sns:eu-west-1:{aws.account_id}:alerts"
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "stack", "Value": "dev"}]

    policy, policed = registry.create("aws:sns/topicPolicy:TopicPolicy", {"arn": topic, "policy": '{"Statement": []}'})
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (attributes["KmsMasterKeyId"], attributes["Policy"]) == ("alias/aws/sns", '{"Statement":[]}')
    registry.delete("aws:sns/topicPolicy:TopicPolicy", policy, policed)
    (owners,) = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])["Statement"]
    assert owners["Condition"] == {"StringEquals": {"AWS:SourceOwner": aws.account_id}}

    someone = {"topic": topic, "protocol": "email", "endpoint": "ops@example.test"}
    subscription, subscribed = registry.create("aws:sns/topicSubscription:TopicSubscription", someone)
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (listed["Protocol"], listed["Endpoint"]) == ("email", "ops@example.test")
    registry.delete("aws:sns/topicSubscription:TopicSubscription", subscription, subscribed)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    registry.delete("aws:sns/topic:Topic", topic, made)
    assert sns.list_topics()["Topics"] == []


def test_a_rule_and_its_target_are_made_and_removed(registry: Registry, aws: AwsAccount) -> None:
    events, rule, target = (
        aws.client("events"),
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
    )
    pattern = json.dumps({"source": ["aws.s3"]})
    rule_id, made = registry.create(rule, {"name": "files", "eventPattern": pattern, "tags": {"stack": "dev"}})
    assert made["arn"] == f"arn:aws:events:eu-west-1:{aws.account_id}:rule/files"
    assert events.list_tags_for_resource(ResourceARN=made["arn"])["Tags"] == [{"Key": "stack", "Value": "dev"}]
    topic = f"arn:aws:sns:eu-west-1:{aws.account_id}:files"
    target_id, sent = registry.create(target, {"rule": rule_id, "arn": topic})
    assert [each["Arn"] for each in events.list_targets_by_rule(Rule="files")["Targets"]] == [topic]
    registry.delete(target, target_id, sent)
    assert events.list_targets_by_rule(Rule="files")["Targets"] == []
    registry.delete(rule, rule_id, made)
    assert events.list_rules()["Rules"] == []


def test_a_key_is_made_and_at_the_end_waits_to_be_gone(registry: Registry, aws: AwsAccount) -> None:
    kms, token = aws.client("kms"), "aws:kms/key:Key"
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    inputs = {"description": "d", "policy": policy, "enableKeyRotation": True, "tags": {"stack": "dev"}}
    id_, made = registry.create(token, inputs)
    assert made["arn"] == f"arn:aws:kms:eu-west-1:{aws.account_id}:key/{id_}"
    assert kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"] == policy
    assert kms.get_key_rotation_status(KeyId=id_)["KeyRotationEnabled"]
    assert kms.list_resource_tags(KeyId=id_)["Tags"] == [{"TagKey": "stack", "TagValue": "dev"}]
    registry.delete(token, id_, made)
    assert kms.describe_key(KeyId=id_)["KeyMetadata"]["KeyState"] == "PendingDeletion"


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_there_is_found_with_its_region(registry: Registry) -> None:
    found = registry.call("aws:s3/getBucket:getBucket", {"bucket": NAME})
    assert (found["arn"], found["bucketRegion"]) == (f"arn:aws:s3:::{NAME}", "eu-west-1")
    with pytest.raises(ResourceError, match=r"reading S3 Bucket \(nobodys\): Not Found"):
        registry.call("aws:s3/getBucket:getBucket", {"bucket": "nobodys"})


def test_provider_functions_answer_who_calls_and_where(registry: Registry) -> None:
    identity = registry.call("aws:index/getCallerIdentity:getCallerIdentity", {})
    assert (identity["accountId"], identity["arn"].split(":")[4]) == ("123456789012", "123456789012")
    assert registry.call("aws:index/getPartition:getPartition", {})["partition"] == "aws"
    assert registry.call("aws:index/getRegion:getRegion", {})["region"] == "eu-west-1"


def test_an_unknown_type_function_or_input_is_named(registry: Registry) -> None:
    with pytest.raises(
        ResourceError, match=r"has no resource type aws:s3/nothing:Nothing; it has .*aws:iam/role:Role, "
    ):
        registry.create("aws:s3/nothing:Nothing", {})
    with pytest.raises(ResourceError, match="has no provider function aws:index/getIpRanges:getIpRanges; it has aws:"):
        registry.call("aws:index/getIpRanges:getIpRanges", {})
    with pytest.raises(ResourceError, match="does not know acl, website of aws:s3/bucket:Bucket; it knows bucket, "):
        registry.create(BUCKET, {"bucket": NAME, "website": {}, "acl": "private", "tags": None})


def test_a_resource_without_a_name_is_refused(registry: Registry) -> None:
    with pytest.raises(ResourceError, match="input bucket is missing; the embedded cloud invents no names"):
        registry.create(BUCKET, {})
