"""Types of expressions, as far as VARIANT's coercions tell them apart, and which type wins where several meet. Pure.

https://docs.snowflake.com/en/sql-reference/data-type-conversion#data-types-that-can-be-cast
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from sqlglot import exp

_TYPE = exp.DType


class Type(Enum):
    """A type; where several meet, a later one wins over an earlier one.

    A VARIANT is converted to whatever it meets. It says of itself that any of these can be made of it, while text,
    dates and times are not made VARIANTs by themselves; numbers and booleans would be, which compares the same.
    """

    NULL = auto()
    VARIANT = auto()
    UNKNOWN = auto()
    BINARY = auto()
    TEXT = auto()
    BOOLEAN = auto()
    TIME = auto()
    DATE = auto()
    TIMESTAMP = auto()
    TIMESTAMP_TZ = auto()
    NUMBER = auto()
    FLOAT = auto()


def common(types: Iterable[Type]) -> Type:
    """Return the type that values of several types are made the same by; of none it is NULL."""
    return max(types, key=lambda type_: type_.value, default=Type.NULL)


_OF_DUCKDB = {
    "JSON": Type.VARIANT,
    "VARCHAR": Type.TEXT,
    "BOOLEAN": Type.BOOLEAN,
    "DATE": Type.DATE,
    "TIME": Type.TIME,
    "FLOAT": Type.FLOAT,
    "DOUBLE": Type.FLOAT,
    "BLOB": Type.BINARY,
    "TIMESTAMP WITH TIME ZONE": Type.TIMESTAMP_TZ,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), Type.NUMBER),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), Type.NUMBER),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), Type.TIMESTAMP),
}


def of_duckdb(type_: str) -> Type:
    """Return what a type of DuckDB's is."""
    return Type.NUMBER if type_.startswith("DECIMAL") else _OF_DUCKDB.get(type_, Type.UNKNOWN)


_OF_WORDS = {
    **dict.fromkeys((_TYPE.VARIANT, _TYPE.OBJECT, _TYPE.ARRAY, _TYPE.JSON, _TYPE.STRUCT, _TYPE.MAP), Type.VARIANT),
    **dict.fromkeys(exp.DataType.TEXT_TYPES, Type.TEXT),
    **dict.fromkeys(exp.DataType.INTEGER_TYPES, Type.NUMBER),
    **dict.fromkeys((_TYPE.DECIMAL, _TYPE.BIGDECIMAL), Type.NUMBER),
    **dict.fromkeys((_TYPE.FLOAT, _TYPE.DOUBLE, _TYPE.DECFLOAT), Type.FLOAT),
    _TYPE.BOOLEAN: Type.BOOLEAN,
    **dict.fromkeys((_TYPE.DATE, _TYPE.DATE32), Type.DATE),
    _TYPE.TIME: Type.TIME,
    **dict.fromkeys((_TYPE.TIMESTAMP, _TYPE.TIMESTAMPNTZ, _TYPE.DATETIME), Type.TIMESTAMP),
    **dict.fromkeys((_TYPE.TIMESTAMPTZ, _TYPE.TIMESTAMPLTZ), Type.TIMESTAMP_TZ),
    **dict.fromkeys((_TYPE.BINARY, _TYPE.VARBINARY), Type.BINARY),
    _TYPE.NULL: Type.NULL,
}


def of_word(type_: exp.DType | exp.DataType | None) -> Type:
    """Return what a type that a statement spells is."""
    word = type_.this if isinstance(type_, exp.DataType) else type_
    return _OF_WORDS.get(word, Type.UNKNOWN) if isinstance(word, _TYPE) else Type.UNKNOWN
