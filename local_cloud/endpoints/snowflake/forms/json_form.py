"""Rows as JSON texts, in the forms that Snowflake's drivers read: everything is text or null."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa

from local_cloud.endpoints.snowflake.forms.arrow_form import UTC_OFFSET
from local_cloud.endpoints.snowflake.forms.column_types import ColumnType

Texts = list["str | None"]


def row_texts(table: pa.Table, types: Sequence[ColumnType]) -> list[Texts]:
    """Return a table's rows."""
    columns = [_texts(column, type_) for column, type_ in zip(table.columns, types, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def rows_body(table: pa.Table, types: Sequence[ColumnType]) -> bytes:
    """Return a table's rows as a chunk to download: arrays with commas between, without the outer brackets."""
    return json.dumps(row_texts(table, types), separators=(",", ":"))[1:-1].encode()


def _texts(column: pa.ChunkedArray, type_: ColumnType) -> Texts:
    match type_.type:
        case "boolean":
            return column.cast(pa.int8()).cast(pa.string()).to_pylist()
        case "date":
            return column.cast(pa.int32()).cast(pa.string()).to_pylist()
        case "time":
            return [_seconds(value) for value in column.cast(pa.time64("ns")).cast(pa.int64()).to_pylist()]
        case "timestamp_ntz" | "timestamp_ltz":
            return [_seconds(value) for value in _nanoseconds(column)]
        case "timestamp_tz":
            return [text and f"{text} {UTC_OFFSET}" for text in map(_seconds, _nanoseconds(column))]
        case "binary":
            return [None if value is None else value.hex().upper() for value in column.to_pylist()]
        case "fixed" if type_.scale:
            return [None if value is None else f"{value:f}" for value in column.to_pylist()]
        case "real":
            return [None if value is None else repr(value) for value in column.to_pylist()]
        case _:
            return column.cast(pa.string()).to_pylist()


def _nanoseconds(column: pa.ChunkedArray) -> list[int | None]:
    per_tick = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[column.type.unit]
    return [None if value is None else value * per_tick for value in column.cast(pa.int64()).to_pylist()]


def _seconds(nanoseconds: int | None) -> str | None:
    """Return nanoseconds as seconds with nine digits after the point."""
    if nanoseconds is None:
        return None
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    return f"{sign}{rest // 10**9}.{rest % 10**9:09d}"
