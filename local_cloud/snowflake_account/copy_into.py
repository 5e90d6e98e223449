"""COPY INTO: executes a parsed copy statement on staged files.

Files are read in batches; a batch's rows are staged in a temporary table, the statement's own SELECT runs
over them, and the rows and the load history commit together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
from sqlglot import exp

from local_cloud.snowflake_account import load_history
from local_cloud.snowflake_account.copy_statement import CopyStatement, OnError
from local_cloud.snowflake_account.csv_files import CsvRow, csv_rows
from local_cloud.snowflake_account.databases import Databases
from local_cloud.snowflake_account.decoding import decode, decompress
from local_cloud.snowflake_account.errors import CopyError, SnowflakeError
from local_cloud.snowflake_account.file_formats import CsvFormat, FileFormat
from local_cloud.snowflake_account.json_files import stage_json
from local_cloud.snowflake_account.load_history import FAILED, LOADED, PARTIALLY_LOADED, LoadRecord
from local_cloud.snowflake_account.staged_rows import ROWS, DecodingError, FileContent, ParsedFile, RowError
from local_cloud.snowflake_account.stages import Location, StagedFile, StageReader
from local_cloud.snowflake_account.tokens import Name

BATCH_BYTES = 64 * 1024 * 1024
"""Bytes of file content, decompressed, that are parsed and committed together."""

BATCH_FILES = 1_000

_FILES = "_STAGED_FILES"
_SOURCE = "_STAGED"

_METADATA = {
    "METADATA$FILENAME": "varchar",
    "METADATA$FILE_ROW_NUMBER": "bigint",
    "METADATA$FILE_LAST_MODIFIED": "timestamp",
    "METADATA$START_SCAN_TIME": "timestamptz",
    "METADATA$FILE_CONTENT_KEY": "varchar",
}
"""https://docs.snowflake.com/en/user-guide/querying-metadata"""


@dataclass(frozen=True)
class CopyJob:
    """A copy statement with its names looked up.

    Attributes:
        statement: what was parsed.
        table: the target's full name.
        location: the place of the files.
        file_format: the format's options.
        on_error: what to do about errors.
        pipe: the pipe that runs it, None for a COPY of its own.
    """

    statement: CopyStatement
    table: Name
    location: Location
    file_format: FileFormat
    on_error: OnError
    pipe: Name | None = None

    def file_name(self, key: str) -> str:
        """Return a key relative to the job's location, as the load history has it."""
        return key[len(self.location.prefix) :]


@dataclass(frozen=True)
class _StagedContent:
    file: StagedFile
    content: bytes
    error: str | None = None


def load(
    databases: Databases,
    job: CopyJob,
    reader: StageReader,
    keys: Sequence[str],
    received: datetime | None = None,
    on_file: Callable[[LoadRecord], None] | None = None,
) -> list[LoadRecord]:
    """Load files, batch by batch, each batch in one transaction, and return what became of each.

    Args:
        databases: where the rows go.
        job: the copy statement.
        reader: the assumed role's view of the location.
        keys: the objects' keys; one that is gone is passed over.
        received: when a pipe was told of the files.
        on_file: called for each file once its load is durable.

    Raises:
        CopyError: a file has an error and the statement is to stop at one; nothing of its batch is loaded.
    """
    records: list[LoadRecord] = []
    for batch in _batches(reader, keys, job):
        done = _load_batch(databases, job, batch, received)
        records += done
        for record in done if on_file else ():
            on_file(record)  # pyright: ignore[reportOptionalCall]
    return records


