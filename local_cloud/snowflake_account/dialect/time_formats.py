"""Dates that stay dates, and times as text: what depends on the type of what a function is given.

https://docs.snowflake.com/en/sql-reference/functions/dateadd
https://docs.snowflake.com/en/sql-reference/parameters#timestamp-ntz-output-format
"""

from __future__ import annotations

from sqlglot import exp

_KEEPS_DATE = (exp.DateAdd, exp.DateSub, exp.DateTrunc, exp.TimestampTrunc)
_WHOLE_DAYS = ("DAY", "WEEK", "WEEKISO", "MONTH", "QUARTER", "YEAR")


def depends_on_type(node: exp.Expr) -> bool:
    """Tell whether an expression means something else for other types of what it is made of."""
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.TEXT_TYPES
    return isinstance(node, (*_KEEPS_DATE, exp.ToChar, exp.Interval))


def stays_date(node: exp.Expr) -> bool:
    """Tell whether a function gives a date for a date, where DuckDB's gives a timestamp."""
    if isinstance(node, exp.Add | exp.Sub):
        node = node.expression if isinstance(node.expression, exp.Interval) else node
        return isinstance(node, exp.Interval) and _is_whole_days(node)
    return isinstance(node, _KEEPS_DATE) and _is_whole_days(node)


def _is_whole_days(node: exp.Expr) -> bool:
    unit = node.args.get("unit")
    return unit is not None and unit.name.upper().rstrip("S") in _WHOLE_DAYS


def as_text(time: exp.Expr, *, with_zone: bool) -> exp.Expr:
    """Return a timestamp as text in Snowflake's default format."""
    text: exp.Expr = _formatted(time, "%Y-%m-%d %H:%M:%S.%g ")
    if not with_zone:
        return _formatted(time, "%Y-%m-%d %H:%M:%S.%g")
    offset = exp.Anonymous(
        this="rpad", expressions=[_formatted(time.copy(), "%z"), exp.Literal.number(5), _string("0")]
    )
    return exp.Paren(this=exp.DPipe(this=text, expression=offset))


def _formatted(time: exp.Expr, form: str) -> exp.Expr:
    return exp.Anonymous(this="strftime", expressions=[time, _string(form)])


def _string(text: str) -> exp.Expr:
    return exp.Literal.string(text)
