"""What a session begins with: the user's own role, warehouse and namespace, or what the login asks for instead.

https://docs.snowflake.com/en/user-guide/security-access-control-overview#authorization-through-primary-role-and-secondary-roles
"""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.snowflake_account.access.authority import Authority
from local_cloud.snowflake_account.access.needs import usage
from local_cloud.snowflake_account.catalog.built_in_roles import PUBLIC
from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.catalog.users import default_role, has_all_secondary_roles
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import ActiveRoles
from local_cloud.snowflake_account.language.tokens import Name, Tokens


@dataclass(frozen=True)
class Beginning:
    """What a session begins with.

    Attributes:
        user: whose it is.
        role: its primary role.
        secondary: its secondary roles, None for all that the user has.
        warehouse: its warehouse, if the user has one.
        database: its database, if it has one; whether it is there shows when it is needed.
        schema: its schema, if it has one.
    """

    user: str
    role: Name
    secondary: frozenset[Name] | None
    warehouse: str | None
    database: str | None
    schema: str | None


def begin(
    catalog: Catalog, authority: Authority, user: str, role: str | None, database: str | None, schema: str | None
) -> Beginning:
    """Return what a session of a user begins with; what the user may not use is passed over.

    Args:
        catalog: the account's objects.
        authority: what roles may do.
        user: the user's name.
        role: the role that is asked for, None for the user's own.
        database: the database that is asked for.
        schema: the schema that is asked for.

    Raises:
        SnowflakeError: there is no such user, or the user does not have the role.
    """
    stored = catalog.get(Kind.USER, Name((user,)))
    primary = _role(stored, catalog, authority, role)
    secondary = None if has_all_secondary_roles(stored) else frozenset[Name]()
    active = ActiveRoles(primary, authority.roles_of_user(user) if secondary is None else secondary)
    database, schema = (database, schema) if database or schema else _namespace(stored)
    if database and not authority.has(usage(Kind.DATABASE, Name((database,))), active):
        database = schema = None
    if database and schema and not authority.has(usage(Kind.SCHEMA, Name((database, schema))), active):
        schema = None
    warehouse = stored.attributes.get("DEFAULT_WAREHOUSE")
    if warehouse and not (
        catalog.find(Kind.WAREHOUSE, Name((warehouse,)))
        and authority.has(usage(Kind.WAREHOUSE, Name((warehouse,))), active)
    ):
        warehouse = None
    return Beginning(user, primary, secondary, warehouse, database, schema)


def _role(user: StoredObject, catalog: Catalog, authority: Authority, asked: str | None) -> Name:
    available = authority.roles_of_user(user.name.last)
    role = Name((asked,)) if asked else default_role(user) or Name((PUBLIC,))
    if role in available:
        return role
    remedy = "Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC."
    if asked and not catalog.find(Kind.ROLE, role):
        raise SnowflakeError(
            f"Role '{role}' specified in the connect string does not exist or not authorized. {remedy}",
            code=390189,
            sqlstate="08004",
        )
    which = "specified in the connect string is" if asked else "configured as the user's default is"
    raise SnowflakeError(f"Role '{role}' {which} not granted to this user. {remedy}", code=390186, sqlstate="08004")


def _namespace(user: StoredObject) -> tuple[str | None, str | None]:
    given = user.attributes.get("DEFAULT_NAMESPACE")
    if not given:
        return None, None
    database, *schema = Tokens(str(given)).name().parts
    return database, schema[0] if schema else None
