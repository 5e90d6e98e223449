"""SUM of numbers as Snowflake has it: exact, in the argument's own scale.

fakesnow casts whatever is summed to a double, because Snowflake sums numbers in text too; whole numbers and
money then come back as doubles. Here SUM goes to DuckDB as it is written; text is to be cast by who sums it.
https://docs.snowflake.com/en/sql-reference/functions/sum
"""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.dialect.calls import replace_call
from local_cloud.snowflake_account.language.tokens import Name

MACRO = "_EXACT_SUM"


def create_sql(database: str) -> str:
    """Return the statement that makes the macro that stands for SUM, in one database."""
    return f"create or replace macro {Name((database,)).quoted}.{MACRO}(summed) as sum(summed)"


def with_exact_sums(tree: exp.Expr, name: str = MACRO) -> exp.Expr:
    """Keep fakesnow from casting the arguments of SUM; an answer's column is named as in Snowflake.

    Sums in windows stay fakesnow's, since DuckDB takes no macro there.

    Args:
        tree: the statement; changed.
        name: what is called; SUM itself where fakesnow does not parse the text again.
    """
    for call in list(tree.find_all(exp.Sum)):
        if isinstance(call.this, exp.Distinct) or isinstance(call.parent, exp.Window):
            continue
        replace_call(call, exp.Anonymous(this=name, expressions=[call.this.copy()]))
    return tree
