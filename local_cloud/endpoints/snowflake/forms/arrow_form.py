"""Rows as Arrow, in the forms that Snowflake's drivers read.

A timestamp is a struct of seconds, nanoseconds and, with a zone, the zone's offset; a time is nanoseconds; a
field's metadata names Snowflake's type:
https://github.com/snowflakedb/snowflake-connector-python/tree/main/src/snowflake/connector/nanoarrow_cpp
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from local_cloud.endpoints.snowflake.forms.column_types import ColumnType
from local_cloud.snowflake_account.result import Column, Result

UTC_OFFSET = 1440
"""How Snowflake writes a zone that is UTC: minutes, plus 1440."""

_OF_WORD: dict[str, pa.DataType] = {
    "REAL": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP_NTZ": pa.timestamp("us"),
    "TIMESTAMP_LTZ": pa.timestamp("us", tz="UTC"),
    "TIMESTAMP_TZ": pa.timestamp("us", tz="UTC"),
    "BINARY": pa.binary(),
}


def table_of(result: Result) -> pa.Table:
    """Return a result's rows as a table of simple columns: what has no form of its own to travel in is text."""
    table = result.arrow
    if table is None:
        arrays = [_array(column, [row[i] for row in result.rows]) for i, column in enumerate(result.columns)]
        names = [column.name for column in result.columns]
        return pa.Table.from_arrays(arrays, names=names)
    return pa.Table.from_arrays([_simple(column) for column in table.columns], names=table.column_names)


def _array(column: Column, values: list[Any]) -> pa.Array:
    if column.type == "FIXED":
        return _numbers(values)
    if (type_ := _OF_WORD.get(column.type)) is not None:
        return pa.array(values, type_)
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _numbers(values: list[Any]) -> pa.Array:
    numbers = [None if value is None else Decimal(value) for value in values]
    if any(number is not None and number != number.to_integral_value() for number in numbers):
        return pa.array(numbers)
    try:
        return pa.array([None if number is None else int(number) for number in numbers], pa.int64())
    except OverflowError:
        return pa.array(numbers, pa.decimal128(38, 0))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), default=str)


def _simple(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column in a type that Snowflake has too."""
    type_ = column.type
    if pa.types.is_integer(type_):
        return column.cast(pa.decimal128(38, 0) if pa.types.is_uint64(type_) else pa.int64())
    if pa.types.is_floating(type_):
        return column.cast(pa.float64())
    if pa.types.is_large_string(type_) or pa.types.is_null(type_):
        return column.cast(pa.string())
    if pa.types.is_large_binary(type_):
        return column.cast(pa.binary())
    if _travels(type_):
        return column
    texts = [
        pa.array([None if value.as_py() is None else _text(value.as_py()) for value in chunk])
        for chunk in column.chunks
    ]
    return pa.chunked_array([text.cast(pa.string()) for text in texts], pa.string())


def _travels(type_: pa.DataType) -> bool:
    tests = (pa.types.is_decimal, pa.types.is_boolean, pa.types.is_date32, pa.types.is_time, pa.types.is_timestamp)
    return pa.types.is_string(type_) or pa.types.is_binary(type_) or any(test(type_) for test in tests)


def narrowed(table: pa.Table) -> pa.Table:
    """Return a table whose numbers are int64 where all of a column fit, as Snowflake sends them.

    A number with a scale counts in its last digit: 1.50 is 150. The drivers have the scale from the column's type.
    """
    columns = [_narrowed(column) if pa.types.is_decimal(column.type) else column for column in table.columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def _narrowed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    narrow = [_int64_of(chunk) for chunk in column.chunks]
    chunks = [chunk for chunk in narrow if chunk is not None]
    return column if len(chunks) < len(narrow) else pa.chunked_array(chunks, pa.int64())


def _int64_of(decimals: pa.Array) -> pa.Array | None:
    """Return decimals as numbers of their last digit, None where one of them does not fit.

    A decimal is two words in memory, the low one first: it fits when the high word only repeats the low one's sign.
    """
    words = np.frombuffer(decimals.buffers()[1] or b"", "<i8")[decimals.offset * 2 :][: len(decimals) * 2]
    low, high, is_null = words[0::2], words[1::2], decimals.is_null().to_numpy(zero_copy_only=False)
    if not np.all((high == low >> 63) | is_null):
        return None
    return pa.array(low, pa.int64(), mask=is_null)


def wire_table(table: pa.Table, types: Sequence[ColumnType]) -> pa.Table:
    """Return a table in the types that drivers read; what has these already is not copied."""
    columns = [_wire_column(column, type_) for column, type_ in zip(table.columns, types, strict=True)]
    fields = [
        pa.field(type_.name, column.type, metadata=_metadata(type_))
        for column, type_ in zip(columns, types, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def ipc_stream(wire: pa.Table) -> bytes:
    """Return rows of a wire table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    _write(wire, sink)
    return sink.getvalue().to_pybytes()


def ipc_size(wire: pa.Table) -> int:
    """Return how many bytes the stream has, without making it."""
    sink = pa.MockOutputStream()
    _write(wire, sink)
    return sink.size()


def _write(wire: pa.Table, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, wire.schema) as writer:
        writer.write_table(wire.combine_chunks())


def _metadata(type_: ColumnType) -> dict[str, str]:
    return {
        "logicalType": type_.type.upper(),
        "precision": str(type_.precision or 38),
        "scale": str(type_.scale or 0),
        "charLength": str(type_.length or 0),
    }


def _wire_column(column: pa.ChunkedArray, type_: ColumnType) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        empty = pa.array([], column.type)
        return pa.chunked_array([_timestamps(chunk, type_) for chunk in column.chunks or [empty]])
    if pa.types.is_time(column.type):
        return column.cast(pa.time64("ns")).cast(pa.int64())
    return column


def _timestamps(array: pa.Array, type_: ColumnType) -> pa.Array:
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[array.type.unit]
    seconds, rest = np.divmod(array.cast(pa.int64()).fill_null(0).to_numpy(), per_second)
    nanoseconds = (rest * (10**9 // per_second)).astype(np.int32)
    parts = {"epoch": pa.array(seconds), "fraction": pa.array(nanoseconds)}
    if type_.type == "timestamp_tz":
        parts["timezone"] = pa.array(np.full(len(array), UTC_OFFSET, np.int32))
    fields = [pa.field(name, part.type) for name, part in parts.items()]
    return pa.StructArray.from_arrays(list(parts.values()), fields=fields, mask=array.is_null())
