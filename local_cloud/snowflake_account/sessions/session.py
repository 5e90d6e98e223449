"""A session: its own current database, schema, role and warehouse, its own transaction, its own connection."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.data.connection import parsed
from local_cloud.snowflake_account.data.duckdb_errors import snowflake_error
from local_cloud.snowflake_account.dialect.relations import relations_read
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.full_names import full_name, with_full_name, with_full_names
from local_cloud.snowflake_account.language.grammar import parse
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.statements import (
    Alter,
    AlterSession,
    Create,
    Describe,
    Drop,
    GrantPrivileges,
    GrantRole,
    SetTags,
    Show,
    ShowGrants,
    ShowParameters,
    Statement,
    Transaction,
    Use,
    strip,
)
from local_cloud.snowflake_account.language.tokens import Name, Tokens
from local_cloud.snowflake_account.result import Result, done
from local_cloud.snowflake_account.sessions.current_objects import CurrentObjects
from local_cloud.snowflake_account.sessions.queries import changes_data
from local_cloud.snowflake_account.sessions.services import Services
from local_cloud.snowflake_account.sessions.session_parameters import SessionParameters

_numbers = itertools.count(1)


class Session:
    """Executes statements one after the other; several sessions do so at once.

    Attributes:
        number: the session's number in this process.
        parameters: what ALTER SESSION has set.
    """

    def __init__(self, services: Services, database: str | None = None, schema: str | None = None) -> None:
        self.number = next(_numbers)
        self._services = services
        self._connection = services.databases.connect()
        self.parameters = SessionParameters(self._connection)
        self._lock = threading.RLock()
        self._failed = False
        self._temporary: list[StoredObject] = []
        self._current = CurrentObjects(services.catalog, database, schema)
        self._enter()

    def close(self) -> None:
        """End the session: its open transaction is rolled back, its temporary tables and views are dropped."""
        with self._lock:
            self._connection.rollback()
            for made in self._temporary:
                # by then the name may be another object's
                if made == self._services.catalog.find(made.kind, made.name):
                    self._services.define(Drop(made.kind, made.name, if_exists=True), made.name, Name(()))
            self._temporary.clear()
            self._connection.close()

    @property
    def context(self) -> SessionContext:
        """What the session's current things are."""
        services, current = self._services, self._current
        return SessionContext(
            self.number,
            services.user,
            current.role,
            services.region,
            current.database,
            current.schema,
            current.warehouse,
        )

    def cancel(self) -> None:
        """Stop the query that runs in another thread, if one does."""
        self._connection.duck.interrupt()

    def execute(self, sql: str, binds: Sequence[Any] = ()) -> Result:
        """Execute one statement in Snowflake's SQL.

        Args:
            sql: the statement.
            binds: values for its placeholders `?` or `:1`.

        Raises:
            SnowflakeError: with the code, SQL state and message that Snowflake has for it.
        """
        return self.execute_many(sql, [binds])

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> Result:
        """Execute one statement for each of several rows of values: all of them or none.

        Args:
            sql: the statement.
            rows: values for its placeholders, a row after the other; at least one row.

        Returns:
            The answer; counts of rows are sums.

        Raises:
            SnowflakeError: with the code, SQL state and message that Snowflake has for it.
        """
        with self._lock:
            try:
                return self._execute(strip(sql), rows)
            except SnowflakeError:
                raise
            except RecursionError as error:
                raise snowflake_error(error) from error
            except Exception as error:
                raise SnowflakeError(
                    f"SQL execution internal error: {type(error).__name__}: {error}", code=603, sqlstate="XX000"
                ) from error

    def _execute(self, text: str, rows: Sequence[Sequence[Any]]) -> Result:
        if not text:
            raise SnowflakeError("Empty SQL statement.", code=900)
        statement = parse(text)
        if isinstance(statement, Transaction):
            return self._transact(statement)
        if self._failed:
            raise SnowflakeError(
                "The transaction was rolled back because a statement in it failed; end it with ROLLBACK.",
                code=90232,
                sqlstate="25000",
            )
        self._enter()
        if statement is not None:
            return self._execute_own(statement)
        if Tokens(text).peek("COPY"):
            if self._connection.in_transaction:
                raise UnsupportedError("COPY INTO inside a transaction")
            return self._services.copy(text, self.context.home)
        tree = parsed(text)
        if isinstance(tree, exp.ListStage):
            return self._services.list_files(tree, self.context.home)
        return self._query(text, tree, rows)

    def _execute_own(self, statement: Statement) -> Result:
        match statement:
            case Use():
                self._current.use(statement, self.context.home)
                self._enter()
                return done()
            case AlterSession():
                for name, value in statement.parameters.items():
                    self.set_parameter(name, value)
                return done()
            case ShowParameters(kind=None, like=like):
                return self.parameters.show(like)
            case ShowGrants() | ShowParameters():
                return self._services.inspect(with_full_name(statement, self.context.home), self.context)
            case Show():
                return self._services.inspect(statement, self.context)
            case Describe():
                return self._services.describe(statement.kind, self._full(statement.kind, statement.name))
            case Create() | Alter() | Drop() | SetTags() | GrantPrivileges() | GrantRole():
                # as in Snowflake, DDL commits the open transaction and is never part of one
                self._commit()
                return self._define(statement)
        raise UnsupportedError(type(statement).__name__)

    def _define(self, statement: Create | Alter | Drop | SetTags | GrantPrivileges | GrantRole) -> Result:
        home = self.context.home
        if isinstance(statement, GrantPrivileges | GrantRole):
            return self._services.grant(with_full_names(statement, home))
        if isinstance(statement, SetTags):
            tags = {self._full(Kind.TAG, tag): value for tag, value in statement.tags.items()}
            return self._services.set_tags(statement, self._full(statement.kind, statement.name), tags)
        name = self._full(statement.kind, statement.name)
        answer = self._services.define(statement, name, home)
        if isinstance(statement, Create):
            if statement.kind is Kind.TABLE:
                self._services.on_data_change([name])
            if statement.properties.get("TEMPORARY"):
                self._temporary.append(self._services.catalog.get(statement.kind, name))
            if statement.kind in (Kind.DATABASE, Kind.SCHEMA):
                self._current.enter(name)
        return answer

    def set_parameter(self, name: str, value: Any) -> None:
        """Set a session parameter, or with None take it back to its default.

        Raises:
            SnowflakeError: as `SessionParameters.set`.
        """
        self.parameters.set(name, value)
        if name == "AUTOCOMMIT":
            self._commit()

    def _full(self, kind: Kind, name: Name) -> Name:
        return full_name(kind, name, self.context.home)

    def _query(self, text: str, tree: exp.Expr, rows: Sequence[Sequence[Any]]) -> Result:
        queries = self._services.queries
        if not self.parameters.autocommit and changes_data(tree):
            self._connection.begin()
        try:
            answer = queries.run(text, tree, self._connection, self.context, rows)
        except SnowflakeError as error:
            if not self._connection.in_transaction:
                raise
            # DuckDB ends a transaction in which a statement fails, as TRANSACTION_ABORT_ON_ERROR does
            self._connection.rollback()
            self._failed = True
            raise SnowflakeError(
                f"{error.message}\nThe open transaction was rolled back.", code=error.code, sqlstate=error.sqlstate
            ) from error
        if changes_data(tree) and not self._connection.in_transaction:
            self._services.on_data_change(relations_read(tree, self.context.home))
        return answer

    def _transact(self, statement: Transaction) -> Result:
        if statement.action == "ROLLBACK":
            self._connection.rollback()
            self._failed = False
        elif self._failed and statement.action == "COMMIT":
            self._failed = False
            raise SnowflakeError(
                "The transaction was rolled back because a statement in it failed; nothing was committed.",
                code=90232,
                sqlstate="25000",
            )
        elif statement.action == "COMMIT":
            self._commit()
        elif not self._failed:
            self._connection.begin()
        return done()

    def _commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.commit()
            self._services.on_data_change(None)

    def _enter(self) -> None:
        """Make the current database and schema those of the connection, as far as they still exist."""
        self._current.leave_what_is_gone()
        self._connection.use(self._current.database, self._current.schema)
