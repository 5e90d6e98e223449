"""What roles have been granted, worked out from the grants as they are at one version, and remembered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from local_cloud.snowflake_account.catalog.built_in_roles import INHERITS, ON_ACCOUNT_OF, OWNER, PUBLIC
from local_cloud.snowflake_account.catalog.grants import GrantRow, Grants
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.catalog.privileges import ON_ACCOUNT, OWNERSHIP, privileges_of
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name

_ROLES = (Kind.ROLE.name, Kind.DATABASE_ROLE.name)
_ADMINISTRATION = frozenset({*privileges_of(None), OWNER})

_Target = tuple[str, Name]


class Holdings:
    """What roles and users have been granted."""

    def __init__(self, grants: Grants) -> None:
        self._to_roles: defaultdict[Name, list[GrantRow]] = defaultdict(list)
        self._roles_of_users: defaultdict[str, set[Name]] = defaultdict(set)
        for row in grants.all():
            if row.grantee.kind != Kind.USER.value:
                self._to_roles[row.grantee.name].append(row)
            elif row.on_kind in _ROLES:
                self._roles_of_users[row.grantee.name.last].add(row.on)
        self._inherited: dict[frozenset[Name], frozenset[Name]] = {}
        self._held: dict[frozenset[Name], Mapping[_Target, frozenset[str]]] = {}

    def granted_to_user(self, user: str) -> frozenset[Name]:
        """Return the roles that a user has been granted."""
        return frozenset(self._roles_of_users.get(user, ()))

    def inherited(self, roles: frozenset[Name]) -> frozenset[Name]:
        """Return roles with all that they inherit, PUBLIC among them."""
        if roles not in self._inherited:
            found: set[Name] = set()
            todo = [*roles, Name((PUBLIC,))]
            while todo:
                role = todo.pop()
                if role not in found:
                    found.add(role)
                    todo += [row.on for row in self._to_roles.get(role, ()) if row.on_kind in _ROLES]
                    todo += [Name((name,)) for name in INHERITS.get(role.last, ()) if len(role.parts) == 1]
            self._inherited[roles] = frozenset(found)
        return self._inherited[roles]

    def on_account(self, inherited: frozenset[Name]) -> frozenset[str]:
        """Return the privileges on the account that roles have been granted, or were given by Snowflake.

        ACCOUNTADMIN has every one, and what cannot be granted; on what is in the account it has what it was granted.
        """
        if Name((OWNER,)) in inherited:
            return _ADMINISTRATION
        given = (ON_ACCOUNT_OF.get(role.last, frozenset()) for role in inherited if len(role.parts) == 1)
        return self._privileges(inherited).get((ON_ACCOUNT, Name((ON_ACCOUNT,))), frozenset()).union(*given)

    def held(self, inherited: frozenset[Name], stored: StoredObject) -> frozenset[str]:
        """Return the privileges that roles have on an object, its ownership among them."""
        granted = self._privileges(inherited).get((stored.kind.name, stored.name), frozenset())
        return granted | {OWNERSHIP} if stored.owner in inherited else granted

    def _privileges(self, inherited: frozenset[Name]) -> Mapping[_Target, frozenset[str]]:
        if inherited not in self._held:
            found: defaultdict[_Target, set[str]] = defaultdict(set)
            for role in inherited:
                for row in self._to_roles.get(role, ()):
                    if row.on_kind not in _ROLES:
                        found[row.on_kind, row.on].add(row.privilege)
            self._held[inherited] = {target: frozenset(privileges) for target, privileges in found.items()}
        return self._held[inherited]

    def has_option(self, inherited: frozenset[Name], privilege: str, kind: Kind | None, name: Name | None) -> bool:
        """Tell whether roles have a privilege with grant option."""
        target = (kind.name, name) if kind and name else (ON_ACCOUNT, Name((ON_ACCOUNT,)))
        return any(
            row.option and row.privilege == privilege and (row.on_kind, row.on) == target
            for role in inherited
            for row in self._to_roles.get(role, ())
        )
