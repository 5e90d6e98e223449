"""Parquet files as rows of one VARIANT each, `$1:column`.

https://docs.snowflake.com/en/user-guide/script-data-load-transform-parquet
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.json_files import create_rows, stage_json_lines
from local_cloud.snowflake_account.staged_rows import FileContent, ParsedFile, RowError


def stage_parquet(duck: DuckDBPyConnection, files: Sequence[FileContent]) -> dict[int, ParsedFile]:
    """Make the temporary table of a batch of Parquet files' rows, and return what each file gave."""
    create_rows(duck)
    return {file.file_no: _stage(duck, file) for file in files}


def _stage(duck: DuckDBPyConnection, file: FileContent) -> ParsedFile:
    try:
        table = pq.read_table(pa.BufferReader(file.content))
    except (OSError, ValueError) as error:
        return ParsedFile(errors=[RowError(f"Error parsing the file as Parquet: {error}", 1)])
    duck.register("_PARQUET", _as_text(table))
    lines = duck.execute(
        "select ?::integer as FILE_NO, row_number() over () as FILE_ROW, to_json(p)::varchar as LINE from _PARQUET p",
        [file.file_no],
    ).to_arrow_table()
    duck.unregister("_PARQUET")
    stage_json_lines(duck, lines)
    return ParsedFile(rows=table.num_rows)


def _as_text(table: pa.Table) -> pa.Table:
    """Return a table with binary columns as text, as BINARY_AS_TEXT = TRUE has them."""
    fields = [
        pa.field(field.name, pa.string())
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)
        else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
