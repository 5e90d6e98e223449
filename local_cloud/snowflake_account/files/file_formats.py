"""File formats as typed options, by Snowflake's names and defaults.

https://docs.snowflake.com/en/sql-reference/sql/create-file-format
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from local_cloud.snowflake_account.errors import InvalidValueError, SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.format_options import OPTIONS

COMPRESSIONS = ("AUTO", "NONE", "GZIP", "ZSTD", "BZ2", "DEFLATE", "RAW_DEFLATE")

ENCODINGS = {
    "UTF8": "utf-8",
    "UTF16": "utf-16",
    "UTF16BE": "utf-16-be",
    "UTF16LE": "utf-16-le",
    "UTF32": "utf-32",
    "UTF32BE": "utf-32-be",
    "UTF32LE": "utf-32-le",
    "ISO88591": "latin-1",
    "ISO885915": "iso8859-15",
    "WINDOWS1250": "cp1250",
    "WINDOWS1251": "cp1251",
    "WINDOWS1252": "cp1252",
}
"""Snowflake's names of encodings, and Python's."""

BINARY_FORMATS = ("HEX", "BASE64", "UTF8")

_WORDS: Mapping[str, Collection[str]] = {
    "COMPRESSION": COMPRESSIONS,
    "ENCODING": ENCODINGS,
    "BINARY_FORMAT": BINARY_FORMATS,
}
"""Options whose values are words, and the words."""

_CODE = re.compile(r"(?:0x|\\x)(?P<hex>[0-9A-Fa-f]{2})|\\(?P<octal>[0-7]{3})")
_CODES_OR_LETTER = re.compile(r"(?:(?:0x|\\x)[0-9A-Fa-f]{2}|\\[0-7]{3})+|\\(?P<letter>[nrtbf\\'])")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _typed(name: str, value: Any, default: Any) -> Any:
    if name in _WORDS:
        word = str(value).upper().replace("-", "")
        if word not in _WORDS[name]:
            raise UnsupportedError(f"{name} = {value}")
        return word
    if isinstance(default, bool):
        if str(value).upper() not in ("TRUE", "FALSE"):
            raise InvalidValueError(name, value)
        return str(value).upper() == "TRUE"
    if isinstance(default, int):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InvalidValueError(name, value)
        return value
    if isinstance(default, tuple):
        return tuple(str(item) for item in (value if isinstance(value, list | tuple) else (value,)))
    return _sign(name, str(value))


def _sign(name: str, value: str) -> str | None:
    """Return a delimiter, quote or escape: as it is, by its code (hexadecimal or octal), or None for NONE."""
    if value.upper() == "NONE" or not value:
        return None
    sign = _CODES_OR_LETTER.sub(_characters, value)
    allowed = ("'", '"') if name == "FIELD_OPTIONALLY_ENCLOSED_BY" else (sign,)
    longest = 20 if name.endswith("DELIMITER") else 1
    if sign not in allowed or len(sign) > longest:
        raise InvalidValueError(name, value)
    return sign


def _characters(found: re.Match[str]) -> str:
    """Return what codes stand for: bytes of UTF-8, or else one character each (Þ is 0xDE), or a letter's escape."""
    if letter := found["letter"]:
        return _LETTERS.get(letter, letter)
    codes = bytes(
        int(code["hex"], 16) if code["hex"] else int(code["octal"], 8) & 0xFF for code in _CODE.finditer(found[0])
    )
    try:
        return codes.decode()
    except UnicodeDecodeError:
        return codes.decode("latin-1")


def _default(type_name: str, name: str) -> Any:
    default = OPTIONS[type_name][name].default
    return _typed(name, default, default)


@dataclass(frozen=True)
class CsvFormat:
    """Options of TYPE = CSV; None where Snowflake says NONE."""

    compression: str = _default("CSV", "COMPRESSION")
    record_delimiter: str | None = _default("CSV", "RECORD_DELIMITER")
    field_delimiter: str | None = _default("CSV", "FIELD_DELIMITER")
    skip_header: int = _default("CSV", "SKIP_HEADER")
    parse_header: bool = _default("CSV", "PARSE_HEADER")
    skip_blank_lines: bool = _default("CSV", "SKIP_BLANK_LINES")
    trim_space: bool = _default("CSV", "TRIM_SPACE")
    field_optionally_enclosed_by: str | None = _default("CSV", "FIELD_OPTIONALLY_ENCLOSED_BY")
    escape: str | None = _default("CSV", "ESCAPE")
    escape_unenclosed_field: str | None = _default("CSV", "ESCAPE_UNENCLOSED_FIELD")
    null_if: tuple[str, ...] = _default("CSV", "NULL_IF")
    error_on_column_count_mismatch: bool = _default("CSV", "ERROR_ON_COLUMN_COUNT_MISMATCH")
    empty_field_as_null: bool = _default("CSV", "EMPTY_FIELD_AS_NULL")
    replace_invalid_characters: bool = _default("CSV", "REPLACE_INVALID_CHARACTERS")
    skip_byte_order_mark: bool = _default("CSV", "SKIP_BYTE_ORDER_MARK")
    encoding: str = _default("CSV", "ENCODING")
    multi_line: bool = _default("CSV", "MULTI_LINE")
    binary_format: str = _default("CSV", "BINARY_FORMAT")

    @property
    def has_lines(self) -> bool:
        """Whether a record ends where a line does."""
        return self.record_delimiter in ("\n", "\r\n", "\r")

    @property
    def has_any_line_end(self) -> bool:
        """Whether a record ends at any line end: a new line is logical, CRLF and CR are taken for literal."""
        return self.record_delimiter == "\n"

    @property
    def is_as_delivered(self) -> bool:
        """Whether a field without quotes and escapes is what stands between the delimiters."""
        return not (self.null_if or self.empty_field_as_null or self.trim_space)


