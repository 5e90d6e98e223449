"""Dynamic tables: what they read, and their refresh in dependency order.

Each table is refreshed in a transaction of its own; see `refresh` for what is done in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial

import duckdb

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.data import refresh_history
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.duckdb_errors import snowflake_error
from local_cloud.snowflake_account.data.read_relations import written_relations
from local_cloud.snowflake_account.data.refresh_history import MANUAL, SCHEDULED, RefreshRecord
from local_cloud.snowflake_account.dialect.relations import full_relation
from local_cloud.snowflake_account.dynamic_tables.order import in_dependency_order, reads_of, upstream
from local_cloud.snowflake_account.dynamic_tables.plan import Plan, plan_of
from local_cloud.snowflake_account.dynamic_tables.refresh import Refresh, inputs, statistics
from local_cloud.snowflake_account.dynamic_tables.suspension import suspend_if_failing
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name


def _readers(tables: Iterable[StoredObject]) -> dict[str, set[str]]:
    """Return the dynamic tables that read each relation themselves."""
    readers: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        for read in table.attributes["READS"]:
            readers[read].add(str(table.name))
    return readers


class DynamicTables:
    """Refreshes dynamic tables.

    Args:
        catalog: where they are declared.
        databases: where their rows are.
        lock: held while one table is refreshed, so that none is dropped meanwhile.
        check: refuses a table whose owner may not, any more, read what it reads.
    """

    def __init__(
        self,
        catalog: Catalog,
        databases: Databases,
        lock: AbstractContextManager[object],
        check: Callable[[StoredObject], None],
    ) -> None:
        self._catalog = catalog
        self._databases = databases
        self._lock = lock
        self._check = check
        self._refreshing: Connection | None = None
        self._plans: dict[Name, tuple[str, Plan]] = {}

    def interrupt(self) -> None:
        """Stop the refresh that is going on; its table keeps its rows."""
        if refreshing := self._refreshing:
            refreshing.duck.interrupt()

    def refresh_all(self, changed: Collection[Name] | None = None, now: datetime | None = None) -> list[Name]:
        """Refresh every dynamic table that is not suspended, upstream ones first; return those refreshed.

        One that fails keeps its rows, and so do those that read it; the others are refreshed all the same.

        Args:
            changed: refresh only these, and those that read one of them, themselves or through others.
            now: when this is; None for the clock's time.

        Raises:
            SnowflakeError: some failed; the message names each with its error.
        """
        return self._refresh(None, None if changed is None else {str(name) for name in changed}, now)

    def refresh(self, table: Name) -> list[Name]:
        """Refresh one dynamic table, after those that it reads.

        Raises:
            SnowflakeError: it, or one that it reads, failed.
        """
        return self._refresh(str(table), None, None)

    def _refresh(self, wanted: str | None, changed: set[str] | None, now: datetime | None) -> list[Name]:
        views = list(self._catalog.list(Kind.VIEW))
        tables = in_dependency_order(self._catalog.list(Kind.DYNAMIC_TABLE), views)
        reads = reads_of([*views, *tables])
        readers = _readers(tables)
        included = None if wanted is None else {wanted} | upstream(wanted, reads)
        errors: dict[str, SnowflakeError] = {}
        done = []
        for table in tables:
            name = str(table.name)
            if table.attributes.get("SUSPENDED") and wanted is None:
                continue
            sources = upstream(name, reads)
            if (included is not None and name not in included) or sources & errors.keys():
                continue
            if changed is not None and not (sources | {name}) & changed:
                continue
            try:
                if self._refresh_one(table, readers, SCHEDULED if wanted is None else MANUAL, now):
                    done.append(table.name)
            except SnowflakeError as error:
                errors[name] = error
        if errors:
            first = next(iter(errors.values()))
            message = "\n".join(f"Refresh of dynamic table {name} failed: {errors[name].message}" for name in errors)
            raise SnowflakeError(message, code=first.code, sqlstate=first.sqlstate) from first
        return done

    def _refresh_one(
        self, table: StoredObject, readers: Mapping[str, set[str]], trigger: str, now: datetime | None
    ) -> bool:
        """Refresh one table; readers see the old rows until the new ones are complete.

        Returns:
            Whether it is still there.
        """
        with self._lock:
            current = self._catalog.find(Kind.DYNAMIC_TABLE, table.name)
            if current is None or current.created_on != table.created_on:
                return False  # dropped meanwhile
            started = now or datetime.now(UTC)
            self._refreshing = connection = self._databases.connect()
            try:
                self._run(connection, current, started, trigger, is_read=bool(readers.get(str(current.name))))
            finally:
                self._refreshing = None
                connection.close()
            self._catalog.update(current, {**current.attributes, "REFRESHED_ON": started.timestamp()})
            return True

    def _run(
        self, connection: Connection, table: StoredObject, started: datetime, trigger: str, *, is_read: bool
    ) -> None:
        try:
            self._check(table)
            with connection.transaction():
                plan, sources = self._plan(connection, table), self._sources(table)
                refreshed = Refresh(connection, table, plan, sources, is_read=is_read).run()
                kinds = {str(source.name): source.kind.name for source in sources or ()}
                told = RefreshRecord(
                    table.name,
                    started,
                    refreshed.action,
                    trigger,
                    statistics(refreshed),
                    inputs(refreshed, kinds),
                    refreshed.reinit_reason,
                )
                refresh_history.add(connection.duck, told)
        except (SnowflakeError, duckdb.Error) as error:
            failure = snowflake_error(error)
            failed = RefreshRecord(table.name, started, None, trigger, error=failure)
            refresh_history.add(connection.duck, failed)
            if trigger == SCHEDULED:
                suspend_if_failing(self._catalog, connection.duck, table, started)
            raise failure from error

    def _plan(self, connection: Connection, table: StoredObject) -> Plan:
        """Return how a table is refreshed; working it out takes longer than most refreshes, so it is kept."""
        key = f"{table.created_on!r} {table.attributes['QUERY']}"
        known = self._plans.get(table.name)
        if known is None or known[0] != key:
            home = Name(table.name.parts[:2])
            known = key, plan_of(connection, table.attributes["QUERY"], home, partial(self._columns, connection))
            self._plans[table.name] = known
        return known[1]

    def _columns(self, connection: Connection, name: Name) -> list[str] | None:
        """Return the columns of a table, None for what is no table."""
        stored = self._catalog.find_relation(name) if len(name.parts) == 3 else None
        if stored is None or stored.kind is Kind.VIEW:
            return None
        connection.execute(f"describe {name.quoted}")
        return [row[0] for row in connection.duck.fetchall()]

    def _sources(self, table: StoredObject) -> list[StoredObject] | None:
        """Return what a table reads, through views too, in the order of names; None if the catalog lacks some."""
        found: dict[Name, StoredObject] = {}
        todo = list(self._reads(table))
        while todo:
            name = todo.pop()
            if name in found:
                continue
            stored = self._catalog.find_relation(name) if len(name.parts) == 3 else None
            if stored is None:
                return None
            found[name] = stored
            if stored.kind is Kind.VIEW:
                todo += self._reads(stored)
        return [found[name] for name in sorted(found, key=str)]

    @staticmethod
    def _reads(relation: StoredObject) -> set[Name]:
        home = Name(relation.name.parts[:2])
        return {full_relation(name, home) for name in written_relations(relation.attributes["QUERY"])}
