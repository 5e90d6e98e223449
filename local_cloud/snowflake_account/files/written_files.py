"""From rows to a file's bytes: CSV, JSON and Parquet as COPY INTO <location> writes them.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-location#format-type-options-formattypeoptions
"""

from __future__ import annotations

import base64
import bz2
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_cloud.snowflake_account.errors import SnowflakeError, UnsupportedError
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions, JsonFormat
from local_cloud.snowflake_account.result import Column

_TEXTS = ("TEXT", "VARIANT")
"""Columns whose values FIELD_OPTIONALLY_ENCLOSED_BY encloses."""

_ROWS_AT_ONCE = 10_000


def _raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _zstd(content: bytes) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


_COMPRESS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "NONE": ("", lambda content: content),
    "GZIP": (".gz", partial(gzip.compress, mtime=0)),
    "BZ2": (".bz2", bz2.compress),
    "ZSTD": (".zst", _zstd),
    "DEFLATE": (".deflate", zlib.compress),
    "RAW_DEFLATE": (".raw_deflate", _raw_deflate),
}
"""By name: the end of a file's name, and how its content is compressed."""


def check_writable(options: FormatOptions, columns: Sequence[Column]) -> None:
    """Refuse columns that a type of file cannot have.

    Raises:
        SnowflakeError: it cannot.
    """
    if isinstance(options, JsonFormat) and [column.type for column in columns] != ["VARIANT"]:
        raise SnowflakeError(
            "SQL compilation error:\nJSON file format can produce one and only one column of type variant, object, "
            "or array. Use OBJECT_CONSTRUCT to make one of several."
        )
    if isinstance(options, CsvFormat | JsonFormat):
        return
    if timed := next((column.name for column in columns if column.type in ("TIMESTAMP_LTZ", "TIMESTAMP_TZ")), None):
        raise SnowflakeError(
            f"SQL execution error: a timestamp with a time zone cannot be unloaded to Parquet: cast {timed} to "
            "TIMESTAMP_NTZ or VARCHAR."
        )


def extension(options: FormatOptions, given: str | None) -> str:
    """Return the end of the names of files.

    Args:
        options: the files' format.
        given: FILE_EXTENSION, if there is one; the compression's comes after it.
    """
    if isinstance(options, CsvFormat | JsonFormat):
        type_ = "csv" if isinstance(options, CsvFormat) else "json"
        return f".{(given or type_).lstrip('.')}{_COMPRESS[_compression(options)][0]}"
    return given or ".snappy.parquet"


def written_files(
    table: pa.Table, columns: Sequence[Column], options: FormatOptions, largest: int, *, header: bool
) -> Iterator[tuple[int, int, bytes]]:
    """Yield the files of a table's rows: how many rows, how many bytes uncompressed, and the content.

    Args:
        table: the rows, at least one.
        columns: what its columns are called, and their types.
        options: the files' format.
        largest: the size in bytes, uncompressed, from which on the next file begins.
        header: whether files tell the names of the columns.
    """
    if not isinstance(options, CsvFormat | JsonFormat):
        content = _parquet(table, columns, header=header)
        yield table.num_rows, len(content), content
        return
    compress = _COMPRESS[_compression(options)][1]
    head = b""
    if header and isinstance(options, CsvFormat):
        head = _csv_line([column.name for column in columns], columns, options)
    parts, rows, size = [head], 0, len(head)
    for line in _lines(table, columns, options):
        if rows and size + len(line) > largest:
            yield rows, size, compress(b"".join(parts))
            parts, rows, size = [head], 0, len(head)
        parts.append(line)
        rows += 1
        size += len(line)
    yield rows, size, compress(b"".join(parts))


def _compression(options: CsvFormat | JsonFormat) -> str:
    if options.compression not in (*_COMPRESS, "AUTO"):
        raise UnsupportedError(f"COMPRESSION = {options.compression} in COPY INTO a location")
    return "GZIP" if options.compression == "AUTO" else options.compression


def _parquet(table: pa.Table, columns: Sequence[Column], *, header: bool) -> bytes:
    names = [column.name if header else f"_COL_{number}" for number, column in enumerate(columns)]
    sink = pa.BufferOutputStream()
    pq.write_table(table.rename_columns(names), sink, compression="snappy")
    return sink.getvalue().to_pybytes()


def _lines(table: pa.Table, columns: Sequence[Column], options: CsvFormat | JsonFormat) -> Iterator[bytes]:
    for start in range(0, table.num_rows, _ROWS_AT_ONCE):
        part = table.slice(start, _ROWS_AT_ONCE)
        texts = [_texts(values, column, options) for values, column in zip(part.columns, columns, strict=True)]
        for row in zip(*texts, strict=True):
            if isinstance(options, JsonFormat):
                yield f"{'null' if row[0] is None else row[0]}\n".encode()
            else:
                yield _csv_line(row, columns, options)


def _csv_line(row: Sequence[str | None], columns: Sequence[Column], options: CsvFormat) -> bytes:
    null = options.null_if[0] if options.null_if else ""
    fields = [
        null if text is None else _csv_field(text, column, options) for text, column in zip(row, columns, strict=True)
    ]
    return ((options.field_delimiter or "").join(fields) + (options.record_delimiter or "")).encode()


def _csv_field(text: str, column: Column, options: CsvFormat) -> str:
    if (quote := options.field_optionally_enclosed_by) and column.type in _TEXTS:
        escaped = text.replace(options.escape, options.escape * 2) if options.escape else text
        return f"{quote}{escaped.replace(quote, (options.escape or quote) + quote)}{quote}"
    if not (escape := options.escape_unenclosed_field):
        return text
    signs = [sign for sign in (escape, options.field_delimiter, options.record_delimiter) if sign]
    return re.sub("|".join(map(re.escape, signs)), lambda found: escape + found[0], text)


def _texts(values: pa.ChunkedArray, column: Column, options: CsvFormat | JsonFormat) -> list[str | None]:
    """Return a column's values as TO_VARCHAR has them, with the default output formats; bytes as the file has them."""
    write = _BYTES[options.binary_format] if column.type == "BINARY" else _WRITERS.get(column.type, str)
    return [None if value is None else write(value) for value in values.to_pylist()]


def _float(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _time(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03}"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "BOOLEAN": lambda value: str(value).lower(),
    "REAL": _float,
    "FIXED": lambda value: f"{value:f}" if hasattr(value, "as_tuple") else str(value),
    "DATE": lambda value: value.isoformat(),
    "TIME": lambda value: f"{value:%H:%M:%S}",
    "TIMESTAMP_NTZ": _time,
    "TIMESTAMP_LTZ": lambda value: f"{_time(value.astimezone(UTC))} +0000",
    "TIMESTAMP_TZ": lambda value: f"{_time(value.astimezone(UTC))} +0000",
}

_BYTES: dict[str, Callable[[bytes], str]] = {
    "HEX": lambda value: value.hex().upper(),
    "BASE64": lambda value: base64.b64encode(value).decode(),
    "UTF8": lambda value: value.decode(errors="replace"),
}
