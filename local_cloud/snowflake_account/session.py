"""A session: its own current database, schema, role and warehouse, its own transaction, its own connection."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from local_cloud.snowflake_account.catalog import StoredObject
from local_cloud.snowflake_account.connection import parsed
from local_cloud.snowflake_account.context_functions import SessionContext
from local_cloud.snowflake_account.duckdb_errors import snowflake_error
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.full_names import full_name, with_full_name, with_full_names
from local_cloud.snowflake_account.grammar import parse
from local_cloud.snowflake_account.grants import OWNER
from local_cloud.snowflake_account.kinds import Kind
from local_cloud.snowflake_account.queries import changes_data, home_of
from local_cloud.snowflake_account.relations import relations_read
from local_cloud.snowflake_account.result import Result, status
from local_cloud.snowflake_account.session_parameters import SessionParameters
from local_cloud.snowflake_account.statements import (
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
from local_cloud.snowflake_account.tokens import Name, Tokens

if TYPE_CHECKING:
    from local_cloud.snowflake_account.account import Account

_DONE = "Statement executed successfully."

_numbers = itertools.count(1)


class Session:
    """Executes statements one after the other; several sessions do so at once.

    Attributes:
        number: the session's number in this process.
        parameters: what ALTER SESSION has set.
    """

    def __init__(self, account: Account, database: str | None = None, schema: str | None = None) -> None:
        self.number = next(_numbers)
        self._account = account
        self._connection = account.databases.connect()
        self.parameters = SessionParameters(self._connection)
        self._lock = threading.RLock()
        self._failed = False
        self._temporary: list[StoredObject] = []
        self._role, self._warehouse = OWNER, None
        self._database, self._schema = database, schema
        self._enter()

    def close(self) -> None:
        """End the session: its open transaction is rolled back, its temporary tables and views are dropped."""
        with self._lock:
            self._connection.rollback()
            for made in self._temporary:
                # by then the name may be another object's
                if made == self._account.catalog.find(made.kind, made.name):
                    self._account.define(Drop(made.kind, made.name, if_exists=True), made.name, Name(()))
            self._temporary.clear()
            self._connection.close()

    @property
    def context(self) -> SessionContext:
        """What the session's current things are."""
        return SessionContext(
            self.number,
            self._account.user,
            self._role,
            self._account.region,
            self._database,
            self._schema,
            self._warehouse,
        )

    @property
    def database(self) -> str | None:
        """The current database."""
        return self._database

    @property
    def schema(self) -> str | None:
        """The current schema."""
        return self._schema

    @property
    def warehouse(self) -> str | None:
        """The current warehouse."""
        return self._warehouse

    @property
    def role(self) -> str:
        """The current role."""
        return self._role

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
            return self._account.copy(text, home_of(self.context))
        tree = parsed(text)
        if isinstance(tree, exp.ListStage):
            return self._account.list_files(tree, home_of(self.context))
        return self._query(text, tree, rows)

    def _execute_own(self, statement: Statement) -> Result:
        match statement:
            case Use():
                return self._use(statement)
            case AlterSession():
                for name, value in statement.parameters.items():
                    self.set_parameter(name, value)
                return status(_DONE)
            case ShowParameters(kind=None, like=like):
                return self.parameters.show(like)
            case ShowGrants() | ShowParameters():
                return self._account.inspect(with_full_name(statement, home_of(self.context)), self.context)
            case Show():
                return self._account.inspect(statement, self.context)
            case Describe():
                return self._account.describe(statement.kind, self._full(statement.kind, statement.name))
            case Create() | Alter() | Drop() | SetTags() | GrantPrivileges() | GrantRole():
                # as in Snowflake, DDL commits the open transaction and is never part of one
                self._commit()
                return self._define(statement)
        raise UnsupportedError(type(statement).__name__)

    def _define(self, statement: Create | Alter | Drop | SetTags | GrantPrivileges | GrantRole) -> Result:
        home = home_of(self.context)
        if isinstance(statement, GrantPrivileges | GrantRole):
            return self._account.grant(with_full_names(statement, home))
        if isinstance(statement, SetTags):
            tags = {self._full(Kind.TAG, tag): value for tag, value in statement.tags.items()}
            return self._account.set_tags(statement, self._full(statement.kind, statement.name), tags)
        name = self._full(statement.kind, statement.name)
        answer = self._account.define(statement, name, home)
        if isinstance(statement, Create):
            if statement.kind is Kind.TABLE:
                self._account.on_data_change([name])
            if statement.properties.get("TEMPORARY"):
                self._temporary.append(self._account.catalog.get(statement.kind, name))
            if statement.kind in (Kind.DATABASE, Kind.SCHEMA):
                self._database, self._schema = name.parts[0], "PUBLIC" if len(name.parts) == 1 else name.last
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
        return full_name(kind, name, home_of(self.context))

    def _query(self, text: str, tree: exp.Expr, rows: Sequence[Sequence[Any]]) -> Result:
        queries = self._account.queries
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
            self._account.on_data_change(relations_read(tree, home_of(self.context)))
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
        return status(_DONE)

    def _commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.commit()
            self._account.on_data_change(None)

    def _use(self, statement: Use) -> Result:
        catalog, parts = self._account.catalog, statement.name.parts
        match statement.what:
            case "WAREHOUSE":
                self._warehouse = catalog.get(Kind.WAREHOUSE, statement.name).name.last
            case "ROLE":
                self._role = catalog.get(Kind.ROLE, statement.name).name.last
            case "SECONDARY ROLES":
                if parts not in (("ALL",), ("NONE",)):
                    raise UnsupportedError(f"USE SECONDARY ROLES {statement.name}")
            case _:
                kind = Kind.SCHEMA if statement.what == "SCHEMA" or len(parts) > 1 else Kind.DATABASE
                found = catalog.get(kind, self._full(kind, statement.name)).name
                self._database = found.parts[0]
                public = Name((found.last, "PUBLIC"))
                has_public = kind is Kind.DATABASE and catalog.find(Kind.SCHEMA, public)
                self._schema = found.parts[1] if kind is Kind.SCHEMA else "PUBLIC" if has_public else None
                self._enter()
        return status(_DONE)

    def _enter(self) -> None:
        """Make the current database and schema those of the connection, as far as they still exist."""
        catalog = self._account.catalog
        if self._database and not catalog.find(Kind.DATABASE, Name((self._database,))):
            self._database = self._schema = None
        if self._schema and not catalog.find(Kind.SCHEMA, Name((self._database or "", self._schema))):
            self._schema = None
        self._connection.use(self._database, self._schema)
