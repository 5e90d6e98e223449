"""A COPY with its names looked up: what loading takes from the catalog."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from local_cloud.snowflake_account.copy_statement import CopyStatement, OnError
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.file_formats import CsvFormat, FileFormat, JsonFormat
from local_cloud.snowflake_account.result import Column
from local_cloud.snowflake_account.stages import Location
from local_cloud.snowflake_account.tokens import Name


@dataclass(frozen=True)
class CopyJob:
    """A copy statement with its names looked up.

    Attributes:
        statement: what was parsed.
        table: the target's full name.
        stage: the full name of the stage that the files are in.
        location: the place of the files.
        stage_prefix: the part of the location's prefix that is the stage's.
        file_format: the format's options.
        on_error: what to do about errors.
        declared: the target's columns as they were declared, names and types; empty for a table made by a query.
        pipe: the pipe that runs it, None for a COPY of its own.
    """

    statement: CopyStatement
    table: Name
    stage: Name
    location: Location
    stage_prefix: str
    file_format: FileFormat
    on_error: OnError
    declared: tuple[tuple[str, str], ...] = ()
    pipe: Name | None = None

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
        if self.statement.select or isinstance(self.file_format, CsvFormat):
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
