"""A connection to the account's data: one DuckDB connection, with fakesnow before it to translate SQL."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
from fakesnow.conn import FakeSnowflakeConnection
from sqlglot import exp

from local_cloud.snowflake_account.data.column_types import ColumnTypes, DefinitionClock
from local_cloud.snowflake_account.data.duckdb_errors import ConflictError, snowflake_error
from local_cloud.snowflake_account.data.open_transaction import OpenTransaction, with_registered
from local_cloud.snowflake_account.data.refresh_state import note_rewrite
from local_cloud.snowflake_account.data.type_errors import is_about_types
from local_cloud.snowflake_account.dialect import merging
from local_cloud.snowflake_account.dialect.column_names import with_column_names
from local_cloud.snowflake_account.dialect.current_times import with_current_times
from local_cloud.snowflake_account.dialect.empty_aggregates import with_empty_aggregates
from local_cloud.snowflake_account.dialect.exact_sums import with_exact_sums
from local_cloud.snowflake_account.dialect.instants import with_instants
from local_cloud.snowflake_account.dialect.json_functions import with_json_functions
from local_cloud.snowflake_account.dialect.object_keys import with_object_keys
from local_cloud.snowflake_account.dialect.parsed_json import with_parsed_json
from local_cloud.snowflake_account.dialect.plain_functions import with_plain_functions
from local_cloud.snowflake_account.dialect.positional_columns import with_named_columns
from local_cloud.snowflake_account.dialect.refusals import check_supported
from local_cloud.snowflake_account.dialect.relations import full_relation, name_of
from local_cloud.snowflake_account.dialect.row_counts import with_row_counts
from local_cloud.snowflake_account.dialect.split_tables import with_split_tables
from local_cloud.snowflake_account.dialect.variants.conversions import with_conversions_made
from local_cloud.snowflake_account.dialect.variants.rewriting import with_conversions
from local_cloud.snowflake_account.dialect.whole_rows import with_whole_rows
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Column, Result, described

warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)

Answer = TypeVar("Answer")

_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.TruncateTable)
_ATTEMPTS = 20
"""Of a statement outside a transaction that meets one that changes the same rows."""


class _NoResults(dict[str, tuple[Any, ...]]):
    """fakesnow's store of results for RESULT_SCAN; it would keep every answer for the session's life."""

    def __setitem__(self, key: str, value: tuple[Any, ...]) -> None:
        """Keep nothing."""


class Connection:
    """Runs Snowflake's SQL on DuckDB.

    Attributes:
        duck: the DuckDB connection, for plain DuckDB SQL.
        in_transaction: whether a transaction is open.
    """

    def __init__(self, duck: duckdb.DuckDBPyConnection, clock: DefinitionClock) -> None:
        self.duck = duck
        self._clock = clock
        self._columns = ColumnTypes(duck, clock)
        self.in_transaction = False
        self._transaction = OpenTransaction(duck)
        self._home: tuple[str | None, str | None] = (None, None)
        self._fake = FakeSnowflakeConnection(duck, _NoResults(), create_database=False, create_schema=False)

    def close(self) -> None:
        """Close it; an open transaction is rolled back."""
        self.duck.close()

    def use(self, database: str | None, schema: str | None) -> None:
        """Make a database and schema the ones that names without them are looked up in."""
        if (database, schema) == self._home:
            return
        places = [Name((database, schema or "main")).quoted] if database else []
        # the translations' macros are in memory.main
        path = ",".join([*places, "memory.main"]).replace("'", "''")
        self.execute(f"set search_path = '{path}'")
        self._home = database, schema
        self._fake.database, self._fake._schema = database, schema
        self._fake.database_set, self._fake.schema_set = database is not None, schema is not None

    def query(self, tree: exp.Expr, tables: Mapping[str, pa.Table] | None = None) -> Result:
        """Run a query or DML in Snowflake's SQL.

        Args:
            tree: the statement; changed.
            tables: what it reads beside the account's data, by the names that it has for them.

        Raises:
            SnowflakeError: it is refused.
        """
        given = tables or {}
        if isinstance(tree, exp.Merge):
            merging.check_merge(tree)
            run = partial(self._merge, tree, given)
        else:
            run = partial(self._run_coercing, tree, given)
        rewritten = self._rewritten(tree)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                if not rewritten:
                    return run()
                with self.part_of_transaction():
                    answer = run()
                    for table in rewritten:
                        self.change(partial(note_rewrite, self.duck, table))
                    return answer
            except ConflictError:
                if self.in_transaction or attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _rewritten(self, tree: exp.Expr) -> list[Name]:
        """Return the tables of which a statement may change rows that are there."""
        is_overwriting = isinstance(tree, exp.Insert) and tree.args.get("overwrite")
        if not isinstance(tree, exp.Update | exp.Delete | exp.Merge | exp.TruncateTable) and not is_overwriting:
            return []
        places = tree.expressions if isinstance(tree, exp.TruncateTable) else [tree.this]
        tables = [place.this if isinstance(place, exp.Schema) else place for place in places]
        home = Name(tuple(part for part in self._home if part))
        found = [full_relation(name_of(table), home) for table in tables if isinstance(table, exp.Table)]
        return [name for name in found if len(name.parts) == 3]

    def _run_coercing(self, tree: exp.Expr, tables: Mapping[str, pa.Table]) -> Result:
        """Run a statement; one that DuckDB refuses for its types, with what Snowflake converts by itself.

        Such a refusal comes before anything is changed.
        """
        try:
            return self._run(self._translations(tree.copy(), tables), tables)
        except SnowflakeError as error:
            if not is_about_types(error):
                raise
            try:
                return self._run(self._translations(tree, tables, coerces=True), tables)
            except SnowflakeError as second:
                raise (error if is_about_types(second) else second) from error

    def _translations(self, tree: exp.Expr, tables: Mapping[str, pa.Table], *, coerces: bool = False) -> list[exp.Expr]:
        """Return what DuckDB is to run for a statement; of several the last one answers."""
        return with_registered(self.duck, tables, partial(self._translated, tree, coerces=coerces))

    def _translated(self, tree: exp.Expr, *, coerces: bool) -> list[exp.Expr]:
        cursor = self._fake.cursor()
        try:
            cursor.check_db_and_schema(tree)
            statements = cursor._transform_explode(self._prepared(tree, coerces=coerces))
            return [with_conversions_made(cursor._transform(statement, None)) for statement in statements]
        except Exception as error:
            raise snowflake_error(error) from error

    def _prepared(self, tree: exp.Expr, *, coerces: bool = False) -> exp.Expr:
        """Change what means something else to DuckDB, and fakesnow leaves as it is."""
        check_supported(tree)
        named = with_whole_rows(with_column_names(with_named_columns(tree, self._column_names)))
        tree = with_parsed_json(with_current_times(with_object_keys(named)))
        converted = with_conversions(with_split_tables(with_instants(tree)), self._columns.of, coerces=coerces)
        converted = with_json_functions(with_empty_aggregates(converted))
        return with_exact_sums(with_row_counts(with_plain_functions(converted)))

    def _run(self, translations: Sequence[exp.Expr], tables: Mapping[str, pa.Table]) -> Result:
        cursor = self._fake.cursor()
        answer: Result | None = None
        try:
            for statement in translations:
                run = partial(cursor._execute, statement)
                if self.in_transaction and isinstance(statement, _CHANGES):
                    answer = self._change(statement, run, tables)
                else:
                    with_registered(self.duck, tables, run)
        except Exception as error:
            raise snowflake_error(error) from error
        if answer is not None:
            return answer
        # The cursor's own fetches give Python rows; the table behind them is also what fakesnow's server sends.
        table: pa.Table = cursor._arrow_table  # pyright: ignore[reportAssignmentType]
        return Result(described(self.duck), arrow=table)

    def plan(self, tree: exp.Expr, tables: Mapping[str, pa.Table]) -> str:
        """Return how DuckDB would run a query or DML, as JSON; nothing is run.

        Args:
            tree: the statement, in Snowflake's SQL; changed.
            tables: what it reads beside the account's data.

        Raises:
            SnowflakeError: it would be refused.
        """
        translation = self._translations(tree, tables)[-1]
        explain = f"explain (format json) {translation.sql('duckdb')}"
        try:
            rows = with_registered(self.duck, tables, lambda: self.duck.execute(explain).fetchall())
        except Exception as error:
            raise snowflake_error(error) from error
        return rows[-1][1]

    def _change(self, statement: exp.Expr, run: Callable[[], object], tables: Mapping[str, pa.Table]) -> Result | None:
        """Make a change in the open transaction; return its answer where that is not the cursor's."""
        made = self._transaction
        made.stop_clock(statement)
        is_steady = made.is_steady(statement.sql("duckdb"))
        if isinstance(statement, exp.Insert) and not (is_steady and not made.has_unsteady_default(statement)):
            inserted = with_registered(self.duck, tables, partial(made.insert, statement))
            return Result([Column("number of rows inserted", "FIXED")], [(inserted,)])
        made.change(partial(with_registered, self.duck, tables, run))
        if not is_steady:
            made.keep_from_repeating()
        return None

    def change(self, action: Callable[[], Answer]) -> Answer:
        """Make a change beside a statement's own, as part of the open transaction if there is one."""
        return self._transaction.change(action) if self.in_transaction else action()

    def _merge(self, tree: exp.Expr, tables: Mapping[str, pa.Table]) -> Result:
        if merging.deletes(tree) and self._has_column(tree.this, "ROWID"):
            raise UnsupportedError("MERGE … DELETE from a table with a column ROWID")
        try:
            self._fake.cursor().check_db_and_schema(tree)
            statement = merging.duckdb_merge(with_registered(self.duck, tables, partial(self.translated, tree)))
            if self.in_transaction:
                self._transaction.stop_clock(statement)
            sql = statement.sql("duckdb", identify=True)
            changed = self.change(
                partial(with_registered, self.duck, tables, lambda: self.duck.execute(sql).to_arrow_table())
            )
            if self.in_transaction and not self._transaction.is_steady(sql):
                self._transaction.keep_from_repeating()
        except Exception as error:
            raise snowflake_error(merging.merge_error(error)) from error
        return merging.counts(tree, changed)

    def translated(self, query: exp.Expr, *, coerces: bool = False) -> exp.Expr:
        """Return a query of Snowflake's SQL in DuckDB's.

        Args:
            query: the query.
            coerces: whether texts are converted to what they meet, where DuckDB refuses them.

        Raises:
            SnowflakeError: it has no translation.
        """
        try:
            return with_conversions_made(
                self._fake.cursor()._transform(self._prepared(query.copy(), coerces=coerces), None)
            )
        except Exception as error:
            raise snowflake_error(error) from error

    def is_table(self, name: exp.Table) -> bool:
        """Tell whether a full name is a table's, and not a view's."""
        found = self.duck.execute(
            "select 1 from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?",
            [name.catalog, name.db, name.name],
        )
        return found.fetchone() is not None

    def _column_names(self, relation: exp.Table) -> list[str]:
        found = self.duck.execute(
            "select column_name from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ?"
            " order by column_index",
            [relation.catalog, relation.db, relation.name],
        )
        return [name for (name,) in found.fetchall()]

    def _has_column(self, table: exp.Table, column: str) -> bool:
        found = self.duck.execute(
            "select 1 from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ?"
            " and upper(column_name) = ?",
            [table.catalog, table.db, table.name, column],
        )
        return found.fetchone() is not None

    def execute(self, duckdb_sql: str) -> None:
        """Run plain DuckDB SQL.

        Raises:
            SnowflakeError: it is refused.
        """
        try:
            self.duck.execute(duckdb_sql)
        except duckdb.Error as error:
            raise snowflake_error(error) from error
        if not duckdb_sql.startswith(("set ", "describe ", "begin ")):
            self._clock.tick()

    def begin(self) -> None:
        """Open a transaction; one that is open stays, as in Snowflake."""
        if not self.in_transaction:
            self.execute("begin transaction")
            self._transaction = OpenTransaction(self.duck)
            self.in_transaction = True

    def commit(self) -> None:
        """Commit the open transaction, if there is one.

        Raises:
            SnowflakeError: it conflicts with another; nothing of it is kept.
        """
        if self.in_transaction:
            self.in_transaction = False
            self.execute("commit")

    @property
    def changes(self) -> int:
        """How many changes the open transaction has made."""
        return self._transaction.changes if self.in_transaction else 0

    def go_back(self, changes: int, is_alone: Callable[[], bool]) -> bool:
        """Undo a statement of the open transaction that has failed, and tell whether all before it is as it was.

        Args:
            changes: how many changes the transaction had made before it.
            is_alone: tells whether nobody else has committed since the transaction began.
        """
        return self._transaction.go_back(changes, is_alone)

    def rollback(self) -> None:
        """Take back the open transaction, if there is one."""
        if self.in_transaction:
            self.in_transaction = False
            with suppress(SnowflakeError):  # DuckDB has ended a transaction that failed
                self.execute("rollback")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside together, or nothing of it."""
        self.begin()
        try:
            yield
            self.commit()
        except BaseException:
            self.rollback()
            raise

    @contextmanager
    def part_of_transaction(self) -> Iterator[None]:
        """Do what is done inside in the open transaction, or in one of its own."""
        if self.in_transaction:
            yield
        else:
            with self.transaction():
                yield
