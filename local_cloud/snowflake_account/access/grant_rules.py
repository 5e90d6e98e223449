"""Who may grant and revoke.

The owner of an object, whoever has MANAGE GRANTS, and for a privilege whoever has it with grant option. In a schema
with managed access its owner stands in the owner's place.
https://docs.snowflake.com/en/sql-reference/sql/grant-privilege#access-control-requirements
"""

from __future__ import annotations

from local_cloud.snowflake_account.access.authority import Authority
from local_cloud.snowflake_account.catalog.built_in_roles import OWNER
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import ActiveRoles
from local_cloud.snowflake_account.language.statements import GrantPrivileges, GrantRole
from local_cloud.snowflake_account.language.tokens import Name

_ONLY_BY_ADMINISTRATORS = frozenset(
    {
        *("CREATE DATABASE", "CREATE INTEGRATION", "CREATE NOTIFICATION INTEGRATION", "CREATE SHARE"),
        *("CREATE STORAGE INTEGRATION", "CREATE WAREHOUSE", "EXECUTE ALERT", "EXECUTE MANAGED TASK", "EXECUTE TASK"),
        *("MANAGE WAREHOUSES", "MONITOR EXECUTION", "MONITOR USAGE", "READ SESSION"),
    }
)
"""https://docs.snowflake.com/en/user-guide/security-access-control-privileges#global-privileges-account-privileges"""


def check_grant(statement: GrantPrivileges | GrantRole, active: ActiveRoles, authority: Authority) -> None:
    """Refuse a GRANT or REVOKE that the active roles may not make; its names are full.

    What is not there is left to whoever executes it.

    Raises:
        SnowflakeError: they may not.
    """
    if isinstance(statement, GrantRole):
        allowed = _may_grant_role(statement, active, authority)
    elif statement.kind is None or statement.name is None:
        allowed = _may_grant_on_account(statement, active, authority)
    elif statement.future or statement.every:
        allowed = _may_grant_in(statement, statement.name, active, authority)
    else:
        allowed = _may_grant_on(statement, statement.kind, statement.name, active, authority)
    if not allowed:
        word = "Revoke" if statement.revoke else "Grant"
        raise SnowflakeError(f"{word} not executed: Insufficient privileges.", code=3102, sqlstate="42501")


def _may_grant_role(statement: GrantRole, active: ActiveRoles, authority: Authority) -> bool:
    stored = authority.find(statement.kind, statement.name)
    if stored is None:
        return True
    if stored.name == Name((OWNER,)):
        return Name((OWNER,)) in authority.inherited(active.every)
    return authority.manages_grants(active.every) or authority.owns(stored, active.every)


def _may_grant_on_account(statement: GrantPrivileges, active: ActiveRoles, authority: Authority) -> bool:
    if Name((OWNER,)) in authority.inherited(active.every):
        return True
    if all(authority.may_pass_on(privilege, None, None, active.every) for privilege in statement.privileges):
        return True
    is_reserved = statement.privileges == ("ALL",) or not _ONLY_BY_ADMINISTRATORS.isdisjoint(statement.privileges)
    return authority.manages_grants(active.every) and not is_reserved


def _may_grant_in(statement: GrantPrivileges, place: Name, active: ActiveRoles, authority: Authority) -> bool:
    """Tell whether the roles may grant on all objects of a database or schema, or on those to come.

    A schema's owner may where access is managed, or where it grants on what is there and all of it is its own.
    """
    if authority.manages_grants(active.every):
        return True
    schema = authority.find(Kind.SCHEMA, place) if len(place.parts) == 2 else None
    if schema is not None and schema.attributes.get("MANAGED_ACCESS"):
        return authority.owns(schema, active.every)
    if statement.future or statement.kind is None:
        return False
    objects = authority.list(statement.kind, place)
    return all(_may_grant_on(statement, each.kind, each.name, active, authority) for each in objects)


def _may_grant_on(
    statement: GrantPrivileges, kind: Kind, name: Name, active: ActiveRoles, authority: Authority
) -> bool:
    stored = authority.find(kind, name)
    if stored is None or authority.manages_grants(active.every):
        return True
    if not authority.sees(stored, active.every):
        raise DoesNotExistError(kind.value, str(name))
    if _decides(stored, active, authority):
        return True
    return all(authority.may_pass_on(privilege, kind, name, active.every) for privilege in statement.privileges)


def _decides(stored: StoredObject, active: ActiveRoles, authority: Authority) -> bool:
    """Tell whether the roles decide on an object's grants: as its owner, or as the managing schema's."""
    if len(stored.name.parts) == 3:
        schema = authority.find(Kind.SCHEMA, Name(stored.name.parts[:2]))
        if schema is not None and schema.attributes.get("MANAGED_ACCESS"):
            return authority.owns(schema, active.every)
    return authority.owns(stored, active.every)
