"""The relations that the query of a view, dynamic table or table reads: a pure function of its text, remembered."""

from __future__ import annotations

from functools import lru_cache

from local_cloud.snowflake_account.dialect.relations import full_relation, name_of, named_relations
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.tokens import Name


@lru_cache(maxsize=256)
def written_relations(query: str) -> tuple[Name, ...]:
    """Return the names of the relations that a query reads, as they are written.

    Raises:
        SnowflakeError: it is no statement of Snowflake's SQL.
    """
    return tuple(name_of(table) for table in named_relations(parsed(query)))


def reads_of(query: str, home: Name) -> list[str]:
    """Return the full names of what a query reads, as text; `home` is its database and schema.

    Raises:
        SnowflakeError: it is no statement of Snowflake's SQL.
    """
    return sorted({str(full_relation(name, home)) for name in written_relations(query)})
