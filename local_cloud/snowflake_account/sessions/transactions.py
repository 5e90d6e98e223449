"""A session's transaction: when it begins and ends, and what becomes of it when a statement in it fails.

https://docs.snowflake.com/en/sql-reference/transactions
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.data.duckdb_errors import snowflake_error
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.statements import Transaction
from local_cloud.snowflake_account.result import Result, done
from local_cloud.snowflake_account.sessions.session_parameters import SessionParameters
from local_cloud.snowflake_account.sessions.shared import Shared

_NOT_REPEATED = "another session has committed since it began, or a change of it depends on chance"


class SessionTransaction:
    """The open transaction of a session, if there is one.

    Args:
        connection: the session's connection.
        parameters: the session's parameters.
        shared: what the session shares with others.
    """

    def __init__(self, connection: Connection, parameters: SessionParameters, shared: Shared) -> None:
        self._connection = connection
        self._parameters = parameters
        self._shared = shared
        self._commits_before = 0
        self._failed = False

    def execute(self, statement: Transaction) -> Result:
        """Execute BEGIN, COMMIT or ROLLBACK.

        Raises:
            SnowflakeError: a COMMIT of what was rolled back.
        """
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
            self.commit()
        elif not self._failed:
            self.begin()
        return done()

    def check_open(self) -> None:
        """Refuse a statement in a transaction that has been rolled back.

        Raises:
            SnowflakeError: one of its statements failed.
        """
        if self._failed:
            raise SnowflakeError(
                "The transaction was rolled back because a statement in it failed; end it with ROLLBACK.",
                code=90232,
                sqlstate="25000",
            )

    def begin(self) -> None:
        """Open a transaction; one that is open stays, as in Snowflake."""
        if not self._connection.in_transaction:
            self._commits_before = self._shared.commits.count
            self._connection.begin()

    def commit(self) -> None:
        """Commit the open transaction, if there is one.

        Raises:
            SnowflakeError: it conflicts with another; nothing of it is kept.
        """
        if self._connection.in_transaction:
            with self._shared.commits.one():
                self._connection.commit()
            self._shared.on_data_change(None)

    @contextmanager
    def statement(self, *, changes: bool) -> Iterator[None]:
        """Execute a query or DML inside; where it fails, the open transaction stays as it was before it.

        Args:
            changes: whether it is DML, which outside a transaction commits by itself.
        """
        if not self._connection.in_transaction:
            if changes:
                with self._shared.commits.one():
                    yield
            else:
                yield
            return
        before = self._connection.changes
        try:
            yield
        except Exception as error:
            aborts = self._parameters.get("TRANSACTION_ABORT_ON_ERROR", False)
            if not aborts and self._go_back(before):
                raise
            self._connection.rollback()
            self._failed = True
            raise _rolled_back(error, "TRANSACTION_ABORT_ON_ERROR is set" if aborts else _NOT_REPEATED) from error

    def _go_back(self, changes: int) -> bool:
        """Undo a statement that has failed, and tell whether the transaction is as it was before it."""
        commits, before = self._shared.commits, self._commits_before
        if not changes:
            self._commits_before = commits.count
        return self._connection.go_back(changes, lambda: commits.none_since(before))


def _rolled_back(error: Exception, reason: str) -> SnowflakeError:
    known = snowflake_error(error)
    message = f"{known.message}\nThe open transaction was rolled back: {reason}."
    return SnowflakeError(message, code=known.code, sqlstate=known.sqlstate)
