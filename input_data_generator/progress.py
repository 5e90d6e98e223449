"""What a person sees while the data is made: a bar on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TextIO

from input_data_generator.plan import TRANSACTIONS, PlannedFile
from input_data_generator.writer import FileRecord

if TYPE_CHECKING:
    from rich.progress import Progress

SECONDS_BETWEEN_LINES = 5.0


class Tally:
    """What is complete so far."""

    def __init__(self):
        self.files = 0
        self.transactions = 0
        self.bytes = 0

    def add(self, record: FileRecord) -> None:
        """Count a complete file."""
        self.files += 1
        self.bytes += record.bytes
        if record.feed == TRANSACTIONS:
            self.transactions += record.rows

    def __str__(self) -> str:
        return f"{self.files:,} files, {self.transactions:,} transactions, {size_text(self.bytes)}"


class Display(AbstractContextManager):
    """Shows how far a run is.

    Args:
        files: that are to be made.
        places: where, for the person who reads.
        quiet: show nothing.
        stream: where to show it; standard error without it.
    """

    def __init__(self, files: Sequence[PlannedFile], places: str, quiet: bool, stream: TextIO | None = None):
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._rows = sum(file.rows for file in files)
        self._start = f"making {len(files):,} files in {places}"
        self._bar: Progress | None = None
        self._last_line = time.monotonic()

    def __enter__(self) -> Display:
        if not self._quiet and self._stream.isatty():
            self._bar = _bar(self._stream)
            self._task = self._bar.add_task("", total=self._rows)
            self._bar.start()
        elif not self._quiet:
            print(self._start, file=self._stream, flush=True)
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, record: FileRecord, tally: Tally) -> None:
        """Show that a file is complete."""
        if self._bar:
            self._bar.update(self._task, advance=record.rows, description=str(tally))
        elif not self._quiet and time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            print(tally, file=self._stream, flush=True)


def _bar(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    return Progress(
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=Console(file=stream),
        transient=True,
    )


def size_text(size: int) -> str:
    """Return a number of bytes as people write it."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
