"""The INSERT that a COPY is: its own SELECT over a temporary view of the staged rows.

https://docs.snowflake.com/en/user-guide/data-load-transform, https://docs.snowflake.com/en/user-guide/querying-metadata
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlglot import exp

from local_cloud.snowflake_account.copying.by_name import selected_by_name
from local_cloud.snowflake_account.copying.conversions import convert
from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.files.staged_rows import ROWS
from local_cloud.snowflake_account.language.metadata_columns import METADATA
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.staged_files import StagedFile

_FILES = "_STAGED_FILES"
SOURCE = "_STAGED"
"""The view of the staged rows with the files' metadata."""


def highest_field(job: CopyJob) -> int:
    """Return the highest number of a field that a COPY's SELECT names, `$3`; 0 without a SELECT."""
    select = job.statement.select
    return max((_position(param) for param in select.find_all(exp.Parameter)), default=0) if select else 0


def register_files(duck: DuckDBPyConnection, files: Mapping[int, StagedFile]) -> None:
    """Let the source know the files, by the numbers that their rows carry."""
    modified = [file.last_modified.astimezone(UTC).replace(tzinfo=None) for file in files.values()]
    duck.register(
        _FILES,
        pa.table(
            {
                "NO": pa.array(files.keys(), pa.int32()),
                "NAME": pa.array([file.key for file in files.values()], pa.string()),
                "MODIFIED": pa.array(modified, pa.timestamp("us")),
                "CONTENT_KEY": pa.array([file.etag for file in files.values()], pa.string()),
            }
        ),
    )


def make_source(duck: DuckDBPyConnection, started: datetime, where: str = "true") -> None:
    """Make the view that a COPY's SELECT reads: the registered files' rows, with METADATA$ columns.

    Args:
        duck: where the rows are staged.
        started: when reading the files began.
        where: a condition on the rows' FILE_NO and FILE_ROW.
    """
    fields = ", ".join(f"r.{field}" for field in _fields(duck))
    duck.execute(
        f"""create or replace temp view {SOURCE} as
        select {fields}, f.NAME as "METADATA$FILENAME", r.FILE_ROW as "METADATA$FILE_ROW_NUMBER",
            f.MODIFIED as "METADATA$FILE_LAST_MODIFIED",
            timestamptz '{started.isoformat()}' as "METADATA$START_SCAN_TIME",
            f.CONTENT_KEY as "METADATA$FILE_CONTENT_KEY"
        from {ROWS} r join {_FILES} f on f.NO = r.FILE_NO where {where}"""
    )


def insert(databases: Databases, job: CopyJob, into: Name, columns: Sequence[str]) -> exp.Expr:
    """Return the INSERT of a COPY's rows into a table.

    Raises:
        SnowflakeError: the SELECT names what its source has not.
    """
    target: exp.Expr = exp.table_(into.parts[2], db=into.parts[1], catalog=into.parts[0], quoted=True)
    if columns:
        target = exp.Schema(this=target, expressions=[exp.to_identifier(name, quoted=True) for name in columns])
    fields = _fields(databases.duck)
    if job.statement.matches:
        filled = job.statement.columns or [column.name for column in databases.columns(job.table)]
        select = selected_by_name(databases.duck, job.statement, filled, fields).from_(_source())
    else:
        select = _select(job, fields)
    convert(databases, job, select, into, columns)
    return exp.Insert(this=target, expression=select)


def _select(job: CopyJob, fields: Sequence[str]) -> exp.Select:
    source = _source()
    if job.statement.select is None:
        return exp.select(*(exp.column(name, quoted=True) for name in fields)).from_(source)
    select = job.statement.select.copy()
    table = select.args["from_"].this
    if alias := table.args.get("alias"):
        source.set("alias", alias.copy())
    table.replace(source)
    for parameter in list(select.find_all(exp.Parameter)):
        field = f"C{_position(parameter)}"
        is_name = isinstance(parameter.parent, exp.Column)  # t.$1
        parameter.replace(exp.to_identifier(field, quoted=True) if is_name else exp.column(field, quoted=True))
    for column in select.find_all(exp.Column):
        if column.name.upper() in METADATA:
            column.set("this", exp.to_identifier(column.name.upper(), quoted=True))
    return select


def _source() -> exp.Table:
    return exp.table_(SOURCE, db="main", catalog="temp", quoted=True)


def _position(parameter: exp.Parameter) -> int:
    return int(parameter.this.name)


def _fields(duck: DuckDBPyConnection) -> list[str]:
    described = duck.execute(f"describe {ROWS}").fetchall()
    return [name for name, *_ in described if name[1:].isdigit()]
