"""What roles may do: the rules of Snowflake's access control on the grants of one account.

A role has what it was granted, what it owns, and what the roles have that were granted to it; everybody has
PUBLIC. No role is above the rules.
https://docs.snowflake.com/en/user-guide/security-access-control-overview
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from local_cloud.snowflake_account.access.found_objects import FoundObjects
from local_cloud.snowflake_account.access.holdings import Holdings
from local_cloud.snowflake_account.access.needs import GLOBAL_INSTEAD, Need
from local_cloud.snowflake_account.access.query_needs import missing_relation
from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import GRANTS, Catalog, StoredObject
from local_cloud.snowflake_account.catalog.privileges import OWNERSHIP
from local_cloud.snowflake_account.errors import (
    DoesNotExistError,
    InsufficientPrivilegesError,
    SnowflakeError,
)
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import LOCATOR, ActiveRoles
from local_cloud.snowflake_account.language.tokens import Name

_SEES_ALL = frozenset({"MANAGE GRANTS", "RESOLVE ALL"})
"""Privileges on the account with which a role sees every object, whoever has what on it."""

_SEES_KIND: Mapping[Kind, frozenset[str]] = {
    Kind.ROLE: frozenset({"MONITOR ROLE", "CREATE ROLE"}),
    Kind.USER: frozenset({"MONITOR USER", "CREATE USER"}),
    Kind.WAREHOUSE: frozenset({"MANAGE WAREHOUSES"}),
    Kind.PIPE: frozenset({"MONITOR EXECUTION"}),
    Kind.TASK: frozenset({"MONITOR EXECUTION"}),
}


class Authority:
    """Tells what roles may do in an account; remembers what it has worked out until something changes there."""

    def __init__(self, catalog: Catalog, grants: Grants) -> None:
        self._catalog = catalog
        self._grants = grants
        self._of_grants = -1, Holdings(grants)
        self._of_objects = (-1, -1), FoundObjects(catalog)
        self._expanded: set[Name] = set()

    @property
    def _holdings(self) -> Holdings:
        version = self._catalog.versions[GRANTS]
        if self._of_grants[0] != version:
            self._of_grants = version, Holdings(self._grants)
        return self._of_grants[1]

    @property
    def _objects(self) -> FoundObjects:
        """What was looked up; with the objects or the grants changes which views' owners may read what they read."""
        versions = self._catalog.versions["objects"], self._catalog.versions[GRANTS]
        if self._of_objects[0] != versions:
            self._expanded = set()
            self._of_objects = versions, FoundObjects(self._catalog)
        return self._of_objects[1]

    def find(self, kind: Kind, name: Name) -> StoredObject | None:
        """Return an object of the account, whoever may see it, or None."""
        return self._objects.find(kind, name)

    def list(self, kind: Kind, place: Name) -> list[StoredObject]:
        """Return the objects of a kind in a database or schema, whoever may see them."""
        return list(self._catalog.list(kind, place))

    def inherited(self, roles: Iterable[Name]) -> frozenset[Name]:
        """Return roles with all that they inherit, PUBLIC among them."""
        return self._holdings.inherited(frozenset(roles))

    def roles_of_user(self, user: str) -> frozenset[Name]:
        """Return the account roles that a user may make the current one: those granted, and what they inherit."""
        granted = self._holdings.granted_to_user(user)
        return frozenset(role for role in self.inherited(granted) if len(role.parts) == 1)

    def reads(self, relation: StoredObject) -> list[StoredObject]:
        """Return what a view or dynamic table reads, as far as it is there."""
        return self._objects.reads(relation)

    def check(self, needs: Iterable[Need], active: ActiveRoles) -> None:
        """Refuse what the active roles may not do.

        Raises:
            SnowflakeError: they lack a privilege; what they may not even see does not exist for them.
        """
        for need in needs:
            if not self.has(need, active):
                raise self._refusal(need, active)

    def has(self, need: Need, active: ActiveRoles) -> bool:
        """Tell whether the active roles have a privilege that is needed; what is not there needs none."""
        roles = (active.primary,) if need.primary else active.every
        if self._satisfies(need, frozenset(roles)):
            return True
        return need.through is not None and self._satisfies(need, frozenset({need.through}))

    def _satisfies(self, need: Need, roles: frozenset[Name]) -> bool:
        holdings = self._holdings
        roles = holdings.inherited(roles)
        on_account = holdings.on_account(roles)
        if need.kind is None or need.name is None:
            return not on_account.isdisjoint(need.privileges)
        if (stored := self._objects.find(need.kind, need.name)) is None:
            return True
        held = holdings.held(roles, stored)
        enough = bool(held) if not need.privileges else OWNERSHIP in held or not held.isdisjoint(need.privileges)
        instead = GLOBAL_INSTEAD.get(need.kind, {})
        enough = enough or any(instead.get(privilege) in on_account for privilege in need.privileges)
        if not (enough and self._reaches(roles, need.name)):
            return False
        return need.privileges != ("SELECT",) or self._expands(stored)

    def _reaches(self, roles: frozenset[Name], name: Name) -> bool:
        """Tell whether roles have some privilege on each container of an object."""
        return all(self._holdings.held(roles, container) for container in self._objects.containers(name))

    def _expands(self, relation: StoredObject) -> bool:
        """Refuse a view whose owner may not read what it reads: a view has its owner's rights.

        https://docs.snowflake.com/en/user-guide/views-introduction

        Raises:
            SnowflakeError: the owner lacks a privilege.
        """
        if relation.kind is not Kind.VIEW:
            return True
        reads = self._objects.reads(relation)
        if relation.name not in self._expanded:
            owner = ActiveRoles(relation.owner)
            for read in reads:
                if not self.has(Need(("SELECT",), read.kind, read.name), owner):
                    raise SnowflakeError(
                        f"SQL compilation error:\nFailure during expansion of view '{relation.name.last}': SQL "
                        f"compilation error:\nObject '{read.name}' does not exist or not authorized.",
                        code=2037,
                        sqlstate="42601",
                    )
            self._expanded.add(relation.name)
        return True

    def _refusal(self, need: Need, active: ActiveRoles) -> SnowflakeError:
        if need.kind is None or need.name is None:
            return InsufficientPrivilegesError("account", LOCATOR, _hint(need, active, "ACCOUNT"))
        stored = self._objects.find(need.kind, need.name)
        if stored is not None and self.sees(stored, active.every):
            hint = _hint(need, active, f"{need.kind.value} {need.name}")
            return InsufficientPrivilegesError(need.kind.value.lower(), need.name.last, hint)
        if need.written is not None:
            return missing_relation(need.written)
        return DoesNotExistError(need.kind.value, str(need.name))

    def sees(self, stored: StoredObject, roles: Iterable[Name]) -> bool:
        """Tell whether roles may know that an object is there: they have some privilege on it, and reach it."""
        holdings = self._holdings
        every = holdings.inherited(frozenset(roles))
        on_account = holdings.on_account(every)
        if not on_account.isdisjoint(_SEES_ALL):
            return True
        if not on_account.isdisjoint(_SEES_KIND.get(stored.kind, frozenset())):
            return self._reaches(every, stored.name)
        if stored.kind in (Kind.ROLE, Kind.DATABASE_ROLE) and stored.name in every:
            return True
        return bool(holdings.held(every, stored)) and self._reaches(every, stored.name)

    def manages_grants(self, roles: Iterable[Name]) -> bool:
        """Tell whether roles have the account's privilege MANAGE GRANTS."""
        every = self.inherited(roles)
        return "MANAGE GRANTS" in self._holdings.on_account(every)

    def owns(self, stored: StoredObject, roles: Iterable[Name]) -> bool:
        """Tell whether one of these roles, or one that they inherit, owns an object, and reaches it."""
        every = self.inherited(roles)
        return stored.owner in every and self._reaches(every, stored.name)

    def may_pass_on(self, privilege: str, kind: Kind | None, name: Name | None, roles: Iterable[Name]) -> bool:
        """Tell whether roles have a privilege with grant option."""
        return self._holdings.has_option(self.inherited(roles), privilege, kind, name)


def _hint(need: Need, active: ActiveRoles, place: str) -> str:
    """Return what Snowflake adds where only the primary role counts."""
    if not need.primary or not need.privileges:
        return ""
    return f"\n\nYour primary role {active.primary} must have {' or '.join(need.privileges)} granted on {place}."
