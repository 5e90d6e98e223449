"""One run: the files of a data set are made, delivered where they were asked for, and listed in a manifest."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from input_data_generator.arguments import Request
from input_data_generator.errors import RunFailed
from input_data_generator.folder import data_folder
from input_data_generator.manifest import manifest_text
from input_data_generator.plan import plan_files
from input_data_generator.progress import Display, Tally
from input_data_generator.workers import make_files, usual_workers
from input_data_generator.writer import FileRecord, write_atomically
from landing_keys import MANIFEST

if TYPE_CHECKING:
    from input_data_generator.cluster import Cluster
    from input_data_generator.uploads import Uploads


class Run:
    """A run of the generator.

    Args:
        request: what was asked for.

    Raises:
        BadInput: it cannot be done as asked.

    Attributes:
        tally: what is complete.
    """

    def __init__(self, request: Request):
        self.tally = Tally()
        self._request = request
        self._options = request.options
        self._files = plan_files(request.options)
        self._places = " and ".join(str(place) for place in (request.out, request.upload) if place)
        self._seconds = 0.0
        self._sender: Uploads | None = None

    def make(self) -> None:
        """Make the data set.

        Raises:
            BadInput: the folder, the bucket or the cluster cannot be used; nothing was written.
            RunFailed: the run broke off.
        """
        started = time.monotonic()
        try:
            with ExitStack() as stack:
                self._make(stack)
        except OSError as error:
            raise RunFailed(f"{error.filename or self._places}: {error.strerror or error}; {self._so_far()}") from None
        self._seconds = time.monotonic() - started

    @property
    def lingers(self) -> bool:
        """Whether uploads of a run that was broken off still wait for their bucket's answer."""
        return self._sender is not None and self._sender.lingers

    def report(self) -> str:
        """Return what a finished run has made, in one line."""
        return f"{self._places}: {self.tally} in {self._seconds:.1f} s"

    def interruption(self) -> str:
        """Return what an interrupted run has made, in one line."""
        return f"interrupted: {self._so_far()}"

    def _so_far(self) -> str:
        return (
            f"{self.tally.files:,} of {len(self._files):,} files are complete in {self._places}; "
            f"run the same command again to make the rest"
        )

    def _make(self, stack: ExitStack) -> None:
        cluster, uploads = self._cluster(stack), self._uploads(stack)
        if self._request.out:
            stack.enter_context(data_folder(self._request.out, self._files))
        records = stack.enter_context(closing(self._records(stack, cluster, uploads)))
        display = stack.enter_context(Display(self._files, self._places, self._request.quiet))
        text = self._complete(records, display)
        if cluster and self._request.upload:
            cluster.put_manifest(self._request.upload, text)
        elif uploads:
            uploads.put_manifest(text)
        if self._request.out:
            with write_atomically(self._request.out / MANIFEST) as file:
                file.write(text)

    def _complete(self, records: Iterable[FileRecord], display: Display) -> bytes:
        """See every file through and return the manifest of all."""
        made = {}
        for record in records:
            made[record.path] = record
            self.tally.add(record)
            display.show(record, self.tally)
        return manifest_text(self._options, [made[file.path] for file in self._files])

    def _cluster(self, stack: ExitStack) -> Cluster | None:
        if not self._request.scheduler:
            return None
        from input_data_generator.cluster import Cluster  # needs Dask

        cluster = stack.enter_context(Cluster(self._request.scheduler))
        if self._request.upload:
            cluster.check_upload(self._request.upload)
        return cluster

    def _uploads(self, stack: ExitStack) -> Uploads | None:
        if not self._request.upload or self._request.scheduler:  # a cluster's workers upload themselves
            return None
        from input_data_generator.uploads import Uploads  # boto3 takes longer to import than a small run

        uploads = self._sender = stack.enter_context(Uploads(self._request.upload))
        uploads.check()
        return uploads

    def _records(
        self, stack: ExitStack, cluster: Cluster | None, uploads: Uploads | None
    ) -> Generator[FileRecord, None, None]:
        request, options = self._request, self._options
        if cluster:
            return cluster.make_files(options, self._files, request.out, request.upload)
        root = request.out or Path(stack.enter_context(TemporaryDirectory(prefix="input_data_generator-")))
        records = make_files(options, self._files, root, request.workers or usual_workers(self._files))
        if not uploads:
            return records
        from input_data_generator.uploads import send_files

        return send_files(uploads, records, {file.path: file for file in self._files}, root, keep=bool(request.out))
