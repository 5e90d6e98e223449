"""One refresh of one dynamic table: not at all, in part, or in full, and what it leaves for the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.derived_relations import create_table_as
from local_cloud.snowflake_account.data.refresh_state import (
    KEPT_VERSIONS,
    Position,
    RefreshState,
    changes_table,
    put_state,
    rewrites,
    start_changes,
    state_of,
)
from local_cloud.snowflake_account.dynamic_tables.partial_refresh import Changed, PartialRefresh
from local_cloud.snowflake_account.dynamic_tables.plan import Plan
from local_cloud.snowflake_account.dynamic_tables.source_changes import (
    RebuiltError,
    SourceChange,
    changes_since,
    identity,
    positions,
)
from local_cloud.snowflake_account.dynamic_tables.text_storage import uncompressed
from local_cloud.snowflake_account.language.tokens import Name

_FEW = 1_000
_LARGE_PART = 4
"""More changed rows than a few, and than one in so many of the table's, are dearer to find than to make all again."""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        action: REFRESH_ACTION, https://docs.snowflake.com/en/sql-reference/functions/dynamic_table_refresh_history.
        changed: the rows that it changed.
        reinit_reason: why it made again what it could not follow.
        inputs: the changed rows of what it read, by name.
    """

    action: str
    changed: Changed = field(default_factory=lambda: Changed(0, 0))
    reinit_reason: str | None = None
    inputs: Mapping[str, int] = field(default_factory=dict)


class Refresh:
    """A refresh of a dynamic table, in the transaction that is open.

    Args:
        connection: a connection with an open transaction.
        table: the dynamic table.
        plan: how it is refreshed.
        sources: the tables and views that it reads, itself or through views; None where not all are known.
        is_read: whether another dynamic table reads it.
    """

    def __init__(
        self,
        connection: Connection,
        table: StoredObject,
        plan: Plan,
        sources: Sequence[StoredObject] | None,
        *,
        is_read: bool,
    ) -> None:
        self._connection = connection
        self._duck: DuckDBPyConnection = connection.duck
        self._table = table
        self._name: Name = table.name
        self._plan = plan
        self._sources = sources
        self._is_read = is_read

    def run(self) -> Refreshed:
        """Bring the table up to its sources."""
        state = state_of(self._duck, self._name, identity(self._table))
        if state is None:
            return self._full(None, None)
        if self._sources is None or not self._plan.is_steady:
            return self._full(state, None)
        try:
            self._check_untouched(state)
            changes, now = changes_since(self._duck, self._sources, state.sources)
        except RebuiltError as rebuilt:
            return self._full(state, str(rebuilt))
        if not changes:
            if now != state.sources:
                self._put(state.version, state.since, now)
            return Refreshed("NO_DATA")
        if self._plan.reason or self._is_cheaper_in_full(changes, state):
            return self._full(state, None)
        return self._partial(state, changes, now)

    def _partial(
        self, state: RefreshState, changes: Mapping[str, SourceChange], now: Mapping[str, Position]
    ) -> Refreshed:
        version, since = state.version + 1, max(state.since, state.version + 1 - KEPT_VERSIONS)
        is_logged = self._is_read and self._has_log()
        changed = PartialRefresh(self._duck, self._name, self._plan, changes).run(version if is_logged else None)
        if not changed.inserted and not changed.deleted:
            version = state.version
        elif not is_logged:
            since = version
        if is_logged and since > state.since:
            self._duck.execute(f'delete from {changes_table(self._name).quoted} where "$VERSION" <= {since}')
        self._put(version, since, now)
        return Refreshed("INCREMENTAL", changed, None, {name: change.rows for name, change in changes.items()})

    def _full(self, state: RefreshState | None, reinit_reason: str | None) -> Refreshed:
        sources = self._sources or ()
        now = positions(self._duck, sources)
        before = self._rows()
        create_table_as(self._connection, self._name, self._plan.full, uncompressed(self._duck, self._plan.origins))
        if self._is_read:
            start_changes(self._duck, self._name)
        version = (state.version if state else 0) + 1
        self._put(version, version, now)
        scanned = sum(position.rows for position in now.values())
        action = "REINITIALIZE" if reinit_reason else "FULL"
        return Refreshed(action, Changed(self._rows(), before, scanned), reinit_reason)

    def _put(self, version: int, since: int, sources: Mapping[str, Position]) -> None:
        own = Position(identity(self._table), rewrites(self._duck, self._name), self._rows(), version)
        put_state(self._duck, self._name, RefreshState(version, since, own, sources))

    def _check_untouched(self, state: RefreshState) -> None:
        """Notice rows that somebody else has put into the table or taken from it.

        Raises:
            RebuiltError: somebody has.
        """
        own = state.own
        if (rewrites(self._duck, self._name), self._rows()) != (own.rewrites, own.rows):
            raise RebuiltError(f"rows of {self._name} were changed by somebody else")

    def _is_cheaper_in_full(self, changes: Mapping[str, SourceChange], state: RefreshState) -> bool:
        rows = sum(change.rows for change in changes.values())
        has_deletes = any(change.deleted for change in changes.values())
        return rows > max(_FEW, state.own.rows // _LARGE_PART) or (has_deletes and not self._plan.keys)

    def _has_log(self) -> bool:
        log = changes_table(self._name)
        sql = "select 1 from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?"
        return self._duck.execute(sql, list(log.parts)).fetchone() is not None

    def _rows(self) -> int:
        (rows,) = self._duck.execute(f"select count(*) from {self._name.quoted}").fetchone() or (0,)
        return rows


def statistics(refreshed: Refreshed) -> dict[str, int]:
    """Return a refresh's row counts as the history has them; numScannedRows is the embedded account's own."""
    changed = refreshed.changed
    return {
        "numInsertedRows": changed.inserted,
        "numDeletedRows": changed.deleted,
        "numScannedRows": changed.scanned,
    }


def inputs(refreshed: Refreshed, kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what changed in the inputs of a refresh as the history has it."""
    return [
        {"name": name, "kind": kinds[name], "statistics": {"numRegisteredRows": rows}}
        for name, rows in refreshed.inputs.items()
    ]
