"""`<sequence>.NEXTVAL`, which is a column to sqlglot.

https://docs.snowflake.com/en/user-guide/querying-sequences
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.tokens import Name


def asked_sequences(tree: exp.Expr) -> Iterator[tuple[exp.Column, Name]]:
    """Yield the columns NEXTVAL of a statement that may be a sequence's, with that one's name as it is written."""
    for column in list(tree.find_all(exp.Column)):
        if column.name.upper() == "NEXTVAL" and column.table:
            parts = column.parts[:-1]
            yield column, Name(tuple(part.name if part.args.get("quoted") else part.name.upper() for part in parts))


def with_next_values(tree: exp.Expr, sequence: Callable[[Name], str | None]) -> exp.Expr:
    """Let DuckDB give the next values of sequences.

    Args:
        tree: the statement; changed.
        sequence: returns what DuckDB calls a sequence, as SQL; None for a name that is none's.

    Raises:
        SnowflakeError: there is neither a sequence nor a relation of a name.
    """
    for column, name in asked_sequences(tree):
        if (stored := sequence(name)) is None:
            if name.last in _sources(tree):
                continue
            raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{name}.NEXTVAL'", code=904)
        call = exp.Anonymous(this="NEXTVAL", expressions=[exp.Literal.string(stored)])
        is_output = isinstance(column.parent, exp.Select) and column.arg_key == "expressions"
        column.replace(exp.alias_(call, "NEXTVAL", quoted=True) if is_output else call)
    return tree


def _sources(tree: exp.Expr) -> set[str]:
    """Return the names that what a statement reads goes by."""
    return {source.alias_or_name.upper() for source in tree.find_all(exp.Table, exp.Subquery, exp.CTE, exp.Lateral)}
