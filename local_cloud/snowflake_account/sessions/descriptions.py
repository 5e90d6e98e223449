"""What is known of a statement before it runs: the columns of its answer, and the values that it wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account.errors import InsufficientPrivilegesError
from local_cloud.snowflake_account.language.parsing import ParsedStatement
from local_cloud.snowflake_account.result import Column, Result
from local_cloud.snowflake_account.sessions.binds import bound_values, takes_rows


@dataclass(frozen=True)
class Description:
    """What a client is told of a statement that it prepares.

    Attributes:
        answer: the columns that it answers with, without rows.
        binds: a column for each value that is to be bound, without rows.
        takes_rows: whether it takes many rows of values at once.
    """

    answer: Result
    binds: Result = field(default_factory=lambda: Result([], []))
    takes_rows: bool = False


def bind_columns(statement: ParsedStatement, run: Callable[[exp.Query], Result]) -> Result:
    """Return a column for each value that is to be bound: the table's that it goes into, text anywhere else.

    Args:
        statement: the statement; it is not changed.
        run: runs a query.

    Raises:
        SnowflakeError: the table that the values go into is not there.
    """
    columns: list[Column] = []
    arrays: list[pa.ChunkedArray] = []
    targets = _columns_inserted(statement, run)
    for key, position in bound_values(statement) if isinstance(statement, exp.Expr) else ():
        if targets and targets.arrow is not None and position is not None and position < len(targets.columns):
            column, array = targets.columns[position], targets.arrow.column(position)
        else:
            column, array = Column("TEXT"), pa.chunked_array([], pa.string())
        columns.append(Column(str(key), column.type))
        arrays.append(array)
    return Result(columns, arrow=pa.Table.from_arrays(arrays, names=[column.name for column in columns]))


def _columns_inserted(statement: ParsedStatement, run: Callable[[exp.Query], Result]) -> Result | None:
    """Return the columns that an INSERT of values fills, without rows."""
    if not takes_rows(statement):
        return None
    target = statement.this
    names = [exp.column(name.copy()) for name in target.expressions] if isinstance(target, exp.Schema) else [exp.Star()]
    table = target.this if isinstance(target, exp.Schema) else target
    try:
        return run(exp.select(*names).from_(table.copy()).limit(0))
    except InsufficientPrivilegesError:  # who may only insert reads no columns
        return None
