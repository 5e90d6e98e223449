"""Stages: where they may point, and who may read them.

https://docs.snowflake.com/en/user-guide/data-load-s3-config-storage-integration
"""

from __future__ import annotations

import json

import pytest

from local_cloud.snowflake_account.errors import (
    AssumeRoleError,
    DoesNotExistError,
    SnowflakeError,
    StorageAccessError,
    UnsupportedError,
)
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.external_files import location
from local_cloud.snowflake_account.stages.staged_files import Location
from tests.local_cloud.snowflake_account.landing import BUCKET, READ_BUCKET, ROLE, ROLE_ARN, SCHEMA, Landing

STAGE = Name(("RETAIL_TEST", "RAW", "LANDING"))

LOCATIONS = {
    "the bucket": ("s3://b/", "", Location("b", "")),
    "the bucket without a slash": ("s3://b", "", Location("b", "")),
    "a path": ("s3://b/", "p/", Location("b", "p/")),
    "a prefix of names": ("s3://b/", "p", Location("b", "p")),
    "a stage in a folder": ("s3://b/in/", "", Location("b", "in/")),
    "a path in a folder": ("s3://b/in/", "/p/q/", Location("b", "in/p/q/")),
    "a url without a slash is a prefix": ("s3://b/in", "", Location("b", "in")),
    "a path behind a url without a slash": ("s3://b/in", "p/", Location("b", "in/p/")),
}


@pytest.mark.parametrize(("url", "path", "expected"), LOCATIONS.values(), ids=LOCATIONS.keys())
def test_a_path_is_joined_to_the_stages_url(url: str, path: str, expected: Location) -> None:
    assert location(url, path) == expected


STAGE_FORMATS = {
    "type = xml": "FILE FORMAT TYPE = XML",
    "type = csv nonsense = 1": "invalid parameter 'NONSENSE' for file format CSV",
    "type = csv skip_header = -1": "invalid value .-1. for parameter 'SKIP_HEADER'",
    "": "invalid value .* for parameter 'FILE_FORMAT'",
}


@pytest.mark.parametrize(("options", "message"), STAGE_FORMATS.items())
def test_a_stage_refuses_a_format_that_files_cannot_be_read_by(landing: Landing, options: str, message: str) -> None:
    made = f"create stage {SCHEMA}.S url = 's3://landing/' storage_integration = SI file_format = ({options})"
    with pytest.raises(SnowflakeError, match=message):
        landing.execute(made)
    with pytest.raises(SnowflakeError, match=message):
        landing.execute(f"alter stage {SCHEMA}.LANDING set file_format = ({options})")


def test_a_list_refuses_a_pattern_that_is_none(landing: Landing) -> None:
    with pytest.raises(SnowflakeError, match=r"invalid regular expression '\('"):
        landing.execute(f"list @{SCHEMA}.LANDING pattern = '('")


@pytest.mark.parametrize("url", ["gcs://b/", "s3:/b", "s3://", "b/"])
def test_only_urls_of_s3_are_known(url: str) -> None:
    with pytest.raises(SnowflakeError, match="invalid URL prefix"):
        location(url, "")


def create_stage(landing: Landing, url: str, allowed: str, blocked: str | None = None) -> None:
    blocking = f" storage_blocked_locations = ({blocked})" if blocked else ""
    landing.execute(
        f"create or replace storage integration SI2 type = external_stage storage_provider = 'S3'"
        f" storage_aws_role_arn = '{ROLE_ARN}' enabled = true storage_allowed_locations = ({allowed}){blocking}"
        " storage_aws_external_id = 'chosen'"
    )
    landing.execute(f"create stage {SCHEMA}.S url = '{url}' storage_integration = SI2")


ALLOWED = {
    "the very place": ("s3://landing/in/", "'s3://landing/in/'", None),
    "a place inside": ("s3://landing/in/sub/", "'s3://landing/in/'", None),
    "one of several": ("s3://landing/in/", "'s3://other/', 's3://landing/'", None),
    "everything": ("s3://landing/in/", "'*'", None),
    "beside a blocked one": ("s3://landing/in/", "'s3://landing/'", "'s3://landing/out/'"),
}
REFUSED = {
    "outside": ("s3://landing/", "'s3://landing/in/'", None),
    "a longer name": ("s3://landing/inside/", "'s3://landing/in/'", None),
    "another bucket": ("s3://landing2/", "'s3://landing/'", None),
    "blocked": ("s3://landing/out/x/", "'s3://landing/'", "'s3://landing/out/'"),
}


