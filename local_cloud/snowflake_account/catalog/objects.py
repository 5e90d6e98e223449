"""The account's catalog: the objects that it knows, in a store of their own.

One SQLite file, so that what is declared outlives the process and is never part of a load's transaction
(a DuckDB transaction writes to one database file, and that is the pipe's).
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from local_cloud.snowflake_account.catalog.built_in_roles import OWNER
from local_cloud.snowflake_account.errors import AlreadyExistsError, DoesNotExistError
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind, kinds_of
from local_cloud.snowflake_account.language.tokens import Name

_COLUMNS = "kind, name, attributes, created_on, owner"

FIRST_OWNER = Name((OWNER,))

GRANTS = "grants"
"""The table of the store that `Grants` keeps."""


@dataclass(frozen=True)
class StoredObject:
    """An object of the account.

    Attributes:
        kind: what it is.
        name: its full name.
        attributes: its properties, by Snowflake's names, as JSON values.
        created_on: seconds since 1970.
        owner: the role that owns it; one with two parts is a database role.
    """

    kind: Kind
    name: Name
    attributes: Mapping[str, Any] = field(default_factory=dict)
    created_on: float = 0.0
    owner: Name = FIRST_OWNER

    @property
    def comment(self) -> str:
        """The object's comment, '' where none was given."""
        return self.attributes.get("COMMENT") or ""


Sees: TypeAlias = Callable[[StoredObject], bool]
"""Tells whether somebody may know that an object is there."""


