"""Finds the rows that a COPY's SELECT, or its target, refuses: a value that does not convert, a missing one.

DuckDB refuses a whole INSERT for one row; ON_ERROR is about rows. So where an INSERT fails, parts of each file are
tried on an empty copy of the target, halved until the rows that fail are found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlglot import exp

from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.copying.refused_columns import refused_columns
from local_cloud.snowflake_account.copying.select import insert, make_source
from local_cloud.snowflake_account.data.databases import Databases
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.files.file_formats import CsvFormat
from local_cloud.snowflake_account.files.staged_rows import ROWS, ParsedFile, RowError
from local_cloud.snowflake_account.language.tokens import Name

MOST_ROWS = 1_000
"""Refused rows that are looked for in a file; one with more is left out as a whole."""

_TRIAL = Name(("temp", "main", "_TRIAL"))


def create_like_target(databases: Databases, job: CopyJob, table: Name) -> None:
    """Make an empty table with the columns that a COPY fills, in the order of its SELECT."""
    described = databases.duck.execute(f"describe {job.table.quoted}").fetchall()
    types = {name: f"{type_}{'' if null == 'YES' else ' not null'}" for name, type_, null, *_ in described}
    if unknown := [name for name in job.statement.columns if name not in types]:
        raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{unknown[0]}'", code=904)
    columns = ", ".join(f"{Name((name,)).quoted} {types[name]}" for name in job.statement.columns or types)
    databases.duck.execute(f"create or replace temp table {table.quoted} ({columns})")


def refuse_rows(databases: Databases, job: CopyJob, parsed: dict[int, ParsedFile], started: datetime) -> bool:
    """Take the refused rows out of the staged ones, note them as errors, and tell whether there are any.

    Raises:
        SnowflakeError: the statement fails even on no rows at all: the files are not to blame.
    """
    create_like_target(databases, job, _TRIAL)
    trial = _Trial(databases, job, started)
    if error := trial.refusal("false"):
        raise error
    found = False
    for file_no, outcome in parsed.items():
        if outcome.rows:
            refused = trial.refused_rows(file_no, outcome)
            found |= bool(refused)
            outcome.rows -= len(refused)
            outcome.errors = sorted(outcome.errors + refused, key=lambda error: error.line)
    databases.duck.execute(f"drop table {_TRIAL.quoted}")
    return found


class _Trial:
    def __init__(self, databases: Databases, job: CopyJob, started: datetime) -> None:
        self._databases = databases
        self._job = job
        self._started = started
        self._insert: exp.Expr | None = None

    def refusal(self, where: str) -> SnowflakeError | None:
        """Try rows; return the error that they give."""
        duck = self._databases.duck
        make_source(duck, self._started, where)
        try:
            if self._insert is None:
                self._insert = insert(self._databases, self._job, _TRIAL, ())
            self._databases.query(self._insert.copy())
        except SnowflakeError as error:
            return error
        duck.execute(f"delete from {_TRIAL.quoted}")
        return None

    def refused_rows(self, file_no: int, outcome: ParsedFile) -> list[RowError]:
        """Return a file's refused rows, which are staged no more."""
        duck = self._databases.duck
        rows = duck.execute(f"select FILE_ROW from {ROWS} where FILE_NO = ? order by 1", [file_no]).fetchnumpy()
        numbers = [int(row) for row in rows["FILE_ROW"]]
        refused: list[RowError] = []
        ranges = [(0, len(numbers))]
        while ranges:
            low, high = ranges.pop()
            where = f"r.FILE_NO = {file_no} and r.FILE_ROW between {numbers[low]} and {numbers[high - 1]}"
            if (error := self.refusal(where)) is None:
                continue
            if high - low > 1:
                middle = (low + high) // 2
                ranges += [(middle, high), (low, middle)]
                continue
            refused.append(RowError(error.message, numbers[low], code=error.code, sqlstate=error.sqlstate))
            if self._job.on_error.is_certain_after(len(outcome.errors) + len(refused)):
                break
            if len(refused) == MOST_ROWS:
                refused += [replace(refused[-1], line=number) for number in numbers[high:]]
                break
        if isinstance(self._job.file_format, CsvFormat) and not self._job.statement.select:
            columns = refused_columns(duck, self._job, _TRIAL, file_no, [error.line for error in refused])
            for error in refused:
                error.column = columns.get(error.line)
        duck.execute(
            f"delete from {ROWS} where FILE_NO = ? and list_contains(?, FILE_ROW)",
            [file_no, [error.line for error in refused]],
        )
        return refused
