"""The COPY INTO statement of its own: which files it takes, what it removes, what it answers.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table
"""

from __future__ import annotations

from local_cloud.snowflake_account import load_history
from local_cloud.snowflake_account.copy_into import load_at_once
from local_cloud.snowflake_account.copy_job import CopyJob
from local_cloud.snowflake_account.copy_statement import parse_copy
from local_cloud.snowflake_account.databases import Databases
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.load_records import copy_answer
from local_cloud.snowflake_account.pipes import Pipes
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.stages import StageReader, Stages
from local_cloud.snowflake_account.tokens import Name


def run_copy(databases: Databases, stages: Stages, pipes: Pipes, sql: str, home: Name) -> Result:
    """Execute a COPY INTO.

    Args:
        databases: where the rows go.
        stages: where the files are.
        pipes: looks the statement's names up.
        sql: the statement.
        home: the session's database and schema.

    Raises:
        SnowflakeError: nothing is loaded.
    """
    statement = parse_copy(sql)
    job = pipes.job(statement, home)
    reader = stages.reader(job.stage, statement.path)
    records = load_at_once(databases, job, reader, _keys(databases, job, reader))
    if statement.purge:
        for record in records:
            if record.status == load_history.LOADED:
                reader.remove(job.location.prefix + record.file_name)
    return copy_answer(records)


def _keys(databases: Databases, job: CopyJob, reader: StageReader) -> list[str]:
    """Return the files to load: named or at the location, and not loaded before.

    Unlike a pipe, a COPY sees that a file's content has changed (its ETag).
    """
    found = {job.file_name(file.key): file for file in reader.list_files() if job.concerns(file.key)}
    names = list(dict.fromkeys(job.statement.files or found))
    if missing := [name for name in names if name not in found]:
        raise SnowflakeError(
            f"Remote file '{job.location.url}{missing[0]}' was not found.", code=100016, sqlstate="22000"
        )
    loaded = load_history.loaded_into_table(databases.duck, job.table, names, job.location.url)
    files = [(name, found[name]) for name in names]
    return [file.key for name, file in files if job.statement.force or (name, file.etag) not in loaded]
