"""ALTER … RENAME TO: an object's new name, and everything that has to follow it.

DuckDB renames a table or view in its place only. What moves to another schema is copied, and a database
is a file, so it is closed, renamed and opened again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.data import load_history
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.refresh_state import note_rewrite
from local_cloud.snowflake_account.definitions import references
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.kinds import INTEGRATIONS, RELATIONS, Kind
from local_cloud.snowflake_account.language.statements import Alter, ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name

_NOT_RENAMED = (Kind.PIPE, Kind.TASK, Kind.RESOURCE_MONITOR, *INTEGRATIONS)
"""Kinds that Snowflake does not rename; of an integration the embedded account does not."""


class Renames:
    """Gives objects new names."""

    def __init__(self, catalog: Catalog, databases: Databases, grants: Grants) -> None:
        self._catalog = catalog
        self._databases = databases
        self._grants = grants

    def rename(self, stored: StoredObject, change: Alter) -> None:
        """Rename an object as an ALTER says; what the new name leaves out is taken from the old one.

        Raises:
            SnowflakeError: the name is taken, or the kind cannot be renamed; nothing has changed.
        """
        assert change.new_name is not None
        old, kind = stored.name, stored.kind
        if len(change.new_name.parts) > kind.depth:
            raise SnowflakeError(f"SQL compilation error:\ntoo many parts in the name '{change.new_name}'.")
        new = renamed(old, change.new_name)
        if kind in _NOT_RENAMED or new.parts[: 1 if kind.depth > 1 else 0] != old.parts[: 1 if kind.depth > 1 else 0]:
            raise UnsupportedError(f"ALTER {kind.value} {old} RENAME TO {new}")
        if len(new.parts) == 3:
            self._catalog.get(Kind.SCHEMA, Name(new.parts[:2]))
        if kind is Kind.DATABASE:
            with self._catalog.transaction():
                self._rename_in_catalog(stored, new)
                self._databases.rename(old.last, new.last)
            return
        with self._catalog.transaction(), self._databases.transaction():
            if kind is Kind.SCHEMA:
                self._move_schema(stored, new)
            elif kind in RELATIONS:
                self._move(stored, new)
            self._rename_in_catalog(stored, new)
        for view in self._views_in(new, kind):
            with suppress(SnowflakeError):  # as in Snowflake, a view whose text names what moved is broken
                self._databases.create_view(
                    view.name, view.attributes["QUERY"], list(view.attributes.get("COLUMN_COMMENTS", ()))
                )

    def swap(self, stored: StoredObject, change: Alter) -> None:
        """Give a table the name of another one, which gets its own.

        https://docs.snowflake.com/en/sql-reference/sql/alter-table#parameters

        Raises:
            DoesNotExistError: the other one is not there.
            UnsupportedError: it is no table, or only one of the two is temporary.
        """
        assert change.new_name is not None
        if stored.kind is not Kind.TABLE:
            raise UnsupportedError(f"ALTER {stored.kind.value} SWAP WITH")
        other = self._catalog.get(Kind.TABLE, renamed(stored.name, change.new_name))
        if bool(stored.attributes.get("TEMPORARY")) != bool(other.attributes.get("TEMPORARY")):
            raise UnsupportedError("ALTER TABLE SWAP WITH of a temporary and another table")
        if other.name == stored.name:
            return
        aside = Name((*stored.name.parts[:-1], f"{stored.name.last}$SWAPPED"))
        with self._catalog.transaction(), self._databases.transaction():
            for old, new in ((stored.name, aside), (other.name, stored.name), (aside, other.name)):
                moved = self._catalog.get(Kind.TABLE, old)
                self._move(moved, new)
                self._rename_in_catalog(moved, new)

    def _views_in(self, moved: Name, kind: Kind) -> list[StoredObject]:
        if kind is Kind.SCHEMA:
            return list(self._catalog.list(Kind.VIEW, moved))
        view = self._catalog.find(Kind.VIEW, moved) if kind is Kind.VIEW else None
        return [view] if view else []

    def _rename_in_catalog(self, stored: StoredObject, new: Name) -> None:
        self._grants.rename(stored, new)
        self._catalog.rename(stored, new)
        if stored.kind in (Kind.DATABASE, Kind.SCHEMA, Kind.TABLE, Kind.SEQUENCE):
            references.follow(self._catalog, stored.name, new)
        if stored.kind is Kind.WAREHOUSE:
            self._follow((Kind.DYNAMIC_TABLE, Kind.TASK), "WAREHOUSE", stored.name.last, new.last)
            self._follow((Kind.STREAMLIT,), "QUERY_WAREHOUSE", stored.name.last, new.last)

    def _follow(self, kinds: tuple[Kind, ...], attribute: str, old: Any, new: Any) -> None:
        for kind in kinds:
            for user in list(self._catalog.list(kind)):
                if user.attributes.get(attribute) == old:
                    self._catalog.update(user, {**user.attributes, attribute: new})

    def _move_schema(self, schema: StoredObject, new: Name) -> None:
        if self._catalog.find(Kind.SCHEMA, new):
            return  # the catalog refuses it
        self._databases.create_schema(new)
        for kind in RELATIONS:
            for relation in list(self._catalog.list(kind, schema.name)):
                self._copy(relation, relation.name.moved(schema.name, new))
        self._databases.drop_relation("schema", schema.name)

    def _move(self, relation: StoredObject, new: Name) -> None:
        if self._catalog.find_relation(new):
            return  # the catalog refuses it
        word = "view" if relation.kind is Kind.VIEW else "table"
        if relation.name.parts[:-1] == new.parts[:-1]:
            self._databases.execute(f"alter {word} {relation.name.quoted} rename to {Name((new.last,)).quoted}")
            self._rename_history(relation.name, new)
        else:
            self._copy(relation, new)
            self._databases.drop_relation(word, relation.name)

    def _copy(self, relation: StoredObject, new: Name) -> None:
        if relation.kind is Kind.VIEW:
            return  # made in its new place when everything else is there
        if columns := relation.attributes.get("COLUMNS"):
            self._databases.create_table(new, tuple(_column(column) for column in columns))
            self._databases.execute(f"insert into {new.quoted} select * from {relation.name.quoted}")
        else:
            self._databases.execute(f"create table {new.quoted} as select * from {relation.name.quoted}")
        self._rename_history(relation.name, new)

    def _rename_history(self, old: Name, new: Name) -> None:
        history = load_history.history_table(old)
        self._databases.duck.execute(
            f"update {history} set TABLE_SCHEMA_NAME = ?, TABLE_NAME = ?"
            " where TABLE_SCHEMA_NAME = ? and TABLE_NAME = ?",
            [*new.parts[1:], *old.parts[1:]],
        )
        note_rewrite(self._databases.duck, new)  # what was noted of its rows is under its old name


def renamed(old: Name, new: Name) -> Name:
    """Return a new name, of which the old one gives what it leaves out."""
    return Name((*old.parts[: -len(new.parts)], *new.parts))


def _column(values: Mapping[str, Any]) -> ColumnDefinition:
    return ColumnDefinition(**values)