def _batches(reader: StageReader, keys: Sequence[str], job: CopyJob) -> Iterator[list[_StagedContent]]:
    batch: list[_StagedContent] = []
    size = 0
    for key in keys:
        if (found := reader.read(key)) is None:
            continue
        file, content = found
        try:
            batch.append(_StagedContent(file, decompress(content, job.file_format.compression, key)))
        except DecodingError as error:
            batch.append(_StagedContent(file, b"", str(error)))
        size += len(batch[-1].content)
        if size >= BATCH_BYTES or len(batch) >= BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _load_batch(
    databases: Databases, job: CopyJob, batch: Sequence[_StagedContent], received: datetime | None
) -> list[LoadRecord]:
    started = datetime.now(UTC)
    contents = [FileContent(no, staged.content) for no, staged in enumerate(batch) if staged.error is None]
    parsed = {no: ParsedFile(errors=[RowError(s.error, 1)]) for no, s in enumerate(batch) if s.error is not None}
    if isinstance(job.file_format, CsvFormat):
        parsed |= _stage_csv(databases, job, contents, job.file_format)
    else:
        parsed |= stage_json(databases.duck, contents, job.file_format)
    _abort_at_error(job, batch, parsed)
    skipped = {no for no, file in parsed.items() if job.on_error.skips(len(file.errors), file.rows_parsed)}
    try:
        return _commit(databases, job, batch, parsed, skipped, started, received)
    except SnowflakeError as error:
        if len(batch) > 1:  # a value that the SELECT cannot take: find the file that has it
            return [record for staged in batch for record in _load_batch(databases, job, [staged], received)]
        if job.on_error.action == "ABORT_STATEMENT":
            raise
        parsed[0].errors.append(RowError(error.message, 1))
        return _commit(databases, job, batch, parsed, {0}, started, received)


def _abort_at_error(job: CopyJob, batch: Sequence[_StagedContent], parsed: dict[int, ParsedFile]) -> None:
    if job.on_error.action != "ABORT_STATEMENT":
        return
    for no, staged in enumerate(batch):
        if parsed[no].errors:
            error = parsed[no].errors[0]
            raise CopyError(
                f"{error.message}\n  File '{staged.file.key}', line {error.line}, character {error.character}\n"
                "  If you would like to continue loading when an error is encountered, use other values such as "
                "'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option."
            )


def _commit(
    databases: Databases,
    job: CopyJob,
    batch: Sequence[_StagedContent],
    parsed: dict[int, ParsedFile],
    skipped: set[int],
    started: datetime,
    received: datetime | None,
) -> list[LoadRecord]:
    records = [_record(job, s.file, parsed[no], no in skipped, started, received) for no, s in enumerate(batch)]
    taken = [no for no, record in enumerate(records) if record.row_count]
    _stage_files(databases, batch, taken, started)
    with databases.transaction():
        if taken:
            databases.query(_insert(job, _fields(databases)))
        load_history.add(databases.duck, job.table.parts[0], records)
    return records


def _record(
    job: CopyJob, file: StagedFile, parsed: ParsedFile, skipped: bool, started: datetime, received: datetime | None
) -> LoadRecord:
    first = parsed.errors[0] if parsed.errors else None
    loaded = 0 if skipped else parsed.rows
    failed = skipped or (first is not None and not loaded)
    catalog, schema, pipe = job.pipe.parts if job.pipe else (None, None, None)
    return LoadRecord(
        file_name=job.file_name(file.key),
        stage_location=job.location.url,
        last_load_time=started,
        row_count=loaded,
        row_parsed=parsed.rows_parsed,
        file_size=file.size,
        first_error_message=first.message if first else None,
        first_error_line_number=first.line if first else None,
        first_error_character_pos=first.character if first else None,
        first_error_column_name=first.column if first else None,
        error_count=len(parsed.errors),
        error_limit=job.on_error.limit,
        status=FAILED if failed else PARTIALLY_LOADED if first else LOADED,
        table_catalog_name=job.table.parts[0],
        table_schema_name=job.table.parts[1],
        table_name=job.table.parts[2],
        pipe_catalog_name=catalog,
        pipe_schema_name=schema,
        pipe_name=pipe,
        pipe_received_time=received,
        etag=file.etag,
    )


def _stage_csv(
    databases: Databases, job: CopyJob, files: Sequence[FileContent], options: CsvFormat
) -> dict[int, ParsedFile]:
    """Make the temporary table of a batch of CSV files' rows, and return what each file gave."""
    parsed: dict[int, ParsedFile] = {}
    numbers: list[int] = []
    lines: list[int] = []
    rows: list[list[str | None]] = []
    expected = None if job.statement.select else _target_width(databases, job)
    for file in files:
        parsed[file.file_no] = outcome = ParsedFile()
        try:
            text = decode(file.content, options)
        except DecodingError as error:
            outcome.errors.append(RowError(str(error), 1))
            continue
        for row in csv_rows(text, options):
            if isinstance(row, CsvRow) and (row := _checked(row, expected, options)) and isinstance(row, CsvRow):
                outcome.rows += 1
                numbers.append(file.file_no)
                lines.append(row.line)
                rows.append(row.fields)
            elif isinstance(row, RowError):
                outcome.errors.append(row)
    width = max(max(map(len, rows), default=0), expected or 0, _highest_field(job))
    columns = {
        f"C{i + 1}": pa.array([row[i] if i < len(row) else None for row in rows], pa.large_string())
        for i in range(width)
    }
    table = pa.table({"FILE_NO": pa.array(numbers, pa.int32()), "FILE_ROW": pa.array(lines, pa.int64()), **columns})
    databases.duck.register("_MORE", table)
    databases.duck.execute(f"create or replace temp table {ROWS} as select * from _MORE")
    databases.duck.unregister("_MORE")
    return parsed


