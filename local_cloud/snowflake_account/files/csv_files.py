"""CSV as Snowflake reads it.

https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv: a new line is LF, CR or CRLF
unless RECORD_DELIMITER says otherwise; a blank line is an error unless SKIP_BLANK_LINES passes over it; quotes
inside an enclosed field are doubled; NULL_IF holds for every field and EMPTY_FIELD_AS_NULL for empty ones without
quotes; ESCAPE is for enclosed fields, and ESCAPE_UNENCLOSED_FIELD for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from local_cloud.snowflake_account.files.file_formats import CsvFormat
from local_cloud.snowflake_account.files.staged_rows import RowError

_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_HEADER_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


class CsvRow(NamedTuple):
    """One record: its line in the file, from 1, and its fields.

    Where records are not lines, each counts as one, so that no two have the same number.
    """

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
    position, line = _skip_header(text, options.skip_header)
    while position < len(text):
        start = position
        if plain := fields.plain_record(text, start):
            values, position = plain
        else:
            try:
                values, position = fields.record(text, start)
            except _BadFieldError as error:
                yield fields.row_error(text, error, start, line)
                position = fields.next_record(text, start)
                line += fields.lines(text, start, position)
                continue
        if not fields.is_blank(text, start):
            yield CsvRow(line, values)
        elif not options.skip_blank_lines:
            yield RowError("End of record reached while expected to parse column 1", line, code=100068)
        line += 1 if plain else fields.lines(text, start, position)


def record_text(text: str, options: CsvFormat, start: int) -> str:
    """Return the text of the record at a position, of a broken one the line."""
    fields = _Fields(options)
    try:
        end = fields.record(text, start)[1]
    except _BadFieldError:
        end = fields.next_record(text, start)
    return text[start:end].rstrip("\r\n")


def _skip_header(text: str, records: int) -> tuple[int, int]:
    """Return where the data begins and its line: a header is skipped by lines, whatever the delimiters are."""
    position, line = 0, 1
    for _ in range(records):
        end = _HEADER_LINE.match(text, position).end()  # pyright: ignore[reportOptionalMemberAccess]  # matches always
        line += _lines(text, position, end)
        position = end
    return position, line


def _lines(text: str, start: int, end: int) -> int:
    """Return the number of line ends in a part of the text; CRLF is one."""
    feeds = text.count("\n", start, end)
    return feeds or (text.count("\r", start, end) if end - start else 0)


_NEVER = r"(?!)"
"""The pattern of a delimiter that the format does not have: it is found nowhere."""


class _Fields:
    """The patterns of one format, and the reading of one record by them."""

    def __init__(self, options: CsvFormat) -> None:
        self._options = options
        self._quote = options.field_optionally_enclosed_by
        self._escape_unenclosed = options.escape_unenclosed_field
        self._special = [sign for sign in (self._quote, self._escape_unenclosed) if sign]
        self._as_delivered = options.is_as_delivered
        delimiter = re.escape(options.field_delimiter) if options.field_delimiter else _NEVER
        self._has_lines = options.has_lines
        line_end = r"\r\n|\n|\r" if options.has_any_line_end else re.escape(options.record_delimiter or "") or _NEVER
        self._line_end = re.compile(line_end)
        blank = r"[ \t]*" if options.trim_space else ""
        self._blank = re.compile(rf"{blank}(?:{line_end}|\Z)")
        stop = rf"{delimiter}|{line_end}"
        self._end = re.compile(rf"(?P<delimiter>{delimiter})|{line_end}|\Z")
        escaped = rf"{re.escape(self._escape_unenclosed)}.|" if self._escape_unenclosed else ""
        self._plain = re.compile(rf"(?:{escaped}(?!{stop}).)*+", re.DOTALL)
        self._escape = options.escape if options.escape != self._quote else None  # a doubled quote is one anyway
        if self._quote:
            self._enclosed = _enclosed(self._quote, self._escape)

    def plain_record(self, text: str, position: int) -> tuple[list[str | None], int] | None:
        """Return what `record` returns, without a pattern, where a line has neither quotes nor escapes."""
        if not self._options.has_any_line_end or not self._options.field_delimiter:
            return None
        end = text.find("\n", position)
        following = end + 1 if end >= 0 else len(text)
        line = text[position : end if end >= 0 else following].removesuffix("\r" if end >= 0 else "")
        if "\r" in line or any(sign in line for sign in self._special):
            return None
        fields: list[Any] = line.split(self._options.field_delimiter)
        return (fields if self._as_delivered else [self._value(field) for field in fields]), following

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

    def is_blank(self, text: str, position: int) -> bool:
        """Tell whether nothing stands in the record at a position, not even quotes."""
        return self._blank.match(text, position) is not None

    def lines(self, text: str, start: int, end: int) -> int:
        """Return how far the count of lines goes on from one record to the next."""
        return _lines(text, start, end) if self._has_lines else 1

    def row_error(self, text: str, error: _BadFieldError, start: int, line: int) -> RowError:
        """Return the error of a record: at its line and character, or its number where records are not lines."""
        if not self._has_lines:
            return RowError(error.message, line, error.position - start + 1)
        before = max(text.rfind("\n", 0, error.position), text.rfind("\r", 0, error.position))
        return RowError(error.message, line + _lines(text, start, error.position), error.position - before)

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
            return self._enclosed_field(text, start, self._quote)
        match = self._plain.match(text, position)
        assert match is not None  # the pattern matches the empty text
        return self._value(match[0]), match.end()

    def _enclosed_field(self, text: str, start: int, quote: str) -> tuple[str | None, int]:
        options = self._options
        match = self._enclosed.match(text, start)
        if match is None:
            raise _BadFieldError(f"The enclosing character '{quote}' is never closed", start)
        if not options.multi_line and (line_end := self._line_end.search(match[1])):
            raise _BadFieldError("A field spans lines and MULTI_LINE is FALSE", match.start(1) + line_end.start())
        value = _unescaped(match[1].replace(quote * 2, quote), self._escape)
        end = match.end()
        while options.trim_space and text[end : end + 1] in (" ", "\t"):
            end += 1
        return (None if value in options.null_if else value), end

    def _value(self, text: str) -> str | None:
        """Return the value of a field that is not enclosed."""
        options = self._options
        value = text.strip(" \t") if options.trim_space else text
        if value in options.null_if or (options.empty_field_as_null and not value):
            return None
        return _unescaped(value, self._escape_unenclosed)


def _enclosed(quote: str, escape: str | None) -> re.Pattern[str]:
    quote = re.escape(quote)
    escape = re.escape(escape) if escape else ""
    pair = f"|{escape}." if escape else ""
    return re.compile(rf"{quote}((?:[^{quote}{escape}]|{quote}{quote}{pair})*+){quote}", re.DOTALL)


def _unescaped(value: str, escape: str | None) -> str:
    if not escape or escape not in value:
        return value
    return re.sub(re.escape(escape) + "(.)", lambda match: _ESCAPED.get(match[1], match[1]), value, flags=re.DOTALL)
