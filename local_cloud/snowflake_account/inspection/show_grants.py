"""What SHOW GRANTS answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from local_cloud.snowflake_account.catalog.built_in_roles import OWNER
from local_cloud.snowflake_account.catalog.grants import GrantRow, Grants
from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.catalog.privileges import ON_ACCOUNT, OWNERSHIP
from local_cloud.snowflake_account.language.kinds import INTEGRATIONS, Kind
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.statements import Grantee, ShowGrants
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result, rows_of

_GRANTS = (
    *("created_on:TIMESTAMP_LTZ", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option"),
    *("granted_by_role_type", "granted_by"),
)
_FUTURE = ("created_on:TIMESTAMP_LTZ", "privilege", "grant_on", "name", "grant_to", "grantee_name", "grant_option")
_OF = ("created_on:TIMESTAMP_LTZ", "role", "granted_to", "grantee_name", "granted_by")


def show_grants(catalog: Catalog, grants: Grants, statement: ShowGrants, context: SessionContext) -> Result:
    """Answer a SHOW GRANTS; the name in it is full.

    Raises:
        DoesNotExistError: what it asks about is not there.
    """
    kind, name = statement.kind, statement.name
    if kind is not None and name is not None:
        catalog.get(kind, name)
    if statement.relation == "IN" and name is not None:
        return rows_of(_FUTURE, [_future(row) for row in grants.future_in(name)])
    if statement.relation == "OF":
        return rows_of(_OF, [_member(row, _grantor(catalog, row)) for row in grants.on(kind, name)])
    if statement.relation == "TO":
        grantee = Grantee(kind.value, name) if kind and name else Grantee("ROLE", Name((context.role,)))
        if statement.future:
            return rows_of(_FUTURE, [_future(row) for row in grants.to(grantee, future=True)])
        return _granted(catalog, [*_owned(catalog, grantee), *grants.to(grantee)])
    owned = [_ownership(catalog.get(kind, name))] if kind and name else []
    return _granted(catalog, [*owned, *grants.on(kind, name)])


def _granted(catalog: Catalog, rows: Iterable[GrantRow]) -> Result:
    return rows_of(_GRANTS, [_grant(row, _grantor(catalog, row)) for row in rows])


def _owned(catalog: Catalog, grantee: Grantee) -> list[GrantRow]:
    """Return the ownership of all that a role owns, which SHOW lists as if it were granted."""
    if grantee.kind == "USER":
        return []
    return [_ownership(each) for kind in Kind for each in catalog.list(kind) if each.owner == grantee.name]


def _ownership(stored: StoredObject) -> GrantRow:
    owner = Grantee("ROLE" if len(stored.owner.parts) == 1 else "DATABASE ROLE", stored.owner)
    made = datetime.fromtimestamp(stored.created_on, UTC)
    return GrantRow(OWNERSHIP, stored.kind.name, stored.name, owner, future=False, option=True, created_on=made)


def _grantor(catalog: Catalog, row: GrantRow) -> str:
    """Return the role that a grant counts as granted by: the owner of what it is on."""
    stored = None if row.on_kind == ON_ACCOUNT else catalog.find(Kind[row.on_kind], row.on)
    return stored.owner.last if stored else OWNER


def _grant(row: GrantRow, grantor: str) -> tuple[object, ...]:
    on = "INTEGRATION" if row.on_kind in {kind.name for kind in INTEGRATIONS} else row.on_kind
    name = "" if row.on_kind == ON_ACCOUNT else str(row.on)
    grantee = (_word(row.grantee.kind), row.grantee.name.last)
    return (row.created_on, row.privilege, on, name, *grantee, _truth(row.option), "ROLE", grantor)


def _member(row: GrantRow, grantor: str) -> tuple[object, ...]:
    return (row.created_on, str(row.on), _word(row.grantee.kind), str(row.grantee.name), grantor)


def _future(row: GrantRow) -> tuple[object, ...]:
    between = "<SCHEMA>." if len(row.on.parts) == 1 and row.on_kind != Kind.SCHEMA.name else ""
    name = f"{row.on}.{between}<{row.on_kind}>"
    grantee = (_word(row.grantee.kind), row.grantee.name.last)
    return (row.created_on, row.privilege, row.on_kind, name, *grantee, _truth(row.option))


def _word(kind: str) -> str:
    return kind.replace(" ", "_")


def _truth(value: bool) -> str:
    return "true" if value else "false"
