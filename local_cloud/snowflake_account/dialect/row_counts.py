"""COUNT_IF as Snowflake has it: of no rows it is 0; DuckDB's own is a sum, which is NULL there.

https://docs.snowflake.com/en/sql-reference/functions/count_if
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.dialect.calls import replace_call


def with_row_counts(tree: exp.Expr) -> exp.Expr:
    """Count with COUNT where COUNT_IF is asked for; an answer's column is named as in Snowflake.

    Args:
        tree: the statement; changed.
    """
    for call in list(tree.find_all(exp.CountIf)):
        replace_call(call, exp.Count(this=exp.Case().when(call.this.copy(), exp.Literal.number(1))))
    return tree
