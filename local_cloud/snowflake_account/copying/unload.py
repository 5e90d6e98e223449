"""COPY INTO <location>: writes the rows of a query into files of a stage.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-location
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.files.file_formats import file_format
from local_cloud.snowflake_account.files.written_files import check_writable, extension, written_files
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name, Tokens
from local_cloud.snowflake_account.language.unload_statement import Unload
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.stages.staged_files import StageFiles
from local_cloud.snowflake_account.stages.stages import Stages


@dataclass(frozen=True)
class _Written:
    """A file that was written: its key, and its numbers of rows and of bytes, uncompressed and as it is."""

    key: str
    rows: int
    before: int
    size: int


def unload(catalog: Catalog, stages: Stages, statement: Unload, home: Name, rows: Result) -> Result:
    """Execute a COPY INTO a location, and return its answer.

    Args:
        catalog: where file formats are.
        stages: where the files go.
        statement: the statement, its names in full.
        home: the session's database and schema, for the name of a file format.
        rows: what its query answers.

    Raises:
        SnowflakeError: the rows cannot be written so, or files of these names are there; nothing is written then.
    """
    files = stages.files(statement.where)
    stored = catalog.get(statement.where.kind, statement.where.name)
    of_stage = stored.attributes.get("FILE_FORMAT") if stored.kind is Kind.STAGE else None
    given = _options(statement.file_format or of_stage or {}, home, catalog)
    options = file_format(given)
    check_writable(options, rows.columns)
    table = rows.arrow if rows.arrow is not None else pa.table({})
    written: list[_Written] = []
    if table.num_rows:
        made = list(written_files(table, rows.columns, options, _largest(statement), header=statement.header))
        names = _keys(files, statement, extension(options, _given_extension(given)), len(made))
        if not statement.overwrite:
            _check_free(files, names)
        for key, (count, before, content) in zip(names, made, strict=True):
            files.write(key, content)
            written.append(_Written(key, count, before, len(content)))
    return _answer(files, written, detailed=statement.detailed)


def _options(given: Mapping[str, Any], home: Name, catalog: Catalog) -> Mapping[str, Any]:
    """Return the options of a format; to one with a name a statement may add some."""
    if not (named := given.get("FORMAT_NAME")):
        return given
    stored = catalog.get(Kind.FILE_FORMAT, full_name(Kind.FILE_FORMAT, Tokens(named).name(), home))
    return {**stored.attributes, **{name: value for name, value in given.items() if name != "FORMAT_NAME"}}


def _largest(statement: Unload) -> int:
    """Return where the next file begins; a single file has no end."""
    return 1 << 62 if statement.single else statement.largest


def _given_extension(given: Mapping[str, Any]) -> str | None:
    text = str(given.get("FILE_EXTENSION") or "NONE")
    return None if text.upper() == "NONE" else text


def _keys(files: StageFiles, statement: Unload, end: str, count: int) -> list[str]:
    """Return the keys of files: a path that is no folder is what their names begin with, or that of a single one."""
    prefix = files.location.prefix
    if statement.where.path.endswith("/") or not statement.where.path:
        prefix += "data"
    if statement.single:
        return [prefix]
    between = "" if prefix.endswith("_") else "_"
    return [f"{prefix}{between}0_0_{number}{end}" for number in range(count)]


def _check_free(files: StageFiles, keys: list[str]) -> None:
    there = {file.key for file in files.list_files()}
    if taken := next((key for key in keys if key in there), None):
        raise SnowflakeError(
            f"Files already existing at the unload destination: {files.location.shown(taken)}. Use overwrite option to "
            "force unloading.",
            code=1030,
            sqlstate="22000",
        )


def _answer(files: StageFiles, written: list[_Written], *, detailed: bool) -> Result:
    if detailed:
        start = len(files.location.prefix.rpartition("/")[0])
        return rows_of(
            ("FILE_NAME", "FILE_SIZE:FIXED", "ROW_COUNT:FIXED"),
            [(file.key[start:].lstrip("/"), file.size, file.rows) for file in written],
        )
    totals = [sum(numbers) for numbers in zip(*((f.rows, f.before, f.size) for f in written), strict=True)]
    return rows_of(("rows_unloaded:FIXED", "input_bytes:FIXED", "output_bytes:FIXED"), [tuple(totals or (0, 0, 0))])
