"""Types of columns: Snowflake's as declared, Snowflake's spelled out, and DuckDB's. Pure."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.statements import ColumnDefinition
from local_cloud.snowflake_account.language.tokens import Name

_TYPE = exp.DataType.Type
_SEMI_STRUCTURED = {_TYPE.VARIANT: "VARIANT", _TYPE.OBJECT: "OBJECT", _TYPE.ARRAY: "ARRAY"}
_WITH_DIGITS = {
    _TYPE.TIMESTAMPNTZ: "TIMESTAMP_NTZ",
    _TYPE.TIMESTAMP: "TIMESTAMP_NTZ",
    _TYPE.DATETIME: "TIMESTAMP_NTZ",
    _TYPE.TIMESTAMPLTZ: "TIMESTAMP_LTZ",
    _TYPE.TIMESTAMPTZ: "TIMESTAMP_TZ",
    _TYPE.TIME: "TIME",
}
_PLAIN = {
    _TYPE.FLOAT: ("FLOAT", "DOUBLE"),
    _TYPE.DOUBLE: ("FLOAT", "DOUBLE"),
    _TYPE.BOOLEAN: ("BOOLEAN", "BOOLEAN"),
    _TYPE.DATE: ("DATE", "DATE"),
}

_LONGEST_TEXT = 16_777_216
"""Characters of a VARCHAR that is declared without a length."""

_NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}
_FROM_DUCKDB = {
    "VARCHAR": "VARCHAR(16777216)",
    "JSON": "VARIANT",
    "FLOAT": "FLOAT",
    "DOUBLE": "FLOAT",
    "BLOB": "BINARY(8388608)",
    "TIME": "TIME(9)",
    "TIMESTAMP": "TIMESTAMP_NTZ(9)",
    "TIMESTAMP_NS": "TIMESTAMP_NTZ(9)",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ(9)",
}


def full_type(declared: str) -> str:
    """Return a declared type as Snowflake spells it out: INTEGER is NUMBER(38,0).

    Raises:
        SnowflakeError: there is no such type.
    """
    return _both(declared)[0]


def duck_type(declared: str) -> str:
    """Return DuckDB's type for a declared one; whole numbers of 38 digits are DECIMAL(38,0).

    Raises:
        SnowflakeError: there is no such type.
    """
    return _both(declared)[1]


@lru_cache(maxsize=1024)
def text_length(declared: str) -> int | None:
    """Return the characters that a declared text type holds; None for the longest, and for other types."""
    word, _, length = full_type(declared).rstrip(")").partition("(")
    return int(length) if word == "VARCHAR" and int(length) < _LONGEST_TEXT else None


def snowflake_type(duckdb_type: str) -> str:
    """Return Snowflake's spelling of a DuckDB type."""
    if duckdb_type in _NUMBERS:
        return "NUMBER(38,0)"
    if duckdb_type.startswith("DECIMAL"):
        return duckdb_type.replace("DECIMAL", "NUMBER")
    return _FROM_DUCKDB.get(duckdb_type, duckdb_type)


def stored_type(duckdb_type: str, *, is_compressed: bool = True) -> str:
    """Return a DuckDB type as a table's column has it: with how its values are stored.

    VARIANTs are long texts that resemble each other: zstd writes them in half the time and two thirds of the space
    that DuckDB's own choice takes.

    Args:
        duckdb_type: the type.
        is_compressed: whether DuckDB may look for a way to compress texts.
    """
    if duckdb_type == "JSON":
        return f"{duckdb_type} using compression zstd"
    return duckdb_type if is_compressed or duckdb_type != "VARCHAR" else f"{duckdb_type} using compression uncompressed"


def column_sql(column: ColumnDefinition) -> str:
    """Return a column's definition in DuckDB's SQL."""
    given = f"nextval('{column.sequence}')" if column.sequence else column.default
    default = f" default {given}" if given is not None else ""
    nullable = "" if column.nullable else " not null"
    return f"{Name((column.name,)).quoted} {stored_type(duck_type(column.type))}{default}{nullable}"


def _both(declared: str) -> tuple[str, str]:
    try:
        type_ = exp.DataType.build(declared, dialect="snowflake")
    except (SqlglotError, ValueError) as error:
        raise _unknown(declared) from error
    arguments = [int(part.name) for part in type_.expressions if part.name.isdigit()]
    word = type_.this
    if word in exp.DataType.TEXT_TYPES:
        default = 1 if word is _TYPE.CHAR else _LONGEST_TEXT
        return f"VARCHAR({arguments[0] if arguments else default})", "VARCHAR"
    if word in exp.DataType.INTEGER_TYPES:
        return "NUMBER(38,0)", "DECIMAL(38,0)"
    if word is _TYPE.DECIMAL:
        precision, scale = (arguments + [38, 0][len(arguments) :])[:2]
        if not (1 <= precision <= 38 and 0 <= scale <= precision):
            raise _unknown(declared)
        return f"NUMBER({precision},{scale})", f"DECIMAL({precision},{scale})"
    if word in _WITH_DIGITS:
        spelled = f"{_WITH_DIGITS[word]}({arguments[0] if arguments else 9})"
        with_zone = spelled.startswith(("TIMESTAMP_L", "TIMESTAMP_T"))
        return spelled, "TIME" if word is _TYPE.TIME else "TIMESTAMPTZ" if with_zone else "TIMESTAMP"
    if word in (_TYPE.BINARY, _TYPE.VARBINARY):
        return f"BINARY({arguments[0] if arguments else 8388608})", "BLOB"
    if word in _SEMI_STRUCTURED and not type_.expressions:
        return _SEMI_STRUCTURED[word], "JSON"
    if word in _PLAIN:
        return _PLAIN[word]
    raise _unknown(declared)


def _unknown(declared: str) -> SnowflakeError:
    return SnowflakeError(f"SQL compilation error:\nUnsupported data type '{declared}'.", code=2040, sqlstate="42601")
