"""The files of internal stages: their bytes in a folder of the account's, and an index that says which there are.

What a file is called in its stage is not what it is called on the disk, so that a name may be any text. A file counts
from its row in the index on, and its bytes go after the row: a killed process leaves at most bytes that nothing
names, which are removed when the store is opened.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.snowflake_account.stages.staged_files import StagedFile

_INDEX = "index.sqlite"
_COLUMNS = "key, size, md5, modified"


class FileStore:
    """Keeps files, each by a key in one of many areas. Safe for threads.

    Args:
        folder: where they are kept; it is made with the first file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._opened: sqlite3.Connection | None = None
        if folder.exists():
            self._remove_unnamed()

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def list(self, area: str, prefix: str = "") -> list[StagedFile]:
        """Return the files of an area whose keys begin with a prefix, by key."""
        rows = self._read(f"select {_COLUMNS} from files where area = ? order by key", area)
        return [_file(row) for row in rows if row[0].startswith(prefix)]

    def read(self, area: str, key: str) -> tuple[StagedFile, bytes] | None:
        """Return a file and its content, or None where there is none."""
        with self._lock:
            rows = self._read(f"select {_COLUMNS}, stored_as from files where area = ? and key = ?", area, key)
            if not rows:
                return None
            return _file(rows[0][:4]), (self._folder / rows[0][4]).read_bytes()

    def write(self, area: str, key: str, content: bytes) -> StagedFile:
        """Put a file in the place of the one of this key, if there is one."""
        file = StagedFile(key, len(content), hashlib.md5(content, usedforsecurity=False).hexdigest(), datetime.now(UTC))
        stored_as = uuid.uuid4().hex
        with self._lock:
            index = self._index()
            (self._folder / stored_as).write_bytes(content)
            replaced = self._read("select stored_as from files where area = ? and key = ?", area, key)
            index.execute(
                "insert or replace into files values (?, ?, ?, ?, ?, ?)",
                (area, key, file.size, file.etag, file.last_modified.timestamp(), stored_as),
            )
            for (name,) in replaced:
                (self._folder / name).unlink(missing_ok=True)
        return file

    def remove(self, area: str, key: str) -> None:
        """Remove a file."""
        self._remove("area = ? and key = ?", area, key)

    def areas(self) -> set[str]:
        """Return the areas that have files."""
        return {area for (area,) in self._read("select distinct area from files")}

    def forget(self, areas: Collection[str]) -> None:
        """Remove all files of areas."""
        for area in areas:
            self._remove("area = ?", area)

    def _remove(self, where: str, *values: str) -> None:
        with self._lock:
            names = self._read(f"select stored_as from files where {where}", *values)
            if names:
                self._index().execute(f"delete from files where {where}", values)
            for (name,) in names:
                (self._folder / name).unlink(missing_ok=True)

    def _read(self, sql: str, *values: str) -> list[tuple[str, ...]]:
        with self._lock:
            return self._index().execute(sql, values).fetchall() if self._folder.exists() else []

    def _index(self) -> sqlite3.Connection:
        if self._opened is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._opened = sqlite3.connect(self._folder / _INDEX, check_same_thread=False, isolation_level=None)
            self._opened.execute("pragma journal_mode = wal")
            self._opened.execute("pragma synchronous = normal")
            self._opened.execute(
                "create table if not exists files (area text, key text, size integer, md5 text, modified real,"
                " stored_as text, primary key (area, key)) without rowid"
            )
        return self._opened

    def _remove_unnamed(self) -> None:
        named = {name for (name,) in self._read("select stored_as from files")}
        for path in self._folder.iterdir():
            if path.name not in named and not path.name.startswith(_INDEX):
                path.unlink()


def _file(row: tuple[str, ...]) -> StagedFile:
    key, size, md5, modified = row
    return StagedFile(key, int(size), md5, datetime.fromtimestamp(float(modified), UTC))
