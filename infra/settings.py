"""Settings: the stack's config, parsed and checked once, before any resource is registered.

This is the only module that reads ``pulumi.Config``. The keys are described in ``Pulumi.yaml``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.errors import SettingsError
from infra.feeds import Feed
from infra.naming import Names
from landing_keys import UNFINISHED, DataFile, UnlandableError, find_data_files

PROJECT_FOLDER = Path(__file__).resolve().parent.parent

DEFAULT_DATA_DIR = "input_data/starter"
DEFAULT_TARGET_LAG = "5 minutes"
DEFAULT_WAREHOUSE_SIZE = "XSMALL"

MAX_DATA_FILES = 1_000
"""Bucket objects are for starter data: a stack with some thousand resources takes minutes to preview."""

WAREHOUSE_SIZES = ("XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE")

PREVIEW_FEATURES = (
    "snowflake_table_resource",
    "snowflake_pipe_resource",
    "snowflake_dynamic_table_resource",
    "snowflake_file_format_csv_resource",
    "snowflake_file_format_json_resource",
)
"""Resources of the program that pulumi_snowflake offers only when the stack asks for them by name."""

ALERT_FEATURES = ("snowflake_notification_integration_resource",)
"""The same, of stacks that tell somebody of rejected files."""

_TOPIC_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_STACK = re.compile(r"[a-z][a-z0-9-]{0,33}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots are allowed there, but break
# the certificate's wildcard, and the bucket is reached over TLS only.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_RESERVED_BUCKET_PREFIXES = "xn--", "sthree-", "amzn-s3-demo-"
_RESERVED_BUCKET_SUFFIXES = "-s3alias", "--ol-s3", "--x-s3", "--table-s3"
# As SHOW DYNAMIC TABLES spells it; the provider compares literally, so "5 MINUTES" would be a diff for ever.
_TARGET_LAG = re.compile(r"1 (?:minute|hour|day)|(?:[2-9]|[1-9][0-9]+) (?:minutes|hours|days)")


@dataclass(frozen=True)
class Settings:
    """What a stack decides for itself.

    Attributes:
        names: the physical names that follow from project and stack.
        data_files: the files to land as bucket objects, in landing order.
        landing_bucket: the bucket's name; None derives one from project, stack and account.
        force_destroy: whether ``pulumi destroy`` may delete a bucket that still holds files.
        target_lag: how old the models may be, in Snowflake's words: ``5 minutes``.
        warehouse_size: one of ``WAREHOUSE_SIZES``.
        monthly_credit_quota: credits a month after which the warehouse is suspended; None for no limit.
        alert_topic_arn: an existing topic for alerts; None for one of the stack's own, if it has any.
        alert_emails: who is told.
    """

    names: Names
    data_files: tuple[DataFile, ...]
    landing_bucket: str | None
    force_destroy: bool
    target_lag: str
    warehouse_size: str
    monthly_credit_quota: int | None
    alert_topic_arn: str | None
    alert_emails: tuple[str, ...]

    @property
    def has_alerts(self) -> bool:
        """Whether anybody is to hear of rejected files."""
        return bool(self.alert_topic_arn or self.alert_emails)


def load_settings(feeds: Sequence[Feed]) -> Settings:
    """Read the stack's config and the list of files in its data folder.

    Raises:
        SettingsError: a value is not allowed, the data folder is missing, empty of known files or too large,
            or the stack does not enable the provider's preview features.
    """
    config = pulumi.Config()
    _check_preview_features(pulumi.Config("snowflake"), PREVIEW_FEATURES)
    settings = Settings(
        names=_names(pulumi.get_project(), pulumi.get_stack()),
        data_files=_data_files(_text(config, "dataDir", DEFAULT_DATA_DIR), feeds),
        landing_bucket=_landing_bucket(config),
        force_destroy=_force_destroy(config),
        target_lag=_target_lag(config),
        warehouse_size=_warehouse_size(config),
        monthly_credit_quota=_monthly_credit_quota(config),
        alert_topic_arn=_alert_topic_arn(config),
        alert_emails=_alert_emails(config),
    )
    if settings.has_alerts:
        _check_preview_features(pulumi.Config("snowflake"), ALERT_FEATURES)
    return settings


def _text(config: pulumi.Config, key: str, default: str) -> str:
    value = config.get(key)
    return default if value is None else value


def _refused(config: pulumi.Config, key: str, value: str, allowed: str) -> SettingsError:
    return SettingsError(f"{config.name}:{key} is {value!r}; allowed is {allowed}")


def _names(project: str, stack: str) -> Names:
    if not _STACK.fullmatch(stack):
        raise SettingsError(
            f"the stack is named {stack!r}; allowed are 1 to 34 lower-case letters, digits and hyphens, a letter first"
        )
    return Names(project, stack)


def _data_files(data_dir: str, feeds: Sequence[Feed]) -> tuple[DataFile, ...]:
    if not data_dir:
        return ()
    key = f"{pulumi.Config().name}:dataDir"
    folder = PROJECT_FOLDER / data_dir
    if not folder.is_dir():
        raise SettingsError(
            f"{key} is {data_dir!r}, which is no folder here; make the data with `python -m input_data_generator "
            f"--out {data_dir}`, or land no files with `pulumi config set dataDir ''`"
        )
    if (folder / UNFINISHED).exists():
        raise SettingsError(
            f"{key} is {data_dir!r}, which the generator has not finished: run its command again, or remove "
            f"{UNFINISHED} there if the data is yours"
        )
    try:
        files = find_data_files(folder, {feed.name: feed.extensions for feed in feeds})
    except UnlandableError as error:
        raise SettingsError(f"{key} is {data_dir!r}, which cannot land: {error}") from None
    except OSError as error:
        raise SettingsError(f"{key} is {data_dir!r}, which cannot be read: {error}") from None
    if not files:
        known = ", ".join(f"{feed.name}*{extension}" for feed in feeds for extension in feed.extensions)
        raise SettingsError(f"{key} is {data_dir!r}, where no file of a feed is; looked for {known}")
    if unreadable := [file.path for file in files if not (file.path.is_file() and os.access(file.path, os.R_OK))]:
        raise SettingsError(f"{key} is {data_dir!r}, where {unreadable[0].name} is no file that can be read")
    if len(files) > MAX_DATA_FILES:
        raise SettingsError(
            f"{key} is {data_dir!r}, which holds {len(files):,} files; a stack lands at most {MAX_DATA_FILES:,}, "
            "more go into the bucket with `python -m input_data_generator --upload` and dataDir ''"
        )
    return tuple(files)


def _landing_bucket(config: pulumi.Config) -> str | None:
    value = _text(config, "landingBucket", "")
    if value and (
        not _BUCKET.fullmatch(value)
        or value.startswith(_RESERVED_BUCKET_PREFIXES)
        or value.endswith(_RESERVED_BUCKET_SUFFIXES)
    ):
        allowed = (
            "3 to 63 lower-case letters, digits and hyphens, none of the beginnings and ends that AWS reserves "
            "(like xn-- and -s3alias), or '' for a name of project, stack and account"
        )
        raise _refused(config, "landingBucket", value, allowed)
    return value or None


def _force_destroy(config: pulumi.Config) -> bool:
    value = _text(config, "forceDestroy", "false")
    if value not in {"true", "false"}:
        raise _refused(config, "forceDestroy", value, "true or false")
    return value == "true"


def _target_lag(config: pulumi.Config) -> str:
    value = _text(config, "targetLag", DEFAULT_TARGET_LAG)
    if not _TARGET_LAG.fullmatch(value):
        raise _refused(config, "targetLag", value, "a whole number of minutes, hours or days, like '1 minute'")
    return value


def _warehouse_size(config: pulumi.Config) -> str:
    value = _text(config, "warehouseSize", DEFAULT_WAREHOUSE_SIZE)
    if value not in WAREHOUSE_SIZES:
        raise _refused(config, "warehouseSize", value, "one of " + ", ".join(WAREHOUSE_SIZES))
    return value


def _monthly_credit_quota(config: pulumi.Config) -> int | None:
    value = _text(config, "monthlyCreditQuota", "0")
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise _refused(config, "monthlyCreditQuota", value, "a whole number of credits, or 0 for no limit")
    return int(value) or None


def _alert_topic_arn(config: pulumi.Config) -> str | None:
    value = _text(config, "alertTopicArn", "")
    if value and not _TOPIC_ARN.fullmatch(value):
        allowed = (
            "the ARN of a standard SNS topic (what Snowflake sends to a FIFO topic is lost), like "
            "arn:aws:sns:eu-west-1:123456789012:alerts, or '' for none"
        )
        raise _refused(config, "alertTopicArn", value, allowed)
    return value or None


def _alert_emails(config: pulumi.Config) -> tuple[str, ...]:
    value = _text(config, "alertEmails", "[]")
    try:
        emails = json.loads(value)
    except ValueError:
        emails = None
    if not isinstance(emails, list) or not all(isinstance(email, str) and _EMAIL.fullmatch(email) for email in emails):
        raise _refused(config, "alertEmails", value, "a list of mail addresses, like ['someone@example.com']")
    return tuple(dict.fromkeys(emails))


def _check_preview_features(config: pulumi.Config, needed: Sequence[str]) -> None:
    # A stack that lacks one passes `pulumi preview` and fails halfway through `pulumi up`.
    value = config.get("previewFeaturesEnabled")
    try:
        enabled = json.loads(value) if value else []
    except ValueError:
        enabled = None
    if not isinstance(enabled, list):
        raise _refused(config, "previewFeaturesEnabled", str(value), "a list of the provider's feature names")
    missing = [feature for feature in needed if feature not in enabled]
    if missing:
        raise SettingsError(
            f"{config.name}:previewFeaturesEnabled is {enabled}; it has to list {', '.join(missing)} too, "
            "as Pulumi.yaml does for every stack that sets no list of its own"
        )
