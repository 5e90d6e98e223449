"""LIST: the files of a stage, those of an external one as its integration's role sees them.

https://docs.snowflake.com/en/sql-reference/sql/list
"""

from __future__ import annotations

import re

from local_cloud.snowflake_account.language.copy_statement import checked_pattern
from local_cloud.snowflake_account.language.statements import ListFiles
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.stages.stages import Stages


def list_files(stages: Stages, statement: ListFiles) -> Result:
    """Execute a LIST; the stage's name is full.

    Raises:
        SnowflakeError: the stage is not there, or its location cannot be listed.
    """
    files = stages.files(statement.where)
    pattern = re.compile(checked_pattern(statement.pattern)) if statement.pattern is not None else None
    return rows_of(
        ("name", "size:FIXED", "md5", "last_modified"),
        [
            (
                files.location.shown(file.key),
                file.size,
                file.etag,
                file.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            )
            for file in files.list_files()
            if pattern is None or pattern.fullmatch(file.key)
        ],
    )
