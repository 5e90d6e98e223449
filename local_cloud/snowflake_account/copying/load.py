"""COPY INTO: executes a parsed copy statement on staged files.

Files are read in batches; a batch's rows are staged in a temporary table and the statement's own SELECT runs over
them. A pipe commits each batch's rows with its load history, a COPY of its own commits all or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from local_cloud.snowflake_account.copying.batches import Batch, Parse, StagedBatches
from local_cloud.snowflake_account.copying.by_name import arranged
from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.copying.load_errors import error_messages
from local_cloud.snowflake_account.copying.parsing import parser_of
from local_cloud.snowflake_account.copying.records import error_in, record_of
from local_cloud.snowflake_account.copying.refused_rows import create_like_target, refuse_rows
from local_cloud.snowflake_account.copying.select import highest_field, insert, make_source, register_files
from local_cloud.snowflake_account.data import load_history, outbox
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.data.load_history import LoadRecord
from local_cloud.snowflake_account.errors import CopyError, SnowflakeError, UnreadFilesError
from local_cloud.snowflake_account.files.file_formats import CsvFormat
from local_cloud.snowflake_account.files.staged_rows import ROWS, ParsedFile
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.staged_files import StagedFile, StageFiles

_ACCEPTED = Name(("temp", "main", "_ACCEPTED"))


class LostRowsError(SnowflakeError):
    """An INSERT wrote another number of rows than the files' records promise; nothing of it may stay."""


def load_through_pipe(
    databases: Databases,
    job: CopyJob,
    reader: StageFiles,
    keys: Sequence[str],
    received: datetime,
    on_file: Callable[[LoadRecord], None] | None = None,
) -> list[LoadRecord]:
    """Load files, each batch's rows and load history in one transaction, and return what became of each file.

    Args:
        databases: where the rows go.
        job: the pipe's copy statement.
        reader: the assumed role's view of the location.
        keys: the objects' keys; one that is gone is passed over.
        received: when the pipe was told of the files.
        on_file: called for each file once its load is durable.

    Raises:
        UnreadFilesError: some files could not be read; the others are loaded.
        SnowflakeError: the statement cannot be executed; what was committed before it stays.
    """
    columns = job.statement.columns

    def commit(records: Sequence[LoadRecord]) -> None:
        with databases.transaction():
            insert_batch(databases, job, job.table, columns, records)
            load_history.add(databases.duck, job.table.parts[0], records)
            if job.pipe and job.error_integration:
                messages = list(error_messages(job, records, datetime.now(UTC)))
                outbox.queue(databases.duck, job.pipe, job.error_integration, messages)

    records: list[LoadRecord] = []
    batches = StagedBatches(reader, keys, job.file_format.compression, parser_for(databases, job))
    for batch in batches:
        done = load_batch(databases, job, batch, received, commit)
        records += done
        if on_file:
            for record in done:
                on_file(record)
    databases.duck.execute(f"drop table if exists {ROWS}")
    if batches.unread:
        raise UnreadFilesError(batches.unread)
    return records


def load_at_once(databases: Databases, job: CopyJob, reader: StageFiles, keys: Sequence[str]) -> list[LoadRecord]:
    """Load the files of a COPY of its own, all in one transaction, and return what became of each.

    Raises:
        CopyError: a file has an error and the statement is to stop at one; nothing is loaded.
        SnowflakeError: a file cannot be read, or the statement not be executed; nothing is loaded.
    """
    duck, columns = databases.duck, job.statement.columns
    create_like_target(databases, job, _ACCEPTED)

    def accept(records: Sequence[LoadRecord]) -> None:
        insert_batch(databases, job, _ACCEPTED, (), records)

    records: list[LoadRecord] = []
    batches = StagedBatches(reader, keys, job.file_format.compression, parser_for(databases, job))
    for batch in batches:
        records += load_batch(databases, job, batch, None, accept)
    for error in batches.unread.values():
        raise error
    named = f" ({', '.join(Name((column,)).quoted for column in columns)})" if columns else ""
    with databases.transaction():
        databases.execute(f"insert into {job.table.quoted}{named} select * from {_ACCEPTED.quoted}")
        load_history.add(duck, job.table.parts[0], records)
    duck.execute(f"drop table {_ACCEPTED.quoted}; drop table if exists {ROWS}")
    return records


def load_batch(
    databases: Databases,
    job: CopyJob,
    batch: Batch,
    received: datetime | None,
    write: Callable[[Sequence[LoadRecord]], None],
) -> list[LoadRecord]:
    """Stage a batch and write it; where a row is refused, once more without the refused rows.

    Args:
        databases: where the rows go.
        job: the COPY.
        batch: the files.
        received: when a pipe was told of them.
        write: writes the rows that the source has, of the files with these records.

    Raises:
        CopyError: a file has an error and the statement is to stop at one.
        SnowflakeError: the statement cannot be executed.
    """
    started = datetime.now(UTC)
    parsed = batch.stage_rows(databases.duck)

    def write_accepted() -> list[LoadRecord]:
        if job.on_error.action == "ABORT_STATEMENT":
            _abort_at_error(batch.files, parsed)
        records = [record_of(job, file, parsed[no], started, received) for no, file in enumerate(batch.files)]
        taken = {no: batch.files[no] for no, record in enumerate(records) if record.row_count}
        register_files(databases.duck, taken)
        make_source(databases.duck, started)
        write(records)
        return records

    try:
        return write_accepted()
    except (CopyError, LostRowsError):
        raise
    except SnowflakeError:
        if not refuse_rows(databases, job, parsed, started):
            raise
        return write_accepted()


def parser_for(databases: Databases, job: CopyJob) -> Parse:
    """Return what reads the files of a COPY."""
    statement, file_format = job.statement, job.file_format
    columns = statement.columns or [column.name for column in databases.columns(job.table)]
    if not isinstance(file_format, CsvFormat) or not statement.matches:
        return parser_of(file_format, None if statement.select else len(columns), highest_field(job))
    width = len(columns) if file_format.error_on_column_count_mismatch else None
    return parser_of(file_format, width, 0, partial(arranged, statement, columns))


def insert_batch(
    databases: Databases, job: CopyJob, into: Name, columns: Sequence[str], records: Sequence[LoadRecord]
) -> None:
    """Insert a batch's rows: as many as its files' records say, or the load fails.

    Raises:
        LostRowsError: there were more or fewer; the caller must keep none of them.
    """
    if not (promised := sum(record.row_count for record in records)):
        return
    ((inserted,),) = databases.query(insert(databases, job, into, columns)).rows
    if inserted != promised:
        raise LostRowsError(
            f"SQL execution internal error: {inserted:,} rows were inserted into {job.table} where the files have "
            f"{promised:,}; nothing of this batch is loaded"
        )


def _abort_at_error(files: Sequence[StagedFile], parsed: Mapping[int, ParsedFile]) -> None:
    for no, file in enumerate(files):
        if parsed[no].errors:
            raise error_in(
                file.key,
                parsed[no].errors[0],
                "\n  If you would like to continue loading when an error is encountered, use other values such as "
                "'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option.",
            )
