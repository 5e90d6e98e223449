"""CSV files as staged rows: every field as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.csv_files import CsvRow, csv_rows
from local_cloud.snowflake_account.decoding import decode
from local_cloud.snowflake_account.file_formats import CsvFormat
from local_cloud.snowflake_account.staged_rows import ROWS, DecodingError, FileContent, ParsedFile, RowError


@dataclass
class _Rows:
    numbers: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    fields: list[list[str | None]] = field(default_factory=list)


def stage_csv(
    duck: DuckDBPyConnection, files: Sequence[FileContent], options: CsvFormat, width: int | None, highest: int
) -> dict[int, ParsedFile]:
    """Make the temporary table of a batch of CSV files' rows, and return what each file gave.

    Args:
        duck: where the table is made.
        files: the files.
        options: their format.
        width: the number of columns that a COPY without a SELECT fills, None for one with a SELECT.
        highest: the highest number of a field that the SELECT names.
    """
    rows = _Rows()
    parsed = {file.file_no: _parse(file, options, width, rows) for file in files}
    columns = max(map(len, rows.fields), default=0) if width is None else width
    table = pa.table(
        {
            "FILE_NO": pa.array(rows.numbers, pa.int32()),
            "FILE_ROW": pa.array(rows.lines, pa.int64()),
            **{f"C{i + 1}": _column(rows.fields, i) for i in range(max(columns, highest))},
        }
    )
    duck.register("_MORE", table)
    duck.execute(f"create or replace temp table {ROWS} as select * from _MORE")
    duck.unregister("_MORE")
    return parsed


def _column(rows: Iterable[list[str | None]], index: int) -> pa.Array:
    """Return the fields of one column; a row that is too short has NULL there."""
    return pa.array([row[index] if index < len(row) else None for row in rows], pa.large_string())


def _parse(file: FileContent, options: CsvFormat, width: int | None, rows: _Rows) -> ParsedFile:
    outcome = ParsedFile()
    try:
        text = decode(file.content, options)
    except DecodingError as error:
        outcome.errors.append(RowError(str(error), error.line))
        return outcome
    for row in csv_rows(text, options):
        checked = _checked(row, width, options) if isinstance(row, CsvRow) else row
        if isinstance(checked, RowError):
            outcome.errors.append(checked)
            continue
        outcome.rows += 1
        rows.numbers.append(file.file_no)
        rows.lines.append(checked.line)
        rows.fields.append(checked.fields)
    return outcome


def _checked(row: CsvRow, width: int | None, options: CsvFormat) -> CsvRow | RowError:
    """Refuse a row of another width than the table's; a COPY with a SELECT checks none.

    https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv: ERROR_ON_COLUMN_COUNT_MISMATCH
    """
    if width is None or len(row.fields) == width:
        return row
    if not options.error_on_column_count_mismatch:
        return CsvRow(row.line, row.fields[:width])
    if len(row.fields) < width:
        return RowError(f"End of record reached while expected to parse column {len(row.fields) + 1}", row.line)
    return RowError(
        f"Number of columns in file ({len(row.fields)}) does not match that of the corresponding table ({width}), "
        "use file format option error_on_column_count_mismatch=false to ignore this error",
        row.line,
    )
