"""INFORMATION_SCHEMA.DYNAMIC_TABLE_REFRESH_HISTORY: what each refresh of a dynamic table did.

A refresh is recorded in the hidden schema of the table's database, in the transaction that changes its rows; one that
fails, after it.
https://docs.snowflake.com/en/sql-reference/functions/dynamic_table_refresh_history
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection
from sqlglot import exp

from local_cloud.snowflake_account.data.load_history import HIDDEN_SCHEMA
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Name

FUNCTION = "DYNAMIC_TABLE_REFRESH_HISTORY"

_COLUMNS = {
    "NAME": "varchar",
    "SCHEMA_NAME": "varchar",
    "DATABASE_NAME": "varchar",
    "STATE": "varchar",
    "STATE_CODE": "varchar",
    "STATE_MESSAGE": "varchar",
    "QUERY_ID": "varchar",
    "DATA_TIMESTAMP": "timestamptz",
    "REFRESH_START_TIME": "timestamptz",
    "REFRESH_END_TIME": "timestamptz",
    "COMPLETION_TARGET": "timestamptz",
    "QUALIFIED_NAME": "varchar",
    "LAST_COMPLETED_DEPENDENCY": "json",
    "STATISTICS": "json",
    "REFRESH_ACTION": "varchar",
    "REINIT_REASON": "varchar",
    "REFRESH_TRIGGER": "varchar",
    "TARGET_LAG_SEC": "bigint",
    "GRAPH_HISTORY_VALID_FROM": "timestamp",
    "INPUTS_WITH_CHANGED_DATA": "json",
}
"""What there is no value for here is NULL."""

_ARGUMENTS = ("DATA_TIMESTAMP_START", "DATA_TIMESTAMP_END", "RESULT_LIMIT", "NAME", "NAME_PREFIX", "ERROR_ONLY")
_LIMITS = (1, 100, 10_000)
"""Of the rows that the function answers: the fewest, those without RESULT_LIMIT, the most."""


SCHEDULED, MANUAL = "SCHEDULED", "MANUAL"
"""REFRESH_TRIGGER: by the account itself, or by hand."""

_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class RefreshRecord:
    """One refresh.

    Attributes:
        table: the dynamic table's full name.
        started: when it began.
        action: REFRESH_ACTION, None where it failed before that was decided.
        trigger: REFRESH_TRIGGER.
        statistics: STATISTICS.
        inputs: INPUTS_WITH_CHANGED_DATA.
        reinit_reason: REINIT_REASON.
        error: why it failed, None where it did not.
    """

    table: Name
    started: datetime
    action: str | None
    trigger: str
    statistics: dict[str, int] = field(default_factory=dict)
    inputs: Sequence[dict[str, Any]] = ()
    reinit_reason: str | None = None
    error: SnowflakeError | None = None


@dataclass(frozen=True)
class LastRefresh:
    """How the last refresh of a dynamic table ended."""

    started: datetime
    state: str
    code: str | None
    message: str | None


def last_refreshes(duck: DuckDBPyConnection, database: str) -> dict[Name, LastRefresh]:
    """Return the last refresh of each dynamic table of a database that was refreshed in the time that is kept."""
    rows = duck.execute(
        "select DATABASE_NAME, SCHEMA_NAME, NAME, REFRESH_START_TIME, STATE, STATE_CODE, STATE_MESSAGE"
        f" from {_history(database)} qualify row_number() over"
        " (partition by SCHEMA_NAME, NAME order by REFRESH_START_TIME desc) = 1"
    ).fetchall()
    return {Name(tuple(row[:3])): LastRefresh(*row[3:]) for row in rows}


def create_sql(database: str) -> str:
    """Return the statement that makes a database's history, where it is not there."""
    columns = ", ".join(f"{name} {type_}" for name, type_ in _COLUMNS.items())
    return f"create table if not exists {_history(database)} ({columns})"


def failures_in_a_row(duck: DuckDBPyConnection, table: Name, since: datetime) -> list[datetime]:
    """Return when each scheduled refresh of a table began that has failed since one succeeded, the earliest first."""
    of_table = f"{_history(table.parts[0])} where SCHEMA_NAME = $1 and NAME = $2"
    rows = duck.execute(
        f"select REFRESH_START_TIME from {of_table} and STATE = 'FAILED' and REFRESH_TRIGGER = '{SCHEDULED}'"
        f" and REFRESH_START_TIME > greatest($3, (select max(REFRESH_START_TIME) from {of_table}"
        " and STATE = 'SUCCEEDED')) order by 1",
        [*table.parts[1:], since],
    ).fetchall()
    return [started for (started,) in rows]


