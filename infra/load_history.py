"""The load history that stays: Snowflake forgets after 14 days what a pipe loaded, and at once if the pipe is replaced.

A task copies what is new into a table, a row for each attempt to load a file, and removes none: a year of 10,000 files
an hour is 88 million rows, some gigabytes. What reads it reads the newer attempts from Snowflake itself, so nothing
depends on when the task last ran. What was not copied yet when a pipe is replaced, the new pipe tries again: its first
refresh reaches back for seven days.
https://docs.snowflake.com/en/sql-reference/functions/copy_history
"""

from __future__ import annotations

import pulumi
import pulumi_snowflake as snowflake

from infra.feeds import NUMBER, TIMESTAMP_NTZ, VARCHAR, Column
from infra.naming import LOAD_HISTORY, NEW_LOAD_ATTEMPTS

COPIED_EVERY_MINUTES = 60

COLUMNS = (
    Column("FEED", VARCHAR, "Feed of the file"),
    Column("PIPE", VARCHAR, "Full name of the pipe"),
    Column("_FILE", VARCHAR, "Key of the file in the landing bucket"),
    Column("STATUS", VARCHAR, "What became of it"),
    Column("ROWS_PARSED", NUMBER, "Number of rows read from the file"),
    Column("ROWS_LOADED", NUMBER, "Number of rows loaded"),
    Column("FIRST_ERROR", VARCHAR, "First error in the file; NULL for none"),
    Column("FIRST_ERROR_LINE", NUMBER, "Line of the first error"),
    Column("ATTEMPTED_AT", TIMESTAMP_NTZ, "When it was tried, UTC"),
)
"""Its columns: those of OPS.LOAD_ATTEMPTS. As a raw table's, they may only grow, at the end."""


def load_history_table(schema: snowflake.Schema, parent: pulumi.Resource) -> snowflake.Table:
    """Register the table.

    Args:
        schema: schema OPS.
        parent: what it belongs to.
    """
    _, name = LOAD_HISTORY
    return snowflake.Table(
        "load-history",
        database=schema.database,
        schema=schema.name,
        name=name,
        comment="Every attempt of a pipe to load a file, copied hourly and kept; append-only",
        columns=[
            snowflake.TableColumnArgs(name=column.name, type=column.type, comment=column.description)
            for column in COLUMNS
        ],
        opts=pulumi.ResourceOptions(parent=parent),
    )


def copying_statement(names: dict[str, str]) -> str:
    """Return the statement that copies what is new; run again, it copies nothing.

    Args:
        names: the full names of table and view, by those that they have in schema OPS.
    """
    columns = ", ".join(column.name for column in COLUMNS)
    table, new = names[LOAD_HISTORY[1]], names[NEW_LOAD_ATTEMPTS[1]]
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {new}"  # noqa: S608 - the names are ours
