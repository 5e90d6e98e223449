"""The rows of staged files for a query: all that a reader finds, or as many as are enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.copying.batches import Batch, StagedBatches
from local_cloud.snowflake_account.copying.by_name import check_header
from local_cloud.snowflake_account.copying.parsing import parser_of
from local_cloud.snowflake_account.copying.records import error_in
from local_cloud.snowflake_account.copying.select import SOURCE, make_source, register_files
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions
from local_cloud.snowflake_account.language.metadata_columns import METADATA
from local_cloud.snowflake_account.result import JSON, as_json
from local_cloud.snowflake_account.stages.staged_files import StageFiles

_METADATA_TYPES = (pa.string(), pa.int64(), pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.string())


def staged_rows(
    databases: Databases,
    reader: StageFiles,
    keys: Sequence[str],
    file_format: FormatOptions,
    *,
    highest: int | None = 0,
    most: int | None = None,
) -> pa.Table:
    """Return the rows of staged files: their fields C1, C2, … and the METADATA$ columns.

    Args:
        databases: where a connection for reading is from.
        reader: of the stage.
        keys: the files' keys, in the order of the rows.
        file_format: how they are read.
        highest: the highest number of a field that is asked for; None where only the metadata is.
        most: how many rows are enough, None for all.

    Raises:
        CopyError: there is an error in a file.
        SnowflakeError: a file cannot be read.
    """
    check_header(file_format, by_name=False)
    started = datetime.now(UTC)
    tables: list[pa.Table] = []
    parse = parser_of(file_format, None, highest or 0)
    batches = StagedBatches(reader, keys if most != 0 else (), file_format.compression, parse)
    connection = databases.connect()
    try:
        for batch in batches:
            rows = _rows_of(connection.duck, batch, started)
            tables.append(rows.select(METADATA) if highest is None else rows)
            if most is not None and sum(table.num_rows for table in tables) >= most:
                break
    finally:
        connection.close()
    for error in batches.unread.values():
        raise error
    found = pa.concat_tables([_no_rows(file_format), *tables], promote_options="default")
    fields = sorted((name for name in found.column_names if name not in METADATA), key=lambda name: int(name[1:]))
    return found.select([*fields, *METADATA])


def _rows_of(duck: DuckDBPyConnection, batch: Batch, started: datetime) -> pa.Table:
    for number, parsed in sorted(batch.stage_rows(duck).items()):
        if parsed.errors:
            raise error_in(batch.files[number].key, parsed.errors[0])
    register_files(duck, dict(enumerate(batch.files)))
    make_source(duck, started)
    duck.execute("set timezone = 'UTC'")
    relation = duck.sql(f"select * from {SOURCE}")
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    table = relation.to_arrow_table()
    for index, name in enumerate(table.column_names):
        if name not in METADATA:
            texts = table.column(index)
            texts = as_json(texts) if types[name] == "JSON" else texts.cast(pa.large_string())
            table = table.set_column(index, name, texts)
    return table


def _no_rows(file_format: FormatOptions) -> pa.Table:
    fields = {"C1": pa.large_string() if isinstance(file_format, CsvFormat) else JSON}
    kinds = {**fields, **dict(zip(METADATA, _METADATA_TYPES, strict=True))}
    return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
