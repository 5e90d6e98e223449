"""Puts files into a bucket: several at a time, large ones in parts, each request tried again when it fails."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's own)
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from s3transfer.manager import TransferConfig, TransferManager

from input_data_generator.bucket import BucketUrl
from input_data_generator.errors import BadInput, RunFailed
from input_data_generator.plan import PlannedFile
from input_data_generator.writer import FileRecord

CONNECTIONS = 16
MULTIPART_FROM = 64 * 1024 * 1024
PART_SIZE = 16 * 1024 * 1024

FILES_AHEAD = 32
"""So many files may wait for their upload …"""
BYTES_AHEAD = 1_000_000_000
"""… or so many bytes, before the making of more waits for them."""

_SECONDS_TO_STOP = 0.5


class Uploads:
    """The uploads of one run.

    Args:
        url: where the files go.

    Raises:
        BadInput: the AWS configuration of this machine cannot be used.

    Attributes:
        lingers: after the end, whether uploads could not be stopped and still wait for an answer.
    """

    def __init__(self, url: BucketUrl):
        self.lingers = False
        self._url = url
        self._client = _client(url, attempts=8)
        config = TransferConfig(
            max_request_concurrency=CONNECTIONS, multipart_threshold=MULTIPART_FROM, multipart_chunksize=PART_SIZE
        )
        self._manager = TransferManager(self._client, config)

    def check(self) -> None:
        """Make sure that files can be put where they are to go.

        Begins an upload in parts and abandons it, which needs just the rights of the uploads to come and
        leaves nothing behind.

        Raises:
            BadInput: no credentials, no bucket, no right to write, or nobody at the endpoint.
        """
        client = _client(self._url, attempts=2)
        place: dict[str, Any] = {"Bucket": self._url.bucket, "Key": self._url.manifest_key}
        try:
            begun = client.create_multipart_upload(**place)
        except (BotoCoreError, ClientError) as error:
            raise BadInput(f"--upload {self._url}: {upload_problem(error)}") from None
        with suppress(BotoCoreError, ClientError):  # the bucket's lifecycle ends it if this may not
            client.abort_multipart_upload(**place, UploadId=begun["UploadId"])

    def start(self, path: Path, file: PlannedFile, record: FileRecord) -> Any:
        """Begin to upload a file and return the future of it."""
        return self._manager.upload(str(path), self._url.bucket, self._url.key(file.logical_path, record.sha256))

    def finish(self, upload: Any) -> None:
        """Wait until an upload is complete.

        Raises:
            RunFailed: it failed, after all attempts.
        """
        try:
            upload.result()
        except (BotoCoreError, ClientError) as error:
            raise RunFailed(f"--upload {self._url}: {upload_problem(error)}; run the same command again") from None

    def put_manifest(self, text: bytes) -> None:
        """Upload the manifest.

        Raises:
            RunFailed: it failed, after all attempts.
        """
        try:
            self._client.put_object(Bucket=self._url.bucket, Key=self._url.manifest_key, Body=text)
        except (BotoCoreError, ClientError) as error:
            raise RunFailed(f"--upload {self._url}: {upload_problem(error)}; run the same command again") from None

    def __enter__(self) -> Uploads:
        return self

    def __exit__(self, *failure: Any) -> None:
        """End; after an exception stop the uploads under way, waiting for them half a second at most."""
        stopping = threading.Thread(target=self._manager.__exit__, args=failure, daemon=True)
        stopping.start()
        stopping.join(_SECONDS_TO_STOP if failure[0] else None)
        self.lingers = stopping.is_alive()


def send_files(
    uploads: Uploads,
    records: Generator[FileRecord, None, None],
    planned: dict[str, PlannedFile],
    root: Path,
    keep: bool,
) -> Generator[FileRecord, None, None]:
    """Upload files as they are made; yield the record of each that has arrived.

    Args:
        uploads: of the run.
        records: of the files as they become complete.
        planned: the files by path.
        root: the folder that they are made in.
        keep: leave them there; otherwise each is removed once it has arrived.

    Raises:
        RunFailed: an upload failed.
    """
    waiting: deque[tuple[FileRecord, Any]] = deque()

    def arrived() -> FileRecord:
        record, upload = waiting.popleft()
        uploads.finish(upload)
        if not keep:
            (root / record.path).unlink()
        return record

    with closing(records):
        for record in records:
            waiting.append((record, uploads.start(root / record.path, planned[record.path], record)))
            while len(waiting) > FILES_AHEAD or sum(ahead.bytes for ahead, _ in waiting) > BYTES_AHEAD:
                yield arrived()
            while waiting and waiting[0][1].done():
                yield arrived()
    while waiting:
        yield arrived()


def _client(url: BucketUrl, attempts: int) -> Any:
    config = Config(
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
        connect_timeout=5,
        read_timeout=20,
    )
    try:
        return Session().client("s3", endpoint_url=url.endpoint_url, config=config)
    except (BotoCoreError, ValueError) as error:  # a profile that does not exist, a region that cannot be
        raise BadInput(f"--upload {url}: {upload_problem(error)}") from None


_PROBLEMS = {
    "NoSuchBucket": "there is no such bucket: create it, or check the name",
    "AccessDenied": "you have no right to write there: it needs s3:PutObject",
    "InvalidAccessKeyId": "the access key is not known there: check your credentials",
    "SignatureDoesNotMatch": "the secret key does not fit the access key: check your credentials",
    "ExpiredToken": "your credentials have expired: sign in again",
}


def upload_problem(error: Exception) -> str:
    """Return what an error of boto3 means, in one line, with what to do."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        said = error.response.get("Error", {}).get("Message", "")
        return _PROBLEMS.get(code, f"{code}: {said}".replace("\n", " "))
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return "no AWS credentials found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return f"nobody answers ({error}): check --endpoint-url and your network".replace("\n", " ")
    return str(error).replace("\n", " ")
