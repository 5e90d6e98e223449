"""ALTER: what may be changed of an object, and the change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local_cloud.snowflake_account.catalog import Catalog, StoredObject
from local_cloud.snowflake_account.databases import Databases, column_sql, duck_type
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.file_formats import file_format
from local_cloud.snowflake_account.stages import Stages
from local_cloud.snowflake_account.statements import Alter, ColumnDefinition, Kind
from local_cloud.snowflake_account.tokens import Name

_RELATION_WORDS = {Kind.TABLE: "table", Kind.DYNAMIC_TABLE: "table", Kind.VIEW: "view"}


def alter(catalog: Catalog, databases: Databases, stages: Stages, stored: StoredObject, change: Alter) -> None:
    """Change an object as an ALTER says.

    Raises:
        SnowflakeError: the change is refused; the object is as it was.
    """
    attributes: dict[str, Any] = dict(stored.attributes)
    match change.action:
        case "SET":
            attributes |= change.properties
            _check(stages, stored, attributes)
        case "UNSET":
            attributes = {key: value for key, value in attributes.items() if key not in change.names}
        case "SET SECURE" | "UNSET SECURE":
            attributes["SECURE"] = change.action == "SET SECURE"
        case "SUSPEND" | "RESUME":
            attributes["SUSPENDED"] = change.action == "SUSPEND"
        case "ENABLE MANAGED ACCESS" | "DISABLE MANAGED ACCESS":
            attributes["MANAGED_ACCESS"] = change.action.startswith("ENABLE")
        case "RENAME":
            _rename(catalog, databases, stored, change)
            return
        case "ADD COLUMN" | "DROP COLUMN" | "ALTER COLUMN" if stored.kind is Kind.TABLE:
            attributes["COLUMNS"] = [vars(column) for column in _change_columns(databases, stored, change)]
        case _:
            raise UnsupportedError(f"ALTER {stored.kind.value} {change.action}")
    catalog.update(stored, attributes)


def _check(stages: Stages, stored: StoredObject, attributes: dict[str, Any]) -> None:
    if stored.kind is Kind.STAGE and (integration := attributes.get("STORAGE_INTEGRATION")):
        stages.check_location(attributes["URL"], integration)
    if stored.kind is Kind.FILE_FORMAT:
        file_format(attributes)


def _rename(catalog: Catalog, databases: Databases, stored: StoredObject, change: Alter) -> None:
    assert change.new_name is not None
    new_name = Name((*stored.name.parts[: -len(change.new_name.parts)], *change.new_name.parts))
    if stored.kind in (Kind.DATABASE, Kind.SCHEMA) or new_name.parts[:-1] != stored.name.parts[:-1]:
        raise UnsupportedError(f"ALTER {stored.kind.value} {stored.name} RENAME TO {new_name}")
    catalog.rename(stored, new_name)
    if word := _RELATION_WORDS.get(stored.kind):
        databases.duck.execute(f"alter {word} {stored.name.quoted} rename to {Name((new_name.last,)).quoted}")


def _change_columns(databases: Databases, table: StoredObject, change: Alter) -> list[ColumnDefinition]:
    columns = [ColumnDefinition(**column) for column in table.attributes["COLUMNS"]]
    if unknown := set(change.names) - {column.name for column in columns}:
        raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{min(unknown)}'", code=904)
    alter_table = f"alter table {table.name.quoted}"
    if change.action == "ADD COLUMN":
        for column in change.columns:
            databases.duck.execute(f"{alter_table} add column {column_sql(column)}")
        return [*columns, *change.columns]
    if change.action == "DROP COLUMN":
        for name in change.names:
            databases.duck.execute(f"{alter_table} drop column {Name((name,)).quoted}")
        return [column for column in columns if column.name not in change.names]
    (name,) = change.names
    ((what, value),) = change.properties.items()
    target = f"{alter_table} alter column {Name((name,)).quoted}"
    if what == "TYPE":
        databases.duck.execute(f"{target} set data type {duck_type(str(value))}")
    elif what == "NULLABLE":
        databases.duck.execute(f"{target} {'drop' if value else 'set'} not null")
    return [replace(column, **{what.lower(): value}) if column.name == name else column for column in columns]
