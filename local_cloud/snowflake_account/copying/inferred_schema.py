"""INFER_SCHEMA over staged files: their columns as rows.

https://docs.snowflake.com/en/sql-reference/functions/infer_schema
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

from local_cloud.snowflake_account.copying.records import error_in, not_found
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.files.decoding import decompress
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions
from local_cloud.snowflake_account.files.schema_inference import FoundColumn, UnreadFileError, columns_in, joined
from local_cloud.snowflake_account.files.staged_rows import DecodingError, RowError
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.stages.staged_files import StageFiles

COLUMNS = ("COLUMN_NAME", "TYPE", "NULLABLE:BOOLEAN", "EXPRESSION", "FILENAMES", "ORDER_ID:FIXED")


def inferred_schema(
    reader: StageFiles,
    file_format: FormatOptions,
    *,
    files: Sequence[str] = (),
    ignores_case: bool = False,
    most_files: int | None = None,
    most_records: int | None = None,
) -> Result:
    """Return the columns of the files at a location, in the order in which they are found.

    Args:
        reader: of the location.
        file_format: how the files are read.
        files: names relative to the location; empty for all that are there.
        ignores_case: whether names are the same that differ in their case only; they are upper case then.
        most_files: how many files are looked at, None for all.
        most_records: how many records of each CSV or JSON file are looked at, None for all.

    Raises:
        CopyError: there is an error in a file.
        SnowflakeError: a file is not there, or cannot be read.
    """
    found: dict[str, list[tuple[str, FoundColumn]]] = defaultdict(list)
    for key in islice(_keys(reader, files), most_files):
        for name, column in _columns(reader, key, file_format, most_records).items():
            found[name.upper() if ignores_case else name].append((key, column))
    form = "$1:{name}::{type}"
    if isinstance(file_format, CsvFormat):
        form = "${number}::{type}"  # what Snowpark reads a CSV file by, as there is no `$1:name` in one
    elif ignores_case:
        form = "GET_IGNORE_CASE ($1, {name})::{type}"
    return rows_of(COLUMNS, [_row(name, found[name], place, form) for place, name in enumerate(found)])


def _row(name: str, columns: Sequence[tuple[str, FoundColumn]], place: int, form: str) -> tuple[object, ...]:
    column = joined(column for _, column in columns)
    type_ = column.type.spelled
    expression = form.format(name=name, type=type_, number=place + 1)
    return name, type_, column.nullable, expression, ", ".join(dict.fromkeys(key for key, _ in columns)), place


def _keys(reader: StageFiles, files: Sequence[str]) -> list[str]:
    keys = [file.key for file in reader.list_files() if not file.key.endswith("/")]
    if not files:
        return keys
    if missing := [name for name in files if reader.location.prefix + name not in keys]:
        raise SnowflakeError(not_found(reader.location, missing[0]), code=100016, sqlstate="22000")
    return [reader.location.prefix + name for name in files]


def _columns(reader: StageFiles, key: str, file_format: FormatOptions, most: int | None) -> Mapping[str, FoundColumn]:
    if (found := reader.read(key)) is None:
        return {}
    try:
        return columns_in(decompress(found[1], file_format.compression, key), file_format, most)
    except DecodingError as error:
        raise error_in(key, RowError(str(error), error.line)) from error
    except UnreadFileError as error:
        raise error_in(key, error.error) from error
