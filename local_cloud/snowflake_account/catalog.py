"""The account's catalog: the objects that it knows, in a store of their own.

One SQLite file, so that what is declared outlives the process and is never part of a load's transaction
(a DuckDB transaction writes to one database file, and that is the pipe's).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_cloud.snowflake_account.errors import AlreadyExistsError, DoesNotExistError
from local_cloud.snowflake_account.statements import Kind
from local_cloud.snowflake_account.tokens import Name

_RELATIONS = (Kind.TABLE, Kind.VIEW, Kind.DYNAMIC_TABLE)
"""Kinds that share one namespace: a view cannot have a table's name."""


@dataclass(frozen=True)
class StoredObject:
    """An object of the account.

    Attributes:
        kind: what it is.
        name: its full name.
        attributes: its properties, by Snowflake's names, as JSON values.
        created_on: seconds since 1970.
    """

    kind: Kind
    name: Name
    attributes: Mapping[str, Any] = field(default_factory=dict)
    created_on: float = 0.0

    @property
    def comment(self) -> str:
        """The object's comment, '' where none was given."""
        return self.attributes.get("COMMENT") or ""


class Catalog:
    """Creates, finds, changes and drops objects; what a schema or database holds goes with it."""

    def __init__(self, file: Path) -> None:
        self._store = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._store.execute("pragma journal_mode = wal")
        self._store.execute(
            "create table if not exists objects (kind text, name text, attributes text, created_on real,"
            " primary key (kind, name)) without rowid"
        )

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def add(self, kind: Kind, name: Name, attributes: Mapping[str, Any]) -> StoredObject:
        """Add an object.

        Raises:
            AlreadyExistsError: the name is taken.
            DoesNotExistError: its schema or database is not there.
        """
        if len(name.parts) > 1:
            parent = Name(name.parts[:-1])
            self.get(Kind.DATABASE if len(parent.parts) == 1 else Kind.SCHEMA, parent)
        if any(self.find(other, name) for other in (_RELATIONS if kind in _RELATIONS else (kind,))):
            raise AlreadyExistsError(str(name))
        created_on = time.time()
        self._store.execute(
            "insert into objects values (?, ?, ?, ?)",
            (kind.name, _key(name), json.dumps(dict(attributes)), created_on),
        )
        return StoredObject(kind, name, dict(attributes), created_on)

    def find(self, kind: Kind, name: Name) -> StoredObject | None:
        """Return an object, or None."""
        row = self._store.execute(
            "select kind, name, attributes, created_on from objects where kind = ? and name = ?",
            (kind.name, _key(name)),
        ).fetchone()
        return _stored(row) if row else None

    def get(self, kind: Kind, name: Name) -> StoredObject:
        """Return an object.

        Raises:
            DoesNotExistError: it is not there.
        """
        if found := self.find(kind, name):
            return found
        raise DoesNotExistError(kind.value, str(name))

    def find_relation(self, name: Name) -> StoredObject | None:
        """Return the table, dynamic table or view of this name, or None."""
        return next((found for kind in _RELATIONS if (found := self.find(kind, name))), None)

    def list(self, kind: Kind, scope: Name | None = None) -> Iterator[StoredObject]:
        """Yield the objects of a kind, by name; with `scope` those of a schema or database."""
        rows = self._store.execute(
            "select kind, name, attributes, created_on from objects where kind = ? order by name", (kind.name,)
        ).fetchall()
        for stored in map(_stored, rows):
            if scope is None or stored.name.parts[: len(scope.parts)] == scope.parts:
                yield stored

    def update(self, stored: StoredObject, attributes: Mapping[str, Any]) -> None:
        """Put an object's attributes in place of those it has."""
        self._store.execute(
            "update objects set attributes = ? where kind = ? and name = ?",
            (json.dumps(dict(attributes)), stored.kind.name, _key(stored.name)),
        )

    def rename(self, stored: StoredObject, new_name: Name) -> None:
        """Give an object, and all that it holds, a new name.

        Raises:
            AlreadyExistsError: the new name is taken.
        """
        if self.find(stored.kind, new_name) or (stored.kind in _RELATIONS and self.find_relation(new_name)):
            raise AlreadyExistsError(str(new_name))
        for kind, name in self._with_contents(stored):
            moved = Name((*new_name.parts, *name.parts[len(stored.name.parts) :]))
            self._store.execute(
                "update objects set name = ? where kind = ? and name = ?", (_key(moved), kind.name, _key(name))
            )

    def drop(self, stored: StoredObject) -> None:
        """Remove an object and all that it holds."""
        for kind, name in self._with_contents(stored):
            self._store.execute("delete from objects where kind = ? and name = ?", (kind.name, _key(name)))

    def _with_contents(self, stored: StoredObject) -> list[tuple[Kind, Name]]:
        found = [(stored.kind, stored.name)]
        if stored.kind in (Kind.DATABASE, Kind.SCHEMA):
            found += [
                (kind, child.name)
                for kind in Kind
                if kind.depth > stored.kind.depth
                for child in self.list(kind, stored.name)
            ]
        return found


def _key(name: Name) -> str:
    return json.dumps(name.parts)


def _stored(row: tuple[str, str, str, float]) -> StoredObject:
    kind, name, attributes, created_on = row
    return StoredObject(Kind[kind], Name(tuple(json.loads(name))), json.loads(attributes), created_on)
