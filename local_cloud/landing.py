"""Puts a data folder into the landing bucket, as a supplier with an S3 client would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from landing_keys import DataFile, find_data_files
from local_cloud.errors import InputError
from local_cloud.manifest import Manifest, read_manifest


class Feed(Protocol):
    """What landing has to know of a feed."""

    @property
    def name(self) -> str:
        """Its name, which is its prefix in the bucket."""
        ...

    @property
    def extensions(self) -> tuple[str, ...]:
        """The ends of its files' names."""
        ...


@dataclass(frozen=True)
class Delivery:
    """A file that is ready to land: it was read once, so its key is known."""

    file: DataFile
    key: str


@dataclass(frozen=True)
class DataFolder:
    """A folder of files for the bucket.

    Attributes:
        path: where it is.
        deliveries: its files, in landing order.
        manifest: what the generator says of it, if it made it.
    """

    path: Path
    deliveries: tuple[Delivery, ...]
    manifest: Manifest | None = None


def read_data_folder(folder: Path, feeds: Sequence[Feed]) -> DataFolder:
    """Read every file of a data folder that a feed takes, and the manifest.

    Raises:
        InputError: the folder is missing, or a file cannot be read, or the manifest is not whole.
    """
    if not folder.is_dir():
        raise InputError(f"the data folder {folder} is {'no folder' if folder.exists() else 'not there'}")
    manifest = read_manifest(folder, [feed.name for feed in feeds])
    try:
        files = find_data_files(folder, {feed.name: feed.extensions for feed in feeds})
        return DataFolder(folder, tuple(Delivery(file, file.landing_key()) for file in files), manifest)
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be read: {error.strerror}") from error


def check_data_folder(folder: Path, feeds: Sequence[Feed]) -> DataFolder:
    """Read a data folder that is to land as a whole.

    Raises:
        InputError: the folder is missing, has no file of a feed, has Parquet files, or one cannot be read, or its
            manifest is not whole.
    """
    data = read_data_folder(folder, feeds)
    known = ", ".join(f"{feed.name}*{extension}" for feed in feeds for extension in feed.extensions)
    if parquet := next(folder.rglob("*.parquet"), None):
        raise InputError(f"{parquet} is a Parquet file, which no feed takes; looked for {known} in {folder}")
    if not data.deliveries:
        raise InputError(f"the data folder {folder} has no file that a feed takes; looked for {known}")
    return data


def land(s3: Any, bucket: str, deliveries: Sequence[Delivery], on_file: Callable[[], None]) -> None:
    """Put files into the bucket one after the other, so that each one's event comes after the one's before it."""
    for delivery in deliveries:
        s3.put_object(Bucket=bucket, Key=delivery.key, Body=delivery.file.path.read_bytes())
        on_file()
