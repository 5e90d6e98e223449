"""Settings: the stack's config, parsed and checked once, before any resource is registered.

This is the only module that reads ``pulumi.Config``. The keys are described in ``Pulumi.yaml``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.data_folder import files_to_land
from infra.durations import ALLOWED, seconds_of
from infra.errors import SettingsError
from infra.feeds import Feed
from infra.holders import Holders, WarehouseSettings, is_name, names_in
from infra.naming import Names
from landing_keys import DataFile

DEFAULT_DATA_DIR = "input_data/starter"
DEFAULT_TARGET_LAG = "5 minutes"
DEFAULT_WAREHOUSE_SIZE = "XSMALL"

MAX_STEM = 50
"""With an account's 12 digits and a hyphen it makes the 63 characters of a bucket's name."""

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
_SYSTEM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SYSTEMS = "lower-case letters, digits and single hyphens, a letter first"
_STACK = re.compile(r"[a-z][a-z0-9-]{0,33}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots are allowed there, but break
# the certificate's wildcard, and the bucket is reached over TLS only.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_RESERVED_BUCKET_PREFIXES = "xn--", "sthree-", "amzn-s3-demo-"
_RESERVED_BUCKET_SUFFIXES = "-s3alias", "--ol-s3", "--x-s3", "--table-s3"


@dataclass(frozen=True)
class Settings:
    """What a stack decides for itself.

    Attributes:
        names: the physical names that follow from project, stack and config.
        data_files: the files to land as bucket objects, in landing order.
        force_destroy: whether ``pulumi destroy`` may delete a bucket that still holds files.
        protect: whether what holds data is protected from being deleted.
        target_lag: how old the models may be, in Snowflake's words: ``5 minutes``.
        warehouse: the warehouse that refreshes the models.
        holders: who gets the database roles.
        alert_topic_arn: an existing topic for alerts; None for one of the stack's own, if it has any.
        alert_emails: who is told.
        expected_every: the longest seconds without a file of those feeds of which one is expected, by their names.
    """

    names: Names
    data_files: tuple[DataFile, ...]
    force_destroy: bool
    protect: bool
    target_lag: str
    warehouse: WarehouseSettings
    holders: Holders
    alert_topic_arn: str | None
    alert_emails: tuple[str, ...]
    expected_every: Mapping[str, int]

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
        names=_names(config),
        data_files=files_to_land(f"{config.name}:dataDir", _text(config, "dataDir", DEFAULT_DATA_DIR), feeds),
        force_destroy=_truth(config, "forceDestroy"),
        protect=_truth(config, "protect"),
        target_lag=_target_lag(config),
        warehouse=_warehouse(config),
        holders=_holders(config),
        alert_topic_arn=_alert_topic_arn(config),
        alert_emails=_alert_emails(config),
        expected_every=_expected_every(config, feeds),
    )
    if settings.protect and settings.force_destroy:
        raise SettingsError(
            f"{config.name}:protect and {config.name}:forceDestroy are both true; allowed is one of them"
        )
    if settings.has_alerts:
        _check_preview_features(pulumi.Config("snowflake"), ALERT_FEATURES)
    return settings


def _text(config: pulumi.Config, key: str, default: str) -> str:
    value = config.get(key)
    return default if value is None else value


def _refused(config: pulumi.Config, key: str, value: str, allowed: str) -> SettingsError:
    return SettingsError(f"{config.name}:{key} is {value!r}; allowed is {allowed}")


def _names(config: pulumi.Config) -> Names:
    stack, system = pulumi.get_stack(), _text(config, "system", "")
    if not _STACK.fullmatch(stack):
        raise SettingsError(
            f"the stack is named {stack!r}; allowed are 1 to 34 lower-case letters, digits and hyphens, a letter first"
        )
    if system and not _SYSTEM.fullmatch(system):
        raise _refused(config, "system", system, f"{_SYSTEMS}, or '' for the project's name")
    names = Names(pulumi.get_project(), stack, _landing_bucket(config), system or None)
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


def _truth(config: pulumi.Config, key: str) -> bool:
    value = _text(config, key, "false")
    if value not in {"true", "false"}:
        raise _refused(config, key, value, "true or false")
    return value == "true"


def _target_lag(config: pulumi.Config) -> str:
    value = _text(config, "targetLag", DEFAULT_TARGET_LAG)
    if seconds_of(value) is None:
        raise _refused(config, "targetLag", value, ALLOWED)
    return value


def _warehouse(config: pulumi.Config) -> WarehouseSettings:
    quota, monitor = _monthly_credit_quota(config), _resource_monitor(config, "resourceMonitor")
    if quota and monitor:
        raise _refused(
            config, "resourceMonitor", monitor, "'' beside a monthlyCreditQuota, which makes a monitor itself"
        )
    return WarehouseSettings(_warehouse_size(config, "warehouseSize"), quota, monitor)


def _holders(config: pulumi.Config) -> Holders:
    size = _warehouse_size(config, "readersWarehouseSize")
    warehouse = WarehouseSettings(size, None, _resource_monitor(config, "readersResourceMonitor"))
    return Holders(_account_roles(config, "readers"), _account_roles(config, "operators"), warehouse)


def _warehouse_size(config: pulumi.Config, key: str) -> str:
    value = _text(config, key, DEFAULT_WAREHOUSE_SIZE)
    if value not in WAREHOUSE_SIZES:
        raise _refused(config, key, value, "one of " + ", ".join(WAREHOUSE_SIZES))
    return value


def _resource_monitor(config: pulumi.Config, key: str) -> str | None:
    value = _text(config, key, "")
    if value and not is_name(value):
        raise _refused(config, key, value, "the name of a resource monitor of the account, in capitals, or ''")
    return value or None


def _account_roles(config: pulumi.Config, key: str) -> tuple[str, ...]:
    value = _text(config, key, "[]")
    roles = names_in(value)
    if roles is None:
        raise _refused(config, key, value, 'a list of account roles, in capitals, like ["ANALYST"]')
    return roles


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


def _expected_every(config: pulumi.Config, feeds: Sequence[Feed]) -> dict[str, int]:
    value = _text(config, "expectedEvery", "{}")
    try:
        spans = json.loads(value)
    except ValueError:
        spans = None
    names = [feed.name for feed in feeds]
    seconds = {name: seconds_of(str(span)) for name, span in spans.items()} if isinstance(spans, dict) else {"": None}
    found = {name: span for name, span in seconds.items() if name in names and span is not None}
    if found.keys() != seconds.keys():
        raise _refused(config, "expectedEvery", value, f"for each of {', '.join(names)}, or for some, {ALLOWED}")
    return found


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
