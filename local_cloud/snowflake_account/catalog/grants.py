"""Who may do what: privileges on objects, on objects to come, and roles given to roles.

Kept here; what follows from them is `access`'s to say. Ownership is not among them, but each object's own.
https://docs.snowflake.com/en/user-guide/security-access-control-overview
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local_cloud.snowflake_account.catalog.built_in_roles import BUILT_IN_ROLES, OWNER
from local_cloud.snowflake_account.catalog.objects import GRANTS, Catalog, StoredObject
from local_cloud.snowflake_account.catalog.privileges import (
    ON_ACCOUNT,
    OWNERSHIP,
    all_privileges,
    check_privilege,
)
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import Grantee, GrantPrivileges, GrantRole
from local_cloud.snowflake_account.language.tokens import Name

_MEMBERSHIP = "USAGE"

_AT_REST = {Kind.PIPE: "PIPE_EXECUTION_PAUSED", Kind.TASK: "SUSPENDED"}
"""What must be true of a kind before it gets another owner."""


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
        user: the account's first user, who has the role ACCOUNTADMIN.
    """

    def __init__(self, catalog: Catalog, user: str) -> None:
        self._catalog = catalog
        self._user = user
        self._write(
            "create table if not exists grants (privilege text, on_kind text, on_name text, grantee_kind text,"
            " grantee text, future integer, option integer, created_on real,"
            " primary key (on_kind, on_name, privilege, grantee_kind, grantee, future)) without rowid"
        )
        catalog.forget_kinds_of_earlier_versions(GRANTS, "on_kind", ON_ACCOUNT)
        with catalog.transaction():
            for role in BUILT_IN_ROLES:
                if not catalog.find(Kind.ROLE, Name((role,))):
                    catalog.add(Kind.ROLE, Name((role,)), {})
            if not catalog.find(Kind.USER, Name((user,))):
                self._add_first_user(user)
            if catalog.is_of_earlier_version:
                for role in catalog.list(Kind.DATABASE_ROLE):
                    self.let_use_its_database(role)

    def _add_first_user(self, user: str) -> None:
        """Add the user that every account begins with, whose sessions have no secondary roles."""
        given = {"DEFAULT_ROLE": OWNER, "DEFAULT_SECONDARY_ROLES": []}
        self._catalog.add(Kind.USER, Name((user,)), given)
        self._add(
            _MEMBERSHIP, Kind.ROLE.name, Name((OWNER,)), Grantee("USER", Name((user,))), future=False, option=False
        )

    def let_use_its_database(self, role: StoredObject) -> None:
        """Give a new database role the use of its database, as Snowflake does.

        https://docs.snowflake.com/en/user-guide/security-access-control-privileges#database-privileges
        """
        grantee = Grantee(Kind.DATABASE_ROLE.value, role.name)
        self._add("USAGE", Kind.DATABASE.name, Name(role.name.parts[:1]), grantee, future=False, option=False)

    def _write(self, sql: str, values: Sequence[object] = ()) -> None:
        self._catalog.write(sql, values, table=GRANTS)

    def change(self, statement: GrantPrivileges) -> None:
        """Grant or revoke privileges; names are full.

        Raises:
            DoesNotExistError: the object or the grantee is not there.
            SnowflakeError: the kind does not have the privilege, or the grantee cannot have it.
        """
        self._check_grantee(statement.grantee)
        privileges = self._privileges(statement)
        with self._catalog.transaction():
            for on_kind, on in self._targets(statement):
                for privilege in self._all_of_stage(statement, on) or privileges:
                    if privilege == OWNERSHIP and not statement.future:
                        self._give(statement, Kind[on_kind], on)
                    else:
                        self._change_one(statement, privilege, on_kind, on)

    def _give(self, statement: GrantPrivileges, kind: Kind, name: Name) -> None:
        """Make a role the owner of an object.

        https://docs.snowflake.com/en/sql-reference/sql/grant-ownership
        """
        stored = self._catalog.get(kind, name)
        if (rest := _AT_REST.get(kind)) and not stored.attributes.get(rest):
            word = "paused" if kind is Kind.PIPE else "suspended"
            raise SnowflakeError(
                f"SQL execution error: ownership of {kind.value} {name} cannot be transferred before it is {word}.",
                code=3101,
                sqlstate="42501",
            )
        dependent = [row for row in self.on(kind, name) if row.grantee.name != stored.owner]
        if statement.current_grants == "REVOKE":
            self._write("delete from grants where on_kind = ? and on_name = ? and not future", _key(kind.name, name))
        elif dependent and not statement.current_grants and kind not in (Kind.ROLE, Kind.DATABASE_ROLE):
            row = dependent[0]
            raise SnowflakeError(
                f"SQL execution error: Dependent grant of privilege '{row.privilege}' on securable '{name}' to role "
                f"'{row.grantee.name}' exists. It must be revoked first. More than one dependent grant may exist: use "
                "'SHOW GRANTS' command to view them. To revoke all dependent grants while transferring object "
                "ownership, use convenience command 'GRANT OWNERSHIP ON <target_objects> TO <target_role> REVOKE "
                "CURRENT GRANTS'.",
                code=3036,
                sqlstate="2BP01",
            )
        self._catalog.give(stored, statement.grantee.name)

    def _change_one(self, statement: GrantPrivileges, privilege: str, on_kind: str, on: Name) -> None:
        key = (*_key(on_kind, on), privilege, *_grantee_key(statement.grantee), int(statement.future))
        same = "on_kind = ? and on_name = ? and privilege = ? and grantee_kind = ? and grantee = ? and future = ?"
        if statement.revoke and statement.with_grant_option:
            self._write(f"update grants set option = 0 where {same}", key)
        elif statement.revoke:
            self._write(f"delete from grants where {same}", key)
        else:
            self._add(privilege, on_kind, on, statement.grantee, statement.future, statement.with_grant_option)

    def _add(self, privilege: str, on_kind: str, on: Name, grantee: Grantee, future: bool, option: bool) -> None:
        self._write(
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
        if statement.privileges == ("ALL",):
            return all_privileges(statement.kind)
        for privilege in statement.privileges:
            check_privilege(privilege, statement.kind)
        return statement.privileges

    def _all_of_stage(self, statement: GrantPrivileges, stage: Name) -> tuple[str, ...]:
        """Return what ALL is on a stage: an external one is used, an internal one is read and written.

        https://docs.snowflake.com/en/user-guide/security-access-control-privileges#stage-privileges
        """
        if statement.privileges != ("ALL",) or statement.kind is not Kind.STAGE or statement.future:
            return ()
        return ("USAGE",) if self._catalog.get(Kind.STAGE, stage).attributes.get("URL") else ("READ", "WRITE")

    def change_membership(self, statement: GrantRole) -> None:
        """Give a role to a role or user, or take it back; names are full.

        Raises:
            DoesNotExistError: one of them is not there.
        """
        self._catalog.get(statement.kind, statement.name)
        self._check_grantee(statement.grantee)
        key = (*_key(statement.kind.name, statement.name), *_grantee_key(statement.grantee))
        if statement.revoke:
            self._write(
                "delete from grants where on_kind = ? and on_name = ? and grantee_kind = ? and grantee = ?", key
            )
        else:
            self._add(_MEMBERSHIP, statement.kind.name, statement.name, statement.grantee, future=False, option=False)

    def _check_grantee(self, grantee: Grantee) -> None:
        self._catalog.get(Kind(grantee.kind), grantee.name)

    def grant_future(self, created: StoredObject) -> None:
        """Give a new object the grants that its schema's future grants say, or else its database's.

        https://docs.snowflake.com/en/sql-reference/sql/grant-privilege#considerations
        """
        for depth in range(len(created.name.parts) - 1, 0, -1):
            place = Name(created.name.parts[:depth])
            if rows := self._rows("on_kind = ? and on_name = ? and future", _key(created.kind.name, place)):
                for row in rows:
                    if row.privilege == OWNERSHIP:
                        self._catalog.give(created, row.grantee.name)
                    else:
                        self._add(
                            row.privilege, created.kind.name, created.name, row.grantee, future=False, option=row.option
                        )
                return

    def forget(self, dropped: StoredObject, heir: Name) -> None:
        """Remove the grants on an object that is about to be dropped, on all that it holds, and to its roles.

        Args:
            dropped: the object.
            heir: the role that drops it, which becomes the owner of what a dropped role owned.
        """
        self._check_own(dropped, "dropped")
        for kind, name in self._catalog.with_contents(dropped):
            self._write("delete from grants where on_kind = ? and on_name = ?", _key(kind.name, name))
            self._write("delete from grants where future and on_name = ?", (_text(name),))
            self._write("delete from grants where grantee_kind = ? and grantee = ?", (kind.value, _text(name)))
            if kind in (Kind.ROLE, Kind.DATABASE_ROLE):
                self._catalog.replace_owner(name, heir)

    def _check_own(self, stored: StoredObject, what: str) -> None:
        """Refuse to lose a role that every account has, or its first user."""
        own = {Kind.ROLE: BUILT_IN_ROLES, Kind.USER: (self._user,)}
        if stored.name.last in own.get(stored.kind, ()):
            raise SnowflakeError(
                f"SQL access control error:\n{stored.kind.value.capitalize()} '{stored.name}' is the account's own and "
                f"cannot be {what}.",
                code=3001,
                sqlstate="42501",
            )

    def rename(self, renamed: StoredObject, new_name: Name) -> None:
        """Let the grants follow an object that is about to be renamed, and all that it holds."""
        self._check_own(renamed, "renamed")
        for kind, name in self._catalog.with_contents(renamed):
            moved = _text(name.moved(renamed.name, new_name))
            self._write(
                "update grants set on_name = ? where on_name = ? and (on_kind = ? or future)",
                (moved, _text(name), kind.name),
            )
            self._write(
                "update grants set grantee = ? where grantee_kind = ? and grantee = ?", (moved, kind.value, _text(name))
            )

    def on(self, kind: Kind | None, name: Name | None) -> list[GrantRow]:
        """Return the grants on an object, or on the account."""
        key = _key(kind.name, name) if kind and name else _key(ON_ACCOUNT, Name((ON_ACCOUNT,)))
        return self._rows("on_kind = ? and on_name = ? and not future", key)

    def to(self, grantee: Grantee, *, future: bool = False) -> list[GrantRow]:
        """Return what a role has been granted."""
        return self._rows("grantee_kind = ? and grantee = ? and future = ?", (*_grantee_key(grantee), int(future)))

    def all(self) -> list[GrantRow]:
        """Return every grant on what is there."""
        return self._rows("not future", ())

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
