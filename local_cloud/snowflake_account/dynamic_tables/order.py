"""The order of dynamic tables: what each reads, itself or through views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.errors import SnowflakeError


def in_dependency_order(tables: Iterable[StoredObject], views: Iterable[StoredObject] = ()) -> list[StoredObject]:
    """Return dynamic tables so that each comes after those that it reads, itself or through views.

    Raises:
        SnowflakeError: they read each other in a circle.
    """
    by_name = {str(table.name): table for table in tables}
    try:
        order = list(TopologicalSorter(reads_of([*views, *by_name.values()])).static_order())
    except CycleError as error:
        raise SnowflakeError(f"Dynamic tables read each other in a circle: {' -> '.join(error.args[1])}") from error
    return [by_name[name] for name in order if name in by_name]


def reads_of(relations: Iterable[StoredObject]) -> dict[str, list[str]]:
    """Return what each of these dynamic tables and views reads itself, by its name."""
    return {str(relation.name): relation.attributes["READS"] for relation in relations}


def upstream(name: str, reads: Mapping[str, Iterable[str]]) -> set[str]:
    """Return all that a relation reads, and what that reads, and so on."""
    found: set[str] = set()
    todo = [name]
    while todo:
        new = set(reads.get(todo.pop(), ())) - found
        found |= new
        todo += new
    return found
