"""The columns of one file, as INFER_SCHEMA detects them: names, types, and whether they may be NULL.

https://docs.snowflake.com/en/sql-reference/functions/infer_schema
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_cloud.snowflake_account.files.csv_files import CsvRow, csv_rows
from local_cloud.snowflake_account.files.decoding import decode
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions, JsonFormat, ParquetFormat
from local_cloud.snowflake_account.files.inferred_types import (
    NOTHING,
    Inferred,
    Written,
    of_arrow,
    of_field,
    of_value,
)
from local_cloud.snowflake_account.files.staged_rows import DecodingError, RowError


@dataclass(frozen=True)
class FoundColumn:
    """A column of a file."""

    type: Inferred
    nullable: bool = True


class UnreadFileError(Exception):
    """A file that has an error, and so no columns.

    Attributes:
        error: what is wrong.
    """

    def __init__(self, error: RowError) -> None:
        super().__init__(error.message)
        self.error = error


def columns_in(content: bytes, file_format: FormatOptions, most: int | None) -> Mapping[str, FoundColumn]:
    """Return the columns of a file by their names, in the file's order.

    Args:
        content: its bytes, decompressed.
        file_format: its format.
        most: how many records of CSV or JSON are looked at, None for all.

    Raises:
        UnreadFileError: it has an error.
    """
    try:
        if isinstance(file_format, CsvFormat):
            return _of_csv(decode(content, file_format), file_format, most)
        if isinstance(file_format, JsonFormat):
            return _of_json(decode(content, file_format), file_format, most)
        return _of_parquet(content, file_format)
    except DecodingError as error:
        raise UnreadFileError(RowError(str(error), error.line)) from error


def _of_csv(text: str, options: CsvFormat, most: int | None) -> dict[str, FoundColumn]:
    rows = _good(csv_rows(text, options))
    header = next(rows, None) if options.parse_header else None
    names = [name or f"c{place}" for place, name in enumerate(header.fields, 1)] if header else []
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UnreadFileError(RowError(f"Duplicate column name '{twice}' in the header", 1))
    found = dict.fromkeys(names, NOTHING)
    for row in islice(rows, most):
        if names and options.error_on_column_count_mismatch and len(row.fields) != len(names):
            message = f"Number of columns in the record ({len(row.fields)}) is not that of the header ({len(names)})"
            raise UnreadFileError(RowError(message, row.line, code=100080))
        for place, field in enumerate(row.fields[: len(names)] if names else row.fields):
            name = names[place] if names else f"c{place + 1}"
            known = found.get(name, NOTHING)
            if known.word != "TEXT":
                found[name] = known.joined(of_field(field))
    return {name: FoundColumn(type_) for name, type_ in found.items()}


def _good(rows: Iterable[CsvRow | RowError]) -> Iterator[CsvRow]:
    for row in rows:
        if isinstance(row, RowError):
            raise UnreadFileError(row)
        yield row


def _of_json(text: str, options: JsonFormat, most: int | None) -> dict[str, FoundColumn]:
    found: dict[str, Inferred] = {}
    for record in islice(_records(text, options), most):
        for name, value in record.items() if isinstance(record, dict) else ():
            found[name] = found.get(name, NOTHING).joined(of_value(value))
    return {name: FoundColumn(Inferred("VARIANT") if type_ == NOTHING else type_) for name, type_ in found.items()}


def _records(text: str, options: JsonFormat) -> Iterator[Any]:
    """Yield the values of a text, which blanks, line ends or commas may divide."""
    decoder = json.JSONDecoder(parse_float=Written, parse_int=Written)
    position = 0
    while position < len(text):
        if text[position] in " \t\r\n,":
            position += 1
            continue
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, position) + 1
            message = f"Error parsing JSON: {error.msg if isinstance(error, json.JSONDecodeError) else error}"
            raise UnreadFileError(RowError(message, line, code=100069, sqlstate="22P02")) from error
        yield from value if options.strip_outer_array and isinstance(value, list) else [value]


def _of_parquet(content: bytes, options: ParquetFormat) -> dict[str, FoundColumn]:
    try:
        schema = pq.read_schema(pa.BufferReader(content))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise UnreadFileError(RowError(f"Error parsing the file as Parquet: {error}", 1)) from error
    as_text = not options.use_vectorized_scanner
    return {field.name: FoundColumn(of_arrow(field.type, binary_is_text=as_text), field.nullable) for field in schema}


def joined(columns: Iterable[FoundColumn]) -> FoundColumn:
    """Return what the columns of one name in several files are together."""
    return reduce(lambda one, other: FoundColumn(one.type.joined(other.type), one.nullable or other.nullable), columns)
