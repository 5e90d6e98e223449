"""Makes the files of a data set on a Dask cluster.

A task is a file: the worker makes it, puts it where it belongs itself (the bucket, or a folder that all
workers share) and returns only its record. Tasks are pure and keys are content-addressed, so Dask may run
one again on another worker when it loses the first, and the data set is the same.
"""

from __future__ import annotations

import hashlib
import inspect
import io
import zipfile
from collections.abc import Generator, Sequence
from functools import lru_cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import landing_keys
from input_data_generator.bucket import BucketUrl
from input_data_generator.errors import BadInput, RunFailed
from input_data_generator.options import Options
from input_data_generator.plan import PlannedFile
from input_data_generator.uploads import Uploads
from input_data_generator.writer import FileRecord, write_file

_PACKAGE = "input_data_generator"
_DECIDE_THE_BYTES = ("numpy", "pyarrow", "isal", "faker")
_SECONDS_TO_CONNECT = 10
_ATTEMPTS = 3


class Cluster:
    """A Dask cluster that makes files; a context manager, which leaves the cluster running.

    Args:
        scheduler: its address, ``tcp://host:port``.

    Raises:
        BadInput: Dask is not installed here, nobody answers there, there are no workers, or a worker has
            other versions of what decides the bytes.
    """

    def __init__(self, scheduler: str):
        try:
            from distributed import Client
        except ImportError:
            raise BadInput("--executor dask needs Dask: pip install -r requirements-dask.txt") from None
        try:
            self._client: Any = Client(scheduler, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise BadInput(f"--scheduler {scheduler} does not answer ({error}): is the cluster running?") from None
        try:
            self._equip(scheduler)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._client.close(timeout=0.5)

    def check_upload(self, url: BucketUrl) -> None:
        """Make sure that a worker may write to the bucket.

        Raises:
            BadInput: it may not.
        """
        self._client.submit(_check_upload, url, pure=False).result()

    def put_manifest(self, url: BucketUrl, text: bytes) -> None:
        """Let a worker upload the manifest.

        Raises:
            RunFailed: it failed, after all attempts.
        """
        self._client.submit(_put_manifest, url, text, pure=False).result()

    def make_files(
        self, options: Options, files: Sequence[PlannedFile], out: Path | None, upload: BucketUrl | None
    ) -> Generator[FileRecord, None, None]:
        """Make files and yield the record of each as it is complete, in no particular order.

        Args:
            options: of the data set.
            files: to make.
            out: a folder that all workers share; None for none.
            upload: the bucket that the workers write to; None for none.

        Raises:
            OSError: a file cannot be written.
            RunFailed: an upload failed, or the cluster lost its workers.
        """
        from distributed import CancelledError, KilledWorker, as_completed

        place = out.resolve() if out else None
        tasks = [
            self._client.submit(_make, options, file, place, upload, pure=False, retries=_ATTEMPTS - 1)
            for file in files
        ]
        try:
            for task in as_completed(tasks, loop=self._client.loop):
                yield task.result()
        except (KilledWorker, CancelledError) as error:
            raise RunFailed(f"the Dask cluster lost its workers ({type(error).__name__}): try again") from None
        finally:
            self._client.cancel(tasks, asynchronous=False)

    def _equip(self, scheduler: str) -> None:
        """Give the workers this very code if they have none; refuse those that would make other bytes."""
        have = self._client.run(_probe())
        if not have:
            raise BadInput(f"--scheduler {scheduler} has no workers: start some")
        if any(versions is None for versions in have.values()):
            with TemporaryDirectory() as folder:
                archive = Path(folder) / f"{_PACKAGE}-{code_digest()[:12]}.zip"
                archive.write_bytes(_archive())
                self._client.upload_file(str(archive))
            have = self._client.run(_probe())
        here = versions_here()
        for worker, versions in have.items():
            for name, own in here.items():
                if versions is None or versions.get(name) != own:
                    found = versions.get(name) if versions else None
                    raise BadInput(f"the worker {worker} has {name} {found}, this machine {own}: make them equal")


def versions_here() -> dict[str, str]:
    """Return the versions of what decides the bytes, the generator's own code among them."""
    return {name: version(name) for name in _DECIDE_THE_BYTES} | {"code": code_digest()}


def code_digest() -> str:
    """Return the SHA-256 of the generator's source."""
    return hashlib.sha256(b"".join(name.encode() + text for name, text in _sources())).hexdigest()


def _sources() -> list[tuple[str, bytes]]:
    modules = [entry for entry in resources.files(_PACKAGE).iterdir() if entry.name.endswith(".py")]
    named = [(f"{_PACKAGE}/{entry.name}", entry.read_bytes()) for entry in modules]
    return [*sorted(named), ("landing_keys.py", inspect.getsource(landing_keys).encode())]


def _archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in _sources():
            archive.writestr(name, text)
    return content.getvalue()


def _probe():
    def versions_there() -> dict[str, str] | None:
        # Defined in a function, so that it travels by value: the worker may not know this module.
        try:
            from input_data_generator.cluster import versions_here
        except ImportError:
            return None
        return versions_here()

    return versions_there


def _check_upload(url: BucketUrl) -> None:
    _uploads(url).check()


def _put_manifest(url: BucketUrl, text: bytes) -> None:
    _uploads(url).put_manifest(text)


def _make(options: Options, file: PlannedFile, out: Path | None, upload: BucketUrl | None) -> FileRecord:
    with TemporaryDirectory(prefix=f"{_PACKAGE}-") as folder:
        root = out or Path(folder)
        record = write_file(options, file, root)
        if upload:
            uploads = _uploads(upload)
            uploads.finish(uploads.start(root / file.path, file, record))
    return record


@lru_cache(maxsize=4)
def _uploads(url: BucketUrl) -> Uploads:
    return Uploads(url)
