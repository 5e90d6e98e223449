"""Snowflake's type of each column of an answer, from the types that the embedded account's data have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from local_cloud.snowflake_account.result import Column

MAX_TEXT = 16_777_216
MAX_BINARY = 8_388_608
_SEMI_STRUCTURED = ("VARIANT", "OBJECT", "ARRAY")
_WITH_ZONE = ("TIMESTAMP_LTZ", "TIMESTAMP_TZ")


@dataclass(frozen=True)
class ColumnType:
    """A column as a driver is told of it.

    Attributes:
        name: the column's name.
        type: Snowflake's word in lower case: fixed, text, timestamp_ntz ….
        precision: digits of a number.
        scale: digits after the point, of a number or of a time's second.
        length: the most characters or bytes.
    """

    name: str
    type: str
    precision: int | None = None
    scale: int | None = None
    length: int | None = None

    def described(self) -> dict[str, Any]:
        """Return the entry of an answer's `rowtype`."""
        return {
            "name": self.name,
            "database": "",
            "schema": "",
            "table": "",
            "nullable": True,
            "type": self.type,
            "byteLength": self.length,
            "length": self.length,
            "scale": self.scale,
            "precision": self.precision,
            "collation": None,
        }


def column_types(columns: Sequence[Column], schema: pa.Schema) -> list[ColumnType]:
    """Return the columns' types; the account's word counts where the data's type does not tell (VARIANT, LTZ)."""
    return [_column_type(column, field.type) for column, field in zip(columns, schema, strict=True)]


def _column_type(column: Column, type_: pa.DataType) -> ColumnType:
    name = column.name
    if column.type in _SEMI_STRUCTURED:
        return ColumnType(name, column.type.lower(), length=MAX_TEXT)
    if pa.types.is_boolean(type_):
        return ColumnType(name, "boolean")
    if pa.types.is_decimal(type_):
        return ColumnType(name, "fixed", type_.precision, type_.scale)
    if pa.types.is_integer(type_):
        return ColumnType(name, "fixed", 38, 0)
    if pa.types.is_floating(type_):
        return ColumnType(name, "real")
    if pa.types.is_date(type_):
        return ColumnType(name, "date")
    if pa.types.is_time(type_):
        return ColumnType(name, "time", 0, 9)
    if pa.types.is_timestamp(type_):
        kind = (column.type if column.type in _WITH_ZONE else "TIMESTAMP_LTZ") if type_.tz else "TIMESTAMP_NTZ"
        return ColumnType(name, kind.lower(), 0, 9)
    if pa.types.is_binary(type_) or pa.types.is_large_binary(type_):
        return ColumnType(name, "binary", length=MAX_BINARY)
    if pa.types.is_nested(type_):
        return ColumnType(name, "array" if pa.types.is_list(type_) else "object", length=MAX_TEXT)
    return ColumnType(name, "text", length=MAX_TEXT)
