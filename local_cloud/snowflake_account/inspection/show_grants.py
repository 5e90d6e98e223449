"""What SHOW GRANTS answers."""

from __future__ import annotations

from local_cloud.snowflake_account.catalog.grants import ON_ACCOUNT, OWNER, GrantRow, Grants
from local_cloud.snowflake_account.catalog.objects import Catalog
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
        rows = grants.on(kind, name)
        return rows_of(_OF, [(r.created_on, str(r.on), _word(r.grantee.kind), _of_name(r), OWNER) for r in rows])
    if statement.relation == "TO":
        grantee = Grantee(kind.value, name) if kind and name else Grantee("ROLE", Name((context.role,)))
        if statement.future:
            return rows_of(_FUTURE, [_future(row) for row in grants.to(grantee, future=True)])
        return rows_of(_GRANTS, [_grant(row) for row in grants.to(grantee)])
    return rows_of(_GRANTS, [_grant(row) for row in grants.on(kind, name)])


def _grant(row: GrantRow) -> tuple[object, ...]:
    on = "INTEGRATION" if row.on_kind in {kind.name for kind in INTEGRATIONS} else row.on_kind
    name = "" if row.on_kind == ON_ACCOUNT else str(row.on)
    grantee = (_word(row.grantee.kind), row.grantee.name.last)
    return (row.created_on, row.privilege, on, name, *grantee, _truth(row.option), "ROLE", OWNER)


def _future(row: GrantRow) -> tuple[object, ...]:
    between = "<SCHEMA>." if len(row.on.parts) == 1 and row.on_kind != Kind.SCHEMA.name else ""
    name = f"{row.on}.{between}<{row.on_kind}>"
    grantee = (_word(row.grantee.kind), row.grantee.name.last)
    return (row.created_on, row.privilege, row.on_kind, name, *grantee, _truth(row.option))


def _of_name(row: GrantRow) -> str:
    return str(row.grantee.name)


def _word(kind: str) -> str:
    return kind.replace(" ", "_")


def _truth(value: bool) -> str:
    return "true" if value else "false"
