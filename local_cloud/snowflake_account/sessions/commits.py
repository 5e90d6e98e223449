"""Who commits to the account's data, counted: a transaction that is done again has to know that nobody else has."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Commits:
    """Counts what has been committed, and what may be just now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = self._going_on = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Commit something inside."""
        with self._lock:
            self._going_on += 1
        try:
            yield
        finally:
            with self._lock:
                self._going_on -= 1
                self._done += 1

    @property
    def count(self) -> int:
        """How many there have been."""
        with self._lock:
            return self._done

    def none_since(self, count: int) -> bool:
        """Tell whether there certainly has been none since there were so many."""
        with self._lock:
            return self._done == count and not self._going_on
