"""Names in full: what a statement leaves out is taken from the session's database and schema. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.statements import GrantPrivileges, GrantRole, ShowGrants, ShowParameters
from local_cloud.snowflake_account.language.tokens import Name

Inspection = TypeVar("Inspection", bound=ShowGrants | ShowParameters)
Granting = TypeVar("Granting", bound=GrantPrivileges | GrantRole)


def full_name(kind: Kind, name: Name, home: Name) -> Name:
    """Return the full name of an object.

    Args:
        kind: what it is.
        name: its name as written.
        home: the session's current database and schema, as far as it has them.

    Raises:
        SnowflakeError: it needs a current database or schema, and there is none; or it has too many parts.
    """
    missing = kind.depth - len(name.parts)
    if missing < 0:
        raise SnowflakeError(f"SQL compilation error:\ntoo many parts in the name '{name}'.")
    if missing > len(home.parts):
        what = "schema" if home.parts else "database"
        raise SnowflakeError(
            f"Cannot perform this operation on '{name}'. This session does not have a current {what}. "
            f"Call 'USE {what.upper()}', or use a qualified name.",
            code=90106 if home.parts else 90105,
            sqlstate="22000",
        )
    return Name((*home.parts[:missing], *name.parts))


def with_full_name(statement: Inspection, home: Name) -> Inspection:
    """Return a SHOW with the name in it in full.

    Raises:
        SnowflakeError: as `full_name`.
    """
    if statement.kind is None or statement.name is None:
        return statement
    return replace(statement, name=full_name(statement.kind, statement.name, home))


def with_full_names(statement: Granting, home: Name) -> Granting:
    """Return a GRANT or REVOKE with the names in it in full.

    Raises:
        SnowflakeError: as `full_name`.
    """
    grantee, kind, name = statement.grantee, statement.kind, statement.name
    if grantee.kind == "DATABASE ROLE":
        grantee = replace(grantee, name=full_name(Kind.DATABASE_ROLE, grantee.name, home))
    if isinstance(statement, GrantPrivileges) and statement.container:
        kind = Kind(statement.container)
    if kind is not None and name is not None:
        name = full_name(kind, name, home)
    return replace(statement, grantee=grantee, name=name)  # pyright: ignore[reportArgumentType]
