"""Parquet files as rows of one VARIANT each, `$1:column`.

A timestamp column that is read with its type, as the vectorized scanner does, is a text of nine decimals, one of an
instant with a Z; by that form IS_TIMESTAMP_NTZ and IS_TIMESTAMP_LTZ know it.

Snowflake's VARIANT holds a double's NaN and infinities; here, where it is JSON, they are the texts NaN, inf and -inf,
which convert to the same FLOAT.
https://docs.snowflake.com/en/user-guide/script-data-load-transform-parquet
https://docs.snowflake.com/en/sql-reference/data-types-numeric#special-values
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.files.canonical_json import CanonicalReader
from local_cloud.snowflake_account.files.file_formats import ParquetFormat
from local_cloud.snowflake_account.files.json_files import create_rows, stage_json_lines
from local_cloud.snowflake_account.files.staged_rows import FileContent, ParsedFile, RowError, StageRows


def read_parquet(files: Sequence[FileContent], options: ParquetFormat) -> StageRows:
    """Read a batch of Parquet files."""
    tables = {file.file_no: _table(file, options) for file in files}

    def stage_rows(duck: DuckDBPyConnection) -> dict[int, ParsedFile]:
        create_rows(duck)
        return {file_no: _stage(duck, file_no, table) for file_no, table in tables.items()}

    return stage_rows


def _table(file: FileContent, options: ParquetFormat) -> pa.Table | RowError:
    """Return a file's rows, with binary columns as text, unless these are read as bytes.

    https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-parquet
    """
    try:
        # Spark's INT96 reaches years that nanoseconds do not.
        table = pq.read_table(pa.BufferReader(file.content), coerce_int96_timestamp_unit="us")
        if not table.num_columns:
            return _error("it has no columns")
        if options.has_logical_types:
            table = _with_times(table, _instants(file))
        if options.replace_invalid_characters:
            table = _with_replacements(table)
        if options.has_bytes:
            table = _with_hexadecimals(table)
        return table.cast(pa.schema([field.with_type(_with_text(field.type)) for field in table.schema]))
    except (OSError, ValueError, pa.ArrowException) as error:
        return _error(error)


def _instants(file: FileContent) -> set[str]:
    """Return the columns of INT96, which has no type but an instant's."""
    schema = pq.ParquetFile(pa.BufferReader(file.content)).schema
    return {
        schema.column(number).path for number in range(len(schema)) if schema.column(number).physical_type == "INT96"
    }


def _with_times(table: pa.Table, instants: set[str]) -> pa.Table:
    """Return a table with columns of timestamps as the texts that they are in a VARIANT."""
    for number, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            is_instant = field.type.tz is not None or field.name in instants
            column = _times(table.column(number), field.type, is_instant=is_instant)
            table = table.set_column(number, field.name, column)
    return table


def _with_replacements(table: pa.Table) -> pa.Table:
    """Return a table with U+FFFD in the place of what is not UTF-8 in its columns of text."""
    for number, field in enumerate(table.schema):
        column = table.column(number)
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            try:
                column.validate(full=True)
            except pa.ArrowInvalid:
                found = column.cast(pa.large_binary()).to_pylist()
                texts = [None if value is None else value.decode(errors="replace") for value in found]
                table = table.set_column(number, field.name, pa.array(texts, pa.large_string()))
    return table


def _with_hexadecimals(table: pa.Table) -> pa.Table:
    """Return a table with columns of bytes as the texts that they are in a VARIANT, which ::BINARY reads."""
    for number, field in enumerate(table.schema):
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            digits = [None if value is None else value.hex().upper() for value in table.column(number).to_pylist()]
            table = table.set_column(number, field.name, pa.array(digits, pa.string()))
    return table


def _times(column: pa.ChunkedArray, kind: pa.TimestampType, *, is_instant: bool) -> pa.ChunkedArray:
    decimals = {"s": ".000000000", "ms": "000000", "us": "000", "ns": ""}[kind.unit]
    form = pc.StrftimeOptions("%Y-%m-%d %H:%M:%S")
    text = pc.call_function("strftime", [column.cast(pa.timestamp(kind.unit))], form)
    return pc.call_function(
        "binary_join_element_wise", [text, pa.scalar(f"{decimals}{'Z' if is_instant else ''}"), pa.scalar("")]
    )


def _error(reason: object) -> RowError:
    # Arrow names the source that it was given, which is this process's memory.
    said = str(reason).removeprefix("Could not open Parquet input source '<Buffer>': ")
    return RowError(f"Error parsing the file as Parquet: {said}", 1)


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
