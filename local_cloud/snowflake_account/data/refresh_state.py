"""How far each dynamic table has been refreshed, and which of its rows its last refreshes have changed.

It lies in the hidden schema of the table's own database and is written in the transaction that changes its rows,
so a process that is killed has done both or neither. A dynamic table is told from another of its name by when it
was created.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.data.load_history import HIDDEN_SCHEMA
from local_cloud.snowflake_account.language.tokens import Name

KEPT_VERSIONS = 20
"""Refreshes whose changes are kept for those that read the table and have not seen them yet."""


@dataclass(frozen=True)
class Position:
    """Up to where a source has been read.

    Attributes:
        identity: tells the source from another of its name.
        rewrites: how often its rows had been changed in another way than by an INSERT.
        rows: how many it had.
        last: the last row's id of a table, the version of a dynamic table.
    """

    identity: str
    rewrites: int
    rows: int
    last: int


@dataclass(frozen=True)
class RefreshState:
    """What the last refresh of a dynamic table left.

    Attributes:
        version: the number of the last change.
        since: changes are kept from the one after this.
        own: where the table itself stood after it: changed since, somebody else has changed it.
        sources: how far each source has been read, by its full name.
    """

    version: int
    since: int
    own: Position
    sources: Mapping[str, Position]


def create_sql(database: str) -> str:
    """Return the statements that make what a database keeps of its dynamic tables, where it is not there."""
    schema = Name((database, HIDDEN_SCHEMA)).quoted
    key = "TABLE_SCHEMA varchar, TABLE_NAME varchar"
    at = "IDENTITY varchar, REWRITES bigint, ROW_COUNT bigint, LAST bigint"
    return (
        f"create table if not exists {schema}.REWRITES ({key});"
        f"create table if not exists {schema}.REFRESHED_TABLES ({key}, VERSION bigint, SINCE bigint, {at});"
        f"create table if not exists {schema}.REFRESHED_SOURCES ({key}, TABLE_IDENTITY varchar, SOURCE varchar, {at})"
    )


def note_rewrite(duck: DuckDBPyConnection, table: Name) -> None:
    """Note, in the transaction that does it, that a table's rows are changed in another way than by an INSERT."""
    duck.execute(f"insert into {_hidden(table, 'REWRITES')} values (?, ?)", list(table.parts[1:]))


def rewrites(duck: DuckDBPyConnection, table: Name) -> int:
    """Return how often that has been noted of a table."""
    sql = f"select count(*) from {_hidden(table, 'REWRITES')} where TABLE_SCHEMA = ? and TABLE_NAME = ?"
    (count,) = duck.execute(sql, list(table.parts[1:])).fetchone() or (0,)
    return count


def state_of(duck: DuckDBPyConnection, table: Name, identity: str) -> RefreshState | None:
    """Return what the last refresh of a dynamic table left, None where it has not been refreshed."""
    place = [*table.parts[1:], identity]
    found = duck.execute(
        f"select VERSION, SINCE, IDENTITY, REWRITES, ROW_COUNT, LAST from {_hidden(table, 'REFRESHED_TABLES')}"
        " where TABLE_SCHEMA = ? and TABLE_NAME = ? and IDENTITY = ?",
        place,
    ).fetchone()
    if found is None:
        return None
    sources = duck.execute(
        f"select SOURCE, IDENTITY, REWRITES, ROW_COUNT, LAST from {_hidden(table, 'REFRESHED_SOURCES')}"
        " where TABLE_SCHEMA = ? and TABLE_NAME = ? and TABLE_IDENTITY = ?",
        place,
    ).fetchall()
    positions = {source: Position(*position) for source, *position in sources}
    return RefreshState(found[0], found[1], Position(*found[2:]), positions)


def put_state(duck: DuckDBPyConnection, table: Name, state: RefreshState) -> None:
    """Put what a refresh leaves in the place of what the one before it left, in its transaction."""
    forget(duck, table, state.own.identity)
    own = state.own
    duck.execute(
        f"insert into {_hidden(table, 'REFRESHED_TABLES')} values (?, ?, ?, ?, ?, ?, ?, ?)",
        [*table.parts[1:], state.version, state.since, own.identity, own.rewrites, own.rows, own.last],
    )
    for source, at in state.sources.items():
        duck.execute(
            f"insert into {_hidden(table, 'REFRESHED_SOURCES')} values (?, ?, ?, ?, ?, ?, ?, ?)",
            [*table.parts[1:], own.identity, source, at.identity, at.rewrites, at.rows, at.last],
        )


def forget(duck: DuckDBPyConnection, table: Name, identity: str = "") -> None:
    """Remove what is kept of a dynamic table, by its name, and by its identity whatever its name was."""
    for place, column in (("REFRESHED_TABLES", "IDENTITY"), ("REFRESHED_SOURCES", "TABLE_IDENTITY")):
        duck.execute(
            f"delete from {_hidden(table, place)} where (TABLE_SCHEMA = ? and TABLE_NAME = ?) or {column} = ?",
            [*table.parts[1:], identity],
        )


def drop(duck: DuckDBPyConnection, table: Name) -> None:
    """Remove what is kept of a dynamic table that is dropped, its changes too."""
    forget(duck, table)
    duck.execute(f"drop table if exists {changes_table(table).quoted}")


def drop_schema(duck: DuckDBPyConnection, schema: Name) -> None:
    """Remove what is kept of the dynamic tables of a schema that is dropped, their changes too."""
    database, dropped = schema.parts
    refreshed = duck.execute(
        f"select TABLE_NAME from {_hidden(schema, 'REFRESHED_TABLES')} where TABLE_SCHEMA = ?", [dropped]
    ).fetchall()
    for (table,) in refreshed:
        drop(duck, Name((database, dropped, table)))
    duck.execute(f"delete from {_hidden(schema, 'REWRITES')} where TABLE_SCHEMA = ?", [dropped])


def changes_table(table: Name) -> Name:
    """Return the table that has the rows that refreshes of a dynamic table took away and put there."""
    return Name((table.parts[0], HIDDEN_SCHEMA, f"CHANGES OF {table.parts[1]}.{table.parts[2]}"))


def start_changes(duck: DuckDBPyConnection, table: Name) -> None:
    """Begin to keep the changes of a dynamic table, from none."""
    duck.execute(
        f"create or replace table {changes_table(table).quoted} as"
        f' select 0::bigint as "$VERSION", false as "$GONE", * from {table.quoted} limit 0'
    )


def _hidden(table: Name, name: str) -> str:
    return Name((table.parts[0], HIDDEN_SCHEMA, name)).quoted
