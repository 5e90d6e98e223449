"""The columns of tables, dynamic tables and views: as declared, or as a query made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.language.column_types import full_type, snowflake_type
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name


def columns_of(relations: Iterable[StoredObject], databases: Databases) -> dict[Name, list[ColumnDefinition]]:
    """Return the columns of relations by their names, with types as Snowflake spells them out."""
    found: dict[Name, list[ColumnDefinition]] = {}
    made: dict[str, list[StoredObject]] = defaultdict(list)
    for relation in relations:
        if declared := relation.attributes.get("COLUMNS"):
            columns = [ColumnDefinition(**column) for column in declared]
            found[relation.name] = [
                replace(column, type=full_type(column.type), comment=column.comment or None) for column in columns
            ]
        else:
            made[relation.name.parts[0]].append(relation)
    for database, of_database in made.items():
        of_duckdb = databases.all_columns(database)
        for relation in of_database:
            comments = relation.attributes.get("COLUMN_COMMENTS", {})
            found[relation.name] = [
                ColumnDefinition(column.name, snowflake_type(column.type), comment=comments.get(column.name))
                for column in of_duckdb[relation.name.parts[1:]]
            ]
    return found


def digits(type_: str) -> tuple[str, tuple[int, ...]]:
    """Return a spelled-out type's word and the numbers in its brackets."""
    word, _, arguments = type_.rstrip(")").partition("(")
    return word, tuple(int(argument) for argument in arguments.split(",") if argument.isdigit())