class Catalog:
    """Creates, finds, changes and drops objects; what a schema or database holds goes with it.

    Safe for threads: one at a time writes, in a transaction of its own that others do not see before its end.

    Attributes:
        versions: of each table of the store a number that is another one after every change, so that what was read
            can be remembered.
        is_of_earlier_version: whether it was opened from a store that kept no owners.
    """

    def __init__(self, file: Path) -> None:
        self._writer = _connect(file)
        self._reader = _connect(file)
        self._write_lock = threading.RLock()
        self._read_lock = threading.Lock()
        self._depth = 0
        self.versions = {"objects": 0, GRANTS: 0}
        self._touched: set[str] = set()
        self.write(
            "create table if not exists objects (kind text, name text, attributes text, created_on real,"
            f" owner text not null default '{_key(FIRST_OWNER)}', primary key (kind, name)) without rowid"
        )
        self.is_of_earlier_version = all(column[1] != "owner" for column in self.read("pragma table_info(objects)"))
        if self.is_of_earlier_version:
            self.write(f"alter table objects add column owner text not null default '{_key(FIRST_OWNER)}'")
        self.forget_kinds_of_earlier_versions("objects", "kind")

    def close(self) -> None:
        """Close the store."""
        with self._write_lock, self._read_lock:
            self._writer.close()
            self._reader.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is done inside, or nothing; one inside another belongs to it."""
        with self._write_lock:
            if self._depth == 0:
                self._writer.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._writer.execute("rollback")
                    self._touched.clear()
                raise
            else:
                if self._depth == 1:
                    self._writer.execute("commit")
                    self._count()
            finally:
                self._depth -= 1

    def _count(self) -> None:
        """Count what was committed, after it can be read: whoever read before has the number of before."""
        for table in self._touched:
            self.versions[table] += 1
        self._touched.clear()

    def write(self, sql: str, values: Sequence[Any] = (), *, table: str = "objects") -> int:
        """Run a statement that changes a table of the store; return how many rows it changed."""
        with self._write_lock:
            changed = self._writer.execute(sql, values).rowcount
            if changed or not values:
                self._touched.add(table)
            if self._depth == 0:
                self._count()
            return changed

    def forget_kinds_of_earlier_versions(self, table: str, column: str, *others: str) -> None:
        """Delete what is of a kind that an earlier version had, and this one has not.

        Args:
            table: a table of the store.
            column: where it says the kind.
            others: what else may stand there.
        """
        known = [*(kind.name for kind in Kind), *others]
        self.write(f"delete from {table} where {column} not in ({', '.join('?' * len(known))})", known, table=table)

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query; a thread's own open transaction is seen."""
        # Only the thread that has the lock can be inside a transaction of its own.
        if self._write_lock.acquire(blocking=False):
            try:
                return self._writer.execute(sql, values).fetchall()
            finally:
                self._write_lock.release()
        with self._read_lock:
            return self._reader.execute(sql, values).fetchall()

    def add(self, kind: Kind, name: Name, attributes: Mapping[str, Any], owner: Name = FIRST_OWNER) -> StoredObject:
        """Add an object.

        Raises:
            AlreadyExistsError: the name is taken.
            DoesNotExistError: its schema or database is not there.
        """
        if len(name.parts) > 1:
            parent = Name(name.parts[:-1])
            self.get(Kind.DATABASE if len(parent.parts) == 1 else Kind.SCHEMA, parent)
        if self._taken(kind, name):
            raise AlreadyExistsError(str(name))
        created_on = time.time()
        self.write(
            f"insert into objects ({_COLUMNS}) values (?, ?, ?, ?, ?)",
            (kind.name, _key(name), json.dumps(dict(attributes)), created_on, _key(owner)),
        )
        return StoredObject(kind, name, dict(attributes), created_on, owner)

    def find(self, kind: Kind, name: Name) -> StoredObject | None:
        """Return an object, or None."""
        rows = self.read(
            f"select {_COLUMNS} from objects where kind = ? and name = ?",
            (kind.name, _key(name)),
        )
        return _stored(rows[0]) if rows else None

    def get(self, kind: Kind, name: Name) -> StoredObject:
        """Return an object.

        Raises:
            DoesNotExistError: it is not there.
        """
        if found := self.find(kind, name):
            return found
        raise DoesNotExistError(kind.value, str(name))

    def find_tagged(self, kind: Kind, name: Name) -> StoredObject | None:
        """Return the object that a word of tags' statements and a name mean, or None."""
        return next((found for each in kinds_of(kind) if (found := self.find(each, name))), None)

    def find_relation(self, name: Name) -> StoredObject | None:
        """Return the table, dynamic table or view of this name, or None."""
        return next((found for kind in RELATIONS if (found := self.find(kind, name))), None)

    def list(self, kind: Kind, scope: Name | None = None) -> Iterator[StoredObject]:
        """Yield the objects of a kind, by name; with `scope` those of a schema or database."""
        rows = self.read(f"select {_COLUMNS} from objects where kind = ? order by name", (kind.name,))
        for stored in map(_stored, rows):
            if scope is None or stored.name.parts[: len(scope.parts)] == scope.parts:
                yield stored

    def update(self, stored: StoredObject, attributes: Mapping[str, Any]) -> None:
        """Put an object's attributes in place of those it has."""
        self.write(
            "update objects set attributes = ? where kind = ? and name = ?",
            (json.dumps(dict(attributes)), stored.kind.name, _key(stored.name)),
        )

    def give(self, stored: StoredObject, owner: Name) -> None:
        """Make a role the owner of an object."""
        self.write(
            "update objects set owner = ? where kind = ? and name = ?",
            (_key(owner), stored.kind.name, _key(stored.name)),
        )

    def replace_owner(self, owner: Name, heir: Name) -> None:
        """Make a role the owner of all that another one owns."""
        self.write("update objects set owner = ? where owner = ?", (_key(heir), _key(owner)))

    def rename(self, stored: StoredObject, new_name: Name) -> None:
        """Give an object, and all that it holds, a new name.

        Raises:
            AlreadyExistsError: the new name is taken.
        """
        if self._taken(stored.kind, new_name):
            raise AlreadyExistsError(str(new_name))
        with self.transaction():
            for kind, name in self.with_contents(stored):
                moved = name.moved(stored.name, new_name)
                self.write(
                    "update objects set name = ? where kind = ? and name = ?", (_key(moved), kind.name, _key(name))
                )
                if kind in (Kind.ROLE, Kind.DATABASE_ROLE):
                    self.replace_owner(name, moved)

    def drop(self, stored: StoredObject) -> None:
        """Remove an object and all that it holds."""
        with self.transaction():
            for kind, name in self.with_contents(stored):
                self.write("delete from objects where kind = ? and name = ?", (kind.name, _key(name)))

    def with_contents(self, stored: StoredObject) -> list[tuple[Kind, Name]]:
        """Return the kind and name of an object and of all that it holds."""
        found = [(stored.kind, stored.name)]
        if stored.kind in (Kind.DATABASE, Kind.SCHEMA):
            found += [
                (kind, child.name)
                for kind in Kind
                if kind.depth > stored.kind.depth
                for child in self.list(kind, stored.name)
            ]
        return found

    def _taken(self, kind: Kind, name: Name) -> bool:
        return any(self.find(other, name) for other in (RELATIONS if kind in RELATIONS else (kind,)))


def _connect(file: Path) -> sqlite3.Connection:
    store = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    store.execute("pragma journal_mode = wal")
    # a killed process loses nothing with this; only a machine that loses its power can lose the last statements
    store.execute("pragma synchronous = normal")
    return store


def _key(name: Name) -> str:
    return json.dumps(name.parts)


def _stored(row: tuple[str, str, str, float, str]) -> StoredObject:
    kind, name, attributes, created_on, owner = row
    return StoredObject(Kind[kind], _name(name), json.loads(attributes), created_on, _name(owner))


def _name(key: str) -> Name:
    return Name(tuple(json.loads(key)))
