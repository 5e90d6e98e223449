"""What became of one file, as COPY answers it and COPY_HISTORY keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.data.load_history import FAILED, LOADED, PARTIALLY_LOADED, LoadRecord
from local_cloud.snowflake_account.errors import CopyError
from local_cloud.snowflake_account.files.staged_rows import ParsedFile, RowError
from local_cloud.snowflake_account.result import Result, rows_of, status
from local_cloud.snowflake_account.stages.staged_files import Location, StagedFile


def record_of(
    job: CopyJob, file: StagedFile, parsed: ParsedFile, started: datetime, received: datetime | None
) -> LoadRecord:
    """Return a file's record; whether it is left out for its errors is the job's ON_ERROR to say."""
    first = parsed.errors[0] if parsed.errors else None
    loaded = 0 if job.on_error.skips(len(parsed.errors), parsed.rows_parsed) else parsed.rows
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
        status=LOADED if first is None else PARTIALLY_LOADED if loaded else FAILED,
        table_catalog_name=job.table.parts[0],
        table_schema_name=job.table.parts[1],
        table_name=job.table.parts[2],
        pipe_catalog_name=catalog,
        pipe_schema_name=schema,
        pipe_name=pipe,
        pipe_received_time=received,
        etag=file.etag,
        bytes_billed=file.content_size,
    )


def error_in(key: str, error: RowError, more: str = "") -> CopyError:
    """Return the error of a statement that stops at an error in a file.

    Args:
        key: the file's.
        error: what is wrong in it.
        more: what follows the place of the error.
    """
    message = f"{error.message}\n  File '{key}', line {error.line}, character {error.character}{more}"
    return CopyError(message, code=error.code, sqlstate=error.sqlstate)


def not_found(location: Location, name: str) -> str:
    """Return what is said of a file that FILES names and that is not at a location."""
    return f"Remote file '{_shown(location, name)}' was not found."


def missing_file(job: CopyJob, name: str) -> LoadRecord:
    """Return the record of such a file, for a COPY that does not stop at it."""
    now = datetime.now(UTC)
    file = StagedFile(job.location.prefix + name, 0, "", now)
    return record_of(job, file, ParsedFile(errors=[RowError(not_found(job.location, name), 1)]), now, None)


_COLUMNS = (
    *("file", "status", "rows_parsed:FIXED", "rows_loaded:FIXED", "error_limit:FIXED", "errors_seen:FIXED"),
    *("first_error", "first_error_line:FIXED", "first_error_character:FIXED", "first_error_column_name"),
)


def copy_answer(job: CopyJob, records: list[LoadRecord]) -> Result:
    """Return COPY's answer: https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#output."""
    if not records:
        return status("Copy executed with 0 files processed.")
    return rows_of(
        _COLUMNS,
        [
            (
                *(_shown(job.location, r.file_name), r.status.upper().replace(" ", "_"), r.row_parsed, r.row_count),
                *(r.error_limit, r.error_count, r.first_error_message, r.first_error_line_number),
                *(r.first_error_character_pos, r.first_error_column_name),
            )
            for r in records
        ],
    )


def _shown(location: Location, name: str) -> str:
    return location.shown(location.prefix + name)
