"""Makes again only those rows of a dynamic table that changed source rows concern.

Of the changed rows the keys are taken along which the query divides; the table's rows with these keys are made again
from the source rows with these keys, and what then differs is changed. Where the query works row by row and rows
have only come, it is run over these alone; where it only counts groups, the counts go on from those that are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.data.refresh_state import changes_table
from local_cloud.snowflake_account.dynamic_tables.plan import Plan, part
from local_cloud.snowflake_account.dynamic_tables.source_changes import SourceChange
from local_cloud.snowflake_account.language.tokens import Name

_TOUCHED, _OLD, _NEW, _GONE, _COME = (
    Name(("temp", "main", f"_{word}")).quoted for word in ("TOUCHED", "OLD", "NEW", "GONE", "COME")
)


@dataclass(frozen=True)
class Changed:
    """How many rows a refresh put into a table and took away, and how many it went through for that."""

    inserted: int
    deleted: int
    scanned: int = 0


class PartialRefresh:
    """One refresh, in the transaction that is open.

    Args:
        duck: the connection.
        table: the dynamic table.
        plan: how it is refreshed.
        changes: what has changed, by the source's name.
    """

    def __init__(self, duck: DuckDBPyConnection, table: Name, plan: Plan, changes: Mapping[str, SourceChange]) -> None:
        self._duck = duck
        self._table = table.quoted
        self._log = changes_table(table).quoted
        self._plan = plan
        self._changes = changes
        described = duck.execute(f"describe {self._table}").fetchall()
        self._columns = [Name((row[0],)).quoted for row in described]
        self._scanned = sum(change.rows for change in changes.values())

    def run(self, logged_as: int | None) -> Changed:
        """Change the rows that differ.

        Args:
            logged_as: the version under which they are logged for those that read the table, None: not at all.
        """
        only_came = all(not self._count(change.deleted) for change in self._changes.values() if change.deleted)
        self._run(f"create or replace temp table {_NEW} as from {self._table} limit 0")
        if self._plan.is_row_by_row and only_came:
            self._take([self._changes.get(str(leaf.source)) for leaf in self._plan.leaves])
            self._fill_new()
            return self._add(_NEW, 0, logged_as)
        self._find_touched()
        if self._plan.counts:
            self._go_on_counting()
        else:
            self._take_touched()
            self._fill_new()
        return self._exchange(logged_as)

    def _fill_new(self) -> None:
        self._run(f"insert into {_NEW} {self._plan.partial}")

    def _take(self, changes: Sequence[SourceChange | None]) -> None:
        """Let the query read the rows that came, and nothing of the sources where none did."""
        for number, (leaf, change) in enumerate(zip(self._plan.leaves, changes, strict=True)):
            rows = change.inserted if change else f"from {leaf.source.quoted} limit 0"
            self._run(f"create or replace temp table {part(number).quoted} as {rows}")

    def _find_touched(self) -> None:
        keys = [
            f"select {', '.join(leaf.keys)} from ({rows})"
            for leaf in self._plan.leaves
            if (change := self._changes.get(str(leaf.source)))
            for rows in (change.inserted, change.deleted)
            if rows
        ]
        names = ", ".join(f'"$K{number}"' for number in range(len(self._plan.keys)))
        self._run(
            f"create or replace temp table {_TOUCHED} ({names}) as select distinct * from ({' union all '.join(keys)})"
        )
        found = self._rows_with(self._table, [Name((key,)).quoted for key in self._plan.keys])
        self._run(f'create or replace temp table {_OLD} as select rowid as "$ROW", * from {self._table} where {found}')

    def _rows_with(self, table: str, keys: Sequence[str]) -> str:
        """Return the condition for rows with touched keys; it reads only the keys of the others."""
        same = " and ".join(f'({key}) is not distinct from t."$K{number}"' for number, key in enumerate(keys))
        return f"rowid in (select rowid from {table} semi join {_TOUCHED} t on {same})"

    def _take_touched(self) -> None:
        for number, leaf in enumerate(self._plan.leaves):
            table = leaf.source.quoted
            found = self._rows_with(table, leaf.keys)
            self._run(f"create or replace temp table {part(number).quoted} as select * from {table} where {found}")
            self._scanned += self._count(f"from {part(number).quoted}")

    def _go_on_counting(self) -> None:
        """Add the counts of the rows that came, and take off those of the rows that went."""
        (change,) = self._changes.values()
        counted = f"create or replace temp table {_COME} as from {_NEW}"
        self._run(f"insert into {_NEW} select {', '.join(self._columns)} from {_OLD}")
        counts = {Name((name,)).quoted for name in self._plan.counts}
        self._run(counted)
        for sign, rows in (("", change.inserted), ("-", change.deleted)):
            if rows:
                self._run(f"create or replace temp table {part(0).quoted} as {rows}")
                self._run(f"delete from {_NEW}")
                self._fill_new()
                signed = ", ".join(f"{sign}{each}" if each in counts else each for each in self._columns)
                self._run(f"insert into {_COME} select {signed} from {_NEW}")
        self._run(f"delete from {_NEW}")
        summed = ", ".join(f"sum({each})" if each in counts else each for each in self._columns)
        size = Name((self._plan.group_size,)).quoted
        grouped = f"select {summed} from {_COME} group by all having sum({size}) <> 0"
        self._run(f"insert into {_NEW} {grouped}")

    def _exchange(self, logged_as: int | None) -> Changed:
        """Take away the old rows that the new ones do not have, and put the new ones there that are not old."""
        old_rows = self._count(f"from {_OLD}")
        self._scanned += old_rows
        if not old_rows:
            return self._add(_NEW, 0, logged_as)
        columns = ", ".join(self._columns)
        number = f'row_number() over (partition by {columns}) as "$COPY"'
        same = " and ".join(f"o.{each} is not distinct from n.{each}" for each in [*self._columns, '"$COPY"'])
        old, new = (f"(select *, {number} from {rows})" for rows in (_OLD, _NEW))
        self._run(f'create or replace temp table {_GONE} as select o."$ROW" from {old} o anti join {new} n on {same}')
        self._run(f"create or replace temp table {_COME} as select {columns} from {new} n anti join {old} o on {same}")
        gone = self._count(f"from {_GONE}")
        if gone and logged_as is not None:
            rows = f'select {columns} from {_OLD} where "$ROW" in (from {_GONE})'
            self._run(f"insert into {self._log} select {logged_as}, true, * from ({rows})")
        if gone:
            self._run(f"delete from {self._table} where rowid in (from {_GONE})")
        return self._add(_COME, gone, logged_as)

    def _add(self, rows: str, gone: int, logged_as: int | None) -> Changed:
        if logged_as is not None:
            self._run(f"insert into {self._log} select {logged_as}, false, * from {rows}")
        (added,) = self._run(f"insert into {self._table} from {rows}").fetchone() or (0,)
        return Changed(added, gone, self._scanned)

    def _count(self, rows: str | None) -> int:
        (count,) = self._run(f"select count(*) from ({rows})").fetchone() or (0,)
        return count

    def _run(self, sql: str) -> DuckDBPyConnection:
        return self._duck.execute(sql)
