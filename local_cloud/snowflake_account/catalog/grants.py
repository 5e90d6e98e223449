"""Who may do what: privileges on objects, on objects to come, and roles given to roles.

Grants are kept and shown; the embedded account lets every role do everything.
https://docs.snowflake.com/en/user-guide/security-access-control-overview
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.errors import DoesNotExistError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Grantee, GrantPrivileges, GrantRole
from local_cloud.snowflake_account.language.tokens import Name

OWNER = "ACCOUNTADMIN"
"""The role that owns every object."""

BUILT_IN_ROLES = ("ACCOUNTADMIN", "ORGADMIN", "PUBLIC", "SECURITYADMIN", "SYSADMIN", "USERADMIN")
"""Roles that every account has."""

ON_ACCOUNT = "ACCOUNT"
_MEMBERSHIP = "USAGE"

_ALL_PRIVILEGES = {
    Kind.WAREHOUSE: ("APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"),
    Kind.DATABASE: ("APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA", "MODIFY", "MONITOR", "USAGE"),
    Kind.SCHEMA: (
        *("CREATE DYNAMIC TABLE", "CREATE FILE FORMAT", "CREATE PIPE", "CREATE STAGE", "CREATE STREAM", "CREATE TABLE"),
        *("CREATE TAG", "CREATE TASK", "CREATE VIEW", "MODIFY", "MONITOR", "USAGE"),
    ),
    Kind.TABLE: ("DELETE", "INSERT", "REFERENCES", "SELECT", "TRUNCATE", "UPDATE"),
    Kind.VIEW: ("REFERENCES", "SELECT"),
    Kind.DYNAMIC_TABLE: ("MONITOR", "OPERATE", "SELECT"),
    Kind.STREAM: ("SELECT",),
    Kind.PIPE: ("MONITOR", "OPERATE"),
    Kind.TASK: ("MONITOR", "OPERATE"),
    Kind.TAG: ("APPLY", "READ"),
    Kind.RESOURCE_MONITOR: ("MODIFY", "MONITOR"),
}
"""What GRANT ALL gives; USAGE for every other kind."""


@dataclass(frozen=True)
class GrantRow:
    """One grant.

    Attributes:
        privilege: its words.
        on_kind: the kind's name, or ACCOUNT.
        on: the object; of a future grant the database or schema that it looks in.
        grantee: who has it.
        future: whether it is one on objects to come.
        option: whether the grantee may grant it on.
        created_on: when it was granted.
    """

    privilege: str
    on_kind: str
    on: Name
    grantee: Grantee
    future: bool
    option: bool
    created_on: datetime


class Grants:
    """The grants of an account, in its catalog's store.

    Args:
        catalog: the account's catalog.
        user: the one user of the account.
    """

    def __init__(self, catalog: Catalog, user: str) -> None:
        self._catalog = catalog
        self._user = user
        catalog.write(
            "create table if not exists grants (privilege text, on_kind text, on_name text, grantee_kind text,"
            " grantee text, future integer, option integer, created_on real,"
            " primary key (on_kind, on_name, privilege, grantee_kind, grantee, future)) without rowid"
        )
        with catalog.transaction():
            for role in BUILT_IN_ROLES:
                if not catalog.find(Kind.ROLE, Name((role,))):
                    catalog.add(Kind.ROLE, Name((role,)), {})

    def change(self, statement: GrantPrivileges) -> None:
        """Grant or revoke privileges; names are full.

        Raises:
            DoesNotExistError: the object or the grantee is not there.
        """
        self._check_grantee(statement.grantee)
        with self._catalog.transaction():
            for on_kind, on in self._targets(statement):
                for privilege in self._privileges(statement):
                    self._change_one(statement, privilege, on_kind, on)

    def _change_one(self, statement: GrantPrivileges, privilege: str, on_kind: str, on: Name) -> None:
        key = (*_key(on_kind, on), privilege, *_grantee_key(statement.grantee), int(statement.future))
        same = "on_kind = ? and on_name = ? and privilege = ? and grantee_kind = ? and grantee = ? and future = ?"
        if statement.revoke and statement.with_grant_option:
            self._catalog.write(f"update grants set option = 0 where {same}", key)
        elif statement.revoke:
            self._catalog.write(f"delete from grants where {same}", key)
        else:
            self._add(privilege, on_kind, on, statement.grantee, statement.future, statement.with_grant_option)

    def _add(self, privilege: str, on_kind: str, on: Name, grantee: Grantee, future: bool, option: bool) -> None:
        self._catalog.write(
            "insert into grants values (?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict do update set option = max(option, excluded.option)",
            (privilege, *_key(on_kind, on), *_grantee_key(grantee), int(future), int(option), time.time()),
        )

    def _targets(self, statement: GrantPrivileges) -> list[tuple[str, Name]]:
        kind, name = statement.kind, statement.name
        if kind is None or name is None:
            return [(ON_ACCOUNT, Name((ON_ACCOUNT,)))]
        if not statement.future and not statement.every:
            self._catalog.get(kind, name)
            return [(kind.name, name)]
        self._catalog.get(Kind.DATABASE if len(name.parts) == 1 else Kind.SCHEMA, name)
        if statement.future:
            return [(kind.name, name)]
        return [(kind.name, stored.name) for stored in self._catalog.list(kind, name)]

    def _privileges(self, statement: GrantPrivileges) -> Iterable[str]:
        if statement.privileges != ("ALL",):
            return statement.privileges
        return _ALL_PRIVILEGES.get(statement.kind, ("USAGE",)) if statement.kind else ("USAGE",)

    def change_membership(self, statement: GrantRole) -> None:
        """Give a role to a role or user, or take it back; names are full.

        Raises:
            DoesNotExistError: one of them is not there.
        """
        self._catalog.get(statement.kind, statement.name)
        self._check_grantee(statement.grantee)
        key = (*_key(statement.kind.name, statement.name), *_grantee_key(statement.grantee))
        if statement.revoke:
            self._catalog.write(
                "delete from grants where on_kind = ? and on_name = ? and grantee_kind = ? and grantee = ?", key
            )
        else:
            self._add(_MEMBERSHIP, statement.kind.name, statement.name, statement.grantee, future=False, option=False)

    def _check_grantee(self, grantee: Grantee) -> None:
        if grantee.kind == "USER":
            if grantee.name != Name((self._user,)):
                raise DoesNotExistError("USER", str(grantee.name))
        else:
            self._catalog.get(Kind(grantee.kind), grantee.name)

    def grant_future(self, created: StoredObject) -> None:
        """Give a new object the grants that its schema's and database's future grants say."""
        for depth in range(1, len(created.name.parts)):
            for row in self._rows(
                "on_kind = ? and on_name = ? and future", _key(created.kind.name, Name(created.name.parts[:depth]))
            ):
                self._add(row.privilege, created.kind.name, created.name, row.grantee, future=False, option=row.option)

    def forget(self, dropped: StoredObject) -> None:
        """Remove the grants on an object that is about to be dropped, on all that it holds, and to its roles."""
        for kind, name in self._catalog.with_contents(dropped):
            self._catalog.write("delete from grants where on_kind = ? and on_name = ?", _key(kind.name, name))
            self._catalog.write("delete from grants where future and on_name = ?", (_text(name),))
            self._catalog.write("delete from grants where grantee_kind = ? and grantee = ?", (kind.value, _text(name)))

    def rename(self, renamed: StoredObject, new_name: Name) -> None:
        """Let the grants follow an object that is about to be renamed, and all that it holds."""
        for kind, name in self._catalog.with_contents(renamed):
            moved = _text(name.moved(renamed.name, new_name))
            self._catalog.write(
                "update grants set on_name = ? where on_name = ? and (on_kind = ? or future)",
                (moved, _text(name), kind.name),
            )
            self._catalog.write(
                "update grants set grantee = ? where grantee_kind = ? and grantee = ?", (moved, kind.value, _text(name))
            )

    def on(self, kind: Kind | None, name: Name | None) -> list[GrantRow]:
        """Return the grants on an object, or on the account."""
        key = _key(kind.name, name) if kind and name else _key(ON_ACCOUNT, Name((ON_ACCOUNT,)))
        return self._rows("on_kind = ? and on_name = ? and not future", key)

    def to(self, grantee: Grantee, *, future: bool = False) -> list[GrantRow]:
        """Return what a role has been granted."""
        return self._rows("grantee_kind = ? and grantee = ? and future = ?", (*_grantee_key(grantee), int(future)))

    def future_in(self, name: Name) -> list[GrantRow]:
        """Return the future grants in a database or schema."""
        return self._rows("on_name = ? and future", (_text(name),))

    def count(self, role: StoredObject, of: str) -> int:
        """Return how many roles (`of` is ROLE or DATABASE ROLE) or users (USER) have a role."""
        return sum(row.grantee.kind == of for row in self.on(role.kind, role.name))

    def roles_of(self, role: StoredObject, kind: Kind) -> int:
        """Return how many roles of a kind a role has been granted."""
        grantee = Grantee(role.kind.value, role.name)
        return sum(row.on_kind == kind.name for row in self.to(grantee))

    def _rows(self, where: str, values: tuple[object, ...]) -> list[GrantRow]:
        columns = "privilege, on_kind, on_name, grantee_kind, grantee, future, option, created_on"
        return [
            GrantRow(
                privilege,
                on_kind,
                Name(tuple(json.loads(on))),
                Grantee(grantee_kind, Name(tuple(json.loads(grantee)))),
                bool(future),
                bool(option),
                datetime.fromtimestamp(created_on, UTC),
            )
            for privilege, on_kind, on, grantee_kind, grantee, future, option, created_on in self._catalog.read(
                f"select {columns} from grants where {where} order by created_on, privilege", values
            )
        ]


def _text(name: Name) -> str:
    return json.dumps(name.parts)


def _key(on_kind: str, on: Name) -> tuple[str, str]:
    return on_kind, _text(on)


def _grantee_key(grantee: Grantee) -> tuple[str, str]:
    return grantee.kind, _text(grantee.name)
