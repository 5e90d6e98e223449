"""What each pipe and table has loaded: the account's load history, and COPY_HISTORY over it.

It lies in a hidden schema of the table's own database, because rows and history must commit together and one
DuckDB transaction writes to one database file. Snowflake keeps 14 days of a pipe's history and 64 of a
table's; the embedded account keeps all of it.
https://docs.snowflake.com/en/sql-reference/functions/copy_history
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection
from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.tokens import Name, Tokens

HIDDEN_SCHEMA = "_ACCOUNT"

LOADED, FAILED, PARTIALLY_LOADED = "Loaded", "Load failed", "Partially loaded"

_COLUMNS = {
    "FILE_NAME": "varchar",
    "STAGE_LOCATION": "varchar",
    "LAST_LOAD_TIME": "timestamptz",
    "ROW_COUNT": "bigint",
    "ROW_PARSED": "bigint",
    "FILE_SIZE": "bigint",
    "FIRST_ERROR_MESSAGE": "varchar",
    "FIRST_ERROR_LINE_NUMBER": "bigint",
    "FIRST_ERROR_CHARACTER_POS": "bigint",
    "FIRST_ERROR_COLUMN_NAME": "varchar",
    "ERROR_COUNT": "bigint",
    "ERROR_LIMIT": "bigint",
    "STATUS": "varchar",
    "TABLE_CATALOG_NAME": "varchar",
    "TABLE_SCHEMA_NAME": "varchar",
    "TABLE_NAME": "varchar",
    "PIPE_CATALOG_NAME": "varchar",
    "PIPE_SCHEMA_NAME": "varchar",
    "PIPE_NAME": "varchar",
    "PIPE_RECEIVED_TIME": "timestamptz",
}


@dataclass(frozen=True)
class LoadRecord:
    """One file's load, or the attempt at it; the fields are COPY_HISTORY's, and the file's ETag."""

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


def create_sql(database: str) -> str:
    """Return the statements that make a new database's history."""
    columns = ", ".join(f"{name} {type_}" for name, type_ in _COLUMNS.items())
    schema = Name((database, HIDDEN_SCHEMA)).quoted
    return f"create schema {schema}; create table {schema}.LOAD_HISTORY ({columns}, ETAG varchar, FORGOTTEN boolean)"


def loaded_by_pipe(duck: DuckDBPyConnection, pipe: Name, files: Collection[str], stage_location: str) -> set[str]:
    """Return which of these files the pipe has dealt with: by path and name, whatever their content.

    A file that failed to load counts: a pipe does not try the same name again.
    """
    rows = duck.execute(
        f"select FILE_NAME from {_table(pipe)} where not FORGOTTEN and STAGE_LOCATION = ? and PIPE_SCHEMA_NAME = ?"
        " and PIPE_NAME = ? and list_contains(?, FILE_NAME)",
        [stage_location, *pipe.parts[1:], list(files)],
    ).fetchall()
    return {name for (name,) in rows}


def loaded_into_table(
    duck: DuckDBPyConnection, table: Name, files: Collection[str], stage_location: str
) -> set[tuple[str, str]]:
    """Return the name and ETag of each of these files that a COPY has loaded into the table."""
    rows = duck.execute(
        f"select FILE_NAME, ETAG from {_table(table)} where not FORGOTTEN and STAGE_LOCATION = ?"
        " and TABLE_SCHEMA_NAME = ? and TABLE_NAME = ? and STATUS <> ? and list_contains(?, FILE_NAME)",
        [stage_location, *table.parts[1:], FAILED, list(files)],
    ).fetchall()
    return set(rows)


def add(duck: DuckDBPyConnection, database: str, records: Sequence[LoadRecord]) -> None:
    """Add records, in the transaction that loads their rows."""
    marks = ", ".join("?" * (len(_COLUMNS) + 1))
    if records:
        duck.executemany(
            f"insert into {_table(Name((database,)))} values ({marks}, false)", [list(astuple(r)) for r in records]
        )


def forget(duck: DuckDBPyConnection, *, pipe: Name | None = None, table: Name | None = None) -> None:
    """Let a dropped pipe's or table's history count no more; COPY_HISTORY loses it with its pipe."""
    name, kind = (pipe, "PIPE") if pipe else (table, "TABLE")
    assert name is not None
    duck.execute(
        f"update {_table(name)} set FORGOTTEN = true where {kind}_SCHEMA_NAME = ? and {kind}_NAME = ?",
        list(name.parts[1:]),
    )


def replace_copy_history(tree: exp.Expr) -> exp.Expr:
    """Replace each call of INFORMATION_SCHEMA.COPY_HISTORY in a statement by a query of the history.

    Raises:
        SnowflakeError: a call without TABLE_NAME, or without START_TIME, which Snowflake requires.
    """
    for call in list(tree.find_all(exp.TableFromRows)):
        function = call.this.find(exp.Anonymous) if isinstance(call.this, exp.Dot | exp.Anonymous) else None
        if function is None or function.name.upper() != "COPY_HISTORY":
            continue
        arguments = {kwarg.this.name.upper(): kwarg.expression for kwarg in function.expressions}
        if not {"TABLE_NAME", "START_TIME"} <= arguments.keys():
            raise SnowflakeError("SQL compilation error:\nCOPY_HISTORY needs the arguments TABLE_NAME and START_TIME.")
        table = Tokens(arguments["TABLE_NAME"].name).name()
        if len(table.parts) != 3:
            raise SnowflakeError(f"SQL compilation error:\nTable '{table}' needs its full name in COPY_HISTORY.")
        query = (
            exp.select(*(exp.column(name, quoted=True) for name in _COLUMNS))
            .from_(_table(table), dialect="snowflake")
            .where("not FORGOTTEN", dialect="snowflake")
            .where(exp.column("TABLE_SCHEMA_NAME").eq(table.parts[1]))
            .where(exp.column("TABLE_NAME").eq(table.parts[2]))
            .where(exp.GTE(this=exp.column("LAST_LOAD_TIME"), expression=arguments["START_TIME"].copy()))
        )
        if end := arguments.get("END_TIME"):
            query = query.where(exp.LTE(this=exp.column("LAST_LOAD_TIME"), expression=end.copy()))
        call.replace(query.subquery(call.alias or "COPY_HISTORY"))
    return tree


def _table(name: Name) -> str:
    return Name((name.parts[0], HIDDEN_SCHEMA, "LOAD_HISTORY")).quoted
