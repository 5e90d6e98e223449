"""The config of where files land: in which bucket, who tells of them, and who reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import pulumi

from infra.config_values import refused, text
from infra.holders import is_name

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots are allowed there, but break
# the certificate's wildcard, and the bucket is reached over TLS only.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_RESERVED_BUCKET_PREFIXES = "xn--", "sthree-", "amzn-s3-demo-"
_RESERVED_BUCKET_SUFFIXES = "-s3alias", "--ol-s3", "--x-s3", "--table-s3"
_ACCOUNT = re.compile(r"[0-9]{12}")
EXISTING_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""A name that a bucket has; older ones have dots."""
TOPIC_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}")
"""Of a standard topic: neither S3 nor Snowflake sends to one that keeps an order."""


class Notifications(Enum):
    """Who tells the pipes of a new file; the value is its word in the config."""

    BUCKET = "bucket"
    """The bucket itself, by its notification configuration, of which it has one."""
    SNS = "sns"
    """A topic that the bucket's notification names, beside whatever else it names."""
    EVENTBRIDGE = "eventbridge"
    """A topic that a rule of EventBridge names, where the bucket's events go as well."""


@dataclass(frozen=True)
class LandingSettings:
    """Where files land.

    Attributes:
        existing_bucket: a bucket that is there; None for one of the stack's own.
        bucket_account: the AWS account of that bucket, if it is another one than the stack's.
        notifications: who tells the pipes of a new file.
        topic_arn: an existing topic for that; None for one of the stack's own, if a topic is needed.
        integration: a storage integration that is there; None for one of the stack's own.
        access_log_bucket: where the access log of the stack's own bucket goes; None for no log.
    """

    existing_bucket: str | None
    bucket_account: str | None
    notifications: Notifications
    topic_arn: str | None
    integration: str | None
    access_log_bucket: str | None

    @property
    def has_topic(self) -> bool:
        """Whether the pipes hear of files by a topic."""
        return self.notifications is not Notifications.BUCKET


def landing_bucket(config: pulumi.Config) -> str | None:
    """Return the name that the config gives to the stack's own bucket.

    Raises:
        SettingsError: it cannot have that name.
    """
    value = text(config, "landingBucket", "")
    if value and (
        not _BUCKET.fullmatch(value)
        or value.startswith(_RESERVED_BUCKET_PREFIXES)
        or value.endswith(_RESERVED_BUCKET_SUFFIXES)
    ):
        allowed = (
            "3 to 63 lower-case letters, digits and hyphens, none of the beginnings and ends that AWS reserves "
            "(like xn-- and -s3alias), or '' for a name of project, stack and account"
        )
        raise refused(config, "landingBucket", value, allowed)
    return value or None


def read_landing(config: pulumi.Config) -> LandingSettings:
    """Return where files land.

    Raises:
        SettingsError: a value is not allowed, or not beside another one.
    """
    landing = LandingSettings(
        existing_bucket=_bucket_that_is_there(config, "existingBucket"),
        bucket_account=_bucket_account(config),
        notifications=_notifications(config),
        topic_arn=topic_arn(config, "notificationTopicArn"),
        integration=_integration(config),
        access_log_bucket=_bucket_that_is_there(config, "accessLogBucket"),
    )
    _check_together(config, landing)
    return landing


def topic_arn(config: pulumi.Config, key: str) -> str | None:
    """Return the ARN of an existing topic that the config names.

    Raises:
        SettingsError: it is none, or a FIFO topic's.
    """
    value = text(config, key, "")
    if value and not TOPIC_ARN.fullmatch(value):
        allowed = (
            "the ARN of a standard SNS topic (what is sent to a FIFO topic is lost), like "
            "arn:aws:sns:eu-west-1:123456789012:topic, or '' for none"
        )
        raise refused(config, key, value, allowed)
    return value or None


def _bucket_that_is_there(config: pulumi.Config, key: str) -> str | None:
    value = text(config, key, "")
    if value and not EXISTING_BUCKET.fullmatch(value):
        raise refused(config, key, value, "the name of a bucket, without s3:// and path, or '' for none")
    return value or None


def _bucket_account(config: pulumi.Config) -> str | None:
    value = text(config, "bucketAccount", "")
    if value and not _ACCOUNT.fullmatch(value):
        raise refused(config, "bucketAccount", value, "the 12 digits of an AWS account, or '' for the stack's")
    return value or None


def _notifications(config: pulumi.Config) -> Notifications:
    value = text(config, "notifications", Notifications.BUCKET.value)
    if value not in (words := [way.value for way in Notifications]):
        raise refused(config, "notifications", value, "one of " + ", ".join(words))
    return Notifications(value)


def _integration(config: pulumi.Config) -> str | None:
    value = text(config, "existingIntegration", "")
    if value and not is_name(value):
        raise refused(config, "existingIntegration", value, "the name of a storage integration, in capitals, or ''")
    return value or None


def _check_together(config: pulumi.Config, landing: LandingSettings) -> None:
    existing, way = landing.existing_bucket, landing.notifications
    if existing and (named := text(config, "landingBucket", "")):
        raise refused(config, "landingBucket", named, "'' beside an existingBucket, which has its name")
    if existing and (log := landing.access_log_bucket):
        raise refused(config, "accessLogBucket", log, "'' beside an existingBucket, of which the stack sets nothing")
    if landing.access_log_bucket and landing.access_log_bucket == text(config, "landingBucket", ""):
        allowed = "another bucket than the landingBucket, which would log its own logs"
        raise refused(config, "accessLogBucket", landing.access_log_bucket, allowed)
    if existing and not landing.has_topic:
        allowed = (
            "sns or eventbridge beside an existingBucket: a bucket has one notification configuration, and a new one "
            "wipes out what others have put there"
        )
        raise refused(config, "notifications", way.value, allowed)
    if landing.bucket_account and not existing:
        raise refused(config, "bucketAccount", landing.bucket_account, "'' without an existingBucket of that account")
    if landing.bucket_account and way is Notifications.EVENTBRIDGE:
        allowed = "sns beside a bucketAccount: the bucket's events go to the EventBridge of its own account"
        raise refused(config, "notifications", way.value, allowed)
    if landing.topic_arn and not landing.has_topic:
        allowed = "'' where notifications is bucket; set notifications to sns or eventbridge"
        raise refused(config, "notificationTopicArn", landing.topic_arn, allowed)
    region = pulumi.Config("aws").get("region")
    if landing.topic_arn and region and landing.topic_arn.split(":")[3] != region:
        allowed = f"a topic in {region}, the stack's region: S3 and EventBridge send to no other"
        raise refused(config, "notificationTopicArn", landing.topic_arn, allowed)
