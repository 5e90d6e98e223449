"""What is there already, asked before anything is made: the account, and the bucket and integration of the config."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_snowflake as snowflake

from infra.account_roles import check_account_roles
from infra.errors import SettingsError
from infra.landing_settings import LandingSettings
from infra.naming import landing_url
from infra.settings import Settings


@dataclass(frozen=True)
class Surroundings:
    """What the stack stands in.

    Attributes:
        partition: of AWS: ``aws``, ``aws-cn`` ….
        account_id: the AWS account that it is deployed to.
        region: the AWS region of it.
        integration_role: the role of the storage integration that is there; None where the stack makes its own.
    """

    partition: str
    account_id: str
    region: str
    integration_role: str | None

    def role_arn(self, role: str) -> str:
        """Return the ARN that a role of the account has."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/{role}"

    @property
    def account_arn(self) -> str:
        """The account's own principal, which stands in a policy for whomever the account allows."""
        return f"arn:{self.partition}:iam::{self.account_id}:root"

    def bucket_arn(self, bucket: str) -> str:
        """Return the ARN of a bucket, which names neither region nor account."""
        return f"arn:{self.partition}:s3:::{bucket}"


def look_around(settings: Settings) -> Surroundings:
    """Return what is there, and refuse a config that names what is not, or cannot be used.

    Raises:
        SettingsError: account roles, the bucket or the integration are not there, or do not fit.
    """
    check_account_roles(settings.holders.roles)
    caller = aws.get_caller_identity()
    region = aws.get_region().region
    landing = settings.landing
    if landing.existing_bucket and landing.bucket_account in {None, caller.account_id}:
        _check_bucket(landing.existing_bucket, region)
    bucket = landing.existing_bucket or settings.names.bucket(caller.account_id)
    return Surroundings(caller.arn.split(":")[1], caller.account_id, region, _integration_role(landing, bucket))


def _check_bucket(bucket: str, region: str) -> None:
    try:
        found = aws.s3.get_bucket(bucket=bucket).bucket_region
    except pulumi.RunError:
        raise
    except Exception as error:
        raise SettingsError(
            f"existingBucket is {bucket!r}, which cannot be read ({' '.join(str(error).split())}); name a bucket that "
            "whoever deploys may list, or its account by bucketAccount"
        ) from None
    if found != region:
        raise SettingsError(
            f"existingBucket is {bucket!r}, which is in {found}; S3 sends its events only within a region, so deploy "
            f"with aws:region {found} instead of {region}"
        )


def _integration_role(landing: LandingSettings, bucket: str) -> str | None:
    """Return the role of the integration that config names, after looking at whether a stage can use it."""
    name, url = landing.integration, landing_url(bucket)
    if name is None:
        return None
    shown = snowflake.get_storage_integrations(like=name).storage_integrations  # an underscore is any character
    found = [each for each in shown if [output.name for output in each.show_outputs] == [name]]
    if not found:
        raise SettingsError(
            f"existingIntegration is {name!r}, and whoever deploys is shown no such storage integration; make it, or "
            f"grant usage on integration {name} to the role that deploys"
        )
    described = found[0].describe_outputs[0]
    if not described.enabled:
        raise SettingsError(f"existingIntegration is {name!r}, which is not enabled; alter it with SET ENABLED = TRUE")
    allowed = [place for place in described.allowed_locations if _covers(place, url)]
    blocked = [place for place in described.blocked_locations if _covers(place, url) or _covers(url, place)]
    if not allowed or blocked:
        raise SettingsError(
            f"existingIntegration is {name!r}, which allows {', '.join(described.allowed_locations)} and blocks "
            f"{', '.join(described.blocked_locations) or 'nothing'}; the stage needs {url}, so add that to its "
            "STORAGE_ALLOWED_LOCATIONS"
        )
    return described.role_arn


def _covers(place: str, url: str) -> bool:
    return place == "*" or f"{url.rstrip('/')}/".startswith(f"{place.rstrip('/')}/")
