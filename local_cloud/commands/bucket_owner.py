"""The owners of the bucket, topic and integration that a stack's config takes for given: what they would do.

A fresh cloud has none of these, so the commands make them, let the stack in as its documentation tells their owners
to, and point the bucket at the topic. A bucket of another AWS account is not made: there is one account here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.holders import is_name
from infra.landing_settings import EXISTING_BUCKET, TOPIC_ARN
from local_cloud.accounts import Accounts
from local_cloud.program.engine import Stack

_CREATED = ["s3:ObjectCreated:*"]
_READER = "owners-reader"
_KEYS = "existingBucket", "bucketAccount", "notifications", "notificationTopicArn", "existingIntegration"


def make_what_is_there(stack: Stack, accounts: Accounts) -> list[str]:
    """Make the bucket, the topic and the integration that a stack's config names, and return their names.

    What is no name is left to the program, which refuses it.
    """
    given = {key: stack.config.get(f"{stack.project}:{key}", "") for key in _KEYS}
    made = []
    bucket, topic = given["existingBucket"], given["notificationTopicArn"]
    if EXISTING_BUCKET.fullmatch(bucket) and not given["bucketAccount"]:
        _make_bucket(accounts, bucket, tells_eventbridge=given["notifications"] == "eventbridge")
        made.append(bucket)
    if TOPIC_ARN.fullmatch(topic):
        _make_topic(accounts, topic)
        made.append(topic)
    if bucket in made and is_name(integration := given["existingIntegration"]):
        _make_integration(accounts, integration, bucket)
        made.append(integration)
    return made


def point_bucket_at_topic(stack: Stack, accounts: Accounts, outputs: Mapping[str, Any]) -> None:
    """Let the bucket that is there tell the topic of its files, and load those that came before."""
    bucket, topic = stack.config.get(f"{stack.project}:existingBucket"), outputs.get("notificationTopicArn")
    if not bucket or not topic or stack.config.get(f"{stack.project}:bucketAccount"):
        return
    if stack.config.get(f"{stack.project}:notifications") == "sns":
        told = {"TopicConfigurations": [{"TopicArn": topic, "Events": _CREATED}]}
        accounts.aws.client("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=told)
    for pipe in outputs.get("pipes", ()):
        accounts.snowflake.execute(f"ALTER PIPE {pipe} REFRESH")


def _make_bucket(accounts: Accounts, bucket: str, *, tells_eventbridge: bool) -> None:
    s3, region = accounts.aws.client("s3"), accounts.aws.region
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **({} if region == "us-east-1" else elsewhere))
    if tells_eventbridge:
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )


def _make_topic(accounts: Accounts, topic_arn: str) -> None:
    sns = accounts.aws.client("sns")
    sns.create_topic(Name=topic_arn.rpartition(":")[2])
    asked = accounts.snowflake.execute(f"SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('{topic_arn}')")
    services = {"Service": ["s3.amazonaws.com", "events.amazonaws.com"]}
    publish = {"Effect": "Allow", "Principal": services, "Action": "sns:Publish", "Resource": topic_arn}
    policy = _document(publish, *json.loads(asked.rows[0][0])["Statement"])
    sns.set_topic_attributes(TopicArn=topic_arn, AttributeName="Policy", AttributeValue=policy)


def _make_integration(accounts: Accounts, name: str, bucket: str) -> None:
    iam = accounts.aws.client("iam")
    role = f"arn:aws:iam::{accounts.aws.account_id}:role/{_READER}"
    accounts.snowflake.execute(
        f"CREATE STORAGE INTEGRATION \"{name}\" TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = true"
        f" STORAGE_AWS_ROLE_ARN = '{role}' STORAGE_ALLOWED_LOCATIONS = ('s3://{bucket}/')"
    )
    rows = accounts.snowflake.execute(f'DESCRIBE STORAGE INTEGRATION "{name}"').dicts()
    described = {row["property"]: row["property_value"] for row in rows}
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": described["STORAGE_AWS_IAM_USER_ARN"]},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": described["STORAGE_AWS_EXTERNAL_ID"]}},
    }
    arn = f"arn:aws:s3:::{bucket}"
    read = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [arn, f"{arn}/*"]}
    iam.create_role(RoleName=_READER, AssumeRolePolicyDocument=_document(trust))
    iam.put_role_policy(RoleName=_READER, PolicyName="read", PolicyDocument=_document(read))


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
