"""External stages: where they may point, and reading S3 through a storage integration's role.

A stage can be made only inside its integration's allowed locations, and read only while the integration's
role can be assumed (its trust policy names the integration's user and external id) and the role's policies
allow it. https://docs.snowflake.com/en/user-guide/data-load-s3-config-storage-integration
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.errors import SnowflakeError, StorageAccessError
from local_cloud.snowflake_account.language.statements import Kind
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.assumed_role import Aws, Trust, assume, policies_of
from local_cloud.snowflake_account.stages.role_access import Document, allows


@dataclass(frozen=True)
class StagedFile:
    """An object in a stage; the key has no leading slash, as in METADATA$FILENAME."""

    key: str
    size: int
    etag: str
    last_modified: datetime


@dataclass(frozen=True)
class Location:
    """A place in a bucket that a stage's url and a path give."""

    bucket: str
    prefix: str

    @property
    def url(self) -> str:
        """The place as a url."""
        return f"s3://{self.bucket}/{self.prefix}"


class StageReader:
    """One assumed role's view of one location: a COPY or a batch of a pipe reads through one."""

    def __init__(self, aws: Aws, location: Location, policies: list[Document], role_arn: str) -> None:
        self.location = location
        self._s3 = aws.client("s3")
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
        content = answer["Body"].read()
        return StagedFile(key, len(content), answer["ETag"].strip('"'), answer["LastModified"]), content

    def remove(self, key: str) -> None:
        """Remove an object that was loaded with PURGE; as in Snowflake a refusal is no error."""
        if allows(self._policies, "s3:DeleteObject", f"arn:aws:s3:::{self.location.bucket}/{key}"):
            self._s3.delete_object(Bucket=self.location.bucket, Key=key)

    def _check(self, action: str, resource: str, context: dict[str, str]) -> None:
        if not allows(self._policies, action, resource, context):
            raise StorageAccessError(
                f"Failure using stage area. Cause: [Access Denied (Status Code: 403; Error Code: AccessDenied)] "
                f"{self._role_arn} is not allowed {action} on {resource}"
            )


class Stages:
    """The stages of the account."""

    def __init__(self, catalog: Catalog, aws: Aws) -> None:
        self._catalog = catalog
        self._aws = aws

    def check_location(self, url: str, integration: str) -> None:
        """Refuse a stage outside its integration's allowed locations, or whose role cannot be assumed.

        Raises:
            SnowflakeError: the url is not S3's, or the location is not allowed.
            AssumeRoleError: the integration's role cannot be assumed.
        """
        location(url, "")
        stored = self._catalog.get(Kind.STORAGE_INTEGRATION, Name((integration,)))
        if not stored.attributes.get("ENABLED"):
            raise SnowflakeError(f"SQL execution error: Storage integration {integration} is not enabled.")
        within = [place for place in stored.attributes["STORAGE_ALLOWED_LOCATIONS"] if _covers(place, url)]
        blocked = [place for place in stored.attributes.get("STORAGE_BLOCKED_LOCATIONS", ()) if _covers(place, url)]
        if not within or blocked:
            raise StorageAccessError(
                f"SQL compilation error:\nLocation '{url}' is not allowed by integration '{integration}'. "
                "Please use DESC INTEGRATION to check out allowed and blocked locations."
            )
        assume(self._aws, _trust(stored))

    def reader(self, stage: Name, path: str) -> StageReader:
        """Return a reader of a stage's location; assumes the role.

        Raises:
            AssumeRoleError: the integration's role cannot be assumed.
        """
        stored = self._catalog.get(Kind.STAGE, stage)
        integration = stored.attributes.get("STORAGE_INTEGRATION")
        if not integration:
            raise StorageAccessError(f"Failure using stage area. Cause: [stage {stage} has no storage integration]")
        self.check_location(stored.attributes["URL"], integration)
        owner = self._catalog.get(Kind.STORAGE_INTEGRATION, Name((integration,)))
        role_arn = owner.attributes["STORAGE_AWS_ROLE_ARN"]
        return StageReader(self._aws, self.location(stage, path), policies_of(self._aws, role_arn), role_arn)

    def location(self, stage: Name, path: str) -> Location:
        """Return the place that a path in a stage is."""
        return location(self._catalog.get(Kind.STAGE, stage).attributes["URL"], path)


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


def _covers(allowed: str, url: str) -> bool:
    return allowed == "*" or f"{url.rstrip('/')}/".startswith(f"{allowed.rstrip('/')}/")


def _trust(integration: StoredObject) -> Trust:
    given = integration.attributes
    return Trust(given["STORAGE_AWS_IAM_USER_ARN"], given["STORAGE_AWS_ROLE_ARN"], given["STORAGE_AWS_EXTERNAL_ID"])


def _refused(place: str, error: ClientError) -> StorageAccessError:
    return StorageAccessError(f"Failure using stage area. Cause: [{error.response['Error']['Message']}] {place}")
