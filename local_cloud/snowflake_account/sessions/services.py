"""What the sessions of an account share: its objects, data and stages, and the locks that order their changes.

A statement about an object goes to the catalog (and, as plain DDL, to DuckDB), COPY to its executor, and a
query or DML through fakesnow to DuckDB.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.catalog.grants import Grants
from local_cloud.snowflake_account.catalog.objects import Catalog, StoredObject
from local_cloud.snowflake_account.catalog.parameters import object_parameters, session_parameters
from local_cloud.snowflake_account.copying.command import run_copy
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.definitions.alterations import Alterations
from local_cloud.snowflake_account.definitions.definitions import Definitions
from local_cloud.snowflake_account.definitions.renames import Renames
from local_cloud.snowflake_account.dynamic_tables.dynamic_tables import DynamicTables
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.inspection.describe import describe
from local_cloud.snowflake_account.inspection.information_schema import InformationSchema
from local_cloud.snowflake_account.inspection.show import Shown
from local_cloud.snowflake_account.inspection.show_grants import show_grants
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.statements import (
    Alter,
    Create,
    Drop,
    GrantPrivileges,
    GrantRole,
    SetTags,
    Show,
    ShowGrants,
    ShowParameters,
)
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.pipes import Pipes
from local_cloud.snowflake_account.result import Result, done
from local_cloud.snowflake_account.sessions.queries import Queries
from local_cloud.snowflake_account.stages.list_files import list_files
from local_cloud.snowflake_account.stages.stages import Aws, Stages


class Services:
    """Does for every session what concerns more than itself.

    Two locks order what changes it. Definitions hold both, so they come one at a time and never while files
    load or a dynamic table is refreshed; loads hold one and refreshes the other, so these two do not wait for
    each other. Queries, DML, SHOW and DESCRIBE hold none: DuckDB and the catalog give each of them one state.

    Args:
        folder: where the account's files are.
        aws: the AWS account that it reaches.
        user: the account's one user.

    Attributes:
        user: the account's one user.
        region: the AWS region that it is in.
        on_data_change: called after a load or a statement that may have changed rows, with the names of the
            tables, or None where they are not known; by default nobody is.
    """

    def __init__(self, folder: Path, aws: Aws, user: str) -> None:
        self.user = user
        self.region = aws.region
        self.on_data_change: Callable[[Collection[Name] | None], None] = _nothing
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.grants = Grants(self.catalog, user)
        self.databases = Databases(folder)
        self.stages = Stages(self.catalog, aws)
        self.pipes = Pipes(self.catalog, self.databases, self.stages, aws)
        self.queries = Queries(self.catalog, InformationSchema(self.catalog, self.databases), self._pipe_status)
        self._definition_lock = threading.RLock()
        self._load_lock = threading.RLock()
        self._definitions = Definitions(self.catalog, self.databases, self.stages, self.pipes, self.grants)
        self._alterations = Alterations(self.catalog, self.databases, self.stages)
        self._renames = Renames(self.catalog, self.databases, self.grants)
        self._dynamic_tables = DynamicTables(self.catalog, self.databases, self._definition_lock)
        self._shown = Shown(self.catalog, self.databases, self.grants)

    def _pipe_status(self, pipe: Name) -> str:
        with self._load_lock:
            return self.pipes.status(pipe)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep definitions, loads and refreshes of others waiting."""
        with self._definition_lock, self._load_lock:
            yield

    def define(self, statement: Create | Alter | Drop, name: Name, home: Name) -> Result:
        """Execute a statement that changes an object.

        Args:
            statement: it.
            name: the object's full name.
            home: the session's current database and schema, as far as it has them.

        Raises:
            SnowflakeError: it is refused; everything is as it was.
        """
        if isinstance(statement, Alter) and statement.action == "REFRESH":
            return self._refresh(statement, name)
        with self.changing():
            match statement:
                case Create():
                    return self._definitions.create(statement, name, home)
                case Drop():
                    return self._definitions.drop(statement, name)
                case Alter():
                    return self._alter(statement, name)

    def _alter(self, statement: Alter, name: Name) -> Result:
        stored = self._altered(statement, name)
        if stored is not None:
            if statement.action == "RENAME":
                self._renames.rename(stored, statement)
            else:
                self._alterations.alter(stored, statement)
        return done()

    def _altered(self, statement: Alter, name: Name) -> StoredObject | None:
        stored = self.catalog.find(statement.kind, name)
        if stored is None and not statement.if_exists:
            return self.catalog.get(statement.kind, name)
        return stored

    def _refresh(self, statement: Alter, name: Name) -> Result:
        stored = self._altered(statement, name)
        if stored is None:
            return done()
        if stored.kind is Kind.DYNAMIC_TABLE:
            self._dynamic_tables.refresh(stored.name)
        elif stored.kind is Kind.PIPE:
            prefix, after = _pipe_refresh(statement.properties)
            with self._load_lock:
                self.pipes.refresh(stored, prefix, after)
        else:
            raise UnsupportedError(f"ALTER {stored.kind.value} REFRESH")
        return done()

    def set_tags(self, statement: SetTags, name: Name, tags: Mapping[Name, str | None]) -> Result:
        """Execute ALTER … SET TAG or UNSET TAG; names are full.

        Raises:
            SnowflakeError: the object or a tag is not there, or a value is not allowed.
        """
        with self.changing():
            self._alterations.set_tags(self.catalog.get(statement.kind, name), statement, tags)
        return done()

    def grant(self, statement: GrantPrivileges | GrantRole) -> Result:
        """Execute a GRANT or REVOKE; names are full.

        Raises:
            DoesNotExistError: the object or the grantee is not there.
        """
        with self.changing():
            if isinstance(statement, GrantRole):
                self.grants.change_membership(statement)
            else:
                self.grants.change(statement)
        return done()

    def copy(self, sql: str, home: Name) -> Result:
        """Execute a COPY INTO; it commits by itself.

        Raises:
            SnowflakeError: it is refused, or stops at an error in a file.
        """
        try:
            with self._load_lock:
                return run_copy(self.catalog, self.databases, self.stages, sql, home)
        finally:
            self.on_data_change(None)

    def list_files(self, statement: exp.ListStage, home: Name) -> Result:
        """Execute a LIST.

        Raises:
            SnowflakeError: the stage is not there, or its location cannot be listed.
        """
        return list_files(self.stages, statement, home)

    def inspect(self, statement: Show | ShowGrants | ShowParameters, context: SessionContext) -> Result:
        """Answer a SHOW; names of objects in it are full.

        Raises:
            SnowflakeError: what it looks in is not there.
        """
        match statement:
            case ShowGrants():
                return show_grants(self.catalog, self.grants, statement, context)
            case ShowParameters(kind=kind, name=name, like=like):
                if kind is None or name is None:
                    return session_parameters({}, like)
                return object_parameters(self.catalog.get(kind, name), like)
            case Show():
                return self._shown.show(statement, context)

    def describe(self, kind: Kind, name: Name) -> Result:
        """Answer a DESCRIBE.

        Raises:
            SnowflakeError: the object is not there.
        """
        return describe(self.catalog, self.databases, self._shown, kind, name)


def _nothing(_: Collection[Name] | None) -> None:
    """Nobody listens."""


def _pipe_refresh(properties: Mapping[str, Any]) -> tuple[str, datetime | None]:
    """Return prefix and time of ALTER PIPE … REFRESH [PREFIX = …] [MODIFIED_AFTER = …]."""
    if unknown := sorted(properties.keys() - {"PREFIX", "MODIFIED_AFTER"}):
        raise UnsupportedError(f"ALTER PIPE REFRESH {unknown[0]}")
    after = properties.get("MODIFIED_AFTER")
    try:
        moment = datetime.fromisoformat(str(after)) if after else None
    except ValueError as error:
        raise SnowflakeError(f"Timestamp '{after}' is not recognized", code=100035, sqlstate="22007") from error
    if moment and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return str(properties.get("PREFIX", "")), moment
