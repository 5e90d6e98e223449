"""Who gets what the stack gives, and the warehouses: the account roles and resource monitors that its config names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pulumi

from infra.config_values import refused, text
from infra.durations import ALLOWED, seconds_of

WAREHOUSE_SIZES = ("XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE")
DEFAULT_WAREHOUSE_SIZE = "XSMALL"
GENERATIONS = ("1", "2")
DEFAULT_GENERATION = "1"
"""A refresh pays for the minute in which its warehouse goes to sleep rather than for its work, and a minute of the
second generation costs about a third more. Snowflake's own default is the second:
https://docs.snowflake.com/en/user-guide/warehouses-gen2."""

DEFAULT_TIMEOUT, DEFAULT_READERS_TIMEOUT = "4 hours", "30 minutes"
"""Snowflake's own default is two days, which on XSMALL are 48 credits for one statement that went astray."""
MOST_TIMEOUT_SECONDS = 7 * 86_400
"""https://docs.snowflake.com/en/sql-reference/parameters#statement-timeout-in-seconds"""
MOST_SCALE_FACTOR = 100
"""https://docs.snowflake.com/en/user-guide/query-acceleration-service"""

NO_QUEUE_LIMIT = 0
"""A refresh that waits for others is worth waiting for: one that gives up has failed, and five suspend a model."""
READERS_QUEUE_SECONDS = 300
"""Who asked has gone by then, and what still waits only keeps the others waiting."""

# An identifier that needs no quotes: the provider quotes every name, so the case has to be the account's.
_NAME = re.compile(r"[A-Z_][A-Z0-9_$]{0,254}")


@dataclass(frozen=True)
class WarehouseSettings:
    """How large a warehouse is, and what limits it.

    Attributes:
        size: one of ``WAREHOUSE_SIZES``.
        generation: of its machines, one of ``GENERATIONS``.
        timeout_seconds: after how long a statement is cancelled.
        queue_seconds: after how long a statement that waits for others is; 0 for never.
        scale_factor: how many times its own size query acceleration may add; 0 for no query acceleration.
        monthly_credit_quota: credits a month of a resource monitor that is made for it; None makes none.
        resource_monitor: name of an existing resource monitor; None for none.
    """

    size: str
    generation: str
    timeout_seconds: int
    queue_seconds: int
    scale_factor: int
    monthly_credit_quota: int | None
    resource_monitor: str | None


@dataclass(frozen=True)
class Holders:
    """The account roles that get the database roles, and the warehouse that is made for them.

    Attributes:
        readers: account roles that get READER.
        operators: account roles that get OPERATOR, and READER too.
        warehouse: their warehouse.
    """

    readers: tuple[str, ...]
    operators: tuple[str, ...]
    warehouse: WarehouseSettings

    @property
    def roles(self) -> tuple[str, ...]:
        """Every account role, each once."""
        return tuple(dict.fromkeys((*self.readers, *self.operators)))


def is_name(written: str) -> bool:
    """Tell whether a text is the name of an object of the account as SHOW spells it, and needs no quotes in SQL."""
    return bool(_NAME.fullmatch(written))


def names_in(written: str) -> tuple[str, ...] | None:
    """Return the names of a JSON list, each once, or None if it is none."""
    try:
        names = json.loads(written)
    except ValueError:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) and is_name(name) for name in names):
        return None
    return tuple(dict.fromkeys(names))


def read_warehouse(config: pulumi.Config) -> WarehouseSettings:
    """Return the settings of the warehouse that refreshes the models.

    Raises:
        SettingsError: one of them is not allowed.
    """
    quota, monitor = _monthly_credit_quota(config), _resource_monitor(config, "resourceMonitor")
    if quota and monitor:
        raise refused(
            config, "resourceMonitor", monitor, "'' beside a monthlyCreditQuota, which makes a monitor itself"
        )
    return WarehouseSettings(
        size=_warehouse_size(config, "warehouseSize"),
        generation=_generation(config),
        timeout_seconds=_timeout(config, "warehouseTimeout", DEFAULT_TIMEOUT),
        queue_seconds=NO_QUEUE_LIMIT,
        scale_factor=0,  # accelerates SELECT and INSERT, and a refresh is a MERGE
        monthly_credit_quota=quota,
        resource_monitor=monitor,
    )


def read_holders(config: pulumi.Config) -> Holders:
    """Return who gets the database roles.

    Raises:
        SettingsError: a name or a setting of their warehouse is not allowed.
    """
    warehouse = WarehouseSettings(
        size=_warehouse_size(config, "readersWarehouseSize"),
        generation=_generation(config),
        timeout_seconds=_timeout(config, "readersWarehouseTimeout", DEFAULT_READERS_TIMEOUT),
        queue_seconds=READERS_QUEUE_SECONDS,
        scale_factor=_scale_factor(config),
        monthly_credit_quota=None,
        resource_monitor=_resource_monitor(config, "readersResourceMonitor"),
    )
    return Holders(_account_roles(config, "readers"), _account_roles(config, "operators"), warehouse)


def _warehouse_size(config: pulumi.Config, key: str) -> str:
    value = text(config, key, DEFAULT_WAREHOUSE_SIZE)
    if value not in WAREHOUSE_SIZES:
        raise refused(config, key, value, "one of " + ", ".join(WAREHOUSE_SIZES))
    return value


def _generation(config: pulumi.Config) -> str:
    value = text(config, "warehouseGeneration", DEFAULT_GENERATION)
    if value not in GENERATIONS:
        raise refused(config, "warehouseGeneration", value, " or ".join(GENERATIONS))
    return value


def _timeout(config: pulumi.Config, key: str, default: str) -> int:
    value = text(config, key, default)
    seconds = seconds_of(value)
    if seconds is None or seconds > MOST_TIMEOUT_SECONDS:
        raise refused(config, key, value, f"{ALLOWED}, 7 days at the most")
    return seconds


def _scale_factor(config: pulumi.Config) -> int:
    value = text(config, "readersQueryAcceleration", "0")
    if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) > MOST_SCALE_FACTOR:
        allowed = f"a whole number, {MOST_SCALE_FACTOR} at the most, or 0 for no query acceleration"
        raise refused(config, "readersQueryAcceleration", value, allowed)
    return int(value)


def _resource_monitor(config: pulumi.Config, key: str) -> str | None:
    value = text(config, key, "")
    if value and not is_name(value):
        raise refused(config, key, value, "the name of a resource monitor of the account, in capitals, or ''")
    return value or None


def _account_roles(config: pulumi.Config, key: str) -> tuple[str, ...]:
    value = text(config, key, "[]")
    roles = names_in(value)
    if roles is None:
        raise refused(config, key, value, 'a list of account roles, in capitals, like ["ANALYST"]')
    return roles


def _monthly_credit_quota(config: pulumi.Config) -> int | None:
    value = text(config, "monthlyCreditQuota", "0")
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise refused(config, "monthlyCreditQuota", value, "a whole number of credits, or 0 for no limit")
    return int(value) or None
