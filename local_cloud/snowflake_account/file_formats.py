"""File formats as typed options, by Snowflake's names and defaults.

https://docs.snowflake.com/en/sql-reference/sql/create-file-format
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError

_COMPRESSIONS = ("AUTO", "NONE", "GZIP", "ZSTD", "BZ2", "DEFLATE")
_IGNORED = ("TYPE", "COMMENT", "FILE_EXTENSION")
"""What a format may say that reading does not depend on: the extension is for unloading."""


@dataclass(frozen=True)
class CsvFormat:
    """Options of TYPE = CSV; None where Snowflake says NONE."""

    compression: str = "AUTO"
    record_delimiter: str = "\n"
    field_delimiter: str | None = ","
    skip_header: int = 0
    skip_blank_lines: bool = False
    trim_space: bool = False
    field_optionally_enclosed_by: str | None = None
    escape: str | None = None
    escape_unenclosed_field: str | None = "\\"
    null_if: tuple[str, ...] = ("\\N",)
    error_on_column_count_mismatch: bool = True
    empty_field_as_null: bool = True
    replace_invalid_characters: bool = False
    skip_byte_order_mark: bool = True
    encoding: str = "UTF8"
    multi_line: bool = True


@dataclass(frozen=True)
class JsonFormat:
    """Options of TYPE = JSON."""

    compression: str = "AUTO"
    strip_outer_array: bool = False
    strip_null_values: bool = False
    allow_duplicate: bool = False
    ignore_utf8_errors: bool = False
    replace_invalid_characters: bool = False
    skip_byte_order_mark: bool = True
    multi_line: bool = True


FileFormat: TypeAlias = CsvFormat | JsonFormat

_TYPES: dict[str, type[CsvFormat] | type[JsonFormat]] = {"CSV": CsvFormat, "JSON": JsonFormat}

_ONLY_DEFAULT = {
    "PARSE_HEADER": (False,),
    "VALIDATE_UTF8": (True,),
    "DATE_FORMAT": ("AUTO",),
    "TIME_FORMAT": ("AUTO",),
    "TIMESTAMP_FORMAT": ("AUTO",),
    "BINARY_FORMAT": ("HEX",),
    "ENABLE_OCTAL": (False,),
}
"""Options that are accepted with the value that means the default and refused with any other."""


def file_format(options: Mapping[str, Any]) -> FileFormat:
    """Return a format from its options as a statement gives them.

    Raises:
        UnsupportedError: a type, option or value that the embedded account cannot read by.
        SnowflakeError: a value that is none.
    """
    type_name = str(options.get("TYPE", "CSV")).upper()
    if type_name not in _TYPES:
        raise UnsupportedError(f"FILE FORMAT TYPE = {type_name}")
    cls = _TYPES[type_name]
    known = {field.name.upper(): field for field in fields(cls)}
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name in known:
            values[name.lower()] = _typed(name, value, known[name].default)
        elif name in _ONLY_DEFAULT:
            if value not in _ONLY_DEFAULT[name] and str(value).upper() not in _ONLY_DEFAULT[name]:
                raise UnsupportedError(f"{name} = {value}")
        elif name not in _IGNORED:
            raise SnowflakeError(f"SQL compilation error:\ninvalid parameter '{name}' for file format {type_name}.")
    return cls(**values)


def _typed(name: str, value: Any, default: Any) -> Any:
    if name == "COMPRESSION" and str(value).upper() not in _COMPRESSIONS:
        raise UnsupportedError(f"COMPRESSION = {value}")
    if name == "ENCODING" and str(value).upper().replace("-", "") != "UTF8":
        raise UnsupportedError(f"ENCODING = {value}")
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        if str(value).upper() in ("TRUE", "FALSE"):
            return str(value).upper() == "TRUE"
        raise _invalid(name, value)
    if isinstance(default, int):
        if not isinstance(value, int) or value < 0:
            raise _invalid(name, value)
        return value
    if isinstance(default, tuple):
        return tuple(str(item) for item in (value if isinstance(value, list | tuple) else (value,)))
    if name in ("COMPRESSION", "ENCODING"):
        return str(value).upper()
    return None if str(value).upper() == "NONE" or value == "" else str(value)


def _invalid(name: str, value: object) -> SnowflakeError:
    return SnowflakeError(f"SQL compilation error:\ninvalid value [{value}] for parameter '{name}'")
