"""Where a file of a data folder lands in the bucket.

Landing keys are content-addressed: ``<feed>/<path>-<first 12 hex of the content's SHA-256><extensions>``.
Snowpipe remembers the names of the files it has loaded, not their contents, so a changed file under an old
name would never load and an unchanged file under a new name would load twice. With the content in the
name, new content always loads and equal content never twice.

This module is what the Pulumi program, the generator and the embedded cloud share, so it uses the standard
library alone and touches no cloud.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "CSV": (".csv",),
    "JSON": (".json", ".json.gz", ".json.zst"),
    "PARQUET": (".parquet",),
}
"""The ends of the names of files, by the type of Snowflake's file format; ``.json.gz`` counts as one extension."""

CONTENT_DIGITS = 12
"""Hexadecimal digits of the content's SHA-256 in a key: 48 bits."""

MAX_KEY_BYTES = 1_024
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""

MANIFEST = "manifest.json"
"""The file at the top of a data folder in which the generator says what it has made."""

UNFINISHED = ".unfinished"
"""A file of this name is in a data folder for as long as the generator has not made all of its files."""

_EXTENSIONS = "([.][A-Za-z0-9]+)?([.](gz|zst|bz2))?"
_AT_END = re.compile(f"{_EXTENSIONS}$")

CONTENT_PATTERN = f"-[0-9a-f]{{{CONTENT_DIGITS}}}({_EXTENSIONS})$"
"""The content's digits in a key, and in group 1 what follows them: a regular expression that Snowflake reads too."""

_CONTENT = re.compile(CONTENT_PATTERN)


class UnlandableError(ValueError):
    """A file whose name makes no key that S3 takes; the message is one line."""


@dataclass(frozen=True)
class DataFile:
    """One file of a data folder.

    Attributes:
        feed: name of the feed that it belongs to, which is also its prefix in the bucket.
        path: where it is on this machine.
        logical_path: where it lands, but for the content's digits: ``transactions/d=2026-01-01/x.json``.
    """

    feed: str
    path: Path
    logical_path: str

    def landing_key(self) -> str:
        """Return the key of the file's present content; reads the file.

        Raises:
            OSError: the file cannot be read.
        """
        if self.path.exists() and not self.path.is_file():  # opening a named pipe would wait for its writer
            raise OSError(errno.EINVAL, "it is no regular file", str(self.path))
        with self.path.open("rb") as file:
            return landing_key(self.logical_path, hashlib.file_digest(file, "sha256").hexdigest())


def landing_key(logical_path: str, sha256: str) -> str:
    """Return the landing key of a content with this SHA-256 (hexadecimal) under this logical path."""
    folder, slash, name = logical_path.rpartition("/")
    split = _AT_END.search(name)
    start = split.start() if split else len(name)
    return f"{folder}{slash}{name[:start]}-{sha256[:CONTENT_DIGITS]}{name[start:]}"


def logical_path(key: str) -> str:
    """Return a landing key without its content's digits: what all contents of one file have in common."""
    return _CONTENT.sub(r"\1", key)


def find_data_files(folder: Path, feeds: Mapping[str, Sequence[str]]) -> list[DataFile]:
    """Return a data folder's files in landing order: feed by feed as given, each in path order.

    A feed's files are ``<feed>*<extension>`` at the top and ``<feed>/**/*<extension>`` below; where the
    names of two feeds fit, the longer one has the file. Names that begin with a dot are passed over: files
    that somebody is still writing have such names.

    Args:
        folder: the data folder.
        feeds: the extensions of each feed's files (``.json.gz`` is one extension).

    Raises:
        OSError: the folder cannot be read.
        UnlandableError: a file's key would be no UTF-8, or too long.
    """
    found: dict[str, list[DataFile]] = {feed: [] for feed in feeds}
    for relative in _visible_files(folder):
        if file := _data_file(folder, relative, feeds):
            _check_key(file)
            found[file.feed].append(file)
    return [file for files in found.values() for file in sorted(files, key=lambda file: file.logical_path)]


def find_passed_over(folder: Path, feeds: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the files that no feed takes, in path order: whatever is in the folder lands or is one of these.

    The manifest, which is about the folder, is none of them.

    Args:
        folder: the data folder.
        feeds: the extensions of each feed's files.

    Raises:
        OSError: the folder cannot be read.
    """
    return sorted(
        relative.as_posix()
        for relative in _visible_files(folder)
        if relative != Path(MANIFEST) and not _data_file(folder, relative, feeds)
    )


def _check_key(file: DataFile) -> None:
    try:
        size = len(landing_key(file.logical_path, "0" * CONTENT_DIGITS).encode())
    except UnicodeEncodeError:
        raise UnlandableError(f"the name of {str(file.path)!r} is no UTF-8, and S3's keys are: rename it") from None
    if size > MAX_KEY_BYTES:
        raise UnlandableError(
            f"{file.path} would have a key of {size:,} bytes, and S3 takes at most {MAX_KEY_BYTES:,}: shorten its path"
        )


def _visible_files(folder: Path, relative: Path = Path(), above: frozenset[str] = frozenset()) -> Iterator[Path]:
    here = folder / relative
    real = os.path.realpath(here)
    if real in above:
        raise OSError(errno.ELOOP, "it is a link to a folder that it is in", str(here))
    for entry in here.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _visible_files(folder, relative / entry.name, above | {real})
        else:
            yield relative / entry.name


def _data_file(folder: Path, relative: Path, feeds: Mapping[str, Sequence[str]]) -> DataFile | None:
    feed = _feed_of(relative, [feed for feed in feeds if relative.name.endswith(tuple(feeds[feed]))])
    if feed is None:
        return None
    path = relative.as_posix()
    return DataFile(feed, folder / relative, f"{feed}/{path}" if len(relative.parts) == 1 else path)


def _feed_of(relative: Path, feeds: Iterable[str]) -> str | None:
    """Return the feed in whose place a file is; where the names of two fit, the longer one has it."""
    at_top = len(relative.parts) == 1
    fitting = (feed for feed in feeds if (relative.name.startswith(feed) if at_top else relative.parts[0] == feed))
    return max(fitting, key=len, default=None)
