"""The one question before a statement is executed: may the session's roles do this?"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.access.authority import Authority
from local_cloud.snowflake_account.access.definition_needs import alter_needs, create_needs, pipe_needs
from local_cloud.snowflake_account.access.grant_rules import check_grant
from local_cloud.snowflake_account.access.inspection_needs import describe_needs, grants_needs
from local_cloud.snowflake_account.access.model_needs import refresh_needs
from local_cloud.snowflake_account.access.needs import Need, ownership, usage
from local_cloud.snowflake_account.access.query_needs import (
    copy_needs,
    file_format_needs,
    query_needs,
    reads_relations,
    stage_needs,
)
from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError
from local_cloud.snowflake_account.language.copy_statement import CopyInto
from local_cloud.snowflake_account.language.explain import Explain
from local_cloud.snowflake_account.language.kinds import RELATIONS, Kind, kinds_of
from local_cloud.snowflake_account.language.parsing import ParsedStatement
from local_cloud.snowflake_account.language.session_context import ActiveRoles, SessionContext
from local_cloud.snowflake_account.language.statements import (
    Alter,
    CopyFiles,
    Create,
    Describe,
    Drop,
    ExecuteTask,
    GetFiles,
    GrantPrivileges,
    GrantRole,
    ListFiles,
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


class Guard:
    """Lets statements through that the active roles may execute.

    Args:
        authority: what roles may do.
        user: the account's first user, whose queries need no warehouse.
    """

    def __init__(self, authority: Authority, user: str) -> None:
        self._authority = authority
        self._user = user

    def check(self, statement: ParsedStatement, context: SessionContext) -> None:
        """Refuse a statement, its names in full, that the session's roles may not execute.

        Raises:
            SnowflakeError: they may not.
        """
        match statement:
            case GrantPrivileges() | GrantRole():
                check_grant(statement, context.roles, self._authority)
            case Use(what="ROLE"):
                self._check_assigned([statement.name], context.user)
            case Use(what="SECONDARY ROLES") if statement.name.parts not in (("ALL",), ("NONE",)):
                self._check_assigned([statement.name, *statement.more], context.user)
            case Explain():
                self.check(statement.tree, context)
            case exp.Expr() | CopyInto() | Unload():
                needs = self._needs(statement, context)
                self._authority.check([*needs, *self._warehouse_needs(statement, context)], context.roles)
            case _:
                self._authority.check(self._needs(statement, context), context.roles)

    def _needs(self, statement: ParsedStatement, context: SessionContext) -> list[Need]:
        home, find = context.home, self._authority.find
        match statement:
            case exp.Expr():
                return query_needs(statement, home, find)
            case CopyInto():
                return copy_needs(statement, home, find)
            case Unload():
                format_needs = file_format_needs(statement.file_format, home)
                writing = stage_needs(statement.where, find, writes=True)
                return [*query_needs(statement.query, home, find), *writing, *format_needs]
            case ListFiles() | GetFiles():
                return stage_needs(statement.where, find)
            case RemoveFiles() | PutFiles():
                return stage_needs(statement.where, find, writes=True)
            case CopyFiles():
                return [*stage_needs(statement.source, find), *stage_needs(statement.where, find, writes=True)]
            case Create():
                return create_needs(statement, home, find)
            case Alter(kind=Kind.USER, name=Name(parts=(context.user,))) if _is_ones_own(statement):
                return []
            case Alter():
                return alter_needs(statement)
            case Refresh():
                return [Need(("OPERATE",), statement.kind, statement.name)]
            case ExecuteTask():
                return [Need(("OWNERSHIP", "OPERATE"), Kind.TASK, statement.name)]
            case Drop():
                return [ownership(statement.kind, statement.name)]
            case SetTags():
                tags = [Need(("APPLY",), Kind.TAG, tag) for tag in statement.tags]
                kinds = (kind for kind in kinds_of(statement.kind) if find(kind, statement.name))
                return [ownership(next(kinds, statement.kind), statement.name), *tags]
            case Describe(kind=Kind.USER, name=Name(parts=(context.user,))):
                return []
            case Describe(kind=kind, name=name):
                return describe_needs(self._kind(kind, name), name)
            case ShowGrants():
                return grants_needs(statement, context.user, self._authority, context.roles)
            case ShowParameters(kind=Kind() as kind, name=Name() as name):
                return [Need((), kind, name)]
            case Use(what=what):
                return [usage(Kind(what), statement.name)] if what != "SECONDARY ROLES" else []
        return []

    def _kind(self, kind: Kind, name: Name) -> Kind:
        """Return what a name is, where a relation may be named as another kind of relation."""
        kinds = (kind, *RELATIONS) if kind in RELATIONS else (kind,)
        return next((each for each in kinds if self._authority.find(each, name)), kind)

    def _warehouse_needs(self, statement: exp.Expr | CopyInto | Unload, context: SessionContext) -> list[Need]:
        """Return the need of the session's warehouse, which a statement on rows runs on.

        Raises:
            SnowflakeError: it has none; the account's first user does without.
        """
        if isinstance(statement, exp.Expr) and not reads_relations(statement):
            return []
        if context.warehouse:
            return [usage(Kind.WAREHOUSE, Name((context.warehouse,)))]
        if context.user == self._user:
            return []
        raise SnowflakeError(
            "No active warehouse selected in the current session.  Select an active warehouse with the 'use "
            "warehouse' command.",
            code=606,
            sqlstate="57P03",
        )

    def _check_assigned(self, roles: list[Name], user: str) -> None:
        """Refuse roles that a user does not have; one that is not there is left to whoever executes the USE."""
        assigned = self._authority.roles_of_user(user)
        for role in roles:
            if role not in assigned and self._authority.find(Kind.ROLE, role):
                raise SnowflakeError(
                    f"SQL access control error:\nRequested role '{role}' is not assigned to the executing user. "
                    " Specify another role to activate.",
                    code=3013,
                    sqlstate="42501",
                )

    def monitors(self, stored: StoredObject, context: SessionContext) -> bool:
        """Tell whether a session may know how an object fares.

        https://docs.snowflake.com/en/user-guide/dynamic-tables/privileges
        """
        return self._authority.has(Need(("MONITOR",), stored.kind, stored.name), context.roles)

    def monitors_usage(self, context: SessionContext) -> bool:
        """Tell whether a session may know what the account uses.

        https://docs.snowflake.com/en/sql-reference/functions/pipe_usage_history#usage-notes
        """
        return self._authority.has(Need(("MONITOR USAGE",)), context.roles)

    def sees(self, stored: StoredObject, context: SessionContext) -> bool:
        """Tell whether a session may know that an object is there."""
        if stored.kind is Kind.USER and stored.name == Name((context.user,)):
            return True
        return self._authority.sees(stored, context.roles.every)

    def check_owner(self, stored: StoredObject) -> None:
        """Refuse what a pipe or dynamic table does by itself where its owner may not do it.

        Raises:
            SnowflakeError: the owner lacks a privilege.
        """
        owner, find = ActiveRoles(stored.owner), self._authority.find
        if stored.kind is Kind.PIPE:
            home = Name(stored.name.parts[:2])
            self._authority.check(pipe_needs(stored.attributes["DEFINITION"], home, find), owner)
            return
        try:
            self._authority.check(refresh_needs(stored, self._authority.reads(stored)), owner)
        except DoesNotExistError as error:
            raise SnowflakeError(
                f"SQL compilation error:\nDynamic Table '{stored.name}' could not be refreshed: {error.message}"
            ) from error


def _is_ones_own(statement: Alter) -> bool:
    """Tell whether an ALTER USER changes nothing but what users may change of themselves.

    https://docs.snowflake.com/en/sql-reference/sql/alter-user#usage-notes
    """
    own = {"DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_ROLE", "DEFAULT_SECONDARY_ROLES"}
    return statement.action in ("SET", "UNSET") and {*statement.properties, *statement.names} <= own
