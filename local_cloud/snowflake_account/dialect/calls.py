"""Calls of functions in a statement, and what stands in their place. Pure."""

from __future__ import annotations

from sqlglot import exp


def replace_call(call: exp.Expr, replacement: exp.Expr) -> None:
    """Put another expression in a call's place; as a column of an answer it is named as Snowflake names the call."""
    is_column = isinstance(call.parent, exp.Select) and call.arg_key == "expressions"
    call.replace(named_as(call, replacement) if is_column else replacement)


def named_as(call: exp.Expr, column: exp.Expr) -> exp.Expr:
    """Give a column the name that Snowflake gives a call without an alias: the call's own text."""
    return exp.alias_(column, call.sql("snowflake").upper(), quoted=True)
