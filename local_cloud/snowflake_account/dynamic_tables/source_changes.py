"""What has changed in the tables that a dynamic table reads since it was refreshed.

Rows that an INSERT or a load adds stand behind those that were there, which DuckDB's row ids tell. Whatever else
changes a table's rows is noted with it, and then the dynamic table is made again in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.refresh_state import Position, changes_table, rewrites, state_of
from local_cloud.snowflake_account.language.kinds import Kind


@dataclass(frozen=True)
class SourceChange:
    """The rows that came and went.

    Attributes:
        inserted: a query of those that came; it may have rows that have gone since.
        deleted: a query of those that went, None where none can have.
        rows: how many they are.
    """

    inserted: str
    deleted: str | None
    rows: int


class RebuiltError(Exception):
    """What changed is not known row by row; the message says why."""


def identity(stored: StoredObject) -> str:
    """Return what tells an object from another of its name, before and after it."""
    return repr(stored.created_on)


def positions(duck: DuckDBPyConnection, sources: Sequence[StoredObject]) -> dict[str, Position]:
    """Return where sources stand, for who reads them whole."""
    return {str(source.name): _position(duck, source) for source in sources}


def changes_since(
    duck: DuckDBPyConnection, sources: Sequence[StoredObject], before: Mapping[str, Position]
) -> tuple[dict[str, SourceChange], dict[str, Position]]:
    """Return the changes of those sources that have any, and where all of them stand now.

    Raises:
        RebuiltError: they cannot be told.
    """
    if before.keys() != {str(source.name) for source in sources}:
        raise RebuiltError("it reads other tables than before")
    changes, now = {}, {}
    for source in sources:
        name = str(source.name)
        change, now[name] = _change(duck, source, before[name])
        if change:
            changes[name] = change
    return changes, now


def _change(duck: DuckDBPyConnection, source: StoredObject, old: Position) -> tuple[SourceChange | None, Position]:
    if identity(source) != old.identity:
        raise RebuiltError(f"{source.name} was replaced")
    if source.kind is Kind.VIEW:
        return None, old
    if rewrites(duck, source.name) != old.rewrites:
        raise RebuiltError(f"rows of {source.name} were changed or removed")
    return _logged(duck, source, old) if source.kind is Kind.DYNAMIC_TABLE else _appended(duck, source, old)


def _appended(duck: DuckDBPyConnection, table: StoredObject, old: Position) -> tuple[SourceChange | None, Position]:
    quoted = table.name.quoted
    rows = _number(duck, f"select count(*) from {quoted}")
    if rows == old.rows:
        return None, old
    # DuckDB gives rows new ids when it tidies up after a DELETE; then old and new ones cannot be told by them.
    if _number(duck, f"select count(*) from {quoted} where rowid <= {old.last}") != old.rows:
        raise RebuiltError(f"rows of {table.name} have moved")
    new = f"from {quoted} where rowid > {old.last}"
    last = _number(duck, f"select max(rowid) {new}")
    return SourceChange(f"select * {new}", None, rows - old.rows), Position(old.identity, old.rewrites, rows, last)


def _logged(duck: DuckDBPyConnection, table: StoredObject, old: Position) -> tuple[SourceChange | None, Position]:
    state = state_of(duck, table.name, identity(table))
    version, since = (state.version, state.since) if state else (0, 0)
    if version == old.last:
        return None, old
    if old.last < since:
        raise RebuiltError(f"{table.name} was made again in full")
    log = (
        f'select * exclude ("$VERSION", "$GONE") from {changes_table(table.name).quoted} where "$VERSION" > {old.last}'
    )
    rows = _number(duck, f"select count(*) from ({log})")
    change = SourceChange(f'{log} and not "$GONE"', f'{log} and "$GONE"', rows)
    return change if rows else None, Position(old.identity, old.rewrites, 0, version)


def _position(duck: DuckDBPyConnection, source: StoredObject) -> Position:
    if source.kind is Kind.VIEW:
        return Position(identity(source), 0, 0, 0)
    noted = rewrites(duck, source.name)
    if source.kind is Kind.DYNAMIC_TABLE:
        state = state_of(duck, source.name, identity(source))
        return Position(identity(source), noted, 0, state.version if state else 0)
    quoted = source.name.quoted
    last = _number(duck, f"select coalesce(max(rowid), -1) from {quoted}")
    return Position(identity(source), noted, _number(duck, f"select count(*) from {quoted}"), last)


def _number(duck: DuckDBPyConnection, sql: str) -> int:
    (number,) = duck.execute(sql).fetchone() or (0,)
    return int(number)
