"""A file that is put into somebody's bucket loads, and what others have on that bucket is as it was, all the way.

The test does what the bucket's owner does: makes it with a notification of his own, and points it at the topic, or
switches EventBridge on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from infra.policies import reader_statements
from local_cloud.accounts import Accounts
from local_cloud.endpoints.aws.server import AwsEndpoint
from local_cloud.errors import LocalCloudError
from local_cloud.resources import Registry
from local_cloud.snowpipe.loader import PipesFailedError
from tests.pipeline.deployed import Pipeline, accounts_in, deploy, purchase

BUCKET, ACCOUNT, THEIRS = "deliveries", "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/retail-snowpipe-dev"
OURS = f"arn:aws:sns:eu-west-1:{ACCOUNT}:retail-snowpipe-dev-files"
COUNT = "select count(*) from RAW.TRANSACTIONS"


class Owner:
    """Whoever the bucket belongs to, with a queue that hears of reports."""

    def __init__(self, accounts: Accounts) -> None:
        self._s3, self.sns, sqs = (accounts.aws.client(service) for service in ("s3", "sns", "sqs"))
        location = {"LocationConstraint": accounts.aws.region}
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
        self._s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "team", "Value": "lake"}]})
        sqs.create_queue(QueueName="reports")
        self._s3.put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )
        self.reports = self._entry("QueueArn", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:reports", "reports/")
        self.tell(QueueConfigurations=[self.reports])

    @staticmethod
    def _entry(kind: str, arn: str, prefix: str) -> dict[str, Any]:
        rules = [{"Name": "prefix", "Value": prefix}]
        return {kind: arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}

    def tell(self, **configuration: Any) -> None:
        """Put the bucket's notification configuration."""
        self._s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)

    def point_at(self, topic: str) -> None:
        """Let the topic hear of the feed's files, beside what is told already."""
        told = [self._entry("TopicArn", topic, "transactions/")]
        self.tell(QueueConfigurations=[self.reports], TopicConfigurations=told)

    def switch_eventbridge_on(self) -> None:
        """Let EventBridge hear of everything, beside what is told already."""
        self.tell(QueueConfigurations=[self.reports], EventBridgeConfiguration={})

    def bucket(self) -> dict[str, Any]:
        """Return all that is set on the bucket."""
        told = self._s3.get_bucket_notification_configuration(Bucket=BUCKET)
        asked = ("versioning", "encryption", "tagging", "logging")
        settings = {word: getattr(self._s3, f"get_bucket_{word}")(Bucket=BUCKET) for word in asked}
        with pytest.raises(self._s3.exceptions.ClientError, match="NoSuchBucketPolicy"):
            self._s3.get_bucket_policy(Bucket=BUCKET)
        answers = {"notification": told, **settings}
        return {word: {**answer, "ResponseMetadata": None} for word, answer in answers.items()}


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with accounts_in(tmp_path / "accounts") as opened:
        yield opened


def destroy(pipeline: Pipeline) -> None:
    """Remove what was deployed, in the reverse of the order in which it came."""
    registry = Registry(pipeline.accounts.aws, pipeline.accounts.snowflake)
    for resource in reversed([made for made in pipeline.stack.deployment.resources if made.custom]):
        registry.delete(resource.type, resource.id, resource.outputs)


@pytest.mark.parametrize("way", ["sns", "eventbridge"])
def test_a_file_in_an_existing_bucket_loads_and_the_bucket_stays_as_its_owner_has_it(
    accounts: Accounts, way: str
) -> None:
    owner = Owner(accounts)
    before = owner.bucket()
    pipeline = deploy(accounts, existingBucket=BUCKET, notifications=way)
    assert owner.bucket() == before
    if way == "sns":
        owner.point_at(pipeline.stack.outputs["notificationTopicArn"])
    else:
        owner.switch_eventbridge_on()
    told = owner.bucket()
    pipeline.put("transactions/d=2026-01-01/first file+1.json", purchase("C1", "P1"))
    pipeline.put("reports/weekly.json", "{}")
    pipeline.load()
    assert pipeline.rows(COUNT) == [(1,)]
    files = "select _FILE from RAW.TRANSACTIONS"
    assert pipeline.rows(files) == [("transactions/d=2026-01-01/first file+1.json",)]
    destroy(pipeline)
    assert owner.bucket() == told
    assert accounts.aws.client("s3").head_object(Bucket=BUCKET, Key="reports/weekly.json")
    assert owner.sns.list_topics()["Topics"] == []
    assert accounts.aws.client("events").list_rules()["Rules"] == []


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def let_in(accounts: Accounts, topic: str, *statements: dict[str, Any]) -> None:
    """Do what the owner of a topic does with the statements that he is given, and with Snowflake's."""
    answered = accounts.snowflake.execute(f"select system$get_aws_sns_iam_policy('{topic}')").rows[0][0]
    policy = document(*statements, *json.loads(answered)["Statement"])
    accounts.aws.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


def test_a_topic_that_is_there_tells_of_files_as_its_owner_lets_it(accounts: Accounts) -> None:
    owner = Owner(accounts)
    topic = owner.sns.create_topic(Name="files-of-all")["TopicArn"]
    let_in(accounts, topic)
    pipeline = deploy(accounts, existingBucket=BUCKET, notifications="sns", notificationTopicArn=topic)
    let_in(accounts, topic, *pipeline.stack.outputs["toBeAllowed"]["topicPolicy"])
    owner.point_at(topic)
    pipeline.put("transactions/a.json", purchase("C1", "P1"))
    pipeline.load()
    assert pipeline.rows(COUNT) == [(1,)]
    destroy(pipeline)
    assert [each["TopicArn"] for each in owner.sns.list_topics()["Topics"]] == [topic]


