"""A session's transaction: when it begins and ends, and what becomes of it when a statement in it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_cloud.snowflake_account.data.connection import Connection
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.statements import Transaction
from local_cloud.snowflake_account.result import Result, done


class SessionTransaction:
    """The open transaction of a session, if there is one.

    Args:
        connection: the session's connection.
        committed: called after a commit.
    """

    def __init__(self, connection: Connection, committed: Callable[[], None]) -> None:
        self._connection = connection
        self._committed = committed
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
        self._connection.begin()

    def commit(self) -> None:
        """Commit the open transaction, if there is one.

        Raises:
            SnowflakeError: it conflicts with another; nothing of it is kept.
        """
        if self._connection.in_transaction:
            self._connection.commit()
            self._committed()

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Execute a query or DML inside."""
        try:
            yield
        except SnowflakeError as error:
            if not self._connection.in_transaction:
                raise
            # DuckDB ends a transaction in which a statement fails, as TRANSACTION_ABORT_ON_ERROR does
            self._connection.rollback()
            self._failed = True
            raise SnowflakeError(
                f"{error.message}\nThe open transaction was rolled back.", code=error.code, sqlstate=error.sqlstate
            ) from error
