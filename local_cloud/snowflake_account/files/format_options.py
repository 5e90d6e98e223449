"""Every option of a file format: its default, and the values that the embedded account takes.

In the order in which DESCRIBE has them: https://docs.snowflake.com/en/sql-reference/sql/create-file-format
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """An option of one type of format.

    Attributes:
        default: its value where a statement gives none, a text as DESCRIBE spells it.
        only: the values that it may have, None for any: what reading depends on is read by `file_formats`, the rest
            concerns unloading.
        is_described: whether DESCRIBE tells of it.
    """

    default: Any
    only: tuple[Any, ...] | None = None
    is_described: bool = True


def _fixed(default: Any, *alike: Any, is_described: bool = True) -> Option:
    """Return an option that may only have its default, or a value that means the same to the embedded account."""
    return Option(default, (default, *alike), is_described)


_VALUE_FORMATS = {
    "DATE_FORMAT": _fixed("AUTO"),
    "TIME_FORMAT": _fixed("AUTO"),
    "TIMESTAMP_FORMAT": _fixed("AUTO"),
    "BINARY_FORMAT": Option("HEX"),
}
"""How dates, times and bytes are written; JSON has them for what a COPY's SELECT converts."""

OPTIONS: Mapping[str, Mapping[str, Option]] = {
    "CSV": {
        "RECORD_DELIMITER": Option("\n"),
        "FIELD_DELIMITER": Option(","),
        "FILE_EXTENSION": Option(""),
        "SKIP_HEADER": Option(0),
        "PARSE_HEADER": Option(False),
        **_VALUE_FORMATS,
        "ESCAPE": Option("NONE"),
        "ESCAPE_UNENCLOSED_FIELD": Option("\\"),
        "TRIM_SPACE": Option(False),
        "FIELD_OPTIONALLY_ENCLOSED_BY": Option("NONE"),
        "NULL_IF": Option(("\\N",)),
        "COMPRESSION": Option("AUTO"),
        "ERROR_ON_COLUMN_COUNT_MISMATCH": Option(True),
        "VALIDATE_UTF8": _fixed(True),
        "SKIP_BLANK_LINES": Option(False),
        "REPLACE_INVALID_CHARACTERS": Option(False),
        "EMPTY_FIELD_AS_NULL": Option(True),
        "SKIP_BYTE_ORDER_MARK": Option(True),
        "ENCODING": Option("UTF8"),
        "MULTI_LINE": Option(True),
    },
    "JSON": {
        "FILE_EXTENSION": Option(""),
        **_VALUE_FORMATS,
        "TRIM_SPACE": Option(False),
        "NULL_IF": Option(()),
        "COMPRESSION": Option("AUTO"),
        "ENABLE_OCTAL": _fixed(False),
        "ALLOW_DUPLICATE": Option(False),
        "STRIP_OUTER_ARRAY": Option(False),
        "STRIP_NULL_VALUES": Option(False),
        "IGNORE_UTF8_ERRORS": Option(False),
        "REPLACE_INVALID_CHARACTERS": Option(False),
        "SKIP_BYTE_ORDER_MARK": Option(True),
        "MULTI_LINE": Option(True),
    },
    "PARQUET": {
        "TRIM_SPACE": _fixed(False),
        "NULL_IF": _fixed(("\\N",), ()),
        # GZIP is what write_pandas sends, and the documentation does not have
        "COMPRESSION": _fixed("AUTO", "NONE", "SNAPPY", "LZO", "GZIP"),
        "BINARY_AS_TEXT": Option(True),
        "USE_LOGICAL_TYPE": Option(False),
        "USE_VECTORIZED_SCANNER": Option(False),
        "REPLACE_INVALID_CHARACTERS": Option(False),
        "SNAPPY_COMPRESSION": _fixed(True, is_described=False),
    },
}
"""By type, then by name."""
