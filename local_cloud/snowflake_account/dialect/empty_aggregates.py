"""ARRAY_AGG and LISTAGG: NULLs are left out, and of no rows they are empty, not NULL.

https://docs.snowflake.com/en/sql-reference/functions/array_agg
https://docs.snowflake.com/en/sql-reference/functions/listagg
"""

from __future__ import annotations

from sqlglot import exp


def with_empty_aggregates(tree: exp.Expr) -> exp.Expr:
    """Leave NULLs out of arrays, and let aggregates of no rows be empty.

    Args:
        tree: a statement in Snowflake's SQL, its VARIANTs converted; changed.
    """
    for call in list(tree.find_all(exp.ArrayAgg)):
        group = call.parent if isinstance(call.parent, exp.WithinGroup) else None
        listed = _put(group or call, _list(call, group))
        whole = _around(listed)
        array = exp.Anonymous(this="to_json", expressions=[whole.copy()])
        _put(whole, _or_empty(array, exp.Anonymous(this="json_array")))
    for call in list(tree.find_all(exp.GroupConcat)):
        whole = _around(call.parent if isinstance(call.parent, exp.WithinGroup) else call)
        _put(whole, _or_empty(whole.copy(), exp.Literal.string("")))
    return tree


def _list(call: exp.Expr, group: exp.Expr | None) -> exp.Expr:
    """Return DuckDB's list of what ARRAY_AGG is of, without NULLs, in its order."""
    given = call.this.copy()
    ordered = given
    if group is not None:
        ordered = exp.Order(this=given, expressions=[each.copy() for each in group.expression.expressions])
    value = given
    while isinstance(value, exp.Order | exp.Distinct):
        value = value.expressions[0] if isinstance(value, exp.Distinct) else value.this
    is_there = exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))
    return exp.Filter(this=exp.Anonymous(this="list", expressions=[ordered]), expression=exp.Where(this=is_there))


def _around(aggregate: exp.Expr) -> exp.Expr:
    """Return the window that an aggregate is of, or it itself."""
    while isinstance(aggregate.parent, exp.Filter | exp.Window) and aggregate.arg_key == "this":
        aggregate = aggregate.parent
    return aggregate


def _or_empty(aggregate: exp.Expr, empty: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=aggregate, expressions=[empty])


def _put(old: exp.Expr, new: exp.Expr) -> exp.Expr:
    old.replace(new)
    return new
