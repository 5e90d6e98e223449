"""The types of the columns that a statement reads, asked of DuckDB once after each change of a definition."""

from __future__ import annotations

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from local_cloud.snowflake_account.dialect.relations import name_of
from local_cloud.snowflake_account.dialect.variants.scopes import Columns
from local_cloud.snowflake_account.dialect.variants.types import of_duckdb


class DefinitionClock:
    """Tells whether a definition may have changed: every connection to the same databases has the same clock."""

    def __init__(self) -> None:
        self.time = 0

    def tick(self) -> None:
        """Say that a definition may have changed."""
        self.time += 1


class ColumnTypes:
    """Knows the columns of relations, as one connection sees them.

    Args:
        duck: the connection.
        clock: says when what is known is known no longer.
    """

    def __init__(self, duck: DuckDBPyConnection, clock: DefinitionClock) -> None:
        self._duck = duck
        self._clock = clock
        self._known: dict[str, Columns] = {}
        self._time = clock.time

    def of(self, relation: exp.Table) -> Columns:
        """Return the columns of a relation; of one that is not there it is none."""
        if self._time != self._clock.time:
            self._time = self._clock.time
            self._known.clear()
        name = name_of(relation)
        if name.quoted in self._known:
            return self._known[name.quoted]
        try:
            described = self._duck.execute(f"describe {name.quoted}").fetchall()
        except duckdb.Error:
            return []
        columns = [(column, of_duckdb(type_)) for column, type_, *_ in described]
        if len(name.parts) == 3 and name.parts[0].upper() != "TEMP":
            self._known[name.quoted] = columns
        return columns
