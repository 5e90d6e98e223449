"""Notifications that have been decided on: those that wait to be sent, and what became of the others.

They lie beside the load history, in the hidden schema of the pipe's own database, so that a rejected file and the
word about it commit together: a process that is killed before it has sent one sends it the next time.
https://docs.snowflake.com/en/sql-reference/functions/notification_history#output
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.data.load_history import HIDDEN_SCHEMA
from local_cloud.snowflake_account.language.tokens import Name

QUEUED, SUCCESS, RETRIABLE_FAILURE, FAILURE = "QUEUED", "SUCCESS", "RETRIABLE_FAILURE", "FAILURE"

MOST_ATTEMPTS = 3

DAYS_KEPT = 14

_COLUMNS = (
    "ID varchar, ATTEMPT bigint, CREATED timestamptz, PROCESSED timestamptz, STATUS varchar, ERROR_MESSAGE varchar,"
    " INTEGRATION_NAME varchar, PIPE_SCHEMA_NAME varchar, PIPE_NAME varchar, MESSAGE varchar"
)


@dataclass(frozen=True)
class Waiting:
    """A notification that waits to be sent.

    Attributes:
        id: its own, through all attempts.
        attempt: the number of the attempt to come, from 1.
        integration: the notification integration to send it by.
        message: its text.
    """

    id: str
    attempt: int
    integration: str
    message: str


def create_sql(database: str) -> str:
    """Return the statement that makes a database's outbox where there is none."""
    return f"create table if not exists {notifications_table(Name((database,)))} ({_COLUMNS})"


def queue(duck: DuckDBPyConnection, pipe: Name, integration: str, messages: Sequence[str]) -> None:
    """Let messages about a pipe wait; part of the transaction that decides on them."""
    table = notifications_table(pipe)
    for message in messages:
        duck.execute(
            f"insert into {table} values (?, 1, now(), null, ?, null, ?, ?, ?, ?)",
            [str(uuid.uuid4()), QUEUED, integration, *pipe.parts[1:], message],
        )


def waiting(duck: DuckDBPyConnection, pipe: Name) -> list[Waiting]:
    """Return a pipe's notifications that wait, the oldest first."""
    rows = duck.execute(
        f"select ID, ATTEMPT, INTEGRATION_NAME, MESSAGE from {notifications_table(pipe)}"
        " where STATUS = ? and PIPE_SCHEMA_NAME = ? and PIPE_NAME = ? order by CREATED, ID",
        [QUEUED, *pipe.parts[1:]],
    ).fetchall()
    return [Waiting(*row) for row in rows]


def settle(duck: DuckDBPyConnection, pipe: Name, sent: Waiting, error: str | None) -> None:
    """Note how an attempt ended; one that failed waits again until the attempts are used up.

    Args:
        duck: the connection; the caller's transaction is used.
        pipe: whose notification it is.
        sent: what was tried.
        error: why it failed, None where it was sent.
    """
    table = notifications_table(pipe)
    again = error is not None and sent.attempt < MOST_ATTEMPTS
    status = SUCCESS if error is None else RETRIABLE_FAILURE if again else FAILURE
    duck.execute(
        f"update {table} set STATUS = ?, PROCESSED = now(), ERROR_MESSAGE = ? where ID = ? and ATTEMPT = ?",
        [status, error, sent.id, sent.attempt],
    )
    duck.execute(f"delete from {table} where CREATED < now() - interval {DAYS_KEPT} days")
    if again:
        duck.execute(
            f"insert into {table} select * replace (ATTEMPT + 1 as ATTEMPT, ? as STATUS, null as PROCESSED,"
            f" null as ERROR_MESSAGE) from {table} where ID = ? and ATTEMPT = ?",
            [QUEUED, sent.id, sent.attempt],
        )


def notifications_table(name: Name) -> str:
    """Return the table that holds the notifications of an object's database."""
    return Name((name.parts[0], HIDDEN_SCHEMA, "NOTIFICATIONS")).quoted
