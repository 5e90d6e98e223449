"""PUT and GET up to the files: which place a client may write to, which files it is to fetch.

Whoever speaks with the client moves the bytes: https://docs.snowflake.com/en/sql-reference/sql/put, …/get
"""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.language.statements import GetFiles, PutFiles
from local_cloud.snowflake_account.stages.file_statements import in_folder, matching
from local_cloud.snowflake_account.stages.internal_files import InternalFiles
from local_cloud.snowflake_account.stages.staged_files import StageFiles
from local_cloud.snowflake_account.stages.stages import Stages


@dataclass(frozen=True)
class Transfer:
    """A PUT or GET.

    Attributes:
        statement: it, the stage's name in full.
        files: the place in the stage.
        keys: of a GET, the files to fetch.
    """

    statement: PutFiles | GetFiles
    files: StageFiles
    keys: tuple[str, ...] = ()


def transfer_of(stages: Stages, statement: PutFiles | GetFiles) -> Transfer:
    """Look up what a PUT or GET names.

    Raises:
        SnowflakeError: the stage is not there, or is external.
    """
    is_put = isinstance(statement, PutFiles)
    files = stages.files(in_folder(statement.where) if is_put else statement.where)
    if not isinstance(files, InternalFiles):
        raise SnowflakeError(
            f"SQL compilation error:\nGET and PUT commands are not supported with external stage; use an S3 client on "
            f"{files.location.url}",
            code=91003,
            sqlstate="42601",
        )
    if is_put:
        return Transfer(statement, files)
    return Transfer(statement, files, tuple(file.key for file in matching(files, statement.pattern)))
