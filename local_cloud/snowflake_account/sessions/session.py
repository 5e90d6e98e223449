"""A session: one client's statements, from their text to a statement with full names."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.data.duckdb_errors import snowflake_error
from local_cloud.snowflake_account.dialect.relations import qualify
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.explain import Explain
from local_cloud.snowflake_account.language.full_names import with_full_names
from local_cloud.snowflake_account.language.identifiers import with_names
from local_cloud.snowflake_account.language.parsing import ParsedStatement, parse_statement
from local_cloud.snowflake_account.language.session_context import ActiveRoles, SessionContext
from local_cloud.snowflake_account.language.statement_text import StatementText, one_statement
from local_cloud.snowflake_account.language.statements import GetFiles, PutFiles, Transaction
from local_cloud.snowflake_account.language.unload_statement import Unload
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.sessions.answers import columns_of_change, inspects, without_rows
from local_cloud.snowflake_account.sessions.beginning import Beginning
from local_cloud.snowflake_account.sessions.binds import Row, takes_rows
from local_cloud.snowflake_account.sessions.current_objects import CurrentObjects
from local_cloud.snowflake_account.sessions.descriptions import Description, bind_columns
from local_cloud.snowflake_account.sessions.execution import Execution
from local_cloud.snowflake_account.sessions.session_parameters import SessionParameters
from local_cloud.snowflake_account.sessions.shared import Shared
from local_cloud.snowflake_account.sessions.transactions import SessionTransaction
from local_cloud.snowflake_account.stages.transfers import Transfer, transfer_of

_numbers = itertools.count(1)


class Session:
    """Executes statements one after the other; several sessions do so at once.

    It has its own current database, schema, role and warehouse, its own parameters, transaction and connection.

    Attributes:
        number: the session's number in this process.
        user: who it is of.
        is_busy: whether it executes a statement.
        parameters: what ALTER SESSION has set.
    """

    def __init__(self, shared: Shared, beginning: Beginning) -> None:
        self.number = next(_numbers)
        self._shared = shared
        self.is_busy = False
        self.user = beginning.user
        self._lock = threading.RLock()
        self._connection = shared.databases.connect()
        self._current = CurrentObjects(shared.catalog, beginning)
        self.parameters = SessionParameters(self._connection)
        self._transaction = SessionTransaction(self._connection, self.parameters, shared)
        self._execution = Execution(shared, self._connection, self._current, self.parameters, self._transaction)
        self._enter()
        shared.sessions[self.number] = self

    def close(self) -> None:
        """End the session: its open transaction is rolled back, its temporary tables and views are dropped."""
        with self._lock:
            self._shared.sessions.pop(self.number, None)
            self._connection.rollback()
            self._execution.drop_temporary()
            self._connection.close()

    @property
    def context(self) -> SessionContext:
        """What the session's current things are."""
        shared, current = self._shared, self._current
        available = shared.authority.roles_of_user(self.user)
        secondary = available if current.secondary is None else current.secondary & available
        return SessionContext(
            session_id=self.number,
            user=self.user,
            roles=ActiveRoles(current.role, secondary),
            available_roles=available,
            all_secondary=current.secondary is None,
            region=shared.region,
            database=current.database,
            schema=current.schema,
            warehouse=current.warehouse,
        )

    def cancel(self) -> None:
        """Stop the query that runs in another thread, if one does."""
        self._connection.duck.interrupt()

    def execute(self, statement: str | StatementText, binds: Row = ()) -> Result:
        """Execute one statement in Snowflake's SQL.

        Args:
            statement: its text, in tokens where they are there already.
            binds: values for its placeholders `?` or `:1`, or by name for `:name`.

        Raises:
            SnowflakeError: with the code, SQL state and message that Snowflake has for it.
        """
        return self.execute_many(statement, [binds])

    def execute_many(
        self, statement: str | StatementText, rows: Sequence[Row], *, query_id: str | None = None
    ) -> Result:
        """Execute one statement for each of several rows of values: all of them or none.

        Args:
            statement: its text, in tokens where they are there already.
            rows: values for its placeholders, a row after the other; at least one row.
            query_id: what LAST_QUERY_ID calls it; by default it gets an id here.

        Returns:
            The answer; counts of rows are sums.

        Raises:
            SnowflakeError: with the code, SQL state and message that Snowflake has for it.
        """
        with self._executing():
            history, known_as = self._execution.history, query_id or str(uuid.uuid4())
            history.current = known_as
            try:
                result = self._execute(*self._parsed(statement, rows))
            except SnowflakeError:
                history.note(known_as, None)
                raise
            history.note(known_as, result)
            return result

    def describe(self, statement: str | StatementText) -> Description:
        """Return what a statement answers with and which values it wants; nothing is changed.

        Raises:
            SnowflakeError: the statement would be refused.
        """
        with self._executing():
            parsed, _ = self._parsed(statement, [()])
            binds = bind_columns(parsed, lambda query: self._execute(query, [()]))
            return Description(self._answer_of(parsed), binds, takes_rows(parsed) and bool(binds.columns))

    def transfer(self, statement: str | StatementText, binds: Row = ()) -> Transfer:
        """Return what a PUT or GET is about; whoever speaks with the client moves the files.

        Args:
            statement: its text, in tokens where they are there already.
            binds: the value of a placeholder that stands for the place.

        Raises:
            SnowflakeError: the statement is refused.
        """
        with self._executing():
            parsed, _ = self._parsed(statement, [binds])
            assert isinstance(parsed, PutFiles | GetFiles)
            if binds and isinstance(parsed, PutFiles) and set("*?") & set(parsed.source):
                # a connector that binds the place never says what each file is called
                raise UnsupportedError("PUT of several files to a place that is bound, as bulk_upload_chunks does")
            self._transaction.check_open()
            self._enter()
            context = self.context
            named = with_full_names(parsed, context.home, context.user)
            self._shared.guard.check(named, context)
            return transfer_of(self._shared.stages, named)

    def _answer_of(self, parsed: ParsedStatement) -> Result:
        """Return the columns that a statement answers with, without rows."""
        if isinstance(parsed, exp.Query):
            return self._execute(without_rows(parsed), [()])
        if inspects(parsed):
            return Result(self._execute(parsed, [()]).columns, [])
        return Result(columns_of_change(parsed), [])

    def set_parameter(self, name: str, value: Any) -> None:
        """Set a session parameter, or with None take it back to its default.

        Raises:
            SnowflakeError: there is no such parameter, or it does not take the value.
        """
        self._execution.set_parameter(name, value)

    @contextmanager
    def _executing(self) -> Iterator[None]:
        """Let one statement at a time through, and let nothing but Snowflake's errors out."""
        with self._lock:
            self.is_busy = True
            try:
                yield
            except SnowflakeError:
                raise
            except RecursionError as error:
                raise snowflake_error(error) from error
            except Exception as error:
                raise SnowflakeError(
                    f"SQL execution internal error: {type(error).__name__}: {error}", code=603, sqlstate="XX000"
                ) from error
            finally:
                self.is_busy = False

    def _parsed(self, statement: str | StatementText, rows: Sequence[Row]) -> tuple[ParsedStatement, Sequence[Row]]:
        """Parse a statement; values that stand for names in it are in it then, and no longer in the rows."""
        text = one_statement(statement) if isinstance(statement, str) else statement
        in_order = [row for row in rows if isinstance(row, Sequence)]
        first = in_order[0] if in_order else ()
        text, used = with_names(text, self._execution.variables.value, first)
        if any(row[index] != first[index] for row in in_order for index in used):
            raise UnsupportedError("IDENTIFIER(?) with another name in each row")
        if used:
            rows = [[value for index, value in enumerate(row) if index not in used] for row in in_order]
        bound = rows[0] if rows and isinstance(rows[0], Sequence) else ()
        return parse_statement(text, bound), rows

    def _execute(self, statement: ParsedStatement, rows: Sequence[Row]) -> Result:
        if not isinstance(statement, Transaction):
            self._transaction.check_open()
            self._enter()
        context = self.context
        return self._execution.execute(_named(statement, context), context, rows)

    def _enter(self) -> None:
        """Make the current database and schema those of the connection, as far as they still exist."""
        self._current.leave_what_is_gone()
        self._connection.use(self._current.database, self._current.schema)


def _named(statement: ParsedStatement, context: SessionContext) -> ParsedStatement:
    home = context.home
    if isinstance(statement, Explain):
        qualify(statement.tree, home)
        return statement
    if isinstance(statement, Unload):
        qualify(statement.query, home)
    if not isinstance(statement, exp.Expr):
        return with_full_names(statement, home, context.user)
    qualify(statement, home)
    return statement
