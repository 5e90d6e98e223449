"""LIST: the files of a stage, as its integration's role sees them.

https://docs.snowflake.com/en/sql-reference/sql/list
"""

from __future__ import annotations

import re

from sqlglot import exp

from local_cloud.snowflake_account.language.copy_statement import checked_pattern, stage_location
from local_cloud.snowflake_account.language.full_names import full_name
from local_cloud.snowflake_account.language.kinds import Kind
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.stages.stages import Stages


def list_files(stages: Stages, statement: exp.ListStage, home: Name) -> Result:
    """Execute a LIST.

    Args:
        stages: the account's stages.
        statement: LIST @stage[/path] [PATTERN = '…'].
        home: the session's database and schema.

    Raises:
        SnowflakeError: the stage is not there, or its location cannot be listed.
    """
    stage, path = stage_location(statement.name)
    reader = stages.reader(full_name(Kind.STAGE, stage, home), path)
    given = statement.args.get("pattern")
    pattern = re.compile(checked_pattern(given.name)) if given else None
    return rows_of(
        ("name", "size:FIXED", "md5", "last_modified"),
        [
            (
                f"s3://{reader.location.bucket}/{file.key}",
                file.size,
                file.etag,
                file.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            )
            for file in reader.list_files()
            if pattern is None or pattern.fullmatch(file.key)
        ],
    )
