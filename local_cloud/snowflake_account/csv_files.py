"""CSV as Snowflake reads it.

https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv: a new line is LF, CR or CRLF
unless RECORD_DELIMITER says otherwise; quotes inside an enclosed field are doubled; NULL_IF holds for every
field and EMPTY_FIELD_AS_NULL for empty ones without quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from local_cloud.snowflake_account.file_formats import CsvFormat
from local_cloud.snowflake_account.staged_rows import RowError

_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_HEADER_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True)
class CsvRow:
    """One record: its line in the file, from 1, and its fields."""

    line: int
    fields: list[str | None]


class _BadFieldError(Exception):
    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def csv_rows(text: str, options: CsvFormat) -> Iterator[CsvRow | RowError]:
    """Yield the records of a CSV text, and an error in the place of each that is none."""
    fields = _Fields(options)
    position, line = 0, 1
    for _ in range(options.skip_header):
        end = _HEADER_LINE.match(text, position).end()  # pyright: ignore[reportOptionalMemberAccess]  # matches always
        line += _lines(text, position, end)
        position = end
    while position < len(text):
        start = position
        try:
            values, position = fields.record(text, start)
        except _BadFieldError as error:
            before = max(text.rfind("\n", 0, error.position), text.rfind("\r", 0, error.position))
            yield RowError(error.message, line + _lines(text, start, error.position), error.position - before)
            position = fields.next_record(text, start)
        else:
            if not (options.skip_blank_lines and values in ([""], [None])):
                yield CsvRow(line, values)
        line += _lines(text, start, position)


def _lines(text: str, start: int, end: int) -> int:
    """Return the number of line ends in a part of the text; CRLF is one."""
    feeds = text.count("\n", start, end)
    return feeds or (text.count("\r", start, end) if end - start else 0)


class _Fields:
    """The patterns of one format, and the reading of one record by them."""

    def __init__(self, options: CsvFormat) -> None:
        self._options = options
        self._quote = options.field_optionally_enclosed_by
        delimiter = re.escape(options.field_delimiter) if options.field_delimiter else r"(?!)"
        line_end = r"\r\n|\n|\r" if options.record_delimiter in ("\n", "\r\n", "\r") else None
        self._line_end = re.compile(line_end or re.escape(options.record_delimiter))
        stop = rf"{delimiter}|{self._line_end.pattern}"
        self._end = re.compile(rf"(?P<delimiter>{delimiter})|{self._line_end.pattern}|\Z")
        escape = options.escape or options.escape_unenclosed_field
        escaped = rf"{re.escape(escape)}.|" if escape else ""
        self._plain = re.compile(rf"(?:{escaped}(?!{stop}).)*+", re.DOTALL)
        if self._quote:
            quote = re.escape(self._quote)
            pair = rf"|{re.escape(options.escape)}." if options.escape else ""
            no_escape = re.escape(options.escape) if options.escape else ""
            self._enclosed = re.compile(rf"{quote}((?:[^{quote}{no_escape}]|{quote}{quote}{pair})*+){quote}", re.DOTALL)

    def record(self, text: str, position: int) -> tuple[list[str | None], int]:
        """Return the fields of the record at a position, and where the next one begins."""
        values: list[str | None] = []
        while True:
            value, position = self._field(text, position)
            values.append(value)
            end = self._end.match(text, position)
            if end is None:
                raise _BadFieldError(
                    f"Found character '{text[position]}' instead of field delimiter '{self._options.field_delimiter}'",
                    position,
                )
            position = end.end()
            if end["delimiter"] is None:
                return values, position

    def next_record(self, text: str, position: int) -> int:
        """Return where the line after this position begins."""
        end = self._line_end.search(text, position)
        return end.end() if end else len(text)

    def _field(self, text: str, position: int) -> tuple[str | None, int]:
        options = self._options
        start = position
        if options.trim_space:
            while text[start : start + 1] in (" ", "\t"):
                start += 1
        if self._quote and text.startswith(self._quote, start):
            match = self._enclosed.match(text, start)
            if match is None:
                raise _BadFieldError(f"The enclosing character '{self._quote}' is never closed", start)
            value = match[1].replace(self._quote * 2, self._quote)
            value = self._unescaped(value, options.escape)
            end = match.end()
            while options.trim_space and text[end : end + 1] in (" ", "\t"):
                end += 1
            return (None if value in options.null_if else value), end
        match = self._plain.match(text, position)
        assert match is not None  # the pattern matches the empty text
        value = match[0].strip(" \t") if options.trim_space else match[0]
        if value in options.null_if or (options.empty_field_as_null and not value):
            return None, match.end()
        return self._unescaped(value, options.escape or options.escape_unenclosed_field), match.end()

    @staticmethod
    def _unescaped(value: str, escape: str | None) -> str:
        if not escape or escape not in value:
            return value
        return re.sub(re.escape(escape) + "(.)", lambda match: _ESCAPED.get(match[1], match[1]), value, flags=re.DOTALL)