@pytest.fixture
def trusting(landing: Landing) -> Landing:
    """A landing whose role trusts every integration that asks with the external id `chosen`."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::210987654321:user/snowflake-local"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "chosen"}},
            }
        ],
    }
    landing.aws.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(trust))
    return landing


@pytest.mark.parametrize(("url", "allowed", "blocked"), ALLOWED.values(), ids=ALLOWED.keys())
def test_a_stage_lies_inside_its_integrations_locations(
    trusting: Landing, url: str, allowed: str, blocked: str | None
) -> None:
    create_stage(trusting, url, allowed, blocked)

    assert [row["url"] for row in trusting.execute(f"show stages like 'S' in schema {SCHEMA}")] == [url]


@pytest.mark.parametrize(("url", "allowed", "blocked"), REFUSED.values(), ids=REFUSED.keys())
def test_a_stage_outside_its_integrations_locations_is_refused(
    trusting: Landing, url: str, allowed: str, blocked: str | None
) -> None:
    with pytest.raises(StorageAccessError, match=f"Location '{url}' is not allowed by integration 'SI2'"):
        create_stage(trusting, url, allowed, blocked)
    assert trusting.execute(f"show stages like 'S' in schema {SCHEMA}") == []


def test_a_disabled_integration_lets_nobody_read(landing: Landing) -> None:
    landing.execute("alter storage integration SI set enabled = false")

    with pytest.raises(SnowflakeError, match="Storage integration SI is not enabled"):
        landing.account.shared.stages.files(StagePath(STAGE))


def test_a_stage_needs_its_integration(landing: Landing) -> None:
    with pytest.raises(DoesNotExistError, match="NOT_THERE"):
        landing.execute(f"create stage {SCHEMA}.S url = 's3://{BUCKET}/' storage_integration = NOT_THERE")
    with pytest.raises(UnsupportedError, match="STAGE without a STORAGE_INTEGRATION"):
        landing.execute(f"create stage {SCHEMA}.S url = 's3://{BUCKET}/'")
    landing.execute(f"alter stage {SCHEMA}.LANDING unset storage_integration")
    with pytest.raises(StorageAccessError, match="has no storage integration"):
        landing.account.shared.stages.files(StagePath(STAGE))


def test_a_role_with_another_path_is_not_the_one(landing: Landing) -> None:
    landing.create_integration("OTHER", ROLE_ARN.replace("role/", "role/path/"))

    with pytest.raises(AssumeRoleError, match="is not authorized to perform: sts:AssumeRole"):
        landing.execute(f"create stage {SCHEMA}.S url = 's3://{BUCKET}/' storage_integration = OTHER")


def test_files_are_listed_by_key_beyond_one_page(landing: Landing) -> None:
    for number in range(3):
        landing.put(f"in/{number}", "x" * number)
    landing.put("out/x", "")

    files = list(landing.account.shared.stages.files(StagePath(STAGE, "in/")).list_files())

    assert [(file.key, file.size) for file in files] == [("in/0", 0), ("in/1", 1), ("in/2", 2)]
    assert files[1].etag == "9dd4e461268c8034f5c8564e155c67a6"


def test_the_access_policy_may_also_be_attached(landing: Landing) -> None:
    iam = landing.aws.client("iam")
    iam.delete_role_policy(RoleName=ROLE, PolicyName="read")
    landing.put("a", "x")
    with pytest.raises(StorageAccessError, match="Access Denied"):
        landing.account.shared.stages.files(StagePath(STAGE)).read("a")

    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(READ_BUCKET))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)

    found = landing.account.shared.stages.files(StagePath(STAGE)).read("a")
    assert found is not None
    assert found[1] == b"x"


def test_a_bucket_that_is_not_there_is_an_error_that_names_the_place(landing: Landing) -> None:
    landing.aws.client("s3").delete_bucket(Bucket=BUCKET)
    reader = landing.account.shared.stages.files(StagePath(STAGE, "in/"))

    with pytest.raises(StorageAccessError, match=r"does not exist.*s3://landing/in/"):
        list(reader.list_files())
    with pytest.raises(StorageAccessError, match=r"does not exist.*s3://landing/in/a"):
        reader.read("in/a")


def test_what_an_integration_cannot_be_without_is_not_unset(landing: Landing) -> None:
    for name in ("STORAGE_AWS_ROLE_ARN", "STORAGE_AWS_EXTERNAL_ID", "STORAGE_ALLOWED_LOCATIONS"):
        with pytest.raises(UnsupportedError, match=f"ALTER STORAGE INTEGRATION UNSET {name}"):
            landing.execute(f"alter storage integration SI unset {name}")
    landing.execute("alter storage integration SI unset comment")
    landing.execute("list @LANDING")
