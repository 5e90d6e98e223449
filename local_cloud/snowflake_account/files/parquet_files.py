"""Parquet files as rows of one VARIANT each, `$1:column`.

Snowflake's VARIANT holds a double's NaN and infinities; here, where it is JSON, they are the texts NaN, inf and -inf,
which convert to the same FLOAT.
https://docs.snowflake.com/en/user-guide/script-data-load-transform-parquet
https://docs.snowflake.com/en/sql-reference/data-types-numeric#special-values
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.files.canonical_json import CanonicalReader
from local_cloud.snowflake_account.files.json_files import create_rows, stage_json_lines
from local_cloud.snowflake_account.files.staged_rows import FileContent, ParsedFile, RowError, StageRows


def read_parquet(files: Sequence[FileContent]) -> StageRows:
    """Read a batch of Parquet files."""
    tables = {file.file_no: _table(file) for file in files}

    def stage_rows(duck: DuckDBPyConnection) -> dict[int, ParsedFile]:
        create_rows(duck)
        return {file_no: _stage(duck, file_no, table) for file_no, table in tables.items()}

    return stage_rows


def _table(file: FileContent) -> pa.Table | RowError:
    """Return a file's rows, with binary columns as text, as BINARY_AS_TEXT = TRUE has them.

    https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-parquet
    """
    try:
        table = pq.read_table(pa.BufferReader(file.content))
        if not table.num_columns:
            return _error("it has no columns")
        return table.cast(pa.schema([field.with_type(_with_text(field.type)) for field in table.schema]))
    except (OSError, ValueError, pa.ArrowException) as error:
        return _error(error)


def _error(reason: object) -> RowError:
    return RowError(f"Error parsing the file as Parquet: {reason}", 1)


def _with_text(kind: pa.DataType) -> pa.DataType:
    """Return a type with text in place of binary, also inside."""
    types = pa.types
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return pa.large_string()
    if isinstance(kind, pa.StructType):
        return pa.struct([field.with_type(_with_text(field.type)) for field in kind])
    if isinstance(kind, pa.ListType):
        return pa.list_(kind.value_field.with_type(_with_text(kind.value_type)))
    if isinstance(kind, pa.MapType):
        return pa.map_(_with_text(kind.key_type), _with_text(kind.item_type))
    return kind


def _stage(duck: DuckDBPyConnection, file_no: int, table: pa.Table | RowError) -> ParsedFile:
    if isinstance(table, RowError):
        return ParsedFile(errors=[table])
    try:
        lines = _lines(duck, file_no, table)
    except (duckdb.NotSupportedError, duckdb.ProgrammingError, duckdb.DataError) as error:
        return ParsedFile(errors=[_error(error)])
    broken = stage_json_lines(duck, lines, CanonicalReader(special_numbers=True))
    return ParsedFile(errors=[*broken.values()]) if broken else ParsedFile(rows=table.num_rows)


def _lines(duck: DuckDBPyConnection, file_no: int, table: pa.Table) -> pa.Table:
    """Return the rows as JSON.

    DuckDB, which ignores case, would rename a column `A` beside an `a`; so it sees other names than the JSON has.
    """
    names = table.column_names
    fields = [f"C{number}" for number in range(len(names))]
    duck.register("_PARQUET", table.rename_columns(fields))
    try:
        return duck.execute(
            f"""select ?::integer as FILE_NO, row_number() over () as FILE_ROW,
                json_object({", ".join(f"?, {field}" for field in fields)})::varchar as LINE
            from _PARQUET""",
            [file_no, *names],
        ).to_arrow_table()
    finally:
        duck.unregister("_PARQUET")
