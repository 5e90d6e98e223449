"""Which column of a refused row is to blame: the first that its field does not convert to, or is missing for."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.copying.job import CopyJob
from local_cloud.snowflake_account.files.staged_rows import ROWS
from local_cloud.snowflake_account.language.column_types import text_length
from local_cloud.snowflake_account.language.tokens import Name


def refused_columns(
    duck: DuckDBPyConnection, job: CopyJob, like: Name, file_no: int, rows: Sequence[int]
) -> dict[int, str]:
    """Return the column of each refused row of a CSV file, as COPY spells it: `"TABLE"["COLUMN":2]`.

    Args:
        duck: where the rows are staged, the fields in the order of the columns.
        job: the COPY; without a SELECT.
        like: a table with the columns that it fills.
        file_no: the file's number.
        rows: the refused rows.
    """
    lengths = {name: length for name, type_ in job.declared if (length := text_length(type_))}
    found: dict[int, str] = {}
    staged = [name for name, *_ in duck.execute(f"describe {ROWS}").fetchall()]
    for place, (name, type_, null, *_) in enumerate(duck.execute(f"describe {like.quoted}").fetchall(), 1):
        if (field := f"C{place}") not in staged:
            break
        refuses = f"{field} is not null and try_cast({field} as {type_}) is null"
        if null == "NO":
            refuses += f" or {field} is null"
        if length := lengths.get(name):
            refuses += f" or length({field}) > {length}"
        wrong = duck.execute(
            f"select FILE_ROW from {ROWS} where FILE_NO = ? and list_contains(?, FILE_ROW) and ({refuses})",
            [file_no, list(rows)],
        ).fetchall()
        for (row,) in wrong:
            found.setdefault(row, f"{Name((job.table.last,)).quoted}[{Name((name,)).quoted}:{place}]")
    return found
