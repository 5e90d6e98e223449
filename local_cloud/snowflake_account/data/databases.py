"""The account's data: one DuckDB file per database, in one DuckDB instance.

Queries and DML go through fakesnow, which turns Snowflake's SQL into DuckDB's; DDL comes here as plain
DuckDB DDL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import fakesnow.instance
import fakesnow.macros
import pyarrow as pa
from duckdb import DuckDBPyConnection
from fakesnow.transforms.stage import LOCAL_BUCKET_PATH
from sqlglot import exp

from local_cloud.snowflake_account.data import load_history, outbox, refresh_history, refresh_state, task_history
from local_cloud.snowflake_account.data.column_types import DefinitionClock
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.derived_relations import (
    create_table_as,
    query_tree,
    translated_query,
    with_answers,
)
from local_cloud.snowflake_account.data.type_errors import is_about_types
from local_cloud.snowflake_account.dialect import flatten, json_functions
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.column_types import column_sql
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Column, Result

with suppress(OSError):  # made by the import, for internal stages, whose files this account keeps elsewhere
    Path(LOCAL_BUCKET_PATH).rmdir()

NOT_FOR_SCHEMAS = ("MAIN", "PG_CATALOG", load_history.HIDDEN_SCHEMA, "_FS_INFORMATION_SCHEMA")
_NOT_FOR_DATABASES = ("MEMORY", "SYSTEM", "TEMP", "_FS_GLOBAL")
"""Names that DuckDB and the account use themselves."""

_MEMORY = "1200MB"
"""What DuckDB keeps in memory at most; what is more it spills. Without it it keeps every block that it has read
as long as four fifths of the machine are not full, which is a gigabyte more at five million transactions, and no
faster."""


class Databases:
    """Attaches, creates and drops databases and what they hold, and opens connections to them.

    Attributes:
        duck: the DuckDB connection of the account's own, on which definitions change and files load.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = fakesnow.instance.FakeSnow(db_path=folder).duck_conn
        inside = str(folder.resolve()).replace("'", "''")
        self._root.execute(f"set temp_directory = '{inside}/spilled'")
        self._root.execute(f"set memory_limit = '{_MEMORY}'")
        # SQL from outside must not reach this machine's files, nor Python variables that have a table's name.
        self._root.execute(f"set allowed_directories = ['{inside}/']")
        self._root.execute("set python_enable_replacements = false")
        # the other errors end a transaction; OpenTransaction is for these
        self._root.execute("set global default_transaction_invalidation_policy = 'SYNTACTIC_ERRORS_DO_NOT_INVALIDATE'")
        self._root.execute("set enable_external_access = false")
        # This optimization of DuckDB 2.0 loses a LIMIT over the rows for which a join finds none.
        self._root.execute("set global disabled_optimizers = 'projection_pullup'")
        self._root.execute(fakesnow.macros.creation_sql("memory"))
        self._root.execute(flatten.create_sql("memory"))
        self._root.execute(json_functions.create_sql("memory"))
        self._clock = DefinitionClock()
        self._own = self.connect()

    @property
    def duck(self) -> DuckDBPyConnection:
        """The account's own DuckDB connection."""
        return self._own.duck

    def connect(self) -> Connection:
        """Open a connection; each has its own current schema and transaction, and may be in a thread of its own."""
        return Connection(self._root.cursor(), self._clock)

    def close(self) -> None:
        """Close every database file."""
        self._own.close()
        self._root.close()

    def query(self, tree: exp.Expr) -> Result:
        """Run a query or DML on the account's own connection; the tree is changed.

        Raises:
            SnowflakeError: it is refused.
        """
        return self._own.query(tree)

    def execute(self, duckdb_sql: str) -> None:
        """Run plain DuckDB SQL on the account's own connection.

        Raises:
            SnowflakeError: it is refused.
        """
        self._own.execute(duckdb_sql)

    def transaction(self) -> AbstractContextManager[None]:
        """Commit what the account's own connection does inside together, or nothing of it."""
        return self._own.transaction()

    @contextmanager
    def reading(self, tables: Mapping[str, pa.Table]) -> Iterator[None]:
        """Let the account's own connection read tables by their names inside."""
        for name, table in tables.items():
            self.duck.register(name, table)
        try:
            yield
        finally:
            for name in tables:
                self.duck.unregister(name)

    def file(self, database: str) -> Path:
        """Return the path of a database's file."""
        return self._folder / f"{quote(database, safe=' ')}.db"

    def attach(self, database: str) -> None:
        """Open a database's file, which is made where there is none."""
        is_new = not self.file(database).exists()
        path = str(self.file(database).resolve()).replace("'", "''")
        self.execute(f"attach '{path}' as {Name((database,)).quoted}")
        if is_new:
            self.execute(load_history.create_sql(database))
        self.execute(load_history.added_sql(database))
        self.execute(refresh_state.create_sql(database))
        self.execute(refresh_history.create_sql(database))
        self.execute(task_history.create_sql(database))
        self.execute(outbox.create_sql(database))  # one of an earlier version has none

    def create(self, database: str, *, replace: bool = False) -> None:
        """Make a database with schema PUBLIC, in a file of its own.

        Args:
            database: its name.
            replace: whether to put it in place of the one of this name, which stays if this one cannot be made.

        Raises:
            SnowflakeError: the name cannot be used.
        """
        _check_name(database)
        file = self.file(database)
        aside = file.with_suffix(".replaced")
        if replace:
            self.detach(database)
            file.replace(aside)
        try:
            self._remove_files(database)  # left by a process that was killed before the catalog knew of them
            self.attach(database)
            self.create_schema(Name((database, "PUBLIC")))
        except BaseException:
            if replace:
                with suppress(SnowflakeError):
                    self.detach(database)
                aside.replace(file)
                self.attach(database)
            raise
        aside.unlink(missing_ok=True)

    def use(self, database: str | None, schema: str | None) -> None:
        """Make a database and schema those of the account's own connection."""
        self._own.use(database, schema)

    def detach(self, database: str) -> None:
        """Close the file of a database."""
        self._own.use(None, None)
        self.execute(f"detach {Name((database,)).quoted}")

    def drop(self, database: str) -> None:
        """Remove a database and its file."""
        self.detach(database)
        self._remove_files(database)

    def rename(self, old: str, new: str) -> None:
        """Give a database and its file another name.

        Raises:
            SnowflakeError: the name cannot be used.
        """
        _check_name(new)
        self.detach(old)
        self._remove_files(new)
        self.file(old).rename(self.file(new))
        self.attach(new)
        history = load_history.history_table(Name((new,)))
        self.execute(f"update {history} set TABLE_CATALOG_NAME = '{_text(new)}'")
        self.execute(f"update {history} set PIPE_CATALOG_NAME = '{_text(new)}' where PIPE_NAME is not null")

    def _remove_files(self, database: str) -> None:
        file = self.file(database)
        for path in (file, file.with_name(f"{file.name}.wal")):
            path.unlink(missing_ok=True)

    def create_schema(self, name: Name) -> None:
        """Make an empty schema.

        Raises:
            SnowflakeError: the name cannot be used.
        """
        if name.last.upper() in NOT_FOR_SCHEMAS:
            raise UnsupportedError(f"a schema of the name {name.last}")
        self.execute(f"create schema if not exists {name.quoted}")

    def create_table(self, name: Name, columns: tuple[ColumnDefinition, ...]) -> None:
        """Make an empty table, in place of one that no catalog knows."""
        self.execute(f"create or replace table {name.quoted} ({', '.join(map(column_sql, columns))})")

    def create_as(
        self,
        kind: str,
        name: Name,
        query: str,
        *,
        home: Name | None = None,
        with_data: bool = True,
        columns: Sequence[str] = (),
        coerces: bool = True,
    ) -> None:
        """Make a table or view, or put it in place of the one that is there, from a query in Snowflake's SQL.

        Args:
            kind: table or view.
            name: its full name.
            query: the query.
            home: where names without database or schema are looked up; by default in its own.
            with_data: whether a table gets the query's rows.
            columns: what its columns are called; empty for what the query calls them.
            coerces: whether texts are converted to what they meet, where DuckDB refuses them.

        Raises:
            SnowflakeError: the query is refused.
        """
        place = home or Name(name.parts[:2])

        def make(selected: str) -> None:
            if kind == "table":
                rows = _named(selected, columns)
                create_table_as(self._own, name, rows if with_data else f"from ({rows}) limit 0")
            else:
                listed = f" ({_listed(columns)})" if columns else ""
                self.execute(f"create or replace {kind} {name.quoted}{listed} as {selected}")

        try:
            make(translated_query(self._own, kind, query, place))
        except SnowflakeError as error:
            if not coerces or not is_about_types(error):
                raise
            make(translated_query(self._own, kind, query, place, coerces=True))

    def fill(self, table: Name, query: str, home: Name) -> None:
        """Put the rows of a query in Snowflake's SQL into a table.

        Raises:
            SnowflakeError: the query is refused, or gives what the table does not take.
        """
        into = exp.table_(table.parts[2], db=table.parts[1], catalog=table.parts[0], quoted=True)
        self.query(exp.Insert(this=into, expression=with_answers(query_tree("table", query, home))))

    def create_view(self, name: Name, query: str, columns: Sequence[str]) -> None:
        """Make a view, or put it in place of the one that is there.

        Args:
            name: its full name.
            query: its query, in Snowflake's SQL.
            columns: what its columns are called; empty for what the query calls them.

        Raises:
            SnowflakeError: the query is refused, or has another number of columns.
        """
        self.create_as("view", name, query)
        if not columns:
            return
        self.execute(f"describe {name.quoted}")  # by the connection that made it, in its transaction
        selected = [str(row[0]) for row in self.duck.fetchall()]
        if len(selected) != len(columns):
            raise SnowflakeError("SQL compilation error:\nInvalid column definition list", code=2057, sqlstate="0A000")
        if selected != list(columns):
            # DuckDB keeps a view's text, so that it is made again from it under the other names.
            self.create_as("view", name, query, columns=columns)

    def drop_relation(self, kind: str, name: Name) -> None:
        """Remove a table, view or schema with all that it holds."""
        self.execute(f"drop {kind} if exists {name.quoted} {'cascade' if kind == 'schema' else ''}")

    def columns(self, name: Name) -> list[Column]:
        """Return the columns of a relation with the types that DuckDB has for them."""
        connection = self.connect()
        try:
            connection.execute(f"describe {name.quoted}")
            return [Column(row[0], row[1]) for row in connection.duck.fetchall()]
        finally:
            connection.close()

    def all_columns(self, database: str) -> Mapping[tuple[str, ...], list[Column]]:
        """Return the columns of every relation of a database, by schema and name, with DuckDB's types."""
        connection = self.connect()
        try:
            connection.duck.execute(
                "select schema_name, table_name, column_name, data_type from duckdb_columns()"
                " where database_name = ? order by column_index",
                [database],
            )
            found: dict[tuple[str, ...], list[Column]] = defaultdict(list)
            for schema, relation, name, type_ in connection.duck.fetchall():
                found[schema, relation].append(Column(name, type_))
            return found
        finally:
            connection.close()

    def row_counts(self, tables: Iterable[Name]) -> dict[Name, int]:
        """Return how many rows each of these tables has; one that is gone meanwhile has none."""
        connection = self.connect()
        try:
            return {table: _count(connection, table) for table in tables}
        finally:
            connection.close()


def _check_name(database: str) -> None:
    if database.upper() in _NOT_FOR_DATABASES:
        raise UnsupportedError(f"a database of the name {database}")


def _count(connection: Connection, table: Name) -> int:
    try:
        connection.execute(f"select count(*) from {table.quoted}")
    except SnowflakeError:
        return 0
    (rows,) = connection.duck.fetchone() or (0,)
    return rows


def _text(value: str) -> str:
    return value.replace("'", "''")


def _named(selected: str, columns: Sequence[str]) -> str:
    return f"select * from ({selected}) as _ ({_listed(columns)})" if columns else selected


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(Name((column,)).quoted for column in columns)
