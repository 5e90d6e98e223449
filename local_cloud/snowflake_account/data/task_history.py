"""INFORMATION_SCHEMA.TASK_HISTORY: each run of a task, in the hidden schema of the task's database.

https://docs.snowflake.com/en/sql-reference/functions/task_history
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection
from sqlglot import exp

from local_cloud.snowflake_account.data.history_calls import HistoryCall, history_calls
from local_cloud.snowflake_account.data.load_history import HIDDEN_SCHEMA
from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.tokens import Name

NAME = "TASK_HISTORY"

SUCCEEDED, FAILED, SKIPPED = "SUCCEEDED", "FAILED", "SKIPPED"

_COLUMNS = {
    **dict.fromkeys(("QUERY_ID", "NAME", "DATABASE_NAME", "SCHEMA_NAME", "QUERY_TEXT", "CONDITION_TEXT"), "varchar"),
    "STATE": "varchar",
    "ERROR_CODE": "bigint",
    "ERROR_MESSAGE": "varchar",
    "SCHEDULED_TIME": "timestamptz",
    "QUERY_START_TIME": "timestamptz",
    "NEXT_SCHEDULED_TIME": "timestamptz",
    "COMPLETED_TIME": "timestamptz",
    "ROOT_TASK_ID": "varchar",
    "GRAPH_VERSION": "bigint",
    "RUN_ID": "bigint",
    "RETURN_VALUE": "varchar",
    "SCHEDULED_FROM": "varchar",
    "ATTEMPT_NUMBER": "bigint",
    **dict.fromkeys(("CONFIG", "GRAPH_RUN_GROUP_ID"), "varchar"),
}
"""What there is no value for here is NULL."""

_ARGUMENTS = (
    *("SCHEDULED_TIME_RANGE_START", "SCHEDULED_TIME_RANGE_END", "RESULT_LIMIT", "TASK_NAME", "DATABASE_NAME"),
    *("SCHEMA_NAME", "ERROR_ONLY", "ROOT_TASK_ID"),
)
_DEFAULT_LIMIT = 100
_TOLD_DAYS, _KEPT_DAYS = 7, 100
"""How long the function tells of a run, and how long it counts among the failures in a row: ten of a weekly task."""


@dataclass(frozen=True)
class TaskRun:
    """One run of a task.

    Attributes:
        task: its full name.
        query_id: the id of its statement.
        text: that statement.
        condition: its WHEN, if it has one.
        state: how it ended.
        scheduled: when it was to begin.
        started: when it began.
        completed: when it ended.
        origin: SCHEDULED_FROM.
        error_code: the code of the error that it ended with.
        error: its message.
    """

    task: Name
    query_id: str
    text: str
    condition: str | None
    state: str
    scheduled: datetime
    started: datetime
    completed: datetime
    origin: str
    error_code: int | None = None
    error: str | None = None


def create_sql(database: str) -> str:
    """Return the statement that makes a database's history, where it is not there."""
    columns = ", ".join(f"{name} {type_}" for name, type_ in _COLUMNS.items())
    return f"create table if not exists {_history(database)} ({columns})"


def add(duck: DuckDBPyConnection, run: TaskRun) -> None:
    """Record a run, and forget those that are no longer told of."""
    database, schema, name = run.task.parts
    values = {
        "QUERY_ID": run.query_id,
        "NAME": name,
        "DATABASE_NAME": database,
        "SCHEMA_NAME": schema,
        "QUERY_TEXT": run.text,
        "CONDITION_TEXT": run.condition,
        "STATE": run.state,
        "ERROR_CODE": run.error_code,
        "ERROR_MESSAGE": run.error,
        "SCHEDULED_TIME": run.scheduled,
        "QUERY_START_TIME": run.started,
        "COMPLETED_TIME": run.completed,
        "RUN_ID": int(run.scheduled.timestamp() * 1000),
        "SCHEDULED_FROM": run.origin,
        "ATTEMPT_NUMBER": 1,
    }
    places = ", ".join("?" * len(values))
    duck.execute(f"insert into {_history(database)} ({', '.join(values)}) values ({places})", list(values.values()))
    duck.execute(f"delete from {_history(database)} where SCHEDULED_TIME < now() - interval {_KEPT_DAYS} day")


