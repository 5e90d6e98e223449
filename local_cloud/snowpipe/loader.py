"""Snowpipe: reads the S3 events from the queue and loads each file once.

S3 delivers an event at least once, late or out of order; so a file is loaded because the pipe's load history
does not have it, never because an event came first or alone. A message is deleted only after every file that it
tells of is durably loaded, rejected or gone: what fails in between is tried again, and the load history keeps it
from being loaded twice.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_cloud.snowflake_account.data.load_history import LoadRecord
from local_cloud.snowflake_account.errors import SnowflakeError, UnreadFilesError
from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.pipes.pipes import ListeningPipe
from local_cloud.snowflake_account.pipes.queue import PipeQueue
from local_cloud.snowflake_account.sessions.account import Account
from local_cloud.snowflake_account.stages.stages import Aws
from local_cloud.snowpipe.s3_events import read_events

MESSAGES_AT_ONCE = 1_000
"""Messages that are read before their files are loaded together."""

OnFile = Callable[[LoadRecord], None]


class PipesFailedError(SnowflakeError):
    """Some pipes could not load their files; the messages wait in the queue.

    Attributes:
        failures: the pipes, and what went wrong with each.
    """

    def __init__(self, failures: dict[Name, Exception]) -> None:
        first = next(iter(failures.values()))
        told = "; ".join(f"pipe {pipe}: {' '.join(str(error).split())}" for pipe, error in failures.items())
        code, sqlstate = (first.code, first.sqlstate) if isinstance(first, SnowflakeError) else (None, None)
        super().__init__(f"{told}; the files stay queued", code=code, sqlstate=sqlstate)
        self.failures = failures


@dataclass
class _Message:
    """A message of the queue.

    Attributes:
        received: what SQS gave.
        files: the pipe and key of each file that it is about.
        readable: whether all of it could be read.
        waits: whether it must stay in the queue: a paused pipe is concerned, or one that failed.
    """

    received: dict[str, Any]
    files: list[tuple[Name, str]] = field(default_factory=list)
    readable: bool = True
    waits: bool = False


class Snowpipe:
    """The loader of an account's auto-ingest pipes."""

    def __init__(self, account: Account, aws: Aws) -> None:
        self._account = account
        self._queue = PipeQueue(aws)

    def run_until_idle(self, on_file: OnFile | None = None, on_batch: Callable[[], None] | None = None) -> None:
        """Load until the queue has no message left, but those of paused or failing pipes.

        Args:
            on_file: called for each file once its load is durable.
            on_batch: called after each batch of messages; what it raises ends the work, and nothing is lost.

        Raises:
            PipesFailedError: some pipes failed; everything else is loaded.
        """
        kept: list[dict[str, Any]] = []
        failures: dict[Name, Exception] = {}
        try:
            while messages := self._queue.receive(MESSAGES_AT_ONCE):
                try:
                    kept += self._handle(messages, failures, on_file)
                except Exception:
                    kept += messages
                    raise
                if on_batch:
                    on_batch()
        finally:
            self._queue.release(kept)
        if failures:
            raise PipesFailedError(failures)

    def _handle(
        self, received: Sequence[dict[str, Any]], failures: dict[Name, Exception], on_file: OnFile | None
    ) -> list[dict[str, Any]]:
        """Load what messages tell of, end them, and return those that must stay."""
        listeners = self._account.listening_pipes()
        messages = [_read(message, listeners) for message in received]
        for message in messages:
            if not message.readable:
                self._queue.put_aside(message.received)
        files: dict[Name, list[str]] = defaultdict(list)
        for message in messages:
            for pipe, key in message.files:
                files[pipe].append(key)
        undone = {pipe: self._load(pipe, keys, failures, on_file) for pipe, keys in files.items()}
        for message in messages:
            message.waits |= any(key in undone[pipe] for pipe, key in message.files)
        self._queue.end([message.received for message in messages if not message.waits])
        return [message.received for message in messages if message.waits]

    def _load(self, pipe: Name, keys: list[str], failures: dict[Name, Exception], on_file: OnFile | None) -> set[str]:
        """Load a pipe's files; return those that are neither loaded nor rejected nor gone.

        A failing pipe must not keep the others from loading, whatever it fails with.
        """
        if not isinstance(failures.get(pipe), UnreadFilesError | None):
            return set(keys)
        try:
            self._account.load_files(pipe, keys, on_file)
        except UnreadFilesError as error:
            failures[pipe] = error
            return set(error.unread)
        except Exception as error:
            failures[pipe] = error
            return set(keys)
        return set()


def _read(received: dict[str, Any], listeners: Sequence[ListeningPipe]) -> _Message:
    """Find out which files of which pipes a message is about."""
    message = _Message(received)
    try:
        body = json.loads(received["Body"])
        refreshed = Name(tuple(body["Pipe"])) if isinstance(body, dict) and "Pipe" in body else None
        keys = [str(key) for key in body["Keys"]] if refreshed else []
        "".join(keys).encode()  # half a surrogate pair is text to JSON, and to nobody else
    except (ValueError, KeyError, TypeError, RecursionError):
        message.readable = False
        return message
    if refreshed:
        concerned = [(listener, key) for listener in listeners if listener.name == refreshed for key in keys]
    else:
        told = read_events(body)
        message.readable = told.readable
        concerned = [
            (listener, key)
            for bucket, key in told.objects
            for listener in listeners
            if listener.hears_of(bucket, key, told.topic)
        ]
    message.waits = any(listener.paused for listener, _ in concerned)
    message.files = [(listener.name, key) for listener, key in concerned if not listener.paused]
    return message
