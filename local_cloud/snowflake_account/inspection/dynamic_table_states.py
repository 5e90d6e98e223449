"""INFORMATION_SCHEMA.DYNAMIC_TABLES: whether each dynamic table is refreshed, and how its last refresh ended.

https://docs.snowflake.com/en/sql-reference/functions/dynamic_tables
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlglot import exp

from local_cloud.snowflake_account.catalog.objects import Catalog, Sees, StoredObject
from local_cloud.snowflake_account.catalog.suspension import reason_of
from local_cloud.snowflake_account.data import refresh_history
from local_cloud.snowflake_account.data.history_calls import history_calls
from local_cloud.snowflake_account.data.live_views import DYNAMIC_TABLES, STATE_ARGUMENTS, STATE_COLUMNS
from local_cloud.snowflake_account.data.refresh_history import LastRefresh
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86400}

_ARROW = {"varchar": pa.string(), "variant": pa.string(), "number": pa.int64()}


def replace_dynamic_tables(
    tree: exp.Expr, catalog: Catalog, duck: DuckDBPyConnection, sees: Sees, registered: dict[str, pa.Table]
) -> exp.Expr:
    """Replace each call of DYNAMIC_TABLES in a statement by a query of its rows.

    Args:
        tree: the statement; changed.
        catalog: where the tables are declared.
        duck: the connection of whoever asks; on the account's own a load may be going on.
        sees: tells whether an object may be known of.
        registered: gets the rows, by the name that the statement has for them.

    Raises:
        SnowflakeError: an argument that the function does not have.
        UnsupportedError: one that the embedded account does not have.
    """
    for number, call in enumerate(history_calls(tree, DYNAMIC_TABLES, STATE_ARGUMENTS), len(registered)):
        if other := sorted(call.arguments.keys() & {"REFRESH_DATA_TIMESTAMP_START", "INCLUDE_CONNECTED"}):
            raise UnsupportedError(f"{other[0]} of {DYNAMIC_TABLES}")
        name = f"{DYNAMIC_TABLES}.{number}"
        registered[name] = _rows([stored for stored in catalog.list(Kind.DYNAMIC_TABLE) if sees(stored)], duck)
        call.replace(_query(name, call.arguments), DYNAMIC_TABLES)
    return tree


def _query(table: str, arguments: Mapping[str, exp.Expr]) -> exp.Select:
    columns = [
        f"parse_json({name}) as {name}" if type_ == "variant" else f"{name}::{type_} as {name}"
        for name, type_ in STATE_COLUMNS.items()
    ]
    source = exp.table_(table, db="main", catalog="temp", quoted=True)
    query = exp.select(*columns, dialect="snowflake").from_(source)
    query = query.limit(arguments.get("RESULT_LIMIT", exp.Literal.number(100)))
    if wanted := arguments.get("NAME"):
        full = exp.Concat(expressions=[exp.Literal.string("."), exp.Upper(this=exp.column("QUALIFIED_NAME"))])
        query = query.where(exp.EndsWith(this=full, expression=exp.Literal.string("." + wanted.name.upper())))
    return query


def _rows(tables: Iterable[StoredObject], duck: DuckDBPyConnection) -> pa.Table:
    schema = pa.schema(
        [(name, _ARROW.get(type_, pa.timestamp("us", tz="UTC"))) for name, type_ in STATE_COLUMNS.items()]
    )
    tables = list(tables)
    last: dict[Name, LastRefresh] = {}
    for database in sorted({stored.name.parts[0] for stored in tables}):
        last |= refresh_history.last_refreshes(duck, database)
    return pa.Table.from_pylist(list(_states(tables, last)), schema)


def _states(tables: Iterable[StoredObject], last: Mapping[Name, LastRefresh]) -> Iterator[dict[str, Any]]:
    for stored in tables:
        given, (database, schema, name) = stored.attributes, stored.name.parts
        lag = _seconds(given["TARGET_LAG"])
        suspended_on = given.get("SUSPENDED_ON")
        state: dict[str, Any] = {"state": "RUNNING"}
        if reason := reason_of(stored):
            state = {"state": "SUSPENDED", "reason_code": reason.value, "reason_message": reason.message}
            state |= {"suspended_on": datetime.fromtimestamp(suspended_on, UTC).isoformat()} if suspended_on else {}
        refresh = last.get(stored.name)
        if refresh is None or refresh.started.timestamp() < stored.created_on:  # of an earlier table of this name
            refresh = LastRefresh(datetime.fromtimestamp(stored.created_on, UTC), "SUCCEEDED", "SUCCESS", None)
        yield {
            "NAME": name,
            "SCHEMA_NAME": schema,
            "DATABASE_NAME": database,
            "QUALIFIED_NAME": str(stored.name),
            "TARGET_LAG_SEC": lag,
            "TARGET_LAG_TYPE": "USER_DEFINED" if lag else "DOWNSTREAM",
            "SCHEDULING_STATE": json.dumps(state),
            "LATEST_DATA_TIMESTAMP": datetime.fromtimestamp(given.get("REFRESHED_ON", stored.created_on), UTC),
            "LAST_COMPLETED_REFRESH_STATE": refresh.state,
            "LAST_COMPLETED_REFRESH_STATE_CODE": refresh.code,
            "LAST_COMPLETED_REFRESH_STATE_MESSAGE": refresh.message,
        }


def _seconds(lag: str) -> int | None:
    """Return a target lag in seconds, None for DOWNSTREAM."""
    found = re.fullmatch(r"(\d+) (SECOND|MINUTE|HOUR|DAY)S?", lag.upper())
    return int(found[1]) * SECONDS[found[2]] if found else None
