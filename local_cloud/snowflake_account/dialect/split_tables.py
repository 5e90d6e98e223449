"""SPLIT_TO_TABLE and STRTOK_SPLIT_TO_TABLE: the parts of a text as rows.

https://docs.snowflake.com/en/sql-reference/functions/split_to_table
"""

from __future__ import annotations

from sqlglot import exp

_NAMES = ("SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE")


def with_split_tables(tree: exp.Expr) -> exp.Expr:
    """Put subqueries in the place of these table functions.

    Args:
        tree: a statement in Snowflake's SQL; changed.
    """
    for source in list(tree.find_all(exp.TableFromRows, exp.Lateral)):
        call = source.this
        if not isinstance(call, exp.Func) or _name(call) not in _NAMES:
            continue
        given = call.expressions if isinstance(call, exp.Anonymous) else [call.this, call.expression]
        text, separator = given[0], given[1] if len(given) > 1 and given[1] else exp.Literal.string(" ")
        parts = exp.Anonymous(this="string_split", expressions=[text.copy(), separator.copy()])
        if _name(call) == "STRTOK_SPLIT_TO_TABLE":
            parts = exp.Anonymous(this="_SF_STRTOK", expressions=[text.copy(), separator.copy()])
        subquery = exp.maybe_parse(
            'select 1 as "SEQ", unnest(range(1, len(l) + 1)) as "INDEX", unnest(l) as "VALUE"'
            " from (select 0 as l) as p",
            dialect="duckdb",
        )
        inner = subquery.find(exp.Subquery)
        assert inner is not None
        inner.this.set("expressions", [exp.alias_(parts, "l")])
        alias = source.args.get("alias") or exp.TableAlias(this=exp.to_identifier(_name(call), quoted=True))
        source.replace(exp.Subquery(this=subquery, alias=alias.copy()))
    return tree


def _name(call: exp.Func) -> str:
    return call.name.upper() if isinstance(call, exp.Anonymous) else call.sql_name()
