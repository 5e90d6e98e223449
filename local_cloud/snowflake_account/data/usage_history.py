"""INFORMATION_SCHEMA's PIPE_USAGE_HISTORY and WAREHOUSE_METERING_HISTORY.

What a pipe has loaded is known, and so is what Snowflake would bill for it. A warehouse is a name here and no machine:
of what one would have cost nothing is known, so its history has no rows. Nobody is billed.
https://docs.snowflake.com/en/sql-reference/functions/pipe_usage_history
https://docs.snowflake.com/en/sql-reference/functions/warehouse_metering_history
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.data.history_calls import HistoryCall, history_calls
from local_cloud.snowflake_account.data.load_history import FAILED, history_table
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.tokens import Name, Tokens

PIPE_USAGE, WAREHOUSE_METERING = "PIPE_USAGE_HISTORY", "WAREHOUSE_METERING_HISTORY"

CREDITS_PER_GB = 0.0037
"""https://docs.snowflake.com/en/user-guide/data-load-snowpipe-billing"""

_RANGE = ("DATE_RANGE_START", "DATE_RANGE_END")
_METERED = {
    **dict.fromkeys(("START_TIME", "END_TIME"), "timestamp_ltz"),
    "WAREHOUSE_NAME": "varchar",
    **dict.fromkeys(("CREDITS_USED", "CREDITS_USED_COMPUTE", "CREDITS_USED_CLOUD_SERVICES"), "number(38, 9)"),
}

_MOST_OF_5_MINUTES, _MOST_OF_HOURS = 3_600, 172_800
"""The longest ranges, in seconds, that are shown by 5 minutes and by hours; which they are is not documented."""


def replace_usage_history(tree: exp.Expr, *, may_see: bool = True) -> exp.Expr:
    """Replace each call of the two in a statement by a query, of the load history or of nothing.

    Args:
        tree: the statement.
        may_see: whether the session may monitor the account's usage; without it the answer has no rows.

    Raises:
        SnowflakeError: an argument that it does not have, or none where it needs one.
        UnsupportedError: a call that names no pipe.
    """
    for call in history_calls(tree, PIPE_USAGE, (*_RANGE, "PIPE_NAME")):
        query = _query(call)
        call.replace(query if may_see else query.having(exp.false()), PIPE_USAGE)
    for call in history_calls(tree, WAREHOUSE_METERING, (*_RANGE, "WAREHOUSE_NAME"), required=_RANGE[:1]):
        nulls = [f"null::{type_} as {name}" for name, type_ in _METERED.items()]
        call.replace(exp.select(*nulls, dialect="snowflake").where(exp.false()), WAREHOUSE_METERING)
    return tree


def _query(call: HistoryCall) -> exp.Select:
    pipe = _pipe(call)
    now = exp.func("CURRENT_TIMESTAMP", dialect="snowflake")
    end = call.arguments.get("DATE_RANGE_END", now)
    start = call.arguments.get("DATE_RANGE_START") or exp.func(
        "DATEADD", exp.var("minute"), exp.Literal.number(-10), end.copy(), dialect="snowflake"
    )
    seconds = f"datediff(second, {start.sql('snowflake')}, {end.sql('snowflake')})"
    period = (
        f"case when {seconds} <= {_MOST_OF_5_MINUTES} then time_slice(LAST_LOAD_TIME::timestamp_ntz, 5, 'MINUTE')"
        f" when {seconds} <= {_MOST_OF_HOURS} then date_trunc('hour', LAST_LOAD_TIME::timestamp_ntz)"
        " else date_trunc('day', LAST_LOAD_TIME::timestamp_ntz) end"
    )
    length = (
        f"case when {seconds} <= {_MOST_OF_5_MINUTES} then 300 when {seconds} <= {_MOST_OF_HOURS} then 3600"
        " else 86400 end"
    )
    return (
        exp.select(
            "PERIOD::timestamp_ltz as START_TIME",
            f"dateadd(second, {length}, PERIOD)::timestamp_ltz as END_TIME",
            f"'{pipe}' as PIPE_NAME",
            f"(sum(BYTES_BILLED) * {CREDITS_PER_GB} / 1e9)::varchar as CREDITS_USED",
            "sum(FILE_SIZE) as BYTES_INSERTED",
            "count(*) as FILES_INSERTED",
            "sum(BYTES_BILLED) as BYTES_BILLED",
            dialect="snowflake",
        )
        .from_(
            exp.select(f"{period} as PERIOD", "FILE_SIZE", "BYTES_BILLED", dialect="snowflake")
            .from_(history_table(pipe), dialect="snowflake")
            .where("not PIPE_IS_GONE", dialect="snowflake")
            .where(exp.column("STATUS").neq(FAILED))
            .where(exp.column("PIPE_SCHEMA_NAME").eq(pipe.parts[1]))
            .where(exp.column("PIPE_NAME").eq(pipe.parts[2]))
            .where(exp.GTE(this=exp.column("LAST_LOAD_TIME"), expression=start.copy()))
            .where(exp.LTE(this=exp.column("LAST_LOAD_TIME"), expression=end.copy()))
            .subquery("LOADS")
        )
        .group_by("PERIOD", dialect="snowflake")
    )


def _pipe(call: HistoryCall) -> Name:
    named = call.arguments.get("PIPE_NAME")
    if not isinstance(named, exp.Literal):
        raise UnsupportedError(f"{PIPE_USAGE} without PIPE_NAME")
    pipe = Tokens(named.name).name()
    if len(pipe.parts) == 2 and call.database:
        pipe = Name((call.database, *pipe.parts))
    if len(pipe.parts) != 3:
        raise SnowflakeError(f"SQL compilation error:\nPipe '{pipe}' needs its full name in {PIPE_USAGE}.")
    return pipe
