"""An open transaction in DuckDB: what it has changed so far, so that it goes on after a statement in it has failed.

In Snowflake a statement that fails takes back only itself. DuckDB has no savepoints and ends the whole transaction,
except at errors of syntax and names. So every change is kept as it was made, and made again in a new transaction.
That gives the same rows where each change depends on nothing but the data: the time is put into a statement when it
runs first, rows that chance or a sequence had a part in are kept themselves, and whoever asks for it has to be sure
that nobody else has committed meanwhile.
https://docs.snowflake.com/en/sql-reference/transactions#failed-statements-within-a-transaction
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import duckdb
import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.dialect.current_times import NOW

Answer = TypeVar("Answer")

_TIMES = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Localtime, exp.Localtimestamp)
_WORDS = ("current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "using sample")
_KEPT_ROWS = "_KEPT_ROWS"


class OpenTransaction:
    """The changes of a transaction.

    Args:
        duck: the connection that it is open on.
    """

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck
        self._changes: list[Callable[[], object] | None] = []
        self._unsteady: re.Pattern[str] | None = None

    @property
    def changes(self) -> int:
        """How many changes were made."""
        return len(self._changes)

    def change(self, action: Callable[[], Answer]) -> Answer:
        """Make a change, and keep how."""
        answer = action()
        self._changes.append(action)
        return answer

    def keep_from_repeating(self) -> None:
        """Note that the last change could come out otherwise a second time."""
        self._changes[-1] = None

    def go_back(self, changes: int, is_alone: Callable[[], bool]) -> bool:
        """Undo a statement that has failed, and tell whether the transaction is as it was before it.

        Args:
            changes: how many changes had been made before it.
            is_alone: tells whether nobody else has committed since the transaction began.
        """
        if len(self._changes) == changes and self._is_alive():
            return True
        del self._changes[changes:]
        if None in self._changes:
            return False
        try:
            self._duck.execute("rollback")
            self._duck.execute("begin transaction")
            for change in self._changes:
                change()  # pyright: ignore[reportOptionalCall]
        except Exception:  # whatever it is, the transaction is not what it was
            return False
        return not self._changes or is_alone()

    def _is_alive(self) -> bool:
        try:
            self._duck.execute("select 1")
        except duckdb.Error:
            return False
        return True

    def stop_clock(self, statement: exp.Expr) -> None:
        """Put the time that it is in the transaction into a statement of DuckDB's SQL."""
        for call in [node for node in statement.find_all(*_TIMES, exp.Anonymous) if _is_time(node)]:
            sql = call.sql("duckdb")
            row = self._duck.execute(f"select typeof({sql}), ({sql})::varchar").fetchone()
            assert row is not None
            call.replace(exp.cast(exp.Literal.string(row[1]), row[0], dialect="duckdb"))

    def is_steady(self, sql: str) -> bool:
        """Tell whether a statement of DuckDB's SQL certainly gives the same on the same data; a name may mislead it."""
        if self._unsteady is None:
            names = self._duck.execute(
                "select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'"
            )
            words = [re.escape(name) for (name,) in names.fetchall() if name[0].isalpha()]
            self._unsteady = re.compile(rf"\b(?:{'|'.join([*words, *_WORDS])})\b", re.IGNORECASE)
        return self._unsteady.search(sql) is None

    def insert(self, statement: exp.Insert) -> int:
        """Run an INSERT that chance, a sequence or the time may have a part in; return how many rows it inserts.

        Args:
            statement: it, in DuckDB's SQL; changed.
        """
        statement.set("returning", exp.Returning(expressions=[exp.Star()]))
        place = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
        rows: pa.Table = self._duck.execute(statement.sql("duckdb")).to_arrow_table()
        self._changes.append(partial(self._insert_kept, place.sql("duckdb"), rows))
        return rows.num_rows

    def _insert_kept(self, table: str, rows: pa.Table) -> None:
        with_registered(
            self._duck, {_KEPT_ROWS: rows}, lambda: self._duck.execute(f"insert into {table} from {_KEPT_ROWS}")
        )

    def has_unsteady_default(self, statement: exp.Insert) -> bool:
        """Tell whether a column of an INSERT's table has a default that is not the same each time."""
        place = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
        defaults = self._duck.execute(
            "select column_default from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ?"
            " and column_default is not null",
            [place.catalog, place.db, place.name],
        )
        return not all(self.is_steady(default) for (default,) in defaults.fetchall())


def _is_time(call: exp.Expr) -> bool:
    return not isinstance(call, exp.Anonymous) or call.name.upper() == NOW


def with_registered(
    duck: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], action: Callable[[], Answer]
) -> Answer:
    """Do something while DuckDB knows tables by name."""
    for name, table in tables.items():
        duck.register(name, table)
    try:
        return action()
    finally:
        for name in tables:
            duck.unregister(name)