def _checked(row: CsvRow, expected: int | None, options: CsvFormat) -> CsvRow | RowError:
    """Refuse a row of another width than the table's, in a COPY without a SELECT that checks it."""
    if expected is None or len(row.fields) == expected or not options.error_on_column_count_mismatch:
        return row if expected is None else replace(row, fields=row.fields[:expected])
    return RowError(
        f"Number of columns in file ({len(row.fields)}) does not match that of the corresponding table ({expected}), "
        "use file format option error_on_column_count_mismatch=false to ignore this error",
        row.line,
    )


def _target_width(databases: Databases, job: CopyJob) -> int:
    return len(job.statement.columns or databases.columns(job.table))


def _highest_field(job: CopyJob) -> int:
    select = job.statement.select
    return max((_position(param) for param in select.find_all(exp.Parameter)), default=0) if select else 0


def _position(parameter: exp.Parameter) -> int:
    return int(parameter.this.name)


def _fields(databases: Databases) -> list[str]:
    described = databases.duck.execute(f"describe {ROWS}").fetchall()
    return [name for name, *_ in described if name not in ("FILE_NO", "FILE_ROW", "LINE")]


def _stage_files(
    databases: Databases, batch: Sequence[_StagedContent], taken: Sequence[int], started: datetime
) -> None:
    """Make the temporary view that the statement's SELECT reads: fields and METADATA$ columns."""
    duck = databases.duck
    files = [batch[no].file for no in taken]
    duck.register(
        _FILES,
        pa.table(
            {
                "NO": pa.array(taken, pa.int32()),
                "NAME": pa.array([file.key for file in files], pa.string()),
                "MODIFIED": pa.array(
                    [file.last_modified.astimezone(UTC).replace(tzinfo=None) for file in files], pa.timestamp("us")
                ),
                "CONTENT_KEY": pa.array([file.etag for file in files], pa.string()),
            }
        ),
    )
    duck.execute(
        f"""create or replace temp view {_SOURCE} as
        select r.* exclude (FILE_NO, FILE_ROW), f.NAME as "METADATA$FILENAME", r.FILE_ROW as "METADATA$FILE_ROW_NUMBER",
            f.MODIFIED as "METADATA$FILE_LAST_MODIFIED",
            timestamptz '{started.isoformat()}' as "METADATA$START_SCAN_TIME",
            f.CONTENT_KEY as "METADATA$FILE_CONTENT_KEY"
        from {ROWS} r join {_FILES} f on f.NO = r.FILE_NO"""
    )


def _insert(job: CopyJob, fields: Sequence[str]) -> exp.Expr:
    """Return the INSERT that a copy statement is, over the temporary view."""
    source = exp.table_(_SOURCE, db="main", catalog="temp", quoted=True)
    if job.statement.select is None:
        select = exp.select(*(exp.column(name, quoted=True) for name in fields)).from_(source)
    else:
        select = job.statement.select.copy()
        table = select.args["from_"].this
        if alias := table.args.get("alias"):
            source.set("alias", alias.copy())
        table.replace(source)
        for parameter in list(select.find_all(exp.Parameter)):
            parameter.replace(
                exp.to_identifier(f"C{_position(parameter)}", quoted=True)
                if isinstance(parameter.parent, exp.Column)
                else exp.column(f"C{_position(parameter)}", quoted=True)
            )
        for column in select.find_all(exp.Column):
            if column.name.upper() in _METADATA:
                column.set("this", exp.to_identifier(column.name.upper(), quoted=True))
    target: exp.Expr = exp.table_(job.table.parts[2], db=job.table.parts[1], catalog=job.table.parts[0], quoted=True)
    if job.statement.columns:
        target = exp.Schema(this=target, expressions=[exp.to_identifier(c, quoted=True) for c in job.statement.columns])
    return exp.Insert(this=target, expression=select)
