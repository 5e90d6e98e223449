"""SEQ1, SEQ2, SEQ4 and SEQ8 in a window: to number rows by them is to number them as they are generated.

sqlglot makes a window of each such function, and DuckDB takes no window in another.
https://docs.snowflake.com/en/sql-reference/functions/seq1
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.errors import UnsupportedError

_SEQUENCES = (exp.Seq1, exp.Seq2, exp.Seq4, exp.Seq8)


def with_generated_order(tree: exp.Expr) -> exp.Expr:
    """Leave windows whose order is that in which rows are generated to the order that the rows have.

    Args:
        tree: the statement; changed.

    Raises:
        UnsupportedError: a window asks for anything else of such a function.
    """
    for call in list(tree.find_all(*_SEQUENCES)):
        if not isinstance(call.find_ancestor(exp.Window, exp.Query), exp.Window):
            continue
        ordered = call.parent
        if not isinstance(ordered, exp.Ordered) or ordered.args.get("desc"):
            raise UnsupportedError(f"{call.sql_name()} in a window, but for its ascending order")
        call.replace(exp.Literal.number(1))
    return tree
