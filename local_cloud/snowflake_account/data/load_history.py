"""What each pipe and table has loaded: the account's load history.

It lies in a hidden schema of the table's own database, because rows and history must commit together and one
DuckDB transaction writes to one database file. A pipe's history is the pipe's, a table's the table's: each goes
with its owner. Snowflake keeps 14 days of a pipe's history and 64 of a table's; the embedded account keeps all.
https://docs.snowflake.com/en/user-guide/data-load-snowpipe-intro#load-history
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.language.tokens import Name

HIDDEN_SCHEMA = "_ACCOUNT"

LOADED, FAILED, PARTIALLY_LOADED = "Loaded", "Load failed", "Partially loaded"

_TIME = pa.timestamp("us", "UTC")

COLUMNS: dict[str, tuple[str, pa.DataType]] = {
    "FILE_NAME": ("varchar", pa.string()),
    "STAGE_LOCATION": ("varchar", pa.string()),
    "LAST_LOAD_TIME": ("timestamptz", _TIME),
    "ROW_COUNT": ("bigint", pa.int64()),
    "ROW_PARSED": ("bigint", pa.int64()),
    "FILE_SIZE": ("bigint", pa.int64()),
    "FIRST_ERROR_MESSAGE": ("varchar", pa.string()),
    "FIRST_ERROR_LINE_NUMBER": ("bigint", pa.int64()),
    "FIRST_ERROR_CHARACTER_POS": ("bigint", pa.int64()),
    "FIRST_ERROR_COLUMN_NAME": ("varchar", pa.string()),
    "ERROR_COUNT": ("bigint", pa.int64()),
    "ERROR_LIMIT": ("bigint", pa.int64()),
    "STATUS": ("varchar", pa.string()),
    "TABLE_CATALOG_NAME": ("varchar", pa.string()),
    "TABLE_SCHEMA_NAME": ("varchar", pa.string()),
    "TABLE_NAME": ("varchar", pa.string()),
    "PIPE_CATALOG_NAME": ("varchar", pa.string()),
    "PIPE_SCHEMA_NAME": ("varchar", pa.string()),
    "PIPE_NAME": ("varchar", pa.string()),
    "PIPE_RECEIVED_TIME": ("timestamptz", _TIME),
}
"""COPY_HISTORY's columns: https://docs.snowflake.com/en/sql-reference/functions/copy_history#output."""


_NOT_SHOWN = {"ETAG": ("varchar", pa.string()), "BYTES_BILLED": ("bigint", pa.int64())}
"""What the history has beside COPY_HISTORY's columns."""


@dataclass(frozen=True)
class LoadRecord:
    """One file's load, or the attempt at it; the fields are COPY_HISTORY's, the file's ETag, and PIPE_USAGE_HISTORY's.

    Attributes:
        bytes_billed: text by its size without compression, Parquet by the size of its file; None of what an earlier
            version has loaded.
    """

    file_name: str
    stage_location: str
    last_load_time: datetime
    row_count: int
    row_parsed: int
    file_size: int
    first_error_message: str | None
    first_error_line_number: int | None
    first_error_character_pos: int | None
    first_error_column_name: str | None
    error_count: int
    error_limit: int
    status: str
    table_catalog_name: str
    table_schema_name: str
    table_name: str
    pipe_catalog_name: str | None
    pipe_schema_name: str | None
    pipe_name: str | None
    pipe_received_time: datetime | None
    etag: str
    bytes_billed: int | None = None


def create_sql(database: str) -> str:
    """Return the statements that make a new database's history."""
    columns = ", ".join(f"{name} {type_}" for name, (type_, _) in COLUMNS.items())
    schema = Name((database, HIDDEN_SCHEMA)).quoted
    return (
        f"create schema {schema}; create table {schema}.LOAD_HISTORY"
        f" ({columns}, ETAG varchar, TABLE_IS_GONE boolean, PIPE_IS_GONE boolean)"
    )


def added_sql(database: str) -> str:
    """Return the statement that gives a history what one of an earlier version has not."""
    return f"alter table {history_table(Name((database,)))} add column if not exists BYTES_BILLED bigint"


