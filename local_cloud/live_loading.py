"""Keeps Snowpipe and the dynamic tables going while the account is served.

One thread does both, in turns: what has come in is loaded, and then the dynamic tables that read it are refreshed.
So a refresh sees whole batches, and under load each turn takes more files, not more turns.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.accounts import Accounts
from local_cloud.snowflake_account.errors import SnowflakeError
from local_cloud.snowpipe import Snowpipe

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
"""How long the queue is left alone when nobody says that something came: messages that are visible again."""

REST_AFTER_REFRESH = 1.0
"""A refresh of n seconds is followed by n times this without one, so that loading has its share of the time."""

_PAUSE_AFTER_ERROR = 1.0


class _Stopped(Exception):  # noqa: N818 - not an error
    """Ends a turn between two batches."""


class LiveLoading:
    """Loads and refreshes until it is stopped.

    Attributes:
        failures: how many turns ended with an error; what they were about comes again.
    """

    def __init__(self, accounts: Accounts, note: Callable[[str], None] = log.warning) -> None:
        """Prepare to work on a pair of open accounts.

        Args:
            accounts: the accounts.
            note: is told, in a line, what went wrong in a turn.
        """
        self._accounts = accounts
        self._note = note
        self._snowpipe = Snowpipe(accounts.snowflake, accounts.aws)
        self._wake = threading.Event()
        self._stopping = False
        self._stale = True  # whoever was killed may have loaded files and not refreshed
        self._refresh_not_before = 0.0
        self._last_failure = ""
        self.failures = 0
        self._thread = threading.Thread(target=self._run, name="live-loading", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._accounts.aws.on_change = self._wake.set
        self._thread.start()

    def stop(self, *, within: float = 1.0) -> bool:
        """End after the turn that is going on; a statement that takes longer is interrupted.

        Args:
            within: seconds to wait before that, and again for its end.

        Returns:
            Whether the thread has ended.
        """
        self._stopping = True
        self._wake.set()
        self._thread.join(within)
        if self._thread.is_alive():
            self._accounts.snowflake.databases.duck.interrupt()
            self._thread.join(within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                self._snowpipe.run_until_idle(lambda _: self._mark_stale(), self._between_batches)
                self._refresh_if_due()
            except _Stopped:
                return
            except (SnowflakeError, ClientError, BotoCoreError, OSError) as error:
                self._say(error)
                self._wait(_PAUSE_AFTER_ERROR)
            else:
                self._last_failure = ""
                self._wait(self._until_next_turn())

    def _between_batches(self) -> None:
        if self._stopping:
            raise _Stopped
        self._refresh_if_due()

    def _refresh_if_due(self) -> None:
        if not self._stale or time.monotonic() < self._refresh_not_before:
            return
        self._stale = False
        started = time.monotonic()
        try:
            self._accounts.snowflake.refresh_dynamic_tables()
        except BaseException:
            self._stale = True
            raise
        ended = time.monotonic()
        self._refresh_not_before = ended + (ended - started) * REST_AFTER_REFRESH

    def _mark_stale(self) -> None:
        self._stale = True

    def _until_next_turn(self) -> float:
        if not self._stale:
            return IDLE_SECONDS
        return max(0.0, min(IDLE_SECONDS, self._refresh_not_before - time.monotonic()))

    def _wait(self, seconds: float) -> None:
        if not self._stopping:
            self._wake.wait(seconds)

    def _say(self, error: Exception) -> None:
        self.failures += 1
        text = " ".join(str(error).split())
        if text != self._last_failure and not self._stopping:
            self._last_failure = text
            self._note(text)
