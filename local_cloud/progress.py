"""What a person sees while a command works: one line per phase, with a running count where a terminal shows it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.status import Status

_UPDATE_SECONDS = 0.1


@dataclass
class Phase:
    """A part of the work that is going on.

    Attributes:
        title: what it is called while it lasts.
        total: how many things there are to do, if that is known.
        status: the terminal's line of it; None where there is no terminal.
        summary: what its line says at the end.
        count: how many things are done.
        shown_at: when the terminal's line was last written, on the monotonic clock.
    """

    title: str
    total: int | None
    status: Status | None
    summary: str = ""
    count: int = 0
    shown_at: float = 0.0

    def advance(self, detail: str = "") -> None:
        """Count one thing done."""
        self.count += 1
        now = time.monotonic()
        if self.status and now - self.shown_at >= _UPDATE_SECONDS:
            self.shown_at = now
            of = f" of {self.total:,}" if self.total else ""
            self.status.update(f"{escape(self.title)} [bold]{self.count:,}[/]{of} [dim]{escape(detail)}[/]")


class Progress:
    """The phases of a command, on a terminal or as plain lines."""

    def __init__(self, console: Console) -> None:
        """Show progress on a console."""
        self._console = console
        self._done = "✓" if console.encoding.startswith("utf") else "+"

    @contextlib.contextmanager
    def phase(self, doing: str, done: str, total: int | None = None) -> Iterator[Phase]:
        """Show a phase for the time of a with block.

        Args:
            doing: what it is called while it lasts (``Loading the files``).
            done: what it is called afterwards (``Loaded the files``).
            total: how many things there are to do, if that is known.
        """
        begun = time.monotonic()
        status = self._console.status(escape(doing)) if self._console.is_terminal else contextlib.nullcontext()
        with status as shown:
            phase = Phase(doing, total, shown)
            yield phase
        seconds = time.monotonic() - begun
        summary = f" {phase.summary}" if phase.summary else ""
        self._console.print(
            f"[green]{self._done}[/] {escape(done)}[bold]{escape(summary)}[/] [dim]{seconds:.1f} s[/]",
            highlight=False,
            soft_wrap=True,
        )

    def note(self, text: str) -> None:
        """Say something between the phases' lines."""
        self._console.print(f"  [yellow]{escape(text)}[/]", highlight=False, soft_wrap=True)
