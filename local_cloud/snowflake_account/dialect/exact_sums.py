"""SUM of numbers as Snowflake has it: exact, in the argument's own scale.

fakesnow casts whatever is summed to a double, because Snowflake sums numbers in text too; whole numbers and
money then come back as doubles. Here SUM goes to DuckDB as it is written; text is to be cast by who sums it.
https://docs.snowflake.com/en/sql-reference/functions/sum
"""

from __future__ import annotations

from sqlglot import exp


def with_exact_sums(tree: exp.Expr) -> exp.Expr:
    """Keep fakesnow from casting the arguments of SUM.

    Args:
        tree: the statement; changed.
    """
    for call in list(tree.find_all(exp.Sum, exp.Avg)):
        name = "SUM" if isinstance(call, exp.Sum) else "AVG"
        call.replace(exp.Anonymous(this=name, expressions=[call.this.copy()]))
    return tree
