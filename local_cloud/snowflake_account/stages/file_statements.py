"""LIST, REMOVE and COPY FILES: what is done with the files of stages without reading what is in them.

An external stage's files are those that its integration's role may see and change.
https://docs.snowflake.com/en/sql-reference/sql/list, …/remove, …/copy-files
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from local_cloud.snowflake_account.errors import StorageAccessError
from local_cloud.snowflake_account.language.stage_paths import StagePath
from local_cloud.snowflake_account.language.statements import CopyFiles, ListFiles, RemoveFiles
from local_cloud.snowflake_account.result import Result, rows_of
from local_cloud.snowflake_account.stages.staged_files import StagedFile, StageFiles
from local_cloud.snowflake_account.stages.stages import Stages


def list_files(stages: Stages, statement: ListFiles) -> Result:
    """Execute a LIST; the stage's name is full.

    Raises:
        SnowflakeError: the stage is not there, or its location cannot be listed.
    """
    files = stages.files(statement.where)
    return rows_of(
        ("name", "size:FIXED", "md5", "last_modified"),
        [
            (
                files.location.shown(file.key),
                file.size,
                file.etag,
                file.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            )
            for file in matching(files, statement.pattern)
        ],
    )


def remove_files(stages: Stages, statement: RemoveFiles) -> Result:
    """Execute a REMOVE; the stage's name is full.

    Raises:
        SnowflakeError: the stage is not there, or its role may not list or remove; what went before stays removed.
    """
    files = stages.files(statement.where)
    removed: list[tuple[str, str]] = []
    for file in list(matching(files, statement.pattern)):
        if not files.remove(file.key):
            shown = files.location.shown(file.key)
            raise StorageAccessError(f"Failure using stage area. Cause: [Access Denied: {shown} cannot be removed]")
        removed.append((files.location.shown(file.key), "removed"))
    return rows_of(("name", "result"), removed)


def copy_files(stages: Stages, statement: CopyFiles) -> Result:
    """Execute a COPY FILES; the stages' names are full.

    Raises:
        SnowflakeError: a stage is not there, or cannot be read or written; what was copied before stays.
    """
    source, target = stages.files(statement.source), stages.files(in_folder(statement.where))
    prefix = source.location.prefix
    named = {prefix + name for name in statement.files}
    folder = prefix[: prefix.rfind("/") + 1]
    copied: list[tuple[str]] = []
    for file in list(matching(source, statement.pattern)):
        if (named and file.key not in named) or (found := source.read(file.key)) is None:
            continue
        name = file.key[len(folder) :]
        target.write(target.location.prefix + name, found[1])
        copied.append((in_folder(statement.where).path + name,))
    if statement.detailed:
        return rows_of(("file",), copied)
    return rows_of(("numOfFilesCopied:FIXED",), [(len(copied),)])


def matching(files: StageFiles, pattern: str | None) -> Iterator[StagedFile]:
    """Yield the files at a location whose whole path a pattern fits."""
    fits = re.compile(pattern, re.DOTALL).fullmatch if pattern is not None else None
    return (file for file in files.list_files() if fits is None or fits(file.key))


def in_folder(where: StagePath) -> StagePath:
    """Return a place that files are put into: its path is a folder, with or without a slash at its end."""
    path = where.path.strip("/")
    return replace(where, path=f"{path}/" if path else "")
