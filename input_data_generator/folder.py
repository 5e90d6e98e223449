"""The data folder: nobody else writes to it meanwhile, and it holds one data set, not the remains of two."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from input_data_generator.errors import BadInput
from input_data_generator.options import FORMATS
from input_data_generator.plan import CUSTOMERS, PRODUCTS, TRANSACTIONS, PlannedFile
from landing_keys import MANIFEST, UNFINISHED, UnlandableError, find_data_files

_FEEDS = {CUSTOMERS: (".csv",), PRODUCTS: (".csv",), TRANSACTIONS: tuple(f".{name}" for name in FORMATS)}


@contextmanager
def data_folder(path: Path, files: Iterable[PlannedFile]) -> Iterator[None]:
    """Hold a folder for a data set: create it, take out what an earlier one left, keep others out.

    Files that the folder's own manifest lists are the generator's and go, if the new data set has no file
    of that name; so are those of a run that was broken off, which the same run completes. Anybody else's stay: they
    would be overwritten or mix with the data set, so they are refused.

    Args:
        path: the folder.
        files: of the new data set.

    Raises:
        BadInput: it is no folder, cannot be written to, is in use, or holds data of another origin.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise BadInput(f"--out {path} is a file, or lies below one: name a folder") from None
    except OSError as error:
        raise BadInput(f"--out {path} cannot be created ({error.strerror}): name a folder you may write to") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise BadInput(f"--out {path} is not yours to write to: name another folder")
    with _held(path):
        _clear(path, {file.path for file in files})
        yield
        (path / UNFINISHED).unlink(missing_ok=True)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # a system without it goes unguarded
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BadInput(f"--out {path} is being written to by another run: wait for it, or name another") from None
    finally:
        os.close(descriptor)


def _clear(path: Path, wanted: set[str]) -> None:
    try:
        present = {file.path.relative_to(path).as_posix() for file in find_data_files(path, _FEEDS)}
    except UnlandableError as error:
        raise BadInput(f"--out {path}: {error}") from None
    begun = wanted if (path / UNFINISHED).exists() else set()
    if strange := sorted(present - _own_files(path) - begun):
        raise BadInput(
            f"--out {path} holds data that the generator did not make, or made for another data set "
            f"({len(strange):,} in all, the first is {strange[0]}): remove it, or name another folder"
        )
    (path / UNFINISHED).touch()
    (path / MANIFEST).unlink(missing_ok=True)
    for name in present - wanted:
        (path / name).unlink()


def _own_files(path: Path) -> set[str]:
    try:
        return {file["path"] for file in json.loads((path / MANIFEST).read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