def loaded_by_pipe(duck: DuckDBPyConnection, pipe: Name, files: Collection[str], stage_location: str) -> set[str]:
    """Return which of these files the pipe has dealt with: by path and name, whatever their content.

    A file that failed to load counts: a pipe does not try the same name again.
    """
    rows = duck.execute(
        f"select FILE_NAME from {history_table(pipe)} where not PIPE_IS_GONE and STAGE_LOCATION = ?"
        " and PIPE_SCHEMA_NAME = ? and PIPE_NAME = ? and list_contains(?, FILE_NAME)",
        [stage_location, *pipe.parts[1:], list(files)],
    ).fetchall()
    return {name for (name,) in rows}


def loaded_into_table(
    duck: DuckDBPyConnection, table: Name, urls: Collection[str], *, wholly: bool = False
) -> set[tuple[str, str]]:
    """Return the url and ETag of each of these files that a COPY of its own has loaded into the table, maybe in part.

    By whatever stage and path it named the file. What pipes have loaded is in the pipes' own history.
    https://docs.snowflake.com/en/user-guide/data-load-snowpipe-intro#how-is-snowpipe-different-from-bulk-data-loading
    """
    rows = duck.execute(
        f"select STAGE_LOCATION || FILE_NAME as URL, ETAG from {history_table(table)} where not TABLE_IS_GONE"
        " and PIPE_NAME is null and TABLE_SCHEMA_NAME = ? and TABLE_NAME = ?"
        " and not list_contains(?, STATUS) and list_contains(?, URL)",
        [*table.parts[1:], [FAILED, PARTIALLY_LOADED] if wholly else [FAILED], list(urls)],
    ).fetchall()
    return set(rows)


def last_load(duck: DuckDBPyConnection, pipe: Name) -> LoadRecord | None:
    """Return a pipe's last loaded file, or None."""
    row = duck.execute(
        f"select {', '.join(COLUMNS)}, ETAG from {history_table(pipe)} where not PIPE_IS_GONE and STATUS <> ?"
        " and PIPE_SCHEMA_NAME = ? and PIPE_NAME = ? order by LAST_LOAD_TIME desc, FILE_NAME desc limit 1",
        [FAILED, *pipe.parts[1:]],
    ).fetchone()
    return LoadRecord(*row) if row else None


def add(duck: DuckDBPyConnection, database: str, records: Sequence[LoadRecord]) -> None:
    """Add records, in the transaction that loads their rows."""
    columns = {
        name: pa.array([getattr(record, name.lower()) for record in records], type_)
        for name, (_, type_) in {**COLUMNS, **_NOT_SHOWN}.items()
    }
    duck.register("_RECORDS", pa.table(columns))
    duck.execute(
        f"insert into {history_table(Name((database,)))} by name"
        " select *, false as TABLE_IS_GONE, false as PIPE_IS_GONE from _RECORDS"
    )
    duck.unregister("_RECORDS")


def forget_pipe(duck: DuckDBPyConnection, pipe: Name) -> None:
    """Let a dropped pipe's history count no more."""
    _forget(duck, "PIPE", pipe)


def forget_table(duck: DuckDBPyConnection, table: Name) -> None:
    """Let a dropped table's history count no more; its pipes still know what they have loaded."""
    _forget(duck, "TABLE", table)


def forget_schema(duck: DuckDBPyConnection, schema: Name) -> None:
    """Let the history of a dropped schema's pipes and tables count no more."""
    _forget(duck, "PIPE", schema)
    _forget(duck, "TABLE", schema)


def _forget(duck: DuckDBPyConnection, kind: str, name: Name) -> None:
    parts = zip((f"{kind}_SCHEMA_NAME", f"{kind}_NAME"), name.parts[1:], strict=False)
    conditions = " and ".join(f"{column} = ?" for column, _ in parts)
    duck.execute(f"update {history_table(name)} set {kind}_IS_GONE = true where {conditions}", list(name.parts[1:]))


def history_table(name: Name) -> str:
    """Return the history that holds what concerns an object: that of its database."""
    return Name((name.parts[0], HIDDEN_SCHEMA, "LOAD_HISTORY")).quoted
