"""The journal of the AWS side: every request that changes something, in order, so that it can be sent again.

moto keeps an account in memory. What lasts between two commands is this file: a request is appended before it
is carried out, and opening the account carries all of them out once more. An entry is one line of JSON (its
``size`` is the length of the body) followed by the body's bytes and a line feed, so bodies are neither encoded
nor escaped. An entry that a killed process left half written was never answered and is cut off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from local_cloud.errors import FailedRunError


class Journal:
    """An append-only file of entries, each with a body."""

    def __init__(self, path: Path) -> None:
        """Open the journal, which begins to exist with its first entry.

        Args:
            path: where it is; its folder exists.
        """
        self._path = path
        self._file: BinaryIO | None = None

    def append(self, entry: Mapping[str, Any], body: bytes) -> None:
        """Hand an entry to the operating system: it outlives this process, however that ends."""
        if self._file is None:
            self._file = self._path.open("ab")
        head = json.dumps({**entry, "size": len(body)}, separators=(",", ":"))
        self._file.write(head.encode() + b"\n")
        self._file.write(body)
        self._file.write(b"\n")
        self._file.flush()

    def entries(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield what was appended so far, and cut off an entry that was never completed.

        Raises:
            FailedRunError: the file is not a journal.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            complete = 0
            while head := file.readline():
                entry, body = self._read_entry(head, file, complete)
                if body is None:
                    break
                complete = file.tell()
                yield entry, body
        if complete < self._path.stat().st_size:
            os.truncate(self._path, complete)

    def _read_entry(self, head: bytes, file: BinaryIO, position: int) -> tuple[dict[str, Any], bytes | None]:
        if not head.endswith(b"\n"):
            return {}, None
        try:
            entry = dict(json.loads(head))
            size = entry.pop("size")
        except (ValueError, KeyError, TypeError) as error:
            raise FailedRunError(
                f"{self._path} is damaged at byte {position}: begin anew with `python -m local_cloud up`"
            ) from error
        content = file.read(size + 1)
        return entry, content[:-1] if len(content) == size + 1 else None

    def draft(self, entries: Iterable[tuple[Mapping[str, Any], bytes]]) -> Journal:
        """Write entries into a journal beside this one, on the disk when this returns; it counts for nothing yet."""
        draft = Journal(self._path.with_name(f"{self._path.name}.draft"))
        draft.discard()
        for entry, body in entries:
            draft.append(entry, body)
        if draft._file is not None:
            os.fsync(draft._file.fileno())
        draft.close()
        return draft

    def adopt(self, draft: Journal) -> None:
        """Put a draft in this journal's place, in one step."""
        self.close()
        draft._path.replace(self._path)

    def discard(self) -> None:
        """Remove the file."""
        self.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
