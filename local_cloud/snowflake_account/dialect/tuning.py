"""Rewrites that change how fast DuckDB answers, never what."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp

from local_cloud.snowflake_account.dialect.flatten import with_elements_in_line
from local_cloud.snowflake_account.dialect.repeats import IsTable, with_repeats_apart

_VOLATILE = {"RANDOM", "UUID", "UUIDV4", "UUIDV7", "GEN_RANDOM_UUID", "NEXTVAL"}
"""DuckDB's functions that give something else at each call, https://duckdb.org/docs/stable/sql/functions/overview."""


def tuned(tree: exp.Expr, is_table: IsTable) -> exp.Expr:
    """Return a query in DuckDB's SQL as DuckDB answers it fastest.

    Args:
        tree: the query; changed.
        is_table: tells whether a name is a table's, and not a view's.
    """
    return _with_hashed_partitions(_with_steps_inside(with_repeats_apart(with_elements_in_line(tree), is_table)))


def _with_hashed_partitions(tree: exp.Expr) -> exp.Expr:
    """Put a hash of its keys before the keys of each window's PARTITION BY; the partitions are the same.

    Partitions are sorted by their keys. Records are long texts with the same beginning, which is the worst case
    for sorting; behind a hash most comparisons end at the first eight bytes.
    """
    for window in tree.find_all(exp.Window):
        keys = window.args.get("partition_by") or []
        if keys:
            hashed = exp.Anonymous(this="hash", expressions=[key.copy() for key in keys])
            window.set("partition_by", [hashed, *keys])
    return tree


def _with_steps_inside(tree: exp.Expr) -> exp.Expr:
    """Let DuckDB see through the common table expressions that are read once and give the same each time.

    What reads them may be read twice.
    """
    reads = Counter(table.name.upper() for table in tree.find_all(exp.Table) if not table.db)
    for step in tree.find_all(exp.CTE):
        if reads[step.alias.upper()] == 1 and step.args.get("materialized") is None and not _may_change(step):
            step.set("materialized", False)
    return tree


def _may_change(step: exp.CTE) -> bool:
    if step.find(exp.Limit, exp.TableSample, exp.Rand, exp.Uuid):
        return True
    return any(call.name.upper() in _VOLATILE for call in step.find_all(exp.Anonymous))
