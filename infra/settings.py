"""Settings: the stack's config, parsed and checked once, before any resource is registered.

Nothing but this module and those that read a part of it for it sees ``pulumi.Config``. The keys are described in
``Pulumi.yaml``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.config_values import refused, text, truth
from infra.data_folder import files_to_land
from infra.durations import ALLOWED, seconds_of
from infra.encryption_settings import EncryptionSettings, read_encryption
from infra.errors import SettingsError
from infra.feeds import Feed, as_delivered, parquet_names
from infra.holders import Holders, WarehouseSettings, read_holders, read_warehouse
from infra.landing_settings import LandingSettings, landing_bucket, read_landing, topic_arn
from infra.naming import DASHBOARD_PREFIX, Names
from infra.tag_settings import read_tags
from landing_keys import DataFile

DEFAULT_DATA_DIR = "input_data/starter"
DEFAULT_TARGET_LAG = "5 minutes"
DEFAULT_SWEEP = "1 hour"
MOST_RETENTION_DAYS = 90
"""Of Snowflake's Enterprise Edition: https://docs.snowflake.com/en/user-guide/data-time-travel."""
MOST_SWEEP_SECONDS = 7 * 86_400
"""A pipe's refresh looks no further back: https://docs.snowflake.com/en/sql-reference/sql/alter-pipe."""


MAX_STEM = 50
"""With an account's 12 digits and a hyphen it makes the 63 characters of a bucket's name."""

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

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_SYSTEM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SYSTEMS = "lower-case letters, digits and single hyphens, a letter first"
_STACK = re.compile(r"[a-z][a-z0-9-]{0,33}")


