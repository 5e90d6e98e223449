"""Names in full: what a statement leaves out is taken from the session's database and schema. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.copy_statement import CopyInto
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.statements import (
    Alter,
    CopyFiles,
    Create,
    Describe,
    Drop,
    ExecuteTask,
    FileStatement,
    GetFiles,
    GrantPrivileges,
    GrantRole,
    ListFiles,
    OwnStatement,
    PutFiles,
    Refresh,
    RemoveFiles,
    SetTags,
    ShowGrants,
    ShowParameters,
    Use,
)
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.language.unload_statement import Unload

Named = TypeVar("Named", bound="OwnStatement | CopyInto | Unload | FileStatement")
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


def full_path(where: StagePath, home: Name, user: str) -> StagePath:
    """Return a place in a stage with the stage's name in full.

    Args:
        where: the place.
        home: the session's current database and schema, as far as it has them.
        user: whose session it is, '' where it is none.

    Raises:
        SnowflakeError: as `full_name`; or it is a user's stage, and there is no user.
    """
    if where.kind is not Kind.USER:
        return replace(where, name=full_name(where.kind, where.name, home))
    if not user:
        raise SnowflakeError("SQL compilation error:\nthe stage of a user, @~, is not one that a pipe can load from.")
    return replace(where, name=Name((user,)))


def with_full_names(statement: Named, home: Name, user: str = "") -> Named:
    """Return a statement with the names in it in full, except a SHOW's scope, which also says where it looks.

    Args:
        statement: it.
        home: the session's current database and schema, as far as it has them.
        user: whose session it is, '' where it is none.

    Raises:
        SnowflakeError: as `full_name`.
    """
    match statement:
        case GrantPrivileges() | GrantRole():
            return _granting(statement, home)
        case SetTags(kind=kind, name=name, tags=tags):
            full_tags = {full_name(Kind.TAG, tag, home): value for tag, value in tags.items()}
            return replace(statement, name=full_name(kind, name, home), tags=full_tags)
        case Create() | Alter() | Drop() | Refresh() | Describe():
            return replace(statement, name=full_name(statement.kind, statement.name, home))
        case ExecuteTask(name=name):
            return replace(statement, name=full_name(Kind.TASK, name, home))
        case ShowGrants() | ShowParameters() if statement.kind and statement.name:
            return replace(statement, name=full_name(statement.kind, statement.name, home))
        case Use(what="DATABASE" | "SCHEMA" as what, name=name):
            return replace(statement, name=full_name(Kind(what), name, home))
        case CopyInto(table=table, where=where):
            table = full_name(Kind.TABLE, table, home)
            return replace(statement, table=table, where=full_path(where, home, user))
        case CopyFiles(source=source, where=where):
            return replace(statement, source=full_path(source, home, user), where=full_path(where, home, user))
        case ListFiles() | RemoveFiles() | PutFiles() | GetFiles() | Unload():
            return replace(statement, where=full_path(statement.where, home, user))
    return statement


def _granting(statement: Granting, home: Name) -> Granting:
    grantee, kind, name = statement.grantee, statement.kind, statement.name
    if grantee.kind == "DATABASE ROLE":
        grantee = replace(grantee, name=full_name(Kind.DATABASE_ROLE, grantee.name, home))
    if isinstance(statement, GrantPrivileges) and statement.container:
        kind = Kind(statement.container)
    if kind is not None and name is not None:
        name = full_name(kind, name, home)
    return replace(statement, grantee=grantee, name=name)  # pyright: ignore[reportArgumentType]
