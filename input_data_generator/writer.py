"""Writes a file so that its name appears only when it is complete, and records what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from input_data_generator.options import Options
    from input_data_generator.plan import PlannedFile


@dataclass(frozen=True)
class FileRecord:
    """A complete file, as the manifest lists it.

    Attributes:
        path: relative to the data folder, with forward slashes.
        feed: customers, products or transactions.
        rows: lines of data.
        bytes: size of the file.
        sha256: of the file's bytes, hexadecimal.
        items: items of its transactions by category.
    """

    path: str
    feed: str
    rows: int
    bytes: int
    sha256: str
    items: dict[str, int] = field(default_factory=dict)


class _MeasuredFile:
    """A file for writing that counts and hashes what passes through."""

    closed = False

    def __init__(self, file: BinaryIO, check: Callable[[], None]):
        self._file = file
        self._check = check
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, block) -> int:
        self._check()
        self._hash.update(block)
        self.size += len(block)
        return self._file.write(block)

    def writelines(self, blocks: Iterable) -> None:
        for block in blocks:
            self.write(block)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._file.flush()

    def sha256(self) -> str:
        return self._hash.hexdigest()


def write_file(options: Options, file: PlannedFile, root: Path, check: Callable[[], None] = lambda: None) -> FileRecord:
    """Make a file of a data set.

    Args:
        options: of the data set.
        file: which file.
        root: the data folder.
        check: called for every block; what it raises ends the writing and leaves no file.

    Raises:
        OSError: the file cannot be written.
    """
    from input_data_generator.formats import write_content  # numpy and Arrow: only where files are made

    with write_atomically(root / file.path) as raw:
        measured = _MeasuredFile(raw, check)
        items = write_content(options, file, measured)  # pyright: ignore[reportArgumentType]
    return FileRecord(file.path, file.feed, file.rows, measured.size, measured.sha256(), items)


@contextmanager
def write_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing under a name that begins with a dot; give it its own once it is complete.

    Readers of a data folder pass over names that begin with a dot. After an exception no file is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
