"""INFORMATION_SCHEMA.NOTIFICATION_HISTORY: a query of the outbox in the place of the table function.

https://docs.snowflake.com/en/sql-reference/functions/notification_history
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.data.history_calls import HistoryCall, history_calls
from local_cloud.snowflake_account.data.outbox import notifications_table
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Name

NAME = "NOTIFICATION_HISTORY"

_ARGUMENTS = ("START_TIME", "END_TIME", "INTEGRATION_NAME", "RESULT_LIMIT")
_DEFAULT_LIMIT = 100
_COLUMNS = (
    *("CREATED", "PROCESSED", "'SNOWPIPE' as MESSAGE_SOURCE", "INTEGRATION_NAME", "STATUS", "ERROR_MESSAGE", "ID"),
    "ATTEMPT",
)


def replace_notification_history(tree: exp.Expr, database: str | None) -> exp.Expr:
    """Replace each call of NOTIFICATION_HISTORY in a statement by a query of what was sent.

    Here it tells of the notifications of one database's pipes: that of the INFORMATION_SCHEMA which is asked.

    Args:
        tree: the statement.
        database: the session's current database.

    Raises:
        SnowflakeError: an argument that it does not have, or no database.
    """
    for call in history_calls(tree, NAME, _ARGUMENTS):
        if not (asked := call.database or database):
            raise SnowflakeError(f"SQL compilation error:\n{NAME} needs a database: call it in its INFORMATION_SCHEMA.")
        call.replace(_query(call, asked), NAME)
    return tree


def _query(call: HistoryCall, database: str) -> exp.Select:
    source = Name(("_SOURCE",)).quoted
    full = f"'{database}.' || PIPE_SCHEMA_NAME || '.' || PIPE_NAME"
    query = (
        exp.select(*_COLUMNS, f"object_construct('pipe_name', {full}) as MESSAGE_SOURCE_INFO", dialect="snowflake")
        .from_(f"{notifications_table(Name((database,)))} as {source}", dialect="snowflake")
        .order_by("CREATED desc, ATTEMPT desc", dialect="snowflake")
        .limit(call.arguments.get("RESULT_LIMIT", exp.Literal.number(_DEFAULT_LIMIT)))
    )
    created, name = exp.column("CREATED"), exp.column("INTEGRATION_NAME")
    if start := call.arguments.get("START_TIME"):
        query = query.where(exp.GTE(this=created, expression=start.copy()))
    else:
        query = query.where("CREATED >= dateadd(day, -1, current_timestamp())", dialect="snowflake")
    if end := call.arguments.get("END_TIME"):
        query = query.where(exp.LTE(this=created.copy(), expression=end.copy()))
    if integration := call.arguments.get("INTEGRATION_NAME"):
        query = query.where(name.eq(exp.Upper(this=integration.copy())))
    return query
