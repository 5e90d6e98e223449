"""CSV files without quotes, escapes or anything else to look out for: split at every delimiter, all lines at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from local_cloud.snowflake_account.files.decoding import without_mark
from local_cloud.snowflake_account.files.file_formats import CsvFormat
from local_cloud.snowflake_account.files.text_lines import is_utf8, line_starts

_compute: Any = pyarrow.compute  # its functions have no declarations: they are made when it is imported


@dataclass(frozen=True)
class PlainRows:
    """The rows of a file: the line of each, from 1, and their fields by column; NULL where a row is too short."""

    lines: pa.Array
    columns: list[pa.Array]


def read_plain(content: bytes, options: CsvFormat, width: int | None) -> PlainRows | None:
    """Return a file's rows as `csv_rows` gives them, or None where that takes more than splitting.

    Args:
        content: the file's bytes.
        options: its format.
        width: the number of fields that a row must have, None for any.
    """
    text = without_mark(content, options).replace(b"\r\n", b"\n")
    if not _may_split(text, options):
        return None
    starts = line_starts(text)
    lines = pa.LargeStringArray.from_buffers(len(starts) - 1, pa.py_buffer(starts), pa.py_buffer(text))
    numbers = pa.array(np.arange(1, len(lines) + 1))
    lines, numbers = lines[options.skip_header :], numbers[options.skip_header :]
    lines = _compute.replace_substring(lines, "\n", "")
    blank = _compute.equal(lines, "")
    if _compute.any(blank).as_py():
        if not options.skip_blank_lines:
            return None
        written = _compute.invert(blank)
        lines, numbers = lines.filter(written), numbers.filter(written)
    fields = _compute.split_pattern(lines, options.field_delimiter)
    counts = np.diff(fields.offsets.to_numpy())
    if width is not None and (counts != width).any():
        return None
    return PlainRows(numbers, [_column(fields, counts, index) for index in range(counts.max(initial=0))])


def _may_split(content: bytes, options: CsvFormat) -> bool:
    if not options.is_as_delivered or options.encoding != "UTF8" or not options.has_any_line_end:
        return False
    signs = ["\r", options.field_optionally_enclosed_by, options.escape_unenclosed_field]
    found = any(sign and sign.encode() in content for sign in signs)
    return bool(options.field_delimiter) and not found and is_utf8(content)


def _column(fields: pa.LargeListArray, counts: np.ndarray, index: int) -> pa.Array:
    places = fields.offsets.to_numpy()[:-1] + index
    return fields.values.take(pa.array(places, mask=counts <= index)).cast(pa.large_string())
