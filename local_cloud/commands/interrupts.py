"""Ctrl-C and SIGTERM: they break a command off, or tell one that keeps running to come to its end."""

from __future__ import annotations

import signal
import threading
from types import FrameType

_SIGNALLED = 128
"""A command that a signal ends has this plus the signal's number as its exit code, as shells have it."""


class Interrupts:
    """What a signal does from now on (in the main thread; elsewhere signals stay whose they are).

    Attributes:
        numbers: the signals that have broken the command off.
    """

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._stop: threading.Event | None = None
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._interrupt)
            signal.signal(signal.SIGTERM, self._interrupt)

    @property
    def exit_code(self) -> int:
        """The exit code of a command that was broken off."""
        return _SIGNALLED + next(iter(self.numbers), signal.SIGINT)

    def set_instead(self, stop: threading.Event) -> None:
        """Let signals set an event from now on, and break nothing off.

        One that came before counts too: raised where Python lets no error out (a destructor), it has broken nothing.
        """
        self._stop = stop
        if self.numbers:
            stop.set()

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        if self._stop is not None:
            self._stop.set()
            return
        self.numbers.append(number)
        raise KeyboardInterrupt
