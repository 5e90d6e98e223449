"""COPY … VALIDATION_MODE, and what VALIDATE says of an earlier COPY: files are tried, and nothing is loaded.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#validating-staged-files
https://docs.snowflake.com/en/sql-reference/functions/validate
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from local_cloud.snowflake_account.copying.batches import Batch, StagedBatches
from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.copying.load import insert_batch, load_batch, parser_for
from local_cloud.snowflake_account.copying.records import error_in, not_found
from local_cloud.snowflake_account.copying.refused_rows import create_like_target
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.files.decoding import decompress
from local_cloud.snowflake_account.files.rejected_records import rejected_record
from local_cloud.snowflake_account.files.staged_rows import ROWS, DecodingError, ParsedFile, RowError
from local_cloud.snowflake_account.language.copy_statement import OnError
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.stages.staged_files import StageFiles

_TRIED = Name(("temp", "main", "_TRIED"))

_PARSING = (100016, 100068, 100069, 100080)
"""The numbers of errors that are the file's own, whatever table it is for."""

ERROR_COLUMNS = (
    *("ERROR", "FILE", "LINE:FIXED", "CHARACTER:FIXED", "BYTE_OFFSET:FIXED", "CATEGORY", "CODE:FIXED", "SQL_STATE"),
    *("COLUMN_NAME", "ROW_NUMBER:FIXED", "ROW_START_LINE:FIXED", "REJECTED_RECORD"),
)


@dataclass(frozen=True)
class _Tried:
    """What became of a file: its key, its errors, and how many good rows stand before the first."""

    key: str
    parsed: ParsedFile
    good_before: int


def validated(databases: Databases, job: CopyJob, reader: StageFiles, keys: Sequence[str]) -> Result:
    """Answer a COPY with a VALIDATION_MODE: the first rows, or the errors.

    Raises:
        CopyError: rows are asked for, and there is an error among them.
        SnowflakeError: a file cannot be read, or the statement not be executed.
    """
    mode = job.statement.validation
    if not mode.endswith("_ROWS"):
        return errors_in(databases, job, reader, keys)
    return _first_rows(databases, job, reader, keys, int(mode.split("_")[1]))


def errors_in(
    databases: Databases, job: CopyJob, reader: StageFiles, keys: Sequence[str], gone: Sequence[str] = ()
) -> Result:
    """Return all errors in files as VALIDATE and VALIDATION_MODE = RETURN_ERRORS answer them.

    Args:
        databases: where the rows are tried.
        job: the COPY.
        reader: of its location.
        keys: the files.
        gone: names of files that are missing.

    Raises:
        SnowflakeError: a file cannot be read, or the statement not be executed.
    """
    missing = [
        (not_found(job.location, name), name, *[None] * 3, "parsing", 100016, "22000", *[None] * 4) for name in gone
    ]
    rows = [row for tried in _tried(databases, job, reader, keys, keeps=False) for row in _rows(job, reader, tried)]
    return rows_of(ERROR_COLUMNS, [*missing, *rows])


def _first_rows(databases: Databases, job: CopyJob, reader: StageFiles, keys: Sequence[str], most: int) -> Result:
    good = 0
    for tried in _tried(databases, job, reader, keys, keeps=True):
        if tried.parsed.errors and good + tried.good_before < most:
            error = tried.parsed.errors[0]
            column = f"\n  Row {error.line}, column {error.column}" if error.column else ""
            raise error_in(tried.key, error, column)
        good += tried.parsed.rows
        if good >= most:
            break
    table = exp.table_(_TRIED.last, db=_TRIED.parts[1], catalog=_TRIED.parts[0], quoted=True)
    return databases.query(exp.select("*").from_(table).limit(most))


def _tried(
    databases: Databases, job: CopyJob, reader: StageFiles, keys: Sequence[str], *, keeps: bool
) -> Iterator[_Tried]:
    """Yield what becomes of each file; the rows are in a table like the target, if they are kept."""
    job = replace(job, on_error=OnError("CONTINUE"))
    create_like_target(databases, job, _TRIED)
    duck = databases.duck
    batches = StagedBatches(reader, keys, job.file_format.compression, parser_for(databases, job))
    for batch in batches:
        noted: dict[int, ParsedFile] = {}
        stage_rows = batch.stage_rows
        staged = Batch(batch.files, lambda duck, noted=noted, stage=stage_rows: _noted(noted, stage(duck)))
        load_batch(databases, job, staged, None, lambda records: insert_batch(databases, job, _TRIED, (), records))
        for number, file in enumerate(batch.files):
            yield _Tried(file.key, noted[number], _rows_before(duck, number, noted[number]))
        if not keeps:
            duck.execute(f"delete from {_TRIED.quoted}")
    for error in batches.unread.values():
        raise error


def _noted(noted: dict[int, ParsedFile], parsed: dict[int, ParsedFile]) -> dict[int, ParsedFile]:
    noted.update(parsed)
    return noted


def _rows_before(duck: Any, number: int, parsed: ParsedFile) -> int:
    """Return how many good rows of a file stand before its first error."""
    if not parsed.errors:
        return parsed.rows
    line = parsed.errors[0].line
    return duck.execute(f"select count(*) from {ROWS} where FILE_NO = ? and FILE_ROW < ?", [number, line]).fetchone()[0]


def _rows(job: CopyJob, reader: StageFiles, tried: _Tried) -> Iterator[tuple[Any, ...]]:
    if not tried.parsed.errors:
        return
    content = b""
    if found := reader.read(tried.key):
        try:
            content = decompress(found[1], job.file_format.compression, tried.key)
        except DecodingError:
            content = b""
    for error in tried.parsed.errors:
        yield _row(job, tried.key, content, error)


def _row(job: CopyJob, key: str, content: bytes, error: RowError) -> tuple[Any, ...]:
    offset, record = rejected_record(content, job.file_format, error) or (None, None)
    category = "parsing" if error.code in _PARSING else "conversion"
    place = (error.message, key, error.line, error.character, offset)
    return (*place, category, error.code, error.sqlstate, error.column, error.line, error.line, record)
