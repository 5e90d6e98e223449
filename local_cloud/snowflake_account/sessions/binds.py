"""Values beside a statement, for its placeholders `?`, `:1`, `:2` …: put into it as literals, or as rows.

Values are Python's; they never become SQL text but through sqlglot's literals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError

BOUND_ROWS = "_BOUND_ROWS"
"""The table that an INSERT of many rows reads."""


def bind_values(tree: exp.Expr, values: Sequence[Any]) -> exp.Expr:
    """Put values in place of a statement's placeholders.

    Raises:
        SnowflakeError: a placeholder has no value.
    """
    for index, placeholder in _placeholders(tree, len(values)):
        placeholder.replace(literal(values[index]))
    return tree


def bind_rows(tree: exp.Expr, rows: Sequence[Sequence[Any]]) -> tuple[exp.Expr, pa.Table] | None:
    """Make an INSERT of one row of placeholders one that reads many rows.

    Returns:
        The statement and the table to read as `BOUND_ROWS`, or None for any other statement.

    Raises:
        SnowflakeError: a placeholder has no value, or rows differ in length or type.
    """
    values = tree.expression if isinstance(tree, exp.Insert) else None
    if not isinstance(values, exp.Values) or len(values.expressions) != 1:
        return None
    width = min(map(len, rows))
    columns: dict[str, pa.Array] = {}
    for index, placeholder in _placeholders(tree, width):
        try:
            columns[f"B{index}"] = pa.array([row[index] for row in rows])
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise SnowflakeError(f"Bind variable {index + 1}: {error}", code=100038, sqlstate="22018") from error
        placeholder.replace(exp.column(f"B{index}", quoted=True))
    (row,) = values.expressions
    selected = row.expressions if isinstance(row, exp.Tuple) else [row]
    source = exp.table_(BOUND_ROWS, db="main", catalog="temp", quoted=True)
    tree.set("expression", exp.select(*(column.copy() for column in selected)).from_(source))
    return tree, pa.table(columns)


def _placeholders(tree: exp.Expr, given: int) -> list[tuple[int, exp.Placeholder]]:
    """Return the placeholders with the numbers of their values, from 0, in the order of the text."""
    found = []
    for position, placeholder in enumerate(tree.find_all(exp.Placeholder, bfs=False)):
        index = int(placeholder.name) - 1 if placeholder.name.isdigit() else position
        if not 0 <= index < given:
            raise SnowflakeError(
                f"SQL compilation error:\nBind variable {index + 1} not set: {given} values given.", code=2049
            )
        found.append((index, placeholder))
    return found


def literal(value: Any) -> exp.Expr:
    """Return a Python value as SQL.

    Raises:
        UnsupportedError: a value of a type that no SQL has.
    """
    match value:
        case None:
            return exp.null()
        case bool():
            return exp.Boolean(this=value)
        case int() | Decimal() if str(value).lstrip("-").replace(".", "", 1).isdigit():
            number = exp.Literal.number(str(abs(value)))
            return exp.Neg(this=number) if value < 0 else number
        case float() | Decimal():
            return exp.cast(exp.Literal.string(str(value)), "double")
        case datetime():
            type_ = "timestamp_ntz" if value.tzinfo is None else "timestamp_ltz"
            return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), type_, dialect="snowflake")
        case date() | time():
            return exp.cast(exp.Literal.string(value.isoformat()), type(value).__name__)
        case bytes() | bytearray():
            return exp.Anonymous(this="unhex", expressions=[exp.Literal.string(value.hex())])
        case str():
            return exp.Literal.string(value)
        case _:
            raise UnsupportedError(f"a bind variable of type {type(value).__name__}")
