"""Sequences, in DuckDB: those that a user makes, and those of AUTOINCREMENT.

They stand in the hidden schema under names of their own, so that nothing has to follow when a sequence, its schema or
its database gets another name.
https://docs.snowflake.com/en/user-guide/querying-sequences
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.load_history import HIDDEN_SCHEMA
from local_cloud.snowflake_account.dialect.sequences import with_next_values
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.tokens import Name


def create_sequence(databases: Databases, database: str, start: int, increment: int) -> str:
    """Make a sequence; return its name inside the database, as SQL."""
    stored = Name((HIDDEN_SCHEMA, f"SEQUENCE_{uuid.uuid4().hex}")).quoted
    databases.execute(
        f"create sequence {in_database(stored, database)} increment by {increment}"
        f" minvalue {-(2**63)} maxvalue {2**63 - 1} start with {start}"
    )
    return stored


def in_database(stored: str, database: str) -> str:
    """Return a sequence's name in full, as SQL."""
    return f"{Name((database,)).quoted}.{stored}"


def with_sequences(query: str, sequence: Callable[[Name], str | None]) -> str:
    """Return a query's text with the calls that DuckDB has for the next values of sequences.

    Args:
        query: its text.
        sequence: returns what DuckDB calls a sequence, as SQL; None for a name that is none's.
    """
    if "NEXTVAL" not in query.upper():
        return query
    return with_next_values(parsed(query), sequence).sql("snowflake")


def next_value(databases: Databases, database: str, stored: str) -> int:
    """Return the value that a sequence gives next."""
    row = databases.duck.execute(
        "select start_value, increment_by, last_value from duckdb_sequences()"
        " where database_name = ? and schema_name = ? and sequence_name = ?",
        [database, HIDDEN_SCHEMA, stored.rpartition('."')[2].rstrip('"')],
    ).fetchone()
    assert row is not None
    start, increment, last = row
    return start if last is None else last + increment


def drop_unused(databases: Databases, database: str, used: Collection[str]) -> None:
    """Remove the sequences of a database that neither the catalog nor a column knows any more."""
    names = databases.duck.execute(
        "select sequence_name from duckdb_sequences() where database_name = ? and schema_name = ?",
        [database, HIDDEN_SCHEMA],
    )
    for (name,) in names.fetchall():
        if (stored := Name((HIDDEN_SCHEMA, name)).quoted) not in used:
            databases.execute(f"drop sequence {in_database(stored, database)}")