def last_scheduled(duck: DuckDBPyConnection, task: Name) -> datetime | None:
    """Return when a task was last to run by its schedule."""
    row = duck.execute(
        f"select max(SCHEDULED_TIME) from {_history(task.parts[0])}"
        " where SCHEMA_NAME = ? and NAME = ? and SCHEDULED_FROM = 'SCHEDULE'",
        list(task.parts[1:]),
    ).fetchone()
    return row[0] if row else None


def failures_in_a_row(duck: DuckDBPyConnection, task: Name, since: datetime) -> int:
    """Return how often a task has failed since it last succeeded, after a time; skipped runs are neither."""
    of_task = f"{_history(task.parts[0])} where SCHEMA_NAME = $1 and NAME = $2"
    row = duck.execute(
        f"select count(*) from {of_task} and STATE = '{FAILED}' and SCHEDULED_TIME > greatest($3,"
        f" (select max(SCHEDULED_TIME) from {of_task} and STATE = '{SUCCEEDED}'))",
        [*task.parts[1:], since],
    ).fetchone()
    return row[0] if row else 0


def replace_task_history(tree: exp.Expr, databases: Sequence[str], monitored: Callable[[], Sequence[Name]]) -> exp.Expr:
    """Replace each call of TASK_HISTORY in a statement by a query of the histories.

    Args:
        tree: the statement; changed.
        databases: the account's.
        monitored: returns the tasks that the session may monitor; it is told of no other.

    Raises:
        SnowflakeError: an argument is not one of the function's.
        UnsupportedError: one that the embedded account does not have.
    """
    for call in history_calls(tree, NAME, _ARGUMENTS):
        if "ROOT_TASK_ID" in call.arguments:
            raise UnsupportedError(f"ROOT_TASK_ID of {NAME}")
        call.replace(_query(call, databases, monitored()), NAME)
    return tree


def _query(call: HistoryCall, databases: Sequence[str], tasks: Sequence[Name]) -> exp.Select:
    given = call.arguments
    histories = " union all ".join(f"select {', '.join(_COLUMNS)} from {_history(each)}" for each in databases)
    query = exp.select("*").from_(f"({histories}) as histories", dialect="snowflake")
    dot = exp.Literal.string(".")
    name = exp.Concat(
        expressions=[exp.column("DATABASE_NAME"), dot, exp.column("SCHEMA_NAME"), dot.copy(), exp.column("NAME")]
    )
    query = query.where(
        exp.In(this=name, expressions=[exp.Literal.string(str(task)) for task in tasks] or [exp.null()])
    )
    query = query.where(f"SCHEDULED_TIME >= dateadd(day, -{_TOLD_DAYS}, current_timestamp())", dialect="snowflake")
    scheduled = exp.column("SCHEDULED_TIME")
    if start := given.get("SCHEDULED_TIME_RANGE_START"):
        query = query.where(exp.GTE(this=scheduled, expression=start.copy()))
    if end := given.get("SCHEDULED_TIME_RANGE_END"):
        query = query.where(exp.LTE(this=scheduled.copy(), expression=end.copy()))
    for argument, column in (("TASK_NAME", "NAME"), ("DATABASE_NAME",) * 2, ("SCHEMA_NAME",) * 2):
        if wanted := given.get(argument):
            query = query.where(exp.column(column).eq(exp.Literal.string(wanted.name.upper())))
    if str(given.get("ERROR_ONLY", "")).upper() == "TRUE":
        query = query.where("STATE = 'FAILED'", dialect="snowflake")
    limit = given.get("RESULT_LIMIT", exp.Literal.number(_DEFAULT_LIMIT))
    return query.order_by("SCHEDULED_TIME desc", dialect="snowflake").limit(limit)


def _history(database: str) -> str:
    return Name((database, HIDDEN_SCHEMA, "TASK_HISTORY")).quoted
