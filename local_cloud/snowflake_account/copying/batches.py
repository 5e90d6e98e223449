"""Reads staged files ahead: while one batch is loaded, the next is fetched, decompressed and parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import duckdb
from botocore.exceptions import BotoCoreError, ClientError
from duckdb import DuckDBPyConnection

from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.files.decoding import decompress
from local_cloud.snowflake_account.files.staged_rows import (
    DecodingError,
    FileContent,
    ParsedFile,
    RowError,
    StageRows,
)
from local_cloud.snowflake_account.stages.staged_files import StagedFile, StageFiles

BATCH_BYTES = 64 * 1024 * 1024
"""Bytes of file content, decompressed, that are parsed and committed together."""

BATCH_FILES = 1_000

Parse: TypeAlias = Callable[[Sequence[FileContent]], StageRows]
"""Reads the contents of a batch of files."""

_NO_FILES_FAULT = (
    *(SnowflakeError, ClientError, BotoCoreError, OSError, MemoryError),
    *(duckdb.OperationalError, duckdb.InternalError, duckdb.FatalException, duckdb.InterruptException),
)
"""Errors of the storage, the database or the machine. They may pass, and a rejected file would not be tried again."""


@dataclass(frozen=True)
class Batch:
    """Files that are parsed and committed together.

    Attributes:
        files: what they are; a file's number is its place here.
        stage_rows: puts their rows into the database.
    """

    files: Sequence[StagedFile]
    stage_rows: StageRows


class StagedBatches:
    """The files of a location in batches.

    Args:
        reader: of the location.
        keys: the files' keys.
        compression: of the files, as a file format names it.
        parse: what reads the content of a batch of files.

    Attributes:
        unread: keys that could not be read, and why; complete once the batches are at their end.
    """

    def __init__(
        self,
        reader: StageFiles,
        keys: Sequence[str],
        compression: str,
        parse: Parse,
    ) -> None:
        self.unread: dict[str, Exception] = {}
        self._reader = reader
        self._keys = iter(keys)
        self._compression = compression
        self._parse = rejecting_what_fails(parse)

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches in the order of the keys; an object that is gone is passed over."""
        with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as pool:
            upcoming = pool.submit(self._next_batch)
            while batch := upcoming.result():
                upcoming = pool.submit(self._next_batch)
                yield batch

    def _next_batch(self) -> Batch | None:
        files: list[StagedFile] = []
        contents: list[FileContent] = []
        bad: dict[int, ParsedFile] = {}
        size = 0
        for key in self._keys:
            if (found := self._read(key)) is None:
                continue
            file, content = found
            try:
                contents.append(FileContent(len(files), decompress(content, self._compression, key)))
                size += len(contents[-1].content)
                file = replace(file, content_size=len(contents[-1].content))
            except DecodingError as error:
                bad[len(files)] = ParsedFile(errors=[RowError(str(error), error.line)])
            files.append(file)
            if size >= BATCH_BYTES or len(files) >= BATCH_FILES:
                break
        if not files:
            return None
        stage_good = self._parse(contents)
        return Batch(files, lambda duck: bad | stage_good(duck))

    def _read(self, key: str) -> tuple[StagedFile, bytes] | None:
        try:
            return self._reader.read(key)
        except (SnowflakeError, ClientError, BotoCoreError) as error:
            self.unread[key] = error
            return None


def rejecting_what_fails(parse: Parse) -> Parse:
    """Return how to read a batch so that no file stops the others: one that reading fails on is rejected.

    An error that reading does not know, of whatever kind, would fail each time again, and with it every file that
    waits beside the one that it comes from.
    """

    def parse_batch(contents: Sequence[FileContent]) -> StageRows:
        try:
            stage_rows = parse(contents)
        except _NO_FILES_FAULT:
            raise
        except Exception:
            return partial(_stage_what_does_not_fail, parse, contents)

        def stage_batch(duck: DuckDBPyConnection) -> dict[int, ParsedFile]:
            try:
                return stage_rows(duck)
            except _NO_FILES_FAULT:
                raise
            except Exception:
                return _stage_what_does_not_fail(parse, contents, duck)

        return stage_batch

    return parse_batch


def _stage_what_does_not_fail(
    parse: Parse, contents: Sequence[FileContent], duck: DuckDBPyConnection
) -> dict[int, ParsedFile]:
    """Try the files one by one, then stage those together that did not fail; the others have their error."""
    rejected: dict[int, ParsedFile] = {}
    for file in contents:
        try:
            parse([file])(duck)
        except _NO_FILES_FAULT:
            raise
        except Exception as error:
            reason = RowError(f"Load failed: {type(error).__name__}: {' '.join(str(error).split())}", 1)
            rejected[file.file_no] = ParsedFile(errors=[reason])
    return rejected | parse([file for file in contents if file.file_no not in rejected])(duck)
