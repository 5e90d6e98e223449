"""What reads staged files in a format."""

from __future__ import annotations

from functools import partial

from local_cloud.snowflake_account.copying.batches import Parse
from local_cloud.snowflake_account.files.csv_staging import Arrange, read_csv
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions, JsonFormat
from local_cloud.snowflake_account.files.json_files import read_json
from local_cloud.snowflake_account.files.parquet_files import read_parquet


def parser_of(file_format: FormatOptions, width: int | None, highest: int, arrange: Arrange | None = None) -> Parse:
    """Return what reads a batch of files in a format.

    Args:
        file_format: the format.
        width: of CSV, how many fields a row has to have, None for any number.
        highest: of CSV, the highest number of a field that is asked for.
        arrange: of CSV with a header, puts the fields in the order of other columns.
    """
    if isinstance(file_format, CsvFormat):
        return partial(read_csv, options=file_format, width=width, highest=highest, arrange=arrange)
    if isinstance(file_format, JsonFormat):
        return partial(read_json, options=file_format)
    return partial(read_parquet, options=file_format)
