"""INFORMATION_SCHEMA.COPY_HISTORY: a query of the load history in the place of the table function.

https://docs.snowflake.com/en/sql-reference/functions/copy_history
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.data.history_calls import HistoryCall, history_calls
from local_cloud.snowflake_account.data.load_history import COLUMNS, history_table
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Name, Tokens

_ARGUMENTS = ("TABLE_NAME", "START_TIME", "END_TIME")


def replace_copy_history(tree: exp.Expr) -> exp.Expr:
    """Replace each call of COPY_HISTORY in a statement by a query of the history.

    Raises:
        SnowflakeError: a call without TABLE_NAME, or without START_TIME, which Snowflake requires; an argument
            that it does not have; a table without its database.
    """
    for call in _calls(tree):
        call.replace(_query(call.arguments, _table(call)), "COPY_HISTORY")
    return tree


def tables_of_copy_history(tree: exp.Expr) -> list[Name]:
    """Return the tables whose history a statement asks for.

    Raises:
        SnowflakeError: as `replace_copy_history`.
    """
    return [_table(call) for call in _calls(tree)]


def _calls(tree: exp.Expr) -> list[HistoryCall]:
    return list(history_calls(tree, "COPY_HISTORY", _ARGUMENTS, required=_ARGUMENTS[:2]))


def _table(call: HistoryCall) -> Name:
    arguments, database = call.arguments, call.database
    table = Tokens(arguments["TABLE_NAME"].name).name()
    if len(table.parts) == 2 and database:
        table = Name((database, *table.parts))
    if len(table.parts) != 3:
        raise SnowflakeError(f"SQL compilation error:\nTable '{table}' needs its full name in COPY_HISTORY.")
    return table


def _query(arguments: dict[str, exp.Expr], table: Name) -> exp.Select:
    loaded_at = exp.column("LAST_LOAD_TIME")
    query = (
        exp.select(*(exp.column(name, quoted=True) for name in COLUMNS))
        .from_(history_table(table), dialect="snowflake")
        .where("not TABLE_IS_GONE and not PIPE_IS_GONE", dialect="snowflake")
        .where(exp.column("TABLE_SCHEMA_NAME").eq(table.parts[1]))
        .where(exp.column("TABLE_NAME").eq(table.parts[2]))
        .where(exp.GTE(this=loaded_at, expression=arguments["START_TIME"].copy()))
    )
    if end := arguments.get("END_TIME"):
        query = query.where(exp.LTE(this=loaded_at.copy(), expression=end.copy()))
    return query
