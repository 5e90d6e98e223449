"""Keeps Snowpipe, the dynamic tables and the tasks going while the account is served.

Three threads, because these need not wait for each other: one loads what the queue tells of, one refreshes the
dynamic tables when data has changed, and one runs tasks when their time has come. Under load a batch has more files
and a refresh more batches, so neither falls behind.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from local_cloud.accounts import Accounts
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowpipe.loader import Snowpipe

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often the queue is looked at although nobody said that something came: messages become visible again."""

MOST_LATE = 1.0
"""Seconds that a refresh may be late after a change; only one that itself takes longer is later."""

REST_AFTER_REFRESH = 1.0
"""After a refresh of n seconds there is none for n times this, so that loads and queries have their share."""

PAUSE_AFTER_ERROR = 1.0

REFRESH_SECONDS = 60.0
"""How often every dynamic table is refreshed although nothing has changed: its rows are then as old as that."""


class _Worker:
    """A thread that does its work when it is woken, and now and then."""

    def __init__(self, name: str, work: Callable[[], None], every: float | None, note: Callable[[str], None]) -> None:
        self._work = work
        self._every = every
        self._note = note
        self._last_error = ""
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def wake(self) -> None:
        """Let it work."""
        self._woken.set()

    def stop(self) -> None:
        """Let it end after what it is doing."""
        self._stopping.set()
        self._woken.set()

    @property
    def is_stopping(self) -> bool:
        """Whether it has been told to end."""
        return self._stopping.is_set()

    def rest(self, seconds: float) -> None:
        """Do nothing for so long, or until the end."""
        self._stopping.wait(seconds)

    def _run(self) -> None:
        while not self.is_stopping:
            self._woken.clear()
            try:
                self._work()
            except Exception as error:  # whatever it is: nobody would start this thread again
                self._say(" ".join((str(error) or repr(error)).split()))
                self.wake()
                self.rest(PAUSE_AFTER_ERROR)
            else:
                self._last_error = ""
            self._woken.wait(self._every)

    def _say(self, error: str) -> None:
        if error != self._last_error and not self.is_stopping:
            self._last_error = error
            self._note(error)


class _Stopped(Exception):  # noqa: N818 - not an error
    """Ends the loading between two batches."""


class LiveLoading:
    """Loads and refreshes until it is stopped."""

    def __init__(self, accounts: Accounts, note: Callable[[str], None] = log.warning) -> None:
        """Prepare to work on a pair of open accounts.

        Args:
            accounts: the accounts.
            note: is told, in a line, what went wrong and will be tried again.
        """
        self._accounts = accounts
        self._snowpipe = Snowpipe(accounts.snowflake, accounts.aws)
        self._loader = _Worker("snowpipe", self._load, LOOK_SECONDS, note)
        self._refresher = _Worker("dynamic-tables", self._refresh, REFRESH_SECONDS, note)
        self._tasks = _Worker("tasks", self._run_tasks, LOOK_SECONDS, note)
        self._workers = self._loader, self._refresher, self._tasks
        self._changed: set[Name] | None = None  # not known: whoever was killed may have loaded and not refreshed
        self._changed_lock = threading.Lock()
        self._last_full = 0.0

    def start(self) -> None:
        """Begin, with a refresh of everything."""
        self._accounts.aws.on_change = self._loader.wake
        self._accounts.snowflake.tell_of_changes(self._data_changed)
        for worker in self._workers:
            worker.thread.start()

    def stop(self, *, within: float = 1.0) -> bool:
        """End after the batch and the refresh that are going on.

        Args:
            within: the seconds that these are given; after them they are interrupted, and given as many again.

        Returns:
            Whether all threads have ended.
        """
        for worker in self._workers:
            worker.stop()
        if not self._join(within):
            self._accounts.snowflake.interrupt()
            return self._join(within)
        return True

    def _join(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        for worker in self._workers:
            worker.thread.join(max(0.0, until - time.monotonic()))
        return not any(worker.thread.is_alive() for worker in self._workers)

    def _load(self) -> None:
        try:
            self._snowpipe.run_until_idle(on_batch=self._after_batch)
        except _Stopped:
            return

    def _run_tasks(self) -> None:
        self._accounts.snowflake.run_due_tasks(datetime.now(UTC))

    def _after_batch(self) -> None:
        if self._loader.is_stopping:
            raise _Stopped

    def _data_changed(self, tables: Collection[Name] | None) -> None:
        with self._changed_lock:
            self._changed = None if tables is None or self._changed is None else self._changed | set(tables)
        self._refresher.wake()

    def _refresh(self) -> None:
        with self._changed_lock:
            changed, self._changed = self._changed, set()
        started = time.monotonic()
        if started - self._last_full >= REFRESH_SECONDS:
            changed = None
        try:
            self._accounts.snowflake.refresh_dynamic_tables(changed)
        except BaseException:
            self._data_changed(changed)
            raise
        if changed is None:
            self._last_full = started
        self._refresher.rest(min(MOST_LATE, (time.monotonic() - started) * REST_AFTER_REFRESH))
