"""A COPY with its names looked up: what loading takes from the catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local_cloud.snowflake_account.catalog.objects import Catalog
from local_cloud.snowflake_account.copying.by_name import check_by_name
from local_cloud.snowflake_account.errors import DoesNotExistError, SnowflakeError
from local_cloud.snowflake_account.files.file_formats import CsvFormat, FormatOptions, JsonFormat, file_format
from local_cloud.snowflake_account.language.copy_statement import CopyInto, OnError
from local_cloud.snowflake_account.language.full_names import full_name, full_path
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.tokens import Name, Tokens
from local_cloud.snowflake_account.result import Column
from local_cloud.snowflake_account.stages.staged_files import Location
from local_cloud.snowflake_account.stages.stages import Stages


@dataclass(frozen=True)
class CopyJob:
    """A copy statement with its names looked up.

    Attributes:
        statement: what was parsed.
        table: the target's full name.
        where: the place of the files, the stage's name in full.
        location: the place of the files.
        stage_prefix: the part of the location's prefix that is the stage's.
        file_format: the format's options.
        on_error: what to do about errors.
        declared: the target's columns as they were declared, names and types; empty for a table made by a query.
        pipe: the pipe that runs it, None for a COPY of its own.
        error_integration: the notification integration that hears of rejected files; a pipe may have one.
    """

    statement: CopyInto
    table: Name
    where: StagePath
    location: Location
    stage_prefix: str
    file_format: FormatOptions
    on_error: OnError
    declared: tuple[tuple[str, str], ...] = ()
    pipe: Name | None = None
    error_integration: str | None = None

    def check_target(self, columns: Sequence[Column]) -> None:
        """Refuse columns that the target does not have or that are named twice, and records that no column can hold.

        A COPY without a SELECT, of anything but CSV, fills one column with records.

        Args:
            columns: the target's, with DuckDB's types.

        Raises:
            SnowflakeError: a column's name is wrong, or its type, or there are more or fewer than one.
        """
        names = self.statement.columns
        if unknown := [name for name in names if name not in {column.name for column in columns}]:
            raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{unknown[0]}'", code=904)
        if twice := [name for name in names if names.count(name) > 1]:
            raise SnowflakeError(f"SQL compilation error:\nduplicate column name '{twice[0]}'", code=2025)
        check_by_name(self.statement, self.file_format, [column.name for column in columns])
        if self.statement.select or self.statement.matches or isinstance(self.file_format, CsvFormat):
            return
        filled = [column for column in columns if column.name in (names or [column.name])]
        if [column.type for column in filled] != ["JSON"]:
            kind = "JSON" if isinstance(self.file_format, JsonFormat) else "PARQUET"
            raise SnowflakeError(
                f"SQL compilation error:\n{kind} file format can produce one and only one column "
                "of type variant, object, or array. Use a COPY with a SELECT to load into separate columns."
            )

    def file_name(self, key: str) -> str:
        """Return a key relative to the job's location, as the load history has it."""
        return key[len(self.location.prefix) :]

    def concerns(self, key: str) -> bool:
        """Tell whether an object of the bucket is one of the job's files.

        A pipe's PATTERN is for what follows the stage's own path, that of a COPY of its own for the whole path.
        https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#optional-parameters
        """
        if not key.startswith(self.location.prefix):
            return False
        seen = key[len(self.stage_prefix) :] if self.pipe else key
        return self.statement.pattern is None or re.fullmatch(self.statement.pattern, seen, re.DOTALL) is not None


def job_of(statement: CopyInto, home: Name, catalog: Catalog, stages: Stages, pipe: Name | None = None) -> CopyJob:
    """Look up what a copy statement names.

    Args:
        statement: what was parsed.
        home: the database and schema that its names are looked up in.
        catalog: where table and file format are.
        stages: where the stage is.
        pipe: the pipe that runs it, None for a COPY of its own.

    Raises:
        DoesNotExistError: its table, stage or format is not there.
    """
    table = full_name(Kind.TABLE, statement.table, home)
    if (target := catalog.find_relation(table)) is None or target.kind is not Kind.TABLE:
        raise DoesNotExistError("TABLE", str(table))
    where = statement.where if statement.where.kind is Kind.USER else full_path(statement.where, home, "")
    stage = catalog.get(where.kind, where.name)
    default = OnError("ABORT_STATEMENT" if pipe is None else "SKIP_FILE")
    return CopyJob(
        statement=statement,
        table=table,
        where=where,
        location=stages.location(where),
        stage_prefix=stages.location(replace(where, path="")).prefix,
        file_format=format_of(statement.file_format or stage.attributes.get("FILE_FORMAT") or {}, home, catalog),
        on_error=statement.on_error or default,
        declared=tuple((column["name"], column["type"]) for column in target.attributes.get("COLUMNS") or ()),
        pipe=pipe,
    )


def format_of(options: Mapping[str, Any], home: Name, catalog: Catalog) -> FormatOptions:
    """Return a format from its options, or the one that they name.

    Args:
        options: as a statement or a stage has them.
        home: the database and schema that a name is looked up in.
        catalog: where it is.

    Raises:
        SnowflakeError: it is not there, or cannot be read by.
    """
    if named := options.get("FORMAT_NAME"):
        stored = catalog.get(Kind.FILE_FORMAT, full_name(Kind.FILE_FORMAT, Tokens(named).name(), home))
        return file_format(stored.attributes)
    return file_format(options)
