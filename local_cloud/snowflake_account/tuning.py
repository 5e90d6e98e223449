"""Rewrites that change how fast DuckDB answers, never what."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp


def tuned(tree: exp.Expr) -> exp.Expr:
    """Return a query as DuckDB answers it fastest; the tree is changed."""
    return _with_hashed_partitions(_with_steps_inside(tree))


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
    """Let DuckDB see through the common table expressions that are read once.

    A lateral FLATTEN of one that it computes apart becomes a join of the elements back to the rows by the array.
    """
    reads = Counter(table.name.upper() for table in tree.find_all(exp.Table))
    for step in tree.find_all(exp.CTE):
        if reads[step.alias.upper()] == 1 and step.args.get("materialized") is None:
            step.set("materialized", False)
    return tree
