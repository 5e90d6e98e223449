"""Dynamic tables: what they read, and their refresh in dependency order.

A refresh runs the whole query again. Snowflake's incremental refresh gives the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from graphlib import CycleError, TopologicalSorter

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.derived_relations import create_table_as, translated_query
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name


def in_dependency_order(tables: Iterable[StoredObject], views: Iterable[StoredObject] = ()) -> list[StoredObject]:
    """Return dynamic tables so that each comes after those that it reads, itself or through views.

    Raises:
        SnowflakeError: they read each other in a circle.
    """
    by_name = {str(table.name): table for table in tables}
    reads = {str(relation.name): relation.attributes["READS"] for relation in (*views, *by_name.values())}
    try:
        order = list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        raise SnowflakeError(f"Dynamic tables read each other in a circle: {' -> '.join(error.args[1])}") from error
    return [by_name[name] for name in order if name in by_name]


def upstream(name: str, reads: Mapping[str, Iterable[str]]) -> set[str]:
    """Return all that a relation reads, and what that reads, and so on."""
    found: set[str] = set()
    todo = [name]
    while todo:
        new = set(reads.get(todo.pop(), ())) - found
        found |= new
        todo += new
    return found


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
        self._selects: dict[Name, tuple[str, str]] = {}

    def interrupt(self) -> None:
        """Stop the refresh that is going on; its table keeps its rows."""
        if refreshing := self._refreshing:
            refreshing.duck.interrupt()

    def refresh_all(self, changed: Collection[Name] | None = None) -> list[Name]:
        """Refresh every dynamic table that is not suspended, upstream ones first; return those refreshed.

        One that fails keeps its rows, and so do those that read it; the others are refreshed all the same.

        Args:
            changed: refresh only those that read one of these, themselves or through others.

        Raises:
            SnowflakeError: some failed; the message names each with its error.
        """
        return self._refresh(None, None if changed is None else {str(name) for name in changed})

    def refresh(self, table: Name) -> list[Name]:
        """Refresh one dynamic table, after those that it reads.

        Raises:
            SnowflakeError: it, or one that it reads, failed.
        """
        return self._refresh(str(table), None)

    def _refresh(self, wanted: str | None, changed: set[str] | None) -> list[Name]:
        views = list(self._catalog.list(Kind.VIEW))
        tables = in_dependency_order(self._catalog.list(Kind.DYNAMIC_TABLE), views)
        reads = {str(relation.name): relation.attributes["READS"] for relation in (*views, *tables)}
        included = None if wanted is None else {wanted} | upstream(wanted, reads)
        errors: dict[str, SnowflakeError] = {}
        done = []
        for table in tables:
            name = str(table.name)
            if table.attributes.get("SUSPENDED") and name != wanted:
                continue
            sources = upstream(name, reads)
            if (included is not None and name not in included) or sources & errors.keys():
                continue
            if changed is not None and not sources & changed:
                continue
            try:
                if self._refresh_one(table):
                    done.append(table.name)
            except SnowflakeError as error:
                errors[name] = error
        if errors:
            first = next(iter(errors.values()))
            message = "\n".join(f"Refresh of dynamic table {name} failed: {errors[name].message}" for name in errors)
            raise SnowflakeError(message, code=first.code, sqlstate=first.sqlstate) from first
        return done

    def _refresh_one(self, table: StoredObject) -> bool:
        """Run a dynamic table's query again; readers see the old rows until the new ones are complete."""
        with self._lock:
            current = self._catalog.find(Kind.DYNAMIC_TABLE, table.name)
            if current is None or current.created_on != table.created_on:
                return False  # dropped meanwhile
            self._check(current)
            started = time.time()
            self._refreshing = connection = self._databases.connect()
            try:
                select = self._select(connection, current.name, current.attributes["QUERY"])
                create_table_as(connection, current.name, select)
            finally:
                self._refreshing = None
                connection.close()
            self._catalog.update(current, {**current.attributes, "REFRESHED_ON": started})
            return True

    def _select(self, connection: Connection, table: Name, query: str) -> str:
        """Return a table's query in DuckDB's SQL; translating takes longer than most refreshes, so it is kept."""
        known = self._selects.get(table)
        if known is None or known[0] != query:
            known = query, translated_query(connection, "table", query, Name(table.parts[:2]))
            self._selects[table] = known
        return known[1]