def add(duck: DuckDBPyConnection, record: RefreshRecord) -> None:
    """Record a refresh, and forget those of the same table that are no longer told of."""
    database, schema, name = record.table.parts
    error = record.error
    values: dict[str, Any] = {
        "NAME": name,
        "SCHEMA_NAME": schema,
        "DATABASE_NAME": database,
        "STATE": "FAILED" if error else "SUCCEEDED",
        "STATE_CODE": f"{error.code:06d}" if error and error.code else None if error else "SUCCESS",
        "STATE_MESSAGE": error.message if error else None,
        "QUERY_ID": str(uuid.uuid4()),
        "DATA_TIMESTAMP": record.started,
        "REFRESH_START_TIME": record.started,
        "REFRESH_END_TIME": datetime.now(UTC),
        "QUALIFIED_NAME": str(record.table),
        "STATISTICS": json.dumps(record.statistics),
        "REFRESH_ACTION": record.action,
        "REINIT_REASON": record.reinit_reason,
        "REFRESH_TRIGGER": record.trigger,
        "INPUTS_WITH_CHANGED_DATA": json.dumps(list(record.inputs)) if record.inputs else None,
    }
    places = ", ".join("?" * len(values))
    duck.execute(f"insert into {_history(database)} ({', '.join(values)}) values ({places})", list(values.values()))
    duck.execute(
        f"delete from {_history(database)} where SCHEMA_NAME = ? and NAME = ? and REFRESH_START_TIME < ?",
        [schema, name, record.started - _KEPT],
    )


def replace_refresh_history(
    tree: exp.Expr, databases: Sequence[str], monitored: Callable[[], Sequence[Name]]
) -> exp.Expr:
    """Replace each call of the function in a statement by a query of the histories.

    Args:
        tree: the statement; changed.
        databases: the account's.
        monitored: returns the dynamic tables that the session may monitor; it is told of no other.

    Raises:
        SnowflakeError: an argument is not one of the function's.
    """
    for call in list(tree.find_all(exp.TableFromRows)):
        function = call.this.find(exp.Anonymous) if isinstance(call.this, exp.Dot | exp.Anonymous) else None
        if function is not None and function.name.upper() == FUNCTION:
            call.replace(_query(_arguments(function), databases, monitored()).subquery(call.alias or FUNCTION))
    return tree


def _arguments(function: exp.Anonymous) -> dict[str, exp.Expr]:
    named = {
        argument.this.name.upper() if isinstance(argument, exp.Kwarg) else _ARGUMENTS[position]: argument
        for position, argument in enumerate(function.expressions[: len(_ARGUMENTS)])
    }
    if unknown := named.keys() - set(_ARGUMENTS):
        raise SnowflakeError(f"SQL compilation error:\ninvalid argument '{min(unknown)}' of {FUNCTION}.")
    if len(function.expressions) > len(_ARGUMENTS):
        raise SnowflakeError(f"SQL compilation error:\n{FUNCTION} has no more than {len(_ARGUMENTS)} arguments.")
    return {name: value.expression if isinstance(value, exp.Kwarg) else value for name, value in named.items()}


def _query(arguments: dict[str, exp.Expr], databases: Sequence[str], tables: Sequence[Name]) -> exp.Select:
    histories = " union all ".join(f"select {', '.join(_COLUMNS)} from {_history(each)}" for each in databases)
    limit = int(arguments["RESULT_LIMIT"].name) if "RESULT_LIMIT" in arguments else _LIMITS[1]
    if not _LIMITS[0] <= limit <= _LIMITS[2]:
        raise SnowflakeError(
            f"SQL compilation error:\nRESULT_LIMIT is {limit}; it can be {_LIMITS[0]} to {_LIMITS[2]}."
        )
    query = exp.select("*").from_(f"({histories}) as histories", dialect="snowflake").limit(limit)
    query = query.where(exp.column("QUALIFIED_NAME").isin(*map(str, tables)) if tables else exp.false())
    query = query.where(f"DATA_TIMESTAMP >= dateadd(day, -{_KEPT.days}, current_timestamp())", dialect="snowflake")
    at = exp.column("DATA_TIMESTAMP")
    if start := arguments.get("DATA_TIMESTAMP_START"):
        query = query.where(exp.GTE(this=at.copy(), expression=start.copy()))
    if end := arguments.get("DATA_TIMESTAMP_END"):
        query = query.where(exp.LTE(this=at.copy(), expression=end.copy()))
    name = exp.Concat(expressions=[exp.Literal.string("."), exp.Upper(this=exp.column("QUALIFIED_NAME"))])
    if wanted := arguments.get("NAME"):
        query = query.where(exp.EndsWith(this=name, expression=exp.Literal.string("." + wanted.name.upper())))
    if prefix := arguments.get("NAME_PREFIX"):
        query = query.where(exp.StartsWith(this=name, expression=exp.Literal.string("." + prefix.name.upper())))
    if str(arguments.get("ERROR_ONLY", "")).upper() == "TRUE":
        query = query.where("STATE <> 'SUCCEEDED'", dialect="snowflake")
    return query.order_by("REFRESH_END_TIME desc", dialect="snowflake")


def _history(database: str) -> str:
    return Name((database, HIDDEN_SCHEMA, "REFRESH_HISTORY")).quoted
