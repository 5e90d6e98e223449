"""Reads staged files ahead: while one batch is loaded, the next is fetched and decompressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.snowflake_account.decoding import decompress
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowflake_account.staged_rows import DecodingError
from local_cloud.snowflake_account.stages import StagedFile, StageReader

BATCH_BYTES = 64 * 1024 * 1024
"""Bytes of file content, decompressed, that are parsed and committed together."""

BATCH_FILES = 1_000


@dataclass(frozen=True)
class ReadFile:
    """A file as it was read.

    Attributes:
        file: what it is.
        content: its bytes, decompressed.
        error: why they cannot be; None where they are.
    """

    file: StagedFile
    content: bytes
    error: DecodingError | None = None


class StagedBatches:
    """The files of a location in batches.

    Attributes:
        unread: keys that could not be read, and why; complete once the batches are at their end.
    """

    def __init__(self, reader: StageReader, keys: Sequence[str], compression: str) -> None:
        self.unread: dict[str, Exception] = {}
        self._reader = reader
        self._keys = iter(keys)
        self._compression = compression

    def __iter__(self) -> Iterator[list[ReadFile]]:
        """Yield batches in the order of the keys; an object that is gone is passed over."""
        with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as pool:
            upcoming = pool.submit(self._next_batch)
            while batch := upcoming.result():
                upcoming = pool.submit(self._next_batch)
                yield batch

    def _next_batch(self) -> list[ReadFile]:
        batch: list[ReadFile] = []
        size = 0
        for key in self._keys:
            if read := self._read(key):
                batch.append(read)
                size += len(read.content)
                if size >= BATCH_BYTES or len(batch) >= BATCH_FILES:
                    break
        return batch

    def _read(self, key: str) -> ReadFile | None:
        try:
            found = self._reader.read(key)
        except (SnowflakeError, ClientError, BotoCoreError) as error:
            self.unread[key] = error
            return None
        if found is None:
            return None
        file, content = found
        try:
            return ReadFile(file, decompress(content, self._compression, key))
        except DecodingError as error:
            return ReadFile(file, b"", error)
