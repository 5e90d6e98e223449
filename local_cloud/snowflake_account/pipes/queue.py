"""The queue that tells an account's pipes of new files, and the one for messages that nobody can read.

One queue serves all pipes of an account in a region, as in Snowflake; it lasts with the AWS side.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.snowflake_account.language.tokens import Name
from local_cloud.snowflake_account.stages.stages import Aws

QUEUE_NAME = "sf-snowpipe-AIDALOCALACCOUNT-landing"
UNREADABLE_QUEUE_NAME = f"{QUEUE_NAME}-unreadable"

_VISIBILITY_SECONDS = 300
"""How long a received message stays with its receiver: longer than a batch takes to load."""

_RETENTION_SECONDS = 14 * 24 * 60 * 60
"""The longest that SQS keeps a message, and as long as Snowflake keeps those of a paused pipe."""

_KEYS_PER_MESSAGE = 100
_ENTRIES_PER_CALL = 10
"""SQS takes and gives at most 10 messages a call."""


class PipeQueue:
    """Receives, keeps and ends the messages about new files."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._sqs = aws.client("sqs")

    def arn(self) -> str:
        """Return the queue's ARN; makes the queue where there is none."""
        return self._attribute(self._made(QUEUE_NAME), "QueueArn")

    def outstanding(self) -> int:
        """Return how many messages wait."""
        url = self._found(QUEUE_NAME)
        return int(self._attribute(url, "ApproximateNumberOfMessages")) if url else 0

    def send_refresh(self, pipe: Name, keys: Sequence[str]) -> None:
        """Queue objects for one pipe."""
        url = self._made(QUEUE_NAME)
        for start in range(0, len(keys), _KEYS_PER_MESSAGE):
            message = {"Pipe": list(pipe.parts), "Keys": list(keys[start : start + _KEYS_PER_MESSAGE])}
            self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message))

    def receive(self, most: int) -> list[dict[str, Any]]:
        """Receive up to about so many messages; they are hidden from others until ended, released or timed out."""
        messages: list[dict[str, Any]] = []
        if not (url := self._found(QUEUE_NAME)):
            return messages
        while len(messages) < most:
            answer = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_ENTRIES_PER_CALL, WaitTimeSeconds=0)
            if not (received := answer.get("Messages")):
                break
            messages += received
        return messages

    def end(self, messages: Sequence[dict[str, Any]]) -> None:
        """Delete messages: what they told of is durable."""
        url = self._found(QUEUE_NAME)
        for start in range(0, len(messages), _ENTRIES_PER_CALL):
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages[start : start + _ENTRIES_PER_CALL])
            ]
            self._sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    def release(self, messages: Sequence[dict[str, Any]]) -> None:
        """Let messages be received again at once; one that cannot be is so after the visibility timeout."""
        for message in messages:
            with suppress(ClientError, BotoCoreError):
                self._sqs.change_message_visibility(
                    QueueUrl=self._found(QUEUE_NAME), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )

    def put_aside(self, message: dict[str, Any]) -> None:
        """Keep an unreadable message in a queue of its own."""
        self._sqs.send_message(QueueUrl=self._made(UNREADABLE_QUEUE_NAME), MessageBody=message["Body"])

    def _made(self, name: str) -> str:
        attributes = {
            "VisibilityTimeout": str(_VISIBILITY_SECONDS),
            "MessageRetentionPeriod": str(_RETENTION_SECONDS),
        }
        return self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def _found(self, name: str) -> str | None:
        try:
            return self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except self._sqs.exceptions.QueueDoesNotExist:
            return None

    def _attribute(self, url: str, name: str) -> str:
        return self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
