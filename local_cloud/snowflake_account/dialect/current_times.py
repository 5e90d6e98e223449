"""The current date and time: calls of functions to DuckDB too.

DuckDB takes CURRENT_DATE for a column, where a query has one of that name, as an answer's own.
https://docs.snowflake.com/en/sql-reference/functions/current_date
"""

from __future__ import annotations

from sqlglot import exp

NOW = "GET_CURRENT_TIMESTAMP"
"""DuckDB's function of the time that its transaction began at."""

_TYPES = {exp.CurrentDate: "date", exp.CurrentTime: "time", exp.CurrentTimestamp: None}


def with_current_times(tree: exp.Expr) -> exp.Expr:
    """Ask for the current date or time by a call.

    Args:
        tree: the statement; changed.
    """
    for node in list(tree.find_all(*_TYPES)):
        now = exp.Anonymous(this=NOW)
        type_ = _TYPES[type(node)]
        node.replace(exp.cast(now, type_) if type_ else now)
    return tree
