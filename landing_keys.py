"""Where a file of a data folder lands in the bucket.

Landing keys are content-addressed: ``<feed>/<path>-<first 12 hex of the content's SHA-256><extensions>``.
Snowpipe remembers the names of the files it has loaded, not their contents, so a changed file under an old
name would never load and an unchanged file under a new name would load twice. With the content in the
name, new content always loads and equal content never twice.

This module is what the Pulumi program, the generator and the embedded cloud share, so it uses the standard
library alone and touches no cloud.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONTENT_DIGITS = 12
"""Hexadecimal digits of the content's SHA-256 in a key: 48 bits."""

_EXTENSIONS = re.compile(r"(?:\.[A-Za-z0-9]+)?(?:\.(?:gz|zst|bz2))?$")
_CONTENT = re.compile(rf"-[0-9a-f]{{{CONTENT_DIGITS}}}(?=(?:\.[A-Za-z0-9]+)?(?:\.(?:gz|zst|bz2))?$)")


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
        with self.path.open("rb") as file:
            return landing_key(self.logical_path, hashlib.file_digest(file, "sha256").hexdigest())


def landing_key(logical_path: str, sha256: str) -> str:
    """Return the landing key of a content with this SHA-256 (hexadecimal) under this logical path."""
    folder, slash, name = logical_path.rpartition("/")
    split = _EXTENSIONS.search(name)
    start = split.start() if split else len(name)
    return f"{folder}{slash}{name[:start]}-{sha256[:CONTENT_DIGITS]}{name[start:]}"


def logical_path(key: str) -> str:
    """Return a landing key without its content's digits: what all contents of one file have in common."""
    return _CONTENT.sub("", key)


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
    """
    found: dict[str, list[DataFile]] = {feed: [] for feed in feeds}
    for relative in _visible_files(folder, Path()):
        if file := _data_file(folder, relative, feeds):
            found[file.feed].append(file)
    return [file for files in found.values() for file in sorted(files, key=lambda file: file.logical_path)]


def _visible_files(folder: Path, relative: Path) -> Iterator[Path]:
    for entry in (folder / relative).iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _visible_files(folder, relative / entry.name)
        else:
            yield relative / entry.name


def _data_file(folder: Path, relative: Path, feeds: Mapping[str, Sequence[str]]) -> DataFile | None:
    at_top = len(relative.parts) == 1
    for feed in sorted(feeds, key=len, reverse=True):
        belongs = relative.name.startswith(feed) if at_top else relative.parts[0] == feed
        if belongs and relative.name.endswith(tuple(feeds[feed])):
            path = relative.as_posix()
            return DataFile(feed, folder / relative, f"{feed}/{path}" if at_top else path)
    return None
