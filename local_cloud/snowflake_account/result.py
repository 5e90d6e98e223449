"""What a statement answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.errors import SnowflakeError


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Attributes:
        name: as the answer spells it.
        type: Snowflake's word: TEXT, FIXED, REAL, BOOLEAN, DATE, TIME, BINARY, VARIANT, TIMESTAMP_NTZ ….
    """

    name: str
    type: str = "TEXT"


class Result:
    """Columns and rows of an answer.

    An answer of the catalog has rows. A query's answer is an Arrow table, and its rows are made when they are
    asked for: whoever sends the table on never holds a million rows twice.

    Attributes:
        columns: its columns.
        arrow: a query's answer, None for one of the catalog.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[tuple[Any, ...]] | None = None,
        *,
        arrow: pa.Table | None = None,
    ) -> None:
        self.columns = list(columns)
        self.arrow = arrow
        self._rows = None if rows is None else list(rows)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python values.

        Raises:
            SnowflakeError: Python has no such value, as for a date in the year 0 or 10000.
        """
        if self._rows is None:
            found = zip(self.columns, self.arrow.columns, strict=True) if self.arrow is not None else ()
            self._rows = list(zip(*(_values(column, values) for column, values in found), strict=True))
        return self._rows

    def dicts(self) -> list[dict[str, Any]]:
        """Return each row as a mapping of column names to values."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def _values(column: Column, values: pa.ChunkedArray) -> list[Any]:
    try:
        return values.to_pylist()
    except (OverflowError, ValueError) as error:
        raise SnowflakeError(
            f"column {column.name} has a value that Python cannot hold: dates have the years 1 to 9999, times whole "
            f"microseconds; cast it to text, as in {column.name}::varchar",
            code=100035,
            sqlstate="22007",
        ) from error


JSON = pa.json_(pa.large_string())
"""Arrow's type of a VARIANT, which DuckDB reads as JSON and not as text."""


def as_json(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts as VARIANTs."""
    given = texts.cast(pa.large_string()).chunks
    return pa.chunked_array([pa.ExtensionArray.from_storage(JSON, chunk) for chunk in given], JSON)


def status(message: str) -> Result:
    """Return the one-line answer of a statement that changes something."""
    return Result([Column("status")], [(message,)])


def done() -> Result:
    """Return the answer of a statement that has nothing of its own to say."""
    return status("Statement executed successfully.")


def rows_of(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Result:
    """Return an answer from column names, `name:type` where it is not text, and rows."""
    split = (column.partition(":") for column in columns)
    return Result([Column(name, type_ or "TEXT") for name, _, type_ in split], list(rows))


_TYPES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "FIXED"),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), "FIXED"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "TIMESTAMP_NTZ"),
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ",
    "BOOLEAN": "BOOLEAN",
    "FLOAT": "REAL",
    "DOUBLE": "REAL",
    "DATE": "DATE",
    "TIME": "TIME",
    "BLOB": "BINARY",
    "JSON": "VARIANT",
}
"""DuckDB's types in Snowflake's words; what is not listed is text."""


def described(duck: DuckDBPyConnection) -> list[Column]:
    """Return the columns of the statement that DuckDB has just run."""
    return [Column(name, _type_word(str(type_))) for name, type_, *_ in duck.description or ()]


def _type_word(duckdb_type: str) -> str:
    return "FIXED" if duckdb_type.startswith("DECIMAL(") else _TYPES.get(duckdb_type, "TEXT")
