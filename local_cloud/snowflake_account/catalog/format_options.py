"""Every option of a file format, its default, and how DESCRIBE and SHOW spell its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COMMON_OPTIONS = {
    "DATE_FORMAT": "AUTO",
    "TIME_FORMAT": "AUTO",
    "TIMESTAMP_FORMAT": "AUTO",
    "BINARY_FORMAT": "HEX",
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "CSV": {
        "RECORD_DELIMITER": "\n",
        "FIELD_DELIMITER": ",",
        "FILE_EXTENSION": "",
        "SKIP_HEADER": 0,
        "PARSE_HEADER": False,
        **_COMMON_OPTIONS,
        "ESCAPE": "NONE",
        "ESCAPE_UNENCLOSED_FIELD": "\\",
        "TRIM_SPACE": False,
        "FIELD_OPTIONALLY_ENCLOSED_BY": "NONE",
        "NULL_IF": ("\\N",),
        "COMPRESSION": "AUTO",
        "ERROR_ON_COLUMN_COUNT_MISMATCH": True,
        "VALIDATE_UTF8": True,
        "SKIP_BLANK_LINES": False,
        "REPLACE_INVALID_CHARACTERS": False,
        "EMPTY_FIELD_AS_NULL": True,
        "SKIP_BYTE_ORDER_MARK": True,
        "ENCODING": "UTF8",
        "MULTI_LINE": True,
    },
    "JSON": {
        "FILE_EXTENSION": "",
        **_COMMON_OPTIONS,
        "TRIM_SPACE": False,
        "NULL_IF": (),
        "COMPRESSION": "AUTO",
        "ENABLE_OCTAL": False,
        "ALLOW_DUPLICATE": False,
        "STRIP_OUTER_ARRAY": False,
        "STRIP_NULL_VALUES": False,
        "IGNORE_UTF8_ERRORS": False,
        "REPLACE_INVALID_CHARACTERS": False,
        "SKIP_BYTE_ORDER_MARK": True,
        "MULTI_LINE": True,
    },
    "PARQUET": {
        "TRIM_SPACE": False,
        "NULL_IF": ("\\N",),
        "COMPRESSION": "AUTO",
        "BINARY_AS_TEXT": True,
        "USE_LOGICAL_TYPE": False,
        "USE_VECTORIZED_SCANNER": False,
        "REPLACE_INVALID_CHARACTERS": False,
    },
}
"""Every option of a format and its default: https://docs.snowflake.com/en/sql-reference/sql/create-file-format"""


def format_options(given: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return each option of a format: name, type, value and default, as DESCRIBE FILE FORMAT spells them."""
    rows = []
    for name, default in _OPTIONS[str(given.get("TYPE", "CSV")).upper()].items():
        kind = {bool: "Boolean", int: "Integer", tuple: "List"}.get(type(default), "String")
        rows.append((name, kind, spelled_option(given.get(name, default)), spelled_option(default)))
    return rows


def spelled_option(value: Any) -> str:
    """Return an option's value as DESCRIBE spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value)}]"
    return str(value)
