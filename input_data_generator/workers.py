"""Makes the files of a data set on this machine: in this process, or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from input_data_generator.errors import RunFailed
from input_data_generator.options import Options
from input_data_generator.plan import PlannedFile
from input_data_generator.writer import FileRecord, write_file

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

ROWS_WORTH_A_PROCESS = 1_000_000
"""A process takes about as long to start as this many transactions take to make."""

_stop: Event | None = None


class _Stopped(Exception):  # noqa: N818  (a request, not an error)
    """The run was interrupted."""


def usual_workers(files: Sequence[PlannedFile]) -> int:
    """Return how many processes a data set is worth: at most one per processor and file."""
    rows = sum(file.rows for file in files)
    return max(1, min(os.cpu_count() or 1, len(files), rows // ROWS_WORTH_A_PROCESS))


def make_files(
    options: Options, files: Sequence[PlannedFile], root: Path, workers: int
) -> Generator[FileRecord, None, None]:
    """Make files and yield the record of each as it is complete, in no particular order.

    When the consumer stops, or is interrupted, the workers stop at their next block and leave no
    unfinished file.

    Args:
        options: of the data set.
        files: to make.
        root: the data folder.
        workers: number of processes; with 1 it is this one.

    Raises:
        OSError: a file cannot be written.
        RunFailed: a process died.
    """
    if workers == 1:
        for file in files:
            yield write_file(options, file, root)
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(min(workers, len(files)), context, _enter, (stop,))
    try:
        with _interrupts_held():
            tasks = [pool.submit(_write, options, file, root) for file in files]
        for task in as_completed(tasks):
            yield task.result()
    except BrokenProcessPool:
        raise RunFailed("a worker process died, perhaps out of memory: try again with fewer --workers") from None
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _enter(stop: Event) -> None:
    global _stop  # set once, before the process has its first task
    _stop = stop
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End a process whose parent was killed: it would wait for tasks for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it goes to the whole group, but the parent decides.

    A new process inherits the mask, so it is out of reach from its first moment on.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _write(options: Options, file: PlannedFile, root: Path) -> FileRecord:
    return write_file(options, file, root, _check)


def _check() -> None:
    if _stop is not None and _stop.is_set():
        raise _Stopped
