"""INFORMATION_SCHEMA.COPY_HISTORY: a query of the load history in the place of the table function.

https://docs.snowflake.com/en/sql-reference/functions/copy_history
"""

from __future__ import annotations

from sqlglot import exp

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
    for call in list(tree.find_all(exp.TableFromRows)):
        function = call.this.find(exp.Anonymous) if isinstance(call.this, exp.Dot | exp.Anonymous) else None
        if function is not None and function.name.upper() == "COPY_HISTORY":
            query = _query(_arguments(function), _database(call.this))
            call.replace(query.subquery(call.alias or "COPY_HISTORY"))
    return tree


def _arguments(function: exp.Anonymous) -> dict[str, exp.Expr]:
    if len(function.expressions) > len(_ARGUMENTS):
        raise SnowflakeError(f"SQL compilation error:\nCOPY_HISTORY has no more than {len(_ARGUMENTS)} arguments.")
    named = {
        argument.this.name.upper() if isinstance(argument, exp.Kwarg) else _ARGUMENTS[position]: argument
        for position, argument in enumerate(function.expressions)
    }
    if unknown := named.keys() - set(_ARGUMENTS):
        raise SnowflakeError(f"SQL compilation error:\ninvalid argument '{min(unknown)}' of COPY_HISTORY.")
    if not {"TABLE_NAME", "START_TIME"} <= named.keys():
        raise SnowflakeError("SQL compilation error:\nCOPY_HISTORY needs the arguments TABLE_NAME and START_TIME.")
    return {name: value.expression if isinstance(value, exp.Kwarg) else value for name, value in named.items()}


def _database(function: exp.Expr) -> tuple[str, ...]:
    """Return the database whose INFORMATION_SCHEMA the function was called in, if it was named."""
    parts = list(function.find_all(exp.Identifier)) if isinstance(function, exp.Dot) else []
    return (parts[0].name if parts[0].quoted else parts[0].name.upper(),) if len(parts) == 2 else ()


def _query(arguments: dict[str, exp.Expr], database: tuple[str, ...]) -> exp.Select:
    table = Tokens(arguments["TABLE_NAME"].name).name()
    if len(table.parts) == 2:
        table = Name((*database, *table.parts))
    if len(table.parts) != 3:
        raise SnowflakeError(f"SQL compilation error:\nTable '{table}' needs its full name in COPY_HISTORY.")
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
