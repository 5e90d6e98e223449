"""What ALTER TABLE changes of a table's columns, in DuckDB and in what the catalog keeps of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.relation_columns import columns_of
from local_cloud.snowflake_account.definitions.keys import named_constraints, with_renamed_column
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.column_types import column_sql, duck_type, full_type
from local_cloud.snowflake_account.language.constraints import Constraint, stored_constraints
from local_cloud.snowflake_account.language.grammar.words import with_keys
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Alter, ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name


class ColumnChanges:
    """Changes the columns of tables.

    Args:
        catalog: the account's objects.
        databases: the data.
    """

    def __init__(self, catalog: Catalog, databases: Databases) -> None:
        self._catalog = catalog
        self._databases = databases

    def changed(self, table: StoredObject, change: Alter) -> dict[str, Any]:
        """Make a change in DuckDB, and return the attributes that the table has afterwards.

        Raises:
            SnowflakeError: it is refused.
        """
        before = self._before(table)
        match change.action:
            case "ADD COLUMN":
                columns = [*before, *self._added(table.name, change, before)]
            case "DROP COLUMN":
                columns = self._without_dropped(table.name, change, before)
            case "RENAME COLUMN":
                columns = self._renamed(table.name, change, before)
            case _:
                columns = self._altered(table.name, change, before)
        constraints = stored_constraints(table.attributes)
        if change.action == "RENAME COLUMN":
            constraints = with_renamed_column(constraints, *change.names)
        gone = {column.name for column in before} - {column.name for column in columns}
        kept = [constraint for constraint in constraints if not gone & set(constraint.columns)]
        if change.action == "ADD COLUMN":
            kept += self._keys(table, change, columns)
        return {"COLUMNS": [vars(column) for column in columns], "CONSTRAINTS": [vars(each) for each in kept]}

    def with_constraint(self, table: StoredObject, change: Alter) -> dict[str, Any]:
        """Return the attributes that a table has after ADD CONSTRAINT; the columns of its primary key are NOT NULL.

        Raises:
            SnowflakeError: it names what is not there, or there is a primary key already.
        """
        before, constraints = self._before(table), stored_constraints(table.attributes)
        columns = with_keys(tuple(before), (*constraints, *change.constraints))
        added = self._keys(table, change, before)
        for old, new in zip(before, columns, strict=True):
            if old.nullable and not new.nullable:
                self._execute(table.name, f"alter column {Name((new.name,)).quoted} set not null")
        return {
            "COLUMNS": [vars(column) for column in columns],
            "CONSTRAINTS": [vars(each) for each in (*constraints, *added)],
        }

    def _keys(self, table: StoredObject, change: Alter, columns: list[ColumnDefinition]) -> list[Constraint]:
        return named_constraints(change.constraints, table.name, columns, Name(table.name.parts[:2]), self._catalog)

    def commented(self, relation: StoredObject, change: Alter) -> dict[str, Any]:
        """Return the attributes that a relation has after a comment on one of its columns.

        Raises:
            SnowflakeError: it does not have the column.
        """
        before = self._before(relation)
        ((name, change_of_it),) = change.column_changes.items()
        _check_there([name], before)
        comments = {column.name: column.comment for column in before} | {name: change_of_it["COMMENT"] or None}
        if relation.kind is not Kind.TABLE:
            return {"COLUMN_COMMENTS": comments}
        return {"COLUMNS": [vars(replace(column, comment=comments[column.name])) for column in before]}

    def _before(self, relation: StoredObject) -> list[ColumnDefinition]:
        if declared := relation.attributes.get("COLUMNS"):
            return [ColumnDefinition(**column) for column in declared]
        return columns_of([relation], self._databases)[relation.name]

    def _added(self, table: Name, change: Alter, before: list[ColumnDefinition]) -> list[ColumnDefinition]:
        names = {column.name for column in before}
        added = [column for column in change.columns if column.name not in names & change.optional]
        for column in added:
            full_type(column.type)
            if column.identity or (column.default or "").endswith(".NEXTVAL"):
                raise UnsupportedError(f"ALTER TABLE ADD COLUMN … {column.identity or column.default}")
            if column.name in names:
                raise _exists(column.name)
            # DuckDB adds a column and sets NOT NULL in two steps.
            self._execute(table, f"add column {column_sql(replace(column, nullable=True))}")
            if not column.nullable:
                self._execute(table, f"alter column {Name((column.name,)).quoted} set not null")
        return added

    def _without_dropped(self, table: Name, change: Alter, before: list[ColumnDefinition]) -> list[ColumnDefinition]:
        names = {column.name for column in before}
        dropped = [name for name in change.names if name in names or name not in change.optional]
        _check_there(dropped, before)
        if not names - set(dropped):
            raise SnowflakeError("SQL compilation error:\nCannot drop the only column in a table.")
        for name in dropped:
            self._execute(table, f"drop column {Name((name,)).quoted}")
        return [column for column in before if column.name not in dropped]

    def _renamed(self, table: Name, change: Alter, before: list[ColumnDefinition]) -> list[ColumnDefinition]:
        old, new = change.names
        _check_there([old], before)
        if any(column.name == new for column in before):
            raise _exists(new)
        self._execute(table, f"rename column {Name((old,)).quoted} to {Name((new,)).quoted}")
        return [replace(column, name=new) if column.name == old else column for column in before]

    def _altered(self, table: Name, change: Alter, before: list[ColumnDefinition]) -> list[ColumnDefinition]:
        _check_there(list(change.column_changes), before)
        return [self._alter(table, column, change.column_changes.get(column.name, {})) for column in before]

    def _alter(self, table: Name, column: ColumnDefinition, changes: Any) -> ColumnDefinition:
        target = f"alter column {Name((column.name,)).quoted}"
        for what, value in changes.items():
            if what == "TYPE":
                full_type(value)
                self._execute(table, f"{target} set data type {duck_type(value)}")
            elif what == "NULLABLE":
                self._execute(table, f"{target} {'drop' if value else 'set'} not null")
            elif what == "DEFAULT":
                self._execute(table, f"{target} drop default")
        return replace(column, **{what.lower(): value for what, value in changes.items()})

    def _execute(self, table: Name, action: str) -> None:
        self._databases.execute(f"alter table {table.quoted} {action}")


def _check_there(names: list[str], columns: list[ColumnDefinition]) -> None:
    there = {column.name for column in columns}
    if unknown := sorted(set(names) - there):
        raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{unknown[0]}'", code=904)


def _exists(name: str) -> SnowflakeError:
    return SnowflakeError(f"SQL compilation error:\ncolumn '{name}' already exists", code=2028, sqlstate="42601")
