"""Parquet files as rows of one VARIANT each, `$1:column`.

https://docs.snowflake.com/en/user-guide/script-data-load-transform-parquet
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.json_files import create_rows, stage_json_lines
from local_cloud.snowflake_account.staged_rows import FileContent, ParsedFile, RowError, StageRows


def read_parquet(files: Sequence[FileContent]) -> StageRows:
    """Read a batch of Parquet files."""
    tables = {file.file_no: _table(file) for file in files}

    def stage_rows(duck: DuckDBPyConnection) -> dict[int, ParsedFile]:
        create_rows(duck)
        return {file_no: _stage(duck, file_no, table) for file_no, table in tables.items()}

    return stage_rows


def _table(file: FileContent) -> pa.Table | RowError:
    try:
        return pq.read_table(pa.BufferReader(file.content))
    except (OSError, ValueError) as error:
        return RowError(f"Error parsing the file as Parquet: {error}", 1)


def _stage(duck: DuckDBPyConnection, file_no: int, table: pa.Table | RowError) -> ParsedFile:
    if isinstance(table, RowError):
        return ParsedFile(errors=[table])
    duck.register("_PARQUET", _as_text(table))
    lines = duck.execute(
        "select ?::integer as FILE_NO, row_number() over () as FILE_ROW, to_json(p)::varchar as LINE from _PARQUET p",
        [file_no],
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
