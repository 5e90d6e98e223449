"""The columns that a statement answers with, without executing it. Pure."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.snowflake_account.language.explain import Explain
from local_cloud.snowflake_account.language.parsing import ParsedStatement
from local_cloud.snowflake_account.language.statements import Describe, Show, ShowGrants, ShowParameters
from local_cloud.snowflake_account.result import Column

_INSERTED, _UPDATED = Column("number of rows inserted", "FIXED"), Column("number of rows updated", "FIXED")
_COUNTS: dict[type, tuple[Column, ...]] = {
    exp.Insert: (_INSERTED,),
    exp.Update: (_UPDATED, Column("number of multi-joined rows updated", "FIXED")),
    exp.Delete: (Column("number of rows deleted", "FIXED"),),
    exp.Merge: (_INSERTED, _UPDATED),
}


def columns_of_change(statement: ParsedStatement) -> tuple[Column, ...]:
    """Return the columns of the answer of a statement that is no query."""
    return _COUNTS.get(type(statement), (Column("status"),))


def inspects(statement: ParsedStatement) -> bool:
    """Tell whether a statement only looks: its columns are known when it has answered."""
    return isinstance(statement, Show | ShowGrants | ShowParameters | Describe | Explain)


def without_rows(query: exp.Query) -> exp.Query:
    """Return a query that has the columns of a query and no rows; values that are to be bound count as NULL.

    Args:
        query: the query; changed.
    """
    for placeholder in list(query.find_all(exp.Placeholder)):
        placeholder.replace(exp.null())
    return query.limit(0, copy=False)