@dataclass(frozen=True)
class JsonFormat:
    """Options of TYPE = JSON."""

    compression: str = _default("JSON", "COMPRESSION")
    strip_outer_array: bool = _default("JSON", "STRIP_OUTER_ARRAY")
    strip_null_values: bool = _default("JSON", "STRIP_NULL_VALUES")
    null_if: tuple[str, ...] = _default("JSON", "NULL_IF")
    trim_space: bool = _default("JSON", "TRIM_SPACE")
    allow_duplicate: bool = _default("JSON", "ALLOW_DUPLICATE")
    ignore_utf8_errors: bool = _default("JSON", "IGNORE_UTF8_ERRORS")
    replace_invalid_characters: bool = _default("JSON", "REPLACE_INVALID_CHARACTERS")
    skip_byte_order_mark: bool = _default("JSON", "SKIP_BYTE_ORDER_MARK")
    multi_line: bool = _default("JSON", "MULTI_LINE")
    binary_format: str = _default("JSON", "BINARY_FORMAT")


@dataclass(frozen=True)
class ParquetFormat:
    """TYPE = PARQUET; its compression is inside the file.

    With the vectorized scanner BINARY_AS_TEXT is always FALSE and USE_LOGICAL_TYPE always TRUE.
    """

    compression: str = "NONE"
    use_vectorized_scanner: bool = _default("PARQUET", "USE_VECTORIZED_SCANNER")
    binary_as_text: bool = _default("PARQUET", "BINARY_AS_TEXT")
    use_logical_type: bool = _default("PARQUET", "USE_LOGICAL_TYPE")
    replace_invalid_characters: bool = _default("PARQUET", "REPLACE_INVALID_CHARACTERS")

    @property
    def has_bytes(self) -> bool:
        """Whether binary columns are bytes, and not text."""
        return self.use_vectorized_scanner or not self.binary_as_text

    @property
    def has_logical_types(self) -> bool:
        """Whether columns are read with their logical types."""
        return self.use_vectorized_scanner or self.use_logical_type


FormatOptions: TypeAlias = CsvFormat | JsonFormat | ParquetFormat

_TYPES: dict[str, type[CsvFormat] | type[JsonFormat] | type[ParquetFormat]] = {
    "CSV": CsvFormat,
    "JSON": JsonFormat,
    "PARQUET": ParquetFormat,
}

_OF_ANY_TYPE = ("TYPE", "COMMENT", "TEMPORARY")

OPTION_NAMES = frozenset(name for options in OPTIONS.values() for name in options).union(_OF_ANY_TYPE)
"""Every option that a format of some type may have."""


def file_format(options: Mapping[str, Any]) -> FormatOptions:
    """Return a format from its options as a statement gives them.

    Raises:
        UnsupportedError: a type, option or value that the embedded account cannot read by.
        SnowflakeError: a value that is none.
    """
    type_name = str(options.get("TYPE", "CSV")).upper()
    if type_name not in _TYPES:
        raise UnsupportedError(f"FILE FORMAT TYPE = {type_name}")
    cls = _TYPES[type_name]
    read = {field.name.upper() for field in fields(cls)}
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name in _OF_ANY_TYPE:
            continue
        if (option := OPTIONS[type_name].get(name)) is None:
            raise SnowflakeError(f"SQL compilation error:\ninvalid parameter '{name}' for file format {type_name}.")
        if option.only is not None:
            plain = value.upper() if isinstance(value, str) else tuple(value) if isinstance(value, list) else value
            if plain not in option.only:
                raise UnsupportedError(f"{name} = {value}")
        elif name in read:
            values[name.lower()] = _typed(name, value, option.default)
    made = cls(**values)
    if isinstance(made, CsvFormat):
        _check_delimiters(made)
        _check_header(made)
    return made


def _check_header(options: CsvFormat) -> None:
    if options.parse_header and options.skip_header:
        raise SnowflakeError("SQL compilation error:\nSKIP_HEADER is not supported with PARSE_HEADER = TRUE.")


def _check_delimiters(options: CsvFormat) -> None:
    field, record = options.field_delimiter, options.record_delimiter
    if field and record and (field in record or record in field):
        raise SnowflakeError(
            f"SQL compilation error:\nFIELD_DELIMITER {field!r} and RECORD_DELIMITER {record!r}: neither may be a part "
            "of the other."
        )
