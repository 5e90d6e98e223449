"""Names of columns that a query gives no name: in Snowflake their text in upper case, in DuckDB its own.

https://docs.snowflake.com/en/sql-reference/identifiers-syntax
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.language.own_functions import without_prefix

_WITHOUT_NAME = (exp.Alias, exp.Aliases, exp.Column, exp.Star, exp.Placeholder, exp.Explode)


def with_column_names(tree: exp.Expr) -> exp.Expr:
    """Name each column of a statement's queries that has no name.

    Args:
        tree: a statement in Snowflake's SQL; changed.
    """
    for select in list(tree.find_all(exp.Select)):
        columns = [
            each if isinstance(each, _WITHOUT_NAME) or each.is_star else exp.alias_(each, name_of(each), quoted=True)
            for each in select.expressions
        ]
        select.set("expressions", columns)
    return tree


def name_of(column: exp.Expr) -> str:
    """Return the name that Snowflake gives a column: what the query says, in upper case."""
    if column.find(exp.JSONExtract, exp.Cast):
        column = column.copy().transform(_as_typed, copy=False)
    return without_prefix(column.sql("snowflake", comments=False).upper())


def _as_typed(node: exp.Expr) -> exp.Expr:
    """Return paths and casts as most people type them, `v:a` and `x::INT`; the statement's text is not kept."""
    if isinstance(node, exp.JSONExtract) and node.args.get("variant_extract"):
        path = node.expression.sql("snowflake").strip("'")
        return exp.Var(this=f"{name_of(node.this)}:{path}")
    if type(node) is exp.Cast:
        return exp.Var(this=f"{name_of(node.this)}::{node.to.sql('snowflake')}")
    return node
