"""Dynamic tables: what they read, and their refresh in dependency order.

A refresh runs the whole query again. Snowflake's incremental refresh gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from sqlglot import exp

from local_cloud.snowflake_account.catalog import StoredObject
from local_cloud.snowflake_account.databases import Databases
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.tokens import Name


def relations_read(query: exp.Expr, home: Name) -> set[Name]:
    """Return the full names of the relations that a query reads; `home` is its database and schema."""
    defined = {cte.alias_or_name.upper() for cte in query.find_all(exp.CTE)}
    found = set()
    for table in query.find_all(exp.Table):
        parts = [
            part.name if isinstance(part, exp.Identifier) and part.quoted else part.name.upper() for part in table.parts
        ]
        if len(parts) > 1 or parts[0] not in defined:
            found.add(Name((*home.parts[: 3 - len(parts)], *parts)))
    return found


def in_dependency_order(tables: Iterable[StoredObject]) -> list[StoredObject]:
    """Return dynamic tables so that each comes after those that it reads.

    Raises:
        SnowflakeError: they read each other in a circle.
    """
    by_name = {str(table.name): table for table in tables}
    reads = {name: [up for up in table.attributes["READS"] if up in by_name] for name, table in by_name.items()}
    try:
        return [by_name[name] for name in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        raise SnowflakeError(f"Dynamic tables read each other in a circle: {' -> '.join(error.args[1])}") from error


def refresh(databases: Databases, table: StoredObject) -> None:
    """Run a dynamic table's query again; readers see the old rows until the new ones are complete."""
    databases.create_as("table", table.name, table.attributes["QUERY"])
