"""Puts a data folder into the landing bucket, as a supplier with an S3 client would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from landing_keys import UNFINISHED, DataFile, UnlandableError, find_data_files, find_passed_over
from local_cloud.errors import InputError
from local_cloud.landing.manifest import Manifest, read_manifest

_MOST_NAMED = 5


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
        passed_over: the paths of the files that no feed takes.
    """

    path: Path
    deliveries: tuple[Delivery, ...]
    manifest: Manifest | None = None
    passed_over: tuple[str, ...] = ()

    @property
    def what_was_passed_over(self) -> str:
        """A line that names the first of the files that no feed takes."""
        more = len(self.passed_over) - _MOST_NAMED
        others = f" and {more:,} more" if more > 0 else ""
        return f"passed over, because no feed takes such files: {', '.join(self.passed_over[:_MOST_NAMED])}{others}"

    def passed_over_of(self, feed: str) -> list[str]:
        """Return the files among them that somebody may have meant for a feed: its name is in theirs, in any case."""
        return [path for path in self.passed_over if feed in path.lower()]


def check_is_finished(folder: Path) -> None:
    """Find out what can be known of a data folder before its feeds are.

    Raises:
        InputError: the folder is missing or unfinished.
    """
    if not folder.is_dir():
        raise InputError(f"the data folder {folder} is {'no folder' if folder.exists() else 'not there'}")
    if (folder / UNFINISHED).exists():
        raise InputError(
            f"the data folder {folder} is unfinished: the generator is at work there, or was broken off; "
            f"run its command again, or remove {UNFINISHED} if the data is yours"
        )


def a_file_of_each(folder: Path, feeds: Sequence[Feed]) -> dict[str, Path]:
    """Return a file of each feed that has some in a folder; one that cannot be read is refused by who reads it."""
    try:
        files = find_data_files(folder, {feed.name: feed.extensions for feed in feeds})
    except (OSError, UnlandableError):
        return {}
    return {file.feed: file.path for file in reversed(files)}


def read_data_folder(folder: Path, feeds: Sequence[Feed]) -> DataFolder:
    """Read every file of a data folder that a feed takes, and the manifest.

    Raises:
        InputError: the folder is missing, unfinished or has no file of a feed, a file cannot land, or the manifest
            is not whole.
    """
    check_is_finished(folder)
    manifest = read_manifest(folder, [feed.name for feed in feeds])
    extensions = {feed.name: feed.extensions for feed in feeds}
    try:
        files = find_data_files(folder, extensions)
        deliveries = tuple(Delivery(file, file.landing_key()) for file in files)
        passed_over = tuple(find_passed_over(folder, extensions))
    except UnlandableError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be read: {error.strerror}") from error
    if not deliveries:
        raise InputError(f"the data folder {folder} has no file that a feed takes; looked for {_known(feeds)}")
    return DataFolder(folder, deliveries, manifest, passed_over)


def _known(feeds: Sequence[Feed]) -> str:
    return ", ".join(f"{feed.name}*{extension}" for feed in feeds for extension in feed.extensions)


def land(s3: Any, bucket: str, deliveries: Sequence[Delivery], on_file: Callable[[], None]) -> None:
    """Put files into the bucket one after the other, so that each one's event comes after the one's before it."""
    for delivery in deliveries:
        s3.put_object(Bucket=bucket, Key=delivery.key, Body=delivery.file.path.read_bytes())
        on_file()
