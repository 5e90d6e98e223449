"""Which texts of a dynamic table are stored without compression.

DuckDB looks in every column for values that repeat and for parts that they share, which takes longer than to write
them where there are none, as in ids and digests.
"""

from __future__ import annotations

from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.language.tokens import Name

_SAMPLE = 20_480
_REPEATING = 10
"""How often a value occurs, on average, in a column that compression is worth its time for."""


def is_worth_compressing(duck: DuckDBPyConnection, origin: tuple[Name, str] | None) -> bool:
    """Tell whether a text repeats itself.

    Args:
        duck: the connection.
        origin: the table and its column that it is passed on from; None for a text that is made by the query.
    """
    if origin is None:
        return False
    table, column = origin
    first = f"select {Name((column,)).quoted} as text from {table.quoted} limit {_SAMPLE}"
    rows, texts = duck.execute(f"select count(text), count(distinct text) from ({first})").fetchone() or (0, 0)
    return texts * _REPEATING <= rows


def uncompressed(duck: DuckDBPyConnection, origins: Mapping[str, tuple[Name, str] | None]) -> set[str]:
    """Return the columns that are stored as they are, where they are texts.

    Args:
        duck: the connection.
        origins: the columns of a query, each with the table and column that it is passed on from, if it is.
    """
    return {column for column, origin in origins.items() if not is_worth_compressing(duck, origin)}
