"""File formats as typed options, by Snowflake's names and defaults.

https://docs.snowflake.com/en/sql-reference/sql/create-file-format
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError

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

_COLUMN_OPTIONS = ("TRIM_SPACE", "NULL_IF")
"""Options of JSON that only concern loading into separate columns with MATCH_BY_COLUMN_NAME, which is refused."""

_VALUE_FORMATS = {
    "DATE_FORMAT": ("AUTO",),
    "TIME_FORMAT": ("AUTO",),
    "TIMESTAMP_FORMAT": ("AUTO",),
    "BINARY_FORMAT": ("HEX",),
}
"""How dates, times and bytes are written; JSON has them for what a COPY's SELECT converts."""

_IGNORED = {
    "CSV": ("TYPE", "COMMENT", "TEMPORARY", "FILE_EXTENSION"),
    "JSON": ("TYPE", "COMMENT", "TEMPORARY", "FILE_EXTENSION", *_COLUMN_OPTIONS),
    "PARQUET": ("TYPE", "COMMENT", "TEMPORARY"),
}
"""What a format may say that reading does not depend on: the extension is for unloading."""

_ONLY_DEFAULT: dict[str, dict[str, tuple[Any, ...]]] = {
    "CSV": {
        "PARSE_HEADER": (False,),
        "VALIDATE_UTF8": (True,),
        **_VALUE_FORMATS,
    },
    "JSON": {"ENABLE_OCTAL": (False,), **_VALUE_FORMATS},
    "PARQUET": {
        "BINARY_AS_TEXT": (True,),
        "USE_LOGICAL_TYPE": (False,),
        "USE_VECTORIZED_SCANNER": (False,),
        "TRIM_SPACE": (False,),
        "REPLACE_INVALID_CHARACTERS": (False,),
        "NULL_IF": ((),),
        "COMPRESSION": ("AUTO", "NONE", "SNAPPY", "LZO"),
        "SNAPPY_COMPRESSION": (True,),
    },
}
"""Options that are accepted with the value that means the default and refused with any other."""

_CODE = re.compile(r"(?:0x|\\x)(?P<hex>[0-9A-Fa-f]{2})|\\(?P<octal>[0-7]{3})")
_CODES_OR_LETTER = re.compile(r"(?:(?:0x|\\x)[0-9A-Fa-f]{2}|\\[0-7]{3})+|\\(?P<letter>[nrtbf\\'])")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class CsvFormat:
    """Options of TYPE = CSV; None where Snowflake says NONE."""

    compression: str = "AUTO"
    record_delimiter: str | None = "\n"
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

    compression: str = "AUTO"
    strip_outer_array: bool = False
    strip_null_values: bool = False
    allow_duplicate: bool = False
    ignore_utf8_errors: bool = False
    replace_invalid_characters: bool = False
    skip_byte_order_mark: bool = True
    multi_line: bool = True


@dataclass(frozen=True)
class ParquetFormat:
    """TYPE = PARQUET; its compression is inside the file."""

    compression: str = "NONE"


FormatOptions: TypeAlias = CsvFormat | JsonFormat | ParquetFormat

_TYPES: dict[str, type[CsvFormat] | type[JsonFormat] | type[ParquetFormat]] = {
    "CSV": CsvFormat,
    "JSON": JsonFormat,
    "PARQUET": ParquetFormat,
}

OPTION_NAMES = frozenset(name for options in (*_IGNORED.values(), *_ONLY_DEFAULT.values()) for name in options).union(
    field.name.upper() for cls in _TYPES.values() for field in fields(cls)
)
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
    known = {field.name.upper(): field for field in fields(cls)}
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name in _ONLY_DEFAULT[type_name]:
            plain = value.upper() if isinstance(value, str) else tuple(value) if isinstance(value, list) else value
            if plain not in _ONLY_DEFAULT[type_name][name]:
                raise UnsupportedError(f"{name} = {value}")
        elif name in known:
            values[name.lower()] = _typed(name, value, known[name].default)
        elif name not in _IGNORED[type_name]:
            raise SnowflakeError(f"SQL compilation error:\ninvalid parameter '{name}' for file format {type_name}.")
    made = cls(**values)
    if isinstance(made, CsvFormat):
        _check_delimiters(made)
    return made


def _check_delimiters(options: CsvFormat) -> None:
    field, record = options.field_delimiter, options.record_delimiter
    if field and record and (field in record or record in field):
        raise SnowflakeError(
            f"SQL compilation error:\nFIELD_DELIMITER {field!r} and RECORD_DELIMITER {record!r}: neither may be a part "
            "of the other."
        )


def _typed(name: str, value: Any, default: Any) -> Any:
    if name in ("COMPRESSION", "ENCODING"):
        word = str(value).upper().replace("-", "")
        if word not in (COMPRESSIONS if name == "COMPRESSION" else ENCODINGS):
            raise UnsupportedError(f"{name} = {value}")
        return word
    if isinstance(default, bool):
        if str(value).upper() not in ("TRUE", "FALSE"):
            raise _invalid(name, value)
        return str(value).upper() == "TRUE"
    if isinstance(default, int):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise _invalid(name, value)
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
        raise _invalid(name, value)
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


def _invalid(name: str, value: object) -> SnowflakeError:
    return SnowflakeError(f"SQL compilation error:\ninvalid value [{value}] for parameter '{name}'")
