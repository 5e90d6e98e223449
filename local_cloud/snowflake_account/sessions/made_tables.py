"""CREATE TABLE from what the session asks: the columns of a template, the rows of staged files or earlier results.

https://docs.snowflake.com/en/sql-reference/sql/create-table#create-table-using-template
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.dialect.staged_sources import stage_sources
from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.language.column_types import full_type
from local_cloud.snowflake_account.language.grammar.words import check_unique
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.parsing import parsed
from local_cloud.snowflake_account.language.statements import ColumnDefinition, Create
from local_cloud.snowflake_account.result import Result

_ASKED = ("RESULT_SCAN", "INFER_SCHEMA", "VALIDATE")


def asks_session(tree: exp.Expr) -> bool:
    """Tell whether a query reads what only a session knows, or reads for itself."""
    calls = {call.name.upper() for rows in tree.find_all(exp.TableFromRows) for call in rows.find_all(exp.Anonymous)}
    return not calls.isdisjoint(_ASKED) or next(stage_sources(tree), None) is not None


def check_model(statement: Create) -> None:
    """Refuse a view or dynamic table over staged files.

    Raises:
        UnsupportedError: it is one.
    """
    is_model = statement.kind in (Kind.VIEW, Kind.DYNAMIC_TABLE) and "@" in statement.body
    if is_model and next(stage_sources(parsed(statement.body)), None):
        raise UnsupportedError(f"CREATE {statement.kind.value} over a stage")


def columns_of_template(query: str, run: Callable[[exp.Query], Result]) -> tuple[ColumnDefinition, ...]:
    """Return the columns that the query of a USING TEMPLATE describes.

    Args:
        query: gives one array of objects with COLUMN_NAME, TYPE and NULLABLE.
        run: runs it.

    Raises:
        SnowflakeError: the query is refused, or gives something else.
    """
    tree = parsed(query)
    if not isinstance(tree, exp.Query):
        raise UnsupportedError(f"USING TEMPLATE ({tree.key.upper()} …)")
    rows = run(tree).rows
    given = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else None
    try:
        described = json.loads(given) if isinstance(given, str) else None
    except ValueError:
        described = None
    if not isinstance(described, list) or not described:
        raise SnowflakeError(
            "SQL compilation error:\nThe query of USING TEMPLATE has to give one array of column definitions, as "
            "ARRAY_AGG(OBJECT_CONSTRUCT(*)) of INFER_SCHEMA does; it is empty where there are no files."
        )
    columns = tuple(map(_column, described))
    check_unique([column.name for column in columns])
    return columns


def _column(described: Any) -> ColumnDefinition:
    given = described if isinstance(described, dict) else {}
    name, type_ = given.get("COLUMN_NAME"), given.get("TYPE")
    if not isinstance(name, str) or not isinstance(type_, str):
        raise SnowflakeError(
            f"SQL compilation error:\nA column of USING TEMPLATE needs COLUMN_NAME and TYPE, which {described} lacks."
        )
    full_type(type_)
    return ColumnDefinition(name, type_.replace(" ", ""), nullable=given.get("NULLABLE", True) is not False)
