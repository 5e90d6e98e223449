"""COUNT_IF as Snowflake has it: of no rows it is 0; DuckDB's own is a sum, which is NULL there.

https://docs.snowflake.com/en/sql-reference/functions/count_if
"""

from __future__ import annotations

from sqlglot import exp


def with_row_counts(tree: exp.Expr) -> exp.Expr:
    """Count with COUNT where COUNT_IF is asked for.

    Args:
        tree: the statement; changed.
    """
    for call in list(tree.find_all(exp.CountIf)):
        call.replace(exp.Count(this=exp.Case().when(call.this.copy(), exp.Literal.number(1))))
    return tree
