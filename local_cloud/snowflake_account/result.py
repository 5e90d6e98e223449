"""What a statement answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column of an answer; the type is Snowflake's word (TEXT, FIXED, REAL, BOOLEAN, DATE, TIMESTAMP_NTZ …)."""

    name: str
    type: str = "TEXT"


@dataclass(frozen=True)
class Result:
    """Columns and rows of an answer."""

    columns: list[Column]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def dicts(self) -> list[dict[str, Any]]:
        """Return each row as a mapping of column names to values."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def status(message: str) -> Result:
    """Return the one-line answer of a statement that changes something."""
    return Result([Column("status")], [(message,)])


def rows_of(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Result:
    """Return an answer from column names, `name:type` where it is not text, and rows."""
    split = (column.partition(":") for column in columns)
    return Result([Column(name, type_ or "TEXT") for name, _, type_ in split], list(rows))
