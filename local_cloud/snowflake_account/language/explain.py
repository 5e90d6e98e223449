"""EXPLAIN [USING {TABULAR | JSON | TEXT}] <query or DML>. Pure.

https://docs.snowflake.com/en/sql-reference/sql/explain
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from local_cloud.snowflake_account.errors import UnsupportedError
from local_cloud.snowflake_account.language.statement_text import StatementText, one_statement

_FORMS = ("TABULAR", "JSON", "TEXT")


@dataclass(frozen=True)
class Explain:
    """An EXPLAIN.

    Attributes:
        form: TABULAR, JSON or TEXT.
        tree: what it explains.
    """

    form: str
    tree: exp.Expr


def explained_statement(statement: StatementText) -> tuple[str, StatementText]:
    """Return the form that an EXPLAIN asks for, and the statement that it explains.

    Raises:
        SqlSyntaxError: there is no statement behind it.
        UnsupportedError: another form.
    """
    behind = statement.source[statement.tokens[0].end + 1 : statement.end]
    first, _, rest = behind.strip().partition(" ")
    if first.upper() != "USING":
        return "TABULAR", one_statement(behind)
    form, _, rest = rest.strip().partition(" ")
    if form.upper() not in _FORMS:
        raise UnsupportedError(f"EXPLAIN USING {form.upper()}")
    return form.upper(), one_statement(rest)
