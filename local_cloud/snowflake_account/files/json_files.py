"""JSON files as rows of one VARIANT each, in canonical text.

A file of one value a line, as most are, goes the fast way of `canonical_lines`; any other is read as a whole.
https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-json
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.files.canonical_json import CanonicalReader, JsonError
from local_cloud.snowflake_account.files.canonical_lines import stage_lines
from local_cloud.snowflake_account.files.decoding import decode, without_mark
from local_cloud.snowflake_account.files.file_formats import JsonFormat
from local_cloud.snowflake_account.files.staged_rows import (
    ROWS,
    DecodingError,
    FileContent,
    ParsedFile,
    RowError,
    StageRows,
)
from local_cloud.snowflake_account.files.text_lines import is_utf8, line_starts

_BAD_JSON: Any = {"code": 100069, "sqlstate": "22P02"}
"""What Snowflake numbers an error in a JSON file with."""


def read_json(files: Sequence[FileContent], options: JsonFormat) -> StageRows:
    """Read a batch of JSON files."""
    by_lines: Sequence[FileContent] = []
    if not (options.strip_null_values or options.strip_outer_array or options.allow_duplicate):
        by_lines = [file for file in files if is_utf8(file.content)]
    lines = _lines(by_lines, options)

    def stage_rows(duck: DuckDBPyConnection) -> dict[int, ParsedFile]:
        parsed = {file.file_no: ParsedFile() for file in files}
        create_rows(duck)
        staged = {file.file_no for file in by_lines} - stage_json_lines(duck, lines, CanonicalReader()).keys()
        _stage_values(duck, [file for file in files if file.file_no not in staged], options, parsed)
        for file_no, rows in duck.execute(f"select FILE_NO, count(*) from {ROWS} group by FILE_NO").fetchall():
            parsed[file_no].rows = rows
        return parsed

    return stage_rows


def create_rows(duck: DuckDBPyConnection) -> None:
    """Make the temporary table for rows of one VARIANT each; LINE is for a text that is not in canonical form yet."""
    duck.execute(f"create or replace temp table {ROWS} (FILE_NO integer, FILE_ROW bigint, C1 json, LINE varchar)")


def stage_json_lines(duck: DuckDBPyConnection, lines: pa.Table, reader: CanonicalReader) -> dict[int, RowError]:
    """Stage FILE_NO, FILE_ROW and LINE; return the files, left out, with a line that is not just one value."""
    broken: dict[int, RowError] = {}
    texts: list[str | None] = []
    rest = stage_lines(duck, lines)
    for file_no, row, line in zip(*(rest[name].to_pylist() for name in ("FILE_NO", "FILE_ROW", "LINE")), strict=True):
        text = None
        if file_no not in broken:
            try:
                text = reader.text(line)
            except ValueError as error:
                broken[file_no] = RowError(str(error), row, **_BAD_JSON)
        texts.append(text)
    _append(duck, rest["FILE_NO"], rest["FILE_ROW"], texts)
    if broken:
        duck.execute(f"delete from {ROWS} where list_contains(?, FILE_NO)", [sorted(broken)])
    return broken


def _lines(files: Sequence[FileContent], options: JsonFormat) -> pa.Table:
    """Return all lines of files in UTF-8 that are not blank.

    The files' bytes become one buffer, and the lines are places in it: no line is an object of Python's.
    """
    contents = [without_mark(file.content, options) for file in files]
    data = b"".join(part if not part or part.endswith(b"\n") else part + b"\n" for part in contents)
    offsets = line_starts(data)
    ends = offsets[1:]
    text = pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data))
    file_ends = np.cumsum([len(part) + bool(part and not part.endswith(b"\n")) for part in contents])
    file_index = np.searchsorted(file_ends, ends)
    kept = _not_blank(data, offsets)
    if not kept.all():
        text, file_index = text.filter(pa.array(kept)), file_index[kept]
    firsts = np.searchsorted(file_index, np.arange(len(files)))
    return pa.table(
        {
            "FILE_NO": pa.array(np.array([file.file_no for file in files], np.int32)[file_index]),
            "FILE_ROW": pa.array(np.arange(1, len(file_index) + 1) - firsts[file_index]),
            "LINE": text,
        }
    )


def _not_blank(data: bytes, offsets: np.ndarray) -> np.ndarray:
    """Tell which lines have more than their end; one of spaces is read as a whole with its file."""
    lengths = np.diff(offsets)
    kept = lengths > 1
    for index in np.flatnonzero(lengths == 2):
        kept[index] = data[offsets[index]] != ord("\r")
    return kept


def _stage_values(
    duck: DuckDBPyConnection, files: Iterable[FileContent], options: JsonFormat, parsed: dict[int, ParsedFile]
) -> None:
    numbers: list[int] = []
    rows: list[int] = []
    texts: list[str | None] = []
    for file in files:
        for row, text in enumerate(_read(file, options, parsed[file.file_no]), 1):
            numbers.append(file.file_no)
            rows.append(row)
            texts.append(text)
    _append(duck, pa.array(numbers, pa.int32()), pa.array(rows, pa.int64()), texts)


def _read(file: FileContent, options: JsonFormat, parsed: ParsedFile) -> Iterator[str]:
    """Yield a file's records in canonical form; the first error ends it, since what follows may be its tail."""
    reader = CanonicalReader(
        strip_outer_array=options.strip_outer_array,
        strip_null_values=options.strip_null_values,
        allow_duplicate=options.allow_duplicate,
    )
    lines_before = 0
    try:
        text = decode(file.content, options)
        if options.multi_line:
            yield from reader.texts(text)
            return
        for part in text.split("\n"):
            yield from reader.texts(part)
            lines_before += 1
    except JsonError as error:
        parsed.errors.append(RowError(error.message, lines_before + error.line, error.character, **_BAD_JSON))
    except DecodingError as error:
        parsed.errors.append(RowError(str(error), error.line))


def _append(duck: DuckDBPyConnection, numbers: Any, rows: Any, texts: list[str | None]) -> None:
    if texts:
        duck.register(
            "_MORE", pa.table({"FILE_NO": numbers, "FILE_ROW": rows, "C1": pa.array(texts, pa.large_string())})
        )
        duck.execute(f"insert into {ROWS} select FILE_NO, FILE_ROW, C1, null from _MORE")
        duck.unregister("_MORE")
