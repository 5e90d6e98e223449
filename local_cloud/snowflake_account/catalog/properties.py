"""Which properties each kind of object has, and which values they take.

Snowflake refuses a property that a kind does not have, and so does the account: a misspelt one must not
look as if it had been understood. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_cloud.snowflake_account.catalog.parameters import PARAMETERS, invalid
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.file_formats import OPTION_NAMES, file_format
from local_cloud.snowflake_account.language.kinds import Kind

IsValid = Callable[[Any], bool]

_SIZES = ("XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE", "XXXLARGE", "X2LARGE", "X3LARGE", "X4LARGE")
# At least 60 seconds: https://docs.snowflake.com/en/user-guide/dynamic-tables/target-lag
_LAG = re.compile(r"DOWNSTREAM|([6-9]\d|[1-9]\d{2,}) SECONDS?|[1-9]\d* (MINUTE|HOUR|DAY)S?", re.IGNORECASE)
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?")
_PUBLIC_KEY = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_SCHEDULE = re.compile(r"USING CRON \S+ \S+ \S+ \S+ \S+ \S+|[1-9]\d* ?(M|MINUTES?|H|HOURS?|S|SECONDS?)", re.IGNORECASE)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _signed(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _texts(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(item, str) for item in value)


def _any(value: Any) -> bool:  # noqa: ARG001
    return True


def _format(value: Any) -> bool:
    """Tell whether a stage's format names one or has options; options that no format has are refused by name."""
    if not isinstance(value, dict) or not value:
        return False
    if "FORMAT_NAME" not in value:
        file_format(value)
    return True


def _does_not_evolve(value: Any) -> bool:
    """Tell whether a table's columns stay as they are when a file has others; one that follows is refused by name."""
    if value is True:
        raise UnsupportedError("ENABLE_SCHEMA_EVOLUTION = TRUE")
    return value is False


def _one_of(*words: str) -> IsValid:
    return lambda value: isinstance(value, str) and value.upper().replace("-", "") in words


def _fits(pattern: re.Pattern[str]) -> IsValid:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


_DIRECTORY = {"ENABLE", "AUTO_REFRESH", "REFRESH_ON_CREATE"}
_ENCRYPTIONS = ("SNOWFLAKE_FULL", "SNOWFLAKE_SSE")

_COMMENT: dict[str, IsValid] = {"COMMENT": _text}

