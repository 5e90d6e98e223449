"""The state folder: what lasts between commands, and who holds it.

::

    .local_cloud/
      lock             the process that holds the folder, and what for
      current          the name of the generation that counts
      password         of `serve`'s Snowflake user
      endpoints.env    what the clients of a running `serve` export
      generation-3/    one complete ``up``: the databases, the AWS side, the resources with their outputs

A new generation is built beside the one that counts and begins to count when ``current`` is replaced, which is
one step of the file system. So an ``up`` that fails, is interrupted or is killed leaves the earlier state as it was.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from local_cloud.errors import InputError, StateHeldError
from local_cloud.state.endpoints_file import ENDPOINTS_FILE, PASSWORD_FILE

_LOCK, _CURRENT, _GENERATION = "lock", "current", "generation-"


class State:
    """A state folder that this process holds."""

    def __init__(self, folder: Path) -> None:
        """Name a folder; `hold_state` gives one that is really held."""
        self.folder = folder

    @property
    def current(self) -> Path | None:
        """The generation that counts, if there is one."""
        pointer = self.folder / _CURRENT
        if not pointer.exists():
            return None
        named = pointer.read_text("utf-8", "replace").strip()
        return next((generation for generation in self._generations() if generation.name == named), None)

    @contextlib.contextmanager
    def new_generation(self) -> Iterator[Path]:
        """Give an empty folder that counts from the end of the with block; an exception removes it."""
        numbers = [int(path.name.removeprefix(_GENERATION)) for path in self._generations()]
        generation = self.folder / f"{_GENERATION}{max(numbers, default=0) + 1}"
        generation.mkdir()
        try:
            yield generation
            self._point_to(generation)
        finally:
            self.remove_leftovers()

    def _point_to(self, generation: Path) -> None:
        pointer = self.folder / f"{_CURRENT}.new"
        pointer.write_text(f"{generation.name}\n", "utf-8")
        pointer.replace(self.folder / _CURRENT)

    def _generations(self) -> list[Path]:
        return [path for path in self.folder.glob(f"{_GENERATION}*") if path.name.removeprefix(_GENERATION).isdigit()]

    def remove_leftovers(self) -> None:
        """Remove every generation but the one that counts, and what a `serve` that was killed told its clients."""
        (self.folder / ENDPOINTS_FILE).unlink(missing_ok=True)
        current = self.current
        for generation in self._generations():
            if generation != current:
                shutil.rmtree(generation)

    def remove(self) -> None:
        """Remove what is in the folder, and the folder unless somebody else keeps something in it."""
        for name in (_CURRENT, PASSWORD_FILE):
            (self.folder / name).unlink(missing_ok=True)
        self.remove_leftovers()
        (self.folder / _LOCK).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.folder.rmdir()


@contextlib.contextmanager
def hold_state(folder: Path, purpose: str, *, must_exist: bool = False) -> Iterator[State]:
    """Hold a state folder for the time of a with block.

    Args:
        folder: the folder; it is made if it is missing.
        purpose: what for, in a word that the next process is told (``up``).
        must_exist: whether a missing folder is an error, and not made.

    Raises:
        InputError: the folder cannot be made, or holds something else.
        StateHeldError: another process holds it.
    """
    is_new = not folder.exists()
    if must_exist and (not folder.is_dir() or not any(folder.iterdir())):
        raise _nothing_deployed(folder)
    lock, state = _lock(folder, purpose), State(folder)
    try:
        state.remove_leftovers()
        yield state
    finally:
        with contextlib.suppress(OSError):
            os.ftruncate(lock, 0)
        if is_new and state.current is None:
            state.remove()
        os.close(lock)


def _lock(folder: Path, purpose: str) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / _LOCK).exists() and any(folder.iterdir()):
            raise InputError(f"{folder} is not empty and no state folder; choose another one with --state")
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(f"the state folder {folder} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 200, 0).decode("utf-8", "replace").strip() or "another process"
        os.close(lock)
        raise StateHeldError(
            f"the state folder {folder} is held by {holder}; wait for its end, or choose another one with --state"
        ) from None
    if not os.fstat(lock).st_nlink:  # who held it has removed the folder meanwhile
        os.close(lock)
        return _lock(folder, purpose)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"`{purpose}` (process {os.getpid()})\n".encode(), 0)
    return lock


def current_generation(state: State) -> Path:
    """Return the generation that counts.

    Raises:
        InputError: no ``up`` has come to its end in this state folder.
    """
    if state.current is None:
        raise _nothing_deployed(state.folder)
    return state.current


def _nothing_deployed(folder: Path) -> InputError:
    return InputError(f"nothing is deployed in {folder}: run `python -m local_cloud up` first")
