"""The files at one place of a stage: what reads, loads and unloads them sees no difference between stages.

`Stages.files` gives them for any stage, external or internal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class StagedFile:
    """A file in a stage; the key has no leading slash, as in METADATA$FILENAME.

    Attributes:
        content_size: of what is in it without compression, once it is read.
    """

    key: str
    size: int
    etag: str
    last_modified: datetime
    content_size: int | None = None


@dataclass(frozen=True)
class Location:
    """A place that a stage and a path give.

    Attributes:
        bucket: what the keys are in: a bucket, or what the account calls an internal stage's files.
        prefix: what the keys of the files begin with.
        scheme: what stands before the bucket in a url.
        label: what answers put before a key, where that is not the url of the bucket.
    """

    bucket: str
    prefix: str
    scheme: str = "s3://"
    label: str | None = None

    @property
    def url(self) -> str:
        """The place as a url."""
        return f"{self.scheme}{self.bucket}/{self.prefix}"

    def shown(self, key: str) -> str:
        """Return a key as LIST and COPY spell it."""
        return f"{self.scheme}{self.bucket}/{key}" if self.label is None else f"{self.label}{key}"


class StageFiles(Protocol):
    """The files at a location, for one statement or one batch of a pipe.

    Attributes:
        location: where they are.
    """

    location: Location

    def list_files(self) -> Iterator[StagedFile]:
        """Yield the files at the location, by key.

        Raises:
            SnowflakeError: they cannot be listed.
        """
        ...

    def read(self, key: str) -> tuple[StagedFile, bytes] | None:
        """Return a file and its content, or None where it is gone.

        Raises:
            SnowflakeError: it cannot be read.
        """
        ...

    def write(self, key: str, content: bytes) -> StagedFile:
        """Put a file in the place of the one of this key, if there is one.

        Raises:
            SnowflakeError: it cannot be written.
        """
        ...

    def remove(self, key: str) -> bool:
        """Remove a file, and tell whether that was allowed."""
        ...
