"""The account's data: one DuckDB file per database, in one DuckDB instance.

Queries and DML go through fakesnow, which turns Snowflake's SQL into DuckDB's; DDL comes here as plain
DuckDB DDL.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import fakesnow.instance
import pyarrow as pa
import snowflake.connector.errors
import sqlglot
from fakesnow.conn import FakeSnowflakeConnection
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local_cloud.snowflake_account import flatten, load_history
from local_cloud.snowflake_account.copy_history import replace_copy_history
from local_cloud.snowflake_account.errors import SnowflakeError, SqlSyntaxError
from local_cloud.snowflake_account.result import Column, Result
from local_cloud.snowflake_account.statements import ColumnDefinition
from local_cloud.snowflake_account.tokens import Name

warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)


class _NoResults(dict[str, tuple[Any, ...]]):
    """fakesnow's store of results for RESULT_SCAN; it would keep every answer for the session's life."""

    def __setitem__(self, key: str, value: tuple[Any, ...]) -> None:
        """Keep nothing."""


class Databases:
    """Attaches, creates and drops databases, and runs SQL on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._instance = fakesnow.instance.FakeSnow(
            db_path=folder, create_database_on_connect=True, create_schema_on_connect=False
        )
        self.duck = self._instance.duck_conn.cursor()
        self._session = self._connect(None)

    def _connect(self, database: str | None) -> FakeSnowflakeConnection:
        return FakeSnowflakeConnection(
            self.duck,
            _NoResults(),
            database,
            create_database=True,
            create_schema=False,
            db_path=self._folder,
        )

    def close(self) -> None:
        """Close every database file."""
        self.duck.close()
        self._instance.duck_conn.close()

    def attach(self, database: str) -> None:
        """Open a database's file, which is made where there is none."""
        is_new = not self._file(database).exists()
        self._connect(database)
        self.duck.execute(flatten.create_sql(database))
        if is_new:
            self.duck.execute(load_history.create_sql(database))

    def drop(self, database: str) -> None:
        """Remove a database and its file."""
        self.duck.execute("use memory")
        self.duck.execute(f"detach {Name((database,)).quoted}")
        self._session = self._connect(None)
        self._file(database).unlink()

    def _file(self, database: str) -> Path:
        return self._folder / f"{database}.db"

    def use(self, database: str, schema: str | None) -> None:
        """Make a database and schema the ones that unqualified names are looked up in."""
        self._session = FakeSnowflakeConnection(
            self.duck,
            _NoResults(),
            database,
            schema,
            create_database=False,
            create_schema=False,
            db_path=self._folder,
        )

    def query(self, sql: str | exp.Expr) -> Result:
        """Run a query or DML in Snowflake's SQL.

        Raises:
            SnowflakeError: it is refused.
        """
        return _result(self.query_arrow(sql))

    def query_arrow(self, sql: str | exp.Expr) -> pa.Table:
        """Run a query or DML in Snowflake's SQL and return the answer as an Arrow table."""
        tree = self.parsed(sql) if isinstance(sql, str) else sql
        try:
            cursor = self._session.cursor().execute(replace_copy_history(tree).sql("snowflake"))
            # The cursor's own fetches give Python rows; the table behind them is also what fakesnow's server sends.
            return cursor._arrow_table  # pyright: ignore[reportReturnType]  # set by execute
        except snowflake.connector.errors.Error as error:
            code = error.errno if error.errno and error.errno > 0 else 1003
            raise SnowflakeError(error.raw_msg or str(error), code=code, sqlstate=error.sqlstate or "42000") from error
        except duckdb.Error as error:
            raise SnowflakeError(f"SQL execution error: {error}", code=100038, sqlstate="22018") from error
        except (NotImplementedError, SqlglotError, AssertionError, AttributeError, KeyError, TypeError) as error:
            # fakesnow and sqlglot fail in these ways on SQL that they have no translation for
            raise SnowflakeError(f"Unsupported feature: {error}", code=2, sqlstate="0A000") from error

    @staticmethod
    def parsed(sql: str) -> exp.Expr:
        """Parse one statement of Snowflake's SQL.

        Raises:
            SqlSyntaxError: it is none.
        """
        try:
            statements = [tree for tree in sqlglot.parse(sql, read="snowflake") if tree is not None]
        except SqlglotError as error:
            raise SqlSyntaxError(str(error).splitlines()[0]) from error
        if len(statements) != 1:
            raise SqlSyntaxError("expected one statement.")
        return statements[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside together, or nothing of it."""
        self.duck.execute("begin transaction")
        try:
            yield
            self.duck.execute("commit")
        except BaseException:
            with suppress(duckdb.Error):
                self.duck.execute("rollback")
            raise

    def create_schema(self, name: Name) -> None:
        """Make an empty schema."""
        self.duck.execute(f"create schema {name.quoted}")

    def create_table(self, name: Name, columns: tuple[ColumnDefinition, ...]) -> None:
        """Make an empty table."""
        self.duck.execute(f"create table {name.quoted} ({', '.join(map(column_sql, columns))})")

    def create_as(self, kind: str, name: Name, query: str) -> None:
        """Make a table or view, or put it in place of the one that is there, from a query in Snowflake's SQL."""
        tree = replace_copy_history(self.parsed(query))
        self.query(f"create or replace {kind} {name.quoted} as {tree.sql('snowflake')}")

    def drop_relation(self, kind: str, name: Name) -> None:
        """Remove a table, view or schema with all that it holds."""
        self.duck.execute(f"drop {kind} if exists {name.quoted} {'cascade' if kind == 'schema' else ''}")

    def columns(self, name: Name) -> list[Column]:
        """Return the columns of a relation with the types that DuckDB has for them."""
        rows = self.duck.execute(f"describe {name.quoted}").fetchall()
        return [Column(row[0], row[1]) for row in rows]


def column_sql(column: ColumnDefinition) -> str:
    """Return a column's definition in DuckDB's SQL."""
    default = f" default {column.default}" if column.default is not None else ""
    nullable = "" if column.nullable else " not null"
    return f"{Name((column.name,)).quoted} {duck_type(column.type)}{default}{nullable}"


def duck_type(snowflake_type: str) -> str:
    """Return DuckDB's type for one of Snowflake's; whole numbers of 38 digits are DECIMAL(38,0)."""
    data_type = exp.DataType.build(snowflake_type, dialect="snowflake")
    if data_type.this in (exp.DataType.Type.VARIANT, exp.DataType.Type.OBJECT, exp.DataType.Type.ARRAY):
        return "JSON"
    if data_type.this in exp.DataType.TEXT_TYPES:
        return "VARCHAR"
    return data_type.sql("duckdb")


def _result(table: pa.Table) -> Result:
    columns = [Column(field.name, _type_name(field.type)) for field in table.schema]
    return Result(columns, list(zip(*(column.to_pylist() for column in table.columns), strict=True)))


def _type_name(type_: pa.DataType) -> str:
    if pa.types.is_boolean(type_):
        return "BOOLEAN"
    if pa.types.is_integer(type_) or pa.types.is_decimal(type_):
        return "FIXED"
    if pa.types.is_floating(type_):
        return "REAL"
    if pa.types.is_date(type_):
        return "DATE"
    if pa.types.is_timestamp(type_):
        return "TIMESTAMP_LTZ" if type_.tz else "TIMESTAMP_NTZ"
    return "TEXT"
