"""Files of an external stage: S3 as the role of a storage integration sees it.

They are read only while the integration's role can be assumed (its trust policy names the integration's user and
external id) and the role's policies allow it.
https://docs.snowflake.com/en/user-guide/data-load-s3-config-storage-integration
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from botocore.exceptions import ClientError

from local_cloud.snowflake_account.errors import SnowflakeError, StorageAccessError
from local_cloud.snowflake_account.stages.assumed_role import Aws
from local_cloud.snowflake_account.stages.role_access import Document, allows, principal_may
from local_cloud.snowflake_account.stages.staged_files import Location, StagedFile

_FORBIDDEN = 403
_KEY_ARN = re.compile(r"arn:[^:]+:kms:[^:]+:[^:]+:key/")
"""Of a key that somebody has made; one that AWS keeps for S3 lets everybody in whom S3 lets in."""


class ExternalFiles:
    """One assumed role's view of one location: a COPY or a batch of a pipe reads through one."""

    def __init__(self, aws: Aws, location: Location, policies: list[Document], role_arn: str) -> None:
        self.location = location
        self._s3 = aws.client("s3")
        self._region = aws.region
        self._policies = policies
        self._role_arn = role_arn

    def list_files(self) -> Iterator[StagedFile]:
        """Yield the objects at the location, by key.

        Raises:
            StorageAccessError: the role may not list it, or the bucket is not there.
        """
        bucket, prefix = self.location.bucket, self.location.prefix
        self._check("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix})
        try:
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                for entry in page.get("Contents", []):
                    yield StagedFile(entry["Key"], entry["Size"], entry["ETag"].strip('"'), entry["LastModified"])
        except ClientError as error:
            raise _refused(f"s3://{bucket}/{prefix}", error) from error

    def read(self, key: str) -> tuple[StagedFile, bytes] | None:
        """Return an object and its content, or None where it is gone.

        Raises:
            StorageAccessError: the role may not read it.
        """
        self._check("s3:GetObject", f"arn:aws:s3:::{self.location.bucket}/{key}", {})
        try:
            answer = self._s3.get_object(Bucket=self.location.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise _refused(f"s3://{self.location.bucket}/{key}", error) from error
        if _KEY_ARN.match(key_arn := answer.get("SSEKMSKeyId", "")):
            self._check("kms:Decrypt", key_arn, {"kms:ViaService": f"s3.{self._region}.amazonaws.com"})
        content = answer["Body"].read()
        return StagedFile(key, len(content), answer["ETag"].strip('"'), answer["LastModified"]), content

    def write(self, key: str, content: bytes) -> StagedFile:
        """Put an object.

        Raises:
            StorageAccessError: the role may not write it, or the bucket is not there.
        """
        self._check("s3:PutObject", f"arn:aws:s3:::{self.location.bucket}/{key}", {})
        try:
            answer = self._s3.put_object(Bucket=self.location.bucket, Key=key, Body=content)
        except ClientError as error:
            raise _refused(f"s3://{self.location.bucket}/{key}", error) from error
        return StagedFile(key, len(content), answer["ETag"].strip('"'), datetime.now(UTC))

    def remove(self, key: str) -> bool:
        """Remove an object, if the role may."""
        if allowed := allows(self._policies, "s3:DeleteObject", f"arn:aws:s3:::{self.location.bucket}/{key}"):
            self._s3.delete_object(Bucket=self.location.bucket, Key=key)
        return allowed

    @cached_property
    def _policy_of_others(self) -> Document | None:
        """The bucket's policy, where it is another account's than the role's and so has to let the role in."""
        bucket, own_account = self.location.bucket, self._role_arn.split(":")[4]
        try:
            self._s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=own_account)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != _FORBIDDEN:
                return None
        else:
            return None
        try:
            return json.loads(self._s3.get_bucket_policy(Bucket=bucket)["Policy"])
        except ClientError:
            return {}

    def _check(self, action: str, resource: str, context: dict[str, str]) -> None:
        allowed = allows(self._policies, action, resource, context)
        if allowed and action.startswith("s3:") and (policy := self._policy_of_others) is not None:
            allowed = principal_may(policy, self._role_arn, action, resource, context)
        if not allowed:
            raise StorageAccessError(
                f"Failure using stage area. Cause: [Access Denied (Status Code: 403; Error Code: AccessDenied)] "
                f"{self._role_arn} is not allowed {action} on {resource}"
            )


def location(url: str, path: str) -> Location:
    """Return the place of a path under a stage's url.

    A url that does not end in a slash is a prefix of names, as a path is:
    https://docs.snowflake.com/en/sql-reference/sql/create-stage#external-stage-parameters-externalstageparams

    Raises:
        SnowflakeError: the url is not one of S3.
    """
    if not url.startswith("s3://") or not url[len("s3://") :]:
        raise SnowflakeError(f"SQL compilation error:\ninvalid URL prefix found in: '{url}'")
    bucket, _, prefix = url[len("s3://") :].partition("/")
    between = "/" if prefix and path and not prefix.endswith("/") else ""
    return Location(bucket, f"{prefix}{between}{path.lstrip('/')}")


def _refused(place: str, error: ClientError) -> StorageAccessError:
    return StorageAccessError(f"Failure using stage area. Cause: [{error.response['Error']['Message']}] {place}")
