"""The COPY INTO statement of its own: which files it takes, what it removes, what it answers.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table
"""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.copying.job import CopyJob, job_of
from local_cloud.snowflake_account.copying.load import load_at_once
from local_cloud.snowflake_account.copying.records import copy_answer, missing_file, not_found
from local_cloud.snowflake_account.copying.validation import validated
from local_cloud.snowflake_account.data import load_history
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.copy_statement import CopyInto
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result
from local_cloud.snowflake_account.stages.staged_files import StageFiles
from local_cloud.snowflake_account.stages.stages import Stages


@dataclass(frozen=True)
class ExecutedCopy:
    """A COPY that has loaded files: what VALIDATE looks at again.

    Attributes:
        job: the statement with its names looked up.
        keys: the files.
    """

    job: CopyJob
    keys: tuple[str, ...]


def run_copy(
    catalog: Catalog, databases: Databases, stages: Stages, statement: CopyInto, home: Name
) -> tuple[Result, ExecutedCopy | None]:
    """Execute a COPY INTO; return its answer, and what was done, if anything was.

    Args:
        catalog: where what it names is looked up.
        databases: where the rows go.
        stages: where the files are.
        statement: the statement.
        home: the session's database and schema, for the name of a file format.

    Raises:
        SnowflakeError: nothing is loaded.
    """
    job = job_of(statement, home, catalog, stages)
    reader = stages.files(job.where)
    job.check_target(databases.columns(job.table))
    keys, missing = _keys(databases, job, reader)
    if statement.validation:
        return validated(databases, job, reader, keys), None
    records = load_at_once(databases, job, reader, keys)
    if statement.purge:
        for record in records:
            if record.status == load_history.LOADED:
                reader.remove(job.location.prefix + record.file_name)
    answer = copy_answer(job, [*records, *(missing_file(job, name) for name in missing)])
    return answer, ExecutedCopy(job, tuple(keys))


def _keys(databases: Databases, job: CopyJob, reader: StageFiles) -> tuple[list[str], list[str]]:
    """Return the keys of the files to load, and the names in FILES that are not there.

    Files to load are named in FILES, and then PATTERN does not count, or at the location; and not loaded before.
    Unlike a pipe, a COPY sees that a file's content has changed (its ETag).

    Raises:
        SnowflakeError: a named file is not there, and the statement is to stop at an error.
    """
    named = job.statement.files
    found = {job.file_name(file.key): file for file in reader.list_files() if named or job.concerns(file.key)}
    names = list(dict.fromkeys(named or found))
    missing = [name for name in names if name not in found]
    if missing and job.on_error.action == "ABORT_STATEMENT":
        raise SnowflakeError(not_found(job.location, missing[0]), code=100016, sqlstate="22000")
    files = [(f"{job.location.url}{name}", found[name]) for name in names if name in found]
    loaded = load_history.loaded_into_table(
        databases.duck, job.table, [url for url, _ in files], wholly=job.statement.validation == "RETURN_ALL_ERRORS"
    )
    return [file.key for url, file in files if job.statement.force or (url, file.etag) not in loaded], missing
