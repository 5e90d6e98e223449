"""The record of a file that an error is in: where it begins, and its text."""

from __future__ import annotations

from local_cloud.snowflake_account.files.csv_files import record_text
from local_cloud.snowflake_account.files.decoding import decode
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions, JsonFormat
from local_cloud.snowflake_account.files.staged_rows import DecodingError, RowError


def rejected_record(content: bytes, file_format: FormatOptions, error: RowError) -> tuple[int, str] | None:
    """Return how many bytes stand before an error, and the text of its record; None where there is no text.

    Args:
        content: the file's bytes, decompressed.
        file_format: the file's format; a record of JSON is its line, as long as records are lines.
        error: the error.
    """
    if not isinstance(file_format, CsvFormat | JsonFormat) or not content:
        return None
    try:
        text = decode(content, file_format)
    except DecodingError:
        return None
    start = _start_of_line(text, error.line)
    if start is None or (isinstance(file_format, CsvFormat) and not file_format.has_lines):
        return None
    record = record_text(text, file_format, start) if isinstance(file_format, CsvFormat) else _line(text, start)
    return len(text[: start + error.character - 1].encode()), record


def _start_of_line(text: str, line: int) -> int | None:
    start = 0
    for _ in range(line - 1):
        end = text.find("\n", start)
        if end < 0:
            return None
        start = end + 1
    return start


def _line(text: str, start: int) -> str:
    return text[start:].partition("\n")[0].rstrip("\r")