@dataclass(frozen=True)
class Settings:
    """What a stack decides for itself.

    Attributes:
        names: the physical names that follow from project, stack and config.
        feeds: the feeds, in the formats in which their files come.
        landing: the bucket that files land in, and who tells of them.
        encryption: how that bucket encrypts.
        data_files: the files to land as bucket objects, in landing order.
        force_destroy: whether ``pulumi destroy`` may delete a bucket that still holds files.
        protect: whether what holds data is protected from being deleted.
        retention_days: how long tables keep their history; None for as long as the account says, a day at first.
        target_lag: how old the models may be, in Snowflake's words: ``5 minutes``.
        warehouse: the warehouse that refreshes the models.
        holders: who gets the database roles.
        alert_topic_arn: an existing topic for alerts; None for one of the stack's own, if it has any.
        alert_emails: who is told.
        sweep_seconds: how often every pipe is refreshed.
        expected_every: the longest seconds without a file of those feeds of which one is expected, by their names.
        dashboard: whether the dashboard is deployed as Streamlit in Snowflake.
    """

    names: Names
    feeds: tuple[Feed, ...]
    landing: LandingSettings
    encryption: EncryptionSettings
    data_files: tuple[DataFile, ...]
    force_destroy: bool
    protect: bool
    retention_days: int | None
    target_lag: str
    warehouse: WarehouseSettings
    holders: Holders
    alert_topic_arn: str | None
    alert_emails: tuple[str, ...]
    sweep_seconds: int
    expected_every: Mapping[str, int]
    dashboard: bool

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Below what Snowflake reads the bucket."""
        return (*(feed.prefix for feed in self.feeds), *((DASHBOARD_PREFIX,) if self.dashboard else ()))

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
    feeds = as_delivered(feeds, _parquet_feeds(config, feeds))
    _check_preview_features(pulumi.Config("snowflake"), PREVIEW_FEATURES)
    settings = Settings(
        names=_names(config),
        feeds=feeds,
        landing=(landing := read_landing(config)),
        encryption=read_encryption(config, landing),
        data_files=files_to_land(f"{config.name}:dataDir", _data_dir(config, landing), feeds),
        force_destroy=truth(config, "forceDestroy"),
        protect=truth(config, "protect"),
        retention_days=_retention_days(config),
        target_lag=_target_lag(config),
        warehouse=read_warehouse(config),
        holders=read_holders(config),
        alert_topic_arn=topic_arn(config, "alertTopicArn"),
        alert_emails=_alert_emails(config),
        sweep_seconds=_sweep_seconds(config),
        expected_every=_expected_every(config, feeds),
        dashboard=truth(config, "dashboard"),
    )
    if settings.protect and settings.force_destroy:
        raise SettingsError(
            f"{config.name}:protect and {config.name}:forceDestroy are both true; allowed is one of them"
        )
    if settings.dashboard and settings.landing.bucket_account:
        raise refused(
            config, "dashboard", "true", "false beside a bucketAccount, whose bucket its files would go through"
        )
    if settings.has_alerts:
        _check_preview_features(pulumi.Config("snowflake"), ALERT_FEATURES)
    return settings


def _parquet_feeds(config: pulumi.Config, feeds: Sequence[Feed]) -> tuple[str, ...]:
    value = text(config, "parquetFeeds", "[]")
    names = parquet_names(value, feeds)
    if names is None:
        raise refused(config, "parquetFeeds", value, f"a list of {', '.join(feed.name for feed in feeds)}, or of some")
    return names


def _data_dir(config: pulumi.Config, landing: LandingSettings) -> str:
    value = text(config, "dataDir", DEFAULT_DATA_DIR)
    if landing.existing_bucket and value == DEFAULT_DATA_DIR:
        allowed = "'' or a folder of your own beside an existingBucket, which is no place for made-up data"
        raise refused(config, "dataDir", value, allowed)
    if landing.bucket_account and value:
        allowed = f"'' beside a bucketAccount: whoever deploys may put nothing into {landing.existing_bucket}"
        raise refused(config, "dataDir", value, allowed)
    return value


def _names(config: pulumi.Config) -> Names:
    stack, system = pulumi.get_stack(), text(config, "system", "")
    if not _STACK.fullmatch(stack):
        raise SettingsError(
            f"the stack is named {stack!r}; allowed are 1 to 34 lower-case letters, digits and hyphens, a letter first"
        )
    if system and not _SYSTEM.fullmatch(system):
        raise refused(config, "system", system, f"{_SYSTEMS}, or '' for the project's name")
    names = Names(pulumi.get_project(), stack, landing_bucket(config), system or None, read_tags(config))
    if not system and not _SYSTEM.fullmatch(names.project):
        raise SettingsError(
            f"the project is named {names.project!r}, from which no names can be made; set {config.name}:system to "
            f"{_SYSTEMS}"
        )
    if len(names.stem) > MAX_STEM:
        raise SettingsError(
            f"names would begin with {names.stem!r}, {len(names.stem)} characters of at most {MAX_STEM}; take a "
            f"shorter name for the stack, or a shorter {config.name}:system"
        )
    return names


def _target_lag(config: pulumi.Config) -> str:
    value = text(config, "targetLag", DEFAULT_TARGET_LAG)
    if seconds_of(value) is None:
        raise refused(config, "targetLag", value, ALLOWED)
    return value


def _alert_emails(config: pulumi.Config) -> tuple[str, ...]:
    value = text(config, "alertEmails", "[]")
    try:
        emails = json.loads(value)
    except ValueError:
        emails = None
    if not isinstance(emails, list) or not all(isinstance(email, str) and _EMAIL.fullmatch(email) for email in emails):
        raise refused(config, "alertEmails", value, "a list of mail addresses, like ['someone@example.com']")
    return tuple(dict.fromkeys(emails))


def _retention_days(config: pulumi.Config) -> int | None:
    value = text(config, "retentionDays", "0")
    if not re.fullmatch(r"[0-9]{1,2}", value) or int(value) > MOST_RETENTION_DAYS:
        allowed = f"a whole number of days, {MOST_RETENTION_DAYS} at the most, or 0 for as long as the account says"
        raise refused(config, "retentionDays", value, allowed)
    return int(value) or None


def _sweep_seconds(config: pulumi.Config) -> int:
    value = text(config, "refreshPipesEvery", DEFAULT_SWEEP)
    seconds = seconds_of(value)
    if seconds is None or seconds > MOST_SWEEP_SECONDS:
        raise refused(config, "refreshPipesEvery", value, f"{ALLOWED}, 7 days at the most")
    return seconds


def _expected_every(config: pulumi.Config, feeds: Sequence[Feed]) -> dict[str, int]:
    value = text(config, "expectedEvery", "{}")
    try:
        spans = json.loads(value)
    except ValueError:
        spans = None
    names = [feed.name for feed in feeds]
    seconds = {name: seconds_of(str(span)) for name, span in spans.items()} if isinstance(spans, dict) else {"": None}
    found = {name: span for name, span in seconds.items() if name in names and span is not None}
    if found.keys() != seconds.keys():
        raise refused(config, "expectedEvery", value, f"for each of {', '.join(names)}, or for some, {ALLOWED}")
    return found


def _check_preview_features(config: pulumi.Config, needed: Sequence[str]) -> None:
    # A stack that lacks one passes `pulumi preview` and fails halfway through `pulumi up`.
    value = config.get("previewFeaturesEnabled")
    try:
        enabled = json.loads(value) if value else []
    except ValueError:
        enabled = None
    if not isinstance(enabled, list):
        raise refused(config, "previewFeaturesEnabled", str(value), "a list of the provider's feature names")
    missing = [feature for feature in needed if feature not in enabled]
    if missing:
        raise SettingsError(
            f"{config.name}:previewFeaturesEnabled is {enabled}; it has to list {', '.join(missing)} too, "
            "as Pulumi.yaml does for every stack that sets no list of its own"
        )
