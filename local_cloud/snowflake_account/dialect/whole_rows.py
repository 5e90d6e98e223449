"""ARRAY_AGG(OBJECT_CONSTRUCT(*)): the rows of a relation as objects, in which DuckDB takes no star.

https://docs.snowflake.com/en/sql-reference/functions/object_construct
"""

from __future__ import annotations

from sqlglot import exp


def with_whole_rows(tree: exp.Expr) -> exp.Expr:
    """Name the relation of a star inside an aggregate, where a query reads only one.

    Args:
        tree: the statement; changed.
    """
    for call in list(tree.find_all(exp.StarMap)):
        select = call.parent_select
        source = select.args["from_"].this if isinstance(select, exp.Select) and select.args.get("from_") else None
        if not isinstance(call.this, exp.Star) or not call.find_ancestor(exp.AggFunc) or source is None:
            continue
        if isinstance(select, exp.Select) and not select.args.get("joins") and (alias := source.args.get("alias")):
            call.set("this", exp.Column(this=call.this, table=alias.this.copy()))
        elif isinstance(select, exp.Select) and not select.args.get("joins") and isinstance(source, exp.Table):
            call.set("this", exp.Column(this=call.this, table=source.this.copy()))
    return tree