def test_a_topic_that_does_not_let_snowflake_subscribe_ends_the_deployment(accounts: Accounts) -> None:
    topic = Owner(accounts).sns.create_topic(Name="files-of-all")["TopicArn"]
    with pytest.raises(LocalCloudError, match="is not authorized to perform: SNS:Subscribe on resource: arn:aws:sns"):
        deploy(accounts, existingBucket=BUCKET, notifications="sns", notificationTopicArn=topic)


def test_an_integration_that_is_there_reads_the_bucket_by_its_own_role(accounts: Accounts) -> None:
    owner = Owner(accounts)
    role = f"arn:aws:iam::{ACCOUNT}:role/lake-reader"
    accounts.snowflake.execute(
        "create storage integration LAKE type = external_stage storage_provider = 'S3' enabled = true"
        f" storage_aws_role_arn = '{role}' storage_allowed_locations = ('s3://{BUCKET}/')"
    )
    shown = accounts.snowflake.execute("describe storage integration LAKE").dicts()
    described = {row["property"]: row["property_value"] for row in shown}
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": described["STORAGE_AWS_IAM_USER_ARN"]},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": described["STORAGE_AWS_EXTERNAL_ID"]}},
    }
    iam = accounts.aws.client("iam")
    iam.create_role(RoleName="lake-reader", AssumeRolePolicyDocument=document(trust))
    read = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": f"arn:aws:s3:::{BUCKET}*"}
    iam.put_role_policy(RoleName="lake-reader", PolicyName="r", PolicyDocument=document(read))
    pipeline = deploy(accounts, existingBucket=BUCKET, notifications="sns", existingIntegration="LAKE")
    owner.point_at(OURS)
    pipeline.put("transactions/a.json", purchase("C1", "P1"))
    pipeline.load()
    assert pipeline.rows(COUNT) == [(1,)]
    destroy(pipeline)
    assert [row["name"] for row in accounts.snowflake.execute("show storage integrations").dicts()] == ["LAKE"]
    assert [each["RoleName"] for each in iam.list_roles()["Roles"]] == ["lake-reader"]


@contextlib.contextmanager
def s3_of_another_account(accounts: Accounts) -> Iterator[Any]:
    """Let somebody of another AWS account come in by the endpoint, with that account's own keys."""
    owner = {"RoleArn": f"arn:aws:iam::{THEIRS}:role/owner", "RoleSessionName": "owner"}
    keys = accounts.aws.client("sts").assume_role(**owner)["Credentials"]
    endpoint = AwsEndpoint(accounts.aws, port=0)
    endpoint.start()
    try:
        yield boto3.client(
            "s3",
            endpoint_url=endpoint.url,
            region_name=accounts.aws.region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            config=Config(s3={"addressing_style": "path"}),
        )
    finally:
        endpoint.stop()


ACROSS_ACCOUNTS = {"existingBucket": BUCKET, "notifications": "sns", "bucketAccount": THEIRS}


def test_a_bucket_of_another_account_tells_the_topic_and_is_read_as_its_owner_allows(accounts: Accounts) -> None:
    needed = reader_statements(f"arn:aws:s3:::{BUCKET}", ("customers/", "products/", "transactions/"), ROLE)
    with s3_of_another_account(accounts) as theirs:
        theirs.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": accounts.aws.region})
        theirs.put_bucket_policy(Bucket=BUCKET, Policy=document(*needed))
        pipeline = deploy(accounts, **ACROSS_ACCOUNTS)
        assert pipeline.stack.outputs["toBeAllowed"]["bucketPolicy"] == needed
        told = {"TopicConfigurations": [{"TopicArn": OURS, "Events": ["s3:ObjectCreated:*"]}]}
        theirs.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=told)
        theirs.put_object(Bucket=BUCKET, Key="transactions/a.json", Body=purchase("C1", "P1").encode())
        pipeline.load()
        assert pipeline.rows(COUNT) == [(1,)]
        theirs.delete_bucket_policy(Bucket=BUCKET)
        theirs.put_object(Bucket=BUCKET, Key="transactions/b.json", Body=purchase("C2", "P1").encode())
        with pytest.raises(PipesFailedError, match="role/retail-snowpipe-dev is not allowed s3:GetObject on"):
            pipeline.load()
        assert pipeline.rows(COUNT) == [(1,)]


def test_without_its_owners_statements_a_bucket_of_another_account_ends_the_deployment(accounts: Accounts) -> None:
    with s3_of_another_account(accounts) as theirs:
        theirs.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": accounts.aws.region})
        with pytest.raises(LocalCloudError, match="role/retail-snowpipe-dev is not allowed s3:ListBucket on"):
            deploy(accounts, **ACROSS_ACCOUNTS)


@pytest.mark.parametrize("way", ["sns", "eventbridge"])
def test_a_bucket_of_the_stacks_own_tells_a_topic_of_its_files(accounts: Accounts, way: str) -> None:
    pipeline = deploy(accounts, notifications=way)
    pipeline.put("transactions/a.json", purchase("C1", "P1"))
    pipeline.load()
    assert pipeline.rows(COUNT) == [(1,)]


def test_a_bucket_that_is_not_there_is_refused_before_anything_is_made(accounts: Accounts) -> None:
    with pytest.raises(LocalCloudError, match="existingBucket is 'nobodys', which cannot be read"):
        deploy(accounts, existingBucket="nobodys", notifications="sns")
    assert accounts.snowflake.execute("show databases").rows == []
