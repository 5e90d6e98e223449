"""Where a session's statement, parsed and with full names, is executed: the one place, whatever it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeGuard

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.catalog.objects import StoredObject
from local_cloud.snowflake_account.copying.command import run_copy
from local_cloud.snowflake_account.copying.unload import unload
from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.dialect.relations import full_relation, name_of, qualify, relations_read
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.copy_statement import CopyInto
from local_cloud.snowflake_account.language.explain import Explain
from local_cloud.snowflake_account.language.grammar.altering_columns import COMMENT_COLUMN
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.parsing import ParsedStatement
from local_cloud.snowflake_account.language.session_context import SessionContext
from local_cloud.snowflake_account.language.statements import (
    Alter,
    AlterSession,
    CopyFiles,
    Create,
    Definition,
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
    Show,
    ShowGrants,
    ShowParameters,
    Transaction,
    Use,
)
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.language.unload_statement import Unload
from local_cloud.snowflake_account.result import Result, done, status
from local_cloud.snowflake_account.sessions.binds import Row
from local_cloud.snowflake_account.sessions.current_objects import CurrentObjects
from local_cloud.snowflake_account.sessions.made_tables import check_model, columns_of_template
from local_cloud.snowflake_account.sessions.query_history import QueryHistory
from local_cloud.snowflake_account.sessions.query_runner import QueryRunner, changes_data
from local_cloud.snowflake_account.sessions.session_parameters import SessionParameters
from local_cloud.snowflake_account.sessions.session_variables import SessionVariables, unset_variable
from local_cloud.snowflake_account.sessions.shared import Shared
from local_cloud.snowflake_account.sessions.transactions import SessionTransaction
from local_cloud.snowflake_account.stages.file_statements import copy_files, list_files, remove_files


class Execution:
    """Executes the statements of one session.

    Args:
        shared: what it shares with others.
        connection: its own connection to the data.
        current: its current objects.
        parameters: its parameters.
        transaction: its transaction.

    Attributes:
        variables: what SET has set.
        history: what it has executed.
    """

    def __init__(
        self,
        shared: Shared,
        connection: Connection,
        current: CurrentObjects,
        parameters: SessionParameters,
        transaction: SessionTransaction,
    ) -> None:
        self._shared = shared
        self._connection = connection
        self._current = current
        self._parameters = parameters
        self._transaction = transaction
        self.variables = SessionVariables()
        self.history = QueryHistory()
        self._queries = QueryRunner(shared, self.history)
        self._temporary: list[StoredObject] = []

    def execute(self, statement: ParsedStatement, context: SessionContext, rows: Sequence[Row]) -> Result:
        """Execute a statement; everything that a session does comes by here.

        Args:
            statement: what was parsed, the names in it in full; a tree is changed.
            context: the session as it is now.
            rows: values for a query's placeholders, one row or several.

        Raises:
            SnowflakeError: it is refused.
        """
        if isinstance(statement, exp.TruncateTable) and not self._is_there(statement, context.home):
            return done()
        if isinstance(statement, Alter):
            statement = self._of_its_kind(statement)
        self._shared.guard.check(statement, context)
        match statement:
            case exp.Expr():
                return self._query(statement, context, rows)
            case Explain():
                return self._queries.explain(statement, self._connection, context)
            case Transaction():
                return self._transaction.execute(statement)
            case Use():
                self._current.use(statement)
                return done()
            case AlterSession():
                for name, value in statement.parameters.items():
                    self.set_parameter(name, value)
                return done()
            case ShowParameters(kind=None):
                return self._parameters.show(statement.like)
            case Show() | ShowGrants() | ShowParameters() | Describe():
                return self._shared.inspections.answer(
                    statement, context, partial(self._shared.guard.sees, context=context)
                )
            case CopyInto():
                return self._copy(statement, context)
            case Unload():
                return self._unload(statement, context)
            case ListFiles():
                return list_files(self._shared.stages, statement)
            case RemoveFiles():
                return remove_files(self._shared.stages, statement)
            case CopyFiles():
                return copy_files(self._shared.stages, statement)
            case PutFiles() | GetFiles():
                word = "PUT" if isinstance(statement, PutFiles) else "GET"
                raise UnsupportedError(f"{word} without a driver: only a client that speaks with serve has files")
            case Refresh():
                self._transaction.commit()
                return self._refresh(statement)
            case ExecuteTask():
                self._transaction.commit()
                self._shared.execute_task(statement.name)
                return status(f"Task {statement.name.last} is scheduled to run immediately.")
            case Create() | Alter() | Drop() | SetTags() | GrantPrivileges() | GrantRole():
                # as in Snowflake, DDL commits the open transaction and is never part of one
                self._transaction.commit()
                return self._change(statement, context)

    def _is_there(self, truncate: exp.TruncateTable, home: Name) -> bool:
        """Tell whether there is what a TRUNCATE is to empty; without IF EXISTS whoever executes it finds out."""
        if not truncate.args.get("exists"):
            return True
        truncate.set("exists", False)
        return all(
            self._shared.catalog.find_relation(full_relation(name_of(table), home)) for table in truncate.expressions
        )

    def _of_its_kind(self, statement: Alter) -> Alter:
        """Return a COMMENT ON COLUMN with the kind of relation that it is on."""
        if statement.action != COMMENT_COLUMN:
            return statement
        found = self._shared.catalog.find_relation(statement.name)
        return replace(statement, kind=found.kind) if found else statement

    def _query(self, tree: exp.Expr, context: SessionContext, rows: Sequence[Row]) -> Result:
        self.variables.put_into(tree)
        if isinstance(tree, exp.Set):
            self.variables.assign(tree, lambda query: self._query(query, context, [()]))
            return done()
        if name := unset_variable(tree):
            self.variables.forget(name)
            return done()
        changes = changes_data(tree)
        if changes and not self._parameters.autocommit:
            self._transaction.begin()
        named = relations_read(tree, context.home) if changes else set[Name]()
        with self._transaction.statement(changes=changes):
            answer = self._queries.run(tree, self._connection, context, rows)
        if changes and not self._connection.in_transaction:
            self._shared.on_data_change(named)
        return answer

    def _copy(self, statement: CopyInto, context: SessionContext) -> Result:
        """Execute a COPY INTO; it commits by itself."""
        shared = self._shared
        if self._connection.in_transaction:
            raise UnsupportedError("COPY INTO inside a transaction")
        try:
            with shared.loading, shared.commits.one():
                answer, copy = run_copy(shared.catalog, shared.databases, shared.stages, statement, context.home)
            if copy:
                shared.copies.note(self.history.current, copy, context.user)
                self.history.last_copy = self.history.current
            return answer
        finally:
            shared.on_data_change(None)

    def _unload(self, statement: Unload, context: SessionContext) -> Result:
        """Execute a COPY INTO a location; what the open transaction has changed is in it."""
        rows = self._query(statement.query, context, [()])
        return unload(self._shared.catalog, self._shared.stages, statement, context.home, rows)

    def _change(self, statement: Definition, context: SessionContext) -> Result:
        registered: dict[str, pa.Table] = {}
        if isinstance(statement, Create):
            statement = self._with_answers(statement, context, registered)
        with self._shared.changing(), self._shared.databases.reading(registered):
            answer = self._shared.changes.make(statement, context.home, context.roles.primary)
        if _waits_for_a_refresh(statement):
            self._shared.on_data_change([statement.name])
        if isinstance(statement, Create):
            if statement.properties.get("TEMPORARY"):
                self._temporary.append(self._shared.catalog.get(statement.kind, statement.name))
            if statement.kind in (Kind.DATABASE, Kind.SCHEMA):
                self._current.enter(statement.name)
        return answer

    def _with_answers(self, statement: Create, context: SessionContext, registered: dict[str, pa.Table]) -> Create:
        """Return a CREATE with what its query asks of the session put into it."""
        check_model(statement)
        if statement.template:
            columns = columns_of_template(statement.template, lambda query: self._template(query, context))
            return replace(statement, columns=columns)
        if statement.kind is Kind.TABLE and statement.body:
            return replace(statement, body=self._queries.with_answers(statement.body, context, registered))
        return statement

    def _template(self, query: exp.Query, context: SessionContext) -> Result:
        qualify(query, context.home)
        self._shared.guard.check(query, context)
        return self._queries.run(query, self._connection, context, [()])

    def _refresh(self, statement: Refresh) -> Result:
        shared = self._shared
        stored = shared.catalog.find(statement.kind, statement.name)
        if stored is None:
            if not statement.if_exists:
                raise DoesNotExistError(statement.kind.value, str(statement.name))
        elif stored.kind is Kind.DYNAMIC_TABLE:
            with shared.commits.one():
                shared.dynamic_tables.refresh(stored.name)
        elif stored.kind is Kind.PIPE:
            prefix, after = _pipe_refresh(statement.properties)
            with shared.loading:
                shared.pipes.refresh(stored, prefix, after)
        else:
            raise UnsupportedError(f"ALTER {stored.kind.value} REFRESH")
        return done()

    def set_parameter(self, name: str, value: Any) -> None:
        """Set a session parameter, or with None take it back to its default.

        Raises:
            SnowflakeError: as `SessionParameters.set`.
        """
        self._parameters.set(name, value)
        if name == "AUTOCOMMIT":
            self._transaction.commit()

    def drop_temporary(self) -> None:
        """Drop the temporary objects that the session has made."""
        for made in self._temporary:
            # by then the name may be another object's
            if made == self._shared.catalog.find(made.kind, made.name):
                with self._shared.changing():
                    self._shared.changes.make(Drop(made.kind, made.name, if_exists=True), Name(()), made.owner)
        self._temporary.clear()


def _waits_for_a_refresh(statement: Definition) -> TypeGuard[Create | Alter]:
    """Return whether what was made is to be refreshed, or read by a refresh, although no row of a table has changed."""
    if isinstance(statement, Create):
        return statement.kind in (Kind.TABLE, Kind.DYNAMIC_TABLE)
    return isinstance(statement, Alter) and statement.kind is Kind.DYNAMIC_TABLE and statement.action == "RESUME"


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
