"""Snowpipe: reads the S3 events from the queue and loads each file once.

S3 delivers an event at least once, late or out of order, with the key URL-encoded; so a file is loaded
because the pipe's load history does not have it, never because an event came first or alone. A message is
deleted only after its files' load is durable.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from local_cloud.snowflake_account.account import Account
from local_cloud.snowflake_account.load_history import LoadRecord
from local_cloud.snowflake_account.pipes import QUEUE_NAME
from local_cloud.snowflake_account.stages import Aws
from local_cloud.snowflake_account.tokens import Name

MESSAGES_AT_ONCE = 1_000
"""Messages that are read before their files are loaded together."""

_RECEIVED_AT_ONCE = 10
"""SQS gives at most 10 messages a call."""


class Snowpipe:
    """The loader of an account's auto-ingest pipes.

    Attributes:
        unreadable: messages that were neither an S3 event nor a refresh, kept aside.
    """

    def __init__(self, account: Account, aws: Aws) -> None:
        self._account = account
        self._aws = aws
        self._sqs = aws.client("sqs")
        self.unreadable: list[str] = []

    def run_until_idle(self, on_file: Callable[[LoadRecord], None] | None = None) -> None:
        """Load until the queue is empty.

        Args:
            on_file: called for each file once its load is durable.
        """
        while self.run_once(on_file):
            pass

    def run_once(self, on_file: Callable[[LoadRecord], None] | None = None) -> int:
        """Take a batch of messages from the queue, load their files, delete them; return how many there were."""
        url = self._queue_url()
        messages = self._receive(url) if url else []
        keys: dict[Name, list[str]] = defaultdict(list)
        for message in messages:
            for pipe, key in self._files(message["Body"]):
                keys[pipe].append(key)
        for pipe, of_pipe in keys.items():
            self._account.load_files(pipe, of_pipe, on_file)
        for start in range(0, len(messages), _RECEIVED_AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages[start : start + _RECEIVED_AT_ONCE])
            ]
            self._sqs.delete_message_batch(QueueUrl=url, Entries=entries)
        return len(messages)

    def _queue_url(self) -> str | None:
        try:
            return self._sqs.get_queue_url(QueueName=QUEUE_NAME)["QueueUrl"]
        except self._sqs.exceptions.QueueDoesNotExist:
            return None

    def _receive(self, url: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        while len(messages) < MESSAGES_AT_ONCE:
            answer = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_RECEIVED_AT_ONCE, WaitTimeSeconds=0)
            if not (received := answer.get("Messages")):
                break
            messages += received
        return messages

    def _files(self, body: str) -> Iterator[tuple[Name, str]]:
        """Yield the pipe and key of each file that a message is about."""
        try:
            message = json.loads(body)
            if "Pipe" in message:
                files = [(Name(tuple(message["Pipe"])), key) for key in message["Keys"]]
            else:
                files = [
                    (pipe, key)
                    for bucket, key in _created_objects(message)
                    for pipe in self._account.pipes_concerned(bucket, key)
                ]
        except (ValueError, TypeError, KeyError, AttributeError):
            self.unreadable.append(body)
            return
        yield from files


def _created_objects(message: Any) -> list[tuple[str, str]]:
    """Return bucket and key of each object that an S3 event says was created; a test event has none.

    Raises:
        KeyError: it is no S3 event.
    """
    if message.get("Event") == "s3:TestEvent":
        return []
    return [
        (record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"]))
        for record in message["Records"]
        if record["eventName"].startswith("ObjectCreated:")
    ]
