"""Values beside a statement, for its placeholders `?`, `:1`, `:2` … or `:name`: put into it as literals, or as rows.

Values are Python's; they never become SQL text but through sqlglot's literals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias, TypeGuard

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError

BOUND_ROWS = "_BOUND_ROWS"
"""The table that an INSERT of many rows reads."""


Row: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""Values for one execution, by their order or by their names."""


def bind_values(tree: exp.Expr, values: Row) -> exp.Expr:
    """Put values in place of a statement's placeholders.

    Raises:
        SnowflakeError: a placeholder has no value.
    """
    for key, placeholder in _placeholders(tree, values):
        placeholder.replace(literal(values[key]))  # pyright: ignore[reportCallIssue, reportArgumentType]
    return tree


def bind_rows(tree: exp.Expr, rows: Sequence[Row]) -> tuple[exp.Expr, pa.Table] | None:
    """Make an INSERT of one row of placeholders one that reads many rows.

    Returns:
        The statement and the table to read as `BOUND_ROWS`, or None for any other statement.

    Raises:
        SnowflakeError: a placeholder has no value, or rows differ in length or type.
    """
    if not takes_rows(tree):
        return None
    columns: dict[str, pa.Array] = {}
    for key, placeholder in _placeholders(tree, min(rows, key=len)):
        try:
            columns[f"B{key}"] = pa.array([row[key] for row in rows])  # pyright: ignore[reportCallIssue, reportArgumentType]
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise SnowflakeError(f"Bind variable {_spelled(key)}: {error}", code=100038, sqlstate="22018") from error
        placeholder.replace(exp.column(f"B{key}", quoted=True))
    selected = _values_inserted(tree)
    source = exp.table_(BOUND_ROWS, db="main", catalog="temp", quoted=True)
    tree.set("expression", exp.select(*(column.copy() for column in selected)).from_(source))
    return tree, pa.table(columns)


def takes_rows(statement: object) -> TypeGuard[exp.Insert]:
    """Tell whether a statement is an INSERT of one row of values, which then may be many."""
    values = statement.expression if isinstance(statement, exp.Insert) else None
    return isinstance(values, exp.Values) and len(values.expressions) == 1


def _values_inserted(tree: exp.Insert) -> list[exp.Expr]:
    (row,) = tree.expression.expressions
    return row.expressions if isinstance(row, exp.Tuple) else [row]


def bound_values(tree: exp.Expr) -> list[tuple[int | str, int | None]]:
    """Return each value that is to be bound: its number from 1 or its name, and the position in a row that it fills.

    The position is None for a value that is no whole value of an INSERT.
    """
    inserted = {id(value): index for index, value in enumerate(_values_inserted(tree))} if takes_rows(tree) else {}
    found: dict[int | str, int | None] = {}
    for position, placeholder in enumerate(tree.find_all(exp.Placeholder, bfs=False)):
        key: int | str = placeholder.args.get("this") or position + 1
        found.setdefault(int(key) if str(key).isdigit() else key, inserted.get(id(placeholder)))
    by_number = all(isinstance(key, int) for key in found)
    return sorted(found.items()) if by_number else list(found.items())  # pyright: ignore[reportArgumentType]


def _placeholders(tree: exp.Expr, given: Row) -> list[tuple[int | str, exp.Placeholder]]:
    """Return the placeholders with the positions of their values, from 0, or their names, in the order of the text."""
    found: list[tuple[int | str, exp.Placeholder]] = []
    for position, placeholder in enumerate(tree.find_all(exp.Placeholder, bfs=False)):
        key: int | str = placeholder.args.get("this") or position
        if isinstance(key, str) and key.isdigit() and isinstance(given, Sequence):
            key = int(key) - 1
        is_there = key in given if isinstance(given, Mapping) else isinstance(key, int) and 0 <= key < len(given)
        if not is_there:
            raise SnowflakeError(
                f"SQL compilation error:\nBind variable {_spelled(key)} not set: {len(given)} values given.", code=2049
            )
        found.append((key, placeholder))
    return found


def _spelled(key: int | str) -> str:
    return f":{key}" if isinstance(key, str) else str(key + 1)


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
