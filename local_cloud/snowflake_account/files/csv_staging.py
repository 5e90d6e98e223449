"""CSV files as staged rows: every field as text, in the file's order or in that of the names in its header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.files.csv_files import CsvRow, csv_rows
from local_cloud.snowflake_account.files.csv_lines import read_plain
from local_cloud.snowflake_account.files.decoding import decode
from local_cloud.snowflake_account.files.file_formats import CsvFormat
from local_cloud.snowflake_account.files.staged_rows import (
    ROWS,
    DecodingError,
    FileContent,
    ParsedFile,
    RowError,
    StageRows,
)

Arrange = Callable[[Sequence[str]], Sequence[int | None]]
"""Tells from the names in a header which field each column is, counted from 0, and None for none."""


@dataclass(frozen=True)
class _Read:
    """One file: what it gave, the lines of its good rows and their fields, by column."""

    file_no: int
    parsed: ParsedFile
    lines: pa.Array | Sequence[int] = ()
    columns: Sequence[pa.Array] = ()


_NO_FILE = _Read(-1, ParsedFile())
"""What a batch has, whose files could not even be decompressed."""


def read_csv(
    files: Sequence[FileContent], options: CsvFormat, width: int | None, highest: int, arrange: Arrange | None = None
) -> StageRows:
    """Read a batch of CSV files.

    Args:
        files: the files.
        options: their format.
        width: the number of columns that a COPY without a SELECT fills, None for one with a SELECT.
        highest: the highest number of a field that the SELECT names.
        arrange: puts the fields of a file with a header in the order of other columns.
    """
    read = [
        _with_header(_read(file, options, width), arrange) if options.parse_header else _read(file, options, width)
        for file in files
    ]
    columns = max((len(each.columns) for each in read), default=0) if width is None or arrange else width
    rows = pa.concat_tables([_table(each, max(columns, highest)) for each in (*read, _NO_FILE)])

    def stage_rows(duck: DuckDBPyConnection) -> dict[int, ParsedFile]:
        duck.register("_MORE", rows)
        duck.execute(f"create or replace temp table {ROWS} as select * from _MORE")
        duck.unregister("_MORE")
        return {each.file_no: each.parsed for each in read}

    return stage_rows


def _table(read: _Read, columns: int) -> pa.Table:
    """Return a file's rows; a column that none of them has is NULL."""
    count = len(read.lines)
    missing = [pa.nulls(count, pa.large_string())] * (columns - len(read.columns))
    return pa.table(
        {
            "FILE_NO": pa.repeat(pa.scalar(read.file_no, pa.int32()), count),
            "FILE_ROW": pa.array(read.lines, pa.int64()),
            **{f"C{number}": column for number, column in enumerate([*read.columns, *missing], 1)},
        }
    )


def _with_header(read: _Read, arrange: Arrange | None) -> _Read:
    """Take the names out of the first row, and put the fields in the order that they say.

    A field without a name has that of its place, as without a header.
    """
    given = [column[0].as_py() if len(column) else None for column in read.columns]
    names = [name or f"c{place}" for place, name in enumerate(given, 1)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        error = RowError(f"Duplicate column name '{twice}' in the header", 1)
        return _Read(read.file_no, ParsedFile(errors=[error]))
    rows = max(len(read.lines) - 1, 0)
    read.parsed.header, read.parsed.rows = names, rows
    columns = [column[1:] for column in read.columns]
    if arrange:
        columns = [pa.nulls(rows, pa.large_string()) if place is None else columns[place] for place in arrange(names)]
    return replace(read, lines=read.lines[1:], columns=columns)


def _read(file: FileContent, options: CsvFormat, width: int | None) -> _Read:
    if plain := read_plain(file.content, options, width):
        return _Read(file.file_no, ParsedFile(len(plain.lines)), plain.lines, plain.columns)
    outcome = ParsedFile()
    try:
        text = decode(file.content, options)
    except DecodingError as error:
        outcome.errors.append(RowError(str(error), error.line))
        return _Read(file.file_no, outcome)
    rows: list[CsvRow] = []
    for row in csv_rows(text, options):
        checked = _checked(row, width, options) if isinstance(row, CsvRow) else row
        if isinstance(checked, RowError):
            outcome.errors.append(checked)
            if options.parse_header and not rows:
                break
        else:
            rows.append(checked)
    outcome.rows = len(rows)
    columns = range(max((len(row.fields) for row in rows), default=0))
    return _Read(file.file_no, outcome, [row.line for row in rows], [_column(rows, index) for index in columns])


def _column(rows: Iterable[CsvRow], index: int) -> pa.Array:
    """Return the fields of one column; a row that is too short has NULL there."""
    fields = [row.fields[index] if index < len(row.fields) else None for row in rows]
    return pa.array(fields, pa.large_string())


def _checked(row: CsvRow, width: int | None, options: CsvFormat) -> CsvRow | RowError:
    """Refuse a row of another width than the table's; a COPY with a SELECT checks none.

    https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv: ERROR_ON_COLUMN_COUNT_MISMATCH
    """
    if width is None or len(row.fields) == width:
        return row
    if not options.error_on_column_count_mismatch:
        return CsvRow(row.line, row.fields[:width])
    if len(row.fields) < width:
        message = f"End of record reached while expected to parse column {len(row.fields) + 1}"
        return RowError(message, row.line, code=100068)
    return RowError(
        f"Number of columns in file ({len(row.fields)}) does not match that of the corresponding table ({width}), "
        "use file format option error_on_column_count_mismatch=false to ignore this error",
        row.line,
        code=100080,
    )
