"""A Snowflake account with a landing bucket: what tests of loading start from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_cloud.aws_account.account import AwsAccount
from local_cloud.snowflake_account import Account
from tests.local_cloud.snowflake_account.faulty_aws import FaultyAws

BUCKET = "landing"
DATABASE = "RETAIL_TEST"
SCHEMA = f"{DATABASE}.RAW"
ROLE = "loader"
ROLE_ARN = f"arn:aws:iam::123456789012:role/{ROLE}"
READ_BUCKET = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:DeleteObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"},
    ],
}


class Landing:
    """Bucket, role, integration and stage RAW.LANDING of a fresh account; the rest is for the test to make."""

    def __init__(self, folder: Path, aws: FaultyAws) -> None:
        self.aws = aws
        self._folder = folder
        self.account = Account(folder, aws)
        self._s3 = aws.client("s3")

    def set_up(self) -> None:
        """Make the bucket and what it takes to read it from the account."""
        self._s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": self.aws.region})
        self.execute(f"create database {DATABASE}")
        self.execute(f"create schema {SCHEMA}")
        self.create_integration()
        self.create_role()
        self.execute(f"create stage {SCHEMA}.LANDING url = 's3://{BUCKET}/' storage_integration = SI")

    def restart(self) -> None:
        """Open the account again after the end of its process; the messages it held become visible again."""
        self.account.close()
        self.account = Account(self._folder, self.aws)
        self.aws.let_visibility_time_out()

    def execute(self, sql: str) -> list[dict[str, Any]]:
        """Execute one statement and return its rows by column name."""
        return self.account.execute(sql).dicts()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Execute one statement and return its rows."""
        return self.account.execute(sql).rows

    def value(self, sql: str) -> Any:
        """Execute a statement that answers one value."""
        ((value,),) = self.rows(sql)
        return value

    def create_integration(self, name: str = "SI", role_arn: str = ROLE_ARN) -> None:
        """Make a storage integration for the whole bucket."""
        self.execute(
            f"create storage integration {name} type = external_stage storage_provider = 'S3'"
            f" storage_aws_role_arn = '{role_arn}' enabled = true storage_allowed_locations = ('s3://{BUCKET}/')"
        )

    def create_role(self, policy: Mapping[str, Any] = READ_BUCKET) -> None:
        """Make the integration's role, which trusts the integration's user and external id."""
        described = {row["property"]: row["property_value"] for row in self.execute("describe storage integration SI")}
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": described["STORAGE_AWS_IAM_USER_ARN"]},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": described["STORAGE_AWS_EXTERNAL_ID"]}},
                }
            ],
        }
        iam = self.aws.client("iam")
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))
        self.set_access(policy)

    def set_access(self, policy: Mapping[str, Any]) -> None:
        """Put an access policy in place of the role's."""
        self.aws.client("iam").put_role_policy(RoleName=ROLE, PolicyName="read", PolicyDocument=json.dumps(policy))

    def send_events(self, *prefixes: str) -> None:
        """Let the bucket send its events under these prefixes to the pipes' queue; every pipe has the same."""
        queue = self.execute(f"show pipes in schema {SCHEMA}")[0]["notification_channel"]
        entries = [
            {
                "QueueArn": queue,
                "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
            }
            for prefix in prefixes
        ]
        self._s3.put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": entries}
        )

    def put(self, key: str, content: bytes | str) -> None:
        """Put an object into the bucket."""
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=content.encode() if isinstance(content, str) else content)

    def delete(self, key: str) -> None:
        """Delete an object from the bucket."""
        self._s3.delete_object(Bucket=BUCKET, Key=key)

    def keys(self) -> list[str]:
        """Return the bucket's keys."""
        return [entry["Key"] for entry in self._s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


@contextmanager
def open_aws() -> Iterator[FaultyAws]:
    """Open an empty AWS account in this process for the time of a with block."""
    with AwsAccount() as account:
        yield FaultyAws(account)


@contextmanager
def open_landing(folder: Path) -> Iterator[Landing]:
    """Open a fresh account with its landing bucket for the time of a with block."""
    with open_aws() as aws:
        landing = Landing(folder, aws)
        try:
            landing.set_up()
            yield landing
        finally:
            landing.account.close()