_PROPERTIES: dict[Kind, dict[str, IsValid]] = {
    Kind.WAREHOUSE: {
        "WAREHOUSE_SIZE": _one_of(*_SIZES),
        "WAREHOUSE_TYPE": _one_of("STANDARD"),
        "AUTO_SUSPEND": lambda value: value is None or _whole(value),
        "AUTO_RESUME": _truth,
        "INITIALLY_SUSPENDED": _truth,
        "RESOURCE_MONITOR": _text,
        "MIN_CLUSTER_COUNT": _whole,
        "MAX_CLUSTER_COUNT": _whole,
        "SCALING_POLICY": _one_of("STANDARD", "ECONOMY"),
        "ENABLE_QUERY_ACCELERATION": _truth,
        "QUERY_ACCELERATION_MAX_SCALE_FACTOR": _whole,
        "GENERATION": _any,
        "WAIT_FOR_COMPLETION": _truth,
    },
    Kind.RESOURCE_MONITOR: {
        "CREDIT_QUOTA": _whole,
        "FREQUENCY": _one_of("MONTHLY", "DAILY", "WEEKLY", "YEARLY", "NEVER"),
        "START_TIMESTAMP": _text,
        "END_TIMESTAMP": _text,
        "NOTIFY_USERS": _texts,
        "TRIGGERS": _any,
    },
    Kind.ROLE: {},
    Kind.USER: {
        **dict.fromkeys(("PASSWORD", "LOGIN_NAME", "DISPLAY_NAME", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"), _text),
        **dict.fromkeys(("EMAIL", "DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_ROLE"), _text),
        **dict.fromkeys(("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"), _fits(_PUBLIC_KEY)),
        **dict.fromkeys(("MUST_CHANGE_PASSWORD", "DISABLED"), _truth),
        **dict.fromkeys(("DAYS_TO_EXPIRY", "MINS_TO_UNLOCK", "MINS_TO_BYPASS_MFA"), _whole),
        "DEFAULT_SECONDARY_ROLES": lambda value: _texts(value) and [role.upper() for role in value] in ([], ["ALL"]),
        "TYPE": _one_of("PERSON", "SERVICE", "LEGACY_SERVICE"),
    },
    Kind.STORAGE_INTEGRATION: {
        "TYPE": _one_of("EXTERNAL_STAGE"),
        "STORAGE_PROVIDER": _one_of("S3"),
        "STORAGE_AWS_ROLE_ARN": _text,
        "STORAGE_AWS_EXTERNAL_ID": _text,
        "STORAGE_AWS_OBJECT_ACL": _one_of("BUCKETOWNERFULLCONTROL"),
        "ENABLED": _truth,
        "STORAGE_ALLOWED_LOCATIONS": _texts,
        "STORAGE_BLOCKED_LOCATIONS": _texts,
    },
    Kind.NOTIFICATION_INTEGRATION: {
        "TYPE": _one_of("QUEUE"),
        "DIRECTION": _one_of("OUTBOUND"),
        "NOTIFICATION_PROVIDER": _one_of("AWS_SNS"),
        "AWS_SNS_TOPIC_ARN": _fits(_TOPIC),
        "AWS_SNS_ROLE_ARN": _text,
        "ENABLED": _truth,
    },
    Kind.DATABASE: {"TRANSIENT": _truth},
    Kind.DATABASE_ROLE: {},
    Kind.SCHEMA: {"TRANSIENT": _truth, "MANAGED_ACCESS": _truth},
    Kind.STAGE: {
        "URL": _text,
        "STORAGE_INTEGRATION": _text,
        "FILE_FORMAT": _format,
        "DIRECTORY": lambda value: isinstance(value, dict) and value.keys() <= _DIRECTORY,
        "ENCRYPTION": lambda value: isinstance(value, dict) and value in ({"TYPE": word} for word in _ENCRYPTIONS),
        "TEMPORARY": _truth,
    },
    Kind.FILE_FORMAT: dict.fromkeys(OPTION_NAMES, _any) | {"TYPE": _text, "FILE_EXTENSION": _text, "TEMPORARY": _truth},
    Kind.TABLE: {
        "TRANSIENT": _truth,
        "TEMPORARY": _truth,
        "CHANGE_TRACKING": _truth,
        "CLUSTER_BY": _text,
        "DATA_RETENTION_TIME_IN_DAYS": _whole,
        "ENABLE_SCHEMA_EVOLUTION": _does_not_evolve,
    },
    Kind.PIPE: {
        "AUTO_INGEST": _truth,
        "AWS_SNS_TOPIC": _fits(_TOPIC),
        "ERROR_INTEGRATION": _text,
        "PIPE_EXECUTION_PAUSED": _truth,
    },
    Kind.DYNAMIC_TABLE: {
        "TRANSIENT": _truth,
        "CLUSTER_BY": _text,
        "TARGET_LAG": _fits(_LAG),
        "WAREHOUSE": _text,
        "REFRESH_MODE": _one_of("AUTO", "FULL", "INCREMENTAL", "ADAPTIVE"),
        "INITIALIZE": _one_of("ON_CREATE", "ON_SCHEDULE"),
        "DATA_RETENTION_TIME_IN_DAYS": _whole,
    },
    Kind.VIEW: {"SECURE": _truth, "TEMPORARY": _truth, "CHANGE_TRACKING": _truth},
    Kind.TASK: {
        "WAREHOUSE": _text,
        "SCHEDULE": _fits(_SCHEDULE),
        "CONFIG": _text,
        "ALLOW_OVERLAPPING_EXECUTION": _truth,
        "ERROR_INTEGRATION": _text,
        "TARGET_COMPLETION_INTERVAL": _text,
        "AFTER": _any,
        "WHEN": _text,
    },
    Kind.SEQUENCE: {"START": _signed, "INCREMENT": lambda value: _signed(value) and value != 0, "ORDERED": _truth},
    Kind.TAG: {"ALLOWED_VALUES": _texts},
    Kind.STREAMLIT: dict.fromkeys(("ROOT_LOCATION", "MAIN_FILE", "QUERY_WAREHOUSE", "TITLE"), _text),
}
"""By kind; COMMENT and the kind's parameters come on top."""

_REQUIRED = {
    Kind.STORAGE_INTEGRATION: ("TYPE", "STORAGE_PROVIDER", "STORAGE_AWS_ROLE_ARN", "STORAGE_ALLOWED_LOCATIONS"),
    Kind.NOTIFICATION_INTEGRATION: ("TYPE", "NOTIFICATION_PROVIDER", "AWS_SNS_TOPIC_ARN", "AWS_SNS_ROLE_ARN"),
    Kind.DYNAMIC_TABLE: ("TARGET_LAG", "WAREHOUSE"),
    Kind.STREAMLIT: ("ROOT_LOCATION", "MAIN_FILE"),  # the form with FROM is another, which the provider does not send
}


def check_properties(kind: Kind, properties: Mapping[str, Any]) -> None:
    """Refuse properties that a kind does not have, and values that they do not take.

    Raises:
        SnowflakeError: one is wrong; the message names it.
    """
    check_names(kind, properties)
    known = _PROPERTIES[kind] | _COMMENT
    for name, value in properties.items():
        if name in known and not known[name](value):
            raise invalid(name, _shown(value))


def check_names(kind: Kind, names: Iterable[str]) -> None:
    """Refuse properties that a kind does not have.

    Raises:
        SnowflakeError: one is not known; the message names it.
    """
    known = {*_PROPERTIES[kind], *_COMMENT, *PARAMETERS.get(kind, ())}
    if unknown := [name for name in names if name not in known]:
        raise SnowflakeError(
            f"SQL compilation error:\ninvalid property '{unknown[0]}' for '{kind.value}'", code=1420, sqlstate="22023"
        )


def check_complete(kind: Kind, properties: Mapping[str, Any]) -> None:
    """Refuse a definition without a property that it needs.

    Raises:
        SnowflakeError: one is missing.
    """
    if missing := [name for name in _REQUIRED.get(kind, ()) if name not in properties]:
        raise SnowflakeError(
            f"SQL compilation error:\nMissing option(s): [{', '.join(missing)}]", code=2029, sqlstate="42601"
        )


def _shown(value: Any) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)
