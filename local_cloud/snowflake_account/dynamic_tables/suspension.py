"""Suspending and resuming dynamic tables: by a user or after failed refreshes, and with them all that read them.

https://docs.snowflake.com/en/user-guide/dynamic-tables/manage
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.catalog.suspension import MOST_FAILURES, WITH_ANOTHER, Reason, reason_of
from local_cloud.snowflake_account.data import refresh_history
from local_cloud.snowflake_account.dynamic_tables.order import in_dependency_order, reads_of, upstream
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind

SHORTEST_LAG = timedelta(minutes=1)
"""Snowflake schedules no two refreshes of a table closer to each other; what is tried again sooner, as a served
account does, is the same refresh. https://docs.snowflake.com/en/user-guide/dynamic-tables/target-lag"""


def suspend(catalog: Catalog, table: StoredObject, reason: Reason, at: float) -> dict[str, Any]:
    """Suspend a table and all below it that are not suspended yet; return its attributes."""
    with catalog.transaction():
        for below in _below(catalog, table):
            if not reason_of(below):
                catalog.update(below, _suspended(below, WITH_ANOTHER[reason], at))
        attributes = _suspended(table, reason, at)
        catalog.update(table, attributes)
    return attributes


def resume(catalog: Catalog, table: StoredObject, at: float) -> dict[str, Any]:
    """Resume a table and all that were suspended with it; return its attributes.

    Raises:
        SnowflakeError: one that it reads is suspended, and has to be resumed first.
    """
    if above := _suspended_above(catalog, table):
        raise SnowflakeError(
            f"Dynamic table '{table.name}' cannot be resumed: '{above}' upstream of it is suspended; resume that first."
        )
    with catalog.transaction():
        attributes = _resumed(table, at)
        catalog.update(table, attributes)
        for below in _below(catalog, table):
            is_with_another = reason_of(below) in WITH_ANOTHER.values()
            if is_with_another and not _suspended_above(catalog, below):
                catalog.update(below, _resumed(below, at))
    return attributes


def suspend_if_failing(catalog: Catalog, duck: DuckDBPyConnection, table: StoredObject, at: datetime) -> None:
    """Suspend a table whose last scheduled refreshes have all failed, with all below it.

    Refreshes by hand count only where they succeed.
    """
    since = datetime.fromtimestamp(max(table.created_on, table.attributes.get("RESUMED_ON", 0.0)), UTC)
    failures, counted = 0, datetime.min.replace(tzinfo=UTC)
    for failed in refresh_history.failures_in_a_row(duck, table.name, since):
        if failed - counted >= SHORTEST_LAG:
            failures, counted = failures + 1, failed
    if failures >= MOST_FAILURES and not reason_of(table):
        suspend(catalog, table, Reason.ERRORS, at.timestamp())


def _suspended(table: StoredObject, reason: Reason, at: float) -> dict[str, Any]:
    return {**table.attributes, "SUSPENDED": True, "SUSPENDED_ON": at, "SUSPENDED_FOR": reason.value}


def _resumed(table: StoredObject, at: float) -> dict[str, Any]:
    return {**table.attributes, "SUSPENDED": False, "RESUMED_ON": at}


def _below(catalog: Catalog, table: StoredObject) -> Iterator[StoredObject]:
    """Yield the dynamic tables that read a table, themselves or through others, each after what it reads."""
    tables, views = list(catalog.list(Kind.DYNAMIC_TABLE)), list(catalog.list(Kind.VIEW))
    reads = reads_of([*tables, *views])
    for other in in_dependency_order(tables, views):
        if str(table.name) in upstream(str(other.name), reads):
            yield other


def _suspended_above(catalog: Catalog, table: StoredObject) -> str | None:
    tables = list(catalog.list(Kind.DYNAMIC_TABLE))
    above = upstream(str(table.name), reads_of([*tables, *catalog.list(Kind.VIEW)]))
    return next((str(other.name) for other in tables if reason_of(other) and str(other.name) in above), None)
