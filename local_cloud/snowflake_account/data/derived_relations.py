"""Tables and views that are made from a query in Snowflake's SQL."""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.copy_history import replace_copy_history
from local_cloud.snowflake_account.data.live_views import with_placeholders
from local_cloud.snowflake_account.data.usage_history import replace_usage_history
from local_cloud.snowflake_account.dialect.flatten import with_plain_flattens
from local_cloud.snowflake_account.dialect.relations import qualify
from local_cloud.snowflake_account.dialect.repeats import IsTable
from local_cloud.snowflake_account.dialect.tuning import tuned
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.column_types import stored_type
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.tokens import Name


def create_table_as(
    connection: Connection, name: Name, selected: str, uncompressed: Collection[str] = frozenset()
) -> None:
    """Make a table from a query in DuckDB's SQL; others see the one that is there until its rows are complete.

    Args:
        connection: makes it.
        name: its full name.
        selected: the query.
        uncompressed: the columns that are stored as they are, where they are texts.

    Raises:
        SnowflakeError: the query is refused.
    """
    with connection.part_of_transaction():
        connection.execute(f"describe {selected}")
        described = connection.duck.fetchall()
        columns = ", ".join(
            f"{Name((column,)).quoted} {stored_type(type_, is_compressed=column not in uncompressed)}"
            for column, type_, *_ in described
        )
        connection.execute(f"create or replace table {name.quoted} ({columns})")
        connection.execute(f"insert into {name.quoted} {selected}")


def translated_query(connection: Connection, kind: str, query: str, home: Name, *, coerces: bool = False) -> str:
    """Return the query of a table or view in DuckDB's SQL, its names in full.

    Args:
        connection: translates it.
        kind: table or view.
        query: the query.
        home: where names without database or schema are looked up.
        coerces: whether texts are converted to what they meet, where DuckDB refuses them.

    Raises:
        SnowflakeError: the query is refused.
    """
    return translated_tree(connection, query_tree(kind, query, home), connection.is_table, coerces=coerces)


def query_tree(kind: str, query: str, home: Name) -> exp.Query:
    """Return the query of a table or view, its names in full.

    Raises:
        SnowflakeError: it is none.
    """
    tree = parsed(query)
    if not isinstance(tree, exp.Query):
        raise UnsupportedError(f"CREATE {kind.upper()} AS {tree.key.upper()}")
    qualify(tree, home)
    return tree


def with_answers(tree: exp.Query) -> exp.Expr:
    """Put into the query of a table or view what the account answers itself."""
    return replace_usage_history(replace_copy_history(with_plain_flattens(with_placeholders(tree))))


def translated_tree(connection: Connection, tree: exp.Query, is_table: IsTable, *, coerces: bool = False) -> str:
    """Return a query in DuckDB's SQL.

    Args:
        connection: translates it.
        tree: the query, in Snowflake's SQL, its names in full; changed.
        is_table: tells whether a name is a table's, of which DuckDB may read the rows several times.
        coerces: whether texts are converted to what they meet, where DuckDB refuses them.

    Raises:
        SnowflakeError: the query is refused.
    """
    return tuned(connection.translated(with_answers(tree), coerces=coerces), is_table).sql("duckdb")
