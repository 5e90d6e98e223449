"""The clauses of a SELECT: which there are, what is refused in them, and the keys of its groups. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from local_cloud.snowflake_account.dynamic_tables.columns import NotDividedError

_SCALAR_FUNCTIONS = {"HASH", "ARRAY_SIZE", "GET_PATH", "TRY_TO_NUMBER", "TO_VARIANT", "AS_VARCHAR"}
"""Functions that sqlglot has no class for and that are known to take one row; another might be an aggregate."""

_CHANGING = (exp.Rand, exp.Uuid, exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentUser)


def check(clause: exp.Expr) -> None:
    """Refuse in an expression what does not depend on its row and window alone."""
    if clause.find(exp.Query, exp.SubqueryPredicate):
        raise NotDividedError("a subquery outside of FROM")
    if changing := clause.find(*_CHANGING):
        raise NotDividedError(changing.sql_name() if isinstance(changing, exp.Func) else changing.key.upper())
    if any(column.db for column in clause.find_all(exp.Column)):
        raise NotDividedError("a column named with its schema")
    for call in clause.find_all(exp.Anonymous):
        if call.name.upper() not in _SCALAR_FUNCTIONS:
            raise NotDividedError(call.name.upper())


def aggregates(clause: exp.Expr) -> bool:
    """Tell whether an expression has an aggregate that is no window's own function."""
    return any(not isinstance(_outer(call), exp.Window) for call in clause.find_all(exp.AggFunc))


def _outer(call: exp.Expr) -> exp.Expr | None:
    parent = call.parent
    while isinstance(parent, exp.IgnoreNulls | exp.RespectNulls | exp.Filter | exp.WithinGroup):
        parent = parent.parent
    return parent


def clauses(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield a SELECT's columns and conditions, whatever has expressions over its tables' columns."""
    yield from select.expressions
    for part in ("where", "group", "having", "qualify"):
        if clause := select.args.get(part):
            yield clause


def group_keys(select: exp.Select) -> list[exp.Expr]:
    """Return what a SELECT groups by; a number stands for the column that it counts to.

    Raises:
        NotDividedError: it groups in several ways at once.
    """
    group = select.args.get("group")
    if group is None:
        return []
    if {part for part, value in group.args.items() if value} - {"expressions"}:
        raise NotDividedError("GROUP BY with ROLLUP, CUBE, GROUPING SETS or ALL")
    return [
        select.expressions[int(key.name) - 1].unalias() if isinstance(key, exp.Literal) and key.is_int else key
        for key in group.expressions
    ]
